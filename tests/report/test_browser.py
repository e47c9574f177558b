"""The pages in a real browser: phone width, keyboard, accessibility, print. Skipped where there is no Chromium."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from lang_audit.lexicon import Lexicon
from lang_audit.model import Record
from lang_audit.report.renderer import Renderer

playwright = pytest.importorskip("playwright.sync_api")
axe = pytest.importorskip("axe_playwright_python.sync_playwright")
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
pytestmark = [pytest.mark.slow, pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine")]

_FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync"]
_FLAGS += ["--disable-background-networking", "--disable-component-update"]
PAGES = ["fabricated", "scan", "notes", "b", "index"]


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with playwright.sync_playwright() as play:
        browser = play.chromium.launch(executable_path=CHROMIUM, args=_FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def folder(lexicon: Lexicon, record: Record, failed: Record, plain: Record, hostile: Record, tmp_path: Path) -> Path:
    renderer = Renderer(lexicon)
    names = [renderer.write_paper(each, tmp_path) for each in (record, failed, plain, hostile)]
    renderer.write_index(tmp_path)
    assert [f"{page}.html" for page in PAGES] == [*names, "index.html"]
    return tmp_path


@pytest.fixture
def open_page(browser: Any, folder: Path) -> Iterator[Any]:
    contexts = []

    def open_(name: str, **options: Any) -> Any:
        context = browser.new_context(**options)
        contexts.append(context)
        page = context.new_page()
        page.said = []
        page.on("console", lambda message: page.said.append(message.text))
        page.on("pageerror", lambda error: page.said.append(str(error)))
        page.on("request", lambda request: page.said.append(request.url) if request.url[:5] != "file:" else None)
        page.goto((folder / f"{name}.html").as_uri())
        return page

    yield open_
    for context in contexts:
        context.close()


@pytest.mark.parametrize("name", PAGES)
def test_quiet_and_fits_a_phone(name: str, open_page: Any) -> None:
    page = open_page(name, viewport={"width": 360, "height": 740})
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    page.evaluate("document.querySelectorAll('details').forEach((d) => { d.open = true; })")
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    assert page.said == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("name", PAGES)
def test_axe_finds_nothing(name: str, scheme: str, open_page: Any) -> None:
    for width in (360, 1200):
        page = open_page(name, color_scheme=scheme, viewport={"width": width, "height": 900})
        page.evaluate("document.querySelectorAll('details').forEach((d) => { d.open = true; })")
        found = axe.Axe().run(page)
        assert found.violations_count == 0, found.generate_report()


def test_the_keyboard_reaches_every_link(open_page: Any) -> None:
    page = open_page("fabricated")
    wanted = page.evaluate("[...document.links].filter((a) => !a.closest('details')).length")
    reached = set()
    for _ in range(wanted + 20):
        page.keyboard.press("Tab")
        place = page.evaluate("[...document.links].indexOf(document.activeElement)")
        outline = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
        if place >= 0:
            reached.add(place)
            assert outline != "none"
    assert len(reached) == wanted


def test_the_skip_link_leads_to_the_report(open_page: Any) -> None:
    page = open_page("fabricated")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"


def test_the_table_sorts_by_keyboard(open_page: Any) -> None:
    page = open_page("index")
    names = "[...document.querySelectorAll('.papers tbody tr')].map((r) => r.cells[5].textContent.trim())"
    button = page.get_by_role("button", name="Labels")
    button.focus()
    page.keyboard.press("Enter")
    assert page.evaluate(names) == ["9", "1", "0", "–"]
    assert page.locator("th[aria-sort=descending]").inner_text().startswith("Labels")
    page.keyboard.press("Enter")
    assert page.evaluate(names) == ["–", "0", "1", "9"]
    assert "Sorted by Labels, ascending" in page.locator("#sort-state").inner_text()


def test_without_scripts_everything_is_there(open_page: Any) -> None:
    page = open_page("index", java_script_enabled=False)
    assert page.get_by_role("button").count() == 0
    assert page.locator(".papers tbody tr").count() == 4


def test_headings_are_in_order(open_page: Any) -> None:
    for name in PAGES:
        page = open_page(name)
        levels = page.evaluate("[...document.querySelectorAll('h1,h2,h3,h4')].map((h) => +h.tagName[1])")
        assert levels[0] == 1
        assert levels.count(1) == 1
        assert all(after <= before + 1 for before, after in pairwise(levels))


def test_print_opens_what_is_folded(open_page: Any) -> None:
    page = open_page("fabricated")
    page.emulate_media(media="print")
    folded = page.locator("details").get_by_text("reference list", exact=True)
    assert folded.bounding_box()["height"] > 0
    assert page.pdf(format="A4").startswith(b"%PDF")
