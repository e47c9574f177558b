"""The review's tables over all papers: what was read and coded in each, and how many papers share it.

The columns follow the dimensions of the codebooks. The counts are those of the synthesis page (synthesis_counts.py), so that its
sentences and these tables agree.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from lang_audit.codebook import Codebook
from lang_audit.report import code_tables, study_tables
from lang_audit.report.extraction import StudyRow
from lang_audit.report.synthesis_counts import by_key, synthesis
from lang_audit.report.table import Table


def data_tables(rows: Iterable[StudyRow], codebooks: Sequence[Codebook]) -> list[Table]:
    """Every table, complete: for spreadsheets and for other programs."""
    counts = synthesis(rows, codebooks)
    papers = by_key((*counts.included, *counts.unread))
    return [
        study_tables.extraction(papers, codebooks, complete=True),
        study_tables.characteristics(papers),
        *(code_tables.matrix(counts, book) for book in codebooks),
        *(code_tables.codes(counts, book) for book in counts.books),
        *(code_tables.configurations(counts, book) for book in codebooks),
        study_tables.shared(counts),
        study_tables.readings(counts),
    ]


def manuscript_tables(rows: Iterable[StudyRow], codebooks: Sequence[Codebook]) -> list[Table]:
    """The tables that a manuscript prints, none wider than a page: an extraction table a codebook, stated configurations only."""
    counts = synthesis(rows, codebooks)
    papers = by_key((*counts.included, *counts.unread))
    return [
        study_tables.characteristics(papers),
        study_tables.shared(counts),
        *(study_tables.extraction(papers, books, complete=False) for books in ([[book] for book in codebooks] or [[]])),
        *(code_tables.matrix(counts, book) for book in codebooks),
        *(code_tables.codes(counts, book) for book in counts.books),
        *(code_tables.stated(counts, book) for book in codebooks),
    ]
