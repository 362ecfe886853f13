"""Fill the file of the next generation: this build's tables, and what sources that are off left."""

import json
import logging
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

from warehouse import intake, people
from warehouse.generation_file import GenerationFileError, identifier, literal
from warehouse.people import DECLARED
from warehouse.previous import FILE
from warehouse.version_1 import LEFT_BY

logger = logging.getLogger(__name__)

NEXT = "next_generation"


@dataclass(frozen=True)
class Masks:
    """What the published file shows to nobody.

    Attributes
    ----------
    columns : mapping of str to list of str
        By source, columns of its raw file.
    raw_columns : mapping of str to mapping of str to str
        By source, the raw column that a feature shows, by the feature's name.
    """

    columns: Mapping[str, Sequence[str]]
    raw_columns: Mapping[str, Mapping[str, str]]

    def features(self, source: str) -> list[str]:
        """Return what shows a masked column of a source, by every name that it has."""
        masked = self.columns[source]
        shown = self.raw_columns.get(source, {}).items()
        return [*masked, *(name for name, raw_column in shown if raw_column in masked)]


def fill(
    connection: duckdb.DuckDBPyConnection,
    path: Path,
    masks: Masks,
    switched_off: Sequence[str],
    models: Sequence[str],
) -> None:
    """Write this build's published tables, and those of sources that are off, to a new file.

    Parameters
    ----------
    connection : DuckDBPyConnection
        To the working file, with the published one attached where there is one.
    path : Path
        The file, which is not there yet.
    masks : Masks
        What the new file does not show.
    switched_off : sequence of str
        Sources that are off and of which the previous generation has rows.
    models : sequence of str
        The models that are on.

    Raises
    ------
    GenerationFileError
        If a column may hold keys of people and does not say whether.
    duckdb.Error
        If the file cannot be written.
    """
    tables = _declared_tables(connection)
    _require_declared_people(connection, tables)
    logger.info("publishing: writing %s tables", len(tables))
    connection.execute("set force_compression = 'auto'")
    connection.execute(f"attach {literal(path)} as {NEXT} (storage_version 'v1.2.0')")
    # One transaction, because DuckDB writes each to its log and the file by itself.
    connection.begin()
    for table in tables:
        table.copy(connection, masks)
    if switched_off:
        _carry_tables(connection, set(models), switched_off)
        _carry_rows(connection, switched_off)
    connection.commit()
    # To detach would write it too, but not say why that failed.
    connection.execute(f"checkpoint {NEXT}")
    connection.execute(f"detach {NEXT}")


def switched_off(
    connection: duckdb.DuckDBPyConnection, sources: Sequence[str], enabled: Sequence[str]
) -> list[str]:
    """Return the sources that are off and of which the previous generation has rows."""
    if ("monitoring", "data_quality") not in _tables(connection, FILE):
        return []
    (held,) = connection.execute(
        f"select list(distinct source) from {FILE}.monitoring.data_quality"
    ).fetchone()
    return [each for each in sources if each in (held or []) and each not in enabled]


@dataclass(frozen=True)
class _Column:
    name: str
    description: str
    declared: Mapping[str, Any]


@dataclass(frozen=True)
class _Table:
    """A table of the working file, as its YAML declares it."""

    schema: str
    name: str
    description: str
    sources: Sequence[str]
    columns: Sequence[_Column]

    @property
    def relation(self) -> str:
        return f"{identifier(self.schema)}.{identifier(self.name)}"

    def copy(self, connection: duckdb.DuckDBPyConnection, masks: Masks) -> None:
        """Write the table to the next generation, with what its YAML says."""
        new = f"{NEXT}.{self.relation}"
        hidden = [
            f"case when {own} then {identifier(column.name)} end as {identifier(column.name)}"
            for column in self.columns
            for own in [self._shown(column, masks)]
            if own
        ]
        replaced = f"replace ({', '.join(hidden)})" if hidden else ""
        connection.execute(f"create schema if not exists {NEXT}.{identifier(self.schema)}")
        connection.execute(f"create table {new} as select * {replaced} from {self.relation}")
        connection.execute(f"comment on table {new} is {literal(self.description)}")
        for column in self.columns:
            if column.description:
                connection.execute(
                    f"comment on column {new}.{identifier(column.name)}"
                    f" is {literal(column.description)}"
                )

    def _shown(self, column: _Column, masks: Masks) -> str:
        """Return SQL that is true where a column is shown; nothing where it is shown everywhere."""
        shown = []
        source_column = next((c.name for c in self.columns if c.declared.get("source")), None)
        for source in masks.columns:
            if not source_column and source not in self.sources:
                continue
            # A column of a table of one source is the raw one of its name, if not said otherwise.
            raw_column = column.declared.get("raw_column", None if source_column else column.name)
            feature = column.declared.get("value_of")
            if raw_column in masks.columns[source]:
                hidden = "true"
            elif feature and masks.features(source):
                names = ", ".join(map(literal, masks.features(source)))
                hidden = f"{identifier(feature)} in ({names})"
            else:
                continue
            own = f"{identifier(source_column)} = {literal(source)}" if source_column else "true"
            shown.append(f"not ({own} and {hidden})")
        return " and ".join(shown)


def _declared_tables(connection: duckdb.DuckDBPyConnection) -> list[_Table]:
    rows = connection.execute(
        "select schema_name, table_name, table_description, sources, column_name,"
        f" coalesce(description, ''), declared from {'.'.join(DECLARED)}"
    ).fetchall()
    columns = defaultdict(list)
    for *table, sources, name, description, declared in rows:
        column = _Column(name, description, json.loads(declared))
        columns[*table, tuple(sources)].append(column)
    return [_Table(*table, tuple(found)) for table, found in columns.items()]


def _require_declared_people(
    connection: duckdb.DuckDBPyConnection, tables: Sequence[_Table]
) -> None:
    """Stop where a type that only the table knows holds keys of people, and nothing says so."""
    said = {(t.schema, t.name, c.name): c.declared for t in tables for c in t.columns}
    known = {key[:2] for key in said}
    for schema, table, column, data_type in connection.execute(
        "select schema_name, table_name, column_name, data_type from duckdb_columns()"
        " where database_name = current_database() order by all"
    ).fetchall():
        if (schema, table) in known:
            declared = said.get((schema, table, column), people.declared(column, {}))
            for problem in people.problem_of(f"{table}.{column}", data_type, declared):
                raise GenerationFileError(problem)


def _tables(connection: duckdb.DuckDBPyConnection, database: str) -> dict[tuple[str, str], str]:
    """Return the comments of a database's tables by their names."""
    return {
        (schema, table): comment
        for schema, table, comment in connection.execute(
            "select schema_name, table_name, comment from duckdb_tables()"
            " where database_name = ? order by all",
            [database],
        ).fetchall()
    }


def _carry_tables(
    connection: duckdb.DuckDBPyConnection, models: set[str], sources: Sequence[str]
) -> None:
    """Copy the tables, with their comments, whose models are in the project and are off.

    A table whose model has left the project is not carried, unless it is one of `LEFT_BY` a
    source that is off.
    """
    project = {path.stem for path in intake.MODELS.rglob("*") if path.suffix in (".sql", ".py")}
    comments = defaultdict(list)
    for schema, table, column, comment in connection.execute(
        "select schema_name, table_name, column_name, comment from duckdb_columns()"
        " where database_name = ? and comment is not null order by column_index",
        [FILE],
    ).fetchall():
        comments[schema, table].append((column, comment))
    carried = [
        (table, comment)
        for table, comment in _tables(connection, FILE).items()
        if table[1] in project - models
        or any(LEFT_BY[each].fullmatch(".".join(table)) for each in LEFT_BY.keys() & set(sources))
    ]
    for table, comment in carried:
        relation = ".".join(map(identifier, table))
        connection.execute(f"create schema if not exists {NEXT}.{identifier(table[0])}")
        connection.execute(f"create table {NEXT}.{relation} as from {FILE}.{relation}")
        connection.execute(f"comment on table {NEXT}.{relation} is {literal(comment)}")
        for column, said in comments[table]:
            connection.execute(
                f"comment on column {NEXT}.{relation}.{identifier(column)} is {literal(said)}"
            )
    if DECLARED in _tables(connection, FILE):
        declared = ".".join(DECLARED)
        connection.executemany(
            f"insert into {NEXT}.{declared} by name from {FILE}.{declared}"
            " where schema_name = ? and table_name = ?",
            [table for table, _ in carried] or [("", "")],
        )


def _carry_rows(connection: duckdb.DuckDBPyConnection, sources: Sequence[str]) -> None:
    """Add the rows of sources that are off to the tables that name the source of each row.

    Only columns that both generations have; and none where the table has rows of the source
    already, as history does.
    """
    types: dict[str, dict[tuple[str, str], dict[str, str]]] = {FILE: {}, NEXT: {}}
    for database, schema, table, column, data_type in connection.execute(
        "select database_name, schema_name, table_name, column_name, data_type"
        " from duckdb_columns() where database_name in (?, ?) order by column_index",
        [FILE, NEXT],
    ).fetchall():
        types[database].setdefault((schema, table), {})[column] = data_type
    source_columns = connection.execute(
        f"select schema_name, table_name, column_name from {NEXT}.{'.'.join(DECLARED)}"
        " where (declared ->> 'source')::boolean order by all"
    ).fetchall()
    names = ", ".join(map(literal, sources))
    for schema, table, source_column in source_columns:
        before = types[FILE].get((schema, table), {})
        if source_column not in before:
            continue
        relation, key = f"{identifier(schema)}.{identifier(table)}", identifier(source_column)
        values = ", ".join(
            f"try_cast({identifier(name)} as {data_type}) as {identifier(name)}"
            for name, data_type in types[NEXT][schema, table].items()
            if name in before
        )
        connection.execute(
            f"insert into {NEXT}.{relation} by name select {values} from {FILE}.{relation}"
            f" where {key} in ({names})"
            f" and {key} not in (select {key} from {NEXT}.{relation} where {key} is not null)"
        )
