"""Reading a sample of findings back that people have judged: every mistake in the sheet is told, with its cell."""

from __future__ import annotations

import csv
import io
import warnings
from collections.abc import Iterator, Mapping, Sequence
from importlib import import_module
from pathlib import Path
from typing import Any, Final, NamedTuple

from lang_audit.corpus.hand_validation.sample import Key, Sampled, read_key
from lang_audit.corpus.hand_validation.sample_sheet import (
    AGREED,
    KEY_SHEET,
    SHEET,
    UNCLEAR,
    Asked,
    RatingColumn,
    key_path,
    rating_columns,
)
from lang_audit.errors import ConfigError, LangAuditError

ENDINGS: Final = (".xlsx", ".csv")
"""What a sheet of judgements ends in."""
_MOST_TOLD: Final = 30
_ID: Final = "id"
_SHORT: Final = {"y": "yes", "1": "yes", "true": "yes", "n": "no", "0": "no", "false": "no"}


class Judgement(NamedTuple):
    """A drawn finding with what people said of it: the answers of each rater, and what they agreed on, None where empty.

    `row` is its row in the sheet as it was read. Answers are yes, no, unclear; in a blind sample, where raters code the
    decision, they were compared with the program's.
    """

    sampled: Sampled
    row: int
    answers: tuple[str | None, ...]
    agreed: str | None
    usages: tuple[str | None, ...]
    agreed_usage: str | None
    note: str

    @property
    def final(self) -> str | None:
        """What counts: what was agreed, else the raters' common answer. None: not judged, or the raters differ."""
        return _settled(self.agreed, self.answers)

    @property
    def final_usage(self) -> str | None:
        """The same for the usage."""
        return _settled(self.agreed_usage, self.usages)

    @property
    def disputed(self) -> bool:
        """Whether the raters differ and have settled nothing."""
        return self.agreed is None and len({answer for answer in self.answers if answer}) > 1

    @property
    def usage_disputed(self) -> bool:
        """The same for the usage."""
        return self.agreed_usage is None and len({usage for usage in self.usages if usage}) > 1


class Judged(NamedTuple):
    """A sample with the judgements of its sheet, in the order in which they were drawn."""

    key: Key
    judgements: tuple[Judgement, ...]


def read_judged(path: Path, key: Path | None = None) -> Judged:
    """Read a sheet that `lang-audit sample` wrote and people filled in, wholly or in part.

    `key` names the sample as it was drawn (or its .key.jsonl), where the sheet has lost it: a workbook saved as CSV. Raises
    LangAuditError with a line for each mistake: a value that is not allowed, a row that is missing, added or there twice.
    """
    table = _Table(path, *_rows(path))
    drawn = _key(path, key)
    columns = rating_columns(drawn)
    places = table.places([_ID, *(column.name for column in columns)])
    known = {row.id: row for row in drawn.rows}
    mistakes: list[str] = []
    found: dict[str, Judgement] = {}
    for number, cells in table.rows:
        id_ = _cell(cells, places[_ID])
        where = f"{path.name}, row {number}"
        if id_ not in known:
            if id_ or any(_cell(cells, places[column.name]) for column in columns):
                mistakes.append(
                    f"{where}, column id: {id_!r} is no finding of this sample. Put back the id as it was drawn."
                )
        elif id_ in found:
            mistakes.append(f"{where}, column id: {id_} stands in row {found[id_].row} already. Delete one of the two.")
        else:
            told = dict(_values(cells, columns, places, where, mistakes))
            found[id_] = _judgement(known[id_], number, told, drawn)
    mistakes += [
        f"{path.name}: the row of {row.id} (“{' '.join(row.term.split())}”, row {row.row} as it was drawn) is missing. Put it "
        "back; leave its cells empty where it was not judged."
        for row in drawn.rows
        if row.id not in found
    ]
    if mistakes:
        more = [f"and {len(mistakes) - _MOST_TOLD} more mistakes"] if len(mistakes) > _MOST_TOLD else []
        raise LangAuditError("\n".join([*mistakes[:_MOST_TOLD], *more]))
    return Judged(drawn, tuple(found[row.id] for row in drawn.rows))


def _settled(agreed: str | None, said: tuple[str | None, ...]) -> str | None:
    if agreed:
        return agreed
    given = {answer for answer in said if answer}
    return given.pop() if len(given) == 1 else None


def _values(
    cells: Sequence[str], columns: Sequence[RatingColumn], places: Mapping[str, int], where: str, mistakes: list[str]
) -> Iterator[tuple[tuple[int, Asked], str]]:
    """What a row says, by rater and what was asked; mistakes are put with the others."""
    for column in columns:
        value = _cell(cells, places[column.name])
        if not column.allowed:
            yield (column.rater, column.asked), value
        elif (said := _meant(value.casefold(), column.allowed)) in column.allowed:
            yield (column.rater, column.asked), said
        elif value:
            mistakes.append(
                f"{where}, column {column.name}: {value!r} is not allowed; allowed: {', '.join(column.allowed)}, or nothing."
            )


def _meant(value: str, allowed: Sequence[str]) -> str:
    """A value as it is allowed: "y" and "1" are a yes, "n" and "0" a no, where these are asked for."""
    return _SHORT.get(value, value) if "yes" in allowed else value


def _judgement(sampled: Sampled, row: int, told: Mapping[tuple[int, Asked], str], key: Key) -> Judgement:
    def answer(rater: int) -> str | None:
        given = told.get((rater, "answer"))
        if not given or given == UNCLEAR or not key.blind:
            return given
        return "yes" if given == sampled.decision else "no"

    def usage(rater: int) -> str | None:
        """The right usage by a rater; where only another one is asked for, an empty cell of a judged row is the program's."""
        given = told.get((rater, "usage"))
        return given or (sampled.usage if not key.blind and told.get((rater, "answer")) in ("yes", "no") else None)

    raters = range(1, key.raters + 1)
    notes = (told.get((rater, "note"), "") for rater in raters)
    return Judgement(
        sampled=sampled,
        row=row,
        answers=tuple(answer(rater) for rater in raters),
        agreed=answer(AGREED),
        usages=tuple(usage(rater) for rater in raters),
        agreed_usage=told.get((AGREED, "usage")),
        note="; ".join(note for note in notes if note),
    )


class _Table(NamedTuple):
    path: Path
    heads: list[str]
    rows: list[tuple[int, list[str]]]

    def places(self, names: Sequence[str]) -> dict[str, int]:
        """Where each column stands. Raises ConfigError where one is missing or there twice."""
        found = {}
        for name in names:
            at = [k for k, head in enumerate(self.heads) if head.casefold() == name]
            if len(at) != 1:
                there = ", ".join(repr(head) for head in self.heads if head)
                raise ConfigError(
                    f"{self.path.name}, row 1: {'no column' if not at else 'more than one column'} {name!r}; there are: {there}. "
                    "Give the columns the names that they had when the sample was drawn."
                )
            found[name] = at[0]
        return found


def _cell(cells: Sequence[str], place: int) -> str:
    return cells[place].strip() if place < len(cells) else ""


def _key(path: Path, named: Path | None) -> Key:
    """The key: where it is said to be, in the workbook itself, or beside the CSV."""
    beside = (key_path(path), path.with_suffix(".xlsx"))
    for file in (named,) if named else (*((path,) if path.suffix.lower() == ".xlsx" else ()), *beside):
        if file is None or not file.is_file():
            continue
        if file.suffix.lower() == ".xlsx":
            lines = [cells[0] for _, cells in _sheet(file, KEY_SHEET, whole=True) if cells]
        else:
            lines = _text(file).splitlines()
        if lines or named:
            return read_key(lines, str(file))
    if named:
        raise ConfigError(f"--key: {named}: there is no such file.")
    raise ConfigError(
        f"{path}: the sample's key is not with it (a hidden sheet of the workbook, or {key_path(path).name} beside a CSV). Name "
        "the sample as it was drawn: --key sample.xlsx."
    )


def _rows(path: Path) -> tuple[list[str], list[tuple[int, list[str]]]]:
    """The names of the columns, and the other rows with their numbers, from 1 as spreadsheets count; blank ones left out."""
    numbered = _sheet(path, SHEET) if path.suffix.lower() == ".xlsx" else _delimited(path)
    rows = [(number, cells) for number, cells in numbered if any(cell.strip() for cell in cells)]
    if not rows:
        raise ConfigError(f"{path}: holds nothing.")
    return [head.strip() for head in rows[0][1]], rows[1:]


def _sheet(path: Path, name: str, *, whole: bool = False) -> list[tuple[int, list[str]]]:
    """The rows of a sheet by its name; without one, of the first that has the column id (`whole`: none)."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of styles and validations, which nobody asks for
            book = import_module("openpyxl").load_workbook(path, read_only=True, data_only=True, keep_links=False)
        try:
            sheets = {sheet.title: sheet for sheet in book.worksheets}
            if name not in sheets and whole:
                return []
            for sheet in [sheets[name]] if name in sheets else sheets.values():
                sheet.reset_dimensions()  # what a file says of them is often wrong
                rows = [
                    (n, [_text_of(cell) for cell in cells])
                    for n, cells in enumerate(sheet.iter_rows(values_only=True), 1)
                ]
                if name in sheets or (rows and _ID in [cell.strip().casefold() for cell in rows[0][1]]):
                    return rows
        finally:
            book.close()
    except (OSError, MemoryError):
        raise
    except Exception as error:  # zipfile, expat and openpyxl each have their own ways to say so
        raise ConfigError(f"{path}: is no workbook that can be read ({type(error).__name__}: {error}).") from error
    raise ConfigError(
        f"{path}: no sheet has the column id in its first row. Name a sheet that lang-audit sample wrote."
    )


def _text_of(cell: Any) -> str:
    return "" if cell is None else {True: "yes", False: "no"}[cell] if isinstance(cell, bool) else str(cell)


def _delimited(path: Path) -> Iterator[tuple[int, list[str]]]:
    """The rows of a CSV, whatever program saved it: commas, semicolons or tabs."""
    text = _text(path)
    first = text.partition("\n")[0]
    mark = max(",;\t", key=first.count)
    csv.field_size_limit(1 << 20)
    try:
        yield from enumerate(csv.reader(io.StringIO(text, newline=""), delimiter=mark), 1)
    except csv.Error as error:
        raise ConfigError(
            f"{path}: is no table that can be read ({error}). Save the sheet as .xlsx or .csv."
        ) from error


def _text(path: Path) -> str:
    """The text of a file: UTF-8, as we write it, or what Excel saves on Windows."""
    data = path.read_bytes()
    for encoding in ("utf-16",) if data[:2] in (b"\xff\xfe", b"\xfe\xff") else ("utf-8-sig", "cp1252"):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    return data.decode("latin-1")
