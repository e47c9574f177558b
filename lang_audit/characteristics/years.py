"""The first and last year in which a study's data were gathered (`lexicons/characteristics/years.yaml`)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from lang_audit.characteristics.rules import YearRules, either, read_rules
from lang_audit.characteristics.statements import Statement
from lang_audit.model import Paper, Reading

_MONTH = (
    r"(?:January|February|March|April|May|June|July|August|September|October|November|December|"
    r"Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept?|Oct|Nov|Dec|[Ss]pring|[Ss]ummer|[Aa]utumn|[Ff]all|[Ww]inter|"
    r"early|mid|late|the end of|the beginning of)"
)
_DAY = r"(?:\d{1,2}(?:st|nd|rd|th)?)"
_BEFORE_YEAR = rf"(?:(?:{_DAY}(?: of)? )?{_MONTH}\.?[\s,-]*(?:of )?(?:{_DAY},? )?|(?:\d{{1,2}}[./]){{1,2}})?"
_YEAR = r"((?:18|19|20)\d\d)(?![\d%]|[.,]\d| onwards?| or later)"
_LINK = r"\s*(?:[-–—‐−]|to|and|through|until|till|up to|thru|ended in|ending|ended)\s*(?:the )?"
_RANGE = re.compile(rf"(?<![\d.]){_BEFORE_YEAR}{_YEAR}(?:\s*\([^)]{{0,30}}\))?,?{_LINK}{_BEFORE_YEAR}{_YEAR}")
_SHORT_RANGE = re.compile(rf"(?<![\d.]){_YEAR}[-–/](\d\d)(?!\d)")
_WITHIN = re.compile(
    rf"\b(?i:in|during|throughout|from|between|of)\s+(?:the )?(?:{_BEFORE_YEAR})(?:{_LINK}{_BEFORE_YEAR})?{_YEAR}"
    rf"|{_MONTH}\.?,? (?:{_DAY},? )?{_YEAR}"
)


@dataclass(frozen=True, slots=True)
class _Span:
    first: int
    last: int
    statement: Statement
    start: int
    end: int
    weight: float
    is_range: bool


@dataclass(frozen=True, slots=True)
class _Cues:
    gathered: re.Pattern[str]
    not_gathered: re.Pattern[str]
    begins: re.Pattern[str]
    ends: re.Pattern[str]
    rules: YearRules


@cache
def _cues(folder: Path | None) -> _Cues:
    rules = read_rules("years", YearRules, folder)
    return _Cues(
        either(rules.gathered), either(rules.not_gathered), either([rules.begins]), either([rules.ends]), rules
    )


def years(paper: Paper, said: list[Statement], folder: Path | None = None) -> tuple[tuple[int, int], Reading] | None:
    """The first and last year of the data with the reading, or None where the paper does not tell them."""
    cues = _cues(folder)
    latest = paper.metadata.year or 2100
    spans = [span for statement in said for span in _spans(statement, cues, latest)]
    if not spans:
        return None
    ranges = [span for span in spans if span.is_range]
    singles = [span for span in spans if not span.is_range]
    best = max(spans, key=lambda span: (span.weight, -span.statement.start))
    if best.weight < cues.rules.least:
        return None
    first, last = best.first, best.last
    if not best.is_range and not ranges:
        # "Enrolment began in June 2003 ... the last visit was in January 2006": the ends stand apart.
        begun = [s.first for s in singles if cues.begins.search(s.statement.text)]
        ended = [s.last for s in singles if cues.ends.search(s.statement.text) and s.last >= first]
        first, last = min([first, *begun]), max([last, *ended])
    reading = best.statement.reading(paper, "years", f"{first}-{last}", (best.start, best.end))
    return (first, last), reading


def _spans(statement: Statement, cues: _Cues, latest: int) -> list[_Span]:
    text = statement.text
    if not re.search(r"(?:18|19|20)\d\d", text) or (statement.others and not statement.own):
        return []
    if not cues.gathered.search(text) or (statement.part == "other" and not statement.own):
        return []
    weight = cues.rules.places.get(statement.part, 0.5)
    if statement.label == "background" and statement.section == "abstract" and not statement.own:
        return []
    found: list[_Span] = []
    taken = 0
    for span in _RANGE.finditer(text):
        first, last = int(span[1]), int(span[2])
        if cues.rules.earliest <= first <= last <= latest and not _refuted(text, span, cues):
            found.append(_Span(first, last, statement, span.start(), span.end(), weight + 1.0, True))
        taken = span.end()
    for span in _SHORT_RANGE.finditer(text):
        first, last = int(span[1]), int(span[1][:2] + span[2])
        if cues.rules.earliest <= first < last <= latest and span.start() >= taken and not _refuted(text, span, cues):
            found.append(_Span(first, last, statement, span.start(), span.end(), weight + 0.6, True))
            taken = span.end()
    if found:
        return found
    for span in _WITHIN.finditer(text):
        year = int(span[1] or span[2])
        if cues.rules.earliest <= year <= latest and not _refuted(text, span, cues):
            found.append(_Span(year, year, statement, span.start(), span.end(), weight, False))
    if len(found) > 1:
        first, last = min(s.first for s in found), max(s.last for s in found)
        start, end = found[0].start, found[-1].end
        return [_Span(first, last, statement, start, end, weight + 0.3, first != last)]
    return found


def _refuted(text: str, span: re.Match[str], cues: _Cues) -> bool:
    """Whether the clause around the years is about approval, registration, a version or a search."""
    clause_start = max(text.rfind(";", 0, span.start()), text.rfind(". ", 0, span.start()), span.start() - 110, 0)
    after = re.split(r"[;,)]", text[span.end() : span.end() + 40])[0]
    clause = text[clause_start : span.start()]
    if (
        span.start()
        and text[: span.start()].rstrip().endswith("(")
        and re.search(r"(?:et al\.?|[A-Z][a-z]+,?)\s*\($", text[: span.start()])
    ):
        return True
    return bool(cues.not_gathered.search(clause + " " + after))
