"""The filter in front of the cues: it may let too much pass, never too little."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lang_audit.detection.cues import load_usage_rules
from lang_audit.detection.required_words import WordFilter, required_words

CUES = [cue for file in load_usage_rules().files for cue in file.cues]
EXAMPLES = [
    (r"(?:addict|user)s?", {"addict", "addicts", "user", "users"}),
    (r"the (?:term|word)s? \w+", {"the term ", "the terms ", "the word ", "the words "}),
    (r"so[- ]called", {"so-called", "so called"}),
    (r"\w+ing", {"ing"}),
    (r"(?-i:DSM)-?(?:IV|5)", {"dsmiv", "dsm-iv", "dsm5", "dsm-5"}),
    (r"(?:abc)+", {"abc"}),
    (r"(?=.*named)\w", {"named"}),
]
NEEDS_NOTHING = [r"\w+", r"(?:abc)*", r"a|", r"(?!abc)\d", r"[^a]"]


@pytest.mark.parametrize(("pattern", "words"), EXAMPLES)
def test_what_a_match_must_hold(pattern: str, words: set[str]) -> None:
    assert required_words(pattern) == words


@pytest.mark.parametrize("pattern", NEEDS_NOTHING)
def test_expressions_that_need_nothing(pattern: str) -> None:
    assert required_words(pattern) is None


@given(st.data())
def test_every_match_of_every_cue_holds_one_of_its_words(data: st.DataObject) -> None:
    cue = data.draw(st.sampled_from(CUES))
    words = required_words(cue.cue)
    matched = data.draw(st.from_regex(re.compile(cue.cue, re.IGNORECASE)))
    assert words is None or "ſ" in matched or any(word in matched.lower() for word in words)


def test_a_filter_names_the_expressions_that_may_match() -> None:
    words = WordFilter([r"so-called", r"\w+", r"(?:term|word)s? for"])
    assert words.may_match("The Term for it") == {1, 2}
    assert words.may_match("So-Called") == {0, 1}
    assert words.may_match("ſo-called") == {0, 1, 2}


def test_most_cues_need_a_word() -> None:
    """Else the filter is of no use."""
    live = WordFilter(cue.cue for cue in CUES).may_match("Of the 250 participants, 40 were lost to follow-up.")
    assert len(live) < len(CUES) / 3
