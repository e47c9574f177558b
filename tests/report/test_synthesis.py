"""The synthesis page, its files and its Word document. All papers are fabricated (fabricated_rows.py)."""

from __future__ import annotations

import re
import shutil
import time
from dataclasses import replace
from pathlib import Path

import pytest
from fabricated_rows import rows
from lxml import html

from lang_audit.codebook import load_codebook
from lang_audit.lexicon import Lexicon
from lang_audit.report.extraction import StudyRow
from lang_audit.report.renderer import PageNames, Renderer
from lang_audit.report.synthesis import MOST_CITED, write_synthesis
from lang_audit.report.synthesis_counts import synthesis
from lang_audit.report.synthesis_view import synthesis_view

BOOKS = [load_codebook("chang-2021"), load_codebook("han-2023")]
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")


def _write(made: list[StudyRow], folder: Path) -> Path:
    return write_synthesis(made, BOOKS, folder, Renderer(Lexicon({}, {}, {}), version="0.0"), index="index.html")


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return _write(rows(30, BOOKS), tmp_path_factory.mktemp("synthesis"))


def test_the_files(page: Path) -> None:
    names = {path.name for path in page.parent.iterdir()}
    figures = ["language", "codes-chang-2021", "flow-chang-2021", "codes-han-2023", "flow-han-2023"]
    assert names == {"synthesis.html", "synthesis.docx"} | {
        f"synthesis-{f}.{s}" for f in figures for s in ("svg", "png")
    }


def test_links_lead_somewhere(page: Path) -> None:
    root = html.parse(page).getroot()
    papers = {f"{row.page}.html" for row in rows(30, BOOKS) if row.page}
    for link in root.iter("a"):
        target = link.get("href")
        assert target in papers | {"index.html"} or target[0] == "#" or (page.parent / target).exists()


def test_every_number_of_the_sentences_stands_on_the_page(page: Path) -> None:
    root = html.parse(page).getroot()
    text = re.sub(r"\s+", " ", root.text_content())
    view = synthesis_view(synthesis(rows(30, BOOKS), BOOKS))
    for sentence in view.language.sentences:
        assert sentence.plain in text  # with every paper: in the folded part where the list is long
    for figure in view.figures:
        for table in figure.tables:
            assert table.title in text
    assert f"; and {17 - 10} more]" in text


def test_long_lists_are_cut_and_stand_in_full_below(page: Path) -> None:
    root = html.parse(page).getroot()
    for cite in root.xpath("//span[@class='cite']"):
        assert len(cite.xpath("./a")) <= MOST_CITED
    assert root.xpath("//details[@class='full']//li")


def test_the_word_document(page: Path) -> None:
    from docx import Document

    document = Document(str(page.with_suffix(".docx")))
    text = "\n".join(paragraph.text for paragraph in document.paragraphs)
    view = synthesis_view(synthesis(rows(30, BOOKS), BOOKS))
    for paragraph in (view.language, view.studies, *view.books[0].dimensions):
        assert all(sentence.plain in text for sentence in paragraph.sentences)
    assert len(document.inline_shapes) == 5
    assert all(shape._inline.docPr.get("descr") for shape in document.inline_shapes)
    room = document.sections[0].page_height - document.sections[0].top_margin - document.sections[0].bottom_margin
    assert all(shape.height < room for shape in document.inline_shapes)


def test_nothing_given_and_nothing_read(tmp_path: Path) -> None:
    assert "no paper was given" in _write([], tmp_path / "a").read_text(encoding="utf-8")
    failed = [StudyRow("Ayon 2018", "a.pdf", "failed", rows(1, BOOKS)[0].metadata)]
    text = _write(failed, tmp_path / "b").read_text(encoding="utf-8")
    assert "no paper was read" in text and "Ayon 2018" in text
    assert not list((tmp_path / "b").glob("*.svg"))


def test_a_codebook_that_found_nothing_is_told_in_a_line(tmp_path: Path) -> None:
    one = next(row for row in rows(10, BOOKS) if row.verdict)
    codes = {key: n for key, n in one.codes.items() if key[0] == "chang-2021"}
    text = _write([replace(one, codes=codes, linked=frozenset())], tmp_path).read_text(encoding="utf-8")
    assert "(codebook han-2023): no paper gave evidence for any of its codes." in text
    assert not (tmp_path / "synthesis-codes-han-2023.svg").exists()


def test_hostile_keys_stay_text(tmp_path: Path) -> None:
    one = next(row for row in rows(10, BOOKS) if row.verdict)
    text = _write([replace(one, key="<script>alert(1)</script>", page='"onload="x')], tmp_path).read_text(
        encoding="utf-8"
    )
    assert "<script>alert" not in text and '"onload="' not in text


def test_three_hundred_papers_in_good_time(tmp_path: Path) -> None:
    started = time.perf_counter()
    _write(rows(300, BOOKS), tmp_path)
    assert time.perf_counter() - started < 60


def test_no_paper_takes_the_page_s_name() -> None:
    assert PageNames().claim("synthesis.pdf") == "paper-synthesis"


@pytest.mark.slow
@pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine")
@pytest.mark.parametrize(("width", "scheme"), [(360, "dark")])
def test_in_a_browser(page: Path, width: int, scheme: str) -> None:
    play = pytest.importorskip("playwright.sync_api")
    axe = pytest.importorskip("axe_playwright_python.sync_playwright")
    flags = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync"]
    flags += ["--disable-background-networking", "--disable-component-update"]
    with play.sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=CHROMIUM, args=flags)
        tab = browser.new_context(color_scheme=scheme, viewport={"width": width, "height": 900}).new_page()
        said: list[str] = []
        tab.on("console", lambda message: said.append(message.text))
        tab.on("pageerror", lambda error: said.append(str(error)))
        tab.goto(page.as_uri())
        tab.evaluate("document.querySelectorAll('details').forEach((d) => { d.open = true; })")
        assert tab.evaluate("document.documentElement.scrollWidth") <= width
        assert said == []
        found = axe.Axe().run(tab)
        assert found.violations_count == 0, found.generate_report()
        browser.close()
