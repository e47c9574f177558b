"""The stages in order, for one file or many. One bad paper never stops a run: N inputs give at least N records."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

from lang_audit.appraise import appraise
from lang_audit.detection import detect
from lang_audit.errors import LangAuditError, UnreadableError
from lang_audit.model import Paper, Problem, Record
from lang_audit.settings import Settings, default_settings
from lang_audit.sources import read, readers


class Input(NamedTuple):
    """A path of a run, and what is wrong with it where nothing can be read from it."""

    path: Path
    problem: Problem | None = None


_LOG = logging.getLogger(__name__)

# Names that no paper has, and folders that hold none: what operating systems, programs and projects leave there.
_NO_PAPERS = re.compile(
    r".*\.lang-audit\.\w+|thumbs\.db|desktop\.ini|(?:readme|changelog|licen[cs]e|contributing|code_of_conduct|requirements)\.(?:md|txt|html?)"
)
_OWN_PAGE = b'<meta name="generator" content="lang-audit">'
_NO_FOLDERS = frozenset({"node_modules", "site-packages", "__pycache__", "venv"})


def audit_files(paths: Iterable[Path], *, settings: Settings | None = None) -> Iterator[Record]:
    """The records of many files and folders, in order, each as soon as it is there.

    `settings` are those of `load_settings` (None: the default profile and nothing of the user's).
    """
    for found in find_inputs(paths):
        yield from audit_file(found, settings=settings)


def audit_paper(paper: Paper, *, settings: Settings | None = None, advise: bool = True) -> Record:
    """Detect, judge and appraise one paper that was read already; `advise` asks for what to write instead."""
    settings = settings or default_settings()
    lexicon = settings.lexicon
    found = detect(
        paper,
        lexicon.folder,
        lexicon.extra,
        model=settings.model,
        speakers=settings.speakers,
        codebooks=settings.codebook_names,
        characteristics=settings.characteristics,
    )
    appraisal = appraise(paper, found, settings, advise=advise)
    status = "partial" if paper.problems else "ok"
    return Record(path=paper.source, status=status, appraisal=appraisal, problems=paper.problems)


def audit_file(source: Path | Input, *, settings: Settings | None = None) -> Iterator[Record]:
    """A record for each paper in a file; a file that cannot be read gives one `failed` record that says why.

    A defect of lang-audit itself that one paper brings to light is recorded like any other problem: 299 papers must not wait
    for the 300th.
    """
    path, problem = source if isinstance(source, Input) else (source, None)
    if problem is not None:
        yield Record(path=shown(path), status="failed", problems=(problem,))
        return
    if shown(path) != str(path):
        yield failed_record(path, "file-name", "The file's name is not valid text.", "Rename it.")
        return
    try:
        for paper in _papers(path, settings or default_settings()):
            yield audit_paper(paper, settings=settings)
    except UnreadableError as error:
        yield failed_record(path, error.code, error.message, error.remedy)
    except LangAuditError:  # a mistake in the lexicon or a setting is the run's, not the paper's
        raise
    except MemoryError:
        yield too_large(path)
    except RecursionError:
        yield failed_record(
            path,
            "too-large",
            "The file is too deeply nested to be read.",
            "Export it again from the program that made it.",
        )
    except Exception as error:
        _LOG.debug("A defect, met on %s", path, exc_info=True)
        yield failed_record(
            path,
            "defect",
            f"lang-audit met a defect of its own on this file ({type(error).__name__}: {error}).",
            "Please report it with the file's name; the other files are not affected.",
        )


def _papers(path: Path, settings: Settings) -> Iterator[Paper]:
    if not settings.ocr:
        return read(path, settings.pdf_engine)
    from lang_audit.sources.ocr import read_with_ocr

    return read_with_ocr(path, lambda file: read(file, settings.pdf_engine), keep=settings.ocr_copy(path))


def failed_record(path: Path, code: str, message: str, remedy: str) -> Record:
    """The record of an input that gave no paper."""
    return Record(path=shown(path), status="failed", problems=(Problem(code=code, message=message, remedy=remedy),))


def too_large(path: Path) -> Record:
    """The record of an input for which the memory is too small."""
    return failed_record(
        path,
        "too-large",
        "Reading the file takes more memory than it may have.",
        "Split it, or export it again from the program that made it.",
    )


def shown(path: Path) -> str:
    r"""A path as text; bytes of its name that are no text are spelled out (`\udcff`), because no output could hold them."""
    return str(path).encode("utf-8", "backslashreplace").decode("utf-8")


def find_inputs(paths: Iterable[Path], without: Path | None = None) -> list[Input]:
    """The files to read: each file as named, and in each folder every file of a format that we read, in order of name.

    What lies in the folder `without` (the run's own output: annotated copies are PDFs too) is not looked for in others.
    A path that does not exist, or a folder that holds nothing to read, is an input with a problem: it gets its record too.
    """
    suffixes = {suffix for reader in readers() for suffix in reader.suffixes}
    own = without.resolve() if without else None
    found: dict[Path, Problem | None] = {}
    for path in paths:
        if path.is_dir():
            inside = sorted(p for p in path.rglob("*") if p.is_file() and _is_paper(p, path, suffixes))
            if own and own != path.resolve():
                inside = [p for p in inside if own not in p.resolve().parents]
            inside = _without_included(inside)
            found.update(dict.fromkeys(inside))
            if not inside:
                formats = ", ".join(sorted(suffixes))
                found[path] = Problem(
                    code="nothing-to-read",
                    message="The folder holds no file of a format that lang-audit reads.",
                    remedy=f"Formats: {formats}.",
                )
        elif path.exists():
            found[path] = None
        else:
            found[path] = Problem(
                code="no-such-file", message="There is no such file or folder.", remedy="Check the path."
            )
    return [Input(path, problem) for path, problem in found.items()]


def _is_paper(path: Path, folder: Path, suffixes: set[str]) -> bool:
    if path.suffix.lower() not in suffixes or _NO_PAPERS.fullmatch(path.name.lower()):
        return False
    if any(part.startswith(".") or part in _NO_FOLDERS for part in path.relative_to(folder).parts):
        return False
    return not (path.suffix.lower() in (".html", ".htm") and _is_own_report(path))


def _is_own_report(path: Path) -> bool:
    """Whether a page is a report of ours, which quotes the words that it reports on."""
    try:
        with path.open("rb") as file:
            return _OWN_PAGE in file.read(1000)
    except OSError:
        return False


def _without_included(paths: list[Path]) -> list[Path]:
    """Without the files that others of them take in (the chapters of a LaTeX project), which are read with those."""
    by_suffix = {suffix: reader.includes for reader in readers() for suffix in reader.suffixes if reader.includes}
    included: set[Path] = set()
    for path in paths:
        asks = by_suffix.get(path.suffix.lower())
        if asks and path.resolve() not in included:
            included |= {part.resolve() for part in asks(path)} - {path.resolve()}
    return [path for path in paths if path.resolve() not in included]
