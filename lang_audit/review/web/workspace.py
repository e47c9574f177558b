"""What the workspace holds: the papers of an appraisal, the log of decisions, and how far each reviewer has come."""

from __future__ import annotations

import gc
from collections import OrderedDict, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Final

from lang_audit.errors import ConfigError
from lang_audit.model import Appraisal, Paper
from lang_audit.review.decisions import added_to, decided, merged, outcome, same_additions
from lang_audit.review.events import CONSENSUS, MACHINE, Event, State, Value
from lang_audit.review.kept import FOLDER, INDEX, KeptPaper, kept_papers, load_record, source_of
from lang_audit.review.proposals import Proposal, proposals
from lang_audit.review.web.page_pictures import PagePictures

if TYPE_CHECKING:
    from lang_audit.review.store import Store
    from lang_audit.settings import Settings

_KEPT_OPEN: Final = 12  # papers: a reviewer reads one, a team a few at a time
NO_RATERS: Final = frozenset({CONSENSUS, MACHINE})


@dataclass(frozen=True)
class OpenPaper:
    """A paper of the appraisal with all that the program proposes in it, in text order."""

    row: KeptPaper
    appraisal: Appraisal
    proposals: tuple[Proposal, ...]

    @property
    def key(self) -> str:
        """The key under which it is in the list."""
        return self.row.key

    @property
    def paper(self) -> Paper:
        """Its text and pages."""
        return self.appraisal.paper

    @cached_property
    def by_id(self) -> Mapping[str, Proposal]:
        """The program's proposals by their ids."""
        return {one.id: one for one in self.proposals}


@dataclass(frozen=True, slots=True)
class Progress:
    """How much of a paper a reviewer has decided, and whether the decisions are released."""

    who: str
    decided: int
    total: int
    released: bool


class Tally:
    """Which proposals each reviewer has decided, by paper: kept up from the log, so that a list of papers reads no paper."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._last = 0
        self._decided: defaultdict[str, defaultdict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
        self._changed: dict[str, int] = {}

    def up_to_date(self, store: Store) -> tuple[Mapping[str, Mapping[str, set[str]]], Mapping[str, int]]:
        """paper -> reviewer -> ids; and paper -> number of the last event on it since the start. With all that has happened."""
        with self._lock:
            if not self._last:
                self._begin(store.state())
            self._take(store.events(after=self._last))
            return self._decided, self._changed

    def _begin(self, state: State) -> None:
        """Count what the state holds; only what comes after is read as events."""
        self._last = max(state.last.values(), default=0)
        for who, values in state.decisions.items():
            for id_, value in values.items():
                if decided(value):
                    self._decided[state.papers[id_]][who].add(id_)

    def _take(self, events: Iterable[Event]) -> None:
        for event in events:
            self._last = max(self._last, event.number)
            self._changed[event.paper] = event.number
            if event.proposal is None:
                continue
            ids = self._decided[event.paper][event.who]
            (ids.add if decided(event.after) else ids.discard)(event.proposal)
            if event.carried_from:
                ids.discard(event.carried_from)


class Workspace:
    """One appraisal under review.

    Papers come from the index only, so no name from outside ever becomes a path. Safe in threads.
    """

    def __init__(self, folder: Path, store: Store, settings: Settings) -> None:
        """Raises ConfigError where `folder` holds no appraisal."""
        self.folder = folder
        self.store = store
        self.settings = settings
        self._papers: dict[str, KeptPaper] = {}
        self._run: int | None = None
        self.pictures = PagePictures(lambda key: source_of(folder, key))
        self._tally = Tally()
        self._lock = Lock()
        self._differ: dict[str, tuple[int, list[str]]] = {}
        self._raters: tuple[State | None, dict[str, list[str]]] = None, {}
        self._open: OrderedDict[str, OpenPaper] = OrderedDict()
        _ = self.papers

    @property
    def papers(self) -> dict[str, KeptPaper]:
        """The papers by their keys, in the order of the run; of the newest run, where another was made meanwhile."""
        try:
            run = (self.folder / FOLDER / INDEX).stat().st_mtime_ns
        except OSError:
            run = None
        if run is None or run != self._run:
            rows = {row.key: row for row in kept_papers(self.folder)}
            with self._lock:
                self._papers, self._run = rows, run
                self._open.clear()
                self._differ.clear()
        return self._papers

    def warm_up(self) -> None:
        """Read the log and count, before the first page is asked for; what is then in memory stays out of garbage collection."""
        self.differences()
        gc.collect()
        gc.freeze()

    def raters(self, state: State, key: str) -> list[str]:
        """Who has decided something on a paper and released it; a third who only settles is none of them."""
        held, known = self._raters
        if held is not state:  # counted once: a page asks for every card on it, the export for every paper
            known = self.raters_on(state, {key for _, key in state.released})
            self._raters = state, known
        return known.get(key, [])

    def raters_on(self, state: State, keys: Iterable[str]) -> dict[str, list[str]]:
        """The same for several papers, by key."""
        said, _ = self._tally.up_to_date(self.store)
        names = [who for who in state.raters if who not in NO_RATERS]
        return {
            key: [who for who in names if (who, key) in state.released and said.get(key, {}).get(who)] for key in keys
        }

    def begun_by(self, who: str) -> set[str]:
        """The papers on which `who` has decided something."""
        said, _ = self._tally.up_to_date(self.store)
        return {key for key in self.papers if said.get(key, {}).get(who)}

    def differences(self) -> dict[str, list[str]]:
        """The proposals on which two or more reviewers who have released a paper differ, by paper.

        An addition that another reviewer did not make is a difference too.
        """
        said, changed = self._tally.up_to_date(self.store)
        state = self.state()  # after the count, so that it holds at least as much
        released = {key for _, key in state.released}
        with self._lock:
            for key in released:
                at = changed.get(key, 0)
                if self._differ.get(key, (-1,))[0] != at:
                    self._differ[key] = at, _differing(state, dict(said.get(key, {})), key)
            return {key: ids for key, (_, ids) in self._differ.items() if ids}

    def paper(self, key: str) -> OpenPaper | None:
        """The paper of that key; None where there is none or it could not be read."""
        row = self.papers.get(key)
        if row is None:
            return None
        with self._lock:
            if key in self._open:
                self._open.move_to_end(key)
                return self._open[key]
        try:
            record = load_record(self.folder, key)
        except ConfigError:  # another run of `appraise` has just taken its place
            return None
        if record.appraisal is None:
            return None
        opened = OpenPaper(row, record.appraisal, tuple(proposals(record.appraisal, key)))
        with self._lock:
            self._open[key] = opened
            while len(self._open) > _KEPT_OPEN:
                self._open.popitem(last=False)
        return opened

    def state(self) -> State:
        """All decisions as they stand now."""
        return self.store.state()

    def reviewers(self) -> list[str]:
        """Everybody who has decided something, by name."""
        return sorted(set(self.store.raters()) - NO_RATERS, key=str.casefold)

    def progress(self, state: State, who: str) -> dict[str, list[Progress]]:
        """For each paper the reviewers who have begun it; `who` is always there, first. Numbers only: this blinds nobody."""
        said, _ = self._tally.up_to_date(self.store)
        added: defaultdict[tuple[str, str], int] = defaultdict(int)
        for id_, proposal in state.added.items():
            added[proposal.paper, state.added_by[id_]] += 1
        names = [who, *(name for name in self.reviewers() if name != who)]
        found = {}
        for key, row in self.papers.items():
            begun = said.get(key, {})
            proposed = row.flagged + row.queries + row.exempt + row.codes
            rows = []
            for name in names:
                done, released = len(begun.get(name, ())), (name, key) in state.released
                if name == who or done or released:
                    total = proposed + added[key, name]
                    rows.append(Progress(name, min(done, total), total, released))
            found[key] = rows
        return found

    def seen_by(self, state: State, who: str, key: str) -> set[str]:
        """Whose decisions on a paper `who` may see: their own; those of others once both have decided something and released it.

        Who has released without a decision sees nothing of one other reviewer, and is seen by nobody; of two or more, as a third.
        """
        if (who, key) not in state.released:
            return {who}
        raters = self.raters(state, key)
        others = {*raters} - {who}
        return {who, CONSENSUS} | others if who in raters or len(others) > 1 else {who}

    def visible(self, state: State, who: str, key: str) -> Mapping[str, Mapping[str, Value]]:
        """The decisions of others that `who` may see on a paper, by name."""
        names = sorted(self.seen_by(state, who, key) - {who}, key=lambda name: (name == CONSENSUS, name.casefold()))
        return {name: state.decisions.get(name, {}) for name in names}

    def locked(self, state: State, who: str, key: str) -> bool:
        """Whether `who` can see others' decisions on a paper: from then on only consensus changes anything."""
        return bool(self.seen_by(state, who, key) - {who, CONSENSUS})

    def proposals_for(self, opened: OpenPaper, state: State, who: str) -> list[Proposal]:
        """All proposals on a paper that `who` may see: the program's, their own, and those of others once both have released."""
        seen = self.seen_by(state, who, opened.key)
        added = [one for one in added_to(state, opened.key) if state.added_by[one.id] in seen]
        own = {one.id for one in added}
        every = (*added, *(one for one in opened.proposals if one.id not in own))
        return sorted(every, key=lambda one: (one.start, one.end, one.kind, one.label))

    def proposal(self, opened: OpenPaper, state: State, who: str, id_: str) -> Proposal | None:
        """The proposal of that id, where `who` may see it."""
        if found := opened.by_id.get(id_):
            return found
        return next((one for one in self.proposals_for(opened, state, who) if one.id == id_), None)

    def visible_state(self, state: State, who: str) -> State:
        """The state with only those decisions and additions in it that `who` may see."""
        seen = {key: self.seen_by(state, who, key) for key in {*state.papers.values()}}

        def shown(rater: str, id_: str) -> bool:
            return rater in seen.get(state.papers.get(id_, ""), ())

        return state.model_copy(
            update={
                "decisions": {
                    rater: {id_: one for id_, one in values.items() if shown(rater, id_)}
                    for rater, values in state.decisions.items()
                },
                "added": {id_: one for id_, one in state.added.items() if shown(state.added_by[id_], id_)},
            }
        )


def _differing(state: State, begun: Mapping[str, set[str]], key: str) -> list[str]:
    raters = [who for who, ids in begun.items() if ids and who not in NO_RATERS and (who, key) in state.released]
    if len(raters) < 2:
        return []
    found = []
    ids = set().union(*(begun[who] for who in raters))
    same = same_additions(state, ids)
    state = merged(state, same)
    for id_ in sorted(ids.difference(same)):
        values = [value for who in raters if (value := state.decisions[who].get(id_)) and decided(value)]
        alone = id_ in state.added and len(values) < len(raters)
        if id_ not in state.carried and (alone or len({outcome(value) for value in values}) > 1):
            found.append(id_)
    return found
