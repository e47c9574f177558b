"""The page of a finished corpus run, the figures behind it, and its methods section: index.html, data/*.csv, METHODS.md."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path
from typing import Any, Final

from lang_audit.codebook import Codebook
from lang_audit.corpus.dataset import Dataset, open_dataset
from lang_audit.corpus.manifest import Manifest
from lang_audit.corpus.page import methods, page_view, term_view
from lang_audit.corpus.page.code_view import NOTE as CODES_NOTE
from lang_audit.corpus.page.code_view import codes_views
from lang_audit.corpus.page.counts import MOST_TERMS, Counts, count
from lang_audit.corpus.page.data_files import FOLDER, data_tables
from lang_audit.corpus.page.population_view import CHARTED_FROM, PopulationsView, populations_view
from lang_audit.corpus.page.populations import load_not_guidance, load_populations
from lang_audit.report import wording
from lang_audit.report.renderer import Renderer
from lang_audit.report.table_files import csv_bytes, write_file
from lang_audit.settings import Settings

PAGE: Final = "index.html"
METHODS: Final = "METHODS.md"
REJECTS: Final = "rejects.csv"


def write_pages(folder: Path, settings: Settings) -> Path:
    """Write the page, its data and METHODS.md into the folder of a finished run, and return the path of the page.

    `settings` are those of the run. The same tables give the same bytes; it may be called again at any time. Raises ConfigError
    where there is no finished run, OSError where the folder cannot be written.
    """
    dataset = open_dataset(folder)
    populations = load_populations(settings.lexicon.folder)
    not_guidance = load_not_guidance(settings.lexicon.folder)
    counts = count(dataset, populations)
    tables = data_tables(counts, populations, settings.lexicon, _books(dataset.manifest, settings))
    for table in tables:
        write_file(folder / FOLDER / f"{table.id}.csv", csv_bytes(table))
    renderer = Renderer(
        settings.lexicon, version=dataset.manifest.identity.version, profile=settings.profile, off=settings.off
    )
    told = {
        "paragraphs": [
            (heading, [methods.markdown(sentence) for sentence in sentences if sentence])
            for heading, sentences in methods.methods(counts, dataset.manifest, settings)
        ],
        "citation": methods.markdown(methods.citation(dataset.manifest.identity.version)),
    }
    write_file(folder / METHODS, renderer.page("methods", told, "md").encode("utf-8", "replace"))
    people = populations_view(counts, populations, settings.lexicon, settings.profile, not_guidance)
    values = _values(dataset, counts, people, settings, not_guidance) | {
        "files": [(f"{FOLDER}/{table.id}.csv", table.title) for table in tables],
        "rejects": REJECTS if (folder / REJECTS).exists() else None,
    }
    write_file(folder / PAGE, renderer.page("corpus", values).encode("utf-8", "replace"))
    return folder / PAGE


def _values(
    dataset: Dataset, counts: Counts, people: PopulationsView, settings: Settings, not_guidance: Collection[str]
) -> dict[str, Any]:
    """What the template shows, as plain values."""
    lexicon, manifest = settings.lexicon, dataset.manifest
    year_chart, no_years = page_view.year_chart(counts, lexicon, not_guidance)
    codes = {group.name for groups in counts.countries.values() for group in groups if group.name}
    adds_up, addition = page_view.adds_up(counts, manifest)
    return {
        "counts": counts,
        "adherent": counts.all.adherence,
        "raising": counts.all.raising,
        "percent": page_view.percent,
        "ends": page_view.ends,
        "rule_sentence": page_view.ADHERES[counts.rule],
        "judged": page_view.JUDGED[counts.rule],
        "verdicts": [
            (label, name, counts.verdicts[label])
            for label, (name, _) in wording.VERDICTS.items()
            if label in counts.verdicts
        ],
        "states": page_view.state_table(counts),
        "adds_up": adds_up,
        "addition": addition,
        "facts": _facts(manifest, settings),
        "inputs": manifest.inputs,
        "years": page_view.year_table(counts),
        "year_chart": year_chart,
        "no_years": no_years,
        "people": people,
        "charted_from": CHARTED_FROM,
        "journals": page_view.groups_view(
            "journals", counts.journals, counts, ("journal", "journals"), f"{FOLDER}/by_journal.csv"
        ),
        "countries": [
            (
                whose,
                page_view.groups_view(
                    f"countries-{whose}",
                    groups,
                    counts,
                    ("country", "countries"),
                    f"{FOLDER}/by_country.csv",
                    {code: wording.country_name(code) for code in codes},
                ),
            )
            for whose, groups in counts.countries.items()
        ],
        "terms": [
            (
                flagged,
                len(terms),
                term_view.term_table(terms, counts, lexicon, flagged),
                term_view.term_views(terms, counts, lexicon, flagged),
            )
            for flagged, terms in ((True, counts.flagged), (False, counts.queried))
        ],
        "most_terms": MOST_TERMS,
        "codes": codes_views(counts.codes, counts.coded, counts.all.audited, _books(manifest, settings)),
        "codes_note": CODES_NOTE,
        "usages": wording.USAGES,
        "methods": METHODS,
        "foreign": sum(n for language, n in counts.languages.items() if language not in (None, "en")),
        "silent": counts.all.audited - counts.all.counted,
        "wilson": "Wilson 1927",
    }


def _books(manifest: Manifest, settings: Settings) -> tuple[Codebook, ...]:
    """The codebooks that the papers were coded with."""
    return settings.codebooks if manifest.identity.codebooks else ()


def _facts(manifest: Manifest, settings: Settings) -> list[tuple[str, str]]:
    """The settings and versions of the run, as the page lists them."""
    identity = manifest.identity
    facts = [
        ("Made with", methods.program(identity)),
        ("Lexicon", f"{len(settings.lexicon):,} entries; SHA-256 {identity.lexicon}"),
        ("Profile", f"{identity.profile}: {settings.profile.title}"),
        ("Rule", identity.rule),
        ("Selection", methods.asked(identity)),
    ]
    for name, items in (
        ("Own lexicons", identity.lexicons),
        ("Codebook" if len(identity.codebooks) == 1 else "Codebooks", identity.codebooks),
        ("Switched off", identity.off),
    ):
        if items:
            facts.append((name, ", ".join(items)))
    if identity.columns:
        facts.append(("Columns", identity.columns))
    return facts
