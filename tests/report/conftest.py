"""A small lexicon and records for the report tests. Every paper, person and sentence here is fabricated."""

from __future__ import annotations

from pathlib import Path

import pytest

from lang_audit.codebook import Codebook
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
    Reading,
    Record,
    Section,
)
from lang_audit.verdict import verdict

# What the paper says of peers and of itself, for the codes and the study characteristics.
STUDY = "In 1996 and 1997 we interviewed 1,240 people who inject drugs at six sites in Viet Nam and Tanzania."
DESIGN = "This was a quasi-experimental study; the two arms of the trial were not drawn by lot."
AIM = "We hoped that peers would support clients, and that more of them would stay in care."
GAVE = "Peer workers visited clients at home, supported them on court days, and walked them to the clinic."
TRUST = "Clients trusted the peers, who never judged them."
STATED = (
    "Police raids kept people away from the clinic; by walking with them, peers won their trust, "
    "so that clients kept their appointments."
)
MORE = [f"In month {k} peers supported {k + 3} clients with their papers." for k in range(1, 6)]
BESIDE = "Many clients met stigma on the wards. They trusted the peers. Fewer of them shared needles at the end."
OTHERS = "Elsewhere, peers have reversed overdoses (Sato 1990)."
ADVISED = "A board of people with lived experience advised the study."
PEERS = [
    ("introduction", AIM),
    ("introduction", OTHERS),
    ("methods", STUDY),
    ("methods", DESIGN),
    ("methods", ADVISED),
    ("results", GAVE),
    ("results", TRUST),
    *(("results", sentence) for sentence in MORE),
    ("results", STATED),
    ("discussion", BESIDE),
]

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
        self.codes: list[CodeMention] = []

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

    def code(
        self, words: str, within: str, code: str, strength: str = "reported", cue: str | None = None
    ) -> CodeMention:
        """A mention of `code` ("dimension/code" of the fabricated codebook) where `words` stand in `within`."""
        dimension, _, name = code.partition("/")
        start = self._places(words, within)[0]
        section = self.paper.section_at(start)
        assert section
        values = {
            "codebook": "fabricated-peers",
            "dimension": dimension,
            "code": name,
            "text": words,
            "start": start,
            "end": start + len(words),
            "page": self.paper.page_at(start),
            "section": section.kind,
            "sentence": within,
            "sentence_start": self.text.index(within),
            "strength": strength,
            "cue": cue,
        }
        mention = CodeMention.model_validate(values)
        self.codes.append(mention)
        return mention

    def reading(self, characteristic: str, value: str, words: str, within: str) -> Reading:
        """Where a study characteristic was read."""
        start = self._places(words, within)[0]
        section = self.paper.section_at(start)
        assert section
        values = {
            "characteristic": characteristic,
            "value": value,
            "text": words,
            "start": start,
            "end": start + len(words),
            "page": self.paper.page_at(start),
            "section": section.kind,
            "sentence": within,
        }
        return Reading.model_validate(values)

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
        [*SENTENCES[:2], *PEERS, *SENTENCES[2:]],
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


def _codebook(
    name: str, title: str, dimensions: dict[tuple[str, str, str], list[tuple[str, str, dict[str, str]]]]
) -> Codebook:
    def code(id_: str, label: str, more: dict[str, str]) -> dict[str, object]:
        given = {"id": id_, "name": label, "definition": f"The peers and {label.lower()}, as the review saw it."}
        return given | {"evidence": [{"say": [label]}], "examples": {"coded": [label]}} | more

    return Codebook.model_validate(
        {
            "codebook": name,
            "title": title,
            "about": "Fabricated.",
            "review": {"citation": "Lind M. A fabricated review. J Fabr. 2001;2:3.", "identifier": "doi:10.9999/book"},
            "dimensions": [
                {"id": id_, "name": label, "part": part, "codes": [code(*item) for item in codes]}
                for (id_, label, part), codes in dimensions.items()
            ],
        }
    )


@pytest.fixture
def codebooks() -> tuple[Codebook, ...]:
    """Two fabricated codebooks: one whose codes the paper holds in part, and one that finds nothing."""
    outside = {"outside": "The fabricated review leaves it to others."}
    peers = {
        ("role", "Roles", "intervention"): [
            ("peer-support", "Peer support", {"excludes": "A job title alone."}),
            ("direct-services", "Direct services", {}),
            ("management", "Management", {}),
            ("advisory", "Advisory", outside),
            ("research", "Research assistance", outside),
        ],
        ("mechanism", "Mechanisms", "mechanism"): [("trust", "Trust", {}), ("role-model", "Role model", {})],
        ("context", "Contexts", "context"): [("police", "Criminalisation", {}), ("stigma", "Stigma", {})],
        ("outcome", "Outcomes", "outcome"): [
            ("access", "Access, acceptability and quality", {}),
            ("risk", "Risk behaviours", {}),
            ("health", "Health status", {}),
        ],
        ("setting", "Settings", "context"): [("ward", "Hospital ward", {}), ("street", "Street outreach", {})],
    }
    plants = {("leaf", "Leaves", "context"): [("green", "Green", {}), ("wilted", "Wilted", {})]}
    return _codebook("fabricated-peers", "Fabricated peer work", peers), _codebook("plants", "Plants", plants)


@pytest.fixture
def record(draft: Draft) -> Record:
    """The fabricated paper, read in part, with codes of every strength, configurations and study characteristics."""
    draft.code("support clients", AIM, "role/peer-support", "aimed", cue="hoped that")
    draft.code("stay in care", AIM, "outcome/access", "aimed", cue="hoped that")
    draft.code("reversed overdoses", OTHERS, "outcome/health", "background", cue="Elsewhere")
    draft.code("advised the study", ADVISED, "role/advisory", cue="board of people with lived experience")
    draft.code("visited clients", GAVE, "role/peer-support", cue="Peer workers")
    draft.code("supported them", GAVE, "role/peer-support", cue="Peer workers")
    draft.code("trusted the peers", TRUST, "mechanism/trust", cue="Clients")
    for sentence in MORE:
        draft.code("supported", sentence, "role/peer-support", cue="peers")
    stated, beside = draft.text.index(STATED), draft.text.index(BESIDE)
    chains = (
        Configuration(
            codebook="fabricated-peers",
            intervention=(draft.code("walking with them", STATED, "role/peer-support", cue="peers"),),
            context=(draft.code("Police raids", STATED, "context/police"),),
            mechanism=(draft.code("won their trust", STATED, "mechanism/trust", cue="peers"),),
            outcome=(draft.code("kept their appointments", STATED, "outcome/access", cue="clients"),),
            link="stated",
            cue="by … so that",
            start=stated,
            end=stated + len(STATED),
            passage=STATED,
        ),
        Configuration(
            codebook="fabricated-peers",
            context=(draft.code("met stigma", BESIDE, "context/stigma", "background"),),
            mechanism=(draft.code("trusted the peers", BESIDE, "mechanism/trust"),),
            outcome=(draft.code("Fewer of them shared needles", BESIDE, "outcome/risk"),),
            link="co-occurring",
            start=beside,
            end=beside + len(BESIDE),
            passage=BESIDE,
        ),
    )
    problem = Problem(code="image-pages", message="Page 3 is a picture of text.", remedy="Run OCR on the file.")
    return draft.record(
        problems=(problem,),
        codes=tuple(draft.codes),
        configurations=chains,
        characteristics=Characteristics(
            countries=("VN", "TZ"),
            regions=("East Asia & Pacific", "Sub-Saharan Africa"),
            income=("Lower middle income",),
            design=("quasi-experimental",),
            sample_size=1240,
            years=(1996, 1997),
            evidence=(
                draft.reading("country", "VN", "Viet Nam", STUDY),
                draft.reading("country", "TZ", "Tanzania", STUDY),
                draft.reading("design", "quasi-experimental", "quasi-experimental study", DESIGN),
                draft.reading("sample-size", "1240", "1,240 people", STUDY),
                draft.reading("years", "1996-1997", "1996 and 1997", STUDY),
            ),
        ),
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
    code = draft.code("addicts", sentence, f"{attack}/{attack}", cue=attack)
    draft.codes[0] = code = code.model_copy(
        update={"codebook": attack, "text": attack, "start": draft.text.index(attack)}
    )
    chain = Configuration(
        codebook=attack, mechanism=(code,), link="stated", cue=attack, start=0, end=len(sentence), passage=sentence
    )
    reading = draft.reading("country", attack, attack, sentence)
    about = Characteristics(
        countries=(attack,),
        regions=(attack,),
        income=(attack,),
        design=(attack,),
        population=attack,
        evidence=(reading, reading.model_copy(update={"characteristic": "population"})),
    )
    problem = Problem(code="x", message=attack, remedy=attack)
    return draft.record(
        path="javascript:alert(1)/<b>\"'.pdf",
        problems=(problem,),
        codes=(code,),
        configurations=(chain,),
        characteristics=about,
    )


@pytest.fixture
def working_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Paths of fabricated papers are relative; so is what the reports say of them."""
    monkeypatch.chdir(tmp_path)
    return tmp_path
