from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from lang_audit.cli import cli
from lang_audit.explain import as_text, brief, describe, links, suggested_for
from lang_audit.lexicon import Entry, Interval, Lexicon, Source, load_lexicon
from lang_audit.lexicon_lookup import TermFinder, loose_patterns, surface_forms

LEXICON = load_lexicon()
FINDER = TermFinder(LEXICON)


def run(*arguments: str) -> Result:
    return CliRunner().invoke(cli, ["explain", *arguments])


def with_entry(key: str, **changes: object) -> Lexicon:
    entries = dict(LEXICON.entries)
    entries[key] = entries[key].model_copy(update=changes)
    return Lexicon(entries, LEXICON.sources, LEXICON.domains)


@pytest.mark.parametrize(
    ("asked", "key"),
    [
        ("substance-use/addict", "substance-use/addict"),
        ("addict", "substance-use/addict"),
        ("  ADDICTS ", "substance-use/addict"),
        ("addict’s", "substance-use/addict"),
        ("Drug-Addicts", "substance-use/drug-addict"),
        ("most of the drug addicts in this town", "substance-use/drug-addict"),
        ("idus", "substance-use/idu"),
        ("HIV–infected women", "hiv/hiv-infected"),
        ("aids patients", "hiv/hiv-patient"),
        ("committed\nsuicide", "suicide/commit-suicide"),
    ],
)
def test_what_a_person_types_finds_the_entry(asked: str, key: str) -> None:
    assert FINDER.lookup(asked)[0] == key


def test_an_id_with_its_domain_means_that_entry_alone() -> None:
    assert FINDER.lookup("substance-use/drug-addict") == ["substance-use/drug-addict"]
    assert FINDER.lookup("drug addict") == ["substance-use/drug-addict", "substance-use/addict"]


def test_every_entry_is_found_by_its_key_and_by_its_first_phrase() -> None:
    for key, entry in LEXICON.entries.items():
        assert FINDER.lookup(key) == [key]
        if entry.phrases:
            assert key in FINDER.lookup(entry.phrases[0])


def test_acronyms_keep_their_case_where_a_text_is_read() -> None:
    assert FINDER.find("The IDUs came.") == [(4, 8, "substance-use/idu")]
    assert FINDER.find("THE IDUS CAME.") == [(4, 8, "substance-use/idu")]
    assert FINDER.find("On the mat.") == []
    assert FINDER.find("A hearing aids patient") == []
    assert FINDER.find("Most AIDS Patients")[0].phrase == "hiv/hiv-patient"
    assert FINDER.find("intravenous and iv drug abusers") != []


def test_the_detector_finds_the_same_terms() -> None:
    from lang_audit.detection.lexicon_matcher import TermScanner

    scanner = TermScanner(LEXICON)
    for entry in LEXICON.entries.values():
        if not entry.patterns:
            for sentence in entry.examples.flag:
                assert set(FINDER.find(sentence)) == set(scanner.find(sentence)), sentence


def test_close_matches_are_misspelt_or_longer_terms() -> None:
    assert ("addict", "substance-use/addict") in FINDER.close_to("adict")
    assert ("substance-use/addict", "substance-use/addict") in FINDER.close_to("substance-use/adict")
    assert FINDER.close_to("qqqqqq") == []
    assert len(FINDER.close_to("patient")) == 6


def test_token_patterns_of_words_are_spelled_out_and_others_are_counted() -> None:
    words = [{"ORTH": {"IN": ["AIDS"]}}, {"LOWER": {"IN": ["victim", "victims"]}}]
    grammar = [{"LOWER": "user"}, {"POS": "NOUN"}]
    entry = LEXICON.entries["hiv/aids-victim"].model_copy(update={"match": [words, grammar]})
    assert surface_forms(entry) == [("AIDS victim", "singular", True), ("AIDS victims", "plural", True)]
    assert loose_patterns(entry) == 1


def test_an_explanation_says_everything_in_words() -> None:
    text = as_text(LEXICON, "substance-use/addict", 80)
    after_noun = LEXICON.entries["substance-use/addict"].prefer.person_after
    for words in (
        "What is wrong", "How serious", "Stigmatising:", "Contested", "twelve-step", "for one person: ", "for several: ",
        f"after a noun: women {after_noun}", "Associated Press", "2017", "(known, not read)", "First said in 2004",
        "When it is let pass", "addict behav", "Known problems", "Raised\n  - ", "Let pass\n  - ",
    ):  # fmt: skip
        assert words in text
    assert max(map(len, text.splitlines())) <= 80
    assert "substance-use/addict" in text.splitlines()[1]


@pytest.mark.parametrize("key", LEXICON.entries)
def test_every_entry_can_be_explained(key: str) -> None:
    headings = [part.heading for part in describe(LEXICON, key)]
    assert headings[0] == "What is wrong"
    assert {"What to write instead", "Guidelines", "Raised", "Let pass"} <= set(headings)
    assert key in brief(LEXICON, key)
    assert "None" not in as_text(LEXICON, key, 60).replace("None of", "")


def test_a_question_an_everyday_word_and_an_acronym_say_how_they_are_decided() -> None:
    query = next(k for k, e in LEXICON.entries.items() if e.decision == "query" and not e.everyday)
    assert "as a question, because guidance is divided" in " ".join(as_text(LEXICON, query, 200).split())
    everyday = with_entry(query, everyday=True)
    assert "everyday word" in as_text(everyday, query, 200)
    assert "“injecting drug use”" in as_text(LEXICON, "substance-use/idu", 5000)


def test_changing_guidance_is_told_with_its_years() -> None:
    source = LEXICON.entries["substance-use/addict"].sources[0]
    history = [
        Interval.model_validate({"from": 2007, "to": 2014, "status": "recommended", "source": source}),
        Interval.model_validate({"from": 2015, "status": "discouraged", "source": source}),
    ]
    text = as_text(with_entry("substance-use/addict", history=history), "substance-use/addict", 200)
    assert "2007 to 2014: recommended (Associated Press" in text
    assert "since 2015: advised against (Associated Press" in text


def test_links_of_a_source() -> None:
    source = Source(
        issuer="A", title="B", year=2020, years="2020", domain="drugs", evidence="seen",
        identifier="JAMA 316 doi:10.1001/jama.2016.11874 ; https://example.org/a(1) ; https://example.org/a(1)",
    )  # fmt: skip
    assert links(source) == ("https://example.org/a(1)", "https://doi.org/10.1001/jama.2016.11874")


def test_several_entries_are_listed_and_the_best_is_shown() -> None:
    done = run("drug", "addict")
    assert done.exit_code == 0
    assert done.output.startswith("2 entries fit “drug addict”:\n  drug addict (substance-use/drug-addict)")
    assert "\ndrug addict\nDrug use · substance-use/drug-addict\n" in done.output
    assert "\x1b" not in done.output


def test_json_holds_the_entry_in_full() -> None:
    data = json.loads(run("addict", "--format", "json").stdout)
    assert data["others"] == []
    assert data["entry"]["key"] == "substance-use/addict"
    assert (
        data["entry"]["guidelines"][0] | {"issuer": "Associated Press", "read": True} == data["entry"]["guidelines"][0]
    )
    Entry.model_validate(
        {k: v for k, v in data["entry"].items() if k not in ("key", "domain", "domain_title", "guidelines")}
    )


def test_no_entry_is_status_1_with_close_matches_on_stderr() -> None:
    done = run("adict")
    assert done.exit_code == 1
    assert done.stdout == ""
    assert "has no term “adict”" in done.stderr and "addict  (substance-use/addict)" in done.stderr
    assert "no approval" in run("qqqqqq").stderr


def test_a_phrase_that_is_suggested_is_recognised() -> None:
    assert "junkie" in suggested_for(LEXICON, "People who use drugs")
    assert "It is what the lexicon suggests" in run("people who use drugs").stderr


def test_help_and_explain_import_nothing_heavy() -> None:
    heavy = ["spacy", "pdfminer", "jinja2", "lxml", "numpy"]
    script = f"""
import sys
from lang_audit.cli import cli
cli(["--help"], standalone_mode=False)
print([m for m in {[*heavy, "pydantic"]} if m in sys.modules], file=sys.stderr)
cli(["explain", "addict"], standalone_mode=False)
print([m for m in {heavy} if m in sys.modules], file=sys.stderr)
"""
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True, cwd=Path(__file__).parent
    )
    assert done.stderr == "[]\n[]\n"


def test_every_sense_is_explained() -> None:
    from typing import get_args

    from lang_audit.explain import _SENSES
    from lang_audit.lexicon import Sense

    assert set(_SENSES) == set(get_args(Sense))
