from __future__ import annotations

import csv
import io
import json
import math
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from scipy import stats

from lang_audit.commands.trend import print_trend
from lang_audit.corpus.dataset import Dataset
from lang_audit.corpus.trends.segmented import NotFitted, Point, Segmented, fit_segments
from lang_audit.corpus.trends.trend import yearly
from lang_audit.errors import ConfigError
from tests.corpus.finished_run import Made, Use, finished_run

IDU = "injecting drug user"
PWID = "people who inject drugs"


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Dataset:
    """Four papers of 2010, none of 2011, three of 2012, one without a year."""
    return finished_run(
        tmp_path_factory.mktemp("run") / "out",
        [
            Made(2010, (Use("injecting drug users"), Use("Injecting\ndrug user"))),
            Made(2010, (Use("injection drug users"),), ("People who inject drugs",)),
            Made(2010, (Use("injecting drug users", usage="name", decision="exempt"),)),
            Made(2010),
            Made(2012, (Use("IDUs", "substance-use/idu"),), ("person who injects drugs", "people who inject\ndrugs")),
            Made(2012, (Use("injecting-drug users’"),), ("persons who inject drugs",)),
            Made(2012, (), ("people who use drugs",)),
            Made(None, (Use("injecting drug users", decision="query"),)),
        ],
    )


def counts(run: Dataset, *terms: str, **how: object) -> list[list[tuple[int, int]]]:
    trend = yearly(run, terms, **how)  # type: ignore[arg-type]
    return [[(c.papers, c.uses) for c in row.counts] for row in (*trend.years, trend.undated, trend.total)]


def test_a_phrase_counts_in_all_its_forms_in_the_authors_voice(run: Dataset) -> None:
    assert counts(run, IDU) == [[(1, 2)], [(0, 0)], [(1, 1)], [(1, 1)], [(3, 4)]]
    assert counts(run, "Injecting-Drug  Users") == counts(run, IDU)


def test_acronyms_and_other_phrases_of_an_entry_count_only_where_they_are_asked_for(run: Dataset) -> None:
    assert counts(run, "IDU", "injection drug user", "substance-use/injecting-drug-user")[-1] == [
        (1, 1),
        (1, 1),
        (4, 5),
    ]


def test_person_first_references_count_in_singular_and_plural(run: Dataset) -> None:
    assert counts(run, PWID) == [[(1, 1)], [(0, 0)], [(2, 3)], [(0, 0)], [(3, 4)]]
    assert counts(run, "person who injects drugs") == counts(run, PWID)
    assert counts(run, "people who use drugs")[-1] == [(1, 1)]


def test_a_beginning_counts_all_that_begins_so(run: Dataset) -> None:
    assert counts(run, "people who*", "inject*")[-1] == [(3, 3), (4, 5)]
    for short in ("*", "in*"):
        with pytest.raises(ConfigError, match="three letters"):
            yearly(run, [short])
    with pytest.raises(ConfigError, match="begins like that"):
        yearly(run, ["zebra*"])


def test_years_without_papers_stand_in_the_table_and_shares_have_their_denominator(run: Dataset) -> None:
    trend = yearly(run, [IDU, PWID])
    assert [(row.year, row.audited) for row in trend.years] == [(2010, 4), (2011, 0), (2012, 3)]
    assert trend.undated.audited == 1 and trend.total.audited == 8
    first, none = trend.years[0].counts[0], trend.years[1].counts[0]
    assert first.share == 0.25 and (none.share, none.interval) == (None, None)
    centre, half = (
        (0.25 + 1.96**2 / 8) / (1 + 1.96**2 / 4),
        1.96 / (1 + 1.96**2 / 4) * math.sqrt(0.1875 / 4 + 1.96**2 / 64),
    )
    assert first.interval is not None and first.interval == pytest.approx((centre - half, centre + half), abs=1e-4)
    among = yearly(run, [IDU, PWID], out_of="using")
    assert [row.out_of for row in among.years] == [2, 0, 2]
    assert among.years[2].counts[1].share == 1.0
    assert [row.year for row in yearly(run, [IDU], years=(2011, 2012)).years] == [2012]


def test_a_term_that_the_run_did_not_count_is_named_with_its_neighbours(run: Dataset) -> None:
    with pytest.raises(ConfigError, match=r"'injecting drug yuser' is no term.*“injecting drug user”"):
        yearly(run, ["injecting drug yuser"])
    with pytest.raises(ConfigError, match=r"“people who inject drugs” \(person-first\)"):
        yearly(run, ["people which inject drugs"])


def test_a_good_term_without_a_use_counts_nought(run: Dataset) -> None:
    assert counts(run, "addict", "people who smoke heroin")[-1] == [(0, 0), (0, 0)]


def test_what_the_run_did_not_raise_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """No term has a nought that means "not looked for": those without a figure are refused, parts of others are told."""
    made = [Made(2010, (Use("addicts", "substance-use/addict"),))]
    run = finished_run(tmp_path / "out", made, profile="hartwell-2020", off=("substance-use/addicted-baby",))
    for term, why in (
        (
            "schizophrenics",
            r"not counted in this run.*schizophrenics is not raised by the run's profile \(hartwell-2020\)",
        ),
        ("substance-use/addicted-baby", "substance-use/addicted-baby was switched off"),
        ("schizophrenic*", "begins like that. .*mental-health/schizophrenics is not raised"),
    ):
        with pytest.raises(ConfigError, match=why):
            yearly(run, ["addict", term])
    assert counts(run, "addict", "alcoholic")[-1] == [(1, 1), (0, 0)]
    print_trend(run.folder, ["addict*"])
    assert "substance-use/addicted-baby was switched off in this run" in capsys.readouterr().err


LONG = [
    Made(year, (Use("injecting drug users"),) * (k < (8 if year < 2017 else 4) - (year % 3 == 0)), title=f"{year}-{k}")
    for year in range(2009, 2025)
    for k in range(12)
]


@pytest.fixture(scope="module")
def long_run(tmp_path_factory: pytest.TempPathFactory) -> Dataset:
    return finished_run(tmp_path_factory.mktemp("run") / "out", LONG)


def test_the_printed_table_and_trend(long_run: Dataset, capsys: pytest.CaptureFixture[str]) -> None:
    print_trend(long_run.folder, [IDU, "addict"], guideline="ap-2017")
    told = " ".join(capsys.readouterr().out.split())
    assert "2013 12 7 58.3% 32.0 to 80.7 7" in told
    assert "Trend around 2017, Associated Press, AP Stylebook addiction entries (2017)" in told
    assert "the step in 2017" in told and "a step down can be seen in 2017" in told
    assert "Not fitted: no paper uses the term." in told


def test_csv_and_json(long_run: Dataset, capsys: pytest.CaptureFixture[str]) -> None:
    print_trend(long_run.folder, [IDU], form="csv")
    rows = list(csv.DictReader(io.StringIO(capsys.readouterr().out)))
    assert len(rows) == 16 and rows[4]["papers_using"] == "7" and float(rows[4]["share"]) == 7 / 12
    print_trend(long_run.folder, [IDU], form="json", break_year=2017)
    (term,) = json.loads(capsys.readouterr().out)["terms"]
    assert term["total"]["papers_using"] == sum(bool(made.uses) for made in LONG)
    assert term["trend"]["fitted"] and term["trend"]["odds_ratios"]["level"]["ratio"] < 1
    assert len(term["trend"]["shares"]) == 16


def test_wrong_guidelines(long_run: Dataset) -> None:
    with pytest.raises(ConfigError, match=r"'ap-2018' is no key.*ap-2017"):
        print_trend(long_run.folder, [IDU], guideline="ap-2018")


def irls(points: list[Point], break_year: int) -> tuple[np.ndarray, np.ndarray, float]:
    """Coefficients, their covariance and Pearson's chi-squared of the same model, by our own iterations."""
    time = np.array([point.year - break_year for point in points], dtype=float)
    papers = np.array([point.papers for point in points], dtype=float)
    using = np.array([point.using for point in points], dtype=float)
    design = np.column_stack([np.ones(len(time)), time, time >= 0, np.where(time >= 0, time, 0)])
    beta = np.zeros(4)
    for _ in range(60):
        share = 1 / (1 + np.exp(-design @ beta))
        weight = papers * share * (1 - share)
        beta = beta + np.linalg.solve((design.T * weight) @ design, design.T @ (using - papers * share))
    chi = float((((using - papers * share) ** 2) / weight).sum())
    return beta, np.linalg.inv((design.T * weight) @ design), chi


def simulated(seed: int, scatter: float = 0.0, papers: int = 3000, years: range = range(1995, 2025)) -> list[Point]:
    """Known parameters: odds fall 3 % a year, step by half in 2010, then fall 12 % a year."""
    rng = np.random.default_rng(seed)
    found = []
    for year in years:
        time = year - 2010
        odds = -1.0 + math.log(0.97) * time + (math.log(0.5) + math.log(0.88 / 0.97) * time) * (time >= 0)
        found.append(Point(year, papers, int(rng.binomial(papers, 1 / (1 + math.exp(-odds - rng.normal(0, scatter)))))))
    return found


@pytest.mark.parametrize("scatter", [0.0, 0.3])
def test_the_fit_is_that_of_independent_iterations(scatter: float) -> None:
    points = simulated(3, scatter)
    fit = fit_segments(points, 2010)
    assert isinstance(fit, Segmented)
    beta, covariance, chi = irls(points, 2010)
    dispersion = chi / (len(points) - 4)
    assert fit.dispersion == pytest.approx(dispersion) and (dispersion > 1) == (scatter > 0)
    quantile = stats.t.ppf(0.975, len(points) - 4) if dispersion > 1 else stats.norm.ppf(0.975)
    for name, contrast in (
        ("yearly_before", [0, 1, 0, 0]),
        ("level", [0, 0, 1, 0]),
        ("yearly_after", [0, 1, 0, 1]),
        ("slope_change", [0, 0, 0, 1]),
    ):
        estimate = getattr(fit, name)
        c = np.array(contrast)
        effect, error = c @ beta, math.sqrt(c @ covariance @ c * max(dispersion, 1))
        assert estimate.ratio == pytest.approx(math.exp(effect), rel=1e-6)
        assert estimate.low == pytest.approx(math.exp(effect - quantile * error), rel=1e-5)
        assert estimate.high == pytest.approx(math.exp(effect + quantile * error), rel=1e-5)
    assert any("scatter" in warning for warning in fit.warnings) == (dispersion > 1)


def test_known_parameters_are_recovered_and_covered_as_often_as_promised() -> None:
    truth = {"yearly_before": 0.97, "level": 0.5, "yearly_after": 0.88, "slope_change": 0.88 / 0.97}
    for scatter in (0.0, 0.2):
        inside = dict.fromkeys(truth, 0)
        for seed in range(60):
            fit = fit_segments(simulated(seed, scatter, papers=800), 2010)
            assert isinstance(fit, Segmented)
            for name, value in truth.items():
                inside[name] += getattr(fit, name).low <= value <= getattr(fit, name).high
        assert all(count >= 50 for count in inside.values()), (
            scatter,
            inside,
        )  # 57 of 60 are expected; under 50: p < 0.001


def test_the_share_without_a_change_is_the_line_before() -> None:
    fit = fit_segments(simulated(1), 2010)
    assert isinstance(fit, Segmented)
    assert all(share == pytest.approx(other) for year, share, other in fit.fitted if year < 2010)
    (expected,) = [other for year, _, other in fit.fitted if year == 2010]
    assert expected == pytest.approx(1 / (1 + math.e), abs=0.02)


def series(*using: int, papers: int = 10, first: int = 2000) -> list[Point]:
    return [Point(first + k, papers, count) for k, count in enumerate(using)]


@pytest.mark.parametrize(
    ("points", "reason"),
    [
        (series(3, 4, 3, 4, 3), "2 years with papers lie from 2003 on"),
        (series(3, 4, 3)[:1] + series(1, 2, 3, first=2003), "1 year with papers lies before 2003"),
        (series(0, 0, 0, 0, 0, 0), "no paper uses the term"),
        (series(0, 0, 0, 3, 4, 5), "no paper before 2003 uses"),
        (series(3, 4, 5, 10, 10, 10), "every paper from 2003 on uses"),
        (series(3, 4, 5, 0, 0, 4), "from 2003 on, all papers with the term stand at one end"),
        (series(0, 5, 10, 3, 4, 5), "complete separation"),
        (series(10, 0, 0, 3, 4, 5), "complete separation"),
    ],
)
def test_what_cannot_be_fitted_is_said_in_words(points: list[Point], reason: str) -> None:
    fit = fit_segments(points, 2003)
    assert isinstance(fit, NotFitted) and reason in fit.reason


@given(st.lists(st.integers(0, 4), min_size=3, max_size=5), st.lists(st.integers(0, 4), min_size=3, max_size=5))
@hypothesis_settings(max_examples=60)
def test_whatever_is_fitted_is_finite(early: list[int], late: list[int]) -> None:
    points = series(*early, *late, papers=4)
    fit = fit_segments(points, 2000 + len(early))
    if isinstance(fit, Segmented):
        beta = irls(points, fit.break_year)[0]
        assert np.abs(beta).max() < 25
        assert math.log(fit.level.ratio) == pytest.approx(beta[2], abs=1e-4)


def test_few_years_gaps_and_few_uses_are_warned_of() -> None:
    fit = fit_segments([point for point in series(1, 2, 1, 2, 4, 3, 5, 4) if point.year != 2005], 2004)
    assert isinstance(fit, Segmented)
    told = " ".join(fit.warnings)
    assert (
        "Few years (4 before, 3 after)" in told
        and "Only 6 of 40 papers before" in told
        and "the last of them 2005" in told
    )
