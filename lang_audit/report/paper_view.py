"""One paper's report as plain values: what the templates show, grouped, ordered, named and linked.

Templates lay out; this module decides what stands together and in which order. No Jinja2 here, and no file is read.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from urllib.parse import quote

from lang_audit.codebook import Codebook
from lang_audit.lexicon import Entry, Lexicon
from lang_audit.model import (
    SECTION_KINDS,
    SEVERITIES,
    USAGES,
    Appraisal,
    Finding,
    Metadata,
    PersonFirstMention,
    Problem,
    Record,
    SectionKind,
    Severity,
    Status,
    Verdict,
)
from lang_audit.report import wording
from lang_audit.report.characteristics_view import Characteristic, characteristics
from lang_audit.report.codes_view import Coding, codings
from lang_audit.report.evidence import Evidence, PageLink, distinct, evidence_of, in_context

SHOWN_AT_ONCE = 5
AFTER_A_NOUN = "after a noun, as in “patients …”"


@dataclass(frozen=True, slots=True)
class Guideline:
    """A cited guideline: its address where it has one, and whether its text was read for the lexicon."""

    issuer: str
    title: str
    years: str
    href: str | None
    identifier: str
    read: bool


@dataclass(frozen=True, slots=True)
class Advice:
    """One form to write instead, with when it fits ("of one person")."""

    text: str
    when: str


@dataclass(frozen=True, slots=True)
class Term:
    """All mentions of one lexicon entry that share a decision, with everything that the lexicon says about it."""

    key: str
    anchor: str
    name: str
    forms: tuple[tuple[str, int], ...]
    count: int
    severity: Severity
    severity_label: str
    severity_words: str
    why: str
    advice: tuple[Advice, ...]
    guidance: str | None
    guidelines: tuple[Guideline, ...]
    caveats: tuple[str, ...]
    contested: str | None
    known_problems: str | None
    sections: tuple[tuple[str, int], ...]
    shown: tuple[Evidence, ...]
    folded: tuple[Evidence, ...]

    @property
    def instead(self) -> str:
        """The one thing to say in a table: the first preferred form, else the guidance."""
        if not self.advice:
            return self.guidance or "—"
        first = self.advice[0]
        return f"people {first.text}" if first.when == AFTER_A_NOUN else first.text


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
    """Everything on one paper's page; `verdict` is None where the paper could not be appraised."""

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
    def predates_guidance(self) -> bool:
        """Whether some flagged term is measured by guidance younger than the paper."""
        return any(term.caveats for term in self.flagged)


def problems_of(record: Record) -> tuple[Problem, ...]:
    """The record's problems and those of reading its paper, each once."""
    read = record.appraisal.paper.problems if record.appraisal else ()
    return tuple(dict.fromkeys((*record.problems, *read)))


def paper_view(record: Record, lexicon: Lexicon, link: PageLink, codebooks: Sequence[Codebook] = ()) -> PaperView:
    """Everything to show of `record`; `link` gives the address of a page of its source (see page_link).

    `codebooks` are those that the paper was coded with: they name the codes, and tell which were looked for in vain.
    """
    appraisal = record.appraisal
    metadata = appraisal.paper.metadata if appraisal else Metadata()
    findings = appraisal.findings if appraisal else ()
    name = wording.short_name(metadata, record.path)
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
        flagged=_terms([f for f in findings if f.decision == "flag"], lexicon, link, "flag"),
        queries=_terms([f for f in findings if f.decision == "query"], lexicon, link, "query"),
        exempt=_exempt([f for f in findings if f.decision == "exempt"], lexicon, link),
        person_first=_person_first(appraisal.person_first if appraisal else (), appraisal, link),
        codings=codings(appraisal, codebooks, link) if appraisal else (),
        study=characteristics(appraisal, link) if appraisal else (),
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


def _terms(findings: Sequence[Finding], lexicon: Lexicon, link: PageLink, decision: str) -> tuple[Term, ...]:
    """The findings grouped by entry: most serious first, then most frequent."""
    groups: defaultdict[str, list[Finding]] = defaultdict(list)
    for finding in findings:
        groups[finding.entry].append(finding)
    ordered = sorted(groups.items(), key=lambda item: (_gravest(item[1]), -len(item[1]), item[0]))
    return tuple(_term(key, group, lexicon, link, decision) for key, group in ordered)


def _gravest(group: Iterable[Finding]) -> int:
    return min(SEVERITIES.index(finding.severity) for finding in group)


def _term(key: str, group: list[Finding], lexicon: Lexicon, link: PageLink, decision: str) -> Term:
    entry = lexicon.entries.get(key)
    forms = wording.surface(_as_inside(finding, lexicon) for finding in group)
    severity = SEVERITIES[_gravest(group)]
    label, words = wording.SEVERITIES[severity]
    evidence = evidence_of(group, link)
    return Term(
        key=key,
        anchor=f"{decision}-{re.sub(r'[^a-z0-9]+', '-', key.lower())}",
        name=forms[0][0],
        forms=tuple(forms),
        count=len(group),
        severity=severity,
        severity_label=label,
        severity_words=words,
        why=entry.why if entry else "",
        advice=_advice(entry, group),
        guidance=entry.prefer.guidance if entry else None,
        guidelines=_guidelines(entry, group, lexicon),
        caveats=distinct(finding.caveat for finding in group),
        contested=entry.contested if entry else None,
        known_problems=entry.known_problems if entry else None,
        sections=_section_counts(finding.section for finding in group),
        shown=evidence[:SHOWN_AT_ONCE],
        folded=evidence[SHOWN_AT_ONCE:],
    )


def _as_inside(finding: Finding, lexicon: Lexicon) -> str:
    """The term as it would stand inside a sentence: without the capital that a sentence's start gave it."""
    text = finding.text
    if finding.start != finding.sentence_start or not text[1:2].islower():
        return text
    entry = lexicon.entries.get(finding.entry)
    proper = entry is not None and any(phrase.startswith(text[0]) for phrase in entry.phrases)
    return text if proper else text[0].lower() + text[1:]


def _advice(entry: Entry | None, group: Iterable[Finding]) -> tuple[Advice, ...]:
    """The forms that the lexicon prefers; where the entry is not at hand, what the findings suggest."""
    if entry is None:
        return tuple(Advice(text, "") for text in distinct(finding.suggestion for finding in group))
    forms = (
        (entry.prefer.people, "of several people"),
        (entry.prefer.person, "of one person"),
        (entry.prefer.person_after, AFTER_A_NOUN),
        (entry.prefer.term, ""),
    )
    return tuple(Advice(text, when) for text, when in forms if text)


def _guidelines(entry: Entry | None, group: Iterable[Finding], lexicon: Lexicon) -> tuple[Guideline, ...]:
    """What supports the entry: sources whose text was read first."""
    keys = [*entry.sources, *entry.known_sources] if entry else [key for finding in group for key in finding.sources]
    found = []
    for key in dict.fromkeys(keys):
        if source := lexicon.sources.get(key):
            href = wording.web_address(source.identifier)
            years = str(source.year) if source.year else source.years
            read = source.evidence == "seen"
            found.append(Guideline(source.issuer, source.title, years, href, source.identifier, read))
    return tuple(sorted(found, key=lambda guideline: not guideline.read))


def _exempt(findings: Sequence[Finding], lexicon: Lexicon, link: PageLink) -> tuple[Exempt, ...]:
    groups: defaultdict[str, list[Finding]] = defaultdict(list)
    for finding in findings:
        groups[finding.usage].append(finding)
    return tuple(
        Exempt(
            title=wording.USAGES[usage][0],
            sentence=wording.USAGES[usage][1],
            count=len(groups[usage]),
            forms=tuple(wording.surface(_as_inside(finding, lexicon) for finding in groups[usage])),
            evidence=evidence_of(groups[usage], link),
        )
        for usage in USAGES
        if usage in groups
    )


def _person_first(mentions: Sequence[PersonFirstMention], appraisal: Appraisal | None, link: PageLink) -> PersonFirst:
    text = appraisal.paper.text if appraisal else ""
    return PersonFirst(
        count=len(mentions),
        forms=tuple(wording.surface(mention.text for mention in mentions)),
        evidence=tuple(in_context(text, mention, link) for mention in sorted(mentions, key=lambda m: m.start)),
    )


def _section_counts(kinds: Iterable[SectionKind]) -> tuple[tuple[str, int], ...]:
    counts = Counter(kinds)
    return tuple((wording.SECTIONS[kind], counts[kind]) for kind in SECTION_KINDS if counts[kind])
