"""The cheap exact pass: one Aho-Corasick automaton finds every phrase in raw text, however it is printed.

Text and phrases are folded the same way before they are compared: case, curly quotes, the kind of white space and of hyphen do
not count, a hyphen counts as a space, soft hyphens vanish, and a hyphen at a line end is tried both as a broken word and as a
compound. Offsets always refer to the text as given.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from typing import NamedTuple

from ahocorasick_rs import AhoCorasick

# One character for one character, so that offsets stay; a letter whose lower case is longer would shift them.
_FOLD = {ord(c): " " for c in "\t\n\r\f\v\u00a0\u2002\u2003\u2009\u200a\u202f\u3000-\u2010\u2011\u2012\u2013\u2212"}
_FOLD |= {ord(c): "'" for c in "\u2018\u2019\u201b\u02bc\u0060\u00b4"} | {ord("\u0130"): "i"}
_DASH_BETWEEN_SPACES = re.compile(r"(?<=[ \t\u00a0])[-\u2010-\u2013](?=[ \t\u00a0])")
_SOFT = "\u00ad\u200b\u0002\ufffe"
_RUN = re.compile(rf"[{_SOFT}]\s*|[\s\-\u2010-\u2013]{{2,}}")
_LINE_END = re.compile(r"[-\u2010\u2011][ \t]*\r?\n")
_BROKEN = re.compile(rf"[-\u2010\u2011][ \t]*\r?\n\s*|{_RUN.pattern}")
_MARK = "\x01"
# All at once, for text without anything that moves offsets; what may move them is shown by two spaces or the mark.
_OTHER_SPACES = "\v\x1c\x1d\x1e\x1f\x85\u1680\u2000\u2001\u2004\u2005\u2006\u2007\u2008\u2028\u2029\u205f"
_PLAIN = {**{ord(c): _MARK for c in _OTHER_SPACES + _SOFT}, **_FOLD}
_ASCII = 128


class Hit(NamedTuple):
    """A phrase found: offsets into the text as given, and which phrase of those that the scanner was built from."""

    start: int
    end: int
    phrase: str


class Folded(NamedTuple):
    """A text as phrases are compared with it, and where its characters came from."""

    text: str
    cuts: list[int]
    shifts: list[int]

    def original(self, position: int) -> int:
        """The offset in the text as given of a character of the folded text."""
        k = bisect_right(self.cuts, position) - 1
        return position + (self.shifts[k] if k >= 0 else 0)


def fold(text: str) -> str:
    """`text` as phrases are compared: lower case, plain quotes and spaces, hyphens as spaces."""
    if text.isascii() and text.isalnum():
        return text.lower()
    return _folded(text, _RUN).text


@lru_cache(maxsize=4)  # many scanners ask for the same passage one after the other
def readings(text: str) -> tuple[Folded, ...]:
    """`text` folded: once, or twice where a hyphen at a line end may be part of a compound or of a broken word."""
    broken = "\n" in text and _LINE_END.search(text) is not None
    return (_folded(text, _RUN), *((_folded(text, _BROKEN),) if broken else ()))


def lower_case(text: str) -> str:
    """`text` in lower case with every offset as it was: a letter whose lower case is longer stays."""
    lowered = text.lower()
    if len(lowered) == len(text):
        return lowered
    return "".join(c.lower() if len(c.lower()) == 1 else c for c in text)


def replaced(text: str, letters: Mapping[int, str]) -> str:
    """What `text.translate(letters)` gives, one letter for one: many times as fast where few of the letters occur."""
    for code, letter in letters.items():
        if (code < _ASCII or not text.isascii()) and chr(code) in text:
            text = text.replace(chr(code), letter)
    return text


def _folded(text: str, pattern: re.Pattern[str]) -> Folded:
    if pattern is _RUN:  # most text holds none: then no offset moves
        plain = replaced(lower_case(text), _PLAIN)
        if "  " not in plain and _MARK not in plain:
            return Folded(plain, [], [])
    lowered = lower_case(_DASH_BETWEEN_SPACES.sub(_MARK, text))
    pieces: list[str] = []
    cuts: list[int] = []
    shifts: list[int] = []
    last = length = removed = 0
    for run in pattern.finditer(lowered):
        broken = pattern is _BROKEN and "\n" in run[0] and run[0][0] in "-\u2010\u2011"
        keep = "" if broken or run[0][0] in _SOFT else " "
        pieces += (lowered[last : run.start()], keep)
        length += run.start() - last + len(keep)
        removed += len(run[0]) - len(keep)
        last = run.end()
        cuts.append(length)
        shifts.append(removed)
    pieces.append(lowered[last:])
    return Folded(replaced("".join(pieces), _FOLD), cuts, shifts)


class PhraseScanner:
    """Finds all of many phrases in one pass over a text.

    `phrases` are compared after folding; where two fold to the same, the first is reported. Matches begin and end at word
    boundaries. Overlapping matches are all reported by `find`; `longest` keeps the longest of those that overlap.
    """

    def __init__(self, phrases: Iterable[str]) -> None:
        self._phrases: dict[str, str] = {}
        for phrase in phrases:
            self._phrases.setdefault(fold(phrase), phrase)
        self._keys = list(self._phrases)
        self._automaton = AhoCorasick(self._keys) if self._keys else None

    def find(self, text: str) -> list[Hit]:
        """Every phrase in `text`, in order of start, then of length."""
        if self._automaton is None:
            return []
        return sorted({hit for folded in readings(text) for hit in self._scan(folded)})

    def longest(self, text: str) -> list[Hit]:
        """The phrases in `text` where the longest of overlapping matches wins (the earlier of two equally long ones)."""
        return longest_wins(self.find(text))

    def _scan(self, folded: Folded) -> Iterator[Hit]:
        if self._automaton is None:
            return
        text = folded.text
        for key, start, end in self._automaton.find_matches_as_indexes(text, overlapping=True):
            if start and text[start].isalnum() and text[start - 1].isalnum():
                continue
            if end < len(text) and text[end - 1].isalnum() and text[end].isalnum():
                continue
            yield Hit(folded.original(start), folded.original(end - 1) + 1, self._phrases[self._keys[key]])


def longest_wins(hits: Iterable[Hit]) -> list[Hit]:
    """Of hits that overlap, the longest (the earlier of two equally long ones), in text order."""
    kept: list[Hit] = []
    taken: list[tuple[int, int]] = []
    for hit in sorted(hits, key=lambda h: (h.start - h.end, h.start)):
        k = bisect_right(taken, (hit.start, hit.end))
        before_free = k == 0 or taken[k - 1][1] <= hit.start
        after_free = k == len(taken) or taken[k][0] >= hit.end
        if before_free and after_free:
            taken.insert(k, (hit.start, hit.end))
            kept.append(hit)
    return sorted(kept)
