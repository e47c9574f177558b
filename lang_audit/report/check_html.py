"""One self-contained page of what `check` found, for authors and editors who do not work in a terminal."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from lang_audit.lexicon import Lexicon
from lang_audit.manuscript.checked import LEVELS, CheckedFile, Passed, Remark, totals
from lang_audit.model import Finding
from lang_audit.report.renderer import Renderer

if TYPE_CHECKING:
    from lang_audit.report.check_formats import Checked


def html(checked: Checked) -> str:
    """The page. Remarks stand in the order of each manuscript, with the sentence, what to write and who says so."""
    files = [file for file, _ in checked]
    counts = totals(files)
    settings = checked[0][1] if checked else None
    if settings is None:
        from lang_audit.settings import default_settings

        settings = default_settings()
    view = {
        "files": [_file(file, settings_of.lexicon) for file, settings_of in checked],
        "counts": [(level, counts[level]) for level in LEVELS],
        "number": sum(counts.values()),
        "failed": sum(file.record.status == "failed" for file in files),
    }
    return Renderer(settings.lexicon, profile=settings.profile, off=settings.off).page("check", {"check": view})


def _file(file: CheckedFile, lexicon: Lexicon) -> dict[str, Any]:
    return {
        "name": file.path,
        "failed": file.record.status == "failed",
        "problems": file.record.problems,
        "remarks": [_remark(remark, lexicon) for remark in file.remarks],
        "passed": [_passed(passed) for passed in file.passed],
    }


def _remark(remark: Remark, lexicon: Lexicon) -> dict[str, Any]:
    finding = remark.finding
    return {
        "level": remark.level,
        "rule": remark.rule,
        "text": remark.text,
        "place": _place(remark),
        "message": remark.message,
        "suggestion": remark.suggestion,
        "pieces": list(_pieces(finding)) if finding else [],
        "rewrite": " ".join(finding.rewrite.split()) if finding and finding.rewrite else None,
        "sources": [lexicon.sources[key] for key in finding.sources] if finding else [],
    }


def _passed(passed: Passed) -> dict[str, Any]:
    return {
        "text": " ".join(passed.finding.text.split()),
        "place": passed.place.within,
        "usage": "ignored" if passed.ignored_by else passed.finding.usage,
        "reason": passed.reason,
    }


def _place(remark: Remark) -> str:
    heading = remark.place.heading
    return f"{remark.place.within}, under “{heading}”" if heading else remark.place.within


def _pieces(finding: Finding) -> Iterator[tuple[str, bool]]:
    """The sentence in three parts, of which the middle one is the term."""
    start, end = finding.start - finding.sentence_start, finding.end - finding.sentence_start
    for words, marked in (
        (finding.sentence[:start], False),
        (finding.sentence[start:end], True),
        (finding.sentence[end:], False),
    ):
        if words:
            yield words, marked
