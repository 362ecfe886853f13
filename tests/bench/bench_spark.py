"""Time scoring on DuckDB and on Spark: leads by their models, customers by their segments.

WAREHOUSE_DIR is that of a build; `make bench` makes one. Rows of its features are repeated, each a
little changed, and stand in their place as the one large table that both engines read. A line per
scorer, size and engine: seconds of the models, per row, and peak memory (of Spark that of Java).
With SCALE=1 up to 10 million leads and 5 million customers; arguments choose, as in
`bench_spark.py leads 3000000 spark`.
"""

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb
from bench_build import timed_dbt

ROOT = Path(__file__).parents[2]
SAMPLE = ROOT / "seeds" / "sample"
ENGINES = ("duckdb", "spark")
# Figures up to a tenth larger or smaller; flags stay flags.
CHANGED = "case when {x} in (0, 1) then {x} else {x} * (0.9 + hash({x}, n) % 1000 / 5000) end"


@dataclass(frozen=True)
class Scorer:
    """What is built, from which tables, and what both engines must agree on."""

    models: tuple[str, ...]
    result: str
    checked: str
    large_table: str
    key: str
    one_copy: str
    copied: str
    tables: tuple[str, ...]
    sizes: tuple[int, ...] = (20_000,)
    large_sizes: tuple[int, ...] = (1_000_000, 3_000_000, 10_000_000)


SCORERS = {
    "leads": Scorer(
        models=("propensity_vectors", "propensity_input_scores"),
        result="scoring.propensity_input_scores",
        checked="count(*), round(avg(probability), 9)",
        large_table="scoring.propensity_inputs",
        key="entity_id",
        one_copy="""
            select *, row_number() over (order by entity_id) as place
            from build.scoring.propensity_inputs
            where dataset = 'leads' and periods_ago = 0 and grid_feature is null
        """,
        copied=f"""
            n * (select count(*) from one_copy) + place as input_id, dataset,
            entity_id || '-' || n as entity_id, periods_ago, grid_feature, grid_value,
            list_transform(numbers, lambda x: {CHANGED.format(x="x")}) as numbers, categories
        """,
        tables=(
            "features.propensity_spec_features",
            "models.propensity_encodings",
            "models.propensity_models",
            "models.propensity_trees",
            "models.propensity_calibrators",
            "scoring.propensity_baseline_scores",
        ),
    ),
    "customers": Scorer(
        models=("segment_assignments",),
        result="scoring.segment_assignments",
        checked="count(*), sum(segment_id), round(avg(distance), 9)",
        large_table="features.customer_feature_values",
        key="customer_id",
        one_copy="""
            from build.features.customer_feature_values where dataset = 'ecommerce'
        """,
        copied=f"""
            dataset, customer_id || '-' || n as customer_id, feature, is_number,
            {CHANGED.format(x="number_value")} as number_value, text_value
        """,
        tables=("training.fit_segments",),
        large_sizes=(1_000_000, 3_000_000, 5_000_000),
    ),
}


def write_tables(scorer: Scorer, rows: int, build: Path, folder: Path) -> None:
    """Write what a scorer reads as Parquet, in the layout in which Spark is given tables."""
    with duckdb.connect(config={"threads": 2}) as connection:
        connection.execute(f"attach '{build}' as build (read_only)")
        connection.execute(f"create temp table one_copy as {scorer.one_copy}")
        copies = f"(select ({rows} / count(distinct {scorer.key}))::bigint from one_copy)"
        large = f"select {scorer.copied} from one_copy cross join range({copies}) as t (n)"
        queries = {scorer.large_table: large}
        queries |= {table: f"from build.{table}" for table in scorer.tables}
        for table, query in queries.items():
            path = folder / f"{table.replace('.', '/')}.parquet"
            path.parent.mkdir(parents=True, exist_ok=True)
            connection.execute(f"copy ({query}) to '{path}' (format parquet)")


def on_duckdb(scorer: Scorer, tables: Path, folder: Path) -> tuple[float, float]:
    """Run the models by dbt in a working file that shows the tables; seconds and GiB."""
    folder.mkdir()
    with duckdb.connect(folder / "build.duckdb") as connection:
        for path in tables.rglob("*.parquet"):
            connection.execute(f"create schema if not exists {path.parent.name}")
            connection.execute(f"create view {path.parent.name}.{path.stem} as from '{path}'")
    _, memory = timed_dbt(SAMPLE, folder, "run", "--select", *scorer.models)
    return seconds_of_models(folder / "target"), memory


def on_spark(scorer: Scorer, tables: Path, folder: Path) -> tuple[float, float]:
    """Run the models by dbt in a process of its own with its own Java; seconds and GiB."""
    environment = {
        **os.environ,
        "SPARK_INPUTS": str(tables),
        "SPARK_OUTPUT": str(folder / "tables"),
        "WAREHOUSE_DIR": str(folder),
        "DBT_TARGET_PATH": str(folder / "target"),
        "DBT_LOG_LEVEL_FILE": "none",
        "PYTHONPATH": os.pathsep.join([str(ROOT), str(ROOT / "dbt_project")]),
    }
    program = (
        "import sys; from pathlib import Path; from spark.__main__ import dbt, start_session\n"
        "java = start_session().sparkContext._gateway.proc.pid\n"
        "built = dbt('run', '--select', *sys.argv[1:])\n"
        "print(Path(f'/proc/{java}/status').read_text().split('VmHWM:')[1].split()[0])\n"
        "sys.exit(not built.success)"
    )
    run = subprocess.run(
        [sys.executable, "-c", program, *scorer.models],
        cwd=ROOT,
        env=environment,
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    return seconds_of_models(folder / "target" / "spark"), int(run.stdout.split()[-1]) / 2**20


def seconds_of_models(target: Path) -> float:
    """Return the seconds that the models of dbt's last run took, one after the other."""
    results = json.loads((target / "run_results.json").read_text())["results"]
    return sum(each["execution_time"] for each in results)


def found(scorer: Scorer, engine: str, folder: Path) -> tuple:
    """Return what the engines must agree on."""
    with duckdb.connect() as connection:
        table = f"'{folder}/tables/{scorer.result.replace('.', '/')}/*.parquet'"
        if engine == "duckdb":
            connection.execute(f"attach '{folder}/build.duckdb' as scored (read_only)")
            table = f"scored.{scorer.result}"
        return connection.execute(f"select {scorer.checked} from {table}").fetchone()


def bench(name: str, rows: int, engines: Sequence[str], build: Path) -> None:
    """Print a line per engine; stop where they disagree."""
    scorer, results = SCORERS[name], set()
    with tempfile.TemporaryDirectory() as temporary:
        tables = Path(temporary) / "inputs"
        write_tables(scorer, rows, build, tables)
        for engine in engines:
            folder = Path(temporary) / engine
            run = on_duckdb if engine == "duckdb" else on_spark
            seconds, memory = run(scorer, tables, folder)
            print(
                f"{rows:>10,} {name:<9} on {engine:<6} {seconds:7.1f} s,"
                f" {1e6 * seconds / rows:6.1f} us a row, {memory:.2f} GiB",
                flush=True,
            )
            results.add(found(scorer, engine, folder))
    if len(results) > 1:
        sys.exit(f"the engines disagree on {name}: {results}")


def main() -> None:
    """Run what the arguments choose, or every scorer, size and engine."""
    build = Path(os.environ.get("WAREHOUSE_DIR", "warehouse")).absolute() / "build.duckdb"
    chosen = dict(zip(("scorer", "rows", "engine"), sys.argv[1:], strict=False))
    for name in [chosen["scorer"]] if chosen else SCORERS:
        scorer = SCORERS[name]
        sizes = scorer.large_sizes if os.environ.get("SCALE") else scorer.sizes
        for rows in [int(chosen["rows"])] if "rows" in chosen else sizes:
            bench(name, rows, [chosen["engine"]] if "engine" in chosen else ENGINES, build)


if __name__ == "__main__":
    main()
