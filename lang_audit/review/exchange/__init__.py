"""Decisions out of a review and back into it: tables to fill in, JSON, REFI-QDA projects and Web Annotations."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Final, NamedTuple

from lang_audit.errors import ConfigError
from lang_audit.review.events import EMPTY, State
from lang_audit.review.exchange import csv_file, json_file, refi_qda, refi_qda_reading, web_annotation, xlsx_file
from lang_audit.review.exchange.data import (
    Conflict,
    Contents,
    FileMistakesError,
    ImportPlan,
    ReviewData,
    ReviewPaper,
)
from lang_audit.review.exchange.planning import plan
from lang_audit.review.proposals import Proposal

LARGEST: Final = 256 << 20
"""Bytes of a file that is read."""


class Form(NamedTuple):
    """A format: what people call it, how its files end, their media type, and how they are made."""

    title: str
    ending: str
    media: str
    write: Callable[[ReviewData], bytes]


FORMS: Final[dict[str, Form]] = {
    "csv": Form("Table (CSV)", ".csv", "text/csv", csv_file.write),
    "xlsx": Form(
        "Workbook (XLSX)", ".xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", xlsx_file.write
    ),
    "json": Form("JSON", ".json", "application/json", json_file.write),
    "qdpx": Form("REFI-QDA project (NVivo, ATLAS.ti, MAXQDA, QualCoder)", ".qdpx", "application/zip", refi_qda.write),
    "annotations": Form("Web Annotations (JSON-LD)", ".jsonld", "application/ld+json", web_annotation.write),
}
"""What there is to export, by the name that `export` knows it by."""


def exported(form: str, data: ReviewData) -> bytes:
    """The file that `form` makes of a review. Raises ConfigError for a form that there is not."""
    if form not in FORMS:
        raise ConfigError(f"There is no format {form!r}. Choose one of: {', '.join(FORMS)}.")
    return FORMS[form].write(data)


def export(form: str, data: ReviewData, path: Path) -> None:
    """Write a review to `path`, whole or not at all. Raises ConfigError."""
    content = exported(form, data)
    half = path.with_name(f".{path.name}.part")
    try:
        half.write_bytes(content)
        half.replace(path)
    except OSError as error:
        raise ConfigError(f"{path}: cannot be written: {error.strerror}.") from error


def read_decisions(
    path: Path,
    proposals: Iterable[Proposal],
    state: State,
    who: str | None,
    *,
    papers: Sequence[ReviewPaper] = (),
    when: str | None = None,
    content: bytes | None = None,
    release: bool = False,
) -> ImportPlan:
    """What importing a file would do to a store at `state`; nothing is stored yet.

    `who` imports, and only their own decisions are taken over; None: those of all raters, with `release` their releases too (JSON
    holds them). `proposals` are all of the review; `papers`, with their texts, are needed for .qdpx and .jsonld. `content` is the
    file's content, where it is at hand; then `path` only names it. `when` is the time of the events (default: now). The format is
    told by the file's ending. A file that cannot be used at all gives a plan of mistakes, not an error.
    """
    try:
        contents = read_contents(path, papers=papers, state=state, who=who, content=content)
    except FileMistakesError as error:
        return ImportPlan(mistakes=tuple(error.mistakes))
    now = when or datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    return plan(contents, proposals, state, who, now, release=release)


def read_contents(
    path: Path,
    *,
    papers: Sequence[ReviewPaper] = (),
    state: State | None = None,
    who: str | None = None,
    content: bytes | None = None,
) -> Contents:
    """What a file holds, as it is. Raises FileMistakesError, a ConfigError."""
    name = path.name
    ending = path.suffix.lower()
    if content is None:
        try:
            if path.stat().st_size > LARGEST:
                raise FileMistakesError([f"{path}: is larger than {LARGEST >> 20} MiB."])
            content = path.read_bytes()
        except OSError as error:
            raise FileMistakesError([f"{path}: cannot be read: {error.strerror}."]) from error
    state = state or EMPTY
    if ending == ".csv":
        return csv_file.read(name, content)
    if ending == ".xlsx":
        return xlsx_file.read(name, content)
    if ending == ".json" and b'"http://www.w3.org/ns/anno.jsonld"' not in content[:2000]:
        return json_file.read(name, content)
    if ending == ".qdpx":
        return refi_qda_reading.read(name, content, papers, state, who)
    if ending in (".jsonld", ".json"):
        return web_annotation.read(name, content, papers, state, who)
    known = ", ".join(form.ending for form in FORMS.values())
    raise FileMistakesError([f"{name}: files of this kind are not read. Give one of: {known}."])


__all__ = [
    "FORMS",
    "Conflict",
    "Contents",
    "FileMistakesError",
    "Form",
    "ImportPlan",
    "ReviewData",
    "ReviewPaper",
    "export",
    "exported",
    "read_contents",
    "read_decisions",
]
