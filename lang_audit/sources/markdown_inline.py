"""The words of a Markdown paragraph, and where each stands: marks, code, maths, links' addresses and citations are cut out.

One walk from left to right with stacks for brackets and emphasis, so that the time taken grows with the length only.
"""

from __future__ import annotations

import html
import re
from bisect import bisect_left, bisect_right
from collections.abc import Collection, Iterator
from typing import NamedTuple

from lang_audit.model import PassageKind
from lang_audit.sources.blocks import Piece
from lang_audit.sources.html_elements import BLOCKS
from lang_audit.sources.markdown_emphasis import Emphasis

FILLER = "\ufdd0"
"""Stands in the lines for each character that is no prose (comments, mathematics): dropped, and parts no word."""

_ATTRIBUTES = r"\{(?:[#.][\w-]|-\}|=\w|[\w-]+=)[^{}\n]*\}?"
_TOKEN = re.compile(
    rf"""
    (?P<drop>[{FILLER}\u00ad\u200b\u2060\ufeff]+
        |\\@ref\([^()\n]*\)
        |\\(?:newpage|pagebreak|clearpage|noindent|bigskip|[vh]space|begin|end|[cC]ite\w*|(?:auto|eq|page)?ref|label)\b(?:\[[^\[\]\n]*\])*(?:\{{[^{{}}\n]*\}})?
        |\[\^[^\]\[\s]+\]
        |<sup>\s*(?:<a\b[^<>]*>)?[\s\d,;–-]+(?:</a>)?\s*</sup>
        |\^[\d,;–-]+\^
        |<(?:[A-Za-z][A-Za-z0-9+.-]{{1,31}}:[^\s<>]*|[\w.+-]{{1,64}}@[\w.-]+)>
        |{_ATTRIBUTES})
    |(?P<maths>\\[(\[]|\$\$?)
    |(?P<escape>\\[!-/:-@\[-`{{-~\n])
    |(?P<code>`+)
    |(?P<entity>&(?:\#\d{{1,7}}|\#[xX][\da-fA-F]{{1,6}}|[A-Za-z][A-Za-z\d]{{1,31}});)
    |(?P<tag></?(?P<name>[A-Za-z][A-Za-z\d-]*)(?:[^<>"']|"[^"<]*"|'[^'<]*')*>)
    |(?P<raised>\^(?=[^\s^\[]+\^)|(?<!~)~(?=[^\s~]+~(?!~)))
    |(?P<open>\^\[|!\[|\[)
    |(?P<close>\])
    |(?P<cite>(?<![\w@\\])-?@(?:\{{[^{{}}\s]*\}}|\w(?:\w|[:.\#$%&+?<>~/-](?=\w))*)(?:\s\[(?:pp?\.|ch\.|sec\.)[^\[\]]*\])?)
    |(?P<run>\*+|_+|~~+)
    """,
    re.VERBOSE,
)
_LINK = re.compile(
    r"\(\s*(?:<[^<>\n]*>|(?P<to>[^\s()<]*(?:\([^\s()]*\)[^\s()]*)*))(?:\s+(?:\"[^\"]*\"|'[^']*'|\([^()]*\)))?\s*\)"
)
_LABEL = re.compile(r"\[([^\[\]]{0,999})\]")
_ATTRIBUTE = re.compile(_ATTRIBUTES)
_NUMBERS = re.compile(r"[\[\\^(]*\d{1,3}(?:\s*[,;–-]\s*\d{1,3})*[\])\\^]*")
_WORDY = re.compile(  # what escaped brackets hold that is no formula
    r"[A-Za-z]{3,}\s+[A-Za-z]{3,}|\A\s*(?:[A-Za-z]{3,}|[\d\s,;–-]+|[.…]+)[?!.]?\s*\Z"
)
_PARTING_TAGS = BLOCKS | {"br"}
_LONGEST_MATHS = 2000

Cut = tuple[int, int, str]  # characters start:end of the joined lines, and what stands in their stead


class Line(NamedTuple):
    """A line, or what is left of one without the marks of its block, and the place of its first character in the file."""

    text: str
    at: int


class Aside(NamedTuple):
    """Words that stand in a paragraph but are not of it: a picture's description (caption), a note."""

    kind: PassageKind
    pieces: tuple[Piece, ...]


class Words(NamedTuple):
    """The words of a paragraph, and those that stand beside it."""

    pieces: tuple[Piece, ...]
    asides: tuple[Aside, ...] = ()


def words_of(lines: list[Line], labels: Collection[str] = ()) -> Words:
    """The words of a paragraph's lines; `labels` are those that link definitions define, as `label_key` writes them."""
    return _Scan(lines, labels).words()


def label_key(label: str) -> str:
    """A link's label as labels are compared: without regard to case and white space."""
    return " ".join(label.split()).casefold()


class _Scan:
    def __init__(self, lines: list[Line], labels: Collection[str]) -> None:
        self._lines = lines
        self._starts = [0]
        for line in lines[:-1]:
            self._starts.append(self._starts[-1] + len(line.text) + 1)
        self._text = "\n".join(line.text for line in lines)
        self._labels = labels
        self._cuts: list[Cut] = []
        self._brackets: list[tuple[int, str]] = []
        self._asides: list[tuple[PassageKind, int, int]] = []
        self._cited = -1  # where the last citation stands
        self._ticks: dict[int, list[int]] | None = None
        self._closers: dict[str, int] = {}

    def words(self) -> Words:
        """Walk through the text, then put together what is left of it."""
        emphasis = Emphasis(self._text)
        position, text = 0, self._text
        while token := _TOKEN.search(text, position):
            kind, start, position = str(token.lastgroup), token.start(), token.end()
            if kind == "name":  # the last group that matched stands inside "tag"
                kind = "tag"
            if kind == "run":
                self._cuts += ((a, b, "") for a, b in emphasis.run(start, position))
            elif kind == "maths":
                position = self._maths(start, position)
            elif kind == "code":
                position = self._code(start, position)
            elif kind == "escape":
                self._cuts.append((start, position, " " if text[start + 1] == "\n" else text[start + 1]))
            elif kind == "entity":
                if (told := html.unescape(token[0])) != token[0]:
                    self._cuts.append((start, position, "" if told in "\u00ad\u200b\u2060" else told))
            elif kind == "tag":
                self._cuts.append((start, position, " " if token["name"].lower() in _PARTING_TAGS else ""))
            elif kind == "raised":  # H~2~O
                closer = text.find(token[0], position)
                self._cuts += ((start, position, ""), (closer, closer + 1, ""))
            elif kind == "open":
                self._brackets.append((start, token[0]))
            elif kind == "close":
                position = self._close(start)
            else:  # what is dropped
                self._cuts.append((start, position, ""))
                if kind == "cite":
                    self._cited = start
        cuts = sorted(self._cuts, key=lambda cut: (cut[0], -cut[1]))
        asides = (Aside(kind, tuple(self._pieces(cuts, start, end))) for kind, start, end in self._asides)
        return Words(tuple(self._pieces(cuts, 0, len(text))), tuple(aside for aside in asides if aside.pieces))

    def _close(self, at: int) -> int:
        """What a closing bracket ends: a link, picture, note, citation or span; nothing where the bracket is a mere bracket."""
        if not self._brackets:
            return at + 1
        start, mark = self._brackets.pop()
        inner = start + len(mark)
        if mark == "^[":
            self._asides.append(("footnote", inner, at))
            self._cuts.append((start, at + 1, ""))
            return at + 1
        end, to = self._tail(inner, at)
        if end is None:
            if self._cited > start:
                before = start - 1 if start and self._text[start - 1] in " \n" else start
                self._cuts.append((before, at + 1, ""))
            return at + 1
        if after := _ATTRIBUTE.match(self._text, end):
            end = after.end()
        if mark == "![":
            self._asides.append(("caption", inner, at))
            self._cuts.append((start, end, ""))
        elif to.startswith("#") and at - inner < 40 and _NUMBERS.fullmatch(self._text, inner, at):
            self._cuts.append((start, end, ""))  # a citation's number
        else:
            self._cuts += ((start, inner, ""), (at, end, ""))
        return end

    def _tail(self, inner: int, at: int) -> tuple[int | None, str]:
        """Where that ends which makes a link, picture or span of the brackets about `inner:at`, and the link's address."""
        text = self._text
        if link := _LINK.match(text, at + 1):
            return link.end(), link["to"] or ""
        own = label_key(text[inner:at]) if at - inner < 1000 else ""
        if label := _LABEL.match(text, at + 1):
            return (label.end() if (label_key(label[1]) or own) in self._labels else None), ""
        if attributes := _ATTRIBUTE.match(text, at + 1):
            return attributes.end(), ""
        return (at + 1 if own and own in self._labels else None), ""

    def _code(self, start: int, end: int) -> int:
        """Cut a code span, or leave the ticks that begin none."""
        if self._ticks is None:
            self._ticks = {}
            for run in re.finditer("`+", self._text):
                self._ticks.setdefault(len(run[0]), []).append(run.start())
        same = self._ticks.get(end - start, [])
        k = bisect_left(same, end)
        if k == len(same):
            return end
        self._cuts.append((start, same[k] + end - start, ""))
        return same[k] + end - start

    def _maths(self, start: int, end: int) -> int:
        """Cut a formula; where none begins the sign stays, or a bracket loses its backslash."""
        mark = self._text[start:end]
        closer = {"\\(": "\\)", "\\[": "\\]"}.get(mark, mark)
        last = self._find(closer, end)
        formula = self._text[end:last] if 0 <= last - end <= _LONGEST_MATHS else ""
        good = bool(formula.strip()) and not (mark[0] == "\\" and _WORDY.search(formula))
        if good and mark == "$":
            good = (
                not formula[0].isspace() and not formula[-1].isspace() and not self._text[last + 1 : last + 2].isdigit()
            )
        if good:
            self._cuts.append((start, last + len(closer), ""))
            return last + len(closer)
        if mark[0] == "\\":
            self._cuts.append((start, end, mark[1]))
        return end

    def _find(self, what: str, start: int) -> int:
        """The next `what` from `start`, -1 for none; no stretch is searched twice."""
        known = self._closers.get(what, 0)
        if known >= 0 and known < start:
            known = self._closers[what] = self._text.find(what, start)
            while what == "$" and known > 0 and self._text[known - 1] == "\\":
                known = self._closers[what] = self._text.find(what, known + 1)
        return known

    def _pieces(self, cuts: list[Cut], start: int, end: int) -> Iterator[Piece]:
        position = start
        for k in range(bisect_left(cuts, start, key=lambda cut: cut[0]), len(cuts)):
            left, right, put = cuts[k]
            if left >= end:
                break
            if left < position:
                continue
            yield from self._plain(position, left)
            if put:
                yield Piece(put, self._at(left), self._at(right - 1) + 1)
            position = right
        yield from self._plain(position, end)

    def _plain(self, start: int, end: int) -> Iterator[Piece]:
        """The characters `start:end` of the joined lines, line by line."""
        while start < end:
            k = bisect_right(self._starts, start) - 1
            line = self._lines[k]
            here = start - self._starts[k]
            if here == len(line.text):
                yield Piece(" ", line.at + here, self._lines[k + 1].at)
                start += 1
                continue
            stop = min(end - self._starts[k], len(line.text))
            yield Piece(line.text[here:stop], line.at + here, line.at + stop)
            start = self._starts[k] + stop

    def _at(self, position: int) -> int:
        k = bisect_right(self._starts, position) - 1
        return self._lines[k].at + position - self._starts[k]
