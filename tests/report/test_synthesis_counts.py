"""The counts of the synthesis against plain counting over fabricated rows."""

from __future__ import annotations

import random
from collections import Counter

import pytest
from fabricated_rows import rows
from hypothesis import given, settings
from hypothesis import strategies as st

from lang_audit.codebook import load_codebook
from lang_audit.report.extraction import StudyRow
from lang_audit.report.synthesis_counts import MOST_PERIODS, STRENGTHS, Synthesis, period_length, synthesis

BOOKS = [load_codebook("chang-2021"), load_codebook("han-2023")]


def _found(n: int, seed: int) -> tuple[list[StudyRow], Synthesis]:
    made = rows(n, BOOKS, seed)
    return [row for row in made if row.verdict], synthesis(made, BOOKS)


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 40), st.integers(0, 10_000))
def test_every_code_is_counted_once_a_paper_by_its_strongest_evidence(n: int, seed: int) -> None:
    read, found = _found(n, seed)
    for book in found.books:
        for dimension in book.dimensions:
            for count in dimension.codes:
                key = (book.book.codebook, dimension.id, count.code.id)
                strongest = Counter(
                    next(s for s in ("reported", "aimed", "background") if row.codes[key][s])  # type: ignore[index]
                    for row in read
                    if key in row.codes
                )
                assert {s: len(count.by_strength[s]) for s in STRENGTHS} == {s: strongest[s] for s in STRENGTHS}
            inside = {(book.book.codebook, dimension.id, count.code.id) for count in dimension.inside}
            assert len(dimension.silent) == sum(not inside & set(row.codes) for row in read)
        assert len(book.evident) + len(book.silent) == len(read)


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 40), st.integers(0, 10_000))
def test_verdicts_years_and_studies(n: int, seed: int) -> None:
    read, found = _found(n, seed)
    assert len(found.included) == len(read)
    assert len(found.unread) == n - len(read)
    assert {v: len(group) for v, group in found.verdicts.items() if group} == Counter(row.verdict for row in read)
    assert sum(period.total for period in found.periods) == len(read)
    for period in found.periods:
        years = [
            r
            for r in read
            if (y := r.metadata.year) == period.first
            or (y and period.first and period.first <= y <= (period.last or 0))
        ]
        assert period.total == len(years)
    for groups, values in (
        (found.countries, [c for row in read for c in set(row.characteristics.countries)]),
        (found.designs, [d for row in read for d in set(row.characteristics.design)]),
    ):
        assert {group.name: len(group.papers) for group in groups} == Counter(values)
        assert [len(group.papers) for group in groups] == sorted((len(g.papers) for g in groups), reverse=True)


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 40), st.integers(0, 10_000))
def test_links_are_counted_once_a_paper_and_stated_wins(n: int, seed: int) -> None:
    read, found = _found(n, seed)
    for book in found.books:
        assert book.flow
        parts = [stage.part for stage in book.flow.stages]
        for left, right, ties in ((parts[0], parts[1], book.flow.bands), (parts[-2], parts[-1], book.flow.bands)):
            expected: dict[tuple[object, object], list[int]] = {}
            for row in read:
                kinds: dict[tuple[object, object], set[str]] = {}
                for linked in row.linked:
                    if linked.codebook == book.book.codebook:
                        for a in getattr(linked, left):
                            for b in getattr(linked, right):
                                kinds.setdefault((a, b), set()).add(linked.link)
                for pair, how in kinds.items():
                    expected.setdefault(pair, [0, 0])["stated" not in how] += 1
            mine = {tie.keys: [len(tie.stated), len(tie.co_occurring)] for tie in ties}
            assert {pair: mine[pair] for pair in expected} == expected  # type: ignore[index]
        groups = (book.flow.stated, book.flow.stated_in_part, book.flow.co_occurring, book.flow.none)
        assert sum(map(len, groups)) == len(read)
        for stage in book.flow.stages:
            for node in stage.nodes:
                touching = {
                    id(p) for tie in book.flow.bands if node.key in tie.keys for p in tie.stated + tie.co_occurring
                }
                assert len(node.papers) == len(touching)


def test_the_order_of_the_rows_does_not_matter() -> None:
    made = rows(30, BOOKS)
    mixed = made[:]
    random.Random(7).shuffle(mixed)
    assert synthesis(made, BOOKS) == synthesis(mixed, BOOKS)


def test_two_papers_with_one_key_are_two_papers() -> None:
    row = next(row for row in rows(20, BOOKS) if row.verdict and row.codes)
    found = synthesis(
        [row, *rows(0, BOOKS), StudyRow(row.key, "other.pdf", "ok", row.metadata, verdict=row.verdict)], BOOKS
    )
    assert len(found.included) == 2
    assert sum(len(book.evident) for book in found.books) == sum(1 for book in found.books if book.evident)


@pytest.mark.parametrize(("first", "last"), [(1998, 2018), (1998, 1998), (1950, 2024), (1700, 2024), (1, 9999)])
def test_never_more_bars_than_fit(first: int, last: int) -> None:
    length = period_length(first, last)
    assert last // length - first // length < MOST_PERIODS
    if last - first < MOST_PERIODS:
        assert length == 1


def test_years_without_papers_are_gaps() -> None:
    found = synthesis(rows(30, BOOKS), BOOKS)
    gaps = [period.label for period in found.periods if not period.total]
    assert {"2004", "2005"} <= set(gaps)


def test_nothing_given() -> None:
    found = synthesis([], BOOKS)
    assert (found.included, found.periods, found.years) == ((), (), None)
    assert all(not book.evident for book in found.books)
