"""Agreement: the same figures as the kept libraries, the textbooks' figures, and what is undefined told in words."""

from __future__ import annotations

import warnings
from collections import Counter

import krippendorff
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from sklearn.metrics import cohen_kappa_score

from lang_audit.review.agreement import Agreement, Ratings, agreement, pairs_of, shown


def crossed(table: list[list[int]], names: str) -> Ratings:
    """The ratings of two raters from their table, rows the first one's."""
    pairs = [(one, other) for one, row in zip(names, table, strict=True) for other, n in zip(names, row, strict=True)
             for _ in range(n)]  # fmt: skip
    return {
        "A": {str(k): one for k, (one, _) in enumerate(pairs)},
        "B": {str(k): two for k, (_, two) in enumerate(pairs)},
    }


def inside(found: Agreement) -> bool:
    return all(
        figure.value is None
        or figure.interval is None
        or figure.interval.low - 1e-9 <= figure.value <= figure.interval.high + 1e-9
        for figure in (found.raw, found.kappa, found.alpha, found.ac1)
    )


_said = st.sampled_from(["a", "b", "c", ""])
_tables = st.integers(2, 4).flatmap(lambda n: st.lists(st.tuples(*[_said] * n), min_size=2, max_size=30))


@settings(max_examples=25)
@given(rows=_tables)
def test_figures_are_those_of_the_kept_libraries(rows: list[tuple[str, ...]]) -> None:
    n = len(rows[0])
    ratings = {f"r{i}": {str(k): row[i] for k, row in enumerate(rows) if row[i]} for i in range(n)}
    found = agreement(ratings)
    both = [row for row in rows if sum(map(bool, row)) > 1]
    assert found.units == len(both)
    values = [[row[i] or None for row in rows] for i in range(n)]
    if len(both) > 1 and len({said for row in both for said in row if said}) > 1:
        numbers = [[float("nan") if said is None else "abc".index(said) for said in row] for row in values]
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            wanted = krippendorff.alpha(numbers, level_of_measurement="nominal")
        assert found.alpha.value == pytest.approx(wanted)
    if n == 2 and len(both) > 1 and len({said for row in both for said in row}) > 1:
        assert found.kappa.value == pytest.approx(cohen_kappa_score(*zip(*both, strict=True)))
        assert found.raw.value == pytest.approx(sum(a == b for a, b in both) / len(both))


@settings(max_examples=25)
@given(rows=_tables)
def test_resampled_figures_are_computed_as_the_figures_are(rows: list[tuple[str, ...]]) -> None:
    """What stands in for the libraries in 2,000 samples gives their figures on the units as they are."""
    from lang_audit.review.agreement import _Table

    assume(any(sum(map(bool, row)) > 1 for row in rows))
    given_ = [tuple(said or None for said in row) for row in rows if sum(map(bool, row)) > 1]
    used = sorted({said for row in given_ for said in row if said})
    table = _Table(Counter(given_), used, len(rows[0]), max(len(used), 2))
    found = agreement({f"r{i}": {str(k): row[i] for k, row in enumerate(rows) if row[i]} for i in range(len(rows[0]))})
    for name in ("raw", "kappa", "alpha", "ac1"):
        value = getattr(found, name).value
        if value is not None and name != "kappa":
            assert table.point(name) == pytest.approx(value)
        if value is not None and len(rows[0]) == 2:
            assert table.point(name) == pytest.approx(value)


def test_two_abstractors_of_gwet() -> None:
    """K. L. Gwet, Handbook of Inter-Rater Reliability (2014): ectopic pregnancies; the table of irrCAC's cont3x3abstractors.

    AC1 by hand: agreed 89 of 100; shares (.130, .255, .615), sum of p(1-p) = .53985, chance = .53985 / 2 = .269925,
    AC1 = (.89 - .269925) / (1 - .269925) = .8493.
    """
    found = agreement(crossed([[13, 0, 0], [0, 20, 7], [0, 4, 56]], "ean"))
    assert (shown(found.raw.value or 0), shown(found.kappa.value or 0), shown(found.ac1.value or 0)) == (
        ".890",
        ".796",
        ".849",
    )
    assert found.ac1.value == pytest.approx((0.89 - 0.269925) / (1 - 0.269925))
    assert (found.units, found.agreed) == (100, 89) and inside(found) and not found.notes
    assert found.raw.interval == pytest.approx((0.8137, 0.9375), abs=1e-4)  # Wilson


@pytest.mark.parametrize(
    ("table", "kappa", "ac1"), [([[40, 9], [6, 45]], ".700", ".701"), ([[80, 10], [5, 5]], ".318", ".808")]
)
def test_the_paradox_of_feinstein_and_cicchetti(table: list[list[int]], kappa: str, ac1: str) -> None:
    """J Clin Epidemiol 1990;43:543-549: twice 85 of 100 agreed, kappa .70 and .32. AC1 of the second by hand: share of "yes"
    (90 + 85) / 200 = .875, chance 2 * .875 * .125 = .21875, (.85 - .21875) / (1 - .21875) = .808."""
    found = agreement(crossed(table, "yn"))
    assert (found.raw.value, str(found.kappa), str(found.ac1)) == (0.85, kappa, ac1)


def test_four_raters_with_gaps() -> None:
    """Krippendorff's example (Content Analysis, 2004): alpha .743; Gwet's (2014, p. 120): AC1 .775, agreement .818."""
    rows = {"A": "123321412...", "B": "1233224125.3", "C": ".3332342251.", "D": "12332441251."}
    found = agreement(
        {rater: {str(k): said for k, said in enumerate(row) if said != "."} for rater, row in rows.items()}
    )
    assert (str(found.alpha), str(found.ac1), str(found.raw)) == (".743", ".775", ".818")
    assert found.units == 11 and "mean over the pairs" in found.notes[0] and inside(found)


def test_what_is_undefined_is_told_in_words() -> None:
    none = agreement({"A": {"1": "x"}, "B": {"2": "x"}})
    assert none.units == 0 and none.raw.value is None and "No unit was decided on by two" in none.notes[0]
    one = agreement({"A": {"1": "x"}, "B": {"1": "x"}})
    assert (one.units, one.agreed) == (1, 1) and "Only one unit" in one.notes[0] and str(one.kappa) == "undefined"
    same = agreement({"A": {"1": "x", "2": "x"}, "B": {"1": "x", "2": "x"}})
    assert same.raw.value == 1 and same.kappa.value is None and same.alpha.value is None and same.ac1.value == 1
    assert "only one category" in (same.kappa.why or "") and any("without width" in note for note in same.notes)
    alone = agreement({"A": {"1": "x"}})
    assert alone.units == 0 and alone.notes


def test_pairs_without_a_common_unit_are_left_out_of_the_mean_and_told() -> None:
    found = agreement(
        {"A": dict(zip("1234", "xyxy", strict=True)), "B": dict(zip("1234", "xyyy", strict=True)), "C": {"9": "x"}}
    )
    assert found.kappa.value == pytest.approx(0.5) and "left out of the mean" in (found.kappa.why or "")


def test_units_that_are_not_asked_for_do_not_count_and_possible_categories_do() -> None:
    ratings = {"A": dict(zip("1234", "xyxy", strict=True)), "B": dict(zip("1234", "xyyy", strict=True))}
    assert agreement(ratings, "12").units == 2
    few, many = agreement(ratings).ac1.value, agreement(ratings, categories="xyzuvw").ac1.value
    assert few is not None and many is not None and many > few


def test_units_of_one_rater_only_enter_no_figure() -> None:
    both = crossed([[13, 2], [3, 20]], "yn")
    more = {"A": {**both["A"], "x": "y", "y": "other"}, "B": {**both["B"], "z": "n"}}
    assert agreement(both).left_out == 0
    assert agreement(more) == agreement(both).model_copy(update={"left_out": 3})


def test_the_same_ratings_give_the_same_intervals() -> None:
    ratings = crossed([[13, 2], [3, 20]], "yn")
    assert agreement(ratings) == agreement(ratings)


def test_figures_are_printed_as_journals_do() -> None:
    assert [shown(x) for x in (0.885, 1.0, 0.0, -0.1234, -0.0001, -1.0)] == [
        ".885",
        "1.000",
        ".000",
        "-.123",
        ".000",
        "-1.000",
    ]


def test_who_is_compared() -> None:
    assert list(pairs_of("AB", "M")) == [("A", "B"), ("A", "M"), ("B", "M")]
    assert list(pairs_of("ABC")) == [("A", "B", "C"), ("A", "B"), ("A", "C"), ("B", "C")]
    assert list(pairs_of("A", "M")) == [("A", "M")]
