"""The review's tables as files: CSV (a file a table), XLSX (a sheet a table), DOCX (Word tables for a manuscript).

The writers of XLSX and DOCX are imported when they are asked for. The same tables give the same bytes.
"""

from __future__ import annotations

import csv
import io
import os
from collections.abc import Iterator, Sequence
from pathlib import Path, PurePath
from typing import Final

from lang_audit.codebook import Codebook
from lang_audit.config import TableFormat
from lang_audit.report.extraction import StudyRow
from lang_audit.report.safe_cells import harmless
from lang_audit.report.table import Cell, Column, Table
from lang_audit.report.tables import data_tables, manuscript_tables

CSV_FOLDER: Final = "tables"
WORKBOOK: Final = "tables.xlsx"
DOCUMENT: Final = "tables.docx"


def table_files(
    rows: Sequence[StudyRow],
    codebooks: Sequence[Codebook],
    formats: Sequence[TableFormat],
    made: str,
) -> Iterator[tuple[PurePath, bytes]]:
    """The name and content of each file of `formats`; `made` is the sentence that tells how."""
    tables = data_tables(rows, codebooks)
    if "csv" in formats:
        for table in tables:
            yield PurePath(CSV_FOLDER, f"{table.id}.csv"), csv_bytes(table)
    if "xlsx" in formats:
        from lang_audit.report.table_xlsx import xlsx_bytes

        yield PurePath(WORKBOOK), xlsx_bytes(tables, made)
    if "docx" in formats:
        from lang_audit.report.table_docx import docx_bytes

        yield PurePath(DOCUMENT), docx_bytes(manuscript_tables(rows, codebooks), made)


def csv_bytes(table: Table) -> bytes:
    """A table as CSV (RFC 4180), in UTF-8 with a byte order mark.

    Excel takes a file without the mark for the old code page of its country and breaks every name with a diacritic; pandas,
    readr and LibreOffice pass over it. All text is quoted, so that a spreadsheet that parts cells at semicolons keeps them whole.
    """
    text = io.StringIO(newline="")
    writer = csv.writer(text, quoting=csv.QUOTE_NONNUMERIC, lineterminator="\r\n")
    writer.writerow([harmless(full_name(column)) for column in table.columns])
    writer.writerows([_plain(cell) for cell in row] for row in table.rows)
    return text.getvalue().encode("utf-8-sig")


def full_name(column: Column) -> str:
    """The name of a column where it stands alone, without the heading over it."""
    return f"{column.group}: {column.name}" if column.group else column.name


def _plain(cell: Cell) -> str | int | float:
    return "" if cell is None else harmless(cell) if isinstance(cell, str) else cell


def write_file(path: Path, data: bytes) -> None:
    """Put `data` at `path` all at once, so that a run that is stopped leaves no half file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        part.write_bytes(data)
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)
