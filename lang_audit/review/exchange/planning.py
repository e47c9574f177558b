"""From what a file says to the events that take it over, and to what stands against that. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from lang_audit.review.events import MACHINE, Action, Event, State, Value
from lang_audit.review.exchange.data import Conflict, Contents, ImportPlan, Read
from lang_audit.review.proposals import Proposal

_MOST_TOLD: Final = 200  # mistakes that are listed
_NOTHING: Final = Value()
_NOT_HERE: Final = "there is no such proposal in this review: it belongs to another run, or the cell was changed"
_NEWER: Final = "the decision was changed in the review after the file was written"
_NO_ORDER: Final = "the review has another decision, and the file does not say which of the two is newer"


def plan(
    contents: Contents,
    proposals: Iterable[Proposal],
    state: State,
    who: str | None,
    when: str,
    *,
    release: bool = False,
) -> ImportPlan:
    """What importing would do to a store that stands at `state`; `when` is the time of the events.

    `who` is the reviewer who imports, and only their own decisions are taken over; with None, those of all raters are, and
    with `release` their releases too.
    """
    known = {**state.added, **{one.id: one for one in proposals}}
    mistakes = list(contents.mistakes)
    conflicts: list[Conflict] = [one for one in contents.left if who is None or one.who in (who, "")]
    events: list[Event] = []
    unchanged = outdated = others = 0
    for given in _once(contents.read, mistakes):
        if given.who == MACHINE:
            continue
        if who is not None and given.who != who:
            others += given.value != _NOTHING
            continue
        one = known.get(given.proposal)
        is_new = one is None
        one = one or given.added
        if one is None:
            conflicts.append(_conflict(given, _NOT_HERE))
            continue
        stands = state.decisions.get(given.who, {}).get(given.proposal, Value())
        last = state.last.get((given.who, given.proposal), 0)
        if not is_new and _plain(given.value, one) == _plain(stands, one):
            unchanged += given.value != _NOTHING
            continue
        if last and given.untouched:
            outdated += 1
            continue
        event = Event(
            when=when,
            who=given.who,
            by=who if who != given.who else None,
            action=_action(is_new, given.value),
            paper=one.paper,
            proposal=given.proposal,
            before=stands,
            after=given.value,
            reason=given.value.reason,
            added=given.added if is_new else None,
            seen=last,
        )
        if last and given.seen != last:
            conflicts.append(_conflict(given, _NO_ORDER if given.seen is None else _NEWER, stands, event))
            continue
        known[given.proposal] = one
        events.append(event)
    if release and who is None:
        new = sorted(contents.released - state.released)
        events += [Event(when=when, who=rater, action="release", paper=paper) for rater, paper in new]
    more = len(mistakes) - _MOST_TOLD
    if more > 0:
        mistakes = [*mistakes[:_MOST_TOLD], f"... and {more} more mistakes"]
    return ImportPlan(
        events=() if mistakes else tuple(events),
        conflicts=tuple(conflicts),
        mistakes=tuple(mistakes),
        unchanged=unchanged,
        outdated=outdated,
        others=others,
    )


def _conflict(given: Read, why: str, stands: Value = _NOTHING, event: Event | None = None) -> Conflict:
    return Conflict(
        where=given.where,
        why=why,
        who=given.who,
        proposal=given.proposal,
        stands=stands,
        given=given.value,
        event=event,
    )


def _once(read: Iterable[Read], mistakes: list[str]) -> Iterator[Read]:
    """Each decision once, additions first; two different ones of one rater on one proposal are a mistake."""
    found: dict[tuple[str, str], Read] = {}
    for given in read:
        before = found.setdefault((given.who, given.proposal), given)
        if before is not given and before.value != given.value:
            mistakes.append(
                f"{given.where}: says otherwise of the same proposal than {before.where}; keep one of the two rows."
            )
    yield from sorted(found.values(), key=lambda given: given.added is None)


def _plain(value: Value, one: Proposal) -> Value:
    """The same decision without changes to what was proposed anyway."""
    same = [
        name
        for name in ("usage", "severity", "label")
        if getattr(value, name) is not None and getattr(value, name) == getattr(one, name)
    ]
    return value.model_copy(update=dict.fromkeys(same)) if same else value


def _action(is_new: bool, after: Value) -> Action:
    if is_new:
        return "add"
    return "clear" if after == Value() else "import"
