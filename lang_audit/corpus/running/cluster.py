"""The tasks of a run on a Dask cluster that is there already. What is shared is the file system; Dask says who does what.

A worker that dies loses nothing: Dask gives its task to another, which goes on with what is missing. A task whose workers die
again and again is given out anew as long as that brings it further (cluster_helper is careful of what ended them).
"""

from __future__ import annotations

import logging
import pickle
import secrets
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from itertools import count
from queue import Empty, Queue
from typing import Any, Final

from lang_audit import __version__
from lang_audit.corpus.running import cluster_worker
from lang_audit.corpus.running.cluster_helper import Answer, Done, NoRoom, Order, Refused, Stopped, Terms, size_of
from lang_audit.corpus.running.identity import identity_of
from lang_audit.corpus.running.meter import Progress
from lang_audit.corpus.running.staging import Staging
from lang_audit.corpus.running.tasks import Task
from lang_audit.errors import ConfigError, LangAuditError
from lang_audit.worker_process import Mistake

CONNECT_TIMEOUT: Final = 10.0
"""Seconds that a scheduler may take to answer."""

_TICK = 0.5  # seconds between two looks
_AHEAD = 1000  # tasks that Dask knows of at a time: enough for a cluster that grows with its work
_RETRIES = 3  # times that Dask tries a task again whose helper ended
_FRUITLESS = 2  # times in a row that a task may lose as many workers as Dask allows, without coming any further
_VISIBLE = 120.0  # seconds that a shared file system may take to show what other machines wrote


@dataclass(frozen=True)
class Cluster:
    """A cluster one is connected to. `jobs`: the most tasks at a time (None: as many as it has threads)."""

    client: Any
    address: str
    timeout: float | None = 120.0
    jobs: int | None = None
    tell: Callable[[str], object] = lambda line: None

    @property
    def threads(self) -> int:
        """How many tasks it can do at a time now."""
        return sum(self.client.nthreads().values())

    def execute(self, tasks: Sequence[Task], tick: Callable[[Progress], object]) -> None:
        """Do all tasks there; `tick` is called twice a second.

        Raises ConfigError where a worker is not made for this run, LangAuditError for mistakes in the settings and where the
        cluster is lost, OSError where the run's folder cannot be written. Nothing of the run goes on after this call.
        """
        run = f"lang-audit-{secrets.token_hex(6)}"
        work = tasks[0].work
        mark = Staging(work.folder).root / "now" / run
        identity = identity_of(work.settings.load(), work.selection)
        terms = Terms(work, mark, secrets.token_hex(16), identity, self.timeout)
        mark.write_text(terms.token, encoding="utf-8")
        try:
            self._look_at_workers(run, terms)
            _Execution(self, run, terms, tasks, tick).run()
        finally:
            mark.unlink(missing_ok=True)
            with suppress(Exception):  # workers that cannot be told see that the mark is gone
                self.client.run(cluster_worker.dismiss, run, on_error="ignore")

    def _look_at_workers(self, run: str, terms: Terms) -> None:
        """Raises ConfigError where a worker that is there cannot work for the run. Others are asked with their first task."""
        self._compare_versions()
        said = self.client.run(cluster_worker.look, run, pickle.dumps(Order(terms)), on_error="return")
        for worker, answer in said.items():
            if isinstance(answer, BaseException):
                raise ConfigError(f"The worker {worker} cannot work for this run: {_of(answer)}. Its log tells more.")
            if isinstance(answer, bytes):
                _accept(pickle.loads(answer))
        if said:
            self.tell(f"On the cluster at {self.address}: {len(said)} workers for {self.threads} tasks at a time.")
        else:
            self.tell(f"The cluster at {self.address} has no workers yet: waiting for them.")

    def _compare_versions(self) -> None:
        wanted = {"lang-audit": __version__, "spacy": None, "pyarrow": None}
        here = ".".join(map(str, sys.version_info[:2]))
        for worker, told in self.client.get_versions(packages=list(wanted))["workers"].items():
            packages, python = told["packages"], ".".join(str(told["packages"]["python"]).split(".")[:2])
            if missing := [name for name in wanted if packages.get(name) is None]:
                raise ConfigError(
                    f"The worker {worker} has no {' and no '.join(missing)}: install the same there as here, "
                    f'pip install "lang-audit[dask]=={__version__}"'
                )
            if packages["lang-audit"] != __version__:
                raise ConfigError(
                    f"The worker {worker} has lang-audit {packages['lang-audit']}, here it is {__version__}: all must have the "
                    "same."
                )
            if python != here:
                raise ConfigError(
                    f"The worker {worker} has Python {python}, here it is {here}: all must have the same."
                )


@contextmanager
def on_dask(
    address: str,
    *,
    timeout: float | None = 120.0,
    jobs: int | None = None,
    tell: Callable[[str], object] = lambda line: None,
    connect_timeout: float = CONNECT_TIMEOUT,
) -> Iterator[Cluster]:
    """Connect to the scheduler at `address` (tcp://host:port); `timeout` seconds for a record, None for any; `tell` hears lines.

    Raises ConfigError where nobody answers.
    """
    from distributed import Client

    _silence()
    try:
        client = Client(  # type: ignore[no-untyped-call]
            address, timeout=connect_timeout, set_as_default=False, name="lang-audit"
        )
    except (OSError, TimeoutError, ValueError, TypeError, AttributeError) as error:
        raise ConfigError(
            f"--dask {address}: no Dask scheduler answers there ({type(error).__name__}). Name it as it names itself when it "
            "starts, such as tcp://10.0.0.5:8786, and see that this machine may connect to it."
        ) from error
    try:
        yield Cluster(client, address, timeout, jobs, tell)
    finally:
        with suppress(Exception):  # a cluster that is gone
            client.close(timeout=2)  # type: ignore[no-untyped-call]


class _Execution:
    """The tasks of a run on their way through a cluster."""

    def __init__(
        self, cluster: Cluster, run: str, terms: Terms, tasks: Sequence[Task], tick: Callable[[Progress], object]
    ) -> None:
        self._client, self._address = cluster.client, cluster.address
        self._most = cluster.jobs or _AHEAD
        self._run, self._terms = run, terms
        self._tasks = tasks
        self._tick = tick
        self._staging = Staging(terms.work.folder)
        self._futures: dict[int, Any] = {}  # by the number of their task
        self._over: Queue[tuple[int, Any]] = Queue()
        self._progress: dict[str, Progress] = {}  # by the key of a future
        self._lost: dict[int, tuple[int, tuple[int, int]]] = {}
        self._numbers = count()

    def run(self) -> None:
        """Do all; leaves nothing under way."""
        self._client.subscribe_topic(self._run, self._heard)
        try:
            waiting = iter(range(len(self._tasks)))
            done = 0
            while done < len(self._tasks):
                while len(self._futures) < self._most and (number := next(waiting, None)) is not None:
                    self._submit(number)
                done += self._take()
                self._tick(self._sum())
            self._see_all()
        finally:
            with suppress(Exception):
                self._client.unsubscribe_topic(self._run)
                self._client.cancel(list(self._futures.values()), force=True)

    def _submit(self, number: int) -> None:
        task = self._tasks[number]
        order = Order(self._terms, task, tuple(size_of(source.path) for source in task.unit.sources))
        key = f"{self._run}-{task.unit.number:05d}-{task.stripe:03d}-{next(self._numbers)}"
        future = self._client.submit(
            cluster_worker.do, self._run, key, pickle.dumps(order), key=key, pure=False, retries=_RETRIES
        )
        self._futures[number] = future
        future.add_done_callback(lambda over: self._over.put((number, over)))

    def _take(self) -> int:
        """Take in what is over now, after waiting for it a little; how many tasks are done by that."""
        done = 0
        try:
            over = [self._over.get(timeout=_TICK)]
        except Empty:
            if self._client.status != "running":
                raise LangAuditError(self._gone()) from None
            return 0
        with suppress(Empty):
            while True:
                over.append(self._over.get_nowait())
        for number, future in over:
            if self._futures.get(number) is future:
                del self._futures[number]
                done += self._answered(number, future)
        return done

    def _answered(self, number: int, future: Any) -> bool:
        """Whether the task is done; if not, it is given out once more."""
        from distributed import CancelledError, KilledWorker

        try:
            answer: Answer = pickle.loads(future.result())
        except KilledWorker:
            self._again(number)
            return False
        except CancelledError as error:
            raise LangAuditError(self._gone()) from error
        except Exception as error:
            name = self._tasks[number].unit.sources[0].name
            raise LangAuditError(
                f"The cluster cannot do a task ({name}): {_of(error)}. The logs of its workers tell more; what is done is kept."
            ) from error
        if isinstance(answer, Stopped) and self._terms.stands():
            self._again(number)
            return False
        if isinstance(answer, Done):
            self._progress[future.key] = answer.progress
        _accept(answer)
        return True

    def _again(self, number: int) -> None:
        task = self._tasks[number]
        unit = task.unit.number
        now = (len(self._staging.parts(unit)), len(self._staging.trouble(unit)))
        attempt, before = self._lost.get(number, (0, (-1, -1)))
        attempt = attempt + 1 if now == before else 1
        if attempt > _FRUITLESS:
            raise LangAuditError(
                f"Workers of the cluster end again and again on {task.unit.sources[0].name}. Give them more memory, and look at "
                "their logs; what is done is kept, and the same command goes on."
            )
        self._lost[number] = (attempt, now)
        self._submit(number)

    def _heard(self, event: tuple[float, tuple[str, int, float]]) -> None:
        key, records, size = event[1]
        self._progress[key] = Progress(records, size)

    def _sum(self) -> Progress:
        known = list(self._progress.values())
        return Progress(sum(one.records for one in known), sum(one.bytes for one in known))

    def _see_all(self) -> None:
        """Wait until this machine sees all that the others wrote. Raises LangAuditError where it does not."""
        deadline = time.monotonic() + _VISIBLE
        for unit in {task.unit.number: task.unit for task in self._tasks}.values():
            while not self._staging.finished(unit.number, self._terms.work.part_records):
                if time.monotonic() > deadline:
                    raise LangAuditError(
                        f"{unit.sources[0].name}: was done on the cluster, but not all of it is seen here. Check that the "
                        "folder is the same on all machines; the same command goes on."
                    )
                time.sleep(_TICK)

    def _gone(self) -> str:
        return (
            f"The Dask scheduler at {self._address} is gone. What is done is kept: the same command goes on, with another "
            "cluster or without --dask."
        )


def _accept(answer: Answer) -> None:
    """Raises what an answer tells."""
    match answer:
        case Refused(machine, reasons):
            listed = "".join(f"\n  {reason}" for reason in reasons)
            raise ConfigError(
                f"A worker on the machine {machine} cannot work for this run:{listed}\nAll machines must have the same "
                "lang-audit and see the sources and the folder of the run by the same paths."
            )
        case Mistake():
            raise answer.error()
        case NoRoom(code, said, path):
            raise OSError(code, said, path)
        case Stopped():
            raise LangAuditError(
                "The folder of the run was taken over while the cluster worked in it: another run began there."
            )


def _of(error: BaseException) -> str:
    return f"{type(error).__name__}: {error}".splitlines()[0]


def _silence() -> None:
    """Keep from the terminal what Dask logs about a lost connection: we tell it in our own words."""
    for name in [*logging.root.manager.loggerDict]:  # Dask gives many of them levels of their own
        if name.split(".")[0] in ("distributed", "tornado"):
            logging.getLogger(name).setLevel(logging.CRITICAL)
