"""What must be known of a raw file before SQL can read it: its dialect, columns and size."""

import csv
import gzip
import re
from collections.abc import Iterator
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
BYTE_ORDER_MARK = b"\xef\xbb\xbf"
UTF16_MARKS = (b"\xff\xfe", b"\xfe\xff")


class IntakeError(ValueError):
    """A raw file that cannot be read; the message is one line for the user."""


def declared_table(source: str, models: Path = MODELS) -> dict[str, Any]:
    """Return what `_<source>__sources.yml` declares of a source's raw table.

    Returns
    -------
    dict
        `name` (the stem of the file names), `header` ('required' or 'optional') and `columns`, a
        list of dict with `name`, `data_type` and the keys of their meta: `required` (the column
        must exist; default true), `nullable` (a blank is no fault), `aliases`, `categories` (mapped
        by the seed category_map), `min`, `max`.
    """
    path = models / "staging" / source / f"_{source}__sources.yml"
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


def describe_files(source: str, folder: str, encoding: str) -> list[dict[str, Any]]:
    """Find the files of a source and say how each is to be read.

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
        where there is none), `width` (fields per line), and `fields`: for each declared column
        that the file has its 1-based position, or its name and kind inside a parquet file.

    Raises
    ------
    IntakeError
        If no file is there, formats are mixed, a file is not what its name says, or a required
        column is missing.
    """
    table = declared_table(source)
    columns = table["columns"]
    if encoding not in ENCODINGS:
        raise IntakeError(
            f"{source}: var {source}_encoding is '{encoding}'; use one of {', '.join(ENCODINGS)}."
        )
    described = []
    for path in _find(source, Path(folder), table["name"]):
        if path.suffix == ".parquet":
            described.append(_describe_parquet(source, path, columns))
        else:
            described.append(_describe_text(source, path, columns, encoding, table["header"]))
    return described


def count_rows(path: str, header_line: int) -> int:
    """Count a file's data rows without any CSV or SQL parser.

    Parameters
    ----------
    path : str
        A `.csv`, `.csv.gz` or `.parquet` file.
    header_line : int
        Number of the header's line, which is not counted; 0 where there is none.

    Returns
    -------
    int
        Lines that hold more than blanks, less the header; rows by its footer for parquet.

    Raises
    ------
    IntakeError
        If the file is cut off or is not what its name says.
    """
    if path.endswith(".parquet"):
        return pq.read_metadata(path).num_rows
    try:
        with _open(Path(path)) as stream:
            lines = sum(1 for line in _lines(stream) if line.strip(b" \t"))
    except (OSError, EOFError) as error:
        raise IntakeError(f"{Path(path).name} cannot be read to its end ({error}).") from error
    return lines - (header_line > 0)


def read_lines(path: str, encoding: str) -> pa.StructArray:
    """Read a text file as numbered lines; a wrong byte costs its line and no other.

    Parameters
    ----------
    path : str
        A `.csv` or `.csv.gz` file; lines end in LF, CRLF or CR.
    encoding : {'utf-8', 'latin-1'}
        Encoding of the file.

    Returns
    -------
    StructArray of shape (n_lines,)
        `row_number` (int64, from 1), `line` (text without its end) and `is_decoded`: false where
        the line is not valid in the encoding, and is given as Latin-1 would read it.
    """
    with _open(Path(path)) as stream:
        data = stream.read().removeprefix(BYTE_ORDER_MARK)
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
            pa.array(np.arange(1, len(ends) + 1)),
            pc.utf8_rtrim(with_ends, "\n").cast(pa.string()),
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
    names = " | ".join(f"{stem}{suffix}" for suffix in SUFFIXES)
    if not folder.is_dir():
        raise IntakeError(
            f"{source}: RAW_DATA_DIR '{folder}' is not a folder; it should hold {names}."
        )
    suffixes = {
        path: next((suffix for suffix in SUFFIXES if path.name.endswith(suffix)), None)
        for path in sorted(folder.iterdir())
        if path.name.startswith(stem) and path.is_file()
    }
    paths = [path for path, suffix in suffixes.items() if suffix]
    if not paths:
        raise IntakeError(
            f"{source}: no file {names} in RAW_DATA_DIR '{folder}';"
            f" add it, or leave '{source}' out of the var sources_enabled."
        )
    bases = [path.name.removesuffix(suffixes[path]) for path in paths]
    twice = sorted({base for base in bases if bases.count(base) > 1})
    if twice:
        raise IntakeError(
            f"{source}: '{twice[0]}' is in '{folder}' in more than one format; keep one of them."
        )
    return paths


def _describe_text(
    source: str, path: Path, columns: list[dict[str, Any]], encoding: str, header: str
) -> dict[str, Any]:
    number, first = _first_line(source, path)
    delimiter = max(DELIMITERS, key=lambda each: len(_split(first, each)))
    cells = _split(first, delimiter)
    positions = _match(columns, cells)
    has_header = bool(positions) or header == "required"
    if has_header:
        _require(source, path, columns, positions)
    else:
        positions = {
            column["name"]: place for place, column in enumerate(columns[: len(cells)], start=1)
        }
        missing = [c["name"] for c in columns if c["required"] and c["name"] not in positions]
        if missing:
            raise IntakeError(
                f"{source}: {path.name} has no header and {len(cells)} fields per line;"
                f" the column '{missing[0]}' is missing."
            )
    return {
        "file": path.name,
        "path": str(path),
        "format": "csv",
        "encoding": encoding,
        "delimiter": delimiter,
        "header_line": number if has_header else 0,
        "width": len(cells),
        "fields": positions,
    }


def _describe_parquet(source: str, path: Path, columns: list[dict[str, Any]]) -> dict[str, Any]:
    try:
        schema = pq.read_schema(path)
    except (OSError, pa.ArrowInvalid) as error:
        raise IntakeError(f"{source}: {path.name} is not a readable parquet file.") from error
    positions = _match(columns, schema.names)
    _require(source, path, columns, positions)
    found = {name: schema.field(place - 1) for name, place in positions.items()}
    return {
        "file": path.name,
        "path": str(path),
        "format": "parquet",
        "encoding": None,
        "delimiter": None,
        "header_line": 0,
        "width": len(schema.names),
        "fields": {n: {"name": f.name, "kind": _kind(f.type)} for n, f in found.items()},
    }


def _kind(arrow_type: pa.DataType) -> str:
    if pa.types.is_temporal(arrow_type):
        return "moment"
    return "number" if pa.types.is_floating(arrow_type) else "other"


def _first_line(source: str, path: Path) -> tuple[int, str]:
    """Return the number and text of the first line that is not blank."""
    try:
        with _open(path) as stream:
            numbered = enumerate(_lines(stream), start=1)
            number, line = next(((n, line) for n, line in numbered if line.strip(b" \t")), (0, b""))
    except (OSError, EOFError) as error:
        raise IntakeError(f"{source}: {path.name} cannot be read ({error}).") from error
    if line.startswith(UTF16_MARKS):
        raise IntakeError(f"{source}: {path.name} is UTF-16; save it as UTF-8.")
    if not line:
        raise IntakeError(f"{source}: {path.name} is empty; a header line is needed.")
    return number, line.removeprefix(BYTE_ORDER_MARK).decode("latin-1")


def _split(line: str, delimiter: str) -> list[str]:
    return next(csv.reader([line], delimiter=delimiter, skipinitialspace=True))


def _squash(name: str) -> str:
    return re.sub(r"[\W_]", "", name.lower())


def _match(columns: list[dict[str, Any]], names: list[str]) -> dict[str, int]:
    """Return the 1-based position of each declared column that a header names."""
    places: dict[str, int] = {}
    for place, name in enumerate(names, start=1):
        places.setdefault(_squash(name), place)
    found = {}
    for column in columns:
        known = [_squash(name) for name in (column["name"], *column["aliases"])]
        place = next((places[name] for name in known if name in places), None)
        if place is not None:
            found[column["name"]] = place
    return found


def _require(
    source: str, path: Path, columns: list[dict[str, Any]], positions: dict[str, int]
) -> None:
    missing = [c["name"] for c in columns if c["required"] and c["name"] not in positions]
    if missing:
        raise IntakeError(
            f"{source}: {path.name} has no column '{missing[0]}' in its header"
            f" ({len(missing)} needed column(s) missing: {', '.join(missing)})."
        )


def _open(path: Path) -> BinaryIO:
    return gzip.open(path, "rb") if path.suffix == ".gz" else path.open("rb")


def _lines(stream: BinaryIO, size: int = 1 << 24) -> Iterator[bytes]:
    """Yield lines ended by CR, LF or CRLF, without their ends."""
    rest = b""
    while block := stream.read(size):
        # A block may end between CR and LF: keep the last line for the next one.
        lines = (rest + block).splitlines(keepends=True)
        rest = lines.pop()
        yield from (line.rstrip(b"\r\n") for line in lines)
    yield from (line.rstrip(b"\r\n") for line in rest.splitlines(keepends=True))
