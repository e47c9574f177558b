"""Writing files so that there is never half of one: into a temporary file beside it first, then put in its place at once."""

from __future__ import annotations

import errno
import os
import tempfile
from pathlib import Path


class ChangedMeanwhileError(OSError):
    """The file is no longer what was read."""


def replace_file(path: Path, data: bytes, *, was: bytes | None) -> None:
    """Put `data` in the place of a file that held `was` (None: there is none yet), with the same rights.

    A link stays one: the file that it names is replaced. Raises ChangedMeanwhileError where the file holds something else by now
    (or is there already), OSError where it cannot be written; the file is then as it was.
    """
    target = path.resolve()
    if was is not None and not os.access(target, os.W_OK):  # a new file may take its place all the same
        raise PermissionError(errno.EACCES, "It is read-only")
    handle, name = tempfile.mkstemp(prefix=f".{target.name}.", suffix=".tmp", dir=target.parent)
    temporary = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        if was is None:
            temporary.chmod(0o666 & ~_umask())
            _put_new(temporary, target)
            return
        if target.read_bytes() != was:
            raise ChangedMeanwhileError(f"{path} was changed while it was checked")
        temporary.chmod(target.stat().st_mode & 0o7777)
        temporary.replace(target)
    finally:
        temporary.unlink(missing_ok=True)


def _put_new(temporary: Path, target: Path) -> None:
    """Give a file its name, unless another has it."""
    try:
        os.link(temporary, target)  # fails where there is such a file, which a rename does not
    except FileExistsError as error:
        raise ChangedMeanwhileError(f"{target} is there already") from error
    except OSError:  # a file system without links
        if target.exists():
            raise ChangedMeanwhileError(f"{target} is there already") from None
        temporary.replace(target)


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
