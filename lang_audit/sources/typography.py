"""What the type on a page gives away: the running text's face, and which blocks are set as headings."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from lang_audit.sources.headings import section_kind
from lang_audit.sources.lines import PlacedLine
from lang_audit.sources.paragraphs import Block
from lang_audit.sources.wording import MAIN_HEADING, NUMBERED, bare_heading

SMALLER = 0.75  # points under the body's size: type of notes, tables, captions
LARGER = 0.7  # points over the body's size: type of headings
CELLS = 1.6  # parts in a row on average: a table's rows, not text
_LEAST_TEXT = 0.2  # of the lines: less cannot be the text before the reference list
_PROSE_LINE = 25  # characters: longer lines are text rather than labels and cells
_LONGEST_HEADING = 130  # characters
_MOST_WORDS = 16  # in a heading
_SENTENCE = 8  # words: what is longer and ends with a full stop is a sentence, in whatever type
_TINY = 2.0  # points under the body's size: no heading is set smaller

Style = tuple[str, float, bool]
"""What headings of one level share: font, size in points, capitals or not."""


@dataclass(frozen=True, slots=True)
class Body:
    """The type of the running text."""

    size: float
    fonts: frozenset[str]

    @classmethod
    def of(cls, lines: Sequence[PlacedLine]) -> Body:
        """Find the size, then the fonts, that hold most characters of long lines outside the reference list."""
        lines = _before_references(lines)
        sizes: Counter[float] = Counter()
        for line in lines:
            sizes[round(line.size * 2) / 2] += len(line.text) if len(line.text) > _PROSE_LINE else 0
        rounded = sizes.most_common(1)[0][0] if sizes else 10.0
        exact = Counter(round(line.size, 2) for line in lines if round(line.size * 2) / 2 == rounded)
        size = exact.most_common(1)[0][0] if exact else rounded
        fonts: Counter[str] = Counter()
        for line in lines:
            if abs(line.size - size) <= 0.5:
                fonts[line.font] += len(line.text)
        most = max(fonts.values(), default=0)
        return cls(size, frozenset(font for font, n in fonts.items() if n > 0.5 * most))

    def is_small(self, block: Block) -> bool:
        """Whether the block is set as notes, tables and captions are."""
        return block.size < self.size - SMALLER

    def sets_apart(self, block: Block) -> bool:
        """Whether the block's type tells it from the running text: larger, bold, capitals, another font, italics."""
        return (
            block.size > self.size + LARGER
            or block.bold
            or block.font not in self.fonts
            or block.first.italic
            or _in_capitals(block.text)
        )


def _in_capitals(text: str) -> bool:
    """Whether all letters, more than three, are capitals."""
    letters = 0
    for character in text:
        if character.isalpha():
            if not character.isupper():
                return False
            letters += 1
    return letters > 3


def _before_references(lines: Sequence[PlacedLine]) -> Sequence[PlacedLine]:
    """The lines above the heading of the reference list, which can be longer than the text; all, where there is none."""
    for k in range(len(lines) - 1, int(_LEAST_TEXT * len(lines)), -1):
        if len(lines[k].text) < _PROSE_LINE and section_kind(lines[k].text) == "references":
            return lines[:k]
    return lines


def style_of(block: Block) -> Style:
    """The style of a block taken as a heading."""
    letters = [c for c in block.text if c.isalpha()]
    capitals = bool(letters) and sum(c.isupper() for c in letters) > 0.8 * len(letters)
    return block.font, round(block.size, 1), capitals


def set_as_heading(block: Block, body: Body, main: Style | None = None) -> bool:
    """Whether words and type together make the block a heading; `main` is the style of main headings, where known."""
    text = block.text
    if (
        len(text) > _LONGEST_HEADING
        or len(block.lines) > 3
        or not (re.search(r"[^\W\d_]{2}", text) or section_kind(text))
        or text[:1].islower()
    ):
        return False
    apart = body.sets_apart(block)
    numbered = NUMBERED.match(text) is not None
    if section_kind(text) and (
        apart or numbered or MAIN_HEADING.fullmatch(text.strip(" .:")) or style_of(block) == main
    ):
        return True
    words = len(text.split())
    if not apart or text[-1] in ",;" or words > _MOST_WORDS or block.cells > CELLS:
        return False
    if text[-1] in ".:" and words > _SENTENCE:
        return False
    if text[-1] == "." and not (block.bold or block.first.italic or numbered):
        return False
    if re.search(r"[.!?] +[A-Z]", NUMBERED.sub("", text)) and not block.bold:
        return False  # more than one sentence
    if body.is_small(block) and not block.bold:
        return False
    return numbered or (text[:1].isalnum() and block.size >= body.size - _TINY)


@dataclass(frozen=True, slots=True)
class HeadingStyle:
    """The style of main headings, and whether it `tells`: that is, whether subsections are set otherwise."""

    main: Style | None = None
    tells: bool = False
    heads_body: bool = False
    """Whether sections other than the reference list have headings on lines of their own."""

    @classmethod
    def of(cls, blocks: Sequence[Block], body: Body) -> HeadingStyle:
        """Learn it from the headings whose words leave no doubt: Methods, Results, Discussion ..."""
        telling: Counter[Style] = Counter()
        names: set[str] = set()
        for block in blocks:
            bare = bare_heading(block.text)
            if len(block.lines) == 1 and MAIN_HEADING.fullmatch(bare) and set_as_heading(block, body):
                telling[style_of(block)] += 1
                names.add(bare.casefold())
        if not telling:
            return cls()
        main, known = telling.most_common(1)[0]
        same = sum(1 for block in blocks if style_of(block) == main and set_as_heading(block, body))
        study = any("result" in name for name in names) and any("method" in name for name in names)
        # A report of a study has few main sections that its own words do not name; a review has many.
        return cls(main, not study or same <= 2 * known + 2, any(section_kind(name) != "references" for name in names))
