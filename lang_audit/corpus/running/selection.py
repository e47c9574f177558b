"""Which records of a literature are asked for: `--years` and `--where`. The others are counted as left out."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Final, Literal, NamedTuple

from lang_audit.corpus.reading.records import CorpusRecord, normal_doi
from lang_audit.errors import ConfigError
from lang_audit.lexicon import near

_YEARS = re.compile(r"(?P<first>\d{4})?(?P<to>\s*[-–]\s*)?(?P<last>\d{4})?")
_CONDITION = re.compile(r"\s*(?P<field>[^=!~]*?)\s*(?P<sign>!=|=|~)(?P<value>.*)", re.DOTALL)


def _one(value: str | None) -> tuple[str, ...]:
    return (value,) if value else ()


def _abstract(record: CorpusRecord) -> tuple[str, ...]:
    if record.paper is None:
        return _one(record.abstract)
    text = record.paper.text
    return tuple(text[part.start : part.end] for part in record.paper.sections if part.kind == "abstract")


_FIELDS: Final[dict[str, Callable[[CorpusRecord], tuple[str, ...]]]] = {
    "title": lambda record: _one(record.title),
    "abstract": _abstract,
    "journal": lambda record: _one(record.journal),
    "country": lambda record: _one(record.country),
    "language": lambda record: _one(record.language),
    "type": lambda record: record.types,
    "keyword": lambda record: record.keywords,
    "pmid": lambda record: _one(record.pmid),
    "doi": lambda record: _one(normal_doi(record.doi)),
    "source": lambda record: _one(record.source),
}
FIELDS: Final = tuple(_FIELDS)
"""The fields that `--where` can ask for."""


class Years(NamedTuple):
    """The first and the last year that are asked for; None where that end is open."""

    first: int | None
    last: int | None


@dataclass(frozen=True, slots=True)
class Condition:
    """One `--where`: `value` is folded as the field's values are before they are compared."""

    field: str
    sign: Literal["=", "!=", "~"]
    value: str

    def __str__(self) -> str:
        return f"{self.field}{self.sign}{self.value}"

    def holds(self, record: CorpusRecord) -> bool:
        """Whether the record meets it: one of the field's values is (contains) the value; for `!=`, none is.

        An empty value stands for a field without any: `country=` asks for records that tell no country.
        """
        values = [_folded(value) for value in _FIELDS[self.field](record)]
        if self.sign == "~":
            return any(self.value in value for value in values)
        is_one = self.value in values if self.value else not values
        return is_one == (self.sign == "=")


@dataclass(frozen=True, slots=True)
class Selection:
    """All that a record must meet to be audited."""

    years: Years | None = None
    where: tuple[Condition, ...] = ()

    def holds(self, record: CorpusRecord) -> bool:
        """Whether the record is asked for; one without a year is not where years are."""
        if self.years is not None:
            first, last = self.years
            if record.year is None or (first or 0) > record.year or (last or 9999) < record.year:
                return False
        return all(condition.holds(record) for condition in self.where)


def parse_years(text: str) -> Years:
    """`1990-2025`, `2015-`, `-2010`, `2015` as years. Raises ConfigError for anything else."""
    told = _YEARS.fullmatch(text.strip())
    if not told or not (told["first"] or told["last"]):
        raise ConfigError(f"--years {text!r}: write 1990-2025, 2015- (from then on), -2010 (until then) or 2015.")
    first = int(told["first"]) if told["first"] else None
    last = int(told["last"]) if told["last"] else None
    if not told["to"]:
        if last is not None and first is not None:
            raise ConfigError(f"--years {text!r}: write a hyphen between the years, as in 1990-2025.")
        last = first
    if first is not None and last is not None and last < first:
        raise ConfigError(f"--years {text!r}: ends before it begins. Write {last}-{first}.")
    return Years(first, last)


def parse_where(conditions: Iterable[str]) -> tuple[Condition, ...]:
    """`journal=The Lancet`, `type!=Review`, `title~opioid` as conditions. Raises ConfigError for what cannot be asked."""
    found = []
    for text in conditions:
        told = _CONDITION.fullmatch(text)
        if not told:
            raise ConfigError(
                f"--where {text!r}: write FIELD=VALUE, FIELD!=VALUE or FIELD~PART, for instance 'title~opioid'. "
                f"Fields: {', '.join(FIELDS)}."
            )
        field, sign = told["field"].lower(), told["sign"]
        if field not in _FIELDS:
            instead = " Ask for years with --years." if field in ("year", "years") else ""
            raise ConfigError(
                f"--where {text!r}: there is no field {field!r}{near(field, FIELDS)}. Fields: {', '.join(FIELDS)}.{instead}"
            )
        value = _folded((field == "doi" and sign != "~" and normal_doi(told["value"])) or told["value"])
        if sign == "~" and not value:
            raise ConfigError(f"--where {text!r}: say what the field must contain.")
        found.append(Condition(field, sign, value))  # type: ignore[arg-type]
    return tuple(found)


def _folded(text: str) -> str:
    return " ".join(text.casefold().split())
