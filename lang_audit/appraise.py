"""From a paper and what was found in it to its appraisal. Pure."""

from __future__ import annotations

from lang_audit.lexicon import Lexicon
from lang_audit.model import Annotations, Appraisal, Paper, VerdictRule
from lang_audit.verdict import judge, verdict


def appraise(paper: Paper, annotations: Annotations, lexicon: Lexicon, rule: VerdictRule = "majority") -> Appraisal:
    """Judge every mention, then the paper by `rule`."""
    findings = judge(annotations.mentions, lexicon, paper.metadata.year)
    return Appraisal(
        paper=paper,
        findings=findings,
        person_first=annotations.person_first,
        verdict=verdict(findings, annotations.person_first, rule),
    )
