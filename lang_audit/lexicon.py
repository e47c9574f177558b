"""The people-first lexicon: its schema, its loading with file:line in every error, and the forms in which a term occurs.

The format is documented in docs/lexicon-format.md. Terms, reasons and sources are data in `lexicons/`; nothing here knows a term.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Sequence
from functools import cache, cached_property
from itertools import pairwise
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
Sense = Literal["any", "noun", "person", "substance", "substance-here", "human", "people-subject"]
Inflect = Literal["noun", "verb", "none"]
Number = Literal["singular", "plural"]
Standing = Literal["recommended", "accepted", "contested", "discouraged"]

PERSON_CATEGORIES = frozenset({"person-label", "person-adjective"})
# Those that a text without a trained model has.
_TOKEN_ATTRIBUTES = frozenset(
    {"TEXT", "ORTH", "LOWER", "SHAPE", "LENGTH", "IS_ALPHA", "IS_DIGIT", "IS_PUNCT", "IS_SPACE", "IS_TITLE", "IS_UPPER",
     "IS_LOWER", "LIKE_NUM", "OP"}
)  # fmt: skip
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


class Interval(_Strict):
    """What a guideline said of a term from one year to another (both included; no `to`: to this day)."""

    from_: Annotated[int, Field(alias="from")]
    to: int | None = None
    status: Standing
    source: str

    @model_validator(mode="after")
    def _forwards(self) -> Interval:
        if self.to is not None and self.to < self.from_:
            raise ValueError(f"ends in {self.to}, before it begins in {self.from_}")
        return self

    def holds(self, year: int) -> bool:
        """Whether `year` lies in the interval."""
        return self.from_ <= year and (self.to is None or year <= self.to)


class Entry(_Strict):
    """One term of the lexicon, with the reason, the sources, and the examples that are its tests."""

    id: str
    match: Annotated[list[_Text | list[dict[str, Any]]], Field(min_length=1)]
    inflect: Inflect = "noun"
    category: Category
    severity: Severity
    decision: Literal["flag", "query"] = "flag"
    everyday: bool = False
    sense: Sense = "any"
    acronym: Acronym | None = None
    prefer: Prefer
    why: _Text
    since: int
    sources: list[str] = []
    known_sources: list[str] = []
    contested: _Text | None = None
    history: list[Interval] = []
    exceptions: dict[Usage, list[_Text]] = {}
    known_problems: _Text | None = None
    examples: Examples

    @field_validator("id")
    @classmethod
    def _kebab(cls, value: str) -> str:
        if not _ID.fullmatch(value):
            raise ValueError(f"must be lower-case words joined by hyphens, not {value!r}")
        return value

    @field_validator("match")
    @classmethod
    def _findable(cls, value: list[str | list[dict[str, Any]]]) -> list[str | list[dict[str, Any]]]:
        for pattern in value:
            if isinstance(pattern, str):
                continue
            unknown = {attribute for token in pattern for attribute in token} - _TOKEN_ATTRIBUTES
            if unknown:
                raise ValueError(
                    f"{', '.join(sorted(unknown))} is no attribute of a token pattern; allowed are "
                    + ", ".join(sorted(_TOKEN_ATTRIBUTES))
                )
            if not pattern_words(pattern):
                raise ValueError(
                    "a token pattern needs one token with its text (TEXT or LOWER), so that it can be found fast"
                )
        return value

    @field_validator("history")
    @classmethod
    def _in_order(cls, value: list[Interval]) -> list[Interval]:
        for before, after in pairwise(value):
            if before.to is None or after.from_ <= before.to:
                end = f"to {before.to}" if before.to else "open"
                raise ValueError(
                    f"the interval from {before.from_} ({end}) overlaps the one from {after.from_}, or they are out of order"
                )
        return value

    @model_validator(mode="after")
    def _sourced(self) -> Entry:
        if not self.sources and not self.known_sources:
            raise ValueError("give at least one key of sources.yaml under sources or known_sources")
        if self.decision == "query" and not self.contested:
            raise ValueError("a query entry says under 'contested' who disagrees and why")
        if self.everyday and self.decision != "query":
            raise ValueError("an everyday entry has 'decision: query'; profiles decide what becomes of it")
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
    """One file of `lexicons/stigma/`: a domain with its entries. A file of a user's own may bring the sources that it cites."""

    lexicon: str
    language: Literal["en"]
    title: _Text
    sources: dict[str, Source] = {}
    entries: Annotated[list[Entry], Field(min_length=1)]

    @field_validator("lexicon")
    @classmethod
    def _kebab(cls, value: str) -> str:
        if not _ID.fullmatch(value):
            raise ValueError(f"must be lower-case words joined by hyphens, not {value!r}")
        return value


class Lexicon:
    """All entries by key ("substance-use/addict"), the sources they cite, each domain's title, and the files it was read from.

    `folder` (None: the shipped one) and `extra` say where it came from, so that detection can load the very same terms.
    """

    def __init__(
        self,
        entries: dict[str, Entry],
        sources: dict[str, Source],
        domains: dict[str, str],
        folder: Path | None = None,
        extra: tuple[Path, ...] = (),
    ) -> None:
        self.entries = entries
        self.sources = sources
        self.domains = domains
        self.folder = folder
        self.extra = extra

    def __len__(self) -> int:
        return len(self.entries)


def load_lexicon(folder: Path | None = None, extra: Sequence[Path] = ()) -> Lexicon:
    """Load every file of `folder/stigma/` and `folder/sources.yaml` (default: the shipped lexicon), then the files `extra`.

    An entry of an extra file adds to the lexicon or, where its key (lexicon and id) is there already, takes the place of that
    entry as a whole. Nothing is half-loaded: LexiconError lists every mistake of every file, each with file and line. Refused
    are unknown keys, an unknown source, a phrase in two entries, an id used twice, and an entry without examples. The same
    folder and files are loaded once.
    """
    return _load(folder, tuple(extra))


@cache
def _load(folder: Path | None, extra: tuple[Path, ...]) -> Lexicon:
    root = folder or lexicon_folder()
    sources = yaml_source.load(root / "sources.yaml", Sources, "sources.yaml")[0].sources
    paths = sorted((root / "stigma").glob("*.yaml"))
    if not paths:
        raise LexiconError([f"{root / 'stigma'}: holds no .yaml file"])
    reading = _Reading(sources)
    for path in paths:
        reading.add(path, f"stigma/{path.name}")
    for path in extra:
        reading.add(path, str(path), shipped=False)
    return reading.lexicon(folder, extra)


class _Reading:
    """A lexicon while its files are read: the entries, where each stands, and every mistake."""

    def __init__(self, sources: dict[str, Source]) -> None:
        self._sources = dict(sources)
        self._domains: dict[str, str] = {}
        self._entries: dict[str, tuple[Entry, str]] = {}
        self._mistakes: list[str] = []

    def add(self, path: Path, name: str, *, shipped: bool = True) -> None:
        """Read one file; `shipped` files have their sources in sources.yaml and override nothing."""
        try:
            file, lines = yaml_source.load(path, LexiconFile, name)
        except LexiconError as error:
            self._mistakes += error.problems
            return
        self._domains.setdefault(file.lexicon, file.title)
        self._add_sources(file.sources, lines, shipped)
        here: set[str] = set()
        for k, entry in enumerate(file.entries):
            key = f"{file.lexicon}/{entry.id}"
            where = lines.where(("entries", k))
            if key in here or (shipped and key in self._entries):
                self._mistakes.append(f"{where}: the id {entry.id!r} is used twice")
            here.add(key)
            self._entries[key] = (entry, where)
            self._mistakes += _unknown_sources(entry, self._sources, where, shipped)

    def _add_sources(self, sources: dict[str, Source], lines: yaml_source.SourceLines, shipped: bool) -> None:
        for key, source in sources.items():
            where = lines.where(("sources", key))
            if shipped:
                self._mistakes.append(f"{where}: sources of the shipped lexicon stand in sources.yaml")
            elif self._sources.setdefault(key, source) != source:
                self._mistakes.append(
                    f"{where}: the source {key!r} is there already and says something else; use another key"
                )

    def lexicon(self, folder: Path | None, extra: tuple[Path, ...]) -> Lexicon:
        """The lexicon, if there was no mistake. Raises LexiconError otherwise."""
        owner: dict[str, str] = {}
        for key, (entry, where) in self._entries.items():
            for phrase in entry.phrases:
                first = owner.setdefault(plain_form(phrase), key)
                if first != key:
                    there = self._entries[first][1].partition(": ")[0]
                    mend = (
                        f". To change that entry, override it: lexicon {first.replace('/', ', id ')}" if extra else ""
                    )
                    self._mistakes.append(
                        f"{where}.match: {phrase!r} stands in {first} too ({there}); a phrase has one entry{mend}"
                    )
        if self._mistakes:
            raise LexiconError(self._mistakes)
        entries = {key: entry for key, (entry, _) in self._entries.items()}
        return Lexicon(entries, self._sources, self._domains, folder, extra)


def _unknown_sources(entry: Entry, sources: dict[str, Source], where: str, shipped: bool) -> Iterable[str]:
    cited = [(field, name) for field in ("sources", "known_sources") for name in getattr(entry, field)]
    cited += [(f"history.{k}.source", interval.source) for k, interval in enumerate(entry.history)]
    for field, name in cited:
        if name not in sources:
            own = "" if shipped else " or of this file's own 'sources'"
            yield f"{where}.{field}: {name!r} is no key of sources.yaml{own}{near(name, sources)}"


def near(name: str, known: Iterable[str]) -> str:
    """The end of an error message: the names in `known` that come closest to `name`, or nothing."""
    close = difflib.get_close_matches(name, list(known), n=3, cutoff=0.6)
    return f"; did you mean {' or '.join(close)}?" if close else ""


def pattern_words(pattern: list[dict[str, Any]]) -> list[str]:
    """The words of which one must stand in a text that a token pattern matches: those of its first token given by its text."""
    for token in pattern:
        if token.get("OP", "1") in ("1", "+"):
            for attribute in ("TEXT", "ORTH", "LOWER"):
                wanted = token.get(attribute)
                if isinstance(wanted, str):
                    return [wanted]
                if isinstance(wanted, dict) and isinstance(wanted.get("IN"), list):
                    return [str(word) for word in wanted["IN"]]
    return []


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
