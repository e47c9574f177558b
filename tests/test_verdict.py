from __future__ import annotations

from collections.abc import Callable

import pytest

from lang_audit.lexicon import load_lexicon
from lang_audit.model import Appraisal, Finding, PersonFirstMention, VerdictLabel
from lang_audit.verdict import verdict

Appraise = Callable[..., Appraisal]


def label(severity: str = "stigmatising", decision: str = "flag", person: bool = True) -> Finding:
    return Finding(
        start=0, end=6, text="addict", entry="substance-use/addict", usage="author", section="results",
        sentence="addict", sentence_start=0,
        decision=decision, reason="", severity=severity, category="person-label", person_label=person, sources=("ap-2017",),
    )  # fmt: skip


PERSON_FIRST = PersonFirstMention(start=0, end=3, text="PWID", section="results")


@pytest.mark.parametrize(
    ("person_first", "labels", "expected"),
    [
        (0, [], "no person reference"),
        (3, [], "person-first"),
        (8, [label()] * 2, "person-first"),
        (79, [label()] * 21, "mixed"),
        (1, [label()], "mixed"),
        (49, [label()] * 51, "not person-first"),
        (0, [label()], "not person-first"),
        (99, [label("pejorative")], "mixed"),
        (3, [label(decision="query")] * 9, "person-first"),
        (3, [label(person=False)] * 9, "person-first"),
        (0, [label(person=False)], "no person reference"),
    ],
)
def test_majority(person_first: int, labels: list[Finding], expected: VerdictLabel) -> None:
    assert verdict(labels, [PERSON_FIRST] * person_first).label == expected


@pytest.mark.parametrize(
    ("person_first", "labels", "expected"),
    [(99, [label()], "not person-first"), (1, [], "person-first"), (0, [], "no person reference")],
)
def test_strict(person_first: int, labels: list[Finding], expected: VerdictLabel) -> None:
    assert verdict(labels, [PERSON_FIRST] * person_first, "strict").label == expected


def test_reasons_name_the_counts_and_the_terms() -> None:
    reasons = " ".join(verdict([label()] * 2, [PERSON_FIRST]).reasons)
    assert "1 person-first reference and 2 flagged labels" in reasons
    assert "“addict” (2)" in reasons


def test_a_paper_older_than_the_guidance_says_so(appraise_text: Appraise) -> None:
    since = load_lexicon().entries["substance-use/addict"].since
    (old,) = appraise_text("Most addicts were men.", year=1997).findings
    (new,) = appraise_text("Most addicts were men.", year=2023).findings
    assert old.caveat == f"published 1997, guidance from {since}"
    assert old.decision == new.decision == "flag"
    assert new.caveat is None


@pytest.mark.parametrize(
    ("text", "year", "caveat"),
    [
        (
            "Injecting drug users were tested.",
            2009,
            "published 2009, when UNAIDS (2007) recommended the term; discouraged since 2015",
        ),
        (
            "Injecting drug users were tested.",
            2012,
            "published 2012, when guidance was divided (UNAIDS, 2011); discouraged since 2015",
        ),
        ("Injecting drug users were tested.", 1998, "published 1998, guidance from 2011"),
        ("Injecting drug users were tested.", 2016, None),
        ("Injecting drug users were tested.", None, None),
        ("HIV-positive women were tested.", 2010, "published 2010, when UNAIDS (2007) accepted the term; discouraged since 2020"),
        (
            "Medication-assisted treatment was offered.",
            2017,
            "published 2017, when White House ONDCP (2016) recommended the term; discouraged since 2018",
        ),
        ("Diabetic patients were tested.", 2009, "published 2009, when AMA (2007) accepted the term; discouraged since 2011"),
        ("Retention in opioid substitution treatment was high.", 2020, None),
        ("Epileptic patients were tested.", 1998, None),
        ("Epileptic patients were tested.", 2010, "published 2010, when AMA (2007) accepted the term; discouraged since 2020"),
        ("Men who have sex with men (MSM) were invited. All MSM were tested for HIV.", 2015,
         "published 2015, when UNFPA (2013) recommended the term; contested since 2020"),
    ],
)  # fmt: skip
def test_the_caveat_tells_what_held_when_the_paper_appeared(
    appraise_text: Appraise, text: str, year: int | None, caveat: str | None
) -> None:
    first = appraise_text(text, year=year).findings[-1]
    assert first.decision != "exempt"
    assert first.caveat == caveat


def test_history_of_the_shipped_lexicon_ends_as_the_entry_stands() -> None:
    for key, entry in load_lexicon().entries.items():
        if entry.history:
            last = entry.history[-1]
            assert last.to is None and last.status in ("discouraged", "contested"), key
            assert last.status == "discouraged" or entry.decision == "query", key


def test_contested_terms_are_queries_that_name_the_disagreement(appraise_text: Appraise) -> None:
    (finding,) = appraise_text("Retention in opioid substitution treatment was high.").findings
    entry = load_lexicon().entries[finding.entry]
    assert finding.decision == "query"
    assert entry.contested is not None
    assert entry.contested in finding.reason
