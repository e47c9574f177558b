"""What a PDF engine hands over: pieces of text with their place and type, page by page, and what the file says of itself.

Places are in points from the page's top left corner, after the page has been turned upright. Any engine that can fill these
records feeds the same layout analysis.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple

from lang_audit.model import Problem

UNKNOWN_CHARACTER = "\N{REPLACEMENT CHARACTER}"
"""Stands for each glyph whose character the font does not tell."""


class Run(NamedTuple):
    """Glyphs drawn one after the other on one baseline in one font: part of a line, a whole line at most.

    `baseline` and `size` are in points; a superscript is a smaller run with a higher baseline. Where the glyphs stand apart
    as words do, `text` holds a space. Runs come in the order in which the page draws them.
    """

    text: str
    x0: float
    x1: float
    baseline: float
    size: float
    font: str
    bold: bool


@dataclass(frozen=True, slots=True)
class PlacedPage:
    """A page as drawn: its number from 1, size in points, runs in drawing order.

    `image_share` is the part of the page (0 to 1) that images cover: near 1 for a scan. `failed` holds why the page could not
    be read, if so. `left_out` counts the characters of text that runs another way than the page's and is not in `runs`.
    """

    number: int
    width: float
    height: float
    runs: tuple[Run, ...] = ()
    image_share: float = 0.0
    failed: str = ""
    left_out: int = 0


@dataclass(frozen=True, slots=True)
class PlacedDocument:
    """All pages of a file, and the file's own properties (lower-case names such as "title", "doi", "journal").

    `problems` are those that only who opened the file can know of.
    """

    pages: tuple[PlacedPage, ...]
    properties: dict[str, str] = field(default_factory=dict)
    problems: tuple[Problem, ...] = ()
