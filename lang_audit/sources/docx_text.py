"""The characters of each paragraph of a Word document, and where in the XML each stands.

Reader and writer both count by these, so that what the reader found is what the writer changes. Counted is what a reader of
the document sees with all tracked changes accepted: no deleted or hidden words, no instructions of fields, no formulae.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cached_property
from itertools import groupby
from typing import NamedTuple

from lang_audit.sources.citations import LIST
from lang_audit.sources.docx_fields import Field, FieldKind, Fields
from lang_audit.sources.docx_symbols import symbol
from lang_audit.sources.docx_xml import XML_SPACE, Element, attribute, child, chosen, every, name_of, switched_on, value

_THROUGH = frozenset({"w:hyperlink", "w:ins", "w:moveTo", "w:smartTag", "w:customXml", "w:dir", "w:bdo"})
_DELETED = frozenset({"w:del", "w:moveFrom"})
_SIGNS = {"w:tab": "\t", "w:ptab": "\t", "w:br": "\n", "w:cr": "\n", "w:noBreakHyphen": "-", "w:softHyphen": "\xad"}
_NOTES = {"w:footnoteReference": "footnotes", "w:endnoteReference": "endnotes"}
_ONE_SPACE = str.maketrans({"\n": " ", "\r": " ", "\u2011": "-"})
_RAISED = re.compile(rf"[\s\[(]*{LIST}[\s\])]*")
_AFTER_WORD = re.compile(r"(?:[^\W\d_]{3}|[.,;:?!)\]”\"’'])$")
_XML_BLANKS = " \t\r\n"
_CITATION_TAGS = ("MENDELEY_CITATION", "ZOTERO_ITEM", "CITAVI")
_BIBLIOGRAPHY_TAGS = ("MENDELEY_BIBLIOGRAPHY", "ZOTERO_BIBL", "CITAVIBIBLIOGRAPHY")


class Character(NamedTuple):
    """A character of a paragraph: the element that it stands in (`w:t`, `w:tab` ...), where in its text, and its run.

    One that is not `editable` would be put back by Word or a reference manager, or is locked. A `marker` is a raised number of a
    citation: it hangs on a word without being part of it.
    """

    char: str
    node: Element
    offset: int
    run: Element
    editable: bool
    marker: bool = False


class Stretch(NamedTuple):
    """Characters that stand in one element, from `offset` of its text on; `field` is what they are the result of."""

    text: str
    node: Element
    offset: int
    run: Element
    editable: bool
    field: FieldKind
    marker: bool = False


class Note(NamedTuple):
    """A reference to a note: "footnotes" or "endnotes", the note's id, the mark's element."""

    stem: str
    id: str
    mark: Element


class ReadParagraph:
    """A `w:p`: its number from 1 among all of its XML part, its characters, the notes that it refers to."""

    def __init__(self, number: int, element: Element) -> None:
        self.number = number
        self.element = element
        self.stretches: list[Stretch] = []
        self.notes: list[Note] = []

    @property
    def text(self) -> str:
        """What stands in it, a character for each that is counted."""
        return "".join(stretch.text for stretch in self.stretches)

    @property
    def characters(self) -> list[Character]:
        """Its characters, each with its place."""
        return [
            Character(char, s.node, s.offset + k, s.run, s.editable, s.marker)
            for s in self.stretches
            for k, char in enumerate(s.text)
        ]

    def all_in(self, kind: FieldKind) -> bool:
        """Whether all its words are the result of fields of that kind."""
        worded = [stretch for stretch in self.stretches if stretch.text.strip()]
        return bool(worded) and all(stretch.field == kind for stretch in worded)


def read_part(root: Element) -> list[ReadParagraph]:
    """Every paragraph of an XML part in document order; the n-th has the number n, also in branches that nobody reads."""
    fields = Fields(root)
    return [_Walk(fields, number, p).read for number, p in enumerate(every(root, "w:p"), start=1)]


def paragraph_characters(paragraph: Element) -> list[Character]:
    """The characters of one paragraph by itself. Where a field may reach over paragraphs, ask `read_part`."""
    return _Walk(Fields(paragraph), 1, paragraph).read.characters


def without_unshown_blanks(paragraph: Element) -> None:
    """Take the white space out that stands at the ends of a `w:t` and that Word does not show; no character moves."""
    for node in every(paragraph, "w:t"):
        index, words = _shown(node)
        if node.text and len(words) != len(node.text):
            node.text = node.text[index : index + len(words)]


def _shown(node: Element) -> tuple[int, str]:
    """What Word shows of a `w:t` and where in its text that begins: white space at its ends only where it is to be kept."""
    words = node.text or ""
    bare = words.strip(_XML_BLANKS)
    if len(bare) == len(words) or node.get(XML_SPACE) == "preserve":
        return 0, words
    if any(above.get(XML_SPACE) == "preserve" for above in node.iterancestors()):
        return 0, words
    return len(words) - len(words.lstrip(_XML_BLANKS)), bare


def _with_markers(stretches: list[Stretch]) -> Iterator[Stretch]:
    """Stretches, those noted that are raised numbers of citations: after a word or a stop, so not those of "m²"."""
    before = ""
    for raised, group in groupby(stretches, _is_raised):
        held = list(group)
        words = "".join(stretch.text for stretch in held)
        marker = raised and _RAISED.fullmatch(words) is not None and _AFTER_WORD.search(before) is not None
        yield from (stretch._replace(marker=True) for stretch in held) if marker else held
        before = (before + words)[-3:]


def _is_raised(stretch: Stretch) -> bool:
    """Whether it is superscript, or set higher by hand as LibreOffice does it."""
    properties = child(stretch.run, "w:rPr")
    if value(properties, "w:vertAlign") == "superscript":
        return True
    return re.fullmatch(r"\+?0*[1-9]\d*", value(properties, "w:position") or "") is not None


class _Walk:
    """Goes through the content of one paragraph."""

    def __init__(self, fields: Fields, number: int, paragraph: Element) -> None:
        self._fields = fields
        self._open = fields.at(paragraph)
        self._cited: dict[str, Field] = {}  # by the ids of bookmarks, which Zotero can use instead of fields
        self.read = ReadParagraph(number, paragraph)
        self._content(paragraph, *_controls_above(paragraph))
        self.read.stretches = list(_with_markers(self.read.stretches))

    def _content(self, element: Element, editable: bool, kind: FieldKind) -> None:
        for node in element:
            name = name_of(node)
            if name == "w:r":
                self._run(node, editable, kind)
            elif name in _THROUGH:
                self._content(node, editable, kind)
            elif name in ("w:bookmarkStart", "w:bookmarkEnd"):
                self._bookmark(node, name, attribute(node, "id") or "")
            elif name in _DELETED:
                for mark in every(node, "w:fldChar", "w:instrText", "w:delInstrText"):
                    self._mark(mark)
            elif name == "w:sdt":
                inside = child(node, "w:sdtContent")
                if inside is not None and switched_on(child(node, "w:sdtPr"), "w:showingPlcHdr") is not True:
                    free, held = _control(node)
                    self._content(inside, editable and free, kind if held == "text" else held)
            elif name == "w:fldSimple":
                field = Field(attribute(node, "instr") or "", shows=True)
                self._open.append(field)
                self._content(node, editable, kind)
                if field in self._open:
                    self._open.remove(field)
            elif name == "mc:AlternateContent" and (branch := chosen(node)) is not None:
                self._content(branch, editable, kind)

    @cached_property
    def _bookmark_ends(self) -> frozenset[str | None]:
        return frozenset(attribute(end, "id") for end in every(self.read.element, "w:bookmarkEnd"))

    def _bookmark(self, node: Element, name: str, key: str) -> None:
        if key in self._cited and name == "w:bookmarkEnd":
            field = self._cited.pop(key)
            if field in self._open:
                self._open.remove(field)
        elif (attribute(node, "name") or "").startswith("ZOTERO_") and key in self._bookmark_ends:
            self._cited[key] = Field("ADDIN ZOTERO_ITEM", shows=True)
            self._open.append(self._cited[key])

    def _run(self, run: Element, editable: bool, kind: FieldKind) -> None:
        hidden = switched_on(child(run, "w:rPr"), "w:vanish") is True
        for node in run:
            name = name_of(node)
            if name in ("w:fldChar", "w:instrText"):
                self._mark(node)
            elif not hidden:
                self._in_run(node, name, run, editable, kind)

    def _in_run(self, node: Element, name: str, run: Element, editable: bool, kind: FieldKind) -> None:
        if name == "w:t":
            index, words = _shown(node)
            self._put(words.translate(_ONE_SPACE), node, index, run, editable, kind)
        elif name in _SIGNS:
            self._put(_SIGNS[name], node, 0, run, editable, kind)
        elif name == "w:sym":
            self._put(symbol(attribute(node, "font"), attribute(node, "char")), node, 0, run, editable, kind)
        elif name in _NOTES and all(field.shows for field in self._open):
            self.read.notes.append(Note(_NOTES[name], attribute(node, "id") or "", node))
        elif name == "w:ruby":  # small signs that tell how the words below them are spoken
            for base in every(node, "w:rubyBase"):
                self._content(base, False, kind)
        elif name == "mc:AlternateContent":
            branch = chosen(node)
            for inner in branch if branch is not None else ():
                if name_of(inner) in ("w:t", *_SIGNS, "w:sym"):
                    self._in_run(inner, name_of(inner), run, False, kind)

    def _mark(self, mark: Element) -> None:
        if name_of(mark) == "w:fldChar":
            self._fields.take(mark, self._open)
        elif self._open:
            self._open[-1].instruct(mark.text or "")

    def _put(self, text: str, node: Element, index: int, run: Element, editable: bool, kind: FieldKind) -> None:
        if not text:
            return
        for field in self._open:
            if not field.shows:
                return
            kind = field.kind if kind == "text" else kind
        self.read.stretches.append(Stretch(text, node, index, run, editable and kind == "text", kind))


def _controls_above(paragraph: Element) -> tuple[bool, FieldKind]:
    """Whether the content controls around a paragraph let it be edited, and what they hold."""
    editable = True
    kind: FieldKind = "text"
    for above in paragraph.iterancestors():
        name = name_of(above)
        if name in ("w:txbxContent", "w:body"):
            break
        if name == "w:sdt":
            free, held = _control(above)
            editable, kind = editable and free, kind if held == "text" else held
    return editable, kind


def _control(sdt: Element) -> tuple[bool, FieldKind]:
    """Whether what stands in a content control may be edited, and what it is."""
    properties = child(sdt, "w:sdtPr")
    tag = (value(properties, "w:tag") or "").upper()
    gallery = value(child(properties, "w:docPartObj"), "w:docPartGallery") or ""
    if gallery == "Table of Contents":
        return False, "contents"
    if child(properties, "w:bibliography") is not None or tag.startswith(_BIBLIOGRAPHY_TAGS):
        return False, "bibliography"
    if child(properties, "w:citation") is not None or tag.startswith(_CITATION_TAGS):
        return False, "citation"
    locked = value(properties, "w:lock") in ("contentLocked", "sdtContentLocked")
    bound = any(name_of(node).endswith(":dataBinding") for node in (() if properties is None else properties))
    chosen_from = any(child(properties, name) is not None for name in ("w:dropDownList", "w:comboBox", "w:date"))
    # Word fills a bound control in anew from the data beside the text.
    return not (locked or bound or chosen_from), "text"
