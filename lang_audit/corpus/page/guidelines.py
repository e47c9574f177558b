"""Which guidelines a chart over the years marks: those that date the terms that the papers hold most often."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Final, NamedTuple

from lang_audit.lexicon import Entry, Lexicon

MOST_MARKS: Final = 5
_APART: Final = 1  # at most one mark for each year and its neighbours


class Mark(NamedTuple):
    """A guideline in a chart: `papers` hold a term that it dates."""

    year: int
    source: str
    issuer: str
    title: str
    papers: int

    @property
    def label(self) -> str:
        """A few words for the chart."""
        return f"{self.issuer} {self.year}"


def marks(
    papers: Mapping[str, int],
    lexicon: Lexicon,
    first: int,
    last: int,
    *,
    without: Collection[str] = (),
    most: int = MOST_MARKS,
) -> list[Mark]:
    """The guidelines of the years `first` to `last` to be marked, by year.

    `papers` says how many hold each entry. A guideline weighs as many as hold the entries that it dates (see `_dated_by`); of two
    in neighbouring years the heavier one is marked. `without` are sources that are no guidelines.
    """
    weight: dict[str, int] = {}
    for key, n in papers.items():
        for source in _dated_by(lexicon.entries[key], lexicon, without) if key in lexicon.entries else ():
            weight[source] = weight.get(source, 0) + n
    chosen: list[Mark] = []
    for source in sorted(weight, key=lambda key: (-weight[key], key)):
        about = lexicon.sources[source]
        year = about.year
        if year is None or not first <= year <= last or not weight[source]:
            continue
        if all(abs(year - mark.year) > _APART for mark in chosen):
            chosen.append(Mark(year, source, _short(about.issuer), about.title, weight[source]))
        if len(chosen) == most:
            break
    return sorted(chosen)


def _dated_by(entry: Entry, lexicon: Lexicon, without: Collection[str]) -> Iterable[str]:
    """The guidelines that say when an entry came to be advised against: where its standing changed, those of its history;
    else the first cited one of the year since which there is guidance, or of the earliest year after it."""
    if entry.history:
        return {interval.source for interval in entry.history if interval.status in ("discouraged", "contested")} - {
            *without
        }
    cited = [key for key in (*entry.sources, *entry.known_sources) if key not in without]
    years = [(lexicon.sources[key].year, k, key) for k, key in enumerate(cited)]
    later = [(year, k, key) for year, k, key in years if year is not None and year >= entry.since]
    return [min(later)[2]] if later else []


def _short(issuer: str) -> str:
    """An issuer in a few words: what stands in front of brackets and lists, and of "et al." only the first name."""
    for stop in (" (", "; ", ", ", " / "):
        issuer = issuer.partition(stop)[0]
    return issuer.strip()
