"""`lang-audit corpus` as a user meets it: messages, exit status, what an interruption leaves."""

from __future__ import annotations

import errno
import gzip
import io
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from lang_audit.cli import cli
from lang_audit.commands import corpus as command
from lang_audit.corpus.dataset import DEFAULT_FOLDER, open_dataset
from lang_audit.corpus.manifest import read_manifest
from lang_audit.corpus.running import lock, pool, run
from lang_audit.corpus.running.meter import Meter, Progress
from lang_audit.errors import ConfigError, LangAuditError
from tests.corpus.runs import FLAGGED, do, inline, rows
from tests.corpus.samples import RECORDS, pubmed_xml, ris, table, written


@pytest.fixture(autouse=True)
def in_this_process(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run, "write_pages", lambda folder, settings: folder / "index.html")
    monkeypatch.setattr(pool, "run_tasks", lambda tasks, jobs, limits, tick, start: inline(tasks, tick))


def corpus(*given: object) -> Result:
    return CliRunner().invoke(cli, ["corpus", "--no-config", *map(str, given)])


def test_a_run_tells_its_totals(tmp_path: Path) -> None:
    path, folder = written(tmp_path, "a.ris", ris()), tmp_path / "out"
    done = corpus(path, "-o", folder, "--years", "-1998", "--where", "journal~made-up")
    assert done.exit_code == 0, done.output
    assert "12 records = 9 audited + 0 duplicates + 0 rejected + 0 failed + 3 left out" in done.stderr
    assert "A term was flagged in 0 papers, 0.0% of those audited." in done.stderr and str(folder) in done.stderr
    manifest = read_manifest(folder)
    assert manifest is not None and manifest.identity.years == (None, 1998)
    assert manifest.identity.codebooks == () and manifest.identity.where == ("journal~made-up",)
    again = corpus(path, "-o", folder, "--years", "-1998", "--where", "journal~made-up")
    assert again.exit_code == 0 and "finished already" in again.stderr
    assert corpus(path, "-o", folder, "--years", "-1998", "--where", "journal~made-up", "-q").stderr == ""
    other = corpus(path, "-o", folder)
    assert isinstance(other.exception, ConfigError) and "years: any, 1998 in that run, none now" in str(other.exception)


def test_codebooks_and_columns(tmp_path: Path) -> None:
    coded = replace(RECORDS[0], abstract="Peers acted as a bridge between people who use drugs and the clinic.")
    path = written(tmp_path, "a.csv", table((coded, *RECORDS)).replace(b"Abstract Note", b"Words", 1))
    done = corpus(path, "-o", tmp_path / "out", "--codebook", "chang-2021", "--columns", "abstract=Words")
    assert done.exit_code == 0, done.output
    assert {row["codebook"] for row in rows(tmp_path / "out", "codes")} == {"chang-2021"}


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (["--years", "190-200"], "write 1990-2025"),
        (["--where", "author=x"], "there is no field 'author'"),
        (["--columns", "author=x"], "there is no field 'author'"),
        (["--profile", "nobody"], "'nobody' is no profile"),
        (["--codebook", "nobody"], "codebook 'nobody'"),
        (["--model", "nobody"], "nobody: is not installed"),
    ],
)
def test_what_cannot_be_asked_is_told_before_anything_is_written(tmp_path: Path, given: list[str], said: str) -> None:
    done = corpus(written(tmp_path, "a.ris", ris()), "-o", tmp_path / "out", *given)
    assert isinstance(done.exception, LangAuditError) and said in str(done.exception)
    assert not (tmp_path / "out").exists()


def test_one_paper_is_one_paper(tmp_path: Path) -> None:
    done = corpus(written(tmp_path, "a.ris", ris((FLAGGED,))), "-o", tmp_path / "out")
    assert "1 record = 1 audited" in done.stderr and "A term was flagged in 1 paper, 100.0%" in done.stderr


@pytest.mark.parametrize("given", [["", "-o", "out"], ["a.ris", "-o", ""]])
def test_an_empty_name_is_wrong_usage(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, given: list[str]) -> None:
    monkeypatch.chdir(tmp_path)
    written(tmp_path, "a.ris", ris())
    done = corpus(*given)
    assert done.exit_code == 2 and "an empty name" in done.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["a.ris"]


def test_a_time_in_which_nothing_can_be_done_is_wrong_usage(tmp_path: Path) -> None:
    path = written(tmp_path, "a.ris", ris())
    done = corpus(path, "-o", tmp_path / "out", "--timeout", "0.002")
    assert done.exit_code == 2 and "1 second and more, or 0 for no limit" in done.stderr
    assert corpus(path, "-o", tmp_path / "out", "--timeout", "0").exit_code == 0


def test_a_map_of_columns_that_fits_nothing_is_wrong_usage(tmp_path: Path) -> None:
    path, folder = written(tmp_path, "a.csv", table().replace(b"Abstract Note", b"Words", 1)), tmp_path / "out"
    for given, said in ((["abstract=Wrods"], "no column 'Wrods'; there are: 'PMID'"), (["title=x"], "no column 'x'")):
        done = corpus(path, "-o", folder, "--columns", *given)
        assert isinstance(done.exception, ConfigError) and said in str(done.exception) and not folder.exists()
    nameless = written(tmp_path, "b.csv", b"id,words\n1,two\n")
    done = corpus(nameless, "-o", folder)
    assert isinstance(done.exception, ConfigError) and "'id', 'words'" in str(done.exception) and not folder.exists()
    done = corpus(written(tmp_path, "a.ris", ris()), "-o", folder, "--columns", "abstract=Words")
    assert isinstance(done.exception, ConfigError) and "no source is a table" in str(done.exception)
    assert corpus(path, "-o", folder, "--columns", "abstract=Words").exit_code == 0
    both = corpus(path, nameless, "-o", tmp_path / "both", "--columns", "abstract=Words")
    assert both.exit_code == 0  # "words" of the second is what the map names


@pytest.mark.parametrize(
    "given", [["--profile", "strict"], ["--where", "title~x"], ["-j", "2"], ["--columns", "title=x"]]
)
def test_a_trend_refuses_what_only_a_run_takes(tmp_path: Path, given: list[str]) -> None:
    done = corpus("--trend", "addict", "-o", tmp_path / "none", *given)
    assert done.exit_code == 2 and "cannot go with --trend" in done.stderr


def test_no_source_is_wrong_usage() -> None:
    done = corpus()
    assert done.exit_code == 2 and "SOURCE" in done.stderr


def test_inputs_that_cannot_be_read_to_their_end_are_named_and_give_status_3(tmp_path: Path) -> None:
    good = written(tmp_path, "a.ris", ris())
    cut = written(tmp_path, "cut.xml.gz", gzip.compress(pubmed_xml(), mtime=0)[:-200])
    done = corpus(good, cut, tmp_path / "none.ris", "-o", tmp_path / "out")
    assert done.exit_code == 3
    lines = done.stderr.splitlines()
    assert any("cut.xml.gz: " in line and "breaks off" in line for line in lines)
    assert any("none.ris: " in line for line in lines) and not any("a.ris: " in line for line in lines)
    assert "rejects.csv" in done.stderr


def test_the_lock_keeps_a_second_run_out_and_ends_with_its_process(tmp_path: Path) -> None:
    def in_another_process() -> int:
        child = os.fork()
        if not child:
            try:
                with lock.locked(tmp_path, print):
                    os._exit(0)
            except ConfigError as error:
                os._exit(7 if "another run is at work" in str(error) else 8)
        return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])

    with lock.locked(tmp_path, print):
        assert in_another_process() == 7
    assert in_another_process() == 0


@pytest.mark.parametrize("code", [errno.ENOSYS, errno.ENOLCK])
def test_a_file_system_without_locks_is_told_and_the_run_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, code: int
) -> None:
    monkeypatch.setattr(lock, "_lock", _failing(code))
    said = io.StringIO()
    assert do(written(tmp_path, "a.ris", ris()), tmp_path / "out", stream=said).totals()["audited"] == 12
    assert "knows no locks" in said.getvalue() and os.strerror(code) in said.getvalue()


def test_another_error_of_the_lock_is_that_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lock, "_lock", _failing(errno.EIO))
    done = corpus(written(tmp_path, "a.ris", ris()), "-o", tmp_path / "out")
    assert done.exit_code == 3 and os.strerror(errno.EIO) in done.stderr and "another run" not in done.stderr


def _failing(code: int) -> object:
    def fail(descriptor: int) -> None:
        raise OSError(code, os.strerror(code))

    return fail


def test_a_run_that_is_under_way_is_told_apart_from_one_that_was_interrupted(tmp_path: Path) -> None:
    path, folder = written(tmp_path, "a.ris", ris()), tmp_path / "out"

    def stop(tasks: object, tick: object) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        do(path, folder, execute=stop)
    with pytest.raises(ConfigError, match="was interrupted"):
        open_dataset(folder)
    ready, done = os.pipe(), os.pipe()
    child = os.fork()
    if not child:
        with lock.locked(folder, print):
            os.write(ready[1], b"x")
            os.read(done[0], 1)
        os._exit(0)
    os.read(ready[0], 1)
    try:
        with pytest.raises(ConfigError, match="is under way"):
            open_dataset(folder)
    finally:
        os.write(done[1], b"x")
        os.waitpid(child, 0)


def test_an_interruption_says_that_the_same_command_goes_on(tmp_path: Path, number: str = "SIGTERM") -> None:
    path, folder = written(tmp_path, "a.xml", pubmed_xml()), tmp_path / "out"
    code = (
        "import os, signal, time\nfrom lang_audit.corpus import auditing\n"
        "from lang_audit.cli import main\nreal = auditing.audit_records\n"
        "def audit(records, settings):\n"
        f"    if records and records[0].position >= 8: os.kill(os.getppid(), signal.{number}); time.sleep(30)\n"
        "    return real(records, settings)\nauditing.audit_records = audit\nmain()\n"
    )
    given = ["corpus", path, "-o", folder, "--no-config", "-j", "1", "--part-records", "4"]
    done = subprocess.run([sys.executable, "-c", code, *given], capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 130 and "the same command goes on" in done.stderr and "Traceback" not in done.stderr
    assert sorted(part.name for part in (folder / ".work" / "parts").glob("*/*")) == ["00000", "00001"]
    assert do(path, folder).totals()["audited"] == 12


def test_a_folder_that_cannot_be_written_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*given: object, **more: object) -> None:
        raise OSError(30, "Read-only file system", str(tmp_path / "out"))

    monkeypatch.setattr(Path, "mkdir", refuse)
    done = corpus(written(tmp_path, "a.ris", ris()), "-o", tmp_path / "out")
    assert done.exit_code == 3 and "Read-only file system" in done.stderr
    assert "Nothing was done yet" in done.stderr and "is kept" not in done.stderr


def test_a_missing_extra_is_told(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setitem(sys.modules, "duckdb", None)
    done = corpus(tmp_path)
    assert isinstance(done.exception, ConfigError) and 'pip install "lang-audit[corpus]"' in str(done.exception)


def test_the_default_folder_is_that_of_the_dataset() -> None:
    assert command.DEFAULT_FOLDER == DEFAULT_FOLDER


def test_progress_tells_rate_and_time_left(monkeypatch: pytest.MonkeyPatch) -> None:
    from lang_audit.corpus.running import meter

    now = 100.0
    monkeypatch.setattr(meter.time, "monotonic", lambda: now)
    stream = io.StringIO()
    told = Meter(stream)
    told.begin(3_000_000_000, records=1_000, done=1_000_000_000)
    now = 140.0
    told.update(Progress(80_000, 400_000_000))
    assert stream.getvalue() == "81,000 records, 2,000 a second, 47% of 3.0 GB, about 3 min left\n"
    now = 141.0
    told.update(Progress(82_000, 410_000_000))
    assert len(stream.getvalue().splitlines()) == 1
