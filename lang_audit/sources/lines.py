"""From runs of glyphs to printed lines: puts together what stands on one baseline, and sets superscripts apart from words."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from dataclasses import dataclass, replace

from lang_audit.model import Box
from lang_audit.sources.placed import PlacedPage, Run

_SPACE_GAP = 0.1  # of the type size: a wider gap between two runs is a word space (kerning is less)
_LINE_GAP = 0.5  # of the type size: a wider gap between runs may part columns; within a column the row is put together later
_SAME_ROW = 0.5  # of the type size: baselines nearer than this are one line with raised or lowered parts
_STRAY_GAP = 0.35  # of the type size: what was drawn out of turn joins a line only when as near as a word
_SMALL = 0.86  # of the line's type size: raised runs no larger than this are superscripts
_RAISED = 0.18  # of the line's type size: baselines higher than this are superscripts
_DROP_CAP = 1.8  # of the next line's type size: a lone capital this large begins its first word
_ASCENT, _DESCENT = 0.75, 0.25  # of the type size: a box near enough to find the words by eye in any font

_CITATION = re.compile(r"[\[(]?\d{1,3}[a-f]?(?:\s*[,;–—−-]\s*\d{1,3}[a-f]?)*[\])]?[,;.]?")
_WORD_BEFORE = re.compile(r"(?:[^\W\d_]{3,}|[.,;:!?)\]”\"’'%]|\d)$")
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
        "\t": " ", "\r": " ", "\n": " ",
    }
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class PlacedLine:
    """A printed line, or the part of one that stands in one column.

    `size`, `font`, `bold` and `italic` are those of most of its characters. `lead` counts the characters at its start that
    are set in another face than its last ones (a run-in heading), 0 where there are none; `lead_bold` tells whether they are
    the bolder ones. `row` is shared by the fragments on one baseline of a page.
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
        if -_SPACE_GAP * 2 * size < gap < _LINE_GAP * size:
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
    merged: dict[int, int] = {}

    def owner(index: int) -> int:
        while index in merged:
            index = merged[index]
        return index

    for place, index in enumerate(by_place):
        stray = rows[index]
        for step in (*range(place - 1, -1, -1), *range(place + 1, len(by_place))):
            other_index = owner(by_place[step])
            other = rows[other_index]
            reach = _SAME_ROW * max(stray.size, other.size)
            apart = abs(rows[by_place[step]].baseline - stray.baseline)
            if apart > max(reach, _SAME_ROW * 40):
                if step < place:
                    continue
                break
            if owner(index) == other_index or abs(other.baseline - stray.baseline) > reach:
                continue
            small = stray.size < _SMALL * other.size and sum(len(run.text) for run in stray.runs) <= 12
            level = abs(other.baseline - stray.baseline) < 0.1 * max(stray.size, other.size)
            near = _STRAY_GAP * min(stray.size, other.size)
            if level and abs(stray.size - other.size) < 0.1 * other.size:
                joins = -0.1 * other.size < stray.x0 - other.x1 < near
            else:
                joins = small and other.x0 < stray.x0 and stray.x1 < other.x1 + near + stray.x1 - stray.x0
                joins = joins and stray.x0 < other.x1 + 0.3 * other.size
            if joins:
                mine = owner(index)
                other.add(*rows[mine].runs)
                other.runs.sort(key=lambda run: run.x0)
                merged[mine] = other_index
                break
    return [row for index, row in enumerate(rows) if index not in merged]


def _line(row: _Row, page: int) -> PlacedLine | None:
    characters: Counter[tuple[str, float, float, bool]] = Counter()
    for run in row.runs:
        characters[run.font, round(run.size, 1), run.baseline, run.bold] += len(run.text.strip())
    (_, size, baseline, _), _ = characters.most_common(1)[0]
    parts: list[str] = []
    length = 0
    faces: list[tuple[int, str, bool]] = []  # where each change of face begins
    end = row.runs[0].x0
    for run in row.runs:
        text = run.text.translate(_SPELLED)
        if not text.strip():
            continue
        before = "".join(parts[-3:])
        raised = run.size <= _SMALL * size and run.baseline < baseline - _RAISED * size
        gap = run.x0 - end
        glue = ""
        if before and not before.endswith(" ") and not text.startswith(" "):
            if raised and _POWER_BEFORE.search(before) and re.match(r"[-−–]?\d", text):
                glue = "^"
            elif raised and _CITATION.fullmatch(text.strip()) and _WORD_BEFORE.search(before):
                glue = " "
            elif gap > _SPACE_GAP * (run.size if raised or run.size < size else size):
                glue = " "
        if not raised and run.size > 0.7 * size and (not faces or faces[-1][1:] != (run.font, run.bold)):
            faces.append((length + len(glue), run.font, run.bold))
        parts += [glue, text] if glue else [text]
        length += len(glue) + len(text)
        end = max(end, run.x1)
    raw = "".join(parts)
    text = " ".join(raw.split())
    if not text:
        return None
    total = sum(characters.values()) or 1
    bold = sum(n for (*_, heavy), n in characters.items() if heavy) > 0.6 * total
    fonts: Counter[str] = Counter()
    for (font, *_), n in characters.items():
        fonts[font] += n
    font = fonts.most_common(1)[0][0]
    lead, lead_bold = 0, False
    if len(faces) > 1:
        first, last = faces[0], faces[-1]
        change = next((start for start, *face in faces if face != list(first[1:])), 0)
        if first[1:] != last[1:]:
            lead = len(" ".join(raw[:change].split()))
            lead_bold = first[2] and not last[2]
    return PlacedLine(
        page, text, row.x0, row.x1, baseline, size, font, bold, bool(_ITALIC.search(font)), lead, lead_bold
    )  # fmt: skip


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
            glue = " " if cap.text in "AI" and len(first.text) > 1 and first.text[0].isupper() and first.text[1].islower() else ""
            kept[kept.index(first)] = replace(first, text=cap.text + glue + first.text, x0=cap.x0)
            kept.remove(cap)
    return kept
