"""Checking a manuscript again with some of its files changed, before they are written."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path

from lang_audit.audit import audit_file
from lang_audit.manuscript.check import check_record
from lang_audit.manuscript.checked import CheckedFile
from lang_audit.settings import Settings

LATEX_SUFFIXES = (".tex", ".ltx", ".latex")
_OF_LATEX = frozenset({*LATEX_SUFFIXES, ".sty", ".cls", ".def", ".cfg", ".txt", ".inc", ".bbl", ""})
_MOST = 2000  # files that a manuscript may take in, as its reader has it
_LARGEST = 5_000_000


def checked_again(path: Path, contents: Mapping[Path, bytes], settings: Settings, shown: str) -> CheckedFile:
    """What there is to say of a manuscript if its files held `contents`. Messages call it `shown`.

    It is read in a folder of its own, beside copies of what it may take in.
    """
    with tempfile.TemporaryDirectory(prefix="lang-audit-") as name:
        folder = Path(name).resolve()
        if path.suffix.lower() in LATEX_SUFFIXES:
            _copy_included(path.parent, folder)
        if path not in contents:
            shutil.copyfile(path, folder / path.name)
        for file, data in contents.items():
            there = folder / file.relative_to(path.parent)
            there.parent.mkdir(parents=True, exist_ok=True)
            there.write_bytes(data)
        record = next(iter(audit_file(folder / path.name, settings=settings)))
        return check_record(record, settings, shown=lambda _: shown, beside=path)


def _copy_included(source: Path, folder: Path) -> None:
    """Copies of the files that a LaTeX manuscript may take in; those that are too large to be prose are left out."""
    copied = 0
    for file in source.rglob("*"):
        inside = file.relative_to(source)
        if any(part.startswith(".") for part in inside.parts) or file.suffix.lower() not in _OF_LATEX:
            continue
        if copied < _MOST and file.is_file() and file.stat().st_size < _LARGEST:
            there = folder / inside
            there.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(file, there)
            copied += 1
