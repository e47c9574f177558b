"""Finished runs made of a few made-up rows, as the tables and the manifest of their folder."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from lang_audit.corpus.manifest import FORMAT
from lang_audit.corpus.tables import SCHEMAS, paper_key

SOURCE = "made-up.jsonl"
Row = dict[str, Any]


def paper(number: int, verdict: str = "person-first", **more: Any) -> Row:
    """An audited paper; `more` changes or adds columns."""
    row = {
        "paper": paper_key(SOURCE, number),
        "source": SOURCE,
        "position": number,
        "state": "audited",
        "title": f"Made-up study number {number}",
        "journal": "Journal of Made-up Studies",
        "year": 2015,
        "country": "GB",
        "country_of": "publisher",
        "full_text": False,
        "words": 200,
        "verdict": verdict,
        "rule": "majority",
        "person_first": 1,
        "flagged_people": 0,
        "flagged": 0,
        "queried": 0,
        "exempt": 0,
        "types": [],
    }
    return row | more


def unread(number: int, state: str = "rejected", problem: str = "no-text", message: str = "There is no text.") -> Row:
    """A record that was not read."""
    empty = dict.fromkeys(
        ("title", "journal", "year", "country", "country_of", "verdict", "rule", "types", "full_text")
    )
    return paper(number, **empty) | {"state": state, "problem": problem, "message": message}


def finding(of: Row, entry: str, text: str, decision: str = "flag", usage: str = "author", **more: Any) -> Row:
    """A use of a term in the paper `of`."""
    sentence = more.pop("sentence", f"In study {of['position']} most {text} lived alone.")
    start = sentence.index(text)
    row = {
        "paper": of["paper"],
        "year": of["year"],
        "journal": of["journal"],
        "country": of["country"],
        "entry": entry,
        "text": text,
        "start": 100 + start,
        "end": 100 + start + len(text),
        "section": "abstract",
        "usage": usage,
        "decision": decision,
        "severity": "outdated",
        "category": "person-label",
        "person_label": True,
        "sentence": sentence,
        "sentence_start": 100,
    }
    return row | more


def reference(of: Row, text: str) -> Row:
    """A person-first reference in the paper `of`."""
    told = {"text": text, "start": 0, "end": len(text), "section": "abstract"}
    return {key: of[key] for key in ("paper", "year", "journal", "country")} | told


def evidence(of: Row, dimension: str, code: str, strength: str = "reported", codebook: str = "chang-2021") -> Row:
    """Evidence for a code in the paper `of`."""
    told = {
        "codebook": codebook,
        "dimension": dimension,
        "code": code,
        "strength": strength,
        "text": "peers",
        "start": 3,
    }
    told |= {"end": 8, "section": "abstract", "sentence": "By peers.", "sentence_start": 0}
    return {key: of[key] for key in ("paper", "year", "journal", "country")} | told


def publish(
    folder: Path,
    papers: Sequence[Row],
    findings: Iterable[Row] = (),
    references: Iterable[Row] = (),
    codes: Iterable[Row] = (),
    *,
    rule: str = "majority",
    profile: str = "default",
    **identity: Any,
) -> Path:
    """Write a finished run into `folder`, and return it."""
    rows = {"papers": papers, "findings": list(findings), "person_first": list(references), "codes": list(codes)}
    for name, schema in SCHEMAS.items():
        (folder / name).mkdir(parents=True)
        plain = [{column: row.get(column) for column in schema.names} for row in rows[name]]
        pq.write_table(pa.Table.from_pylist(plain, schema=schema), folder / name / "part-00000-00000.parquet")
    states = Counter(row["state"].replace("-", "_") for row in papers)
    manifest = {
        "format": FORMAT,
        "state": "finished",
        "identity": {
            "version": "9.9",
            "lexicon": "ab" * 32,
            "model": "a_model 1.2",
            "spacy": "3.8",
            "profile": profile,
            "rule": rule,
        }
        | identity,
        "inputs": [
            {"name": SOURCE, "kind": "jsonl", "bytes": 1, "sha256": "cd" * 32, "records": len(papers), **states}
        ],
    }
    (folder / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    return folder


def literature(per_year: int = 30) -> tuple[list[Row], list[Row], list[Row]]:
    """A made-up literature from 2006 to 2015 in which labels give way: its papers, findings and references.

    Of `per_year` papers a year, a tenth more each year write "people who inject drugs", the others "injecting drug users"; every
    fourth of those says "IDUs" too.
    """
    papers, findings, references = [], [], []
    for year in range(2006, 2016):
        for k in range(per_year):
            number = len(papers)
            better = k < per_year * (year - 2006) // 10
            row = paper(
                number,
                "person-first" if better else "not person-first",
                year=year,
                journal=f"Journal {number % 12}",
                flagged=0 if better else 1,
                pmid=str(70_000_000 + number),
            )
            papers.append(row)
            if better:
                references.append(reference(row, "people who\ninject drugs"))
            else:
                findings.append(finding(row, "substance-use/injecting-drug-user", "injecting drug users"))
                if k % 4 == 0:
                    findings.append(finding(row, "substance-use/idu", "IDUs"))
    return papers, findings, references
