"""The sentences: grammar, and numbers that are those of the papers cited and of the tables."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import replace

import pytest
from fabricated_rows import rows
from hypothesis import given, settings
from hypothesis import strategies as st

from lang_audit.codebook import Code, Codebook, load_codebook
from lang_audit.model import Metadata, VerdictLabel
from lang_audit.report.english import capital, inside, listed, number, papers, words
from lang_audit.report.extraction import StudyRow
from lang_audit.report.synthesis_counts import synthesis
from lang_audit.report.synthesis_sentences import (
    Paragraph,
    Sentence,
    dimension_paragraph,
    language_paragraph,
    papers_paragraph,
)
from lang_audit.report.synthesis_view import SynthesisView, synthesis_view

BOOKS = [load_codebook("chang-2021"), load_codebook("han-2023")]
SPOKEN = {words(n): n for n in range(1, 1000)}
COUNT = re.compile(r"(?<![\w-])([A-Za-z]+(?:-[a-z]+)?|\d[\d,]*)(?![\w-])")


def _paragraphs(view: SynthesisView) -> list[Paragraph]:
    books = [p for book in view.books for p in (book.intro, *book.dimensions, book.links) if p]
    return [view.papers, view.language, view.studies, *books]


def _values(text: str) -> list[int]:
    found = [(m[1].lower(), m) for m in COUNT.finditer(text)]
    return [SPOKEN[w] if w in SPOKEN else int(w.replace(",", "")) for w, _ in found if w in SPOKEN or w[0].isdigit()]


def _check(sentence: Sentence, whole: int) -> None:
    """The number nearest before each list of papers is the length of the list ("of the 29 papers" is not)."""
    before = ""
    for piece in sentence.pieces:
        if isinstance(piece, str):
            before = re.sub(r"‘[^’]*’", "", piece)
            before = re.sub(r"of the [\w-]+ (included )?papers( that could be read)?", "", before)
            before = (
                before.replace("more than one country", "")
                .replace("at least one code", "")
                .replace("at least one term", "")
            )
        elif "→" in before and "It runs" in before:
            assert len(piece) == 1
        elif re.match(r"(Both|All) ", before):
            assert len(piece) == whole
        elif re.match(r"(The one|It) ", before) or "No paper" in before or "None" in before:
            values = _values(before.replace("The one", ""))
            assert len(piece) == (values[-1] if values else whole)
        else:
            assert _values(before)[-1] == len(piece), before


@settings(max_examples=40, deadline=None)
@given(st.integers(1, 45), st.integers(0, 10_000))
def test_each_number_is_that_of_the_papers_cited(n: int, seed: int) -> None:
    found = synthesis(rows(n, BOOKS, seed), BOOKS)
    view = synthesis_view(found)
    for paragraph in _paragraphs(view):
        for sentence in paragraph.sentences:
            _check(sentence, len(found.included))
            plain = sentence.plain
            assert plain.endswith(".") and not plain.endswith("..")
            assert plain[0].isupper() or plain[0].isdigit()
            assert "  " not in plain and " ." not in plain and "[]" not in plain
            assert not re.search(
                r"(?<![\w-])one (?:further )?papers\b|(?<![\w-])(?:two|three|\d+) (?:further )?paper\b", plain
            )


def test_sentences_and_tables_hold_the_same_papers() -> None:
    view = synthesis_view(synthesis(rows(30, BOOKS), BOOKS))
    for book in view.books:
        assert book.codes
        for paragraph, table in zip(book.dimensions, book.codes.tables, strict=True):
            text = " ".join(sentence.plain for sentence in paragraph.sentences)
            for name, reported, *_ in table.rows:
                assert isinstance(reported, int)
                code = inside(str(name).removesuffix(" *"))
                said = re.search(
                    rf"(\w[\w-]*)(?: of the \w+ papers(?: that could be read)?)? reported ‘{re.escape(code)}’", text
                )
                if reported:
                    assert said, code
                    assert SPOKEN[said[1].lower()] == reported


def _row(key: str, verdict: VerdictLabel = "person-first", **codes: str) -> StudyRow:
    keys = {("chang-2021", "mechanism", code.replace("_", "-")): Counter({s: 1}) for code, s in codes.items()}
    return StudyRow(key, f"{key}.pdf", "ok", Metadata(year=2001), verdict=verdict, codes=keys)  # type: ignore[arg-type]


def _mechanisms(made: list[StudyRow]) -> str:
    found = synthesis(made, BOOKS)
    return " ".join(s.plain for s in dimension_paragraph(found, found.books[0].dimensions[1]).sentences)


def test_the_sentence_of_the_review() -> None:
    made = [_row(f"P{k:02}", "person-first" if k < 3 else "not person-first") for k in range(29)]
    (sentence,) = language_paragraph(synthesis(made, BOOKS)).sentences
    assert sentence.plain.startswith(
        "Three of the 29 included papers used person-first language [P00; P01; P02]; 26 did not"
    )
    assert sentence.plain.endswith("; none mixed person-first language with labels of people.")


@pytest.mark.parametrize(
    ("made", "expected"),
    [
        ([_row("A", "mixed")], "The one included paper mixed person-first language with labels of people [A]."),
        (
            [_row("A"), _row("B")],
            "Both included papers used person-first language [A; B]; none mixed person-first language with labels of people.",
        ),
        ([_row("A", "mixed"), _row("B", "mixed"), _row("C", "mixed")],
         "None of the three included papers used person-first language; three mixed person-first language with labels of people "
         "[A; B; C]."),
    ],
)  # fmt: skip
def test_language_of_few_papers(made: list[StudyRow], expected: str) -> None:
    (sentence,) = language_paragraph(synthesis(made, BOOKS)).sentences
    assert sentence.plain == expected


def test_codes_of_few_papers() -> None:
    assert _mechanisms([_row("A", bridge="reported"), _row("B", bridge="aimed"), _row("C", bridge="background")]) == (
        "One of the three included papers reported ‘bridge’ [A]; one further paper names this only as an aim [B] and one only as "
        "background [C]. No paper named ‘trust, personal commitment and empathy’; ‘community knowledge and experience’; or "
        "‘role model’."
    )
    only = _mechanisms([_row("A", bridge="aimed"), _row("B")])
    assert only.startswith("No paper reported ‘bridge’, but one paper names it only as an aim [A].")
    assert only.endswith("One paper gave no evidence for any of these codes [B].")
    assert _mechanisms([_row("A", bridge="reported")]).startswith("The one included paper reported ‘bridge’ [A].")
    both = _mechanisms([_row(k, bridge="reported", trust="reported") for k in "ABC"])
    assert both.startswith(
        "All three included papers reported ‘trust, personal commitment and empathy’ [A; B; C]. All three reported "
    )


def test_papers_that_could_not_be_read_are_told_and_not_counted() -> None:
    made = [_row("A"), replace(_row("B"), verdict=None, status="failed")]
    found = synthesis(made, BOOKS)
    assert papers_paragraph(found).sentences[0].plain == "One paper could not be read [B] and was not counted."
    assert language_paragraph(found).sentences[0].plain.startswith("The one paper that could be read used")


def test_nothing_to_say() -> None:
    for made in ([], [replace(_row("B"), verdict=None, status="failed")]):
        view = synthesis_view(synthesis(made, BOOKS))
        assert view.figures == ()
        assert not view.language.sentences and not view.studies.sentences


def test_codes_outside_the_analysis_are_said_apart() -> None:
    key = ("chang-2021", "role", "advisory")
    row = replace(_row("A"), codes={key: Counter({"reported": 2})})
    found = synthesis([row, _row("B")], BOOKS)
    text = [s.plain for s in dimension_paragraph(found, found.books[0].dimensions[0]).sentences]
    assert text[-1] == "Outside the review’s analysis: one of the two included papers reported ‘advisory’ [A]."
    assert "‘advisory’" not in text[0]


def test_a_codebook_of_ones_own() -> None:
    """Names, dimensions without a part: whatever a third codebook brings."""
    themes = {"id": "x", "name": "HIV themes", "part": None, "codes": [_code("hiv-care", "HIV care")]}
    own = Codebook.model_validate(BOOKS[0].model_dump() | {"codebook": "own", "dimensions": [themes]})
    row = replace(_row("A"), codes={("own", "x", "hiv-care"): Counter({"reported": 1})})
    view = synthesis_view(synthesis([row], [own]))
    assert view.books[0].links is None
    assert view.books[0].dimensions[0].sentences[0].plain == "The one included paper reported ‘HIV care’ [A]."


def _code(id_: str, name: str) -> dict[str, object]:
    return Code.model_validate(BOOKS[0].dimensions[0].codes[0].model_dump() | {"id": id_, "name": name}).model_dump()


def test_english() -> None:
    assert [words(n) for n in (0, 1, 19, 29, 40, 100, 123, 1200)] == [
        "no", "one", "nineteen", "twenty-nine", "forty", "one hundred", "one hundred and twenty-three", "1,200",
    ]  # fmt: skip
    assert [number(n) for n in (9, 10, 1204)] == ["nine", "10", "1,204"]
    assert [papers(n, "further") for n in (1, 2)] == ["one further paper", "two further papers"]
    assert listed(["a", "b", "c"]) == "a, b and c"
    assert listed(["a, b", "c"], "or") == "a, b; or c"
    assert listed([]) == ""
    assert [inside(n) for n in ("Role model", "HIV care", "Access, use")] == ["role model", "HIV care", "access, use"]
    assert capital("") == ""
