"""After a re-run: decisions find the proposals that they were made on, though another version proposes them otherwise.

In this order: by the id; else the same words with the same words around them, whose label has changed; else the same label
and words in the same sentence. Each old proposal goes to one new one at most, and each new one takes one old one at most.
Where two would fit, none is taken. What finds no proposal is listed and stays in the log.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Final, Literal, NamedTuple

from lang_audit.model import Frozen
from lang_audit.review.events import MACHINE, Event, State, Value
from lang_audit.review.proposals import Proposal, nearby_words, plain_words
from lang_audit.review.stored_json import from_json, to_json

How = Literal["same", "label changed", "same sentence"]
WHY_GONE: Final = "no longer proposed"
WHY_ELSEWHERE: Final = "its paper is not among those of this run"
LISTED: Final = "unmatched.json"


class Match(NamedTuple):
    """An old proposal, the new one that it is, and by what they were matched."""

    old: Proposal
    new: Proposal
    how: How


class Unmatched(Frozen):
    """A decision on what is not proposed any more; `about` is what it was made on, as far as the log holds it."""

    who: str
    paper: str
    proposal: str
    value: Value
    about: Proposal | None = None
    why: str


class _Listed(Frozen):
    unmatched: tuple[Unmatched, ...]


class Carried(NamedTuple):
    """What a re-run makes of a paper's decisions: how many found their proposal as it was, events that carry others over
    (not yet appended), and those that are left over."""

    same: int
    events: list[Event]
    unmatched: list[Unmatched]


def matched(old: Iterable[Proposal], new: Iterable[Proposal]) -> list[Match]:
    """Which of `new` each of `old` is, where it is one of them; the order in which they are given makes no difference."""
    left = {proposal.id: proposal for proposal in sorted(old, key=_place)}
    free = {proposal.id: proposal for proposal in sorted(new, key=_place)}
    found = [Match(left[id_], free[id_], "same") for id_ in left if id_ in free]
    for key, how, in_order in _WAYS:
        for match in found:
            left.pop(match.old.id, None)
            free.pop(match.new.id, None)
        olds, news = _grouped(left.values(), key), _grouped(free.values(), key)
        for words, group in olds.items():
            others = news.get(words, [])
            if len(group) == len(others) and (in_order or len(group) == 1):
                found += [Match(one, other, how) for one, other in zip(group, others, strict=True)]
    return sorted(found, key=lambda match: _place(match.old))


def carried(
    state: State,
    about: Mapping[str, Proposal],
    ids: Collection[str],
    proposed: Sequence[Proposal],
    text: str,
    when: str,
) -> Carried:
    """What becomes of the decisions on the proposals `ids` of one paper, which is now read as `text` and gives `proposed`.

    `about` is what was decided on, by id. `when` is the time of the events.
    """
    now = {proposal.id: proposal for proposal in proposed}
    raters = [who for who, values in state.decisions.items() if values]
    groups = [
        group for group in _groups(state, ids) if any(id_ in state.decisions[who] for who in raters for id_ in group)
    ]
    targets: dict[int, str] = {}
    lost: dict[str, int] = {}  # the newest of a group -> the group
    for k, group in enumerate(groups):
        if known := [id_ for id_ in group if id_ in now]:
            targets[k] = known[-1]
        elif held := _still_there(group, state, text):
            targets[k] = held
        elif group[-1] in about:
            lost[group[-1]] = k
    free = [proposal for proposal in proposed if proposal.id not in targets.values()]
    for match in matched([about[id_] for id_ in lost if id_ not in state.added], free):
        targets[lost[match.old.id]] = match.new.id
        now[match.new.id] = match.new
    same = 0
    events: list[Event] = []
    unmatched: list[Unmatched] = []
    for k, group in enumerate(groups):
        target = targets.get(k)
        for who in raters:
            newest = max(group, key=lambda id_: state.last.get((who, id_), 0))
            given = state.decisions[who].get(newest)
            if target is None and given is not None:
                unmatched.append(_left(state, about, who, newest, WHY_GONE))
            elif target in (newest, None) or state.decisions[who].get(target or "", Value()) == (given or Value()):
                same += given is not None
            elif target is not None and (who, newest) in state.last:
                moved = _carrying(who, newest, target, given or Value(), state, about, now.get(target), when)
                events.append(moved)
    return Carried(same=same, events=events, unmatched=unmatched)


def left_behind(state: State, about: Mapping[str, Proposal], papers: Collection[str]) -> list[Unmatched]:
    """The decisions on papers that are not among `papers` (keys)."""
    return [
        _left(state, about, who, id_, WHY_ELSEWHERE)
        for who, values in state.decisions.items()
        for id_ in values
        if state.papers.get(id_) not in papers
    ]


def anchored(proposal: Proposal, text: str) -> Proposal | None:
    """A reviewer's own proposal where its words now stand in the paper's `text`; None where they are gone.

    Of several places the one with the same words around it is taken, else the only one in the same sentence.
    """
    if text[proposal.start : proposal.end] == proposal.text and _around(proposal, text) == proposal.nearby:
        return proposal
    places = [found.span() for found in re.finditer(_spaced(proposal.text), text)] if proposal.text.split() else []
    if not places:
        return None
    sentences = (
        [found.span() for found in re.finditer(_spaced(proposal.sentence), text)] if proposal.sentence.split() else []
    )
    alike = [span for span in places if nearby_words(text, *span) == proposal.nearby]
    inside = [span for span in places if _holding(sentences, span)]
    candidates = alike or (inside if len(inside) == 1 else [])
    if not candidates:
        return None
    start, end = min(candidates, key=lambda span: abs(span[0] - proposal.start))
    first, last = _holding(sentences, (start, end)) or (start, end)
    now = {"start": start, "end": end, "text": text[start:end], "sentence": text[first:last], "sentence_start": first}
    return proposal.model_copy(update=now)


def decided_ids(state: State) -> dict[str, list[str]]:
    """The ids of all proposals that somebody ever decided on, by paper."""
    found: defaultdict[str, list[str]] = defaultdict(list)
    for id_, paper in state.papers.items():
        found[paper].append(id_)
    return dict(found)


def write_unmatched(folder: Path, unmatched: Iterable[Unmatched]) -> Path:
    """Write the list into a folder; returns its path."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / LISTED
    path.write_text(to_json(_Listed(unmatched=tuple(unmatched))) + "\n", encoding="utf-8")
    return path


def read_unmatched(folder: Path) -> list[Unmatched]:
    """The list that the last run wrote into the folder; empty where there is none."""
    path = folder / LISTED
    return list(from_json(_Listed, path.read_bytes()).unmatched) if path.is_file() else []


_Key = Callable[[Proposal], tuple[str, ...]]


def _by_place(proposal: Proposal) -> tuple[str, ...]:
    """A finding whose entry has another name; a code that has another name in its dimension."""
    where = proposal.label.rpartition("/")[0] if proposal.kind == "code" else ""
    return proposal.paper, proposal.kind, where, plain_words(proposal.text), proposal.nearby


def _by_sentence(proposal: Proposal) -> tuple[str, ...]:
    return proposal.paper, proposal.kind, proposal.label, plain_words(proposal.text), plain_words(proposal.sentence)


# In a sentence that holds a word as often as before, the first is the first and the second the second.
_WAYS: Final[tuple[tuple[_Key, How, bool], ...]] = (
    (_by_place, "label changed", False),
    (_by_sentence, "same sentence", True),
)


def _grouped(proposals: Iterable[Proposal], key: _Key) -> dict[tuple[str, ...], list[Proposal]]:
    groups: defaultdict[tuple[str, ...], list[Proposal]] = defaultdict(list)
    for proposal in proposals:
        groups[key(proposal)].append(proposal)
    return groups


def _groups(state: State, ids: Collection[str]) -> list[list[str]]:
    """Ids that are one proposal under several names, because decisions were carried over before; the newest last."""
    group_of: dict[str, list[str]] = {id_: [id_] for id_ in ids}
    for one in ids:
        other = state.carried.get(one)
        if other in group_of and group_of[one] is not group_of[other]:
            joined = group_of[one] + group_of[other]
            for id_ in joined:
                group_of[id_] = joined
    newest = {id_: max(state.last.get((who, id_), 0) for who in state.decisions) for id_ in ids}
    distinct = {id(group): group for group in group_of.values()}.values()
    return [sorted(group, key=lambda id_: (newest[id_], id_)) for group in distinct]


def _still_there(group: Sequence[str], state: State, text: str) -> str | None:
    """The reviewer's own proposal of a group, where its words still stand in the text."""
    return next((id_ for id_ in reversed(group) if id_ in state.added and anchored(state.added[id_], text)), None)


def _carrying(
    who: str,
    old: str,
    new: str,
    value: Value,
    state: State,
    about: Mapping[str, Proposal],
    proposal: Proposal | None,
    when: str,
) -> Event:
    before, after = about.get(old), proposal.label if proposal else None
    changed = f": now “{after}”, then “{before.label}”" if before and after and before.label != after else ""
    return Event(
        when=when,
        who=who,
        by=MACHINE,
        action="import",
        paper=state.papers[old],
        proposal=new,
        after=value,
        reason=f"carried over to a new run{changed}",
        seen=state.last.get((who, new), 0),
        carried_from=old,
    )


def _left(state: State, about: Mapping[str, Proposal], who: str, id_: str, why: str) -> Unmatched:
    return Unmatched(
        who=who,
        paper=state.papers[id_],
        proposal=id_,
        value=state.decisions[who][id_],
        about=state.added.get(id_) or about.get(id_),
        why=why,
    )


def _place(proposal: Proposal) -> tuple[str, int, int, str, str, str]:
    return proposal.paper, proposal.start, proposal.end, proposal.kind, proposal.label, proposal.id


def _around(proposal: Proposal, text: str) -> str:
    return nearby_words(text, proposal.start, proposal.end)


def _spaced(text: str) -> str:
    """A pattern of the same words with any white space between them."""
    return r"\s+".join(re.escape(word) for word in text.split())


def _holding(sentences: Iterable[tuple[int, int]], span: tuple[int, int]) -> tuple[int, int] | None:
    return next((one for one in sentences if one[0] <= span[0] and span[1] <= one[1]), None)
