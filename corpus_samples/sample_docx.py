"""Write a sample paper as a Word file: title, headings, quotations and captions by style, raised citations, a table.

The dates in the archive are fixed, so that the same content gives the same bytes (where zlib is the same).
"""

from __future__ import annotations

import re
import zipfile
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path

import docx
from docx.document import Document
from docx.text.paragraph import Paragraph
from sample_content import BANNER, SamplePaper, plain

_DATE = (2021, 1, 1, 0, 0, 0)


def write_docx(paper: SamplePaper, path: Path) -> None:
    """Write the paper to `path`."""
    document = docx.Document()
    core = document.core_properties
    core.title, core.author, core.comments = plain(paper.title), "; ".join(paper.authors), BANNER
    core.created = core.modified = datetime(*_DATE, tzinfo=UTC).replace(tzinfo=None)
    _fill(document, paper)
    packed = BytesIO()
    document.save(packed)
    with zipfile.ZipFile(packed) as source, zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as target:
        for name in sorted(source.namelist(), key=lambda name: (name != "[Content_Types].xml", name)):
            if "thumbnail" not in name:
                entry = zipfile.ZipInfo(name, _DATE)
                entry.create_system, entry.compress_type = 0, zipfile.ZIP_DEFLATED
                target.writestr(entry, _without_thumbnail(source.read(name)))


def _without_thumbnail(part: bytes) -> bytes:
    """The relationships without that to the template's picture of itself."""
    return re.sub(rb"<Relationship [^>]*thumbnail[^>]*/>", b"", part)


def _fill(document: Document, paper: SamplePaper) -> None:
    document.add_paragraph(plain(paper.title), style="Title")
    document.add_paragraph(BANNER, style="Subtitle")
    document.add_paragraph(", ".join(paper.authors))
    document.add_paragraph(f"{paper.source_line}. doi:{paper.doi}")
    document.add_heading("Abstract", 1)
    for part in paper.abstract:
        paragraph = document.add_paragraph()
        if part.heading:
            paragraph.add_run(f"{part.heading}: ").bold = True
        _write(paragraph, part.text)
    paragraph = document.add_paragraph()
    paragraph.add_run("Keywords: ").bold = True
    _write(paragraph, "; ".join(paper.keywords))
    counts = {"Table": 0, "Figure": 0}
    for section in paper.sections:
        document.add_heading(plain(section.heading), 1)
        for block in section.blocks:
            if block.h:
                document.add_heading(plain(block.h), 2)
            elif block.quote:
                _write(document.add_paragraph(style="Quote"), block.quote)
            elif block.figure:
                _caption(document, counts, "Figure", block.figure.caption)
            elif block.table:
                _caption(document, counts, "Table", block.table.caption)
                _table(document, [block.table.header, *block.table.rows])
            else:
                _write(document.add_paragraph(), block.p or "")
    for heading, words in (("Acknowledgements", paper.acknowledgements), ("Funding", paper.funding)):
        document.add_heading(heading, 1)
        _write(document.add_paragraph(), words)
    document.add_heading("References", 1)
    for reference in paper.references:
        _write(document.add_paragraph(style="List Number"), reference.line)


def _caption(document: Document, counts: dict[str, int], name: str, words: str) -> None:
    counts[name] += 1
    _write(document.add_paragraph(style="Caption"), f"{name} {counts[name]}. {words}.")


def _table(document: Document, rows: list[list[str]]) -> None:
    table = document.add_table(rows=len(rows), cols=len(rows[0]))
    for row, cells in zip(rows, table.rows, strict=True):
        for words, cell in zip(row, cells.cells, strict=True):
            _write(cell.paragraphs[0], words)


def _write(paragraph: Paragraph, text: str) -> None:
    """Add text to a paragraph; citations stand raised, in runs of their own."""
    for k, part in enumerate(re.split(r"\^([\d,]+)\^", plain(text))):
        if part:
            paragraph.add_run(part).font.superscript = True if k % 2 else None
