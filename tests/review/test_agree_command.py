"""`lang-audit agree`: agreement from exported files, and mistakes in them told with file, row and column."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from lang_audit.cli import cli
from lang_audit.errors import ConfigError
from lang_audit.review.comparison import DECISION, OVERALL, compare, disagreements, over_all, units
from lang_audit.review.events import MACHINE, Event, Value
from lang_audit.review.exchange import export
from tests.review.exchange.reviews import ADDED, PAPERS, PROPOSALS, WHEN, event, review, stored

ACCEPTED, REJECTED = Value(choice="accepted"), Value(choice="rejected", reason="reading error")


def decisions(who: str, said: str) -> list[Event]:
    """One letter a proposal: a, r, or . for nothing."""
    return [
        event(who, one, ACCEPTED if k == "a" else REJECTED) for one, k in zip(PROPOSALS, said, strict=False) if k != "."
    ]


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(cli, ["agree", *map(str, arguments)], catch_exceptions=False)


@pytest.fixture
def files(tmp_path: Path) -> list[Path]:
    found = []
    for who, said, form in (("Ana", "aaarrar", "csv"), ("Ben", "aararar", "xlsx")):
        found.append(tmp_path / f"{who}.{form}")
        export(form, review(decisions(who, said), (who,)), found[-1])
    return found


def test_two_files_of_one_rater_each_give_the_agreement_of_both_and_with_the_program(files: list[Path]) -> None:
    told = run(*files)
    assert told.exit_code == 0
    text = told.stdout
    assert (
        "\nAna and Ben\n  over all: 7 units, all who decided agree on 5\n    raw agreement           .714  (.359 to .918)"
        in text
    )
    assert f"Ana and {MACHINE}" in text and f"Ben and {MACHINE}" in text
    assert "chang-2021/mechanism: " in text and "decision on findings: " in text
    assert "not on the text in between" in text.replace("\n", " ")


@pytest.mark.parametrize("form", ["csv", "xlsx", "json"])
def test_one_file_of_all_raters_gives_the_same(form: str, files: list[Path], tmp_path: Path) -> None:
    both = decisions("Ana", "aaarrar") + decisions("Ben", "aararar")
    whole = tmp_path / f"both.{form}"
    export(form, review(both, ("Ana", "Ben")), whole)
    assert run(whole, "--format", "json").stdout == run(*files, "--format", "json").stdout


def test_data_formats(files: list[Path]) -> None:
    rows = list(csv.DictReader(io.StringIO(run(*files, "--format", "csv").stdout)))
    told = json.loads(run(*files, "--format", "json").stdout)
    assert [row["dimension"] for row in rows] == [one["dimension"] for one in told]
    assert float(rows[0]["raw"]) == pytest.approx(told[0]["raw"]["value"], abs=1e-4)
    assert rows[0]["raters"] == "Ana / Ben"


def test_disagreements_are_listed_with_their_sentences(files: list[Path], tmp_path: Path) -> None:
    told = run(*files, "--disagreements", tmp_path / "out.csv", "--no-machine")
    assert "2 disagreements between Ana, Ben; listed in" in told.stderr and MACHINE not in told.stdout
    rows = list(csv.DictReader(io.StringIO((tmp_path / "out.csv").read_text("utf-8-sig"))))
    assert {(row["Ana"], row["Ben"]) for row in rows} == {("accepted", "rejected"), ("rejected", "accepted")}
    assert all(row["text"] in row["sentence"] for row in rows) and "reading error" in rows[0]["notes"]


def test_mistakes_are_told_with_file_row_and_column(files: list[Path]) -> None:
    text = files[0].read_text("utf-8-sig").replace("accepted", "maybe", 1)
    files[0].write_text(text, "utf-8-sig")
    with pytest.raises(ConfigError, match=r"Ana\.csv: row 2, column 'choice: Ana': 'maybe' is not allowed"):
        run(*files)


def test_two_files_that_say_otherwise_for_one_rater_are_told(files: list[Path], tmp_path: Path) -> None:
    export("csv", review(decisions("Ana", "r"), ("Ana",)), tmp_path / "old.csv")
    with pytest.raises(ConfigError, match=r"old\.csv: row 2, Ana: Ana says otherwise .* in Ana\.csv: row 2"):
        run(*files, tmp_path / "old.csv")


def test_files_of_other_forms_are_refused(tmp_path: Path) -> None:
    export("qdpx", review(decisions("Ana", "a")), tmp_path / "r.qdpx")
    with pytest.raises(ConfigError, match=r"r\.qdpx: agreement is counted from tables"):
        run(tmp_path / "r.qdpx")


def test_names_that_are_not_there_and_files_without_two_raters_are_told(files: list[Path]) -> None:
    with pytest.raises(ConfigError, match=r"--rater Zoe: .* only of: Ana, Ben"):
        run(*files, "--rater", "Zoe")
    with pytest.raises(ConfigError, match="decisions of Ana; agreement needs two raters"):
        run(files[0], "--no-machine")
    assert "Ana and" in run(files[0]).stdout


def test_units_are_proposals_and_additions_and_silence_counts_once_a_paper_is_released() -> None:
    events = [event("Ana", ADDED[0], ACCEPTED, action="add", added=ADDED[0]), *decisions("Ben", "a")]
    before = units(PROPOSALS, stored(events), ["Ana", "Ben"])
    assert len(before.proposals) == len(PROPOSALS) + 1
    assert ADDED[0].id not in before.decisions["Ben"]
    assert before.decisions[MACHINE][ADDED[0].id].choice == "rejected"
    released = stored([*events, Event(when=WHEN, who="Ben", action="release", paper=PAPERS[0].key)])
    assert units(PROPOSALS, released, ["Ana", "Ben"]).decisions["Ben"][ADDED[0].id].choice == "rejected"
    assert [d.proposal.id for d in disagreements(PROPOSALS, released, ["Ana", "Ben"])] == [ADDED[0].id]


def test_the_same_addition_of_two_is_one_unit_and_one_taken_back_is_none() -> None:
    again = ADDED[0].model_copy(update={"id": "again"})
    other = ADDED[1]
    events = [
        event("Ana", ADDED[0], ACCEPTED, action="add", added=ADDED[0]),
        event("Ben", again, ACCEPTED, action="add", added=again),
        event("Ben", other, ACCEPTED, action="add", added=other),
        event("Ben", other, Value()),
        *(Event(when=WHEN, who=who, action="release", paper=PAPERS[0].key) for who in ("Ana", "Ben")),
    ]
    seen = units(PROPOSALS, stored(events), ["Ana", "Ben"], machine=False)
    assert set(seen.proposals) - {one.id for one in PROPOSALS} == {ADDED[0].id}
    assert [seen.decisions[who][ADDED[0].id].choice for who in ("Ana", "Ben")] == ["accepted", "accepted"]
    assert disagreements(PROPOSALS, stored(events), ["Ana", "Ben"]) == []


def test_units_of_one_rater_are_left_out_and_their_number_is_told() -> None:
    both = compare(PROPOSALS, stored(decisions("Ana", "aar") + decisions("Ben", "ara")), ["Ana", "Ben"], machine=False)
    more = decisions("Ana", "aararr") + decisions("Ben", "ara")
    found = compare(PROPOSALS, stored(more), ["Ana", "Ben"], machine=False)
    assert found[0].agreement.ac1 == both[0].agreement.ac1 and found[0].agreement.units == 3
    assert found[0].agreement.notes[-1] == "Over all, 3 units that only one of them decided on are left out."
    assert over_all(PROPOSALS, stored(more), ["Ana", "Ben"]).kappa == found[0].agreement.kappa


def test_dimensions_of_findings_and_codes() -> None:
    finding, code = PROPOSALS[1], PROPOSALS[2]
    events = [
        event("Ana", finding, Value(usage="quoted")),
        event("Ben", finding, ACCEPTED),
        event("Ana", code, Value(label="chang-2021/mechanism/hope")),
        event("Ben", code, Value(note="only a note")),
    ]
    found = {c.dimension: c.agreement for c in compare(PROPOSALS, stored(events), ["Ana", "Ben"], machine=False)}
    assert found[DECISION].agreed == 1 and found["usage"].agreed == 0 and found["severity"].agreed == 1
    assert found[OVERALL].units == 1 and "chang-2021/mechanism" not in found  # a note decides nothing
    with_machine = compare(PROPOSALS, stored(events), ["Ana"])
    codes = next(c.agreement for c in with_machine if c.dimension == "chang-2021/mechanism")
    assert codes.categories == ("chang-2021/mechanism/hope", "chang-2021/mechanism/trust")
