from __future__ import annotations

import re
from collections.abc import Callable

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from lang_audit.config import lexicon_folder
from lang_audit.detection.abbreviations import definitions
from lang_audit.detection.person_first import load_person_first, plain_spaces
from lang_audit.detection.surroundings import PaperWords
from lang_audit.model import Appraisal

NOUNS = yaml.safe_load((lexicon_folder() / "usage" / "person_first.yaml").read_text(encoding="utf-8"))["nouns"]
WORDS = [
    *(
        "people",
        "Women",
        "family members",
        "members",
        "co-researchers",
        "patients",
        "outpatients",
        "IDU",
        "participants",
    ),
    *(" ", " ", " ", "-", "_", "\n", "(", ")", ", "),
    *("who", "inject", "use", "drugs", "with", "HIV", "of all ages", "aged 5", "in recovery", "have sex with men"),
]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Women who use drugs were asked first.", ["Women who use drugs"]),
        ("people who inject\ndrugs and PWID", ["people who inject\ndrugs", "PWID"]),
        ("adults living with HIV", ["adults living with HIV"]),
        ("persons with a history of injecting", ["persons with a history of injecting"]),
        ("patients with (severe) schizophrenia who came", ["patients with (severe) schizophrenia"]),
        (
            "children with attention deficit hyperactivity disorder (ADHD)",
            ["children with attention deficit hyperactivity disorder (ADHD)"],
        ),
        ("men and women experiencing homelessness", ["women experiencing homelessness"]),
        ("people in prison", ["people in prison"]),
        ("men who have sex with men", ["men who have sex with men"]),
        ("individuals who had formerly used heroin", ["individuals who had formerly used heroin"]),
        # nobody is named by a condition or circumstance that the lexicon is about
        ("patients with low scores", []),
        ("women with children", []),
        ("participants who used the app", []),
        ("patients with left ventricular hypertrophy", []),
        ("addicts and drug users", []),
    ],
)
def test_person_first_references(text: str, found: list[str]) -> None:
    assert [text[start:end] for start, end in load_person_first().find(text)] == found


def test_an_acronym_defined_by_a_person_first_phrase_counts() -> None:
    paper = PaperWords("", known={"PLWX": "people living with hepatitis C"})
    found = load_person_first().find("Then PLWX were asked.", paper)
    assert found == [(5, 9)]


def test_only_the_authors_voice_counts(appraise_text: Callable[..., Appraisal]) -> None:
    assert not appraise_text("“We are people who use drugs,” he said.").person_first
    assert not appraise_text("People who use drugs in two towns", kind="references").person_first
    assert appraise_text("People who use drugs led the study.").person_first


def test_names_of_organisations_do_not_count(appraise_text: Callable[..., Appraisal]) -> None:
    assert not appraise_text("The Northern Network of People who Use Drugs read the draft.").person_first
    assert appraise_text("People who use drugs read the draft.").person_first


@given(st.lists(st.sampled_from(WORDS), max_size=25).map("".join))
def test_the_automaton_of_nouns_finds_what_one_regular_expression_would(text: str) -> None:
    finder = load_person_first()
    plain = plain_spaces(text)
    nouns = "|".join(sorted(NOUNS, key=len, reverse=True))
    whole = re.compile(rf"(?<![\w-])(?:{nouns})\b(?P<behind>{finder._behind.pattern})", re.IGNORECASE)
    expected = [(found.start(), found.end()) for found in whole.finditer(plain)]
    assert [(start, behind.end()) for start, behind in finder._openings(plain)] == expected


@pytest.mark.parametrize(
    "text",
    [
        "People who inject drugs (PWIX) came. Later PWIX left.",
        "PWIX (people who  inject drugs) came.\nLater PWIX left.",
        "The non-people who inject drugs (PWIX) came. PWIX left.",
        "PWIX, people who inject drugs, came; PWIX left.",
        "Abbreviations: PWIX people who inject drugs. " + "Nothing else. " * 40 + "PWIX left.",
    ],
)
def test_the_gate_in_front_of_the_definitions_loses_none(text: str) -> None:
    """With the definitions worked out beforehand nothing else may be found."""
    finder = load_person_first()
    assert finder.find(text, PaperWords(text)) == finder.find(text, PaperWords(text, known=definitions(text)))
