"""From passages that each know their place to the sections of a paper: the last step of a reader."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from lang_audit.model import Passage, Section, SectionKind


class Place(NamedTuple):
    """Where in a paper a passage stands: the kind of section, and the heading above it."""

    kind: SectionKind
    heading: str | None = None


def sections_of(placed: Iterable[tuple[Passage, Place]]) -> tuple[Section, ...]:
    """One section for each run of passages in the same place. Passages must come in text order, never overlapping.

    A section reaches from the start of its first passage to the end of its last, so every passage lies in exactly one.
    """
    runs: list[tuple[int, int, Place]] = []
    for passage, place in placed:
        if runs and runs[-1][2] == place:
            runs[-1] = (runs[-1][0], passage.end, place)
        else:
            runs.append((passage.start, passage.end, place))
    return tuple(Section(start=start, end=end, kind=p.kind, heading=p.heading) for start, end, p in runs)
