"""The people-first lexicon: its schema, its loading with file:line in every error, and the forms in which a term occurs.

The format is documented in docs/lexicon-format.md. Terms, reasons and sources are data in `lexicons/`; nothing here knows a term.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache, cached_property
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from lang_audit import yaml_source
from lang_audit.config import lexicon_folder
from lang_audit.errors import LexiconError
from lang_audit.model import Severity, Usage

Category = Literal[
    "person-label", "person-adjective", "condition", "behaviour", "treatment", "blame", "metaphor", "imprecise"
]
Sense = Literal["any", "noun", "person", "substance", "substance-here", "human"]
Inflect = Literal["noun", "verb", "none"]
Number = Literal["singular", "plural"]

PERSON_CATEGORIES = frozenset({"person-label", "person-adjective"})
_ID = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_Text = Annotated[str, Field(min_length=1)]


class _Strict(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Source(_Strict):
    """A guideline, study or style guide that entries cite. `evidence` tells whether its text was read or is known of."""

    issuer: _Text
    title: _Text
    year: int | None
    years: str
    domain: str
    identifier: str
    evidence: Literal["seen", "known"]


class Sources(_Strict):
    """The file `sources.yaml`."""

    sources: dict[str, Source]


class Prefer(_Strict):
    """What to write instead, in forms that fit; `guidance` where no ready phrase fits every sentence."""

    person: _Text | None = None
    people: _Text | None = None
    person_after: _Text | None = None
    term: _Text | None = None
    guidance: _Text | None = None

    @model_validator(mode="after")
    def _something(self) -> Prefer:
        if not any((self.person, self.people, self.person_after, self.term, self.guidance)):
            raise ValueError("give at least one of person, people, person_after, term, guidance")
        return self


class Examples(_Strict):
    """Sentences in our own words that must flag (or query) and must pass: the tests of the entry."""

    flag: Annotated[list[_Text], Field(min_length=1)]
    pass_: Annotated[list[_Text], Field(min_length=1, alias="pass")]


class Acronym(_Strict):
    """How to read an entry that is an acronym: by what the paper says it stands for, else by the company it keeps.

    `expands`: long forms (lower case, prefix match) that have the flagged sense. `behaviour`: long forms that name the act.
    `domain`: words of which two must stand in the paper where it defines nothing.
    """

    expands: Annotated[list[_Text], Field(min_length=1)]
    behaviour: list[_Text] = []
    domain: Annotated[list[_Text], Field(min_length=2)]


class Entry(_Strict):
    """One term of the lexicon, with the reason, the sources, and the examples that are its tests."""

    id: str
    match: Annotated[list[_Text | list[dict[str, Any]]], Field(min_length=1)]
    inflect: Inflect = "noun"
    category: Category
    severity: Severity
    decision: Literal["flag", "query"] = "flag"
    sense: Sense = "any"
    acronym: Acronym | None = None
    prefer: Prefer
    why: _Text
    since: int
    sources: list[str] = []
    known_sources: list[str] = []
    contested: _Text | None = None
    exceptions: dict[Usage, list[_Text]] = {}
    known_problems: _Text | None = None
    examples: Examples

    @field_validator("id")
    @classmethod
    def _kebab(cls, value: str) -> str:
        if not _ID.fullmatch(value):
            raise ValueError(f"must be lower-case words joined by hyphens, not {value!r}")
        return value

    @model_validator(mode="after")
    def _sourced(self) -> Entry:
        if not self.sources and not self.known_sources:
            raise ValueError("give at least one key of sources.yaml under sources or known_sources")
        if self.decision == "query" and not self.contested:
            raise ValueError("a query entry says under 'contested' who disagrees and why")
        return self

    @property
    def phrases(self) -> list[str]:
        """The entry's phrases as written (token patterns left out)."""
        return [item for item in self.match if isinstance(item, str)]

    @property
    def patterns(self) -> list[list[dict[str, Any]]]:
        """The entry's spaCy token patterns."""
        return [item for item in self.match if not isinstance(item, str)]

    @property
    def names_people(self) -> bool:
        """Whether the term is a label of people (and so counts in the verdict)."""
        return self.category in PERSON_CATEGORIES

    def forms(self) -> dict[str, Number]:
        """Every surface form that the phrases take, as written in the entry's case, with its grammatical number."""
        found: dict[str, Number] = {}
        for phrase in self.phrases:
            for form, number in _inflected(phrase, self.inflect):
                found.setdefault(form, number)
        return found

    @cached_property
    def _numbers(self) -> dict[str, Number]:
        return {plain_form(form): number for form, number in self.forms().items()}

    def number_of(self, surface: str) -> Number:
        """The grammatical number of the term as it stands in a text, line breaks and possessive included."""
        bare = re.sub(r"['’](?:s\b)?", "", surface)
        joined = re.sub(r"[-\u00ad\u2010]\s*\n\s*|\u00ad", "", bare)
        return self._numbers.get(plain_form(bare)) or self._numbers.get(plain_form(joined), "singular")


class LexiconFile(_Strict):
    """One file of `lexicons/stigma/`: a domain with its entries."""

    lexicon: str
    language: Literal["en"]
    title: _Text
    entries: Annotated[list[Entry], Field(min_length=1)]


class Lexicon:
    """All entries by key ("substance-use/addict"), the sources they cite, and each file's title."""

    def __init__(self, entries: dict[str, Entry], sources: dict[str, Source], domains: dict[str, str]) -> None:
        self.entries = entries
        self.sources = sources
        self.domains = domains

    def __len__(self) -> int:
        return len(self.entries)


def load_lexicon(folder: Path | None = None) -> Lexicon:
    """Load every file of `folder/stigma/` and `folder/sources.yaml` (default: the shipped lexicon).

    Nothing is half-loaded: LexiconError lists every mistake of every file, each with file and line. Refused are unknown keys,
    an unknown source, a phrase in two entries, an id used twice, and an entry without examples. Each folder is loaded once.
    """
    return _load(folder or lexicon_folder())


@cache
def _load(folder: Path) -> Lexicon:
    mistakes: list[str] = []
    sources = yaml_source.load(folder / "sources.yaml", Sources, "sources.yaml")[0].sources
    entries: dict[str, Entry] = {}
    domains: dict[str, str] = {}
    owner: dict[str, str] = {}
    paths = sorted((folder / "stigma").glob("*.yaml"))
    if not paths:
        raise LexiconError([f"{folder / 'stigma'}: holds no .yaml file"])
    for path in paths:
        try:
            file, lines = yaml_source.load(path, LexiconFile, f"stigma/{path.name}")
        except LexiconError as error:
            mistakes += error.problems
            continue
        domains[file.lexicon] = file.title
        for k, entry in enumerate(file.entries):
            key = f"{file.lexicon}/{entry.id}"
            where = lines.where(("entries", k))
            if key in entries:
                mistakes.append(f"{where}: the id {entry.id!r} is used twice")
            entries[key] = entry
            mistakes += _unknown_sources(entry, sources, where)
            for phrase in entry.phrases:
                first = owner.setdefault(plain_form(phrase), key)
                if first != key:
                    mistakes.append(f"{where}.match: {phrase!r} stands in {first} too; a phrase has one entry")
    if mistakes:
        raise LexiconError(mistakes)
    return Lexicon(entries, sources, domains)


def _unknown_sources(entry: Entry, sources: dict[str, Source], where: str) -> Iterable[str]:
    for field in ("sources", "known_sources"):
        for name in getattr(entry, field):
            if name not in sources:
                yield f"{where}.{field}: {name!r} is no key of sources.yaml"


def plain_form(phrase: str) -> str:
    """A phrase with case and the choice of hyphen or space folded away: what counts as the same phrase."""
    return re.sub(r"[\s\-‐-–]+", " ", phrase.casefold()).strip()


def _inflected(phrase: str, inflect: Inflect) -> list[tuple[str, Number]]:
    if inflect == "none":
        return [(phrase, "plural" if re.search(r"[^s]s$", phrase) else "singular")]
    if inflect == "verb":
        verb, *rest = phrase.split(" ")
        return [(" ".join([form, *rest]), "singular") for form in _verb_forms(verb)]
    head = phrase.split(" of ")[0] if " of " in phrase else phrase
    plural = plural_of(head)
    forms: list[tuple[str, Number]] = [(phrase, "singular" if plural != head else "plural")]
    if plural != head:
        forms.append((plural + phrase[len(head) :], "plural"))
    return forms


_IRREGULAR_PLURALS = {"man": "men", "woman": "women", "child": "children", "person": "people", "wife": "wives"}


def plural_of(phrase: str) -> str:
    """The plural of a noun phrase by its last word; a word that is plural or uncountable already is left as it is."""
    start, last = re.match(r"(.*?)([^\s\-]*)$", phrase, re.DOTALL).groups()  # type: ignore[union-attr]
    lower = last.lower()
    if lower in _IRREGULAR_PLURALS:
        return str(start) + _IRREGULAR_PLURALS[lower]
    if re.search(r"(ss|sh|ch|x|z)$", lower):
        return phrase + "es"
    if re.search(r"(s|ing|ed|ance|ence|ism|people|children|men|women)$", lower):
        return phrase
    if re.search(r"[^aeiou]y$", lower):
        return phrase[:-1] + "ies"
    return phrase + "s"


def _verb_forms(verb: str) -> list[str]:
    """The regular forms of a verb; an irregular verb lists its forms as phrases of an entry with `inflect: none`."""
    if verb.endswith("e"):
        return [verb, verb + "s", verb + "d", verb[:-1] + "ing"]
    if re.search(r"[^aeiou]y$", verb):
        return [verb, verb[:-1] + "ies", verb[:-1] + "ied", verb + "ing"]
    if re.search(r"(s|sh|ch|x|z)$", verb):
        return [verb, verb + "es", verb + "ed", verb + "ing"]
    return [verb, verb + "s", verb + "ed", verb + "ing"]
