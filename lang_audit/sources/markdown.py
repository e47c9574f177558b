"""Markdown: the manuscripts of Pandoc, Quarto and R Markdown, and what people write in any editor.

Every word keeps its place in the file, so that a finding can be shown, and mended, where it stands.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain
from pathlib import Path

from lang_audit.errors import UnreadableError
from lang_audit.model import Paper
from lang_audit.sources import Reader
from lang_audit.sources.blocks import paper_from_blocks
from lang_audit.sources.divisions import after_divisions
from lang_audit.sources.text import decode


def read(path: Path) -> Iterator[Paper]:
    """The one paper in a Markdown file.

    Raises UnreadableError for a file that is empty, no text, or without words. A file in an old one-byte encoding
    gives a paper with the problem `not-utf8`.
    """
    # imported here: every format is asked whether a file is its own, few read it
    from lang_audit.sources.markdown_blocks import blocks_of
    from lang_audit.sources.markdown_front import front_of
    from lang_audit.sources.markdown_lines import prose_of

    text, problems = decode(path.read_bytes())
    if not text.strip():
        raise UnreadableError("empty-file", "The file is empty.", "Save the manuscript again.")
    front = front_of(text)
    body = list(blocks_of(prose_of(text, front.end)))
    metadata = front.metadata
    heading = next((block.text for block in body if block.kind == "heading"), "")
    titled = metadata.title is not None and _folded(heading) == _folded(metadata.title)
    blocks = after_divisions(chain(front.blocks(with_title=not titled), body))
    paper = paper_from_blocks(blocks, path.stem, str(path), metadata=metadata, problems=problems)
    if not any(character.isalpha() for character in paper.text):
        raise UnreadableError(
            "no-text",
            "The file holds no words outside code, comments and formulae.",
            "Check that it is the manuscript, and that no code fence or comment is left open.",
        )
    yield paper


def recognises(head: bytes) -> bool:
    """Never: any text could be Markdown, so only its name tells."""
    return False


READER = Reader("markdown", (".md", ".markdown", ".mdown", ".qmd", ".rmd"), recognises, read)


def _folded(words: str) -> str:
    return " ".join(words.split()).casefold()
