"""Lines that stand at one place of many pages are found in one pass, also where there are thousands of pages."""

from __future__ import annotations

import random
import time

from lang_audit.sources.furniture import _twins, without_furniture
from lang_audit.sources.lines import placed_lines
from lang_audit.sources.placed import PlacedPage, Run

LINES = ("Peer workers and trust", "Participants met peer workers at the drop-in centre.", "They spoke about health.")


def page(number: int, height: float, move: float) -> PlacedPage:
    """A page of three lines that stand lower by `move`."""
    places = (30 + move, 300 + move, height - 40 - move)
    return PlacedPage(
        number, 612, height, tuple(Run(text, 50, 400, y, 10, "F", False) for text, y in zip(LINES, places, strict=True))
    )


def test_twins_are_those_that_a_look_at_every_pair_finds() -> None:
    draw = random.Random(5)
    pages = [page(k, draw.choice((792, 842, 800.5)), draw.choice((0, 3, 6, 9.5, 20))) for k in range(1, 60)]
    found = [(k, line) for k, one in enumerate(pages) for line in placed_lines(one)]
    expected = []
    for number, line in found:
        near = set()
        for other_number, other in found:
            down = other.baseline - line.baseline
            up = pages[other_number].height - pages[number].height - down
            if abs(down) < 6 or abs(up) < 6:
                near.add(other_number)
        expected.append(len(near))
    assert _twins(found, pages) == expected


def test_thousands_of_pages_take_no_time() -> None:
    pages = [page(k, 792, k % 7) for k in range(1, 1501)]
    lines = [placed_lines(one) for one in pages]
    began = time.process_time()
    kept = without_furniture(pages, lines, 10)
    assert time.process_time() - began < 2.0  # a look at every pair takes 15 seconds
    assert all(LINES[0] not in [line.text for line in group] for group in kept)
