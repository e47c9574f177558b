"""What a run is made of, so that it goes on only with the very same: settings, versions, the contents of every input."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

from lang_audit import __version__
from lang_audit.config import lexicon_folder, read_config
from lang_audit.corpus.manifest import Identity, Input
from lang_audit.corpus.reading.sources import SourceFile
from lang_audit.corpus.running.selection import Selection
from lang_audit.detection.head_noun import model_name
from lang_audit.model import VerdictRule
from lang_audit.settings import NO_CODEBOOK, load_settings

if TYPE_CHECKING:
    from lang_audit.settings import Settings

_TOLD = 5  # names that a message lists
_PIECE = 1 << 20


@dataclass(frozen=True)
class SettingsSource:
    """What the settings are loaded from: the arguments of `load_settings`, with the path of the configuration (None: none).

    Small and the same everywhere, so that it can be sent to workers, which load the settings themselves.
    """

    profile: str | None = None
    rule: VerdictRule | None = None
    lexicons: tuple[Path, ...] = ()
    codebooks: tuple[str, ...] = (NO_CODEBOOK,)
    model: str | None = None
    config: Path | None = None

    def load(self) -> Settings:
        """The settings, loaded once in a process. Raises ConfigError or LexiconError."""
        return _loaded(self)


@cache
def _loaded(source: SettingsSource) -> Settings:
    return load_settings(
        profile=source.profile,
        rule=source.rule,
        lexicons=source.lexicons,
        codebooks=source.codebooks,
        config=read_config(source.config) if source.config else None,
        model=source.model,
    )


def identity_of(settings: Settings, selection: Selection, columns: Sequence[str] = ()) -> Identity:
    """The identity of a run with these settings. Loads the trained model; raises ConfigError where a named one is missing."""
    return Identity(
        version=__version__,
        lexicon=_hash_of_policy(settings),
        model=model_name(settings.model, settings.lexicon.folder),
        spacy=version("spacy"),
        profile=settings.profile.profile,
        rule=settings.rule,
        lexicons=tuple(path.name for path in settings.lexicon.extra),
        codebooks=tuple(book.codebook for book in settings.codebooks),
        off=tuple(item.entry for item in settings.off),
        pdf_engine=settings.pdf_engine,
        years=tuple(selection.years) if selection.years else None,
        where=tuple(map(str, selection.where)),
        columns=", ".join(columns) or None,
    )


def _hash_of_policy(settings: Settings) -> str:
    """One hash of every file that detection and judgement read, and of the profile with what was switched off.

    The populations of the page are no part of it: the page can be written again at any time.
    """
    shipped = settings.lexicon.folder or lexicon_folder()
    own = [*settings.lexicon.extra, *(Path(name) for name in settings.codebook_names if Path(name).suffix)]
    files = [(path.relative_to(shipped).as_posix(), path) for path in sorted(shipped.rglob("*.yaml"))]
    files = [(name, path) for name, path in files if name != "populations.yaml"]
    files += [(path.name, path) for path in own]
    found = hashlib.sha256(settings.profile.model_dump_json().encode())
    for name, path in files:
        found.update(f"\0{name}\0".encode("utf-8", "surrogateescape") + path.read_bytes())
    return found.hexdigest()


def differences(before: Identity, now: Identity) -> list[str]:
    """What sets two identities apart, a line each."""
    found = []
    for field in Identity.model_fields:
        old, new = getattr(before, field), getattr(now, field)
        if old == new:
            continue
        if field == "lexicon":
            found.append(
                "lexicon: the files of lexicon, profile or codebooks have changed, or entries were switched off or on"
            )
        else:
            found.append(f"{field.replace('_', '-')}: {_said(old)} in that run, {_said(new)} now")
    return found


def _said(value: object) -> str:
    if isinstance(value, tuple):
        return ", ".join("any" if item is None else str(item) for item in value) or "none"
    return "none" if value is None else str(value)


def input_of(source: SourceFile) -> Input:
    """An input as it is now, not yet read."""
    return Input(name=source.name, kind=source.kind, bytes=source.size, modified=_modified(source.path))


def input_differences(before: Sequence[Input], sources: Sequence[SourceFile], kept: Collection[str]) -> list[str]:
    """What sets the inputs of a run apart from those of now, a line each; a hash is made only where size or time tell something.

    `kept` are the names of those of which the run has kept anything: others may have changed, as long as they are of the same
    kind. A file that seems changed and of which no hash is known yet is judged by its size.
    """
    known = {given.name: given for given in before}
    now = {source.name: source for source in sources}
    gone = [name for name in known if _is_gone(known[name], now.get(name))]
    missing = [name for name in known if name not in now and name not in gone]
    both = [name for name in known if name in now and name not in gone]
    changed = [name for name in both if _changed(known[name], now[name], kept=name in kept)]
    found = [
        *_listed("input is gone", gone),
        *_listed("input not named now", missing),
        *_listed("input not in that run", [name for name in now if name not in known]),
        *_listed("input changed since", changed),
    ]
    if not found and [*known] != [*now]:
        found.append("inputs: are named in another order")
    return found


def _listed(what: str, names: list[str]) -> Iterator[str]:
    yield from (f"{what}: {name}" for name in names[:_TOLD])
    if len(names) > _TOLD:
        yield f"{what}: {len(names) - _TOLD} more"


def _is_gone(before: Input, now: SourceFile | None) -> bool:
    """Whether a file that was there is none now, be it named or not."""
    return before.modified is not None and _modified(now.path if now else Path(before.name)) is None


def _changed(before: Input, now: SourceFile, *, kept: bool) -> bool:
    if before.kind != now.kind:
        return True
    if not kept:
        return False
    if before.bytes != now.size:
        return True
    if before.modified == _modified(now.path) or before.sha256 is None:
        return False
    return hash_of(now.path) != before.sha256


def touched(before: Sequence[Input], sources: Sequence[SourceFile]) -> frozenset[str]:
    """The names of those inputs that were written to since, and of which no hash tells that they are the same still."""
    times = {given.name: given.modified for given in before if given.sha256 is None}
    return frozenset(
        source.name for source in sources if source.name in times and times[source.name] != _modified(source.path)
    )


def hash_of(path: Path) -> str | None:
    """SHA-256 of a file; None where it cannot be read."""
    found = hashlib.sha256()
    try:
        with path.open("rb") as file:
            while data := file.read(_PIECE):
                found.update(data)
    except OSError:
        return None
    return found.hexdigest()


def _modified(path: Path) -> int | None:
    try:
        return path.stat().st_mtime_ns
    except OSError:
        return None
