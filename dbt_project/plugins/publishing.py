"""Publish: fill a new file beside the published one, then put it in its place in one step."""

import os
from pathlib import Path

import duckdb

# Clients of DuckDB 1.2 and later can open the published file.
STORAGE_VERSION = "v1.2.0"


class PublishedFileError(RuntimeError):
    """The published file cannot be used; the message is one line for the user."""


def attach_previous(conn: duckdb.DuckDBPyConnection, published: Path) -> None:
    """Attach the published generation read-only as `previous`; an empty one where none is.

    Raises
    ------
    PublishedFileError
        If the file is there and cannot be opened.
    """
    if not published.exists():
        conn.execute("attach if not exists ':memory:' as previous")
        return
    try:
        conn.execute(f"attach if not exists {quote(str(published))} as previous (read_only)")
    except duckdb.Error as error:
        raise PublishedFileError(
            f"The published file {published} cannot be opened"
            f" ({str(error).splitlines()[0]}): move it away or put a good one back."
        ) from error


def next_path(published: Path) -> Path:
    """Return the path of the file to be filled, clearing what a killed build left there."""
    path = published.with_suffix(".next.duckdb")
    path.unlink(missing_ok=True)
    Path(f"{path}.wal").unlink(missing_ok=True)
    return path


def swap(published: Path) -> str:
    """Force the filled file to disk and put it in the published one's place.

    Readers that hold the old file open go on reading it.

    Returns
    -------
    str
        The published file's path.

    Raises
    ------
    OSError
        If the file or its folder cannot be written; the published file is then untouched.
    """
    new = published.with_suffix(".next.duckdb")
    with new.open("rb") as stream:
        os.fsync(stream.fileno())
    os.replace(new, published)
    folder = os.open(published.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
    return str(published)


def quote(text: str) -> str:
    """Return a text as a SQL string literal."""
    return "'" + text.replace("'", "''") + "'"
