"""Joining printed lines into running text: words broken at line ends are made whole, true compounds keep their hyphen."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence

_WORD = re.compile(r"[^\W_]+(?:[-'’][^\W_]+)*")
_LAST = re.compile(r"([^\W_]+(?:-[^\W_]+)*)-$")
_FIRST = re.compile(r"^([^\W_]+(?:-[^\W_]+)*)")

# First parts after which English keeps the hyphen, and last parts before which it does.
_KEPT_FIRST = frozenset({
    "self", "non", "well", "ex", "cross", "high", "low", "long", "short", "full", "half", "part", "all", "one", "two",
    "three", "four", "five", "six", "seven", "eight", "nine", "ten", "single", "double", "first", "second", "third",
    "follow", "same", "evidence", "case", "time", "quasi", "peer", "drug", "needle", "person", "people", "client",
    "community", "school", "hospital", "clinic", "home", "family", "gender", "sex", "age", "health", "culture", "hard",
    "mid", "early", "late", "open", "large", "small",
})  # fmt: skip
_KEPT_LAST = frozenset({
    "related", "based", "specific", "term", "up", "line", "free", "dependent", "associated", "infected", "positive",
    "negative", "treated", "aged", "old", "year", "day", "week", "month", "like", "risk", "using", "sharing", "led",
    "centred", "centered", "first", "effectiveness", "structured", "sectional", "making", "seeking", "reported", "report",
    "driven", "oriented", "focused", "induced", "mediated", "level", "scale", "stage", "out", "in", "off", "down", "on",
    "and", "being", "care", "wide", "adjusted", "known", "defined", "effective", "esteem", "efficacy", "help", "control",
    "randomized", "randomised", "blind", "point", "way", "fold", "to", "the",
})  # fmt: skip


class Vocabulary:
    """The words of one paper as they stand inside its lines, by which a word at a line's end is judged."""

    def __init__(self, lines: Iterable[str]) -> None:
        self.counts: Counter[str] = Counter()
        for line in lines:
            words = _WORD.findall(line.casefold())
            if words and line.rstrip().endswith(("-", "\xad")):
                words.pop()
            self.counts.update(words)

    def keeps_hyphen(self, first: str, last: str) -> bool:
        """Whether `first-` at a line's end and `last` at the next one's start are a compound that is written with a hyphen."""
        if (
            not last[:1].islower()
            or any(c.isdigit() for c in first)
            or (len(first) > 1 and first[-2:].isupper())
            or len(first) == 1
        ):
            return True
        whole, compound = (first + last).casefold(), f"{first}-{last}".casefold()
        joined, hyphenated = self.counts[whole], self.counts[compound]
        if joined or hyphenated:
            return hyphenated > joined
        head, tail = first.casefold().rsplit("-", 1)[-1], last.casefold().split("-", 1)[0]
        if head in _KEPT_FIRST and len(tail) > 2:
            return True
        return tail in _KEPT_LAST and self.counts[first.casefold()] > 0


def joined(before: str, after: str, vocabulary: Vocabulary) -> tuple[str, str]:
    """How one line's text goes over into the next: `before` as it shall stand, and what goes between (a space or nothing)."""
    if before.endswith("\xad"):
        return before.rstrip("\xad-"), ""
    last, first = _LAST.search(before), _FIRST.match(after)
    if last and first:
        return (before if vocabulary.keeps_hyphen(last[1], first[1]) else before[:-1]), ""
    if re.search(r"\d[–—−-]$|[^\W\d_][–/]$|\w/$", before) and re.match(r"\w", after):
        return before, ""
    return before, " "


def running_text(lines: Sequence[str], vocabulary: Vocabulary) -> str:
    """The text of printed lines as one: a heading of two lines, say."""
    pieces = []
    for k, line in enumerate(lines):
        shown, between = joined(line, lines[k + 1], vocabulary) if k + 1 < len(lines) else (line, "")
        pieces.append(shown.replace("\xad", "") + between)
    return "".join(pieces)
