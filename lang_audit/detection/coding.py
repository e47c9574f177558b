"""From a paper to its codes and configurations: the coding pipeline of detection, gated by one exact pass over the raw text."""

from __future__ import annotations

from bisect import bisect_left
from functools import cache
from pathlib import Path

import spacy
from spacy.language import Language
from spacy.tokens import Doc

from lang_audit.codebook import Part, load_codebook
from lang_audit.detection import (  # noqa: F401  (their factories register on import)
    cmo_linker,
    code_grammar,
    codebook_matcher,
    extensions,
    sentences,
)
from lang_audit.detection.codebook_matcher import Subject
from lang_audit.detection.phrase_scan import Hit
from lang_audit.detection.sentences import bounds_around, sentence_bounds
from lang_audit.model import CodeMention, Configuration, Paper, Passage

# Where nothing is said of the study: lists, thanks, forms.
_UNREAD_SECTIONS = frozenset({"references", "keywords", "funding", "acknowledgements"})
_UNREAD_PASSAGES = frozenset({"heading", "reference", "footnote", "table"})
# A text shorter than this is an excerpt or an abstract: what it is about cannot be told from how often it names peers.
_WHOLE_PAPER = 6000


@cache
def build_coding(names: tuple[str, ...], folder: Path | None = None) -> Language:
    """The pipeline that codes passages with codebooks (names or paths), but for what `code_grammar` decides."""
    nlp = spacy.blank("en")
    nlp.add_pipe("paper_sentences")
    where = str(folder) if folder else None
    nlp.add_pipe("codebook_matcher", config={"codebooks": list(names), "folder": where})
    return nlp


def code_paper(
    paper: Paper,
    names: tuple[str, ...],
    definitions: dict[str, str],
    folder: Path | None = None,
    model: str | None = None,
) -> tuple[tuple[CodeMention, ...], tuple[Configuration, ...]]:
    """The evidence for the codes of codebooks in a paper, and the configurations in which they stand, in text order."""
    nlp = build_coding(names, folder)
    matcher = codebook_matcher.codebook_matcher(names, folder)
    hits = matcher.scanner.scan(paper.text)
    starts = [hit.start for hit in hits]
    subject = Subject(matcher.actors.acronyms(definitions))
    if len(paper.text) > _WHOLE_PAPER:
        subject = matcher.subject(paper.text, hits, _front(paper), definitions)
    passages: list[Passage] = []
    docs: list[Doc] = []
    for passage in _read(paper):
        text = paper.text[passage.start : passage.end]
        section = paper.section_at(passage.start)
        kind = section.kind if section else "other"
        inside = hits[bisect_left(starts, passage.start) : bisect_left(starts, passage.end)]
        evidence = _evidence(matcher, text, passage, subject, kind, [hit for hit in inside if hit.end <= passage.end])
        if evidence != []:
            doc = nlp.make_doc(text)
            doc._.section, doc._.passage, doc._.subject, doc._.evidence = kind, passage.kind, subject, evidence
            passages.append(passage)
            docs.append(doc)
    docs = list(nlp.pipe(docs))
    code_grammar.settle_codes(docs, model)
    linker = cmo_linker.cmo_linker(names, folder)
    parts = {(b.codebook, d.id): d.part for b in (load_codebook(n, folder) for n in names) for d in b.dimensions}
    codes: list[CodeMention] = []
    configurations: list[Configuration] = []
    for passage, doc in zip(passages, docs, strict=True):
        mentions = _mentions(paper, passage, doc)
        codes += mentions
        configurations += _configurations(paper, passage, linker(doc), mentions, parts)
    return tuple(codes), tuple(configurations)


def _evidence(
    matcher: codebook_matcher.CodebookMatcher,
    text: str,
    passage: Passage,
    subject: Subject,
    section: str,
    hits: list[Hit],
) -> list[codebook_matcher.EvidenceFound] | None:
    """The evidence in the raw text of a passage, so that only passages that have some become docs."""
    return matcher.match(text, subject, section, hits, passage.start)


def _read(paper: Paper) -> list[Passage]:
    passages = paper.passages or (Passage(start=0, end=len(paper.text)),)
    kept = []
    for passage in passages:
        section = paper.section_at(passage.start)
        if passage.kind not in _UNREAD_PASSAGES and (section is None or section.kind not in _UNREAD_SECTIONS):
            kept.append(passage)
    return kept


def _front(paper: Paper) -> int:
    """Where title and abstract end: there a paper says what it is about."""
    return max((s.end for s in paper.sections if s.kind in ("title", "abstract")), default=0)


def _mentions(paper: Paper, passage: Passage, doc: Doc) -> list[CodeMention]:
    found = []
    bounds = sentence_bounds(doc) if doc.spans[codebook_matcher.GROUP] else []
    cited = [citation.offset for citation in paper.citations]
    for span in doc.spans[codebook_matcher.GROUP]:
        codebook, dimension, code = span.label_.rsplit("/", 2)
        start, end = (passage.start + offset for offset in span._.place)
        first, last = (passage.start + offset for offset in bounds_around(bounds, *span._.place))
        told = bisect_left(cited, first) < bisect_left(cited, last + 1)
        strength = span._.strength
        if strength == "reported" and told and doc._.section in ("discussion", "conclusion", "other"):
            strength = "background"
        found.append(
            CodeMention(
                codebook=codebook,
                dimension=dimension,
                code=code,
                text=paper.text[start:end],
                start=start,
                end=end,
                page=paper.page_at(start),
                section=doc._.section,
                sentence=paper.text[first:last],
                sentence_start=first,
                strength=strength,
                cue=span._.cue,
            )
        )
    return sorted(found, key=lambda m: (m.start, m.end, m.codebook, m.dimension, m.code))


def _configurations(
    paper: Paper, passage: Passage, doc: Doc, codes: list[CodeMention], parts: dict[tuple[str, str], Part | None]
) -> list[Configuration]:
    found = []
    for span in doc.spans[cmo_linker.GROUP]:
        start, end = passage.start + span.start_char, passage.start + span.end_char
        inside: dict[Part | None, list[CodeMention]] = {}
        for code in codes:
            if code.codebook == span.label_ and start <= code.start < end:
                inside.setdefault(parts[code.codebook, code.dimension], []).append(code)
        found.append(
            Configuration(
                codebook=span.label_,
                intervention=tuple(inside.get("intervention", ())),
                context=tuple(inside.get("context", ())),
                mechanism=tuple(inside.get("mechanism", ())),
                outcome=tuple(inside.get("outcome", ())),
                link="stated" if span.id_ == "stated" else "co-occurring",
                cue=span._.cue if span.id_ == "stated" else None,
                start=start,
                end=end,
                passage=paper.text[start:end],
            )
        )
    return found
