"""A corpus run from its sources to its tables. It may be interrupted at any moment; started again, it goes on where it stood.

find the inputs -> cut them into units -> audit what is missing (pool) -> set duplicates aside, write the tables -> pages
"""

from __future__ import annotations

import os
import shutil
import sys
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, TextIO

from lang_audit.corpus.manifest import MANIFEST, Identity, Input, Manifest, read_manifest, write_manifest
from lang_audit.corpus.page.pages import write_pages
from lang_audit.corpus.reading.columns import parse_column_map
from lang_audit.corpus.reading.sources import SourceFile, find_sources, refuse_misnamed
from lang_audit.corpus.running import pool
from lang_audit.corpus.running.identity import (
    SettingsSource,
    differences,
    identity_of,
    input_differences,
    input_of,
    touched,
)
from lang_audit.corpus.running.lock import locked
from lang_audit.corpus.running.meter import Meter, Progress
from lang_audit.corpus.running.publish import publish
from lang_audit.corpus.running.selection import Selection
from lang_audit.corpus.running.staging import WORK, Staging
from lang_audit.corpus.running.tasks import Task, Work
from lang_audit.corpus.running.units import MOST_PART_RECORDS, PART_RECORDS, Unit, stripes_of, units_of
from lang_audit.corpus.tables import STATES
from lang_audit.errors import ConfigError
from lang_audit.workers import Start, default_jobs, default_memory

Execute = Callable[[Sequence[Task], Callable[[Progress], object]], object]
"""What does tasks, wherever it does them, and tells its progress."""

_OURS: Final = frozenset({WORK, ".DS_Store", "Thumbs.db", "desktop.ini"})  # in a folder that counts as empty


@dataclass(frozen=True)
class Request:
    """What is asked of a run. `columns` are as `parse_column_map` takes them; `timeout` seconds for a record, None for any."""

    sources: tuple[Path, ...]
    folder: Path
    settings: SettingsSource = field(default_factory=SettingsSource)
    selection: Selection = field(default_factory=Selection)
    columns: tuple[str, ...] = ()
    jobs: int | None = None
    timeout: float | None = 120.0
    part_records: int = PART_RECORDS


@dataclass(frozen=True)
class Outcome:
    """What came of a run: its manifest, its page, whether there was nothing left to do."""

    manifest: Manifest
    page: Path
    finished_already: bool

    def totals(self) -> Counter[str]:
        """The number of records in each state, of all inputs."""
        found: Counter[str] = Counter(dict.fromkeys(STATES, 0))
        for given in self.manifest.inputs:
            found.update({state: getattr(given, state.replace("-", "_")) or 0 for state in STATES})
        return found


def run(
    request: Request,
    *,
    stream: TextIO = sys.stderr,
    quiet: bool = False,
    execute: Execute | None = None,
    start: Start | None = None,
) -> Outcome:
    """Do what is asked, or go on with it; progress goes to `stream`.

    `execute` does the tasks (None: processes of this machine, started as `start` says). Raises LangAuditError for settings
    that cannot be used and folders of other runs, OSError where the folder cannot be written: all that was done by then is kept.
    """
    if not 0 < request.part_records <= MOST_PART_RECORDS:
        raise ConfigError(f"Parts have 1 to {MOST_PART_RECORDS} records, not {request.part_records}.")
    columns = parse_column_map(request.columns) if request.columns else None
    settings = request.settings.load()
    identity = identity_of(settings, request.selection, request.columns)
    folder = request.folder.absolute()
    _refuse_foreign(request.folder)
    meter = Meter(stream, quiet=quiet)
    sources = _sources(request, meter)
    refuse_misnamed(sources, columns)
    with locked(folder, meter.say):
        manifest = _manifest(folder, request, identity, sources)
        finished = manifest.state == "finished"
        if not finished:
            work = Work(folder, request.settings, request.selection, columns, request.part_records)
            units = units_of(sources)
            _audit(work, units, request, meter, execute, start)
            _refuse_changed(folder, manifest, units)
            inputs, stored = publish(folder, units, manifest.inputs, request.part_records, meter.say)
            manifest = manifest.model_copy(update={"state": "finished", "inputs": inputs, "rows": stored})
            write_manifest(folder, manifest)
        shutil.rmtree(folder / WORK, ignore_errors=True)
        page = write_pages(folder, settings)
    return Outcome(manifest, page, finished)


def _sources(request: Request, meter: Meter) -> list[SourceFile]:
    """The inputs, without what lies in the run's own folder."""
    passed: list[Path] = []
    own = os.path.realpath(request.folder)
    found = [
        source
        for source in find_sources(request.sources, passed.append)
        if os.path.commonpath((own, os.path.realpath(source.path))) != own
    ]
    if not found:
        raise ConfigError("There is nothing to read: all that was named lies in the folder of the run.")
    passed = [path for path in passed if os.path.commonpath((own, os.path.realpath(path))) != own]
    runs = [path for path in passed if path.is_dir()]
    if runs:
        are = "is a folder" if len(runs) == 1 else "are folders"
        meter.say(f"{len(runs):,} {are} of corpus runs, no sources, and passed over; the first is {runs[0]}.")
    if files := [path for path in passed if path not in set(runs)]:
        are = "file is" if len(files) == 1 else "files are"
        meter.say(f"{len(files):,} {are} of no format that is read, and passed over; the first is {files[0]}.")
    return found


def _refuse_foreign(folder: Path) -> None:
    """Raises ConfigError where a folder holds something that is no run."""
    if not folder.exists() or (folder / MANIFEST).exists():
        return
    if not folder.is_dir():
        raise ConfigError(f"{folder}: is a file. Name a folder with -o; it is made where there is none.")
    if others := sorted(path.name for path in folder.iterdir() if path.name not in _OURS):
        raise ConfigError(
            f"{folder}: holds other things than a corpus run ({others[0]}{' ...' if len(others) > 1 else ''}). "
            "Name a new or an empty folder with -o."
        )


def _manifest(folder: Path, request: Request, identity: Identity, sources: Sequence[SourceFile]) -> Manifest:
    """The manifest of the run that is to be done or gone on with. Raises ConfigError where the folder has another run's."""
    now = Manifest(
        state="running",
        identity=identity,
        part_records=request.part_records,
        inputs=tuple(map(input_of, sources)),
    )
    before = read_manifest(folder)
    staging = Staging(folder)
    if before is None:
        staging.prepare()
        write_manifest(folder, now)
        return now
    units = units_of(sources)
    inputs = before.inputs if before.state == "finished" else _with_hashes(before, units, staging)
    found = differences(before.identity, identity)
    if before.part_records != request.part_records:
        found.append(f"part-records: {before.part_records} in that run, {request.part_records} now")
    kept = [
        unit for unit in units if before.state == "finished" or staging.parts(unit.number) or staging.end(unit.number)
    ]
    found += input_differences(inputs, sources, frozenset(source.name for unit in kept for source in unit.sources))
    if found:
        listed = "".join(f"\n  {line}" for line in found)
        raise ConfigError(
            f"{request.folder}: holds another run:{listed}\nRepeat its settings and inputs to go on with it, or name another "
            "folder with -o."
        )
    if before.state == "finished":
        return before
    staging.prepare()
    again = touched(inputs, sources)
    staging.forget([unit.number for unit in units if any(source.name in again for source in unit.sources)])
    write_manifest(folder, now)
    return now


def _with_hashes(manifest: Manifest, units: Sequence[Unit], staging: Staging) -> list[Input]:
    """The inputs of an interrupted run, with the hashes of those that were read to their end."""
    hashes: dict[str, str | None] = {}
    for unit in units:
        end = staging.end(unit.number)
        if end is not None and len(end.hashes) == len(unit.sources):
            hashes |= zip((source.name for source in unit.sources), end.hashes, strict=True)
    return [given.model_copy(update={"sha256": hashes.get(given.name)}) for given in manifest.inputs]


def _audit(
    work: Work, units: Sequence[Unit], request: Request, meter: Meter, execute: Execute | None, start: Start | None
) -> None:
    """Do all that is missing."""
    staging = Staging(work.folder)
    missing = [unit for unit in units if not staging.finished(unit.number, work.part_records)]
    if not missing:
        return
    jobs = request.jobs or default_jobs()
    stripes = stripes_of(missing, jobs)
    tasks = [
        Task(work, unit, stripe, stripes[unit.number]) for unit in missing for stripe in range(stripes[unit.number])
    ]
    left = {unit.number for unit in missing}
    ends = [staging.end(unit.number) for unit in units if unit.number not in left]
    records = sum(end.records for end in ends if end) + sum(
        len(staging.parts(unit.number)) * work.part_records for unit in missing
    )
    total = sum(unit.size for unit in units)
    meter.begin(total, records, total - sum(unit.size for unit in missing))
    if records:
        meter.say(f"Going on: {records:,} {'record was' if records == 1 else 'records were'} done before.")
    try:
        if execute is not None:
            execute(tasks, meter.update)
        else:
            limits = pool.Limits(request.timeout, default_memory())
            pool.run_tasks(tasks, jobs, limits, meter.update, start)
    finally:
        meter.clear()


def _refuse_changed(folder: Path, manifest: Manifest, units: Sequence[Unit]) -> None:
    """Raises ConfigError where an input was written to while it was read: then what was read of it is thrown away."""
    times = {given.name: given.modified for given in manifest.inputs}
    now = {source: input_of(source).modified for unit in units for source in unit.sources}
    changed = [source for source, time in now.items() if time != times[source.name]]
    if not changed:
        return
    Staging(folder).forget([unit.number for unit in units if not set(changed).isdisjoint(unit.sources)])
    first = next((source for source in changed if now[source] is None), changed[0])
    more = f" (and {len(changed) - 1:,} more inputs)" if len(changed) > 1 else ""
    if now[first] is None:
        raise ConfigError(
            f"{first.name}{more}: is gone; it was deleted, moved or cut off while it was read. Put it back, and give the same "
            "command; or leave it out, and name another folder with -o."
        )
    raise ConfigError(
        f"{first.name}{more}: was changed while it was read. What was read of it is thrown away: wait until it is complete, and "
        "give the same command, which reads it anew."
    )
