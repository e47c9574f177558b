"""Writes a review as a REFI-QDA project (.qdpx), which NVivo, ATLAS.ti, MAXQDA, QualCoder and others open.

The standard: REFI-QDA 1.5 (Rotterdam Exchange Format Initiative, 2019), project schema "urn:QDA-XML:project:1.0". A zip file
holds `project.qde` and each paper's text as `sources/GUID.txt`. One selection stands for one proposal; its codings say who gave
which code: the program (as a user) and each reviewer who accepted it. What else was decided is codes under "Review" (accepted,
rejected, a changed usage or severity); notes and reasons are notes. Positions count Unicode code points from 0.
"""

from __future__ import annotations

import io
import uuid
import zipfile
from collections.abc import Iterable, Mapping
from typing import Any, Final, cast

from lxml import etree

from lang_audit import __version__
from lang_audit.model import SEVERITIES, USAGES
from lang_audit.review.events import MACHINE, Value
from lang_audit.review.exchange.data import ReviewData, ReviewPaper
from lang_audit.review.exchange.sheet import line, plain
from lang_audit.review.proposals import Kind, Proposal

NAMESPACE: Final = "urn:QDA-XML:project:1.0"
PROJECT: Final = "project.qde"
SOURCES: Final = "sources"
TERMS, CODES, REVIEW = "Terms", "Codes", "Review"
ROOTS: Final[dict[Kind, str]] = {"finding": TERMS, "code": CODES}
MACHINE_USER: Final = "lang-audit"
CHOICES: Final = ("accepted", "rejected")
REVIEW_CODES: Final[tuple[tuple[str, ...], ...]] = (
    *((choice,) for choice in CHOICES),
    *(("usage", usage) for usage in USAGES),
    *(("severity", severity) for severity in SEVERITIES),
)
_OURS: Final = uuid.UUID("6b2a3c1e-4b8a-5f57-9a54-0d5a6d3e8c11")
_COLOURS: Final = {TERMS: "#B5651D", CODES: "#2F6F6B", REVIEW: "#6B5B95"}
_DATE: Final = (2000, 1, 1, 0, 0, 0)  # the same review gives the same bytes


def guid(*what: str) -> str:
    """The GUID of a thing, always the same."""
    return str(uuid.uuid5(_OURS, "\0".join(what).encode("utf-8", "replace").decode()))


def user_name(who: str) -> str:
    """What a rater is called in the project."""
    return MACHINE_USER if who == MACHINE else line(who)


def stored_text(text: str) -> str:
    """`text` as its file holds it: as many characters, and nothing in it that a reader would take away.

    Readers turn CR LF into one character and take a byte order mark off, which would shift every place behind.
    """
    text = text.replace("\r\n", " \n").replace("\r", "\n")
    if text.startswith("\ufeff"):
        text = f" {text[1:]}"
    return text.encode("utf-8", "replace").decode()


def label_path(kind: Kind, label: str) -> tuple[str, ...]:
    """Where a label stands in the tree of codes."""
    return (ROOTS[kind], *(line(part) or "-" for part in label.split("/")))


def write(data: ReviewData) -> bytes:
    """The project as a zip file."""
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as out:
        _put(out, PROJECT, etree.tostring(_project(data), xml_declaration=True, encoding="utf-8", standalone=True))
        for paper in data.papers:
            _put(out, f"{SOURCES}/{guid('source', paper.key)}.txt", stored_text(paper.text).encode())
    return held.getvalue()


def _put(out: zipfile.ZipFile, name: str, content: bytes) -> None:
    info = zipfile.ZipInfo(name, _DATE)
    info.compress_type = zipfile.ZIP_DEFLATED
    info.external_attr = 0o644 << 16
    out.writestr(info, content)


def _project(data: ReviewData) -> Any:
    root: Any = etree.Element(f"{{{NAMESPACE}}}Project", nsmap=cast("Any", {None: NAMESPACE}))
    users = dict.fromkeys((MACHINE, *data.raters))
    named = {"name": "Review of language", "origin": f"lang-audit {__version__}"}
    _filled(root, {**named, "creatingUserGUID": _user(MACHINE), "creationDateTime": data.made})
    held = _child(root, "Users")
    for who in users:
        _child(held, "User", guid=_user(who), name=user_name(who))
    _code_book(root, data)
    notes: list[Any] = []
    if data.papers:
        sources = _child(root, "Sources")
        rows: dict[str, list[Proposal]] = {}
        for paper, one in data.rows():
            rows.setdefault(paper.key, []).append(one)
        for paper in data.papers:
            _source(sources, paper, rows.get(paper.key, ()), data, notes)
    if notes:
        _child(root, "Notes").extend(notes)
    _child(root, "Description").text = (
        "Findings and codes of lang-audit, and what reviewers decided on them. One selection is one proposal; codings by the "
        "user lang-audit are proposals, those of other users decisions."
    )
    return root


def _user(who: str) -> str:
    return guid("user", who)


def _code_book(root: Any, data: ReviewData) -> None:
    """The tree of all codes that occur, and those of the review itself."""
    paths = {label_path(one.kind, one.label) for _, one in data.rows()}
    for _, one in data.rows():
        for rater in data.raters:
            if label := data.decision(rater, one.id).label:
                paths.add(label_path(one.kind, label))
    paths |= {(REVIEW, *path) for path in REVIEW_CODES}
    made: dict[tuple[str, ...], Any] = {(): _child(_child(root, "CodeBook"), "Codes")}
    for path in sorted(paths):
        for depth in range(1, len(path) + 1):
            part = path[:depth]
            if part not in made:
                made[part] = _child(made[part[:-1]], "Code", guid=guid("code", *part), name=part[-1],
                                    isCodable="true" if part in paths else "false", color=_COLOURS[part[0]])  # fmt: skip


def _source(sources: Any, paper: ReviewPaper, rows: Iterable[Proposal], data: ReviewData, notes: list[Any]) -> None:
    name = guid("source", paper.key)
    source = _child(sources, "TextSource", guid=name, name=line(paper.title or "") or line(paper.source) or paper.key,
                    plainTextPath=f"internal://{name}.txt", creatingUser=_user(MACHINE), creationDateTime=data.made)  # fmt: skip
    if paper.title:
        _child(source, "Description").text = line(paper.source)
    for one in rows:
        _selection(source, one, data, notes)


def _selection(source: Any, one: Proposal, data: ReviewData, notes: list[Any]) -> None:
    adder = data.state.added_by.get(one.id)
    by = adder if adder in data.raters and adder else MACHINE
    place = _child(source, "PlainTextSelection", guid=guid("selection", one.id), name=line(one.text)[:80],
                   startPosition=str(one.start), endPosition=str(one.end), creatingUser=_user(by))  # fmt: skip
    if one.reason:
        _child(place, "Description").text = plain(one.reason)
    label = label_path(one.kind, one.label)
    if by == MACHINE:
        _coding(place, MACHINE, one, label, None)
    refs = []
    for rater in data.raters:
        value = data.decision(rater, one.id)
        when = data.times.get((rater, one.id))
        for path in coded(one, value, added=adder == rater):
            _coding(place, rater, one, path, when)
        for name in ("note", "reason"):
            if text := getattr(value, name):
                note: Any = etree.Element(f"{{{NAMESPACE}}}Note")
                told = f"{name.capitalize()}: {line(one.text)[:60]}"
                _filled(note, {"guid": guid(name, rater, one.id), "name": told, "creatingUser": _user(rater)})
                if when:
                    note.set("creationDateTime", when)
                _child(note, "PlainTextContent").text = plain(text)
                notes.append(note)
                refs.append(guid(name, rater, one.id))
    for ref in refs:
        _child(place, "NoteRef", targetGUID=ref)


def coded(one: Proposal, value: Value, *, added: bool = False) -> list[tuple[str, ...]]:
    """The codes that a reviewer's decision gives to a selection; whoever `added` it gives it its first label too."""
    paths: list[tuple[str, ...]] = []
    if added or (value.choice == "accepted" and not value.label):
        paths.append(label_path(one.kind, one.label))
    if value.label and label_path(one.kind, value.label) not in paths:
        paths.append(label_path(one.kind, value.label))
    if value.choice:
        paths.append((REVIEW, value.choice))
    paths += [(REVIEW, name, to) for name in ("usage", "severity") if (to := getattr(value, name))]
    return paths


def _coding(place: Any, who: str, one: Proposal, path: tuple[str, ...], when: str | None) -> None:
    coding = _child(place, "Coding", guid=guid("coding", who, one.id, *path), creatingUser=_user(who))
    if when:
        coding.set("creationDateTime", when)
    _child(coding, "CodeRef", targetGUID=guid("code", *path))


def _child(parent: Any, tag: str, /, **attributes: str) -> Any:
    return _filled(etree.SubElement(parent, f"{{{NAMESPACE}}}{tag}"), attributes)


def _filled(element: Any, attributes: Mapping[str, str]) -> Any:
    for name, value in attributes.items():
        element.set(name, value)
    return element
