"""Export and import of decisions in the browser; what a reviewer may not see yet is in no file."""

from __future__ import annotations

from pathlib import Path, PurePosixPath
from typing import Any, Final

from starlette.datastructures import UploadFile
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from lang_audit.review.decisions import added_to, category, final
from lang_audit.review.events import CONSENSUS, Event, State, Value
from lang_audit.review.exchange import FORMS, Conflict, ImportPlan, ReviewData, ReviewPaper, exported, read_decisions
from lang_audit.review.proposals import Proposal
from lang_audit.review.store import ConflictError
from lang_audit.review.web import cards
from lang_audit.review.web.forms import now
from lang_audit.review.web.pages import Pages, session_of
from lang_audit.review.web.routes import named
from lang_audit.review.web.workspace import Workspace

_LOCKED: Final = "you and another reviewer have released this paper, so your own decision stays"


class Exchanging:
    """The endpoints."""

    def __init__(self, workspace: Workspace, pages: Pages) -> None:
        self._workspace = workspace
        self._pages = pages

    def routes(self) -> list[Route]:
        """Their addresses."""
        return [
            Route("/exchange", named(self.page)),
            Route("/export/{form}", named(self.export)),
            Route("/import", named(self.take_in), methods=["POST"]),
        ]

    def page(self, request: Request) -> Response:
        """What there is to export, and where to import."""
        return self._page(request)

    def _page(self, request: Request, status: int = 200, told: str = "", report: Any = None) -> Response:
        return self._pages.page("exchange", request, status, told, status >= 400, forms=FORMS, report=report)

    def export(self, request: Request) -> Response:
        """The review as a file."""
        form = FORMS.get(request.path_params["form"])
        if form is None:
            return self._pages.refusal(404, "There is no such format.")
        content = exported(request.path_params["form"], self._data(session_of(request).name))
        headers = {"content-disposition": f'attachment; filename="review{form.ending}"'}
        return Response(content, media_type=form.media, headers=headers)

    def take_in(self, request: Request) -> Response:
        """Decisions out of a file that this reviewer filled in."""
        file, over = request.state.form.get("file"), request.state.form.get("over") == "yes"
        if not isinstance(file, UploadFile) or not file.filename:
            return self._page(request, 400, "Please choose a file.")
        who, state = session_of(request).name, self._workspace.state()
        name = PurePosixPath(file.filename.replace("\\", "/")).name  # it only names the file in messages
        file.file.seek(0)
        papers = self._papers()
        proposals = {one.id: one for paper in papers for one in (*paper.proposals, *added_to(state, paper.key))}
        plan = read_decisions(
            Path(name), list(proposals.values()), state, who, papers=papers, when=now(), content=file.file.read()
        )
        events, conflicts = self._allowed(plan, state, who, over)
        try:
            self._workspace.store.append_all(
                events, [proposals[event.proposal] for event in events if event.proposal in proposals]
            )
        except ConflictError as error:
            return self._page(request, 409, f"Nothing was imported. {error} Import the file again.")
        report = {
            "name": name,
            "mistakes": plan.mistakes,
            "taken": len(events),
            "unchanged": plan.unchanged,
            "outdated": plan.outdated,
            "others": plan.others,
            "conflicts": [
                {
                    "where": one.where,
                    "why": one.why,
                    "stands": _words(one.stands, proposals.get(one.proposal)),
                    "given": _words(one.given, proposals.get(one.proposal)),
                }
                for one in conflicts
            ],
        }
        return self._page(request, 400 if plan.mistakes else 200, report=report)

    def _allowed(self, plan: ImportPlan, state: State, who: str, over: bool) -> tuple[list[Event], list[Conflict]]:
        """The events that may go into the log, and what stands against the others."""
        events, conflicts = list(plan.events), []
        for one in plan.conflicts:
            if over and one.event is not None:
                events.append(one.event)
            else:
                conflicts.append(one)
        free = []
        for event in events:
            if self._workspace.locked(state, who, event.paper):
                conflicts.append(
                    Conflict(
                        where=cards.paper_title(self._workspace.papers[event.paper]),
                        why=_LOCKED,
                        who=who,
                        proposal=event.proposal or "",
                        stands=event.before,
                        given=event.after,
                    )
                )
            else:
                free.append(event)
        return free, conflicts

    def _papers(self) -> list[ReviewPaper]:
        """Every paper that could be read, with its text."""
        opened = filter(None, map(self._workspace.paper, self._workspace.papers))
        return [
            ReviewPaper(
                key=one.key, title=one.row.title, source=one.row.source, paper=one.paper, proposals=one.proposals
            )
            for one in opened
        ]

    def _data(self, who: str) -> ReviewData:
        """The review as far as `who` may see it."""
        state = self._workspace.visible_state(self._workspace.state(), who)
        papers = self._papers()
        every = [one for paper in papers for one in (*paper.proposals, *added_to(state, paper.key))]
        raters = (who, *(name for name in state.raters if name not in (who, CONSENSUS) and state.decisions.get(name)))
        times = {
            (event.who, event.proposal): event.when
            for event in self._workspace.store.events()
            if event.proposal is not None and event.proposal in state.decisions.get(event.who, {})
        }
        return ReviewData(
            papers=tuple(papers), state=state, raters=raters, finals=final(every, state), times=times, made=now()
        )


def _words(value: Value, proposal: Proposal | None) -> str:
    if value == Value():
        return "nothing"
    return category(value, proposal)
