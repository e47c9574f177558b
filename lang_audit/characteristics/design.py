"""The design of a study: what the paper calls it, or what it says was done (`lexicons/characteristics/designs.yaml`).

A design named in the title or under "Design" is taken at its word; elsewhere its name must stand in a sentence about this study.
Names in sentences about other studies count nothing. A review's included studies are not its design.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from ahocorasick_rs import AhoCorasick, MatchKind

from lang_audit.characteristics.rules import Design, Designs, either, read_rules
from lang_audit.characteristics.statements import Statement
from lang_audit.model import Paper, Reading

_LEAST = 2.0
_TITLE, _LABEL, _STATED, _NAMED, _SIGN = 5.0, 4.0, 3.0, 1.0, 1.2
_MOST_SIGNS = 2.4
_SHARE = 0.5  # of the strongest design's weight, for a design of another family to stand beside it


@dataclass(frozen=True, slots=True)
class _Compiled:
    rule: Design
    names: re.Pattern[str]
    signs: re.Pattern[str] | None
    refuted: re.Pattern[str] | None


@dataclass(slots=True)
class _Evidence:
    weight: float = 0.0
    signs: float = 0.0
    best: float = 0.0
    statement: Statement | None = None
    span: tuple[int, int] = (0, 0)
    in_title: bool = False
    in_abstract: bool = False

    def add(self, weight: float, statement: Statement, span: tuple[int, int]) -> None:
        self.weight += weight
        if weight > self.best:
            self.best, self.statement, self.span = weight, statement, span


@cache
def _compiled(folder: Path | None) -> tuple[_Compiled, ...]:
    return tuple(
        _Compiled(
            rule,
            either(rule.patterns),
            either(rule.signs) if rule.signs else None,
            either(rule.not_) if rule.not_ else None,
        )
        for rule in read_rules("designs", Designs, folder).designs
    )


@cache
def _stems(folder: Path | None) -> tuple[AhoCorasick, tuple[tuple[int, ...], ...]]:
    """An automaton of all stems, and for each stem the designs (by their place in the file) that it gates."""
    rules = _compiled(folder)
    stems = list(dict.fromkeys(stem for each in rules for stem in each.rule.stems))
    owners = tuple(tuple(k for k, each in enumerate(rules) if stem in each.rule.stems) for stem in stems)
    return AhoCorasick(stems, matchkind=MatchKind.Standard), owners


def _indexes(stems: AhoCorasick, statement: Statement) -> set[int]:
    return {k for k, _, _ in stems.find_matches_as_indexes(statement.text.lower(), overlapping=True)}


def families(design: tuple[str, ...], folder: Path | None = None) -> set[str]:
    """The families of the designs with these ids."""
    return {each.rule.family for each in _compiled(folder) if each.rule.id in design}


def designs(paper: Paper, said: list[Statement], folder: Path | None = None) -> list[Reading]:
    """The readings of the study's designs, the strongest first and modifiers ("protocol", "pilot") last; empty where
    none is told."""
    rules = _compiled(folder)
    stems, owners = _stems(folder)
    speaking: dict[int, list[Statement]] = {}
    for statement in said:
        met = {owner for k in _indexes(stems, statement) for owner in owners[k]}
        for owner in met:
            speaking.setdefault(owner, []).append(statement)
    found = {each.rule.id: _gather(each, speaking.get(k, [])) for k, each in enumerate(rules)}
    chosen = _choose([each.rule for each in rules], found)
    readings = []
    for design in chosen:
        evidence = found[design]
        if evidence.statement:
            readings.append(evidence.statement.reading(paper, "design", design, evidence.span))
    return readings


def _gather(each: _Compiled, said: list[Statement]) -> _Evidence:
    evidence = _Evidence()
    for statement in said:
        if each.rule.only_in and statement.section not in each.rule.only_in:
            continue
        for name in each.names.finditer(statement.text):
            before = statement.text[max(0, name.start() - 80) : name.start()]
            if each.refuted and each.refuted.search(before):
                continue
            weight = _weight(statement, before)
            if weight:
                evidence.in_title |= statement.part == "title"
                evidence.in_abstract |= statement.section == "abstract" and weight >= _NAMED
                evidence.add(weight, statement, name.span())
                break
        if each.signs and statement.part in ("abstract", "methods", "participants", "results"):
            sign = each.signs.search(statement.text)
            if sign and evidence.signs < _MOST_SIGNS and not (statement.others and not statement.own):
                # In the abstract the authors say what they did: there one sign is enough.
                weight = _LEAST if statement.section == "abstract" and statement.own else _SIGN
                evidence.signs += weight
                evidence.add(weight, statement, sign.span())
    return evidence


def _weight(statement: Statement, before: str) -> float:
    words = statement.words
    if statement.part == "title":
        return _TITLE * (0.4 if words.part_of.search(before) else 1.0)
    if words.part_of.search(before):
        return 0.4 if statement.part != "other" else 0
    if statement.others and not statement.own:
        return 0
    if statement.label == "design" and statement.section == "abstract":
        return _LABEL
    if statement.section == "abstract":
        if statement.label == "background" and not statement.own:
            return 0.3
        return _STATED if statement.own or statement.label in ("methods", "participants", "setting", "aims") else 1.5
    if statement.section == "methods":
        return (
            2.5 if statement.own or (statement.label == "design" and words.says_so.search(statement.text)) else _NAMED
        )
    if statement.part == "results":
        return 0.7 if statement.own else 0.3
    if words.ours_is.search(before):
        return 2.5
    if not statement.own or statement.others:
        return 0
    return 1.5 if statement.section in ("introduction", "other") else 2.0


def _choose(rules: list[Design], found: dict[str, _Evidence]) -> list[str]:
    told = {rule.id: rule for rule in rules if found[rule.id].weight >= _LEAST and found[rule.id].statement}
    reviews = [i for i, rule in told.items() if rule.family == "review" and (i != "review" or found[i].in_title)]
    if any(found[i].in_title for i in reviews):
        told = {i: rule for i, rule in told.items() if rule.in_reviews}
    elif reviews and any(found[i].in_title for i in told if told[i].family != "review" and not told[i].modifier):
        told = {i: rule for i, rule in told.items() if rule.family != "review"}
    for rule in rules:
        if rule.id in told:
            for lesser in rule.overrides:
                if lesser in told and found[rule.id].weight >= 0.4 * min(found[lesser].weight, 2 * _TITLE):
                    told.pop(lesser)
    for rule in rules:
        if rule.id in told and any(other in told for other in rule.overridden_by):
            told.pop(rule.id)
    kinds = sorted((i for i in told if not told[i].modifier), key=lambda i: -found[i].weight)
    modifiers = [i for i in told if told[i].modifier]
    if kinds:
        strongest = found[kinds[0]].weight
        families: set[str] = set()
        kept: list[str] = []
        for design in kinds:
            # One design of a family, but for reviews, which are often systematic and a meta-analysis.
            family = told[design].family
            if family in families and family != "review":
                continue
            # A second design must be named where the paper sums itself up; methods name those of their parts.
            beside = found[design].in_abstract and found[design].weight >= _SHARE * strongest
            if not kept or beside or found[design].in_title:
                kept.append(design)
                families.add(family)
        kinds = kept
    return [*kinds, *modifiers]
