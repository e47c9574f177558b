"""What the tests of corpus runs share: a mixture of sources, and what a run left behind."""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from lang_audit.corpus.reading.records import CorpusRecord
from lang_audit.corpus.running.meter import Progress
from lang_audit.corpus.running.run import Outcome, Request, run
from lang_audit.corpus.running.staging import Staging
from lang_audit.corpus.running.tasks import Task, run_task
from lang_audit.corpus.running.watch import Watch
from tests.corpus.samples import RECORDS, jats, made_up, pubmed_xml, ris, table, written

FLAGGED = replace(
    made_up(50),
    title="Made-up notes on addicts who came to the clinic in autumn",
    abstract="Most addicts were male. People who use drugs were asked.",
)


def mixture(folder: Path) -> Path:
    """A folder with 64 records: 49 works, 13 of them once more, 2 that cannot be read."""
    folder.mkdir()
    written(folder, "a.ris", ris(tuple(made_up(k) for k in range(10))))
    written(folder, "b.csv", table((*RECORDS[5:], FLAGGED)) + b",,,,,,,,,\n,,,,,only a keyword,,,,\n")
    written(folder, "c.xml", pubmed_xml(tuple(made_up(k) for k in range(5, 45))))
    for k in (60, 61, 62, 3):
        written(folder, f"paper{k}.xml", jats(made_up(k)))
    written(folder, "paper99.pdf", b"%PDF-1.4 broken")
    return folder


def do(source: Path, folder: Path, **asked: Any) -> Outcome:
    """A run in small parts."""
    how = {key: asked.pop(key) for key in ("stream", "quiet", "execute") if key in asked}
    request = Request((source,), folder, **{"part_records": 4, "jobs": 1, **asked})
    return run(request, start="fork", **{"stream": io.StringIO(), **how})


def inline(tasks: Sequence[Task], tick: Callable[[Progress], object]) -> None:
    """Does tasks in this very process, as an executor of another kind would."""
    for task in tasks:
        watch = Watch(Staging(task.work.folder).now(task.unit.number, task.stripe))
        assert run_task(task, watch)
        watch.close()
    tick(Progress(0, 0))


def tables(folder: Path) -> dict[str, bytes]:
    """All that a run wrote and that must be the same however it was done."""
    found = [*folder.glob("*/part-*.parquet"), folder / "rejects.csv"]
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in sorted(found)}


def rows(folder: Path, table: str = "papers") -> list[dict[str, Any]]:
    """The rows of a table in the order of the input."""
    import pyarrow.parquet as pq

    return [row for path in sorted((folder / table).glob("*")) for row in pq.read_table(path).to_pylist()]


def numbered_records(some: int) -> tuple[CorpusRecord, ...]:
    return tuple(made_up(k) for k in range(some))
