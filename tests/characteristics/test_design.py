import pytest

from lang_audit.characteristics import study_characteristics

from .fabricated import paper_with


def design(**parts: str) -> tuple[str, ...]:
    return study_characteristics(paper_with(**parts)).design


@pytest.mark.parametrize(
    ("parts", "expected"),
    [
        ({"title": "Text messages after prison: a randomised controlled trial"}, ("rct",)),
        ({"title": "Text messages after prison: a cluster randomised trial"}, ("cluster-rct",)),
        (
            {"title": "Text messages after prison: protocol for a pilot randomised controlled trial"},
            ("rct", "protocol", "pilot"),
        ),
        ({"abstract": "# Methods\nVillages were randomly assigned to visits or to usual care."}, ("cluster-rct",)),
        ({"abstract": "# Design\nA two-period crossover trial."}, ("crossover-trial",)),
        ({"abstract": "We conducted a quasi-experimental study with two hostels."}, ("quasi-experimental",)),
        ({"abstract": "This prospective cohort study followed adults for five years."}, ("cohort",)),
        ({"abstract": "We conducted a nested case-control study."}, ("case-control",)),
        ({"abstract": "A cross-sectional survey was conducted at four hostels."}, ("cross-sectional",)),
        ({"abstract": "We conducted in-depth interviews with women who use drugs."}, ("qualitative",)),
        ({"title": "Shelter and care: a mixed-methods study"}, ("mixed-methods",)),
        ({"title": "Peer work: a systematic review and meta-analysis"}, ("systematic-review", "meta-analysis")),
        ({"title": "Peer work: a scoping review"}, ("scoping-review",)),
        ({"title": "Peer work: a realist review"}, ("realist-review",)),
        ({"title": "Peer work - a review"}, ("review",)),
        ({"abstract": "We report a secondary analysis of two surveys."}, ("secondary-analysis",)),
        ({"discussion": "Our study is cross-sectional, so cause should not be inferred."}, ("cross-sectional",)),
        ({"methods": "The rats were randomly assigned to three diets. The rats were housed in pairs."}, ("animal",)),
    ],
)
def test_designs_are_read(parts: dict[str, str], expected: tuple[str, ...]) -> None:
    assert set(design(**parts)) == set(expected)


@pytest.mark.parametrize(
    "parts",
    [
        {"abstract": "A previous randomised controlled trial found no effect."},
        {"abstract": "Further randomised controlled trials are needed."},
        {"abstract": "This was not a randomised controlled trial."},
        {"introduction": "Cohort studies have shown that methadone saves lives."},
        {"methods": "Measures followed an earlier cohort study."},
    ],
)
def test_other_studies_are_not_the_design(parts: dict[str, str]) -> None:
    assert design(**parts) == ()


def test_a_review_of_trials_is_no_trial() -> None:
    read = design(
        title="Vouchers for abstinence: a systematic review",
        abstract="We searched MEDLINE. We included randomised controlled trials. Participants were randomised to vouchers.",
    )
    assert read == ("systematic-review",)
