"""Years put together where single ones hold too few papers to make a share."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, NamedTuple

ENOUGH: Final = 10
"""Papers from which on a share is drawn. Of fewer, the 95 % interval is wider than half the scale."""
_WIDTHS: Final = (1, 2, 5)
_MOSTLY: Final = 0.9  # of the papers stand in periods that hold enough, and half of the periods with papers do


class Period(NamedTuple):
    """Years `first` to `last`, both included."""

    first: int
    last: int

    @property
    def name(self) -> str:
        """ "2015", or "2010–2014"."""
        return str(self.first) if self.first == self.last else f"{self.first}–{self.last}"

    @property
    def middle(self) -> float:
        """Where its point stands on an axis of years."""
        return (self.first + self.last) / 2

    @property
    def years(self) -> range:
        """Its years."""
        return range(self.first, self.last + 1)


def periods(papers: Mapping[int, int]) -> list[Period]:
    """The periods, all equally long, without a gap from the first year to the last of `papers` (how many in each year).

    As short as can be with nearly all papers in periods that hold enough of them; the longest where that cannot be.
    """
    years = [year for year, n in papers.items() if n]
    if not years:
        return []
    for width in _WIDTHS:
        found = [
            Period(start, start + width - 1) for start in range(min(years) // width * width, max(years) + 1, width)
        ]
        held = [sum(papers.get(year, 0) for year in period.years) for period in found]
        filled = [n for n in held if n]
        enough = [n for n in filled if n >= ENOUGH]
        if sum(enough) >= _MOSTLY * sum(filled) and 2 * len(enough) >= len(filled):
            break
    return found


def trimmed(found: list[Period], papers: Mapping[int, int]) -> list[Period]:
    """The periods from the first to the last that hold enough papers."""
    enough = [k for k, period in enumerate(found) if sum(papers.get(year, 0) for year in period.years) >= ENOUGH]
    return found[enough[0] : enough[-1] + 1] if enough else []
