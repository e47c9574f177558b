"""The tables of what was coded: papers and codes, codes by number of papers, configurations."""

from __future__ import annotations

from typing import Final

from lang_audit.codebook import Code, Codebook, Dimension, Part
from lang_audit.model import Strength
from lang_audit.report import wording
from lang_audit.report.extraction import CodeKey, Linked, StudyRow
from lang_audit.report.synthesis_counts import BookCount, DimensionCount, Synthesis, by_key
from lang_audit.report.table import (
    PAPER,
    Cell,
    Column,
    Table,
    keys,
    number_of_papers,
    outside_head,
    outside_notes,
    share,
    strongest,
)  # fmt: skip

MARKS: Final[dict[Strength, str | int]] = {"reported": 1, "aimed": "a", "background": "b"}
"""What a matrix says of a code: a number where the code is reported, so that a sum counts the papers that report it."""

MARK_NOTE: Final = (
    "1: reported (found or done in the study). a: aimed at (hoped for or planned). b: background (told of other work). "
    "Empty: no evidence was found. The sum of a column is the number of papers that report the code."
)
_PARTS: Final[tuple[Part, ...]] = ("intervention", "context", "mechanism", "outcome")


def matrix(counts: Synthesis, book: Codebook) -> Table:
    """A row a paper that was read, a column a code; codes outside the review's analysis come last."""
    shown = matrix_columns(book)
    columns = tuple(Column(code.name, "mark", 5, group) for group, _, code in shown)
    body = []
    for paper in counts.included:
        marks = [strongest(paper, (book.codebook, dimension.id, code.id)) for _, dimension, code in shown]
        body.append((paper.key, *(MARKS[mark] if mark else None for mark in marks)))
    unread = [f"Left out, because they could not be read: {keys(counts.unread)}."] if counts.unread else []
    return Table(
        f"matrix-{book.codebook}",
        f"Papers and codes: {book.title}",
        (PAPER, *columns),
        tuple(body),
        (MARK_NOTE, *outside_notes([book]), *unread),
    )


def matrix_columns(book: Codebook) -> list[tuple[str, Dimension, Code]]:
    """The codes of a book in the order of the matrix, each with the heading that it stands under and its dimension."""
    inside = [(d.name, d, code) for d in book.dimensions for code in d.codes if not code.outside]
    return inside + [(outside_head(d.name), d, code) for d in book.dimensions for code in d.codes if code.outside]


def codes(counts: Synthesis, book: BookCount) -> Table:
    """A row a code: in how many papers it is reported, only aimed at, or only background, and in which."""
    columns = (
        Column("Dimension", width=20), Column("Code", width=32), Column("In the analysis", width=10),
        Column("Reported", "number", 9), Column("Only aimed at", "number", 9), Column("Only background", "number", 11),
        Column("Any", "number", 7), Column("Share that report it", "share", 10), Column("Papers that report it", width=48),
    )  # fmt: skip
    body: list[tuple[Cell, ...]] = []
    for dimension in book.dimensions:
        for code in dimension.codes:
            reported, aimed, background = (code.by_strength[strength] for strength in wording.STRENGTHS)
            numbers = (len(reported), len(aimed), len(background), len(code.papers))
            part = share(len(reported), len(counts.included))
            within = "no" if code.code.outside else "yes"
            body.append((dimension.name, code.code.name, within, *numbers, part, keys(reported)))
    notes = [
        f"Out of {number_of_papers(len(counts.included))} that could be read. A paper counts once for a code, under its "
        "strongest evidence.",
        *(_silent(dimension) for dimension in book.dimensions if dimension.silent),
    ]
    title = f"Codes by number of papers: {book.book.title}"
    return Table(f"codes-{book.book.codebook}", title, columns, tuple(body), tuple(notes))


def _silent(dimension: DimensionCount) -> str:
    return f"{dimension.name}: {number_of_papers(len(dimension.silent))} without a code of the analysis."


def configurations(counts: Synthesis, book: Codebook) -> Table:
    """A row a configuration of a paper; one that is stated somewhere in the paper is not told as co-occurring too."""
    parts = _parts_of(book)
    columns = (
        PAPER,
        *(Column(wording.PARTS[part][1], width=34) for part in parts),
        Column("Link", width=14),
    )
    body = [
        (paper.key, *(_code_names(book, link, part) for part in parts), link.link)
        for paper in counts.included
        for link in _distinct(paper, book)
    ]
    notes = (
        "stated: the text itself links the parts, in a sentence or its neighbour. co-occurring: the parts stand in one "
        "passage and no link is stated; that is a place to read, not a finding.",
    )
    return Table(f"configurations-{book.codebook}", f"Configurations: {book.title}", columns, tuple(body), notes)


def stated(counts: Synthesis, book: Codebook) -> Table:
    """A row a stated configuration, with the papers that state it, the most frequent first."""
    parts = _parts_of(book)
    found: dict[tuple[str | None, ...], list[StudyRow]] = {}
    others = 0
    for paper in counts.included:
        for link in _distinct(paper, book):
            if link.link == "stated":
                found.setdefault(tuple(_code_names(book, link, part) for part in parts), []).append(paper)
            else:
                others += 1
    ordered = sorted(found.items(), key=lambda item: (-len(item[1]), tuple(name or "" for name in item[0])))
    return Table(
        f"configurations-{book.codebook}",
        f"Stated configurations: {book.title}",
        (
            *(Column(wording.PARTS[part][1], width=28) for part in parts),
            Column("Papers", "number", 8), Column("Stated in", width=36),
        ),
        tuple((*names, len(papers), keys(by_key(papers))) for names, papers in ordered),
        (
            "Only configurations whose parts the text itself links. "
            f"Besides, {others} co-occurring {'one stands' if others == 1 else 'ones stand'} in the spreadsheet: parts in "
            "one passage, no link stated.",
        ),
    )  # fmt: skip


def _parts_of(book: Codebook) -> list[Part]:
    has = {dimension.part for dimension in book.dimensions}
    return [part for part in _PARTS if part in has]


def _distinct(paper: StudyRow, book: Codebook) -> list[Linked]:
    own = [link for link in paper.linked if link.codebook == book.codebook and sum(map(bool, _codes_of(link))) > 1]
    stated = {_codes_of(link) for link in own if link.link == "stated"}
    kept = [link for link in own if link.link == "stated" or _codes_of(link) not in stated]
    return sorted(kept, key=lambda link: (link.link != "stated", [sorted(codes) for codes in _codes_of(link)]))


def _codes_of(link: Linked) -> tuple[frozenset[CodeKey], ...]:
    return tuple(getattr(link, part) for part in _PARTS)


def _code_names(book: Codebook, link: Linked, part: Part) -> str | None:
    """The names of a configuration's codes, in the order of the codebook."""
    codes: frozenset[CodeKey] = getattr(link, part)
    names = [code.name for d in book.dimensions for code in d.codes if (book.codebook, d.id, code.id) in codes]
    return "; ".join(names) or None
