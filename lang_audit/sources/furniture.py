"""Page furniture: running heads, footers, page numbers, line numbers and watermarks, which are no part of the text."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence

from lang_audit.sources.lines import PlacedLine
from lang_audit.sources.placed import PlacedPage

_MARGIN = 0.13  # of the page's height, at top and bottom: where running heads and footers stand
_SAME_PLACE = 6.0  # points: how far a running head may wander from page to page
_NUMBER_COLUMN = 8  # counted lines on a page make a column of line numbers
_EVERYWHERE = 0.5  # of the pages: text at one place on more than this share is a watermark or stamp
_PAGE_NUMBER = re.compile(r"(?:page\s*)?[eSsA-Z]?\d{1,5}(?:\s*(?:of|/|\|)\s*\d{1,4})?|[ivxl]{1,6}|[-–—]\s*\d{1,4}\s*[-–—]", re.IGNORECASE)
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
    rows: set[tuple[int, float]] = set()  # place and size of the running heads found by repetition
    for found in places.values():
        for number, line in found:
            page = pages[number]
            twins = {
                n for n, other in found
                if abs(other.baseline - line.baseline) < _SAME_PLACE or abs((pages[n].height - other.baseline) - (page.height - line.baseline)) < _SAME_PLACE
            }  # fmt: skip
            if _in_margin(line, page) and len(twins) > 1:
                dropped.add(id(line))
                rows.add((round(line.baseline), line.size))
            elif len(twins) > max(_EVERYWHERE * len(pages), 2):
                dropped.add(id(line))
    kept = []
    for page, group in zip(pages, lines, strict=True):
        counted = _line_numbers(group)
        rest = [line for line in group if id(line) not in dropped and id(line) not in counted]
        kept.append(_without_edges(page, rest, rows))
    return kept


def _in_margin(line: PlacedLine, page: PlacedPage) -> bool:
    return line.baseline < _MARGIN * page.height or line.baseline > (1 - _MARGIN) * page.height


def _without_edges(page: PlacedPage, lines: list[PlacedLine], rows: set[tuple[int, float]]) -> list[PlacedLine]:
    """Take page numbers, boilerplate, and what stands where other pages have their running heads, off the outermost rows."""
    kept = list(lines)
    for outermost in (min, max):
        for _ in range(3):
            if not kept:
                return kept
            edge = outermost(line.baseline for line in kept)
            row = [line for line in kept if abs(line.baseline - edge) < 3]
            gone = [
                line for line in row
                if _in_margin(line, page)
                and (
                    _PAGE_NUMBER.fullmatch(line.text)
                    or _BOILERPLATE.fullmatch(line.text)
                    or any(abs(place - line.baseline) <= 2 and abs(size - line.size) < 0.1 for place, size in rows)
                )
            ]  # fmt: skip
            if not gone:
                break
            kept = [line for line in kept if line not in gone]
    return kept


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
    steps = [b - a for a, b in zip(values, values[1:], strict=False)]
    if len(values) < _NUMBER_COLUMN or sum(step in (1, 5) for step in steps) < 0.8 * len(steps):
        return set()
    return {id(line) for line in margin}
