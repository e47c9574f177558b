"""The workspace as a web application, and the server that runs it on this machine."""

from __future__ import annotations

import os
import secrets
import socket
import tempfile
import webbrowser
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager, nullcontext
from html import escape
from importlib.resources import files
from pathlib import Path
from threading import Timer
from typing import Final
from urllib.parse import quote

import uvicorn
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import ASGIApp

from lang_audit import __version__
from lang_audit.config import template_folder
from lang_audit.errors import ConfigError, LangAuditError
from lang_audit.lexicon import Lexicon
from lang_audit.report.renderer import Renderer
from lang_audit.review.web.exchanging import Exchanging
from lang_audit.review.web.pages import Pages
from lang_audit.review.web.reconciling import Reconciling
from lang_audit.review.web.routes import Deciding
from lang_audit.review.web.security import BROKEN, LOGIN, STATIC, Guard
from lang_audit.review.web.workspace import Workspace

LOOPBACK: Final = ("127.0.0.1", "localhost", "::1")
_EVERY_ADDRESS: Final = ("0.0.0.0", "::")
_STATIC: Final = {"review.css": "text/css", "review.js": "text/javascript", "icon.svg": "image/svg+xml"}


def make_pages(lexicon: Lexicon) -> Pages:
    """The workspace's templates; any number of applications may share them."""
    return Pages(Renderer(lexicon, formats=(), version=__version__))


def make_app(
    workspace: Workspace,
    *,
    token: str,
    hosts: Collection[str] = LOOPBACK,
    reviewer: str = "",
    pages: Pages | None = None,
) -> ASGIApp:
    """The application. `token` lets a browser in, `hosts` are the names under which it answers."""
    pages = pages or make_pages(workspace.settings.lexicon)
    content = {name: _static(name) for name in _STATIC}

    def static(request: Request) -> Response:
        name = request.path_params["name"]
        if name not in content:  # a table of what there is: no path from a request is opened
            return pages.refusal(404, "There is no such file.")
        return Response(content[name], media_type=_STATIC[name])

    def refused(_: Request, error: Exception) -> Response:
        status = error.status_code if isinstance(error, HTTPException) else 500
        return pages.refusal(status, "There is no such page in the workspace.")

    def failed(_: Request, error: Exception) -> Response:
        return pages.refusal(500, str(error))

    def broken(_: Request, error: Exception) -> Response:
        return pages.refusal(500, BROKEN)

    app = Starlette(
        routes=[
            Route(STATIC + "{name}", static),
            *Deciding(workspace, pages).routes(),
            *Reconciling(workspace, pages).routes(),
            *Exchanging(workspace, pages).routes(),
        ],
        exception_handlers={HTTPException: refused, LangAuditError: failed, 500: broken},
    )
    return Guard(app, token=token, hosts=hosts, refusal=pages.refusal, reviewer=reviewer)


def serve(
    workspace: Workspace,
    *,
    host: str,
    port: int,
    reviewer: str,
    browser: bool,
    tell: Callable[[str], None],
) -> None:
    """Serve until interrupted. The address with the login token is told once. Raises ConfigError where it cannot listen."""
    workspace.warm_up()
    token = secrets.token_urlsafe(32)
    listener = _listener(host, port)
    name = socket.gethostname().lower() if host in _EVERY_ADDRESS else host
    at = f"[{name}]" if ":" in name else name
    address = f"http://{at}:{listener.getsockname()[1]}{LOGIN}?token={quote(token)}"
    hosts = {*LOOPBACK, host.lower(), name, *_addresses(name)} if host not in LOOPBACK else set(LOOPBACK)
    app = make_app(workspace, token=token, hosts=hosts, reviewer=reviewer)
    tell(f"Review workspace: {address}")
    if host not in LOOPBACK:
        tell("Everybody on the network who has this address can read and decide. The connection is not encrypted.")
    tell("Stop with Ctrl+C. Every decision is stored at once.")
    # No access log: it would hold the token.
    settings = uvicorn.Config(
        app, log_level="warning", access_log=False, server_header=False, ws="none", lifespan="off"
    )
    with _door(workspace.folder, address) if browser else nullcontext() as door:
        if door:
            opening = Timer(0.3, webbrowser.open, [door.as_uri()])
            opening.daemon = True
            opening.start()
        uvicorn.Server(settings).run(sockets=[listener])


@contextmanager
def _door(folder: Path, address: str) -> Iterator[Path]:
    """A file that only this user can read and that leads to `address`: a browser's command line is seen by every user."""
    number, name = tempfile.mkstemp(prefix="open-review-", suffix=".html", dir=folder)
    door = Path(name).resolve()
    try:
        with os.fdopen(number, "w", encoding="utf-8") as file:
            file.write(f'<!DOCTYPE html><meta http-equiv="refresh" content="0; url={escape(address)}">')
        yield door
    finally:
        door.unlink(missing_ok=True)


def _listener(host: str, port: int) -> socket.socket:
    try:
        family, _, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        listener = socket.socket(family, socket.SOCK_STREAM)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(address)
        listener.listen(128)
    except (OSError, OverflowError) as error:
        raise ConfigError(
            f"--host {host} --port {port}: cannot listen there ({error}). Name another port, or 0 for any that is free."
        ) from error
    return listener


def _addresses(name: str) -> set[str]:
    """The addresses of this machine's name, so that colleagues may use a number where the name is not known."""
    try:
        return {str(found[4][0]) for found in socket.getaddrinfo(name, None)}
    except OSError:
        return set()


def _static(name: str) -> bytes:
    text = files("lang_audit.review.web").joinpath("static", name).read_bytes()
    if name.endswith(".css"):  # the reports' own style comes first
        return Path(template_folder(), "_style.css").read_bytes() + b"\n" + text
    return text
