"""How the input of a run is cut up: into units that are read by themselves, and these into parts that are stored by themselves.

Both follow from the input alone, so that a run gives the same tables for any number of workers and any interruption.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from typing import Final

from lang_audit.corpus.reading.sources import SourceFile

PART_RECORDS: Final = 10_000
"""Records of a unit that are audited and stored together."""
MOST_PART_RECORDS: Final = 1 << 14
"""As many as `place` has room for."""

_BUNDLED: Final = frozenset({"paper", "unreadable"})  # kinds of files that mostly give one record each
_MOST_BUNDLED = 100  # files of a bundle
_BUNDLES = 16  # that a few papers make at least, as far as there are five for each: so that all workers have some
_SMALL = 5 << 20  # bytes of a file that is not worth being read by several workers


@dataclass(frozen=True, slots=True)
class Unit:
    """A file with many records, or a bundle of files with a paper each; `number` is its place in the order of the input."""

    number: int
    sources: tuple[SourceFile, ...]

    @property
    def size(self) -> int:
        """Bytes of its files."""
        return sum(source.size for source in self.sources)


def units_of(sources: Sequence[SourceFile]) -> list[Unit]:
    """The units of an input, in order. Paths are made absolute, for workers that stand elsewhere; names stay."""
    bundled = sum(source.kind in _BUNDLED for source in sources)
    most = min(max(bundled // _BUNDLES, 5), _MOST_BUNDLED)
    found: list[tuple[SourceFile, ...]] = []
    for in_bundles, group in groupby(sources, key=lambda source: source.kind in _BUNDLED):
        some = [replace(source, path=source.path.absolute()) for source in group]
        step = most if in_bundles else 1
        found += [tuple(some[k : k + step]) for k in range(0, len(some), step)]
    return [Unit(number, group) for number, group in enumerate(found)]


def stripes_of(units: Collection[Unit], jobs: int) -> dict[int, int]:
    """By how many workers each unit is read, by its number: by more than one only where some would have nothing to do.

    Each of them reads the whole unit and audits its share, for reading takes less time than auditing.
    """
    wanted = -(-jobs // max(len(units), 1))
    return {unit.number: wanted if len(unit.sources) == 1 and unit.size >= _SMALL else 1 for unit in units}


def place(unit: int, part: int, row: int = 0) -> int:
    """The place of a record in the order of the whole input, as one number of 63 bits."""
    return unit << 38 | part << 14 | row


def placed(place: int) -> tuple[int, int, int]:
    """Unit, part and row of a place."""
    return place >> 38, place >> 14 & 0xFFFFFF, place & 0x3FFF
