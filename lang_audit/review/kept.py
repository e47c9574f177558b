"""What `appraise` keeps for reviewers beside its reports: each paper's whole record, and a light list of them all.

    DIR/review-data/index.json        a row a paper, in the order of the run
    DIR/review-data/<key>.json.gz     its record, as the program found it (no reviewer's decision in it)

The key is a hash of the paper's file, so that it stays the same wherever the file lies and whatever it is called.
"""

from __future__ import annotations

import gzip
import json
import os
import re
import zlib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from lang_audit.errors import ConfigError
from lang_audit.model import Frozen, Record, Status, VerdictLabel
from lang_audit.review.proposals import paper_key
from lang_audit.review.stored_json import from_json, to_json

FOLDER: Final = "review-data"
INDEX: Final = "index.json"
DATABASE: Final = "review.sqlite"
"""The name of the review's log in the folder of the reports."""
FORMAT: Final = 1
_KEY: Final = re.compile(r"[0-9a-f]{32}")
_QUICK: Final = 6  # of gzip: twice as fast as its default, files 3 % larger


class KeptPaper(Frozen):
    """A paper in the list. `page` is the file name of its report, `source` its path as given to `appraise`.

    `file` is the same path as seen from the folder of the reports. `part` counts the papers of a file that holds several, from
    0. `also` names the reports of files that are the same, byte for byte.
    """

    key: str
    page: str | None
    source: str
    file: str | None
    part: int = 0
    status: Status
    title: str | None = None
    year: int | None = None
    authors: tuple[str, ...] = ()
    verdict: VerdictLabel | None = None
    share: float | None = None
    flagged: int = 0
    queries: int = 0
    exempt: int = 0
    person_first: int = 0
    codes: int = 0
    also: tuple[str, ...] = ()


class _Index(Frozen):
    format: int
    papers: tuple[KeptPaper, ...]


class Keys:
    """Gives the papers of a run their keys, in the order of the run; a file that holds several gives each its own."""

    def __init__(self) -> None:
        self._files: dict[str, str] = {}  # path -> the key of its first paper
        self._parts: dict[str, int] = {}

    def next(self, record: Record) -> tuple[str, int]:
        """The key of the record's paper, and its place among those of its file, from 0."""
        part = self._parts.get(record.path, 0)
        self._parts[record.path] = part + 1
        if part == 0:
            self._files[record.path] = _content_key(record)
        return _part_key(self._files[record.path], part), part


@dataclass
class _Run:
    """The rows of a run that is under way, by key."""

    rows: dict[str, KeptPaper] = field(default_factory=dict)
    keys: Keys = field(default_factory=Keys)


_RUNS: Final[dict[Path, _Run]] = {}  # from the first `keep` for a folder to its `finish`


def keep(folder: Path, record: Record, page: str | None) -> str:
    """Keep `record`, whose report in `folder` is called `page`; returns the paper's key. Raises OSError.

    It is in the list only after `finish`.
    """
    run = _RUNS.setdefault(folder.resolve(), _Run())
    key, part = run.keys.next(record)
    if known := run.rows.get(key):  # the same file under another name
        run.rows[key] = known.model_copy(update={"also": (*known.also, *([page] if page else []))})
        return key
    data = folder / FOLDER
    data.mkdir(parents=True, exist_ok=True)
    _replace(data / f"{key}.json.gz", gzip.compress(to_json(record).encode(), _QUICK, mtime=0))
    run.rows[key] = _row(record, key, page, part, folder)
    return key


def finish(folder: Path) -> None:
    """Publish the list of all that was kept for `folder` since the last time; records of papers that it lacks go."""
    run = _RUNS.pop(folder.resolve(), _Run())
    data = folder / FOLDER
    data.mkdir(parents=True, exist_ok=True)
    index = _Index(format=FORMAT, papers=tuple(run.rows.values()))
    _replace(data / INDEX, to_json(index).encode())
    for path in data.glob("*.json.gz"):
        if path.name.partition(".")[0] not in run.rows:
            path.unlink(missing_ok=True)


def is_kept(folder: Path) -> bool:
    """Whether an appraisal in `folder` has kept its papers."""
    return (folder / FOLDER / INDEX).is_file()


def kept_papers(folder: Path) -> list[KeptPaper]:
    """The papers of the appraisal in `folder`, in the order of its run. Raises ConfigError where there is none."""
    path = folder / FOLDER / INDEX
    try:
        text = path.read_bytes()
    except (OSError, ValueError) as error:
        raise ConfigError(
            f"{folder}: holds no appraisal that can be reviewed ({FOLDER}/{INDEX} is missing). "
            "Name the folder that lang-audit appraise wrote (-o), or run it again."
        ) from error
    try:
        form = json.loads(text).get("format")
        if form == FORMAT:
            return list(from_json(_Index, text).papers)
    except (ValueError, AttributeError) as error:
        raise ConfigError(f"{path}: cannot be read ({error}). Run lang-audit appraise again.") from error
    raise ConfigError(
        f"{path}: is of format {form}, and this version of lang-audit reads format {FORMAT}. Run lang-audit appraise again."
    )


def load_record(folder: Path, key: str) -> Record:
    """The record kept under `key`, as the program found it. Raises ConfigError where there is none, or it is broken."""
    if not _KEY.fullmatch(key):  # what comes from outside never names another file
        raise ConfigError("There is no such paper in this appraisal.")
    path = folder / FOLDER / f"{key}.json.gz"
    try:
        return from_json(Record, gzip.decompress(path.read_bytes()))
    except FileNotFoundError as error:
        raise ConfigError(f"{folder}: there is no paper {key} in this appraisal.") from error
    except (OSError, EOFError, ValueError, zlib.error) as error:
        raise ConfigError(f"{path}: cannot be read ({error}). Run lang-audit appraise again.") from error


def source_of(folder: Path, key: str) -> Path | None:
    """The paper's own file, absolute; None where it is gone, or is no longer what was read. Reads the whole file."""
    row = next((row for row in kept_papers(folder) if row.key == key), None)
    if row is None or row.file is None:
        return None
    path = (folder / row.file).resolve()
    try:
        return path if _part_key(paper_key(path.read_bytes()), row.part) == key else None
    except (OSError, ValueError):
        return None


def _content_key(record: Record) -> str:
    """The key of the record's file; of its text where the file is gone."""
    try:
        content = Path(record.path).read_bytes()
    except (OSError, ValueError):
        text = record.appraisal.paper.text if record.appraisal else record.path
        content = text.encode("utf-8", "surrogatepass")
    return paper_key(content)


def _part_key(first: str, part: int) -> str:
    return paper_key(f"{first} part {part}".encode()) if part else first


def _row(record: Record, key: str, page: str | None, part: int, folder: Path) -> KeptPaper:
    row = KeptPaper(
        key=key, page=page, source=record.path, file=_seen_from(folder, record.path), part=part, status=record.status
    )
    if record.appraisal is None:
        return row
    appraisal = record.appraisal
    metadata = appraisal.paper.metadata
    decided = [finding.decision for finding in appraisal.findings]
    return row.model_copy(
        update={
            "title": metadata.title,
            "year": metadata.year,
            "authors": metadata.authors,
            "verdict": appraisal.verdict.label,
            "share": appraisal.verdict.share,
            "flagged": decided.count("flag"),
            "queries": decided.count("query"),
            "exempt": decided.count("exempt"),
            "person_first": len(appraisal.person_first),
            "codes": len(appraisal.codes),
        }
    )


def _seen_from(folder: Path, source: str) -> str | None:
    """The path of `source` from `folder`, so that both can move together; absolute on another drive."""
    try:
        path = Path(source).resolve()
        if not path.is_file():
            return None
        return Path(os.path.relpath(path, folder.resolve())).as_posix()
    except ValueError:
        return str(path)
    except OSError:
        return None


def _replace(path: Path, data: bytes) -> None:
    """Put the file in place all at once. Not durably: what a power cut takes, another run of `appraise` makes."""
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        part.write_bytes(data)
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)
