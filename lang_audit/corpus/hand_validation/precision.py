"""What a validated sample says of all findings: precision with intervals, and how far two raters agree. Pure.

A share over a stratified sample is a ratio of weighted totals (a row weighs the findings of its stratum by the rows judged in
it); its variance is the linearised one of a stratified sample without replacement (Cochran, Sampling Techniques, 3rd ed. 1977,
ch. 5 and 6; for parts of the sample: Särndal, Swensson & Wretman 1992, ch. 5 and 10). Strata with one judged row are collapsed
into one group for it (Wolter, Introduction to Variance Estimation, 2nd ed. 2007, sec. 2.5), which errs to the wide side. The
interval is Wilson's with the effective sample size, which does not leave 0..1 and holds near both ends (Franco, Little, Louis &
Slud, J Surv Stat Methodol 2019;7:334-364); that size is never taken to be larger than the rows that were judged.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from typing import Final, NamedTuple

from lang_audit.corpus.hand_validation.sample import Stratum
from lang_audit.corpus.hand_validation.validation import Judged, Judgement
from lang_audit.corpus.proportions import Interval, wilson

_SETTLED: Final = ("yes", "no")


class Share(NamedTuple):
    """A share: `hits` out of `total` judged rows, the estimate for all findings, its interval, the effective sample size."""

    hits: int
    total: int
    estimate: float | None
    interval: Interval | None
    effective: float

    @property
    def simple(self) -> Interval | None:
        """Wilson's interval of the rows as they are, each with the same weight."""
        return wilson(self.hits, self.total)


class Agreement(NamedTuple):
    """Two raters: the rows that both judged, those with the same answer, Cohen's kappa (None: not defined) and its interval."""

    both: int
    same: int
    interval: Interval | None
    kappa: float | None
    kappa_interval: Interval | None


class Precision(NamedTuple):
    """The figures of a validated sample. Groups are by what the program said; those with most rows come first."""

    drawn: int
    judged: int  # rows with an answer that counts: yes, no or unclear
    unclear: int
    disputed: (
        int  # rows on which two raters differ and have settled nothing: in no share, though they are the hard ones
    )
    usages_disputed: int
    unjudged_strata: int
    covered: float  # the share of all findings that lies in strata with a judged row
    correct: Share
    by_decision: dict[str, Share]
    by_usage: dict[str, Share]
    by_entry: dict[str, Share]
    usage: Share
    answers_agree: Agreement | None
    usages_agree: Agreement | None
    wrong: tuple[Judgement, ...]


def appraise_sample(judged: Judged) -> Precision:
    """The figures of a sample with its judgements. Unclear rows are counted apart and in no share."""
    rows = [row for row in judged.judgements if row.final]
    strata = judged.key.strata

    def share(inside: Callable[[Judgement], bool], right: Callable[[Judgement], bool]) -> Share:
        return stratified_share([(row.sampled.stratum, inside(row), right(row)) for row in rows], strata)

    def by(group: Callable[[Judgement], str]) -> dict[str, Share]:
        names = Counter(group(row) for row in rows if row.final in _SETTLED)
        ordered = sorted(names, key=lambda name: (-names[name], name))
        return {
            name: share(lambda row, n=name: row.final in _SETTLED and group(row) == n, lambda row: row.final == "yes")  # type: ignore[misc]
            for name in ordered
        }

    held = {row.sampled.stratum for row in rows}
    two = judged.key.raters > 1
    return Precision(
        drawn=len(judged.judgements),
        judged=len(rows),
        unclear=sum(row.final not in _SETTLED for row in rows),
        disputed=sum(row.disputed for row in judged.judgements),
        usages_disputed=sum(row.usage_disputed for row in judged.judgements),
        unjudged_strata=len(strata) - len(held),
        covered=sum(strata[k].size for k in held) / judged.key.findings,
        correct=share(lambda row: row.final in _SETTLED, lambda row: row.final == "yes"),
        by_decision=by(lambda row: row.sampled.decision),
        by_usage=by(lambda row: row.sampled.usage),
        by_entry=by(lambda row: row.sampled.entry),
        usage=share(
            lambda row: row.final_usage not in (None, "unclear"), lambda row: row.final_usage == row.sampled.usage
        ),
        answers_agree=agreement(row.answers for row in judged.judgements) if two else None,
        usages_agree=agreement(row.usages for row in judged.judgements) if two else None,
        wrong=tuple(row for row in judged.judgements if row.final == "no"),
    )


def stratified_share(rows: Sequence[tuple[int, bool, bool]], strata: Sequence[Stratum]) -> Share:
    """The share of hits in a part of the findings. Each row: its stratum, whether it lies in that part, whether it is a hit.

    `rows` are all that were judged, those outside the part too: they tell how large the part is in its stratum.
    """
    judged = Counter(stratum for stratum, _, _ in rows)
    weight = {k: strata[k].size / n for k, n in judged.items()}
    inside = [(k, hit) for k, within, hit in rows if within]
    hits = sum(hit for _, hit in inside)
    size = sum(weight[k] for k, _ in inside)
    if not inside:
        return Share(0, 0, None, None, 0.0)
    estimate = sum(weight[k] for k, hit in inside if hit) / size
    linear: dict[int, list[float]] = defaultdict(list)
    for k, within, hit in rows:
        linear[k].append((hit - estimate) * weight[k] / size if within else 0.0)
    variance = _variance(linear, strata)
    if 0 < hits < len(inside) and variance > 0:
        effective = estimate * (1 - estimate) / variance
    else:  # no scatter to measure: Kish's size, from the weights alone
        effective = size**2 / sum(weight[k] ** 2 for k, _ in inside)
    effective = min(effective, float(len(inside)))
    return Share(hits, len(inside), estimate, _wilson(estimate, effective), effective)


def _variance(linear: dict[int, list[float]], strata: Sequence[Stratum]) -> float:
    """The variance of a total of linearised, weighted values, by stratum."""
    variance = 0.0
    alone: list[tuple[float, int]] = []
    for k, values in linear.items():
        n, size = len(values), strata[k].size
        if n == size:  # all that there are: nothing is left to chance
            continue
        if n == 1:
            alone.append((values[0], size))
            continue
        mean = sum(values) / n
        variance += (1 - n / size) * n / (n - 1) * sum((value - mean) ** 2 for value in values)
    if len(alone) == 1:
        return variance + alone[0][0] ** 2  # about the mean of all, which is nought
    if alone:
        whole, total = sum(value for value, _ in alone), sum(size for _, size in alone)
        scatter = sum((value - whole * size / total) ** 2 for value, size in alone)
        variance += len(alone) / (len(alone) - 1) * scatter
    return variance


def _wilson(share: float, size: float) -> Interval:
    """Wilson's interval for a sample size that is no whole number."""
    from statsmodels.stats.proportion import proportion_confint

    low, high = proportion_confint(share * size, size, alpha=0.05, method="wilson")
    return Interval(max(float(low), 0.0), min(float(high), 1.0))


def agreement(pairs: Iterable[tuple[str | None, ...]]) -> Agreement:
    """How far two raters give the same answer, over what both judged; "unclear" is an answer too.

    Kappa is Cohen's (Educ Psychol Meas 1960;20:37-46), unweighted. It is not defined where both gave one and the same
    answer throughout.
    """
    both = [(pair[0], pair[1]) for pair in pairs if len(pair) == 2 and pair[0] and pair[1]]
    same = sum(first == second for first, second in both)
    answers = sorted({str(answer) for pair in both for answer in pair})
    kappa = limits = None
    if len(answers) > 1:
        import numpy as np
        from statsmodels.stats.inter_rater import cohens_kappa

        counts = Counter(both)
        with np.errstate(invalid="ignore"):  # of an interval that there is not
            found = cohens_kappa([[counts[first, second] for second in answers] for first in answers])
        if math.isfinite(found.kappa):
            kappa = float(found.kappa)
            if math.isfinite(found.kappa_low) and math.isfinite(found.kappa_upp):
                limits = Interval(max(float(found.kappa_low), -1.0), min(float(found.kappa_upp), 1.0))
    return Agreement(len(both), same, wilson(same, len(both)), kappa, limits)
