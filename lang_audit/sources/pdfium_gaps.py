"""Gaps between the glyphs of one text object, as PDFium tells where they stand: which are spaces, which part the text.

PDFium gives no character or word spacing (`Tc`, `Tw`) and leaves out spaces beside others; both are found here from the places
of the glyphs. All distances are in text space from the object's origin, `size` is the type size there.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from operator import sub
from statistics import median

from lang_audit.sources.page_runs import PIECE_GAP, WORD_GAP

_ALIKE = 0.0003  # of the type size: gaps set by hand are rounded, and differ by more
_MOSTLY = 0.8  # of the spaces
_FEWEST_SPACES = 3  # to tell how they were widened
_WIDENED = 0.5  # of the type size: more than that is no space that was widened
_SAME_WIDTH = 0.05  # of a space
_LOST_SPACE = 0.3  # of the type size: an object that reaches further over its last glyph ends with spaces
_FEWEST_GAPS = 4  # between glyphs, to tell the spacing of all letters from a word space


class Spread:
    """How a page spreads its words over the line: with `Tw`, which widens every space alike, or by hand between the words.

    Only the first widens the space at an object's end too, and so tells where the pen stands after it.
    """

    def __init__(self) -> None:
        self._votes = 0  # of objects with some spaces, for the first

    def of_spaces(self, text: str, gaps: Sequence[float], size: float) -> float:
        """How much wider than their glyph `Tw` makes the spaces of a text, 0 where it does not."""
        after = [gap for gap, letter in zip(gaps, text, strict=False) if letter == " "]
        if not after:
            return 0.0
        usual = median(after)
        alike = sum(abs(gap - usual) < _ALIKE * size for gap in after)
        even = alike >= _MOSTLY * len(after)
        if len(after) < _FEWEST_SPACES:
            even = even and self._votes > 0
        elif abs(usual) > _ALIKE * size:
            self._votes += 1 if even else -1
        return usual - median(gaps) if even else 0.0

    def up_to(self, after: float, end: float, size: float) -> float:
        """How much wider than its glyph a last space is, with nothing to compare it with, if the next object follows it."""
        return after - end if self._votes > 0 and 0 < after - end < _WIDENED * size else 0.0


def pieces(
    text: str, starts: list[float], ends: list[float], size: float, spread: Spread, after: float
) -> Iterator[tuple[str, float, float]]:
    """Parts of a text object with start and end: gaps as between words become spaces, wider ones part it."""
    gaps = list(map(sub, starts[1:], ends))
    word_gap, piece_gap = WORD_GAP * size, PIECE_GAP * size
    widening = spread.of_spaces(text, gaps, size) if " " in text else 0.0
    tail = 0.0
    if text[-1] == " ":
        tail = widening or spread.up_to(after, ends[-1], size)
    if not gaps or max(gaps) <= word_gap:
        yield text, starts[0], ends[-1] + tail
        return
    spacing = max(median(gaps), 0.0) if len(gaps) >= _FEWEST_GAPS else 0.0  # of all letters, which parts no words
    parts: list[str] = []
    begin = first = 0
    for k, gap in enumerate(gaps, 1):
        if text[k - 1] == " ":
            gap -= widening
        if gap - spacing > piece_gap and not _is_spaces(text[k - 1], gap, ends[k - 1] - starts[k - 1]):
            yield "".join((*parts, text[begin:k])), starts[first], ends[k - 1]
            parts = []
            begin = first = k
        elif gap - spacing > word_gap and text[k - 1] != " ":
            parts += (text[begin:k], " ")
            begin = k
    yield "".join((*parts, text[begin:])), starts[first], ends[-1] + tail


def _is_spaces(before: str, gap: float, width: float) -> bool:
    """Whether a gap is as wide as so many more of the space before it: PDFium leaves out all but one of a row of spaces."""
    return before == " " and width > 0 and abs(gap / width - round(gap / width)) < _SAME_WIDTH


def with_lost_spaces(text: str, starts: list[float], ends: list[float], reach: float, size: float) -> str:
    """Put back the spaces at either end of an object that PDFium leaves out after another; `reach` is where it really ends."""
    if starts[0] > WORD_GAP * size:
        text = " " + text
        ends.insert(0, starts[0])
        starts.insert(0, 0.0)
    if reach > ends[-1] + _LOST_SPACE * size:
        text += " "
        starts.append(ends[-1])
        ends.append(reach)
    return text
