"""Write a sample paper as a PDF in one or two columns, with what makes real papers hard to read.

Running heads and page numbers, superscript citations glued to words, words broken at line ends, ligatures, a full-width
title and abstract above two columns, tables and figures between paragraphs. The standard fonts are used and nothing is
compressed, so that the bytes are the same wherever the script is run.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from xml.sax.saxutils import escape

from reportlab.graphics.shapes import Drawing, Rect
from reportlab.lib.enums import TA_JUSTIFY
from reportlab.lib.pagesizes import A4, B5
from reportlab.lib.styles import ParagraphStyle
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import (
    BaseDocTemplate,
    Flowable,
    Frame,
    FrameBreak,
    KeepTogether,
    NextPageTemplate,
    PageTemplate,
    Paragraph,
    Spacer,
    Table,
    TableStyle,
)
from sample_content import BANNER, Block, SamplePaper, cite, plain

MARGIN = 52.0
GUTTER = 18.0
SHY = "\u00ad"

# Where words may be broken, beside the endings below.
_BREAKS = (
    "ad-dict ad-dicts sub-stance abus-ers al-co-hol al-co-holic al-co-holics in-ject in-jectors pris-on her-oin "
    "meth-a-done hep-a-ti-tis clin-ic clin-ics wom-en peo-ple doc-tor partic-i-pants inter-viewed harm-ful ser-vice "
    "ser-vices moth-ers new-borns no-body re-lease re-leased ante-natal sy-ringe sy-ringes"
)
_BROKEN = {word.replace("-", ""): word.replace("-", SHY) for word in _BREAKS.split()}
_ENDING = re.compile(r"^(\w{3,})(ments?|tions?|sions?|ness|ship|ing|lence|ities|tive|able|ally)$")
_LIGATURES = {"fi": "\ufb01", "fl": "\ufb02"}


def write_pdf(paper: SamplePaper, path: Path) -> None:
    """Write the paper to `path`."""
    look = _Look(paper)
    document = BaseDocTemplate(
        str(path),
        pagesize=(look.width, look.height),
        invariant=1,
        pageCompression=0,
        title=plain(paper.title),
        author=", ".join(paper.authors),
    )
    front = list(look.front())
    furniture = partial(_furniture, paper, look)
    full_width = look.width - 2 * MARGIN
    body_height = look.height - 2 * MARGIN
    if paper.columns == 1:
        whole = Frame(MARGIN, MARGIN, full_width, body_height, 0, 0, 0, 0)
        document.addPageTemplates([PageTemplate("only", [whole], onPage=furniture)])
        document.build([*front, *look.body()])
        return
    front_height = sum(_height(flowable, full_width) for flowable in front) + 14
    top = Frame(MARGIN, look.height - MARGIN - front_height, full_width, front_height, 0, 0, 0, 0)
    left, right = MARGIN, MARGIN + look.column + GUTTER
    below = [Frame(x, MARGIN, look.column, body_height - front_height, 0, 0, 0, 0) for x in (left, right)]
    full = [Frame(x, MARGIN, look.column, body_height, 0, 0, 0, 0) for x in (left, right)]
    document.addPageTemplates(
        [
            PageTemplate("first", [top, *below], onPage=furniture),
            PageTemplate("later", full, onPage=furniture),
        ]
    )
    document.build([*front, NextPageTemplate("later"), FrameBreak(), *look.body()])


def _height(flowable: Flowable, width: float) -> float:
    return float(flowable.wrap(width, 10_000)[1] + flowable.getSpaceBefore() + flowable.getSpaceAfter())


def _furniture(paper: SamplePaper, look: _Look, canvas: Canvas, document: BaseDocTemplate) -> None:
    number = str(paper.pages[0] + document.page - 1)
    canvas.saveState()
    canvas.setFont(look.plain_font, 8)
    if document.page == 1:
        canvas.drawString(MARGIN, look.height - 34, f"{paper.source_line}")
        canvas.drawRightString(look.width - MARGIN, look.height - 34, f"doi:{paper.doi}")
    else:
        canvas.drawString(MARGIN, look.height - 34, paper.running_head)
        canvas.drawRightString(look.width - MARGIN, look.height - 34, "Fabricated sample")
    canvas.drawCentredString(look.width / 2, 30, number)
    canvas.restoreState()


class _Look:
    """The styles of a paper, and its content as flowables."""

    def __init__(self, paper: SamplePaper) -> None:
        self._paper = paper
        self.width, self.height = A4 if paper.columns == 1 else B5
        printed = self.width - 2 * MARGIN
        self.column = printed if paper.columns == 1 else (printed - GUTTER) / 2
        self.plain_font, self._bold, self._italic = _fonts(paper.ligatures)
        size = 11.5 if paper.columns == 1 else 10.5
        base = {"fontName": self.plain_font, "fontSize": size, "leading": size * 1.3}
        self._text = ParagraphStyle("text", **base, alignment=TA_JUSTIFY, spaceAfter=5, firstLineIndent=0)
        self._quote = ParagraphStyle("quote", self._text, leftIndent=20, rightIndent=14, spaceBefore=3, spaceAfter=8)
        self._reference = ParagraphStyle(
            "reference", self._text, fontSize=8.5, leading=10.4, leftIndent=14, firstLineIndent=-14, spaceAfter=2
        )
        self._cell = ParagraphStyle("cell", fontName=self.plain_font, fontSize=8.5, leading=10.4)
        self._caption = ParagraphStyle("caption", self._cell, fontName=self._bold, spaceBefore=4, spaceAfter=4)
        self._heading = ParagraphStyle(
            "heading", fontName=self._bold, fontSize=12, leading=15, spaceBefore=9, spaceAfter=4, keepWithNext=1
        )
        self._subheading = ParagraphStyle(
            "subheading", fontName=self._italic, fontSize=size, leading=13, spaceBefore=5, spaceAfter=2, keepWithNext=1
        )
        self._title = ParagraphStyle("title", fontName=self._bold, fontSize=17, leading=20.5, spaceAfter=8)
        self._authors = ParagraphStyle("authors", fontName=self.plain_font, fontSize=11, leading=14, spaceAfter=4)
        self._banner = ParagraphStyle("banner", fontName=self._bold, fontSize=9, leading=11, spaceAfter=8)

    def front(self) -> Iterator[Flowable]:
        """Title, authors, banner, abstract, keywords."""
        paper = self._paper
        yield self._say(paper.title, self._title, breaks=False)
        yield self._say(", ".join(paper.authors), self._authors, breaks=False)
        yield self._say(f"{BANNER}.", self._banner, breaks=False)
        yield self._say("Abstract", self._heading, breaks=False)
        for part in paper.abstract:
            lead = f'<font name="{self._bold}">{part.heading}:</font> ' if part.heading else ""
            yield self._say(part.text, self._text, lead)
        label = f'<font name="{self._bold}">Keywords:</font> '
        yield self._say("; ".join(paper.keywords), self._text, label, breaks=False)

    def body(self) -> Iterator[Flowable]:
        """The sections and what follows them."""
        paper = self._paper
        tables = figures = 0
        for section in paper.sections:
            yield self._say(section.heading, self._heading, breaks=False)
            for block in section.blocks:
                tables += block.table is not None
                figures += block.figure is not None
                yield from self._block(block, tables, figures)
        yield self._say("Acknowledgements", self._heading, breaks=False)
        yield self._say(paper.acknowledgements, self._text)
        yield self._say("Funding", self._heading, breaks=False)
        yield self._say(paper.funding, self._text)
        yield self._say("References", self._heading, breaks=False)
        for number, reference in enumerate(paper.references, start=1):
            yield self._say(f"{number}. {reference.line}", self._reference)

    def _block(self, block: Block, tables: int, figures: int) -> Iterator[Flowable]:
        if block.h:
            yield self._say(block.h, self._subheading, breaks=False)
        if block.p:
            yield self._say(block.p, self._text)
        if block.quote:
            yield self._say(block.quote, self._quote)
        if block.figure:
            caption = self._say(f"Figure {figures}. {block.figure.caption}.", self._caption, breaks=False)
            yield KeepTogether([_bars(block.figure.bars), caption, Spacer(1, 6)])
        if block.table:
            caption = self._say(f"Table {tables}. {block.table.caption}.", self._caption, breaks=False)
            yield KeepTogether([caption, self._table([block.table.header, *block.table.rows]), Spacer(1, 8)])

    def _table(self, rows: list[list[str]]) -> Table:
        width = self.column
        others = len(rows[0]) - 1
        cells = [[self._say(cell, self._cell, breaks=False) for cell in row] for row in rows]
        table = Table(cells, colWidths=[width * share for share in (0.48, *[0.52 / others] * others)])
        rules = [("LINEABOVE", (0, 0), (-1, 1), 0.6, "black"), ("LINEBELOW", (0, -1), (-1, -1), 0.6, "black")]
        table.setStyle(TableStyle([*rules, ("VALIGN", (0, 0), (-1, -1), "TOP"), ("TOPPADDING", (0, 0), (-1, -1), 1)]))
        return table

    def _say(self, text: str, style: ParagraphStyle, lead: str = "", breaks: bool = True) -> Paragraph:
        words = escape(plain(text))
        if breaks:
            words = re.sub(r"[A-Za-z]+", lambda match: _with_breaks(match[0]), words)
        if self._paper.ligatures:
            for letters, ligature in _LIGATURES.items():
                words = words.replace(letters, ligature)
        return Paragraph(lead + cite(words, '<super size="7">{}</super>'), style)


def _fonts(ligatures: bool) -> tuple[str, str, str]:
    names = ("Times-Roman", "Times-Bold", "Times-Italic")
    if not ligatures:
        return names
    for name in names:  # the old standard encoding of the same fonts holds the ligatures
        pdfmetrics.registerFont(pdfmetrics.Font(f"{name}-Standard", name, "StandardEncoding"))
    roman, bold, italic = (f"{name}-Standard" for name in names)
    pdfmetrics.registerFontFamily(roman, normal=roman, bold=bold, italic=italic, boldItalic=bold)
    return roman, bold, italic


def _with_breaks(word: str) -> str:
    broken = _BROKEN.get(word.lower())
    if broken:
        letters = iter(word)
        return "".join(c if c == SHY else next(letters) for c in broken)
    return _ENDING.sub(rf"\1{SHY}\2", word)


def _bars(heights: list[int]) -> Drawing:
    drawing = Drawing(180, 70)
    for k, height in enumerate(heights):
        drawing.add(Rect(10 + 28 * k, 4, 18, height, fillColor="grey", strokeWidth=0))
    return drawing
