"""What the texts of a source mean: files as people have them, read and cast in plain DuckDB."""

import csv
import json
import os
import subprocess
import sys
from collections import Counter
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import yaml
from conftest import ROOT

from warehouse import intake, typed_rows
from warehouse.plugin import Plugin

NULL_TEXTS = yaml.safe_load((ROOT / "dbt_project.yml").read_text(encoding="utf-8"))["vars"][
    "null_texts"
]
MEANING = {
    "date_formats": ["%Y-%m-%d %H:%M:%S"],
    "null_texts": NULL_TEXTS,
    "decimal": None,
    "time_zone": "UTC",
    "built_on": "2026-11-26",
}
INVOICES = {
    "InvoiceNo": "536365",
    "StockCode": "22100",
    "Description": "MUG",
    "Quantity": "1",
    "InvoiceDate": "2011-01-01 08:26:00",
    "UnitPrice": "1.10",
    "CustomerID": "12340",
    "Country": "France",
}
VISITORS = {
    "CustomerID": "1",
    "Gender": "Male",
    "Age": "19",
    "Annual Income (k$)": "15",
    "Spending Score (1-100)": "39",
}
RATINGS = {"user_id": "U1", "product_id": "P1", "rating": "5.0", "rated_at": "1365811200"}
FILES = {"ecommerce": INVOICES, "mall": VISITORS, "ratings": RATINGS}


@pytest.fixture(scope="module")
def connection(tmp_path_factory):
    """Return a connection as a build has it."""
    with duckdb.connect(config={"threads": 2}) as connection:
        plugin = Plugin.__new__(Plugin)
        plugin.folder = tmp_path_factory.mktemp("warehouse")
        plugin.configure_connection(connection)
        yield connection


@pytest.fixture
def typed(tmp_path, connection):
    """Return a function that writes rows to files, and reads and casts them as a build does."""

    def read(
        source: str, *files, folder: Path = tmp_path, masked_columns=(), **meaning
    ) -> list[dict]:
        show(connection, folder, source, files)
        how = {
            "source": source,
            "relation": relation(source),
            "category_map": "category_map" if source == "mall" else None,
            "meaning": {**MEANING, "masked_columns": masked_columns, **meaning},
        }
        (reply,) = connection.execute("select typed_rows(?)", [json.dumps(how)]).fetchone()
        query = connection.execute(json.loads(reply)["answer"] + " order by file, row_number")
        names = [column[0] for column in query.description]
        return [dict(zip(names, row, strict=True)) for row in query.fetchall()]

    return read


def show(connection, folder: Path, source: str, files) -> None:
    """Write files, given as columns with the values that are not the usual ones, and show them."""
    for number, file in enumerate(files):
        if isinstance(file, bytes):
            name = f"{intake.declared_table(source)['name']}_{number}.parquet"
            (folder / name).write_bytes(file)
        else:
            write(folder / f"{intake.declared_table(source)['name']}_{number}.csv", source, file)
    how = {
        "folder": str(folder),
        "encodings": {source: "utf-8"},
        "relations": {},
        "read": [source],
    }
    (reply,) = connection.execute("select show_raw_rows(?)", [json.dumps(how)]).fetchone()
    assert json.loads(reply) == {"answer": []}
    category_map = ROOT / "seeds/reference/mall/mall_category_map.csv"
    connection.execute(
        f"create or replace table category_map as from read_csv('{category_map}', all_varchar=true)"
    )


def relation(source: str) -> str:
    return f'raw.{source}."{intake.declared_table(source)["name"]}"'


def write(path: Path, source: str, columns: dict[str, list[str]]) -> None:
    usual = FILES[source]
    n_rows = max(len(values) for values in columns.values())
    rows = [
        [columns.get(name, [value] * n_rows)[row] for name, value in usual.items()]
        for row in range(n_rows)
    ]
    with path.open("w", newline="", encoding="utf-8") as stream:
        csv.writer(stream, lineterminator="\n").writerows([list(usual), *rows])


def parquet(source: str, columns: dict[str, list]) -> bytes:
    n_rows = max(len(values) for values in columns.values())
    table = {
        name: columns[name] if name in columns else [value] * n_rows
        for name, value in FILES[source].items()
    }
    sink = pa.BufferOutputStream()
    pq.write_table(pa.table(table), sink)
    return sink.getvalue().to_pybytes()


def values(rows: list[dict], *names: str) -> list:
    found = [tuple(row[name] for name in names) for row in rows]
    return [value for (value,) in found] if len(names) == 1 else found


@pytest.mark.parametrize(
    ("call", "value"),
    [
        ("as_integer('5.7')", None),
        ("as_integer('1_000')", None),
        ("as_integer('-5.00')", -5),
        ("as_integer('99999999999')", None),
        ("as_double('nan')", None),
        ("as_double('.5e1')", 5.0),
        ("as_amount('1,00', 2)", None),
        ("as_amount('1.005', 2)", None),
        ("as_amount('1.0500', 2)", "1.0500"),
        ("as_amount('5', 0)", "5"),
        ("as_amount('5.1', 0)", None),
        ("as_boolean('Yes')", True),
        ("as_boolean('0.0')", False),
        ("as_boolean('2')", None),
        ("as_epoch('10')", datetime(1970, 1, 1, 0, 0, 10)),
        ("as_epoch('10.0')", datetime(1970, 1, 1, 0, 0, 10)),
        ("as_epoch('10.5')", None),
        ("as_epoch('-5')", None),
        ("as_epoch('99999999999')", None),
        ("number_as_text(17850.0::double)", "17850"),
        ("number_as_text(2.5::decimal(18,4))", "2.5000"),
        ("number_as_text(2.125::double)", "2.1250"),
    ],
)
def test_a_text_is_cast_only_where_it_is_such_a_value(connection, call, value):
    assert connection.execute(f"select raw.main.{call}").fetchone() == (value,)


# ---- texts that stand for no value ----------------------------------------------------------


def test_a_text_for_no_value_is_none_in_columns_of_every_type(typed):
    names = ("Description", "Quantity", "UnitPrice", "CustomerID")
    rows = typed("ecommerce", dict.fromkeys(names, NULL_TEXTS))
    assert values(rows, "description", "quantity", "unit_price", "customer_id") == [
        (None,) * 4
    ] * len(NULL_TEXTS)
    assert set(values(rows, "problems")) == {"quantity is missing; unit_price is missing"}
    rows = typed("mall", {"Gender": NULL_TEXTS, "Age": NULL_TEXTS})
    assert set(values(rows, "gender", "problems", "repairs")) == {(None, "age is missing", None)}
    assert {"NULL", "null", "nan", "NaN", "None", "N/A", "NA", "#N/A", "\\N", "-"} <= {*NULL_TEXTS}


def test_what_stands_for_no_value_is_the_users_to_say(typed):
    countries = {"Country": ["NA", "nil", "-999"], "Quantity": ["-999", "1", "2"]}
    rows = typed("ecommerce", countries, null_texts=["nil", "-999"])
    assert values(rows, "country", "quantity") == [("NA", None), (None, 1), (None, 2)]
    rows = typed("ecommerce", countries, null_texts=[])
    assert values(rows, "country", "quantity") == [("NA", -999), ("nil", 1), ("-999", 2)]


# ---- ids ------------------------------------------------------------------------------------


def test_ids_that_became_numbers_are_the_same_ids_in_all_files(typed):
    rows = typed(
        "ecommerce",
        {"CustomerID": ["12341.0", "nan"], "InvoiceNo": ["536365.0", "C536366"]},
        {"CustomerID": ["12341", ""], "InvoiceNo": ["536365", "C536366"]},
        parquet("ecommerce", {"CustomerID": [12341.0, None]}),
    )
    assert values(rows, "customer_id") == ["12341", None] * 3
    assert values(rows, "invoice_no")[:4] == ["536365", "C536366"] * 2


def test_ids_are_otherwise_as_they_are_written(typed):
    ids = ["00001", "1", "1.5", "1,000", "1.000", "A1.0", "12E3", "85123E1", "+1"]
    assert values(typed("mall", {"CustomerID": ids}), "customer_id", "problems") == [
        (text, None) for text in ids
    ]


@pytest.mark.parametrize("text", ["1.23457E+11", "1E+11", "1,23457E+11", "1.2345678901234568e+16"])
def test_an_id_that_a_spreadsheet_cut_short_is_nobody(typed, text):
    row, sound = typed("mall", {"CustomerID": [text, "2"]})
    assert row["problems"] == "customer_id was cut short by a spreadsheet"
    assert sound["problems"] is None


# ---- dates ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("form", "text", "moment"),
    [
        ("%m/%d/%Y %H:%M", "12/1/2010 8:26", datetime(2010, 12, 1, 8, 26)),
        ("%m/%d/%Y %H:%M", "12/01/2010  08:26", datetime(2010, 12, 1, 8, 26)),
        ("%m/%d/%Y %H:%M", "12/1/10 8:26", None),
        ("%m/%d/%Y %H:%M", "12/1/0010 8:26", "outside"),
        ("%m/%d/%Y", "12/1/210", None),
        ("%m/%d/%Y", "12/1/20100", None),
        ("%m/%d/%y", "12/1/10", datetime(2010, 12, 1)),
        ("%m/%d/%y", "12/1/5", None),
        ("%m/%d/%y", "12/1/68", "outside"),
        ("%m/%d/%y", "12/1/2010", None),
        ("%Y%m%d", "20101201", datetime(2010, 12, 1)),
        ("%Y%m%d", "2010121", None),
        ("%d%m%Y", "1122010", None),
        ("%Y%m%dT%H%M%S", "20101201T082600", datetime(2010, 12, 1, 8, 26)),
        ("%d %B %Y", "1 December 2010", datetime(2010, 12, 1)),
        ("%I:%M %p, %d.%m.%Y", "8:26 PM, 1.12.2010", datetime(2010, 12, 1, 20, 26)),
        ("%Y-%m-%d %H:%M:%S.%f", "2010-12-01 08:26:00.5", datetime(2010, 12, 1, 8, 26, 0, 500000)),
        ("%c", "2010-12-01 08:26:00", datetime(2010, 12, 1, 8, 26)),
        ("%-d.%-m.%Y", "1.12.2010", datetime(2010, 12, 1)),
        ("%j/%Y", "335/2010", datetime(2010, 12, 1)),
        ("100%% %Y-%m-%d", "100% 2010-12-01", datetime(2010, 12, 1)),
        ("epoch", "1291191960", datetime(2010, 12, 1, 8, 26)),
        ("%Y-%m-%d", "1899-12-31", "outside"),
        ("%Y-%m-%d", "1900-01-01", datetime(1900, 1, 1)),
        ("%Y-%m-%d %H:%M", "2026-11-28 23:59", datetime(2026, 11, 28, 23, 59)),
        ("%Y-%m-%d", "2026-11-29", "outside"),
        ("%Y-%m-%d", "2026-02-30", None),
    ],
)
def test_a_format_is_matched_to_the_digit_and_a_date_lies_in_its_range(typed, form, text, moment):
    (row,) = typed("ecommerce", {"InvoiceDate": [text]}, date_formats=[form])
    problem = {
        None: "invoice_date is not a date in ecommerce_date_formats",
        "outside": "invoice_date is outside 1900-01-01 to the day after tomorrow",
    }.get(moment)
    assert row["problems"] == problem
    assert row["invoice_date"] == row["row_at"] == (None if problem else moment)


def test_the_next_format_reads_what_the_one_before_does_not(typed):
    formats = ["%m/%d/%Y", "%m/%d/%y"]
    rows = typed("ecommerce", {"InvoiceDate": ["12/1/2010", "12/1/10"]}, date_formats=formats)
    assert values(rows, "invoice_date") == [datetime(2010, 12, 1)] * 2


def test_a_range_of_dates_can_be_declared():
    column = {"name": "day", "data_type": "date", "min": date(2000, 1, 1), "max": "2030-12-31"}
    test, reason = typed_rows._outside(column, "2026-11-26")
    assert reason == "day is outside 2000-01-01 to 2030-12-31"
    for day, is_outside in (
        ("1999-12-31", True),
        ("2000-01-01", False),
        ("2030-12-31", False),
        ("2031-01-01", True),
    ):
        query = f"select {test} from (select '{day}'::date as day) as typed"
        assert duckdb.execute(query).fetchall() == [(is_outside,)]


# ---- time zones -----------------------------------------------------------------------------

WITH_OFFSET = "%Y-%m-%dT%H:%M:%S%z"


@pytest.mark.parametrize(
    ("form", "text", "zone", "moment"),
    [
        (WITH_OFFSET, "2011-01-01T23:26:00+02:00", "UTC", datetime(2011, 1, 1, 21, 26)),
        (WITH_OFFSET, "2011-01-01T23:26:00+0200", "Asia/Tokyo", datetime(2011, 1, 1, 21, 26)),
        (WITH_OFFSET, "2011-01-01T23:26:00Z", "Asia/Tokyo", datetime(2011, 1, 1, 23, 26)),
        (WITH_OFFSET, "2011-01-01T23:26:00", "UTC", None),
        ("%Y-%m-%dT%H:%M:%SZ", "2011-01-01T23:26:00Z", "Asia/Tokyo", datetime(2011, 1, 1, 23, 26)),
        ("%Y-%m-%d %H:%M", "2011-07-01 08:26", "UTC", datetime(2011, 7, 1, 8, 26)),
        ("%Y-%m-%d %H:%M", "2011-07-01 08:26", "Europe/London", datetime(2011, 7, 1, 7, 26)),
        ("%Y-%m-%d %H:%M", "2011-01-01 08:26", "Europe/London", datetime(2011, 1, 1, 8, 26)),
        ("%Y-%m-%d %H:%M %Z", "2011-07-01 08:26 Europe/Rome", "UTC", datetime(2011, 7, 1, 6, 26)),
        ("epoch", "1291191960", "Asia/Tokyo", datetime(2010, 12, 1, 8, 26)),
    ],
)
def test_a_moment_is_utc(typed, form, text, zone, moment):
    (row,) = typed("ecommerce", {"InvoiceDate": [text]}, date_formats=[form], time_zone=zone)
    assert row["invoice_date"] == moment


@pytest.mark.parametrize(
    ("form", "text", "zone", "day"),
    [
        ("%Y-%m-%d", "2011-01-01", "Asia/Tokyo", date(2011, 1, 1)),
        ("%Y-%m-%d %H:%M", "2011-01-01 23:00", "Asia/Tokyo", date(2011, 1, 1)),
        (WITH_OFFSET, "2011-01-01T23:26:00+00:00", "Asia/Tokyo", date(2011, 1, 2)),
        ("epoch", "1291238700", "Asia/Tokyo", date(2010, 12, 2)),
    ],
)
def test_a_date_is_the_day_in_the_zone_of_its_source(connection, form, text, zone, day):
    moment = typed_rows._moment(f"'{text}'", form, zone, "date")
    assert connection.execute(f"select {moment}").fetchone() == (day,)


@pytest.mark.parametrize("zone", ["UTC", "America/New_York"])
def test_times_of_parquet_files_are_moments_too(typed, zone):
    aware = pa.array([datetime(2010, 12, 1, 0, 26)], pa.timestamp("us", "Europe/Paris"))
    offset = pa.array([datetime(2010, 12, 1, 0, 26)], pa.timestamp("us", "UTC"))
    naive = pa.array([datetime(2010, 12, 1, 0, 26)], pa.timestamp("us"))
    files = [parquet("ecommerce", {"InvoiceDate": each}) for each in (aware, offset, naive)]
    # A format without the time, or without the century, takes nothing from a typed value.
    rows = typed("ecommerce", *files, time_zone=zone, date_formats=["%d-%m-%y"])
    local = datetime(2010, 12, 1, 0, 26) + (timedelta() if zone == "UTC" else timedelta(hours=5))
    assert values(rows, "invoice_date") == [*[datetime(2010, 12, 1, 0, 26)] * 2, local]
    assert values(rows, "problems") == [None] * 3


ON_THIS_MACHINE = """
import sys, pytest
sys.exit(pytest.main(["-q", "-p", "no:cacheprovider", "-p", "no:xdist", *sys.argv[1:]]))
"""


READ_A_NIGHT = """
import json, pathlib, sys
import duckdb
from warehouse import raw_rows, typed_rows
from warehouse.plugin import Plugin

plugin = Plugin.__new__(Plugin)
plugin.folder = pathlib.Path(sys.argv[1])
how = {"folder": sys.argv[1], "encodings": {"ecommerce": "utf-8"}, "read": ["ecommerce"]}
how |= {"relations": {}}
meaning = typed_rows.Meaning("2026-11-26", ["%Y-%m-%dT%H:%M:%S%z", "%Y-%m-%d %H:%M"])
relation = raw_rows.relation("ecommerce", "online_retail")
query = typed_rows.typed("ecommerce", relation, None, meaning, False)
with duckdb.connect() as connection:
    plugin.configure_connection(connection)
    connection.execute("select show_raw_rows(?)", [json.dumps(how)])
    for row in connection.execute(f"from ({query}) order by file, row_number").fetchall():
        print(*row)
"""


def test_every_machine_reads_the_same_rows(tmp_path):
    """The zone of a machine is that of its processes, which is set by TZ."""
    aware = pa.array([datetime(2010, 12, 1, 0, 26)] * 2, pa.timestamp("us", "Europe/Paris"))
    texts = ["2011-01-01T23:26:00+02:00", "2011-01-01 23:26"]
    for name, moments in (("texts", texts), ("moments", aware)):
        content = parquet("ecommerce", {"InvoiceDate": moments, "Country": aware})
        (tmp_path / f"online_retail_{name}.parquet").write_bytes(content)
    running = []
    for zone in ("UTC", "America/New_York"):
        path = os.pathsep.join(sys.path)
        how = {"env": {**os.environ, "TZ": zone, "PYTHONPATH": path}, "text": True}
        call = [sys.executable, "-c", READ_A_NIGHT, str(tmp_path)]
        running.append(subprocess.Popen(call, stdout=subprocess.PIPE, **how))
    here, there = (process.communicate()[0] for process in running)
    for moment in ("2011-01-01 21:26:00", "2011-01-01 23:26:00", "2010-12-01 00:26:00"):
        assert moment in here
    assert here == there


# ---- numbers --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("1,003.50", "1003.50"),
        ("$84,835.00", "84835.00"),
        ("£ 2.50", "2.50"),
        ("2.50 €", "2.50"),
        ("EUR 2.50", "2.50"),
        ("US$2.50", "2.50"),
        ("1'234.50", "1234.50"),
        ("(12.50)", "-12.50"),
        ("($12.50)", "-12.50"),
        ("12.50-", "-12.50"),
        ("\u221212.50", "-12.50"),
        ("-$12.50", "-12.50"),
        (".5", "0.5"),
        ("1,000,000", "1000000"),
        ("1 234 567", "1234567"),
        ("0.125", "0.125"),
        ("1234.567", "1234.567"),
        ("7%", None),
        ("1,00,000", None),
        ("1,234 567", None),
        ("--5", None),
        ("(-5)", None),
        ("1e3", None),
        ("1.23457E+11", None),
        ("0x10", None),
        ("twelve", None),
    ],
)
def test_an_amount_with_a_point_is_read_as_people_write_it(typed, text, amount):
    """Each of these can be read in one way alone, and needs nothing else in its column."""
    (row,) = typed("ecommerce", {"UnitPrice": [text]})
    assert row["unit_price"] == (amount and Decimal(amount))
    assert row["problems"] == (None if amount else "unit_price is not an amount")


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("2,55", "2.55"),
        ("2.550,25", "2550.25"),
        ("1 234,56", "1234.56"),
        ("1\u00a0234,56", "1234.56"),
        ("1\u202f234,56 €", "1234.56"),
        ("1'234,50", "1234.50"),
        ("1.234.567", "1234567"),
        ("(0,125)", "-0.125"),
        (",5", "0.5"),
    ],
)
def test_a_column_with_decimal_commas_is_read_so(typed, text, amount):
    rows = typed("ecommerce", {"UnitPrice": [text, "2,550", "1.000", "3"]})
    assert values(rows, "unit_price") == [Decimal(amount), Decimal("2.55"), 1000, 3]
    assert values(rows, "problems") == [None] * 4


def test_thousands_are_read_where_another_value_tells_the_decimal_sign(typed):
    rows = typed("ecommerce", {"UnitPrice": ["2.55", "2,550", "1.000", "3"]})
    assert values(rows, "unit_price") == [Decimal("2.55"), 2550, 1, 3]


def test_each_column_of_each_file_tells_its_own_decimal_sign(typed):
    rows = typed(
        "ecommerce",
        {"UnitPrice": ["2,55", "1.000"], "Quantity": ["2.550", "1.000"]},
        {"UnitPrice": ["2.55", "1.000"], "Quantity": ["2,550", "1,000"]},
    )
    assert values(rows, "unit_price", "quantity") == [
        (Decimal("2.55"), 2550),
        (1000, 1000),
        (Decimal("2.55"), 2550),
        (1, 1000),
    ]


def test_a_number_of_a_typed_file_has_no_decimal_sign(typed):
    """It is the same whatever the texts of other files are told to be."""
    rows = typed(
        "ecommerce",
        parquet("ecommerce", {"UnitPrice": [2.5, 1.125, 1000.0], "Quantity": [1, 2, 1000]}),
        {"UnitPrice": ["2,55", "1.125", "2.5"]},
        decimal="comma",
    )
    prices = [Decimal("2.5"), Decimal("1.125"), 1000, Decimal("2.55"), 1125, None]
    assert values(rows, "unit_price") == prices
    assert values(rows, "quantity")[:3] == [1, 2, 1000]


@pytest.mark.parametrize("text", ["1.000", "1,000", "$1,250", "12.500"])
def test_a_column_that_can_be_read_in_two_ways_is_refused_in_one_line(typed, text):
    columns = {"UnitPrice": ["12", text], "CustomerID": ["1", "2"]}
    with pytest.raises(duckdb.Error) as caught:
        typed("ecommerce", columns)
    (line,) = str(caught.value).splitlines()
    assert (
        f"ecommerce: online_retail_0.csv does not tell its decimal sign: unit_price '{text}'"
        in line
    )
    assert "set the var ecommerce_decimal to point or comma" in line
    with pytest.raises(duckdb.Error) as caught:
        typed("ecommerce", columns, masked_columns=["unit_price"])
    assert text not in str(caught.value)


def test_the_reader_of_1000_is_told_both_readings(typed):
    with pytest.raises(duckdb.Error, match=r"'1\.000' can be read as 1 and as 1000; set the var"):
        typed("ecommerce", {"Quantity": ["12", "1.000"]})


def test_a_column_in_two_minds_is_refused_too(typed):
    with pytest.raises(duckdb.Error) as caught:
        typed("ecommerce", {"UnitPrice": ["2.55", "2,55", "1,35"]})
    assert "a decimal point and with a decimal comma in unit_price ('2.55', '1,35')" in str(
        caught.value
    )


def test_a_stray_comma_costs_its_row_and_no_other(typed):
    rows = typed("ecommerce", {"UnitPrice": [*["2.55"] * 20, "2,55", "1,250"]})
    assert values(rows, "unit_price")[-2:] == [None, 1250]
    assert values(rows, "problems")[-2:] == ["unit_price is not an amount", None]


@pytest.mark.parametrize(
    ("decimal", "amounts"),
    [("point", [1, 1000, Decimal("2.55"), None]), ("comma", [1000, 1, None, Decimal("2.55")])],
)
def test_the_var_tells_the_decimal_sign_where_the_column_does_not(typed, decimal, amounts):
    texts = ["1.000", "1,000", "2.55", "2,55"]
    assert (
        values(typed("ecommerce", {"UnitPrice": texts}, decimal=decimal), "unit_price") == amounts
    )


def test_the_declared_range_rules_a_reading_out(typed):
    """4.000 of five stars is 4, and an age of 19.000 is 19."""
    ratings = typed("ratings", {"rating": ["4.000", "5.000", "7.000"]}, date_formats=["epoch"])
    assert values(ratings, "rating", "problems")[:2] == [(4, None), (5, None)]
    (visitor,) = typed("mall", {"Age": ["19.000"], "Spending Score (1-100)": ["39,000"]})
    assert (visitor["age"], visitor["spending_score"]) == (19, 39)


@pytest.mark.parametrize(
    ("least", "most", "step", "texts", "wrong"),
    [
        (0.5, 5, 0.5, ["0.5", "5", "2.5", "2.3"], "not in steps of 0.5 from 0.5"),
        (1, 10, None, ["1", "10", "7.3", "11"], "above 10"),
        (0, 1, 1, ["0", "1", "1.0", "0.5"], "not in steps of 1 from 0"),
        (0, 1, 0.1, ["0.1", "0.3", "0.7", "0.75"], "not in steps of 0.1 from 0"),
    ],
)
def test_the_scale_of_ratings_is_declared(typed, monkeypatch, least, most, step, texts, wrong):
    table = intake.declared_table("ratings")
    (rating,) = (column for column in table["columns"] if column["name"] == "rating")
    rating.update(min=least, max=most, step=step)
    monkeypatch.setattr(intake, "declared_table", lambda source: table)
    rows = typed("ratings", {"rating": texts}, date_formats=["epoch"])
    assert values(rows, "problems") == [None, None, None, f"rating is {wrong}"]


def test_numbers_of_parquet_files_have_no_decimal_sign_to_find(typed):
    table = parquet(
        "ecommerce",
        {"UnitPrice": pa.array([Decimal("2.550"), Decimal("1.000")]), "Quantity": [1.0, 2.0]},
    )
    prices = parquet("ecommerce", {"UnitPrice": [2.125, 12.345]})
    assert values(typed("ecommerce", table, prices), "unit_price") == [
        Decimal("2.55"),
        1,
        Decimal("2.125"),
        Decimal("12.345"),
    ]


def test_a_sound_file_is_not_read_a_second_time(typed, monkeypatch):
    """What is written plainly is cast at once, and only what is not asks for its column."""
    asked = []
    monkeypatch.setattr(
        typed_rows, "decimal_of", lambda *column: asked.append(column[1:]) or "point"
    )
    typed("ecommerce", {"UnitPrice": ["2.55", "$1,003.50", "3", "0.125"], "Quantity": ["1"] * 4})
    assert asked == []
    typed("ecommerce", {"UnitPrice": ["1.000"] * 5000, "Quantity": ["1"] * 5000})
    assert asked == [("ecommerce", "online_retail_0.csv", "unit_price", True)]


# ---- what is said where too much is rejected --------------------------------------------------


@pytest.mark.parametrize(
    ("reason", "said"),
    [
        (
            "invoice_date is not a date in ecommerce_date_formats",
            ", as '12/1/2010 8:26' in online_retail_0.csv, line 2",
        ),
        (
            "unit_price is not an amount; quantity is missing",
            ", as 'two' in online_retail_0.csv, line 2"
            " (the var ecommerce_decimal says how numbers are written)",
        ),
        (
            "quantity is missing",
            ", as 'NULL' in online_retail_0.csv, line 2"
            " (the var ecommerce_null_texts lists what is no value)",
        ),
        ("customer_id was cut short by a spreadsheet", ", as in online_retail_0.csv, line 2"),
        ("a short row: fewer than 8 fields", ", as in online_retail_0.csv, line 2"),
    ],
)
def test_the_commonest_reason_comes_with_an_example(typed, connection, reason, said):
    row = {
        "InvoiceDate": ["12/1/2010 8:26"],
        "UnitPrice": ["two"],
        "Quantity": ["NULL"],
        "CustomerID": ["1E+11"],
    }
    typed("ecommerce", row)
    for masks in ({}, {"ecommerce": ["invoice_date", "unit_price", "quantity"]}):
        (found,) = connection.execute(
            "select example_of('ecommerce', ?, 'online_retail_0.csv', 2, ?)",
            [reason, json.dumps(masks)],
        ).fetchone()
        if masks:
            assert not any(text in found for (text,) in row.values())
        else:
            assert found == said


def test_a_row_outside_its_range_is_told_where_that_is_declared(typed, connection):
    (row,) = typed("ratings", {"rating": ["0.5"]}, date_formats=["epoch"])
    (found,) = connection.execute(
        "select example_of('ratings', ?, 'ratings_Electronics_0.csv', 2, '{}')", [row["problems"]]
    ).fetchone()
    assert found == (
        ", as '0.5' in ratings_Electronics_0.csv, line 2"
        " (the range is declared in _ratings__sources.yml)"
    )


# ---- files as people have them ----------------------------------------------------------------

CASES = ROOT.parent / "shared" / "cases"
needs_cases = pytest.mark.skipif(
    not CASES.is_dir(), reason=f"the cases are not at {CASES.relative_to(ROOT.parent)}"
)


@needs_cases
@pytest.mark.parametrize(
    ("case", "source", "meaning", "found"),
    [
        ("null-customer", "ecommerce", {}, {"rows": 60, "without": 15}),
        ("nan-customer", "ecommerce", {}, {"rows": 60, "people": 10, "without": 15}),
        ("float-ids-two-files", "ecommerce", {}, {"rows": 120, "people": 10}),
        ("leading-zeros", "mall", {}, {"rows": 41, "people": 41}),
        ("sci-id-ecommerce", "ecommerce", {}, {"customer_id was cut short by a spreadsheet": 30}),
        ("decimal-comma-2", "ecommerce", {}, {"rows": 60, "prices": Decimal("237.00")}),
        (
            "mdy-default",
            "ecommerce",
            {},
            {"rows": 60, "invoice_date is not a date in ecommerce_date_formats": 60},
        ),
        (
            "two-digit-year",
            "ecommerce",
            {"date_formats": ["%m/%d/%Y %H:%M"]},
            {"rows": 60, "invoice_date is not a date in ecommerce_date_formats": 60},
        ),
        ("tz", "ecommerce", {}, {"invoice_date is not a date in ecommerce_date_formats": 60}),
        ("tz", "ecommerce", {"date_formats": [WITH_OFFSET]}, {"hours": {21}}),
        ("half-stars", "ratings", {"date_formats": ["epoch"]}, {"rating is below 1": 5}),
    ],
)
def test_a_case_is_read_right_or_rejected_with_its_reason(typed, case, source, meaning, found):
    rows = typed(source, folder=CASES / case, **meaning)
    person = "user_id" if source == "ratings" else "customer_id"
    seen = {
        "rows": len(rows),
        "people": len({row[person] for row in rows} - {None}),
        "without": sum(row[person] is None for row in rows),
        "prices": sum(row.get("unit_price") or 0 for row in rows),
        "hours": {row["row_at"] and row["row_at"].hour for row in rows if "rating" not in row},
        **Counter(row["problems"] for row in rows),
    }
    assert {name: seen.get(name, 0) for name in found} == found


@needs_cases
def test_a_case_that_can_be_read_in_two_ways_is_refused(typed):
    with pytest.raises(duckdb.Error, match=r"quantity '1\.000' can be read as 1 and as 1000"):
        typed("ecommerce", folder=CASES / "thousands-dot")
    rows = typed("ecommerce", folder=CASES / "thousands-dot", decimal="comma")
    assert {row["quantity"] for row in rows} == {12, 1000}
