"""The forms in which `check` tells machines what it found: a line here for each."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from lang_audit.manuscript.checked import CheckedFile
    from lang_audit.settings import Settings

    Checked = Sequence[tuple[CheckedFile, Settings]]

# Where the function is that makes the whole output from the files, each with the settings that it was checked with.
FORMATS = {
    "json": "lang_audit.report.check_json:check_document",
    "jsonl": "lang_audit.report.check_json:check_lines",
    "sarif": "lang_audit.report.check_sarif:sarif",
    "github": "lang_audit.report.check_github:workflow_commands",
    "junit": "lang_audit.report.check_junit:junit",
    "html": "lang_audit.report.check_html:html",
}


def rendered(form: str, checked: Checked) -> str:
    """The output in one of `FORMATS`."""
    module, _, name = FORMATS[form].partition(":")
    render: Callable[[Checked], str] = getattr(import_module(module), name)
    return render(checked)
