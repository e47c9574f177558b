"""The World Bank's region and income group of a country (`lexicons/characteristics/worldbank.yaml`)."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from lang_audit.characteristics.rules import WorldBank, read_rules


@cache
def _groups(folder: Path | None) -> tuple[dict[str, str], dict[str, str]]:
    rules = read_rules("worldbank", WorldBank, folder)
    regions = {code: name for name, codes in rules.regions.items() for code in codes}
    income = {code: name for name, codes in rules.income.items() for code in codes}
    return regions, income


def regions_of(countries: tuple[str, ...], folder: Path | None = None) -> tuple[str, ...]:
    """The regions of `countries` (alpha-2), each once, in the countries' order; a country without one adds none."""
    return _distinct(countries, _groups(folder)[0])


def income_of(countries: tuple[str, ...], folder: Path | None = None) -> tuple[str, ...]:
    """The income groups of `countries`, each once, in the countries' order; a country without one adds none."""
    return _distinct(countries, _groups(folder)[1])


def _distinct(countries: tuple[str, ...], group_of: dict[str, str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(group_of[code] for code in countries if code in group_of))
