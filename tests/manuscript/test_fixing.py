from __future__ import annotations

import codecs
import io
import os
import zipfile
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from docx import Document

from lang_audit.audit import audit_file
from lang_audit.cli import cli
from lang_audit.manuscript.check import check_record
from lang_audit.manuscript.checked import CheckedFile
from lang_audit.manuscript.fixing import Fixing
from lang_audit.manuscript.writing import ChangedMeanwhileError, replace_file
from lang_audit.sources.docx import read as read_docx
from tests.manuscript.test_fixes import settings

DRAFT = (
    "Peers in Two Towns\n\nWe enrolled 312 injecting drug\nusers (IDUs). Most IDUs slept,\nand an alcoholic left.\n\n"
    "HIV-infected women came.\n"
)
FIXED = (
    "Peers in Two Towns\n\nWe enrolled 312 people who inject\ndrugs (PWID). Most PWID slept,\n"
    "and a person with alcohol use disorder left.\n\nHIV-infected women came.\n"
)
UNSAFE = FIXED.replace("HIV-infected women", "Women living with HIV")


def check(*options: str | Path, stdin: bytes | None = None) -> Result:
    return CliRunner().invoke(cli, ["check", "--no-config", *map(str, options)], input=stdin, catch_exceptions=False)


def checked(path: Path) -> CheckedFile:
    return check_record(next(iter(audit_file(path, settings=settings()))), settings())


class Run:
    """One run of `--fix` without the command, which starts processes."""

    def __init__(self, *, fix: bool = True, unsafe: bool = False, diff: bool = False, comment: bool = False) -> None:
        self.said: list[str] = []
        self.shown: list[str] = []
        self.passed: list[bytes] = []
        self.fixing = Fixing(
            self.said.append, self.shown.append, self.passed.append, fix=fix, unsafe=unsafe, diff=diff, comment=comment
        )

    def take(self, path: Path) -> CheckedFile:
        return self.fixing.take(checked(path), path, settings())


@pytest.fixture
def draft(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    path = Path("draft.txt")
    path.write_bytes(DRAFT.encode())
    return path


def test_fix_writes_what_is_safe_and_a_second_run_finds_nothing_to_fix(draft: Path) -> None:
    done = check("--fix", draft)
    assert draft.read_text() == FIXED
    assert done.exit_code == 1  # as if checking the result
    assert "HIV-infected" in done.stdout and "alcoholic" not in done.stdout
    assert done.stderr.endswith("Fixed 4 terms in 1 file; 1 is left for you (1 could be tried with --unsafe).\n")
    again = check("--fix", draft)
    assert draft.read_text() == FIXED
    assert again.stderr.endswith("Fixed nothing; 1 is left for you (1 could be tried with --unsafe).\n")


def test_unsafe_takes_the_rest(draft: Path) -> None:
    run = Run(unsafe=True)
    assert run.take(draft).remarks == ()
    assert draft.read_text() == UNSAFE
    assert run.fixing.summary() == "Fixed 5 terms in 1 file."


def test_diff_shows_it_and_writes_nothing(draft: Path) -> None:
    done = check("--diff", draft)
    assert draft.read_text() == DRAFT
    assert done.exit_code == 1
    assert done.stdout.startswith("--- a/draft.txt\n+++ b/draft.txt\n@@ -1,7 +1,7 @@\n")
    assert "-users (IDUs). Most IDUs slept,\n" in done.stdout
    assert "+drugs (PWID). Most PWID slept,\n" in done.stdout
    assert done.stderr == "Would fix 4 terms in 1 file; 1 is left for you (1 could be tried with --unsafe).\n"
    assert list(Path().iterdir()) == [draft]


def test_what_comes_on_stdin_goes_to_stdout(draft: Path) -> None:
    done = check("--fix", "--stdin-name", "a.txt", "-", stdin=DRAFT.encode())
    assert done.stdout == FIXED
    assert "HIV-infected" in done.stderr
    assert done.exit_code == 1


@pytest.mark.parametrize(
    "options",
    [("--unsafe", "a.md"), ("--diff", "--comment", "a.md"), ("--diff", "--format", "json", "a.md"),
     ("--fix", "-", "a.md"), ("--fix", "--format", "json", "-")],
)  # fmt: skip
def test_what_does_not_go_together_is_wrong_usage(options: tuple[str, ...]) -> None:
    assert check(*options, stdin=b"").exit_code == 2


def test_a_file_that_cannot_be_read_is_left_and_the_status_says_so(draft: Path) -> None:
    Path("bad.txt").write_bytes(b"alcoholics\0\0\0")
    done = check("--fix", "-q", "bad.txt", draft)
    assert done.exit_code == 3
    assert Path("bad.txt").read_bytes() == b"alcoholics\0\0\0"
    assert draft.read_text() == FIXED


@pytest.mark.parametrize(
    ("mark", "encoding"),
    [(b"", "utf-8"), (codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (b"", "cp1252")],
)
def test_encoding_mark_and_line_ends_stay(tmp_path: Path, mark: bytes, encoding: str) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes(mark + "Café\r\n\r\nMost alcoholics\r\nate.\n\tThen — naïve…\n".encode(encoding))
    Run().take(path)
    wanted = "Café\r\n\r\nMost people with alcohol use disorder\r\nate.\n\tThen — naïve…\n"
    assert path.read_bytes() == mark + wanted.encode(encoding)


def test_rights_and_links_stay(draft: Path) -> None:
    draft.chmod(0o640)
    link = Path("link.txt")
    link.symlink_to(draft)
    Run().take(link)
    assert link.is_symlink() and draft.read_text() == FIXED
    assert draft.stat().st_mode & 0o777 == 0o640


def test_a_read_only_file_is_left(draft: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "access", lambda *_: False)  # root may write all files
    run = Run()
    run.take(draft)
    assert draft.read_text() == DRAFT
    assert run.said == ["draft.txt: cannot be written: It is read-only. It was left as it is."]


@pytest.mark.parametrize("broken", ["fsync", "replace"])
def test_there_is_never_half_a_file(draft: Path, monkeypatch: pytest.MonkeyPatch, broken: str) -> None:
    def fail(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os if broken == "fsync" else Path, broken, fail)
    run = Run()
    file = run.take(draft)
    assert draft.read_bytes() == DRAFT.encode()
    assert list(Path().iterdir()) == [draft]
    assert run.fixing.failed and run.said == [
        "draft.txt: cannot be written: No space left on device. It was left as it is."
    ]
    assert len(file.remarks) == 5  # what is said is true of what is there


def test_a_file_that_was_changed_meanwhile_is_left(draft: Path, tmp_path: Path) -> None:
    file = checked(draft)
    changed = DRAFT.replace("We enrolled", "In all, we enrolled")
    draft.write_text(changed)
    run = Run()
    run.fixing.take(file, draft, settings())
    assert draft.read_text() == changed
    assert run.fixing.failed and "no longer holds the words" in run.said[0]
    with pytest.raises(ChangedMeanwhileError):
        replace_file(draft, b"", was=b"other")
    with pytest.raises(ChangedMeanwhileError):
        replace_file(draft, b"", was=None)
    assert draft.read_text() == changed


def test_what_an_author_lets_pass_is_not_fixed(tmp_path: Path) -> None:
    path = tmp_path / "a.md"
    path.write_text("Most alcoholics slept. <!-- lang-audit: ignore alcoholics -- a name -->\n\nMost alcoholics ate.\n")
    Run(unsafe=True).take(path)
    assert path.read_text().startswith("Most alcoholics slept. <!--")
    assert path.read_text().endswith("\n\nMost people with alcohol use disorder ate.\n")


def test_included_latex_files_are_fixed_where_they_are(tmp_path: Path) -> None:
    main, part = tmp_path / "m.tex", tmp_path / "sec" / "intro.tex"
    part.parent.mkdir()
    begin, end = "\\documentclass{article}\n\\begin{document}\n", "\n\\end{document}\n"
    main.write_text(
        f"{begin}We met injecting drug users (IDUs).\n\\input{{sec/intro}}\n\nMost $x$ alcoholics ate.{end}"
    )
    part.write_text("Most IDUs \\emph{lived} here; \\textbf{drug} users did too. % IDUs\n")
    run = Run()
    run.take(main)
    assert "We met people who inject drugs (PWID).\n\\input{sec/intro}" in main.read_text()
    assert part.read_text() == "Most PWID \\emph{lived} here; \\textbf{drug} users did too. % IDUs\n"
    assert run.fixing.summary().startswith("Fixed 4 terms in 1 file; 1 is left for you")


def test_two_manuscripts_may_share_a_file(tmp_path: Path) -> None:
    part = tmp_path / "part.tex"
    part.write_text("Many words stand here. Most alcoholics ate.\n")
    mains = [tmp_path / "a.tex", tmp_path / "b.tex"]
    for main in mains:
        main.write_text("\\documentclass{article}\\begin{document}Most alcoholics slept. \\input{part}\\end{document}")
    files = [checked(main) for main in mains]
    run = Run()
    for file, main in zip(files, mains, strict=True):
        run.fixing.take(file, main, settings())
    assert part.read_text() == "Many words stand here. Most people with alcohol use disorder ate.\n"
    assert not run.said and "alcoholics" not in mains[1].read_text()


def _docx(path: Path) -> bytes:
    document = Document()
    document.add_heading("Alcoholics in care", 1)
    words = document.add_paragraph("We met injecting ")
    words.add_run("drug").italic = True
    words.add_run(" users (IDUs). Most IDUs slept. HIV-infected women came.")
    document.save(str(path))
    return path.read_bytes()


def test_docx_gets_a_copy_with_tracked_changes_and_comments(tmp_path: Path) -> None:
    path, copy = tmp_path / "a.docx", tmp_path / "a.lang-audit.docx"
    data = _docx(path)
    run = Run(comment=True)
    file = run.take(path)
    assert path.read_bytes() == data
    assert file.path == str(copy)
    assert run.said == [f"{path}: the changes are in {copy}; the manuscript itself is as it was."]
    (paper,) = read_docx(copy)
    assert "We met people who inject drugs (PWID). Most PWID slept. HIV-infected women came." in paper.text
    with zipfile.ZipFile(io.BytesIO(copy.read_bytes())) as package:
        body, comments = (package.read(f"word/{name}.xml").decode() for name in ("document", "comments"))
    assert body.count("<w:del ") == 4 and 'w:author="lang-audit"' in body
    assert comments.count("<w:comment ") == 1
    assert "Write instead: women living with HIV" in comments and "Guideline: " in comments


def test_a_docx_copy_is_never_written_over(tmp_path: Path) -> None:
    path, copy = tmp_path / "a.docx", tmp_path / "a.lang-audit.docx"
    _docx(path)
    Run().take(path)
    written = copy.read_bytes()
    again = Run()
    again.take(path)
    assert again.said == [f"{copy} is there already, with these changes."]
    assert again.fixing.summary().startswith("Fixed nothing;")
    other = Run(unsafe=True)
    other.take(path)
    assert other.fixing.failed and "is there already (move it away" in other.said[0]
    own = Run(unsafe=True)
    own.take(copy)
    assert own.said == [f"{copy}: is a copy that lang-audit wrote, and was left as it is."]
    assert copy.read_bytes() == written


def test_the_diff_of_a_docx_is_of_its_paragraphs(tmp_path: Path) -> None:
    path = tmp_path / "a.docx"
    _docx(path)
    run = Run(diff=True)
    run.take(path)
    assert "\n-Alcoholics in care\n" in run.shown[0] and "\n+People with alcohol use disorder in care\n" in run.shown[0]
    assert list(tmp_path.iterdir()) == [path]


def test_what_cannot_be_mended_is_told_once_a_format(tmp_path: Path) -> None:
    run = Run()
    for name in ("a.xml", "b.xml"):
        path = tmp_path / name
        path.write_text("<article><front/><body><sec><p>Most alcoholics ate.</p></sec></body></article>")
        data = path.read_bytes()
        assert len(run.take(path).remarks) == 1
        assert path.read_bytes() == data
    assert run.said == [
        f"{tmp_path / 'a.xml'}: JATS XML files cannot be mended; mend the manuscript that it was made from."
    ]


def test_comments_are_for_docx_only(draft: Path) -> None:
    run = Run(fix=False, comment=True)
    run.take(draft)
    assert run.said == ["draft.txt: comments can be put into DOCX files only."]
    assert draft.read_text() == DRAFT and run.fixing.summary() == ""
