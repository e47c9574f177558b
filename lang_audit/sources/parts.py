"""The parts of a printed paper: lines that belong together, and what and where they are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby, takewhile

from lang_audit.model import PassageKind, SectionKind
from lang_audit.sources.lines import PlacedLine
from lang_audit.sources.roles import TITLE_PAGES

_BODY = frozenset({"introduction", "methods", "results", "discussion", "conclusion"})
_PROSE = 25  # words: a block this long is running text, no label or byline


@dataclass(slots=True)
class Part:
    """Lines with what they are (`kind`) and where they belong (`section` and its `heading`)."""

    lines: list[PlacedLine]
    kind: PassageKind
    section: SectionKind
    heading: str | None = None
    aside: bool = False
    """Whether it stands in a box beside the running text."""

    @property
    def words(self) -> int:
        """How many words it has."""
        return sum(len(line.text.split()) for line in self.lines)


def front_matter_last(parts: Sequence[Part]) -> list[Part]:
    """The parts in the same order, save that the front matter stands after everything else."""
    front = _front_matter(parts)
    return [part for part in parts if id(part) not in front] + [part for part in parts if id(part) in front]


def _front_matter(parts: Sequence[Part]) -> set[int]:
    """The ids of the parts that are bylines, addresses, dates, licences, boxes: what stands on the first pages before the text.

    Prose under no heading is none of it, nor what stands among such prose.
    """
    before_text = takewhile(lambda part: part.section not in _BODY, parts)
    found = {id(part) for part in before_text if part.aside}
    for unplaced, group in groupby(parts, lambda part: part.section == "other" and part.heading is None):
        run = list(group) if unplaced else []
        prose = any(part.kind == "paragraph" and part.words > _PROSE for part in run)
        found |= {id(p) for p in run if p.lines[0].page <= TITLE_PAGES and (p.kind == "footnote" or not prose)}
    return found
