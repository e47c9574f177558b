"""A sheet to draw on, in points from its top left corner, which becomes SVG or PNG. Only here is matplotlib imported.

The same drawing gives the same bytes: no dates, no random ids, and the typeface that matplotlib brings along.
"""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from typing import TYPE_CHECKING, Any, Final

from lxml import etree

if TYPE_CHECKING:
    from matplotlib.artist import Artist
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

INK: Final = "#1d1c1a"
SOFT: Final = "#5a5650"
RULE: Final = "#d8d3c8"
PNG_DPI: Final = 300
_HALO: Final = "halo"
_FAMILY: Final = "'Helvetica Neue', Arial, 'Liberation Sans', 'DejaVu Sans', sans-serif"
_SVG: Final = "http://www.w3.org/2000/svg"
# The sheet's typeface is wide; browsers mostly show a narrower one, so that measured text always fits.
_STYLE: Final[Any] = {
    "font.family": "sans-serif",
    "font.sans-serif": ["DejaVu Sans"],
    "svg.fonttype": "none",
    "hatch.linewidth": 0.8,
    "text.usetex": False,
    "axes.unicode_minus": False,
    "path.simplify": False,
}


@contextmanager
def _drawing(salt: str) -> Iterator[None]:
    import matplotlib

    with matplotlib.rc_context({**_STYLE, "svg.hashsalt": salt}):
        yield


class Sheet:
    """Collects what is to be drawn; `svg` and `png` draw it. `name` tells the figures of a page apart."""

    def __init__(self, name: str, width: float, height: float, title: str, description: str) -> None:
        self.name, self.width, self.height = name, width, height
        self.title, self.description = title, description
        self._marks: list[Callable[[Axes], Artist]] = []

    def box(
        self,
        x: float,
        y: float,
        width: float,
        height: float,
        fill: str,
        *,
        edge: str | None = None,
        hatch: str | None = None,
        line: float = 0.6,
    ) -> None:
        """A rectangle; a hatch is drawn in the colour of the edge."""

        def draw(axes: Axes) -> Artist:
            from matplotlib.patches import Rectangle

            shape = Rectangle(
                (x, y), width, height, facecolor=fill, edgecolor=edge or "none", hatch=hatch, linewidth=line
            )
            if edge is None:
                shape.set_linewidth(0)
            return axes.add_patch(shape)

        self._marks.append(draw)

    def rule(self, x0: float, y0: float, x1: float, y1: float, color: str = RULE, width: float = 0.6) -> None:
        """A straight line."""

        def draw(axes: Axes) -> Artist:
            from matplotlib.lines import Line2D

            return axes.add_line(Line2D([x0, x1], [y0, y1], color=color, linewidth=width))

        self._marks.append(draw)

    def band(
        self,
        x0: float,
        top0: float,
        x1: float,
        top1: float,
        height: float,
        fill: str,
        *,
        edge: str | None = None,
        opacity: float = 1.0,
    ) -> None:
        """A band of constant height that swings from (x0, top0) to (x1, top1)."""

        def draw(axes: Axes) -> Artist:
            from matplotlib.patches import PathPatch
            from matplotlib.path import Path

            half = (x0 + x1) / 2
            points = [
                (x0, top0), (half, top0), (half, top1), (x1, top1),
                (x1, top1 + height), (half, top1 + height), (half, top0 + height), (x0, top0 + height), (x0, top0),
            ]  # fmt: skip
            codes = [Path.MOVETO, *[Path.CURVE4] * 3, Path.LINETO, *[Path.CURVE4] * 3, Path.CLOSEPOLY]
            shape = PathPatch(Path(points, codes), facecolor=fill, edgecolor=edge or "none")
            shape.set_facecolor((fill, opacity))
            shape.set_linewidth(0.6 if edge else 0)
            if edge:
                shape.set_linestyle((0, (2.5, 1.5)))
            return axes.add_patch(shape)

        self._marks.append(draw)

    def text(
        self,
        x: float,
        y: float,
        words: str,
        size: float,
        *,
        color: str = INK,
        bold: bool = False,
        across: str = "left",
        down: str = "baseline",
        halo: bool = False,
    ) -> None:
        """A line of text at (x, y). A halo parts it from what it stands on."""

        def draw(axes: Axes) -> Artist:
            # Dollar signs are dollars here, not mathematics.
            drawn = axes.text(x, y, words, fontsize=size, color=color, ha=across, va=down, parse_math=False)
            drawn.set_fontweight("bold" if bold else "normal")
            if halo:
                drawn.set_gid(_HALO)
            return drawn

        self._marks.append(draw)

    def lines(self, x: float, y: float, lines: list[str], size: float, **options: Any) -> float:
        """Lines of text one under the other, the first with its baseline at `y`; returns the baseline after the last."""
        for k, line in enumerate(lines):
            self.text(x, y + k * size * 1.25, line, size, **options)
        return y + len(lines) * size * 1.25

    def _figure(self) -> Figure:
        from matplotlib.figure import Figure

        figure = Figure(figsize=(self.width / 72, self.height / 72), dpi=72, facecolor="#ffffff")
        axes = figure.add_axes((0, 0, 1, 1))
        axes.set_xlim(0, self.width)
        axes.set_ylim(self.height, 0)
        axes.set_axis_off()
        for place, mark in enumerate(self._marks):
            mark(axes).set_zorder(place)
        return figure

    def png(self) -> bytes:
        """The drawing for print."""
        from matplotlib.patheffects import withStroke

        out = io.BytesIO()
        with _drawing(self.name):
            figure = self._figure()
            for drawn in figure.axes[0].texts:
                if drawn.get_gid() == _HALO:
                    drawn.set_path_effects([withStroke(linewidth=3, foreground="#ffffff")])
            figure.savefig(out, format="png", dpi=PNG_DPI, metadata={"Software": None, "Title": self.title})
        return out.getvalue()

    def svg(self) -> str:
        """The drawing as an SVG element: text as text, no inline styles (a page may forbid them), told to screen readers."""
        out = io.BytesIO()
        with _drawing(self.name):
            self._figure().savefig(
                out, format="svg", metadata={"Date": None, "Creator": None, "Format": None, "Type": None}
            )
        return _clean(out.getvalue(), self.name, self.title, self.description)


def _clean(svg: bytes, name: str, title: str, description: str) -> str:
    parser = etree.XMLParser(remove_blank_text=True, remove_comments=True, resolve_entities=False, no_network=True)
    root = etree.fromstring(svg, parser)
    used: set[str] = set()
    for element in root.iter():
        used |= set(re.findall(r"url\(#([^)]+)\)", " ".join(map(str, element.attrib.values()))))
    for element in list(root.iter(f"{{{_SVG}}}metadata", f"{{{_SVG}}}style")):
        parent = element.getparent()
        if parent is not None:
            parent.remove(element)
    for element in root.iter(f"{{{_SVG}}}text"):
        parent = element.getparent()
        if parent is not None and parent.get("id") == _HALO:  # as path effects, which would turn the text into shapes
            element.attrib.update({"paint-order": "stroke", "stroke": "#ffffff", "stroke-width": "3"})
    for element in root.iter():
        _style_as_attributes(element)
        if (own := element.get("id")) and own not in used:
            del element.attrib["id"]
        if (turned := element.get("transform")) and turned.startswith("rotate(-0 "):
            del element.attrib["transform"]
    # What stands on the whole sheet need not be clipped to it.
    for element in root.iter(f"{{{_SVG}}}path"):
        element.attrib.pop("clip-path", "")
    for element in list(root.iter(f"{{{_SVG}}}clipPath")):
        parent = element.getparent()
        if parent is not None:
            parent.remove(element)
    for element in list(root.iter(f"{{{_SVG}}}defs")):
        parent = element.getparent()
        if parent is not None and len(element) == 0:
            parent.remove(element)
    width, height = root.get("viewBox", "0 0 0 0").split()[2:]
    root.attrib.update(
        {"role": "img", "aria-labelledby": f"{name}-t {name}-d", "width": f"{width}pt", "height": f"{height}pt"}
    )
    root.attrib.update({"font-family": _FAMILY, "stroke-linejoin": "round"})
    root.attrib.pop("version", "")
    for place, (tag, text) in enumerate((("title", title), ("desc", description))):
        said = etree.Element(f"{{{_SVG}}}{tag}", {"id": f"{name}-{tag[0]}"})
        said.text = text
        root.insert(place, said)
    etree.cleanup_namespaces(root)
    return etree.tostring(root, encoding="unicode")


def _style_as_attributes(element: Any) -> None:
    style = element.attrib.pop("style", "")
    for part in style.split(";"):
        attribute, _, value = part.partition(":")
        if attribute.strip() and attribute.strip() != "font-family":
            element.set(attribute.strip(), value.strip())


@cache
def text_width(words: str, size: float, bold: bool = False) -> float:
    """How wide `words` are in the sheet's typeface, in points."""
    from matplotlib.font_manager import FontProperties
    from matplotlib.textpath import text_to_path

    with _drawing(""):
        properties = FontProperties(family="DejaVu Sans", weight="bold" if bold else "normal", size=100)
        width, _, _ = text_to_path.get_text_width_height_descent(words, properties, ismath=False)
    return float(width) * size / 100


def wrap(words: str, width: float, size: float, bold: bool = False) -> list[str]:
    """`words` in lines no wider than `width`; a single word that is wider is cut, so that nothing ever runs out of the sheet.

    A no-break space holds its words together where they fit.
    """
    lines: list[str] = []
    line = ""
    held = [word for word in words.split(" ") if word]
    if any("\u00a0" in word and text_width(word, size, bold) > width for word in held):
        held = words.replace("\u00a0", " ").split()
    for word in held:
        while text_width(word, size, bold) > width and len(word) > 1:
            keep = next(
                k for k in range(len(word) - 1, 0, -1) if k == 1 or text_width(word[:k] + "-", size, bold) <= width
            )
            head, word = word[:keep] + "-", word[keep:]
            lines += [line, head] if line else [head]
            line = ""
        longer = f"{line} {word}".strip()
        if line and text_width(longer, size, bold) > width:
            lines.append(line)
            line = word
        else:
            line = longer
    return [*lines, line] if line else lines or [""]
