"""The content of the sample papers, and the marks in it that say what a careful reader should find.

A mark stands in the text where the word stands: `[[addicts|author|flag]]` is a mention of a term, with its right usage
and decision; `{{people who inject drugs}}` is a person-first reference in the authors' own voice; `^1,2^` cites two
references. The writers print the text without marks, and the gold is gathered from the marks.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Literal

import yaml
from pydantic import BaseModel, ConfigDict, model_validator

BANNER = "Fabricated sample: no such study was done"
PAPERS = Path(__file__).parent / "papers"

_MENTION = re.compile(r"\[\[([^\[\]|]+)\|([a-z-]+)\|(flag|query|exempt)\]\]")
_PERSON_FIRST = re.compile(r"\{\{([^{}]+)\}\}")
_CITATION = re.compile(r"\^([\d,]+)\^")


class _Strict(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Table(_Strict):
    """A table with its caption."""

    caption: str
    header: list[str]
    rows: list[list[str]]


class Figure(_Strict):
    """A bar chart with its caption."""

    caption: str
    bars: list[int]


class Block(_Strict):
    """One of: a paragraph, a subheading, a block quote, a table, a figure."""

    p: str | None = None
    h: str | None = None
    quote: str | None = None
    table: Table | None = None
    figure: Figure | None = None

    @model_validator(mode="after")
    def _one(self) -> Block:
        if len(self.model_fields_set) != 1:
            raise ValueError("a block is one of p, h, quote, table, figure")
        return self

    def texts(self) -> Iterator[str]:
        """Everything that is printed of the block, in order, with marks."""
        yield from filter(None, (self.p, self.h, self.quote))
        if self.figure:
            yield self.figure.caption
        if self.table:
            yield from (self.table.caption, *self.table.header)
            for row in self.table.rows:
                yield from row


class Part(_Strict):
    """A part of the abstract; `heading` where the abstract is structured."""

    heading: str | None = None
    text: str


class Section(_Strict):
    """A section of the body."""

    heading: str
    blocks: list[Block]


class Reference(_Strict):
    """A cited work; authors, title and journal are invented too."""

    authors: str
    title: str
    journal: str
    year: int
    volume: int
    pages: str

    @property
    def line(self) -> str:
        """The reference as printed, with marks."""
        stop = "" if plain(self.title).endswith(("?", "!", "”")) else "."
        return f"{self.authors}. {self.title}{stop} {self.journal} {self.year};{self.volume}:{self.pages}."


class SamplePaper(_Strict):
    """A fabricated paper: what it says, in which formats it is written, and the verdict that is right for it."""

    id: str
    formats: list[Literal["pdf", "xml", "txt"]]
    columns: Literal[1, 2]
    ligatures: bool = False
    verdict: str
    title: str
    running_head: str
    authors: list[str]
    journal: str
    year: int
    volume: int
    pages: tuple[int, int]
    doi: str
    keywords: list[str]
    abstract: list[Part]
    sections: list[Section]
    acknowledgements: str
    funding: str
    references: list[Reference]

    @property
    def source_line(self) -> str:
        """Journal, year, volume and pages."""
        return f"{self.journal} {self.year};{self.volume}:{self.pages[0]}–{self.pages[1]}"

    def texts(self) -> Iterator[str]:
        """Everything that is printed and may hold a mark, in text order."""
        yield self.title
        yield from (part.text for part in self.abstract)
        yield from self.keywords
        for section in self.sections:
            yield section.heading
            for block in section.blocks:
                yield from block.texts()
        yield self.acknowledgements
        yield self.funding
        yield from (reference.line for reference in self.references)

    def gold(self, source: str) -> dict[str, object]:
        """The gold line for one file of this paper."""
        texts = list(self.texts())
        mentions = [m.groups() for text in texts for m in _MENTION.finditer(text)]
        return {
            "source": source,
            "verdict": self.verdict,
            "mentions": [{"surface": s, "usage": usage, "decision": decision} for s, usage, decision in mentions],
            "person_first": [m[1] for text in texts for m in _PERSON_FIRST.finditer(_MENTION.sub(r"\1", text))],
        }


def plain(text: str) -> str:
    """The text without the marks of mentions and references; citations stay marked."""
    bare = _PERSON_FIRST.sub(r"\1", _MENTION.sub(r"\1", text))
    if re.search(r"\[\[|\]\]|\{\{|\}\}", bare):
        raise ValueError(f"a mark is not closed or not complete: {bare}")
    return bare


def cite(text: str, form: str) -> str:
    """Print each citation by `form`, in which {} stands for the numbers."""
    return _CITATION.sub(lambda match: form.format(match[1]), text)


def load_papers(folder: Path = PAPERS) -> list[SamplePaper]:
    """All sample papers, by file name."""
    return [SamplePaper(**yaml.safe_load(path.read_text(encoding="utf-8"))) for path in sorted(folder.glob("*.yaml"))]
