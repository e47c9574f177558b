"""The progress of a run on a terminal, or as a line now and then where there is none."""

from __future__ import annotations

import time
from collections import deque
from typing import Final, NamedTuple, TextIO


class Progress(NamedTuple):
    """How far a run has come since it was started: records that are done, bytes of the input that were read."""

    records: int
    bytes: float


_REDRAW = 0.5  # seconds between two updates of a terminal
_REPEAT = 30.0  # seconds between two lines elsewhere
_WINDOW: Final = 60.0  # seconds over which rates are measured
_TELLING: Final = 0.01  # of the bytes that must be done before they tell anything of the rest
_CLEAR: Final = "\r\x1b[K"


class Meter:
    """Tells on `stream` how many records are done, how many a second, and how long the rest of the bytes will take."""

    def __init__(self, stream: TextIO, *, quiet: bool = False) -> None:
        self._stream = stream
        self._terminal = stream.isatty()
        self._quiet = quiet
        self.begin(0)

    def begin(self, total: int, records: int = 0, done: float = 0) -> None:
        """Begin to count: there are `total` bytes, of which some are done."""
        self._total = total
        self._before = (records, done)
        self._shown = time.monotonic()
        self._seen: deque[tuple[float, int, float]] = deque([(self._shown, records, done)])

    def update(self, progress: Progress) -> None:
        """Take in how far it is."""
        now = time.monotonic()
        records, done = progress.records + self._before[0], min(progress.bytes + self._before[1], self._total)
        self._seen.append((now, records, done))
        while len(self._seen) > 2 and now - self._seen[0][0] > _WINDOW:
            self._seen.popleft()
        if now - self._shown >= (_REDRAW if self._terminal else _REPEAT):
            self._shown = now
            self._put(self.line())

    def line(self) -> str:
        """What there is to tell now."""
        began, records_then, done_then = self._seen[0]
        now, records, done = self._seen[-1]
        seconds = now - began
        told = [f"{records:,} records"]
        if seconds > 1:
            told.append(f"{max(records - records_then, 0) / seconds:,.0f} a second")
        if self._total and done >= _TELLING * self._total:
            told.append(f"{done / self._total:.0%} of {_bytes(self._total)}")
            rate = (done - done_then) / seconds if seconds else 0
            if rate > 0 and seconds > 5 and done < self._total:
                told.append(f"about {_time((self._total - done) / rate)} left")
        return ", ".join(told)

    def say(self, line: str) -> None:
        """A line that stays."""
        if not self._quiet:
            self._stream.write(f"{_CLEAR if self._terminal else ''}{line}\n")
            self._stream.flush()

    def clear(self) -> None:
        """Leave the terminal's line to others."""
        if self._terminal and not self._quiet:
            self._stream.write(_CLEAR)
            self._stream.flush()

    def _put(self, line: str) -> None:
        if self._quiet:
            return
        self._stream.write(f"{_CLEAR}{line}" if self._terminal else f"{line}\n")
        self._stream.flush()


def _bytes(size: float) -> str:
    for unit in ("bytes", "kB", "MB"):
        if size < 1000:
            return f"{size:.0f} {unit}"
        size /= 1000
    return f"{size:.1f} GB"


def _time(seconds: float) -> str:
    if seconds < 90:
        return f"{seconds:.0f} s"
    if seconds < 5400:
        return f"{seconds / 60:.0f} min"
    return f"{seconds / 3600:.1f} hours"
