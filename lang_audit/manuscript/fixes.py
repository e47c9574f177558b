"""Which words of a manuscript can be put right, by what, and which of that is safe.

Safe is what an editor would wave through unread: a term that guidelines advise against, replaced where it stands, in prose,
with nothing of its sentence moved. Whatever else has a rewrite is left for `--unsafe`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Sequence
from difflib import SequenceMatcher

from lang_audit.lexicon import Lexicon
from lang_audit.manuscript.acronym_fixes import acronym_changes
from lang_audit.manuscript.changes import Change, Edit, Words, differing
from lang_audit.manuscript.meaning import says_other
from lang_audit.model import Appraisal, Finding, Paper

_TOKEN = re.compile(r"\w+|\s+|[^\w\s]")
_JOINS_UP_TO = 5  # equal tokens between two changes that are one change for a reader ("a ... of")
_ONLY_ARTICLE = re.compile(r"an?\s+", re.IGNORECASE)
_NO_PROSE = frozenset({"table", "reference", "block-quote"})
_TOUCHES = re.compile(r"[\s\-‐-–/,&]*(?:(?:and|or)[\s]+)?")


# Rows of a table and entries of a reference list, as plain text has them without saying so.
_LAID_OUT = re.compile(r"\s\|\s|\S\t\s*\S")
_CITED = re.compile(
    r"\b10\.\d{4,9}/|\b(?:19|20)\d\d[a-z]?[;,:]?\s?\d+\s?(?:\(\d+\))?[:,]?\s?\d+|\bet al\.?[^.]*\b(?:19|20)\d\d;"
)
_BEHIND = 120  # characters in which a cited title's journal, year and pages follow


def plan(
    appraisal: Appraisal,
    lexicon: Lexicon,
    todo: Sequence[Finding],
    *,
    taken: Collection[tuple[int, int]] = (),
    possible: Callable[[Edit], bool] = lambda edit: True,
) -> list[Change]:
    """Every change that the findings `todo` give, in the order of the text, none overlapping another.

    `taken` are places in the text to leave as they are, `possible` says whether the file lets an edit be made. Where two
    changes want the same words the safe one has them, then the later one: the other has its turn in the next round.
    """
    found, settled = acronym_changes(appraisal, lexicon, todo)
    for finding in todo:
        if finding.rewrite is not None and (finding.start, finding.entry) not in settled:
            found += _change(appraisal, lexicon, finding)
    found.sort(key=lambda change: (not change.group, not change.safe, -change.start))
    while True:
        kept, broken = _fitting(found, taken, possible)
        if not broken:
            return sorted(kept, key=lambda change: change.start)
        found = [change for change in found if change.group not in broken]


def _fitting(
    found: Sequence[Change], taken: Collection[tuple[int, int]], possible: Callable[[Edit], bool]
) -> tuple[list[Change], set[str]]:
    """The changes that can be made beside one another, and the acronyms whose definition is not among them."""
    kept: list[Change] = []
    broken: set[str] = set()
    used = list(taken)
    for change in found:
        if any(a < edit.end and edit.start < b for edit in change.edits for a, b in used) or not all(
            map(possible, change.edits)
        ):
            if change.defines:
                broken.add(change.group)
            continue
        used += ((edit.start, edit.end) for edit in change.edits)
        kept.append(change)
    return kept, broken


def _change(appraisal: Appraisal, lexicon: Lexicon, finding: Finding) -> Iterator[Change]:
    words = differing(finding.sentence, finding.rewrite or "")
    if words is None:
        return
    edits = tuple(
        Edit(finding.sentence_start + w.start, finding.sentence_start + w.end, w.new)
        for w in _parts(finding.sentence, words)
    )
    yield Change(edits, _is_safe(appraisal, lexicon, finding, words), (finding,))


def _parts(sentence: str, words: Words) -> list[Words]:
    """A long change in its parts, so that what stays between them is not touched."""
    old, new = _TOKEN.findall(sentence[words.start : words.end]), _TOKEN.findall(words.new)
    groups: list[list[int]] = []
    for tag, a, b, c, d in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if tag == "equal":
            continue
        if groups and a - groups[-1][1] <= _JOINS_UP_TO:
            groups[-1][1], groups[-1][3] = b, d
        else:
            groups.append([a, b, c, d])
    at = [words.start]
    for token in old:
        at.append(at[-1] + len(token))
    return [Words(at[a], at[b], "".join(new[c:d])) for a, b, c, d in groups]


def _is_safe(appraisal: Appraisal, lexicon: Lexicon, finding: Finding, words: Words) -> bool:
    """Whether a rewrite only puts other words where the term stands, in a place where nothing else can be meant."""
    if finding.decision != "flag" or not in_prose(appraisal.paper, finding):
        return False
    entry = lexicon.entries[finding.entry]
    if entry.acronym is not None:
        return False  # what it stands for in this paper is settled by `acronym_changes`
    start, end = finding.start - finding.sentence_start, finding.end - finding.sentence_start
    lead = finding.sentence[words.start : start]
    if words.end > end or (words.start < start and not _ONLY_ARTICLE.fullmatch(lead)):
        return False
    title = finding.section == "title" or any(
        p.kind == "heading" and p.start <= finding.start < p.end for p in appraisal.paper.passages
    )
    if says_other(entry, finding, words.new, in_title=title):
        return False
    return not any(touches(finding, other) for other in appraisal.findings)


def in_prose(paper: Paper, finding: Finding) -> bool:
    """Whether a finding stands in running words of the authors: no table, reference, or quoted block."""
    if finding.section in ("table", "references", "keywords"):
        return False
    cited = paper.text[finding.sentence_start : finding.end + _BEHIND].partition("\n\n")[0]
    if _LAID_OUT.search(finding.sentence) or _CITED.search(cited):
        return False
    return not any(p.kind in _NO_PROSE and p.start <= finding.start < p.end for p in paper.passages)


def touches(finding: Finding, other: Finding) -> bool:
    """Whether another finding shares words with this one, or stands right beside it."""
    if (other.start, other.end, other.entry) == (finding.start, finding.end, finding.entry):
        return False
    if other.start < finding.end and finding.start < other.end:
        return True
    first, second = sorted((finding, other), key=lambda f: f.start)
    if first.sentence_start != second.sentence_start:
        return False
    base = first.sentence_start
    return _TOUCHES.fullmatch(first.sentence[first.end - base : second.start - base]) is not None
