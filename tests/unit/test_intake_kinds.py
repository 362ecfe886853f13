"""Files as people have them: each kind is read right, or refused in one line."""

import codecs
import functools
import gzip
import io
import json
import zipfile
from datetime import date, datetime
from pathlib import Path

import numpy as np
import openpyxl
import pyarrow as pa
import pytest
from intake_sample import asking, workbook

from warehouse import fields, records

CASES = Path(__file__).parents[3] / "shared" / "cases"
HEADER = "CustomerID,Gender,Age,Annual Income (k$),Spending Score (1-100)"
ROWS = HEADER + "\n1,Male,19,15,39\n2,Female,21,15.5,81\n"
TABLES = {
    "Mall": ("mall", "Mall_Customers"),
    "online": ("ecommerce", "online_retail"),
    "ratings": ("ratings", "ratings_Electronics"),
}
TABLE = [line.split(",") for line in ROWS.splitlines()]
VISITORS = [("1", "Male", "19", "15", "39"), ("2", "Female", "21", "15.5", "81")]
FIELDS = "customer_id, gender, age, annual_income_k, spending_score"
ALL = f'select {FIELDS} from raw.mall."Mall_Customers" order by file, row_number'
JUDGED = (
    'select row_number, row_error, customer_id from raw.mall."Mall_Customers" order by row_number'
)
DESCRIBED = (
    "select * from (select unnest(described_raw_files(), recursive := true)) where source = 'mall'"
)


@pytest.fixture(scope="module")
def ask(tmp_path_factory):
    with asking(tmp_path_factory.mktemp("warehouse")) as ask:
        yield ask


@pytest.fixture
def sql(ask, tmp_path):
    """Return a function that asks what a build has that reads the files in the test's folder."""
    return functools.partial(ask, folder=tmp_path)


@pytest.fixture
def write(tmp_path):
    def write(content, name="Mall_Customers.csv"):
        (tmp_path / name).write_bytes(content if isinstance(content, bytes) else content.encode())

    return write


def zipped(*members, is_locked=False):
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members:
            archive.writestr(name, content)
    data = bytearray(stream.getvalue())
    if is_locked:
        data[data.index(b"PK\x01\x02") + 8] |= 1
    return bytes(data)


def zstd(text):
    return pa.compress(text.encode(), "zstd", asbytes=True)


# ---- containers -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("Mall_Customers.CSV", ROWS),
        ("Mall_Customers.txt", ROWS),
        ("Mall_Customers.tsv", ROWS.replace(",", "\t")),
        ("Mall_Customers.csv.gz", gzip.compress(ROWS.encode())),
        ("Mall_Customers.gz", gzip.compress(ROWS.encode())),
        ("Mall_Customers.TSV.ZST", zstd(ROWS)),
        ("Mall_Customers.csv.zst", zstd(ROWS[:70]) + zstd(ROWS[70:])),
        ("Mall_Customers.csv.zip", zipped(("Mall.csv", ROWS))),
        ("Mall_Customers.zip", zipped(("a/", ""), ("a/x.TXT", ROWS), ("__MACOSX/a/._x.csv", "x"))),
        ("Mall_Customers.zip", zipped(("read me.md", "x"), ("x.xlsx", workbook(One=TABLE)))),
        ("Mall_Customers.xlsx", workbook(One=TABLE)),
        # The name lies, and what it is beyond doubt counts.
        ("Mall_Customers.csv", gzip.compress(ROWS.encode())),
        ("Mall_Customers.csv", zstd(ROWS)),
        ("Mall_Customers.csv", zipped(("x.csv", ROWS))),
        ("Mall_Customers.csv", workbook(One=TABLE)),
        ("Mall_Customers.csv.gz", workbook(One=TABLE)),
    ],
)
def test_a_file_is_read_however_it_is_packed(sql, write, name, content):
    write(content, name)
    assert sql(ALL) == VISITORS
    assert [row[-1] for row in sql(DESCRIBED)] == [2]


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        (
            "Mall_Customers.zip",
            zipped(("a.csv", ROWS), ("b.csv", ROWS)),
            "is a zip that holds 'a.csv', 'b.csv'; it has to hold one file",
        ),
        ("Mall_Customers.zip", zipped(("a.pdf", "")), "is a zip that holds 'a.pdf'; it has to"),
        ("Mall_Customers.zip", zipped(), "is a zip that holds nothing"),
        ("Mall_Customers.zip", zipped(("a.csv", ROWS), is_locked=True), "a zip with a password"),
        ("Mall_Customers.zip", zipped(("a.csv", gzip.compress(b""))), "'a.csv' in it is no text"),
        ("Mall_Customers.zip", zipped(("a.csv", ROWS))[:-30], "is not a zip file"),
        ("Mall_Customers.zip", zipped(("a.xlsx", zipped(("b", "")))), "is no whole Excel file"),
        ("Mall_Customers.csv.zst", zstd(ROWS)[:-4], "cannot be read to its end"),
        ("Mall_Customers.xlsx", ROWS, "is called .xlsx and is no such file"),
        ("Mall_Customers.xlsx", b"\xd0\xcf\x11\xe0 and so on", "old Excel file or one with a pass"),
        ("Mall_Customers.xlsx", workbook(One=TABLE)[:-30], "is not a zip file"),
        ("Mall_Customers.xlsx", workbook(One=[]), "has no sheet with anything in it"),
        ("Mall_Customers.xls", b"\xd0\xcf\x11\xe0", "'Mall_Customers.xls' in"),
        ("Mall_Customers.csv", b"Rar!\x1a\x07", "is packed by rar; unpack it"),
    ],
)
def test_what_cannot_be_read_is_one_line(sql, write, name, content, said):
    write(content, name)
    (problem,) = sql(ALL)
    assert said in problem
    assert problem.startswith("mall: ")


@pytest.mark.parametrize("other", ["Mall_Customers.xlsx", "Mall_Customers.zip"])
def test_a_file_beside_another_of_its_name_is_not_passed_over(sql, write, other):
    write(ROWS)
    write(workbook(One=TABLE), other)
    (problem,) = sql(ALL)
    assert "'Mall_Customers' is in" in problem
    assert "more than one format" in problem


@pytest.mark.parametrize(
    "near", ["mall-customers.csv", "MallCustomers (1).xlsx", "Mall_Custmers.csv"]
)
def test_a_file_under_nearly_the_right_name_is_shown(sql, write, near):
    write(ROWS, near)
    (problem,) = sql(ALL)
    assert f"(but '{near}')" in problem


# ---- encodings ------------------------------------------------------------------------------

ACCENTED = ROWS.replace("Female", "Fémàle €")


@pytest.mark.parametrize(
    ("content", "told", "encoding"),
    [
        (codecs.BOM_UTF8 + ACCENTED.encode(), "latin-1", "utf-8"),
        (codecs.BOM_UTF16_LE + ACCENTED.encode("utf-16-le"), "utf-8", "utf-16-le"),
        (codecs.BOM_UTF16_BE + ACCENTED.encode("utf-16-be"), "latin-1", "utf-16-be"),
        (ACCENTED.encode("utf-16-le"), "utf-8", "utf-16-le"),
        (ACCENTED.encode("utf-16-be"), "utf-8", "utf-16-be"),
        (ACCENTED.encode("utf-16-le"), "utf-16", "utf-16-le"),
        (ACCENTED.encode("cp1252"), "cp1252", "cp1252"),
        (ACCENTED.encode("utf-8"), "utf-8", "utf-8"),
    ],
)
def test_an_encoding_is_read_where_it_is_certain_or_told(sql, write, content, told, encoding):
    write(content)
    rows = sql(ALL, encoding=told)
    assert [row[1] for row in rows] == ["Male", "Fémàle €"]
    assert [row[3] for row in sql(DESCRIBED, encoding=told)] == [encoding]


@pytest.mark.parametrize(
    ("encoding", "wrong", "broken"),
    [
        ("utf-8", b"\xff", b"Ma\xffle"),
        ("cp1252", b"\x81", b"Ma\x81le"),
        ("utf-16", b"", "Ma\ud800le".encode("utf-16-le", "surrogatepass")),
    ],
)
def test_broken_bytes_cost_their_row_in_every_encoding(sql, write, encoding, wrong, broken):
    text = ROWS + "3,Xx,19,15,39\n4,Männer,1,1,1\n"
    name = "utf-16-le" if encoding == "utf-16" else encoding
    write(text.encode(name).replace("Xx".encode(name), broken))
    found = sql(JUDGED, encoding=encoding)
    assert found[:2] + found[3:] == [(2, None, "1"), (3, None, "2"), (5, None, "4")]
    assert found[2] == (4, f"a byte is not valid {name}", None)


def test_half_a_character_at_the_end_costs_the_last_row(sql, write):
    write(ROWS.encode("utf-16")[:-1])
    assert sql(JUDGED)[-1] == (3, "a byte is not valid utf-16-le", None)


def test_a_text_of_another_encoding_is_one_line_and_a_few_bytes_are_not(sql, write):
    row = "{},Märy,19,15,39\n"
    rows = [row.format(number) for number in range(1000)]
    write(HEADER + "\n" + "".join(rows), "Mall_Customers_sound.csv")
    for n_wrong in (2, 3, 9, 10, 600):
        plain = ["1,Mary,19,15,39\n"] * (1000 - n_wrong)
        write((HEADER + "\n" + "".join(plain + rows[:n_wrong])).encode("latin-1"))
        found = sql(JUDGED)
        if n_wrong < 10:
            assert sum(row[1] is not None for row in found) == n_wrong
        else:
            (problem,) = found
            assert problem.startswith(
                f"mall: Mall_Customers.csv is not utf-8: {n_wrong} of 1,000 rows cannot be read so,"
                f" the first in line {1002 - n_wrong}; set the var mall_encoding"
            )
    # Where most accents are sound, the file is what was told, and broken in places.
    wrong = "".join(rows[:400]).encode("latin-1")
    write(HEADER.encode() + b"\n" + wrong + "".join(rows[400:]).encode())
    assert sum(row[1] is not None for row in sql(JUDGED)) == 400


# ---- headers --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("content", "first"),
    [
        ("sep=;\n" + ROWS.replace(",", ";"), 3),
        ("SEP=,\r\n" + ROWS, 3),
        ('"sep=|"\n' + ROWS.replace(",", "|"), 3),
        ("sep=,,,,,\n" + ROWS, 3),
        (ROWS.replace(",", "|"), 2),
        ("Report of customers\nExported 2024-01-01\n\n" + ROWS, 5),
        ("Report; of, customers,,,\n,,,,\n" + ROWS, 4),
        ("\n" * 30 + "title\n" * 19 + ROWS, 51),
        (ROWS.replace("Annual Income (k$)", '"Annual\nIncome, (k$)"'), 3),
        (ROWS.replace("\n", ",\n"), 2),
        (ROWS.replace("\n", ",\n").replace(",\n", "\n", 1), 2),
        (ROWS.replace("\n", ",, \n", 1), 2),
        (ROWS.replace("\n", ";;;\n").replace(",", ";"), 2),
    ],
)
def test_the_header_is_found(sql, write, content, first):
    write(content)
    assert sql(ALL) == VISITORS
    assert sql(JUDGED) == [(first, None, "1"), (first + 1, None, "2")]
    assert [row[-1] for row in sql(DESCRIBED)] == [2]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (
            ROWS.replace("Age,", "Age,Age,").replace(",19", ",99,19").replace(",21", ",99,21"),
            "has more than one column 'age' ('Age', 'Age'); rename all but one.",
        ),
        (
            "Report\n" + ROWS.replace("Age", "Years"),
            "missing: age; not known: 'Years'; line 2 was taken for it, cut at ',').",
        ),
        (
            "Report\nName|Sex|Old\nAnne|F|19\n",
            "(line 2 was taken for it, cut at '|': it names 'Name', 'Sex', 'Old').",
        ),
        (
            "Anne,F,19,15\nBert,M,21,81\n",
            "(line 1 was taken for it, cut at ',': it has 4 field(s)).",
        ),
        (
            "1,Male,19,15,39\n" + ROWS,
            "has rows above its header (line 2): line 1 has 5 fields; move the header to the top.",
        ),
        ("title\n" * 20 + ROWS, "has no column 'customer_id' in its header"),
    ],
)
def test_a_header_that_is_not_one_is_shown(sql, write, content, said):
    write(content)
    (problem,) = sql(ALL)
    assert said in problem


def test_a_row_with_a_delimiter_too_many_is_long_where_others_have_none(sql, write):
    write(ROWS + "3,Smith, J,19,15\n4,Male,19,15,39,\n")
    assert sql(JUDGED)[2:] == [
        (4, None, "3"),
        (5, "a long row: more than 5 fields", "4"),
    ]
    # Where all have one, what stands behind it is no part of the row.
    rows = ROWS.replace("\n", ",\n").replace(",\n", "\n", 1)
    write(rows + "3,Smith, J,19,15,39\n4,Male,19,15,39\n")
    assert sql(JUDGED)[2:] == [
        (4, "a long row: more than 5 fields", "3"),
        (5, None, "4"),
    ]


@pytest.mark.parametrize("again", [HEADER, f" {HEADER}\t", "\ufeff" + HEADER])
def test_a_header_line_in_the_middle_is_no_row(sql, write, again):
    write(ROWS + again + "\n3,Male,19,15,39\n")
    assert [row[:2] for row in sql(JUDGED)] == [
        (2, None),
        (3, None),
        (4, "the header again"),
        (5, None),
    ]
    assert sql(DESCRIBED)[0][-1] == 4


@pytest.mark.parametrize(
    ("first", "is_row"),
    [
        ("reviewer,isbn,stars,when", False),
        ("reviewer,isbn,stars_1to5", False),
        ("U0,0000000100,1.0,1365811200", True),
        ("U0,0000000100,nan,1365811200", True),
        ("U0,0000000100,,1365811200", True),
        ("user,item,5,1365811200", True),
    ],
)
def test_a_header_of_ratings_that_is_not_known_is_no_row(sql, write, first, is_row):
    write(first + "\nU1,0000000101,2.0,1365811201\n", "ratings_Electronics.csv")
    found = sql('select user_id, rating from raw.ratings."ratings_Electronics"', read=("ratings",))
    if is_row:
        assert len(found) == 2
    else:
        (problem,) = found
        assert "has no column 'user_id' in its header, nor any other that is known" in problem
        assert "'reviewer', 'isbn', 'stars" in problem or "it has 3 field(s)" in problem


# ---- records of several lines ---------------------------------------------------------------


@pytest.mark.parametrize("block", [1, 7, 64, 1 << 24])
def test_a_quoted_field_may_hold_line_breaks(sql, write, monkeypatch, block):
    monkeypatch.setattr(records, "BLOCK_BYTES", block)
    monkeypatch.setattr(records, "PART_BYTES", max(block, 200))
    write(
        HEADER + '\r\n1,"Ma\r\n\r\n""le"", ",19,15,39\r\n2,Female,21,"1\n5"\t,81\n\n'
        '3,"a",1,"2","\n"\n4,Male,19,15,39\n"5" ,"x\ny", "z\n",2, "3"'
    )
    assert sql(JUDGED) == [
        (2, None, "1"),
        (5, "a stray or unclosed quote", None),
        (6, "a stray or unclosed quote", None),
        (8, None, "3"),
        (10, None, "4"),
        (11, None, "5"),
    ]
    assert [row[1:3] for row in sql(ALL)] == [
        ('Ma\n\n"le",', "19"),
        (None, None),
        (None, None),
        ("a", "1"),
        ("Male", "19"),
        ("x\ny", "z\n"),
    ]
    assert sql(DESCRIBED)[0][-1] == 6
    masks = json.dumps({"mall": ["gender"]})
    masked = f"select masked_raw_row('mall', file, raw_row, '{masks}')"
    (row,) = sql(f'{masked} from raw.mall."Mall_Customers" where row_number = 2')
    assert row == ("1,***,19,15,39",)


@pytest.mark.parametrize(
    "stray",
    [
        '3,"Male,19,15,39',
        '3,Ma"le,19,15,39',
        '3,Male,19,15,"39',
        '3,"Ma"le,19,15,39',
        '3,"""Male,19,15,39',
        '"3,Male,19,15,39',
    ],
)
@pytest.mark.parametrize("closed", ["", '9,Male",19,15,39', '9,x,1,"2",3', '9,Male,19,15,"39'])
@pytest.mark.parametrize("block", [16, 1 << 24])
def test_a_stray_quote_costs_its_record_and_no_other(sql, write, monkeypatch, stray, closed, block):
    """Even where another further on would close it."""
    monkeypatch.setattr(records, "BLOCK_BYTES", block)
    sound = [f"{n},Male,19,15,39" for n in range(4, 9)]
    write(ROWS + "\n".join([stray, *sound, closed]))
    found = sql(JUDGED)
    assert found[2] == (4, "a stray or unclosed quote", None)
    assert found[3:8] == [(row, None, str(row - 1)) for row in range(5, 10)]
    assert len(found) == 8 + bool(closed)
    assert sql(DESCRIBED)[0][-1] == len(found)


def test_the_end_of_a_field_is_looked_for_in_bounds(sql, write, monkeypatch):
    monkeypatch.setattr(records, "RECORD_BYTES", 60)
    write(ROWS + '3,"a\nb",1,2,3\n4,"' + "a\n" * 40 + '",1,2,3\n')
    found = sql(JUDGED)
    assert found[2:4] == [(4, None, "3"), (6, "a stray or unclosed quote", None)]
    assert len(found) == 4 + 40
    assert sql(DESCRIBED)[0][-1] == 44


EVERYTHING = 'select columns(*) from raw.{}."{}" order by file, row_number'
BLANKS = ROWS + (
    " 3 ,\tMale,\xa019\xa0,15 x,39\n4,é à\xa0,ß,à,\n , ,\t,\xa0,\n  \n5,\x0b,\x0c,\x85,\u2028\n"
    '6,"a ""b"" ",1,2,3\n7,à,à ,à,à\n8,1,2,3\n9,1,2,3,4,5\n\t \n'
)


def none_is_sound(records_, layout):
    """Say of all records that they have to be cut one by one."""
    return np.zeros(len(records_.starts), dtype=bool)


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_sound_records_are_what_they_are_one_by_one(sql, write, monkeypatch, delimiter):
    blanks = BLANKS.replace("\t", "") if delimiter == "\t" else BLANKS
    write(blanks.replace(",", delimiter))
    query = EVERYTHING.format("mall", "Mall_Customers")
    found = sql(query)
    monkeypatch.setattr(fields, "_are_sound", none_is_sound)
    assert sql(query) == found
    assert {row[3] for row in found} == {
        None,
        "a short row: fewer than 5 fields",
        "a long row: more than 5 fields",
    }


@pytest.mark.skipif(not CASES.is_dir(), reason="the cases are not at ../shared/cases")
@pytest.mark.parametrize("case", sorted(each.name for each in CASES.glob("*") if each.is_dir()))
def test_the_cases_are_the_same_one_by_one(ask, monkeypatch, case):
    names = [path.name for path in (CASES / case).iterdir() if path.name != "README"]
    source, table = next(each for stem, each in TABLES.items() if names[0].startswith(stem))
    query = EVERYTHING.format(source, table)
    found = ask(query, folder=CASES / case, read=(source,))
    monkeypatch.setattr(fields, "_are_sound", none_is_sound)
    assert ask(query, folder=CASES / case, read=(source,)) == found


# ---- workbooks ------------------------------------------------------------------------------

LINES = [
    *(["InvoiceNo", "StockCode", "Description", "Quantity", "InvoiceDate", "UnitPrice"]),
    *(["CustomerID", "Country"]),
]


def test_dates_and_numbers_of_a_workbook_are_read_as_excel_stores_them(sql, write):
    rows = [
        [536365.0, "085123A", " MUG\xa0", 6, datetime(2010, 12, 1, 8, 26), 2.55, 17850.0, "UK"],
        ["C536366", 85123, "", -6, date(2010, 12, 2), 1e-7, 1234567890123456789, True],
        [None] * 8,
        [536367, "1", "x", "6", "2010-12-03 08:26:00", 0.1 + 0.2, 1.25, -1.234],
        LINES,
    ]
    titles = [["Report of sales"], [None], ["made", date(2011, 1, 1)]]
    write(workbook(Sales=[*titles, LINES, *rows]), "online_retail.xlsx")
    found = sql(
        "select row_number, row_error,"
        " columns(* exclude (file, raw_row, row_number, row_error, currency))"
        ' from raw.ecommerce."online_retail" order by row_number',
        read=("ecommerce",),
    )
    assert found == [
        (
            5,
            None,
            "536365",
            "085123A",
            "MUG",
            "6",
            "2010-12-01T08:26:00.000000",
            "2.55",
            "17850",
            "UK",
        ),
        (
            *(6, None, "C536366", "85123", None, "-6", "2010-12-02T00:00:00.000000", "0.0000001"),
            *("1.23456789012346E+18", "true"),
        ),
        (8, None, "536367", "1", "x", "6", "2010-12-03 08:26:00", "0.3", "1.25", "-1.2340"),
        (9, "the header again", *LINES),
    ]
    raw_row = 'select raw_row from raw.ecommerce."online_retail" where row_number = 5'
    ((shown,),) = sql(raw_row, read=("ecommerce",))
    assert json.loads(shown)["InvoiceDate"] == "2010-12-01 08:26:00"
    assert json.loads(shown).keys() == set(LINES)
    masks = json.dumps({"ecommerce": ["country"]})
    masked = f"select masked_raw_row('ecommerce', 'online_retail.xlsx', '{shown}', '{masks}')"
    ((masked,),) = sql(masked, read=("ecommerce",))
    assert json.loads(masked) == {**json.loads(shown), "Country": "***"}


def test_all_sheets_with_the_same_columns_are_read(sql, write):
    write(
        workbook(A=TABLE[:2], Notes=[["x", 1]], B=[["title"], TABLE[0], TABLE[2]], C=[]),
        "Mall_Customers.xlsx",
    )
    assert sql(ALL) == VISITORS
    assert [(row[1], row[-1]) for row in sql(DESCRIBED)] == [
        ("Mall_Customers.xlsx, sheet 'A'", 1),
        ("Mall_Customers.xlsx, sheet 'B'", 1),
    ]


@pytest.mark.parametrize(
    ("sheets", "said"),
    [
        ({"Notes": [["x"]], "A": TABLE}, "nor any other that is known; it has to name"),
        (
            {"A": TABLE, "B": [[*TABLE[0][:2], "Years", *TABLE[0][3:]], TABLE[1]]},
            "not known: 'Years'; line 1 was taken for it) (sheet 'B')",
        ),
        (
            {"A": TABLE, "B": [[*TABLE[0], "more"], TABLE[1]]},
            "has other columns in the sheet 'B' than in the one before",
        ),
    ],
)
def test_a_sheet_is_not_passed_over_where_it_may_be_data(sql, write, sheets, said):
    write(workbook(**sheets), "Mall_Customers.xlsx")
    (problem,) = sql(ALL)
    assert said in problem


def test_a_hidden_sheet_is_not_read(sql, write):
    book = openpyxl.load_workbook(io.BytesIO(workbook(A=TABLE, B=TABLE)))
    book["B"].sheet_state = "hidden"
    stream = io.BytesIO()
    book.save(stream)
    write(stream.getvalue(), "Mall_Customers.xlsx")
    assert sql(ALL) == VISITORS
