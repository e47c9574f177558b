"""Files of any size as a stream of bytes or lines, unpacked on the way, and the loop that numbers what is read from them.

Memory stays bounded by `LARGEST_RECORD`, whatever the size of the file and however far its packed data grow.
"""

from __future__ import annotations

import bz2
import codecs
import errno
import lzma
import zlib
from collections.abc import Callable, Iterable, Iterator
from importlib import import_module
from pathlib import Path
from typing import Any, BinaryIO, Final, NamedTuple, Protocol, TypeVar

from lang_audit.corpus.reading.records import CorpusRecord, Rejected


def _inflater() -> Any:
    try:
        return import_module("isal.isal_zlib")  # three times as fast as zlib, where it is installed
    except ImportError:
        return zlib


LARGEST_RECORD: Final = 16 << 20
"""Bytes of one record, far more than a paper has: what is larger is passed over and rejected as "too-large"."""

_PIECE = 1 << 16  # bytes that are read from the file at a time
_GROWN = 1 << 20  # bytes that a piece may unpack to at a time
_EXCERPT = 200
_UTF_8 = "utf-8"
_TELLING = 64  # bytes of a text that show whether zeros stand between its letters: names of columns and tags are ASCII
# Which of every four bytes are zero.
_WIDE: Final[dict[tuple[int, ...], str]] = {
    (1, 3): "utf-16-le",
    (0, 2): "utf-16-be",
    (1, 2, 3): "utf-32-le",
    (0, 1, 2): "utf-32-be",
}
_ZLIB: Final = _inflater()

Piece = TypeVar("Piece")


class BrokenFileError(Exception):
    """The file ends, or cannot be unpacked, before its end: what came before stands."""


class Fault(NamedTuple):
    """Something that stands in a file where a record should: it is counted as one and rejected."""

    code: str
    message: str
    excerpt: str = ""


class _Unpacker(Protocol):
    """What the decompressors of zlib (wrapped), bz2 and lzma have in common."""

    @property
    def eof(self) -> bool: ...
    @property
    def needs_input(self) -> bool: ...
    @property
    def unused_data(self) -> bytes: ...
    def decompress(self, data: bytes, max_length: int = -1) -> bytes: ...


class _Gunzip:
    """zlib's decompressor in the manner of those of bz2 and lzma."""

    def __init__(self) -> None:
        self._zlib = _ZLIB.decompressobj(wbits=31)

    @property
    def eof(self) -> bool:
        return bool(self._zlib.eof)

    @property
    def needs_input(self) -> bool:
        return not self._zlib.unconsumed_tail

    @property
    def unused_data(self) -> bytes:
        return bytes(self._zlib.unused_data)

    def decompress(self, data: bytes, max_length: int = -1) -> bytes:
        grown: bytes = self._zlib.decompress(self._zlib.unconsumed_tail + data, max_length)
        return grown


_PACKED: Final[tuple[tuple[bytes, Callable[[], _Unpacker]], ...]] = (
    (b"\x1f\x8b", _Gunzip),
    (b"BZh", bz2.BZ2Decompressor),
    (b"\xfd7zXZ\0", lzma.LZMADecompressor),
)


def chunks(path: Path) -> Iterator[bytes]:
    """The bytes of a file in order, unpacked where it is packed by gzip, bzip2 or xz, up to a mebibyte at a time.

    Raises BrokenFileError where packed data break off or are damaged, OSError where the file cannot be read.
    """
    with path.open("rb") as file:
        first = file.read(_PIECE)
        unpacker = next((make for magic, make in _PACKED if first.startswith(magic)), None)
        if unpacker is not None:
            yield from _unpacked(file, first, unpacker)
            return
        while first:
            yield first
            first = file.read(_GROWN)


def _unpacked(file: BinaryIO, data: bytes, make: Callable[[], _Unpacker]) -> Iterator[bytes]:
    """What packed data hold: several packed files may stand in one, one after the other."""
    unpacker, ends_well = make(), False
    while True:
        if unpacker.eof:
            data = (unpacker.unused_data or file.read(_PIECE)).lstrip(b"\0")  # tape programs pad with zeros
            if not data and not (data := file.read(_PIECE).lstrip(b"\0")):
                return
            unpacker, ends_well = make(), True
        ended = unpacker.needs_input and not data and not (data := file.read(_PIECE))
        try:
            grown = unpacker.decompress(data, _GROWN)
        except (zlib.error, _ZLIB.error, OSError, lzma.LZMAError, EOFError, ValueError) as error:
            if ends_well and not data.startswith(tuple(magic for magic, _ in _PACKED)):
                raise BrokenFileError("something that is not packed follows the packed data") from error
            raise BrokenFileError(f"the packed data are damaged ({error})") from error
        data = b""
        if grown:
            yield grown
        elif ended and not unpacker.eof:
            raise BrokenFileError("the packed data break off before their end")


def head(path: Path, size: int = 4096) -> bytes:
    """The first bytes of a file, unpacked; fewer where it breaks off. Raises OSError where it cannot be read."""
    told = b""
    try:
        for chunk in chunks(path):
            told += chunk
            if len(told) >= size:
                break
    except BrokenFileError:
        pass
    return told[:size]


def text_lines(path: Path) -> Iterator[str]:
    r"""The lines of a text, each with its end; of a line longer than LARGEST_RECORD only so much and one character more.

    UTF-16 and UTF-32 are told as `wide_encoding` does. Else each line is UTF-8, and Windows-1252 where it cannot be that:
    databases paste records of several encodings into one file. Raises as `chunks` does, after the last line that is whole.
    """
    stream = chunks(path)
    first = next(stream, b"")
    pieces = _bytes_of(first, stream)
    if encoding := wide_encoding(first):
        yield from _decoded_lines(pieces, encoding)
    else:
        yield from _byte_lines(pieces)


def wide_encoding(first: bytes) -> str | None:
    """UTF-16 or UTF-32, where a text begins in one of them: with its byte order mark, or with letters of which each has zeros."""
    if first.startswith((codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE)):
        return "utf-32"
    if first.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    begin = first[: min(_TELLING, len(first) - len(first) % 4)]
    zeros = tuple(k for k in range(4) if begin[k::4].count(0) * 8 >= len(begin))  # at least half of these bytes
    return _WIDE.get(zeros) if begin else None


def _bytes_of(first: bytes, rest: Iterator[bytes]) -> Iterator[bytes]:
    yield first
    yield from rest


def _byte_lines(pieces: Iterable[bytes]) -> Iterator[str]:
    left, at_start, dropping = b"", True, False
    for piece in pieces:
        if at_start:
            piece, at_start = piece.removeprefix(codecs.BOM_UTF8), False
        whole = (left + piece).splitlines(keepends=True) if left else piece.splitlines(keepends=True)
        # The last line may go on in the next piece, and a "\r" at its end may be half of an end.
        left = whole.pop() if whole and not whole[-1].endswith(b"\n") else b""
        for line in whole:
            if not dropping:
                yield _text(line)
            dropping = False
        if len(left) > LARGEST_RECORD:
            if not dropping:
                yield left[: LARGEST_RECORD + 1].decode("latin-1")
            left, dropping = b"", True
    if left and not dropping:
        yield _text(left)


def _text(line: bytes) -> str:
    try:
        return line.decode(_UTF_8)
    except UnicodeDecodeError:
        return line.decode("cp1252", errors="replace")


def _decoded_lines(pieces: Iterable[bytes], encoding: str) -> Iterator[str]:
    decoder = codecs.getincrementaldecoder(encoding)(errors="replace")

    def as_utf_8() -> Iterator[bytes]:
        for piece in pieces:
            yield decoder.decode(piece).encode(_UTF_8, errors="replace")
        yield decoder.decode(b"", final=True).encode(_UTF_8, errors="replace")

    yield from _byte_lines(as_utf_8())


def excerpt(text: str | bytes) -> str:
    """The beginning of what was rejected, on one line."""
    if isinstance(text, bytes):
        text = text[: _EXCERPT * 4].decode(_UTF_8, errors="replace")
    return " ".join(text[: _EXCERPT * 4].split())[:_EXCERPT]


def too_large(beginning: str | bytes = "") -> Fault:
    """The fault of a record that is larger than any can be."""
    return Fault("too-large", f"The record is larger than {LARGEST_RECORD >> 20} MiB.", excerpt(beginning))


def unopened(error: OSError) -> Fault:
    """The fault of a file that cannot be read: it is out of reach, or damaged so that it points to places before its start."""
    if error.errno == errno.EINVAL:
        return Fault("broken-file", "The file breaks off or is damaged.")
    return Fault("no-access", f"The file cannot be read: {error.strerror or error}.")


def numbered(
    source: str,
    start: int,
    pieces: Iterable[Piece | Fault],
    make: Callable[[Piece, int], CorpusRecord | Fault],
) -> Iterator[CorpusRecord | Rejected]:
    """The records of a file from that of number `start` on: `pieces` are cheap to cut, `make` is only asked for what counts.

    A file that breaks off ends with one Rejected "broken-file", one that cannot be opened is a Rejected "no-access", one that
    holds no record a Rejected "no-records".
    """
    position = 0
    stream = iter(pieces)
    while True:
        fault: Fault | None = None
        try:
            piece = next(stream)
        except StopIteration:
            if not start and not position:
                yield Rejected(source, 0, "no-records", "The file holds no record.")
            return
        except BrokenFileError as error:
            fault = Fault("broken-file", f"The file breaks off or is damaged here: {error}.")
        except OSError as error:
            fault = unopened(error)
        if fault is not None:
            if position >= start:
                yield Rejected(source, position, *fault)
            return
        if position >= start:
            yield _made(source, position, piece, make)
        position += 1


def _made(
    source: str, position: int, piece: Piece | Fault, make: Callable[[Piece, int], CorpusRecord | Fault]
) -> CorpusRecord | Rejected:
    if isinstance(piece, Fault):
        return Rejected(source, position, *piece)
    try:
        made = make(piece, position)
    except MemoryError:
        made = Fault("too-large", "Reading the record takes more memory than there is.")
    except Exception as error:  # the records behind it must not wait for it
        shown = excerpt(piece) if isinstance(piece, str | bytes) else ""
        made = Fault("defect", f"lang-audit met a defect of its own here ({type(error).__name__}: {error}).", shown)
    return Rejected(source, position, *made) if isinstance(made, Fault) else made
