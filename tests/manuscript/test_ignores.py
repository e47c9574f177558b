from __future__ import annotations

from pathlib import Path

import pytest

from lang_audit.config import Ignore
from lang_audit.errors import ConfigError
from lang_audit.manuscript.checked import FilePlace
from lang_audit.manuscript.ignores import Ignored, comments, ignores_of
from lang_audit.model import Finding


def finding(
    words: str = "addicts", entry: str = "substance-use/addict", sentence: str = "Most addicts came."
) -> Finding:
    start = sentence.index(words)
    return Finding(
        start=start,
        end=start + len(words),
        text=words,
        entry=entry,
        usage="author",
        section="results",
        sentence=sentence,
        sentence_start=0,
        decision="flag",
        reason="",
        severity="stigmatising",
        category="person-label",
        person_label=True,
        sources=(),
    )


def in_file(tmp_path: Path, name: str, text: str) -> list[Ignored]:
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    return list(comments(path, name))


def at(line: int, file: str = "a.md") -> FilePlace:
    return FilePlace(file=file, line=line, column=1)


@pytest.mark.parametrize(
    ("name", "comment"),
    [
        ("a.md", "<!-- lang-audit: ignore addict, addicts -- participant's own word -->"),
        ("a.html", "<!--lang-audit:ignore addicts -- participant's own word-->"),
        ("a.xml", "<!-- lang-audit: ignore substance-use/addict — participant's own word -->"),
        ("a.tex", "% lang-audit: ignore Addicts -- participant's own word"),
    ],
)
def test_a_comment_lets_a_term_pass_with_its_reason(tmp_path: Path, name: str, comment: str) -> None:
    (ignored,) = in_file(tmp_path, name, f"Title\n\n{comment}\nMost addicts came.\nThey stayed.\n\nAddicts left.\n")
    assert ignored.reason == "participant's own word"
    assert ignored.lines == (4, 5)
    assert ignored.covers(finding(), at(4, name))
    assert not ignored.covers(finding(), at(7, name))
    assert not ignored.covers(finding("junkies", "substance-use/junkie", "Two junkies."), at(4, name))


def test_on_a_line_with_text_it_holds_for_that_line(tmp_path: Path) -> None:
    (ignored,) = in_file(tmp_path, "a.tex", "Most addicts % lang-audit: ignore -- a quote\ncame, addicts all.\n")
    assert ignored.lines == (1, 1)
    assert ignored.words == frozenset()
    assert ignored.covers(finding(), at(1, "a.tex"))


def test_for_the_whole_file(tmp_path: Path) -> None:
    (ignored,) = in_file(tmp_path, "a.md", "<!-- lang-audit: ignore-file addicts -- their union's name -->\n\nText\n")
    assert ignored.lines is None
    assert ignored.covers(finding(), at(99, "b.md"))


def test_without_a_reason_it_lets_nothing_pass(tmp_path: Path) -> None:
    (ignored,) = in_file(tmp_path, "a.md", "<!-- lang-audit: ignore addicts -->\nMost addicts came.\n")
    assert ignored.reason == ""
    assert not ignored.covers(finding(), at(2))


def test_a_percent_sign_that_is_text_is_no_comment(tmp_path: Path) -> None:
    assert in_file(tmp_path, "a.tex", r"Of all, 40\% lang-audit: ignore addicts -- no") == []
    assert in_file(tmp_path, "a.txt", "% lang-audit: ignore addicts -- text has no comments") == []


def test_a_file_beside_the_manuscript(tmp_path: Path) -> None:
    path = tmp_path / "draft.docx"
    path.write_bytes(b"")
    beside = tmp_path / "draft.docx.lang-audit.toml"
    beside.write_text('[[ignore]]\nwords = "addicts"\nnear = "came"\nreason = "a quotation"\n')
    (ignored,) = ignores_of(path, "draft.docx", [(path, "draft.docx")], ())
    assert ignored.covers(finding(), FilePlace(file="draft.docx", paragraph=3))
    assert not ignored.covers(finding(sentence="Most addicts left."), FilePlace(file="draft.docx", paragraph=3))
    assert ignored.place.file == "draft.docx.lang-audit.toml"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('[[ignore]]\nwords = "addicts"\n', "ignore.0.reason: is missing"),
        ('[[ignore]]\nword = "addicts"\nreason = "x"\n', "allowed are entry, words, near, file, reason"),
        ("[[ignore\n", "not valid TOML"),
    ],
)
def test_mistakes_in_that_file_are_told(tmp_path: Path, text: str, message: str) -> None:
    path = tmp_path / "draft.docx"
    path.with_name("draft.docx.lang-audit.toml").write_text(text)
    with pytest.raises(ConfigError, match=r"draft\.docx\.lang-audit\.toml:\d+: ") as caught:
        ignores_of(path, "draft.docx", [], ())
    assert message in str(caught.value)


def test_the_configuration_names_files_by_pattern(tmp_path: Path) -> None:
    asked = Ignore(entry="substance-use/addict", file="appendix/*.tex", reason="an old scale's name")
    (ignored,) = ignores_of(tmp_path / "appendix" / "a.tex", "a.tex", [], [asked])
    assert ignored.covers(finding(), at(1))
    assert ignores_of(tmp_path / "a.tex", "a.tex", [], [asked]) == []
