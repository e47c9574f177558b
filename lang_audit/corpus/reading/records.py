"""What streams through a corpus run: one record of a source, or why one could not be read."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from enum import IntEnum
from typing import NamedTuple

from lang_audit.model import Paper

_DOI = re.compile(r"10\.\d{4,9}/\S+")
_NOT_LETTERS = re.compile(r"[^a-z0-9]+")


class KeyKind(IntEnum):
    """What a key is: an identifier, or the title of a record by the strongest identifier that it has."""

    IDENTIFIER = 0
    TITLE = 1  # of a record with neither PMID nor DOI
    TITLE_WITH_DOI = 2  # but without PMID
    TITLE_WITH_PMID = 3


class Key(NamedTuple):
    """A text that tells a record from others."""

    text: str
    kind: KeyKind


@dataclass(frozen=True, slots=True)
class CorpusRecord:
    """One record: a title and an abstract with what the database says of them, or a whole paper.

    `source` names the input (with the member of an archive after "!"), `position` counts its records from 0, rejected ones
    too. `year` is that of publication; `country` an ISO 3166 code of two letters, of the journal's publisher where the
    database tells no other. `paper` is given for full texts; else `title`, `abstract` and `keywords` are what is audited.
    """

    source: str
    position: int
    title: str = ""
    abstract: str = ""
    keywords: tuple[str, ...] = ()
    pmid: str | None = None
    doi: str | None = None
    year: int | None = None
    journal: str | None = None
    country: str | None = None
    language: str | None = None
    types: tuple[str, ...] = ()
    paper: Paper | None = None

    def keys(self) -> tuple[Key, ...]:
        """What tells this record from others: records that share an identifier are the same work.

        A title counts only with its year, only where it is long enough not to be shared by chance, and less than identifiers
        (running/duplicates.py).
        """
        found = []
        kind = KeyKind.TITLE
        if doi := normal_doi(self.doi):
            found.append(Key(f"doi:{doi}", KeyKind.IDENTIFIER))
            kind = KeyKind.TITLE_WITH_DOI
        if self.pmid:
            found.append(Key(f"pmid:{self.pmid}", KeyKind.IDENTIFIER))
            kind = KeyKind.TITLE_WITH_PMID
        title = normal_title(self.title)
        if len(title) >= 30:
            found.append(Key(f"title:{title}:{self.year or ''}", kind))
        return tuple(found)


@dataclass(frozen=True, slots=True)
class Rejected:
    """A record that could not be read: `code` is a stable slug, `message` says what is wrong, `excerpt` shows its beginning."""

    source: str
    position: int
    code: str
    message: str
    excerpt: str = ""


def normal_doi(doi: str | None) -> str | None:
    """A DOI in lower case without resolver or prefix; None where there is none in the text."""
    found = _DOI.search(doi or "")
    return found.group().rstrip(".,;)]}>\"'").lower() if found else None


def normal_title(title: str) -> str:
    """A title as titles are compared: letters and digits of plain ASCII, in lower case."""
    plain = unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode().lower()
    return _NOT_LETTERS.sub(" ", plain).strip()
