"""The words of a JATS element, as printed: inline markup melts away, and what is no running text is left out.

Names of elements are local names; `jats.py` has taken the namespaces off before.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from lxml import etree

from lang_audit.sources.citations import CLOSE, OPEN, unmarked

Element = etree._Element

BLOCKS = frozenset(
    {
        "boxed-text", "def-list", "disp-quote", "fig", "fig-group", "fn", "list", "media", "speech", "statement",
        "supplementary-material", "table", "table-wrap", "table-wrap-group", "verse-group",
    }
)  # fmt: skip
"""Elements that stand apart from the sentence even where the XML puts them inside a paragraph."""

LEFT_OUT = frozenset(
    {
        "alt-text", "chem-struct", "disp-formula", "disp-formula-group", "graphic", "hr", "index-term",
        "inline-graphic", "institution-id", "long-desc", "math", "object-id", "permissions", "private-char",
        "processing-meta", "sec-meta", "tex-math",
    }
)  # fmt: skip
"""Elements without words for a reader: formulae, pictures, identifiers."""

_INLINE = frozenset(
    {
        "bold", "fixed-case", "italic", "monospace", "named-content", "overline", "roman", "sans-serif", "sc", "strike",
        "styled-content", "sub", "sup", "underline", "xref", "abbrev", "inline-formula",
    }
)  # fmt: skip
_APART = frozenset(
    {"attrib", "caption", "def", "label", "list-item", "p", "sec", "td", "term", "th", "title", "tr", "verse-line"}
)
_NOTE_TYPES = frozenset({"bibr", "fn", "table-fn", "author-notes", "aff", "corresp"})

# Marks for "a space, if the words would otherwise run together". XML allows none of these characters in a text.
_SUPERSCRIPT_XREF, _XREF, _LETTER_MARK, _PART = "\x01", "\x02", "\x03", "\x04"
_SPACES = (
    (re.compile(r"(?<=[^\s(\[{/–—-])\x01+(?=\S)"), " "),  # addicts[sup: 12]; not ([sup: 12])
    (re.compile(r"(?<=[^\W\d_]|[.)\]”\"’;:?!])\x02+(?=[\w*†‡§¶#\x05])"), " "),  # addicts[xref: 12]; not [1,[xref: 2]]
    (re.compile(r"(?<=[^\W\d_]{4})\x03+(?=\S)"), " "),  # characteristics[sup: a]; not cm[sup: 2]
    (re.compile(r"(?<=[\w.?!)\]”\"])\x04+(?=[\w“\"])"), " "),  # [surname: Novak][year: 1983]; not [volume: 3]:[...]
    (re.compile(r"[\x01-\x04]+"), ""),
)
_SEVERAL = re.compile(r"[\x01-\x04]{2,}")
_NUMERIC = re.compile(r"[\s\[(]*\d{1,3}[a-z]?(?:\s*[,;–—−-]\s*\d{1,3}[a-z]?)*[\s\])]*")
_BARE_MARK = re.compile(r"\s*(?:[a-z*†‡§¶#]|\d{1,3}(?:\s*[,–-]\s*\d{1,3})*)\s*")


def name_of(node: Element) -> str:
    """The name of an element; "" for a comment, a processing instruction or an unresolved entity."""
    return node.tag if isinstance(node.tag, str) else ""


def fold(words: str) -> str:
    """Every stretch of white space as one space; citation marks and reference parts set off from the word before.

    Numeric citation markers keep the signs (OPEN, CLOSE) around them, see `citations`.
    """
    words = _SEVERAL.sub(lambda marks: min(marks.group()), words)
    for pattern, put in _SPACES:
        words = pattern.sub(put, words)
    return " ".join(words.split())


def pieces(element: Element, parts: bool = False) -> Iterator[str | Element]:
    """The content of an element in order: strings of running text, and the block elements that stand between.

    With `parts` the elements inside are the parts of a citation (surname, title, year), which XML often holds without
    a space or a stop between them.
    """
    yield element.text or ""
    for child in element:
        name = name_of(child)
        if name in BLOCKS and not parts:
            yield child
        elif name in LEFT_OUT or name in ("break", "br"):
            yield " "
        elif name:
            mark = " " if name in _APART else _mark(child, name, parts)
            yield mark
            cites = name == "xref" and not parts and child.get("ref-type") == "bibr" and _is_numeric(child)
            if cites:
                yield OPEN
            yield from pieces(child, parts)
            if cites:
                yield CLOSE
            if mark in (" ", _PART):
                yield mark
        yield child.tail or ""


def flat(element: Element | None, parts: bool = False) -> str:
    """All words of an element in one line, blocks inside it included; "" for None."""
    if element is None:
        return ""
    return unmarked(fold("".join(p if isinstance(p, str) else f" {flat(p, parts)} " for p in pieces(element, parts))))


def citation(ref: Element) -> str:
    """A reference in one line, label first. Of alternative forms of the same citation only the first is taken."""
    found = []
    for child in ref:
        name = name_of(child)
        if name.endswith("alternatives"):
            child = next((inner for inner in child if name_of(inner)), child)
        if name and name not in LEFT_OUT:
            found.append(flat(child, parts=True))
    return " ".join(filter(None, found)) or flat(ref, parts=True)


def _all_text(element: Element) -> str:
    return "".join(str(text) for text in element.itertext())


def _is_numeric(xref: Element) -> bool:
    """Whether a citation is a number and no author's name."""
    return _NUMERIC.fullmatch(_all_text(xref)) is not None


def _mark(child: Element, name: str, parts: bool) -> str:
    if name == "sup":
        xrefs = [x for x in child.iter("xref") if x.get("ref-type", "bibr") in _NOTE_TYPES]
        if xrefs:
            return _SUPERSCRIPT_XREF
        return _LETTER_MARK if _BARE_MARK.fullmatch(_all_text(child)) else ""
    if name == "xref" and child.get("ref-type", "bibr") in _NOTE_TYPES:
        first = next((name_of(inner) for inner in child), "")
        return _SUPERSCRIPT_XREF if first == "sup" and not (child.text or "").strip() else _XREF
    return _PART if parts and name not in _INLINE else ""
