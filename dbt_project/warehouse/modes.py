"""Who may read what: a build's files are its owner's, what is published is as it was set."""

import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

READ, WRITE = 0o444, 0o222
_given: list[int] = []


def keep_to_owner() -> None:
    """Let whatever this process creates from now on be readable by its owner only."""
    if not _given:
        _given.append(os.umask(0o077))


@contextmanager
def private_files() -> Iterator[None]:
    """Let files that are created meanwhile be readable by their owner only."""
    before = os.umask(0o077)
    try:
        yield
    finally:
        os.umask(before)


def make_private(database: Path) -> None:
    """Keep a DuckDB file that is there already, and what it spills to, to its owner."""
    for path, mode in ((database, 0o600), (database.with_name(f"{database.name}.tmp"), 0o700)):
        if path.exists():
            path.chmod(mode)


def given_umask() -> int:
    """Return the umask that this process was started with."""
    if _given:
        return _given[0]
    umask = os.umask(0o077)
    os.umask(umask)
    return umask


def publish_file(path: Path, *replaced: Path) -> None:
    """Give a file the mode and group of the first of these that is there, else those of the umask.

    Nobody gets write permission: who opens a published file for writing keeps builds from it, and
    leaves changes beside it that every reader would see.
    """
    _follow(path, replaced, default=0o666, taken=WRITE)


def publish_folder(path: Path, *replaced: Path) -> None:
    """Give a folder the mode and group of the first of these that is there, else of the umask.

    Where that is a file, those who may read the file may read the folder.
    """
    _follow(path, replaced, default=0o777, taken=0)


def public_folder(path: Path) -> Path:
    """Create a folder, where there is none, that others may read as the umask has it."""
    if not path.is_dir():
        path.mkdir(parents=True)
        publish_folder(path)
    return path


def _follow(path: Path, replaced: tuple[Path, ...], default: int, taken: int) -> None:
    model = next((each for each in replaced if each.exists()), None)
    if model is None:
        mode = default & ~given_umask()
    else:
        status = model.stat()
        mode = stat.S_IMODE(status.st_mode)
        if path.is_dir() and not model.is_dir():
            mode = 0o700 | mode & READ | (mode & READ) >> 2
        # A group that this user is not in stays out; the mode is set last, as chown clears bits.
        with suppress(PermissionError):
            os.chown(path, -1, status.st_gid)
    path.chmod(mode & ~taken)
