"""Where words stand on a PDF's page, to the glyph: what annotations and thumbnails draw on.

`Paper.boxes` places a word in proportion to characters, which proportional type does not follow. Here the page is opened with
pdfium, the glyphs in the line's box are read, and the word is looked for among them. Where it is not found (a scan, a font
without letters) the proportional place stands.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path
from typing import NamedTuple

import pypdfium2 as pdfium

from lang_audit.errors import UnreadableError
from lang_audit.model import Box, Line, Page, Paper
from lang_audit.report.glyphs import Glyph, Point, RawGlyph, inside, joined, nth, proportional, read_glyphs
from lang_audit.report.glyphs import folded as folded

_PAD = 0.4  # points: a mark reaches a little over the ink, as a pen's does
_TALLER = 0.3  # of the line's height: how far tall glyphs may stretch the mark
_VOTES = 24  # lines of a page that decide which way its text runs
_LIKE = 0.5  # of these lines: as many must be found where they should stand
_SHORTEST_VOTE = 8  # letters
_COMPARED = 20  # letters of a line
_KEPT_OPEN = 12  # pages: a report goes through a paper term by term
_SAME_SIZE = 3.0  # points: page sizes are rounded in many ways
_REPAIR = "Download it again, or repair it with `qpdf in.pdf out.pdf`."


class Quad(NamedTuple):
    """A mark's corners in the page's own coordinates, as seen by a reader of its text."""

    top_left: Point
    top_right: Point
    bottom_left: Point
    bottom_right: Point

    @property
    def rectangle(self) -> tuple[float, float, float, float]:
        """Left, bottom, right, top."""
        xs, ys = [x for x, _ in self], [y for _, y in self]
        return min(xs), min(ys), max(xs), max(ys)


class Place(NamedTuple):
    """A mention's part on one line: page number, box (points from the upright page's top left corner), corners.

    `exact` is False where the glyphs could not be found, so that the place is in proportion to characters.
    """

    page: int
    box: Box
    quad: Quad
    exact: bool


class _Frame(NamedTuple):
    """How the places of a `Paper` lie in the page's own coordinates: `turn` quarter turns to the left, in a visible box."""

    turn: int
    left: float
    bottom: float
    right: float
    top: float

    def point(self, across: float, down: float) -> Point:
        match self.turn:
            case 0:
                return self.left + across, self.top - down
            case 1:
                return self.left + down, self.bottom + across
            case 2:
                return self.right - across, self.bottom + down
            case _:
                return self.right - down, self.top - across

    def place(self, x: float, y: float) -> Point:
        match self.turn:
            case 0:
                return x - self.left, self.top - y
            case 1:
                return y - self.bottom, x - self.left
            case 2:
                return self.right - x, y - self.bottom
            case _:
                return self.top - y, self.right - x

    def quad(self, box: Box) -> Quad:
        x0, y0, x1, y1 = box
        return Quad(self.point(x0, y0), self.point(x1, y0), self.point(x0, y1), self.point(x1, y1))


class OpenPage:
    """A page of an open PDF, with its glyphs where `lines` (the page's lines as read) have them."""

    def __init__(self, page: pdfium.PdfPage, lines: Sequence[tuple[str, Box]], size: tuple[float, float]) -> None:
        self.pdf_page = page
        self._lines = lines
        self._size = size

    @property
    def extra_turn(self) -> int:
        """Quarter turns (clockwise) that make the page's text upright, after its /Rotate."""
        return int(self.frame.turn - self.pdf_page.get_rotation() // 90) % 4

    @property
    def frame(self) -> _Frame:
        """How the places of the page's lines lie in its own coordinates."""
        return self._framed[0]

    @property
    def known(self) -> bool:
        """Whether this is the page that was read: its lines are found on it, or it has at least the same shape."""
        return self._framed[1]

    @cached_property
    def _framed(self) -> tuple[_Frame, bool]:
        """The frame in which most of the page's lines are found; for a page without letters, that of its /Rotate."""
        box = _visible(self.pdf_page)
        usual = self.pdf_page.get_rotation() // 90 % 4
        lines = [(folded(text), place) for text, place in self._lines]
        lines = [(text, place) for text, place in lines if len(text) >= _SHORTEST_VOTE]
        lines = lines[:: max(1, len(lines) // _VOTES)]
        found: dict[int, int] = {}
        for turn in sorted(range(4), key=lambda turn: turn != usual):
            glyphs = self._glyphs_in(_Frame(turn, *box))
            found[turn] = sum(text[:_COMPARED] in joined(inside(glyphs, place)) for text, place in lines)
            if found[turn] > _LIKE * len(lines):
                break
        best = max(found, key=lambda turn: (found[turn], turn == usual))
        across, down = box[2] - box[0], box[3] - box[1]
        width, height = (down, across) if best % 2 else (across, down)
        same = abs(width - self._size[0]) < _SAME_SIZE and abs(height - self._size[1]) < _SAME_SIZE
        return _Frame(best, *box), same or found[best] > 0

    @cached_property
    def _raw_glyphs(self) -> list[RawGlyph]:
        return list(read_glyphs(self.pdf_page))

    @cached_property
    def _glyphs(self) -> list[Glyph]:
        return self._glyphs_in(self.frame)

    def _glyphs_in(self, frame: _Frame) -> list[Glyph]:
        """Every glyph of the page in `frame`, from top to bottom."""
        glyphs = []
        for order, (text, pen, (left, bottom, right, top)) in enumerate(self._raw_glyphs):
            (ax, ay), (bx, by) = frame.place(left, bottom), frame.place(right, top)
            box = (min(ax, bx), min(ay, by), max(ax, bx), max(ay, by))
            glyphs.append(Glyph((box[1] + box[3]) / 2, frame.place(*pen)[0], order, text, box))
        return sorted(glyphs)

    def find(self, line: str, start: int, end: int, box: Box) -> tuple[Box, bool]:
        """The box of `line[start:end]`, printed in `box`, and whether it was found among the glyphs."""
        wanted = folded(line[start:end])
        hit = self._hit(folded(line), len(folded(line[:start])), wanted, box) if wanted else []
        if not hit:
            return proportional(line, start, end, box), False
        stretch = _TALLER * (box[3] - box[1])
        top = max(min(box[1], *(b[1] for b in hit)), box[1] - stretch)
        bottom = min(max(box[3], *(b[3] for b in hit)), box[3] + stretch)
        left, right = min(b[0] for b in hit), max(b[2] for b in hit)
        return (round(left - _PAD, 2), round(top, 2), round(right + _PAD, 2), round(bottom, 2)), True

    def _hit(self, line: str, offset: int, wanted: str, box: Box) -> list[Box]:
        """The ink of each letter of `wanted` at `offset` of `line`; empty where it is not there."""
        glyphs = inside(self._glyphs, box)
        # As drawn, where a page holds its text twice, each time spaced in another way.
        drawn = sorted(glyphs, key=lambda glyph: glyph.order)
        for row in (glyphs, drawn):
            # Without figures, where a citation marker that was lifted out of the text stands between the words.
            for figures in (True, False):
                letters = [(c, glyph.box) for glyph in row for c in glyph.text if figures or not c.isdigit()]
                at = nth(line, offset, wanted, "".join(letter for letter, _ in letters))
                if at is not None:
                    return [ink for _, ink in letters[at : at + len(wanted)]]
        return []


class Document:
    """An open PDF and the paper that was read from it."""

    def __init__(self, pdf: pdfium.PdfDocument, paper: Paper) -> None:
        self._pdf = pdf
        self._paper = paper
        self._lines = sorted(
            ((line, page) for page in paper.pages for line in page.lines), key=lambda pair: (pair[0].start, pair[0].end)
        )
        self._starts = [line.start for line, _ in self._lines]
        self._open: dict[int, OpenPage] = {}

    def page(self, number: int) -> OpenPage:
        """The page of that number (from 1). Raises UnreadableError where the file does not hold it any more."""
        if number not in self._open:
            while len(self._open) >= _KEPT_OPEN:
                del self._open[next(iter(self._open))]
            page = next((page for page in self._paper.pages if page.number == number), None)
            if page is None or number > len(self._pdf):
                raise _unreadable()
            text = self._paper.text
            lines = [(text[line.start : line.end], line.bbox) for line in page.lines]
            try:
                self._open[number] = OpenPage(self._pdf[number - 1], lines, (page.width, page.height))
            except pdfium.PdfiumError as error:
                raise _unreadable() from error
        return self._open[number]

    def places(self, start: int, end: int) -> list[Place]:
        """Where `start:end` of the paper's text is printed: one place a line."""
        found = []
        for line, page in self._lines_of(start, end):
            open_page = self.page(page.number)
            if not open_page.known:
                continue  # a mark on the wrong words would be worse than none
            text = self._paper.text[line.start : line.end]
            begin, stop = max(start - line.start, 0), min(end, line.end) - line.start
            if text[begin:stop].strip():
                box, exact = open_page.find(text, begin, stop, line.bbox)
                found.append(Place(page.number, box, open_page.frame.quad(box), exact))
        return found

    def line_boxes(self, start: int, end: int) -> list[tuple[int, Box]]:
        """The page and box of each whole line that holds some of `start:end`."""
        return [(page.number, line.bbox) for line, page in self._lines_of(start, end)]

    def _lines_of(self, start: int, end: int) -> Iterator[tuple[Line, Page]]:
        first = max(bisect_right(self._starts, start) - 1, 0)
        for line, page in self._lines[first:]:
            if line.start >= end:
                return
            if line.end > start:
                yield line, page


@contextmanager
def open_document(path: Path, paper: Paper) -> Iterator[Document]:
    """The PDF at `path`, from which `paper` was read. Raises UnreadableError where pdfium cannot open it."""
    try:
        pdf = pdfium.PdfDocument(path)
    except (pdfium.PdfiumError, OSError) as error:
        raise _unreadable() from error
    try:
        yield Document(pdf, paper)
    finally:
        pdf.close()


def _unreadable() -> UnreadableError:
    return UnreadableError("broken-pdf", "The PDF is damaged, so its pages cannot be marked.", _REPAIR)


def _visible(page: pdfium.PdfPage) -> tuple[float, float, float, float]:
    """The visible part of the page in its own coordinates, as sources/pdf.py takes it: crop box within media box."""
    m0, n0, m1, n1 = page.get_mediabox()
    x0, y0, x1, y1 = page.get_cropbox()
    left, bottom, right, top = max(x0, m0), max(y0, n0), min(x1, m1), min(y1, n1)
    return (left, bottom, right, top) if right - left >= 1 and top - bottom >= 1 else (m0, n0, m1, n1)
