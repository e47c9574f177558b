"""Comments in the margin of a Word document, beside those that it has already."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from itertools import groupby
from typing import NamedTuple

from lxml import etree

from lang_audit.errors import UnreadableError
from lang_audit.manuscript.docx_parts import Parts, split_part, stamp
from lang_audit.manuscript.docx_runs import cut, made, parent_of, run_of
from lang_audit.sources.docx_package import relationships_of
from lang_audit.sources.docx_text import ReadParagraph
from lang_audit.sources.docx_xml import Element, attribute, every, name_of, value

_TYPES = "[Content_Types].xml"
_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.comments+xml"
_RELATION = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/comments"
_STRICT_RELATION = "http://purl.oclc.org/ooxml/officeDocument/relationships/comments"
_CONTENT_TYPES = "http://schemas.openxmlformats.org/package/2006/content-types"
_RELATIONS = "http://schemas.openxmlformats.org/package/2006/relationships"
_AROUND = frozenset({"w:sdt", "w:fldSimple", "w:r", "mc:AlternateContent"})  # a comment's marks stand outside of these


class PartComment(NamedTuple):
    """Say `text` about the characters `at:upto` of a paragraph; lines of it become paragraphs."""

    part: str
    at: int
    upto: int
    text: str


def with_comments(
    data: bytes,
    comments: Sequence[PartComment],
    *,
    author: str = "lang-audit",
    initials: str = "la",
    date: datetime | None = None,
) -> bytes:
    """The document with the comments of `author`. Its characters stay where they are.

    Word has no comments on notes and text boxes: such a comment stands at the end of the paragraph that refers to the note, or
    where the box hangs in the text.
    Raises ValueError for a comment outside its paragraph, or on a note that nothing refers to.
    """
    if not comments:
        return data
    parts = Parts(data)
    parts.prepare({comment.part for comment in comments if split_part(comment.part)[0] == "document"})
    for comment in comments:
        length = len(parts.paragraph(comment.part).text)
        if not 0 <= comment.at <= comment.upto <= length:
            raise ValueError(f"{comment} lies outside its paragraph, which has {length} characters")
    writer = _Writer(parts, author, initials, stamp(date))
    for part, group in groupby(
        sorted(comments, key=lambda c: (*split_part(c.part), c.at, c.upto)), key=lambda c: c.part
    ):
        writer.apply(parts.paragraph(part), split_part(part)[0], list(group))
    return parts.written(writer.added)


class _Writer:
    """Puts the marks of comments into the text and the comments into their part, which is made where there is none."""

    def __init__(self, parts: Parts, author: str, initials: str, date: str) -> None:
        self._parts = parts
        self._signed = {"author": author, "date": date, "initials": initials}
        self._body = parts.changed(parts.package.main)
        self.added: dict[str, Element] = {}
        self._styles = self._style_ids()
        self._held = self._comments()

    def apply(self, paragraph: ReadParagraph, stem: str, comments: list[PartComment]) -> None:
        """Write the comments on one paragraph."""
        box = next(iter(_runs_above(paragraph.element)), None)  # the run that a text box hangs on
        place = box if stem == "document" else self._note_mark(paragraph, stem)
        if place is not None and stem != "document":
            around = next(above for above in place.iterancestors() if name_of(above) == "w:p")
            for comment in comments:  # at its end: LibreOffice shows no notes where a comment stands beside their mark
                self._mark(comment, None, None, around)
            return
        if place is not None or not paragraph.stretches:
            for comment in comments:
                self._mark(comment, place, place, paragraph.element)
            return
        characters = paragraph.characters
        runs = [character.run for character in characters]
        spans = [_span(comment, len(characters)) for comment in comments]
        for position in sorted({position for span in spans for position in span}, reverse=True):
            if 0 < position < len(characters) and runs[position] is runs[position - 1]:
                old, new = runs[position], cut(characters[position], self._parts.new_id)
                runs[position:] = [new if run is old else run for run in runs[position:]]
        for comment, (at, upto) in zip(comments, spans, strict=True):
            self._mark(comment, runs[at], runs[upto - 1], paragraph.element)

    def _mark(self, comment: PartComment, first: Element | None, last: Element | None, paragraph: Element) -> None:
        """Put a comment around runs, or at the end of a paragraph that has none."""
        number = self._parts.new_id()
        reference = run_of(paragraph, "", self._style(paragraph, "annotation reference"))
        reference.append(made(paragraph, "commentReference", id=number))
        start = made(paragraph, "commentRangeStart", id=number)
        end = made(paragraph, "commentRangeEnd", id=number)
        if first is None or last is None:
            paragraph.extend((start, end, reference))
        else:
            _outside(first, preceding=True).addprevious(start)
            place = _outside(last, preceding=False)
            place.addnext(reference)
            place.addnext(end)
        self._write(number, comment.text)

    def _write(self, number: str, text: str) -> None:
        """Put what a comment says into the part of comments."""
        held = made(self._held, "comment", id=number, **self._signed)
        for count, line in enumerate(text.split("\n")):
            paragraph = made(held, "p")
            properties = made(held, "pPr")
            properties.append(made(held, "pStyle", val=self._styles.get("annotation text", "CommentText")))
            paragraph.append(properties)
            if not count:
                sign = run_of(held, "", self._style(held, "annotation reference"))
                sign.append(made(held, "annotationRef"))
                paragraph.append(sign)
            paragraph.append(run_of(held, line, None))
            held.append(paragraph)
        self._held.append(held)

    def _style(self, like: Element, name: str) -> Element:
        properties = made(like, "rPr")
        properties.append(made(like, "rStyle", val=self._styles.get(name, "CommentReference")))
        return properties

    def _style_ids(self) -> dict[str, str]:
        """The ids of styles by name: Word translates the ids ("Kommentarzeichen") but not the names."""
        name = self._parts.package.related("styles")
        if name is None or name not in self._parts.package.names:
            return {}
        styles = every(self._parts.package.xml(name), "w:style")
        return {(value(style, "w:name") or "").lower(): attribute(style, "styleId") or "" for style in styles}

    def _comments(self) -> Element:
        """The root of the part of comments."""
        package = self._parts.package
        name = package.related("comments")
        if name is not None and name in package.names:
            held = self._parts.changed(name)
            if name_of(held) != "w:comments":
                raise UnreadableError(
                    "malformed-xml",
                    f"The file is damaged: its part {name} does not hold comments.",
                    "Open it in Word, let Word repair it, and save it again.",
                )
            return held
        folder = package.main.rpartition("/")[0]
        names = (f"{folder}/comments{number}.xml".lstrip("/") for number in ("", *range(1, 100)))
        name = next(n for n in names if n not in package.names)
        self._relate(name.rpartition("/")[2])
        types = self._parts.changed(_TYPES)
        etree.SubElement(types, f"{{{_CONTENT_TYPES}}}Override", PartName=f"/{name}", ContentType=_TYPE)
        main = str(self._body.tag)[1:].rpartition("}")[0]
        root: Element = etree.Element(f"{{{main}}}comments", nsmap={"w": main})
        self.added[name] = root
        return root

    def _relate(self, target: str) -> None:
        """Add the relationship of the main part to its comments."""
        name = relationships_of(self._parts.package.main)
        if name in self._parts.package.names:
            root = self._parts.changed(name)
        else:
            root = etree.fromstring(f'<Relationships xmlns="{_RELATIONS}"/>')
            self.added[name] = root
        taken = {relation.get("Id") for relation in root}
        key = next(k for k in (f"rId{number}" for number in range(1, len(taken) + 2)) if k not in taken)
        strict = "purl.oclc.org" in str(self._body.tag)
        kind = _STRICT_RELATION if strict else _RELATION
        etree.SubElement(root, f"{{{_RELATIONS}}}Relationship", Id=key, Type=kind, Target=target)

    def _note_mark(self, paragraph: ReadParagraph, stem: str) -> Element:
        """The run in the body that holds the mark of the note that a paragraph belongs to."""
        above = paragraph.element.iterancestors()
        number = next((attribute(a, "id") for a in above if name_of(a) in ("w:footnote", "w:endnote")), None)
        for read in self._parts.paragraphs("document"):
            for note in read.notes:
                if (note.stem, note.id) == (stem, number):
                    return next(iter(_runs_above(read.element)), parent_of(note.mark))
        raise ValueError(f"nothing in the text refers to note {number} of the {stem}")


def _runs_above(paragraph: Element) -> list[Element]:
    """The runs that hold a paragraph, outermost first: those that its text box hangs on."""
    return [above for above in paragraph.iterancestors() if name_of(above) == "w:r"][::-1]


def _span(comment: PartComment, length: int) -> tuple[int, int]:
    """The characters that a comment is on: at least one."""
    if comment.at < comment.upto:
        return comment.at, comment.upto
    at = min(comment.at, length - 1)
    return at, at + 1


def _outside(run: Element, preceding: bool) -> Element:
    """Where a mark can stand beside a run: outside of what must not hold it, and of a tracked insertion at its edge."""
    place = run
    for above in run.iterancestors():
        name = name_of(above)
        if name == "w:p":
            break
        edge = next(place.itersiblings(preceding=preceding), None) is None
        if name in _AROUND or (name in ("w:ins", "w:moveTo") and edge and above is place.getparent()):
            place = above
    return place
