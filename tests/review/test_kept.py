"""What an appraisal keeps for reviewers, and that nothing but it can be asked for."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from lang_audit.errors import ConfigError
from lang_audit.model import Appraisal, Metadata, Paper, Problem, Record, Verdict
from lang_audit.review.kept import FOLDER, INDEX, finish, is_kept, keep, kept_papers, load_record, source_of
from lang_audit.review.proposals import paper_key

VERDICT = Verdict(label="mixed", rule="majority", person_first=1, flagged_people=1, share=0.5, reasons=())


def _record(path: Path | str, text: str = "Fabricated words.", name: str = "one") -> Record:
    paper = Paper(
        id=name, source=str(path), text=text, metadata=Metadata(title="Fabricated", year=2020, authors=("A. Author",))
    )
    return Record(
        path=str(path), status="ok", appraisal=Appraisal(paper=paper, findings=(), person_first=(), verdict=VERDICT)
    )


@pytest.fixture
def source(tmp_path: Path) -> Path:
    path = tmp_path / "papers" / "one.txt"
    path.parent.mkdir()
    path.write_text("Fabricated words.")
    return path


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "reports"


def test_what_is_kept_comes_back(folder: Path, source: Path) -> None:
    record = _record(source)
    key = keep(folder, record, "one.html")
    assert not is_kept(folder)  # not before the run is done
    finish(folder)
    assert is_kept(folder)
    (row,) = kept_papers(folder)
    assert (row.key, row.page, row.source, row.title, row.year, row.authors, row.verdict, row.share) == (
        key, "one.html", str(source), "Fabricated", 2020, ("A. Author",), "mixed", 0.5,
    )  # fmt: skip
    assert key == paper_key(source.read_bytes())
    assert load_record(folder, key) == record
    assert source_of(folder, key) == source


def test_the_same_run_gives_the_same_bytes(folder: Path, source: Path) -> None:
    made = []
    for _ in range(2):
        keep(folder, _record(source), "one.html")
        finish(folder)
        made.append({path.name: path.read_bytes() for path in (folder / FOLDER).iterdir()})
    assert made[0] == made[1] and len(made[0]) == 2


def test_records_of_papers_that_are_no_longer_in_the_run_go(folder: Path, source: Path) -> None:
    first = keep(folder, _record(source), "one.html")
    finish(folder)
    source.write_text("Other words.")
    second = keep(folder, _record(source, "Other words."), "one.html")
    finish(folder)
    assert first != second
    assert [row.key for row in kept_papers(folder)] == [second]
    assert {path.name for path in (folder / FOLDER).iterdir()} == {INDEX, f"{second}.json.gz"}


def test_a_file_of_several_papers_gives_each_its_own_key(folder: Path, source: Path) -> None:
    keys = [keep(folder, _record(source, f"Paper {k}."), f"{k}.html") for k in range(3)]
    finish(folder)
    assert len(set(keys)) == 3
    assert [row.part for row in kept_papers(folder)] == [0, 1, 2]
    assert [source_of(folder, key) for key in keys] == [source] * 3


def test_the_same_file_under_two_names_is_one_paper(folder: Path, source: Path) -> None:
    copy = source.with_name("copy.txt")
    copy.write_bytes(source.read_bytes())
    assert keep(folder, _record(source), "one.html") == keep(folder, _record(copy), "copy.html")
    finish(folder)
    (row,) = kept_papers(folder)
    assert (row.page, row.also) == ("one.html", ("copy.html",))


def test_a_paper_that_is_gone_or_changed_has_no_pages_to_show(folder: Path, source: Path) -> None:
    key = keep(folder, _record(source), "one.html")
    finish(folder)
    source.write_text("Changed since.")
    assert source_of(folder, key) is None
    source.unlink()
    assert source_of(folder, key) is None
    assert source_of(folder, "0" * 32) is None


def test_papers_and_reports_can_be_moved_together(tmp_path: Path, folder: Path, source: Path) -> None:
    key = keep(folder, _record(source), "one.html")
    finish(folder)
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    for path in (folder, source.parent):
        path.rename(elsewhere / path.name)
    assert source_of(elsewhere / "reports", key) == elsewhere / "papers" / "one.txt"


def test_a_paper_that_could_not_be_read_is_listed(folder: Path, tmp_path: Path) -> None:
    problem = Problem(code="encrypted", message="Locked.", remedy="Unlock it.")
    failed = Record(path=str(tmp_path / "gone.pdf"), status="failed", problems=(problem,))
    key = keep(folder, failed, None)
    finish(folder)
    (row,) = kept_papers(folder)
    assert (row.status, row.page, row.file, row.verdict) == ("failed", None, None, None)
    assert load_record(folder, key) == failed


def test_lone_surrogates_are_kept(folder: Path, source: Path) -> None:
    record = _record(source, "Odd \udcff words")
    key = keep(folder, record, "one.html")
    finish(folder)
    assert load_record(folder, key) == record


@pytest.mark.parametrize(
    "key", ["../../../etc/passwd", "index", "A" * 32, "a" * 31, "", "a" * 32 + "\n", "../" + "a" * 29]
)
def test_no_key_leads_to_another_file(folder: Path, source: Path, key: str) -> None:
    keep(folder, _record(source), "one.html")
    finish(folder)
    with pytest.raises(ConfigError, match="no such paper"):
        load_record(folder, key)


def test_what_is_no_appraisal_or_broken_is_told(folder: Path, source: Path) -> None:
    with pytest.raises(ConfigError, match="holds no appraisal that can be reviewed"):
        kept_papers(folder)
    key = keep(folder, _record(source), "one.html")
    finish(folder)
    with pytest.raises(ConfigError, match="no paper 0000"):
        load_record(folder, "0" * 32)
    (folder / FOLDER / f"{key}.json.gz").write_bytes(b"\x1f\x8b half a file")
    with pytest.raises(ConfigError, match="cannot be read"):
        load_record(folder, key)
    index = folder / FOLDER / INDEX
    index.write_text(json.dumps(json.loads(index.read_text()) | {"format": 9}))
    with pytest.raises(ConfigError, match="is of format 9, and this version of lang-audit reads format 1"):
        kept_papers(folder)
    for broken in ("[]", "{", "\xff"):
        index.write_text(broken, encoding="latin-1")
        with pytest.raises(ConfigError, match="cannot be read"):
            kept_papers(folder)
