"""What a text must hold for a regular expression to match it: so that one automaton tells which of many expressions to try.

The method is that of the filters of code search and RE2 (Cox 2012, "Regular expression matching with a trigram index"): of what
the expression cannot do without, the longest piece of literal text is kept, one for each alternative.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from re import _constants as op  # type: ignore[attr-defined]
from re import _parser  # type: ignore[attr-defined]
from typing import Any

from ahocorasick_rs import AhoCorasick, Implementation

from lang_audit.detection.phrase_scan import lower_case

_MOST = 60  # alternatives; with more, a filter saves nothing
_SHORTEST = 3  # letters; fewer stand in every text
_MOST_LETTERS = 8  # in brackets; with more they stand for "any"
_REPEATED = (op.MAX_REPEAT, op.MIN_REPEAT)
_NOTHING = frozenset({""})
_ODD_LOWER_CASE = "ſ"  # matches an "s" where case does not count, but its lower case is none


def required_words(pattern: str) -> frozenset[str] | None:
    """Pieces of text in lower case of which each match of `pattern`, case ignored, holds at least one; None: it needs none."""
    return _of_sequence(_parser.parse(pattern, re.IGNORECASE))


def _of_sequence(items: Iterable[tuple[Any, Any]]) -> frozenset[str] | None:
    found: list[frozenset[str]] = []
    runs = _NOTHING  # the texts of which one stands where the items since the last unknown one match
    for item in [*items, (None, None)]:
        texts = _texts(*item)
        longer = frozenset(run + text for run in runs for text in texts) if texts else None
        if longer is not None and len(longer) <= _MOST:
            runs = longer
            continue
        found.append(runs)
        runs = texts or _NOTHING
        if texts is None and (inner := _of_item(*item)):
            found.append(inner)
    return max((words for words in found if "" not in words), default=None, key=_worth)


def _worth(words: frozenset[str]) -> tuple[int, int]:
    return min(map(len, words)), -len(words)


def _texts(what: Any, value: Any) -> frozenset[str] | None:
    """All texts that an item matches, in lower case, where they are few; else None."""
    if what is op.LITERAL:
        letter = chr(value).lower()
        return frozenset({letter}) if len(letter) == 1 else None
    if what is op.IN and len(value) <= _MOST_LETTERS and all(kind is op.LITERAL for kind, _ in value):
        return frozenset(chr(code).lower() for _, code in value)
    if what is op.SUBPATTERN:
        return _texts_of_all(value[-1])
    if what is op.BRANCH:
        branches = [_texts_of_all(branch) for branch in value[1]]
        found = frozenset(text for branch in branches for text in branch or ())
        return found if None not in branches and len(found) <= _MOST else None
    if what in _REPEATED and value[:2] == (0, 1):
        inner = _texts_of_all(value[2])
        return inner | _NOTHING if inner else None
    return _NOTHING if what is op.AT else None


def _texts_of_all(items: Iterable[tuple[Any, Any]]) -> frozenset[str] | None:
    found = _NOTHING
    for item in items:
        texts = _texts(*item)
        if texts is None or len(found) * len(texts) > _MOST:
            return None
        found = frozenset(one + other for one in found for other in texts)
    return found


def _of_item(what: Any, value: Any) -> frozenset[str] | None:
    """What an item that matches many texts cannot do without."""
    if what is op.SUBPATTERN:
        return _of_sequence(value[-1])
    if what in _REPEATED and value[0] >= 1:
        return _of_sequence(value[2])
    if what is op.ASSERT:
        return _of_sequence(value[1])
    if what is op.BRANCH:
        branches = [_of_sequence(branch) for branch in value[1]]
        words = frozenset(word for branch in branches for word in branch or ())
        return words if None not in branches and len(words) <= _MOST else None
    return None


class WordFilter:
    """Tells which of many regular expressions (their numbers in the order given) may match a text, case ignored."""

    def __init__(self, patterns: Iterable[str]) -> None:
        self._always: list[int] = []
        self._owners: dict[str, list[int]] = {}
        self._count = 0
        for number, pattern in enumerate(patterns):
            self._count += 1
            words = required_words(pattern)
            if words is None or any(len(word) < _SHORTEST and word.isalpha() for word in words):
                self._always.append(number)
                continue
            for word in words:
                self._owners.setdefault(word, []).append(number)
        self._words = list(self._owners)
        self._automaton = AhoCorasick(self._words, implementation=Implementation.DFA) if self._words else None

    def may_match(self, text: str) -> set[int]:
        """The expressions that may match in `text`; no other does."""
        if _ODD_LOWER_CASE in text:
            return set(range(self._count))
        found = set(self._always)
        if self._automaton is not None:
            words = {key for key, _, _ in self._automaton.find_matches_as_indexes(lower_case(text), overlapping=True)}
            for key in words:
                found.update(self._owners[self._words[key]])
        return found
