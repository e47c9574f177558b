"""The JSON of design.md section 7: one object a paper, one line each."""

from __future__ import annotations

import json
from typing import Any

from lang_audit.model import Finding, Frozen, Paper, Record

SCHEMA_VERSION = 1


def record_line(record: Record, *, with_text: bool = False) -> str:
    """One record as a line of JSON, with the paper's text where `with_text` asks for it."""
    return json.dumps(record_object(record, with_text=with_text), ensure_ascii=False)


def record_object(record: Record, *, with_text: bool = False) -> dict[str, Any]:
    """One record as plain values. A failed record holds its problems and the name of its source."""
    appraisal = record.appraisal
    found: dict[str, Any] = {
        "schema_version": SCHEMA_VERSION,
        "status": record.status,
        "problems": _plain(record.problems),
        "paper": _paper(appraisal.paper, with_text) if appraisal else {"id": None, "source": record.path},
    }
    if appraisal is None:
        return found
    found |= {"review": appraisal.review.model_dump()} if appraisal.review else {}
    return found | {
        "verdict": appraisal.verdict.model_dump(),
        "findings": [_finding(finding) for finding in appraisal.findings],
        "person_first": _plain(appraisal.person_first),
        "codes": _plain(appraisal.codes),
        "configurations": _plain(appraisal.configurations),
        "characteristics": appraisal.characteristics.model_dump(),
    }


def _plain(records: tuple[Frozen, ...]) -> list[dict[str, Any]]:
    return [_said(record.model_dump()) for record in records]


def _said(values: dict[str, Any]) -> dict[str, Any]:
    """Without the place for reviewers' decisions where there is none, as in every file written before there were any."""
    for key in ("intervention", "context", "mechanism", "outcome") if "link" in values else ():
        values[key] = tuple(_said(code) for code in values[key])
    if values.get("review", ...) is None:
        del values["review"]
    return values


def _finding(finding: Finding) -> dict[str, Any]:
    return _said(finding.model_dump(exclude={"sentence_start", "person_label"}))


def _paper(paper: Paper, with_text: bool) -> dict[str, Any]:
    found: dict[str, Any] = {
        "id": paper.id,
        "source": paper.source,
        **paper.metadata.model_dump(),
        "n_pages": len(paper.pages) or None,
        "n_words": len(paper.text.split()),
        "sections": [section.model_dump() | {"page": paper.page_at(section.start)} for section in paper.sections],
    }
    return found | {"text": paper.text} if with_text else found
