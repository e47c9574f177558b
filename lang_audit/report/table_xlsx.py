"""The review's tables as an Excel workbook: a sheet a table, and one that says what the sheets hold. The only user of XlsxWriter.

Cells are written as text or numbers, never as formulas or links, and text that begins like a formula gets an apostrophe
besides: it would become one when the sheet is saved as CSV.
"""

from __future__ import annotations

import io
import re
from collections.abc import Sequence
from datetime import datetime
from math import ceil
from typing import Any, Final

import xlsxwriter

from lang_audit.report.safe_cells import harmless
from lang_audit.report.table import Cell, Column, Kind, Table

_NO_DATE: Final = datetime(2000, 1, 1)  # the same tables give the same bytes
_LONGEST_CELL: Final = 32_767
_LONGEST_NAME: Final = 31
_LINE: Final = 13.5  # points
_HIGHEST_ROW: Final = 409  # Excel's own limit
_WIDE: Final = 1.15  # words do not fill their lines
_ON_A_PAGE: Final = 260  # letters that are still read when a page is made of them
_FONT: Final = {"font_name": "Calibri", "font_size": 10, "valign": "top"}
_HEAD: Final = {**_FONT, "bold": True, "bottom": 1, "text_wrap": True, "valign": "bottom"}
_CELLS: Final[dict[Kind, dict[str, Any]]] = {
    "text": {"text_wrap": True},
    "number": {},
    "share": {"num_format": "0%"},
    "mark": {"align": "center"},
}
_FILLS: Final[dict[Cell, str]] = {1: "#DCEFE3", "a": "#FBE6AC", "b": "#E9E6DF"}


def xlsx_bytes(tables: Sequence[Table], made: str) -> bytes:
    """The workbook; its last sheet tells what the others hold and how they were `made`."""
    data = io.BytesIO()
    options = dict.fromkeys(("strings_to_formulas", "strings_to_urls", "strings_to_numbers"), False)
    book = xlsxwriter.Workbook(data, {**options, "in_memory": True})
    book.set_properties({"title": "Tables of a review", "author": "lang-audit", "comments": made, "created": _NO_DATE})
    names = sheet_names([table.id for table in tables] + ["about"])
    for name, table in zip(names, tables, strict=False):
        _sheet(book, name, table)
    _about(book, names, tables, made)
    book.close()
    return data.getvalue()


def sheet_names(ids: Sequence[str]) -> list[str]:
    """A name for each sheet as Excel allows it: 31 characters, none of []:*?/\\, none twice whatever the case."""
    taken: set[str] = set()
    names = []
    for id_ in ids:
        plain = re.sub(r"[\[\]:*?/\\\x00-\x1f]", "-", id_).strip("'") or "sheet"
        name, n = plain[:_LONGEST_NAME], 1
        while name.casefold() in taken:
            n += 1
            name = f"{plain[: _LONGEST_NAME - len(str(n)) - 1]}-{n}"
        taken.add(name.casefold())
        names.append(name)
    return names


def _sheet(book: Any, name: str, table: Table) -> None:
    sheet = book.add_worksheet(name)
    head = book.add_format(_HEAD)
    turned = book.add_format({**_HEAD, "rotation": 90})
    over = book.add_format({**_HEAD, "bottom": 0, "align": "center"})
    formats = {kind: book.add_format({**_FONT, **how}) for kind, how in _CELLS.items()}
    first = book.add_format({**_FONT, "text_wrap": True, "bold": True})
    marks = {mark: book.add_format({**_FONT, "align": "center", "bg_color": colour}) for mark, colour in _FILLS.items()}
    top = 1 if any(column.group for column in table.columns) else 0
    for start, end, group in _groups(table.columns) if top else ():
        if end > start:
            sheet.merge_range(0, start, 0, end, harmless(group), over)
        else:
            sheet.write_string(0, start, harmless(group), over)
    for k, column in enumerate(table.columns):
        sheet.set_column(k, k, column.width)
        sheet.write_string(top, k, harmless(column.name), turned if column.kind == "mark" else head)
    if any(column.kind == "mark" for column in table.columns):
        sheet.set_row(top, 190)
    for n, row in enumerate(table.rows, top + 1):
        if (lines := _lines(table.columns, row)) > 1:
            sheet.set_row(n, min(lines * _LINE, _HIGHEST_ROW))
        for k, (column, cell) in enumerate(zip(table.columns, row, strict=True)):
            kind = marks.get(cell, formats["mark"]) if column.kind == "mark" else formats[column.kind]
            _cell(sheet, n, k, cell, first if k == 0 else kind)
    sheet.freeze_panes(top + 1, 1)
    sheet.autofilter(top, 0, top + len(table.rows), len(table.columns) - 1)
    sheet.repeat_rows(0, top)
    sheet.set_landscape()
    sheet.set_paper(9)
    if sum(column.width for column in table.columns) < _ON_A_PAGE:
        sheet.fit_to_pages(1, 0)


def _cell(sheet: Any, row: int, column: int, cell: Cell, how: Any) -> None:
    if isinstance(cell, str):
        text = harmless(cell)
        if len(text) > _LONGEST_CELL:
            text = text[: _LONGEST_CELL - 1] + "…"
        sheet.write_string(row, column, text, how)
    elif cell is not None:
        sheet.write_number(row, column, cell, how)
    else:
        sheet.write_blank(row, column, None, how)


def _lines(columns: Sequence[Column], row: Sequence[Cell]) -> int:
    """How many lines the longest cell of a row takes; not every program finds that out by itself."""
    wrapped = (
        ceil(len(cell) * _WIDE / column.width)
        for column, cell in zip(columns, row, strict=True)
        if isinstance(cell, str) and column.kind == "text"
    )
    return max(wrapped, default=1)


def _groups(columns: Sequence[Column]) -> list[tuple[int, int, str]]:
    """The first and last column of each heading that stands over columns."""
    found: list[tuple[int, int, str]] = []
    for k, column in enumerate(columns):
        if column.group and found and found[-1][1] == k - 1 and found[-1][2] == column.group:
            found[-1] = (found[-1][0], k, column.group)
        elif column.group:
            found.append((k, k, column.group))
    return found


def _about(book: Any, names: Sequence[str], tables: Sequence[Table], made: str) -> None:
    sheet = book.add_worksheet(names[-1])
    head, text = book.add_format(_HEAD), book.add_format({**_FONT, "text_wrap": True})
    sheet.set_column(0, 0, 30)
    sheet.set_column(1, 1, 40)
    sheet.set_column(2, 2, 110)
    for k, name in enumerate(("Sheet", "What it holds", "Notes")):
        sheet.write_string(0, k, name, head)
    for n, (name, table) in enumerate(zip(names, tables, strict=False), 1):
        for k, value in enumerate((name, table.title, " ".join(table.notes))):
            sheet.write_string(n, k, harmless(value), text)
    sheet.write_string(len(tables) + 2, 0, "How these were made", head)
    sheet.merge_range(len(tables) + 2, 1, len(tables) + 2, 2, harmless(made), text)
    sheet.set_row(len(tables) + 2, 60)
    sheet.freeze_panes(1, 0)
