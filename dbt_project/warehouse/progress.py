"""What long steps are doing, said where a person may be looking.

The steps log it with Python's `logging`, which says nothing unless somebody asks for it.
"""

import logging
import os
import sys
from collections.abc import Mapping
from typing import TextIO

SWITCH = "WAREHOUSE_PROGRESS"
"""Environment variable: 1 says it always, as in a log; 0 never; else on a terminal only."""

PACKAGES = ("models_py", "warehouse")
UNITS = ("bytes", "KB", "MB")


def show(environment: Mapping[str, str] = os.environ, stream: TextIO | None = None) -> None:
    """Say from now on what the steps of this process are doing.

    Parameters
    ----------
    environment : mapping
        Where `WAREHOUSE_PROGRESS` may be.
    stream : text stream, optional
        Where to say it; stderr, so that what a program prints stays as it is.
    """
    stream = stream or sys.stderr
    default = "1" if stream.isatty() else "0"
    if environment.get(SWITCH, default) != "1":
        return
    handler = logging.StreamHandler(stream)
    handler.setFormatter(logging.Formatter("%(asctime)s  %(message)s", "%H:%M:%S"))
    for package in PACKAGES:
        logger = logging.getLogger(package)
        logger.setLevel(logging.INFO)
        logger.handlers = [handler]
        logger.propagate = False


def sized(size: float) -> str:
    """Return a number of bytes in words.

    Examples
    --------
    >>> sized(317_000_000)
    '317 MB'
    """
    for unit in UNITS:
        if size < 1000:
            return f"{size:.0f} {unit}"
        size /= 1000
    return f"{size:,.1f} GB"
