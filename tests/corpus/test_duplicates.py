from __future__ import annotations

from hashlib import sha256
from pathlib import Path
from typing import NamedTuple

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lang_audit.corpus.reading.records import CorpusRecord
from lang_audit.corpus.running.duplicates import find_duplicates


class Made(NamedTuple):
    """What a record has of each; a title is one of few."""

    pmid: int | None = None
    doi: int | None = None
    title: int | None = None


_Records = list[Made]


def _keys(made: Made) -> list[tuple[int, int]]:
    """Hashes of its keys with their kinds, as the reader of the record makes them."""
    record = CorpusRecord(
        "made-up",
        0,
        pmid=str(made.pmid) if made.pmid is not None else None,
        doi=f"10.5555/{made.doi}" if made.doi is not None else None,
        title=f"A made-up title that is long enough to count, number {made.title}" if made.title is not None else "",
    )
    return [(int.from_bytes(sha256(key.text.encode()).digest()[:8]), int(key.kind)) for key in record.keys()]  # noqa: SIM118


def _files(folder: Path, records: _Records, per_file: int) -> list[Path]:
    """The keys of records, whose place is their number, in files."""
    files = []
    for begin in range(0, len(records), per_file):
        rows = [
            {"place": begin + k, "key": key, "kind": kind}
            for k, made in enumerate(records[begin : begin + per_file])
            for key, kind in _keys(made)
        ]
        path = folder / f"{begin}.parquet"
        schema = pa.schema({"place": pa.int64(), "key": pa.uint64(), "kind": pa.uint8()})
        pq.write_table(pa.Table.from_pylist(rows, schema=schema), path)
        files.append(path)
    return files


def _vetoes(one: Made, other: Made) -> bool:
    """Whether two records with the same title are told apart by their identifiers."""
    if one.pmid is not None and other.pmid is not None:
        return one.pmid != other.pmid
    if one.pmid is None and other.pmid is None:
        return one.doi is not None and other.doi is not None and one.doi != other.doi
    return False


def _reference(records: _Records) -> dict[int, int]:
    """The same, one record after the other."""
    roots: dict[int, int] = {}
    for place, made in enumerate(records):
        before = list(enumerate(records[:place]))
        found = [k for k, other in before if made.pmid is not None and other.pmid == made.pmid]
        found += [k for k, other in before if made.doi is not None and other.doi == made.doi]
        if not found and made.title is not None:
            titled = [k for k, other in before if other.title == made.title]
            found = [] if any(_vetoes(made, records[k]) for k in titled) else titled
        if found:
            roots[place] = roots.get(min(found), min(found))
    return roots


_SOME = st.none() | st.integers(0, 3)
_MADE = st.builds(Made, _SOME, _SOME, st.none() | st.integers(0, 1))


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(_MADE, max_size=25), st.integers(1, 9))
def test_duplicates_are_those_of_a_simple_reference(tmp_path: Path, records: _Records, per_file: int) -> None:
    found = find_duplicates(_files(tmp_path, records, per_file), tmp_path)
    assert dict(zip(found.places.tolist(), found.roots.tolist(), strict=True)) == _reference(records)
    assert found.places.tolist() == sorted(found.places.tolist())


@pytest.mark.parametrize(
    ("records", "expected"),
    [
        ([], {}),
        ([Made(), Made()], {}),
        ([Made(1), Made(2), Made(1)], {2: 0}),
        (
            [Made(1), Made(1, 2), Made(None, 2, 3), Made(title=3)],
            {1: 0, 2: 0, 3: 0},
        ),  # a chain is followed to its beginning
        # One that is two works at once belongs to the first, and joins nothing.
        ([Made(1), Made(None, 2), Made(1, 2), Made(None, 2)], {2: 0, 3: 1}),
        # The title counts only where no identifier speaks, and where none speaks against it.
        ([Made(None, 1, 3), Made(2), Made(2, None, 3)], {2: 1}),
        ([Made(1, None, 3), Made(2, None, 3)], {}),
        ([Made(None, 1, 3), Made(None, 2, 3)], {}),
        ([Made(None, 1, 3), Made(2, 2, 3)], {1: 0}),
        (
            [Made(1, None, 3), Made(title=3), Made(2, None, 3)],
            {1: 0},
        ),  # the second must not make the third one of the first
        ([Made(title=3), Made(2, None, 3), Made(None, 4, 3)], {1: 0, 2: 0}),
    ],
)
def test_chains(tmp_path: Path, records: _Records, expected: dict[int, int]) -> None:
    found = find_duplicates(_files(tmp_path, records, 2), tmp_path)
    assert dict(zip(found.places.tolist(), found.roots.tolist(), strict=True)) == expected == _reference(records)
