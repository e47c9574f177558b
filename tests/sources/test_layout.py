"""The layout analysis on pages placed by hand: no PDF engine takes part."""

from __future__ import annotations

from itertools import pairwise

import pytest

from lang_audit.errors import UnreadableError
from lang_audit.model import Paper
from lang_audit.sources.joining import Vocabulary, joined
from lang_audit.sources.layout import paper_from_pages
from lang_audit.sources.lines import placed_lines
from lang_audit.sources.placed import PlacedDocument, PlacedPage, Run

LEADING = 12.0
BODY = 10.0
WIDTH, HEIGHT = 595.0, 842.0
LEFT, RIGHT_COLUMN = 60.0, 310.0
COLUMN = 230.0


class Sheet:
    """A page that is filled line by line, as a typesetter does."""

    def __init__(self, number: int) -> None:
        self.number = number
        self.runs: list[Run] = []
        self.y = 90.0

    def line(self, text: str, x: float = LEFT, width: float | None = None, size: float = BODY, bold: bool = False,
             italic: bool = False, gap: float = 0.0) -> Sheet:  # fmt: skip
        self.y += gap + 1.2 * size
        font = "Serif-" + ("Bold" if bold else "Italic" if italic else "Roman")
        self.runs.append(Run(text, x, x + (width or 0.5 * size * len(text)), self.y, size, font, bold))
        return self

    def heading(self, text: str, x: float = LEFT) -> Sheet:
        return self.line(text, x, size=12, bold=True, gap=10)

    def prose(self, text: str, x: float = LEFT, width: float = COLUMN, size: float = BODY) -> Sheet:
        """A paragraph, indented and broken into lines that fill the column but for the last."""
        words, lines = text.split(), [""]
        for word in words:
            if len(lines[-1]) + len(word) > width / (0.5 * size):
                lines.append("")
            lines[-1] = f"{lines[-1]} {word}".strip()
        for k, line in enumerate(lines):
            indent = 12 if k == 0 else 0
            last = k == len(lines) - 1
            self.line(line, x + indent, None if last else width - indent, size)
        return self

    def at(self, text: str, x: float, y: float, size: float = BODY) -> Sheet:
        self.runs.append(Run(text, x, x + 0.5 * size * len(text), y, size, "Serif-Roman", False))
        return self

    def page(self) -> PlacedPage:
        return PlacedPage(self.number, WIDTH, HEIGHT, tuple(self.runs))


def read(*sheets: Sheet, **properties: str) -> Paper:
    document = PlacedDocument(tuple(sheet.page() for sheet in sheets), dict(properties))
    return paper_from_pages(document, paper_id="paper", source="paper.pdf")


def section_texts(paper: Paper, kind: str) -> list[str]:
    return [paper.text[s.start : s.end] for s in paper.sections if s.kind == kind]


def filler(topic: str, sentences: int = 6) -> str:
    return " ".join(f"Sentence {k} about {topic} says something that fills most of the line." for k in range(sentences))


def article() -> list[Sheet]:
    """Two pages: title and abstract over both columns, then two columns, running heads, a caption, references."""
    one, two = Sheet(1), Sheet(2)
    one.line("Peer support for people who inject drugs", size=20, bold=True)
    one.line("Ann Author1, Bo Writer2", size=11, gap=6)
    one.heading("Abstract")
    one.prose(filler("the abstract", 4), width=COLUMN + RIGHT_COLUMN - LEFT)
    one.line("Keywords: peers, harm reduction", gap=8)
    top = one.y
    one.heading("Introduction").prose(filler("left column"))
    one.y = top
    one.heading("Methods", RIGHT_COLUMN).prose(filler("right column"), RIGHT_COLUMN)
    two.heading("Results").prose(filler("the results", 4))
    two.line("Table 1. Characteristics of participants", size=8, gap=10)
    for row in ("Age 35 36", "Sex 10 12", "Site 3 4"):
        two.line(row, size=8)
    two.y += 14
    two.prose(filler("the rest of the results", 4))
    two.y = 90
    two.heading("References", RIGHT_COLUMN)
    for k in range(1, 6):
        two.line(f"{k}. Author A. A title on addicts that runs", RIGHT_COLUMN, COLUMN, 8)
        two.line("over two lines. J Test 2010;1:1-9.", RIGHT_COLUMN + 10, 120, 8)
    two.heading("Acknowledgements", RIGHT_COLUMN).prose("We thank everyone who took part in the study.", RIGHT_COLUMN)
    for sheet in (one, two):
        sheet.at("Author and Writer: Peer support", LEFT, 40, 8)
        sheet.at(str(100 + sheet.number), 290, 810, 8)
    return [one, two]


def test_an_article_comes_out_in_reading_order_with_its_sections() -> None:
    paper = read(*article())
    kinds = [s.kind for s in paper.sections if s.kind != "other"]
    assert kinds == [
        "title", "abstract", "keywords", "introduction", "methods", "results", "caption", "table", "references",
        "acknowledgements",
    ]  # fmt: skip
    assert paper.metadata.title == "Peer support for people who inject drugs"
    assert paper.metadata.authors == ("Ann Author", "Bo Writer")
    assert section_texts(paper, "title") == ["Peer support for people who inject drugs"]
    assert paper.text.index("about left column") < paper.text.index("about right column")
    assert "right column" not in section_texts(paper, "introduction")[0]
    assert paper.problems == ()


def test_running_heads_and_page_numbers_are_dropped() -> None:
    text = read(*article()).text
    assert "Author and Writer" not in text
    assert "101" not in text


def test_references_are_entries_and_nothing_else() -> None:
    paper = read(*article())
    (section,) = [s for s in paper.sections if s.kind == "references"]
    entries = [p for p in paper.passages if p.kind == "reference"]
    assert len(entries) == 5
    assert all(section.start <= p.start and p.end <= section.end for p in entries)
    assert paper.text[entries[1].start : entries[1].end].startswith(
        "2. Author A. A title on addicts that runs over two lines."
    )
    assert "thank" not in paper.text[section.start : section.end]


def test_offsets_lines_and_boxes_agree() -> None:
    paper = read(*article())
    for one, other in pairwise(paper.sections):
        assert one.end <= other.start
    covered = [s for p in paper.passages for s in paper.sections if s.start <= p.start and p.end <= s.end]
    assert len(covered) == len(paper.passages)
    lines = [line for page in paper.pages for line in page.lines]
    for page in paper.pages:
        assert all(one.end <= other.start for one, other in pairwise(page.lines))
    assert all(line.start < line.end <= len(paper.text) for line in lines)
    start = paper.text.index("title on addicts")
    assert paper.page_at(start) == 2
    ((page, (x0, y0, x1, y1)), *_) = paper.boxes(start, start + 5)
    assert page == 2
    assert RIGHT_COLUMN <= x0 < x1 <= RIGHT_COLUMN + COLUMN
    assert y0 < y1


def test_a_paragraph_goes_on_in_the_next_column_past_a_caption() -> None:
    sheet = Sheet(1)
    sheet.heading("Methods").prose(filler("methods", 8) + " We asked all of the participants who had come")
    sheet.runs[-1] = sheet.runs[-1]._replace(x1=LEFT + COLUMN)
    sheet.line("Figure 1. Flow of participants.", size=8, gap=12)
    sheet.y = 90
    sheet.line("back after a month.", RIGHT_COLUMN)
    sheet.prose(filler("more methods", 9), RIGHT_COLUMN)
    paper = read(sheet)
    assert "participants who had come back after a month." in paper.text
    assert paper.text.index("Figure 1") > paper.text.index("after a month")


def test_abstract_without_heading_and_run_in_abstract() -> None:
    sheet = Sheet(1)
    sheet.line("Needle exchange in three small towns", size=20, bold=True)
    sheet.line("Ann Author, Bo Writer", size=11, gap=6)
    sheet.y += 10
    sheet.prose(filler("what was found", 5), width=400)
    sheet.heading("Introduction").prose(filler("the field", 8), width=400)
    paper = read(sheet)
    assert "what was found" in section_texts(paper, "abstract")[0]
    assert "the field" not in section_texts(paper, "abstract")[0]
    other = Sheet(1)
    other.line("Needle exchange in three small towns", size=20, bold=True)
    other.y += 10
    other.prose("Abstract: " + filler("what was found", 5), width=400)
    other.heading("Introduction").prose(filler("the field", 8), width=400)
    assert "what was found" in section_texts(read(other), "abstract")[0]


def test_parts_of_a_structured_abstract_stay_in_the_abstract() -> None:
    sheet = Sheet(1)
    sheet.line("Needle exchange in three small towns", size=20, bold=True)
    sheet.heading("Abstract")
    for part in ("Background", "Methods", "Results", "Conclusions"):
        sheet.line(part, bold=True, gap=4).prose(filler(part.lower(), 2), width=400)
    sheet.heading("Background").prose(filler("the field", 8), width=400)
    paper = read(sheet)
    assert {s.kind for s in paper.sections} == {"title", "abstract", "introduction"}
    assert "about conclusions" in " ".join(section_texts(paper, "abstract"))


def test_subsections_are_part_of_their_section_and_their_headings_are_passages() -> None:
    sheet = Sheet(1)
    sheet.heading("Methods").line("Study site", italic=True, gap=6).prose(filler("the site", 4))
    sheet.heading("Results").line("Who took part", italic=True, gap=6).prose(filler("participants", 4))
    paper = read(sheet)
    assert [(s.kind, s.heading) for s in paper.sections] == [("methods", "Methods"), ("results", "Results")]
    headings = [paper.text[p.start : p.end] for p in paper.passages if p.kind == "heading"]
    assert headings == ["Methods", "Study site", "Results", "Who took part"]
    assert "Study site" in section_texts(paper, "methods")[0]


def test_block_quotations_are_passages_of_their_own() -> None:
    sheet = Sheet(1)
    sheet.heading("Results").prose(filler("interviews", 4), width=400)
    sheet.y += 6
    for line in ("They call us junkies at the clinic and then they", "wonder why we never come back to see them."):
        sheet.line(line, LEFT + 24, 300)
    sheet.y += 6
    sheet.prose(filler("the rest", 4), width=400)
    paper = read(sheet)
    (quote,) = [p for p in paper.passages if p.kind == "block-quote"]
    assert paper.text[quote.start : quote.end] == (
        "They call us junkies at the clinic and then they wonder why we never come back to see them."
    )


def superscript(text: str, raised: str) -> str:
    end = 60 + 5.0 * len(text)
    runs = (
        Run(text, 60, end, 100, 10, "Serif", False),
        Run(raised, end, end + 6, 96, 6.5, "Serif", False),
        Run(" went on and on.", end + 6, end + 90, 100, 10, "Serif", False),
    )
    (line,) = placed_lines(PlacedPage(1, WIDTH, HEIGHT, runs))
    return line.text


@pytest.mark.parametrize(
    ("text", "raised", "expected"),
    [
        ("most addicts", "12", "most addicts 12 went on and on."),
        ("most addicts.", "3,4", "most addicts. 3,4 went on and on."),
        ("about 3 cm", "2", "about 3 cm2 went on and on."),
        ("some 2 × 10", "6", "some 2 × 10^6 went on and on."),
    ],
)
def test_raised_citations_are_set_apart_and_units_are_not(text: str, raised: str, expected: str) -> None:
    assert superscript(text, raised) == expected


def test_plain_digits_in_names_stay() -> None:
    (line,) = placed_lines(PlacedPage(1, WIDTH, HEIGHT, (Run("CD4 counts", 60, 110, 100, 10, "Serif", False),)))
    assert line.text == "CD4 counts"


def test_drop_caps_ligatures_and_accents_are_repaired() -> None:
    runs = (
        Run("T", 60, 78, 118, 28, "Serif", False),
        Run("he \ufb01rst of Universit` a", 80, 200, 100, 10, "Serif", False),
        Run("and the next line", 80, 200, 112, 10, "Serif", False),
    )
    lines = placed_lines(PlacedPage(1, WIDTH, HEIGHT, runs))
    assert [line.text for line in lines] == ["The first of Università", "and the next line"]


VOCABULARY = Vocabulary(
    ["The treatment of people living with HIV", "a long-term study of infected cells", "harm reduction"]
)


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ("the treat-", "ment of", "the treatment of"),
        ("the long-", "term study", "the long-term study"),
        ("the HIV-", "infected patients", "the HIV-infected patients"),
        ("by self-", "report", "by self-report"),
        ("some COVID-", "19 cases", "some COVID-19 cases"),
        ("in reduc\xad", "tion of", "in reduction of"),
        ("from 10–", "20 days", "from 10–20 days"),
        ("two", "words", "two words"),
    ],
)
def test_words_broken_at_line_ends_are_joined_and_compounds_keep_the_hyphen(
    before: str, after: str, expected: str
) -> None:
    shown, between = joined(before, after, VOCABULARY)
    assert shown + between + after == expected


def test_line_numbers_in_the_margin_are_dropped() -> None:
    sheet = Sheet(1)
    sheet.prose(filler("a manuscript", 12), width=400)
    for k, y in enumerate(sorted({run.baseline for run in sheet.runs}), 1):
        sheet.at(str(k), 30, y, 8)
    paper = read(sheet)
    assert "Sentence 0 about a manuscript says" in paper.text
    assert not any(word.isdigit() and int(word) > 11 for word in paper.text.split())


def test_pages_without_text_make_the_paper_partial_and_none_at_all_refuses_it() -> None:
    sheet = Sheet(1)
    sheet.prose(filler("the only page with text"))
    scan = PlacedPage(2, WIDTH, HEIGHT, (), image_share=1.0)
    paper = paper_from_pages(PlacedDocument((sheet.page(), scan)), "paper", "paper.pdf")
    assert [p.code for p in paper.problems] == ["pages-without-text", "no-references"]
    assert "Page 2" in paper.problems[0].message
    with pytest.raises(UnreadableError) as refused:
        paper_from_pages(PlacedDocument((scan,)), "paper", "paper.pdf")
    assert refused.value.code == "no-text-layer"
    assert "ocrmypdf" in refused.value.remedy


def test_text_without_known_letters_is_refused_and_some_of_it_reported() -> None:
    good, bad = Sheet(1), Sheet(1)
    good.prose(filler("letters", 6)).line("\ufffd" * 60)
    bad.line("\ufffd" * 200)
    assert "garbled-text" in [p.code for p in read(good).problems]
    with pytest.raises(UnreadableError) as refused:
        read(bad)
    assert refused.value.code == "garbled-text"


def test_metadata_never_guesses() -> None:
    sheet = Sheet(1)
    sheet.prose(filler("nothing in particular", 8))
    found = read(sheet, title="Microsoft Word - final_v2.doc").metadata
    assert (found.title, found.year, found.doi, found.journal, found.authors) == (None, None, None, None, ())


def test_metadata_from_the_first_page_and_the_file() -> None:
    one = Sheet(1)
    one.at("Harm Reduction Journal 2010, 7:12 doi:10.1186/1477-7517-7-12", LEFT, 40, 8)
    one.line("Peer support in three cities", size=20, bold=True)
    one.line("Ann Author1*, Bo B Writer2 and Cy Penner1", size=11, gap=6)
    one.heading("Abstract").prose(filler("the abstract", 6), width=400)
    found = read(one, title="1477-7517-7-12.fm").metadata
    assert found.title == "Peer support in three cities"
    assert found.doi == "10.1186/1477-7517-7-12"
    assert found.year == 2010
    assert found.journal == "Harm Reduction Journal"
    assert found.authors == ("Ann Author", "Bo B Writer", "Cy Penner")
