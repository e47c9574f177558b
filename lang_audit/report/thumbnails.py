"""Small grey pictures of printed lines, so that a reader of the report sees each mention as it stands on the page.

They go into the page as data: URIs: the report stays one file that can be mailed, and its Content-Security-Policy needs no more
than `img-src data:`. Sixteen greys keep a line to a few kilobytes.
"""

from __future__ import annotations

import base64
import io
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

import pypdfium2 as pdfium
from PIL import Image, ImageChops, ImageDraw

from lang_audit.errors import UnreadableError
from lang_audit.model import Box, Finding, Record
from lang_audit.report import wording
from lang_audit.report.evidence import Picture
from lang_audit.report.on_page import Document, open_document

SCALE: Final = 1.5  # pixels a point: 108 a inch, which small print needs to be read
LARGEST: Final = 4096  # bytes: a picture that comes out larger is made coarser, and at last left out
_MARGIN: Final = 2.0  # points around the line
_WIDEST: Final = 420.0  # points: of a longer line, the part around the word
_TALLEST: Final = 60.0  # points: a mention over line ends within one column; else only its first line is shown
_SHADE: Final = 208  # of 255: how the mention is marked in its line
_GREYS: Final = 16
_COARSER: Final = (1.0, 0.75, 0.6)
_BROKEN = (pdfium.PdfiumError, UnreadableError, OSError, ValueError, MemoryError)

PictureOf = Callable[[Finding], Picture | None]


def line_image(pdf_path: Path, page: int, box: Box, marked: tuple[Box, ...] = ()) -> bytes:
    """A PNG of what is printed in `box` (points from the upright page's top left corner) on `page` (from 1).

    `marked` are boxes to shade. Raises UnreadableError where the page cannot be drawn.
    """
    try:
        pdf = pdfium.PdfDocument(pdf_path)
    except (pdfium.PdfiumError, OSError) as error:
        raise _undrawn() from error
    try:
        return _png(_drawn(pdf[page - 1], box, marked, SCALE, 0))
    except (pdfium.PdfiumError, IndexError, ValueError, MemoryError) as error:
        raise _undrawn() from error
    finally:
        pdf.close()


@contextmanager
def pictures_of(record: Record, source: Path | None = None) -> Iterator[PictureOf]:
    """A function that draws the line of a finding, for as long as the context holds.

    `source` is the file that the text was taken from where that is not the input itself. The function gives None for what
    cannot be drawn: a format without pages, a damaged page, a finding without a place. A report is complete without pictures, so
    nothing is raised.
    """
    paper = record.appraisal.paper if record.appraisal else None
    if paper is None or not paper.pages:
        yield lambda finding: None
        return
    opened = open_document(source or Path(record.path), paper)
    try:
        document = opened.__enter__()
    except UnreadableError:
        yield lambda finding: None
        return
    try:
        yield lambda finding: _picture(document, finding)
    finally:
        opened.__exit__(None, None, None)


def _picture(document: Document, finding: Finding) -> Picture | None:
    if finding.decision == "exempt":
        return None
    with suppress(*_BROKEN):
        places = document.places(finding.start, finding.end)
        lines = document.line_boxes(finding.start, finding.end)
        if not places or not lines:
            return None
        number = places[0].page
        marked = tuple(place.box for place in places if place.page == number)
        box = _cut([line for page, line in lines if page == number], marked)
        page = document.page(number)
        for coarser in _COARSER:
            image = _drawn(page.pdf_page, box, marked, SCALE * coarser, page.extra_turn)
            data = _png(image)
            if len(data) <= LARGEST:
                address = f"data:image/png;base64,{base64.b64encode(data).decode()}"
                alt = f"“{wording.squeeze(finding.text)}” in its line, as printed on page {number}"
                return Picture(address, alt, *image.size)
    return None


def _cut(lines: list[Box], marked: tuple[Box, ...]) -> Box:
    """What to show: the lines of the mention, or its first where they stand in two columns; the part around a word of a long
    line."""
    x0, y0, x1, y1 = _around(lines)
    if y1 - y0 > _TALLEST:
        x0, y0, x1, y1 = lines[0]
    if x1 - x0 > _WIDEST:
        middle = (marked[0][0] + marked[0][2]) / 2
        left = min(max(middle - _WIDEST / 2, x0), x1 - _WIDEST)
        x0, x1 = left, left + _WIDEST
    return x0, y0, x1, y1


def _around(boxes: list[Box]) -> Box:
    lefts, tops, rights, bottoms = zip(*boxes, strict=True)
    return min(lefts), min(tops), max(rights), max(bottoms)


def _drawn(page: pdfium.PdfPage, box: Box, marked: tuple[Box, ...], scale: float, extra_turn: int) -> Image.Image:
    """The part of the page in `box`, with `marked` shaded; `extra_turn` quarter turns (clockwise) make its text upright."""
    width, height = page.get_size()
    if extra_turn % 2:
        width, height = height, width
    x0, y0 = max(box[0] - _MARGIN, 0), max(box[1] - _MARGIN, 0)
    x1, y1 = min(box[2] + _MARGIN, width), min(box[3] + _MARGIN, height)
    if x1 - x0 < 1 or y1 - y0 < 1:
        raise ValueError("outside the page")
    bitmap = page.render(
        scale=scale,
        rotation=extra_turn * 90,
        crop=(x0, height - y1, width - x1, y0),
        grayscale=True,
        may_draw_forms=False,
        draw_annots=False,
    )
    try:
        image = bitmap.to_pil().convert("L")
    finally:
        bitmap.close()
    shade = Image.new("L", image.size, 255)
    for left, top, right, bottom in marked:
        corners = ((left - x0) * scale, (top - y0) * scale, (right - x0) * scale, (bottom - y0) * scale)
        ImageDraw.Draw(shade).rectangle(corners, fill=_SHADE)
    return ImageChops.multiply(image, shade)


def _png(image: Image.Image) -> bytes:
    """The picture in sixteen greys, four bits a pixel."""
    step = 255 / (_GREYS - 1)
    indexed = image.point([round(value / step) for value in range(256)])
    picture = Image.frombytes("P", image.size, indexed.tobytes())
    picture.putpalette([round(n * step) for n in range(_GREYS) for _ in range(3)])
    out = io.BytesIO()
    picture.save(out, "PNG", bits=4, optimize=True)
    return out.getvalue()


def _undrawn() -> UnreadableError:
    return UnreadableError("no-picture", "The page cannot be drawn.", "Open the PDF in a viewer to see the line.")
