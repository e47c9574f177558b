"""Annotated copies, pictures and links in the reports of a run. All papers are fabricated."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import pytest
from click.testing import CliRunner
from lxml import html
from reportlab.pdfgen.canvas import Canvas

from lang_audit.audit import audit_file
from lang_audit.cli import cli
from lang_audit.lexicon import Lexicon
from lang_audit.model import Paper, Record
from lang_audit.report import terms_view, thumbnails
from lang_audit.report.apart import StoppedError, apart
from lang_audit.report.evidence import MOST_PICTURES
from lang_audit.report.page_evidence import PageEvidence
from lang_audit.report.renderer import Renderer
from lang_audit.report.thumbnails import LARGEST
from lang_audit.settings import default_settings, load_settings
from lang_audit.workers import safe_start

forked = pytest.mark.skipif(safe_start() != "fork", reason="processes are not forked here")


@pytest.fixture(scope="module")
def shipped() -> Lexicon:
    return default_settings().lexicon


@pytest.fixture(scope="module")
def record(tmp_path_factory: pytest.TempPathFactory) -> Record:
    path = tmp_path_factory.mktemp("papers") / "ä 1#2.pdf"
    canvas = Canvas(str(path))
    canvas.drawString(60, 700, "Most addicts in the county were asked to name a peer.")
    canvas.drawString(60, 680, "People who inject drugs came too.")
    canvas.showPage()
    canvas.drawString(60, 700, "Some junkies were not asked, and the smokers went home.")
    canvas.save()
    (record,) = audit_file(path)
    return record


def _page(record: Record, lexicon: Lexicon, folder: Path, **options: Any) -> html.HtmlElement:
    evidence = PageEvidence(lexicon, **options) if options else None
    name = Renderer(lexicon, evidence=evidence).write_paper(record, folder)
    assert name
    return html.parse(folder / name).getroot()


def _policy(page: html.HtmlElement) -> str:
    (policy,) = page.xpath("//meta[@http-equiv='Content-Security-Policy']/@content")
    return str(policy)


def _linked(page: html.HtmlElement, folder: Path) -> set[Path]:
    hrefs = page.xpath("//p[@class='place']/a/@href")
    assert {urlsplit(href).fragment for href in hrefs} == {"page=1", "page=2"}
    assert not any(urlsplit(href).scheme for href in hrefs)
    return {(folder / unquote(urlsplit(href).path)).resolve() for href in hrefs}


def test_links_lead_to_the_annotated_copy(record: Record, shipped: Lexicon, tmp_path: Path) -> None:
    page = _page(record, shipped, tmp_path / "out", annotate=True)
    copy = tmp_path / "out" / "annotated" / "a-1-2.pdf"
    assert _linked(page, tmp_path / "out") == {copy} and copy.is_file()
    assert page.xpath("//p[@class='file']/a/@href") == ["annotated/a-1-2.pdf"]
    (tmp_path / "out").rename(tmp_path / "moved")
    assert all(path.is_file() for path in _linked(page, tmp_path / "moved"))


def test_without_a_copy_links_lead_to_the_paper(record: Record, shipped: Lexicon, tmp_path: Path) -> None:
    assert record.appraisal
    appraisal = record.appraisal.model_copy(update={"findings": ()})
    told: list[str] = []
    clean = PageEvidence(shipped, annotate=True, tell=told.append).of(
        record.model_copy(update={"appraisal": appraisal}), tmp_path, "clean"
    )
    assert clean.copy is None and unquote(clean.link(2) or "").endswith("ä 1#2.pdf#page=2") and not told
    assert _linked(_page(record, shipped, tmp_path), tmp_path) == {Path(record.path).resolve()}


def test_pictures_are_shown_where_they_are_asked_for(record: Record, shipped: Lexicon, tmp_path: Path) -> None:
    page = _page(record, shipped, tmp_path, thumbnails=True)
    sources = page.xpath("//ul[@class='evidence']//img/@src")
    assert len(sources) == 3 and all(source.startswith("data:image/png;base64,") for source in sources)
    assert "img-src data:;" in _policy(page)
    assert not page.xpath("//p[@class='lead'][contains(., 'picture')]")
    bare = _page(record, shipped, tmp_path)
    assert not bare.xpath("//img") and "img-src" not in _policy(bare)


def test_a_paper_of_very_many_findings_stays_small(
    record: Record, shipped: Lexicon, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert MOST_PICTURES * LARGEST * 4 / 3 < 2_000_000
    monkeypatch.setattr(thumbnails, "pictures_of", partial(thumbnails.pictures_of, most=2))
    monkeypatch.setattr(terms_view, "MOST_PICTURES", 2)
    page = _page(record, shipped, tmp_path, thumbnails=True)
    (said,) = page.xpath("//section[@aria-labelledby='flagged-h']/p[@class='lead']/text()")
    assert "2 of 3 sentences" in said and "small" in said and len(page.xpath("//img")) == 2


def test_what_ocr_read_is_marked_on_its_copy(record: Record, shipped: Lexicon, tmp_path: Path) -> None:
    """Places are those of the copy with the text layer; it is removed once it was used."""
    copy = tmp_path / "copy.pdf"
    copy.write_bytes(Path(record.path).read_bytes())
    scan = record.model_copy(update={"path": str(tmp_path / "gone" / "scan.pdf")})
    page = _page(scan, shipped, tmp_path / "out", annotate=True, thumbnails=True, scanned=lambda path: copy)
    assert (tmp_path / "out" / "annotated" / "scan.pdf").is_file() and len(page.xpath("//img")) == 3
    assert not copy.exists()


def test_the_copy_that_ocr_made_is_kept_for_the_report(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    kept = []

    def read_with_ocr(path: Path, read: object, *, keep: Path | None = None) -> Iterator[Paper]:
        kept.append(keep)
        yield Paper(id="a", source=str(path), text="Nothing.")

    monkeypatch.setattr("lang_audit.sources.ocr.read_with_ocr", read_with_ocr)
    settings = load_settings(ocr=True)
    for folder in (None, tmp_path):
        object.__setattr__(settings, "ocr_copies", folder)
        (record,) = audit_file(Path("papers/a.pdf"), settings=settings)
        assert kept.pop() == settings.ocr_copy(record.path) != (tmp_path if folder else 0)
    assert settings.ocr_copy("a.pdf") != settings.ocr_copy("b/a.pdf")


def test_a_copy_that_cannot_be_written_is_told(record: Record, shipped: Lexicon, tmp_path: Path) -> None:
    (tmp_path / "annotated").write_text("a file where the folder should be")
    told: list[str] = []
    page = _page(record, shipped, tmp_path, annotate=True, tell=told.append)
    assert _linked(page, tmp_path) == {Path(record.path).resolve()}
    assert len(told) == 1 and "no annotated copy" in told[0] and "cannot be written" in told[0]


@forked
@pytest.mark.parametrize(
    ("harm", "said"),
    [(lambda: os._exit(11), "ended abruptly"), (lambda: {}["x"], "defect")],
    ids=["crash", "defect"],
)
def test_a_page_that_breaks_the_drawing_costs_the_pictures_only(
    harm: Any, said: str, record: Record, shipped: Lexicon, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(thumbnails, "pictures_of", lambda *_: harm())
    told: list[str] = []
    page = _page(record, shipped, tmp_path, annotate=True, thumbnails=True, tell=told.append)
    assert len(told) == 1 and "no pictures of lines" in told[0] and said in told[0]
    assert not page.xpath("//img") and "could not be drawn" in page.text_content()
    assert _linked(page, tmp_path) == {tmp_path / "annotated" / "a-1-2.pdf"}


@forked
def test_work_apart_hands_over_what_is_done() -> None:
    def work() -> Iterator[int]:
        yield os.getpid()
        os._exit(3)

    results = apart(work)
    assert next(results) != os.getpid()
    with pytest.raises(StoppedError, match="abruptly"):
        next(results)
    with pytest.raises(StoppedError, match=r"longer than 0\.2 seconds"):
        list(apart(lambda: iter([time.sleep(60)]), timeout=0.2))


def test_work_that_cannot_be_done_apart_is_done_here(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("lang_audit.workers.safe_start", lambda: "spawn")
    assert list(apart(lambda: iter([os.getpid()]))) == [os.getpid()]
    with pytest.raises(StoppedError, match="defect"):
        list(apart(lambda: iter([{}["x"]])))


def test_options_that_do_not_go_together(tmp_path: Path) -> None:
    for arguments in (["--thumbnails", "--format", "json"], ["--thumbnails", "--report", "md", "-o", str(tmp_path)]):
        done = CliRunner().invoke(cli, ["appraise", "paper.pdf", "--no-config", *arguments])
        assert done.exit_code == 2 and "--thumbnails" in done.output
