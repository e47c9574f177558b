"""RIS in its dialects: EndNote, Zotero, Mendeley, Ovid, Embase, Scopus, PsycINFO, Web of Science, ProQuest, EBSCO."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from lang_audit.corpus.reading.codes import country_code, language_code
from lang_audit.corpus.reading.columns import no_text
from lang_audit.corpus.reading.fields import doi_of, listed, plain_title, pmid_in_address, pmid_of, year_of
from lang_audit.corpus.reading.records import CorpusRecord, Rejected
from lang_audit.corpus.reading.streams import Fault, numbered, text_lines
from lang_audit.corpus.reading.tagged import Layout, fields, first, pattern, pieces

# Two blanks stand before the hyphen. Some programs write one: there only what is a tag of RIS counts, or "CI - 95" were one.
_KNOWN = "TY|ER|TI|T[1-3]|AB|N[12]|A[1-4U]|PY|Y[12]|DA|KW|DO|J[12AFO]|UR|L[1-4K]|ID|AN|LA|VL|IS|SP|EP|SN|PB|CY|AD|M[1-3]|D[BP]|ST"
_TAG = pattern(rf"\ufeff?[ \t]{{0,3}}((?:[A-Z][A-Z0-9](?=  -))|(?:{_KNOWN})(?= ?-[ \t\r\n]))[ ]{{0,2}}-[ \t]?(.*)")
_END = re.compile(r"[ \t]{0,3}ER ? ?-\s*$")
_LAYOUT: Final = Layout(
    _TAG,
    begins=frozenset({"TY"}),
    opens=frozenset({"TI", "T1", "AB", "N2", "AU", "A1", "ID", "DO"}),  # others stand between the records of Ovid
    ends=lambda line: "ER" in line[:5] and bool(_END.match(line)),
    must_end=True,
    titles=frozenset({"TI", "T1"}),
)
_OF_LINES = frozenset({"KW"})  # EndNote writes one keyword a line behind a single tag
_OF_MEDLINE = re.compile(r"\bmedline\b|\bpubmed\b|\bNLM\b|[?&]D=(?:med|ppez|prem|pmnm|mesx|medp)", re.IGNORECASE)
_NO_KIND = re.compile(r"10\.\d{4}|://|\[\d+\]$")  # DOIs, and the classes of PsycINFO
_KINDS = {
    "JOUR": "Journal Article",
    "BOOK": "Book",
    "CHAP": "Book Chapter",
    "THES": "Thesis",
    "CPAPER": "Conference Paper",
}
_IS_ABSTRACT = 200  # characters from which a note is no note


def read(path: Path, source: str, start: int = 0) -> Iterator[CorpusRecord | Rejected]:
    """The records of a RIS file from that of number `start` on."""
    yield from numbered(
        source, start, pieces(text_lines(path), _LAYOUT), lambda record, position: _record(record, source, position)
    )


def recognises(head: str) -> bool:
    """Whether a text begins with records of RIS."""
    return re.search(r"^\ufeff?[ \t]{0,3}TY ? ?- ?[A-Z]", head, re.MULTILINE) is not None


def _record(record: list[str], source: str, position: int) -> CorpusRecord | Fault:
    told = fields(record, _TAG, _OF_LINES)
    title = plain_title(first(told, "TI", "T1", "CT", "BT", "TT", "ST"))
    abstract = _abstract(told)
    if not title and not abstract:
        return no_text(" ".join(record))
    kinds = [kind for kind in told.get("M3", ()) if not _NO_KIND.search(kind)]
    return CorpusRecord(
        source,
        position,
        title=title,
        abstract=abstract,
        keywords=tuple(word for entry in told.get("KW", ()) for word in (listed(entry) if ";" in entry else (entry,))),
        pmid=_pmid(told),
        doi=_doi(told),
        year=next(
            (year for tag in ("PY", "Y1", "DA") for value in told.get(tag, ()) if (year := year_of(value))), None
        ),
        journal=first(told, "JF", "T2", "JO", "JA", "J2", "J1") or None,
        country=country_code(first(told, "CY", "PP")),
        language=language_code(re.split(r"[;,]", first(told, "LA"))[0]),
        types=tuple(kinds) or tuple(_KINDS.get(kind.upper(), kind) for kind in told.get("TY", ())),
    )


def _abstract(told: dict[str, list[str]]) -> str:
    """The abstract: under AB, in older dialects under N2, in some under N1 with the notes."""
    if parts := told.get("AB") or told.get("N2"):
        return " ".join(dict.fromkeys(parts))
    notes = (note for note in told.get("N1", ()) if re.match(r"abstract\s*[:.-]", note, re.IGNORECASE))
    return next((re.sub(r"^\w+\s*[:.-]\s*", "", note) for note in notes if len(note) >= _IS_ABSTRACT), "")


def _doi(told: dict[str, list[str]]) -> str | None:
    """The DOI in its field, else in an address of its resolver."""
    links = (link for tag in ("UR", "L2", "L3", "LK", "L4", "M3", "N1") for link in told.get(tag, ()))
    return doi_of(told.get("DO", ())) or doi_of(link for link in links if re.search(r"\bdoi\.org/|\bdoi:", link))


def _pmid(told: dict[str, list[str]]) -> str | None:
    """The PMID: a number that is one only where the record says that it comes from MEDLINE, or an address of PubMed."""
    for tag in ("C2", "PM", "N1", "AN", "U1"):
        for value in told.get(tag, ()):
            if found := re.search(r"\bPMID\s*:?\s*(\d{1,8})\b", value) or re.fullmatch(
                r"(\d{1,8})\s*\[?pmid\]?", value
            ):
                return pmid_of(found[1])
    for tag in ("UR", "L1", "L2", "L4", "M2", "N1"):
        for value in told.get(tag, ()):
            if found_there := pmid_in_address(value):
                return found_there
    if any(_OF_MEDLINE.search(value) for tag in ("DB", "DP", "L2", "UR") for value in told.get(tag, ())):
        for tag in ("AN", "ID"):
            for value in told.get(tag, ()):
                if re.fullmatch(r"\d{1,8}", value):
                    return pmid_of(value)
    return pmid_of(first(told, "C2")) if first(told, "DB").casefold() == "scopus" else None
