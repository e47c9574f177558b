"""Decisions after a re-run: found again though labels, places and sentences change; what is lost is listed."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lang_audit.review.carried_over import (
    WHY_ELSEWHERE,
    WHY_GONE,
    Carried,
    anchored,
    carried,
    decided_ids,
    left_behind,
    matched,
    read_unmatched,
    write_unmatched,
)
from lang_audit.review.events import MACHINE, Event, replay
from lang_audit.review.proposals import Proposal
from tests.review.made_up import NO, NOTHING, PAPER, TEXT, YES, event, numbered, proposal

WHEN = "2026-11-22T12:00:00+00:00"
_words = st.lists(st.sampled_from(["addicts", "clinic", "peers", "came", "."]), min_size=1, max_size=14)


def _of_text(words: list[str], label: str = "substance-use/addict") -> list[Proposal]:
    text = " ".join(words)
    found = [proposal(nth=k, text=text, label=label) for k in range(text.count("addicts"))]
    return list({one.id: one for one in found}.values())


def _run(events: list[Event], old: list[Proposal], new: list[Proposal], text: str = TEXT) -> Carried:
    state = replay(events)
    about = {one.id: one for one in old} | dict(state.added)
    return carried(state, about, decided_ids(state).get(PAPER, []), new, text, WHEN)


@given(_words)
def test_every_proposal_finds_itself(words: list[str]) -> None:
    mine = _of_text(words)
    assert [(m.old, m.new, m.how) for m in matched(mine, mine)] == [
        (one, one, "same") for one in sorted(mine, key=lambda p: (p.start, p.end))
    ]


@given(_words, _words, st.randoms(use_true_random=False), st.booleans())
def test_matching_is_one_to_one_and_order_makes_no_difference(
    first: list[str], second: list[str], dice: object, renamed: bool
) -> None:
    old, new = _of_text(first), _of_text(second, "substance-use/renamed" if renamed else "substance-use/addict")
    found = matched(old, new)
    assert len({m.old.id for m in found}) == len(found) == len({m.new.id for m in found})
    dice.shuffle(old)  # type: ignore[attr-defined]
    dice.shuffle(new)  # type: ignore[attr-defined]
    assert matched(old, new) == found


@given(_words, st.sampled_from([" ", "\n", "  ", "\n\n"]))
def test_another_reader_with_other_white_space_pages_and_offsets(words: list[str], space: str) -> None:
    plain, spaced = " ".join(words), space.join(words)
    ids = [[proposal(nth=k, text=text).id for k in range(text.count("addicts"))] for text in (plain, spaced)]
    assert ids[0] == ids[1]
    old = _of_text(words)
    moved = [one.model_copy(update={"start": one.start + 900, "end": one.end + 900, "page": 7}) for one in old]
    assert [m.how for m in matched(old, moved)] == ["same"] * len(old)


def test_a_changed_label_is_followed() -> None:
    old, new = proposal(), proposal(label="substance-use/person-label")
    result = _run(numbered([event("A", old.id, NO), event("B", old.id)]), [old], [new, proposal(nth=1)])
    assert [(e.who, e.proposal, e.after, e.by, e.carried_from, e.seen) for e in result.events] == [
        ("A", new.id, NO, MACHINE, old.id, 0),
        ("B", new.id, YES, MACHINE, old.id, 0),
    ]
    assert "then “substance-use/addict”" in str(result.events[0].reason)
    assert result.unmatched == []


def test_a_second_run_carries_nothing_again_and_the_way_back_is_found() -> None:
    old, new = proposal(), proposal(label="substance-use/person-label")
    log = numbered([event("A", old.id, NO)])
    log = numbered([*log, *_run(log, [old], [new]).events])
    assert _run(log, [old, new], [new]) == Carried(same=1, events=[], unmatched=[])
    # changed under the new name, then back to the old lexicon
    log = numbered([*log, event("A", new.id, YES)])
    back = _run(log, [old, new], [old])
    assert [(e.proposal, e.after) for e in back.events] == [(old.id, YES)]
    log = numbered([*log, *back.events])
    assert _run(log, [old, new], [old]) == Carried(same=1, events=[], unmatched=[])
    # and taken back under the old one
    cleared = _run(numbered([*log, event("A", old.id, NOTHING)]), [old, new], [new])
    assert [(e.proposal, e.after) for e in cleared.events] == [(new.id, NOTHING)]


def test_the_same_sentence_read_otherwise() -> None:
    old = proposal()
    new = old.model_copy(update={"id": "f" * 24, "nearby": "mo st | ca me"})
    assert [m.how for m in matched([old], [new])] == ["same sentence"]
    assert matched([old], [new.model_copy(update={"sentence": "Another sentence."})]) == []
    assert matched([old], [new.model_copy(update={"paper": "b" * 32})]) == []


def test_where_two_would_fit_none_is_taken() -> None:
    old = proposal(label="book/role/one", kind="code")
    others = [proposal(label=f"book/role/{name}", kind="code") for name in ("two", "three")]
    assert matched([old], others) == []
    assert [m.how for m in matched([old], others[:1])] == ["label changed"]


def test_a_code_of_another_dimension_is_another_code() -> None:
    old, new = (proposal(label=label, kind="code") for label in ("book/role/one", "book/outcome/one"))
    assert matched([old], [new]) == []


def test_what_cannot_be_matched_is_listed_with_all_that_is_known() -> None:
    old = proposal()
    log = numbered([event("A", old.id, NO), event("B", "forgotten"), event("A", "away", paper="b" * 32)])
    result = _run(log, [old], [proposal("abusers", label="x/y")])
    assert [(u.who, u.proposal, u.value, u.about, u.why) for u in result.unmatched] == [
        ("A", old.id, NO, old, WHY_GONE),
        ("B", "forgotten", YES, None, WHY_GONE),
    ]
    assert result.events == []
    (away,) = left_behind(replay(log), {}, {PAPER})
    assert (away.who, away.proposal, away.why) == ("A", "away", WHY_ELSEWHERE)


def test_the_list_is_written_and_read(tmp_path: object) -> None:
    from pathlib import Path

    folder = Path(str(tmp_path)) / "review-data"
    assert read_unmatched(folder) == []
    odd = proposal().model_copy(update={"sentence": "\udcff"})
    mine = _run(numbered([event("A", odd.id)]), [odd], []).unmatched
    write_unmatched(folder, mine)
    assert read_unmatched(folder) == mine


def test_a_reviewers_own_proposal_is_found_where_its_words_stand_now() -> None:
    own = proposal(nth=1)
    text = "Set anew.\n\n" + TEXT.replace(" ", "\n")
    place = anchored(own, text)
    assert place is not None and text[place.start : place.end] == "addicts"
    assert place.start == text.rindex("addicts")
    assert place.sentence.startswith("Some\naddicts") and text[place.sentence_start :].startswith(place.sentence)
    assert anchored(own, TEXT) is own
    assert anchored(own, "Nobody is named here.") is None
    assert anchored(own, "Other addicts, other words. More addicts.") is None


@pytest.mark.parametrize(("text", "lost"), [(TEXT, 0), ("\n\n" + TEXT, 0), ("Quite another text.", 1)])
def test_what_a_reviewer_added_stays_while_its_words_do(text: str, lost: int) -> None:
    own = proposal("harbour", label="x/y")
    add = event("A", own.id, action="add").model_copy(update={"added": own})
    result = _run(numbered([add]), [], [], text)
    assert (len(result.events), len(result.unmatched), result.same) == (0, lost, 1 - lost)
