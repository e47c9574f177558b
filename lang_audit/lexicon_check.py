"""Checks lexicon files before they are used: mistakes, which stop a run, and warnings, which do not."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from lang_audit import yaml_source
from lang_audit.config import lexicon_folder
from lang_audit.corpus.page.populations import load_populations
from lang_audit.detection.phrase_scan import PhraseScanner, fold
from lang_audit.lexicon import Entry, Lexicon, LexiconFile, load_lexicon
from lang_audit.lexicon_lookup import TermFinder, loose_patterns, surface_forms


class Checked(NamedTuple):
    """What was checked: how many files and entries, and a `file:line: place: what` line for each warning."""

    files: int
    entries: int
    warnings: list[str]


class _Part(NamedTuple):
    file: LexiconFile
    lines: yaml_source.SourceLines


def check(paths: Sequence[Path] = ()) -> Checked:
    """Check the shipped lexicon, or, where `paths` are given, those files as additions to it.

    Raises LexiconError with every mistake of every file: whatever the format refuses, an id or a phrase used twice, a source
    that nobody defines. An entry of a user's that takes the place of a shipped one is a warning.
    """
    lexicon = load_lexicon(extra=paths)
    if not paths:
        load_populations()
    stigma = lexicon_folder() / "stigma"
    named = [(path, str(path)) for path in paths] or [
        (path, f"stigma/{path.name}") for path in sorted(stigma.glob("*.yaml"))
    ]
    parts = [_Part(*yaml_source.load(path, LexiconFile, name)) for path, name in named]
    finder = TermFinder(lexicon)
    warnings = list(_overrides(parts, load_lexicon())) if paths else []
    warnings += [warning for part in parts for warning in _warnings(part, finder)]
    return Checked(len(parts), sum(len(part.file.entries) for part in parts), warnings)


def _warnings(part: _Part, finder: TermFinder) -> Iterator[str]:
    for k, entry in enumerate(part.file.entries):
        yield from _bad_suggestions(entry, part, k, finder)
        if loose_patterns(entry):
            continue  # such an entry can match words that cannot be listed
        forms = PhraseScanner(form.text for form in surface_forms(entry))
        for j, sentence in enumerate(entry.examples.flag):
            if not forms.find(sentence):
                place = part.lines.where(("entries", k, "examples", "flag", j))
                yield f"{place}: does not hold a term of the entry: {sentence!r}"
        words = {word for form in surface_forms(entry) for word in _words(form.text)}
        for usage, phrases in entry.exceptions.items():
            for j, phrase in enumerate(phrases):
                if words.isdisjoint(_words(phrase)):  # an exception may overlap a term in part, as "be refused" does
                    place = part.lines.where(("entries", k, "exceptions", usage, j))
                    yield f"{place}: {phrase!r} has no word of a term of the entry, so it excepts nothing"


def _bad_suggestions(entry: Entry, part: _Part, k: int, finder: TermFinder) -> Iterator[str]:
    for field in ("person", "people", "person_after", "term"):
        words = getattr(entry.prefer, field)
        if words and (hits := finder.find(words)):
            place = part.lines.where(("entries", k, "prefer", field))
            held = ", ".join(f"{words[hit.start : hit.end]!r} ({hit.phrase})" for hit in hits)
            yield f"{place}: the suggestion {words!r} holds a term of the lexicon: {held}"


def _words(phrase: str) -> set[str]:
    return set(re.findall(r"[^\W_]+", fold(phrase)))


def _overrides(parts: Sequence[_Part], shipped: Lexicon) -> Iterator[str]:
    for part in parts:
        for k, entry in enumerate(part.file.entries):
            if (key := f"{part.file.lexicon}/{entry.id}") in shipped.entries:
                yield f"{part.lines.where(('entries', k))}: takes the place of the shipped entry {key}"
