"""HTML cut into tags and text with their places in the file, as browsers cut it: broken markup is read, not refused.

The standard library's parser gives lines and columns and is slow on some broken files; here each search goes forward only.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from typing import Literal, NamedTuple

_MARKUP = re.compile(r"<(?=[A-Za-z!?/])")
_TAG = re.compile(r"</?([A-Za-z][^\s/>]*)((?>[^>\"']+|\"[^\"]*\"|'[^']*')*)>")
_PLAIN_TAG = re.compile(r"</?([A-Za-z][^\s/>]*)([^>]*)>")
_ATTRIBUTE = re.compile(r"([^\s=/>\"']+)(?:\s*=\s*(?:\"([^\"]*)\"|'([^']*)'|([^\s\"'>]+)))?")
_RAW = frozenset({"script", "style", "textarea", "title", "xmp", "iframe", "noembed", "noframes"})

Kind = Literal["text", "start", "end"]


class Token(NamedTuple):
    """A tag, or the text between two tags. For a tag `name` is its name in small letters, `inside` its attributes as written.

    `start:end` are its characters in the file; `inside_at` is where its attributes begin.
    """

    kind: Kind
    start: int
    end: int
    name: str = ""
    inside: str = ""
    inside_at: int = 0

    def attributes(self) -> dict[str, str]:
        """The attributes, names in small letters; the first of the same name counts."""
        found: dict[str, str] = {}
        for attribute in _ATTRIBUTE.finditer(self.inside):
            value = attribute[2] or attribute[3] or attribute[4] or ""
            found.setdefault(attribute[1].lower(), html.unescape(value) if "&" in value else value)
        return found

    def place_of(self, name: str) -> tuple[int, int] | None:
        """Where the value of an attribute stands in the file."""
        for attribute in _ATTRIBUTE.finditer(self.inside):
            if attribute[1].lower() == name and attribute.lastindex and attribute.lastindex > 1:
                start, end = attribute.span(attribute.lastindex)
                return self.inside_at + start, self.inside_at + end
        return None


def tokens_of(text: str) -> Iterator[Token]:
    """The tags and texts of a page in order. Comments and declarations go; of scripts and styles the text goes too."""
    position = done = 0
    closed = _Ends(text)
    while markup := _MARKUP.search(text, position):
        start, sign = markup.start(), text[markup.end()]
        tag = None
        if text.startswith("<!--", start):
            end = start + 5 if text.startswith("<!-->", start) else closed.after("-->", start + 4)
        elif text.startswith("<![CDATA[", start):  # in XHTML its text is text
            end = start + len("<![CDATA[")
        elif sign in "!?":
            end = closed.after(">", start + 2)
        elif sign == "/" and not text[start + 2 : start + 3].isalpha():
            position = start + 2  # "and </ or" is text
            continue
        else:
            if closed.has(">", start):
                tag = _TAG.match(text, start) or _PLAIN_TAG.match(text, start)
            end = tag.end() if tag else len(text)
        yield from _text(done, start)
        position = done = end
        if tag is None:
            continue
        name = tag[1].lower()
        if text[start + 1] == "/":
            yield Token("end", start, end, name)
            continue
        yield Token("start", start, end, name, tag[2], tag.start(2))
        if name in _RAW and not tag[2].endswith("/"):
            done = closed.of(name, end)
            position = done
            if name in ("title", "textarea"):
                yield from _text(end, done)
    yield from _text(done, len(text))


def _text(start: int, end: int) -> Iterator[Token]:
    if start < end:
        yield Token("text", start, end)


class _Ends:
    """Where things end that begin at some place; what is not found once is not looked for again."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._last = {mark: text.rfind(mark) for mark in (">", "-->")}
        self._missing: set[str] = set()

    def has(self, mark: str, start: int) -> bool:
        return self._last[mark] >= start

    def after(self, mark: str, start: int) -> int:
        """Behind the next `mark`; where there is none the rest of the file is inside, as for a browser."""
        return self._text.index(mark, start) + len(mark) if self.has(mark, start) else len(self._text)

    def of(self, name: str, start: int) -> int:
        """Where the end tag of a raw element begins; of a title without one it ends with the line."""
        if name not in self._missing:
            if end := re.compile(rf"</{name}\b", re.IGNORECASE).search(self._text, start):
                return end.start()
            self._missing.add(name)
        return start if name == "title" else len(self._text)
