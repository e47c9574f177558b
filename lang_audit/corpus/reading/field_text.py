"""Two older text formats: Web of Science's "field tagged" export (.ciw, "FN Clarivate") and EndNote's own (.enw, "%0")."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from lang_audit.corpus.reading.codes import language_code
from lang_audit.corpus.reading.columns import no_text
from lang_audit.corpus.reading.fields import doi_of, listed, plain_title, pmid_in_address, pmid_of, year_of
from lang_audit.corpus.reading.records import CorpusRecord, Rejected
from lang_audit.corpus.reading.streams import Fault, numbered, text_lines
from lang_audit.corpus.reading.tagged import Layout, fields, first, pattern, pieces

_WOS_TAG = pattern(r"\ufeff?([A-Z][A-Z0-9])(?: |\s*$)(.*)")
_WOS: Final = Layout(
    _WOS_TAG,
    begins=frozenset({"PT"}),
    opens=frozenset({"AU", "AF", "TI", "AB", "SO"}),
    ends=lambda line: line.rstrip() == "ER",
    must_end=True,
)
_ENDNOTE_TAG = pattern(r"\ufeff?%([A-Z0-9@!#$&+^<>\[*~?()|=:;,.-])[ \t](.*)")
_ENDNOTE: Final = Layout(
    _ENDNOTE_TAG, begins=frozenset("0"), opens=frozenset("ATX"), ends=lambda line: not line.strip(), must_end=False
)


def read_web_of_science(path: Path, source: str, start: int = 0) -> Iterator[CorpusRecord | Rejected]:
    """The records of a Web of Science export from that of number `start` on."""

    def make(record: list[str], position: int) -> CorpusRecord | Fault:
        told = fields(record, _WOS_TAG)
        title, abstract = plain_title(first(told, "TI")), " ".join(told.get("AB", ()))
        if not title and not abstract:
            return no_text(" ".join(record))
        return CorpusRecord(
            source,
            position,
            title=title,
            abstract=abstract,
            keywords=listed(first(told, "DE")),
            pmid=pmid_of(first(told, "PM")),
            doi=doi_of(told.get("DI", ())),
            year=year_of(first(told, "PY")) or year_of(first(told, "EA")),
            journal=first(told, "SO") or None,
            language=language_code(first(told, "LA")),
            types=listed(first(told, "DT")),
        )

    yield from numbered(source, start, pieces(text_lines(path), _WOS), make)


def read_endnote(path: Path, source: str, start: int = 0) -> Iterator[CorpusRecord | Rejected]:
    """The records of an EndNote or Refer file from that of number `start` on."""

    def make(record: list[str], position: int) -> CorpusRecord | Fault:
        told = fields(record, _ENDNOTE_TAG, frozenset("K"))
        title, abstract = plain_title(first(told, "T")), " ".join(told.get("X", ()))
        if not title and not abstract:
            return no_text(" ".join(record))
        links = told.get("U", [])
        return CorpusRecord(
            source,
            position,
            title=title,
            abstract=abstract,
            keywords=tuple(told.get("K", ())),
            pmid=next((pmid for link in links if (pmid := pmid_in_address(link))), None),
            doi=doi_of(told.get("R", ())) or doi_of(links),
            year=year_of(first(told, "D")) or year_of(first(told, "8")),
            journal=first(told, "J", "B") or None,
            language=language_code(first(told, "G")),
            types=tuple(told.get("0", ())),
        )

    yield from numbered(source, start, pieces(text_lines(path), _ENDNOTE), make)


def recognises_web_of_science(head: str) -> bool:
    """Whether a text begins as exports of Web of Science do."""
    return re.match(r"\s*\ufeff?(?:FN (?:Clarivate|Thomson|ISI)|PT [A-Z]\r?\n[A-Z][A-Z0-9] )", head) is not None


def recognises_endnote(head: str) -> bool:
    """Whether a text begins with a record of EndNote's own format."""
    return re.match(r"\s*\ufeff?%0 [A-Z]", head) is not None
