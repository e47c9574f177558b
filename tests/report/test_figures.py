"""The figures: the same rows give the same bytes, text stays text, nothing runs out of the sheet."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from fabricated_rows import rows
from lxml import etree

from lang_audit.codebook import load_codebook
from lang_audit.report.figure_sheet import Sheet, text_width, wrap
from lang_audit.report.figures import NARROW, WIDE, codes_figure, verdicts_figure
from lang_audit.report.flow_figure import flow_figure
from lang_audit.report.synthesis_counts import Synthesis, synthesis

BOOKS = [load_codebook("chang-2021"), load_codebook("han-2023")]
SVG = "{http://www.w3.org/2000/svg}"


def _sheets(found: Synthesis, width: float) -> Iterator[Sheet]:
    sheets = [verdicts_figure(found, width)]
    for book in found.books:
        assert book.flow
        sheets += [codes_figure(found, book, width), flow_figure(book.flow, "Flow", width)]
    return (sheet for sheet in sheets if sheet)


@pytest.fixture(scope="module")
def found() -> Synthesis:
    return synthesis(rows(30, BOOKS), BOOKS)


def test_the_same_rows_give_the_same_bytes(found: Synthesis) -> None:
    again = synthesis(reversed(rows(30, BOOKS)), BOOKS)
    for one, other in zip(_sheets(found, WIDE), _sheets(again, WIDE), strict=True):
        assert one.svg() == other.svg()
    first = verdicts_figure(found)
    assert first and first.png() == first.png()
    assert first.png().startswith(b"\x89PNG")


@pytest.mark.parametrize("n", [1, 2, 30, 300])
@pytest.mark.parametrize("width", [WIDE, NARROW])
def test_text_is_text_and_stays_on_the_sheet(n: int, width: float) -> None:
    for sheet in _sheets(synthesis(rows(n, BOOKS, years=(1975, 2024)), BOOKS), width):
        root = etree.fromstring(sheet.svg())
        shown = list(root.iter(f"{SVG}text"))
        assert shown
        for element in shown:
            size, bold = float(element.get("font-size", "0").removesuffix("px")), element.get("font-weight") == "700"
            wide = text_width(element.text or "", size, bold)
            left = float(element.get("x", "0")) - {"end": wide, "middle": wide / 2}.get(
                element.get("text-anchor", ""), 0
            )
            assert size >= 8
            assert left >= -1 and left + wide <= sheet.width + 1, (sheet.name, element.text)
            assert 0 < float(element.get("y", "0")) <= sheet.height


def test_told_to_screen_readers_and_fit_for_a_strict_page(found: Synthesis) -> None:
    for sheet in _sheets(found, WIDE):
        root = etree.fromstring(sheet.svg())
        assert root.get("role") == "img"
        ids = {element.get("id"): element.text for element in root.iter() if element.get("id")}
        assert all(ids[name] for name in root.get("aria-labelledby", "").split())
        assert not [element for element in root.iter() if element.get("style") is not None]
        assert not list(root.iter(f"{SVG}style", f"{SVG}metadata"))
        used = {value.split("url(#")[1][:-1] for e in root.iter() for value in e.attrib.values() if "url(#" in value}
        assert used <= set(ids)


def test_every_code_and_number_stands_in_the_figure(found: Synthesis) -> None:
    sheet = codes_figure(found, found.books[1])
    assert sheet
    said = " ".join(e.text or "" for e in etree.fromstring(sheet.svg()).iter(f"{SVG}text"))
    for dimension in BOOKS[1].dimensions:
        assert all(code.name in said for code in dimension.codes)
    assert "*" not in said
    outside = codes_figure(found, found.books[0])
    assert outside and "Advisory\u00a0*" in outside.svg()


def test_hostile_names_are_text() -> None:
    sheet = Sheet("a", 100, 50, "<b>&\"'", "</desc><script>")
    sheet.text(0, 10, "<script>alert(1)</script> $x^2$ & more", 9, halo=True)
    root = etree.fromstring(sheet.svg())
    assert [e.text for e in root.iter(f"{SVG}text")] == ["<script>alert(1)</script> $x^2$ & more"]
    assert sheet.png()


def test_nothing_to_draw() -> None:
    nothing = synthesis([], BOOKS)
    assert verdicts_figure(nothing) is None
    assert codes_figure(nothing, nothing.books[0]) is None
    assert nothing.books[0].flow and flow_figure(nothing.books[0].flow, "Flow") is None


def test_lines_break_at_words_and_cut_what_is_too_long() -> None:
    assert wrap("one two", 1000, 9) == ["one two"]
    lines = wrap("Access to antiretroviraltherapyandeverythingelsethatonecanthinkof now\u00a0(3)", 80, 9)
    assert all(text_width(line, 9) <= 80 for line in lines)
    assert lines[-1].endswith("now\u00a0(3)")
    assert wrap("Criminalisation\u00a0(3)", text_width("Criminalisation", 9) + 2, 9) == ["Criminalisation", "(3)"]
    assert wrap("", 80, 9) == [""]
