"""Citation markers are lifted out of the running text, and everything else keeps its place."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import pytest

from lang_audit.model import Paper
from lang_audit.sources.citations import CLOSE, OPEN, lift, lift_marked
from lang_audit.sources.jats import read as read_jats
from lang_audit.sources.printed_citations import citation_markers, highest_in_parentheses
from lang_audit.sources.text import read as read_text
from tests.sources.test_layout import BODY, LEFT, Sheet, filler, read


def lifted(text: str, in_parentheses: int = 0) -> tuple[str, list[str]]:
    """Lift from a text in which raised numbers stand between "{" and "}"."""
    plain, raised = "", []
    for part in text.split("{"):
        number, closed, rest = part.rpartition("}")
        if closed:
            raised.append((len(plain), len(plain) + len(number)))
        plain += number + rest
    found = lift(plain, citation_markers(plain, raised, in_parentheses))
    return found.text, [citation.text for citation in found.citations]


@pytest.mark.parametrize(
    ("text", "expected", "markers"),
    [
        ("Most addicts {12} said so.", "Most addicts said so.", ["12"]),
        ("Their use {3}. The rest", "Their use. The rest", ["3"]),
        ("Their use. {3,4} The rest", "Their use. The rest", ["3,4"]),
        ("Their use. {34 35} The rest", "Their use. The rest", ["34 35"]),
        ("Their use .{3} The rest", "Their use. The rest", ["3"]),
        ("In the UK {5} and in 2010 {6} too", "In the UK and in 2010 too", ["5", "6"]),
        ("Their use [3]. The rest", "Their use. The rest", ["[3]"]),
        ("Their use [1, 2–5], and more", "Their use, and more", ["[1, 2–5]"]),
        ("Their use [1], [2] and more", "Their use and more", ["[1], [2]"]),
        ("Their use ([7]) and more", "Their use and more", ["([7])"]),
        ("by Author et al. [12] found", "by Author et al. found", ["[12]"]),
        ("on a page of 3 cm{2} and more", "on a page of 3 cm2 and more", []),
        ("a product (a + b){2} and more", "a product (a + b)2 and more", []),
        ("a share in [0, 1] or more", "a share in [0, 1] or more", []),
        ("with x = [2, 5] or more", "with x = [2, 5] or more", []),
        ("a median of 12 [8–15] years", "a median of 12 [8–15] years", []),
        ("a wide range [2–9] of years", "a wide range [2–9] of years", []),
        ("the component t[1] and [6]-gingerol", "the component t[1] and [6]-gingerol", []),
        ("[4] begins a list, no citation", "[4] begins a list, no citation", []),
        ("as said in ref. [4] of the list", "as said in ref. [4] of the list", []),
        ("in 40 people (12) and more", "in 40 people (12) and more", []),
    ],
)
def test_markers_are_told_from_other_numbers_and_the_text_is_tidied(
    text: str, expected: str, markers: list[str]
) -> None:
    assert lifted(text) == (expected, markers)


def test_numbers_in_parentheses_are_citations_where_they_count_on() -> None:
    texts = [f"Something was found by others ({k}) and said again ({k}, {k + 1})." for k in range(1, 12)]
    assert highest_in_parentheses(texts) == 12
    assert lifted("It was found (3-5). The rest", 12)[0] == "It was found. The rest"
    assert lifted("Of them 40 (12) came, see Eq. (3), in all people (98)", 12)[1] == []
    ages = [
        "Women (34) and men (41) came.",
        "More women (7) than men (3) left.",
        "One (52), two (18), three (29) died.",
    ]
    assert highest_in_parentheses(ages) == 0
    assert highest_in_parentheses([*texts, "Others cite [1] and [2] so."]) == 0


def test_offsets_move_with_the_text() -> None:
    text = "One [1] two .[2] three"
    found = lift(text, citation_markers(text, (), 0))
    assert found.text == "One two. three"
    for word in ("One", "two", "three"):
        assert found.moved(text.index(word)) == found.text.index(word)
    assert found.moved(len(text)) == len(found.text)
    assert [found.text[c.offset :] for c in found.citations] == [" two. three", " three"]


def test_marked_citations_take_the_brackets_that_hold_nothing_else() -> None:
    one, two = f"{OPEN}1{CLOSE}", f"{OPEN}2{CLOSE}"
    assert lift_marked(f"use [{one}, {two}]. The").text == "use. The"
    assert lift_marked(f"use ({one}–{two}) and").text == "use and"
    assert lift_marked(f"use (see {one}) and").text == "use (see) and"
    assert lift_marked(f"use [{one}, p. 3] and").text == "use [1, p. 3] and"
    assert lift_marked(f"{one} Author").text == "1 Author"


def assert_in_place(paper: Paper) -> None:
    for group in (paper.sections, paper.passages, *(page.lines for page in paper.pages)):
        assert all(one.end <= other.start for one, other in pairwise(group))
        assert all(0 <= part.start < part.end <= len(paper.text) for part in group)
    assert [c.offset for c in paper.citations] == sorted(c.offset for c in paper.citations)


def test_a_printed_paper_keeps_its_markers_apart_and_its_lines_in_place() -> None:
    sheet = Sheet(1)
    sheet.heading("Methods").prose(filler("the site", 3) + " We followed others [1, 2]. They used no", width=400)
    sheet.line("drugs", width=25)
    end = LEFT + 25
    sheet.runs.append(sheet.runs[-1]._replace(text="3", x0=end, x1=end + 4, baseline=sheet.y - 4, size=0.65 * BODY))
    sheet.runs.append(sheet.runs[-1]._replace(text=" at all.", x0=end + 4, x1=end + 40, baseline=sheet.y, size=BODY))
    sheet.line("Table 1. Use at baseline [4]", size=8, gap=14)
    sheet.heading("References")
    for k in range(1, 5):
        sheet.line(f"{k}. Author A. A made-up title [Letter {k}]. J Test 2010;1:1-9.", size=8)
    paper = read(sheet)
    assert "We followed others. They used no" in paper.text
    assert "drugs at all." in paper.text
    assert [c.text for c in paper.citations] == ["[1, 2]", "3"]
    assert paper.text[: paper.citations[0].offset].endswith("others")
    assert "baseline [4]" in paper.text
    start = paper.text.index("at all.")
    ((_, (x0, _, x1, _)),) = paper.boxes(start, start + 6)
    assert end - 8 < x0 < x1 < end + 50
    assert_in_place(paper)


def test_numeric_citations_of_jats_are_lifted_and_names_stay(tmp_path: Path) -> None:
    path = tmp_path / "a.xml"
    cite = "<xref ref-type='bibr' rid='b'>{}</xref>".format
    path.write_text(
        "<article><body><sec><title>Results</title>"
        f"<p>Peers came [{cite(1)}, {cite(2)}–{cite(5)}]. They stayed<sup>{cite(6)},{cite(7)}</sup> here ({cite(8)}).</p>"
        f"<p>So did others ({cite('Author et al., 2010')}).</p>"
        f"<fig><label>Figure 1</label><caption><p>As before [{cite(9)}].</p></caption></fig></sec></body></article>",
        encoding="utf-8",
    )
    (paper,) = read_jats(path)
    assert "Peers came. They stayed here." in paper.text
    assert "So did others (Author et al., 2010)." in paper.text
    assert "As before [9]." in paper.text
    assert [c.text for c in paper.citations] == ["[1, 2–5]", "6,7", "(8)"]
    assert_in_place(paper)


def test_plain_text_keeps_its_characters(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_text("Results\n\nPeers came [1, 2]. They stayed.\n", encoding="utf-8")
    (paper,) = read_text(path)
    assert "Peers came [1, 2]." in paper.text
    assert paper.citations == ()
