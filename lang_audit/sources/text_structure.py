"""The passages and sections of a plain text: by its headings, and where it has none by its labels and its rhythm."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise

from lang_audit.model import Passage, PassageKind, SectionKind
from lang_audit.sources import reference_run
from lang_audit.sources.headings import section_kind
from lang_audit.sources.section_places import Place
from lang_audit.sources.text_lines import (
    LONG,
    Line,
    Look,
    caption_of,
    heading_level,
    heading_words,
    label_of,
    lines_of,
    looks,
)

_ORDER: tuple[SectionKind, ...] = ("introduction", "methods", "results", "discussion", "conclusion")
_CORE = frozenset(_ORDER)
_LONGEST = 2000  # characters: a longer paragraph without line breaks is parted at the ends of sentences
_MOST_ABSTRACT = 2500  # characters from the last label of an abstract to its end
_PASSAGE_KINDS: dict[Look, PassageKind] = {"quote": "block-quote", "item": "list-item", "reference": "reference"}
_SENTENCE_END = re.compile(
    r"(?<!\bal)(?<!\bvs)(?<!\bDr)(?<!\b[A-Z])(?<!\be\.g)(?<!\bi\.e)[.!?][)\]”\"’']?"
    r"(?:\s?\[[\d,–\s-]+\]\s*\.?)*\s+(?=[A-Z“\"‘(])"
)
_SPACE = re.compile(r"\s*")
_NUMBER = re.compile(r"\[?\d{1,3}[\].)]\s")
_CITED = re.compile(r"\[\s?\d{1,3}(?:\s?[,–-]\s?\d{1,3})*\s?\]")
_INSIDE_LABEL = re.compile(
    r"(?:\A|(?<=[.!?)\]”\"’;,]\s))(?P<label>[A-Z][A-Za-z/&, ]{2,40}?)"
    r"(?P<stop>\s?[:.]|(?= (?:[A-Z][\w’'-]*|\d[\d,.]*) [a-z(\d]))"
)

Placed = list[tuple[Passage, Place]]


def structure(text: str, start: int = 0) -> Placed:
    """The passages of `text` from `start` on, in order and never overlapping, each with its place in the paper."""
    lines = lines_of(text, start)
    walk = _Walk(text, lines)
    placed: Placed = []
    over: Place | None = None  # the section that its first paragraph, an abstract, has already closed
    for passage, place in walk.placed:
        parts = list(_opened_up(text, passage, Place("other") if place == over else place))
        over = place if parts[-1][1] != place and place != over else over if place == over else None
        placed += parts
    return _without_false_appendix(placed)


class _Walk:
    """Goes through the lines from top to bottom and keeps account of the section that they stand in."""

    def __init__(self, text: str, lines: list[Line]) -> None:
        self.placed: Placed = []
        self._text, self._lines, self._looks = text, lines, looks(lines)
        self._place = Place("other")
        self._level = 0  # of the Markdown heading that the subsections stand under
        self._labels: list[SectionKind] = []  # of the structured abstract that we are in
        self._abstract_text = False
        k = 0
        while k < len(lines):
            k = self._step(k)

    def _put(self, k: int, stop: int, kind: PassageKind, place: Place | None = None) -> None:
        passage = Passage(start=self._lines[k].start, end=self._lines[stop - 1].end, kind=kind)
        self.placed.append((passage, place or self._place))

    def _step(self, k: int) -> int:
        """Read the passage that begins at line `k`; gives the line after it."""
        look, line = self._looks[k], self._lines[k]
        if look == "rule":
            return k + 1
        if look == "heading":
            return self._heading(k)
        if self._place.kind == "references" and look not in ("keywords", "caption"):
            return self._reference(k)
        if look == "keywords":
            heading = re.split(r"[:.—–-]", heading_words(line.words), maxsplit=1)[0].strip("*_ ")
            self._put(k, k + 1, "paragraph", Place("keywords", heading))
            if self._place.kind == "abstract":
                self._place = Place("other")
            return k + 1
        if look == "caption":
            return self._caption(k)
        if look == "reference" and self._begins_list(k):
            self._place = Place("references")
            return self._reference(k)
        if look == "label":
            self._open_by_label(line.words)
        stop = self._paragraph_end(k)
        self._put(k, stop, _PASSAGE_KINDS.get("text" if look == "reference" else look, "paragraph"))
        self._abstract_text = True
        if self._place.kind == "keywords":  # a heading "Keywords" reaches over one block
            self._place = Place("other")
        return stop

    def _paragraph_end(self, k: int) -> int:
        look, stop = self._looks[k], k + 1
        while stop < len(self._lines) and self._lines[stop].block == self._lines[k].block:
            follows = self._looks[stop]
            wraps = len(self._lines[stop - 1].words) <= LONG and len(self._lines[stop].words) <= LONG
            goes_on = follows == "quote" if look == "quote" else follows in ("text", "reference") and wraps
            if not goes_on:
                break
            stop += 1
        return stop

    def _heading(self, k: int) -> int:
        words = self._lines[k].words
        bare = heading_words(words).rstrip(":").strip()
        kind = section_kind(bare)
        if kind is None and (label := label_of(bare, bare=False)):
            kind = label[1]
        level = heading_level(words) or 0
        if self._stays_in_abstract(bare, kind, alone=True):
            self._put(k, k + 1, "heading")
            return k + 1
        first = not self.placed
        if first and words.startswith("#") and kind is None:
            self._place, self._level = Place("title"), 0
            self._put(k, k + 1, "heading")
            self._place = Place("other")
            return k + 1
        deeper = level > (self._level or level) if words.startswith("#") else level > 1
        if kind is None or (deeper and kind in _CORE and self._place.kind in _CORE):
            kind = self._place.kind if deeper else "other"
        if not deeper:
            self._level = level if words.startswith("#") else 0
        self._place = Place(kind, bare)
        self._labels, self._abstract_text = [], False
        self._put(k, k + 1, "heading")
        return k + 1

    def _open_by_label(self, words: str) -> None:
        label = label_of(words)
        if label is None or self._stays_in_abstract(*label, alone=False):
            return
        self._place = Place(label[1], label[0])
        self._labels, self._abstract_text = [], True

    def _stays_in_abstract(self, heading: str, kind: SectionKind | None, alone: bool) -> bool:
        """Whether a heading is one of the labels of the structured abstract that we are in; if so, note it."""
        if self._place.kind != "abstract" or kind not in (*_ORDER, "other", "funding"):
            return False
        if alone and self._abstract_text and not self._labels:
            return False  # an abstract that began without labels ends at the next heading
        rank = _ORDER.index(kind) if kind in _ORDER else len(_ORDER)
        again = rank < max((_ORDER.index(seen) for seen in self._labels if seen in _ORDER), default=-1)
        new_start = heading.lower() == "introduction" and bool(self._labels)
        if again or new_start or (kind not in _ORDER and alone):
            return False
        self._labels.append(kind)
        return True

    def _caption(self, k: int) -> int:
        line = self._lines[k]
        name, what = caption_of(line.words) or ("", "figure")
        under = Place("caption", name)
        stop = k + 1
        block_end = stop
        while block_end < len(self._lines) and self._lines[block_end].block == line.block:
            block_end += 1
        alone = len(line.words) <= len(name) + 1
        if alone and stop == block_end and stop < len(self._lines) and self._looks[stop] == "text":
            # "Figure 1" on a line of its own, its caption in the next block
            self._put(k, stop, "caption", under)
            last = self._paragraph_end(stop)
            if self._lines[last - 1].end - self._lines[stop].start <= 400:
                self._put(stop, last, "caption", under)
                stop = last
            return stop
        if what == "figure":
            stop = self._paragraph_end(k)
            self._put(k, stop, "caption", under)
            return stop
        if stop < block_end and (alone or (len(line.words) >= 60 and self._lines[stop].words[0].islower())):
            stop += 1
        self._put(k, stop, "caption", under)
        if stop < block_end:
            self._put(stop, block_end, "table", Place("table", name))
        return block_end

    def _begins_list(self, k: int) -> bool:
        """Whether a list of references without heading begins here: three entries in a row, or nothing but entries."""
        ahead = [j for j, look in enumerate(self._looks[k : k + 9], start=k) if look == "reference"][:3]
        near = all(b - a <= 4 for a, b in pairwise(ahead))
        return near and (len(ahead) == 3 or (k == 0 and len(ahead) >= 1))

    def _reference(self, k: int) -> int:
        numbered, stop = bool(_NUMBER.match(self._lines[k].words)), k + 1
        while stop < len(self._lines) and self._lines[stop].block == self._lines[k].block:
            line = self._lines[stop]
            hanging = line.words[0].islower() or line.indent > self._lines[k].indent or numbered
            if self._looks[stop] != "text" or _NUMBER.match(line.words) or not hanging:
                break
            stop += 1
        self._put(k, stop, "reference")
        return stop


def _opened_up(text: str, passage: Passage, place: Place) -> Iterator[tuple[Passage, Place]]:
    """A passage as it is, or the parts of one that holds more than a paragraph: an abstract, a body, references."""
    if passage.kind not in ("paragraph", "list-item") or place.kind in ("references", "keywords"):
        yield from _parted(text, passage, place)
        return
    start, end = passage.start, passage.end
    abstract_end = _abstract_end(text, start, end) if place.kind in (*_CORE, "other") else start
    if abstract_end > start:
        label = label_of(text[start:end])
        heading = label[0] if label else None
        yield from _parted(text, Passage(start=start, end=abstract_end), Place("abstract", heading))
        start = _skip_space(text, abstract_end, end)
        place = Place("other")
    references = reference_run.find(text, start, end) if start < end else None
    if references:
        first, last = references
        if first > start:
            before = Passage(start=start, end=len(text[:first].rstrip()), kind=passage.kind)
            yield from _parted(text, before, place)
        yield from _parted(text, Passage(start=first, end=last, kind="reference"), Place("references"))
        start, place = _skip_space(text, last, end), Place("other")
    if start < end:
        yield from _parted(text, Passage(start=start, end=end, kind=passage.kind), place)


def _parted(text: str, passage: Passage, place: Place) -> Iterator[tuple[Passage, Place]]:
    """A passage cut at the ends of sentences into pieces of a readable length, where it has no end of its own."""
    start = passage.start
    while passage.end - start > _LONGEST and passage.kind != "table":
        ends = [m.end() for m in _SENTENCE_END.finditer(text, start, start + _LONGEST)]
        cut = ends[-1] if ends and ends[-1] > start + _LONGEST // 4 else text.rfind(" ", start, start + _LONGEST) + 1
        if cut <= start:
            break
        yield Passage(start=start, end=start + len(text[start:cut].rstrip()), kind=passage.kind), place
        start = _skip_space(text, cut, passage.end)
    if start < passage.end:
        yield Passage(start=start, end=passage.end, kind=passage.kind), place


def _abstract_end(text: str, start: int, end: int) -> int:
    """Where the structured abstract ends with which a paragraph begins; `start` where it begins with none.

    The labels must follow in the order of a paper, three kinds of them at least. Where the body follows in the same
    paragraph, the abstract is over before the first sentence that cites.
    """
    labels = _inside_labels(text, start, end)
    if len({kind for _, kind in labels}) < 3 or labels[0][0] != start:
        return start
    last = labels[-1][0]
    if end - last <= _MOST_ABSTRACT:
        return end
    cited = _CITED.search(text, last, last + _MOST_ABSTRACT)
    limit = cited.start() if cited else last + _MOST_ABSTRACT // 2
    ends = [m.end() for m in _SENTENCE_END.finditer(text, last, limit)]
    return len(text[: ends[-1]].rstrip()) if ends else end


def _inside_labels(text: str, start: int, end: int) -> list[tuple[int, SectionKind]]:
    found: list[tuple[int, SectionKind]] = []
    rank = 0
    bare = label_of(text[start : min(end, start + 200)])
    with_stop = bool(bare and text[start + len(bare[0]) :].lstrip()[:1] in ":.")
    for match in _INSIDE_LABEL.finditer(text[start:end]):
        kind = section_kind(match.group("label"))
        if kind not in _CORE or bool(match.group("stop")) != with_stop or _ORDER.index(kind) < rank:
            continue
        if found and start + match.start() - found[-1][0] > 2 * _MOST_ABSTRACT:
            break
        rank = _ORDER.index(kind)
        found.append((start + match.start(), kind))
    return found


def _without_false_appendix(placed: Placed) -> Placed:
    """Web pages print "Supplemental material" beside any paragraph: an appendix before the discussion is none."""
    last_core = max((k for k, (_, place) in enumerate(placed) if place.kind in _CORE), default=-1)
    kept: Placed = []
    for k, (passage, place) in enumerate(placed):
        if place.kind == "appendix" and k < last_core and kept:
            place = next((p for _, p in reversed(kept) if p.kind not in ("caption", "table")), Place("other"))
        kept.append((passage, place))
    return kept


def _skip_space(text: str, start: int, end: int) -> int:
    space = _SPACE.match(text, start, end)
    return space.end() if space else start
