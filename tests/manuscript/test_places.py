from __future__ import annotations

import re
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from lang_audit.manuscript.places import Locator, SourceText
from lang_audit.model import Origin, Paper
from lang_audit.sources.jats import read as read_jats
from lang_audit.sources.text import read


@given(st.text(alphabet="ab é\n\r\x0b\u2028", max_size=60))
def test_a_line_and_column_lead_back_to_the_character(text: str) -> None:
    source = SourceText(text)
    for offset in range(len(text) + 1):
        line, column = source.line_and_column(offset)
        start, end = source.line_bounds(line)
        assert start + column - 1 == offset
        assert start <= offset <= end
    assert source.lines == text.replace("\r\n", "\n").replace("\r", "\n").count("\n") + 1


def test_a_text_file_has_lines_and_columns(tmp_path: Path) -> None:
    path = tmp_path / "draft.txt"
    path.write_text("Title of it all\n\nMost addicts\r\nwere male.\n", encoding="utf-8", newline="")
    (paper,) = read(path)
    start = paper.text.index("addicts")
    place = Locator(paper, path, "draft.txt").place(start, start + len("addicts\r\nwere"))
    assert (place.file, place.line, place.column, place.end_line, place.end_column) == ("draft.txt", 3, 6, 4, 5)
    assert place.within == "3:6"


def test_a_byte_order_mark_takes_no_column(tmp_path: Path) -> None:
    path = tmp_path / "draft.txt"
    path.write_bytes(b"\xef\xbb\xbfAddicts came.")
    (paper,) = read(path)
    assert Locator(paper, path).place(0, 7).column == 1


def test_the_range_in_the_file_reaches_over_what_is_spelt_otherwise(tmp_path: Path) -> None:
    # The file says "caf&eacute; users"; "é" has the place of the whole entity.
    path = tmp_path / "a.html"
    path.write_text("<p>caf&eacute; users</p>")
    paper = Paper(
        id="a",
        source=str(path),
        text="café users",
        origins=(
            Origin(start=0, end=3, at=3, upto=6),
            Origin(start=3, end=4, at=6, upto=14),
            Origin(start=4, end=10, at=14, upto=20),
        ),
    )
    locator = Locator(paper, path)
    assert locator.source_range(0, 4) == (None, 3, 14)
    assert locator.source_range(5, 10) == (None, 15, 20)
    assert paper.origins_of(2, 5) == (
        Origin(start=2, end=3, at=5, upto=6),
        Origin(start=3, end=4, at=6, upto=14),
        Origin(start=4, end=5, at=14, upto=15),
    )
    assert locator.place(3, 4).column == 7


def test_words_of_two_files_have_no_range_but_a_place(tmp_path: Path) -> None:
    (tmp_path / "b.tex").write_text("users")
    path = tmp_path / "a.tex"
    path.write_text("drug")
    paper = Paper(
        id="a",
        source=str(path),
        text="drug users",
        origins=(Origin(start=0, end=4, at=0, upto=4), Origin(start=5, end=10, at=0, upto=5, part="b.tex")),
    )
    locator = Locator(paper, path, "a.tex")
    assert locator.source_range(0, 10) is None
    assert locator.place(0, 10).file == "a.tex"
    assert locator.place(5, 10).file == "b.tex"
    assert locator.place(5, 10).line == 1


def test_in_xml_words_are_searched_for_in_the_lines_of_their_paragraph(tmp_path: Path) -> None:
    path = tmp_path / "a.xml"
    path.write_text(
        "\n<article><front><article-meta><title-group><article-title>On addicts</article-title></title-group>"
        "</article-meta></front>\n<body><sec><title>Methods</title>\n<p>Most drug\n <italic>addicts</italic>, not\n"
        "all addicts, came.</p>\n<p>Two addicts left.</p></sec></body></article>"
    )
    (paper,) = read_jats(path)
    locator = Locator(paper, path)
    found = [locator.place(m.start(), m.end()).within for m in re.finditer("addicts", paper.text)]
    assert found == ["2:62", "5:10", "6:5", "7:8"]
    assert locator.place(paper.text.index("drug addicts"), paper.text.index("drug addicts") + 12).end_line == 5
