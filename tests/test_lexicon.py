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
        (
            "severity: stigmatising",
            "severity: bad",
            "stigma/file0.yaml:8: entries.0.severity: must be pejorative, stigmatising or outdated",
        ),
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
        ("lexicon: sample", "lexicon: My Sample", "stigma/file0.yaml:1: lexicon: must be lower-case words joined by hyphens"),
        (
            "match: [addict]",
            "match: [[{LEMMA: addict}]]",
            "stigma/file0.yaml:6: entries.0.match: LEMMA is no attribute of a token pattern; allowed are IS_ALPHA",
        ),
        (
            "match: [addict]",
            "match: [[{IS_ALPHA: true}]]",
            "stigma/file0.yaml:6: entries.0.match: a token pattern needs one token with its text",
        ),
        (
            "    since: 2004",
            "    since: 2004\n    everyday: true",
            "stigma/file0.yaml:5: entries.0: an everyday entry has 'decision: query'",
        ),
        (
            "    since: 2004",
            "    since: 2004\n    history: [{from: 2007, to: 2001, status: accepted, source: guide-2020}]",
            "stigma/file0.yaml:12: entries.0.history.0: ends in 2001, before it begins in 2007",
        ),
        (
            "    since: 2004",
            "    since: 2004\n    history: [{from: 2007, status: loved, source: guide-2020}]",
            "stigma/file0.yaml:12: entries.0.history.0.status: must be recommended, accepted, contested or "
            "discouraged, not 'loved'",
        ),
        (
            "    since: 2004",
            "    since: 2004\n    history: [{from: 2007, status: accepted, source: guide-2021}]",
            "stigma/file0.yaml:5: entries.0.history.0.source: 'guide-2021' is no key of sources.yaml; did you "
            "mean guide-2020?",
        ),
        (
            "    since: 2004",
            "    since: 2004\n    history:\n      - {from: 2007, to: 2015, status: accepted, source: "
            "guide-2020}\n      - {from: 2015, status: discouraged, source: guide-2020}",
            "stigma/file0.yaml:12: entries.0.history: the interval from 2007 (to 2015) overlaps the one from 2015",
        ),
        (
            "    since: 2004",
            "    since: 2004\n    history:\n      - {from: 2015, status: accepted, source: guide-2020}\n      - "
            "{from: 2007, status: discouraged, source: guide-2020}",
            "the interval from 2015 (open) overlaps the one from 2007, or they are out of order",
        ),
        ("language: en", "language: en\nsources: {}", None),
        (
            "language: en",
            "language: en\nsources: {g: {issuer: A, title: B, year: 2020, years: '2020', domain: drugs, "
            "identifier: '', evidence: seen}}",
            "stigma/file0.yaml:3: sources.g: sources of the shipped lexicon stand in sources.yaml",
        ),
    ],
)  # fmt: skip
def test_a_mistake_is_named_with_file_and_line(tmp_path: Path, old: str, new: str, message: str | None) -> None:
    assert old in ENTRY
    if message is None:
        assert load_lexicon(lexicon_of(tmp_path, ENTRY.replace(old, new))).entries
        return
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
    with pytest.raises(LexiconError, match=r"holds no \.yaml file"):
        load_lexicon(lexicon_of(tmp_path))


def test_a_bad_cue_is_named_with_file_and_line(tmp_path: Path) -> None:
    folder = tmp_path / "usage"
    folder.mkdir()
    (folder / "people.yaml").write_text(
        "person_nouns: []\nstops: []\nanimals: []\nmaterials: []\nnot_people: []\n"
        "drugs: []\nsubstances: []\nweak_substances: []\n"
    )
    (folder / "name.yaml").write_text("usage: name\npriority: 1\nnames: []\ncues:\n  - cue: '('\n    stands: before\n")
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
    given = load_lexicon().entries["substance-use/addict"].model_dump(by_alias=True)
    return Entry.model_validate({**given, **changes})


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


MINE = ENTRY.replace("lexicon: sample", "lexicon: mine").replace("addict]", "needle fiend]")
MINE = (
    MINE.replace("guide-2020", "my-guide")
    + """sources:
  my-guide: {issuer: Us, title: Our words, year: 2024, years: "2024", domain: drugs, identifier: "", evidence: seen}
"""
)


def own(folder: Path, text: str, name: str = "my_terms.yaml") -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def test_a_file_of_the_users_own_adds_entries_and_brings_its_sources(tmp_path: Path) -> None:
    lexicon = load_lexicon(extra=(own(tmp_path, MINE),))
    assert lexicon.entries["mine/addict"].phrases == ["needle fiend"]
    assert lexicon.sources["my-guide"].year == 2024
    assert lexicon.domains["mine"] == "Sample"
    assert len(lexicon) == len(load_lexicon()) + 1


def test_an_entry_with_the_same_key_takes_the_place_of_the_shipped_one_as_a_whole(tmp_path: Path) -> None:
    text = ENTRY.replace("lexicon: sample", "lexicon: substance-use").replace("guide-2020", "ap-2017")
    text = text.replace("severity: stigmatising", "severity: pejorative")
    lexicon = load_lexicon(extra=(own(tmp_path, text),))
    assert lexicon.entries["substance-use/addict"].severity == "pejorative"
    assert lexicon.entries["substance-use/addict"].known_sources == []
    assert len(lexicon) == len(load_lexicon())
    assert lexicon.domains["substance-use"] == load_lexicon().domains["substance-use"]


def test_a_phrase_of_a_shipped_entry_needs_an_override_and_the_error_names_both_places(tmp_path: Path) -> None:
    path = own(tmp_path, MINE.replace("needle fiend]", "addict]"))
    with pytest.raises(LexiconError) as caught:
        load_lexicon(extra=(path,))
    told = str(caught.value)
    assert f"{path}:5: entries.0.match: 'addict' stands in substance-use/addict too (stigma/substance_use.yaml:" in told
    assert "override it: lexicon substance-use, id addict" in told


def test_two_files_of_the_users_own_may_not_share_a_phrase_and_the_later_may_override(tmp_path: Path) -> None:
    first, second = own(tmp_path, MINE), own(tmp_path, MINE.replace("lexicon: mine", "lexicon: other"), "other.yaml")
    clash = r"other.yaml:5: entries.0.match: 'needle fiend' stands in mine/addict too \(.*my_terms.yaml:5\)"
    with pytest.raises(LexiconError, match=clash):
        load_lexicon(extra=(first, second))
    third = own(tmp_path, MINE.replace("since: 2004", "since: 2010"), "third.yaml")
    assert load_lexicon(extra=(first, third)).entries["mine/addict"].since == 2010


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        (
            "my-guide]",
            "my-giude]",
            "entries.0.sources: 'my-giude' is no key of sources.yaml or of this file's own 'sources'; did you "
            "mean my-guide?",
        ),
        (
            "  my-guide: {issuer: Us",
            "  ap-2017: {issuer: Us",
            ":17: sources.ap-2017: the source 'ap-2017' is there already and says something else",
        ),
        ("evidence: seen", "evidence: heard", ":17: sources.my-guide.evidence: must be seen or known, not 'heard'"),
    ],
)  # fmt: skip
def test_a_mistake_in_the_users_file_is_named(tmp_path: Path, old: str, new: str, message: str) -> None:
    path = own(tmp_path, MINE.replace(old, new))
    with pytest.raises(LexiconError) as caught:
        load_lexicon(extra=(path,))
    assert message in str(caught.value)
    assert str(caught.value).startswith(str(path))


def test_an_id_is_used_once_in_a_file(tmp_path: Path) -> None:
    block = MINE[MINE.index("  - id:") : MINE.index("sources:\n  my-guide")]
    again = block.replace("needle fiend", "needle head")
    path = own(tmp_path, MINE.replace("sources:\n  my-guide", again + "sources:\n  my-guide"))
    with pytest.raises(LexiconError, match=r":16: entries.1: the id 'addict' is used twice"):
        load_lexicon(extra=(path,))


def test_everyday_words_are_marked() -> None:
    entries = load_lexicon().entries
    for key in (
        "research-participants/subjects",
        "ageing/the-elderly",
        "tobacco-gambling/smoker",
        "chronic-disease/diabetic",
        "treatment/treatment-dropout",
    ):
        assert entries[key].everyday, key
