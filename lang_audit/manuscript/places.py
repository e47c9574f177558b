"""From offsets in a paper's text to places in the file that it was read from."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Literal, NamedTuple

from lang_audit.errors import UnreadableError
from lang_audit.manuscript.checked import FilePlace
from lang_audit.model import Origin, Paper
from lang_audit.sources.text import decode

if TYPE_CHECKING:
    from lang_audit.sources.docx import ParagraphPlace

DOCX_SUFFIXES = (".docx", ".docm")
_LINE_ENDS = ("\r\n", "\n", "\r")


_NOTES: dict[str, Literal["footnote", "endnote"]] = {"footnotes": "footnote", "endnotes": "endnote"}
_HYPHEN = re.compile(r"\\?-|[\u2010\u2011]")
_HYPHENS = "(?:[-\u2010\u2011]|&#(?:8208|8209|x201[01]);)"


class SourceRange(NamedTuple):
    """Characters `at:upto` of a part of the file (None: of the file itself), as `model.Origin` counts them."""

    part: str | None
    at: int
    upto: int


class SourceText:
    """The decoded text of a file, for its lines and columns."""

    def __init__(self, text: str) -> None:
        self.text = text
        self._starts = [0]
        position = 0
        for line in text.splitlines(keepends=True):
            position += len(line)
            if line.endswith(_LINE_ENDS):  # not the other characters at which Python ends a line
                self._starts.append(position)

    def line_and_column(self, offset: int) -> tuple[int, int]:
        """Line and column of a character, both from 1."""
        k = bisect_right(self._starts, offset) - 1
        return k + 1, offset - self._starts[k] + 1

    def line_bounds(self, line: int) -> tuple[int, int]:
        """The characters of a line (from 1), its end included."""
        return self._starts[line - 1], self._starts[line] if line < len(self._starts) else len(self.text)

    @property
    def lines(self) -> int:
        """How many lines there are."""
        return len(self._starts)


class Locator:
    """Says where the words of one paper stand in the file that it was read from."""

    def __init__(self, paper: Paper, path: Path, shown: str | None = None) -> None:
        """`path` is where the file can be read, `shown` how it is called in messages (None: as the path is)."""
        self._paper = paper
        self._path = path
        self._shown = shown if shown is not None else str(path)
        self.is_docx = path.suffix.lower() in DOCX_SUFFIXES

    def source_range(self, start: int, end: int) -> SourceRange | None:
        """The characters of the file that hold `start:end`; None where the format has no places, or they lie apart.

        Words that the file spells otherwise (`&eacute;`) belong to the range; what stands between the words and was not
        read (a comment, a line end) does too, as long as all is in one part.
        """
        origins = self._paper.origins_of(start, end)
        if not origins or len({origin.part for origin in origins}) > 1:
            return None
        return SourceRange(origins[0].part, origins[0].at, origins[-1].upto)

    def place(self, start: int, end: int) -> FilePlace:
        """The place of `paper.text[start:end]`, as near as the format allows."""
        page = self._paper.page_at(start)
        origins = self._paper.origins_of(start, end)
        if not origins:
            return FilePlace(file=self._shown, page=page)
        part = origins[0].part
        if self.is_docx:
            return self._in_docx(part)
        own = [origin for origin in origins if origin.part == part]
        source = source_text(self._file(part))
        if source is None:
            return FilePlace(file=self.file_of(part), page=page)
        at, upto = own[0].at, own[-1].upto
        if len(own) == 1 and own[0].end - own[0].start > end - start:  # only the whole passage has a place: XML
            at, upto = self._searched(own[0], start, end, source)
        line, column = source.line_and_column(at)
        end_line, end_column = source.line_and_column(upto)
        return FilePlace(
            file=self.file_of(part), line=line, column=column, end_line=end_line, end_column=end_column, page=page
        )

    def _searched(self, origin: Origin, start: int, end: int, source: SourceText) -> tuple[int, int]:
        """Where the words of `start:end` stand in the stretch that their passage was read from, markup left aside.

        Where they occur several times, the one that comes as late as in the passage; the stretch's beginning where they are
        spelt otherwise there.
        """
        words = [_HYPHEN.sub(_HYPHENS, re.escape(word)) for word in self._paper.text[start:end].split()]
        pattern = re.compile(r"(?:\s|<[^>]*>)+".join(words))
        before = len(re.findall(r"\s+".join(words), self._paper.text[origin.start : start]))
        hits = [hit.span() for hit in pattern.finditer(source.text, origin.at, origin.upto)]
        return hits[min(before, len(hits) - 1)] if hits else (origin.at, origin.at)

    def file_of(self, part: str | None) -> str:
        """How the file that holds a part is called."""
        return self._shown if part is None or self.is_docx else str(Path(self._shown).parent / part)

    def _file(self, part: str | None) -> Path:
        return self._path if part is None else self._path.parent / part

    def _in_docx(self, part: str | None) -> FilePlace:
        found = _docx_places(*_stamp(self._path)).get(part or "")
        if found is None:
            return FilePlace(file=self._shown, anchor=part)
        note = _NOTES.get((part or "").partition(":")[0])
        return FilePlace(
            file=self._shown, paragraph=found.number, note=note, heading=found.heading, anchor=found.anchor
        )


def source_text(path: Path) -> SourceText | None:
    """The text of a file, decoded as the readers do; None where it cannot be read."""
    try:
        return _source_text(*_stamp(path))
    except (OSError, UnreadableError):
        return None


def _stamp(path: Path) -> tuple[Path, int, int]:
    """A file as it is now: what is kept of it must go when it changes."""
    status = path.stat()
    return path, status.st_mtime_ns, status.st_size


@lru_cache(maxsize=8)  # every finding of a file asks
def _source_text(path: Path, *_: int) -> SourceText:
    return SourceText(decode(path.read_bytes())[0])


@lru_cache(maxsize=2)
def _docx_places(path: Path, *_: int) -> Mapping[str, ParagraphPlace]:
    from lang_audit.sources.docx import paragraph_places

    return paragraph_places(path)
