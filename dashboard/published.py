"""The published file, read-only: one generation for the whole of a page."""

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd

from warehouse.generation_file import GenerationFileError, explained, literal
from warehouse.publishing import PUBLISHED_NAME

QUERIES = Path(__file__).with_name("sql")
# What one page may take, so that many people can look at the same time.
MEMORY_LIMIT = "192MB"
MISSING = re.compile(r"Table with name (\S+) does not exist|\"(\S+)\" not found|named (\S+) ")


class NothingToShowError(RuntimeError):
    """What was asked for is not there; the message is one line for the reader."""


def published_path() -> Path:
    """Return where the published file is, as everywhere: in WAREHOUSE_DIR or `warehouse`."""
    return Path(os.environ.get("WAREHOUSE_DIR", "warehouse")) / PUBLISHED_NAME


@dataclass(frozen=True)
class Published:
    """One generation, opened read-only.

    `stamp` tells its file from any other of that name, also from the same generation without a
    person who was forgotten.
    """

    connection: duckdb.DuckDBPyConnection
    stamp: tuple[int, ...]

    def frame(self, query: str, **values: Any) -> pd.DataFrame:
        """Return the rows of a query, named by its path below `dashboard/sql`.

        Of the `values`, its parameters by name, it takes those that it has.

        Raises
        ------
        NothingToShowError
            If the file has no such table or column.
        """
        sql = query_text(query)
        given = {name: values[name] for name in set(re.findall(r"\$(\w+)", sql))}
        try:
            return self.connection.execute(sql, given).df()
        except (duckdb.CatalogException, duckdb.BinderException) as error:
            raise NothingToShowError(_what_is_missing(error)) from error
        except duckdb.OutOfMemoryException as error:
            raise NothingToShowError(
                f"This needs more memory than a page may take ({MEMORY_LIMIT}): filter first."
            ) from error


@cache
def query_text(query: str) -> str:
    """Return the text of a query of `dashboard/sql`."""
    return (QUERIES / f"{query}.sql").read_text(encoding="utf-8")


@contextmanager
def opened(path: Path) -> Iterator[Published]:
    """Open the published file; whatever is published meanwhile, all queries see one generation.

    Raises
    ------
    NothingToShowError
        If there is no file, or it cannot be opened now, in one line.
    """
    # A database in memory of its own: what DuckDB opens by path it shares within a process, and a
    # page that still reads the replaced file would hand it on to all that come after it.
    limits = {"memory_limit": MEMORY_LIMIT, "threads": 2}
    connection = duckdb.connect(":memory:", config=limits)
    try:
        yield Published(connection, _attach(connection, path))
    finally:
        connection.close()


def _attach(connection: duckdb.DuckDBPyConnection, path: Path) -> tuple[int, ...]:
    """Attach the file and return the stamp of what was attached."""
    if not path.exists():
        raise NothingToShowError(
            f"Nothing is published in {path.parent} yet: run `make build`, or set WAREHOUSE_DIR."
        )
    try:
        while True:
            stamp = _stamp(path)
            connection.execute(f"attach {literal(path)} as published (read_only)")
            if stamp == _stamp(path):
                break
            # It was replaced between the two.
            connection.execute("detach published")
        connection.execute("use published")
        # From here on nothing but this file can be read, whatever is asked.
        connection.execute("set enable_external_access = false")
        connection.execute("set lock_configuration = true")
    except duckdb.Error as error:
        raise NothingToShowError(str(explained(path, error))) from error
    except (OSError, GenerationFileError) as error:
        raise NothingToShowError(f"{path} cannot be opened ({error}): try again.") from error
    return stamp


def _stamp(path: Path) -> tuple[int, ...]:
    found = path.stat()
    return (found.st_ino, found.st_mtime_ns, found.st_size)


def _what_is_missing(error: duckdb.Error) -> str:
    found = MISSING.search(str(error))
    name = next(filter(None, found.groups())) if found else "table of this kind"
    return (
        f"The published file has no {name.strip(chr(34))}: its source is switched off, or an older"
        " version published it and the next build adds it."
    )
