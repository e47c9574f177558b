"""What papers link to what: contexts, mechanisms and outcomes, with the papers behind every link. Pure: rows in, counts out.

A link is `stated` in a paper that states it at least once; `co-occurring` is what is left. The two are never added up.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise, product
from typing import Final

from lang_audit.codebook import Codebook, Part
from lang_audit.model import Link
from lang_audit.report.extraction import CodeKey, Linked, StudyRow

PART_NAMES: Final[dict[Part, str]] = {
    "intervention": "Interventions",
    "context": "Contexts",
    "mechanism": "Mechanisms",
    "outcome": "Outcomes",
}
_ORDER: Final[tuple[Part, ...]] = ("context", "mechanism", "outcome")
_WITHOUT_CONTEXT: Final[tuple[Part, ...]] = ("intervention", "mechanism", "outcome")

Papers = tuple[StudyRow, ...]


@dataclass(frozen=True, slots=True)
class Node:
    """A code in the flow and the papers that link it to something."""

    key: CodeKey
    name: str
    papers: Papers


@dataclass(frozen=True, slots=True)
class Stage:
    """One column of the flow: the codes of a part that any paper links, most papers first."""

    part: Part
    name: str
    nodes: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Tie:
    """Codes, one a stage, that papers bring together: those that state it, and those in which they merely co-occur."""

    keys: tuple[CodeKey, ...]
    names: tuple[str, ...]
    stated: Papers
    co_occurring: Papers

    @property
    def width(self) -> int:
        """How many papers bring them together, in either way."""
        return len(self.stated) + len(self.co_occurring)


@dataclass(frozen=True, slots=True)
class Flow:
    """What the papers of a codebook link to what.

    `stages` are the columns and `bands` the pairs of neighbouring stages; `skips` are pairs of the first and last stage in
    configurations without the one between; `chains` run through all stages. The four groups of papers share out the included
    ones: a whole chain stated, only a part of one stated, only co-occurring, nothing.
    """

    stages: tuple[Stage, ...]
    bands: tuple[Tie, ...]
    skips: tuple[Tie, ...]
    chains: tuple[Tie, ...]
    stated: Papers
    stated_in_part: Papers
    co_occurring: Papers
    none: Papers


def flow(papers: Papers, book: Codebook) -> Flow | None:
    """The flow of `book` over `papers`; None for a codebook that has no two parts to link."""
    parts = _parts(papers, book)
    if len(parts) < 2:
        return None
    names = _names(book, parts)
    bands: _Ties = defaultdict(dict)
    skips: _Ties = defaultdict(dict)
    chains: _Ties = defaultdict(dict)
    standing: dict[int, int] = {}
    for paper in papers:
        for linked in paper.linked:
            if linked.codebook != book.codebook:
                continue
            columns = [_known(getattr(linked, part), names) for part in parts]
            filled = sum(bool(column) for column in columns)
            if filled < 2:
                continue
            if filled == len(parts):
                _add(chains, product(*columns), linked.link, paper)
            for left, right in pairwise(columns):
                _add(bands, product(left, right), linked.link, paper)
            if len(columns) == 3 and not columns[1]:
                _add(skips, product(columns[0], columns[2]), linked.link, paper)
            rank = 2 if linked.link != "stated" else int(filled < len(parts))
            standing[id(paper)] = min(rank, standing.get(id(paper), rank))
    groups = [tuple(paper for paper in papers if standing.get(id(paper), 3) == rank) for rank in range(4)]
    tied = _ranked(bands, names)
    return Flow(
        stages=tuple(_stage(part, book, names, tied) for part in parts),
        bands=tied,
        skips=_ranked(skips, names),
        chains=_ranked(chains, names),
        stated=groups[0],
        stated_in_part=groups[1],
        co_occurring=groups[2],
        none=groups[3],
    )


_Ties = defaultdict[tuple[CodeKey, ...], dict[int, tuple[StudyRow, Link]]]


def _add(ties: _Ties, combinations: Iterable[tuple[CodeKey, ...]], link: Link, paper: StudyRow) -> None:
    for keys in combinations:
        known = ties[keys].get(id(paper))
        if known is None or link == "stated":
            ties[keys][id(paper)] = (paper, link)


def _ranked(ties: _Ties, names: dict[CodeKey, str]) -> tuple[Tie, ...]:
    """Stated by most papers first, then co-occurring in most, then in the order of the codebook."""
    place = {key: k for k, key in enumerate(names)}
    found = []
    for keys, members in ties.items():
        ordered = sorted(members.values(), key=lambda item: (item[0].key.casefold(), item[0].key, item[0].source))
        stated = tuple(paper for paper, link in ordered if link == "stated")
        others = tuple(paper for paper, link in ordered if link != "stated")
        found.append(Tie(keys, tuple(names[key] for key in keys), stated, others))
    return tuple(sorted(found, key=lambda t: (-len(t.stated), -len(t.co_occurring), [place[k] for k in t.keys])))


def _stage(part: Part, book: Codebook, names: dict[CodeKey, str], ties: Sequence[Tie]) -> Stage:
    members: defaultdict[CodeKey, dict[int, StudyRow]] = defaultdict(dict)
    for tie in ties:
        for key in tie.keys:
            members[key] |= {id(paper): paper for paper in tie.stated + tie.co_occurring}
    dimensions = [d for d in book.dimensions if d.part == part]
    nodes = [
        Node(key, names[key], tuple(sorted(members[key].values(), key=lambda p: (p.key.casefold(), p.key, p.source))))
        for key in _keys_of(book, part)
        if key in members
    ]
    nodes.sort(key=lambda node: -len(node.papers))
    return Stage(part, dimensions[0].name if len(dimensions) == 1 else PART_NAMES[part], tuple(nodes))


def _parts(papers: Papers, book: Codebook) -> tuple[Part, ...]:
    """Context, mechanism, outcome, as far as the codebook has them; without contexts, the intervention comes first where
    configurations hold it."""
    has = {dimension.part for dimension in book.dimensions}
    if "context" in has:
        return tuple(part for part in _ORDER if part in has)
    held = any(_links_intervention(linked, book) for paper in papers for linked in paper.linked)
    return tuple(part for part in _WITHOUT_CONTEXT if part in has and (part != "intervention" or held))


def _links_intervention(linked: Linked, book: Codebook) -> bool:
    return linked.codebook == book.codebook and bool(linked.intervention and (linked.mechanism or linked.outcome))


def _keys_of(book: Codebook, part: Part) -> Iterator[CodeKey]:
    for dimension in book.dimensions:
        if dimension.part == part:
            for code in dimension.codes:
                yield (book.codebook, dimension.id, code.id)


def _names(book: Codebook, parts: Sequence[Part]) -> dict[CodeKey, str]:
    """The codes of `parts` in the order of the codebook; a name that two of them share gets its dimension's name."""
    plain = {key: book.code(key[1], key[2]).name for part in parts for key in _keys_of(book, part)}
    shared = {name for name in plain.values() if list(plain.values()).count(name) > 1}
    dimensions = {dimension.id: dimension.name for dimension in book.dimensions}
    return {key: f"{name} ({dimensions[key[1]]})" if name in shared else name for key, name in plain.items()}


def _known(keys: frozenset[CodeKey], names: dict[CodeKey, str]) -> list[CodeKey]:
    return sorted(key for key in keys if key in names)
