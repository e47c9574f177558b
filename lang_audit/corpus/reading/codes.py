"""Countries and languages by their codes, from the names that databases write."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any, Final

_NOT_LETTERS = re.compile(r"[^a-z]+")

# As the National Library of Medicine and publishers write them, where ISO 3166 has another name. Letters only.
_COUNTRIES: Final[dict[str, str]] = {
    "england": "GB", "scotland": "GB", "wales": "GB", "northern ireland": "GB", "great britain": "GB", "uk": "GB",
    "usa": "US", "u s a": "US", "u s": "US", "united states of america": "US",
    "korea south": "KR", "south korea": "KR", "korea": "KR", "republic of korea": "KR",
    "korea north": "KP", "north korea": "KP",
    "china republic": "TW", "republic of china": "TW", "taiwan": "TW",
    "peoples republic of china": "CN", "people s republic of china": "CN",
    "russia federation": "RU", "russia": "RU", "russia pre": "RU", "soviet union": "SU", "ussr": "SU", "u s s r": "SU",
    "czech republic": "CZ", "czechoslovakia": "CS", "yugoslavia": "YU", "serbia and montenegro": "CS",
    "germany east": "DD", "east germany": "DD", "german democratic republic": "DD",
    "germany west": "DE", "west germany": "DE", "federal republic of germany": "DE",
    "iran": "IR", "vietnam": "VN", "bolivia": "BO", "venezuela": "VE", "moldova": "MD", "tanzania": "TZ", "syria": "SY",
    "laos": "LA", "brunei": "BN", "turkey": "TR", "macedonia": "MK", "macedonia republic": "MK",
    "republic of macedonia": "MK", "macedonia former yugoslav republic": "MK", "kosovo": "XK",
    "palestine": "PS", "congo democratic republic": "CD", "democratic republic of the congo": "CD", "zaire": "CD",
    "congo": "CG", "cote d ivoire": "CI", "ivory coast": "CI", "burma": "MM", "cape verde": "CV", "swaziland": "SZ",
    "macao": "MO", "macau": "MO", "holland": "NL", "the netherlands": "NL", "vatican city": "VA", "micronesia": "FM",
    "east timor": "TL", "bosnia": "BA", "bosnia hercegovina": "BA", "croatia hrvatska": "HR", "slovak republic": "SK",
    "republic of ireland": "IE", "eire": "IE", "united arab republic": "EG", "ceylon": "LK", "reunion": "RE",
    "west bank": "PS", "virgin islands u s": "VI", "georgia republic": "GE", "russian federation": "RU",
}  # fmt: skip


@lru_cache(maxsize=10_000)
def country_code(name: str | None) -> str | None:
    """The ISO 3166 code of two letters for a country's name or code; withdrawn ones (SU, YU) for states that are no more."""
    plain = _plain(name)
    if not plain:
        return None
    return _COUNTRIES.get(plain) or _country_names().get(plain)


@lru_cache(maxsize=10_000)
def language_code(name: str | None) -> str | None:
    """The ISO 639 code for a language's name or code: of two letters where there is one ("eng": "en"), else of three.

    None for "und" (undetermined) and "mul" (several) as for what is no language's name.
    """
    plain = _plain(name)
    return _language_names().get(plain) if plain else None


def _plain(name: str | None) -> str:
    if not name:
        return ""
    from unicodedata import normalize

    ascii_only = normalize("NFKD", name).encode("ascii", "ignore").decode().casefold()
    return _NOT_LETTERS.sub(" ", ascii_only).strip()


@lru_cache(maxsize=1)
def _country_names() -> dict[str, str]:
    import pycountry

    found: dict[str, str] = {}
    for country in pycountry.countries:
        for key in ("alpha_2", "alpha_3", "name", "common_name", "official_name"):
            if value := getattr(country, key, None):
                found.setdefault(_plain(value), country.alpha_2)
    return found


@lru_cache(maxsize=1)
def _language_names() -> dict[str, str]:
    import pycountry

    found: dict[str, str] = {}
    entries: list[Any] = sorted(pycountry.languages, key=lambda entry: not hasattr(entry, "alpha_2"))
    for language in entries:
        code = getattr(language, "alpha_2", None) or language.alpha_3
        if code in ("und", "mul", "zxx", "mis"):
            continue
        for key in ("alpha_2", "alpha_3", "bibliographic", "name", "common_name", "inverted_name"):
            if value := getattr(language, key, None):
                found.setdefault(_plain(value), code)
    return found
