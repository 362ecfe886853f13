"""What must be known of a raw file before SQL can read it: its dialect, columns, size and rows."""

import csv
import gzip
import re
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import yaml

MODELS = Path(__file__).parents[1] / "models"
DELIMITERS = (",", ";", "\t")
ENCODINGS = ("utf-8", "latin-1")
SUFFIXES = (".csv", ".csv.gz", ".parquet")
SUFFIXES_IN_WORDS = ".csv, .csv.gz or .parquet"
BYTE_ORDER_MARK = b"\xef\xbb\xbf"
# First bytes of files that are no text, whatever their name says, and what to do with them.
NO_TEXT = {
    b"\xff\xfe": "is UTF-16; save it as UTF-8",
    b"\xfe\xff": "is UTF-16; save it as UTF-8",
    b"\x1f\x8b": "is packed by gzip; call it .csv.gz",
    b"PK\x03\x04": "is a zip or Excel file; save it as CSV",
    b"PAR1": "is a parquet file; call it .parquet",
}
# A text is read in blocks for its lines to be counted, and in parts of whole lines by SQL: what is
# in memory at once does not grow with the file. No line may be longer than a part.
BLOCK_BYTES = 1 << 24
PART_BYTES = 1 << 28
# Of the csv module, which takes a long header for one name where it tries another delimiter.
csv.field_size_limit(PART_BYTES)
# A line of nothing else is no row.
BLANKS = b" \t"
CONTROL_CHARACTER = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")


class IntakeError(ValueError):
    """Raw files that cannot be read; each argument is one line for the user."""

    def __init__(self, *problems: str) -> None:
        # A name of a file or column may hold a line end.
        super().__init__(*(CONTROL_CHARACTER.sub("\N{REPLACEMENT CHARACTER}", p) for p in problems))

    def __str__(self) -> str:
        """Return the lines, one below the other."""
        return "\n".join(self.args)


class NoFileError(IntakeError):
    """A source without any file, under the stem of the names that its files may have."""

    def __init__(self, problem: str, stem: str) -> None:
        super().__init__(problem)
        self.stem = stem


def declared_table(source: str, models: Path = MODELS) -> dict[str, Any]:
    """Return what `_<source>__sources.yml` declares of a source's raw table.

    Returns
    -------
    dict
        `name` (the stem of the file names), `header` ('required' or 'optional') and `columns`, a
        list of dict with `name`, `data_type` and the keys of their meta: `required` (the column
        must exist; default true), `nullable` (a blank is no fault), `aliases`, `categories` (mapped
        by the seed <source>_category_map), `min`, `max`, `person` (the key of a person), `id` (any
        other key), `time` (when the row is of).
    """
    path = models / "datasets" / source / f"_{source}__sources.yml"
    table = yaml.safe_load(path.read_text(encoding="utf-8"))["sources"][0]["tables"][0]
    return {
        "name": table["name"],
        "header": _meta(table).get("header", "required"),
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
        `parts`, the arguments of `read_lines`; of a parquet file also `names`, and in `fields` a
        dict with `place`, `name`, `kind` and `zone` instead of the position.

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
    for path in _find(source, Path(folder), table["name"]):
        try:
            with _named(path):
                if _suffix(path) == ".parquet":
                    described.append(_describe_parquet(path, table["columns"]))
                else:
                    described.append(_describe_text(path, table, encoding))
        except IntakeError as error:
            problems += [f"{source}: {problem}" for problem in error.args]
    if problems:
        raise IntakeError(*problems)
    return described


def read_lines(
    path: str, encoding: str, start: int, size: int, lines_before: int, modified: int
) -> pa.StructArray:
    """Read a part of a text as numbered lines; a wrong byte costs its line and no other.

    Parameters
    ----------
    path : str
        A `.csv` or `.csv.gz` file; lines end in LF, CRLF or CR.
    encoding : {'utf-8', 'latin-1'}
        Encoding of the file.
    start, size : int
        Where in the (unpacked) text the part begins, and its bytes.
    lines_before : int
        Lines of the file before the part.
    modified : int
        When the file was last modified as it was described, in ns since 1970.

    Returns
    -------
    StructArray of shape (n_lines,)
        `row_number` (int64, from 1), `line` (text without its end) and `is_decoded`: false where
        the line is not valid in the encoding, and is given as Latin-1 would read it.

    Raises
    ------
    IntakeError
        If the file is gone, or is not what was described.
    """
    with _named(Path(path)):
        with _open(Path(path)) as stream:
            stream.seek(start)
            data = stream.read(size)
        if len(data) < size or _modified(Path(path)) != modified:
            raise IntakeError("was changed while it was read; build again once it is whole")
    if b"\r" in data:
        data = data.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    if data and not data.endswith(b"\n"):
        data += b"\n"
    data, is_decoded = _decode(data, encoding)
    ends = np.flatnonzero(np.frombuffer(data, dtype=np.uint8) == ord("\n"))
    offsets = np.concatenate([[0], ends + 1]).astype(np.int64)
    buffers = pa.py_buffer(offsets), pa.py_buffer(data)
    with_ends = pa.LargeStringArray.from_buffers(len(ends), *buffers)
    return pa.StructArray.from_arrays(
        [
            pa.array(lines_before + np.arange(1, len(ends) + 1)),
            pc.utf8_rtrim(with_ends, "\n"),
            pa.array(np.ones(len(ends), dtype=bool) if is_decoded is None else is_decoded),
        ],
        ["row_number", "line", "is_decoded"],
    )


def _decode(data: bytes, encoding: str) -> tuple[bytes, list[bool] | None]:
    """Return lines as UTF-8, and for each whether it was valid; None where all were."""
    if encoding == "latin-1":
        return data.decode("latin-1").encode("utf-8"), None
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        lines = data.split(b"\n")[:-1]
        is_decoded = [_is_utf8(line) for line in lines]
        mended = (
            line if valid else line.decode("latin-1").encode("utf-8")
            for line, valid in zip(lines, is_decoded, strict=True)
        )
        return b"".join(line + b"\n" for line in mended), is_decoded
    return data, None


def _is_utf8(line: bytes) -> bool:
    try:
        line.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _find(source: str, folder: Path, stem: str) -> list[Path]:
    """Return the files of a source; what has such a name and is no file is not passed over."""
    try:
        paths = sorted(folder.iterdir())
    except OSError as error:
        raise IntakeError(
            f"RAW_DATA_DIR '{folder}' cannot be read ({error.strerror}): name the folder that holds"
            " the raw files."
        ) from error
    alike = [path.name for path in paths if path.name.lower().startswith(stem.lower())]
    paths = [path for path in paths if path.name.startswith(stem) and _suffix(path)]
    if not paths:
        seen = f" (but '{alike[0]}')" if alike else ""
        raise NoFileError(
            f"{source}: no file {stem}{SUFFIXES_IN_WORDS} in RAW_DATA_DIR '{folder}'{seen};"
            f" add it, or leave '{source}' out of the var sources_enabled.",
            stem,
        )
    bases = [path.name[: -len(_suffix(path))] for path in paths]
    twice = sorted({base for base in bases if bases.count(base) > 1})
    if twice:
        raise IntakeError(
            f"{source}: '{twice[0]}' is in '{folder}' in more than one format; keep one of them."
        )
    return paths


def _suffix(path: Path) -> str:
    return next((suffix for suffix in SUFFIXES if path.name.lower().endswith(suffix)), "")


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
    except (OSError, EOFError, zlib.error, pa.ArrowException) as error:
        said = (getattr(error, "strerror", None) or str(error)).splitlines()[0].rstrip(".")
        raise IntakeError(
            f"{path.name} cannot be read to its end ({said}); put a whole file in its place."
        ) from error


def _describe_text(path: Path, table: dict[str, Any], encoding: str) -> dict[str, Any]:
    columns = table["columns"]
    number, first = _first_line(path)
    delimiter = max(DELIMITERS, key=lambda each: len(_split(first, each)))
    cells = _split(first, delimiter)
    positions = _match(columns, cells)
    has_header = bool(positions) or table["header"] == "required"
    if has_header:
        _require(columns, positions, cells)
    else:
        positions = {
            column["name"]: place for place, column in enumerate(columns[: len(cells)], start=1)
        }
        missing = [c["name"] for c in columns if c["required"] and c["name"] not in positions]
        if missing:
            raise IntakeError(
                f"has no header and {len(cells)} fields per line;"
                f" the column '{missing[0]}' is missing"
            )
    lines, parts = _survey(path)
    return {
        "file": path.name,
        "path": str(path),
        "format": "csv",
        "encoding": encoding,
        "delimiter": delimiter,
        "header_line": number if has_header else 0,
        "width": len(cells),
        "rows": lines - has_header,
        "fields": positions,
        "parts": [{"path": str(path), "encoding": encoding, **part} for part in parts],
    }


def _survey(path: Path) -> tuple[int, list[dict[str, int]]]:
    """Return how many lines hold more than blanks, and the parts in which a text is to be read."""
    filled, lines, modified = 0, 0, _modified(path)
    parts: list[dict[str, int]] = []
    for start, block in _blocks(path):
        if not parts or parts[-1]["size"] + len(block) > PART_BYTES:
            parts.append({"start": start, "size": 0, "lines_before": lines, "modified": modified})
        parts[-1]["size"] += len(block)
        of_block = block.splitlines()
        filled += sum(1 for line in of_block if line.strip(BLANKS))
        lines += len(of_block)
    return filled, parts


def _blocks(path: Path) -> Iterator[tuple[int, bytes]]:
    """Yield a text without its byte order mark in blocks of whole lines, and where each begins."""
    with _open(path) as stream:
        rest = stream.read(len(BYTE_ORDER_MARK)).removeprefix(BYTE_ORDER_MARK)
        start = stream.tell() - len(rest)
        while read := stream.read(BLOCK_BYTES):
            block = rest + read
            # A CR that is last may be half of a CRLF.
            end = max(block.rfind(b"\n"), block.rfind(b"\r", 0, -1)) + 1
            if len(block) - end > PART_BYTES:
                raise IntakeError(
                    f"has a line of more than {PART_BYTES:,} bytes; is it lines of text?"
                )
            if end:
                yield start, block[:end]
            start, rest = start + end, block[end:]
        if rest:
            yield start, rest


def _describe_parquet(path: Path, columns: list[dict[str, Any]]) -> dict[str, Any]:
    if path.stat().st_size == 0:
        raise IntakeError("is empty")
    if "\\" in str(path) and re.search(r"[\[*?]", str(path)):
        # DuckDB takes such a path for a pattern, in which nothing escapes a backslash.
        raise IntakeError("has a backslash and one of [ * ? in its path; rename it")
    with pq.ParquetFile(path) as file:
        schema = file.schema_arrow
        positions = _match(columns, schema.names)
        _require(columns, positions, schema.names)
        fields = {name: _field(place, schema.field(place - 1)) for name, place in positions.items()}
        # Every page is unpacked, so that a broken one is found before anything is built.
        rows = sum(batch.num_rows for batch in file.iter_batches())
    return {
        "file": path.name,
        "path": str(path),
        "format": "parquet",
        "encoding": None,
        "delimiter": None,
        "header_line": 0,
        "width": len(schema.names),
        "rows": rows,
        "names": schema.names,
        "fields": fields,
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


def _first_line(path: Path) -> tuple[int, str]:
    """Return the number and text of the first line that is not blank."""
    lines = 0
    for _, block in _blocks(path):
        if lines == 0 and (found := next((m for m in NO_TEXT if block.startswith(m)), None)):
            raise IntakeError(NO_TEXT[found])
        for line in block.splitlines():
            lines += 1
            if b"\0" in line:
                raise IntakeError("has zero bytes in its first line; save it as UTF-8 text")
            if line.strip(BLANKS):
                return lines, line.decode("latin-1")
    raise IntakeError("is empty; a header line is needed")


def _split(line: str, delimiter: str) -> list[str]:
    return next(csv.reader([line], delimiter=delimiter, skipinitialspace=True))


def _squash(name: str) -> str:
    return re.sub(r"[\W_]", "", name.lower())


def _match(columns: list[dict[str, Any]], names: list[str]) -> dict[str, int]:
    """Return the 1-based position of each declared column that a header names."""
    squashed = [_squash(name) for name in names]
    found = {}
    for column in columns:
        known = [_squash(name) for name in (column["name"], *column["aliases"])]
        name = next((name for name in known if name in squashed), None)
        if name is None:
            continue
        if squashed.count(name) > 1:
            same = ", ".join(f"'{n}'" for n, s in zip(names, squashed, strict=True) if s == name)
            raise IntakeError(
                f"has more than one column '{column['name']}' ({same}); rename all but one"
            )
        found[column["name"]] = squashed.index(name) + 1
    return found


def _require(columns: list[dict[str, Any]], positions: dict[str, int], names: list[str]) -> None:
    missing = [c["name"] for c in columns if c["required"] and c["name"] not in positions]
    if missing and not positions:
        # The names are not shown: they may be a row of somebody's data.
        raise IntakeError(
            f"has no column '{missing[0]}' in its header, nor any other that is known;"
            f" it has to name {', '.join(missing)}"
        )
    if missing:
        others = [n for place, n in enumerate(names, start=1) if place not in positions.values()]
        seen = ", ".join(f"'{name[:40]}'" for name in others[:8]) or "none"
        raise IntakeError(
            f"has no column '{missing[0]}' in its header ({len(missing)} needed column(s) missing:"
            f" {', '.join(missing)}; not known: {seen})"
        )


def _open(path: Path) -> BinaryIO:
    return gzip.open(path, "rb") if _suffix(path) == ".csv.gz" else path.open("rb")


def _modified(path: Path) -> int:
    return path.stat().st_mtime_ns
