"""From runs of glyphs to printed lines: puts together what stands on one baseline, and sets superscripts apart from words."""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_left, bisect_right
from collections import Counter, defaultdict
from dataclasses import dataclass, replace
from functools import lru_cache

from lang_audit.model import Box
from lang_audit.sources.citations import CLOSE, LIST, OPEN, Span, unmarked
from lang_audit.sources.placed import PlacedPage, Run
from lang_audit.sources.printed_citations import follows_word

_SPACE_GAP = 0.1  # of the type size: a wider gap between two runs is a word space (kerning is less)
_LINE_GAP = (
    0.5  # of the type size: a wider gap between runs may part columns; within a column the row is put together later
)
_OVERSTRIKE = 0.7  # of the type size: how far a run may start before the last one's end, as an accent's letter does
_SAME_ROW = 0.5  # of the type size: baselines nearer than this are one line with raised or lowered parts
_STRAY_GAP = 0.35  # of the type size: what was drawn out of turn joins a line only when as near as a word
_STRAY_LENGTH = 12  # characters: the longest superscript that is looked for out of turn
_SMALL = 0.86  # of the line's type size: raised runs no larger than this are superscripts
_RAISED = 0.18  # of the line's type size: baselines higher than this are superscripts
_DROP_CAP = 1.8  # of the next line's type size: a lone capital this large begins its first word
_FIGURES_COUNT = 0.5  # as much as letters: a short word with a long row of raised citations has the word's size
_MOSTLY = 0.6  # of a line's characters: a line is bold when as many are
_ASCENT, _DESCENT = 0.75, 0.25  # of the type size: a box near enough to find the words by eye in any font

_CITATION = re.compile(rf"[\[(]?{LIST}\s*[\])]?[,;.–−-]?")
_CITATION_PART = re.compile(r"[\d\s,;–—−\[\]()-]+")
_POWER_BEFORE = re.compile(r"(?:^|[^\d.,])10$")
_ITALIC = re.compile(r"ital|obli|slant", re.IGNORECASE)

# Ligatures and look-alikes are spelled out; soft hyphens and their kin become U+00AD, which joining understands.
_SPELLED = str.maketrans(
    {
        **{chr(code): unicodedata.normalize("NFKC", chr(code)) for code in range(0xFB00, 0xFB07)},
        "\xb5": "μ", "\ufffe": "\xad", "\x02": "\xad", "\u2010": "-", "\u2011": "-", "\x1f": "\xad",
        "\u2002": " ", "\u2003": " ", "\u2009": " ", "\u200a": " ", "\u202f": " ", "\u2005": " ", "\u2007": " ", "\u2008": " ",
        "\u200b": "", "\u200c": "", "\u200d": "", "\ufeff": "", "\u2060": "",
        "\uf0b7": "•", "\uf0a7": "▪", "\uf0b4": "×", "\uf0b1": "±", "\uf0b0": "°", "\uf0b3": "≥", "\uf0a3": "≤", "\uf06d": "μ",
        "\uf061": "α", "\uf062": "β", "\uf067": "γ", "\uf02d": "−", "\uf03d": "=", "\uf03c": "<", "\uf03e": ">", "\uf02b": "+",
        "\t": " ", "\r": " ", "\n": " ", OPEN: "", CLOSE: "",
    }
)  # fmt: skip


# Accents that old fonts print as characters of their own, before their letter (the cedilla too, as typesetters draw it).
_ACCENTS = {
    "´": "\u0301",
    "¨": "\u0308",
    "ˆ": "\u0302",
    "˜": "\u0303",
    "˚": "\u030a",
    "¸": "\u0327",
    "ˇ": "\u030c",
    "˘": "\u0306",
    "`": "\u0300",
}
_ACCENTED = re.compile(r"(?<![\d(=~<>])([´¨ˆ˜˚¸ˇ˘]|(?<=[a-z])`) ?([A-Za-zı])")


def _accented(match: re.Match[str]) -> str:
    letter = "i" if match[2] == "ı" else match[2]
    whole = unicodedata.normalize("NFC", letter + _ACCENTS[match[1]])
    return whole if len(whole) == 1 else match[0]


@dataclass(frozen=True, slots=True)
class PlacedLine:
    """A printed line, or the part of one that stands in one column.

    `size`, `font`, `bold` and `italic` are those of most of its characters. `lead` counts the characters at its start that
    are set in another face than its last ones (a run-in heading), 0 where there are none; `lead_bold` tells whether they are
    the bolder ones. `raised` tells where small raised numbers stand in the text.
    """

    page: int
    text: str
    x0: float
    x1: float
    baseline: float
    size: float
    font: str
    bold: bool = False
    italic: bool = False
    lead: int = 0
    lead_bold: bool = False
    raised: tuple[Span, ...] = ()

    @property
    def y0(self) -> float:
        """The top of the line's box."""
        return self.baseline - _ASCENT * self.size

    @property
    def y1(self) -> float:
        """The bottom of the line's box."""
        return self.baseline + _DESCENT * self.size

    @property
    def box(self) -> Box:
        """The line's box in points from the page's top left corner."""
        return (round(self.x0, 2), round(self.y0, 2), round(self.x1, 2), round(self.y1, 2))

    @property
    def face(self) -> tuple[str, float]:
        """Font and size to half a point: what lines of one paragraph share."""
        return self.font, round(self.size * 2) / 2


class _Row:
    """Runs gathered into one line fragment."""

    __slots__ = ("baseline", "runs", "size", "x0", "x1")

    def __init__(self, run: Run) -> None:
        self.runs = [run]
        self.x0, self.x1 = run.x0, run.x1
        self.size, self.baseline = run.size, run.baseline

    def takes(self, run: Run) -> bool:
        """Whether the run drawn next goes on in this line."""
        size = max(self.size, run.size)
        if abs(run.baseline - self.baseline) > _SAME_ROW * size:
            return False
        gap = run.x0 - self.x1
        if -_OVERSTRIKE * size < gap < _LINE_GAP * size:
            return True
        stacked = min(self.size, run.size) < _SMALL * size  # a subscript under its superscript
        return stacked and self.x0 <= run.x0 <= self.x1

    def add(self, *runs: Run) -> None:
        for run in runs:
            self.runs.append(run)
            self.x0, self.x1 = min(self.x0, run.x0), max(self.x1, run.x1)
            if run.size > self.size or (run.size == self.size and len(run.text) > 3):
                self.size, self.baseline = run.size, run.baseline


def placed_lines(page: PlacedPage) -> list[PlacedLine]:
    """The lines of a page in drawing order, one for each stretch of text without a gap as wide as between columns."""
    rows: list[_Row] = []
    for run in page.runs:
        if rows and rows[-1].takes(run):
            rows[-1].add(run)
        else:
            rows.append(_Row(run))
    rows = _with_strays(rows)
    lines: list[PlacedLine] = []
    for row in rows:
        line = _line(row, page.number)
        if line and not any(_doubles(line, other) for other in lines[-3:]):
            lines.append(line)
    return _with_drop_caps(lines)


def _doubles(line: PlacedLine, other: PlacedLine) -> bool:
    """Whether a line is printed on itself once more, in other pieces than the first time."""
    near = 0.25 * line.size
    return abs(line.x0 - other.x0) < near and abs(line.baseline - other.baseline) < near and line.text == other.text


def _with_strays(rows: list[_Row]) -> list[_Row]:
    """Join what was drawn out of turn: superscripts added later, and the pieces of a line drawn from several hands."""
    by_place = sorted(range(len(rows)), key=lambda k: (rows[k].baseline, rows[k].x0))
    reach = _SAME_ROW * max((row.size for row in rows), default=0.0)
    baselines = [rows[index].baseline for index in by_place]
    merged: dict[int, int] = {}

    def owner(index: int) -> int:
        while index in merged:
            index = merged[index]
        return index

    for place, index in enumerate(by_place):
        stray = rows[index]
        first = bisect_left(baselines, baselines[place] - reach)
        last = bisect_right(baselines, baselines[place] + reach)
        for step in (*range(place - 1, first - 1, -1), *range(place + 1, last)):
            other_index = owner(by_place[step])
            mine = owner(index)
            if mine != other_index and _joins(stray, rows[other_index]):
                rows[other_index].add(*rows[mine].runs)
                rows[other_index].runs.sort(key=lambda run: run.x0)
                merged[mine] = other_index
                break
    return [row for index, row in enumerate(rows) if index not in merged]


def _joins(stray: _Row, other: _Row) -> bool:
    """Whether `stray` goes on at the end of `other`, or is a small raised or lowered part in it."""
    apart = abs(other.baseline - stray.baseline)
    if apart > _SAME_ROW * max(stray.size, other.size):
        return False
    near = _STRAY_GAP * min(stray.size, other.size)
    if apart < 0.1 * other.size and abs(stray.size - other.size) < 0.1 * other.size:
        return -0.1 * other.size < stray.x0 - other.x1 < near
    small = stray.size < _SMALL * other.size and sum(len(run.text) for run in stray.runs) <= _STRAY_LENGTH
    return small and other.x0 < stray.x0 < other.x1 + 0.3 * other.size


def _line(row: _Row, page: int) -> PlacedLine | None:
    characters: defaultdict[tuple[str, float, float, bool], float] = defaultdict(float)
    fonts: Counter[str] = Counter()
    bold = 0
    for run in row.runs:
        amount = len(run.text.strip())
        weight = amount if run.text.lstrip()[:1].isalpha() else _FIGURES_COUNT * amount
        characters[run.font, round(run.size, 1), run.baseline, run.bold] += weight
        fonts[run.font] += amount
        bold += amount if run.bold else 0
    _, size, baseline, _ = max(characters, key=characters.__getitem__)
    font = fonts.most_common(1)[0][0]
    raw, lead, lead_bold = _text(row.runs, size, baseline)
    accented = raw if _ACCENTS.keys().isdisjoint(raw) else _ACCENTED.sub(_accented, raw)
    text, raised = _unmarked(" ".join(accented.split()))
    if not text:
        return None
    heavy = bold > _MOSTLY * fonts.total()
    italic = _is_italic(font)
    lead = len(unmarked(" ".join(raw[:lead].split()))) if lead else 0
    return PlacedLine(page, text, row.x0, row.x1, baseline, size, font, heavy, italic, lead, lead_bold, raised)


@lru_cache(maxsize=512)
def _is_italic(font: str) -> bool:
    return _ITALIC.search(font) is not None


def _unmarked(text: str) -> tuple[str, tuple[Span, ...]]:
    """A line's text without the signs around its raised numbers, and where these stand."""
    if OPEN not in text:
        return text, ()
    plain, spans = "", []
    for part in text.split(OPEN):
        number, closed, rest = part.rpartition(CLOSE)
        if closed:
            spans.append((len(plain), len(plain) + len(number)))
        plain += number + rest
    return plain, tuple(spans)


def _text(runs: list[Run], size: float, baseline: float) -> tuple[str, int, bool]:
    """The text of a line of that size and baseline, how much at its start is in another face, and whether that is the bolder.

    Raised numbers that may be citations stand between OPEN and CLOSE.
    """
    parts: list[str] = []
    length = 0
    faces: list[tuple[int, str, bool]] = []  # where each change of face begins
    end = runs[0].x0
    number = 0  # the index after the last part of the raised number that goes on, 0 where none does
    for run in runs:
        text = run.text.translate(_SPELLED)
        if not text.strip():
            continue
        raised = run.size <= _SMALL * size and run.baseline < baseline - _RAISED * size
        gap = (run.x0 - end) / min(run.size, size)
        if number and raised and _CITATION_PART.fullmatch(text):
            glue = " " if gap > _SPACE_GAP and text[:1] not in ",;)]" else ""
            parts[number:] = (glue, text, CLOSE)
            number += 2
            length += len(glue) + len(text)
            end = max(end, run.x1)
            continue
        number = 0
        glue = _between("".join(part for part in parts[-5:] if part not in (OPEN, CLOSE)), text, raised, gap)
        if not raised and run.size > 0.7 * size and (not faces or faces[-1][1:] != (run.font, run.bold)):
            faces.append((length + len(glue), run.font, run.bold))
        if raised and glue != "^" and _CITATION.fullmatch(text.strip()):
            parts += (glue, OPEN, text, CLOSE)
            number = len(parts) - 1
            length += 2
        else:
            parts += (glue, text)
        length += len(glue) + len(text)
        end = max(end, run.x1)
    if len(faces) < 2 or faces[0][1:] == faces[-1][1:]:
        return "".join(parts), 0, False
    return "".join(parts), faces[1][0], faces[0][2] and not faces[-1][2]


def _between(before: str, text: str, raised: bool, gap: float) -> str:
    """What goes between a line's text so far and its next run, `gap` type sizes further right."""
    if not before or before.endswith(" ") or text.startswith(" "):
        return ""
    if raised and _POWER_BEFORE.search(before) and re.match(r"[-−–]?\d", text):
        return "^"
    citation = raised and _CITATION.fullmatch(text.strip()) and (follows_word(before) or before[-1].isdigit())
    return " " if citation or gap > _SPACE_GAP else ""


def _with_drop_caps(lines: list[PlacedLine]) -> list[PlacedLine]:
    """Set each large initial before the first of the lines that stand beside it."""
    kept = list(lines)
    for cap in lines:
        if len(cap.text) != 1 or not cap.text.isupper():
            continue
        beside = [
            line
            for line in kept
            if line is not cap
            and cap.size > _DROP_CAP * line.size
            and -line.size < line.x0 - cap.x1 < 1.5 * line.size
            and cap.y0 - 0.6 * line.size < line.y0
            and line.y1 < cap.y1 + 0.6 * line.size
        ]
        if beside:
            first = min(beside, key=lambda line: line.baseline)
            # "I" and "A" can be words of their own: then the text beside them begins with a capital or after a space
            glue = (
                " "
                if cap.text in "AI" and len(first.text) > 1 and first.text[0].isupper() and first.text[1].islower()
                else ""
            )
            shift = len(cap.text + glue)
            raised = tuple((start + shift, end + shift) for start, end in first.raised)
            kept[kept.index(first)] = replace(first, text=cap.text + glue + first.text, x0=cap.x0, raised=raised)
            kept.remove(cap)
    return kept
