"""Nobody gets in without the token, under another name, or with a change that began on somebody else's page."""

from __future__ import annotations

import warnings

import pytest
from click.testing import CliRunner

from lang_audit.cli import cli
from lang_audit.review.web.app import make_app
from lang_audit.review.web.security import BODY_LIMIT, IMPORT_LIMIT
from tests.review.web.conftest import BASE, TOKEN, Review

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    from starlette.testclient import TestClient

PAGES = ["/", "/you", "/help", "/reconcile", "/agreement", "/unmatched", "/exchange", "/labels", "/export/csv"]


def client(review: Review) -> TestClient:
    return TestClient(review.app, base_url=BASE, follow_redirects=False)


@pytest.mark.parametrize("path", PAGES)
def test_nothing_without_the_token(path: str, review: Review) -> None:
    answer = client(review).get(path)
    assert answer.status_code == 403
    assert "Peers as partners" not in answer.text


def test_nothing_of_a_paper_without_the_token(review: Review) -> None:
    for path in (f"/paper/{review.keys[0]}", f"/picture/{review.keys[0]}/1", f"/reconcile/{review.keys[0]}"):
        assert client(review).get(path).status_code == 403
    assert client(review).post("/release", data={"which": "all"}).status_code == 403


@pytest.mark.parametrize("token", ["", "wrong", TOKEN[:-1], TOKEN + "x", "ä"])
def test_a_wrong_token_opens_nothing(token: str, review: Review) -> None:
    answer = client(review).get("/login", params={"token": token})
    assert answer.status_code == 403
    assert "set-cookie" not in answer.headers


def test_the_token_becomes_a_cookie_and_leaves_the_address(review: Review) -> None:
    answer = client(review).get(f"/login?token={TOKEN}")
    assert (answer.status_code, answer.headers["location"]) == (303, "/")
    cookie = answer.headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=strict" in cookie
    assert TOKEN not in cookie


def test_from_another_site_the_way_in_is_a_page_of_ours(review: Review) -> None:
    answer = client(review).get(f"/login?token={TOKEN}", headers={"sec-fetch-site": "cross-site"})
    assert answer.status_code == 200
    assert 'http-equiv="refresh" content="0; url=/"' in answer.text
    assert TOKEN not in answer.text


@pytest.mark.parametrize(
    ("host", "status"),
    [
        ("127.0.0.1:8000", 303),
        ("localhost:1234", 303),  # as seen through a tunnel
        ("[::1]:8000", 303),
        ("evil.example", 421),
        ("127.0.0.1.evil.example:8000", 421),
        ("localhost.evil.example", 421),
        ("127.0.0.1@evil.example", 400),
        ("localhost/evil", 400),
        ("localhost:port", 400),
        ("", 400),
    ],
)
def test_host_header(host: str, status: int, review: Review) -> None:
    assert client(review).get(f"/login?token={TOKEN}", headers={"host": host}).status_code == status


def test_other_names_are_let_in_only_where_they_were_named(review: Review) -> None:
    app = make_app(review.workspace, token=TOKEN, hosts=["review.example", "192.0.2.7"])
    for host, status in (("review.example:8000", 303), ("192.0.2.7", 303), ("127.0.0.1:8000", 421)):
        asked = TestClient(app, base_url=f"http://{host}", follow_redirects=False)
        assert asked.get(f"/login?token={TOKEN}").status_code == status
        assert asked.get("/").status_code == (303 if status == 303 else 421)  # to "who are you?"


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"origin": BASE}, 200),
        ({"origin": BASE, "sec-fetch-site": "same-origin"}, 200),
        ({"sec-fetch-site": "same-origin"}, 200),
        ({}, 403),
        ({"origin": "null"}, 403),
        ({"origin": "http://evil.example"}, 403),
        ({"origin": "http://[::1"}, 403),
        ({"origin": "http://127.0.0.1:9000"}, 403),  # another server of this machine
        ({"origin": BASE, "sec-fetch-site": "same-site"}, 403),
        ({"origin": BASE, "sec-fetch-site": "cross-site"}, 403),
    ],
)
def test_changes_begin_on_our_own_pages(headers: dict[str, str], status: int, review: Review) -> None:
    ann = review.reviewer("Ann")
    fields = {"csrf": ann.csrf, "proposal": review.ids[0], "action": "accept", "seen": "0"}
    path = f"/paper/{review.keys[0]}/decide"
    assert ann.client.post(path, data=fields, headers=headers).status_code == status
    assert len(review.store.events()) == (status == 200)


@pytest.mark.parametrize("csrf", ["", "wrong", None])
def test_changes_carry_the_token_of_the_session(csrf: str | None, review: Review) -> None:
    ann, other = review.reviewer("Ann"), review.reviewer("Ben")
    assert ann.csrf != other.csrf
    fields = {"proposal": review.ids[0], "action": "accept", "seen": "0"}
    for told in (csrf, other.csrf):
        sent = fields | ({"csrf": told} if told is not None else {})
        for path in (f"/paper/{review.keys[0]}/decide", "/release", "/you", "/import"):
            assert ann.client.post(path, data=sent, headers={"origin": BASE}).status_code == 403
    assert review.store.events() == []


def test_the_token_may_stand_in_a_header(review: Review) -> None:
    ann = review.reviewer("Ann")
    fields = {"proposal": review.ids[0], "action": "accept", "seen": "0"}
    headers = {"origin": BASE, "x-csrf-token": ann.csrf}
    assert ann.client.post(f"/paper/{review.keys[0]}/decide", data=fields, headers=headers).status_code == 200


def test_every_answer_has_the_headers(review: Review) -> None:
    ann = review.reviewer("Ann")
    answers = [ann.get(path) for path in (*PAGES, "/static/review.js", "/nothing", f"/paper/{review.keys[0]}")]
    answers += [client(review).get("/"), ann.post("/nothing"), ann.client.request("PUT", "/")]
    for answer in answers:
        policy = answer.headers["content-security-policy"]
        assert policy.startswith("default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'")
        assert "unsafe" not in policy
        assert "frame-ancestors 'none'; base-uri 'none'" in policy
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["cache-control"] == "no-store"
        assert answer.headers["referrer-policy"] == "same-origin"


@pytest.mark.parametrize("within", ["guard", "application", "form"])
def test_what_nobody_expects_has_the_headers_too(within: str, review: Review, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object, **__: object) -> None:
        raise RuntimeError("made up for this test")

    asked = TestClient(review.app, base_url=BASE, raise_server_exceptions=False)
    asked.get(f"/login?token={TOKEN}")
    where = {"guard": "security._own_origin", "application": "routes.reviewer_name", "form": "security._form"}[within]
    monkeypatch.setattr(f"lang_audit.review.web.{where}", fail)
    csrf = review.app._sessions[next(iter(review.app._sessions))].csrf
    answer = asked.post("/you", data={"csrf": csrf, "name": "Ann"}, headers={"origin": BASE})
    assert answer.status_code == 500
    assert answer.headers["content-security-policy"].startswith("default-src 'none'")
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert "No decision was lost" in answer.text
    assert "made up" not in answer.text


def test_a_broken_form_says_nothing_in_the_terminal(review: Review, caplog: pytest.LogCaptureFixture) -> None:
    ann = review.reviewer("Ann")
    broken = {"origin": BASE, "content-type": "multipart/form-data; boundary=x", "x-csrf-token": ann.csrf}
    for content in (b"--y\r\nno form", b"--x\r\nno header\r\n", b"--x\r\n: \r\n\r\n"):
        assert ann.client.post("/you", content=content, headers=broken).status_code == 400
    assert not [one for one in caplog.records if one.name.startswith("python_multipart")]


def test_pages_have_no_inline_script_or_style(review: Review) -> None:
    ann = review.reviewer("Ann")
    for path in (*PAGES[:7], f"/paper/{review.keys[0]}", f"/paper/{review.keys[1]}"):
        text = ann.get(path).text
        assert text.count("<script") == 1  # src="/static/review.js"
        assert " style=" not in text
        assert "<style" not in text
        assert "http://" not in text.replace("http://www.w3.org/2000/svg", "")


@pytest.mark.parametrize(
    "path",
    [
        "/static/../app.py",
        "/static/..%2fapp.py",
        "/static/%2e%2e/app.py",
        "/static/missing.js",
        "/paper/../../etc/passwd",
        "/paper/..%2f..%2freview-data%2findex",
        "/paper/index",
        "/paper/" + "a" * 32,
        "/picture/..%2f/1",
        "/picture/" + "a" * 32 + "/1",
        "/export/..%2fcsv",
    ],
)
def test_no_path_reaches_the_files(path: str, review: Review) -> None:
    assert review.reviewer("Ann").get(path).status_code == 404


def test_bodies_are_limited(review: Review) -> None:
    ann = review.reviewer("Ann")
    assert ann.post("/you", name="x" * (BODY_LIMIT + 1)).status_code == 413

    def endless():  # type: ignore[no-untyped-def]
        for _ in range(100):
            yield b"x" * BODY_LIMIT

    headers = {"origin": BASE, "content-type": "application/x-www-form-urlencoded"}
    assert ann.client.post("/you", content=endless(), headers=headers).status_code == 413
    assert ann.client.post("/import", headers=headers | {"content-length": str(IMPORT_LIMIT + 1)}).status_code == 413
    broken = {"origin": BASE, "content-type": "multipart/form-data; boundary=x", "x-csrf-token": ann.csrf}
    assert ann.client.post("/you", content=b"--y\r\nno form", headers=broken).status_code in (400, 403)


def test_titles_and_words_are_escaped(review: Review) -> None:
    ann = review.reviewer("<b>Ann</b>")
    for path in ("/", f"/paper/{review.keys[1]}", f"/paper/{review.keys[1]}?view=text&q=<script>alert(2)</script>"):
        text = ann.get(path).text
        assert "<script>alert" not in text
        assert "<b>Ann" not in text
        assert "&lt;script&gt;alert(1)" in text
        assert "{{ 7 * 7 }}" in text


def test_a_rogue_name_is_refused(review: Review) -> None:
    ann = review.reviewer("")
    spelt = (
        "Consensus",
        "CON SENSUS",
        "lang-audit",
        "Lang Audit",
        "\uff08consensus\uff09",
        "\uff43onsensus",
        "[consensus]",
    )
    for name in ("", "   ", "(consensus)", "(lang-audit)", "\uff08me", "a\u202eb", "x" * 61, "a\x00b", *spelt):
        assert ann.post("/you", name=name).status_code == 400
    assert ann.get("/", follow_redirects=False).headers["location"] == "/you"


def test_a_long_name_is_not_said_back_whole(review: Review) -> None:
    result = CliRunner().invoke(cli, ["review", str(review.folder), "--no-browser", "--reviewer", "x" * 10_000])
    assert result.exit_code != 0
    assert "x" * 60 in str(result.exception)
    assert "x" * 61 not in str(result.exception)
