"""The sheet that the charts of a corpus page are drawn on, and how their lines look.

It adds curves to the sheet of report/figure_sheet.py, so this module draws with matplotlib itself. Lines differ by dash,
marker and colour. A chart is drawn twice: wide for screens and print, narrow for phones; widths are in points.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from lang_audit.report.figure_sheet import Sheet, text_width, wrap

if TYPE_CHECKING:
    from matplotlib.artist import Artist
    from matplotlib.axes import Axes

WIDE: Final = 540.0
NARROW: Final = 262.0
SIZE: Final = 9.0
SMALL: Final = 8.0
_LONGEST: Final = 200
"""Characters of a name that are measured: no line of a chart holds more, and measuring takes the square of them."""

Dash = tuple[float, ...]
# Colours that eyes of all kinds can tell apart, none lighter than 4.5:1 on white; a page may swap them for dark mode.
LOOKS: Final[tuple[tuple[str, Dash, str], ...]] = (
    ("#1f6448", (), "circle"),
    ("#b3431b", (5, 2), "square"),
    ("#1f4a7a", (1.5, 1.6), "triangle"),
    ("#8a5a00", (7, 2, 1.5, 2), "diamond"),
    ("#7b3f8c", (3, 1.2), "down"),
    ("#5a5650", (9, 3), "circle"),
)


_MARKERS: Final[dict[str, tuple[tuple[float, float], ...]]] = {
    "circle": ((-0.9, -0.4), (-0.4, -0.9), (0.4, -0.9), (0.9, -0.4), (0.9, 0.4), (0.4, 0.9), (-0.4, 0.9), (-0.9, 0.4)),
    "square": ((-0.85, -0.85), (0.85, -0.85), (0.85, 0.85), (-0.85, 0.85)),
    "triangle": ((0, -1.15), (1.05, 0.75), (-1.05, 0.75)),
    "diamond": ((0, -1.2), (1.2, 0), (0, 1.2), (-1.2, 0)),
    "down": ((0, 1.15), (1.05, -0.75), (-1.05, -0.75)),
}


class Plot(Sheet):
    """A sheet with curves, filled shapes and markers."""

    def curve(self, points: Sequence[tuple[float, float]], color: str, dash: Dash = (), width: float = 1.6) -> None:
        """A line through points."""

        def draw(axes: Axes) -> Artist:
            from matplotlib.lines import Line2D

            xs, ys = zip(*points, strict=True)
            line = Line2D(xs, ys, color=color, linewidth=width, solid_capstyle="butt", dash_capstyle="butt")
            if dash:
                line.set_linestyle((0.0, dash))
            return axes.add_line(line)

        self._marks.append(draw)

    def shapes(self, outlines: Sequence[Sequence[tuple[float, float]]], fill: str, opacity: float = 1.0) -> None:
        """Filled polygons of one colour."""

        def draw(axes: Axes) -> Artist:
            from matplotlib.patches import PathPatch
            from matplotlib.path import Path

            outline = Path.make_compound_path(*(Path([*points, points[0]], closed=True) for points in outlines))
            return axes.add_patch(PathPatch(outline, facecolor=fill, edgecolor="none", linewidth=0, alpha=opacity))

        self._marks.append(draw)

    def markers(self, places: Sequence[tuple[float, float]], look: int, size: float = 2.6) -> None:
        """The marker of a line at each place."""
        color, _, kind = LOOKS[look]
        self.shapes([[(x + dx * size, y + dy * size) for dx, dy in _MARKERS[kind]] for x, y in places], color)


def clipped(words: str, width: float, most: int, size: float = SIZE) -> list[str]:
    """`words` in at most `most` lines no wider than `width`, with an ellipsis where some are left out."""
    lines = wrap(words[:_LONGEST], width, size)
    if len(lines) > most or len(words) > _LONGEST:
        lines = lines[:most]
        last = lines[-1]
        while last and text_width(last + "…", size) > width:
            last = last[:-1]
        lines = [*lines[:-1], last.rstrip() + "…"]
    return lines
