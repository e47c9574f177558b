"""Page furniture: running heads, footers, page numbers, line numbers and watermarks, which are no part of the text."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence
from itertools import pairwise

from lang_audit.sources.lines import PlacedLine
from lang_audit.sources.placed import PlacedPage

_MARGIN = 0.13  # of the page's height, at top and bottom: where running heads and footers stand
_SAME_PLACE = 6.0  # points: how far a running head may wander from page to page
_NUMBER_COLUMN = 8  # counted lines on a page make a column of line numbers
_HEAD_PAGES = 0.25  # of the pages must have a running head at a place (odd, even and first pages differ) to make it one
_HEAD_GAP = 1.4  # of the type size: the next line stands at least this far from a running head
_EVERYWHERE = 0.5  # of the pages: text at one place on more than this share is a watermark or stamp
_MOST_STAMPS = 0.15  # of all lines
_LABEL = 12  # characters: shorter lines with figures in them are cells of tables, whatever repeats
_CAPTION = re.compile(r"(?:table|fig)", re.IGNORECASE)
_PAGE_NUMBER = re.compile(
    r"(?:page\s*)?[eSsA-Z]?\d{1,5}(?:\s*(?:of|/|\|)\s*\d{1,4})?|[ivxl]{1,6}|[-–—]\s*\d{1,4}\s*[-–—]", re.IGNORECASE
)
_BOILERPLATE = re.compile(
    r"\(?page number not for citation purposes\)?|downloaded from\b.*|for personal use only.*|"
    r"(?:https?://|www\.)\S+|this article is protected by copyright.*|(?:view publication stats)",
    re.IGNORECASE,
)


def _key(text: str) -> str:
    return re.sub(r"\d+", "#", text).casefold().strip()


def without_furniture(pages: Sequence[PlacedPage], lines: Sequence[list[PlacedLine]]) -> list[list[PlacedLine]]:
    """The lines of each page without the furniture; `pages` and `lines` go side by side."""
    places: dict[str, list[tuple[int, PlacedLine]]] = defaultdict(list)
    for number, group in enumerate(lines):
        for line in group:
            places[_key(line.text)].append((number, line))
    dropped: set[int] = set()
    stamps: set[int] = set()  # watermarks and other text at one place of most pages, outside the margins
    heads: dict[tuple[int, float], set[int]] = defaultdict(set)  # place and size of repeated lines -> their pages
    for found in places.values():
        for number, line in found:
            page = pages[number]
            twins = {n for n, other in found if _same_place(line, page, other, pages[n])}
            if _CAPTION.match(line.text):
                continue
            often = len(twins) > max(_EVERYWHERE * len(pages), 2)
            if _in_margin(line, page) and len(twins) > 1 and (often or _isolated(line, lines[number], page)):
                dropped.add(id(line))
                heads[round(line.baseline), round(line.size, 1)].add(number)
            elif often and (not any(c.isdigit() for c in line.text) or len(line.text) > _LABEL):
                stamps.add(id(line))
    if len(stamps) <= _MOST_STAMPS * sum(len(group) for group in lines):  # more are pages that were printed twice
        dropped |= stamps
    rows = {place for place, on in heads.items() if len(on) >= max(_HEAD_PAGES * len(pages), 2)}
    kept = []
    for page, group in zip(pages, lines, strict=True):
        counted = _line_numbers(group)
        rest = [line for line in group if id(line) not in dropped and id(line) not in counted]
        kept.append(_without_edges(page, rest, rows))
    return kept


def _in_margin(line: PlacedLine, page: PlacedPage) -> bool:
    return line.baseline < _MARGIN * page.height or line.baseline > (1 - _MARGIN) * page.height


def _same_place(line: PlacedLine, page: PlacedPage, other: PlacedLine, others: PlacedPage) -> bool:
    """Whether two lines stand equally far from the top of their pages, or from the bottom."""
    lower = (others.height - page.height) - (other.baseline - line.baseline)
    return abs(other.baseline - line.baseline) < _SAME_PLACE or abs(lower) < _SAME_PLACE


def _isolated(line: PlacedLine, lines: Sequence[PlacedLine], page: PlacedPage) -> bool:
    """Whether white separates the line from the text towards the page's middle, as it does a running head."""
    way = 1 if line.baseline < page.height / 2 else -1
    inwards = [
        (other.baseline - line.baseline) * way
        for other in lines
        if (other.baseline - line.baseline) * way > 0.5 * line.size
    ]
    return not inwards or min(inwards) > _HEAD_GAP * line.size


def _without_edges(page: PlacedPage, lines: list[PlacedLine], rows: set[tuple[int, float]]) -> list[PlacedLine]:
    """Take page numbers, boilerplate, and what stands where other pages have their running heads, off the outermost rows."""
    kept = list(lines)
    for outermost in (min, max):
        for _ in range(3):
            if not kept:
                return kept
            edge = outermost(line.baseline for line in kept)
            row = [line for line in kept if abs(line.baseline - edge) < 3]
            gone = [line for line in row if _in_margin(line, page) and _is_edge(line, kept, page, rows)]
            if not gone:
                break
            kept = [line for line in kept if line not in gone]
    return kept


def _is_edge(line: PlacedLine, lines: Sequence[PlacedLine], page: PlacedPage, rows: set[tuple[int, float]]) -> bool:
    """Whether an outermost line is a page number, boilerplate, or stands where running heads do."""
    if _PAGE_NUMBER.fullmatch(line.text) or _BOILERPLATE.fullmatch(line.text):
        return True
    at_head = any(abs(place - line.baseline) <= 2 and abs(size - line.size) < 0.1 for place, size in rows)
    return at_head and _isolated(line, lines, page)


def _line_numbers(lines: list[PlacedLine]) -> set[int]:
    """The counting numbers that manuscripts print beside their lines."""
    numbers = [line for line in lines if line.text.isdigit() and len(line.text) <= 4]
    if len(numbers) < _NUMBER_COLUMN:
        return set()
    others = [line.x0 for line in lines if not line.text.isdigit()]
    if not others:
        return set()
    left = sorted(others)[len(others) // 20]
    margin = sorted((line for line in numbers if line.x1 < left + 1), key=lambda line: line.baseline)
    values = [int(line.text) for line in margin]
    steps = [b - a for a, b in pairwise(values)]
    if len(values) < _NUMBER_COLUMN or sum(step in (1, 5) for step in steps) < 0.8 * len(steps):
        return set()
    return {id(line) for line in margin}
