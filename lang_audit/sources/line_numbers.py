"""Line numbers: the counting numbers that manuscripts print beside their lines, on the left or right, each line or each fifth."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from itertools import pairwise

from lang_audit.sources.lines import PlacedLine

_FEWEST = 8  # in the paper: fewer may be anything
_STEPS = frozenset({1, 2, 5, 10})
_REGULAR = 0.8  # of the steps from one number to the next are the same
_MOST_PAGES = 0.5  # of the pages have them; the numbers beside a reference list stand on the last ones only
_SAME_PLACE = 4.0  # points: numbers that end within them stand at one place
_LONGEST = 4  # digits
_EDGE = 20  # one in so many lines stands out of the text to the left or right


def line_numbers(pages: Sequence[Sequence[PlacedLine]]) -> set[int]:
    """The ids of the lines that are line numbers; whether they count on or begin anew on each page is all the same.

    They stand in the left or right margin, or at one place between columns of several pages.
    """
    places: dict[str | int, list[list[PlacedLine]]] = defaultdict(list)
    for lines in pages:
        numbers = [line for line in lines if len(line.text) <= _LONGEST and line.text.isdigit()]
        others = [line for line in lines if not line.text.isdigit()] if numbers else []
        if not others:
            continue
        left = sorted(line.x0 for line in others)[len(others) // _EDGE]
        right = sorted(line.x1 for line in others)[-1 - len(others) // _EDGE]
        on_page: dict[str | int, list[PlacedLine]] = defaultdict(list)
        for line in sorted(numbers, key=lambda line: line.baseline):
            side = "left" if line.x1 < left + 1 else "right" if line.x0 > right - 1 else round(line.x1 / _SAME_PLACE)
            on_page[side].append(line)
        for place, found in on_page.items():
            places[place].append(found)
    return {
        id(line)
        for place, found in places.items()
        if _counts(found, len(pages), _FEWEST if isinstance(place, str) else _FEWEST * len(pages))
        for group in found
        for line in group
    }


def _counts(groups: Sequence[Sequence[PlacedLine]], pages: int, fewest: int) -> bool:
    """Whether the numbers at one place, a group a page, count lines."""
    if sum(map(len, groups)) < fewest or len(groups) < _MOST_PAGES * pages:
        return False
    steps = Counter(int(b.text) - int(a.text) for group in groups for a, b in pairwise(group))
    step, often = steps.most_common(1)[0] if steps else (0, 0)
    return step in _STEPS and often >= _REGULAR * steps.total()
