"""From the parts of a run to its tables: duplicates are set aside, every record is counted, and all is put in place at once."""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from lang_audit.corpus.manifest import Input
from lang_audit.corpus.running.duplicates import Duplicates, find_duplicates
from lang_audit.corpus.running.durable import sync_folder
from lang_audit.corpus.running.staging import (
    KEYS_FILE,
    REJECT_COLUMNS,
    REJECTS_FILE,
    Staging,
    reject_lines,
    stored_table,
)
from lang_audit.corpus.running.units import Unit, place, placed
from lang_audit.corpus.tables import SCHEMAS, STATES
from lang_audit.errors import LangAuditError

if TYPE_CHECKING:
    import numpy as np
    import pyarrow as pa
    from numpy.typing import NDArray

REJECTS: Final = "rejects.csv"
RUNS: Final = "runs"
# What is said of a file, where a record should stand.
_WHOLE: Final = frozenset(
    {
        "broken-file",
        "no-access",
        "no-records",
        "empty-file",
        "unknown-format",
        "unknown-columns",
        "nothing-to-read",
        "not-installed",
    }
)
_NO_VERDICT: Final = ("verdict", "rule", "share", "person_first", "flagged_people", "flagged", "queried", "exempt")


def publish(
    folder: Path, units: Sequence[Unit], inputs: Sequence[Input], part_records: int, tell: Callable[[str], object]
) -> tuple[tuple[Input, ...], dict[str, int]]:
    """Write the tables of a run whose units are all done into `folder`; the inputs with hashes and counts, the tables' rows.

    What stands there of an earlier attempt is replaced. Raises LangAuditError where the parts do not add up: then a file was
    changed during the run, or lang-audit has a defect.
    """
    staging = Staging(folder)
    parts = list(_parts(staging, units, part_records))
    tell("Looking for duplicates ...")
    duplicates = find_duplicates([staging.part(*part) / KEYS_FILE for part in parts], staging.scratch)
    names = _names(staging, duplicates.roots)
    tell(f"{len(duplicates.places):,} duplicate{'s' * (len(duplicates.places) != 1)}. Writing the tables ...")
    made = staging.root / "final"
    shutil.rmtree(made, ignore_errors=True)
    for name in SCHEMAS:
        (made / name).mkdir(parents=True)
    counts = {given.name: _Counts() for given in inputs}
    rows: Counter[str] = Counter(dict.fromkeys(SCHEMAS, 0))
    with (made / REJECTS).open("wb") as rejects:
        rejects.write(reject_lines([REJECT_COLUMNS]))
        for unit in units:
            records = 0
            for part in sorted(staging.parts(unit.number)):
                papers, written = _write_part(
                    staging, (unit.number, part), duplicates, names, made, first=(unit.number, part) == parts[0]
                )
                rows.update(written)
                records += len(papers)
                _count(counts, unit, papers)
                lines = staging.part(unit.number, part) / REJECTS_FILE
                if lines.exists():
                    rejects.write(lines.read_bytes())
            _check(unit, staging, records)
    found = tuple(_counted(given, counts[given.name]) for given in _hashed(inputs, units, staging))
    (made / RUNS).mkdir()
    _write(_runs(found), made / RUNS / "part-0.parquet")
    for name in (*SCHEMAS, RUNS):
        shutil.rmtree(folder / name, ignore_errors=True)
        (made / name).rename(folder / name)
    (made / REJECTS).replace(folder / REJECTS)
    sync_folder(folder)
    return found, dict(rows)


def _parts(staging: Staging, units: Sequence[Unit], part_records: int) -> Iterator[tuple[int, int]]:
    for unit in units:
        end = staging.end(unit.number)
        wanted = range(-(-end.records // part_records)) if end else range(0)
        if end is None or staging.parts(unit.number) != set(wanted):
            raise LangAuditError(
                f"{unit.sources[0].name}: its parts do not add up. Please report this; the same command in another folder starts "
                "anew."
            )
        yield from ((unit.number, part) for part in wanted)


def _names(staging: Staging, roots: NDArray[np.int64]) -> tuple[NDArray[np.int64], list[str]]:
    """The names (`paper`) of the records at some places, and these places in order."""
    import numpy as np

    wanted = np.unique(roots)
    names: list[str] = []
    for part in np.unique(wanted >> 14):
        unit, number, _ = placed(int(part) << 14)
        rows = wanted[wanted >> 14 == part] & 0x3FFF
        names += stored_table(staging.part(unit, number), "papers")["paper"].take(rows).to_pylist()
    return wanted, names


def _write_part(
    staging: Staging,
    part: tuple[int, int],
    duplicates: Duplicates,
    names: tuple[NDArray[np.int64], list[str]],
    made: Path,
    *,
    first: bool,
) -> tuple[pa.Table, dict[str, int]]:
    """Write the tables of one part; its papers, and how many rows each table has. Tables without rows are left out but once."""
    import numpy as np

    folder = staging.part(*part)
    papers = stored_table(folder, "papers")
    begin, end = np.searchsorted(duplicates.places, (place(*part), place(*part) + (1 << 14)))
    dropped: list[str] = []
    if end > begin:
        rows = (duplicates.places[begin:end] & 0x3FFF).tolist()
        of = [names[1][k] for k in np.searchsorted(names[0], duplicates.roots[begin:end])]
        dropped = papers["paper"].take(rows).to_pylist()
        papers = _as_duplicates(papers, rows, of)
    rows = {}
    for name in SCHEMAS:
        table = papers if name == "papers" else _without(stored_table(folder, name), dropped)
        rows[name] = len(table)
        if len(table) or first:
            _write(table, made / name / f"part-{part[0]:05d}-{part[1]:05d}.parquet")
    return papers, rows


def _as_duplicates(papers: pa.Table, rows: list[int], of: list[str]) -> pa.Table:
    """The papers with those in `rows` set aside, each with the paper that is counted in its place."""
    import pyarrow as pa

    values: dict[str, list[Any]] = {}
    for name in ("state", "duplicate_of", *_NO_VERDICT):
        values[name] = papers[name].to_pylist()
        for row in rows:
            values[name][row] = None
    for row, counted in zip(rows, of, strict=True):
        values["state"][row], values["duplicate_of"][row] = "duplicate", counted
    for name, column in values.items():
        k = papers.schema.get_field_index(name)
        papers = papers.set_column(k, papers.schema.field(k), pa.array(column, papers.schema.field(k).type))
    return papers


def _without(table: pa.Table, papers: list[str]) -> pa.Table:
    """A table without the rows of some papers."""
    import pyarrow as pa
    import pyarrow.compute as pc

    if not papers or not len(table):
        return table
    return table.filter(pc.invert(pc.is_in(table["paper"], value_set=pa.array(papers, pa.string()))))


def _write(table: pa.Table, path: Path) -> None:
    import pyarrow.parquet as pq

    pq.write_table(table, path, compression="zstd")


@dataclass
class _Counts:
    """What became of an input's records, and what is wrong with it as a whole."""

    states: Counter[str] = field(default_factory=Counter)
    problem: str | None = None


def _count(counts: dict[str, _Counts], unit: Unit, papers: pa.Table) -> None:
    alone = (
        unit.sources[0].name if len(unit.sources) == 1 else None
    )  # else each record tells; members of archives do not
    columns = (papers[name].to_pylist() for name in ("source", "state", "problem", "message"))
    for source, state, problem, message in zip(*columns, strict=True):
        told = counts[alone or source]
        told.states[state] += 1
        if state == "rejected" and source in counts and (problem in _WHOLE or alone is None):
            told.problem = told.problem or message


def _check(unit: Unit, staging: Staging, records: int) -> None:
    end = staging.end(unit.number)
    if end is None or end.records != records:
        raise LangAuditError(
            f"{unit.sources[0].name}: {records} records are stored, {end.records if end else 'no'} were counted. Please "
            "report this."
        )


def _counted(given: Input, told: _Counts) -> Input:
    """An input with its counts. Raises LangAuditError where a record is in no state, or in one that there is not."""
    states = told.states
    counts = {state.replace("-", "_"): states[state] for state in STATES}
    if unknown := [state for state in states if state not in STATES]:
        raise LangAuditError(f"{given.name}: records in the states {unknown}, which there are not. Please report this.")
    return given.model_copy(update={"records": states.total(), "problem": told.problem, **counts})


def _hashed(inputs: Sequence[Input], units: Sequence[Unit], staging: Staging) -> list[Input]:
    hashes: dict[str, str | None] = {}
    for unit in units:
        end = staging.end(unit.number)
        hashes |= zip((source.name for source in unit.sources), end.hashes if end else (), strict=True)
    return [given.model_copy(update={"sha256": hashes[given.name]}) for given in inputs]


def _runs(inputs: Sequence[Input]) -> pa.Table:
    """The table `runs`: one row for each input, with its hash and what became of its records."""
    import pyarrow as pa

    texts = ("name", "kind", "sha256", "problem")
    columns = [name for name in Input.model_fields if name != "modified"]
    schema = pa.schema({name: pa.string() if name in texts else pa.int64() for name in columns})
    return pa.Table.from_pydict({name: [getattr(given, name) for given in inputs] for name in columns}, schema=schema)
