from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lang_audit.corpus.running.duplicates import find_duplicates

_Records = list[list[int]]


def _files(folder: Path, records: _Records, per_file: int) -> list[Path]:
    """The keys of records, whose place is their number, in files."""
    files = []
    for begin in range(0, len(records), per_file):
        pairs = [(begin + k, key) for k, keys in enumerate(records[begin : begin + per_file]) for key in keys]
        path = folder / f"{begin}.parquet"
        places, keys = [pair[0] for pair in pairs], [pair[1] for pair in pairs]
        pq.write_table(pa.table({"place": pa.array(places, pa.int64()), "key": pa.array(keys, pa.uint64())}), path)
        files.append(path)
    return files


def _reference(records: _Records) -> dict[int, int]:
    """The same, one record after the other."""
    first: dict[int, int] = {}
    roots: dict[int, int] = {}
    for place, keys in enumerate(records):
        before = [first[key] for key in keys if key in first]
        if before:
            roots[place] = roots.get(min(before), min(before))
        for key in keys:
            first.setdefault(key, place)
    return roots


_KEYS = st.integers(0, 12).map(lambda key: key * (2**64 - 1) // 12)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.lists(_KEYS, max_size=3, unique=True), max_size=25), st.integers(1, 9))
def test_duplicates_are_those_of_a_simple_reference(tmp_path: Path, records: _Records, per_file: int) -> None:
    found = find_duplicates(_files(tmp_path, records, per_file), tmp_path)
    assert dict(zip(found.places.tolist(), found.roots.tolist(), strict=True)) == _reference(records)
    assert found.places.tolist() == sorted(found.places.tolist())


@pytest.mark.parametrize(
    ("records", "expected"),
    [
        ([], {}),
        ([[], []], {}),
        ([[1], [2], [1]], {2: 0}),
        ([[1], [1, 2], [2, 3], [3]], {1: 0, 2: 0, 3: 0}),  # a chain is followed to its beginning
        (
            [[1], [2], [1, 2], [2]],
            {2: 0, 3: 1},
        ),  # one that is two works at once belongs to the first, and joins nothing
    ],
)
def test_chains(tmp_path: Path, records: _Records, expected: dict[int, int]) -> None:
    found = find_duplicates(_files(tmp_path, records, 2), tmp_path)
    assert dict(zip(found.places.tolist(), found.roots.tolist(), strict=True)) == expected == _reference(records)
