"""How many people a study took in: the number with the most evidence of being its total
(`lexicons/characteristics/sample_size.yaml`).

An arm, those screened, those lost and the calculation of power are other numbers. Of a protocol the planned number is
read. A review has no sample of its own: the number of its studies is none.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from lang_audit.characteristics.numbers import Number, numbers
from lang_audit.characteristics.rules import NumberCue, SampleSizeRules, read_rules
from lang_audit.characteristics.statements import Statement
from lang_audit.model import Paper, Reading

_BEFORE, _AFTER = 90, 130
_MODIFIERS = 8  # words between a number and the people it counts
# The words between a number and the people it counts: "101 overweight type 2 patients".
_WORD = r"(?:(?:type|stage|genotype|grade|class) )?(?:[^\W\d]|\d+-|(?<=type )\d)[\w’'/+–-]*"
_BETWEEN = rf"[^\w.;:()]*(?:\([^)]{{0,40}}\)\s*)?((?:{_WORD}[,\s]+){{0,{_MODIFIERS}}}?)"
_SHORT_FORM = re.compile(r"\(([A-Z][A-Za-z]{1,8}?)s?\)")
_TAKEN_UP = re.compile(r"\b(?:of|among) (?:the|these|those|all) $", re.IGNORECASE)
_EACH_N = re.compile(r"\b[Nn]\s*=\s*\d")
_EQUALS = re.compile(r"\b([Nn])\s*=\s*(?:about |~)?$")
_PEOPLE, _NAMED_TOTAL, _NAMED = 2.0, 3.0, 1.2
_BARE = 0.5  # "60 were randomised"
_BRACKETS = re.compile(r"\s?\([^()]*\)")
_LARGEST = 50_000_000


@dataclass(frozen=True, slots=True)
class Sample:
    """A number read as a sample size, the sentence it stands in, and the people it counts (offsets in the sentence;
    None: not said)."""

    number: Number
    statement: Statement
    weight: float
    people: tuple[int, int] | None
    parts: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class _Cues:
    least: float
    people: re.Pattern[str]
    any_people: re.Pattern[str]
    breaks: re.Pattern[str]
    cues: tuple[tuple[NumberCue, re.Pattern[str]], ...]
    rules: SampleSizeRules
    taken_in: re.Pattern[str]
    sample_of: re.Pattern[str]
    talks: re.Pattern[str]
    talked_to: re.Pattern[str]
    trials: re.Pattern[str]


@cache
def _cues(folder: Path | None) -> _Cues:
    rules = read_rules("sample_size", SampleSizeRules, folder)
    return _Cues(
        rules.least,
        re.compile(rf"{_BETWEEN}({rules.people})", re.IGNORECASE),
        re.compile(rf"\b{rules.people}", re.IGNORECASE),
        re.compile(rules.breaks, re.IGNORECASE),
        tuple((cue, re.compile(cue.cue, re.IGNORECASE)) for cue in rules.cues),
        rules,
        *(
            re.compile(each, re.IGNORECASE)
            for each in (rules.taken_in, rules.sample_of, rules.talks, rules.talked_to, rules.trials)
        ),
    )


def sample_size(
    said: list[Statement], *, protocol: bool, interviews: bool, folder: Path | None = None
) -> Sample | None:
    """The study's sample size, or None where no number has enough evidence.

    `protocol`: read the planned number. `interviews`: the study is qualitative, so those interviewed are its sample.
    """
    cues = _cues(folder)
    short = _short_forms(said, cues)
    candidates = [
        sample
        for statement in said
        if statement.part != "other" and not (statement.label == "background" and statement.section == "abstract")
        for sample in _candidates(statement, cues, short, protocol, interviews)
        if statement.own or not statement.others
    ]
    if not candidates:
        return None
    # What adds up to another candidate is an arm or a site.
    addends = {value for sample in candidates if sample.people or sample.weight >= cues.least for value in sample.parts}
    sums: dict[int, float] = {}
    for value in {sample.number.value for sample in candidates}:
        same = sorted((s.weight for s in candidates if s.number.value == value), reverse=True)
        sums[value] = same[0] + cues.rules.repeated * min(sum(weight > 2 for weight in same[1:]), 3)
        sums[value] -= cues.rules.sum_of_parts * (value in addends)
    best_value = max(sums, key=lambda value: (sums[value], value))
    if sums[best_value] < cues.least:
        return None
    same_value = [s for s in candidates if s.number.value == best_value]
    return max(same_value, key=lambda s: (s.weight, -s.statement.start))


def reading(paper: Paper, sample: Sample) -> Reading:
    """The record of a sample size."""
    number = sample.number
    return sample.statement.reading(paper, "sample-size", str(number.value), (number.start, number.end))


def _short_forms(said: list[Statement], cues: _Cues) -> re.Pattern[str] | None:
    """A pattern of the paper's own short forms for people: "young men who have sex with men (YMSM)"; None where it has none."""
    found = set()
    for statement in said:
        for short in _SHORT_FORM.finditer(statement.text):
            words = re.findall(r"[^\W\d]+", statement.text[max(0, short.start() - 90) : short.start()])[-8:]
            if any(_abbreviates(short[1], words[k:], cues) for k in range(len(words))):
                found.add(re.escape(short[1]))
    return re.compile(rf"{_BETWEEN}((?:{'|'.join(sorted(found))})s?\b)") if found else None


def _abbreviates(short: str, words: list[str], cues: _Cues) -> bool:
    """Whether `short` takes the initials of `words`, and these begin with people (at most two words before them)."""
    initials = iter("".join(word[0] for word in words).upper())
    return (
        short[0].upper() == words[0][0].upper()
        and bool(cues.any_people.search(" ".join(words[:3])))
        and all(letter in initials for letter in short.upper())
    )


def _candidates(
    statement: Statement, cues: _Cues, short: re.Pattern[str] | None, protocol: bool, interviews: bool
) -> list[Sample]:
    text = statement.text
    all_numbers = list(numbers(text))
    samples = []
    for number in all_numbers:
        if not 2 <= number.value <= _LARGEST or (
            1900 <= number.value <= 2035
            and "," not in text[number.start : number.end]
            and not _counted(text, number, cues)
        ):
            continue
        before, after = text[max(0, number.start - _BEFORE) : number.start], text[number.end : number.end + _AFTER]
        weight, people = _base(before, after, number, cues, short)
        if not weight and interviews and cues.talked_to.match(after):
            weight = _PEOPLE
        if not weight or (statement.part == "title" and people is None):
            continue
        unbracketed = _BRACKETS.sub("", after)
        leading = _EQUALS.sub("", before)
        for cue, pattern in cues.cues:
            if cue.protocols is not None and cue.protocols != protocol:
                continue
            if cue.stands == "after":
                hit = pattern.match(after) or pattern.match(unbracketed)
            elif cue.stands == "around":
                hit = pattern.search(before) or pattern.search(after)
            elif cue.stands == "before":
                hit = pattern.search(before) or (pattern.search(leading) if cue.weight > 0 else None)
            else:
                hit = pattern.search(text)
            if hit:
                weight += cue.weight
        weight += cues.rules.places.get(statement.part, 0)
        if statement.label == "participants" and statement.part == "abstract":
            weight += cues.rules.places["participants"]
        if interviews:
            weight += 1.0 if cues.talks.search(text) else -5.0 if cues.trials.search(text) else 0
        if number.value < cues.rules.few_below:
            weight += cues.rules.few
        parts = _parts(number, all_numbers)
        if parts:
            weight += cues.rules.sum_of_parts
        elif len(_EACH_N.findall(text)) > 1 or _has_twin(number, all_numbers, text):
            weight += cues.rules.one_of_several
        if weight > 0:
            samples.append(Sample(number, statement, weight, people, parts))
    return samples


def _base(
    before: str, after: str, number: Number, cues: _Cues, short: re.Pattern[str] | None
) -> tuple[float, tuple[int, int] | None]:
    people = cues.people.match(after) or (short.match(after) if short else None)
    if people and not cues.breaks.search(people[1]):
        return _PEOPLE, (number.end + people.start(1), number.end + people.end(2))
    plain = _BRACKETS.sub("", after)
    people = cues.people.match(plain) if plain != after else None
    if people and not cues.breaks.search(people[1]):
        return _PEOPLE, None
    equals = _EQUALS.search(before)
    if equals:
        return (_NAMED_TOTAL if equals[1] == "N" else _NAMED), None
    if cues.taken_in.match(after):
        return _BARE, None
    if cues.sample_of.search(before) and re.match(r"\s*(?:[.,;)]|$)", after):
        return _BARE, None
    return 0.0, None


def _counted(text: str, number: Number, cues: _Cues) -> bool:
    """Whether a number that looks like a year counts people."""
    people = cues.people.match(text[number.end : number.end + _AFTER])
    return bool(people and not cues.breaks.search(people[1])) or bool(_EQUALS.search(text[: number.start]))


def _has_twin(number: Number, others: list[Number], text: str) -> bool:
    """Whether the sentence gives the same number twice, other than to take it up again ("of the 37 patients")."""
    return any(
        other.value == number.value
        and other is not number
        and not _TAKEN_UP.search(text[: max(other.start, number.start)])
        for other in others
    )


def _parts(number: Number, others: list[Number]) -> tuple[int, ...]:
    """The two or three numbers that follow each other in the sentence and add up to this one; empty where there are none."""
    values = [other.value for other in others if other.value >= 4 and other is not number]
    for length in (2, 3):
        for k in range(len(values) - length + 1):
            if sum(values[k : k + length]) == number.value:
                return tuple(values[k : k + length])
    return ()
