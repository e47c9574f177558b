"""The JSON of `check`: what `appraise` prints of a paper, with the place of each finding in the file, and the remarks."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from lang_audit.manuscript.checked import CheckedFile, FilePlace, Remark, totals
from lang_audit.model import Finding
from lang_audit.report.jsonlines import SCHEMA_VERSION, record_object

if TYPE_CHECKING:
    from lang_audit.report.check_formats import Checked


def check_lines(checked: Checked) -> str:
    """One object a file, a line each."""
    return "".join(json.dumps(file_object(file), ensure_ascii=False) + "\n" for file, _ in checked)


def check_document(checked: Checked) -> str:
    """All files in one object, with the totals."""
    files = [file for file, _ in checked]
    failed = sum(file.record.status == "failed" for file in files)
    summary: dict[str, int] = {"files": len(files), "failed": failed, **{str(k): n for k, n in totals(files).items()}}
    document = {
        "schema_version": SCHEMA_VERSION,
        "summary": summary,
        "files": [file_object(file) for file in files],
    }
    return json.dumps(document, ensure_ascii=False, indent=1) + "\n"


def file_object(file: CheckedFile) -> dict[str, Any]:
    """One file as plain values: its record, in which each finding has its place, and its remarks in order."""
    found = record_object(file.record)
    if file.record.appraisal:
        # Findings are told apart by where they stand: of two that stand for one term each has a rule of its own.
        places = {_key(finding): place for finding, place in _placed(file)}
        ignored = {_key(one.finding): one.reason for one in file.passed if one.ignored_by}
        for plain, finding in zip(found["findings"], file.record.appraisal.findings, strict=True):
            plain["place"] = _place(places.get(_key(finding)))
            plain["ignored"] = ignored.get(_key(finding))
    found["remarks"] = [_remark(remark) for remark in file.remarks]
    return found


def _placed(file: CheckedFile) -> list[tuple[Finding, FilePlace]]:
    own = [(remark.finding, remark.place) for remark in file.remarks if remark.finding]
    return [*own, *((one.finding, one.place) for one in file.passed)]


def _key(finding: Finding) -> tuple[int, int, str]:
    return finding.start, finding.end, finding.entry


def _remark(remark: Remark) -> dict[str, Any]:
    return {
        "rule": remark.rule,
        "level": remark.level,
        "text": remark.text,
        "message": remark.message,
        "suggestion": remark.suggestion,
        "fingerprint": remark.fingerprint,
        "place": _place(remark.place),
    }


def _place(place: FilePlace | None) -> dict[str, Any] | None:
    return place.model_dump() if place else None
