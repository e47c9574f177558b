"""What a synthesis counts over the papers of a review, and which papers each count holds. Pure: rows in, counts out.

A count is never a bare number: it is the papers that it counts, so that every number on the page can be traced. Papers that
could not be read are set apart and counted nowhere else.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from lang_audit.codebook import Code, Codebook, Dimension, Part
from lang_audit.model import Strength, VerdictLabel
from lang_audit.report import wording
from lang_audit.report.extraction import StudyRow
from lang_audit.report.synthesis_flow import Flow, flow

STRENGTHS: Final[tuple[Strength, ...]] = ("reported", "aimed", "background")
MOST_PERIODS: Final = 24
_PERIOD_LENGTHS: Final = (1, 2, 5, 10, 20, 50, 100)

Papers = tuple[StudyRow, ...]


@dataclass(frozen=True, slots=True)
class Group:
    """The papers that share something (a country, a design), and its name."""

    name: str
    papers: Papers


@dataclass(frozen=True, slots=True)
class Period:
    """The papers of the years `first` to `last` by verdict; both are None where the year is not known."""

    first: int | None
    last: int | None
    verdicts: dict[VerdictLabel, Papers]

    @property
    def label(self) -> str:
        """The period as its bar and its row are named."""
        if self.first is None:
            return "No year"
        return str(self.first) if self.first == self.last else f"{self.first}–{self.last}"

    @property
    def total(self) -> int:
        """How many papers the period holds."""
        return sum(len(papers) for papers in self.verdicts.values())


@dataclass(frozen=True, slots=True)
class CodeCount:
    """The papers that give evidence for a code, each under the strongest strength that it has."""

    code: Code
    by_strength: dict[Strength, Papers]

    @property
    def papers(self) -> Papers:
        """All papers with any evidence."""
        return by_key(paper for strength in STRENGTHS for paper in self.by_strength[strength])

    @property
    def rank(self) -> tuple[int, int, int]:
        """Most often reported first, then most often aimed at, then most often told as background."""
        reported, aimed, background = (len(self.by_strength[strength]) for strength in STRENGTHS)
        return (-reported, -aimed, -background)


@dataclass(frozen=True, slots=True)
class DimensionCount:
    """The codes in order of frequency, those outside the review's analysis apart; `silent` papers have no inside one."""

    id: str
    name: str
    part: Part | None
    inside: tuple[CodeCount, ...]
    outside: tuple[CodeCount, ...]
    silent: Papers

    @property
    def codes(self) -> tuple[CodeCount, ...]:
        """All codes, those outside the analysis last."""
        return self.inside + self.outside


@dataclass(frozen=True, slots=True)
class BookCount:
    """What one codebook found: its dimensions, the papers with and without any evidence, and what they link to what."""

    book: Codebook
    dimensions: tuple[DimensionCount, ...]
    evident: Papers
    silent: Papers
    flow: Flow | None


@dataclass(frozen=True, slots=True)
class Synthesis:
    """Everything that is counted over the papers of a review. `included` are the papers that were read."""

    included: Papers
    unread: Papers
    partial: Papers
    verdicts: dict[VerdictLabel, Papers]
    periods: tuple[Period, ...]
    years: tuple[int, int] | None
    no_year: Papers
    designs: tuple[Group, ...]
    no_design: Papers
    countries: tuple[Group, ...]
    regions: tuple[Group, ...]
    income: tuple[Group, ...]
    several_countries: Papers
    no_country: Papers
    samples: Papers
    books: tuple[BookCount, ...]


def synthesis(rows: Iterable[StudyRow], codebooks: Sequence[Codebook]) -> Synthesis:
    """The counts over `rows`, for each of `codebooks`. The order of the rows does not matter."""
    ordered = by_key(rows)
    included = tuple(row for row in ordered if row.verdict is not None)
    years = [row.metadata.year for row in included if row.metadata.year is not None]
    return Synthesis(
        included=included,
        unread=tuple(row for row in ordered if row.verdict is None),
        partial=tuple(row for row in included if row.status == "partial"),
        verdicts=_verdicts(included),
        periods=_periods(included),
        years=(min(years), max(years)) if years else None,
        no_year=tuple(row for row in included if row.metadata.year is None),
        designs=_groups(included, lambda row: row.characteristics.design),
        no_design=tuple(row for row in included if not row.characteristics.design),
        countries=_groups(included, lambda row: row.characteristics.countries),
        regions=_groups(included, lambda row: row.characteristics.regions),
        income=_groups(included, lambda row: row.characteristics.income),
        several_countries=tuple(row for row in included if len(set(row.characteristics.countries)) > 1),
        no_country=tuple(row for row in included if not row.characteristics.countries),
        samples=tuple(row for row in included if row.characteristics.sample_size is not None),
        books=tuple(_book(included, book) for book in codebooks),
    )


def by_key(rows: Iterable[StudyRow]) -> Papers:
    """Rows in the order in which a review lists papers: by citing key, then by file."""
    return tuple(sorted(rows, key=lambda row: (row.key.casefold(), row.key, row.source)))


def _verdicts(papers: Papers) -> dict[VerdictLabel, Papers]:
    return {label: tuple(paper for paper in papers if paper.verdict == label) for label in wording.VERDICTS}


def _groups(papers: Papers, values: Callable[[StudyRow], Iterable[str]]) -> tuple[Group, ...]:
    """Papers by each of their values, most frequent first. A paper with two values counts under both."""
    found: defaultdict[str, list[StudyRow]] = defaultdict(list)
    for paper in papers:
        for value in dict.fromkeys(values(paper)):
            found[value].append(paper)
    groups = (Group(name, tuple(members)) for name, members in found.items())
    return tuple(sorted(groups, key=lambda group: (-len(group.papers), group.name)))


def _periods(papers: Papers) -> tuple[Period, ...]:
    """Periods of equal length from the first to the last year, empty ones too, then the papers without a year."""
    years = [paper.metadata.year for paper in papers if paper.metadata.year is not None]
    found = []
    if years:
        length = period_length(min(years), max(years))
        start = min(years) // length * length
        members: defaultdict[int, list[StudyRow]] = defaultdict(list)
        for paper in papers:
            if paper.metadata.year is not None:
                members[(paper.metadata.year - start) // length].append(paper)
        for k in range((max(years) - start) // length + 1):
            first = start + k * length
            found.append(Period(first, first + length - 1, _verdicts(tuple(members[k]))))
    if undated := tuple(paper for paper in papers if paper.metadata.year is None):
        found.append(Period(None, None, _verdicts(undated)))
    return tuple(found)


def period_length(first: int, last: int) -> int:
    """How many years a bar holds, so that no more than MOST_PERIODS bars are needed."""
    for length in _PERIOD_LENGTHS:
        if last // length - first // length < MOST_PERIODS:
            return length
    return last - first + 1


def _book(papers: Papers, book: Codebook) -> BookCount:
    evident = tuple(p for p in papers if any(key[0] == book.codebook and n.total() for key, n in p.codes.items()))
    return BookCount(
        book=book,
        dimensions=tuple(_dimension(papers, book.codebook, dimension) for dimension in book.dimensions),
        evident=evident,
        silent=_without(papers, evident),
        flow=flow(papers, book),
    )


def _dimension(papers: Papers, book: str, dimension: Dimension) -> DimensionCount:
    counts = [_code(papers, book, dimension.id, code) for code in dimension.codes]
    ranked = sorted(counts, key=lambda count: count.rank)
    inside = tuple(count for count in ranked if not count.code.outside)
    evident = [paper for count in inside for paper in count.papers]
    return DimensionCount(
        id=dimension.id,
        name=dimension.name,
        part=dimension.part,
        inside=inside,
        outside=tuple(count for count in ranked if count.code.outside),
        silent=_without(papers, evident),
    )


def _code(papers: Papers, book: str, dimension: str, code: Code) -> CodeCount:
    found: dict[Strength, list[StudyRow]] = {strength: [] for strength in STRENGTHS}
    for paper in papers:
        evidence = paper.codes.get((book, dimension, code.id))
        if evidence and (strengths := [strength for strength in STRENGTHS if evidence[strength] > 0]):
            found[strengths[0]].append(paper)
    return CodeCount(code, {strength: tuple(members) for strength, members in found.items()})


def _without(papers: Papers, some: Iterable[StudyRow]) -> Papers:
    """`papers` less `some`, told apart by identity, for two papers may share a key."""
    taken = {id(paper) for paper in some}
    return tuple(paper for paper in papers if id(paper) not in taken)
