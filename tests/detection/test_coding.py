"""From papers to codes and configurations: who counts as a peer, strength, links, and the laws of the records."""

from __future__ import annotations

import pytest

from lang_audit.detection import coding
from lang_audit.detection.abbreviations import definitions
from lang_audit.detection.coding import code_paper
from lang_audit.model import CodeMention, Configuration, Paper, Passage, Section, SectionKind
from tests.conftest import paper_of

BOTH = ("chang-2021", "han-2023")


def coded(text: str, **where: object) -> tuple[tuple[CodeMention, ...], tuple[Configuration, ...]]:
    return code_paper(paper_of(text, **where), BOTH, definitions(text))  # type: ignore[arg-type]


def codes(text: str, **where: object) -> set[str]:
    return {code.code for code in coded(text, **where)[0]}


@pytest.mark.parametrize(
    "who",
    [
        "Peer educators",
        "Community health workers",
        "Outreach workers with lived experience",
        "Former clients trained as helpers",
        "Village health volunteers",
        "Volunteers living with HIV",
        "Treatment buddies",
        "Expert patients",
        "Recovery coaches",
        "The peers",
    ],
)
def test_who_is_a_peer(who: str) -> None:
    assert "direct-services" in codes(f"{who} distributed condoms and needles in the bars.")


@pytest.mark.parametrize(
    "who",
    ["Pharmacists", "Nurses", "Their peers at school", "Healthy volunteers", "The peer-reviewed journals", "Students"],
)
def test_who_is_none(who: str) -> None:
    assert codes(f"{who} distributed condoms and needles in the bars.") == set()


def test_acronyms_that_the_paper_defines_count() -> None:
    text = "Peer support workers (XSW) were hired. Each XSW distributed condoms and needles."
    mentions, _ = coded(text)
    assert "direct-services" in {code.code for code in mentions}
    assert codes("Each XSW distributed condoms and needles.") == set()


@pytest.mark.parametrize(
    ("text", "kind", "strength"),
    [
        ("Peer educators distributed condoms.", "results", "reported"),
        ("We aim to find out whether peer educators distribute condoms.", "introduction", "aimed"),
        ("Peer educators distribute condoms in many countries.", "introduction", "background"),
        ("In earlier studies peer educators distributed condoms [4].", "discussion", "background"),
        ("Peer educators should distribute condoms.", "discussion", "aimed"),
        ("Peer educators will distribute condoms.", "methods", "aimed"),
        ("Peer educators distributed condoms.", "methods", "reported"),
    ],
)
def test_strength(text: str, kind: SectionKind, strength: str) -> None:
    mentions, _ = coded(text, kind=kind)
    assert {code.strength for code in mentions if code.code == "direct-services"} == {strength}


@pytest.mark.parametrize("kind", ["references", "keywords", "funding", "acknowledgements"])
def test_lists_and_thanks_show_nothing(kind: SectionKind) -> None:
    assert coded("Peer educators distributed condoms.", kind=kind) == ((), ())


STATED = [
    "Despite fear of arrest, people came because they trusted the peer workers, which led to increased access to care.",
    "By acting as a bridge, peer workers overcame long waiting times at the clinic, resulting in increased uptake of testing.",
    "People met stigma at the hospital. Through the empathy of peer navigators they felt accepted. As a result, retention rose.",
]
SIDE_BY_SIDE = [
    "Stigma is common. Peer workers are role models. Uptake of testing increased in both arms of the peer trial.",
    "Fear of arrest was common; clients trusted the peer workers; independent of this, peers increased uptake of testing.",
]


@pytest.mark.parametrize("text", STATED)
def test_a_stated_configuration(text: str) -> None:
    _, configurations = coded(text)
    (found,) = [c for c in configurations if c.codebook == "chang-2021"]
    assert found.link == "stated"
    assert found.context and found.mechanism and found.outcome
    assert found.cue


@pytest.mark.parametrize("text", SIDE_BY_SIDE)
def test_side_by_side_is_never_stated(text: str) -> None:
    _, configurations = coded(text)
    assert [c.link for c in configurations if c.codebook == "chang-2021"] == ["co-occurring"]


def test_parts_in_different_passages_are_no_configuration() -> None:
    texts = [
        "Fear of arrest was common.",
        "Clients trusted the peer workers.",
        "Peer work led to increased uptake of testing.",
    ]
    whole = "\n\n".join(texts)
    starts = [whole.index(text) for text in texts]
    passages = tuple(Passage(start=s, end=s + len(t)) for s, t in zip(starts, texts, strict=True))
    section = Section(start=0, end=len(whole), kind="results")
    paper = Paper(id="p", source="p.txt", text=whole, sections=(section,), passages=passages)
    mentions, configurations = code_paper(paper, BOTH, {})
    assert {"criminalisation", "trust", "access-quality"} <= {m.code for m in mentions}
    assert configurations == ()


@pytest.mark.parametrize("text", [*STATED, *SIDE_BY_SIDE])
def test_offsets_slice(text: str) -> None:
    mentions, configurations = coded(text)
    assert mentions
    for m in mentions:
        assert text[m.start : m.end] == m.text
        assert text[m.sentence_start : m.sentence_start + len(m.sentence)] == m.sentence
        assert m.sentence_start <= m.start
    for c in configurations:
        assert text[c.start : c.end] == c.passage
        assert all(c.start <= part.start < c.end for part in (*c.intervention, *c.context, *c.mechanism, *c.outcome))


def test_the_gate_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    texts = [*STATED, *SIDE_BY_SIDE, "The weather was mild.", "Cells were grown at 37 degrees."]
    whole = "\n\n".join(texts)
    starts = [whole.index(text) for text in texts]
    passages = tuple(Passage(start=s, end=s + len(t)) for s, t in zip(starts, texts, strict=True))
    paper = Paper(id="p", source="p.txt", text=whole, passages=passages)
    gated = code_paper(paper, BOTH, {})
    # every passage as a doc, and the component looks for itself
    monkeypatch.setattr(coding, "_evidence", lambda *_: None)
    assert code_paper(paper, BOTH, {}) == gated


def test_a_paper_about_something_else_stays_empty() -> None:
    sentence = "High costs and long waiting times at the clinic were a barrier, and stigma was common. "
    plants = "Wheat kernels were dried and milled before the volatile compounds were measured. "
    text = plants * 100 + sentence
    assert coded(text) == ((), ())
    assert "service-environment" in codes(text + "People who inject drugs were not asked. " + sentence)
