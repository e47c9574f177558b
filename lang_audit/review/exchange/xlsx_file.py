"""Decisions as an Excel workbook: lists to choose from in the cells that reviewers fill in; read back by openpyxl."""

from __future__ import annotations

import io
import warnings
import zipfile
from collections.abc import Iterator
from datetime import datetime
from importlib import import_module
from math import ceil
from typing import Any, Final

from lang_audit.commands.extra import require
from lang_audit.review.exchange import sheet
from lang_audit.review.exchange.data import Contents, FileMistakesError, ReviewData

SHEET: Final = "decisions"
LARGEST: Final = 512 << 20
"""Bytes of the parts of a workbook, unpacked."""
_NO_DATE: Final = datetime(2000, 1, 1)  # the same review gives the same bytes
_FONT: Final = {"font_name": "Calibri", "font_size": 10, "valign": "top"}
_WRAPPED: Final = 24  # columns from this width on are wrapped
_LINE: Final = 13.5  # points
_HIGHEST_ROW: Final = 400
_GUIDE: Final = (
    (
        "How to fill it in",
        "One row is one finding or one piece of evidence for a code. Write only into the yellow columns of your name.",
    ),
    ("choice", "accepted or rejected. Empty: not decided yet."),
    (
        "usage, severity, label",
        "Only where another is right than the proposed one. A label is an entry of the lexicon, or codebook/dimension/code.",
    ),
    ("reason, note", "In your own words; for a reason the list offers the usual ones."),
    ("id and hidden columns", "Leave as they are: by these the decisions find their place again."),
    (
        "Back into the review",
        "Import the saved file in lang-audit review. Decisions that changed there meanwhile are shown, not overwritten.",
    ),
)


def write(data: ReviewData) -> bytes:
    """The file."""
    import xlsxwriter

    held = io.BytesIO()
    options = dict.fromkeys(("strings_to_formulas", "strings_to_urls", "strings_to_numbers"), False)
    book = xlsxwriter.Workbook(held, {**options, "in_memory": True})
    book.set_properties({"title": "Decisions of reviewers", "author": "lang-audit", "created": _NO_DATE})
    _decisions(book, data)
    _read_me(book)
    book.close()
    return held.getvalue()


def _decisions(book: Any, data: ReviewData) -> None:
    page = book.add_worksheet(SHEET)
    columns = sheet.columns(data)
    head = book.add_format({**_FONT, "bold": True, "bottom": 1, "text_wrap": True, "bg_color": "#EFEDE6"})
    asked_head = book.add_format({**_FONT, "bold": True, "bottom": 1, "text_wrap": True, "bg_color": "#FBE6AC"})
    plain, wrapped = book.add_format(_FONT), book.add_format({**_FONT, "text_wrap": True})
    asked = book.add_format({**_FONT, "text_wrap": True, "border": 1, "border_color": "#D9D3C3", "num_format": "@"})
    page.set_row(0, 3 * _LINE)
    for k, column in enumerate(columns):
        page.set_column(k, k, column.width, None, {"hidden": column.hidden})
        page.write_string(0, k, sheet.safe(column.name), asked_head if column.fillable else head)
    last = 0
    for last, cells in enumerate(sheet.rows(data), 1):
        page.set_row(last, _height(cells, columns))
        for k, (column, cell) in enumerate(zip(columns, cells, strict=True)):
            how = asked if column.fillable else wrapped if column.width >= _WRAPPED else plain
            if isinstance(cell, str) and cell:
                page.write_string(last, k, cell, how)
            elif isinstance(cell, int):
                page.write_number(last, k, cell, how)
            else:
                page.write_blank(last, k, None, how)
    for k, column in enumerate(columns):
        _choose(page, k, last, column)
    page.freeze_panes(1, 1)
    page.autofilter(0, 0, last, len(columns) - 1)
    page.repeat_rows(0)
    page.set_landscape()
    page.set_paper(9)


def _choose(page: Any, k: int, last: int, column: sheet.Column) -> None:
    """The list to choose from; a reason may be any other text too."""
    asked = column.asked or ""
    offered = sheet.ALLOWED.get(asked) or sheet.SUGGESTED.get(asked)
    if not offered or not last:
        return
    rule: dict[str, Any] = {"validate": "list", "source": list(offered), "error_title": asked}
    if asked in sheet.ALLOWED:
        rule["error_message"] = f"Choose one of: {', '.join(offered)}; or leave the cell empty."[:255]
    else:
        rule |= {"show_error": False}
    page.data_validation(1, k, last, k, rule)


def _height(cells: list[str | int | None], columns: list[sheet.Column]) -> float:
    """How high a row must be for its wrapped cells; not every program finds that out by itself."""
    lines = [
        ceil(len(cell) * 1.2 / column.width) + cell.count("\n")
        for cell, column in zip(cells, columns, strict=True)
        if isinstance(cell, str) and column.width >= _WRAPPED and not column.hidden
    ]
    return min(max([1, *lines]) * _LINE + 2, _HIGHEST_ROW)


def _read_me(book: Any) -> None:
    page = book.add_worksheet("Read me")
    page.set_column(0, 0, 24)
    page.set_column(1, 1, 110)
    bold, text = book.add_format({**_FONT, "bold": True}), book.add_format({**_FONT, "text_wrap": True})
    for n, (left, right) in enumerate(_GUIDE):
        page.set_row(n, 2 * _LINE + 2)
        page.write_string(n, 0, left, bold)
        page.write_string(n, 1, right, text)


def read(name: str, content: bytes) -> Contents:
    """What a workbook holds; `name` is for messages. Raises FileMistakesError where it is no such table."""
    require("agree", "openpyxl")
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as parts:
            if sum(part.file_size for part in parts.infolist()) > LARGEST:
                raise FileMistakesError(
                    [f"{name}: is larger than {LARGEST >> 20} MiB when unpacked. Save its sheet as CSV."]
                )
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of styles and validations
            book = import_module("openpyxl").load_workbook(
                io.BytesIO(content), read_only=True, data_only=True, keep_links=False
            )
            page = book[SHEET] if SHEET in book.sheetnames else book.worksheets[0]
            page.reset_dimensions()
            return sheet.read_rows(f"{name}: sheet {page.title!r}" if page.title != SHEET else name, _rows(page))
    except FileMistakesError:
        raise
    except Exception as error:  # zipfile, expat and openpyxl each have their own ways to say so
        raise FileMistakesError(
            [f"{name}: is no workbook that can be read ({type(error).__name__}: {error})."]
        ) from error


def _rows(page: Any) -> Iterator[tuple[int, list[object]]]:
    for number, cells in enumerate(page.iter_rows(values_only=True), 1):
        yield number, list(cells)
