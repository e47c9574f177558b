"""What lang-audit proposes in an appraisal, each with an id under which decisions on it outlive another run.

An id is a hash of the file's content, what is proposed, the words, and the words around them: not of places, which shift with
every new reader, nor of the program's judgement, which a new lexicon changes.
"""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Iterator
from typing import Final, Literal

from lang_audit.model import Appraisal, CodeMention, Decision, Finding, Frozen, SectionKind, Severity, Strength, Usage

Kind = Literal["finding", "code"]

_NEARBY: Final = 5  # words on each side that tell two places apart
_WORD: Final = re.compile(r"\w+")
_REACH: Final = 120  # characters in which these words are looked for


class Proposal(Frozen):
    """A finding or a piece of evidence for a code, as reviewers decide on it. Offsets are into the paper's text."""

    id: str
    paper: str  # `paper_key`
    kind: Kind
    label: str  # the entry ("substance-use/addict") or codebook/dimension/code ("chang-2021/mechanism/trust")
    text: str
    start: int
    end: int
    page: int | None = None
    section: SectionKind
    sentence: str
    sentence_start: int
    cue: str | None = None
    nearby: str  # the words around it, by which a proposal is found again whose label has changed
    # a finding's
    usage: Usage | None = None
    decision: Decision | None = None
    severity: Severity | None = None
    reason: str | None = None
    suggestion: str | None = None
    # a code's
    strength: Strength | None = None


def paper_key(content: bytes) -> str:
    """What tells a paper from others, whatever its file is called: a hash of the file."""
    return hashlib.sha256(content).hexdigest()[:32]


def proposals(appraisal: Appraisal, paper: str) -> list[Proposal]:
    """All that an appraisal proposes, in text order; `paper` is the key of its file."""
    found = [proposal for proposal, _ in identified(appraisal, paper)]
    return sorted(found, key=lambda one: (one.start, one.end, one.kind, one.label))


def proposal_id(paper: str, kind: Kind, label: str, text: str, nearby: str, occurrence: int) -> str:
    """The id; `occurrence` counts proposals that are alike in all of this, from 0."""
    told = "\0".join((paper, kind, label, plain_words(text), nearby, str(occurrence)))
    return hashlib.blake2b(told.encode("utf-8", "surrogatepass"), digest_size=12).hexdigest()


def nearby_words(text: str, start: int, end: int) -> str:
    """The words on both sides of `start:end`, in lower case, with a bar where it stands."""
    before = _WORD.findall(text[max(0, start - _REACH) : start].lower())[-_NEARBY:]
    after = _WORD.findall(text[end : end + _REACH].lower())[:_NEARBY]
    return " ".join((*before, "|", *after))


def identified(appraisal: Appraisal, paper: str) -> Iterator[tuple[Proposal, Finding | CodeMention]]:
    """Each proposal with the finding or code that it is of, in the order of the appraisal."""
    text = appraisal.paper.text
    seen: Counter[tuple[str, str, str, str]] = Counter()
    items: tuple[Finding | CodeMention, ...] = (*appraisal.findings, *appraisal.codes)
    for item in items:
        kind: Kind = "finding" if isinstance(item, Finding) else "code"
        label = item.entry if isinstance(item, Finding) else code_label(item)
        nearby = nearby_words(text, item.start, item.end)
        alike = kind, label, plain_words(item.text), nearby
        of_kind = _OF_FINDING if isinstance(item, Finding) else _OF_CODE
        proposal = Proposal(
            id=proposal_id(paper, kind, label, item.text, nearby, seen[alike]),
            paper=paper,
            kind=kind,
            label=label,
            nearby=nearby,
            **{name: getattr(item, name) for name in (*_SHARED, *of_kind)},
        )
        seen[alike] += 1
        yield proposal, item


_SHARED: Final = ("text", "start", "end", "page", "section", "sentence", "sentence_start", "cue")
_OF_FINDING: Final = ("usage", "decision", "severity", "reason", "suggestion")
_OF_CODE: Final = ("strength",)


def code_label(code: CodeMention) -> str:
    """Codebook, dimension and code in one name."""
    return f"{code.codebook}/{code.dimension}/{code.code}"


def code_parts(label: str) -> tuple[str, str, str]:
    """Codebook, dimension and code of a `code_label`; what a label lacks is empty."""
    codebook, _, rest = label.partition("/")
    dimension, _, code = rest.partition("/")
    return codebook, dimension, code


def plain_words(text: str) -> str:
    """Words as ids and carrying over compare them: in lower case, one space apart."""
    return " ".join(text.lower().split())
