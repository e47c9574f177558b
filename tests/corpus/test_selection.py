from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lang_audit.corpus.running.selection import FIELDS, Selection, Years, parse_where, parse_years
from lang_audit.errors import ConfigError
from lang_audit.model import Paper, Section
from tests.corpus.samples import made_up

RECORD = replace(made_up(3), types=("Journal Article", "Review"))


@pytest.mark.parametrize(
    ("text", "years"),
    [
        ("1990-2025", (1990, 2025)),
        (" 1990 – 2025 ", (1990, 2025)),
        ("2015-", (2015, None)),
        ("-2010", (None, 2010)),
        ("2015", (2015, 2015)),
    ],
)
def test_years(text: str, years: tuple[int | None, int | None]) -> None:
    assert parse_years(text) == years


@pytest.mark.parametrize(
    "text", ["", "-", "90-99", "2015 2016", "20152016", "2015-2016-2017", "2025-1990", "since 2015"]
)
def test_years_that_are_none(text: str) -> None:
    with pytest.raises(ConfigError, match="--years"):
        parse_years(text)


@given(st.integers(1800, 2100), st.none() | st.integers(1800, 2100), st.none() | st.integers(1800, 2100))
def test_a_year_is_asked_for_where_it_lies_between(year: int, first: int | None, last: int | None) -> None:
    asked = Selection(Years(first, last)).holds(replace(RECORD, year=year))
    assert asked == (year in range(first if first is not None else 0, (last if last is not None else 9999) + 1))
    assert not Selection(Years(first, last)).holds(replace(RECORD, year=None))


@pytest.mark.parametrize(
    ("condition", "holds"),
    [
        ("journal=journal of  MADE-UP studies", True),
        ("journal=Made-up", False),
        ("journal~made-up", True),
        ("Journal != Journal of Made-up Studies", False),
        ("type=review", True),
        ("type!=review", False),
        ("type!=letter", True),
        ("country=gb", True),
        ("language=en", True),
        ("pmid=90000003", True),
        ("doi=https://doi.org/10.5555/MADE-UP.3", True),
        ("doi~10.5555", True),
        ("title~people who inject drugs", True),
        ("abstract~café", True),
        ("abstract!=", True),
        ("keyword=harm reduction", True),
        ("source=made-up", True),
        ("journal=", False),
        ("title~a=b", False),
    ],
)
def test_conditions(condition: str, holds: bool) -> None:
    assert Selection(where=parse_where([condition])).holds(RECORD) is holds


def test_all_conditions_must_hold() -> None:
    assert Selection(where=parse_where(["country=gb", "type=review"])).holds(RECORD)
    assert not Selection(where=parse_where(["country=gb", "type=letter"])).holds(RECORD)


def test_the_abstract_of_a_full_text() -> None:
    text = "A title\n\nPeers helped.\n\nAnd more."
    paper = Paper(id="a", source="a", text=text, sections=(Section(start=9, end=22, kind="abstract"),))
    record = replace(RECORD, abstract="", paper=paper)
    assert Selection(where=parse_where(["abstract~peers"])).holds(record)
    assert not Selection(where=parse_where(["abstract~more"])).holds(record)


@pytest.mark.parametrize("condition", ["journal", "", "~x", "author=x", "jornal=x", "year=2015", "title~"])
def test_what_cannot_be_asked_is_told_with_what_can(condition: str) -> None:
    with pytest.raises(ConfigError, match="--where") as told:
        parse_where([condition])
    assert condition == "title~" or all(field in str(told.value) for field in FIELDS)


def test_near_names_are_offered() -> None:
    with pytest.raises(ConfigError, match="did you mean journal"):
        parse_where(["jornal=x"])
    with pytest.raises(ConfigError, match="--years"):
        parse_where(["year=2015"])
