"""REFI-QDA projects: valid by the published schema, read back by a reader that shares no code, and files of other tools."""

from __future__ import annotations

import io
import re
import xml.etree.ElementTree as ET
import zipfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from lxml import etree

from lang_audit.review.events import CONSENSUS, EMPTY, Value
from lang_audit.review.exchange import ImportPlan, ReviewData, exported, read_decisions
from lang_audit.review.exchange.refi_qda import guid, stored_text
from tests.review.exchange.reviews import ADDED, PAPERS, PROPOSALS, TEXTS, event, review, reviews

# Published by the Rotterdam Exchange Format Initiative, 18 March 2019, under the MIT licence that stands in the file.
SCHEMA = etree.XMLSchema(etree.parse(Path(__file__).parent / "data" / "refi-qda-project.xsd"))
Q = "{urn:QDA-XML:project:1.0}"


def parts(content: bytes) -> tuple[bytes, dict[str, bytes]]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert archive.testzip() is None
        return archive.read("project.qde"), {name: archive.read(name) for name in archive.namelist()}


def coded(content: bytes) -> set[tuple[str, str, str]]:
    """(user, code, words): a reader of its own, from the documented structure alone."""
    project, files = parts(content)
    root = ET.fromstring(project)
    users = {user.get("guid"): user.get("name") for user in root.findall(f"{Q}Users/{Q}User")}
    codes = {code.get("guid"): code.get("name") for code in root.iter(f"{Q}Code")}
    found = set()
    for source in root.findall(f"{Q}Sources/{Q}TextSource"):
        path = re.fullmatch(r"internal://(.+)", source.get("plainTextPath"))[1]
        text = io.TextIOWrapper(io.BytesIO(files[f"sources/{path}"]), encoding="utf-8-sig").read()  # as most readers do
        for place in source.findall(f"{Q}PlainTextSelection"):
            words = text[int(place.get("startPosition")) : int(place.get("endPosition"))]
            for coding in place.findall(f"{Q}Coding"):
                code = codes[coding.find(f"{Q}CodeRef").get("targetGUID")]
                found.add((users[coding.get("creatingUser")], code, words))
    return found


@settings(max_examples=8)
@given(data=reviews())
def test_every_project_is_valid_by_the_published_schema_and_refers_to_what_is_there(data: ReviewData) -> None:
    project, files = parts(exported("qdpx", data))
    root = etree.fromstring(project)
    SCHEMA.assertValid(root)
    guids = root.xpath("//@guid")
    assert len(guids) == len(set(guids))
    assert {*root.xpath("//@targetGUID"), *root.xpath("//@creatingUser")} <= set(guids)
    assert len(files) == 1 + len(PAPERS)


def test_the_schema_refuses_a_broken_project() -> None:
    root = etree.fromstring(parts(exported("qdpx", review([])))[0])
    next(root.iter(f"{Q}PlainTextSelection")).attrib.pop("startPosition")
    assert not SCHEMA.validate(root)


def test_an_independent_reader_finds_each_word_and_who_coded_it() -> None:
    words = {one.id: one.text for one in (*PROPOSALS, *ADDED)}
    data = review(
        [
            event("Ana", PROPOSALS[1], Value(choice="accepted", usage="quoted", note="As told.\nTwice.")),
            event("Ben Ó Briain", PROPOSALS[1], Value(choice="rejected", reason="reading error")),
            event(CONSENSUS, PROPOSALS[2], Value(label="chang-2021/mechanism/hope")),
            event("Ana", ADDED[0], Value(choice="accepted"), action="add", added=ADDED[0]),
        ]
    )
    found = coded(exported("qdpx", data))
    assert {(code, text) for user, code, text in found if user == "lang-audit"} == {
        (one.label.rpartition("/")[2], one.text) for one in PROPOSALS
    }
    assert {told for told in found if told[0] != "lang-audit"} == {
        ("Ana", "addict", words[PROPOSALS[1].id]),
        ("Ana", "accepted", words[PROPOSALS[1].id]),
        ("Ana", "quoted", words[PROPOSALS[1].id]),
        ("Ben Ó Briain", "rejected", words[PROPOSALS[1].id]),
        (CONSENSUS, "hope", words[PROPOSALS[2].id]),
        ("Ana", "linkage", "Outreach"),
        ("Ana", "accepted", "Outreach"),
    }
    notes = ET.fromstring(parts(exported("qdpx", data))[0]).findall(f"{Q}Notes/{Q}Note/{Q}PlainTextContent")
    assert sorted(note.text for note in notes) == ["As told.\nTwice.", "reading error"]


def test_stored_texts_keep_their_length_in_every_reader() -> None:
    for text in (*TEXTS, "a\rb\r\nc", "\ufeff"):
        stored = stored_text(text)
        assert len(stored) == len(text)
        assert io.TextIOWrapper(io.BytesIO(stored.encode()), encoding="utf-8-sig").read() == stored


def elsewhere(selections: str, text: str = PAPERS[0].text, *, name: str = "first.pdf", extra: str = "") -> bytes:
    """A project as another tool would write it: other GUIDs, names of codes only, the text inside."""
    held = io.BytesIO()
    escaped = text.replace("&", "&amp;").replace("<", "&lt;")
    with zipfile.ZipFile(held, "w") as out:
        out.writestr("project.qde", f"""<?xml version="1.0"?>{extra}
            <Project xmlns="urn:QDA-XML:project:1.0" name="x" origin="OtherTool"><Users>
            <User guid="{{{guid("u1").upper()}}}" name="researcher"/></Users><CodeBook><Codes>
            <Code guid="{guid("c1")}" name="Mechanisms" isCodable="true"><Code guid="{guid("c2")}" name="TRUST" isCodable="true"/>
            <Code guid="{guid("c3")}" name="Fear &amp; awe" isCodable="true"/></Code></Codes></CodeBook>
            <Sources><TextSource guid="{guid("s1")}" name="{name}"><PlainTextContent>{escaped}</PlainTextContent>{selections}
            </TextSource></Sources></Project>""")  # fmt: skip
    return held.getvalue()


def selection(start: int, end: int, code: str) -> str:
    return (
        f'<PlainTextSelection guid="{guid(str(start), code)}" startPosition="{start}" endPosition="{end}">'
        f'<Coding guid="{guid(code, str(end))}" creatingUser="{guid("u1")}"><CodeRef targetGUID="{guid(code)}"/></Coding>'
        "</PlainTextSelection>"
    )


def imported(content: bytes, who: str | None = "Ana") -> ImportPlan:
    return read_decisions(Path("other.qdpx"), PROPOSALS, EMPTY, who, papers=PAPERS, content=content)


TRUST = next(one for one in PROPOSALS if one.text == "trust")
PLAIN = PAPERS[0].text.replace("\ufeff", "").replace("\r\n", "\n")  # the other tool took these off
FEAR = PLAIN.index("formula")


def test_a_project_of_another_tool_accepts_what_stands_at_its_place_and_adds_the_rest() -> None:
    at = PLAIN.index("trust")
    plan = imported(elsewhere(selection(at, at + 5, "c2") + selection(FEAR, FEAR + 7, "c3"), PLAIN))
    assert not plan.mistakes and not plan.conflicts
    accepted, added = sorted(plan.events, key=lambda e: e.action == "add")
    assert (accepted.who, accepted.proposal, accepted.after) == ("Ana", TRUST.id, Value(choice="accepted"))
    assert added.added is not None and added.added.label == "imported/Mechanisms/Fear & awe"
    assert PAPERS[0].text[added.added.start : added.added.end] == "formula" == added.added.text


def test_all_raters_of_another_tools_project_keep_their_names() -> None:
    at = PAPERS[0].text.index("trust")
    assert [e.who for e in imported(elsewhere(selection(at, at + 5, "c2")), None).events] == ["researcher"]


def test_what_stands_in_no_paper_or_at_no_place_is_told_and_nothing_is_made_up() -> None:
    plan = imported(elsewhere(selection(0, 5, "c2"), "Another text altogether.", name="other.txt"))
    assert not plan.events and "no paper of this review" in plan.conflicts[0].why
    plan = imported(elsewhere(selection(9_000, 9_005, "c2")))
    assert not plan.events and plan.conflicts


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (elsewhere("<PlainTextSelection guid='x' startPosition='a' endPosition='2'/>"), "whole numbers"),
        (elsewhere(selection(16, 23, "c9")), "not in the code book"),
        (elsewhere("", extra="<!DOCTYPE a [<!ENTITY b 'c'>]><a>"), "not well-formed"),
    ],
)
def test_mistakes_in_a_project_are_told(content: bytes, told: str) -> None:
    plan = imported(content)
    assert told in plan.mistakes[0] and not plan.events


def test_entities_are_not_resolved(tmp_path: Path) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("trust")
    at = PAPERS[0].text.index("trust")
    content = elsewhere(
        selection(at, at + 5, "c2"), "TEXT", extra=f'<!DOCTYPE Project [<!ENTITY s SYSTEM "{secret.as_uri()}">]>'
    )
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        project = archive.read("project.qde").replace(b"TEXT", b"&s;")
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as out:
        out.writestr("project.qde", project)
    assert not imported(held.getvalue()).events
