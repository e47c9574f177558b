import pytest

from lang_audit.characteristics import study_characteristics

from .fabricated import paper_with


@pytest.mark.parametrize(
    ("methods", "expected"),
    [
        ("Adults were recruited between March 2009 and 4 May 2011.", (2009, 2011)),
        ("Data were collected from 2003-2007.", (2003, 2007)),
        ("Interviews were conducted in June 2014.", (2014, 2014)),
        ("Enrolment began in June 2003. The last participant was followed up in January 2006.", (2003, 2006)),
        ("Between 07/2013 and 08/2016 we surveyed clients who came for testing.", (2013, 2016)),
    ],
)
def test_years_of_data(methods: str, expected: tuple[int, int]) -> None:
    assert study_characteristics(paper_with(methods=methods)).years == expected


@pytest.mark.parametrize(
    "methods",
    [
        "The trial was registered on 3 May 2011.",
        "The ethics committee approved the study in April 2002.",
        "Illness was staged by the 2006 guidelines.",
        "Doses followed Doe (2001) and Roe (2004).",
        "We searched the databases from 1990 to 2012.",
    ],
)
def test_other_years(methods: str) -> None:
    assert study_characteristics(paper_with(methods=methods)).years is None


@pytest.mark.parametrize(
    ("parts", "expected"),
    [
        ({"title": "Trust in care among women living with HIV: a survey"}, "women living with HIV"),
        ({"title": "Vouchers for adults with opioid use disorder in Oslo"}, "adults with opioid use disorder in Oslo"),
        ({"abstract": "We enrolled 60 young adults leaving prison."}, "young adults leaving prison"),
        ({"title": "Durum wheat and its moulds"}, None),
        ({"abstract": "We enrolled 60 participants."}, None),
    ],
)
def test_population(parts: dict[str, str], expected: str | None) -> None:
    assert study_characteristics(paper_with(**parts)).population == expected
