"""What `make rollback` runs."""

import os
import sys
from pathlib import Path

import duckdb

from warehouse import publishing
from warehouse.generation_file import GenerationFileError, first_line
from warehouse.locking import take_lock


def main() -> None:
    """Put the generation before the published one back; exit 1 with one line where that fails."""
    folder = Path(os.environ.get("WAREHOUSE_DIR", "warehouse"))
    try:
        take_lock(folder / "build.lock")
        before, now = publishing.rollback(folder)
    except BlockingIOError:
        sys.exit(f"A build is running in {folder}: wait for it to end.")
    except (GenerationFileError, duckdb.Error, OSError) as error:
        sys.exit(f"Not rolled back: {first_line(error)}")
    print(f"Published is generation {now} again; it was {before or 'a file that cannot be read'}.")


if __name__ == "__main__":
    main()
