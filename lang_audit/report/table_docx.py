"""The review's tables as a Word document, to be pasted into a manuscript. The only user of python-docx.

Real tables: captions that Word numbers, head rows that repeat on every page, notes below. Rows are made as XML at once, because
python-docx looks through the whole table for each cell that it is asked for.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator, Sequence
from datetime import datetime
from itertools import groupby
from typing import Any, Final
from xml.sax.saxutils import escape

from docx import Document
from docx.enum.section import WD_ORIENT
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls
from docx.shared import Mm, Pt, RGBColor

from lang_audit.report.safe_cells import printable
from lang_audit.report.table import Cell, Column, Table

_NO_DATE: Final = datetime(2000, 1, 1)  # the same tables give the same bytes
_ZIP_DATE: Final = (1980, 1, 1, 0, 0, 0)
_PAGE: Final = (297, 210)  # millimetres
_MARGIN: Final = 18
_TWIPS: Final = 1440 / 25.4
_NAME_WIDTH: Final = 36
_FOR_MARKS: Final = _PAGE[0] - 2 * _MARGIN - _NAME_WIDTH
_MARK_WIDTHS: Final = (7, 12)
_MOST_MARKS: Final = _FOR_MARKS // _MARK_WIDTHS[0]
_TURNED_HEIGHT: Final = (20, 75)
_TURNED_LETTER: Final = 1.55  # millimetres that a letter of a turned head takes
_LETTER: Final = 1.9  # the same of a head that is not turned, at its widest
_PADDING: Final = 2.6
_LONGEST_PROPERTY: Final = 255
_SIZE: Final = 16  # half points


def docx_bytes(tables: Sequence[Table], made: str) -> bytes:
    """The document; under each table stand its notes and how it was `made`, so that they go with it wherever it is pasted."""
    document = _document(made)
    for number, part in enumerate((part for table in tables for part in _narrow(table)), 1):
        _add(document, number, part, made)
    data = io.BytesIO()
    document.save(data)
    return _without_dates(data.getvalue())


def _document(made: str) -> Any:
    document = Document()
    about = document.core_properties
    about.title, about.author, about.comments = "Tables of a review", "lang-audit", printable(made)[:_LONGEST_PROPERTY]
    about.created = about.modified = _NO_DATE
    about.last_modified_by, about.revision = "lang-audit", 1
    section = document.sections[0]
    section.orientation = WD_ORIENT.LANDSCAPE
    section.page_width, section.page_height = (Mm(side) for side in _PAGE)
    section.left_margin = section.right_margin = section.top_margin = section.bottom_margin = Mm(_MARGIN)
    normal = document.styles["Normal"]
    normal.font.name, normal.font.size = "Calibri", Pt(10)
    caption = document.styles["Caption"]
    caption.font.size, caption.font.bold, caption.font.color.rgb = Pt(10), True, RGBColor(0, 0, 0)
    caption.paragraph_format.keep_with_next = True
    caption.paragraph_format.space_after = Pt(4)
    return document


def _narrow(table: Table) -> Iterator[Table]:
    """`table`, or parts of it where its marks are wider than a page; each part begins with the column that names the row."""
    marks = [k for k, column in enumerate(table.columns) if column.kind == "mark"]
    if len(marks) <= _MOST_MARKS:
        yield table
        return
    for start in range(0, len(marks), _MOST_MARKS):
        kept = [0, *marks[start : start + _MOST_MARKS]]
        yield Table(
            table.id,
            table.title + (" (continued)" if start else ""),
            tuple(table.columns[k] for k in kept),
            tuple(tuple(row[k] for k in kept) for row in table.rows),
            table.notes,
        )


def _add(document: Any, number: int, table: Table, made: str) -> None:
    caption = document.add_paragraph(style="Caption")
    caption.add_run("Table ")
    field = f"<w:r><w:t>{number}</w:t></w:r>"
    caption._p.append(parse_xml(f'<w:fldSimple {nsdecls("w")} w:instr=" SEQ Table \\* ARABIC ">{field}</w:fldSimple>'))
    caption.add_run(f". {printable(table.title)}")
    end = document.element.body.sectPr
    end.addprevious(parse_xml(_table_xml(table)))
    notes = document.add_paragraph()
    notes.paragraph_format.space_before, notes.paragraph_format.space_after = Pt(4), Pt(18)
    notes.add_run("Note. ").italic = True
    notes.add_run(printable(" ".join((*table.notes, made))))
    for run in notes.runs:
        run.font.size = Pt(8)


def _table_xml(table: Table) -> str:
    widths = [round(width * _TWIPS) for width in _widths(table.columns)]
    grid = "".join(f'<w:gridCol w:w="{width}"/>' for width in widths)
    rule = 'w:val="single" w:sz="8" w:space="0" w:color="000000"'
    thin = 'w:val="single" w:sz="2" w:space="0" w:color="D0D0D0"'
    rows = [*_head(table.columns, widths)]
    rows += [_row(table.columns, row, widths) for row in table.rows] or [_no_rows(table.columns, sum(widths))]
    return (
        f'<w:tbl {nsdecls("w")}><w:tblPr><w:tblW w:w="{sum(widths)}" w:type="dxa"/><w:tblBorders><w:top {rule}/>'
        f'<w:bottom {rule}/><w:insideH {thin}/></w:tblBorders><w:tblLayout w:type="fixed"/><w:tblCellMar>'
        '<w:left w:w="60" w:type="dxa"/><w:right w:w="60" w:type="dxa"/></w:tblCellMar>'
        f'<w:tblLook w:firstRow="1" w:firstColumn="1"/></w:tblPr><w:tblGrid>{grid}</w:tblGrid>{"".join(rows)}</w:tbl>'
    )


def _widths(columns: Sequence[Column]) -> list[float]:
    """Millimetres: marks have a width of their own, others share the page, none less than its head's longest word."""
    page = _PAGE[0] - 2 * _MARGIN
    marks = sum(column.kind == "mark" for column in columns)
    if marks:
        each = min(max(_FOR_MARKS / marks, _MARK_WIDTHS[0]), _MARK_WIDTHS[1])
        return [each if column.kind == "mark" else _NAME_WIDTH for column in columns]
    least = [max(map(len, column.name.split()), default=1) * _LETTER + _PADDING for column in columns]
    wanted = sum(column.width for column in columns)
    shares = [max(page * column.width / wanted, floor) for column, floor in zip(columns, least, strict=True)]
    spare = sum(share - floor for share, floor in zip(shares, least, strict=True))
    over = (
        min((sum(shares) - page) / spare, 1) if spare else 0
    )  # taken from those that have more than their longest word
    return [share - over * (share - floor) for share, floor in zip(shares, least, strict=True)]


def _head(columns: Sequence[Column], widths: Sequence[int]) -> Iterator[str]:
    """One head row, or two where headings stand over columns; all repeat on every page."""
    if any(column.group for column in columns):
        cells = []
        for group, members in groupby(enumerate(columns), key=lambda item: item[1].group):
            places = [k for k, _ in members]
            span = f'<w:gridSpan w:val="{len(places)}"/>' if len(places) > 1 else ""
            line = (
                '<w:tcBorders><w:bottom w:val="single" w:sz="4" w:space="0" w:color="000000"/></w:tcBorders>'
                if group
                else ""
            )
            cells.append(_cell(group, sum(widths[k] for k in places), bold=True, middle=bool(group), more=span + line))
        yield _table_row("".join(cells), head=True)
    rule = '<w:tcBorders><w:bottom w:val="single" w:sz="8" w:space="0" w:color="000000"/></w:tcBorders>'
    turned = '<w:textDirection w:val="btLr"/>'
    yield _table_row(
        "".join(
            _cell(column.name, width, bold=True, more=rule + (turned if column.kind == "mark" else ""), bottom=True)
            for column, width in zip(columns, widths, strict=True)
        ),
        head=True,
        height=_turned_height(columns),
    )


def _turned_height(columns: Sequence[Column]) -> float | None:
    """The height of a head row that holds turned names; None where it holds none."""
    longest = max((len(column.name) for column in columns if column.kind == "mark"), default=None)
    return None if longest is None else min(max(longest * _TURNED_LETTER, _TURNED_HEIGHT[0]), _TURNED_HEIGHT[1])


def _row(columns: Sequence[Column], row: Sequence[Cell], widths: Sequence[int]) -> str:
    return _table_row(
        "".join(
            _cell(
                _words(column, cell),
                width,
                bold=k == 0,
                middle=column.kind == "mark",
                right=column.kind in ("number", "share"),
            )
            for k, (column, cell, width) in enumerate(zip(columns, row, widths, strict=True))
        )
    )


def _no_rows(columns: Sequence[Column], width: int) -> str:
    return _table_row(_cell("None was found.", width, more=f'<w:gridSpan w:val="{len(columns)}"/>'))


def _table_row(cells: str, *, head: bool = False, height: float | None = None) -> str:
    high = f'<w:trHeight w:val="{round(height * _TWIPS)}" w:hRule="exact"/>' if height else ""
    return f"<w:tr><w:trPr><w:cantSplit/>{high}{'<w:tblHeader/>' if head else ''}</w:trPr>{cells}</w:tr>"


def _cell(
    text: str,
    width: int,
    *,
    bold: bool = False,
    middle: bool = False,
    right: bool = False,
    bottom: bool = False,
    more: str = "",
) -> str:
    align = '<w:jc w:val="center"/>' if middle else '<w:jc w:val="right"/>' if right else ""
    weight, low = "<w:b/>" if bold else "", '<w:vAlign w:val="bottom"/>' if bottom else ""
    return (
        f'<w:tc><w:tcPr><w:tcW w:w="{width}" w:type="dxa"/>{more}{low}</w:tcPr>'
        f'<w:p><w:pPr><w:spacing w:before="20" w:after="20" w:line="240" w:lineRule="auto"/>{align}</w:pPr>'
        f'<w:r><w:rPr>{weight}<w:sz w:val="{_SIZE}"/></w:rPr><w:t xml:space="preserve">{escape(printable(text))}</w:t></w:r>'
        "</w:p></w:tc>"
    )


def _words(column: Column, cell: Cell) -> str:
    if cell is None:
        return ""
    return f"{cell:.0%}" if column.kind == "share" and not isinstance(cell, str) else str(cell)


def _without_dates(data: bytes) -> bytes:
    """The same document with the dates of its parts taken out."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(zipfile.ZipInfo(name, _ZIP_DATE), old.read(name), zipfile.ZIP_DEFLATED)
    return out.getvalue()
