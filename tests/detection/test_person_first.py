from __future__ import annotations

from collections.abc import Callable

import pytest

from lang_audit.detection.person_first import load_person_first
from lang_audit.model import Appraisal


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
    found = load_person_first().find("Then PLWX were asked.", {"PLWX": "people living with hepatitis C"})
    assert found == [(5, 9)]


def test_only_the_authors_voice_counts(appraise_text: Callable[..., Appraisal]) -> None:
    assert not appraise_text("“We are people who use drugs,” he said.").person_first
    assert not appraise_text("People who use drugs in two towns", kind="references").person_first
    assert appraise_text("People who use drugs led the study.").person_first


def test_names_of_organisations_do_not_count(appraise_text: Callable[..., Appraisal]) -> None:
    assert not appraise_text("The Northern Network of People who Use Drugs read the draft.").person_first
    assert appraise_text("People who use drugs read the draft.").person_first
