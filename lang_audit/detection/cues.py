"""The cues that decide how a word is used: data in `lexicons/usage/`, one file a usage, read and compiled here.

After ConText (Chapman et al. 2011; medspaCy's rules): a cue is a pattern, where it stands to the mention, and how far away.
"""

from __future__ import annotations

import re
from functools import cache, cached_property
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator

from lang_audit import yaml_source
from lang_audit.config import lexicon_folder
from lang_audit.errors import LexiconError
from lang_audit.lexicon import Category
from lang_audit.model import Usage

Stands = Literal["before", "after", "around", "touching", "inside", "sentence", "passage", "after_quotation"]


class _Strict(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Cue(_Strict):
    """One pattern and where it stands.

    `before`, `after`, `around`: in the mention's sentence, at most `within` words away. `touching`: right behind the mention.
    `inside`: the mention lies inside the match. `sentence`, `passage`: anywhere in the mention's sentence or paragraph.
    `after_quotation`: right behind the quotation that holds the mention. `in_quotes` asks that the mention stands in quotation
    marks (true) or does not (false). `term` is a pattern that the whole mention must fit. `not_in_titles` leaves out sentences
    set in title case or in capitals, where capitals say nothing.
    """

    cue: Annotated[str, Field(min_length=1)]
    stands: Stands
    within: int = 0
    in_quotes: bool | None = None
    unless_quotes: bool = False
    not_in_titles: bool = False
    categories: list[Category] | None = None
    term: Annotated[str, Field(min_length=1)] | None = None

    @field_validator("cue", "term")
    @classmethod
    def _valid(cls, value: str | None) -> str | None:
        try:
            re.compile(value or "")
        except re.error as error:
            raise ValueError(f"is no regular expression: {error}") from error
        return value

    @cached_property
    def patterns(self) -> SidePatterns:
        """The compiled pattern for each side that the cue can stand on, made when it is first asked for."""
        return SidePatterns(self.cue, self.within)

    @cached_property
    def whole_term(self) -> re.Pattern[str] | None:
        """The pattern that the whole mention must fit."""
        return re.compile(self.term, re.IGNORECASE) if self.term else None


class SidePatterns(dict[Stands, re.Pattern[str]]):
    """The patterns of a cue by the side that they are looked for on; the words of the cue are their group `cue`."""

    def __init__(self, cue: str, within: int) -> None:
        super().__init__()
        self._cue, self._within = cue, within

    def __missing__(self, side: Stands) -> re.Pattern[str]:
        cue = self._cue
        # Words and what parts them share no character, so that a failing match fails fast.
        if side == "before":
            source = rf"(?<![\w-])(?P<cue>{cue})(?:[^\w\n]+\w+){{0,{self._within}}}\W*$"
        elif side == "after" and not cue.startswith(("^", "(?-i:^")):
            source = rf"^\W*(?:\w+\W+){{0,{self._within}}}(?P<cue>{cue})"
        else:
            source = f"(?P<cue>{cue})"
        found = self[side] = re.compile(source, re.IGNORECASE | (re.MULTILINE if side == "inside" else 0))
        return found


class UsageCues(_Strict):
    """One file of cues: the usage that they show, its turn (`priority`, lowest first).

    `names` are whole phrases that hold the term; `heads` are words that make a capitalised run of words a name.
    """

    usage: Usage
    priority: int
    applies_to: list[Category] | None = None
    names: list[str] = []
    heads: list[str] = []
    cues: list[Cue] = []


class PeopleWords(_Strict):
    """The file `people.yaml`: words that tell whether a term is used of people."""

    person_nouns: list[str]
    stops: list[str]
    animals: list[str]
    materials: list[str]
    not_people: list[str]
    drugs: list[str]
    substances: list[str]
    weak_substances: list[str]


class UsageRules(BaseModel):
    """Every cue file in its turn, and the words about people."""

    model_config = ConfigDict(frozen=True)
    files: list[UsageCues]
    people: PeopleWords


@cache
def load_usage_rules(folder: Path | None = None) -> UsageRules:
    """Read `lexicons/usage/`. Raises LexiconError with file:line for every mistake."""
    folder = (folder or lexicon_folder()) / "usage"
    mistakes: list[str] = []
    files: list[UsageCues] = []
    for path in sorted(folder.glob("*.yaml")):
        if path.name in ("people.yaml", "person_first.yaml"):
            continue
        try:
            files.append(yaml_source.load(path, UsageCues, f"usage/{path.name}")[0])
        except LexiconError as error:
            mistakes += error.problems
    try:
        people = yaml_source.load(folder / "people.yaml", PeopleWords, "usage/people.yaml")[0]
    except LexiconError as error:
        mistakes += error.problems
    if mistakes:
        raise LexiconError(mistakes)
    return UsageRules(files=sorted(files, key=lambda f: f.priority), people=people)
