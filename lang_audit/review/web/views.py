"""What the pages show, as plain values: the list of papers, a paper's screen, a card for each proposal."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import urlencode

from lang_audit.codebook import Codebook
from lang_audit.model import Box
from lang_audit.report import wording
from lang_audit.report.evidence import Piece
from lang_audit.review.decisions import decided, visible_to
from lang_audit.review.events import CONSENSUS, MACHINE, State, Value
from lang_audit.review.kept import KeptPaper
from lang_audit.review.proposals import Proposal
from lang_audit.review.web.leaves import Leaf, Paragraph, View, leaves, paragraphs, placed
from lang_audit.review.web.workspace import OpenPaper, Progress, Workspace
from lang_audit.settings import Settings

ROWS: Final = 50  # papers on one screen
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
PROGRESS: Final = {
    "all": "Any",
    "open": "Not finished by me",
    "new": "Not begun by me",
    "done": "Finished by me",
    "unreleased": "Finished, not released",
}
SORTS: Final = {
    "order": "Order of the run",
    "title": "Title",
    "year": "Year",
    "share": "Person-first share",
    "todo": "Most left to do",
}
DECISIONS: Final = {"flag": "To change", "query": "For you to decide", "exempt": "Exempt"}
ACTIONS: Final = {
    "accept": "accepted",
    "reject": "rejected",
    "change": "changed",
    "note": "noted",
    "clear": "undecided",
    "add": "added",
    "undo": "took back",
    "release": "released",
    "import": "imported",
}
NAMES: Final = {CONSENSUS: "Consensus", MACHINE: "lang-audit"}
_WIDE: Final = 320  # characters of a sentence on a card, on either side of the words


@dataclass(frozen=True, slots=True)
class Given:
    """A decision as it is shown: by whom, what, in words."""

    who: str
    state: str  # accepted, rejected, changed, undecided
    words: str
    details: tuple[str, ...] = ()
    note: str | None = None


@dataclass(frozen=True, slots=True)
class Card:
    """One proposal with the reviewer's decision on it, and others' where these may be seen."""

    id: str
    kind: str
    name: str
    label: str
    decision: str | None
    headline: str
    facts: tuple[tuple[str, str], ...]
    pieces: tuple[Piece, ...]
    place: str
    text: str
    usage: str | None
    severity: str | None
    mine: Given
    value: Value
    seen: int
    added_by: str | None = None
    others: tuple[Given, ...] = ()


@dataclass(frozen=True, slots=True)
class Happened:
    """An event as the history shows it."""

    number: int
    when: str
    who: str
    by: str | None
    what: str
    before: Given
    after: Given
    reason: str | None


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
            _count(asked.get("n", "")),
            show if show in SHOWN else "all",
            asked.get("q", "")[:100],
            _count(asked.get("skip", "")),
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


@dataclass(frozen=True, slots=True)
class Row:
    """A paper in the list."""

    key: str
    title: str
    byline: str
    verdict: str | None
    verdict_class: str
    share: str
    flagged: int
    queries: int
    exempt: int
    codes: int
    progress: tuple[Progress, ...]

    @property
    def mine(self) -> Progress:
        """The reviewer's own."""
        return self.progress[0]


@dataclass(frozen=True, slots=True)
class ListPage:
    """The list of papers: one screen of it, and what was asked for."""

    rows: tuple[Row, ...]
    found: int
    total: int
    asked: Mapping[str, str]
    page: int
    pages: int
    before: str | None
    after: str | None
    decided: int
    proposed: int


def list_page(workspace: Workspace, state: State, who: str, asked: Mapping[str, str]) -> ListPage:
    """The papers that fit `asked` (q, verdict, progress, sort, page), one screen of them."""
    progress = workspace.progress(state, who)
    rows = [_row(paper, progress[paper.key]) for paper in workspace.papers.values()]
    told = {name: asked.get(name, "")[:100] for name in ("q", "verdict", "progress", "sort")}
    fitting = [row for row in rows if _fits(row, told)]
    match told["sort"]:
        case "title":
            fitting.sort(key=lambda row: row.title.casefold())
        case "year":
            fitting.sort(key=lambda row: -(workspace.papers[row.key].year or 0))
        case "share":
            shares = {row.key: workspace.papers[row.key].share for row in fitting}
            fitting.sort(key=lambda row: (shares[row.key] is None, shares[row.key] or 0))
        case "todo":
            fitting.sort(key=lambda row: row.mine.decided - row.mine.total)
    pages = max(math.ceil(len(fitting) / ROWS), 1)
    page = min(max(_count(asked.get("page", "")), 1), pages)
    kept = {name: value for name, value in told.items() if value}
    return ListPage(
        rows=tuple(fitting[(page - 1) * ROWS : page * ROWS]),
        found=len(fitting),
        total=len(rows),
        asked=told,
        page=page,
        pages=pages,
        before=f"/?{urlencode({**kept, 'page': page - 1})}" if page > 1 else None,
        after=f"/?{urlencode({**kept, 'page': page + 1})}" if page < pages else None,
        decided=sum(row.mine.decided for row in rows),
        proposed=sum(row.mine.total for row in rows),
    )


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
    cards = tuple(workspace_card(workspace, state, who, one) for one in shown)
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


def workspace_card(workspace: Workspace, state: State, who: str, proposal: Proposal) -> Card:
    """The card of one proposal for a reviewer."""
    others = workspace.visible(state, who, proposal.paper)
    return card(
        proposal,
        workspace.settings,
        who,
        state.decisions.get(who, {}).get(proposal.id, Value()),
        state.last.get((who, proposal.id), 0),
        tuple(
            given(name, values[proposal.id], proposal, workspace.settings)
            for name, values in others.items()
            if proposal.id in values
        ),
        state.added_by.get(proposal.id),
    )


def card(
    proposal: Proposal,
    settings: Settings,
    who: str,
    value: Value,
    seen: int,
    others: tuple[Given, ...] = (),
    added_by: str | None = None,
) -> Card:
    """A proposal with `value`, the decision of `who` on it, whose last event is number `seen`."""
    return Card(
        id=proposal.id,
        kind=proposal.kind,
        name=label_name(proposal.label, settings),
        label=proposal.label,
        decision=proposal.decision,
        headline=_headline(proposal, added_by),
        facts=tuple(_facts(proposal)),
        pieces=_pieces(proposal),
        place=_place(proposal),
        text=wording.squeeze(proposal.text),
        usage=value.usage or proposal.usage,
        severity=value.severity or proposal.severity,
        mine=given(who, value, proposal, settings),
        value=value,
        seen=seen,
        added_by=added_by,
        others=others,
    )


def given(who: str, value: Value, proposal: Proposal, settings: Settings) -> Given:
    """A decision in words."""
    changes = []
    if value.label:
        changes.append(
            f"{'entry' if proposal.kind == 'finding' else 'code'}: {label_name(value.label, settings)} ({value.label})"
        )
    if value.usage:
        changes.append(f"use: {wording.USAGES[value.usage][0].lower()}")
    if value.severity:
        changes.append(f"severity: {wording.SEVERITIES[value.severity][0].lower()}")
    state: str = (
        "undecided"
        if not decided(value)
        else "changed"
        if changes and value.choice == "accepted"
        else value.choice or "changed"
    )
    words = {"undecided": "Not decided", "accepted": "Accepted", "rejected": "Rejected", "changed": "Changed"}[state]
    if value.reason:
        changes.append(value.reason)
    return Given(NAMES.get(who, who), state, words, tuple(changes), value.note)


def label_name(label: str, settings: Settings) -> str:
    """An entry or a code by its name in words."""
    parts = label.split("/")
    if len(parts) == 3:
        book = next((book for book in settings.codebooks if book.codebook == parts[0]), None)
        return _code_name(book, parts[1], parts[2])
    entry = settings.lexicon.entries.get(label)
    return entry.phrases[0] if entry and entry.phrases else wording.squeeze(parts[-1].replace("-", " "))


def history(workspace: Workspace, state: State, who: str, proposal: Proposal) -> list[Happened]:
    """What happened to a proposal, in order: the reviewer's own events, and those of others whose decisions may be seen."""
    seen = visible_to(state, who, proposal.paper)
    settings = workspace.settings
    return [
        Happened(
            number=event.number,
            when=event.when,
            who=NAMES.get(event.who, event.who),
            by=NAMES.get(event.by, event.by) if event.by else None,
            what=ACTIONS[event.action],
            before=given(event.who, event.before, proposal, settings),
            after=given(event.who, event.after, proposal, settings),
            reason=event.reason,
        )
        for event in workspace.store.events(paper=proposal.paper)
        if event.proposal == proposal.id and event.who in seen
    ]


def paper_title(row: KeptPaper) -> str:
    """What a paper is called: by its title, or its file."""
    return wording.squeeze(row.title or "") or row.source


def byline(row: KeptPaper) -> str:
    """Authors and year in a line."""
    names = [wording.squeeze(name) for name in row.authors]
    shown = ", ".join(names[:3]) + (" and others" if len(names) > 3 else "")
    return " · ".join(part for part in (shown, str(row.year or ""), row.source) if part)


def _code_name(book: Codebook | None, dimension: str, code: str) -> str:
    for one in book.dimensions if book else ():
        if one.id == dimension:
            return f"{one.name}: {next((each.name for each in one.codes if each.id == code), code.replace('-', ' '))}"
    return f"{dimension}: {code}".replace("-", " ")


def _row(paper: KeptPaper, progress: Sequence[Progress]) -> Row:
    return Row(
        key=paper.key,
        title=paper_title(paper),
        byline=byline(paper),
        verdict=wording.VERDICTS[paper.verdict][0] if paper.verdict else None,
        verdict_class=(paper.verdict or "").replace(" ", "-"),
        share="–" if paper.share is None else f"{round(paper.share * 100)}%",
        flagged=paper.flagged,
        queries=paper.queries,
        exempt=paper.exempt,
        codes=paper.codes,
        progress=tuple(progress),
    )


def _fits(row: Row, asked: Mapping[str, str]) -> bool:
    words = asked["q"].casefold().split()
    text = f"{row.title} {row.byline}".casefold()
    if not all(word in text for word in words):
        return False
    if asked["verdict"] and asked["verdict"] != (row.verdict_class or "unread"):
        return False
    mine = row.mine
    match asked["progress"]:
        case "open":
            return mine.decided < mine.total
        case "new":
            return mine.decided == 0 and mine.total > 0
        case "done":
            return mine.decided >= mine.total
        case "unreleased":
            return mine.decided >= mine.total and not mine.released
    return True


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


def _headline(proposal: Proposal, added_by: str | None) -> str:
    if added_by is not None:
        return f"Added by {added_by}"
    if proposal.kind == "code":
        return f"Code: {wording.STRENGTHS[proposal.strength][0].lower()}" if proposal.strength else "Code"
    detail = wording.SEVERITIES[proposal.severity][0] if proposal.severity else ""
    if proposal.decision == "exempt" and proposal.usage:
        detail = wording.USAGES[proposal.usage][0]
    return ": ".join(part for part in (DECISIONS[proposal.decision or "flag"], detail.lower()) if part)


def _facts(proposal: Proposal) -> Iterable[tuple[str, str]]:
    if proposal.usage:
        yield "Use", wording.USAGES[proposal.usage][0]
    if proposal.severity:
        yield "Severity", wording.SEVERITIES[proposal.severity][0]
    if proposal.cue:
        yield "Decided by", f"“{wording.squeeze(proposal.cue)}”"
    if proposal.reason:
        yield "Why", proposal.reason
    if proposal.suggestion:
        yield "Instead", proposal.suggestion


def _pieces(proposal: Proposal) -> tuple[Piece, ...]:
    """The sentence with the words marked, cut to what a card holds."""
    start = proposal.start - proposal.sentence_start
    end = start + len(proposal.text)
    sentence = proposal.sentence
    if not 0 <= start < end <= len(sentence) or sentence[start:end] != proposal.text:
        return (Piece(wording.squeeze(proposal.text), marked=True),)
    before, after = sentence[:start], sentence[end:]
    cut_before, cut_after = len(before) > _WIDE, len(after) > _WIDE
    return (
        Piece(("… " if cut_before else "") + before[-_WIDE:]),
        Piece(sentence[start:end], marked=True),
        Piece(after[:_WIDE] + (" …" if cut_after else "")),
    )


def _place(proposal: Proposal) -> str:
    section = wording.SECTIONS[proposal.section]
    return f"{section}, page {proposal.page}" if proposal.page else section


def _count(told: str) -> int:
    return int(told) if told.isascii() and told.isdecimal() and len(told) < 10 else 0
