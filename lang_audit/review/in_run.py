"""A review's decisions in a run of `appraise`: carried over to what the run proposes, put into its papers, told at its end."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final

from lang_audit.commands.extra import require
from lang_audit.errors import ConfigError
from lang_audit.model import Record, listed
from lang_audit.review.applied import reviewed
from lang_audit.review.carried_over import (
    Unmatched,
    carried,
    decided_ids,
    left_behind,
    read_unmatched,
    write_unmatched,
)
from lang_audit.review.comparison import over_all
from lang_audit.review.decisions import added_to, deciders, final, released_only
from lang_audit.review.events import Event, State, advanced
from lang_audit.review.kept import DATABASE, FOLDER, Keys, is_kept, kept_papers, load_record
from lang_audit.review.proposals import Proposal, proposals
from lang_audit.settings import Settings

if TYPE_CHECKING:
    from lang_audit.review.store import Store

NO_REVIEW: Final = "none"


def kappa_of(state: State, about: Mapping[str, Proposal]) -> float | None:
    """Cohen's kappa over all units, additions too, as the workspace counts it; None where it cannot be had.

    `about` holds what was decided on, by id.
    """
    raters = deciders(state)
    if len(raters) < 2:
        return None
    proposed = [one for id_, one in about.items() if id_ not in state.added and id_ not in state.carried]
    try:
        return over_all(proposed, state, raters).kappa.value
    except ImportError:  # scikit-learn comes with the extra
        return None


def open_review(decisions: str | None, folder: Path | None, settings: Settings) -> AppliedReview | None:
    """The review whose decisions a run applies: that of the log `decisions` (a path or URL; "none": no review), else the one in
    the `folder` of the reports; None where there is none.

    The log in the folder, or a team's database, is written to: with decisions that are carried over, and with what the last run's
    proposals said. Another file is only read. Raises ConfigError where the log cannot be used.
    """
    own = folder / DATABASE if folder else None
    if decisions == NO_REVIEW or (decisions is None and not (own and own.is_file())):
        return None
    require("review", "sqlalchemy")
    from lang_audit.review.store import Store

    store = Store.open(decisions or own or "", create=False)
    try:
        ours = own is not None and (
            decisions is None or "://" in decisions or own.resolve() == Path(decisions).resolve()
        )
        if ours and folder:
            remember_decided(store, folder)
        return AppliedReview(store, settings, append=ours)
    except BaseException:
        store.close()
        raise


class AppliedReview:
    """A review's decisions, put into the papers of a run as they come; the decisions are carried over to what is proposed now.

    Where several review, only released decisions are put in: a report would tell the others of them. All are carried over.
    """

    def __init__(self, store: Store, settings: Settings, *, append: bool) -> None:
        """`append`: decisions that are carried over are appended to the log."""
        self._store = store
        self._settings = settings
        self._append = append
        self._state = store.state()
        self._about = {**store.about(), **self._state.added}
        self._ids = decided_ids(self._state)
        self._released, self.left_out = released_only(self._state)
        self._kappa = kappa_of(self._released, self._about)
        self._keys = Keys()
        self._papers: set[str] = set()
        self._events: list[Event] = []
        self._new: list[Proposal] = []
        self.unmatched: list[Unmatched] = []
        self.decided = 0
        self.proposed = 0

    def __enter__(self) -> AppliedReview:
        return self

    def __exit__(self, *_: object) -> None:
        self._store.close()

    @property
    def raters(self) -> tuple[str, ...]:
        """Who has decided what is put in; somebody who only released a paper is none of them."""
        return deciders(self._released)

    def apply(self, record: Record) -> Record:
        """The record with the decisions in it; call it for every record of a run, in order."""
        key, _ = self._keys.next(record)
        ids = self._ids.get(key)
        if record.appraisal is None or (ids is not None and key in self._papers):
            return self._again(record, key)
        self._papers.add(key)
        mine = proposals(record.appraisal, key)
        self.proposed += len(mine)
        if not ids:
            return record
        text = record.appraisal.paper.text
        moved = carried(self._state, self._about, ids, mine, text, datetime.now(UTC).isoformat(timespec="seconds"))
        self._events += moved.events
        self.unmatched += moved.unmatched
        self._new += [proposal for proposal in mine if any(e.proposal == proposal.id for e in moved.events)]
        return self._with_decisions(record, key, mine, moved.events)

    def finish(self, folder: Path | None) -> list[str]:
        """What to tell of it, in lines. Decisions without a match are listed in the folder of the reports."""
        if not self._state.raters:
            return []
        self.unmatched += left_behind(self._state, self._about, self._papers)
        kept = self._carry() if self._append else len(self._events)
        whose = f"decisions of {listed(self.raters)}" if self.raters else "no decisions"
        lines = [f"Review: {whose} applied, {self.decided} of {self.proposed} proposals decided ({self._store.place})."]
        if n := self.left_out:
            lines.append(f"  {n:,} decision{'s' * (n != 1)} not yet released {'are' if n != 1 else 'is'} left out.")
        if kept:
            lines.append(f"  {kept} carried over to what this run proposes otherwise.")
        if self.unmatched:
            where = f": {write_unmatched(folder / FOLDER, self.unmatched)}" if folder else ""
            lines.append(f"  {len(self.unmatched)} could not be matched; they stay in the log{where}")
        elif folder and read_unmatched(folder / FOLDER):
            write_unmatched(folder / FOLDER, [])
        return lines

    def _again(self, record: Record, key: str) -> Record:
        """A copy of a paper that came before: the same decisions hold. A paper that could not be read has none."""
        if record.appraisal is None:
            return record
        mine = proposals(record.appraisal, key)
        return self._with_decisions(record, key, mine, self._events, counted=False)

    def _with_decisions(
        self, record: Record, key: str, mine: list[Proposal], moved: list[Event], *, counted: bool = True
    ) -> Record:
        state = self._released
        if moved:  # as they will stand in the log, after all that is in it
            last = max(self._state.last.values(), default=0)
            numbered = (e.model_copy(update={"number": last + k}) for k, e in enumerate(moved, 1))
            state, _ = released_only(advanced(self._state, numbered))
        known = {proposal.id for proposal in mine}
        added = [proposal for proposal in added_to(state, key) if proposal.id not in known]
        finals = final([*mine, *added], state)
        if counted:
            self.proposed += len(added)
            self.decided += sum(end.settled for end in finals.values())
        return reviewed(record, finals, settings=self._settings, kappa=self._kappa)

    def _carry(self) -> int:
        from lang_audit.review.store import ConflictError

        self._store.remember(self._new)
        stored = 0
        for event in self._events:
            try:
                self._store.append(event)
                stored += 1
            except ConflictError:  # decided on anew while the run was under way: that is the newer decision
                continue
        return stored


def remember_decided(store: Store, folder: Path) -> None:
    """Put into the log what the proposals said that were decided on, out of the last run's data, before these are replaced."""
    if not is_kept(folder):
        return
    about = store.about()
    missing = {paper: [id_ for id_ in ids if id_ not in about] for paper, ids in decided_ids(store.state()).items()}
    for row in kept_papers(folder):
        ids = set(missing.get(row.key, ()))
        if not ids:
            continue
        try:
            record = load_record(folder, row.key)
        except ConfigError:  # broken: decisions on it are then found by their ids only
            continue
        if record.appraisal:
            store.remember(p for p in proposals(record.appraisal, row.key) if p.id in ids)
