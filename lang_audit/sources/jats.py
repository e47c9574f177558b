"""JATS and NLM article XML: the form in which PubMed Central and most publishers hand out full texts.

Entities are never fetched or expanded and no DTD is loaded, so a hostile file is at worst an unreadable one.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from html.entities import html5
from pathlib import Path

from lxml import etree

from lang_audit.errors import UnreadableError
from lang_audit.model import Metadata, Origin, Paper, Problem
from lang_audit.sources import Reader
from lang_audit.sources.jats_sections import ArticleText, title_words
from lang_audit.sources.jats_words import Element, flat
from lang_audit.sources.section_places import sections_of

_ROOTS = frozenset({"article", "articles", "pmc-articleset"})
_COMMENT = re.compile(r"<!--.*?(?:-->|\Z)", re.DOTALL)
_FIRST_TAG = re.compile(r"<(?:[A-Za-z_][\w.-]*:)?([A-Za-z_][\w.-]*)")
_NAMED_ENTITY = re.compile(rb"&([A-Za-z_][A-Za-z0-9_.-]*);")
_OWN_ENTITY = re.compile(rb"""<!ENTITY\s+([A-Za-z_][A-Za-z0-9_.-]*)\s+(["'])([^"'&<%]{1,100})\2\s*>""")
_XML_ENTITIES = frozenset({b"amp", b"lt", b"gt", b"quot", b"apos"})
_NOT_PUBLISHED = frozenset({"pmc-release", "nihms-submitted", "preprint", "retracted", "corrected"})


def read(path: Path) -> Iterator[Paper]:
    """Every article in a JATS file; a collection gives one paper an article, with ids "name", "name-2", "name-3" ...

    Raises UnreadableError where the file is not XML, not JATS, or holds no words. XML that is broken but still holds an
    article gives a paper with the problem `malformed-xml`; an article without body has the problem `no-body`.
    """
    data = path.read_bytes()
    root, broken = _parse(data)
    articles = [a for a in root.iter("article") if any(child.tag in ("front", "body", "article-meta") for child in a)]
    if not articles:
        raise _unreadable(root, broken)
    for number, article in enumerate(articles, start=1):
        paper = _paper(article, path, number, broken, data)
        if not paper.text and len(articles) == 1:
            raise _unreadable(article, broken)
        yield paper


def recognises(head: bytes) -> bool:
    """Whether a file that begins with `head` is XML with an article, or a set of articles, as its root."""
    text = head.replace(b"\0", b"").decode("latin-1")  # in UTF-16, markup is ASCII with zero bytes between
    text = text.lstrip("\xef\xbb\xbf\xff\xfe \t\r\n")
    root = _FIRST_TAG.search(_COMMENT.sub("", text))
    return text.startswith("<") and root is not None and root.group(1) in _ROOTS


READER = Reader("jats", (".xml", ".nxml", ".jats"), recognises, read)


def _unreadable(root: Element, broken: Problem | None) -> UnreadableError:
    """Why a file gives no paper: its XML is broken, it is XML of another kind, or an article without words."""
    if broken:
        return UnreadableError("malformed-xml", f"{broken.message} No article can be made out.", broken.remedy)
    if root.tag == "article" and next(root.iterchildren("front", "body", "article-meta"), None) is not None:
        return UnreadableError("no-text", "The article holds no words.", "Download or export the file again.")
    return UnreadableError(
        "not-jats",
        f"The file is XML but not JATS: its root element is <{root.tag}>, without an <article> that has a <body>.",
        "Give the article's JATS (NLM) XML, as PubMed Central offers it, or its PDF.",
    )


def _paper(article: Element, path: Path, number: int, broken: Problem | None, data: bytes) -> Paper:
    written = ArticleText(article)
    problems = [broken] if broken else []
    body = next(article.iterchildren("body"), None)
    if body is None or not flat(body):
        problems.append(
            Problem(
                code="no-body",
                message="The XML holds no body: only title, abstract and what else stands in front was read.",
                remedy="Give the full text (its PDF, or XML with a <body>) for an appraisal of the whole paper.",
            )
        )
    return Paper(
        id=path.stem if number == 1 else f"{path.stem}-{number}",
        source=str(path),
        text=written.text,
        sections=sections_of(written.placed),
        passages=tuple(passage for passage, _ in written.placed),
        citations=tuple(written.citations),
        origins=_origins(written, data),
        metadata=_metadata(article),
        problems=tuple(problems),
    )


def _origins(written: ArticleText, data: bytes) -> tuple[Origin, ...]:
    """For each passage the characters of the file from the line of its block to that of the next one that comes later.

    The parser tells lines only, so words have no place of their own. None where the file is not UTF-8.
    """
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return ()
    skipped = text[: len(text) - len(text.lstrip())].count("\n")  # as the parser does not see them
    starts = [0, *(end.end() for end in re.finditer("\n", text))]
    line_starts = sorted(set(written.lines))
    found = []
    for (passage, _), line in zip(written.placed, written.lines, strict=True):
        k = bisect_right(line_starts, line)
        last = line_starts[k] + skipped if k < len(line_starts) else len(starts) + 1
        at = starts[min(line + skipped, len(starts)) - 1]
        upto = starts[last] if last < len(starts) else len(text)
        if upto - at != passage.end - passage.start:  # equal lengths would mean: character by character
            found.append(Origin(start=passage.start, end=passage.end, at=at, upto=upto))
    return tuple(found)


def _parse(data: bytes) -> tuple[Element, Problem | None]:
    """The root element with plain local names throughout, and a problem where the XML is broken."""
    data = _without_named_entities(_as_utf8(data)).lstrip()
    problem = None
    root: Element | None
    try:
        root = etree.fromstring(data, _parser())
    except etree.XMLSyntaxError as error:
        problem = Problem(
            code="malformed-xml",
            message=f"The XML is broken at line {error.lineno or 1} ({_plain(error)}); words from there on may be missing.",
            remedy="Download or export the file again, or give the paper's PDF.",
        )
        root = _recovered(data)
        if root is None:
            raise UnreadableError(
                "malformed-xml", f"The file cannot be read as XML ({_plain(error)}).", problem.remedy
            ) from error
    for element in root.iter(etree.Element):
        local = str(element.tag).rpartition("}")[2]
        element.tag = local.rpartition(":")[2] or local.strip(":") or "unnamed"  # broken XML has names such as "p:"
    return root, problem


def _plain(error: etree.XMLSyntaxError) -> str:
    """What libxml2 says of the mistake, on one line and without the piece of the file that may follow."""
    return (str(error.msg).splitlines() or ["syntax"])[0].strip()


def _recovered(data: bytes) -> Element | None:
    try:
        return etree.fromstring(data, _parser(recover=True))
    except etree.XMLSyntaxError:
        return None


def _parser(recover: bool = False) -> etree.XMLParser:
    return etree.XMLParser(recover=recover, resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)


def _as_utf8(data: bytes) -> bytes:
    """UTF-16 as UTF-8, so that what follows can look at the bytes; anything else as it is."""
    if data[:2] in (b"\xff\xfe", b"\xfe\xff") or b"\0" in data[:4]:
        encoding = "utf-16" if data[:1] in b"\xff\xfe" else "utf-16-be" if data[:1] == b"\0" else "utf-16-le"
        text = data.decode(encoding, errors="replace")
        return re.sub(r"^(<\?xml[^>]*?)\s+encoding=[\"'][^\"']*[\"']", r"\1", text, count=1).encode()
    return data


def _without_named_entities(data: bytes) -> bytes:
    """`&nbsp;` and its like as numbers, since the DTD that defines them is not loaded.

    Of the entities that a file defines itself only short plain words are put in; any other goes, with its dangers.
    """
    own = {name: value for name, _, value in _OWN_ENTITY.findall(data)}

    def spelled(entity: re.Match[bytes]) -> bytes:
        name = entity.group(1)
        if name in _XML_ENTITIES:
            return entity.group()
        characters = html5.get(f"{name.decode()};", " ")
        return own.get(name) or "".join(f"&#{ord(c)};" for c in characters).encode()

    return _NAMED_ENTITY.sub(spelled, data)


def _metadata(article: Element) -> Metadata:
    meta = next(article.iterfind("front/article-meta"), None)
    if meta is None:
        meta = next(article.iterchildren("article-meta", "front-stub", "front"), None)
    if meta is None:
        return Metadata()
    title = next(meta.iterfind("title-group/article-title"), None)
    years = [
        int(year)
        for date in meta.iterfind("pub-date")
        if not _NOT_PUBLISHED & {date.get("pub-type"), date.get("date-type")}
        and re.fullmatch(r"1[6-9]\d\d|20\d\d", year := flat(date.find("year")))
    ]
    dois = [flat(number) for number in meta.iterfind("article-id") if number.get("pub-id-type") == "doi"]
    journal = next(article.iterfind("front/journal-meta"), None)
    names = journal.iter("journal-title", "abbrev-journal-title", "journal-id") if journal is not None else ()
    return Metadata(
        title=title_words(title) or None if title is not None else None,
        year=min(years, default=None),
        doi=next(filter(None, dois), None),
        journal=next(filter(None, map(flat, names)), None),
        authors=tuple(filter(None, map(_author, meta.iterfind("contrib-group/contrib")))),
    )


def _author(contributor: Element) -> str:
    if contributor.get("contrib-type", "author") != "author":
        return ""
    name = next(contributor.iterchildren("name"), contributor.find("name-alternatives/name"))
    if name is not None:
        return " ".join(filter(None, (flat(name.find(part)) for part in ("given-names", "surname", "suffix"))))
    whole = next(contributor.iter("string-name", "collab"), None)
    if whole is not None and (members := whole.find("contrib-group")) is not None:
        whole.remove(members)  # of a group only its name
    return flat(whole)
