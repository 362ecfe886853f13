"""`python -m spark.hand_over`: let scoring read what `spark.recommenders` fitted.

Parameters in a folder of inputs, as `python -m spark` exports them, are replaced by those that were
fitted for a data set. `python -m spark --inputs` then builds lists from them.
"""

import argparse
import os
import sys
from collections.abc import Mapping
from pathlib import Path

import duckdb

from spark import recommenders
from spark.inputs import GENERATION, InputError, first_line, generation_in, literal

RUNS = f"training/{recommenders.RUNS}"
CHAMPION = "models/recommender_champion"
FITS = "training/fit_recommenders"
UNFINISHED = ".next"
# The column that says that an algorithm is the best of its scorer.
ROLES = {"implicit_als": "factor_algorithm", "item_neighbours": "item_algorithm"}


def main(arguments: list[str]) -> int:
    """Replace the parameters; return 0 where that was done."""
    parser = argparse.ArgumentParser(prog="python -m spark.hand_over", description=__doc__)
    parser.add_argument("fitted", type=Path, help="what spark.recommenders wrote")
    parser.add_argument("inputs", type=Path, help="the folder of tables that Spark is given")
    parser.add_argument("--champion", help="who serves; without it, who served before")
    asked = parser.parse_args(arguments)
    try:
        hand_over(asked.fitted, asked.inputs, asked.champion)
    except InputError as error:
        print(error, file=sys.stderr)
        return 2
    return 0


def hand_over(fitted: Path, folder: Path, champion: str | None = None) -> None:
    """Replace what a data set's recommenders learned, in all tables of a folder or in none.

    Raises
    ------
    InputError
        If a table is missing or cannot be read, or nobody could serve.
    """
    with duckdb.connect() as connection:
        try:
            replace(connection, folder, replacements(connection, fitted, folder, champion))
        except duckdb.Error as error:
            raise InputError(first_line(error)) from error


def replacements(
    connection: duckdb.DuckDBPyConnection, fitted: Path, folder: Path, champion: str | None
) -> dict[str, str]:
    """Return the tables that change, each with the query of what it is to hold."""

    def new(table: str) -> str:
        return f"read_parquet({literal(fitted / Path(table).name / '*.parquet')})"

    def old(table: str) -> str:
        return f"read_parquet({literal(folder / f'{table}.parquet')})"

    runs = connection.execute(f"select dataset, model_name from {new(RUNS)} order by all")
    datasets, algorithms = zip(*runs.fetchall(), strict=True)
    dataset = f"dataset = {literal(datasets[0])}"
    before = connection.execute(f"select algorithm from {old(CHAMPION)} where {dataset}").fetchone()
    if not before:
        raise InputError(f"{folder} has no recommenders with {dataset}: export a build that has.")
    queries = {
        table: f"from {old(table)} where not ({dataset} and {column} in ({names}))"
        f" union all by name from {new(table)}"
        for table, column, names in [
            (RUNS, "model_name", ", ".join(map(literal, algorithms))),
            *(
                (f"models/{recommenders.TABLES[name]}", "algorithm", literal(name))
                for name in algorithms
            ),
        ]
    }
    roles = {ROLES[name]: name for name in algorithms}
    serving = champion or before[0]
    known = connection.execute(
        f"select distinct model_name from ({queries[RUNS]}) where {dataset} order by all"
    ).fetchall()
    if (serving,) not in known:
        raise InputError(
            f"--champion must be one of {', '.join(name for (name,) in known)}, and is {serving}."
        )
    for table, column in ((CHAMPION, "algorithm"), (FITS, "champion")):
        changed = ", ".join(
            f"case when {dataset} then {literal(name)} else {role} end as {role}"
            for role, name in {column: serving, **roles}.items()
        )
        queries[table] = f"select * replace ({changed}) from {old(table)}"
    return queries


def replace(
    connection: duckdb.DuckDBPyConnection, folder: Path, queries: Mapping[str, str]
) -> None:
    """Write every table beside the one that it replaces, of the same generation, and then swap."""
    paths = [folder / f"{table}.parquet" for table in queries]
    for path, query in zip(paths, queries.values(), strict=True):
        generation = literal(generation_in(connection, path))
        connection.execute(
            f"copy ({query}) to {literal(path.with_suffix(UNFINISHED))}"
            f" (format parquet, kv_metadata {{{GENERATION}: {generation}}})"
        )
    for path in paths:
        os.replace(path.with_suffix(UNFINISHED), path)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
