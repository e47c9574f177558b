"""What goes out comes back: export, then import into an empty store, gives the same review."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings

from lang_audit.errors import ConfigError
from lang_audit.review.events import CONSENSUS, EMPTY, Value
from lang_audit.review.exchange import FORMS, ReviewData, export, exported, read_decisions
from tests.review.exchange.reviews import ADDED, PAPERS, PROPOSALS, WHEN, event, kept, review, reviews, stored


@pytest.mark.parametrize("form", FORMS)
@settings(max_examples=6)
@given(data=reviews())
def test_export_and_import_into_an_empty_store_give_the_same_state(form: str, data: ReviewData) -> None:
    content = exported(form, data)
    name = Path(f"review{FORMS[form].ending}")
    plan = read_decisions(name, PROPOSALS, EMPTY, None, papers=PAPERS, when=WHEN, content=content, release=True)
    assert not plan.mistakes and not plan.conflicts
    back = stored(plan.events)
    assert kept(back) == kept(data.state)
    assert dict(back.added) == dict(data.state.added)
    assert dict(back.added_by) == dict(data.state.added_by)
    if form in ("csv", "xlsx", "json"):
        assert back.released == data.state.released


@pytest.mark.parametrize("form", FORMS)
@settings(max_examples=6)
@given(data=reviews())
def test_importing_into_the_store_that_it_came_from_changes_nothing(form: str, data: ReviewData) -> None:
    plan = read_decisions(
        Path(f"r{FORMS[form].ending}"),
        PROPOSALS,
        data.state,
        None,
        papers=PAPERS,
        when=WHEN,
        content=exported(form, data),
    )
    assert not plan.mistakes and not plan.conflicts and not plan.events


@pytest.mark.parametrize("form", FORMS)
def test_the_same_review_gives_the_same_bytes(form: str) -> None:
    data = review([event("Ana", PROPOSALS[0], Value(choice="accepted"))])
    assert exported(form, data) == exported(form, data)


@pytest.mark.parametrize("form", FORMS)
def test_decisions_of_raters_who_may_not_be_seen_are_not_written(form: str, tmp_path: Path) -> None:
    events = [
        event("Ana", PROPOSALS[0], Value(choice="accepted", note="mine")),
        event("Zoltan", PROPOSALS[0], Value(choice="rejected", note="secret")),
        event("Zoltan", ADDED[0], Value(choice="accepted"), action="add", added=ADDED[0]),
    ]
    data = review(events, ("Ana",))
    plan = read_decisions(
        Path(f"r{FORMS[form].ending}"), PROPOSALS, EMPTY, None, papers=PAPERS, when=WHEN, content=exported(form, data)
    )
    assert kept(stored(plan.events)) == {"Ana": {PROPOSALS[0].id: Value(choice="accepted", note="mine")}}
    if form != "xlsx":  # packed
        assert b"Zoltan" not in exported(form, data)


@pytest.mark.parametrize("form", FORMS)
def test_whoever_imports_takes_over_their_own_decisions_only(form: str) -> None:
    events = [event(who, PROPOSALS[0], Value(choice="rejected")) for who in ("Ana", "Ben Ó Briain", CONSENSUS)]
    content = exported(form, review(events))
    plan = read_decisions(Path(f"r{FORMS[form].ending}"), PROPOSALS, EMPTY, "Ana", papers=PAPERS, content=content)
    assert [(e.who, e.by, e.action) for e in plan.events] == [("Ana", None, "import")]
    assert plan.others == 2


def test_a_file_is_written_whole_or_not_at_all(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="cannot be written"):
        export("csv", review([]), tmp_path / "none" / "r.csv")
    export("json", review([]), tmp_path / "r.json")
    assert [path.name for path in tmp_path.iterdir()] == ["r.json"]


def test_a_form_that_there_is_not_is_told() -> None:
    with pytest.raises(ConfigError, match="csv, xlsx, json, qdpx, annotations"):
        exported("docx", review([]))


@pytest.mark.parametrize("name", ["r.csv", "r.xlsx", "r.json", "r.qdpx", "r.jsonld", "r.doc"])
@pytest.mark.parametrize(
    "content", [b"", b"\xff\x00\x01", b"{}", b"[1]", b'"a', b"PK\x03\x04broken", b"id\n#1\n", b"[" * 5000]
)
def test_a_file_that_cannot_be_used_gives_mistakes_that_name_it(name: str, content: bytes) -> None:
    plan = read_decisions(Path(name), PROPOSALS, EMPTY, "Ana", papers=PAPERS, content=content)
    assert plan.mistakes and not plan.events
    assert all(mistake.startswith(name) for mistake in plan.mistakes)
