"""A proposal as its card shows it: what the program says, the reviewer's decision in words, and what happened to it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from lang_audit.codebook import Codebook
from lang_audit.report import wording
from lang_audit.report.evidence import Piece
from lang_audit.review.decisions import decided
from lang_audit.review.events import CONSENSUS, MACHINE, State, Value
from lang_audit.review.kept import KeptPaper
from lang_audit.review.proposals import Proposal
from lang_audit.review.web.workspace import Workspace
from lang_audit.settings import Settings

DECISIONS: Final = {"flag": "To change", "query": "For you to decide", "exempt": "Exempt"}
ACTIONS: Final = {
    "accept": "accepted",
    "reject": "rejected",
    "change": "changed",
    "note": "noted",
    "clear": "undecided",
    "add": "added",
    "undo": "took back",
    "release": "released",
    "import": "imported",
}
NAMES: Final = {CONSENSUS: "Consensus", MACHINE: "lang-audit"}
_WIDE: Final = 320  # characters of a sentence on a card, on either side of the words


@dataclass(frozen=True, slots=True)
class Given:
    """A decision as it is shown: by whom, what, in words."""

    who: str
    state: str  # accepted, rejected, changed, undecided
    words: str
    details: tuple[str, ...] = ()
    note: str | None = None


@dataclass(frozen=True, slots=True)
class Card:
    """One proposal with the reviewer's decision on it, and others' where these may be seen."""

    id: str
    kind: str
    name: str
    label: str
    decision: str | None
    headline: str
    facts: tuple[tuple[str, str], ...]
    pieces: tuple[Piece, ...]
    place: str
    text: str
    usage: str | None
    severity: str | None
    mine: Given
    value: Value
    seen: int
    added_by: str | None = None
    others: tuple[Given, ...] = ()


@dataclass(frozen=True, slots=True)
class Happened:
    """An event as the history shows it."""

    number: int
    when: str
    who: str
    by: str | None
    what: str
    before: Given
    after: Given
    reason: str | None


def card_for(workspace: Workspace, state: State, who: str, proposal: Proposal) -> Card:
    """The card of one proposal for a reviewer."""
    others = workspace.visible(state, who, proposal.paper)
    return card(
        proposal,
        workspace.settings,
        who,
        state.decisions.get(who, {}).get(proposal.id, Value()),
        state.last.get((who, proposal.id), 0),
        tuple(
            given(name, values[proposal.id], proposal, workspace.settings)
            for name, values in others.items()
            if proposal.id in values
        ),
        state.added_by.get(proposal.id),
    )


def card(
    proposal: Proposal,
    settings: Settings,
    who: str,
    value: Value,
    seen: int,
    others: tuple[Given, ...] = (),
    added_by: str | None = None,
) -> Card:
    """A proposal with `value`, the decision of `who` on it, whose last event is number `seen`."""
    return Card(
        id=proposal.id,
        kind=proposal.kind,
        name=label_name(proposal.label, settings),
        label=proposal.label,
        decision=proposal.decision,
        headline=_headline(proposal, added_by),
        facts=tuple(_facts(proposal)),
        pieces=_pieces(proposal),
        place=_place(proposal),
        text=wording.squeeze(proposal.text),
        usage=value.usage or proposal.usage,
        severity=value.severity or proposal.severity,
        mine=given(who, value, proposal, settings),
        value=value,
        seen=seen,
        added_by=added_by,
        others=others,
    )


def given(who: str, value: Value, proposal: Proposal, settings: Settings) -> Given:
    """A decision in words."""
    changes = []
    if value.label:
        changes.append(
            f"{'entry' if proposal.kind == 'finding' else 'code'}: {label_name(value.label, settings)} ({value.label})"
        )
    if value.usage:
        changes.append(f"use: {wording.USAGES[value.usage][0].lower()}")
    if value.severity:
        changes.append(f"severity: {wording.SEVERITIES[value.severity][0].lower()}")
    state: str = (
        "undecided"
        if not decided(value)
        else "changed"
        if changes and value.choice == "accepted"
        else value.choice or "changed"
    )
    words = {"undecided": "Not decided", "accepted": "Accepted", "rejected": "Rejected", "changed": "Changed"}[state]
    if value.reason:
        changes.append(value.reason)
    return Given(NAMES.get(who, who), state, words, tuple(changes), value.note)


def label_name(label: str, settings: Settings) -> str:
    """An entry or a code by its name in words."""
    parts = label.split("/")
    if len(parts) == 3:
        book = next((book for book in settings.codebooks if book.codebook == parts[0]), None)
        return _code_name(book, parts[1], parts[2])
    entry = settings.lexicon.entries.get(label)
    return entry.phrases[0] if entry and entry.phrases else wording.squeeze(parts[-1].replace("-", " "))


def history(workspace: Workspace, state: State, who: str, proposal: Proposal) -> list[Happened]:
    """What happened to a proposal, in order: the reviewer's own events, and those of others whose decisions may be seen."""
    seen = workspace.seen_by(state, who, proposal.paper)
    settings = workspace.settings
    return [
        Happened(
            number=event.number,
            when=event.when,
            who=NAMES.get(event.who, event.who),
            by=NAMES.get(event.by, event.by) if event.by else None,
            what=ACTIONS[event.action],
            before=given(event.who, event.before, proposal, settings),
            after=given(event.who, event.after, proposal, settings),
            reason=event.reason,
        )
        for event in workspace.store.events(paper=proposal.paper)
        if event.proposal == proposal.id and event.who in seen
    ]


def paper_title(row: KeptPaper) -> str:
    """What a paper is called: by its title, or its file."""
    return wording.squeeze(row.title or "") or row.source


def byline(row: KeptPaper) -> str:
    """Authors and year in a line."""
    names = [wording.squeeze(name) for name in row.authors]
    shown = ", ".join(names[:3]) + (" and others" if len(names) > 3 else "")
    return " · ".join(part for part in (shown, str(row.year or ""), row.source) if part)


def _code_name(book: Codebook | None, dimension: str, code: str) -> str:
    for one in book.dimensions if book else ():
        if one.id == dimension:
            return f"{one.name}: {next((each.name for each in one.codes if each.id == code), code.replace('-', ' '))}"
    return f"{dimension}: {code}".replace("-", " ")


def _headline(proposal: Proposal, added_by: str | None) -> str:
    if added_by is not None:
        return f"Added by {added_by}"
    if proposal.kind == "code":
        return f"Code: {wording.STRENGTHS[proposal.strength][0].lower()}" if proposal.strength else "Code"
    detail = wording.SEVERITIES[proposal.severity][0] if proposal.severity else ""
    if proposal.decision == "exempt" and proposal.usage:
        detail = wording.USAGES[proposal.usage][0]
    return ": ".join(part for part in (DECISIONS[proposal.decision or "flag"], detail.lower()) if part)


def _facts(proposal: Proposal) -> Iterable[tuple[str, str]]:
    if proposal.usage:
        yield "Use", wording.USAGES[proposal.usage][0]
    if proposal.severity:
        yield "Severity", wording.SEVERITIES[proposal.severity][0]
    if proposal.cue:
        yield "Decided by", f"“{wording.squeeze(proposal.cue)}”"
    if proposal.reason:
        yield "Why", proposal.reason
    if proposal.suggestion:
        yield "Instead", proposal.suggestion


def _pieces(proposal: Proposal) -> tuple[Piece, ...]:
    """The sentence with the words marked, cut to what a card holds."""
    start = proposal.start - proposal.sentence_start
    end = start + len(proposal.text)
    sentence = proposal.sentence
    if not 0 <= start < end <= len(sentence) or sentence[start:end] != proposal.text:
        return (Piece(wording.squeeze(proposal.text), marked=True),)
    before, after = sentence[:start], sentence[end:]
    cut_before, cut_after = len(before) > _WIDE, len(after) > _WIDE
    return (
        Piece(("… " if cut_before else "") + before[-_WIDE:]),
        Piece(sentence[start:end], marked=True),
        Piece(after[:_WIDE] + (" …" if cut_after else "")),
    )


def _place(proposal: Proposal) -> str:
    section = wording.SECTIONS[proposal.section]
    return f"{section}, page {proposal.page}" if proposal.page else section
