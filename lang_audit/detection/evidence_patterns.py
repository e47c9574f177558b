"""The pattern language of codebooks: compiled here, found with one automaton in raw text, put together sentence by sentence.

`distribute|hand_out ... <goods>` is a word of the first kind, at most six other words, then one of a class. Words are found
in all their forms and both spellings; `_` joins a phrase; `=` keeps a word as it is written. Between two neighbours may
stand what adds no sense of its own (articles, possessives, "of"). `a & b` asks for both near each other, in any order.
docs/codebooks.md tells it all.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from lang_audit.detection.phrase_scan import Hit
from lang_audit.detection.vocabulary_scan import VocabularyScanner
from lang_audit.vocabulary import WordClass, excluded, members

GAP = 6
WINDOW = 10
_LIGHT_WORDS = 3
_LIGHT = frozenset((
    "a", "an", "the", "this", "these", "that", "those", "their", "his", "her", "its", "our", "your", "my", "some",
    "any", "all", "both", "other", "of", "to", "for", "and", "or", "more", "very", "also", "as", "such", "own",
    "with", "in", "on", "from", "each", "new", "further", "additional", "many", "several", "various", "better",
    "best", "good", "greater", "higher", "lower", "less", "fewer", "well",
))  # fmt: skip
_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)?")
_GAP = re.compile(r"\.\.\.(\d*)")
_CLASS = re.compile(r"<([^<>\s|]+)>")


class Slot(NamedTuple):
    """One place of a pattern: which words may stand there, and how many words may lie before it (-1: only light ones)."""

    key: str
    gap: int


class Pattern(NamedTuple):
    """A compiled pattern: groups that stand near each other in any order; each group is slots in their order."""

    text: str
    groups: tuple[tuple[Slot, ...], ...]

    @property
    def keys(self) -> frozenset[str]:
        """The slots' keys: a sentence that lacks one cannot fit."""
        return frozenset(slot.key for group in self.groups for slot in group)


class Found(NamedTuple):
    """Where a slot's words, or a whole pattern, stand: character offsets, and those of the single words behind them."""

    start: int
    end: int
    pieces: tuple[tuple[int, int], ...] = ()


class Sentence:
    """A sentence with the words of the vocabulary found in it: `found[key]` lists where a slot's words stand."""

    def __init__(self, text: str, start: int, end: int, found: Mapping[str, list[Found]]) -> None:
        self.start, self.end = start, end
        self.found = found
        self._words = [(start + m.start(), start + m.end()) for m in _WORD.finditer(text[start:end])]
        self._starts = [word[0] for word in self._words]
        self._light = [text[s:e].lower() in _LIGHT for s, e in self._words]
        # a semicolon parts what belongs together from what does not
        self._breaks = [start + m.start() for m in re.finditer(";", text[start:end])]

    def words_between(self, left: Found, right: Found) -> tuple[int, bool]:
        """How many words lie between two places, and whether all of them are light."""
        first, last = bisect_left(self._starts, left.end), bisect_left(self._starts, right.start)
        return last - first, all(self._light[first:last])

    def parted(self, left: int, right: int) -> bool:
        """Whether a semicolon lies between two offsets."""
        return bisect_left(self._breaks, left) < bisect_left(self._breaks, right)


def compile_pattern(text: str, classes: Mapping[str, WordClass]) -> Pattern:
    """Compile one pattern. Raises ValueError that says what is wrong: an empty group, an unknown class, a gap at the end."""
    groups = []
    for part in text.split("&"):
        slots: list[Slot] = []
        gap = -1
        for item in part.split():
            dots = _GAP.fullmatch(item)
            if dots and slots:
                gap = int(dots[1] or GAP)
                continue
            if dots:
                raise ValueError(f"{text!r}: each part of a pattern begins and ends with words")
            for name in _CLASS.findall(item):
                if name not in classes:
                    raise ValueError(f"{text!r} names <{name}>, which is no word class")
            slots.append(Slot(item, gap))
            gap = -1
        if not slots or gap != -1:
            raise ValueError(f"{text!r}: each part of a pattern begins and ends with words")
        groups.append(tuple(slots))
    return Pattern(text, tuple(groups))


class PatternScanner:
    """Finds the slots of many patterns, in one pass over a text."""

    def __init__(self, patterns: Iterable[Pattern], classes: Mapping[str, WordClass], keys: Iterable[str] = ()) -> None:
        self._owners: dict[str, list[tuple[str, bool]]] = {}
        for key in sorted({key for pattern in patterns for key in pattern.keys} | set(keys)):
            words, others = _words_of(key, classes)
            for blocked, phrases in ((False, words), (True, others)):
                for phrase in dict.fromkeys(phrases):
                    self._owners.setdefault(phrase, []).append((key, blocked))
        self._sizes = Counter(key for owners in self._owners.values() for key, blocked in owners if not blocked)
        self._scanner = VocabularyScanner(self._owners)

    def size(self, key: str) -> int:
        """How many phrases a slot has: the fewer, the rarer it stands in a text."""
        return self._sizes.get(key, 0)

    def scan(self, text: str) -> list[Hit]:
        """Where the vocabulary's phrases stand in `text`, in order."""
        return self._scanner.find(text)

    def places(self, hits: Iterable[Hit], shift: int = 0, only: frozenset[str] | None = None) -> dict[str, list[Found]]:
        """Where the words of each slot stand, from the `hits` of `scan`, in order.

        Offsets are less by `shift`; `only` names the slots that are asked for (None: all).
        """
        found: dict[str, list[Found]] = {}
        blocks: dict[str, list[Found]] = {}
        for hit in hits:
            place = Found(hit.start - shift, hit.end - shift)
            for key, blocked in self._owners[hit.phrase]:
                if only is None or key in only:
                    (blocks if blocked else found).setdefault(key, []).append(place)
        for key, others in blocks.items():
            if key in found:
                meant = [f for f in found[key] if not any(o.start <= f.start and f.end <= o.end for o in others)]
                found[key] = meant
        return {key: sorted(set(places)) for key, places in found.items() if places}

    def find(self, text: str) -> dict[str, list[Found]]:
        """Where the words of each slot stand in `text`, in order."""
        return self.places(self.scan(text))

    def phrases(self, keys: Iterable[str]) -> frozenset[str]:
        """The phrases of the slots `keys`: a text without one of them holds none of the slots."""
        wanted = frozenset(keys)
        return frozenset(
            p for p, owners in self._owners.items() if any(key in wanted for key, blocked in owners if not blocked)
        )


def in_bounds(found: Mapping[str, list[Found]], bounds: list[tuple[int, int]]) -> list[dict[str, list[Found]]]:
    """The places of each slot, sentence by sentence or passage by passage; what crosses a bound is left out."""
    split: list[dict[str, list[Found]]] = [{} for _ in bounds]
    starts = [start for start, _ in bounds]
    for key, places in found.items():
        for place in places:
            k = bisect_right(starts, place.start) - 1
            if k >= 0 and place.end <= bounds[k][1]:
                split[k].setdefault(key, []).append(place)
    return split


def matches(pattern: Pattern, sentence: Sentence) -> list[Found]:
    """Where `pattern` stands in `sentence`, each beginning once with its shortest reach; pieces are the words of the slots."""
    if any(key not in sentence.found for key in pattern.keys):
        return []
    groups = [_sequences(group, sentence) for group in pattern.groups]
    if not all(groups):
        return []
    if len(groups) == 1:
        return groups[0]
    return _near(groups, sentence)


def _sequences(slots: tuple[Slot, ...], sentence: Sentence) -> list[Found]:
    found = []
    taken_until = -1
    for first in sentence.found[slots[0].key]:
        if first.start < taken_until:
            continue
        whole = _extend(slots, 1, (first,), sentence)
        if whole:
            found.append(Found(whole[0].start, max(p.end for p in whole), tuple((p.start, p.end) for p in whole)))
    return found


def _extend(slots: tuple[Slot, ...], k: int, so_far: tuple[Found, ...], sentence: Sentence) -> tuple[Found, ...] | None:
    if k == len(slots):
        return so_far
    last = so_far[-1]
    for place in sentence.found[slots[k].key]:
        if place.start < last.end:
            continue
        between, light = sentence.words_between(last, place)
        near = (light and between <= _LIGHT_WORDS) if slots[k].gap < 0 else between <= slots[k].gap
        if near and not sentence.parted(last.end, place.start):
            whole = _extend(slots, k + 1, (*so_far, place), sentence)
            if whole:
                return whole
        elif between > max(slots[k].gap, _LIGHT_WORDS):
            break
    return None


def _near(groups: list[list[Found]], sentence: Sentence) -> list[Found]:
    """One place of each group, all within the window of the first; words are not used twice."""
    found = []
    for first in groups[0]:
        chosen = [first]
        for group in groups[1:]:
            best = None
            for place in group:
                if any(place.start < c.end and c.start < place.end for c in chosen):
                    continue
                left, right = (first, place) if first.start < place.start else (place, first)
                distance, _ = sentence.words_between(left, right)
                if (
                    distance <= WINDOW
                    and not sentence.parted(left.end, right.start)
                    and (best is None or distance < best[0])
                ):
                    best = (distance, place)
            if best is None:
                break
            chosen.append(best[1])
        else:
            pieces = tuple(sorted(piece for c in chosen for piece in c.pieces))
            found.append(Found(min(c.start for c in chosen), max(c.end for c in chosen), pieces))
    return found


def _words_of(key: str, classes: Mapping[str, WordClass]) -> tuple[list[str], list[str]]:
    words: list[str] = []
    others: list[str] = []
    for alternative in key.split("|"):
        name = _CLASS.fullmatch(alternative)
        if name:
            words += members(classes, name[1])
            others += excluded(classes, name[1])
        else:
            words.append(alternative.replace("_", " "))
    return words, others
