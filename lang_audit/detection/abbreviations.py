"""What a paper says its acronyms stand for: "people who inject drugs (PWID)".

Schwartz and Hearst's method (2003), as the compiled package `abbreviation-extractor` has it.
"""

from __future__ import annotations

import re

from abbreviation_extractor import extract_abbreviation_definition_pairs
from spacy.language import Language
from spacy.tokens import Doc

from lang_audit.detection import extensions
from lang_audit.detection.extensions import text_of

# Candidate sentences only: a bracket that holds one short capitalised form, or a short form with its long form behind it. Each
# begins with a set of characters, which Python looks for fast; what must not stand before is asked behind it.
_BRACKETED = re.compile(
    r"[(\[A-Z](?:(?<=[(\[])\s*[\w'’/+-]*[A-Z][\w'’/+-]*\s*[,;)\]]|(?<=[A-Z])(?<!\w.)[A-Z]{1,6}s?\s*[(=:])", re.DOTALL
)
_LISTED = re.compile(r"([A-Z](?<![\w-].)[A-Za-z]*[A-Z]s?)(?:\s*[=:,]\s*|\s+)([A-Za-z][\w' -]{5,60})", re.DOTALL)
_WINDOW = 140
_FAR = 300  # characters within which a short form and its long form stand


def definitions(text: str) -> dict[str, str]:
    """Short form -> long form for each acronym that `text` defines; a plural s is folded away from the short form."""
    found: dict[str, str] = {}
    for match in _BRACKETED.finditer(text):
        window = re.sub(r"\s+", " ", text[max(0, match.start() - _WINDOW) : match.end() + 60])
        for pair in extract_abbreviation_definition_pairs(window):
            found.setdefault(_singular(pair.abbreviation), pair.definition)
    for match in _LISTED.finditer(text):
        short, long = match.groups()
        if _initials_fit(short, long):
            found.setdefault(_singular(short), long.strip())
    return found


def may_define(text: str, start: int, end: int) -> bool:
    """Whether `definitions` may give a long form that begins between `start` and `end`: far cheaper than to look."""
    near = max(0, start - _FAR), end + _FAR
    return _BRACKETED.search(text, *near) is not None or _LISTED.search(text, *near) is not None


def _singular(short: str) -> str:
    return short[:-1] if len(short) > 2 and short.endswith("s") and short[:-1].isupper() else short


def _initials_fit(short: str, long: str) -> bool:
    letters = [c.lower() for c in short if c.isupper()]
    initials = [word[0] for word in re.findall(r"[a-z]{2,}", long.lower())]
    return bool(letters) and initials[: len(letters)] == letters


class Abbreviations:
    """Writes the definitions found in the doc to `doc._.definitions`, unless the caller has set those of the whole paper."""

    def __call__(self, doc: Doc) -> Doc:
        """Find and write; the doc's text is not changed."""
        if doc._.definitions is None:
            doc._.definitions = definitions(text_of(doc))
        return doc


@Language.factory("abbreviations", assigns=["doc._.definitions"])
def make_abbreviations(nlp: Language, name: str) -> Abbreviations:
    """Create the component."""
    extensions.register()
    return Abbreviations()
