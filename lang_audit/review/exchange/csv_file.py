"""Decisions as CSV (UTF-8 with a byte order mark, which Excel needs); read back as Excel, LibreOffice and others save it."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from typing import Final

from lang_audit.review.exchange import sheet
from lang_audit.review.exchange.data import Contents, FileMistakesError, ReviewData

_SEPARATORS: Final = ",;\t"


def write(data: ReviewData) -> bytes:
    """The file."""
    held = io.StringIO(newline="")
    out = csv.writer(held)
    out.writerow([sheet.safe(column.name) for column in sheet.columns(data)])
    out.writerows(["" if cell is None else cell for cell in row] for row in sheet.rows(data))
    return held.getvalue().encode("utf-8-sig", "replace")


def read(name: str, content: bytes) -> Contents:
    """What a file holds; `name` is for messages. Raises FileMistakesError where it is no such table."""
    return sheet.read_rows(name, _rows(name, _decoded(name, content)))


def _decoded(name: str, content: bytes) -> str:
    try:
        if content[:2] in (b"\xff\xfe", b"\xfe\xff"):  # "Unicode text" of Excel
            return content.decode("utf-16")
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise FileMistakesError([f"{name}: is not UTF-8 (byte {error.start}); save it as CSV UTF-8."]) from error


def _rows(name: str, text: str) -> Iterator[tuple[int, list[str]]]:
    """The rows, numbered as a spreadsheet numbers them; the separator is what the first line has most of."""
    head = text.partition("\n")[0]
    separator = max(_SEPARATORS, key=head.count)
    csv.field_size_limit(1 << 24)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    number = 0
    while True:
        number += 1
        try:
            row = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            raise FileMistakesError([f"{name}: row {number} (line {reader.line_num}): is damaged: {error}."]) from error
        yield number, row
