"""Web Annotations: their form by the W3C's model, places that fit, and annotations of other tools."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema
from hypothesis import given, settings

from lang_audit.review.events import EMPTY, Value
from lang_audit.review.exchange import ImportPlan, ReviewData, exported, read_decisions
from lang_audit.review.exchange.refi_qda import guid
from tests.review.exchange.reviews import PAPERS, PROPOSALS, reviews

IRI = {"type": "string", "format": "uri", "pattern": "^[a-z]+:"}
TIME = {"type": "string", "pattern": r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$"}
MOTIVES = [
    "assessing", "bookmarking", "classifying", "commenting", "describing", "editing", "highlighting", "identifying", "linking",
    "moderating", "questioning", "replying", "tagging",
]  # fmt: skip
AGENT = {
    "type": "object",
    "required": ["id", "type", "name"],
    "properties": {"id": IRI, "type": {"enum": ["Person", "Software", "Organization"]}, "name": {"type": "string"}},
}
# Web Annotation Data Model, W3C Recommendation of 23 February 2017: 3.1, 3.2.4, 3.3.3, 4.2.4, 4.2.5, 5.1, 5.2.
ANNOTATION = {
    "type": "object",
    "required": ["id", "type", "body", "target", "creator", "motivation"],
    "properties": {
        "id": IRI,
        "type": {"const": "Annotation"},
        "created": TIME,
        "creator": AGENT,
        "motivation": {"enum": MOTIVES},
        "body": {
            "type": "array",
            "minItems": 1,
            "items": {
                "type": "object",
                "required": ["type", "value", "purpose"],
                "properties": {
                    "type": {"const": "TextualBody"},
                    "value": {"type": "string", "minLength": 1},
                    "purpose": {"enum": MOTIVES},
                    "format": {"const": "text/plain"},
                },
                "additionalProperties": False,
            },
        },
        "target": {
            "type": "object",
            "required": ["source", "selector"],
            "properties": {
                "id": IRI,
                "type": {"const": "SpecificResource"},
                "source": {"type": "object", "required": ["id"], "properties": {"id": IRI}},
                "selector": {
                    "type": "array",
                    "items": {
                        "oneOf": [
                            {
                                "required": ["start", "end"],
                                "properties": {
                                    "type": {"const": "TextPositionSelector"},
                                    "start": {"type": "integer", "minimum": 0},
                                    "end": {"type": "integer", "minimum": 1},
                                },
                                "additionalProperties": False,
                            },
                            {
                                "required": ["exact"],
                                "properties": {
                                    "type": {"const": "TextQuoteSelector"},
                                    "exact": {"type": "string", "minLength": 1},
                                    "prefix": {"type": "string"},
                                    "suffix": {"type": "string"},
                                },
                                "additionalProperties": False,
                            },
                        ]
                    },
                },
            },
        },
    },
}
COLLECTION = {
    "type": "object",
    "required": ["@context", "id", "type", "first", "total"],
    "properties": {
        "@context": {"const": "http://www.w3.org/ns/anno.jsonld"},
        "id": IRI,
        "type": {"const": "AnnotationCollection"},
        "created": TIME,
        "creator": AGENT,
        "total": {"type": "integer"},
        "first": {
            "type": "object",
            "required": ["id", "type", "items"],
            "properties": {
                "id": IRI,
                "type": {"const": "AnnotationPage"},
                "items": {"type": "array", "items": ANNOTATION},
            },
        },
    },
}


@settings(max_examples=8)
@given(data=reviews())
def test_annotations_have_the_form_of_the_model_and_quote_what_stands_at_their_place(data: ReviewData) -> None:
    told = json.loads(exported("annotations", data))
    jsonschema.validate(told, COLLECTION)
    texts = {f"urn:uuid:{guid('source', paper.key)}": paper.text for paper in PAPERS}
    items = told["first"]["items"]
    assert told["total"] == len(items) == len({item["id"] for item in items})
    for item in items:
        text = texts[item["target"]["source"]["id"]]
        place, quote = item["target"]["selector"]
        assert text[place["start"] : place["end"]] == quote["exact"]
        assert text[: place["start"]].endswith(quote["prefix"]) and text[place["end"] :].startswith(quote["suffix"])


def elsewhere(exact: str, body: Any, **more: Any) -> dict[str, Any]:
    quote = {"type": "TextQuoteSelector", "exact": exact, **more.pop("around", {})}
    target = {"source": PAPERS[0].source, "selector": quote}
    return {"type": "Annotation", "id": "https://example.org/1", "body": body, "target": target, **more}


def imported(*items: Any, who: str | None = "Ana") -> ImportPlan:
    content = json.dumps(list(items)).encode()
    return read_decisions(Path("other.jsonld"), PROPOSALS, EMPTY, who, papers=PAPERS, content=content)


def test_an_annotation_of_another_tool_is_found_by_its_words() -> None:
    second = next(one for one in PROPOSALS if one.text == "addicts" and one.start > 30)
    tag = [{"type": "TextualBody", "purpose": "tagging", "value": "Addict"}, {"type": "TextualBody", "value": "why?"}]
    plan = imported(elsewhere("addicts", tag, around={"suffix": " said so"}))
    (made,) = plan.events
    assert (made.who, made.proposal, made.after) == ("Ana", second.id, Value(choice="accepted", note="why?"))


def test_a_tag_at_another_place_is_an_addition_and_creators_keep_their_names() -> None:
    plan = imported(elsewhere("clinic", {"purpose": "tagging", "value": "place"}, creator={"name": "Cleo"}), who=None)
    (made,) = plan.events
    assert made.who == "Cleo" and made.added is not None
    assert made.added.label == "imported/codes/place" and made.added.text == "clinic"


def test_what_cannot_be_placed_is_told() -> None:
    plan = imported(elsewhere("nowhere", "x"), {"type": "Note"}, elsewhere("clinic", "a comment only"))
    assert not plan.events and "annotation 2" in plan.mistakes[0]
    assert [c.why for c in plan.conflicts] == [
        "its words are not in the paper", "it has no code, and nothing is proposed at its place",
    ]  # fmt: skip
