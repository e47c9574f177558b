"""What a run has done so far, in `DIR/.work/`: whole parts, the ends of units, the records that ended their workers.

    parts/UNIT/PART/  papers, findings ... of some records as Parquet, the hashes of their keys, their lines of rejects.csv
    ends/UNIT.json    how many records a unit has, the hashes of its files
    trouble/UNIT.json records that must not be touched again
    now/UNIT-STRIPE   what a worker is at
    scratch/          temporary files

Everything is put in place whole, by any number of processes and machines at a time, and doing so twice changes nothing.
"""

from __future__ import annotations

import csv
import io
import json
import shutil
import tempfile
from collections.abc import Collection, Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from lang_audit.corpus.running.durable import place_folder, write_durably
from lang_audit.corpus.running.units import place
from lang_audit.corpus.tables import KEYS, SCHEMAS, Part
from lang_audit.report.safe_cells import harmless

if TYPE_CHECKING:
    import pyarrow as pa

WORK: Final = ".work"
REJECT_COLUMNS: Final = ("paper", "source", "position", "state", "code", "message", "excerpt")
KEYS_FILE: Final = "keys.parquet"
REJECTS_FILE: Final = "rejects.csv"
_FOLDERS = ("parts", "ends", "trouble", "now", "scratch")


class End(NamedTuple):
    """That a unit was read to its end: how many records it has, and the SHA-256 of each of its files."""

    records: int
    hashes: list[str | None]


class Trouble(NamedTuple):
    """A record that ended its worker: of which file of the unit, at which position, and what its problem is called.

    `phase`: "read" (it cannot be read), "audit" (it can be, but not audited), "end" (nothing from here on can be read), or
    "walk" (the file cannot be read from its middle: read it from its beginning).
    """

    source: int
    position: int
    phase: str
    code: str
    message: str


class Staging:
    """The working folder of the run in `folder`."""

    def __init__(self, folder: Path) -> None:
        self.root = folder / WORK
        self.scratch = self.root / "scratch"

    def prepare(self) -> None:
        """Make the folders, and throw away what earlier processes left unfinished."""
        for name in ("now", "scratch"):
            shutil.rmtree(self.root / name, ignore_errors=True)
        for name in _FOLDERS:
            (self.root / name).mkdir(parents=True, exist_ok=True)

    def parts(self, unit: int) -> set[int]:
        """The parts of a unit that are done."""
        try:
            return {int(path.name) for path in self._unit(unit).iterdir() if path.name.isdecimal()}
        except FileNotFoundError:
            return set()

    def part(self, unit: int, part: int) -> Path:
        """The folder of a part that is done."""
        return self._unit(unit) / f"{part:05d}"

    def put_part(self, unit: int, part: int, rows: Part, rejects: Sequence[Sequence[object]]) -> None:
        """Store a part. `rejects` are lines of rejects.csv in the order of REJECT_COLUMNS."""
        import pyarrow.parquet as pq

        tables = rows.tables()
        keys = tables["papers"][KEYS]
        tables["papers"] = tables["papers"].drop_columns([KEYS])
        made = Path(tempfile.mkdtemp(prefix=f"{unit:05d}-{part:05d}-", dir=self.scratch))
        made.chmod(0o755)
        for name, table in tables.items():
            if len(table):
                pq.write_table(table, made / f"{name}.parquet", compression="zstd")
        pq.write_table(_keys(keys, place(unit, part)), made / KEYS_FILE, compression=None, use_dictionary=False)
        if rejects:
            (made / REJECTS_FILE).write_bytes(reject_lines(rejects))
        self._unit(unit).mkdir(parents=True, exist_ok=True)
        place_folder(made, self.part(unit, part))

    def end(self, unit: int) -> End | None:
        """How the unit ends, if it was read to there."""
        told = _json(self.root / "ends" / f"{unit:05d}.json")
        return End(*told) if told else None

    def put_end(self, unit: int, end: End) -> None:
        """Store that a unit was read to its end."""
        write_durably(self.root / "ends" / f"{unit:05d}.json", json.dumps(end).encode())

    def trouble(self, unit: int) -> list[Trouble]:
        """The records of a unit that ended their workers."""
        return [Trouble(*told) for told in _json(self.root / "trouble" / f"{unit:05d}.json") or ()]

    def add_trouble(self, unit: int, trouble: Trouble) -> None:
        """Remember one more."""
        told = json.dumps([*self.trouble(unit), trouble]).encode()
        write_durably(self.root / "trouble" / f"{unit:05d}.json", told)

    def now(self, unit: int, stripe: int) -> Path:
        """The file in which a worker tells what it is at."""
        return self.root / "now" / f"{unit:05d}-{stripe:03d}"

    def finished(self, unit: int, part_records: int) -> bool:
        """Whether the unit was read to its end and all its parts are there."""
        end = self.end(unit)
        return end is not None and self.parts(unit) >= set(range(-(-end.records // part_records)))

    def forget(self, units: Collection[int]) -> None:
        """Throw away what is there of some units."""
        for unit in units:
            (self.root / "ends" / f"{unit:05d}.json").unlink(missing_ok=True)
            (self.root / "trouble" / f"{unit:05d}.json").unlink(missing_ok=True)
            with suppress(FileNotFoundError):
                shutil.rmtree(self._unit(unit))

    def _unit(self, unit: int) -> Path:
        return self.root / "parts" / f"{unit:05d}"


def stored_table(folder: Path, name: str) -> pa.Table:
    """A table of a part; one without rows was not written."""
    import pyarrow.parquet as pq

    path = folder / f"{name}.parquet"
    # One thread: processes may be forked from this one later.
    return pq.read_table(path, use_threads=False) if path.exists() else SCHEMAS[name].empty_table()


def reject_lines(rows: Sequence[Sequence[object]]) -> bytes:
    """Lines of CSV; what a spreadsheet would run is made harmless."""
    held = io.StringIO(newline="")
    writer = csv.writer(held, lineterminator="\n")
    writer.writerows([harmless(cell) if isinstance(cell, str) else cell for cell in row] for row in rows)
    return held.getvalue().encode("utf-8", "backslashreplace")


def _keys(keys: pa.ChunkedArray, first: int) -> pa.Table:
    """The hashes of a part's records, each with its kind and the record's place in the order of the whole input."""
    import numpy as np
    import pyarrow as pa
    import pyarrow.compute as pc

    lists = keys.combine_chunks()
    places = pc.list_parent_indices(lists).to_numpy(zero_copy_only=False).astype(np.int64) + first
    flat = pc.list_flatten(lists)
    return pa.table({"place": pa.array(places, pa.int64()), "key": flat.field("key"), "kind": flat.field("kind")})


def _json(path: Path) -> Any:
    """What stands in a file; None where there is none."""
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
