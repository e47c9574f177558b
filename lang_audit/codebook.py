"""Codebooks: the dimensions and codes of a realist review, and the evidence that each code asks for.

A codebook is a file of `lexicons/codebooks/`; docs/codebooks.md describes the format. Nothing here knows a codebook by
name. Words that codebooks share (who is a peer, what is a clinic, verbs of change) are the lists of `lexicons/vocabulary/`.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from lang_audit import yaml_source
from lang_audit.config import lexicon_folder
from lang_audit.detection.evidence_patterns import Pattern, compile_pattern
from lang_audit.errors import ConfigError, LexiconError
from lang_audit.lexicon import near
from lang_audit.vocabulary import WordClass, load_vocabulary, own_names, own_words

_Text = Annotated[str, Field(min_length=1)]
_Id = Annotated[str, Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$")]
Part = Literal["intervention", "context", "mechanism", "outcome"]
Within = Literal["sentence", "passage", "paper"]


class _Strict(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Review(_Strict):
    """The review that a codebook comes from."""

    citation: _Text
    identifier: _Text


class Evidence(_Strict):
    """One kind of evidence for a code.

    `say` are patterns (see detection/evidence_patterns.py) of which one must stand in a sentence. `by` names the word class
    of those who must do it or give it, by the grammar of the sentence where that tells, else by a mention `within` reach;
    `between` names those who must be one of its sides, `near` those who need only be named. `unless` are patterns that annul
    it anywhere in the same sentence, `other_sense` those that annul only the words that they hold themselves. `denied`
    evidence ("lack of ...", "did not ...") is dropped, unless `denied: keep`.
    """

    say: Annotated[list[_Text], Field(min_length=1)]
    by: _Text | None = None
    between: _Text | None = None
    near: _Text | None = None
    within: Within = "passage"
    unless: list[_Text] = []
    other_sense: list[_Text] = []
    denied: Literal["drop", "keep"] = "drop"


class Examples(_Strict):
    """Sentences that must get the code, and look-alikes that must not."""

    coded: Annotated[list[_Text], Field(min_length=1)]
    not_coded: list[_Text] = []


class Code(_Strict):
    """A code: its definition, what does not count, its evidence and examples. `outside` says why the review's
    analysis leaves it out."""

    id: _Id
    name: _Text
    definition: _Text
    excludes: _Text | None = None
    outside: _Text | None = None
    evidence: Annotated[list[Evidence], Field(min_length=1)]
    examples: Examples


class Dimension(_Strict):
    """A dimension of a codebook, such as roles or outcomes, and which part of a configuration its codes are."""

    id: _Id
    name: _Text
    part: Part | None = None
    codes: Annotated[list[Code], Field(min_length=1)]


class Codebook(_Strict):
    """One codebook, as its file says it.

    `scope` are patterns of which a whole paper must hold one at least, so that a paper about something else stays
    empty; `words` are word classes of the book's own, which stand in the place of shared ones of the same name.
    """

    codebook: _Id
    title: _Text
    about: _Text
    review: Review
    scope: list[_Text] = []
    words: dict[_Id, list[_Text]] = {}
    dimensions: Annotated[list[Dimension], Field(min_length=1)]

    @model_validator(mode="after")
    def _once(self) -> Codebook:
        for what, ids in [("dimension", [d.id for d in self.dimensions])] + [
            (f"code of {d.id}", [c.id for c in d.codes]) for d in self.dimensions
        ]:
            if twice := sorted({name for name in ids if ids.count(name) > 1}):
                raise ValueError(f"{what} given twice: {', '.join(twice)}")
        return self

    def code(self, dimension: str, code: str) -> Code:
        """The code `code` of `dimension`; raises KeyError where there is none."""
        for d in self.dimensions:
            for c in d.codes:
                if (d.id, c.id) == (dimension, code):
                    return c
        raise KeyError(f"{self.codebook}/{dimension}/{code}")


def codebook_names(folder: Path | None = None) -> list[str]:
    """The names of the codebooks in a lexicons folder (None: the shipped one)."""
    return sorted(path.stem for path in ((folder or lexicon_folder()) / "codebooks").glob("*.yaml"))


@cache
def load_codebook(name: str, folder: Path | None = None) -> Codebook:
    """A codebook by name (`chang-2021`) or by the path of a file of the user's own.

    Raises ConfigError for a name that there is not (with those that there are), LexiconError with file and line for a
    mistake in the file.
    """
    own = Path(name)
    path = own if own.suffix in (".yaml", ".yml") else (folder or lexicon_folder()) / "codebooks" / f"{name}.yaml"
    if not path.is_file():
        known = codebook_names(folder)
        raise ConfigError(
            f"codebook {name!r}: there is {', '.join(known)}{near(name, known)}; or name a YAML file of your own"
        )
    book, lines = yaml_source.load(path, Codebook, str(path) if own == path else f"codebooks/{path.name}")
    if own != path and book.codebook != name:
        raise LexiconError([f"{lines.where(('codebook',))}: must be {name!r}, as the file is called"])
    if mistakes := _mistakes(book, lines, folder):
        raise LexiconError(mistakes)
    return book


def word_classes(book: Codebook, folder: Path | None = None) -> dict[str, WordClass]:
    """The shared word classes, and the book's own under names that hold the book's (see `own_words`)."""
    return {**load_vocabulary(folder), **own_words(book.codebook, book.words)}


def compiled(book: Codebook, text: str, classes: Mapping[str, WordClass]) -> Pattern:
    """One pattern of a codebook, compiled with its word classes. Raises ValueError that says what is wrong with it."""
    return compile_pattern(own_names(book.codebook, book.words, text), classes)


def _mistakes(book: Codebook, lines: yaml_source.SourceLines, folder: Path | None) -> list[str]:
    classes = word_classes(book, folder)
    found: list[str] = []

    def check(text: str, *place: str | int) -> None:
        try:
            compiled(book, text, classes)
        except ValueError as error:
            found.append(f"{lines.where(place)}: {error}")

    for k, text in enumerate(book.scope):
        check(text, "scope", k)
    for d, dimension in enumerate(book.dimensions):
        for c, code in enumerate(dimension.codes):
            for e, evidence in enumerate(code.evidence):
                place = ("dimensions", d, "codes", c, "evidence", e)
                for key in ("say", "unless", "other_sense"):
                    for k, text in enumerate(getattr(evidence, key)):
                        check(text, *place, key, k)
                for key in ("by", "between", "near"):
                    name = getattr(evidence, key)
                    if name is not None and name not in classes:
                        found.append(f"{lines.where((*place, key))}: {name!r} is no word class{near(name, classes)}")
    return found
