"""Which reference of a references file is which paper: by DOI, then by title. Strict: a wrong match would cite a wrong study."""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Sequence
from typing import Final, NamedTuple

from lang_audit.model import Metadata
from lang_audit.sources.reference_fields import plain_doi
from lang_audit.sources.references_file import Reference

NEAR: Final = 95.0  # rapidfuzz.fuzz.ratio of two titles from which they are one; 100 is equality
_SHORTEST: Final = 25  # letters that a title needs for a near match; shorter ones must be equal
_YEARS_APART: Final = 1  # online first in December, printed in the year after


class Matches(NamedTuple):
    """For each paper its reference (None: none fits), and the references that no paper fits."""

    references: tuple[Reference | None, ...]
    unused: tuple[Reference, ...]


def match(papers: Sequence[Metadata], references: Sequence[Reference]) -> Matches:
    """The reference of each paper. Two files of one paper may share a reference."""
    by_doi: defaultdict[str, list[int]] = defaultdict(list)
    by_title: defaultdict[str, list[int]] = defaultdict(list)
    for k, reference in enumerate(references):
        if doi := plain_doi(reference.metadata.doi):
            by_doi[doi].append(k)
        if title := plain_title(reference.metadata.title):
            by_title[title].append(k)
    found = [_match(paper, references, by_doi, by_title) for paper in papers]
    used = set(found)
    return Matches(
        references=tuple(None if k is None else references[k] for k in found),
        unused=tuple(reference for k, reference in enumerate(references) if k not in used),
    )


def merged(paper: Metadata, reference: Metadata) -> Metadata:
    """The reference's fields; the paper's own where the reference is silent."""
    said = {name: value for name, value in reference.model_dump().items() if value not in (None, ())}
    return Metadata.model_validate(paper.model_dump() | said)


def plain_title(title: str | None) -> str:
    """A title as its letters and digits: case, punctuation and diacritics do not part two titles."""
    letters = unicodedata.normalize("NFKD", (title or "").replace("ß", "ss")).casefold()
    letters = "".join(letter for letter in letters if not unicodedata.combining(letter))
    return " ".join(re.findall(r"[^\W_]+", letters))


def _match(
    paper: Metadata,
    references: Sequence[Reference],
    by_doi: dict[str, list[int]],
    by_title: dict[str, list[int]],
) -> int | None:
    doi = plain_doi(paper.doi)
    if doi and (same := by_doi.get(doi)):
        return same[0]
    title = plain_title(paper.title)
    if not title:
        return None
    fitting = [k for k in by_title.get(title, ()) if _years_fit(paper, references[k].metadata)]
    if fitting:
        return _only(fitting, references)
    if len(title) < _SHORTEST:
        return None
    from rapidfuzz import fuzz, process

    near = process.extract(title, list(by_title), scorer=fuzz.ratio, score_cutoff=NEAR, limit=None)
    fitting = [
        k
        for other, _, _ in near
        if _numbers(other) == _numbers(title)
        for k in by_title[other]
        if _years_fit(paper, references[k].metadata) and _dois_fit(doi, references[k].metadata)
    ]
    return _only(fitting, references)


def _only(fitting: list[int], references: Sequence[Reference]) -> int | None:
    """The one that fits; of several, the first where they are one study listed twice, else none: nothing is guessed."""
    same = {(plain_title(references[k].metadata.title), references[k].metadata.year) for k in fitting}
    return fitting[0] if fitting and len(same) == 1 else None


def _years_fit(paper: Metadata, reference: Metadata) -> bool:
    return paper.year is None or reference.year is None or abs(paper.year - reference.year) <= _YEARS_APART


def _dois_fit(doi: str | None, reference: Metadata) -> bool:
    other = plain_doi(reference.doi)
    return doi is None or other is None or doi == other


def _numbers(title: str) -> list[str]:
    """Digits and roman numerals: "Part I" and "Part II" are near in letters and two papers in fact."""
    return re.findall(r"\d+|\b[ivx]+\b", title)
