from __future__ import annotations

from collections.abc import Callable

import pytest

from lang_audit.lexicon import load_lexicon
from lang_audit.model import Appraisal, Finding, PersonFirstMention, VerdictLabel
from lang_audit.verdict import verdict

Appraise = Callable[..., Appraisal]


def label(severity: str = "stigmatising", decision: str = "flag", person: bool = True) -> Finding:
    return Finding(
        start=0, end=6, text="addict", entry="substance-use/addict", usage="author", section="results", sentence="addict", sentence_start=0,
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


def test_contested_terms_are_queries_that_name_the_disagreement(appraise_text: Appraise) -> None:
    (finding,) = appraise_text("Retention in opioid substitution treatment was high.").findings
    entry = load_lexicon().entries[finding.entry]
    assert finding.decision == "query"
    assert entry.contested is not None
    assert entry.contested in finding.reason
