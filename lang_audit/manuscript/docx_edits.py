"""Changes to a Word document as tracked changes, which its authors accept or reject in Word one by one.

Every other byte of the document's members stays as it is. Where a document gets comments too, they are written first
(`docx_comments.with_comments`): they move no characters, while tracked changes do.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from itertools import groupby, pairwise
from typing import NamedTuple

from lang_audit.manuscript.docx_comments import PartComment, with_comments
from lang_audit.manuscript.docx_parts import Parts, stamp
from lang_audit.manuscript.docx_runs import carve, cut, made, namespaced, parent_of, put_after, put_before, run_of
from lang_audit.sources.docx_text import Character
from lang_audit.sources.docx_xml import Element, child, every, name_of

__all__ = ["PartComment", "PartEdit", "WordText", "editable", "with_comments", "with_tracked_changes"]


class PartEdit(NamedTuple):
    """Put `new` in place of the characters `at:upto` of a paragraph; an insertion where they are none."""

    part: str
    at: int
    upto: int
    new: str


class WordText:
    """The characters of a Word document, for questions about many places. Raises UnreadableError where it is none."""

    def __init__(self, data: bytes) -> None:
        self._parts = Parts(data)
        self._characters: dict[str, list[Character]] = {}

    def characters(self, part: str) -> list[Character]:
        """The characters of a paragraph. Raises ValueError where there is no such paragraph."""
        if part not in self._characters:
            self._characters[part] = self._parts.paragraph(part).characters
        return self._characters[part]

    def editable(self, part: str, at: int, upto: int) -> bool:
        """Whether the characters `at:upto` of a paragraph may be replaced, or words put in at `at` where there are none."""
        try:
            _checked(self.characters(part), PartEdit(part, at, upto, ""))
        except ValueError:
            return False
        return True


def editable(data: bytes, part: str, at: int, upto: int) -> bool:
    """Whether an edit of these characters is possible. For many questions about one document ask a `WordText`."""
    return WordText(data).editable(part, at, upto)


def with_tracked_changes(
    data: bytes, edits: Sequence[PartEdit], *, author: str = "lang-audit", date: datetime | None = None
) -> bytes:
    """The document with the edits as tracked changes of `author`.

    Notes' marks, raised numbers of citations, bookmarks and comments that stand among the replaced characters stay. Raises
    ValueError, before anything is changed, for an edit that overlaps another, touches characters that are not
    editable (the result of a citation field), or lies outside its paragraph.
    """
    if not edits:
        return data
    parts = Parts(data)
    parts.prepare({edit.part for edit in edits})
    by_part = sorted(edits, key=lambda edit: (edit.part, edit.at, edit.upto))
    work: list[tuple[PartEdit, list[Character]]] = []
    for part, group in groupby(by_part, key=lambda edit: edit.part):
        here = list(group)
        characters = parts.paragraph(part).characters
        for before, after in pairwise(here):
            if after.at < before.upto:
                raise ValueError(f"two edits overlap in {part}: {before} and {after}")
        for edit in here:
            _checked(characters, edit)
        work += [(edit, characters) for edit in reversed(here)]  # from right to left, so that the places stay true
    writer = _Writer(parts, author, stamp(date))
    for edit, characters in work:
        writer.apply(edit, characters)
    return parts.written()


def _checked(characters: list[Character], edit: PartEdit) -> None:
    """Raises ValueError where an edit is not possible."""
    if not 0 <= edit.at <= edit.upto <= len(characters):
        raise ValueError(f"{edit} lies outside its paragraph, which has {len(characters)} characters")
    touched = [character for character in characters[edit.at : edit.upto] if not character.marker]
    if edit.at == edit.upto:
        possible = not characters or _neighbour(characters, edit.at) is not None
    else:
        possible = bool(touched) and all(character.editable for character in touched)
    if not possible:
        raise ValueError(f"{edit} touches characters that are not to be edited, as in a citation or a locked field")


def _neighbour(characters: list[Character], at: int) -> tuple[Character, bool] | None:
    """The character that an insertion at `at` joins, and whether it comes after it; None where neither may be joined.

    Words are put outside of a link rather than in it.
    """
    left = characters[at - 1] if at else None
    right = characters[at] if at < len(characters) else None
    joined = [(c, after) for c, after in ((left, True), (right, False)) if c and c.editable and not c.marker]
    plain = [(c, after) for c, after in joined if name_of(parent_of(c.run)) == "w:p"]
    return next(iter(plain or joined), None)


class _Writer:
    """Writes edits into the XML, those of one paragraph from right to left."""

    def __init__(self, parts: Parts, author: str, date: str) -> None:
        self._parts = parts
        self._author = author
        self._date = date

    def apply(self, edit: PartEdit, characters: list[Character]) -> None:
        """Write one edit."""
        touched = [character for character in characters[edit.at : edit.upto] if not character.marker]
        if "".join(character.char for character in touched) == edit.new:
            return
        if touched:
            properties = child(touched[0].run, "w:rPr")
            deleted = self._delete(touched)
            if edit.new:
                put_after(self._insertion(deleted, edit.new, properties), deleted, self._parts.new_id)
        elif edit.new:
            self._insert(edit, characters)

    def _insert(self, edit: PartEdit, characters: list[Character]) -> None:
        joined = _neighbour(characters, edit.at)
        if joined is None:
            paragraph = self._parts.paragraph(edit.part).element
            paragraph.append(self._insertion(paragraph, edit.new, None))
            return
        character, after = joined
        new = self._insertion(character.run, edit.new, child(character.run, "w:rPr"))
        if not after:
            first = cut(character, self._parts.new_id) if _has_before(character) else parent_of(character.node)
            put_before(new, first, self._parts.new_id)
            return
        if edit.at < len(characters) and _still_together(character, characters[edit.at]):
            cut(characters[edit.at], self._parts.new_id)
        put_after(new, character.run, self._parts.new_id)

    def _delete(self, touched: list[Character]) -> Element:
        """Mark characters as deleted; gives the first `w:del` of those it takes."""
        runs = [
            run for _, held in groupby(touched, key=lambda c: c.run) for run in carve(list(held), self._parts.new_id)
        ]
        found: list[Element] = []
        for run in runs:
            if not found or found[-1].getnext() is not run:
                deletion = self._change(run, "del")
                run.addprevious(deletion)
                found.append(deletion)
            found[-1].append(run)
            for text in list(every(run, "w:t")):
                text.tag = namespaced(text, "delText")
        return found[0]

    def _insertion(self, like: Element, words: str, properties: Element | None) -> Element:
        insertion = self._change(like, "ins")
        insertion.append(run_of(like, words, properties))
        return insertion

    def _change(self, like: Element, name: str) -> Element:
        return made(like, name, id=self._parts.new_id(), author=self._author, date=self._date)


def _has_before(character: Character) -> bool:
    """Whether its run holds anything before a character."""
    first = next((node for node in parent_of(character.node) if name_of(node) != "w:rPr"), None)
    return bool(character.offset) or first is not character.node


def _still_together(left: Character, right: Character) -> bool:
    """Whether two characters stand in one run, also after edits to the right of them, which may have moved the second."""
    if left.run is not right.run or right.run not in right.node.iterancestors():
        return False
    return name_of(right.node) != "w:t" or right.offset < len(right.node.text or "")
