"""Tables in every dialect are read back as they were written, and broken ones lose no line."""

import functools
import gzip
import io
import os
import random
import re
import string
import zipfile
from itertools import chain

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, assume, example, given, settings
from hypothesis import strategies as st
from intake_sample import asking, workbook

CASES = int(os.environ.get("DRILL_FUZZ", "200"))
HEADER = ["CustomerID", "Gender", "Age", "Annual Income (k$)", "Spending Score (1-100)"]
QUERY = (
    "select row_number, raw_row, row_error, customer_id, gender, age, annual_income_k,"
    ' spending_score from raw.mall."Mall_Customers" order by row_number'
)
DESCRIBED = "select * from (select unnest(described_raw_files(), recursive := true))"
ENCODINGS = {
    "utf-8": "utf-8",
    "utf-8-sig": "utf-8",
    "utf-16": "utf-8",
    "utf-16-le": "utf-8",
    "utf-16-be": "utf-8",
    "cp1252": "cp1252",
    "latin-1": "latin-1",
}
SPECIAL = ',;|\t"\n\r \xa0\x0b\x0c\x1c\x85\u2028éß€😀'


@pytest.fixture(scope="module")
def ask(tmp_path_factory):
    """Return a function that asks what a build has of a file of visitors of a name and content."""
    folder = tmp_path_factory.mktemp("fuzz")
    with asking(folder) as sql:

        def ask(name, content, query=QUERY, encoding="utf-8"):
            for path in folder.glob("Mall*"):
                path.unlink()
            (folder / name).write_bytes(content)
            return sql(query, encoding=encoding)

        ask.sql = functools.partial(sql, folder=folder)
        yield ask


@st.composite
def dialects(draw):
    """Draw how a table is written: encoding, delimiter, quoting, line ends, packing."""
    return {
        "encoding": draw(st.sampled_from(sorted(ENCODINGS))),
        "delimiter": draw(st.sampled_from(",;|\t")),
        "quotes_all": draw(st.booleans()),
        "end": draw(st.sampled_from(["\n", "\r\n", "\r"])),
        "ends_last": draw(st.booleans()),
        "titles": draw(st.sampled_from(["", "a title\n", "\n\n", "sep\n"])),
        "trailing": draw(st.sampled_from(["", "rows", "all"])),
        "blank_lines": draw(st.booleans()),
        "suffix": draw(st.sampled_from([".csv", ".csv.gz", ".csv.zst", ".csv.zip", ".TXT"])),
    }


def fields(encoding):
    known = "".join(c for c in SPECIAL if c.encode(encoding, "ignore"))
    return st.text(st.sampled_from(known + string.ascii_letters + string.digits), max_size=12)


@st.composite
def tables(draw):
    """Draw a dialect and rows of it; a row has an id, so that no line of it is blank."""
    dialect = draw(dialects())
    field = fields(dialect["encoding"])
    row = st.tuples(st.integers(0, 10**9).map(str), field, field, field, field)
    return dialect, draw(st.lists(row, min_size=1, max_size=8))


def written(dialect, rows):
    """Return a table as bytes."""
    delimiter, end = dialect["delimiter"], dialect["end"]

    def line(cells, is_header=False):
        quoted = (
            '"' + cell.replace('"', '""') + '"'
            if dialect["quotes_all"] or re.search(rf'["\n\r{delimiter}]', cell)
            else cell
            for cell in cells
        )
        is_longer = dialect["trailing"] == "all" or (
            dialect["trailing"] == "rows" and not is_header
        )
        return delimiter.join(quoted) + delimiter * is_longer

    titles = dialect["titles"].replace("sep", f"sep={delimiter}").replace("\n", end)
    lines = [line(HEADER, is_header=True), *map(line, rows)]
    between = end + " " + end if dialect["blank_lines"] else end
    text = titles + between.join(lines) + end * dialect["ends_last"]
    return packed(text.encode(dialect["encoding"]), dialect["suffix"])


def packed(data, suffix):
    if suffix.endswith(".gz"):
        return gzip.compress(data, 1, mtime=0)
    if suffix.endswith(".zst"):
        return pa.compress(data, "zstd", asbytes=True)
    if suffix.endswith(".zip"):
        stream = io.BytesIO()
        with zipfile.ZipFile(stream, "w") as archive:
            archive.writestr("Mall_Customers.csv", data)
        return stream.getvalue()
    return data


def as_read(cell):
    """Return what is read of a field: trimmed, its line breaks those of Unix, none where empty."""
    return re.sub("\r\n?", "\n", cell.strip(" \t\xa0")) or None


def has_rows_inside(dialect, rows):
    """Return whether a field holds a line that is a row of the table itself."""
    lines = (re.split("\r\n?|\n", cell)[1:-1] for row in rows for cell in row)
    width = len(HEADER) + bool(dialect["trailing"])
    return any(line.count(dialect["delimiter"]) + 1 == width for line in chain(*lines))


PLAIN = {
    **{"encoding": "utf-8", "delimiter": ",", "quotes_all": False, "end": "\n", "titles": ""},
    **{"ends_last": True, "trailing": "", "blank_lines": False, "suffix": ".csv"},
}


@settings(
    max_examples=CASES,
    deadline=None,
    database=None,
    derandomize="DRILL_FUZZ" not in os.environ,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(tables())
@example((PLAIN, [("1", "\r\n", '"', '\n"\n', ' "" ')]))
@example((PLAIN | {"end": "\r", "encoding": "utf-16"}, [("1", "\n", "", "", ""), ("2", *"abcd")]))
def test_a_table_is_read_back_as_it_was_written(ask, table):
    dialect, rows = table
    assume(not has_rows_inside(dialect, rows))
    name, told = "Mall_Customers" + dialect["suffix"], ENCODINGS[dialect["encoding"]]
    found = ask(name, written(dialect, rows), encoding=told)
    assert [row[2] for row in found] == [None] * len(rows)
    assert [row[3:] for row in found] == [tuple(map(as_read, row)) for row in rows]


# ---- broken files ---------------------------------------------------------------------------

SOUND = [
    [str(number), *cells]
    for number, cells in enumerate(
        [
            ("Male", "19", "15", "39"),
            ("Female, or so", "21", '15"', "81"),
            ("of two\nlines", "30", "15", "é€"),
            ("", "", "", ""),
            (" x ", "1", "2", "3"),
        ]
        * 4
    )
]


def samples():
    """Return files to break, each by its name."""
    table = pa.table([list(column) for column in zip(*SOUND, strict=True)], names=HEADER)
    sink = pa.BufferOutputStream()
    pq.write_table(table, sink)
    texts = {
        ".csv": {},
        "_crlf.txt": {"end": "\r\n", "delimiter": ";", "quotes_all": True},
        "_titles.csv": {"titles": "a title\n", "trailing": "rows", "delimiter": "|"},
        "_cr.tsv": {"end": "\r", "delimiter": "\t", "blank_lines": True},
        "_16.csv": {"encoding": "utf-16"},
        "_gz.csv.gz": {"suffix": ".gz"},
        "_zst.csv.zst": {"suffix": ".zst"},
        "_zip.csv.zip": {"suffix": ".zip"},
    }
    files = {name: written(PLAIN | how, SOUND) for name, how in texts.items()}
    return files | {
        ".parquet": sink.getvalue().to_pybytes(),
        ".xlsx": workbook(Visitors=[HEADER, *SOUND]),
    }


def broken(data, other, draw):
    """Return bytes that are flipped, cut, doubled or spliced, in up to four places."""
    for _ in range(draw.randint(1, 4)):
        start, stop = sorted(draw.choices(range(len(data) + 1), k=2))
        match draw.randrange(5):
            case 0 if data:
                place = draw.randrange(len(data))
                data = data[:place] + bytes([draw.randrange(256)]) + data[place + 1 :]
            case 1:
                data = data[:start]
            case 2:
                data = data[:stop] + data[start:]
            case 3:
                data = data[:start] + other[start:stop] + data[start:]
            case _:
                data = data[:start] + draw.choice([b'"', b"\n", b",", b"\r", b"\0"]) + data[start:]
    return data


def test_a_broken_file_loses_no_line_and_gives_no_traceback(ask):
    """Counted without a parser: each line that holds something is in one row, or above the rows."""
    draw = random.Random(CASES)  # noqa: S311
    files = samples()
    n_read = 0
    for _ in range(CASES // 2):
        name, other = draw.choices(sorted(files), k=2)
        data = broken(files[name], files[other], draw)
        found = ask("Mall_Customers" + name, data)
        if found and isinstance(found[0], str):
            assert all(line.startswith("mall: ") and "\n" not in line for line in found)
            continue
        n_read += 1
        ((*_, encoding, rows_read),) = ask.sql(DESCRIBED)
        assert len(found) == rows_read
        if encoding == "utf-8" and name.endswith((".csv", ".txt", ".tsv")):
            assert_no_line_is_lost(data.removeprefix(b"\xef\xbb\xbf"), found)
    assert n_read > CASES / 10


def assert_no_line_is_lost(data, rows):
    lines = enumerate(data.splitlines(), start=1)
    filled = [number for number, line in lines if line.strip(b" \t")]
    in_rows = [
        number
        for row_number, raw_row, *_ in rows
        for number in range(row_number, row_number + raw_row.count("\n") + 1)
        if number in set(filled)
    ]
    above = [number for number in filled if not in_rows or number < in_rows[0]]
    assert above + in_rows == filled
    assert not in_rows or above
