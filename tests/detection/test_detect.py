"""The border between spaCy and the model, and the laws that hold for it."""

from __future__ import annotations

import spacy
from hypothesis import given, settings
from hypothesis import strategies as st

from lang_audit.detection import build_nlp, detect
from lang_audit.model import Paper, Passage, Section

SENTENCES = [
    "Most addicts were men.",
    "People who inject drugs (PWID) led the groups.",
    "“They call us junkies,” said one woman.",
    "HIV-infected cells were kept apart.",
    "Half of the HIV-infected mothers came back.",
    "The weather was fine.",
    "Injecting drug users (IDUs) were seen weekly.",
    "The IDUs were paid.",
    "Sub-\nstance abusers were left out.",
    "The National Institute on Drug Abuse paid for it.",
    "AIDS patients were asked twice.",
]
papers = st.lists(st.lists(st.sampled_from(SENTENCES), min_size=1, max_size=4), min_size=1, max_size=5)


def paper_of_paragraphs(paragraphs: list[list[str]], *, one_passage: bool = False) -> Paper:
    text = "\n\n".join(" ".join(sentences) for sentences in paragraphs)
    passages, start = [], 0
    for sentences in paragraphs:
        length = len(" ".join(sentences))
        passages.append(Passage(start=start, end=start + length))
        start += length + 2
    return Paper(
        id="p",
        source="p",
        text=text,
        passages=(Passage(start=0, end=len(text)),) if one_passage else tuple(passages),
        sections=(Section(start=0, end=len(text), kind="results"),),
    )


@settings(max_examples=40, deadline=None)
@given(papers)
def test_offsets_always_slice_to_the_text(paragraphs: list[list[str]]) -> None:
    paper = paper_of_paragraphs(paragraphs)
    found = detect(paper)
    for mention in found.mentions:
        assert paper.text[mention.start : mention.end] == mention.text
        assert paper.text[mention.sentence_start :].startswith(mention.sentence)
        inside = mention.start - mention.sentence_start
        assert mention.sentence[inside : inside + len(mention.text)] == mention.text
    for reference in found.person_first:
        assert paper.text[reference.start : reference.end] == reference.text


@settings(max_examples=30, deadline=None)
@given(papers)
def test_the_exact_pass_loses_nothing(paragraphs: list[list[str]]) -> None:
    """Detection reads only passages that the automaton hit; the pipeline over every passage must find the same."""
    paper = paper_of_paragraphs(paragraphs)
    gated = [(m.start, m.end, m.entry) for m in detect(paper).mentions]
    nlp = build_nlp()
    everything = []
    for passage in paper.passages:
        doc = nlp(paper.text[passage.start : passage.end])
        everything += [
            (passage.start + span._.place[0], passage.start + span._.place[1], span.id_)
            for span in doc.spans["lexicon"]
        ]
    assert gated == everything


@settings(max_examples=30, deadline=None)
@given(papers, st.integers(min_value=0, max_value=4))
def test_findings_do_not_depend_on_other_paragraphs(paragraphs: list[list[str]], which: int) -> None:
    """Acronym definitions apart: those are the paper's."""
    paragraphs = [[s for s in sentences if "IDU" not in s] or [SENTENCES[0]] for sentences in paragraphs]
    which %= len(paragraphs)
    alone = detect(paper_of_paragraphs([paragraphs[which]]))
    whole = paper_of_paragraphs(paragraphs)
    start = whole.passages[which].start
    end = whole.passages[which].end
    inside = [(m.text, m.entry, m.usage, m.start - start) for m in detect(whole).mentions if start <= m.start < end]
    assert inside == [(m.text, m.entry, m.usage, m.start) for m in alone.mentions]


def test_the_components_work_in_anybodys_pipeline() -> None:
    nlp = spacy.blank("en")
    for name in ("paper_sentences", "abbreviations", "lexicon_matcher", "usage_context", "person_first_matcher"):
        nlp.add_pipe(name)
    doc = nlp("Most addicts were men. The term addict was avoided. People who use drugs agreed.")
    assert [(span.text, span.id_, span._.usage) for span in doc.spans["lexicon"]] == [
        ("addicts", "substance-use/addict", "author"),
        ("addict", "substance-use/addict", "mentioned"),
    ]
    assert [span.text for span in doc.spans["person_first"]] == ["People who use drugs"]


def test_what_each_component_needs_is_declared() -> None:
    nlp = spacy.blank("en")
    nlp.add_pipe("usage_context")
    assert nlp.analyze_pipes()["problems"]["usage_context"] == ["doc.spans"]
    assert not any(build_nlp().analyze_pipes()["problems"].values())
