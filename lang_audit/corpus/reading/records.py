"""What streams through a corpus run: one record of a source, or why one could not be read."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from lang_audit.model import Paper

_DOI = re.compile(r"10\.\d{4,9}/\S+")
_NOT_LETTERS = re.compile(r"[^a-z0-9]+")


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

    def keys(self) -> tuple[str, ...]:
        """What tells this record from others: records that share one of these are the same work.

        A title counts only with its year, and only where it is long enough not to be shared by chance.
        """
        found = []
        if self.pmid:
            found.append(f"pmid:{self.pmid}")
        if doi := normal_doi(self.doi):
            found.append(f"doi:{doi}")
        title = normal_title(self.title)
        if len(title) >= 30:
            found.append(f"title:{title}:{self.year or ''}")
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
