"""The codes of a run as its page shows them: a table a codebook, and what the figures mean."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final, NamedTuple

from lang_audit.codebook import Codebook
from lang_audit.corpus.page.codes import FILE, Coded, names_of, with_unfound
from lang_audit.corpus.page.page_view import PageTable, ends, number, percent
from lang_audit.corpus.proportions import Share
from lang_audit.report import wording

NOTE: Final = (
    "A code is given where a sentence holds the evidence that the codebook asks for; each is a place to read, not yet a coding. "
    "“Reported” are the papers in which it was "
    f"{wording.STRENGTHS['reported'][1]}; in the others it is only {wording.STRENGTHS['aimed'][1]}, or "
    f"{wording.STRENGTHS['background'][1]}."
)
"""What the figures of codes mean, for the page."""


class CodesView(NamedTuple):
    """The codes of one codebook on the page: what it is, a sentence, its table."""

    title: str
    intro: str
    table: PageTable


def codes_views(
    found: Sequence[Coded], any_code: Mapping[str, int], audited: int, books: Sequence[Codebook]
) -> list[CodesView]:
    """The tables of the page, one a codebook: dimensions in the order of the book, the codes of most papers first."""
    every = with_unfound(found, books)
    titles = {book.codebook: book.title for book in books}
    views = []
    for name in dict.fromkeys(item.codebook for item in every):
        mine = [item for item in every if item.codebook == name]
        order = list(dict.fromkeys(item.dimension for item in mine))
        mine.sort(key=lambda item: (order.index(item.dimension), -item.papers, -item.mentions))
        any_of = Share(any_code.get(name, 0), audited)
        views.append(
            CodesView(
                title=titles.get(name, name),
                intro=(
                    f"{number(any_of.hits, 'paper')} of {audited:,} audited {'holds' if any_of.hits == 1 else 'hold'} evidence "
                    f"for at least one code: {percent(any_of)} (95% interval {ends(any_of)})."
                ),
                table=PageTable(
                    f"codes-{name}",
                    f"Codes of {name}: papers that hold evidence for each",
                    ("Dimension", "Code", "Papers", "Share of audited", "95% interval", "Reported", "Mentions"),
                    (False, False, True, True, True, True, True),
                    tuple(_row(item, audited, books) for item in mine),
                    f"{FILE}.csv",
                ),
            )
        )
    return views


def _row(item: Coded, audited: int, books: Sequence[Codebook]) -> tuple[str, ...]:
    share = Share(item.papers, audited)
    return (
        *names_of(item, books),
        f"{item.papers:,}",
        percent(share),
        ends(share),
        f"{item.reported:,}",
        f"{item.mentions:,}",
    )
