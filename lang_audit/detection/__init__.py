"""The only border between spaCy and the model: `build_nlp` makes the pipeline, `detect` reads a paper with it.

Most text holds nothing to find, so most of it is never tokenised (passages.py); the result is the same as running the pipeline
over everything.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
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
    PersonFirstMention,
)

if TYPE_CHECKING:
    from spacy.language import Language

    from lang_audit.detection.passages import Reading
    from lang_audit.detection.surroundings import PaperWords


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
    readings, words = _read([paper], folder, extra, model, speakers)[0]
    codes: tuple[CodeMention, ...] = ()
    configurations: tuple[Configuration, ...] = ()
    if codebooks:
        from lang_audit.detection.coding import code_paper

        codes, configurations = code_paper(paper, codebooks, dict(words.definitions), folder, model)
    study = Characteristics()
    if characteristics:
        from lang_audit.characteristics import study_characteristics

        study = study_characteristics(paper, folder)
    return _annotations(paper, readings, codes, configurations, study)


def detect_terms(
    papers: Sequence[Paper], folder: Path | None = None, extra: tuple[Path, ...] = (), *, model: str | None = None
) -> list[Annotations]:
    """What `detect` finds in each of many papers, without codes and study characteristics; the model reads them in batches."""
    found = _read(papers, folder, extra, model)
    return [_annotations(paper, readings) for paper, (readings, _) in zip(papers, found, strict=True)]


def _read(
    papers: Sequence[Paper],
    folder: Path | None,
    extra: tuple[Path, ...],
    model: str | None,
    speakers: bool = False,
) -> list[tuple[list[Reading], PaperWords]]:
    from lang_audit.detection.passages import passage_reader, settle
    from lang_audit.detection.surroundings import PaperWords

    reader = passage_reader(folder, extra)
    found = []
    for paper in papers:
        words = PaperWords.of(paper)
        found.append((reader.read(paper, words, speakers=speakers, model=model), words))
    settle([reading for readings, _ in found for reading in readings], folder, model)
    return found


def _annotations(
    paper: Paper,
    readings: Sequence[Reading],
    codes: tuple[CodeMention, ...] = (),
    configurations: tuple[Configuration, ...] = (),
    study: Characteristics | None = None,
) -> Annotations:
    return Annotations.trusted(
        mentions=tuple(mention for reading in readings for mention in _mentions(paper, reading)),
        person_first=tuple(reference for reading in readings for reference in _person_first(paper, reading)),
        codes=codes,
        configurations=configurations,
        characteristics=study or Characteristics(),
    )


def _mentions(paper: Paper, reading: Reading) -> Iterator[Mention]:
    from lang_audit.detection.sentences import bounds_around

    shift = reading.passage.start
    for term in reading.terms:
        start, end = shift + term.start, shift + term.end
        sentence_start, sentence_end = (
            shift + offset for offset in bounds_around(reading.around.sentences, term.start, term.end)
        )
        boxes = paper.boxes(start, end)
        yield Mention.trusted(
            start=start,
            end=end,
            text=paper.text[start:end],
            entry=term.key,
            usage=term.ruling.usage,
            cue=term.ruling.cue,
            page=boxes[0][0] if boxes else paper.page_at(start),
            bbox=boxes[0][1] if boxes else None,
            section=reading.section,
            sentence=paper.text[sentence_start:sentence_end],
            sentence_start=sentence_start,
        )


def _person_first(paper: Paper, reading: Reading) -> Iterator[PersonFirstMention]:
    for inner_start, inner_end in reading.person_first:
        start, end = reading.passage.start + inner_start, reading.passage.start + inner_end
        yield PersonFirstMention.trusted(
            start=start, end=end, text=paper.text[start:end], page=paper.page_at(start), section=reading.section
        )
