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
VARS = {
    "sources_enabled": ["retail", "leads", "ratings"],
    "ratings_min_per_user": 1,
    "ratings_min_per_product": 1,
}


def timed_dbt(raw: Path, folder: Path, *args: str) -> str:
    """Run dbt in a process of its own; say its seconds and peak memory, dbt itself included."""
    environment = {
        **os.environ,
        "RAW_DATA_DIR": str(raw),
        "WAREHOUSE_DIR": str(folder),
        "DBT_TARGET_PATH": str(folder / "target"),
        "DBT_LOG_LEVEL_FILE": "none",
    }
    dbt = str(Path(sys.executable).with_name("dbt"))
    started = time.perf_counter()
    run = subprocess.Popen([dbt, "--quiet", *args], cwd=ROOT, env=environment)
    _, status, used = os.wait4(run.pid, 0)
    if status:
        sys.exit(f"dbt {' '.join(args)} failed")
    return f"{time.perf_counter() - started:.1f} s, {used.ru_maxrss / 2**20:.2f} GiB"


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
    """Print what a first night takes, nights that score, and one that fits again."""
    raw = REAL if REAL.is_dir() else ROOT / "seeds" / "sample"
    print(f"retail, leads and ratings in {raw}, without unit tests:")
    nights = ["first", "scored", "scored", "scored", "refit"]
    for night in nights:
        training = "refit" if night == "refit" else "auto"
        variables = json.dumps({**VARS, "training": training})
        print(f"  {night:<8}", timed_dbt(raw, folder / "warehouse", *NIGHTLY, "--vars", variables))
        if night == "first":
            for layer, part in seconds_by_layer(folder / "warehouse").items():
                print(f"    {layer:<12} {part:7.1f} s of node time")


def bench_intake(folder: Path) -> None:
    """Print what it takes to read, judge and filter ratings of the full size."""
    (folder / "raw").mkdir()
    generate = [sys.executable, "seeds/sample/generate.py", "--ratings", str(RAW_RATINGS)]
    subprocess.run([*generate, "--output", str(folder / "raw")], cwd=ROOT, check=True)
    select = ["--select", "+kept_ratings", "--indirect-selection", "buildable"]
    timed_dbt(folder / "raw", folder / "warehouse", "parse")
    used = timed_dbt(folder / "raw", folder / "warehouse", *NIGHTLY, *select)
    print(f"staging and filter of {RAW_RATINGS:,} ratings: {used}")


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
