"""Time the valuation in SQL of a million generated customers, as a night does it that only scores.

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
MODELS = ("purchase_expectations", "customer_value_scores", "customer_values")
GENERATED = """
create table generated.customer_snapshots as
with drawn as (
    select
        'g' || range as customer_id,
        1 + (random() * 373)::integer as tenure_days,
        1 + (random() * random() * random() * 60)::bigint as orders,
        random() as share,
        exp(2 + random() * 5) as mean_order
    from range({customers})
),

lived as (
    select
        *,
        least(orders, tenure_days) as order_days,
        case when least(orders, tenure_days) > 1 then (tenure_days * share)::integer else 0 end
            as span_days
    from drawn
)

select
    'ecommerce' as dataset,
    0 as days_before,
    date '2011-12-10' as day,
    customer_id,
    order_days,
    span_days,
    tenure_days,
    tenure_days - span_days as recency_days,
    1 + order_days // 3 as order_months,
    100 * orders as units,
    (mean_order * orders)::decimal(18, 4) as net_amount,
    order_days // 4 as order_days_90d,
    (mean_order * orders / 4)::decimal(18, 4) as net_amount_90d,
    null::decimal(18, 4) as next_amount
from lived
"""
SCORED = """
create table generated.fit_customer_values as
select * replace ('scored' as outcome) from build.training.fit_customer_values
"""


def valuation_sql() -> list[str]:
    """Return the SQL of the project's own models, on the generated customers."""
    queries = []
    for model in MODELS:
        command = [str(Path(sys.executable).with_name("dbt")), "--quiet", "compile"]
        command += ["--select", model]
        run = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
        inputs = "|".join(("customer_snapshots", "fit_customer_values", *MODELS))
        queries.append(re.sub(rf'"build"\."\w+"\."({inputs})"', r"generated.\1", run.stdout))
    return queries


def main() -> None:
    """Print the seconds that a million customers take."""
    queries = valuation_sql()
    build = Path(os.environ.get("WAREHOUSE_DIR", "warehouse")) / "build.duckdb"
    with duckdb.connect(config={"threads": 2}) as connection:
        connection.execute("attach ':memory:' as generated; select setseed(0.5)")
        connection.execute(f"attach '{build}' as build (read_only)")
        connection.execute(GENERATED.format(customers=CUSTOMERS))
        connection.execute(SCORED)
        connection.execute("use build")
        seconds = []
        for model, query in zip(MODELS, queries, strict=True):
            started = time.perf_counter()
            connection.execute(f"create table generated.{model} as {query}")
            seconds.append(time.perf_counter() - started)
        ((customers, value),) = connection.execute(
            "select count(*), sum(expected_value_365d) from generated.customer_values"
        ).fetchall()
    parts = ", ".join(f"{model} {each:.1f}" for model, each in zip(MODELS, seconds, strict=True))
    print(f"{customers:,} customers valued at {value:,.0f} in {sum(seconds):.1f} s ({parts})")


if __name__ == "__main__":
    main()
