"""The life of a worker process: inputs come in by a pipe, records go out, each paper within a time and a memory limit."""

from __future__ import annotations

import gc
import logging
import os
import signal
import sys
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from lang_audit.audit import Input, audit_file, audit_paper, too_large
from lang_audit.errors import LangAuditError, LexiconError
from lang_audit.model import Paper
from lang_audit.settings import Settings
from lang_audit.sources import readers

if TYPE_CHECKING:
    from multiprocessing.connection import Connection

try:
    import resource
except ImportError:  # Windows: no memory limit
    resource = None  # type: ignore[assignment]

_LOG = logging.getLogger(__name__)

ALARM: int | None = getattr(signal, "SIGALRM", None)
"""The signal that ends a worker whose paper takes too long, where there is one."""
MOST_MEMORY = 4 << 30
"""Bytes of address space that a worker may take at most, unless it is said otherwise."""

_PAPERS_EACH = 250  # papers after which a worker is replaced, whatever it may have piled up
_BLOATED = (
    0.25  # of the memory limit: a worker that ever held so much is replaced, so that the next paper has all of it
)
_WARMING = "Peers acted as a bridge between people who use drugs and the clinic, and some addicts stayed in care."


def warm_up(settings: Settings) -> None:
    """Load all that auditing loads on its first papers, so that processes forked from here have it."""
    audit_paper(Paper(id="", source="", text=_WARMING), settings=settings)
    readers()


class Limits(NamedTuple):
    """What one paper may take: seconds and bytes; None for no limit."""

    timeout: float | None
    memory: int | None


class Ready(NamedTuple):
    """A worker says: it has loaded what it needs."""


class End(NamedTuple):
    """A worker says: that was the last record of the input. `retire`: it should be replaced."""

    retire: bool


class Mistake(NamedTuple):
    """A worker says: the lexicon or a setting has a mistake, which ends the run."""

    kind: type[LangAuditError]
    said: str | list[str]

    def error(self) -> LangAuditError:
        """The error as it was raised; a LexiconError is made of a list and does not survive pickling."""
        return LexiconError(self.said) if isinstance(self.said, list) else self.kind(self.said)


def work(
    connection: Connection, others: list[Connection], settings: Settings, limits: Limits, spare: float, load: bool
) -> None:
    """The life of a worker: inputs in, records out, until the pipe ends. Ends without a word where something goes wrong."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the parent, which ends us
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    if ALARM is not None:  # ends the process wherever it is, also in a library's loop, and when the parent is gone
        signal.signal(ALARM, signal.SIG_DFL)
    for other in others:
        other.close()
    try:
        if load:
            warm_up(settings)
        limit_memory(limits.memory)
        gc.freeze()  # what is inherited is not collected, and so not copied either
        connection.send(Ready())
        for papers in range(1, sys.maxsize):
            retire = _audit(connection, connection.recv(), settings, limits, spare)
            connection.send(End(retire or papers >= _PAPERS_EACH or _bloated(limits.memory)))
            spare = 0.0
    except LangAuditError as error:
        connection.send(Mistake(type(error), error.problems if isinstance(error, LexiconError) else str(error)))
        connection.recv()  # until the parent has read it and hangs up
    except (EOFError, OSError):  # the parent is done with us, or gone
        return
    except BaseException:  # the parent says what became of the input; multiprocessing would print a traceback
        _LOG.debug("A worker ends", exc_info=True)
        os._exit(1)


def _audit(connection: Connection, item: Input, settings: Settings, limits: Limits, spare: float) -> bool:
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
            limit_memory(None)
            connection.send(too_large(item.path))
            return True
        retire = retire or any(problem.code == "too-large" for problem in record.problems)
        spare = 0.0


def _alarm(seconds: float | None, spare: float = 0.0) -> None:
    if ALARM is not None:
        signal.setitimer(signal.ITIMER_REAL, seconds + spare if seconds else 0)


def _address_space() -> int:
    """The bytes of address space that we have, inherited and loaded: no paper's doing. 0 where the system does not tell."""
    with suppress(OSError, ValueError, AttributeError):
        return int(Path("/proc/self/statm").read_text().split()[0]) * os.sysconf("SC_PAGE_SIZE")
    return 0


def limit_memory(beyond: int | None) -> None:
    """Limit our address space to so many bytes beyond what we have loaded or inherited; None lifts a limit."""
    with suppress(AttributeError, ValueError, OSError):  # Windows; systems that do not know it
        hard = resource.getrlimit(resource.RLIMIT_AS)[1]
        limit = beyond + _address_space() if beyond else hard
        soft = limit if hard == resource.RLIM_INFINITY else min(limit, hard)
        resource.setrlimit(resource.RLIMIT_AS, (soft if beyond else hard, hard))


def _bloated(limit: int | None) -> bool:
    if resource is None:
        return False
    unit = 1 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit > _BLOATED * (limit or MOST_MEMORY)
