"""What a corpus run was made with: `manifest.json`, which tells one run from another and its reader what to cite."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Final, Literal

from pydantic import ValidationError

from lang_audit.corpus.running.durable import write_durably
from lang_audit.errors import ConfigError
from lang_audit.model import Frozen, VerdictRule

MANIFEST: Final = "manifest.json"
FORMAT: Final = 1
"""The version of the folder's layout and of the tables' schemas."""


class Input(Frozen):
    """One file of the input, and what became of its records; hash and counts are there once it was read to its end."""

    name: str
    kind: str
    bytes: int
    modified: int | None = None  # nanoseconds since 1970: tells at a glance that a file is as it was
    sha256: str | None = None
    records: int | None = None
    audited: int | None = None
    duplicate: int | None = None
    rejected: int | None = None
    failed: int | None = None
    left_out: int | None = None
    problem: str | None = None  # why it could not be read, or not to its end


class Identity(Frozen):
    """All that decides what a run finds: two runs with the same identity and the same inputs give the same tables."""

    version: str  # of lang-audit
    lexicon: str  # SHA-256 of the lexicon, the cues, the profile and the codebooks as they were read
    model: str | None  # the trained spaCy pipeline and its version, "en_core_web_sm 3.8.0"; None: there is none
    spacy: str
    profile: str
    rule: VerdictRule
    lexicons: tuple[str, ...] = ()  # files of the user's own
    codebooks: tuple[str, ...] = ()
    off: tuple[str, ...] = ()  # entries that were switched off
    pdf_engine: str = "pdfminer"
    years: tuple[int | None, int | None] | None = None  # first and last, both included
    where: tuple[str, ...] = ()
    columns: str | None = None


class Manifest(Frozen):
    """`manifest.json`."""

    format: int = FORMAT
    state: Literal["running", "finished"]
    identity: Identity
    part_records: int = 10_000  # records of an input that share a part of the tables
    inputs: tuple[Input, ...]
    rows: dict[str, int] | None = None  # of each table, once the run is finished


def write_manifest(folder: Path, manifest: Manifest) -> None:
    """Put the manifest of a run into its folder, in the place of one that is there."""
    write_durably(folder / MANIFEST, f"{manifest.model_dump_json(indent=1)}\n".encode("utf-8", "backslashreplace"))


def holds_run(folder: Path) -> bool:
    """Whether a folder is that of a corpus run, of whatever version."""
    try:
        told = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return False
    return isinstance(told, dict) and {"format", "state", "identity", "inputs"} <= told.keys()


def read_manifest(folder: Path) -> Manifest | None:
    """The manifest in a folder; None where there is none. Raises ConfigError where it cannot be understood."""
    path = folder / MANIFEST
    try:
        told = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    except (OSError, ValueError) as error:
        raise ConfigError(f"{path}: cannot be read ({error}). Name another folder with -o.") from error
    found = told.get("format") if isinstance(told, dict) else None
    if found != FORMAT:
        raise ConfigError(
            f"{path}: was written by another version of lang-audit (format {found}, this one reads {FORMAT}). "
            "Name another folder with -o."
        )
    try:
        return Manifest.model_validate(told)
    except ValidationError as error:
        raise ConfigError(f"{path}: is no manifest of a corpus run ({error.error_count()} mistakes).") from error
