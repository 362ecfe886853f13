"""Builds from files as people have them: in every dialect, and broken in every way."""

import csv
import gzip
import io
import zipfile
from datetime import datetime
from decimal import Decimal

import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from conftest import NIGHTLY, SAMPLE, Warehouse

INTAKE = (
    "checked_*",
    "stg_*",
    "raw_files",
    "*_category_map",
    "non_product_codes",
    "data_quality",
    "data_quality_rules",
    "rejected_rows",
)
# A folder whose name looks like a hive partition, and needs quoting.
RAW = "age=30, 'raw' {{ files }}"
HEADER = "CustomerID,Gender,Age,Annual Income (k$),Spending Score (1-100)\n"


def read(tmp_path, source, files, **variables):
    """Build a source's intake from files given as name to bytes, and return run and warehouse."""
    raw = tmp_path / RAW
    raw.mkdir(exist_ok=True)
    for name, content in files.items():
        (raw / name).write_bytes(content if isinstance(content, bytes) else content.encode())
    warehouse = Warehouse(tmp_path / "warehouse", raw)
    variables = {"sources_enabled": [source], **variables}
    return warehouse.dbt(*NIGHTLY, "--select", *INTAKE, variables=variables), warehouse


def write_parquet(target, *columns):
    arrays = [pa.array(values) for _, values in columns]
    pq.write_table(pa.Table.from_arrays(arrays, names=[name for name, _ in columns]), target)


@pytest.fixture(scope="module")
def dialects(tmp_path_factory):
    """Return a warehouse built from one file per dialect, two visitors in each."""
    folder = tmp_path_factory.mktemp("dialects")
    plain = HEADER + "{0}1,Male,19,15,39\n{0}2,Female,21,15.50,81\n"
    quoted = (
        '"CustomerID" , "Gender","Age","Annual Income (k$)","Spending Score (1-100)"\n'
        '"{0}1", "Male" ,"19"," 15","39"\n"{0}2","female",21,"$15.50 ",81\n'
    )
    files = {
        "comma": plain,
        "semicolon": plain.replace(",", ";"),
        "tab": plain.replace(",", "\t"),
        "pipe": plain.replace(",", "|"),
        "sep": "sep=;\n" + plain.replace(",", ";"),
        "titles": "Visitors\nof 2024, all\n\n" + plain,
        "trailing": plain.replace("\n", ",\n").replace(",\n", "\n", 1),
        "breaks": plain.replace("\n", ',"a\n""b"""\n'),
        "bom": "\ufeff" + plain,
        "crlf": plain.replace("\n", "\r\n"),
        "cr": plain.replace("\n", "\r"),
        "quoted": quoted,
        "case": plain.replace("CustomerID,Gender", " customer_id ,GENRE").replace("Male", " MALE "),
        "blank_lines": "\n" + plain.replace("\n", "\n \n\n"),
        "no_last_end": plain.rstrip("\n"),
        "shuffled_columns": "Age,extra,Gender,spending_score,annual_income,CustomerID\n"
        "19,x,Male,39,15,{0}1\n21,x,Female,81,15.50,{0}2\n",
        "names_of_ours": 'file,row_number,"Customer""ID",gender,age,annual_income,spending_score\n'
        "1,2,{0}1,Male,19,15,39\n1,2,{0}2,Female,21,15.50,81\n",
        "wide": plain.replace("\n", "," + ",".join(f"column_{n}" for n in range(20_000)) + "\n", 1)
        .replace(",39\n", ",39" + ",1" * 20_000 + "\n")
        .replace(",81\n", ",81" + ",1" * 19_999 + "," + "x" * 140_000 + "\n"),
        'it\'s "quoted"; 100 %s {{ 1 }}\n[é]': plain,
    }
    contents = {
        f"Mall_Customers_{name}.csv": content.replace(
            "{0}", "name_0" if "'" in name else name + "_0"
        )
        for name, content in files.items()
    }
    contents["Mall_Customers_gz.csv.gz"] = gzip.compress(plain.format("gz_0").encode())
    contents["Mall_Customers_zst.tsv.zst"] = pa.compress(
        plain.replace(",", "\t").format("zst_0").encode(), "zstd", asbytes=True
    )
    contents["Mall_Customers_utf16.txt"] = plain.format("utf16_0").encode("utf-16")
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("Mall.csv", plain.format("zip_0"))
    contents["Mall_Customers_zip.zip"] = packed.getvalue()
    book, workbook = openpyxl.Workbook(), io.BytesIO()
    for row in csv.reader(plain.format("xlsx_0").splitlines()):
        book.active.append([float(cell) if cell[0].isdigit() else cell for cell in row])
    book.save(workbook)
    contents["Mall_Customers_xlsx.xlsx"] = workbook.getvalue()
    raw = folder / RAW
    raw.mkdir()
    # A name that is a pattern, and of the file beside it.
    for name, pattern, ages in (
        ("parquet_a", "a", [19.0, 21.0]),
        ("parquet_b", "[a]", [19, 21]),
        ("parquet_c", 'it\'s "quoted" {{ 1 }} ?*', [Decimal("19.00"), Decimal("21.00")]),
        ("parquet_d", "bytes", [b"19", b"21"]),
    ):
        write_parquet(
            raw / f"Mall_Customers_{pattern}.parquet",
            ("CustomerID", [f"{name}_01", f"{name}_02"]),
            ("Gender", ["Male", "Female"]),
            ("Age", ages),
            ("Annual Income (k$)", [15, 15.5]),
            ("Spending Score (1-100)", [39, 81]),
        )
    # Names that need quoting, are twice there, or are DuckDB's and ours.
    write_parquet(
        raw / "Mall_Customers_parquet_names.parquet",
        ("file_row_number", [7, 7]),
        ("file", [1, 2]),
        ("row_number", [1, 2]),
        ("column_1", [1, 2]),
        ('Customer"ID', ["parquet_names_01", "parquet_names_02"]),
        ("Gender", ["Male", "Female"]),
        ("extra", [[1], [2, 3]]),
        ("EXTRA", [1, 2]),
        ("extra", [1, 2]),
        ("", [1, 2]),
        ("AGE", [19, 21]),
        ("annual.income[k]$", [15, 15.5]),
        ("{{ spending }} score", [39, 81]),
    )
    run, warehouse = read(folder, "mall", contents)
    assert run.returncode == 0, run.stdout[-3000:]
    return warehouse


def test_every_dialect_gives_the_same_rows(dialects):
    rows = dialects.query(
        """
        select regexp_extract(customer_id, '(.*)_0[12]$', 1) as dialect,
            list((right(customer_id, 2), gender, age, annual_income_k::double, spending_score)
                order by customer_id)
        from datasets.stg_mall__customers group by all
        """,
        working=True,
    )
    assert len(rows) == 29
    for dialect, visitors in rows:
        assert visitors == [("01", "Male", 19, 15.0, 39), ("02", "Female", 21, 15.5, 81)], dialect


def test_each_file_is_counted_and_its_dialect_shown(dialects):
    rows = dialects.query(
        "select file, rows_read, rows_kept, delimiter, encoding from monitoring.data_quality",
        working=True,
    )
    assert len(rows) == 29
    assert {(read_, kept) for _, read_, kept, _, _ in rows} == {(2, 2)}
    shown = {file: (delimiter, encoding) for file, _, _, delimiter, encoding in rows}
    assert shown["Mall_Customers_tab.csv"] == ("\t", "utf-8")
    assert shown["Mall_Customers_semicolon.csv"] == (";", "utf-8")
    assert shown["Mall_Customers_[a].parquet"] == (None, None)


BROKEN = {
    "S1,Male,19,15": "a short row: fewer than 5 fields",
    "L1,Male,19,15,39,40": "a long row: more than 5 fields",
    'Q1,"Male,19,15,39': "a stray or unclosed quote",
    'Q2,Ma"le,19,15,39': "a stray or unclosed quote",
    "W1,Caf\udce9,19,15,39": "a byte is not valid utf-8",
    "F1,Male,5.7,15,39": "age is not a whole number",
    "I1,Male,19,15,101": "spending_score is above 100",
    "N1,Male,nan,15,39": "age is missing",
    ",Male,19,15,39": "customer_id is missing",
    "M1,Male,,fifteen,39": "age is missing; annual_income_k is not an amount",
}


def test_broken_rows_are_kept_with_reason_and_their_neighbours_survive(tmp_path):
    lines = [HEADER.strip()]
    for number, broken in enumerate(BROKEN):
        lines += [f"ok{number},Male,19,15,39", broken]
    lines += ["ok0,Male,19,15,39", "last,Robot,19,15,39"]
    content = "\n".join(lines).encode("utf-8", "surrogateescape")
    run, warehouse = read(tmp_path, "mall", {"Mall_Customers.csv": content}, max_rejected_share=0.9)
    assert run.returncode == 0, run.stdout

    rejected = warehouse.query(
        "select row_number, reason, raw_row from monitoring.rejected_rows order by 1", working=True
    )
    duplicate = rejected.pop(0 if rejected[0][1].startswith("a duplicate") else -1)
    assert duplicate[0] in (2, len(lines) - 1)
    assert duplicate[1:] == ("a duplicate of the key customer_id", "ok0,Male,19,15,39")
    expected = [
        (3 + 2 * place, reason, line.replace("\udce9", "é"))
        for place, (line, reason) in enumerate(BROKEN.items())
    ]
    assert rejected == expected

    kept = warehouse.query(
        "select customer_id, gender from datasets.stg_mall__customers order by 1", working=True
    )
    assert kept == [("last", "other"), *((f"ok{number}", "Male") for number in range(len(BROKEN)))]
    assert warehouse.query(
        "select rows_read, rows_kept, rows_repaired, rows_rejected, rows_excluded"
        " from monitoring.data_quality",
        working=True,
    ) == [(len(lines) - 1, len(BROKEN) + 1, 1, len(BROKEN) + 1, 0)]


def test_too_many_rejected_rows_stop_the_build_with_one_line(tmp_path):
    content = HEADER + "1,Male,19,15,39\n2,Male,old,15,39\n"
    run, warehouse = read(tmp_path, "mall", {"Mall_Customers.csv": content})
    assert run.returncode == 1
    assert (
        "mall: 1 of 2 rows are rejected, more than max_rejected_share 0.05 allows;"
        " mostly: age is not a whole number, as 'old' in Mall_Customers.csv, line 3"
        " (the var mall_decimal says how numbers are written)." in run.stdout
    )
    assert not warehouse.published.exists()


def test_a_missing_column_is_one_line_before_anything_is_built(tmp_path):
    files = {"Mall_Customers.csv": HEADER.replace("Age", "Years")}
    run, warehouse = read(tmp_path, "mall", files)
    assert run.returncode == 2
    assert said_at_the_start(run) == [
        "mall: Mall_Customers.csv has no column 'age' in its header"
        " (1 needed column(s) missing: age; not known: 'Years';"
        " line 1 was taken for it, cut at ',')."
    ]
    assert warehouse.query("from duckdb_tables()", working=True) == []


@pytest.mark.slow
def test_whatever_is_wrong_is_said_once_for_all_sources_that_are_read(tmp_path):
    raw = tmp_path / "raw"
    raw.mkdir()
    (raw / "ExtraaLearn.csv").symlink_to(SAMPLE / "ExtraaLearn.csv")
    visitors = (SAMPLE / "Mall_Customers.csv").read_bytes()
    (raw / "Mall_Customers.csv.gz").write_bytes(gzip.compress(visitors)[:-9])
    warehouse = Warehouse(tmp_path / "warehouse", raw)
    assert said_at_the_start(warehouse.dbt("build")) == [
        f"No file for 3 of 5 sources in RAW_DATA_DIR '{raw}': add marketing_campaign"
        " (retail), online_retail (ecommerce), ratings_Electronics (ratings), each as .csv,"
        " .csv.gz, .csv.zst, .csv.zip, .zip, .parquet or .xlsx, or leave those sources out of"
        " the var sources_enabled.",
        "mall: Mall_Customers.csv.gz cannot be read to its end (Compressed file ended before the"
        " end-of-stream marker was reached); put a whole file in its place.",
    ]
    alone = warehouse.dbt(
        "build",
        "--exclude-resource-type",
        "unit_test",
        "--select",
        "checked_leads__leads",
        "leads_category_map",
    )
    assert alone.returncode == 0, alone.stdout


def said_at_the_start(run):
    """Return the lines that follow dbt's own frame around an error of a hook."""
    frame, *said = run.stdout.partition("Encountered an error:\n")[2].splitlines()
    assert "on-run-start" in frame, run.stdout
    assert "rror" not in run.stdout.partition("Encountered an error:\n")[0]
    return [line.strip() for line in said if line.strip()]


@pytest.mark.slow
def test_date_formats_are_tried_in_order_and_never_guessed(tmp_path, copied_sample):
    lines = (copied_sample / "marketing_campaign.csv").read_text().splitlines()
    place = lines[0].split("\t").index("Dt_Customer")

    def dated(number, date):
        fields = lines[number].split("\t")
        return "\t".join([*fields[:place], date, *fields[place + 1 :]])

    content = "\n".join(
        [lines[0], dated(1, "03-04-2013"), dated(2, "2013-12-31"), dated(3, "12/31/13")]
    )
    run, warehouse = read(
        tmp_path,
        "retail",
        {"marketing_campaign.csv": content},
        retail_date_formats=["%d-%m-%Y", "%Y-%m-%d"],
        max_rejected_share=0.5,
    )
    assert run.returncode == 0, run.stdout
    rows = warehouse.query(
        "select row_number, dt_customer::varchar, reject_reason"
        " from datasets.checked_retail__customers order by 1",
        working=True,
    )
    assert rows == [
        (2, "2013-04-03", None),
        (3, "2013-12-31", None),
        (4, None, "dt_customer is not a date in retail_date_formats"),
    ]


@pytest.mark.slow
def test_latin_1_is_read_where_the_var_says_so_and_a_time_by_the_clock_of_its_zone(tmp_path):
    header = "InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country\n"
    line = "536365,009,Café für 5 £,6,2010-12-01 08:26:00,2.55,017850,Österreich\n"
    moment = pa.array([datetime(2010, 12, 1, 0, 26)], pa.timestamp("us", "Europe/Paris"))
    table = io.BytesIO()
    values = ["536366", "009", "Café", 6, None, 2.55, "017850", "France"]
    columns = zip(header.strip().split(","), values, strict=True)
    write_parquet(table, *((n, moment if n == "InvoiceDate" else [v]) for n, v in columns))
    run, warehouse = read(
        tmp_path,
        "ecommerce",
        {
            "online_retail_1.csv": (header + line).encode("latin-1"),
            "online_retail_2.parquet": table.getvalue(),
        },
        ecommerce_encoding="latin-1",
    )
    assert run.returncode == 0, run.stdout
    assert warehouse.query(
        "select stock_code, description, customer_id, country, invoice_date::varchar"
        " from datasets.checked_ecommerce__invoice_lines order by file",
        working=True,
    ) == [
        ("009", "Café für 5 £", "017850", "Österreich", "2010-12-01 08:26:00"),
        ("009", "Café", "017850", "France", "2010-12-01 01:26:00"),
    ]


@pytest.mark.slow
def test_ratings_that_look_filtered_already_give_a_warning_that_names_the_vars(tmp_path):
    content = "".join(f"u{user},p{product},5\n" for user in range(5) for product in range(6))
    run, _ = read(
        tmp_path,
        "ratings",
        {"ratings_Electronics.csv": content},
        ratings_min_per_user=6,
        ratings_min_per_product=5,
    )
    assert run.returncode == 0, run.stdout
    assert "looks filtered already" in run.stdout
    assert "ratings_min_per_user (now 6)" in run.stdout

    unfiltered = content + "once,p1,5\nonce,p-new,5\n"
    run, _ = read(
        tmp_path,
        "ratings",
        {"ratings_Electronics.csv": unfiltered},
        ratings_min_per_user=6,
        ratings_min_per_product=5,
    )
    assert run.returncode == 0, run.stdout
    assert "looks filtered already" not in run.stdout
