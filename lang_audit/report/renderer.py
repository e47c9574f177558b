"""Report files from records. The only module that imports Jinja2.

A report format is a pair of templates, `paper.<format>.j2` and `index.<format>.j2`, or one of the two; its name is the
suffix of the files that it makes. Templates get plain values only (paper_view.py, index_view.py).
"""

from __future__ import annotations

import base64
import hashlib
import os
import re
import unicodedata
from collections.abc import Mapping, Sequence
from importlib import metadata
from pathlib import Path, PureWindowsPath
from typing import Any, Final

import jinja2

from lang_audit.codebook import Codebook
from lang_audit.config import SwitchedOff, template_folder
from lang_audit.errors import ConfigError
from lang_audit.lexicon import Lexicon
from lang_audit.model import Record
from lang_audit.profiles import Profile
from lang_audit.report import wording
from lang_audit.report.index_view import Overview, Row, index_view, row_of
from lang_audit.report.page_evidence import PageEvidence
from lang_audit.report.paper_view import paper_view

_TEMPLATE = re.compile(r"(paper|index)\.([a-z0-9]+)\.j2")
_ESCAPED: Final = (".html.j2", ".htm.j2", ".xml.j2", ".svg.j2")
# Names that Windows keeps for devices, whatever the suffix.
_DEVICES: Final = {"con", "prn", "aux", "nul"} | {f"{port}{n}" for port in ("com", "lpt") for n in range(10)}
# Pages of the whole run, whose names no paper's page may take.
_OWN_PAGES: Final = frozenset({"index", "matrix", "synthesis", "tables"})
_LONGEST_NAME: Final = 60
_CONTROL: Final = {code: None for code in range(32) if chr(code) not in "\t\n"} | {127: None}


class PageNames:
    """Gives each paper of a run a file name of its own: ASCII letters, digits and hyphens, in lower case.

    So no name leaves the folder, two names never differ by case only, and none is a page of the whole run or a device of Windows.
    """

    def __init__(self) -> None:
        self._taken = set(_OWN_PAGES)
        self._last: dict[str, int] = {}

    def claim(self, path: str) -> str:
        """A name (without suffix) for the input at `path`, never given before."""
        stem = PureWindowsPath(path).stem  # takes / and \ alike
        ascii_stem = unicodedata.normalize("NFKD", stem).encode("ascii", "ignore").decode().lower()
        slug = re.sub(r"[^a-z0-9]+", "-", ascii_stem)[:_LONGEST_NAME].strip("-") or "paper"
        if slug in _DEVICES or slug in _OWN_PAGES:
            slug = f"paper-{slug}"
        name, n = slug, self._last.get(slug, 1)
        while name in self._taken:
            n += 1
            name = f"{slug}-{n}"
        self._taken.add(name)
        self._last[slug] = n
        return name


class Renderer:
    """Writes the reports of one run: a page a paper as the papers come, then the index of them all.

    Between the two it keeps one small row a paper and no text. Templates in `templates` come before the shipped ones of
    the same name, so a folder with one template is enough. `profile` and `off` (entries that were switched off, with
    reasons) are told in the method. `codebooks` are those that the papers were coded with: they name the codes that were
    looked for. `evidence` shows their printed pages (None: links only). `date` is printed as given and left out
    otherwise, so that the same records give the same bytes.
    """

    def __init__(
        self,
        lexicon: Lexicon,
        *,
        templates: Path | None = None,
        formats: Sequence[str] = ("html",),
        date: str | None = None,
        version: str | None = None,
        profile: Profile | None = None,
        off: Sequence[SwitchedOff] = (),
        codebooks: Sequence[Codebook] = (),
        evidence: PageEvidence | None = None,
    ) -> None:
        """Load and compile the templates of `formats`.

        Raises ConfigError for a folder that is missing, a format that has no template (with the formats that there
        are), or a template that is broken (with file and line).
        """
        folders = [template_folder()]
        if templates is not None:
            if not templates.is_dir():
                raise ConfigError(f"{templates}: is no folder. Name a folder that holds report templates (*.j2).")
            folders.insert(0, templates)
        self._lexicon = lexicon
        self._codebooks = tuple(codebooks)
        self._evidence = evidence or PageEvidence(lexicon)
        self._folders = folders
        self._environment = _environment(folders)
        self._formats = tuple(dict.fromkeys(formats))
        self._templates = self._load()
        self._program = {
            "version": version or metadata.version("lang-audit"),
            "entries": len(lexicon),
            "domains": sorted(lexicon.domains.values()),
            "date": date,
            "profile": profile,
            "off": off,
        }
        self._names = PageNames()
        self._rows: list[Row] = []

    def write_paper(self, record: Record, folder: Path) -> str | None:
        """Write the report of one paper into `folder`, in every format, and keep its row for the index.

        Returns the file name in the first format that has a paper template; None where none has. A record that failed
        gets a page too, which says why. Raises ConfigError for a template that fails, OSError where the folder cannot
        be written.
        """
        folder.mkdir(parents=True, exist_ok=True)
        name = self._names.claim(record.path)
        view = paper_view(record, self._lexicon, self._evidence.of(record, folder, name), self._codebooks)
        written = []
        for suffix in self._formats:
            if template := self._templates.get(("paper", suffix)):
                index = f"index.{suffix}" if ("index", suffix) in self._templates else None
                text = self._render(template, {"paper": view, "index": index})
                _write(folder / f"{name}.{suffix}", text)
                written.append(f"{name}.{suffix}")
        self._rows.append(row_of(view, name if written else None))
        return written[0] if written else None

    def write_index(self, folder: Path, over: Overview | None = None) -> Path | None:
        """Write the table of all papers written so far into `folder`, in every format, by the papers' names.

        `over` is what is known over all papers: citing keys, what was coded, and the files that hold it. Returns the path in
        the first format that has an index template; None where none has. Raises as write_paper.
        """
        folder.mkdir(parents=True, exist_ok=True)
        view = index_view(self._rows, over)
        written = []
        for suffix in self._formats:
            if template := self._templates.get(("index", suffix)):
                paged = ("paper", suffix) in self._templates
                _write(
                    folder / f"index.{suffix}", self._render(template, {"index": view, "over": over, "paged": paged})
                )
                written.append(folder / f"index.{suffix}")
        return written[0] if written else None

    def write_page(self, name: str, folder: Path, values: Mapping[str, Any]) -> Path:
        """Write `<name>.html` into `folder` from the template of that name. Raises as write_paper."""
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / f"{name}.html"
        _write(path, self.page(name, values))
        return path

    def page(self, name: str, values: Mapping[str, Any], form: str = "html") -> str:
        """The page that the template `<name>.<form>.j2` makes of `values`. Raises ConfigError for a template that fails."""
        return self._render(self._compile(f"{name}.{form}.j2"), values).translate(_CONTROL)

    def _load(self) -> dict[tuple[str, str], jinja2.Template]:
        names = {path.name for folder in self._folders for path in folder.glob("*.j2")}
        kinds = {match.groups() for name in names if (match := _TEMPLATE.fullmatch(name))}
        known = sorted({suffix for _, suffix in kinds})
        loaded: dict[tuple[str, str], jinja2.Template] = {}
        for suffix in self._formats:
            if suffix not in known:
                where = " or ".join(str(folder) for folder in self._folders)
                raise ConfigError(
                    f"unknown report format {suffix!r}: there is {', '.join(known)}. "
                    f"To add one, put paper.{suffix}.j2 or index.{suffix}.j2 into {where}."
                )
            # All templates of the format, so that a mistake in a shared block is found before the first paper is read.
            for name in sorted(name for name in names if name.endswith(f".{suffix}.j2")):
                template = self._compile(name)
                if match := _TEMPLATE.fullmatch(name):
                    loaded[match[1], match[2]] = template
        return loaded

    def _compile(self, name: str) -> jinja2.Template:
        try:
            return self._environment.get_template(name)
        except jinja2.TemplateSyntaxError as error:
            raise _broken(f"{error.filename or name}:{error.lineno}", error) from error
        except (OSError, UnicodeDecodeError) as error:
            raise _broken(name, error) from error

    def _render(self, template: jinja2.Template, values: Mapping[str, Any]) -> str:
        try:
            return template.render(**values, program=self._program, words=wording)
        except Exception as error:  # a template can fail in any way that Python can
            raise _broken(_place(error, template), error) from error


def _environment(folders: Sequence[Path]) -> jinja2.Environment:
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader([str(folder) for folder in folders]),
        autoescape=lambda name: name is not None and name.endswith(_ESCAPED),
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        auto_reload=False,
    )
    environment.filters["sha256"] = _sha256
    environment.filters["md"] = _markdown
    return environment


def _sha256(text: str) -> str:
    """The hash by which a Content-Security-Policy allows one inline style or script."""
    return "sha256-" + base64.b64encode(hashlib.sha256(str(text).encode()).digest()).decode()


def _markdown(text: object) -> str:
    """`text` as Markdown that shows it as it is: on one line, every sign that Markdown or HTML would read escaped."""
    escaped = re.sub(r"([\\`*_{}\[\]<>#|~&])", r"\\\1", wording.squeeze(str(text)))
    return re.sub(r"^(\s*\d*)([.)+-])", r"\1\\\2", escaped)


def _place(error: BaseException, template: jinja2.Template) -> str:
    """The file:line of the template at which `error` was raised."""
    if isinstance(error, jinja2.TemplateSyntaxError):
        return f"{error.filename}:{error.lineno}"
    place = template.filename or str(template.name)
    trace = error.__traceback__
    while trace:
        filename = trace.tb_frame.f_code.co_filename
        if filename.endswith(".j2"):
            place = f"{filename}:{trace.tb_lineno}"
        trace = trace.tb_next
    return place


def _broken(place: str, error: Exception) -> ConfigError:
    what = f"there is no template {error.name}" if isinstance(error, jinja2.TemplateNotFound) else str(error)
    return ConfigError(f"{place}: {what}. Mend the template, or leave it out to use the shipped one.")


def _write(path: Path, text: str) -> None:
    """Put `text` at `path` all at once, so that a run that is stopped leaves no half file."""
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        # Text layers of PDFs hold lone surrogates and control characters, which no file format of ours can carry.
        part.write_bytes(text.translate(_CONTROL).encode("utf-8", errors="replace"))
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)
