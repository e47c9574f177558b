"""Which entry a person means who types a word, and where terms stand in a short text. No spaCy: this answers at once.

The detector reads papers; this reads what somebody typed, a suggestion, an example. Both use the same phrase scanner.
"""

from __future__ import annotations

import difflib
import re
from itertools import product
from typing import Any, NamedTuple

from lang_audit.detection.phrase_scan import Hit, PhraseScanner, fold, longest_wins
from lang_audit.lexicon import Entry, Lexicon, Number

_CLOSE_ENOUGH = 0.72
_TELLING_LETTERS = 4  # as the detector's TermScanner has it
_TEXT_KEYS = ("ORTH", "TEXT", "LOWER")


class Form(NamedTuple):
    """One surface form of an entry; `exact_case` where capitals tell: acronyms, and phrases that hold one ("AIDS patient")."""

    text: str
    number: Number
    exact_case: bool

    def fits(self, surface: str) -> bool:
        """Whether `surface`, the form as it stands in a text, has its capitals where they tell."""
        if not self.exact_case:
            return True
        if " " in self.text:
            return all(word in surface for word in _telling(self.text))
        return surface in (self.text, self.text.upper())  # in a text all in capitals a plural s is a capital too

    def spellings(self) -> list[str]:
        """The form in each choice of capitals that fits; for a form whose capitals do not tell, in lower case alone."""
        if not self.exact_case:
            return [self.text.lower()]
        titled = " ".join(
            word if word in _telling(self.text) else word[:1].upper() + word[1:] for word in self.text.split(" ")
        )
        return list(dict.fromkeys((self.text, titled, self.text.upper())))


def surface_forms(entry: Entry) -> list[Form]:
    """Every form in which an entry occurs: its phrases inflected, and its token patterns where they only list words.

    A token pattern that asks for grammar (a tag, an optional token) has no fixed form; `loose_patterns` counts those.
    """
    acronym = entry.acronym is not None
    forms = [Form(text, number, acronym or bool(_telling(text))) for text, number in entry.forms().items()]
    for pattern in entry.patterns:
        forms += _spelled_out(pattern)
    return forms


def loose_patterns(entry: Entry) -> int:
    """How many token patterns of an entry cannot be written as plain words."""
    return sum(not _spelled_out(pattern) for pattern in entry.patterns)


def _spelled_out(pattern: list[dict[str, Any]]) -> list[Form]:
    choices: list[list[str]] = []
    exact = False
    for token in pattern:
        key = next(iter(token))
        if len(token) != 1 or key not in _TEXT_KEYS:
            return []
        value = token[key]
        words = value.get("IN") if isinstance(value, dict) else [value]
        if not words or (isinstance(value, dict) and len(value) != 1):
            return []
        choices.append([str(word) for word in words])
        exact = exact or key != "LOWER"
    return [
        Form(" ".join(words), "plural" if re.search(r"[^s]s$", words[-1]) else "singular", exact)
        for words in product(*choices)
    ]


class TermFinder:
    """Finds the terms of a lexicon in short texts, and the entries that a person's words may mean."""

    def __init__(self, lexicon: Lexicon) -> None:
        self._lexicon = lexicon
        self._owners: dict[str, list[tuple[str, Form]]] = {}
        for key, entry in lexicon.entries.items():
            for form in surface_forms(entry):
                self._owners.setdefault(fold(form.text), []).append((key, form))
        self._scanner = PhraseScanner(self._owners)

    def find(self, text: str, *, any_case: bool = False) -> list[Hit]:
        """Every term in `text`, overlapping ones too; `Hit.phrase` is the entry's key. `any_case`: "idu" is IDU as well."""
        found: dict[Hit, None] = {}
        for hit in self._scanner.find(text):
            for key, form in self._owners[hit.phrase]:
                if any_case or form.fits(text[hit.start : hit.end]):
                    found[Hit(hit.start, hit.end, key)] = None
        return list(found)

    def lookup(self, asked: str) -> list[str]:
        """The keys of the entries that `asked` means, the best first; empty where there is none.

        An id with its domain means that entry alone, an id without one the entries of that id. Other words are read as the
        detector reads them, in any case: the longest term in them comes first, then those that stand elsewhere or inside it.
        """
        wanted = asked.strip().casefold()
        if wanted in self._lexicon.entries:
            return [wanted]
        keys = [key for key in self._lexicon.entries if key.split("/")[1] == wanted]
        hits = sorted(self.find(asked, any_case=True), key=lambda hit: (hit.start - hit.end, hit.start))
        longest = [hit.phrase for hit in longest_wins(hits)]
        ranked = [hit.phrase for hit in hits if hit.phrase in longest] + [hit.phrase for hit in hits]
        return list(dict.fromkeys(keys + ranked))

    def close_to(self, asked: str, most: int = 6) -> list[tuple[str, str]]:
        """Terms that look or sound like `asked`, as (term, key), one an entry: misspelt ones, and longer ones that hold it."""
        wanted = fold(asked.strip())
        names = {fold(key): (key, key) for key in self._lexicon.entries} if "/" in asked else {}
        for folded, owners in self._owners.items():
            names.setdefault(folded, (owners[0][1].text, owners[0][0]))
        alike = difflib.get_close_matches(wanted, names, n=3 * most, cutoff=_CLOSE_ENOUGH)
        if len(wanted) > 2:
            holds = re.compile(rf"\b{re.escape(wanted)}\b")
            alike += sorted((name for name in names if holds.search(name)), key=lambda name: (len(name), name))
        found: dict[str, str] = {}
        for name in alike:
            term, key = names[name]
            found.setdefault(key, term)
        return [(term, key) for key, term in found.items()][:most]


def _telling(phrase: str) -> list[str]:
    """The words of a phrase that must stand in capitals. Short ones ("IV drug user") are printed either way."""
    return [word for word in phrase.split() if word.isupper() and len(word) >= _TELLING_LETTERS]
