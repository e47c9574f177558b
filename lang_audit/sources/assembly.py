"""Writes the parts of a printed paper out as one text, and notes where everything came to stand."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from lang_audit.model import Citation, Line, Page, Passage, PassageKind, Section, SectionKind
from lang_audit.sources.citations import Span, lift
from lang_audit.sources.joining import Vocabulary, joined
from lang_audit.sources.lines import PlacedLine
from lang_audit.sources.parts import Part
from lang_audit.sources.placed import PlacedDocument
from lang_audit.sources.printed_citations import citation_markers, highest_in_parentheses

_RUNNING: frozenset[PassageKind] = frozenset({"paragraph", "list-item", "block-quote", "heading"})
_NOT_RUNNING: frozenset[SectionKind] = frozenset({"title", "table", "caption", "references"})


class Assembled(NamedTuple):
    """A paper's text with its sections, passages, pages and the citation markers that were lifted out of it."""

    text: str
    sections: tuple[Section, ...]
    passages: tuple[Passage, ...]
    pages: tuple[Page, ...]
    citations: tuple[Citation, ...]


def assembled(parts: Sequence[Part], document: PlacedDocument, vocabulary: Vocabulary) -> Assembled:
    """Write the parts out one after the other."""
    pieces: list[str] = []
    length = 0
    passages: list[Passage] = []
    sections: list[Section] = []
    citations: list[Citation] = []
    places: dict[int, list[Line]] = {page.number: [] for page in document.pages}
    drafts = [_draft(part, vocabulary) for part in parts]
    in_parentheses = highest_in_parentheses(
        [d.text for d, part in zip(drafts, parts, strict=True) if _is_running(part)]
    )
    for part, draft in zip(parts, drafts, strict=True):
        markers = citation_markers(draft.text, draft.raised, in_parentheses) if _is_running(part) else []
        written = lift(draft.text, markers)
        if pieces:
            pieces.append("\n\n")
            length += 2
        start = length
        for line, (begin, end) in zip(part.lines, draft.lines, strict=True):
            begin, end = start + written.moved(begin), start + written.moved(end)
            if begin < end:
                places[line.page].append(Line(start=begin, end=end, bbox=line.box))
        citations += (Citation(offset=start + found.offset, text=found.text) for found in written.citations)
        pieces.append(written.text)
        length += len(written.text)
        passages.append(Passage(start=start, end=length, kind=part.kind))
        last = sections[-1] if sections else None
        if last is not None and (last.kind, last.heading) == (part.section, part.heading):
            sections[-1] = Section(start=last.start, end=length, kind=last.kind, heading=last.heading)
        else:
            sections.append(Section(start=start, end=length, kind=part.section, heading=part.heading))
    pages = tuple(
        Page(
            number=page.number,
            width=page.width,
            height=page.height,
            lines=tuple(sorted(places[page.number], key=_start)),
        )
        for page in document.pages
    )
    return Assembled("".join(pieces), tuple(sections), tuple(passages), pages, tuple(citations))


class _Draft(NamedTuple):
    """A part's text as printed, where in it each line stands, and where raised numbers do."""

    text: str
    lines: list[Span]
    raised: list[Span]


def _draft(part: Part, vocabulary: Vocabulary) -> _Draft:
    pieces: list[str] = []
    lines: list[Span] = []
    raised: list[Span] = []
    length = 0
    for k, line in enumerate(part.lines):
        shown, glue = line.text, ""
        if k + 1 < len(part.lines):
            shown, glue = joined(line.text, part.lines[k + 1].text, vocabulary)
        raised += ((length + start, length + end) for start, end in _raised(line))
        shown = shown.replace("\xad", "")
        lines.append((length, length + len(shown)))
        pieces.append(shown + glue)
        length += len(shown) + len(glue)
    return _Draft("".join(pieces), lines, raised)


def _is_running(part: Part) -> bool:
    """Whether a part is running text, in which citations interrupt the sentence."""
    front = part.section == "other" and part.heading is None
    return part.kind in _RUNNING and part.section not in _NOT_RUNNING and not front


def _raised(line: PlacedLine) -> list[Span]:
    """Where the raised numbers of a line stand once its soft hyphens are gone."""
    text = line.text
    return [(start - text.count("\xad", 0, start), end - text.count("\xad", 0, end)) for start, end in line.raised]


def _start(line: Line) -> int:
    return line.start
