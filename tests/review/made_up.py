"""Fabricated proposals and events for the tests of a review."""

from __future__ import annotations

from lang_audit.review.events import Action, Event, Value
from lang_audit.review.proposals import Proposal, nearby_words, proposal_id

PAPER = "a" * 32
TEXT = "Most addicts came back. Some addicts did not, and the abusers stayed away from the clinic in the old harbour."
YES, NO, NOTHING = Value(choice="accepted"), Value(choice="rejected", reason="another sense"), Value()


def proposal(
    word: str = "addicts", nth: int = 0, *, label: str = "substance-use/addict", text: str = TEXT, kind: str = "finding"
) -> Proposal:
    """The proposal on the nth `word` of `text`."""
    start = -1
    for _ in range(nth + 1):
        start = text.index(word, start + 1)
    end = start + len(word)
    begun = text.rfind(". ", 0, start) + 2 if ". " in text[:start] else 0
    stop = text.find(".", end) + 1 or len(text)
    nearby = nearby_words(text, start, end)
    return Proposal.model_validate(
        {
            "id": proposal_id(PAPER, kind, label, word, nearby, 0),  # type: ignore[arg-type]
            "paper": PAPER,
            "kind": kind,
            "label": label,
            "text": word,
            "start": start,
            "end": end,
            "section": "results",
            "sentence": text[begun:stop],
            "sentence_start": begun,
            "nearby": nearby,
            **(
                {"strength": "reported"}
                if kind == "code"
                else {"usage": "author", "decision": "flag", "severity": "outdated"}
            ),
        }
    )


def event(
    who: str = "A", what: str = "p", after: Value = YES, *, seen: int = 0, action: Action = "accept", paper: str = PAPER
) -> Event:
    """A decision of `who` on the proposal with the id `what`."""
    return Event(
        when="2026-11-22T10:00:00+00:00", who=who, action=action, paper=paper, proposal=what, after=after, seen=seen
    )


def release(who: str, paper: str = PAPER) -> Event:
    """`who` lets others see the decisions on the paper."""
    return Event(when="2026-11-22T10:00:00+00:00", who=who, action="release", paper=paper)


def numbered(events: list[Event]) -> list[Event]:
    """The events with the numbers and `before` that a log would give them."""
    last: dict[tuple[str, str | None], Value] = {}
    found = []
    for number, one in enumerate(events, 1):
        key = one.who, one.proposal
        found.append(one.model_copy(update={"number": number, "before": last.get(key, NOTHING)}))
        last[key] = one.after
    return found
