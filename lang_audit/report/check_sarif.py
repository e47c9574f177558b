"""SARIF 2.1.0 (OASIS, 2020) of what `check` found, for code-scanning viewers."""

from __future__ import annotations

import json
from importlib import metadata
from pathlib import Path, PurePath
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from lang_audit.lexicon import Lexicon
from lang_audit.manuscript.checked import LEVELS, CheckedFile, FilePlace, Level, Passed, Remark
from lang_audit.settings import Settings

if TYPE_CHECKING:
    from lang_audit.report.check_formats import Checked

_SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
_OWN_RULES = {
    "acronyms/mixed": "Acronyms that do not go together",
    "ignore/no-reason": "An ignore without a reason",
    "ignore/unused": "An ignore that lets nothing pass",
}


def sarif(checked: Checked) -> str:
    """One run with all files: remarks as results, what was ignored as suppressed results, unread files as notifications."""
    rules: dict[str, dict[str, Any]] = {}
    results, notes = [], []
    for file, settings in checked:
        for remark in file.remarks:
            results.append(_result(remark, settings, rules))
        for passed in file.passed:
            if passed.ignored_by:
                results.append(_suppressed(passed, file, settings, rules))
        notes += [_notification(file, problem.message, problem.remedy) for problem in file.record.problems]
    names = list(rules)
    for result in results:
        result["ruleIndex"] = names.index(result["ruleId"])
    failed = any(file.record.status == "failed" for file, _ in checked)
    run = {
        "tool": {
            "driver": {
                "name": "lang-audit",
                "semanticVersion": metadata.version("lang-audit"),
                "rules": list(rules.values()),
            }
        },
        "columnKind": "unicodeCodePoints",
        "invocations": [{"executionSuccessful": not failed, "toolExecutionNotifications": notes}],
        "results": results,
    }
    return json.dumps({"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}, ensure_ascii=False, indent=1) + "\n"


def severity_of(level: Level, settings: Settings) -> str:
    """How machines name a remark's level: what fails the check is an error, a question a note."""
    if LEVELS.index(level) <= LEVELS.index(settings.fail_on):
        return "error"
    return "note" if level == "query" else "warning"


def _result(remark: Remark, settings: Settings, rules: dict[str, dict[str, Any]]) -> dict[str, Any]:
    _add_rule(remark.rule, settings, rules)
    return {
        "ruleId": remark.rule,
        "level": severity_of(remark.level, settings),
        "message": {"text": f"“{remark.text}”: {remark.message}{remark.advice}"},
        "locations": [_location(remark.place)],
        "partialFingerprints": {"langAudit/v1": remark.fingerprint},
        "properties": {"remark": remark.level},
    }


def _suppressed(
    passed: Passed, file: CheckedFile, settings: Settings, rules: dict[str, dict[str, Any]]
) -> dict[str, Any]:
    finding = passed.finding
    _add_rule(finding.entry, settings, rules)
    in_source = (passed.ignored_by or "").startswith(f"{file.path}:")
    return {
        "ruleId": finding.entry,
        "level": "note",
        "message": {"text": f"“{' '.join(finding.text.split())}”: {finding.reason}"},
        "locations": [_location(passed.place)],
        "suppressions": [{"kind": "inSource" if in_source else "external", "justification": passed.reason}],
    }


def _add_rule(key: str, settings: Settings, rules: dict[str, dict[str, Any]]) -> None:
    if key not in rules:
        rules[key] = _rule(key, settings.lexicon, settings)


def _rule(key: str, lexicon: Lexicon, settings: Settings) -> dict[str, Any]:
    entry = lexicon.entries.get(key)
    if entry is None:
        return {"id": key, "shortDescription": {"text": _OWN_RULES.get(key, key)}}
    guidance = "\n".join(
        f"- {source.issuer}: {source.title} ({source.year or source.years})"
        for source in (lexicon.sources[name] for name in (*entry.sources, *entry.known_sources))
    )
    level: Level = "query" if entry.decision == "query" else entry.severity
    help_text = f"{entry.why}\n\nGuidance:\n{guidance}"
    return {
        "id": key,
        "name": "".join(word.capitalize() for word in key.replace("/", "-").split("-")),
        "shortDescription": {"text": key.rpartition("/")[2].replace("-", " ")},
        "fullDescription": {"text": entry.why},
        "help": {"text": help_text, "markdown": help_text},
        "defaultConfiguration": {"level": severity_of(level, settings)},
        "properties": {"tags": [key.partition("/")[0], entry.severity, entry.category]},
    }


def _location(place: FilePlace) -> dict[str, Any]:
    location: dict[str, Any] = {"physicalLocation": {"artifactLocation": {"uri": uri(place.file)}}}
    if place.line is not None:
        region = {
            "startLine": place.line,
            "startColumn": place.column,
            "endLine": place.end_line,
            "endColumn": place.end_column,
        }
        location["physicalLocation"]["region"] = {key: value for key, value in region.items() if value is not None}
    elif place.paragraph is not None or place.anchor is not None:
        name = f"paragraph {place.paragraph}" if place.paragraph is not None else str(place.anchor)
        location["logicalLocations"] = [
            {"name": name, "fullyQualifiedName": " / ".join(filter(None, (place.heading, place.anchor or name)))}
        ]
    elif place.page is not None:
        location["logicalLocations"] = [{"name": f"page {place.page}"}]
    return location


def _notification(file: CheckedFile, message: str, remedy: str) -> dict[str, Any]:
    return {
        "level": "error" if file.record.status == "failed" else "warning",
        "message": {"text": f"{message} {remedy}".strip()},
        "locations": [_location(FilePlace(file=file.path))],
    }


def uri(file: str) -> str:
    """A file's name as a URI: relative ones stay relative, so that a viewer finds them in its checkout."""
    path = PurePath(file)
    return Path(file).as_uri() if path.is_absolute() else quote(path.as_posix())
