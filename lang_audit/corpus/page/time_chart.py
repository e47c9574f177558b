"""The chart of shares over the years: lines with their names beside them, guidelines above, numbers of papers below."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final, NamedTuple

from lang_audit.corpus.page.guidelines import Mark
from lang_audit.corpus.page.plot import LOOKS, SIZE, SMALL, WIDE, Plot, clipped
from lang_audit.corpus.proportions import Share
from lang_audit.report.figure_sheet import INK, RULE, SOFT, text_width, wrap

MOST_LINES: Final = 6
LEAST_POINTS: Final = 3
"""Points that a line needs: two make no course."""
BANDED: Final = 3
"""Lines up to which each has the band of its intervals; more bands would cover each other."""
_MARKED: Final = 40  # points of a line up to which each has its marker


class Point(NamedTuple):
    """A share in a year, or around the middle of some years; None where too few papers make a share."""

    year: float
    share: Share | None


class Line(NamedTuple):
    """A line of a chart: its name, its points in order, and which of LOOKS it has."""

    name: str
    points: tuple[Point, ...]
    look: int = 0


class Bar(NamedTuple):
    """How many papers the shares of a year, or of `span` years around its middle, are made of."""

    year: float
    span: int
    papers: int


def over_time(
    name: str,
    lines: Sequence[Line],
    bars: Sequence[Bar],
    marks: Sequence[Mark],
    *,
    width: float,
    title: str,
    description: str,
    share_of: str,
    papers_of: str = "papers",
) -> str:
    """Lines of shares over the years, the guidelines above them, and below how many papers they are made of; as SVG.

    `share_of` says what the shares are of, `papers_of` which papers the bars count.
    """
    wide = width >= WIDE
    left, right = 34.0, 128.0 if wide else 10.0
    head = wrap(share_of, width - 4, SIZE)
    legend_rows = 0 if wide else len(lines)
    top = 12.0 * len(head) + 4 + 13.0 * legend_rows
    years = [bar.year for bar in bars]
    spans = [bar.span / 2 for bar in bars]
    first = min(y - s for y, s in zip(years, spans, strict=True))
    last = max(y + s for y, s in zip(years, spans, strict=True))
    across = (width - left - right) / (last - first)

    def at(year: float) -> float:
        return left + (year - first) * across

    placed = _placed(marks, at, width - right + 8, 210.0 if wide else 120.0)
    top += 11.0 * (1 + max((label.row for label in placed), default=-1)) + 6
    height, strip = (190.0, 34.0) if wide else (150.0, 28.0)
    floor = top + height
    base = floor + 26 + strip
    full = _full(lines)
    sheet = Plot(name, width, base + (14 if wide else 12) + 4, title, description)
    sheet.lines(0, 9, head, SIZE, color=SOFT)
    if not wide:
        _legend(sheet, lines, 12.0 * len(head) + 8)
    for k in range(5):
        y = floor - height * k / 4
        sheet.rule(left, y, width - right, y, INK if k == 0 else RULE)
        sheet.text(left - 5, y + 3, f"{full * k / 4 * 100:.3g}%", SMALL, color=SOFT, across="right")
    for label in placed:
        sheet.curve([(label.rule, top - 5 - 11.0 * label.row), (label.rule, floor)], SOFT, (1.2, 2.2), 0.8)
    for label in placed:
        x, side = (label.rule - 2, "right") if label.before else (label.rule + 2, "left")
        sheet.text(x, top - 8 - 11.0 * label.row, label.words, SMALL, color=SOFT, halo=True, across=side)

    def height_of(value: float) -> float:
        return floor - height * min(value / full, 1.0)

    if len(lines) <= BANDED:
        for line in lines:
            for run in _runs(line):
                _band(sheet, run, LOOKS[line.look][0], at, height_of)
    for line in lines:
        _draw(sheet, line, at, height_of)
    if wide:
        _name_lines(sheet, lines, at, height_of, width - right + 8, 120.0, top, floor)
    _year_axis(sheet, first, last, at, floor, width - right)
    most = max((bar.papers for bar in bars), default=0)
    columns = []
    for bar in bars:
        tall = strip * bar.papers / most if most else 0
        inset = min(0.12 * bar.span * across, 1.5)
        x0, x1 = at(bar.year - bar.span / 2) + inset, at(bar.year + bar.span / 2) - inset
        columns.append([(x0, base), (x0, base - tall), (x1, base - tall), (x1, base)])
    sheet.shapes(columns, SOFT)
    sheet.rule(left, base, width - right, base, INK)
    sheet.text(left - 5, base - strip + 6, f"{most:,}", SMALL, color=SOFT, across="right")
    sheet.text(left - 5, base + 1, "0", SMALL, color=SOFT, across="right")
    if wide:
        sheet.lines(width - right + 8, base - strip + 8, wrap(papers_of, 120, SMALL), SMALL, color=SOFT)
    else:
        sheet.text(left, base + 10, papers_of, SMALL, color=SOFT)
    return sheet.svg()


def _runs(line: Line) -> list[list[tuple[float, Share]]]:
    """The stretches of a line without a gap."""
    runs: list[list[tuple[float, Share]]] = [[]]
    for point in line.points:
        if point.share is None or not point.share.total:
            runs.append([])
        else:
            runs[-1].append((point.year, point.share))
    return [run for run in runs if run]


def _draw(sheet: Plot, line: Line, at: Callable[[float], float], height_of: Callable[[float], float]) -> None:
    color, dash, _ = LOOKS[line.look]
    marked = len(line.points) <= _MARKED
    for run in _runs(line):
        places = [(at(year), height_of(share.hits / share.total)) for year, share in run]
        if len(places) > 1:
            sheet.curve(places, color, dash)
        if marked or len(places) == 1:
            sheet.markers(places, line.look)


def _band(
    sheet: Plot,
    run: Sequence[tuple[float, Share]],
    color: str,
    at: Callable[[float], float],
    height_of: Callable[[float], float],
) -> None:
    ends = [(at(year), share.interval) for year, share in run]
    upper = [(x, height_of(found.high)) for x, found in ends if found]
    lower = [(x, height_of(found.low)) for x, found in ends if found]
    if len(upper) > 1:
        sheet.shapes([[*upper, *reversed(lower)]], color, 0.16)
    else:  # a single year has an interval too
        sheet.curve([upper[0], lower[0]], color, (), 0.9)


def _full(lines: Sequence[Line]) -> float:
    """The share at the top of the axis."""
    values = [
        (found.high if len(lines) <= BANDED and found else share.hits / share.total)
        for line in lines
        for run in _runs(line)
        for _, share in run
        for found in [share.interval]
    ]
    most = max(values, default=1.0)
    return next(step for step in (0.02, 0.04, 0.1, 0.2, 0.4, 0.6, 0.8, 1.0) if most <= step or step == 1.0)


def _name_lines(
    sheet: Plot,
    lines: Sequence[Line],
    at: Callable[[float], float],
    height_of: Callable[[float], float],
    x: float,
    room: float,
    top: float,
    floor: float,
) -> None:
    """The name of each line beside its last point, pushed apart where they would stand on each other."""
    named = []
    for line in lines:
        runs = _runs(line)
        if runs:
            year, share = runs[-1][-1]
            named.append((height_of(share.hits / share.total), at(year), line, wrap(line.name, room, SIZE)))
    named.sort(key=lambda item: item[0])
    middles: list[float] = []
    for k, (y, _, _, words) in enumerate(named):
        half = 5.5 * len(words) + 1
        least = top + half if k == 0 else middles[-1] + 5.5 * len(named[k - 1][3]) + half
        middles.append(max(y, least))
    limit = floor
    for k in range(len(named) - 1, -1, -1):
        half = 5.5 * len(named[k][3]) + 1
        middles[k] = min(middles[k], limit - half)
        limit = middles[k] - half
    for (y, end, line, words), middle in zip(named, middles, strict=True):
        color, _, _ = LOOKS[line.look]
        if end < x - 10 or abs(middle - y) > 3:
            sheet.curve([(end + 3, y), (x - 3, middle)], RULE, (), 0.7)
        for k, part in enumerate(words):
            sheet.text(x, middle + 3 + (k - (len(words) - 1) / 2) * 11, part, SIZE, color=color)


def _legend(sheet: Plot, lines: Sequence[Line], y: float) -> None:
    for k, line in enumerate(lines):
        color, dash, _ = LOOKS[line.look]
        middle = y + 13.0 * k
        sheet.curve([(0, middle), (26, middle)], color, dash)
        sheet.markers([(13, middle)], line.look)
        sheet.text(31, middle + 3, clipped(line.name, sheet.width - 34, 1)[0], SIZE, color=color)


class _Label(NamedTuple):
    """The label of a guideline: it begins behind its own rule, or ends before it; rows count from 0, the lowest."""

    words: str
    rule: float
    before: bool
    start: float
    end: float
    row: int = 0


def _placed(marks: Sequence[Mark], at: Callable[[float], float], right: float, widest: float) -> list[_Label]:
    """Where the labels of guidelines stand. None reaches beyond `right` or the left edge, none is wider than `widest`."""
    found = []
    for mark in marks:
        rule = at(mark.year)
        behind, ahead = right - rule - 2, rule - 2
        before = text_width(_mark_label(mark, widest), SMALL) > behind and ahead > behind
        words = _mark_label(mark, min(widest, ahead if before else behind))
        length = text_width(words, SMALL)
        start = rule - 2 - length if before else rule + 2
        found.append(_Label(words, rule, before, start, start + length))
    placed: list[_Label] = []
    for label in sorted(found, key=lambda label: (label.before, label.rule if label.before else -label.rule)):
        taken = {other.row for other in placed if label.start < other.end + 5 and other.start < label.end + 5}
        # A label must not stand on a rule that rises to a row above it, and its own rule had better cross no other label.
        taken |= {row for other in placed if label.start - 2 < other.rule < label.end + 2 for row in range(other.row)}
        crossed = [other.row for other in placed if other.start - 2 < label.rule < other.end + 2]
        free = (row for row in range(len(marks) + 1) if row not in taken)
        row = min(free, key=lambda row, rows=crossed: (any(other < row for other in rows), row))  # type: ignore[misc]
        placed.append(label._replace(row=row))
    return placed


def _mark_label(mark: Mark, room: float) -> str:
    """The label of a guideline no wider than `room`: its name is cut where it must be, its year never."""
    year = f" {mark.year}"
    if text_width(mark.label, SMALL) <= room:
        return mark.label
    return clipped(mark.name, max(room - text_width(year, SMALL), 0), 1, SMALL)[0] + year


def _year_axis(
    sheet: Plot, first: float, last: float, at: Callable[[float], float], floor: float, right: float
) -> None:
    begin, end = round(first + 0.5), round(last - 0.5)
    room = text_width("2000", SMALL) + 8
    step = next(s for s in (1, 2, 5, 10, 20, 50, 100, 1000) if s * (at(first + 1) - at(first)) >= room)
    for year in range(-(-begin // step) * step, end + 1, step):
        sheet.rule(at(year), floor, at(year), floor + 3, INK)
        sheet.text(at(year), floor + 13, str(year), SMALL, color=SOFT, across="center")


def steady(points: Sequence[Point]) -> bool:
    """Whether enough points have a share to draw a course."""
    return sum(point.share is not None for point in points) >= LEAST_POINTS
