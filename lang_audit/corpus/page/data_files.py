"""The figures behind a corpus page as tables for `DIR/data/*.csv`: every year, journal, country, term and form, none left out."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

from lang_audit.codebook import Codebook
from lang_audit.corpus.page.codes import FILE as CODES_FILE
from lang_audit.corpus.page.codes import names_of, with_unfound
from lang_audit.corpus.page.counts import Counts, Group
from lang_audit.corpus.page.populations import Population
from lang_audit.corpus.proportions import Interval, Share, wilson_all
from lang_audit.lexicon import Lexicon
from lang_audit.report.table import Cell, Column, Table
from lang_audit.report.wording import country_name

FOLDER: Final = "data"
_NUMBERS: Final = (
    "audited", "judged", "adherent", "adherent_share", "adherent_low", "adherent_high",
    "with_flagged_term", "with_flagged_term_share", "with_flagged_term_low", "with_flagged_term_high",
)  # fmt: skip
_DIGITS: Final = 5


def data_tables(
    counts: Counts,
    populations: Sequence[Population],
    lexicon: Lexicon,
    books: Sequence[Codebook] = (),
) -> list[Table]:
    """The tables; the id of each names its file. Shares and their 95 % intervals are numbers up to 1. The table
    of codes is there where the run had codebooks, `books`."""
    countries = [
        (whose, group) for whose, groups in counts.countries.items() for group in groups if group.name is not None
    ]
    return [
        _groups("by_year", "Papers by year of publication", ("year",), [((_year(g.name),), g) for g in counts.years]),
        _groups("by_journal", "Papers by journal", ("journal",), [((g.name,), g) for g in counts.journals]),
        _groups(
            "by_country",
            "Papers by country, of the journal's publisher or of the study",
            ("country_of", "country", "name"),
            [((whose, g.name, country_name(g.name or "")), g) for whose, g in countries],
        ),
        _terms(counts, lexicon),
        _forms(counts, populations),
        *([_codes(counts, books)] if counts.codes or books else []),
        _plain(
            "exempt",
            "Uses of terms that are not held against their papers",
            ("usage", "uses", "papers"),
            counts.exempt,
        ),
        _plain(
            "not_read",
            "Records that were not read, or with a doubt, by reason",
            ("state", "problem", "message", "records", "first"),
            ((u.state, u.problem, u.message, u.records, "; ".join(u.first)) for u in counts.unread),
        ),
        _plain("states", "What became of the records of the input", ("state", "records"), counts.states.items()),
    ]


def _codes(counts: Counts, books: Sequence[Codebook]) -> Table:
    every, audited = with_unfound(counts.codes, books), counts.all.audited
    shares = [Share(item.papers, audited) for item in every]
    return _plain(
        CODES_FILE,
        "Codes of the codebooks: papers with evidence for each, by its strongest, and mentions",
        ("codebook", "dimension", "code", "dimension_name", "name", "papers", "of", "share", "low", "high",
         "reported_papers", "aimed_papers", "background_papers", "mentions"),
        [
            (*item[:3], *names_of(item, books), item.papers, audited, *_share(share, ends),
             item.reported, item.aimed, item.background, item.mentions)
            for item, share, ends in zip(every, shares, wilson_all(shares), strict=True)
        ],
    )  # fmt: skip


def _year(name: str | None) -> Cell:
    return None if name is None else int(name)


def _plain(id_: str, title: str, names: Sequence[str], rows: Iterable[Sequence[Cell]]) -> Table:
    return Table(id_, title, tuple(Column(name) for name in names), tuple(tuple(row) for row in rows))


def _groups(id_: str, title: str, names: tuple[str, ...], rows: Sequence[tuple[tuple[Cell, ...], Group]]) -> Table:
    adherent = [group.adherence for _, group in rows]
    raising = [group.raising for _, group in rows]
    numbers = zip(rows, adherent, wilson_all(adherent), raising, wilson_all(raising), strict=True)
    return _plain(
        id_,
        title,
        (*names, *_NUMBERS),
        [
            (*name, g.audited, g.counted, g.adherent, *_share(a, a_ends), g.raised, *_share(r, r_ends))
            for (name, g), a, a_ends, r, r_ends in numbers
        ],
    )


def _share(share: Share, ends: Interval | None) -> tuple[Cell, Cell, Cell]:
    if share.value is None or ends is None:
        return None, None, None
    return round(share.value, _DIGITS), round(ends.low, _DIGITS), round(ends.high, _DIGITS)


def _terms(counts: Counts, lexicon: Lexicon) -> Table:
    rows: list[tuple[Cell, ...]] = []
    for term in sorted(counts.terms, key=lambda t: (-t.flagged_papers, -t.queried_papers, -t.exempt, t.entry)):
        entry = lexicon.entries.get(term.entry)
        about = (entry.severity, entry.category, entry.since) if entry else (None, None, None)
        rows.append(
            (term.entry, *about, term.flagged_papers, term.flagged, term.queried_papers, term.queried, term.exempt)
        )
    return _plain(
        "by_term",
        "Terms of the lexicon, by the number of papers that hold them in the authors' own words",
        ("entry", "severity", "category", "since", "flagged_papers", "flagged", "queried_papers", "queried", "exempt"),
        rows,
    )


def _forms(counts: Counts, populations: Sequence[Population]) -> Table:
    """A row for each year and form that a paper of that year uses; `of` are the papers with any form, or all of the year."""
    audited = {_year(group.name): group.audited for group in counts.years}
    without = {population.id for population in populations if not population.person_first}
    any_form = {(use.population, use.year): use.papers for use in counts.uses if use.kind is None}
    told = [use for use in counts.uses if use.kind is not None]
    totals = [
        audited.get(use.year, 0) if use.population in without else any_form[use.population, use.year] for use in told
    ]
    shares = [Share(use.papers, total) for use, total in zip(told, totals, strict=True)]
    rows = [
        (
            use.population,
            use.kind,
            use.form or "any",
            use.year,
            use.papers,
            share.total,
            "all papers" if use.population in without else "papers with any form",
            *_share(share, ends),
        )
        for use, share, ends in zip(told, shares, wilson_all(shares), strict=True)
    ]
    order = {population.id: k for k, population in enumerate(populations)}
    forms = {(population.id, name): k for population in populations for k, name in enumerate(population.form_names)}
    rows.sort(
        key=lambda r: (
            order[str(r[0])],
            r[1] == "label",
            forms.get((str(r[0]), str(r[2])), -1),
            r[3] is None,
            r[3] or 0,
        )
    )
    return _plain(
        "populations",
        "Papers that use each form of each population, by year",
        ("population", "kind", "form", "year", "papers", "of", "of_what", "share", "low", "high"),
        rows,
    )
