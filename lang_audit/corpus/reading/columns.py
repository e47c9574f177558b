"""Which column of a table, or which name in a JSON object, holds what: as the user says, else by the names that databases use."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from typing import Final

from lang_audit.corpus.reading.codes import country_code, language_code
from lang_audit.corpus.reading.fields import doi_of, listed, one_line, plain_title, pmid_of, year_of
from lang_audit.corpus.reading.records import CorpusRecord
from lang_audit.corpus.reading.streams import Fault, excerpt
from lang_audit.errors import ConfigError

_NOT_PLAIN = re.compile(r"[^a-z0-9]")
_SHOWN = 30  # columns that a message lists

# What exports of databases and programs call them; letters and digits only, the best first.
_NAMES: Final[dict[str, tuple[str, ...]]] = {
    "title": (
        "title", "articletitle", "documenttitle", "primarytitle", "papertitle", "studytitle", "worktitle", "publicationname",
        "displayname", "titles", "ti", "t1",
    ),
    "abstract": (
        "abstract", "abstractnote", "abstracttext", "articleabstract", "paperabstract", "abstracts", "notesabstract",
        "abstractinvertedindex", "summary", "ab", "n2",
    ),
    "year": (
        "year", "publicationyear", "publishedyear", "yearpublished", "pubyear", "yearofpublication", "py", "y1",
        "publicationdate", "publisheddate", "pubdate", "publishtime", "coverdate", "date", "issueddateparts", "dp",
    ),
    "doi": ("doi", "doilink", "articledoi", "digitalobjectidentifier", "externalidsdoi", "idsdoi", "do", "elocationid"),
    "pmid": (
        "pmid", "pubmedid", "pubmed", "pubmeduid", "pubmedpmid", "medlinepmid", "externalidspubmed", "idspmid",
        "pubmedidentifier", "pubmedids", "pmids",
    ),
    "journal": (
        "journal", "publicationtitle", "sourcetitle", "journaltitle", "journalbook", "journalname", "publication", "venue",
        "journalfullname", "containertitle", "primarylocationsourcedisplayname", "secondarytitle", "source", "so", "jt", "jf",
    ),
    "country": (
        "country", "journalcountry", "countryofpublication", "publishercountry", "publicationcountry", "countrycode",
        "placeofpublication", "pl",
    ),
    "keywords": ("keywords", "authorkeywords", "keyword", "keywordsplus", "manualtags", "tags", "kw", "de", "ot"),
    "language": ("language", "languageoforiginaldocument", "lang", "languages", "articlelanguage", "la"),
    "types": ("publicationtype", "documenttype", "publicationtypes", "articletype", "typeofreference", "type", "pt", "dt"),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class ColumnMap:
    """The columns that hold what, by their names in the table's first row; None: to be told by their names."""

    title: str | None = None
    abstract: str | None = None
    year: str | None = None
    doi: str | None = None
    pmid: str | None = None
    journal: str | None = None
    country: str | None = None
    keywords: str | None = None
    language: str | None = None
    types: str | None = None


FIELDS: Final = tuple(field.name for field in fields(ColumnMap))
"""What a column can hold."""


def parse_column_map(pairs: Iterable[str]) -> ColumnMap:
    """A ColumnMap from "field=column name" pairs as they stand on the command line. Raises ConfigError for others."""
    found = ColumnMap()
    for pair in pairs:
        field, sign, column = (part.strip() for part in pair.partition("="))
        field = field.lower()
        if not sign or not column:
            raise ConfigError(
                f"{pair!r} names no column: write field=column name, for instance 'abstract=Abstract Note'. "
                f"Fields: {', '.join(FIELDS)}."
            )
        if field not in FIELDS:
            raise ConfigError(f"{pair!r}: there is no field {field!r}. Fields: {', '.join(FIELDS)}.")
        if (before := getattr(found, field)) is not None:
            raise ConfigError(
                f"{pair!r}: the column of {field!r} was given already, as {before!r}. Give one for each field."
            )
        found = replace(found, **{field: column})
    return found


def places(names: Sequence[str], wanted: ColumnMap | None = None) -> dict[str, int]:
    """Where in `names` the column of each field stands; fields without a column are left out.

    Raises ConfigError, with the names, where a column that is wanted is missing, or neither title nor abstract can be told.
    """
    plain = [_plain(name) for name in names]
    found: dict[str, int] = {}
    for field in FIELDS:
        column = getattr(wanted, field) if wanted else None
        if column is not None:
            found[field] = _place(column, names, plain)
        else:
            place = next((plain.index(name) for name in _NAMES[field] if name in plain), None)
            if place is not None and place not in found.values():
                found[field] = place
    if "title" not in found and "abstract" not in found:
        raise ConfigError(
            f"No column can be told to hold titles or abstracts; there are: {_list(names)}. Say which, for instance "
            "'abstract=Abstract Note'."
        )
    return found


def _place(column: str, names: Sequence[str], plain: Sequence[str]) -> int:
    if column in names:
        return list(names).index(column)
    if (simple := _plain(column)) and simple in plain:
        return list(plain).index(simple)
    raise ConfigError(f"There is no column {column!r}; there are: {_list(names)}.")


def _plain(name: str) -> str:
    return _NOT_PLAIN.sub("", name.casefold())


def _list(names: Sequence[str]) -> str:
    shown = ", ".join(repr(excerpt(name)) for name in names[:_SHOWN])
    return shown + (f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else "") if names else "none"


def record_of(cells: Mapping[str, object], source: str, position: int) -> CorpusRecord | Fault:
    """The record that stands in a row, by field; a fault where it has neither a title nor an abstract."""
    title, abstract = plain_title(one_line(cells.get("title"))), one_line(cells.get("abstract"))
    if not title and not abstract:
        return no_text(" ".join(str(cell) for cell in cells.values() if cell))
    return CorpusRecord(
        source,
        position,
        title=title,
        abstract=abstract,
        keywords=listed(cells.get("keywords")),
        pmid=pmid_of(cells.get("pmid")),
        doi=doi_of([cells.get("doi")]),
        year=year_of(cells.get("year")),
        journal=one_line(cells.get("journal")) or None,
        country=country_code(one_line(cells.get("country"))),
        language=language_code(one_line(cells.get("language"))),
        types=listed(cells.get("types")),
    )


def no_text(beginning: str) -> Fault:
    """The fault of a record in which there is nothing to audit."""
    return Fault("no-text", "The record has neither a title nor an abstract.", excerpt(beginning))
