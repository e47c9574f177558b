r"""LaTeX manuscripts: a main file with what it takes in by \input, or a chapter alone, as authors write them.

What is compiled away (maths, citations, comments, code, drawings) is left out; what a command stands for is put in its place.
The LaTeX is never run, and files are read inside the manuscript's own folder only.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from lang_audit.errors import UnreadableError
from lang_audit.model import Metadata, Paper
from lang_audit.sources import Reader
from lang_audit.sources.blocks import Block, paper_from_blocks
from lang_audit.sources.text import decode

if TYPE_CHECKING:
    from lang_audit.sources.latex_macros import Definitions

_COMMAND_FIRST = re.compile(rb"(?:\xef\xbb\xbf|\xff\xfe|\xfe\xff)?(?:\s|%[^\r\n]*)*\\[A-Za-z]")
_MANUSCRIPT = re.compile(rb"^(?:[^%\r\n\\]|\\.)*?\\(?:documentclass|documentstyle|begin\s*\{document\})", re.MULTILINE)
_YEAR = re.compile(r"\b(?:1[89]|20)\d\d\b")
_NAMES = re.compile(r"\s*(?:,|;|\band\b|&)\s*")


def read(path: Path) -> Iterator[Paper]:
    """The one paper of a LaTeX manuscript, with the files that it takes in.

    Raises UnreadableError for a file that is empty, binary or without words. Broken LaTeX gives a paper with the problem
    `malformed-latex`; an included file that is not read gives `include-missing`, `include-outside`, `include-cycle`,
    `include-depth` or `include-unreadable`.
    """
    # imported here: every format is asked whether a file is its own, few read it
    from lang_audit.sources.latex_files import IncludedFiles
    from lang_audit.sources.latex_macros import Definitions
    from lang_audit.sources.latex_source import LatexSource
    from lang_audit.sources.latex_walk import Walk

    text, problems = decode(path.read_bytes())
    if not text.strip():
        raise UnreadableError("empty-file", "The file holds no words.", "Export it again, or give the paper's PDF.")
    files = IncludedFiles(path)
    walk = Walk(Definitions(_words), files)
    blocks = walk.run(LatexSource(text))
    paper = paper_from_blocks(
        _levelled(blocks),
        path.stem,
        str(path),
        metadata=_metadata(walk.metadata),
        problems=(*problems, *files.problems, *walk.faults.problems()),
    )
    if not paper.text and (broken := walk.faults.problems()):
        raise UnreadableError("malformed-latex", f"{broken[0].message} No words can be made out.", broken[0].remedy)
    if not paper.text:
        raise UnreadableError(
            "no-text",
            "The LaTeX file holds no running text: only definitions, maths, code or drawings.",
            "Give the manuscript's main file (the one with \\begin{document}).",
        )
    yield paper


def recognises(head: bytes) -> bool:
    r"""Whether a file begins with a command, and has \documentclass or \begin{document} near, not in a comment.

    A text that only shows some LaTeX (a manual in Markdown) begins otherwise.
    """
    head = head.replace(b"\0", b"")  # in UTF-16, commands are ASCII with zeros between
    return _COMMAND_FIRST.match(head) is not None and _MANUSCRIPT.search(head) is not None


def included_files(path: Path) -> list[Path]:
    """The files that a main file takes in, in the order of reading, as resolved paths; none where it cannot be read."""
    from lang_audit.sources.latex_files import IncludedFiles
    from lang_audit.sources.latex_macros import Definitions
    from lang_audit.sources.latex_source import LatexSource
    from lang_audit.sources.latex_walk import Walk

    try:
        text, _ = decode(path.read_bytes())
    except (OSError, UnreadableError):
        return []
    files = IncludedFiles(path)
    Walk(Definitions(_words), files).run(LatexSource(text))
    return files.read


READER = Reader("latex", (".tex", ".ltx", ".latex"), recognises, read, includes=included_files)


def _words(latex: str, definitions: Definitions) -> str:
    """The words that a stretch of LaTeX stands for."""
    from lang_audit.sources.latex_source import LatexSource
    from lang_audit.sources.latex_walk import Walk

    blocks = Walk(definitions, None).run(LatexSource(latex))
    return " ".join(" ".join(block.text for block in blocks).split())


def _levelled(blocks: list[Block]) -> Iterator[Block]:
    """The blocks with the highest heading in them at level 1."""
    levels = [block.level for block in blocks if block.kind == "heading" and block.section != "title"]
    above = min(levels, default=1) - 1
    for block in blocks:
        yield block._replace(level=max(1, block.level - above)) if block.kind == "heading" else block


def _metadata(told: dict[str, list[str]]) -> Metadata:
    authors: list[str] = []
    for words in told.get("author", []):
        for entry in words.split("\f"):
            names = [" ".join(name.split()) for name in _NAMES.split(entry.partition("\v")[0])]
            authors += [name for name in names if name and name not in authors]
    year = _YEAR.search(" ".join(told.get("date", [])))
    journal = " ".join(" ".join(told.get("journal", [])).split())
    return Metadata(year=int(year.group()) if year else None, journal=journal or None, authors=tuple(authors))
