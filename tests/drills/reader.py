"""Read the published file again and again, as BI tools do, until standard input is closed."""

import json
import select
import sys
from pathlib import Path

import duckdb

# Who is in which segment tonight, in one table and not in the other.
DIFFERENCES = """
    with today as (
        select dataset, customer_id, segment_id from segmentation.customer_segments
    ),
    history as (
        select dataset, customer_id, segment_id from segmentation.segment_history
        where valid_to is null and is_active
    )
    (from today except from history) union all (from history except from today)
"""
NEWEST = """
    select distinct generation_id from monitoring.build_info
    union
    select max(generation_id) from monitoring.training_decisions
"""


def read_whole(path: Path) -> str:
    """Read all tables of a file to their ends; return the one generation that they are of."""
    with duckdb.connect(path, read_only=True) as connection:
        tables = connection.execute("select schema_name, table_name from duckdb_tables()")
        for schema, table in tables.fetchall():
            connection.execute(f'select max(hash(columns(*))) from "{schema}"."{table}"')
        differences = connection.execute(DIFFERENCES).fetchall()
        generations = connection.execute(NEWEST).fetchall()
    if differences or len(generations) != 1:
        raise AssertionError(f"{path} is not one generation: {generations}, {differences[:5]}")
    return generations[0][0]


def main() -> None:
    """Print how often the file was read, and the generations seen, in this order."""
    reads, seen = 0, []
    while not select.select([sys.stdin], [], [], 1)[0]:
        generation = read_whole(Path(sys.argv[1]))
        reads += 1
        if generation not in seen[-1:]:
            seen.append(generation)
    print(json.dumps({"reads": reads, "generations": seen}))


if __name__ == "__main__":
    main()
