"""Write a sample paper as JATS XML, in the structure in which PubMed Central hands out full texts."""

from __future__ import annotations

import re
from collections.abc import Iterator
from xml.sax.saxutils import escape

from sample_content import BANNER, Block, Reference, SamplePaper, Section, plain


def jats_of(paper: SamplePaper) -> str:
    """The whole paper as an XML document."""
    return "\n".join(('<?xml version="1.0" encoding="UTF-8"?>', *_article(paper))) + "\n"


def _article(paper: SamplePaper) -> Iterator[str]:
    yield (
        '<!DOCTYPE article PUBLIC "-//NLM//DTD JATS (Z39.96) Journal Archiving and Interchange DTD v1.3 20210610//EN"'
        ' "JATS-archivearticle1-3.dtd">'
    )
    yield '<article article-type="research-article" dtd-version="1.3" xml:lang="en">'
    yield from _front(paper)
    yield "<body>"
    counts = {"table": 0, "figure": 0}
    for number, section in enumerate(paper.sections, start=1):
        yield from _section(section, number, counts)
    yield "</body>"
    yield "<back>"
    yield f"<ack><title>Acknowledgements</title><p>{_inline(paper.acknowledgements)}</p></ack>"
    yield "<ref-list><title>References</title>"
    for number, reference in enumerate(paper.references, start=1):
        yield _reference(reference, number)
    yield "</ref-list>"
    yield "</back>"
    yield "</article>"


def _front(paper: SamplePaper) -> Iterator[str]:
    yield "<front>"
    yield '<journal-meta><journal-id journal-id-type="publisher-id">sample</journal-id>'
    yield f"<journal-title-group><journal-title>{escape(paper.journal)}</journal-title></journal-title-group>"
    yield "</journal-meta>"
    yield "<article-meta>"
    yield f'<article-id pub-id-type="doi">{paper.doi}</article-id>'
    yield "<title-group>"
    yield f"<article-title>{_inline(paper.title)}</article-title><subtitle>{BANNER}</subtitle>"
    yield "</title-group>"
    yield "<contrib-group>"
    for author in paper.authors:
        given, _, surname = author.rpartition(" ")
        name = f"<name><surname>{surname}</surname><given-names>{given}</given-names></name>"
        yield f'<contrib contrib-type="author">{name}</contrib>'
    yield "</contrib-group>"
    yield f'<pub-date pub-type="epub"><year>{paper.year}</year></pub-date>'
    yield f"<volume>{paper.volume}</volume><fpage>{paper.pages[0]}</fpage><lpage>{paper.pages[1]}</lpage>"
    yield "<abstract>"
    for part in paper.abstract:
        words = f"<p>{_inline(part.text)}</p>"
        yield f"<sec><title>{part.heading}</title>{words}</sec>" if part.heading else words
    yield "</abstract>"
    yield '<kwd-group kwd-group-type="author"><title>Keywords</title>'
    yield from (f"<kwd>{_inline(keyword)}</kwd>" for keyword in paper.keywords)
    yield "</kwd-group>"
    yield f"<funding-group><funding-statement>{_inline(paper.funding)}</funding-statement></funding-group>"
    yield "</article-meta>"
    yield "</front>"


def _section(section: Section, number: int, counts: dict[str, int]) -> Iterator[str]:
    yield f'<sec id="s{number}"><title>{_inline(section.heading)}</title>'
    inner = 0
    for block in section.blocks:
        if block.h:
            if inner:
                yield "</sec>"
            inner += 1
            yield f'<sec id="s{number}-{inner}"><title>{_inline(block.h)}</title>'
        else:
            yield _block(block, counts)
    yield "</sec></sec>" if inner else "</sec>"


def _block(block: Block, counts: dict[str, int]) -> str:
    if block.quote:
        return f"<disp-quote><p>{_inline(block.quote)}</p></disp-quote>"
    if block.figure:
        number = counts["figure"] = counts["figure"] + 1
        caption = f"<label>Figure {number}</label><caption><p>{_inline(block.figure.caption)}.</p></caption>"
        return f'<fig id="fig{number}">{caption}</fig>'
    if block.table:
        number = counts["table"] = counts["table"] + 1
        caption = f"<label>Table {number}</label><caption><p>{_inline(block.table.caption)}.</p></caption>"
        head = "".join(f"<th>{_inline(cell)}</th>" for cell in block.table.header)
        rows = "".join(
            "<tr>" + "".join(f"<td>{_inline(cell)}</td>" for cell in row) + "</tr>" for row in block.table.rows
        )
        body = f"<table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>"
        return f'<table-wrap id="tab{number}">{caption}{body}</table-wrap>'
    return f"<p>{_inline(block.p or '')}</p>"


def _reference(reference: Reference, number: int) -> str:
    names = "".join(
        f"<name><surname>{name.rpartition(' ')[0]}</surname><given-names>{name.rpartition(' ')[2]}</given-names></name>"
        for name in reference.authors.split(", ")
    )
    first, _, last = reference.pages.partition("-")
    return (
        f'<ref id="r{number}"><label>{number}</label><element-citation publication-type="journal">'
        f'<person-group person-group-type="author">{names}</person-group>'
        f"<article-title>{_inline(reference.title)}</article-title><source>{escape(reference.journal)}</source>"
        f"<year>{reference.year}</year><volume>{reference.volume}</volume><fpage>{first}</fpage><lpage>{last}</lpage>"
        "</element-citation></ref>"
    )


def _inline(text: str) -> str:
    return re.sub(r"\^([\d,]+)\^", _citation, escape(plain(text)))


def _citation(match: re.Match[str]) -> str:
    links = (f'<xref ref-type="bibr" rid="r{number}">{number}</xref>' for number in match[1].split(","))
    return "<sup>" + ",".join(links) + "</sup>"
