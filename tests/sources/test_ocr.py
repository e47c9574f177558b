"""Scanned papers, read through OCRmyPDF where it is there. The scan is a sample of ours, printed to pictures."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pypdfium2 as pdfium
import pytest

from lang_audit.errors import ConfigError, UnreadableError
from lang_audit.model import Line, Page, Paper, Problem
from lang_audit.report.on_page import folded, open_document
from lang_audit.sources import ocr
from lang_audit.sources import read as read_file

SAMPLE = Path(__file__).parents[2] / "corpus_samples" / "prison-release-1997.pdf"
needs_ocr = pytest.mark.skipif(bool(ocr.missing()), reason=" ".join(ocr.missing()))


def _pictures(path: Path, pages: int) -> Path:
    pdf = pdfium.PdfDocument(SAMPLE)
    images = [pdf[k].render(scale=150 / 72, grayscale=True).to_pil().convert("L") for k in range(pages)]
    pdf.close()
    images[0].save(path, save_all=True, append_images=images[1:], resolution=150)
    return path


@pytest.fixture(scope="module")
def scan(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return _pictures(tmp_path_factory.mktemp("scan") / "scan.pdf", 1)


@needs_ocr
def test_a_scan_is_read_and_its_words_have_places(scan: Path, tmp_path: Path) -> None:
    copy = tmp_path / "kept" / "scan.pdf"
    (paper,) = ocr.read_with_ocr(scan, keep=copy)
    assert (paper.id, paper.source) == ("scan", str(scan))
    assert paper.problems[0].code == "ocr"
    assert "What becomes of heroin addicts after prison?" in paper.text
    start = paper.text.index("heroin addicts")
    with open_document(copy, paper) as document:
        (place,) = document.places(start, start + len("heroin addicts"))
    (printed,) = read_file(SAMPLE)
    at = printed.text.index("heroin addicts")
    with open_document(SAMPLE, printed) as document:
        (true,) = document.places(at, at + len("heroin addicts"))
    assert place.exact and all(abs(a - b) < 6 for a, b in zip(place.box, true.box, strict=True))


@needs_ocr
def test_ocr_that_takes_too_long_is_stopped(scan: Path) -> None:
    started = time.monotonic()
    with pytest.raises(UnreadableError, match="longer than") as caught:
        list(ocr.read_with_ocr(scan, timeout=0.3))
    assert caught.value.code == "ocr-failed" and time.monotonic() - started < 20


@needs_ocr
def test_a_file_that_ocr_refuses_says_why(tmp_path: Path) -> None:
    broken = tmp_path / "broken.pdf"
    broken.write_bytes(b"%PDF-1.4\nnothing")
    with pytest.raises(UnreadableError) as caught:
        ocr.recognise(broken, tmp_path / "out.pdf")
    assert caught.value.code == "ocr-failed" and "Traceback" not in caught.value.message


def test_a_paper_with_text_is_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ocr, "recognise", _never)
    assert list(ocr.read_with_ocr(SAMPLE)) == list(read_file(SAMPLE))


def test_trouble_that_ocr_cannot_mend_passes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ocr, "recognise", _never)
    empty = tmp_path / "empty.pdf"
    empty.write_bytes(b"")
    with pytest.raises(UnreadableError) as caught:
        list(ocr.read_with_ocr(empty))
    assert caught.value.code == "empty-file"


def test_pages_that_were_read_are_not_lost_when_ocr_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    half = Problem(code="pages-without-text", message="Page 2 holds only a picture.")
    paper = Paper(id="half", source="half.pdf", text="Some text.", problems=(half,))

    def fail(path: Path, target: Path, *, replace: bool, timeout: float) -> None:
        raise UnreadableError("ocr-failed", "OCR failed.", "Run it yourself.")

    def read(path: Path) -> Iterator[Paper]:
        yield paper

    monkeypatch.setattr(ocr, "recognise", fail)
    (kept,) = ocr.read_with_ocr(Path("half.pdf"), read)
    assert kept.text == paper.text and [problem.code for problem in kept.problems] == [half.code, "ocr-failed"]


def test_garbled_text_is_replaced(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []

    def recognise(path: Path, target: Path, *, replace: bool, timeout: float) -> None:
        asked.append(replace)
        target.write_bytes(b"")

    def read(path: Path) -> Iterator[Paper]:
        if path.name == "garbled.pdf":
            raise UnreadableError("garbled-text", "Garbage.", "")
        yield Paper(id="paper", source=str(path), text="Words.")

    monkeypatch.setattr(ocr, "recognise", recognise)
    (paper,) = ocr.read_with_ocr(Path("garbled.pdf"), read)
    assert asked == [True] and paper.source == "garbled.pdf" and paper.problems[0].code == "ocr"


def test_only_pages_of_garbage_are_replaced(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[object] = []

    def recognise(path: Path, target: Path, *, replace: bool | list[int], timeout: float) -> None:
        asked.append(replace)
        target.write_bytes(b"")

    garbage = Problem(code="garbled-pages", message="Page 2 holds garbage.")
    line = Line(start=0, end=5, bbox=(0, 0, 1, 1))
    pages = (Page(number=1, width=9, height=9, lines=(line,)), Page(number=2, width=9, height=9))
    paper = Paper(id="some", source="some.pdf", text="Words.", pages=pages, problems=(garbage,))
    monkeypatch.setattr(ocr, "recognise", recognise)
    assert list(ocr.read_with_ocr(Path("some.pdf"), lambda path: iter([paper])))
    assert asked == [[2]]


@pytest.mark.parametrize(
    ("lacking", "word"), [("ocrmypdf", "pip install"), ("tesseract", "apt install tesseract-ocr"), ("eng", "English")]
)
def test_what_is_missing_is_named_with_the_way_to_install_it(
    lacking: str, word: str, monkeypatch: pytest.MonkeyPatch, scan: Path, tmp_path: Path
) -> None:
    command = [] if lacking == "ocrmypdf" else [sys.executable]
    monkeypatch.setattr(ocr, "_command", lambda: command)
    monkeypatch.setattr(ocr.shutil, "which", lambda name: None if name == lacking else f"/bin/{name}")
    monkeypatch.setattr(ocr, "_languages", lambda: {"osd"} if lacking == "eng" else {"eng"})
    with pytest.raises(ConfigError, match=word):
        ocr.require()
    with pytest.raises(UnreadableError) as caught:
        ocr.recognise(scan, tmp_path / "out.pdf")
    assert caught.value.code == "ocr-missing"


def test_folding_joins_what_two_readings_share() -> None:
    assert folded("Ad-\ndicts’ oﬃce, naïve") == "addictsofficenaive"


def _never(*arguments: object, **more: object) -> None:
    raise AssertionError("OCR was called")
