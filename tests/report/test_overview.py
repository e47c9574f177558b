"""What is written over all papers: matrix, tables, index. All papers are fabricated (conftest.py)."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest
from lxml import html

from lang_audit.codebook import load_codebook
from lang_audit.errors import ConfigError
from lang_audit.lexicon import Lexicon
from lang_audit.model import Metadata, Record
from lang_audit.report import overview
from lang_audit.report.extraction import StudyRow, study_row
from lang_audit.report.matrix_view import matrix_views
from lang_audit.report.overview import Written, cited, write_overview
from lang_audit.report.renderer import PageNames, Renderer
from lang_audit.settings import Settings, load_settings
from lang_audit.sources.references_file import Reference
from tests.report.fabricated_rows import rows as fabricated

BOOK = load_codebook("chang-2021")


@pytest.fixture
def settings() -> Settings:
    return replace(load_settings(), codebooks=(BOOK,))


@pytest.fixture(autouse=True)
def no_synthesis(monkeypatch: pytest.MonkeyPatch) -> None:
    """The synthesis has tests of its own, and takes its time to draw."""
    monkeypatch.setattr(overview, "_synthesis", lambda *_: None)


def write(
    records: list[Record], lexicon: Lexicon, settings: Settings, folder: Path, references: list[Reference] | None = None
) -> Written:
    renderer = Renderer(lexicon, version="0.0", formats=settings.reports, codebooks=settings.codebooks)
    rows = []
    for record in records:
        page = renderer.write_paper(record, folder)
        row = study_row(record, key="", page=page.rpartition(".")[0] if page else None)
        if row.verdict:
            row = replace(row, codes={("chang-2021", "mechanism", "trust"): Counter(aimed=1)})
        rows.append(row)
    return write_overview(rows, renderer, folder, settings, references)


def page(path: Path) -> html.HtmlElement:
    return html.parse(path).getroot()


def words(element: html.HtmlElement) -> str:
    return re.sub(r"\s+", " ", element.text_content())


def test_the_index_shows_what_was_coded_and_links_what_was_written(
    record: Record, plain: Record, failed: Record, lexicon: Lexicon, settings: Settings, tmp_path: Path
) -> None:
    written = write([record, plain, failed], lexicon, settings, tmp_path)
    assert written.index == tmp_path / "index.html"
    index = page(written.index)
    links = {str(link) for link in index.xpath("//div[@class='over']//@href")}
    assert links == {"matrix.html", "tables/extraction.csv", "tables.xlsx", "tables.docx"}
    assert all((tmp_path / link).is_file() for link in links)
    (table,) = index.xpath("//table[contains(@class, 'study')]")
    assert [words(row) for row in table.xpath(".//th[@scope='row']")] == ["notes", "Okafor et al. 1998", "scan"]
    assert "Mechanisms: Trust, personal commitment and empathy (aimed)" in re.sub(r":(?=\S)", ": ", words(table))
    assert "Could not be read" in words(table)


def test_one_paper_has_no_tables_unless_asked_for(
    record: Record, lexicon: Lexicon, settings: Settings, tmp_path: Path
) -> None:
    assert write([record], lexicon, settings, tmp_path / "a").tables == []
    assert not (tmp_path / "a" / "matrix.html").exists()
    asked = write([record], lexicon, replace(settings, tables=("xlsx",)), tmp_path / "b")
    assert asked.tables == [tmp_path / "b" / "tables.xlsx"]
    none = write([record, record], lexicon, replace(settings, tables=()), tmp_path / "c")
    assert none.tables == []


def test_references_name_the_papers(
    record: Record, plain: Record, lexicon: Lexicon, settings: Settings, tmp_path: Path
) -> None:
    known = Metadata(title="As <printed>", year=1999, doi="10.9999/FABRICATED.1998", authors=("van der Berg, A",))
    other = Metadata(title="Not <here>", year=2001, authors=("Chen, L",))
    settings = replace(settings, references=Path("x/included.ris"))
    written = write([record, plain], lexicon, settings, tmp_path, [Reference(known, 1), Reference(other, 9)])
    assert written.references is not None
    assert written.references.papers == ("notes",)
    assert written.references.references == ("Chen 2001: Not <here> (line 9)",)
    index = page(tmp_path / "index.html")
    (section,) = index.xpath("//section[@aria-labelledby='references-h']")
    assert "1 of 2 papers found in included.ris" in words(section)
    assert "Chen 2001: Not <here> (line 9)" in words(section)
    (language,) = index.xpath("//table[contains(@class, 'papers')]")
    assert "van der Berg 1999" in words(language)
    assert "As <printed>" in words(language)


def test_equal_keys_get_letters_and_silence_keeps_what_the_page_says(record: Record, failed: Record) -> None:
    rows = [study_row(record, ""), study_row(record, ""), study_row(failed, "")]
    studies, report = cited(rows, None, None)
    assert [row.key for row in studies] == ["Okafor et al. 1998a", "Okafor et al. 1998b", "scan"]
    assert report is None
    studies, report = cited(rows[:1], [Reference(Metadata(doi="10.9999/fabricated.1998"), 1)], None)
    assert studies[0].metadata.title == rows[0].metadata.title


def test_a_file_that_cannot_be_written_does_not_keep_the_others(
    record: Record, plain: Record, lexicon: Lexicon, settings: Settings, tmp_path: Path
) -> None:
    (tmp_path / "tables.xlsx" / "in the way").mkdir(parents=True)
    with pytest.raises(ConfigError, match=r"tables\.xlsx: cannot be written: .*Close it where it is open"):
        write([record, plain], lexicon, settings, tmp_path)
    assert (tmp_path / "tables.docx").is_file()
    assert "tables.docx" in (tmp_path / "index.html").read_text(encoding="utf-8")
    assert not list(tmp_path.glob("**/.*.part"))


def test_an_index_in_markdown(
    record: Record, plain: Record, lexicon: Lexicon, settings: Settings, tmp_path: Path
) -> None:
    write([record, plain], lexicon, replace(settings, reports=("md",)), tmp_path)
    text = (tmp_path / "index.md").read_text(encoding="utf-8")
    assert "[Okafor et al. 1998](fabricated.md)" in text
    assert "Trust, personal commitment and empathy (aimed)" in text
    assert not (tmp_path / "matrix.html").exists()


# --- the matrix


@pytest.fixture
def rows() -> list[StudyRow]:
    return fabricated(40, [BOOK])


def test_the_matrix_counts_what_it_shows(rows: list[StudyRow]) -> None:
    (view,) = matrix_views(rows, [BOOK])
    read = [row for row in rows if row.verdict]
    assert len(view.rows) == len(read)
    assert len(view.unread) == len(rows) - len(read)
    assert sum(heading.span for heading in view.headings) == len(view.codes) == len(view.reported)
    k = [code.id for code in view.codes].index("trust")
    evidence = [row.codes.get(("chang-2021", "mechanism", "trust"), Counter()) for row in read]
    assert view.reported[k] == sum(counts["reported"] > 0 for counts in evidence)
    assert view.any_evidence[k] == sum(counts.total() > 0 for counts in evidence)
    assert [code.id for code in view.codes[-2:]] == ["research-assistance", "advisory"]


def test_the_matrix_page(rows: list[StudyRow], lexicon: Lexicon, tmp_path: Path) -> None:
    books = [BOOK, load_codebook("han-2023")]
    rows[0] = replace(rows[0], key="<b>1</b>")
    views = matrix_views(rows, books)
    path = Renderer(lexicon).write_page("matrix", tmp_path, {"matrices": views, "paged": True})
    root = page(path)
    tables = root.xpath("//table")
    assert len(tables) == 2
    for table, view in zip(tables, views, strict=True):
        assert len(table.xpath("./tbody/tr")) == len(view.rows)
        assert all(len(row) == 1 + len(view.codes) for row in table.xpath("./tbody/tr | ./tfoot/tr | ./thead/tr[2]"))
        marks = sum(mark is not None for row in view.rows for mark in row.marks)
        assert len(table.xpath("./tbody//i")) == marks
    assert not root.xpath("//b")
    assert not root.xpath("//@style | //script")


def test_no_paper_takes_the_name_of_a_page_over_all() -> None:
    names = PageNames()
    assert [names.claim(f"{name}.pdf") for name in ("matrix", "Synthesis", "tables")] == [
        "paper-matrix",
        "paper-synthesis",
        "paper-tables",
    ]
