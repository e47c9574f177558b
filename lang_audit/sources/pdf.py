"""The PDF engine "pdfminer": places the text of PDF files with pdfminer.six. With `unpacking`, all that knows that package.

pdfminer opens the file, finds its pages and decodes its fonts; `page_text` follows what the pages draw, because pdfminer's own
interpreter takes most of its time for paths and colours. What the text means is for `layout`.
"""

from __future__ import annotations

import logging
import re
import struct
import zlib
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, BinaryIO
from xml.etree import ElementTree

from pdfminer.pdfdocument import PDFEncryptionError, PDFPasswordIncorrect
from pdfminer.pdffont import PDFFont
from pdfminer.pdfinterp import PDFResourceManager
from pdfminer.pdfpage import PDFPage
from pdfminer.pdftypes import PDFObjRef, PDFStream, dict_value, list_value, resolve1, resolve_all, stream_value
from pdfminer.psexceptions import PSException
from pdfminer.psparser import PSLiteral
from pdfminer.utils import decode_text

from lang_audit.model import Problem
from lang_audit.sources.legibility import pages_named
from lang_audit.sources.page_runs import DEEPEST_FORM, IDENTITY, LETTER, Matrix, Rectangle, turn_of, turned
from lang_audit.sources.page_text import NO_FACE, Face, Form, PageText, as_matrix
from lang_audit.sources.pdf_files import (
    REPAIR,
    broken,
    font_name,
    is_bold,
    locked,
    property_name,
    protected,
    with_pdf,
    xmp_properties,
)
from lang_audit.sources.pdf_reader import READER as READER
from lang_audit.sources.pdf_reader import read as read
from lang_audit.sources.placed import UNKNOWN_CHARACTER, PlacedDocument, PlacedPage
from lang_audit.sources.unpacking import Document, Parser

# What pdfminer raises on broken files, beside its own family: the plain errors of unpacking, indexing and decoding.
_BROKEN = (
    PSException, struct.error, zlib.error, ValueError, TypeError, KeyError, IndexError, AttributeError, AssertionError,
    RecursionError, OverflowError, EOFError, OSError, NotImplementedError,
)  # fmt: skip
_MOST_DRAWINGS = 5_000  # forms that a page may draw, those without text not counted; a map with labels has hundreds
_SAYS_SOMETHING = re.compile(rb"T[jJ]|['\"]|\bDo\b|\bEI\b")  # text, further forms, images
_BOLD_WEIGHT = 600  # FontWeight in the descriptor: 400 is regular, 700 bold

logging.getLogger("pdfminer").setLevel(logging.CRITICAL)


class _Fonts:
    """Every font of a file, made ready once."""

    def __init__(self) -> None:
        self._manager = PDFResourceManager()
        self._ready: dict[int, tuple[PDFFont, Face]] = {}

    def face(self, reference: object) -> Face:
        """The face of a font object; raises what pdfminer raises where it is broken."""
        objid = reference.objid if isinstance(reference, PDFObjRef) else None
        font = self._manager.get_font(objid, dict_value(reference))
        if id(font) not in self._ready:
            self._ready[id(font)] = font, _face(font)  # the font is kept, so that its id stays its own
        return self._ready[id(font)][1]


def _face(font: PDFFont) -> Face:
    name = font.fontname.decode("latin-1") if isinstance(font.fontname, bytes) else str(font.fontname)
    name = font_name(name)
    weight = resolve1(font.descriptor.get("FontWeight"))
    heavy = isinstance(weight, int | float) and weight >= _BOLD_WEIGHT
    bold = heavy or is_bold(name, font.flags)

    def look_up(code: int) -> tuple[str, float]:
        text, advance = UNKNOWN_CHARACTER, 0.5
        with suppress(*_BROKEN):
            advance = float(font.char_width(code))
        with suppress(*_BROKEN):
            text = font.to_unichr(code).replace("\xa0", " ").replace("\0", UNKNOWN_CHARACTER)
        return text, advance

    def decode(string: bytes) -> Iterable[int]:
        try:
            return font.decode(string)
        except _BROKEN:
            return ()

    return Face(name, bold, look_up, decode if font.is_multibyte() else None)


class _Drawings:
    """How many forms a page has drawn. Forms that draw each other can make a few hundred bytes draw for years."""

    def __init__(self) -> None:
        self._count = 0
        self.cut = False
        """Whether a form was left out, for being one too many or too deep within others."""

    def another(self) -> bool:
        """Count one more; whether it may be drawn."""
        self._count += 1
        self.cut |= self._count > _MOST_DRAWINGS
        return self._count <= _MOST_DRAWINGS


class _Resources:
    """The fonts, forms and images that a content stream may name."""

    def __init__(self, spec: dict[Any, Any], fonts: _Fonts, drawings: _Drawings, depth: int = 1) -> None:
        self._spec = spec
        self._fonts = fonts
        self._drawings = drawings
        self._depth = depth  # of the forms that are drawn here
        self._faces: dict[str, Face] = {}
        self._forms: dict[str, Form | None] = {}

    def face(self, name: str) -> Face:
        """The font of that name, NO_FACE where it cannot be read."""
        if name not in self._faces:
            self._faces[name] = NO_FACE
            with suppress(*_BROKEN):
                self._faces[name] = self._fonts.face(dict_value(self._spec.get("Font", {}))[name])
        return self._faces[name]

    def is_image(self, name: str) -> bool:
        """Whether the name stands for an image."""
        return self._subtype(name) == "Image"

    def drawing(self, name: str) -> Form | None:
        """The form of that name; None for an image, for what cannot be read, shows nothing, or is one too many."""
        if name not in self._forms:
            self._forms[name] = self._form(name)
        return self._forms[name] if self._forms[name] and self._drawings.another() else None

    def _form(self, name: str) -> Form | None:
        if self._subtype(name) != "Form":
            return None
        try:
            form = self._object(name)
            data = form.get_data()
            if not _SAYS_SOMETHING.search(data):
                return None
            self._drawings.cut |= self._depth >= DEEPEST_FORM and b"Do" in data
            inner = dict_value(form["Resources"]) if form.get("Resources") else self._spec
            matrix = as_matrix(resolve_all(list_value(form.get("Matrix", list(IDENTITY)))))
            x0, y0, x1, y1 = (float(edge) for edge in resolve_all(list_value(form["BBox"])))
            return Form(data, matrix, (x0, y0, x1, y1), _Resources(inner, self._fonts, self._drawings, self._depth + 1))
        except _BROKEN:
            return None  # one broken form must not lose the page

    def _object(self, name: str) -> PDFStream:
        return stream_value(dict_value(self._spec.get("XObject", {}))[name])

    def _subtype(self, name: str) -> str | None:
        with suppress(*_BROKEN):
            subtype = self._object(name).get("Subtype")
            return str(subtype.name) if isinstance(subtype, PSLiteral) else None
        return None


@dataclass(slots=True)
class _Troubles:
    """Pages of which only a part was read: some of their data are damaged; they draw without end."""

    damaged: list[int] = field(default_factory=list)
    endless: list[int] = field(default_factory=list)

    def problems(self) -> tuple[Problem, ...]:
        """What to say of them."""
        problems = []
        if self.damaged:
            message = f"Parts of {pages_named(self.damaged)} are damaged and could not be read."
            problems.append(Problem(code="unreadable-pages", message=message, remedy=REPAIR))
        if self.endless:
            message = (
                f"On {pages_named(self.endless)} drawings hold each other again and again. "
                "Only a part of them was read, so words may be missing or doubled."
            )
            problems.append(Problem(code="endless-drawing", message=message, remedy=REPAIR))
        return tuple(problems)


def _visible(page: PDFPage, turn: Matrix) -> Rectangle:
    """The visible part of the page after its /Rotate."""
    m0, n0, m1, n1 = (float(edge) for edge in page.mediabox)
    x0, y0, x1, y1 = (float(edge) for edge in page.cropbox or page.mediabox)
    x0, y0, x1, y1 = max(x0, m0), max(y0, n0), min(x1, m1), min(y1, n1)
    if x1 - x0 < 1 or y1 - y0 < 1:  # a crop box outside the page
        x0, y0, x1, y1 = m0, n0, m1, n1
    return turned((x0, y0, x1, y1), turn)


def _read_page(page: PDFPage, number: int, fonts: _Fonts, troubles: _Troubles) -> PlacedPage:
    try:
        turn = turn_of(page.rotate)
        text = PageText(_visible(page, turn))
        streams = []
        damaged = False
        for content in page.contents:
            try:
                stream = stream_value(content)
                packed = bool(stream.rawdata)
                streams.append(stream.get_data())
                damaged |= packed and not streams[-1]
            except _BROKEN:
                damaged = True
        drawings = _Drawings()
        text.follow(b"\n".join(streams), _Resources(dict_value(page.resources or {}), fonts, drawings), turn)
        placed = text.page(number)
    except _BROKEN as error:
        return PlacedPage(number, *LETTER, failed=type(error).__name__)
    if damaged and not placed.runs:
        return replace(placed, failed="its data cannot be unpacked")
    if damaged:
        troubles.damaged.append(number)
    if drawings.cut:
        troubles.endless.append(number)
    return placed


def _pages(document: Document, troubles: _Troubles) -> Iterator[PlacedPage]:
    """Every page; one that cannot be read comes as failed, and the others go on."""
    fonts = _Fonts()
    tree = PDFPage.create_pages(document)
    number = 0
    while True:
        number += 1
        try:
            page = next(tree)
        except StopIteration:
            return
        except _BROKEN as error:  # the page tree itself is broken: what came so far is all there is
            yield PlacedPage(number, *LETTER, failed=type(error).__name__)
            return
        yield _read_page(page, number, fonts, troubles)


def _properties(document: Document) -> dict[str, str]:
    """What the file says of itself: its XMP record, then its info dictionary; the first to speak of something holds."""
    found: dict[str, str] = {}
    with suppress(*_BROKEN, ElementTree.ParseError):
        stream = resolve1(document.catalog.get("Metadata"))
        if isinstance(stream, PDFStream):
            found = xmp_properties(stream.get_data())
    for info in document.info:
        for name, value in info.items():
            with suppress(*_BROKEN):
                value = resolve1(value)
                text = decode_text(value).strip() if isinstance(value, bytes) else ""
                if text:
                    found.setdefault(property_name(name), text)
    return found


def _open(file: BinaryIO) -> Document:
    try:
        return Document(Parser(file))
    except PDFPasswordIncorrect as error:
        raise locked() from error
    except PDFEncryptionError as error:
        raise protected() from error
    except _BROKEN as error:
        raise broken() from error


def _placed(file: BinaryIO) -> PlacedDocument:
    document = _open(file)
    troubles = _Troubles()
    pages = tuple(_pages(document, troubles))
    if not pages or all(page.failed for page in pages):
        raise broken("no page can be read")
    return PlacedDocument(pages, _properties(document), troubles.problems())


def placed_document(path: Path) -> PlacedDocument:
    """Take the text off every page of a PDF. Raises UnreadableError as the reader of PDF files says."""
    return with_pdf(path, _placed)
