"""Which records of a run are the same work as an earlier one, by the hashes of their keys: PMID, DOI, normalised title.

A record is a duplicate where an audited record before it in the order of the input has its PMID or its DOI; where none has,
where one before it has its long title and year. The title does not count where one before it with the same title has another
PMID, or where neither of the two has a PMID, another DOI: journals repeat titles. The record is a duplicate of the earliest
one found, and where that is a duplicate itself, of the record that it is one of. DuckDB looks for them, within a limit of
memory and for the rest on disk, however many records there are.

All records before it with the title agree with it exactly where it is the first among them with a PMID (without one: with
neither PMID nor DOI, or the first of those with a DOI only): one with the same PMID or DOI has been found by that already.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

from lang_audit.corpus.reading.records import KeyKind

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_MEMORY: Final = "1GB"
_QUERY: Final = f"""
    WITH identifiers AS (
        SELECT key, min(place) AS first FROM keys WHERE kind = {KeyKind.IDENTIFIER} GROUP BY key HAVING count(*) > 1
    ), by_identifier AS (
        SELECT place, min(first) AS parent FROM keys JOIN identifiers USING (key)
        WHERE kind = {KeyKind.IDENTIFIER} AND first < place GROUP BY place
    ), titles AS (
        SELECT key, min(place) AS first,
            min(place) FILTER (kind = {KeyKind.TITLE_WITH_DOI}) AS first_with_doi,
            min(place) FILTER (kind = {KeyKind.TITLE_WITH_PMID}) AS first_with_pmid
        FROM keys WHERE kind <> {KeyKind.IDENTIFIER} GROUP BY key HAVING count(*) > 1
    ), by_title AS (
        SELECT place, first AS parent FROM keys JOIN titles USING (key)
        WHERE first < place AND (
            kind = {KeyKind.TITLE}
            OR kind = {KeyKind.TITLE_WITH_DOI} AND place = first_with_doi
            OR kind = {KeyKind.TITLE_WITH_PMID} AND place = first_with_pmid
        )
    )
    FROM by_identifier UNION ALL (FROM by_title ANTI JOIN by_identifier USING (place)) ORDER BY place
"""


class Duplicates(NamedTuple):
    """The places (`units.place`) of duplicates in order, and for each the place of the record that is counted for it."""

    places: NDArray[np.int64]
    roots: NDArray[np.int64]


def find_duplicates(files: Sequence[Path], scratch: Path) -> Duplicates:
    """The duplicates among the records whose keys stand in `files` (Parquet with the columns place, key and kind)."""
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
