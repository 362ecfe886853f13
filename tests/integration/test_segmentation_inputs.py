"""Input too small, constant, broken or not there makes segments, or one clear line."""

import csv
import gzip

import pytest
from conftest import NIGHTLY, SAMPLE, Warehouse

pytestmark = pytest.mark.slow

HEADER = ["CustomerID", "Gender", "Age", "Annual Income (k$)", "Spending Score (1-100)"]
VISITORS = [[str(at), "Male", 20 + at % 40, 15 + at % 30, 1 + at * 7 % 99] for at in range(60)]


@pytest.fixture
def warehouse(tmp_path) -> Warehouse:
    (tmp_path / "raw").mkdir()
    return Warehouse(tmp_path / "warehouse", tmp_path / "raw")


def built_mall(warehouse: Warehouse, visitors: list[list]) -> Warehouse:
    with (warehouse.raw / "Mall_Customers.csv").open("w", newline="") as stream:
        csv.writer(stream).writerows([HEADER, *visitors])
    run = warehouse.dbt(*NIGHTLY, variables={"sources_enabled": ["mall"]})
    assert run.returncode == 0, run.stdout[-3000:]
    return warehouse


def segments(warehouse: Warehouse) -> list[tuple]:
    return warehouse.query(
        "select segment_id, segment_name, count(*), min(confidence), max(distance)"
        " from segmentation.mall_customers group by all order by segment_id",
        working=True,
    )


def test_one_customer_is_one_segment(warehouse):
    built_mall(warehouse, VISITORS[:1])
    assert segments(warehouse) == [(1, "Reserved visitors", 1, 1.0, 0.0)]


def test_odd_values_and_a_constant_feature_do_no_harm(warehouse):
    constant = [[key, "Martian", age, 50, 50] for key, _, age, *_ in VISITORS]
    odd = [["nan", "Male", 30, "nan", 50], ["inf", "Male", 30, "inf", 50]]
    built_mall(warehouse, constant + odd)
    assert segments(warehouse) == [(1, "Mainstream visitors", 60, 1.0, 0.0)]
    genders = "select distinct gender from segmentation.mall_customers"
    assert warehouse.query(genders, working=True) == [("other",)]
    rejected = (
        "select distinct reject_reason from datasets.checked_mall__customers"
        " where reject_reason is not null"
    )
    assert warehouse.query(rejected, working=True) == [("annual_income_k is not an amount",)]


def failed(warehouse: Warehouse, dataset: str) -> list[str]:
    run = warehouse.dbt(*NIGHTLY, variables={"sources_enabled": [dataset]})
    assert run.returncode == 1
    assert "SKIP relation training.fit_segments" in run.stdout
    return [line.strip() for line in run.stdout.splitlines() if f"{dataset}_features: " in line]


def test_no_customer_at_all_is_said_in_one_line(warehouse):
    with gzip.open(SAMPLE / "online_retail.csv.gz", "rt") as stream:
        lines = list(stream)
    cancelled = [line for line in lines if line.startswith("C")][:20]
    (warehouse.raw / "online_retail.csv").write_text("".join([lines[0], *cancelled]))
    run = warehouse.dbt(*NIGHTLY, variables={"sources_enabled": ["ecommerce"]})
    assert run.returncode == 1
    said = (
        "ecommerce: no row is left to work with: 20 read, 0 rejected, 20 excluded"
        " (mostly: invoice is cancelled"
    )
    assert said in run.stdout


def test_a_feature_that_nobody_has_is_named_in_one_line(warehouse):
    with (SAMPLE / "marketing_campaign.csv").open(newline="") as stream:
        rows = list(csv.reader(stream, delimiter="\t"))
    at = rows[0].index("Income")
    for row in rows[1:]:
        row[at] = ""
    with (warehouse.raw / "marketing_campaign.csv").open("w", newline="") as stream:
        csv.writer(stream, delimiter="\t").writerows(rows)
    (line,) = failed(warehouse, "retail")
    assert "retail_features: income is null or not finite for 2237 of 2237 customers" in line
