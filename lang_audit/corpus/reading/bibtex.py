"""BibTeX: cut into entries line by line, each read by itself; its LaTeX becomes letters."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any

from lang_audit.corpus.reading.codes import country_code, language_code
from lang_audit.corpus.reading.columns import no_text
from lang_audit.corpus.reading.fields import doi_of, listed, one_line, plain_title, pmid_in_address, pmid_of, year_of
from lang_audit.corpus.reading.records import CorpusRecord, Rejected
from lang_audit.corpus.reading.streams import (
    LARGEST_RECORD,
    BrokenFileError,
    Fault,
    excerpt,
    numbered,
    text_lines,
    too_large,
)

_BEGIN = re.compile(r"\s*@\s*(\w+)\s*[{(]")
_STRING = re.compile(
    r"""@\s*string\s*[{(]\s*([^\s=]+)\s*=\s*(?:\{(.*)\}|"(.*)")\s*[})]\s*$""", re.IGNORECASE | re.DOTALL
)
_NO_RECORDS = frozenset({"comment", "preamble"})
_MOST_STRINGS = 100_000
_KINDS = {
    "article": "Journal Article", "book": "Book", "inbook": "Book Chapter", "incollection": "Book Chapter",
    "phdthesis": "Thesis", "mastersthesis": "Thesis", "inproceedings": "Conference Paper", "conference": "Conference Paper",
}  # fmt: skip


def read(path: Path, source: str, start: int = 0) -> Iterator[CorpusRecord | Rejected]:
    """The entries of a BibTeX file from that of number `start` on; strings, comments and preambles are none."""
    strings: dict[str, str] = {}

    def make(entry: str, position: int) -> CorpusRecord | Fault:
        return _record(entry, source, position, strings)

    logging.getLogger("bibtexparser").setLevel(logging.CRITICAL)  # what it warns of becomes a Rejected
    yield from numbered(source, start, _entries(path, strings), make)


def recognises(head: str) -> bool:
    """Whether a text holds the beginning of a BibTeX entry."""
    return re.search(r"^\ufeff?\s*@\w+\s*\{\s*[^\s,{}]*\s*,", head, re.MULTILINE) is not None


def _entries(path: Path, strings: dict[str, str]) -> Iterator[str | Fault]:
    entry: list[str] = []
    kind, size = "", 0
    for line in text_lines(path):
        if begin := _BEGIN.match(line):
            if entry:
                yield from _whole("".join(entry), kind, strings)
            entry, kind, size = [], begin[1].lower(), 0
        elif not kind:
            continue
        size += len(line)
        if size > LARGEST_RECORD:
            if entry or begin:
                yield too_large(line if begin else entry[0])
            entry, kind = [], ""
            continue
        entry.append(line)
    if not entry:
        return
    last = "".join(entry)
    if kind not in _NO_RECORDS and not _closes(last):
        raise BrokenFileError(f"it ends within an entry, which begins with {excerpt(last)!r}")
    yield from _whole(last, kind, strings)


def _whole(entry: str, kind: str, strings: dict[str, str]) -> Iterator[str]:
    if kind == "string":
        if (found := _STRING.match(entry.strip())) and len(strings) < _MOST_STRINGS:
            strings[found[1].casefold()] = found[2] or found[3] or ""
    elif kind not in _NO_RECORDS:
        yield entry


def _closes(entry: str) -> bool:
    """Whether every brace that opens in the entry closes."""
    depth = 0
    for brace in re.findall(r"(?<!\\)[{}]", entry):
        depth += 1 if brace == "{" else -1
        if depth == 0:
            return True
    return depth == 0 and entry.rstrip().endswith((")", "}"))


def _record(text: str, source: str, position: int, strings: dict[str, str]) -> CorpusRecord | Fault:
    from bibtexparser.entrypoint import parse_string
    from bibtexparser.middlewares import RemoveEnclosingMiddleware
    from bibtexparser.model import Entry

    library = parse_string(text, parse_stack=[RemoveEnclosingMiddleware(allow_inplace_modification=True)])
    entries = [block for block in library.blocks if isinstance(block, Entry)]
    if not entries:
        failed = next(iter(library.failed_blocks), None)
        if entries_again := [
            again for again in [getattr(failed, "ignore_error_block", None)] if isinstance(again, Entry)
        ]:
            entries = entries_again  # a field that stands twice: the entry is whole
        else:
            why = str(failed.error).strip().partition("\n")[0].rstrip(".") if failed else "it holds no fields"
            return Fault("malformed-entry", f"The entry is no BibTeX: {why}.", excerpt(text))
    told: dict[str, str] = {}
    for field in entries[0].fields:
        told.setdefault(field.key.casefold(), strings.get(str(field.value).casefold(), str(field.value)))
    return _of_fields(
        {name: _plain(value) for name, value in told.items()}, entries[0].entry_type, text, source, position
    )


def _of_fields(told: dict[str, str], kind: str, text: str, source: str, position: int) -> CorpusRecord | Fault:
    title, abstract = plain_title(told.get("title", "")), told.get("abstract", "")
    if not title and not abstract:
        return no_text(text)
    journal = next((told[name] for name in ("journal", "journaltitle", "booktitle", "series") if told.get(name)), None)
    return CorpusRecord(
        source,
        position,
        title=title,
        abstract=abstract,
        keywords=listed(told.get("keywords") or told.get("author_keywords")),
        pmid=pmid_of(told.get("pmid") or told.get("pubmed_id")) or pmid_in_address(told.get("url", "")),
        doi=doi_of([told.get("doi"), told.get("url") if "doi.org/" in told.get("url", "") else None]),
        year=year_of(told.get("year")) or year_of(told.get("date")),
        journal=journal,
        country=country_code(told.get("country")),
        language=language_code(told.get("language") or told.get("langid")),
        types=(_KINDS.get(kind.lower(), kind),),
    )


@cache
def _decoder() -> Any:
    return import_module("pylatexenc.latex2text").LatexNodes2Text(keep_comments=True)  # comes with bibtexparser


def _plain(value: str) -> str:
    """A value without LaTeX: commands become the letters that they stand for, braces go."""
    if "\\" in value or "$" in value:
        try:
            value = _decoder().latex_to_text(value)
        except Exception:  # it stops at what is no LaTeX in many ways; then its words stand as they are
            value = value.replace("\\", "")
    return one_line(re.sub(r"[{}]", "", value))
