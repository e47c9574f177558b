"""The tables of a finished corpus run, to ask questions of: each is a view of DuckDB, read from disk as far as needed."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from lang_audit.corpus.manifest import Manifest, read_manifest
from lang_audit.errors import ConfigError

if TYPE_CHECKING:
    import duckdb

TABLES: Final = ("papers", "findings", "person_first", "codes")
DEFAULT_FOLDER: Final = "lang-audit-corpus"


@dataclass(frozen=True)
class Dataset:
    """A finished run: its folder and its manifest."""

    folder: Path
    manifest: Manifest

    def connect(self) -> duckdb.DuckDBPyConnection:
        """A connection in which `papers`, `findings`, `person_first` and `codes` are views; two threads and 1 GB at most."""
        import duckdb

        connection = duckdb.connect(config={"threads": 2, "memory_limit": "1GB"})
        for table in TABLES:
            files = str(self.folder / table / "*.parquet").replace("'", "''")
            connection.execute(f"CREATE VIEW {table} AS SELECT * FROM read_parquet('{files}')")
        return connection


def open_dataset(folder: Path) -> Dataset:
    """The finished run in `folder`. Raises ConfigError where there is none, or where it was interrupted."""
    manifest = read_manifest(folder)
    if manifest is None:
        raise ConfigError(
            f"{folder}: holds no corpus run. Make one: lang-audit corpus SOURCE... -o {folder}, or name its folder with -o."
        )
    if manifest.state != "finished":
        raise ConfigError(f"{folder}: the run was interrupted. Give its command once more: it goes on where it stood.")
    return Dataset(folder, manifest)
