"""Populations and the forms in which papers name them (`lexicons/populations.yaml`), and how many papers use each a year."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final, Literal, NamedTuple

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from lang_audit import yaml_source
from lang_audit.config import lexicon_folder
from lang_audit.errors import LexiconError
from lang_audit.lexicon import load_lexicon, near

if TYPE_CHECKING:
    import duckdb

Kind = Literal["person-first", "label"]
_Text = Annotated[str, Field(min_length=1)]
_Id = Annotated[str, Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$")]
# DuckDB matches with RE2, which has neither of these.
_NOT_IN_RE2 = re.compile(r"\(\?(?:[=!>#(]|<[=!]|P[=>])|\\[1-9]|(?<!\\)[*+?}]\+")


class _Strict(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


def _pattern(text: str) -> str:
    try:
        re.compile(text)
    except re.error as error:
        raise ValueError(f"is no regular expression: {error}") from error
    if found := _NOT_IN_RE2.search(text):
        raise ValueError(f"{found.group()!r} cannot stand here: patterns do not look ahead, look behind or refer back")
    return text


class PersonFirstForm(_Strict):
    """A person-first form: the references that `text` fits somewhere."""

    name: _Text
    text: _Text

    @field_validator("text")
    @classmethod
    def _compiles(cls, value: str) -> str:
        return _pattern(value)


class Label(_Strict):
    """A label: the uses of these entries, or those of them that `text` fits as a whole."""

    name: _Text
    entries: Annotated[list[_Text], Field(min_length=1)]
    text: _Text | None = None

    @field_validator("text")
    @classmethod
    def _compiles(cls, value: str | None) -> str | None:
        return None if value is None else _pattern(value)


class Population(_Strict):
    """A population with the forms in which papers name it; what fits two forms of a kind belongs to the first."""

    id: _Id
    title: _Text
    note: _Text | None = None
    person_first: list[PersonFirstForm]
    labels: Annotated[list[Label], Field(min_length=1)]

    @model_validator(mode="after")
    def _sound(self) -> Population:
        names = self.form_names
        if twice := sorted({name for name in names if names.count(name) > 1}):
            raise ValueError(f"two forms are called {', '.join(twice)}")
        if not self.person_first and not self.note:
            raise ValueError("a population without person-first forms says under 'note' why")
        whole = [entry for label in self.labels if label.text is None for entry in label.entries]
        if twice := sorted({entry for entry in whole if whole.count(entry) > 1}):
            raise ValueError(f"in two labels without 'text': {', '.join(twice)}")
        return self

    @property
    def form_names(self) -> list[str]:
        """The names of its forms, the person-first ones first."""
        return [form.name for form in self.person_first] + [label.name for label in self.labels]

    @property
    def entries(self) -> frozenset[str]:
        """The lexicon entries of all its labels."""
        return frozenset(entry for label in self.labels for entry in label.entries)


class _File(_Strict):
    not_guidance: list[_Text] = []
    populations: Annotated[list[Population], Field(min_length=1)]


class Use(NamedTuple):
    """How many papers of a year use a form; without `form`: any form of `kind`; without `kind`: any form at all."""

    population: str
    kind: Kind | None
    form: str | None
    year: int | None
    papers: int


def load_populations(folder: Path | None = None) -> tuple[Population, ...]:
    """The populations of a lexicons folder (None: the shipped one); none where it has no such file.

    Raises LexiconError with file and line for each mistake, such as an entry that the lexicon does not have.
    """
    file = _load(folder)
    return tuple(file.populations) if file else ()


def load_not_guidance(folder: Path | None = None) -> frozenset[str]:
    """The sources that charts do not mark, because they are no guidance for authors. Raises as load_populations."""
    file = _load(folder)
    return frozenset(file.not_guidance) if file else frozenset()


@cache
def _load(folder: Path | None) -> _File | None:
    path = (folder or lexicon_folder()) / "populations.yaml"
    if folder is not None and not path.exists():
        return None
    file, lines = yaml_source.load(path, _File, path.name)
    lexicon = load_lexicon(folder)
    named = [
        (("populations", p, "labels", k, "entries", n), entry)
        for p, population in enumerate(file.populations)
        for k, label in enumerate(population.labels)
        for n, entry in enumerate(label.entries)
    ]
    mistakes = [
        f"{lines.where(place)}: {name!r} is no entry of the lexicon{near(name, lexicon.entries)}"
        for place, name in named
        if name not in lexicon.entries
    ]
    mistakes += [
        f"{lines.where(('not_guidance', k))}: {name!r} is no source of the lexicon{near(name, lexicon.sources)}"
        for k, name in enumerate(file.not_guidance)
        if name not in lexicon.sources
    ]
    ids = [population.id for population in file.populations]
    mistakes += [
        f"{lines.where(('populations', k, 'id'))}: {id_!r} is used twice" for k, id_ in enumerate(ids) if id_ in ids[:k]
    ]
    if mistakes:
        raise LexiconError(mistakes)
    return file


_PERSON_FIRST: Final[Kind] = "person-first"
_LABEL: Final[Kind] = "label"


def count_uses(connection: duckdb.DuckDBPyConnection, populations: Sequence[Population]) -> list[Use]:
    """The papers that use each form of each population, by year (None: not known), in the authors' own voice.

    `connection` has the views of a dataset. A paper that uses two forms counts for both, and once for "any".
    """
    if not populations:
        return []
    connection.execute(
        f"""
        CREATE OR REPLACE TEMP TABLE form_uses AS
        WITH labelled AS (
            SELECT DISTINCT entry, text, lower(trim(regexp_replace(text, '\\s+', ' ', 'g'))) AS plain FROM findings
            WHERE usage = 'author' AND entry IN ({_list(set().union(*(p.entries for p in populations)))})
        ), referred AS (
            SELECT DISTINCT text, lower(trim(regexp_replace(text, '\\s+', ' ', 'g'))) AS plain FROM person_first
        ), label_forms AS ({_union(_label_choice(p, n) for n, p in enumerate(populations))}),
        first_forms AS ({_union(_first_choice(p, n) for n, p in enumerate(populations) if p.person_first)})
        SELECT DISTINCT population, '{_LABEL}' AS kind, form, paper, year
        FROM findings JOIN label_forms USING (entry, text) WHERE usage = 'author' AND decision <> 'exempt'
        UNION ALL
        SELECT DISTINCT population, '{_PERSON_FIRST}' AS kind, form, paper, year
        FROM person_first JOIN first_forms USING (text)
        """
    )
    rows = connection.execute(
        """
        SELECT population, kind, form, year, count(*) FROM form_uses GROUP BY ALL
        UNION ALL
        SELECT population, kind, NULL, year, count(DISTINCT paper) FROM form_uses GROUP BY ALL
        UNION ALL
        SELECT population, NULL, NULL, year, count(DISTINCT paper) FROM form_uses GROUP BY ALL
        ORDER BY ALL
        """
    ).fetchall()
    connection.execute("DROP TABLE form_uses")
    return [
        Use(populations[n].id, kind, _name(populations[n], kind, form), year, papers)
        for n, kind, form, year, papers in rows
    ]


def _name(population: Population, kind: Kind | None, form: int | None) -> str | None:
    if form is None:
        return None
    return population.labels[form].name if kind == _LABEL else population.person_first[form].name


def _union(selects: Iterable[str]) -> str:
    return " UNION ALL ".join(selects) or "SELECT NULL::VARCHAR AS text, 0 AS population, 0 AS form WHERE false"


def _label_choice(population: Population, n: int) -> str:
    conditions = [
        f"entry IN ({_list(label.entries)})"
        + (f" AND regexp_full_match(plain, {_quoted(label.text)}, 'i')" if label.text else "")
        for label in population.labels
    ]
    return f"SELECT entry, text, {n} AS population, {_case(conditions)} AS form FROM labelled WHERE form IS NOT NULL"


def _first_choice(population: Population, n: int) -> str:
    conditions = [f"regexp_matches(plain, {_quoted(form.text)}, 'i')" for form in population.person_first]
    return f"SELECT text, {n} AS population, {_case(conditions)} AS form FROM referred WHERE form IS NOT NULL"


def _case(conditions: Sequence[str]) -> str:
    return "CASE " + " ".join(f"WHEN {condition} THEN {k}" for k, condition in enumerate(conditions)) + " END"


def _list(values: Iterable[str]) -> str:
    return ", ".join(_quoted(value) for value in sorted(values))


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
