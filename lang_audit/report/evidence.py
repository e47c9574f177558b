"""Evidence: a sentence with its terms marked, cut to what a reader needs, and the link to its page."""

from __future__ import annotations

import os
import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from difflib import SequenceMatcher
from pathlib import Path
from urllib.parse import quote

from lang_audit.codebook import Part
from lang_audit.model import CodeMention, Configuration, Finding, Paper, PersonFirstMention, Reading, Record, Strength
from lang_audit.report import wording

# Characters kept: on either side of a term in a long sentence, and of a person-first mention in its line.
_CONTEXT = 260
_CONCORDANCE = 70
_STRENGTHS = tuple(wording.STRENGTHS)

PictureKey = tuple[int, int, str]
PageLink = Callable[[int | None], str | None]
PictureOf = Callable[[Finding], "Picture | None"]
MOST_PICTURES = 200
"""How many lines of a paper are shown as they stand on the page: with more, the report would grow too large."""


@dataclass(frozen=True, slots=True)
class Picture:
    """A small picture of a printed line: its address, what it shows in words, and its size in pixels."""

    href: str
    alt: str
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of a sentence; `marked` where it is the term itself, or the changed words of a rewrite.

    `part` names the parts of a configuration that the marked words stand for ("C", or "C, M").
    """

    text: str
    marked: bool = False
    part: str = ""


@dataclass(frozen=True, slots=True)
class Evidence:
    """A sentence with its terms marked, where it stands, the words that decided it, its strength, and how it could read.

    `reviews` are the decisions of reviewers on it, in words.
    """

    pieces: tuple[Piece, ...]
    section: str
    page: int | None
    href: str | None
    cues: tuple[str, ...] = ()
    rewrites: tuple[tuple[Piece, ...], ...] = ()
    strength: Strength | None = None
    picture: Picture | None = None
    reviews: tuple[str, ...] = ()

    @property
    def strength_name(self) -> str:
        """The strength in a word or two; empty where there is none."""
        return wording.STRENGTHS[self.strength][0] if self.strength else ""


def page_link(record: Record, folder: Path, copy: Path | None = None) -> PageLink:
    """A function from a page number to the address that opens the record's PDF there, as seen from `folder`.

    That is the annotated `copy` where there is one, else the paper itself. It gives None for files that are no PDF and for
    mentions without a page.
    """
    if copy is None and Path(record.path).suffix.lower() != ".pdf":
        return lambda page: None
    address = address_of(copy or Path(record.path), folder)
    return lambda page: None if page is None else f"{address}#page={page}"


def address_of(path: Path, folder: Path) -> str:
    """The address of a file as seen from `folder`, so that what lies below it can be moved along with it."""
    target, here = path.resolve(), folder.resolve()
    if target.drive != here.drive:  # another Windows drive: no relative path leads there
        return target.as_uri()
    # As bytes, because a file name need not be valid Unicode.
    return quote(os.fsencode(Path(os.path.relpath(target, here)).as_posix()))


def picture_key(finding: Finding) -> PictureKey:
    """What tells the picture of a finding from the others of its paper."""
    return finding.start, finding.end, finding.entry


def by_sentence(group: Iterable[Finding]) -> list[list[Finding]]:
    """The findings of each sentence, in text order."""
    sentences: defaultdict[tuple[int, str], list[Finding]] = defaultdict(list)
    for finding in sorted(group, key=lambda f: (f.start, f.end)):
        sentences[finding.sentence_start, finding.sentence].append(finding)
    return list(sentences.values())


def evidence_of(group: Iterable[Finding], link: PageLink, picture: PictureOf | None = None) -> tuple[Evidence, ...]:
    """One piece of evidence a sentence, in text order: a sentence with the term twice is shown once, marked twice.

    `picture` gives the line of a sentence's first mention, where pictures are wanted (see thumbnails.py).
    """
    found = []
    for mentions in by_sentence(group):
        first = mentions[0]
        start, sentence = first.sentence_start, first.sentence
        found.append(
            Evidence(
                pieces=_clip(_marked(sentence, [(m.start - start, m.text) for m in mentions])),
                section=wording.SECTIONS[first.section],
                page=first.page,
                href=link(first.page),
                cues=distinct(wording.squeeze(m.cue) if m.cue else None for m in mentions),
                rewrites=tuple(_changes(sentence, text) for text in distinct(m.rewrite for m in mentions)),
                picture=picture(first) if picture else None,
                reviews=_reviews(mentions),
            )
        )
    return tuple(found)


def _reviews(mentions: Sequence[Finding | CodeMention]) -> tuple[str, ...]:
    """What reviewers decided on the mentions of a sentence; on which of them, where they are of several minds."""
    said = {mention.review.words if mention.review else None for mention in mentions}
    if len(said) == 1:
        return distinct(said)
    return distinct(f"“{wording.squeeze(m.text)}”: {m.review.words}" for m in mentions if m.review)


def strongest(strengths: Iterable[Strength]) -> Strength:
    """The first of `strengths` in the order reported, aimed, background."""
    return min(strengths, key=_STRENGTHS.index)


def code_evidence(group: Iterable[CodeMention], link: PageLink) -> tuple[Evidence, ...]:
    """One piece of evidence a sentence: reported sentences first, each kind in text order."""
    sentences: defaultdict[tuple[int, str], list[CodeMention]] = defaultdict(list)
    for mention in sorted(group, key=lambda m: (m.start, m.end)):
        sentences[mention.sentence_start, mention.sentence].append(mention)
    found = [
        Evidence(
            pieces=_clip(_marked(sentence, [(m.start - start, m.text) for m in mentions])),
            section=wording.SECTIONS[mentions[0].section],
            page=mentions[0].page,
            href=link(mentions[0].page),
            cues=distinct(wording.squeeze(m.cue) if m.cue else None for m in mentions),
            strength=strongest(m.strength for m in mentions),
            reviews=_reviews(mentions),
        )
        for (start, sentence), mentions in sentences.items()
    ]
    return strongest_first(found)


def strongest_first(evidence: Iterable[Evidence]) -> tuple[Evidence, ...]:
    """The evidence by strength, and as it came within each."""
    return tuple(sorted(evidence, key=lambda e: _STRENGTHS.index(e.strength or "background")))


def parts_of(configuration: Configuration) -> dict[Part, tuple[CodeMention, ...]]:
    """The code mentions of a configuration by part, in the order in which a configuration is told."""
    return {
        "intervention": configuration.intervention,
        "context": configuration.context,
        "mechanism": configuration.mechanism,
        "outcome": configuration.outcome,
    }


def passage_evidence(configuration: Configuration, paper: Paper, link: PageLink) -> Evidence:
    """The passage of a configuration, with the words marked and named that stand for each of its parts."""
    start, parts = configuration.start, parts_of(configuration)
    marks = sorted(
        (m.start - start, m.text, wording.PARTS[part][0])
        for part, group in parts.items()
        for m in group
        if start <= m.start and m.end <= configuration.end
    )
    bests = [strongest(m.strength for m in group) for group in parts.values() if group]
    section, page = paper.section_at(start), paper.page_at(start)
    return Evidence(
        pieces=_clip(_marked(configuration.passage, [mark[:2] for mark in marks], [mark[2] for mark in marks])),
        section=wording.SECTIONS[section.kind if section else "other"],
        page=page,
        href=link(page),
        cues=distinct([wording.squeeze(configuration.cue) if configuration.cue else None]),
        # A chain is as strong as its weakest link.
        strength=max(bests, key=_STRENGTHS.index) if bests else None,
    )


def reading_evidence(readings: Iterable[Reading], text: str, link: PageLink) -> tuple[Evidence, ...]:
    """The sentences that a study characteristic was read from, each once; `text` is the paper's."""
    sentences: defaultdict[tuple[int, str], list[Reading]] = defaultdict(list)
    for reading in sorted(readings, key=lambda r: (r.start, r.end)):
        size = len(reading.sentence)
        begin = text.rfind(reading.sentence, max(reading.start - size, 0), reading.start + size)
        sentences[begin, reading.sentence].append(reading)
    return tuple(
        Evidence(
            pieces=_clip(_marked(sentence, [(r.start - begin if begin >= 0 else -1, r.text) for r in group])),
            section=wording.SECTIONS[group[0].section],
            page=group[0].page,
            href=link(group[0].page),
        )
        for (begin, sentence), group in sentences.items()
    )


def in_context(text: str, mention: PersonFirstMention, link: PageLink) -> Evidence:
    """The mention with a few words of the paper's `text` on either side."""
    before, after = text[: mention.start][-_CONCORDANCE:], text[mention.end :][:_CONCORDANCE]
    if mention.start > _CONCORDANCE:
        before = "… " + before.split(" ", 1)[-1]
    if len(text) - mention.end > _CONCORDANCE:
        after = after.rsplit(" ", 1)[0] + " …"
    pieces = (Piece(before), Piece(mention.text, marked=True), Piece(after))
    return Evidence(
        pieces=tuple(Piece(wording.squeeze(piece.text), piece.marked) for piece in pieces if piece.text),
        section=wording.SECTIONS[mention.section],
        page=mention.page,
        href=link(mention.page),
    )


def distinct(texts: Iterable[str | None]) -> tuple[str, ...]:
    """The texts that are there, each once, in their order."""
    return tuple(dict.fromkeys(text for text in texts if text))


def _marked(sentence: str, terms: Iterable[tuple[int, str]], parts: Sequence[str] = ()) -> list[Piece]:
    """The sentence cut at its terms, those that overlap as one; `parts` names what each term stands for.

    A term that is not where its offset says is looked for, and else left unmarked.
    """
    spans: list[tuple[int, int, list[str]]] = []
    done = 0
    for k, (offset, term) in enumerate(terms):
        at = offset if offset >= 0 and sentence.startswith(term, offset) else sentence.find(term, done)
        if at < 0 or not term:
            continue
        part = [parts[k]] if parts else []
        if spans and at < done:
            start, end, names = spans[-1]
            spans[-1] = (min(start, at), max(end, at + len(term)), names + [p for p in part if p not in names])
        else:
            spans.append((at, at + len(term), part))
        done = spans[-1][1]
    pieces: list[Piece] = []
    done = 0
    for start, end, names in spans:
        pieces += [Piece(sentence[done:start]), Piece(sentence[start:end], marked=True, part=", ".join(names))]
        done = end
    pieces.append(Piece(sentence[done:]))
    return [replace(piece, text=wording.squeeze(piece.text)) for piece in pieces if piece.text]


def _clip(pieces: list[Piece]) -> tuple[Piece, ...]:
    """The pieces with long stretches between terms cut, at word boundaries, to what is needed to judge the term."""
    last = len(pieces) - 1
    clipped = []
    for k, piece in enumerate(pieces):
        text = piece.text
        if not piece.marked and len(text) > 2 * _CONTEXT:
            head = "" if k == 0 and last > 0 else text[:_CONTEXT].rsplit(" ", 1)[0] + " "
            tail = "" if k == last else " " + text[-_CONTEXT:].split(" ", 1)[-1]
            text = f"{head}…{tail}"
        clipped.append(replace(piece, text=text))
    return tuple(clipped)


def _changes(sentence: str, rewrite: str) -> tuple[Piece, ...]:
    """The rewrite with the words marked that differ from the sentence."""
    old, new = re.findall(r"\S+", sentence), re.findall(r"\S+", rewrite)
    pieces = []
    for kind, _, _, start, end in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if end > start:
            pieces += [Piece(" ".join(new[start:end]), marked=kind != "equal"), Piece(" ")]
    return _clip(pieces[:-1])
