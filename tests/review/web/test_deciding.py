"""What a reviewer sends becomes an event, or is refused with what stands there now."""

from __future__ import annotations

import re

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lang_audit.review.events import CONSENSUS, REASONS, Event, Value
from lang_audit.review.kept import finish, keep
from lang_audit.review.web.leaves import leaves, paragraphs, placed
from tests.review.web.conftest import Review
from tests.review.web.made import ADDICT, made_record, sentences


def test_decisions_are_events(review: Review) -> None:
    ann, key, ids = review.reviewer("Ann"), review.keys[0], review.ids
    assert ann.decide(key, ids[0], "accept").json()["say"] == "Accepted. 1 of 8 decided by you."
    ann.decide(key, ids[1], "reject", reason="1")
    ann.decide(key, ids[2], "reject", own_reason="a friend says so")
    ann.decide(key, ids[3], "change", usage="quoted", severity="stigmatising", label=ADDICT)
    ann.decide(key, ids[4], "note", note="look again")
    mine = review.store.state().decisions["Ann"]
    assert mine == {
        ids[0]: Value(choice="accepted"),
        ids[1]: Value(choice="rejected", reason=REASONS[1]),
        ids[2]: Value(choice="rejected", reason="a friend says so"),
        ids[3]: Value(choice="accepted", usage="quoted"),
        ids[4]: Value(note="look again"),
    }
    ann.decide(key, ids[4], "reject", seen=5)
    ann.decide(key, ids[4], "clear", seen=6)
    assert ids[4] not in review.store.state().decisions["Ann"]
    assert [event.who for event in review.store.events()] == ["Ann"] * 7


def test_forms_work_without_a_script(review: Review) -> None:
    ann, key = review.reviewer("Ann"), review.keys[0]
    page = ann.get(f"/paper/{key}").text
    card = page[page.index(f'id="p-{review.ids[0]}"') :]
    form = card[card.index("<form") : card.index("</form>")]
    fields = dict(re.findall(r'name="(\w+)" value="([^"]*)"', form))
    answer = ann.post(
        f"/paper/{key}/decide",
        **{name: value.replace("&amp;", "&") for name, value in fields.items() if name != "csrf"},
    )
    assert answer.history[0].status_code == 303
    assert answer.history[0].headers["location"].endswith(f"#p-{review.ids[0]}")
    assert "Accepted: addicts" in answer.text
    assert review.store.state().decisions["Ann"] == {review.ids[0]: Value(choice="accepted")}
    assert "Accepted: addicts" not in ann.get(f"/paper/{key}").text


def test_two_windows_cannot_overwrite_each_other(review: Review) -> None:
    ann, key, ids = review.reviewer("Ann"), review.keys[0], review.ids
    assert ann.decide(key, ids[0], "accept").status_code == 200
    window = review.reviewer("ann")  # the same, in other letters
    late = window.decide(key, ids[0], "reject", reason="0")
    assert late.status_code == 409
    assert "changed meanwhile" in late.json()["say"]
    assert '<span class="state accepted">' in late.json()["card"]
    assert 'name="seen" value="1"' in late.json()["card"]
    fields = {"proposal": ids[0], "action": "reject", "seen": "0", "at": "view=page&n=1"}
    page = window.post(f"/paper/{key}/decide", **fields)
    assert page.status_code == 409
    assert 'role="alert"' in page.text
    assert review.store.state().decisions["Ann"][ids[0]] == Value(choice="accepted")
    assert window.decide(key, ids[0], "reject", seen=1).status_code == 200


def test_what_is_no_decision_is_refused(review: Review) -> None:
    ann, key, ids = review.reviewer("Ann"), review.keys[0], review.ids
    refused = [
        ann.decide(key, ids[0], "explode"),
        ann.decide(key, ids[0], "accept", seen=-1),
        ann.decide(key, ids[0], "change", usage="nonsense", severity="stigmatising", label=ADDICT),
        ann.decide(key, ids[0], "change", usage="author", severity="stigmatising", label="no such thing"),
        ann.decide(key, ids[0], "reject", own_reason="x" * 2001),
    ]
    assert [answer.status_code for answer in refused] == [400] * 5
    assert ann.decide(key, "unknown", "accept").status_code == 404
    assert ann.decide("unknown", ids[0], "accept").status_code == 404
    assert ann.decide(review.keys[1], ids[0], "accept").status_code == 404  # of another paper
    assert review.store.events() == []


def test_undo_goes_back_step_by_step(review: Review) -> None:
    ann, key, ids = review.reviewer("Ann"), review.keys[0], review.ids
    ann.decide(key, ids[0], "accept")
    ann.decide(key, ids[0], "reject", seen=1)
    told = ann.post(f"/paper/{key}/undo", json=True).json()
    assert told["href"].endswith(f"#p-{ids[0]}")
    assert review.store.state().decisions["Ann"][ids[0]] == Value(choice="accepted")
    ann.post(f"/paper/{key}/undo", json=True)
    assert review.store.state().decisions["Ann"] == {}
    assert ann.post(f"/paper/{key}/undo", json=True).status_code == 409
    assert len(review.store.events()) == 4


def test_additions(review: Review) -> None:
    ann, key = review.reviewer("Ann"), review.keys[0]
    fields = {"words": "came  LATE", "which": "2", "kind": "finding", "label": ADDICT, "at": "view=text&n=1"}
    answer = ann.post(f"/paper/{key}/add", **fields)
    assert answer.status_code == 200
    assert "Added by Ann" in answer.text
    text = review.workspace.paper(key).paper.text  # type: ignore[union-attr]
    start = text.index("trusted")
    ann.post(
        f"/paper/{key}/add",
        words="",
        start=str(start - 1),
        end=str(start + 8),
        kind="code",
        label="chang-2021/mechanism/trust",
    )
    added = list(review.store.state().added.values())
    assert [text[one.start : one.end] == one.text for one in added] == [True, True]
    assert [(one.text, one.kind) for one in added] == [("came late", "finding"), ("trusted", "code")]
    assert added[0].sentence == sentences()[1]
    for wrong in (
        {"words": "not there"},
        {"words": "addicts", "which": "99"},
        {"words": " "},
        {"label": "nothing such"},
    ):
        assert ann.post(f"/paper/{key}/add", **(fields | wrong)).status_code == 400
    assert len(review.store.state().added) == 2
    assert "Added by Ann" not in review.reviewer("Ben").get(f"/paper/{key}?view=text").text


def test_blind_until_both_release(review: Review) -> None:
    ann, ben, key, ids = review.reviewer("Ann"), review.reviewer("Ben"), review.keys[0], review.ids
    ann.decide(key, ids[0], "reject", own_reason="a secret of Ann")
    ben.decide(key, ids[0], "accept")
    for path in (
        "/",
        f"/paper/{key}",
        f"/paper/{key}/history/{ids[0]}",
        "/reconcile",
        "/agreement",
        "/export/csv",
        "/export/json",
    ):
        assert "a secret of Ann" not in ben.get(path).text
    assert ben.get(f"/reconcile/{key}").status_code == 403
    ann.post(f"/paper/{key}/release")
    for path in (f"/paper/{key}", f"/paper/{key}/history/{ids[0]}", "/export/csv"):
        assert "a secret of Ann" not in ben.get(path).text
    ben.post("/release", which="all")
    for path in (f"/paper/{key}", f"/paper/{key}/history/{ids[0]}", f"/reconcile/{key}", "/export/csv"):
        assert "a secret of Ann" in ben.get(path).text
    late = ben.decide(key, ids[1], "accept")
    assert late.status_code == 409
    assert "released" in late.json()["say"]
    assert ben.post(f"/paper/{key}/undo", json=True).status_code == 409


def test_a_bystander_sees_and_locks_nothing(review: Review) -> None:
    ann, ben, bob, key, ids = (*(review.reviewer(n) for n in ("Ann", "Ben", "Bob")), review.keys[0], review.ids)
    ann.decide(key, ids[0], "reject", own_reason="a secret of Ann")
    ann.post(f"/paper/{key}/release")
    refused = bob.post(f"/paper/{key}/release")
    assert refused.status_code == 409
    assert "decided nothing on this paper" in refused.text
    bob.decide(key, ids[0], "note", note="only a note")
    assert bob.post(f"/paper/{key}/release").status_code == 409
    bob.post("/release", which="all")
    assert review.store.state().released == {("Ann", key)}
    review.store.append(Event(when="2020-01-01", who="Bob", action="release", paper=key))  # as an older version let him
    for path in (f"/paper/{key}", f"/paper/{key}/history/{ids[0]}", "/export/csv", "/agreement"):
        assert "a secret of Ann" not in bob.get(path).text
    assert bob.get(f"/reconcile/{key}").status_code == 403
    assert "only a note" not in ann.get(f"/paper/{key}").text
    assert ann.decide(key, ids[1], "accept").status_code == 200
    assert bob.post(f"/reconcile/{key}/third").status_code == 403
    ben.decide(key, ids[0], "accept")
    ben.post("/release", which="all")
    assert review.store.state().released == {("Ann", key), ("Bob", key), ("Ben", key)}
    assert ann.decide(key, ids[1], "reject").status_code == 409
    for who in (ben, bob):  # he is a third now, as there are two to settle between
        assert "a secret of Ann" in who.get(f"/reconcile/{key}").text


def test_consensus(review: Review) -> None:
    ann, ben, eve, key, ids = (*(review.reviewer(name) for name in ("Ann", "Ben", "Eve")), review.keys[0], review.ids)
    for reviewer, action in ((ann, "reject"), (ben, "accept")):
        reviewer.decide(key, ids[0], action)
        reviewer.decide(key, ids[1], "accept")
        reviewer.post("/release", which="all")

    def settle(who, **fields: str):  # type: ignore[no-untyped-def]
        return who.post(f"/reconcile/{key}/decide", json=True, proposal=ids[0], at="show=all&page=1", **fields)

    assert settle(eve, seen="0", take="Ann").status_code == 403
    assert "as a third" in eve.get(f"/reconcile/{key}").text
    eve.post(f"/reconcile/{key}/third")
    page = eve.get(f"/reconcile/{key}").text
    assert page.count("<article") == 1
    assert settle(eve, seen="0", take="Ann").json()["tally"] == "0 still to settle."
    assert settle(ben, seen="0", action="accept").status_code == 409
    newest = review.store.events()[-1]
    assert (newest.who, newest.by, newest.after.choice) == (CONSENSUS, "Eve", "rejected")
    assert "All differences on this paper are settled" in ben.get(f"/reconcile/{key}").text
    assert ben.post(f"/reconcile/{key}/undo", json=True).status_code == 200
    assert CONSENSUS not in {who for who, values in review.store.state().decisions.items() if values}
    newest = str(review.store.events()[-1].number)
    changed = settle(ben, seen=newest, action="change", usage="quoted", severity="stigmatising", label=ADDICT)
    assert changed.status_code == 200
    assert "Ann and Ben" in ann.get("/agreement").text


def test_export_and_import(review: Review) -> None:
    ann, key, ids = review.reviewer("Ann"), review.keys[0], review.ids
    ann.decide(key, ids[0], "accept")
    for form in ("csv", "xlsx", "json", "qdpx", "annotations"):
        answer = ann.get(f"/export/{form}")
        assert answer.status_code == 200
        assert answer.headers["content-disposition"].startswith("attachment")
    exported = ann.get("/export/json").content
    ann.decide(key, ids[0], "reject", seen=1)

    def upload(content: bytes, name: str = "review.json", **more: str):  # type: ignore[no-untyped-def]
        files = {"file": (name, content)}
        return ann.client.post(
            "/import", data={"csrf": ann.csrf, **more}, files=files, headers={"origin": "http://127.0.0.1:8000"}
        )

    assert upload(b"{]").status_code == 400
    answer = upload(exported)
    assert answer.status_code == 200
    assert review.store.state().decisions["Ann"][ids[0]].choice == "rejected"
    assert upload(b"x", name="../../etc/passwd").status_code == 400


def test_list_filters_and_pages(review: Review) -> None:
    ann = review.reviewer("Ann")
    assert ann.get("/").text.count('class="to-paper"') == 3
    assert ann.get("/?q=PARTNERS+fabricated").text.count('class="to-paper"') == 1
    assert ann.get("/?verdict=unread").text.count('class="to-paper"') == 1
    assert ann.get("/?q=nothing&sort=todo&page=99").text.count('class="to-paper"') == 0
    assert ann.get("/?page=-1&sort=%00&verdict=%3Cb%3E&progress=open").status_code == 200
    assert ann.get(f"/paper/{review.keys[2]}").status_code == 404


def test_a_new_run_is_seen_without_a_new_start(review: Review) -> None:
    ann, key = review.reviewer("Ann"), review.keys[0]
    ann.decide(key, review.ids[0], "accept")
    said = [*sentences(), "Some addicts came twice."]
    keep(review.folder, made_record(str(review.folder / "peers.txt"), "Peers again", said), "0.html")
    finish(review.folder)
    assert ann.get("/").text.count('class="to-paper"') == 1
    page = ann.get(f"/paper/{key}").text
    assert "Peers again" in page
    assert "1 of 9 decided by you" in page


def test_pictures_only_of_the_file_that_was_read(make_review) -> None:  # type: ignore[no-untyped-def]
    review = make_review(pdf=True)
    ann, key = review.reviewer("Ann"), review.keys[0]
    answer = ann.get(f"/picture/{key}/1")
    assert answer.headers["content-type"] == "image/png"
    assert answer.content.startswith(b"\x89PNG")
    assert ann.get(f"/picture/{key}/99").status_code == 404
    page = ann.get(f"/paper/{key}?n=1").text
    x, y = map(float, re.search(r'hl flag.*?<rect x="([\d.]+)" y="([\d.]+)"', page).groups())  # type: ignore[union-attr]
    assert (80 < x < 90, 55 < y < 75) == (True, True)  # "The addicts": after the first word, on the first line
    (review.folder / "peers.pdf").write_bytes(b"%PDF-1.4 another paper")
    assert f"/picture/{key}/1" not in ann.get(f"/paper/{key}?n=1").text


words = st.text(st.sampled_from("ab \n\U0001f600\ud800"), min_size=1, max_size=30).filter(str.strip)


@settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(words, min_size=1, max_size=8, unique=True), st.sampled_from(["page", "text"]))
def test_every_character_and_proposal_is_on_one_screen(said: list[str], view: str) -> None:
    said = [f"{k} {one} addicts" for k, one in enumerate(said)]
    appraisal = made_record("x.txt", "t", said, pages=True).appraisal
    assert appraisal
    from lang_audit.review.proposals import proposals

    every = proposals(appraisal, "k" * 32)
    cut = leaves(appraisal.paper, "text" if view == "text" else "page")
    on = placed(every, appraisal.paper, cut)
    assert sorted(one.id for there in on.values() for one in there) == sorted(one.id for one in every)
    if view == "text":
        shown = [
            one for leaf in cut for part in paragraphs(appraisal.paper, leaf, on[leaf.number]) for one in part.stretches
        ]
        text = appraisal.paper.text
        assert all(text[one.at : one.at + len(one.text)] == one.text for one in shown)
        assert "".join("".join(one.text for one in shown).split()) == "".join(text.split())
