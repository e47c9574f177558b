"""What every PDF engine does with text once it is placed: turn it upright, leave out what cannot be seen, gather it as runs.

Knows no PDF library. Engines say where a piece of text starts and ends in the page's own space (y upwards), and get a
`PlacedPage` back.
"""

from __future__ import annotations

import math
from collections import Counter
from typing import NamedTuple

from lang_audit.sources.placed import PlacedPage, Run

WORD_GAP = 0.1  # of the type size: kerning moves letters less, thin spaces and the tightest word spaces more
PIECE_GAP = 1.0  # of the type size: wider gaps part table cells and columns, so a new run starts
DEEPEST_FORM = 12  # forms within forms; deeper is a file that draws itself
FILL_AND_STROKE, INVISIBLE = 2, 3  # text rendering modes: poor man's bold; the layer that OCR puts behind a scan
LETTER = (612.0, 792.0)  # points: what stands for the size of a page that cannot be read
_DOUBLE = 0.25  # of the type size: the same text this near is printed twice (poor man's bold, shadows)
_SLANT = 0.05  # tangent: text less slanting than this counts as level
LEVEL, UPWARD, UPSIDE_DOWN, DOWNWARD = range(4)

Matrix = tuple[float, float, float, float, float, float]
"""A PDF transformation: x' = ax + cy + e, y' = bx + dy + f."""
Rectangle = tuple[float, float, float, float]
"""x0, y0, x1, y1 with y upwards, as PDF has it."""

IDENTITY: Matrix = (1, 0, 0, 1, 0, 0)
EVERYWHERE: Rectangle = (-math.inf, -math.inf, math.inf, math.inf)
_TURNS: dict[int, Matrix] = {90: (0, -1, 1, 0, 0, 0), 180: (-1, 0, 0, -1, 0, 0), 270: (0, 1, -1, 0, 0, 0)}


class Style(NamedTuple):
    """The type that a piece of text is set in; `invisible` as the layer that OCR puts behind a scan is."""

    size: float
    font: str
    bold: bool
    invisible: bool = False


class PageRuns:
    """Gathers the runs of one page whose visible part is `box`, by direction of writing."""

    def __init__(self, box: Rectangle) -> None:
        self._box = box
        self._runs: dict[tuple[int, bool], list[Run]] = {}
        self._image_area = 0.0

    def add_image(self, ctm: Matrix) -> None:
        """Count an image that is drawn into the unit square of `ctm`."""
        self._image_area += abs(ctm[0] * ctm[3] - ctm[1] * ctm[2])

    def add(self, text: str, line: Rectangle, length: float, direction: int, style: Style, clip: Rectangle) -> None:
        """Add a piece of text, turned upright, if it shows: `line` holds where its baseline starts and ends."""
        x, y, _, _ = line
        left, bottom, right, top = self._box
        inside = left - 1 <= x <= right + 1 and bottom - 1 <= y <= top + 1
        if not inside or not text.strip() or not _shows(clip, line, style.size):
            return
        if direction == LEVEL:
            across, down = x - left, top - y
        elif direction == UPWARD:
            across, down = y - bottom, x - left
        elif direction == DOWNWARD:
            across, down = top - y, right - x
        else:
            across, down = right - x, y - bottom
        run = Run(text, across, across + length, down, style.size, style.font, style.bold)
        self._runs.setdefault((direction, style.invisible), []).append(run)

    def page(self, number: int) -> PlacedPage:
        """The page with the runs of its main direction: a table printed sideways turns the page, side notes are left out."""
        left, bottom, right, top = self._box
        width, height = right - left, top - bottom
        amount: Counter[tuple[int, bool]] = Counter()
        for key, runs in self._runs.items():
            amount[key] = sum(len(run.text) for run in runs)
        visible = sum(n for (_, invisible), n in amount.items() if not invisible)
        hidden = sum(n for (_, invisible), n in amount.items() if invisible)
        layer = hidden > visible  # a scan with an OCR layer; elsewhere hidden text is no part of the page
        direction = max(range(4), key=lambda way: amount[way, layer])
        if direction in (UPWARD, DOWNWARD):
            width, height = height, width
        share = min(self._image_area / max(width * height, 1), 1.0)
        kept = _without_doubles(self._runs.get((direction, layer), []))
        turned_away = sum(n for (way, of_layer), n in amount.items() if of_layer == layer and way != direction)
        return PlacedPage(number, width, height, kept, share, left_out=turned_away)


def direction_of(placed: Matrix) -> int | None:
    """Which way a line of text runs under a transformation; None where it slants."""
    a, b, _, _, _, _ = placed
    if abs(b) < _SLANT * abs(a):
        return LEVEL if a > 0 else UPSIDE_DOWN
    if abs(a) < _SLANT * abs(b):
        return UPWARD if b > 0 else DOWNWARD
    return None  # watermarks and labels of figures are no text of the paper


def turn_of(rotation: int) -> Matrix:
    """What turns a page upright whose /Rotate is as many degrees."""
    return _TURNS.get(rotation % 360, IDENTITY)


def turned(box: Rectangle, turn: Matrix) -> Rectangle:
    """A rectangle after a turn."""
    x0, y0, x1, y1 = box
    a, b, c, d, _, _ = turn
    xs, ys = (a * x0 + c * y0, a * x1 + c * y1), (b * x0 + d * y0, b * x1 + d * y1)
    return min(xs), min(ys), max(xs), max(ys)


def product(first: Matrix, then: Matrix) -> Matrix:
    """The transformation that does `first`, then `then`."""
    a, b, c, d, e, f = first
    p, q, r, s, t, u = then
    return (p * a + r * b, q * a + s * b, p * c + r * d, q * c + s * d, p * e + r * f + t, q * e + s * f + u)


def clipped(clip: Rectangle, box: Rectangle, ctm: Matrix) -> Rectangle:
    """The part of `clip` that a further rectangle, given in the space of `ctm`, leaves open."""
    a, b, c, d, e, f = ctm
    xs = [a * x + c * y + e for x in (box[0], box[2]) for y in (box[1], box[3])]
    ys = [b * x + d * y + f for x in (box[0], box[2]) for y in (box[1], box[3])]
    return max(clip[0], min(xs)), max(clip[1], min(ys)), min(clip[2], max(xs)), min(clip[3], max(ys))


def _shows(clip: Rectangle, line: Rectangle, size: float) -> bool:
    """Whether some of a line of text from (x0, y0) to (x1, y1) lies inside `clip`; near its edge it does."""
    x0, y0, x1, y1 = line
    across = max(x0, x1) > clip[0] - size and min(x0, x1) < clip[2] + size
    return across and max(y0, y1) > clip[1] - size and min(y0, y1) < clip[3] + size


def _without_doubles(runs: list[Run]) -> tuple[Run, ...]:
    """The runs without those printed again on themselves; what was doubled counts as bold."""
    kept: list[Run] = []
    seen: dict[tuple[str, int], list[int]] = {}
    for run in runs:
        row = round(run.baseline / run.size)
        near = _DOUBLE * run.size
        for index in seen.get((run.text, row), ()):
            other = kept[index]
            if abs(other.x0 - run.x0) < near and abs(other.baseline - run.baseline) < near:
                kept[index] = other._replace(bold=True)
                break
        else:
            for strip in (row - 1, row, row + 1):
                seen.setdefault((run.text, strip), []).append(len(kept))
            kept.append(run)
    return tuple(kept)
