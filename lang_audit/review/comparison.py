"""What raters said, in the categories that agreement is counted in: over all, and for each dimension of what was proposed. Pure.

Over all: accepted, rejected, or what was changed to what. Of findings: the decision (accepted or rejected), and, of those
that were not rejected, the usage, the severity and the entry. Of codes, for each dimension of a codebook: the code held to be
right, or "rejected".

The program accepts all that it proposes. What a reviewer added, the program has rejected, and so has every reviewer who has
released the paper without deciding on it: they read it and did not see it so. Where a paper is not released, silence counts as
no decision. What two reviewers each added in the same place is one unit; what was taken back by all is none.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final, NamedTuple

from lang_audit.model import Frozen
from lang_audit.review.agreement import Agreement, agreement, pairs_of
from lang_audit.review.decisions import category, decided, merged, same_additions
from lang_audit.review.events import MACHINE, State, Value
from lang_audit.review.proposals import Proposal, code_parts

OVERALL: Final = "over all"
DECISION: Final = "decision on findings"
USAGE: Final = "usage"
SEVERITY: Final = "severity"
ENTRY: Final = "entry of the lexicon"
REJECTED: Final = "rejected"
_ACCEPTED: Final = "accepted"
_SILENT: Final = Value(choice="rejected")
_AS_IT_IS: Final = Value(choice="accepted")


class Compared(Frozen):
    """The agreement of some raters in one dimension."""

    dimension: str
    agreement: Agreement


class Disagreement(Frozen):
    """A unit on which raters do not say the same: what each said, in words (None: nothing)."""

    proposal: Proposal
    said: tuple[tuple[str, str | None], ...]
    notes: tuple[tuple[str, str], ...]  # rater, reason and note


class Units(NamedTuple):
    """Proposals and additions, and who decided what on each: rater -> proposal id -> decision, silence filled in."""

    proposals: Mapping[str, Proposal]
    decisions: Mapping[str, Mapping[str, Value]]


def units(proposals: Iterable[Proposal], state: State, raters: Sequence[str], *, machine: bool = True) -> Units:
    """What agreement is counted on; with `machine`, the program is one more rater."""
    proposed = {one.id: one for one in proposals}
    held = {id_ for values in state.decisions.values() for id_ in values}
    added = [id_ for id_ in state.added if id_ in held and id_ not in proposed and id_ not in state.carried]
    same = same_additions(state, added)
    adders = {(state.added_by.get(id_), same.get(id_, id_)) for id_ in added}
    state = merged(state, same)
    every = {**{id_: state.added[id_] for id_ in added if id_ not in same}, **proposed}
    given: dict[str, dict[str, Value]] = {}
    for rater in raters:
        mine = {
            name: value for name, value in state.decisions.get(rater, {}).items() if name in every and decided(value)
        }
        for name, one in every.items():
            if name in proposed or name in mine:
                continue
            if (rater, name) in adders:
                mine[name] = _AS_IT_IS
            elif (rater, one.paper) in state.released:
                mine[name] = _SILENT
        given[rater] = mine
    if machine:
        given[MACHINE] = {name: _AS_IT_IS if name in proposed else _SILENT for name in every}
    return Units(every, given)


def categories(one: Proposal, value: Value) -> Iterator[tuple[str, str]]:
    """(dimension, category) of a decision, for each dimension that it speaks to."""
    rejected = value.choice == "rejected"
    yield OVERALL, category(value, one)
    if one.kind == "code":
        codebook, dimension, _ = code_parts(one.label)
        yield f"{codebook}/{dimension}", REJECTED if rejected else value.label or one.label
        return
    yield DECISION, REJECTED if rejected else _ACCEPTED
    if rejected:
        return
    yield USAGE, value.usage or one.usage or "none"
    yield SEVERITY, value.severity or one.severity or "none"
    yield ENTRY, value.label or one.label


def compare(
    proposals: Iterable[Proposal], state: State, raters: Sequence[str], *, machine: bool = True
) -> list[Compared]:
    """The agreement of all raters, of each two where there are more, and of each with the program, in each dimension.

    Dimensions in which no two raters have decided on a unit are left out, but for the first.
    """
    seen = units(proposals, state, raters, machine=machine)
    tables: dict[str, dict[str, dict[str, str]]] = {OVERALL: {}}
    for rater, values in seen.decisions.items():
        for name, value in values.items():
            for dimension, said in categories(seen.proposals[name], value):
                tables.setdefault(dimension, {}).setdefault(rater, {})[name] = said
    found = []
    for group in pairs_of(raters, MACHINE if machine else None):
        for dimension in sorted(tables, key=_order):
            table = tables[dimension]
            possible = (_ACCEPTED, REJECTED) if dimension == DECISION else ()
            one = agreement({rater: table.get(rater, {}) for rater in group}, categories=possible)
            if one.left_out and dimension == OVERALL:
                one = one.model_copy(update={"notes": (*one.notes, _left_out(one.left_out))})
            if one.units or dimension == OVERALL:
                found.append(Compared(dimension=dimension, agreement=one))
    return found


def over_all(proposals: Iterable[Proposal], state: State, raters: Sequence[str]) -> Agreement:
    """The agreement of all `raters` over all, as `compare` gives it first."""
    seen = units(proposals, state, raters, machine=False)
    return agreement(
        {
            rater: {name: category(value, seen.proposals[name]) for name, value in values.items()}
            for rater, values in seen.decisions.items()
        }
    )


def disagreements(proposals: Iterable[Proposal], state: State, raters: Sequence[str]) -> list[Disagreement]:
    """The units on which two or more of `raters` decided and do not say the same, by paper and place."""
    seen = units(proposals, state, raters, machine=False)
    found = []
    for name, one in seen.proposals.items():
        given = {rater: seen.decisions[rater].get(name) for rater in raters}
        said = {rater: category(value, one) if value else None for rater, value in given.items()}
        if len(set(said.values()) - {None}) < 2:
            continue
        notes = [
            (rater, ": ".join(filter(None, (value.reason, value.note))))
            for rater, value in given.items()
            if value and (value.reason or value.note)
        ]
        found.append(Disagreement(proposal=one, said=tuple(said.items()), notes=tuple(notes)))
    return sorted(found, key=lambda d: (d.proposal.paper, d.proposal.start, d.proposal.end, d.proposal.id))


def _left_out(number: int) -> str:
    return (
        f"Over all, {number:,} units that only one of them decided on are left out."
        if number > 1
        else "Over all, 1 unit that only one of them decided on is left out."
    )


def _order(dimension: str) -> tuple[int, str]:
    known = (OVERALL, DECISION, USAGE, SEVERITY, ENTRY)
    return (known.index(dimension), "") if dimension in known else (len(known), dimension)
