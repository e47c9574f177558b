"""Where quotation marks open and close in a passage: curly, straight, angled and single marks, apostrophes told apart."""

from __future__ import annotations

import re
from typing import NamedTuple

_PAIRS = {"“": "”", "„": "“", "«": "»", "‹": "›"}
# A single mark opens after a space or bracket and before a letter, and closes before anything but a letter.
_SINGLE_OPEN = re.compile(r"(?:(?<=[\s(\[“\"—–/])|^)[‘'](?=[\w(\[])")
_SINGLE_CLOSE = re.compile(r"(?<=[\w.,!?…)\]])['’](?![\w])")
_LONGEST = 2500
_LONGEST_SINGLE = 600


class Quotation(NamedTuple):
    """A quotation: `start` at its opening mark, `end` behind its closing mark."""

    start: int
    end: int

    def words(self, text: str) -> int:
        """How many words stand between the marks."""
        return len(re.findall(r"\w+", text[self.start + 1 : self.end - 1]))


def quotations(text: str) -> list[Quotation]:
    """The quotations in a passage, in order; one inside another is given too.

    An opening curly mark with no partner runs to the end of the passage, as in a quotation over several paragraphs.
    """
    found = [*_paired(text), *_straight(text)]
    if "'" in text or "’" in text:
        found += _single(text)
    return sorted(found)


def _paired(text: str) -> list[Quotation]:
    found = []
    for opening, closing in _PAIRS.items():
        start = text.find(opening)
        while start >= 0:
            end = text.find(closing, start + 1)
            if end < 0:
                if opening == "“" and not text[:start].strip():
                    found.append(Quotation(start, len(text)))
                break
            if end - start <= _LONGEST:
                found.append(Quotation(start, end + 1))
            start = text.find(opening, end + 1)
    return found


def _straight(text: str) -> list[Quotation]:
    """Straight marks look the same on both sides: one that opens stands before a word and behind a space or bracket."""
    found: list[Quotation] = []
    opening: int | None = None
    for mark in re.finditer('"', text):
        place = mark.start()
        behind, ahead = text[place - 1 : place], text[place + 1 : place + 2]
        opens = not (behind.isalnum() or ahead.isspace() or ahead in ";,.:)" or not ahead)
        if opening is None:
            opening = place if opens else None
        elif opens and (behind.isspace() or behind in "([—"):  # the one before had no partner
            opening = place
        else:
            if place - opening <= _LONGEST:
                found.append(Quotation(opening, place + 1))
            opening = None
    return found


def _single(text: str) -> list[Quotation]:
    found = []
    position = 0
    while opening := _SINGLE_OPEN.search(text, position):
        position = opening.end()
        for closing in _SINGLE_CLOSE.finditer(text, position):
            if closing.start() - opening.start() > _LONGEST_SINGLE:
                break
            if _plural_possessive(text, closing.start()):
                continue
            found.append(Quotation(opening.start(), closing.end()))
            position = closing.end()
            break
    return found


def _plural_possessive(text: str, mark: int) -> bool:
    """Whether the mark is the apostrophe of "addicts' families": behind an s, before a word, and another mark closes later."""
    if text[mark - 1] != "s" or not re.match(r"['’]\s+[a-z]", text[mark:]):
        return False
    later = _SINGLE_CLOSE.search(text, mark + 1, mark + 120)
    return later is not None and _SINGLE_OPEN.search(text, mark + 1, later.start()) is None
