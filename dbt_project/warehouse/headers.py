"""Which line of a raw file names its columns, and which of them are declared."""

import csv
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby
from typing import Any, NamedTuple

from warehouse.containers import IntakeError

# A header is looked for in so many lines that hold something; above it are titles.
HEADER_WITHIN = 20
# What is said of a row that is the header once more, as in files that were joined.
HEADER_AGAIN = "the header again"
# Texts that stand for no value: a row may begin with them, but a header does not.
NO_NAMES = {"nan", "null", "none", "na", "n/a", "inf", "infinity"}
NUMBERS = ("integer", "double", "decimal")


# Of the csv module, which takes a long header for one name where it tries another delimiter.
csv.field_size_limit(1 << 30)


class Line(NamedTuple):
    """A line that may be the header: its number, its cells, and where text was cut at."""

    number: int
    cells: list[str]
    delimiter: str | None = None


class Header(NamedTuple):
    """The line that was taken for the header, or where there is none the first row (`number` 0).

    `positions` are the 1-based places of the declared columns.
    """

    number: int
    cells: list[str]
    delimiter: str | None
    positions: dict[str, int]


def find_header(table: Mapping[str, Any], lines: Iterable[Line]) -> Header:
    """Return the header of a file: the first line that names all columns that are needed.

    Parameters
    ----------
    table : mapping
        What is declared of the source (`declared_table`). Where it calls the header optional and
        the first line is a row, columns are taken by position.
    lines : iterable of Line
        The first lines of the file, in order; each once for every delimiter that may be meant.

    Raises
    ------
    IntakeError
        If no line names them, one names a column twice, or rows stand above the header.
    """
    columns = table["columns"]
    needed = [column["name"] for column in columns if column["required"]]
    above: list[Line] = []
    best: tuple[Line, dict[str, int]] | None = None
    for _, group in groupby(lines, key=lambda line: line.number):
        alike = list(group)
        widest = max(alike, key=lambda line: len(line.cells))
        if not above and table["header"] == "optional" and _is_row(columns, widest.cells):
            return Header(0, widest.cells, widest.delimiter, _by_position(columns, widest.cells))
        # Of the same line the delimiter under which it names most; then the widest.
        found = max(
            ((line, positions_of(columns, line.cells)) for line in alike),
            key=lambda each: (len(each[1]), len(each[0].cells)),
        )
        if best is None or _likeness(*found) > _likeness(*best):
            best = found
        if found[1].keys() >= set(needed):
            best = found
            break
        above += alike
    line, positions = best
    if not positions and table["header"] == "optional" and not _are_names(line.cells):
        _by_position(columns, line.cells)
    _refuse_twice(columns, line)
    _require(needed, positions, line)
    for each in above:
        filled = sum(1 for cell in each.cells if cell.strip())
        if each.delimiter == line.delimiter and filled >= max(2, len(needed)):
            raise IntakeError(
                f"has rows above its header (line {line.number}): line {each.number} has"
                f" {filled} fields; move the header to the top"
            )
    return Header(line.number, line.cells, line.delimiter, positions)


def split(text: str, delimiter: str) -> list[str]:
    """Return the cells of a line, or of several that a quoted name spans."""
    lines = (line + "\n" for line in text.split("\n"))
    return next(csv.reader(lines, delimiter=delimiter, skipinitialspace=True), [])


def width_of(cells: Sequence[str], rows: Iterable[Sequence[str]]) -> int:
    """Return how many fields the rows have below a header of these cells.

    As many as it has cells; but where a delimiter at their end makes the first rows longer, or one
    at its own end makes the header longer, by fields that hold nothing, as many as the rows have.
    """
    n, rows = len(cells), list(rows)
    of_rows = Counter(len(row) for row in rows)
    if not rows:
        return n
    width = max(of_rows, key=lambda each: (of_rows[each], each == n))
    beyond = [cells[width:]] if width < n else [row[n:] for row in rows if len(row) == width]
    return n if any(cell.strip() for tail in beyond for cell in tail) else width


def squash(name: str) -> str:
    """Return a name without case, blanks and signs."""
    return re.sub(r"[\W_]", "", name.lower())


def positions_of(columns: Sequence[Mapping[str, Any]], names: Sequence[str]) -> dict[str, int]:
    """Return the 1-based places of those declared columns that are named."""
    places: dict[str, int] = {}
    for place, name in enumerate(names, start=1):
        places.setdefault(squash(name), place)
    return {
        column["name"]: places[known]
        for column in columns
        if (known := next((name for name in _known(column) if name in places), None)) is not None
    }


def match(columns: Sequence[Mapping[str, Any]], names: Sequence[str]) -> dict[str, int]:
    """Return the 1-based places of the declared columns that are named.

    Raises
    ------
    IntakeError
        If one is named twice, or a column that is needed is not.
    """
    line, positions = Line(0, list(names)), positions_of(columns, names)
    _refuse_twice(columns, line)
    _require([c["name"] for c in columns if c["required"]], positions, line)
    return positions


def _likeness(line: Line, positions: Mapping[str, int]) -> tuple[int, bool]:
    """Return how much a line is like a header."""
    return len(positions), len(line.cells) > 1


def _known(column: Mapping[str, Any]) -> list[str]:
    return [squash(name) for name in (column["name"], *column["aliases"])]


def _refuse_twice(columns: Sequence[Mapping[str, Any]], line: Line) -> None:
    squashed = [squash(name) for name in line.cells]
    for column in columns:
        name = next((name for name in _known(column) if name in squashed), None)
        if name is not None and squashed.count(name) > 1:
            pairs = zip(line.cells, squashed, strict=True)
            same = ", ".join(f"'{cell}'" for cell, known in pairs if known == name)
            raise IntakeError(
                f"has more than one column '{column['name']}' ({same}); rename all but one"
            )


def _require(needed: Sequence[str], positions: Mapping[str, int], line: Line) -> None:
    missing = [name for name in needed if name not in positions]
    if not missing:
        return
    others = [n for place, n in enumerate(line.cells, start=1) if place not in positions.values()]
    # What may be a row of somebody's data is not shown.
    seen = ", ".join(f"'{name[:40]}'" for name in others[:8]) or "none"
    taken = f"line {line.number} was taken for it" if line.number else ""
    if line.delimiter:
        taken += f", cut at {_in_words(line.delimiter)}"
    if not positions:
        shown = f"names {seen}" if _are_names(line.cells) else f"has {len(line.cells)} field(s)"
        raise IntakeError(
            f"has no column '{missing[0]}' in its header, nor any other that is known;"
            f" it has to name {', '.join(missing)}{f' ({taken}: it {shown})' if taken else ''}"
        )
    raise IntakeError(
        f"has no column '{missing[0]}' in its header ({len(missing)} needed column(s) missing:"
        f" {', '.join(missing)}; not known: {seen}{'; ' if taken else ''}{taken})"
    )


def _in_words(delimiter: str) -> str:
    return "tabs" if delimiter == "\t" else f"'{delimiter}'"


def _are_names(cells: Sequence[str]) -> bool:
    """Return whether cells are names for certain: rows of people have digits somewhere."""
    return any(cell.strip() for cell in cells) and not any(
        re.search(r"[\d@]", cell) or cell.strip().lower() in NO_NAMES for cell in cells
    )


def _is_row(columns: Sequence[Mapping[str, Any]], cells: Sequence[str]) -> bool:
    """Return whether cells can be a row, by position: no name stands where a number is to be."""
    numbers = [
        cell.strip()
        for column, cell in zip(columns, cells, strict=False)
        if column["data_type"].startswith(NUMBERS)
    ]
    return bool(numbers) and not any(
        re.match(r"[^\W\d]", cell) and cell.lower() not in NO_NAMES for cell in numbers
    )


def _by_position(columns: Sequence[Mapping[str, Any]], cells: Sequence[str]) -> dict[str, int]:
    positions = {column["name"]: place for place, column in enumerate(columns[: len(cells)], 1)}
    missing = [c["name"] for c in columns if c["required"] and c["name"] not in positions]
    if missing:
        raise IntakeError(
            f"has no header and {len(cells)} fields per line; the column '{missing[0]}' is missing"
        )
    return positions
