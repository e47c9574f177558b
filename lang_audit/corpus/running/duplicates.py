"""Which records of a run are the same work as an earlier one, by the hashes of their keys: PMID, DOI, normalised title.

A record is a duplicate where an audited record before it in the order of the input has one of its keys. It is one of the
earliest such record, and where that is a duplicate itself, of the record that it is one of. DuckDB looks for them, within a
limit of memory and for the rest on disk, however many records there are.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_MEMORY: Final = "1GB"
_QUERY: Final = """
    WITH first AS (SELECT key, min(place) AS first FROM keys GROUP BY key HAVING count(*) > 1)
    SELECT place, min(first) AS parent FROM keys JOIN first USING (key) WHERE first < place GROUP BY place ORDER BY place
"""


class Duplicates(NamedTuple):
    """The places (`units.place`) of duplicates in order, and for each the place of the record that is counted for it."""

    places: NDArray[np.int64]
    roots: NDArray[np.int64]


def find_duplicates(files: Sequence[Path], scratch: Path) -> Duplicates:
    """The duplicates among the records whose keys stand in `files` (Parquet with the columns place and key)."""
    import duckdb
    import numpy as np

    nothing = np.empty(0, np.int64)
    if not files:
        return Duplicates(nothing, nothing)
    settings: dict[str, str | bool | int | float | list[str]] = {
        "threads": 2,
        "memory_limit": _MEMORY,
        "temp_directory": str(scratch),
        "preserve_insertion_order": False,
    }
    with duckdb.connect(config=settings) as connection:
        connection.read_parquet([str(path) for path in files]).create_view("keys")
        found = connection.execute(_QUERY).fetchnumpy()
    places, parents = (np.ma.getdata(found[name]).astype(np.int64) for name in ("place", "parent"))
    return Duplicates(places, _roots(places, parents))


def _roots(places: NDArray[np.int64], parents: NDArray[np.int64]) -> NDArray[np.int64]:
    """Where each chain of duplicates ends: a parent always comes before."""
    import numpy as np

    roots = parents.copy()
    while len(places):
        at = np.minimum(np.searchsorted(places, roots), len(places) - 1)
        further = places[at] == roots
        if not further.any():
            break
        roots[further] = roots[at[further]]
    return roots
