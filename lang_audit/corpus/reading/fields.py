"""The fields of a record as databases write them, made the same for all: one line, one year, one identifier."""

from __future__ import annotations

import html
import re
from collections.abc import Iterable

from lang_audit.corpus.reading.records import normal_doi

_YEAR = re.compile(r"(?<!\d)(1[5-9]\d\d|20\d\d)(?!\d)")
_PMID = re.compile(r"(?:pmid\s*:?\s*)?0*([1-9]\d{0,7})(?:\.0)?", re.IGNORECASE)
_PMID_IN_ADDRESS = re.compile(
    r"(?:ncbi\.nlm\.nih\.gov/(?:m/)?pubmed|pubmed\.ncbi\.nlm\.nih\.gov)/(?:\?term=)?(\d{1,8})\b"
)
_IN_PROCESS = re.compile(r"\s*\[in process citation\]\.?$", re.IGNORECASE)
_NOT_AVAILABLE = re.compile(r"\[?(?:not available|no title available)\]?\.?", re.IGNORECASE)
_MARKUP = re.compile(  # by name: "p <0.05 and >3" is none, nor "a <b and c> d"
    r"</?(?:jats:[\w-]+|mml:\w+|inf|su[bp]|italic|bold|em|strong|small|span|div|font|title|section|sec|scp|sc|br|h[1-6]|[duo]l|d[dt]|li|[abipu])"
    r"(?:\s+[\w:-]+\s*=[^<>]*)?\s*/?>",
    re.IGNORECASE,
)
_BREAKS = re.compile(r"<(?:/(?:p|div|li|d[dt]|jats:p|jats:title|h[1-6])|br\s*/?)>", re.IGNORECASE)
_CONTROLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufeff]")
_NO_VALUE = frozenset(
    {"nan", "none", "null", "n/a", "na", "-", "<na>", "no abstract available.", "no abstract available"}
)


def one_line(value: object) -> str:
    """A field as one line without markup and what no text holds; empty where it only says that there is nothing."""
    text = "" if value is None else str(value)
    if "&" in text:
        text = html.unescape(text)
    if "<" in text:
        text = _MARKUP.sub("", _BREAKS.sub(" ", text))
    text = " ".join(_CONTROLS.sub("", text).split())
    return "" if len(text) < 30 and text.casefold() in _NO_VALUE else text


def plain_title(title: str) -> str:
    """A title without the brackets that tell a translation; empty where it says that there is none."""
    title = _IN_PROCESS.sub("", title)
    if _NOT_AVAILABLE.fullmatch(title):
        return ""
    inside = title.removesuffix(".").rstrip()
    if inside.startswith("[") and inside.endswith("]") and _is_one_bracket(inside):
        stop = "." if title.endswith(".") and not inside.endswith((".]", "?]", "!]")) else ""
        return inside[1:-1].strip() + stop
    return title


def _is_one_bracket(text: str) -> bool:
    """Whether the bracket that opens a text closes at its end: "[A] or [B]" holds two."""
    depth = 0
    for index, letter in enumerate(text):
        depth += (letter == "[") - (letter == "]")
        if depth == 0:
            return index == len(text) - 1
    return False


def year_of(value: object) -> int | None:
    """The first year in "1998 Dec-1999 Jan", "2018/03//" or "2018.0"; None where there is none."""
    found = _YEAR.search(str(value or ""))
    return int(found[1]) if found else None


def pmid_of(value: object) -> str | None:
    """The PMID in "10051933", "PMID: 10051933", 10051933.0 or an address of PubMed; None in anything else."""
    text = str(value if value is not None else "").strip()
    if found := _PMID.fullmatch(text):
        return found[1]
    return pmid_in_address(text)


def pmid_in_address(text: str) -> str | None:
    """The PMID in an address of PubMed."""
    found = _PMID_IN_ADDRESS.search(text)
    return found[1].lstrip("0") or None if found else None


def doi_of(values: Iterable[object]) -> str | None:
    """The first DOI in several fields."""
    return next((doi for value in values if value and (doi := normal_doi(str(value)))), None)


def listed(value: object) -> tuple[str, ...]:
    """The entries of a field that holds several, set apart by semicolons, or by bars or commas where there are none."""
    if isinstance(value, list | tuple):
        return tuple(text for item in value if (text := one_line(item)))
    text = one_line(value)
    mark = next((mark for mark in (";", "|", ",") if mark in text), ";")
    return tuple(part for piece in text.split(mark) if (part := piece.strip()))
