"""What an author asks to be let pass, and why: comments in the file, a file beside it, the configuration.

A comment says `lang-audit: ignore WORDS -- REASON`, as `<!-- ... -->` in Markdown, HTML and XML, after `%` in LaTeX. WORDS are
terms as they stand in the text, or ids of entries, with commas between; without any, all terms are meant. On a line with text
it holds for that line; on a line of its own for the paragraph that follows. `ignore-file` holds for the whole file. DOCX, PDF
and text files, which have no comments for us, have a file `NAME.lang-audit.toml` beside them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from fnmatch import fnmatch
from pathlib import Path

from lang_audit.config import Ignore, read_ignore_file
from lang_audit.manuscript.checked import FilePlace
from lang_audit.manuscript.places import SourceText, source_text
from lang_audit.model import Finding

SIDE_CAR = ".lang-audit.toml"
"""What the name of a file with ignores adds to that of the manuscript."""

PLACEHOLDER = "REASON"
"""What stands for a reason that is still to be given, and is none."""
_QUOTES = " \t\n\"'“”‘’`"
_BY_SUFFIX = {
    **dict.fromkeys(
        (".md", ".markdown", ".mdown", ".qmd", ".rmd", ".html", ".htm", ".xhtml", ".xml", ".nxml", ".jats"), "<"
    ),
    **dict.fromkeys((".tex", ".ltx", ".latex"), "%"),
}
_SAYS = r"lang-audit:\s*(?P<scope>ignore-file|ignore)\b(?P<rest>.*?)"
_COMMENTS = {
    "<": re.compile(rf"<!--\s*{_SAYS}\s*-->", re.DOTALL),
    "%": re.compile(rf"(?<!\\)%+[ \t]*{_SAYS}[ \t]*$", re.MULTILINE),
}
_SIGNS = {"<": ("<!-- ", " -->"), "%": ("% ", "")}
_REASON = re.compile(r"(?:^|\s)(?:--|—|–)\s+")


@dataclass
class Ignored:
    """One request to let something pass; `used` once it did.

    `words` are terms or ids of entries, folded (empty: all). `lines` are the first and last line that it holds for (None: the
    whole file), `near` words that the sentence must hold. `place` is where the request stands.
    """

    words: frozenset[str]
    reason: str
    place: FilePlace
    lines: tuple[int, int] | None = None
    near: str = ""
    used: bool = field(default=False, compare=False)

    def covers(self, finding: Finding, place: FilePlace) -> bool:
        """Whether it lets the finding at that place pass. One without a reason never does."""
        if not self.reason or (self.lines is not None and place.file != self.place.file):
            return False
        if self.lines is not None and (place.line is None or not self.lines[0] <= place.line <= self.lines[1]):
            return False
        if self.near and _folded(self.near) not in _folded(finding.sentence):
            return False
        own = {_folded(finding.text), finding.entry.casefold(), finding.entry.rpartition("/")[2].casefold()}
        return not self.words or not self.words.isdisjoint(own)

    @property
    def what(self) -> str:
        """What is asked to be let pass, for messages."""
        return ", ".join(sorted(self.words)) or "all terms"


def ignores_of(path: Path, shown: str, own: Sequence[tuple[Path, str]], configured: Sequence[Ignore]) -> list[Ignored]:
    """Every request that concerns the manuscript at `path`, which messages call `shown`.

    `own` are its files (itself, and those that it includes) with their names in messages; `configured` is what the
    configuration asks for. Raises ConfigError for a side-car file that cannot be used.
    """
    found = [ignored for file, name in own for ignored in comments(file, name)]
    beside = path.with_name(path.name + SIDE_CAR)
    if beside.is_file():
        name = str(Path(shown).with_name(beside.name))
        found += (_from_file(ignore, name) for ignore in read_ignore_file(beside))
    found += (
        _from_file(ignore, ignore.where)
        for ignore in configured
        if not ignore.file or fnmatch(path.name, ignore.file) or fnmatch(path.as_posix(), f"*{ignore.file}")
    )
    return found


def comments(path: Path, shown: str) -> Iterator[Ignored]:
    """The requests in the comments of one file; none in formats that we know no comments of."""
    mark = _BY_SUFFIX.get(path.suffix.lower())
    source = source_text(path) if mark else None
    if mark is None or source is None:
        return
    for comment in _COMMENTS[mark].finditer(source.text):
        words, reason = _parted(comment["rest"])
        line, column = source.line_and_column(comment.start())
        end_line, end_column = source.line_and_column(comment.end())
        yield Ignored(
            words=words,
            reason=reason,
            place=FilePlace(file=shown, line=line, column=column, end_line=end_line, end_column=end_column),
            lines=None if comment["scope"] == "ignore-file" else _scope(source, comment),
        )


def comment_signs(path: Path) -> tuple[str, str] | None:
    """What opens and closes a comment in a file of that name; None in formats that we know no comments of."""
    return _SIGNS.get(_BY_SUFFIX.get(path.suffix.lower(), ""))


def _parted(rest: str) -> tuple[frozenset[str], str]:
    """What a request names, and why."""
    parts = _REASON.split(rest, maxsplit=1)
    words = frozenset(
        _folded(word.strip(_QUOTES)) for word in parts[0].strip().strip(":").split(",") if word.strip(_QUOTES)
    )
    reason = " ".join(parts[1].split()) if len(parts) > 1 else ""
    return words, "" if reason == PLACEHOLDER else reason


def _scope(source: SourceText, comment: re.Match[str]) -> tuple[int, int]:
    """The lines that a comment holds for: its own where that has text, else those of the next paragraph."""
    first, _ = source.line_and_column(comment.start())
    last, _ = source.line_and_column(max(comment.end() - 1, comment.start()))
    before = source.text[source.line_bounds(first)[0] : comment.start()]
    after = source.text[comment.end() : source.line_bounds(last)[1]]
    if before.strip() or after.strip():
        return first, last
    line = last + 1
    while line <= source.lines and not _words(source, line):
        line += 1
    start = line
    while line < source.lines and _words(source, line + 1):
        line += 1
    return start, line


def _words(source: SourceText, line: int) -> bool:
    start, end = source.line_bounds(line)
    return bool(source.text[start:end].strip())


def _from_file(ignore: Ignore, where: str) -> Ignored:
    words = frozenset(filter(None, (_folded(ignore.entry or ""), _folded(ignore.words or ""))))
    return Ignored(words=words, reason=ignore.reason, place=FilePlace(file=where), near=ignore.near or "")


def _folded(words: str) -> str:
    return " ".join(words.split()).casefold()
