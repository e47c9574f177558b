"""Parquet tables, read by row groups, and of those only the columns that are asked for. Needs pyarrow."""

from __future__ import annotations

from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

from lang_audit.corpus.reading.columns import ColumnMap, places, record_of
from lang_audit.corpus.reading.records import CorpusRecord, Rejected
from lang_audit.corpus.reading.streams import BrokenFileError, Fault, numbered
from lang_audit.errors import ConfigError

_ROWS = 500  # that are held at a time

_Row = dict[str, Any] | None


def read(
    path: Path, source: str, start: int = 0, columns: ColumnMap | None = None
) -> Iterator[CorpusRecord | Rejected]:
    """The rows of a table from that of number `start` on; row groups before it are not read."""

    def make(row: _Row, position: int) -> CorpusRecord | Fault:
        return record_of(row or {}, source, position)

    yield from numbered(source, start, _rows(path, start, columns), make)


def _rows(path: Path, start: int, columns: ColumnMap | None) -> Iterator[_Row | Fault]:
    try:
        parquet = import_module("pyarrow.parquet")
    except ImportError:
        yield Fault("not-installed", "Parquet is read by pyarrow, which is not installed: pip install pyarrow.")
        return
    with path.open("rb") as file:
        try:
            table = parquet.ParquetFile(file, pre_buffer=False)
            names = table.schema_arrow.names
            where = places(names, columns)
            sizes = [table.metadata.row_group(k).num_rows for k in range(table.num_row_groups)]
        except ConfigError as error:
            yield Fault("unknown-columns", str(error))
            return
        except MemoryError:
            raise
        except Exception as error:  # what pyarrow raises for damaged files is of many kinds
            raise BrokenFileError(f"the table is damaged ({type(error).__name__}: {error})") from error
        wanted = {field: names[place] for field, place in where.items()}
        at = 0
        for group, size in enumerate(sizes):
            if at + size <= start:
                for _ in range(size):
                    yield None
            else:
                yield from _of_group(table, group, wanted)
            at += size


def _of_group(table: Any, group: int, wanted: dict[str, str]) -> Iterator[_Row]:
    batches = table.iter_batches(_ROWS, row_groups=[group], columns=sorted(set(wanted.values())))
    while True:
        try:
            batch = next(batches, None)
            if batch is None:
                return
            values = {
                field: _values(batch.column(batch.schema.get_field_index(name))) for field, name in wanted.items()
            }
        except MemoryError:
            raise
        except Exception as error:
            raise BrokenFileError(f"row group {group} is damaged ({type(error).__name__}: {error})") from error
        for k in range(batch.num_rows):
            yield {field: column[k] for field, column in values.items()}


def _values(column: Any) -> list[Any]:
    """A column's values; of texts that are no UTF-8 as much as is."""
    try:
        return list(column.to_pylist())
    except UnicodeDecodeError:
        binary = import_module("pyarrow").large_binary()
        return [_decoded(value) for value in column.cast(binary).to_pylist()]


def _decoded(value: bytes | None) -> str | None:
    return None if value is None else value.decode("utf-8", errors="replace")
