"""Files that are there as a whole or not at all, also after the power went."""

from __future__ import annotations

import os
import secrets
import shutil
from contextlib import suppress
from pathlib import Path


def write_durably(path: Path, data: bytes) -> None:
    """Put a file in place all at once; another of its name is replaced."""
    part = path.with_name(f".{path.name}.{secrets.token_hex(4)}.part")
    with part.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    part.replace(path)
    sync_folder(path.parent)


def place_folder(made: Path, path: Path) -> None:
    """Give the folder `made`, whose files are complete, its name; where there is one of that name already, that one stays."""
    for file in made.iterdir():
        with file.open("rb+") as written:
            os.fsync(written.fileno())
    sync_folder(made)
    try:
        made.rename(path)
    except OSError:
        if not path.is_dir():
            raise
        shutil.rmtree(made, ignore_errors=True)
    sync_folder(path.parent)


def sync_folder(folder: Path) -> None:
    """Make the names in a folder last; nothing where the system does not know this."""
    with suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
