"""Work on a file in a process of its own, with a time and a memory limit: a page that crashes a PDF library costs a picture, not
the run.

Only where processes can be forked safely (Linux). Elsewhere the work is done here, without limits: starting a fresh process takes
longer than drawing a paper.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import time
import warnings
from collections.abc import Callable, Iterator
from contextlib import suppress
from multiprocessing.connection import Connection
from typing import Any, Final

Work = Callable[[], Iterator[Any]]

TIMEOUT: Final = 120.0
"""Seconds that the work may take."""


class StoppedError(Exception):
    """The work was not finished: it took too long, or its process died."""


def apart(work: Work, timeout: float = TIMEOUT) -> Iterator[Any]:
    """What `work` yields, each as soon as it is there. Raises StoppedError, with the reason, where it could not be finished."""
    from lang_audit.workers import safe_start

    if safe_start() != "fork":
        try:
            yield from work()
        except Exception as error:
            raise _defect(error) from error
        return
    context: Any = multiprocessing.get_context("fork")
    ours, theirs = context.Pipe(duplex=False)
    process = context.Process(target=_send_all, args=(work, theirs), name="lang-audit-page", daemon=True)
    with warnings.catch_warnings():
        # Python 3.12 warns of native threads: NumPy's, which are made to be forked. We have none of our own.
        warnings.filterwarnings("ignore", category=DeprecationWarning)
        process.start()
    theirs.close()
    deadline = time.monotonic() + timeout
    try:
        while True:
            if not ours.poll(max(deadline - time.monotonic(), 0)):
                raise StoppedError(f"It took longer than {timeout:g} seconds.")
            try:
                kind, value = ours.recv()
            except Exception as error:  # its end; or half a message, which can raise anything
                raise StoppedError("The process that drew its pages ended abruptly.") from error
            if kind == "end":
                return
            if kind == "defect":
                raise _defect(value)
            yield value
    finally:
        process.kill()
        process.join()
        ours.close()


def _defect(error: Exception | str) -> StoppedError:
    said = error if isinstance(error, str) else _named(error)
    return StoppedError(f"lang-audit met a defect of its own ({said}).")


def _named(error: Exception) -> str:
    return f"{type(error).__name__}: {error}"


def _send_all(work: Work, pipe: Connection) -> None:
    """The life of the process: send what comes of the work, and how it ended."""
    from lang_audit.worker_process import limit_memory
    from lang_audit.workers import default_memory

    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the parent, which ends us
    limit_memory(default_memory())
    try:
        for value in work():
            pipe.send(("value", value))
        pipe.send(("end", None))
    except OSError:  # the parent is gone
        os._exit(1)
    except Exception as error:
        with suppress(OSError):
            pipe.send(("defect", _named(error)))
