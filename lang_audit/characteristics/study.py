"""The characteristics of one study, as a review's Table 1 gives them."""

from __future__ import annotations

from pathlib import Path

from lang_audit.characteristics import sample_size
from lang_audit.characteristics.countries import countries
from lang_audit.characteristics.design import designs, families
from lang_audit.characteristics.population import population
from lang_audit.characteristics.rules import Designs, read_rules
from lang_audit.characteristics.statements import statements
from lang_audit.characteristics.world_bank import income_of, regions_of
from lang_audit.characteristics.years import years
from lang_audit.model import Characteristics, Paper, Reading


def study_characteristics(paper: Paper, folder: Path | None = None) -> Characteristics:
    """The characteristics that `paper` itself tells, each with the sentence that it was read from; what it does not
    tell is empty.

    `folder` is a lexicons folder (None: the shipped one). Raises LexiconError where a rule file is wrong.
    """
    said = statements(paper, folder)
    how = designs(paper, said, folder)
    design = tuple(reading.value for reading in how)
    rules = read_rules("designs", Designs, folder)
    kinds = families(design, folder)
    is_review = "review" in kinds
    # A review has its included studies' countries; its own are those of its title.
    where = countries(paper, [s for s in said if s.part == "title"] if is_review else said, folder)
    found: list[Reading] = [*where, *how]
    sample = None
    if not kinds & set(rules.no_people):
        interviews = bool(design) and design[0] in ("qualitative", "mixed-methods")
        sample = sample_size.sample_size(said, protocol="protocol" in design, interviews=interviews, folder=folder)
        if sample:
            found.append(sample_size.reading(paper, sample))
    when = None if kinds & set(rules.no_years) else years(paper, said, folder)
    if when:
        found.append(when[1])
    whom = population(paper, said, sample, folder)
    if whom:
        found.append(whom)
    codes = tuple(reading.value for reading in where)
    return Characteristics(
        countries=codes,
        regions=regions_of(codes, folder),
        income=income_of(codes, folder),
        design=design,
        sample_size=sample.number.value if sample else None,
        years=when[0] if when else None,
        population=whom.value if whom else None,
        evidence=tuple(found),
    )
