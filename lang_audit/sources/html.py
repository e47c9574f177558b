"""HTML: manuscripts that a word processor or Pandoc exported, and journal pages saved from the browser. Nothing is fetched.

Every word keeps its place in the decoded file.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from lang_audit.errors import UnreadableError
from lang_audit.model import Metadata, Paper, Problem
from lang_audit.sources import Reader
from lang_audit.sources import text as plain_text
from lang_audit.sources.blocks import Block, paper_from_blocks
from lang_audit.sources.divisions import after_divisions
from lang_audit.sources.headings import section_kind

if TYPE_CHECKING:
    from lang_audit.sources.html_blocks import Page, Zoned

_CHARSET = re.compile(
    rb"<(?:meta\b[^>]{0,200}?charset\s*=|\?xml\b[^>]{0,100}?encoding\s*=)\s*[\"']?\s*([\w.:-]{2,30})", re.I
)
_ONE_BYTE = re.compile(r"(?:windows-|cp)-?125\d|iso-?8859-\d{1,2}|latin-?\d|koi8-[ru]|macintosh", re.IGNORECASE)
_AS_BROWSERS = {"iso-8859-1": "cp1252", "latin1": "cp1252", "latin-1": "cp1252", "macintosh": "mac-roman"}
_COMMENT = re.compile(rb"<!--.*?(?:-->|\Z)|<\?.*?(?:\?>|\Z)", re.DOTALL)
_ROOT = re.compile(rb"\s*<(?:!doctype\s+html\b|html\b)", re.IGNORECASE)
_YEAR = re.compile(r"\b(?:1[89]|20)\d\d\b")
_HEAD = 4096
_MOST = 0.7  # of a page's words: a main part that holds as many is the paper, and the rest is the website's


def read(path: Path) -> Iterator[Paper]:
    """The one paper in a page of HTML.

    Raises UnreadableError for a file that is empty, binary, or without words. A file in an old encoding that it does not
    name gives a paper with the problem `not-utf8`.
    """
    # imported here: every format is asked whether a file is its own, few read it
    from lang_audit.sources.html_blocks import Page

    text, problems = decode(path.read_bytes())
    if not text.strip():
        raise UnreadableError("empty-file", "The file is empty.", "Save or export the page again.")
    page = Page(text)
    paper = paper_from_blocks(
        after_divisions(_blocks(page)), path.stem, str(path), metadata=_metadata(page), problems=problems
    )
    if not any(character.isalpha() for character in paper.text):
        raise UnreadableError(
            "no-text",
            "The page holds no words to read: they may be loaded by a script, or stand in pictures.",
            "Open it in a browser and save it as a complete page, or give the paper's PDF.",
        )
    yield paper


def recognises(head: bytes) -> bool:
    """Whether a file that begins with `head` is HTML, by its document type or its first element."""
    bare = head.replace(b"\0", b"").lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n")
    return _ROOT.match(_COMMENT.sub(b"", bare)) is not None


READER = Reader("html", (".html", ".htm", ".xhtml"), recognises, read, outweighs_name=False)


def decode(data: bytes) -> tuple[str, tuple[Problem, ...]]:
    """The characters of a page, as text is decoded; where that must guess, by the encoding that the page names.

    Only encodings of one byte a character count there, so that every place is the same whoever decodes the file.
    """
    text, problems = plain_text.decode(data)
    named = _CHARSET.search(data, 0, _HEAD)
    name = named[1].decode("ascii").lower() if named and problems else ""
    if not _ONE_BYTE.fullmatch(name):
        return text, problems
    try:
        return data.decode(_AS_BROWSERS.get(name, name)), ()
    except (UnicodeError, LookupError):
        return text, problems


def _blocks(page: Page) -> Iterator[Block]:
    """The blocks of the paper: without the website's about it, its title named as such."""
    found = page.blocks
    words = sum(len(zoned.block.text) for zoned in found)
    own = sum(len(zoned.block.text) for zoned in found if zoned.main)
    if own >= _MOST * words:
        found = [zoned for zoned in found if zoned.main]
    found = list(_titles_on_top(found))
    title = _title(found)
    if title is None and page.title and not any(zoned.block.section == "title" for zoned in found):
        yield Block("heading", page.title, section="title")
    for k, zoned in enumerate(found):
        yield zoned.block._replace(section="title", level=1) if k == title else zoned.block


def _titles_on_top(found: list[Zoned]) -> Iterator[Zoned]:
    """The blocks; what is styled as a title below another heading is a paragraph (of a box of related articles, say)."""
    below = False
    for zoned in found:
        block = zoned.block
        if block.kind == "heading" and block.section == "title" and below and not zoned.first_rank:
            zoned = zoned._replace(block=block._replace(kind="paragraph", section=None))
        below = below or (block.kind == "heading" and block.section != "title")
        yield zoned


def _title(found: list[Zoned]) -> int | None:
    """Which block is the title: the only heading of the first rank, or the first of them if it names no section."""
    if any(zoned.block.section == "title" for zoned in found):
        return None
    first = next((k for k, zoned in enumerate(found) if zoned.first_rank), None)
    if first is None or section_kind(found[first].block.text) is not None:
        return None
    return first


def _metadata(page: Page) -> Metadata:
    """What the page's head says of the paper, as journals and Pandoc write it."""

    def told(*names: str) -> str:
        return next(
            (" ".join(page.meta[name][0].split()) for name in names if page.meta.get(name, [""])[0].strip()), ""
        )

    year = _YEAR.search(
        told("citation_publication_date", "citation_date", "citation_year", "dc.date", "dcterms.date", "date")
    )
    doi = re.search(r"10\.\d{4,9}/\S+", told("citation_doi", "dc.identifier", "prism.doi"))
    names = next((page.meta[name] for name in ("citation_author", "dc.creator", "author") if page.meta.get(name)), [])
    return Metadata(
        title=told("citation_title", "dc.title") or None,
        year=int(year[0]) if year else None,
        doi=doi[0] if doi else None,
        journal=told("citation_journal_title", "prism.publicationname") or None,
        authors=tuple(name for name in (_given_first(name) for name in names) if name),
    )


def _given_first(name: str) -> str:
    surname, comma, given = " ".join(name.split()).partition(", ")
    return f"{given} {surname}" if comma else surname
