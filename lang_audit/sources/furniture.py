"""Page furniture: running heads, footers, page numbers, line numbers and watermarks, which are no part of the text."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace

from lang_audit.sources.line_numbers import line_numbers
from lang_audit.sources.lines import PlacedLine
from lang_audit.sources.placed import PlacedPage

_MARGIN = 0.13  # of the page's height, at top and bottom: where running heads and footers stand
_SAME_PLACE = 6.0  # points: how far a running head may wander from page to page
_HEAD_PAGES = 0.25  # of the pages must have a running head at a place (odd, even and first pages differ) to make it one
_HEAD_GAP = 1.4  # of the type size: the next line stands at least this far from a running head
_EVERYWHERE = 0.5  # of the pages: text at one place on more than this share is a watermark or stamp
_MOST_STAMPS = 0.15  # of all lines
_MOST_PAGES = (
    0.6  # of the pages must have a short line at a place to make it one of running heads, whatever their words
)
_LONGEST_HEAD = 130  # characters
_SMALLER = 0.75  # points under the running text's size: running heads in roman type are as much smaller
_TITLE_LARGER = 2.0  # points over the running text's size: the title's type
_TITLE_SHARE = 0.7  # of its words: a running head that shortens the title takes as many from it
_FEWEST_WORDS = 3
_ROW_PARTS = 3  # a running head, a page number and a date; the rows of tables have more
_LABEL = 12  # characters: shorter lines with figures in them are cells of tables, whatever repeats
_WORD = re.compile(r"[^\W\d_]{3,}")
_CAPTION = re.compile(r"(?:table|fig)", re.IGNORECASE)
_PAGE_NUMBER = re.compile(
    r"(?:page\s*)?[eSsA-Z]?\d{1,5}(?:\s*(?:of|/|\|)\s*\d{1,4})?|[ivxl]{1,6}|[-–—]\s*\d{1,4}\s*[-–—]", re.IGNORECASE
)
_BOILERPLATE = re.compile(
    r"\(?page number not for citation purposes\)?|downloaded (?:from|by)\b.*|for personal use only.*|"
    r"(?:https?://|www\.)\S+|this article is protected by copyright.*|"
    r"reproduced with permission of the copyright owner.*|(?:view publication stats)",
    re.IGNORECASE,
)


_AUTHORS = re.compile(r"(?:[^\W\d_a-z][\w'’.-]*,? ){1,5}(?:et al|and (?:others|colleagues))\.?")
"""Names as running heads have them: "Writer et al."."""


def _key(text: str) -> str:
    return re.sub(r"\d+", "#", text).casefold().strip()


@dataclass(frozen=True, slots=True)
class _Heads:
    """How the running heads of a paper look: where and how large they are, its running text's size, its title's words."""

    places: frozenset[tuple[int, float]]
    body_size: float
    title: frozenset[str]

    def at_place(self, line: PlacedLine) -> bool:
        """Whether the line stands where running heads do, in their size."""
        return any(abs(place - line.baseline) <= 2 and abs(size - line.size) < 0.1 for place, size in self.places)

    def is_small(self, line: PlacedLine) -> bool:
        """Whether the line is short and in other type than the text."""
        return len(line.text) < _LONGEST_HEAD and (line.size < self.body_size - _SMALLER or line.italic)

    def shortens_title(self, text: str) -> bool:
        """Whether a line holds little but words of the title."""
        words = _WORD.findall(text.casefold())
        return len(words) >= _FEWEST_WORDS and sum(word in self.title for word in words) > _TITLE_SHARE * len(words)


def without_furniture(
    pages: Sequence[PlacedPage], lines: Sequence[list[PlacedLine]], body_size: float
) -> list[list[PlacedLine]]:
    """The lines of each page without the furniture; `pages` and `lines` go side by side.

    `body_size` is the type size of the running text.
    """
    counted = line_numbers(lines)  # they stand at the same places on all pages, as the text beside them does
    lines = [[line for line in group if id(line) not in counted] for group in lines] if counted else lines
    places: dict[str, list[tuple[int, PlacedLine]]] = defaultdict(list)
    for number, group in enumerate(lines):
        for line in group:
            places[_key(line.text)].append((number, line))
    dropped: set[int] = set()
    stamps: set[int] = set()  # watermarks and other text at one place of most pages, outside the margins
    heads: dict[tuple[int, float], set[int]] = defaultdict(set)  # place and size of repeated lines -> their pages
    many = max(_EVERYWHERE * len(pages), 2)
    for found in places.values():
        on = len({number for number, _ in found})
        if on < 2:
            continue
        for (number, line), twins in zip(found, _twins(found, pages), strict=True):
            page = pages[number]
            if _CAPTION.match(line.text) or (on <= many and not _in_margin(line, page)):
                continue
            often = twins > many
            if _in_margin(line, page) and twins > 1 and (often or _isolated(line, lines[number], page)):
                dropped.add(id(line))
                heads[round(line.baseline), round(line.size, 1)].add(number)
            elif often and (not any(c.isdigit() for c in line.text) or len(line.text) > _LABEL):
                stamps.add(id(line))
    if len(stamps) <= _MOST_STAMPS * sum(len(group) for group in lines):  # more are pages that were printed twice
        dropped |= stamps
    shared = {place for place, on in heads.items() if len(on) >= max(_HEAD_PAGES * len(pages), 2)}
    large = " ".join(line.text for line in lines[0] if line.size > body_size + _TITLE_LARGER).casefold()
    style = _Heads(frozenset(shared), body_size, frozenset(_WORD.findall(large)))
    style = replace(style, places=style.places | _common_places(pages, lines, style))
    kept = []
    for page, group in zip(pages, lines, strict=True):
        rest = [line for line in group if id(line) not in dropped]
        kept.append(_without_edges(page, rest, style))
    return kept


def _in_margin(line: PlacedLine, page: PlacedPage) -> bool:
    return line.baseline < _MARGIN * page.height or line.baseline > (1 - _MARGIN) * page.height


def _twins(found: Sequence[tuple[int, PlacedLine]], pages: Sequence[PlacedPage]) -> list[int]:
    """On how many pages a line stands as far from the top as each line does, or as far from the bottom, its own page included.

    Both are looked up in one pass from the top down for each height of page that there is, because a file may have thousands.
    """
    from_top = sorted((line.baseline, number) for number, line in found)
    from_bottom = sorted((line.baseline - pages[number].height, number) for number, line in found)
    groups: dict[float, list[int]] = defaultdict(list)
    for index in sorted(range(len(found)), key=lambda k: found[k][1].baseline):
        groups[pages[found[index][0]].height].append(index)
    counts = [0] * len(found)
    for height, group in groups.items():
        on: Counter[int] = Counter()
        ways = _Near(from_top, on), _Near(from_bottom, on)
        for index in group:
            baseline = found[index][1].baseline
            ways[0].move(baseline)
            ways[1].move(baseline - height)
            counts[index] = len(on)
    return counts


class _Near:
    """A window over sorted places, which moves along them and keeps in `on` how many lines of each page it holds."""

    def __init__(self, places: Sequence[tuple[float, int]], on: Counter[int]) -> None:
        self._places = places
        self._on = on
        self._start = self._end = 0

    def move(self, place: float) -> None:
        """Move on to what lies near `place`, which must not be less than before."""
        while self._end < len(self._places) and self._places[self._end][0] - place < _SAME_PLACE:
            self._on[self._places[self._end][1]] += 1
            self._end += 1
        while self._start < self._end and place - self._places[self._start][0] >= _SAME_PLACE:
            number = self._places[self._start][1]
            self._on[number] -= 1
            if not self._on[number]:
                del self._on[number]
            self._start += 1


def _isolated(line: PlacedLine, lines: Sequence[PlacedLine], page: PlacedPage) -> bool:
    """Whether white separates the line from the text towards the page's middle, as it does a running head."""
    way = 1 if line.baseline < page.height / 2 else -1
    inwards = [
        (other.baseline - line.baseline) * way
        for other in lines
        if (other.baseline - line.baseline) * way > 0.5 * line.size
    ]
    return not inwards or min(inwards) > _HEAD_GAP * line.size


def _common_places(
    pages: Sequence[PlacedPage], lines: Sequence[list[PlacedLine]], style: _Heads
) -> set[tuple[int, float]]:
    """Places at the pages' edges where most pages have a short line in small type, though the words differ."""
    found: dict[tuple[int, float], set[int]] = defaultdict(set)
    for page, group in zip(pages, lines, strict=True):
        for outermost in (min, max):
            edge = outermost((line.baseline for line in group), default=0.0)
            for line in group:
                at_edge = abs(line.baseline - edge) < 3 and _in_margin(line, page) and not _CAPTION.match(line.text)
                if at_edge and style.is_small(line) and _isolated(line, group, page):
                    found[round(line.baseline), round(line.size, 1)].add(page.number)
    return {place for place, on in found.items() if len(on) >= max(_MOST_PAGES * len(pages), 2)}


def _without_edges(page: PlacedPage, lines: list[PlacedLine], style: _Heads) -> list[PlacedLine]:
    """Take page numbers, boilerplate and running heads off the outermost rows."""
    kept = list(lines)
    for outermost in (min, max):
        for _ in range(3):
            if not kept:
                return kept
            edge = outermost(line.baseline for line in kept)
            row = sorted((line for line in kept if abs(line.baseline - edge) < 3), key=lambda line: line.x0)
            gone = [line for line in row if _in_margin(line, page) and _is_edge(line, row, kept, page, style)]
            if not gone:
                break
            kept = [line for line in kept if line not in gone]
    return kept


def _is_edge(
    line: PlacedLine, row: Sequence[PlacedLine], lines: Sequence[PlacedLine], page: PlacedPage, style: _Heads
) -> bool:
    """Whether a line of an outermost row is a page number, boilerplate, or (part of) a running head."""
    if _PAGE_NUMBER.fullmatch(line.text) or _BOILERPLATE.fullmatch(line.text):
        return True
    if _CAPTION.match(line.text) or not _isolated(line, lines, page):
        return False
    numbered = len(row) <= _ROW_PARTS and any(_PAGE_NUMBER.fullmatch(end.text) for end in (row[0], row[-1]))
    named = any(style.shortens_title(other.text) or _AUTHORS.fullmatch(other.text) for other in row)
    head = page.number > 1 and (numbered or named)
    return style.at_place(line) or (head and style.is_small(line))
