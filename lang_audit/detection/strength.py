"""How strong a piece of evidence is: reported (found or done), aimed (hoped or planned), background (told of other work)."""

from __future__ import annotations

import re

from lang_audit.detection.evidence_patterns import Sentence
from lang_audit.model import Strength

AIM, OWN_AIM, PROPOSAL = "<aim-cue>", "<own-aim-cue>", "<proposal-cue>"
ELSEWHERE, FINDING = "<elsewhere-cue>", "<finding-cue>"
_FINDINGS = frozenset({"results", "table", "caption"})
_OPENING = frozenset({"introduction"})
_CITED = re.compile(r"\[\d[\d,\s–-]*\]|\([A-Z][^()]{1,60}\b(?:19|20)\d\d[a-z]?\)")


class StrengthCues:
    """Tells the strength of what a sentence says, by its section and its own words."""

    keys = frozenset({AIM, OWN_AIM, PROPOSAL, ELSEWHERE, FINDING})

    def of(self, sentence: Sentence, section: str, text: str, cited: bool = False) -> Strength:
        """The strength of evidence in a sentence; `cited` where a lifted citation marker stands in it."""
        if section in _FINDINGS:
            return "reported"
        if AIM in sentence.found or (section in _OPENING and OWN_AIM in sentence.found):
            return "aimed"
        elsewhere = ELSEWHERE in sentence.found or cited or _CITED.search(text) is not None
        if section in _OPENING or (elsewhere and FINDING not in sentence.found and section != "abstract"):
            return "background"
        if PROPOSAL in sentence.found and section not in ("methods", "abstract"):
            return "aimed"
        return "reported"
