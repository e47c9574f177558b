"""The workspace in a real browser, as reviewers use it: by keyboard. Skipped where there is no Chromium."""

from __future__ import annotations

import asyncio
import shutil
import socket
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import uvicorn

from lang_audit.review.events import CONSENSUS, REASONS, Value
from lang_audit.review.kept import finish, keep
from lang_audit.review.web.app import make_app
from lang_audit.review.web.workspace import Workspace
from lang_audit.settings import default_settings
from tests.review.web.conftest import TOKEN, Review
from tests.review.web.made import ADDICT, made_record, sentences

playwright = pytest.importorskip("playwright.sync_api")
axe = pytest.importorskip("axe_playwright_python.sync_playwright")
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
pytestmark = [pytest.mark.slow, pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine")]

_FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync"]
_FLAGS += ["--disable-background-networking", "--disable-component-update"]


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with playwright.sync_playwright() as play:
        browser = play.chromium.launch(executable_path=CHROMIUM, args=_FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def serve() -> Iterator[Callable[[Any], str]]:
    servers = []

    def start(app: Any) -> str:
        listener = socket.create_server(("127.0.0.1", 0))
        server = uvicorn.Server(uvicorn.Config(app, log_level="error", lifespan="off", ws="none"))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
        thread.start()
        servers.append((server, thread))
        while not server.started:
            time.sleep(0.01)
        return f"http://127.0.0.1:{listener.getsockname()[1]}"

    yield start
    for server, thread in servers:
        server.should_exit = True
        thread.join(5)


@pytest.fixture
def sit_down(browser: Any, serve: Any) -> Iterator[Callable[..., Any]]:
    """A reviewer's own browser window, logged in; whatever goes wrong in it is in `page.said`."""
    contexts = []

    def sit(address: str, name: str, **options: Any) -> Any:
        context = browser.new_context(**options)
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(15_000)
        page.said = []
        page.on("console", lambda message: page.said.append(message.text))
        page.on("pageerror", lambda error: page.said.append(str(error)))
        page.on(
            "request", lambda request: page.said.append(request.url) if not request.url.startswith(address) else None
        )
        page.goto(f"{address}/login?token={TOKEN}")
        page.keyboard.press("Tab")
        page.fill("#name", name)
        page.keyboard.press("Enter")
        page.wait_for_url(f"{address}/")
        return page

    yield sit
    for context in contexts:
        context.close()


def slowly(app: Any) -> Any:
    """The application where each decision takes a moment."""

    async def slow(scope: Any, receive: Any, send: Any) -> None:
        if scope.get("path", "").endswith("/decide"):
            await asyncio.sleep(0.15)
        await app(scope, receive, send)

    return slow


def said(page: Any, words: str) -> None:
    page.wait_for_function("(words) => document.getElementById('say').textContent.includes(words)", arg=words)


def test_a_paper_from_start_to_end_by_keyboard(make_review: Any, serve: Any, sit_down: Any) -> None:
    review: Review = make_review(findings=48, pdf=True)  # 50 proposals on two pages
    page = sit_down(serve(review.app), "Ann")
    press = page.keyboard.press
    press("j")  # the first paper
    press("Enter")
    page.wait_for_selector(".card")
    press("j")
    for done, action in enumerate(["a", "r3", "2", "r9", "c", "n", *["a"] * 44], 1):
        match action:
            case "r3":
                press("r")
                press("3")
            case "r9":
                press("9")
                page.keyboard.type("in her own words")
                press("Enter")
            case "c":
                press("c")
                page.keyboard.type("Quo")  # chooses in the list of uses
                press("Enter") if page.evaluate("document.activeElement.tagName") == "INPUT" else None
                page.keyboard.press("Tab")
                page.keyboard.press("Tab")
                press("Enter")
            case "n":
                press("n")
                page.keyboard.type("look at this again")
                press("Tab")
                press("Enter")
                said(page, "Note saved")
                press("a")
            case _:
                press(action)
        if action != "n" and done == 25:
            page.wait_for_url("**n=2*")  # on to the next page by itself
            playwright.expect(page.locator(".card.here")).to_have_count(1)
        else:
            said(page, f"{done} of 50 decided")
    values = list(review.store.state().decisions["Ann"].values())
    assert sum(value.choice is not None for value in values) == 50
    by_id = review.store.state().decisions["Ann"]
    ids = review.ids
    assert by_id[ids[1]].reason == REASONS[2]
    assert by_id[ids[2]].reason == REASONS[1]
    assert by_id[ids[3]].reason == "in her own words"
    assert by_id[ids[4]] == Value(choice="accepted", usage="quoted")
    assert by_id[ids[5]] == Value(choice="accepted", note="look at this again")
    press("u")
    playwright.expect(page.locator(".told")).to_contain_text("Taken back")
    assert sum(value.choice is not None for value in review.store.state().decisions["Ann"].values()) == 49
    assert page.said == []


def test_quick_keys_are_all_taken_in_order(review: Review, serve: Any, sit_down: Any) -> None:
    page = sit_down(serve(slowly(review.app)), "Ann")
    page.goto(page.url + f"paper/{review.keys[0]}?view=text&n=1")
    ids = [page.locator(".card").nth(k).get_attribute("data-id") for k in range(4)]
    for key in "jaa3ka":  # the third is rejected, then accepted after all, before any answer has come
        page.keyboard.press(key)
    page.keyboard.press("k")
    page.keyboard.press("k")  # the reviewer goes back meanwhile, and stays there
    here = page.evaluate("document.activeElement.dataset.id")
    said(page, "3 of 8 decided")
    playwright.expect(page.locator(".card.accepted")).to_have_count(3)
    assert page.evaluate("document.activeElement.dataset.id") == here == ids[1]
    values = review.store.state().decisions["Ann"]
    assert [values[id_].choice for id_ in ids[:3]] == ["accepted"] * 3
    told = [(event.proposal, event.action) for event in review.store.events()]
    assert told == [(ids[0], "accept"), (ids[1], "accept"), (ids[2], "reject"), (ids[2], "accept")]
    assert page.said == []


def test_quick_keys_before_the_next_page(make_review: Any, serve: Any, sit_down: Any) -> None:
    review: Review = make_review(findings=26, pdf=True)
    page = sit_down(serve(slowly(review.app)), "Ann")
    page.goto(page.url + f"paper/{review.keys[0]}")
    page.locator(".card").nth(22).focus()
    for key in "aaaa":  # three cards are left on this page
        page.keyboard.press(key)
    page.wait_for_url("**n=2*")
    assert len(review.store.state().decisions["Ann"]) == 3
    assert page.said == []


def test_a_refused_answer_takes_nothing_along(review: Review, serve: Any, sit_down: Any) -> None:
    page = sit_down(serve(slowly(review.app)), "Ann")
    page.goto(page.url + f"paper/{review.keys[0]}?view=text&n=1")
    ids = [page.locator(".card").nth(k).get_attribute("data-id") for k in range(3)]
    review.reviewer("Ann").decide(review.keys[0], ids[0], "reject", own_reason="in another window")
    for key in "jaaa":
        page.keyboard.press(key)
    playwright.expect(page.locator(".card.accepted")).to_have_count(2)
    said(page, "addicts: ")
    said(page, "changed meanwhile")
    values = review.store.state().decisions["Ann"]
    assert [values[id_].choice for id_ in ids] == ["rejected", "accepted", "accepted"]
    assert page.locator(".card.here").count() == 1
    assert page.evaluate("document.activeElement.dataset.id") not in ids


def test_select_words_and_add_them(review: Review, serve: Any, sit_down: Any) -> None:
    page = sit_down(serve(review.app), "Ann")
    page.goto(page.url + f"paper/{review.keys[0]}?view=text&n=1")
    stretch = page.locator(".text [data-at]", has_text="late \U0001f600 to the clinic").nth(1)
    stretch.evaluate(
        """(node) => {
            const text = node.firstChild, at = text.data.indexOf("clinic"), range = document.createRange();
            range.setStart(text, at); range.setEnd(text, at + 6);
            getSelection().removeAllRanges(); getSelection().addRange(range);
        }"""
    )
    page.wait_for_function("document.querySelector('[name=words]').value === 'clinic'")
    page.keyboard.press("s")
    page.keyboard.type(ADDICT)
    page.keyboard.press("Enter")
    page.wait_for_selector(".card:has-text('Added by Ann')")
    (added,) = review.store.state().added.values()
    assert (added.text, added.sentence) == ("clinic", sentences()[1])  # after a sign of two UTF-16 units
    assert page.said == []


def test_click_goes_both_ways(make_review: Any, serve: Any, sit_down: Any) -> None:
    review: Review = make_review(pdf=True)
    page = sit_down(serve(review.app), "Ann")
    page.goto(page.url + f"paper/{review.keys[0]}")
    page.locator(".hl.flag").nth(2).click()
    assert page.evaluate("document.activeElement.id") == f"p-{review.ids[2]}"
    page.locator(".card").nth(1).locator(".to-mark").click()
    assert page.evaluate("document.activeElement.dataset.for") == review.ids[1]
    page.keyboard.press("m")
    assert page.evaluate("document.activeElement.id") == f"p-{review.ids[1]}"


def test_two_reviewers_and_reconciliation(review: Review, serve: Any, sit_down: Any) -> None:
    address = serve(review.app)
    ann, ben = sit_down(address, "Ann"), sit_down(address, "Ben")
    for page, keys in ((ann, "aaaaaaaa"), (ben, "a1aaa2aa")):
        page.goto(f"{address}/paper/{review.keys[0]}")
        page.keyboard.press("j")
        for done, key in enumerate(keys, 1):
            page.keyboard.press(key)
            said(page, f"{done} of 8 decided")
        assert "Ann" not in page.locator(".proposals .other").all_inner_texts()
        page.locator("#releasing summary").press("Enter")
        page.get_by_role("button", name="Release my decisions").press("Enter")
        page.wait_for_selector(".told")
    ben.get_by_role("link", name="Reconcile", exact=True).press("Enter")
    ben.get_by_role("link", name="Peers as partners").press("Enter")
    ben.wait_for_selector(".item")
    assert ben.locator(".item").count() == 2
    ben.keyboard.press("j")
    ben.keyboard.press("2")
    said(ben, "1 still to settle")
    ben.keyboard.press("a")
    said(ben, "0 still to settle")
    settled = review.store.state().decisions[CONSENSUS]
    assert [settled[review.ids[k]].choice for k in (1, 5)] == ["rejected", "accepted"]
    ben.goto(f"{address}/paper/{review.keys[0]}/history/{review.ids[1]}")
    told = ben.locator("main table").inner_text()
    assert all(words in told for words in ("Ann", "Ben", "Consensus (entered by Ben)"))
    with ann.expect_download() as download:
        ann.goto(f"{address}/exchange")
        ann.get_by_role("link", name="JSON", exact=True).press("Enter")
    assert download.value.suggested_filename == "review.json"
    assert ann.said + ben.said == []


def test_two_windows_on_the_same_decision(review: Review, serve: Any, sit_down: Any) -> None:
    address = serve(review.app)
    one, two = sit_down(address, "Ann"), sit_down(address, "Ann")
    for page in (one, two):
        page.goto(f"{address}/paper/{review.keys[0]}")
        page.keyboard.press("j")
    one.keyboard.press("a")
    said(one, "Accepted")
    two.keyboard.press("3")
    said(two, "changed meanwhile")
    assert two.locator(".card.here .state").inner_text() == "Accepted"
    two.keyboard.press("3")
    said(two, "Rejected")
    assert review.store.state().decisions["Ann"][review.ids[0]].reason == REASONS[2]


def test_a_run_with_another_lexicon_keeps_decisions(review: Review, serve: Any, sit_down: Any) -> None:
    page = sit_down(serve(review.app), "Ann")
    page.goto(page.url + f"paper/{review.keys[0]}")
    page.keyboard.press("j")
    page.keyboard.press("4")
    said(page, "Rejected")
    old = review.ids[0]
    said_again = made_record(
        str(review.folder / "peers.txt"), "Peers as partners: a fabricated paper", sentences(), entry="own/addicts"
    )
    from lang_audit.review.carried_over import carried

    keep(review.folder, said_again, "0.html")
    finish(review.folder)
    again = Workspace(review.folder, review.store, default_settings())
    opened = again.paper(review.keys[0])
    assert opened
    state = review.store.state()
    moved = carried(state, review.store.about(), [old], opened.proposals, opened.paper.text, "2020-01-01")
    review.store.append_all(moved.events)
    page = sit_down(serve(make_app(again, token=TOKEN)), "Ann")
    page.goto(page.url + f"paper/{review.keys[0]}")
    first = page.locator(".card").first
    assert first.locator(".state").inner_text() == "Rejected"
    assert first.locator(".detail").inner_text().endswith(REASONS[3])
    assert "own" in first.inner_text() or "addicts" in first.inner_text()


def test_wrong_host_and_missing_token(review: Review, serve: Any, browser: Any) -> None:
    address = serve(review.app)
    context = browser.new_context()
    try:
        page = context.new_page()
        assert page.goto(address).status == 403
        assert page.locator("h1").inner_text() == "Not let in"
        assert page.goto(address.replace("127.0.0.1", "rebound.localhost") + f"/login?token={TOKEN}").status == 421
    finally:
        context.close()


def test_from_another_page_the_way_in_works(review: Review, serve: Any, browser: Any) -> None:
    address = serve(review.app)
    context = browser.new_context()
    try:
        page = context.new_page()
        door = review.folder / "open-review.html"
        door.write_text(f'<!DOCTYPE html><meta http-equiv="refresh" content="0; url={address}/login?token={TOKEN}">')
        page.goto(door.as_uri())
        page.wait_for_url(f"{address}/you")
        assert page.locator("h1").inner_text() == "Who are you?"
    finally:
        context.close()


@pytest.mark.parametrize(("width", "scheme"), [(1300, "light"), (390, "dark")])
def test_axe_finds_nothing_and_pages_fit(make_review: Any, serve: Any, sit_down: Any, width: int, scheme: str) -> None:
    review: Review = make_review(pdf=True, findings=2)
    key, ids = review.keys[0], review.ids
    for name, action in (("Ann", "accept"), ("Ben", "reject")):
        reviewer = review.reviewer(name)
        reviewer.decide(key, ids[0], action)
        reviewer.decide(key, ids[1], "accept")
    address = serve(review.app)
    page = sit_down(address, "Ann", color_scheme=scheme, viewport={"width": width, "height": 900})
    before = ["/", "/you", f"/paper/{key}", f"/paper/{review.keys[1]}?view=text&n=1", f"/reconcile/{key}"]
    after = [f"/paper/{key}", f"/paper/{key}/history/{ids[0]}", "/reconcile", f"/reconcile/{key}", "/agreement"]
    after += ["/unmatched", "/exchange", "/help", "/nothing"]
    # Everything in the light and wide; narrow and dark what differs there.
    for paths in (before, after) if scheme == "light" else ([], ["/", f"/paper/{key}", f"/reconcile/{key}"]):
        for path in paths:
            page.goto(address + path)
            page.evaluate("document.querySelectorAll('details').forEach((d) => { d.open = true; })")
            found = axe.Axe().run(page, options={"resultTypes": ["violations"]})
            serious = [one["id"] for one in found.response["violations"] if one["impact"] in ("serious", "critical")]
            assert not serious, (path, found.generate_report())
            assert page.evaluate("document.documentElement.scrollWidth") <= width, path
        for name in ("Ann", "Ben"):
            review.reviewer(name).post("/release", which="all")


def test_everything_without_a_script(review: Review, serve: Any, sit_down: Any) -> None:
    page = sit_down(serve(review.app), "Ann", java_script_enabled=False)
    page.get_by_role("link", name="Peers as partners").click()
    page.locator(".card").first.get_by_role("button", name="Accept").click()
    assert "Accepted: addicts" in page.locator(".told").inner_text()
    card = page.locator(".card").nth(1)
    card.locator("summary", has_text="Reject").click()
    card.get_by_role("button", name=REASONS[0]).click()
    assert "Rejected: addicts" in page.locator(".told").inner_text()
    page.get_by_role("button", name="Take back my last decision").click()
    assert "Taken back" in page.locator(".told").inner_text()
