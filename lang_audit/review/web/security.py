"""Who may talk to the workspace: the guard before every request, and the headers on every answer.

The workspace listens on this machine only, and still others can reach it: web pages that the reviewer has open elsewhere, names
that are made to point to 127.0.0.1, other users of the machine. So the guard asks, in this order, for a Host header that names
this server (against DNS rebinding), for the session that the login token opens, and for every change for a request that began on
one of our own pages (Origin) and carries the session's token (against forgery). Bodies are read here, up to a limit.
"""

from __future__ import annotations

import hmac
import logging
import secrets
from collections import OrderedDict
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import urlsplit

from starlette.datastructures import FormData, Headers
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

LOGIN: Final = "/login"
STATIC: Final = "/static/"
IMPORT: Final = "/import"
BODY_LIMIT: Final = 64 * 1024
IMPORT_LIMIT: Final = 64 * 1024 * 1024
FIELD: Final = "csrf"
HEADER: Final = "x-csrf-token"
_SESSIONS: Final = 1000  # more than any team opens; the oldest goes first
_FIELDS: Final = 200
_HEADERS: Final = {
    "content-security-policy": "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
    "form-action 'self'; frame-ancestors 'none'; base-uri 'none'",
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    # Nothing goes to other sites. Not `no-referrer`: browsers then say `Origin: null` even on our own forms.
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "cache-control": "no-store",
}
BROKEN: Final = "Something is wrong in lang-audit itself; its terminal says what. No decision was lost."
_REFUSED: Final = {
    400: "This request cannot be understood.",
    403: "This needs the address that `lang-audit review` printed when it was started: it holds a key. "
    "If you have just followed a link from another site, go on to the workspace from here.",
    413: "This is more than the workspace takes at once.",
    421: "The workspace does not answer under this name. Use the address that `lang-audit review` printed; further names are "
    "allowed with --host.",
}
_NOT_OURS: Final = (
    "This change did not come from a page of the workspace, so it was not made. Load the page again and repeat it."
)
_ONWARD: Final = (
    '<!DOCTYPE html><html lang="en"><title>lang-audit review</title><meta http-equiv="refresh" content="0; url=/">'
    '<p><a href="/">Go on to the workspace</a></p></html>'
)

# What is no form is answered with 400; the parser's own words about it are nothing for the reviewer's terminal.
logging.getLogger("python_multipart").setLevel(logging.ERROR)

Refusal = Callable[[int, str], Response]


@dataclass(slots=True)
class Session:
    """One browser that has shown the login token.

    `name` is the reviewer's, empty until it is said; `told` is what the next page is to say about the last change.
    """

    name: str = ""
    told: str = ""
    csrf: str = field(default_factory=lambda: secrets.token_urlsafe(24))


class Guard:
    """ASGI middleware. Behind it `request.state.session` is there always, and `request.state.form` on every POST.

    `token` opens a session, `hosts` are the names (without port) under which the server answers, `refusal` makes the answer to
    what is not let in, `reviewer` is the name that a new session begins with.
    """

    def __init__(
        self, app: ASGIApp, *, token: str, hosts: Collection[str], refusal: Refusal, reviewer: str = ""
    ) -> None:
        self._app = app
        self._token = token
        self._hosts = frozenset(host.lower() for host in hosts)
        self._refusal = refusal
        self._reviewer = reviewer
        self._sessions: OrderedDict[str, Session] = OrderedDict()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let the request through, or answer it here."""
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
            return
        if scope["type"] != "http":  # there are no websockets here
            await send({"type": "websocket.close", "code": 1008})
            return

        begun = False

        async def send_safely(message: Message) -> None:
            nonlocal begun
            if message["type"] == "http.response.start":
                begun = True
                kept = [(name, value) for name, value in message["headers"] if name.decode("latin-1") not in _HEADERS]
                added = [(name.encode(), value.encode()) for name, value in _HEADERS.items()]
                message = {**message, "headers": kept + added}
            await send(message)

        try:
            answer = await self._refused(scope, receive)
            if isinstance(answer, int):
                answer = self._refusal(answer, _REFUSED[answer])
            await (answer or self._app)(scope, receive, send_safely)
        except Exception:
            if not begun:
                await self._refusal(500, BROKEN)(scope, receive, send_safely)
            raise  # for the terminal

    async def _refused(self, scope: Scope, receive: Receive) -> Response | int | None:
        headers = Headers(scope=scope)
        hosts = headers.getlist("host")
        if len(hosts) != 1 or not (host := _host_name(hosts[0])):
            return 400
        if host not in self._hosts:
            return 421
        if scope["path"] == LOGIN and scope["method"] == "GET":
            return self._login(Request(scope))
        if scope["path"].startswith(STATIC):  # nothing of the review is in these
            return None
        session = self._sessions.get(Request(scope).cookies.get(_cookie_name(hosts[0]), ""))
        if session is None:
            return 403
        scope.setdefault("state", {})["session"] = session
        if scope["method"] in ("GET", "HEAD"):
            return None
        if not _own_origin(headers, hosts[0]):
            return self._refusal(403, _NOT_OURS)
        limit = IMPORT_LIMIT if scope["path"] == IMPORT else BODY_LIMIT
        body = await _read(receive, headers, limit)
        if body is None:
            return 413
        form = await _form(scope, body)
        if form is None:
            return 400
        told = headers.get(HEADER) or form.get(FIELD)
        if not isinstance(told, str) or not hmac.compare_digest(told.encode(), session.csrf.encode()):
            return self._refusal(403, _NOT_OURS)
        scope["state"]["form"] = form
        return None

    def _login(self, request: Request) -> Response | int:
        told = request.query_params.get("token", "")
        if not hmac.compare_digest(told.encode(), self._token.encode()):
            return 403
        number = secrets.token_urlsafe(32)
        self._sessions[number] = Session(self._reviewer)
        if len(self._sessions) > _SESSIONS:
            self._sessions.popitem(last=False)
        answer: Response = RedirectResponse("/", status_code=303)
        if request.headers.get("sec-fetch-site", "none") not in ("none", "same-origin"):
            # Browsers keep a strict cookie back in a redirect that began elsewhere (a mail, a file), but not from our own page.
            answer = HTMLResponse(_ONWARD)
        answer.set_cookie(
            _cookie_name(request.headers["host"]),
            number,
            httponly=True,
            samesite="strict",
            secure=request.url.scheme == "https",
        )
        return answer


def _host_name(host: str) -> str | None:
    """The name in a Host header, in lower case; None where it is none."""
    try:
        parts = urlsplit(f"//{host}")
        _ = parts.port  # raises where it is no number
    except ValueError:
        return None
    if parts.username is not None or parts.path or parts.query or parts.fragment:
        return None
    return parts.hostname


def _cookie_name(host: str) -> str:
    """A name with the port: browsers keep one set of cookies for all ports of a machine."""
    return f"lang-audit-review-{urlsplit(f'//{host}').port or 80}"


def _own_origin(headers: Headers, host: str) -> bool:
    """Whether the browser says that the request began on a page of this server."""
    if headers.get("sec-fetch-site", "same-origin") != "same-origin":
        return False
    origin = headers.get("origin")
    if origin is None:
        return "sec-fetch-site" in headers
    try:
        parts = urlsplit(origin)
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and parts.netloc.lower() == host.lower()


async def _read(receive: Receive, headers: Headers, limit: int) -> bytes | None:
    """The body; None where it is longer than `limit` bytes, of which no more is then read."""
    said = headers.get("content-length", "0")
    if not said.isdecimal() or int(said) > limit:
        return None
    parts, length = [], 0
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            return None
        parts.append(message.get("body", b""))
        length += len(parts[-1])
        if length > limit:
            return None
        if not message.get("more_body"):
            return b"".join(parts)


async def _form(scope: Scope, body: bytes) -> FormData | None:
    """The fields of the body; None where it is no form."""

    async def again() -> Message:
        return {"type": "http.request", "body": body, "more_body": False}

    try:
        return await Request(scope, again).form(max_files=1, max_fields=_FIELDS)
    except Exception:  # parsers fail in their own ways on what is no form
        return None
