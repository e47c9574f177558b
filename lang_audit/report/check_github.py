"""Annotations for GitHub Actions: workflow commands that put each remark on its line of the changed file."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import PurePath
from typing import TYPE_CHECKING

from lang_audit.manuscript.checked import FilePlace
from lang_audit.report.check_sarif import severity_of

if TYPE_CHECKING:
    from lang_audit.report.check_formats import Checked

_COMMANDS = {"error": "error", "warning": "warning", "note": "notice"}


def workflow_commands(checked: Checked) -> str:
    """A line for each remark and each problem in reading, as GitHub's workflow commands."""
    return "".join(f"{line}\n" for line in _lines(checked))


def _lines(checked: Checked) -> Iterator[str]:
    for file, settings in checked:
        for problem in file.record.problems:
            command = "error" if file.record.status == "failed" else "warning"
            yield _command(command, FilePlace(file=file.path), problem.code, f"{problem.message} {problem.remedy}")
        for remark in file.remarks:
            where = f" ({remark.place.within})" if remark.place.within and not remark.place.line else ""
            yield _command(
                _COMMANDS[severity_of(remark.level, settings)],
                remark.place,
                f"{remark.level}: {remark.text}",
                f"“{remark.text}”{where}: {remark.message}{remark.advice} [{remark.rule}]",
            )


def _command(name: str, place: FilePlace, title: str, message: str) -> str:
    values: dict[str, str | int | None] = {"file": PurePath(place.file).as_posix(), "line": place.line}
    if place.line is not None:
        values |= {"endLine": place.end_line}
        if place.line == place.end_line:  # GitHub takes columns within one line only; its last is the last one marked
            values |= {"col": place.column, "endColumn": max((place.end_column or 1) - 1, place.column or 1)}
    values["title"] = title
    properties = ",".join(f"{key}={_property(str(value))}" for key, value in values.items() if value is not None)
    return f"::{name} {properties}::{_data(message)}"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
