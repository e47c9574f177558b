"""The only border between spaCy and the model: `build_nlp` makes the pipeline, `detect` reads a paper with it.

Most text holds nothing to find, so two exact passes over the raw text (the phrase automaton, the person-first pattern) choose
the passages that are tokenised at all; the result is the same as running the pipeline over everything.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from lang_audit.model import (
    Annotations,
    Characteristics,
    CodeMention,
    Configuration,
    Mention,
    Paper,
    Passage,
    PersonFirstMention,
)

if TYPE_CHECKING:
    from spacy.language import Language
    from spacy.tokens import Doc

_LONGEST_PASSAGE = 20_000  # characters: ten times a long paragraph
# Where people are named but not in the authors' own running voice.
_NOT_THE_AUTHORS = frozenset({"references", "keywords"})


@cache
def build_nlp(folder: Path | None = None, extra: tuple[Path, ...] = ()) -> Language:
    """The pipeline: blank English with our components, in order.

    `folder` is a lexicons folder (None: the shipped one), `extra` are further lexicon files, as in `load_lexicon`.
    """
    import spacy

    from lang_audit.detection import (  # noqa: F401  (their factories register on import)
        abbreviations,
        extensions,
        lexicon_matcher,
        person_first,
        sentences,
        usage_context,
    )

    nlp = spacy.blank("en")
    config: dict[str, str | None] = {"folder": str(folder) if folder else None}
    with_terms = {**config, "extra": [str(path) for path in extra]}  # as text: spaCy wants settings that JSON can hold
    nlp.add_pipe("paper_sentences")
    nlp.add_pipe("abbreviations")
    nlp.add_pipe("lexicon_matcher", config=with_terms)
    nlp.add_pipe("usage_context", config=with_terms)
    nlp.add_pipe("person_first_matcher", config=config)
    return nlp


def detect(
    paper: Paper,
    folder: Path | None = None,
    extra: tuple[Path, ...] = (),
    *,
    model: str | None = None,
    speakers: bool = False,
    codebooks: tuple[str, ...] = (),
    characteristics: bool = True,
) -> Annotations:
    """Every lexicon term and person-first reference in a paper, its codes and study characteristics, with offsets into its text.

    `folder` and `extra` name the lexicon, as in `load_lexicon`; `model` names a trained pipeline for the terms that words
    alone cannot settle (None: the first known one that is installed); `speakers` names who speaks in quotations;
    `codebooks` are the names or paths of those to code the paper with; `characteristics` asks for those of the study.
    """
    from lang_audit.detection.abbreviations import definitions
    from lang_audit.detection.head_noun import settle_unsure
    from lang_audit.detection.usage_context import words_of

    nlp = build_nlp(folder, extra)
    own_words = "\n".join(paper.text[s.start : s.end] for s in paper.sections if s.kind != "references") or paper.text
    known = definitions(own_words)
    vocabulary = words_of(own_words)
    mentions: list[Mention] = []
    person_first: list[PersonFirstMention] = []
    passages = _candidates(paper, folder, extra, known)
    docs: list[Doc] = []
    for passage in passages:
        doc = nlp.make_doc(paper.text[passage.start : passage.end])
        section = paper.section_at(passage.start)
        doc._.section = section.kind if section else "other"
        doc._.passage = passage.kind
        doc._.definitions = known
        doc._.paper_words = vocabulary
        docs.append(doc)
    docs = list(nlp.pipe(docs))
    settle_unsure(docs, folder, model)
    if speakers:
        from lang_audit.detection.speakers import name_speakers

        name_speakers(docs, model)
    for passage, doc in zip(passages, docs, strict=True):
        mentions += _mentions(paper, passage, doc)
        person_first += _person_first(paper, passage, doc)
    codes: tuple[CodeMention, ...] = ()
    configurations: tuple[Configuration, ...] = ()
    if codebooks:
        from lang_audit.detection.coding import code_paper

        codes, configurations = code_paper(paper, codebooks, known, folder, model)
    study = Characteristics()
    if characteristics:
        from lang_audit.characteristics import study_characteristics

        study = study_characteristics(paper, folder)
    return Annotations(
        mentions=tuple(mentions),
        person_first=tuple(person_first),
        codes=codes,
        configurations=configurations,
        characteristics=study,
    )


def _candidates(paper: Paper, folder: Path | None, extra: tuple[Path, ...], known: dict[str, str]) -> list[Passage]:
    """The passages in which the exact passes find something."""
    from lang_audit.detection.lexicon_matcher import term_scanner
    from lang_audit.detection.person_first import load_person_first

    whole = paper.passages or (Passage(start=0, end=len(paper.text)),)
    passages = [part for passage in whole for part in _parts(paper.text, passage)]
    starts = [passage.start for passage in passages]
    hit = {bisect_right(starts, h.start) - 1 for h in term_scanner(folder, extra).candidates(paper.text)}
    hit |= {bisect_right(starts, start) - 1 for start, _ in load_person_first(folder).find(paper.text, known)}
    return [passages[k] for k in sorted(hit) if k >= 0]


def _parts(text: str, passage: Passage) -> Iterator[Passage]:
    """A passage, or its parts where it is longer than any paragraph: spaCy has a limit, and a term's context is its paragraph."""
    from lang_audit.detection.sentences import sentence_starts

    if passage.end - passage.start <= _LONGEST_PASSAGE:
        yield passage
        return
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


def _mentions(paper: Paper, passage: Passage, doc: Doc) -> list[Mention]:
    from lang_audit.detection.sentences import bounds_around, sentence_bounds

    found = []
    bounds = sentence_bounds(doc) if doc.spans["lexicon"] else []
    for span in doc.spans["lexicon"]:
        start, end = (passage.start + offset for offset in span._.place)
        sentence_start, sentence_end = (passage.start + o for o in bounds_around(bounds, *span._.place))
        boxes = paper.boxes(start, end)
        found.append(
            Mention(
                start=start,
                end=end,
                text=paper.text[start:end],
                entry=span.id_,
                usage=span._.usage,
                cue=span._.cue,
                page=boxes[0][0] if boxes else paper.page_at(start),
                bbox=boxes[0][1] if boxes else None,
                section=doc._.section,
                sentence=paper.text[sentence_start:sentence_end],
                sentence_start=sentence_start,
            )
        )
    return found


def _person_first(paper: Paper, passage: Passage, doc: Doc) -> list[PersonFirstMention]:
    if doc._.section in _NOT_THE_AUTHORS or passage.kind in ("reference", "block-quote"):
        return []
    found = []
    for span in doc.spans["person_first"]:
        start, end = (passage.start + offset for offset in span._.place)
        found.append(
            PersonFirstMention(
                start=start, end=end, text=paper.text[start:end], page=paper.page_at(start), section=doc._.section
            )
        )
    return found
