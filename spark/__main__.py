"""`python -m spark`: hand over, build on Spark, compare with DuckDB, and serve what is equal."""

import argparse
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import duckdb
import jinja2
import yaml

from spark import comparison, inputs
from warehouse import parquet_sets

ROOT = Path(__file__).parents[1]
JAVA = (17, 21)
# Engines number rows as they come, and the clock is that of the run.
IGNORED = {"propensity_inputs": ["input_id"], "leads": ["scored_at"]}
# Recommenders are judged on DuckDB alone.
SERVED = dict.fromkeys(
    (
        "ranked_users",
        "component_rankings",
        "blended_rankings",
        "champion_rankings",
        "served_rankings",
    ),
    "where fold = 'serving'",
)


def main(arguments: list[str]) -> int:
    """Run all steps; return 0 where every table is equal on both engines."""
    parser = argparse.ArgumentParser(prog="python -m spark", description=__doc__)
    parser.add_argument("--vars", default="{}", help="dbt vars, as in the build on DuckDB")
    parser.add_argument("--inputs", type=Path, help="a folder of tables that are exported already")
    asked = parser.parse_args(arguments)
    folder = Path(os.environ.get("WAREHOUSE_DIR", "warehouse")).absolute()
    try:
        require_java()
        return run(folder, asked.inputs and asked.inputs.absolute(), asked.vars)
    except inputs.InputError as error:
        print(error, file=sys.stderr)
        return 2


def run(folder: Path, given: Path | None, variables: str) -> int:
    """Export to `<folder>/spark`, build there, and let its link `current` lead to equal tables."""
    database, sets = folder / "build.duckdb", folder / "spark"
    manifest = parsed(variables)
    nodes = inputs.input_nodes(manifest)
    tables = given or folder / "spark-inputs"
    if given is None:
        inputs.export(database, tables, nodes)
    inputs.check(tables, nodes)
    unfinished = sets / parquet_sets.UNFINISHED
    sets.mkdir(exist_ok=True, mode=0o700)
    parquet_sets.clear(unfinished)
    os.environ.update(SPARK_INPUTS=str(tables), SPARK_OUTPUT=str(unfinished))
    session = start_session()
    built = dbt("run", "--selector", "spark", "--vars", variables, manifest=manifest)
    if not built.success:
        return 1
    pairing = models_that_pair_all_rows(session, [result.node for result in built.result.results])
    if pairing:
        print(f"Pairing all rows with all rows, which no cluster can take: {', '.join(pairing)}.")
        return 1
    if given is not None:
        return 0
    results = compared(database, unfinished, inputs.spark_models(manifest))
    print(comparison.as_text(results))
    if not all(result.is_equal for result in results):
        return 1
    generation = inputs.generation_of(tables, nodes)
    parquet_sets.clear(sets / generation)
    os.replace(unfinished, sets / generation)
    parquet_sets.serve(sets, generation)
    return 0


def require_java() -> None:
    """Stop where there is no Java, or one that Spark does not run on.

    Raises
    ------
    inputs.InputError
        Which Java is needed, and which one was found.
    """
    home = os.environ.get("JAVA_HOME")
    program = str(Path(home) / "bin" / "java") if home else shutil.which("java")
    needed = f"Spark needs Java {' or '.join(map(str, JAVA))}"
    try:
        said = subprocess.run(
            [program or "java", "-version"], capture_output=True, text=True
        ).stderr
    except OSError:
        raise inputs.InputError(
            f"{needed}, and {program or 'no java on the PATH'} cannot be run: install it"
            " (Debian: apt-get install openjdk-17-jre-headless) or set JAVA_HOME."
        ) from None
    version = re.search(r'version "(?:1\.)?(\d+)', said)
    if not version or int(version[1]) not in JAVA:
        raise inputs.InputError(
            f"{needed}, and {program} is {version[1] if version else said.strip()}: set JAVA_HOME."
        )


def parsed(variables: str) -> Any:
    """Return dbt's manifest of the project as Spark sees it."""
    result = dbt("parse", "--vars", variables)
    if not result.success:
        raise inputs.InputError(inputs.first_line(result.exception))
    return result.result


def dbt(*arguments: str, manifest: Any = None) -> Any:
    """Run dbt on the target `spark` in this process, which holds the session."""
    from dbt.cli.main import dbtRunner

    target = Path(os.environ.get("DBT_TARGET_PATH", ROOT / "target")) / "spark"
    options = ["--target", "spark", "--target-path", str(target), "--project-dir", str(ROOT)]
    return dbtRunner(manifest=manifest).invoke(
        ["--log-level", "warn", *arguments, "--profiles-dir", str(ROOT), *options]
    )


def start_session() -> Any:
    """Start Spark as the profile says, with a catalogue in memory: dbt goes on with it."""
    from pyspark.sql import SparkSession

    os.environ.setdefault("SPARK_LOCAL_IP", "127.0.0.1")
    profile = yaml.safe_load((ROOT / "profiles.yml").read_text())
    settings = profile["customer_analytics"]["outputs"]["spark"]["server_side_parameters"]
    builder = SparkSession.builder.config("spark.sql.catalogImplementation", "in-memory")
    for name, value in settings.items():
        said = jinja2.Template(value).render(env_var=lambda key, other: os.environ.get(key, other))
        builder = builder.config(name, said)
    session = builder.getOrCreate()
    session.sparkContext.setLogLevel("ERROR")
    return session


def models_that_pair_all_rows(session: Any, nodes: list[Any]) -> list[str]:
    """Return the scorers whose plan, as Spark explains it, joins without a key that is equal."""
    found = []
    for node in nodes:
        if "/scoring/" in node.original_file_path:
            plan = session.sql(f"explain extended {node.compiled_code}").collect()[0][0]
            if "CartesianProduct" in plan or "BroadcastNestedLoopJoin" in plan:
                found.append(node.name)
    return found


def compared(database: Path, built: Path, models: list[Any]) -> list[comparison.Comparison]:
    """Compare every table that Spark built with the one of the working file."""
    with duckdb.connect() as connection:
        connection.execute(f"attach '{database}' as build (read_only)")
        return [
            comparison.compare(
                connection,
                f"{node.schema}.{node.alias}",
                f'(from build."{node.schema}"."{node.alias}" {SERVED.get(node.name, "")})',
                f"read_parquet('{built}/{node.schema}/{node.alias}/*.parquet')",
                inputs.key_of(node),
                IGNORED.get(node.name, []),
            )
            for node in models
            if node.config.materialized == "table"
        ]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
