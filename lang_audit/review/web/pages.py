"""From plain values to answers: pages by the reports' own renderer, JSON for the workspace's script."""

from __future__ import annotations

from typing import Any

from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response

from lang_audit.report.renderer import Renderer
from lang_audit.review.web.security import Session

_HEADINGS = {
    400: "Not understood",
    403: "Not let in",
    404: "Not here",
    405: "Not here",
    413: "Too large",
    421: "Not this name",
}


class Pages:
    """Makes answers of the templates in `reports/templates/review`; everything in them is escaped."""

    def __init__(self, renderer: Renderer) -> None:
        self._renderer = renderer

    def page(
        self, name: str, request: Request, status: int = 200, told: str = "", mistake: bool = False, **values: Any
    ) -> Response:
        """A page for the reviewer of this session; `told` is said at its top, with what the last request left to say."""
        session = session_of(request)
        told, session.told = told or session.told, ""
        return HTMLResponse(
            self.html(
                name,
                who=session.name,
                csrf=session.csrf,
                here=request.url.path,
                told=told,
                mistake=mistake,
                **values,
            ),
            status,
        )

    def html(self, name: str, **values: Any) -> bytes:
        """The text of a template; what no encoding carries (lone surrogates of PDFs) as question marks."""
        return self._renderer.page(f"review/{name}", values).encode("utf-8", "replace")

    def refusal(self, status: int, words: str) -> Response:
        """The page that says why a request was not taken."""
        heading = _HEADINGS.get(status, "This did not work")
        content = self.html("message", who="", csrf="", here="", told="", mistake=False, heading=heading, text=words)
        return HTMLResponse(content, status)


def session_of(request: Request) -> Session:
    """The session, which the guard has found."""
    session = request.state.session
    assert isinstance(session, Session)
    return session


def wants_json(request: Request) -> bool:
    """Whether our script asks, rather than a form."""
    return "application/json" in request.headers.get("accept", "")


def back(address: str) -> Response:
    """To another page of the workspace after a change."""
    return RedirectResponse(address, status_code=303)


def said(status: int, **values: Any) -> Response:
    """An answer for our script."""
    return JSONResponse(values, status)
