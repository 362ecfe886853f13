"""One build at a time."""

import fcntl
import os
from pathlib import Path

_held: dict[Path, int] = {}


def take_lock(path: Path) -> None:
    """Hold an exclusive lock on a file until this process ends.

    Raises
    ------
    BlockingIOError
        If another process holds it.
    """
    if path in _held:
        return
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        os.close(descriptor)
        raise
    _held[path] = descriptor
