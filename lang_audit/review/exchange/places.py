"""Codings that other tools give by place: found again among the proposals, or added to them. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final

from lang_audit.model import Frozen, Severity, Usage
from lang_audit.review.events import Choice, Value
from lang_audit.review.exchange.data import Conflict, Contents, Read, ReviewPaper
from lang_audit.review.proposals import Kind, Proposal, nearby_words, proposal_id

IMPORTED: Final = "imported"
"""The codebook of codes that neither the lexicon nor a codebook of this review has."""
_SENTENCE_END: Final = re.compile(r"[.!?][\"'”’)\]]*\s+|\n\s*\n")
_REACH: Final = 2_000  # characters in which the sentence's ends are looked for


class Marked(Frozen):
    """What one person marked at one place.

    `proposal` is its id, where the file is this program's own and names it. So is `group`: marks of one group are decisions on
    one addition, which the first of them makes, with the label `adds` where that was changed since.
    """

    where: str
    who: str
    paper: str  # key
    start: int
    end: int
    proposal: str | None = None
    group: str | None = None
    adds: str | None = None
    kind: Kind = "code"
    label: str | None = None
    choice: Choice | None = None
    usage: Usage | None = None
    severity: Severity | None = None
    note: str | None = None
    reason: str | None = None


def added_proposal(paper: ReviewPaper, start: int, end: int, kind: Kind, label: str, occurrence: int = 0) -> Proposal:
    """A proposal of a reviewer's own, `start:end` in the paper's text; `occurrence` counts those alike, from 0."""
    text = paper.text
    first, last = _sentence(text, start, end)
    nearby = nearby_words(text, start, end)
    section = paper.paper.section_at(start) if paper.paper else None
    return Proposal(
        id=proposal_id(paper.key, kind, label, text[start:end], nearby, occurrence),
        paper=paper.key,
        kind=kind,
        label=label,
        text=text[start:end],
        start=start,
        end=end,
        page=paper.paper.page_at(start) if paper.paper else None,
        section=section.kind if section else "other",
        sentence=text[first:last],
        sentence_start=first,
        nearby=nearby,
    )


def _sentence(text: str, start: int, end: int) -> tuple[int, int]:
    """Where the sentence that holds `start:end` begins and ends, by its punctuation."""
    floor = max(0, start - _REACH)
    first = max((found.end() for found in _SENTENCE_END.finditer(text, floor, start)), default=floor)
    after = _SENTENCE_END.search(text, max(end - 1, start), min(len(text), end + _REACH))
    last = after.end() if after else min(len(text), end + _REACH)
    while last > end and text[last - 1].isspace():
        last -= 1
    while first < start and text[first].isspace():
        first += 1
    return first, last


def contents(marks: Sequence[Marked], papers: Iterable[ReviewPaper], added: Mapping[str, Proposal]) -> Contents:
    """The decisions that `marks` stand for.

    A mark at the place of a proposal with the same label accepts it, as does one that names its proposal and no other label.
    Any other is an addition. `added` are the additions that the review has already.
    """
    known = {paper.key: paper for paper in papers}
    proposals = {one.id: one for paper in known.values() for one in paper.proposals} | dict(added)
    at = {(one.paper, one.start, one.end, one.label): one for one in proposals.values()}
    read: list[Read] = []
    left: list[Conflict] = []
    new: dict[str, Proposal] = {}
    made_in: dict[str | None, Proposal] = {}
    for mark in marks:
        paper = known.get(mark.paper)
        if paper is None:
            left.append(_left(mark, "it stands in a paper that this review does not have"))
            continue
        if not 0 <= mark.start < mark.end <= len(paper.text):
            left.append(_left(mark, f"{mark.start} to {mark.end} is no place in {paper.source}"))
            continue
        one = proposals.get(mark.proposal or "")
        label = mark.adds or mark.label
        if one is None and mark.group in made_in:
            one = made_in[mark.group]
        if one is None and label:
            one = at.get((mark.paper, mark.start, mark.end, label))
        if one is not None:
            read.append(_read(mark, one))
        elif label:
            made = _new(paper, mark, label, proposals)
            if mark.group:
                made_in[mark.group] = made
            proposals[made.id] = new[made.id] = made
            at[made.paper, made.start, made.end, made.label] = made
            read.append(_read(mark, made).model_copy(update={"added": made}))
        else:
            left.append(_left(mark, "it has no code, and nothing is proposed at its place"))
    return Contents(read=tuple(_once(read)), proposals=tuple(new.values()), left=tuple(left))


def _left(mark: Marked, why: str) -> Conflict:
    return Conflict(where=mark.where, why=why, who=mark.who, proposal=mark.proposal or "")


def _new(paper: ReviewPaper, mark: Marked, label: str, taken: Mapping[str, Proposal]) -> Proposal:
    occurrence = 0
    while True:
        made = added_proposal(paper, mark.start, mark.end, mark.kind, label, occurrence)
        if made.id not in taken:
            return made
        occurrence += 1


def _read(mark: Marked, one: Proposal) -> Read:
    label = mark.label if mark.label and mark.label != one.label else None
    value = Value(
        choice=mark.choice or (None if mark.proposal == one.id or mark.group or not mark.label else "accepted"),
        usage=mark.usage,
        severity=mark.severity,
        label=label,
        note=mark.note,
        reason=mark.reason,
    )
    return Read(where=mark.where, who=mark.who, proposal=one.id, value=value)


def _once(read: Iterable[Read]) -> Iterator[Read]:
    """Two marks of one person on one proposal that say the same are one."""
    seen: set[tuple[str, str, Value]] = set()
    for given in read:
        key = given.who, given.proposal, given.value
        if key not in seen:
            seen.add(key)
            yield given


def best_label(path: Sequence[str], known: Iterable[str]) -> tuple[Kind, str]:
    """The label that a code of another tool stands for: the one of `known` with its path or, where only one has it, its name.

    Codes that are not known become `imported/.../name`, with the two slashes of a code's label.
    """
    parts = [" ".join(part.replace("/", " ").split()) or "code" for part in path]
    labels = list(dict.fromkeys(known))
    folded = [part.casefold() for part in parts]
    for depth in range(len(parts), 0, -1):
        tail = [_folded(part) for part in folded[-depth:]]
        found = [label for label in labels if [_folded(part) for part in label.split("/")][-depth:] == tail]
        if len(found) == 1:
            return ("code" if found[0].count("/") >= 2 else "finding"), found[0]
    return "code", "/".join((IMPORTED, parts[-2] if len(parts) > 1 else "codes", parts[-1]))


def _folded(part: str) -> str:
    return part.casefold().replace("-", " ").replace("_", " ")
