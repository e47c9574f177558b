"""References of the included studies, from the file that a review keeps them in: RIS, BibTeX, or a table (CSV, TSV).

The readers of the formats are imported when a file of theirs is read. A file that cannot be used is a ConfigError with file and
line: nothing of it is guessed at.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import pairwise
from pathlib import Path
from typing import Any, Final, NamedTuple

from lang_audit.errors import ConfigError
from lang_audit.model import Metadata
from lang_audit.sources.reference_fields import authors_of, clean, plain_doi, year_of

_FORMATS: Final = "RIS (.ris), BibTeX (.bib), or a table (.csv, .tsv)"
_SAVE_AS: Final = f"Save the references as {_FORMATS}: Zotero, EndNote, Mendeley, Rayyan and Covidence can."

# Names of columns in exports of Zotero, EndNote, Rayyan, Covidence, PubMed, Scopus, Web of Science: letters and digits only.
_COLUMNS: Final[dict[str, tuple[str, ...]]] = {
    "title": ("title", "articletitle", "documenttitle", "primarytitle", "papertitle", "studytitle", "ti", "t1"),
    "doi": ("doi", "doilink", "articledoi", "electronicresourcenumber", "do"),
    "year": ("year", "publicationyear", "publishedyear", "yearpublished", "pubyear", "py", "date", "publicationdate"),
    "authors": ("author", "authors", "authorfullnames", "authornames", "allauthors", "au", "firstauthor"),
    "journal": ("journal", "publicationtitle", "sourcetitle", "journalbook", "journaltitle", "journalname", "so"),
}


class Reference(NamedTuple):
    """One reference: what it says, and the line of the file on which it starts."""

    metadata: Metadata
    line: int


def read_references(path: Path) -> tuple[Reference, ...]:
    """The references in `path`, in the order of the file; the format goes by the content, then by the suffix.

    Raises ConfigError, with file and line, for a file that is no reference file or holds a broken reference.
    """
    text = _text(path)
    found = tuple(_reader(path, text)(path, text))
    if not found:
        raise ConfigError(f"{path}:1: holds no reference with a title or a DOI. {_SAVE_AS}")
    return found


def _text(path: Path) -> str:
    try:
        data = path.read_bytes()
    except OSError as error:
        raise ConfigError(f"{path}: cannot be read: {error.strerror}. Check the path.") from error
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return data.decode("utf-16", errors="replace")
    if b"\0" in data[:4096]:
        raise ConfigError(f"{path}:1: is no text file. {_SAVE_AS}")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:  # exports of older programs
        return data.decode("cp1252", errors="replace")


def _reader(path: Path, text: str) -> Callable[[Path, str], Iterator[Reference]]:
    suffix = path.suffix.lower()
    if not text.strip():
        raise ConfigError(f"{path}:1: is empty. {_SAVE_AS}")
    if re.search(r"^TY  ?-", text, re.MULTILINE):
        return _ris
    if suffix not in (".csv", ".tsv") and re.search(r"^\s*@\w+\s*[{(]", text, re.MULTILINE):
        return _bibtex
    if suffix in (".csv", ".tsv"):
        return _table
    if suffix == ".ris":
        raise ConfigError(f"{path}:1: is no RIS: no line begins with 'TY  - '. {_SAVE_AS}")
    if suffix == ".bib":
        raise ConfigError(f"{path}:1: is no BibTeX: no entry begins with '@'. {_SAVE_AS}")
    raise ConfigError(f"{path}: is no file of references that lang-audit reads. {_SAVE_AS}")


def _reference(
    line: int, *, title: object, doi: object, year: object, journal: object, authors: Iterable[str]
) -> Iterator[Reference]:
    """The reference, where it has a title or a DOI: without either it could never be matched."""
    name, identifier = clean(title), plain_doi(doi)
    if name or identifier:
        people = tuple(person for author in authors if (person := clean(author)))
        yield Reference(
            Metadata(title=name, doi=identifier, year=year_of(year), journal=clean(journal), authors=people), line
        )


def _ris(path: Path, text: str) -> Iterator[Reference]:
    import rispy

    lines = re.split(r"\r\n|\r|\n", text)
    starts = [number for number, line in enumerate(lines, 1) if re.match(r"TY  ?-", line)]
    starts.append(len(lines) + 1)
    for start, after in pairwise(starts):
        block = lines[start - 1 : after - 1]
        ends = [k for k, line in enumerate(block) if re.match(r"ER  ?-", line)]
        if not ends:
            raise ConfigError(
                f"{path}:{start}: the reference that begins here does not end: no line 'ER  - ' before line {after}. {_SAVE_AS}"
            )
        try:
            (entry,) = rispy.loads("\n".join(_two_blanks(line) for line in block[: ends[0] + 1]))
        except (rispy.parser.ParseError, OSError, ValueError, KeyError, TypeError) as error:
            raise ConfigError(
                f"{path}:{start}: the reference that begins here is no RIS: {error}. {_SAVE_AS}"
            ) from error
        yield from _of_ris(start, entry)


def _two_blanks(line: str) -> str:
    """The line with the tag set off as RIS asks for; some programs write one blank or none after the hyphen."""
    return re.sub(r"^([A-Z][A-Z0-9])  ?-\s?", r"\1  - ", line)


def _of_ris(line: int, entry: Mapping[str, Any]) -> Iterator[Reference]:
    def first(*names: str) -> Any:
        return next((entry[name] for name in names if entry.get(name)), None)

    yield from _reference(
        line,
        title=first("title", "primary_title", "translated_title"),
        doi=first("doi")
        or next((url for url in _listed(first("urls", "url", "file_attachments2")) if "doi.org/" in url), None),
        year=first("year", "publication_year", "date"),
        journal=first("journal_name", "secondary_title", "alternate_title3", "alternate_title2", "alternate_title1"),
        authors=_listed(first("authors", "first_authors")),
    )


def _listed(value: Any) -> list[str]:
    return [str(v) for v in value] if isinstance(value, list | tuple) else [str(value)] if value else []


def _bibtex(path: Path, text: str) -> Iterator[Reference]:
    import logging

    from bibtexparser.entrypoint import parse_string
    from bibtexparser.middlewares import LatexDecodingMiddleware
    from bibtexparser.model import DuplicateBlockKeyBlock, Entry

    logging.getLogger("bibtexparser").setLevel(logging.CRITICAL)  # its warnings become our errors
    library = parse_string(text, append_middleware=[LatexDecodingMiddleware()])
    entries = list(library.entries)
    for block in library.failed_blocks:
        again = block.ignore_error_block if isinstance(block, DuplicateBlockKeyBlock) else None
        if not isinstance(again, Entry):
            line = (block.start_line or 0) + 1
            why = str(block.error).strip().partition("\n")[0].rstrip(".") or "it cannot be read"
            raise ConfigError(
                f"{path}:{line}: the entry that begins here is broken: {why}. Mend its braces and commas, or leave it out."
            )
        entries.append(again)  # two entries under one key are two references all the same
    for entry in sorted(entries, key=lambda entry: entry.start_line or 0):
        fields = {field.key.lower(): str(field.value) for field in entry.fields}
        authors = re.split(r"\s+and\s+", re.sub(r"\s+", " ", fields.get("author", "")))
        yield from _reference(
            (entry.start_line or 0) + 1,
            title=fields.get("title"),
            doi=fields.get("doi") or fields.get("url"),
            year=fields.get("year") or fields.get("date"),
            journal=fields.get("journal") or fields.get("journaltitle"),
            authors=(author for author in authors if author.strip().lower() != "others"),
        )


def _table(path: Path, text: str) -> Iterator[Reference]:
    head = next(line for line in text.splitlines() if line.strip())
    mark = "\t" if path.suffix.lower() == ".tsv" else max(",;\t", key=head.count)
    csv.field_size_limit(10_000_000)
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=mark)
    columns: dict[str, int] | None = None
    while True:
        line = rows.line_num + 1
        try:
            row = next(rows, None)
        except csv.Error as error:
            raise ConfigError(
                f"{path}:{line}: the row that begins here is broken: {error}. Save the table as CSV again."
            ) from error
        if row is None:
            return
        if not any(cell.strip() for cell in row):
            continue
        if columns is None:
            columns = _columns(path, line, row)
            continue
        cells = {name: row[k] if k < len(row) else "" for name, k in columns.items()}
        yield from _reference(
            line,
            title=cells.get("title"),
            doi=cells.get("doi"),
            year=cells.get("year"),
            journal=cells.get("journal"),
            authors=authors_of(cells.get("authors", "")),
        )


def _columns(path: Path, line: int, heads: list[str]) -> dict[str, int]:
    """Where the fields stand; of two columns for one field the name that is listed first counts."""
    plain = [re.sub(r"[^a-z0-9]", "", head.casefold()) for head in heads]
    found = {
        field: plain.index(name)
        for field, names in _COLUMNS.items()
        if (name := next((name for name in names if name in plain), None))
    }
    if "title" not in found and "doi" not in found:
        seen = ", ".join(repr(head) for head in heads[:8])
        raise ConfigError(
            f"{path}:{line}: the first row names neither a title nor a doi column (it has {seen}). Name the columns title, doi, "
            "author, year, journal; title or doi is needed."
        )
    return found
