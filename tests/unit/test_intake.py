import gzip

import intake
import pandas as pd
import pytest

HEADER = "CustomerID,Gender,Age,Annual Income (k$),Spending Score (1-100)"


def mall(folder, content, name="Mall_Customers.csv"):
    (folder / name).write_bytes(content if isinstance(content, bytes) else content.encode())
    return intake.describe_files("mall", str(folder), "utf-8")


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
        ("Mall_Customers.csv", "", "Mall_Customers.csv is empty"),
        ("Mall_Customers.csv", HEADER.encode("utf-16"), "UTF-16"),
        ("Mall_Customers.parquet", "PAR1 and nothing more", "not a readable parquet file"),
        ("Mall_Customers.csv.gz", "not packed", "cannot be read"),
    ],
)
def test_a_file_that_cannot_be_read_is_named_in_one_line(tmp_path, name, content, said):
    with pytest.raises(intake.IntakeError, match=said) as caught:
        mall(tmp_path, content, name)
    assert "\n" not in str(caught.value)
    assert str(caught.value).startswith("mall: ")


def test_a_file_in_two_formats_is_refused(tmp_path):
    (tmp_path / "Mall_Customers.csv.gz").write_bytes(gzip.compress(HEADER.encode()))
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
    assert file["header_line"] == header_line
    assert file["fields"] == fields


def test_ratings_without_a_header_need_three_fields(tmp_path):
    (tmp_path / "ratings_Electronics.csv").write_text("AKM,0132793040\n")
    with pytest.raises(intake.IntakeError, match="no header and 2 fields"):
        intake.describe_files("ratings", str(tmp_path), "utf-8")


def test_a_wrong_byte_costs_its_line_and_no_other(tmp_path):
    path = tmp_path / "a.csv"
    path.write_bytes(b"caf\xc3\xa9\ncaf\xe9\nplain")
    lines = intake.read_lines(str(path), "utf-8").to_pylist()
    assert lines == [
        {"row_number": 1, "line": "café", "is_decoded": True},
        {"row_number": 2, "line": "café", "is_decoded": False},
        {"row_number": 3, "line": "plain", "is_decoded": True},
    ]


def test_every_byte_is_valid_latin_1(tmp_path):
    path = tmp_path / "a.csv"
    every_byte = bytes(range(256)).replace(b"\n", b"").replace(b"\r", b"")
    path.write_bytes(every_byte)
    (line,) = intake.read_lines(str(path), "latin-1").to_pylist()
    assert line["line"] == every_byte.decode("latin-1")


@pytest.mark.parametrize("content", [b"", b"\n", b"a", b"a\n", b"a\r\nb\r\n\r\n c\rd", b"\r\r\n\n"])
def test_lines_are_numbered_as_python_splits_them(tmp_path, content):
    path = tmp_path / "a.csv"
    path.write_bytes(content)
    lines = intake.read_lines(str(path), "utf-8").to_pylist()
    assert [line["line"] for line in lines] == content.decode().replace("\r\n", "\n").replace(
        "\r", "\n"
    ).removesuffix("\n").split("\n")[: len(content.splitlines())]
    assert [line["row_number"] for line in lines] == list(range(1, len(lines) + 1))


def test_rows_are_counted_without_blank_lines_and_header(tmp_path):
    (tmp_path / "a.csv").write_bytes(b"h\r\n1\r\n \t\r\n2\r3\n\n4")
    (tmp_path / "a.csv.gz").write_bytes(gzip.compress(b"1\n2\n"))
    pd.DataFrame({"h": [1, 2, 3]}).to_parquet(tmp_path / "a.parquet")
    assert intake.count_rows(str(tmp_path / "a.csv"), 1) == 4
    assert intake.count_rows(str(tmp_path / "a.csv.gz"), 0) == 2
    assert intake.count_rows(str(tmp_path / "a.parquet"), 0) == 3


def test_lines_across_blocks_are_counted_once():
    from io import BytesIO

    content = b"ab\r\ncd\r\n\nef"
    for size in range(1, len(content) + 1):
        assert list(intake._lines(BytesIO(content), size)) == [b"ab", b"cd", b"", b"ef"]


def test_a_file_cut_off_in_the_middle_is_named(tmp_path):
    path = tmp_path / "a.csv.gz"
    path.write_bytes(gzip.compress(b"line\n" * 100_000)[:-40])
    with pytest.raises(intake.IntakeError, match=r"a\.csv\.gz cannot be read to its end"):
        intake.count_rows(str(path), 0)
