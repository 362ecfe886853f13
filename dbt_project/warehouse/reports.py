"""The report beside the published file: written from its generation and swapped with it."""

import os
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

from warehouse import modes
from warehouse.generation_file import GenerationFileError

REPORT_NAME = "customer_analytics.html"
NEXT_NAME = "customer_analytics.next.html"
# What `make dashboard` and `make report` install.
NEEDED = ("altair", "vl_convert")
ROOT = Path(__file__).parents[2]


def require() -> None:
    """Stop where a report is asked for and what draws it is not installed.

    Raises
    ------
    GenerationFileError
        If a package is missing.
    """
    if not is_possible():
        raise GenerationFileError(
            "publish_report is true and the packages that draw the report are missing: run"
            " `make report` once, or set publish_report to false."
        )


def is_possible() -> bool:
    """Return whether what draws the report is installed."""
    return all(find_spec(name) for name in NEEDED)


def write(database: Path, folder: Path) -> None:
    """Write the report of a generation beside the one that is served, not yet in its place.

    In a process of its own: what it needs is optional, and its memory goes with it.

    Raises
    ------
    GenerationFileError
        If it cannot be written.
    """
    new, served = folder / NEXT_NAME, folder / REPORT_NAME
    path = os.pathsep.join([str(ROOT), str(ROOT / "dbt_project")])
    run = subprocess.run(  # noqa: S603
        [sys.executable, "-m", "dashboard.report", str(database), str(new)],
        env={**os.environ, "PYTHONPATH": path},
        capture_output=True,
        text=True,
        check=False,
    )
    if run.returncode:
        said = run.stderr.strip().splitlines() or ["it was killed"]
        raise GenerationFileError(f"the report could not be written ({said[-1]}).")
    modes.publish_file(new, served, database)


def serve(folder: Path) -> None:
    """Put the report that was written in the place of the one that is served."""
    os.replace(folder / NEXT_NAME, folder / REPORT_NAME)


def is_served(folder: Path) -> bool:
    """Return whether a report is there to be read."""
    return (folder / REPORT_NAME).exists()


def rewrite(database: Path, folder: Path) -> None:
    """Write the report anew, where there is one; remove it where it cannot be drawn."""
    if is_served(folder) and is_possible() and database.exists():
        write(database, folder)
        serve(folder)
    else:
        clear(folder)


def clear(folder: Path) -> None:
    """Remove the report: what is refreshed no more would be read as if it were."""
    for name in (REPORT_NAME, NEXT_NAME):
        (folder / name).unlink(missing_ok=True)
