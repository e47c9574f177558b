"""A paper with changes to it: the text as it would be, and each change as words of the paper as it was read."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any, NamedTuple

from lang_audit.model import Citation, Finding, Paper


class Edit(NamedTuple):
    """Characters `start:end` of a text, and what to write instead."""

    start: int
    end: int
    new: str


class Change(NamedTuple):
    """Edits that belong together, the findings that they mend, whether that is safe.

    `group` is the acronym that a change is about; it may be made only where every change that `defines` the acronym is.
    """

    edits: tuple[Edit, ...]
    safe: bool
    findings: tuple[Finding, ...]
    group: str = ""
    defines: bool = False

    @property
    def start(self) -> int:
        """Where the first edit begins."""
        return self.edits[0].start


class Words(NamedTuple):
    """The words of a sentence that differ from another: where they stand in it, and what stands there instead."""

    start: int
    end: int
    new: str


class _Placed(NamedTuple):
    at: int
    upto: int
    growth: int


class Draft:
    """A paper and the edits made to it so far; a later edit of words that an earlier one wrote is joined to it."""

    def __init__(self, paper: Paper, edits: Iterable[Edit] = ()) -> None:
        self.original = paper
        self.edits: tuple[Edit, ...] = tuple(sorted(edits))

    @property
    def text(self) -> str:
        """The text with all edits made."""
        return edited(self.original.text, self.edits)

    def places(self, places: Iterable[tuple[int, int]]) -> set[tuple[int, int]]:
        """Where stretches of the original stand in the text now; one that an edit touched is left out."""
        return {
            (self.to_now(start), self.to_now(end))
            for start, end in places
            if not any(edit.start < end and start < edit.end for edit in self.edits)
        }

    def to_now(self, offset: int) -> int:
        """Where a character of the original stands now; one within an edit is moved to its end."""
        shift = 0
        for edit in self.edits:
            if edit.start >= offset:
                break
            if offset < edit.end:
                return edit.start + shift + len(edit.new)
            shift += len(edit.new) - (edit.end - edit.start)
        return offset + shift

    def in_original(self, edit: Edit) -> Edit:
        """An edit of the text as it is now, as one of the original, together with every earlier edit that it meets."""
        placed = self._placed()
        shift = sum(one.growth for one in placed if one.upto < edit.start)
        met = [one for one in placed if one.upto >= edit.start and one.at <= edit.end]
        start = min((edit.start, *(one.at for one in met)))
        end = max((edit.end, *(one.upto for one in met)))
        text = self.text
        new = text[start : edit.start] + edit.new + text[edit.end : end]
        return Edit(start - shift, end - shift - sum(one.growth for one in met), new)

    def _placed(self) -> list[_Placed]:
        """Where the new words of each edit stand in the text as it is now."""
        placed = []
        shift = 0
        for edit in self.edits:
            at = edit.start + shift
            growth = len(edit.new) - (edit.end - edit.start)
            placed.append(_Placed(at, at + len(edit.new), growth))
            shift += growth
        return placed

    def with_edits(self, edits: Iterable[Edit]) -> Draft:
        """The draft with further edits of the text as it is now, which must not overlap."""
        if not self.edits:
            return Draft(self.original, edits)
        draft = self
        for edit in sorted(edits, reverse=True):  # from the right, so that the places of the others stay
            joined = draft.in_original(edit)
            kept = [e for e in draft.edits if not (joined.start <= e.start and e.end <= joined.end)]
            draft = Draft(self.original, (*kept, joined))
        return draft

    def paper(self) -> Paper:
        """The paper as it would be read with the edits made; it has no places in the file, and no pages."""
        paper = self.original
        return Paper(  # no model_copy, which would keep what the paper has worked out of its old offsets
            id=paper.id,
            source=paper.source,
            text=self.text,
            sections=tuple(self._moved(section) for section in paper.sections),
            passages=tuple(self._moved(passage) for passage in paper.passages),
            citations=tuple(Citation(offset=self.to_now(c.offset), text=c.text) for c in paper.citations),
            metadata=paper.metadata,
            problems=paper.problems,
        )

    def _moved(self, part: Any) -> Any:
        return part.model_copy(update={"start": self.to_now(part.start), "end": self.to_now(part.end)})


def edited(text: str, edits: Iterable[Edit]) -> str:
    """A text with edits made, which do not overlap."""
    parts: list[str] = []
    position = 0
    for edit in sorted(edits):
        parts += (text[position : edit.start], edit.new)
        position = edit.end
    return "".join((*parts, text[position:]))


def differing(old: str, new: str) -> Words | None:
    """The least run of whole words in which two sentences differ; None where they do not."""
    if old == new:
        return None
    first = 0
    while first < min(len(old), len(new)) and old[first] == new[first]:
        first += 1
    last = 0
    while last < min(len(old), len(new)) - first and old[-1 - last] == new[-1 - last]:
        last += 1
    while first and (_inside_word(old, first) or _inside_word(new, first)):
        first -= 1
    while last and (_inside_word(old, len(old) - last) or _inside_word(new, len(new) - last)):
        last -= 1
    return Words(first, len(old) - last, new[first : len(new) - last])


def _inside_word(text: str, at: int) -> bool:
    """Whether a place is within a word, or at the end of one with a blank before it that belongs to the change."""
    return 0 < at < len(text) and bool(re.match(r"[\w'’\-][\w'’\-]", text[at - 1 : at + 1]))


def with_line_ends(old: str, new: str) -> str:
    """New words broken into lines as often as the old ones were, at the blanks nearest to the old breaks.

    So a paragraph keeps its lines, and what stands at their ends (a comment's begin, an indent) is kept too.
    """
    breaks = [found for found in re.finditer(r"\s+", old) if found[0] != " "]
    blanks = list(re.finditer(r" ", new))
    if not breaks or len(blanks) < len(breaks):
        return new
    chosen: dict[int, str] = {}
    for found in breaks:
        wanted = found.start() / len(old) * len(new)
        free = [
            blank.start() for blank in blanks if blank.start() not in chosen and blank.start() > max(chosen, default=-1)
        ]
        if not free:
            return new
        chosen[min(free, key=lambda at: abs(at - wanted))] = found[0]
    return "".join(chosen.get(k, character) for k, character in enumerate(new))
