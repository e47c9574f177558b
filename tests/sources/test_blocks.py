from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lang_audit.model import Paper
from lang_audit.sources.blocks import Block, Piece, paper_from_blocks


def paper(*blocks: Block) -> Paper:
    return paper_from_blocks(blocks, "draft", "draft.md")


def block(kind: str, text: str, at: int = 0, **more: object) -> Block:
    return Block(kind, (Piece(text, at, at + len(text)),), **more)  # type: ignore[arg-type]


def head(text: str, level: int = 1, **more: object) -> Block:
    return block("heading", text, level=level, **more)


def words(text: str) -> Block:
    return block("paragraph", text)


def kinds(*blocks: Block) -> list[str]:
    found = paper(*blocks)
    return [section.kind for section in found.sections]


TITLE = head("Peers in two clinics of a town")


@pytest.mark.parametrize(
    ("blocks", "expected"),
    [
        ([TITLE, head("Abstract", 2), words("We asked."), head("Methods", 2), words("How.")],
         ["title", "abstract", "methods"]),
        ([TITLE, head("Abstract"), words("Background: Why. Methods: How."), head("Methods"), words("How.")],
         ["title", "abstract", "methods"]),
        ([TITLE, head("Abstract"), words("Background: Why."), head("Introduction"), words("Why.")],
         ["title", "abstract", "introduction"]),
        ([TITLE, head("Abstract", 2), head("Background", 3), words("Why."), head("Methods", 3), words("How."),
          head("Results", 2), words("What.")],
         ["title", "abstract", "results"]),
        ([TITLE, head("Abstract"), head("Background"), words("Why."), head("Results"), words("What."),
          head("Introduction"), words("Why at length.")],
         ["title", "abstract", "introduction"]),
        ([TITLE, head("Methods"), words("How."), head("Participants", 2), words("Who."), head("Results"), words("What.")],
         ["title", "methods", "methods", "results"]),
        ([TITLE, words("Keywords: peers; stigma"), head("Methods"), words("How.")], ["title", "keywords", "methods"]),
    ],
)  # fmt: skip
def test_headings_give_sections(blocks: list[Block], expected: list[str]) -> None:
    assert kinds(*blocks) == expected


def test_a_list_of_references_needs_no_heading() -> None:
    cited = [words(f"{n}. Doe A, Roe B. A paper on peers. J Samples. 20{n:02}; 3: 1-9.") for n in range(10, 14)]
    found = paper(TITLE, head("Discussion"), words("So it is."), *cited)
    assert [s.kind for s in found.sections] == ["title", "discussion", "references"]
    assert [p.kind for p in found.passages][-4:] == ["reference"] * 4


def test_a_table_stands_under_its_caption() -> None:
    found = paper(head("Results"), block("caption", "Table 2. Who came"), block("table", "a | b"), words("So it is."))
    assert [(s.kind, s.heading) for s in found.sections] == [
        ("results", "Results"), ("caption", "Table 2"), ("table", "Table 2"), ("results", "Results")
    ]  # fmt: skip


@given(st.lists(st.lists(st.text(alphabet="ab \n\té", max_size=8), max_size=4), max_size=4))
def test_what_has_places_of_its_own_is_what_the_file_says(texts: list[list[str]]) -> None:
    source, blocks = "", []
    for pieces in texts:
        placed = []
        for text in pieces:
            placed.append(Piece(text, len(source), len(source) + len(text)))
            source += text + "|"
        blocks.append(Block("paragraph", tuple(placed)))
    found = paper(*blocks)
    for origin in found.origins:
        read, written = found.text[origin.start : origin.end], source[origin.at : origin.upto]
        assert read.split() == written.split()
        assert len(read) == len(written) or (read == " " and written.isspace())
    assert "".join(found.text.split()) == "".join("".join(map("".join, texts)).split())
    assert all(found.text[p.start : p.end].strip() for p in found.passages)
