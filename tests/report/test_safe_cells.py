from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lang_audit.report.safe_cells import harmless, printable


@pytest.mark.parametrize(
    "text",
    ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", " =1", "\u00a0=1", "＝1", "＋1", "－1", "＠x", "﹢1", "﹣1",
     "\u200b=1", "\ufeff=1", "\x00=1", "\x1b@x", "=cmd|' /C calc'!A0", '=HYPERLINK("http://example.org")'],
)  # fmt: skip
def test_what_begins_like_a_formula_gets_an_apostrophe(text: str) -> None:
    assert harmless(text).startswith("'")


@pytest.mark.parametrize("text", ["Trust", "3 = 3", "a-b", "−5", "'quoted'", "", "é", "1998"])
def test_other_text_stays_as_it_is(text: str) -> None:
    assert harmless(text) == text


def test_what_xml_cannot_carry_goes() -> None:
    assert printable("a\x00b\x0b \ud800c\ufffe\r\n d") == "ab c d"


@given(st.text())
def test_no_cell_ever_begins_with_a_sign(text: str) -> None:
    cell = harmless(text)
    assert not re.match(r"[=+\-@\t\r\n＝＋－＠]", cell)
    assert cell in (printable(text), f"'{printable(text)}")
