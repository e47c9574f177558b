"""What papers link to what, as an alluvial figure: a band's width is the number of papers that link its two ends.

Full bands are links that papers state; pale bands with a broken edge are codes that merely stand in one passage.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import Final

from lang_audit.report.english import inside, papers
from lang_audit.report.extraction import CodeKey
from lang_audit.report.figure_sheet import INK, SOFT, Sheet, text_width, wrap
from lang_audit.report.figures import SIZE, WIDE
from lang_audit.report.synthesis_flow import Flow, Node, Tie

# After Okabe and Ito, darkened; neighbours differ in lightness. A band's place tells its ends: no meaning hangs on the colour.
_COLORS: Final = ("#1f4a7a", "#b8651b", "#1f6448", "#8a4f83", "#8a7411", "#3a8fb7", "#93301f", "#5a5650")
_NODE: Final = 9.0
_LINE: Final = SIZE * 1.25
_TALLEST: Final = 250.0
_WIDEST: Final = 11.0
_STATED: Final = 0.72
_PALE: Final = 0.2


@dataclass(slots=True)
class _Place:
    """Where a node stands: its column's left edge, its top and height, its label and where the next band leaves or arrives."""

    node: Node
    x: float
    height: float
    label: list[str]
    color: str
    top: float = 0.0
    leaves: float = 0.0
    arrives: float = 0.0


def flow_figure(linked: Flow, title: str, width: float = WIDE, name: str = "flow") -> Sheet | None:
    """The flow of one codebook; None where no paper links anything."""
    if not linked.bands:
        return None
    beside = width >= WIDE
    margin = width * 0.23 if beside else 0.0
    n = len(linked.stages)
    xs = [margin + k * (width - 2 * margin - _NODE) / (n - 1) for k in range(n)]
    columns = _columns(linked, xs, width, beside)
    heights = [_column_height(column, k, n, beside) for k, column in enumerate(columns)]
    rooms = [margin + _NODE if beside and k in (0, n - 1) else (width - 2 * margin) / n for k in range(n)]
    heads = [wrap(stage.name, room, SIZE + 1, bold=True) for stage, room in zip(linked.stages, rooms, strict=True)]
    under = 22.0 + (15 if beside else 30) + 8
    top = under + max(map(len, heads)) * (SIZE + 1) * 1.25 + 4
    sheet = Sheet(name, width, top + max(heights) + 8, title, _words(linked))
    sheet.text(
        0,
        10,
        "A band is as wide as the number of papers that link its ends",
        SIZE if beside else SIZE - 0.7,
        color=SOFT,
    )
    _legend(sheet, 18, beside)
    for k, lines in enumerate(heads):
        _stack(columns[k], top + (max(heights) - heights[k]) / 2, k, n, beside)
        x, across = _anchor(xs[k], k, n, beside)
        sheet.lines(
            x,
            under + (max(map(len, heads)) - len(lines) + 1) * (SIZE + 1) * 1.25 - 4,
            lines,
            SIZE + 1,
            bold=True,
            across=across,
        )
    _bands(sheet, linked, columns)
    for k, column in enumerate(columns):
        for place in column:
            sheet.box(place.x, place.top, _NODE, place.height, place.color)
        for place in column:
            _write_label(sheet, place, k, n, beside)
    return sheet


def _columns(linked: Flow, xs: list[float], width: float, beside: bool) -> list[list[_Place]]:
    weights: defaultdict[CodeKey, list[int]] = defaultdict(lambda: [0, 0])
    for band in linked.bands:
        weights[band.keys[0]][1] += band.width
        weights[band.keys[1]][0] += band.width
    sums = [sum(max(weights[node.key]) for node in stage.nodes) for stage in linked.stages]
    unit = min(_WIDEST, _TALLEST / max(sums))
    n = len(linked.stages)
    room = width * 0.23 - 8 if beside else width / n - 6
    middle = (width - 2 * width * 0.23) * 0.62 if beside else width / n - 6
    columns = []
    for k in range(n):
        column = []
        for rank, node in enumerate(_untangled(linked, k)):
            outer = beside and k in (0, n - 1)
            label = wrap(f"{node.name}\u00a0({len(node.papers)})", room if outer else middle, SIZE)
            color = _COLORS[rank % len(_COLORS)] if k < n - 1 else INK
            column.append(_Place(node, xs[k], max(weights[node.key]) * unit, label, color))
        columns.append(column)
    return columns


def _untangled(linked: Flow, k: int) -> list[Node]:
    """The nodes of stage `k`: the first as they are, later ones by where their bands come from, so that fewer bands cross."""
    nodes = list(linked.stages[k].nodes)
    if not k:
        return nodes
    before = {node.key: place for place, node in enumerate(_untangled(linked, k - 1))}
    pull: defaultdict[CodeKey, list[float]] = defaultdict(list)
    for band in linked.bands:
        if band.keys[0] in before:
            pull[band.keys[1]] += [before[band.keys[0]]] * band.width
    order = {node.key: place for place, node in enumerate(nodes)}
    return sorted(nodes, key=lambda node: (_mean(pull[node.key], order[node.key]), order[node.key]))


def _mean(values: list[float], otherwise: float) -> float:
    return sum(values) / len(values) if values else otherwise


def _gap(place: _Place, k: int, n: int, beside: bool) -> float:
    """Room above a node: for its label where that stands above, else so that labels beside each other's nodes keep apart."""
    label = len(place.label) * _LINE
    if beside and k in (0, n - 1):
        return max(8.0, label - place.height + 6)
    return label + 7


def _column_height(column: list[_Place], k: int, n: int, beside: bool) -> float:
    return sum(place.height + _gap(place, k, n, beside) for place in column)


def _stack(column: list[_Place], y: float, k: int, n: int, beside: bool) -> None:
    for place in column:
        gap = _gap(place, k, n, beside)
        place.top = y + (gap / 2 if beside and k in (0, n - 1) else gap - 2)
        place.leaves = place.arrives = place.top
        y += place.height + gap


def _bands(sheet: Sheet, linked: Flow, columns: list[list[_Place]]) -> None:
    places = {place.node.key: (k, rank, place) for k, column in enumerate(columns) for rank, place in enumerate(column)}
    unit = min(
        place.height / weight
        for key, (_, _, place) in places.items()
        if (weight := max(_weight(linked, key, 0), _weight(linked, key, 1)))
    )
    tied = sorted(linked.bands, key=lambda band: (places[band.keys[0]][:2], places[band.keys[1]][1]))
    starts = {}
    for band in tied:
        source = places[band.keys[0]][2]
        starts[band.keys] = source.leaves
        source.leaves += band.width * unit
    drawn: list[tuple[bool, float, float, float, float, float, str]] = []
    for band in sorted(linked.bands, key=lambda band: (places[band.keys[1]][:2], places[band.keys[0]][1])):
        source, target = places[band.keys[0]][2], places[band.keys[1]][2]
        leave, arrive = starts[band.keys], target.arrives
        for stated, count in ((True, len(band.stated)), (False, len(band.co_occurring))):
            if count:
                drawn.append((stated, source.x + _NODE, leave, target.x, arrive, count * unit, source.color))
                leave += count * unit
                arrive += count * unit
        target.arrives = arrive
    for stated, x0, top0, x1, top1, height, color in sorted(drawn, key=lambda item: item[0]):
        sheet.band(
            x0, top0, x1, top1, height, color, edge=None if stated else color, opacity=_STATED if stated else _PALE
        )


def _weight(linked: Flow, key: CodeKey, end: int) -> int:
    return sum(band.width for band in linked.bands if band.keys[end] == key)


def _anchor(x: float, k: int, n: int, beside: bool) -> tuple[float, str]:
    """Where the heading of column `k` starts, ends or stands centred."""
    if 0 < k < n - 1:
        return x + _NODE / 2, "center"
    starts = (k == 0) != beside
    return (x, "left") if starts else (x + _NODE, "right")


def _write_label(sheet: Sheet, place: _Place, k: int, n: int, beside: bool) -> None:
    if beside and k in (0, n - 1):
        across, x = ("right", place.x - 6) if not k else ("left", place.x + _NODE + 6)
        first = place.top + place.height / 2 - (len(place.label) - 1) * _LINE / 2 + 3.2
    else:
        across = "left" if not k else "right" if k == n - 1 else "center"
        x = place.x if not k else place.x + _NODE if k == n - 1 else place.x + _NODE / 2
        first = place.top - 4 - (len(place.label) - 1) * _LINE
    sheet.lines(x, first, place.label, SIZE, across=across, halo=True)


def _legend(sheet: Sheet, y: float, beside: bool) -> None:
    color = _COLORS[0]
    sheet.band(0, y, 22, y, 9, color, opacity=_STATED)
    sheet.text(27, y + 8, "Link stated in the text", SIZE)
    x, y = (27 + text_width("Link stated in the text", SIZE) + 16, y) if beside else (0.0, y + 15)
    sheet.band(x, y, x + 22, y, 9, color, edge=color, opacity=_PALE)
    sheet.text(x + 27, y + 8, "In one passage, no link stated", SIZE)


def _words(linked: Flow) -> str:
    links = [
        f"{inside(tie.names[0])} to {inside(tie.names[1])}: {_counts(tie)}"
        for tie in sorted(linked.bands, key=lambda t: -t.width)
    ]
    return f"{' to '.join(stage.name.lower() for stage in linked.stages).capitalize()}. {'; '.join(links)}."


def _counts(tie: Tie) -> str:
    parts = [f"{papers(len(tie.stated))} stated"] if tie.stated else []
    parts += [f"{papers(len(tie.co_occurring))} side by side"] if tie.co_occurring else []
    return ", ".join(parts)
