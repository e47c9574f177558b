"""The coded part of a paper's report: what each codebook found, its configurations, and what it looked for in vain."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from lang_audit import codebook as book
from lang_audit.model import Appraisal, CodeMention, Configuration, Strength
from lang_audit.report import wording
from lang_audit.report.evidence import Evidence, PageLink, code_evidence, parts_of, passage_evidence, strongest_first

SHOWN_AT_ONCE = 3


@dataclass(frozen=True, slots=True)
class Code:
    """A code that was found, with its sentences; `outside` says why the review's analysis leaves it out."""

    anchor: str
    name: str
    definition: str | None
    excludes: str | None
    outside: str | None
    strengths: tuple[tuple[Strength, str, int], ...]
    shown: tuple[Evidence, ...]
    folded: tuple[Evidence, ...]

    @property
    def strength(self) -> Strength:
        """The strength of its strongest sentence."""
        return self.strengths[0][0]

    @property
    def count(self) -> int:
        """How many sentences hold it."""
        return sum(n for _, _, n in self.strengths)


@dataclass(frozen=True, slots=True)
class Dimension:
    """A dimension: its codes that were found, in the codebook's order, and the names of those that were not."""

    anchor: str
    name: str
    found: tuple[Code, ...]
    missing: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a configuration: its codes by name, each with the place on the page where its evidence stands."""

    key: str
    letter: str
    name: str
    codes: tuple[tuple[str, str | None], ...]


@dataclass(frozen=True, slots=True)
class Chain:
    """Context, mechanism and outcome that belong together, and the passages that say so."""

    stated: bool
    parts: tuple[Part, ...]
    shown: tuple[Evidence, ...]
    folded: tuple[Evidence, ...]

    @property
    def strength(self) -> Strength:
        """The strength of its strongest passage."""
        return self.shown[0].strength or "background"


@dataclass(frozen=True, slots=True)
class Coding:
    """What one codebook found. `asked` and `held` count the codes of the review's analysis, without those outside it."""

    anchor: str
    title: str
    citation: str | None
    href: str | None
    dimensions: tuple[Dimension, ...]
    stated: tuple[Chain, ...]
    beside: tuple[Chain, ...]
    asked: int | None
    held: int

    @property
    def found(self) -> bool:
        """Whether anything was."""
        return bool(self.stated or self.beside or any(dimension.found for dimension in self.dimensions))


class _Names:
    """The names of one codebook's codes, and which of them have evidence on the page to lead to."""

    def __init__(self, key: str, mentions: Iterable[CodeMention], codebook: book.Codebook | None) -> None:
        self._key = key
        self._dimensions = codebook.dimensions if codebook else []
        self._names = {(d.id, c.id): c.name for d in self._dimensions for c in d.codes}
        self._order = {key: place for place, key in enumerate(self._names)}
        self._found = {(m.dimension, m.code) for m in mentions}

    def name(self, dimension: str, code: str) -> str:
        return self._names.get((dimension, code)) or wording.sentence_case(wording.spoken(code))

    def place(self, mention: CodeMention) -> tuple[int, str, str]:
        """Where the mention's code stands in the codebook; those that it lacks come last."""
        key = (mention.dimension, mention.code)
        return (self._order.get(key, len(self._order)), *key)

    def anchor(self, dimension: str = "", code: str = "") -> str:
        parts = filter(None, ("code", self._key, dimension, code))
        return "--".join(re.sub(r"[^a-z0-9]+", "-", part.lower()) for part in parts)

    def target(self, dimension: str, code: str) -> str | None:
        return self.anchor(dimension, code) if (dimension, code) in self._found else None


def codings(appraisal: Appraisal, codebooks: Sequence[book.Codebook], link: PageLink) -> tuple[Coding, ...]:
    """What each of `codebooks` found in the paper, and each other codebook that the appraisal holds codes of."""
    known = {codebook.codebook: codebook for codebook in codebooks}
    mentions: defaultdict[str, list[CodeMention]] = defaultdict(list)
    for mention in appraisal.codes:
        mentions[mention.codebook].append(mention)
    configurations: defaultdict[str, list[Configuration]] = defaultdict(list)
    for configuration in appraisal.configurations:
        configurations[configuration.codebook].append(configuration)
    keys = dict.fromkeys((*known, *sorted(mentions), *sorted(configurations)))
    return tuple(_coding(key, known.get(key), mentions[key], configurations[key], appraisal, link) for key in keys)


def _coding(
    key: str,
    codebook: book.Codebook | None,
    mentions: Sequence[CodeMention],
    configurations: Sequence[Configuration],
    appraisal: Appraisal,
    link: PageLink,
) -> Coding:
    names = _Names(key, mentions, codebook)
    groups: defaultdict[tuple[str, str], list[CodeMention]] = defaultdict(list)
    for mention in mentions:
        groups[mention.dimension, mention.code].append(mention)
    chains = tuple(_chains(configurations, names, appraisal, link))
    inside = {(d.id, c.id) for d in codebook.dimensions for c in d.codes if not c.outside} if codebook else None
    return Coding(
        anchor=names.anchor(),
        title=codebook.title if codebook else wording.sentence_case(wording.spoken(key)),
        citation=codebook.review.citation if codebook else None,
        href=wording.web_address(codebook.review.identifier) if codebook else None,
        dimensions=tuple(_dimensions(codebook, groups, names, link)),
        stated=tuple(chain for chain in chains if chain.stated),
        beside=tuple(chain for chain in chains if not chain.stated),
        asked=None if inside is None else len(inside),
        held=len(groups if inside is None else inside & groups.keys()),
    )


def _dimensions(
    codebook: book.Codebook | None,
    groups: Mapping[tuple[str, str], Sequence[CodeMention]],
    names: _Names,
    link: PageLink,
) -> Iterator[Dimension]:
    """The codebook's dimensions and codes in its order, then any that it does not know."""
    known = {d.id: d for d in codebook.dimensions} if codebook else {}
    for dimension in dict.fromkeys((*known, *(d for d, _ in sorted(groups)))):
        codes = {c.id: c for c in known[dimension].codes} if dimension in known else {}
        found = [code for code in codes if (dimension, code) in groups]
        found.sort(key=lambda code: bool(codes[code].outside))
        found += [code for d, code in sorted(groups) if d == dimension and code not in codes]
        yield Dimension(
            anchor=names.anchor(dimension),
            name=known[dimension].name if dimension in known else wording.sentence_case(wording.spoken(dimension)),
            found=tuple(
                _code(names.name(dimension, c), names.anchor(dimension, c), codes.get(c), groups[dimension, c], link)
                for c in found
            ),
            missing=tuple(code.name for code in codes.values() if code.id not in found),
        )


def _code(name: str, anchor: str, code: book.Code | None, group: Sequence[CodeMention], link: PageLink) -> Code:
    evidence = code_evidence(group, link)
    counts = Counter(item.strength for item in evidence)
    return Code(
        anchor=anchor,
        name=name,
        definition=code.definition.strip() if code else None,
        excludes=code.excludes.strip() if code and code.excludes else None,
        outside=code.outside.strip() if code and code.outside else None,
        strengths=tuple((key, label, counts[key]) for key, (label, _) in wording.STRENGTHS.items() if counts[key]),
        shown=evidence[:SHOWN_AT_ONCE],
        folded=evidence[SHOWN_AT_ONCE:],
    )


def _chains(
    configurations: Iterable[Configuration], names: _Names, appraisal: Appraisal, link: PageLink
) -> Iterator[Chain]:
    """One chain for all passages that link the same codes; reported ones first, then those that most passages hold."""
    groups: defaultdict[tuple[bool, tuple[Part, ...]], list[Configuration]] = defaultdict(list)
    for configuration in sorted(configurations, key=lambda c: c.start):
        groups[configuration.link == "stated", _parts(configuration, names)].append(configuration)
    chains = []
    for (stated, parts), group in groups.items():
        passages = {(c.start, c.end): passage_evidence(c, appraisal.paper, link) for c in group}
        evidence = strongest_first(passages.values())
        chains.append(Chain(stated, parts, evidence[:SHOWN_AT_ONCE], evidence[SHOWN_AT_ONCE:]))
    order = tuple(wording.STRENGTHS)
    yield from sorted(chains, key=lambda c: (order.index(c.strength), -len(c.shown) - len(c.folded)))


def _parts(configuration: Configuration, names: _Names) -> tuple[Part, ...]:
    """Context, mechanism and outcome always, so that a gap shows; the intervention where it is told."""
    groups = parts_of(configuration)
    return tuple(
        Part(
            key=part,
            letter=letter,
            name=label,
            codes=tuple(
                dict.fromkeys(
                    (names.name(m.dimension, m.code), names.target(m.dimension, m.code))
                    for m in sorted(groups[part], key=names.place)
                )
            ),
        )
        for part, (letter, label) in wording.PARTS.items()
        if groups[part] or part != "intervention"
    )
