"""Plain text: what people paste from web pages, export from PDF viewers, or get as dumps of a whole corpus.

The paper's text is the file's own characters, so that every offset fits the file as a text editor shows it.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from lang_audit.errors import UnreadableError
from lang_audit.model import Metadata, Origin, Paper, Passage, Problem
from lang_audit.sources import Reader
from lang_audit.sources.section_places import Place, sections_of
from lang_audit.sources.text_lines import heading_words
from lang_audit.sources.text_structure import Placed, structure

_FRONT = 3000  # characters in which a paper says what it is
_KEYS = (
    "key|doc_id|cord_uid|sha|title|authors?|date|year|published|journal|source|doi|pmid|pmcid|url|licen[sc]e|language"
)
_FIRST_KEY = re.compile(rf"({_KEYS}) ?: *(?=\S)", re.IGNORECASE)
_NEXT_KEY = re.compile(rf"(?<=\s)({_KEYS}|DOI|PMID) ?: *(?=\S)")
_TOKEN_KEYS = frozenset({"key", "doc_id", "cord_uid", "sha", "doi", "pmid", "pmcid", "url", "year"})
_DOI = re.compile(r"\b10\.\d{4,9}/[^\s\"<>|]+")
_YEAR = re.compile(r"\b(?:1[89]|20)\d\d\b")
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f]")


class Entry(NamedTuple):
    """A "key: value" at the top of a file: the key in small letters, where it begins, where its value stands."""

    key: str
    key_start: int
    start: int
    end: int


def read(path: Path) -> Iterator[Paper]:
    """The one paper in a text file; `paper.text` is the decoded file, unchanged save for the byte order mark.

    Raises UnreadableError for a file that is empty or no text. A file in an old one-byte encoding gives a paper with
    the problem `not-utf8`, since its quotation marks and accents may be misread.
    """
    text, problems = decode(path.read_bytes())
    if not text.strip():
        raise UnreadableError("empty-file", "The file holds no words.", "Export it again, or give the paper's PDF.")
    entries = _header(text)
    placed: Placed = []
    for entry in entries:
        if entry.key == "title":
            placed.append((Passage(start=entry.start, end=entry.end, kind="heading"), Place("title")))
        else:
            placed.append((Passage(start=entry.key_start, end=entry.end), Place("other")))
    placed += structure(text, entries[-1].end if entries else 0)
    if not any(place.kind == "title" for _, place in placed):
        placed = _with_title(text, placed)
    yield Paper(
        id=path.stem,
        source=str(path),
        text=text,
        sections=sections_of(placed),
        passages=tuple(passage for passage, _ in placed),
        origins=(Origin(start=0, end=len(text), at=0, upto=len(text)),),
        metadata=_metadata(text, entries, placed),
        problems=problems,
    )


def recognises(head: bytes) -> bool:
    """Never: any file could be text, so only its name tells."""
    return False


READER = Reader("text", (".txt", ".text"), recognises, read)


def decode(data: bytes) -> tuple[str, tuple[Problem, ...]]:
    """The characters of a file, and a problem where its encoding had to be guessed. Line ends stay as they are."""
    problems: tuple[Problem, ...] = ()
    try:
        wide = data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
        text = data.decode("utf-16" if wide else "utf-8-sig")
    except UnicodeDecodeError:
        try:
            text = data.decode("cp1252")
        except UnicodeDecodeError:
            text = data.decode("latin-1")
        problems = (
            Problem(
                code="not-utf8",
                message="The file is not UTF-8 and was read as Windows-1252; quotation marks and accents may be wrong.",
                remedy="Save it as UTF-8.",
            ),
        )
    odd = len(_CONTROL.findall(text))
    if "\0" in text or odd > 0.02 * len(text):
        raise UnreadableError(
            "binary-file",
            "The file is named as text but holds binary data.",
            "Give the paper as UTF-8 text, PDF or JATS XML.",
        )
    return text, problems


def _header(text: str) -> list[Entry]:
    """The "key: value" entries with which a text begins; none where it begins otherwise."""
    entries: list[Entry] = []
    position = len(text) - len(text.lstrip())
    while (key := _FIRST_KEY.match(text, position)) and key.start() < _FRONT:
        line = re.compile(r"[^\r\n]*").match(text, key.end())
        line_end = line.end() if line else len(text)
        following = _NEXT_KEY.search(text, key.end(), min(line_end, key.end() + _FRONT))
        end = following.start() if following else line_end
        name = key.group(1).lower()
        if name in _TOKEN_KEYS or end - key.end() > _FRONT:
            token = re.compile(r"\S+").match(text, key.end())
            end = token.end() if token else end
        entries.append(Entry(name, key.start(), key.end(), len(text[:end].rstrip())))
        position = end + len(text[end:]) - len(text[end:].lstrip())
    shown = {entry.key for entry in entries}
    return entries if "title" in shown or len(shown) >= 3 else []


def _with_title(text: str, placed: Placed) -> Placed:
    """`placed` with the title told from what else stands before the abstract, where it plainly is one.

    A title is a line of four words or more among the first three passages, without a full stop, in a text that goes on
    with an abstract or an introduction under that heading.
    """
    opening = next(
        (k for k, (_, place) in enumerate(placed) if place.heading and place.kind in ("abstract", "introduction")), 0
    )
    for k, (passage, place) in enumerate(placed[: min(3, opening)]):
        lines = text[passage.start : passage.end].splitlines()
        title = lines[0].rstrip()
        if place != Place("other") or passage.kind != "paragraph" or len(title.split()) < 4 or len(title) > 250:
            continue
        if title[-1] in ".;,:" or title[0].islower():
            continue
        end = passage.start + len(title)
        rest_start = end + len(text[end : passage.end]) - len(text[end : passage.end].lstrip())
        parts: Placed = [(Passage(start=passage.start, end=end, kind="heading"), Place("title"))]
        if rest_start < passage.end:
            parts.append((Passage(start=rest_start, end=passage.end, kind=passage.kind), place))
        return [*placed[:k], *parts, *placed[k + 1 :]]
    return placed


def _metadata(text: str, entries: list[Entry], placed: Placed) -> Metadata:
    values = {entry.key: " ".join(text[entry.start : entry.end].split()) for entry in reversed(entries)}
    title = next((text[p.start : p.end] for p, place in placed if place.kind == "title"), "")
    authors = re.split(r"\s*;\s*", values.get("authors") or values.get("author", ""))
    year = _YEAR.search(values.get("year", "") or values.get("date", "") or values.get("published", ""))
    cited = next((p.start for p, place in placed if place.kind == "references"), len(text))
    doi = _DOI.search(text, 0, min(cited, _FRONT))
    return Metadata(
        title=" ".join(heading_words(title).split()) or None,
        year=int(year.group()) if year else None,
        doi=doi.group().rstrip(".,;:)]}'") if doi else None,
        journal=values.get("journal") or None,
        authors=tuple(map(_given_first, filter(None, authors))),
    )


def _given_first(name: str) -> str:
    surname, comma, given = name.partition(",")
    return f"{given.strip()} {surname.strip()}" if comma else name
