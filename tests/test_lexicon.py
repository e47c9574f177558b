from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lang_audit.detection.cues import load_usage_rules
from lang_audit.errors import LexiconError
from lang_audit.lexicon import Entry, load_lexicon, plain_form, plural_of

SOURCES = """
sources:
  guide-2020: {issuer: A society, title: A guide, year: 2020, years: "2020", domain: drugs, identifier: "", evidence: seen}
"""
ENTRY = """lexicon: sample
language: en
title: Sample
entries:
  - id: addict
    match: [addict]
    category: person-label
    severity: stigmatising
    prefer: {person: person with addiction, people: people with addiction}
    why: Names the person by a condition.
    since: 2004
    sources: [guide-2020]
    examples:
      flag: [An addict came.]
      pass: [A person came.]
"""


def lexicon_of(folder: Path, *files: str) -> Path:
    (folder / "stigma").mkdir()
    (folder / "sources.yaml").write_text(SOURCES, encoding="utf-8")
    for k, text in enumerate(files):
        (folder / "stigma" / f"file{k}.yaml").write_text(text, encoding="utf-8")
    return folder


def test_a_good_file_loads(tmp_path: Path) -> None:
    lexicon = load_lexicon(lexicon_of(tmp_path, ENTRY))
    assert list(lexicon.entries) == ["sample/addict"]
    assert lexicon.domains == {"sample": "Sample"}


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("severity: stigmatising", "severity: bad", "stigma/file0.yaml:8: entries.0.severity: must be pejorative, stigmatising or outdated"),
        ("    since: 2004", "    sinse: 2004", "stigma/file0.yaml:11: entries.0.sinse: is no key of this format"),
        ("    since: 2004\n", "", "stigma/file0.yaml:5: entries.0.since: is missing"),
        ("sources: [guide-2020]", "sources: [guide-1999]", "'guide-1999' is no key of sources.yaml"),
        ("    sources: [guide-2020]\n", "", "give at least one key of sources.yaml"),
        ("      flag: [An addict came.]\n", "", "entries.0.examples.flag: is missing"),
        ("flag: [An addict came.]", "flag: []", "entries.0.examples.flag:"),
        ("{person: person with addiction, people: people with addiction}", "{}", "give at least one of person, people"),
        ("id: addict", "id: An Addict", "must be lower-case words joined by hyphens"),
        ("    since: 2004", "    since: 2004\n    decision: query", "says under 'contested' who disagrees"),
        ("    why:", "    why: again\n    why:", "entries.0.why: is given twice"),
        ("    match: [addict]", "    match: [addict", "not valid YAML"),
        ("lexicon: sample", "lexicon: sample\nentries: []", "is given twice"),
    ],
)  # fmt: skip
def test_a_mistake_is_named_with_file_and_line(tmp_path: Path, old: str, new: str, message: str) -> None:
    assert old in ENTRY
    with pytest.raises(LexiconError) as caught:
        load_lexicon(lexicon_of(tmp_path, ENTRY.replace(old, new)))
    assert message in str(caught.value)
    assert str(caught.value).startswith("stigma/file0.yaml:")


def test_a_phrase_has_one_entry_however_it_is_written(tmp_path: Path) -> None:
    other = ENTRY.replace("sample", "other").replace("[addict]", "[Drug-Addict, ADDICT]")
    with pytest.raises(LexiconError, match=r"file1.yaml:5: entries.0.match: 'ADDICT' stands in sample/addict too"):
        load_lexicon(lexicon_of(tmp_path, ENTRY, other))


def test_every_mistake_of_every_file_is_told_at_once(tmp_path: Path) -> None:
    with pytest.raises(LexiconError) as caught:
        load_lexicon(lexicon_of(tmp_path, ENTRY.replace("2004", "soon"), ENTRY.replace("stigmatising", "rude")))
    assert len(caught.value.problems) == 2


def test_a_folder_without_entries_says_so(tmp_path: Path) -> None:
    with pytest.raises(LexiconError, match="holds no .yaml file"):
        load_lexicon(lexicon_of(tmp_path))


def test_a_bad_cue_is_named_with_file_and_line(tmp_path: Path) -> None:
    folder = tmp_path / "usage"
    folder.mkdir()
    (folder / "people.yaml").write_text("person_nouns: []\nstops: []\nanimals: []\nnot_people: []\ndrugs: []\nsubstances: []\n")
    (folder / "name.yaml").write_text("usage: name\npriority: 1\nreason: x\ncues:\n  - cue: '('\n    stands: before\n")
    with pytest.raises(LexiconError, match=r"usage/name.yaml:5: cues.0.cue: is no regular expression"):
        load_usage_rules(tmp_path)


@pytest.mark.parametrize(
    ("singular", "plural"),
    [
        ("addict", "addicts"), ("person", "people"), ("HIV-positive woman", "HIV-positive women"), ("baby", "babies"),
        ("crutch", "crutches"), ("alcoholism", "alcoholism"), ("drunk driving", "drunk driving"), ("IDU", "IDUs"),
    ],
)  # fmt: skip
def test_plurals(singular: str, plural: str) -> None:
    assert plural_of(singular) == plural


def entry(**changes: object) -> Entry:
    return load_lexicon().entries["substance-use/addict"].model_copy(update=changes)


def test_forms_and_their_number() -> None:
    assert entry(match=["user of drugs"]).forms() == {"user of drugs": "singular", "users of drugs": "plural"}
    assert set(entry(match=["abuse drugs"], inflect="verb").forms()) == {
        "abuse drugs", "abuses drugs", "abused drugs", "abusing drugs",
    }  # fmt: skip
    assert entry(match=["drug user"]).number_of("DRUG-\nUSERS’") == "plural"


@given(st.text(alphabet="abc -\n‐–", max_size=30))
def test_plain_form_is_stable(phrase: str) -> None:
    assert plain_form(plain_form(phrase)) == plain_form(phrase)


def test_the_shipped_lexicon_cites_only_known_sources_and_covers_what_it_promises() -> None:
    lexicon = load_lexicon()
    assert len(lexicon) > 250
    cited = {name for entry in lexicon.entries.values() for name in (*entry.sources, *entry.known_sources)}
    assert cited <= set(lexicon.sources)
    assert {"substance-use", "alcohol", "treatment", "hiv", "viral-hepatitis"} <= set(lexicon.domains)
