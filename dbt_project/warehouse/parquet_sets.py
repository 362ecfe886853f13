"""A published generation as Parquet files, one per table, read through one link."""

import os
import shutil
from pathlib import Path

import duckdb

from warehouse import modes

CURRENT = "current"
UNFINISHED = "next"


def write(database: Path, sets: Path, generation_id: str) -> None:
    """Write every table of a database to `<sets>/<generation_id>/<schema>/<table>.parquet`.

    The folder gets its name when it is whole; one that has it already is left alone. Who may read
    the tables that are served now may read these; where there are none, who may read the database.

    Raises
    ------
    OSError, duckdb.Error
        If the files cannot be written.
    """
    if (sets / CURRENT).exists() and not is_served(sets):
        # A copy that follows links makes a folder of it, which no link can be put over.
        raise FileExistsError(f"{sets / CURRENT} is no link to a set of files: move it away.")
    if (sets / generation_id).exists():
        return
    unfinished = modes.public_folder(sets) / UNFINISHED
    clear(unfinished)
    with duckdb.connect(database, read_only=True) as connection:
        tables = connection.execute(
            "select schema_name, table_name from duckdb_tables() order by all"
        ).fetchall()
        for schema, table in tables:
            path = unfinished / schema / f"{table}.parquet"
            path.parent.mkdir(parents=True, exist_ok=True)
            connection.table(f'"{schema}"."{table}"').write_parquet(str(path))
    for path in (*unfinished.rglob("*"), unfinished):
        served = sets / CURRENT / path.relative_to(unfinished)
        publish = modes.publish_folder if path.is_dir() else modes.publish_file
        publish(path, served, database)
        sync(path)
    os.replace(unfinished, sets / generation_id)
    sync(sets)


def rewrite(database: Path, sets: Path, generation_id: str) -> None:
    """Write a generation's files anew, where there are any; the link never leads nowhere."""
    target, copy = sets / generation_id, sets / f"{generation_id}.{UNFINISHED}"
    served = os.readlink(sets / CURRENT) if is_served(sets) else None
    if served == target.name:
        clear(copy)
        shutil.copytree(target, copy, copy_function=os.link)
        serve(sets, copy.name)
    is_current = served in (target.name, copy.name)
    if target.exists() or is_current:
        clear(target)
        write(database, sets, generation_id)
    if is_current:
        serve(sets, generation_id)
        clear(copy)


def serve(sets: Path, generation_id: str) -> None:
    """Let the link `<sets>/current` lead to a generation's files, in one step."""
    link = sets / f"{CURRENT}.{UNFINISHED}"
    link.unlink(missing_ok=True)
    link.symlink_to(generation_id, target_is_directory=True)
    os.replace(link, sets / CURRENT)
    sync(sets)


def is_served(sets: Path) -> bool:
    """Return whether a set is there to be read."""
    return (sets / CURRENT).is_symlink()


def keep_only(sets: Path, generation_ids: list[str]) -> None:
    """Remove the files of all other generations, and what a killed build left."""
    for path in sets.iterdir():
        if path.name not in (CURRENT, *generation_ids):
            clear(path)


def clear(path: Path) -> None:
    """Remove a folder with what is in it, a link or a file."""
    if path.is_symlink() or path.is_file():
        path.unlink()
    elif path.exists():
        shutil.rmtree(path)


def sync(path: Path) -> None:
    """Force a file or folder to disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
