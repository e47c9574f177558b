"""The synthesis as a Word document: the sentences and the figures, ready for a manuscript."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from lang_audit.report.synthesis_sentences import Paragraph
from lang_audit.report.synthesis_view import Figure, SynthesisView, heading

_CHECK: Final = (
    "Counted by lang-audit from what it found in the papers. "
    "Look at the evidence on each paper’s page before you publish a number."
)


def write_docx(view: SynthesisView, pictures: dict[str, bytes], path: Path) -> None:
    """Write the document to `path`; `pictures` are the figures as PNG by file name. Raises OSError where it cannot."""
    from docx import Document
    from docx.shared import Pt

    document = Document()
    document.styles["Normal"].font.size = Pt(11)
    document.core_properties.title = heading(view.found)
    document.core_properties.author = "lang-audit"
    document.core_properties.comments = ""
    document.add_heading(heading(view.found), 0)
    document.add_paragraph(_CHECK).runs[0].italic = True
    for level, part in _parts(view):
        if isinstance(part, Figure):
            _add_figure(document, part, pictures[part.file])
        elif part.sentences or level:
            if level:
                document.add_heading(part.heading, level)
            if part.sentences:
                document.add_paragraph(" ".join(sentence.plain for sentence in part.sentences))
    out = io.BytesIO()
    document.save(out)
    path.write_bytes(out.getvalue())


def _parts(view: SynthesisView) -> Iterator[tuple[int, Paragraph | Figure]]:
    yield 0, view.papers
    if not view.found.included:
        return
    yield 1, view.language
    if view.verdicts:
        yield 0, view.verdicts
    if view.studies.sentences:
        yield 1, view.studies
    for book in view.books:
        yield 1, book.intro
        if book.empty:
            continue
        if book.codes:
            yield 0, book.codes
        for dimension in book.dimensions:
            yield 2, dimension
        if book.links:
            yield 2, book.links
        if book.flow:
            yield 0, book.flow


def _add_figure(document: object, figure: Figure, picture: bytes) -> None:
    from docx.document import Document
    from docx.shared import Inches

    assert isinstance(document, Document)
    section = document.sections[0]
    room = (section.page_height or 0) - (section.top_margin or 0) - (section.bottom_margin or 0) - Inches(1.6)
    width = min(Inches(6), int(room * figure.wide.width / figure.wide.height))
    document.add_paragraph().paragraph_format.keep_with_next = True
    paragraph = document.paragraphs[-1]
    shape = paragraph.add_run().add_picture(io.BytesIO(picture), width=width)
    properties = shape._inline.docPr
    properties.set("title", figure.wide.title)
    properties.set("descr", figure.wide.description)
    caption = document.add_paragraph(style="Caption")
    caption.add_run(f"Figure {figure.number}. {figure.caption}")
