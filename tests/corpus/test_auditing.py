"""The cascade of a corpus run finds what the whole pipeline finds, and one record spoils no other."""

from __future__ import annotations

import os
from itertools import islice
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lang_audit.audit import audit_paper
from lang_audit.corpus import auditing
from lang_audit.corpus.auditing import audit_records, paper_of
from lang_audit.corpus.reading.records import CorpusRecord
from lang_audit.corpus.reading.sources import find_sources, read_source
from lang_audit.detection import build_nlp, detect_terms
from lang_audit.detection.head_noun import load_grammar
from lang_audit.detection.sentences import sentence_bounds
from lang_audit.detection.surroundings import PaperWords
from lang_audit.model import Mention, Paper, Record
from lang_audit.settings import Settings, load_settings

SHARED = Path(__file__).parents[3] / "shared" / "papers" / "abstracts"
EVERY = int(os.environ.get("LANG_AUDIT_EVERY", "150"))  # 1: all of the real abstracts, ten minutes


def record(title: str, abstract: str, position: int = 0) -> CorpusRecord:
    return CorpusRecord("made-up.ris", position, title=title, abstract=abstract, year=2020)


@pytest.fixture(scope="module")
def run_settings() -> Settings:
    return load_settings(codebooks=["none"])


def by_the_whole_pipeline(paper: Paper) -> tuple[list[tuple[object, ...]], list[tuple[int, int]]]:
    """Tokens, every component and the trained model for every passage, whatever stands in it."""
    nlp, words = build_nlp(), PaperWords.of(paper)
    grammar = load_grammar(None, None)
    assert grammar is not None
    terms: list[tuple[object, ...]] = []
    people: list[tuple[int, int]] = []
    for passage in paper.passages:
        doc = nlp.make_doc(paper.text[passage.start : passage.end])
        section = paper.section_at(passage.start)
        doc._.section, doc._.passage = section.kind if section else "other", passage.kind
        doc._.definitions, doc._.paper_words = dict(words.definitions), words.vocabulary
        doc = nlp(doc)
        for start, end in sentence_bounds(doc):
            sentence = grammar.make_doc(doc.text[start:end])
            inside = [span for span in doc.spans["lexicon"] if start <= span._.place[0] < end]
            again = [
                sentence.char_span(s._.place[0] - start, s._.place[1] - start, span_id=s.id_, alignment_mode="expand")
                for s in inside
            ]
            for span, copy in zip(inside, again, strict=True):
                copy._.usage, copy._.cue, copy._.unsure = span._.usage, span._.cue, span._.unsure
            sentence.spans["lexicon"] = again
            grammar(sentence)
            terms += [
                (passage.start + s._.place[0], passage.start + s._.place[1], s.id_, copy._.usage, copy._.cue)
                for s, copy in zip(inside, again, strict=True)
            ]
        people += [(passage.start + s._.place[0], passage.start + s._.place[1]) for s in doc.spans["person_first"]]
    return terms, people


def brief(mention: Mention) -> tuple[object, ...]:
    return mention.start, mention.end, mention.entry, mention.usage, mention.cue


def assert_the_same(records: list[CorpusRecord]) -> int:
    papers = [paper_of(record) for record in records]
    count = 0
    for paper, found in zip(papers, detect_terms(papers), strict=True):
        terms, people = by_the_whole_pipeline(paper)
        assert [brief(mention) for mention in found.mentions] == terms
        assert [(reference.start, reference.end) for reference in found.person_first] == people
        count += len(terms)
    return count


SENTENCES = [
    "Most addicts were men, and the term “addict” was avoided.",
    "People who inject drugs (PWIX) were asked; PWIX agreed.",
    "HIV-positive attendees came late.",
    "The HIV-positive samples were frozen.",
    "Injecting drug users (IDUs) shared needles; IDUs were 40 in all.",
    "“They call us junkies,” said one man.",
    "The poor contribute more than the poor quality of care.",
    "Nothing of note was found (p = 0.2).",
    "Patients with schizophrenia who were non-compliant left.",
    "We used the Addiction Severity Index, DSM-IV alcohol abuse and clean\nneedles.",
]


@settings(max_examples=25, deadline=None)
@given(st.lists(st.lists(st.sampled_from(SENTENCES), max_size=4).map(" ".join), min_size=2, max_size=4))
def test_the_cascade_finds_what_the_whole_pipeline_finds(texts: list[str]) -> None:
    assert_the_same([record(texts[0], abstract) for abstract in texts[1:]])


@pytest.mark.skipif(not SHARED.is_dir(), reason="real abstracts are not part of the project")
def test_the_cascade_finds_what_the_whole_pipeline_finds_in_real_abstracts() -> None:
    stream = (item for source in find_sources([SHARED]) for item in read_source(source))
    records = [item for item in islice(stream, 0, None, EVERY) if isinstance(item, CorpusRecord)]
    assert assert_the_same(records) > len(records) / 4


def test_a_batch_gives_what_each_record_gives_alone(run_settings: Settings) -> None:
    records = [record(title, " ".join(SENTENCES[k:]), k) for k, title in enumerate(SENTENCES)]
    together = audit_records(records, run_settings)
    assert together == [audit_records([one], run_settings)[0] for one in records]
    for one, outcome in zip(records, together, strict=True):
        paper = audit_paper(paper_of(one), settings=load_settings(codebooks=["none"], characteristics=False))
        assert outcome.appraisal is not None and paper.appraisal is not None
        assert [brief(f) for f in outcome.appraisal.findings] == [brief(f) for f in paper.appraisal.findings]
        assert outcome.appraisal.verdict == paper.appraisal.verdict


def test_offsets_are_those_of_title_and_abstract(run_settings: Settings) -> None:
    outcome = audit_records([record("Heroin addicts in two towns", "Most addicts were men.")], run_settings)[0]
    assert outcome.appraisal is not None
    paper = outcome.appraisal.paper
    assert [(f.section, paper.text[f.start : f.end]) for f in outcome.appraisal.findings] == [
        ("title", "Heroin addicts"),
        ("abstract", "addicts"),
    ]
    assert Record.model_validate(outcome.model_dump()) == outcome  # though nothing was validated when it was made


def test_a_defect_on_one_record_fails_that_one_only(run_settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    real = auditing.paper_of

    def broken(one: CorpusRecord) -> Paper:
        if one.position == 1:
            raise ZeroDivisionError("made up")
        return real(one)

    monkeypatch.setattr(auditing, "paper_of", broken)
    outcomes = audit_records([record("One", "Most addicts left.", k) for k in range(3)], run_settings)
    assert [outcome.status for outcome in outcomes] == ["ok", "failed", "ok"]
    assert "made up" in outcomes[1].problems[0].message
