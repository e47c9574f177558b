"""The glyphs of a PDF's page as pdfium reads them, and a word among them.

What was read from a page and what pdfium reads of it differ in many small ways: accents, ligatures, citation markers that were
lifted out, letters printed twice. So both are folded to letters and figures before they are compared.
"""

from __future__ import annotations

import ctypes
import unicodedata
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from typing import Any, NamedTuple

import pypdfium2 as pdfium
import pypdfium2.raw as raw

from lang_audit.model import Box

Point = tuple[float, float]
RawGlyph = tuple[str, Point, tuple[float, float, float, float]]

_NEAR = 0.15  # of the line's height: how far outside its box a glyph's middle may lie


class Glyph(NamedTuple):
    """A letter or figure, folded for comparison, with the pen's place and the box of its ink, in upright places."""

    down: float
    pen: float
    order: int
    text: str
    box: Box


@lru_cache(maxsize=4096)
def folded(text: str) -> str:
    """The letters and figures of `text`, without case, accents and ligatures: what two readings of a page share."""
    return "".join(c for c in unicodedata.normalize("NFKD", text.casefold()) if c.isalnum())


def read_glyphs(page: pdfium.PdfPage) -> Iterator[RawGlyph]:
    """Each letter and figure of the page with its pen place and ink, in the page's own coordinates.

    None where pdfium cannot read them.
    """
    try:
        textpage = page.get_textpage()
    except pdfium.PdfiumError:
        return
    handle: Any = textpage.raw
    left, right, bottom, top, x, y = (ctypes.c_double() for _ in range(6))
    edges = tuple(map(ctypes.byref, (left, right, bottom, top)))
    pen = tuple(map(ctypes.byref, (x, y)))
    try:
        for index in range(textpage.count_chars()):
            code = raw.FPDFText_GetUnicode(handle, index)
            text = folded(chr(code)) if 0 < code < 0x110000 else ""
            if not text or not raw.FPDFText_GetCharBox(handle, index, *edges):
                continue
            raw.FPDFText_GetCharOrigin(handle, index, *pen)
            yield text, (x.value, y.value), (left.value, bottom.value, right.value, top.value)
    finally:
        textpage.close()


def inside(glyphs: Sequence[Glyph], box: Box) -> list[Glyph]:
    """The glyphs whose middle lies in the line's box, in the order in which they are read."""
    x0, y0, x1, y1 = box
    near = _NEAR * (y1 - y0)
    row = glyphs[bisect_left(glyphs, (y0 - near,)) : bisect_right(glyphs, (y1 + near,))]
    found = [glyph for glyph in row if x0 - near <= (glyph.box[0] + glyph.box[2]) / 2 <= x1 + near]
    found.sort(key=lambda glyph: (round(glyph.pen, 1), glyph.order))
    kept: list[Glyph] = []
    for glyph in found:
        if not any(_doubles(glyph, other, near) for other in kept[-4:]):
            kept.append(glyph)
    return kept


def _doubles(glyph: Glyph, other: Glyph, near: float) -> bool:
    """Whether a letter is printed on itself again (poor man's bold); the two letters of a ligature come one after the other."""
    apart = glyph.order - other.order > 1
    return apart and glyph.text == other.text and glyph.pen - other.pen < near and abs(glyph.down - other.down) < near


def joined(glyphs: Iterable[Glyph]) -> str:
    """The letters of the glyphs, one after the other."""
    return "".join(glyph.text for glyph in glyphs)


def nth(line: str, offset: int, wanted: str, glyphs: str) -> int | None:
    """Where `wanted`, at `offset` of `line`, stands in `glyphs`; None where it does not.

    The glyphs may hold more than the line as read (citation markers that were lifted out), so offsets do not fit: the word is
    told from its like by how many stand before it, or, where that differs too, by its place in the line.
    """
    here, there = _places_of(wanted, line), _places_of(wanted, glyphs)
    if not there:
        return None
    if len(here) == len(there) and offset in here:
        return there[here.index(offset)]
    expected = offset * len(glyphs) / max(len(line), 1)
    return min(there, key=lambda at: abs(at - expected))


def _places_of(wanted: str, text: str) -> list[int]:
    found, at = [], text.find(wanted) if wanted else -1
    while at >= 0:
        found.append(at)
        at = text.find(wanted, at + 1)
    return found


def proportional(line: str, start: int, end: int, box: Box) -> Box:
    """The place in proportion to characters, as `Paper.boxes` has it."""
    x0, y0, x1, y1 = box
    step = (x1 - x0) / max(len(line), 1)
    return round(x0 + start * step, 2), y0, round(x0 + end * step, 2), y1
