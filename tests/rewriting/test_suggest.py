"""Suggestions and rewrites: one case a shape of sentence, and what holds of every rewrite."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lang_audit.detection.lexicon_matcher import term_scanner
from lang_audit.inflection import article, clause_in, plural_phrase, verb_form
from lang_audit.lexicon import Entry, load_lexicon
from lang_audit.model import Appraisal
from lang_audit.rewriting.suggest import rewrite, suggestion

LEXICON = load_lexicon()


def entry(key: str) -> Entry:
    return LEXICON.entries[key]


def rewritten(text: str, key: str, term: str) -> str | None:
    start = text.index(term)
    return rewrite(entry(key), text, start, start + len(term))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        # number, articles, partitives, capitals
        ("Most addicts were men.", "Most people with addiction were men."),
        ("A total of 12 addicts came.", "A total of 12 people with addiction came."),
        ("We saw 20 of the addicts.", "We saw 20 of the people with addiction."),
        ("We saw an injecting drug user.", "We saw a person who injects drugs."),
        ("Care of Drug Addicts in Rural China", "Care of People with a Drug Use Disorder in Rural China"),
        ("CARE OF THE MENTALLY ILL IN AFRICA", "CARE OF PEOPLE WITH MENTAL HEALTH CONDITIONS IN AFRICA"),
        ("Injecting drug users (n = 20) came.", "People who inject drugs (n = 20) came."),
        # adjectives before people
        ("HIV-infected women were asked.", "Women living with HIV were asked."),
        ("We asked HIV-infected pregnant women.", "We asked pregnant women living with HIV."),
        ("We asked HIV-infected Kenyan mothers.", "We asked Kenyan mothers living with HIV."),
        ("Heroin-addicted mothers were seen.", "Mothers with heroin addiction were seen."),
        ("A drug-using woman came.", "A woman who uses drugs came."),
        ("The drug-using population grew.", "The population of people who use drugs grew."),
        ("Elderly volunteers walked.", "Older volunteers walked."),
        # possessors and compounds
        ("The addicts' families came.", "The families of the people with addiction came."),
        ("Addicts’ families came late.", "The families of people with addiction came late."),
        ("An addict's mother was asked.", "The mother of a person with addiction was asked."),
        ("HIV-positive patients' families came.", "The families of patients living with HIV came."),
        ("The subjects' ages were known.", "The participants' ages were known."),
        ("An addict population was described.", "A population of people with addiction was described."),
        ("Addict behaviour was seen.", "The behaviour of people with addiction was seen."),
        # predicates
        ("Most of the women were HIV-infected.", "Most of the women were living with HIV."),
        ("Most were alcoholics.", "Most had alcohol use disorder."),
        ("She was a smoker.", "She smoked."),
        ("They were not smokers.", "They did not smoke."),
        ("He was an inmate.", "He was in prison."),
        # nominal adjectives
        ("The elderly need care.", "Older adults need care."),
        ("The homeless were asked.", "People experiencing homelessness were asked."),
        ("Few of the homeless came.", "Few of the people experiencing homelessness came."),
        # verbs
        ("He committed suicide in prison.", "He died by suicide in prison."),
        ("Two were committing suicide.", "Two were dying by suicide."),
        ("They abused drugs daily.", "They used drugs daily."),
        ("She suffers from depression.", "She has depression."),
        # a second clause
        ("Smokers who quit were asked.", "People who smoke and who quit were asked."),
        # left to the writer
        ("HIV patient care was poor.", None),
        ("HIV-infected and uninfected women came.", None),
        ("Heroin- and cocaine-dependent patients came.", None),
        ("Injecting drug users (IDUs) came.", None),
        ("We saw opium-addicted and non-addicted men.", None),
        ("Recent smokers were asked.", None),
        ("Smokers and drinkers came.", None),
        ("Two of the women became HIV-infected.", None),
        ("The homeless man came.", None),
    ],
)
def test_rewrites(appraise_text: Callable[..., Appraisal], text: str, expected: str | None) -> None:
    raised = [finding for finding in appraise_text(text).findings if finding.decision != "exempt"]
    assert raised[0].rewrite == expected


@pytest.mark.parametrize(
    ("text", "key", "term", "expected"),
    [
        ("Most IDU are men.", "substance-use/idu", "IDU", "Most people who inject drugs are men."),
        ("IDU status was known.", "substance-use/idu", "IDU", None),
        ("Care for vertical transmission (PMTCT) grew.", "hiv/pmtct", "PMTCT", None),
        ("Six were still smokers versus none before.", "tobacco-gambling/smoker", "smokers", None),
        ("We predict opioid substance dependence.", "treatment/drug-dependence", "substance dependence", None),
        ("In Thailand (IDU), this holds.", "substance-use/idu", "IDU", None),
        ("Among chronic HCV patients, six died.", "viral-hepatitis/hepatitis-c-patient", "HCV patients",
         "Among people living with chronic hepatitis C, six died."),
        ("We asked adolescent inmates.", "prison/inmate", "inmates", "We asked adolescents in prison."),
        ("Opium and heroin users came.", "substance-use/heroin-user", "heroin users", None),
        ("Dual prisoner/staff groups met.", "prison/prisoner", "prisoner", None),
        ("He held “addicts” in contempt.", "substance-use/addict", "addicts", None),
        ("Relapse rates fell.", "drug-words/relapse", "Relapse", "Rates of return to use fell."),
        ("Deaths from AIDS fell.", "hiv/died-of-aids", "Deaths from AIDS", None),
        ("Cocaine dependence is treatable.", "treatment/stimulant-dependence", "Cocaine dependence",
         "Cocaine use disorder is treatable."),
        ("They were obese.", "obesity/obese", "obese", "They had obesity."),
        ("They were not obese.", "obesity/obese", "obese", "They did not have obesity."),
        ("They were obese or pregnant.", "obesity/obese", "obese", None),
        ("A prisoner's risk peaks in May.", "prison/prisoner", "prisoner", None),
        ("Two of the cases were homosexual.", "gender-sexuality/homosexual", "homosexual", None),
        ("Mothers are HIV-infected patients with TB.", "hiv/hiv-infected", "HIV-infected", None),
    ],
)  # fmt: skip
def test_rewrites_of_one_entry(text: str, key: str, term: str, expected: str | None) -> None:
    assert rewritten(text, key, term) == expected


def test_the_suggestion_has_the_number_of_the_term(appraise_text: Callable[..., Appraisal]) -> None:
    one, many = appraise_text("One junkie came. Five sub-\nstance abusers left.").findings
    assert one.suggestion is not None
    assert one.suggestion.startswith("person")
    assert many.suggestion is not None
    assert many.suggestion.startswith("people")


@pytest.mark.parametrize("key", LEXICON.entries)
def test_no_form_of_a_suggestion_holds_a_term(key: str) -> None:
    for form in entry(key).forms():
        for after in (".", " women.", " woman came.", " population.", "' families."):
            words = suggestion(entry(key), form, after)
            assert not words or term_scanner().find(words) == [], words


PEOPLE = [key for key, found in LEXICON.entries.items() if found.names_people]
BEFORE = st.sampled_from(
    ["", "We asked ", "Most of the ", "An ", "Each ", "Of 40 men, 12 were ", "Young ", "In 2010, ", "and "]
)
AFTER = st.sampled_from(
    [".", " were asked.", " women came.", "’s mother came.", " in Kenya.", " (n = 4).", " who left.", " and men."]
)


@given(key=st.sampled_from(PEOPLE), before=BEFORE, after=AFTER, data=st.data())
def test_a_rewrite_keeps_the_rest_and_drops_the_term(key: str, before: str, after: str, data: st.DataObject) -> None:
    form = data.draw(st.sampled_from(sorted(entry(key).forms())))
    text = before + form + after
    new = rewrite(entry(key), text, len(before), len(before) + len(form))
    if new is None:
        return
    words = set(re.findall(r"\w+", new.lower()))
    small = {"a", "an", "the", "were", "s", "we"}
    assert set(re.findall(r"\w+", f"{before} {after}".lower())) - small <= words
    # The entry's own term is gone; a longer one of the same words may have been the source of another finding.
    assert not any(hit.phrase.split("/", 1)[-1] == form for hit in term_scanner().find(new))
    assert new == rewrite(entry(key), text, len(before), len(before) + len(form))
    assert "  " not in new
    assert not re.search(r"\b[Aa] [aeio]|\b[Aa]n [bcdfgjklmnpqrstvwxyz][a-z]", new)


@given(sentence=st.text(alphabet="ab .,'’-(/\n", max_size=30), at=st.integers(0, 30))
def test_any_surroundings_are_survived(sentence: str, at: int) -> None:
    before, after = sentence[:at], sentence[at:]
    for key, term in (("substance-use/addict", "addicts"), ("hiv/hiv-infected", "HIV-infected")):
        new = rewrite(entry(key), before + term + after, len(before), len(before) + len(term))
        assert new is None or new != before + term + after


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        ("HIV test", "an"),
        ("user", "a"),
        ("hour", "an"),
        ("STI", "an"),
        ("PMTCT", "a"),
        ("older man", "an"),
        ("one", "a"),
        ("", "a"),
    ],
)
def test_articles_go_by_sound(word: str, expected: str) -> None:
    assert article(word) == expected


def test_forms_of_suggestions() -> None:
    assert plural_phrase("place where people meet") == "places where people meet"
    assert plural_phrase("return to use") == "returns to use"
    assert clause_in("who do not smoke", "past") == "did not smoke"
    assert clause_in("who currently smoke", "third") == "currently smokes"
    assert clause_in("who used to smoke", "third") == "used to smoke"
    assert clause_in("who died by suicide", "ing") is None
    assert verb_form("die", "ing") == "dying"
    assert verb_form("carry", "past") == "carried"


def test_rows_of_a_table_are_not_rewritten(appraise_text: Callable[..., Appraisal]) -> None:
    (finding,) = appraise_text("Addicts | 12 | 30%", kind="table").findings
    assert finding.suggestion
    assert finding.rewrite is None
