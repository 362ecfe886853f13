"""Tables of attached databases, in place of files.

A table is copied once, at the start of a run: all of the run reads the same rows, however the
database goes on changing, and what is wrong with it is said before anything is built.
"""

import logging
import re
from collections.abc import Mapping
from difflib import get_close_matches
from typing import Any

import duckdb

from warehouse import intake
from warehouse.generation_file import first_line, identifier, literal

logger = logging.getLogger(__name__)

PART = r'\s*("(?:[^"]|"")+"|[^".\s](?:[^".]*[^".\s])?)\s*'
OWN_DATABASES = ("previous", "raw")
"""Names under which the warehouse attaches databases of its own."""

RELATION = re.compile(rf"{PART}\.{PART}\.{PART}")


def parts_of(relation: str) -> tuple[str, ...] | None:
    """Return catalog, schema and table of a relation's full name; None where it is no such name.

    Examples
    --------
    >>> parts_of('shop.main."Order lines"')
    ('shop', 'main', 'Order lines')
    """
    found = RELATION.fullmatch(relation)
    return found and tuple(_unquoted(part) for part in found.groups())


def copy_table(
    connection: duckdb.DuckDBPyConnection,
    source: str,
    table: Mapping[str, Any],
    relation: str,
    copy: str,
) -> dict[str, Any]:
    """Copy the table that a source is read from, and say how SQL is to read the copy.

    Parameters
    ----------
    connection : DuckDBPyConnection
        With the database of the table attached.
    source : str
        Name of the source.
    table : mapping
        What its YAML declares, as `intake.declared_table` returns it.
    relation : str
        The table: catalog.schema.table.
    copy : str
        Where to copy it, as SQL; a table that is there is replaced.

    Returns
    -------
    dict
        As `intake.describe_files` returns of a parquet file, with the format 'table', the
        relation's name for `file`, and the copy for `path`.

    Raises
    ------
    IntakeError
        If there is no such table, a required column is missing, a declared one has lists or
        structs, or the table cannot be read to its end.
    """
    logger.info("reading %s: the table %s", source, relation)
    try:
        quoted = _found(connection, relation, source)
        schema = connection.sql(f"from {quoted} limit 0").to_arrow_table().schema
        described = intake.describe_columns(table["columns"], schema)
        ((rows,),) = connection.execute(
            f"create or replace table {copy} as from {quoted}"
        ).fetchall()
    except duckdb.Error as error:
        raise intake.IntakeError(
            f"{source}: {relation} cannot be read to its end ({first_line(error).rstrip('.')});"
            f" mend the table, or name another in the var {source}_relation."
        ) from error
    except intake.IntakeError as error:
        raise intake.IntakeError(f"{source}: {relation} {error}.") from error
    return {
        "file": relation,
        "path": copy,
        "format": "table",
        "encoding": None,
        "delimiter": None,
        "rows": rows,
        **described,
    }


def _unquoted(part: str) -> str:
    return part[1:-1].replace('""', '"') if part.startswith('"') else part


def _found(connection: duckdb.DuckDBPyConnection, relation: str, source: str) -> str:
    """Return the name in SQL of a relation, spelt as its database does: some read no other."""
    catalog, schema, table = parts_of(relation)
    own = ", ".join(literal(each) for each in OWN_DATABASES)
    databases = _names(
        connection,
        "select database_name from duckdb_databases()"
        f" where not internal and database_name not in (current_database(), {own})",
    )
    if (database := _spelt(catalog, databases)) is None:
        raise intake.IntakeError(
            f"is of a database that profiles.yml does not attach (attached: {_seen(databases)});"
            " name it under attach there"
        )
    schemas = _names(
        connection, "select schema_name from duckdb_schemas() where database_name = ?", database
    )
    tables = _names(
        connection,
        "select table_name from information_schema.tables"
        " where table_catalog = ? and table_schema = ?",
        database,
        _spelt(schema, schemas),
    )
    if (name := _spelt(table, tables)) is None:
        near = get_close_matches(table, tables, n=1) or tables
        raise intake.IntakeError(
            f"is no table or view ({catalog}.{schema} has {_seen(near)}); correct the var"
            f" {source}_relation, or leave '{source}' out of the var sources_enabled"
        )
    return ".".join(identifier(part) for part in (database, _spelt(schema, schemas), name))


def _spelt(name: str, names: list[str]) -> str | None:
    """Return a name as it is among names, in any case if it is not there as it is."""
    alike = (each for each in names if each.lower() == name.lower())
    return name if name in names else next(alike, None)


def _seen(names: list[str]) -> str:
    return ", ".join(f"'{name}'" for name in names[:8]) or "none"


def _names(connection: duckdb.DuckDBPyConnection, sql: str, *values: str | None) -> list[str]:
    return sorted(name for (name,) in connection.execute(sql, values).fetchall())
