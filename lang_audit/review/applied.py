"""Reviewers' decisions put into an appraisal: findings and codes as they decided, and the verdict that follows from these.

- accepted: as the program proposed it; what it left to be decided (query) counts from now on, as flagged.
- rejected: a finding is listed and not held against the paper, a code goes.
- changed: judged anew with the other usage, severity or entry; a code becomes the other one.
- added: judged like any other.
Where reviewers disagree and have not settled it, the program's own proposal stands and says so.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TypeVar

from lang_audit.model import (
    CodeMention,
    Configuration,
    Finding,
    Mention,
    Paper,
    Problem,
    Record,
    Review,
    ReviewBasis,
    ReviewChoice,
    ReviewSummary,
)
from lang_audit.review.carried_over import anchored
from lang_audit.review.decisions import Final, outcome
from lang_audit.review.events import CONSENSUS
from lang_audit.review.proposals import Proposal, code_label, code_parts, identified
from lang_audit.settings import Settings, default_settings
from lang_audit.verdict import judge_one, verdict

_Item = TypeVar("_Item", Finding, CodeMention)
_CHANGEABLE = ("usage", "severity", "label")


def reviewed(
    record: Record, finals: Mapping[str, Final], *, settings: Settings | None = None, kappa: float | None = None
) -> Record:
    """`record`, as the program found it, with what reviewers decided in it; `finals` are those of its paper, by id.

    Nothing changes where nobody has decided anything. `settings` judge what was changed or added (None: the default ones);
    `kappa` is the agreement over the whole review, which the verdict
    tells where two or more decided on this paper. Raises ValueError for finals of several papers.
    """
    appraisal = record.appraisal
    if appraisal is None or not any(end.basis != "undecided" for end in finals.values()):
        return record
    (key,) = {end.proposal.paper for end in finals.values()}
    with_decisions = _Decided(appraisal.paper, settings or default_settings())
    known = set()
    for proposal, item in identified(appraisal, key):
        known.add(proposal.id)
        with_decisions.take(proposal, item, finals.get(proposal.id))
    for end in finals.values():
        if end.proposal.id not in known and end.settled and end.value.choice != "rejected":
            with_decisions.add(end)
    findings = _in_order(with_decisions.findings)
    replaced = with_decisions.codes
    codes = _in_order([code for code in (*replaced.values(), *with_decisions.added) if code])
    reviews = [*(finding.review for finding in findings), *(code.review for code in codes)]
    summary = _summary(finals, reviews, kappa)
    judged = verdict(findings, appraisal.person_first, appraisal.verdict.rule)
    reasons = (f"{summary.words}.", *_reservations(summary), *judged.reasons)
    after = appraisal.model_copy(
        update={
            "findings": tuple(findings),
            "codes": tuple(codes),
            "configurations": tuple(_configurations(appraisal.configurations, replaced)),
            "verdict": judged.model_copy(update={"reasons": reasons}),
            "review": summary,
        }
    )
    problems = (*record.problems, *with_decisions.problems)
    return record.model_copy(update={"appraisal": after, "problems": problems})


@dataclass
class _Decided:
    """The findings and codes of a paper as its decisions are put in; `codes` says what became of each of the program's."""

    paper: Paper
    settings: Settings
    findings: list[Finding] = field(default_factory=list)
    codes: dict[CodeMention, CodeMention | None] = field(default_factory=dict)
    added: list[CodeMention] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)

    def take(self, proposal: Proposal, item: Finding | CodeMention, end: Final | None) -> None:
        """Put in what became of a finding or code that the program proposed."""
        now = item if end is None or end.basis == "undecided" else self._decided(proposal, item, end)
        if isinstance(item, CodeMention):
            self.codes[item] = now if isinstance(now, CodeMention) else None
        elif isinstance(now, Finding):
            self.findings.append(now)

    def add(self, end: Final) -> None:
        """Put in what a reviewer proposed, where its words stand in the text as it is read now."""
        place = anchored(end.proposal, self.paper.text)
        if place is None:  # is listed among the decisions without a match
            return
        label = end.value.label or place.label
        section = self.paper.section_at(place.start)
        shared = {
            "text": place.text,
            "start": place.start,
            "end": place.end,
            "page": self.paper.page_at(place.start),
            "section": section.kind if section else place.section,
            "sentence": place.sentence,
            "sentence_start": place.sentence_start,
            "cue": None,
        }
        if place.kind == "code":
            codebook, dimension, code = code_parts(label)
            strength = place.strength or "reported"
            review = _review(end, "added")
            self.added.append(
                CodeMention(
                    **shared, codebook=codebook, dimension=dimension, code=code, strength=strength, review=review
                )
            )
        elif self._known(label, place.text):
            boxes = self.paper.boxes(place.start, place.end)
            usage = end.value.usage or place.usage or "author"
            mention = Mention(**shared, entry=label, usage=usage, bbox=boxes[0][1] if boxes else None)
            self.findings.append(self._judged(mention, end, _review(end, "added")))

    def _decided(self, proposal: Proposal, item: Finding | CodeMention, end: Final) -> Finding | CodeMention | None:
        changed = [name for name in _CHANGEABLE if getattr(end.value, name) not in (None, getattr(proposal, name))]
        was = ", ".join(str(getattr(proposal, name)) for name in changed)
        if not end.settled:
            return item.model_copy(update={"review": _review(end, None)})
        if outcome(end.value, proposal)[0] == "rejected":
            if isinstance(item, CodeMention):
                return None
            review = _review(end, "rejected")
            return item.model_copy(
                update={
                    "decision": "exempt",
                    "reason": f"{review.words}.",
                    "rewrite": None,
                    "caveat": None,
                    "review": review,
                }
            )
        review = _review(end, "changed" if changed else "accepted", was)
        if isinstance(item, CodeMention):
            codebook, dimension, code = code_parts(end.value.label or code_label(item))
            return item.model_copy(
                update={"codebook": codebook, "dimension": dimension, "code": code, "review": review}
            )
        if not changed and item.decision != "query":
            return item.model_copy(update={"review": review})
        entry = end.value.label or item.entry
        if not self._known(entry, item.text):
            entry = item.entry
        told = {name: getattr(item, name) for name in Mention.model_fields}
        return self._judged(Mention(**told | {"entry": entry, "usage": end.value.usage or item.usage}), end, review)

    def _judged(self, mention: Mention, end: Final, review: Review) -> Finding:
        """The finding of a mention that people decided on: in the authors' own words it is flagged, for nobody need ask."""
        finding = judge_one(mention, self.settings.lexicon, self.paper.metadata.year, "flag")
        decision = finding.decision
        if decision == "query":  # contested as people's name for themselves
            decision = "exempt" if end.value.usage else "flag"
        severity = end.value.severity or finding.severity
        return finding.model_copy(update={"decision": decision, "severity": severity, "review": review})

    def _known(self, entry: str, text: str) -> bool:
        if entry in self.settings.lexicon.entries:
            return True
        self.problems.append(
            Problem(
                code="review-entry",
                message=f"A reviewer filed “{text}” under “{entry}”, which the lexicon of this run does not hold.",
                remedy="Add the entry by --lexicon, or change the decision.",
            )
        )
        return False


def _review(end: Final, choice: ReviewChoice | None, was: str = "") -> Review:
    by = (end.by,) if end.by and end.by not in end.raters else end.raters or (CONSENSUS,)
    bases: dict[str, ReviewBasis] = {
        "consensus": "consensus",
        "agreement": "agreement",
        "disagreement": "disagreement",
    }
    return Review(
        choice=choice,
        basis=bases.get(end.basis, "single"),
        by=by,
        was=was or None,
        reason=end.value.reason,
        note=end.value.note,
    )


def _summary(finals: Mapping[str, Final], reviews: Iterable[Review | None], kappa: float | None) -> ReviewSummary:
    ends = list(finals.values())
    settled = [end for end in ends if end.settled]
    # A rejected code is in no list any more, so rejections are counted where they were made.
    rejected = sum(end.value.choice == "rejected" for end in settled)
    choices = [review.choice for review in reviews if review]
    raters = {name for end in ends for name in end.raters}
    people = dict.fromkeys(name for end in ends for name in (*end.raters, *([end.by] if end.by else [])))
    return ReviewSummary(
        reviewers=tuple(people),
        proposals=len(ends),
        decided=len(settled),
        accepted=choices.count("accepted"),
        rejected=rejected,
        changed=choices.count("changed"),
        added=choices.count("added"),
        single=sum(end.basis == "single" for end in settled),
        disagreements=sum(end.basis == "disagreement" for end in ends),
        kappa=kappa if len(raters) > 1 else None,
    )


def _reservations(summary: ReviewSummary) -> Iterator[str]:
    counted = [f"{n} {what}" for what in ("accepted", "rejected", "changed", "added") if (n := getattr(summary, what))]
    if counted:
        yield f"Of lang-audit’s proposals and the reviewers’ own: {', '.join(counted)}."
    if n := summary.disagreements:
        what = "1 proposal and have not settled it" if n == 1 else f"{n} proposals and have not settled them"
        yield f"The reviewers disagree on {what}; lang-audit’s own counts there."
    if (n := summary.single) and len(summary.reviewers) > 1:
        yield f"{n} proposal{'s were' if n != 1 else ' was'} decided by one reviewer only."


def _configurations(
    configurations: Iterable[Configuration], replaced: Mapping[CodeMention, CodeMention | None]
) -> Iterator[Configuration]:
    """Without the codes that were rejected or moved to another dimension; what links nothing any more goes."""
    for configuration in configurations:
        parts = {
            part: tuple(
                now
                for code in getattr(configuration, part)
                if (now := replaced.get(code, code)) is not None and now.dimension == code.dimension
            )
            for part in ("intervention", "context", "mechanism", "outcome")
        }
        if sum(bool(codes) for codes in parts.values()) > 1:
            yield configuration.model_copy(update=parts)


def _in_order(items: list[_Item]) -> list[_Item]:
    return sorted(items, key=lambda item: (item.start, item.end)) if any(_is_added(item) for item in items) else items


def _is_added(item: Finding | CodeMention) -> bool:
    return item.review is not None and item.review.choice == "added"
