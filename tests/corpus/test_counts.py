from __future__ import annotations

import math
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lang_audit.corpus.dataset import open_dataset
from lang_audit.corpus.page.counts import Counts, Group, count
from lang_audit.corpus.page.guidelines import marks
from lang_audit.corpus.page.periods import ENOUGH, periods, trimmed
from lang_audit.corpus.proportions import Share, wilson, wilson_all
from lang_audit.lexicon import load_lexicon
from tests.corpus.datasets import Row, finding, paper, publish, unread


def counted(folder: Path) -> Counts:
    return count(open_dataset(folder), [])


@pytest.fixture(scope="module")
def papers() -> list[Row]:
    return [
        paper(0, "person-first", year=2001, flagged=1),
        paper(1, "mixed", year=2001, flagged=2, journal="JOURNAL OF MADE-UP STUDIES"),
        paper(2, "no person reference", year=2003, journal="Other & Co", country="US"),
        paper(
            3, "not person-first", year=None, journal="Other and co.", country="ZM", country_of="study", full_text=True
        ),
        paper(4, "person-first", year=2003, journal=None, country=None, country_of=None, queried=1),
        paper(5) | {"state": "duplicate", "duplicate_of": "made-up.jsonl#4", "verdict": None, "flagged": None},
        paper(6) | {"state": "left-out", "verdict": None},
        unread(7),
        unread(8, message="Another record without text."),
        unread(9, "failed", "defect", "A defect."),
    ]


def test_papers_by_state_year_journal_and_country(tmp_path: Path, papers: list[Row]) -> None:
    found = counted(publish(tmp_path / "out", papers))
    assert found.states == {"audited": 5, "duplicate": 1, "rejected": 2, "failed": 1, "left-out": 1}
    assert found.records == 10 and found.full_text == 1
    assert found.all == Group(None, 5, 4, 2, 2)
    assert found.all.adherence == Share(2, 4) and found.all.raising == Share(2, 5)
    assert found.years == (Group("2001", 2, 2, 1, 2), Group("2003", 2, 1, 1, 0), Group(None, 1, 1, 0, 0))
    assert found.journals == (
        Group("JOURNAL OF MADE-UP STUDIES", 2, 2, 1, 2),
        Group("Other & Co", 2, 1, 0, 0),
        Group(None, 1, 1, 1, 0),
    )
    assert found.countries == {
        "publisher": (Group("GB", 2, 2, 1, 2), Group("US", 1, 0, 0, 0)),
        "study": (Group("ZM", 1, 1, 0, 0),),
    }
    assert [(u.state, u.problem, u.message, u.records, u.first) for u in found.unread] == [
        ("rejected", "no-text", "There is no text.", 2, ("made-up.jsonl#7", "made-up.jsonl#8")),
        ("failed", "defect", "A defect.", 1, ("made-up.jsonl#9",)),
    ]


def test_the_rule_of_any_term_judges_every_paper(tmp_path: Path, papers: list[Row]) -> None:
    judged = [
        row | {"verdict": "not person-first" if row["flagged"] else "person-first"} for row in papers if row["verdict"]
    ]
    found = counted(publish(tmp_path / "out", judged, rule="any-term"))
    assert found.all == Group(None, 5, 5, 3, 2)


def test_terms_and_exempt_uses(tmp_path: Path) -> None:
    a, b = paper(1), paper(2)
    addict, user = "substance-use/addict", "substance-use/drug-user"
    found = counted(
        publish(
            tmp_path / "out",
            [a, b],
            [
                finding(a, user, "drug users"),
                finding(a, user, "drug user"),
                finding(b, user, "drug users"),
                finding(a, addict, "addicts", decision="query"),
                finding(a, addict, "addicts", decision="exempt", usage="quoted"),
                finding(b, addict, "addict", decision="exempt", usage="quoted"),
                finding(b, addict, "addict", decision="exempt", usage="name"),
            ],
        )
    )
    assert [(t.entry, t.flagged_papers, t.flagged) for t in found.flagged] == [(user, 2, 3)]
    assert [(t.entry, t.queried_papers, t.queried, t.exempt) for t in found.queried] == [(addict, 1, 1, 3)]
    assert [tuple(e) for e in found.exempt] == [("quoted", 2, 2), ("name", 1, 1)]
    assert set(found.examples) == {addict, user}


def test_examples_are_of_different_papers_sentences_and_years(tmp_path: Path) -> None:
    entry = "substance-use/drug-user"
    papers = [paper(number, year=2000 + number) for number in range(12)]
    findings = [finding(row, entry, "drug users") for row in papers for _ in range(2)]
    findings += [finding(row, entry, "drug users", sentence="Many drug users came.") for row in papers[:6]]
    findings += [finding(papers[0], entry, "drug users", decision="exempt", usage="quoted", sentence="“drug users”")]
    findings += [finding(papers[11], entry, "drug users", section="table", sentence="drug users 12 14")]
    first = counted(publish(tmp_path / "a", papers, findings)).examples[entry]
    again = counted(publish(tmp_path / "b", papers[::-1], findings[::-1])).examples[entry]
    assert first == again
    assert len({e.paper for e in first}) == len({e.sentence for e in first}) == 3
    assert [e.year for e in first] == sorted(e.year or 0 for e in first)
    assert (first[0].year or 0) < 2004 <= (first[1].year or 0) < 2008 <= (first[2].year or 0)
    for example in first:
        assert example.sentence[example.start : example.end] == "drug users"


def test_a_short_sentence_is_the_better_example(tmp_path: Path) -> None:
    entry, row = "substance-use/drug-user", paper(1)
    long = f"{'Very ' * 90}many drug users came."
    findings = [finding(row, entry, "drug users", sentence=text) for text in (long, "Few drug users came.")]
    (example,) = counted(publish(tmp_path / "out", [row], findings)).examples[entry]
    assert example.sentence == "Few drug users came."


def test_wilson_against_the_published_formula() -> None:
    # Newcombe RG. Stat Med 1998;17:857-872, table I: 81/263, 15/148, 0/20, 1/29, method 3.
    for hits, total, low, high in (
        (81, 263, 0.2553, 0.3662),
        (15, 148, 0.0624, 0.1605),
        (0, 20, 0, 0.1611),
        (1, 29, 0.0061, 0.1718),
    ):
        found = wilson(hits, total)
        assert found is not None and found == pytest.approx((low, high), abs=5e-5)
    assert wilson(0, 0) is None and Share(0, 0).interval is None and Share(0, 0).value is None


@given(st.lists(st.integers(0, 500).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))), max_size=20))
def test_intervals_of_many_are_those_of_each(pairs: list[tuple[int, int]]) -> None:
    shares = [Share(hits, total) for hits, total in pairs]
    found = wilson_all(shares)
    assert found == [share.interval for share in shares]
    for share, interval in zip(shares, found, strict=True):
        if interval is not None and share.value is not None:
            assert 0 <= interval.low <= share.value + 1e-12 and share.value - 1e-12 <= interval.high <= 1
            assert math.isfinite(interval.high)


@given(st.dictionaries(st.integers(1900, 2030), st.integers(0, 60), max_size=60))
def test_periods_cover_every_year_once(papers: dict[int, int]) -> None:
    found = periods(papers)
    years = [year for period in found for year in period.years]
    assert years == sorted(set(years))
    assert {year for year, n in papers.items() if n} <= set(years)
    drawn = trimmed(found, papers)
    assert set(drawn) <= set(found)
    if drawn:
        assert sum(papers.get(year, 0) for year in drawn[0].years) >= ENOUGH
        assert sum(papers.get(year, 0) for year in drawn[-1].years) >= ENOUGH


def test_periods_grow_where_years_hold_few_papers() -> None:
    assert [p.name for p in periods({2001: 30, 2002: 40})] == ["2001", "2002"]
    assert [p.name for p in periods({2000: 6, 2001: 6, 2002: 6, 2003: 6})] == ["2000–2001", "2002–2003"]
    assert [p.name for p in periods({1998: 1, 2007: 2})] == ["1995–1999", "2000–2004", "2005–2009"]
    assert periods({}) == [] == periods({2001: 0})


def test_the_guidelines_of_the_most_frequent_terms_are_marked() -> None:
    lexicon = load_lexicon()
    held = {
        "substance-use/injecting-drug-user": 50,
        "chronic-disease/diabetics": 20,
        "obesity/obese": 3,
        "not/there": 9,
    }
    found = marks(held, lexicon, 2000, 2030)
    assert [mark.year for mark in found] == sorted({mark.year for mark in found})
    for mark in found:
        assert lexicon.sources[mark.source].year == mark.year and mark.papers in (50, 20, 3)
    assert [mark.label for mark in marks({"obesity/obese": 2}, lexicon, 2000, 2030)] == ["TOS 2013"]
    assert all(b.year - a.year > 1 for a, b in pairwise(found))
    assert marks(held, lexicon, 1950, 1960) == [] == marks({}, lexicon, 1950, 2030)
    left = {mark.source for mark in marks(held, lexicon, 2000, 2030, without={found[0].source})}
    assert found[0].source not in left
