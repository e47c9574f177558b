"""Acronyms of people: which goes with which long form, and those that do not go together ("PWID" here, "IDU" there)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import cache
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from lang_audit import yaml_source
from lang_audit.config import lexicon_folder
from lang_audit.errors import LexiconError
from lang_audit.lexicon import Entry, Lexicon
from lang_audit.manuscript.checked import Remark, fingerprint
from lang_audit.manuscript.places import Locator
from lang_audit.model import Finding, PersonFirstMention

MIXED = "acronyms/mixed"
_NAME = "acronyms.yaml"
_Text = Annotated[str, Field(min_length=1)]


class Acronym(BaseModel):
    """A long form in the plural, and what it is shortened to. `also` are other acronyms for the same."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    long: _Text
    singular: _Text | None = None
    acronym: _Text
    plural: _Text | None = None
    also: list[_Text] = []

    def all_forms(self) -> frozenset[str]:
        """The acronym in each form in which it may stand in a text."""
        return frozenset({self.acronym, *self.also, *filter(None, (self.plural,))})


class _File(BaseModel):
    """The file `lexicons/acronyms.yaml`."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    acronyms: list[Acronym]


@cache
def load_acronyms(folder: Path | None = None) -> tuple[Acronym, ...]:
    """The acronyms of the lexicons folder (None: the shipped one), none where it has no such file.

    Raises LexiconError with file:line for each mistake.
    """
    path = (folder or lexicon_folder()) / _NAME
    if folder and not path.is_file():
        return ()
    file, lines = yaml_source.load(path, _File, _NAME)
    seen: dict[str, int] = {}
    repeated = []
    for k, pair in enumerate(file.acronyms):
        for key in filter(None, ("long", "singular" if pair.singular else "")):
            words = str(getattr(pair, key)).casefold()
            if words in seen:
                repeated.append(f"{lines.where(('acronyms', k, key))}: {words!r} is given twice")
            seen[words] = k
    if repeated:
        raise LexiconError(repeated)
    return tuple(file.acronyms)


def longest_at_end(text: str, known: Iterable[Acronym]) -> Acronym | None:
    """The acronym of the long form with which a text ends, in the singular or plural and in any case; None without one."""
    end = " ".join(text[-120:].split()).casefold()
    found = [
        (len(long), pair)
        for pair in known
        for long in (pair.long, pair.singular)
        if long and re.search(rf"(?<![\w-]){re.escape(long.casefold())}$", end)
    ]
    return max(found, key=lambda one: one[0])[1] if found else None


def short_form(entry: Entry, surface: str) -> str | None:
    """The acronym that a term is, without a plural s (a capital one too, in a heading); None where it is none."""
    if entry.acronym is None:
        return None
    known = {phrase.casefold() for phrase in entry.phrases}
    bare = surface[:-1] if surface[-1:] in "sS" and surface[:-1].casefold() in known else surface
    return bare if bare.casefold() in known else None


def instead_of(entry: Entry, known: Iterable[Acronym]) -> Acronym | None:
    """The acronym for what an entry for an acronym prefers: PWID for IDU."""
    preferred = entry.prefer.people or entry.prefer.term
    if entry.acronym is None or preferred is None:
        return None
    return next((p for p in known if preferred in (p.long, p.acronym)), None)


def mixed_acronyms(
    findings: Sequence[Finding],
    person_first: Sequence[PersonFirstMention],
    lexicon: Lexicon,
    locator: Locator,
) -> list[tuple[int, Remark]]:
    """One remark for each mix of acronyms for the same people, with the offset in the text at which it belongs.

    `findings` are those that are remarked on; with `person_first` they are what the authors say in their own voice.
    """
    known = load_acronyms(lexicon.folder)
    found = []
    for pair in known:
        good = [m.start for m in person_first if m.text in pair.all_forms()]
        if not good:
            continue
        by_entry: dict[str, list[Finding]] = {}
        for finding in findings:
            entry = lexicon.entries[finding.entry]
            if short_form(entry, finding.text) and instead_of(entry, known) == pair:
                by_entry.setdefault(finding.entry, []).append(finding)
        found += [_remark(pair, sorted(good), old, locator) for old in by_entry.values()]
    return found


def _remark(pair: Acronym, good: Sequence[int], old: Sequence[Finding], locator: Locator) -> tuple[int, Remark]:
    """What to say of a mix, at the first use of the outdated acronym for which the reader has met the other."""
    ordered = sorted(old, key=lambda finding: finding.start)
    at = next((finding for finding in ordered if finding.start > good[0]), ordered[-1])
    short = min((finding.text.removesuffix("s") for finding in ordered), key=len)
    message = (
        f"“{pair.acronym}” ({_times(len(good))}) and “{short}” ({_times(len(ordered))}) stand for the same "
        f"people in one manuscript. Write “{pair.acronym}” throughout."
    )
    remark = Remark(
        rule=MIXED,
        level="query",
        text=f"{pair.acronym}, {short}",
        message=message,
        suggestion=pair.acronym,
        place=locator.place(at.start, at.end),
        fingerprint=fingerprint(MIXED, pair.acronym, short),
    )
    return at.start, remark


def _times(number: int) -> str:
    return "once" if number == 1 else f"{number} times"
