"""What is exchanged: the papers of a review with all that was proposed and decided, and what reading a file back would do."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from lang_audit.errors import ConfigError
from lang_audit.model import Frozen, Paper
from lang_audit.review.decisions import Final
from lang_audit.review.events import Event, State, Value
from lang_audit.review.proposals import Proposal


class ReviewPaper(Frozen):
    """A paper under review: its key, title, file name, the paper as read, and what the program proposes in it."""

    key: str
    title: str | None = None
    source: str
    paper: Paper | None = None  # needed for .qdpx and Web Annotations, which carry or quote the text
    proposals: tuple[Proposal, ...] = ()

    @property
    def text(self) -> str:
        """The paper's text; empty where it was not given."""
        return self.paper.text if self.paper else ""


class ReviewData(Frozen):
    """All that an export says.

    `raters` are those whose decisions whoever exports may see, themselves first; decisions of others in `state` are not written.
    `finals` are what holds in the end, by proposal id. `times` tells when a rater last decided on a proposal (ISO 8601).
    `made` is the time of the export (ISO 8601, UTC).
    """

    papers: tuple[ReviewPaper, ...]
    state: State
    raters: tuple[str, ...]
    finals: Mapping[str, Final] = {}
    times: Mapping[tuple[str, str], str] = {}
    made: str = "2000-01-01T00:00:00Z"

    def rows(self) -> Iterator[tuple[ReviewPaper, Proposal]]:
        """Every proposal and every addition of `raters`, by paper and place."""
        added: dict[str, list[Proposal]] = {}
        for name, one in self.state.added.items():
            if self.state.added_by.get(name) in self.raters:
                added.setdefault(one.paper, []).append(one)
        for paper in self.papers:
            known = {one.id for one in paper.proposals}
            here = [*paper.proposals, *(one for one in added.get(paper.key, ()) if one.id not in known)]
            for one in sorted(here, key=lambda p: (p.start, p.end, p.kind, p.label, p.id)):
                yield paper, one

    def decision(self, rater: str, proposal: str) -> Value:
        """What `rater` decided; an empty decision where nothing."""
        return self.state.decisions.get(rater, {}).get(proposal, Value())


class Read(Frozen):
    """One rater's decision as a file has it, and where (for messages).

    `seen` is the number of the last event on it when the file was written; None where the format does not say. `untouched`
    where it is as it was written.
    """

    where: str
    who: str
    proposal: str
    value: Value
    seen: int | None = None
    untouched: bool = False
    added: Proposal | None = None


class Conflict(Frozen):
    """A decision of a file that is not taken over as it is: why, in words.

    `event` would put it into the store over what stands there now; None where that cannot be.
    """

    where: str
    why: str
    who: str
    proposal: str
    stands: Value = Value()
    given: Value = Value()
    event: Event | None = None


class Contents(Frozen):
    """All that a file holds: decisions, what raters released, and the mistakes in it, each with its place.

    `left` is what cannot be taken over because it stands for nothing in this review.
    """

    read: tuple[Read, ...] = ()
    proposals: tuple[Proposal, ...] = ()
    released: frozenset[tuple[str, str]] = frozenset()
    left: tuple[Conflict, ...] = ()
    mistakes: tuple[str, ...] = ()


class ImportPlan(Frozen):
    """What importing a file would do. Nothing is half imported: where there are mistakes, there are no events.

    `events` take over all that is not in conflict. `unchanged` counts decisions that the store has already, `outdated` those
    that nobody changed in the file and that are newer in the store, `others` those of raters who were not asked for.
    """

    events: tuple[Event, ...] = ()
    conflicts: tuple[Conflict, ...] = ()
    mistakes: tuple[str, ...] = ()
    unchanged: int = 0
    outdated: int = 0
    others: int = 0


class FileMistakesError(ConfigError):
    """A file of decisions that cannot be used at all, or has mistakes; `mistakes` holds one line each."""

    def __init__(self, mistakes: list[str]) -> None:
        super().__init__("\n".join(mistakes))
        self.mistakes = mistakes


def clean(value: Any) -> str | None:
    """Text out of a file, None where it is empty."""
    text = "" if value is None else str(value).strip()
    return text or None
