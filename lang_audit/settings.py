"""The settings of a run: lexicon, profile, verdict rule, what is switched off, and where each of these was said."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from lang_audit.config import TABLE_FORMATS, Config, FailOn, Ignore, SwitchedOff, TableFormat
from lang_audit.errors import ConfigError
from lang_audit.lexicon import Lexicon, near
from lang_audit.model import VerdictRule
from lang_audit.profiles import DEFAULT_PROFILE, Profile, load_profile
from lang_audit.sources import DEFAULT_PDF_ENGINE

if TYPE_CHECKING:
    from lang_audit.codebook import Codebook

DEFAULT_REPORTS = ("html",)
DEFAULT_FAIL_ON: FailOn = "stigmatising"
BUILT_IN = "built in"
COMMAND_LINE = "command line"
NO_CODEBOOK = "none"
_ALL_TABLES = f"{', '.join(TABLE_FORMATS)} where there is more than one paper"


@dataclass(frozen=True)
class Settings:
    """All that decides what is found and how it is judged.

    `off` lists the entries that were switched off, with reasons (`profile` leaves them out already). `reports` are the forms
    of report. `model` names a trained spaCy pipeline (None: the first known one that is installed), `speakers` asks who speaks in
    quotations. `codebooks` are those that papers are coded with (none: no coding), `codebook_names` their names or paths.
    `references` is the file that papers are cited by, `tables` are the formats of the tables over all papers (None: all
    formats where there is more than one paper). `pdf_engine` reads PDF files, `ocr` asks for the text of scanned ones,
    `ocr_copies` is a folder in which the copies with that text are kept (None: they are not).
    `select` names the entries and domains that are raised (none: all of the profile). `fail_on` and `ignores` are for `check`:
    from which level on remarks fail it, what the configuration asks to be let pass. `characteristics` asks for the study's.
    `origins` tells for each setting where it was said.
    """

    lexicon: Lexicon
    profile: Profile
    rule: VerdictRule
    codebooks: tuple[Codebook, ...] = ()
    codebook_names: tuple[str, ...] = ()
    off: tuple[SwitchedOff, ...] = ()
    references: Path | None = None
    reports: tuple[str, ...] = DEFAULT_REPORTS
    tables: tuple[TableFormat, ...] | None = None
    model: str | None = None
    speakers: bool = False
    pdf_engine: str = DEFAULT_PDF_ENGINE
    ocr: bool = False
    ocr_copies: Path | None = None
    select: tuple[str, ...] = ()
    fail_on: FailOn = DEFAULT_FAIL_ON
    ignores: tuple[Ignore, ...] = ()
    characteristics: bool = True
    origins: dict[str, str] = field(default_factory=dict, compare=False)

    def ocr_copy(self, path: str | Path) -> Path | None:
        """Where the copy of the PDF at `path` is kept that OCR put text into, if it did; None where none is kept."""
        name = hashlib.sha256(os.fsencode(path)).hexdigest()[:32]
        return self.ocr_copies / f"{name}.pdf" if self.ocr_copies else None


def load_settings(
    *,
    profile: str | None = None,
    rule: VerdictRule | None = None,
    lexicons: Sequence[Path] = (),
    codebooks: Sequence[str] | None = None,
    references: Path | None = None,
    reports: Sequence[str] = (),
    tables: Sequence[TableFormat] | None = None,
    config: Config | None = None,
    folder: Path | None = None,
    model: str | None = None,
    speakers: bool = False,
    pdf_engine: str = DEFAULT_PDF_ENGINE,
    ocr: bool = False,
    select: Sequence[str] = (),
    fail_on: FailOn | None = None,
    characteristics: bool = True,
) -> Settings:
    """The settings of a run: what is given here wins over `config` (as `find_config` reads it), that over what is built in.

    `lexicons` are lexicon files of the user's own, which stand in the place of those that `config` names; `folder` is a
    lexicons folder (None: the shipped one); `codebooks` are names or paths of codebooks (None: all that are shipped). A profile
    brings its rule, so the rule of `config` does not count for a profile named here. Raises ConfigError or LexiconError, with
    file and line, for what cannot be used.
    """
    origins = {}

    def said(name: str, given: bool, in_file: bool, otherwise: str = BUILT_IN) -> None:
        origins[name] = COMMAND_LINE if given else config.where(name) if config and in_file else otherwise

    file_rule = config.rule if config and not profile else None
    paths = tuple(lexicons) or (config.lexicons if config else ())
    name = profile or (config and config.profile) or DEFAULT_PROFILE
    chosen_names = tuple(select) or (config.select if config else ())
    said_where = COMMAND_LINE if select or not config else config.where("select")
    try:
        chosen, lexicon = load_profile(name, folder, paths)
    except ConfigError as error:
        if config and not profile and config.profile:
            raise ConfigError(f"{config.where('profile')}: {error}") from error
        raise
    off = config.off if config else ()
    names, books = _codebooks(codebooks, config, folder)
    if config:
        _check_off(config, lexicon)
    said("profile", bool(profile), bool(config and config.profile))
    said("rule", bool(rule), bool(file_rule), f"profile {chosen.profile}")
    said("lexicons", bool(lexicons), bool(config and config.lexicons))
    said("codebooks", codebooks is not None, bool(config and config.codebooks is not None))
    said("off", False, bool(off))
    said("select", bool(select), bool(config and config.select))
    said("fail-on", bool(fail_on), bool(config and config.fail_on))
    said("ignores", False, bool(config and config.ignores))
    said("references", bool(references), bool(config and config.references))
    said("reports", bool(reports), bool(config and config.reports))
    said("tables", tables is not None, bool(config and config.tables is not None))
    return Settings(
        lexicon=lexicon,
        profile=chosen.without((*(item.entry for item in off), *_not_selected(chosen_names, lexicon, said_where))),
        rule=rule or file_rule or chosen.rule,
        codebooks=books,
        codebook_names=names,
        off=off,
        references=references or (config.references if config else None),
        reports=tuple(reports) or (config.reports if config else ()) or DEFAULT_REPORTS,
        tables=tuple(tables) if tables is not None else config.tables if config else None,
        model=model,
        speakers=speakers,
        pdf_engine=pdf_engine,
        ocr=ocr,
        select=chosen_names,
        fail_on=fail_on or (config.fail_on if config else None) or DEFAULT_FAIL_ON,
        ignores=config.ignores if config else (),
        characteristics=characteristics,
        origins=origins,
    )


def _codebooks(
    given: Sequence[str] | None, config: Config | None, folder: Path | None
) -> tuple[tuple[str, ...], tuple[Codebook, ...]]:
    """The codebooks by name or path, and themselves."""
    if given is not None and tuple(given) == (NO_CODEBOOK,):  # as `check` does, which need not load what reads them
        return (), ()
    from lang_audit.codebook import codebook_names, load_codebook

    in_file = config.codebooks if config and given is None else None
    names = tuple(dict.fromkeys(given if given is not None else codebook_names(folder) if in_file is None else in_file))
    if NO_CODEBOOK in names:
        if len(names) > 1:
            raise ConfigError(
                f"codebooks: {NO_CODEBOOK!r} switches coding off and cannot stand with {', '.join(names)}"
            )
        return (), ()
    try:
        books = tuple(load_codebook(name, folder) for name in names)
    except ConfigError as error:
        if config and in_file is not None:
            raise ConfigError(f"{config.where('codebooks')}: {error}") from error
        raise
    ids = [book.codebook for book in books]
    if twice := sorted({id_ for id_ in ids if ids.count(id_) > 1}):
        raise ConfigError(f"codebooks: two are called {', '.join(twice)}. Rename yours, or name one of the two only.")
    return names, books


def _not_selected(names: tuple[str, ...], lexicon: Lexicon, where: str) -> list[str]:
    """The entries that are neither named nor of a domain that is; none where nothing is named. Raises ConfigError."""
    known = {*lexicon.entries, *lexicon.domains}
    if mistakes := [name for name in names if name not in known]:
        raise ConfigError(
            "\n".join(f"{where}: {name!r} is no entry or domain of the lexicon{near(name, known)}" for name in mistakes)
        )
    wanted = set(names)
    return [key for key in lexicon.entries if wanted and key not in wanted and key.partition("/")[0] not in wanted]


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


def describe(settings: Settings, checking: bool = False) -> str:
    """The settings as lines of text, each with where it was said; with `checking` those of `check`, else of `appraise`."""
    rows = [
        ("profile", f"{settings.profile.profile} ({settings.profile.title})"),
        ("rule", settings.rule),
        ("lexicons", ", ".join(map(str, settings.lexicon.extra)) or "the shipped one only"),
        ("select", ", ".join(settings.select) or "all of the profile"),
        ("off", f"{len(settings.off)} entries" if len(settings.off) != 1 else "1 entry"),
    ]
    rows += (
        [
            ("fail-on", settings.fail_on),
            ("ignores", f"{len(settings.ignores)} in the configuration"),
        ]
        if checking
        else [
            ("codebooks", ", ".join(book.codebook for book in settings.codebooks) or "none"),
            ("references", str(settings.references or "none")),
            ("reports", ", ".join(settings.reports)),
            ("tables", _ALL_TABLES if settings.tables is None else ", ".join(settings.tables) or "none"),
        ]
    )
    lines = []
    for name, value in rows:
        origin = settings.origins.get(name, "")
        lines.append(f"{name:<12}{value}" + (f"  [{origin}]" if origin else ""))
        if name == "off":
            lines += [f"{'':<14}{item.entry}: {item.reason}" for item in settings.off]
    return "\n".join(lines)
