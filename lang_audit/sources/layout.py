"""From placed text to a Paper: reading order, paragraphs, sections, and where on the page every line stands.

Knows no PDF engine. The steps, each in its module: `lines` (runs to lines), `furniture` (running heads off), `columns`
(reading order), `paragraphs` (lines to blocks), `roles` (what each block is), `structure` (sections), `assembly` (one text,
citation markers lifted out), `metadata`, `doubts` (what it is unsure of).
"""

from __future__ import annotations

import re
from itertools import pairwise

from lang_audit.errors import UnreadableError
from lang_audit.model import Paper, Problem
from lang_audit.sources.assembly import assembled
from lang_audit.sources.columns import columns
from lang_audit.sources.doubts import doubts, sideways
from lang_audit.sources.furniture import without_furniture
from lang_audit.sources.joining import Vocabulary
from lang_audit.sources.legibility import pages_named
from lang_audit.sources.lines import placed_lines
from lang_audit.sources.metadata import metadata
from lang_audit.sources.paragraphs import blocks, leadings
from lang_audit.sources.placed import UNKNOWN_CHARACTER, PlacedDocument
from lang_audit.sources.roles import Roles
from lang_audit.sources.structure import Structure
from lang_audit.sources.typography import Body

_EMPTY_PAGE = 25  # characters: a page with fewer holds no text to read, only a page number or stamp
_SCANNED = 0.5  # of the page covered by images: such a page without text is a scan, not a blank or a plate
_GARBLED = 0.05  # of all characters without a known letter: more than symbols and bullets can be
_UNREADABLE = 0.5  # of all characters: what is left cannot be judged
_NO_LETTER = re.compile(f"[{UNKNOWN_CHARACTER}\ue000-\uf8ff\x00-\x01\x03-\x08\x0b\x0c\x0e-\x1e]")
_OCR = "Run OCR on it (for example `ocrmypdf in.pdf out.pdf`), or find the publisher's PDF or XML."


def paper_from_pages(document: PlacedDocument, paper_id: str, source: str) -> Paper:
    """Build the paper from what a PDF engine placed on its pages.

    Raises UnreadableError "no-text-layer" where no page holds text, "garbled-text" where nearly no letter is known. Lesser
    troubles become `problems`: "pages-without-text", "unreadable-pages", "garbled-text", and what `sideways` and `doubts` find.
    """
    problems = [*document.problems, *_problems(document), *sideways(document.pages)]
    all_lines = [placed_lines(page) for page in document.pages]
    size = Body.of([line for group in all_lines for line in group]).size
    kept = without_furniture(document.pages, all_lines, size)
    flat = [line for group in kept for line in group]
    body = Body.of(flat)
    ordered = columns(kept, body.size)
    leading = leadings(ordered)
    kept_ids = {id(line) for line in flat}
    margins = [line.text for group in all_lines for line in group if id(line) not in kept_ids]
    roles = Roles(
        [block for column in ordered for block in blocks(column, leading)],
        body,
        document.properties.get("title", ""),
        " ".join(margins),
    )
    vocabulary = Vocabulary(line.text for line in flat)
    parts = Structure(roles, vocabulary).parts()
    text, sections, passages, pages, citations = assembled(parts, document, vocabulary)
    title = next((text[s.start : s.end].rstrip(" :") for s in sections if s.kind == "title"), None)
    front = [line.text for line in all_lines[0]]
    heads = [line.text for group in all_lines[:3] for line in group if id(line) not in kept_ids]
    last = [line.text for line in all_lines[-1]]
    closing = [line for line, below in pairwise(last) if below.startswith("Cite this article")]
    paper = Paper(
        id=paper_id,
        source=source,
        text=text,
        sections=sections,
        passages=passages,
        pages=pages,
        citations=citations,
        metadata=metadata(document.properties, title, roles.bylines(), front, [*heads, *closing]),
    )
    return paper.model_copy(update={"problems": (*problems, *doubts(ordered, body.size, paper))})


def _problems(document: PlacedDocument) -> list[Problem]:
    """What is wrong with the pages as a whole. Raises UnreadableError where there is nothing to read."""
    problems = []
    texts = ["".join(run.text for run in page.runs) for page in document.pages]
    empty = [
        page.number
        for page, text in zip(document.pages, texts, strict=True)
        if len(text.strip()) < (_EMPTY_PAGE if page.image_share > _SCANNED else 1) and not page.failed
    ]
    scans = [page.number for page in document.pages if page.number in empty and page.image_share > _SCANNED]
    failed = [page.number for page in document.pages if page.failed]
    if len(empty) + len(failed) == len(document.pages):
        instead = "only pictures of pages" if scans else "its pages are blank, or draw their letters as lines"
        raise UnreadableError("no-text-layer", f"The PDF holds no text: {instead}.", _OCR)
    if scans:
        problems.append(
            Problem(
                code="pages-without-text",
                message=f"{_named(scans)} only a picture, so the words there were not read.",
                remedy=_OCR,
            )
        )
    if failed:
        problems.append(
            Problem(
                code="unreadable-pages",
                message=f"{_named(failed)} damaged data and could not be read.",
                remedy="Download the PDF again, or repair it with `qpdf in.pdf out.pdf`.",
            )
        )
    characters = "".join(texts)
    share = len(_NO_LETTER.findall(characters)) / len(characters)
    if share > _UNREADABLE:
        raise UnreadableError(
            "garbled-text", "The PDF's fonts do not tell which letters they show, so its text is garbage.", _OCR
        )  # fmt: skip
    if share > _GARBLED:
        problems.append(
            Problem(
                code="garbled-text",
                message=f"About {share:.0%} of the characters could not be turned into letters; words may be missed.",
                remedy=_OCR,
            )
        )
    return problems


def _named(numbers: list[int]) -> str:
    return f"{pages_named(numbers).capitalize()} hold{'s' if len(numbers) == 1 else ''}"
