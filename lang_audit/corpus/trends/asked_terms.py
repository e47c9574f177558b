"""Which uses in a corpus run a person means who asks for a term: the trail from a word that was typed to what is counted."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from lang_audit.corpus.manifest import Identity
from lang_audit.detection.phrase_scan import fold, readings
from lang_audit.errors import ConfigError, LangAuditError
from lang_audit.inflection import verb_form
from lang_audit.lexicon import Lexicon, load_lexicon, plural_of
from lang_audit.lexicon_lookup import TermFinder, surface_forms
from lang_audit.profiles import Profile, load_profile

if TYPE_CHECKING:
    import duckdb

Kind = Literal["entry", "phrase", "person-first", "beginning"]
_IRREGULAR = {"people": ("person", "persons"), "person": ("people", "persons"), "persons": ("person", "people"),
              "men": ("man",), "women": ("woman",), "children": ("child",), "is": ("are",), "has": ("have",),
              "was": ("were",), "does": ("do",)}  # fmt: skip
_POSSESSIVE = re.compile(r"['’]s?(?![\w])")
_NEAR = 6


@dataclass(frozen=True)
class AskedTerm:
    """A term that was asked for, and what counts as a use of it.

    `kind` says how it was read: an `entry` of the lexicon with all its words, a `phrase` of one in all its forms, a
    `person-first` reference, or the `beginning` of either ("injecting drug*"). `entries` are those it was found in;
    `labels` are the (entry, words) and `references` the words of the run's tables that count, as printed.
    """

    asked: str
    kind: Kind
    entries: tuple[str, ...]
    labels: tuple[tuple[str, str], ...]
    references: tuple[str, ...]
    notes: tuple[str, ...] = ()


class Asking:
    """Reads terms against the lexicon of a run, and against the words that its tables hold."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, identity: Identity) -> None:
        self._connection = connection
        self._identity = identity
        self._profile, self._lexicon = _of_run(identity)
        self._owners: dict[str, list[str]] = {}
        for key, entry in self._lexicon.entries.items():
            for form in {fold(form.text) for form in surface_forms(entry)}:
                self._owners.setdefault(form, []).append(key)

    def read(self, asked: str) -> AskedTerm:
        """The term. Raises ConfigError where it means nothing that a run can count (with words that come near), and where
        this run did not look for it, so that no figure can be told from nought."""
        term = self._read(" ".join(asked.split()))
        if term.entries and not term.labels and not term.references:
            missed = [self._not_sought(entry) for entry in term.entries]
            if all(missed):
                raise ConfigError(
                    f"{term.asked!r}: not counted in this run. {' '.join(why for why in missed if why)} There is no figure to "
                    "show, not even nought. Make a run with a profile that raises it (in another folder), or leave it out."
                )
        return term

    def _read(self, wanted: str) -> AskedTerm:
        key = wanted.casefold()
        if key in self._lexicon.entries:
            labels = [(entry, words) for entry, words in self._labels(()) if entry == key]
            return AskedTerm(wanted, "entry", (key,), tuple(labels), (), self._notes((key,)))
        if wanted.endswith("*"):
            return self._beginning(wanted)
        forms = self._forms(fold(wanted))
        bare = fold(wanted)
        candidates = self._labels({form for words in forms.values() for form in words} | {bare})
        labels = [
            (entry, words)
            for entry, words in candidates
            if not _folded(words).isdisjoint(forms.get(entry, set()) | {bare})
        ]
        people = _in_both_numbers(bare)
        references = [words for words in self._references(people) if not _folded(words).isdisjoint(people)]
        entries = tuple(dict.fromkeys((*forms, *(entry for entry, _ in labels))))
        if not entries and not references and not _is_person_first(wanted):
            raise ConfigError(self._unknown(wanted))
        kind: Kind = "phrase" if entries else "person-first"
        return AskedTerm(wanted, kind, entries, tuple(labels), tuple(references), self._notes(entries))

    def _beginning(self, wanted: str) -> AskedTerm:
        stem = fold(wanted.rstrip("*").strip())
        if len(stem) < 3:
            raise ConfigError(f"{wanted!r}: give at least three letters before the *.")
        labels = [pair for pair in self._labels((stem,)) if any(form.startswith(stem) for form in _folded(pair[1]))]
        references = [text for text in self._references((stem,)) if any(f.startswith(stem) for f in _folded(text))]
        entries = tuple(dict.fromkeys(entry for entry, _ in labels))
        known = {key for form, keys in self._owners.items() if form.startswith(stem) for key in keys}
        notes = self._notes(sorted(known - {*entries}))
        if not labels and not references:
            raise ConfigError(
                " ".join(
                    [f"{wanted!r}: no term and no person-first reference in this run begins like that.", *notes[:_NEAR]]
                )
            )
        return AskedTerm(wanted, "beginning", entries, tuple(labels), tuple(references), notes)

    def _forms(self, wanted: str) -> dict[str, set[str]]:
        """For each entry that has `wanted` among its forms, all forms of the phrase that it is one of, folded."""
        found: dict[str, set[str]] = {}
        for key in self._owners.get(wanted, ()):
            entry = self._lexicon.entries[key]
            found[key] = {wanted}  # enough for a token pattern
            for phrase in entry.phrases:
                forms = {fold(form) for form in entry.model_copy(update={"match": [phrase]}).forms()}
                if wanted in forms:
                    found[key] |= forms
        return found

    def _labels(self, forms: Iterable[str]) -> list[tuple[str, str]]:
        """The entries and words that the authors use; with `forms`, those that begin like one of them."""
        where, letters = _first_letters(forms)
        rows = self._connection.execute(
            f"SELECT DISTINCT entry, text FROM findings WHERE decision <> 'exempt' {where} ORDER BY ALL", letters
        )
        return [(str(entry), str(text)) for entry, text in rows.fetchall()]

    def _references(self, forms: Iterable[str]) -> list[str]:
        where, letters = _first_letters(forms)
        rows = self._connection.execute(
            f"SELECT DISTINCT text FROM person_first WHERE true {where} ORDER BY ALL", letters
        )
        return [str(text) for (text,) in rows.fetchall()]

    def _notes(self, entries: Sequence[str]) -> tuple[str, ...]:
        """What a reader must know of entries that the run did not look for: their uses are missing in the counts."""
        return tuple(why for why in map(self._not_sought, entries) if why)

    def _not_sought(self, key: str) -> str | None:
        """Why the run did not look for an entry; None where it did."""
        entry = self._lexicon.entries.get(key)
        if key in self._identity.off:
            return f"{key} was switched off in this run: its uses were not counted."
        if self._profile and entry and self._profile.decision(key, entry) is None:
            return f"{key} is not raised by the run's profile ({self._identity.profile}): its uses were not counted."
        return None

    def _unknown(self, wanted: str) -> str:
        near = [f"“{term}” ({key})" for term, key in TermFinder(self._lexicon).close_to(wanted, _NEAR)]
        common = self._connection.execute(
            "SELECT lower(text) AS words, count(*) AS uses FROM person_first GROUP BY words ORDER BY uses DESC, words LIMIT 2000"
        )
        known = [str(text) for text, _ in common.fetchall()]
        near += [
            f"“{text}” (person-first)" for text in difflib.get_close_matches(wanted.lower(), known, n=3, cutoff=0.75)
        ]
        return (
            f"{wanted!r} is no term of the lexicon and no person-first reference, so this run did not count it. "
            + (f"Near it: {'; '.join(near)}. " if near else "")
            + "A term is a phrase (“injecting drug user”), the id of an entry (“substance-use/addict”), person-first words "
            "(“people who inject drugs”), or the beginning of one (“injecting drug*”)."
        )


def _of_run(identity: Identity) -> tuple[Profile | None, Lexicon]:
    """The profile and the lexicon that the run was made with; the shipped lexicon where they are not there any more."""
    try:
        return load_profile(identity.profile, None, tuple(Path(path) for path in identity.lexicons))
    except LangAuditError:
        return None, load_lexicon()


def _first_letters(forms: Iterable[str]) -> tuple[str, list[str]]:
    """A condition that spares reading most of a long column, and its values."""
    letters = sorted({form[0] for form in forms if form})
    return (f"AND lower(left(text, 1)) IN ({', '.join('?' * len(letters))})", letters) if letters else ("", [])


def _folded(words: str) -> set[str]:
    """`words` as printed, as terms are compared: without possessive, in each reading of a hyphen at the end of a line."""
    return {reading.text for reading in readings(_POSSESSIVE.sub("", words))}


def _in_both_numbers(folded: str) -> set[str]:
    """A person-first reference in singular and plural: noun, and verb behind "who". Forms that nobody writes do no harm."""
    noun, *rest = folded.split(" ")
    verbs = [""]
    if len(rest) > 1 and rest[0] == "who":
        verbs = [f" who {' '.join([verb, *rest[2:]])}" for verb in _numbers(rest[1], verb=True)]
    elif rest:
        verbs = [f" {' '.join(rest)}"]
    return {noun_form + verb for noun_form in _numbers(noun) for verb in verbs}


def _numbers(word: str, *, verb: bool = False) -> set[str]:
    other = {verb_form(word, "third")} if verb else {plural_of(word), f"{word}s"}
    if word.endswith("s"):
        other |= {word[:-1], word[:-2], f"{word[:-3]}y"}
    return {form for form in {word, *other, *_IRREGULAR.get(word, ())} if form}


def _is_person_first(words: str) -> bool:
    """Whether lang-audit would count these words as a person-first reference where they stood in a paper."""
    from lang_audit.detection.person_first import load_person_first

    return (0, len(words)) in load_person_first().find(words)
