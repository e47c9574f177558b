"""Auditing in worker processes: each paper has a time and a memory limit, and no file can stop the run.

Each worker has a pipe of its own and the parent has no thread. So a worker may be killed at any moment, in the middle of a
message too, without a lock left held or another worker's message spoilt; it is known which paper it had; and a replacement is
forked from a process of one thread, with everything loaded. (A pool that shares its queue between workers promises none of
this; docs/robustness.md says which were tried.)
"""

from __future__ import annotations

import gc
import logging
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
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

from lang_audit.audit import Input, audit_file, audit_paper, failed_record, too_large
from lang_audit.errors import ConfigError, LangAuditError, LexiconError
from lang_audit.model import Paper, Record
from lang_audit.settings import Settings
from lang_audit.sources import readers

if TYPE_CHECKING:
    from multiprocessing.connection import Connection

try:
    import resource
except ImportError:  # Windows: no memory limit
    resource = None  # type: ignore[assignment]

_LOG = logging.getLogger(__name__)

Start = Literal["fork", "spawn"]

DEFAULT_TIMEOUT = 120.0
"""Seconds that a paper may take."""

_AHEAD = 6  # inputs a worker that may be under way or read but not yet asked for
_HELD = 8  # records of one input (a collection of articles) that are held before their turn
_LOADING = 20.0  # seconds more for the first paper of a worker that must load the lexicon and the language model itself
_GRACE = 2.0  # seconds after which the parent ends a worker whose own alarm did not
_PAPERS_EACH = 250  # papers after which a worker is replaced, whatever it may have piled up
_BLOATED = (
    0.25  # of the memory limit: a worker that ever held so much is replaced, so that the next paper has all of it
)
_WARMING = "Peers acted as a bridge between people who use drugs and the clinic, and some addicts stayed in care."
_MOST_MEMORY = 4 << 30
_ALARM: int | None = getattr(signal, "SIGALRM", None)
_STILLBORN = 3  # workers in a row that end before they are ready: then none can be started here


def audit_in_workers(
    inputs: Iterable[Input],
    settings: Settings,
    *,
    jobs: int = 1,
    timeout: float | None = DEFAULT_TIMEOUT,
    memory: int | None = None,
    start: Start | None = None,
    done: Callable[[Input], object] | None = None,
) -> Iterator[Record]:
    """The records of many inputs in their order, read and audited by `jobs` processes; the same for any number of them.

    A paper that takes longer than `timeout` seconds (None: no limit) or more than `memory` bytes (None: `default_memory`, 0: no
    limit), or whose worker dies, gives a `failed` record with the problem "timeout", "too-large" or "worker-died". `start` is
    how processes are started (None: what is safe here). `done` is called with each input after its last record was taken.

    Close the iterator (`contextlib.closing`) to end the workers at once; being used up or interrupted ends them too. Raises
    LangAuditError for a mistake in the settings, as `audit_file` does.
    """
    limits = _Limits(timeout or None, default_memory() if memory is None else memory or None)
    pool = _Pool(iter(inputs), settings, max(jobs, 1), limits, start or safe_start())
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


def default_memory() -> int | None:
    """The address space that a worker may take, in bytes: half of the machine's memory, 4 GiB at most."""
    with suppress(AttributeError, ValueError, OSError):  # no sysconf, or not these names
        return min(_MOST_MEMORY, os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // 2)
    return _MOST_MEMORY


def warm_up(settings: Settings) -> None:
    """Load all that auditing loads on its first papers, so that processes forked from here have it."""
    audit_paper(Paper(id="", source="", text=_WARMING), settings=settings)
    readers()


class _Limits(NamedTuple):
    """What one paper may take: seconds and bytes; None for no limit."""

    timeout: float | None
    memory: int | None


class _Ready(NamedTuple):
    """A worker says: it has loaded what it needs."""


class _End(NamedTuple):
    """A worker says: that was the last record of the input. `retire`: it should be replaced."""

    retire: bool


class _Mistake(NamedTuple):
    """A worker says: the lexicon or a setting has a mistake, which ends the run."""

    kind: type[LangAuditError]
    said: str | list[str]

    def error(self) -> LangAuditError:
        """The error as it was raised; a LexiconError is made of a list and does not survive pickling."""
        return LexiconError(self.said) if isinstance(self.said, list) else self.kind(self.said)


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
        self, start: Start, settings: Settings, limits: _Limits, siblings: list[_Worker], loaded: bool
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
            target=_work,
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

    def __init__(self, items: Iterator[Input], settings: Settings, jobs: int, limits: _Limits, start: Start) -> None:
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
            warm_up(self._settings)  # once, here: every worker, and every one that replaces it, inherits it
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
            case _Ready():
                worker.ready, self._stillborn = True, 0
                worker.restart_clock()
            case Record() if file is not None:
                file.records.append(said)
                worker.restart_clock()
            case _End() if file is not None:
                file.done = True
                worker.finished()
                if said.retire:
                    self._workers.remove(worker)
                    worker.end()
            case _Mistake():
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
        elif _ALARM is not None and status == -_ALARM:
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


def _work(
    connection: Connection, others: list[Connection], settings: Settings, limits: _Limits, spare: float, load: bool
) -> None:
    """The life of a worker: inputs in, records out, until the pipe ends. Ends without a word where something goes wrong."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the parent, which ends us
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    if _ALARM is not None:  # ends the process wherever it is, also in a library's loop, and when the parent is gone
        signal.signal(_ALARM, signal.SIG_DFL)
    for other in others:
        other.close()
    try:
        if load:
            warm_up(settings)
        _limit_memory(limits.memory)
        gc.freeze()  # what is inherited is not collected, and so not copied either
        connection.send(_Ready())
        for papers in range(1, sys.maxsize):
            retire = _audit(connection, connection.recv(), settings, limits, spare)
            connection.send(_End(retire or papers >= _PAPERS_EACH or _bloated(limits.memory)))
            spare = 0.0
    except LangAuditError as error:
        connection.send(_Mistake(type(error), error.problems if isinstance(error, LexiconError) else str(error)))
        connection.recv()  # until the parent has read it and hangs up
    except (EOFError, OSError):  # the parent is done with us, or gone
        return
    except BaseException:  # the parent says what became of the input; multiprocessing would print a traceback
        _LOG.debug("A worker ends", exc_info=True)
        os._exit(1)


def _audit(connection: Connection, item: Input, settings: Settings, limits: _Limits, spare: float) -> bool:
    """Send the records of an input; whether the worker should be replaced, because its memory ran out."""
    records = audit_file(item, settings=settings)
    retire = False
    while True:
        try:
            _alarm(limits.timeout, spare)
            record = next(records, None)
            _alarm(None)  # the parent may let us wait
            if record is None:
                return retire
            connection.send(record)
        except MemoryError:
            _alarm(None)
            _limit_memory(None)
            connection.send(too_large(item.path))
            return True
        retire = retire or any(problem.code == "too-large" for problem in record.problems)
        spare = 0.0


def _alarm(seconds: float | None, spare: float = 0.0) -> None:
    if _ALARM is not None:
        signal.setitimer(signal.ITIMER_REAL, seconds + spare if seconds else 0)


def _limit_memory(limit: int | None) -> None:
    """Limit our address space; None lifts a limit."""
    with suppress(AttributeError, ValueError, OSError):  # Windows; systems that do not know it
        hard = resource.getrlimit(resource.RLIMIT_AS)[1]
        soft = hard if limit is None else limit if hard == resource.RLIM_INFINITY else min(limit, hard)
        resource.setrlimit(resource.RLIMIT_AS, (soft, hard))


def _bloated(limit: int | None) -> bool:
    if resource is None:
        return False
    unit = 1 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit > _BLOATED * (limit or _MOST_MEMORY)
