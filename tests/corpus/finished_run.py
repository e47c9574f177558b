"""A finished corpus run in a folder, made of papers whose findings are given: no text is audited."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

import pyarrow.parquet

from lang_audit.corpus.dataset import Dataset, open_dataset
from lang_audit.corpus.manifest import MANIFEST, Identity, Input, Manifest
from lang_audit.corpus.reading.records import CorpusRecord
from lang_audit.corpus.tables import KEYS, Part
from lang_audit.model import Appraisal, Decision, Finding, Paper, PersonFirstMention, Record, Usage, Verdict


class Use(NamedTuple):
    """A use of a lexicon term in a made-up sentence."""

    text: str
    entry: str = "substance-use/injecting-drug-user"
    usage: Usage = "author"
    decision: Decision = "flag"
    before: str = "Most "
    after: str = " came twice."


class Made(NamedTuple):
    """A made-up paper."""

    year: int | None
    uses: tuple[Use, ...] = ()
    person_first: tuple[str, ...] = ()
    title: str = "A made-up paper"


def finished_run(
    folder: Path, papers: Iterable[Made], *, profile: str = "default", off: tuple[str, ...] = ()
) -> Dataset:
    part = Part()
    for number, made in enumerate(papers):
        record = CorpusRecord(
            "made-up.ris", number, title=made.title, pmid=str(number), year=made.year, journal=f"Journal {number % 3}"
        )
        part.add(record, Record(path="made-up.ris", status="ok", appraisal=_appraisal(made)))
    for name, table in part.tables().items():
        (folder / name).mkdir(parents=True)
        kept = table.drop_columns([KEYS]) if name == "papers" else table
        pyarrow.parquet.write_table(kept, folder / name / "part-00000-00000.parquet")
    identity = Identity(
        version="9.9.9", lexicon="0" * 64, model=None, spacy="3.8", profile=profile, rule="majority", off=off
    )
    made_up = Input(name="made-up.ris", kind="ris", bytes=0, records=len(part), audited=len(part))
    manifest = Manifest(state="finished", identity=identity, inputs=(made_up,))
    (folder / MANIFEST).write_text(manifest.model_dump_json(), encoding="utf-8")
    return open_dataset(folder)


def _appraisal(made: Made) -> Appraisal:
    text = ""
    findings = []
    for use in made.uses:
        start = len(text)
        sentence = use.before + use.text + use.after
        text += f"{sentence} "
        findings.append(
            Finding(
                start=start + len(use.before),
                end=start + len(use.before) + len(use.text),
                text=use.text,
                entry=use.entry,
                usage=use.usage,
                section="abstract",
                sentence=sentence,
                sentence_start=start,
                decision=use.decision,
                reason="made up",
                severity="outdated",
                category="person-label",
                person_label=True,
                sources=(),
            )
        )
    people = []
    for words in made.person_first:
        people.append(PersonFirstMention(start=len(text), end=len(text) + len(words), text=words, section="abstract"))
        text += f"{words} "
    verdict = Verdict(
        label="mixed", rule="majority", person_first=len(people), flagged_people=len(findings), share=None, reasons=()
    )
    return Appraisal(
        paper=Paper(id="made-up", source="made-up.ris", text=text),
        findings=tuple(findings),
        person_first=tuple(people),
        verdict=verdict,
    )
