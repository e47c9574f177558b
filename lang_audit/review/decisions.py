"""What follows from a review's state: who has decided what, where reviewers disagree, and what holds in the end. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Literal, NamedTuple

from lang_audit.errors import LangAuditError
from lang_audit.model import Frozen
from lang_audit.review.events import CONSENSUS, MACHINE, Event, State, Value
from lang_audit.review.proposals import Proposal

Basis = Literal["consensus", "agreement", "single", "disagreement", "undecided"]


class Progress(NamedTuple):
    """How many of `total` proposals a reviewer has decided on."""

    decided: int
    total: int


class Disagreement(Frozen):
    """A proposal on which reviewers decided differently: what each said, and what they have settled on since (None: nothing)."""

    proposal: Proposal
    values: dict[str, Value]
    consensus: Value | None = None


class Final(Frozen):
    """What holds for a proposal in the end, and on what basis.

    consensus: settled after a disagreement, or by a third (`by` names who entered it). agreement: all of two or more raters who
    decided say the same. single: one rater has decided. disagreement, undecided: nothing holds, and `value` is empty. `raters`
    are those who decided on it themselves.
    """

    proposal: Proposal
    value: Value = Value()
    basis: Basis = "undecided"
    raters: tuple[str, ...] = ()
    by: str | None = None

    @property
    def settled(self) -> bool:
        """Whether a decision holds."""
        return self.basis in ("consensus", "agreement", "single")


def value(state: State, who: str, proposal: str) -> Value:
    """What `who` has decided on the proposal with this id; empty where nothing."""
    return state.decisions.get(who, {}).get(proposal, Value())


def decided(value: Value) -> bool:
    """Whether it decides anything; a note alone does not."""
    return value.choice is not None or value.usage is not None or value.severity is not None or value.label is not None


def outcome(value: Value, proposal: Proposal | None = None) -> tuple[str, ...]:
    """What two decisions must share to be the same; notes and reasons do not count.

    A change to what `proposal` says already is none. A rejection is one, whatever else was changed.
    """
    if value.choice == "rejected":
        return ("rejected",)
    changed = [
        f"{name} {now}"
        for name in ("usage", "severity", "label")
        if (now := getattr(value, name)) is not None and (proposal is None or now != getattr(proposal, name))
    ]
    return ("accepted", *changed)


def category(value: Value, proposal: Proposal | None = None) -> str:
    """The outcome in one word or line, as measures of agreement count it ("accepted", "rejected", "usage quoted")."""
    first, *changed = outcome(value, proposal)
    return ", ".join(changed) or first


def undo_event(
    events: Sequence[Event], who: str, when: str, *, number: int | None = None, by: str | None = None
) -> Event | None:
    """The event that takes back the last decision of `who` that stands; None where there is none.

    `events` are the newest of the log in order of their numbers, those of `who` at least. Called again, it goes further back.
    `number` names another event to be taken back, an undo too. Raises LangAuditError where that event is not among `events`,
    was taken back already, or the decision was changed since.
    """
    own = [event for event in events if event.who == who]
    undone = _undone(own)
    if number is None:
        mine = (e for e in reversed(own) if e.proposal and e.by != MACHINE)  # not what a re-run carried over
        standing = (e for e in mine if e.action != "undo" and e.number not in undone)
        target = next(standing, None)
        return _taking_back(target, own, when, by) if target else None
    target = next((event for event in own if event.number == number and event.proposal), None)
    if target is None:
        raise LangAuditError(f"There is no decision number {number} of {who} that could be taken back.")
    if number in undone:
        raise LangAuditError(f"Decision number {number} was taken back already.")
    return _taking_back(target, own, when, by)


def redo_event(events: Sequence[Event], who: str, when: str, *, by: str | None = None) -> Event | None:
    """The event that takes back the last undo of `who`, so that what was undone holds again; None where nothing was.

    As in every editor, a new decision ends what can be redone.
    """
    own = [event for event in events if event.who == who and event.proposal]
    undone = _undone(own)
    kinds = {event.number: event.action for event in own}
    for event in reversed(own):
        if event.action != "undo":
            return None
        if event.number not in undone and kinds.get(event.undoes or 0) != "undo":
            return _taking_back(event, own, when, by)
    return None


def _undone(own: Iterable[Event]) -> set[int]:
    """The numbers of the events that another takes back which was not taken back itself."""
    undone: set[int] = set()
    for event in sorted(own, key=lambda event: -event.number):
        if event.action == "undo" and event.undoes is not None and event.number not in undone:
            undone.add(event.undoes)
    return undone


def _taking_back(target: Event, own: Sequence[Event], when: str, by: str | None) -> Event:
    newest = [event for event in own if event.proposal == target.proposal][-1]
    if newest.after != target.after:
        raise LangAuditError(
            f"Decision number {target.number} was changed since (number {newest.number}). Take that back first."
        )
    return Event(
        when=when,
        who=target.who,
        by=by,
        action="undo",
        paper=target.paper,
        proposal=target.proposal,
        before=target.after,
        after=target.before,
        undoes=target.number,
        seen=newest.number,
    )


def added_to(state: State, paper: str) -> list[Proposal]:
    """What reviewers proposed in this paper and somebody still holds, in text order."""
    held = {id_ for values in state.decisions.values() for id_ in values}
    found = (proposal for id_, proposal in state.added.items() if id_ in held and id_ not in state.carried)
    return sorted((p for p in found if p.paper == paper), key=lambda p: (p.start, p.end, p.kind, p.label, p.id))


def same_additions(state: State, among: Iterable[str]) -> dict[str, str]:
    """Which of these additions (ids) say the same of the same place: each later one with the first, under which both count.

    Reviewers add blindly, so two who see the same each add it.
    """
    ids = set(among)
    first: dict[tuple[str, str, str, int, int], str] = {}
    found = {}
    for id_, one in state.added.items():  # in order of the log
        if id_ in ids and id_ not in state.carried:
            kept = first.setdefault((one.paper, one.kind, one.label, one.start, one.end), id_)
            if kept != id_:
                found[id_] = kept
    return found


def merged(state: State, same: Mapping[str, str]) -> State:
    """The state with `same_additions` as one. Where somebody decided on several of them, the newest decision holds."""
    if not same:
        return state
    groups: defaultdict[str, list[str]] = defaultdict(list)
    for one, kept in same.items():
        groups[kept].append(one)
    settled_by = dict(state.settled_by)
    decisions = {}
    for who, values in state.decisions.items():
        mine = decisions[who] = dict(values)
        for kept, later in groups.items():
            told = [id_ for id_ in (kept, *later) if id_ in mine]
            if not told:
                continue
            newest = max(told, key=lambda id_: (decided(values[id_]), state.last.get((who, id_), 0)))
            for id_ in told:
                del mine[id_]
            mine[kept] = values[newest]
            if who == CONSENSUS and newest in settled_by:
                settled_by[kept] = settled_by[newest]
    added = {id_: one for id_, one in state.added.items() if id_ not in same}
    return state.model_copy(update={"decisions": decisions, "added": added, "settled_by": settled_by})


def deciders(state: State) -> tuple[str, ...]:
    """The reviewers who have decided anything, in the order in which they began."""
    return tuple(
        who for who in state.raters if who != CONSENSUS and any(map(decided, state.decisions.get(who, {}).values()))
    )


def released_only(state: State) -> tuple[State, int]:
    """The state as everybody may see it, and how many decisions are left out because they are not released yet.

    Where one reviewer alone has decided, nothing is left out, for nobody is to be kept unaware of it.
    """
    if len(deciders(state)) < 2:
        return state, 0
    decisions = {}
    left_out = 0
    for who, values in state.decisions.items():
        mine = decisions[who] = {
            id_: said
            for id_, said in values.items()
            if who == CONSENSUS or (who, state.papers.get(id_, "")) in state.released
        }
        left_out += sum(decided(said) for id_, said in values.items() if id_ not in mine and id_ not in state.carried)
    return state.model_copy(update={"decisions": decisions}), left_out


def progress(proposals: Iterable[Proposal], state: State, who: str) -> Progress:
    """How far `who` is with these proposals."""
    given = state.decisions.get(who, {})
    said = [decided(given.get(proposal.id, Value())) for proposal in proposals]
    return Progress(decided=sum(said), total=len(said))


def disagreements(proposals: Iterable[Proposal], state: State, raters: Sequence[str]) -> list[Disagreement]:
    """The proposals on which `raters` decided differently, in their order, settled or not; the same addition of two is one."""
    proposals, state = _as_one(proposals, state)
    found = []
    for proposal in proposals:
        values = _values(proposal, state, raters)
        if len({outcome(said, proposal) for said in values.values()}) > 1:
            settled = value(state, CONSENSUS, proposal.id)
            found.append(
                Disagreement(proposal=proposal, values=values, consensus=settled if decided(settled) else None)
            )
    return found


def visible_to(state: State, who: str, paper: str) -> set[str]:
    """The raters whose decisions on this paper `who` may see: their own; those of others once both have released theirs."""
    if (who, paper) not in state.released:
        return {who}
    return {who, CONSENSUS} | {rater for rater, released in state.released if released == paper}


def final(proposals: Iterable[Proposal], state: State) -> dict[str, Final]:
    """What holds for each of these proposals, by id; the same addition of two reviewers is one, under the first id."""
    proposals, state = _as_one(proposals, state)
    raters = [rater for rater in state.raters if rater != CONSENSUS]
    return {proposal.id: _final(proposal, state, raters) for proposal in proposals}


def _as_one(proposals: Iterable[Proposal], state: State) -> tuple[list[Proposal], State]:
    every = list(proposals)
    same = same_additions(state, (one.id for one in every))
    return [one for one in every if one.id not in same], merged(state, same)


def _final(proposal: Proposal, state: State, raters: Sequence[str]) -> Final:
    values = _values(proposal, state, raters)
    names = tuple(values)
    settled = value(state, CONSENSUS, proposal.id)
    if decided(settled):
        by = state.settled_by.get(proposal.id)
        return Final(proposal=proposal, value=settled, basis="consensus", raters=names, by=by)
    if not values:
        return Final(proposal=proposal)
    if len({outcome(said, proposal) for said in values.values()}) > 1:
        return Final(proposal=proposal, basis="disagreement", raters=names)
    first = next(iter(values.values()))
    shared = first.model_copy(update={name: _together(values.values(), name) for name in ("note", "reason")})
    return Final(proposal=proposal, value=shared, basis="agreement" if len(values) > 1 else "single", raters=names)


def _values(proposal: Proposal, state: State, raters: Iterable[str]) -> dict[str, Value]:
    said = ((rater, value(state, rater, proposal.id)) for rater in raters)
    return {rater: one for rater, one in said if decided(one)}


def _together(values: Iterable[Value], name: str) -> str | None:
    """What raters who agree wrote, each text once."""
    texts = dict.fromkeys(text for one in values if (text := getattr(one, name)))
    return "; ".join(texts) or None
