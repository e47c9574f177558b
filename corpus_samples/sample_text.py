"""Write a sample paper as plain text, as an author might paste it: wrapped lines, headings on lines of their own."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator

from sample_content import BANNER, Block, SamplePaper, cite, plain

WIDTH = 92


def text_of(paper: SamplePaper) -> str:
    """The whole paper as text."""
    return "\n\n".join(_parts(paper)) + "\n"


def _parts(paper: SamplePaper) -> Iterator[str]:
    yield _wrap(paper.title)
    yield f"[{BANNER}]"
    yield ", ".join(paper.authors)
    yield f"{paper.source_line}\ndoi:{paper.doi}"
    yield "Abstract"
    for part in paper.abstract:
        yield _wrap(f"{part.heading}: {part.text}" if part.heading else part.text)
    yield _wrap("Keywords: " + "; ".join(paper.keywords))
    tables = figures = 0
    for section in paper.sections:
        yield plain(section.heading)
        for block in section.blocks:
            tables += block.table is not None
            figures += block.figure is not None
            yield _block(block, tables, figures)
    yield "Acknowledgements"
    yield _wrap(paper.acknowledgements)
    yield "Funding"
    yield _wrap(paper.funding)
    yield "References"
    yield "\n".join(_wrap(f"{k}. {r.line}", hang="   ") for k, r in enumerate(paper.references, start=1))


def _block(block: Block, tables: int, figures: int) -> str:
    if block.quote:
        return _wrap(block.quote, indent="    ", hang="    ")
    if block.figure:
        return _wrap(f"Figure {figures}. {block.figure.caption}.")
    if block.table:
        rows = [[plain(cell) for cell in row] for row in (block.table.header, *block.table.rows)]
        widths = [max(len(row[k]) for row in rows) for k in range(len(rows[0]))]
        lines = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]
        return "\n".join([_wrap(f"Table {tables}. {block.table.caption}."), *lines])
    return _wrap(block.p or block.h or "")


def _wrap(text: str, indent: str = "", hang: str = "") -> str:
    return textwrap.fill(cite(plain(text), " [{}]"), WIDTH, initial_indent=indent, subsequent_indent=hang)
