"""One made-up paper for each way in which publishers and repositories set them; see docs/pdf.md for what is promised."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from reportlab.pdfgen.canvas import Canvas

from lang_audit.model import Paper
from lang_audit.sources import pdfium
from lang_audit.sources.layout import paper_from_pages
from lang_audit.sources.pdf import placed_document
from lang_audit.sources.placed import PlacedDocument, Run
from tests.sources.test_layout import LEFT, RIGHT_COLUMN, WIDTH, Sheet, filler, read, section_texts
from tests.sources.test_pdf import PROSE, lines, pdf_of, wrapped

TITLE = "Peer support for people who inject drugs"
ENTRIES = [
    f"{name} {a}J, Other {b}. Title number {k} on addicts in a town. J Test {1990 + k};{k}:{k}1-{k}9."
    for k, (name, a, b) in enumerate(
        [("Smith", "A", "B"), ("Okafor", "C", "D"), ("Moreau", "E", "F"), ("Tanaka", "G", "H"), ("Novak", "I", "K"),
         ("Walsh", "L", "M"), ("Garcia", "N", "P"), ("Haddad", "R", "S")], 1,
    )
]  # fmt: skip


def opening(number: int = 1) -> Sheet:
    sheet = Sheet(number)
    sheet.line(TITLE, size=20, bold=True).line("Ann Author, Bo Writer", size=11, gap=6)
    return sheet


def sans(sheet: Sheet, text: str, x: float, size: float = 8.5, bold: bool = False, gap: float = 0.0) -> None:
    """A line in the type of boxes and figures."""
    sheet.y += gap + 1.2 * size
    sheet.runs.append(Run(text, x, x + 0.5 * size * len(text), sheet.y, size, "Sans", bold))


def codes(paper: Paper) -> list[str]:
    return [problem.code for problem in paper.problems]


def flat(paper: Paper) -> str:
    return paper.text.replace("\n\n", " ")


# Manuscripts


@pytest.mark.parametrize(("step", "anew"), [(1, False), (1, True), (5, False)])
def test_line_numbers_go_whether_they_count_on_begin_anew_or_stand_at_each_fifth_line(step: int, anew: bool) -> None:
    sheets, number = [], 0
    for page in (1, 2, 3):
        sheet = Sheet(page).prose(filler("page " + "abc"[page - 1], 40), width=400)
        number = 0 if anew else number
        for y in sorted({run.baseline for run in sheet.runs}):
            number += 1
            if number % step == 0:
                sheet.at(str(number), 30, y, 8)
        sheets.append(sheet)
    text = read(*sheets).text
    assert not [word for word in text.split() if word.isdigit() and int(word) > 39]
    assert "Sentence 3 about page" in text


def test_line_numbers_as_large_as_the_text_take_no_line_with_them() -> None:
    sheets, number = [], 0
    for page in (1, 2, 3):
        sheet = Sheet(page)
        sheet.y = 40
        for k in range(24):
            number += 1
            sheet.y += 12  # double spacing
            sheet.line(
                f"Line {'abc'[page - 1]}{'abcdefghijklmnopqrstuvwxyz'[k]} of the text runs on to the margin", 60, 400
            )
            sheet.at(str(number), 30, sheet.y)
        sheets.append(sheet)
    text = read(*sheets).text
    assert text.count("of the text runs on") == 72
    assert not [word for word in text.split() if word.isdigit()]


def test_line_numbers_in_both_margins_go() -> None:
    sheets = [Sheet(page).prose(filler("a manuscript", 12), width=400) for page in (1, 2)]
    for sheet in sheets:
        for k in range(30):
            sheet.at(str(k + 20), 25, 90 + 14 * k, 7).at(str(k + 20), 570, 90 + 14 * k, 7)
    text = read(*sheets).text
    assert not [word for word in text.split() if word.isdigit() and int(word) > 11]


def test_the_title_of_a_manuscript_typed_in_one_size_is_found() -> None:
    sheet = Sheet(1)
    sheet.line(TITLE, bold=True).line("Ann Author, Bo Writer", gap=12)
    sheet.line("Abstract", bold=True, gap=12).prose(filler("the abstract", 6), width=400)
    sheet.line("Introduction", bold=True, gap=12).prose(filler("the field", 8), width=400)
    paper = read(sheet)
    assert section_texts(paper, "title") == [TITLE]
    assert paper.metadata.authors == ("Ann Author", "Bo Writer")


def test_line_numbers_between_columns_go() -> None:
    sheets = []
    for page in (1, 2):
        sheet = Sheet(page).prose(filler("the left", 20))
        sheet.y = 90
        sheet.prose(filler("the right", 20), RIGHT_COLUMN)
        for k in range(40):
            sheet.at(str(k + 20), 40, 102 + 12 * k, 6).at(str(k + 60), RIGHT_COLUMN - 12, 102 + 12 * k, 6)
        sheets.append(sheet)
    text = flat(read(*sheets))
    assert filler("the left", 20) in text
    assert filler("the right", 20) in text


# Headings


def run_in(sheet: Sheet, head: str, font: str, text: str) -> None:
    """A paragraph that begins with its heading in a face of its own."""
    start = len(sheet.runs)
    sheet.prose(f"{head} {text}", width=400)
    run = sheet.runs[start]
    cut = run.x0 + (run.x1 - run.x0) * len(head) / len(run.text)
    bold = font.endswith("Bold")
    sheet.runs[start : start + 1] = [
        run._replace(text=head, x1=cut, font=font, bold=bold),
        run._replace(text=run.text[len(head) :], x0=cut + 2),
    ]


@pytest.mark.parametrize("font", ["Serif-Bold", "Serif-Italic"])
def test_run_in_headings_open_sections_where_no_others_stand(font: str) -> None:
    sheet = opening()
    sheet.heading("Abstract").prose(filler("the abstract", 5), width=400)
    for head in ("Introduction.", "Methods.", "Results.", "Discussion."):
        sheet.y += 8
        run_in(sheet, head, font, filler(f"the {head[:-1].lower()}", 4))
    kinds = [s.kind for s in read(sheet).sections if s.kind != "other"]
    assert kinds == ["title", "abstract", "introduction", "methods", "results", "discussion"]


def test_an_abstract_without_heading_is_known_by_its_labels() -> None:
    sheet = opening()
    for label in ("OBJECTIVES", "METHODS", "RESULTS", "CONCLUSIONS"):
        sheet.y += 6
        sheet.prose(f"{label}: {filler(label.lower(), 3)}", width=400, size=9)
    sheet.y += 20
    sheet.prose(filler("the field", 8), width=400)
    sheet.heading("METHODS").prose(filler("what was done", 8), width=400)
    paper = read(sheet)
    assert "about objectives" in section_texts(paper, "abstract")[0]
    assert "about conclusions" in section_texts(paper, "abstract")[0]
    assert "the field" in section_texts(paper, "introduction")[0]
    assert "what was done" in section_texts(paper, "methods")[0]


# References


@pytest.mark.parametrize("numbered", [True, False])
@pytest.mark.parametrize("size", [8.0, 10.0])
def test_a_reference_list_without_heading_is_found(numbered: bool, size: float) -> None:
    sheet = opening()
    sheet.heading("Discussion").prose(filler("what it means", 12), width=400)
    sheet.y += 20
    for k, entry in enumerate(ENTRIES, 1):
        first, rest = entry[:50].rsplit(" ", 1)[0], entry[len(entry[:50].rsplit(" ", 1)[0]) + 1 :]
        sheet.line(f"{k}. {first}" if numbered else first, LEFT, 400, size)
        sheet.line(rest, LEFT + 14, None, size)
    paper = read(sheet)
    assert len([p for p in paper.passages if p.kind == "reference"]) == len(ENTRIES)
    assert "what it means" not in section_texts(paper, "references")[0]
    assert "addicts" not in "".join(section_texts(paper, "discussion"))
    assert "no-references" not in codes(paper)


def test_prose_with_years_is_no_reference_list() -> None:
    sheet = opening()
    sheet.heading("Results").prose(
        " ".join(
            f"Smith A, Okafor B and others were asked again in {1990 + k}, and {k} of 20 were well." for k in range(14)
        ),
        width=400,
    )
    paper = read(sheet)
    assert not section_texts(paper, "references")
    assert "no-references" in codes(paper)


@pytest.mark.parametrize("heading", ["Appendix A. Interview guide", "Online supplement", "Supplementary material"])
def test_what_follows_the_references_is_an_appendix(heading: str) -> None:
    sheet = opening()
    sheet.heading("Discussion").prose(filler("what it means", 6), width=400).heading("References")
    for k, entry in enumerate(ENTRIES, 1):
        sheet.line(f"{k}. {entry}", size=8)
    sheet.heading(heading).line("Methods", bold=True, gap=6).prose(filler("the guide", 6), width=400)
    paper = read(sheet)
    assert "about the guide" in section_texts(paper, "appendix")[0]
    assert not section_texts(paper, "methods")


# Columns


def test_columns_that_do_not_keep_one_grid_are_told_apart() -> None:
    sheet = opening()
    top = sheet.y
    sheet.prose(filler("the left", 9))
    sheet.y = top + 6
    sheet.prose(filler("the right", 9), RIGHT_COLUMN)
    text = flat(read(sheet))
    assert filler("the left", 9) in text
    assert filler("the right", 9) in text


def test_the_last_two_lines_of_a_list_stand_alone_in_the_right_column() -> None:
    one, two = Sheet(1), Sheet(2)
    for sheet in (one, two):
        sheet.prose(filler("the left", 12))
    for y in (90.0, 300.0):
        one.y = y
        one.prose(filler("the right", 5), RIGHT_COLUMN)
    two.y = 90
    two.line("Its last words stand over here and then", RIGHT_COLUMN, 230).line("come to an end.", RIGHT_COLUMN + 14)
    three = Sheet(3).prose(filler("the third", 12))
    three.y = 90
    three.prose(filler("the fourth", 12), RIGHT_COLUMN)
    assert "over here and then come to an end." in flat(read(one, two, three))


def test_columns_under_a_chart_whose_boxes_cross_them_are_told_apart() -> None:
    sheet = Sheet(3)
    for k in range(8):
        sans(sheet, f"Completed the step number {k} (n = {90 - k})", 200, 12)
        sheet.at(f"Left at step {k} (n = 1)", 60, sheet.y, 12)
    sheet.line("Figure 1. Who took part.", size=8, gap=6)
    top = sheet.y + 20
    for x, word in ((LEFT, "left"), (RIGHT_COLUMN, "right")):
        sheet.y = top
        sheet.prose(filler(f"the {word}", 5), x)
    text = flat(read(sheet))
    assert filler("the left", 5) in text
    assert filler("the right", 5) in text


def test_a_wide_table_keeps_its_rows_though_no_cell_crosses_the_gutter() -> None:
    sheet = Sheet(2)
    sheet.y = 140
    sheet.line("Table 1. Characteristics of all the people who took part in the study, by town", width=480, size=8)
    for k in range(6):
        sheet.at(f"Row number {k}", LEFT, sheet.y + 10, 8).at("value", 180, sheet.y + 10, 8)
        sheet.at(f"{k} of twenty", RIGHT_COLUMN + 5, sheet.y + 10, 8).at("p value", 480, sheet.y + 10, 8)
        sheet.y += 10
    top = sheet.y + 20
    for x, word in ((LEFT, "left"), (RIGHT_COLUMN, "right")):
        sheet.y = top
        sheet.prose(filler(f"the {word}", 8), x)
    paper = read(sheet)
    assert "Row number 3 value 3 of twenty p value" in section_texts(paper, "table")[0]
    assert filler("the left", 8) in flat(paper)


# Beside the running text


def boxed() -> Sheet:
    sheet = Sheet(3)
    sheet.heading("Methods").prose(filler("methods", 8) + " We asked all of the participants who had come")
    sheet.runs[-1] = sheet.runs[-1]._replace(x1=LEFT + 230)
    sans(sheet, "Key messages", LEFT, bold=True, gap=14)
    for k in range(3):
        sans(sheet, f"• Former addicts number {k} were not asked at all.", LEFT, gap=3)
    sheet.y = 90
    sheet.line("back after a month.", RIGHT_COLUMN)
    sheet.prose(filler("more methods", 12), RIGHT_COLUMN)
    return sheet


def test_a_box_is_kept_apart_and_splits_no_sentence() -> None:
    paper = read(boxed())
    (box,) = [s for s in paper.sections if s.heading == "Key messages"]
    assert box.kind == "other"
    assert paper.text[box.start : box.end].count("Former addicts") == 3
    assert "participants who had come back after a month." in paper.text
    assert "addicts" not in "".join(section_texts(paper, "methods"))
    assert [p.kind for p in paper.passages if box.start <= p.start < box.end] == ["heading", *["list-item"] * 3]


def test_the_title_of_a_box_over_text_in_the_papers_own_type_is_a_heading() -> None:
    sheet = opening()
    sheet.heading("Discussion").prose(filler("what it means", 6), width=400)
    sheet.line("Implications for practice", bold=True, gap=6).prose(filler("practice", 4), width=400)
    paper = read(sheet)
    assert "about practice" in section_texts(paper, "discussion")[0]


def test_a_box_between_the_halves_of_a_sentence_is_known_by_its_type() -> None:
    sheet = Sheet(3)
    sheet.heading("Methods").prose(filler("methods", 8) + " We asked all of the participants who had come")
    sheet.runs[-1] = sheet.runs[-1]._replace(x1=LEFT + 230)
    sans(sheet, "The town and its clinics", LEFT, bold=True, gap=14)
    for text in (
        "Nowhere has two clinics. Former addicts may go to",
        "one of them on weekdays, and nobody may go there",
        "at night.",
    ):
        sans(sheet, text, LEFT)
    sheet.y += 10
    sheet.line("back after a month, and those who had not.").prose(filler("more methods", 6))
    paper = read(sheet)
    assert "who had come back after a month, and those who had not." in paper.text
    assert "Former addicts" not in "".join(section_texts(paper, "methods"))
    assert "The town and its clinics" in [s.heading for s in paper.sections if s.kind == "other"]


def test_notes_in_the_right_margin_open_no_sections() -> None:
    sheet = opening()
    sheet.heading("Introduction").prose(filler("the field", 4), width=330)
    sheet.heading("Methods").prose(filler("what was done", 14), width=330)
    sheet.y = 200
    for head, text in (
        ("Keywords", "peers, naloxone"),
        ("Author details", "Ann Author is a nurse."),
        ("Received", "2 March 2014"),
    ):
        sans(sheet, head, 430, 7.5, bold=True, gap=8)
        sans(sheet, text, 430, 7.5)
    two = Sheet(2).prose(filler("the second page", 8), width=330)
    kinds = [s.kind for s in read(sheet, two).sections if s.kind != "other"]
    assert kinds == ["title", "introduction", "methods"]


def test_a_summary_ends_at_the_next_heading_of_its_own_look() -> None:
    sheet = opening()
    sheet.heading("Executive summary").prose(filler("the report", 6), width=400)
    sheet.heading("Why we asked").prose(filler("the reasons", 6), width=400)
    sheet.heading("How we asked").prose(filler("the ways", 6), width=400)
    paper = read(sheet)
    assert "about the reasons" not in "".join(section_texts(paper, "abstract"))
    assert {"Why we asked", "How we asked"} <= {s.heading for s in paper.sections}


def test_a_pull_quote_is_one_passage_outside_the_sections_text() -> None:
    sheet = Sheet(3)
    sheet.heading("Results").prose(filler("the results", 6))
    for text in ("“They said that nobody", "had ever asked the", "junkies before”"):
        sans(sheet, text, LEFT, 14, bold=True, gap=2)
    sheet.y += 10
    sheet.prose(filler("the rest", 6))
    paper = read(sheet)
    assert "nobody had ever asked the junkies before" in section_texts(paper, "other")[0]
    assert "junkies" not in "".join(section_texts(paper, "results"))


def test_lettering_as_large_as_the_text_is_the_figures() -> None:
    sheet = Sheet(3)
    sheet.heading("Results").prose(filler("the results", 6), width=400)
    for text in ("Assessed for eligibility", "Randomised", "Usual care by the", "town's only clinic", "Analysis"):
        sans(sheet, text, LEFT + 90, 11, gap=10)
    sheet.line("Figure 1. Who took part.", size=8, gap=12)
    sheet.y += 10
    sheet.prose(filler("the rest", 6), width=400)
    paper = read(sheet)
    assert "Usual care" not in "".join(section_texts(paper, "results"))
    assert "Usual care by the town's only clinic" in " ".join(section_texts(paper, "caption"))


def test_footnotes_are_notes_and_split_no_sentence() -> None:
    one, two = Sheet(3), Sheet(4)
    one.heading("Results").prose(filler("the results", 30), width=460)
    one.runs[-1] = one.runs[-1]._replace(text="and then many of them", x1=LEFT + 460)
    one.line("* Former addicts were not asked.", size=7.5, gap=10)
    two.line("went home again.").prose(filler("the rest", 6), width=460)
    paper = read(one, two)
    assert "and then many of them went home again." in paper.text
    assert [paper.text[p.start : p.end] for p in paper.passages if p.kind == "footnote"] == [
        "* Former addicts were not asked."
    ]


# What the reader is unsure of


def test_text_that_goes_from_side_to_side_is_reported() -> None:
    sheet = Sheet(1)
    for k in range(8):
        sheet.line(f"A line of text that stands on the left, {k}", LEFT + 1.7 * k)
        sheet.line(f"a line of text that stands on the right, {k}", RIGHT_COLUMN + 2.9 * k)
    (problem,) = [p for p in read(sheet).problems if p.code == "reading-order"]
    assert "page 1" in problem.message


def test_sentences_that_break_off_and_go_on_elsewhere_are_reported() -> None:
    sheet = Sheet(1)
    sheet.heading("Results")
    for k in range(3):
        sheet.prose(f"{filler('results', 2)} People of group {'abc'[k]} had often come to the", width=400)
        sheet.y += 14
        sheet.prose(f"whole of another sentence {'abc'[k]} which has no beginning at all here.", width=400)
        sheet.y += 14
    (problem,) = [p for p in read(sheet).problems if p.code == "reading-order"]
    assert "page 1" in problem.message


def test_a_missing_abstract_is_reported_of_longer_papers_only() -> None:
    sheets = [Sheet(page).heading("Results").prose(filler("results", 20), width=400) for page in range(1, 5)]
    assert "no-abstract" in codes(read(*sheets))
    assert "no-abstract" not in codes(read(*sheets[:2]))


# Drawn by a PDF engine


def text_of(page: int) -> str:
    """Text that begins elsewhere on each page, so that no line is on two of them."""
    words = (PROSE * 5).split()
    return " ".join([*words[page * 7 :], *words[: page * 7]])


def watermarked(canvas: Canvas) -> None:
    canvas.setFont("Helvetica-Bold", 12)
    for y in (120, 400):
        canvas.saveState()
        canvas.translate(30, y)
        canvas.rotate(90)
        canvas.drawString(0, 0, "NIH-PA Author Manuscript")
        canvas.restoreState()
    canvas.setFont("Helvetica-Bold", 50)
    canvas.drawString(100, 420, "For Review Only")
    lines(canvas, ["J Test. Author manuscript; available in PMC 2011 March 1."], 150, 800, size=8)
    lines(canvas, wrapped(text_of(canvas.getPageNumber()), 90), 70, 700)


def sideways(canvas: Canvas) -> None:
    lines(canvas, ["A. Author / Journal of Tests 12 (2014) 1-9"], 60, 810, size=8)
    canvas.translate(WIDTH, 0)
    canvas.rotate(90)
    lines(canvas, ["Table 1. Characteristics of the people who took part."], 60, 500, size=8)
    for k in range(6):
        for x, cell in ((60, f"Row {k}"), (300, f"{k} (4%)"), (500, f"{k}5 (9%)")):
            lines(canvas, [cell], x, 480 - 12 * k, size=8)


def turned(canvas: Canvas) -> None:
    canvas.setPageRotation(90)
    sideways(canvas)


def plain(canvas: Canvas) -> None:
    canvas.setPageRotation(0)
    lines(canvas, ["A. Author / Journal of Tests 12 (2014) 1-9"], 60, 810, size=8)
    lines(canvas, wrapped(text_of(canvas.getPageNumber()), 90), 70, 700)


@pytest.mark.parametrize("engine", [placed_document, pdfium.placed_document])
def test_watermarks_go_and_turned_tables_are_read(tmp_path: Path, engine: Callable[[Path], PlacedDocument]) -> None:
    marked = paper_from_pages(engine(pdf_of(tmp_path / "w.pdf", *[watermarked] * 4)), "w", "w.pdf")
    for words in ("NIH-PA", "Review Only", "available in PMC"):
        assert words not in marked.text
    assert marked.text.count("housing") == 20
    paper = paper_from_pages(engine(pdf_of(tmp_path / "t.pdf", plain, turned, sideways, plain)), "t", "t.pdf")
    assert " ".join(section_texts(paper, "table")).count("Row 3 3 (4%) 35 (9%)") == 2
    assert "Journal of Tests" not in paper.text


def test_a_sideways_table_beside_upright_text_is_told_when_it_is_left_out(tmp_path: Path) -> None:
    def both(canvas: Canvas) -> None:
        plain(canvas)
        canvas.translate(WIDTH, 0)
        canvas.rotate(90)
        for k in range(14):
            lines(canvas, [f"Row {k} of people who took part in the town"], 60, 480 - 12 * k, size=8)

    paper = paper_from_pages(placed_document(pdf_of(tmp_path / "b.pdf", plain, both)), "b", "b.pdf")
    (problem,) = [problem for problem in paper.problems if problem.code == "sideways-text"]
    assert problem.message.startswith("On page 2 a table or text is printed sideways")
    assert "Row 3" not in paper.text
