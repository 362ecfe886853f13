"""Time the assignment in SQL of a million generated e-commerce customers to their segments.

WAREHOUSE_DIR is that of a build; `make bench` makes one.
"""

import os
import subprocess
import sys
import time
from pathlib import Path

import duckdb

ROOT = Path(__file__).parents[2]
CUSTOMERS = 1_000_000
GENERATED = """
create table generated.features as
select
    'g' || range as customer_id,
    (random() * 373)::integer as recency_days,
    1 + (random() * random() * 60)::integer as frequency,
    exp(2 + random() * 9)::decimal(18, 2) as monetary_value,
    (random() * 373)::integer as tenure_days
from range({customers})
"""


def assignment_sql() -> str:
    """Return the SQL that the project's own macro makes of the generated features."""
    inline = (
        "{{ assign_segments(api.Relation.create(database='generated', schema='main',"
        " identifier='features'), 'ecommerce') }}"
    )
    command = [str(Path(sys.executable).with_name("dbt")), "--quiet", "compile", "--inline", inline]
    run = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    return run.stdout


def main() -> None:
    """Print the seconds that a million customers take."""
    query = assignment_sql()
    build = Path(os.environ.get("WAREHOUSE_DIR", "warehouse")) / "build.duckdb"
    with duckdb.connect(config={"threads": 2}) as connection:
        connection.execute("attach ':memory:' as generated; select setseed(0.5)")
        connection.execute(f"attach '{build}' as build (read_only)")
        connection.execute(GENERATED.format(customers=CUSTOMERS))
        connection.execute("use build")
        started = time.perf_counter()
        connection.execute(f"create table generated.assigned as {query}")
        seconds = time.perf_counter() - started
        ((customers, segments),) = connection.execute(
            "select count(*), count(distinct segment_id) from generated.assigned"
        ).fetchall()
    print(f"{customers:,} customers assigned to {segments} segments in {seconds:.1f} s")


if __name__ == "__main__":
    main()
