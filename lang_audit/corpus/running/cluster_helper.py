"""The process beside a Dask worker that does its tasks, with the limits, and the care for records that end it, of a local run.

Orders come in by stdin, what is said of them goes out by stdout. It ends with its worker, and with its run: that has a file in
its folder, the mark, which a run removes at its end, and the next run in that folder if the last one could not.
"""

from __future__ import annotations

import json
import os
import pickle
import platform
import signal
import time
from contextlib import suppress
from dataclasses import dataclass, replace
from multiprocessing.connection import Connection
from pathlib import Path
from typing import NamedTuple

from lang_audit.corpus.manifest import Identity
from lang_audit.corpus.running import pool
from lang_audit.corpus.running.durable import write_durably
from lang_audit.corpus.running.identity import differences, identity_of
from lang_audit.corpus.running.meter import Progress
from lang_audit.corpus.running.staging import Staging
from lang_audit.corpus.running.tasks import Task, Work
from lang_audit.corpus.running.watch import Note, read_note
from lang_audit.errors import LangAuditError, LexiconError
from lang_audit.worker_process import Mistake
from lang_audit.workers import default_memory

_TOLD = 2.0  # seconds between two messages of progress, and two looks at the mark
_IDLE = 5.0  # seconds between two looks at the mark, without a task


@dataclass(frozen=True)
class Terms:
    """What a run asks of every worker: to see its mark (a file that holds the token) and to be made of the same.

    `patience`: seconds that a shared folder may take to show the mark.
    """

    work: Work
    mark: Path
    token: str
    identity: Identity
    timeout: float | None = 120.0
    patience: float = 5.0

    def stands(self) -> bool:
        """Whether the run still wants its tasks done."""
        try:
            return self.mark.read_text(encoding="utf-8") == self.token
        except OSError:
            return False


class Order(NamedTuple):
    """A task, with the sizes of the unit's files as the run sees them (None: cannot be read). Without a task: only to look."""

    terms: Terms
    task: Task | None = None
    sizes: tuple[int | None, ...] = ()


class Done(NamedTuple):
    """The answer to an order that was carried out: what was done in this attempt."""

    progress: Progress = Progress(0, 0)


class Refused(NamedTuple):
    """The answer where this machine cannot work for the run, and why."""

    machine: str
    reasons: tuple[str, ...]


class NoRoom(NamedTuple):
    """The answer where the run's folder cannot be written."""

    code: int | None
    said: str
    path: str


class Stopped(NamedTuple):
    """The answer where the run ended before the task did."""


Answer = Done | Refused | NoRoom | Stopped | Mistake


class _NoLongerWantedError(Exception):
    """The run or the worker wants no more."""


def main() -> None:
    """Carry out orders until the worker or the run ends."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the worker's to handle
    orders = Connection(os.dup(0), writable=False)
    out = Connection(os.dup(1), readable=False)
    os.dup2(2, 1)  # what a library prints is no answer
    accepted: Terms | None = None
    with suppress(EOFError, BrokenPipeError):
        while True:
            while not orders.poll(_IDLE):
                if accepted is not None and not accepted.stands():
                    return
            order: Order = pickle.loads(orders.recv_bytes())
            answer: Answer | None = _refused(order, known=order.terms == accepted)
            if answer is None:
                accepted = order.terms
                answer = _carried_out(order, orders, out)
            out.send(("answer", pickle.dumps(answer)))


def size_of(path: Path) -> int | None:
    """The size of a file that can be read; None for one that cannot."""
    try:
        return path.stat().st_size if os.access(path, os.R_OK) else None
    except OSError:
        return None


def _refused(order: Order, *, known: bool) -> Refused | Mistake | None:
    """Why the order cannot be carried out here."""
    reasons = []
    if not known:
        try:
            reasons = _obstacles(order.terms)
        except LangAuditError as error:
            reasons = [str(error)]
    if not reasons and order.task is not None:
        for source, size in zip(order.task.unit.sources, order.sizes, strict=True):
            here = size_of(source.path)
            if here != size:
                found = "cannot be read there" if here is None else f"has {here:,} bytes there"
                asked = "cannot be read" if size is None else f"has {size:,}"
                reasons.append(f"{source.path} {found}, {asked} where the run was started")
    return Refused(platform.node(), tuple(reasons)) if reasons else None


def _obstacles(terms: Terms) -> list[str]:
    """What keeps this machine from working for the run. Raises LangAuditError where its settings cannot be loaded."""
    work = terms.work
    deadline = time.monotonic() + terms.patience
    while not terms.stands():
        if time.monotonic() > deadline:
            return [f"{work.folder}, the folder of the run, is not seen there or is another folder there"]
        time.sleep(0.2)
    staging = Staging(work.folder)
    probe = staging.scratch / f"{platform.node()}.{os.getpid()}"
    try:
        write_durably(probe, b"")
        probe.unlink()
    except OSError as error:
        return [f"{work.folder}, the folder of the run, cannot be written there ({error.strerror or error})"]
    here = identity_of(work.settings.load(), work.selection)
    return differences(terms.identity, here)


def _carried_out(order: Order, orders: Connection, out: Connection) -> Answer:
    if order.task is None:
        return Done()
    terms, last = order.terms, Progress(0, 0)
    told = time.monotonic()

    def tick(progress: Progress) -> None:
        nonlocal last, told
        if orders.poll():  # nothing is sent to us now: it is the end of the pipe
            raise _NoLongerWantedError
        last = progress
        if time.monotonic() - told >= _TOLD:
            told = time.monotonic()
            if not terms.stands():
                raise _NoLongerWantedError
            out.send(("progress", *progress))

    try:
        task = after_deaths(order.task)
        pool.run_tasks([task], 1, pool.Limits(terms.timeout, default_memory()), tick)
    except _NoLongerWantedError:
        return Stopped()
    except LangAuditError as error:
        return Mistake(type(error), error.problems if isinstance(error, LexiconError) else str(error))
    except OSError as error:
        if not terms.stands():
            return Stopped()
        return NoRoom(error.errno, error.strerror or str(error), str(error.filename or terms.work.folder))
    return Done(last)


def after_deaths(task: Task) -> Task:
    """A task as it is to be done after earlier attempts ended with their whole workers, as their last notes tell.

    The parts they were at are done with care; a record that ended two workers is not touched again.
    """
    staging = Staging(task.work.folder)
    path = staging.now(task.unit.number, task.stripe)
    note, file = read_note(path), path.with_suffix(".deaths")
    deaths: list[Note] = []
    with suppress(FileNotFoundError):
        deaths = [Note(*told) for told in json.loads(file.read_text(encoding="utf-8"))]
    if note.phase in pool.AT_WORK:
        deaths.append(note)
        write_durably(file, json.dumps(deaths).encode())
        path.unlink(missing_ok=True)
        if note.one and sum(_place(death) == _place(note) for death in deaths) >= pool.BLAME:
            message = "The worker of the cluster that worked on the record ended abruptly, each time."
            pool.set_down(staging, task.unit.number, note, "worker-died", message)
    return replace(task, careful=task.careful | {death.part for death in deaths})


def _place(note: Note) -> tuple[int, int, str, bool]:
    return note.source, note.position, note.phase, note.one
