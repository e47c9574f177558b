"""One run at a time in a folder: a lock on a file in it, which ends with the process that holds it, however that ends."""

from __future__ import annotations

import errno
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from lang_audit.corpus.running.staging import WORK
from lang_audit.errors import ConfigError

LOCK: Final = "lock"
_TAKEN: Final = frozenset({errno.EACCES, errno.EAGAIN, errno.EDEADLK})  # the last is what Windows says
_UNKNOWN: Final = frozenset({errno.ENOSYS, errno.ENOLCK, errno.EOPNOTSUPP, errno.ENOTSUP, errno.EINVAL})


@contextmanager
def locked(folder: Path, warn: Callable[[str], object]) -> Iterator[None]:
    """Keep other runs out of a folder; forked workers do not hold the lock.

    Raises ConfigError where another run is at work there, OSError where the lock cannot be asked for. `warn` is told where the
    file system knows no locks: then the run goes on without.
    """
    work = folder / WORK
    work.mkdir(parents=True, exist_ok=True)
    with (work / LOCK).open("a+b") as file:
        try:
            _lock(file.fileno())
        except OSError as error:
            if error.errno in _TAKEN:
                raise ConfigError(
                    f"{folder}: another run is at work in this folder. Wait for its end, stop it, or name another folder with "
                    "-o."
                ) from error
            if error.errno not in _UNKNOWN:
                raise OSError(error.errno, error.strerror, str(work / LOCK)) from error
            warn(
                f"{folder}: this file system knows no locks ({os.strerror(error.errno or 0)}). The run goes on; see to it "
                "yourself that no second one works in this folder at the same time."
            )
        try:
            yield
        finally:
            if {path.name for path in work.glob("*")} <= {LOCK}:
                shutil.rmtree(work, ignore_errors=True)


def at_work(folder: Path) -> bool:
    """Whether another process works in the folder now; False where that cannot be told."""
    try:
        with (folder / WORK / LOCK).open("r+b") as file:
            _lock(file.fileno())
    except OSError as error:
        return error.errno in _TAKEN and error.filename is None  # with a name: the file could not be opened
    return False


def _lock(descriptor: int) -> None:
    try:
        import fcntl
    except ImportError:  # Windows
        import msvcrt

        msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)  # type: ignore[attr-defined]
        return
    fcntl.lockf(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
