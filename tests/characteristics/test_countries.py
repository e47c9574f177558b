import pytest

from lang_audit.characteristics import study_characteristics
from lang_audit.characteristics.places import country_name, place_names

from .fabricated import paper_with


def countries(**parts: str) -> tuple[str, ...]:
    return study_characteristics(paper_with(**parts)).countries


@pytest.mark.parametrize(
    ("parts", "expected"),
    [
        ({"title": "Peer outreach among women who sell sex in Viet Nam"}, ("VN",)),
        ({"title": "Sleep quality of Zambian adolescents: a survey"}, ("ZM",)),
        ({"abstract": "We recruited 80 adults at two clinics in Lusaka, Zambia."}, ("ZM",)),
        ({"abstract": "# Setting\nFour drop-in centres, Leeds, UK.\n# Results\nMost stayed."}, ("GB",)),
        ({"methods": "Participants were recruited from shelters in Columbia, SC."}, ("US",)),
        ({"methods": "The trial took place in three villages of Papua New Guinea."}, ("PG",)),
        ({"methods": "Interviews were held at clinics in New Mexico and in Mexico City."}, ("US", "MX")),
        ({"methods": "Patients were enrolled at hospitals in Kenya, Uganda and South Africa."}, ("KE", "UG", "ZA")),
        ({"abstract": "Thirty Nigerian patients were recruited from a ward in Ghana."}, ("GH",)),
        ({"methods": "The study was conducted in Georgia, near Tbilisi."}, ("GE",)),
        ({"methods": "The study was conducted in Georgia, in two counties near Atlanta."}, ("US",)),
    ],
)
def test_the_setting_is_read(parts: dict[str, str], expected: tuple[str, ...]) -> None:
    assert countries(**parts) == expected


@pytest.mark.parametrize(
    "parts",
    [
        {"methods": "Serum was frozen at once (Acme Diagnostics GmbH, Mannheim, Germany)."},
        {"methods": "Data were analysed with a package (version 3.1; Acme Software, Cary, NC, USA)."},
        {"methods": "We used the Spanish version of the scale."},
        {"methods": "Doses followed the Dutch guidelines for primary care."},
        {"methods": "Guinea pigs were housed in pairs and fed on Brazil nuts."},
        {"introduction": "In Uganda about 6 % of adults live with HIV.", "methods": "Adults were interviewed."},
        {"discussion": "Earlier trials among adults in Peru found the same.", "methods": "Adults were interviewed."},
        {"references": "Doe J. Clinics in Kenya. 2001.", "methods": "Adults were interviewed."},
        {"methods": "The cohort was like that of previous studies among women in Chile."},
        {"methods": "The study was conducted in Georgia."},
        {"methods": "Adults were tested on the Minnesota Rate of Manipulation Test in the clinic."},
    ],
)
def test_other_places_are_not_the_setting(parts: dict[str, str]) -> None:
    assert countries(**parts) == ()


def test_an_ethics_committee_counts_where_nothing_else_tells() -> None:
    approval = "The protocol was approved by the ethics committee of Somewhere Hospital, Lima, Peru."
    assert countries(methods=approval) == ("PE",)
    assert countries(methods=approval + " Women were recruited from clinics in Bolivia.") == ("BO",)


def test_regions_and_income_follow_the_countries() -> None:
    read = study_characteristics(paper_with(methods="Clinics in Malawi, Zambia and Norway recruited the participants."))
    assert read.countries == ("MW", "ZM", "NO")
    assert read.regions == ("Sub-Saharan Africa", "Europe and Central Asia")
    assert read.income == ("Low income", "Lower middle income", "High income")


def test_a_review_has_no_country_but_its_title_s() -> None:
    assert (
        countries(title="Naloxone at home: a systematic review", abstract="We included adults recruited in Canada.")
        == ()
    )


@pytest.mark.parametrize(
    ("sentence", "codes"),
    [
        ("Niger and Nigeria", ["NE", "NG"]),
        ("Guinea-Bissau, Equatorial Guinea and Guinea", ["GW", "GQ", "GN"]),
        ("African American and Native American men", []),
        ("New South Wales and Wales", ["AU", "GB"]),
        ("a turkey in the us", []),
        ("the US and the U.S.", ["US", "US"]),
    ],
)
def test_names_are_found(sentence: str, codes: list[str]) -> None:
    assert [place.code for place in place_names(sentence)] == codes


def test_country_names_come_from_iso() -> None:
    assert country_name("VN") in ("Vietnam", "Viet Nam")
    assert country_name("XK") == "XK"
