"""The whole policy on one page: from how a term is used to flag, query or exempt, and from all of them to a verdict.

`judge` and `verdict` are pure. Sources of the rules: Chang et al. 2021 (majority reading, the caveat on older papers);
Hartwell et al. 2020 and the audits after it (strict: one stigmatising label makes a paper non-adherent).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from lang_audit.lexicon import Entry, Lexicon
from lang_audit.model import Decision, Finding, Mention, PersonFirstMention, Usage, Verdict, VerdictLabel, VerdictRule
from lang_audit.suggest import rewrite, suggestion

PERSON_FIRST_FROM = 0.8
MIXED_FROM = 0.5

# Why a use that is not the authors' own is let pass. The words end a sentence that begins with the term.
_EXEMPT: dict[Usage, str] = {
    "quoted": "stands in words that the authors quote",
    "cited-title": "belongs to the title of a cited work",
    "name": "is part of a proper name",
    "mentioned": "is itself under discussion here, not used of people",
    "diagnosis": "names a diagnosis by its manual, code or criteria",
    "search": "is part of a search string or keyword list",
    "other-sense": "has another meaning here",
    "behaviour": "names the act, not the person",
    "self-named": "is the name that people chose for themselves or their movement",
}


def judge(mentions: Iterable[Mention], lexicon: Lexicon, year: int | None) -> tuple[Finding, ...]:
    """Decide on each mention. `year` is the paper's year, None where unknown; it adds a caveat and changes no decision."""
    return tuple(_finding(mention, lexicon.entries[mention.entry], year) for mention in mentions)


def _finding(mention: Mention, entry: Entry, year: int | None) -> Finding:
    decision = _decision(mention.usage, entry)
    raised = decision != "exempt"
    after = mention.sentence[mention.end - mention.sentence_start :]
    start = mention.start - mention.sentence_start
    return Finding(
        **mention.model_dump(),
        decision=decision,
        reason=_reason(mention, entry, decision),
        severity=entry.severity,
        category=entry.category,
        person_label=entry.names_people,
        suggestion=suggestion(entry, mention.text, after),
        rewrite=rewrite(entry, mention.sentence, start, start + len(mention.text)) if raised else None,
        sources=(*entry.sources, *entry.known_sources),
        caveat=_caveat(entry, year) if raised else None,
    )


def _decision(usage: Usage, entry: Entry) -> Decision:
    if usage == "self-named":
        return "query" if entry.contested and entry.decision == "query" else "exempt"
    return entry.decision if usage == "author" else "exempt"


def _reason(mention: Mention, entry: Entry, decision: Decision) -> str:
    if decision == "flag":
        return f"In the authors' own words. {entry.why}"
    if decision == "query":
        return f"In the authors' own words, and guidance is divided: {entry.contested}"
    cue = f" ({mention.cue})" if mention.cue else ""
    return f"“{mention.text}” {_EXEMPT[mention.usage]}{cue}."


def _caveat(entry: Entry, year: int | None) -> str | None:
    if year is None or year >= entry.since:
        return None
    return f"published {year}, guidance from {entry.since}"


def verdict(
    findings: Sequence[Finding], person_first: Sequence[PersonFirstMention], rule: VerdictRule = "majority"
) -> Verdict:
    """The judgement on a paper by `rule`, with its reasons in plain words.

    majority: by the share of person-first mentions among all mentions that name people. strict: one flagged label is enough.
    """
    labels = [f for f in findings if f.decision == "flag" and f.person_label]
    pejorative = [f for f in findings if f.decision == "flag" and f.severity == "pejorative"]
    total = len(person_first) + len(labels)
    share = len(person_first) / total if total else None
    label = _strict(share, labels) if rule == "strict" else _majority(share, bool(pejorative))
    return Verdict(
        label=label,
        rule=rule,
        person_first=len(person_first),
        flagged_people=len(labels),
        share=None if share is None else round(share, 2),
        reasons=tuple(_reasons(findings, labels, pejorative, len(person_first), rule)),
    )


def _majority(share: float | None, pejorative: bool) -> VerdictLabel:
    if share is None:
        return "no person reference"
    if share >= PERSON_FIRST_FROM:
        return "mixed" if pejorative else "person-first"
    return "mixed" if share >= MIXED_FROM else "not person-first"


def _strict(share: float | None, labels: Sequence[Finding]) -> VerdictLabel:
    if share is None:
        return "no person reference"
    return "not person-first" if labels else "person-first"


def _reasons(
    findings: Sequence[Finding],
    labels: Sequence[Finding],
    pejorative: Sequence[Finding],
    person_first: int,
    rule: VerdictRule,
) -> Iterable[str]:
    if not labels and not person_first:
        yield "The authors refer to nobody by a term of the lexicon, nor in person-first words."
    else:
        yield f"{_count(person_first, 'person-first reference')} and {_count(len(labels), 'flagged label')} of people in the authors' own words."
    if labels:
        worst = _most_frequent(labels)
        yield "Most often: " + ", ".join(f"“{text}” ({n})" for text, n in worst) + "."
    if pejorative and rule == "majority":
        named = ", ".join(f"“{text}”" for text, _ in _most_frequent(pejorative))
        yield f"A pejorative term in the authors' own words ({named}) rules out “person-first”."
    other = sum(f.decision == "flag" and not f.person_label for f in findings)
    if other:
        yield f"{_count(other, 'further flagged term')} that {'does' if other == 1 else 'do'} not name people, so not counted in the share."


def _most_frequent(findings: Sequence[Finding], most: int = 3) -> list[tuple[str, int]]:
    counts: dict[str, int] = {}
    for finding in findings:
        words = " ".join(finding.text.split())
        text = words[:1].lower() + words[1:] if words[1:2].islower() else words
        counts[text] = counts.get(text, 0) + 1
    return sorted(counts.items(), key=lambda item: (-item[1], item[0]))[:most]


def _count(number: int, what: str) -> str:
    return f"{number} {what}" if number == 1 else f"{number} {what}s"
