"""The list of papers as plain values: one screen of it, with what was asked for and how far everybody is."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlencode

from lang_audit.report import wording
from lang_audit.review.events import State
from lang_audit.review.kept import KeptPaper
from lang_audit.review.web.cards import byline, paper_title
from lang_audit.review.web.paper_screen import count
from lang_audit.review.web.workspace import Progress, Workspace

ROWS: Final = 50  # papers on one screen
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
    page = min(max(count(asked.get("page", "")), 1), pages)
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
