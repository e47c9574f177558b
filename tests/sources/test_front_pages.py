"""First pages and page edges: what is no running text goes last or away, and takes nothing with it."""

from __future__ import annotations

import pytest

from lang_audit.sources.metadata import metadata
from lang_audit.sources.wording import SENTENCE_END
from tests.sources.test_layout import BODY, COLUMN, LEFT, RIGHT_COLUMN, Sheet, article, filler, read, section_texts

TITLE = "Peer support for people who inject drugs"


def first_page() -> Sheet:
    sheet = Sheet(1)
    sheet.line("Research article", size=8)
    sheet.line(TITLE, size=20, bold=True)
    sheet.line("Ann Author1, Bo Writer2", size=11, gap=6)
    for k, place in enumerate(("Department of Care, University of Nowhere", "Institute of Invention, Nowhere"), 1):
        sheet.line(f"{k} {place}, ann@example.org", size=8, gap=2)
    return sheet


def test_front_matter_comes_last_and_still_feeds_the_metadata() -> None:
    sheet = first_page()
    sheet.heading("Abstract").prose(filler("the abstract", 4), width=400)
    sheet.heading("Introduction").prose(filler("the field", 8), width=400)
    paper = read(sheet)
    assert [(s.kind, s.heading) for s in paper.sections] == [
        ("title", None), ("abstract", "Abstract"), ("introduction", "Introduction"), ("other", None),
    ]  # fmt: skip
    for words in ("Research article", "Bo Writer", "University of Nowhere"):
        assert words in section_texts(paper, "other")[0]
    assert paper.metadata.authors == ("Ann Author", "Bo Writer")
    assert paper.metadata.title == TITLE


def test_prose_under_no_heading_stays_in_its_place() -> None:
    sheet = first_page()
    sheet.y += 20
    sheet.prose(filler("a made-up letter", 6), width=400)
    sheet.heading("Conclusion").prose(filler("the end", 6), width=400)
    text = read(sheet).text
    assert text.index("about a made-up letter") < text.index("about the end")


def test_main_headings_of_one_kind_stay_two_sections_and_subheadings_open_none() -> None:
    sheet = first_page()
    sheet.heading("1. Introduction").prose(filler("the field", 3), width=400)
    sheet.heading("2. Kinds of peers").prose(filler("peers", 3), width=400)
    sheet.line("2.1. Paid peers", italic=True, gap=6).prose(filler("pay", 3), width=400)
    sheet.heading("3. Kinds of help").prose(filler("help", 3), width=400)
    assert [(s.kind, s.heading) for s in read(sheet).sections] == [
        ("title", None), ("introduction", "1. Introduction"), ("other", "2. Kinds of peers"),
        ("other", "3. Kinds of help"), ("other", None),
    ]  # fmt: skip


def test_an_abstract_beside_notes_on_the_article_is_read_whole() -> None:
    sheet = first_page()
    while sheet.y < 190:
        sheet.line("Unit for Made-up Studies, Faculty of Care, University of Nowhere, a long address across", size=8)
    top = sheet.y + 16
    notes = ("A R T I C L E  I N F O", "Article type:", "Review article", "Article history:", "Received: 1 May 2018",
             "Accepted: 2 June 2018", "Keywords:", "Peer support work", "Harm reduction", "Needle exchange")  # fmt: skip
    for k, note in enumerate(notes):
        sheet.at(note, LEFT, top + 9 * k + (1.5 if k else 0), 8)
    sheet.runs.append(sheet.runs[-1]._replace(text="A B S T R A C T", x0=180, x1=250, baseline=top, bold=True))
    words = filler("the abstract in small type", 8).split()
    for k in range(11):
        line = " ".join(words[k * 9 : k * 9 + 9])
        sheet.runs.append(sheet.runs[-1]._replace(text=line, x0=180, x1=520, baseline=top + 9.5 * (k + 1), bold=False))
    for x in (LEFT, RIGHT_COLUMN):
        sheet.y = top + 130
        sheet.heading("Introduction" if x == LEFT else "Methods", x)
        sheet.prose(filler(f"the column at {x}", 9), x, COLUMN)
    (abstract,) = section_texts(read(sheet), "abstract")
    assert " ".join(words[:99]) in abstract.replace("\n\n", " ")
    assert "Received" not in abstract


def test_running_heads_of_a_short_paper_are_told_by_place_title_or_page_number() -> None:
    one, two = article()
    for sheet in (one, two):
        sheet.runs = [run for run in sheet.runs if run.baseline != 40]
    two.at("Support for people who inject drugs", LEFT, 40, 8).at("Made-up sample", 480, 40, 8)
    text = read(one, two).text
    assert "Support for people who inject drugs" not in text.replace(TITLE, "")
    assert "Made-up sample" not in text
    one.at("Imagined Bulletin", LEFT, 40, 8)
    two.runs = [run for run in two.runs if run.baseline != 40]
    two.at("Writer and others", LEFT, 40, 8)
    assert "Writer and others" not in read(one, two).text
    one.runs = [run for run in one.runs if run.baseline != 40]
    two.runs = [run for run in two.runs if run.baseline != 40]
    two.at("102", LEFT, 40, 8).at("Writer and others", 400, 40, 8)
    assert "Writer and others" not in read(one, two).text


def test_text_at_the_top_of_a_page_stays() -> None:
    one, two = article()
    for sheet in (one, two):
        sheet.runs = [run for run in sheet.runs if run.baseline != 40]
    two.at("Most of them said that they had come because of a friend.", LEFT, 60, BODY)
    assert "because of a friend" in read(one, two).text


@pytest.mark.parametrize(
    ("line", "ends"),
    [
        ("they never asked me why.” (Woman, 61)", True),
        ("and I went home (P12, female)", True),
        ("and I went home (female, 34 years)", True),
        ("as has been said before (Author, 2010)", False),
        ("as was found by Author et al. (2010)", False),
        ("as was found in some towns (of all)", False),
        ("and no more.[12]", True),
    ],
)
def test_a_speaker_in_brackets_ends_a_passage(line: str, ends: bool) -> None:
    assert (SENTENCE_END.search(line) is not None) == ends


def test_lettering_of_a_figure_is_one_passage_without_bare_figures() -> None:
    sheet = Sheet(3)
    sheet.heading("Results").prose(filler("the results", 6), width=400)
    for label in ("100", "80", "60", "Time since start", "0 12 24", "Number at risk"):
        sheet.line(label, LEFT + 80, size=6, gap=6)
    sheet.line("Figure 1. What became of them.", size=8, gap=10)
    paper = read(sheet)
    captions = [paper.text[p.start : p.end] for p in paper.passages if p.kind == "caption"]
    assert len(captions) == 2
    assert captions[1] == "Figure 1. What became of them."
    assert "Time since start" in captions[0]
    assert "100" not in paper.text


def test_authors_lose_numbers_and_notices_are_none() -> None:
    found = metadata(
        {"authors": "Ann Author1; Bo Agyeman-Writer2; Open Access"},
        None,
        ["Ann Author1, Bo Agyeman-Writer2, Open Access"],
        [],
        [],
    )
    assert found.authors == ("Ann Author", "Bo Agyeman-Writer")
    assert metadata({}, None, ["Open Access"], [], []).authors == ()
