"""Finds the names of countries, and of places within them, in a sentence (`lexicons/characteristics/places.yaml` and
pycountry)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Literal

from lang_audit.characteristics.rules import Places, read_rules

Kind = Literal["name", "adjective", "place", "postal"]
_OPENING = re.compile(r"(?<![\w’'])[^\W\d_]+", re.UNICODE)


@dataclass(frozen=True, slots=True)
class PlaceName:
    """A place named in a sentence: the country's code, how it is named, and the offsets in the sentence."""

    code: str
    kind: Kind
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class _Gazetteer:
    # By the first word of a name: one pattern of all names that begin with it, longest first.
    by_opening: dict[str, re.Pattern[str]]
    meaning: dict[str, tuple[str, Kind] | None]
    shared: dict[str, tuple[tuple[str, re.Pattern[str]], ...]]
    postal: re.Pattern[str]
    postal_country: dict[str, str]


def place_names(sentence: str, folder: Path | None = None) -> Iterator[PlaceName]:
    """The places named in `sentence`, in order. Case matters, except in a sentence set in capitals."""
    gazetteer = _gazetteer(folder)
    shouted = sentence.isupper()
    end = 0
    for opening in _OPENING.finditer(sentence):
        word = opening[0]
        if opening.start() < end or not (word[0].isupper() or word == "mainland"):
            continue
        pattern = gazetteer.by_opening.get(word.casefold())
        found = pattern.match(sentence, opening.start()) if pattern else None
        if not found:
            continue
        name = found[0] if found[0] in gazetteer.meaning or not shouted else _cased(found[0], gazetteer)
        if name not in gazetteer.meaning and name not in gazetteer.shared:
            continue
        end = found.end()
        meaning = gazetteer.meaning.get(name)
        if name in gazetteer.shared:
            code = next((code for code, sure in gazetteer.shared[name] if sure.search(sentence)), None)
            meaning = (code, "name") if code else None
        if meaning:
            yield PlaceName(*meaning, found.start(), found.end())
    for letters in gazetteer.postal.finditer(sentence):
        yield PlaceName(gazetteer.postal_country[letters[1]], "postal", letters.start(1), letters.end(1))


def country_name(code: str) -> str:
    """The usual English name of a country code; the code itself where ISO 3166 has none (Kosovo)."""
    import pycountry

    country = pycountry.countries.get(alpha_2=code)
    return str(getattr(country, "common_name", None) or country.name) if country else code


def _cased(name: str, gazetteer: _Gazetteer) -> str:
    folded = name.casefold()
    return next((known for known in gazetteer.meaning if known.casefold() == folded), name)


@cache
def _gazetteer(folder: Path | None) -> _Gazetteer:
    rules = read_rules("places", Places, folder)
    meaning: dict[str, tuple[str, Kind] | None] = {}
    for country in rules.countries:
        if not country.ambiguous_name:
            meaning |= dict.fromkeys(_iso_names(country.code), (country.code, "name"))
        meaning |= dict.fromkeys(country.places, (country.code, "place"))
        meaning |= dict.fromkeys(country.adjectives, (country.code, "adjective"))
        meaning |= dict.fromkeys(country.names, (country.code, "name"))
    meaning |= dict.fromkeys(rules.not_places)
    shared: dict[str, list[tuple[str, re.Pattern[str]]]] = {}
    for choice in rules.ambiguous:
        shared.setdefault(choice.name, []).append((choice.code, re.compile("|".join(choice.sure))))
    openings: dict[str, list[str]] = {}
    for name in (*meaning, *shared):
        first = _OPENING.match(name)
        if first:
            openings.setdefault(first[0].casefold(), []).append(name)
    by_opening = {
        first: re.compile(
            "(?:" + "|".join(re.escape(name) for name in sorted(names, key=len, reverse=True)) + r")(?![\w])(?!-speak)",
            re.IGNORECASE,
        )
        for first, names in openings.items()
    }
    postal_country = {letters: code for code, all_letters in rules.postal.items() for letters in all_letters}
    postal = re.compile(rf"\b[A-Z][a-z.]+(?: [A-Z][a-z]+)*,\s({'|'.join(postal_country)})\b(?![-\w]|\.[A-Z])")
    return _Gazetteer(by_opening, meaning, {k: tuple(v) for k, v in shared.items()}, postal, postal_country)


def _iso_names(code: str) -> list[str]:
    import pycountry

    country = pycountry.countries.get(alpha_2=code)
    if country is None:
        return []
    names = (country.name, getattr(country, "common_name", None), getattr(country, "official_name", None))
    return [name for name in names if name and "," not in name]
