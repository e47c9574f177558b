"""A table as plain values, and the words that tables share. The writers (table_files.py) take what stands here."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final, Literal

from lang_audit.codebook import Codebook
from lang_audit.model import Strength
from lang_audit.report import wording
from lang_audit.report.extraction import CodeKey, StudyRow

Cell = str | int | float | None
Kind = Literal["text", "number", "share", "mark"]

UNREAD: Final = "could not be read"
STRENGTH_NOTE: Final = (
    "A code without an addition is reported: found or done in the study. (aimed): hoped for or planned. (background): told "
    "of other work. A code counts under the strongest evidence that a paper gives for it."
)


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its name, the kind of its cells, its width in letters, and the heading over it and its neighbours (`group`)."""

    name: str
    kind: Kind = "text"
    width: int = 16
    group: str = ""


PAPER: Final = Column("Paper", width=20)
YEAR: Final = Column("Year", "number", 7)


@dataclass(frozen=True, slots=True)
class Table:
    """A table to be written: `id` names its file or sheet; the first column names the row."""

    id: str
    title: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]
    notes: tuple[str, ...] = ()


def strongest(paper: StudyRow, code: CodeKey) -> Strength | None:
    """The strongest evidence that a paper gives for a code; None where it gives none."""
    counted = paper.codes.get(code)
    return next((strength for strength in wording.STRENGTHS if counted[strength] > 0), None) if counted else None


def outside_head(dimension: str) -> str:
    """The heading of the codes of a dimension that stand outside the review's analysis."""
    return f"{dimension} outside the analysis"


def outside_notes(codebooks: Iterable[Codebook]) -> Iterator[str]:
    """Which codes are coded and yet no part of the review's analysis, a sentence a dimension."""
    for book in codebooks:
        for dimension in book.dimensions:
            names = [code.name for code in dimension.codes if code.outside]
            if names:
                yield f"Outside the analysis of {book.codebook}, counted apart: {', '.join(names)} ({dimension.name.lower()})."


def share(part: int, whole: int) -> float | None:
    """`part` of `whole`, as a number up to 1."""
    return round(part / whole, 4) if whole else None


def keys(papers: Iterable[StudyRow]) -> str | None:
    """The citing keys of `papers` in one cell; None for no paper."""
    return "; ".join(paper.key for paper in papers) or None


def number_of_papers(n: int) -> str:
    """ "1 paper", "2 papers"."""
    return f"{n} paper{'s' * (n != 1)}"
