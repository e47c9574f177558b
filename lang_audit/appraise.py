"""From a paper and what was found in it to its appraisal. Pure."""

from __future__ import annotations

from lang_audit.model import Annotations, Appraisal, Paper
from lang_audit.settings import Settings
from lang_audit.verdict import judge, verdict


def appraise(paper: Paper, annotations: Annotations, settings: Settings, *, advise: bool = True) -> Appraisal:
    """Judge every mention by the profile of `settings`, then the paper by their rule; `advise` asks for what to write instead."""
    findings = judge(annotations.mentions, settings.lexicon, paper.metadata.year, settings.profile, advise=advise)
    return Appraisal.trusted(
        paper=paper,
        findings=findings,
        person_first=annotations.person_first,
        verdict=verdict(findings, annotations.person_first, settings.rule),
        codes=annotations.codes,
        configurations=annotations.configurations,
        characteristics=annotations.characteristics,
        review=None,
    )
