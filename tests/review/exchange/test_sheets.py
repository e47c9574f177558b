"""Decisions made in a spreadsheet: what the cells hold, and every mistake and conflict told by its row and column."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lang_audit.report.safe_cells import harmless
from lang_audit.review.events import EMPTY, State, Value
from lang_audit.review.exchange import ImportPlan, exported, read_decisions
from lang_audit.review.exchange.sheet import plain, safe, unsafe
from tests.review.exchange.reviews import PROPOSALS, RATERS, event, review, stored

ONE, TWO = PROPOSALS[1], PROPOSALS[2]
EVENTS = [event("Ana", ONE, Value(choice="accepted", note="n")), event("Ana", TWO, Value(choice="rejected"))]
NOW = stored(EVENTS)
Row = dict[str, str]


def rows() -> list[Row]:
    return list(csv.DictReader(io.StringIO(exported("csv", review(EVENTS)).decode("utf-8-sig"), newline="")))


def imported(change: Callable[[list[Row]], object], state: State = NOW, separator: str = ",") -> ImportPlan:
    table = rows()
    change(table)
    held = io.StringIO(newline="")
    out = csv.DictWriter(held, list(table[0]), delimiter=separator)
    out.writeheader()
    out.writerows(table)
    return read_decisions(Path("r.csv"), PROPOSALS, state, "Ana", content=held.getvalue().encode())


def put(k: int, **cells: str) -> Callable[[list[Row]], object]:
    return lambda table: table[k].update({f"{name}: Ana": text for name, text in cells.items()})


@given(st.text())
def test_no_cell_begins_like_a_formula_and_every_text_comes_back(text: str) -> None:
    cell = safe(text)
    assert harmless(cell.partition("\n")[0]) == cell.partition("\n")[0]
    assert unsafe(cell) == plain(text)


def test_nothing_in_a_table_runs_in_a_spreadsheet_program() -> None:
    events = [event("Ana", ONE, Value(choice="accepted", note="=cmd|'/c calc'!A1", reason="\t+1"))]
    text = exported("csv", review(events)).decode("utf-8-sig")
    for row in csv.reader(io.StringIO(text, newline="")):
        assert all(cell == "" or cell[0] not in "=+-@\t" for cell in row)


def test_a_decision_made_in_the_table_becomes_an_event_with_what_it_replaces() -> None:
    plan = imported(put(1, choice="rejected", reason="quotation or another's words"))
    (made,) = plan.events
    assert (made.action, made.who, made.by, made.seen, made.proposal) == ("import", "Ana", None, 1, ONE.id)
    assert made.before == EVENTS[0].after
    assert made.after == Value(choice="rejected", note="n", reason="quotation or another's words") and plan.unchanged


def test_an_emptied_decision_is_taken_back() -> None:
    (made,) = imported(put(1, choice="", note="")).events
    assert made.action == "clear" and made.after == Value()


@pytest.mark.parametrize("separator", [";", "\t"])
def test_tables_that_a_spreadsheet_saved_with_another_separator_are_read(separator: str) -> None:
    assert len(imported(put(0, choice="Accept"), separator=separator).events) == 1


def test_a_decision_changed_in_the_review_meanwhile_is_a_conflict_and_not_overwritten() -> None:
    later = stored([*EVENTS, event("Ana", ONE, Value(choice="rejected", note="newer"))])
    plan = imported(put(1, choice="accepted", note="mine"), later)
    (conflict,) = plan.conflicts
    assert not plan.events and "row 3" in conflict.where and "changed in the review" in conflict.why
    assert conflict.stands.note == "newer" and conflict.given.note == "mine"
    assert conflict.event is not None and conflict.event.seen == 3  # to put it over what stands now, if that is wished


def test_rows_that_nobody_touched_do_not_stand_against_newer_decisions() -> None:
    later = stored([*EVENTS, event("Ana", ONE, Value(choice="rejected", note="newer"))])
    plan = imported(put(0, choice="accepted"), later)
    assert len(plan.events) == 1 and not plan.conflicts and plan.outdated == 1


def test_values_that_are_not_allowed_are_told_with_row_and_column_and_nothing_is_imported() -> None:
    def change(table: list[Row]) -> None:
        put(0, choice="perhaps")(table)
        put(1, usage="authr", choice="rejected")(table)

    plan = imported(change)
    assert not plan.events
    assert plan.mistakes[0] == (
        "r.csv: row 2, column 'choice: Ana': 'perhaps' is not allowed. Write one of accepted, rejected, or nothing."
    )
    assert plan.mistakes[1].startswith(
        "r.csv: row 3, column 'usage: Ana': 'authr' is not allowed. Write one of author,"
    )


def test_two_rows_for_one_proposal_are_told() -> None:
    plan = imported(lambda table: table.append(dict(table[0])))
    assert "row 2; keep one" in plan.mistakes[0] and not plan.events


def test_an_id_that_is_unknown_is_a_conflict_and_one_that_is_none_a_mistake() -> None:
    plan = imported(lambda table: table[1].update(id="#" + "0" * 24))
    assert "no such proposal" in plan.conflicts[0].why and not plan.mistakes
    plan = imported(lambda table: table[1].update(id="1.5E+23"))
    assert "row 3, column 'id': '1.5E+23' is not allowed" in plan.mistakes[0]


def test_columns_may_be_moved_and_dropped() -> None:
    def change(table: list[Row]) -> None:
        for k, row in enumerate(table):
            kept = {
                name: row[name] for name in reversed(row) if name in ("id", "choice: Ana", "seen: Ana", "note: Ana")
            }
            table[k] = kept
        put(0, choice="accepted")(table)

    assert [e.proposal for e in imported(change).events] == [PROPOSALS[0].id]


def workbook(content: bytes) -> openpyxl.Workbook:
    return openpyxl.load_workbook(io.BytesIO(content))


def test_a_workbook_offers_the_allowed_values_and_comes_back_filled_in() -> None:
    book = workbook(exported("xlsx", review(EVENTS)))
    page = book["decisions"]
    names = [cell.value for cell in page[1]]
    lists = {str(rule.sqref): rule.formula1 for rule in page.data_validations.dataValidation}
    last = len(PROPOSALS) + 1
    for asked, first in (("choice", '"accepted,rejected"'), ("severity", '"pejorative,stigmatising,outdated"')):
        column = openpyxl.utils.get_column_letter(names.index(f"{asked}: Ana") + 1)
        assert lists[f"{column}2:{column}{last}"] == first
    assert len(lists) == 4 * len(RATERS)  # choice, usage, severity, reason
    assert page.column_dimensions[openpyxl.utils.get_column_letter(names.index("released: Ana") + 1)].hidden
    assert not any(cell.data_type == "f" for row in page.iter_rows() for cell in row)
    page.cell(2, names.index("choice: Ana") + 1).value = "rejected"
    page.cell(2, names.index("note: Ana") + 1).value = 7
    held = io.BytesIO()
    book.save(held)
    plan = read_decisions(Path("r.xlsx"), PROPOSALS, NOW, "Ana", content=held.getvalue())
    assert [(e.proposal, e.after) for e in plan.events] == [(PROPOSALS[0].id, Value(choice="rejected", note="7"))]


def test_a_long_sentence_is_cut_around_the_word_and_its_addition_still_fits() -> None:
    one = ONE.model_copy(
        update={"sentence": "x" * 50_000 + ONE.text + "y" * 50_000, "sentence_start": ONE.start - 50_000}
    )
    data = review([event("Ana", one, Value(choice="accepted"), added=one, action="add")])
    data = data.model_copy(update={"papers": tuple(p.model_copy(update={"proposals": ()}) for p in data.papers)})
    page = workbook(exported("xlsx", data))["decisions"]
    assert all(len(str(cell.value)) <= 32_767 for cell in page[2])
    assert any(f"x«{one.text}»y" in str(cell.value) for cell in page[2])
    plan = read_decisions(Path("r.xlsx"), [], EMPTY, None, content=exported("xlsx", data))
    assert plan.events[0].added is not None and plan.events[0].added.id == one.id
