"""The papers of a corpus run that use a term, year by year, out of those that were audited."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal, NamedTuple

from lang_audit.corpus.dataset import Dataset
from lang_audit.corpus.proportions import Interval, wilson
from lang_audit.corpus.trends.asked_terms import AskedTerm, Asking
from lang_audit.corpus.trends.segmented import Point

if TYPE_CHECKING:
    import duckdb

OutOf = Literal["audited", "using"]
OUT_OF: Final[dict[OutOf, str]] = {
    "audited": "all papers of the year that were audited",
    "using": "the papers of the year that use any of the terms asked for",
}
"""What a share can be out of, and how to say it."""


class Count(NamedTuple):
    """Papers that use a term, its uses, and the share of the papers with its 95 % interval (None: out of nothing)."""

    papers: int
    uses: int
    share: float | None
    interval: Interval | None


class Year(NamedTuple):
    """A year (None: papers without one), its audited papers, the papers that shares are out of, a count for each term."""

    year: int | None
    audited: int
    out_of: int
    counts: tuple[Count, ...]


@dataclass(frozen=True)
class Trend:
    """The yearly table: every year from the first to the last with papers, those without papers too."""

    terms: tuple[AskedTerm, ...]
    out_of: OutOf
    years: tuple[Year, ...]
    undated: Year
    total: Year

    def series(self, term: int) -> list[Point]:
        """The years of a term, by its place among the terms, as a segmented trend takes them."""
        return [Point(row.year, row.out_of, row.counts[term].papers) for row in self.years if row.year is not None]


def yearly(
    dataset: Dataset,
    terms: Sequence[str],
    out_of: OutOf = "audited",
    years: tuple[int | None, int | None] = (None, None),
) -> Trend:
    """The yearly table of `terms` in the authors' own voice; `years` are the first and the last to count, both included.

    A lexicon term counts where the run's decision is flag or query, a person-first reference wherever the run recorded it.
    The years are those of publication. Raises ConfigError for a term that the run did not count.
    """
    with dataset.connect() as connection:
        asking = Asking(connection, dataset.manifest.identity)
        read = tuple(asking.read(term) for term in dict.fromkeys(" ".join(term.split()) for term in terms))
        _put_down(connection, read)
        first, last = years
        connection.execute(
            "CREATE TEMP TABLE counted AS SELECT paper, year FROM papers WHERE state = 'audited'"
            " AND (? IS NULL OR year >= ?) AND (? IS NULL OR year <= ?)",
            [first, first, last, last],
        )
        audited = dict(connection.execute("SELECT year, count(*) FROM counted GROUP BY year").fetchall())
        using = dict(
            connection.execute(
                "SELECT year, count(DISTINCT paper) FROM uses JOIN counted USING (paper) GROUP BY year"
            ).fetchall()
        )
        found = {
            (year, term): (papers, uses)
            for year, term, papers, uses in connection.execute(
                "SELECT year, term, count(DISTINCT paper), sum(uses)::BIGINT FROM uses JOIN counted USING (paper)"
                " GROUP BY year, term"
            ).fetchall()
        }

    def row(year: int | None, among: Sequence[int | None]) -> Year:
        papers = sum(audited.get(each, 0) for each in among)
        base = papers if out_of == "audited" else sum(using.get(each, 0) for each in among)
        counts = []
        for k in range(len(read)):
            told = [found.get((each, k), (0, 0)) for each in among]
            hits = sum(papers for papers, _ in told)
            counts.append(Count(hits, sum(uses for _, uses in told), hits / base if base else None, wilson(hits, base)))
        return Year(year, papers, base, tuple(counts))

    dated = sorted(year for year in audited if year is not None)
    span = range(dated[0], dated[-1] + 1) if dated else ()
    return Trend(
        terms=read,
        out_of=out_of,
        years=tuple(row(year, (year,)) for year in span),
        undated=row(None, (None,)),
        total=row(None, (*dated, None)),
    )


def _put_down(connection: duckdb.DuckDBPyConnection, terms: Sequence[AskedTerm]) -> None:
    """The table `uses`: for each term, by its place, the papers that use it and how often."""
    connection.execute("CREATE TEMP TABLE labels (term INTEGER, entry VARCHAR, text VARCHAR)")
    connection.execute("CREATE TEMP TABLE referred (term INTEGER, text VARCHAR)")
    for table, rows in (
        ("labels", list(_rows(terms))),
        ("referred", [(k, text) for k, term in enumerate(terms) for text in term.references]),
    ):
        if rows:
            marks = ", ".join("?" * len(rows[0]))
            connection.executemany(f"INSERT INTO {table} VALUES ({marks})", rows)
    connection.execute(
        "CREATE TEMP TABLE uses AS SELECT term, paper, count(*) AS uses FROM ("
        " SELECT term, paper FROM findings JOIN labels USING (entry, text) WHERE decision <> 'exempt'"
        " UNION ALL SELECT term, paper FROM person_first JOIN referred USING (text)) GROUP BY term, paper"
    )


def _rows(terms: Sequence[AskedTerm]) -> Iterator[tuple[int, str, str]]:
    for k, term in enumerate(terms):
        for entry, text in term.labels:
            yield k, entry, text
