"""The work of a run in pieces that can be done anywhere: some parts of a unit are read, audited and stored.

`run_task` needs what stands in its task and the folders that the task names, nothing else; done twice, it does nothing the
second time. So a local worker can run it, or one on another machine that shares the file system.
"""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import count, islice
from pathlib import Path
from typing import Final, NamedTuple

from lang_audit.corpus import auditing
from lang_audit.corpus.reading.columns import ColumnMap
from lang_audit.corpus.reading.records import CorpusRecord, Rejected
from lang_audit.corpus.reading.sources import read_source
from lang_audit.corpus.reading.streams import excerpt
from lang_audit.corpus.running.identity import SettingsSource, hash_of
from lang_audit.corpus.running.selection import Selection
from lang_audit.corpus.running.staging import End, Staging, Trouble
from lang_audit.corpus.running.units import PART_RECORDS, Unit
from lang_audit.corpus.running.watch import Watch
from lang_audit.corpus.tables import Part, paper_key
from lang_audit.model import Problem, Record
from lang_audit.settings import Settings

BATCH: Final = 250
"""Records with title and abstract that are audited at a time; full texts are one by one."""

_REMEDY = "The other records are not affected."
# A full disk is no property of the record whose archive was being unpacked: the run must stop and go on later.
_FULL: Final = {os.strerror(code): code for code in (errno.ENOSPC, errno.EDQUOT)}


@dataclass(frozen=True)
class Work:
    """What all tasks of a run have in common. `folder` is that of the run, as an absolute path."""

    folder: Path
    settings: SettingsSource = field(default_factory=SettingsSource)
    selection: Selection = field(default_factory=Selection)
    columns: ColumnMap | None = None
    part_records: int = PART_RECORDS


@dataclass(frozen=True)
class Task:
    """To do those parts of a unit that are not done yet and whose number leaves `stripe` when divided by `stripes`.

    In the parts that are `careful` records are audited one by one, and it is written down which one is under way.
    """

    work: Work
    unit: Unit
    stripe: int = 0
    stripes: int = 1
    careful: frozenset[int] = frozenset()


class _Item(NamedTuple):
    """What the input holds at one place: a record, one that could not be read, or one that may not be read or audited."""

    source: int
    position: int
    found: CorpusRecord | Rejected
    trouble: Trouble | None = None


def run_task(task: Task, watch: Watch, enough: int | None = None) -> bool:
    """Do a task; whether it is done. It is not where the process holds more than `enough` bytes: then hand it to a fresh one.

    Raises LangAuditError for mistakes in the settings, OSError where the run's folder cannot be written.
    """
    staging = Staging(task.work.folder)
    done = staging.parts(task.unit.number)
    end = staging.end(task.unit.number)
    if end is not None and not _missing(task, done, end.records):
        return True
    settings = task.work.settings.load()
    size = task.work.part_records
    # It begins a part early: where all parts were done but the end was not told, that finds the end.
    begin = max(next(part for part in count(task.stripe, task.stripes) if part not in done) - 1, 0) * size
    trouble = {(item.source, item.position, item.phase): item for item in staging.trouble(task.unit.number)}
    number = begin
    part: _PartUnderWay | None = None
    for item in _items(task, number, trouble, watch):
        at = number // size
        if part is not None and at != part.number:
            part.store(staging, watch)
            part = None
            if enough is not None and watch.memory() > enough:
                return False
        if part is None and at % task.stripes == task.stripe and at not in done:
            part = _PartUnderWay(task, at, settings, watch)
        if part is not None:
            part.take(item)
        number += 1
    if part is not None:
        part.store(staging, watch)
    if end is None and (number > begin or not begin):
        watch.rests()  # the hash of a large file takes longer than a record may
        staging.put_end(task.unit.number, End(number, [hash_of(source.path) for source in task.unit.sources]))
    return True


def _missing(task: Task, done: set[int], records: int) -> bool:
    """Whether a part of the task is not done."""
    wanted = range(task.stripe, -(-records // task.work.part_records), task.stripes)
    return any(part not in done for part in wanted)


def _items(task: Task, start: int, trouble: dict[tuple[int, int, str], Trouble], watch: Watch) -> Iterator[_Item]:
    """What the unit holds, from number `start` on; what ended a worker before is not touched again."""
    sources = task.unit.sources
    if len(sources) > 1 or any(phase == "walk" for _, _, phase in trouble):
        yield from islice(_walked(task, 0, trouble, watch), start, None)
    else:
        yield from _walked(task, start, trouble, watch)


def _walked(task: Task, start: int, trouble: dict[tuple[int, int, str], Trouble], watch: Watch) -> Iterator[_Item]:
    number = start
    for k, source in enumerate(task.unit.sources):
        position = start
        one_by_one = source.kind in ("paper", "archive")
        stops = min((at for file, at, phase in trouble if file == k and phase == "end"), default=None)
        if stops is not None and position >= stops:
            continue
        watch.source = source.path
        stream, begun = read_source(source, task.work.columns, position), False
        while stops is None or position < stops:
            part = number // task.work.part_records
            lost = trouble.get((k, position, "read"))
            if lost is not None:
                nothing = CorpusRecord(source.name, position)
                yield _Item(k, position, nothing, lost)
                position, number, begun = position + 1, number + 1, False
                stream = read_source(source, task.work.columns, position)
                continue
            phase = "read" if begun or not position else "skip"
            watch.at(part, k, position, phase, one_by_one or part in task.careful or phase == "skip")
            found = next(stream, None)
            if found is None:
                break
            _refuse_full_disk(found)
            begun = True
            yield _Item(k, position, found, trouble.get((k, position, "audit")))
            position, number = position + 1, number + 1
        start = 0


def _refuse_full_disk(found: CorpusRecord | Rejected) -> None:
    if isinstance(found, Rejected) and found.code == "no-access":
        for said, code in _FULL.items():
            if said in found.message:
                raise OSError(code, said, found.source)


class _PartUnderWay:
    """The records of a part as they come: audited in batches, kept in order."""

    def __init__(self, task: Task, number: int, settings: Settings, watch: Watch) -> None:
        self.number = number
        self._unit = task.unit.number
        self._selection = task.work.selection
        self._careful = number in task.careful
        self._settings = settings
        self._watch = watch
        self._waiting: list[_Item] = []
        self._rows = Part()
        self._rejects: list[tuple[object, ...]] = []

    def take(self, item: _Item) -> None:
        """One more record."""
        self._waiting.append(item)
        alone = isinstance(item.found, CorpusRecord) and item.found.paper is not None
        if alone or self._careful or len(self._waiting) >= BATCH:
            self._audit()

    def store(self, staging: Staging, watch: Watch) -> None:
        """Audit what waits, and put the part in its place."""
        self._audit()
        watch.stores(self.number)
        staging.put_part(self._unit, self.number, self._rows, self._rejects)
        watch.stored(len(self._rows))

    def _audit(self) -> None:
        if not self._waiting:
            return
        asked = [
            item.found
            for item in self._waiting
            if isinstance(item.found, CorpusRecord) and item.trouble is None and self._selection.holds(item.found)
        ]
        if asked:
            last = self._waiting[-1]
            self._watch.at(self.number, last.source, last.position, "audit", len(self._waiting) == 1)
        else:  # nothing that could take too long: to blame it again would never end
            self._watch.rests()
        outcomes = iter(auditing.audit_records(asked, self._settings) if asked else ())
        wanted = set(map(id, asked))
        for item in self._waiting:
            found = item.found
            if isinstance(found, Rejected):
                self._rows.reject(found)
                self._reject(found.source, found.position, "rejected", found.code, found.message, found.excerpt)
            elif item.trouble is not None and (item.trouble.phase == "read" or self._selection.holds(found)):
                self._add(found, _failed(found, item.trouble.code, item.trouble.message))
            elif id(found) in wanted:
                self._add(found, next(outcomes))
            else:
                self._rows.leave_out(found)
        self._watch.passed(len(self._waiting))
        self._waiting.clear()

    def _add(self, record: CorpusRecord, outcome: Record) -> None:
        if self._careful and (defect := _cannot_be_stored(record, outcome)):
            record = CorpusRecord(record.source, record.position)
            outcome = _failed(record, "defect", defect)
        self._rows.add(record, outcome)
        if outcome.appraisal is None:
            problem = outcome.problems[0]
            message = f"{problem.message} {problem.remedy}".strip()
            self._reject(record.source, record.position, "failed", problem.code, message, excerpt(record.title))

    def _reject(self, source: str, position: int, *told: str) -> None:
        self._rejects.append((paper_key(source, position), source, position, *told))


def _failed(record: CorpusRecord, code: str, message: str) -> Record:
    return Record(path=record.source, status="failed", problems=(Problem(code=code, message=message, remedy=_REMEDY),))


def _cannot_be_stored(record: CorpusRecord, outcome: Record) -> str | None:
    """Why a record cannot stand in the tables: a reader let something pass that no file format carries."""
    alone = Part()
    try:
        alone.add(record, outcome)
        alone.tables()
    except Exception as error:
        return f"lang-audit met a defect of its own on this record ({type(error).__name__}: {error})."
    return None
