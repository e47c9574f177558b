"""One paper's report as plain values: what the templates show, grouped, ordered, named and linked.

Templates lay out; this module decides what stands together and in which order. No Jinja2 here, and no file is read.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final
from urllib.parse import quote

from lang_audit.codebook import Codebook
from lang_audit.lexicon import Lexicon
from lang_audit.model import (
    USAGES,
    Appraisal,
    Finding,
    Metadata,
    PersonFirstMention,
    Problem,
    Record,
    Status,
    Verdict,
)
from lang_audit.report import wording
from lang_audit.report.characteristics_view import Characteristic, characteristics
from lang_audit.report.codes_view import Coding, codings
from lang_audit.report.evidence import Evidence, PageLink, evidence_of, in_context
from lang_audit.report.page_evidence import Shown
from lang_audit.report.terms_view import Term, as_inside, terms, unpictured

_REJECTED: Final = "rejected"
_REJECTED_WORDS: Final = (
    "Rejected by reviewers",
    "Reviewers read these and say that they do not count against the paper.",
)


@dataclass(frozen=True, slots=True)
class Exempt:
    """The mentions that one usage exempts."""

    title: str
    sentence: str
    count: int
    forms: tuple[tuple[str, int], ...]
    evidence: tuple[Evidence, ...]


@dataclass(frozen=True, slots=True)
class PersonFirst:
    """The person-first references: their forms with counts, and each in its context."""

    count: int
    forms: tuple[tuple[str, int], ...]
    evidence: tuple[Evidence, ...]


@dataclass(frozen=True, slots=True)
class VerdictView:
    """The verdict in words and numbers. `fill` is the share in per cent, for the bar; None where there is no share."""

    label: str
    name: str
    sentence: str
    reasons: tuple[str, ...]
    rule: str
    thresholds: tuple[int, ...]
    person_first: int
    flagged_people: int
    percent: str | None
    fill: float | None


@dataclass(frozen=True, slots=True)
class PaperView:
    """Everything on one paper's page; `verdict` is None where it could not be appraised, `review` where nobody reviewed it."""

    name: str
    title: str
    source: str
    status: Status
    authors: str
    journal: str | None
    year: int | None
    doi: str | None
    doi_href: str | None
    problems: tuple[Problem, ...]
    verdict: VerdictView | None
    flagged: tuple[Term, ...]
    queries: tuple[Term, ...]
    exempt: tuple[Exempt, ...]
    person_first: PersonFirst
    codings: tuple[Coding, ...]
    study: tuple[Characteristic, ...]
    annotated: str | None
    unpictured: str | None
    review: str | None

    @property
    def n_flagged(self) -> int:
        """Mentions to change."""
        return sum(term.count for term in self.flagged)

    @property
    def n_queries(self) -> int:
        """Mentions for the reader to decide."""
        return sum(term.count for term in self.queries)

    @property
    def n_exempt(self) -> int:
        """Mentions that need no change."""
        return sum(group.count for group in self.exempt)

    @property
    def coded(self) -> bool:
        """Whether the paper was read for codes or study characteristics, so that what is missing can be told."""
        return bool(self.codings) or self.describes_study

    @property
    def describes_study(self) -> bool:
        """Whether anything about the study was read."""
        return any(row.values for row in self.study)

    @property
    def pictured(self) -> bool:
        """Whether some sentence is shown with a picture of its printed line."""
        return any(term.pictured for term in self.flagged + self.queries)

    @property
    def predates_guidance(self) -> bool:
        """Whether some flagged term is measured by guidance younger than the paper."""
        return any(term.caveats for term in self.flagged)


def problems_of(record: Record) -> tuple[Problem, ...]:
    """The record's problems and those of reading its paper, each once."""
    read = record.appraisal.paper.problems if record.appraisal else ()
    return tuple(dict.fromkeys((*record.problems, *read)))


def paper_view(record: Record, lexicon: Lexicon, shown: Shown, codebooks: Sequence[Codebook] = ()) -> PaperView:
    """Everything to show of `record`; `shown` is what there is of its printed pages.

    `codebooks` are those that the paper was coded with: they name the codes, and tell which were looked for in vain.
    """
    appraisal = record.appraisal
    metadata = appraisal.paper.metadata if appraisal else Metadata()
    findings = appraisal.findings if appraisal else ()
    name = wording.short_name(metadata, record.path)
    link = shown.link
    flagged = terms([f for f in findings if f.decision == "flag"], lexicon, shown, "flag")
    queries = terms([f for f in findings if f.decision == "query"], lexicon, shown, "query")
    return PaperView(
        name=name,
        title=wording.squeeze(metadata.title or "").strip() or wording.short_name(None, record.path),
        source=record.path,
        status=record.status,
        authors=("; " if any("," in author for author in metadata.authors) else ", ").join(metadata.authors),
        journal=metadata.journal,
        year=metadata.year,
        doi=metadata.doi,
        doi_href=f"https://doi.org/{quote(metadata.doi, errors='replace')}" if metadata.doi else None,
        problems=problems_of(record),
        verdict=_verdict(appraisal.verdict) if appraisal else None,
        flagged=flagged,
        queries=queries,
        exempt=_exempt([f for f in findings if f.decision == "exempt"], lexicon, link),
        person_first=_person_first(appraisal.person_first if appraisal else (), appraisal, link),
        codings=codings(appraisal, codebooks, link) if appraisal else (),
        study=characteristics(appraisal, link) if appraisal else (),
        annotated=shown.copy,
        unpictured=unpictured(flagged + queries) if shown.picture else None,
        review=appraisal.review.words if appraisal and appraisal.review else None,
    )


def _verdict(verdict: Verdict) -> VerdictView:
    name, sentence = wording.verdict_words(verdict.label, verdict.rule)
    people = verdict.person_first + verdict.flagged_people
    return VerdictView(
        label=verdict.label,
        name=name,
        sentence=sentence,
        reasons=verdict.reasons,
        rule=verdict.rule,
        thresholds=wording.THRESHOLDS[verdict.rule],
        person_first=verdict.person_first,
        flagged_people=verdict.flagged_people,
        percent=wording.percent(verdict.person_first, people) if people else None,
        fill=round(100 * verdict.person_first / people, 1) if people else None,
    )


def _exempt(findings: Sequence[Finding], lexicon: Lexicon, link: PageLink) -> tuple[Exempt, ...]:
    """First what reviewers rejected, then what the program let pass, by usage."""
    groups: defaultdict[str, list[Finding]] = defaultdict(list)
    for finding in findings:
        rejected = finding.review is not None and finding.review.choice == "rejected"
        groups[_REJECTED if rejected else finding.usage].append(finding)
    return tuple(
        Exempt(
            title=title,
            sentence=sentence,
            count=len(groups[group]),
            forms=tuple(wording.surface(as_inside(finding, lexicon) for finding in groups[group])),
            evidence=evidence_of(groups[group], link),
        )
        for group, (title, sentence) in ((_REJECTED, _REJECTED_WORDS), *((u, wording.USAGES[u]) for u in USAGES))
        if group in groups
    )


def _person_first(mentions: Sequence[PersonFirstMention], appraisal: Appraisal | None, link: PageLink) -> PersonFirst:
    text = appraisal.paper.text if appraisal else ""
    return PersonFirst(
        count=len(mentions),
        forms=tuple(wording.surface(mention.text for mention in mentions)),
        evidence=tuple(in_context(text, mention, link) for mention in sorted(mentions, key=lambda m: m.start)),
    )
