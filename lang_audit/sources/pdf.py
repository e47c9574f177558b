"""PDF files, read with pdfminer.six. The only module that knows pdfminer.

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
from pathlib import Path
from typing import Any, BinaryIO
from xml.etree import ElementTree

from pdfminer.pdfdocument import PDFDocument, PDFEncryptionError, PDFPasswordIncorrect
from pdfminer.pdffont import PDFFont
from pdfminer.pdfinterp import PDFResourceManager
from pdfminer.pdfpage import PDFPage
from pdfminer.pdfparser import PDFParser
from pdfminer.pdftypes import PDFObjRef, PDFStream, dict_value, list_value, resolve1, resolve_all, stream_value
from pdfminer.psexceptions import PSException
from pdfminer.psparser import PSLiteral
from pdfminer.utils import decode_text

from lang_audit.errors import UnreadableError
from lang_audit.model import Paper
from lang_audit.sources import Reader
from lang_audit.sources.layout import paper_from_pages
from lang_audit.sources.page_text import IDENTITY, NO_FACE, Face, Form, Matrix, PageText, Rectangle, as_matrix
from lang_audit.sources.placed import UNKNOWN_CHARACTER, PlacedDocument, PlacedPage

# What pdfminer raises on broken files, beside its own family: the plain errors of unpacking, indexing and decoding.
_BROKEN = (
    PSException, struct.error, zlib.error, ValueError, TypeError, KeyError, IndexError, AttributeError, AssertionError,
    RecursionError, OverflowError, EOFError, OSError, NotImplementedError, MemoryError,
)  # fmt: skip
_BOLD_NAME = re.compile(r"bold|black|heavy|demi(?!ng)|[-.,]B(?:$|[IO])|\bMedi\b|-Medium|poly-b", re.IGNORECASE)
_FORCE_BOLD = 1 << 18  # font flag of PDF 32000-1, 9.8.2
_BOLD_WEIGHT = 600  # FontWeight in the descriptor: 400 is regular, 700 bold
_TURNS: dict[int, Matrix] = {90: (0, -1, 1, 0, 0, 0), 180: (-1, 0, 0, -1, 0, 0), 270: (0, 1, -1, 0, 0, 0)}
_LETTER = (612.0, 792.0)  # points: what stands for the size of a page that cannot be read
_REPAIR = "Download it again; if that does not help, repair it with `qpdf in.pdf out.pdf` or print it to a new PDF."
_PRISM = "{http://prismstandard.org/namespaces/basic/2.0/}"
_XMP = {
    "{http://purl.org/dc/elements/1.1/}title": "title",
    "{http://purl.org/dc/elements/1.1/}creator": "authors",
    "{http://purl.org/dc/elements/1.1/}identifier": "identifier",
    f"{_PRISM}doi": "doi",
    f"{_PRISM}publicationName": "journal",
    f"{_PRISM}coverDate": "date",
    f"{_PRISM}coverDisplayDate": "date",
    "{http://ns.adobe.com/pdfx/1.3/}doi": "doi",
    "{http://crossref.org/crossmark/1.0/}DOI": "doi",
}

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
    name = re.sub(r"^[A-Z]{6}\+", "", name)  # the mark of a subset
    weight = resolve1(font.descriptor.get("FontWeight"))
    heavy = isinstance(weight, int | float) and weight >= _BOLD_WEIGHT
    bold = heavy or bool(font.flags & _FORCE_BOLD) or _BOLD_NAME.search(name) is not None

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


class _Resources:
    """The fonts, forms and images that a content stream may name."""

    def __init__(self, spec: dict[Any, Any], fonts: _Fonts) -> None:
        self._spec = spec
        self._fonts = fonts
        self._faces: dict[str, Face] = {}

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
        """The form of that name, or None for an image or what cannot be read."""
        if self._subtype(name) != "Form":
            return None
        try:
            form = self._object(name)
            inner = dict_value(form["Resources"]) if form.get("Resources") else self._spec
            matrix = as_matrix(resolve_all(list_value(form.get("Matrix", list(IDENTITY)))))
            x0, y0, x1, y1 = (float(edge) for edge in resolve_all(list_value(form["BBox"])))
            return Form(form.get_data(), matrix, (x0, y0, x1, y1), _Resources(inner, self._fonts))
        except _BROKEN:
            return None  # one broken form must not lose the page

    def _object(self, name: str) -> PDFStream:
        return stream_value(dict_value(self._spec.get("XObject", {}))[name])

    def _subtype(self, name: str) -> str | None:
        with suppress(*_BROKEN):
            subtype = self._object(name).get("Subtype")
            return str(subtype.name) if isinstance(subtype, PSLiteral) else None
        return None


def _visible(page: PDFPage, turn: Matrix) -> Rectangle:
    """The visible part of the page after its /Rotate."""
    m0, n0, m1, n1 = (float(edge) for edge in page.mediabox)
    x0, y0, x1, y1 = (float(edge) for edge in page.cropbox or page.mediabox)
    x0, y0, x1, y1 = max(x0, m0), max(y0, n0), min(x1, m1), min(y1, n1)
    if x1 - x0 < 1 or y1 - y0 < 1:  # a crop box outside the page
        x0, y0, x1, y1 = m0, n0, m1, n1
    a, b, c, d, _, _ = turn
    xs, ys = (a * x0 + c * y0, a * x1 + c * y1), (b * x0 + d * y0, b * x1 + d * y1)
    return min(xs), min(ys), max(xs), max(ys)


def _read_page(page: PDFPage, number: int, fonts: _Fonts) -> PlacedPage:
    try:
        turn = _TURNS.get(page.rotate % 360, IDENTITY)
        text = PageText(_visible(page, turn))
        streams = []
        for content in page.contents:
            with suppress(*_BROKEN):
                streams.append(stream_value(content).get_data())
        text.follow(b"\n".join(streams), _Resources(dict_value(page.resources or {}), fonts), turn)
        return text.page(number)
    except _BROKEN as error:
        return PlacedPage(number, *_LETTER, failed=type(error).__name__)


def _pages(document: PDFDocument) -> Iterator[PlacedPage]:
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
            yield PlacedPage(number, *_LETTER, failed=type(error).__name__)
            return
        yield _read_page(page, number, fonts)


def _properties(document: PDFDocument) -> dict[str, str]:
    """What the file says of itself: its XMP record, then its info dictionary; the first to speak of something holds."""
    found: dict[str, str] = {}
    with suppress(*_BROKEN, ElementTree.ParseError):
        stream = resolve1(document.catalog.get("Metadata"))
        if isinstance(stream, PDFStream):
            for element in ElementTree.fromstring(stream.get_data().strip(b"\0 \t\r\n")).iter():
                text = "; ".join(part.strip() for part in element.itertext() if part.strip())
                for name, value in ((element.tag, text), *element.items()):
                    if name in _XMP and value.strip():
                        found.setdefault(_XMP[name], value.strip())
    for info in document.info:
        for name, value in info.items():
            with suppress(*_BROKEN):
                value = resolve1(value)
                text = decode_text(value).strip() if isinstance(value, bytes) else ""
                if text:
                    found.setdefault({"author": "authors"}.get(name.lower(), name.lower()), text)
    return found


def _open(file: BinaryIO) -> PDFDocument:
    try:
        return PDFDocument(PDFParser(file))
    except PDFPasswordIncorrect as error:
        raise UnreadableError(
            "encrypted",
            "The PDF is locked with a password.",
            "Open it with its password and save a copy without one, or find an open copy.",
        ) from error
    except PDFEncryptionError as error:
        raise UnreadableError(
            "encrypted",
            "The PDF is protected in a way that cannot be read.",
            "Save a copy without protection (print it to a new PDF), or find an open copy.",
        ) from error
    except _BROKEN as error:
        raise UnreadableError("broken-pdf", "The PDF is damaged or cut short.", _REPAIR) from error


def recognises(head: bytes) -> bool:
    """Whether a file's first bytes are those of a PDF (some carry a few stray bytes before the mark)."""
    return b"%PDF-" in head[:1024]


def placed_document(path: Path) -> PlacedDocument:
    """Take the text off every page of a PDF. Raises UnreadableError as `read` says."""
    try:
        with path.open("rb") as file:
            head = file.read(4096)
            if not head.strip(b"\0 \t\r\n"):
                raise UnreadableError("empty-file", "The file is empty.", "Download or export it again.")
            if not recognises(head):
                raise UnreadableError(
                    "not-a-pdf",
                    "The file is named as a PDF but is none.",
                    "Look what it is: often a web page was saved in place of the PDF. Download the PDF itself.",
                )
            document = _open(file)
            pages = tuple(_pages(document))
            if not pages or all(page.failed for page in pages):
                raise UnreadableError("broken-pdf", "The PDF is damaged or cut short: no page can be read.", _REPAIR)
            return PlacedDocument(pages, _properties(document))
    except OSError as error:
        raise UnreadableError(
            "no-access", f"The file cannot be opened: {error.strerror}.", "Check its name and rights."
        ) from error


def read(path: Path) -> Iterator[Paper]:
    """Read the one paper of a PDF file.

    Raises UnreadableError: "no-access", "empty-file", "not-a-pdf", "encrypted", "broken-pdf", "no-text-layer",
    "garbled-text". Lesser troubles stand in the paper's `problems`.
    """
    yield paper_from_pages(placed_document(path), paper_id=path.stem, source=str(path))


READER = Reader("pdf", (".pdf",), recognises, read)
