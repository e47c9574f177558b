"""The tasks of a run in processes of this machine. A process may die or hang at any moment: another goes on with what is missing.

A record that ends its worker twice is set down as trouble, is `failed` from then on, and nothing else is lost by it.
"""

from __future__ import annotations

import gc
import logging
import multiprocessing
import os
import signal
import tempfile
import time
import warnings
from collections import Counter, deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from importlib import import_module
from multiprocessing.connection import Connection, wait
from typing import Any, Final, NamedTuple

from lang_audit.corpus.reading.codes import country_code, language_code
from lang_audit.corpus.running.meter import Progress
from lang_audit.corpus.running.staging import Staging, Trouble
from lang_audit.corpus.running.tasks import Task, Work, run_task
from lang_audit.corpus.running.watch import ALARM, Note, Watch, read_note
from lang_audit.corpus.tables import Part
from lang_audit.errors import LangAuditError, LexiconError
from lang_audit.worker_process import Mistake, limit_memory, warm_up
from lang_audit.workers import Start, safe_start

_LOG = logging.getLogger(__name__)

_TICK = 0.5  # seconds between two looks at the workers
_GRACE = 10.0  # seconds after which a worker is ended whose own alarm did not
_BLOATED: Final = 550 << 20  # bytes that a worker may hold before a fresh one takes over
_TASKS_EACH = 50  # tasks after which a worker is replaced, whatever it may have piled up
BLAME: Final = 2
"""Times that a record must end its worker before it is not touched again."""
AT_WORK: Final = frozenset({"read", "audit", "skip", "store"})
"""The phases of a note in which a worker is at a record or a part."""
_FRUITLESS = 6  # workers that a task may end in a row without coming any further: then something else is wrong


@dataclass(frozen=True)
class Limits:
    """What one record may take: seconds and bytes beyond what is loaded; None for no limit."""

    timeout: float | None = 120.0
    memory: int | None = None


class _Over(NamedTuple):
    """A worker says: the task is over; `done`: wholly. `retire`: the worker should be replaced."""

    done: bool
    retire: bool


class _NoRoom(NamedTuple):
    """A worker says: the run's folder cannot be written."""

    code: int | None
    said: str
    path: str


def run_tasks(
    tasks: Sequence[Task],
    jobs: int,
    limits: Limits,
    tick: Callable[[Progress], object],
    start: Start | None = None,
) -> None:
    """Do all tasks in `jobs` processes; `tick` is called twice a second.

    Raises LangAuditError for a mistake in the settings, OSError where the run's folder cannot be written. Processes end with
    this call, whatever ends it.
    """
    pool = _Pool(tasks, jobs, limits, start or safe_start())
    try:
        pool.run(tick)
    finally:
        pool.close()


@dataclass(eq=False)
class _Worker:
    """A process, our end of its pipe, its task, its last note and since when it is that."""

    process: Any
    connection: Connection
    task: Task | None = None
    note: Note = field(default_factory=Note)
    since: float = 0.0

    def end(self, patience: float = 0.0) -> int | None:
        """End the process, after waiting so many seconds for its own end; the status it ended with."""
        self.connection.close()
        self.process.join(patience)
        self.process.kill()
        self.process.join()
        status: int | None = self.process.exitcode
        self.process.close()
        return status


class _Pool:
    def __init__(self, tasks: Sequence[Task], jobs: int, limits: Limits, start: Start) -> None:
        self._waiting = deque(tasks)
        self._jobs = jobs
        self._limits = limits
        self._start = start
        self._workers: list[_Worker] = []
        self._staging = Staging(tasks[0].work.folder)
        self._blamed: Counter[tuple[int, int, int, str]] = Counter()
        self._fruitless: Counter[tuple[int, int]] = Counter()
        self._records = 0
        self._bytes = 0.0

    def run(self, tick: Callable[[Progress], object]) -> None:
        if self._start == "fork":
            _load(self._waiting[0].work)  # once, here: every worker inherits it
        while True:
            while self._waiting and len(self._busy()) < self._jobs:
                self._give(self._waiting.popleft())
            busy = {worker.connection: worker for worker in self._busy()}
            if not busy:
                break
            for connection in wait(list(busy), _TICK):
                self._hear(busy[connection])  # type: ignore[index]
            for worker in self._busy():
                self._look_at(worker)
            tick(self._progress())
        tick(self._progress())

    def close(self) -> None:
        """End every process at once."""
        while self._workers:
            self._workers.pop().end()

    def _busy(self) -> list[_Worker]:
        return [worker for worker in self._workers if worker.task is not None]

    def _progress(self) -> Progress:
        busy = self._busy()
        return Progress(
            self._records + sum(worker.note.rows for worker in busy),
            self._bytes + sum(_share(worker.task, worker.note.bytes) for worker in busy if worker.task),
        )

    def _give(self, task: Task) -> None:
        note = self._staging.now(task.unit.number, task.stripe)
        note.unlink(missing_ok=True)  # an ended worker's
        worker = next((worker for worker in self._workers if worker.task is None), None) or self._new_worker()
        worker.task, worker.note, worker.since = task, Note(), time.monotonic()
        with suppress(OSError):  # it is gone, which the pipe will tell
            worker.connection.send(task)

    def _new_worker(self) -> _Worker:
        context: Any = multiprocessing.get_context(self._start)
        ours, theirs = context.Pipe()
        # A forked child has copies of our ends of every pipe. It closes them, so that each worker sees its pipe end with us.
        others = [ours, *(worker.connection for worker in self._workers)] if self._start == "fork" else []
        process = context.Process(
            target=_serve,
            args=(theirs, others, self._limits, self._staging, os.getpid()),
            name="lang-audit-corpus",
            daemon=True,
        )
        with _uninterrupted(), warnings.catch_warnings():
            # Python 3.12 warns of native threads: NumPy's, which are made to be forked. We have none of our own.
            warnings.filterwarnings("ignore", category=DeprecationWarning)
            process.start()
        theirs.close()
        self._workers.append(_Worker(process, ours))
        return self._workers[-1]

    def _hear(self, worker: _Worker) -> None:
        try:
            said = worker.connection.recv()
        except Exception:  # its end; or half a message, which can raise anything
            self._died(worker, late=False)
            return
        match said:
            case _Over() if worker.task is not None:
                self._count(worker.task, whole=said.done, rows=self._note(worker.task).rows)
                if not said.done:
                    self._waiting.appendleft(worker.task)
                worker.task = None
                if said.retire:
                    self._workers.remove(worker)
                    worker.end(patience=1.0)
            case Mistake():
                raise said.error()
            case _NoRoom():
                raise OSError(said.code, said.said, said.path)

    def _look_at(self, worker: _Worker) -> None:
        """Take in its note; end it where nothing has moved for too long and its own alarm did not help."""
        if worker.task is None:
            return
        note, now = self._note(worker.task), time.monotonic()
        if note != worker.note or note.phase in ("load", "store", "done", "skip") or not self._limits.timeout:
            worker.note, worker.since = note, now
        spare = worker.task.unit.size / 5e6 if not note.position else 0.0
        if self._limits.timeout and now - worker.since > self._limits.timeout + spare + _GRACE:
            self._died(worker, late=True)

    def _note(self, task: Task) -> Note:
        return read_note(self._staging.now(task.unit.number, task.stripe))

    def _died(self, worker: _Worker, *, late: bool) -> None:
        """Give its task to another worker, which is told what to be careful of."""
        self._workers.remove(worker)
        status = worker.end(patience=0.0 if late else 1.0)
        task = worker.task
        if task is None:
            return
        late = late or (ALARM is not None and status == -ALARM)
        note = self._note(task)
        self._count(task, whole=False, rows=note.stored)
        me = (task.unit.number, task.stripe)
        self._fruitless[me] = 1 if note.stored else self._fruitless[me] + 1
        if note.phase in AT_WORK:
            if note.one:
                self._blame(task, note, late, status)
            task = replace(task, careful=task.careful | {note.part})
        if self._fruitless[me] >= _FRUITLESS:
            raise LangAuditError(
                f"Worker processes end again and again on {task.unit.sources[note.source].name} ({_how(status)}). Allow them "
                "more memory, or use fewer of them with --jobs; the same command goes on."
            )
        self._waiting.appendleft(task)

    def _blame(self, task: Task, note: Note, late: bool, status: int | None) -> None:
        """A record ended its worker; if that was not the first time, it is not touched again."""
        place = (task.unit.number, note.source, note.position, note.phase)
        self._blamed[place] += 1
        if self._blamed[place] < BLAME:
            return
        code, message = "worker-died", f"The process that worked on the record ended abruptly ({_how(status)})."
        if late:
            code, message = "timeout", f"The record was not done within {self._limits.timeout:g} seconds (--timeout)."
        if set_down(self._staging, task.unit.number, note, code, message):
            self._fruitless.clear()

    def _count(self, task: Task, *, whole: bool, rows: int) -> None:
        self._records += rows
        if whole:
            self._bytes += task.unit.size / task.stripes


def set_down(staging: Staging, unit: int, note: Note, code: str, message: str) -> bool:
    """Remember of a record, the one at which the note was written, that it is not to be touched again, and why.

    Whether that was not known yet: else it did not help.
    """
    phase = note.phase
    known = {(trouble.source, trouble.position, trouble.phase) for trouble in staging.trouble(unit)}
    if phase == "skip":
        phase = "end" if (note.source, note.position - 1, "read") in known else "walk"
    if (note.source, note.position, phase) in known:
        return False
    staging.add_trouble(unit, Trouble(note.source, note.position, phase, code, message))
    return True


def _load(work: Work) -> None:
    """Load what auditing, reading and storing load on their first records."""
    warm_up(work.settings.load())
    Part().tables()
    import_module("pyarrow.parquet")
    import_module("pyarrow.compute")
    language_code("eng")
    country_code("England")


def _share(task: Task, read: int) -> float:
    """The bytes of the input that a task has done, of those that it has read."""
    return min(read, task.unit.size) / task.stripes


def _serve(connection: Connection, others: list[Connection], limits: Limits, staging: Staging, parent: int) -> None:
    """The life of a worker: tasks in, their ends out, until the pipe ends. Ends without a word where something goes wrong."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the parent, which ends us
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    if ALARM is not None:  # ends the process wherever it is, also in a library's loop
        signal.signal(ALARM, signal.SIG_DFL)
    if hasattr(signal, "pthread_sigmask"):
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGTERM})  # was held back while we were started
    for other in others:
        other.close()
    tempfile.tempdir = str(staging.scratch)
    gc.freeze()  # what is inherited is not collected, and so not copied either
    try:
        limit_memory(limits.memory)
        for tasks in range(1, 1 << 30):
            task: Task = connection.recv()
            said = _done(task, limits, staging, parent)
            said = said._replace(retire=said.retire or tasks >= _TASKS_EACH) if isinstance(said, _Over) else said
            connection.send(said)
    except (EOFError, OSError):  # the parent is done with us, or gone
        return
    except BaseException:  # the parent finds out; multiprocessing would print a traceback
        _LOG.debug("A worker ends", exc_info=True)
        os._exit(1)


def _done(task: Task, limits: Limits, staging: Staging, parent: int) -> _Over | Mistake | _NoRoom:
    """Do a task and say what came of it."""
    try:
        watch = Watch(staging.now(task.unit.number, task.stripe), limits.timeout, parent)
        done = run_task(task, watch, _BLOATED)
        watch.close()
        return _Over(done, not done or watch.memory() > _BLOATED)
    except LangAuditError as error:
        return Mistake(type(error), error.problems if isinstance(error, LexiconError) else str(error))
    except OSError as error:
        return _NoRoom(error.errno, error.strerror or str(error), str(error.filename or staging.root))


def _how(status: int | None) -> str:
    """How a process ended, in words."""
    if status is None or status >= 0:
        return f"exit status {status}"
    with suppress(ValueError):
        return signal.Signals(-status).name
    return f"signal {-status}"


@contextmanager
def _uninterrupted() -> Iterator[None]:
    """Hold Ctrl-C back while a process starts, so that it cannot meet the child before the child ignores it."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT, signal.SIGTERM})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
