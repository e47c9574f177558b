"""What stands in the passages of a paper: the terms with their usage, and the person-first references.

The cascade (design.md section 9). First the automata, over raw text; where they find nothing, nothing more is done. Then the
rules of usage, which need words and sentence bounds but no tokens. spaCy's tokens come in where a term is given as a token
pattern or who speaks is asked for; the trained model (head_noun.py) where only grammar can tell. The result is that of the
whole pipeline on every passage.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import NamedTuple

from spacy.language import Language

from lang_audit.detection.head_noun import Question, answers
from lang_audit.detection.lexicon_matcher import LexiconMatcher
from lang_audit.detection.person_first import PersonFirstMatcher
from lang_audit.detection.sentences import bounds_around, sentence_starts
from lang_audit.detection.surroundings import PaperWords, Surroundings
from lang_audit.detection.usage_context import Ruling, UsageContext
from lang_audit.model import Paper, Passage, SectionKind

_LONGEST_PASSAGE = 20_000  # characters: ten times a long paragraph
# Where people are named but not in the authors' own running voice.
_NOT_THE_AUTHORS = frozenset({"references", "keywords"})


class Term(NamedTuple):
    """A lexicon term of entry `key` at `start:end` of its passage, and how it is used."""

    start: int
    end: int
    key: str
    ruling: Ruling


class Reading(NamedTuple):
    """What was found in a passage; offsets are into its text."""

    passage: Passage
    around: Surroundings
    terms: list[Term]
    person_first: list[tuple[int, int]]

    @property
    def section(self) -> SectionKind:
        """The kind of section that the passage stands in."""
        return self.around.section


class PassageReader:
    """Reads passages with the components of a pipeline that `build_nlp` made, and without tokens where they are not needed."""

    def __init__(self, nlp: Language) -> None:
        self._nlp = nlp
        self._matcher: LexiconMatcher = nlp.get_pipe("lexicon_matcher")  # type: ignore[assignment]
        self._usage: UsageContext = nlp.get_pipe("usage_context")  # type: ignore[assignment]
        self._person_first: PersonFirstMatcher = nlp.get_pipe("person_first_matcher")  # type: ignore[assignment]

    def read(
        self, paper: Paper, words: PaperWords, *, speakers: bool = False, model: str | None = None
    ) -> list[Reading]:
        """The passages in which something stands. Terms that only grammar can tell are still `unsure`."""
        found = []
        for passage in _passages(paper):
            text = paper.text[passage.start : passage.end]
            section = paper.section_at(passage.start)
            around = Surroundings(text, section.kind if section else "other", passage.kind, words)
            tokens = speakers or self._matcher.needs_tokens(text)
            terms = self._by_tokens(around, model, speakers) if tokens else self._by_words(around)
            reading = Reading(passage, around, terms, self._references(around, terms))
            if reading.terms or reading.person_first:
                found.append(reading)
        return found

    def _by_words(self, around: Surroundings) -> list[Term]:
        return [
            Term(hit.start, hit.end, hit.phrase, self._usage.decide(around, hit.phrase, hit.start, hit.end))
            for hit in self._matcher.terms(around.text)
        ]

    def _by_tokens(self, around: Surroundings, model: str | None, speakers: bool) -> list[Term]:
        doc = self._nlp.make_doc(around.text)
        doc._.section, doc._.passage = around.section, around.passage
        doc._.definitions, doc._.paper_words = around.paper.definitions, around.paper.vocabulary
        doc = self._nlp(doc)
        if speakers:
            from lang_audit.detection.speakers import name_speakers

            name_speakers([doc], model)
        return [
            Term(span._.place[0], span._.place[1], span.id_, Ruling(span._.usage, span._.cue, span._.unsure))
            for span in doc.spans["lexicon"]
        ]

    def _references(self, around: Surroundings, terms: list[Term]) -> list[tuple[int, int]]:
        if around.section in _NOT_THE_AUTHORS or around.passage in ("reference", "block-quote"):
            return []
        return self._person_first.references(around, [(term.start, term.end) for term in terms])


@cache
def passage_reader(folder: Path | None = None, extra: tuple[Path, ...] = ()) -> PassageReader:
    """The reader for a lexicons folder (None: the shipped one) and further lexicon files, made once."""
    from lang_audit.detection import build_nlp

    return PassageReader(build_nlp(folder, extra))


def settle(readings: list[Reading], folder: Path | None = None, model: str | None = None) -> None:
    """Decide the terms that the rules left unsure by the grammar of their sentences, all of them in batches."""
    places = [(r, k) for r in readings for k, term in enumerate(r.terms) if term.ruling.unsure]
    questions = []
    for reading, k in places:
        term = reading.terms[k]
        start, end = bounds_around(reading.around.sentences, term.start, term.start)
        questions.append(
            Question(reading.around.text[start:end], term.start - start, term.end - start, term.key, term.ruling.cue)
        )
    for (reading, k), of_people in zip(places, answers(questions, folder, model), strict=True):
        if of_people:
            reading.terms[k] = reading.terms[k]._replace(ruling=Ruling("author", None))


def _passages(paper: Paper) -> Iterator[Passage]:
    for passage in paper.passages or (Passage(start=0, end=len(paper.text)),):
        if passage.end - passage.start <= _LONGEST_PASSAGE:
            yield passage
        else:
            yield from _parts(paper.text, passage)


def _parts(text: str, passage: Passage) -> Iterator[Passage]:
    """The parts of a passage that is longer than any paragraph: spaCy has a limit, and a term's context is its paragraph."""
    start = last = passage.start
    inner = (passage.start + offset for offset in sentence_starts(text[passage.start : passage.end])[1:])
    for stop in (*inner, passage.end):
        if stop - start > _LONGEST_PASSAGE and last > start:
            yield passage.model_copy(update={"start": start, "end": last})
            start = last
        while stop - start > _LONGEST_PASSAGE:  # a sentence without end
            cut = text.rfind(" ", start + 1, start + _LONGEST_PASSAGE) + 1 or start + _LONGEST_PASSAGE
            yield passage.model_copy(update={"start": start, "end": cut})
            start = cut
        last = stop
    if start < passage.end:
        yield passage.model_copy(update={"start": start})
