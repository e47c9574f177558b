"""The chart of shares with their intervals, one under the other: journals, countries."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from lang_audit.corpus.page.plot import LOOKS, SIZE, SMALL, WIDE, Plot, clipped
from lang_audit.corpus.proportions import Share
from lang_audit.report.figure_sheet import INK, RULE, SOFT, text_width, wrap


class Row(NamedTuple):
    """A row of a chart of intervals."""

    name: str
    share: Share


def intervals(
    name: str, rows: Sequence[Row], overall: Share, *, width: float, title: str, description: str, share_of: str
) -> str:
    """A dot and its interval for each row, and a rule where all papers together stand; as SVG."""
    wide = width >= WIDE
    column = 216.0 if wide else 0.0
    left, right = column + 8, 62.0 if wide else 8.0
    span = width - left - right
    head = wrap(share_of, width - 4, SIZE)
    named = [clipped(row.name, column if wide else width - 70, 2 if wide else 1) for row in rows]
    heights = [max(16.0, 10.5 * len(lines) + 5) if wide else 29.0 for lines in named]
    top = 12.0 * len(head) + 22
    floor = top + sum(heights)
    sheet = Plot(name, width, floor + 20, title, description)
    sheet.lines(0, 9, head, SIZE, color=SOFT)
    for k in range(5):
        x = left + span * k / 4
        sheet.rule(x, top, x, floor, RULE)
        sheet.text(
            x, floor + 12, f"{25 * k}%", SMALL, color=SOFT, across="center" if 0 < k < 4 else "right" if k else "left"
        )
    if overall.value is not None:
        x = left + span * overall.value
        sheet.curve([(x, top - 4), (x, floor)], INK, (2.5, 2), 0.9)
        words = f"all papers: {overall.value:.0%}"
        half = text_width(words, SMALL) / 2
        sheet.text(min(max(x, left + half), width - half), top - 8, words, SMALL, across="center")
    y = top
    for row, lines, tall in zip(rows, named, heights, strict=True):
        told = f"{row.share.hits:,}/{row.share.total:,}"
        if wide:
            middle = y + tall / 2
            for k, words in enumerate(lines):
                sheet.text(column, middle + 3 + (k - (len(lines) - 1) / 2) * 10.5, words, SIZE, across="right")
            sheet.text(width, middle + 3, told, SMALL, color=SOFT, across="right")
        else:
            middle = y + 20
            sheet.text(left - 6, y + 10, lines[0], SIZE)
            sheet.text(width, y + 10, told, SMALL, color=SOFT, across="right")
        if (found := row.share.interval) and row.share.value is not None:
            sheet.curve([(left + span * found.low, middle), (left + span * found.high, middle)], LOOKS[0][0], (), 1.4)
            sheet.markers([(left + span * row.share.value, middle)], 0, 3.0)
        y += tall
    return sheet.svg()
