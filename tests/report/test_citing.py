from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lang_audit.model import Metadata
from lang_audit.report.citing import Cited, citing_keys, family_name


@pytest.mark.parametrize(
    ("author", "family"),
    [
        ("Ayon, Sylvia", "Ayon"), ("Ayon S", "Ayon"), ("S. Ayon", "Ayon"), ("Sylvia Ayon", "Ayon"), ("E J Reimer", "Reimer"),
        ("Anna van der Berg", "van der Berg"), ("van der Berg A", "van der Berg"), ("van der Berg, A.", "van der Berg"),
        ("Anna Van der Berg", "Van der Berg"), ("Maria da Silva", "da Silva"), ("García Márquez, Gabriel", "García Márquez"),
        ("AYON, S.", "Ayon"), ("Y. LI", "Li"), ("LI X", "Li"), ("J.-P. Sartre", "Sartre"), ("Smith JA Jr", "Smith"),
        ("Sylvia Ayon, PhD", "Ayon"), ("Sylvia Ayon PhD, MPH", "Ayon"), ("Jean-Paul O'Neil1,2*", "O'Neil"), ("Liu R.", "Liu"),
        ("World Health Organization", "World Health Organization"), ("World Health Organization,", "World Health Organization"),
        ("UNAIDS", "UNAIDS"), ("The PARTNER Study Group", "The PARTNER Study Group"), ("", ""), ("X", "X"),
    ],
)  # fmt: skip
def test_family_names(author: str, family: str) -> None:
    assert family_name(author) == family


def paper(*authors: str, year: int | None = 2018, title: str | None = None, source: str = "a.pdf") -> Cited:
    return Cited(Metadata(authors=authors, year=year, title=title), source)


def test_one_two_and_more_authors() -> None:
    papers = [paper("Ayon S"), paper("Ayon S", "Booth R"), paper("Ayon S", "Booth R", "Chen L")]
    assert citing_keys(papers) == ["Ayon 2018", "Ayon and Booth 2018", "Ayon et al. 2018"]


def test_without_authors_the_file_names_the_paper() -> None:
    assert citing_keys([paper(source="x/Some study.pdf"), paper(source=r"C:\x\two.xml")]) == ["Some study", "two"]
    assert citing_keys([paper(source="x/a.pdf"), paper(source="y/a.xml")]) == ["a (1)", "a (2)"]


def test_without_a_year() -> None:
    assert citing_keys([paper("Ayon S", year=None), paper("Ayon S", year=None)]) == ["Ayon n.d.-a", "Ayon n.d.-b"]


def test_letters_go_by_title_whatever_the_order() -> None:
    papers = [paper("Ayon S", title=title) for title in ("Trust", "Bridges", "Roles")]
    assert citing_keys(papers) == ["Ayon 2018c", "Ayon 2018a", "Ayon 2018b"]
    assert citing_keys(papers[::-1]) == ["Ayon 2018b", "Ayon 2018a", "Ayon 2018c"]


def test_more_than_an_alphabet() -> None:
    keys = citing_keys([paper("Ayon S", source=f"{n:03}.pdf") for n in range(60)])
    assert (keys[0], keys[25], keys[26], keys[52]) == ("Ayon 2018a", "Ayon 2018z", "Ayon 2018aa", "Ayon 2018ba")


@given(
    st.lists(
        st.tuples(
            st.sampled_from(["Ayon S", "ayon s", "Booth R", "Ayon 2018a", ""]), st.sampled_from([None, 2018, 2019])
        )
    )
)
def test_no_key_is_given_twice(drawn: list[tuple[str, int | None]]) -> None:
    papers = [
        paper(*([author] if author else []), year=year, source=f"{k % 3}.pdf") for k, (author, year) in enumerate(drawn)
    ]
    keys = citing_keys(papers)
    assert len({key.casefold() for key in keys}) == len(keys)
    order = list(range(len(papers)))
    random.Random(1).shuffle(order)
    if len({(p.metadata.authors, p.metadata.year, p.source) for p in papers}) == len(papers):
        assert citing_keys([papers[k] for k in order]) == [keys[k] for k in order]
