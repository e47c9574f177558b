"""The figures of a corpus run, asked of its tables by SQL: how many papers, adherent by year, journal, country and term."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final, NamedTuple

from lang_audit.corpus.dataset import Dataset
from lang_audit.corpus.page.codes import Coded, count_codes
from lang_audit.corpus.page.populations import Population, Use, count_uses
from lang_audit.corpus.proportions import Share
from lang_audit.corpus.tables import STATES, paper_key
from lang_audit.model import VerdictRule

if TYPE_CHECKING:
    import duckdb

MOST_TERMS: Final = 20
EXAMPLES: Final = 3
_LONG = 320  # characters of a sentence from which on a shorter one is the better example


class Group(NamedTuple):
    """The audited papers of one year, journal or country; `name` is None for those that do not tell theirs.

    `counted` are those that the rule judges: all by "any-term", else those that refer to people. `raised` hold a flagged term.
    """

    name: str | None
    audited: int
    counted: int
    adherent: int
    raised: int

    @property
    def adherence(self) -> Share:
        """Adherent papers among those that the rule judges."""
        return Share(self.adherent, self.counted)

    @property
    def raising(self) -> Share:
        """Papers with a flagged term among all that were audited."""
        return Share(self.raised, self.audited)


class Term(NamedTuple):
    """An entry of the lexicon over all audited papers: uses in the authors' own words, and exempt ones."""

    entry: str
    flagged_papers: int
    flagged: int
    queried_papers: int
    queried: int
    exempt: int


class Example(NamedTuple):
    """A sentence in the authors' own voice: `start:end` is the term in it; and the paper that it stands in."""

    sentence: str
    start: int
    end: int
    title: str | None
    journal: str | None
    year: int | None
    pmid: str | None
    doi: str | None
    paper: str


class Unread(NamedTuple):
    """Records that were not read, or with a doubt (`state` audited), for one reason; `first` names some of them."""

    state: str
    problem: str
    message: str
    records: int
    first: tuple[str, ...]


class Exempt(NamedTuple):
    """Uses of terms that are not held against their papers, by how the term is used."""

    usage: str
    uses: int
    papers: int


@dataclass(frozen=True)
class Counts:
    """All figures of a run. `states` has every state; `years` are in order, the unknown last; `journals` and `countries`
    have the most audited papers first. `countries` are by whose they are: "publisher" or "study". `printed` and `examples` are
    there for the most frequent terms: the form that stands most often in the authors' own words, and sentences. `coded` are the
    papers with any code, by codebook."""

    rule: VerdictRule
    states: Mapping[str, int]
    full_text: int
    languages: Mapping[str | None, int]
    verdicts: Mapping[str, int]
    all: Group
    years: tuple[Group, ...]
    journals: tuple[Group, ...]
    countries: Mapping[str, tuple[Group, ...]]
    terms: tuple[Term, ...]
    printed: Mapping[str, str]
    examples: Mapping[str, tuple[Example, ...]]
    exempt: tuple[Exempt, ...]
    unread: tuple[Unread, ...]
    uses: tuple[Use, ...]
    codes: tuple[Coded, ...]
    coded: Mapping[str, int]

    @property
    def records(self) -> int:
        """The records of the input, whatever became of them."""
        return sum(self.states.values())

    @property
    def flagged(self) -> tuple[Term, ...]:
        """The terms that were flagged, most papers first."""
        return tuple(
            sorted((t for t in self.terms if t.flagged), key=lambda t: (-t.flagged_papers, -t.flagged, t.entry))
        )

    @property
    def queried(self) -> tuple[Term, ...]:
        """The terms that a person is asked to decide on, most papers first."""
        return tuple(
            sorted((t for t in self.terms if t.queried), key=lambda t: (-t.queried_papers, -t.queried, t.entry))
        )


def count(dataset: Dataset, populations: Sequence[Population]) -> Counts:
    """The figures of a finished run."""
    rule = dataset.manifest.identity.rule
    with dataset.connect() as connection:
        judged = "true" if rule == "any-term" else "verdict <> 'no person reference'"
        connection.execute(
            f"""
            CREATE TEMP VIEW audited AS
            SELECT *, {judged} AS counted, verdict = 'person-first' AS adherent FROM papers WHERE state = 'audited'
            """
        )
        found = dict(connection.execute("SELECT state, count(*) FROM papers GROUP BY ALL").fetchall())
        terms = _terms(connection)
        codes, coded = count_codes(connection)
        everything = _groups(connection, "NULL::VARCHAR")
        countries = {
            whose: _groups(connection, "country", f"country_of = '{whose}'") for whose in ("publisher", "study")
        }
        counts = Counts(
            rule=rule,
            states={state: found.get(state, 0) for state in STATES},
            full_text=_one(connection, "SELECT count(*) FROM audited WHERE full_text"),
            languages=dict(
                connection.execute(
                    "SELECT language, count(*) AS n FROM audited GROUP BY ALL ORDER BY n DESC, language"
                ).fetchall()
            ),
            verdicts=dict(connection.execute("SELECT verdict, count(*) FROM audited GROUP BY ALL").fetchall()),
            all=everything[0] if everything else Group(None, 0, 0, 0, 0),
            years=tuple(sorted(_groups(connection, "year::VARCHAR"), key=lambda g: (g.name is None, int(g.name or 0)))),
            journals=_journals(connection),
            countries={whose: groups for whose, groups in countries.items() if groups},
            terms=terms,
            printed={},
            examples={},
            exempt=tuple(
                Exempt(*row)
                for row in connection.execute(
                    "SELECT usage, count(*) AS n, count(DISTINCT paper) FROM findings WHERE decision = 'exempt' "
                    "GROUP BY usage ORDER BY n DESC, usage"
                ).fetchall()
            ),
            unread=_unread(connection),
            uses=tuple(count_uses(connection, populations)),
            codes=codes,
            coded=coded,
        )
        shown = {term.entry for terms in (counts.flagged, counts.queried) for term in terms[: 2 * MOST_TERMS]}
        told = {term.entry for terms in (counts.flagged, counts.queried) for term in terms[:MOST_TERMS]}
        return replace(counts, printed=_printed(connection, shown), examples=_examples(connection, told))


def _one(connection: duckdb.DuckDBPyConnection, query: str) -> int:
    row = connection.execute(query).fetchone()
    return int(row[0]) if row else 0


_SUMS: Final = """
    count(*) AS audited, count(*) FILTER (counted) AS counted,
    count(*) FILTER (adherent AND counted) AS adherent, count(*) FILTER (flagged > 0) AS raised
"""


def _groups(connection: duckdb.DuckDBPyConnection, name: str, where: str = "true") -> tuple[Group, ...]:
    rows = connection.execute(
        f"SELECT {name} AS name, {_SUMS} FROM audited WHERE {where} GROUP BY name ORDER BY audited DESC, name"
    ).fetchall()
    return tuple(Group(*row) for row in rows)


def _journals(connection: duckdb.DuckDBPyConnection) -> tuple[Group, ...]:
    """Journals whose names differ by case, "&" or punctuation are one, under the name that stands most often."""
    rows = connection.execute(
        f"""
        WITH spelled AS (
            SELECT journal, {_SUMS},
                regexp_replace(replace(lower(strip_accents(journal)), '&', ' and '), '[^\\pL\\pN]+', ' ', 'g') AS plain
            FROM audited GROUP BY journal
        )
        SELECT arg_min(journal, (-audited, journal)), sum(audited)::BIGINT AS n, sum(counted)::BIGINT,
            sum(adherent)::BIGINT, sum(raised)::BIGINT
        FROM spelled GROUP BY CASE WHEN trim(plain) = '' THEN journal ELSE trim(plain) END ORDER BY n DESC, 1
        """
    ).fetchall()
    return tuple(Group(*row) for row in rows)


def _terms(connection: duckdb.DuckDBPyConnection) -> tuple[Term, ...]:
    rows = connection.execute(
        """
        SELECT entry,
            count(DISTINCT paper) FILTER (decision = 'flag'), count(*) FILTER (decision = 'flag'),
            count(DISTINCT paper) FILTER (decision = 'query'), count(*) FILTER (decision = 'query'),
            count(*) FILTER (decision = 'exempt')
        FROM findings GROUP BY entry ORDER BY entry
        """
    ).fetchall()
    return tuple(Term(*row) for row in rows)


def _unread(connection: duckdb.DuckDBPyConnection) -> tuple[Unread, ...]:
    rows = connection.execute(
        """
        SELECT state, problem, arg_min(message, (source, position)), count(*) AS n,
            min((source, position), 3)
        FROM papers WHERE problem IS NOT NULL GROUP BY state, problem ORDER BY state = 'audited', n DESC, problem
        """
    ).fetchall()
    return tuple(
        Unread(state, problem, message or "", n, tuple(paper_key(*place) for place in first))
        for state, problem, message, n, first in rows
    )


def _printed(connection: duckdb.DuckDBPyConnection, entries: Collection[str]) -> dict[str, str]:
    """The form in which each entry stands most often in the authors' own words."""
    rows = connection.execute(
        """
        SELECT entry, trim(regexp_replace(text, '\\s+', ' ', 'g')) AS form FROM findings
        WHERE entry IN (SELECT unnest(?)) AND decision <> 'exempt' GROUP BY entry, form
        QUALIFY row_number() OVER (PARTITION BY entry ORDER BY count(*) DESC, form DESC) = 1
        """,
        [sorted(entries)],
    ).fetchall()
    return dict(rows)


def _examples(connection: duckdb.DuckDBPyConnection, entries: Collection[str]) -> dict[str, tuple[Example, ...]]:
    """Sentences of each entry, no paper or sentence twice, spread over the years; the same ones each time."""
    if not entries:
        return {}
    rows = connection.execute(
        f"""
        WITH own AS (
            SELECT entry, paper, year, sentence, start - sentence_start AS start, "end" - sentence_start AS stop
            FROM findings
            WHERE entry IN (SELECT unnest(?)) AND usage = 'author' AND decision <> 'exempt' AND section <> 'table'
        ), unlike AS (
            SELECT * FROM own QUALIFY row_number() OVER (PARTITION BY entry, sentence ORDER BY paper, start) = 1
        ), once AS (
            SELECT *, md5(paper) AS lot FROM unlike QUALIFY row_number() OVER (
                PARTITION BY entry, paper ORDER BY length(sentence) > {_LONG}, start, sentence) = 1
        ), tiled AS (
            SELECT *, ntile({EXAMPLES}) OVER (PARTITION BY entry ORDER BY year, lot) AS tile FROM once
        ), chosen AS (
            SELECT * FROM tiled QUALIFY row_number() OVER (
                PARTITION BY entry, tile ORDER BY length(sentence) > {_LONG}, lot) = 1
        )
        SELECT entry, sentence, start, stop, title, papers.journal, papers.year, pmid, doi, paper
        FROM chosen JOIN papers USING (paper) ORDER BY entry, tile
        """,
        [sorted(entries)],
    ).fetchall()
    found: dict[str, list[Example]] = {entry: [] for entry in sorted(entries)}
    for entry, *example in rows:
        found[entry].append(Example(*example))
    return {entry: tuple(examples) for entry, examples in found.items() if examples}
