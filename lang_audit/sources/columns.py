"""Reading order: finds the gutters of a page and puts its lines in the order in which a person reads them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import groupby, pairwise
from statistics import median

from lang_audit.sources.citations import Span
from lang_audit.sources.lines import PlacedLine
from lang_audit.sources.wording import TABLE_CAPTION

_BUCKET = 3.0  # points: lines are compared by the horizontal strips of this height that they touch
_FEWEST_LINES = 4  # on each side of a gutter; fewer are a heading beside something, or table cells
_FEWEST_AT_KNOWN = 2  # where other pages have a gutter too
_OFTEN = 2  # pages on which a gutter makes it known
_HEIGHT, _DEPTH = 0.9, 0.3  # of the type size: how far a line reaches above and below its baseline
_COLUMN_CHARACTERS = 12  # median length of a line in a column of text; table cells and list numbers are shorter
_CLEAR = 2.0  # points: the least that the left column ends before the right one begins
_LEVEL = 0.7  # points: baselines nearer than this are one row
_CONFLICT = 2  # a line across the gutter beside other text weighs against it like this many lines beside each other
_SIDEBAR = 0.3  # of the region's width: a narrower column in smaller type stands aside and is read last
_DEEPEST = 3  # columns within columns
_BLOCK_GAP = 1.6  # of the type size: white above a line that ends a block of small type
_OVERPRINT = 2.0  # of the type size: pieces of one row overlap by less
_CAPTION_LINES = 3  # at the top of a table
_SMALLER = 0.4  # points below the body's size: small type (tables, captions, notes)


@dataclass(frozen=True, slots=True)
class Column:
    """Lines that are read from top to bottom, one a row; `left` and `right` are the edges that most lines keep."""

    lines: tuple[PlacedLine, ...]
    left: float
    right: float
    cells: tuple[int, ...]
    """For each line the number of parts that stood apart by more than a word: above 2 in most rows of a table."""


def _strips(line: PlacedLine) -> range:
    return range(int((line.baseline - 0.5 * line.size) / _BUCKET), int(line.baseline / _BUCKET) + 1)


def _reach(line: PlacedLine) -> range:
    """The strips that a line touches with the white about it: columns need not keep the same baselines."""
    first, last = line.baseline - _HEIGHT * line.size, line.baseline + _DEPTH * line.size
    return range(int(first / _BUCKET), int(last / _BUCKET) + 1)


def _gutter(lines: Sequence[PlacedLine], body_size: float, known: frozenset[int] = frozenset()) -> float | None:
    """The x where a right-hand column begins, or None for one column.

    At `known` places fewer lines are proof enough. The running text decides; small type (a table that crosses the gutter, the
    labels of a figure) is asked only where the running text shows no columns.
    """
    running = [line for line in lines if line.size > body_size - _SMALLER]
    own = [line for line in running if line.size < body_size + _SMALLER]
    for asked in (running, own if len(own) < len(running) else [], lines if len(running) < len(lines) else []):
        if asked and (found := _gutter_between(asked, known)) is not None:
            return found
    return _beside_picture(own, known)


def _beside_picture(own: Sequence[PlacedLine], known: frozenset[int]) -> float | None:
    """The known gutter at which all running text of a page begins, where only a picture stands in the left column."""
    for place in sorted(known):
        starts = sum(1 for line in own if abs(line.x0 - place) <= 1.5)
        crossing = any(line.x0 < place - 1.5 and line.x1 > place - _CLEAR for line in own)
        if starts >= _FEWEST_LINES and not crossing:
            return float(place)
    return None


def _gutter_between(lines: Sequence[PlacedLine], known: frozenset[int]) -> float | None:
    starts = Counter(round(line.x0) for line in lines)
    strips = {id(line): _strips(line) for line in lines}
    reaches = {id(line): _reach(line) for line in lines}
    best, best_score = None, 0.0
    for start in sorted(starts):
        fewest = _FEWEST_AT_KNOWN if start in known else _FEWEST_LINES
        if start not in known and starts[start] + starts[start + 1] + starts[start - 1] < fewest:
            continue
        right = [line for line in lines if line.x0 >= start - 1.5]
        left = [line for line in lines if line.x1 <= start - _CLEAR]
        if len(left) < fewest or len(right) < fewest:
            continue
        in_left = {strip for line in left for strip in strips[id(line)]}
        in_right = {strip for line in right for strip in strips[id(line)]}
        beside_left = [line for line in left if not in_right.isdisjoint(reaches[id(line)])]
        beside_right = [line for line in right if not in_left.isdisjoint(reaches[id(line)])]
        if len(beside_left) < fewest or len(beside_right) < fewest:
            continue
        lengths = [median(len(line.text) for line in side) for side in (beside_left, beside_right)]
        if min(lengths) < _COLUMN_CHARACTERS and (
            max(lengths) < 2 * _COLUMN_CHARACTERS or not (start in known or _run_apart(beside_left, beside_right))
        ):
            continue
        across = [line for line in lines if line.x0 < start - 1.5 and line.x1 > start - _CLEAR]
        both = in_left | in_right
        conflicts = sum(1 for line in across if not both.isdisjoint(strips[id(line)]))
        score = min(len(beside_left), len(beside_right)) - _CONFLICT * conflicts
        if score > best_score:
            best, best_score = float(start), score
    return best


def _run_apart(left: Sequence[PlacedLine], right: Sequence[PlacedLine]) -> bool:
    """Whether two sides keep baselines of their own, as a list of keywords beside an abstract does and table cells do not."""
    level = sum(1 for line in left if any(abs(line.baseline - other.baseline) < _LEVEL for other in right))
    return level < 0.6 * len(left)


def _spanning(lines: Sequence[PlacedLine], gutter: float, body_size: float) -> set[int]:
    """Indices of the lines (sorted by place) that belong to something printed across the gutter."""
    across = {k for k, line in enumerate(lines) if line.x0 < gutter - 1.5 and line.x1 > gutter - _CLEAR}
    spanning = set(across)
    # A wide table: rows of nothing but small type, one of which crosses the gutter, go together.
    block: list[int] = []
    bottom = float("-inf")
    strips_of_body = {s for line in lines if line.size >= body_size - _SMALLER for s in _strips(line)}
    for k, line in [*enumerate(lines), (-1, None)]:
        small = line is not None and line.size < body_size - _SMALLER and strips_of_body.isdisjoint(_strips(line))
        if line is None or not small or line.y0 - bottom > _BLOCK_GAP * line.size:
            if len(across.intersection(block)) * 8 > len(block) or _heads_table(lines, block, across):
                spanning.update(block)
                spanning -= _columns_in_small_type(lines, block, across, gutter)
            block = []
        if line is not None and small:
            block.append(k)
            bottom = max(bottom, line.y1) if block[1:] else line.y1
        elif line is not None:
            bottom = line.y1
    # What stands beside a line that crosses the gutter goes with it.
    beside = {strip for k in spanning for strip in _strips(lines[k])}
    spanning.update(k for k, line in enumerate(lines) if not beside.isdisjoint(_strips(line)))
    # The short last line of a paragraph across the page.
    for k, line in enumerate(lines):
        above = [
            lines[j]
            for j in range(max(k - 3, 0), k)
            if j in spanning and 0 < line.baseline - lines[j].baseline < 1.6 * line.size and lines[j].face == line.face
        ]
        strips = set(_strips(line))
        alone = all(
            strips.isdisjoint(_strips(lines[j])) for j in range(max(k - 3, 0), min(k + 4, len(lines))) if j != k
        )
        if k not in spanning and above and alone and abs(above[-1].x0 - line.x0) < 3 * line.size:
            spanning.add(k)
    return spanning


def _heads_table(lines: Sequence[PlacedLine], block: Sequence[int], across: set[int]) -> bool:
    """Whether a block of small type is a table as wide as its caption, though none of its cells crosses the gutter."""
    return any(k in across and TABLE_CAPTION.match(lines[k].text) for k in block[:_CAPTION_LINES])


def _columns_in_small_type(
    lines: Sequence[PlacedLine], block: Sequence[int], across: set[int], gutter: float
) -> set[int]:
    """Of a block of small type that crosses the gutter here and there: what is set in columns even so.

    So an abstract may stand beside the notes on the article, right under addresses that cross the page.
    """
    found: set[int] = set()
    for crosses, group in groupby(block, lambda k: k in across):
        stretch = [] if crosses else list(group)
        left = [lines[k] for k in stretch if lines[k].x1 <= gutter - _CLEAR]
        right = [lines[k] for k in stretch if lines[k].x0 >= gutter - 1.5]
        if min(len(left), len(right)) >= 2 * _FEWEST_LINES and _run_apart(left, right):
            place = _gutter_between([lines[k] for k in stretch], frozenset())
            if place is not None and abs(place - gutter) < _CLEAR:
                found.update(stretch)
    return found


def _turns(left: list[PlacedLine], right: list[PlacedLine], rest: Sequence[PlacedLine], gutter: float) -> bool:
    """Whether both columns end above `rest` and begin anew in other type: text above, the reference list below, say."""
    bottom = max(line.y1 for side in (left, right) for line in side[-3:])
    if rest[0].y0 - bottom < rest[0].size:
        return False
    for side, below in (
        (left, [line for line in rest if line.x0 < gutter - 1.5]),
        (right, [line for line in rest if line.x0 >= gutter - 1.5]),
    ):
        if (
            not below
            or abs(median(line.size for line in below[:8]) - median(line.size for line in side[-8:])) < _SMALLER
        ):
            return False
    return True


def _ordered(
    lines: Sequence[PlacedLine], body_size: float, known: frozenset[int], depth: int = 0
) -> Iterable[list[PlacedLine]]:
    """Groups of lines, each one column wide, in reading order."""
    if not lines:
        return
    lines = sorted(lines, key=lambda line: (line.baseline, line.x0))
    gutter = _gutter(lines, body_size, known) if depth < _DEEPEST else None
    if gutter is None:
        yield list(lines)
        return
    spanning = _spanning(lines, gutter, body_size)
    whole: list[PlacedLine] = []
    left: list[PlacedLine] = []
    right: list[PlacedLine] = []
    aside: list[PlacedLine] = []
    width = max(line.x1 for line in lines) - min(line.x0 for line in lines)
    narrow_left = gutter - min(line.x0 for line in lines) < _SIDEBAR * width
    left_lines = [line for k, line in enumerate(lines) if k not in spanning and line.x1 <= gutter - _CLEAR]
    if narrow_left and left_lines and median(line.size for line in left_lines) < body_size - _SMALLER:
        aside = left_lines
        left_lines = []
        yield from _ordered([line for line in lines if line not in aside], body_size, known, depth + 1)
        yield from _ordered(aside, body_size, known, depth + 1)
        return
    for k, line in enumerate(lines):
        if k in spanning:
            if left or right:
                yield from _ordered(left, body_size, known, depth + 1)
                yield from _ordered(right, body_size, known, depth + 1)
                left, right = [], []
            whole.append(line)
        else:
            if left and right and _turns(left, right, lines[k:], gutter):
                yield from _ordered(left, body_size, known, depth + 1)
                yield from _ordered(right, body_size, known, depth + 1)
                left, right = [], []
            if whole:
                yield from _ordered(whole, body_size, known, depth + 1)
                whole = []
            (left if line.x0 < gutter - 1.5 else right).append(line)
    if whole:
        yield from _ordered(whole, body_size, known, depth + 1)
    yield from _ordered(left, body_size, known, depth + 1)
    yield from _ordered(right, body_size, known, depth + 1)


def columns(pages: Sequence[Sequence[PlacedLine]], body_size: float) -> list[Column]:
    """The columns of all pages in reading order; `body_size` is the type size of the paper's running text."""
    found = Counter(round(gutter) for lines in pages if (gutter := _gutter(lines, body_size)) is not None)
    known = frozenset(
        place for gutter, n in found.items() if n >= _OFTEN for place in range(gutter - 1, gutter + 2)
    )  # fmt: skip
    return [_column(group) for lines in pages for group in _ordered(lines, body_size, known)]


def _overprints(line: PlacedLine, other: PlacedLine) -> bool:
    """Whether two pieces of a row lie on each other: a caption with its text hidden under its number, say."""
    return min(line.x1, other.x1) - max(line.x0, other.x0) > _OVERPRINT * line.size


def _column(group: list[PlacedLine]) -> Column:
    """Put the fragments of each row together."""
    rows: list[list[PlacedLine]] = []
    for line in sorted(group, key=lambda line: (line.baseline, round(line.x0), len(line.text))):
        level = bool(rows) and abs(rows[-1][0].baseline - line.baseline) < 0.3 * min(rows[-1][0].size, line.size)
        if level and not any(_overprints(line, other) for other in rows[-1]):
            rows[-1].append(line)
        else:
            rows.append([line])
    merged: list[PlacedLine] = []
    cells: list[int] = []
    for row in rows:
        row.sort(key=lambda line: line.x0)
        main = max(row, key=lambda line: len(line.text))
        first = row[0]
        parts = 1
        for one, other in pairwise(row):
            parts += other.x0 - one.x1 > 1.5 * main.size
        cells.append(parts)
        if len(row) == 1:
            merged.append(first)
            continue
        text = " ".join(line.text for line in row)
        raised: list[Span] = []
        shift = 0
        for line in row:
            raised += ((start + shift, end + shift) for start, end in line.raised)
            shift += len(line.text) + 1
        bold = sum(len(line.text) for line in row if line.bold) > 0.6 * len(text)
        lead = first.lead or (len(first.text) if (first.font, first.bold) != (row[-1].font, row[-1].bold) else 0)
        merged.append(
            replace(
                main, text=text, x0=first.x0, x1=max(line.x1 for line in row), bold=bold, lead=lead,
                lead_bold=first.lead_bold or (first.bold and not row[-1].bold), raised=tuple(raised),
            )
        )  # fmt: skip
    starts = Counter(round(line.x0) for line in merged)
    left = min(start for start, n in starts.items() if n >= 0.5 * max(starts.values()))
    ends = sorted(line.x1 for line in merged)
    return Column(tuple(merged), float(left), ends[int(0.95 * (len(ends) - 1))], tuple(cells))
