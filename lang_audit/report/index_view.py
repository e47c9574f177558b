"""The index page: a small row a paper, kept while papers come and go, the counts over all, and what was coded in them."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace

from lang_audit.model import SEVERITIES, Problem, Severity, Status
from lang_audit.report import wording
from lang_audit.report.paper_view import PaperView

_TERMS_IN_A_ROW = 3


@dataclass(frozen=True, slots=True)
class Tally:
    """A flagged entry in one paper: its name there, its severity and how often it stands there."""

    key: str
    name: str
    severity: Severity
    count: int
    instead: str


@dataclass(frozen=True, slots=True)
class Row:
    """One paper in the table. `page` is the name of its report; None where the format has no page a paper."""

    page: str | None
    name: str
    title: str
    source: str
    status: Status
    year: int | None
    journal: str | None
    verdict: str | None
    verdict_name: str
    rule: str | None
    percent: str | None
    fill: float | None
    person_first: int
    flagged_people: int
    flagged: int
    terms: tuple[Tally, ...]
    queries: int
    exempt: int
    problems: tuple[Problem, ...]

    @property
    def top_terms(self) -> tuple[tuple[str, int], ...]:
        """The flagged terms to show in the table with their counts, most frequent first."""
        ordered = sorted(self.terms, key=lambda term: -term.count)
        return tuple((term.name, term.count) for term in ordered[:_TERMS_IN_A_ROW])


@dataclass(frozen=True, slots=True)
class Frequent:
    """A flagged entry over all papers."""

    key: str
    name: str
    severity_label: str
    instead: str
    mentions: int
    papers: int


@dataclass(frozen=True, slots=True)
class VerdictCount:
    """How many papers have a verdict, and where its part of the bar starts and ends, in per cent."""

    label: str
    name: str
    count: int
    start: float
    width: float


@dataclass(frozen=True, slots=True)
class IndexView:
    """Everything on the index page."""

    rows: tuple[Row, ...]
    verdicts: tuple[VerdictCount, ...]
    failed: tuple[Row, ...]
    partial: tuple[Row, ...]
    frequent: tuple[Frequent, ...]
    flagged: int
    queries: int
    exempt: int
    rules: tuple[str, ...]

    @property
    def appraised(self) -> int:
        """How many papers have a verdict."""
        return sum(verdict.count for verdict in self.verdicts)


@dataclass(frozen=True, slots=True)
class Coded:
    """What a paper says for the codes of one dimension, as the extraction table has it."""

    dimension: str
    codes: str


@dataclass(frozen=True, slots=True)
class Study:
    """One paper in the extraction table; `books` holds for each codebook the dimensions for which the paper has a code."""

    key: str
    page: str | None
    title: str | None
    year: int | None
    journal: str | None
    country: str | None
    design: str | None
    sample: int | None
    books: tuple[tuple[Coded, ...], ...]
    verdict: str | None
    verdict_name: str


@dataclass(frozen=True, slots=True)
class WrittenFile:
    """A file or page over all papers: its path from the index, and what it holds."""

    href: str
    name: str


@dataclass(frozen=True, slots=True)
class ReferenceReport:
    """What became of a references file: how many papers it names, and which papers and references stand alone."""

    file: str
    matched: int
    papers: tuple[str, ...]
    references: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Overview:
    """What is known over all papers once all are read. `studies` are in the order in which the papers were written.

    `review` tells in a line how far reviewers came; None where nobody reviewed.
    """

    studies: tuple[Study, ...]
    books: tuple[str, ...]
    pages: tuple[WrittenFile, ...] = ()
    files: tuple[WrittenFile, ...] = ()
    references: ReferenceReport | None = None
    review: str | None = None

    @property
    def ordered(self) -> tuple[Study, ...]:
        """The studies by their citing keys."""
        return tuple(sorted(self.studies, key=lambda study: study.key.casefold()))


def row_of(view: PaperView, page: str | None) -> Row:
    """The row of a paper whose report is called `page`: counts and names only, no text of the paper."""
    verdict = view.verdict
    return Row(
        page=page,
        name=view.name,
        title=view.title,
        source=view.source,
        status=view.status,
        year=view.year,
        journal=view.journal,
        verdict=verdict.label if verdict else None,
        verdict_name=verdict.name if verdict else "Could not be read",
        rule=verdict.rule if verdict else None,
        percent=verdict.percent if verdict else None,
        fill=verdict.fill if verdict else None,
        person_first=verdict.person_first if verdict else 0,
        flagged_people=verdict.flagged_people if verdict else 0,
        flagged=view.n_flagged,
        terms=tuple(Tally(term.key, term.name, term.severity, term.count, term.instead) for term in view.flagged),
        queries=view.n_queries,
        exempt=view.n_exempt,
        problems=view.problems,
    )


def index_view(rows: Iterable[Row], over: Overview | None = None) -> IndexView:
    """The table of `rows` by the papers' names, with the counts over all of them; `over` brings the citing keys."""
    named = [_cited(row, study) for row, study in zip(rows, over.studies, strict=True)] if over else list(rows)
    ordered = tuple(sorted(named, key=lambda row: (row.name.casefold(), row.year or 0, row.source)))
    return IndexView(
        rows=ordered,
        verdicts=_verdicts(ordered),
        failed=tuple(row for row in ordered if row.status == "failed"),
        partial=tuple(row for row in ordered if row.status != "failed" and row.problems),
        frequent=_frequent(ordered),
        flagged=sum(row.flagged for row in ordered),
        queries=sum(row.queries for row in ordered),
        exempt=sum(row.exempt for row in ordered),
        rules=tuple(sorted({row.rule for row in ordered if row.rule})),
    )


def _cited(row: Row, study: Study) -> Row:
    title = study.title or (row.title if row.title != row.name else study.key)
    return replace(row, name=study.key, title=title, year=study.year, journal=study.journal)


def _verdicts(rows: tuple[Row, ...]) -> tuple[VerdictCount, ...]:
    counts = Counter(row.verdict for row in rows if row.verdict)
    total = counts.total()
    found: list[VerdictCount] = []
    before = 0
    for label, (name, _) in wording.VERDICTS.items():
        n = counts[label]
        start, width = (100 * before / total, 100 * n / total) if total else (0.0, 0.0)
        found.append(VerdictCount(label, name, n, round(start, 2), round(width, 2)))
        before += n
    return tuple(found)


def _frequent(rows: tuple[Row, ...]) -> tuple[Frequent, ...]:
    """Entries by mentions; an entry goes by the name that it has most often."""
    tallies: defaultdict[str, list[Tally]] = defaultdict(list)
    for row in rows:
        for tally in row.terms:
            tallies[tally.key].append(tally)
    found = []
    for key, group in tallies.items():
        names: Counter[str] = Counter()
        for tally in group:
            names[tally.name] += tally.count
        gravest = min((tally.severity for tally in group), key=SEVERITIES.index)
        found.append(
            Frequent(
                key=key,
                name=min(names, key=lambda name: (-names[name], name)),
                severity_label=wording.SEVERITIES[gravest][0],
                instead=group[0].instead,
                mentions=sum(tally.count for tally in group),
                papers=len(group),
            )
        )
    return tuple(sorted(found, key=lambda entry: (-entry.mentions, -entry.papers, entry.key)))
