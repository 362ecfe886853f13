"""What `make forget ID=... SOURCE=...` runs."""

import os
import sys
from pathlib import Path

import duckdb

from warehouse import forgetting
from warehouse.generation_file import GenerationFileError, first_line
from warehouse.locking import take_lock

# So many files that are no part of the warehouse are named.
NAMED = 5


def main() -> None:
    """Forget the person in the environment variables ID and SOURCE.

    Exits with 1 and one line where somebody is not forgotten, or where nothing held the person.
    """
    folder = Path(os.environ.get("WAREHOUSE_DIR", "warehouse"))
    person_id = os.environ.get("ID", "")
    if not person_id.strip(" \t\xa0"):
        sys.exit("Nobody was forgotten: say whom, as in make forget ID=C0042.")
    if not forgetting.warehouse_files(folder):
        sys.exit(f"Nobody was forgotten: nothing is published in {folder}; set WAREHOUSE_DIR.")
    try:
        take_lock(folder / "build.lock")
        outcome = forgetting.forget(folder, person_id, os.environ.get("SOURCE"))
    except BlockingIOError:
        sys.exit(f"A build is running in {folder}: wait for it to end.")
    except (forgetting.ForgettingError, GenerationFileError) as error:
        sys.exit(f"Nobody was forgotten: {error}")
    except (OSError, duckdb.Error) as error:
        sys.exit(f"Not forgotten everywhere: {first_line(error)} Mend it and run this again.")
    report(outcome, folder)


def report(outcome: forgetting.Outcome, folder: Path) -> None:
    """Print what was done; exit with 1 where nothing that is published or kept held the person."""
    of = ", ".join(outcome.sources)
    for file in outcome.files:
        print(f"{file.path}: {file.removed:,} rows removed, {file.masked:,} rows masked")
    if outcome.untouched:
        names = [str(path) for path in outcome.untouched[:NAMED]]
        more = f" and {len(outcome.untouched) - NAMED} more" if outcome.untouched[NAMED:] else ""
        print(f"Not looked into: {', '.join(names)}{more}")
    if not outcome.found.intersection(outcome.sources):
        if not outcome.was_forgotten:
            elsewhere = "".join(f"; SOURCE={each} has this id" for each in sorted(outcome.found))
            sys.exit(
                f"Nothing that is published or kept in {folder} holds this id of {of}{elsewhere}."
                f" From now on builds leave it out of {of}."
            )
        print(f"Already forgotten in {of}.")
    secret = folder / forgetting.KEY_NAME
    print(
        f"Builds leave the id out of {of}; keep {secret} and {forgetting.FORGOTTEN_NAME} for that."
    )


if __name__ == "__main__":
    main()
