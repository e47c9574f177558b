"""How far raters agree on the same units, each figure with a 95 % interval. Pure.

A unit is something that the program proposed or that a reviewer added, never the text in between: text that nobody coded
would count as agreement on nothing and pull kappa to and fro with the length of the papers. Figures:

- raw agreement: the share of pairs of raters who agree, averaged over the units that two or more have decided on;
- Cohen's kappa (scikit-learn), of two raters; of more, the mean over their pairs (Light 1971);
- Krippendorff's alpha for nominal data (package krippendorff), which takes missing decisions;
- Gwet's AC1, which stays near the raw agreement where nearly all units are alike (K. L. Gwet, Computing inter-rater reliability
  and its variance in the presence of high agreement. Br J Math Stat Psychol 2008;61:29-48).

Units that one rater alone has decided on enter no figure, nor the chance in Gwet's (who counts them there): else it would change
with what files happen to hold of those who have not finished.

Intervals: Wilson's for the raw agreement of two raters; else percentiles of 2,000 samples of the units, drawn with replacement
from a fixed seed.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from itertools import combinations
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from lang_audit.model import Frozen

if TYPE_CHECKING:
    from numpy.typing import NDArray

LEVEL: Final = 0.95
RESAMPLES: Final = 2_000
_SEED: Final = 20_080_529
_AT_ONCE: Final = 4_000_000  # cells of a table of resamples that are held at once

Ratings = Mapping[str, Mapping[str, str]]
"""rater -> unit -> category; a unit that a rater has not decided on is not there."""


class Interval(NamedTuple):
    """A 95 % confidence interval."""

    low: float
    high: float


class Figure(Frozen):
    """A measure of agreement; `value` is None where it is not defined, and `why` says why."""

    value: float | None
    interval: Interval | None = None
    why: str | None = None

    def __str__(self) -> str:
        return "undefined" if self.value is None else shown(self.value)


class Agreement(Frozen):
    """How far `raters` agree on the units that at least two of them have decided on; `units` is their number.

    `left_out` counts the units that only one of them has decided on: they enter no figure.
    `notes` say in words what a reader of the figures must know.
    """

    raters: tuple[str, ...]
    units: int
    agreed: int  # units on which all who decided say the same
    categories: tuple[str, ...]
    raw: Figure
    kappa: Figure
    alpha: Figure
    ac1: Figure
    left_out: int = 0
    notes: tuple[str, ...] = ()


def shown(value: float) -> str:
    """A figure as journals print it: .885, -.12 as -.120, 1.000."""
    text = f"{value:.3f}"
    if text == "-0.000":
        text = "0.000"
    return text.replace("0.", ".", 1) if text.lstrip("-").startswith("0.") else text


def agreement(ratings: Ratings, units: Iterable[str] | None = None, *, categories: Collection[str] = ()) -> Agreement:
    """How far the raters of `ratings` agree.

    `units` are those that count (default: all that anybody decided on). `categories` are those that raters could choose from,
    where they are known; Gwet's AC1 depends on how many there are.
    """
    raters = tuple(ratings)
    counted = dict.fromkeys(units if units is not None else (unit for given in ratings.values() for unit in given))
    columns = [[given.get(unit) for unit in counted] for given in ratings.values()]
    ways = Counter(zip(*columns, strict=True))
    ways.pop((None,) * len(raters), None)
    every = ways.total()
    ways = Counter({row: n for row, n in ways.items() if sum(map(bool, row)) > 1})
    both = Counter[tuple[str, ...]]()
    for row, n in ways.items():
        both[tuple(one for one in row if one)] += n
    number = both.total()
    agreed = sum(n for said, n in both.items() if len(set(said)) == 1)
    used = tuple(sorted({said for row in ways for said in row if said}))
    if number < 2:
        told = "Only one unit was" if number else "No unit was"
        why = f"{told} decided on by two or more raters: at least two such units are needed."
        none = Figure(value=None, why=why)
        return Agreement(
            raters=raters,
            units=number,
            agreed=agreed,
            categories=used,
            raw=none,
            kappa=none,
            alpha=none,
            ac1=none,
            left_out=every - number,
            notes=(why,),
        )
    table = _Table(ways, used, len(raters), max(len({*used, *categories}), 2))
    drawn = table.resampled()
    raw = _raw(both, agreed, drawn["raw"], len(raters))
    kappa = _kappa(ways, len(raters), drawn["kappa"])
    alpha = _alpha(both, used, drawn["alpha"])
    ac1 = _figure(table.point("ac1"), drawn["ac1"], "AC1 is not defined here.")
    notes = ["Kappa is the mean over the pairs of raters."] if len(raters) > 2 else []
    if agreed == number:
        notes.append(
            "All agree on every unit: resampling then gives intervals without width; see that of the raw agreement."
        )
    notes += [figure.why for figure in (kappa, alpha, ac1) if figure.why]
    return Agreement(
        raters=raters, units=number, agreed=agreed, categories=used,
        raw=raw, kappa=kappa, alpha=alpha, ac1=ac1, left_out=every - number,
        notes=tuple(dict.fromkeys(notes)),
    )  # fmt: skip


def _raw(both: Counter[tuple[str, ...]], agreed: int, drawn: NDArray[Any], raters: int) -> Figure:
    total = both.total()
    value = sum(n * _pairs_alike(said) for said, n in both.items()) / total
    if raters > 2:
        return _figure(value, drawn, "")
    from scipy.stats import binomtest  # type: ignore[import-untyped]

    ends = binomtest(agreed, total).proportion_ci(LEVEL, method="wilson")
    return Figure(value=value, interval=Interval(float(ends.low), float(ends.high)))


def _pairs_alike(said: Sequence[str]) -> float:
    n = len(said)
    return sum(k * (k - 1) for k in Counter(said).values()) / (n * (n - 1))


def _kappa(ways: Counter[tuple[str | None, ...]], raters: int, drawn: NDArray[Any]) -> Figure:
    from sklearn.metrics import cohen_kappa_score

    found = []
    alike = apart = False
    for one, other in combinations(range(raters), 2):
        pairs = Counter[tuple[str, str]]()
        for row, n in ways.items():
            if (a := row[one]) and (b := row[other]):
                pairs[a, b] += n
        if pairs.total() < 2:
            apart = True
        elif len({said for pair in pairs for said in pair}) < 2:
            alike = True
        else:
            found.append(float(cohen_kappa_score(*zip(*pairs, strict=True), sample_weight=list(pairs.values()))))
    for_some = " for some pairs of raters, who are left out of the mean" if found else ""
    why = None
    if alike:
        why = f"Kappa is undefined{for_some}: only one category was used, so that chance would agree as well."
    elif apart:
        why = f"Kappa is undefined{for_some}: fewer than two units that both decided on."
    if not found:
        return Figure(value=None, why=why)
    return Figure(value=sum(found) / len(found), interval=_percentiles(drawn), why=why)


def _alpha(both: Counter[tuple[str, ...]], used: Sequence[str], drawn: NDArray[Any]) -> Figure:
    if len({said for row in both for said in row}) < 2:
        return Figure(value=None, why="Krippendorff's alpha is undefined: only one category was used.")
    import krippendorff
    import numpy

    counts = numpy.array([[said.count(one) for one in used] for said in both])
    every = numpy.repeat(counts, list(both.values()), axis=0)
    return _figure(float(krippendorff.alpha(value_counts=every, level_of_measurement="nominal")), drawn, "")


def _figure(value: float | None, drawn: NDArray[Any], why: str) -> Figure:
    if value is None or value != value:
        return Figure(value=None, why=why)
    return Figure(value=value, interval=_percentiles(drawn))


def _percentiles(drawn: NDArray[Any]) -> Interval | None:
    """Samples in which a figure is not defined are left out."""
    import numpy

    known = drawn[~numpy.isnan(drawn)]
    if not len(known):
        return None
    low, high = numpy.percentile(known, [50 * (1 - LEVEL), 50 * (1 + LEVEL)])
    return Interval(float(low), float(high))


class _Table:
    """The decisions as numbers: each way in which raters decided on a unit once, and on how many units they did."""

    def __init__(self, told: Counter[tuple[str | None, ...]], used: Sequence[str], raters: int, possible: int) -> None:
        import numpy

        at = {said: k for k, said in enumerate(used)}
        self.possible = possible
        self.times = numpy.array(list(told.values()), dtype=float)
        self.said = numpy.array([[at[said] if said else -1 for said in row] for row in told], dtype=int)
        self.said = self.said.reshape(len(told), raters)
        self.counts = numpy.stack([(self.said == k).sum(axis=1) for k in range(len(used))], axis=1) if used else (
            numpy.zeros((len(told), 0))
        )  # fmt: skip

    def point(self, name: str) -> float:
        """A figure over the units as they are."""
        return float(self.figures(self.times[None, :])[name][0])

    def resampled(self) -> dict[str, NDArray[Any]]:
        """Each figure over `RESAMPLES` samples of the units."""
        import numpy

        dice = numpy.random.default_rng(_SEED)
        total = int(self.times.sum())
        step = max(1, min(RESAMPLES, _AT_ONCE // max(len(self.times), 1)))
        parts = []
        for start in range(0, RESAMPLES, step):
            size = min(step, RESAMPLES - start)
            parts.append(self.figures(dice.multinomial(total, self.times / total, size=size).astype(float)))
        return {name: numpy.concatenate([part[name] for part in parts]) for name in parts[0]}

    def figures(self, weights: NDArray[Any]) -> dict[str, NDArray[Any]]:
        """Each figure, for each row of `weights` (how often each way of deciding occurs); NaN where it is not defined."""
        import numpy

        counts = self.counts
        given = counts.sum(axis=1)
        two = given > 1
        with numpy.errstate(divide="ignore", invalid="ignore"):
            pairs = numpy.where(two, (counts * (counts - 1)).sum(axis=1) / (given * (given - 1)), 0.0)
            raw = (weights @ pairs) / (weights @ two)
            shares = weights @ (counts / given[:, None]) / weights.sum(axis=1, keepdims=True)
            chance = (shares * (1 - shares)).sum(axis=1) / (self.possible - 1)
            ac1 = (raw - chance) / (1 - chance)
            # alpha = 1 - observed / expected disagreement (Krippendorff 2004, 11.3), over values that have a partner
            apart = numpy.where(two, (given**2 - (counts**2).sum(axis=1)) / (given - 1), 0.0)
            held = weights @ (counts * two[:, None])
            n = held.sum(axis=1)
            expected = (n**2 - (held**2).sum(axis=1)) / (n - 1)
            alpha = numpy.where(expected > 0, 1 - (weights @ apart) / expected, numpy.nan)
            kappas = numpy.stack([self._pair(weights, i, j) for i, j in combinations(range(self.said.shape[1]), 2)])
        known = ~numpy.isnan(kappas)
        number = known.sum(axis=0)
        kappa = numpy.where(number > 0, numpy.where(known, kappas, 0).sum(axis=0) / numpy.maximum(number, 1), numpy.nan)
        return {"raw": raw, "ac1": ac1, "alpha": alpha, "kappa": kappa}

    def _pair(self, weights: NDArray[Any], i: int, j: int) -> NDArray[Any]:
        """Cohen's kappa of two raters."""
        import numpy

        one, other = self.said[:, i], self.said[:, j]
        both = (one >= 0) & (other >= 0)
        weights = weights[:, both]
        one, other = one[both], other[both]
        n = weights.sum(axis=1)
        places = numpy.arange(self.counts.shape[1])
        mine, theirs = weights @ (one[:, None] == places), weights @ (other[:, None] == places)
        observed = (weights @ (one == other)) / n
        chance = (mine * theirs).sum(axis=1) / n**2
        return numpy.where(chance < 1, (observed - chance) / (1 - chance), numpy.nan)


def pairs_of(raters: Sequence[str], machine: str | None = None) -> Iterator[tuple[str, ...]]:
    """Whom to compare: all people together, each two of them where there are more, and each with the program."""
    if len(raters) > 1:
        yield tuple(raters)
    if len(raters) > 2:
        yield from combinations(raters, 2)
    if machine is not None:
        yield from ((rater, machine) for rater in raters)
