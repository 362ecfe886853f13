"""Publish: fill a new file beside the published one, then put it in its place in one step.

No file that may hold a generation loses its last name here. What is replaced becomes a kept
generation or, where it is none, is set aside under a name that says what it is.
"""

import fcntl
import glob
import logging
import os
import re
import sys
import time
from collections.abc import Sequence
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

import duckdb

from warehouse import modes, parquet_sets, previous, reports
from warehouse.generation_file import (
    MOMENT,
    BrokenFileError,
    Generation,
    GenerationFileError,
    HeldFileError,
    NewerFileError,
    explained,
    generation_in,
    literal,
    read_whole,
    reading,
    require_known_schema,
)
from warehouse.parquet_sets import sync
from warehouse.progress import sized

logger = logging.getLogger(__name__)

PUBLISHED_NAME = "customer_analytics.duckdb"
NEXT_NAME = "customer_analytics.next.duckdb"
PARQUET_NAME = "parquet"
GENERATIONS_NAME = "generations"
ASIDE_NAME = "set_aside"
GENERATION_FILE = re.compile(r"\d{8}T\d{6}\.\d{6}Z\.duckdb")


def attach_previous(conn: duckdb.DuckDBPyConnection, folder: Path) -> Generation | None:
    """Attach the published generation read-only, and `previous`: views on what it has.

    Returns
    -------
    Generation or None
        What is attached; None where nothing is published.

    Raises
    ------
    GenerationFileError
        If the published file is there and cannot be used.
    """
    published = folder / PUBLISHED_NAME
    settle(folder)
    conn.execute(f"attach if not exists ':memory:' as {previous.DATABASE}")
    if not published.exists():
        return None
    try:
        generation = generation_in(published)
        require_known_schema(published, generation)
        conn.execute(f"attach if not exists {literal(published)} as {previous.FILE} (read_only)")
        previous.show(conn, "[]")
    except BrokenFileError as error:
        raise _with_way_out(folder, error) from error
    except duckdb.Error as error:
        raise _with_way_out(folder, explained(published, error)) from error
    return generation


def read_published(folder: Path) -> None:
    """Read the published file to its end, after a build that failed.

    Raises
    ------
    GenerationFileError
        If a part of it cannot be read.
    """
    published = folder / PUBLISHED_NAME
    try:
        if published.exists():
            read_whole(published)
    except BrokenFileError as error:
        raise _with_way_out(folder, error) from error


def _with_way_out(folder: Path, error: GenerationFileError) -> GenerationFileError:
    """Return the error with the way out of it, where only a rollback or a new start is left."""
    if not isinstance(error, BrokenFileError):
        return error
    try:
        target = _rollback_target(folder)
    except GenerationFileError as other:
        way_out = f"and of those before it, {str(other).rstrip('.')}"
    else:
        way_out = (
            f"`make rollback` puts generation {target.stem} back"
            if target
            else "move it away, and the next build starts without its history"
        )
    return BrokenFileError(f"{str(error).rstrip('.')}: {way_out}.")


def settle(folder: Path) -> None:
    """Let every generation be what was published: no link, no writer, no changes beside it.

    A client with write access that was killed leaves a write-ahead log beside the file, which
    DuckDB would replay onto whatever is published under that name. It is set aside.

    Raises
    ------
    GenerationFileError
        If the published file is a symbolic link, or another process has it open for writing.
    """
    published = folder / PUBLISHED_NAME
    if published.is_symlink():
        raise GenerationFileError(
            f"{published} is a symbolic link to {os.readlink(published)}, and publishing replaces"
            " the file of that name: move the file here, or set WAREHOUSE_DIR to its folder."
        )
    _require_no_writer(published)
    for path in (published, *generations(folder)):
        with suppress(HeldFileError):
            for log in _logs(path):
                _require_no_writer(path)
                aside = _name_aside(folder, log, "changes-of-a-client")
                log.unlink()
                sync(log.parent)
                _say(f"changes that a client made to {path} are not published: see {aside}")


def _logs(path: Path) -> list[Path]:
    """Return the write-ahead logs beside a DuckDB file, also those of an unfinished checkpoint."""
    return sorted(path.parent.glob(f"{glob.escape(path.name)}*.wal"))


def _delete(path: Path) -> None:
    """Delete a DuckDB file with its write-ahead logs."""
    for each in (path, *_logs(path)):
        each.unlink(missing_ok=True)


def _require_no_writer(path: Path) -> None:
    try:
        with path.open("rb") as stream:
            # DuckDB locks a file that it may write in this way too.
            fcntl.lockf(stream, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except FileNotFoundError:
        return
    except PermissionError:
        # DuckDB says it better, where it cannot read the file either.
        return
    except BlockingIOError:
        with reading(path):
            # The writer has gone meanwhile.
            return


def _name_aside(folder: Path, path: Path, what: str) -> Path:
    """Give a file a second name, among those set aside, that says what it is."""
    aside = folder / ASIDE_NAME / f"{datetime.now(UTC).strftime(MOMENT)}.{what}{path.suffix}"
    aside.parent.mkdir(mode=0o700, exist_ok=True)
    os.link(path, aside)
    sync(aside.parent)
    return aside


def _say(line: str) -> None:
    # To where warnings of a scheduled build are read, also with dbt's --quiet.
    print(f"Set aside: {line}.", file=sys.stderr, flush=True)


def clear_working_file(path: Path, waits: Sequence[float] = (1, 2, 4, 8)) -> bool:
    """Delete a working file that a crash left unreadable; nothing in it outlives a build.

    Parameters
    ----------
    path : Path
        The working file, which need not be there.
    waits : sequence of float
        Seconds to wait, time and again, for a reader to let go of it.

    Returns
    -------
    bool
        Whether it was deleted.

    Raises
    ------
    GenerationFileError
        If it cannot be opened and is not broken: somebody has it open, or this user may not.
    """
    for wait in (*waits, None):
        try:
            if path.exists():
                duckdb.connect(path).close()
        except duckdb.Error as error:
            reason = explained(path, error)
            if isinstance(reason, BrokenFileError | NewerFileError):
                _delete(path)
                return True
            if wait is None or not isinstance(reason, HeldFileError):
                raise reason from error
            time.sleep(wait)
        else:
            return False


def next_path(folder: Path) -> Path:
    """Return the path of the file to be filled, clearing what a killed build left there."""
    path = folder / NEXT_NAME
    _delete(path)
    return path


def swap(folder: Path, keep: int, parquet: bool, report: bool = False) -> Path:
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
    report : bool
        Whether the report is written too, and swapped with the file.

    Returns
    -------
    Path
        The published file.

    Raises
    ------
    OSError
        If the folder cannot be written; the published file is then as it was.
    GenerationFileError
        If another process has the published file open for writing; it is then as it was.
    """
    published, new, sets = folder / PUBLISHED_NAME, folder / NEXT_NAME, folder / PARQUET_NAME
    modes.publish_file(new, published)
    generation_id = generation_of(new)
    logger.info("publishing: %s to %s", sized(new.stat().st_size), published)
    if parquet:
        # Written before the swap: where the disk is full, nothing is published.
        parquet_sets.write(new, sets, generation_id)
    if report:
        logger.info("publishing: the report")
        reports.write(new, folder)
    _replace_published(folder, new)
    if report:
        reports.serve(folder)
    if parquet:
        parquet_sets.serve(sets, generation_id)
    ancestors = _ancestors(published)[:keep]
    # The generation is published by now: what cannot be removed is left to the next night.
    with suppress(OSError):
        for path in set(generations(folder)) - set(ancestors):
            path.unlink()
        if not report:
            reports.clear(folder)
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
    GenerationFileError
        If no earlier generation is kept that can be opened, or another process has the published
        file open for writing.
    """
    settle(folder)
    published = folder / PUBLISHED_NAME
    current, target = generation_of(published), _rollback_target(folder)
    if target is None:
        raise GenerationFileError(f"no generation before the published one is kept in {folder}.")
    sets = folder / PARQUET_NAME
    has_parquet = parquet_sets.is_served(sets)
    if has_parquet:
        parquet_sets.write(target, sets, target.stem)
    temporary = next_path(folder)
    os.link(target, temporary)
    _replace_published(folder, temporary, is_suspect=True)
    reports.rewrite(published, folder)
    if has_parquet:
        parquet_sets.serve(sets, target.stem)
    return current, target.stem


def _replace_published(folder: Path, new: Path, *, is_suspect: bool = False) -> None:
    """Put a file in the place of the published one, which keeps another name.

    Where the published file is suspect it is read to its end before it is kept as a generation.
    """
    published = folder / PUBLISHED_NAME
    settle(folder)
    if published.exists():
        try:
            if is_suspect:
                read_whole(published)
            generation = generation_in(published)
            what = "no-generation"
        except BrokenFileError:
            generation, what = None, "broken"
        except NewerFileError:
            generation, what = None, "of-a-newer-version"
        _keep(folder, generation, what)
    modes.publish_file(new, published)
    sync(new)
    os.replace(new, published)
    sync(folder)
    # A client may have had the replaced file open in spite of its mode.
    settle(folder)


def _keep(folder: Path, generation: Generation | None, what: str) -> None:
    published = folder / PUBLISHED_NAME
    if generation:
        kept = _generation_path(folder, generation.generation_id)
        modes.public_folder(kept.parent)
        if not kept.exists():
            # A link and not a copy: soon it is the only name of this file.
            os.link(published, kept)
            sync(kept.parent)
        if kept.samefile(published):
            return
        what = f"other-copy-of-{generation.generation_id}"
    aside = _name_aside(folder, published, what)
    _say(f"what was published is no generation that is kept ({what}): see {aside}")


def _rollback_target(folder: Path) -> Path | None:
    """Return the newest whole generation before the published one; None where there is none."""
    published = folder / PUBLISHED_NAME
    if generation_of(published):
        candidates = _ancestors(published)
    else:
        candidates = list(reversed(generations(folder)))
    return next((path for path in candidates if _is_whole(path)), None)


def _is_whole(path: Path) -> bool:
    try:
        read_whole(path)
    except BrokenFileError:
        return False
    return generation_of(path) is not None


def generations(folder: Path) -> list[Path]:
    """Return the files of the kept generations, oldest first."""
    kept = folder / GENERATIONS_NAME
    if not kept.is_dir():
        return []
    return sorted(path for path in kept.iterdir() if GENERATION_FILE.fullmatch(path.name))


def generation_of(path: Path) -> str | None:
    """Return the id of the generation in a file; None where it cannot be read."""
    generation = _readable(path)
    return generation.generation_id if generation else None


def _readable(path: Path) -> Generation | None:
    try:
        return generation_in(path)
    except GenerationFileError:
        return None


def _ancestors(published: Path) -> list[Path]:
    """Return the kept generations that the published one was built on, newest first.

    Generations that were rolled back are not among them. Where one is missing or cannot be read,
    all older ones count as ancestors.
    """
    folder, found = published.parent, []
    generation = _readable(published)
    while generation and (parent := generation.previous_generation_id):
        path = _generation_path(folder, parent)
        generation = _readable(path)
        if generation is None:
            older = [kept for kept in generations(folder) if kept.stem <= parent]
            return found + older[::-1]
        found.append(path)
    return found


def _generation_path(folder: Path, generation_id: str) -> Path:
    return folder / GENERATIONS_NAME / f"{generation_id}.duckdb"
