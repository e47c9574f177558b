"""What a paper says of itself: title, year, DOI, journal, authors, from the file's properties and the first page."""

from __future__ import annotations

import re
from collections.abc import Sequence

from lang_audit.model import Metadata

_DOI = re.compile(r"\b(10\.\d{4,9}/[^\s\"<>]+)", re.IGNORECASE)
_NO_TITLE = re.compile(
    r"untitled.*|microsoft word.*|.*\.(?:docx?|pdf|tex|dvi|indd|fm|qxd|p65|rtf|ps|eps)\b.*|slide \d+|doi:.*|10\.\d{4}.*|pii:?.*|"
    r"\S*\d\S*|.*\d+\.\.\d+|.*\b[A-Z_]+\d+\b.*\.\..*|title|article|layout \d+|research article|\w+_\w+_\w+.*",
    re.IGNORECASE,
)
_YEAR = r"((?:19[5-9]|20[0-4])\d)"
_DATED = (
    re.compile(rf"\b(?:published|publication date|first published|available online)\b[^.;]{{0,40}}?\b{_YEAR}\b", re.IGNORECASE),
    re.compile(rf"(?:©|\(c\)|copyright)\s*(?:the authors?,?\s*)?{_YEAR}\b", re.IGNORECASE),
    re.compile(rf"\b{_YEAR}\s*[,;:]\s*(?:vol\.?\s*)?\d{{1,4}}\s*[:(,]"),
    re.compile(rf"\bvol(?:ume|\.)?\s*\d+.{{0,30}}?\b{_YEAR}\b", re.IGNORECASE),
    re.compile(rf"\(\s*{_YEAR}\s*\)\s*\d{{1,4}}\s*[:,(]"),
    re.compile(rf"\baccepted\b[^.;]{{0,40}}?\b{_YEAR}\b", re.IGNORECASE),
)
_JOURNAL = re.compile(rf"^(?:.{{0,60}}?\bet al\.?,?:?\s+)?([A-Z][A-Za-z&.:,() -]{{2,80}}?),?\s*\(?{_YEAR}\)?\s*[,;:]?\s*(?:vol\.?\s*)?\d{{1,4}}\s*[:(,]")
_NAME = re.compile(r"(?:[^\W\d_]['’.\w-]*\s+){1,4}[^\W\d_]['’\w-]+")
_DEGREE = re.compile(r",?\s*\b(?:M\.?D|Ph\.?D|M\.?P\.?H|M\.?Sc?|B\.?Sc?|R\.?N|Dr\.?P\.?H|MBBS|MRCP|FRCP|MBChB|Prof)\b\.?", re.IGNORECASE)


def usable_title(title: str) -> bool:
    """Whether a title from the file's properties is one: no file name, DOI or typesetter's job number."""
    return len(title.split()) >= 3 and not _NO_TITLE.fullmatch(title.strip())


def metadata(
    properties: dict[str, str], title: str | None, byline: str, front: Sequence[str], margins: Sequence[str]
) -> Metadata:
    """What is known of the paper; None where neither the file nor its first page shows it.

    `title` is the one printed, `byline` the text under it, `front` the lines of the first page, `margins` the running heads.
    """
    shown = [*front, *margins]
    if title is None and usable_title(properties.get("title", "")):
        title = properties["title"]
    return Metadata(
        title=title,
        year=_year(properties, shown),
        doi=_doi(properties, shown),
        journal=_journal(properties, [*margins, *front]),
        authors=_authors(properties, byline),
    )


def _doi(properties: dict[str, str], shown: Sequence[str]) -> str | None:
    for text in (properties.get("doi", ""), properties.get("identifier", ""), *shown, properties.get("subject", ""), properties.get("title", "")):
        if found := _DOI.search(text):
            return found[1].rstrip(".,;)]}").removesuffix("/")
    return None


def _year(properties: dict[str, str], shown: Sequence[str]) -> int | None:
    if found := re.search(_YEAR, properties.get("date", "")):
        return int(found[1])
    for pattern in _DATED:
        for text in (*shown, properties.get("subject", "")):
            if found := pattern.search(text):
                return int(found[1])
    return None


def _journal(properties: dict[str, str], shown: Sequence[str]) -> str | None:
    if properties.get("journal"):
        return properties["journal"]
    for text in (*shown, properties.get("subject", "")):
        if (found := _JOURNAL.match(text)) and len(found[1].split()) <= 10:
            return found[1].strip(" ,.:(")
    return None


def _authors(properties: dict[str, str], byline: str) -> tuple[str, ...]:
    text = _DEGREE.sub("", byline)
    text = re.sub(r"[*†‡§¶#✉]|\b\d{1,2}(?:\s*[,;]\s*\d{1,2})*\b|(?<=\s)[a-f](?=\s*(?:,|;|$))", " ", text)
    names = [" ".join(name.split()) for name in re.split(r"[,;]|\band\b|&|·|•", text)]
    found = tuple(name for name in names if _NAME.fullmatch(name) and name[0].isupper() and len(name) < 50)
    stated = [name.strip() for name in re.split(r";|,|\band\b", properties.get("authors", "")) if name.strip()]
    if stated and all(name.split()[-1].casefold() in byline.casefold() for name in stated):
        return tuple(stated) if len(stated) >= len(found) else found
    return found
