"""Person-first against label, for each population over time, as a corpus page shows it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from lang_audit.corpus.page import time_chart
from lang_audit.corpus.page.counts import Counts
from lang_audit.corpus.page.guidelines import marks
from lang_audit.corpus.page.page_view import Chart, PageTable, drawn, ends, number, percent, two
from lang_audit.corpus.page.periods import ENOUGH, Period, periods, trimmed
from lang_audit.corpus.page.populations import Kind, Population
from lang_audit.corpus.proportions import Share
from lang_audit.lexicon import Lexicon
from lang_audit.profiles import Profile

CHARTED_FROM: Final = 50
"""Papers with any form of a population from which on it has a chart of its own."""
FAMILY: Final = (
    "A form is a family of wordings (the patterns of lexicons/populations.yaml); lang-audit corpus --trend counts one phrase, "
    "and so finds fewer."
)
_RARE: Final = 0.02  # of the papers: forms that are rarer stand in the table only
_LOOKS: Final[Mapping[Kind, tuple[int, ...]]] = {"person-first": (0, 2, 5), "label": (1, 3, 4)}

_Form = tuple[Kind | None, str | None]
_Years = Mapping[int | None, int]


@dataclass(frozen=True, slots=True)
class PopulationView:
    """A population: what was found in a sentence, what must be known of it, its chart, its table."""

    id: str
    title: str
    intro: str
    notes: tuple[str, ...]
    chart: Chart
    table: PageTable


@dataclass(frozen=True, slots=True)
class PopulationsView:
    """All populations: those with charts, a table of them all; by title, those of whose labels the profile raises some only,
    or none, and those that no paper names."""

    charted: tuple[PopulationView, ...]
    table: PageTable | None
    partly: tuple[str, ...]
    unasked: tuple[str, ...]
    unfound: tuple[str, ...]


@dataclass(frozen=True)
class _Counted:
    """A population with its papers by form and year; `total` are those that shares are of."""

    population: Population
    papers: Mapping[_Form, _Years]
    total: _Years

    def share(self, form: _Form, years: Sequence[int | None] | None = None) -> Share:
        """Papers that use the form out of the total; of all years, the unknown too, where none are given."""
        mine = self.papers.get(form, {})
        asked = self.total if years is None else years
        return Share(sum(mine.get(year, 0) for year in asked), sum(self.total.get(year, 0) for year in asked))

    @property
    def forms(self) -> list[tuple[Kind, str]]:
        """The forms that papers use, those of the population's file in its order."""
        all_forms: list[tuple[Kind, str]] = [("person-first", form.name) for form in self.population.person_first]
        all_forms += [("label", form.name) for form in self.population.labels]
        return [form for form in all_forms if form in self.papers]


def populations_view(
    counts: Counts,
    populations: Sequence[Population],
    lexicon: Lexicon,
    profile: Profile,
    not_guidance: Collection[str] = (),
) -> PopulationsView:
    """What the page shows of the populations whose labels `profile` raises, the most frequent first."""
    raised = {
        population.id: {
            key for key in population.entries if key in lexicon.entries and profile.decision(key, lexicon.entries[key])
        }
        for population in populations
    }
    unasked = [p.title for p in populations if not raised[p.id]]
    found = [_counted(p, counts) for p in populations if raised[p.id]]
    used = sorted((c for c in found if c.papers), key=lambda c: -c.share((None, None)).hits)
    views = [
        view
        for counted in used
        if (view := _view(counted, counts, lexicon, _not_raised(counted.population, raised), not_guidance)) is not None
    ]
    return PopulationsView(
        charted=tuple(views),
        table=_overview(used) if used else None,
        partly=tuple(c.population.title for c in used if _not_raised(c.population, raised)),
        unasked=tuple(unasked),
        unfound=tuple(c.population.title for c in found if not c.papers),
    )


def _counted(population: Population, counts: Counts) -> _Counted:
    papers: defaultdict[_Form, dict[int | None, int]] = defaultdict(dict)
    for use in counts.uses:
        if use.population == population.id:
            papers[use.kind, use.form][use.year] = use.papers
    if population.person_first:
        total: _Years = papers.get((None, None), {})
    else:
        total = {None if g.name is None else int(g.name): g.audited for g in counts.years}
    return _Counted(population, dict(papers), total)


def _not_raised(population: Population, raised: Mapping[str, set[str]]) -> list[str]:
    return [label.name for label in population.labels if raised[population.id].isdisjoint(label.entries)]


def _overview(used: Sequence[_Counted]) -> PageTable:
    rows = []
    for counted in used:
        first, label = counted.share(("person-first", None)), counted.share(("label", None))
        any_form = counted.share((None, None)).hits
        compared = bool(counted.population.person_first)
        rows.append(
            (
                counted.population.title,
                f"{any_form:,}",
                f"{first.hits:,}" if compared else "–",
                percent(first) if compared else "–",
                ends(first) if compared else "–",
                f"{label.hits:,}",
                percent(label) if compared else "–",
            )
        )
    return PageTable(
        "populations",
        "Papers that name each population, in person-first words, by a label, or both",
        ("Population", "Papers", "Person-first", "Share", "95% interval", "By a label", "Share"),
        (False, *[True] * 6),
        tuple(rows),
        "populations.csv",
    )


def _view(
    counted: _Counted, counts: Counts, lexicon: Lexicon, missing: Sequence[str], not_guidance: Collection[str]
) -> PopulationView | None:
    population = counted.population
    if counted.share((None, None)).hits < CHARTED_FROM:
        return None
    dated = {year: n for year, n in counted.total.items() if year is not None}
    every = periods(dated)
    found = trimmed(every, dated)
    chosen = _chosen(counted)
    lines = [line for line in _lines(counted, chosen, found) if time_chart.steady(line.points)]
    if not lines:
        return None
    compared = bool(population.person_first)
    weights = {t.entry: t.flagged_papers + t.queried_papers for t in counts.terms if t.entry in population.entries}
    marked = marks(weights, lexicon, found[0].first, found[-1].last, without=not_guidance, most=4)
    bars = [time_chart.Bar(p.middle, p.last - p.first + 1, counted.share((None, None), p.years).total) for p in found]
    of = "the papers that name this population" if compared else "all audited papers"
    title = f"{population.title}: forms in use, {found[0].first} to {found[-1].last}"

    def draw(name: str, width: float) -> str:
        return time_chart.over_time(
            name, lines, bars, marked, width=width, title=title,
            description="The figures stand in the table below the chart.",
            share_of=f"Each form’s share of {of}",
            papers_of="papers that name it" if compared else "audited papers",
        )  # fmt: skip

    where = "" if len(lines) <= time_chart.BANDED else " The intervals stand in the table."
    bars_of = "The bars below are the numbers of these papers."
    caption = (
        f"{title}. Share of {of}; a paper that uses two forms counts for both. {drawn(found)} {bars_of}{where} {FAMILY}"
    )
    return PopulationView(
        id=population.id,
        title=population.title,
        intro=_intro(counted),
        notes=tuple(_notes(counted, missing, len(chosen))),
        chart=two(population.id, caption, draw, marked),
        table=_table(counted, every),
    )


def _intro(counted: _Counted) -> str:
    any_form = counted.share((None, None))
    if not counted.population.person_first:
        return (
            f"{number(any_form.hits, 'paper')} of {any_form.total:,} audited ones {'uses' if any_form.hits == 1 else 'use'} "
            f"one of these labels: {percent(any_form)} (95% interval {ends(any_form)})."
        )
    first, label = counted.share(("person-first", None)), counted.share(("label", None))
    both = first.hits + label.hits - any_form.hits
    return (
        f"{number(any_form.hits, 'paper')}: {first.hits:,} with person-first words "
        f"({percent(first)}; 95% interval {ends(first)}), "
        f"{label.hits:,} with a label ({percent(label)}; {ends(label)}), {both:,} with both."
    )


def _notes(counted: _Counted, missing: Sequence[str], shown: int) -> list[str]:
    notes = [counted.population.note] if counted.population.note else []
    if missing:
        notes.append(f"The profile of this run does not look for {', '.join(missing)}, so they are not counted.")
    if len(counted.forms) > shown:
        notes.append("Rare forms stand in the table only.")
    return notes


def _chosen(counted: _Counted) -> list[tuple[Kind, str]]:
    """The forms that have lines: the most used of each kind that are not rare, as many as can be told apart."""
    chosen: list[tuple[Kind, str]] = []
    most = time_chart.MOST_LINES // 2
    for kind in _LOOKS:
        mine = sorted((f for f in counted.forms if f[0] == kind), key=lambda f: -counted.share(f).hits)
        chosen += [f for k, f in enumerate(mine) if k < most and (k == 0 or (counted.share(f).value or 0) >= _RARE)]
    return chosen


def _lines(counted: _Counted, chosen: Sequence[tuple[Kind, str]], found: Sequence[Period]) -> list[time_chart.Line]:
    looks = {kind: iter(order) for kind, order in _LOOKS.items()}
    lines = []
    for form in chosen:
        shares = [(period, counted.share(form, period.years)) for period in found]
        points = tuple(time_chart.Point(p.middle, share if share.total >= ENOUGH else None) for p, share in shares)
        lines.append(time_chart.Line(form[1], points, next(looks[form[0]])))
    return lines


def _table(counted: _Counted, found: Sequence[Period]) -> PageTable:
    forms = counted.forms
    sums: list[tuple[Kind, str]] = [("person-first", "any person-first"), ("label", "any label")]
    any_kind: list[_Form] = [(kind, None) for kind, _ in sums if (kind, None) in counted.papers]
    rows = []
    dated: list[tuple[str, Sequence[int | None]]] = [(period.name, period.years) for period in found]
    if counted.total.get(None):
        dated.append(("not known", [None]))
    dated.append(("all", list(counted.total)))
    for name, years in dated:
        cell = _cell_of(counted, years)
        total = counted.share((None, None), years).total
        if total:
            rows.append((name, f"{total:,}", *(cell(form) for form in (*any_kind, *forms))))
    names = [name for kind, name in sums if (kind, None) in counted.papers] + [name for _, name in forms]
    return PageTable(
        f"{counted.population.id}-table",
        f"{counted.population.title}: papers that use each form, with their share and its 95% interval",
        ("Years", "Papers", *names),
        (False, *[True] * (len(names) + 1)),
        tuple(rows),
        "populations.csv",
    )


def _cell_of(counted: _Counted, years: Sequence[int | None]) -> Callable[[_Form], str]:
    def cell(form: _Form) -> str:
        share = counted.share(form, years)
        return f"{share.hits:,} · {percent(share)} ({ends(share)})"

    return cell
