"""The lines of a Markdown file that hold prose: comments, formulae and raw HTML are blanked, notes and divisions marked out."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from lang_audit.model import SectionKind
from lang_audit.sources.markdown_inline import FILLER, Line

_OPENER = re.compile(
    r"^[ \t>]*(?P<fence>`{3,}|~{3,})(?P<info>[^\r\n]*)|(?P<ticks>`+)|(?P<escape>\\.)|(?P<comment><!--)|(?P<maths>\$\$)"
    r"|<(?P<raw>script|style|pre|textarea|code)\b",
    re.MULTILINE | re.IGNORECASE,
)
_LINE = re.compile(r"([^\r\n]*)(\r\n|\r|\n|\Z)")
_BLANK_LINE = re.compile(r"(?:\r\n|\r|\n)[ \t]*[\r\n]")
_DIVISION = re.compile(r"\s{0,3}:{3,}\s*(?P<of>\{[^{}]*\}|[\w-]+)?\s*:*\s*")
_NOTE = re.compile(r" {0,3}\[\^[^\]\s]+\]:[ \t]*")
_SET_IN = re.compile(r" {1,4}|\t")
_LONGEST_FORMULA = 5000
_LONGEST_CODE = 1000
_SECTIONS: dict[str, SectionKind] = {
    "abstract": "abstract", "summary": "abstract", "keywords": "keywords", "references": "references", "refs": "references",
    "bibliography": "references", "acknowledgements": "acknowledgements", "acknowledgments": "acknowledgements",
    "funding": "funding", "appendix": "appendix",
}  # fmt: skip
_HIDDEN = frozenset({"hidden", "content-hidden"})


class Prose(NamedTuple):
    """The lines of a text, the section that a division gives each (None: none), and the lines of each note."""

    lines: list[Line]
    sections: list[SectionKind | None]
    notes: list[list[Line]]


def prose_of(text: str, start: int = 0) -> Prose:
    """The lines of `text` from `start`, in which what is no prose is blank or filled."""
    code: list[tuple[int, int]] = []
    return _with_divisions(*_notes_apart(_lines(_masked(text, start, code), start, code), code))


def lines_of(text: str, start: int, end: int) -> list[Line]:
    """The lines of `text[start:end]` as they are."""
    found = []
    while start < end:
        match = _LINE.match(text, start, end)
        assert match is not None
        found.append(Line(match[1], start))
        start = match.end()
    return found


def _masked(text: str, start: int, code: list[tuple[int, int]]) -> str:
    """The text with a filler for each character of comments and formulae; where code blocks stand is noted in `code`."""
    parts: list[str] = [text[:start]]
    position = done = start
    missing: dict[str, int] = {}  # what was looked for in vain: it is not looked for again
    while opener := _OPENER.search(text, position):
        position, kind = opener.end(), str(opener.lastgroup)
        if kind == "info" and not (opener["fence"][0] == "`" and "`" in opener["info"]):
            mark, length = opener["fence"][0], len(opener["fence"])
            if length < missing.get(mark, length + 1):
                closer = re.compile(rf"^[ \t>]*{mark}{{{length},}}[ \t]*\r?$", re.MULTILINE).search(text, position)
                if closer is None:
                    missing[mark] = length
                else:
                    code.append((opener.start(), closer.end()))
                    position = closer.end()
        elif kind == "ticks":
            same = re.compile(rf"(?<!`)`{{{len(opener[0])}}}(?!`)").search(text, position, position + _LONGEST_CODE)
            if same and not _BLANK_LINE.search(text, position, same.start()):
                position = same.end()
        elif kind in ("comment", "maths", "raw"):
            closing = {"comment": "-->", "maths": "$$"}.get(kind) or f"</{opener['raw'].lower()}"
            if closing in missing:
                continue
            if kind == "raw":
                found = re.compile(closing + r"\s*>", re.IGNORECASE).search(text, position)
                end = found.end() if found else -1
            elif kind == "maths":
                end = text.find(closing, position, position + _LONGEST_FORMULA) + 2
                if end < position or _BLANK_LINE.search(text, position, end):
                    continue
            else:
                end = text.find(closing, position) + 3
                end = end if end > position else -1
            if end < 0:
                missing[closing] = 1
                continue
            parts += (text[done : opener.start()], re.sub(r"[^\r\n]", FILLER, text[opener.start() : end]))
            position = done = end
    parts.append(text[done:])
    return "".join(parts)


def _lines(masked: str, start: int, code: list[tuple[int, int]]) -> list[Line]:
    """The lines; those of code blocks and of nothing but filler are blank."""
    return [
        Line("" if FILLER in line.text and not line.text.strip(FILLER + " \t") else line.text, line.at)
        for line in lines_of(masked, start, len(masked))
    ]


def _outside(lines: list[Line], code: list[tuple[int, int]]) -> Iterator[bool]:
    """For each line whether it stands outside the code blocks."""
    k = 0
    for line in lines:
        while k < len(code) and code[k][1] < line.at:
            k += 1
        yield not (k < len(code) and code[k][0] <= line.at)


def _notes_apart(lines: list[Line], code: list[tuple[int, int]]) -> tuple[list[Line], list[bool], list[list[Line]]]:
    """The lines without those of notes (`[^1]: ...`), whether each stands outside of code, and the notes."""
    outside = list(_outside(lines, code))
    notes: list[list[Line]] = []
    rest: list[Line] = []
    open_, blank = False, False
    for line, prose in zip(lines, outside, strict=True):
        if prose and (mark := _NOTE.match(line.text)):
            notes.append([_cut(line, mark.end())])
            open_ = True
        elif open_ and (not line.text.strip() or not blank or _SET_IN.match(line.text)):
            set_in = _SET_IN.match(line.text)
            notes[-1].append(_cut(line, set_in.end() if set_in else 0))
        else:
            open_ = False
        blank = not line.text.strip()
        rest.append(Line("", line.at) if open_ else line)
    return rest, outside, notes


def _cut(line: Line, characters: int) -> Line:
    return Line(line.text[characters:], line.at + characters)


def _with_divisions(lines: list[Line], outside: list[bool], notes: list[list[Line]]) -> Prose:
    """The section of each line by the fenced divisions (`::: {.abstract}`) about it; their own lines go."""
    open_: list[tuple[SectionKind | None, bool]] = [(None, False)]
    sections: list[SectionKind | None] = []
    rest: list[Line] = []
    for line, prose in zip(lines, outside, strict=True):
        division = _DIVISION.fullmatch(line.text) if prose and ":::" in line.text else None
        if division and division["of"]:
            names = re.findall(r"[#.]?([\w-]+)", division["of"].lower())
            named = next((_SECTIONS[name] for name in names if name in _SECTIONS), open_[-1][0])
            open_.append((named, open_[-1][1] or not _HIDDEN.isdisjoint(names)))
        elif division and len(open_) > 1:
            open_.pop()
        section, hidden = open_[-1]
        rest.append(Line("", line.at) if division or hidden else line)
        sections.append(section)
    return Prose(rest, sections, notes)
