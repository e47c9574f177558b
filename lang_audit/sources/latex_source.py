"""One LaTeX file as characters: which brace closes which, where paragraphs and unread stretches end, arguments of commands.

All of it is worked out in one pass with a stack of our own, since manuscripts nest deeper than Python calls do.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Callable
from typing import NamedTuple

from lang_audit.model import Problem
from lang_audit.sources.latex_commands import ENVIRONMENTS, Slot

NEWLINE = r"(?:\r\n|\n|\r)"
_BLANK_LINE = re.compile(rf"{NEWLINE}[ \t]*(?={NEWLINE})")
_RAW = "|".join(sorted((name for name, spec in ENVIRONMENTS.items() if spec.effect == "raw"), key=len, reverse=True))
_MARK = re.compile(
    rf"(?P<comment>%[^\r\n]*)|(?P<raw>\\begin[ \t]*\{{(?P<name>(?:{_RAW})\*?)\}})|"
    r"(?P<verb>\\(?:verb\*?|lstinline(?:\[[^\]\r\n]*\])?)(?P<bar>[^A-Za-z\s{*\[])[^\r\n]*?(?P=bar))|"
    r"(?P<address>\\(?:url|href|nolinkurl|path)\*?[ \t]*(?=\{)(?P<held>\{(?:\\[^\r\n]|[^{}\\\r\n]|\{[^{}\r\n]*\})*\}))|"
    r"(?P<escaped>\\[\s\S])|(?P<open>\{)|(?P<close>\})|(?P<square>\[)|(?P<squared>\])"
)
_COMMENTS = rf"(?:%[^\r\n]*{NEWLINE}[ \t]*)*"
_BEFORE_ARGUMENT = re.compile(rf"[ \t]*{_COMMENTS}(?:{NEWLINE}[ \t]*(?!{NEWLINE}))?{_COMMENTS}")
_CONDITION = re.compile(
    r"%[^\r\n]*|\\\\|\\if(?!f\b|thenelse\b|undef\b|strequal\b)[A-Za-z@]*|\\else\b|\\fi(?![A-Za-z@])"
)
_MATHS = re.compile(r"%[^\r\n]*|\\[\s\S]|\$")
_ROUND = re.compile(r"\([^()\r\n]{0,200}\)|<[^<>\r\n]{0,200}>")
_LONGEST_OPTION = 5000  # characters between square brackets
_SHOWN = 3  # places that the problem names
_SHORT = re.compile(r"h\d")  # uses of an argument that never hold two paragraphs


class Argument(NamedTuple):
    """An argument as it stands: the words' place, without brackets, and what becomes of them."""

    start: int
    end: int
    use: str
    bracket: str


class Faults:
    """Where the LaTeX is broken, file by file."""

    def __init__(self) -> None:
        self._places: list[tuple[str, int, str]] = []
        self._count = 0

    def add(self, source: LatexSource, at: int, what: str) -> None:
        """Note what is wrong at a place."""
        self._count += 1
        if len(self._places) < _SHOWN:
            self._places.append((source.part or "", source.line_of(at), what))

    def problems(self) -> tuple[Problem, ...]:
        """At most one problem, which names the first places."""
        if not self._places:
            return ()
        named = "; ".join(f"line {n}{f' of {part}' if part else ''}: {what}" for part, n, what in self._places)
        more = self._count - len(self._places)
        message = (
            f"The LaTeX is broken ({named}{f'; and {more} more' if more else ''}). Words near there may be misread."
        )
        return (
            Problem(code="malformed-latex", message=message, remedy="Mend what LaTeX reports, and check it again."),
        )


class LatexSource:
    """The characters of one file, with what a walk through them must look up."""

    def __init__(self, text: str, part: str | None = None) -> None:
        self.text = text
        self.part = part
        self.closing: dict[int, int] = {}  # place of each opening brace -> of the one that closes it
        self.closed: set[int] = set()
        self._squared: dict[
            int, int
        ] = {}  # square bracket -> the next one that closes, as TeX has it: at the same depth
        self.raw_ends: dict[int, int] = {}  # \begin{verbatim}, \verb|..| -> where they end
        self.document: tuple[int, int] | None = None  # what stands between \begin{document} and \end{document}
        self._breaks = [m.start() for m in _BLANK_LINE.finditer(text)]
        self._found: dict[str, tuple[int, int]] = {}  # what was looked for: from where, and where it stands
        self._conditions_end = True  # whether another \fi may come
        self._pair()

    def _pair(self) -> None:
        text, position, open_, mark = self.text, 0, list[int](), _MARK.search
        begun = None
        square: list[list[int]] = [[]]  # of square brackets that wait for their end, a list a brace
        while found := mark(text, position):
            position = found.end()
            kind = found.lastgroup
            if kind == "square":
                square[-1].append(found.start())
            elif kind == "squared":
                self._squared.update(dict.fromkeys(square[-1], found.start()))
                square[-1] = []
            elif kind == "open":
                open_.append(found.start())
                square.append([])
            elif kind == "close":
                if open_:
                    square.pop()
                    opening = open_.pop()
                    self.closing[opening] = found.start()
                    self.closed.add(found.start())
            elif found["raw"]:
                end = self.find(rf"\end{{{found['name']}}}", position)
                if end >= 0:
                    position = self.raw_ends[found.start()] = end + len(found["name"]) + 6
            elif found["verb"]:
                self.raw_ends[found.start()] = position
            elif found["held"]:
                self.closing[found.start("held")] = position - 1
                self.closed.add(position - 1)
            elif kind == "escaped" and begun is None and text.startswith(r"\begin{document}", found.start()):
                begun = found.start() + len(r"\begin{document}")
        if begun is not None:
            end = self.find(r"\end{document}", begun)
            self.document = (begun, end if end >= 0 else len(text))

    def find(self, words: str, start: int) -> int:
        """Where `words` stand next, -1 if nowhere. No stretch is searched twice, which keeps the walk linear."""
        begun, at = self._found.get(words, (start + 1, -1))
        if begun <= start and (at < 0 or start <= at):
            return at
        at = self.text.find(words, start)
        self._found[words] = (start, at)
        return at

    def line_of(self, at: int) -> int:
        """The line, from 1, that a character stands on."""
        return len(re.findall(NEWLINE, self.text[:at])) + 1

    def paragraph_end(self, at: int) -> int:
        """Where the next blank line begins."""
        k = bisect_left(self._breaks, at)
        return self._breaks[k] if k < len(self._breaks) else len(self.text)

    def line_end(self, at: int) -> int:
        """Where the line of a character ends."""
        end = self.text.find("\n", at)
        return end if end >= 0 else len(self.text)

    def maths_end(self, at: int, dollars: str) -> int:
        """Where maths that begins before `at` is over, -1 if the paragraph ends first."""
        last = self.paragraph_end(at)
        for found in _MATHS.finditer(self.text, at, last):
            if found[0] == "$":
                return min(found.start() + len(dollars), last)
        return -1

    def condition_end(self, at: int) -> int:
        r"""Where what stands after \iffalse is over: after its \else or \fi; -1 if nowhere."""
        if not self._conditions_end:
            return -1
        depth = 0
        for found in _CONDITION.finditer(self.text, at):
            word = found[0]
            if word.startswith(r"\if"):
                depth += 1
            elif word == r"\fi":
                if not depth:
                    return found.end()
                depth -= 1
            elif word == r"\else" and not depth:
                return found.end()
        self._conditions_end = False
        return -1

    def after_blanks(self, at: int) -> int:
        """The place after blanks, comments and at most one line end: where an argument may begin."""
        blanks = _BEFORE_ARGUMENT.match(self.text, at)
        return blanks.end() if blanks else at

    def arguments(
        self, at: int, end: int, slots: tuple[Slot, ...], broken: Callable[[int, str], None]
    ) -> tuple[list[Argument], int]:
        """The arguments that stand at a place, and where they end. Those that do not stand there are passed over."""
        found: list[Argument] = []
        for bracket, use in slots:
            start = self.after_blanks(at)
            if bracket in "(<":  # only where nothing stands between
                start = at
            if start >= end or self.text[start] != bracket:
                continue
            if bracket == "*":
                at = start + 1
                continue
            closing = (
                self.group_end(start, end, use, broken) if bracket == "{" else self._option_end(start, end, bracket)
            )
            if closing < 0:
                continue
            found.append(Argument(start + 1, closing, use, bracket))
            at = min(closing + 1, end) if self.text[closing : closing + 1] in tuple("})]>") else closing
        return found, at

    def group_end(self, at: int, end: int, use: str, broken: Callable[[int, str], None]) -> int:
        """Where the group that a brace opens is closed; for one that never is, where its line or paragraph ends."""
        closing = self.closing.get(at)
        short = _SHORT.fullmatch(use) is not None
        if closing is not None and closing <= end and not (short and closing > self.paragraph_end(at)):
            return closing
        broken(at, "a brace is never closed")
        cut = self.line_end(at) if short or use == "-" else self.paragraph_end(at)
        return max(at + 1, min(cut, end))

    def _option_end(self, at: int, end: int, bracket: str) -> int:
        """Where brackets that are not braces close, braces inside passed over; -1 where they do not."""
        if bracket == "[":
            closing = self._squared.get(at, -1)
            return closing if at < closing < min(end, at + _LONGEST_OPTION) else -1
        found = _ROUND.match(self.text, at, end)
        return found.end() - 1 if found else -1
