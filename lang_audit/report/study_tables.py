"""The tables of what the studies are: the extraction table, their characteristics, and how many papers share each."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from lang_audit.codebook import Codebook, Dimension
from lang_audit.report import wording
from lang_audit.report.extraction import StudyRow
from lang_audit.report.synthesis_counts import Group, Papers, Synthesis
from lang_audit.report.table import (
    PAPER,
    STRENGTH_NOTE,
    UNREAD,
    YEAR,
    Cell,
    Column,
    Table,
    keys,
    number_of_papers,
    outside_head,
    outside_notes,
    share,
    strongest,
)  # fmt: skip


def extraction(papers: Papers, codebooks: Sequence[Codebook], *, complete: bool) -> Table:
    """A row a paper; a column a dimension, and one for those of its codes that stand outside the review's analysis.

    A `complete` table holds what a spreadsheet wants besides: authors, title, journal, DOI, counts, file.
    """
    parts = [(book, d, outside) for book in codebooks for d in book.dimensions for outside in (False, True)]
    parts = [(book, d, outside) for book, d, outside in parts if any(bool(code.outside) == outside for code in d.codes)]
    columns = [PAPER, YEAR]
    if complete:
        columns += [Column("Authors", width=28), Column("Title", width=48), Column("Journal", width=24)]
        columns += [Column("DOI", width=24)]
    columns += [Column("Country", width=14), Column("Design", width=16), Column("Sample size", "number", 9)]
    columns += [
        Column(
            outside_head(d.name) if outside else d.name,
            width=18 if outside else 30,
            group=book.codebook if len(codebooks) > 1 else "",
        )
        for book, d, outside in parts
    ]
    columns.append(Column("Language", width=16))
    if complete:
        columns += [Column("Person-first share", "share", 10), Column("Flagged mentions", "number", 10)]
        columns += [Column("File", width=28)]
    body = []
    for paper in papers:
        about, study = paper.metadata, paper.characteristics
        cells: list[Cell] = [paper.key, about.year]
        if complete:
            cells += ["; ".join(about.authors) or None, about.title, about.journal, about.doi]
        cells += [countries_in_words(study.countries), designs_in_words(study.design), study.sample_size]
        cells += [coded(paper, book, d, outside=outside) for book, d, outside in parts]
        cells.append(wording.VERDICTS[paper.verdict][0] if paper.verdict else UNREAD)
        if complete:
            cells += [paper.share, paper.flagged if paper.verdict else None, paper.source]
        body.append(tuple(cells))
    one = len(codebooks) == 1 and not complete
    return Table(
        id=f"extraction-{codebooks[0].codebook}" if one else "extraction",
        title=f"Extraction table: {codebooks[0].title}" if one else "Extraction table",
        columns=tuple(columns),
        rows=tuple(body),
        notes=(STRENGTH_NOTE, *outside_notes(codebooks)) if parts else (),
    )


def coded(paper: StudyRow, book: Codebook, dimension: Dimension, *, outside: bool = False) -> str | None:
    """The codes of a dimension for which a paper gives evidence, inside the review's analysis or `outside` it."""
    found = [
        code.name if strength == "reported" else f"{code.name} ({strength})"
        for code in dimension.codes
        if bool(code.outside) == outside and (strength := strongest(paper, (book.codebook, dimension.id, code.id)))
    ]
    return "; ".join(found) or None


def characteristics(papers: Papers) -> Table:
    """A row a paper: where, when, how and with whom the study was done."""
    columns = (
        PAPER, YEAR, Column("Country", width=20), Column("World Bank region", width=22), Column("Income group", width=18),
        Column("Design", width=20), Column("Sample size", "number", 9), Column("Data from", "number", 8),
        Column("Data to", "number", 8), Column("Population", width=32),
    )  # fmt: skip
    body = []
    for paper in papers:
        study = paper.characteristics
        first, last = study.years or (None, None)
        where = countries_in_words(study.countries) if paper.verdict else UNREAD
        regions, income = _names(study.regions), _names(study.income)
        design, sample = designs_in_words(study.design), study.sample_size
        body.append(
            (paper.key, paper.metadata.year, where, regions, income, design, sample, first, last, study.population)
        )
    notes = (
        "Empty: the paper does not say, as far as was read. Regions and income groups are the World Bank’s, by country.",
    )
    return Table("characteristics", "Study characteristics", columns, tuple(body), notes)


def shared(counts: Synthesis) -> Table:
    """How many papers have a verdict, a country, a design ..."""
    verdicts = [Group(wording.VERDICTS[label][0], papers) for label, papers in counts.verdicts.items()]
    countries = [Group(wording.country_name(group.name), group.papers) for group in counts.countries]
    regions, income = ([Group(_name(g.name), g.papers) for g in groups] for groups in (counts.regions, counts.income))
    designs = [Group(wording.sentence_case(wording.design_name(g.name)), g.papers) for g in counts.designs]
    blocks: list[tuple[str, Sequence[Group], Papers]] = [
        ("Language", verdicts, ()),
        ("Country", countries, counts.no_country),
        ("World Bank region", regions, ()),
        ("Income group", income, ()),
        ("Design", designs, counts.no_design),
    ]
    body = [
        (
            name,
            group.name,
            len(group.papers),
            share(len(group.papers), len(counts.included)),
            keys(group.papers),
        )
        for name, groups, silent in blocks
        for group in (*groups, *([Group("not said", silent)] if silent else []))
    ]
    columns = (
        Column("Characteristic", width=20), Column("Value", width=28), Column("Papers", "number", 8), Column("Share", "share", 9),
        Column("Which", width=60),
    )  # fmt: skip
    notes = [
        f"Out of {number_of_papers(len(counts.included))} that could be read. "
        "A paper counts under each of its countries and designs."
    ]
    if counts.unread:
        notes.append(f"Could not be read: {keys(counts.unread)}.")
    return Table("papers", "Characteristics by number of papers", columns, tuple(body), tuple(notes))


def readings(counts: Synthesis) -> Table:
    """Each study characteristic with the sentence that it was read from."""
    columns = (
        PAPER, Column("Characteristic", width=14), Column("Value", width=24), Column("Page", "number", 7),
        Column("Section", width=14), Column("Sentence", width=90),
    )  # fmt: skip
    body = tuple(
        (
            paper.key,
            wording.spoken(r.characteristic),
            _value(r.characteristic, r.value),
            r.page,
            wording.SECTIONS[r.section],
            r.sentence,
        )
        for paper in counts.included
        for r in paper.characteristics.evidence
    )
    return Table("characteristics-evidence", "Where the study characteristics were read", columns, body)


def _value(characteristic: str, value: str) -> str:
    named = {"country": wording.country_name, "design": wording.design_name}.get(characteristic)
    return named(value) if named else value


def countries_in_words(codes: Iterable[str]) -> str | None:
    """Countries by their names, in one cell."""
    return "; ".join(dict.fromkeys(wording.country_name(code) for code in codes)) or None


def designs_in_words(designs: Iterable[str]) -> str | None:
    """Designs by their names, in one cell."""
    return wording.sentence_case("; ".join(wording.design_name(design) for design in designs)) or None


def _names(values: Iterable[str]) -> str | None:
    return "; ".join(dict.fromkeys(_name(value) for value in values)) or None


def _name(value: str) -> str:
    return wording.sentence_case(value.replace("_", " "))
