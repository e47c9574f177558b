from __future__ import annotations

import re
from functools import cache

import pytest

from lang_audit.audit import audit_paper
from lang_audit.manuscript.changes import Change, Draft, Edit, differing, edited
from lang_audit.manuscript.fixes import plan
from lang_audit.model import Appraisal
from lang_audit.settings import Settings, load_settings
from tests.conftest import paper_of


@cache
def settings() -> Settings:
    return load_settings(codebooks=("none",), characteristics=False)


def appraised(text: str, **where: object) -> Appraisal:
    appraisal = audit_paper(paper_of(text, **where), settings=settings()).appraisal  # type: ignore[arg-type]
    assert appraisal is not None
    return appraisal


def planned(text: str, **where: object) -> list[Change]:
    appraisal = appraised(text, **where)
    todo = [finding for finding in appraisal.findings if finding.decision != "exempt"]
    return plan(appraisal, settings().lexicon, todo)


def fixed(text: str, *, unsafe: bool = False) -> str:
    changes = [change for change in planned(text) if unsafe or change.safe]
    return edited(text, (edit for change in changes for edit in change.edits))


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("Most alcoholics slept.", "Most people with alcohol use disorder slept."),
        ("An alcoholic left.", "A person with alcohol use disorder left."),
        ("Many drug\nusers slept.", "Many people who use drugs slept."),
        ("We saw transgendered adults.", "We saw transgender adults."),
        ("The homeless slept outside.", "People experiencing homelessness slept outside."),
        ("They had unprotected sex once.", "They had condomless sex once."),
        ("Alcoholics ate, many drug users too.", "People with alcohol use disorder ate, many people who use drugs too."),
    ],
)  # fmt: skip
def test_a_term_that_is_replaced_where_it_stands_is_safe(before: str, after: str) -> None:
    assert fixed(before) == after


@pytest.mark.parametrize(
    "text",
    [
        "HIV-infected women came.",  # the noun moves
        "Male drug users slept.",  # a word before it changes
        "Drug users and alcoholics slept.",  # two terms side by side
        "We met chronic heroin users in town.",  # the drug would be lost
        "The state prison inmates ate.",  # whose prison would be lost
        "Women with substance abuse were asked.",  # a disorder would become a use
        "Lifetime drug abuse and dependence were rare.",
        "Group | alcoholics | 12\n",  # a row of a table
        "Smokers were asked.",  # guidance is divided
        "In 2 of 6 (crack-) cocaine users it was high.",
        "They wrote Computer Training for Alcoholics.",  # a name
        "A history of a past suicide gesture or attempt was told.",
        "Lee A. Care of alcoholics. Addiction 2012 26 2 255 10.1000/xyz123",  # a reference
    ],
)
def test_what_moves_words_or_may_mean_something_else_is_not_safe(text: str) -> None:
    assert fixed(text) == text


def test_no_term_of_a_table_or_a_quotation_is_touched() -> None:
    assert planned("Alcoholics slept.", kind="table") == []
    assert planned("“Alcoholics slept,” said one woman.") == []


def test_unsafe_takes_the_rest_that_has_a_rewrite() -> None:
    assert fixed("HIV-infected women came.", unsafe=True) == "Women living with HIV came."
    assert fixed("Smokers were asked.", unsafe=True) == "People who smoke were asked."


def test_what_is_taken_or_not_possible_stays() -> None:
    text = "Alcoholics slept. Most drug users ate."
    appraisal = appraised(text)
    todo = list(appraisal.findings)
    lexicon = settings().lexicon
    assert [c.start for c in plan(appraisal, lexicon, todo, taken={(0, 10)})] == [text.index("drug")]
    assert [c.start for c in plan(appraisal, lexicon, todo, possible=lambda edit: edit.start == 0)] == [0]


@pytest.mark.parametrize(
    ("text", "after"),
    [
        (
            "We enrolled 312 injecting drug users (IDUs). Most IDUs slept. IDUs' needs grew, and non-IDUs left.",
            "We enrolled 312 people who inject drugs (PWID). Most PWID slept. PWID's needs grew, and non-PWID left.",
        ),
        (
            "Injecting drug users (IDUs; n = 4) slept. An IDU left, IDU-related harm fell, an IDU network grew.",
            "People who inject drugs (PWID; n = 4) slept. A person who injects drugs left, PWID-related harm fell, "
            "a PWID network grew.",
        ),
        (
            "Commercial sex workers (CSWs) came for condoms. CSWs' clients paid. A CSW's child slept.",
            "Sex workers (SWs) came for condoms. SWs' clients paid. An SW's child slept.",
        ),
        (
            "IDUs (injecting drug users) came. IDUs slept with heroin and needles.",
            "PWID (people who inject drugs) came. PWID slept with heroin and needles.",
        ),
        (
            "INJECTING DRUG USERS (IDUS) IN CARE\n\nInjecting drug users (IDUs) ate. Of 40 IDUs, 3 were female IDUs.",
            "PEOPLE WHO INJECT DRUGS (PWID) IN CARE\n\nPeople who inject drugs (PWID) ate. Of 40 PWID, 3 were female PWID.",
        ),
    ],
)
def test_an_acronym_is_fixed_at_its_definition_and_everywhere_after(text: str, after: str) -> None:
    assert fixed(text) == after


@pytest.mark.parametrize(
    "text",
    [
        "Injection drug use (IDU) fell. A history of IDU was rare.",  # the act
        "Injecting drug users (IDUs) came. Injection drug use (IDU) fell. Many IDUs slept.",  # both
        "Male injecting drug users (IDUs) came. Most IDUs slept.",  # the acronym would not fit
        "Heroin was injected by many IDUs with hepatitis.",  # nowhere explained
    ],
)
def test_an_acronym_is_left_where_the_paper_does_not_settle_what_it_means(text: str) -> None:
    assert fixed(text) == text


def test_a_definition_that_moves_words_is_not_safe_nor_are_its_uses() -> None:
    text = "Injecting drug user (IDU) populations grew. IDU networks grew."
    assert fixed(text) == text
    assert fixed(text, unsafe=True) == "Populations of people who inject drugs (PWID) grew. PWID networks grew."


def test_a_long_form_without_an_acronym_loses_its_brackets_only_unsafely() -> None:
    text = "Problem drug users (PDU) came. Most PDU slept."
    assert fixed(text) == text
    assert fixed(text, unsafe=True) == "People with high-risk drug use came. Most people who use drugs slept."


def test_where_a_definition_cannot_be_edited_no_use_is() -> None:
    text = "Injecting drug users (IDUs) came. Most IDUs slept."
    appraisal = appraised(text)
    changes = plan(appraisal, settings().lexicon, appraisal.findings, possible=lambda edit: edit.start > 30)
    assert changes == []


def test_no_words_of_the_lexicons_own_examples_are_fixed_twice() -> None:
    """What a fix writes is not a term to fix; here without reading the file again."""
    entries = list(settings().lexicon.entries.values())[::12]
    text = "\n\n".join(entry.examples.flag[0] for entry in entries)
    draft = Draft(paper_of(text))
    for _ in range(5):
        changes = planned(draft.text)
        if not changes:
            return
        draft = draft.with_edits(edit for change in changes for edit in change.edits)
    pytest.fail(f"still to change: {changes}")


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("An IDU left.", "A person who injects drugs left.", (0, 6, "A person who injects drugs")),
        ("the users' needs", "the needs of users", (4, 16, "needs of users")),
        ("no change", "no change", None),
    ],
)
def test_differing_words_are_whole(old: str, new: str, words: tuple[int, int, str] | None) -> None:
    found = differing(old, new)
    assert found == words
    if found:
        assert edited(old, [Edit(*found)]) == new
        assert not re.search(r"\w$", old[: found.start])
