"""The tables of a finished corpus run, to ask questions of: each is a view of DuckDB, read from disk as far as needed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from lang_audit.corpus.manifest import Manifest, read_manifest
from lang_audit.corpus.running.lock import at_work
from lang_audit.errors import ConfigError

if TYPE_CHECKING:
    import duckdb

TABLES: Final = ("papers", "findings", "person_first", "codes")
DEFAULT_FOLDER: Final = "lang-audit-corpus"
_MEND: Final = "Copy the whole folder once more from where it is whole, or do the run again in another folder (-o)."
_OF_STATES: Final = ("audited", "duplicate", "rejected", "failed", "left_out")


@dataclass(frozen=True)
class Dataset:
    """A finished run: its folder and its manifest."""

    folder: Path
    manifest: Manifest

    @contextmanager
    def connect(self) -> Iterator[duckdb.DuckDBPyConnection]:
        """A connection in which `papers`, `findings`, `person_first` and `codes` are views; two threads and 1 GB at most.

        What is asked of it raises ConfigError where a file of the tables turns out to be damaged.
        """
        import duckdb

        try:
            with duckdb.connect(config={"threads": 2, "memory_limit": "1GB"}) as connection:
                for table in TABLES:
                    files = str(self.folder / table / "*.parquet").replace("'", "''")
                    connection.execute(f"CREATE VIEW {table} AS SELECT * FROM read_parquet('{files}')")
                yield connection
        except (duckdb.Error, RuntimeError) as error:
            if damaged := _first_damaged(self.folder):
                raise ConfigError(f"{damaged}: is damaged, and cannot be read. {_MEND}") from error
            raise


def open_dataset(folder: Path) -> Dataset:
    """The finished run in `folder`.

    Raises ConfigError where there is none, where it is under way or was interrupted, and where its tables are not whole.
    """
    manifest = read_manifest(folder)
    if manifest is None:
        raise ConfigError(
            f"{folder}: holds no corpus run. Make one: lang-audit corpus SOURCE... -o {folder}, or name its folder with -o."
        )
    if manifest.state != "finished" and at_work(folder):
        raise ConfigError(f"{folder}: the run is under way. Wait for its end.")
    if manifest.state != "finished":
        raise ConfigError(f"{folder}: the run was interrupted. Give its command once more: it goes on where it stood.")
    _refuse_incomplete(folder, manifest)
    return Dataset(folder, manifest)


def _refuse_incomplete(folder: Path, manifest: Manifest) -> None:
    """Raises ConfigError where the tables have other rows than the manifest tells: a file is missing, damaged or too many."""
    import pyarrow.compute as pc
    import pyarrow.parquet as pq

    states: Counter[str] = Counter()
    found: dict[str, int] = {}
    for table in TABLES:
        found[table] = 0
        for path in sorted((folder / table).glob("*.parquet")):
            try:
                found[table] += pq.read_metadata(path).num_rows
                if table == "papers":
                    column = pq.read_table(path, columns=["state"], use_threads=False)["state"]
                    states.update({one["values"]: one["counts"] for one in pc.value_counts(column).to_pylist()})
            except (OSError, ValueError, KeyError) as error:  # what pyarrow raises is one of these
                raise ConfigError(f"{path}: is damaged, and cannot be read. {_MEND}") from error
    told = {
        state.replace("_", "-"): sum(getattr(given, state) or 0 for given in manifest.inputs) for state in _OF_STATES
    }
    wrong = [
        f"{table} has {found[table]:,} rows of {rows:,}"
        for table, rows in {"papers": sum(told.values()), **(manifest.rows or {})}.items()
        if found.get(table) != rows
    ]
    wrong += [
        f"{states[state]:,} of {rows:,} records are {state}" for state, rows in told.items() if states[state] != rows
    ]
    if wrong:
        raise ConfigError(f"{folder}: the tables of the run are not whole: {'; '.join(wrong)}. {_MEND}")


def _first_damaged(folder: Path) -> Path | None:
    """The first file of the tables that cannot be read to its end."""
    import pyarrow.parquet as pq

    for table in TABLES:
        for path in sorted((folder / table).glob("*.parquet")):
            try:
                for _ in pq.ParquetFile(path).iter_batches(use_threads=False):
                    pass
            except (OSError, ValueError):
                return path
    return None
