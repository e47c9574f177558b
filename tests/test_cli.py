"""The command line as a user meets it: what is printed where, and the exit status."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

SAMPLES = Path(__file__).parent.parent / "corpus_samples"


def run(*arguments: object, cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", "from lang_audit.cli import main; main()", *map(str, arguments)]
    done = subprocess.run(command, capture_output=True, text=True, cwd=cwd, check=False)
    assert "Traceback" not in done.stderr
    return done


def records(done: subprocess.CompletedProcess[str]) -> list[dict]:
    return [json.loads(line) for line in done.stdout.splitlines()]


def test_json_goes_to_stdout_a_line_a_paper(tmp_path: Path) -> None:
    (tmp_path / "one.txt").write_text("Most addicts were men.", encoding="utf-8")
    (tmp_path / "two.txt").write_text("People who use drugs came.", encoding="utf-8")
    done = run("appraise", tmp_path, "--format", "json", "--with-text")
    assert done.returncode == 0
    first, second = records(done)
    assert first["paper"]["text"] == "Most addicts were men."
    assert first["findings"][0]["decision"] == "flag"
    assert second["verdict"]["label"] == "person-first"
    keys = {"schema_version", "status", "problems", "paper", "verdict", "findings", "person_first"}
    keys |= {"codes", "configurations", "characteristics"}
    assert set(first) == keys


def test_reports_and_the_index_are_written(tmp_path: Path) -> None:
    done = run("appraise", SAMPLES / "peer-outreach.xml", "-o", tmp_path / "out")
    assert done.returncode == 0
    assert done.stdout == ""
    assert str(tmp_path / "out" / "index.html") in done.stderr
    assert (tmp_path / "out" / "peer-outreach.html").is_file()


BAD = {
    "empty.pdf": (b"", "empty-file"),
    "cut.pdf": (b"%PDF-1.4\n1 0 obj\n<< /Type /Catalog", None),
    "not.pdf": (b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 20, None),
    "other.xml": (b"<?xml version='1.0'?><html><body>No article</body></html>", "not-jats"),
    "broken.xml": (b"<article><front>", None),
    "binary.txt": (bytes(range(256)) * 40, "binary-file"),
    "slides.pptx": (b"PK\x03\x04 something", "unknown-format"),
}


def test_a_bad_input_gives_a_record_with_a_problem_and_the_others_are_finished(tmp_path: Path) -> None:
    files = [tmp_path / name for name in BAD]
    for bad in files:
        bad.write_bytes(BAD[bad.name][0])
    good = tmp_path / "good.txt"
    good.write_text("Most addicts were men.", encoding="utf-8")
    done = run("appraise", *files[:4], good, *files[4:], "--format", "json")
    found = {Path(record["paper"]["source"]).name: record for record in records(done)}
    assert done.returncode == 3
    assert list(found) == [*(bad.name for bad in files[:4]), good.name, *(bad.name for bad in files[4:])]
    assert found.pop(good.name)["status"] == "ok"
    for name, record in found.items():
        assert record["status"] == "failed"
        problem = record["problems"][0]
        assert problem["message"] and problem["remedy"]
        assert problem["code"] != "defect"
        assert BAD[name][1] in (None, problem["code"])
        assert name in done.stderr


def test_latin_1_text_is_read_and_said(tmp_path: Path) -> None:
    (tmp_path / "old.txt").write_bytes("Most addicts in Orléans were men.".encode("latin-1"))
    (record,) = records(run("appraise", tmp_path, "--format", "json", "--with-text"))
    assert record["status"] == "partial"
    assert "Orléans" in record["paper"]["text"]
    assert record["findings"]


def test_an_empty_folder_and_a_missing_file_are_inputs_too(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    done = run("appraise", tmp_path / "empty", tmp_path / "none.pdf", "--format", "json")
    assert done.returncode == 3
    assert [r["problems"][0]["code"] for r in records(done)] == ["nothing-to-read", "no-such-file"]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["appraise"], "Missing argument"),
        (["appraise", ".", "--rule", "kind"], "'kind' is not one of"),
        (["appraise", ".", "--with-text"], "--with-text goes with --format json"),
        (["appraise", SAMPLES / "peer-outreach.xml", "--report", "pptx"], "html"),
        (["appraise", SAMPLES / "peer-outreach.xml", "--templates", "no-such-folder"], "no-such-folder"),
        (["praise"], "No such command"),
    ],
)
def test_wrong_usage_is_one_message_and_status_2(tmp_path: Path, arguments: list[object], message: str) -> None:
    done = run(*arguments, cwd=tmp_path)
    assert done.returncode == 2
    assert message in done.stderr


def test_a_broken_template_is_named_with_its_line(tmp_path: Path) -> None:
    (tmp_path / "paper.html.j2").write_text("<p>\n{% if %}\n", encoding="utf-8")
    done = run("appraise", SAMPLES / "peer-outreach.xml", "--templates", tmp_path, "-o", tmp_path / "out")
    assert done.returncode == 2
    assert "paper.html.j2:2" in done.stderr


def test_the_strict_rule(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("People who use drugs came. " * 9 + "One addict left.", encoding="utf-8")
    (majority,) = records(run("appraise", tmp_path, "--format", "json"))
    (strict,) = records(run("appraise", tmp_path, "--format", "json", "--rule", "strict"))
    assert majority["verdict"]["label"] == "person-first"
    assert strict["verdict"]["label"] == "not person-first"


def test_help_loads_neither_spacy_nor_pdfminer() -> None:
    code = "import sys; sys.argv = ['lang-audit', '--help']\nfrom lang_audit.cli import main\n"
    code += "try: main()\nexcept SystemExit: pass\n"
    done = subprocess.run(
        [sys.executable, "-c", code + "assert not {'spacy', 'pdfminer', 'jinja2', 'lxml', 'numpy'} & set(sys.modules)"],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert "appraise" in done.stdout


def test_only_one_module_imports_each_engine() -> None:
    package = Path(__file__).parent.parent / "lang_audit"
    homes = {"pdfminer": "sources", "spacy": "detection", "jinja2": "report"}
    for path in package.rglob("*.py"):
        text = path.read_text(encoding="utf-8")
        for engine, home in homes.items():
            if f"import {engine}" in text or f"from {engine}" in text:
                assert path.relative_to(package).parts[0] == home, path


# --- tables, references, codebooks

RIS = "TY  - JOUR\nAU  - Ayon, Sylvia\nTI  - Peers in the clinic: a made-up study\nPY  - 2018\nER  - \n"


def two_papers(folder: Path) -> Path:
    (folder / "papers").mkdir()
    for name, words in (("one", "Most addicts were men."), ("two", "People who use drugs came.")):
        (folder / "papers" / f"{name}.txt").write_text(words, encoding="utf-8")
    return folder / "papers"


def test_tables_come_with_more_than_one_paper(tmp_path: Path) -> None:
    papers = two_papers(tmp_path)
    done = run("appraise", papers, "-o", "out", "--codebook", "none", cwd=tmp_path)
    assert done.returncode == 0
    assert (tmp_path / "out" / "tables" / "extraction.csv").is_file()
    assert "Tables: out/tables, out/tables.xlsx, out/tables.docx" in done.stderr
    one = run("appraise", papers / "one.txt", "-o", "one", "--codebook", "none", cwd=tmp_path)
    assert "Tables" not in one.stderr
    assert not (tmp_path / "one" / "tables.xlsx").exists()


def test_tables_can_be_chosen_and_switched_off(tmp_path: Path) -> None:
    papers = two_papers(tmp_path)
    arguments = ["appraise", papers, "--codebook", "none", "--report", "md", "-q"]
    assert run(*arguments, "-o", "a", "--table", "xlsx", cwd=tmp_path).returncode == 0
    assert (tmp_path / "a" / "tables.xlsx").is_file()
    assert not (tmp_path / "a" / "tables").exists()
    assert run(*arguments, "-o", "b", "--table", "none", cwd=tmp_path).returncode == 0
    assert not list((tmp_path / "b").glob("tables*"))


def test_references_cite_the_papers(tmp_path: Path) -> None:
    papers = two_papers(tmp_path)
    (tmp_path / "included.ris").write_text(RIS, encoding="utf-8")
    arguments = ["appraise", papers, "-o", "out", "--codebook", "none", "--report", "md"]
    done = run(*arguments, "--references", "included.ris", cwd=tmp_path)
    assert done.returncode == 0
    assert "References: 0 of 2 papers found in included.ris." in done.stderr
    assert "paper without a reference: one" in done.stderr
    assert "reference without a paper: Ayon 2018: Peers in the clinic: a made-up study (line 1)" in done.stderr


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--references", "gone.ris"], "gone.ris: cannot be read"),
        (["--references", "wrong.ris"], "wrong.ris:2: the reference that begins here does not end"),
        (["--codebook", "chang"], "codebook 'chang': there is chang-2021, han-2023"),
        (["--codebook", "none", "--codebook", "chang-2021"], "'none' switches coding off"),
        (["--table", "pdf"], "'pdf' is not one of"),
        (["--table", "none", "--table", "csv"], "--table none goes with no other"),
        (["--format", "json", "--table", "csv"], "name a folder for them with -o"),
        (["--format", "json", "--references", "wrong.ris"], "name a folder for them with -o"),
    ],
)
def test_wrong_tables_references_and_codebooks_are_told_before_any_paper_is_read(
    tmp_path: Path, arguments: list[object], message: str
) -> None:
    papers = two_papers(tmp_path)
    (tmp_path / "wrong.ris").write_text("\nTY  - JOUR\nTI  - x\n", encoding="utf-8")
    done = run("appraise", papers, *arguments, cwd=tmp_path)
    assert done.returncode == 2
    assert message in done.stderr
    assert done.stdout == ""
    assert not (tmp_path / "lang-audit-report").exists()


def test_an_interrupted_run_writes_the_tables_of_what_is_done(tmp_path: Path) -> None:
    papers = two_papers(tmp_path)
    (papers / "three.txt").write_text("Nothing.", encoding="utf-8")
    code = (
        "from lang_audit.report.renderer import Renderer\nwrite = Renderer.write_paper\n"
        "def stop(self, record, folder):\n"
        "    if record.path.endswith('two.txt'): raise KeyboardInterrupt\n"
        "    return write(self, record, folder)\n"
        "Renderer.write_paper = stop\nfrom lang_audit.cli import main\nmain()\n"
    )
    command = [sys.executable, "-c", code, "appraise", str(papers), "-o", str(tmp_path / "out"), "--codebook", "none"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 130, done.stderr
    text = (tmp_path / "out" / "tables" / "extraction.csv").read_text(encoding="utf-8-sig")
    assert [line.split(",")[0] for line in text.splitlines()[1:]] == ['"one"', '"three"']
    assert (tmp_path / "out" / "index.html").is_file()


def test_help_loads_no_writer_and_no_reader_of_references() -> None:
    code = "import sys; sys.argv = ['lang-audit', 'appraise', '--help']\nfrom lang_audit.cli import main\n"
    code += "try: main()\nexcept SystemExit: pass\n"
    heavy = "{'xlsxwriter', 'docx', 'rispy', 'bibtexparser', 'rapidfuzz', 'pycountry', 'matplotlib', 'pydantic'}"
    done = subprocess.run(
        [sys.executable, "-c", f"{code}assert not {heavy} & set(sys.modules)"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "--references" in done.stdout
