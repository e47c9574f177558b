"""From the blocks of a marked-up manuscript (headings, paragraphs, notes) to a paper: for DOCX, LaTeX, Markdown and HTML alike.

A format's reader says what each block is and which characters of the file its words were read from. Here the blocks become one
text, and each finds its section by the headings above it, as in plain text.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import pairwise
from typing import NamedTuple

from lang_audit.model import Metadata, Origin, Paper, Passage, PassageKind, Problem, SectionKind
from lang_audit.sources.headings import section_kind
from lang_audit.sources.section_places import Place, sections_of
from lang_audit.sources.text_lines import caption_of, is_reference, label_of

_ORDER: tuple[SectionKind, ...] = ("introduction", "methods", "results", "discussion", "conclusion")
_CORE = frozenset(_ORDER)
_DOI = re.compile(r"\b10\.\d{4,9}/[^\s\"<>|]+")
_KEYWORDS = re.compile(r"\W{0,3}(key ?-?words?|index terms)\b[^\w\n]{0,4}[:.—–-]", re.IGNORECASE)
_SPACE = re.compile(r"\s+")
_FEWEST_REFERENCES = 3  # paragraphs in a row that read as references make a list without a heading
_LONGEST_HEADING = 200  # characters: no section kind is looked for in more


class Piece(NamedTuple):
    """Some words, and the characters `at:upto` of the block's part that they were read from.

    Where the words are as long as what they were read from they are those characters, or stand for them one by one.
    """

    text: str
    at: int
    upto: int


class Block(NamedTuple):
    """A paragraph, heading, list item, caption, table, note or reference, in the order of reading.

    `pieces` follow one another without anything between. `level` is that of a heading, 1 for the highest. `section` is given
    where the format itself says it (an abstract's environment, a bibliography, a title). `part` names what the pieces
    count their characters in, as in `Origin`.
    """

    kind: PassageKind
    pieces: tuple[Piece, ...]
    level: int = 1
    section: SectionKind | None = None
    part: str | None = None

    @property
    def text(self) -> str:
        """The words of the block."""
        return "".join(piece.text for piece in self.pieces)


def paper_from_blocks(
    blocks: Iterable[Block],
    paper_id: str,
    source: str,
    *,
    metadata: Metadata | None = None,
    problems: tuple[Problem, ...] = (),
) -> Paper:
    """The paper that blocks make; blocks without words are left out, white space around a block and runs of it go.

    `metadata` is what the format itself says (None: nothing); a title that it lacks is taken from the first heading of the
    kind "title".
    """
    trimmed = [block for block in map(_trimmed, blocks) if block.pieces]
    placed: list[tuple[Passage, Place]] = []
    origins: list[Origin] = []
    written: list[str] = []
    length = 0
    for block, place in zip(trimmed, _places(trimmed), strict=True):
        if written:
            length += 2
        start = length
        for piece in block.pieces:
            end = length + len(piece.text)
            origins.append(Origin(start=length, end=end, at=piece.at, upto=piece.upto, part=block.part))
            length = end
        written.append(block.text)
        kind = "reference" if place.kind == "references" and block.kind in ("paragraph", "list-item") else block.kind
        placed.append((Passage(start=start, end=length, kind=kind), place))
    text = "\n\n".join(written)
    metadata = metadata or Metadata()
    titles = [text[passage.start : passage.end] for passage, place in placed if place.kind == "title"]
    cited = next((passage.start for passage, place in placed if place.kind == "references"), len(text))
    doi = _DOI.search(text, 0, min(cited, 3000))
    return Paper(
        id=paper_id,
        source=source,
        text=text,
        sections=sections_of(placed),
        passages=tuple(passage for passage, _ in placed),
        origins=tuple(origins),
        metadata=metadata.model_copy(
            update={
                "title": metadata.title or (" ".join(titles[0].split()) if titles else None),
                "doi": metadata.doi or (doi.group().rstrip(".,;:)]}'") if doi else None),
            }
        ),
        problems=problems,
    )


def _trimmed(block: Block) -> Block:
    """Without empty pieces and without white space at either end; runs of white space inside become one space.

    A table keeps its line ends, which part its rows.
    """
    pieces: list[Piece] = []
    ends_in_space = True
    for piece in block.pieces:
        for part in _without_runs(piece, keep_lines=block.kind == "table"):
            if part.text == " " and ends_in_space:
                continue
            pieces.append(part)
            ends_in_space = part.text[-1:].isspace()
    while pieces and not pieces[-1].text.strip():
        pieces.pop()
    while pieces and not pieces[0].text.strip():
        pieces.pop(0)
    return block._replace(pieces=tuple(_merged(pieces)))


def _without_runs(piece: Piece, keep_lines: bool) -> Iterator[Piece]:
    """A piece cut at its white space, each run of which is one space."""
    if not piece.text:
        return
    if len(piece.text) != piece.upto - piece.at:  # characters without places of their own
        yield piece._replace(text=piece.text if keep_lines else _SPACE.sub(" ", piece.text))
        return
    last = 0
    for run in _SPACE.finditer(piece.text):
        if run.start() > last:
            yield Piece(piece.text[last : run.start()], piece.at + last, piece.at + run.start())
        kept = "\n" if keep_lines and "\n" in run[0] else " "
        yield Piece(kept, piece.at + run.start(), piece.at + run.end())
        last = run.end()
    if last < len(piece.text):
        yield Piece(piece.text[last:], piece.at + last, piece.upto)


def _merged(pieces: list[Piece]) -> Iterator[Piece]:
    """Pieces that follow one another in the file, character by character, as one."""
    open_: Piece | None = None
    for piece in pieces:
        if open_ and open_.upto == piece.at and all(len(p.text) == p.upto - p.at for p in (open_, piece)):
            open_ = Piece(open_.text + piece.text, open_.at, piece.upto)
            continue
        if open_:
            yield open_
        open_ = piece
    if open_:
        yield open_


def _places(blocks: list[Block]) -> Iterator[Place]:
    """The place of each block, by the headings above it and by what the format says."""
    walk = _Walk(blocks)
    for k in range(len(blocks)):
        yield walk.place(k)


class _Walk:
    """Goes through the blocks from top to bottom and keeps account of the section that they stand in."""

    def __init__(self, blocks: list[Block]) -> None:
        self._blocks = blocks
        self._place = Place("other")
        self._level: int | None = None  # of the heading that the subsections stand under
        self._labels: list[SectionKind] = []  # of the structured abstract that we are in
        self._label_level: int | None = None  # of those that are headings, not words at the start of a paragraph
        self._abstract_text = False  # whether there was any since its heading
        self._caption: Place | None = None  # of the table that follows it
        self._told = False  # whether the format itself said where the block before stands
        self._cited = _lists_without_heading(blocks)

    def place(self, k: int) -> Place:
        """The place of block `k`; to be asked in order."""
        block = self._blocks[k]
        caption, self._caption = self._caption, None
        if block.kind == "heading":
            return self._heading(k, block)
        if block.kind == "caption":
            name = caption_of(block.text[:_LONGEST_HEADING])
            self._caption = Place("caption", name[0] if name else None)
            return self._caption
        if block.kind == "table":
            self._caption = caption  # a table may come in several blocks, one a row
            return caption._replace(kind="table") if caption else Place("table")
        if block.section is not None:
            if block.section in ("abstract", "other") and block.kind == "paragraph" and _KEYWORDS.match(block.text):
                return Place("keywords", "Keywords")
            heading = self._place.heading if self._place.kind == block.section else None
            here = Place(block.section, heading)
            if block.kind != "footnote":
                self._place, self._told = here, True
            return here
        if block.kind == "reference" or k in self._cited:
            if self._place.kind != "references":
                self._place = Place("references")
            return self._place
        if self._place.kind == "title":
            self._place = Place("other")
        if block.kind == "footnote":
            return self._place if self._place.kind != "references" else Place("other")
        return self._paragraph(block)

    def _paragraph(self, block: Block) -> Place:
        words = block.text
        self._abstract_text = True
        if _KEYWORDS.match(words):
            return Place("keywords", "Keywords")
        if self._place.kind == "keywords":  # a heading "Keywords" reaches over one block
            here, self._place = self._place, Place("other")
            return here
        label = label_of(words[:_LONGEST_HEADING], bare=self._place.kind == "abstract")
        if label and block.kind == "paragraph" and not self._is_abstract_label(label[1]):
            self._place = Place(label[1], label[0])
        return self._place

    def _heading(self, k: int, block: Block) -> Place:
        words = block.text.strip().rstrip(":").strip()
        kind = block.section or (section_kind(words) if len(words) <= _LONGEST_HEADING else None)
        if block.section == "title" or (kind is None and self._is_title(k, block)):
            self._place, self._level, self._told = Place("title"), None, False
            return self._place
        # Nothing without a section of its own is of the part that the format marked off before it.
        told = self._told and block.section is None
        deeper = self._level is not None and block.level > self._level and not told
        opens_label = block.level == self._label_level if self._label_level else deeper or not self._abstract_text
        if kind in _CORE and opens_label and not self._told and self._is_abstract_label(kind):
            self._label_level = block.level
            return self._place
        if kind is None or (deeper and kind in _CORE and self._place.kind in _CORE):
            kind = self._place.kind if deeper and self._place.kind != "title" else "other"
        if not deeper:
            self._level = block.level
        self._place, self._labels = Place(kind, words), []
        self._label_level, self._abstract_text = None, False
        self._told = block.section is not None
        return self._place

    def _is_title(self, k: int, block: Block) -> bool:
        """Whether a heading is the paper's: the first thing in it, with headings of its own kind or lower after it."""
        if k or self._place.kind != "other":
            return False
        following = [b for b in self._blocks[1:] if b.kind == "heading"]
        return block.level <= min((b.level for b in following), default=block.level) and len(block.text.split()) > 2

    def _is_abstract_label(self, kind: SectionKind | None) -> bool:
        """Whether a heading is a label of the structured abstract that we are in; if so, it is noted."""
        if self._place.kind != "abstract" or kind not in _ORDER:
            return False
        rank = _ORDER.index(kind)
        if any(rank < _ORDER.index(seen) for seen in self._labels):
            return False  # the order begins anew: this is the body
        self._labels.append(kind)
        return True


def _lists_without_heading(blocks: list[Block]) -> frozenset[int]:
    """The blocks of reference lists that no heading announces: several in a row that read as references."""
    reads = [
        block.kind in ("paragraph", "list-item") and block.section is None and is_reference(block.text)
        for block in blocks
    ]
    runs = [k for k, (before, here) in enumerate(pairwise([False, *reads])) if here and not before]
    found: set[int] = set()
    for start in runs:
        stop = start
        while stop < len(reads) and reads[stop]:
            stop += 1
        if stop - start >= _FEWEST_REFERENCES:
            found.update(range(start, stop))
    return frozenset(found)
