"""Auditing in worker processes: each paper has a time and a memory limit, and no file can stop the run.

Each worker has a pipe of its own and the parent has no thread. So a worker may be killed at any moment, in the middle of a
message too, without a lock left held or another worker's message spoilt; it is known which paper it had; and a replacement is
forked from a process of one thread, with everything loaded. (A pool that shares its queue between workers promises none of
this; docs/robustness.md says which were tried.)
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import sys
import threading
import time
import warnings
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from itertools import chain, islice
from multiprocessing.connection import wait
from typing import Any, Literal

from lang_audit import worker_process as process
from lang_audit.audit import Input, audit_file, failed_record
from lang_audit.errors import ConfigError
from lang_audit.model import Record
from lang_audit.settings import Settings

Start = Literal["fork", "spawn"]

DEFAULT_TIMEOUT = 120.0
"""Seconds that a paper may take."""

_AHEAD = 6  # inputs a worker that may be under way or read but not yet asked for
_HELD = 8  # records of one input (a collection of articles) that are held before their turn
_LOADING = 20.0  # seconds more for the first paper of a worker that must load the lexicon and the language model itself
_GRACE = 2.0  # seconds after which the parent ends a worker whose own alarm did not
_MOST_JOBS = 8  # of the default: more are a choice, since each may take its memory
_STILLBORN = 3  # workers in a row that end before they are ready: then none can be started here


def audit_in_workers(
    inputs: Iterable[Input],
    settings: Settings,
    *,
    jobs: int | None = 1,
    timeout: float | None = DEFAULT_TIMEOUT,
    memory: int | None = None,
    start: Start | None = None,
    done: Callable[[Input], object] | None = None,
) -> Iterator[Record]:
    """The records of many inputs in their order, read and audited by `jobs` processes (None: `default_jobs`); the same
    for any number of them.

    A paper that takes longer than `timeout` seconds (None: no limit) or more than `memory` bytes (None: `default_memory`, 0: no
    limit), or whose worker dies, gives a `failed` record with the problem "timeout", "too-large" or "worker-died". `start` is
    how processes are started (None: what is safe here). `done` is called with each input after its last record was taken.

    Close the iterator (`contextlib.closing`) to end the workers at once; being used up or interrupted ends them too. Raises
    LangAuditError for a mistake in the settings, as `audit_file` does.
    """
    limits = process.Limits(timeout or None, default_memory() if memory is None else memory or None)
    pool = _Pool(iter(inputs), settings, max(jobs or default_jobs(), 1), limits, start or safe_start())
    try:
        for item, record in pool.records():
            if record is not None:
                yield record
            elif done is not None:
                done(item)
    finally:
        pool.close()


def safe_start() -> Start:
    """How workers can be started here: forking is fast, but safe only on Linux and from a process of one thread."""
    return "fork" if sys.platform == "linux" and threading.active_count() == 1 else "spawn"


def default_jobs() -> int:
    """How many workers are worth their start here: one for each core that this process may use, eight at most."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return min(cores, _MOST_JOBS)


def default_memory() -> int | None:
    """The address space that a paper may take, in bytes, beyond what its worker has loaded: half of the memory, 4 GiB at most."""
    with suppress(AttributeError, ValueError, OSError):  # no sysconf, or not these names
        return min(process.MOST_MEMORY, os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // 2)
    return process.MOST_MEMORY


@dataclass(eq=False, slots=True)
class _File:
    """An input that was given out or waits for its turn, and what came of it so far."""

    item: Input
    records: deque[Record] = field(default_factory=deque)
    done: bool = False

    def fail(self, code: str, message: str, remedy: str) -> None:
        """End it with a record that says why."""
        self.records.append(failed_record(self.item.path, code, message, remedy))
        self.done = True


class _Worker:
    """A process, our end of its pipe, the input it has, and until when it may take."""

    def __init__(
        self, start: Start, settings: Settings, limits: process.Limits, siblings: list[_Worker], loaded: bool
    ) -> None:
        context: Any = multiprocessing.get_context(start)
        self.connection, theirs = context.Pipe()
        self.ready = False
        self.deadline: float | None = None
        self.file: _File | None = None
        self._limits = limits
        # A spawned worker loads everything before it is ready; a forked one that inherits nothing, with its first paper.
        self._spare = 0.0 if loaded or start == "spawn" else _LOADING
        # A forked child has copies of our ends of every pipe. It closes them, so that each worker sees its pipe end with us.
        ours = [self.connection, *(other.connection for other in siblings)] if start == "fork" else []
        self._process = context.Process(
            target=process.work,
            args=(theirs, ours, settings, limits, self._spare, start == "spawn"),
            name="lang-audit-worker",
            daemon=True,
        )
        with _uninterrupted(), warnings.catch_warnings():
            # Python 3.12 warns of native threads: NumPy's, which are made to be forked. We have none of our own.
            warnings.filterwarnings("ignore", category=DeprecationWarning)
            self._process.start()
        theirs.close()

    def give(self, file: _File) -> bool:
        """Hand it an input; False where the worker is gone."""
        try:
            self.connection.send(file.item)
        except OSError:
            return False
        self.file = file
        self.restart_clock()
        return True

    def restart_clock(self) -> None:
        """Give it the time for one paper from now on."""
        limit = self._limits.timeout
        running = self.ready and self.file is not None
        self.deadline = time.monotonic() + limit + self._spare + _GRACE if limit and running else None

    def finished(self) -> None:
        """Its input is done: it has none now."""
        self.file, self.deadline, self._spare = None, None, 0.0

    def end(self, patience: float = 0.0) -> int | None:
        """End the process, after waiting so many seconds for its own end; the status it ended with."""
        self.connection.close()
        self._process.join(patience)
        self._process.kill()
        self._process.join()
        status: int | None = self._process.exitcode
        self._process.close()
        return status


class _Pool:
    """The workers and the inputs that are under way, in input order; the first is the one whose records are asked for."""

    def __init__(
        self, items: Iterator[Input], settings: Settings, jobs: int, limits: process.Limits, start: Start
    ) -> None:
        first = list(islice(items, 2))
        self._several = len(first) > 1
        self._items = chain(first, items)
        self._settings = settings
        self._jobs = jobs
        self._limits = limits
        self._start = start
        self._workers: list[_Worker] = []
        self._files: deque[_File] = deque()
        self._again: deque[_File] = deque()  # given to workers that ended before they took them
        self._stillborn = 0

    def records(self) -> Iterator[tuple[Input, Record | None]]:
        """Each record with its input, in order; None after the last of an input."""
        self._hand_out()
        while self._files:
            file = self._files[0]
            while file.records or not file.done:
                if file.records:
                    yield file.item, file.records.popleft()
                self._listen(block=not file.records and not file.done)
            self._files.popleft()
            self._hand_out()  # before the caller takes its time
            yield file.item, None

    def close(self) -> None:
        """End every worker at once."""
        while self._workers:
            self._workers.pop().end()

    def _hand_out(self) -> None:
        """Give every free worker an input, as long as not too many wait for their turn."""
        while len(self._workers) < self._jobs or any(worker.file is None for worker in self._workers):
            file = self._again.popleft() if self._again else self._next_file()
            if file is None:
                return
            if file.item.problem is not None:  # nothing to read
                file.records.extend(audit_file(file.item, settings=self._settings))
                file.done = True
            else:
                self._give(file)

    def _next_file(self) -> _File | None:
        item = next(self._items, None) if len(self._files) < self._jobs * _AHEAD else None
        if item is None:
            return None
        self._files.append(_File(item))
        return self._files[-1]

    def _give(self, file: _File) -> None:
        for worker in [worker for worker in self._workers if worker.file is None]:
            if worker.give(file):
                return
            self._workers.remove(worker)  # it died while it had nothing to do
            worker.end()
        worker = self._new_worker()
        if not worker.give(file):
            self._died(worker, file)

    def _new_worker(self) -> _Worker:
        loaded = self._several and self._start == "fork"
        if loaded:
            process.warm_up(self._settings)  # once, here: every worker, and every one that replaces it, inherits it
        worker = _Worker(self._start, self._settings, self._limits, self._workers, loaded)
        self._workers.append(worker)
        return worker

    def _listen(self, *, block: bool) -> None:
        """Take in what the workers have to say, end those whose time is up, and hand out more."""
        ours: dict[Any, _Worker] = {w.connection: w for w in self._workers if not self._must_wait(w)}
        now = time.monotonic()
        until = [worker.deadline for worker in ours.values() if worker.deadline is not None]
        patience = max(min(until) - now, 0.0) if until else None
        for connection in wait(list(ours), patience if block else 0):
            self._hear(ours.pop(connection))
        now = time.monotonic()
        for worker in ours.values():
            if worker.deadline is not None and worker.deadline <= now:
                self._end_late(worker)
        self._hand_out()

    def _must_wait(self, worker: _Worker) -> bool:
        """Whether enough of the worker's input is held already: then it waits in its pipe until its turn has come."""
        file = worker.file
        return file is not None and file is not self._files[0] and len(file.records) >= _HELD

    def _hear(self, worker: _Worker) -> None:
        file = worker.file
        try:
            said = worker.connection.recv()
        except Exception:  # its end; or half a message, which can raise anything
            self._died(worker, file)
            return
        match said:
            case process.Ready():
                worker.ready, self._stillborn = True, 0
                worker.restart_clock()
            case Record() if file is not None:
                file.records.append(said)
                worker.restart_clock()
            case process.End() if file is not None:
                file.done = True
                worker.finished()
                if said.retire:
                    self._workers.remove(worker)
                    worker.end()
            case process.Mistake():
                raise said.error()

    def _died(self, worker: _Worker, file: _File | None) -> None:
        self._workers.remove(worker)
        status = worker.end(patience=1.0)
        if not worker.ready:
            self._stillborn += 1
            if self._stillborn >= _STILLBORN:
                raise ConfigError(
                    f"Worker processes end before they are ready here ({_how(status)}). Allow them more memory."
                )
        if file is None:
            return
        if not worker.ready:
            self._again.append(file)
        elif process.ALARM is not None and status == -process.ALARM:
            file.fail(*self._too_slow())
        else:
            file.fail(
                "worker-died",
                f"The process that read the file ended abruptly ({_how(status)}).",
                "Open the file and save or print it to a new one; if that does not help, please report it.",
            )

    def _end_late(self, worker: _Worker) -> None:
        self._workers.remove(worker)
        worker.end()
        if worker.file is not None:
            worker.file.fail(*self._too_slow())

    def _too_slow(self) -> tuple[str, str, str]:
        return (
            "timeout",
            f"The file was not read within {self._limits.timeout:g} seconds.",
            "Allow more time with --timeout, split the file, or export it again from the program that made it.",
        )


def _how(status: int | None) -> str:
    """How a process ended, in words."""
    if status is None or status >= 0:
        return f"exit status {status}"
    try:
        name = signal.Signals(-status).name
    except ValueError:
        name = f"signal {-status}"
    means = {"SIGKILL": "killed, by somebody or for want of memory", "SIGSEGV": "a crash in a library"}
    return f"{name}: {means[name]}" if name in means else name


@contextmanager
def _uninterrupted() -> Iterator[None]:
    """Hold Ctrl-C back while a process starts, so that it cannot meet the child before the child ignores it."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
