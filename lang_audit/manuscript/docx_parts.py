"""A Word document that is being changed: its parts, parsed when needed, and written back where they were changed."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from itertools import groupby

from lxml import etree

from lang_audit.sources.docx_package import Package
from lang_audit.sources.docx_text import ReadParagraph, read_part, without_unshown_blanks
from lang_audit.sources.docx_xml import Element, every

_PART = re.compile(r"(document|footnotes|endnotes):p([1-9]\d*)")
_DECLARATION = re.compile(
    rb"""\A(?:\xef\xbb\xbf)?<\?xml(?=[^>]*(?:encoding=["']utf-8["']|version=["']1\.0["']\s*\?>))[^>]*\?>\s*""", re.I
)
_STANDARD = b'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\r\n'
_IDS = re.compile(rb"""\b[A-Za-z_][\w.-]*:id=["'](\d{1,10})["']""")
_LAST_ID = 2_000_000_000  # Word reads ids as signed numbers of 32 bits


class Parts:
    """The parts of a document. Raises UnreadableError where `data` is no Word document."""

    def __init__(self, data: bytes) -> None:
        self.package = Package(data)
        self._roots: dict[str, Element] = {}
        self._changed: set[str] = set()
        self._read: dict[str, list[ReadParagraph]] = {}
        self._new_ids = self._free_ids()

    def prepare(self, parts: Iterable[str]) -> None:
        """Make these paragraphs ready to be changed; to be called before any of them is asked for."""
        wanted = sorted(map(split_part, parts))
        for stem, numbers in groupby(wanted, key=lambda named: named[0]):
            paragraphs = list(every(self.changed(self._name(stem)), "w:p"))
            for _, number in numbers:
                if number <= len(paragraphs):
                    without_unshown_blanks(paragraphs[number - 1])

    def paragraph(self, part: str) -> ReadParagraph:
        """A paragraph ("document:p12"). Raises ValueError where there is none of that name."""
        stem, number = split_part(part)
        paragraphs = self.paragraphs(stem)
        if number > len(paragraphs):
            raise ValueError(f"there is no paragraph {part!r}: the part has {len(paragraphs)}")
        return paragraphs[number - 1]

    def paragraphs(self, stem: str) -> list[ReadParagraph]:
        """All paragraphs of a part, as they were when they were first asked for."""
        if stem not in self._read:
            self._read[stem] = read_part(self._xml(self._name(stem)))
        return self._read[stem]

    def _name(self, stem: str) -> str:
        """The member that is a part: "document", "footnotes", "endnotes". Raises ValueError where the document has none."""
        name = self.package.main if stem == "document" else self.package.related(stem)
        if name is None or name not in self.package.names:
            raise ValueError(f"the document has no {stem}")
        return name

    def changed(self, name: str) -> Element:
        """The XML of a member that is going to be changed: it is written back."""
        self._changed.add(name)
        return self._xml(name)

    def _xml(self, name: str) -> Element:
        if name not in self._roots:
            self._roots[name] = self.package.xml(name)
        return self._roots[name]

    def new_id(self) -> str:
        """An id that no tracked change, bookmark or comment has."""
        return str(next(self._new_ids))

    def written(self, added: dict[str, Element] | None = None) -> bytes:
        """The document with its changed parts as they are now, and with further ones."""
        parts = {name: self._as_before(name) + _serialised(self._roots[name]) for name in self._changed}
        return self.package.rewritten(
            parts | {name: _STANDARD + _serialised(root) for name, root in (added or {}).items()}
        )

    def _as_before(self, name: str) -> bytes:
        """The XML declaration that a part has now, where it fits what is written."""
        declaration = _DECLARATION.match(self.package.read(name))
        return declaration.group() if declaration else _STANDARD

    def _free_ids(self) -> Iterator[int]:
        """Numbers above every id; where those are near the end of what Word can read, numbers that are free below."""
        folder = self.package.main.rpartition("/")[0]
        names = [n for n in self.package.names if n.startswith(folder) and n.endswith(".xml") and "/theme" not in n]
        taken = {int(number) for name in names for number in _IDS.findall(self.package.read(name))}
        number = max((n for n in taken), default=0)
        if number >= _LAST_ID:
            number = 0
        while True:
            number += 1
            if number not in taken:
                yield number


def split_part(part: str) -> tuple[str, int]:
    """The stem and the paragraph's number of a part. Raises ValueError where it is no paragraph of a Word document."""
    named = _PART.fullmatch(part)
    if named is None:
        raise ValueError(f"{part!r} names no paragraph: it must look like 'document:p12'")
    return named.group(1), int(named.group(2))


def stamp(date: datetime | None) -> str:
    """A time (None: now) as Word writes it; one without time zone is taken as it stands."""
    date = date or datetime.now(UTC)
    return (date.astimezone(UTC) if date.tzinfo else date).strftime("%Y-%m-%dT%H:%M:%SZ")


def _serialised(root: Element) -> bytes:
    return etree.tostring(root.getroottree(), encoding="UTF-8", xml_declaration=False)
