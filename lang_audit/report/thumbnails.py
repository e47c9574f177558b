"""Small grey pictures of printed lines, so that a reader of the report sees each mention as it stands on the page.

They go into the page as data: URIs: the report stays one file that can be mailed, and its Content-Security-Policy needs no more
than `img-src data:`. Sixteen greys keep a line to a few kilobytes.
"""

from __future__ import annotations

import base64
import io
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Final

import pypdfium2 as pdfium
from PIL import Image, ImageChops, ImageDraw

from lang_audit.errors import UnreadableError
from lang_audit.model import Box, Finding, Record
from lang_audit.report import wording
from lang_audit.report.evidence import MOST_PICTURES, Picture, PictureKey, by_sentence, picture_key
from lang_audit.report.on_page import Document, OpenPage, open_document

SCALE: Final = 1.5  # pixels a point: 108 a inch, which small print needs to be read
LARGEST: Final = 6144  # bytes: a picture that comes out larger is made coarser, and at last left out
_MARGIN: Final = 2.0  # points around the line
_WIDEST: Final = 620  # pixels, about the width of the report's column: a wider line is drawn smaller
_HIGHEST: Final = 24  # pixels: a line of large type (a title) is drawn smaller too
_LONGEST: Final = 540.0  # points: of a longer line (columns read as one, a page on its side), the part around the word
_TALLEST: Final = 60.0  # points: a mention over line ends within one column; else only its first line is shown
_SHADE: Final = 221  # of 255: how the mention is marked in its line
_GREYS: Final = 16
_COARSER: Final = (1.0, 0.8, 0.65)
_FINE: Final = 2.0  # pixels a point: to find the gaps between words
_BLANK: Final = 200  # of 255: paper, also of a scan
_SPACE: Final = 0.16  # of the line's height: no gap within a word is as wide
_GUTTER: Final = 1.5  # of the line's height: what lies beyond is another column or cell
_BROKEN = (pdfium.PdfiumError, UnreadableError, OSError, ValueError, MemoryError)


def pictures_of(record: Record, source: Path | None = None, most: int = MOST_PICTURES) -> dict[PictureKey, Picture]:
    """The line of each flagged or queried finding, once a sentence and term; `most` of them.

    `source` is the file that the text was taken from where that is not the input itself. What cannot be drawn has no picture: a
    format without pages, a damaged page, a finding without a place. A report is complete without, so nothing is raised.
    """
    appraisal = record.appraisal
    drawn: dict[PictureKey, Picture] = {}
    if appraisal is None or not appraisal.paper.pages:
        return drawn
    with suppress(*_BROKEN), open_document(source or Path(record.path), appraisal.paper) as document:
        for mentions in _chosen(appraisal.findings, most):
            if picture := _picture(document, mentions):
                drawn[picture_key(mentions[0])] = picture
    return drawn


def _chosen(findings: Iterable[Finding], most: int) -> list[list[Finding]]:
    """The mentions of each sentence to draw, in text order; of too many, each term's first before any term's second."""
    terms: defaultdict[tuple[str, str], list[Finding]] = defaultdict(list)
    for finding in findings:
        if finding.decision != "exempt":
            terms[finding.decision, finding.entry].append(finding)
    ranked = [(rank, mentions) for group in terms.values() for rank, mentions in enumerate(by_sentence(group))]
    ranked.sort(key=lambda one: (one[0], one[1][0].start))
    return sorted((mentions for _, mentions in ranked[:most]), key=lambda mentions: picture_key(mentions[0]))


def _picture(document: Document, mentions: Sequence[Finding]) -> Picture | None:
    """The line of the first mention; the others are shaded too where they stand in it."""
    first = mentions[0]
    with suppress(*_BROKEN):
        places = document.places(first.start, first.end)
        if not places:
            return None
        number = places[0].page
        lines = [line for page, line in document.line_boxes(first.start, first.end) if page == number]
        every = [place for mention in mentions for place in document.places(mention.start, mention.end)]
        marked = tuple(place.box for place in every if place.page == number)
        page = document.page(number)
        box = _whole_lines(lines)
        if box[2] - box[0] > _LONGEST:
            box = _around_word(page, lines[0], marked[0])
        alt = f"“{wording.squeeze(first.text)}” in its line, as printed on page {number}"
        most = min(SCALE, _WIDEST / (box[2] - box[0] + 2 * _MARGIN), _HIGHEST / (lines[0][3] - lines[0][1]))
        for coarser in _COARSER:
            scale = most * coarser
            image = _shaded(_drawn(page.pdf_page, box, scale, page.extra_turn), box, marked, scale)
            data = _png(image)
            if len(data) <= LARGEST:
                address = f"data:image/png;base64,{base64.b64encode(data).decode()}"
                return Picture(address, alt, *image.size)
    return None


def _whole_lines(lines: Sequence[Box]) -> Box:
    """The lines of a mention, or its first where they stand in two columns."""
    lefts, tops, rights, bottoms = zip(*lines, strict=True)
    box = min(lefts), min(tops), max(rights), max(bottoms)
    return lines[0] if box[3] - box[1] > _TALLEST else box


def _around_word(page: OpenPage, line: Box, word: Box) -> Box:
    """The part of a long line around the word: whole words, up to the next gutter."""
    left, height = _corner(line)[0], line[3] - line[1]
    gaps = [
        (left + begin / _FINE, left + end / _FINE)
        for begin, end in _blanks(_drawn(page.pdf_page, line, _FINE, page.extra_turn))
        if end - begin >= _SPACE * height * _FINE
    ]
    edges = [(line[0], line[0]), *gaps, (line[2], line[2])]
    i = max(k for k, (_, end) in enumerate(edges) if end <= word[0] + 1 or k == 0)
    j = min(k for k, (begin, _) in enumerate(edges) if begin >= word[2] - 1 or k == len(edges) - 1)
    more_left = more_right = True
    while more_left or more_right:  # the shorter side first, so that the word stays near the middle
        if more_left and (not more_right or word[0] - edges[i][1] <= edges[j][0] - word[2]):
            more_left = i > 0 and _narrow(edges[i], height) and edges[j][0] - edges[i - 1][1] <= _LONGEST
            i -= more_left
        else:
            more_right = j + 1 < len(edges) and _narrow(edges[j], height) and edges[j + 1][0] - edges[i][1] <= _LONGEST
            j += more_right
    return edges[i][1], line[1], edges[j][0], line[3]


def _narrow(gap: tuple[float, float], height: float) -> bool:
    return gap[1] - gap[0] < _GUTTER * height


def _blanks(image: Image.Image) -> Iterator[tuple[int, int]]:
    """Where the picture of a line shows nothing but paper from top to bottom: first column, and the one after the last."""
    ink, width, begin = image.tobytes(), image.width, 0
    for column in range(width + 1):
        if column == width or min(ink[column::width]) < _BLANK:
            if column > begin:
                yield begin, column
            begin = column + 1


def _drawn(page: pdfium.PdfPage, box: Box, scale: float, extra_turn: int) -> Image.Image:
    """The part of the page in `box`; `extra_turn` quarter turns (clockwise) make its text upright."""
    width, height = page.get_size()
    if extra_turn % 2:
        width, height = height, width
    x0, y0 = _corner(box)
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
        image: Image.Image = bitmap.to_pil().convert("L")
        return image
    finally:
        bitmap.close()


def _corner(box: Box) -> tuple[float, float]:
    """The top left corner of the picture of `box`."""
    return max(box[0] - _MARGIN, 0), max(box[1] - _MARGIN, 0)


def _shaded(image: Image.Image, box: Box, marked: tuple[Box, ...], scale: float) -> Image.Image:
    """The picture of `box` with `marked` shaded."""
    x0, y0 = _corner(box)
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
