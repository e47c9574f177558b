"""A paper as plain values: one screen of it, with its page or text, the marks on it and the cards beside it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import urlencode

from lang_audit.model import Box
from lang_audit.report import wording
from lang_audit.review.decisions import decided
from lang_audit.review.events import State, Value
from lang_audit.review.proposals import Proposal
from lang_audit.review.web.cards import Card, byline, card_for, paper_title
from lang_audit.review.web.leaves import Leaf, Paragraph, View, leaves, paragraphs, placed
from lang_audit.review.web.workspace import OpenPaper, Progress, Workspace

CARDS: Final = 40  # proposals on one screen
SHOWN: Final = {
    "all": "All",
    "flag": "To change",
    "query": "For you to decide",
    "exempt": "Exempt",
    "code": "Codes",
    "undecided": "Not yet decided",
    "decided": "Decided",
    "added": "Added by reviewers",
}


@dataclass(frozen=True, slots=True)
class Mark:
    """A highlight on a page: the proposal, its box, and its kind (flag, query, exempt, code)."""

    id: str
    text: str
    box: Box
    kind: str
    state: str


@dataclass(frozen=True, slots=True)
class PrintedLine:
    """A line of the page's text layer."""

    at: int
    text: str
    box: Box


@dataclass(frozen=True, slots=True)
class Sheet:
    """A printed page: its size in points, its picture's address (None: the text layer is shown), lines and marks."""

    number: int
    width: float
    height: float
    picture: str | None
    lines: tuple[PrintedLine, ...]
    marks: tuple[Mark, ...]


@dataclass(frozen=True, slots=True)
class Place:
    """Which screen of a paper is shown: what every link, form and redirect on it carries along."""

    view: View = "page"
    number: int = 0  # 0: the first with something to decide
    show: str = "all"
    query: str = ""
    skip: int = 0

    @classmethod
    def of(cls, asked: Mapping[str, str]) -> Place:
        """The place in an address; what makes no sense there is left out."""
        show = asked.get("show", "all")
        return cls(
            "text" if asked.get("view") == "text" else "page",
            count(asked.get("n", "")),
            show if show in SHOWN else "all",
            asked.get("q", "")[:100],
            count(asked.get("skip", "")),
        )

    def href(self, key: str, **changes: object) -> str:
        """The address of this place, or of the one next to it that `changes` make."""
        return f"/paper/{key}?{self.fields(**changes)}"

    def fields(self, **changes: object) -> str:
        """The place as a query string."""
        values = {"view": self.view, "n": self.number, "show": self.show, "q": self.query, "skip": self.skip, **changes}
        usual = {"show": "all", "q": "", "skip": 0, "n": 0}
        return urlencode({name: value for name, value in values.items() if usual.get(name) != value})


@dataclass(frozen=True, slots=True)
class Step:
    """A screen in the list of a paper's screens: how many proposals it has, and how many are still to decide."""

    number: int
    name: str
    href: str
    count: int
    left: int
    current: bool


@dataclass(frozen=True, slots=True)
class PaperPage:
    """The screen of a paper."""

    key: str
    title: str
    byline: str
    place: Place
    fields: str
    leaf: Leaf
    steps: tuple[Step, ...]
    before: str | None
    after: str | None
    cards: tuple[Card, ...]
    on_leaf: int
    states: Mapping[str, tuple[str, str]]
    sheet: Sheet | None
    paragraphs: tuple[Paragraph, ...]
    has_pages: bool
    decided: int
    total: int
    found: int
    released: bool
    locked: bool
    begun: tuple[Progress, ...] = field(default=())


def paper_page(workspace: Workspace, state: State, who: str, opened: OpenPaper, place: Place) -> PaperPage:
    """The screen of a paper at `place`; the first with something to decide where the place names none."""
    every = workspace.proposals_for(opened, state, who)
    mine = state.decisions.get(who, {})
    fitting = [one for one in every if _shown(one, place, mine, state)]
    cut = leaves(opened.paper, place.view)
    on = placed(fitting, opened.paper, cut)
    place = _settled(place, cut, on, mine)
    leaf = cut[place.number - 1]
    here = on[leaf.number]
    shown = here[place.skip : place.skip + CARDS]
    cards = tuple(card_for(workspace, state, who, one) for one in shown)
    states = {card.id: (_mark_kind(card.kind, card.decision), card.mine.state) for card in cards}
    paper = opened.paper
    return PaperPage(
        key=opened.key,
        title=paper_title(opened.row),
        byline=byline(opened.row),
        place=place,
        fields=place.fields(),
        leaf=leaf,
        steps=tuple(
            Step(
                one.number,
                one.name,
                place.href(opened.key, n=one.number, skip=0),
                len(on[one.number]),
                sum(is_open(mine, proposal.id) for proposal in on[one.number]),
                one.number == leaf.number,
            )
            for one in cut
        ),
        before=_before(place, opened.key, cut, on),
        after=_after(place, opened.key, cut, on),
        cards=cards,
        on_leaf=len(here),
        states=states,
        sheet=_sheet(workspace, opened, leaf, shown, states) if leaf.view == "page" else None,
        paragraphs=tuple(paragraphs(paper, leaf, shown)) if leaf.view == "text" else (),
        has_pages=bool(paper.pages),
        decided=sum(not is_open(mine, one.id) for one in every),
        total=len(every),
        found=len(fitting),
        released=(who, opened.key) in state.released,
        locked=workspace.locked(state, who, opened.key),
        begun=tuple(workspace.progress(state, who)[opened.key][1:]),
    )


def _shown(one: Proposal, place: Place, mine: Mapping[str, Value], state: State) -> bool:
    match place.show:
        case "flag" | "query" | "exempt":
            fits = one.decision == place.show
        case "code":
            fits = one.kind == "code"
        case "undecided":
            fits = is_open(mine, one.id)
        case "decided":
            fits = not is_open(mine, one.id)
        case "added":
            fits = one.id in state.added
        case _:
            fits = True
    words = place.query.casefold().split()
    return fits and all(word in f"{one.label} {one.sentence}".casefold() for word in words)


def is_open(mine: Mapping[str, Value], id_: str) -> bool:
    """Whether a reviewer with these decisions has still to decide on a proposal."""
    return id_ not in mine or not decided(mine[id_])


def _settled(
    place: Place, cut: Sequence[Leaf], on: Mapping[int, Sequence[Proposal]], mine: Mapping[str, Value]
) -> Place:
    """The place with a screen that there is."""
    number = place.number
    if not number:
        first = (leaf.number for leaf in cut if any(is_open(mine, one.id) for one in on[leaf.number]))
        filled = (leaf.number for leaf in cut if on[leaf.number])
        number = next(first, 0) or next(filled, 0) or 1
    number = min(max(number, 1), len(cut))
    skip = place.skip if place.skip < len(on[cut[number - 1].number]) else 0
    return Place(cut[0].view, number, place.show, place.query, skip)


def _before(place: Place, key: str, cut: Sequence[Leaf], on: Mapping[int, Sequence[Proposal]]) -> str | None:
    if place.skip:
        return place.href(key, skip=max(place.skip - CARDS, 0))
    for number in range(place.number - 1, 0, -1):
        if count := len(on[cut[number - 1].number]):
            return place.href(key, n=number, skip=(count - 1) // CARDS * CARDS)
    return None


def _after(place: Place, key: str, cut: Sequence[Leaf], on: Mapping[int, Sequence[Proposal]]) -> str | None:
    if place.skip + CARDS < len(on[cut[place.number - 1].number]):
        return place.href(key, skip=place.skip + CARDS)
    for number in range(place.number + 1, len(cut) + 1):
        if on[cut[number - 1].number]:
            return place.href(key, n=number, skip=0)
    return None


def _sheet(
    workspace: Workspace,
    opened: OpenPaper,
    leaf: Leaf,
    shown: Sequence[Proposal],
    states: Mapping[str, tuple[str, str]],
) -> Sheet | None:
    page = next((page for page in opened.paper.pages if page.number == leaf.number), None)
    if page is None:
        return None
    places = workspace.pictures.places(opened.key, opened.paper, page.number, shown)
    text = opened.paper.text
    marks = [Mark(one.id, wording.squeeze(one.text), box, *states[one.id]) for one in shown for box in places[one.id]]
    return Sheet(
        number=page.number,
        width=page.width,
        height=page.height,
        picture=f"/picture/{opened.key}/{page.number}" if workspace.pictures.drawable(opened.key) else None,
        lines=tuple(PrintedLine(line.start, text[line.start : line.end].rstrip(), line.bbox) for line in page.lines),
        marks=tuple(sorted(marks, key=lambda mark: mark.kind != "code")),  # codes are long; words lie on top
    )


def _mark_kind(kind: str, decision: str | None) -> str:
    return "code" if kind == "code" else decision or "flag"


def count(told: str) -> int:
    """A number out of an address; 0 for what is none."""
    return int(told) if told.isascii() and told.isdecimal() and len(told) < 10 else 0
