"""A small lexicon and records for the report tests. Every paper, person and sentence here is fabricated."""

from __future__ import annotations

from pathlib import Path

import pytest

from lang_audit.lexicon import Entry, Lexicon, Source
from lang_audit.model import (
    Appraisal,
    Characteristics,
    CodeMention,
    Configuration,
    Finding,
    Line,
    Metadata,
    Page,
    Paper,
    PersonFirstMention,
    Problem,
    Record,
    Section,
)
from lang_audit.verdict import verdict

SENTENCES = [
    ("title", "Peers as partners in care: a fabricated paper"),
    ("abstract", "People who inject drugs were recruited by peers."),
    ("methods", "Participants were addicts recruited from two clinics; addicts who had left were asked too."),
    *(("results", f"Addicts in group {k} missed visits.") for k in range(1, 7)),
    ("results", "“They call us addicts,” said one woman."),
    ("results", "HIV-positive women were reached late."),
    ("discussion", "Some junkies, it was said, came back to the clinic. People who use drugs deserve respect."),
    ("references", "Smith A. Heroin addicts in a fabricated city. J Fabr 1990."),
]


def _entry(id_: str, match: list[str], **fields: object) -> Entry:
    values = {
        "id": id_,
        "match": match,
        "category": "person-label",
        "severity": "stigmatising",
        "since": 2004,
        "examples": {"flag": ["Fabricated."], "pass": ["Fabricated."]},
    }
    return Entry.model_validate(values | fields)


@pytest.fixture
def lexicon() -> Lexicon:
    entries = {
        "substance-use/addict": _entry(
            "addict",
            ["addict"],
            prefer={"person": "person with an addiction", "people": "people with an addiction"},
            why="Makes a condition the whole person.",
            sources=["seen-2004"],
            known_sources=["known-2015"],
        ),
        "substance-use/junkie": _entry(
            "junkie",
            ["junkie"],
            severity="pejorative",
            prefer={"people": "people who use drugs"},
            why="A street insult.",
            known_sources=["known-2015"],
        ),
        "hiv/hiv-positive": _entry(
            "hiv-positive",
            ["HIV-positive"],
            category="person-adjective",
            severity="outdated",
            decision="query",
            prefer={"person_after": "living with HIV"},
            why="Puts a test result first.",
            sources=["seen-2004"],
            contested="Many people use it of themselves.",
        ),
    }
    sources = {
        "seen-2004": Source(
            issuer="Fabricated Council",
            title="Words & People",
            year=2004,
            years="2004",
            domain="drugs",
            identifier="J Fabr 1:1 doi:10.9999/words.2004 ; https://example.org/words",
            evidence="seen",
        ),
        "known-2015": Source(
            issuer="Fabricated Society",
            title="A Guide",
            year=2015,
            years="2015",
            domain="drugs",
            identifier="ISBN 0000000000",
            evidence="known",
        ),
    }
    return Lexicon(entries, sources, {"substance-use": "Drug use", "hiv": "HIV"})


class Draft:
    """Collects the mentions of a fabricated paper; offsets come from looking the words up in its text."""

    def __init__(self, sentences: list[tuple[str, str]], **metadata: object) -> None:
        self.text = "\n".join(sentence for _, sentence in sentences)
        sections, lines, at = [], [], 0
        for k, (kind, sentence) in enumerate(sentences):
            end = at + len(sentence)
            sections.append(Section(start=at, end=end, kind=kind))  # type: ignore[arg-type]
            lines.append(Line(start=at, end=end, bbox=(50, 50 + 12 * k, 500, 60 + 12 * k)))
            at = end + 1
        half = len(lines) // 2
        pages = tuple(
            Page(number=n, width=595, height=842, lines=tuple(part))
            for n, part in ((1, lines[:half]), (2, lines[half:]))
            if part
        )
        meta = Metadata.model_validate(metadata)
        self.paper = Paper(
            id="fabricated",
            source="papers/fabricated.pdf",
            text=self.text,
            sections=tuple(sections),
            pages=pages,
            metadata=meta,
        )
        self.findings: list[Finding] = []
        self.person_first: list[PersonFirstMention] = []

    def _places(self, words: str, within: str) -> list[int]:
        places, base = [], self.text.index(within)
        at = self.text.find(words, base)
        while 0 <= at < base + len(within):
            places.append(at)
            at = self.text.find(words, at + 1)
        return places

    def find(self, words: str, within: str, entry: str, decision: str = "flag", **fields: object) -> None:
        """A finding for every time that `words` stand in the sentence `within`."""
        for start in self._places(words, within):
            section = self.paper.section_at(start)
            assert section
            values = {
                "start": start,
                "end": start + len(words),
                "text": words,
                "entry": entry,
                "usage": "author",
                "page": self.paper.page_at(start),
                "section": section.kind,
                "sentence": within,
                "sentence_start": self.text.index(within),
                "decision": decision,
                "reason": "In the authors' own words.",
                "severity": "stigmatising",
                "category": "person-label",
                "person_label": True,
                "sources": ("seen-2004",),
            }
            self.findings.append(Finding.model_validate(values | fields))

    def respect(self, words: str, within: str) -> None:
        """A person-first mention for every time that `words` stand in `within`."""
        for start in self._places(words, within):
            section = self.paper.section_at(start)
            assert section
            self.person_first.append(
                PersonFirstMention(
                    start=start,
                    end=start + len(words),
                    text=words,
                    page=self.paper.page_at(start),
                    section=section.kind,
                )
            )

    def record(self, path: str = "papers/fabricated.pdf", problems: tuple[Problem, ...] = (), **more: object) -> Record:
        paper = self.paper.model_copy(update={"source": path, "problems": problems})
        appraisal = Appraisal(
            paper=paper,
            findings=tuple(self.findings),
            person_first=tuple(self.person_first),
            verdict=verdict(self.findings, self.person_first),
            **more,  # type: ignore[arg-type]
        )
        status = "partial" if problems else "ok"
        return Record(path=path, status=status, appraisal=appraisal, problems=problems)


@pytest.fixture
def draft() -> Draft:
    """The fabricated paper with every kind of finding."""
    draft = Draft(
        SENTENCES,
        title="Peers as partners in care: a fabricated paper",
        year=1998,
        doi="10.9999/fabricated.1998",
        journal="Journal of Fabricated Results",
        authors=["Okafor A", "Lind M", "Sato K"],
    )
    caveat = "published 1998, guidance from 2004"
    methods = SENTENCES[2][1]
    draft.find(
        "addicts",
        methods,
        "substance-use/addict",
        caveat=caveat,
        suggestion="people with an addiction",
        rewrite=methods.replace("addicts", "people with an addiction", 1),
    )
    for _, sentence in SENTENCES[3:9]:
        draft.find("Addicts", sentence, "substance-use/addict", caveat=caveat)
    draft.find("addicts", SENTENCES[9][1], "substance-use/addict", "exempt", usage="quoted", cue="said one woman")
    draft.find("addicts", SENTENCES[12][1], "substance-use/addict", "exempt", usage="cited-title", cue="reference list")
    draft.find("HIV-positive", SENTENCES[10][1], "hiv/hiv-positive", "query", severity="outdated")
    draft.find("junkies", SENTENCES[11][1], "substance-use/junkie", severity="pejorative", caveat=caveat)
    draft.respect("People who inject drugs", SENTENCES[1][1])
    draft.respect("People who use drugs", SENTENCES[11][1])
    return draft


@pytest.fixture
def record(draft: Draft) -> Record:
    """The fabricated paper, read in part, with codes and a configuration."""
    sentence = SENTENCES[1][1]
    start = draft.text.index(sentence)
    code = CodeMention(
        codebook="fabricated-book",
        dimension="role",
        code="peer-worker",
        text="peers",
        start=draft.text.index("peers", start),
        end=draft.text.index("peers", start) + 5,
        page=1,
        section="abstract",
        sentence=sentence,
    )
    chain = Configuration(
        codebook="fabricated-book",
        context=(code,),
        outcome=(code,),
        link="stated",
        start=start,
        end=start + len(sentence),
        passage=sentence,
    )
    problem = Problem(code="image-pages", message="Page 3 is a picture of text.", remedy="Run OCR on the file.")
    return draft.record(
        problems=(problem,),
        codes=(code,),
        configurations=(chain,),
        characteristics=Characteristics(countries=("VN",), design=("qualitative",), sample_size=45),
    )


@pytest.fixture
def failed() -> Record:
    problem = Problem(code="no-text-layer", message="The PDF holds pictures only.", remedy="Run OCR on it.")
    return Record(path="papers/scan.pdf", status="failed", problems=(problem,))


@pytest.fixture
def plain() -> Record:
    """A fabricated text file in which nothing was found."""
    draft = Draft([("other", "Nothing about people stands here.")])
    return draft.record(path="notes.txt")


@pytest.fixture
def hostile() -> Record:
    """A fabricated paper whose every field tries to break out of the page."""
    attack = "<script>alert(1)</script> \" onload='x' {{ 7 * 7 }} </style> [a](javascript:x) | `c` *b*\n# h"
    sentence = f"Some addicts {attack} came."
    draft = Draft(
        [("results", sentence)], title=attack, journal=attack, authors=[attack], doi="10.9/\"><img src=x onerror='y'>"
    )
    draft.find("addicts", sentence, "substance-use/addict", rewrite=sentence.replace("addicts", attack), caveat=attack)
    draft.find("addicts", sentence, "substance-use/addict", "exempt", usage="quoted", cue=attack)
    draft.respect("addicts", sentence)
    problem = Problem(code="x", message=attack, remedy=attack)
    return draft.record(path="javascript:alert(1)/<b>\"'.pdf", problems=(problem,))


@pytest.fixture
def working_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Paths of fabricated papers are relative; so is what the reports say of them."""
    monkeypatch.chdir(tmp_path)
    return tmp_path
