"""What reviewers do, as events that are only ever appended: who, when, on what, before, after, why. Replay gives the state."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final, Literal

from lang_audit.model import Frozen, Severity, Usage
from lang_audit.review.proposals import Proposal

Action = Literal["accept", "reject", "change", "note", "clear", "add", "undo", "release", "import"]
Choice = Literal["accepted", "rejected"]
CONSENSUS: Final = "(consensus)"
"""The rater under whose name the decisions stand that reviewers have agreed on, or that a third has taken."""
MACHINE: Final = "(lang-audit)"
"""The program as one more rater: it accepts all that it proposes, an exempt finding as exempt."""
REASONS: Final = (
    "quotation or another's words",
    "name or title",
    "the word itself is discussed",
    "another sense",
    "not about people",
    "not supported by the text",
    "wrong code",
    "reading error",
)
"""Reasons for a rejection that are offered; any other text will do."""


class Value(Frozen):
    """A reviewer's decision on one proposal. None where the reviewer has said nothing of it."""

    choice: Choice | None = None
    usage: Usage | None = None  # changed to
    severity: Severity | None = None
    label: str | None = None  # another entry or code
    note: str | None = None
    reason: str | None = None  # of a rejection or change


class Event(Frozen):
    """One thing that somebody did.

    `proposal` is the id; None for events on a whole paper (`release`: this reviewer's decisions on it may be seen). `before` and
    `after` are the reviewer's decision around the event. `added` is given where a reviewer proposes what the program did not.
    `undoes` is the number of the event that is taken back. `seen` is the number of the last event on this decision that the
    reviewer had seen (0: none), so that two windows cannot overwrite each other unawares.
    """

    number: int = 0  # given by the store, 1, 2, ...
    when: str  # ISO 8601, UTC
    who: str  # the rater whose decision it is: a name, or CONSENSUS
    by: str | None = None  # who entered it, where that is another (consensus)
    action: Action
    paper: str
    proposal: str | None = None
    before: Value = Value()
    after: Value = Value()
    reason: str | None = None
    added: Proposal | None = None
    undoes: int | None = None
    seen: int = 0
    carried_from: str | None = None  # the proposal that this decision was made on, where a re-run proposes it otherwise


class State(Frozen):
    """Where a review stands, replayed from its events.

    `decisions`: rater -> proposal id -> decision. `last`: (rater, proposal id) -> number of the last event on it. `released`:
    (rater, paper). `added`: proposals of reviewers, by id, with who proposed them in `added_by`. `raters`: all who have decided
    or released anything, in the order in which they began (CONSENSUS is none). `papers`: proposal id -> paper. `carried`:
    proposal id -> the id that its decisions were carried over to. `settled_by`: proposal id -> who entered the consensus on it.
    """

    decisions: Mapping[str, Mapping[str, Value]]
    last: Mapping[tuple[str, str], int]
    released: frozenset[tuple[str, str]]
    added: Mapping[str, Proposal]
    added_by: Mapping[str, str]
    raters: tuple[str, ...] = ()
    papers: Mapping[str, str] = {}
    carried: Mapping[str, str] = {}
    settled_by: Mapping[str, str] = {}


EMPTY: Final = State(decisions={}, last={}, released=frozenset(), added={}, added_by={})
"""Before the first event."""


def replay(events: Iterable[Event]) -> State:
    """The state after `events`, in order of their numbers. Pure: the same events always give the same state."""
    return advanced(EMPTY, events)


def advanced(state: State, events: Iterable[Event]) -> State:
    """The state after `events` have come on top of `state`, which stays as it is. Costs a copy of `state`."""
    decisions = {who: dict(values) for who, values in state.decisions.items()}
    last = dict(state.last)
    released = set(state.released)
    added = dict(state.added)
    added_by = dict(state.added_by)
    raters = dict.fromkeys(state.raters)
    papers = dict(state.papers)
    carried = dict(state.carried)
    settled_by = dict(state.settled_by)
    for event in events:
        if event.who != CONSENSUS:
            raters.setdefault(event.who)
        if event.action == "release":
            released.add((event.who, event.paper))
            continue
        if event.proposal is None:
            continue
        papers[event.proposal] = event.paper
        if event.added is not None:
            added[event.proposal] = event.added
            added_by.setdefault(event.proposal, event.who)
        if event.carried_from is not None:
            carried[event.carried_from] = event.proposal
        if event.who == CONSENSUS and event.by is not None:
            settled_by[event.proposal] = event.by
        last[event.who, event.proposal] = event.number
        if event.after == Value():
            decisions.get(event.who, {}).pop(event.proposal, None)
        else:
            decisions.setdefault(event.who, {})[event.proposal] = event.after
    return State.trusted(  # of what was checked when the events were made; checking it again takes longer than all the rest
        decisions=decisions,
        last=last,
        released=frozenset(released),
        added=added,
        added_by=added_by,
        raters=tuple(raters),
        papers=papers,
        carried=carried,
        settled_by=settled_by,
    )
