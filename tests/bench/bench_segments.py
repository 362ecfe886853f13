"""Time the assignment in SQL of a million generated e-commerce customers to their segments.

WAREHOUSE_DIR is that of a build; `make bench` makes one.
"""

import os
import re
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
from range({customers});

create table generated.customer_feature_values as
select
    'ecommerce' as dataset,
    customer_id,
    unnest([
        {{'feature': 'recency_days', 'number_value': recency_days::double}},
        {{'feature': 'frequency', 'number_value': frequency::double}},
        {{'feature': 'monetary_value', 'number_value': monetary_value::double}},
        {{'feature': 'tenure_days', 'number_value': tenure_days::double}}
    ], recursive := true)
from generated.features
"""


def assignment_sql() -> str:
    """Return the SQL of the project's own model, on the generated features."""
    command = [str(Path(sys.executable).with_name("dbt")), "--quiet", "compile"]
    command += ["--select", "segment_assignments"]
    run = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    return re.sub(r"\S*customer_feature_values\S*", "generated.customer_feature_values", run.stdout)


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
