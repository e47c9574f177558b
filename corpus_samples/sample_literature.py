"""Write a small literature, all of it fabricated, as databases would export it: RIS, CSV and PubMed XML.

Three hundred records over the years, in which labels of people give way to person-first words, as they did in the real
literature; some records stand in two of the files. They stand in a folder of their own, `literature_samples/`.
"""

from __future__ import annotations

import csv
import io
import random
from pathlib import Path
from typing import NamedTuple
from xml.sax.saxutils import escape

YEARS = range(2000, 2025)
PER_YEAR = 12
NOTE = "This record is fabricated: no such study was done."
JOURNALS = (
    ("Fabricated Journal of Harm Reduction", "England"),
    ("Made-Up Annals of HIV Care", "United States"),
    ("Invented Review of Prison Health", "Australia"),
    ("Imaginary Archives of Psychiatry", "Netherlands"),
)
# What is studied: the words for the people in the old manner, the acronym's sentence, and the person-first words.
PEOPLE = (
    (
        "injecting drug users",
        "Injecting drug users (IDUs) were asked; most IDUs had shared a needle.",
        "people who inject drugs",
    ),
    ("drug addicts", "Most drug addicts had been in treatment before.", "people with a drug use disorder"),
    ("HIV-infected patients", "HIV-infected patients were followed for a year.", "people living with HIV"),
    ("prisoners", "Prisoners were seen by a nurse before release.", "people in prison"),
    ("schizophrenic patients", "Schizophrenic patients were seen at home.", "people with schizophrenia"),
)
SETTINGS = (
    "a drop-in centre",
    "two clinics",
    "a mobile unit",
    "a needle and syringe programme",
    "three towns",
    "a day hospital",
)
METHODS = ("interviews", "a cohort", "a survey", "a trial", "focus groups", "a chart review")
RESULTS = (
    "Waiting times fell by a third.",
    "Nothing had changed after a year.",
    "Trust in the staff grew, and fewer appointments were missed.",
    "Costs were higher than planned.",
)
EXEMPT = (
    "We used the Addiction Severity Index.",
    "One man said, “they call us junkies”.",
    "The term “addict” was avoided in all leaflets.",
    "",
    "",
)


class Sample(NamedTuple):
    """One fabricated record."""

    number: int
    title: str
    abstract: str
    journal: str
    country: str
    year: int

    @property
    def doi(self) -> str:
        """A DOI of a prefix that nobody has."""
        return f"10.99999/fabricated.{self.number}"

    @property
    def pmid(self) -> str:
        """A PMID far beyond those given out."""
        return str(99_000_000 + self.number)


def literature() -> list[Sample]:
    """The records in order of year, the same each time."""
    dice = random.Random(7)
    found = []
    for year in YEARS:
        for _ in range(PER_YEAR):
            label, sentence, people = dice.choice(PEOPLE)
            in_new_words = dice.random() < (year - YEARS.start + 2) / 28
            named = people if in_new_words else label
            setting, method = dice.choice(SETTINGS), dice.choice(METHODS)
            journal, country = dice.choice(JOURNALS)
            number = len(found) + 1
            title = f"Peer support in {setting}: {method} with {named}, report {number}"
            middle = f"{people.capitalize()} were asked about their care." if in_new_words else sentence
            parts = (
                f"We studied peer support in {setting} by {method}.",
                middle,
                dice.choice(EXEMPT),
                dice.choice(RESULTS),
            )
            abstract = " ".join(part for part in (*parts, NOTE) if part)
            found.append(Sample(number, title, abstract, journal, country, year))
    return found


def write_literature(folder: Path) -> None:
    """Write the three files; every tenth record stands in two of them."""
    folder.mkdir(parents=True, exist_ok=True)
    records = literature()
    twice = records[::10]
    written = {
        "fabricated.ris": ris_of(records[:100] + twice),
        "fabricated.csv": csv_of(records[100:200]),
        "fabricated.xml": pubmed_xml_of(records[200:]),
    }
    for name, text in written.items():
        (folder / name).write_text(text, encoding="utf-8", newline="\n")


def ris_of(records: list[Sample]) -> str:
    """RIS, as reference managers export it."""
    return "\n".join(
        f"TY  - JOUR\nTI  - {one.title}\nAB  - {one.abstract}\nJO  - {one.journal}\nPY  - {one.year}\nDO  - {one.doi}\nER  - \n"
        for one in records
    )


def csv_of(records: list[Sample]) -> str:
    """A table with a row a record."""
    table = io.StringIO()
    rows = csv.writer(table, lineterminator="\n")
    rows.writerow(("Title", "Abstract", "Journal", "Year", "DOI"))
    rows.writerows((one.title, one.abstract, one.journal, one.year, one.doi) for one in records)
    return table.getvalue()


def pubmed_xml_of(records: list[Sample]) -> str:
    """XML in the shape of PubMed's."""
    articles = "\n".join(
        f"<PubmedArticle><MedlineCitation><PMID>{one.pmid}</PMID><Article><Journal><JournalIssue><PubDate><Year>{one.year}</Year>"
        f"</PubDate></JournalIssue><Title>{escape(one.journal)}</Title></Journal><ArticleTitle>{escape(one.title)}</ArticleTitle>"
        f"<Abstract><AbstractText>{escape(one.abstract)}</AbstractText></Abstract><Language>eng</Language></Article>"
        f"<MedlineJournalInfo><Country>{one.country}</Country></MedlineJournalInfo></MedlineCitation><PubmedData><ArticleIdList>"
        f'<ArticleId IdType="doi">{one.doi}</ArticleId></ArticleIdList></PubmedData></PubmedArticle>'
        for one in records
    )
    return f'<?xml version="1.0" encoding="utf-8"?>\n<PubmedArticleSet>\n{articles}\n</PubmedArticleSet>\n'
