import functools
import gzip
import json
import os
from itertools import chain

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from intake_sample import asking

from warehouse import containers, fields, intake, records

HEADER = "CustomerID,Gender,Age,Annual Income (k$),Spending Score (1-100)"


ROWS = HEADER + "\n1,Male,19,15,39\n2,Female,21,15,81\n"


def mall(folder, content, name="Mall_Customers.csv"):
    (folder / name).write_bytes(content if isinstance(content, bytes) else content.encode())
    return intake.describe_files("mall", str(folder), "utf-8")


def problems(folder, *sources):
    return intake.find_problems(str(folder), dict.fromkeys(sources, "utf-8"))


def survey(path, encoding="utf-8"):
    """Look a text through whose records have one field."""
    return records.survey(path, encoding, records.Dialect("|", 1))


def lines_of(path, encoding="utf-8"):
    """Return the rows of a text, read part by part, without a column."""
    found = survey(path, encoding)
    layout = fields.Layout("|", 1, 1, None, encoding, {})
    read = (records.read_part(found.text, **part, dialect=layout.dialect) for part in found.parts)
    rows = list(chain.from_iterable(fields.rows_of(part, layout, []).to_pylist() for part in read))
    assert len(rows) == found.rows
    return rows


def damaged_gzip():
    """Return a packed file that is sound up to a block in its middle: an error of zlib's own."""
    block = bytearray(gzip.compress(ROWS.encode(), mtime=0))
    block[10] = 0xFF
    return gzip.compress(ROWS.encode(), mtime=0) + bytes(block)


def parquet(columns):
    table = pa.Table.from_arrays(list(columns.values()), names=list(columns))
    sink = pa.BufferOutputStream()
    pq.write_table(table, sink)
    return sink.getvalue().to_pybytes()


def mall_columns(**changed):
    names = HEADER.split(",")
    return {name: pa.array([1, 2]) for name in names} | changed


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_the_delimiter_is_taken_from_the_header(tmp_path, delimiter):
    (file,) = mall(tmp_path, HEADER.replace(",", delimiter) + "\n")
    assert file["delimiter"] == delimiter
    assert file["width"] == 5


@pytest.mark.parametrize(
    "header",
    [
        HEADER.upper(),
        HEADER.replace("Gender", "Genre"),
        " customer_id , gender,AGE , annual_income_k, spending score ",
        '"CustomerID","Gender","Age","Annual Income (k$)","Spending Score (1-100)"',
        "\ufeff" + HEADER,
        "\n \n" + HEADER,
        HEADER + "," + ",".join(["x"] * 70_000),
        HEADER + "," + "x" * 140_000,
    ],
)
def test_header_names_are_matched_without_case_blanks_and_signs(tmp_path, header):
    (file,) = mall(
        tmp_path, header.replace("spending score ", "spending_score") + "\r\n1,F,2,3,4\r\n"
    )
    fields = ["customer_id", "gender", "age", "annual_income_k", "spending_score"]
    assert file["fields"] == {name: place for place, name in enumerate(fields, start=1)}


def test_a_missing_optional_column_has_no_field(tmp_path):
    (file,) = mall(tmp_path, HEADER.replace("Gender,", ""))
    assert "gender" not in file["fields"]


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("other.csv", HEADER, "no file Mall_Customers.csv"),
        (
            "Mall_Customers.csv",
            HEADER.replace("Age", "Years"),
            "Mall_Customers.csv has no column 'age'",
        ),
        (
            "Mall_Customers.csv",
            HEADER.replace("Age", "Age,AGE"),
            r"Mall_Customers.csv has more than one column 'age' \('Age', 'AGE'\)",
        ),
        ("Mall_Customers.csv", ",,,,\n1,2,3,4,5", "it has to name customer_id, age"),
        ("Mall_Customers.csv", "", "Mall_Customers.csv is empty"),
        ("Mall_Customers.csv", "\ufeff \n\t\r\n", "Mall_Customers.csv is empty"),
        ("Mall_Customers.csv", HEADER.encode("utf-32"), "UTF-32; save it as UTF-8"),
        ("Mall_Customers.csv", HEADER.replace(",", "\0,"), "zero bytes"),
        ("Mall_Customers.csv", b"PK\x03\x04 and so on", "end .File is not a zip file"),
        ("Mall_Customers.csv.gz", "", "Mall_Customers.csv.gz is empty"),
        ("Mall_Customers.csv.gz", "not packed", "is called .csv.gz and is no such file"),
        (
            "Mall_Customers.csv.gz",
            gzip.compress(ROWS.encode(), mtime=0)[:-9],
            "cannot be read to its end",
        ),
        ("Mall_Customers.csv.gz", damaged_gzip(), "end .Error -3 while decompressing"),
        ("Mall_Customers.parquet", "", "Mall_Customers.parquet is empty"),
        ("Mall_Customers.parquet", "PAR1 and nothing more", "cannot be read to its end"),
        ("Mall_Customers\\*.parquet", parquet(mall_columns()), r"a backslash and one of \[ \* \?"),
        ("Mall_Customers.parquet", parquet({}), "has no column 'customer_id'"),
        (
            "Mall_Customers.parquet",
            parquet(mall_columns(Gender=pa.array([["Male"], []]))),
            r"lists or structs \(list.*\) in 'Gender'",
        ),
        (
            "Mall_Customers.parquet",
            parquet(mall_columns(Age=pa.array([0, 1], pa.timestamp("us", "+01:00")))),
            r"times of the zone \+01:00 in 'Age'; save them as UTC",
        ),
        ("Mall_Customers\n.csv", "", "Mall_Customers\N{REPLACEMENT CHARACTER}.csv is empty"),
    ],
)
def test_a_file_that_cannot_be_read_is_named_in_one_line(tmp_path, name, content, said):
    with pytest.raises(intake.IntakeError, match=said) as caught:
        mall(tmp_path, content, name)
    assert len(str(caught.value).splitlines()) == 1
    assert str(caught.value).startswith("mall: ")


def test_a_broken_page_of_a_parquet_file_is_found_before_anything_is_built(tmp_path):
    content = bytearray(parquet(mall_columns()))
    content[4:40] = b"\xff" * 36
    with pytest.raises(intake.IntakeError, match="cannot be read to its end"):
        mall(tmp_path, bytes(content), "Mall_Customers.parquet")


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (lambda path: path.mkdir(), "is a folder, or something else that is no file"),
        (os.mkfifo, "is a folder, or something else that is no file"),
        (lambda path: path.symlink_to("nowhere"), "is a link to a file that is not there"),
        (lambda path: path.symlink_to(path.name), "is a link to a file that is not there"),
    ],
)
def test_what_has_the_name_of_a_file_and_is_none_is_not_passed_over(tmp_path, make, said):
    (tmp_path / "Mall_Customers_1.csv").write_text(ROWS)
    make(tmp_path / "Mall_Customers_2.csv")
    assert [p.partition(";")[0].rstrip(".") for p in problems(tmp_path, "mall")] == [
        f"mall: Mall_Customers_2.csv {said}"
    ]


def test_a_name_that_is_not_utf8_is_shown(tmp_path):
    (tmp_path / os.fsdecode(b"Mall_Customers\xff.csv")).write_text(ROWS)
    (problem,) = problems(tmp_path, "mall")
    assert problem == r"mall: 'Mall_Customers\udcff.csv' is no name in UTF-8; rename the file."


def test_a_file_without_permission_is_named(tmp_path, monkeypatch):
    def refuse(path):
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr(intake, "container_of", refuse)
    (tmp_path / "Mall_Customers.csv").write_text(ROWS)
    assert problems(tmp_path, "mall") == [
        "mall: Mall_Customers.csv may not be read by the user who builds."
    ]


def test_hidden_files_are_left_alone_and_links_are_followed(tmp_path):
    (tmp_path / ".~lock.Mall_Customers.csv#").write_text("x")
    (tmp_path / "elsewhere").write_text(ROWS)
    (tmp_path / "Mall_Customers.CSV").symlink_to("elsewhere")
    (file,) = intake.describe_files("mall", str(tmp_path), "utf-8")
    assert (file["file"], file["rows"]) == ("Mall_Customers.CSV", 2)


def test_all_problems_of_all_sources_are_said_together(tmp_path):
    (tmp_path / "Mall_Customers_1.csv").write_text(HEADER.replace("Age", "Years"))
    (tmp_path / "Mall_Customers_2.csv").write_text("")
    (tmp_path / "extraalearn.csv").write_text("x")
    said = problems(tmp_path, "mall", "leads")
    assert said[0].startswith("leads: no file ExtraaLearn.csv, .csv.gz, .csv.zst, .csv.zip, .zip,")
    assert "(but 'extraalearn.csv')" in said[0]
    assert said[1].startswith("mall: Mall_Customers_1.csv has no column 'age'")
    assert "not known: 'Years'" in said[1]
    assert said[2] == "mall: Mall_Customers_2.csv is empty; a header line is needed."
    assert len(said) == 3


def test_an_optional_source_may_have_no_file_and_not_even_a_folder(tmp_path):
    assert intake.find_problems(str(tmp_path), {"products": "utf-8"}) == []
    assert intake.find_problems(str(tmp_path / "away"), {"products": "utf-8"}) == []
    assert intake.describe_files("products", str(tmp_path), "utf-8") == []
    (tmp_path / "Product.csv").write_text("x")
    (said,) = intake.find_problems(str(tmp_path), {"products": "utf-8"})
    assert said.startswith(
        f"products: 'Product.csv' in '{tmp_path}' is not read; call it products.csv"
    )
    # What is there is read like any other.
    (tmp_path / "products.csv").write_text("id,what\n1,cup\n")
    said = intake.find_problems(str(tmp_path), {"products": "utf-8"})
    assert len(said) == 1
    assert said[0].startswith("products: products.csv")


def test_an_empty_or_missing_folder_is_one_line_for_all_sources(tmp_path):
    (empty,) = problems(tmp_path, "mall", "leads", "retail")
    assert empty.startswith(f"No file for 3 of 3 sources in RAW_DATA_DIR '{tmp_path}': add Mall_")
    (missing,) = problems(tmp_path / "nowhere", "mall", "leads")
    assert missing.startswith(f"RAW_DATA_DIR '{tmp_path}/nowhere' cannot be read (No such file")


def test_a_run_describes_its_files_once_and_the_next_run_anew(tmp_path):
    assert mall(tmp_path, ROWS)[0]["rows"] == 2
    assert mall(tmp_path, ROWS + "3,Male,19,15,39\n")[0]["rows"] == 2
    assert problems(tmp_path, "mall") == []
    assert intake.describe_files("mall", str(tmp_path), "utf-8")[0]["rows"] == 3


@pytest.mark.parametrize("change", ["append", "cut", "remove"])
def test_a_file_that_changes_while_it_is_read_is_named(tmp_path, change):
    (file,) = mall(tmp_path, ROWS)
    path = tmp_path / "Mall_Customers.csv"
    if change == "remove":
        path.unlink()
    else:
        path.write_text(ROWS + "3,Male,19,15,39\n" if change == "append" else ROWS[:-3])
        os.utime(path, ns=(0, 0))
    with pytest.raises(intake.IntakeError, match=r"^Mall_Customers\.csv (was changed|cannot be)"):
        intake.read_rows(file, 0, [])


def test_a_file_in_two_formats_is_refused(tmp_path):
    (tmp_path / "Mall_Customers.csv.gz").write_bytes(gzip.compress(HEADER.encode(), mtime=0))
    with pytest.raises(intake.IntakeError, match="more than one format"):
        mall(tmp_path, HEADER)


def test_a_missing_folder_and_an_unknown_encoding_are_named(tmp_path):
    with pytest.raises(intake.IntakeError, match="RAW_DATA_DIR"):
        intake.describe_files("mall", str(tmp_path / "nowhere"), "utf-8")
    with pytest.raises(intake.IntakeError, match="var mall_encoding is 'utf8'"):
        intake.describe_files("mall", str(tmp_path), "utf8")


@pytest.mark.parametrize(
    ("line", "header_line", "fields"),
    [
        ("user_id,prod_id,rating", 1, {"user_id": 1, "product_id": 2, "rating": 3}),
        ("rating;asin;User ID", 1, {"user_id": 3, "product_id": 2, "rating": 1}),
        ("AKM,0132793040,5.0", 0, {"user_id": 1, "product_id": 2, "rating": 3}),
        (
            "AKM,0132793040,5.0,1365811200",
            0,
            {"user_id": 1, "product_id": 2, "rating": 3, "rated_at": 4},
        ),
    ],
)
def test_ratings_are_read_with_and_without_a_header(tmp_path, line, header_line, fields):
    (tmp_path / "ratings_Electronics.csv").write_text(line + "\n")
    (file,) = intake.describe_files("ratings", str(tmp_path), "utf-8")
    assert bool(file["header"]) == bool(header_line)
    assert file["fields"] == fields


def test_ratings_without_a_header_need_three_fields(tmp_path):
    (tmp_path / "ratings_Electronics.csv").write_text("AKM,0132793040\n")
    with pytest.raises(intake.IntakeError, match="no header and 2 fields"):
        intake.describe_files("ratings", str(tmp_path), "utf-8")


def test_a_wrong_byte_costs_its_line_and_no_other(tmp_path):
    path = tmp_path / "a.csv"
    path.write_bytes(b"caf\xc3\xa9\ncaf\xe9\nplain")
    assert lines_of(path) == [
        {"row_number": 1, "raw_row": "café", "row_error": None},
        {"row_number": 3, "raw_row": "plain", "row_error": None},
        {"row_number": 2, "raw_row": "café", "row_error": "a byte is not valid utf-8"},
    ]


def test_every_byte_is_valid_latin_1(tmp_path):
    path = tmp_path / "a.csv"
    every_byte = bytes(range(256)).replace(b"\n", b"").replace(b"\r", b"")
    path.write_bytes(every_byte)
    (line,) = lines_of(path, "latin-1")
    assert line["raw_row"] == every_byte.decode("latin-1")


@pytest.mark.parametrize("content", [b"\n", b"a", b"a\n", b"a\r\nb\r\n\r\n c\rd", b"\r\r\n\n"])
def test_lines_are_numbered_as_python_splits_them(tmp_path, content):
    path = tmp_path / "a.csv"
    path.write_bytes(content)
    lines = lines_of(path)
    expected = enumerate(content.decode().splitlines(), start=1)
    assert [(line["row_number"], line["raw_row"]) for line in lines] == [
        (number, line) for number, line in expected if line.strip()
    ]


def test_rows_are_counted_without_blank_lines_and_header(tmp_path):
    text = f"{HEADER}\r\n1\r\n \t\r\n2\r3\n\n4"
    packed, table = gzip.compress(text.encode(), mtime=0), parquet(mall_columns())
    for name, content in (("_a.csv", text), ("_b.csv.gz", packed), ("_c.parquet", table)):
        path = tmp_path / f"Mall_Customers{name}"
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
    files = intake.describe_files("mall", str(tmp_path), "utf-8")
    assert [file["rows"] for file in files] == [4, 4, 2]


@pytest.mark.parametrize("packed", [False, True])
def test_a_text_is_the_same_in_parts_of_any_size(tmp_path, monkeypatch, packed):
    """So that neither memory nor a limit of 2 GiB depends on the size of a file."""
    # A carriage return is found after part of the file was looked through.
    monkeypatch.setattr(containers, "CHUNK_BYTES", 4)
    text = "\ufeffhead\n1,é\r\n2,b\r\n\n \r3,c\r4,d".encode()
    path = tmp_path / ("a.csv.gz" if packed else "a.csv")
    path.write_bytes(gzip.compress(text, mtime=0) if packed else text)
    whole = lines_of(path)
    assert [(line["row_number"], line["raw_row"]) for line in whole] == [
        *((1, "head"), (2, "1,é"), (3, "2,b"), (6, "3,c"), (7, "4,d"))
    ]
    for block in range(1, 12):
        for part in range(6, 14):
            monkeypatch.setattr(records, "BLOCK_BYTES", block)
            monkeypatch.setattr(records, "PART_BYTES", part)
            assert lines_of(path) == whole
    assert len(survey(path).parts) > 1


def test_a_line_longer_than_a_part_is_not_read_on(tmp_path, monkeypatch):
    monkeypatch.setattr(records, "BLOCK_BYTES", 100)
    monkeypatch.setattr(records, "LINE_BYTES", 1000)
    with pytest.raises(intake.IntakeError, match="has a line of more than 1,000 bytes"):
        mall(tmp_path, ROWS + "x" * 2000)


def test_columns_of_parquet_files_are_found_by_place(tmp_path):
    columns = mall_columns(file_row_number=pa.array([7, 8]), line=pa.array([1, 2]))
    columns = {'Customer"ID' if name == "CustomerID" else name: c for name, c in columns.items()}
    (file,) = mall(tmp_path, parquet(columns), "Mall_Customers.parquet")
    assert file["names"] == list(columns)
    assert {name: field["place"] for name, field in file["fields"].items()} == {
        "customer_id": 1,
        "gender": 2,
        "age": 3,
        "annual_income_k": 4,
        "spending_score": 5,
    }


# ---- raw rows in SQL ------------------------------------------------------------------------


@pytest.fixture(scope="module")
def ask(tmp_path_factory):
    with asking(tmp_path_factory.mktemp("warehouse")) as ask:
        yield ask


@pytest.fixture
def sql(ask, tmp_path):
    """Return a function that asks what a build has that reads the files in the test's folder."""
    return functools.partial(ask, folder=tmp_path)


def test_the_rows_of_sources_that_are_not_read_are_there_and_none(sql):
    columns = "select list(column_name order by column_index) from duckdb_columns()"
    assert sql('from raw.mall."Mall_Customers"', read=()) == []
    (names,) = sql(f"{columns} where table_name = 'ratings_Electronics'", read=())[0]
    assert names == [
        *("file", "row_number", "raw_row", "row_error"),
        *("user_id", "product_id", "rating", "rated_at"),
    ]


def test_lines_are_split_or_say_why_not(tmp_path, sql):
    lines = [
        "1,Male,19,15,39",
        ' "2" , "Fe""male,x" ,21,\xa015\t,39',
        "",
        "3,Male,19,15",
        "4,Male,19,15,39,6",
        '5,"Male,19,15,39',
        '6,Ma"le,19,15,39',
        ",,,,",
    ]
    text = "\n".join([HEADER, *lines]).encode() + b"\n7,M\xffle,19,15,39\n"
    (tmp_path / "Mall_Customers.csv").write_bytes(text)
    found = sql(
        "select row_number, row_error, customer_id, gender, age, annual_income_k"
        ' from raw.mall."Mall_Customers" order by row_number'
    )
    assert found == [
        (2, None, "1", "Male", "19", "15"),
        (3, None, "2", 'Fe"male,x', "21", "15"),
        (5, "a short row: fewer than 5 fields", "3", "Male", "19", "15"),
        (6, "a long row: more than 5 fields", "4", "Male", "19", "15"),
        (7, "a stray or unclosed quote", None, None, None, None),
        (8, "a stray or unclosed quote", None, None, None, None),
        (9, None, None, None, None, None),
        (10, "a byte is not valid utf-8", None, None, None, None),
    ]
    described = "select unnest(described_raw_files(), recursive := true)"
    assert sql(described) == [("mall", "Mall_Customers.csv", ",", "utf-8", 8)]


def test_the_raw_row_of_a_parquet_file_holds_its_columns_and_nothing_of_its_order(tmp_path, sql):
    # Names that need quoting, are twice there, or are DuckDB's and ours.
    columns = [
        ("file_row_number", [7, 7]),
        ("file", [1, 2]),
        ("row_number", [1, 2]),
        ("column_1", [1, 2]),
        ('Customer"ID', ["a", "b"]),
        ("Gender", ["Male", "Female"]),
        ("extra", [[1], [2, 3]]),
        ("EXTRA", [1, 2]),
        ("", [1, 2]),
        ("AGE", [19.0, 21.5]),
        ("annual.income[k]$", [15, 15.5]),
        ("{{ spending }} score", [39, 81]),
    ]
    table = pa.Table.from_arrays(
        [pa.array(values) for _, values in columns], names=[name for name, _ in columns]
    )
    pq.write_table(table, tmp_path / "Mall_Customers_[a]'.parquet")
    found = sql(
        "select row_number, customer_id, age, annual_income_k, spending_score, raw_row"
        ' from raw.mall."Mall_Customers" order by row_number'
    )
    assert [row[:-1] for row in found] == [
        (1, "a", "19", "15", "39"),
        (2, "b", "21.5", "15.5", "81"),
    ]
    assert found[0][-1] == (
        '{"file_row_number":7,"file":1,"row_number":1,"column_1":1,"Customer\\"ID":"a",'
        '"Gender":"Male","extra":[1],"EXTRA":1,"":1,"AGE":19.0,"annual.income[k]$":15.0,'
        '"{{ spending }} score":39}'
    )
    masks = json.dumps({"mall": ["age", "gender"]})
    (masked,) = sql(
        f"select masked_raw_row('mall', file, raw_row, '{masks}')"
        ' from raw.mall."Mall_Customers" order by row_number limit 1'
    )[0]
    assert masked.count('"***"') == 2
    assert '"Gender":"***"' in masked
    assert json.loads(masked).keys() == json.loads(found[0][-1]).keys()
