"""Score a million leads in SQL by the champion, and by predict_proba of the same model."""

import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import duckdb
import yaml
from threadpoolctl import threadpool_limits

from models_py.leads.families import as_matrix, build_pipeline, category_levels

ROOT = Path(__file__).parents[2]
REAL = ROOT.parent / "shared" / "data"
LEADS = 1_000_000
MILLION = f"""
    create temp table many_leads as
    select * replace (lead_id || '-' || copy as lead_id)
    from features.lead_features cross join range({LEADS}) as copies (copy)
    limit {LEADS}
"""


def dbt(folder: Path, *args: str) -> str:
    """Run dbt with only the leads switched on and return what it prints."""
    environment = {
        **os.environ,
        "RAW_DATA_DIR": str(REAL if REAL.is_dir() else ROOT / "seeds" / "sample"),
        "WAREHOUSE_DIR": str(folder),
        "DBT_TARGET_PATH": str(folder / "target"),
    }
    command = [str(Path(sys.executable).with_name("dbt")), "--quiet", *args]
    only_leads = yaml.safe_dump({"sources_enabled": ["leads"]})
    run = subprocess.run(
        [*command, "--vars", only_leads],
        cwd=ROOT,
        env=environment,
        check=False,
        capture_output=True,
        text=True,
    )
    if run.returncode:
        sys.exit(run.stdout + run.stderr)
    return run.stdout


def score_in_sql(path: Path, query: str) -> dict[str, float]:
    """Return seconds and peak GiB of scoring a million leads on two threads, in this process."""
    with duckdb.connect(path, config={"threads": 2, "memory_limit": "3GB"}) as connection:
        connection.execute(MILLION)
        started = time.perf_counter()
        connection.execute(f"create temp table scored as {query}")
        seconds = time.perf_counter() - started
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    return {"seconds": seconds, "peak": peak}


def score_in_python(path: Path) -> tuple[str, float]:
    """Fit the champion again; return its family and the seconds of encoding and predict_proba."""
    with duckdb.connect(path) as connection:
        connection.execute(MILLION)
        train = connection.execute(
            "select * from features.lead_features where split = 'train' order by lead_id"
        ).df()
        many = connection.execute("from many_leads").df()
        family, params, imbalance = connection.execute(
            "select model_family, params, imbalance from models.lead_models where is_champion"
        ).fetchone()
    levels = category_levels(train)
    pipeline = build_pipeline(family, json.loads(params), levels, imbalance)
    with threadpool_limits(2):
        pipeline.fit(as_matrix(train, levels), train["is_converted"].astype(int))
        started = time.perf_counter()
        pipeline.predict_proba(as_matrix(many, levels))
        return family, time.perf_counter() - started


def main() -> None:
    """Build the leads, score a million of them both ways and print leads per second."""
    if len(sys.argv) > 1:
        print(json.dumps(score_in_sql(Path(sys.argv[1]), sys.stdin.read())))
        return
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        no_tests = ("--exclude-resource-type", "test", "unit_test")
        dbt(
            folder,
            "build",
            "--select",
            "+lead_models",
            "+lead_calibrators",
            "+lead_encodings",
            *no_tests,
        )
        query = dbt(folder, "compile", "--inline", "{{ score_leads('many_leads') }}")
        path = folder / "build.duckdb"
        run = subprocess.run(
            [sys.executable, __file__, str(path)],
            input=query,
            check=True,
            stdout=subprocess.PIPE,
            text=True,
        )
        in_sql = json.loads(run.stdout)
        family, python_seconds = score_in_python(path)
        print(
            f"{LEADS:,} leads by {family} in SQL: {in_sql['seconds']:.1f} s"
            f" ({LEADS / in_sql['seconds']:,.0f} leads/s), {in_sql['peak']:.2f} GiB;"
            f" by predict_proba, encoding included: {python_seconds:.1f} s"
            f" ({LEADS / python_seconds:,.0f} leads/s)"
        )


if __name__ == "__main__":
    main()
