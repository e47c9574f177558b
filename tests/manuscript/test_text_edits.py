from __future__ import annotations

import codecs
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lang_audit.manuscript.changes import Draft, Edit, edited, with_line_ends
from lang_audit.manuscript.text_edits import SourceEdit, TextFile, source_edit, unified_diff
from lang_audit.model import Origin, Paper
from tests.conftest import paper_of

_TEXT = st.text(st.characters(exclude_categories=["Cs", "Cc"]) | st.sampled_from("\n\r\t "), min_size=1, max_size=80)
_LATIN = st.text(st.characters(min_codepoint=0x20, max_codepoint=0xFF, exclude_categories=["Cc"]), min_size=1)
_WORDS = st.text("abc é\n", max_size=6)


@st.composite
def edits_of(draw: st.DrawFn, length: int) -> list[Edit]:
    """Edits that do not touch one another."""
    places = sorted(draw(st.lists(st.integers(0, length), max_size=8, unique=True)))
    return [Edit(a, b, draw(_WORDS)) for a, b in zip(places[::2], places[1::2], strict=False)]


@pytest.mark.parametrize(
    ("mark", "encoding"),
    [
        (b"", "utf-8"),
        (codecs.BOM_UTF8, "utf-8"),
        (codecs.BOM_UTF16_LE, "utf-16-le"),
        (codecs.BOM_UTF16_BE, "utf-16-be"),
    ],
)
@given(data=st.data())
def test_every_byte_outside_of_an_edit_stays(mark: bytes, encoding: str, data: st.DataObject) -> None:
    text = data.draw(_TEXT.filter(lambda t: not t.startswith("\ufeff")))
    raw = mark + text.encode(encoding)
    edits = data.draw(edits_of(len(text)))
    written = TextFile(raw).with_edits(SourceEdit(None, e.start, e.end, e.new) for e in edits)
    assert written.startswith(mark)
    written, raw = written[len(mark) :], raw[len(mark) :]
    before = after = position = 0
    for edit in edits:
        kept = len(text[position : edit.start].encode(encoding))
        assert written[after : after + kept] == raw[before : before + kept]
        before += kept + len(text[edit.start : edit.end].encode(encoding))
        after += kept + len(edit.new.encode(encoding))
        position = edit.end
    assert written[after:] == raw[before:]


@given(_LATIN)
def test_a_file_in_an_old_encoding_is_written_back_as_it_is(text: str) -> None:
    raw = (text + "é").encode("latin-1")
    assert TextFile(raw).with_edits([]) == raw


def test_what_the_encoding_lacks_cannot_be_written() -> None:
    assert not TextFile("café".encode("cp1252")).holds("Māori")
    assert TextFile("café".encode()).holds("Māori")


@given(st.data())
def test_a_later_edit_is_joined_to_the_earlier_ones(data: st.DataObject) -> None:
    text = data.draw(st.text("abcde ", min_size=1, max_size=40))
    draft, wanted = Draft(paper_of(text)), text
    for _ in range(3):
        edits = data.draw(edits_of(len(wanted)))
        wanted = edited(wanted, edits)
        draft = draft.with_edits(edits)
        assert draft.text == wanted
    ends = [(e.start, e.end) for e in draft.edits]
    assert all(end <= start for (_, end), (start, _) in pairwise(ends))


@given(st.data())
def test_places_that_no_edit_touched_are_found_again(data: st.DataObject) -> None:
    text = data.draw(st.text("abcde ", min_size=4, max_size=40))
    draft = Draft(paper_of(text)).with_edits(data.draw(edits_of(len(text))))
    start = data.draw(st.integers(0, len(text) - 1))
    for now_start, now_end in draft.places([(start, start + 1)]):
        assert draft.text[now_start:now_end] == text[start]


def test_a_draft_keeps_sections_and_passages() -> None:
    text = "Alcoholics slept. They ate."
    paper = Draft(paper_of(text)).with_edits([Edit(0, 10, "People")]).paper()
    assert paper.text[paper.passages[0].start : paper.passages[0].end] == "People slept. They ate."
    assert paper.sections[0].end == len(paper.text)


def _paper(text: str, *origins: tuple[int, int, int, int, str | None]) -> Paper:
    found = tuple(Origin(start=a, end=b, at=c, upto=d, part=part) for a, b, c, d, part in origins)
    return Paper(id="x", source="x.md", text=text, origins=found)


def test_an_edit_is_made_where_each_character_has_its_own() -> None:
    source = "**drug** users\n  slept &eacute;"
    paper = _paper("drug users slept é", (0, 4, 2, 6, None), (4, 10, 8, 14, None), (10, 11, 14, 17, None),
                   (11, 17, 17, 23, None), (17, 18, 23, 31, None))  # fmt: skip
    assert source_edit(paper, Edit(0, 4, "x"), source) == SourceEdit(None, 2, 6, "x")
    assert source_edit(paper, Edit(0, 10, "x"), source) is None  # a mark stands between
    assert source_edit(paper, Edit(5, 16, "a b c"), source) == SourceEdit(None, 9, 22, "a\n  b c")
    assert source_edit(paper, Edit(17, 18, "x"), source) is None  # spelled otherwise
    assert source_edit(paper, Edit(5, 5, "x"), source) == SourceEdit(None, 8, 9, " x")
    assert source_edit(paper, Edit(5, 16, "x"), None) is None  # without the source blanks are no exception


def test_an_edit_stays_within_one_part() -> None:
    paper = _paper("ab", (0, 1, 0, 1, None), (1, 2, 0, 1, "b.tex"))
    assert source_edit(paper, Edit(0, 2, "x"), "a") is None
    assert source_edit(paper, Edit(1, 2, "x"), "b") == SourceEdit("b.tex", 0, 1, "x")
    assert source_edit(_paper("ab"), Edit(0, 2, "x"), "ab") is None


@pytest.mark.parametrize(
    ("old", "new", "kept"),
    [
        ("drug\nusers", "people who use drugs", "people\nwho use drugs"),
        ("drug users", "people who use drugs", "people who use drugs"),
        ("a\r\nb", "c", "c"),
        ("of a\n  drug\n  user", "who use a drug now", "who\n  use a\n  drug now"),
    ],
)
def test_a_paragraph_keeps_its_lines(old: str, new: str, kept: str) -> None:
    assert with_line_ends(old, new) == kept


def test_the_diff_says_where_no_line_end_is() -> None:
    assert unified_diff("a\nb", "a\nc", "x.txt") == (
        "--- a/x.txt\n+++ b/x.txt\n@@ -1,2 +1,2 @@\n a\n-b\n\\ No newline at end of file\n+c\n\\ No newline at end of file\n"
    )
    assert unified_diff("a\u2028b\r\n", "a\u2028c\r\n", "x").splitlines(keepends=False)[-1].startswith("c")
    assert unified_diff("a", "a", "x") == ""
