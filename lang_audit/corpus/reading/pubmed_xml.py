"""PubMed XML: the baseline and update files of the National Library of Medicine, and what its `efetch` gives.

A file is cut at the end tags of its records, and each is parsed by itself without what nobody asks for (authors, references,
headings): that is several times as fast as parsing the whole, needs the memory of one record, and a broken record breaks
none but itself. No DTD is loaded and no entity expanded.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from itertools import chain, pairwise
from pathlib import Path
from typing import Final

from lxml import etree

from lang_audit.corpus.reading.codes import country_code, language_code
from lang_audit.corpus.reading.fields import plain_title, year_of
from lang_audit.corpus.reading.records import CorpusRecord, Rejected, normal_doi
from lang_audit.corpus.reading.streams import (
    LARGEST_RECORD,
    BrokenFileError,
    Fault,
    chunks,
    excerpt,
    numbered,
    too_large,
)

Element = etree._Element

_ARTICLE_END: Final = b"</PubmedArticle>"
_BOOK_END: Final = b"</PubmedBookArticle>"
_START = re.compile(rb"<Pubmed(?:Book)?Article[\s>]")
_ARTICLE, _BOOK = b"<PubmedArticle", b"<PubmedBookArticle"
_KEPT = len(_BOOK_END)  # bytes of a piece in which the beginning of an end tag may stand
_SET = re.compile(rb"<Pubmed(?:Book)?ArticleSet[\s>]")
_HEAD = 2000  # bytes in which the set begins
_SETS = (b"</PubmedArticleSet>", b"</PubmedBookArticleSet>")
_ENCODING = re.compile(rb"""^\s*<\?xml[^>]*\bencoding\s*=\s*["']([A-Za-z0-9._-]+)["']""")
_NOT_ASKED_FOR: Final = (
    tuple(  # in the order of the DTD: in another order they are found no more, and parsed with the rest
        (b"<" + name, b"</" + name + b">") for name in (b"AuthorList", b"MeshHeadingList", b"History", b"ReferenceList")
    )
)
_NO_LABELS = frozenset({"UNLABELLED", "UNLABELED", "UNASSIGNED"})


def read(path: Path, source: str, start: int = 0) -> Iterator[CorpusRecord | Rejected]:
    """The records of a file of PubMed XML, packed or not, from that of number `start` on."""
    yield from numbered(source, start, _pieces(path), lambda piece, position: _record(piece, source, position))


def recognises(head: bytes) -> bool:
    """Whether a file that begins with `head` holds records of PubMed."""
    text = head.replace(b"\0", b"").lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n")  # in UTF-16, zero bytes stand between
    return text.startswith(b"<") and re.search(rb"<Pubmed(?:Book)?Article(?:Set)?[\s>]", text) is not None


def _pieces(path: Path) -> Iterator[bytes | Fault]:
    """The records of the file, each from its start tag to its end tag; a record without end tag is a fault."""
    left = tail = b""
    too_long = books = in_set = False
    for chunk in _in_utf_8(chunks(path)):
        in_set = in_set or _SET.search(chunk[:_HEAD]) is not None
        searched = max(0, len(left) - _KEPT)
        left += chunk
        books = books or left.find(_BOOK, searched) >= 0  # hardly ever: then nobody has to look for their ends
        begin = 0
        article = left.find(_ARTICLE_END, searched)
        book = left.find(_BOOK_END, searched) if books else -1
        while article >= 0 or book >= 0:
            if book < 0 or 0 <= article < book:
                end = article + len(_ARTICLE_END)
                article = left.find(_ARTICLE_END, end)
            else:
                end = book + len(_BOOK_END)
                book = left.find(_BOOK_END, end)
            if too_long:  # its fault was told when it grew too long
                too_long = False
            else:
                yield from _cut(left[begin:end], books)
            begin = end
        left = left[begin:]
        if len(left) > LARGEST_RECORD:
            if not too_long and _START.search(left):
                yield too_large(left)
                too_long = True
            left = left[-_KEPT:]
        tail = (tail + chunk)[-200:]
    if not too_long and (found := _START.search(left)):
        raise BrokenFileError(f"it ends within a record, which begins with {excerpt(left[found.start() :])!r}")
    if in_set and not any(close in tail for close in _SETS):
        raise BrokenFileError("the end tag of the set of records is missing")


def _cut(piece: bytes, books: bool) -> Iterator[bytes | Fault]:
    """The record that ends where `piece` ends; records before it in the piece lack their end."""
    begin = piece.find(_ARTICLE)
    if (
        begin >= 0
        and not books
        and piece.find(_ARTICLE, begin + 20) < 0
        and piece[begin + 14 : begin + 15] in b"> \t\r\n"
    ):
        yield piece[begin:]
        return
    starts = [found.start() for found in _START.finditer(piece)]
    if not starts:
        yield Fault("malformed-xml", "An end tag stands where no record began.", excerpt(piece[-400:]))
        return
    for begin, end in pairwise(starts):
        yield Fault("malformed-xml", "The record has no end tag.", excerpt(piece[begin:end]))
    yield piece[starts[-1] :]


def _in_utf_8(stream: Iterator[bytes]) -> Iterator[bytes]:
    """The file in UTF-8, in which PubMed writes; other encodings are those of people's own tools."""
    first = next(stream, b"")
    declared = _ENCODING.match(first.removeprefix(codecs.BOM_UTF8))
    name = declared[1].decode("ascii").lower() if declared else "utf-8"
    if first.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        name = "utf-16"
    try:
        codec = codecs.lookup(name)
    except LookupError:
        codec = codecs.lookup("utf-8")
    if codec.name in ("utf-8", "ascii"):
        yield first
        yield from stream
        return
    decoder = codec.incrementaldecoder(errors="replace")
    for chunk in chain([first], stream):
        yield decoder.decode(chunk).encode()


def _record(piece: bytes, source: str, position: int) -> CorpusRecord | Fault:
    try:
        root = etree.fromstring(_without_the_rest(piece), _PARSER)
    except etree.XMLSyntaxError as error:
        return Fault("malformed-xml", f"The record is no well-formed XML: {error.msg}.", excerpt(piece))
    found = _of_book(root) if root.tag == "PubmedBookArticle" else _of_article(root)
    if not found.get("title") and not found.get("abstract"):
        return Fault("no-text", "The record has neither a title nor an abstract.", excerpt(piece))
    return CorpusRecord(source, position, **found)  # type: ignore[arg-type]


_PARSER: Final = etree.XMLParser(
    resolve_entities=False, load_dtd=False, no_network=True, remove_comments=True, remove_pis=True, huge_tree=True
)


def _without_the_rest(piece: bytes) -> bytes:
    """The record without the parts that are not asked for; whole where a comment or CDATA might only look like them."""
    if b"!" in piece and b"<!" in piece:  # one letter is looked for much faster than two
        return piece
    kept: list[bytes] = []
    at = 0
    for opening, closing in _NOT_ASKED_FOR:
        begin = piece.find(opening, at)
        if begin < 0:
            continue
        # Lists of references stand within each other, at the end of the record.
        end = piece.rfind(closing) if opening == b"<ReferenceList" else piece.find(closing, begin)
        tag_end = piece.find(b">", begin)
        if end < tag_end or piece[tag_end - 1 : tag_end] == b"/":  # no end tag, or an empty element
            continue
        kept.append(piece[at:begin])
        at = end + len(closing)
    kept.append(piece[at:])
    return b"".join(kept)


def _text(element: Element) -> str:
    """The words in an element, markup taken out, on one line."""
    text = "".join(element.itertext()) if len(element) else element.text or ""  # type: ignore[arg-type]
    if text.isascii() and "\n" not in text and "\t" not in text and "  " not in text:
        return text.strip()
    return " ".join(text.split())


def _inside(element: Element, tag: str) -> str | None:
    """The text of the first child of that name; `findtext` takes ten times as long."""
    return next((part.text for part in element if part.tag == tag), None)


def _of_article(root: Element) -> dict[str, object]:
    found: dict[str, object] = {}
    for part in root:
        if part.tag == "MedlineCitation":
            _citation(part, found)
        elif part.tag == "PubmedData":
            for inner in part:
                if inner.tag == "ArticleIdList":
                    _identifiers(inner, found)
                    break
    return found


def _citation(citation: Element, found: dict[str, object]) -> None:
    keywords: list[str] = []
    for part in citation:
        tag = part.tag
        if tag == "PMID":
            found["pmid"] = _text(part) or None
        elif tag == "Article":
            _article(part, found)
        elif tag == "MedlineJournalInfo":
            found["country"] = country_code(_inside(part, "Country"))
            if not found.get("journal"):
                found["journal"] = _inside(part, "MedlineTA") or None
        elif tag == "KeywordList":
            keywords += (word for keyword in part if (word := _text(keyword)))
    if keywords:
        found["keywords"] = tuple(keywords)


def _article(article: Element, found: dict[str, object]) -> None:
    electronic: int | None = None
    for part in article:
        tag = part.tag
        if tag == "Journal":
            _journal(part, found)
        elif tag == "ArticleTitle":
            found["title"] = plain_title(_text(part))
        elif tag == "ELocationID":
            if part.get("EIdType") == "doi" and part.get("ValidYN") != "N":
                found.setdefault("doi", normal_doi(part.text))
        elif tag == "Abstract":
            found["abstract"] = _abstract(part)
        elif tag == "Language":
            found.setdefault("language", language_code(part.text))
        elif tag == "PublicationTypeList":
            found["types"] = tuple(name for kind in part if (name := _text(kind)))
        elif tag == "ArticleDate":
            electronic = year_of(_inside(part, "Year"))
    if found.get("year") is None:
        found["year"] = electronic


def _journal(journal: Element, found: dict[str, object]) -> None:
    for part in journal:
        if part.tag == "Title":
            found["journal"] = _text(part) or None
        elif part.tag == "JournalIssue":
            for date in part.iterchildren("PubDate"):
                found["year"] = _year(date)


def _year(date: Element) -> int | None:
    """The year of "Year", or the first of a "MedlineDate" such as "1998 Dec-1999 Jan"."""
    return next((year for part in date if part.tag in ("Year", "MedlineDate") and (year := year_of(part.text))), None)


def _abstract(abstract: Element) -> str:
    parts = []
    for part in abstract:
        if part.tag != "AbstractText" or not (text := _text(part)):
            continue
        label = " ".join((part.get("Label") or "").split())
        parts.append(f"{label}: {text}" if label and label.upper() not in _NO_LABELS else text)
    return " ".join(parts)


def _identifiers(ids: Element, found: dict[str, object]) -> None:
    for part in ids:
        kind = part.get("IdType")
        if kind == "doi" and not found.get("doi"):
            found["doi"] = normal_doi(part.text)
        elif kind == "pubmed" and not found.get("pmid"):
            found["pmid"] = _text(part) or None


def _of_book(root: Element) -> dict[str, object]:
    """A book of the NCBI Bookshelf, or a chapter of one: the chapter's title, the book as its journal."""
    found: dict[str, object] = {}
    document = root.find("BookDocument")
    if document is None:
        return found
    keywords: list[str] = []
    book_title = ""
    for part in document:
        tag = part.tag
        if tag == "PMID":
            found["pmid"] = _text(part) or None
        elif tag == "Book":
            for inner in part:
                if inner.tag == "BookTitle":
                    book_title = plain_title(_text(inner))
                elif inner.tag == "PubDate":
                    found["year"] = _year(inner)
                elif inner.tag == "Publisher":
                    found["country"] = _place(_inside(inner, "PublisherLocation"))
        elif tag in ("ArticleTitle", "VernacularTitle"):
            found["title"] = found.get("title") or plain_title(_text(part))
        elif tag == "Abstract":
            found["abstract"] = _abstract(part)
        elif tag == "Language":
            found.setdefault("language", language_code(part.text))
        elif tag == "PublicationType":
            found["types"] = (*found.get("types", ()), _text(part))  # type: ignore[misc]
        elif tag == "KeywordList":
            keywords += (word for keyword in part if (word := _text(keyword)))
        elif tag == "ArticleIdList":
            _identifiers(part, found)
    found["title"] = found.get("title") or book_title
    found["journal"] = book_title or None
    if keywords:
        found["keywords"] = tuple(keywords)
    return found


def _place(location: str | None) -> str | None:
    """The country of a publisher's place such as "Bethesda (MD)" or "London, England"; None where it names none."""
    return country_code((location or "").rpartition(",")[2])
