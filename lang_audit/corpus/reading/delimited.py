"""Tables as text: CSV and TSV, set apart by commas, semicolons, tabs or bars. The first row names the columns."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator
from pathlib import Path

from lang_audit.corpus.reading.columns import ColumnMap, places, record_of
from lang_audit.corpus.reading.records import CorpusRecord, Rejected
from lang_audit.corpus.reading.streams import (
    LARGEST_RECORD,
    BrokenFileError,
    Fault,
    excerpt,
    numbered,
    text_lines,
    too_large,
)
from lang_audit.errors import ConfigError

LARGEST_CELL = 1 << 20
"""Characters of a cell; one that grows larger is a quotation mark that never closes."""

_MARKS = ",;\t|"
_LINES_OF_A_CELL = 50  # a quotation that is open for more lines at the end of the file was never closed


def read(
    path: Path, source: str, start: int = 0, columns: ColumnMap | None = None
) -> Iterator[CorpusRecord | Rejected]:
    """The rows of a table from that of number `start` on; row 0 is the first behind the names of the columns."""
    table = _Table(path, columns)
    yield from numbered(source, start, table.rows(), lambda row, position: table.record(row, source, position))


class _Lines:
    """Lines that are remembered while they belong to a row, and can be put back when they turned out not to."""

    def __init__(self, lines: Iterator[str]) -> None:
        self._lines = lines
        self._back: list[str] = []
        self.of_row: list[str] = []
        self.ended = False

    def __iter__(self) -> _Lines:
        return self

    def __next__(self) -> str:
        line = self._back.pop() if self._back else next(self._lines, None)
        if line is None:
            self.ended = True
            raise StopIteration
        self.of_row.append(line)
        return line

    def begin_row(self) -> None:
        self.of_row = []

    def put_back(self) -> None:
        """All lines of the row but the first are lines of other rows."""
        self._back += reversed(self.of_row[1:])
        self.ended = False


class _Table:
    def __init__(self, path: Path, wanted: ColumnMap | None) -> None:
        self._path = path
        self._wanted = wanted
        self._places: dict[str, int] = {}
        self._width = 0

    def rows(self) -> Iterator[list[str] | Fault]:
        """The rows behind the first, blank ones left out."""
        mark = _mark(self._path)
        named = False
        for row in _rows(_Lines(text_lines(self._path)), mark, lambda: self._width):
            if isinstance(row, list) and not named:
                if row[0].lower().startswith("sep=") and not any(row[1:]):
                    continue
                try:
                    self._places = places([name.strip() for name in row], self._wanted)
                except ConfigError as error:
                    yield Fault("unknown-columns", str(error), excerpt(mark.join(row)))
                    return
                self._width, named = len(row), True
                continue
            yield row
        if not named:
            yield Fault("empty-file", "The table holds no row that names its columns.")

    def record(self, row: list[str], source: str, position: int) -> CorpusRecord | Fault:
        cells = {field: row[place] for field, place in self._places.items() if place < len(row)}
        return record_of(cells, source, position)


def _rows(lines: _Lines, mark: str, width: Callable[[], int]) -> Iterator[list[str] | Fault]:
    """The rows as csv reads them; where a quotation mark never closes, its line is a fault, and those behind it stand."""
    csv.field_size_limit(LARGEST_CELL)
    rows = csv.reader(lines, delimiter=mark)
    while True:
        lines.begin_row()
        fault: Fault | None = None
        row: list[str] = []
        try:
            row = next(rows)
        except StopIteration:
            return
        except csv.Error as error:
            first = lines.of_row[0] if lines.of_row else ""
            if len(first) > LARGEST_CELL:
                fault = too_large(first)
            else:
                fault = Fault("malformed-row", f"The row cannot be told from those behind it: {error}.", excerpt(first))
        if fault is None and lines.ended and lines.of_row:  # csv asked for another line: a quotation is open
            if len(lines.of_row) <= _LINES_OF_A_CELL:
                raise BrokenFileError(
                    f"it ends within a quotation: a quotation mark never closes in the row, {len(lines.of_row)} lines before the "
                    f"end of the file, that begins with {excerpt(lines.of_row[0])!r}. Either the mark is a mistake, and the "
                    "lines behind it are lost, or the file was cut short"
                )
            fault = Fault("malformed-row", "A quotation mark in the row never closes.", excerpt(lines.of_row[0]))
        if fault is None and not any(cell.strip() for cell in row):
            continue
        most = width()
        if fault is None and len(row) < most and not lines.of_row[-1].endswith(("\n", "\r")):
            raise BrokenFileError(f"it ends within a row, which begins with {excerpt(lines.of_row[0])!r}")
        if fault is None and most and any(cell.strip() for cell in row[most:]):
            message = f"The row has {len(row)} cells where the table has {most} columns."
            fault = Fault("malformed-row", message, excerpt(lines.of_row[0]))
        if fault is None and sum(map(len, lines.of_row)) > LARGEST_RECORD:
            fault = too_large(lines.of_row[0])
        if fault is None:
            yield row
            continue
        lines.put_back()
        yield fault
        rows = csv.reader(lines, delimiter=mark)


def _mark(path: Path) -> str:
    """What sets the cells apart: a tab in .tsv, else what stands most often in the first line, quotations left out."""
    if ".tsv" in (suffix.lower() for suffix in path.suffixes[-2:]):
        return "\t"
    try:
        first = next((line for line in text_lines(path) if line.strip()), "")
    except (BrokenFileError, OSError):
        return ","
    if first.lower().startswith("sep=") and len(first.rstrip("\r\n")) == 5:
        return first[4]
    outside = "".join(first[:LARGEST_CELL].split('"')[::2])
    return max(_MARKS, key=outside.count)
