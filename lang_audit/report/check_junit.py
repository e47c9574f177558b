"""JUnit XML of what `check` found: a suite a file, a case a remark, for the test views of CI servers."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from xml.etree import ElementTree

from lang_audit.manuscript.checked import CheckedFile, Remark
from lang_audit.report.check_sarif import severity_of
from lang_audit.settings import Settings

if TYPE_CHECKING:
    from lang_audit.report.check_formats import Checked

# What XML 1.0 cannot hold, and what the text layer of a PDF may.
_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def junit(checked: Checked) -> str:
    """A failure for what fails the check, an error for a file that could not be read, a passing case for all else."""
    suites = ElementTree.Element("testsuites", name="lang-audit")
    totals = {"tests": 0, "failures": 0, "errors": 0}
    for file, settings in checked:
        suite = _suite(file, settings)
        suites.append(suite)
        for key in totals:
            totals[key] += int(suite.get(key, "0"))
    for key, number in totals.items():
        suites.set(key, str(number))
    ElementTree.indent(suites)
    return ElementTree.tostring(suites, encoding="unicode", xml_declaration=False).join(
        ('<?xml version="1.0" encoding="UTF-8"?>\n', "\n")
    )


def _suite(file: CheckedFile, settings: Settings) -> ElementTree.Element:
    suite = ElementTree.Element("testsuite", name=_plain(file.path))
    failures = 0
    if file.record.status == "failed":
        case = ElementTree.SubElement(suite, "testcase", classname=_plain(file.path), name="can be read")
        for problem in file.record.problems[:1]:
            ElementTree.SubElement(
                case, "error", type=problem.code, message=_plain(f"{problem.message} {problem.remedy}")
            )
    elif not file.remarks:
        ElementTree.SubElement(suite, "testcase", classname=_plain(file.path), name="nothing to remark")
    for remark in file.remarks:
        failures += _case(suite, file, remark, settings)
    suite.set("tests", str(len(suite)))
    suite.set("failures", str(failures))
    suite.set("errors", str(int(file.record.status == "failed")))
    return suite


def _case(suite: ElementTree.Element, file: CheckedFile, remark: Remark, settings: Settings) -> bool:
    place = remark.place
    name = f"{place.within} {remark.text}".strip()
    case = ElementTree.SubElement(suite, "testcase", classname=_plain(place.file), name=_plain(name))
    if place.line:
        case.set("file", _plain(place.file))
        case.set("line", str(place.line))
    sentence = f"\n{' '.join(remark.finding.sentence.split())}" if remark.finding else ""
    words = _plain(f"{remark.message}{remark.advice} [{remark.rule}]{sentence}")
    fails = severity_of(remark.level, settings) == "error"
    if fails:
        failure = ElementTree.SubElement(
            case, "failure", type=remark.level, message=_plain(f"“{remark.text}”{remark.advice}")
        )
        failure.text = words
    else:
        ElementTree.SubElement(case, "system-out").text = f"{remark.level}: {words}"
    return fails


def _plain(text: str) -> str:
    return _NOT_XML.sub("\ufffd", text)
