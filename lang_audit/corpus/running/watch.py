"""What a worker is at, told in a small file while it works, and the alarm that ends it where one record takes too long."""

from __future__ import annotations

import os
import signal
import sys
import time
from contextlib import suppress
from pathlib import Path
from typing import Final, NamedTuple

ALARM: Final[int | None] = getattr(signal, "SIGALRM", None)
"""The signal that ends a worker in which nothing moves, where there is one."""

_EVERY = 250  # records that are passed between two notes, where they need not be told apart
_PER_SKIPPED = 0.001  # seconds that counting one record may take
_PER_BYTE = 1 / 5e6  # seconds that passing over a byte of a file may take
_LOOK = 0.2  # seconds between two looks at how far the file was read
_LINE = 160  # bytes of a note: always as many, so that a shorter one leaves nothing of a longer one


class Note(NamedTuple):
    """What a worker was at: `rows` audited or passed on, `stored` of them safe, `position` in file `source` of the unit.

    `one`: it is this record and no other; else one of some before or behind it.
    """

    rows: int = 0
    stored: int = 0
    bytes: int = 0
    part: int = 0
    source: int = 0
    position: int = 0
    phase: str = "load"
    one: bool = False


class Watch:
    """Keeps the note of one worker in the file `path`.

    `timeout`: seconds after which the process is ended by a signal where the next note does not come; None for no limit.
    `parent`: the process without which this one shall not go on.
    """

    def __init__(self, path: Path, timeout: float | None = None, parent: int | None = None) -> None:
        self.source: Path | None = None
        self._timeout = timeout if ALARM is not None else None
        self._parent = parent
        self._rows = self._stored = 0
        self._quiet = 0
        self._bytes, self._looked = 0, 0.0
        self._last: tuple[int, int] | None = None
        self._file = os.open(path, os.O_WRONLY | os.O_CREAT, 0o666)

    def at(self, part: int, source: int, position: int, phase: str, one: bool) -> None:
        """It goes to this record now."""
        self._quiet += 1
        if not one and phase == "read" and self._quiet < _EVERY and self._last == (part, source):
            return
        self._quiet, self._last = 0, (part, source)
        self._write(Note(self._rows, self._stored, self._read(), part, source, position, phase, one))
        spare = 0.0
        if phase == "skip" or position == 0:
            spare = position * _PER_SKIPPED + self._size() * _PER_BYTE
        self._alarm((self._timeout + spare) if self._timeout else None)

    def passed(self, rows: int) -> None:
        """So many more records of its own are done."""
        self._rows += rows

    def stores(self, part: int) -> None:
        """It writes a part now, which may take its time."""
        self._write(Note(self._rows, self._stored, self._read(), part, phase="store"))
        self._alarm(None)

    def rests(self) -> None:
        """What it does next belongs to no record, and may take its time."""
        self._alarm(None)

    def stored(self, rows: int) -> None:
        """So many more records are safe."""
        self._stored += rows

    def close(self) -> None:
        """The task is over."""
        self._alarm(None)
        self._write(Note(self._rows, self._stored, self._read(), phase="done"))
        os.close(self._file)

    @staticmethod
    def memory() -> int:
        """Bytes that the process holds; the most that it ever held where the system tells no more."""
        with suppress(OSError, ValueError, AttributeError):
            return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
        with suppress(ImportError):
            import resource

            return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)
        return 0

    def _write(self, note: Note) -> None:
        if self._parent is not None and os.getppid() != self._parent:
            os._exit(1)  # nobody waits for us any more
        line = " ".join(str(int(value) if isinstance(value, bool) else value) for value in note)
        os.lseek(self._file, 0, os.SEEK_SET)
        os.write(self._file, f"{line:<{_LINE - 1}}\n".encode())

    def _alarm(self, seconds: float | None) -> None:
        if self._timeout is not None:
            signal.setitimer(signal.ITIMER_REAL, seconds or 0)

    def _size(self) -> int:
        with suppress(OSError):
            return self.source.stat().st_size if self.source else 0
        return 0

    def _read(self) -> int:
        """How far into its file the worker has read, where the system tells (Linux): else 0."""
        if time.monotonic() - self._looked < _LOOK:
            return self._bytes
        self._looked = time.monotonic()
        with suppress(OSError, ValueError, IndexError):
            for opened in Path("/proc/self/fd").iterdir():
                if opened.readlink() == self.source:
                    self._bytes = int(Path("/proc/self/fdinfo", opened.name).read_text().split()[1])
                    break
        return self._bytes


def read_note(path: Path) -> Note:
    """The last note of a worker; an empty one where there is none yet."""
    with suppress(OSError, ValueError, IndexError):
        *numbers, phase, one = path.read_text(encoding="ascii").split()
        rows, stored, read, part, source, position = map(int, numbers)
        return Note(rows, stored, read, part, source, position, phase, one == "1")
    return Note()
