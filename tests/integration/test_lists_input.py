"""Odd shops end in lists, and nothing of them is lost."""

import csv
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pytest
from conftest import NIGHTLY, Warehouse

pytestmark = pytest.mark.slow

HEADER = "InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country"
FIRST_DAY = date(2011, 1, 1)
DAYS = 200
PRODUCTS = [f"{number}" for number in range(10001, 10041)]
LONG = "9" * 10_000
WHALE = "20000"
RETURNER = "20001"
SHOP = {
    "sources_enabled": ["ecommerce"],
    "segmentation_resamples": 4,
    "recommender_bootstrap_resamples": 5,
    "recommender_exposure_resamples": 3,
}


def line(customer, product, day, *, invoice, quantity=1, price="2.50") -> list:
    when = f"{FIRST_DAY + timedelta(days=int(day))} 10:00:00"
    name = f"NAME OF {product[:20]}"
    return [invoice, product, name, quantity, when, price, customer, "France"]


def usual_lines() -> list[list]:
    """Sixty customers in two camps buy ten products each, some of them several times."""
    random = np.random.default_rng(7)
    lines = []
    for number in range(60):
        own = PRODUCTS[number % 2 :: 2]
        chosen = [*random.choice(own, 8, replace=False), *random.choice(PRODUCTS, 2, replace=False)]
        for product in chosen:
            for day in random.choice(DAYS, random.integers(1, 4), replace=False):
                lines.append(line(10_000 + number, product, day, invoice=f"{number}{day:03}"))
    return lines


def built(folder: Path, lines: list[list], catalogue: str | None = None) -> Warehouse:
    raw = folder / "raw"
    raw.mkdir()
    with (raw / "online_retail.csv").open("w", newline="") as file:
        file.write(f"{HEADER}\n")
        csv.writer(file).writerows(lines)
    if catalogue:
        (raw / "products.csv").write_text(catalogue)
    warehouse = Warehouse(folder / "warehouse", raw)
    run = warehouse.dbt(*NIGHTLY, variables=SHOP)
    assert run.returncode == 0, run.stdout[-4000:]
    return warehouse


def one(warehouse: Warehouse, query: str):
    ((value,),) = warehouse.query(query)
    return value


@pytest.fixture(scope="module")
def awkward(tmp_path_factory) -> Warehouse:
    # Five hundred lines on every day, so that every product comes again after four.
    whale = [
        line(WHALE, f"W{number % 2000:04}", number // 500, invoice=f"W{number // 500}")
        for number in range(100_000)
    ]
    long = [line(10_000 + n, LONG, DAYS - 1, invoice=f"L{n}") for n in range(20)]
    bought = [line(RETURNER, product, 150, invoice="R1") for product in PRODUCTS[:12:2]]
    returned = line(RETURNER, PRODUCTS[0], DAYS - 5, invoice="C2", quantity=-1)
    excluded = [
        line(10_000, PRODUCTS[0], 5, invoice="X1", quantity=0),
        line(10_000, PRODUCTS[0], 5, invoice="X2", quantity=-3),
        line(30_000, PRODUCTS[0], 5, invoice="X3", quantity=-3),
    ]
    entries = [f"{product},Shop name {product},Cups,2.5" for product in PRODUCTS]
    catalogue = ["product_id,product_name,category,price", *entries, f"{LONG},The long one,,"]
    catalogue += [f"{PRODUCTS[0]},Once more,,", "nobody has it,Nothing,,"]
    return built(
        tmp_path_factory.mktemp("awkward"),
        [*usual_lines(), *whale, *long, *bought, returned, *excluded],
        "\n".join(catalogue),
    )


def test_a_customer_of_100000_purchases_gets_lists_like_everybody(awkward):
    assert one(awkward, "select sum(rows_kept) from monitoring.data_quality") > 100_000
    lists = dict(
        awkward.query(
            "select user_id, count(*) from recommendations.product_recommendations group by 1"
        )
    )
    assert len(lists) == 62
    assert set(lists.values()) == {10}
    again = "from recommendations.buy_again where user_id"
    assert one(awkward, f"select count(*) {again} = '{WHALE}'") == 10
    assert one(awkward, f"select min(orders) {again} = '{WHALE}'") > 1


def test_what_was_sent_back_is_not_shown_again_and_no_reason(awkward):
    lists = f"from recommendations.{{}} where user_id = '{RETURNER}'"
    shown = lists.format("product_recommendations")
    assert one(awkward, f"select count(*) {shown}") == 10
    wrong = f"(product_id = '{PRODUCTS[0]}' or reason like '%Shop name {PRODUCTS[0]}')"
    assert one(awkward, f"select count(*) {shown} and {wrong}") == 0
    assert one(awkward, f"select count(*) {lists.format('buy_again')}") == 5


def test_an_id_of_10000_characters_is_recommended_by_its_name(awkward):
    shown = "from recommendations.product_recommendations where product_name = 'The long one'"
    assert one(awkward, f"select count(*) {shown} and length(product_id) = 10000") > 0


def test_quantities_at_or_below_zero_are_counted_and_nobody_is_recommended_by_them(awkward):
    rules = dict(
        awkward.query(
            "select rule, rows from monitoring.data_quality_rules where source = 'ecommerce'"
        )
    )
    # What the returner sent back has one too.
    assert rules["quantity is at or below zero"] == 4
    users = "select count(*) from recommendations.product_recommendations where user_id = '30000'"
    assert one(awkward, users) == 0


def test_a_catalogue_with_duplicates_and_unknown_products_names_what_it_knows(awkward):
    rules = awkward.query(
        "select rule, action, rows from monitoring.data_quality_rules where source = 'products'"
        " order by rule"
    )
    assert rules == [
        ("a duplicate of the key dataset, product_id", "rejected", 1),
        ("product_id is in no data set that recommends", "excluded", 1),
    ]
    named = "from recommendations.products where product_name like"
    assert one(awkward, f"select count(*) {named} 'Shop name %'") in (39, 40)
    assert one(awkward, f"select count(*) {named} 'NAME OF W%'") == 2000


def test_where_everybody_has_everything_there_is_only_what_to_buy_again(tmp_path):
    lines = [
        line(10_000 + number, product, day, invoice=f"{number}{day:03}")
        for number in range(30)
        for place, product in enumerate(PRODUCTS)
        for day in (5 * place, DAYS - 1)
    ]
    warehouse = built(tmp_path, lines)
    assert one(warehouse, "select count(*) from recommendations.product_recommendations") == 0
    again = "select count(distinct user_id), count(*) from recommendations.buy_again"
    assert warehouse.query(again) == [(30, 300)]
    # Nobody buys more of anything than others.
    lifts = "select min(lift), max(lift) from segmentation.segment_product_recommendations"
    assert warehouse.query(lifts) == [(1, 1)]


def test_a_single_customer_has_nobody_to_learn_from_and_a_list_to_buy_again(tmp_path):
    warehouse = built(tmp_path, [row for row in usual_lines() if row[6] == 10_000])
    assert one(warehouse, "select count(*) from recommendations.product_recommendations") == 0
    assert one(warehouse, "select count(*) from recommendations.buy_again") > 0
    assert one(warehouse, "select count(*) from recommendations.products") == 10


def test_a_shop_without_days_is_one_line(tmp_path):
    (tmp_path / "online_retail.csv").write_text(
        "InvoiceNo,StockCode,Quantity,UnitPrice,CustomerID\n1,10001,1,2.5,10000\n"
    )
    run = Warehouse(tmp_path / "warehouse", tmp_path).dbt(*NIGHTLY, variables=SHOP)
    assert run.returncode != 0
    assert "ecommerce: online_retail.csv has no column 'invoice_date'" in run.stdout
    assert "Traceback" not in run.stdout
