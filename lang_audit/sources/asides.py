"""Boxes, panels and pull quotes: what a page sets beside its running text, in type of its own.

No engine tells where frames and tints are drawn. What gives a box away is its title ("Key messages") over type that is not the
running text's; what gives a pull quote away is a few words in larger type amid the text.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from lang_audit.sources.headings import section_kind
from lang_audit.sources.paragraphs import Block
from lang_audit.sources.typography import CELLS, LARGER, Body
from lang_audit.sources.wording import BULLET, COUNT, bare_heading, ends_sentence

BOX_TITLE = re.compile(
    r"(?:(?:box|panel)(?: ?\d{1,2}| [A-Z])?(?:[.:—–-] ?.{3,90})?|(?:editor['’]?s['’]? )?key (?:messages?|points?|findings)|"
    r"highlights|"
    r"(?:article )?summary(?: box| points)|article summary|take[- ]home (?:messages?|points?)|practice points?|learning points?|"
    r"research in context|what (?:is|was) (?:already )?known\b.{0,60}|what this (?:study|paper|article|review) adds\b.{0,40}|"
    r"what (?:are the new findings|does this (?:study|paper|article) add)\b.{0,40}|"
    r"how might (?:it|this) (?:impact|affect)\b.{0,60}|"
    r"why (?:was this study done|does this matter)\b.{0,20}|contributions? to the literature|"
    r"implications for (?:practice|policy|health)\b.{0,40}|"
    r"strengths and limitations of this study|significance statement|clinical (?:implications|perspectives?)|at a glance)\??",
    re.IGNORECASE,
)
"""Titles of boxes; some of them are headings of the running text in other papers, so type must bear them out."""

BOX = "Box"
"""Stands for the title of a box that has none."""

PULL_QUOTE = "Pull quote"
_TITLE_WORDS = 16
_MOST_WORDS = 700  # in a box
_MOST_BLOCKS = 15  # in a box without a title that says so
_HALF = 8  # words at least in each part of a sentence that a box interrupts
_LEAST_IN_BOX = 20  # words
_MOST_QUOTED = 60  # words in a pull quote
_OTHER_SIZE = 0.4  # points: type that differs less is the same
_ONE_BOX = 1.2  # points: sizes within a box differ by less
_FAR = 3.0  # of the type size: white above a block that is no more of the box


def asides(blocks: Sequence[Block], body: Body, roles: Sequence[str], title_pages: int) -> dict[int, str]:
    """The blocks that are boxes or pull quotes, each with the title of its box."""
    found: dict[int, str] = {}
    for k, block in enumerate(blocks):
        if k in found:
            continue
        if inside := _interruption(blocks, k, body, roles):
            first = blocks[inside[0]]
            own = first.text.strip(" .:") if first.words <= _TITLE_WORDS else BOX
            earlier = (
                title for n, title in found.items() if (blocks[n].page, blocks[n].size) == (first.page, first.size)
            )
            found |= dict.fromkeys(inside, next(earlier, own))  # a box goes on in the next column
            continue
        if opens_box(block) and roles[k] != "title":
            inside = _inside(blocks, k, body)
            found |= dict.fromkeys((k, *inside) if inside else (), block.text.strip(" .:"))
        elif roles[k] == "text" and block.page > title_pages:
            found |= dict.fromkeys(_pull_quote(blocks, k, body, roles), PULL_QUOTE)
    return found


def opens_box(block: Block) -> bool:
    """Whether the words of a block are the title of a box."""
    return block.words <= _TITLE_WORDS and BOX_TITLE.fullmatch(bare_heading(block.text)) is not None


def _set_apart(block: Block, body: Body) -> bool:
    return abs(block.size - body.size) > _OTHER_SIZE or block.font not in body.fonts


def _inside(blocks: Sequence[Block], opening: int, body: Body) -> list[int]:
    """The blocks under a box's title: on its page, in type unlike the running text's, up to a heading of the paper."""
    found: list[int] = []
    words = 0
    size = None
    for k in range(opening + 1, len(blocks)):
        block, above = blocks[k], blocks[k - 1]
        ends_column = above.ends_column
        if block.page != blocks[opening].page or not _set_apart(block, body):
            break
        if not ends_column and block.first.y0 - above.lines[-1].y1 > _FAR * block.size:
            break
        if section_kind(block.text) not in (None, "other") and not opens_box(block):
            break
        if found and BULLET.match(blocks[found[0]].text) and not BULLET.match(block.text) and ends_sentence(above.text):
            break  # a list is over
        if opens_box(block) or (size is not None and abs(block.size - size) > _ONE_BOX):
            break
        size = size or block.size
        words += block.words
        if words > _MOST_WORDS:
            return []
        found.append(k)
    return found


def _interruption(blocks: Sequence[Block], above: int, body: Body, roles: Sequence[str]) -> list[int]:
    """The blocks in other type that stand between the two halves of a sentence; `above` is what may be the first half."""
    first = blocks[above]
    if roles[above] != "text" or _set_apart(first, body) or first.words < _HALF or ends_sentence(first.lines[-1].text):
        return []
    found: list[int] = []
    for k in range(above + 1, min(above + _MOST_BLOCKS, len(blocks))):
        block = blocks[k]
        if not _set_apart(block, body):
            goes_on = roles[k] == "text" and block.text[:1].islower() and block.words > _HALF
            return found if goes_on and _is_box([blocks[n] for n in found], body) else []
        if roles[k] not in ("text", "heading") or section_kind(block.text) not in (None, "other"):
            return []
        found.append(k)
    return []


def _is_box(inside: Sequence[Block], body: Body) -> bool:
    """Whether blocks amid a sentence are more than an equation, or a line of it in italics."""
    if sum(block.words for block in inside) < _LEAST_IN_BOX:
        return False
    first = inside[0]
    return abs(first.size - body.size) > _OTHER_SIZE or not (first.first.italic or first.text[:1].islower())


def _pull_quote(blocks: Sequence[Block], first: int, body: Body, roles: Sequence[str]) -> list[int]:
    """The blocks from `first` on that are a few words in type much larger than the running text's, amid that text."""
    found = []
    for k in range(first, len(blocks)):
        larger = blocks[k].size > body.size + 2 * LARGER and blocks[k].page == blocks[first].page
        prose = blocks[k].cells <= CELLS and not COUNT.search(blocks[k].text) and not section_kind(blocks[k].text)
        if not larger or not prose or roles[k] not in ("text", "heading"):
            break
        found.append(k)
    words = sum(blocks[k].words for k in found)
    return found if 3 < words <= _MOST_QUOTED else []
