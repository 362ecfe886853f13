"""What was bought, held against the raw file by a reading of its own."""

import csv
import gzip
from decimal import Decimal
from pathlib import Path

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
