"""Forget a person: what is published and kept is written anew, and intake skips them."""

import hashlib
import json
import os
import re
from dataclasses import dataclass
from pathlib import Path

import duckdb
import parquet_sets
import publishing

FORGOTTEN_NAME = "forgotten.csv"
HEADER = "sha256"
PERSON_COLUMNS = ("customer_id", "lead_id", "user_id")


@dataclass
class Rewritten:
    """What forgetting did to one file: rows removed, and rows in which a value was replaced."""

    path: Path
    removed: int = 0
    masked: int = 0


def digest(person_id: str) -> str:
    """Return the sha256 of an id as hexadecimal digits; the id itself is not kept."""
    return hashlib.sha256(person_id.encode()).hexdigest()


def hashes(folder: Path) -> list[str]:
    """Return the digests of everybody who was forgotten in a warehouse folder."""
    path = folder / FORGOTTEN_NAME
    if not path.exists():
        return []
    return path.read_text(encoding="ascii").split()[1:]


def forget(folder: Path, person_id: str) -> list[Rewritten]:
    """Remove a person from the state, the kept generations and the inputs of builds to come.

    A file is written anew without the person and put in the place of the old one, because rows that
    are deleted in a DuckDB file leave their bytes in it. Doing it again after a crash is safe.

    Parameters
    ----------
    folder : Path
        The warehouse folder, whose lock the caller holds.
    person_id : str
        Key of a customer, lead or user, in whichever source.

    Returns
    -------
    list of Rewritten
        One entry per DuckDB file.

    Raises
    ------
    OSError, duckdb.Error
        If a file cannot be read or written; those before it are done.
    """
    _remember(folder, digest(person_id))
    for name in ("build.duckdb", "build.duckdb.wal"):
        (folder / name).unlink(missing_ok=True)
    published = folder / publishing.PUBLISHED_NAME
    files = publishing.generations(folder) + ([published] if published.exists() else [])
    rewritten = [_rewrite(path, publishing.next_path(folder), person_id) for path in files]
    sets = folder / publishing.PARQUET_NAME
    if sets.exists():
        for path in files:
            parquet_sets.rewrite(path, sets, publishing.generation_of(path))
        parquet_sets.keep_only(sets, [publishing.generation_of(path) for path in files])
    return rewritten


def _remember(folder: Path, person: str) -> None:
    known = hashes(folder)
    if person not in known:
        temporary = folder / f"{FORGOTTEN_NAME}.next"
        temporary.write_text("\n".join([HEADER, *known, person]) + "\n", encoding="ascii")
        parquet_sets.sync(temporary)
        os.replace(temporary, folder / FORGOTTEN_NAME)
        parquet_sets.sync(folder)


def _rewrite(path: Path, temporary: Path, person_id: str) -> Rewritten:
    done = Rewritten(path)
    limit = os.environ.get("DUCKDB_MEMORY_LIMIT", "800MB")
    with duckdb.connect(config={"memory_limit": limit}) as connection:
        connection.execute(f"attach {publishing.literal(path)} as old (read_only)")
        connection.execute(
            f"attach {publishing.literal(temporary)} as new (storage_version 'v1.2.0')"
        )
        # Ids reach SQL as values of a table and never as its text.
        connection.execute(
            "create table person (forgotten varchar, as_json varchar, as_ascii varchar)"
        )
        connection.execute(
            "insert into person values ($id, to_json($id)::varchar, $ascii)",
            {"id": person_id, "ascii": json.dumps(person_id)},
        )
        name = f"(forgotten {digest(person_id)[:12]})"
        for schema, table in connection.execute(
            "select schema_name, table_name from duckdb_tables()"
            " where database_name = 'old' order by all"
        ).fetchall():
            removed, masked = _copy(connection, schema, table, name)
            done.removed += removed
            done.masked += masked
        for statement in _comments(connection):
            connection.execute(statement)
    parquet_sets.sync(temporary)
    os.replace(temporary, path)
    parquet_sets.sync(path.parent)
    return done


def _copy(
    connection: duckdb.DuckDBPyConnection, schema: str, table: str, name: str
) -> tuple[int, int]:
    """Copy a table without the person; return the rows removed and the rows changed."""
    relation = f"{identifier(schema)}.{identifier(table)}"
    columns = connection.execute(
        f"select column_name, column_type from (describe old.{relation})"
    ).fetchall()
    names = {column for column, _ in columns}
    holds, replacements, changed = ["false"], [], ["false"]
    for column, data_type in columns:
        quoted = identifier(column)
        if data_type == "VARCHAR" and (kind := _kind_of_key(column, names)):
            holds.append(f"coalesce({kind} and {quoted} = person.forgotten, false)")
        elif masked := _masked(quoted, data_type, column == "raw_row", name):
            has_person, replacement = masked
            changed.append(f"coalesce({has_person}, false)")
            replacements.append(
                f"case when {changed[-1]} then {replacement} else {quoted} end as {quoted}"
            )
    replaced = f"replace ({', '.join(replacements)})" if replacements else ""
    connection.execute(f"create schema if not exists new.{identifier(schema)}")
    connection.execute(
        f"create table new.{relation} as select old_rows.* {replaced}"
        f" from old.{relation} as old_rows cross join person where not ({' or '.join(holds)})"
    )
    (found,) = connection.execute(
        f"select {{'removed': count(*) filter (where {' or '.join(holds)}),"
        f" 'changed': count(*) filter (where not ({' or '.join(holds)})"
        f" and ({' or '.join(changed)}))}} from old.{relation} cross join person"
    ).fetchone()
    return found["removed"], found["changed"]


def _kind_of_key(column: str, columns: set[str]) -> str | None:
    """Return SQL that says whether a column holds a person's key; None where it never does."""
    if column in PERSON_COLUMNS or (column == "neighbour_id" and "user_id" in columns):
        return "true"
    return "entity = 'user'" if column == "entity_id" and "entity" in columns else None


def _masked(column: str, data_type: str, is_raw: bool, name: str) -> tuple[str, str] | None:
    """Return SQL that says whether a value holds the id, and SQL of the value without it."""
    forgotten = publishing.literal(name)
    if is_raw:
        # The id as a field of the line: quotes are doubled in CSV, and escaped in JSON.
        fields = "'(^|[,;:\\t\" {}])' || regexp_escape({}) || '($|[,;:\\t\" {}])'"
        in_csv = fields.replace("escape({})", "escape(replace(person.forgotten, '\"', '\"\"'))")
        found = f"regexp_matches({column}, {in_csv}) or contains({column}, person.as_json)"
        return found, forgotten
    if data_type == "VARCHAR[]":
        replaced = f"list_transform({column}, lambda x: if(x = person.forgotten, {forgotten}, x))"
        return f"list_contains({column}, person.forgotten)", replaced
    if re.search(r"VARCHAR.*[\[)]|JSON", data_type):
        text = f"to_json({column})::varchar"
        new = f"to_json({forgotten})::varchar"
        replaced = f"replace(replace({text}, person.as_json, {new}), person.as_ascii, {new})"
        found = f"contains({text}, person.as_json) or contains({text}, person.as_ascii)"
        return found, f"({replaced})::json::{data_type}"
    return None


def _comments(connection: duckdb.DuckDBPyConnection) -> list[str]:
    """Return the statements that give the tables and columns of `new` the comments of `old`."""
    tables = connection.execute(
        "select schema_name, table_name, null, comment from duckdb_tables()"
        " where database_name = 'old' and comment is not null"
        " union all"
        " select schema_name, table_name, column_name, comment from duckdb_columns()"
        " where database_name = 'old' and comment is not null"
    ).fetchall()
    return [
        f"comment on {'table' if column is None else 'column'} new."
        + ".".join(identifier(part) for part in (schema, table, column) if part is not None)
        + f" is {publishing.literal(comment)}"
        for schema, table, column, comment in tables
    ]


def identifier(name: str) -> str:
    """Return a name as a quoted SQL identifier."""
    return '"' + name.replace('"', '""') + '"'
