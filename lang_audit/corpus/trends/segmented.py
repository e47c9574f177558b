"""A trend in two pieces, before and after a year: did the words change with a guideline, in level or in pace?

Segmented regression of an interrupted time series, on the number of papers a year that use a term out of those audited: a
binomial model with a logit link, a line before the year, and from that year on a change of level and of slope. Its parts
are those of Bernal, Cummins & Gasparrini (Int J Epidemiol 2017;46:348-355); time after the year counts from nought in it,
as Xiao, Augusto & Wagenaar ask (Int J Epidemiol 2021;50:1011-1015), so that "level" is the step in that year. Where shares
scatter more than binomial ones do, the intervals are widened by the quasi-likelihood scale (Wedderburn, Biometrika
1974;61:439-447) and taken from Student's t. Eschliman et al. (JAMA Network Open 2025) ask the same of grant abstracts,
around guidance of 2017 and 2021; their model was not seen, so this is the question repeated, not the fit.
"""

from __future__ import annotations

import math
import warnings
from collections.abc import Sequence
from itertools import pairwise
from typing import Any, Final, NamedTuple

FEWEST_YEARS: Final = 3
"""Years on a side below which no line is fitted: two points always lie on one."""
_FEW_YEARS: Final = 8  # Penfold & Zhang, Acad Pediatr 2013;13(6 Suppl):S38-44
_FEW_USES: Final = 10
_PERFECT: Final = 1e-6  # residuals under it are rounding
_LEVEL: Final = 0.95


class Point(NamedTuple):
    """A year of the series: papers counted, and those of them that use the term."""

    year: int
    papers: int
    using: int


class Estimate(NamedTuple):
    """An odds ratio with its 95 % interval and the p value of no difference."""

    ratio: float
    low: float
    high: float
    p: float


class Side(NamedTuple):
    """What the model knows of one side of the break: years with papers, papers, papers with the term."""

    years: int
    papers: int
    using: int


class Segmented(NamedTuple):
    """The fitted model; every estimate is an odds ratio.

    `yearly_before` and `yearly_after` are the change from one year to the next; `level` is the step in the year of the
    break, against what the line before it leads to; `slope_change` is `yearly_after` over `yearly_before`. `dispersion` is
    Pearson's chi-squared over its degrees of freedom; `durbin_watson` is None where the fit is
    perfect; `fitted` holds (year, share by the model, share had nothing changed).
    """

    break_year: int
    before: Side
    after: Side
    yearly_before: Estimate
    level: Estimate
    yearly_after: Estimate
    slope_change: Estimate
    dispersion: float
    degrees_of_freedom: int
    durbin_watson: float | None
    fitted: tuple[tuple[int, float, float], ...]
    warnings: tuple[str, ...]


class NotFitted(NamedTuple):
    """Why there is no model, in words."""

    break_year: int
    before: Side
    after: Side
    reason: str


def fit_segments(points: Sequence[Point], break_year: int) -> Segmented | NotFitted:
    """The segmented trend of a series; `break_year` is the first year of "after". Years without papers are left out."""
    series = sorted(point for point in points if point.papers)
    early = [point for point in series if point.year < break_year]
    late = [point for point in series if point.year >= break_year]
    before, after = _side(early), _side(late)
    if before.papers and after.papers and not before.using and not after.using:
        return NotFitted(break_year, before, after, "no paper uses the term.")
    reason = _why_not(early, f"before {break_year}") or _why_not(late, f"from {break_year} on")
    if reason:
        return NotFitted(break_year, before, after, reason)
    return _fit(series, break_year, before, after)


def _side(points: Sequence[Point]) -> Side:
    return Side(len(points), sum(point.papers for point in points), sum(point.using for point in points))


def _why_not(points: Sequence[Point], when: str) -> str | None:
    """Why no line can be laid through one side; None where it can.

    The model is a logistic line of its own on each side. Such a line is infinitely steep just where the years fall into
    some without, then some with the term in all papers (or the other way round), with one mixed year between at the most.
    """
    if len(points) < FEWEST_YEARS:
        held = (
            f"{len(points)} year{'s' * (len(points) != 1)} with papers {'lie' if len(points) != 1 else 'lies'} {when}"
        )
        return f"{held}; a trend needs at least {FEWEST_YEARS} on each side. Choose another year, or a longer series."
    using, papers = (sum(getattr(point, what) for point in points) for what in ("using", "papers"))
    if using == 0:
        return f"no paper {when} uses the term: its odds there are nought, and a ratio to them has no end."
    if using == papers:
        return f"every paper {when} uses the term: its odds there have no end, and neither has a ratio to them."
    states = [0 if not point.using else 2 if point.using == point.papers else 1 for point in points]
    rises, falls = (all(sign * a <= sign * b for a, b in pairwise(states)) for sign in (1, -1))
    if states.count(1) <= 1 and (rises or falls):
        return (
            f"{when}, all papers with the term stand at one end of the years (complete separation): the steepest line fits "
            "best, and its slope has no end."
        )
    return None


def _fit(series: Sequence[Point], break_year: int, before: Side, after: Side) -> Segmented:
    import numpy as np
    import statsmodels.api as sm
    from statsmodels.stats.stattools import durbin_watson
    from statsmodels.tools.sm_exceptions import PerfectSeparationWarning

    time = np.array([point.year - break_year for point in series], dtype=float)
    late = (time >= 0).astype(float)
    design = np.column_stack([np.ones_like(time), time, late, late * time])
    counts = np.array([(point.using, point.papers - point.using) for point in series], dtype=float)
    model = sm.GLM(counts, design, family=sm.families.Binomial())
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", PerfectSeparationWarning)  # said of every perfect fit; we have looked ourselves
        fitted = model.fit()
    freedom = int(fitted.df_resid)
    dispersion = float(fitted.pearson_chi2 / freedom)
    if dispersion > 1:
        fitted = model.fit(scale=dispersion, use_t=True)  # its own "X2" forgets the papers of a year
    expected = model.family.fitted(design[:, :2] @ fitted.params[:2])
    scatter = fitted.resid_pearson
    watson = float(durbin_watson(scatter)) if np.abs(scatter).max() > _PERFECT else None
    return Segmented(
        break_year=break_year,
        before=before,
        after=after,
        yearly_before=_estimate(fitted, (0, 1, 0, 0)),
        level=_estimate(fitted, (0, 0, 1, 0)),
        yearly_after=_estimate(fitted, (0, 1, 0, 1)),
        slope_change=_estimate(fitted, (0, 0, 0, 1)),
        dispersion=dispersion,
        degrees_of_freedom=freedom,
        durbin_watson=watson,
        fitted=tuple(
            (point.year, float(share), float(else_))
            for point, share, else_ in zip(series, fitted.fittedvalues, expected, strict=True)
        ),
        warnings=tuple(_warnings(before, after, dispersion, watson, series)),
    )


def _estimate(fitted: Any, contrast: tuple[int, ...]) -> Estimate:
    test = fitted.t_test([contrast])
    low, high = test.conf_int(alpha=1 - _LEVEL)[0]
    return Estimate(_exp(test.effect[0]), _exp(low), _exp(high), float(test.pvalue))


def _exp(log_odds: float) -> float:
    return math.exp(log_odds) if log_odds < 700 else math.inf


def _warnings(before: Side, after: Side, dispersion: float, watson: float | None, series: Sequence[Point]) -> list[str]:
    told = []
    if min(before.years, after.years) < _FEW_YEARS:
        told.append(
            f"Few years ({before.years} before, {after.years} after): {_FEW_YEARS} on each side are asked for as a rule "
            "(Penfold & Zhang 2013). Read the intervals, not the estimates."
        )
    for side, when in ((before, "before"), (after, "after")):
        if min(side.using, side.papers - side.using) < _FEW_USES:
            told.append(
                f"Only {side.using} of {side.papers} papers {when} use the term: the estimates of that side are rough."
            )
    if dispersion > 1:
        told.append(
            f"The shares scatter more than chance alone has it (dispersion {dispersion:.1f}): the intervals are widened for that."
        )
    if watson is not None and not 1 <= watson <= 3:
        told.append(
            f"Neighbouring years are alike beyond the model (Durbin-Watson {watson:.1f}, 2 where they are not): the "
            "intervals may be too narrow."
        )
    if gaps := [b.year - 1 for a, b in pairwise(series) if b.year - a.year > 1]:
        told.append(f"Years without papers are left out (the last of them {gaps[-1]}).")
    return told
