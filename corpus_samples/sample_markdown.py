"""Write a sample paper as Markdown for Pandoc: front matter, citations by key, pipe tables, a numbered reference list."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterator

from sample_content import BANNER, Block, SamplePaper, cite, plain

WIDTH = 96


def markdown_of(paper: SamplePaper) -> str:
    """The whole paper as Markdown."""
    return "\n".join(_front(paper)) + "\n\n" + "\n\n".join(_body(paper)) + "\n"


def _front(paper: SamplePaper) -> Iterator[str]:
    yield "---"
    yield f'title: "{plain(paper.title)}"'
    yield f'subtitle: "{BANNER}"'
    yield "author:"
    yield from (f"  - {author}" for author in paper.authors)
    yield f"date: {paper.year}"
    yield f"journal: {paper.journal}"
    yield f"doi: {paper.doi}"
    yield "abstract: |"
    for k, part in enumerate(paper.abstract):
        if k:
            yield ""
        words = f"**{part.heading}:** {_marked(part.text)}" if part.heading else _marked(part.text)
        yield textwrap.indent(_wrap(words), "  ")
    yield "keywords:"
    yield from (f"  - {plain(keyword)}" for keyword in paper.keywords)
    yield "---"


def _body(paper: SamplePaper) -> Iterator[str]:
    counts = {"table": 0, "figure": 0}
    for section in paper.sections:
        yield f"# {plain(section.heading)}"
        for block in section.blocks:
            yield from _block(block, counts)
    yield "# Acknowledgements {.unnumbered}"
    yield _wrap(_marked(paper.acknowledgements))
    yield "# Funding {.unnumbered}"
    yield _wrap(_marked(paper.funding))
    yield "# References {.unnumbered}"
    yield "\n".join(f"{k}. {_marked(reference.line)}" for k, reference in enumerate(paper.references, start=1))


def _block(block: Block, counts: dict[str, int]) -> Iterator[str]:
    if block.h:
        yield f"## {plain(block.h)}"
    elif block.quote:
        yield textwrap.indent(_wrap(_marked(block.quote)), "> ")
    elif block.figure:
        number = counts["figure"] = counts["figure"] + 1
        yield f"![Figure {number}. {_marked(block.figure.caption)}.](figure{number}.png){{#fig-{number} width=60%}}"
    elif block.table:
        number = counts["table"] = counts["table"] + 1
        yield f"Table: {_marked(block.table.caption)}. {{#tbl-{number}}}"
        rows = ["| " + " | ".join(map(_marked, row)) + " |" for row in (block.table.header, *block.table.rows)]
        yield "\n".join([rows[0], "|---" * len(block.table.header) + "|", *rows[1:]])
    else:
        yield _wrap(_marked(block.p or ""))


def _marked(text: str) -> str:
    """Text with what Markdown would take for marks behind backslashes, and each citation as Pandoc writes it."""
    escaped = re.sub(r"([*_`\[\]<>$])", r"\\\1", plain(text))
    return re.sub(r" \[@([\d,]+)\]", _keys, cite(escaped, " [@{}]"))


def _keys(numbers: re.Match[str]) -> str:
    return " [" + "; ".join(f"@ref{number}" for number in numbers[1].split(",")) + "]"


def _wrap(text: str) -> str:
    return textwrap.fill(text, WIDTH, break_long_words=False, break_on_hyphens=False)
