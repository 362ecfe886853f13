"""What `make build` ends with: the published tables, and a query to try."""

import os
from pathlib import Path

import duckdb

from warehouse.publishing import PUBLISHED_NAME

QUERY = {
    "segmentation": "select * from segmentation.segments order by dataset, value_rank",
    "propensity": "select * from propensity.propensity_scores order by raw_score desc limit 10",
    "sales": "select * from sales.monthly_sales order by net_amount desc limit 10",
    "recommendations": "select * from recommendations.product_recommendations limit 10",
}


def main() -> None:
    """Print the tables of each published schema with their rows, and how to query them."""
    published = Path(os.environ.get("WAREHOUSE_DIR", "warehouse")) / PUBLISHED_NAME
    with duckdb.connect(published, read_only=True) as connection:
        tables = connection.execute(
            "select schema_name, table_name from duckdb_tables() order by all"
        ).fetchall()
        print(f"\nPublished in {published}:\n")
        for schema, table in tables:
            relation = f'"{schema}"."{table}"'
            (rows,) = connection.execute(f"select count(*) from {relation}").fetchone()
            print(f"  {schema + '.' + table:<55} {rows:>9,} rows")
    query = next(sql for schema, sql in QUERY.items() if any(schema == s for s, _ in tables))
    print(f'\nTry:\n\n  .venv/bin/duckdb -readonly {published} "{query}"\n')


if __name__ == "__main__":
    main()
