"""The files of the tables, opened again. Every paper here is fabricated."""

from __future__ import annotations

import csv
import io
import zipfile
from dataclasses import replace

import docx
import openpyxl
import pytest
from docx.enum.section import WD_ORIENT
from hypothesis import given, settings
from hypothesis import strategies as st

from lang_audit.codebook import load_codebook
from lang_audit.model import Metadata
from lang_audit.report.extraction import StudyRow
from lang_audit.report.safe_cells import harmless, printable
from lang_audit.report.table import Cell, Column, Table
from lang_audit.report.table_docx import docx_bytes
from lang_audit.report.table_files import csv_bytes, table_files
from lang_audit.report.table_xlsx import sheet_names, xlsx_bytes
from lang_audit.report.tables import data_tables, manuscript_tables
from tests.report.fabricated_rows import rows as fabricated

BOOKS = [load_codebook("chang-2021"), load_codebook("han-2023")]
ATTACKS = [
    "=1+1",
    "+1",
    "-1",
    "@x",
    "\t=1",
    "\r=1",
    "＝1",
    "=cmd|' /C calc'!A0",
    '=HYPERLINK("http://example.org","x")',
]
TEXT = st.text(max_size=40)
CELLS = st.one_of(TEXT, st.none(), st.integers(-(10**9), 10**9))


def small(rows: list[tuple[Cell, ...]], title: str = "A table") -> Table:
    return Table("small", title, (Column("Paper"), Column("Text"), Column("Year", "number")), tuple(rows), ("A note.",))


def read_csv(data: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline="")))


@pytest.fixture(scope="module")
def rows() -> list[StudyRow]:
    made = fabricated(20, BOOKS)
    attack = Metadata(title="=1+1", authors=("@SUM(A1)",), journal="＝x", year=2018)
    return [replace(made[0], key="=cmd|' /C calc'!A0", metadata=attack, source="-x.pdf"), *made[1:]]


@given(st.lists(st.tuples(TEXT, TEXT, CELLS), max_size=8))
def test_csv_reads_back_as_it_was_written(cells: list[tuple[Cell, ...]]) -> None:
    wanted = [
        ["" if cell is None else harmless(cell) if isinstance(cell, str) else str(cell) for cell in row]
        for row in cells
    ]
    assert read_csv(csv_bytes(small(cells))) == [["Paper", "Text", "Year"], *wanted]


def test_csv_is_what_excel_and_rfc_4180_ask_for() -> None:
    data = csv_bytes(small([("Ayón; Booth", 'a "b", c', 2018), ("x", None, 0)]))
    assert data == '\ufeff"Paper","Text","Year"\r\n"Ayón; Booth","a ""b"", c",2018\r\n"x","",0\r\n'.encode()


@pytest.mark.parametrize("attack", ATTACKS)
def test_no_cell_is_a_formula(attack: str) -> None:
    table = small([(attack, attack, -5)], title=attack)
    (_, row) = read_csv(csv_bytes(table))
    assert row[0] == row[1] == f"'{printable(attack)}"
    assert row[2] == "-5"
    book = openpyxl.load_workbook(io.BytesIO(xlsx_bytes([table], attack)))
    cells = [cell for sheet in book for line in sheet.iter_rows() for cell in line if cell.value is not None]
    assert all(cell.data_type in "sn" and cell.hyperlink is None for cell in cells)
    assert not any(isinstance(cell.value, str) and cell.value[0] in "=+-@＝" for cell in cells)
    assert book["small"]["C2"].value == -5


def test_no_paper_puts_a_formula_into_any_table(rows: list[StudyRow]) -> None:
    files = {str(name): data for name, data in table_files(rows, BOOKS, ("csv", "xlsx", "docx"), "Made by hand.")}
    tables = [read_csv(data) for name, data in files.items() if name.endswith(".csv")]
    assert not [cell for table in tables for row in table for cell in row if cell[:1] in tuple("=+-@＝")]
    book = openpyxl.load_workbook(io.BytesIO(files["tables.xlsx"]))
    values = [cell for sheet in book for line in sheet.iter_rows() for cell in line if isinstance(cell.value, str)]
    assert not [cell.value for cell in values if cell.data_type == "f" or cell.value[:1] in tuple("=+-@＝")]


def test_the_workbook(rows: list[StudyRow]) -> None:
    tables = data_tables(rows, BOOKS)
    book = openpyxl.load_workbook(io.BytesIO(xlsx_bytes(tables, "Made by hand.")))
    assert book.sheetnames == [*(table.id for table in tables), "about"]
    for table in tables:
        sheet = book[table.id]
        top = 2 if any(column.group for column in table.columns) else 1
        assert [cell.value for cell in sheet[top]] == [column.name for column in table.columns]
        assert sheet.freeze_panes == f"B{top + 1}"
        assert sheet.auto_filter.ref.startswith(f"A{top}:")
        assert sheet.max_row == top + len(table.rows)
        assert sheet.print_title_rows == f"$1:${top}"
    assert book["extraction"]["B3"].data_type == "n"
    assert book["about"]["A2"].value == "extraction"


def test_the_document(rows: list[StudyRow]) -> None:
    tables = manuscript_tables(rows, BOOKS)
    document = docx.Document(io.BytesIO(docx_bytes(tables, "Made by hand.")))
    assert document.sections[0].orientation == WD_ORIENT.LANDSCAPE
    assert len(document.tables) == len(tables)
    captions = [paragraph.text for paragraph in document.paragraphs if paragraph.style.name == "Caption"]
    assert captions[0].endswith(". Study characteristics")
    assert len(captions) == len(tables)
    notes = [paragraph.text for paragraph in document.paragraphs if paragraph.text.startswith("Note. ")]
    assert len(notes) == len(tables)
    assert all(note.endswith("Made by hand.") for note in notes)
    for written, table in zip(document.tables, tables, strict=True):
        heads = 2 if any(column.group for column in table.columns) else 1
        assert len(written._tbl.xpath("./w:tr[w:trPr/w:tblHeader]")) == heads
        assert [cell.text for cell in written.rows[heads - 1].cells] == [column.name for column in table.columns]
        assert len(written.rows) == heads + max(len(table.rows), 1)
        assert (
            sum(column.width for column in written.columns)
            <= document.sections[0].page_width - 2 * document.sections[0].left_margin + 9999
        )


def test_more_codes_than_a_page_is_wide_are_parted() -> None:
    columns = (Column("Paper"), *(Column(f"Code {n}", "mark", 5, "Codes") for n in range(70)))
    table = Table("matrix-x", "Many", columns, (("Ayon 2018", *range(70)),))
    document = docx.Document(io.BytesIO(docx_bytes([table], "Made.")))
    assert len(document.tables) == 3
    assert [t.rows[2].cells[0].text for t in document.tables] == ["Ayon 2018"] * 3
    assert [t.rows[2].cells[1].text for t in document.tables] == ["0", "32", "64"]


@settings(deadline=None, max_examples=20)  # each writes three files
@given(st.text(), st.text())
def test_any_text_makes_files_that_open(one: str, two: str) -> None:
    table = small([(one, two, 1)], title=one)
    document = docx.Document(io.BytesIO(docx_bytes([table], two)))
    assert document.tables[0].rows[1].cells[0].text == printable(one)
    openpyxl.load_workbook(io.BytesIO(xlsx_bytes([table], two)))


def test_the_same_rows_give_the_same_bytes(rows: list[StudyRow]) -> None:
    first, second = (
        [data for _, data in table_files(some, BOOKS, ("csv", "xlsx", "docx"), "x")] for some in (rows, rows[::-1])
    )
    assert first == second
    assert {entry.date_time[0] for entry in zipfile.ZipFile(io.BytesIO(first[-1])).infolist()} == {1980}


def test_sheet_names_are_what_excel_allows() -> None:
    names = sheet_names(["a/b:c*?[x]", "long " * 20, "long " * 20, "A/B:c*?[x]", ""])
    assert all(0 < len(name) <= 31 and not set(name) & set("[]:*?/\\") for name in names)
    assert len({name.casefold() for name in names}) == 5


def test_a_cell_longer_than_excel_allows_is_cut() -> None:
    book = openpyxl.load_workbook(io.BytesIO(xlsx_bytes([small([("x" * 40_000, "y", 1)])], "made")))
    assert len(book["small"]["A2"].value) == 32_767
