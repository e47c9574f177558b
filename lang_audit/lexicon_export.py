"""The lexicon in forms that other programs read: CSV, JSON, a Vale style, and the data form of retext-equality.

Every exporter returns file names and texts; `write_file` and `write_folder` put them on disk, whole or not at all.
"""

from __future__ import annotations

import csv
import io
import json
import os
import shutil
import tempfile
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from lang_audit.errors import ConfigError
from lang_audit.lexicon import Entry, Lexicon

COLUMNS = (
    "id", "domain", "terms", "category", "severity", "decision", "everyday", "person", "people", "after_a_noun",
    "condition_or_phrase", "guidance", "why", "since", "sources", "known_sources", "history", "contested", "sense",
    "exceptions", "known_problems", "examples_raised", "examples_let_pass",
)  # fmt: skip
_FORMULA = ("=", "+", "-", "@")


def entry_record(lexicon: Lexicon, key: str) -> dict[str, Any]:
    """An entry in full, as JSON-ready data, with its domain and with its guidelines spelled out. Raises KeyError if unknown."""
    entry = lexicon.entries[key]
    domain = key.split("/")[0]
    guidelines = [
        {"key": name, "read": field == "sources" and lexicon.sources[name].evidence == "seen"}
        | lexicon.sources[name].model_dump(mode="json", include={"issuer", "title", "year", "identifier"})
        for field in ("sources", "known_sources")
        for name in getattr(entry, field)
    ]
    data = entry.model_dump(mode="json", by_alias=True)
    return {"key": key, "domain": domain, "domain_title": lexicon.domains[domain], **data, "guidelines": guidelines}


def as_json(lexicon: Lexicon) -> str:
    """All entries in full, and the guidelines that they cite, as one JSON document."""
    cited = {
        name
        for e in lexicon.entries.values()
        for name in (*e.sources, *e.known_sources, *(h.source for h in e.history))
    }
    document = {
        "schema_version": 1,
        "domains": lexicon.domains,
        "sources": {key: source.model_dump(mode="json") for key, source in lexicon.sources.items() if key in cited},
        "entries": [entry_record(lexicon, key) for key in lexicon.entries],
    }
    return json.dumps(document, ensure_ascii=False, indent=1) + "\n"


def as_csv(lexicon: Lexicon, keys: Iterable[str] | None = None, columns: Sequence[str] = COLUMNS) -> str:
    """A row an entry. Several values in a cell are parted by " | ". No cell can be taken for a formula by a spreadsheet."""
    text = io.StringIO()
    writer = csv.DictWriter(text, columns, extrasaction="ignore", lineterminator="\n")
    writer.writeheader()
    for key in lexicon.entries if keys is None else keys:
        row = _row(key, lexicon.entries[key])
        writer.writerow({column: harmless(value) for column, value in row.items()})
    return text.getvalue()


def harmless(cell: str) -> str:
    """`cell` so that a spreadsheet shows it and never runs it.

    White space around it goes, and a leading = + - @ is put behind an apostrophe.
    """
    bare = cell.replace("\r\n", "\n").replace("\r", "\n").strip()
    return f"'{bare}" if bare.startswith(_FORMULA) else bare


def _row(key: str, entry: Entry) -> dict[str, str]:
    prefer = entry.prefer
    exceptions = [f"{usage}: {', '.join(phrases)}" for usage, phrases in entry.exceptions.items()]
    history = [f"{h.from_}-{h.to or ''} {h.status} ({h.source})" for h in entry.history]
    return {
        "id": key,
        "domain": key.split("/")[0],
        "terms": _listed(entry.phrases),
        "category": entry.category,
        "severity": entry.severity,
        "decision": entry.decision,
        "everyday": "yes" if entry.everyday else "",
        "person": prefer.person or "",
        "people": prefer.people or "",
        "after_a_noun": prefer.person_after or "",
        "condition_or_phrase": prefer.term or "",
        "guidance": prefer.guidance or "",
        "why": entry.why,
        "since": str(entry.since),
        "sources": _listed(entry.sources),
        "known_sources": _listed(entry.known_sources),
        "history": _listed(history),
        "contested": entry.contested or "",
        "sense": entry.sense,
        "exceptions": _listed(exceptions),
        "known_problems": entry.known_problems or "",
        "examples_raised": _listed(entry.examples.flag),
        "examples_let_pass": _listed(entry.examples.pass_),
    }


def _listed(values: Iterable[str]) -> str:
    return " | ".join(values)


def write_file(path: Path, text: str) -> None:
    """Write a file whole or not at all: through a temporary file beside it. Raises ConfigError where that cannot be done."""
    if path.is_dir():
        raise ConfigError(f"{path}: is a folder. Give the name of a file.")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}-")
        try:
            with os.fdopen(handle, "w", encoding="utf-8", newline="") as file:
                file.write(text)
            Path(name).chmod(0o666 & ~_umask())
            Path(name).replace(path)
        except BaseException:
            Path(name).unlink(missing_ok=True)
            raise
    except OSError as error:
        raise ConfigError(f"{path}: cannot be written: {error.strerror}.") from error


def write_folder(folder: Path, files: dict[str, str], *, force: bool = False, stale: str | None = None) -> None:
    """Write `files` (relative name -> text) into `folder`, file by file whole; a new folder appears only when complete.

    A folder that holds something is refused without `force`. With `force`, files of these names are replaced, and those
    that match the glob `stale` and are not among them are removed; all else stays. Raises ConfigError.
    """
    if folder.exists() and not folder.is_dir():
        raise ConfigError(f"{folder}: is a file. Give the name of a folder.")
    try:
        if folder.is_dir() and any(folder.iterdir()):
            if not force:
                raise ConfigError(
                    f"{folder}: the folder is not empty. Give another one, or --force to write into this one."
                )
            for name, text in files.items():
                write_file(folder / name, text)
            for old in sorted(folder.glob(stale)) if stale else ():
                if old.relative_to(folder).as_posix() not in files:
                    old.unlink()
            return
        folder.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=folder.parent, prefix=f".{folder.name}-") as name:
            new = Path(name) / folder.name
            for relative, text in files.items():
                write_file(new / relative, text)
            if folder.is_dir():
                folder.rmdir()
            shutil.move(new, folder)
    except OSError as error:
        raise ConfigError(f"{folder}: cannot be written: {error.strerror}.") from error


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
