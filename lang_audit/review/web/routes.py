"""The pages on which a reviewer decides: who they are, the list of papers, a paper; and every change that is made there."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final
from urllib.parse import parse_qsl

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from lang_audit.errors import LangAuditError
from lang_audit.report import wording
from lang_audit.review.decisions import undo_event, value
from lang_audit.review.events import REASONS, Event, State
from lang_audit.review.proposals import Proposal
from lang_audit.review.store import ConflictError
from lang_audit.review.web import cards, paper_list, paper_screen
from lang_audit.review.web.forms import FormError, addition, decision, labels, now, reviewer_name
from lang_audit.review.web.leaves import leaves, placed
from lang_audit.review.web.pages import Pages, back, said, session_of, wants_json
from lang_audit.review.web.paper_screen import Place
from lang_audit.review.web.workspace import OpenPaper, Workspace

_DONE: Final = {
    "accept": "Accepted",
    "reject": "Rejected",
    "change": "Changed",
    "note": "Note saved",
    "clear": "Not decided any more",
}
_NO_PAPER: Final = "There is no such paper in this appraisal, or it could not be read."
_NO_PROPOSAL: Final = "There is no such finding or code on this paper any more."
_LOCKED: Final = (
    "You and another reviewer have released this paper, so your own decisions on it stay as they are. "
    "Settle it under Reconcile."
)
_NOTHING_OWN: Final = (
    "You have decided nothing on this paper, so there is nothing to release. Decide at least one finding or code first. "
    "Where two others have released it, you can settle their differences as a third, under Reconcile."
)
_ADDED: Final = ("words", "kind", "label", "note")

Endpoint = Callable[[Request], Response]


class Deciding:
    """The endpoints. Starlette runs each in a thread; the guard has read and checked the forms before."""

    def __init__(self, workspace: Workspace, pages: Pages) -> None:
        self._workspace = workspace
        self._pages = pages
        self._labels = labels(workspace.settings)

    def routes(self) -> list[Route]:
        """Their addresses."""
        return [
            Route("/", self._named(self.papers)),
            Route("/you", self.you, methods=["GET", "POST"]),
            Route("/help", self._named(self.help)),
            Route("/labels", self._named(self.labels)),
            Route("/release", self._named(self.release_many), methods=["POST"]),
            Route("/paper/{key}", self._named(self.paper)),
            Route("/paper/{key}/decide", self._named(self.decide), methods=["POST"]),
            Route("/paper/{key}/undo", self._named(self.undo), methods=["POST"]),
            Route("/paper/{key}/add", self._named(self.add), methods=["POST"]),
            Route("/paper/{key}/release", self._named(self.release), methods=["POST"]),
            Route("/paper/{key}/history/{proposal}", self._named(self.history)),
            Route("/picture/{key}/{number:int}", self._named(self.picture)),
        ]

    def _named(self, endpoint: Endpoint) -> Endpoint:
        return named(endpoint)

    def you(self, request: Request) -> Response:
        """Who the reviewer is."""
        session, known = session_of(request), self._workspace.reviewers()
        told = ""
        if request.method == "POST":
            try:
                session.name = reviewer_name(request.state.form, known)
                return back("/")
            except FormError as error:
                told = str(error)
        return self._pages.page("you", request, 400 if told else 200, told, bool(told), known=known)

    def papers(self, request: Request) -> Response:
        """The list of papers."""
        who = session_of(request).name
        shown = paper_list.list_page(self._workspace, self._workspace.state(), who, request.query_params)
        verdicts = [(label.replace(" ", "-"), words[0]) for label, words in wording.VERDICTS.items()]
        return self._pages.page(
            "papers",
            request,
            list=shown,
            verdicts=[("", "Any"), *verdicts, ("unread", "Could not be read")],
            progress=[("" if key == "all" else key, words) for key, words in paper_list.PROGRESS.items()],
            sorts=[("" if key == "order" else key, words) for key, words in paper_list.SORTS.items()],
        )

    def help(self, request: Request) -> Response:
        """What the keys do, and how a review goes."""
        return self._pages.page("help", request)

    def labels(self, request: Request) -> Response:
        """What findings and codes may be called, for the script to offer."""
        return said(
            200,
            **{kind: [{"label": label, "name": name} for label, name in known] for kind, known in self._labels.items()},
        )

    def paper(self, request: Request) -> Response:
        """A screen of a paper."""
        opened = self._opened(request)
        if opened is None:
            return self._pages.refusal(404, _NO_PAPER)
        return self._screen(request, opened, Place.of(request.query_params))

    def _screen(
        self, request: Request, opened: OpenPaper, place: Place, status: int = 200, told: str = "", adding: Any = None
    ) -> Response:
        who = session_of(request).name
        page = paper_screen.paper_page(self._workspace, self._workspace.state(), who, opened, place)
        anchors = {
            id_: one.at for part in reversed(page.paragraphs) for one in reversed(part.stretches) for id_ in one.ids
        }
        return self._pages.page(
            "paper",
            request,
            status,
            told,
            status >= 400,
            page=page,
            anchors=anchors,
            tally=_tally(page.decided, page.total),
            shown=paper_screen.SHOWN,
            reasons=REASONS,
            adding=adding,
        )

    def picture(self, request: Request) -> Response:
        """A printed page as PNG."""
        opened = self._opened(request)
        number = request.path_params["number"]
        drawn = opened and self._workspace.pictures.picture(opened.key, opened.paper, number)
        if not drawn:
            return self._pages.refusal(404, "There is no picture of this page.")
        return Response(drawn, media_type="image/png")

    def decide(self, request: Request) -> Response:
        """One decision on one proposal."""
        opened, who, form = self._opened(request), session_of(request).name, request.state.form
        state = self._workspace.state()
        proposal = self._proposal(opened, state, who, form.get("proposal"))
        if opened is None or proposal is None:
            return self._refused(request, 404, _NO_PROPOSAL)
        if self._workspace.locked(state, who, opened.key):
            return self._refused(request, 409, _LOCKED, opened, proposal)
        try:
            event = decision(
                form, proposal, value(state, who, proposal.id), who, self._workspace.settings, agreed=False
            )
            self._workspace.store.append(event, proposal)
        except FormError as error:
            return self._refused(request, 400, str(error), opened, proposal)
        except ConflictError as error:
            return self._refused(request, 409, str(error), opened, proposal)
        return self._done(request, opened, proposal, _DONE[event.action])

    def undo(self, request: Request) -> Response:
        """Take back the reviewer's last decision on this paper."""
        opened, who = self._opened(request), session_of(request).name
        if opened is None:
            return self._refused(request, 404, _NO_PAPER)
        state, store = self._workspace.state(), self._workspace.store
        if self._workspace.locked(state, who, opened.key):
            return self._refused(request, 409, _LOCKED)
        try:
            event = undo_event(store.events(paper=opened.key, who=who), who, now())
            if event is None:
                return self._refused(request, 409, "There is nothing to take back on this paper.")
            store.append(event)
        except LangAuditError as error:
            return self._refused(request, 409, str(error))
        proposal = self._proposal(opened, self._workspace.state(), who, event.proposal)
        if proposal is None:  # the decision was an addition, which is now gone
            session_of(request).told = "Taken back: the addition is gone."
            href = Place.of(_asked(request)).href(opened.key)
            return said(200, say="Taken back.", href=href) if wants_json(request) else back(href)
        view = Place.of(_asked(request)).view
        number = _leaf_of(opened, proposal, view)
        place = Place(view, number)
        session_of(request).told = f"Taken back: {wording.squeeze(proposal.text)}"
        href = f"{place.href(opened.key)}#p-{proposal.id}"
        return said(200, say="Taken back.", href=href) if wants_json(request) else back(href)

    def add(self, request: Request) -> Response:
        """A finding or code that the program did not propose."""
        opened, who, form = self._opened(request), session_of(request).name, request.state.form
        if opened is None:
            return self._refused(request, 404, _NO_PAPER)
        state, store = self._workspace.state(), self._workspace.store
        place = Place.of(_asked(request))
        if self._workspace.locked(state, who, opened.key):
            return self._screen(request, opened, place, 409, _LOCKED)
        try:
            within = _within(opened, place)
            event = addition(
                form,
                opened,
                within,
                who,
                self._workspace.settings,
                lambda id_: id_ in opened.by_id or id_ in state.added,
            )
            store.append(event)
        except (FormError, ConflictError) as error:
            return self._screen(request, opened, place, 400, str(error), {name: form.get(name, "") for name in _ADDED})
        session_of(request).told = "Added."
        return back(f"{Place(place.view, place.number).href(opened.key)}#p-{event.proposal}")

    def release(self, request: Request) -> Response:
        """Let others who have released this paper too see the decisions on it."""
        opened, who = self._opened(request), session_of(request).name
        if opened is None:
            return self._refused(request, 404, _NO_PAPER)
        if opened.key not in self._workspace.begun_by(who):
            return self._refused(request, 409, _NOTHING_OWN, opened)
        self._release(who, [opened.key])
        session_of(request).told = "Released. Where reviewers differ, the paper is listed under Reconcile."
        return back(Place.of(_asked(request)).href(opened.key))

    def release_many(self, request: Request) -> Response:
        """The same for all papers on which the reviewer has decided something, or for those that are finished."""
        who, which = session_of(request).name, request.state.form.get("which")
        progress, begun = self._workspace.progress(self._workspace.state(), who), self._workspace.begun_by(who)
        keys = [
            key
            for key, rows in progress.items()
            if key in begun and not rows[0].released and (which == "all" or rows[0].decided >= rows[0].total > 0)
        ]
        self._release(who, keys)
        session_of(request).told = f"{len(keys)} {'paper' if len(keys) == 1 else 'papers'} released."
        return back("/")

    def _release(self, who: str, keys: list[str]) -> None:
        state, at = self._workspace.state(), now()
        self._workspace.store.append_all(
            [Event(when=at, who=who, action="release", paper=key) for key in keys if (who, key) not in state.released]
        )

    def history(self, request: Request) -> Response:
        """Everything that happened to one proposal, as far as this reviewer may see it."""
        opened, who = self._opened(request), session_of(request).name
        state = self._workspace.state()
        proposal = self._proposal(opened, state, who, request.path_params["proposal"])
        if opened is None or proposal is None:
            return self._pages.refusal(404, _NO_PROPOSAL)
        events = cards.history(self._workspace, state, who, proposal)
        card = cards.card_for(self._workspace, state, who, proposal)
        place = Place.of(request.query_params)
        return self._pages.page(
            "history", request, card=card, events=events, title=cards.paper_title(opened.row),
            href=f"{place.href(opened.key)}#p-{proposal.id}",
        )  # fmt: skip

    def _opened(self, request: Request) -> OpenPaper | None:
        return self._workspace.paper(request.path_params["key"])

    def _proposal(self, opened: OpenPaper | None, state: State, who: str, id_: object) -> Proposal | None:
        if opened is None or not isinstance(id_, str):
            return None
        return self._workspace.proposal(opened, state, who, id_)

    def _card(self, request: Request, opened: OpenPaper, proposal: Proposal, state: State) -> str:
        session = session_of(request)
        card = cards.card_for(self._workspace, state, session.name, proposal)
        locked = self._workspace.locked(state, session.name, opened.key)
        at = Place.of(_asked(request)).fields()
        content = self._pages.html(
            "card", card=card, key=opened.key, at=at, csrf=session.csrf, reasons=REASONS, locked=locked
        )
        return content.decode()

    def _done(self, request: Request, opened: OpenPaper, proposal: Proposal, words: str) -> Response:
        place, who = Place.of(_asked(request)), session_of(request).name
        state = self._workspace.state()
        every = self._workspace.proposals_for(opened, state, who)
        mine = state.decisions.get(who, {})
        tally = _tally(sum(not paper_screen.is_open(mine, one.id) for one in every), len(every))
        if not wants_json(request):
            session_of(request).told = f"{words}: {wording.squeeze(proposal.text)}"
            return back(f"{place.href(opened.key)}#p-{proposal.id}")
        return said(200, say=f"{words}. {tally}", tally=tally, card=self._card(request, opened, proposal, state))

    def _refused(
        self,
        request: Request,
        status: int,
        words: str,
        opened: OpenPaper | None = None,
        proposal: Proposal | None = None,
    ) -> Response:
        """Nothing was changed: the reviewer is told why, and gets what stands there now."""
        if wants_json(request):
            state = self._workspace.state()
            card = self._card(request, opened, proposal, state) if opened and proposal else None
            return said(status, say=words, card=card)
        if opened is not None:
            return self._screen(request, opened, Place.of(_asked(request)), status, words)
        return self._pages.refusal(status, words)


def named(endpoint: Endpoint) -> Endpoint:
    """The endpoint for reviewers who have said who they are; others are asked first."""

    def asking(request: Request) -> Response:
        return endpoint(request) if session_of(request).name else back("/you")

    return asking


def _asked(request: Request) -> dict[str, str]:
    """The place that a form was sent from."""
    at = request.state.form.get("at")
    return dict(parse_qsl(at)) if isinstance(at, str) else {}


def _tally(decided: int, total: int) -> str:
    return f"{decided} of {total} decided by you."


def _leaf_of(opened: OpenPaper, proposal: Proposal, view: str) -> int:
    """The number of the screen on which a proposal stands."""
    cut = leaves(opened.paper, "text" if view == "text" else "page")
    return next((number for number, there in placed([proposal], opened.paper, cut).items() if there), 1)


def _within(opened: OpenPaper, place: Place) -> tuple[int, int]:
    """The offsets of the text on a screen."""
    cut = leaves(opened.paper, place.view)
    leaf = cut[min(max(place.number, 1), len(cut)) - 1]
    if leaf.view == "text":
        return leaf.start, leaf.end
    page = next(page for page in opened.paper.pages if page.number == leaf.number)
    ends = [(line.start, line.end) for line in page.lines] or [(0, 0)]
    return min(start for start, _ in ends), max(end for _, end in ends)
