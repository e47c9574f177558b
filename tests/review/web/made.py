"""A small appraisal to review, made without reading or detection. Every paper and sentence here is fabricated."""

from __future__ import annotations

from pathlib import Path

from lang_audit.model import (
    Appraisal,
    CodeMention,
    Finding,
    Line,
    Metadata,
    Page,
    Paper,
    Passage,
    Record,
    Section,
    SectionKind,
)
from lang_audit.review.kept import finish, keep
from lang_audit.verdict import verdict

ADDICT = "substance-use/addict"
SUPPORT = "chang-2021/mechanism/trust"
HOSTILE = "<script>alert(1)</script> \"onload='x' {{ 7 * 7 }}"
ON_PAGE = 25


def sentences(findings: int = 6) -> list[str]:
    """A sentence for each finding; the last holds a code, and a term that the program leaves to the reader."""
    made = [f"The addicts in group {k} came late \U0001f600 to the clinic." for k in range(1, findings + 1)]
    return [*made, "Clients trusted the peers, who were ex-users themselves."]


def made_record(path: str, title: str, said: list[str], *, pages: bool = False, entry: str = ADDICT) -> Record:
    """A record as reading and judging would give it; with `pages`, `ON_PAGE` lines stand on each printed page."""
    text = "\n".join(said)
    starts = [text.index(sentence) for sentence in said]
    lines = [
        Line(start=start, end=start + len(sentence), bbox=(60, 60 + 24 * (k % ON_PAGE), 500, 72 + 24 * (k % ON_PAGE)))
        for k, (start, sentence) in enumerate(zip(starts, said, strict=True))
    ]
    printed = tuple(
        Page(number=n + 1, width=595, height=842, lines=tuple(lines[at : at + ON_PAGE]))
        for n, at in enumerate(range(0, len(lines), ON_PAGE))
    )
    half = starts[len(starts) // 2]
    paper = Paper(
        id=title,
        source=path,
        text=text,
        sections=(_section(0, half, "methods"), _section(half, len(text), "results")),
        passages=tuple(Passage(start=line.start, end=line.end) for line in lines),
        pages=printed if pages else (),
        metadata=Metadata(title=title, year=2019, authors=("A. Fabricated",)),
    )
    findings, codes = [], []
    for start, sentence in zip(starts, said, strict=True):
        for words, decision in (("addicts", "flag"), ("ex-users", "query")):
            if words in sentence:
                findings.append(_finding(paper, start, sentence, words, decision, entry))
        if "trusted" in sentence:
            codes.append(_code(paper, start, sentence))
    return Record(
        path=path,
        status="ok",
        appraisal=Appraisal(
            paper=paper,
            findings=tuple(findings),
            person_first=(),
            verdict=verdict(tuple(findings), (), "majority"),
            codes=tuple(codes),
        ),
    )


def kept_appraisal(folder: Path, *, findings: int = 6, pdf: bool = False) -> list[str]:
    """Keep three papers in `folder`: one (a real PDF with `pdf`), one with a hostile title, one that could not be read.

    Returns their keys.
    """
    folder.mkdir(parents=True, exist_ok=True)
    said = sentences(findings)
    first = folder / ("peers.pdf" if pdf else "peers.txt")
    if pdf:
        _print(first, said)
    else:
        first.write_text("\n".join(said), encoding="utf-8")
    second = folder / "hostile.txt"
    second.write_text("hostile", encoding="utf-8")
    broken = folder / "scan.pdf"
    broken.write_bytes(b"%PDF-1.4 scan")
    records = [
        made_record(str(first), "Peers as partners: a fabricated paper", said, pages=pdf),
        made_record(str(second), HOSTILE, [f"Some addicts {HOSTILE} came.", f"{HOSTILE} trusted the peers."]),
        Record(path=str(broken), status="failed"),
    ]
    keys = [keep(folder, record, f"{k}.html") for k, record in enumerate(records)]
    finish(folder)
    return keys


def _section(start: int, end: int, kind: SectionKind) -> Section:
    return Section(start=start, end=end, kind=kind)


def _finding(paper: Paper, at: int, sentence: str, words: str, decision: str, entry: str) -> Finding:
    start = at + sentence.index(words)
    section = paper.section_at(start)
    values = {
        "start": start,
        "end": start + len(words),
        "text": words,
        "entry": entry if decision == "flag" else "substance-use/user",
        "usage": "author",
        "page": paper.page_at(start),
        "section": section.kind if section else "other",
        "sentence": sentence,
        "sentence_start": at,
        "decision": decision,
        "reason": "In the authors' own words.",
        "severity": "stigmatising",
        "category": "person-label",
        "person_label": True,
        "sources": (),
    }
    return Finding.model_validate(values)


def _code(paper: Paper, at: int, sentence: str) -> CodeMention:
    start = at + sentence.index("trusted")
    section = paper.section_at(start)
    codebook, dimension, code = SUPPORT.split("/")
    values = {
        "codebook": codebook,
        "dimension": dimension,
        "code": code,
        "text": "trusted the peers",
        "start": start,
        "end": start + len("trusted the peers"),
        "page": paper.page_at(start),
        "section": section.kind if section else "other",
        "sentence": sentence,
        "sentence_start": at,
        "strength": "reported",
    }
    return CodeMention.model_validate(values)


def _print(path: Path, said: list[str]) -> None:
    """A PDF whose lines stand where `made_record` says."""
    from reportlab.pdfgen.canvas import Canvas

    canvas = Canvas(str(path), pagesize=(595, 842), invariant=True)
    for k, sentence in enumerate(said):
        if k and k % ON_PAGE == 0:
            canvas.showPage()
        canvas.drawString(60, 842 - 70 - 24 * (k % ON_PAGE), sentence.replace("\U0001f600 ", ""))
    canvas.save()
