"""How a term is used: sentences of our own, made to be hard."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from lang_audit.model import Appraisal, Finding

Appraise = Callable[..., Appraisal]

CASES = [
    # the authors' own words
    ("Most addicts in the town were seen by one nurse.", "addicts", "author"),
    ("We enrolled HIV-infected and HIV-exposed women.", "HIV-infected", "author"),
    ("The so-called “hard-core addicts” were left out of the count.", "addicts", "author"),
    ("ADDICTS AND THE LAW IN THE NORTH", "ADDICTS", "author"),
    ("Most of the women were HIV-infected.", "HIV-infected", "author"),
    # quotations
    ("“The addicts sleep by the river,” said one man.", "addicts", "quoted"),
    ("One nurse told us that “every addict lies about the dose”.", "addict", "quoted"),
    ("P12: People shout junkie when I pass.", "junkie", "quoted"),
    ("I'm a heroin addict and nobody asks me anything.", "heroin addict", "quoted"),
    # use and mention
    ("The term addict was avoided in all leaflets.", "addict", "mentioned"),
    ("They were labelled as addicts by the police.", "addicts", "mentioned"),
    ("Words such as “junkie” and “addict” were struck out.", "addict", "mentioned"),
    ("Papers wrote of ‘addict’ language with little thought.", "addict", "mentioned"),
    # names
    ("Funding came from the National Institute on Drug Abuse.", "Drug Abuse", "name"),
    ("The Northern Drug Abuse Outcome Study began in 1990.", "Drug Abuse", "name"),
    ("Members of the Harbour Centre for Drug Addicts took part.", "Drug Addicts", "name"),
    ("We thank the National In-\nstitute on Drug\nAbuse for data.", "Drug\nAbuse", "name"),
    # search strings
    ("(addict* OR “drug user*”) AND peer", "addict", "search"),
    ("We searched for heroin addict, drug abuse and peer.", "drug abuse", "search"),
    # diagnosis
    ("Alcohol abuse was diagnosed by DSM-IV criteria.", "Alcohol abuse", "diagnosis"),
    # other senses
    ("HIV-infected cells were washed twice.", "HIV-infected", "other-sense"),
    ("An alcoholic extract of the root was dried.", "alcoholic", "other-sense"),
    ("Herpes was treated with idoxuridine (IDU), and IDU drops were kept cold.", "IDU", "other-sense"),
    # the act, not the person
    ("Rates of injecting drug use (IDU) fell after 2004.", "IDU", "behaviour"),
    # people's own name
    ("The drug user union met twice a month.", "drug user", "self-named"),
    # cited titles
    ("A book entitled “The Addicts of the Quay” was read aloud.", "Addicts", "cited-title"),
    ("14. Nowak R. Why addicts return to use. Prague: River Press; 1983.", "addicts", "cited-title"),
]


@pytest.mark.parametrize(("text", "term", "usage"), CASES)
def test_usage(appraise_text: Appraise, text: str, term: str, usage: str) -> None:
    found = {finding.text: finding.usage for finding in appraise_text(text).findings}
    assert found.get(term) == usage


def test_an_acronym_has_the_sense_that_the_paper_gives_it(appraise_text: Appraise) -> None:
    people = appraise_text("We followed injecting drug users (IDUs). Most IDUs were men.")
    assert [(f.text, f.decision) for f in people.findings if f.text == "IDUs"] == [("IDUs", "flag")] * 2


def test_an_unexplained_acronym_needs_company(appraise_text: Appraise) -> None:
    alone = appraise_text("Plates with IDU were kept for a week.")
    assert [f.usage for f in alone.findings] == ["other-sense"]
    among = appraise_text("Needle sharing and HIV were common, and IDU were seen weekly.")
    assert "flag" in [f.decision for f in among.findings if f.text == "IDU"]


@pytest.mark.parametrize(("kind", "usage"), [("references", "cited-title"), ("keywords", "search")])
def test_the_section_settles_the_usage(appraise_text: Appraise, kind: str, usage: str) -> None:
    (finding,) = appraise_text("Heroin addicts in two towns", kind=kind).findings
    assert (finding.usage, finding.decision) == (usage, "exempt")


def test_every_exempt_finding_names_the_words_that_decided(appraise_text: Appraise) -> None:
    for text, _, usage in CASES:
        for finding in appraise_text(text).findings:
            if finding.usage == usage != "author":
                assert finding.cue


@pytest.mark.parametrize(
    "text", ["Drug Addicts Heroin " * 400, "(" * 3000 + "addicts", "the term " * 2000 + "addicts", "addicts' " * 600]
)
def test_long_hostile_text_is_read_in_time(appraise_text: Appraise, text: str) -> None:
    assert appraise_text(text).findings


def test_words_that_another_says_in_quotation_marks_do_not_make_the_term_a_quotation(appraise_text: Appraise) -> None:
    found = appraise_text("The addicts were asked, “I was an addict” she said.")
    assert [finding.usage for finding in found.findings] == ["author", "quoted"]


@pytest.mark.parametrize("prefix", ["non-", "Non-", "non‐", "non "])
def test_a_denied_term_is_another_word(appraise_text: Appraise, prefix: str) -> None:
    text = f"Of the {prefix}obese patients most were women; the obese patients were men."
    findings = findings_of(appraise_text, text)
    assert [(f.usage, f.cue) for f in findings] == [("other-sense", prefix.strip()), ("author", None)]


def test_a_race_is_not_denied_but_sorted_by(appraise_text: Appraise) -> None:
    assert findings_of(appraise_text, "Non-Caucasian men were asked.")[0].usage == "author"


def test_denied_forms_with_an_entry_of_their_own_are_still_raised(appraise_text: Appraise) -> None:
    assert [
        (f.text, f.decision) for f in findings_of(appraise_text, "Both diabetics and non-diabetics were asked.")
    ] == [
        ("diabetics", "flag"),
        ("non-diabetics", "flag"),
    ]


@pytest.mark.parametrize("heading", ["Editors' Summary", "Editor’s Summary", "Editorial Commentary"])
def test_what_the_editors_write_about_a_paper_is_not_the_authors_voice(appraise_text: Appraise, heading: str) -> None:
    findings = findings_of(appraise_text, f"{heading} Background: Many addicts die young.")
    assert [(f.usage, f.cue) for f in findings] == [("quoted", heading)]
    assert [f.usage for f in findings_of(appraise_text, "The editorial commentary said that addicts were asked.")] == [
        "author"
    ]


def findings_of(appraise_text: Appraise, text: str) -> tuple[Finding, ...]:
    return appraise_text(text).findings
