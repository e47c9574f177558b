"""The tables over all papers, as plain rows. Every paper here is fabricated."""

from __future__ import annotations

from collections import Counter

import pytest

from lang_audit.codebook import Codebook, load_codebook
from lang_audit.model import Characteristics, Metadata, Reading, Strength
from lang_audit.report.extraction import CodeKey, Linked, StudyRow
from lang_audit.report.table import Cell, Table
from lang_audit.report.tables import data_tables, manuscript_tables

BOOK = Codebook.model_validate(
    {
        "codebook": "small-2020",
        "title": "A small codebook",
        "about": "Made up.",
        "review": {"citation": "Fabricated A. 2020.", "identifier": "doi:10.9999/small"},
        "dimensions": [
            {
                "id": dimension,
                "name": dimension.capitalize(),
                "part": part,
                "codes": [
                    {
                        "id": code,
                        "name": code.replace("-", " ").capitalize(),
                        "definition": "Made up.",
                        "evidence": [{"say": [code]}],
                        "examples": {"coded": [code]},
                        **({"outside": "Not asked."} if code == "advice" else {}),
                    }
                    for code in codes
                ],
            }
            for dimension, part, codes in [
                ("tasks", "intervention", ["visits", "advice"]),
                ("reasons", "mechanism", ["trust", "being-there"]),
                ("results", "outcome", ["trust"]),
            ]
        ],
    }
)


READING = Reading(
    characteristic="country", value="VN", text="Viet Nam", start=3, end=11, page=2, section="methods", sentence="In Viet Nam."
)  # fmt: skip


def key(dimension: str, code: str) -> CodeKey:
    return ("small-2020", dimension, code)


def row(name: str, codes: dict[CodeKey, dict[Strength, int]] | None = None, **fields: object) -> StudyRow:
    values: dict[str, object] = {
        "source": f"{name}.pdf",
        "status": "ok",
        "metadata": Metadata(year=2018),
        "verdict": "mixed",
    }
    counted = {code: Counter(strengths) for code, strengths in (codes or {}).items()}
    return StudyRow(key=name, codes=counted, **(values | fields))  # type: ignore[arg-type]


def linked(link: str, **parts: str) -> Linked:
    dimension = {"intervention": "tasks", "context": "none", "mechanism": "reasons", "outcome": "results"}
    found = {part: frozenset({key(dimension[part], parts[part])} if part in parts else ()) for part in dimension}
    return Linked("small-2020", **found, link=link)  # type: ignore[arg-type]


@pytest.fixture
def rows() -> list[StudyRow]:
    beside = linked("co-occurring", mechanism="trust", outcome="trust")
    both = [
        linked("stated", mechanism="trust", outcome="trust"),
        linked("co-occurring", mechanism="trust", outcome="trust"),
    ]
    return [
        row(
            "Booth 2018",
            {
                key("tasks", "visits"): {"reported": 2, "aimed": 1},
                key("tasks", "advice"): {"reported": 1},
                key("reasons", "trust"): {"aimed": 1, "background": 3},
            },
            characteristics=Characteristics(
                countries=("VN", "TH"),
                regions=("East Asia & Pacific",),
                income=("lower middle income", "upper middle income"),
                design=("cluster-rct",),
                sample_size=45,
                years=(2004, 2006),
                evidence=(READING,),
            ),
            share=0.5,
            flagged=3,
            linked=frozenset(both),
        ),
        row("Ayon 2018", {key("reasons", "trust"): {"background": 1}}, linked=frozenset([beside])),
        row("scan", status="failed", verdict=None, metadata=Metadata()),
    ]  # fmt: skip


def table(rows: list[StudyRow], id_: str) -> Table:
    (found,) = (table for table in data_tables(rows, [BOOK]) if table.id == id_)
    return found


def column(found: Table, name: str) -> list[Cell]:
    at = [column.name for column in found.columns].index(name)
    return [row[at] for row in found.rows]


def test_every_row_fits_its_columns(rows: list[StudyRow]) -> None:
    books = [BOOK, load_codebook("chang-2021"), load_codebook("han-2023")]
    for found in [
        *data_tables(rows, books),
        *manuscript_tables(rows, books),
        *data_tables(rows, []),
        *manuscript_tables([], books),
    ]:
        assert all(len(each) == len(found.columns) for each in found.rows), found.id


def test_a_dimension_is_a_column_and_strength_is_said(rows: list[StudyRow]) -> None:
    found = table(rows, "extraction")
    assert column(found, "Paper") == ["Ayon 2018", "Booth 2018", "scan"]
    assert column(found, "Tasks") == [None, "Visits", None]
    assert column(found, "Tasks outside the analysis") == [None, "Advice", None]
    assert column(found, "Reasons") == ["Trust (background)", "Trust (aimed)", None]
    assert column(found, "Country") == [None, "Vietnam; Thailand", None]
    assert column(found, "Design") == [None, "Cluster RCT", None]
    assert column(found, "Sample size") == [None, 45, None]
    assert column(found, "Language") == ["Mixed", "Mixed", "could not be read"]
    assert "(aimed)" in found.notes[0]
    assert "Advice" in found.notes[1]


def test_the_columns_of_two_codebooks_are_told_apart(rows: list[StudyRow]) -> None:
    found = next(t for t in data_tables(rows, [BOOK, load_codebook("chang-2021")]) if t.id == "extraction")
    assert {(c.group, c.name) for c in found.columns} >= {("small-2020", "Tasks"), ("chang-2021", "Roles")}


def test_the_matrix_leaves_out_what_could_not_be_read(rows: list[StudyRow]) -> None:
    found = table(rows, "matrix-small-2020")
    assert [(c.group, c.name) for c in found.columns[1:]] == [
        ("Tasks", "Visits"), ("Reasons", "Trust"), ("Reasons", "Being there"), ("Results", "Trust"),
        ("Tasks outside the analysis", "Advice"),
    ]  # fmt: skip
    assert found.rows == (("Ayon 2018", None, "b", None, None, None), ("Booth 2018", 1, "a", None, None, 1))
    assert any("scan" in note for note in found.notes)


def test_codes_are_counted_once_a_paper_under_the_strongest(rows: list[StudyRow]) -> None:
    found = table(rows, "codes-small-2020")
    counts = {(r[0], r[1]): r[2:7] for r in found.rows}
    assert counts["Reasons", "Trust"] == ("yes", 0, 1, 1, 2)
    assert counts["Tasks", "Visits"] == ("yes", 1, 0, 0, 1)
    assert counts["Tasks", "Advice"] == ("no", 1, 0, 0, 1)
    assert column(found, "Share that report it")[0] == 0.5
    assert "Out of 2 papers that could be read." in found.notes[0]


def test_a_stated_configuration_is_not_told_as_co_occurring_too(rows: list[StudyRow]) -> None:
    found = table(rows, "configurations-small-2020")
    assert [c.name for c in found.columns] == ["Paper", "Intervention", "Mechanism", "Outcome", "Link"]
    assert found.rows == (
        ("Ayon 2018", None, "Trust", "Trust", "co-occurring"),
        ("Booth 2018", None, "Trust", "Trust", "stated"),
    )
    printed = next(t for t in manuscript_tables(rows, [BOOK]) if t.id == "configurations-small-2020")
    assert printed.rows == ((None, "Trust", "Trust", 1, "Booth 2018"),)
    assert "1 co-occurring one stands" in printed.notes[0]


def test_characteristics_and_where_they_were_read(rows: list[StudyRow]) -> None:
    found = table(rows, "characteristics")
    assert found.rows[1][2:9] == (
        "Vietnam; Thailand", "East Asia & Pacific", "Lower middle income; Upper middle income", "Cluster RCT", 45, 2004, 2006,
    )  # fmt: skip
    assert table(rows, "characteristics-evidence").rows == (
        ("Booth 2018", "country", "Vietnam", 2, "Methods", "In Viet Nam."),
    )
    shared = {r[:2]: r[2:4] for r in table(rows, "papers").rows}
    assert shared["Country", "Vietnam"] == (1, 0.5)
    assert shared["Country", "not said"] == (1, 0.5)
    assert shared["Language", "Mixed"] == (2, 1.0)


def test_a_manuscript_has_an_extraction_table_a_codebook(rows: list[StudyRow]) -> None:
    ids = [t.id for t in manuscript_tables(rows, [BOOK, load_codebook("chang-2021")])]
    assert [id_ for id_ in ids if id_.startswith("extraction")] == ["extraction-small-2020", "extraction-chang-2021"]
    assert "extraction" in [t.id for t in manuscript_tables(rows, [])]


def test_a_run_of_nothing_has_tables() -> None:
    assert all(not t.rows or t.id in ("papers", "codes-small-2020") for t in data_tables([], [BOOK]))
