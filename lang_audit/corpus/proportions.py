"""Shares with their 95 % intervals, by Wilson's score method.

E. B. Wilson, Probable inference, the law of succession, and statistical inference. J Am Stat Assoc 1927;22:209-212.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Final, NamedTuple

LEVEL: Final = 0.95


class Interval(NamedTuple):
    """A confidence interval of a share; both ends lie in 0..1."""

    low: float
    high: float


class Share(NamedTuple):
    """`hits` out of `total`."""

    hits: int
    total: int

    @property
    def value(self) -> float | None:
        """The share, 0..1; None where there is nothing to share."""
        return self.hits / self.total if self.total else None

    @property
    def interval(self) -> Interval | None:
        """Its 95 % interval."""
        return wilson(self.hits, self.total)


@lru_cache(maxsize=50_000)
def wilson(hits: int, total: int, level: float = LEVEL) -> Interval | None:
    """Wilson's score interval of `hits` out of `total` (0 <= hits <= total); None where `total` is 0."""
    return wilson_all([Share(hits, total)], level)[0]


def wilson_all(shares: Sequence[Share], level: float = LEVEL) -> list[Interval | None]:
    """The interval of each share, as `wilson` gives it; fast for thousands."""
    known = [share for share in shares if share.total]
    if not known:
        return [None] * len(shares)
    import numpy
    from statsmodels.stats.proportion import proportion_confint

    hits, totals = numpy.array(known, dtype=float).T
    low, high = proportion_confint(hits, totals, alpha=1 - level, method="wilson")
    found = iter(zip(low.clip(0, 1).tolist(), high.clip(0, 1).tolist(), strict=True))
    return [Interval(*next(found)) if share.total else None for share in shares]
