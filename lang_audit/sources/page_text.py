"""The text of one PDF page: follows the operators that show text and gathers what they draw as placed runs.

Fonts and forms come from whoever opened the file, by the `Resources` protocol; no PDF library is needed here.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import NamedTuple, Protocol

from lang_audit.sources.content_stream import Operand, operators
from lang_audit.sources.placed import UNKNOWN_CHARACTER, PlacedPage, Run

_WORD_GAP = 0.1  # of the type size: kerning moves letters less, thin spaces and the tightest word spaces more
_PIECE_GAP = 1.0  # of the type size: wider gaps part table cells and columns, so a new run starts
_DOUBLE = 0.25  # of the type size: the same text this near is printed twice (poor man's bold, shadows)
_SLANT = 0.05  # tangent: text less slanting than this counts as level
_DEEPEST_FORM = 12  # forms within forms; deeper is a file that draws itself
_LEVEL, _UPWARD, _UPSIDE_DOWN, _DOWNWARD = range(4)
_FILL_AND_STROKE, _INVISIBLE = 2, 3  # text rendering modes: poor man's bold; the layer that OCR puts behind a scan

Matrix = tuple[float, float, float, float, float, float]
"""A PDF transformation: x' = ax + cy + e, y' = bx + dy + f."""
Rectangle = tuple[float, float, float, float]
"""x0, y0, x1, y1 with y upwards, as PDF has it."""

IDENTITY: Matrix = (1, 0, 0, 1, 0, 0)
_EVERYWHERE: Rectangle = (-math.inf, -math.inf, math.inf, math.inf)


@dataclass(slots=True)
class Face:
    """A font made ready. `look_up` gives a code's text and advance (for size 1), asked once a code; `decode` a string's codes.

    `simple` fonts have one byte a code.
    """

    name: str
    bold: bool
    look_up: Callable[[int], tuple[str, float]]
    decode: Callable[[bytes], Iterable[int]] | None = None
    glyphs: dict[int, tuple[str, float]] = field(default_factory=dict)

    @property
    def simple(self) -> bool:
        """Whether each byte of a string is a code."""
        return self.decode is None

    def glyph(self, code: int) -> tuple[str, float]:
        """Text and advance of a code; remembered in `glyphs`."""
        found = self.glyphs[code] = self.look_up(code)
        return found


NO_FACE = Face("", False, lambda code: (UNKNOWN_CHARACTER, 0.5))
"""Stands for a font that cannot be read."""


class Form(NamedTuple):
    """A drawing within a page: its operators, how it is placed, what of it shows, and its own resources."""

    data: bytes
    matrix: Matrix
    box: Rectangle
    resources: Resources


class Resources(Protocol):
    """Where a content stream finds what it names."""

    def face(self, name: str) -> Face:
        """The font of that name, NO_FACE where it cannot be read."""

    def drawing(self, name: str) -> Form | None:
        """The form of that name, or None for an image or what cannot be read."""

    def is_image(self, name: str) -> bool:
        """Whether the name stands for an image."""


@dataclass(slots=True)
class _State:
    """The text parameters of the graphics state (PDF 32000-1, 9.3), as `q` saves and `Q` restores them."""

    ctm: Matrix
    clip: Rectangle
    face: Face = field(default_factory=lambda: NO_FACE)
    size: float = 1.0
    character_space: float = 0.0
    word_space: float = 0.0
    scaling: float = 1.0
    leading: float = 0.0
    rise: float = 0.0
    mode: int = 0


class PageText:
    """Follows the content of one page whose visible part is `box`, and gathers its runs by direction of writing."""

    def __init__(self, box: Rectangle) -> None:
        self._box = box
        self._runs: dict[tuple[int, bool], list[Run]] = {}
        self._image_area = 0.0

    def follow(
        self, data: bytes, resources: Resources, ctm: Matrix, clip: Rectangle = _EVERYWHERE, depth: int = 0
    ) -> None:
        """Follow one content stream: the page's, or that of a form drawn by it. Operators without operands are skipped."""
        state = _State(ctm, clip)
        saved: list[_State] = []
        matrix, along = IDENTITY, 0.0  # the text line matrix, and how far along the line the pen stands
        for operator, operands in operators(data):
            try:
                match operator:
                    case "TJ" | "Tj":
                        along = self._show(operands[0] if operator == "TJ" else operands[-1:], state, matrix, along)
                    case "Td" | "TD":
                        x, y = _numbers(operands, 2)
                        state.leading = -y if operator == "TD" else state.leading
                        matrix, along = _moved(matrix, x, y), 0.0
                    case "Tm":
                        matrix, along = as_matrix(operands), 0.0
                    case "T*" | "'" | '"':
                        if operator == '"':
                            state.word_space, state.character_space = _numbers(operands[:2], 2)
                        matrix, along = _moved(matrix, 0, -state.leading), 0.0
                        if operator != "T*":
                            along = self._show(operands[-1:], state, matrix, along)
                    case "BT":
                        matrix, along = IDENTITY, 0.0
                    case "Tf":
                        state.face, state.size = resources.face(str(operands[-2])), _numbers(operands, 1)[0]
                    case "cm":
                        state.ctm = product(as_matrix(operands), state.ctm)
                    case "clip":
                        x, y, width, height = _numbers(operands, 4)
                        state.clip = _clipped(state.clip, (x, y, x + width, y + height), state.ctm)
                    case "q":
                        saved.append(replace(state))
                    case "Q":
                        state = saved.pop() if saved else state
                    case "Do":
                        self._draw(str(operands[-1]), resources, state, depth)
                    case "EI":
                        self._add_image(state.ctm)
                    case "Tc":
                        state.character_space = _numbers(operands, 1)[0]
                    case "Tw":
                        state.word_space = _numbers(operands, 1)[0]
                    case "Tz":
                        state.scaling = _numbers(operands, 1)[0] / 100
                    case "TL":
                        state.leading = _numbers(operands, 1)[0]
                    case "Ts":
                        state.rise = _numbers(operands, 1)[0]
                    case "Tr":
                        state.mode = int(_numbers(operands, 1)[0])
            except (IndexError, ValueError, TypeError):
                continue  # an operator without its operands draws nothing

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
        if direction in (_UPWARD, _DOWNWARD):
            width, height = height, width
        share = min(self._image_area / max(width * height, 1), 1.0)
        return PlacedPage(number, width, height, _without_doubles(self._runs.get((direction, layer), [])), share)

    def _draw(self, name: str, resources: Resources, state: _State, depth: int) -> None:
        if resources.is_image(name):
            self._add_image(state.ctm)
        elif depth < _DEEPEST_FORM and (form := resources.drawing(name)):
            ctm = product(form.matrix, state.ctm)
            self.follow(form.data, form.resources, ctm, _clipped(state.clip, form.box, ctm), depth + 1)

    def _add_image(self, ctm: Matrix) -> None:
        self._image_area += abs(ctm[0] * ctm[3] - ctm[1] * ctm[2])  # images fill the unit square

    def _show(self, strings: Operand, state: _State, line: Matrix, along: float) -> float:
        """Add the runs of one shown array; returns how far along the line the pen then stands, in text space."""
        placed = product(line, state.ctm)
        a, b, c, d, _, _ = placed
        size, stretch = abs(state.size) * math.hypot(c, d), math.hypot(a, b)
        unit = state.size * state.scaling
        if not isinstance(strings, list) or not stretch or not size or not unit:
            return along
        face = state.face
        glyphs, find = face.glyphs, face.glyph
        spacing = state.character_space * state.scaling
        word_spacing = state.word_space * state.scaling if face.simple else 0.0
        word_gap, piece_gap = _WORD_GAP * size / stretch, _PIECE_GAP * size / stretch
        if spacing > word_gap and face.simple:
            strings, spacing = _unspread(strings, spacing * 1000 / unit), 0.0
        pieces: list[tuple[str, float, float]] = []
        parts: list[str] = []
        start = along
        for string in strings:
            if isinstance(string, float):
                gap = -string * unit / 1000
                if gap > piece_gap and parts:
                    pieces.append(("".join(parts), start, along))
                    parts = []
                elif gap > word_gap and parts:
                    parts.append(" ")
                along += gap
            elif isinstance(string, bytes):
                if not parts:
                    start = along
                for code in string if face.decode is None else face.decode(string):
                    text, advance = glyphs.get(code) or find(code)
                    parts.append(text)
                    along += advance * unit + spacing
                    if code == 32:
                        along += word_spacing
        if parts:
            pieces.append(("".join(parts), start, along - spacing))
        self._place(pieces, state, placed, size, stretch)
        return along

    def _place(
        self, pieces: Sequence[tuple[str, float, float]], state: _State, placed: Matrix, size: float, stretch: float
    ) -> None:
        """Add pieces of text (with their start and end along the line) as runs, turned upright."""
        a, b, c, d, e, f = placed
        if abs(b) < _SLANT * abs(a):
            direction = _LEVEL if a > 0 else _UPSIDE_DOWN
        elif abs(a) < _SLANT * abs(b):
            direction = _UPWARD if b > 0 else _DOWNWARD
        else:
            return  # slanting watermarks and labels of figures are no text of the paper
        left, bottom, right, top = self._box
        runs = self._runs.setdefault((direction, state.mode == _INVISIBLE), [])
        bold = state.face.bold or state.mode == _FILL_AND_STROKE
        for text, start, end in pieces:
            x, y = a * start + c * state.rise + e, b * start + d * state.rise + f
            x1, y1 = x + a * (end - start), y + b * (end - start)
            inside = left - 1 <= x <= right + 1 and bottom - 1 <= y <= top + 1
            if not text.strip() or not inside or not _shows(state.clip, (x, y, x1, y1), size):
                continue
            if direction == _LEVEL:
                across, down = x - left, top - y
            elif direction == _UPWARD:
                across, down = y - bottom, x - left
            elif direction == _DOWNWARD:
                across, down = top - y, right - x
            else:
                across, down = right - x, y - bottom
            runs.append(Run(text, across, across + (end - start) * stretch, down, size, state.face.name, bold))


def product(first: Matrix, then: Matrix) -> Matrix:
    """The transformation that does `first`, then `then`."""
    a, b, c, d, e, f = first
    p, q, r, s, t, u = then
    return (p * a + r * b, q * a + s * b, p * c + r * d, q * c + s * d, p * e + r * f + t, q * e + s * f + u)


def as_matrix(operands: Sequence[object]) -> Matrix:
    """Six numbers as a transformation. Raises ValueError or TypeError where they are none."""
    a, b, c, d, e, f = _numbers(operands, 6)
    return (a, b, c, d, e, f)


def _numbers(operands: Sequence[object], count: int) -> list[float]:
    numbers = [operand for operand in operands[-count:] if isinstance(operand, int | float)]
    if len(numbers) != count:
        raise ValueError(f"{count} numbers wanted")
    return [float(number) for number in numbers]


def _moved(matrix: Matrix, x: float, y: float) -> Matrix:
    a, b, c, d, e, f = matrix
    return (a, b, c, d, x * a + y * c + e, x * b + y * d + f)


def _clipped(clip: Rectangle, box: Rectangle, ctm: Matrix) -> Rectangle:
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
