"""Which guidelines a chart over the years marks: those that date the terms that the papers hold most often."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Final, NamedTuple

from lang_audit.lexicon import Entry, Lexicon

MOST_MARKS: Final = 5
_APART: Final = 1  # at most one mark for each year and its neighbours


class Mark(NamedTuple):
    """A guideline in a chart: `papers` hold a term that it dates. `acronym` is that of its issuer, where its key has one."""

    year: int
    source: str
    issuer: str
    title: str
    papers: int
    acronym: str | None = None

    @property
    def name(self) -> str:
        """The issuer in a chart, as short as it is known."""
        return self.acronym or self.issuer

    @property
    def label(self) -> str:
        """A few words for the chart."""
        return f"{self.name} {self.year}"


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
            issuer = _short(about.issuer)
            chosen.append(Mark(year, source, issuer, about.title, weight[source], _acronym(source, issuer)))
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


def _acronym(source: str, issuer: str) -> str | None:
    """The acronym in a key of the sources ("isaje-2015"), where it is made of the initials of the issuer."""
    key = source.partition("-")[0].upper()
    initials = "".join(word[0] for word in issuer.split() if word[0].isupper())
    return key if len(key) > 1 and key == initials else None
