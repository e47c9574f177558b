"""A random sample of a run's findings, for people to validate by hand: stratified, with the weights that its figures need.

Each stratum gets its proportional share, and one finding at least (Cochran, Sampling Techniques, 3rd ed. 1977, ch. 5). Where
there are more strata than findings to draw, those whose share is under one finding are drawn as one stratum, so that every
finding can still be drawn. Which ones are drawn is told by a hash of the seed and the finding: the same run and seed give the
same sample, whatever the files and threads.
"""

from __future__ import annotations

import hashlib
import json
import secrets
from collections.abc import Sequence
from typing import Final, Literal, NamedTuple

from lang_audit.corpus.dataset import Dataset
from lang_audit.errors import ConfigError
from lang_audit.model import Decision, Frozen, Usage

Wanted = Literal["flag", "query", "exempt", "all"]
STRATA: Final = ("entry", "usage", "decision", "severity", "category", "section", "year", "journal", "country")
"""The columns of findings that a sample can be stratified by."""
OTHERS: Final = "all others"
FORMAT: Final = 1
_SEEDS: Final = 1_000_000


class Stratum(Frozen):
    """A stratum: its values in words, the findings in it, and how many of them were drawn."""

    name: str
    size: int
    drawn: int

    @property
    def weight(self) -> float:
        """How many findings of the run a drawn one stands for."""
        return self.size / self.drawn


class Sampled(Frozen):
    """A drawn finding, as the program has it: its row in the sheet, its stratum by number, and what is to be validated."""

    row: int
    id: str
    stratum: int
    term: str
    entry: str
    usage: Usage
    decision: Decision


class Key(Frozen):
    """What a sample was drawn with, and what the program said: all that reading the sheet back needs besides the answers."""

    format: int = FORMAT
    version: str
    lexicon: str
    folder: str
    decision: Wanted
    stratify: tuple[str, ...]
    seed: int
    raters: int
    blind: bool
    findings: int  # in the run, of that decision
    strata: tuple[Stratum, ...]
    rows: tuple[Sampled, ...]
    combinations: int | None = (
        None  # of the values that strata are made of; more than `strata` where some are drawn as one
    )


class Shown(NamedTuple):
    """What a rater sees of a drawn finding: `before`, `term` and `after` make up the sentence."""

    id: str
    paper: str
    reference: str
    title: str
    year: int | None
    journal: str
    section: str
    before: str
    term: str
    after: str


def draw(
    dataset: Dataset,
    size: int,
    *,
    stratify: Sequence[str] = (),
    decision: Wanted = "all",
    seed: int | None = None,
    raters: int = 1,
    blind: bool = False,
) -> tuple[Key, list[Shown]]:
    """Draw `size` findings (all, where there are no more), in random order; without a `seed`, one is made up and recorded.

    Raises ConfigError for a column that cannot be stratified by, and where the run has no such finding.
    """
    if unknown := [name for name in stratify if name not in STRATA]:
        raise ConfigError(f"--stratify: {', '.join(map(repr, unknown))}: strata can be made of {', '.join(STRATA)}.")
    columns = tuple(dict.fromkeys(stratify))
    chosen = secrets.randbelow(_SEEDS) if seed is None else seed
    frame = "findings" + ("" if decision == "all" else f" WHERE decision = '{decision}'")
    name = " || ' · ' || ".join(f"coalesce(CAST({column} AS VARCHAR), 'none')" for column in columns) or "'all'"
    with dataset.connect() as connection:
        counted = connection.execute(f"SELECT {name} AS stratum, count(*) FROM {frame} GROUP BY ALL ORDER BY ALL")
        sizes = {str(stratum): int(count) for stratum, count in counted.fetchall() if count}
        if not sizes:
            what = "finding" if decision == "all" else f"finding with the decision {decision}"
            raise ConfigError(f"{dataset.folder}: the run has no {what}, so there is nothing to draw.")
        owner = _pooled(sizes, size)
        strata = _strata(sizes, owner, size)
        connection.execute("CREATE TEMP TABLE strata (name VARCHAR, stratum INTEGER, drawn INTEGER)")
        connection.executemany(
            "INSERT INTO strata VALUES (?, ?, ?)", [(key, k, strata[k].drawn) for key, k in owner.items()]
        )
        rows = connection.execute(
            f"""
            WITH frame AS (
                SELECT paper, entry, start, "end", {name} AS name,
                    concat_ws('|', paper, start, "end", entry) AS finding
                FROM {frame}
            ), ranked AS (
                SELECT frame.*, strata.stratum, strata.drawn,
                    row_number() OVER (
                        PARTITION BY strata.stratum ORDER BY md5_number_lower('{chosen}|' || finding), finding
                    ) AS rank
                FROM frame JOIN strata USING (name)
            ), drawn AS (SELECT * FROM ranked WHERE rank <= drawn)
            SELECT finding, stratum, f.paper, p.title, p.year, p.journal, coalesce(p.doi, 'PMID ' || p.pmid), f.section,
                f.sentence, f.start - f.sentence_start, f.text, f.entry, f.usage, f.decision
            FROM drawn JOIN findings f USING (paper, entry, start, "end") JOIN papers p USING (paper)
            ORDER BY md5_number_lower('order|{chosen}|' || finding), finding
            """
        ).fetchall()
    sampled, shown = [], []
    for number, row in enumerate(rows, start=2):  # row 1 names the columns
        finding, stratum, paper, title, year, journal, reference, section, sentence, at, text, entry, usage, judged = (
            row
        )
        sampled.append(
            Sampled(row=number, id=_id(finding), stratum=stratum, term=text, entry=entry, usage=usage, decision=judged)
        )
        end = at + len(text)
        shown.append(
            Shown(
                _id(finding),
                paper,
                reference or "",
                title or "",
                year,
                journal or "",
                section,
                sentence[:at],
                text,
                sentence[end:],
            )
        )
    identity = dataset.manifest.identity
    key = Key(
        version=identity.version,
        lexicon=identity.lexicon,
        folder=str(dataset.folder),
        decision=decision,
        stratify=columns,
        seed=chosen,
        raters=raters,
        blind=blind,
        findings=sum(sizes.values()),
        strata=strata,
        rows=tuple(sampled),
        combinations=len(sizes),
    )
    return key, shown


def allocate(sizes: Sequence[int], total: int) -> list[int]:
    """How many to draw of each stratum: in proportion to its size, one at least, `total` together (or all there are).

    `total` is not smaller than the number of strata. Remainders go to the largest.
    """
    whole = sum(sizes)
    total = min(total, whole)
    exact = [total * size / whole for size in sizes]
    drawn = [min(size, max(1, int(share))) for size, share in zip(sizes, exact, strict=True)]
    while (missing := total - sum(drawn)) > 0:
        open_ = sorted((k for k in range(len(sizes)) if drawn[k] < sizes[k]), key=lambda k: (drawn[k] - exact[k], k))
        for k in open_[:missing]:
            drawn[k] += 1
    while (over := sum(drawn) - total) > 0:
        open_ = sorted((k for k in range(len(sizes)) if drawn[k] > 1), key=lambda k: (exact[k] - drawn[k], k))
        for k in open_[:over]:
            drawn[k] -= 1
    return drawn


def key_lines(key: Key) -> list[str]:
    """The key as lines of JSON: what the sample was drawn with, then a line a stratum, then a line a finding."""
    head = key.model_dump_json(exclude={"strata", "rows"})
    return [head, *(item.model_dump_json() for item in (*key.strata, *key.rows))]


def read_key(lines: Sequence[str], name: str) -> Key:
    """The key from its lines; `name` says in errors where they stand. Raises ConfigError where they are none."""
    try:
        head, *rest = (json.loads(line) for line in lines if line.strip())
        strata = [item for item in rest if "size" in item]
        rows = [item for item in rest if "size" not in item]
        key = Key.model_validate({**head, "strata": strata, "rows": rows})
        if key.format != FORMAT or any(row.stratum >= len(key.strata) for row in key.rows):
            raise ValueError("of another version, or cut short")
        return key
    except (ValueError, TypeError) as error:
        raise ConfigError(
            f"{name}: is not the key of a sample that this version of lang-audit drew. Name the one with --key."
        ) from error


def _pooled(sizes: dict[str, int], total: int) -> dict[str, int]:
    """The number of the stratum that each combination of values is drawn in."""
    if len(sizes) <= total:
        return {name: k for k, name in enumerate(sizes)}
    whole = sum(sizes.values())
    own = {name: k for k, name in enumerate(name for name, size in sizes.items() if total * size >= whole)}
    return {name: own.get(name, len(own)) for name in sizes}


def _strata(sizes: dict[str, int], owner: dict[str, int], total: int) -> tuple[Stratum, ...]:
    counts = [0] * (max(owner.values()) + 1)
    names: list[list[str]] = [[] for _ in counts]
    for name, k in owner.items():
        counts[k] += sizes[name]
        names[k].append(name)
    drawn = allocate(counts, total)
    return tuple(
        Stratum(name=held[0] if len(held) == 1 else f"{OTHERS} ({len(held)} strata)", size=size, drawn=n)
        for held, size, n in zip(names, counts, drawn, strict=True)
    )


def _id(finding: str) -> str:
    """What names a finding in a sheet: the same for the same place in the same paper; a letter first, so that it stays text."""
    return f"F{hashlib.blake2b(finding.encode(), digest_size=6).hexdigest()}"
