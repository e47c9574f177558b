"""The spaCy component `usage_context`: how each lexicon term is used (design.md section 4), and the words that show it.

Reads `doc.spans["lexicon"]`, `doc._.section`, `doc._.passage`, `doc._.definitions`; writes `span._.usage` and `span._.cue`.
Order: where the passage stands, what the acronym means, the entry's own exceptions, the cue files by priority, and last
whether the term has its flagged sense at all. What none of them claims is the authors' own use.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cached_property
from operator import attrgetter
from pathlib import Path
from typing import NamedTuple

from spacy.language import Language
from spacy.tokens import Doc

from lang_audit.detection import extensions
from lang_audit.detection.cues import Cue, UsageCues, UsageRules, load_usage_rules
from lang_audit.detection.phrase_scan import PhraseScanner, fold
from lang_audit.detection.proper_names import capitalised_name
from lang_audit.detection.required_words import WordFilter
from lang_audit.detection.senses import PREDICATE, Senses, acronym_sense
from lang_audit.detection.sentences import bounds_around
from lang_audit.detection.surroundings import PaperWords, Surroundings
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
_BESIDE = frozenset({"before", "after", "around"})
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


class _Place:
    """A term in its surroundings: its offsets in the passage, the bounds of its sentence.

    `quotation` is the innermost one that holds the term, `quotations` are all of the passage.
    """

    def __init__(self, around: Surroundings, start: int, end: int) -> None:
        self.around, self.text, self.quotations = around, around.text, around.quotations
        self.start, self.end = start, end
        self.sentence_start, self.sentence_end = bounds_around(around.sentences, start, end)
        holding = (q for q in self.quotations if q.start < start and q.end >= end)
        self.quotation = max(holding, default=None, key=attrgetter("start"))

    @cached_property
    def sentence(self) -> str:
        return self.text[self.sentence_start : self.sentence_end]

    @cached_property
    def before(self) -> str:
        return self.text[max(self.sentence_start, self.start - _LOOK_BACK) : self.start]

    @cached_property
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
        cues = list(enumerate((file.usage, cue) for file in rules.files for cue in file.cues))
        self._filter = WordFilter(cue.cue for _, (_, cue) in cues)
        self._cues = {file.usage: [(k, cue) for k, (usage, cue) in cues if usage == file.usage] for file in rules.files}
        self._exceptions: dict[str, tuple[PhraseScanner, dict[str, list[Usage]]]] = {}

    def __call__(self, doc: Doc) -> Doc:
        """Decide and write; spans are not moved."""
        spans = doc.spans.get("lexicon", ())
        around = Surroundings.of(doc) if spans else None
        for span in spans:
            start, end = span._.place or (span.start_char, span.end_char)
            assert around is not None
            span._.usage, span._.cue, span._.unsure = self.decide(around, span.id_, start, end)
        return doc

    def decide(self, around: Surroundings, key: str, start: int, end: int) -> Ruling:
        """The usage of the term of entry `key` at `start:end`, and the words that decided it (None: the authors' own voice)."""
        if (settled := _BY_SECTION.get(around.section) or _BY_PASSAGE.get(around.passage)) is not None:
            return Ruling(settled, f"in {around.section if around.section in _BY_SECTION else 'a ' + around.passage}")
        place = _Place(around, start, end)
        entry = self._lexicon.entries[key]
        for ruling in self._rulings(around.paper, key, entry, place):
            return ruling
        return Ruling("author", None)

    def _rulings(self, paper: PaperWords, key: str, entry: Entry, place: _Place) -> Iterator[Ruling]:
        if entry.acronym:
            surface = place.text[place.start : place.end]
            usage, cue = acronym_sense(entry.acronym, surface, _long_form(paper, place), lambda: paper.vocabulary)
            if usage == "other-sense" or (usage == "behaviour" and not PREDICATE.search(place.before)):
                yield Ruling(usage, cue)  # type: ignore[arg-type]
        innocent = self._innocent(key, entry, place)
        yield from (ruling for ruling in innocent if ruling.usage != "self-named")
        own_label = place.quotation is not None and _SO_CALLED.search(place.text[: place.quotation.start]) is not None
        for file in self._rules.files:
            if own_label and file.usage in _NOT_AFTER_SO_CALLED:
                continue
            if file.usage == "self-named":  # a union's full name is a name first
                yield from (ruling for ruling in innocent if ruling.usage == "self-named")
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
            lambda: paper.vocabulary,
        )
        if other is not None:
            yield Ruling("other-sense", other.words, unsure=not other.sure)

    def _innocent(self, key: str, entry: Entry, place: _Place) -> list[Ruling]:
        """The entry's own innocent phrases that the term overlaps."""
        if not entry.exceptions:
            return []
        if key not in self._exceptions:  # made ready when the entry is first met: most never are
            usages: dict[str, list[Usage]] = {}
            for usage, phrases in entry.exceptions.items():
                for phrase in phrases:
                    usages.setdefault(fold(phrase), []).append(usage)
            self._exceptions[key] = PhraseScanner(usages), usages
        scanner, usages = self._exceptions[key]
        found = [
            Ruling(usage, place.text[hit.start : hit.end])
            for hit in place.around.hits(scanner)
            if hit.start < place.end and hit.end > place.start
            for usage in usages[hit.phrase]
        ]
        order = list(entry.exceptions)
        return sorted(found, key=lambda ruling: order.index(ruling.usage))

    def _by_cues(
        self, file: UsageCues, entry: Entry, place: _Place, beside_quotation: bool = False
    ) -> Iterator[Ruling]:
        """What a file of cues says; `beside_quotation` asks only those that look beside the quotation, not into it."""
        if file.names:
            for hit in place.around.hits(self._names[file.usage]):
                if hit.start <= place.start and hit.end >= place.end and _capitalised(place.text[hit.start : hit.end]):
                    yield Ruling(file.usage, place.text[hit.start : hit.end])
        if file.heads:
            name = capitalised_name(place.text, place.start, place.end, self._heads[file.usage])
            if name is not None and not place.in_title_case:
                yield Ruling(file.usage, name)
        may_match = place.around.may_match(self._filter)
        for number, cue in self._cues[file.usage]:
            if number not in may_match or (beside_quotation and not cue.in_quotes):
                continue
            if cue.categories is not None and entry.category not in cue.categories:
                continue
            if (words := _words_of(cue, place)) is not None:
                yield Ruling(file.usage, re.sub(r"\s+", " ", words).strip())


def _capitalised(name: str) -> bool:
    return all(word[0].isupper() for word in re.findall(r"[^\W\d_]{5,}", name))


def _words_of(cue: Cue, place: _Place) -> str | None:
    """The words of `cue` where it holds at `place`, else None."""
    if cue.in_quotes is not None and cue.in_quotes != (place.quotation is not None):
        return None
    if cue.not_in_titles and place.in_title_case:
        return None
    if cue.unless_quotes and any(mark in place.text for mark in '"“'):
        return None
    if cue.whole_term is not None and not cue.whole_term.fullmatch(place.text[place.start : place.end]):
        return None
    found = _beside(cue, place) if cue.stands in _BESIDE else _somewhere(cue, place)
    return found["cue"] if found else None


def _beside(cue: Cue, place: _Place) -> re.Match[str] | None:
    """The match in front of the term or behind it; where the cue asks for quotation marks, in front of or behind those."""
    quotation = place.quotation if cue.in_quotes else None
    found = None
    if cue.stands != "after":
        before = place.text[max(0, quotation.start - _LOOK_BACK) : quotation.start] if quotation else place.before
        found = cue.patterns["before"].search(before)
    if found is None and cue.stands != "before":
        after = place.text[quotation.end : quotation.end + _LOOK_BACK] if quotation else place.after
        found = cue.patterns["after"].search(after)
    return found


def _somewhere(cue: Cue, place: _Place) -> re.Match[str] | None:
    pattern = cue.patterns[cue.stands]
    if cue.stands == "touching":
        return pattern.match(place.text[place.end : place.end + 20])
    if cue.stands == "after_quotation":
        quotation = place.quotation
        return pattern.match(place.text[quotation.end - 1 : quotation.end + 20]) if quotation else None
    if cue.stands == "passage":
        return next((m for m in place.around.matches(pattern) if not _of_another(m, 0, place)), None)
    if cue.stands == "sentence":
        said = place.around.matches(pattern, place.sentence_start, place.sentence_end)
        return next((m for m in said if not _of_another(m, place.sentence_start, place)), None)
    return next((m for m in place.around.matches(pattern) if m.start() <= place.start and m.end() >= place.end), None)


def _of_another(match: re.Match[str], offset: int, place: _Place) -> bool:
    """Whether words stand in a quotation that does not hold the term: who speaks there does not speak here."""
    start, end = match.start("cue") + offset, match.end("cue") + offset
    return any(q.start < start and end <= q.end and not q.start < place.start < q.end for q in place.quotations)


def _by_quotation(place: _Place) -> Iterator[Ruling]:
    """A term in quotation marks: speech, or a label held at arm's length."""
    yield Ruling("quoted" if place.in_speech else "mentioned", "in quotation marks")


def _long_form(paper: PaperWords, place: _Place) -> str | None:
    known = paper.definitions
    surface = place.text[place.start : place.end].rstrip("'’")
    return known.get(surface) or known.get(surface.rstrip("s")) or None


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
