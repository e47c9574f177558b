"""Whatever ends a process of a run: a record, a reader, a person, the power."""

from __future__ import annotations

import csv
import io
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from lang_audit.corpus import auditing
from lang_audit.corpus.reading.columns import ColumnMap
from lang_audit.corpus.reading.records import CorpusRecord, Rejected
from lang_audit.corpus.reading.sources import SourceFile
from lang_audit.corpus.running import pool, run, tasks
from lang_audit.errors import ConfigError, LangAuditError
from lang_audit.model import Record
from lang_audit.settings import Settings
from tests.corpus.runs import do, inline, mixture, numbered_records, rows, tables
from tests.corpus.samples import pubmed_xml, written

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="processes are forked")
SLOW = "number 13 "


@pytest.fixture(autouse=True)
def tables_only(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run, "write_pages", lambda folder, settings: None)
    monkeypatch.setattr(os, "fsync", lambda descriptor: None)  # the power stays on, and it takes its time


@pytest.fixture
def source(tmp_path: Path) -> Path:
    return written(tmp_path, "a.xml", pubmed_xml(numbered_records(30)))


def _killing(how: int | None) -> object:
    real = auditing.audit_records

    def audit(records: Sequence[CorpusRecord], settings: Settings) -> list[Record]:
        if any(SLOW in record.title for record in records):
            if how is None:
                time.sleep(60)
            else:
                os.kill(os.getpid(), how)
        return real(records, settings)

    return audit


@pytest.mark.parametrize(("how", "code"), [(signal.SIGKILL, "worker-died"), (None, "timeout")])
@pytest.mark.parametrize("stripes", [1, 2])
def test_a_record_that_ends_its_worker_fails_and_nothing_else_does(
    source: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, how: int | None, code: str, stripes: int
) -> None:
    monkeypatch.setattr(auditing, "audit_records", _killing(how))
    monkeypatch.setattr(run, "stripes_of", lambda some, jobs: dict.fromkeys((unit.number for unit in some), stripes))
    do(source, tmp_path / "out", jobs=2, timeout=0.3)
    papers = rows(tmp_path / "out")
    assert [(row["position"], row["problem"]) for row in papers if row["state"] == "failed"] == [(13, code)]
    assert [row["state"] for row in papers].count("audited") == 29
    assert papers[13]["title"] and SLOW in papers[13]["title"] and papers[13]["verdict"] is None
    (told,) = csv.DictReader(io.StringIO((tmp_path / "out" / "rejects.csv").read_text()))
    assert told["code"] == code and told["state"] == "failed" and SLOW in told["excerpt"]


@pytest.mark.parametrize("timeout", [0.0001, 0.001])
def test_a_time_in_which_nothing_can_be_done_ends_the_run_all_the_same(tmp_path: Path, timeout: float) -> None:
    path = written(tmp_path, "a.xml", pubmed_xml(numbered_records(1)))
    totals = do(path, tmp_path / "out", timeout=timeout).totals()
    assert totals.total() == 1 and totals["audited"] + totals["failed"] == 1


def test_a_record_that_is_blamed_again_ends_the_run(
    source: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever keeps what is set down of a record from helping."""
    monkeypatch.setattr(auditing, "audit_records", _killing(signal.SIGKILL))
    monkeypatch.setattr(tasks, "_walked", _forgetful(tasks._walked))
    with pytest.raises(LangAuditError, match="end again and again"):
        do(source, tmp_path / "out")


def _forgetful(real: Any) -> Any:
    return lambda task, start, trouble, watch: real(task, start, {}, watch)


def test_the_end_of_a_file_may_take_its_time(source: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def slow_hash(path: Path) -> str:
        time.sleep(0.8)
        return "0" * 64

    def lose_the_end(some: Sequence[tasks.Task], tick: object) -> None:
        inline(some, lambda progress: None)
        (tmp_path / "out" / ".work" / "ends" / "00000.json").unlink()
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        do(source, tmp_path / "out", execute=lose_the_end)
    monkeypatch.setattr(tasks, "hash_of", slow_hash)
    assert do(source, tmp_path / "out", timeout=0.4).totals()["audited"] == 30


def _reading(deadly: int, *, beyond: bool, in_skip: bool = False) -> object:
    """A reader that ends its process at a record; `beyond`: also when it is to count past it."""
    real = tasks.read_source

    def read(source: SourceFile, columns: ColumnMap | None, start: int = 0) -> Iterator[CorpusRecord | Rejected]:
        if beyond and start > deadly:
            os.kill(os.getpid(), signal.SIGKILL)
        for item in real(source, columns, start):
            if item.position == deadly:
                os.kill(os.getpid(), signal.SIGKILL)
            yield item

    return read


@pytest.mark.parametrize("stripes", [1, 3])
def test_a_record_that_ends_its_reader_fails_and_those_behind_it_are_read(
    source: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, stripes: int
) -> None:
    monkeypatch.setattr(tasks, "read_source", _reading(13, beyond=False))
    monkeypatch.setattr(run, "stripes_of", lambda some, jobs: dict.fromkeys((unit.number for unit in some), stripes))
    outcome = do(source, tmp_path / "out", jobs=2)
    assert outcome.totals() == {"audited": 29, "duplicate": 0, "rejected": 0, "failed": 1, "left-out": 0}
    papers = rows(tmp_path / "out")
    assert [row["position"] for row in papers] == list(range(30)) and papers[13]["problem"] == "worker-died"


@pytest.mark.parametrize("stripes", [1, 3])
def test_a_file_that_cannot_be_read_beyond_a_record_ends_with_it(
    source: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, stripes: int
) -> None:
    monkeypatch.setattr(tasks, "read_source", _reading(13, beyond=True))
    monkeypatch.setattr(run, "stripes_of", lambda some, jobs: dict.fromkeys((unit.number for unit in some), stripes))
    outcome = do(source, tmp_path / "out", jobs=2)
    assert outcome.totals() == {"audited": 13, "duplicate": 0, "rejected": 0, "failed": 1, "left-out": 0}


def test_a_record_that_no_table_can_hold_fails(source: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real = tasks.read_source

    def read(source: SourceFile, columns: ColumnMap | None, start: int = 0) -> Iterator[CorpusRecord | Rejected]:
        for item in real(source, columns, start):
            if isinstance(item, CorpusRecord) and item.position == 13:
                object.__setattr__(item, "title", "half of a letter: \ud800")
            yield item

    monkeypatch.setattr(tasks, "read_source", read)
    do(source, tmp_path / "out")
    assert [(row["position"], row["problem"]) for row in rows(tmp_path / "out") if row["state"] != "audited"] == [
        (13, "defect")
    ]


def test_workers_that_are_killed_without_their_fault_blame_no_record(
    source: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    do(source, tmp_path / "calm", execute=inline)
    real = auditing.audit_records
    marks = tmp_path / "killed"

    def audit(records: Sequence[CorpusRecord], settings: Settings) -> list[Record]:
        done = len(marks.read_text()) if marks.exists() else 0
        if records and done < 5 and records[0].position >= done * 5:
            marks.write_text("x" * (done + 1))
            os.kill(os.getpid(), signal.SIGKILL)
        return real(records, settings)

    monkeypatch.setattr(auditing, "audit_records", audit)
    do(source, tmp_path / "out", jobs=2)
    assert len(marks.read_text()) == 5
    assert tables(tmp_path / "out") == tables(tmp_path / "calm")


def test_a_run_in_which_nothing_works_says_so(source: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def store(self: object, unit: int, part: int, *rest: object) -> None:
        os._exit(7)

    monkeypatch.setattr(tasks.Staging, "put_part", store)
    with pytest.raises(LangAuditError, match=r"end again and again on .*a\.xml \(exit status 7\)"):
        do(source, tmp_path / "out")


def test_a_mistake_in_the_settings_ends_the_run(source: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def audit(records: Sequence[CorpusRecord], settings: Settings) -> list[Record]:
        raise ConfigError("codebook x: cannot be used")

    monkeypatch.setattr(auditing, "audit_records", audit)
    with pytest.raises(ConfigError, match="codebook x"):
        do(source, tmp_path / "out")


def test_a_worker_that_holds_too_much_is_replaced(
    source: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    do(source, tmp_path / "calm", execute=inline)
    monkeypatch.setattr(pool, "_BLOATED", 1)
    do(source, tmp_path / "out")
    assert tables(tmp_path / "out") == tables(tmp_path / "calm")


@pytest.mark.slow
def test_a_run_that_is_killed_again_and_again_gives_the_same_tables(tmp_path: Path) -> None:
    source = mixture(tmp_path / "in")
    do(source, tmp_path / "calm", execute=inline)
    told = subprocess.run(
        [sys.executable, "-m", "tests.corpus.killing", source, tmp_path / "out", "3"],
        capture_output=True, text=True, timeout=60, check=True, cwd=Path(__file__).parents[2],
    )  # fmt: skip
    outcome = json.loads(told.stdout)
    assert outcome["status"] == 0, told.stderr
    assert outcome["killed"] >= 2
    assert tables(tmp_path / "out") == tables(tmp_path / "calm")
    assert not (tmp_path / "out" / ".work").exists()
