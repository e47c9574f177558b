"""The figures of a synthesis that count papers: language verdicts by year, and codes by number of papers.

Each is drawn for a width in points: wide for print and screens, narrow for phones. Nothing is told by colour alone: every kind
has its hatch, its number, and its name in the legend.
"""

from __future__ import annotations

from typing import Final

from lang_audit.model import Strength, VerdictLabel
from lang_audit.report import wording
from lang_audit.report.english import inside, papers
from lang_audit.report.figure_sheet import INK, RULE, SOFT, Sheet, text_width, wrap
from lang_audit.report.synthesis_counts import STRENGTHS, BookCount, CodeCount, DimensionCount, Period, Synthesis

WIDE: Final = 500.0
NARROW: Final = 262.0
SIZE: Final = 9.0

# Fill, edge, hatch, ink of the number. Hues of _style.css, in lightness that eyes of all kinds can tell apart.
VERDICT_LOOKS: Final[dict[VerdictLabel, tuple[str, str, str | None, str]]] = {
    "person-first": ("#1f6448", "#1f6448", None, "#ffffff"),
    "mixed": ("#f0d9a4", "#7d5600", "////", INK),
    "not person-first": ("#c8705c", "#93301f", "....", INK),
    "no person reference": ("#ffffff", "#5a5650", None, INK),
}
STRENGTH_LOOKS: Final[dict[Strength, tuple[str, str, str | None]]] = {
    "reported": ("#1f4a7a", "#1f4a7a", None),
    "aimed": ("#9fc0e4", "#1f4a7a", "////"),
    "background": ("#ffffff", "#1f4a7a", None),
}


def _legend_height(width: float, names: list[str]) -> float:
    """How high the legend is: it breaks into rows as `legend` does."""
    at, rows = 0.0, 1
    for name in names:
        needed = 16 + text_width(name, SIZE)
        if at > 0 and at + needed > width - 2:
            at, rows = 0.0, rows + 1
        at += needed + 14
    return rows * 15.0


def legend(sheet: Sheet, x: float, y: float, items: list[tuple[str, tuple[str, str, str | None]]]) -> float:
    """Swatches with names, in as many rows as the sheet's width needs; returns the y under them."""
    at = x
    for name, (fill, edge, hatch) in items:
        needed = 16 + text_width(name, SIZE)
        if at > x and at + needed > sheet.width - 2:
            at, y = x, y + 15
        sheet.box(at, y, 11, 9, fill, edge=edge, hatch=hatch)
        sheet.text(at + 15, y + 8, name, SIZE)
        at += needed + 14
    return y + 15


def verdicts_figure(found: Synthesis, width: float = WIDE, name: str = "language") -> Sheet | None:
    """Verdicts on language by year; None where no paper could be read."""
    if not found.periods:
        return None
    left, right, top, height = 30.0, 4.0, 24.0, 170.0
    looks = [(wording.VERDICTS[label][0], VERDICT_LOOKS[label][:3]) for label in VERDICT_LOOKS]
    top += _legend_height(width, [name for name, _ in looks])
    known = [period for period in found.periods if period.first is not None]
    undated = [period for period in found.periods if period.first is None]
    right += 12 if undated else 0
    slots = len(known) + (1.4 if known else 1.0) * len(undated)
    slot = min((width - left - right) / slots, 60.0)
    most = max(period.total for period in found.periods)
    step = _step(most)
    scale = height / (-(-most // step) * step)
    floor = top + height
    sheet = Sheet(name, width, floor + 36, _verdict_title(found), _verdict_words(found))
    sheet.text(0, 10, f"Papers (n = {len(found.included)})", SIZE, color=SOFT)
    legend(sheet, 0, 18, looks)
    for value in range(0, most + step, step):
        y = floor - value * scale
        if value * scale <= height + 0.1:
            sheet.rule(left, y, width - right, y, INK if not value else RULE)
            sheet.text(left - 5, y + 3, str(value), SIZE, color=SOFT, across="right")
    for k, period in enumerate(known):
        _column(sheet, left + (k + 0.5) * slot, slot, floor, scale, period)
    _year_labels(sheet, left, slot, floor, known)
    for period in undated:
        middle = left + (len(known) + (0.9 if known else 0.5)) * slot
        _column(sheet, middle, slot, floor, scale, period)
        half = text_width(period.label, SIZE) / 2 + 3
        sheet.text(min(middle, width - half), floor + (25 if known else 13), period.label, SIZE, across="center")
    return sheet


def _column(sheet: Sheet, middle: float, slot: float, floor: float, scale: float, period: Period) -> None:
    breadth = min(slot * 0.78, 34.0)
    y = floor
    for label, (fill, edge, hatch, ink) in VERDICT_LOOKS.items():
        n = len(period.verdicts[label])
        if not n:
            continue
        tall = n * scale
        y -= tall
        sheet.box(middle - breadth / 2, y, breadth, tall, fill, edge=edge, hatch=hatch)
        wide = text_width(str(n), SIZE, True)
        if tall >= 13 and breadth >= wide + 4:
            if hatch:
                sheet.box(middle - wide / 2 - 2, y + tall / 2 - 5.5, wide + 4, 11, fill)
            sheet.text(middle, y + tall / 2 + 3.2, str(n), SIZE, color=ink, bold=True, across="center")


def _year_labels(sheet: Sheet, left: float, slot: float, floor: float, known: list[Period]) -> None:
    """As many labels as fit side by side, the first always; a tick where there is none."""
    if not known:
        return
    widest = max(text_width(period.label, SIZE) for period in known)
    every = max(1, -(-int(widest + 8) // max(int(slot), 1)))
    for k, period in enumerate(known):
        x = left + (k + 0.5) * slot
        shown = k % every == 0
        sheet.rule(x, floor, x, floor + (4 if shown else 2), SOFT)
        if shown:
            half = text_width(period.label, SIZE) / 2
            sheet.text(max(x, half), floor + 13, period.label, SIZE, across="center")


def _step(most: int) -> int:
    """A round step that gives up to six lines."""
    size = 1
    while True:
        for factor in (1, 2, 5):
            if most <= 6 * factor * size:
                return factor * size
        size *= 10


def _verdict_title(found: Synthesis) -> str:
    lengths = {
        period.last - period.first for period in found.periods if period.first is not None and period.last is not None
    }
    return "Language verdicts by year" if lengths <= {0} else "Language verdicts by period"


def _verdict_words(found: Synthesis) -> str:
    parts = []
    for period in found.periods:
        counts = [f"{len(group)} {inside(wording.VERDICTS[v][0])}" for v, group in period.verdicts.items() if group]
        if counts:
            parts.append(f"{period.label}: {', '.join(counts)}")
    return f"Stacked columns of {papers(len(found.included))}. {'; '.join(parts)}."


def codes_figure(found: Synthesis, book: BookCount, width: float = WIDE, name: str = "codes") -> Sheet | None:
    """The codes of a codebook by number of papers; None where no paper has any."""
    most = max((len(count.papers) for d in book.dimensions for count in d.codes), default=0)
    if not most:
        return None
    beside = width >= WIDE
    label = width * 0.43 if beside else 0.0
    bars = width - label - (8 if beside else 0) - _tail_width(book)
    scale = bars / most
    rows = [(d, [(count, _label(count, label if beside else width)) for count in d.codes]) for d in book.dimensions]
    looks = [(wording.STRENGTHS[strength][0], STRENGTH_LOOKS[strength]) for strength in STRENGTHS]
    top = 24.0 + _legend_height(width, [name for name, _ in looks])
    height = top
    for _, counts in rows:
        height += 24 + sum(_row_height(lines, beside) for _, lines in counts)
    outside = any(d.outside for d in book.dimensions)
    note = wrap("* Outside the review’s analysis: counted apart.", width, SIZE)
    height += (len(note) * SIZE * 1.25 + 8) if outside else 4
    sheet = Sheet(name, width, height, f"Codes by number of papers: {book.book.title}", _code_words(found, book))
    sheet.text(0, 10, f"Papers (n = {len(found.included)}), each by its strongest evidence", SIZE, color=SOFT)
    legend(sheet, 0, 18, looks)
    y = top
    for dimension, counts in rows:
        sheet.text(0, y + 12, dimension.name, SIZE + 1, bold=True)
        sheet.rule(0, y + 17, width, y + 17, RULE)
        y += 21
        for count, lines in counts:
            y = _bar(sheet, count, lines, y, label + 8 if beside else 0.0, scale, beside)
        y += 3
    if outside:
        sheet.lines(0, y + 12, note, SIZE, color=SOFT)
    return sheet


def _tail_width(book: BookCount) -> float:
    """Room for the numbers after the longest bar."""
    return max(text_width(_numbers(count), SIZE) for d in book.dimensions for count in d.codes) + 8


def _numbers(count: CodeCount) -> str:
    """The number where all is reported, else the three parts as they stand in the bar, such as 9 + 2 + 1."""
    parts = [len(count.by_strength[strength]) for strength in STRENGTHS]
    return str(parts[0]) if not any(parts[1:]) else " + ".join(str(n) for n in parts)


def _label(count: CodeCount, width: float) -> list[str]:
    return wrap(count.code.name + ("\u00a0*" if count.code.outside else ""), width, SIZE)


def _row_height(lines: list[str], beside: bool) -> float:
    return max(len(lines) * SIZE * 1.25, 12) + (5 if beside else 18)


def _bar(sheet: Sheet, count: CodeCount, lines: list[str], y: float, left: float, scale: float, beside: bool) -> float:
    height = _row_height(lines, beside)
    if beside:
        first = y + (height - 5) / 2 - (len(lines) - 1) * SIZE * 1.25 / 2 + 3.2
        for k, line in enumerate(lines):
            sheet.text(left - 8, first + k * SIZE * 1.25, line, SIZE, across="right")
        top = y + (height - 5) / 2 - 5.5
    else:
        sheet.lines(0, y + 9, lines, SIZE)
        top = y + height - 17
    x = left
    for strength in STRENGTHS:
        n = len(count.by_strength[strength])
        if n:
            fill, edge, hatch = STRENGTH_LOOKS[strength]
            sheet.box(x, top, n * scale, 11, fill, edge=edge, hatch=hatch)
            x += n * scale
    sheet.rule(left, top - 1.5, left, top + 12.5, SOFT)
    sheet.text(x + 5, top + 8.7, _numbers(count), SIZE, color=INK if count.papers else SOFT)
    return y + height


def _code_words(found: Synthesis, book: BookCount) -> str:
    return f"Bars, {papers(len(found.included))}. " + " ".join(_dimension_words(d) for d in book.dimensions)


def _dimension_words(dimension: DimensionCount) -> str:
    parts = []
    for count in dimension.codes:
        r, a, b = (len(count.by_strength[strength]) for strength in STRENGTHS)
        parts.append(f"{inside(count.code.name)} {r} reported, {a} aimed at, {b} background")
    return f"{dimension.name}: {'; '.join(parts)}."
