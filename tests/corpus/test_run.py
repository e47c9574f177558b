from __future__ import annotations

import csv
import errno
import io
import json
import os
import shutil
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from lang_audit.corpus.dataset import open_dataset
from lang_audit.corpus.manifest import Manifest, read_manifest
from lang_audit.corpus.running import durable, run, staging, units
from lang_audit.corpus.running.identity import SettingsSource
from lang_audit.corpus.running.selection import Selection, parse_where, parse_years
from lang_audit.errors import ConfigError
from tests.corpus.runs import do, inline, mixture, numbered_records, rows, tables
from tests.corpus.samples import pubmed_xml, ris, table, written


@pytest.fixture(autouse=True)
def tables_only(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run, "write_pages", lambda folder, settings: None)
    monkeypatch.setattr(os, "fsync", lambda descriptor: None)  # the power stays on, and it takes its time


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return mixture(tmp_path_factory.mktemp("mixture") / "in")


@pytest.fixture(scope="module")
def finished(source: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(run, "write_pages", lambda folder, settings: None)
        folder = tmp_path_factory.mktemp("finished") / "out"
        do(source, folder, execute=inline)
    return folder


def test_every_record_of_a_mixture_is_in_exactly_one_state(finished: Path) -> None:
    papers = rows(finished)
    assert Counter(row["state"] for row in papers) == {"audited": 49, "duplicate": 13, "rejected": 2}
    assert len({row["paper"] for row in papers}) == len(papers) == 64
    manifest = read_manifest(finished)
    assert manifest is not None and manifest.state == "finished"
    for given in manifest.inputs:
        assert given.sha256 and len(given.sha256) == 64
        assert given.records == sum(
            getattr(given, name) for name in ("audited", "duplicate", "rejected", "failed", "left_out")
        )
    assert sum(given.records or 0 for given in manifest.inputs) == 64
    assert [given.name.rpartition("/")[2] for given in manifest.inputs if given.problem] == ["paper99.pdf"]
    assert {row["name"]: row["records"] for row in rows(finished, "runs")} == {
        g.name: g.records for g in manifest.inputs
    }
    assert not (finished / ".work").exists()


def test_the_tables_can_be_asked(finished: Path) -> None:
    with open_dataset(finished).connect() as connection:
        asked = (
            "SELECT count(*) FROM findings JOIN papers USING (paper) WHERE entry LIKE '%addict' AND state = 'audited'"
        )
        assert connection.execute(asked).fetchone() == (2,)
        assert connection.execute("SELECT count(*) FROM codes").fetchone() == (0,)


def test_a_duplicate_keeps_its_row_and_loses_its_findings(finished: Path) -> None:
    papers = {row["paper"]: row for row in rows(finished)}
    for row in papers.values():
        assert (row["duplicate_of"] is not None) == (row["state"] == "duplicate")
        if row["state"] == "duplicate":
            first = papers[row["duplicate_of"]]
            assert first["state"] == "audited" and row["title"] and first["pmid"] == row["pmid"]
        assert (row["verdict"] is not None) == (row["state"] == "audited")
    audited = {key for key, row in papers.items() if row["state"] == "audited"}
    for name in ("findings", "person_first"):
        found = rows(finished, name)
        assert found and {row["paper"] for row in found} <= audited


def test_what_could_not_be_read_is_told_with_its_reason(finished: Path) -> None:
    told = list(csv.DictReader(io.StringIO((finished / "rejects.csv").read_text())))
    assert [(row["state"], row["position"], row["excerpt"]) for row in told] == [
        ("rejected", "8", "only a keyword"),
        ("rejected", "0", ""),
    ]
    assert all(row["paper"] == f"{row['source']}#{row['position']}" and row["message"] for row in told)
    assert "abstract" in told[0]["message"]


@pytest.mark.parametrize(("jobs", "stripes"), [(1, 1), (2, 2), (3, 3)])
def test_any_number_of_workers_gives_the_same_tables(
    source: Path, finished: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, jobs: int, stripes: int
) -> None:
    monkeypatch.setattr(run, "stripes_of", lambda some, jobs: dict.fromkeys((unit.number for unit in some), stripes))
    do(source, tmp_path / "out", jobs=jobs)
    assert tables(tmp_path / "out") == tables(finished)


def test_a_finished_run_is_not_done_again(source: Path, finished: Path) -> None:
    before = {path: path.stat().st_mtime_ns for path in finished.rglob("*")}
    assert do(source, finished, execute=lambda tasks, tick: pytest.fail("works again")).finished_already
    assert {path: path.stat().st_mtime_ns for path in finished.rglob("*.*")} == {
        p: t for p, t in before.items() if p.is_file()
    } | {p: t for p, t in before.items() if "." in p.name}


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"settings": SettingsSource(profile="hartwell-2020")}, "profile: default in that run, hartwell-2020 now"),
        ({"settings": SettingsSource(rule="strict")}, "rule: majority in that run, strict now"),
        ({"selection": Selection(parse_years("1990-"))}, "years: none in that run, 1990, any now"),
        ({"selection": Selection(where=parse_where(["title~opioid"]))}, "where: none in that run, title~opioid now"),
        ({"columns": ("title=article title",)}, "columns: none in that run, title=article title now"),
        ({"part_records": 5}, "part-records: 4 in that run, 5 now"),
    ],
)
def test_a_folder_of_another_run_is_refused(source: Path, finished: Path, asked: dict[str, object], said: str) -> None:
    before = tables(finished)
    with pytest.raises(ConfigError, match="another folder") as refused:
        do(source, finished, **asked)
    assert said in str(refused.value)
    assert tables(finished) == before and not (finished / ".work").exists()


def test_other_inputs_and_another_version_are_refused(finished: Path, source: Path, tmp_path: Path) -> None:
    folder = tmp_path / "out"
    shutil.copytree(finished, folder)
    with pytest.raises(ConfigError, match=r"input not named now: .*b\.csv"):
        do(source / "a.ris", folder)
    told = json.loads((folder / "manifest.json").read_text())
    told["identity"]["version"] = "0.0.9"
    (folder / "manifest.json").write_text(json.dumps(told))
    with pytest.raises(ConfigError, match=r"version: 0\.0\.9 in that run"):
        do(source, folder)


def test_an_input_that_was_touched_is_the_same_and_one_that_was_changed_is_not(tmp_path: Path) -> None:
    path, folder = written(tmp_path, "a.ris", ris()), tmp_path / "out"
    do(path, folder)
    os.utime(path, (1, 1))
    assert do(path, folder).finished_already
    data = path.read_bytes()
    path.write_bytes(data.replace(b"number 3", b"number 4"))
    with pytest.raises(ConfigError, match=r"input changed since: .*a\.ris"):
        do(path, folder)


def test_a_folder_with_other_things_is_refused(source: Path, tmp_path: Path) -> None:
    folder = tmp_path / "out"
    folder.mkdir()
    (folder / "thesis.docx").touch()
    with pytest.raises(ConfigError, match=r"holds other things .*thesis\.docx"):
        do(source, folder)
    assert [path.name for path in folder.iterdir()] == ["thesis.docx"]
    (folder / "thesis.docx").rename(folder / "manifest.json")
    (folder / "manifest.json").write_text("{}")
    with pytest.raises(ConfigError, match="another version"):
        do(source, folder)


def test_the_folder_of_the_run_is_no_input(tmp_path: Path) -> None:
    written(tmp_path, "a.ris", ris())
    first = do(tmp_path, tmp_path / "out")
    assert [given.name for given in first.manifest.inputs] == [str(tmp_path / "a.ris")]
    assert do(tmp_path, tmp_path / "out").finished_already


def test_what_is_not_asked_for_is_left_out(source: Path, tmp_path: Path) -> None:
    asked = Selection(parse_years("1990-2000"), parse_where(["type!=letter"]))
    totals = do(source, tmp_path / "out", selection=asked).totals()
    assert totals["left-out"] > 20 and totals["audited"] > 5 and totals.total() == 64
    for row in rows(tmp_path / "out"):
        if row["state"] in ("audited", "left-out"):
            assert (row["state"] == "audited") == (1990 <= row["year"] <= 2000)
            assert (row["verdict"] is None) == (row["state"] == "left-out")


def test_an_interrupted_run_goes_on_with_what_is_missing(source: Path, finished: Path, tmp_path: Path) -> None:
    folder = tmp_path / "out"

    def stop_after_two(tasks: Sequence[run.Task], tick: object) -> None:
        run.pool.run_tasks(tasks[:2], 1, run.pool.Limits(), lambda progress: None, "fork")
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        do(source, folder, execute=stop_after_two)
    manifest = read_manifest(folder)
    assert manifest is not None and manifest.state == "running"
    with pytest.raises(ConfigError, match="was interrupted"):
        open_dataset(folder)
    shutil.rmtree(folder / ".work" / "parts" / "00001" / "00001")  # a part that a kill left out
    parts = {path: path.stat().st_mtime_ns for path in (folder / ".work" / "parts").glob("*/*")}
    assert len(parts) == 5
    seen = io.StringIO()
    real = run.publish

    def check(*given: object) -> object:
        assert parts.items() <= {p: p.stat().st_mtime_ns for p in (folder / ".work" / "parts").glob("*/*")}.items()
        return real(*given)  # type: ignore[arg-type]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(run, "publish", check)
        do(source, folder, stream=seen)
    assert "Going on: 18 records" in seen.getvalue()
    assert tables(folder) == tables(finished)


def test_an_end_that_was_not_told_is_found_again(tmp_path: Path) -> None:
    path, folder = written(tmp_path, "a.xml", pubmed_xml(numbered_records(8))), tmp_path / "out"

    def lose_the_end(tasks: Sequence[run.Task], tick: object) -> None:
        run.pool.run_tasks(tasks, 1, run.pool.Limits(), lambda progress: None, "fork")
        shutil.rmtree(folder / ".work" / "ends")
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        do(path, folder, execute=lose_the_end)
    assert do(path, folder).totals() == {"audited": 8, "duplicate": 0, "rejected": 0, "failed": 0, "left-out": 0}


@pytest.mark.parametrize("at", [2, 6])
def test_a_publication_that_broke_off_is_done_again(source: Path, finished: Path, tmp_path: Path, at: int) -> None:
    folder = tmp_path / "out"
    seen = 0
    with pytest.MonkeyPatch.context() as patch:
        real = Path.rename

        def break_off(path: Path, target: Path) -> Path:
            nonlocal seen
            if "final" in path.parts:
                seen += 1
                if seen == at:
                    raise OSError(errno.EIO, "the power went")
            return real(path, target)

        patch.setattr(Path, "rename", break_off)
        if at == 6:
            patch.setattr(run, "write_manifest", _failing(run.write_manifest))
        with pytest.raises(OSError, match="the power went"):
            do(source, folder, execute=inline)
    do(source, folder, execute=lambda tasks, tick: pytest.fail("audits again"))
    assert tables(folder) == tables(finished)


def _failing(real: Callable[[Path, Manifest], None]) -> Callable[[Path, Manifest], None]:
    def fail(folder: Path, manifest: Manifest) -> None:
        if manifest.state == "finished":
            raise OSError(errno.EIO, "the power went")
        real(folder, manifest)

    return fail


def test_a_full_disk_stops_the_run_and_loses_nothing(source: Path, finished: Path, tmp_path: Path) -> None:
    folder = tmp_path / "out"
    with pytest.MonkeyPatch.context() as patch:

        def full(made: Path, path: Path) -> None:
            if path.parent.name == "00002":
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(path))
            durable.place_folder(made, path)

        patch.setattr(staging, "place_folder", full)
        with pytest.raises(OSError, match="No space left") as said:
            do(source, folder)
    assert said.value.errno == errno.ENOSPC and ".work" in said.value.filename
    do(source, folder)
    assert tables(folder) == tables(finished)


def test_an_input_that_changes_during_the_run_is_read_again(tmp_path: Path) -> None:
    path, folder = written(tmp_path, "a.xml", pubmed_xml(numbered_records(6))), tmp_path / "out"

    def touch_it(tasks: Sequence[run.Task], tick: object) -> None:
        run.pool.run_tasks(tasks, 1, run.pool.Limits(), lambda progress: None, "fork")
        os.utime(path, (1, 1))

    with pytest.raises(ConfigError, match="was changed while it was read"):
        do(path, folder, execute=touch_it)
    assert do(path, folder).totals()["audited"] == 6


@pytest.mark.parametrize("change", [lambda path: path.write_bytes(ris(numbered_records(7))), Path.unlink])
def test_after_an_input_changed_or_went_the_same_command_does_what_was_said(
    tmp_path: Path, change: Callable[[Path], object]
) -> None:
    written(tmp_path, "a.ris", ris(numbered_records(6)))
    path, folder = written(tmp_path, "b.ris", ris(numbered_records(3))), tmp_path / "out"

    def change_it(tasks: Sequence[run.Task], tick: object) -> None:
        inline(tasks, lambda progress: None)
        change(path)

    with pytest.raises(ConfigError, match=r"b\.ris: (is gone|was changed while it was read)") as said:
        do(tmp_path, folder, execute=change_it)
    assert ("is gone" in str(said.value)) == (not path.exists())
    more = 7
    if not path.exists():
        more = 8
        with pytest.raises(ConfigError, match=r"input is gone: .*b\.ris"):
            do(tmp_path, folder)
        written(tmp_path, "b.ris", ris(numbered_records(8)))
    before = (folder / ".work" / "parts" / "00000" / "00000").stat().st_mtime_ns
    kept: list[int] = []
    with pytest.MonkeyPatch.context() as patch:
        real = run.publish

        def look(*given: object) -> object:
            kept.append((folder / ".work" / "parts" / "00000" / "00000").stat().st_mtime_ns)
            return real(*given)  # type: ignore[arg-type]

        patch.setattr(run, "publish", look)
        totals = do(tmp_path, folder).totals()
    assert totals == {"audited": more, "duplicate": 6, "rejected": 0, "failed": 0, "left-out": 0}
    assert kept == [before]  # of the other input nothing was done again


def test_an_input_of_which_something_was_kept_must_stay(tmp_path: Path) -> None:
    path, folder = written(tmp_path, "a.ris", ris(numbered_records(6))), tmp_path / "out"

    def stop(tasks: Sequence[run.Task], tick: object) -> None:
        inline(tasks, lambda progress: None)
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        do(path, folder, execute=stop)
    path.write_bytes(ris(numbered_records(7)))
    with pytest.raises(ConfigError, match=r"input changed since: .*a\.ris"):
        do(path, folder)


def test_a_map_that_fits_one_of_two_tables_is_told_of_the_other(tmp_path: Path) -> None:
    written(tmp_path, "a.csv", table().replace(b"Article Title", b"Nonsense", 1))
    written(tmp_path, "b.csv", table())
    first, second = do(tmp_path, tmp_path / "out", columns=("title=Nonsense",)).manifest.inputs
    assert first.audited == 12
    assert second.rejected == 1 and second.problem and "Nonsense" in second.problem


def test_folders_of_earlier_runs_are_no_input(tmp_path: Path) -> None:
    source = tmp_path / "in"
    (source / "more").mkdir(parents=True)
    path = written(source, "a.ris", ris())
    do(path, source / "more" / "earlier")
    for name in ("METHODS.md", "index.html"):
        written(source / "more" / "earlier", name, b"<html><p>People who inject drugs.</p></html>")
    seen = io.StringIO()
    outcome = do(source, tmp_path / "out", stream=seen)
    assert [given.name for given in outcome.manifest.inputs] == [str(path)]
    assert "1 is a folder of corpus runs" in seen.getvalue() and "earlier" in seen.getvalue()
    (given,) = do(source / "more" / "earlier", tmp_path / "other").manifest.inputs
    assert given.problem and "that of a corpus run" in given.problem


def _lose(folder: Path, pattern: str) -> Path:
    path = sorted(folder.glob(pattern))[-1]
    path.unlink()
    return path


@pytest.mark.parametrize("table", ["papers", "findings", "person_first"])
def test_a_run_whose_tables_are_not_whole_is_refused(finished: Path, tmp_path: Path, table: str) -> None:
    folder = tmp_path / "out"
    shutil.copytree(finished, folder)
    _lose(folder, f"{table}/*.parquet")
    with pytest.raises(ConfigError, match=rf"not whole: {table} has \d+ rows of \d+"):
        open_dataset(folder)


def test_rows_in_another_state_than_the_manifest_tells_are_refused(finished: Path, tmp_path: Path) -> None:
    folder = tmp_path / "out"
    shutil.copytree(finished, folder)
    told = json.loads((folder / "manifest.json").read_text())
    told["inputs"][0]["audited"] -= 1
    told["inputs"][0]["rejected"] += 1
    (folder / "manifest.json").write_text(json.dumps(told))
    with pytest.raises(ConfigError, match="not whole: 49 of 48 records are audited; 2 of 3 records are rejected"):
        open_dataset(folder)


@pytest.mark.parametrize("table", ["papers", "findings"])
def test_a_damaged_file_of_a_table_is_named(finished: Path, tmp_path: Path, table: str) -> None:
    cut = tmp_path / "cut"
    shutil.copytree(finished, cut)
    path = sorted((cut / table).glob("*.parquet"))[-1]
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) // 2])
    with pytest.raises(ConfigError, match=rf"{table}/{path.name}: is damaged"):
        open_dataset(cut)
    first = whole.index(b"\x28\xb5\x2f\xfd")  # a page of zstd
    path.write_bytes(whole[:first] + b"\0" * 40 + whole[first + 40 :])
    with pytest.raises(ConfigError, match=rf"{table}/{path.name}: is damaged"):  # noqa: SIM117
        with open_dataset(cut).connect() as connection:
            connection.execute(f"SELECT * FROM {table}").fetchall()


def test_units_and_parts_follow_from_the_input(source: Path) -> None:
    found = units.units_of(run.find_sources([source]))
    assert [len(unit.sources) for unit in found] == [1, 1, 1, 5]
    assert units.placed(units.place(3, 70_000, 9_999)) == (3, 70_000, 9_999)


def test_the_sample_literature_is_audited(tmp_path: Path) -> None:
    samples = Path(__file__).parents[2] / "literature_samples"
    outcome = do(samples, tmp_path / "out", execute=inline, part_records=100)
    assert outcome.totals() == {"audited": 300, "duplicate": 30, "rejected": 0, "failed": 0, "left-out": 0}
