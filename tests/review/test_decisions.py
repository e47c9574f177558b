"""What follows from decisions: undo and redo, progress, disagreement, blinding, what holds in the end."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lang_audit.errors import LangAuditError
from lang_audit.review.decisions import (
    Progress,
    added_to,
    category,
    decided,
    deciders,
    disagreements,
    final,
    outcome,
    progress,
    redo_event,
    released_only,
    undo_event,
    value,
    visible_to,
)
from lang_audit.review.events import CONSENSUS, EMPTY, Event, State, Value, advanced, replay
from tests.review.made_up import NO, NOTHING, PAPER, YES, event, numbered, proposal, release

WHEN = "2026-11-22T11:00:00+00:00"
ONE, TWO = proposal(), proposal(nth=1)
_values = st.sampled_from([YES, NO, NOTHING, Value(choice="accepted", usage="quoted"), Value(note="to be asked")])
_steps = st.lists(
    st.tuples(st.sampled_from("AB"), st.sampled_from("pqr"), st.one_of(_values, st.sampled_from(["undo", "redo"]))),
    max_size=25,
)


def _log(steps: list[tuple[str, str, Value | str]]) -> list[Event]:
    """The log after these steps, some of which are undo and redo."""
    log: list[Event] = []
    for who, what, step in steps:
        if isinstance(step, Value):
            log = numbered([*log, event(who, what, step)])
        elif taken := (undo_event if step == "undo" else redo_event)(log, who, WHEN):
            log = numbered([*log, taken])
    return log


def _decisions(state: State, who: str) -> dict[str, Value]:
    return {id_: given for id_, given in state.decisions.get(who, {}).items() if given != NOTHING}


@given(_steps)
def test_replay_is_the_same_in_one_go_and_in_pieces(steps: list[tuple[str, str, Value | str]]) -> None:
    log = _log(steps)
    whole = replay(log)
    assert whole == replay(log)
    state = EMPTY
    for one in log:
        state = advanced(state, [one])
    assert state == whole


@given(_steps, st.sampled_from("AB"), st.sampled_from("pqr"), _values)
def test_undo_restores_the_state_before_and_redo_the_one_after(
    steps: list[tuple[str, str, Value | str]], who: str, what: str, given_: Value
) -> None:
    before = _log(steps)
    after = numbered([*before, event(who, what, given_)])
    undo = undo_event(after, who, WHEN)
    assert undo is not None and undo.undoes == after[-1].number
    undone = numbered([*after, undo])
    assert _decisions(replay(undone), who) == _decisions(replay(before), who)
    redo = redo_event(undone, who, WHEN)
    assert redo is not None and redo.undoes == undone[-1].number
    redone = numbered([*undone, redo])
    assert _decisions(replay(redone), who) == _decisions(replay(after), who)
    assert redo_event(redone, who, WHEN) is None


@given(_steps, st.sampled_from("AB"))
def test_undoing_all_leads_back_to_nothing(steps: list[tuple[str, str, Value | str]], who: str) -> None:
    log = _log(steps)
    other = _decisions(replay(log), "B" if who == "A" else "A")
    for _ in range(len(log) + 1):
        if (taken := undo_event(log, who, WHEN)) is None:
            break
        log = numbered([*log, taken])
    else:
        pytest.fail("undo never ends")
    assert _decisions(replay(log), who) == {}
    assert _decisions(replay(log), "B" if who == "A" else "A") == other


def test_undo_of_an_undo_by_its_number() -> None:
    log = numbered([event(), event(after=NO)])
    first = undo_event(log, "A", WHEN)
    assert first is not None and first.after == YES
    log = numbered([*log, first])
    again = undo_event(log, "A", WHEN, number=3)
    assert again is not None and again.after == NO
    log = numbered([*log, again])
    assert value(replay(log), "A", "p") == NO
    with pytest.raises(LangAuditError, match="taken back already"):
        undo_event(log, "A", WHEN, number=3)


def test_what_was_changed_since_is_not_trampled() -> None:
    log = numbered([event(), event(after=NO), event("B", "q")])
    with pytest.raises(LangAuditError, match=r"changed since \(number 2\)"):
        undo_event(log, "A", WHEN, number=1)
    with pytest.raises(LangAuditError, match="no decision number 3 of A"):
        undo_event(log, "A", WHEN, number=3)


def test_a_new_decision_ends_what_can_be_redone() -> None:
    log = numbered([event()])
    log = numbered([*log, undo_event(log, "A", WHEN)])  # type: ignore[list-item]
    log = numbered([*log, event(what="q")])
    assert redo_event(log, "A", WHEN) is None


def test_a_release_is_not_undone() -> None:
    assert undo_event(numbered([release("A")]), "A", WHEN) is None


def test_progress_counts_decisions_and_no_notes() -> None:
    state = replay(numbered([event(what=ONE.id), event(what=TWO.id, after=Value(note="to be asked"))]))
    assert progress([ONE, TWO], state, "A") == Progress(decided=1, total=2)
    assert progress([ONE, TWO], state, "B") == Progress(decided=0, total=2)


def test_a_change_to_what_is_proposed_already_is_no_change() -> None:
    assert outcome(Value(choice="accepted", usage="author", label=ONE.label), ONE) == ("accepted",)
    assert category(Value(usage="quoted"), ONE) == "usage quoted"
    assert category(Value(choice="rejected", usage="quoted"), ONE) == "rejected"
    assert not decided(Value(note="to be asked", reason="unclear"))


def test_disagreements_and_what_holds_in_the_end() -> None:
    three = proposal("abusers", label="substance-use/abuser")
    log = [
        event("A", ONE.id),
        event("B", ONE.id, Value(choice="accepted", note="surely")),
        event("A", TWO.id),
        event("B", TWO.id, NO),
        event("B", three.id, NO),
    ]
    state = replay(numbered(log))
    (apart,) = disagreements([ONE, TWO, three], state, ["A", "B"])
    assert (apart.proposal, apart.values, apart.consensus) == (TWO, {"A": YES, "B": NO}, None)
    ends = final([ONE, TWO, three], state)
    assert [(end.basis, end.value.choice, end.raters) for end in ends.values()] == [
        ("agreement", "accepted", ("A", "B")),
        ("disagreement", None, ("A", "B")),
        ("single", "rejected", ("B",)),
    ]
    assert ends[ONE.id].value.note == "surely"
    settled = event(CONSENSUS, TWO.id, NO).model_copy(update={"by": "C"})
    state = replay(numbered([*log, settled]))
    assert disagreements([TWO], state, ["A", "B"])[0].consensus == NO
    end = final([TWO], state)[TWO.id]
    assert (end.basis, end.by, end.raters, end.value) == ("consensus", "C", ("A", "B"), NO)
    assert final([proposal(nth=0, label="x/y")], state)[proposal(label="x/y").id].basis == "undecided"
    assert state.raters == ("A", "B")


def test_the_same_addition_of_two_is_one_on_which_they_agree() -> None:
    first, again = proposal("harbour", label="x/y"), proposal("harbour", label="x/y").model_copy(update={"id": "again"})
    other = proposal("harbour", label="x/z")
    adding = [
        event(who, one.id, action="add").model_copy(update={"added": one})
        for who, one in (("B", first), ("A", again), ("A", other))
    ]
    state = replay(numbered(adding))
    ends = final([again, first, other], state)
    assert {id_: (end.basis, end.raters) for id_, end in ends.items()} == {
        first.id: ("agreement", ("B", "A")),
        other.id: ("single", ("A",)),
    }
    assert set(final([again], state)) == {"again"}  # where the other one is not to be seen
    state = replay(numbered([*adding, event("A", "again", NO), event(CONSENSUS, "again", NO)]))
    (apart,) = disagreements([first, again], state, ["A", "B"])
    assert (apart.proposal, apart.values, apart.consensus) == (first, {"A": NO, "B": YES}, NO)


def test_only_released_decisions_are_for_everybody() -> None:
    log = [event("A"), event("A", "q"), event("B", "q"), event("A", "r", Value(note="to be asked")), release("C")]
    alone = replay(numbered([*log[:2], release("C")]))
    assert deciders(alone) == ("A",) and released_only(alone) == (alone, 0)
    state = replay(numbered(log))
    assert deciders(state) == ("A", "B")
    shown, left_out = released_only(state)
    assert left_out == 3 and deciders(shown) == ()
    shown, left_out = released_only(replay(numbered([*log, release("B")])))
    assert left_out == 2 and deciders(shown) == ("B",)


def test_others_are_seen_only_once_both_have_released() -> None:
    state = replay(numbered([event("A"), event("B"), event("C"), release("B")]))
    assert visible_to(state, "A", PAPER) == {"A"}
    assert visible_to(state, "B", PAPER) == {"B", CONSENSUS}
    state = replay(numbered([event("A"), event("B"), event("C"), release("B"), release("A")]))
    assert visible_to(state, "A", PAPER) == {"A", "B", CONSENSUS}
    assert visible_to(state, "C", PAPER) == {"C"}
    assert visible_to(state, "A", "another paper") == {"A"}


def test_what_was_added_goes_when_nobody_holds_it() -> None:
    own = proposal("harbour", label="x/y")
    add = event("A", own.id, action="add").model_copy(update={"added": own})
    assert added_to(replay(numbered([add])), PAPER) == [own]
    assert added_to(replay(numbered([add])), "another") == []
    log = numbered([add])
    assert added_to(replay(numbered([*log, undo_event(log, "A", WHEN)])), PAPER) == []  # type: ignore[list-item]
    assert replay(log).added_by == {own.id: "A"}
