"""The fields of a reference as programs export them: authors, years, DOIs in their many spellings."""

from __future__ import annotations

import html
import re
from urllib.parse import unquote

_DOI = re.compile(r"10\.\d{4,9}/[^\s\"<>]+", re.IGNORECASE)
_YEAR = re.compile(r"(?<!\d)(1[89]\d\d|20\d\d)(?!\d)")
_FAMILY_INITIALS = re.compile(r"[^\W\d_][^,;]*?\s(?:[A-Z]\.?[\s-]?){1,4}")
_ONLY_INITIALS = re.compile(r"(?:[^\W\d_]\.?[\s-]?){1,4}")
_OTHERS = re.compile(r"(?:^|[,;]\s*|\s+)(?:and\s+others|others|et\s+al\.?)\s*$", re.IGNORECASE)


def clean(value: object) -> str | None:
    """A field as one line, without the braces and entities of file formats; None where nothing is left."""
    text = html.unescape(str(value if value is not None else ""))
    text = re.sub(r"<[^<>]{1,20}>|[{}\x00-\x08\x0b\x0c\x0e-\x1f\x7f]", "", text)
    return re.sub(r"\s+", " ", text).strip() or None


def plain_doi(value: object) -> str | None:
    """A DOI in lower case without its resolver, so that two spellings of one are equal; None where there is none."""
    found = _DOI.search(unquote(str(value or "")))
    return found[0].rstrip(".,;:)]}'").lower() if found else None


def year_of(value: object) -> int | None:
    """The year in "2018", "2018/03//" or "12 March 2018"; None where there is none."""
    found = _YEAR.search(str(value or ""))
    return int(found[1]) if found else None


def authors_of(value: str) -> tuple[str, ...]:
    """The authors in one cell, however the program set them apart.

    Semicolons come first, then "and". Commas part authors only where the pieces are names themselves ("Ayon S, Booth R"), since
    "Ayon, Sylvia" is one author.
    """
    value = _OTHERS.sub("", value)
    if ";" in value:
        parts = value.split(";")
    elif re.search(r"\sand\s|\s&\s", value):
        before = re.split(r",?\s+(?:and|&)\s+", value)
        parts = [name for part in before for name in _by_commas(part)]
    else:
        parts = _by_commas(value)
    names = (clean(part.strip(" ,")) for part in parts)
    return tuple(name for name in names if name)


def _by_commas(value: str) -> list[str]:
    pieces = [piece.strip() for piece in value.split(",") if piece.strip()]
    if len(pieces) < 2:
        return pieces
    if all(_ONLY_INITIALS.fullmatch(piece) for piece in pieces[1::2]) and len(pieces) % 2 == 0:
        return [f"{family}, {given}" for family, given in zip(pieces[::2], pieces[1::2], strict=True)]
    names = [bool(_FAMILY_INITIALS.fullmatch(piece)) or len(piece.split()) > 1 for piece in pieces]
    if len(pieces) == 2 and not all(names):
        return [f"{pieces[0]}, {pieces[1]}"]
    return pieces
