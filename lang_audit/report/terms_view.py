"""The terms of one paper's report: the mentions of each entry together, with all that the lexicon says about it."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from lang_audit.lexicon import Entry, Lexicon
from lang_audit.model import SECTION_KINDS, SEVERITIES, Finding, SectionKind, Severity
from lang_audit.report import wording
from lang_audit.report.evidence import MOST_PICTURES, Evidence, distinct, evidence_of
from lang_audit.report.page_evidence import Shown

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
    def pictured(self) -> bool:
        """Whether some sentence is shown with a picture of its printed line."""
        return any(item.picture for item in self.shown + self.folded)

    @property
    def instead(self) -> str:
        """The one thing to say in a table: the first preferred form, else the guidance."""
        if not self.advice:
            return self.guidance or "—"
        first = self.advice[0]
        return f"people {first.text}" if first.when == AFTER_A_NOUN else first.text


def terms(findings: Sequence[Finding], lexicon: Lexicon, shown: Shown, decision: str) -> tuple[Term, ...]:
    """The findings grouped by entry: most serious first, then most frequent."""
    groups: defaultdict[str, list[Finding]] = defaultdict(list)
    for finding in findings:
        groups[finding.entry].append(finding)
    ordered = sorted(groups.items(), key=lambda item: (_gravest(item[1]), -len(item[1]), item[0]))
    return tuple(_term(key, group, lexicon, shown, decision) for key, group in ordered)


def _gravest(group: Iterable[Finding]) -> int:
    return min(SEVERITIES.index(finding.severity) for finding in group)


def _term(key: str, group: list[Finding], lexicon: Lexicon, shown: Shown, decision: str) -> Term:
    entry = lexicon.entries.get(key)
    forms = wording.surface(as_inside(finding, lexicon) for finding in group)
    severity = SEVERITIES[_gravest(group)]
    label, words = wording.SEVERITIES[severity]
    evidence = evidence_of(group, shown.link, shown.picture)
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


def as_inside(finding: Finding, lexicon: Lexicon) -> str:
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


def unpictured(terms: Iterable[Term]) -> str | None:
    """What to say of lines that were to be shown as pictures and are not; None where there is nothing to say."""
    every = [item for term in terms for item in term.shown + term.folded]
    drawn = sum(item.picture is not None for item in every)
    if drawn == len(every):
        return None
    if not drawn:
        return "No sentence is shown as it is printed, because the PDF could not be drawn."
    said = f"{drawn} of {len(every)} sentences are shown with a picture of their printed line"
    if len(every) > MOST_PICTURES:
        return f"To keep this page small, {said}: the first ones of each term."
    return f"{said}; the others could not be drawn from the PDF."


def _section_counts(kinds: Iterable[SectionKind]) -> tuple[tuple[str, int], ...]:
    counts = Counter(kinds)
    return tuple((wording.SECTIONS[kind], counts[kind]) for kind in SECTION_KINDS if counts[kind])
