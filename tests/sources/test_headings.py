import pytest

from lang_audit.sources.headings import section_kind


@pytest.mark.parametrize(
    ("heading", "kind"),
    [
        ("Abstract", "abstract"),
        ("A B S T R A C T", "abstract"),
        ("Key words", "keywords"),
        ("1. Introduction", "introduction"),
        ("Background and aims", "introduction"),
        ("II. Methods", "methods"),
        ("Participants and setting", "methods"),
        ("3.1 Data collection", "methods"),
        ("RESULTS:", "results"),
        ("Results and discussion", "results"),
        ("Strengths and limitations", "discussion"),
        ("Conclusions.", "conclusion"),
        ("Acknowledgments", "acknowledgements"),
        ("Funding", "funding"),
        ("Literature cited", "references"),
        ("Appendix B", "appendix"),
        ("Competing interests", "other"),
    ],
)
def test_kind_of_heading(heading: str, kind: str) -> None:
    assert section_kind(heading) == kind


@pytest.mark.parametrize(
    "words",
    ["", "Peers as bridges", "Resulting trust among peers", "We acknowledge the women who took part.", "x" * 200],
)
def test_words_that_open_nothing(words: str) -> None:
    assert section_kind(words) is None
