"""Finds many phrases in raw text in whatever form their words are printed, word by word along one tree.

The first word of a phrase stands in all its forms, the last in both numbers and spellings, those between as they are. Only
words are inflected, never phrases, so that a large vocabulary is ready at once. Text is folded as in `phrase_scan`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from lang_audit.detection.phrase_scan import Hit, fold, readings
from lang_audit.inflection import last_forms, word_forms

_TOKEN = re.compile(r"\w+|[^\w\s]")


@dataclass(slots=True)
class _Branch:
    phrases: list[str] = field(default_factory=list)
    exact: dict[str, _Branch] = field(default_factory=dict)
    last: dict[str, _Branch] = field(default_factory=dict)


class VocabularyScanner:
    """Finds `phrases`; one that begins with "=" only as it is written, one in capitals only in capitals."""

    def __init__(self, phrases: Iterable[str]) -> None:
        first: dict[str, _Branch] = {}
        start = _Branch()
        ends: set[str] = set()
        for phrase in phrases:
            branch, inflected = start, not phrase.startswith("=")
            words = phrase.removeprefix("=").split()
            for k, word in enumerate(words):
                tokens = _TOKEN.findall(fold(word))
                at_end = k == len(words) - 1
                if not inflected or len(tokens) != 1 or 0 < k < len(words) - 1:
                    for token in tokens[:-1] if at_end and inflected else tokens:
                        branch = branch.exact.setdefault(token, _Branch())
                    if at_end and inflected:  # "go-between" -> go-betweens
                        ends.add(tokens[-1])
                        branch = branch.last.setdefault(tokens[-1], _Branch())
                elif k == 0:
                    branch = first.setdefault(word, _Branch())
                else:
                    ends.add(word)
                    branch = branch.last.setdefault(word, _Branch())
            branch.phrases.append(phrase)
        self._first: dict[str, list[_Branch]] = {token: [branch] for token, branch in start.exact.items()}
        for word, branch in first.items():
            for form in {fold(form) for form in word_forms(word)}:
                self._first.setdefault(form, []).append(branch)
        self._ends: dict[str, list[str]] = {}
        for word in ends:
            for form in {fold(form) for form in last_forms(word)}:
                self._ends.setdefault(form, []).append(word)

    def find(self, text: str) -> list[Hit]:
        """Every phrase in `text`, in order of start, then of length; overlapping ones too."""
        hits: set[Hit] = set()
        for folded in readings(text):
            tokens = [(m.group(), m.start(), m.end()) for m in _TOKEN.finditer(folded.text)]
            for k, (word, at, _) in enumerate(tokens):
                for branch in self._first.get(word, ()):
                    for last, phrase in self._walk(branch, tokens, k):
                        start, end = folded.original(at), folded.original(tokens[last][2] - 1) + 1
                        if not phrase.isupper() or text[start : start + 2].isupper():  # ART is a therapy, art is not
                            hits.add(Hit(start, end, phrase))
        return sorted(hits)

    def _walk(self, branch: _Branch, tokens: list[tuple[str, int, int]], k: int) -> Iterator[tuple[int, str]]:
        for phrase in branch.phrases:
            yield k, phrase
        if k + 1 < len(tokens) and (branch.exact or branch.last):
            word = tokens[k + 1][0]
            if word in branch.exact:
                yield from self._walk(branch.exact[word], tokens, k + 1)
            for end in self._ends.get(word, ()):
                if end in branch.last:
                    yield from self._walk(branch.last[end], tokens, k + 1)
