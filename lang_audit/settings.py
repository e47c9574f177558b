"""The settings of a run: lexicon, profile, verdict rule, what is switched off, and where each of these was said."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from lang_audit.config import Config, SwitchedOff
from lang_audit.errors import ConfigError
from lang_audit.lexicon import Lexicon, near
from lang_audit.model import VerdictRule
from lang_audit.profiles import DEFAULT_PROFILE, Profile, load_profile

DEFAULT_REPORTS = ("html",)
BUILT_IN = "built in"
COMMAND_LINE = "command line"


@dataclass(frozen=True)
class Settings:
    """All that decides what is found and how it is judged.

    `off` lists the entries that were switched off, with reasons (`profile` leaves them out already). `reports` are the forms
    of report. `model` names a trained spaCy pipeline (None: the first known one that is installed), `speakers` asks who speaks in
    quotations. `origins` tells for each setting where it was said.
    """

    lexicon: Lexicon
    profile: Profile
    rule: VerdictRule
    off: tuple[SwitchedOff, ...] = ()
    reports: tuple[str, ...] = DEFAULT_REPORTS
    model: str | None = None
    speakers: bool = False
    origins: dict[str, str] = field(default_factory=dict, compare=False)


def load_settings(
    *,
    profile: str | None = None,
    rule: VerdictRule | None = None,
    lexicons: Sequence[Path] = (),
    reports: Sequence[str] = (),
    config: Config | None = None,
    folder: Path | None = None,
    model: str | None = None,
    speakers: bool = False,
) -> Settings:
    """The settings of a run: what is given here wins over `config` (as `find_config` reads it), that over what is built in.

    `lexicons` are lexicon files of the user's own, which stand in the place of those that `config` names; `folder` is a
    lexicons folder (None: the shipped one). A profile brings its rule, so the rule of `config` does not count for a profile
    named here. Raises ConfigError or LexiconError, with file and line, for what cannot be used.
    """
    origins = {}

    def said(name: str, given: bool, in_file: bool, otherwise: str = BUILT_IN) -> None:
        origins[name] = COMMAND_LINE if given else config.where(name) if config and in_file else otherwise

    file_rule = config.rule if config and not profile else None
    paths = tuple(lexicons) or (config.lexicons if config else ())
    name = profile or (config and config.profile) or DEFAULT_PROFILE
    try:
        chosen, lexicon = load_profile(name, folder, paths)
    except ConfigError as error:
        if config and not profile and config.profile:
            raise ConfigError(f"{config.where('profile')}: {error}") from error
        raise
    off = config.off if config else ()
    if config:
        _check_off(config, lexicon)
    said("profile", bool(profile), bool(config and config.profile))
    said("rule", bool(rule), bool(file_rule), f"profile {chosen.profile}")
    said("lexicons", bool(lexicons), bool(config and config.lexicons))
    said("off", False, bool(off))
    said("reports", bool(reports), bool(config and config.reports))
    return Settings(
        lexicon=lexicon,
        profile=chosen.without(tuple(item.entry for item in off)),
        rule=rule or file_rule or chosen.rule,
        off=off,
        reports=tuple(reports) or (config.reports if config else ()) or DEFAULT_REPORTS,
        model=model,
        speakers=speakers,
        origins=origins,
    )


def _check_off(config: Config, lexicon: Lexicon) -> None:
    mistakes = [
        f"{config.where('off', k, 'entry')}: {item.entry!r} is no entry of the lexicon{near(item.entry, lexicon.entries)}"
        for k, item in enumerate(config.off)
        if item.entry not in lexicon.entries
    ]
    if mistakes:
        raise ConfigError("\n".join(mistakes))


@cache
def default_settings() -> Settings:
    """The shipped lexicon with the default profile; no configuration file is read."""
    return load_settings()


def describe(settings: Settings) -> str:
    """The settings as lines of text, each with where it was said."""
    rows = [
        ("profile", f"{settings.profile.profile} ({settings.profile.title})"),
        ("rule", settings.rule),
        ("lexicons", ", ".join(map(str, settings.lexicon.extra)) or "the shipped one only"),
        ("off", f"{len(settings.off)} entries" if len(settings.off) != 1 else "1 entry"),
        ("reports", ", ".join(settings.reports)),
    ]
    lines = []
    for name, value in rows:
        origin = settings.origins.get(name, "")
        lines.append(f"{name:<10}{value}" + (f"  [{origin}]" if origin else ""))
        if name == "off":
            lines += [f"{'':<12}{item.entry}: {item.reason}" for item in settings.off]
    return "\n".join(lines)
