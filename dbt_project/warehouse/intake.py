"""What must be known of a raw file before SQL can read it: its dialect, columns, size and rows."""

import difflib
import logging
import re
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from itertools import islice
from pathlib import Path
from typing import Any, NamedTuple

import pyarrow as pa
import pyarrow.parquet as pq
import yaml

from warehouse import fields, headers, records, workbooks
from warehouse.containers import (
    ENCODINGS,
    SUFFIXES_IN_WORDS,
    Container,
    IntakeError,
    container_of,
    encoding_of,
    suffix_of,
)
from warehouse.progress import sized

logger = logging.getLogger(__name__)

MODELS = Path(__file__).parents[1] / "models"
DELIMITERS = (",", ";", "\t", "|")
# Excel's own first line, which says at what the others are to be cut.
SEPARATOR = re.compile(r'"?sep=([,;\t|])"?[,;\t| ]*', re.IGNORECASE)
# How many lines a quoted name of a header may span.
NAME_LINES = 5
# Data in formats that are not read: not passed over, where a file has the name of a source.
UNREAD = (".xls", ".xlsb", ".xlsm", ".ods", ".json", ".jsonl", ".bz2", ".xz", ".7z", ".rar")


class NoFileError(IntakeError):
    """A source without any file: the stem of the names that they may have, and what is like it."""

    def __init__(self, problem: str, stem: str, alike: list[str]) -> None:
        super().__init__(problem)
        self.stem = stem
        self.alike = alike


def declared_sources(models: Path = MODELS) -> list[str]:
    """Return the names of all sources, whether switched on or not."""
    return sorted(path.parent.name for path in models.glob("datasets/*/_*__sources.yml"))


def declared_table(source: str, models: Path = MODELS) -> dict[str, Any]:
    """Return what `_<source>__sources.yml` declares of a source's raw table.

    Returns
    -------
    dict
        `name` (the stem of the file names), `header` ('required' or 'optional'), `optional`
        (whether there may be no file) and `columns`, a list of dict with `name`, `data_type` and
        the keys of their meta: `required` (the column must exist; default true), `nullable` (a
        blank is no fault), `aliases`, `categories` (mapped by the seed
        <source>_category_map), `min`, `max`, `step`, `person` (the key of a person),
        `id` (any other key), `time` (when the row is of).
    """
    table = _declaration(models / "datasets" / source / f"_{source}__sources.yml")
    return {
        "name": table["name"],
        "header": _meta(table).get("header", "required"),
        "optional": _meta(table).get("optional", False),
        "columns": [
            {
                "required": True,
                "aliases": [],
                **_meta(c),
                "name": c["name"],
                "data_type": c["data_type"],
            }
            for c in table["columns"]
        ],
    }


@cache
def _declaration(path: Path) -> dict[str, Any]:
    return yaml.safe_load(path.read_text(encoding="utf-8"))["sources"][0]["tables"][0]


def _meta(node: dict[str, Any]) -> dict[str, Any]:
    return node.get("config", {}).get("meta", {})


def find_problems(folder: str, encodings: dict[str, str]) -> list[str]:
    """Return everything that is wrong with the files of sources as they are now, one line each.

    Parameters
    ----------
    folder : str
        Folder of raw files (`RAW_DATA_DIR`).
    encodings : dict of str to str
        The sources, each with the encoding of its text files.
    """
    describe_files.cache_clear()
    problems, without_file = [], {}
    for source, encoding in encodings.items():
        try:
            describe_files(source, folder, encoding)
        except NoFileError as error:
            without_file[source] = error
        except IntakeError as error:
            problems += [problem for problem in error.args if problem not in problems]
    if len(without_file) > 1:
        stems = ", ".join(f"{error.stem} ({source})" for source, error in without_file.items())
        together = IntakeError(
            f"No file for {len(without_file)} of {len(encodings)} sources in RAW_DATA_DIR"
            f" '{folder}': add {stems}, each as {SUFFIXES_IN_WORDS}, or leave those sources out"
            " of the var sources_enabled."
        )
        return [*together.args, *problems]
    return [*(str(error) for error in without_file.values()), *problems]


@cache
def describe_files(source: str, folder: str, encoding: str) -> list[dict[str, Any]]:
    """Find the files of a source, read each to its end and say how SQL is to read it.

    A run describes its files once (`find_problems` begins anew), so that all of it reads the same.

    Parameters
    ----------
    source : str
        Name of the source, whose YAML names the columns. Where that calls the header optional, a
        first line that names no declared column is data, and columns are taken by position.
    folder : str
        Folder of raw files (`RAW_DATA_DIR`), with `<name>*.csv`, `.csv.gz` or `.parquet`.
    encoding : {'utf-8', 'latin-1'}
        Encoding of text files.

    Returns
    -------
    list of dict, by file name
        `file`, `path`, `format` ('csv' or 'parquet'), `encoding`, `delimiter`, `header_line` (0
        where there is none), `width` (fields per line), `rows` (counted without any CSV or SQL
        parser: lines that hold more than blanks, less the header; what a parquet file holds), and
        `fields`: for each declared column that the file has its 1-based position. Of a text also
        `text` and `parts`, the arguments of `read_part`; of a parquet file also `names`, and in
        `fields` a dict with `place`, `name`, `kind` and `zone` instead of the position.

    Raises
    ------
    IntakeError
        If no file is there, a file is there twice, is not what its name says or breaks off, or a
        required column is missing; with one line for each such file.
    """
    table = declared_table(source)
    if encoding not in ENCODINGS:
        raise IntakeError(
            f"{source}: var {source}_encoding is '{encoding}'; use one of {', '.join(ENCODINGS)}."
        )
    described, problems = [], []
    for path in _files(source, Path(folder), table):
        try:
            with _named(path):
                logger.info("reading %s: %s, %s", source, path.name, sized(path.stat().st_size))
                described += _describe(path, source, table, encoding)
        except IntakeError as error:
            problems += [f"{source}: {problem}" for problem in error.args]
    if problems:
        raise IntakeError(*problems)
    return described


def read_rows(file: dict[str, Any], part: int, columns: Sequence[str]) -> pa.StructArray:
    """Return the rows of a part of a text; see `fields.rows_of`.

    Parameters
    ----------
    file : dict
        As `describe_files` returns it.
    part : int
        Which of its parts.
    columns : sequence of str
        The declared columns.

    Raises
    ------
    IntakeError
        If the file is gone, or is not what was described.
    """
    layout = fields.Layout(
        file["delimiter"],
        file["width"],
        file["named"],
        file["header"],
        file["encoding"],
        file["fields"],
    )
    with _named(Path(file["path"])):
        read = records.read_part(file["text"], **file["parts"][part], dialect=layout.dialect)
        return fields.rows_of(read, layout, columns)


def _files(source: str, folder: Path, table: dict[str, Any]) -> list[Path]:
    """Return the files of a source; none where it is optional and has none."""
    if table["optional"] and not folder.is_dir():
        return []
    try:
        return _find(source, folder, table["name"])
    except NoFileError as error:
        if not table["optional"]:
            raise
        if error.alike:
            raise IntakeError(
                f"{source}: '{error.alike[0]}' in '{folder}' is not read; call it"
                f" {error.stem}{SUFFIXES_IN_WORDS}, or move it elsewhere."
            ) from error
        return []


def _find(source: str, folder: Path, stem: str) -> list[Path]:
    """Return the files of a source; what has such a name and is no file is not passed over."""
    try:
        paths = sorted(folder.iterdir())
    except OSError as error:
        raise IntakeError(
            f"RAW_DATA_DIR '{folder}' cannot be read ({error.strerror}): name the folder that holds"
            " the raw files."
        ) from error
    alike = _alike(stem, [path.name for path in paths])
    ours = [path for path in paths if path.name.startswith(stem)]
    unread = [path.name for path in ours if path.name.lower().endswith(UNREAD)]
    if unread:
        raise IntakeError(
            f"{source}: '{unread[0]}' in '{folder}' is not read; save it as {SUFFIXES_IN_WORDS},"
            " or move it elsewhere."
        )
    paths = [path for path in ours if suffix_of(path)]
    if not paths:
        seen = f" (but '{alike[0]}')" if alike else ""
        raise NoFileError(
            f"{source}: no file {stem}{SUFFIXES_IN_WORDS} in RAW_DATA_DIR '{folder}'{seen};"
            f" add it, or leave '{source}' out of the var sources_enabled.",
            stem,
            alike,
        )
    bases = [path.name[: -len(suffix_of(path))] for path in paths]
    twice = sorted({base for base in bases if bases.count(base) > 1})
    if twice:
        raise IntakeError(
            f"{source}: '{twice[0]}' is in '{folder}' in more than one format; keep one of them."
        )
    return paths


def _alike(stem: str, names: list[str]) -> list[str]:
    """Return the files whose names are nearly the right one."""
    known = headers.squash(stem)
    squashed = {name: headers.squash(name.partition(".")[0]) for name in names if name[:1] != "."}
    near = difflib.get_close_matches(known, squashed.values(), n=3, cutoff=0.8)
    return [n for n, each in squashed.items() if each.startswith(known) or each in near]


@contextmanager
def _named(path: Path) -> Iterator[None]:
    """Say of any error while a file is read which file it is, in one line."""
    try:
        path.name.encode()
        if path.is_symlink() and not path.exists():
            raise IntakeError("is a link to a file that is not there")
        # A pipe would be waited for.
        if path.exists() and not path.is_file():
            raise IntakeError("is a folder, or something else that is no file; call it otherwise")
        yield
    except UnicodeEncodeError as error:
        raise IntakeError(f"{path.name!r} is no name in UTF-8; rename the file.") from error
    except IntakeError as error:
        raise IntakeError(f"{path.name} {error}.") from error
    except PermissionError as error:
        raise IntakeError(f"{path.name} may not be read by the user who builds.") from error
    except (OSError, EOFError, zlib.error, zipfile.BadZipFile, pa.ArrowException) as error:
        said = (getattr(error, "strerror", None) or str(error)).splitlines()[0].rstrip(".")
        raise IntakeError(
            f"{path.name} cannot be read to its end ({said}); put a whole file in its place."
        ) from error


def _describe(
    path: Path, source: str, table: dict[str, Any], encoding: str
) -> list[dict[str, Any]]:
    container = container_of(path)
    if container.kind == "parquet":
        return [_describe_parquet(path, table["columns"])]
    if container.kind == "xlsx":
        return _describe_workbook(path, container, table)
    return [_describe_text(path, container, source, table, encoding)]


def _describe_text(
    path: Path, container: Container, source: str, table: dict[str, Any], told: str
) -> dict[str, Any]:
    encoding = encoding_of(path, container, told)
    first = list(islice(records.lines_of(path, encoding), 2 * headers.HEADER_WITHIN))
    if not first:
        raise IntakeError("is empty; a header line is needed")
    if b"\0" in first[0][2]:
        raise IntakeError(
            f"has zero bytes in its first line; save it as UTF-8, or set the var {source}_encoding"
        )
    lines = list(_whole_lines(first))
    delimiters = DELIMITERS
    if separator := SEPARATOR.fullmatch(lines[0].text):
        delimiters = (separator[1],)
        del lines[0]
    header = headers.find_header(
        table,
        (
            headers.Line(line.number, headers.split(line.text, delimiter), delimiter)
            for line in lines[: headers.HEADER_WITHIN]
            for delimiter in delimiters
        ),
    )
    named = next((line for line in lines if line.number == header.number), None)
    rows = (
        headers.split(line.text, header.delimiter)
        for line in lines
        if line.number > header.number and line.text.count('"') % 2 == 0
    )
    width = headers.width_of(header.cells, rows)
    dialect = records.Dialect(header.delimiter, width)
    start = (named.end, named.number) if named else (0, 0)
    found = records.survey(path, encoding, dialect, *start)
    if found.looks_like_another_encoding:
        raise IntakeError(
            f"is not {encoding}: {found.undecoded:,} of {found.rows:,} rows cannot be read so, the"
            f" first in line {found.first_undecoded}; set the var {source}_encoding to what it is,"
            " most often cp1252"
        )
    return {
        "file": path.name,
        "path": str(path),
        "format": "csv",
        "encoding": encoding,
        "delimiter": header.delimiter,
        "header": named.text.strip(" \t") if named else None,
        "width": width,
        "named": min(width, len(header.cells)),
        "rows": found.rows,
        "fields": header.positions,
        "text": found.text,
        "parts": found.parts,
    }


class _Line(NamedTuple):
    """A line, or several of one quoted name: the last one's number and end, and their text."""

    number: int
    end: int
    text: str


def _whole_lines(lines: Iterable[tuple[int, int, bytes]]) -> Iterator[_Line]:
    """Yield first lines; those that a quoted name of a header spans as one."""
    held: list[_Line] = []
    for number, end, content in lines:
        held.append(_Line(number, end, _decoded(content)))
        if sum(line.text.count('"') for line in held) % 2 == 0:
            yield _Line(number, end, "\n".join(line.text for line in held))
            held = []
        elif len(held) == NAME_LINES:
            yield held.pop(0)
    yield from held


def _decoded(content: bytes) -> str:
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError:
        return content.decode("latin-1")


def _describe_workbook(
    path: Path, container: Container, table: dict[str, Any]
) -> list[dict[str, Any]]:
    sheets = workbooks.read_sheets(path, container, table)
    return [
        {
            "file": path.name if len(sheets) == 1 else f"{path.name}, sheet '{sheet.name}'",
            "path": str(path),
            "format": "xlsx",
            "encoding": None,
            "delimiter": None,
            "width": len(sheet.names),
            "rows": sheet.rows.num_rows,
            "names": sheet.names,
            "fields": {
                name: {"place": place, "name": sheet.names[place - 1]}
                for name, place in sheet.header.positions.items()
            },
            "table": sheet.rows,
        }
        for sheet in sheets
    ]


def _describe_parquet(path: Path, columns: list[dict[str, Any]]) -> dict[str, Any]:
    if "\\" in str(path) and re.search(r"[\[*?]", str(path)):
        # DuckDB takes such a path for a pattern, in which nothing escapes a backslash.
        raise IntakeError("has a backslash and one of [ * ? in its path; rename it")
    with pq.ParquetFile(path) as file:
        described = describe_columns(columns, file.schema_arrow)
        # Every page is unpacked, so that a broken one is found before anything is built.
        rows = sum(batch.num_rows for batch in file.iter_batches())
    return {
        "file": path.name,
        "path": str(path),
        "format": "parquet",
        "encoding": None,
        "delimiter": None,
        "rows": rows,
        **described,
    }


def describe_columns(columns: list[dict[str, Any]], schema: pa.Schema) -> dict[str, Any]:
    """Say how the declared columns are read from rows whose columns have types.

    Parameters
    ----------
    columns : list of dict
        As `declared_table` returns them.
    schema : pyarrow.Schema
        Names and types of the columns that are there.

    Returns
    -------
    dict
        `names` and `width` of the rows, and `fields` as `describe_files` returns it.

    Raises
    ------
    IntakeError
        If a required column is missing, or a declared one is there twice or cannot become text.
    """
    positions = headers.match(columns, schema.names)
    return {
        "width": len(schema.names),
        "names": schema.names,
        "fields": {
            name: _field(place, schema.field(place - 1)) for name, place in positions.items()
        },
    }


def _field(place: int, field: pa.Field) -> dict[str, Any]:
    """Return where a column of a parquet file is, and how it becomes text."""
    zone = getattr(field.type, "tz", None)
    if pa.types.is_nested(field.type):
        raise IntakeError(
            f"has lists or structs ({field.type}) in '{field.name}'; save one value per row"
        )
    if zone and zone[0] in "+-":
        # DuckDB knows zones by name only.
        raise IntakeError(f"has times of the zone {zone} in '{field.name}'; save them as UTC")
    return {"place": place, "name": field.name, "kind": _kind(field.type), "zone": zone}


def _kind(arrow_type: pa.DataType) -> str:
    if pa.types.is_date(arrow_type) or pa.types.is_timestamp(arrow_type):
        return "moment"
    if pa.types.is_floating(arrow_type) or pa.types.is_decimal(arrow_type):
        return "number"
    is_bytes = pa.types.is_binary(arrow_type) or pa.types.is_large_binary(arrow_type)
    return "bytes" if is_bytes else "other"
