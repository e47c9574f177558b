"""The countries in which a study was done, each with the sentence that tells.

A country's name alone tells nothing: papers name makers' cities, earlier studies, laws and languages. A name counts
where it stands
in the title, under a label such as "Setting", or in a sentence of the abstract, the methods or the first results that says that
people were recruited, lived or were treated there (`lexicons/characteristics/settings.yaml`).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from lang_audit.characteristics.places import PlaceName, place_names
from lang_audit.characteristics.rules import SettingCues, either, read_rules
from lang_audit.characteristics.statements import Statement
from lang_audit.model import Paper, Reading

_LEAST = 1.5
_WEIGHT = {"title": 3.0, "abstract": 1.5, "participants": 1.5, "methods": 1.5, "results": 1.0, "other": 0.5}
_LABELLED = 3.0  # under "Setting"
_BACKGROUND = 0.25  # a figure or a need, not a study
_ETHICS = 0.01
_MOST = 6.0
_FAINT = 0.34  # of the leading country's evidence
_NEAR = 3  # words between an adjective and the people it tells of
_BEFORE, _AFTER = 160, 60


@dataclass(frozen=True, slots=True)
class _Evidence:
    place: PlaceName
    statement: Statement
    weight: float


@dataclass(frozen=True, slots=True)
class _Cues:
    done_there: re.Pattern[str]
    leads: re.Pattern[str]
    near: re.Pattern[str]
    elsewhere: re.Pattern[str]
    after: re.Pattern[str]
    ethics: re.Pattern[str]
    figures: re.Pattern[str]
    longer_name: re.Pattern[str]
    sites: re.Pattern[str]


@cache
def _cues(folder: Path | None) -> _Cues:
    rules = read_rules("settings", SettingCues, folder)
    near = "|".join(rules.people_or_places)
    return _Cues(
        either(rules.done_there),
        either(rules.leads),
        re.compile(rf"^[\s-]+(?:[\w’'/-]+,?\s+){{0,{_NEAR}}}?(?:{near})", re.IGNORECASE),
        # Case tells a maker ("AG", "Co") from a word.
        re.compile("|".join(f"(?:{part})" for part in rules.elsewhere)),
        re.compile("|".join(f"(?:{part})" for part in rules.elsewhere_after)),
        either(rules.ethics),
        either(rules.figures),
        re.compile(rf"^[ -](?!(?:{'|'.join(rules.goes_on)})\b)[A-Z][a-z]+"),
        either(rules.sites),
    )


def countries(paper: Paper, said: list[Statement], folder: Path | None = None) -> list[Reading]:
    """The readings of the countries of the study, the best for each country, in order of evidence; empty where none is told."""
    cues = _cues(folder)
    evidence = []
    for statement in said:
        named = list(place_names(statement.text, folder))
        # "Bangkok Thailand": two names side by side lead on to each other.
        edges = {other.start for other in named}, {other.end for other in named}
        for place in named:
            beside = place.end + 1 in edges[0], place.start - 1 in edges[1]
            weight = _weight(place, statement, cues, beside)
            if weight > 0:
                evidence.append(_Evidence(place, statement, weight))
    chosen = _chosen(evidence)
    readings = []
    for code in chosen:
        best = max((e for e in evidence if e.place.code == code), key=lambda e: (e.weight, -e.statement.start))
        span = (best.place.start, best.place.end)
        readings.append(best.statement.reading(paper, "country", code, span))
    return readings


def _chosen(evidence: list[_Evidence]) -> list[str]:
    sums: dict[str, float] = {}
    named: set[str] = set()
    for found in evidence:
        code = found.place.code
        sums[code] = sums.get(code, 0) + found.weight
        if found.place.kind != "adjective" and found.weight >= _LEAST:
            named.add(code)
    sums = {code: min(weight, _MOST) for code, weight in sums.items()}
    # People of one nation may be studied in another: their adjective tells the country only where no place is named.
    told = [code for code, weight in sums.items() if weight >= _LEAST and (not named or code in named)]
    if told:
        told = [code for code in told if not _faint(code, sums, evidence)]
        first = {e.place.code: e.statement.start for e in reversed(evidence)}
        return sorted(told, key=lambda code: (-sums[code], first[code]))
    approving = [e.place.code for e in evidence if e.weight == _ETHICS]
    return approving[:1] if len(set(approving)) == 1 and len(sums) == 1 else []


def _faint(code: str, sums: dict[str, float], evidence: list[_Evidence]) -> bool:
    """Whether a country has little evidence beside another's, and is never named in one sentence with it."""
    leader = max(sums, key=lambda each: sums[each])
    if sums[code] >= _FAINT * sums[leader]:
        return False
    where = {id(e.statement) for e in evidence if e.place.code == leader}
    return not any(id(e.statement) in where for e in evidence if e.place.code == code)


def _weight(place: PlaceName, statement: Statement, cues: _Cues, beside: tuple[bool, bool]) -> float:
    """What the place counts; `beside` says whether another place's name stands right behind it and right before it."""
    text = statement.text
    before, after = text[max(0, place.start - _BEFORE) : place.start], text[place.end : place.end + _AFTER]
    if (cues.longer_name.match(after) and not beside[0]) or cues.after.match(after) or _of_a_maker(text, place, cues):
        return 0
    approval = bool(cues.ethics.search(text))
    if not approval and cues.elsewhere.search(before):
        return 0
    if place.kind == "adjective":
        if not cues.near.match(after):
            return 0
    elif statement.part != "title" and not beside[1] and not cues.leads.search(before) and not cues.near.match(after):
        # "six U.S. cities": a name may stand as an adjective.
        return 0
    if statement.part == "title":
        return _WEIGHT["title"]
    if approval:
        return _ETHICS if statement.part in ("methods", "participants", "results", "other") else 0
    if statement.others and not statement.own:
        return 0
    if statement.label == "setting" and statement.section in ("abstract", "methods"):
        return _LABELLED if place.kind != "adjective" else _WEIGHT["abstract"]
    if not cues.done_there.search(text):
        return 0
    weight = _WEIGHT[statement.part]
    if statement.section == "other" and not statement.own:
        # Where sections are not known, a line without a verb of ours may be an address.
        return _BACKGROUND
    if (
        statement.part == "other"
        and statement.own
        and statement.section in ("introduction", "discussion", "conclusion")
    ):
        weight = 1.0
    if statement.label in ("background", "conclusion") and statement.section == "abstract":
        weight = 1.0 if statement.own else _BACKGROUND
    elif cues.figures.search(text) and not statement.own and statement.part in ("abstract", "other"):
        weight = min(weight, _BACKGROUND * 2)
    return weight * (0.7 if place.kind == "adjective" else 1.0)


def _of_a_maker(text: str, place: PlaceName, cues: _Cues) -> bool:
    """Whether the place closes a bracket such as "(SAS Institute, Cary, NC, USA)" that tells where a thing comes from."""
    opened = text.rfind("(", 0, place.start)
    if opened < 0 or ")" in text[opened : place.start]:
        return False
    inside = text[opened + 1 : place.start]
    tells_a_site = cues.sites.search(inside + text[max(0, opened - 25) : opened])
    return bool(re.search("[,;]", inside)) and not tells_a_site
