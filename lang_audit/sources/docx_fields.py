"""Fields of a Word document: what Word or a reference manager put there and puts there anew whenever it updates them.

A complex field is a run of marks in the text (begin, instruction, separate, result, end) that may reach over paragraphs.
"""

from __future__ import annotations

import re
from typing import Literal

from lang_audit.sources.docx_xml import Element, attribute, every, name_of

FieldKind = Literal["text", "citation", "bibliography", "contents", "computed"]
"""What a field's result is: text of the author's own (a hyperlink), or something that is never edited by hand."""

_BIBLIOGRAPHY = re.compile(
    r"BIBLIOGRAPHY\b|ADDIN .{0,40}(?:ZOTERO_BIBL|EN\.REFLIST|_BIBLIOGRAPHY|REFMGR\.REFLIST|RW\.BIB)"
)
_CITATION = re.compile(
    r"CITATION\b|ADDIN .{0,40}(?:ZOTERO_|EN\.CITE|CSL_CITATION|PAPERS2_CITATIONS|REFMGR\.CITE|RW\.CITE|PROCITE)"
)
_CONTENTS = re.compile(r"(?:TOC|INDEX|TOA)\b")
_TEXT = re.compile(r"(?:HYPERLINK|FORMTEXT|QUOTE)\b")
_STORIES = frozenset({"w:txbxContent", "w:footnote", "w:endnote", "w:comment"})


def field_kind(instruction: str) -> FieldKind:
    """What a field is by its instruction ("ADDIN ZOTERO_ITEM CSL_CITATION {...}")."""
    words = " ".join(instruction[:400].upper().replace("MENDELEY ", "MENDELEY_").split())
    if _BIBLIOGRAPHY.match(words) or words.startswith("ADDIN MENDELEY_BIBLIOGRAPHY"):
        return "bibliography"
    if _CITATION.match(words) or words.startswith("ADDIN MENDELEY_CITATION"):
        return "citation"
    if _CONTENTS.match(words):
        return "contents"
    return "text" if _TEXT.match(words) else "computed"


class Field:
    """A field that is open at a place of the text."""

    def __init__(self, instruction: str = "", shows: bool = False) -> None:
        self._instruction = [instruction]
        self._kind: FieldKind | None = None
        self.shows = shows  # whether its result has begun

    def instruct(self, words: str) -> None:
        """Take in some of the instruction."""
        if not self.shows:
            self._instruction.append(words)

    @property
    def kind(self) -> FieldKind:
        """What it is; to be asked when the instruction is complete."""
        if self._kind is None:
            self._kind = field_kind("".join(self._instruction))
        return self._kind


class Fields:
    """The fields that are open in each story (the body, each note, each text box) while its paragraphs are walked."""

    def __init__(self, root: Element) -> None:
        self._root = root
        self._open: dict[Element, list[Field]] = {}
        self._marks = self._whole_fields(root)

    def at(self, paragraph: Element) -> list[Field]:
        """The open fields of the story that a paragraph belongs to, outermost first; the walker changes the list."""
        return self._open.setdefault(self._story(paragraph), [])

    def take(self, mark: Element, open_: list[Field]) -> None:
        """Take in a `w:fldChar`; marks without their other half are passed over, else the rest of the text would be lost."""
        if mark not in self._marks:
            return
        kind = attribute(mark, "fldCharType")
        if kind == "begin":
            open_.append(Field())
        elif open_ and kind == "separate":
            open_[-1].shows = True
        elif open_ and kind == "end":
            open_.pop()

    def _story(self, element: Element) -> Element:
        return next((a for a in element.iterancestors() if name_of(a) in _STORIES), self._root)

    def _whole_fields(self, root: Element) -> set[Element]:
        """Every `w:fldChar` of a field that has a begin and an end in the same story."""
        whole: set[Element] = set()
        begun: dict[Element, list[list[Element]]] = {}
        for mark in every(root, "w:fldChar"):
            stack = begun.setdefault(self._story(mark), [])
            kind = attribute(mark, "fldCharType")
            if kind == "begin":
                stack.append([mark])
            elif stack:
                stack[-1].append(mark)
                if kind == "end":
                    whole.update(stack.pop())
        return whole
