from __future__ import annotations

import json
from pathlib import Path

import pytest

from lang_audit.audit import audit_file
from lang_audit.config import find_config, read_config
from lang_audit.errors import ConfigError
from lang_audit.model import Finding
from lang_audit.settings import Settings, default_settings, load_settings
from tests.test_cli import run
from tests.test_lexicon import MINE

FILE = """# how we audit
profile = "strict"
lexicons = ["terms/mine.yaml"]
off = [
  {entry = "substance-use/user", reason = "our journal allows it"},
  {entry = "obesity/obese", reason = "not our field"},
]
reports = ["md"]
"""


def write(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def project(folder: Path, text: str = FILE) -> Path:
    write(folder / "terms" / "mine.yaml", MINE)
    return write(folder / "lang_audit.toml", text)


def findings(text: str, settings: Settings, folder: Path) -> list[Finding]:
    (record,) = audit_file(write(folder / "paper.txt", text), settings=settings)
    assert record.appraisal is not None
    return list(record.appraisal.findings)


def test_the_nearest_file_wins(tmp_path: Path) -> None:
    outer = project(tmp_path)
    deep = tmp_path / "a" / "b"
    deep.mkdir(parents=True)
    found = find_config(deep)
    assert found is not None and found.path == outer
    write(tmp_path / "a" / "pyproject.toml", "[project]\nname = 'x'\n")
    found = find_config(deep)
    assert found is not None and found.path == outer
    inner = write(tmp_path / "a" / "pyproject.toml", "[tool.lang-audit]\nrule = 'strict'\n")
    found = find_config(deep)
    assert found is not None and (found.path, found.rule) == (inner, "strict")
    write(tmp_path / "a" / "lang_audit.toml", "rule = 'majority'\n")
    found = find_config(deep)
    assert found is not None and found.rule == "majority"


def test_what_a_file_says_is_what_holds(tmp_path: Path) -> None:
    settings = load_settings(config=read_config(project(tmp_path)))
    assert settings.profile.profile == "strict"
    assert settings.rule == "strict"
    assert settings.reports == ("md",)
    assert settings.lexicon.extra == (tmp_path / "terms" / "mine.yaml",)
    assert [item.reason for item in settings.off] == ["our journal allows it", "not our field"]
    assert settings.origins["profile"] == f"{tmp_path / 'lang_audit.toml'}:2: profile"
    assert settings.origins["rule"] == "profile strict"


def test_terms_of_the_users_own_are_found_and_judged(tmp_path: Path) -> None:
    settings = load_settings(config=read_config(project(tmp_path)))
    assert [f.entry for f in findings("One needle fiend came.", settings, tmp_path)] == ["mine/addict"]
    assert findings("One needle fiend came.", default_settings(), tmp_path) == []


def test_an_entry_that_is_switched_off_is_found_no_more_and_lets_no_shorter_term_through(tmp_path: Path) -> None:
    text = "off = [{entry = 'substance-use/drug-addict', reason = 'why not'}]\n"
    settings = load_settings(config=read_config(project(tmp_path, text)))
    assert findings("Drug addicts came.", settings, tmp_path) == []
    assert [f.entry for f in findings("Addicts came.", settings, tmp_path)] == ["substance-use/addict"]


def test_flags_win_over_the_file_and_a_profile_brings_its_rule(tmp_path: Path) -> None:
    config = read_config(project(tmp_path, FILE.replace('"strict"', '"strict"\nrule = "any-term"')))
    assert load_settings(config=config).rule == "any-term"
    assert load_settings(config=config, profile="default").rule == "majority"
    assert load_settings(config=config, rule="strict").rule == "strict"
    assert load_settings(config=config, reports=("html",)).reports == ("html",)
    other = write(tmp_path / "other.yaml", MINE)
    settings = load_settings(config=config, lexicons=(other,))
    assert settings.lexicon.extra == (other,)
    assert settings.origins["lexicons"] == "command line"


def test_without_a_file_all_is_built_in() -> None:
    settings = load_settings()
    assert (settings.profile.profile, settings.rule, settings.reports, settings.off) == (
        "default",
        "majority",
        ("html",),
        (),
    )


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            "profil = 'strict'\n",
            "lang_audit.toml:1: profil: is no key of this format; allowed are profile, rule, lexicons, off, codebooks, "
            "references, reports, tables",
        ),
        ("\nrule = 'kind'\n", "lang_audit.toml:2: rule: must be majority, strict or any-term, not 'kind'"),
        ("profile = 3\n", "lang_audit.toml:1: profile: input should be a valid string"),
        ("profile = ''\n", "lang_audit.toml:1: profile: must not be empty"),
        ("lexicons = 'a.yaml'\n", "lang_audit.toml:1: lexicons: input should be a valid tuple"),
        (
            FILE.replace(', reason = "not our field"', ""),
            "lang_audit.toml:6: off.1.reason: is missing (what is let pass is let pass with a reason)",
        ),
        (FILE.replace('"not our field"', '" "'), "lang_audit.toml:6: off.1.reason: must not be empty"),
        (
            FILE.replace("reason =", "because =", 1),
            "lang_audit.toml:5: off.0.because: is no key of this format; allowed are entry, reason",
        ),
        ("rule = strict\n", "lang_audit.toml:1: not valid TOML"),
        ("\ntables = ['csv', 'pdf']\n", "lang_audit.toml:2: tables.1: must be csv, xlsx or docx, not 'pdf'"),
        ("[[off]]\nentry = 'a'\nreason = 'b'\n\n[[off]]\nentry = 'c'\n", "lang_audit.toml:5: off.1.reason: is missing"),
    ],
)  # fmt: skip
def test_a_mistake_in_the_file_is_named_with_its_line(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(ConfigError) as caught:
        read_config(write(tmp_path / "lang_audit.toml", text))
    assert message in str(caught.value)


def test_a_mistake_in_pyproject_is_named_with_its_line(tmp_path: Path) -> None:
    path = write(tmp_path / "pyproject.toml", "[project]\nrule = 'x'\n\n[tool.lang-audit]\nrule = 'kind'\n")
    with pytest.raises(ConfigError, match=r"pyproject.toml:5: rule: must be majority"):
        read_config(path)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (FILE.replace("substance-use/user", "substance-use/usr"),
         "lang_audit.toml:5: off.0.entry: 'substance-use/usr' is no entry of the lexicon; did you mean substance-use/user"),
        (FILE.replace('"strict"', '"stict"'), "lang_audit.toml:2: profile: 'stict' is no profile. There are: default"),
        (FILE.replace("mine.yaml", "none.yaml"), "none.yaml: cannot be read: No such file or directory"),
        ("codebooks = ['chang']\n", "lang_audit.toml:1: codebooks: codebook 'chang': there is chang-2021, han-2023"),
    ],
)  # fmt: skip
def test_a_name_that_does_not_exist_is_told_with_its_place(tmp_path: Path, text: str, message: str) -> None:
    project(tmp_path, text)
    (tmp_path / "a.txt").write_text("Most addicts were men.", encoding="utf-8")
    done = run("appraise", "a.txt", "--format", "json", cwd=tmp_path)
    assert done.returncode == 2
    assert message in done.stderr
    assert done.stdout == ""


def test_a_folder_that_is_no_utf_8_file_is_told(tmp_path: Path) -> None:
    path = tmp_path / "lang_audit.toml"
    path.write_bytes(b"profile = '\xff'")
    with pytest.raises(ConfigError, match="is not UTF-8"):
        read_config(path)


def test_show_config_tells_where_each_setting_comes_from(tmp_path: Path) -> None:
    project(tmp_path)
    done = run("appraise", "--show-config", "--rule", "majority", cwd=tmp_path)
    assert done.returncode == 0
    assert "lang_audit.toml:2: profile]" in done.stdout
    assert "majority  [command line]" in done.stdout
    assert "substance-use/user: our journal allows it" in done.stdout
    assert "default" in run("appraise", "--show-config", "--no-config", cwd=tmp_path).stdout.splitlines()[0]


def test_the_command_line_reads_the_file_and_can_ignore_it(tmp_path: Path) -> None:
    project(tmp_path)
    write(tmp_path / "a.txt", "One needle fiend came. Retention in opioid substitution treatment was high.")
    done = run("appraise", "a.txt", "--format", "json", "--codebook", "none", cwd=tmp_path)
    assert [f["decision"] for f in json.loads(done.stdout)["findings"]] == ["flag", "flag"]
    bare = run("appraise", "a.txt", "--format", "json", "--no-config", "--codebook", "none", cwd=tmp_path)
    assert [f["decision"] for f in json.loads(bare.stdout)["findings"]] == ["query"]
    own = run("appraise", "a.txt", "--format", "json", "--no-config", "--lexicon", "terms/mine.yaml", cwd=tmp_path)
    assert json.loads(own.stdout)["findings"][0]["entry"] == "mine/addict"


def test_the_forms_of_report_come_from_the_file(tmp_path: Path) -> None:
    project(tmp_path)
    (tmp_path / "a.txt").write_text("Most addicts were men.", encoding="utf-8")
    assert run("appraise", "a.txt", "-o", "out", cwd=tmp_path).returncode == 0
    assert (tmp_path / "out" / "a.md").is_file()
    assert not (tmp_path / "out" / "a.html").exists()


def test_json_and_reports_can_be_had_together(tmp_path: Path) -> None:
    write(tmp_path / "a.txt", "Most addicts were men.")
    done = run("appraise", "a.txt", "none.txt", "--format", "json", "-o", "out", "--no-config", cwd=tmp_path)
    assert done.returncode == 3
    assert len(done.stdout.splitlines()) == 2
    assert (tmp_path / "out" / "a.html").is_file()


def test_codebooks_references_and_tables_come_from_the_file(tmp_path: Path) -> None:
    text = "codebooks = ['han-2023', 'books/own.yaml']\nreferences = 'refs/included.ris'\ntables = ['docx']\n"
    shipped = (Path(__file__).parent.parent / "lexicons" / "codebooks" / "chang-2021.yaml").read_text(encoding="utf-8")
    own = write(tmp_path / "books" / "own.yaml", shipped.replace("codebook: chang-2021", "codebook: own-2020", 1))
    config = read_config(project(tmp_path, text))
    settings = load_settings(config=config)
    assert [book.codebook for book in settings.codebooks] == ["han-2023", "own-2020"]
    assert settings.codebook_names == ("han-2023", str(own))
    assert settings.references == tmp_path / "refs" / "included.ris"
    assert settings.tables == ("docx",)
    assert settings.origins["tables"] == f"{tmp_path / 'lang_audit.toml'}:3: tables"
    given = load_settings(config=config, codebooks=["none"], references=Path("b.bib"), tables=[])
    assert (given.codebooks, given.references, given.tables) == ((), Path("b.bib"), ())
    assert given.origins["codebooks"] == "command line"


def test_without_a_word_every_shipped_codebook_is_used() -> None:
    settings = load_settings()
    assert {"chang-2021", "han-2023"} <= {book.codebook for book in settings.codebooks}
    assert (settings.references, settings.tables) == (None, None)


def test_two_codebooks_of_one_name_are_refused(tmp_path: Path) -> None:
    shipped = (Path(__file__).parent.parent / "lexicons" / "codebooks" / "chang-2021.yaml").read_text(encoding="utf-8")
    own = write(tmp_path / "own.yaml", shipped)
    with pytest.raises(ConfigError, match="two are called chang-2021"):
        load_settings(codebooks=["chang-2021", str(own)])
