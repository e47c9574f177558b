from __future__ import annotations

import csv
import io
import json
import math
import shutil
import subprocess
import warnings
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import numpy as np
import openpyxl
import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from sklearn.metrics import cohen_kappa_score

from lang_audit.cli import cli
from lang_audit.corpus.dataset import Dataset
from lang_audit.corpus.hand_validation.precision import agreement, appraise_sample, stratified_share
from lang_audit.corpus.hand_validation.sample import Stratum, allocate, draw, key_lines, read_key
from lang_audit.corpus.hand_validation.sample_sheet import write_sheet
from lang_audit.corpus.hand_validation.validation import read_judged
from lang_audit.corpus.proportions import wilson
from lang_audit.errors import ConfigError, LangAuditError
from tests.corpus.finished_run import Made, Use, finished_run

ADDICT, IDU = "substance-use/addict", "substance-use/injecting-drug-user"
USES = (
    *[Use("addicts", ADDICT)] * 60,
    *[Use("addict", ADDICT, "quoted", "exempt", before='"=He is an ', after=' now," said one.')] * 30,
    *[Use("injecting drug users", IDU)] * 25,
    *[Use("IDU", "substance-use/idu", "other-sense", "exempt", before="", after="")] * 4,
    Use("Addicts", ADDICT, "name", "exempt", before="", after="\t=1+1 \ue000met."),
)


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Dataset:
    papers = [Made(2000 + k % 7, USES[k * 3 : k * 3 + 3], title=f"=Made-up paper {k}") for k in range(40)]
    return finished_run(tmp_path_factory.mktemp("run") / "out", papers)


def drawn(run: Dataset, size: int = 30, **how: object) -> Counter[tuple[str, str]]:
    key, _ = draw(run, size, stratify=("entry", "usage"), seed=7, **how)  # type: ignore[arg-type]
    return Counter((row.entry, row.usage) for row in key.rows)


def test_each_stratum_has_its_share_and_one_at_least(run: Dataset) -> None:
    key, shown = draw(run, 30, stratify=("entry", "usage"), seed=7)
    assert len(key.rows) == len(shown) == 30 and key.findings == 120
    assert drawn(run) == {
        (ADDICT, "author"): 15, (ADDICT, "quoted"): 7, (IDU, "author"): 6, ("substance-use/idu", "other-sense"): 1,
        (ADDICT, "name"): 1,
    }  # fmt: skip
    assert sum(stratum.weight * stratum.drawn for stratum in key.strata) == pytest.approx(120)
    assert {row.decision for row in draw(run, 9, decision="exempt", seed=1)[0].rows} == {"exempt"}


def test_the_seed_tells_which_are_drawn(run: Dataset) -> None:
    first, again, other = (draw(run, 20, stratify=("entry",), seed=seed)[0] for seed in (1, 1, 2))
    assert first == again
    assert {row.id for row in first.rows} != {row.id for row in other.rows}
    whole = {row.id: row.entry for row in draw(run, 500, seed=3)[0].rows}
    assert len(whole) == 120 and all(whole[row.id] == row.entry for row in (*first.rows, *other.rows))
    assert draw(run, 5)[0].seed >= 0


def test_small_strata_are_drawn_together_where_there_are_more_than_findings_to_draw(run: Dataset) -> None:
    key, _ = draw(run, 4, stratify=("entry", "usage"), seed=7)
    assert [(s.name, s.size, s.drawn) for s in key.strata] == [
        (f"{ADDICT} · author", 60, 2), (f"{ADDICT} · quoted", 30, 1), ("all others (3 strata)", 30, 1),
    ]  # fmt: skip


def test_each_finding_has_the_same_chance(run: Dataset) -> None:
    seen = Counter(row.id for seed in range(15) for row in draw(run, 60, seed=seed)[0].rows)
    assert len(seen) == 120
    statistic = sum((count - 7.5) ** 2 / 7.5 for count in seen.values())
    assert 35 < statistic < 84  # 119 x (1 - 60/120) = 60 is expected, give or take 8


@given(st.lists(st.integers(1, 400), min_size=1, max_size=40), st.integers(0, 300))
@hypothesis_settings(max_examples=200)
def test_allocation_keeps_its_promises(sizes: list[int], more: int) -> None:
    total = len(sizes) + more
    found = allocate(sizes, total)
    assert sum(found) == min(total, sum(sizes))
    assert all(1 <= n <= size for n, size in zip(found, sizes, strict=True))
    exact = [total * size / sum(sizes) for size in sizes]
    if total <= sum(sizes) and min(exact) >= 1:
        assert all(abs(n - share) < 1 for n, share in zip(found, exact, strict=True))


def test_what_cannot_be_drawn(run: Dataset, tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"'colour'.*strata can be made of entry, usage"):
        draw(run, 5, stratify=("entry", "colour"))
    with pytest.raises(ConfigError, match="no finding with the decision query"):
        draw(run, 5, decision="query")
    key, shown = draw(run, 5, seed=1)
    with pytest.raises(ConfigError, match=r"\.xlsx or \.csv"):
        write_sheet(tmp_path / "a.ods", key, shown)
    write_sheet(tmp_path / "a.csv", key, shown)
    with pytest.raises(ConfigError, match="may hold judgements"):
        write_sheet(tmp_path / "a.csv", key, shown)


def test_the_key_comes_back_from_its_lines(run: Dataset) -> None:
    key, _ = draw(run, 12, stratify=("usage",), seed=1)
    assert read_key(key_lines(key), "x") == key
    for lines in ([], ["x"], ['{"format": 1}'], key_lines(key)[:1] + key_lines(key)[-1:]):
        with pytest.raises(ConfigError, match="is not the key of a sample"):
            read_key(lines, "x")


Fill = Callable[[int, dict[str, str]], dict[str, str]]


def yes(number: int, row: dict[str, str]) -> dict[str, str]:
    return {"correct": "yes"}


def fill_xlsx(path: Path, fill: Fill) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        book = openpyxl.load_workbook(path)
    sheet = book["findings"]
    heads = [str(cell.value) for cell in sheet[1]]
    for number in range(2, sheet.max_row + 1):
        row = {head: str(cell.value or "") for head, cell in zip(heads, sheet[number], strict=True)}
        for name, value in fill(number, row).items():
            sheet.cell(number, heads.index(name) + 1).value = value
    book.save(path)


def fill_csv(path: Path, fill: Fill, mark: str = ",", encoding: str = "utf-8-sig") -> None:
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    held = io.StringIO(newline="")
    writer = csv.DictWriter(held, list(rows[0]), delimiter=mark)
    writer.writeheader()
    writer.writerows({**row, **fill(number, row)} for number, row in enumerate(rows, 2))
    path.write_bytes(held.getvalue().encode(encoding, "replace"))


def written(run: Dataset, path: Path, size: int = 30, **how: object) -> Path:
    how = {"stratify": ("entry", "usage"), "seed": 7, **how}
    write_sheet(path, *draw(run, size, **how))  # type: ignore[arg-type]
    return path


@pytest.mark.parametrize("name", ["s.xlsx", "s.csv"])
def test_a_sheet_that_is_filled_in_is_read_back(run: Dataset, tmp_path: Path, name: str) -> None:
    path = written(run, tmp_path / name)
    answers = ["yes", "No", " UNCLEAR ", ""]

    def fill(number: int, row: dict[str, str]) -> dict[str, str]:
        return {"correct": answers[number % 4], "right usage": "name" if number == 5 else "", "note": f"n{number}"}

    (fill_xlsx if name == "s.xlsx" else fill_csv)(path, fill)
    judged = read_judged(path)
    assert (
        judged.key == draw(run, 30, stratify=("entry", "usage"), seed=7)[0] if name == "s.csv" else judged.key.seed == 7
    )
    assert [row.answers[0] for row in judged.judgements] == [
        {"yes": "yes", "no": "no", "unclear": "unclear", "": None}[answers[n % 4].strip().lower()] for n in range(2, 32)
    ]
    assert [row.note for row in judged.judgements] == [f"n{n}" for n in range(2, 32)]
    assert judged.judgements[3].final_usage == "name" and judged.judgements[4].final_usage is None
    found = appraise_sample(judged)
    assert (found.judged, found.unclear, found.correct.hits, found.correct.total) == (22, 8, 7, 14)


def test_no_cell_is_a_formula_and_the_term_is_marked(run: Dataset, tmp_path: Path) -> None:
    book = openpyxl.load_workbook(written(run, tmp_path / "s.xlsx", 120))
    heads = [cell.value for cell in book["findings"][1]]
    cells = [cell for row in book["findings"].iter_rows(min_row=2) for cell in row if cell.value is not None]
    assert all(cell.data_type != "f" and not str(cell.value).startswith("=") for cell in cells)
    sentences = {row[heads.index("sentence")].value for row in book["findings"].iter_rows(min_row=2)}
    assert sentences == {
        "Most «addicts» came twice.", "Most «injecting drug users» came twice.", "«IDU»", "«Addicts» =1+1 met.",
        '"=He is an «addict» now," said one.',
    }  # fmt: skip
    assert book.sheetnames == ["findings", "Read me", "key"] and book["key"].sheet_state == "veryHidden"
    assert book["findings"].freeze_panes == "C2"
    lists = {next(iter(v.sqref.ranges)).min_col: v.formula1 for v in book["findings"].data_validations.dataValidation}
    assert lists[heads.index("correct") + 1] == '"yes,no,unclear"'
    with (written(run, tmp_path / "s.csv", 120)).open(encoding="utf-8-sig", newline="") as file:
        assert not any(cell.startswith(("=", "+", "@")) for row in csv.reader(file) for cell in row)


def test_a_blind_sheet_does_not_tell_what_the_program_decided(run: Dataset, tmp_path: Path) -> None:
    path = written(run, tmp_path / "s.xlsx", 120, blind=True, raters=2)
    book = openpyxl.load_workbook(path)
    heads = [cell.value for cell in book["findings"][1]]
    assert not {"entry", "usage", "decision", "stratum", "weight"} & set(heads)
    told = " ".join(str(cell.value) for row in book["findings"].iter_rows() for cell in row)
    assert "exempt" not in told and "other-sense" not in told

    def fill(number: int, row: dict[str, str]) -> dict[str, str]:
        flagged = row["term"] != "IDU"
        first = {"right decision": "flag" if flagged else "exempt", "right usage": "author"}
        return {**first, "right decision (2)": "unclear" if number == 2 else "flag", "right usage (2)": "author"}

    fill_xlsx(path, fill)
    found = appraise_sample(read_judged(path))
    # of 120: 85 flagged by the program and 35 exempt; the raters differ on the four IDU and on row 2
    assert found.disputed == 4 + (found.judged == 115)
    assert found.correct.hits in (84, 85) and found.correct.total == found.judged
    assert found.by_decision["flag"].estimate == 1.0 and found.by_decision["exempt"].hits == 0
    assert found.usage.hits == found.correct.hits and found.answers_agree is not None
    assert found.answers_agree.both == 120 and found.answers_agree.same == 120 - found.disputed


def test_two_raters_settle_what_they_differ_on(run: Dataset, tmp_path: Path) -> None:
    path = written(run, tmp_path / "s.csv", raters=2)

    def fill(number: int, row: dict[str, str]) -> dict[str, str]:
        second = "no" if number in (3, 4) else "" if number == 5 else "yes"
        return {"correct": "yes", "correct (2)": second, "correct (agreed)": "no" if number == 4 else ""}

    fill_csv(path, fill)
    found = appraise_sample(read_judged(path))
    assert (found.disputed, found.judged, found.correct.hits, found.correct.total) == (1, 29, 28, 29)
    assert [row.row for row in found.wrong] == [4]
    assert found.answers_agree is not None and (found.answers_agree.both, found.answers_agree.same) == (29, 27)
    told = CliRunner().invoke(cli, ["evaluate", str(path)])
    assert "Warning: two raters differ on 1 row (answers), and nothing is agreed there." in " ".join(
        told.stdout.split()
    )
    assert "no sentence until all rows are settled" in told.stdout and "We drew" not in told.stdout
    figures = json.loads(CliRunner().invoke(cli, ["evaluate", str(path), "--format", "json"]).stdout)
    assert figures["methods"] is None and "shares are probably too high" in figures["warning"]
    fill_csv(path, lambda number, row: {**fill(number, row), "correct (agreed)": "no" if number in (3, 4) else ""})
    assert "We drew" in CliRunner().invoke(cli, ["evaluate", str(path)]).stdout


def test_short_answers_are_understood(run: Dataset, tmp_path: Path) -> None:
    path = written(run, tmp_path / "s.xlsx")
    said: list[object] = ["y", "N", 1, 0, True, "1"]
    fill_xlsx(path, lambda number, row: {"correct": said[number % 6]})  # type: ignore[dict-item]
    found = appraise_sample(read_judged(path))
    assert (found.judged, found.correct.hits) == (30, 20)


def test_every_mistake_is_told_with_its_cell(run: Dataset, tmp_path: Path) -> None:
    path = written(run, tmp_path / "s.csv", 8)
    lines = path.read_text(encoding="utf-8-sig").splitlines()
    heads, *rows = list(csv.reader(lines))
    at = heads.index("correct")
    rows[2][at], rows[3][at + 1], rows[4][0], lost = "maybe", "quote", "Fxyz", rows[0][0]
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([heads, *rows[1:], rows[1]])
    with pytest.raises(LangAuditError) as error:
        read_judged(path)
    told = str(error.value).splitlines()
    assert told[0] == "s.csv, row 3, column correct: 'maybe' is not allowed; allowed: yes, no, unclear, or nothing."
    assert told[1].startswith("s.csv, row 4, column right usage: 'quote' is not allowed; allowed: author, quoted,")
    assert told[2] == "s.csv, row 5, column id: 'Fxyz' is no finding of this sample. Put back the id as it was drawn."
    assert told[3].startswith(f"s.csv, row 9, column id: {rows[1][0]} stands in row 2 already.")
    assert f"the row of {lost} (“" in told[4] and "row 2 as it was drawn) is missing" in told[4]
    assert len(told) == 6


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (
            lambda text: text.replace(",correct,", ",right?,"),
            r"row 1: no column 'correct'; there are: 'id', 'sentence'",
        ),
        (lambda text: text.replace(",correct,", ",note,"), r"no column 'correct'"),
        (lambda text: "", "holds nothing"),
    ],
)
def test_broken_sheets(run: Dataset, tmp_path: Path, change: Callable[[str], str], message: str) -> None:
    path = written(run, tmp_path / "s.csv", 8)
    path.write_text(change(path.read_text(encoding="utf-8")), encoding="utf-8")
    with pytest.raises(ConfigError, match=message):
        read_judged(path)


def test_files_that_are_no_sample(run: Dataset, tmp_path: Path) -> None:
    (tmp_path / "a.xlsx").write_bytes(b"PK nonsense")
    with pytest.raises(ConfigError, match="no workbook that can be read"):
        read_judged(tmp_path / "a.xlsx")
    (tmp_path / "b.csv").write_text("id,correct\n", encoding="utf-8")
    with pytest.raises(ConfigError, match=r"key is not with it.*--key sample.xlsx"):
        read_judged(tmp_path / "b.csv")
    with pytest.raises(ConfigError, match="there is no such file"):
        read_judged(tmp_path / "b.csv", tmp_path / "none.jsonl")


@pytest.mark.parametrize(("mark", "encoding"), [(";", "utf-8-sig"), (";", "cp1252"), ("\t", "utf-16"), (",", "utf-8")])
def test_a_workbook_saved_as_csv_is_read_with_its_key(run: Dataset, tmp_path: Path, mark: str, encoding: str) -> None:
    original = written(run, tmp_path / "drawn.xlsx")
    path = written(run, tmp_path / "s.csv")
    (tmp_path / "s.key.jsonl").unlink()
    fill_csv(path, yes, mark, encoding)
    assert appraise_sample(read_judged(path, original)).correct.hits == 30
    shutil.copy(original, tmp_path / "s.xlsx")
    assert appraise_sample(read_judged(path)).correct.hits == 30


@pytest.mark.skipif(shutil.which("soffice") is None, reason="needs LibreOffice")
def test_a_sheet_that_libreoffice_saved_is_read_back(run: Dataset, tmp_path: Path) -> None:
    path = written(run, tmp_path / "s.xlsx", raters=2)
    fill_xlsx(path, lambda number, row: {"correct": "no" if number == 9 else "yes", "note": "odd, é"})
    office = ["soffice", "--headless", f"-env:UserInstallation=file://{tmp_path}/profile"]
    saved = tmp_path / "saved"
    subprocess.run(
        [*office, "--convert-to", "xlsx", "--outdir", str(saved), str(path)],
        check=True, capture_output=True, timeout=100,
    )  # fmt: skip
    judged = read_judged(saved / "s.xlsx")
    assert judged.key == read_judged(path).key and {row.note for row in judged.judgements} == {"odd, é"}
    assert [row.row for row in appraise_sample(judged).wrong] == [9]


def hand_made(*strata: tuple[int, int, int]) -> tuple[list[tuple[int, bool, bool]], list[Stratum]]:
    """Rows and strata of (findings, judged, right)."""
    rows = [(k, True, i < right) for k, (_, judged, right) in enumerate(strata) for i in range(judged)]
    return rows, [Stratum(name=str(k), size=size, drawn=judged) for k, (size, judged, _) in enumerate(strata)]


def test_the_estimate_is_that_of_the_textbook() -> None:
    """Cochran 1977, 5.6: the variance of a stratified proportion is the sum of W²(1-f)p(1-p)/(n-1)."""
    share = stratified_share(*hand_made((600, 10, 9), (300, 40, 20), (100, 20, 20)))
    assert share.estimate == pytest.approx(0.6 * 0.9 + 0.3 * 0.5 + 0.1)
    variance = 0.36 * (1 - 10 / 600) * 0.09 / 9 + 0.09 * (1 - 40 / 300) * 0.25 / 39
    assert share.effective == pytest.approx(0.79 * 0.21 / variance, rel=1e-9)
    low, high = share.interval or (0, 0)
    n, p, z = share.effective, 0.79, 1.959964
    assert low == pytest.approx(
        (p + z * z / 2 / n - z * math.sqrt(p * (1 - p) / n + z * z / 4 / n / n)) / (1 + z * z / n), abs=1e-6
    )
    assert low < p < high and (share.hits, share.total) == (49, 70)


def test_one_stratum_is_the_simple_case() -> None:
    share = stratified_share(*hand_made((10_000, 80, 70)))
    assert share.estimate == 70 / 80 and share.interval == pytest.approx(wilson(70, 80), abs=2e-3)
    perfect = stratified_share(*hand_made((10_000, 80, 80)))
    assert perfect.simple == wilson(80, 80) and perfect.interval == pytest.approx(perfect.simple)


def test_the_interval_holds_the_truth_as_often_as_it_says() -> None:
    """Very unequal weights, strata with one row, a share near one; domains too. 400 samples: 380 expected."""
    rng = np.random.default_rng(5)
    sizes, right = [4000, 900, 80, 60, 40, 30, 20, 12, 8], [0.95, 0.7, 0.5, 0.9, 0.2, 1.0, 0.6, 0.5, 0.0]
    counts = allocate(sizes, 100)
    assert counts.count(1) >= 5
    truth = [round(size * share) for size, share in zip(sizes, right, strict=True)]
    strata = [Stratum(name="x", size=size, drawn=n) for size, n in zip(sizes, counts, strict=True)]
    inside = 0
    for _ in range(400):
        rows = []
        for k, n in enumerate(counts):
            hits = int(rng.hypergeometric(truth[k], sizes[k] - truth[k], n))
            rows += [(k, True, i < hits) for i in range(n)]
        share = stratified_share(rows, strata)
        assert share.interval is not None
        inside += share.interval.low <= sum(truth) / sum(sizes) <= share.interval.high
    assert inside >= 368  # under that: p < 0.01


@given(st.lists(st.tuples(st.integers(1, 50), st.integers(0, 20), st.integers(0, 20)), min_size=1, max_size=8))
@hypothesis_settings(max_examples=100)
def test_intervals_hold_their_estimates(drawn: list[tuple[int, int, int]]) -> None:
    rows, strata = hand_made(*((n + extra, n, min(n, right)) for n, extra, right in drawn))
    share = stratified_share(rows, strata)
    assert share.estimate is not None and share.interval is not None
    assert 0 <= share.interval.low <= share.estimate + 1e-9 and share.estimate - 1e-9 <= share.interval.high <= 1
    assert 0 < share.effective <= share.total


def test_agreement_is_that_of_another_library() -> None:
    rng = np.random.default_rng(1)
    first = rng.choice(["yes", "no", "unclear"], 90, p=[0.7, 0.2, 0.1])
    second = np.where(rng.random(90) < 0.8, first, rng.choice(["yes", "no", "unclear"], 90))
    pairs = [*zip(map(str, first), map(str, second), strict=True), (None, "yes"), ("no", None)]
    found = agreement(pairs)
    assert found.both == 90 and found.same == int((first == second).sum())
    assert found.kappa == pytest.approx(cohen_kappa_score(first, second))
    assert found.kappa_interval is not None and found.kappa_interval.low < found.kappa < found.kappa_interval.high  # type: ignore[operator]
    assert agreement([("yes", "yes")] * 5).kappa is None
    assert agreement([]).both == 0


def test_the_commands(run: Dataset, tmp_path: Path) -> None:
    path = tmp_path / "s.xlsx"
    say = CliRunner().invoke
    done = say(cli, ["sample", str(run.folder), "-n", "30", "--seed", "7", "-o", str(path)])
    assert done.exit_code == 0 and "30 of 120 findings drawn from 5 strata, seed 7" in done.stderr
    empty = say(cli, ["evaluate", str(path)])
    assert empty.exit_code == 0 and "0 of 30 drawn findings are judged" in empty.stdout
    assert "Nothing is judged yet" in empty.stdout and "0%" not in empty.stdout
    fill_xlsx(path, lambda number, row: {"correct": "no" if number == 9 else "yes", "note": "a name" * (number == 9)})
    told = say(cli, ["evaluate", str(path)]).stdout
    assert "30 of 30 drawn findings are judged" in told and "(29 of 30, 83.3 to 99.4)" in told
    assert "row 9:" in told and "; a name" in told
    sentence = " ".join(told.partition("For a methods section:")[2].split())
    assert sentence.startswith(
        "We drew a random sample of 30 of the 120 findings of lang-audit 9.9.9 (stratified by entry and usage"
    )
    figures = json.loads(say(cli, ["evaluate", str(path), "--format", "json"]).stdout)
    assert figures["decisions"]["hits"] == 29 and figures["methods"] == sentence
    assert say(cli, ["evaluate", str(path), "--papers", str(tmp_path)]).exit_code == 2
    assert "drawn as one" not in done.stderr
    few = say(cli, ["sample", str(run.folder), "-n", "4", "-o", str(tmp_path / "few.csv")])
    assert "of the 5 strata are too small for 4 rows and are drawn as one; with -n 5 or more" in few.stderr


def test_a_missing_extra_is_one_sentence(run: Dataset, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import sys

    monkeypatch.setitem(sys.modules, "duckdb", None)
    done = CliRunner().invoke(cli, ["sample", str(run.folder), "-o", str(tmp_path / "s.xlsx")])
    assert isinstance(done.exception, ConfigError)
    assert str(done.exception) == 'This needs duckdb, which is not installed: pip install "lang-audit[corpus]"'
