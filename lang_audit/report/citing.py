"""How a paper is cited in tables and sentences: "Ayon et al. 2018", made unique over all papers."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence
from pathlib import PureWindowsPath
from typing import Final, NamedTuple

from lang_audit.model import Metadata

_INITIALS = re.compile(r"(?:[^\W\d_a-z]\.?-?){1,4}")
_MARKS = re.compile(r"[*†‡§¶∗#0-9]+(?:,[*†‡§¶∗#0-9]+)*\s*$|[⁰¹²³⁴-⁹]+")
_TITLES = re.compile(
    r"[,\s]+(?:ph\.?\s?d|m\.?d|m\.?p\.?h|m\.?sc?|b\.?sc?|b\.?a|m\.?a|r\.?n|dr\.?p\.?h|mbbs|mbchb|jr|sr|ii|iii|iv)\.?$",
    re.IGNORECASE,
)
_PARTICLES: Final = frozenset(
    ("van", "von", "der", "den", "de", "del", "della", "dem", "des", "di", "da", "das", "do", "dos", "du", "la", "le", "los",
     "las", "lo", "el", "al", "bin", "ibn", "ben", "bint", "zu", "zum", "zur", "ten", "ter", "te", "'t", "op", "af", "av", "y",
     "e", "st", "st.")
)  # fmt: skip
_BODY = re.compile(
    r"\b(?:organi[sz]ation|group|consortium|team|network|committee|collaborat\w+|investigators|association|society|ministry|"
    r"institut\w+|universit\w+|department|cent(?:re|er)s?|programme?|council|foundation|agency|alliance|commission|service|unit|"
    r"bureau|office|board|task force|initiative|federation|union|coalition|fund)\b",
    re.IGNORECASE,
)


class Cited(NamedTuple):
    """What a paper is cited by, and the file that it came from."""

    metadata: Metadata
    source: str


def family_name(author: str) -> str:
    """The family name in "Ayon, Sylvia", "Ayon S", "S. Ayon", "Sylvia Ayon", "Anna van der Berg"; the whole name of a body."""
    name = re.sub(r"\s+", " ", _MARKS.sub("", author)).strip(" ,;")
    while (bare := _TITLES.sub("", name)) != name and bare:
        name = bare
    if "," in name:
        return _cased(name.split(",")[0].strip())
    words = name.split()
    if len(words) < 2 or _BODY.search(name):
        return name
    if _INITIALS.fullmatch(words[-1]) and _letters_of(words[-1]) <= _letters_of(words[0]) and not _dotted(words[0]):
        while len(words) > 1 and _INITIALS.fullmatch(words[-1]):
            words.pop()
        return _cased(" ".join(words))
    first = len(words) - 1
    while first > 1 and words[first - 1] in _PARTICLES:
        first -= 1
    if first > 1 and first < len(words) - 1 and words[first - 1].lower() in _PARTICLES:  # "Anna Van der Berg"
        first -= 1
    return _cased(" ".join(words[first:]))


def _letters_of(word: str) -> int:
    return sum(letter.isalpha() for letter in word)


def _dotted(word: str) -> bool:
    """Whether a word is an initial for sure: "J." before "LI"."""
    return "." in word and bool(_INITIALS.fullmatch(word))


def _cased(name: str) -> str:
    """A name that is set in capitals throughout, as other names are set."""
    return name.title() if name.isupper() and len(name) > 1 else name


def short_names(metadata: Metadata) -> str | None:
    """The authors as a citation has them: "Ayon", "Ayon and Booth", "Ayon et al."; None where none is known."""
    families = [name for author in metadata.authors if (name := family_name(author))]
    if not families:
        return None
    return " and ".join(families) if len(families) < 3 else f"{families[0]} et al."


def citing_keys(papers: Sequence[Cited]) -> list[str]:
    """A key for each of `papers`, none twice: authors and year, else the name of the file.

    Keys that would be equal get letters after the year, in the order of title and file, whatever the order of `papers`.
    """
    plain = [_plain_key(paper) for paper in papers]
    same: defaultdict[str, list[int]] = defaultdict(list)
    for k, (names, year) in enumerate(plain):
        same[f"{names} {year}".casefold()].append(k)
    taken = {key for key, places in same.items() if len(places) == 1}
    keys = [f"{names} {year}".strip() for names, year in plain]
    for places in same.values():
        if len(places) > 1:
            letters = 0
            for k in sorted(places, key=lambda k: _order(papers[k])):
                names, year = plain[k]
                while True:
                    key = (
                        f"{names} {year}{'-' if year == 'n.d.' else ''}{_letters(letters)}"
                        if year
                        else f"{names} ({letters + 1})"
                    )
                    letters += 1
                    if key.casefold() not in taken:
                        break
                taken.add(key.casefold())
                keys[k] = key
    return keys


def _plain_key(paper: Cited) -> tuple[str, str]:
    names = short_names(paper.metadata)
    if names is None:
        return PureWindowsPath(paper.source).stem or paper.source or "unnamed input", ""
    return names, str(paper.metadata.year or "n.d.")


def _order(paper: Cited) -> tuple[str, ...]:
    about = paper.metadata
    return (
        (about.title or "").casefold(),
        about.doi or "",
        paper.source,
        str(about.year or ""),
        "; ".join(about.authors),
    )


def _letters(n: int) -> str:
    """a, b, ... z, aa, ab, ..."""
    letters = ""
    n += 1
    while n:
        n, rest = divmod(n - 1, 26)
        letters = chr(ord("a") + rest) + letters
    return letters
