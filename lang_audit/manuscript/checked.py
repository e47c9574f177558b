"""The records of `check`: what is said of a manuscript, and where in the file that it was read from."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from typing import Literal, get_args

from lang_audit.model import Finding, Frozen, Record

Level = Literal["pejorative", "stigmatising", "outdated", "query"]
LEVELS: tuple[Level, ...] = get_args(Level)
"""How grave a remark is, the gravest first. A finding that is a question is a query, whatever its term's severity."""


class FilePlace(Frozen):
    """Where something stands in a file, as its reader counts.

    Lines and columns count from 1, columns in characters; `at` and `upto` count the characters of `file` from 0. They are None in
    formats without lines. A DOCX has the number of the paragraph (from 1, empty ones left out), the `heading` above it, and
    an `anchor` that outlives edits elsewhere; for words of a `note` the paragraph is the one that refers to it. A PDF has the
    page.
    """

    file: str
    line: int | None = None
    column: int | None = None
    end_line: int | None = None
    end_column: int | None = None
    page: int | None = None
    paragraph: int | None = None
    note: Literal["footnote", "endnote"] | None = None
    heading: str | None = None
    anchor: str | None = None

    @property
    def within(self) -> str:
        """The place within the file, in few words: "12:34", "paragraph 7", "page 3", or nothing."""
        if self.line is not None:
            return f"{self.line}:{self.column}"
        if self.paragraph is not None:
            return f"{self.note} to paragraph {self.paragraph}" if self.note else f"paragraph {self.paragraph}"
        return f"page {self.page}" if self.page is not None else ""


class Remark(Frozen):
    """One thing to look at: a finding, or a `rule` about the manuscript as a whole ("acronyms/mixed", "ignore/unused").

    `rule` is the entry's id for a finding. `text` is what the remark is about, with the noun behind it where the `suggestion`
    holds that too ("HIV-infected women"); `message` says in one line what is wrong, `suggestion` what to write instead.
    `fingerprint` stays the same while the sentence does.
    """

    rule: str
    level: Level
    text: str
    message: str
    place: FilePlace
    suggestion: str | None = None
    finding: Finding | None = None
    fingerprint: str

    @property
    def advice(self) -> str:
        """What to write instead as a sentence that follows the message, with a space before it; "" where nothing is suggested."""
        return f" Write instead: {self.suggestion}." if self.suggestion else ""


class Passed(Frozen):
    """A finding that is not remarked on: exempt by its usage, or ignored (`ignored_by` says where, `reason` why)."""

    finding: Finding
    place: FilePlace
    reason: str
    ignored_by: str | None = None


class CheckedFile(Frozen):
    """What came of one manuscript: the record of the audit, remarks in the order of the text, what was let pass."""

    record: Record
    remarks: tuple[Remark, ...] = ()
    passed: tuple[Passed, ...] = ()

    @property
    def path(self) -> str:
        """The file as it was named."""
        return self.record.path

    def at_or_over(self, level: Level) -> int:
        """How many remarks are as grave as `level`, or graver."""
        grave = LEVELS[: LEVELS.index(level) + 1]
        return sum(remark.level in grave for remark in self.remarks)


def level_of(finding: Finding) -> Level:
    """How grave a finding is that is not exempt."""
    return "query" if finding.decision == "query" else finding.severity


def fingerprint(rule: str, words: str, sentence: str) -> str:
    """What tells a remark from others in a later run: its rule, words and sentence, not its place, nor the file's name."""
    folded = "\n".join(" ".join(part.split()).casefold() for part in (words, sentence))
    return hashlib.sha256(f"{rule}\n{folded}".encode("utf-8", "surrogatepass")).hexdigest()[:16]


def totals(files: Iterable[CheckedFile]) -> dict[Level, int]:
    """How many remarks there are of each level, over all files."""
    counts: dict[Level, int] = dict.fromkeys(LEVELS, 0)
    for file in files:
        for remark in file.remarks:
            counts[remark.level] += 1
    return counts
