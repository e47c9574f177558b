"""Write a sample paper as a web page, in the structure of a journal's: entities, raised links to references, a site about it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import escape

from sample_content import BANNER, Block, SamplePaper, plain

_ENTITIES = {"“": "&ldquo;", "”": "&rdquo;", "’": "&rsquo;", "–": "&ndash;", "é": "&eacute;"}


def html_of(paper: SamplePaper) -> str:
    """The whole paper as a page."""
    return "\n".join(_page(paper)) + "\n"


def _page(paper: SamplePaper) -> Iterator[str]:
    yield "<!DOCTYPE html>"
    yield '<html lang="en">'
    yield "<head>"
    yield '<meta charset="utf-8">'
    yield f"<title>{_words(paper.title)} | {escape(paper.journal)}</title>"
    yield from (f'<meta name="citation_author" content="{escape(author)}">' for author in paper.authors)
    yield f'<meta name="citation_journal_title" content="{escape(paper.journal)}">'
    yield f'<meta name="citation_publication_date" content="{paper.year}">'
    yield f'<meta name="citation_doi" content="{paper.doi}">'
    yield "<style>p { max-width: 40em }</style>"
    yield "</head>"
    yield "<body>"
    yield '<nav><a href="#main">Skip to the article</a></nav>'
    yield '<main id="main"><article>'
    yield f"<header><h1>{_words(paper.title)}</h1>"
    yield f'<p class="subtitle">{BANNER}</p>'
    yield f'<p class="authors">{escape(", ".join(paper.authors))}</p></header>'
    yield '<section class="abstract"><h2>Abstract</h2>'
    for part in paper.abstract:
        lead = f"<strong>{part.heading}:</strong> " if part.heading else ""
        yield f"<p>{lead}{_words(part.text)}</p>"
    yield f"<p><b>Keywords:</b> {_words('; '.join(paper.keywords))}</p></section>"
    counts = {"table": 0, "figure": 0}
    for section in paper.sections:
        yield f"<h2>{_words(section.heading)}</h2>"
        yield from (_block(block, counts) for block in section.blocks)
    yield f"<h2>Acknowledgements</h2>\n<p>{_words(paper.acknowledgements)}</p>"
    yield f"<h2>Funding</h2>\n<p>{_words(paper.funding)}</p>"
    yield '<section id="references"><h2>References</h2><ol>'
    yield from (f'<li id="r{k}">{_words(reference.line)}</li>' for k, reference in enumerate(paper.references, start=1))
    yield "</ol></section>"
    yield "</article></main>"
    yield "<footer><p>This journal is made up, and so is this footer.</p></footer>"
    yield "</body>"
    yield "</html>"


def _block(block: Block, counts: dict[str, int]) -> str:
    if block.h:
        return f"<h3>{_words(block.h)}</h3>"
    if block.quote:
        return f"<blockquote><p>{_words(block.quote)}</p></blockquote>"
    if block.figure:
        number = counts["figure"] = counts["figure"] + 1
        caption = f"<figcaption>Figure {number}. {_words(block.figure.caption)}.</figcaption>"
        return f'<figure><img src="figure{number}.png" alt="">{caption}</figure>'
    if block.table:
        number = counts["table"] = counts["table"] + 1
        head = "".join(f"<th>{_words(cell)}</th>" for cell in block.table.header)
        rows = "\n".join(
            "<tr>" + "".join(f"<td>{_words(cell)}</td>" for cell in row) + "</tr>" for row in block.table.rows
        )
        caption = f"<caption>Table {number}. {_words(block.table.caption)}.</caption>"
        return f"<table>{caption}\n<thead><tr>{head}</tr></thead>\n<tbody>\n{rows}\n</tbody></table>"
    return f"<p>{_words(block.p or '')}</p>"


def _words(text: str) -> str:
    words = escape(plain(text), quote=False)
    for character, entity in _ENTITIES.items():
        words = words.replace(character, entity)
    return re.sub(r"\^([\d,]+)\^", _citation, words)


def _citation(match: re.Match[str]) -> str:
    return "<sup>" + ",".join(f'<a href="#r{number}">{number}</a>' for number in match[1].split(",")) + "</sup>"
