"""One page of a PDF as PDFium sees it, taken apart into placed runs.

PDFium gives two views: the page's objects in drawing order, with matrix, font and clip, and the page's characters, each with
its box and object. Characters that PDFium makes up (spaces, line ends) are left out: gaps are judged as every engine does.
"""

from __future__ import annotations

import ctypes
import math
import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import compress, repeat
from typing import NamedTuple

from lang_audit.sources import pdfium_library as lib
from lang_audit.sources.page_runs import (
    DEEPEST_FORM,
    EVERYWHERE,
    FILL_AND_STROKE,
    IDENTITY,
    INVISIBLE,
    WORD_GAP,
    Matrix,
    PageRuns,
    Rectangle,
    Style,
    clipped,
    direction_of,
    product,
)
from lang_audit.sources.pdf_files import font_name, is_bold
from lang_audit.sources.pdfium_gaps import Spread, pieces, with_lost_spaces
from lang_audit.sources.placed import UNKNOWN_CHARACTER

_MADE_UP = frozenset({10, 13, 32})  # codes of what PDFium adds between words and lines
_HYPHEN = 2  # the code that stands for a hyphen at a line's end
_DOUBLE = 0.25  # of the type size: what is drawn this near to a text before it is that text again
_LOOK_BACK = 5  # objects that PDFium looks back for such doubles, which it leaves out
_OVERHANG = 0.015  # of the type size: an italic's box, wider than the advance or further left than the pen, by more
_SAMPLES = 60  # places of a letter on a page that are looked at, to learn how far it moves the pen
_USUAL_ADVANCE = 0.5  # of the type size, where a font does not tell
_BOLD_SHORT = re.compile(r"-Bd")  # fonts whose weight stands only in the descriptor, which PDFium does not give
_CHARACTERS = str.maketrans({"\xa0": " ", "\0": UNKNOWN_CHARACTER})


class _Drawn(NamedTuple):
    """A text object: its handle, the matrix of the form it is drawn in, what the form's edges leave open."""

    handle: int
    form: Matrix
    clip: Rectangle


FontKey = tuple[int, str, int]
"""A font's handle, name and flags."""


class Face(NamedTuple):
    """A font, and what was learnt of the letters met so far.

    `guessed` are those of which the file does not tell which letters they are, `wide` holds the advance for size 1 of those
    whose boxes are no measure of it: an italic f reaches over the next letter.
    """

    handle: int
    name: str
    bold: bool
    met: set[str]
    guessed: set[str]
    wide: dict[str, float]


@dataclass(slots=True)
class _Characters:
    """The characters of a page that the file itself has, in PDFium's order, each with its box's edges."""

    handle: int
    indices: Sequence[int]
    text: str
    objects: list[int]
    lefts: list[float]
    rights: list[float]
    spans: dict[int, list[tuple[int, int]]] = field(default_factory=lambda: defaultdict(list))
    """For each text object where its characters stand in `text`."""

    def is_piece(self, k: int) -> bool:
        """Whether a character shares its glyph with a neighbour, as in a ligature."""
        left, right = self.lefts[k], self.rights[k]
        return (k > 0 and self.lefts[k - 1] == left and self.rights[k - 1] == right) or (
            k + 1 < len(self.lefts) and self.lefts[k + 1] == left and self.rights[k + 1] == right
        )


class PageReader:
    """Reads one loaded page; `text_page` is its handle for characters, `turn` makes the page upright."""

    def __init__(self, page: int, text_page: int, turn: Matrix, runs: PageRuns, faces: dict[FontKey, Face]) -> None:
        """`faces` are the fonts met on pages before, to which those of this page are added."""
        self._page = page
        self._turn = turn
        self._runs = runs
        self._met = faces
        self._faces: dict[int, Face] = {}
        self._clips: dict[tuple[int, int], list[Rectangle]] = {}
        self._characters = _characters(text_page)
        self._spread = Spread()

    def read(self) -> None:
        """Hand every piece of text and every image to the runs."""
        count = lib.page_objects(self._page)
        objects = list(map(lib.page_object, repeat(self._page), range(count)))
        drawn = list(self._walk(objects, IDENTITY, EVERYWHERE, 0))
        handles = [one.handle for one in drawn]
        matrices = lib.floats(lib.object_matrix, handles, 6)
        sizes = lib.floats(lib.text_size, handles, 1)
        bounds = lib.bounds(handles)
        modes = list(map(lib.text_mode, handles))
        doubled = self._doubled(handles, matrices, sizes)
        for k, one in enumerate(drawn):
            spans = self._characters.spans.get(one.handle)
            if not spans:
                continue
            a, b, c, d, e, f = matrices[6 * k : 6 * k + 6]
            matrix = (a, b, c, d, e, f) if one.form is IDENTITY else product((a, b, c, d, e, f), one.form)
            reach = after = 0.0  # how far the last glyph reaches, where the next object starts, in text space
            if a:
                reach = (bounds[4 * k + 2] - e) / a
                after = (matrices[6 * k + 10] - e) / a if k + 1 < len(drawn) else 0.0
            self._place(one, matrix, abs(sizes[k]), modes[k], spans, k in doubled, reach, after)

    # Objects

    def _walk(self, objects: Sequence[int], form: Matrix, clip: Rectangle, depth: int) -> Iterator[_Drawn]:
        """The text objects in drawing order, also those in forms; images are counted."""
        for handle, kind in zip(objects, map(lib.object_type, objects), strict=True):
            if kind == lib.TEXT:
                yield _Drawn(handle, form, clip)
            elif kind == lib.IMAGE:
                self._runs.add_image(product(_matrix(handle), form))
            elif kind == lib.FORM and depth < DEEPEST_FORM:
                inner = list(map(lib.form_object, repeat(handle), range(lib.form_objects(handle))))
                placed = product(_matrix(handle), form)
                yield from self._walk(inner, placed, self._open(handle, form, clip), depth + 1)

    def _open(self, handle: int, form: Matrix, clip: Rectangle) -> Rectangle:
        """What the clipping of an object leaves open of `clip`."""
        path = lib.object_clip(handle)
        count = lib.clip_paths(path) if path else 0
        if count <= 0:
            return clip
        # Objects share their clipping: the address of its last path tells whether it was met before.
        key = count, lib.clip_segment(path, count - 1, 0) or 0
        if key not in self._clips:
            self._clips[key] = _openings(path, count)
        turned = product(form, self._turn)
        for opening in self._clips[key]:
            clip = clipped(clip, opening, turned)
        return clip

    def _doubled(self, handles: Sequence[int], matrices: Sequence[float], sizes: Sequence[float]) -> set[int]:
        """Texts that are drawn once more on themselves (poor man's bold): PDFium drops the characters of the second."""
        found = set()
        for k, handle in enumerate(handles):
            if handle in self._characters.spans:
                continue
            x, y = matrices[6 * k + 4], matrices[6 * k + 5]
            for j in range(k - 1, max(k - 1 - _LOOK_BACK, -1), -1):
                near = _DOUBLE * abs(sizes[k]) * math.hypot(matrices[6 * k + 2], matrices[6 * k + 3])
                if abs(matrices[6 * j + 4] - x) < near and abs(matrices[6 * j + 5] - y) < near:
                    found.add(j)
        return found

    def _face(self, text_object: int) -> Face:
        font = lib.text_font(text_object) or 0
        if font not in self._faces:
            name = font_name(lib.latin(lambda buffer, size: lib.font_base_name(font, buffer, size))) if font else ""
            flags = max(lib.font_flags(font), 0) if font else 0
            bold = is_bold(name, flags) or _BOLD_SHORT.search(name) is not None
            # PDFium may use an address again once a page is closed, hardly for another font of the same name
            self._faces[font] = self._met.setdefault((font, name, flags), Face(font, name, bold, set(), set(), {}))
        return self._faces[font]

    # Text

    def _place(
        self,
        drawn: _Drawn,
        matrix: Matrix,
        size: float,
        mode: int,
        spans: Sequence[tuple[int, int]],
        doubled: bool,
        reach: float,
        after: float,
    ) -> None:
        """Hand the characters of one text object to the runs, in pieces as wide gaps part them."""
        direction = direction_of(product(matrix, self._turn))
        a, b, c, d, e, f = matrix
        stretch = math.hypot(a, b)
        tall = size * math.hypot(c, d)
        if direction is None or not tall:
            return
        face = self._face(drawn.handle)
        style = Style(tall, face.name, face.bold or doubled or mode == FILL_AND_STROKE, mode == INVISIBLE)
        clip = self._open(drawn.handle, drawn.form, drawn.clip)
        level = abs(b) < abs(a)
        for first, last in spans:
            text = self._characters.text[first:last]
            if new := set(text) - face.met:
                self._meet(new, first, text, face, size * a if level else 0.0)
            if level and face.wide.keys().isdisjoint(text):
                starts = [(x - e) / a for x in self._characters.lefts[first:last]]
                ends = [(x - e) / a for x in self._characters.rights[first:last]]
            else:
                starts, ends = self._advances(first, text, face, matrix, size)
            if face.guessed:
                text = "".join(UNKNOWN_CHARACTER if letter in face.guessed else letter for letter in text)
            text = with_lost_spaces(text, starts, ends, reach, tall / stretch)
            for piece, start, end in pieces(
                text.translate(_CHARACTERS), starts, ends, tall / stretch, self._spread, after
            ):
                x, y = _moved(a * start + e, b * start + f, self._turn)
                x1, y1 = _moved(a * end + e, b * end + f, self._turn)
                self._runs.add(piece, (x, y, x1, y1), (end - start) * stretch, direction, style, clip)

    def _meet(self, new: set[str], first: int, text: str, face: Face, unit: float) -> None:
        """Learn the letters of a font that were not met before; `unit` is what one of size 1 advances, 0 if not known.

        A letter that is part of a ligature here (its box is its neighbour's) must wait for a place of its own.
        """
        lefts, rights = self._characters.lefts, self._characters.rights
        for k, letter in enumerate(text, first):
            if letter not in new or self._characters.is_piece(k):
                continue
            new.discard(letter)
            index = self._characters.indices[k]
            face.met.add(letter)
            if lib.is_unmapped(self._characters.handle, index) == 1:
                face.guessed.add(letter)
            stated = lib.advance(face.handle, letter) if unit else None
            if stated:
                x, _ = lib.origin(self._characters.handle, index)
                boxed, before = (rights[k] - x) / unit, (x - lefts[k]) / unit
                wide = boxed - stated > _OVERHANG or before > _OVERHANG
                if wide and self._moves_by(stated, boxed, before, letter, face):
                    face.wide[letter] = stated

    def _moves_by(self, stated: float, boxed: float, before: float, letter: str, face: Face) -> bool:
        """Whether a letter moves the pen as far as its font states for it, and not as far as its box reaches.

        Two glyphs of a font may stand for one letter (small capitals), so the letters that follow it on the page are asked.
        """
        found = self._characters
        least, k = math.inf, -1
        for _ in range(_SAMPLES):
            k = found.text.find(letter, k + 1)
            if k < 0:
                break
            width = found.rights[k] - found.lefts[k]
            if k + 1 < len(found.objects) and found.objects[k + 1] == found.objects[k] and width:
                if found.is_piece(k) or lib.text_font(found.objects[k]) != face.handle:
                    continue
                least = min(least, (found.lefts[k + 1] - found.lefts[k]) / width * (boxed + before) - before)
        return least > boxed + WORD_GAP / 2 or abs(least - stated) < abs(least - boxed)

    def _advances(
        self, first: int, text: str, face: Face, matrix: Matrix, size: float
    ) -> tuple[list[float], list[float]]:
        """Where each glyph starts and ends, in text space from the object's origin; letter by letter."""
        a, b, _, _, e, f = matrix
        level = abs(b) < abs(a)
        if level:
            starts = [(x - e) / a for x in self._characters.lefts[first : first + len(text)]]
            ends = [(x - e) / a for x in self._characters.rights[first : first + len(text)]]
            for k, letter in enumerate(text):
                if letter in face.wide and not self._characters.is_piece(first + k):
                    x, _ = lib.origin(self._characters.handle, self._characters.indices[first + k])
                    starts[k] = (x - e) / a
                    ends[k] = starts[k] + face.wide[letter] * size
            return starts, ends
        starts, ends = [], []
        for k, letter in enumerate(text, first):
            _, y = lib.origin(self._characters.handle, self._characters.indices[k])
            starts.append((y - f) / b)
            # sideways, PDFium's boxes have no width
            advance = face.wide.get(letter) or lib.advance(face.handle, letter) or _USUAL_ADVANCE
            ends.append(starts[-1] + advance * size)
        for k in range(len(starts) - 2, -1, -1):
            if starts[k] == starts[k + 1]:  # parts of one glyph
                starts[k + 1] = ends[k + 1] = ends[k]
        return starts, ends


def _characters(text_page: int) -> _Characters:
    count = max(lib.count_characters(text_page), 0)
    codes = list(map(lib.character, repeat(text_page), range(count)))
    objects = list(map(lib.character_object, repeat(text_page), range(count)))
    edges = lib.boxes(text_page, count)
    lefts, rights = edges[0::4], edges[2::4]
    own = [
        bool(handle) and not (code in _MADE_UP and lib.is_generated(text_page, k) == 1)
        for k, (code, handle) in enumerate(zip(codes, objects, strict=True))
    ]
    indices: Sequence[int] = list(compress(range(count), own))
    objects = list(compress(objects, own))
    text = "".join("-" if code == _HYPHEN else chr(code) if code < 0x110000 else "\0" for code in compress(codes, own))
    found = _Characters(text_page, indices, text, objects, list(compress(lefts, own)), list(compress(rights, own)))
    start = 0
    for k in range(1, len(objects) + 1):
        if k == len(objects) or objects[k] != objects[start]:
            found.spans[objects[start]].append((start, k))
            start = k
    return found


def _matrix(handle: int) -> Matrix:
    a, b, c, d, e, f = lib.floats(lib.object_matrix, [handle], 6)
    return (a, b, c, d, e, f)


def _moved(x: float, y: float, turn: Matrix) -> tuple[float, float]:
    if turn is IDENTITY:
        return x, y
    a, b, c, d, e, f = turn
    return a * x + c * y + e, b * x + d * y + f


def _openings(path: int, count: int) -> list[Rectangle]:
    """For each path of a clipping the rectangle that holds what it leaves open."""
    openings = []
    place = (ctypes.c_float * 2)()
    x, y = ctypes.addressof(place), ctypes.addressof(place) + 4
    for index in range(count):
        xs, ys = [], []
        for number in range(max(lib.clip_segments(path, index), 0)):
            if lib.segment_point(lib.clip_segment(path, index, number), x, y):
                xs.append(place[0])
                ys.append(place[1])
        if xs:
            openings.append((min(xs), min(ys), max(xs), max(ys)))
    return openings
