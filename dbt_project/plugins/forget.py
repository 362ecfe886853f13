"""What `make forget ID=...` runs."""

import os
import sys
from pathlib import Path

import duckdb
import forgetting
from locking import take_lock
from publishing import first_line


def main() -> None:
    """Forget the person in the environment variable ID; exit 1 with one line where that fails."""
    folder = Path(os.environ.get("WAREHOUSE_DIR", "warehouse"))
    person_id = os.environ.get("ID", "")
    if not person_id:
        sys.exit("Nobody was forgotten: say whom, as in make forget ID=C0042.")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        take_lock(folder / "build.lock")
        rewritten = forgetting.forget(folder, person_id)
    except BlockingIOError:
        sys.exit(f"A build is running in {folder}: wait for it to end.")
    except (OSError, duckdb.Error) as error:
        sys.exit(f"Not forgotten everywhere: {first_line(error)} Mend it and run this again.")
    for file in rewritten:
        print(f"{file.path}: {file.removed:,} rows removed, {file.masked:,} rows masked")
    print(f"Builds to come leave the id out (its sha256 is in {folder / 'forgotten.csv'}).")


if __name__ == "__main__":
    main()
