"""What a paper says of itself: title, year, DOI, journal, authors, from the file's properties and the first page."""

from __future__ import annotations

import re
from collections.abc import Sequence

from lang_audit.model import Metadata
from lang_audit.sources.wording import AFFILIATION

_DOI = re.compile(r"\b(10\.\d{4,9}/[^\s\"<>]+)", re.IGNORECASE)
_DATA_DOIS = ("10.17605/", "10.5061/", "10.6084/", "10.5281/")  # of registrations and data sets, not of papers
_NO_TITLE = re.compile(
    r"untitled.*|microsoft word.*|.*\.(?:docx?|pdf|tex|dvi|indd|fm|qxd|p65|rtf|ps|eps)\b.*|slide \d+|doi:.*|10\.\d{4}.*|pii:?.*|"
    r"\S*\d\S*|.*\d+\.\.\d+|.*\b[A-Z_]+\d+\b.*\.\..*|title|article|layout \d+|research article|\w+_\w+_\w+.*",
    re.IGNORECASE,
)
_YEAR = r"((?:19[5-9]|20[0-4])\d)"
_DATED = (
    re.compile(
        rf"\b(?:published|publication date|first published|available online)\b[^.;]{{0,40}}?\b{_YEAR}\b", re.IGNORECASE
    ),
    re.compile(rf"(?:©|\(c\)|copyright)\s*(?:the authors?,?\s*)?{_YEAR}\b", re.IGNORECASE),
    re.compile(rf"\b{_YEAR}\s*[,;:]\s*(?:vol\.?\s*)?\d{{1,4}}\s*[:(,]"),
    re.compile(rf"\bvol(?:ume|\.)?\s*\d+.{{0,30}}?\b{_YEAR}\b", re.IGNORECASE),
    re.compile(rf"\(\s*{_YEAR}\s*\)\s*\d{{1,4}}\s*[:,(]"),
    re.compile(rf"\baccepted\b[^.;]{{0,40}}?\b{_YEAR}\b", re.IGNORECASE),
)
_JOURNAL = re.compile(
    r"^(?:.{0,60}?\bet al\.?,?:?\s+)?([A-Z][A-Za-z&.:,() -]{2,80}?),?\s*"
    rf"\(?{_YEAR}\)?\s*[,;:]?\s*(?:vol\.?\s*)?\d{{1,4}}\s*[:(,]"
)
_MONTHS = re.compile(r",?\s*(?:(?:Jan|Feb|Mar|Apr|May|June?|July?|Aug|Sept?|Oct|Nov|Dec)[a-z]*[-–/ ]*)+$")
_NAME = re.compile(r"[^\W\d_a-z](?:['’.\w-]*\s+){1,4}[^\W\d_]['’\w-]+")
_MARKS = re.compile(r"[*†‡§¶#✉∗]|\d{1,2}(?:\s*[,;]\s*\d{1,2})*|(?<=[\s,])[a-h](?=\s*(?:,|;|$))")
_LETTERS = re.compile(
    r"(?=.{1,7}$)[A-Za-z]*[A-Z][A-Za-z.]*[A-Z][A-Za-z.∗*]*|[a-h](?: [a-h])*|[∗*†‡§]+"
)  # degrees, marks
_NO_NAME = re.compile(
    r"\b(?:access|article|study|studies|protocol|trial|research|review|report|journal|editor|publish\w*|original|"
    r"abstract|university|department|version|supplement\w*)\b",
    re.IGNORECASE,
)
"""Words of labels and notices that first pages set near the byline."""
_GLUED = re.compile(r"(?<=[^\W\d_])\d[\d,;*†‡\s]*$")  # the number of an address right behind a name
_BETWEEN = re.compile(r"[,;]|\band\b|&|·|•")
_DEGREE = re.compile(
    r",?\s*\b(?:M\.?D|Ph\.?D|M\.?P\.?H|M\.?Sc?|B\.?Sc?|R\.?N|Dr\.?P\.?H|MBBS|MRCP|FRCP|MBChB|Prof)\b\.?", re.IGNORECASE
)


def usable_title(title: str) -> bool:
    """Whether a title from the file's properties is one: no file name, DOI or typesetter's job number."""
    return len(title.split()) >= 3 and not _NO_TITLE.fullmatch(title.strip())


def metadata(
    properties: dict[str, str], title: str | None, bylines: Sequence[str], front: Sequence[str], margins: Sequence[str]
) -> Metadata:
    """What is known of the paper; None where neither the file nor its first page shows it.

    `title` is the one printed, `bylines` the texts after it, one of which names the authors, `front` the lines of the first
    page, `margins` the running heads and the lines that name the paper's DOI at its end.
    """
    shown = [*margins, *front]
    if title is None and usable_title(properties.get("title", "")):
        title = properties["title"]
    return Metadata(
        title=title,
        year=_year(properties, shown),
        doi=_doi(properties, shown),
        journal=_journal(properties, shown),
        authors=_authors(properties, bylines),
    )


def _doi(properties: dict[str, str], shown: Sequence[str]) -> str | None:
    for text in (
        properties.get("doi", ""),
        properties.get("identifier", ""),
        *shown,
        properties.get("subject", ""),
        properties.get("title", ""),
    ):
        if (found := _DOI.search(text)) and not found[1].startswith(_DATA_DOIS):
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
            return re.sub(_MONTHS, "", found[1]).strip(" ,.:(")
    return None


def _authors(properties: dict[str, str], bylines: Sequence[str]) -> tuple[str, ...]:
    shown = " ".join(bylines).casefold()
    stated = [_GLUED.sub("", name.strip()) for name in re.split(r";|,|\band\b", properties.get("authors", ""))]
    stated = [name for name in stated if len(name.split()) > 1 and not _NO_NAME.search(name)]
    printed: tuple[str, ...] = ()
    for byline in bylines:
        names = _names(byline)
        if printed and not names:
            break
        printed += names
    if len(stated) >= len(printed) and all(name.split()[-1].casefold() in shown for name in stated):
        return tuple(stated)
    return printed


def _names(byline: str) -> tuple[str, ...]:
    """The people's names that make up a line, or nothing where it holds much else."""
    text = _DEGREE.sub("", byline)
    text = _MARKS.sub(" ", text)
    parts = [
        " ".join(part.split()) for part in _BETWEEN.split(text) if part.strip() and not _LETTERS.fullmatch(part.strip())
    ]
    names = [part for part in parts if _is_name(part)]
    return tuple(names) if names and len(names) > 0.7 * len(parts) else ()


def _is_name(part: str) -> bool:
    return (
        _NAME.fullmatch(part) is not None
        and len(part) < 50
        and not AFFILIATION.search(part)
        and not _NO_NAME.search(part)
    )
