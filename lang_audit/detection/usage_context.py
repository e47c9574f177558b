"""The spaCy component `usage_context`: how each lexicon term is used (design.md section 4), and the words that show it.

Reads `doc.spans["lexicon"]`, `doc._.section`, `doc._.passage`, `doc._.definitions`; writes `span._.usage` and `span._.cue`.
Order: where the passage stands, what the acronym means, the entry's own exceptions, the cue files by priority, and last
whether the term has its flagged sense at all. What none of them claims is the authors' own use.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import NamedTuple

from spacy.language import Language
from spacy.tokens import Doc, Span

from lang_audit.detection import extensions
from lang_audit.detection.cues import Cue, UsageCues, UsageRules, load_usage_rules
from lang_audit.detection.extensions import text_of
from lang_audit.detection.phrase_scan import PhraseScanner
from lang_audit.detection.proper_names import capitalised_name
from lang_audit.detection.quotations import Quotation, quotations
from lang_audit.detection.senses import PREDICATE, Senses, acronym_sense
from lang_audit.detection.sentences import bounds_around, sentence_bounds
from lang_audit.lexicon import Entry, Lexicon, load_lexicon
from lang_audit.model import Usage

# Sections and passages that settle the usage of all that stands in them.
_BY_SECTION: dict[str, Usage] = {"references": "cited-title", "keywords": "search"}
_BY_PASSAGE: dict[str, Usage] = {"reference": "cited-title", "block-quote": "quoted"}
# So few words in quotation marks are a label held at arm's length, not speech.
_SCARE_WORDS = 3
# "so-called" holds off a label that is still the authors' own.
_NOT_AFTER_SO_CALLED = frozenset({"quoted", "mentioned"})
_SO_CALLED = re.compile(r"(?:so[- ]called|self-styled|what (?:\w+ ){1,2}calls?)\W*$", re.IGNORECASE)
_LOOK_BACK = 220
_CAPITALISED_SHARE = 0.4
# Left in lower case in titles.
_SMALL_WORDS = frozenset(
    {"with", "from", "among", "between", "during", "into", "over", "than", "that", "under", "versus"}
)


class Ruling(NamedTuple):
    """How a term is used and the words that decided; `unsure` where only grammar could tell (see head_noun.py)."""

    usage: Usage
    cue: str | None
    unsure: bool = False


def senses_of(lexicon: Lexicon, rules: UsageRules) -> Senses:
    """The sense rules, with the lexicon's own one-word labels among the nouns for people."""
    labels = (form for entry in lexicon.entries.values() if entry.category == "person-label" for form in entry.forms())
    return Senses(rules.people, frozenset(form.lower() for form in labels if " " not in form and "-" not in form))


@dataclass(frozen=True)
class _Place:
    """A term in its surroundings: the passage, the sentence's bounds, the term's offsets in the passage.

    `quotation` is the innermost one that holds the term, `quotations` are all of the passage.
    """

    text: str
    sentence_start: int
    sentence_end: int
    start: int
    end: int
    quotation: Quotation | None
    quotations: tuple[Quotation, ...] = ()

    @property
    def sentence(self) -> str:
        return self.text[self.sentence_start : self.sentence_end]

    @property
    def before(self) -> str:
        return self.text[max(self.sentence_start, self.start - _LOOK_BACK) : self.start]

    @property
    def after(self) -> str:
        return self.text[self.end : min(self.sentence_end, self.end + _LOOK_BACK)]

    @cached_property
    def in_speech(self) -> bool:
        """Whether the term stands in a quotation of more than a label's length."""
        if self.quotation is None:
            return False
        words = self.quotation.words(self.text)
        own = len(re.findall(r"\w+", self.text[self.start : self.end]))
        return words - own >= _SCARE_WORDS or words > own + 1

    @cached_property
    def in_title_case(self) -> bool:
        words = re.findall(r"[^\W\d_]{4,}", self.sentence)
        lower = [word for word in words if word[0].islower() and word not in _SMALL_WORDS]
        return len(lower) <= 1 and len(words) > len(lower) / _CAPITALISED_SHARE


class UsageContext:
    """Decides the usage of each term in a doc."""

    def __init__(self, lexicon: Lexicon, rules: UsageRules) -> None:
        self._lexicon = lexicon
        self._rules = rules
        self._senses = senses_of(lexicon, rules)
        self._names = {file.usage: PhraseScanner(file.names) for file in rules.files if file.names}
        self._heads = {file.usage: frozenset(file.heads) for file in rules.files if file.heads}
        self._exceptions: dict[str, dict[Usage, PhraseScanner]] = {}

    def __call__(self, doc: Doc) -> Doc:
        """Decide and write; spans are not moved."""
        quoted = None
        for span in doc.spans.get("lexicon", ()):
            if quoted is None:
                quoted, sentences = quotations(text_of(doc)), sentence_bounds(doc)
            span._.usage, span._.cue, span._.unsure = self.decide(doc, span, quoted, sentences)
        return doc

    def decide(self, doc: Doc, span: Span, quoted: list[Quotation], sentences: list[tuple[int, int]]) -> Ruling:
        """The usage of one term and the words that decided it (None where nothing but the authors' voice is left).

        `quoted` and `sentences` are the doc's quotations and sentence bounds, in characters.
        """
        if (settled := _BY_SECTION.get(doc._.section) or _BY_PASSAGE.get(doc._.passage)) is not None:
            return Ruling(settled, f"in {doc._.section if doc._.section in _BY_SECTION else 'a ' + doc._.passage}")
        place = _place(text_of(doc), span, quoted, sentences)
        entry = self._lexicon.entries[span.id_]
        for ruling in self._rulings(doc, span.id_, entry, place):
            return ruling
        return Ruling("author", None)

    def _rulings(self, doc: Doc, key: str, entry: Entry, place: _Place) -> Iterator[Ruling]:
        if entry.acronym:
            usage, cue = acronym_sense(
                entry.acronym, place.text[place.start : place.end], _long_form(doc, place), _paper_words(doc)
            )
            if usage == "other-sense" or (usage == "behaviour" and not PREDICATE.search(place.before)):
                yield Ruling(usage, cue)  # type: ignore[arg-type]
        exceptions = dict(self._exceptions_of(key, entry))
        own_names = exceptions.pop("self-named", None)  # a union's full name is a name first
        for exempt, scanner in exceptions.items():
            yield from _in_phrase(exempt, scanner, place)
        own_label = place.quotation is not None and _SO_CALLED.search(place.text[: place.quotation.start]) is not None
        for file in self._rules.files:
            if own_label and file.usage in _NOT_AFTER_SO_CALLED:
                continue
            if file.usage == "self-named" and own_names is not None:
                yield from _in_phrase("self-named", own_names, place)
            if file.applies_to is None or entry.category in file.applies_to:
                yield from self._by_cues(
                    file, entry, place, beside_quotation=file.usage == "mentioned" and place.in_speech
                )
            if file.usage == "quoted" and place.quotation:
                yield from _by_quotation(place)
        other = self._senses.other_sense(
            entry,
            place.sentence,
            place.start - place.sentence_start,
            place.end - place.sentence_start,
            place.text,
            _paper_words(doc),
        )
        if other is not None:
            yield Ruling("other-sense", other.words, unsure=not other.sure)

    def _exceptions_of(self, key: str, entry: Entry) -> dict[Usage, PhraseScanner]:
        """The entry's innocent phrases, made ready when the entry is first met: most entries never are."""
        if key not in self._exceptions:
            self._exceptions[key] = {usage: PhraseScanner(phrases) for usage, phrases in entry.exceptions.items()}
        return self._exceptions[key]

    def _by_cues(
        self, file: UsageCues, entry: Entry, place: _Place, beside_quotation: bool = False
    ) -> Iterator[Ruling]:
        """What a file of cues says; `beside_quotation` asks only those that look beside the quotation, not into it."""
        if file.names:
            for hit in self._names[file.usage].find(place.text):
                if hit.start <= place.start and hit.end >= place.end and _capitalised(place.text[hit.start : hit.end]):
                    yield Ruling(file.usage, place.text[hit.start : hit.end])
        if file.heads and not place.in_title_case:
            name = capitalised_name(place.text, place.start, place.end, self._heads[file.usage])
            if name is not None:
                yield Ruling(file.usage, name)
        for cue in file.cues:
            if beside_quotation and not cue.in_quotes:
                continue
            if cue.categories is not None and entry.category not in cue.categories:
                continue
            if (words := _words_of(cue, place)) is not None:
                yield Ruling(file.usage, re.sub(r"\s+", " ", words).strip())


def _capitalised(name: str) -> bool:
    return all(word[0].isupper() for word in re.findall(r"[^\W\d_]{5,}", name))


def _in_phrase(usage: Usage, scanner: PhraseScanner, place: _Place) -> Iterator[Ruling]:
    """A term that overlaps one of an entry's innocent phrases."""
    for hit in scanner.find(place.text):
        if hit.start < place.end and hit.end > place.start:
            yield Ruling(usage, place.text[hit.start : hit.end])


def _words_of(cue: Cue, place: _Place) -> str | None:
    """The words of `cue` where it holds at `place`, else None."""
    if cue.in_quotes is not None and cue.in_quotes != (place.quotation is not None):
        return None
    if cue.not_in_titles and place.in_title_case:
        return None
    if cue.term and not re.fullmatch(cue.term, place.text[place.start : place.end], re.IGNORECASE):
        return None
    if cue.unless_quotes and any(mark in place.text for mark in '"“'):
        return None
    before, after = place.before, place.after
    if cue.in_quotes and place.quotation:  # beside the quotation, not beside the term inside it
        before = place.text[max(0, place.quotation.start - _LOOK_BACK) : place.quotation.start]
        after = place.text[place.quotation.end : place.quotation.end + _LOOK_BACK]
    found = None
    if cue.stands in ("before", "around"):
        found = cue.pattern("before").search(before)
    if found is None and cue.stands in ("after", "around"):
        found = cue.pattern("after").search(after)
    if cue.stands == "touching":
        found = cue.pattern("touching").match(place.text[place.end : place.end + 20])
    elif cue.stands == "after_quotation" and place.quotation:
        found = cue.pattern("after_quotation").match(place.text[place.quotation.end - 1 : place.quotation.end + 20])
    elif cue.stands == "passage":
        found = next((m for m in cue.pattern("passage").finditer(place.text) if not _of_another(m, 0, place)), None)
    elif cue.stands == "sentence":
        said = cue.pattern("sentence").finditer(place.sentence)
        found = next((m for m in said if not _of_another(m, place.sentence_start, place)), None)
    elif cue.stands == "inside":
        found = next((m for m in cue.pattern("inside").finditer(place.text) if _encloses(m, place)), None)
    return found["cue"] if found else None


def _of_another(match: re.Match[str], offset: int, place: _Place) -> bool:
    """Whether words stand in a quotation that does not hold the term: who speaks there does not speak here."""
    start, end = match.start("cue") + offset, match.end("cue") + offset
    return any(q.start < start and end <= q.end and not q.start < place.start < q.end for q in place.quotations)


def _encloses(match: re.Match[str], place: _Place) -> bool:
    return match.start() <= place.start and match.end() >= place.end


def _by_quotation(place: _Place) -> Iterator[Ruling]:
    """A term in quotation marks: speech, or a label held at arm's length."""
    yield Ruling("quoted" if place.in_speech else "mentioned", "in quotation marks")


def _place(text: str, span: Span, quoted: list[Quotation], sentences: list[tuple[int, int]]) -> _Place:
    start, end = span._.place or (span.start_char, span.end_char)
    sentence_start, sentence_end = bounds_around(sentences, start, end)
    around = [q for q in quoted if q.start < start and q.end >= end]
    innermost = max(around, default=None, key=lambda q: q.start)
    return _Place(text, sentence_start, sentence_end, start, end, innermost, tuple(quoted))


def _long_form(doc: Doc, place: _Place) -> str | None:
    known = doc._.definitions or {}
    surface = place.text[place.start : place.end].rstrip("'’")
    return known.get(surface) or known.get(surface.rstrip("s")) or None


def _paper_words(doc: Doc) -> frozenset[str]:
    if doc._.paper_words is not None:
        words: frozenset[str] = doc._.paper_words
        return words
    return words_of(text_of(doc))


def words_of(text: str) -> frozenset[str]:
    """The lower-case words of a text, by which unexplained acronyms are judged."""
    return frozenset(re.findall(r"[^\W\d_]{3,}", text.lower()))


@Language.factory(
    "usage_context",
    requires=["doc.spans"],
    assigns=["span._.usage", "span._.cue", "span._.unsure"],
    default_config={"folder": None, "extra": []},
)
def make_usage_context(nlp: Language, name: str, folder: str | None, extra: list[str]) -> UsageContext:
    """Create the component; `folder` is a lexicons folder (None: the shipped one), `extra` are further lexicon files."""
    extensions.register()
    path = Path(folder) if folder else None
    return UsageContext(load_lexicon(path, tuple(map(Path, extra))), load_usage_rules(path))
