"""Profiles: which entries of the lexicon are raised, how, and by which rule a paper is judged.

A profile is a file of `lexicons/profiles/`; docs/profiles.md describes the format. Nothing here knows a profile by name,
save that one is the default.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from lang_audit import yaml_source
from lang_audit.config import lexicon_folder
from lang_audit.errors import ConfigError, LexiconError
from lang_audit.lexicon import Category, Entry, Lexicon, load_lexicon, near
from lang_audit.model import Severity, VerdictRule

DEFAULT_PROFILE = "default"
_Text = Annotated[str, Field(min_length=1)]


class _Strict(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Study(_Strict):
    """The published audit that a profile repeats, and where it is to be found."""

    citation: _Text
    identifier: _Text


class Selection(_Strict):
    """Entries of the lexicon: those named, and those that meet every other condition that is given."""

    entries: list[_Text] = []
    domains: list[_Text] = []
    categories: list[Category] = []
    severities: list[Severity] = []
    sources: list[_Text] = []

    @model_validator(mode="after")
    def _something(self) -> Selection:
        if not (self.entries or self._conditional):
            raise ValueError("give at least one of entries, domains, categories, severities, sources, or 'select: all'")
        return self

    @property
    def _conditional(self) -> bool:
        return bool(self.domains or self.categories or self.severities or self.sources)

    def holds(self, key: str, entry: Entry) -> bool:
        """Whether the entry `key` is one of them."""
        if key in self.entries:
            return True
        return (
            self._conditional
            and (not self.domains or key.partition("/")[0] in self.domains)
            and (not self.categories or entry.category in self.categories)
            and (not self.severities or entry.severity in self.severities)
            and (not self.sources or not set(self.sources).isdisjoint((*entry.sources, *entry.known_sources)))
        )


class Profile(_Strict):
    """One profile, as its file says it. `limits` tells what about a published audit it does not repeat, and why."""

    profile: _Text
    title: _Text
    about: _Text
    study: Study | None = None
    select: Selection | None  # None is "all"
    except_: Annotated[list[_Text], Field(alias="except")] = []
    lexicons: list[_Text] = []
    queries: Literal["query", "flag"] = "query"
    everyday_words: Literal["ignore", "query", "flag"] = "query"
    rule: VerdictRule
    unit: _Text
    adherent: _Text
    limits: list[_Text] = []

    @field_validator("select", mode="before")
    @classmethod
    def _all(cls, value: Any) -> Any:
        if value == "all":
            return None
        if not isinstance(value, dict):
            raise ValueError("must be all, or conditions: entries, domains, categories, severities, sources")
        return value

    @model_validator(mode="after")
    def _honest(self) -> Profile:
        if self.study and not self.limits:
            raise ValueError("a profile that repeats a study says under 'limits' what it cannot repeat")
        return self

    def decision(self, key: str, entry: Entry) -> Literal["flag", "query"] | None:
        """What becomes of the entry `key` where the authors use it of people; None where the profile does not raise it."""
        if key in self.except_ or not (self.select is None or self.select.holds(key, entry)):
            return None
        if entry.everyday:
            return None if self.everyday_words == "ignore" else self.everyday_words
        return self.queries if entry.decision == "query" else "flag"

    def without(self, keys: tuple[str, ...]) -> Profile:
        """The same profile with some more entries left out."""
        return self.model_copy(update={"except_": [*self.except_, *keys]})


def profile_names(folder: Path | None = None) -> list[str]:
    """The names of the profiles that exist, the default one first."""
    names = sorted(path.stem for path in _profile_folder(folder).glob("*.yaml"))
    return sorted(names, key=lambda name: name != DEFAULT_PROFILE)


@cache
def load_profile(
    name: str = DEFAULT_PROFILE, folder: Path | None = None, extra: tuple[Path, ...] = ()
) -> tuple[Profile, Lexicon]:
    """A profile, and the lexicon with the profile's own terms in it and those of the files `extra`.

    Raises ConfigError for a name that no profile has (with those that exist), LexiconError with file:line for each mistake
    in the profile, such as an entry that the lexicon does not have.
    """
    if name not in profile_names(folder):
        raise ConfigError(f"{name!r} is no profile. There are: {', '.join(profile_names(folder))}.")
    path = _profile_folder(folder) / f"{name}.yaml"
    profile, lines = yaml_source.load(path, Profile, f"profiles/{path.name}")
    lexicon = load_lexicon(folder, (*(path.parent / own for own in profile.lexicons), *extra))
    mistakes = _unknown(profile, lines, lexicon)
    if profile.profile != name:
        mistakes.append(f"{lines.where(('profile',))}: must be {name}, as the file is called")
    if mistakes:
        raise LexiconError(mistakes)
    return profile, lexicon


def _profile_folder(folder: Path | None) -> Path:
    return (folder or lexicon_folder()) / "profiles"


def _unknown(profile: Profile, lines: yaml_source.SourceLines, lexicon: Lexicon) -> list[str]:
    """A message for each name in a profile that the lexicon does not have."""
    named: list[tuple[tuple[str, ...], list[str], set[str], str]] = [
        (("except",), profile.except_, set(lexicon.entries), "entry")
    ]
    if profile.select:
        named += [
            (("select", "entries"), profile.select.entries, set(lexicon.entries), "entry"),
            (("select", "domains"), profile.select.domains, set(lexicon.domains), "domain"),
            (("select", "sources"), profile.select.sources, set(lexicon.sources), "source"),
        ]
    return [
        f"{lines.where((*place, k))}: {name!r} is no {what} of the lexicon{near(name, known)}"
        for place, names, known, what in named
        for k, name in enumerate(names)
        if name not in known
    ]
