"""The engine "pdfium" beside the reference: the same papers, the same refusals, and what only one of them must cope with."""

from __future__ import annotations

import ast
import random
from pathlib import Path

import pytest
from reportlab.pdfgen.canvas import Canvas

import lang_audit
from lang_audit.audit import audit_paper
from lang_audit.errors import ConfigError, UnreadableError
from lang_audit.model import Paper
from lang_audit.settings import load_settings
from lang_audit.sources import pdf_reader, read
from lang_audit.sources.pdf_reader import pdf_engine, pdf_engines
from lang_audit.sources.placed import UNKNOWN_CHARACTER, PlacedDocument, PlacedPage, Run
from tests.sources.test_pdf import PROSE, image_page, lines, pdf_of, prose_page, two_columns, wrapped

SAMPLES = Path(__file__).parents[2] / "corpus_samples"


def paper_of(path: Path, engine: str = "pdfium") -> Paper:
    (paper,) = read(path, pdf_engine=engine)
    return paper


def refusal(path: Path, engine: str = "pdfium") -> str:
    with pytest.raises(UnreadableError) as refused:
        list(read(path, pdf_engine=engine))
    assert refused.value.remedy
    return refused.value.code


@pytest.mark.parametrize("path", sorted(SAMPLES.rglob("*.pdf")), ids=lambda path: path.stem)
def test_both_engines_give_the_same_paper(path: Path) -> None:
    one, other = paper_of(path, "pdfminer"), paper_of(path)
    assert other.text == one.text
    assert other.sections == one.sections
    assert other.passages == one.passages
    assert other.citations == one.citations
    assert other.metadata == one.metadata
    assert other.problems == one.problems
    settings = load_settings(codebooks=["none"])
    appraisals = [audit_paper(paper, settings=settings).appraisal for paper in (one, other)]
    assert appraisals[0] is not None and appraisals[1] is not None
    told = [[finding.model_dump(exclude={"bbox"}) for finding in appraisal.findings] for appraisal in appraisals]
    assert told[1] == told[0]
    assert appraisals[1].verdict == appraisals[0].verdict


def odd(canvas: Canvas) -> None:
    """Text that must not be read, and text that must be read once."""
    prose_page(canvas)
    for shift in (0, 0.4):
        canvas.drawString(70 + shift, 400, "Printed twice")
    canvas.saveState()
    hidden = canvas.beginText(70, 380)
    hidden.setTextRenderMode(3)
    hidden.textOut("Hidden words")
    canvas.drawText(hidden)
    canvas.restoreState()
    canvas.saveState()
    window = canvas.beginPath()
    window.rect(0, 0, 50, 50)
    canvas.clipPath(window, stroke=0, fill=0)
    canvas.drawString(300, 360, "Clipped words")
    canvas.restoreState()
    canvas.saveState()
    canvas.rotate(45)
    canvas.drawString(500, 100, "CONFIDENTIAL")
    canvas.restoreState()
    canvas.beginForm("stamp")
    canvas.setFont("Times-Roman", 10)
    canvas.drawString(70, 300, "Words inside a form")
    canvas.endForm()
    canvas.doForm("stamp")


def sideways(canvas: Canvas) -> None:
    canvas.rotate(90)
    lines(canvas, wrapped("Sideways table. " + PROSE * 3, 90), 70, -100)


def spaced(canvas: Canvas) -> None:
    """Letters spread, words widened, rows of spaces: PDFium tells of none of these."""
    prose_page(canvas)
    text = canvas.beginText(70, 400)
    text.setFont("Times-Roman", 10)
    text.setWordSpace(7)
    text.textLine("Many people who use drugs were asked ")
    text.setWordSpace(0)
    text.setCharSpace(0.6)
    text.textLine("and all of them were heard")
    text.setCharSpace(0)
    text.textOut("One      gap")
    canvas.drawText(text)


@pytest.mark.parametrize(
    "pages", [[odd], [prose_page, sideways], [spaced], [two_columns] * 3, [prose_page, image_page]]
)
def test_drawn_pages_read_alike(tmp_path: Path, pages: list[object]) -> None:
    path = pdf_of(tmp_path / "drawn.pdf", *pages)  # type: ignore[arg-type]
    one, other = paper_of(path, "pdfminer"), paper_of(path)
    assert other.text == one.text
    assert other.problems == one.problems
    for page, twin in zip(one.pages, other.pages, strict=True):
        assert (twin.width, twin.height) == pytest.approx((page.width, page.height), abs=0.01)
        for line, same in zip(page.lines, twin.lines, strict=True):
            assert same.bbox == pytest.approx(line.bbox, abs=0.6)


def test_a_turned_page_is_read_upright(tmp_path: Path) -> None:
    def turned(canvas: Canvas) -> None:
        canvas.setPageRotation(90)
        sideways(canvas)

    path = pdf_of(tmp_path / "turned.pdf", turned)
    assert paper_of(path).text == paper_of(path, "pdfminer").text


def test_files_are_refused_alike(tmp_path: Path) -> None:
    from reportlab.lib.pdfencrypt import StandardEncryption

    locked = pdf_of(tmp_path / "locked.pdf", prose_page, encrypt=StandardEncryption("secret", "owner"))
    assert refusal(locked) == "encrypted"
    owned = pdf_of(tmp_path / "owned.pdf", prose_page, encrypt=StandardEncryption("", "owner"))
    assert "Peer workers met" in paper_of(owned).text
    assert refusal(pdf_of(tmp_path / "scan.pdf", image_page, image_page)) == "no-text-layer"
    for name, data, code in (
        ("empty.pdf", b"", "empty-file"),
        ("page.pdf", b"<html><body>Sign in to read</body></html>", "not-a-pdf"),
        ("head.pdf", b"%PDF-1.4\n", "broken-pdf"),
    ):
        path = tmp_path / name
        path.write_bytes(data)
        assert refusal(path) == code
    assert refusal(tmp_path / "missing.pdf") == "no-access"


def test_broken_files_never_end_in_a_traceback(tmp_path: Path) -> None:
    whole = pdf_of(tmp_path / "whole.pdf", prose_page, two_columns, image_page).read_bytes()
    chance = random.Random(7)
    broken = [whole[: len(whole) * part // 10] for part in range(1, 10)]
    for _ in range(60):
        data = bytearray(whole)
        for _ in range(chance.randrange(1, 40)):
            data[chance.randrange(len(data))] = chance.randrange(256)
        broken.append(bytes(data))
    path = tmp_path / "broken.pdf"
    for data in broken:
        path.write_bytes(data)
        try:
            paper = paper_of(path)
        except UnreadableError as error:
            assert error.code in {"broken-pdf", "not-a-pdf", "no-text-layer", "encrypted", "garbled-text"}
        else:
            assert all(paper.text[p.start : p.end] for p in paper.passages)


def test_engines_are_chosen_by_name(tmp_path: Path) -> None:
    assert {"pdfium", "pdfminer"} <= set(pdf_engines())
    path = pdf_of(tmp_path / "one.pdf", prose_page)
    with pytest.raises(ConfigError, match=r"'mupdf' is none; it must be one of .*pdfium, pdfminer"):
        list(read(path, pdf_engine="mupdf"))


def test_a_missing_package_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(name: str) -> None:
        raise ModuleNotFoundError(f"No module named {name}", name="pypdfium2.raw")

    pdf_engine.cache_clear()
    monkeypatch.setattr(pdf_reader, "import_module", missing)
    with pytest.raises(ConfigError, match="needs the package pypdfium2, which is not installed"):
        pdf_engine("pdfium")
    pdf_engine.cache_clear()


def test_letters_that_stay_unknown_are_asked_of_the_reference(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def engine(text: str) -> PlacedDocument:
        return PlacedDocument((PlacedPage(1, 600, 800, (Run(text, 70, 500, 100, 10, "Times", False),)),))

    lost = f"{UNKNOWN_CHARACTER}e people whom {UNKNOWN_CHARACTER}ey met and {UNKNOWN_CHARACTER}eir friends were asked."
    answers = {"pdfium": engine(lost), "pdfminer": engine(lost.replace(UNKNOWN_CHARACTER, "Th"))}
    monkeypatch.setattr(pdf_reader, "pdf_engine", lambda name: lambda path: answers[name])
    (paper,) = pdf_reader.read_with(tmp_path / "lost.pdf", "pdfium")
    assert paper.text.startswith("The people")


def test_only_its_own_module_knows_pypdfium2() -> None:
    sources = Path(lang_audit.__file__).parent / "sources"
    knowing = set()
    for path in sources.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            names = [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            names += [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            if any(name.split(".")[0].startswith("pypdfium2") for name in names):
                knowing.add(path.name)
    assert knowing == {"pdfium_library.py"}
