"""The reader of PDF files: an engine, chosen by name, places their text; `layout` makes the paper of it.

Engines come in by the entry point `lang_audit.pdf_engines`: each is a function that takes a path and returns a
`PlacedDocument` or raises UnreadableError.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import cache
from importlib import import_module
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path

from lang_audit.errors import ConfigError
from lang_audit.model import Paper
from lang_audit.sources import DEFAULT_PDF_ENGINE, Reader
from lang_audit.sources.pdf_files import recognises
from lang_audit.sources.placed import UNKNOWN_CHARACTER, PlacedDocument

Engine = Callable[[Path], PlacedDocument]

_LOST = re.compile(f"[^\\W\\d_]{UNKNOWN_CHARACTER}|{UNKNOWN_CHARACTER}[^\\W\\d_]")
_MOST_LOST = 3  # unknown characters in or at words; with fewer a file is read once
_GROUP = "lang_audit.pdf_engines"
# The shipped engines, for an environment installed before they had entry points; an entry point of the same name wins.
_SHIPPED = {
    "pdfium": "lang_audit.sources.pdfium:placed_document",
    "pdfminer": "lang_audit.sources.pdf:placed_document",
}


@cache
def _points() -> dict[str, EntryPoint]:
    shipped = [EntryPoint(name, value, _GROUP) for name, value in _SHIPPED.items()]
    return {point.name: point for point in (*shipped, *entry_points(group=_GROUP))}


def pdf_engines() -> tuple[str, ...]:
    """The names of every engine that there is, in order."""
    return tuple(sorted(_points()))


@cache
def pdf_engine(name: str) -> Engine:
    """The engine of that name. Raises ConfigError where there is none, or where a package that it needs is missing."""
    point = _points().get(name)
    if point is None:
        raise ConfigError(f"pdf engine: {name!r} is none; it must be one of {', '.join(pdf_engines())}")
    try:
        import_module(point.module)
    except ModuleNotFoundError as error:
        package = (error.name or point.module).partition(".")[0]
        raise ConfigError(
            f"pdf engine: {name!r} needs the package {package}, which is not installed. "
            f"Install it (`pip install {package}`) or choose another engine."
        ) from error
    engine: Engine = point.load()
    return engine


def read(path: Path) -> Iterator[Paper]:
    """Read the one paper of a PDF file with the default engine; raises as `read_with` does."""
    yield from read_with(path, DEFAULT_PDF_ENGINE)


def read_with(path: Path, engine: str) -> Iterator[Paper]:
    """Read the one paper of a PDF file with the engine of that name.

    Raises UnreadableError: "no-access", "empty-file", "not-a-pdf", "encrypted", "broken-pdf", "too-large", "no-text-layer",
    "garbled-text". Lesser troubles stand in the paper's `problems`. Raises ConfigError for an unknown engine.
    """
    # imported here: every format is asked whether a file is its own, few read it
    from lang_audit.sources.layout import paper_from_pages
    from lang_audit.sources.legibility import garbled_pages, legible

    document = pdf_engine(engine)(path)
    if engine != DEFAULT_PDF_ENGINE and (_loses_letters(document) or garbled_pages(document)):
        document = pdf_engine(DEFAULT_PDF_ENGINE)(path)  # the reference knows more ways to tell a glyph's letter
    yield paper_from_pages(legible(document), paper_id=path.stem, source=str(path))


def _loses_letters(document: PlacedDocument) -> bool:
    """Whether letters within words stayed unknown: ligatures whose glyphs have only names, say."""
    lost = 0
    for page in document.pages:
        for run in page.runs:
            if UNKNOWN_CHARACTER in run.text:
                lost += len(_LOST.findall(run.text))
    return lost >= _MOST_LOST


READER = Reader("pdf", (".pdf",), recognises, read, read_with)
