"""What was bought, held against the raw file by a reading of its own."""

import csv
import gzip
from decimal import Decimal
from pathlib import Path

import pytest
from conftest import REAL, ROOT, SAMPLE, Warehouse

CODES = ROOT / "seeds" / "reference" / "ecommerce" / "non_product_codes.csv"


def ordered_lines(folder: Path) -> tuple[int, Decimal]:
    """Return how many lines of a raw file are of an order, as the README has it, and their sum."""
    with CODES.open(newline="") as file:
        codes = list(csv.DictReader(file))
    exact = {each["code"] for each in codes if each["is_prefix"] != "true"}
    prefixes = tuple(each["code"] for each in codes if each["is_prefix"] == "true")
    with gzip.open(folder / "online_retail.csv.gz", "rt", encoding="utf-8", newline="") as file:
        header, *rows = csv.reader(file)
    lines, amount = 0, Decimal(0)
    # A line that is there twice is there once.
    for row in set(map(tuple, rows)):
        line = dict(zip(header, row, strict=True))
        code, customer = line["StockCode"].strip().upper(), line["CustomerID"].strip()
        quantity, price = int(line["Quantity"]), Decimal(line["UnitPrice"])
        is_charge = code in exact or code.startswith(prefixes)
        is_sale = quantity > 0 and price > 0 and line["InvoiceNo"][0] not in "CA"
        if customer and is_sale and not is_charge:
            lines, amount = lines + 1, amount + quantity * price
    return lines, amount


def assert_reconciles(warehouse: Warehouse, folder: Path) -> None:
    ((lines, gross, cancelled, net),) = warehouse.query(
        "select sum(lines), sum(gross_amount), sum(cancelled_amount), sum(net_amount)"
        " from sales.orders where dataset = 'ecommerce'"
    )
    assert ordered_lines(folder) == (lines, gross)
    assert lines > 1000
    assert 0 < cancelled == gross - net


def test_orders_of_the_sample_are_its_lines_to_the_penny(sample_build):
    assert_reconciles(sample_build, SAMPLE)


def test_orders_of_the_public_file_are_its_lines_to_the_penny(real_build):
    assert_reconciles(real_build, REAL)


def test_values_of_the_public_file_are_as_good_as_the_readme_says(real_build):
    metrics = {
        (method, part, metric): value
        for method, part, metric, value in real_build.query(
            "select method, evaluated_on, metric, value from sales.customer_value_metrics"
        )
    }
    assert real_build.query("select distinct method from sales.customer_values") == [
        ("tweedie_regression",)
    ]
    rank = {method: metrics[method, "holdout", "spearman"] for method, *_ in metrics}
    assert max(rank, key=rank.get) == "tweedie_regression"
    assert rank["tweedie_regression"] >= 0.53
    # Before a quarter without a season.
    assert metrics["bgnbd_gamma_gamma", "validation", "buyers_ratio"] == pytest.approx(1, abs=0.03)
    ((year, last_year),) = real_build.query(
        "select (select sum(expected_value_365d) from sales.customer_values), sum(net_amount)"
        " from sales.orders where ordered_at >= timestamp '2010-12-10'"
    )
    assert 1 < year / float(last_year) < 1.15


ODD = """\
InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country,Currency
1,A,CUP,2,2011-01-10 10:00:00,1.50,ann,Spain,{other}
C2,A,CUP,-2,2011-01-12 10:00:00,1.50,ann,Spain,GBP
3,A,CUP,5,2011-01-11 10:00:00,2.00,bob,Spain,GBP
C4,B,JAR,-3,2011-01-12 10:00:00,9.00,bob,Spain,GBP
3,A,CUP,1,2011-01-11 10:00:00,2.00,cid,,GBP
5,A,CUP,1,2011-03-31 10:00:00,0.333,dan,Spain,
6,A,CUP,7,,2.00,eve,Spain,GBP
7,A,CUP,7,2999-01-01 10:00:00,2.00,fay,Spain,GBP
"""


def odd_orders(folder: Path, other: str) -> Path:
    """Write orders without a date and in the future, all returned, of one number, and of today."""
    folder.mkdir()
    (folder / "online_retail.csv").write_text(ODD.format(other=other))
    return folder


def sales_of(warehouse: Warehouse):
    return warehouse.dbt(
        "build",
        "--select",
        "+path:dbt_project/models/sales",
        "--indirect-selection",
        "cautious",
        "--exclude-resource-type",
        "unit_test",
        variables={"sources_enabled": ["ecommerce"], "max_rejected_share": 0.5},
    )


def test_odd_orders_are_kept_rejected_or_netted_as_they_are_meant(tmp_path):
    warehouse = Warehouse(tmp_path / "warehouse", odd_orders(tmp_path / "raw", "gbp"))
    run = sales_of(warehouse)
    assert run.returncode == 0, run.stdout[-4000:]
    orders = warehouse.query(
        "select order_id, customer_id, units, net_amount::varchar from sales.orders order by all",
        working=True,
    )
    assert orders == [
        ("1", "ann", 0, "0.0000"),
        # What was never bought cannot come back.
        ("3", "bob", 5, "10.0000"),
        ("3#2", "cid", 1, "2.0000"),
        ("5", "dan", 1, "0.3330"),
    ]
    months = warehouse.query(
        "select month::varchar, sum(orders) from sales.monthly_sales group by all order by all",
        working=True,
    )
    assert months == [("2011-01-01", 3), ("2011-02-01", 0), ("2011-03-01", 1)]
    rejected = warehouse.query(
        "select count(reject_reason) from datasets.checked_ecommerce__invoice_lines", working=True
    )
    assert rejected == [(2,)]
    # Nobody ordered again: nobody is valued, and what was bought is there all the same.
    ((problem,),) = warehouse.query(
        "select fit_problem from training.fit_customer_values", working=True
    )
    assert problem.startswith("ecommerce: no values of customers: 0 ordered on a second day")
    assert warehouse.query("select count(*) from sales.customer_values", working=True) == [(0,)]


@pytest.mark.slow
def test_two_currencies_are_refused_by_name(tmp_path):
    warehouse = Warehouse(tmp_path / "warehouse", odd_orders(tmp_path / "raw", "EUR"))
    run = sales_of(warehouse)
    assert run.returncode == 1
    assert "the column currency holds GBP (2 lines), EUR (1 lines), and amounts" in run.stdout
