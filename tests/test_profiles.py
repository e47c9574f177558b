from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from lang_audit.audit import audit_paper
from lang_audit.config import lexicon_folder
from lang_audit.errors import ConfigError, LexiconError
from lang_audit.lexicon import load_lexicon
from lang_audit.model import Appraisal, VerdictLabel
from lang_audit.profiles import load_profile, profile_names
from lang_audit.settings import load_settings
from tests.conftest import paper_of
from tests.test_cli import run

AUDITS = [name for name in profile_names() if name not in ("default", "strict")]


def appraise(text: str, profile: str, year: int | None = None) -> Appraisal:
    appraisal = audit_paper(
        paper_of(text, year=year), settings=load_settings(profile=profile, codebooks=["none"])
    ).appraisal
    assert appraisal is not None
    return appraisal


def raised(text: str, profile: str) -> dict[str, str]:
    return {f.entry: f.decision for f in appraise(text, profile).findings if f.decision != "exempt"}


def test_the_default_and_all_promised_audits_are_there() -> None:
    assert profile_names()[0] == "default"
    promised = {
        "hartwell-2020",
        "sharp-2021",
        "mcpherson-2022",
        "nielsen-2016",
        "shi-2022",
        "eschliman-2025",
        "ottwell-2021",
    }
    assert {"default", "strict"} | promised <= set(profile_names())


@pytest.mark.parametrize("name", profile_names())
def test_each_profile_loads_and_raises_something(name: str) -> None:
    profile, lexicon = load_profile(name)
    assert any(profile.decision(key, entry) for key, entry in lexicon.entries.items())


@pytest.mark.parametrize("name", AUDITS)
def test_an_audit_names_its_study_and_what_it_cannot_repeat(name: str) -> None:
    profile, _ = load_profile(name)
    assert profile.study is not None
    assert profile.limits
    assert profile.rule == "any-term"


@pytest.mark.parametrize("name", AUDITS)
def test_terms_that_only_a_profile_has_pass_their_own_examples(name: str) -> None:
    shipped = load_lexicon().entries
    _, lexicon = load_profile(name)
    for key, entry in lexicon.entries.items():
        if key not in shipped:
            assert all(raised(text, name).get(key) == "flag" for text in entry.examples.flag)
            assert all(raised(text, name) == {} for text in entry.examples.pass_)


def test_the_default_profile_raises_every_entry_as_the_lexicon_says() -> None:
    profile, lexicon = load_profile()
    assert all(profile.decision(key, entry) == entry.decision for key, entry in lexicon.entries.items())


@pytest.mark.parametrize(
    ("name", "text", "expected"),
    [
        ("default", "Most addicts were men.", {"substance-use/addict": "flag"}),
        ("default", "The elderly were asked first.", {"ageing/the-elderly": "query"}),
        ("strict", "The elderly were asked first.", {"ageing/the-elderly": "query"}),
        ("strict", "Retention in opioid substitution treatment was high.", {"treatment/opioid-substitution-treatment": "flag"}),
        ("shi-2022", "Alcoholics and the elderly were asked about opioid substitution treatment.", {"alcohol/alcoholic": "flag"}),
        ("nielsen-2016", "One addict committed suicide.", {"suicide/commit-suicide": "flag"}),
        ("mcpherson-2022", "HIV-infected women came with drug users.", {"hiv/hiv-infected": "flag"}),
        ("ottwell-2021", "Psoriasis patients came with addicts.", {"ottwell-2021/psoriasis-patient": "flag"}),
        ("default", "Psoriasis patients came.", {}),
        ("sharp-2021", "Drug-seeking patients came.", {"drug-words/drug-seeking": "flag"}),
        ("eschliman-2025", "The project follows drug abusers.", {"substance-use/drug-abuser": "flag"}),
        ("hartwell-2020", "Patients suffering from depression were alcoholics.",
         {"mental-health/suffering-from-depression": "flag", "alcohol/alcoholic": "flag"}),
    ],
)  # fmt: skip
def test_what_a_profile_raises(name: str, text: str, expected: dict[str, str]) -> None:
    assert raised(text, name) == expected


def test_an_entry_that_a_profile_does_not_select_gives_no_finding_at_all() -> None:
    assert [
        f.entry for f in appraise("“We are addicts,” she said. He committed suicide.", "nielsen-2016").findings
    ] == ["suicide/commit-suicide"]


@pytest.mark.parametrize(
    ("text", "label"),
    [
        ("People who use drugs came. " * 20 + "One alcoholic left.", "not person-first"),
        ("Rates of alcoholism rose.", "not person-first"),
        ("The weather was fine.", "person-first"),
        ("She said: “I am an alcoholic.”", "person-first"),
    ],
)
def test_by_any_term_one_term_is_enough_and_none_adheres(text: str, label: VerdictLabel) -> None:
    verdict = appraise(text, "shi-2022").verdict
    assert (verdict.rule, verdict.label) == ("any-term", label)
    assert "By this rule" in verdict.reasons[0]


FILE = """profile: mine
title: Mine
about: Mine.
select:
  domains: [substance-use]
  severities: [pejorative]
everyday_words: query
rule: strict
unit: paper
adherent: None of the terms.
"""


def folder_with(tmp_path: Path, text: str) -> Path:
    for name in ("stigma", "usage"):
        (tmp_path / name).symlink_to(lexicon_folder() / name)
    shutil.copy(lexicon_folder() / "sources.yaml", tmp_path)
    (tmp_path / "profiles").mkdir()
    (tmp_path / "profiles" / "mine.yaml").write_text(text, encoding="utf-8")
    return tmp_path


def test_conditions_of_a_selection_hold_together(tmp_path: Path) -> None:
    profile, lexicon = load_profile("mine", folder_with(tmp_path, FILE))
    decided = {key for key, entry in lexicon.entries.items() if profile.decision(key, entry)}
    assert "substance-use/junkie" in decided
    assert all(lexicon.entries[key].severity == "pejorative" and key.startswith("substance-use/") for key in decided)


@pytest.mark.parametrize(("switch", "expected"), [("ignore", None), ("query", "query"), ("flag", "flag")])
def test_the_switch_for_everyday_words(tmp_path: Path, switch: str, expected: str | None) -> None:
    text = FILE.replace("everyday_words: query", f"everyday_words: {switch}").replace(
        "  domains: [substance-use]\n  severities: [pejorative]", "  domains: [ageing, treatment, tobacco-gambling]"
    )
    profile, lexicon = load_profile("mine", folder_with(tmp_path, text))
    assert profile.decision("ageing/the-elderly", lexicon.entries["ageing/the-elderly"]) == expected
    assert profile.decision("tobacco-gambling/smoker", lexicon.entries["tobacco-gambling/smoker"]) == expected
    assert profile.decision("treatment/mat-acronym", lexicon.entries["treatment/mat-acronym"]) == "query"


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("rule: strict", "rule: kind", "profiles/mine.yaml:8: rule: must be majority, strict or any-term, not 'kind'"),
        ("unit: paper", "unit: paper\ncolour: red", "profiles/mine.yaml:10: colour: is no key of this format"),
        (
            "[substance-use]",
            "[substanceuse]",
            "profiles/mine.yaml:5: select.domains.0: 'substanceuse' is no domain of the lexicon; did you mean substance-use",
        ),
        (
            "rule: strict",
            "except: [substance-use/junky]\nrule: strict",
            "profiles/mine.yaml:8: except.0: 'substance-use/junky' is no entry of the lexicon; did you mean "
            "substance-use/junkie",
        ),
        (
            "  severities: [pejorative]",
            "  sources: [nobody-1900]",
            "profiles/mine.yaml:6: select.sources.0: 'nobody-1900' is no source of the lexicon",
        ),
        (
            "  severities: [pejorative]",
            "  severities: [rude]",
            "profiles/mine.yaml:6: select.severities.0: must be pejorative, stigmatising or outdated, not 'rude'",
        ),
        ("profile: mine", "profile: yours", "profiles/mine.yaml:1: profile: must be mine, as the file is called"),
        ("query", "loud", "profiles/mine.yaml:7: everyday_words: must be ignore, query or flag, not 'loud'"),
        ("unit: paper\n", "", "profiles/mine.yaml:1: unit: is missing"),
        (
            "rule: strict",
            "rule: strict\nstudy: {citation: A, identifier: B}",
            "profiles/mine.yaml:1: a profile that repeats a study says under 'limits'",
        ),
        (
            "select:\n  domains: [substance-use]\n  severities: [pejorative]",
            "select: some",
            "profiles/mine.yaml:4: select: must be all, or conditions",
        ),
        (
            "select:\n  domains: [substance-use]\n  severities: [pejorative]",
            "select: {}",
            "profiles/mine.yaml:4: select: give at least one of entries",
        ),
    ],
)  # fmt: skip
def test_a_mistake_in_a_profile_is_named_with_file_and_line(tmp_path: Path, old: str, new: str, message: str) -> None:
    assert old in FILE
    with pytest.raises(LexiconError) as caught:
        load_profile("mine", folder_with(tmp_path, FILE.replace(old, new)))
    assert message in str(caught.value)


def test_an_unknown_profile_is_refused_with_those_that_exist(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"'kind' is no profile. There are: default, eschliman-2025, hartwell-2020"):
        load_settings(profile="kind")
    done = run("appraise", tmp_path, "--profile", "kind", cwd=tmp_path)
    assert done.returncode == 2
    assert "There are: default, " in done.stderr


def test_profiles_on_the_command_line(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("An addict committed suicide.", encoding="utf-8")
    done = run("appraise", "a.txt", "--profile", "nielsen-2016", "--format", "json", cwd=tmp_path)
    record = json.loads(done.stdout)
    assert [f["entry"] for f in record["findings"]] == ["suicide/commit-suicide"]
    assert record["verdict"]["rule"] == "any-term"
    other = run(
        "appraise", "a.txt", "--profile", "nielsen-2016", "--rule", "majority", "--format", "json", cwd=tmp_path
    )
    assert json.loads(other.stdout)["verdict"]["rule"] == "majority"
