"""How papers, terms and guidelines are named. All names are fabricated."""

from __future__ import annotations

import pytest

from lang_audit.model import SECTION_KINDS, SEVERITIES, USAGES, Metadata
from lang_audit.report import wording


def test_every_code_has_words() -> None:
    assert set(wording.SECTIONS) == set(SECTION_KINDS)
    assert set(wording.SEVERITIES) == set(SEVERITIES)
    assert set(wording.USAGES) == set(USAGES)


@pytest.mark.parametrize(
    ("authors", "year", "name"),
    [
        (["Chang J"], 2021, "Chang 2021"),
        (["Judy Chang", "Shelly, Susan"], 2021, "Chang and Shelly 2021"),
        (["van der Berg J-P", "B C", "D E"], None, "van der Berg et al."),
        (["J. A. Chang"], 2021, "Chang 2021"),
        (["Chang, J A"], 2021, "Chang 2021"),
        (["WHO"], 2021, "WHO 2021"),
        ([" "], None, "A title"),
        ([], 2021, "A title"),
    ],
)
def test_short_name(authors: list[str], year: int | None, name: str) -> None:
    assert wording.short_name(Metadata(authors=tuple(authors), year=year, title="A\ntitle"), "a/b.pdf") == name


def test_short_name_without_metadata() -> None:
    assert wording.short_name(None, "a/b.pdf") == "b.pdf"
    assert wording.short_name(Metadata(), "") == "unnamed input"


@pytest.mark.parametrize(
    ("identifier", "address"),
    [
        ("doi:10.1016/j.x.2009.10.010", "https://doi.org/10.1016/j.x.2009.10.010"),
        ("https://pmc.example/1 doi:10.1080/0889.", "https://doi.org/10.1080/0889"),
        ("https://a.example/?p=736 ; https://b.example", "https://a.example/?p=736"),
        ("ISBN 9789240002197", None),
        ("javascript:alert(1)", None),
    ],
)
def test_web_address(identifier: str, address: str | None) -> None:
    assert wording.web_address(identifier) == address


def test_percent_never_reaches_a_threshold_that_the_share_does_not() -> None:
    assert wording.percent(799, 1000) == "79%"
    assert wording.percent(4, 5) == "80%"
    assert wording.percent(199, 200) == "99%"


def test_surface_forms_fold_case_and_line_breaks() -> None:
    assert wording.surface(["Drug users", "drug\nusers", "IDUs"]) == [("drug users", 2), ("IDUs", 1)]


def test_the_strict_rule_does_not_say_mostly() -> None:
    assert "mostly" in wording.verdict_words("not person-first", "majority")[1]
    assert "mostly" not in wording.verdict_words("not person-first", "strict")[1]
