"""The study characteristics of a paper's report: a row a characteristic, with the sentence that it was read from."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from lang_audit.model import Appraisal, Reading
from lang_audit.report import wording
from lang_audit.report.evidence import Evidence, PageLink, distinct, reading_evidence

_SHOWN_AT_ONCE = 2


@dataclass(frozen=True, slots=True)
class Characteristic:
    """One row: what was asked, the values (none where the paper does not say), and where they were read.

    `note` tells what a value rests on that was not read in the paper itself.
    """

    name: str
    values: tuple[str, ...]
    shown: tuple[Evidence, ...] = ()
    folded: tuple[Evidence, ...] = ()
    note: str | None = None


def characteristics(appraisal: Appraisal, link: PageLink) -> tuple[Characteristic, ...]:
    """The rows of the study table, in the order of a review's Table 1."""
    return tuple(_rows(appraisal, link))


def _rows(appraisal: Appraisal, link: PageLink) -> Iterator[Characteristic]:
    about = appraisal.characteristics
    by_country = "from the country, as the World Bank groups it"

    def read(name: str, values: tuple[str, ...], *asked: str) -> Characteristic:
        readings: list[Reading] = [reading for reading in about.evidence if reading.characteristic in asked]
        evidence = reading_evidence(readings, appraisal.paper.text, link)
        return Characteristic(name, values, evidence[:_SHOWN_AT_ONCE], evidence[_SHOWN_AT_ONCE:])

    def derived(name: str, values: tuple[str, ...]) -> Characteristic:
        shown = distinct(wording.sentence_case(value.replace("_", " ")) for value in values)
        return Characteristic(name, shown, note=by_country if shown else None)

    yield read("Country", tuple(wording.country_name(code) for code in about.countries), "country")
    yield derived("World Bank region", about.regions)
    yield derived("Income group", about.income)
    designs = tuple(wording.sentence_case(wording.design_name(design)) for design in about.design)
    yield read("Design", designs, "design")
    size = () if about.sample_size is None else (f"{about.sample_size:,}",)
    yield read("Sample size", size, "sample-size")
    years = () if about.years is None else ("–".join(str(year) for year in dict.fromkeys(about.years)),)
    yield read("Years of data", years, "years")
    population = (wording.sentence_case(wording.squeeze(about.population).strip()),) if about.population else ()
    yield read("Population", population, "population")
