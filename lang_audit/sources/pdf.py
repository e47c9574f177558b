"""PDF files: takes the glyphs off the pages with pdfminer.six. The only module that knows pdfminer.

pdfminer opens the file and decodes fonts; the pages themselves are read by `_PageText`, which follows only the operators
that show text. What the text means is for `layout`.
"""

from __future__ import annotations

import logging
import math
import re
import struct
import zlib
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO, cast
from xml.etree import ElementTree

from pdfminer.pdfdocument import PDFDocument, PDFEncryptionError, PDFPasswordIncorrect
from pdfminer.pdffont import PDFFont, PDFUnicodeNotDefined
from pdfminer.pdfinterp import PDFResourceManager
from pdfminer.pdfpage import PDFPage
from pdfminer.pdfparser import PDFParser
from pdfminer.pdftypes import PDFObjRef, PDFStream, dict_value, list_value, resolve1, stream_value
from pdfminer.psexceptions import PSException
from pdfminer.psparser import PSLiteral
from pdfminer.utils import Matrix, decode_text, mult_matrix

from lang_audit.errors import UnreadableError
from lang_audit.model import Paper
from lang_audit.sources import Reader
from lang_audit.sources.content_stream import Operand, operators
from lang_audit.sources.layout import paper_from_pages
from lang_audit.sources.placed import UNKNOWN_CHARACTER, PlacedDocument, PlacedPage, Run

# What pdfminer raises on broken files, beside its own family: the plain errors of unpacking, indexing and decoding.
_BROKEN = (
    PSException, struct.error, zlib.error, ValueError, TypeError, KeyError, IndexError, AttributeError, AssertionError,
    RecursionError, OverflowError, EOFError, OSError, NotImplementedError, MemoryError,
)  # fmt: skip
_WORD_GAP = 0.1  # of the type size: kerning moves letters less, thin spaces and the tightest word spaces more
_PIECE_GAP = 1.0  # of the type size: wider gaps part table cells and columns, so a new run starts
_DEEPEST_FORM = 12  # forms within forms; deeper is a file that calls itself
_UPRIGHT, _UPWARD, _UPSIDE_DOWN, _DOWNWARD = range(4)
_INVISIBLE = 3  # text rendering mode of the layer that OCR puts behind a scan
_BOLD_NAME = re.compile(r"bold|black|heavy|demi(?!ng)|semibold|[-.,]B(?:$|[IO])|\bMedi\b|-Medium|poly-b", re.IGNORECASE)
_FORCE_BOLD = 1 << 18
_BOLD_WEIGHT = 600  # FontWeight in the descriptor: 400 is regular, 700 bold

logging.getLogger("pdfminer").setLevel(logging.CRITICAL)


@dataclass(slots=True)
class _Face:
    """A font made ready: each code's text and advance (in text space for size 1) is looked up once."""

    font: PDFFont | None
    name: str = ""
    bold: bool = False
    simple: bool = True
    glyphs: dict[int, tuple[str, float]] = field(default_factory=dict)

    @classmethod
    def of(cls, font: PDFFont) -> _Face:
        name = str(font.fontname)
        if isinstance(font.fontname, bytes):
            name = font.fontname.decode("latin-1")
        name = re.sub(r"^[A-Z]{6}\+", "", name)
        weight = resolve1(font.descriptor.get("FontWeight"))
        bold = bool(_BOLD_NAME.search(name)) or bool(font.flags & _FORCE_BOLD)
        bold = bold or (isinstance(weight, int | float) and weight >= _BOLD_WEIGHT)
        return cls(font, name, bold, not font.is_multibyte())

    def glyph(self, code: int) -> tuple[str, float]:
        """Text and advance of a character code; remembered in `glyphs`."""
        text, advance = UNKNOWN_CHARACTER, 0.5
        if self.font is not None:
            with suppress(*_BROKEN):
                advance = float(self.font.char_width(code))
            with suppress(PDFUnicodeNotDefined, *_BROKEN):
                text = self.font.to_unichr(code).replace("\xa0", " ").replace("\0", UNKNOWN_CHARACTER)
        self.glyphs[code] = text, advance
        return text, advance

    def codes(self, string: bytes) -> Any:
        """The character codes of a shown string."""
        if self.simple or self.font is None:
            return string
        try:
            return self.font.decode(string)
        except _BROKEN:
            return ()


_Rectangle = tuple[float, float, float, float]  # x0, y0, x1, y1 with y upwards
_EVERYWHERE: _Rectangle = (-math.inf, -math.inf, math.inf, math.inf)


@dataclass(slots=True)
class _TextState:
    """The text parameters of the graphics state (PDF 32000-1, 9.3), as `q` saves and `Q` restores them."""

    ctm: Matrix
    face: _Face
    clip: _Rectangle
    size: float = 1.0
    character_space: float = 0.0
    word_space: float = 0.0
    scaling: float = 1.0
    leading: float = 0.0
    rise: float = 0.0
    mode: int = 0

    def copy(self) -> _TextState:
        return _TextState(
            self.ctm, self.face, self.clip, self.size, self.character_space, self.word_space, self.scaling, self.leading, self.rise, self.mode
        )  # fmt: skip


class _PageText:
    """Follows the operators of one page and gathers its runs, apart for each direction of writing."""

    def __init__(self, box: tuple[float, float, float, float], resources: PDFResourceManager, faces: dict[int, _Face]):
        self.box = box
        self.resources = resources
        self.faces = faces
        self.runs: dict[tuple[int, bool], list[Run]] = {}
        self.image_area = 0.0

    def read(self, data: bytes, resources: dict[str, Any], ctm: Matrix, clip: _Rectangle = _EVERYWHERE, depth: int = 0) -> None:
        """Follow one content stream (a page's, or a form's drawn by it); `resources` names its fonts and forms."""
        fonts: dict[str, _Face] = {}
        state = _TextState(ctm, _Face(None), clip)
        saved: list[_TextState] = []
        matrix: Matrix = (1, 0, 0, 1, 0, 0)  # the text line matrix; x along it is `along`
        along = 0.0
        for operator, operands in operators(data):
            try:
                if operator == "TJ":
                    along = self._show(operands[0], state, matrix, along)
                elif operator == "Tj":
                    along = self._show(operands[-1:], state, matrix, along)
                elif operator in ("Td", "TD"):
                    x, y = _numbers(operands, 2)
                    if operator == "TD":
                        state.leading = -y
                    matrix, along = _moved(matrix, x, y), 0.0
                elif operator == "Tm":
                    matrix, along = cast(Matrix, tuple(_numbers(operands, 6))), 0.0
                elif operator in ("T*", "'", '"'):
                    if operator == '"':
                        state.word_space, state.character_space = _numbers(operands[:2], 2)
                    matrix, along = _moved(matrix, 0, -state.leading), 0.0
                    if operator != "T*":
                        along = self._show(operands[-1:], state, matrix, along)
                elif operator == "BT":
                    matrix, along = (1, 0, 0, 1, 0, 0), 0.0
                elif operator == "Tf":
                    name = str(operands[-2])
                    if name not in fonts:
                        fonts[name] = self._face(resources, name)
                    state.face, state.size = fonts[name], _numbers(operands, 1)[0]
                elif operator == "cm":
                    state.ctm = mult_matrix(cast(Matrix, tuple(_numbers(operands, 6))), state.ctm)
                elif operator == "q":
                    saved.append(state.copy())
                elif operator == "Q":
                    if saved:
                        state = saved.pop()
                elif operator == "Do":
                    self._draw(resources, str(operands[-1]), state, depth)
                elif operator == "clip":
                    x, y, width, height = _numbers(operands, 4)
                    state.clip = _clipped(state.clip, (x, y, x + width, y + height), state.ctm)
                elif operator == "EI":
                    self._image(state.ctm)
                elif operator == "Tc":
                    state.character_space = _numbers(operands, 1)[0]
                elif operator == "Tw":
                    state.word_space = _numbers(operands, 1)[0]
                elif operator == "Tz":
                    state.scaling = _numbers(operands, 1)[0] / 100
                elif operator == "TL":
                    state.leading = _numbers(operands, 1)[0]
                elif operator == "Ts":
                    state.rise = _numbers(operands, 1)[0]
                elif operator == "Tr":
                    state.mode = int(_numbers(operands, 1)[0])
            except (IndexError, ValueError, TypeError):
                continue  # an operator without its operands draws nothing

    def _face(self, resources: dict[str, Any], name: str) -> _Face:
        try:
            reference = dict_value(resources.get("Font", {}))[name]
            objid = reference.objid if isinstance(reference, PDFObjRef) else None
            font = self.resources.get_font(objid, dict_value(reference))
            if id(font) not in self.faces:
                self.faces[id(font)] = _Face.of(font)
            return self.faces[id(font)]
        except _BROKEN:
            return _Face(None)

    def _draw(self, resources: dict[str, Any], name: str, state: _TextState, depth: int) -> None:
        try:
            form = stream_value(dict_value(resources.get("XObject", {}))[name])
            subtype = form.get("Subtype")
            kind = subtype.name if isinstance(subtype, PSLiteral) else None
            if kind == "Image":
                self._image(state.ctm)
            if kind != "Form" or depth >= _DEEPEST_FORM:
                return
            matrix = cast(Matrix, tuple(_numbers(list_value(form.get("Matrix", [1, 0, 0, 1, 0, 0])), 6)))
            inner = dict_value(form["Resources"]) if form.get("Resources") else resources
            ctm = mult_matrix(matrix, state.ctm)
            x0, y0, x1, y1 = _numbers(list_value(form["BBox"]), 4)
            clip = _clipped(state.clip, (x0, y0, x1, y1), ctm)
            data = form.get_data()
        except _BROKEN:
            return  # one broken form must not lose the page
        self.read(data, inner, ctm, clip, depth + 1)

    def _image(self, ctm: Matrix) -> None:
        self.image_area += abs(ctm[0] * ctm[3] - ctm[1] * ctm[2])

    def _show(self, strings: Operand, state: _TextState, line_matrix: Matrix, along: float) -> float:
        """Add the runs of one shown array; returns how far along the line the pen then stands, in text space."""
        a, b, c, d, e, f = mult_matrix(line_matrix, state.ctm)
        size = abs(state.size) * math.hypot(c, d)
        stretch = math.hypot(a, b)
        if not isinstance(strings, list) or not stretch or not size:
            return along
        if abs(b) < 0.05 * abs(a):
            direction = _UPRIGHT if a > 0 else _UPSIDE_DOWN
        elif abs(a) < 0.05 * abs(b):
            direction = _UPWARD if b > 0 else _DOWNWARD
        else:
            direction = None  # slanting watermarks and figure labels are no text of the paper
        face, font_size, scaling = state.face, state.size, state.scaling
        glyphs, find = face.glyphs, face.glyph
        kern = font_size * scaling / 1000
        unit = font_size * scaling
        spacing = state.character_space * scaling
        word_spacing = state.word_space * scaling if face.simple else 0.0
        word_gap = _WORD_GAP * size / stretch
        piece_gap = _PIECE_GAP * size / stretch
        if spacing * stretch > _WORD_GAP * size and face.simple:
            strings, spacing = _unspread(strings, spacing / kern), 0.0
        parts: list[str] = []
        start = along
        pieces: list[tuple[str, float, float]] = []
        for string in strings:
            if isinstance(string, float):
                along -= string * kern
                gap = -string * kern
                if gap > piece_gap and parts:
                    pieces.append(("".join(parts), start, along - gap))
                    parts = []
                elif gap > word_gap and parts:
                    parts.append(" ")
            elif isinstance(string, bytes):
                if not parts:
                    start = along
                for code in face.codes(string):
                    text, advance = glyphs.get(code) or find(code)
                    parts.append(text)
                    along += advance * unit + spacing
                    if code == 32:
                        along += word_spacing
        if parts:
            pieces.append(("".join(parts), start, along - spacing))
        if direction is None:
            return along
        left, top, right, bottom = self.box  # top and bottom in PDF space: top is the greater
        rows = self.runs.setdefault((direction, state.mode == _INVISIBLE), [])
        for text, x0, x1 in pieces:
            if not text.strip():
                continue
            px, py = a * x0 + c * state.rise + e, b * x0 + d * state.rise + f
            if not (left - 1 <= px <= right + 1 and bottom - 1 <= py <= top + 1):
                continue
            length = (x1 - x0) * stretch
            if not _shows(state.clip, px, py, a * (x1 - x0) + px, b * (x1 - x0) + py, size):
                continue
            if direction == _UPRIGHT:
                x, y = px - left, top - py
            elif direction == _UPWARD:
                x, y = py - bottom, px - left
            elif direction == _DOWNWARD:
                x, y = top - py, right - px
            else:
                x, y = right - px, py - bottom
            rows.append(Run(text, x, x + length, y, size, face.name, face.bold or state.mode == 2))
        return along

    def page(self, number: int) -> PlacedPage:
        """The page with the runs of its main direction; a table printed sideways turns the page."""
        left, top, right, bottom = self.box
        width, height = right - left, top - bottom
        amount: Counter[tuple[int, bool]] = Counter()
        for key, runs in self.runs.items():
            amount[key] = sum(len(run.text) for run in runs)
        visible = sum(n for (_, invisible), n in amount.items() if not invisible)
        hidden = sum(n for (_, invisible), n in amount.items() if invisible)
        layer = hidden > visible  # a scan with an OCR layer; elsewhere hidden text is no part of the page
        direction = max(range(4), key=lambda way: amount[way, layer])
        if direction in (_UPWARD, _DOWNWARD):
            width, height = height, width
        runs = _without_doubles(self.runs.get((direction, layer), []))
        return PlacedPage(number, width, height, runs, min(self.image_area / max(width * height, 1), 1.0))


def _clipped(clip: _Rectangle, box: _Rectangle, ctm: Matrix) -> _Rectangle:
    """The part of `clip` that a further rectangle, given in the space of `ctm`, leaves open."""
    a, b, c, d, e, f = ctm
    xs = [a * x + c * y + e for x in (box[0], box[2]) for y in (box[1], box[3])]
    ys = [b * x + d * y + f for x in (box[0], box[2]) for y in (box[1], box[3])]
    return max(clip[0], min(xs)), max(clip[1], min(ys)), min(clip[2], max(xs)), min(clip[3], max(ys))


def _shows(clip: _Rectangle, x0: float, y0: float, x1: float, y1: float, size: float) -> bool:
    """Whether some of a run that goes from (x0, y0) to (x1, y1) lies inside `clip`; near its edge it does."""
    return (
        max(x0, x1) > clip[0] - size and min(x0, x1) < clip[2] + size and max(y0, y1) > clip[1] - size and min(y0, y1) < clip[3] + size
    )  # fmt: skip


def _unspread(strings: list[Operand], spacing: float) -> list[Operand]:
    """Turn character spacing as wide as a word space into plain gaps between glyphs.

    Some typesetters set such spacing and take it back by hand after every letter, so that what is left are the word spaces.
    Where nothing is taken back the spacing is only a spread heading, and goes.
    """
    taken_back = [piece for piece in strings if isinstance(piece, float) and piece > 0.5 * spacing]
    letters = sum(len(piece) for piece in strings if isinstance(piece, bytes))
    if len(taken_back) < letters / 3:
        return strings
    spread: list[Operand] = []
    for piece in strings:
        if isinstance(piece, bytes):
            for code in piece:
                spread += [bytes((code,)), -spacing]
        elif isinstance(piece, float) and spread and isinstance(spread[-1], float):
            spread[-1] += piece
        else:
            spread.append(piece)
    return spread


def _numbers(operands: list[Any], count: int) -> list[float]:
    numbers = [float(resolve1(operand)) for operand in operands[-count:]]
    if len(numbers) != count:
        raise ValueError(f"{count} numbers wanted")
    return numbers


def _moved(matrix: Matrix, x: float, y: float) -> Matrix:
    a, b, c, d, e, f = matrix
    return (a, b, c, d, x * a + y * c + e, x * b + y * d + f)


def _without_doubles(runs: list[Run]) -> tuple[Run, ...]:
    """The runs without those printed again on themselves (poor man's bold, shadows); what was doubled counts as bold."""
    kept: list[Run] = []
    seen: dict[tuple[str, int], list[int]] = {}
    for run in runs:
        key = run.text, round(run.baseline / 4)
        for index in seen.get(key, ()):
            other = kept[index]
            near = 0.25 * run.size
            if abs(other.x0 - run.x0) < near and abs(other.baseline - run.baseline) < near:
                kept[index] = other._replace(bold=True)
                break
        else:
            seen.setdefault(key, []).append(len(kept))
            kept.append(run)
    return tuple(kept)


def _rotation(page: PDFPage) -> Matrix:
    """The matrix that turns the page as /Rotate asks, before anything is drawn."""
    return {90: (0, -1, 1, 0, 0, 0), 180: (-1, 0, 0, -1, 0, 0), 270: (0, 1, -1, 0, 0, 0)}.get(page.rotate % 360, (1, 0, 0, 1, 0, 0))


def _box(page: PDFPage, turn: Matrix) -> tuple[float, float, float, float]:
    """(left, top, right, bottom) of the visible part of the page, turned, y upwards."""
    x0, y0, x1, y1 = (float(v) for v in (page.cropbox or page.mediabox))
    m0, n0, m1, n1 = (float(v) for v in page.mediabox)
    x0, y0, x1, y1 = max(x0, m0), max(y0, n0), min(x1, m1), min(y1, n1)
    if x1 - x0 < 1 or y1 - y0 < 1:
        x0, y0, x1, y1 = m0, n0, m1, n1
    a, b, c, d, _, _ = turn
    xs = (a * x0 + c * y0, a * x1 + c * y1)
    ys = (b * x0 + d * y0, b * x1 + d * y1)
    return min(xs), max(ys), max(xs), min(ys)


def _read_page(page: PDFPage, number: int, resources: PDFResourceManager, faces: dict[int, _Face]) -> PlacedPage:
    try:
        turn = _rotation(page)
        text = _PageText(_box(page, turn), resources, faces)
        parts = []
        for content in page.contents:
            with suppress(*_BROKEN):
                parts.append(stream_value(content).get_data())
        text.read(b"\n".join(parts), dict_value(page.resources or {}), turn)
        return text.page(number)
    except _BROKEN as error:
        return PlacedPage(number, 612, 792, failed=type(error).__name__)


def _pages(document: PDFDocument) -> Iterator[PlacedPage]:
    """Every page; one that cannot be read comes as failed, and the others go on."""
    resources = PDFResourceManager()
    faces: dict[int, _Face] = {}
    tree = PDFPage.create_pages(document)
    number = 0
    while True:
        number += 1
        try:
            page = next(tree)
        except StopIteration:
            return
        except _BROKEN as error:  # the page tree itself is broken: what came so far is all there is
            if number == 1:
                raise UnreadableError("broken-pdf", "The PDF's page list is damaged.", _REPAIR) from error
            yield PlacedPage(number, 612, 792, failed="the rest of the page list is damaged")
            return
        yield _read_page(page, number, resources, faces)


_REPAIR = "Download it again; if that does not help, repair it with `qpdf in.pdf out.pdf` or print it to a new PDF."
_XMP = {
    "{http://purl.org/dc/elements/1.1/}title": "title",
    "{http://purl.org/dc/elements/1.1/}creator": "authors",
    "{http://purl.org/dc/elements/1.1/}identifier": "identifier",
    "{http://prismstandard.org/namespaces/basic/2.0/}doi": "doi",
    "{http://prismstandard.org/namespaces/basic/2.0/}publicationName": "journal",
    "{http://prismstandard.org/namespaces/basic/2.0/}coverDate": "date",
    "{http://prismstandard.org/namespaces/basic/2.0/}coverDisplayDate": "date",
    "{http://www.aiim.org/pdfa/ns/id}doi": "doi",
    "{http://ns.adobe.com/pdfx/1.3/}doi": "doi",
    "{http://crossref.org/crossmark/1.0/}DOI": "doi",
}


def _properties(document: PDFDocument) -> dict[str, str]:
    """What the file says of itself: its XMP record, then its info dictionary; the first to speak of something holds."""
    found: dict[str, str] = {}
    with suppress(*_BROKEN, ElementTree.ParseError):
        stream = resolve1(document.catalog.get("Metadata"))
        if isinstance(stream, PDFStream):
            for element in ElementTree.fromstring(stream.get_data().strip(b"\0 \t\r\n")).iter():
                for name, value in ((element.tag, "; ".join(t.strip() for t in element.itertext() if t.strip())), *element.items()):
                    if name in _XMP and value.strip():
                        found.setdefault(_XMP[name], value.strip())
    for info in document.info:
        for name, value in info.items():
            with suppress(*_BROKEN):
                value = resolve1(value)
                text = decode_text(value).strip() if isinstance(value, bytes) else ""
                if text:
                    key = {"author": "authors"}.get(name.lower(), name.lower())
                    found.setdefault(key, text)
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


def read(path: Path) -> Iterator[Paper]:
    """Read the one paper of a PDF file.

    Raises UnreadableError: "no-access", "empty-file", "not-a-pdf", "encrypted", "broken-pdf", "no-pages", "no-text-layer",
    "garbled-text". Lesser troubles stand in the paper's `problems`.
    """
    yield paper_from_pages(_document(path), paper_id=path.stem, source=str(path))


def _document(path: Path) -> PlacedDocument:
    """Take the glyphs off every page of a PDF. Raises UnreadableError as `read` says."""
    try:
        with path.open("rb") as file:
            head = file.read(4096)
            if not head.strip(b"\0 \t\r\n"):
                raise UnreadableError("empty-file", "The file is empty.", "Download or export it again.")
            if not recognises(head):
                raise UnreadableError(
                    "not-a-pdf", "The file is named as a PDF but is none.", "Look what it is: often a web page saved instead of the PDF."
                )  # fmt: skip
            document = _open(file)
            pages = tuple(_pages(document))
            if not pages:
                raise UnreadableError("no-pages", "The PDF is damaged or cut short: it has no pages.", _REPAIR)
            if all(page.failed for page in pages):
                raise UnreadableError("broken-pdf", "No page of the PDF can be read.", _REPAIR)
            return PlacedDocument(pages, _properties(document))
    except OSError as error:
        raise UnreadableError("no-access", f"The file cannot be opened: {error.strerror}.", "Check its name and rights.") from error


READER = Reader("pdf", (".pdf",), recognises, read)
