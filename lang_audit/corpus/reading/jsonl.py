"""JSON Lines: one object a line, as OpenAlex, Semantic Scholar, Europe PMC and people's own scripts write them."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path

from lang_audit.corpus.reading.columns import FIELDS, ColumnMap, places, record_of
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

_MOST_WORDS = 100_000  # of an abstract that is given as an index of its words
_MOST_SHAPES = 1_000


def read(
    path: Path, source: str, start: int = 0, columns: ColumnMap | None = None
) -> Iterator[CorpusRecord | Rejected]:
    """The objects of a file, one a line, from that of number `start` on. Names within names are written "ids.pmid"."""
    shapes: dict[tuple[str, ...], dict[str, int]] = {}

    def make(line: str, position: int) -> CorpusRecord | Fault:
        return _record(line, source, position, columns, shapes)

    yield from numbered(source, start, _lines(path), make)


def _lines(path: Path) -> Iterator[str | Fault]:
    """The lines that hold something; the brackets and commas of an array of one object a line are left out."""
    before: str | None = None
    whole = True
    for line in text_lines(path):
        if before is not None:
            yield before if len(before) <= LARGEST_RECORD else too_large(before)
            before = None
        whole = line.endswith(("\n", "\r"))
        stripped = line.strip().strip("\ufeff")
        if stripped in ("", "[", "]"):
            continue
        if stripped.startswith("[{") and not stripped.endswith("]"):
            stripped = stripped[1:]
        elif stripped.startswith("{") and stripped.endswith("}]"):
            stripped = stripped[:-1]
        before = stripped.removesuffix(",") if whole else stripped
    if before is None:
        return
    if not whole and before.startswith("{") and not _is_json(before):
        raise BrokenFileError(f"it ends within a record, which begins with {excerpt(before)!r}")
    yield before if len(before) <= LARGEST_RECORD else too_large(before)


def _is_json(text: str) -> bool:
    try:
        json.loads(text)
    except (ValueError, RecursionError):
        return False
    return True


def _record(
    line: str, source: str, position: int, columns: ColumnMap | None, shapes: dict[tuple[str, ...], dict[str, int]]
) -> CorpusRecord | Fault:
    try:
        told = json.loads(line)
    except (ValueError, RecursionError) as error:
        return Fault("malformed-json", f"The line is no JSON: {error}.", excerpt(line))
    if not isinstance(told, dict):
        kind = "an array of records" if isinstance(told, list) else "a single value"
        return Fault("malformed-json", f"The line holds {kind}; write one object a line.", excerpt(line))
    flat = _flat(told)
    names = tuple(flat)
    if names not in shapes:
        if len(shapes) >= _MOST_SHAPES:
            shapes.clear()
        try:
            shapes[names] = places(names, _present(columns, names))
        except ConfigError as error:
            return Fault("unknown-columns", str(error), excerpt(line))
    values = list(flat.values())
    return record_of({field: _value(values[place], field) for field, place in shapes[names].items()}, source, position)


def _present(columns: ColumnMap | None, names: tuple[str, ...]) -> ColumnMap | None:
    """The wanted names that this object has: others may leave out what they do not know."""
    if columns is None:
        return None
    kept = {field: name for field in FIELDS if (name := getattr(columns, field)) in names}
    return ColumnMap(**kept) if kept else columns


def _flat(told: Mapping[str, object]) -> dict[str, object]:
    """The object with what stands in objects within it under names such as "journal.name"."""
    flat: dict[str, object] = {}
    for name, value in told.items():
        if isinstance(value, dict) and "inverted" not in name:
            for inner, deep in value.items():
                if isinstance(deep, dict):
                    flat.update((f"{name}.{inner}.{last}", deepest) for last, deepest in deep.items())
                else:
                    flat[f"{name}.{inner}"] = deep
        else:
            flat[name] = value
    return flat


def _value(value: object, field: str) -> object:
    """A value as the cell of a table has it."""
    if isinstance(value, dict):
        return _from_index(value) if field == "abstract" else next(iter(value.values()), None)
    if isinstance(value, list):
        plain = [_name(item) for item in value]
        if field in ("keywords", "types"):
            return plain
        return " ".join(plain) if field in ("title", "abstract") else next(iter(plain), None)
    return value


def _name(item: object) -> str:
    """An entry of a list: a text, or the name of an object."""
    if isinstance(item, dict):
        return str(
            next((item[key] for key in ("display_name", "name", "keyword", "term", "text", "value") if key in item), "")
        )
    return "" if item is None else str(item)


def _from_index(index: Mapping[str, object]) -> str:
    """An abstract in the order of its words, from the places of each, as OpenAlex gives it."""
    placed = [
        (place, word)
        for word, spots in index.items()
        if isinstance(spots, list)
        for place in spots[:_MOST_WORDS]
        if isinstance(place, int)
    ]
    return " ".join(word for _, word in sorted(placed)[:_MOST_WORDS])
