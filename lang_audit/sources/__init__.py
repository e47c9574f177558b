"""Reading: one module a format, each giving the same `Paper`. Readers come in by the entry point `lang_audit.readers`."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cache
from importlib.metadata import entry_points
from pathlib import Path
from typing import BinaryIO, NamedTuple

from lang_audit.errors import UnreadableError
from lang_audit.model import Paper

DEFAULT_PDF_ENGINE = "pdfminer"
_HEAD = 4096
_BLANK = b"\0 \t\r\n"


class Reader(NamedTuple):
    """A format that can be read.

    `suffixes` are lower-case file endings with the dot; `recognises` looks at the first 4,096 bytes, for files whose name
    does not tell; `read` takes a path and yields papers, or raises UnreadableError. A reader of PDF files has `read_with` too,
    which takes the name of a PDF engine after the path. `outweighs_name` tells whether to believe the bytes where the name
    says otherwise: a web page called .pdf is no paper but a publisher's notice, and is left to the reader of PDFs to refuse.
    `includes` names the files that a file takes in, which are no manuscripts of their own.
    """

    name: str
    suffixes: tuple[str, ...]
    recognises: Callable[[bytes], bool]
    read: Callable[[Path], Iterator[Paper]]
    read_with: Callable[[Path, str], Iterator[Paper]] | None = None
    outweighs_name: bool = True
    includes: Callable[[Path], list[Path]] | None = None


@cache
def readers() -> tuple[Reader, ...]:
    """Every installed reader, in order of name."""
    return tuple(point.load() for point in sorted(entry_points(group="lang_audit.readers"), key=lambda p: p.name))


def first_bytes(file: BinaryIO) -> bytes:
    """The first 4,096 bytes of an open file after any blanks. Raises UnreadableError "empty-file" where there are none."""
    while head := file.read(_HEAD):
        if told := head.lstrip(_BLANK):
            return told + file.read(_HEAD - len(told))
    held = "is empty" if not file.tell() else "holds nothing but blanks or zeros, as after a download that broke off"
    raise UnreadableError("empty-file", f"The file {held}.", "Download or export it again.")


def reader_for(path: Path) -> Reader:
    """The reader for a file: what its first bytes say, else what its name says. Raises UnreadableError where none fits."""
    with path.open("rb") as file:
        head = first_bytes(file)
    recognised = [reader for reader in readers() if reader.recognises(head)]
    named = [reader for reader in readers() if path.suffix.lower() in reader.suffixes]
    both = [reader for reader in recognised if reader in named]
    for choice in (both, [reader for reader in recognised if reader.outweighs_name], named, recognised):
        if choice:
            return choice[0]
    known = ", ".join(sorted(suffix for reader in readers() for suffix in reader.suffixes))
    raise UnreadableError("unknown-format", "The file is of no format that lang-audit reads.", f"Give one of: {known}.")


def read(path: Path, pdf_engine: str = DEFAULT_PDF_ENGINE) -> Iterator[Paper]:
    """Read every paper in a file, PDF files with the engine of that name.

    Raises UnreadableError, with the way to mend it, where the file cannot be read; ConfigError for an unknown engine.
    """
    try:
        reader = reader_for(path)
    except OSError as error:
        raise UnreadableError(
            "no-access", f"The file cannot be opened: {error.strerror}.", "Check its name and rights."
        ) from error
    yield from reader.read_with(path, pdf_engine) if reader.read_with else reader.read(path)
