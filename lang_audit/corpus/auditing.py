"""From the records of a literature to their appraisals: the stages of `audit.py`, for many short texts at a time."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import replace

from lang_audit.appraise import appraise
from lang_audit.audit import audit_paper
from lang_audit.corpus.reading.records import CorpusRecord
from lang_audit.detection import detect_terms
from lang_audit.errors import LangAuditError
from lang_audit.model import Metadata, Paper, Passage, PassageKind, Problem, Record, Section, SectionKind
from lang_audit.settings import Settings

_LOG = logging.getLogger(__name__)


def paper_of(record: CorpusRecord) -> Paper:
    """What is audited of a record: its paper, or else its title and abstract as a paper of two sections.

    Keywords are left out: they are the terms of the database's thesaurus, not the authors' words.
    """
    if record.paper is not None:
        return record.paper
    text = ""
    sections: list[Section] = []
    passages: list[Passage] = []
    parts: tuple[tuple[str, SectionKind, PassageKind], ...] = (
        (record.title, "title", "heading"),
        (record.abstract, "abstract", "paragraph"),
    )
    for words, section, passage in parts:
        if words:
            start = len(text) + 2 if text else 0
            text = f"{text}\n\n{words}" if text else words
            sections.append(Section.trusted(start=start, end=len(text), kind=section, heading=None))
            passages.append(Passage.trusted(start=start, end=len(text), kind=passage))
    told = Metadata.trusted(
        title=record.title or None, year=record.year, doi=record.doi, journal=record.journal, authors=()
    )
    return Paper.trusted(
        id=f"{record.source}#{record.position}",
        source=record.source,
        text=text,
        sections=tuple(sections),
        passages=tuple(passages),
        pages=(),
        citations=(),
        origins=(),
        metadata=told,
        problems=(),
    )


def audit_records(records: Sequence[CorpusRecord], settings: Settings) -> list[Record]:
    """The appraisal of each record, in order; one that brings a defect of ours to light is `failed` and stops no other.

    Titles and abstracts are read together, so that the trained model gets its sentences in batches. What to write instead is
    not worked out; study characteristics are read in full texts only. Raises LangAuditError for a mistake in the settings.
    """
    if settings.codebook_names or settings.speakers or any(record.paper is not None for record in records):
        return [_one(record, settings) for record in records]
    lexicon = settings.lexicon
    try:
        papers = [paper_of(record) for record in records]
        found = detect_terms(papers, lexicon.folder, lexicon.extra, model=settings.model)
        return [
            Record.trusted(
                path=paper.source,
                status="ok",
                appraisal=appraise(paper, annotations, settings, advise=False),
                problems=(),
            )
            for paper, annotations in zip(papers, found, strict=True)
        ]
    except LangAuditError:
        raise
    except Exception:
        _LOG.debug("A defect, met on one of %d records", len(records), exc_info=True)
        return [_one(record, settings) for record in records]


def _one(record: CorpusRecord, settings: Settings) -> Record:
    if record.paper is None:
        settings = replace(settings, characteristics=False)
    try:
        return audit_paper(paper_of(record), settings=settings, advise=False)
    except LangAuditError:
        raise
    except Exception as error:
        _LOG.debug("A defect, met on %s, record %d", record.source, record.position, exc_info=True)
        problem = Problem(
            code="defect",
            message=f"lang-audit met a defect of its own on this record ({type(error).__name__}: {error}).",
            remedy="Please report it; the other records are not affected.",
        )
        return Record(path=record.source, status="failed", problems=(problem,))
