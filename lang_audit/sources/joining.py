"""Joining printed lines into running text: words broken at line ends are made whole, true compounds keep their hyphen."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence

_WORD = re.compile(r"[^\W_]+(?:[-'’][^\W_]+)*")
_LAST = re.compile(r"([^\W_]+(?:-[^\W_]+)*)-$")
_FIRST = re.compile(r"^([^\W_]+(?:-[^\W_]+)*)")

# First parts after which English keeps the hyphen; those after which it does before a word of the paper; and last parts
# before which it does after a word of the paper.
_ALWAYS_FIRST = frozenset({"self", "non", "quasi"})
_KEPT_FIRST = frozenset({
    "well", "cross", "high", "low", "long", "short", "full", "half", "two", "three", "four", "five", "six", "seven", "eight",
    "nine", "ten", "single", "double", "first", "second", "third", "follow", "same", "evidence", "case", "peer", "drug",
    "needle", "person", "people", "client", "community", "school", "hospital", "clinic", "home", "family", "gender", "health",
    "culture", "hard", "early", "late", "open", "large", "small",
})  # fmt: skip
_KEPT_LAST = frozenset({
    "related", "based", "specific", "term", "line", "free", "dependent", "associated", "infected", "positive", "negative",
    "treated", "aged", "old", "year", "day", "week", "month", "like", "risk", "using", "sharing", "centred", "centered",
    "effectiveness", "structured", "sectional", "making", "seeking", "reported", "driven", "oriented", "focused", "induced",
    "mediated", "level", "scale", "stage", "care", "wide", "adjusted", "defined", "effective", "esteem", "efficacy",
    "randomized", "randomised", "blind", "point",
})  # fmt: skip
_LONG_PART = 6  # letters: two known words this long make a compound
_SHORTEST_LAST = 4  # letters: shorter last parts are endings more often than words


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
        if head in _ALWAYS_FIRST:
            return True
        if head in _KEPT_FIRST and len(tail) >= _SHORTEST_LAST and self.counts[tail]:
            return True
        if self.counts[tail] and ("-" in first or (min(len(head), len(tail)) >= _LONG_PART and self.counts[head] > 1)):
            return True  # "hard-to-treat"; "surveillance-forecasting": long words are parts of compounds, not syllables
        return tail in _KEPT_LAST and self.counts[head] > 0


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
