"""Checks codebooks before they are used: mistakes, which stop a run, and examples that do not do what they promise."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from lang_audit.codebook import load_codebook
from lang_audit.detection.coding import code_paper
from lang_audit.model import Paper, Passage

_HEAD = re.compile(r"^codebook\s*:", re.MULTILINE)


def is_codebook(path: Path) -> bool:
    """Whether a YAML file says that it is a codebook."""
    try:
        return _HEAD.search(path.read_text(encoding="utf-8")) is not None
    except (OSError, UnicodeDecodeError):
        return False


def check_codebook(name: str) -> Iterator[str]:
    """A line for each example of a codebook (name, or path of a file) that does not get its code, or gets it and must not.

    Raises LexiconError, with file and line, for every mistake that keeps the book from being loaded.
    """
    for dimension in load_codebook(name).dimensions:
        for code in dimension.codes:
            where = f"{name}: {dimension.id}/{code.id}"
            for text in code.examples.coded:
                if (dimension.id, code.id) not in _codes(text, name):
                    yield f"{where}: examples.coded: does not get the code: {text!r}"
            for text in code.examples.not_coded:
                if (dimension.id, code.id) in _codes(text, name):
                    yield f"{where}: examples.not_coded: gets the code: {text!r}"


def _codes(text: str, name: str) -> set[tuple[str, str]]:
    paper = Paper(id="example", source="example", text=text, passages=(Passage(start=0, end=len(text)),))
    return {(code.dimension, code.code) for code in code_paper(paper, (name,), {})[0]}
