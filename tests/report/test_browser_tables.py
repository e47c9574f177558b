"""The pages over all papers in a real browser: phone width, accessibility, heads that stay. Skipped without Chromium."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from lang_audit.codebook import load_codebook
from lang_audit.lexicon import Lexicon
from lang_audit.report.matrix_view import matrix_views
from lang_audit.report.renderer import Renderer
from tests.report.fabricated_rows import rows as fabricated

playwright = pytest.importorskip("playwright.sync_api")
axe = pytest.importorskip("axe_playwright_python.sync_playwright")
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
pytestmark = [pytest.mark.slow, pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine")]


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with playwright.sync_playwright() as play:
        browser = play.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
        yield browser
        browser.close()


@pytest.fixture
def matrix(lexicon: Lexicon, tmp_path: Path) -> str:
    books = [load_codebook("chang-2021"), load_codebook("han-2023")]
    views = matrix_views(fabricated(120, books), books)
    return Renderer(lexicon).write_page("matrix", tmp_path, {"matrices": views, "paged": True}).as_uri()


@pytest.mark.parametrize(("width", "scheme"), [(1200, "dark"), (360, "light")])
def test_the_matrix_fits_and_is_accessible(matrix: str, browser: Any, width: int, scheme: str) -> None:
    page = browser.new_page(viewport={"width": width, "height": 900}, color_scheme=scheme)
    page.goto(matrix)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    found = axe.Axe().run(page)
    assert found.violations_count == 0, found.generate_report()
    page.close()


def test_heads_and_papers_stay_in_sight(matrix: str, browser: Any) -> None:
    page = browser.new_page(viewport={"width": 700, "height": 900})
    page.goto(matrix)
    page.evaluate(
        "for (const box of document.querySelectorAll('.grid-scroll')) { box.scrollTop = 900; box.scrollLeft = 200; }"
    )
    box, head, paper = (
        page.locator(place).first.bounding_box()
        for place in (".grid-scroll", ".grid thead", ".grid tbody th[scope=row]")
    )
    assert abs(head["y"] - box["y"]) < 4
    assert abs(paper["x"] - box["x"]) < 4
    page.close()
