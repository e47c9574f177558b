import pytest

from lang_audit.characteristics import study_characteristics
from lang_audit.characteristics.numbers import numbers, spelled

from .fabricated import paper_with


def size(**parts: str) -> int | None:
    return study_characteristics(paper_with(**parts)).sample_size


@pytest.mark.parametrize(
    ("abstract", "expected"),
    [
        ("We interviewed forty-five women who use drugs.", 45),
        ("A total of 1,234 adults were enrolled.", 1234),
        ("A total of 1 234 adults were enrolled.", 1234),
        ("We screened 300 adults; of these, 40 declined. We randomised 212 adults to vouchers or usual care.", 212),
        ("In all, 107 men were randomised: 53 to vouchers and 54 to usual care.", 107),
        ("The final sample comprised 88 young people (51 women).", 88),
        ("Two hundred and six clients took part in the study.", 206),
        ("Data were collected from 319 people in prison.", 319),
        ("We surveyed young men who have sex with men (YMSM) and analysed 402 YMSM.", 402),
        ("In a sample of students with asthma (n = 290), we tested three models.", 290),
    ],
)
def test_the_total_is_read(abstract: str, expected: int) -> None:
    assert size(abstract=abstract) == expected


@pytest.mark.parametrize(
    "abstract",
    [
        "Participants were aged 45 years and were seen at 12 clinics.",
        "A sample size of 120 adults would be needed to detect a difference with 80 % power.",
        "About 2 million people live in the city.",
        "A previous study of 300 adults found no effect.",
        "Twenty-one clinics took part in the trial.",
    ],
)
def test_other_numbers_are_not_the_sample(abstract: str) -> None:
    assert size(abstract=abstract) is None


def test_a_protocol_plans_its_sample() -> None:
    read = size(
        title="Vouchers: protocol for a randomised trial", methods="We aim to recruit 240 adults from two hostels."
    )
    assert read == 240


def test_a_review_has_no_sample() -> None:
    assert (
        size(title="Vouchers: a systematic review", abstract="We included 31 trials with 4,200 participants.") is None
    )


def test_those_interviewed_are_the_sample_of_a_qualitative_study() -> None:
    read = size(
        title="Leaving prison: a qualitative study",
        abstract="A total of 400 men were enrolled in our randomised trial. We interviewed 22 men in depth.",
    )
    assert read == 22


@pytest.mark.parametrize(
    ("words", "value"),
    [
        ("forty-five", 45),
        ("one hundred and six", 106),
        ("Three-hundred seventy-three", 373),
        ("two thousand", 2000),
        ("five six", None),
    ],
)
def test_number_words(words: str, value: int | None) -> None:
    assert spelled(words) == value


def test_decimals_ranges_and_units_are_no_counts() -> None:
    assert [n.value for n in numbers("12.5 mg, 18-24 years, 6-month, HIV-1, 1,436 and 48 014 people")] == [1436, 48014]
