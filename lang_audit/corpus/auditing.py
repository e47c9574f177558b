"""From the records of a literature to their appraisals: the stages of `audit.py`, for many short texts at a time."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import replace

from lang_audit.audit import audit_paper
from lang_audit.corpus.records import CorpusRecord
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
            sections.append(Section(start=start, end=len(text), kind=section))
            passages.append(Passage(start=start, end=len(text), kind=passage))
    return Paper(
        id=f"{record.source}#{record.position}",
        source=record.source,
        text=text,
        sections=tuple(sections),
        passages=tuple(passages),
        metadata=Metadata(title=record.title or None, year=record.year, doi=record.doi, journal=record.journal),
    )


def audit_records(records: Sequence[CorpusRecord], settings: Settings) -> list[Record]:
    """The appraisal of each record, in order; one that brings a defect of ours to light is `failed` and stops no other.

    Study characteristics are read in full texts only. Raises LangAuditError for a mistake in the settings.
    """
    short = replace(settings, characteristics=False)
    found = []
    for record in records:
        try:
            found.append(audit_paper(paper_of(record), settings=settings if record.paper is not None else short))
        except LangAuditError:
            raise
        except Exception as error:
            _LOG.debug("A defect, met on %s, record %d", record.source, record.position, exc_info=True)
            problem = Problem(
                code="defect",
                message=f"lang-audit met a defect of its own on this record ({type(error).__name__}: {error}).",
                remedy="Please report it; the other records are not affected.",
            )
            found.append(Record(path=record.source, status="failed", problems=(problem,)))
    return found
