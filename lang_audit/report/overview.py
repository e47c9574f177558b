"""What a run writes over all papers, once they are read: tables, matrix, synthesis, index. Papers get their citing keys here."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from lang_audit import __version__
from lang_audit.codebook import Codebook
from lang_audit.config import TABLE_FORMATS
from lang_audit.errors import ConfigError
from lang_audit.report import wording
from lang_audit.report.citing import Cited, citing_keys, short_names
from lang_audit.report.extraction import StudyRow, reviewed_together
from lang_audit.report.index_view import Coded, Overview, ReferenceReport, Study, WrittenFile
from lang_audit.report.matrix_view import matrix_views
from lang_audit.report.reference_match import match, merged
from lang_audit.report.renderer import Renderer
from lang_audit.report.study_tables import coded, countries_in_words, designs_in_words
from lang_audit.report.table import outside_head
from lang_audit.settings import Settings
from lang_audit.sources.references_file import Reference

HTML = "html"
_FILES = {
    "tables.xlsx": "Excel workbook, a sheet a table",
    "tables.docx": "Word tables for a manuscript",
    "extraction.csv": "CSV; the other tables stand beside it",
}


@dataclass(slots=True)
class Written:
    """What was written over all papers, and what the references file left open."""

    index: Path | None = None
    pages: list[Path] = field(default_factory=list)
    tables: list[Path] = field(default_factory=list)
    references: ReferenceReport | None = None


def write_overview(
    rows: Sequence[StudyRow],
    renderer: Renderer,
    folder: Path,
    settings: Settings,
    references: Sequence[Reference] | None = None,
) -> Written:
    """Write everything over all papers into `folder`; `rows` are in the order in which `renderer` wrote the papers.

    A run of one paper gets no tables, matrix and synthesis unless tables are asked for. The index is written whatever becomes
    of the rest, and links what is there. Raises ConfigError for what cannot be written, once the rest is.
    """
    studies, report = cited(rows, references, settings.references)
    written = Written(references=report)
    mistakes: list[str] = []
    try:
        for write in (_matrix, _tables, _synthesis):
            try:
                write(studies, renderer, folder, settings, written)
            except ConfigError as error:
                mistakes.append(str(error))
            except OSError as error:
                mistakes.append(_cannot_write(Path(error.filename or folder), error))
    finally:
        written.index = renderer.write_index(folder, _overview(studies, settings.codebooks, written, folder))
    if mistakes:
        raise ConfigError("\n".join(mistakes))
    return written


def _matrix(
    studies: Sequence[StudyRow], renderer: Renderer, folder: Path, settings: Settings, written: Written
) -> None:
    if len(studies) > 1 and settings.codebooks and HTML in settings.reports:
        matrices = matrix_views(studies, settings.codebooks)
        written.pages.append(renderer.write_page("matrix", folder, {"matrices": matrices, "paged": True}))


def _tables(studies: Sequence[StudyRow], _: Renderer, folder: Path, settings: Settings, written: Written) -> None:
    formats = settings.tables
    if formats is None:
        formats = TABLE_FORMATS if len(studies) > 1 else ()
    if formats:
        from lang_audit.report.table_files import table_files, write_file

        mistakes = []
        for name, data in table_files(studies, settings.codebooks, formats, how_made(studies, settings)):
            try:
                write_file(folder / name, data)
                written.tables.append(folder / name)
            except OSError as error:
                mistakes.append(_cannot_write(folder / name, error))
        if mistakes:
            raise ConfigError("\n".join(mistakes))


def _synthesis(
    studies: Sequence[StudyRow], renderer: Renderer, folder: Path, settings: Settings, written: Written
) -> None:
    if len(studies) > 1 and HTML in settings.reports:
        from lang_audit.report.synthesis import write_synthesis

        page = write_synthesis(
            studies,
            settings.codebooks,
            folder,
            renderer,
            rule=settings.rule,
            index="index.html",
            review=reviewed_together(studies),
        )
        written.pages.append(page)


def _cannot_write(path: Path, error: OSError) -> str:
    return f"{path}: cannot be written: {error.strerror}. Close it where it is open, or name another folder with -o."


def cited(
    rows: Sequence[StudyRow], references: Sequence[Reference] | None, file: Path | None
) -> tuple[list[StudyRow], ReferenceReport | None]:
    """The rows with their citing keys; where there are `references`, these come before what the papers' pages say."""
    studies, report = list(rows), None
    if references is not None:
        matches = match([row.metadata for row in rows], references)
        studies = [
            row if reference is None else replace(row, metadata=merged(row.metadata, reference.metadata))
            for row, reference in zip(rows, matches.references, strict=True)
        ]
    keys = citing_keys([Cited(row.metadata, row.source) for row in studies])
    studies = [replace(row, key=key) for row, key in zip(studies, keys, strict=True)]
    if references is not None:
        found = [reference is not None for reference in matches.references]
        report = ReferenceReport(
            file=file.name if file else "references",
            matched=sum(found),
            papers=tuple(sorted(row.key for row, is_found in zip(studies, found, strict=True) if not is_found)),
            references=tuple(_named(reference) for reference in matches.unused),
        )
    return studies, report


def how_made(studies: Sequence[StudyRow], settings: Settings) -> str:
    """The sentence that goes with every table."""
    books = " and ".join(f"{book.codebook} ({book.review.identifier})" for book in settings.codebooks)
    several = "s" * (len(settings.codebooks) > 1)
    coding = f"; coded with the codebook{several} {books}" if books else ""
    n = len(studies)
    return (
        f"Made by lang-audit {__version__} from {n} {'paper' if n == 1 else 'papers'}: language judged with the profile "
        f"{settings.profile.profile} and the rule {settings.rule}{coding}. Everything was read by program from the papers’ text; "
        f"{_checked(studies)}."
    )


def _checked(studies: Sequence[StudyRow]) -> str:
    told = reviewed_together(studies)
    return told[0].lower() + told[1:-1] if told else "check it against the papers before it is printed"


def _named(reference: Reference) -> str:
    """A reference as a reader finds it again in the file: by its authors, year and title, and its line."""
    about = reference.metadata
    names = " ".join(str(part) for part in (short_names(about), about.year) if part)
    title = about.title or (f"doi:{about.doi}" if about.doi else "")
    return f"{': '.join(part for part in (names, title) if part)} (line {reference.line})"


def _overview(studies: Sequence[StudyRow], books: Sequence[Codebook], written: Written, folder: Path) -> Overview:
    names = {"matrix": "Matrix of papers and codes", "synthesis": "Synthesis: figures and sentences"}
    return Overview(
        studies=tuple(_study(row, books) for row in studies),
        books=tuple(book.title for book in books),
        pages=tuple(
            WrittenFile(page.relative_to(folder).as_posix(), names.get(page.stem, page.stem)) for page in written.pages
        ),
        files=tuple(
            WrittenFile(path.relative_to(folder).as_posix(), _FILES[path.name])
            for path in written.tables
            if path.name in _FILES
        ),
        references=written.references,
        review=reviewed_together(studies),
    )


def _study(row: StudyRow, books: Sequence[Codebook]) -> Study:
    about, study = row.metadata, row.characteristics
    return Study(
        key=row.key,
        page=row.page,
        title=wording.squeeze(about.title).strip() if about.title else None,
        year=about.year,
        journal=about.journal,
        country=countries_in_words(study.countries),
        design=designs_in_words(study.design),
        sample=study.sample_size,
        books=tuple(_coded(row, book) for book in books),
        verdict=row.verdict,
        verdict_name=wording.VERDICTS[row.verdict][0] if row.verdict else "Could not be read",
    )


def _coded(row: StudyRow, book: Codebook) -> tuple[Coded, ...]:
    return tuple(
        Coded(outside_head(dimension.name) if outside else dimension.name, found)
        for dimension in book.dimensions
        for outside in (False, True)
        if (found := coded(row, book, dimension, outside=outside))
    )
