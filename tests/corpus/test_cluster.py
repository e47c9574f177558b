"""Runs on a real Dask scheduler and real workers, started here on loopback; one of them is killed."""

from __future__ import annotations

import io
import os
import pickle
import platform
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pytest
from click.testing import CliRunner, Result

from lang_audit.cli import cli
from lang_audit.corpus.reading.sources import SourceFile, find_sources
from lang_audit.corpus.running import cluster, cluster_helper, cluster_worker, run
from lang_audit.corpus.running.cluster import Cluster, on_dask
from lang_audit.corpus.running.cluster_helper import Done, NoRoom, Order, Refused, Stopped, Terms, after_deaths
from lang_audit.corpus.running.identity import identity_of
from lang_audit.corpus.running.meter import Progress
from lang_audit.corpus.running.staging import Staging
from lang_audit.corpus.running.tasks import Task, Work
from lang_audit.corpus.running.units import Unit, units_of
from lang_audit.corpus.running.watch import Note, Watch
from lang_audit.errors import ConfigError, LangAuditError
from lang_audit.worker_process import Mistake
from tests.corpus.runs import do, inline, mixture, tables
from tests.corpus.samples import written

pytest.importorskip("distributed", reason="the extra dask is not installed")
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not hasattr(os, "fork"), reason="workers on a cluster are Linux or macOS"),
    pytest.mark.xdist_group("dask"),
]

# Loaded by Python in the helpers of the workers: auditing takes its time, so that there is a middle to interrupt.
_SLOW = """
import sys
if "cluster_helper" in " ".join(sys.orig_argv):
    import time
    from lang_audit.corpus import auditing
    real = auditing.audit_records
    def slowly(records, settings):
        time.sleep(0.15)
        return real(records, settings)
    auditing.audit_records = slowly
"""


@pytest.fixture(autouse=True)
def no_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run, "write_pages", lambda folder, settings: None)


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A scheduler and two workers of one thread each, without nannies: a worker that is killed stays away."""
    folder = tmp_path_factory.mktemp("dask")
    (folder / "sitecustomize.py").write_text(_SLOW)
    path = os.pathsep.join([str(folder), str(Path(__file__).parents[2])])
    told = folder / "scheduler.json"
    common = {"cwd": folder, "env": {**os.environ, "PYTHONPATH": path}, "stdout": subprocess.DEVNULL}

    def start(what: str, *given: str) -> subprocess.Popen[bytes]:
        log = (folder / f"log{len(started)}").open("wb")
        command = [
            sys.executable,
            "-m",
            f"distributed.cli.dask_{what}",
            "--scheduler-file",
            str(told),
            "--no-dashboard",
        ]
        started.append(subprocess.Popen([*command, *given], stderr=log, start_new_session=True, **common))
        return started[-1]

    started: list[subprocess.Popen[bytes]] = []
    try:
        start("scheduler", "--host", "127.0.0.1", "--port", "0")
        for _ in range(2):
            start("worker", "--host", "127.0.0.1", "--nthreads", "1", "--no-nanny", "--memory-limit", "0")
        from distributed import Client

        deadline = time.monotonic() + 30
        while not told.exists() and time.monotonic() < deadline:
            time.sleep(0.05)
        with Client(scheduler_file=str(told), timeout=30, set_as_default=False) as client:
            client.wait_for_workers(2, timeout=30)
            yield client.scheduler.address
    finally:
        for process in reversed(started):
            process.kill()
            process.wait()


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return mixture(tmp_path_factory.mktemp("mixture") / "in")


@pytest.fixture(scope="module")
def calm(source: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """The tables of the same run on this machine."""
    folder = tmp_path_factory.mktemp("calm") / "out"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(run, "write_pages", lambda folder, settings: None)
        do(source, folder, execute=inline)
    return tables(folder)


@pytest.fixture
def terms(tmp_path: Path) -> Terms:
    work = Work(tmp_path / "out")
    Staging(work.folder).prepare()
    mark = Staging(work.folder).root / "now" / "mark"
    mark.write_text("token")
    return Terms(work, mark, "token", identity_of(work.settings.load(), work.selection), patience=0.0)


def _while_at_work(folder: Path, act: Callable[[Cluster], object], ticks: list[set[str]]) -> run.Execute:
    """What `Cluster.execute` does; acts once, when workers are in the middle of c.xml. `ticks`: the notes of deaths each saw."""
    real = Cluster.execute

    def execute(there: Cluster, tasks: Sequence[Task], tick: Callable[[Progress], object]) -> None:
        acted: list[object] = []

        def look(progress: Progress) -> None:
            tick(progress)
            ticks.append({path.name for path in (folder / ".work" / "now").glob("*.deaths")})
            if not acted and 0 < len(list((folder / ".work" / "parts").glob("00002/*"))) < 8:
                acted.append(act(there))

        real(there, tasks, look)
        assert acted, "it was over too soon"

    return execute  # type: ignore[return-value]


def _command(
    monkeypatch: pytest.MonkeyPatch, *given: object, act: Callable[[Cluster], object]
) -> tuple[Result, list[set[str]]]:
    ticks: list[set[str]] = []
    monkeypatch.setattr(Cluster, "execute", _while_at_work(Path(str(given[-1])), act, ticks))
    return CliRunner().invoke(cli, ["corpus", "--no-config", "--part-records", "4", *map(str, given)]), ticks


def test_a_run_that_is_interrupted_there_goes_on_here(
    address: str, source: Path, calm: dict[str, bytes], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupt(there: Cluster) -> None:
        raise KeyboardInterrupt

    folder = tmp_path / "out"
    done, _ = _command(monkeypatch, source, "--dask", address, "-o", folder, act=interrupt)
    assert done.exit_code == 130 and "the same command goes on" in done.stderr
    before = sorted((folder / ".work" / "parts").glob("*/*"))
    time.sleep(0.5)
    assert before and sorted((folder / ".work" / "parts").glob("*/*")) == before, "the workers go on"
    stream = io.StringIO()
    do(source, folder, execute=inline, stream=stream)
    assert "Going on" in stream.getvalue() and tables(folder) == calm


def test_a_worker_that_does_not_see_the_folder_is_refused(address: str, terms: Terms) -> None:
    elsewhere = replace(terms, mark=terms.work.folder / "not there", patience=0.0)
    with on_dask(address) as there, pytest.raises(ConfigError, match="is not seen there") as told:
        there._look_at_workers("a run", elsewhere)
    assert f"A worker on the machine {platform.node()} cannot work for this run:" in str(told.value)


def test_a_worker_that_is_killed_loses_nothing(
    address: str, source: Path, calm: dict[str, bytes], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def kill(there: Cluster) -> None:
        at = there.client.processing().items()
        busy = next(worker for worker, keys in at if any("-00002-" in key for key in keys))
        os.kill(there.client.run(os.getpid, workers=[busy])[busy], signal.SIGKILL)

    folder = tmp_path / "out"
    done, ticks = _command(monkeypatch, source, "--dask", address, "-o", folder, act=kill)
    assert f"On the cluster at {address}: 2 workers for 2 tasks at a time." in done.stderr, done.output
    assert done.exit_code == 3 and "64 records = 49 audited + 13 duplicates + 2 rejected" in done.stderr
    assert ticks[-1] == {"00002-000.deaths"}, "the task was not taken over by the other worker"
    assert tables(folder) == calm and not (folder / ".work").exists()


def test_nobody_answers(tmp_path: Path) -> None:
    with (
        pytest.raises(ConfigError, match="no Dask scheduler answers there"),
        on_dask("tcp://127.0.0.1:9", connect_timeout=0.3),
    ):
        pass
    with pytest.raises(ConfigError, match="no Dask scheduler"), on_dask("no address", connect_timeout=0.3):
        pass


@pytest.mark.parametrize(
    ("packages", "said"),
    [
        ({"lang-audit": None, "spacy": None, "pyarrow": "1"}, "has no lang-audit and no spacy: install"),
        ({"lang-audit": "0.0.9", "spacy": "1", "pyarrow": "1"}, "has lang-audit 0.0.9, here it is"),
        ({"lang-audit": cluster.__version__, "spacy": "1", "pyarrow": "1", "python": "3.1.0"}, "has Python 3.1, here"),
    ],
)
def test_workers_of_another_making_are_refused(packages: dict[str, str | None], said: str) -> None:
    told = {"workers": {"tcp://w": {"packages": {"python": platform.python_version(), **packages}}}}
    with pytest.raises(ConfigError, match=said):
        Cluster(SimpleNamespace(get_versions=lambda packages: told), "tcp://s")._compare_versions()


def test_what_keeps_a_machine_from_working(terms: Terms, tmp_path: Path) -> None:
    refused = cluster_helper._refused
    assert refused(Order(terms), known=False) is None
    other = replace(terms, identity=terms.identity.model_copy(update={"spacy": "2.0", "lexicon": "x"}))
    reasons = refused(Order(other), known=False).reasons
    assert any("lexicon" in reason for reason in reasons) and any("spacy: 2.0" in reason for reason in reasons)
    (unit,) = units_of(find_sources((written(tmp_path, "a.ris", b"TY  - JOUR\nER  - \n"),)))
    assert refused(Order(terms, Task(terms.work, unit), (unit.size,)), known=True) is None
    gone = Unit(0, (SourceFile(tmp_path / "none.ris", "none.ris", "records", 9),))
    (reason,) = refused(Order(terms, Task(terms.work, gone), (9,)), known=True).reasons
    assert reason.endswith("none.ris cannot be read there, has 9 where the run was started")
    terms.mark.write_text("of another run")
    assert "is not seen there" in refused(Order(terms), known=False).reasons[0]


def test_a_record_that_ends_whole_workers_is_set_down(terms: Terms, tmp_path: Path) -> None:
    (unit,) = units_of(find_sources((written(tmp_path, "a.ris", b"TY  - JOUR\nER  - \n"),)))
    task, staging = Task(terms.work, unit), Staging(terms.work.folder)

    def death(position: int, one: bool) -> Task:
        watch = Watch(staging.now(0, 0))
        watch.at(3, 0, position, "audit", one)
        return after_deaths(task)

    assert after_deaths(task) == task
    assert death(40, one=False).careful == {3}
    assert death(33, one=True).careful == {3} and not staging.trouble(0)
    assert after_deaths(task).careful == {3} and not staging.trouble(0)
    death(33, one=True)
    (trouble,) = staging.trouble(0)
    assert (trouble.source, trouble.position, trouble.phase, trouble.code) == (0, 33, "audit", "worker-died")
    Watch(staging.now(0, 0)).close()
    assert len(staging.trouble(0)) == 1 and Note(*cluster_helper.read_note(staging.now(0, 0))).phase == "done"


def test_answers_that_end_a_run() -> None:
    cluster._accept(Done())
    with pytest.raises(OSError, match="No space left"):
        cluster._accept(NoRoom(28, "No space left on device", "/out"))
    with pytest.raises(ConfigError, match="codebook x"):
        cluster._accept(pickle.loads(pickle.dumps(Mistake(ConfigError, "codebook x"))))
    with pytest.raises(ConfigError, match="another lexicon"):
        cluster._accept(Refused("here", ("another lexicon",)))
    with pytest.raises(LangAuditError, match="taken over"):
        cluster._accept(Stopped())


def test_a_helper_that_ends_is_told_to_dask(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cluster_worker, "_PROGRAM", "import sys; sys.stdin.buffer.read(4); sys.exit(3)")
    with pytest.raises(cluster_worker.HelperEndedError, match="exit status 3"):
        cluster_worker._ask("run", b"an order")


@pytest.mark.parametrize("helped", [False, True])
def test_a_task_that_loses_its_workers_again_and_again(terms: Terms, tmp_path: Path, helped: bool) -> None:
    from distributed import KilledWorker

    (unit,) = units_of(find_sources((written(tmp_path, "a.ris", b"TY  - JOUR\nER  - \n"),)))
    task, keys = Task(terms.work, unit), []

    def submit(do: object, *given: object, key: str, **how: object) -> SimpleNamespace:
        keys.append(key)

        def result() -> bytes:
            if helped and len(keys) > 2:
                inline([task], lambda progress: None)
                return pickle.dumps(Done(Progress(1, unit.size)))
            raise KilledWorker(key, SimpleNamespace(address="tcp://w"), 3)

        future = SimpleNamespace(key=key, result=result)
        future.add_done_callback = lambda call: call(future)
        return future

    def nothing(*given: object, **more: object) -> None:
        pass

    client = SimpleNamespace(
        submit=submit, subscribe_topic=nothing, unsubscribe_topic=nothing, cancel=nothing, status="running"
    )
    seen: list[Progress] = []
    execution = cluster._Execution(Cluster(client, "tcp://s"), "a-run", terms, [task], seen.append)
    if helped:
        execution.run()
        assert seen[-1] == Progress(1, unit.size)
    else:
        with pytest.raises(LangAuditError, match=r"end again and again on .*a\.ris"):
            execution.run()
    assert len(set(keys)) == len(keys) == 3
