"""Where lexicons and templates are found, and what a user's configuration file says.

Data are found from a checkout and from an installed wheel alike. The configuration is the table `[tool.lang-audit]` of
pyproject.toml, or lang_audit.toml, in the working directory or the nearest one above it; docs/configuration.md describes it.
"""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Annotated, Any, Literal, get_args

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from lang_audit.errors import ConfigError
from lang_audit.model import VerdictRule

_PACKAGE = Path(__file__).resolve().parent
OWN_FILE = "lang_audit.toml"
SHARED_FILE = "pyproject.toml"
_Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]
TableFormat = Literal["csv", "xlsx", "docx"]
FailOn = Literal["pejorative", "stigmatising", "outdated", "query"]
TABLE_FORMATS: tuple[TableFormat, ...] = get_args(TableFormat)


def data_folder(*parts: str) -> Path:
    """The folder `parts` of the shipped data, such as `data_folder("reports", "templates")`.

    A wheel carries the data inside the package; a checkout has it beside the package. Raises ConfigError where neither is so.
    """
    for root in (_PACKAGE, _PACKAGE.parent):
        folder = root.joinpath(*parts)
        if folder.is_dir():
            return folder
    raise ConfigError(f"{'/'.join(parts)}: the folder is missing from this installation. Install lang-audit again.")


def lexicon_folder() -> Path:
    """The folder that holds `stigma/`, `usage/`, `profiles/` and `sources.yaml`."""
    return data_folder("lexicons")


def template_folder() -> Path:
    """The folder of the report templates."""
    return data_folder("reports", "templates")


class SwitchedOff(BaseModel):
    """An entry of the lexicon that a user does not want to hear of, and why."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    entry: _Text
    reason: _Text


class Ignore(BaseModel):
    """Findings of `check` that an author wants to let pass, and why.

    `entry` is the id of an entry, `words` the term as it stands in the text, `near` some more words of its sentence, `file` a
    pattern for the files concerned (`*.tex`). Without `entry` and `words` all terms are meant. `where` is where this was said.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    entry: _Text | None = None
    words: _Text | None = None
    near: _Text | None = None
    file: _Text | None = None
    reason: _Text
    where: Annotated[str, Field(exclude=True)] = ""


class _Ignores(BaseModel):
    """What stands in a file beside a manuscript."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    ignore: tuple[Ignore, ...] = ()


class _Table(BaseModel):
    """The keys of a configuration file; all may be left out."""

    model_config = ConfigDict(frozen=True, extra="forbid", alias_generator=lambda name: name.replace("_", "-"))

    profile: _Text | None = None
    rule: VerdictRule | None = None
    lexicons: tuple[_Text, ...] = ()
    off: tuple[SwitchedOff, ...] = ()
    codebooks: tuple[_Text, ...] | None = None
    references: _Text | None = None
    reports: tuple[_Text, ...] = ()
    tables: tuple[TableFormat, ...] | None = None
    select: tuple[_Text, ...] = ()
    fail_on: FailOn | None = None
    ignores: tuple[Ignore, ...] = ()


class Config:
    """What one configuration file says: `profile`, `rule`, `codebooks`, `references`, `tables` and `fail_on` (None where it is
    silent), `lexicons`, `off`, `reports`, `select` (entries and domains, all where empty) and `ignores`. Paths are taken from the
    folder of the file."""

    def __init__(self, path: Path, table: _Table, lines: _TomlLines) -> None:
        self.path = path
        self.profile = table.profile
        self.rule: VerdictRule | None = table.rule
        self.lexicons = tuple(path.parent / name for name in table.lexicons)
        self.off = table.off
        self.codebooks = None if table.codebooks is None else tuple(_own_path(path, name) for name in table.codebooks)
        self.references = path.parent / table.references if table.references else None
        self.reports = table.reports
        self.tables = table.tables
        self.select = table.select
        self.fail_on: FailOn | None = table.fail_on
        self._lines = lines
        self.ignores = tuple(
            ignore.model_copy(update={"where": self.where("ignores", k)}) for k, ignore in enumerate(table.ignores)
        )

    def where(self, *place: str | int) -> str:
        """`file:line: dotted.place`, for messages about what the file says there."""
        return self._lines.where(place)


def _own_path(config: Path, codebook: str) -> str:
    """A codebook of the user's own as a path from the folder of the file; a name of a shipped one as it is."""
    return str(config.parent / codebook) if codebook.endswith((".yaml", ".yml")) else codebook


def find_config(start: Path) -> Config | None:
    """The configuration that is nearest to the folder `start`, going upward; None where there is none.

    In one folder lang_audit.toml comes before pyproject.toml; a pyproject.toml without `[tool.lang-audit]` does not count.
    Raises ConfigError, with file and line, for a file that cannot be used.
    """
    for folder in (start.resolve(), *start.resolve().parents):
        for name in (OWN_FILE, SHARED_FILE):
            if (folder / name).is_file():
                config = read_config(folder / name)
                if config is not None:
                    return config
    return None


def read_config(path: Path) -> Config | None:
    """Read one configuration file; None for a pyproject.toml that has no `[tool.lang-audit]`.

    Raises ConfigError with a line "file:line: key: what" for each mistake, and the values that are allowed.
    """
    text, data = _toml(path)
    header = ""
    if path.name == SHARED_FILE:
        tool = data.get("tool", {})
        if "lang-audit" not in tool:
            return None
        header, data = "tool.lang-audit", tool["lang-audit"]
    lines = _TomlLines(path, text, header)
    try:
        return Config(path, _Table.model_validate(data), lines)
    except ValidationError as error:
        raise ConfigError("\n".join(_plain(mistake, lines) for mistake in error.errors())) from error


def read_ignore_file(path: Path) -> tuple[Ignore, ...]:
    """The entries `[[ignore]]` of a file beside a manuscript. Raises ConfigError as `read_config` does."""
    text, data = _toml(path)
    lines = _TomlLines(path, text, "")
    try:
        ignores = _Ignores.model_validate(data).ignore
    except ValidationError as error:
        raise ConfigError("\n".join(_plain(mistake, lines) for mistake in error.errors())) from error
    return tuple(ignore.model_copy(update={"where": lines.where(("ignore", k))}) for k, ignore in enumerate(ignores))


def _toml(path: Path) -> tuple[str, dict[str, Any]]:
    """The text of a TOML file, and what it says."""
    try:
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        raise ConfigError(f"{path}: cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise ConfigError(f"{path}: is not UTF-8 (byte {error.start}); save it as UTF-8") from error
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        line = re.search(r"at line (\d+)", str(error))
        raise ConfigError(f"{path}:{line[1] if line else 1}: not valid TOML: {error}") from error
    return text, data


def _plain(mistake: Any, lines: _TomlLines) -> str:
    place = mistake["loc"]
    where, kind = lines.where(place), mistake["type"]
    if kind == "extra_forbidden":
        return f"{where}: is no key of this format; allowed are {', '.join(_keys(place))}"
    if kind == "missing":
        why = " (what is let pass is let pass with a reason)" if place[-1] == "reason" else ""
        return f"{where}: is missing{why}"
    if kind == "literal_error":
        allowed = str(mistake["ctx"]["expected"]).replace("'", "")
        return f"{where}: must be {allowed}, not {mistake['input']!r}"
    if kind == "string_too_short":
        return f"{where}: must not be empty"
    return f"{where}: {mistake['msg'][:1].lower()}{mistake['msg'][1:]}"


def _keys(place: tuple[str | int, ...]) -> list[str]:
    """The keys that are allowed beside the one at `place`."""
    if len(place) == 1:
        return [field.alias or name for name, field in _Table.model_fields.items()]
    return [name for name in (SwitchedOff if place[0] == "off" else Ignore).model_fields if name != "where"]


class _TomlLines:
    """The line on which a key of a TOML file stands, as near as its text tells: tomllib itself keeps no lines."""

    def __init__(self, path: Path, text: str, header: str) -> None:
        self._path = path
        self._lines = text.splitlines()
        self._header = header

    def where(self, place: tuple[str | int, ...]) -> str:
        return f"{self._path}:{self._line(place)}: {'.'.join(map(str, place)) or self._header}"

    def _line(self, place: tuple[str | int, ...]) -> int:
        first = self._find(rf"\[{re.escape(self._header)}[\].]", 0) if self._header else 0
        if not place:
            return first + 1
        dotted = re.escape(f"{self._header}.{place[0]}".strip("."))
        key = re.escape(str(place[0]))
        index = place[1] if len(place) > 1 and isinstance(place[1], int) else 0
        tables = [k for k, line in enumerate(self._lines) if re.match(rf"\s*\[\[?{dotted}\]", line)]
        if tables:
            return tables[min(index, len(tables) - 1)] + 1
        start = self._find(rf"""["']?{key}["']?\s*[=.]""", first)
        items = [k for k in range(start, len(self._lines)) for _ in re.findall(r"\{", self._lines[k])]
        return (items[index] if place[0] in ("off", "ignores") and index < len(items) else start) + 1

    def _find(self, pattern: str, start: int) -> int:
        hits = (k for k in range(start, len(self._lines)) if re.match(rf"\s*{pattern}", self._lines[k]))
        return next(hits, start)
