"""Word documents (.docx, .docm): a manuscript as its authors write it, with every word's place in the file.

Tracked changes are read as accepted. Headers, footers, comments, hidden words, formulae and tables of contents are not read.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from lang_audit.errors import UnreadableError
from lang_audit.model import Metadata, Paper, PassageKind
from lang_audit.sources import Reader
from lang_audit.sources.blocks import paper_from_blocks
from lang_audit.sources.headings import section_kind

if TYPE_CHECKING:
    from lang_audit.sources.docx_blocks import Found
    from lang_audit.sources.docx_package import Package

_ZIP = b"PK\x03\x04"
_FRONT = 3000  # characters in which a manuscript says who wrote it
_TITLE_WORDS = range(4, 41)
_NO_TITLE = re.compile(
    r"running (?:head|title)|word count|(?:original|research|review) (?:article|paper|research)|title page|manuscript|"
    r"corresponding author|authors?\b|(?:table|figure) \d|dear ",
    re.IGNORECASE,
)


class ParagraphPlace(NamedTuple):
    """Where a paragraph stands, for messages: the heading above it, its number among the body's paragraphs with words.

    `number` of a footnote is that of the paragraph that refers to it. `anchor` is the id that Word gives the paragraph and
    keeps through edits, else its part. `kind` is what it is.
    """

    heading: str | None
    number: int | None
    anchor: str
    kind: PassageKind


def read(path: Path) -> Iterator[Paper]:
    """The one paper in a Word document.

    Raises UnreadableError for a file that is no Word document, protected, damaged, hostile, or without words.
    """
    # imported here: every format is asked whether a file is its own, few read it
    from lang_audit.sources.docx_blocks import Reading
    from lang_audit.sources.docx_package import package_of

    package = package_of(path)
    reading = Reading(package)
    found = _arranged(reading.found, package)
    paper = paper_from_blocks(
        (f.block for f in found), path.stem, str(path), problems=tuple(dict.fromkeys(reading.problems))
    )
    if not paper.text:
        raise UnreadableError(
            "no-text",
            "The Word document holds no words that can be read.",
            "If it holds pictures of pages, give the manuscript as text.",
        )
    yield paper.model_copy(update={"metadata": _metadata(paper, package)})


def recognises(head: bytes) -> bool:
    """Whether a file that begins with `head` is a zip whose first members are those of an Office document."""
    return head.startswith(_ZIP) and (b"[Content_Types].xml" in head or b"word/" in head)


READER = Reader("docx", (".docx", ".docm"), recognises, read)


def paragraph_places(path_or_bytes: Path | bytes) -> Mapping[str, ParagraphPlace]:
    """The place of each paragraph with words by its part ("document:p12"). Raises UnreadableError as `read` does."""
    from lang_audit.sources.docx_blocks import Reading, part_name
    from lang_audit.sources.docx_package import package_of

    package = package_of(path_or_bytes)
    reading = Reading(package)
    numbers: dict[int, int] = {}  # by the number among all paragraphs of the part
    places: dict[str, ParagraphPlace] = {}
    heading: str | None = None
    for found in _arranged(reading.found, package):
        block, read_ = found.block, found.paragraph
        part = part_name(found.stem, read_.number)
        if found.stem == "document":
            numbers.setdefault(read_.number, len(numbers) + 1)
        if block.kind == "heading" and block.section != "title":
            heading = " ".join(block.text.split())
        anchor = next((v for key, v in read_.element.attrib.items() if str(key).endswith("}paraId")), part)
        number = numbers.get(read_.number) if found.stem == "document" else len(numbers) or None
        places[part] = ParagraphPlace(heading, number, str(anchor), block.kind)
    for (stem, id_), (above, _) in reading.notes.items():
        for part in reading.note_parts(stem, id_):
            if part in places:
                places[part] = places[part]._replace(number=numbers.get(above.number))
    return places


def _arranged(found: list[Found], package: Package) -> list[Found]:
    """The blocks with the title known, and the highest headings below it on level 1, whatever level their style has."""
    found = _with_title(found, package)
    levels = [f.block.level for f in found if f.block.kind == "heading" and f.block.section != "title"]
    lift = min(levels, default=1) - 1
    return [f._replace(block=f.block._replace(level=f.block.level - lift)) if lift else f for f in found]


def _with_title(found: list[Found], package: Package) -> list[Found]:
    """The blocks, with the title among the first of them where no style says which it is."""
    if any(f.block.section == "title" for f in found):
        return found
    if found and found[0].block.kind == "heading":
        below = [f.block.level for f in found[1:] if f.block.kind == "heading"]
        words = " ".join(found[0].block.text.split())
        if below and found[0].block.level < min(below) and section_kind(words) is None:
            return [_as_title(found[0]), *found[1:]]
        return found
    claimed = _plain(_property(package, "title"))
    start = next((k for k, f in enumerate(found) if f.block.kind == "heading"), min(len(found), 5))
    for k, f in enumerate(found[: min(start, 5)]):
        words = " ".join(f.block.text.split())
        if f.block.kind != "paragraph" or f.stem != "document":
            continue
        named = len(words.split()) > 1 and _plain(words) == claimed
        shown = (f.look.is_bold or f.look.is_centred) and len(words.split()) in _TITLE_WORDS and words[-1] not in ".;,:"
        if named or (shown and not _NO_TITLE.match(words) and "@" not in words and start < len(found)):
            return [*found[:k], _as_title(f), *found[k + 1 :]]
    return found


def _as_title(found: Found) -> Found:
    return found._replace(block=found.block._replace(kind="heading", section="title"))


def _metadata(paper: Paper, package: Package) -> Metadata:
    """What the text says, and of what the file says of itself only what the text bears out: Word fills it with leftovers."""
    names = [name.strip() for name in re.split(r"[;\n]", _property(package, "creator"))]
    front = _plain(paper.text[:_FRONT])
    authors = tuple(name for name in names if len(name.split()) > 1 and _plain(name) in front)
    return paper.metadata.model_copy(update={"authors": paper.metadata.authors or authors})


def _property(package: Package, name: str) -> str:
    """A core property of the file ("title", "creator"); empty where it has none or they cannot be read."""
    part = next((n for n in package.names if n.lower() == "docprops/core.xml"), None)
    if part is None:
        return ""
    try:
        root = package.xml(part)
    except UnreadableError:
        return ""
    return next((node.text or "" for node in root.iterchildren(f"{{*}}{name}")), "").strip()


def _plain(words: str) -> str:
    return " ".join(re.findall(r"\w+", words.lower()))
