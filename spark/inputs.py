"""Tables that Spark reads: staging rows, reference data and fitted models, as Parquet files."""

from pathlib import Path
from typing import Any

import duckdb

GENERATION = "generation_id"


class InputError(ValueError):
    """A table that Spark is to read cannot be meant; the message is one line for the user."""


def spark_models(manifest: Any) -> list[Any]:
    """Return the models of the selector `spark`, by name."""
    return sorted(
        (
            node
            for node in manifest.nodes.values()
            if node.resource_type == "model" and "spark" in node.tags
        ),
        key=lambda node: node.name,
    )


def input_nodes(manifest: Any) -> list[Any]:
    """Return the models and seeds that models of the selector read and that are none of them."""
    own = {node.unique_id for node in spark_models(manifest)}
    read = {key for node in spark_models(manifest) for key in node.depends_on.nodes}
    return [manifest.nodes[key] for key in sorted(read - own) if key in manifest.nodes]


def path_of(folder: Path, node: Any) -> Path:
    """Return the file of a table below the folder of inputs."""
    return folder / node.schema / f"{node.alias}.parquet"


def export(database: Path, folder: Path, nodes: list[Any]) -> None:
    """Write tables of a working file as Parquet, each with the generation that it belongs to.

    They hold what the published file masks, so that nobody else may read them.

    Raises
    ------
    InputError
        If there is no working file, another program writes it, or it lacks a table.
    """
    if not database.exists():
        raise InputError(f"{database} is not there: run `make build` (or `dbt build`) first.")
    try:
        with duckdb.connect(database, read_only=True) as connection:
            (generation,) = connection.execute(
                "select max(generation_id) from monitoring.build_info where not is_carried_over"
            ).fetchone()
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            for node in nodes:
                path = path_of(folder, node)
                path.parent.mkdir(exist_ok=True)
                connection.execute(
                    f'copy (from "{node.schema}"."{node.alias}") to {literal(path)}'
                    f" (format parquet, kv_metadata {{{GENERATION}: {literal(generation)}}})"
                )
    except duckdb.Error as error:
        raise InputError(f"{database}: {first_line(error)}") from error


def check(folder: Path, nodes: list[Any]) -> None:
    """Stop where a table is not there, is not as its model declares it, or is of another build.

    Raises
    ------
    InputError
        If a file is missing or cannot be read, a declared column is missing or of another type, a
        key is null, or the tables are not all of one generation.
    """
    generations: dict[str, str] = {}
    with duckdb.connect() as connection:
        for node in nodes:
            path = path_of(folder, node)
            if not path.exists():
                raise InputError(f"{path} is not there: export {node.schema}.{node.alias} to it.")
            try:
                _check_columns(connection, path, node)
                generations[node.alias] = generation_in(connection, path)
            except duckdb.Error as error:
                raise InputError(f"{path}: {first_line(error)}") from error
    found = sorted(set(generations.values()))
    if len(found) > 1:
        odd = next(name for name, value in generations.items() if value == found[0])
        raise InputError(
            f"{folder}: {odd} is of generation {found[0] or 'unknown'}, and others are of"
            f" {found[-1]}: export all tables from one build."
        )


def _check_columns(connection: duckdb.DuckDBPyConnection, path: Path, node: Any) -> None:
    described = connection.execute(f"describe from read_parquet({literal(path)})").fetchall()
    found = {name: data_type for name, data_type, *_ in described}
    for column in node.columns.values():
        if column.name not in found:
            raise InputError(
                f"{path}: the column {column.name} is missing; it has {', '.join(found)}."
            )
        if column.data_type and _plain(found[column.name]) != _plain(column.data_type):
            raise InputError(
                f"{path}: the column {column.name} is {found[column.name].lower()}, and must be"
                f" {column.data_type}: cast it."
            )
    for name in key_of(node):
        (nulls,) = connection.execute(
            f'select count(*) from read_parquet({literal(path)}) where "{name}" is null'
        ).fetchone()
        if nulls:
            raise InputError(
                f"{path}: the key {name} is null in {nulls} rows: give each a value or"
                " leave it out."
            )


def key_of(node: Any) -> list[str]:
    """Return the columns that a model declares as its primary key."""
    for constraint in getattr(node, "constraints", []):
        if constraint.type == "primary_key":
            return list(constraint.columns)
    return [
        column.name
        for column in node.columns.values()
        if any(constraint.type == "primary_key" for constraint in column.constraints)
    ]


def generation_of(folder: Path, nodes: list[Any]) -> str:
    """Return the generation of tables that belong together."""
    with duckdb.connect() as connection:
        return generation_in(connection, path_of(folder, nodes[0]))


def generation_in(connection: duckdb.DuckDBPyConnection, path: Path) -> str:
    """Return the generation that a file was exported from; nothing where it does not say."""
    row = connection.execute(
        f"select decode(value) from parquet_kv_metadata({literal(path)})"
        f" where decode(key) = '{GENERATION}'"
    ).fetchone()
    return row[0] if row else ""


def _plain(data_type: str) -> str:
    """Return a type as it is compared: JSON is text in Parquet."""
    plain = data_type.lower().replace(" ", "").replace('"', "")
    return (
        plain.replace("json", "varchar").replace("bool", "boolean").replace("booleanean", "boolean")
    )


def first_line(error: Exception) -> str:
    """Return what an error says, without what may have led to it."""
    return str(error).splitlines()[0]


def literal(value: object) -> str:
    """Return a text as DuckDB's SQL has it."""
    return "'" + str(value).replace("'", "''") + "'"
