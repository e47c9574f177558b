"""The rules of the study characteristics, as data: the files of `lexicons/characteristics/`, read and compiled here once.

docs/characteristics.md describes the files. Every mistake in one is reported with its file and line (LexiconError).
"""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import Annotated, Any, Literal, TypeVar

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from lang_audit import yaml_source
from lang_audit.config import lexicon_folder
from lang_audit.errors import LexiconError
from lang_audit.model import SectionKind

Characteristic = Literal["country", "design", "sample-size", "years", "population"]
Part = Literal["title", "abstract", "participants", "methods", "results", "other"]


def _expression(value: str) -> str:
    try:
        re.compile(value)
    except re.error as error:
        raise ValueError(f"is no regular expression: {error}") from error
    return value


Expression = Annotated[str, Field(min_length=1), AfterValidator(_expression)]
Expressions = Annotated[list[Expression], Field(min_length=1)]
Code = Annotated[str, Field(pattern="^[A-Z]{2}$")]


def either(expressions: list[str]) -> re.Pattern[str]:
    """One compiled pattern for all of `expressions`; one that never matches for none."""
    return re.compile("|".join(f"(?:{part})" for part in expressions) or r"(?!)", re.IGNORECASE)


class _Strict(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class StudyWords(_Strict):
    """Words of this study and of other studies, and the labels of a report's parts (`study.yaml`)."""

    own: Expressions
    others: Expressions
    labels: dict[str, Expressions]
    ours_is: Expressions
    part_of: Expressions
    says_so: Expressions


class SettingCues(_Strict):
    """What shows that a place is the study's setting (`settings.yaml`)."""

    done_there: Expressions
    leads: Expressions
    people_or_places: Expressions
    elsewhere: Expressions
    elsewhere_after: Expressions
    ethics: Expressions
    figures: Expressions
    goes_on: list[str]
    sites: Expressions


class Country(_Strict):
    """How one country is named besides its names in ISO 3166; `ambiguous_name` leaves these out."""

    code: Code
    names: list[str] = []
    adjectives: list[str] = []
    places: list[str] = []
    ambiguous_name: bool = False


class SharedName(_Strict):
    """A name of several places: read as `code` where one of `sure` stands in the sentence."""

    name: str
    code: Code
    sure: Expressions


class Places(_Strict):
    """The names of countries and of places within them (`places.yaml`)."""

    source: str
    not_places: list[str]
    ambiguous: list[SharedName]
    countries: list[Country]
    postal: dict[Code, list[str]]


class WorldBank(_Strict):
    """Region and income group of each country (`worldbank.yaml`)."""

    fiscal_year: int
    valid: str
    source: str
    regions: dict[str, list[Code]]
    income: dict[str, list[Code]]


class Design(_Strict):
    """One study design: the words that name it and what it stands for in place of others (`designs.yaml`)."""

    id: Annotated[str, Field(pattern="^[a-z][a-z-]*$")]
    name: str
    family: str
    stems: Annotated[list[str], Field(min_length=1)]
    patterns: Expressions
    signs: list[Expression] = []
    not_: list[Expression] = Field(default=[], alias="not")
    overrides: list[str] = []
    overridden_by: list[str] = []
    modifier: bool = False
    only_in: list[SectionKind] = []
    in_reviews: bool = True
    sources: Annotated[list[str], Field(min_length=1)]


class Designs(_Strict):
    """All study designs and what their names are taken from."""

    sources: dict[str, str]
    no_people: list[str]
    no_years: list[str]
    designs: list[Design]


class NumberCue(_Strict):
    """Words around a number that speak for or against its being the sample size."""

    cue: Expression
    stands: Literal["before", "after", "around", "sentence"]
    weight: float
    protocols: bool | None = None


class SampleSizeRules(_Strict):
    """How the number of participants is read (`sample_size.yaml`)."""

    least: float
    people: Expression
    breaks: Expression
    taken_in: Expression
    sample_of: Expression
    talks: Expression
    talked_to: Expression
    trials: Expression
    cues: list[NumberCue]
    places: dict[Part, float]
    sum_of_parts: float
    one_of_several: float
    few_below: int
    few: float
    repeated: float


class YearRules(_Strict):
    """How the years of data are read (`years.yaml`)."""

    gathered: Expressions
    not_gathered: Expressions
    begins: Expression
    ends: Expression
    places: dict[Part, float]
    least: float
    earliest: int


class PopulationRules(_Strict):
    """How the population is read (`population.yaml`)."""

    leads: Expression
    tails: Expression
    ends: Expression
    bare: Expression
    loose_end: Expression
    longest: int


_Schema = TypeVar("_Schema", bound=BaseModel)


@cache
def read_rules(name: str, schema: type[_Schema], folder: Path | None = None) -> _Schema:
    """The rules of `characteristics/<name>.yaml` in a lexicons folder (None: the shipped one). Raises LexiconError."""
    path = (folder or lexicon_folder()) / "characteristics" / f"{name}.yaml"
    rules, lines = yaml_source.load(path, schema, f"characteristics/{name}.yaml")
    if isinstance(rules, Designs):
        mistakes = _unknown_ids(rules, lines)
        if mistakes:
            raise LexiconError(mistakes)
    return rules


def _unknown_ids(rules: Designs, lines: Any) -> list[str]:
    ids = [design.id for design in rules.designs]
    mistakes = []
    for k, design in enumerate(rules.designs):
        if design.id in ids[:k]:
            mistakes.append(f"{lines.where(('designs', k, 'id'))}: {design.id} is given twice")
        for key, known in (("overrides", ids), ("overridden_by", ids), ("sources", list(rules.sources))):
            mistakes += [
                f"{lines.where(('designs', k, key))}: {unknown} is not in this file"
                for unknown in getattr(design, key)
                if unknown not in known
            ]
    return mistakes
