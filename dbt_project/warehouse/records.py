"""Records of a text: which lines belong together, how many there are, and the records of a part.

A record is a line, or several where a quoted field holds line breaks (RFC 4180). A quote that
nothing closes, or that would swallow lines that are records themselves, costs its own line only.
"""

import functools
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from warehouse.containers import CHUNK_BYTES, IntakeError, PlainText, Text

# A text is looked through in blocks, and read by SQL in parts that stay in the processor's cache:
# what is in memory at once does not grow with the file.
BLOCK_BYTES = 1 << 22
PART_BYTES = 1 << 23
LINE_BYTES = 1 << 25
# How far the end of a quoted field is looked for.
RECORD_BYTES = 1 << 20
# A line of nothing else is no row.
BLANKS = b" \t"
LINE_END, QUOTE, HIGH = ord("\n"), ord('"'), 0x80
# A text is of another encoding when so many records, or this share of them, cannot be decoded, and
# when they are more than those with accents that can.
MIN_UNDECODED, MAX_UNDECODED, MAX_UNDECODED_SHARE = 3, 100, 0.01


class Dialect(NamedTuple):
    """How a text is cut: the delimiter, and the fields of a record."""

    delimiter: str
    width: int


# A record of no fields is a line.
LINES = Dialect(",", 0)


@dataclass
class Survey:
    """What is known of a text once it was looked through.

    `rows` are its records that hold more than blanks; `undecoded` of them are not valid in the
    encoding, the first of which begins at line `first_undecoded`, and `accented` are valid and
    hold more than ASCII. `parts` of `text` are where `read_part` is to begin and how far to read.
    """

    text: PlainText
    rows: int = 0
    undecoded: int = 0
    accented: int = 0
    first_undecoded: int = 0
    parts: list[dict[str, int]] = field(default_factory=list)

    @property
    def looks_like_another_encoding(self) -> bool:
        """Whether more than a few broken bytes are to blame for what cannot be decoded."""
        is_much = self.undecoded >= min(MAX_UNDECODED, MAX_UNDECODED_SHARE * self.rows)
        return is_much and self.undecoded >= max(MIN_UNDECODED, self.accented + 1)


class Records(NamedTuple):
    """Where records lie in a block: their first lines (from 0), first bytes and line ends."""

    data: bytes
    lines: np.ndarray
    starts: np.ndarray
    ends: np.ndarray
    n_lines: int
    undecided: int | None

    @classmethod
    def of(cls, data: bytes, dialect: Dialect, *, is_last: bool = True) -> "Records":
        """Find the records of a block of whole lines.

        Where the block is not the last, the record at whose first byte `undecided` stands may go
        on in the next; it and what follows are left out.
        """
        ends = _places(np.frombuffer(data, dtype=np.uint8), LINE_END)
        starts = np.concatenate([[0], ends[:-1] + 1])[: len(ends)]
        joined, undecided = _joined(data, starts, ends, dialect, is_last=is_last)
        if undecided is not None:
            whole = int(np.searchsorted(starts, undecided))
            data, starts, ends, joined = (
                data[:undecided],
                starts[:whole],
                ends[:whole],
                joined[:whole],
            )
        lines = np.flatnonzero(np.concatenate([[True], ~joined[:-1]])[: len(ends)])
        return cls(data, lines, starts[lines], ends[~joined], len(ends), undecided)

    def are_rows(self) -> np.ndarray:
        """Return for each record whether it holds more than blanks."""
        is_row = self.ends > self.starts
        first = np.frombuffer(self.data, dtype=np.uint8)[self.starts]
        for place in np.flatnonzero(is_row & ((first == BLANKS[0]) | (first == BLANKS[1]))):
            is_row[place] = bool(self.data[self.starts[place] : self.ends[place]].strip(BLANKS))
        return is_row

    def hold(self, marks: np.ndarray) -> np.ndarray:
        """Return for each record whether a byte in it is marked, the bytes between them apart."""
        if not len(self.starts):
            return np.zeros(0, dtype=bool)
        return np.logical_or.reduceat(marks, self.starts)

    def texts(self, is_decoded: np.ndarray | None) -> pa.LargeStringArray:
        """Return the text of each record without its end; as Latin-1 where it is not decoded."""
        if is_decoded is not None:
            return pa.array(self._mended(is_decoded), pa.large_string())
        offsets = np.concatenate([[0], self.ends + 1])
        with_ends = pa.LargeStringArray.from_buffers(
            len(self.ends), pa.py_buffer(offsets), pa.py_buffer(self.data)
        )
        return pc.ascii_rtrim(with_ends, "\n")

    def _mended(self, is_decoded: np.ndarray) -> Iterator[str]:
        for start, end, valid in zip(
            self.starts.tolist(), self.ends.tolist(), is_decoded.tolist(), strict=True
        ):
            yield self.data[start:end].decode("utf-8" if valid else "latin-1")

    def only(self, wanted: np.ndarray) -> "Records":
        """Return some of the records, by a mask."""
        if wanted.all():
            return self
        edges = np.flatnonzero(np.diff(np.concatenate([[False], wanted, [False]])))
        pieces = zip(self.starts[edges[::2]], self.ends[edges[1::2] - 1] + 1, strict=True)
        data = b"".join(self.data[start:end] for start, end in pieces)
        lengths = (self.ends - self.starts + 1)[wanted]
        starts = np.cumsum(lengths) - lengths
        lines = self.lines[wanted]
        return Records(data, lines, starts, starts + lengths - 1, self.n_lines, None)

    def at(self, places: np.ndarray) -> np.ndarray:
        """Return for bytes of the block, by their places, in which record they are."""
        return np.searchsorted(self.ends, places)

    def places(self, byte: int) -> np.ndarray:
        """Return where a byte is in the block."""
        return _places(np.frombuffer(self.data, dtype=np.uint8), byte)

    def decoded(self) -> np.ndarray | None:
        """Return for each record whether it is valid UTF-8; None where all are."""
        if self.data.isascii() or _is_utf8(self.data):
            return None
        is_valid = np.ones(len(self.starts), dtype=bool)
        for place in np.flatnonzero(self.accented()):
            is_valid[place] = _is_utf8(self.data[self.starts[place] : self.ends[place]])
        return is_valid

    def accented(self) -> np.ndarray:
        """Return for each record whether it holds more than ASCII."""
        return self.hold(np.frombuffer(self.data, dtype=np.uint8) >= HIGH)


def survey(
    path: Path, encoding: str, dialect: Dialect, start: int = 0, lines_before: int = 0
) -> Survey:
    """Look a text through from a byte on, before which so many lines are; without any CSV parser.

    Raises
    ------
    IntakeError
        If a line is too long.
    """
    with Text(path, encoding) as text:
        found, lines = Survey(text.plain), lines_before
        text.skip_to(start)
        for start, size, records in _blocks(text, dialect):
            if not found.parts or found.parts[-1]["size"] + size > PART_BYTES:
                found.parts.append({"start": start, "size": 0, "lines_before": lines})
            found.parts[-1]["size"] += size
            found.rows += int(records.are_rows().sum())
            if not records.data.isascii():
                is_accented, is_valid = records.accented(), records.decoded()
                if is_valid is not None:
                    if not found.undecoded:
                        first = records.lines[np.argmin(is_valid)]
                        found.first_undecoded = lines + int(first) + 1
                    found.undecoded += int((~is_valid).sum())
                    is_accented &= is_valid
                found.accented += int(is_accented.sum())
            lines += records.n_lines
    return found


def lines_of(path: Path, encoding: str) -> Iterator[tuple[int, int, bytes]]:
    """Yield the lines of a text that hold more than blanks: number, where it ends, and content."""
    number = 0
    with Text(path, encoding) as text:
        for start, _, records in _blocks(text, LINES, CHUNK_BYTES):
            for first, end in zip(records.starts.tolist(), records.ends.tolist(), strict=True):
                number += 1
                line = records.data[first:end]
                if line.strip(BLANKS):
                    yield number, start + end + 1, line


def _blocks(
    text: Text, dialect: Dialect, size: int | None = None
) -> Iterator[tuple[int, int, Records]]:
    """Yield a text in blocks of whole records: where each begins, its bytes and its records."""
    start, rest, is_last = text.position, b"", False
    while not is_last:
        read = text.read(size or BLOCK_BYTES)
        is_last = not read
        data = rest + read
        held = len(data) if is_last else data.rfind(b"\n") + 1
        block = data[:held]
        if block and not block.endswith(b"\n"):
            block += b"\n"
        records = Records.of(block, dialect, is_last=is_last)
        taken = held if records.undecided is None else records.undecided
        if len(data) - taken > LINE_BYTES:
            raise IntakeError(f"has a line of more than {LINE_BYTES:,} bytes; is it lines of text?")
        if taken:
            yield start, taken, records
        start, rest = start + taken, data[taken:]


def _joined(
    data: bytes, starts: np.ndarray, ends: np.ndarray, dialect: Dialect, *, is_last: bool
) -> tuple[np.ndarray, int | None]:
    """Return which lines go on in the next, and the first byte that cannot be decided yet.

    A line can begin a record of several lines only where the number of its quotes is odd.
    """
    joined = np.zeros(len(ends), dtype=bool)
    if not dialect.width or b'"' not in data:
        return joined, None
    quotes = _places(np.frombuffer(data, dtype=np.uint8), QUOTE)
    odd = np.flatnonzero(np.bincount(np.searchsorted(ends, quotes), minlength=len(ends)) & 1)
    after = 0
    for line in odd.tolist():
        if line < after:
            continue
        start = int(starts[line])
        end = _record_end(data, start, dialect)
        if end is not None:
            after = int(np.searchsorted(ends, end)) + 1
            joined[line : after - 1] = True
        elif not is_last and len(data) - start < RECORD_BYTES:
            return joined, start
    return joined, None


def _record_end(data: bytes, start: int, dialect: Dialect) -> int | None:
    """Return where a record ends that may hold line breaks; None where no such begins here."""
    record, line = _patterns(dialect)
    found = record.match(data, start, start + RECORD_BYTES)
    if found is None:
        return None
    inside = data[start : found.end()].split(b"\n")[1:-1]
    # One that would swallow what are records themselves is a stray quote.
    if any(line.fullmatch(each) for each in inside):
        return None
    return found.end()


@functools.cache
def _patterns(dialect: Dialect) -> tuple[re.Pattern[bytes], re.Pattern[bytes]]:
    """Return the pattern of a record, to the end of its line, and of one of a single line."""
    delimiter = re.escape(dialect.delimiter.encode())
    plain = rb'[^"\n' + delimiter + rb"]*+"
    others = rb"){%d}" % (dialect.width - 1)
    record, line = (
        b"(?:%s|%s)(?:%s(?:%s|%s)" % (quoted, plain, delimiter, quoted, plain) + others
        for quoted in (rb' *+"(?:[^"]++|"")*+" *+', rb' *+"(?:[^"\n]++|"")*+" *+')
    )
    return re.compile(record + rb"(?=\n)"), re.compile(line)


def read_part(
    text: PlainText, start: int, size: int, lines_before: int, dialect: Dialect
) -> Records:
    """Read the records of a part of a text, their lines counted from the start of the text.

    Parameters
    ----------
    text : PlainText
        The text, as `survey` found it.
    start, size : int
        Where in the text the part begins, and its bytes.
    lines_before : int
        Lines of the text before the part.
    dialect : Dialect
        How it is cut.

    Raises
    ------
    IntakeError
        If the file is not what it was.
    """
    data = text.read(start, size)
    if data and not data.endswith(b"\n"):
        data += b"\n"
    records = Records.of(data, dialect)
    return records._replace(lines=lines_before + records.lines)


def _places(array: np.ndarray, byte: int) -> np.ndarray:
    """Return where a byte is; looked for in chunks, which stay in the processor's cache."""
    return np.concatenate(
        [np.zeros(0, dtype=np.int64)]
        + [
            start + np.flatnonzero(array[start : start + CHUNK_BYTES] == byte)
            for start in range(0, len(array), CHUNK_BYTES)
        ]
    )


def _is_utf8(data: bytes) -> bool:
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True
