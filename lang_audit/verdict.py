"""The whole policy on one page: from how a term is used to flag, query or exempt, and from all of them to a verdict.

`judge` and `verdict` are pure. Sources of the rules: Chang et al. 2021 (majority reading, the caveat on older papers);
Hartwell et al. 2020 and the audits after it (strict: one label of people makes a paper non-adherent; any-term: one term of the
profile does, whatever it names).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import takewhile

from lang_audit.lexicon import Entry, Interval, Lexicon, Source
from lang_audit.model import Decision, Finding, Mention, PersonFirstMention, Usage, Verdict, VerdictLabel, VerdictRule
from lang_audit.profiles import Profile
from lang_audit.rewriting.suggest import rewrite, suggestion

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


# What a guideline of the time did with a term; the words stand between the guideline and "the term".
_HELD = {"recommended": "recommended", "accepted": "accepted", "discouraged": "advised against"}


def judge(
    mentions: Iterable[Mention], lexicon: Lexicon, year: int | None, profile: Profile, *, advise: bool = True
) -> tuple[Finding, ...]:
    """Decide on each mention; one whose entry `profile` does not raise gives no finding.

    `year` is the paper's year, None where unknown; it adds a caveat and changes no decision. `advise` asks for what to write
    instead, which takes longer than all the rest.
    """
    found = []
    for mention in mentions:
        entry = lexicon.entries[mention.entry]
        raised = profile.decision(mention.entry, entry)
        if raised:
            found.append(_finding(mention, entry, raised, _caveat(entry, lexicon.sources, year), advise))
    return tuple(found)


def judge_one(mention: Mention, lexicon: Lexicon, year: int | None, in_own_words: Decision) -> Finding:
    """Decide on one mention whose entry counts as `in_own_words` where the authors use it, whatever a profile says."""
    entry = lexicon.entries[mention.entry]
    return _finding(mention, entry, in_own_words, _caveat(entry, lexicon.sources, year), advise=True)


def _finding(mention: Mention, entry: Entry, in_own_words: Decision, caveat: str | None, advise: bool) -> Finding:
    decision = _decision(mention.usage, entry, in_own_words)
    raised = decision != "exempt"
    after = mention.sentence[mention.end - mention.sentence_start :]
    start = mention.start - mention.sentence_start
    in_prose = mention.section != "table"  # the rows of a table make no sentence
    return Finding.trusted(
        **mention.__dict__,
        decision=decision,
        reason=_reason(mention, entry, decision),
        severity=entry.severity,
        category=entry.category,
        person_label=entry.names_people,
        suggestion=suggestion(entry, mention.text, after) if advise else None,
        rewrite=rewrite(entry, mention.sentence, start, start + len(mention.text))
        if advise and raised and in_prose
        else None,
        sources=(*entry.sources, *entry.known_sources),
        caveat=caveat if raised else None,
        review=None,
    )


def _decision(usage: Usage, entry: Entry, in_own_words: Decision) -> Decision:
    if usage == "self-named":
        return "query" if entry.contested and entry.decision == "query" else "exempt"
    return in_own_words if usage == "author" else "exempt"


def _reason(mention: Mention, entry: Entry, decision: Decision) -> str:
    if decision == "flag":
        return f"In the authors' own words. {entry.why}"
    if decision == "query":
        return f"In the authors' own words, and guidance is divided: {entry.contested}"
    cue = f" ({mention.cue})" if mention.cue else ""
    return f"“{mention.text}” {_EXEMPT[mention.usage]}{cue}."


def _caveat(entry: Entry, sources: dict[str, Source], year: int | None) -> str | None:
    """What held when the paper appeared, where that is not what holds today."""
    if year is None:
        return None
    then = next((interval for interval in entry.history if interval.holds(year)), None)
    if then is None:
        return f"published {year}, guidance from {entry.since}" if year < entry.since else None
    now = list(takewhile(lambda interval: interval.status == entry.history[-1].status, reversed(entry.history)))[-1]
    return (
        None
        if then.status == now.status
        else f"published {year}, {_held(then, sources)}; {now.status} since {now.from_}"
    )


def _held(interval: Interval, sources: dict[str, Source]) -> str:
    source = sources[interval.source]
    who = source.issuer.partition(" (")[0]
    if interval.status == "contested":
        return f"when guidance was divided ({who}, {source.year or source.years})"
    return f"when {who} ({source.year or source.years}) {_HELD[interval.status]} the term"


def verdict(
    findings: Sequence[Finding], person_first: Sequence[PersonFirstMention], rule: VerdictRule = "majority"
) -> Verdict:
    """The judgement on a paper by `rule`, with its reasons in plain words.

    majority: by the share of person-first mentions among all mentions that name people. strict: one flagged label is enough
    for "not person-first". any-term: one flagged term is enough, whether it names people or not, and a paper without one is
    "person-first", as the published audits count it.
    """
    labels = [f for f in findings if f.decision == "flag" and f.person_label]
    pejorative = [f for f in findings if f.decision == "flag" and f.severity == "pejorative"]
    total = len(person_first) + len(labels)
    share = len(person_first) / total if total else None
    flagged = [f for f in findings if f.decision == "flag"]
    label: VerdictLabel
    if rule == "any-term":
        label = "not person-first" if flagged else "person-first"
    else:
        label = _strict(share, labels) if rule == "strict" else _majority(share, bool(pejorative))
    return Verdict.trusted(
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
    flagged = [f for f in findings if f.decision == "flag"]
    if rule == "any-term" and not flagged:
        yield "By this rule a paper adheres that holds none of the profile's terms in the authors' own words, as this one."
        return
    if rule == "any-term":
        yield f"By this rule one term is enough; {_count(len(flagged), 'term')} of the profile in the authors' own words."
        yield "Most often: " + ", ".join(f"“{text}” ({n})" for text, n in _most_frequent(flagged)) + "."
        return
    if not labels and not person_first:
        yield "The authors refer to nobody by a term of the lexicon, nor in person-first words."
    else:
        yield (
            f"{_count(person_first, 'person-first reference')} and {_count(len(labels), 'flagged label')} of people "
            "in the authors' own words."
        )
    if labels:
        worst = _most_frequent(labels)
        yield "Most often: " + ", ".join(f"“{text}” ({n})" for text, n in worst) + "."
    if pejorative and rule == "majority":
        named = ", ".join(f"“{text}”" for text, _ in _most_frequent(pejorative))
        yield f"A pejorative term in the authors' own words ({named}) rules out “person-first”."
    other = len(flagged) - len(labels)
    if other:
        does = "does" if other == 1 else "do"
        yield f"{_count(other, 'further flagged term')} that {does} not name people, so not counted in the share."


def _most_frequent(findings: Sequence[Finding], most: int = 3) -> list[tuple[str, int]]:
    counts: dict[str, int] = {}
    for finding in findings:
        words = " ".join(finding.text.split())
        text = words[:1].lower() + words[1:] if words[1:2].islower() else words
        counts[text] = counts.get(text, 0) + 1
    return sorted(counts.items(), key=lambda item: (-item[1], item[0]))[:most]


def _count(number: int, what: str) -> str:
    return f"{number} {what}" if number == 1 else f"{number} {what}s"
