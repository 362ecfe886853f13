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

ROOT = Path(__file__).parents[2]
REAL = ROOT.parent / "shared" / "data"
RAW_RATINGS = 7_800_000
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
    timed_dbt(raw, warehouse, "ls", "--vars", json.dumps(VARS))
    nights = ["first", "scored", "scored", "scored", "refit"]
    for night in nights:
        variables = json.dumps({**VARS, "training": "refit" if night == "refit" else "auto"})
        listing, _ = timed_dbt(raw, warehouse, "ls", "--vars", variables)
        seconds, memory = timed_dbt(raw, warehouse, *NIGHTLY, "--vars", variables)
        print(
            f"  {night:<8} {seconds:.1f} s, {memory:.2f} GiB,"
            f" {seconds / listing:.1f} times dbt ls ({listing:.1f} s)"
        )
        if night in ("first", "refit"):
            for layer, part in seconds_by_layer(warehouse).items():
                print(f"    {layer:<12} {part:7.1f} s of node time")


def bench_intake(folder: Path) -> None:
    """Print what it takes to read, judge and filter ratings of the full size."""
    (folder / "raw").mkdir()
    generate = [sys.executable, "seeds/sample/generate.py", "--ratings", str(RAW_RATINGS)]
    subprocess.run([*generate, "--output", str(folder / "raw")], cwd=ROOT, check=True)
    select = ["--select", "+kept_ratings", "--indirect-selection", "buildable"]
    timed_dbt(folder / "raw", folder / "warehouse", "parse")
    seconds, memory = timed_dbt(folder / "raw", folder / "warehouse", *NIGHTLY, *select)
    print(f"staging and filter of {RAW_RATINGS:,} ratings: {seconds:.1f} s, {memory:.2f} GiB")


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
