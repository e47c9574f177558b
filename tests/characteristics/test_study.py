from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lang_audit.characteristics import study_characteristics
from lang_audit.characteristics.rules import Designs, Places, WorldBank, read_rules
from lang_audit.config import lexicon_folder
from lang_audit.errors import LexiconError
from lang_audit.model import Characteristics
from tests.conftest import paper_of

from .fabricated import paper_with

SENTENCES = st.sampled_from(
    [
        "We recruited 45 women in Hanoi, Viet Nam.",
        "A total of 1,234 adults were randomised between 2009 and 2011.",
        "This qualitative study was conducted in rural Malawi in 2014.",
        "Zambian adults (n = 60; 31 women) were interviewed.",
        "The assay (Acme, Lyon, France) was run twice – 3 × 10⁶ cells.",
        "Ümläute, 漢字 and 🙂 do no harm in the US.",
        "Cluster-randomised trials are needed.",
    ]
)


@given(st.lists(SENTENCES, min_size=1, max_size=6), st.sampled_from(["abstract", "methods", "results", "other"]))
def test_every_reading_stands_in_the_text(sentences: list[str], kind: str) -> None:
    paper = paper_with(title="Care in Kenya: a cohort study", **{kind: "\n".join(sentences)})
    read = study_characteristics(paper)
    for reading in read.evidence:
        assert paper.text[reading.start : reading.end] == reading.text
        assert " ".join(reading.text.split()) in reading.sentence
    assert {r.value for r in read.evidence if r.characteristic == "country"} == set(read.countries)
    assert {r.value for r in read.evidence if r.characteristic == "design"} == set(read.design)


@given(st.text(max_size=300))
def test_any_text_is_read(text: str) -> None:
    if text:
        study_characteristics(paper_of(text, kind="methods"))


def test_nothing_is_guessed() -> None:
    assert study_characteristics(paper_with(title="On trust", abstract="Trust is hard to win.")) == Characteristics()


def test_an_unsaid_value_has_no_evidence() -> None:
    read = study_characteristics(paper_with(abstract="We interviewed 45 women in Hanoi, Viet Nam."))
    assert (read.countries, read.sample_size, read.years) == (("VN",), 45, None)
    assert "years" not in {reading.characteristic for reading in read.evidence}


def test_groups_of_the_world_bank_are_whole() -> None:
    rules = read_rules("worldbank", WorldBank)
    for groups in (rules.regions, rules.income):
        codes = [code for group in groups.values() for code in group]
        assert len(codes) == len(set(codes))
    placed = {code for group in rules.regions.values() for code in group}
    named = {country.code for country in read_rules("places", Places).countries}
    assert named <= placed


def test_codes_are_of_iso_3166() -> None:
    import pycountry

    codes = {country.code for country in read_rules("places", Places).countries} - {"XK"}
    assert all(pycountry.countries.get(alpha_2=code) for code in codes)


def test_every_source_of_a_design_is_cited() -> None:
    rules = read_rules("designs", Designs)
    assert {source for design in rules.designs for source in design.sources} == set(rules.sources)


def test_a_wrong_rule_is_reported_with_its_line(tmp_path: Path) -> None:
    folder = tmp_path / "characteristics"
    folder.mkdir()
    good = (lexicon_folder() / "characteristics" / "designs.yaml").read_text(encoding="utf-8")
    (folder / "designs.yaml").write_text(good.replace("overrides: [rct]", "overrides: [rtc]", 1), encoding="utf-8")
    with pytest.raises(LexiconError, match=r"characteristics/designs\.yaml:\d+: .*rtc is not in this file"):
        read_rules("designs", Designs, tmp_path)
