"""Which of the stars, underscores and tildes in a Markdown paragraph are marks of emphasis, by the rules of CommonMark."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from typing import NamedTuple


class _Opener(NamedTuple):
    start: int
    left: int  # marks of the run that are not yet used
    length: int
    closes_too: bool


class Emphasis:
    """Takes the runs of marks of one text from left to right, and says which characters are marks once both ends are known."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._openers: dict[str, list[_Opener]] = {"*": [], "_": [], "~": []}

    def run(self, start: int, end: int) -> Iterator[tuple[int, int]]:
        """The marks (start, end) that the run `start:end` completes: its own and those of the run that opened."""
        mark, length = self._text[start], end - start
        opens, closes = self._flanks(start, end)
        openers = self._openers[mark]
        while closes and start < end and openers:
            opener = openers[-1]
            if (opener.closes_too or opens) and (opener.length + length) % 3 == 0 and (opener.length % 3 or length % 3):
                break
            used = 2 if min(opener.left, end - start) >= 2 else 1
            openers.pop()
            left = opener.left - used
            yield opener.start + left, opener.start + opener.left
            yield start, start + used
            start += used
            if left:
                openers.append(opener._replace(left=left))
            for others in self._openers.values():  # emphasis never overlaps
                while others is not openers and others and others[-1].start > opener.start:
                    others.pop()
        if opens and start < end:
            openers.append(_Opener(start, end - start, length, closes))

    def _flanks(self, start: int, end: int) -> tuple[bool, bool]:
        """Whether a run may open emphasis, and whether it may close it."""
        before, after = self._text[start - 1 : start] or " ", self._text[end : end + 1] or " "
        left = not after.isspace() and (not _is_sign(after) or before.isspace() or _is_sign(before))
        right = not before.isspace() and (not _is_sign(before) or after.isspace() or _is_sign(after))
        if self._text[start] == "_":
            return left and (not right or _is_sign(before)), right and (not left or _is_sign(after))
        return left, right


def _is_sign(character: str) -> bool:
    return unicodedata.category(character)[0] in "PS"
