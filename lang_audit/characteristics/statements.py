"""The sentences of a paper that can tell what the study was: those of its title, abstract, methods, first results and aims.

The introduction tells of other studies, the discussion compares, references and affiliations name other places: these
are not read,
but for the aims at the end of an introduction and the sentences of a discussion that speak of "our study".
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path

from lang_audit.characteristics.rules import Characteristic, Part, StudyWords, either, read_rules
from lang_audit.detection.sentences import sentence_starts
from lang_audit.model import Paper, Passage, Reading, Section, SectionKind

_PROSE = ("paragraph", "list-item", "footnote", "heading")
_RESULTS_PARAGRAPHS = 5
_AIMS_PARAGRAPHS = 3
_BODY_PARAGRAPHS = 14
_LABEL = re.compile(r"\s*(?:[\d.]+\s+)?([A-Z][\w/ ,&-]{2,60}?)\s*(?:[:.–—]|\s-\s|$)")
# "Methods Seven patients received ...": a label run into its text.
_RUN_ON = re.compile(
    r"((?:(?:Main |Study )?(?:Background|Introduction|Aims?|Objectives?|Purpose|Methods?|Designs?|Settings?|"
    r"Results|Findings|Conclusions?|Discussion)"
    r"(?: and [A-Za-z]+)?))\s+(?=[A-Z\d])"
)
_OWN_STUDY = re.compile(
    r"\b(?:this|our|the (?:present|current)) (?:[\w-]+ )?(?:study|trial|survey|review)\b", re.IGNORECASE
)
_GAP = re.compile(r"\s+")


@dataclass(frozen=True, slots=True)
class _Words:
    own: re.Pattern[str]
    others: re.Pattern[str]
    labels: tuple[tuple[str, re.Pattern[str]], ...]
    ours_is: re.Pattern[str]
    part_of: re.Pattern[str]
    says_so: re.Pattern[str]


@dataclass(frozen=True)
class Statement:
    """A sentence: its offsets and text, the section and part of the report it stands in, and its label ("setting",
    "results" ...)."""

    start: int
    end: int
    text: str
    section: SectionKind
    part: Part
    label: str
    words: _Words

    @cached_property
    def own(self) -> bool:
        """Whether the sentence speaks of the study at hand."""
        return bool(self.words.own.search(self.text))

    @cached_property
    def others(self) -> bool:
        """Whether the sentence speaks of other studies, or of what should be done."""
        return bool(self.words.others.search(self.text))

    def reading(
        self, paper: Paper, characteristic: Characteristic, value: str, span: tuple[int, int] | None = None
    ) -> Reading:
        """The record that `value` was read here; `span` is the place in the sentence (None: all of it)."""
        first, last = span or (0, len(self.text))
        start, end = self.start + first, self.start + last
        return Reading(
            characteristic=characteristic,
            value=value,
            text=paper.text[start:end],
            start=start,
            end=end,
            page=paper.page_at(start),
            section=self.section,
            sentence=_GAP.sub(" ", self.text).strip(),
        )


@cache
def _words(folder: Path | None) -> _Words:
    rules = read_rules("study", StudyWords, folder)
    labels = tuple((name, either(patterns)) for name, patterns in rules.labels.items())
    return _Words(
        either(rules.own),
        either(rules.others),
        labels,
        either(rules.ours_is),
        either(rules.part_of),
        either(rules.says_so),
    )


def statements(paper: Paper, folder: Path | None = None) -> list[Statement]:
    """The sentences of `paper` that are evidence, in text order. `folder` is a lexicons folder (None: the shipped one)."""
    words = _words(folder)
    found: list[Statement] = []
    label, within = "", None
    for passage, section in _passages(paper):
        if section.kind != within:
            label, within = "", section.kind
        text = paper.text[passage.start : passage.end]
        if passage.kind == "heading" and section.kind != "title":
            label = _label_of(text, words) or (label if section.kind == "abstract" else "")
            continue
        heading = label
        for first, last in _bounds(text):
            sentence = text[first:last]
            opening = _LABEL.match(sentence) if section.kind == "abstract" else None
            named = _label_of(opening[1], words) if opening else ""
            if not named and section.kind == "abstract":
                opening = _RUN_ON.match(sentence)
                named = _label_of(opening[1], words) if opening else ""
            if named and opening:
                heading = label = named
                first += opening.end()
                sentence = text[first:last]
            if len(sentence) < 3:
                continue
            found.append(_statement(passage.start + first, sentence, section.kind, heading, words))
    return found


def labelled(heading: str, folder: Path | None = None) -> str:
    """The part of a report that a heading names, such as "setting"; empty where it names none."""
    return _label_of(heading, _words(folder))


def _statement(start: int, text: str, kind: SectionKind, label: str, words: _Words) -> Statement:
    part: Part = "other"
    if kind in ("title", "abstract", "methods", "results"):
        part = kind
    if label == "participants" and kind in ("abstract", "methods", "results"):
        part = "abstract" if kind == "abstract" else "participants"
    return Statement(start, start + len(text), text, kind, part, label, words)


def _label_of(heading: str, words: _Words) -> str:
    plain = re.sub(r"^[\d.\s]+|[\s:.]+$", "", heading).lower()
    if len(plain) > 70:
        return ""
    return next((name for name, pattern in words.labels if pattern.fullmatch(plain)), "")


def _bounds(text: str) -> Iterator[tuple[int, int]]:
    starts = sentence_starts(text)
    for start, end in zip(starts, [*starts[1:], len(text)], strict=True):
        yield start, start + len(text[start:end].rstrip())


def _passages(paper: Paper) -> Iterator[tuple[Passage, Section]]:
    """The passages to read, with their sections."""
    placed = [(p, s) for p in paper.passages if p.kind in _PROSE and (s := paper.section_at(p.start))]
    aims = [p.start for p, s in placed if s.kind == "introduction" and p.kind == "paragraph"][-_AIMS_PARAGRAPHS:]
    has_methods = any(s.kind == "methods" for _, s in placed)
    read_so_far = {"results": 0, "other": 0}
    for passage, section in placed:
        text = paper.text
        if section.kind in ("title", "abstract", "methods"):
            yield passage, section
        elif section.kind == "introduction":
            if passage.kind == "paragraph" and (passage.start in aims or not has_methods):
                yield passage, section
        elif section.kind in ("results", "other"):
            limit = _RESULTS_PARAGRAPHS if section.kind == "results" and has_methods else _BODY_PARAGRAPHS
            if section.kind == "other" and has_methods:
                continue
            read_so_far[section.kind] += passage.kind != "heading"
            if read_so_far[section.kind] <= limit:
                yield passage, section
        elif section.kind in ("discussion", "conclusion") and _OWN_STUDY.search(text, passage.start, passage.end):
            yield passage, section
