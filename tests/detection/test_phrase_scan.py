from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lang_audit.detection.phrase_scan import Hit, PhraseScanner, fold, longest_wins

SCANNER = PhraseScanner(["drug user", "drug users", "injecting drug users", "HIV-infected", "addict", "addicts"])


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("injecting drug users", ["injecting drug users"]),
        ("INJECTING DRUG USERS", ["INJECTING DRUG USERS"]),
        ("Injecting-drug users", ["Injecting-drug users"]),
        ("injecting\u00a0drug\nusers", ["injecting\u00a0drug\nusers"]),
        ("injec-\nting drug users", ["injec-\nting drug users"]),
        ("HIV-\ninfected", ["HIV-\ninfected"]),
        (
            "HIV\u2010infected, HIV\u2013infected, HIV infected",
            ["HIV\u2010infected", "HIV\u2013infected", "HIV infected"],
        ),
        ("ad\u00addicts", ["ad\u00addicts"]),
        ("addicts\u2019 families, an addict's", ["addicts", "addict"]),
        ("addiction, addictive, readdicted", []),
        ("a drug - users", []),
        ("İstanbul addicts", ["addicts"]),
    ],
)
def test_finds_a_phrase_however_it_is_printed(text: str, found: list[str]) -> None:
    assert [text[hit.start : hit.end] for hit in SCANNER.longest(text)] == found


def test_overlapping_phrases_are_all_found_and_the_longest_wins() -> None:
    text = "injecting drug users"
    assert {hit.phrase for hit in SCANNER.find(text)} == {"injecting drug users", "drug users"}
    assert [hit.phrase for hit in SCANNER.longest(text)] == ["injecting drug users"]


def test_of_two_equally_long_hits_the_earlier_wins() -> None:
    assert longest_wins([Hit(2, 6, "b"), Hit(0, 4, "a")]) == [Hit(0, 4, "a")]


def test_a_scanner_of_nothing_finds_nothing() -> None:
    assert PhraseScanner([]).find("addicts") == []


@given(
    st.text(alphabet=st.characters(codec="utf-8"), max_size=60),
    st.sampled_from(["drug users", "addict", "HIV-infected"]),
)
def test_offsets_always_slice_to_the_phrase(around: str, phrase: str) -> None:
    text = f"{around} {phrase} {around}"
    for hit in SCANNER.find(text):
        assert 0 <= hit.start < hit.end <= len(text)
        printed = fold(text[hit.start : hit.end]).replace(" ", "")
        assert printed == fold(hit.phrase).replace(" ", "")


@given(st.text(alphabet="abc xyz.,'\n", max_size=40))
def test_a_term_between_spaces_is_always_found(around: str) -> None:
    text = f"{around} addicts {around}"
    assert any(text[hit.start : hit.end] == "addicts" for hit in SCANNER.find(text))
