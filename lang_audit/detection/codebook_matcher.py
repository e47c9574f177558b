"""The spaCy component `codebook_matcher`: evidence for the codes of codebooks, sentence by sentence.

Writes `doc.spans["codes"]`: `span.label_` is "codebook/dimension/code", `span.id_` names what only the grammar of its
sentence can tell (`code_grammar`), `span._.place` is the exact offsets of the words that show it, `span._.strength` how
strong the evidence is. `doc.spans["peers"]`, `["rivals"]` and `["clients"]` say who is who.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import NamedTuple

from spacy.language import Language
from spacy.tokens import Doc, Span

from lang_audit.codebook import Codebook, Evidence, compiled, load_codebook, word_classes
from lang_audit.detection import extensions
from lang_audit.detection.actors import PEER, Actors
from lang_audit.detection.evidence_patterns import (
    Found,
    Pattern,
    PatternScanner,
    Sentence,
    in_bounds,
    matches,
)
from lang_audit.detection.extensions import text_of
from lang_audit.detection.phrase_scan import Hit
from lang_audit.detection.sentences import sentence_starts
from lang_audit.detection.strength import StrengthCues
from lang_audit.model import Strength
from lang_audit.vocabulary import WordClass, load_vocabulary

GROUP = "codes"
# Classes of the shared vocabulary that the machine itself asks for.
RIVAL, CLIENT, PROGRAMME = "<provider>", "<client>", "<programme>"
DENIAL, NO_EVIDENCE = "<denial>", "<no-evidence>"

# How many sentences back and ahead those may be named who do it, or who need only be named: "They ...", "... This support by
# peers ...". An excerpt was chosen for what it says, so that its sentences belong together more than those of a paper do.
_REACH = {"excerpt": (3, 2), "paper": (2, 1), "near": (1, 1)}
# A paper that names peers so many times is about them, or one that names them in title or abstract and so many times in all.
_OFTEN, _TOLD = 15, 3


class Rule(NamedTuple):
    """One kind of evidence, compiled; `label` is "codebook/dimension/code"."""

    book: str
    label: str
    say: tuple[Pattern, ...]
    unless: tuple[Pattern, ...]
    other_sense: tuple[Pattern, ...]
    asks: Evidence

    @property
    def actor(self) -> str | None:
        """The slot of those who must do it."""
        name = self.asks.by or self.asks.between or self.asks.near
        return f"<{name}>" if name else None


class Subject(NamedTuple):
    """What a paper is about: its acronyms for peers, whether it is about what they do, the codebooks whose scope it fits.

    None for the latter two where only an excerpt is known.
    """

    acronyms: frozenset[str] = frozenset()
    about_peers: bool | None = None
    books: frozenset[str] | None = None


class EvidenceFound(NamedTuple):
    """Evidence for a code: offsets of the words, what grammar must still tell, strength, and the words for who does it."""

    label: str
    place: Found
    questions: tuple[str, ...]
    strength: Strength
    cue: str | None


class CodebookMatcher:
    """Finds evidence for the codes of `books`; `folder` is a lexicons folder, None for the shipped one."""

    def __init__(self, books: tuple[Codebook, ...], folder: Path | None = None) -> None:
        shared = load_vocabulary(folder)
        classes: dict[str, WordClass] = dict(shared)
        self.rules: list[Rule] = []
        self._scope: dict[str, tuple[Pattern, ...]] = {}
        for book in books:
            classes |= word_classes(book, folder)
            self.rules += _rules(book, classes)
            self._scope[book.codebook] = tuple(compiled(book, text, classes) for text in book.scope)
        self.actors = Actors(shared)
        self._strength = StrengthCues()
        patterns = [p for rule in self.rules for p in (*rule.say, *rule.unless, *rule.other_sense)]
        patterns += [p for scope in self._scope.values() for p in scope]
        keys = (
            {rule.actor for rule in self.rules if rule.actor}
            | {RIVAL, CLIENT, DENIAL, NO_EVIDENCE, PROGRAMME}
            | self._strength.keys
        )
        self.scanner = PatternScanner(patterns, classes, keys | self.actors.keys)
        self._by_key: dict[str, list[tuple[Rule, Pattern]]] = {}
        for rule in self.rules:
            for pattern in rule.say:
                rarest = min(pattern.keys, key=lambda key: (self.scanner.size(key), key))
                self._by_key.setdefault(rarest, []).append((rule, pattern))
        self._telling = self.scanner.phrases(self._by_key)
        self._whole_paper = self.actors.keys | frozenset(
            k for scope in self._scope.values() for p in scope for k in p.keys
        )

    def __call__(self, doc: Doc) -> Doc:
        """Find and write; the doc's text is not changed."""
        subject = doc._.subject or Subject(self.actors.acronyms(doc._.definitions or {}))
        evidence = doc._.evidence
        if evidence is None:
            evidence = self.match(text_of(doc), subject, doc._.section)
        found = []
        for label, place, questions, strength, cue in evidence:
            span = doc.char_span(place.start, place.end, label=label, alignment_mode="expand")
            if span is not None:
                # what differs between codes over the same words must not be an extension, which they would share
                span = Span(doc, span.start, span.end, label=label, span_id=" ".join(questions))
                span._.place = (place.start, place.end)
                span._.strength, span._.cue = strength, cue
                found.append(span)
        doc.spans[GROUP] = found
        if any(span.id_ for span in found):
            actors = self.actors.settle(
                text_of(doc), self.scanner.find(text_of(doc)), subject.acronyms, subject.about_peers
            )
            for name, key in (("peers", PEER), ("rivals", RIVAL), ("clients", CLIENT)):
                places = (doc.char_span(p.start, p.end, alignment_mode="expand") for p in actors.get(key, ()))
                doc.spans[name] = [span for span in places if span is not None]
        return doc

    def match(
        self, text: str, subject: Subject, section: str, hits: list[Hit] | None = None, shift: int = 0
    ) -> list[EvidenceFound]:
        """The evidence in one passage: one piece a code and sentence, or all those of which grammar must choose.

        `hits` are what the scanner found in it, where that is known, with offsets that are greater by `shift`.
        """
        if hits is None:
            hits = self.scanner.scan(text)
        if not any(hit.phrase in self._telling for hit in hits):
            return []
        found = self.scanner.places(hits, shift)
        if not subject.books and subject.about_peers is False and PEER not in found:
            return []
        found = self.actors.settle(text, found, subject.acronyms, subject.about_peers)
        starts = sentence_starts(text)
        bounds = list(zip(starts, [*starts[1:], len(text)], strict=True))
        sentences = [Sentence(text, s, e, f) for (s, e), f in zip(bounds, in_bounds(found, bounds), strict=True)]
        evidence = []
        for k, sentence in enumerate(sentences):
            if NO_EVIDENCE in sentence.found:
                continue
            chosen = self._in_sentence(sentences, k, subject)
            strength = (
                self._strength.of(sentence, section, text[sentence.start : sentence.end]) if chosen else "reported"
            )
            for label, place, questions, cue in chosen:
                evidence.append(
                    EvidenceFound(label, place, questions, strength, text[cue.start : cue.end] if cue else None)
                )
        return evidence

    def _in_sentence(
        self, sentences: list[Sentence], k: int, subject: Subject
    ) -> list[tuple[str, Found, tuple[str, ...], Found | None]]:
        """For each code the evidence that needs no grammar, else all that grammar may leave: label, place, questions, actor."""
        sentence = sentences[k]
        sure: set[str] = set()
        chosen: dict[str, list[tuple[str, Found, tuple[str, ...], Found | None]]] = {}
        for key in sentence.found:
            for rule, pattern in self._by_key.get(key, ()):
                if rule.label in sure or not self._reached(rule, sentences, k, subject):
                    continue
                places = matches(pattern, sentence)
                if not places or any(matches(p, sentence) for p in rule.unless):
                    continue
                others = [place for p in rule.other_sense for place in matches(p, sentence)]
                meant = [p for p in places if not any(p.start < o.end and o.start < p.end for o in others)]
                if not meant:
                    continue
                questions = tuple(self._questions(rule, sentence))
                actor = next(iter(sentence.found.get(rule.actor or "", ())), None)
                found = [(rule.label, place, questions, actor) for place in meant]
                if questions:
                    chosen.setdefault(rule.label, []).extend(found)
                else:
                    sure.add(rule.label)
                    chosen[rule.label] = found[:1]
        return sorted(
            {
                (label, place, questions): (label, place, questions, actor)
                for c in chosen.values()
                for label, place, questions, actor in c
            }.values(),
            key=lambda item: (item[1].start, item[0], item[2]),
        )

    def _reached(self, rule: Rule, sentences: list[Sentence], k: int, subject: Subject) -> bool:
        """Whether those who must do it are within reach; where nobody must, whether the paper is about the book's subject."""
        if rule.actor is None:
            return subject.books is None or rule.book in subject.books
        if rule.actor in sentences[k].found:
            return True
        if rule.asks.within == "sentence":
            return False
        # in a paper about what peers do, "the intervention" is theirs
        if subject.about_peers and (rule.asks.within == "paper" or PROGRAMME in sentences[k].found):
            return True
        back, ahead = _REACH["excerpt" if subject.books is None else "near" if rule.asks.near else "paper"]
        return any(rule.actor in other.found for other in sentences[max(0, k - back) : k + ahead + 1])

    def _questions(self, rule: Rule, sentence: Sentence) -> Iterator[str]:
        if rule.asks.by and (RIVAL in sentence.found or rule.actor not in sentence.found):
            yield "giver"
        if rule.asks.between and RIVAL in sentence.found:
            yield "party"
        if rule.asks.denied == "drop" and DENIAL in sentence.found:
            yield "denied"

    def subject(self, text: str, hits: list[Hit], front: int, definitions: Mapping[str, str]) -> Subject:
        """What a whole paper is about, from what the scanner found in it; title and abstract end at the offset `front`."""
        acronyms = self.actors.acronyms(definitions)
        settled = self.actors.settle(text, self.scanner.places(hits, 0, self._whole_paper), acronyms, None)
        peers = settled.get(PEER, [])
        whole = Sentence(text, 0, len(text), settled)
        books = {n for n, scope in self._scope.items() if not scope or any(matches(p, whole) for p in scope)}
        in_front = any(place.start < front for place in peers)
        about = len(peers) >= (_TOLD if in_front else _OFTEN)
        return Subject(acronyms, about, frozenset(books))


def _rules(book: Codebook, classes: Mapping[str, WordClass]) -> Iterator[Rule]:
    for dimension in book.dimensions:
        for code in dimension.codes:
            for evidence in code.evidence:
                say, unless, other_sense = (
                    tuple(compiled(book, text, classes) for text in texts)
                    for texts in (evidence.say, evidence.unless, evidence.other_sense)
                )
                label = f"{book.codebook}/{dimension.id}/{code.id}"
                yield Rule(book.codebook, label, say, unless, other_sense, evidence)


@cache
def codebook_matcher(names: tuple[str, ...], folder: Path | None = None) -> CodebookMatcher:
    """The matcher for codebooks by name or path; made once."""
    return CodebookMatcher(tuple(load_codebook(name, folder) for name in names), folder)


@Language.factory(
    "codebook_matcher",
    requires=["doc.sents"],
    assigns=["doc.spans", "span._.place", "span._.strength", "span._.cue"],
    default_config={"codebooks": [], "folder": None},
)
def make_codebook_matcher(nlp: Language, name: str, codebooks: list[str], folder: str | None) -> CodebookMatcher:
    """Create the component; `codebooks` are names or paths, `folder` is a lexicons folder (None: the shipped one)."""
    extensions.register()
    return codebook_matcher(tuple(codebooks), Path(folder) if folder else None)
