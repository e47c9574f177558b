"""The body of a Word document in the order of reading: its paragraphs, tables, boxes and notes, each with what it is."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from lang_audit.model import Problem, SectionKind
from lang_audit.sources.blocks import Block, Piece
from lang_audit.sources.docx_package import Package
from lang_audit.sources.docx_styles import Look, Styles
from lang_audit.sources.docx_text import Note, ReadParagraph, read_part
from lang_audit.sources.docx_xml import Element, attribute, child, chosen, every, name_of, switched_on, value
from lang_audit.sources.headings import section_kind
from lang_audit.sources.text_lines import caption_of, heading_level, is_heading, is_reference

NOTES = ("footnotes", "endnotes")
_LONGEST_HEADING = 300  # characters; longer paragraphs in a heading's style are text
_THROUGH = frozenset({"w:customXml", "w:ins", "w:moveTo", "w:sdtContent"})
_UNREAD = re.compile("[\xad\u200b-\u200d\u2060\ufeff]")  # stand between letters and are not seen


class Found(NamedTuple):
    """A block and the paragraph that it was read from, in the part of that stem; `set_in` is a quotation by indents only."""

    block: Block
    stem: str
    paragraph: ReadParagraph
    look: Look
    set_in: bool = False


class Reading:
    """What was read of a document. `found` is in the order of reading; `notes` are the marks of notes in the body."""

    def __init__(self, package: Package) -> None:
        self.problems: list[Problem] = []
        self.notes: dict[tuple[str, str], tuple[ReadParagraph, Note]] = {}
        self._styles = Styles(_root(package, package.related("styles")))
        self._paragraphs: dict[Element, ReadParagraph] = {}
        self._note_elements: dict[tuple[str, str], Element] = {}
        self._pending: list[Note] = []
        self._at_end: list[Note] = []
        for stem in NOTES:
            root = _root(package, package.related(stem))
            if root is not None:
                self._enrol(root)
                for note in every(root, "w:footnote", "w:endnote"):
                    self._note_elements[stem, attribute(note, "id") or ""] = note
        root = package.xml(package.main)
        self._enrol(root)
        self.found = _without_common_indents(list(self._body(root)))

    def note_parts(self, stem: str, note: str) -> list[str]:
        """The parts that the paragraphs of a note are."""
        element = self._note_elements.get((stem, note))
        paragraphs = every(element, "w:p") if element is not None else ()
        return [part_name(stem, self._paragraphs[p].number) for p in paragraphs]

    def _enrol(self, root: Element) -> None:
        self._paragraphs.update((read.element, read) for read in read_part(root))

    def _body(self, root: Element) -> Iterator[Found]:
        body = child(root, "w:body")
        yield from self._story(body if body is not None else root, _Where())
        for note in self._at_end:
            yield from self._note(note)

    def _story(self, container: Element, where: _Where) -> Iterator[Found]:
        for node in container:
            name = name_of(node)
            if name == "w:p":
                yield from self._paragraph(node, where)
                yield from self._notes(where)
            elif name == "w:tbl":
                yield from self._table(node, where)
                yield from self._notes(where)
            elif name == "w:sdt":
                properties = child(node, "w:sdtPr")
                inside = child(node, "w:sdtContent")
                gallery = value(child(properties, "w:docPartObj"), "w:docPartGallery")
                if inside is not None and gallery != "Table of Contents":
                    cited = where.cited or gallery == "Bibliographies"
                    yield from self._story(inside, where._replace(cited=cited))
            elif name in _THROUGH:
                yield from self._story(node, where)
            elif name == "mc:AlternateContent" and (branch := chosen(node)) is not None:
                yield from self._story(branch, where)
            elif name == "w:altChunk":
                self.problems.append(
                    Problem(
                        code="embedded-document",
                        message="The file has another document embedded in it whose words were not read.",
                        remedy="Open it in Word and save it again; Word then makes the embedded words its own.",
                    )
                )

    def _table(self, table: Element, where: _Where) -> Iterator[Found]:
        cells = [cell for row in _inside(table, "w:tr") if not _is_deleted(row) for cell in _inside(row, "w:tc")]
        inner = where if len(cells) == 1 else where._replace(table=True)  # a table of one cell is a frame around text
        for cell in cells:
            yield from self._story(cell, inner)

    def _paragraph(self, element: Element, where: _Where) -> Iterator[Found]:
        read = self._paragraphs[element]
        look = Look(read, self._styles)
        if not (read.all_in("contents") or look.is_contents):
            for lines, at in self._parted(read, where):
                yield from self._of_paragraph(lines, look if lines is read else Look(lines, self._styles), where, at)
        for box in _boxes(element):
            yield from self._story(box, where._replace(box=True))
        for note in read.notes:
            if (note.stem, note.id) not in self.notes and not where.note:
                self.notes[note.stem, note.id] = read, note
                (self._pending if note.stem == "footnotes" else self._at_end).append(note)

    def _parted(self, read: ReadParagraph, where: _Where) -> Iterator[tuple[ReadParagraph, int]]:
        """A paragraph, in two where its first line is a heading that a line break parts from its text; where each begins."""
        end = next((k for k, s in enumerate(read.stretches) if s.text == "\n"), 0)
        if end and not (where.table or where.note or where.box):
            first, rest = (ReadParagraph(read.number, read.element) for _ in range(2))
            first.stretches, rest.stretches = read.stretches[:end], read.stretches[end:]
            if rest.text.strip() and _heads(" ".join(first.text.split()), Look(first, self._styles)):
                yield first, 0
                yield rest, len(first.text)
                return
        yield read, 0

    def _of_paragraph(self, read: ReadParagraph, look: Look, where: _Where, at: int) -> Iterator[Found]:
        pieces = pieces_of(read, at)
        words = " ".join("".join(piece.text for piece in pieces).split())
        if not words:
            return
        stem = where.note or "document"
        block = Block("paragraph", pieces, part=part_name(stem, read.number))
        if where.note == "endnotes" and is_reference(words):
            block = block._replace(kind="reference", section="references")
        elif where.note:
            block = block._replace(kind="footnote")
        elif where.table:
            block = block._replace(kind="table")
        else:
            block = _as_it_looks(block, words, read, look, where)
        yield Found(block, stem, read, look, block.kind == "block-quote" and not look.is_quote)

    def _notes(self, where: _Where) -> Iterator[Found]:
        """The footnotes that are due: after the paragraph, or the whole table, that refers to them."""
        if not where.table and not where.note:
            pending, self._pending = self._pending, []
            for note in pending:
                yield from self._note(note)

    def _note(self, note: Note) -> Iterator[Found]:
        element = self._note_elements.get((note.stem, note.id))
        if element is not None:
            yield from self._story(element, _Where(note=note.stem))


class _Where(NamedTuple):
    """Where a paragraph stands: in a table, a text box, a generated bibliography, a note of that part."""

    table: bool = False
    box: bool = False
    cited: bool = False
    note: str = ""


def part_name(stem: str, number: int) -> str:
    """The part that the characters of a paragraph are counted in, as in `Origin`: "document:p12"."""
    return f"{stem}:p{number}"


def pieces_of(read: ReadParagraph, at: int = 0) -> tuple[Piece, ...]:
    """The words of a paragraph: without soft hyphens, and without raised numbers of citations, which would hang on words."""
    pieces: list[Piece] = []
    for stretch in read.stretches:
        if not stretch.marker:
            last = 0
            for unread in _UNREAD.finditer(stretch.text):
                pieces.append(Piece(stretch.text[last : unread.start()], at + last, at + unread.start()))
                last = unread.end()
            pieces.append(Piece(stretch.text[last:], at + last, at + len(stretch.text)))
        at += len(stretch.text)
    return tuple(piece for piece in pieces if piece.text)


def _as_it_looks(block: Block, words: str, read: ReadParagraph, look: Look, where: _Where) -> Block:
    """A paragraph of the body or of a text box as what it is. A box has no headings: its words are not the paper's parts."""
    if not where.box:
        level = look.heading_level
        if look.is_title and len(words) <= _LONGEST_HEADING:
            return block._replace(kind="heading", section="title")
        if level is not None and len(words) <= _LONGEST_HEADING:
            return block._replace(kind="heading", level=level)
        if _reads_as_heading(words, look):
            return block._replace(kind="heading", level=heading_level(words) or 1)
    if where.cited or look.is_reference or read.all_in("bibliography"):
        return block._replace(kind="reference", section="references")
    if look.is_caption or (caption_of(words) and not look.is_item):
        return block._replace(kind="caption")
    if look.is_quote:
        return block._replace(kind="block-quote")
    if look.is_item:
        return block._replace(kind="list-item")
    return block._replace(kind="block-quote") if look.is_set_in else block


def _reads_as_heading(words: str, look: Look) -> bool:
    """Whether a paragraph without a heading's style is one: its words are those of a heading, and it looks like one."""
    if len(words) > 100 or words.endswith(".") or look.is_item:
        return False
    kind: SectionKind | None = section_kind(words)
    if kind is None:
        return look.is_bold and is_heading(words)  # "3.1 Recruitment"
    return look.is_marked or words.isupper() or (len(words.split()) <= 3 and words[:1].isupper())


def _heads(words: str, look: Look) -> bool:
    """Whether the first line of a paragraph is a heading of its own, clearly set apart from the text below."""
    return bool(section_kind(words)) and _reads_as_heading(words, look) and (look.is_bold or words.isupper())


def _without_common_indents(found: list[Found]) -> list[Found]:
    """Where most of a text is set in on both sides, that makes no quotation of it."""
    prose = [f for f in found if f.block.kind in ("paragraph", "block-quote")]
    if 2 * sum(f.set_in for f in prose) <= len(prose):
        return found
    return [f._replace(block=f.block._replace(kind="paragraph")) if f.set_in else f for f in found]


def _root(package: Package, name: str | None) -> Element | None:
    return package.xml(name) if name is not None and name in package.names else None


def _inside(container: Element, wanted: str) -> Iterator[Element]:
    """The rows of a table, or the cells of a row, also those inside content controls."""
    for node in container:
        name = name_of(node)
        if name == wanted:
            yield node
        elif name in _THROUGH or name == "w:sdt":
            yield from _inside(node, wanted)


def _is_deleted(row: Element) -> bool:
    return switched_on(child(row, "w:trPr"), "w:del") is True


def _boxes(element: Element) -> Iterator[Element]:
    """The text boxes that hang on a paragraph, one branch of each alternative; those inside them are left to them."""
    if next(every(element, "w:txbxContent"), None) is None:
        return
    for node in element:
        name = name_of(node)
        if name == "w:txbxContent":
            yield node
        elif name == "mc:AlternateContent":
            branch = chosen(node)
            if branch is not None:
                yield from _boxes(branch)
        elif name not in ("w:del", "w:moveFrom", ""):
            yield from _boxes(node)
