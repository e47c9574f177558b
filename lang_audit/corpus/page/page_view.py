"""What a corpus page shows, as plain values: tables of words, charts, and the sentences that hold their figures."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from lang_audit.corpus.manifest import Manifest
from lang_audit.corpus.page import interval_chart, plot, time_chart
from lang_audit.corpus.page.counts import Counts, Group
from lang_audit.corpus.page.guidelines import Mark, marks
from lang_audit.corpus.page.periods import ENOUGH, Period, periods, trimmed
from lang_audit.corpus.proportions import Share
from lang_audit.lexicon import Lexicon
from lang_audit.model import VerdictRule
from lang_audit.report.safe_cells import printable
from lang_audit.verdict import PERSON_FIRST_FROM

MOST_ROWS: Final = 200
CHARTED: Final = 20  # journals or countries in a chart
LONGEST_NAME: Final = 200  # characters of a journal's name on the page; the CSV has all of it
_THRESHOLDS: Final = (100, 50, 20, ENOUGH)
_ENOUGH_GROUPS: Final = 10

ADHERES: Final[dict[VerdictRule, str]] = {
    "majority": (
        f"A paper adheres where at least {round(PERSON_FIRST_FROM * 100)} in 100 of its references to people are "
        "person-first and no pejorative term stands in the authors’ own words."
    ),
    "strict": "A paper adheres where no flagged label of people stands in the authors’ own words.",
    "any-term": (
        "A paper adheres where no flagged term of the profile stands in the authors’ own words, so a paper adheres too that "
        "never speaks of the people whom the profile is about."
    ),
}
JUDGED: Final[dict[VerdictRule, str]] = {
    "majority": "papers that refer to people",
    "strict": "papers that refer to people",
    "any-term": "audited papers",
}
STATES: Final[dict[str, tuple[str, str]]] = {
    "audited": ("Audited", "read and judged"),
    "duplicate": ("Duplicates", "the same PMID, DOI or title and year as a record that is counted"),
    "rejected": ("Rejected", "neither title nor abstract, or not readable"),
    "failed": ("Failed", "not done in time, or the program broke down on it"),
    "left-out": ("Left out", "not asked for by --years or --where"),
}


@dataclass(frozen=True, slots=True)
class PageTable:
    """A table of the page: its columns with whether each holds numbers, its rows, and the file with all its figures."""

    id: str
    caption: str
    head: tuple[str, ...]
    numeric: tuple[bool, ...]
    rows: tuple[tuple[str, ...], ...]
    file: str | None = None
    sortable: bool = False


@dataclass(frozen=True, slots=True)
class Chart:
    """A chart for wide and for narrow screens, its caption, and what it marks."""

    id: str
    wide: str
    narrow: str
    caption: str
    marked: tuple[Mark, ...] = ()


@dataclass(frozen=True, slots=True)
class GroupsView:
    """Papers by journal or country: a sentence, a chart, a table; the last two only where enough papers are known."""

    intro: str
    chart: Chart | None
    table: PageTable | None


def percent(share: Share) -> str:
    """ "68.2%"; a dash where there is nothing to share."""
    return "–" if share.value is None else f"{100 * share.value:.1f}%"


def ends(share: Share) -> str:
    """The 95 % interval, "66.1–70.2"."""
    found = share.interval
    return "–" if found is None else f"{100 * found.low:.1f}–{100 * found.high:.1f}"


def told(share: Share) -> str:
    """ "68.2% (95% interval 66.1–70.2)"."""
    return percent(share) if share.value is None else f"{percent(share)} (95% interval {ends(share)})"


def number(n: int, one: str, many: str = "") -> str:
    """ "1 paper", "2,003 papers"."""
    return f"{n:,} {one if n == 1 else many or one + 's'}"


def two(id_: str, caption: str, draw: Callable[[str, float], str], marked: Iterable[Mark] = ()) -> Chart:
    """A chart drawn twice; `draw` takes a name and a width."""
    return Chart(id_, draw(f"{id_}-w", plot.WIDE), draw(f"{id_}-n", plot.NARROW), caption, tuple(marked))


def state_table(counts: Counts) -> PageTable:
    """What became of the records."""
    rows = [(name, f"{counts.states[state]:,}", what) for state, (name, what) in STATES.items()]
    return PageTable(
        "states",
        "What became of each record of the input",
        ("State", "Records", "What it means"),
        (False, True, False),
        (*rows, ("All records", f"{counts.records:,}", "the sum of the above")),
        "states.csv",
    )


def adds_up(counts: Counts, manifest: Manifest) -> tuple[bool, str]:
    """Whether the records of the tables are those of the inputs, and the sentence that says it."""
    parts = " + ".join(f"{n:,} {STATES[state][0].lower()}" for state, n in counts.states.items())
    known = [source.records for source in manifest.inputs if source.records is not None]
    if len(known) < len(manifest.inputs):
        return True, f"These add up: {parts} = {counts.records:,} records."
    if sum(known) != counts.records:
        return False, (
            f"These do not add up: {parts} = {counts.records:,} records, but the inputs held {sum(known):,}. Files of this "
            "folder were changed or are missing; make the run anew before you use a figure of it."
        )
    held = number(len(known), "input")
    return True, f"These add up: {parts} = {counts.records:,}, as many records as the {held} held."


def year_table(counts: Counts) -> PageTable:
    """The figures of every year."""
    return PageTable(
        "years",
        "By year of publication",
        ("Year", *_columns(counts)),
        (False, *[True] * len(_columns(counts))),
        tuple((group.name or "not known", *_numbers(group, counts)) for group in counts.years),
        "by_year.csv",
    )


def year_chart(counts: Counts, lexicon: Lexicon, not_guidance: Collection[str] = ()) -> tuple[Chart | None, str]:
    """The shares over the years, or None and why there is none."""
    known = {int(group.name): group for group in counts.years if group.name is not None}
    if not known:
        return None, "No paper tells its year, so there is nothing to draw over time."
    judged = {year: group.counted for year, group in known.items()}
    found = trimmed(periods(judged), judged)
    held = [(period, _sum([known[year] for year in period.years if year in known])) for period in found]
    lines = [time_chart.Line(_adherent_name(counts), tuple(_point(p, g.adherence) for p, g in held), 0)]
    if counts.rule != "any-term":
        lines.append(
            time_chart.Line("with a flagged term (of all audited)", tuple(_point(p, g.raising) for p, g in held), 1)
        )
    lines = [line for line in lines if time_chart.steady(line.points)]
    if not lines:
        return None, (
            f"No chart over time: a share is drawn from {ENOUGH} papers on, and a line needs {time_chart.LEAST_POINTS} years or "
            "periods that have them."
        )
    weights = {t.entry: t.flagged_papers for t in counts.flagged} or {t.entry: t.queried_papers for t in counts.queried}
    marked = marks(weights, lexicon, found[0].first, found[-1].last, without=not_guidance)
    bars = [time_chart.Bar(p.middle, p.last - p.first + 1, g.counted) for p, g in held]
    title = f"Share of papers that adhere, {found[0].first} to {found[-1].last}"

    def draw(name: str, width: float) -> str:
        return time_chart.over_time(
            name, lines, bars, marked, width=width, title=title,
            description="The figures stand in the table below the chart.",
            share_of="Share of papers, with 95% intervals", papers_of=JUDGED[counts.rule],
        )  # fmt: skip

    bars_of = f"The bars below are the numbers of {JUDGED[counts.rule]}"
    if len(lines) > 1:
        bars_of += (
            ": the line of adherent papers is a share of these; the one of flagged terms is of all audited papers, whose "
            "numbers stand in the table"
        )
    return two("by-year", f"{title}. {drawn(found)} {bars_of}.", draw, marked), ""


def drawn(found: Sequence[Period]) -> str:
    """How the points of a chart over time came to be, for its caption."""
    width = found[0].last - found[0].first + 1
    by = "Each point is a year" if width == 1 else f"Each point is {width} years, because single years hold few papers"
    return f"{by}; years with fewer than {ENOUGH} papers have none."


def _adherent_name(counts: Counts) -> str:
    return "adherent" if counts.rule == "any-term" else "adherent (of those that refer to people)"


def _point(period: Period, share: Share) -> time_chart.Point:
    return time_chart.Point(period.middle, share if share.total >= ENOUGH else None)


def _sum(groups: Sequence[Group]) -> Group:
    return (
        Group(None, *(sum(column) for column in zip(*(group[1:] for group in groups), strict=True)))
        if groups
        else (Group(None, 0, 0, 0, 0))
    )


def groups_view(
    id_: str,
    groups: Sequence[Group],
    counts: Counts,
    what: tuple[str, str],
    file: str,
    names: dict[str, str] | None = None,
) -> GroupsView:
    """Papers by journal or country; `what` is its name ("journal", "journals")."""
    one, many = what
    known = [group for group in groups if group.name is not None]
    unknown = sum(group.audited for group in groups if group.name is None)
    silent = f" {number(unknown, 'audited paper tells', 'audited papers tell')} no {one}." if unknown else ""
    if not known:
        return GroupsView(f"No audited paper tells its {one}.", None, None)
    judged = JUDGED[counts.rule]
    threshold = next((n for n in _THRESHOLDS if sum(group.counted >= n for group in known) >= _ENOUGH_GROUPS), ENOUGH)
    enough = [group for group in known if group.counted >= threshold]
    if not enough:
        return GroupsView(
            f"The papers are of {number(len(known), one, many)}, none with {threshold} {judged} or more: too few to compare. "
            f"All stand in the file.{silent}",
            None,
            None,
        )
    ranked = sorted(enough, key=lambda g: (-(g.adherence.value or 0), -g.counted, g.name or ""))
    shown = ranked[:MOST_ROWS]
    left = f" The first {MOST_ROWS} stand here, all in the file." if len(ranked) > MOST_ROWS else ""
    intro = (
        f"{len(enough):,} of {number(len(known), one, many)} with {threshold} {judged} or more, by their share of adherent "
        f"papers.{left}{silent} Ranks with intervals that overlap may be due to chance."
    )

    def name_of(group: Group) -> str:
        name = printable((names or {}).get(group.name or "", group.name or "")) or "(no readable name)"
        return name if len(name) <= LONGEST_NAME else f"{name[: LONGEST_NAME - 2].rstrip()} …"

    table = PageTable(
        id_,
        f"{many.capitalize()} with {threshold} {judged} or more",
        ("Rank", one.capitalize(), *_columns(counts)),
        (True, False, *[True] * len(_columns(counts))),
        tuple((str(k), name_of(g), *_numbers(g, counts)) for k, g in enumerate(shown, 1)),
        file,
        sortable=True,
    )
    charted = sorted(
        sorted(enough, key=lambda g: (-g.counted, g.name or ""))[:CHARTED],
        key=lambda g: (-(g.adherence.value or 0), -g.counted, g.name or ""),
    )
    rows = [interval_chart.Row(name_of(group), group.adherence) for group in charted]
    chosen = f"the {len(rows)} {many} with the most papers" if len(enough) > len(rows) else f"all {many} of the table"
    title = f"Share of adherent papers by {one}"

    def draw(name: str, width: float) -> str:
        return interval_chart.intervals(
            name, rows, counts.all.adherence, width=width, title=title,
            description="The figures stand in the table below the chart.",
            share_of=f"Adherent share of {judged}, with 95% interval",
        )  # fmt: skip

    chart = two(f"{id_}-chart", f"{title}: {chosen}. At the right, adherent papers out of those that are judged.", draw)
    return GroupsView(intro, chart if len(rows) > 1 else None, table)


def _columns(counts: Counts) -> tuple[str, ...]:
    if counts.rule == "any-term":
        return ("Audited", "Adherent", "Share", "95% interval")
    return (
        "Audited",
        "Refer to people",
        "Adherent",
        "Share",
        "95% interval",
        "With a flagged term",
        "Share of audited",
        "95% interval",
    )


def _numbers(group: Group, counts: Counts) -> tuple[str, ...]:
    adherent = (f"{group.adherent:,}", percent(group.adherence), ends(group.adherence))
    if counts.rule == "any-term":
        return (f"{group.audited:,}", *adherent)
    return (
        f"{group.audited:,}",
        f"{group.counted:,}",
        *adherent,
        f"{group.raised:,}",
        percent(group.raising),
        ends(group.raising),
    )
