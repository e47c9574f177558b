"""Evidence: a sentence with its terms marked, cut to what a reader needs, and the link to its page."""

from __future__ import annotations

import os
import re
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from difflib import SequenceMatcher
from pathlib import Path
from urllib.parse import quote

from lang_audit.model import CodeMention, Finding, PersonFirstMention, Record
from lang_audit.report import wording

# Characters kept: on either side of a term in a long sentence, and of a person-first mention in its line.
_CONTEXT = 260
_CONCORDANCE = 70

PageLink = Callable[[int | None], str | None]


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of a sentence; `marked` where it is the term itself, or the changed words of a rewrite."""

    text: str
    marked: bool = False


@dataclass(frozen=True, slots=True)
class Evidence:
    """A sentence with its terms marked, where it stands, the words that decided its usage, and how it could read."""

    pieces: tuple[Piece, ...]
    section: str
    page: int | None
    href: str | None
    cues: tuple[str, ...] = ()
    rewrites: tuple[tuple[Piece, ...], ...] = ()


def page_link(record: Record, folder: Path) -> PageLink:
    """A function from a page number to the address that opens the record's PDF there, as seen from `folder`.

    It gives None for files that are no PDF and for mentions without a page.
    """
    if Path(record.path).suffix.lower() != ".pdf":
        return lambda page: None
    source, here = Path(record.path).resolve(), folder.resolve()
    if source.drive == here.drive:
        # As bytes, because a file name need not be valid Unicode.
        address = quote(os.fsencode(Path(os.path.relpath(source, here)).as_posix()))
    else:  # another Windows drive: no relative path leads there
        address = source.as_uri()
    return lambda page: None if page is None else f"{address}#page={page}"


def evidence_of(group: Iterable[Finding], link: PageLink) -> tuple[Evidence, ...]:
    """One piece of evidence a sentence, in text order: a sentence with the term twice is shown once, marked twice."""
    sentences: defaultdict[tuple[int, str], list[Finding]] = defaultdict(list)
    for finding in sorted(group, key=lambda f: (f.start, f.end)):
        sentences[finding.sentence_start, finding.sentence].append(finding)
    found = []
    for (start, sentence), mentions in sentences.items():
        first = mentions[0]
        found.append(
            Evidence(
                pieces=_clip(_marked(sentence, [(m.start - start, m.text) for m in mentions])),
                section=wording.SECTIONS[first.section],
                page=first.page,
                href=link(first.page),
                cues=distinct(wording.squeeze(m.cue) if m.cue else None for m in mentions),
                rewrites=tuple(_changes(sentence, text) for text in distinct(m.rewrite for m in mentions)),
            )
        )
    return tuple(found)


def code_evidence(mention: CodeMention, link: PageLink) -> Evidence:
    """The sentence that a code was found in."""
    return Evidence(
        pieces=_clip(_marked(mention.sentence, [(-1, mention.text)])),
        section=wording.SECTIONS[mention.section],
        page=mention.page,
        href=link(mention.page),
        cues=distinct([mention.cue]),
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


def _marked(sentence: str, terms: Iterable[tuple[int, str]]) -> list[Piece]:
    """The sentence cut at its terms. A term that is not where its offset says is looked for, and else left unmarked."""
    pieces: list[Piece] = []
    done = 0
    for offset, term in terms:
        at = offset if offset >= done and sentence.startswith(term, offset) else sentence.find(term, done)
        if at < 0:
            continue
        pieces += [Piece(sentence[done:at]), Piece(term, marked=True)]
        done = at + len(term)
    pieces.append(Piece(sentence[done:]))
    return [Piece(wording.squeeze(piece.text), piece.marked) for piece in pieces if piece.text]


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
        clipped.append(Piece(text, piece.marked))
    return tuple(clipped)


def _changes(sentence: str, rewrite: str) -> tuple[Piece, ...]:
    """The rewrite with the words marked that differ from the sentence."""
    old, new = re.findall(r"\S+", sentence), re.findall(r"\S+", rewrite)
    pieces = []
    for kind, _, _, start, end in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if end > start:
            pieces += [Piece(" ".join(new[start:end]), marked=kind != "equal"), Piece(" ")]
    return _clip(pieces[:-1])
