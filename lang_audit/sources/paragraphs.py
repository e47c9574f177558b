"""From the lines of a column to blocks: paragraphs, headings, captions and entries as the page sets them apart."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from lang_audit.sources.columns import Column
from lang_audit.sources.headings import section_kind
from lang_audit.sources.lines import PlacedLine
from lang_audit.sources.wording import TABLE_CAPTION, ends_sentence

_OTHER_SIZE = 0.6  # points: type that differs by more is another block
_EXTRA_LEADING = 0.28  # of the type size: white beyond the usual between two lines sets a block apart
_INDENT = 0.6  # of the type size: a line that starts this far to the right of its column opens a paragraph
_FITS = 1.0  # of the type size: room left over after the next line's first word, so the break before it was meant
_MEANT = 0.3  # of the column's width: a line that leaves so much room was ended on purpose, whatever it ends with
_SHORT = 60  # characters: a line in another slant with fewer is a heading or label, no emphasis in the text
_LONGEST_HEADING = 80  # characters of a bold or capital line that is a heading of its own
_ITEM = re.compile(r"[•▪■●◦‣➢►▶◆◇○✓\ufffd]\s+\S")  # the beginning of a list item, whatever stands above it
_ROW = 3  # parts of a line right under a caption: a table's first row
_DEFAULT_LEADING = 1.2  # of the type size, where a face has too few lines to measure


Face = tuple[str, float]
"""Font and size to half a point."""


@dataclass
class Block:
    """Lines that the page sets as one: a paragraph or part of one, a heading, a caption, a table's rows.

    `left` and `right` are the edges of its column, `tops_column` tells whether it is the column's first, `cells` how many parts
    each of its rows has on average. The lines stay as they are once the block is made: what they add up to is worked out once.
    """

    lines: list[PlacedLine]
    left: float
    right: float
    tops_column: bool
    cells: float
    ends_column: bool = False

    @property
    def first(self) -> PlacedLine:
        """The block's first line."""
        return self.lines[0]

    @property
    def page(self) -> int:
        """The page on which the block begins."""
        return self.lines[0].page

    @cached_property
    def text(self) -> str:
        """The lines' text, words at line ends still broken."""
        return " ".join(line.text for line in self.lines)

    @cached_property
    def words(self) -> int:
        """How many words it has."""
        return len(self.text.split())

    @cached_property
    def size(self) -> float:
        """The type size of most of its characters."""
        sizes: Counter[float] = Counter()
        for line in self.lines:
            sizes[round(line.size, 1)] += len(line.text)
        return sizes.most_common(1)[0][0]

    @cached_property
    def bold(self) -> bool:
        """Whether most of its characters are bold."""
        return sum(len(line.text) for line in self.lines if line.bold) > 0.6 * sum(
            len(line.text) for line in self.lines
        )

    @cached_property
    def font(self) -> str:
        """The font of most of its lines."""
        fonts: Counter[str] = Counter()
        for line in self.lines:
            fonts[line.font] += len(line.text)
        return fonts.most_common(1)[0][0]


def leadings(columns: Iterable[Column]) -> dict[Face, float]:
    """For each face the distance in points from one baseline to the next inside paragraphs."""
    steps: dict[Face, Counter[float]] = {}
    for column in columns:
        for one, other in zip(column.lines, column.lines[1:], strict=False):
            step = other.baseline - one.baseline
            if one.face == other.face and 0.9 * one.size < step < 2.5 * one.size:
                steps.setdefault(one.face, Counter())[round(step * 2) / 2] += 1
    return {face: counts.most_common(1)[0][0] for face, counts in steps.items() if sum(counts.values()) > 3}


def blocks(column: Column, leading: dict[Face, float]) -> list[Block]:
    """The blocks of a column from top to bottom."""
    found: list[Block] = []
    start = 0
    lines = column.lines
    for k in range(1, len(lines) + 1):
        if k < len(lines) and not _breaks(lines, start, k, column, leading):
            continue
        part = list(lines[start:k])
        cells = sum(column.cells[start:k]) / len(part)
        found.append(Block(part, column.left, column.right, start == 0, cells, k == len(lines)))
        start = k
    return found


def _breaks(lines: tuple[PlacedLine, ...], start: int, k: int, column: Column, leading: dict[Face, float]) -> bool:
    """Whether a new block begins with line `k`; the block so far begins with line `start`."""
    above, line = lines[k - 1], lines[k]
    size = max(above.size, line.size)
    if abs(above.size - line.size) > _OTHER_SIZE and min(len(above.text), len(line.text)) > 3:
        return True
    if line.lead and section_kind(line.text[: line.lead]):
        return True  # a run-in heading
    if _ITEM.match(line.text):
        return True
    if column.cells[k] >= _ROW and column.cells[k - 1] == 1 and TABLE_CAPTION.match(lines[start].text):
        return True
    usual = leading.get(line.face) or leading.get(above.face) or _DEFAULT_LEADING * size
    if line.baseline - above.baseline > usual + _EXTRA_LEADING * size:
        return True
    ended = ends_sentence(above.text)
    plain = not above.lead and not line.lead
    if above.bold != line.bold and not above.lead and (k - start > 1 or ended or above.bold):
        return True
    if above.font != line.font and above.italic != line.italic and plain and len(above.text) < _SHORT:
        return True
    return _starts_by_place(lines, start, k, column, ended) or _ended_early(
        above, line, column, ended or _closes(above, line)
    )


def _starts_by_place(lines: tuple[PlacedLine, ...], start: int, k: int, column: Column, ended: bool) -> bool:
    """Whether line `k` opens a block by where it starts: indented, or back at the margin after indented lines."""
    above, line = lines[k - 1], lines[k]
    size = max(above.size, line.size)
    indent = _INDENT * size
    at_margin = 0.4 * size
    label = above.x1 < column.right - _MEANT * (column.right - column.left)
    if line.x0 > column.left + indent and abs(above.x0 - column.left) < at_margin and (k - start > 1 or ended or label):
        return True
    if k - start < 2:
        return False
    hanging = lines[start].x0 < above.x0 - indent and line.x0 < above.x0 - indent
    quoted = min(other.x0 for other in lines[start:k]) > column.left + indent and line.x0 < column.left + at_margin
    return hanging or (quoted and ended)


def _ended_early(above: PlacedLine, line: PlacedLine, column: Column, closed: bool) -> bool:
    """Whether the line above was ended on purpose: the next word would have had room in it."""
    if above.text.endswith(("-", "\xad")):
        return False
    size = max(above.size, line.size)
    first_word = line.text.split(" ", 1)[0]
    width = (line.x1 - line.x0) / max(len(line.text), 1) * (len(first_word) + 1)
    room = column.right - _FITS * size - above.x1 - width
    return room > (0 if closed else _MEANT * (column.right - column.left))


def _closes(line: PlacedLine, below: PlacedLine) -> bool:
    """Whether a line may close a block though it ends no sentence: a short heading in another face than the text."""
    if line.font != below.font and not line.lead and not below.lead:
        return True
    return (line.bold or line.text.isupper()) and len(line.text) < _LONGEST_HEADING and not line.lead
