"""The sources of a corpus run: which files there are and what they hold, and their records as a stream.

    for source in find_sources([Path("baseline/")]):
        for item in read_source(source): ...

Every record has a position that is the same in every run, whether it could be read or not, so that a run can go on where it
stopped. Nothing here raises for what stands in a file: that is a `Rejected`.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path, PurePath
from typing import Final

from lang_audit.corpus.manifest import MANIFEST, holds_run
from lang_audit.corpus.reading import (
    archives,
    bibtex,
    delimited,
    field_text,
    jsonl,
    papers,
    parquet,
    pubmed_text,
    pubmed_xml,
    ris,
    spreadsheet,
)
from lang_audit.corpus.reading.columns import ColumnMap as ColumnMap
from lang_audit.corpus.reading.columns import parse_column_map as parse_column_map
from lang_audit.corpus.reading.records import CorpusRecord, Rejected
from lang_audit.corpus.reading.streams import Fault, head, unopened, wide_encoding
from lang_audit.errors import ConfigError
from lang_audit.sources import readers

_Items = Iterator[CorpusRecord | Rejected]

_READ: Final[dict[str, Callable[[Path, str, int, ColumnMap | None], _Items]]] = {
    "pubmed-xml": lambda path, name, start, columns: pubmed_xml.read(path, name, start),
    "medline": lambda path, name, start, columns: pubmed_text.read(path, name, start),
    "ris": lambda path, name, start, columns: ris.read(path, name, start),
    "bibtex": lambda path, name, start, columns: bibtex.read(path, name, start),
    "web-of-science": lambda path, name, start, columns: field_text.read_web_of_science(path, name, start),
    "endnote": lambda path, name, start, columns: field_text.read_endnote(path, name, start),
    "table": delimited.read,
    "spreadsheet": spreadsheet.read,
    "jsonl": jsonl.read,
    "parquet": parquet.read,
    "paper": lambda path, name, start, columns: papers.read(path, name, start),
    "archive": lambda path, name, start, columns: archives.read(path, name, start, _Opener(columns)),
}

KINDS: Final = tuple(_READ)
"""What a source can hold."""

_SUFFIXES: Final[dict[str, str]] = {
    ".ris": "ris", ".nbib": "medline", ".medline": "medline", ".bib": "bibtex", ".bibtex": "bibtex", ".ciw": "web-of-science",
    ".enw": "endnote", ".csv": "table", ".tsv": "table", ".tab": "table", ".xlsx": "spreadsheet", ".xlsm": "spreadsheet",
    ".jsonl": "jsonl", ".ndjson": "jsonl", ".parquet": "parquet", ".pq": "parquet", ".tar": "archive", ".tgz": "archive",
    ".tbz2": "archive", ".txz": "archive", ".zip": "archive",
}  # fmt: skip
_PACKED = (".gz", ".bz2", ".xz")
_TELLS_LITTLE = frozenset({"", ".xml", ".txt", ".text", ".ris", ".nbib", ".medline", ".json", ".bib", ".ciw", ".enw"})
_JSON_LINES = re.compile(r'\ufeff?\s*(?:\[\s*)?\{[ \t]*"')

# Names that no source has, and folders that hold none: what operating systems, programs and projects leave there.
_NO_SOURCES = re.compile(
    r"thumbs\.db|desktop\.ini|(?:readme|changelog|licen[cs]e|contributing|code_of_conduct|requirements)\.(?:md|txt|html?)",
    re.IGNORECASE,
)
_NOTHING = Fault("nothing-to-read", "The folder holds no file of a format that lang-audit reads.")
_A_RUN = Fault("nothing-to-read", "The folder is that of a corpus run, whose results are no sources.")
_NAMED_COLUMNS: Final = frozenset({"table", "spreadsheet", "parquet", "jsonl"})  # kinds that a ColumnMap is for
_LOOKED_AT = 100  # records of such a file that tell whether the map fits
_NO_FOLDERS = frozenset({"node_modules", "site-packages", "__pycache__", "venv"})


@dataclass(frozen=True, slots=True)
class SourceFile:
    """A file of a run: its name as shown, what it holds (one of KINDS), its bytes; or the problem for which it cannot be read."""

    path: Path
    name: str
    kind: str
    size: int
    problem: Fault | None = None


def find_sources(paths: Iterable[Path], on_skip: Callable[[Path], None] | None = None) -> list[SourceFile]:
    """The files to read, each once: those named, and in folders all that hold what we read, in order of name.

    `on_skip` is called with each file in a folder that is passed over, and with each folder of a corpus run. A named file that
    cannot be read, or a folder without anything to read, is a source with a `problem`, which `read_source` gives as its one
    Rejected.
    """
    found: dict[str, SourceFile] = {}
    for path in paths:
        if path.is_dir():
            inside = list(_in_folder(path, on_skip or (lambda skipped: None)))
            inside = inside or [_unreadable(path, _A_RUN if holds_run(path) else _NOTHING)]
        else:
            inside = [_named(path)]
        for source in inside:
            found.setdefault(os.path.realpath(source.path), source)
    return list(found.values())


def read_source(
    source: SourceFile, columns: ColumnMap | None = None, start: int = 0
) -> Iterator[CorpusRecord | Rejected]:
    """The records of a source as a stream, from that of number `start` on; those before it are only counted.

    `columns` says what stands where in tables and JSON (None, or None in a field: told by the names). A file that breaks off
    gives the records before that and a last Rejected "broken-file".
    """
    if source.problem is not None:
        if start == 0:
            yield Rejected(source.name, 0, *source.problem)
        return
    if source.kind == "paper" and _packing(source.path):
        yield from archives.read_packed(source.path, source.name, start, _Opener(columns))
        return
    yield from _READ[source.kind](source.path, source.name, start, columns)


def refuse_misnamed(sources: Sequence[SourceFile], columns: ColumnMap | None) -> None:
    """Raises ConfigError where the columns of no table can be told: by the map, or without one where there are only tables.

    What is packed in archives, or cannot be read, is not looked at: where there is any, nothing is refused.
    """
    tables = [source for source in sources if source.kind in _NAMED_COLUMNS]
    hidden = any(source.kind in ("archive", "unreadable") for source in sources)
    if hidden or (columns is None and len(tables) < len(sources)):
        return
    if columns is not None and not tables:
        raise ConfigError("--columns: says which column of a table holds what, but no source is a table. Leave it out.")
    first = ""
    for source in tables:
        told = list(islice(read_source(source, columns), _LOOKED_AT))
        faults = [item for item in told if isinstance(item, Rejected) and item.code == "unknown-columns"]
        if not faults or len(faults) < len(told):
            return
        first = first or f"{source.name}: {faults[0].message}"
    if first:
        raise ConfigError(f"{first} (--columns says which column holds what.)")


def kind_of(path: Path) -> str | None:
    """What a file holds, by its name and where that tells little by its first bytes; None for what we do not read.

    Raises OSError where the file cannot be read.
    """
    suffix = _suffix(path)
    named = _by_name(path)
    if suffix not in _TELLS_LITTLE:
        return named
    return _by_content(head(path), suffix) or named


def _by_content(first: bytes, suffix: str) -> str | None:
    if pubmed_xml.recognises(first):
        return "pubmed-xml"
    text = first.decode(wide_encoding(first) or "utf-8", "replace")
    for kind, recognises in (
        ("medline", pubmed_text.recognises),
        ("web-of-science", field_text.recognises_web_of_science),
        ("endnote", field_text.recognises_endnote),
        ("ris", ris.recognises),
    ):
        if recognises(text):
            return kind
    if suffix in ("", ".txt", ".text") and bibtex.recognises(text):
        return "bibtex"
    if suffix in ("", ".json") and _JSON_LINES.match(text):
        return "jsonl"
    if suffix == "":
        if first.startswith(b"PAR1"):
            return "parquet"
        return next(("paper" for reader in readers() if reader.recognises(first)), None)
    return None


def _by_name(path: PurePath) -> str | None:
    """What a file seems to hold by its name alone."""
    suffix = _suffix(path)
    inner = PurePath(path.name.removesuffix(path.suffix)).suffix.lower() if path.suffix.lower() in _PACKED else ""
    if inner == ".tar":
        return "archive"
    if suffix in _SUFFIXES:
        return _SUFFIXES[suffix]
    return "paper" if any(suffix in reader.suffixes for reader in readers()) else None


def _suffix(path: PurePath) -> str:
    """The suffix of a name, that of packing left out."""
    suffix = path.suffix.lower()
    return PurePath(path.name.removesuffix(path.suffix)).suffix.lower() if suffix in _PACKED else suffix


def _packing(path: PurePath) -> bool:
    return path.suffix.lower() in _PACKED


def _in_folder(folder: Path, on_skip: Callable[[Path], None]) -> Iterator[SourceFile]:
    """The sources in a folder and its folders in order of name; hidden files are left out."""
    for place, folders, names in os.walk(folder):
        if MANIFEST in names and holds_run(Path(place)):  # else METHODS.md and the tables were papers
            folders.clear()
            on_skip(Path(place))
            continue
        folders[:] = sorted(name for name in folders if not name.startswith(".") and name not in _NO_FOLDERS)
        packaged = any(name.lower().endswith(".nxml") for name in names)
        for name in sorted(names):
            path = Path(place) / name
            if name.startswith(".") or not path.is_file():
                continue
            supplement = packaged and archives.is_supplement(name, _by_name(path))
            try:
                kind = None if supplement or _NO_SOURCES.fullmatch(name) else kind_of(path)
                size = path.stat().st_size
            except OSError as error:
                yield _unreadable(path, unopened(error))
                continue
            if kind is None:
                on_skip(path)
            else:
                yield SourceFile(path, shown(path), kind, size)


def _named(path: Path) -> SourceFile:
    try:
        kind, size = kind_of(path), path.stat().st_size
    except OSError as error:
        return _unreadable(path, unopened(error))
    if not size:
        return _unreadable(path, Fault("empty-file", "The file is empty. Download or export it again."))
    if kind is None:
        hint = " Save it as .xlsx or CSV." if path.suffix.lower() in (".xls", ".ods") else ""
        hint = " Write one object a line." if path.suffix.lower() == ".json" else hint
        known = ", ".join(sorted({*_SUFFIXES, *(suffix for reader in readers() for suffix in reader.suffixes)}))
        message = f"The file is of no format that lang-audit reads.{hint} Formats: {known}."
        return _unreadable(path, Fault("unknown-format", message))
    return SourceFile(path, shown(path), kind, size)


def _unreadable(path: Path, problem: Fault) -> SourceFile:
    return SourceFile(path, shown(path), "unreadable", 0, problem)


def shown(path: Path) -> str:
    r"""A path as text; bytes of its name that are no text are spelled out (`\udcff`), because no output could hold them."""
    return str(path).encode("utf-8", "backslashreplace").decode("utf-8")


class _Opener:
    """Reads the members of archives by what they hold."""

    def __init__(self, columns: ColumnMap | None) -> None:
        self._columns = columns

    def kind(self, name: str) -> str | None:
        path = PurePath(name)
        hidden = any(part.startswith((".", "__MACOSX")) for part in path.parts if part not in (".", ".."))
        return None if hidden or _NO_SOURCES.fullmatch(path.name) else _by_name(path)

    def read(self, path: Path, name: str) -> _Items:
        source = _named(path)
        return read_source(SourceFile(path, name, source.kind, source.size, source.problem), self._columns)

    def is_one(self, path: Path) -> bool:
        return not _packing(path) and kind_of(path) == "paper" and not papers.may_hold_several(path)
