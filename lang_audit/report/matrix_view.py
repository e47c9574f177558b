"""The matrix page: papers down, codes across, a mark where a paper gives evidence for a code."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby

from lang_audit.codebook import Code, Codebook
from lang_audit.model import Strength
from lang_audit.report.code_tables import matrix_columns
from lang_audit.report.extraction import StudyRow
from lang_audit.report.synthesis_counts import by_key
from lang_audit.report.table import strongest


@dataclass(frozen=True, slots=True)
class MatrixRow:
    """One paper: its citing key, the name of its report (None: it has none), and a mark a code."""

    key: str
    page: str | None
    marks: tuple[Strength | None, ...]


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading over the codes of a dimension, and how many they are."""

    name: str
    span: int


@dataclass(frozen=True, slots=True)
class MatrixView:
    """The matrix of one codebook; `reported` and `any_evidence` count the papers of each code."""

    id: str
    title: str
    citation: str
    headings: tuple[Heading, ...]
    codes: tuple[Code, ...]
    first_of_heading: tuple[bool, ...]
    rows: tuple[MatrixRow, ...]
    reported: tuple[int, ...]
    any_evidence: tuple[int, ...]
    unread: tuple[str, ...]


def matrix_views(rows: Iterable[StudyRow], codebooks: Sequence[Codebook]) -> tuple[MatrixView, ...]:
    """A matrix a codebook; papers that could not be read are told apart from papers without a code."""
    papers = by_key(rows)
    return tuple(_view(papers, book) for book in codebooks)


def _view(papers: Sequence[StudyRow], book: Codebook) -> MatrixView:
    shown = matrix_columns(book)
    headings = [(name, len(list(members))) for name, members in groupby(shown, key=lambda column: column[0])]
    starts = {sum(span for _, span in headings[:k]) for k in range(len(headings))}
    rows = tuple(
        MatrixRow(
            paper.key,
            paper.page,
            tuple(strongest(paper, (book.codebook, dimension.id, code.id)) for _, dimension, code in shown),
        )
        for paper in papers
        if paper.verdict is not None
    )
    places = range(len(shown))
    return MatrixView(
        id=book.codebook,
        title=book.title,
        citation=book.review.citation,
        headings=tuple(Heading(name, span) for name, span in headings),
        codes=tuple(code for _, _, code in shown),
        first_of_heading=tuple(k in starts for k in places),
        rows=rows,
        reported=tuple(sum(row.marks[k] == "reported" for row in rows) for k in places),
        any_evidence=tuple(sum(row.marks[k] is not None for row in rows) for k in places),
        unread=tuple(paper.key for paper in papers if paper.verdict is None),
    )
