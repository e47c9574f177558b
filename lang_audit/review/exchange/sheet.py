"""The table in which decisions go out and come back: one row a proposal, for each rater the columns of their decision.

What CSV and XLSX files share: the columns, what stands in each cell, and reading filled-in rows back, with every mistake told by
row and column. Cells are safe to open in a spreadsheet program: nothing in them begins like a formula.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, Final, NamedTuple, get_args

from lang_audit.model import SEVERITIES, USAGES
from lang_audit.report.safe_cells import harmless, printable
from lang_audit.review.events import REASONS, Choice, Value
from lang_audit.review.exchange.data import Contents, FileMistakesError, Read, ReviewData, ReviewPaper, clean
from lang_audit.review.proposals import Proposal

CHOICES: Final[tuple[str, ...]] = get_args(Choice)
ALLOWED: Final[Mapping[str, tuple[str, ...]]] = {"choice": CHOICES, "usage": USAGES, "severity": SEVERITIES}
SUGGESTED: Final[Mapping[str, tuple[str, ...]]] = {"reason": REASONS}
LONGEST_CELL: Final = 32_000
"""Characters; Excel itself holds 32,767."""
_ASKED: Final = ("choice", "usage", "severity", "label", "reason", "note")
_HELD: Final = ("released", "seen")  # for reading back: nobody fills these in
_SAID: Final = {"accept": "accepted", "reject": "rejected", "yes": "accepted", "no": "rejected"}
_ID: Final = re.compile(r"#?([0-9a-f]{24})")
_MARK: Final = "#"  # an id of digits only would become a number
_ADDED: Final = "added (for reading back)"


class Column(NamedTuple):
    """A column: its name, width in characters; whose it is and what it asks for, where it is a rater's; hidden or not."""

    name: str
    width: float
    rater: str | None = None
    asked: str | None = None
    hidden: bool = False

    @property
    def fillable(self) -> bool:
        """Whether a reviewer writes here."""
        return self.asked in _ASKED


_TELL: Final[tuple[tuple[Column, Callable[[ReviewPaper, Proposal], object]], ...]] = (
    (Column("id", 28), lambda paper, one: _MARK + one.id),
    (Column("kind", 9), lambda paper, one: one.kind),
    (Column("paper", 30), lambda paper, one: paper.title or paper.source),
    (Column("page", 6), lambda paper, one: one.page),
    (Column("section", 12), lambda paper, one: one.section),
    (Column("sentence", 70), lambda paper, one: _sentence(one)),
    (Column("text", 20), lambda paper, one: one.text),
    (Column("proposed label", 28), lambda paper, one: one.label),
    (Column("proposed decision", 11), lambda paper, one: one.decision),
    (Column("proposed usage", 12), lambda paper, one: one.usage),
    (Column("proposed severity", 12), lambda paper, one: one.severity),
    (Column("strength", 11), lambda paper, one: one.strength),
    (Column("why", 40), lambda paper, one: one.reason),
    (Column("suggestion", 24), lambda paper, one: one.suggestion),
)
_BEHIND: Final = (
    Column("decision that stands", 22),
    Column("how it came about", 18),
    Column("added by", 14),
    Column("file", 24),
    Column("start", 8),
    Column("end", 8),
    Column("paper key", 20, hidden=True),
    Column(_ADDED, 12, hidden=True),
)
_NEEDED: Final = ("id",)


def columns(data: ReviewData) -> list[Column]:
    """The columns of a sheet of `data`, in order."""
    widths = {"choice": 11, "usage": 12, "severity": 12, "label": 28, "reason": 24, "note": 32}
    found = [column for column, _ in _TELL]
    for rater in data.raters:
        found += [Column(f"{asked}: {line(rater)}", widths[asked], rater, asked) for asked in _ASKED]
        found += [Column(f"{held}: {line(rater)}", 10, rater, held, hidden=True) for held in _HELD]
    found += _BEHIND
    names = [column.name for column in found]
    if len(set(names)) < len(names) or any(line(rater) != rater for rater in data.raters):
        raise FileMistakesError(
            [f"Names of raters must be different and on one line: {', '.join(map(line, data.raters))}."]
        )
    return found


def rows(data: ReviewData) -> Iterator[list[str | int | None]]:
    """The cells of each row, safe for a spreadsheet, in the order of `columns`."""
    for paper, one in data.rows():
        cells: list[object] = [tell(paper, one) for _, tell in _TELL]
        for rater in data.raters:
            value = data.decision(rater, one.id)
            cells += [getattr(value, asked) for asked in _ASKED]
            cells.append("yes" if (rater, paper.key) in data.state.released else None)
            cells.append(f"{_MARK}{data.state.last.get((rater, one.id), 0)}:{_print_of(value)}")
        final = data.finals.get(one.id)
        adder = data.state.added_by.get(one.id)
        cells += [told(final.value) if final and final.settled else None, final.basis if final else None, adder]
        cells += [paper.source, one.start, one.end, _MARK + paper.key]
        cells.append(_as_json(_fitting(one)) if adder else None)
        yield [safe(cell) if isinstance(cell, str) else cell for cell in cells]  # type: ignore[misc]


def told(value: Value) -> str:
    """A decision in words."""
    parts = [value.choice, *(f"{name} {to}" for name in ("usage", "severity", "label") if (to := getattr(value, name)))]
    return "; ".join(part for part in parts if part)


def line(text: str) -> str:
    """`text` on one line."""
    return " ".join(printable(text).split())


def plain(text: str) -> str:
    """`text` as a cell can hold it: without what XML cannot carry; its lines stay lines."""
    return "\n".join(printable(part) for part in text.splitlines()).strip()


def safe(text: str) -> str:
    """`text` for a cell: `plain`, with an apostrophe before what a spreadsheet would take for a formula.

    `unsafe` takes the apostrophe off again, and never one that belongs to the text.
    """
    text = plain(text)[:LONGEST_CELL]
    return f"'{text}" if _formula_like(text) else text


def unsafe(text: str) -> str:
    """The text that `safe` made a cell of."""
    return text[1:] if text.startswith("'") and _formula_like(text[1:]) else text


def _formula_like(text: str) -> bool:
    bare = text.lstrip("'")
    return bool(bare) and harmless(bare) != printable(bare)


def _sentence(one: Proposal) -> str:
    at = one.start - one.sentence_start
    end = at + one.end - one.start
    if not 0 <= at < end <= len(one.sentence):
        return one.sentence
    keep = (LONGEST_CELL - (end - at)) // 2
    return f"{one.sentence[max(0, at - keep) : at]}«{one.sentence[at:end]}»{one.sentence[end : end + keep]}"


def _as_json(one: Proposal) -> str:
    return json.dumps(one.model_dump(exclude_none=True), ensure_ascii=True)


def _fitting(one: Proposal) -> Proposal:
    """The same proposal, its sentence cut to the words around it where it would not fit into a cell."""
    if len(_as_json(one)) <= LONGEST_CELL:
        return one
    at = one.start - one.sentence_start
    first, last = max(0, at - 500), at + min(one.end - one.start, 1000) + 500
    return one.model_copy(
        update={
            "sentence": one.sentence[first:last],
            "sentence_start": one.sentence_start + first,
            "text": one.text[:1000],
        }
    )


def _print_of(value: Value) -> str:
    """A short print of a decision as its cells show it, by which an untouched row is known."""
    cells = [plain(str(getattr(value, asked) or "")) for asked in _ASKED]
    return hashlib.blake2b(json.dumps(cells).encode(), digest_size=6).hexdigest()


def read_rows(name: str, table: Iterable[tuple[int, Sequence[object]]]) -> Contents:
    """What a filled-in table holds: (row number as the reader sees it, cells), the first row being the names of the columns.

    Raises FileMistakesError where it is no table of this program.
    """
    lines = iter(table)
    try:
        _, head = next(lines)
    except StopIteration:
        raise FileMistakesError([f"{name}: is empty."]) from None
    names = [unsafe(str(cell or "").strip()) for cell in head]
    missing = [needed for needed in _NEEDED if needed not in names]
    raters = _raters(names)
    if missing or not raters:
        lacks = f"a column {missing[0]!r}" if missing else 'a column "choice: NAME" for any reviewer'
        raise FileMistakesError(
            [
                f"{name}: row 1: has no {lacks[2:]}. Use a table that lang-audit review exported, with its first row as it was."
            ]
        )
    doubled = sorted({one for one in names if one and names.count(one) > 1})
    if doubled:
        raise FileMistakesError([f"{name}: row 1: the column {one!r} is there twice; delete one." for one in doubled])
    return _Reader(name, {one: k for k, one in enumerate(names) if one}, raters).contents(lines)


def _raters(names: Sequence[str]) -> list[str]:
    return [one.partition(": ")[2] for one in names if one.startswith("choice: ")]


class _Reader:
    def __init__(self, name: str, at: Mapping[str, int], raters: Sequence[str]) -> None:
        self.name = name
        self.at = at
        self.raters = raters
        self.mistakes: list[str] = []

    def contents(self, table: Iterable[tuple[int, Sequence[object]]]) -> Contents:
        read: list[Read] = []
        released: set[tuple[str, str]] = set()
        proposals: list[Proposal] = []
        places: dict[str, int] = {}
        for number, cells in table:
            if not any(clean(cell) for cell in cells):
                continue
            known = _ID.fullmatch(self.cell(cells, "id") or "")
            if known is None:
                self.wrong(
                    number, "id", self.cell(cells, "id"), "an id as it was exported; add findings in the workspace"
                )
                continue
            one = known[1]
            if one in places:
                self.mistakes.append(
                    f"{self.name}: row {number}: has the same id as row {places[one]}; keep one of the two rows."
                )
                continue
            places[one] = number
            key = (self.cell(cells, "paper key") or "").lstrip(_MARK)
            added = self.added(number, cells, one)
            adder = self.cell(cells, "added by")
            proposals += [added] if added else [self.shown(cells, one, key)]
            for rater in self.raters:
                given = self.decision(number, cells, rater, one)
                if added and adder == rater:
                    given = given.model_copy(update={"added": added})
                read.append(given)
                if self.cell(cells, f"released: {rater}") == "yes" and key:
                    released.add((rater, key))
        return Contents(
            read=tuple(read), proposals=tuple(proposals), released=frozenset(released), mistakes=tuple(self.mistakes)
        )

    def cell(self, cells: Sequence[object], column: str) -> str | None:
        k = self.at.get(column)
        text = clean(cells[k]) if k is not None and k < len(cells) else None
        return unsafe(text) if text else None

    def decision(self, number: int, cells: Sequence[object], rater: str, one: str) -> Read:
        values: dict[str, Any] = {}
        for asked in _ASKED:
            column = f"{asked}: {rater}"
            text = self.cell(cells, column)
            if text is not None and asked in ALLOWED:
                text = _SAID.get(text.lower(), text.lower())
                if text not in ALLOWED[asked]:
                    self.wrong(number, column, text, f"one of {', '.join(ALLOWED[asked])}, or nothing")
                    text = None
            values[asked] = "\n".join(text.splitlines()) if text else None
        value = Value(**values)
        seen, _, printed = (self.cell(cells, f"seen: {rater}") or "").lstrip(_MARK).partition(":")
        return Read(
            where=f"{self.name}: row {number}, {rater}",
            who=rater,
            proposal=one,
            value=value,
            seen=int(seen) if seen.isascii() and seen.isdigit() and len(seen) < 16 else None,
            untouched=printed == _print_of(value),
        )

    def added(self, number: int, cells: Sequence[object], one: str) -> Proposal | None:
        text = self.cell(cells, _ADDED)
        if text is None:
            return None
        try:
            added = Proposal.model_validate(json.loads(text))
        except ValueError:  # of JSON or pydantic
            self.wrong(number, _ADDED, text[:40], "as it was exported")
            return None
        if added.id != one:
            self.wrong(number, "id", one, f"the id {added.id} that the addition was exported with")
        return added

    def shown(self, cells: Sequence[object], one: str, key: str) -> Proposal:
        """The proposal as far as the table tells of it: for counting agreement without the review."""

        def known(column: str, allowed: Sequence[str]) -> Any:
            text = self.cell(cells, column)
            return text if text in allowed else None

        sentence = self.cell(cells, "sentence") or ""
        before, _, rest = sentence.partition("«")
        inside, closing, after = rest.partition("»")
        at = self.number(cells, "start")
        return Proposal(
            id=one, paper=key or self.cell(cells, "paper") or "", kind=known("kind", ("finding", "code")) or "finding",
            label=self.cell(cells, "proposed label") or "", text=self.cell(cells, "text") or "",
            start=at, end=self.number(cells, "end"), section="other",
            sentence=before + inside + after if closing else sentence,
            sentence_start=max(at - len(before), 0), nearby="",
            usage=known("proposed usage", USAGES), severity=known("proposed severity", SEVERITIES),
            decision=known("proposed decision", ("flag", "query", "exempt")),
        )  # fmt: skip

    def number(self, cells: Sequence[object], column: str) -> int:
        text = self.cell(cells, column) or ""
        try:
            return int(float(text))
        except ValueError:
            return 0

    def wrong(self, number: int, column: str, text: str | None, allowed: str) -> None:
        says = f"{text!r} is not allowed" if text else "is empty"
        self.mistakes.append(f"{self.name}: row {number}, column {column!r}: {says}. Write {allowed}.")
