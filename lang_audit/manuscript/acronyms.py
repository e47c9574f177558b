"""Acronyms of people that do not go together in one manuscript: "PWID" here, "IDU" there."""

from __future__ import annotations

from lang_audit.manuscript.checked import Remark
from lang_audit.manuscript.places import Locator
from lang_audit.model import Appraisal


def mixed_acronyms(appraisal: Appraisal, name: str, locator: Locator) -> list[tuple[int, Remark]]:
    """One remark for each mix of acronyms, with the offset in the text at which it belongs."""
    return []
