"""Decisions as W3C Web Annotations (https://www.w3.org/TR/annotation-model/, 2017), in JSON-LD; and reading them back.

One annotation stands for what one person, or the program, says of one place: the label (`tagging`), accepted or rejected
(`assessing`), a changed usage or severity (`classifying`), a note (`commenting`), a reason (`describing`). The place is told
twice: as a TextPositionSelector (Unicode code points) and as a TextQuoteSelector with the words around it.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Any, Final, Literal, cast

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from lang_audit import __version__
from lang_audit.model import SEVERITIES, USAGES
from lang_audit.review.events import MACHINE, State, Value
from lang_audit.review.exchange.data import Conflict, Contents, FileMistakesError, ReviewData, ReviewPaper
from lang_audit.review.exchange.places import Marked, best_label, contents
from lang_audit.review.exchange.refi_qda import CHOICES, MACHINE_USER, guid, user_name
from lang_audit.review.exchange.sheet import plain
from lang_audit.review.proposals import Kind, Proposal

CONTEXT: Final = "http://www.w3.org/ns/anno.jsonld"
_OURS: Final = "#lang-audit"
_AROUND: Final = 32  # characters of the text before and behind a quotation
_PURPOSES: Final = {"choice": "assessing", "note": "commenting", "reason": "describing"}
_CLASSES: Final = {"usage": USAGES, "severity": SEVERITIES}


def write(data: ReviewData) -> bytes:
    """The file: an AnnotationCollection whose one page holds all annotations."""
    items = list(_annotations(data))
    name = f"urn:uuid:{guid('annotations', *sorted(paper.key for paper in data.papers))}"
    page = {"id": f"{name}#page-1", "type": "AnnotationPage", "startIndex": 0, "items": items}
    told = {
        "@context": CONTEXT,
        "id": name,
        "type": "AnnotationCollection",
        "label": "Review of language (lang-audit)",
        "creator": _agent(MACHINE),
        "created": data.made,
        "total": len(items),
        "first": page,
    }
    return f"{json.dumps(told, ensure_ascii=True)}\n".encode()


def _annotations(data: ReviewData) -> Iterator[dict[str, Any]]:
    for paper, one in data.rows():
        adder = data.state.added_by.get(one.id)
        if adder is None:
            bodies = [_body("tagging", one.label)]
            if one.usage:
                bodies.append(_body("classifying", f"usage: {one.usage}"))
            if one.severity:
                bodies.append(_body("classifying", f"severity: {one.severity}"))
            yield _annotation(paper, one, MACHINE, bodies, data.made)
        for rater in sorted(data.raters, key=lambda one: one != adder):
            bodies = _bodies(one, data.decision(rater, one.id), added=adder == rater)
            if bodies:
                yield _annotation(paper, one, rater, bodies, data.times.get((rater, one.id)))


def _bodies(one: Proposal, value: Value, *, added: bool) -> list[dict[str, str]]:
    found = []
    if added or (value.choice == "accepted" and not value.label):
        found.append(_body("tagging", one.label))
    if value.label and (value.label != one.label or not found):
        found.append(_body("tagging", value.label))
    if value.choice:
        found.append(_body("assessing", value.choice))
    found += [_body("classifying", f"{name}: {to}") for name in _CLASSES if (to := getattr(value, name))]
    found += [_body(_PURPOSES[name], plain(to)) for name in ("note", "reason") if (to := getattr(value, name))]
    return found


def _body(purpose: str, value: str) -> dict[str, str]:
    return {"type": "TextualBody", "purpose": purpose, "value": value, "format": "text/plain"}


def _agent(who: str) -> dict[str, str]:
    name = f"urn:uuid:{guid('user', who)}"
    if who == MACHINE:
        return {"id": name, "type": "Software", "name": MACHINE_USER, "nickname": f"{MACHINE_USER} {__version__}"}
    return {"id": name, "type": "Person", "name": user_name(who)}


def _annotation(
    paper: ReviewPaper, one: Proposal, who: str, bodies: list[dict[str, str]], when: str | None
) -> dict[str, Any]:
    text = paper.text
    quote = {"type": "TextQuoteSelector", "exact": one.text}
    if text:
        quote |= {"prefix": text[max(0, one.start - _AROUND) : one.start], "suffix": text[one.end : one.end + _AROUND]}
    told: dict[str, Any] = {
        "id": f"urn:uuid:{guid('annotation', who, one.id)}",
        "type": "Annotation",
        "motivation": "tagging" if who == MACHINE else "assessing",
        "creator": _agent(who),
        "body": bodies,
        "target": {
            "id": f"urn:uuid:{guid('selection', one.id)}{_OURS}",
            "type": "SpecificResource",
            "source": {"id": f"urn:uuid:{guid('source', paper.key)}", "type": "Text", "format": "text/plain"},
            "selector": [{"type": "TextPositionSelector", "start": one.start, "end": one.end}, quote],
        },
    }
    return told | ({"created": when} if when else {})


class _Lenient(BaseModel):
    model_config = ConfigDict(extra="ignore")


class _Agent(_Lenient):
    id: str | None = None
    type: str | list[str] | None = None
    name: str | None = None


class _Body(_Lenient):
    value: str = ""
    purpose: str | None = None


class _Selector(_Lenient):
    type: str = ""
    start: int | None = None
    end: int | None = None
    exact: str | None = None
    prefix: str = ""
    suffix: str = ""


class _Source(_Lenient):
    id: str


class _Target(_Lenient):
    id: str = ""
    source: str | _Source
    selector: _Selector | list[_Selector]


class _Annotation(_Lenient):
    id: str = ""
    type: Literal["Annotation"]
    motivation: str | list[str] | None = None
    creator: str | _Agent | None = None
    body: str | _Body | list[_Body] = Field(default_factory=list)
    target: _Target


def read(name: str, content: bytes, papers: Sequence[ReviewPaper], state: State, who: str | None) -> Contents:
    """What a file of Web Annotations holds of `papers`; `name` is for messages.

    It may be a collection, a page, a list of annotations or one. Raises FileMistakesError where it is no such file. With `who`,
    annotations without a creator are taken as theirs.
    """
    try:
        told = json.loads(content)
    except (ValueError, RecursionError) as error:
        raise FileMistakesError([f"{name}: is not JSON: {error}."]) from error
    found, mistakes = [], []
    for k, one in enumerate(_items(name, told)):
        try:
            found.append((f"{name}: annotation {k + 1}", _Annotation.model_validate(one)))
        except ValidationError as error:
            wrong = error.errors()[0]
            mistakes.append(f"{name}: annotation {k + 1}: {'.'.join(map(str, wrong['loc']))}: {wrong['msg']}.")
    known = {one.id: one for paper in papers for one in paper.proposals} | dict(state.added)
    names = {guid("user", one): one for one in (MACHINE, *state.decisions, *([who] if who else []))}
    reader = _Reader(papers, known, names, who)
    marks = [mark for where, one in found for mark in reader.marks(where, one)]
    held = contents(marks, papers, state.added)
    return held.model_copy(update={"mistakes": (*mistakes, *held.mistakes), "left": (*reader.left, *held.left)})


def _items(name: str, told: Any) -> list[Any]:
    if isinstance(told, dict):
        if told.get("type") == "AnnotationCollection" and isinstance(told.get("first"), dict):
            told = told["first"]
        if isinstance(told, dict) and isinstance(told.get("items"), list):
            told = told["items"]
        elif isinstance(told, dict) and told.get("type") == "Annotation":
            told = [told]
    if not isinstance(told, list):
        raise FileMistakesError(
            [f"{name}: holds no Web Annotations: an AnnotationCollection, an AnnotationPage or a list."]
        )
    return told


class _Reader:
    def __init__(
        self, papers: Sequence[ReviewPaper], known: dict[str, Proposal], names: dict[str, str], who: str | None
    ) -> None:
        self.papers = {guid("source", paper.key): paper for paper in papers}
        self.by_name = {paper.source: paper for paper in papers}
        self.known, self.names, self.who = known, names, who
        self.labels = {one.label: one.kind for one in known.values()}
        self._ids: dict[str, dict[str, str]] = {}
        self.left: list[Conflict] = []

    def marks(self, where: str, one: _Annotation) -> Iterator[Marked]:
        who = self._creator(one.creator)
        if who == MACHINE:
            return
        source = one.target.source if isinstance(one.target.source, str) else one.target.source.id
        paper = self.papers.get(source.removeprefix("urn:uuid:")) or self.by_name.get(source)
        place = _place(one.target.selector, paper.text) if paper else None
        if paper is None or place is None or not who:
            why = "it does not say who made it"
            if who:
                why = "its words are not in the paper" if paper else "its source is no paper of this review"
            self.left.append(Conflict(where=where, why=why, who=who, proposal=""))
            return
        proposal = self._named(who).get(one.id.removeprefix("urn:uuid:"))
        bodies = [_Body(value=one.body)] if isinstance(one.body, str) else one.body
        given: dict[str, str] = {}
        labels: list[tuple[Kind, str]] = []
        for body in bodies if isinstance(bodies, list) else [bodies]:
            purpose = body.purpose or (one.motivation if isinstance(one.motivation, str) else None) or "commenting"
            if purpose == "tagging":
                labels.append(self._label(body.value))
            elif purpose == "classifying" and body.value.partition(": ")[0] in _CLASSES:
                asked, _, value = body.value.partition(": ")
                if value in _CLASSES[asked]:
                    given[asked] = value
            elif purpose == "assessing" and body.value in CHOICES:
                given["choice"] = body.value
            elif body.value:
                asked = "reason" if purpose == "describing" else "note"
                given[asked] = "\n".join(filter(None, (given.get(asked), body.value)))
        first = labels[0] if labels else ("code", None)
        ours = one.target.id.endswith(_OURS)
        group = one.target.id if ours and proposal is None else None
        changed = labels[1][1] if ours and len(labels) == 2 else None
        yield Marked(where=where, who=who, paper=paper.key, start=place[0], end=place[1], proposal=proposal, group=group,
                     adds=first[1] if changed else None, kind=cast("Kind", first[0]), label=changed or first[1],
                     **cast("Any", given))  # fmt: skip
        for kind, label in labels[2 if changed else 1 :]:
            yield Marked(where=where, who=who, paper=paper.key, start=place[0], end=place[1], kind=kind, label=label)

    def _named(self, who: str) -> dict[str, str]:
        """The proposals by the ids that this program gives to annotations of `who`."""
        if who not in self._ids:
            self._ids[who] = {guid("annotation", who, one): one for one in self.known}
        return self._ids[who]

    def _label(self, value: str) -> tuple[Kind, str]:
        if value in self.labels:
            return self.labels[value], value
        if value.count("/") in (1, 2) and all(value.split("/")):
            return ("finding" if value.count("/") == 1 else "code"), value
        return best_label([value], self.labels)

    def _creator(self, creator: str | _Agent | None) -> str:
        if creator is None:
            return self.who or ""
        told, name = (
            (creator, creator) if isinstance(creator, str) else (creator.id or "", creator.name or creator.id or "")
        )
        if name == MACHINE_USER and isinstance(creator, _Agent) and creator.type == "Software":
            return MACHINE
        return self.names.get(told.removeprefix("urn:uuid:")) or name


def _place(selector: _Selector | list[_Selector], text: str) -> tuple[int, int] | None:
    """Where an annotation stands: at its position, if the quoted words stand there, else where they do."""
    every = selector if isinstance(selector, list) else [selector]
    at = next((one for one in every if one.type == "TextPositionSelector" and one.start is not None), None)
    quote = next((one for one in every if one.type == "TextQuoteSelector" and one.exact), None)
    start = at.start if at and at.start is not None else 0
    if (
        at
        and at.end is not None
        and 0 <= start < at.end <= len(text)
        and (quote is None or text[start : at.end] == quote.exact)
    ):
        return start, at.end
    if quote is None or not quote.exact:
        return None
    found = []
    k = text.find(quote.exact)
    while k >= 0:
        end = k + len(quote.exact)
        fits = text[:k].endswith(quote.prefix) + text[end : end + len(quote.suffix)].startswith(quote.suffix)
        found.append((-fits, abs(k - start) if at else 0, k, end))
        k = text.find(quote.exact, k + 1)
    return min(found)[2:] if found else None
