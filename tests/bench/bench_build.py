"""Time nights of a warehouse, the first one by layer, and the intake of ratings at full size."""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from pathlib import Path

import duckdb

ROOT = Path(__file__).parents[2]
REAL = ROOT.parent / "shared" / "data"
RAW_RATINGS = 7_800_000
STEMS = {"ratings": "ratings_Electronics", "ecommerce": "online_retail"}
NIGHTLY = ("build", "--exclude-resource-type", "unit_test")
# The public ratings file is filtered already.
VARS = {"ratings_min_per_user": 1, "ratings_min_per_product": 1}


def timed_dbt(raw: Path, folder: Path, *args: str) -> tuple[float, float]:
    """Run dbt in a process of its own; return its seconds and peak GiB, dbt itself included."""
    environment = {
        **os.environ,
        "RAW_DATA_DIR": str(raw),
        "WAREHOUSE_DIR": str(folder),
        "DBT_TARGET_PATH": str(folder / "target"),
        "DBT_LOG_LEVEL_FILE": "none",
    }
    dbt = str(Path(sys.executable).with_name("dbt"))
    started = time.perf_counter()
    run = subprocess.Popen(
        [dbt, "--quiet", *args], cwd=ROOT, env=environment, stdout=subprocess.DEVNULL
    )
    _, status, used = os.wait4(run.pid, 0)
    if status:
        sys.exit(f"dbt {' '.join(args)} failed")
    return time.perf_counter() - started, used.ru_maxrss / 2**20


def seconds_by_layer(folder: Path) -> dict[str, float]:
    """Sum the seconds of the last run's nodes by layer; nodes overlap on several threads."""
    results = json.loads((folder / "target" / "run_results.json").read_text())["results"]
    nodes = json.loads((folder / "target" / "manifest.json").read_text())["nodes"]
    seconds: dict[str, float] = defaultdict(float)
    for result in results:
        node = nodes.get(result["unique_id"])
        kind = node["resource_type"] if node else "hook"
        layer = node["fqn"][1] if kind == "model" else kind
        seconds[layer] += result["execution_time"]
    return dict(sorted(seconds.items(), key=lambda item: -item[1]))


def bench_nights(folder: Path) -> None:
    """Print what nights take, and how many times as long as `dbt ls` beside each of them."""
    raw = REAL if REAL.is_dir() else ROOT / "seeds" / "sample"
    print(f"the five data sets in {raw.name}, without unit tests:")
    warehouse = folder / "warehouse"
    nights = ["first", "scored", "scored", "scored", "refit"]
    for night in nights:
        variables = json.dumps({**VARS, "training": "refit" if night == "refit" else "auto"})
        # Other vars are another parse, which is no matter of the night.
        timed_dbt(raw, warehouse, "ls", "--vars", variables)
        listing, _ = timed_dbt(raw, warehouse, "ls", "--vars", variables)
        seconds, memory = timed_dbt(raw, warehouse, *NIGHTLY, "--vars", variables)
        print(
            f"  {night:<8} {seconds:.1f} s, {memory:.2f} GiB,"
            f" {seconds / listing:.1f} times dbt ls ({listing:.1f} s)"
        )
        if night in ("first", "refit"):
            for layer, part in seconds_by_layer(warehouse).items():
                print(f"    {layer:<12} {part:7.1f} s of node time")


# What intake is held against: one query that reads a file as text, casts, keeps the latest row of
# a key, filters and writes the rest, without any check.
BARE_RATINGS = """
    create table kept as
    with texts as (
        select * from read_csv(
            '{path}', auto_detect = false, header = false, delim = ',', quote = '"', escape = '"',
            columns = {{user_id: 'varchar', product_id: 'varchar', rating: 'varchar',
                seconds: 'varchar'}}
        )
    ),
    latest as (
        select user_id, product_id, arg_max(rating::double, seconds::bigint) as rating,
            make_timestamp(max(seconds::bigint) * 1000000) as rated_at
        from texts group by user_id, product_id
    ),
    users as (select user_id from latest group by all having count(*) >= {per_user}),
    products as (
        select product_id from latest semi join users using (user_id)
        group by all having count(*) >= {per_product}
    )
    select * from latest semi join users using (user_id) semi join products using (product_id)
"""
BARE_LINES = """
    create table kept as
    with texts as (
        select * from read_csv(
            '{path}', auto_detect = false, header = true, delim = ',', quote = '"', escape = '"',
            columns = {{invoice_no: 'varchar', stock_code: 'varchar', description: 'varchar',
                quantity: 'varchar', invoice_date: 'varchar', unit_price: 'varchar',
                customer_id: 'varchar', country: 'varchar'}}
        )
    )
    select distinct * replace (
        quantity::integer as quantity, unit_price::decimal(18, 3) as unit_price,
        strptime(invoice_date, '%Y-%m-%d %H:%M:%S') as invoice_date
    )
    from texts where quantity::integer > 0 and unit_price::decimal(18, 3) > 0 and customer_id <> ''
"""


def bench_intake(folder: Path) -> None:
    """Print what it takes to read, judge and filter large files, and a bare query of the same."""
    raw = folder / "raw"
    raw.mkdir()
    generate = [sys.executable, "seeds/sample/generate.py", "--ratings", str(RAW_RATINGS)]
    subprocess.run([*generate, "--output", str(raw)], cwd=ROOT, check=True)
    lines = (REAL if REAL.is_dir() else ROOT / "seeds" / "sample") / "online_retail.csv.gz"
    (raw / lines.name).symlink_to(lines)
    for source, model, bare in (
        ("ratings", "kept_ratings", BARE_RATINGS),
        ("ecommerce", "stg_ecommerce__invoice_lines", BARE_LINES),
    ):
        (path,) = (raw / f for f in os.listdir(raw) if f.startswith(STEMS[source]))
        query = bare.format(path=path, per_user=50, per_product=5)
        bare_seconds = seconds_of(query, folder / f"{source}.duckdb")
        warehouse = folder / source
        select = ["--select", f"+{model}", "--indirect-selection", "buildable"]
        variables = ["--vars", json.dumps({"sources_enabled": [source]})]
        _, memory = timed_dbt(raw, warehouse, *NIGHTLY, *select, *variables)
        seconds = sum(seconds_by_layer(warehouse).values())
        print(
            f"intake of {path.name}: {seconds:.1f} s, {memory:.2f} GiB;"
            f" a bare query {bare_seconds:.1f} s: {seconds / bare_seconds:.1f} times"
        )


def seconds_of(query: str, path: Path) -> float:
    """Run a query in a new database, with the settings of profiles.yml; return its seconds."""
    settings = {"threads": 2, "memory_limit": "800MB"}
    with duckdb.connect(path, config=settings) as connection:
        connection.execute("set force_compression = 'uncompressed'")
        started = time.perf_counter()
        connection.execute(query)
        return time.perf_counter() - started


def main() -> None:
    """Run the part that is asked for, in a folder that is removed at the end."""
    parts = {"nights": bench_nights, "intake": bench_intake}
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("part", choices=parts)
    part = parser.parse_args().part
    with tempfile.TemporaryDirectory() as name:
        parts[part](Path(name))


if __name__ == "__main__":
    main()
