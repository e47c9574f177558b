"""A paper cut into what one screen shows: its printed pages, or stretches of its text; and which proposals stand on each."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final, Literal

from lang_audit.model import Paper, Passage, PassageKind
from lang_audit.report import wording
from lang_audit.review.proposals import Proposal

View = Literal["page", "text"]
_FULL: Final = 4000  # characters of text on one screen, about; a paragraph is not cut under four times as many


@dataclass(frozen=True, slots=True)
class Leaf:
    """One screen of a paper: a page by its number in the file, or `start:end` of the text; `number` counts from 1."""

    view: View
    number: int
    name: str
    start: int = 0
    end: int = 0


@dataclass(frozen=True, slots=True)
class Stretch:
    """A piece of a paragraph under the same proposals; `at` is its offset in the paper's text."""

    at: int
    text: str
    ids: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A passage of the text, in stretches."""

    kind: PassageKind
    stretches: tuple[Stretch, ...]


def leaves(paper: Paper, view: View) -> list[Leaf]:
    """The screens of a paper in order. By pages where `view` says so and the paper has them; at least one."""
    if view == "page" and paper.pages:
        return [Leaf("page", page.number, f"Page {page.number}") for page in paper.pages]
    return _text_leaves(paper)


def placed(proposals: Iterable[Proposal], paper: Paper, cut: Sequence[Leaf]) -> dict[int, list[Proposal]]:
    """The proposals of each leaf by its number, in the order given; each stands on one leaf only."""
    found: dict[int, list[Proposal]] = {leaf.number: [] for leaf in cut}
    starts = [leaf.start for leaf in cut]
    for proposal in proposals:
        if cut[0].view == "page":
            number = proposal.page or paper.page_at(proposal.start) or cut[0].number
            found.get(number, found[cut[0].number]).append(proposal)
        else:
            found[cut[max(bisect_right(starts, proposal.start) - 1, 0)].number].append(proposal)
    return found


def paragraphs(paper: Paper, leaf: Leaf, proposals: Sequence[Proposal]) -> list[Paragraph]:
    """The text of a leaf, cut wherever a proposal begins or ends."""
    shown = []
    for passage in _passages(paper):
        start, end = max(passage.start, leaf.start), min(passage.end, leaf.end)
        if start < end:
            here = [one for one in proposals if one.start < end and one.end > start]
            shown.append(Paragraph(passage.kind, tuple(_stretches(paper.text, start, end, here))))
    return shown


def _stretches(text: str, start: int, end: int, proposals: Sequence[Proposal]) -> Iterator[Stretch]:
    edges = {start, end, *(min(max(place, start), end) for one in proposals for place in (one.start, one.end))}
    places = sorted(edges)
    for begin, stop in pairwise(places):
        ids = tuple(one.id for one in proposals if one.start <= begin and one.end >= stop)
        yield Stretch(begin, text[begin:stop], ids)


def _passages(paper: Paper) -> Iterator[Passage]:
    """The paper's passages, and what lies between them where that is more than white space; every character is in one."""
    at = 0
    for passage in paper.passages:
        if paper.text[at : passage.start].strip():
            yield Passage(start=at, end=passage.start)
        yield passage
        at = passage.end
    if paper.text[at:].strip():
        yield Passage(start=at, end=len(paper.text))


def _text_leaves(paper: Paper) -> list[Leaf]:
    """The text in stretches of whole passages, each of about a screenful; a new section begins a new one when it is half full."""
    cuts = [0]
    for passage in _passages(paper):
        section = paper.section_at(passage.start)
        opens = section is not None and passage.start <= section.start
        filled = passage.start - cuts[-1]
        if filled and (filled + passage.end - passage.start > _FULL or (opens and filled > _FULL // 2)):
            cuts.append(passage.start)
        while passage.end - cuts[-1] > 4 * _FULL:  # no reader of ours makes such passages; a damaged file may
            cuts.append(cuts[-1] + 4 * _FULL)
    ends = [*cuts[1:], max(len(paper.text), 1)]
    pairs = enumerate(zip(cuts, ends, strict=True), 1)
    return [Leaf("text", number, _name(paper, start, end), start, end) for number, (start, end) in pairs]


def _name(paper: Paper, start: int, end: int) -> str:
    """The sections that a stretch of the text holds, in words."""
    kinds = [section.kind for section in paper.sections if section.start < end and section.end > start]
    names = list(dict.fromkeys(wording.SECTIONS[kind] for kind in kinds)) or ["Text"]
    return names[0] if len(names) == 1 else f"{names[0]} to {names[-1].lower()}"
