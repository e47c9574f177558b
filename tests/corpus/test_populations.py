from __future__ import annotations

import re
from pathlib import Path

import pytest

from lang_audit.corpus.dataset import open_dataset
from lang_audit.corpus.page.populations import Population, Use, count_uses, load_not_guidance, load_populations
from lang_audit.detection.person_first import load_person_first
from lang_audit.errors import LexiconError
from lang_audit.lexicon import load_lexicon
from tests.corpus.datasets import finding, paper, publish, reference

POPULATIONS = {population.id: population for population in load_populations()}
# How a paper refers to each: the form that it must be counted with.
REFERENCES = {
    "people who inject drugs": ("people-who-inject-drugs", "people who inject drugs"),
    "PWID": ("people-who-inject-drugs", "PWID"),
    "people who use drugs": ("people-who-use-drugs", "people who use drugs"),
    "women who use crack": ("people-who-use-drugs", "people who use drugs"),
    "patients with opioid use disorder": ("people-with-substance-use-disorder", "people with a use disorder"),
    "adults with alcohol use disorder": ("people-with-alcohol-use-disorder", "people with alcohol use disorder"),
    "people in recovery": ("people-with-substance-use-disorder", "people in recovery"),
    "people living with HIV": ("people-living-with-hiv", "people living with HIV"),
    "women infected with HIV": ("people-living-with-hiv", "people infected with HIV"),
    "patients with HIV": ("people-living-with-hiv", "people with HIV"),
    "PLWH": ("people-living-with-hiv", "PLHIV"),
    "patients with chronic hepatitis": ("people-with-viral-hepatitis", "people with hepatitis"),
    "people who were incarcerated": ("people-in-prison", "people who are or were incarcerated"),
    "men in prison": ("people-in-prison", "people in or leaving prison"),
    "women who sell sex": ("people-who-sell-sex", "people who sell sex"),
    "people experiencing homelessness": ("people-experiencing-homelessness", "people experiencing homelessness"),
    "adults with severe mental illness": ("people-with-mental-illness", "people with mental illness"),
    "outpatients with schizophrenia": ("people-with-schizophrenia", "patients with schizophrenia"),
    "people with schizophrenia": ("people-with-schizophrenia", "people with schizophrenia"),
    "patients with bipolar disorder": ("people-with-bipolar-disorder", "patients with bipolar disorder"),
    "children with ADHD": ("people-with-adhd", "children with ADHD"),
    "people with disabilities": ("people-with-disabilities", "people with disabilities"),
    "adults with intellectual disability": ("people-with-disabilities", "people with intellectual disabilities"),
    "patients with type 2 diabetes": ("people-with-diabetes", "patients with diabetes"),
    "adults with T2DM": ("people-with-diabetes", "people with diabetes"),
    "people with epilepsy": ("people-with-epilepsy", "people with epilepsy"),
    "children with obesity": ("people-with-obesity", "people with obesity"),
    "adults with autism": ("autistic-people", "people with autism"),
    "people with dementia": ("people-with-dementia", "people with dementia"),
}


def test_every_entry_stands_in_the_lexicon_and_can_be_counted() -> None:
    entries = load_lexicon().entries
    assert len(POPULATIONS) >= 16
    for population in POPULATIONS.values():
        assert population.entries <= set(entries)
        for label in population.labels:
            if label.text is not None:
                forms = {form for key in label.entries for form in entries[key].forms()}
                hit = {form for form in forms if re.fullmatch(label.text, form.casefold())}
                assert hit and hit != forms, f"{population.id}: {label.name}"


def test_what_is_no_guidance_stands_in_the_lexicon() -> None:
    assert "kelly-2010" in load_not_guidance() and load_not_guidance() < set(load_lexicon().sources)


@pytest.fixture(scope="module")
def uses(tmp_path_factory: pytest.TempPathFactory) -> list[Use]:
    papers = [paper(number, year=1000 + number) for number in range(len(REFERENCES))]
    references = [reference(row, text) for row, text in zip(papers, REFERENCES, strict=True)]
    folder = publish(tmp_path_factory.mktemp("run") / "out", papers, references=references)
    with open_dataset(folder).connect() as connection:
        return count_uses(connection, load_populations())


@pytest.mark.parametrize("text", REFERENCES)
def test_person_first_references(uses: list[Use], text: str) -> None:
    assert load_person_first().find(text) == [(0, len(text))], "detection does not give this reference"
    year = 1000 + list(REFERENCES).index(text)
    found = {(use.population, use.form) for use in uses if use.year == year and use.form}
    assert REFERENCES[text] in found
    others = {population for population, _ in found} - {REFERENCES[text][0]}
    assert others <= {"people-with-mental-illness"}, "one reference is of one population"


def test_every_form_has_a_reference_or_is_an_acronym() -> None:
    tried = set(REFERENCES.values())
    untried = {
        (p.id, form.name) for p in POPULATIONS.values() for form in p.person_first if (p.id, form.name) not in tried
    }
    assert {name for _, name in untried} == {
        "PWUD", "PWE", "people with addiction or dependence", "people with alcohol dependence", "people living with hepatitis",
        "people infected with hepatitis", "people involved with the justice system", "people without housing",
        "people with bipolar disorder", "people with ADHD", "patients with epilepsy", "people with overweight",
        "patients with dementia",
    }  # fmt: skip


def test_papers_are_counted_once_for_a_form_and_once_for_all(tmp_path: Path) -> None:
    a, b, c = paper(1, year=2001), paper(2, year=2001), paper(3, year=None)
    entry, idu = "substance-use/injecting-drug-user", "substance-use/idu"
    findings = [
        finding(a, entry, "Injection Drug\nUsers"),
        finding(a, entry, "injection drug user"),
        finding(a, entry, "injecting drug users"),
        finding(b, idu, "IDUs"),
        finding(b, entry, "injecting drug users", decision="exempt", usage="quoted"),
        finding(c, idu, "IDU", decision="exempt", usage="behaviour"),
    ]
    folder = publish(tmp_path / "out", [a, b, c], findings, [reference(a, "PWID"), reference(c, "PWIDs")])
    with open_dataset(folder).connect() as connection:
        found = {
            (use.kind, use.form, use.year): use.papers
            for use in count_uses(connection, [POPULATIONS["people-who-inject-drugs"]])
        }
    assert found == {
        ("label", "injection drug users", 2001): 1,
        ("label", "injecting drug users", 2001): 1,
        ("label", "IDU", 2001): 1,
        ("label", None, 2001): 2,
        ("person-first", "PWID", 2001): 1,
        ("person-first", "PWID", None): 1,
        ("person-first", None, 2001): 1,
        ("person-first", None, None): 1,
        (None, None, 2001): 2,
        (None, None, None): 1,
    }


SOURCES = """sources:
  made-up:
    {issuer: Nobody, title: Words, year: 2001, years: "2001", domain: drugs, identifier: none, evidence: known}
"""
ENTRIES = """lexicon: substance-use
language: en
title: Made-up
entries:
  - id: drug-user
    match: [drug user]
    category: person-label
    severity: outdated
    prefer: {person: person who uses drugs}
    why: It is a label.
    since: 2001
    sources: [made-up]
    examples: {flag: [Many drug users came.], pass: [Many people came.]}
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A lexicons folder with one entry."""
    made = tmp_path / "lexicons"
    (made / "stigma").mkdir(parents=True)
    (made / "sources.yaml").write_text(SOURCES, encoding="utf-8")
    (made / "stigma" / "drugs.yaml").write_text(ENTRIES, encoding="utf-8")
    return made


GOOD = """populations:
  - id: people-who-use-drugs
    title: People who use drugs
    person_first:
      - {name: PWUD, text: '^pwud$'}
    labels:
      - {name: drug users, entries: [substance-use/drug-user]}
"""


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("substance-use/drug-user", "substance-use/drug-usr", r"yaml:7: .*'substance-use/drug-usr' is no entry .*drug-user"),
        ("'^pwud$'", "'^pwud('", r"populations.yaml:5: .*is no regular expression"),
        ("'^pwud$'", "'(?=pwud)'", r"populations.yaml:5: .*do not look ahead"),
        ("{name: PWUD", "{form: PWUD", r"populations.yaml:5: .*form: is no key of this format"),
        ("name: drug users", "name: PWUD", r"populations.yaml:2: .*two forms are called PWUD"),
        ("    title: People who use drugs\n", "", r"populations.yaml:2: .*title: is missing"),
        ("      - {name: PWUD, text: '^pwud$'}\n", "      []\n", r"says under 'note' why"),
        ("[substance-use/drug-user]", "[substance-use/drug-user, substance-use/drug-user]", r"in two labels"),
        ("populations:\n", "not_guidance: [nobody]\npopulations:\n", r"populations.yaml:1: .*'nobody' is no source"),
    ],
)  # fmt: skip
def test_mistakes_are_told_with_their_line(folder: Path, old: str, new: str, message: str) -> None:
    assert old in GOOD
    (folder / "populations.yaml").write_text(GOOD.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(LexiconError, match=message):
        load_populations(folder)


def test_an_id_is_used_once(folder: Path) -> None:
    (folder / "populations.yaml").write_text(GOOD + GOOD.partition("\n")[2], encoding="utf-8")
    with pytest.raises(LexiconError, match=r"populations.yaml:8: .*'people-who-use-drugs' is used twice"):
        load_populations(folder)


def test_a_folder_without_the_file_has_none(folder: Path) -> None:
    assert load_populations(folder) == () and load_not_guidance(folder) == frozenset()


def test_a_population_of_nobody(tmp_path: Path) -> None:
    run = publish(tmp_path / "out", [])
    nobody = Population(
        id="nobody", title="Nobody", note="None", person_first=[], labels=[{"name": "x", "entries": ["a/b"]}]
    )
    with open_dataset(run).connect() as connection:
        assert count_uses(connection, [nobody]) == [] == count_uses(connection, [])
