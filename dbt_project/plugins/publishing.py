"""Publish: fill a new file beside the published one, then put it in its place in one step."""

import os
import re
from contextlib import suppress
from pathlib import Path

import duckdb
import parquet_sets
from parquet_sets import sync

PUBLISHED_NAME = "customer_analytics.duckdb"
NEXT_NAME = "customer_analytics.next.duckdb"
PARQUET_NAME = "parquet"
GENERATION_FILE = re.compile(r"\d{8}T\d{6}\.\d{6}Z\.duckdb")


class PublishedFileError(RuntimeError):
    """The published file cannot be used; the message is one line for the user."""


def attach_previous(conn: duckdb.DuckDBPyConnection, folder: Path) -> None:
    """Attach the published generation read-only as `previous`; an empty one where none is.

    Raises
    ------
    PublishedFileError
        If the published file is there and cannot be opened.
    """
    published = folder / PUBLISHED_NAME
    if not published.exists():
        conn.execute("attach if not exists ':memory:' as previous")
        return
    try:
        conn.execute(f"attach if not exists {literal(published)} as previous (read_only)")
    except duckdb.Error as error:
        raise _unusable(folder, error) from error


def read_published(folder: Path) -> None:
    """Read the published file to its end, after a build that failed.

    Raises
    ------
    PublishedFileError
        If a part of it cannot be read.
    """
    published = folder / PUBLISHED_NAME
    try:
        if published.exists():
            _read(published)
    except duckdb.Error as error:
        raise _unusable(folder, error) from error


def _read(path: Path) -> None:
    with duckdb.connect(path, read_only=True) as connection:
        for schema, table in connection.execute(
            "select schema_name, table_name from duckdb_tables()"
        ).fetchall():
            connection.execute(f'select max(hash(columns(*))) from "{schema}"."{table}"')


def _is_whole(path: Path) -> bool:
    try:
        _read(path)
    except duckdb.Error:
        return False
    return generation_of(path) is not None


def _unusable(folder: Path, error: Exception) -> PublishedFileError:
    target = _rollback_target(folder)
    advice = (
        f"`make rollback` puts generation {target.stem} back"
        if target
        else "move it away, and the next build starts without its history"
    )
    published = folder / PUBLISHED_NAME
    return PublishedFileError(
        f"The published file {published} cannot be read ({first_line(error)}): {advice}."
    )


def clear_broken_working_file(path: Path) -> bool:
    """Delete a working file that a crash left unreadable; nothing in it outlives a build.

    Returns
    -------
    bool
        Whether it was deleted. A file that somebody has open is not broken.
    """
    try:
        if path.exists():
            duckdb.connect(path).close()
    except duckdb.Error as error:
        if str(error).startswith("IO Error: Could not set lock"):
            return False
        path.unlink()
        path.with_name(path.name + ".wal").unlink(missing_ok=True)
        return True
    return False


def next_path(folder: Path) -> Path:
    """Return the path of the file to be filled, clearing what a killed build left there."""
    path = folder / NEXT_NAME
    path.unlink(missing_ok=True)
    path.with_name(path.name + ".wal").unlink(missing_ok=True)
    return path


def swap(folder: Path, keep: int, parquet: bool) -> Path:
    """Force the filled file to disk and put it in the published one's place.

    The published file becomes the newest of the kept generations. Readers that hold it open go on
    reading it. At every moment one whole generation is published.

    Parameters
    ----------
    folder : Path
        The warehouse folder.
    keep : int
        Number of earlier generations to keep.
    parquet : bool
        Whether the tables are also published as Parquet files, through the link `parquet/current`.

    Returns
    -------
    Path
        The published file.

    Raises
    ------
    OSError
        If the folder cannot be written; the published file is then as it was.
    PublishedFileError
        If what is published cannot be kept, because it is no generation.
    """
    published, new, sets = folder / PUBLISHED_NAME, folder / NEXT_NAME, folder / PARQUET_NAME
    sync(new)
    generation_id = generation_of(new)
    if parquet:
        # Written before the swap: where the disk is full, nothing is published.
        parquet_sets.write(new, sets, generation_id)
    if published.exists():
        _keep_generation(published)
    os.replace(new, published)
    sync(folder)
    if parquet:
        parquet_sets.serve(sets, generation_id)
    ancestors = _ancestors(published)[:keep]
    # The generation is published by now: what cannot be removed is left to the next night.
    with suppress(OSError):
        for path in set(generations(folder)) - set(ancestors):
            path.unlink()
        if parquet:
            parquet_sets.keep_only(sets, [generation_id, *(path.stem for path in ancestors)])
        else:
            # Files that are refreshed no more would be read as if they were.
            parquet_sets.clear(sets)
    return published


def rollback(folder: Path) -> tuple[str | None, str]:
    """Put the generation before the published one back, with its models and its history.

    Returns
    -------
    tuple of str
        The id of the generation that was published (None if its file cannot be read), and of the
        one that is published now.

    Raises
    ------
    PublishedFileError
        If no earlier generation is kept that can be opened.
    """
    published = folder / PUBLISHED_NAME
    current, target = generation_of(published), _rollback_target(folder)
    if target is None:
        raise PublishedFileError(f"no generation before the published one is kept in {folder}.")
    if _is_whole(published):
        _keep_generation(published)
    sets = folder / PARQUET_NAME
    has_parquet = parquet_sets.is_served(sets)
    if has_parquet:
        parquet_sets.write(target, sets, target.stem)
    temporary = next_path(folder)
    os.link(target, temporary)
    os.replace(temporary, published)
    sync(folder)
    if has_parquet:
        parquet_sets.serve(sets, target.stem)
    return current, target.stem


def _rollback_target(folder: Path) -> Path | None:
    """Return the newest whole generation before the published one; None where there is none."""
    published = folder / PUBLISHED_NAME
    if generation_of(published):
        candidates = _ancestors(published)
    else:
        candidates = list(reversed(generations(folder)))
    return next((path for path in candidates if _is_whole(path)), None)


def generations(folder: Path) -> list[Path]:
    """Return the files of the kept generations, oldest first."""
    kept = folder / "generations"
    if not kept.is_dir():
        return []
    return sorted(path for path in kept.iterdir() if GENERATION_FILE.fullmatch(path.name))


def generation_of(path: Path) -> str | None:
    """Return the id of the generation in a file; None where it cannot be read."""
    return _build_info(path, "generation_id")


def _build_info(path: Path, column: str) -> str | None:
    try:
        with duckdb.connect(path, read_only=True) as connection:
            found = connection.execute(f"select max({column}) from monitoring.build_info")
            return found.fetchone()[0]
    except duckdb.Error:
        return None


def _ancestors(published: Path) -> list[Path]:
    """Return the kept generations that the published one was built on, newest first.

    Generations that were rolled back are not among them. Where one is missing or cannot be read,
    all older ones count as ancestors.
    """
    found: list[Path] = []
    parent = _build_info(published, "previous_generation_id")
    while parent:
        path = _generation_path(published, parent)
        if generation_of(path) is None:
            older = [kept for kept in generations(published.parent) if kept.stem <= parent]
            return found + older[::-1]
        found.append(path)
        parent = _build_info(path, "previous_generation_id")
    return found


def _generation_path(published: Path, generation_id: str) -> Path:
    return published.parent / "generations" / f"{generation_id}.duckdb"


def literal(value: object) -> str:
    """Return a value as a SQL string literal."""
    return "'" + str(value).replace("'", "''") + "'"


def first_line(error: Exception) -> str:
    """Return the first line of an error's message."""
    return str(error).splitlines()[0]


def _keep_generation(published: Path) -> None:
    # A link and not a copy: once another file is published, it is the only name of this one.
    generation_id = generation_of(published)
    if generation_id is None:
        raise PublishedFileError(f"{published} is no generation of this project: move it away.")
    kept = _generation_path(published, generation_id)
    kept.parent.mkdir(exist_ok=True)
    if not kept.exists():
        os.link(published, kept)
        sync(kept.parent)
