"""Sheets of Excel as rows of text: dates and numbers as Excel stores them, not as it shows them."""

from collections.abc import Iterator, Mapping
from datetime import date, datetime
from itertools import islice
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
import python_calamine as calamine

from warehouse.containers import Container, IntakeError, read_all
from warehouse.headers import HEADER_AGAIN, HEADER_WITHIN, Header, Line, find_header, positions_of

# What Excel keeps of a number; a longer one, as an id of 16 digits, is no longer what was typed.
EXACT = 10**15
CHUNK_ROWS = 50_000
Value = str | datetime | None


class Sheet(NamedTuple):
    """A sheet: its name, its header, and its rows below that as a table.

    The table has `row_number` (of the sheet, from 1), `row_error` and for the cell in place n the
    columns `text_n` and `moment_n`, one of which is null.
    """

    name: str
    header: Header
    rows: pa.Table

    @property
    def names(self) -> list[str]:
        """The names of its columns; their places where it has no header."""
        if self.header.number:
            return self.header.cells
        return [f"column_{place}" for place in range(1, len(self.header.cells) + 1)]


def read_sheets(path: Path, container: Container, table: Mapping[str, Any]) -> list[Sheet]:
    """Read the first sheet of a workbook, and all others with the same columns.

    Parameters
    ----------
    path : Path
        The workbook.
    container : Container
        How it is packed.
    table : mapping
        What is declared of the source (`declared_table`).

    Raises
    ------
    IntakeError
        If it is protected or broken, its first sheet has not the columns that are needed, or
        another has some of them.
    """
    try:
        with read_all(path, container) as stream, calamine.load_workbook(stream) as workbook:
            return list(_sheets(workbook, table))
    except calamine.PasswordError as error:
        raise IntakeError("is an Excel file with a password; save it without") from error
    except calamine.CalamineError as error:
        raise IntakeError(f"is no whole Excel file ({error}); save it anew") from error


def _sheets(workbook: calamine.CalamineWorkbook, table: Mapping[str, Any]) -> Iterator[Sheet]:
    needed = [column["name"] for column in table["columns"] if column["required"]]
    names: list[str] | None = None
    for shown in workbook.sheets_metadata:
        is_sheet = shown.typ == calamine.SheetTypeEnum.WorkSheet
        if not is_sheet or shown.visible != calamine.SheetVisibleEnum.Visible:
            continue
        sheet = workbook.get_sheet_by_name(shown.name)
        first = list(islice(_lines(sheet), HEADER_WITHIN))
        if not first:
            continue
        try:
            header = find_header(table, first)
        except IntakeError as error:
            if names is None:
                raise IntakeError(f"{error} (sheet '{shown.name}')") from error
            # Notes have nothing of the header; what has half of it may be data.
            found = max(len(positions_of(table["columns"], line.cells)) for line in first)
            if 2 * found > len(needed):
                raise IntakeError(f"{error} (sheet '{shown.name}')") from error
            continue
        cells = [cell.strip() for cell in header.cells]
        if names is not None and cells != names and header.number:
            raise IntakeError(
                f"has other columns in the sheet '{shown.name}' than in the one before; give both"
                " the same header, or save them as files of their own"
            )
        names = cells
        yield Sheet(shown.name, header, _rows(sheet, header))
    if names is None:
        raise IntakeError("has no sheet with anything in it; a header line is needed")


def _lines(sheet: calamine.CalamineSheet) -> Iterator[Line]:
    for number, row in enumerate(sheet.iter_rows(), start=1):
        cells = ["" if (text := _shown(value)) is None else text for value in row]
        if any(cells):
            yield Line(number, cells)


def _rows(sheet: calamine.CalamineSheet, header: Header) -> pa.Table:
    width = len(header.cells)
    names = [_value(cell) for cell in header.cells]
    numbers: list[int] = []
    errors: list[str | None] = []
    texts: list[list[str | None]] = [[] for _ in range(width)]
    moments: list[list[datetime | None]] = [[] for _ in range(width)]
    chunks = []

    def chunk() -> pa.RecordBatch:
        columns = {
            "row_number": pa.array(numbers, pa.int64()),
            "row_error": pa.array(errors, pa.string()),
        }
        for place in range(width):
            columns[f"text_{place + 1}"] = pa.array(texts[place], pa.string())
            columns[f"moment_{place + 1}"] = pa.array(moments[place], pa.timestamp("us"))
        for each in (numbers, errors, *texts, *moments):
            each.clear()
        return pa.RecordBatch.from_pydict(columns)

    for number, row in enumerate(sheet.iter_rows(), start=1):
        values = [_value(cell) for cell in row[:width]]
        if number <= header.number or not any(value is not None for value in values):
            continue
        numbers.append(number)
        errors.append(HEADER_AGAIN if header.number and values == names else None)
        for place in range(width):
            value = values[place] if place < len(values) else None
            is_moment = isinstance(value, datetime)
            texts[place].append(None if is_moment else value)
            moments[place].append(value if is_moment else None)
        if len(numbers) == CHUNK_ROWS:
            chunks.append(chunk())
    chunks.append(chunk())
    return pa.Table.from_batches(chunks)


def _value(cell: Any) -> Value:
    """Return the text of a cell, or its moment; None where it holds nothing."""
    if isinstance(cell, str):
        return cell.strip(" \t\xa0") or None
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, float):
        return _number(cell)
    if isinstance(cell, datetime):
        return cell
    if isinstance(cell, date):
        return datetime(cell.year, cell.month, cell.day)
    return str(cell)


def _number(number: float) -> str:
    if number.is_integer() and abs(number) < EXACT:
        return str(int(number))
    if abs(number) >= EXACT:
        return f"{number:.15G}"
    text = np.format_float_positional(number, trim="-")
    # So that no number looks like one with a thousands separator.
    return f"{text}0" if text[-4:-3] == "." else text


def _shown(cell: Any) -> str | None:
    value = _value(cell)
    return value.isoformat(sep=" ") if isinstance(value, datetime) else value
