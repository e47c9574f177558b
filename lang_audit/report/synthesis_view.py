"""What the synthesis page shows: paragraphs, figures for wide and narrow screens, and the tables of numbers behind them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import count

from lang_audit.model import VerdictRule
from lang_audit.report import wording
from lang_audit.report.english import capital, papers
from lang_audit.report.extraction import StudyRow
from lang_audit.report.figure_sheet import Sheet
from lang_audit.report.figures import NARROW, WIDE, codes_figure, verdicts_figure
from lang_audit.report.flow_figure import flow_figure
from lang_audit.report.synthesis_counts import STRENGTHS, BookCount, Group, Papers, Synthesis, by_key
from lang_audit.report.synthesis_flow import Flow, Tie
from lang_audit.report.synthesis_sentences import (
    Paragraph,
    book_paragraph,
    dimension_paragraph,
    flow_paragraph,
    included_papers,
    language_paragraph,
    papers_paragraph,
    studies_paragraph,
)

Cell = str | int | Papers


@dataclass(frozen=True, slots=True)
class NumberTable:
    """Numbers behind a figure: text, numbers, and the papers that a number counts."""

    title: str
    head: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]

    @property
    def numeric(self) -> tuple[bool, ...]:
        """Which columns hold numbers."""
        return tuple(isinstance(cell, int) for cell in self.rows[0])


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure, drawn twice, with the name of its files, what it shows, and its numbers."""

    wide: Sheet
    narrow: Sheet
    number: int
    caption: str
    tables: tuple[NumberTable, ...]

    @property
    def file(self) -> str:
        """The name of its files, without suffix."""
        return f"synthesis-{self.wide.name}"


@dataclass(frozen=True, slots=True)
class BookView:
    """The part of the page that is about one codebook. An `empty` one found nothing and is told in a line."""

    count: BookCount
    intro: Paragraph
    dimensions: tuple[Paragraph, ...]
    codes: Figure | None
    links: Paragraph | None
    flow: Figure | None
    tables: tuple[NumberTable, ...]

    @property
    def empty(self) -> bool:
        """Whether no paper gave any evidence."""
        return not self.count.evident


@dataclass(frozen=True, slots=True)
class SynthesisView:
    """Everything on the page and in the Word document."""

    found: Synthesis
    papers: Paragraph
    language: Paragraph
    verdicts: Figure | None
    studies: Paragraph
    study_tables: tuple[NumberTable, ...]
    books: tuple[BookView, ...]

    @property
    def figures(self) -> tuple[Figure, ...]:
        """All figures in order."""
        parts = [self.verdicts, *(figure for book in self.books for figure in (book.codes, book.flow))]
        return tuple(figure for figure in parts if figure)


def synthesis_view(found: Synthesis, rule: VerdictRule = "majority") -> SynthesisView:
    """The page for the counts `found`; `rule` is that of the verdicts."""
    counter = count(1)
    verdicts = _verdicts(found, counter)
    return SynthesisView(
        found=found,
        papers=papers_paragraph(found),
        language=language_paragraph(found, rule),
        verdicts=verdicts,
        studies=studies_paragraph(found),
        study_tables=tuple(_study_tables(found)),
        books=tuple(_book(found, book, counter) for book in found.books),
    )


def _verdicts(found: Synthesis, counter: Iterator[int]) -> Figure | None:
    wide, narrow = verdicts_figure(found), verdicts_figure(found, NARROW, "language-narrow")
    if not wide or not narrow:
        return None
    head = ("Years", *(wording.VERDICTS[label][0] for label in found.verdicts), "Papers")
    rows: list[tuple[Cell, ...]] = [
        (p.label, *(len(p.verdicts[label]) for label in found.verdicts), p.total) for p in found.periods
    ]
    rows.append(("All", *(len(group) for group in found.verdicts.values()), len(found.included)))
    groups = tuple((wording.VERDICTS[label][0], len(group), group) for label, group in found.verdicts.items())
    tables = (
        NumberTable(wide.title, head, tuple(rows)),
        NumberTable("Papers by verdict", ("Verdict", "n", "Papers"), groups),
    )
    caption = f"{wide.title}, {papers(len(found.included))}. Years without a bar have no paper."
    return Figure(wide, narrow, next(counter), caption, tables)


def _study_tables(found: Synthesis) -> Iterator[NumberTable]:
    for title, groups, missing, shown in (
        ("World Bank region", found.regions, (), lambda name: name.replace("_", " ")),
        ("Country", found.countries, found.no_country, wording.country_name),
        ("Income group", found.income, (), lambda name: wording.sentence_case(name.replace("_", " "))),
        ("Design", found.designs, found.no_design, lambda name: wording.sentence_case(wording.design_name(name))),
    ):
        if groups:
            yield _group_table(title, groups, missing, shown)


def _group_table(title: str, groups: Sequence[Group], missing: Papers, shown: Callable[[str], str]) -> NumberTable:
    rows: list[tuple[Cell, ...]] = [(shown(g.name), len(g.papers), g.papers) for g in groups]
    if missing:
        rows.append(("Not found", len(missing), missing))
    return NumberTable(
        f"Papers by {title if title[:5] == 'World' else title.lower()}", (title, "n", "Papers"), tuple(rows)
    )


def _book(found: Synthesis, book: BookCount, counter: Iterator[int]) -> BookView:
    name = book.book.codebook
    return BookView(
        count=book,
        intro=book_paragraph(found, book),
        dimensions=tuple(dimension_paragraph(found, dimension) for dimension in book.dimensions),
        codes=_codes(found, book, f"codes-{name}", counter),
        links=flow_paragraph(found, book.flow) if book.flow else None,
        flow=_flow(book, f"flow-{name}", counter),
        tables=tuple(_chain_tables(book.flow)) if book.flow else (),
    )


def _codes(found: Synthesis, book: BookCount, name: str, counter: Iterator[int]) -> Figure | None:
    wide, narrow = codes_figure(found, book, WIDE, name), codes_figure(found, book, NARROW, f"{name}-narrow")
    if not wide or not narrow:
        return None
    tables = []
    for dimension in book.dimensions:
        rows: list[tuple[Cell, ...]] = []
        for each in dimension.codes:
            parts = [len(each.by_strength[strength]) for strength in STRENGTHS]
            rows.append((each.code.name + (" *" if each.code.outside else ""), *parts, sum(parts), each.papers))
        head = ("Code", *(wording.STRENGTHS[strength][0] for strength in STRENGTHS), "All", "Papers")
        tables.append(NumberTable(dimension.name, head, tuple(rows)))
    caption = (
        f"Codes of “{book.book.title}” by number of papers (of {len(found.included)}). Each paper counts once for a code, "
        "by its strongest evidence: reported (found or done in the study), aimed at (hoped for or planned), or background "
        "(told of other work). Numbers after a bar stand in that order; a single number is all reported."
    )
    if any(dimension.outside for dimension in book.dimensions):
        caption += " *\u00a0Outside the review’s analysis."
    return Figure(wide, narrow, next(counter), caption, tuple(tables))


def _flow(book: BookCount, name: str, counter: Iterator[int]) -> Figure | None:
    if not book.flow:
        return None
    title = f"{' → '.join(stage.name for stage in book.flow.stages)}: {book.book.title}"
    wide, narrow = flow_figure(book.flow, title, WIDE, name), flow_figure(book.flow, title, NARROW, f"{name}-narrow")
    if not wide or not narrow:
        return None
    parts = ", ".join(f"{stage.name.lower()}" for stage in book.flow.stages)
    caption = (
        f"What the papers link to what ({parts}). The width of a band is the number of papers that link its two ends; after "
        "each code stands the number of papers that link it to anything. Full bands: the text states the link. Pale bands with "
        "a broken edge: both stand in one passage and no link is stated, which is a place to read and not a finding."
    )
    return Figure(wide, narrow, next(counter), caption, (_ties("Links between two codes", book.flow.bands),))


def _chain_tables(linked: Flow) -> Iterator[NumberTable]:
    if linked.chains and len(linked.stages) > 2:
        yield _ties("Whole configurations", linked.chains)
    if linked.skips:
        first, middle, last = (stage.part for stage in linked.stages)
        yield _ties(f"{capital(first)} and {last}, with no {middle}", linked.skips)


def _ties(title: str, ties: Sequence[Tie]) -> NumberTable:
    rows = []
    for tie in ties:
        together = by_key(tie.stated + tie.co_occurring)
        rows.append((" → ".join(tie.names), len(tie.stated), len(tie.co_occurring), together))
    return NumberTable(title, ("Link", "Stated", "Not stated", "Papers"), tuple(rows))


def page_address(paper: StudyRow) -> str | None:
    """The address of a paper's own page, from beside it."""
    if not paper.page:
        return None
    return paper.page if paper.page.endswith(".html") else f"{paper.page}.html"


def heading(found: Synthesis) -> str:
    """The page's heading."""
    n = len(found.included)
    return "Synthesis of one paper" if n == 1 else f"Synthesis of {n} {included_papers(found)}"
