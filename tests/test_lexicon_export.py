from __future__ import annotations

import csv
import io
import json
import re
from pathlib import Path

import pytest
import yaml
from click.testing import CliRunner, Result

from lang_audit.cli import cli
from lang_audit.errors import ConfigError
from lang_audit.lexicon import Lexicon, load_lexicon
from lang_audit.lexicon_check import check
from lang_audit.lexicon_export import COLUMNS, as_csv, as_json, harmless, write_file, write_folder
from lang_audit.lexicon_linters import as_retext, retext_patterns, vale_files, vale_pattern, vale_rules
from lang_audit.lexicon_lookup import Form, surface_forms
from tests.test_lexicon import ENTRY

LEXICON = load_lexicon()
ADDICT = LEXICON.entries["substance-use/addict"]
RULES = vale_rules(LEXICON)
RETEXT = retext_patterns(LEXICON)
OWN = (
    ENTRY.replace("guide-2020", "ap-2017")
    .replace("[addict]", "[gadgeteer]")
    .replace("An addict came", "A gadgeteer came")
)


def run(*arguments: object) -> Result:
    done = CliRunner().invoke(cli, ["lexicon", *map(str, arguments)])
    if isinstance(done.exception, ConfigError):  # main() prints it; see test_cli.py
        raise done.exception
    return done


def changed(key: str, **changes: object) -> Lexicon:
    entry = LEXICON.entries[key].model_copy(update=changes)
    return Lexicon({key: entry}, LEXICON.sources, LEXICON.domains)


# -- csv and json -----------------------------------------------------------------------------------------------------------


def test_csv_has_a_row_an_entry() -> None:
    rows = list(csv.DictReader(io.StringIO(as_csv(LEXICON))))
    assert [row["id"] for row in rows] == list(LEXICON.entries)
    assert list(rows[0]) == list(COLUMNS)
    addict = next(row for row in rows if row["id"] == "substance-use/addict")
    assert addict["people"] == ADDICT.prefer.people
    assert addict["sources"].split(" | ") == ADDICT.sources


@pytest.mark.parametrize(
    ("cell", "shown"),
    [("=1+1", "'=1+1"), ("+44", "'+44"), ("-x", "'-x"), ("@SUM(A1)", "'@SUM(A1)"), ("\t=1", "'=1"), ("\r\n=1", "'=1")],
)
def test_no_cell_is_a_formula(cell: str, shown: str) -> None:
    assert harmless(cell) == shown
    (row,) = csv.DictReader(io.StringIO(as_csv(changed("substance-use/addict", why=cell))))
    assert row["why"] == shown
    assert harmless("plain - text") == "plain - text"


def test_json_is_whole() -> None:
    data = json.loads(as_json(LEXICON))
    assert [entry["key"] for entry in data["entries"]] == list(LEXICON.entries)
    assert data["domains"]["hiv"] == "HIV"
    for entry in data["entries"]:
        assert {*entry["sources"], *entry["known_sources"]} <= set(data["sources"])
        assert [g["key"] for g in entry["guidelines"]] == entry["sources"] + entry["known_sources"]
    assert "pass" in data["entries"][0]["examples"]


# -- vale -------------------------------------------------------------------------------------------------------------------

KEYS = {"extends", "message", "link", "level", "ignorecase", "swap", "tokens", "exceptions"}


@pytest.mark.parametrize("name", RULES)
def test_a_vale_rule_has_the_documented_keys_and_sound_patterns(name: str) -> None:
    rule = RULES[name]
    assert re.fullmatch(r"[A-Z]\w+", name)
    assert set(rule) <= KEYS
    assert rule["level"] in ("suggestion", "warning", "error")
    assert rule.get("link", "https://").startswith(("https://", "http://"))
    patterns = rule["swap"] if rule["extends"] == "substitution" else rule["tokens"]
    assert rule["message"].replace("%%", "").count("%") == (2 if rule["extends"] == "substitution" else 1)
    for pattern in [*patterns, *rule.get("exceptions", [])]:
        re.compile(pattern)
        assert pattern.removeprefix("(?i)").count("(") == pattern.count(r"\("), "Vale allows no groups in a swap"
    if rule["extends"] == "substitution":
        assert all(isinstance(instead, str) and instead for instead in rule["swap"].values())


def test_vale_patterns_match_every_form_of_every_entry() -> None:
    exact = "|".join(
        p for rule in RULES.values() if not rule["ignorecase"] for p in (rule.get("swap") or rule["tokens"])
    )
    loose = "|".join(p for rule in RULES.values() if rule["ignorecase"] for p in (rule.get("swap") or rule["tokens"]))
    either = {True: re.compile(rf"\b(?:{exact})\b"), False: re.compile(rf"(?i)\b(?:{loose})\b")}
    missed = [
        form.text
        for entry in LEXICON.entries.values()
        for form in surface_forms(entry)
        if not either[form.exact_case].fullmatch(form.text)
    ]
    assert all(not re.fullmatch(r"\w(.*\w)?", text) for text in missed)
    assert len(missed) < 10


def test_vale_levels_follow_severity_and_questions_are_suggestions() -> None:
    assert RULES["SubstanceUsePejorative"]["level"] == "error"
    assert RULES["SubstanceUseStigmatising"]["level"] == "warning"
    assert {rule["level"] for name, rule in RULES.items() if "Outdated" in name or "Contested" in name} == {
        "suggestion"
    }
    assert RULES["SubstanceUseStigmatising"]["swap"]["addicts"] == ADDICT.prefer.people
    assert RULES["SubstanceUseStigmatising"]["swap"]["addict"] == ADDICT.prefer.person
    assert RULES["SubstanceUseOutdatedAcronyms"]["ignorecase"] is False
    assert "(?i)adrenaline[\\s-]+junkie" in RULES["SubstanceUsePejorative"]["exceptions"]


def test_vale_pattern_is_plain_text_but_for_gaps() -> None:
    assert re.fullmatch(vale_pattern("i.v. drug-user's (a/b)"), "i.v. drug user’s (a/b)")
    assert not re.fullmatch(vale_pattern("i.v."), "ixv.")


def test_a_guidance_only_entry_is_a_rule_with_its_guidance() -> None:
    prefer = LEXICON.entries["substance-use/addict"].prefer
    bare = prefer.model_copy(
        update={"person": None, "people": None, "person_after": None, "term": None, "guidance": "Say 100% more."}
    )
    rules = vale_rules(changed("substance-use/addict", prefer=bare))
    assert rules["SubstanceUseAddict"]["message"] == "Think again about '%s'. Say 100%% more."
    assert rules["SubstanceUseAddict"]["tokens"] == ["addicts", "addict"]


def test_the_vale_files_are_yaml_beside_a_sample_and_a_readme() -> None:
    files = vale_files(LEXICON)
    assert "BasedOnStyles = LangAudit" in files[".vale.ini"]
    assert f"{len(LEXICON)} entries in {len(RULES)} rules" in files["README.md"]
    for name, rule in RULES.items():
        assert yaml.load(files[f"LangAudit/{name}.yml"], getattr(yaml, "CSafeLoader", yaml.SafeLoader)) == rule


# -- retext-equality --------------------------------------------------------------------------------------------------------


def test_retext_patterns_keep_the_rules_of_that_project() -> None:
    fields = {"id", "type", "categories", "condition", "considerate", "inconsiderate", "source", "note"}
    ids = [pattern["id"] for pattern in RETEXT]
    assert len(ids) == len(set(ids))
    phrases = [phrase for pattern in RETEXT for phrase in pattern["inconsiderate"]]
    assert len(phrases) == len(set(phrases))
    assert not any(re.search(r"[-'’]", phrase) for phrase in phrases)
    for pattern in RETEXT:
        assert set(pattern) <= fields
        assert pattern["type"] == "basic" and pattern["categories"] == ["a"]
        assert pattern["source"] and pattern["note"]


def test_retext_has_singular_and_plural_and_the_joined_compound() -> None:
    by_id = {pattern["id"]: pattern for pattern in RETEXT}
    assert by_id["substance-use-addict"]["considerate"] == {ADDICT.prefer.person: "a"}
    assert by_id["substance-use-addict-2"] | {"inconsiderate": {"addicts": "a"}} == by_id["substance-use-addict-2"]
    assert {"hiv infected", "hivinfected"} <= set(by_id["hiv-hiv-infected"]["inconsiderate"])
    assert by_id["hiv-hiv-infected"]["condition"] == "when said of people"
    assert {"IDU"} <= set(by_id["substance-use-idu"]["inconsiderate"])
    assert yaml.load(as_retext(changed("substance-use/addict")), yaml.SafeLoader)[0]["id"] == "substance-use-addict"


# -- writing ----------------------------------------------------------------------------------------------------------------


def test_a_folder_is_written_whole_and_a_full_one_is_refused(tmp_path: Path) -> None:
    out = tmp_path / "new" / "vale"
    done = run("export", "--format", "vale", "-o", out)
    assert done.exit_code == 0 and done.stdout == ""
    assert len(list(out.glob("LangAudit/*.yml"))) == len(RULES)
    assert [path.name for path in out.parent.iterdir()] == ["vale"]
    with pytest.raises(ConfigError, match=r"vale: the folder is not empty\. Give another one, or --force"):
        run("export", "--format", "vale", "-o", out)
    (out / "LangAudit" / "Gone.yml").write_text("old")
    (out / "mine.txt").write_text("mine")
    assert run("export", "--format", "vale", "-o", out, "--force").exit_code == 0
    assert not (out / "LangAudit" / "Gone.yml").exists()
    assert (out / "mine.txt").read_text() == "mine"


def test_an_empty_folder_is_filled(tmp_path: Path) -> None:
    write_folder(tmp_path, {"a/b.txt": "x"})
    assert (tmp_path / "a" / "b.txt").read_text() == "x"


def test_what_cannot_be_written_says_so(tmp_path: Path) -> None:
    file = tmp_path / "file"
    write_file(file, "x")
    with pytest.raises(ConfigError, match="is a file"):
        write_folder(file, {"a": "x"})
    with pytest.raises(ConfigError, match="is a folder"):
        write_file(tmp_path, "x")
    with pytest.raises(ConfigError, match="cannot be written"):
        write_file(file / "inner", "x")
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


def test_text_exports_go_to_stdout_or_a_file(tmp_path: Path) -> None:
    assert run("export", "--format", "csv").stdout == as_csv(LEXICON)
    assert run("export", "--format", "json", "-o", tmp_path / "lexicon.json").stdout == ""
    assert (tmp_path / "lexicon.json").read_text(encoding="utf-8") == as_json(LEXICON)
    assert run("export", "--format", "vale").exit_code == 2
    assert run("export", "--format", "docx").exit_code == 2


# -- list -------------------------------------------------------------------------------------------------------------------


def test_list_filters() -> None:
    done = run("list", "--domain", "HIV", "--severity", "pejorative", "--decision", "flag", "--format", "json")
    listed = json.loads(done.stdout)
    assert listed and all(
        entry["domain"] == "hiv" and entry["severity"] == "pejorative" and entry["decision"] == "flag"
        for entry in listed
    )
    table = run("list", "--domain", "hiv", "--severity", "pejorative", "--decision", "flag")
    assert len(table.stdout.splitlines()) == len(listed)
    assert f"{len(listed)} entr" in table.stderr
    rows = csv.DictReader(io.StringIO(run("list", "--domain", "hiv", "--format", "csv").stdout))
    assert {row["domain"] for row in rows} == {"hiv"}


def test_an_unknown_domain_is_named_with_those_there_are() -> None:
    done = run("list", "--domain", "hvi")
    assert done.exit_code == 2
    assert "'hvi' is no domain" in done.stderr and "hiv" in done.stderr


# -- check ------------------------------------------------------------------------------------------------------------------


def test_the_shipped_lexicon_has_no_mistakes() -> None:
    done = run("check")
    assert done.exit_code == 0
    assert re.fullmatch(r"\d+ files, \d+ entries, \d+ codebooks, no mistakes, \d+ warnings?\.\n", done.stdout)


def test_no_shipped_suggestion_holds_a_term_and_every_example_holds_its_own() -> None:
    assert [warning for warning in check().warnings if "excepts nothing" not in warning] == []


def test_a_file_of_ones_own_is_checked(tmp_path: Path) -> None:
    good = tmp_path / "good.yaml"
    good.write_text(OWN, encoding="utf-8")
    done = run("check", good)
    assert (done.exit_code, done.stdout, done.stderr) == (0, "1 file, 1 entry, no mistakes, 0 warnings.\n", "")


def test_every_mistake_is_named_with_file_and_line(tmp_path: Path) -> None:
    bad, worse = tmp_path / "bad.yaml", tmp_path / "worse.yaml"
    bad.write_text(OWN.replace("severity: stigmatising", "severity: rude"), encoding="utf-8")
    worse.write_text(
        OWN.replace("ap-2017", "nobody-1999").replace("lexicon: sample", "lexicon: other"), encoding="utf-8"
    )
    done = run("check", bad, worse)
    assert done.exit_code == 2 and done.stdout == ""
    assert f"{bad}:8: entries.0.severity: must be pejorative, stigmatising or outdated" in done.stderr
    assert f"{worse}:5: entries.0.sources: 'nobody-1999' is no key" in done.stderr
    assert "2 mistakes. Nothing was loaded." in done.stderr
    assert run("check", tmp_path / "absent.yaml").exit_code == 2


def test_warnings_name_what_is_doubtful(tmp_path: Path) -> None:
    doubtful = tmp_path / "doubtful.yaml"
    doubtful.write_text(
        OWN.replace("person: person with addiction", "person: former junkie")
        .replace("A gadgeteer came", "Nobody came")
        .replace("    examples:", "    exceptions: {name: [gadgeteer club, rotary club]}\n    examples:"),
        encoding="utf-8",
    )
    done = run("check", doubtful)
    assert done.exit_code == 0
    assert "1 entry, no mistakes, 3 warnings." in done.stdout
    assert (
        "prefer.person: the suggestion 'former junkie' holds a term of the lexicon: 'junkie' (substance-use/junkie)"
        in done.stderr
    )
    assert "examples.flag.0: does not hold a term of the entry: 'Nobody came.'" in done.stderr
    assert "exceptions.name.1: 'rotary club' has no word of a term of the entry" in done.stderr
    assert re.search(r"warning: .*doubtful\.yaml:\d+: entries\.0", done.stderr)


def test_an_override_is_a_warning(tmp_path: Path) -> None:
    own = tmp_path / "own.yaml"
    own.write_text(
        ENTRY.replace("guide-2020", "ap-2017").replace("lexicon: sample", "lexicon: substance-use"), encoding="utf-8"
    )
    done = run("check", own)
    assert done.exit_code == 0
    assert "takes the place of the shipped entry substance-use/addict" in done.stderr


def test_forms_carry_number_and_case() -> None:
    assert Form("IDUs", "plural", True) in surface_forms(LEXICON.entries["substance-use/idu"])
