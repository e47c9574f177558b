"""The text of one PDF page: follows the operators that show text and gathers what they draw as placed runs.

Fonts and forms come from whoever opened the file, by the `Resources` protocol; no PDF library is needed here.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import NamedTuple, Protocol

from lang_audit.sources.content_stream import Operand, operators
from lang_audit.sources.page_runs import (
    DEEPEST_FORM,
    EVERYWHERE,
    FILL_AND_STROKE,
    IDENTITY,
    INVISIBLE,
    PIECE_GAP,
    WORD_GAP,
    Matrix,
    PageRuns,
    Rectangle,
    Style,
    clipped,
    direction_of,
    product,
)
from lang_audit.sources.placed import UNKNOWN_CHARACTER, PlacedPage


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
        self._gathered = PageRuns(box)

    def follow(
        self, data: bytes, resources: Resources, ctm: Matrix, clip: Rectangle = EVERYWHERE, depth: int = 0
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
                        state.clip = clipped(state.clip, (x, y, x + width, y + height), state.ctm)
                    case "q":
                        saved.append(replace(state))
                    case "Q":
                        state = saved.pop() if saved else state
                    case "Do":
                        self._draw(str(operands[-1]), resources, state, depth)
                    case "EI":
                        self._gathered.add_image(state.ctm)
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
        """The page as followed so far."""
        return self._gathered.page(number)

    def _draw(self, name: str, resources: Resources, state: _State, depth: int) -> None:
        if resources.is_image(name):
            self._gathered.add_image(state.ctm)
        elif depth < DEEPEST_FORM and (form := resources.drawing(name)):
            ctm = product(form.matrix, state.ctm)
            self.follow(form.data, form.resources, ctm, clipped(state.clip, form.box, ctm), depth + 1)

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
        word_gap, piece_gap = WORD_GAP * size / stretch, PIECE_GAP * size / stretch
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
        direction = direction_of(placed)
        if direction is None:
            return
        a, b, c, d, e, f = placed
        bold = state.face.bold or state.mode == FILL_AND_STROKE
        style = Style(size, state.face.name, bold, state.mode == INVISIBLE)
        for text, start, end in pieces:
            x, y = a * start + c * state.rise + e, b * start + d * state.rise + f
            line = (x, y, x + a * (end - start), y + b * (end - start))
            self._gathered.add(text, line, (end - start) * stretch, direction, style, state.clip)


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
