"""What the reader is unsure of once a paper is read, in words for the reviewer: order of reading, parts that it did not find."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import pairwise

from lang_audit.model import Paper, Problem
from lang_audit.sources.columns import Column
from lang_audit.sources.legibility import pages_named
from lang_audit.sources.placed import PlacedPage
from lang_audit.sources.wording import ends_sentence

_LONG_ROW = 60  # characters: a row of running text across two columns; cells of tables are shorter
_FEWEST_ROWS = 10  # on a page, to speak of more than a table
_UNCERTAIN = 0.4  # of a page's long rows
_PROSE_LINE = 25  # characters: longer lines are text rather than cells
_FEWEST_TURNS = 6  # from one side of a page to the other, line by line
_FEWEST_BREAKS = 3  # sentences that break off or begin in the middle on one page, one of each at least
_FEWEST_SPACES = 5  # in a paragraph that counts
_SIDEWAYS = 400  # characters: stamps in the margin and the labels of axes are shorter
_FEWEST_PAGES = 4  # letters and comments are shorter and have no abstract
_BODY = frozenset({"introduction", "methods", "results", "discussion", "conclusion"})
_STUDY = frozenset({"methods", "results"})
_MIDDLE = re.compile(r"(?!where|with)[a-z]{2,} [a-z]")
"""The middle of a sentence at a paragraph's start; what follows an equation begins like this too."""


def doubts(ordered: Sequence[Column], body_size: float, paper: Paper) -> list[Problem]:
    """The problems "reading-order", "no-abstract" and "no-references" of a paper, where it has them."""
    return [*_order(ordered, body_size, paper), *_missing(paper)]


def sideways(pages: Sequence[PlacedPage]) -> Iterator[Problem]:
    """The problem "sideways-text": more of a page runs another way than its text than stamps and labels do."""
    found = [page.number for page in pages if page.left_out >= _SIDEWAYS]
    if found:
        yield Problem(
            code="sideways-text",
            message=f"On {pages_named(found)} a table or text is printed sideways beside upright text, and was left out.",
            remedy="Look at these pages of the PDF, or give the publisher's XML in its place.",
        )


def _order(ordered: Sequence[Column], body_size: float, paper: Paper) -> Iterator[Problem]:
    across = _read_across(ordered, body_size)
    if across:
        yield Problem(
            code="reading-order",
            message=f"On {pages_named(across)} text may have been read across columns, so sentences may be mixed up.",
            remedy="Check findings on these pages against the PDF, or give the publisher's XML in its place.",
        )
    broken = [page for page in _broken_up(paper) if page not in across]
    if broken:
        yield Problem(
            code="reading-order",
            message=f"The reading order is uncertain on {pages_named(broken)}: sentences there break off and go on elsewhere.",
            remedy="Check findings on these pages against the PDF, or give the publisher's XML in its place.",
        )


def _missing(paper: Paper) -> Iterator[Problem]:
    kinds = {section.kind for section in paper.sections}
    if len(paper.pages) >= _FEWEST_PAGES and "abstract" not in kinds and kinds & _STUDY:
        yield Problem(
            code="no-abstract",
            message="No abstract was found; if the paper has one, it was read as other text.",
            remedy="Look at the first pages of the PDF.",
        )
    if "references" not in kinds:
        yield Problem(
            code="no-references",
            message="No reference list was found, so titles of cited works may be taken for the authors' words.",
            remedy="Check findings near the end of the paper.",
        )


def _read_across(ordered: Sequence[Column], body_size: float) -> list[int]:
    """Pages where running text stands in rows with wide gaps, or goes from side to side: columns were not told apart."""
    rows: Counter[int] = Counter()
    gaps: Counter[int] = Counter()
    turns: Counter[int] = Counter()
    for column in ordered:
        running = [
            (line, cells)
            for line, cells in zip(column.lines, column.cells, strict=True)
            if abs(line.size - body_size) < 0.5
        ]
        for line, cells in running:
            if len(line.text) > _LONG_ROW:
                rows[line.page] += 1
                gaps[line.page] += cells > 1
        for (one, _), (other, _) in pairwise(running):
            apart = one.x1 <= other.x0 or other.x1 <= one.x0
            turns[one.page] += apart and min(len(one.text), len(other.text)) > _PROSE_LINE
    across = {page for page, n in gaps.items() if n >= _FEWEST_ROWS and n > _UNCERTAIN * rows[page]}
    return sorted(across | {page for page, n in turns.items() if n >= _FEWEST_TURNS})


def _broken_up(paper: Paper) -> list[int]:
    """Pages where some paragraphs of the running text break off in mid-sentence and others begin there."""
    begun: Counter[int] = Counter()
    ended: Counter[int] = Counter()
    for passage in paper.passages:
        section = paper.section_at(passage.start)
        if section is None or section.kind not in _BODY or passage.kind not in ("paragraph", "block-quote"):
            continue
        text = paper.text[passage.start : passage.end]
        if text.count(" ") < _FEWEST_SPACES:
            continue
        if _MIDDLE.match(text):
            begun[paper.page_at(passage.start) or 0] += 1
        if text[-1].islower() and not ends_sentence(text):
            ended[paper.page_at(passage.end - 1) or 0] += 1
    return sorted(page for page in begun if ended[page] and begun[page] + ended[page] >= _FEWEST_BREAKS)
