"""Words gathered into blocks as a LaTeX file is walked through: paragraphs, what stands beside them, gaps closed up."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from lang_audit.model import PassageKind, SectionKind
from lang_audit.sources.blocks import Block, Piece
from lang_audit.sources.headings import section_kind

GAP = "\0"  # stands where maths, a citation or a reference was taken out; no decoded file holds one
_GAPS = re.compile(r"\0[\s\0]*")
_EMPTIED = re.compile(r"[(\[][ \t]*(?:\0[\s;,&]*)+[)\]]")
_OWN_HEADING = frozenset({"references", "acknowledgements", "funding", "other"})
_PASSING = frozenset({"title", "abstract", "keywords", "references", "acknowledgements", "funding"})


def standing_for(words: str, at: int, upto: int) -> Iterator[Piece]:
    """Words that are put in the place of the characters `at:upto`, in pieces that never seem to be those characters."""
    if not words:
        return
    if len(words) != upto - at or words.isspace():
        yield Piece(words, at, upto)
    elif len(words) == 1:
        yield Piece(words, at, at)
    else:
        yield Piece(words[0], at, at + 2)
        yield Piece(words[1:], at + 2, upto)


@dataclass
class Flow:
    """A run of text that is read at once: the main text, a footnote, a float. `done` are its finished blocks."""

    kind: PassageKind = "paragraph"
    section: SectionKind | None = None
    level: int = 1
    hidden: bool = False  # its words are left out (a figure, the preamble), blocks inside it are not
    raw: bool = False  # its words become metadata
    aside: bool = False  # stands after the paragraph that it was found in
    done: list[Block] = field(default_factory=list)
    appendix: bool = False
    _pieces: list[Piece] = field(default_factory=list)
    _notes: list[Block] = field(default_factory=list)
    _part: str | None = None
    _passed: bool = False  # the section that the format named is over, and nothing named another since

    def add(self, words: str, at: int, part: str | None) -> None:
        """Characters of the file, as they stand."""
        if self.kind == "table":  # its line ends part its rows
            words = words.replace("\n", " ").replace("\r", " ")
        self._put(Piece(words, at, at + len(words)), part)

    def put(self, words: str, at: int, upto: int, part: str | None) -> None:
        """Words in place of characters of the file."""
        for piece in standing_for(words, at, upto):
            self._put(piece, part)

    def _put(self, piece: Piece, part: str | None) -> None:
        if self.hidden:
            return
        if self._pieces and part != self._part:
            self.flush()
        self._part = part
        self._pieces.append(piece)

    def cell(self, words: str, at: int, upto: int, part: str | None) -> None:
        """The end of a table's cell (" | ") or row (line end); blanks before it go, and rows without anything in them."""
        self._drop_blanks()
        if self._pieces and (last := self._pieces[-1]).text[-1:].isspace() and len(last.text) == last.upto - last.at:
            cut = len(last.text) - len(last.text.rstrip())
            self._pieces[-1] = Piece(last.text[: len(last.text) - cut], last.at, last.upto - cut)
        if words == "\n" and (not self._pieces or self._pieces[-1].text == "\n"):
            return
        self.put(words, at, upto, part)

    def _drop_blanks(self) -> None:
        """Blanks and gaps at the end of a cell go; a last cell without anything in it ends with its bar."""
        while self._pieces and not self._pieces[-1].text.strip(" \t\0"):
            self._pieces.pop()
        if self._pieces and self._pieces[-1].text == " | ":
            self._pieces[-1] = self._pieces[-1]._replace(text=" |")

    @property
    def begun(self) -> bool:
        """Whether the open block holds words."""
        return any(piece.text.strip(" \t\r\n\0") for piece in self._pieces)

    def words(self) -> str:
        """What the open block says, and a new one begun."""
        pieces, self._pieces = self._pieces, []
        return "".join(piece.text for piece in _closed_up(pieces, True)).strip()

    def flush(self) -> None:
        """Finish the open block; what stands beside it comes after it."""
        if self.kind == "table":
            self._drop_blanks()
        pieces, self._pieces = self._pieces, []
        notes, self._notes = self._notes, []
        if pieces and any(piece.text.strip(" \t\r\n\0") for piece in pieces):
            tidy = tuple(_closed_up(pieces, self.kind == "table"))
            self._finish(Block(self.kind, tidy, self.level, self.section, self._part))
        self.done.extend(notes)

    def _finish(self, block: Block) -> None:
        if self.appendix and block.section is None and block.kind == "heading":
            if section_kind(block.text) not in _OWN_HEADING:
                block = block._replace(section="appendix")
            self.appendix = block.section == "appendix" or self.appendix
        elif block.section is None and self.appendix and not self._headed():
            block = block._replace(section="appendix")
        elif self._passed and block.section is None and block.kind not in ("heading", "footnote", "table", "caption"):
            block = block._replace(section="other")  # text after an abstract is not of it
        if block.kind != "footnote":
            self._passed = block.section in _PASSING and block.section is not None
            if block.kind == "heading" and block.section != "title":
                self._passed = False
        self.done.append(block)

    def _headed(self) -> bool:
        return bool(self.done) and self.done[-1].section is None

    def take(self, other: Flow) -> None:
        """The blocks of a flow that ends: at once, or after the open paragraph for what stands beside it."""
        other.flush()
        if other.aside and self.begun:
            self._notes.extend(other.done)
            return
        for block in other.done:
            if other.aside:
                self.done.append(block)
            else:
                self._finish(block)


def _closed_up(pieces: list[Piece], table: bool) -> Iterator[Piece]:
    """The pieces with gaps closed: one blank between words, none before a full stop, no brackets around nothing."""
    whole = "".join(piece.text for piece in pieces)
    if GAP not in whole:
        yield from pieces
        return
    cuts: list[tuple[int, int]] = []
    whole = _EMPTIED.sub(lambda emptied: GAP * len(emptied[0]), whole)
    for gap in _GAPS.finditer(whole):
        start, end = gap.span()
        while start and whole[start - 1].isspace():
            start -= 1
        before, after, blanks = whole[start - 1 : start], whole[end : end + 1], whole[start:end].strip(GAP)
        if table:
            cuts.extend((gap.start() + k, gap.start() + k + 1) for k, c in enumerate(gap[0]) if c == GAP and blanks)
            continue
        spaced = next((k for k in range(start, end) if whole[k].isspace()), None)
        joined = spaced is None and not (after.isalnum() and before.isalnum())
        if joined or not before or not after or after in ".,;:!?)]}”’" or before in "([{“‘":
            cuts.append((start, end))
        else:
            kept = start if spaced is None else spaced
            cuts += [(start, kept), (kept + 1, end)]
    yield from _cut(pieces, cuts, whole)


def _cut(pieces: list[Piece], cuts: list[tuple[int, int]], whole: str) -> Iterator[Piece]:
    """The pieces without the stretches of their whole text that `cuts` names, in order; a gap that is left is a blank."""
    keep: list[tuple[int, int]] = []
    last = 0
    for start, end in cuts:
        if start > last:
            keep.append((last, start))
        last = max(last, end)
    keep.append((last, len(whole)))
    k = offset = 0
    for piece in pieces:
        begin, offset = offset, offset + len(piece.text)
        while k < len(keep) and keep[k][1] <= begin:
            k += 1
        j = k
        while j < len(keep) and keep[j][0] < offset:
            a, b = max(keep[j][0], begin) - begin, min(keep[j][1], offset) - begin
            j += 1
            if b <= a:
                continue
            words = whole[begin + a : begin + b].replace(GAP, " ")
            if len(piece.text) == piece.upto - piece.at:
                yield Piece(words, piece.at + a, piece.at + b)
            elif (a, b) == (0, len(piece.text)):
                yield Piece(words, piece.at, piece.upto)
            else:
                yield from standing_for(words, piece.at, piece.upto)
