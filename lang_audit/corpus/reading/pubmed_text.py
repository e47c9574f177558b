"""PubMed's own text format (.nbib, "MEDLINE"): a tag of up to four letters a field, records set apart by a blank line."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from lang_audit.corpus.reading.codes import country_code, language_code
from lang_audit.corpus.reading.columns import no_text
from lang_audit.corpus.reading.fields import doi_of, plain_title, pmid_of, year_of
from lang_audit.corpus.reading.records import CorpusRecord, Rejected
from lang_audit.corpus.reading.streams import Fault, numbered, text_lines
from lang_audit.corpus.reading.tagged import Layout, fields, first, pattern, pieces

_TAG = pattern(r"\ufeff?([A-Z][A-Z0-9]{1,3}) {0,2}- ?(.*)")
_LAYOUT: Final = Layout(
    _TAG,
    begins=frozenset({"PMID"}),
    opens=frozenset({"OWN", "STAT", "TI", "AB", "FAU", "AU", "LID"}),
    ends=lambda line: not line.strip("\r\n"),
    must_end=False,
)


def read(path: Path, source: str, start: int = 0) -> Iterator[CorpusRecord | Rejected]:
    """The records of a file in MEDLINE format from that of number `start` on."""
    yield from numbered(
        source, start, pieces(text_lines(path), _LAYOUT), lambda record, position: _record(record, source, position)
    )


def recognises(head: str) -> bool:
    """Whether a text begins with a record in this format."""
    return re.match(r"\s*\ufeff?\s*PMID- ?\d", head) is not None


def _record(record: list[str], source: str, position: int) -> CorpusRecord | Fault:
    told = fields(record, _TAG)
    title = plain_title(first(told, "TI", "BTI", "CTI"))
    abstract = " ".join(told.get("AB", ()))
    if not title and not abstract:
        return no_text(" ".join(record))
    identifiers = [value for tag in ("LID", "AID") for value in told.get(tag, ()) if value.endswith("[doi]")]
    return CorpusRecord(
        source,
        position,
        title=title,
        abstract=abstract,
        keywords=tuple(word.lstrip("*") for word in told.get("OT", ())),
        pmid=pmid_of(first(told, "PMID")),
        doi=doi_of(identifiers),
        year=year_of(first(told, "DP")) or year_of(first(told, "DEP")[:4]),
        journal=first(told, "JT", "TA", "BTI") or None,
        country=country_code(first(told, "PL")),
        language=language_code(first(told, "LA")),
        types=tuple(told.get("PT", ())),
    )
