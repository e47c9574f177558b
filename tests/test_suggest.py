from __future__ import annotations

from collections.abc import Callable

import pytest

from lang_audit.model import Appraisal


@pytest.mark.parametrize(
    ("text", "rewrite"),
    [
        ("Most addicts were men.", "Most people with an addiction were men."),
        ("HIV-infected women were asked.", "Women living with HIV were asked."),
        ("We asked HIV-infected pregnant women.", "We asked pregnant women living with HIV."),
        ("We saw an injecting drug user.", "We saw a person who injects drugs."),
        ("Most of the women were HIV-infected.", "Most of the women were living with HIV."),
        ("We asked HIV-infected Kenyan mothers.", "We asked Kenyan mothers living with HIV."),
        # left to the writer
        ("The addicts' families came.", None),
        ("An addict population was described.", "A population with an addiction was described."),
        ("Two of the men were schizophrenic.", None),
        ("We saw opium-addicted and non-addicted men.", None),
    ],
)
def test_rewrites(appraise_text: Callable[..., Appraisal], text: str, rewrite: str | None) -> None:
    raised = [finding for finding in appraise_text(text).findings if finding.decision == "flag"]
    assert raised[0].rewrite == rewrite


def test_the_suggestion_has_the_number_of_the_term(appraise_text: Callable[..., Appraisal]) -> None:
    one, many = appraise_text("One junkie came. Five sub-\nstance abusers left.").findings
    assert one.suggestion.startswith("person")
    assert many.suggestion.startswith("people")
