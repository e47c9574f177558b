"""What a Dask worker does for a run: it hands the tasks to a process beside it, and what that says to the run.

Dask runs tasks in threads of its worker, where neither a time limit nor a memory limit can be set on one record, and a crash
takes the worker with it. So each thread that has a task has a helper of its own (cluster_helper), started as a plain program: a
worker under Dask's nanny is "daemonic" and may not start `multiprocessing` children. A helper ends with its worker and with
its run. This module loads nothing but the standard library into the worker.
"""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
from contextlib import suppress
from multiprocessing.connection import Connection
from threading import Lock
from typing import Final, Literal

Said = tuple[Literal["progress"], int, float] | tuple[Literal["answer"], bytes]
"""What a helper says: how far its task is (records, bytes), again and again; at last the answer, pickled for the run."""

_PROGRAM = "from lang_audit.corpus.running.cluster_helper import main; main()"


class HelperEndedError(Exception):
    """The process beside the worker ended before it had done its task: Dask tries the task again."""


class _Helper:
    def __init__(self) -> None:
        path = os.pathsep.join(path for path in sys.path if path)  # what this worker imports
        self._process = subprocess.Popen(
            [sys.executable, "-c", _PROGRAM],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env={**os.environ, "PYTHONPATH": path},
            bufsize=0,
        )
        assert self._process.stdin and self._process.stdout
        self._orders = Connection(os.dup(self._process.stdin.fileno()), readable=False)
        self._answers = Connection(os.dup(self._process.stdout.fileno()), writable=False)
        self._process.stdin.close()
        self._process.stdout.close()

    def give(self, order: bytes) -> None:
        self._orders.send_bytes(order)

    def hear(self) -> Said:
        said: Said = self._answers.recv()
        return said

    def dismiss(self) -> int:
        """End it, with the processes it started; its exit status."""
        with suppress(OSError):
            self._orders.close()  # it looks for this twice a second
        with suppress(subprocess.TimeoutExpired):
            self._process.wait(_PATIENCE)
        self._process.kill()
        return self._process.wait()


_PATIENCE: Final = 2.0  # seconds that a helper may take to end of itself
_IDLE: Final[dict[str, list[_Helper]]] = {}  # helpers without a task, by their run
_BUSY: Final[dict[str, list[_Helper]]] = {}
_GUARD: Final = Lock()


def do(run: str, key: str, order: bytes) -> bytes:
    """Do an order of a run in a thread of this worker; the answer. Tells its progress as an event of Dask on the topic `run`."""
    from distributed import get_worker

    worker = get_worker()
    return _ask(run, order, lambda records, size: worker.log_event(run, (key, records, size)))


async def look(run: str, order: bytes) -> bytes:
    """The same for an order without a task, which is done at once, beside whatever the worker is busy with."""
    return await asyncio.get_running_loop().run_in_executor(None, _ask, run, order)


async def dismiss(run: str) -> None:
    """End every helper of a run at once, whatever it is at."""

    def end() -> None:
        with _GUARD:
            there = [*_IDLE.pop(run, ()), *_BUSY.get(run, ())]
        for helper in there:
            helper.dismiss()

    await asyncio.get_running_loop().run_in_executor(None, end)


def _ask(run: str, order: bytes, tell: object = None) -> bytes:
    helper = _taken(run, order)
    try:
        while True:
            match helper.hear():
                case ("answer", answer):
                    break
                case ("progress", records, size) if callable(tell):
                    tell(records, size)
    except (EOFError, OSError) as error:
        raise HelperEndedError(f"it ended with exit status {helper.dismiss()}") from error
    except BaseException:
        helper.dismiss()
        raise
    else:
        with _GUARD:
            _IDLE.setdefault(run, []).append(helper)
        return answer
    finally:
        with _GUARD:
            _BUSY[run].remove(helper)


def _taken(run: str, order: bytes) -> _Helper:
    """A helper that has the order: one of this run that is idle, else a new one. Idle ones of other runs are ended."""
    with _GUARD:
        others = [helper for name in [*_IDLE] if name != run for helper in _IDLE.pop(name)]
    for other in others:
        other.dismiss()
    while True:
        with _GUARD:
            waiting = _IDLE.get(run)
            helper = waiting.pop() if waiting else None
        fresh = helper is None
        helper = helper or _Helper()
        try:
            helper.give(order)
        except OSError as error:
            status = helper.dismiss()
            if fresh:
                raise HelperEndedError(f"it could not be started: exit status {status}") from error
        else:
            with _GUARD:
                _BUSY.setdefault(run, []).append(helper)
            return helper
