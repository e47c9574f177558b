"""Checking manuscripts: audit each, say where its findings stand in the file, and leave out what its author lets pass."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing
from pathlib import Path

from lang_audit.audit import Input
from lang_audit.errors import ConfigError
from lang_audit.manuscript.acronyms import mixed_acronyms
from lang_audit.manuscript.checked import CheckedFile, Passed, Remark, fingerprint, level_of
from lang_audit.manuscript.ignores import Ignored, ignores_of
from lang_audit.manuscript.places import Locator
from lang_audit.model import Finding, Paper, Problem, Record
from lang_audit.settings import Settings
from lang_audit.workers import DEFAULT_TIMEOUT, audit_in_workers

_NEXT_WORD = re.compile(r"\s+([\w'’-]+)")
_TOLD = 60  # characters of an ignore's words in a message


def check_files(
    inputs: Iterable[Input],
    settings: Settings,
    *,
    jobs: int | None = 1,
    timeout: float | None = DEFAULT_TIMEOUT,
    shown: Callable[[Path], str] = str,
) -> Iterator[CheckedFile]:
    """Check manuscripts, in order. `shown` says how a file is called in messages; the rest is as in `audit_in_workers`."""
    with closing(audit_in_workers(inputs, settings, jobs=jobs, timeout=timeout)) as records:  # type: ignore[type-var]
        for record in records:
            yield check_record(record, settings, shown=shown)


def check_record(
    record: Record, settings: Settings, *, shown: Callable[[Path], str] = str, beside: Path | None = None
) -> CheckedFile:
    """What there is to say of a manuscript that was audited. A side-car file that cannot be used becomes a problem.

    `beside` is the file that a side-car stands beside, where that is not the one that was read (an editor's unsaved text).
    """
    path = Path(record.path)
    record = record.model_copy(update={"path": shown(path)})
    appraisal = record.appraisal
    if appraisal is None:
        return CheckedFile(record=record)
    paper = appraisal.paper
    locator = Locator(paper, path, shown(path))
    try:
        ignores = ignores_of(beside or path, shown(path), _own_files(path, locator, paper), settings.ignores)
    except ConfigError as error:
        problem = Problem(code="ignores", message=str(error), remedy="Mend that file, or take it away.")
        record = record.model_copy(update={"problems": (*record.problems, problem), "status": "partial"})
        ignores = []
    remarks: list[tuple[int, Remark]] = []
    passed: list[Passed] = []
    for finding in appraisal.findings:
        place = locator.place(finding.start, finding.end)
        if finding.decision == "exempt":
            passed.append(Passed(finding=finding, place=place, reason=finding.reason))
            continue
        covering = [ignored for ignored in ignores if ignored.covers(finding, place)]
        for ignored in covering:
            ignored.used = True
        if covering:
            by = (
                f"{covering[0].place.file}:{covering[0].place.line}"
                if covering[0].place.line
                else covering[0].place.file
            )
            passed.append(Passed(finding=finding, place=place, reason=covering[0].reason, ignored_by=by))
            continue
        remarks.append((finding.start, _remark(finding, locator)))
    told = [remark.finding for _, remark in remarks if remark.finding]
    remarks += mixed_acronyms(told, appraisal.person_first, settings.lexicon, locator)
    ordered = [remark for _, remark in sorted(remarks, key=_order)]
    ordered += _about_ignores(ignores, configured=len(settings.ignores))
    return CheckedFile(record=record, remarks=tuple(ordered), passed=tuple(passed))


def without_known(file: CheckedFile, known: Counter[str]) -> CheckedFile:
    """Without the remarks that a baseline knows; each of its fingerprints takes one away, and is used up by that."""
    new = []
    for remark in file.remarks:
        if known[remark.fingerprint] > 0:
            known[remark.fingerprint] -= 1
        else:
            new.append(remark)
    return file.model_copy(update={"remarks": tuple(new)})


def _remark(finding: Finding, locator: Locator) -> Remark:
    return Remark(
        rule=finding.entry,
        level=level_of(finding),
        text=_words_concerned(finding),
        message=_message(finding),
        place=locator.place(finding.start, finding.end),
        suggestion=finding.suggestion,
        finding=finding,
        fingerprint=fingerprint(finding.entry, finding.text, finding.sentence),
    )


def _words_concerned(finding: Finding) -> str:
    """The term, with the noun behind it where the suggestion takes the place of both: "HIV-infected women"."""
    words = " ".join(finding.text.split())
    behind = _NEXT_WORD.match(finding.sentence[finding.end - finding.sentence_start :])
    taken = (finding.suggestion or "").partition(" ")[0].lower()
    return f"{words} {behind[1]}" if behind and taken and behind[1].lower() == taken else words


def _message(finding: Finding) -> str:
    """What is wrong, without what goes without saying here: that the words are the authors' own."""
    for lead in ("In the authors' own words. ", "In the authors' own words, and "):
        if finding.reason.startswith(lead):
            rest = finding.reason[len(lead) :]
            return rest[:1].upper() + rest[1:]
    return finding.reason


def _order(item: tuple[int, Remark]) -> tuple[object, ...]:
    """As one goes through the file; where it has no lines, as the text was read."""
    start, remark = item
    place = remark.place
    return (place.file if place.line else "", place.line or 0, place.column or 0, start)


def _own_files(path: Path, locator: Locator, paper: Paper) -> list[tuple[Path, str]]:
    """The manuscript's file and those that it includes, with their names in messages."""
    parts = dict.fromkeys((None, *(origin.part for origin in paper.origins)))
    if locator.is_docx:
        parts = {None: None}
    return [(path if part is None else path.parent / part, locator.file_of(part)) for part in parts]


def _about_ignores(ignores: Sequence[Ignored], configured: int) -> Iterator[Remark]:
    """Requests without a reason, which let nothing pass, and those of the manuscript's own that nothing needed.

    Those of the configuration are for many files (they come last): that one file needs one of them not says nothing.
    """
    for k, ignored in enumerate(ignores):
        what = ignored.what if len(ignored.what) <= _TOLD else f"{ignored.what[:_TOLD]}…"
        if not ignored.reason:
            rule = "ignore/no-reason"
            message = "An ignore needs a reason to count: write `lang-audit: ignore WORDS -- REASON`."
        elif not ignored.used and k < len(ignores) - configured:
            rule = "ignore/unused"
            message = "This ignore lets nothing pass: the term is not there, or is not remarked on. Take it away."
        else:
            continue
        yield Remark(
            rule=rule,
            level="query",
            text=what,
            message=message,
            place=ignored.place,
            fingerprint=fingerprint(rule, what, ignored.reason),
        )
