from __future__ import annotations

import pytest

from lang_audit.model import Metadata
from lang_audit.report.reference_match import match, merged, plain_title
from lang_audit.sources.references_file import Reference

TITLE = "Peer-driven approaches to hepatitis C: a qualitative study"


def reference(**fields: object) -> Reference:
    return Reference(Metadata.model_validate(fields), 1)


def test_doi_comes_first_however_it_is_spelt() -> None:
    references = [
        reference(title=TITLE, doi="10.1/other"),
        reference(title="Another", doi="https://doi.org/10.1234/AbC."),
    ]
    found = match([Metadata(title=TITLE, doi="doi:10.1234/abc")], references)
    assert found.references == (references[1],)
    assert found.unused == (references[0],)


@pytest.mark.parametrize(
    "title",
    [
        "PEER DRIVEN APPROACHES TO HEPATITIS C A QUALITATIVE STUDY",
        "Peer–driven approaches to hepatitis C: a qualitative study.",
        "Peer-driven  approaches to hepatitis C: a qualitative studÿ",
        "Peer-driven approaches to hepattis C: a qualitative study",
    ],
)
def test_titles_that_differ_in_print_only_are_one(title: str) -> None:
    only = reference(title=title, year=2018)
    assert match([Metadata(title=TITLE, year=2018)], [only]).references == (only,)


@pytest.mark.parametrize(
    ("paper", "other"),
    [
        ({"title": TITLE, "year": 2018}, {"title": TITLE, "year": 2015}),
        ({"title": TITLE}, {"title": "Peer-driven approaches to hepatitis C: a randomised trial"}),
        ({"title": TITLE + ", part I"}, {"title": TITLE + ", part II"}),
        ({"title": TITLE + " in 2004"}, {"title": TITLE + " in 2014"}),
        ({"title": "Peers in care"}, {"title": "Peers in core"}),
        ({"title": TITLE, "doi": "10.1234/a"}, {"title": TITLE.replace("study", "studies"), "doi": "10.1234/b"}),
        ({"title": None}, {"title": TITLE}),
        ({"title": "？！"}, {"title": "…"}),
    ],
)
def test_what_may_be_another_study_is_not_matched(paper: dict[str, object], other: dict[str, object]) -> None:
    references = [reference(**other)]
    found = match([Metadata.model_validate(paper)], references)
    assert found.references == (None,)
    assert list(found.unused) == references


def test_a_year_apart_is_no_contradiction() -> None:
    only = reference(title=TITLE, year=2019)
    assert match([Metadata(title=TITLE, year=2018)], [only]).references == (only,)


def test_two_that_fit_alike_are_none() -> None:
    two = [reference(title=TITLE, year=2017), reference(title=TITLE, year=2018)]
    assert match([Metadata(title=TITLE)], two).references == (None,)
    assert match([Metadata(title=TITLE)], [two[0], two[0]]).references == (two[0],)


def test_two_files_of_a_paper_share_its_reference() -> None:
    only = reference(title=TITLE)
    found = match([Metadata(title=TITLE), Metadata(title=TITLE)], [only])
    assert found.references == (only, only)
    assert found.unused == ()


def test_the_reference_wins_field_by_field() -> None:
    paper = Metadata(title="as printd", year=2017, journal="J", authors=("Sylvia Ayon",))
    assert merged(paper, Metadata(title="As printed", year=2018)) == Metadata(
        title="As printed", year=2018, journal="J", authors=("Sylvia Ayon",)
    )


def test_plain_titles() -> None:
    assert plain_title("Straße à São-Paulo: <Été> 2!") == "strasse a sao paulo ete 2"
