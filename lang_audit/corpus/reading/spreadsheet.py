"""Excel workbooks (.xlsx), row by row: every sheet whose first row names a column of titles or abstracts."""

from __future__ import annotations

import warnings
import zipfile
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

from lang_audit.corpus.reading.columns import ColumnMap, places, record_of
from lang_audit.corpus.reading.records import CorpusRecord, Rejected
from lang_audit.corpus.reading.streams import BrokenFileError, Fault, numbered
from lang_audit.errors import ConfigError

LARGEST_TEXTS = 256 << 20
"""Bytes of the table of texts that a workbook keeps apart from its cells: it is the one part that must be held whole."""

_TEXTS = "xl/sharedStrings.xml"
_Row = tuple[dict[str, int], tuple[Any, ...]]


def read(
    path: Path, source: str, start: int = 0, columns: ColumnMap | None = None
) -> Iterator[CorpusRecord | Rejected]:
    """The rows of a workbook from that of number `start` on, counted over its sheets."""

    def make(row: _Row, position: int) -> CorpusRecord | Fault:
        where, cells = row
        return record_of({field: cells[k] for field, k in where.items() if k < len(cells)}, source, position)

    yield from numbered(source, start, _rows(path, columns), make)


def _rows(path: Path, columns: ColumnMap | None) -> Iterator[_Row | Fault]:
    """The rows of every sheet that is a table, with where in them the fields stand."""
    try:
        if _texts(path) > LARGEST_TEXTS:
            limit = LARGEST_TEXTS >> 20
            yield Fault("too-large", f"The workbook's texts are larger than {limit} MiB. Save its sheet as CSV.")
            return
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of styles and validations, which nobody asks for
            book = import_module("openpyxl").load_workbook(path, read_only=True, data_only=True, keep_links=False)
        faults: list[Fault] = []
        try:
            for sheet in book.worksheets:
                yield from _of_sheet(sheet, columns, faults)
        finally:
            book.close()
        if faults and len(faults) == len(book.worksheets):
            yield faults[0]
    except (GeneratorExit, OSError, MemoryError):
        raise
    except Exception as error:  # zipfile, expat and openpyxl each have their own ways to say so
        raise BrokenFileError(f"the workbook is damaged ({type(error).__name__}: {error})") from error


def _of_sheet(sheet: Any, columns: ColumnMap | None, faults: list[Fault]) -> Iterator[_Row]:
    """The rows of a sheet; where its first does not name columns that we know, its fault is put with the others."""
    where: dict[str, int] | None = None
    sheet.reset_dimensions()  # what a file says of them is often wrong
    for cells in sheet.iter_rows(values_only=True):
        if not any(cell not in (None, "") for cell in cells):
            continue
        if where is not None:
            yield where, cells
            continue
        try:
            where = places(["" if cell is None else str(cell).strip() for cell in cells], columns)
        except ConfigError as error:
            faults.append(Fault("unknown-columns", f"Sheet {sheet.title!r}: {error}"))
            return
    if where is None:
        faults.append(Fault("no-records", f"Sheet {sheet.title!r} holds nothing."))


def _texts(path: Path) -> int:
    """The bytes of the texts that a workbook keeps apart."""
    with zipfile.ZipFile(path) as parts:
        return next((part.file_size for part in parts.infolist() if part.filename == _TEXTS), 0)
