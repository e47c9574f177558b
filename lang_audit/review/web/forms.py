"""What reviewers send, as events: fields of a form in, an event for the log out. Nothing is believed that a field says."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Final, TypeVar

from lang_audit.lexicon import near
from lang_audit.model import SEVERITIES, USAGES
from lang_audit.review.events import CONSENSUS, REASONS, Action, Event, Value
from lang_audit.review.proposals import Kind, Proposal, nearby_words, proposal_id
from lang_audit.review.web.workspace import NO_RATERS, OpenPaper
from lang_audit.settings import Settings

Fields = Mapping[str, object]
_NAME: Final = 60  # characters
_TEXT: Final = 2000  # characters of a note or reason
_SELECTED: Final = 1000  # characters that one finding or code may span
_LABEL: Final = 200
_SLUG: Final = r"[a-z0-9][a-z0-9.-]*"
_FORMS: Final[dict[Kind, re.Pattern[str]]] = {
    "finding": re.compile(f"{_SLUG}/{_SLUG}"),
    "code": re.compile(f"{_SLUG}/{_SLUG}/{_SLUG}"),
}
_STOP: Final = re.compile(r"[.!?][\"”’)]*\s+")
_NUMBER: Final = re.compile(r"[0-9]{1,12}")
_KINDS: Final[tuple[Kind, ...]] = ("finding", "code")
_ACTIONS: Final[tuple[Action, ...]] = ("accept", "reject", "change", "note", "clear")
_Choice = TypeVar("_Choice", bound=str)


class FormError(Exception):
    """What was sent cannot be taken; the message says why, to the reviewer."""


def now() -> str:
    """The time, as events tell it."""
    return datetime.now(UTC).isoformat(timespec="seconds")


def reviewer_name(fields: Fields, known: list[str]) -> str:
    """The name that a reviewer goes by: as it is written already, where it differs only in capitals. Raises FormError."""
    name = " ".join(_text(fields, "name", _NAME).split())
    if not name or not name.isprintable():
        raise FormError("Please say who you are: any name that tells you from the other reviewers.")
    if _letters(name) in map(_letters, NO_RATERS) or unicodedata.normalize("NFKC", name).startswith("("):
        raise FormError("Names in brackets, consensus and lang-audit are kept for the program. Please take another.")
    return next((other for other in known if other.casefold() == name.casefold()), name)


def _letters(name: str) -> str:
    """What is left of a name when it is spelt in another way: no capitals, signs, blanks or wide letters."""
    return "".join(sign for sign in unicodedata.normalize("NFKC", name).casefold() if sign.isalpha())


def decision(fields: Fields, proposal: Proposal, before: Value, who: str, settings: Settings, *, agreed: bool) -> Event:
    """The event of a decision on `proposal` by `who`; with `agreed` it is the reviewers' consensus, which `who` enters.

    Raises FormError.
    """
    action = _one_of(fields, "action", _ACTIONS)
    reason = _text(fields, "own_reason", _TEXT) or _reason(fields)
    event = Event(
        when=now(),
        who=CONSENSUS if agreed else who,
        by=who if agreed else None,
        action=action,
        paper=proposal.paper,
        proposal=proposal.id,
        before=before,
        reason=reason if action in ("reject", "change") else None,
        seen=_number(fields, "seen"),
    )
    match action:
        case "accept":
            after = Value(choice="accepted", note=before.note)
        case "reject":
            after = Value(choice="rejected", reason=reason, note=before.note)
        case "change":
            changes = _changes(fields, proposal, settings)
            after = Value(choice="accepted", reason=reason, note=before.note).model_copy(update=changes)
        case "note":
            after = before.model_copy(update={"note": _text(fields, "note", _TEXT) or None})
        case _:
            after = Value()
    return event.model_copy(update={"after": after})


def addition(
    fields: Fields,
    opened: OpenPaper,
    within: tuple[int, int],
    who: str,
    settings: Settings,
    taken: Callable[[str], bool],
) -> Event:
    """The event by which `who` proposes what the program did not: selected or typed words, under a label. Raises FormError.

    Typed words are looked for in `within` (offsets). `taken` tells whether an id is in use.
    """
    kind = _one_of(fields, "kind", _KINDS)
    text = opened.paper.text
    start, end = _selected(fields, text) if fields.get("start") else _typed(fields, text, within)
    words = text[start:end]
    label = _label(_text(fields, "label", _LABEL), kind, settings)
    if not label:
        raise FormError("Please choose what the words stand for: an entry of the lexicon, or a code.")
    section = opened.paper.section_at(start)
    sentence_start, sentence_end = _sentence(opened, start, end)
    finding = kind == "finding"
    nearby = nearby_words(text, start, end)
    key = opened.key
    id_ = next(
        made
        for occurrence in range(10_000)
        if not taken(made := proposal_id(key, kind, label, words, nearby, occurrence))
    )
    entry = settings.lexicon.entries.get(label)
    proposal = Proposal(
        id=id_,
        paper=key,
        kind=kind,
        label=label,
        text=words,
        start=start,
        end=end,
        page=opened.paper.page_at(start),
        section=section.kind if section else "other",
        sentence=text[sentence_start:sentence_end],
        sentence_start=sentence_start,
        nearby=nearby,
        usage="author" if finding else None,
        decision="flag" if finding else None,
        severity=entry.severity if entry and finding else None,
        reason="Added by a reviewer." if finding else None,
        strength=None if finding else "reported",
    )
    note = _text(fields, "note", _TEXT) or None
    return Event(
        when=now(),
        who=who,
        action="add",
        paper=key,
        proposal=id_,
        after=Value(choice="accepted", note=note),
        added=proposal,
    )


def labels(settings: Settings) -> dict[Kind, list[tuple[str, str]]]:
    """What a finding or a code may be called: (label, name in words), by kind."""
    entries = [
        (label, entry.phrases[0] if entry.phrases else entry.id) for label, entry in settings.lexicon.entries.items()
    ]
    codes = [
        (f"{book.codebook}/{dimension.id}/{code.id}", f"{dimension.name}: {code.name}")
        for book in settings.codebooks
        for dimension in book.dimensions
        for code in dimension.codes
    ]
    return {"finding": entries, "code": codes}


def _changes(fields: Fields, proposal: Proposal, settings: Settings) -> dict[str, str]:
    """What the reviewer says otherwise than the program does."""
    changes = {"label": _label(_text(fields, "label", _LABEL), proposal.kind, settings, proposal.label)}
    if proposal.kind == "finding":
        changes |= {"usage": _one_of(fields, "usage", USAGES), "severity": _one_of(fields, "severity", SEVERITIES)}
    return {name: value for name, value in changes.items() if value and value != getattr(proposal, name)}


def _label(told: str, kind: Kind, settings: Settings, present: str = "") -> str:
    """The label as the lexicon or a codebook writes it; new ones are taken where they have the form of one."""
    told = told.strip()
    known = labels(settings)[kind]
    if not told or told == present or any(told == label for label, _ in known):
        return told
    if named := [label for label, name in known if name.casefold() == told.casefold()]:
        return named[0]
    if _FORMS[kind].fullmatch(told):
        return told
    hint = near(told, [label for label, _ in known])
    if kind == "finding":
        raise FormError(f"{told!r} is no entry of the lexicon{hint or '.'} A term of your own is written domain/term.")
    raise FormError(
        f"{told!r} is no code of the codebooks{hint or '.'} A code of your own is written codebook/dimension/code."
    )


def _selected(fields: Fields, text: str) -> tuple[int, int]:
    """The offsets of the selected words, without white space around them."""
    start, end = _number(fields, "start"), _number(fields, "end")
    if not 0 <= start < end <= len(text):
        raise FormError("Please select the words in the text first.")
    if end - start > _SELECTED:
        raise FormError(f"That is too long for one finding or code: at most {_SELECTED:,} characters.")
    words = text[start:end]
    start += len(words) - len(words.lstrip())
    end -= len(words) - len(words.rstrip())
    if start >= end:
        raise FormError("Please select the words in the text first.")
    return start, end


def _typed(fields: Fields, text: str, within: tuple[int, int]) -> tuple[int, int]:
    """Where the typed words stand on this screen, the first time or whichever is asked for."""
    words = _text(fields, "words", _SELECTED).split()
    if not words:
        raise FormError("Please select the words in the text first, or type them.")
    pattern = re.compile(r"\s+".join(map(re.escape, words)), re.IGNORECASE)
    places = [match.span() for match in pattern.finditer(text, *within)]
    which = _number(fields, "which") if fields.get("which") else 1
    if not places:
        raise FormError(f"“{' '.join(words)}” does not stand here. Type the words as the text has them.")
    if not 1 <= which <= len(places):
        raise FormError(f"“{' '.join(words)}” stands here {len(places)} times: choose 1 to {len(places)}.")
    return places[which - 1]


def _sentence(opened: OpenPaper, start: int, end: int) -> tuple[int, int]:
    """The sentence around the selected words, within their passage."""
    text = opened.paper.text
    passage = next((one for one in opened.paper.passages if one.start <= start < one.end), None)
    first, last = (passage.start, max(passage.end, end)) if passage else (0, len(text))
    stops = [match.end() for match in _STOP.finditer(text, first, start)]
    after = _STOP.search(text, end, last)
    sentence_end = after.start() + 1 if after else last
    return stops[-1] if stops else first, max(end, min(sentence_end, end + _SELECTED))


def _reason(fields: Fields) -> str | None:
    told = _text(fields, "reason", _TEXT)
    return REASONS[int(told)] if told.isdecimal() and int(told) < len(REASONS) else None


def _one_of(fields: Fields, name: str, allowed: Sequence[_Choice]) -> _Choice:
    told = fields.get(name)
    for value in allowed:
        if value == told:
            return value
    raise FormError(f"{name}: must be {', '.join(allowed[:-1])} or {allowed[-1]}.")


def _text(fields: Fields, name: str, longest: int) -> str:
    told = fields.get(name, "")
    if not isinstance(told, str):
        raise FormError(f"{name}: must be text.")
    told = told.replace("\r\n", "\n").strip()
    if len(told) > longest:
        raise FormError(f"That is too long: at most {longest:,} characters.")
    return told


def _number(fields: Fields, name: str) -> int:
    told = fields.get(name)
    if not isinstance(told, str) or not _NUMBER.fullmatch(told):
        raise FormError(f"{name}: must be a number.")
    return int(told)
