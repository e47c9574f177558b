"""Edits of text files (plain text, Markdown, LaTeX, HTML): every byte that is not of an edit stays as it is."""

from __future__ import annotations

import codecs
import difflib
import re
from collections.abc import Iterable
from html import unescape
from typing import NamedTuple

from lang_audit.manuscript.changes import Edit, edited, with_line_ends
from lang_audit.model import Paper
from lang_audit.sources.text import decode

_ENCODINGS = (
    (codecs.BOM_UTF8, "utf-8"),
    (b"", "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
    (b"", "cp1252"),
    (b"", "latin-1"),
)
_WORD = re.compile(r"[^\W_]")
_NO_END = "\\ No newline at end of file\n"


class SourceEdit(NamedTuple):
    """Characters `at:upto` of a part of a manuscript (None: of its own file), and what to write instead."""

    part: str | None
    at: int
    upto: int
    new: str


class TextFile:
    """The bytes of a text file, and its characters as the readers count them.

    Raises UnreadableError where it is no text, ValueError where its encoding could not be kept.
    """

    def __init__(self, data: bytes) -> None:
        self.data = data
        self.text = decode(data)[0]
        for mark, encoding in _ENCODINGS:
            if data.startswith(mark) and self._is(mark, encoding):
                self._mark, self._encoding = mark, encoding
                return
        raise ValueError("The file is of an encoding that cannot be written back.")

    def _is(self, mark: bytes, encoding: str) -> bool:
        try:
            return mark + self.text.encode(encoding) == self.data
        except UnicodeEncodeError:
            return False

    def holds(self, words: str) -> bool:
        """Whether the file's encoding has every character of `words`."""
        try:
            words.encode(self._encoding)
        except UnicodeEncodeError:
            return False
        return True

    def with_edits(self, edits: Iterable[SourceEdit]) -> bytes:
        """The file's bytes with edits made, which must not overlap."""
        text = edited(self.text, (Edit(edit.at, edit.upto, edit.new) for edit in edits))
        return self._mark + text.encode(self._encoding)


def source_edit(paper: Paper, edit: Edit, source: str | None = None) -> SourceEdit | None:
    """An edit of a paper's text as one of the file that it was read from; None where the file does not have those words.

    Each character must have its own in the file, all in one part and in a row. Blanks are the exception where the text of that
    part is given as `source`: a line end for a blank, a blank read as none.
    """
    start, end, new = edit
    if start == end:
        if not start:
            return None
        start, new = start - 1, paper.text[start - 1] + new  # an insertion, at a character that has a place
    origins = paper.origins_of(start, end)
    if not origins or len({origin.part for origin in origins}) > 1 or origins[0].start > start:
        return None
    position, at = start, origins[0].at
    for origin in origins:
        if not _blank(paper.text[position : origin.start], source) or origin.at < at:
            return None
        if origin.at > at and (source is None or not _blank(source[at : origin.at], source)):
            return None
        own = origin.end - origin.start == origin.upto - origin.at
        if not own and not (source is not None and paper.text[origin.start : origin.end].isspace()):
            return None
        if not own and source is not None and not unescape(source[origin.at : origin.upto]).isspace():  # &nbsp;
            return None
        position, at = origin.end, origin.upto
    if position < end:
        return None
    if source is not None:
        new = with_line_ends(source[origins[0].at : at], new)
    return SourceEdit(origins[0].part, origins[0].at, at, new)


def _blank(text: str, source: str | None) -> bool:
    """Whether a gap holds nothing but blanks; without the source there must be no gap."""
    return not text or (source is not None and text.isspace())


def same_words(paper: Paper, edit: Edit, place: SourceEdit, source: str) -> bool:
    """Whether the file still has the words that were read from it, signs and blanks aside."""
    end = max(edit.end, edit.start)
    start = edit.start if edit.start < edit.end else edit.start - 1
    return _WORD.findall(paper.text[start:end]) == _WORD.findall(unescape(source[place.at : place.upto]))


def unified_diff(before: str, after: str, name: str) -> str:
    """What changes, as a unified diff; empty where nothing does."""
    lines = difflib.unified_diff(_lines(before), _lines(after), f"a/{name}", f"b/{name}")
    return "".join(line if line.endswith("\n") else f"{line}\n{_NO_END}" for line in lines)


def _lines(text: str) -> list[str]:
    """Lines as an editor has them: not ended by the other characters at which Python ends one."""
    return re.findall(r"[^\n]*\n|[^\n]+", text)
