"""Proper names by their capitals: "Drug Abuse Treatment Outcome Study", "Institute on Drug Abuse"."""

from __future__ import annotations

import re

_WORD_BEFORE = re.compile(r"([\w'’&/‐–-]+)(,?\s+|-\n)$")
_WORD_AFTER = re.compile(r"(,?\s+)([\w'’&/‐–-]+)")
# What may join the words of a name; in front of the term also the prepositions that follow a head word.
_JOINING = frozenset({"and", "&", "the"})
_PREPOSITIONS = frozenset({"of", "on", "for", "against", "in", "to", "with", "who", "from"})
_REACH = 10


def capitalised_name(text: str, start: int, end: int, heads: frozenset[str]) -> str | None:
    """The capitalised name around `text[start:end]`, where one of its other words is in `heads`; else None.

    A head may stand behind the term in an unbroken run of capitals, or before it, joined by a preposition.
    """
    if not all(word[0].isupper() for word in re.findall(r"[^\W\d_]{4,}", text[start:end])):
        return None
    left, words_before = _extent_before(text, start)
    right, words_after = _extent_after(text, end)
    if heads.isdisjoint(part for word in (*words_before, *words_after) for part in re.split(r"[-‐–/]", word)):
        return None
    return re.sub(r"\s+", " ", text[left:right])


def _extent_before(text: str, start: int) -> tuple[int, list[str]]:
    """Where the run of capitalised words before `start` begins, and its words."""
    begin = position = start
    words: list[str] = []
    for _ in range(_REACH):
        word = _WORD_BEFORE.search(text, max(0, position - 60), position)
        if word is None:
            break
        position = word.start()
        if word[1][0].isupper():
            begin = position
            words.append(word[1])
        elif word[1] not in _JOINING and word[1] not in _PREPOSITIONS:
            break
    return begin, words


def _extent_after(text: str, end: int) -> tuple[int, list[str]]:
    finish = position = end
    words: list[str] = []
    for _ in range(_REACH):
        word = _WORD_AFTER.match(text, position, position + 60)
        if word is None:
            break
        position = word.end()
        if word[2][0].isupper():
            finish = position
            words.append(word[2])
        elif word[2] not in _JOINING:
            break
    return finish, words
