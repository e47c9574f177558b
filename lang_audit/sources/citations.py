"""Lifting numeric citation markers ("addicts^12", "use [3, 5-7].") out of the running text.

The readers know where the markers stand (`printed_citations` finds them in print). This module cuts them out, tidies the spaces
and stops about them, and knows where every character came to stand.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable
from typing import NamedTuple

from lang_audit.model import Citation

OPEN, CLOSE = "\x05", "\x06"
"""Stand around what may be a marker while a text is put together; no text holds these characters."""

Span = tuple[int, int]

LIST = r"\d{1,3}[a-f]?(?:(?:\s*[,;–—−-]\s*|\s)\d{1,3}[a-f]?)*"
"""The numbers of a citation: "3", "3,4", "2-5", "3 4"."""

_NAMED_BEFORE = re.compile(r"\b(?:refs?\.?|references?|nos?\.)$", re.IGNORECASE)

_MARKED = rf"(?:{OPEN}[^{OPEN}{CLOSE}]*{CLOSE}|\b\d{{1,3}}\b)"
_MARKED_LIST = re.compile(
    rf"(?P<open>[\[(]\s*)?{OPEN}[^{OPEN}{CLOSE}]*{CLOSE}(?:\s*[,;–—−-]\s*{_MARKED})*(?P<close>\s*[\])])?"
)
_NUMERIC = re.compile(rf"[\[(]?\s*{LIST}\s*[\])]?")
_BETWEEN = re.compile(r"\s*[,;–—−-]?\s*")
_STOPS = ".,;:?!)]”’"


class Lifted(NamedTuple):
    """A text without its citation markers, the markers, and how offsets moved: (start, end, characters put in) of each cut."""

    text: str
    citations: tuple[Citation, ...] = ()
    cuts: tuple[tuple[int, int, int], ...] = ()

    def moved(self, offset: int) -> int:
        """Where an offset of the text before came to stand."""
        gone = 0
        for start, end, put in self.cuts[: bisect_right(self.cuts, (offset, -1, -1))]:
            gone += min(offset, end) - start - (put if offset >= end else 0)
        return offset - gone


def unmarked(text: str) -> str:
    """A text without the signs around what may be markers, the markers left in."""
    return text.replace(OPEN, "").replace(CLOSE, "")


def lift_marked(text: str) -> Lifted:
    """Lift the numeric ones of the markers that stand between OPEN and CLOSE, with the brackets that hold nothing else."""
    spans: list[Span] = []
    plain: list[str] = []
    length = done = 0
    for match in _MARKED_LIST.finditer(text):
        shown = unmarked(text[done : match.start()])
        whole, bare = unmarked(match.group()), unmarked(match.group()).strip("[]() ")
        plain += (shown, whole)
        start = length + len(shown)
        length = start + len(whole)
        done = match.end()
        if bool(match["open"]) == bool(match["close"]) and _NUMERIC.fullmatch(bare):
            spans.append((start, length))
        elif match["close"] and _NUMERIC.fullmatch(bare):  # "(see 12)"
            spans.append((start, length - len(match["close"])))
    plain.append(unmarked(text[done:]))
    return lift("".join(plain), spans)


def lift(text: str, spans: Iterable[Span]) -> Lifted:
    """Cut the markers out of a text and tidy up: no double space, none before a stop, no empty brackets."""
    pieces: list[str] = []
    citations: list[Citation] = []
    cuts: list[tuple[int, int, int]] = []
    length = done = 0
    for start, end in _groups(text, spans):
        before, after = text[:start], text[end:]
        if not before.strip() or _NAMED_BEFORE.search(before.rstrip()):
            continue
        left, right, put = start, end, ""
        follows = after[:1]
        if before[-1:].isspace() and (not follows or follows.isspace() or follows in _STOPS):
            left = len(before.rstrip())
        elif before[-1:] in "([" and follows.isspace():
            right += len(after) - len(after.lstrip())
        elif before[-1:].isalnum() and follows.isalnum():
            put = " "
        left = max(left, done)
        stop = text[left - 1 : left]
        if stop in tuple(".,;") and left - 2 >= done and text[left - 2] == " ":  # "use .3 The"
            pieces.append(text[done : left - 2])
            length += left - 2 - done
            cuts.append((left - 2, left - 1, 0))
            done = left - 1
        pieces += (text[done:left], put)
        length += left - done
        citations.append(Citation(offset=length, text=text[start:end]))
        length += len(put)
        cuts.append((left, right, len(put)))
        done = right
    pieces.append(text[done:])
    return Lifted("".join(pieces), tuple(citations), tuple(cuts))


def _groups(text: str, spans: Iterable[Span]) -> list[Span]:
    """Markers that only a comma or dash parts as one, with the brackets that hold nothing but them."""
    groups: list[Span] = []
    for start, end in spans:
        if groups and start <= groups[-1][1]:
            groups[-1] = groups[-1][0], max(end, groups[-1][1])
        elif groups and _BETWEEN.fullmatch(text, groups[-1][1], start):
            groups[-1] = groups[-1][0], end
        else:
            groups.append((start, end))
    return [
        (start - 1, end + 1) if text[start - 1 : start] + text[end : end + 1] in ("()", "[]") else (start, end)
        for start, end in groups
    ]
