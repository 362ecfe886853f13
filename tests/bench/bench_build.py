"""Time a whole build by layer, and the intake of a raw ratings file at full size."""

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from pathlib import Path

ROOT = Path(__file__).parents[2]
REAL = ROOT.parent / "shared" / "data"
RAW_RATINGS = 7_800_000


def timed_build(raw: Path, folder: Path, *args: str) -> tuple[float, float]:
    """Run `dbt build` in a process of its own; return seconds and peak GiB, dbt itself included."""
    command = [str(Path(sys.executable).with_name("dbt")), "--quiet", "build", *args]
    environment = {
        **os.environ,
        "RAW_DATA_DIR": str(raw),
        "WAREHOUSE_DIR": str(folder),
        "DBT_TARGET_PATH": str(folder / "target"),
    }
    started = time.perf_counter()
    subprocess.run(command, cwd=ROOT, env=environment, check=True)
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 2**20
    return time.perf_counter() - started, peak


def seconds_by_layer(folder: Path) -> dict[str, float]:
    """Sum the seconds of the last run's nodes by layer; nodes overlap on several threads."""
    results = json.loads((folder / "target" / "run_results.json").read_text())["results"]
    manifest = json.loads((folder / "target" / "manifest.json").read_text())
    nodes = {**manifest["nodes"], **manifest["unit_tests"]}
    seconds: dict[str, float] = defaultdict(float)
    for result in results:
        node = nodes.get(result["unique_id"])
        kind = node["resource_type"] if node else "hook"
        layer = node["fqn"][1] if kind == "model" else kind
        seconds[layer] += result["execution_time"]
    return dict(sorted(seconds.items(), key=lambda item: -item[1]))


def main() -> None:
    """Print seconds per layer and peak memory; the first build's memory bounds the second's."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("what", choices=["build", "intake"])
    what = parser.parse_args().what
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        if what == "build":
            filtered = "{ratings_min_per_user: 1, ratings_min_per_product: 1}"
            real = REAL.is_dir()
            raw, args = (REAL, ["--vars", filtered]) if real else (ROOT / "seeds" / "sample", [])
            seconds, peak = timed_build(raw, folder / "warehouse", *args)
            print(
                f"dbt build, {'real' if real else 'sample'} data: {seconds:.1f} s, {peak:.2f} GiB"
            )
            for layer, part in seconds_by_layer(folder / "warehouse").items():
                print(f"  {layer:<12} {part:7.1f} s of node time")
        else:
            (folder / "raw").mkdir()
            generate = [sys.executable, "seeds/sample/generate.py", "--ratings", str(RAW_RATINGS)]
            subprocess.run([*generate, "--output", str(folder / "raw")], cwd=ROOT, check=True)
            select = ["--select", "+kept_ratings", "--indirect-selection", "buildable"]
            select += ["--exclude", "resource_type:unit_test"]
            seconds, peak = timed_build(folder / "raw", folder / "warehouse", *select)
            print(f"staging and filter of {RAW_RATINGS:,} ratings: {seconds:.1f} s, {peak:.2f} GiB")


if __name__ == "__main__":
    main()
