from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lang_audit.detection.quotations import quotations


@pytest.mark.parametrize(
    ("text", "inside"),
    [
        ("She said, “they call us junkies,” and left.", ["“they call us junkies,”"]),
        ('He wrote "clean" on the "dirty" form.', ['"clean"', '"dirty"']),
        ("the word ‘addict’ was used", ["‘addict’"]),
        ("most used the acronyms 'IDU' or 'addict'", ["'IDU'", "'addict'"]),
        ("addicts' families and users' groups", []),
        (
            "The participant's view: 'the addicts' families suffer most', he said",
            ["'the addicts' families suffer most'"],
        ),
        ("It didn't matter and they're gone", []),
        ("« les toxicomanes »", ["« les toxicomanes »"]),
        ("“When I came here nobody listened", ["“When I came here nobody listened"]),
        ('a 5" needle and "clean" works', ['"clean"']),
    ],
)
def test_where_quotations_open_and_close(text: str, inside: list[str]) -> None:
    assert [text[q.start : q.end] for q in quotations(text)] == inside


def test_a_quotation_inside_another_is_given_too() -> None:
    text = "“It was ‘addict mum’ on the board,” one said."
    assert [text[q.start : q.end] for q in quotations(text)] == ["“It was ‘addict mum’ on the board,”", "‘addict mum’"]


@given(st.text(alphabet="ab c'\"‘’“”.\n", max_size=80))
def test_quotations_lie_inside_the_text_in_order(text: str) -> None:
    found = quotations(text)
    assert found == sorted(found)
    assert all(0 <= q.start < q.end <= len(text) for q in found)
