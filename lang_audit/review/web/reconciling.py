"""The pages of a team: where reviewers differ and settle it, how far they agree, what a re-run left over, exchange of files."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from lang_audit.errors import LangAuditError
from lang_audit.report import wording
from lang_audit.review.agreement import shown
from lang_audit.review.carried_over import read_unmatched
from lang_audit.review.comparison import Compared, compare
from lang_audit.review.decisions import decided, released_only, undo_event, value
from lang_audit.review.events import CONSENSUS, REASONS, Event, State, Value
from lang_audit.review.proposals import Proposal
from lang_audit.review.web import cards
from lang_audit.review.web.cards import Card, Given
from lang_audit.review.web.forms import FormError, decision, now
from lang_audit.review.web.pages import Pages, back, said, session_of, wants_json
from lang_audit.review.web.routes import named
from lang_audit.review.web.workspace import OpenPaper, Workspace

ITEMS: Final = 20  # disagreements on one screen
_NO_PAPER: Final = "There is no such paper in this appraisal, or it could not be read."
_NOT_YET: Final = "You see where reviewers differ on a paper once you and at least one other have released it."


@dataclass(frozen=True, slots=True)
class Differing:
    """A paper on which reviewers differ: who they are, on how many proposals, and how many of these are settled."""

    key: str
    title: str
    raters: tuple[str, ...]
    differ: int
    settled: int
    seen: bool  # whether this reviewer may open it now


@dataclass(frozen=True, slots=True)
class Item:
    """One proposal on which they differ. `card` carries the consensus; `given` are the reviewers' own decisions."""

    card: Card
    given: tuple[tuple[Given, Value | None], ...]


class Reconciling:
    """The endpoints."""

    def __init__(self, workspace: Workspace, pages: Pages) -> None:
        self._workspace = workspace
        self._pages = pages
        self._counted: tuple[object, list[Compared]] = (
            None,
            [],
        )  # resampling takes a while: once for each state of the review

    def routes(self) -> list[Route]:
        """Their addresses."""
        return [
            Route("/reconcile", named(self.papers)),
            Route("/reconcile/{key}", named(self.paper)),
            Route("/reconcile/{key}/decide", named(self.decide), methods=["POST"]),
            Route("/reconcile/{key}/undo", named(self.undo), methods=["POST"]),
            Route("/reconcile/{key}/third", named(self.third), methods=["POST"]),
            Route("/agreement", named(self.agreement)),
            Route("/unmatched", named(self.unmatched)),
        ]

    def papers(self, request: Request) -> Response:
        """The papers on which reviewers who have released them differ."""
        who, state = session_of(request).name, self._workspace.state()
        rows = []
        differences = self._workspace.differences()
        raters_on = self._workspace.raters_on(state, differences)
        for key, differ in differences.items():
            if row := self._workspace.papers.get(key):
                settled = sum(decided(value(state, CONSENSUS, id_)) for id_ in differ)
                seen = (who, key) in state.released
                rows.append(Differing(key, cards.paper_title(row), tuple(raters_on[key]), len(differ), settled, seen))
        rows.sort(key=lambda row: (row.settled >= row.differ, row.title.casefold()))
        return self._pages.page("reconcile_list", request, rows=rows)

    def paper(self, request: Request) -> Response:
        """The disagreements on one paper, side by side."""
        opened = self._workspace.paper(request.path_params["key"])
        if opened is None:
            return self._pages.refusal(404, _NO_PAPER)
        return self._screen(request, opened, request.query_params.get("show", ""), request.query_params.get("page", ""))

    def _screen(
        self, request: Request, opened: OpenPaper, show: str, page: str, status: int = 200, told: str = ""
    ) -> Response:
        who, state = session_of(request).name, self._workspace.state()
        if not self._workspace.locked(state, who, opened.key):
            raters = self._workspace.raters(state, opened.key)
            return self._pages.page(
                "reconcile_closed", request, 403, key=opened.key, title=cards.paper_title(opened.row), raters=raters,
                third=len(raters) > 1 and who not in raters, text=_NOT_YET,
            )  # fmt: skip
        every = self._items(opened, state, who)
        shown = every if show == "all" else [item for item in every if item.card.mine.state == "undecided"]
        pages = max(-(-len(shown) // ITEMS), 1)
        number = min(max(int(page) if page.isascii() and page.isdecimal() and len(page) < 6 else 1, 1), pages)
        at = urlencode({"show": show, "page": number})
        return self._pages.page(
            "reconcile",
            request,
            status,
            told,
            status >= 400,
            key=opened.key,
            title=cards.paper_title(opened.row),
            raters=self._workspace.raters(state, opened.key),
            items=shown[(number - 1) * ITEMS : number * ITEMS],
            differ=len(every),
            open_=sum(item.card.mine.state == "undecided" for item in every),
            show=show,
            number=number,
            pages=pages,
            at=at,
            reasons=REASONS,
        )

    def _items(self, opened: OpenPaper, state: State, who: str) -> list[Item]:
        differ = set(self._workspace.differences().get(opened.key, ()))
        return [
            self._item(opened, state, one)
            for one in self._workspace.proposals_for(opened, state, who)
            if one.id in differ
        ]

    def _item(self, opened: OpenPaper, state: State, proposal: Proposal) -> Item:
        settings = self._workspace.settings
        shown: list[tuple[Given, Value | None]] = []
        for rater in self._workspace.raters(state, opened.key):
            theirs = value(state, rater, proposal.id)
            if decided(theirs):
                shown.append((cards.given(rater, theirs, proposal, settings), theirs))
            elif proposal.id in state.added:
                shown.append((Given(rater, "undecided", "Did not propose it"), None))
        agreed = value(state, CONSENSUS, proposal.id)
        card = cards.card(
            proposal,
            settings,
            CONSENSUS,
            agreed,
            state.last.get((CONSENSUS, proposal.id), 0),
            added_by=state.added_by.get(proposal.id),
        )
        return Item(card, tuple(shown))

    def decide(self, request: Request) -> Response:
        """A decision in the name of all, entered by this reviewer."""
        opened, who, form = (
            self._workspace.paper(request.path_params["key"]),
            session_of(request).name,
            request.state.form,
        )
        state = self._workspace.state()
        told = form.get("proposal")
        proposal = self._workspace.proposal(opened, state, who, told) if opened and isinstance(told, str) else None
        if opened is None or proposal is None:
            return self._refused(request, 404, _NO_PAPER)
        if not self._workspace.locked(state, who, opened.key):
            return self._refused(request, 403, _NOT_YET)
        before = value(state, CONSENSUS, proposal.id)
        try:
            taken = form.get("take")
            if isinstance(taken, str) and taken:
                event = self._taking(form, proposal, before, who, value(state, taken, proposal.id))
            else:
                event = decision(form, proposal, before, who, self._workspace.settings, agreed=True)
            self._workspace.store.append(event, proposal)
        except (FormError, LangAuditError) as error:
            return self._refused(request, 400 if isinstance(error, FormError) else 409, str(error), opened, proposal)
        state = self._workspace.state()
        item = self._item(opened, state, proposal)
        words = f"Settled: {item.card.mine.words.lower()}." if item.card.mine.state != "undecided" else "Open again."
        if wants_json(request):
            left = sum(one.card.mine.state == "undecided" for one in self._items(opened, state, who))
            tally = f"{left} still to settle."
            return said(200, say=f"{words} {tally}", tally=tally, card=self._html(request, opened, item))
        session_of(request).told = words
        return back(f"/reconcile/{opened.key}?{_at(request)}")

    @staticmethod
    def _taking(form: object, proposal: Proposal, before: Value, who: str, theirs: Value) -> Event:
        """The decision of one of the reviewers, taken as everybody's."""
        assert hasattr(form, "get")
        if not decided(theirs):
            raise FormError("This reviewer has not decided on it.")
        seen = form.get("seen")
        return Event(
            when=now(),
            who=CONSENSUS,
            by=who,
            action="reject" if theirs.choice == "rejected" else "accept",
            paper=proposal.paper,
            proposal=proposal.id,
            before=before,
            after=theirs.model_copy(update={"note": before.note}),
            reason=theirs.reason,
            seen=int(seen) if isinstance(seen, str) and seen.isascii() and seen.isdecimal() and len(seen) < 13 else 0,
        )

    def undo(self, request: Request) -> Response:
        """Take back the last consensus on this paper."""
        opened, who = self._workspace.paper(request.path_params["key"]), session_of(request).name
        if opened is None or not self._workspace.locked(self._workspace.state(), who, opened.key):
            return self._refused(request, 403, _NOT_YET)
        try:
            events = self._workspace.store.events(paper=opened.key, who=CONSENSUS)
            event = undo_event(events, CONSENSUS, now(), by=who)
            if event is None:
                return self._refused(request, 409, "There is nothing to take back on this paper.", opened)
            self._workspace.store.append(event)
        except LangAuditError as error:
            return self._refused(request, 409, str(error), opened)
        session_of(request).told = "The last consensus was taken back."
        href = f"/reconcile/{opened.key}?show=all"
        return said(200, say="Taken back.", href=href) if wants_json(request) else back(href)

    def third(self, request: Request) -> Response:
        """A third sees the decisions of those who have released a paper, and reviews it no more."""
        opened, who = self._workspace.paper(request.path_params["key"]), session_of(request).name
        if opened is None:
            return self._pages.refusal(404, _NO_PAPER)
        state = self._workspace.state()
        if len(set(self._workspace.raters(state, opened.key)) - {who}) < 2:
            return self._refused(request, 403, _NOT_YET)
        if (who, opened.key) not in state.released:
            self._workspace.store.append(Event(when=now(), who=who, action="release", paper=opened.key))
        return back(f"/reconcile/{opened.key}")

    def _html(self, request: Request, opened: OpenPaper, item: Item) -> str:
        content = self._pages.html(
            "item", item=item, key=opened.key, at=_at(request), csrf=session_of(request).csrf, reasons=REASONS
        )
        return content.decode()

    def _refused(
        self,
        request: Request,
        status: int,
        words: str,
        opened: OpenPaper | None = None,
        proposal: Proposal | None = None,
    ) -> Response:
        if wants_json(request):
            card = None
            if opened and proposal:
                card = self._html(request, opened, self._item(opened, self._workspace.state(), proposal))
            return said(status, say=words, card=card)
        return (
            self._screen(request, opened, "all", "1", status, words) if opened else self._pages.refusal(status, words)
        )

    def agreement(self, request: Request) -> Response:
        """How far the reviewers agree on the papers that they have released, and with the program."""
        who, state = session_of(request).name, self._workspace.state()
        keys = [key for key in self._workspace.papers if self._workspace.locked(state, who, key)]
        at = max(state.last.values(), default=0), len(state.released), tuple(keys)
        if at != self._counted[0]:
            self._counted = at, self._compared(state, keys)
        compared = self._counted[1]
        groups: dict[tuple[str, ...], list[Compared]] = {}
        for one in compared:
            groups.setdefault(tuple(cards.NAMES.get(name, name) for name in one.agreement.raters), []).append(one)
        notes = [list(dict.fromkeys(note for row in rows for note in row.agreement.notes)) for rows in groups.values()]
        return self._pages.page("agreement", request, groups=groups, notes=notes, papers=len(keys), shown=shown)

    def _compared(self, state: State, keys: list[str]) -> list[Compared]:
        """The figures on the papers `keys`, all of which are released."""
        state, _ = released_only(state)
        proposals: list[Proposal] = []
        raters: dict[str, None] = {}
        for key in keys:
            if opened := self._workspace.paper(key):
                proposals += opened.proposals
                raters.update(dict.fromkeys(self._workspace.raters(state, key)))
        within = set(keys)
        seen = state.model_copy(
            update={
                "decisions": {
                    rater: {
                        id_: one
                        for id_, one in state.decisions.get(rater, {}).items()
                        if state.papers.get(id_) in within
                    }
                    for rater in raters
                },
                "added": {id_: one for id_, one in state.added.items() if one.paper in within},
            }
        )
        return compare(proposals, seen, list(raters)) if len(raters) > 1 else []

    def unmatched(self, request: Request) -> Response:
        """Decisions on what the last run does not propose any more."""
        who, state = session_of(request).name, self._workspace.state()
        rows = []
        for one in read_unmatched(self._workspace.folder):
            if one.who != who and one.who not in self._workspace.visible(state, who, one.paper):
                continue
            paper = self._workspace.papers.get(one.paper)
            about = one.about
            words = (
                cards.given(one.who, one.value, about, self._workspace.settings)
                if about
                else Given(one.who, one.value.choice or "undecided", (one.value.choice or "note").capitalize())
            )
            rows.append(
                {
                    "title": cards.paper_title(paper) if paper else "a paper of another run",
                    "text": wording.squeeze(about.text) if about else "(not kept)",
                    "name": cards.label_name(about.label, self._workspace.settings) if about else "",
                    "sentence": wording.squeeze(about.sentence)[:400] if about else "",
                    "given": words,
                    "why": one.why,
                }
            )
        return self._pages.page("unmatched", request, rows=rows)


def _at(request: Request) -> str:
    at = request.state.form.get("at")
    return at if isinstance(at, str) and at.isascii() and at.isprintable() and len(at) < 100 else ""
