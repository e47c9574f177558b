"""Worker processes: order, limits, deaths, interruption."""

from __future__ import annotations

import faulthandler
import multiprocessing
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from lang_audit import audit, worker_process, workers
from lang_audit.audit import Input, audit_file, find_inputs
from lang_audit.errors import ConfigError, LexiconError
from lang_audit.model import Record
from lang_audit.settings import default_settings
from lang_audit.workers import audit_in_workers, default_memory

ROOT = Path(__file__).parents[1]
SAMPLES = ROOT / "corpus_samples"
Auditor = Callable[[Input], Iterator[Record]]

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the tests fork workers that inherit their doings")


def run(inputs: list[Input], **options: object) -> list[Record]:
    """The records, from forked workers, with a check that none is left."""
    records = list(audit_in_workers(inputs, default_settings(), start="fork", **options))  # type: ignore[arg-type]
    assert not multiprocessing.active_children()
    return records


def named(count: int, **odd: int) -> list[Input]:
    """Inputs that need not exist: 0, 1, 2 ... with some of other names at given places."""
    names = [str(k) for k in range(count)]
    for name, place in odd.items():
        names[place] = name
    return [Input(Path(name)) for name in names]


@pytest.fixture
def auditor(monkeypatch: pytest.MonkeyPatch) -> Callable[[Auditor], None]:
    """Put something in place of reading and auditing, in the workers too."""

    def put(function: Auditor) -> None:
        monkeypatch.setattr(worker_process, "audit_file", lambda item, settings: function(item))
        monkeypatch.setattr(worker_process, "warm_up", lambda settings: None)

    return put


def failing(doings: dict[str, Callable[[], object]]) -> Auditor:
    def audit_one(item: Input) -> Iterator[Record]:
        if item.path.name in doings:
            doings[item.path.name]()
        yield Record(path=str(item.path), status="failed")

    return audit_one


def crash() -> None:
    faulthandler.disable()  # pytest's: it would tell of the crash
    os.kill(os.getpid(), signal.SIGSEGV)


def outcome(record: Record) -> str:
    return record.problems[0].code if record.problems else record.path


def test_records_are_the_same_for_any_number_of_jobs() -> None:
    inputs = [*find_inputs([SAMPLES])[::3], *find_inputs([Path("nowhere.pdf")])]
    alone = [record for item in inputs for record in audit_file(item, settings=default_settings())]
    for jobs in (1, 3):
        assert run(inputs, jobs=jobs) == alone
    assert run(inputs[::-1], jobs=2) == alone[::-1]


def test_records_come_in_order_of_input_and_not_many_are_held(auditor: Callable[[Auditor], None]) -> None:
    def slow_first(item: Input) -> Iterator[Record]:
        time.sleep(0.3 if item.path.name == "0" else 0)
        yield Record(path=str(item.path), status="failed")

    auditor(slow_first)
    asked = []

    def inputs() -> Iterator[Input]:
        for item in named(200):
            asked.append(item)
            yield item

    ahead, seen, done = [], [], []
    for record in audit_in_workers(inputs(), default_settings(), jobs=3, start="fork", done=done.append):
        ahead.append(len(asked) - len(seen))
        seen.append(record.path)
    assert seen == [str(k) for k in range(200)]
    assert [str(item.path) for item in done] == seen
    assert max(ahead) <= 3 * workers._AHEAD + 2


def test_a_collection_is_passed_on_article_by_article(auditor: Callable[[Auditor], None]) -> None:
    def many(item: Input) -> Iterator[Record]:
        for k in range(500):
            yield Record(path=f"{item.path}-{k}" + "x" * 1000, status="failed")

    auditor(many)
    records = run(named(4), jobs=2, timeout=5)
    assert [record.path.rstrip("x") for record in records] == [f"{n}-{k}" for n in range(4) for k in range(500)]


def test_one_death_costs_one_paper(auditor: Callable[[Auditor], None]) -> None:
    auditor(
        failing(
            {
                "exits": lambda: os._exit(0),
                "killed": lambda: os.kill(os.getpid(), signal.SIGKILL),
                "crashes": crash,
                "sleeps": lambda: time.sleep(60),
                "spins": lambda: sum(range(10**13)),  # never comes back to the interpreter
                "eats": lambda: b"." * (3 << 30),
                "raises": lambda: sys.exit("no"),
            }
        )
    )
    inputs = named(20, exits=2, killed=3, crashes=6, sleeps=8, spins=11, eats=13, raises=17)
    began = time.monotonic()
    for jobs in (1, 2):
        records = run(inputs, jobs=jobs, timeout=1.0, memory=1 << 30)
        assert [outcome(record) for record in records] == [
            *("0", "1", "worker-died", "worker-died", "4", "5", "worker-died", "7", "timeout", "9", "10", "timeout"),
            *("12", "too-large", "14", "15", "16", "worker-died", "18", "19"),
        ]
        assert all(record.path == str(item.path) for record, item in zip(records, inputs, strict=True))
        assert "1 seconds" in records[8].problems[0].message
        assert all(problem.remedy for record in records for problem in record.problems)
    assert time.monotonic() - began < 15


def test_what_was_read_before_a_death_is_kept(auditor: Callable[[Auditor], None]) -> None:
    def dies_in_the_middle(item: Input) -> Iterator[Record]:
        yield Record(path=f"{item.path}-1", status="failed")
        os._exit(1)

    auditor(dies_in_the_middle)
    assert [outcome(record) for record in run(named(2))] == ["0-1", "worker-died", "1-1", "worker-died"]


def test_workers_are_replaced_after_so_many_papers(
    auditor: Callable[[Auditor], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(worker_process, "_PAPERS_EACH", 5)
    auditor(lambda item: iter([Record(path=str(os.getpid()), status="failed")]))
    pids = [record.path for record in run(named(20))]
    assert [pids.count(pid) for pid in dict.fromkeys(pids)] == [5, 5, 5, 5]


def test_idle_workers_that_are_killed_cost_no_paper(auditor: Callable[[Auditor], None]) -> None:
    auditor(lambda item: iter([Record(path=str(item.path), status="failed")]))

    def inputs() -> Iterator[Input]:
        for item in named(5):
            for child in multiprocessing.active_children():
                child.kill()
                child.join()
            yield item

    records = list(audit_in_workers(inputs(), default_settings(), start="fork"))
    assert [outcome(record) for record in records] == ["0", "1", "2", "3", "4"]


@pytest.mark.parametrize("error", [ConfigError("model: none"), LexiconError(["a.yaml:1: x", "a.yaml:2: y"])])
def test_a_mistake_in_the_settings_ends_the_run(auditor: Callable[[Auditor], None], error: Exception) -> None:
    def raises(item: Input) -> Iterator[Record]:
        raise error

    auditor(raises)
    with pytest.raises(type(error)) as raised:
        run(named(3), jobs=2)
    assert str(raised.value) == str(error)
    assert not multiprocessing.active_children()


def test_giving_up_ends_the_workers_at_once(auditor: Callable[[Auditor], None]) -> None:
    auditor(failing({"sleeps": lambda: time.sleep(60)}))
    records = audit_in_workers(named(9, sleeps=1), default_settings(), jobs=2, start="fork")
    assert next(records).path == "0"
    began = time.monotonic()
    records.close()  # type: ignore[attr-defined]
    assert time.monotonic() - began < 1
    assert not multiprocessing.active_children()


def test_workers_that_cannot_start_are_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    def stillborn(*args: object) -> None:
        os._exit(9)

    monkeypatch.setattr(worker_process, "work", stillborn)
    monkeypatch.setattr(worker_process, "warm_up", lambda settings: None)
    with pytest.raises(ConfigError, match="exit status 9"):
        run(named(3))


def test_a_defect_is_logged_and_odd_names_are_spelled_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def defect(*args: object, **options: object) -> Record:
        raise KeyError("hidden")

    odd = tmp_path / os.fsdecode(b"odd-\xff.txt")
    odd.write_text("People who use drugs.", encoding="utf-8")
    plain = odd.with_name("plain.txt")
    plain.write_text("People who use drugs.", encoding="utf-8")
    monkeypatch.setattr(audit, "audit_paper", defect)
    with caplog.at_level("DEBUG", logger="lang_audit.audit"):
        records = [record for item in find_inputs([tmp_path]) for record in audit_file(item)]
    assert [outcome(record) for record in records] == ["file-name", "defect"]
    assert records[0].path.endswith(r"odd-\udcff.txt")
    assert "KeyError: 'hidden'" in caplog.text


def test_the_memory_limit_suits_the_machine() -> None:
    limit = default_memory()
    assert limit is not None
    assert 0 < limit <= 4 << 30


_RUN = """
import sys, time
from pathlib import Path
from lang_audit import worker_process, workers
from lang_audit.audit import Input
from lang_audit.model import Record
from lang_audit.settings import default_settings

def work(item, settings):
    if item.path.name == "1":
        print("under way", flush=True)
        time.sleep(60)
    yield Record(path=str(item.path), status="failed")

worker_process.audit_file, worker_process.warm_up = work, lambda settings: None
settings = default_settings()
try:
    for record in workers.audit_in_workers([Input(Path(str(k))) for k in range(9)], settings, jobs=2, timeout=8):
        pass
except KeyboardInterrupt:
    sys.exit(130)
"""


def group(pid: int) -> list[str]:
    """The processes of a process group that are alive."""
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if int(fields[2]) == pid and fields[0] != "Z":
            found.append(stat.parent.name)
    return found


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGKILL])
def test_no_worker_outlives_the_run(number: signal.Signals) -> None:
    process = subprocess.Popen(
        [sys.executable, "-c", _RUN],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "under way\n"
    began = time.monotonic()
    if number == signal.SIGINT:
        os.killpg(process.pid, number)  # as the terminal does
    else:
        process.send_signal(number)
    while process.poll() is None or (number == signal.SIGINT and group(process.pid)):
        assert time.monotonic() - began < 2
        time.sleep(0.02)
    if number == signal.SIGINT:
        assert process.returncode == 130
    while group(process.pid):  # orphans: at the latest when their own alarm rings
        assert time.monotonic() - began < 10
        time.sleep(0.1)
    _, said = process.communicate()
    assert said == ""


def test_settings_reach_workers_that_are_started_afresh(tmp_path: Path) -> None:
    script = tmp_path / "run.py"
    script.write_text(
        "from pathlib import Path\n"
        "from lang_audit.audit import audit_file, find_inputs\n"
        "from lang_audit.settings import load_settings\n"
        "from lang_audit.workers import audit_in_workers\n"
        "if __name__ == '__main__':\n"
        f"    inputs = find_inputs([Path({str(SAMPLES / 'idoxuridine-assay.txt')!r}), Path('nowhere')])\n"
        "    settings = load_settings(rule='strict', codebooks=['none'])\n"
        "    found = list(audit_in_workers(inputs, settings, start='spawn', timeout=60))\n"
        "    assert found == [r for i in inputs for r in audit_file(i, settings=settings)], found\n"
        "    print('same')\n",
        encoding="utf-8",
    )
    done = subprocess.run([sys.executable, str(script)], capture_output=True, text=True, timeout=120, check=False)
    assert (done.stdout, done.stderr) == ("same\n", "")


def test_a_process_with_threads_forks_none() -> None:
    stop = threading.Event()
    thread = threading.Thread(target=stop.wait)
    thread.start()
    try:
        assert workers.safe_start() == "spawn"
    finally:
        stop.set()
        thread.join()
