"""Every entry of the shipped lexicon is tested by its own examples."""

from __future__ import annotations

import pytest

from lang_audit.audit import audit_paper
from lang_audit.detection.lexicon_matcher import term_scanner
from lang_audit.lexicon import Entry, load_lexicon
from lang_audit.settings import load_settings
from tests.conftest import paper_of

LEXICON = load_lexicon()
LANGUAGE = load_settings(codebooks=["none"])
FLAG = [(key, text) for key, entry in LEXICON.entries.items() for text in entry.examples.flag]
PASS = [(key, text) for key, entry in LEXICON.entries.items() for text in entry.examples.pass_]


def raised(text: str) -> dict[str, str]:
    appraisal = audit_paper(paper_of(text), settings=LANGUAGE).appraisal
    assert appraisal is not None
    return {f.entry: f.decision for f in appraisal.findings if f.decision != "exempt"}


@pytest.mark.parametrize(("key", "text"), FLAG)
def test_must_flag(key: str, text: str) -> None:
    assert raised(text).get(key) == LEXICON.entries[key].decision


@pytest.mark.parametrize(("key", "text"), PASS)
def test_must_pass(key: str, text: str) -> None:
    assert raised(text) == {}


@pytest.mark.parametrize("key", LEXICON.entries)
def test_suggestion_holds_no_term_of_the_lexicon(key: str) -> None:
    entry: Entry = LEXICON.entries[key]
    prefer = entry.prefer
    for words in filter(None, (prefer.person, prefer.people, prefer.person_after, prefer.term)):
        assert term_scanner().find(words) == [], words
