"""What a raw file is, whatever its name says, and its text as UTF-8 with lines that end in LF."""

import codecs
import gzip
import io
import re
import tempfile
import threading
import zipfile
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import BinaryIO, NamedTuple

import pyarrow as pa

TEXTS = (".csv", ".tsv", ".txt")
PACKED = (".gz", ".zst", ".zip")
TABLES = (".parquet", ".xlsx")
# The longest first: .csv.zip is a packed text and not some other .zip.
SUFFIXES = (*(text + packed for text in TEXTS for packed in PACKED), *TEXTS, *TABLES, *PACKED)
SUFFIXES_IN_WORDS = ".csv, .csv.gz, .csv.zst, .csv.zip, .zip, .parquet or .xlsx"
ENCODINGS = ("utf-8", "latin-1", "cp1252", "utf-16")
# First bytes of files, and what they are; then those that are not read, and what to do with them.
KINDS = {
    b"\x1f\x8b": "gz",
    b"\x28\xb5\x2f\xfd": "zst",
    b"PK\x03\x04": "zip",
    b"PK\x05\x06": "zip",
    b"PAR1": "parquet",
}
REFUSED = {
    b"\xd0\xcf\x11\xe0": "is an old Excel file or one with a password; save it as .xlsx without",
    b"\xff\xfe\x00\x00": "is UTF-32; save it as UTF-8",
    b"\x00\x00\xfe\xff": "is UTF-32; save it as UTF-8",
    b"BZh91AY&SY": "is packed by bzip2; unpack it",
    b"\xfd7zXZ\x00": "is packed by xz; unpack it",
    b"7z\xbc\xaf\x27\x1c": "is packed by 7z; unpack it",
    b"Rar!": "is packed by rar; unpack it",
    b"%PDF": "is a PDF; it needs a file of rows",
    b"SQLite format 3\x00": "is a database of SQLite; it needs a file of rows",
}
MARKS = {
    codecs.BOM_UTF8: "utf-8",
    codecs.BOM_UTF16_LE: "utf-16-le",
    codecs.BOM_UTF16_BE: "utf-16-be",
}
HEAD_BYTES = 4096
CHUNK_BYTES = 1 << 20
CONTROL_CHARACTER = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")

# What cannot be decoded becomes a lone surrogate, which is not valid UTF-8 either.
codecs.register_error("as_surrogate", lambda error: ("\udcff", error.end))


class IntakeError(ValueError):
    """Raw files that cannot be read; each argument is one line for the user."""

    def __init__(self, *problems: str) -> None:
        # A name of a file or column may hold a line end.
        super().__init__(*map(one_line, problems))

    def __str__(self) -> str:
        """Return the lines, one below the other."""
        return "\n".join(self.args)


def one_line(text: str) -> str:
    """Return a text without control characters."""
    return CONTROL_CHARACTER.sub("\N{REPLACEMENT CHARACTER}", text)


class Container(NamedTuple):
    """What a file is: `kind` 'text', 'parquet' or 'xlsx'; how it is packed; the member of a zip."""

    kind: str
    packing: str | None = None
    member: str | None = None


def suffix_of(path: Path) -> str:
    """Return the end of a file's name that says what it is; empty where it is none of ours."""
    return next((suffix for suffix in SUFFIXES if path.name.lower().endswith(suffix)), "")


def container_of(path: Path) -> Container:
    """Return what a file is by its first bytes; its name only says what it should be.

    Raises
    ------
    IntakeError
        If it is empty, is not what its name says nor anything else that can be read, or a zip
        does not hold one file of rows.
    """
    with path.open("rb") as stream:
        head = stream.read(HEAD_BYTES)
    if not head:
        raise IntakeError("is empty; a header line is needed")
    kind, suffix = _kind(head), suffix_of(path)
    if kind == "zip":
        return _of_zip(path)
    if kind == "parquet" or (kind is None and suffix == ".parquet"):
        return Container("parquet")
    if kind is None and suffix.endswith((*PACKED, ".xlsx")):
        raise IntakeError(
            f"is called {suffix} and is no such file; save it anew or name it rightly"
        )
    return Container("text", kind)


def _kind(head: bytes) -> str | None:
    if refused := next((words for magic, words in REFUSED.items() if head.startswith(magic)), None):
        raise IntakeError(refused)
    return next((kind for magic, kind in KINDS.items() if head.startswith(magic)), None)


def _of_zip(path: Path) -> Container:
    with zipfile.ZipFile(path) as archive:
        if "xl/workbook.xml" in archive.namelist():
            return Container("xlsx")
        names = [name for name in archive.namelist() if _is_shown(name)]
        found = [name for name in names if name.lower().endswith((*TEXTS, ".xlsx"))]
        if len(found) != 1:
            listed = ", ".join(f"'{name}'" for name in (found or names)[:5]) or "nothing"
            raise IntakeError(
                f"is a zip that holds {listed}; it has to hold one file, .csv, .tsv, .txt or .xlsx"
            )
        if archive.getinfo(found[0]).flag_bits & 1:
            raise IntakeError("is a zip with a password; pack it without")
        with archive.open(found[0]) as stream:
            kind = _kind(stream.read(HEAD_BYTES))
    if kind == "zip":
        return Container("xlsx", "zip", found[0])
    if kind is not None:
        raise IntakeError(f"is a zip, and '{found[0]}' in it is no text; unpack it")
    return Container("text", "zip", found[0])


def _is_shown(name: str) -> bool:
    """Return whether a name in a zip is a file's, and none that macOS adds or hides."""
    path = PurePosixPath(name)
    return not (name.endswith("/") or name.startswith("__MACOSX/") or path.name.startswith("."))


def open_binary(path: Path, container: Container) -> BinaryIO:
    """Open the bytes of a file, unpacked."""
    if container.packing == "gz":
        return gzip.open(path, "rb")
    if container.packing == "zst":
        return pa.input_stream(str(path), compression="zstd")
    if container.packing == "zip":
        return zipfile.ZipFile(path).open(container.member)
    return path.open("rb")


def encoding_of(path: Path, container: Container, told: str) -> str:
    """Return the encoding of a text: what its first bytes leave no doubt of, else what was told.

    That is a byte order mark, or the zero bytes of UTF-16: many of every other byte, and hardly
    one of the rest.
    """
    with open_binary(path, container) as stream:
        head = stream.read(HEAD_BYTES)
    if marked := next((name for mark, name in MARKS.items() if head.startswith(mark)), None):
        return marked
    high, low = head[0::2].count(0), head[1::2].count(0)
    if low >= len(head) / 8 and high <= low / 20:
        return "utf-16-le"
    if high >= len(head) / 8 and low <= high / 20:
        return "utf-16-be"
    return "utf-16-le" if told == "utf-16" else told


class PlainText:
    """A text as UTF-8 without a mark, its lines ended by LF, of which any part can be read.

    That is the file itself, and from where it is something else on an unnamed copy, which is gone
    with the process.

    Parameters
    ----------
    path : Path
        The file.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._modified = path.stat().st_mtime_ns
        self._start = self._size = 0
        self._copy: BinaryIO | None = None
        self._lock = threading.Lock()

    def begin(self, mark: bytes) -> None:
        """Say what stands before the text."""
        self._start = len(mark)

    def copy(self) -> None:
        """Go on with a copy."""
        if self._copy is None:
            self._copy = tempfile.TemporaryFile()  # noqa: SIM115
            for start in range(0, self._size, CHUNK_BYTES):
                self._copy.write(self._of_file(start, min(CHUNK_BYTES, self._size - start)))

    def add(self, data: bytes) -> None:
        """Say what comes next."""
        self._size += len(data)
        if self._copy:
            self._copy.write(data)

    def read(self, start: int, size: int) -> bytes:
        """Return a part of the text.

        Raises
        ------
        IntakeError
            If the file is not what it was.
        """
        if self._copy:
            with self._lock:
                self._copy.seek(start)
                data = self._copy.read(size)
        else:
            data = self._of_file(start, size)
        if len(data) < size or self.path.stat().st_mtime_ns != self._modified:
            raise IntakeError("was changed while it was read; build again once it is whole")
        return data

    def _of_file(self, start: int, size: int) -> bytes:
        with self.path.open("rb") as stream:
            stream.seek(self._start + start)
            return stream.read(size)


class Text:
    """The text of a file as UTF-8 without a mark, its lines ended by LF; it is read forwards only.

    Where a byte is not valid in the encoding, what is read is not valid UTF-8 either.

    Parameters
    ----------
    path : Path
        The file.
    encoding : str
        As `encoding_of` returns it.

    Attributes
    ----------
    plain : PlainText
        What was read until now, of which parts can be read again.
    """

    def __init__(self, path: Path, encoding: str) -> None:
        self.position = 0
        self.plain = PlainText(path)
        container = container_of(path)
        if container.packing or encoding != "utf-8":
            self.plain.copy()
        self._stream = open_binary(path, container)
        self._pieces = self._normalised(encoding)
        self._rest = b""

    def read(self, size: int) -> bytes:
        """Return the next so many bytes, or what is left."""
        pieces, wanted = [self._rest[:size]], size - len(self._rest)
        self._rest = self._rest[size:]
        while wanted > 0 and (piece := next(self._pieces, None)) is not None:
            pieces.append(piece[:wanted])
            self._rest = piece[wanted:]
            wanted -= len(piece)
        data = b"".join(pieces)
        self.position += len(data)
        return data

    def skip_to(self, position: int) -> None:
        """Go forwards to a position."""
        while self.position < position and self.read(min(CHUNK_BYTES, position - self.position)):
            pass

    def close(self) -> None:
        """Close the file."""
        self._stream.close()

    def __enter__(self) -> "Text":
        """Return itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close the file."""
        self.close()

    def _normalised(self, encoding: str) -> Iterator[bytes]:
        """Yield the text in pieces, CRLF and CR turned into LF."""
        held = b""
        for piece in self._decoded(encoding):
            data = held + piece
            # A CR that is last may be half of a CRLF.
            held = b"\r" if data.endswith(b"\r") else b""
            data = data.removesuffix(held)
            if held or b"\r" in data:
                self.plain.copy()
                data = data.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
            self.plain.add(data)
            yield data
        if held:
            self.plain.add(b"\n")
            yield b"\n"

    def _decoded(self, encoding: str) -> Iterator[bytes]:
        chunk = self._stream.read(CHUNK_BYTES)
        mark = next((mark for mark, name in MARKS.items() if name == encoding), b"")
        if chunk.startswith(mark):
            self.plain.begin(mark)
            chunk = chunk.removeprefix(mark)
        if encoding == "utf-8":
            while chunk:
                yield chunk
                chunk = self._stream.read(CHUNK_BYTES)
            return
        decoder = codecs.getincrementaldecoder(encoding)("as_surrogate")
        while chunk:
            yield decoder.decode(chunk).encode("utf-8", "surrogatepass")
            chunk = self._stream.read(CHUNK_BYTES)
        yield decoder.decode(b"", final=True).encode("utf-8", "surrogatepass")


def read_all(path: Path, container: Container) -> BinaryIO:
    """Return the bytes of a file, unpacked, as a stream in which one can go back."""
    if container.packing is None:
        return path.open("rb")
    with open_binary(path, container) as stream:
        return io.BytesIO(stream.read())
