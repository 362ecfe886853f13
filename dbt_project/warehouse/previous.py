"""What models read of the previous generation: every table that they ask for, as they know it."""

import json

import duckdb

from warehouse import version_1
from warehouse.generation_file import identifier

FILE = "published"
"""The name under which the published file is attached, where there is one."""

DATABASE = "previous"
"""The name of the database of views on it, which is there in a first build too."""


NOTHING = "select null::varchar as model_run_id, null::varchar as dataset where false"
"""What a table is of which nothing is known but that it holds fits."""


def show(connection: duckdb.DuckDBPyConnection, tables: str) -> None:
    """Let every table of the previous generation that models read be there, with all its columns.

    A table that the previous generation does not have is empty, and a column that it did not have
    yet is null; what version 1 held is there by the names of today. So models read the previous
    generation as they read any other source.

    Parameters
    ----------
    connection : DuckDBPyConnection
        With both databases.
    tables : str
        JSON: a list of tables with `schema`, `name` and `columns`, a mapping of names to types. A
        table without columns is as it was stored, and where it is not there it is `NOTHING`.
    """
    there: dict[tuple[str, str], set[str]] = {}
    for schema, table, column in connection.execute(
        "select schema_name, table_name, column_name from duckdb_columns() where database_name = ?",
        [FILE],
    ).fetchall():
        there.setdefault((schema, table), set()).add(column)
    wanted = {(each["schema"], each["name"]): each["columns"] for each in json.loads(tables)}
    for key in {**{each: {} for each in there}, **wanted}:
        relation = ".".join(map(identifier, key))
        view = _view(connection, _rows(key, there), wanted.get(key, {}))
        connection.execute(f"create schema if not exists {DATABASE}.{identifier(key[0])}")
        connection.execute(f"create or replace view {DATABASE}.{relation} as {view}")


def _rows(key: version_1.Table, there: dict[version_1.Table, set[str]]) -> str:
    """Return SQL for the rows of a table, of version 1 too; nothing where it is not there."""
    return " union all by name ".join(
        f"select {how} from {FILE}.{'.'.join(map(identifier, table))}"
        for table, how in version_1.parts(key, there)
    )


def _view(connection: duckdb.DuckDBPyConnection, rows: str, columns: dict[str, str]) -> str:
    if not columns:
        return rows or NOTHING
    described = connection.execute(f"describe {rows}").fetchall() if rows else []
    known = {column for column, *_ in described}
    values = ", ".join(
        f"{identifier(name) if name in known else 'null'}::{data_type} as {identifier(name)}"
        for name, data_type in columns.items()
    )
    return f"select {values} {f'from ({rows})' if rows else 'where false'}"
