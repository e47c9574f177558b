from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import settings as hypothesis_settings

from lang_audit.audit import audit_paper
from lang_audit.model import Appraisal, Paper, Passage, Section, SectionKind
from lang_audit.settings import load_settings

# How long an example takes says nothing on a busy machine.
hypothesis_settings.register_profile("lang-audit", deadline=None)
hypothesis_settings.load_profile("lang-audit")


def paper_of(text: str, *, kind: SectionKind = "results", year: int | None = None) -> Paper:
    """A paper of one passage in one section."""
    whole = {"start": 0, "end": len(text)}
    return Paper(
        id="sample",
        source="sample.txt",
        text=text,
        sections=(Section(**whole, kind=kind),),
        passages=(Passage(**whole),),
        metadata={"year": year},
    )


@pytest.fixture
def appraise_text() -> Callable[..., Appraisal]:
    """The appraisal of the language of a text that stands in one section of a paper."""
    settings = load_settings(codebooks=["none"])

    def run(text: str, **where: object) -> Appraisal:
        appraisal = audit_paper(paper_of(text, **where), settings=settings).appraisal  # type: ignore[arg-type]
        assert appraisal is not None
        return appraisal

    return run
