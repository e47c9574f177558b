"""The tables of a corpus run and their columns: the documented schema (docs/corpus.md), and rows made from records.

    papers        one row for each record of the input, whatever became of it (`state`)
    findings      one row for each use of a lexicon term in the papers that were audited, exempt ones too
    person_first  one row for each person-first reference in the authors' own voice
    codes         one row for each piece of evidence for a code, where the run had a codebook

A row of the last three belongs to the row of `papers` with the same `paper`. Only here is it said what a column is called.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from typing import Any, Final, Literal

import pyarrow as pa

from lang_audit.corpus.reading.records import CorpusRecord, Rejected
from lang_audit.model import Appraisal, CodeMention, Finding, PersonFirstMention, Record

State = Literal["audited", "duplicate", "rejected", "failed", "left-out"]
STATES: Final[tuple[State, ...]] = ("audited", "duplicate", "rejected", "failed", "left-out")
"""What becomes of a record of the input: exactly one of these. `left-out`: --years or --where did not ask for it."""

_WORD: Final = pa.dictionary(pa.int32(), pa.string())  # a column of few values

PAPERS: Final = pa.schema(
    {
        "paper": pa.string(),  # "source#position": the key of the tables
        "source": _WORD,  # the input, with the member of an archive after "!"
        "position": pa.int64(),  # of the record in its source, from 0
        "state": _WORD,
        "duplicate_of": pa.string(),  # the `paper` that is counted in its place
        "problem": _WORD,  # why it was rejected or failed, or what its reader must know: a slug
        "message": pa.string(),
        "pmid": pa.string(),
        "doi": pa.string(),
        "title": pa.string(),
        "journal": _WORD,
        "year": pa.int16(),
        "country": _WORD,  # ISO 3166, two letters
        "country_of": _WORD,  # "publisher" (as databases tell it) or "study" (read in the full text)
        "language": _WORD,
        "types": pa.list_(pa.string()),
        "full_text": pa.bool_(),
        "words": pa.int32(),
        "verdict": _WORD,
        "rule": _WORD,
        "share": pa.float64(),  # of person-first references among all references to people
        "person_first": pa.int32(),
        "flagged_people": pa.int32(),
        "flagged": pa.int32(),
        "queried": pa.int32(),
        "exempt": pa.int32(),
    }
)
FINDINGS: Final = pa.schema(
    {
        "paper": pa.string(),
        "year": pa.int16(),
        "journal": _WORD,
        "country": _WORD,
        "entry": _WORD,
        "text": pa.string(),  # as printed
        "start": pa.int32(),  # offsets into the text of the paper
        "end": pa.int32(),
        "page": pa.int32(),
        "section": _WORD,
        "usage": _WORD,
        "cue": pa.string(),
        "decision": _WORD,
        "severity": _WORD,
        "category": _WORD,
        "person_label": pa.bool_(),
        "caveat": pa.string(),
        "sentence": pa.string(),
        "sentence_start": pa.int32(),
    }
)
PERSON_FIRST: Final = pa.schema(
    {
        "paper": pa.string(),
        "year": pa.int16(),
        "journal": _WORD,
        "country": _WORD,
        "text": pa.string(),
        "start": pa.int32(),
        "end": pa.int32(),
        "page": pa.int32(),
        "section": _WORD,
    }
)
CODES: Final = pa.schema(
    {
        "paper": pa.string(),
        "year": pa.int16(),
        "journal": _WORD,
        "country": _WORD,
        "codebook": _WORD,
        "dimension": _WORD,
        "code": _WORD,
        "text": pa.string(),
        "start": pa.int32(),
        "end": pa.int32(),
        "page": pa.int32(),
        "section": _WORD,
        "strength": _WORD,
        "cue": pa.string(),
        "sentence": pa.string(),
        "sentence_start": pa.int32(),
    }
)
SCHEMAS: Final = {"papers": PAPERS, "findings": FINDINGS, "person_first": PERSON_FIRST, "codes": CODES}
"""The schema of each table, by the name of its folder."""

KEYS: Final = "keys"
"""The column of `papers` that a run needs to find duplicates and takes out at its end: `CorpusRecord.keys` as hash and kind."""
_KEY: Final = pa.struct({"key": pa.uint64(), "kind": pa.uint8()})
_STAGED_PAPERS: Final = PAPERS.append(pa.field(KEYS, pa.list_(_KEY)))
_OF_PAPER: Final = ("paper", "year", "journal", "country")


def paper_key(source: str, position: int) -> str:
    """What names a record in the tables."""
    return f"{source}#{position}"


class Part:
    """Some records of a run in the order of the input, as rows of the tables."""

    def __init__(self) -> None:
        self._columns: dict[str, dict[str, list[Any]]] = {
            name: {column: [] for column in (_STAGED_PAPERS if name == "papers" else schema).names}
            for name, schema in SCHEMAS.items()
        }

    def __len__(self) -> int:
        return len(self._columns["papers"]["paper"])

    def add(self, record: CorpusRecord, outcome: Record) -> None:
        """A record that was audited, or could not be (`outcome.status` is failed)."""
        appraisal = outcome.appraisal
        problem = outcome.problems[0] if outcome.problems else None
        row = _described(record)
        row |= {
            "state": "failed" if appraisal is None else "audited",
            "problem": problem.code if problem else None,
            "message": problem.message if problem else None,
        }
        if appraisal is not None:
            row |= _judged(appraisal)
            row[KEYS] = [{"key": _hash(key.text), "kind": int(key.kind)} for key in record.keys()]  # noqa: SIM118
            if row["country"] is None and appraisal.characteristics.countries:
                row |= {"country": appraisal.characteristics.countries[0], "country_of": "study"}
            self._append_all("findings", row, appraisal.findings)
            self._append_all("person_first", row, appraisal.person_first)
            self._append_all("codes", row, appraisal.codes)
        self._append("papers", row)

    def leave_out(self, record: CorpusRecord) -> None:
        """A record that the run does not ask for."""
        self._append("papers", {**_described(record), "state": "left-out"})

    def reject(self, rejected: Rejected) -> None:
        """A record that could not be read."""
        self._append(
            "papers",
            {
                "paper": paper_key(rejected.source, rejected.position),
                "source": rejected.source,
                "position": rejected.position,
                "state": "rejected",
                "problem": rejected.code,
                "message": rejected.message,
            },
        )

    def tables(self) -> dict[str, pa.Table]:
        """The rows as Arrow tables, by name; `papers` has the column KEYS too."""
        return {
            name: pa.Table.from_pydict(columns, schema=_STAGED_PAPERS if name == "papers" else SCHEMAS[name])
            for name, columns in self._columns.items()
        }

    def _append(self, table: str, row: dict[str, Any]) -> None:
        for column, values in self._columns[table].items():
            values.append(row.get(column))

    def _append_all(
        self, table: str, paper: dict[str, Any], rows: Iterable[Finding | PersonFirstMention | CodeMention]
    ) -> None:
        for row in rows:
            for column, values in self._columns[table].items():
                values.append(paper[column] if column in _OF_PAPER else getattr(row, column))


def _described(record: CorpusRecord) -> dict[str, Any]:
    return {
        "paper": paper_key(record.source, record.position),
        "source": record.source,
        "position": record.position,
        "pmid": record.pmid,
        "doi": record.doi,
        "title": record.title or None,
        "journal": record.journal,
        "year": record.year,
        "country": record.country,
        "country_of": "publisher" if record.country else None,
        "language": record.language,
        "types": list(record.types),
        "full_text": record.paper is not None,
    }


def _judged(appraisal: Appraisal) -> dict[str, Any]:
    decisions = [finding.decision for finding in appraisal.findings]
    verdict = appraisal.verdict
    return {
        "words": len(appraisal.paper.text.split()),
        "verdict": verdict.label,
        "rule": verdict.rule,
        "share": verdict.share,
        "person_first": verdict.person_first,
        "flagged_people": verdict.flagged_people,
        "flagged": decisions.count("flag"),
        "queried": decisions.count("query"),
        "exempt": decisions.count("exempt"),
    }


def _hash(key: str) -> int:
    """64 bits of a key: among the 95 million keys of all of PubMed, two share them by chance once in 4,000 runs."""
    return int.from_bytes(hashlib.blake2b(key.encode("utf-8", "surrogatepass"), digest_size=8).digest(), "little")
