"""The fields of records: cut by a parser of CSV where they are sound, else one by one.

Sound is what leaves no doubt: the record can be decoded, each of its quotes begins a field, ends it
or is doubled, and it has the fields of its dialect. So the parser sees no record on which parsers
differ, and the rows that it returns are counted against the records.
"""

import functools
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import csv

from warehouse.headers import HEADER_AGAIN
from warehouse.records import QUOTE, Dialect, Records

STRAY_QUOTE = "a stray or unclosed quote"
# What is trimmed of a field, and its bytes.
BLANKS = " \t\xa0"
MARK = "\ufeff"


class Layout(NamedTuple):
    """How the records of a text become columns.

    Attributes
    ----------
    delimiter, width : str, int
        The dialect.
    named : int
        Fields that the header names; those behind them, up to the width, have to be empty.
    header : str or None
        The line of the header, which is no row where it comes again.
    encoding : str
        The encoding of the text.
    places : mapping
        The place of each declared column that the text has, from 1.
    """

    delimiter: str
    width: int
    named: int
    header: str | None
    encoding: str
    places: Mapping[str, int]

    @property
    def dialect(self) -> Dialect:
        """How the text is cut into records."""
        return Dialect(self.delimiter, self.width)

    @property
    def unnamed(self) -> range:
        """The places that the header does not name."""
        return range(self.named + 1, self.width + 1)

    @property
    def read(self) -> list[int]:
        """The places that are read."""
        return sorted({*self.places.values(), *self.unnamed})

    @property
    def short_row(self) -> str:
        """What is said of a record with too few fields."""
        return f"a short row: fewer than {self.named} fields"

    @property
    def long_row(self) -> str:
        """What is said of a record with too many."""
        return f"a long row: more than {self.named} fields"


def rows_of(records: Records, layout: Layout, columns: Sequence[str]) -> pa.StructArray:
    """Return the rows that records are.

    Parameters
    ----------
    records : Records
        The records of a part of a text.
    layout : Layout
        How they become columns.
    columns : sequence of str
        The declared columns.

    Returns
    -------
    StructArray of shape (n_rows,)
        Of each record that holds more than blanks `row_number` (int64, the line at which it
        begins, from 1), `raw_row` (its text without its end), `row_error` (why it cannot be split;
        null where it can), and each column as text, trimmed, null where it is empty. First come
        the sound records.
    """
    is_row, is_decoded = records.are_rows(), records.decoded()
    is_sound = is_row & _are_sound(records, layout)
    if is_decoded is not None:
        is_sound &= is_decoded
    numbers, texts = records.lines + 1, records.texts(is_decoded)
    rows = []
    if is_sound.any():
        sound, table, is_cut = _parsed(records.only(is_sound), layout)
        is_sound[is_sound] = is_cut
        of_sound = (numbers, texts) if is_sound.all() else _only(is_sound, numbers, texts)
        rows.append(_rows(*of_sound, *_trimmed(sound, table, layout, columns)))
    if not is_sound.all():
        is_other = is_row & ~is_sound
        if is_decoded is None:
            is_decoded = np.ones(len(is_row), dtype=bool)
        found = _cut_each(*_only(is_other, is_decoded, texts), layout, columns)
        rows.append(_rows(*_only(is_other, numbers, texts), *found))
    return rows[0] if len(rows) == 1 else pa.concat_arrays(rows)


def _only(mask: np.ndarray, array: np.ndarray, texts: pa.Array) -> tuple[np.ndarray, pa.Array]:
    return array[mask], texts.filter(pa.array(mask))


def _rows(
    numbers: np.ndarray, texts: pa.Array, errors: pa.Array, columns: Mapping[str, pa.Array]
) -> pa.StructArray:
    fields = {
        "row_number": pa.array(numbers, pa.int64()),
        "raw_row": texts,
        "row_error": errors,
        **columns,
    }
    return pa.StructArray.from_arrays(list(fields.values()), list(fields))


# ---- sound records --------------------------------------------------------------------------


def _are_sound(records: Records, layout: Layout) -> np.ndarray:
    """Return for each record whether its quotes leave no doubt, and it is not the header again."""
    _, is_sound = _pairs_of_quotes(records, layout)
    headers = re.finditer(re.escape(layout.header.encode()), records.data) if layout.header else ()
    is_sound[[int(records.at(found.start())) for found in headers]] = False
    # The parser would take it for the mark of a file.
    if records.data.startswith(MARK.encode()):
        is_sound[0] = False
    return is_sound


def _pairs_of_quotes(records: Records, layout: Layout) -> tuple[np.ndarray, np.ndarray]:
    """Return where pairs of quotes open and close, and which records have no other quotes."""
    is_sound = np.ones(len(records.starts), dtype=bool)
    if b'"' not in records.data:
        return np.zeros((2, 0), dtype=np.int64), is_sound
    quotes = records.places(QUOTE)
    of = records.at(quotes)
    is_sound = np.bincount(of, minlength=len(is_sound)) % 2 == 0
    pairs = quotes[is_sound[of]].reshape(-1, 2).T
    opening, closing = pairs
    data, of = np.frombuffer(records.data, dtype=np.uint8), records.at(opening)
    # Two quotes side by side within a field are one that is doubled.
    is_doubled = closing[:-1] + 1 == opening[1:]
    begins = (opening == records.starts[of]) | (data[opening - 1] == ord(layout.delimiter))
    begins[1:] |= is_doubled
    ends = (closing + 1 == records.ends[of]) | (data[closing + 1] == ord(layout.delimiter))
    ends[:-1] |= is_doubled
    is_sound[of[~(begins & ends)]] = False
    return pairs, is_sound


def _parsed(records: Records, layout: Layout) -> tuple[Records, pa.Table, np.ndarray]:
    """Return the records that have the fields of the dialect, these, and which records they are.

    A column of the table is called as its place is; those that nobody needs are left out.
    """
    names = [str(place) for place in range(1, layout.width + 1)]
    is_cut = np.ones(len(records.starts), dtype=bool)

    def leave_out(row: csv.InvalidRow) -> str:
        is_cut[row.number - 1] = False
        return "skip"

    table = csv.read_csv(
        pa.BufferReader(records.data),
        csv.ReadOptions(column_names=names, use_threads=False, block_size=len(records.data)),
        csv.ParseOptions(
            delimiter=layout.delimiter,
            quote_char='"' if b'"' in records.data else False,
            newlines_in_values=True,
            ignore_empty_lines=False,
            invalid_row_handler=leave_out,
        ),
        csv.ConvertOptions(
            column_types=dict.fromkeys(names, pa.string()),
            include_columns=[str(place) for place in layout.read],
            strings_can_be_null=True,
            null_values=[""],
            check_utf8=False,
        ),
    )
    return records.only(is_cut), table, is_cut


def _trimmed(
    records: Records, table: pa.Table, layout: Layout, columns: Sequence[str]
) -> tuple[pa.Array, dict[str, pa.Array]]:
    """Return what is wrong with sound records, and their columns."""
    found = {place: table[str(place)].combine_chunks() for place in layout.read}
    for place, is_blank in _have_blanks(records, layout):
        mask = pa.array(is_blank)
        trimmed = pc.utf8_trim(found[place].filter(mask), BLANKS)
        trimmed = pc.if_else(pc.equal(trimmed, ""), None, trimmed)
        found[place] = pc.replace_with_mask(found[place], mask, trimmed)
    nothing = pa.nulls(table.num_rows, pa.string())
    errors = nothing
    for place in layout.unnamed:
        errors = pc.if_else(found[place].is_valid(), layout.long_row, errors)
    return errors, {name: found.get(layout.places.get(name), nothing) for name in columns}


def _have_blanks(records: Records, layout: Layout) -> Iterator[tuple[int, np.ndarray]]:
    """Yield places of fields that have blanks to trim, and in which records."""
    data = np.frombuffer(records.data, dtype=np.uint8)
    beside = [np.zeros(0, dtype=np.int64)]
    for blank in BLANKS.encode():
        # A delimiter is a blank within quotes only.
        edges = b'"' if blank == ord(layout.delimiter) else f'{layout.delimiter}\n"'.encode()
        if blank in records.data:
            is_edge = np.isin(np.arange(256), list(edges))
            found = records.places(blank)
            # The first byte comes after the last, which is the end of a line.
            beside.append(found[is_edge[data[found - 1]] | is_edge[data[found + 1]]])
    blanks = np.concatenate(beside)
    if not len(blanks):
        return
    delimiters = records.places(ord(layout.delimiter))
    (opening, closing), _ = _pairs_of_quotes(records, layout)
    if len(opening):
        pair = np.searchsorted(opening, delimiters) - 1
        delimiters = delimiters[(pair < 0) | (delimiters > closing[pair])]
    # Where it is no blank but a byte of another character, to trim does no harm.
    of = records.at(blanks)
    places = np.searchsorted(delimiters, blanks) - of * (layout.width - 1) + 1
    for place in layout.read:
        is_blank = np.zeros(len(records.starts), dtype=bool)
        is_blank[of[places == place]] = True
        if is_blank.any():
            yield place, is_blank


# ---- others ---------------------------------------------------------------------------------


def _cut_each(
    is_decoded: np.ndarray, texts: pa.Array, layout: Layout, columns: Sequence[str]
) -> tuple[pa.Array, dict[str, pa.Array]]:
    """Return what is wrong with other records, and their columns."""
    records = list(zip(texts.to_pylist(), is_decoded.tolist(), strict=True))
    rows = [
        [_unquoted(field).strip(BLANKS) for field in cut(text, layout.delimiter) or ()]
        if valid
        else []
        for text, valid in records
    ]
    errors = [_error(*each, fields, layout) for each, fields in zip(records, rows, strict=True)]
    found = {}
    for name in columns:
        place = layout.places.get(name, 0)
        values = ((fields[place - 1] if 0 < place <= len(fields) else None) for fields in rows)
        found[name] = pa.array((value or None for value in values), pa.string())
    return pa.array(errors, pa.string()), found


def cut(text: str, delimiter: str) -> list[str] | None:
    """Return the fields of a record as they stand there, or None where it cannot be split."""
    if '"' not in text:
        return text.split(delimiter)
    whole, each = _patterns(delimiter)
    return each.findall(delimiter + text) if whole.fullmatch(text) else None


@functools.cache
def _patterns(delimiter: str) -> tuple[re.Pattern[str], re.Pattern[str]]:
    # Quoted, with quotes inside it doubled, or plain.
    field = f' *+"(?:[^"]++|"")*+" *+|[^"{delimiter}]*+'
    return (
        re.compile(f"(?:{field})(?:[{delimiter}](?:{field}))*+"),
        re.compile(f"[{delimiter}]({field})"),
    )


def _unquoted(field: str) -> str:
    quoted = field.strip(" ")
    return quoted[1:-1].replace('""', '"') if quoted.startswith('"') else field


def _error(text: str, is_decoded: bool, fields: Sequence[str], layout: Layout) -> str | None:
    """Return why a record is no row; None where it is one."""
    if not is_decoded:
        return f"a byte is not valid {layout.encoding}"
    if layout.header and text.strip(" \t" + MARK) == layout.header:
        return HEADER_AGAIN
    if not fields:
        return STRAY_QUOTE
    if len(fields) < layout.named:
        return layout.short_row
    if len(fields) > layout.width or any(fields[layout.named :]):
        return layout.long_row
    return None
