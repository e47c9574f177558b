"""The spreadsheet in which people validate a sample of findings: what its columns are, and writing it as XLSX or CSV.

What reading it back needs stands apart from what raters fill in: in a hidden sheet of the workbook, and for a CSV in a file
beside it. With `blind`, nothing in the visible sheet tells what the program decided.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from datetime import datetime
from math import ceil
from pathlib import Path
from typing import Any, Final, Literal, NamedTuple

from lang_audit.corpus.hand_validation.sample import Key, Sampled, Shown, key_lines
from lang_audit.corpus.hand_validation.sample_guide import guide
from lang_audit.errors import ConfigError
from lang_audit.model import USAGES
from lang_audit.report.safe_cells import harmless, printable
from lang_audit.report.wording import SECTIONS

SHEET: Final = "findings"
KEY_SHEET: Final = "key"
UNCLEAR: Final = "unclear"
AGREED: Final = 0
"""The place of a rater that stands for what both agreed on in the end."""
Asked = Literal["answer", "usage", "note"]
CORRECT: Final = ("yes", "no", UNCLEAR)
OWN_DECISION: Final = ("flag", "query", "exempt", UNCLEAR)
_OPEN, _CLOSE = "\ue000", "\ue001"  # private use: where the term stands while a sentence is made safe
_LONGEST_CELL: Final = 32_000
_NO_DATE: Final = datetime(2000, 1, 1)  # the same sample gives the same bytes
_GUIDE_WIDTH: Final = 110
_LINE: Final = 13.5  # points
_HIGHEST_ROW: Final = 409  # Excel's own limit
_WIDE: Final = 1.2  # words do not fill their lines
_FONT: Final = {"font_name": "Calibri", "font_size": 10, "valign": "top"}


class RatingColumn(NamedTuple):
    """A column that raters fill in: which rater's (from 1; 0: what both agreed on), what for, and the allowed values."""

    name: str
    rater: int
    asked: Asked
    allowed: tuple[str, ...]


class _Column(NamedTuple):
    name: str
    width: float
    wrapped: bool = False


def rating_columns(key: Key) -> tuple[RatingColumn, ...]:
    """The columns that raters fill in, in order."""
    answer = ("right decision", OWN_DECISION) if key.blind else ("correct", CORRECT)
    found = []
    for rater in (*range(1, key.raters + 1), *([AGREED] if key.raters > 1 else [])):
        behind = " (agreed)" if rater == AGREED else f" ({rater})" if rater > 1 else ""
        found.append(RatingColumn(answer[0] + behind, rater, "answer", answer[1]))
        found.append(RatingColumn(f"right usage{behind}", rater, "usage", (*USAGES, UNCLEAR)))
        if rater != AGREED:
            found.append(RatingColumn(f"note{behind}", rater, "note", ()))
    return tuple(found)


def write_sheet(path: Path, key: Key, shown: Sequence[Shown]) -> list[Path]:
    """Write the sample to `path` (.xlsx or .csv; a CSV gets its key beside it) and name the files.

    Raises ConfigError for another ending, and for a file that is there already: it may hold judgements.
    """
    ending = path.suffix.lower()
    if ending not in (".xlsx", ".csv"):
        raise ConfigError(f"{path}: a sample is written as .xlsx or .csv; give the file such an ending.")
    beside = key_path(path)
    for file in (path, *([beside] if ending == ".csv" else [])):
        if file.exists():
            raise ConfigError(f"{file}: is there already and may hold judgements. Name another file, or move it away.")
    path.parent.mkdir(parents=True, exist_ok=True)
    if ending == ".xlsx":
        _put(path, _xlsx(key, shown))
        return [path]
    _put(beside, "".join(f"{line}\n" for line in key_lines(key)).encode())
    _put(path, _csv(key, shown))
    return [path, beside]


def key_path(path: Path) -> Path:
    """Where the key of a sample in CSV stands."""
    return path.with_suffix(".key.jsonl")


def _put(path: Path, data: bytes) -> None:
    """Write a file whole or not at all."""
    half = path.with_name(f".{path.name}.part")
    half.write_bytes(data)
    half.replace(path)


def _columns(key: Key) -> list[_Column]:
    told = [] if key.blind else [_Column("entry", 26, True), _Column("usage", 12), _Column("decision", 10)]
    asked = [_Column(c.name, 30, True) if c.asked == "note" else _Column(c.name, 12) for c in rating_columns(key)]
    weights = [] if key.blind else [_Column("stratum", 26, True), _Column("weight", 9)]
    return [
        *(_Column("id", 15), _Column("sentence", 70, True), _Column("term", 20, True)),
        *told,
        *asked,
        *(_Column("section", 12), _Column("title", 40, True), _Column("year", 6), _Column("journal", 22, True)),
        *(_Column("DOI or PMID", 20, True), _Column("paper", 30, True)),
        *weights,
    ]


def _cells(key: Key, row: Sampled, shown: Shown) -> list[str | float | None]:
    stratum = key.strata[row.stratum]
    names: dict[str, str] = {str(kind): name for kind, name in SECTIONS.items()}
    return [
        *(shown.id, _sentence(shown, _OPEN, _CLOSE), shown.term),
        *(() if key.blind else (row.entry, row.usage, row.decision)),
        *[None] * len(rating_columns(key)),
        *(
            names.get(shown.section, shown.section),
            shown.title,
            shown.year,
            shown.journal,
            shown.reference,
            shown.paper,
        ),
        *(() if key.blind else (stratum.name, stratum.weight)),
    ]


def _sentence(shown: Shown, open_: str, close: str) -> str:
    before, term, after = (
        part.replace(_OPEN, "").replace(_CLOSE, "") for part in (shown.before, shown.term, shown.after)
    )
    keep = max((_LONGEST_CELL - len(term)) // 2, 0)
    return f"{before[-keep:]}{open_}{term}{close}{after[:keep]}"


def _csv(key: Key, shown: Sequence[Shown]) -> bytes:
    held = io.StringIO(newline="")
    writer = csv.writer(held)
    writer.writerow([column.name for column in _columns(key)])
    for row, seen in zip(key.rows, shown, strict=True):
        cells = _cells(key, row, seen)
        writer.writerow(["" if cell is None else _marked(cell) if isinstance(cell, str) else cell for cell in cells])
    return held.getvalue().encode("utf-8-sig", "replace")


def _marked(cell: str) -> str:
    return harmless(cell).replace(_OPEN, "«").replace(_CLOSE, "»")


def _xlsx(key: Key, shown: Sequence[Shown]) -> bytes:
    import xlsxwriter

    data = io.BytesIO()
    options = dict.fromkeys(("strings_to_formulas", "strings_to_urls", "strings_to_numbers"), False)
    book = xlsxwriter.Workbook(data, {**options, "in_memory": True})
    made = f"lang-audit {key.version}, seed {key.seed}"
    book.set_properties(
        {"title": "A sample of findings", "author": "lang-audit", "comments": made, "created": _NO_DATE}
    )
    _findings_sheet(book, key, shown)
    _read_me(book, key)
    hidden = book.add_worksheet(KEY_SHEET)
    for n, line in enumerate(key_lines(key)):
        hidden.write_string(n, 0, line)
    hidden.very_hidden()
    book.close()
    return data.getvalue()


def _findings_sheet(book: Any, key: Key, shown: Sequence[Shown]) -> None:
    sheet = book.add_worksheet(SHEET)
    columns, ratings = _columns(key), rating_columns(key)
    names = [column.name for column in columns]
    head = book.add_format({**_FONT, "bold": True, "bottom": 1, "text_wrap": True, "bg_color": "#EFEDE6"})
    asked_head = book.add_format({**_FONT, "bold": True, "bottom": 1, "text_wrap": True, "bg_color": "#FBE6AC"})
    plain, wrapped = book.add_format(_FONT), book.add_format({**_FONT, "text_wrap": True})
    weight = book.add_format({**_FONT, "num_format": "0.00"})
    year = book.add_format({**_FONT, "align": "left"})
    asked = book.add_format({**_FONT, "text_wrap": True, "border": 1, "border_color": "#D9D3C3", "num_format": "@"})
    around = book.add_format({"font_name": "Calibri", "font_size": 10})
    term = book.add_format({"font_name": "Calibri", "font_size": 10, "bold": True, "font_color": "#9C1C1C"})
    fillable = {column.name for column in ratings}
    sheet.set_row(0, 2 * _LINE + 2)
    for k, column in enumerate(columns):
        sheet.set_column(k, k, column.width)
        sheet.write_string(0, k, column.name, asked_head if column.name in fillable else head)
    for n, (row, seen) in enumerate(zip(key.rows, shown, strict=True), 1):
        cells = _cells(key, row, seen)
        sheet.set_row(n, _height([(cell, c.width) for cell, c in zip(cells, columns, strict=True) if c.wrapped]))
        for k, (column, cell) in enumerate(zip(columns, cells, strict=True)):
            if column.name in fillable:
                sheet.write_blank(n, k, None, asked)
            elif column.name == "sentence":
                _write_sentence(sheet, n, k, str(cell), wrapped, around, term)
            elif isinstance(cell, str):
                sheet.write_string(n, k, _marked(cell), wrapped if column.wrapped else plain)
            elif cell is not None:
                sheet.write_number(n, k, cell, weight if column.name == "weight" else year)
    last = len(key.rows)
    for rating in ratings:
        if rating.allowed:
            k = names.index(rating.name)
            allowed = ", ".join(rating.allowed)
            sheet.data_validation(
                1, k, last, k,
                {"validate": "list", "source": list(rating.allowed), "error_title": rating.name,
                 "error_message": f"Choose one of: {allowed}; or leave the cell empty."[:255]},
            )  # fmt: skip
    sheet.freeze_panes(1, 2)
    sheet.autofilter(0, 0, last, len(columns) - 1)
    sheet.repeat_rows(0)
    sheet.set_landscape()
    sheet.set_paper(9)


def _height(cells: Sequence[tuple[str | float | None, float]]) -> float:
    """How high a row must be for its wrapped cells, given with their widths; not every program finds that out by itself."""
    lines = [ceil(len(cell) * _WIDE / width) for cell, width in cells if isinstance(cell, str)]
    return min(max([1, *lines]) * _LINE + 2, _HIGHEST_ROW)


def _write_sentence(sheet: Any, row: int, column: int, cell: str, wrapped: Any, around: Any, term: Any) -> None:
    """The sentence with its term in bold and in «», as text whatever it begins with."""
    before, _, rest = harmless(cell).partition(_OPEN)
    inside, _, after = rest.partition(_CLOSE)
    marked = f"«{inside}»"
    pieces = [
        piece for words, how in ((before, around), (marked, term), (after, around)) if words for piece in (how, words)
    ]
    if len(pieces) > 2:  # what XlsxWriter calls rich has two pieces of text at least
        sheet.write_rich_string(row, column, *pieces, wrapped)
    else:
        sheet.write_string(row, column, marked, wrapped)


def _read_me(book: Any, key: Key) -> None:
    sheet = book.add_worksheet("Read me")
    sheet.set_column(0, 0, 24)
    sheet.set_column(1, 1, _GUIDE_WIDTH)
    head = book.add_format({**_FONT, "bold": True})
    text = book.add_format({**_FONT, "text_wrap": True})
    for n, (left, right) in enumerate(guide(key)):
        sheet.set_row(n, _height([(right, _GUIDE_WIDTH)]))
        if left:
            sheet.write_string(n, 0, left, head)
        if right:
            sheet.write_string(n, 1, printable(right), text)
