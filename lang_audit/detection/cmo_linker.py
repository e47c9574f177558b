"""The spaCy component `cmo_linker`: context-mechanism-outcome configurations, as far as the text itself links them.

A configuration needs evidence for each part that its codebook has: context, mechanism and outcome; where the codebook has
no contexts, the intervention stands in their place (as in Han et al. 2023). It is `stated` where words of cause or
circumstance stand between the parts, within three neighbouring sentences; else, where all parts stand in one passage,
`co-occurring`. Writes `doc.spans["configurations"]`: `span.label_` is the codebook, `span.id_` the link.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from itertools import groupby, pairwise
from pathlib import Path
from typing import NamedTuple

from spacy.language import Language
from spacy.tokens import Doc, Span

from lang_audit.codebook import Codebook, Part, load_codebook
from lang_audit.detection import extensions
from lang_audit.detection.evidence_patterns import Found, PatternScanner
from lang_audit.detection.extensions import text_of
from lang_audit.detection.sentences import bounds_around, sentence_bounds
from lang_audit.vocabulary import load_vocabulary

GROUP = "configurations"
_CAUSE, _CONTEXT, _NO_LINK = "<link-cause>", "<link-context>", "<no-link>"
_REACH = 3
_PARTS: tuple[Part, ...] = ("context", "mechanism", "outcome")


class _Evidence(NamedTuple):
    part: Part
    start: int
    end: int
    sentence: int


class CmoLinker:
    """Finds configurations for `books` among the codes of a doc; `folder` is a lexicons folder, None for the shipped one."""

    def __init__(self, books: tuple[Codebook, ...], folder: Path | None = None) -> None:
        self._parts: dict[str, dict[str, Part]] = {
            book.codebook: {d.id: d.part for d in book.dimensions if d.part is not None} for book in books
        }
        self._scanner = PatternScanner((), load_vocabulary(folder), (_CAUSE, _CONTEXT, _NO_LINK))

    def __call__(self, doc: Doc) -> Doc:
        """Find and write; codes are not changed."""
        found: list[Span] = []
        bounds = sentence_bounds(doc) if doc.spans.get("codes") else []
        cues = self._scanner.find(text_of(doc)) if bounds else {}
        for book, parts in self._parts.items():
            evidence = _evidence(doc, book, parts, bounds)
            needed = _needed(parts.values())
            if needed and needed <= {item.part for item in evidence}:
                found += _configurations(doc, book, evidence, needed, cues, bounds)
        doc.spans[GROUP] = found
        return doc


def _evidence(doc: Doc, book: str, parts: dict[str, Part], bounds: list[tuple[int, int]]) -> list[_Evidence]:
    starts = [start for start, _ in bounds]
    found = []
    for span in doc.spans.get("codes", ()):
        name, dimension, _ = span.label_.rsplit("/", 2)
        if name == book and dimension in parts:
            start, end = span._.place
            found.append(
                _Evidence(parts[dimension], start, end, starts.index(bounds_around(bounds, start, start + 1)[0]))
            )
    return sorted(found, key=lambda item: (item.start, item.end))


def _needed(parts: Iterable[Part]) -> set[Part]:
    there = set(parts)
    needed: set[Part] = {part for part in _PARTS if part in there}
    if "context" not in there and "intervention" in there:
        needed.add("intervention")
    return needed if len(needed) == len(_PARTS) else set()


def _configurations(
    doc: Doc,
    book: str,
    evidence: list[_Evidence],
    needed: set[Part],
    cues: dict[str, list[Found]],
    bounds: list[tuple[int, int]],
) -> list[Span]:
    found: list[Span] = []
    done = -1
    for size in range(1, _REACH + 1):
        for first in range(len(bounds) - size + 1):
            last = first + size - 1
            inside = [item for item in evidence if first <= item.sentence <= last and item.part in needed]
            if first <= done or {item.part for item in inside} != needed:
                continue
            if inside[0].sentence > first or inside[-1].sentence < last:
                continue  # a shorter stretch holds the same
            linked = _links(inside, cues, bounds[first][0], bounds[last][1], text_of(doc))
            if linked:
                done = last
                found.append(_span(doc, bounds[first][0], bounds[last][1], book, "stated", linked))
    if not found:
        found.append(_span(doc, bounds[0][0], bounds[-1][1], book, "co-occurring", ()))
    return found


def _links(inside: list[_Evidence], cues: dict[str, list[Found]], start: int, end: int, text: str) -> tuple[str, ...]:
    """The words that link all parts into one chain, or nothing; each link stands beside a change from one part to another."""
    if any(start <= cue.start < end for cue in cues.get(_NO_LINK, ())):
        return ()
    causes = [cue for cue in cues.get(_CAUSE, ()) if start <= cue.start < end]
    circumstances = [cue for cue in cues.get(_CONTEXT, ()) if start <= cue.start < end]
    words: list[str] = []
    joined: list[set[Part]] = []
    before = start
    runs = [list(run) for _, run in groupby(inside, key=lambda item: item.part)]
    for first, second in pairwise(runs):
        left, right = first[-1], second[-1]
        pair: set[Part] = {left.part, right.part}
        usable = sorted(causes + circumstances if "context" in pair else causes)
        # between the two, or in front of the first one ("Despite ..., ...", "By ..., ...")
        cue = next((c for c in usable if left.end <= c.start < right.end), None) or next(
            (c for c in usable if before <= c.start < first[0].start), None
        )
        if cue is not None:
            words.append(text[cue.start : cue.end])
            joined.append(pair)
        before = left.end
    return tuple(dict.fromkeys(words)) if _connected(joined, {item.part for item in inside}) else ()


def _connected(pairs: list[set[Part]], parts: set[Part]) -> bool:
    """Whether the pairs join all parts into one chain."""
    reached = set(pairs[0]) if pairs else set()
    for _ in parts:
        for pair in pairs:
            if reached & pair:
                reached |= pair
    return reached == parts


def _span(doc: Doc, start: int, end: int, book: str, link: str, cues: tuple[str, ...]) -> Span:
    tokens = [token.i for token in doc if start <= token.idx < end]
    span = Span(doc, tokens[0], tokens[-1] + 1, label=book, span_id=link)
    span._.cue = " … ".join(cues) or None
    return span


@cache
def cmo_linker(names: tuple[str, ...], folder: Path | None = None) -> CmoLinker:
    """The linker for codebooks by name or path; made once."""
    return CmoLinker(tuple(load_codebook(name, folder) for name in names), folder)


@Language.factory(
    "cmo_linker",
    requires=["doc.sents", "doc.spans"],
    assigns=["doc.spans"],
    default_config={"codebooks": [], "folder": None},
)
def make_cmo_linker(nlp: Language, name: str, codebooks: list[str], folder: str | None) -> CmoLinker:
    """Create the component; `codebooks` are names or paths, `folder` is a lexicons folder (None: the shipped one)."""
    extensions.register()
    return cmo_linker(tuple(codebooks), Path(folder) if folder else None)
