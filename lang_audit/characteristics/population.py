"""Whom a study was of, in the paper's words (`lexicons/characteristics/population.yaml`).

Read in the title where it names people ("... among women who sell sex in ..."), else behind the number that was read as sample
size.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from lang_audit.characteristics.rules import PopulationRules, SampleSizeRules, read_rules
from lang_audit.characteristics.sample_size import Sample
from lang_audit.characteristics.statements import Statement
from lang_audit.model import Paper, Reading

_ARTICLE = re.compile(r"^(?:the|an?)\s+", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class _Cues:
    in_title: re.Pattern[str]
    tail: re.Pattern[str]
    ends: re.Pattern[str]
    longest: int
    bare: re.Pattern[str]
    loose_end: re.Pattern[str]


@cache
def _cues(folder: Path | None) -> _Cues:
    rules = read_rules("population", PopulationRules, folder)
    counted = read_rules("sample_size", SampleSizeRules, folder)
    people, breaks = counted.people, counted.breaks
    return _Cues(
        re.compile(rf"{rules.leads}((?:(?!{breaks})[\w’'/+–‐-]+,? ){{0,6}}?{people}{rules.tails})", re.IGNORECASE),
        re.compile(rules.tails, re.IGNORECASE),
        re.compile(rules.ends, re.IGNORECASE),
        rules.longest,
        re.compile(rules.bare, re.IGNORECASE),
        re.compile(rules.loose_end, re.IGNORECASE),
    )


def population(
    paper: Paper, said: list[Statement], sample: Sample | None, folder: Path | None = None
) -> Reading | None:
    """The reading of the population, its value the phrase as printed; None where no phrase names people."""
    cues = _cues(folder)
    for statement in said:
        if statement.part == "title":
            for phrase in cues.in_title.finditer(statement.text):
                span = _trimmed(statement.text, phrase.span(1), cues)
                if span:
                    return statement.reading(paper, "population", statement.text[span[0] : span[1]], span)
    if sample and sample.people:
        text = sample.statement.text
        start, end = sample.people
        tail = cues.tail.match(text, end)
        span = _trimmed(text, (start, tail.end() if tail else end), cues)
        if span:
            return sample.statement.reading(paper, "population", text[span[0] : span[1]], span)
    return None


def _trimmed(text: str, span: tuple[int, int], cues: _Cues) -> tuple[int, int] | None:
    start, end = span
    article = _ARTICLE.match(text[start:end])
    start += article.end() if article else 0
    stop = cues.ends.search(text, start, end)
    end = stop.start() if stop else end
    if end - start > cues.longest:
        end = text.rfind(" ", start, start + cues.longest)
    phrase = cues.loose_end.sub("", text[start:end])
    end = start + len(phrase)
    return (start, end) if len(phrase) > 2 and not cues.bare.match(phrase) else None
