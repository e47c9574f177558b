"""One row a paper: what the extraction table, the matrix and the synthesis show of it. No text of the paper is kept."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from lang_audit.model import (
    Characteristics,
    CodeMention,
    Link,
    Metadata,
    Record,
    ReviewSummary,
    Status,
    Strength,
    VerdictLabel,
)

CodeKey = tuple[str, str, str]
"""Codebook, dimension and code."""


@dataclass(frozen=True, slots=True)
class Linked:
    """The codes that one configuration of a paper brings together, by part (any may be empty), and how."""

    codebook: str
    intervention: frozenset[CodeKey]
    context: frozenset[CodeKey]
    mechanism: frozenset[CodeKey]
    outcome: frozenset[CodeKey]
    link: Link


@dataclass(frozen=True, slots=True)
class StudyRow:
    """One paper. `key` is the citing key ("Ayon 2018"), `page` the name of its report; `codes` counts evidence by strength."""

    key: str
    source: str
    status: Status
    metadata: Metadata
    page: str | None = None
    verdict: VerdictLabel | None = None
    share: float | None = None
    flagged: int = 0
    characteristics: Characteristics = field(default_factory=Characteristics)
    codes: dict[CodeKey, Counter[Strength]] = field(default_factory=dict)
    linked: frozenset[Linked] = frozenset()
    review: ReviewSummary | None = None


def study_row(record: Record, key: str, metadata: Metadata | None = None, page: str | None = None) -> StudyRow:
    """The row of `record`, cited as `key`; `metadata` (of a references file) replaces what the paper's page says."""
    appraisal = record.appraisal
    if appraisal is None:
        return StudyRow(key=key, source=record.path, status=record.status, metadata=metadata or Metadata(), page=page)
    codes: dict[CodeKey, Counter[Strength]] = {}
    for mention in appraisal.codes:
        codes.setdefault((mention.codebook, mention.dimension, mention.code), Counter())[mention.strength] += 1
    return StudyRow(
        key=key,
        source=record.path,
        status=record.status,
        metadata=metadata or appraisal.paper.metadata,
        page=page,
        verdict=appraisal.verdict.label,
        share=appraisal.verdict.share,
        flagged=sum(finding.decision == "flag" for finding in appraisal.findings),
        characteristics=appraisal.characteristics,
        codes=codes,
        linked=frozenset(
            Linked(
                part.codebook,
                _keys(part.intervention),
                _keys(part.context),
                _keys(part.mechanism),
                _keys(part.outcome),
                part.link,
            )
            for part in appraisal.configurations
        ),
        review=appraisal.review,
    )


def reviewed_together(rows: Iterable[StudyRow]) -> str | None:
    """How far reviewers came with all papers, in a line that begins "After review by"; None where they decided nothing."""
    summaries = [row.review for row in rows if row.review]
    if not summaries:
        return None
    counts = ("proposals", "decided", "accepted", "rejected", "changed", "added", "single", "disagreements")
    told = ReviewSummary(
        reviewers=tuple(dict.fromkeys(name for summary in summaries for name in summary.reviewers)),
        kappa=summaries[0].kappa,
        **{name: sum(getattr(summary, name) for summary in summaries) for name in counts},
    )
    papers = f"in {len(summaries)} paper{'s' * (len(summaries) != 1)}"
    return f"{told.words}, {papers}."


def _keys(mentions: tuple[CodeMention, ...]) -> frozenset[CodeKey]:
    return frozenset((mention.codebook, mention.dimension, mention.code) for mention in mentions)
