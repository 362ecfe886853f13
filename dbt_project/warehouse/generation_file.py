"""Open the file of a generation, or say in one line why that cannot be done just now."""

import getpass
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import duckdb

SCHEMA_VERSION = 2
"""Raised with a change of published tables from which older code cannot go on."""

MOMENT = "%Y%m%dT%H%M%S.%fZ"
"""Form of a generation's id."""

HOLDER = re.compile(r"Conflicting lock is held in (.+?)(?: by user .+?)?\. See also")


class GenerationFileError(RuntimeError):
    """A file of the warehouse cannot be used; the message is one line for the user."""


class HeldFileError(GenerationFileError):
    """Another process has the file open, so that it cannot be opened now."""


class ForbiddenFileError(GenerationFileError):
    """The operating system does not let this user open the file."""


class NewerFileError(GenerationFileError):
    """A newer DuckDB, or newer code of this project, wrote the file."""


class BrokenFileError(GenerationFileError):
    """The file is damaged, or no database at all."""


@dataclass
class Generation:
    """What a generation says of itself: ids, which sort by time, and versions."""

    generation_id: str
    previous_generation_id: str | None
    code_version: str | None
    schema_version: int

    @property
    def built_at(self) -> datetime:
        """When its build started, UTC and without a time zone."""
        return datetime.strptime(self.generation_id, MOMENT)


@contextmanager
def reading(path: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """Open a file read-only; every error of DuckDB inside leaves as a `GenerationFileError`."""
    try:
        with duckdb.connect(path, read_only=True) as connection:
            yield connection
    except duckdb.Error as error:
        raise explained(path, error) from error


def explained(path: Path, error: duckdb.Error) -> GenerationFileError:
    """Return what kept DuckDB from a file, as the exception of its kind.

    Parameters
    ----------
    path : Path
        The file.
    error : duckdb.Error
        What DuckDB raised when it opened or read it.

    Returns
    -------
    GenerationFileError
        `HeldFileError`, `ForbiddenFileError`, `NewerFileError` or `BrokenFileError`; none of these
        where it says nothing of the file, as with too little memory.
    """
    said = first_line(error)
    if "Could not set lock on file" in said:
        holder = HOLDER.search(str(error))
        return HeldFileError(
            f"{path} is held open by {holder[1] if holder else 'another process'}: close it there"
            " and run this again. A reader who connects read-only holds nobody up."
        )
    try:
        path.open("rb").close()
    except PermissionError as reason:
        return ForbiddenFileError(
            f"{path} cannot be opened by {getpass.getuser()} ({reason.strerror}):"
            " give that user read permission."
        )
    except OSError as reason:
        return GenerationFileError(f"{path} cannot be opened ({reason.strerror}).")
    if isinstance(error, duckdb.OutOfMemoryException | duckdb.InterruptException):
        return GenerationFileError(f"{path} could not be read just now ({said.rstrip('.')}).")
    if "storage version number" in said:
        return NewerFileError(
            f"{path} was written by a newer DuckDB than this one, {duckdb.__version__}"
            f" ({said.removeprefix('IO Error: ').rstrip('.')}): use the newer environment."
        )
    return BrokenFileError(f"{path} is broken ({said.rstrip('.')}).")


def generation_in(path: Path) -> Generation | None:
    """Return the generation in a file; None where it is a database of something else.

    Raises
    ------
    GenerationFileError
        If the file cannot be opened.
    """
    with reading(path) as connection:
        columns = {
            column
            for (column,) in connection.execute(
                "select column_name from duckdb_columns()"
                " where schema_name = 'monitoring' and table_name = 'build_info'"
            ).fetchall()
        }
        if "generation_id" not in columns:
            return None
        newest, previous, code_version, schema_version = connection.execute(
            "select max(generation_id), "
            + ", ".join(
                f"max_by({name}, generation_id)" if name in columns else "null"
                for name in ("previous_generation_id", "code_version", "schema_version")
            )
            + " from monitoring.build_info"
        ).fetchone()
    return Generation(newest, previous, code_version, schema_version or 1) if newest else None


def require_known_schema(path: Path, generation: Generation | None) -> None:
    """Stop where newer code published the file.

    Raises
    ------
    NewerFileError
        If its schema version is above that of this code.
    """
    if generation and generation.schema_version > SCHEMA_VERSION:
        raise NewerFileError(
            f"{path} has schema version {generation.schema_version}, published by code"
            f" {generation.code_version}; this code knows versions up to {SCHEMA_VERSION}:"
            " build with the newer code."
        )


def read_whole(path: Path) -> None:
    """Read every table of a file to its end.

    Raises
    ------
    GenerationFileError
        If a part of it cannot be read.
    """
    with reading(path) as connection:
        for schema, table in connection.execute(
            "select schema_name, table_name from duckdb_tables()"
        ).fetchall():
            connection.execute(
                f"select max(hash(columns(*))) from {identifier(schema)}.{identifier(table)}"
            )


def literal(value: object) -> str:
    """Return a value as a SQL string literal."""
    return "'" + str(value).replace("'", "''") + "'"


def identifier(name: str) -> str:
    """Return a name as a quoted SQL identifier."""
    return '"' + name.replace('"', '""') + '"'


def first_line(error: Exception) -> str:
    """Return the first line of an error's message."""
    return str(error).splitlines()[0]
