"""The zip that a Word document is: opened with care, its parts found, written again with some of them changed.

A few kilobytes can unpack to gigabytes, and a file named .docx can be anything. Each such file gets its own message.
"""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Mapping
from copy import copy
from pathlib import Path, PurePosixPath

from lang_audit.errors import UnreadableError
from lang_audit.sources.docx_xml import Element, parse

MOST_OF_A_PART = 200 << 20
"""Bytes of XML that one part may unpack to. A thesis of a thousand pages has some 20 million."""
MOST_OF_A_FILE = 1 << 30
"""Bytes that all members may unpack to, pictures included."""

_MOST_GROWTH = 250  # times that a part of more than _MOST_GROWN bytes may be larger than when packed; words: 5 to 40
_MOST_GROWN = 32 << 20
_MOST_MEMBERS = 20_000
_OLE = b"\xd0\xcf\x11\xe0"
_FAULTS = (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, EOFError, OSError, ValueError, KeyError)
_SAVE = "Open it in Word and save it as a Word document (.docx)."


class Package:
    """An opened Word document.

    Raises UnreadableError, with what the file is instead, where it is none.
    """

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._zip = _opened(data)
        self._names = set(self._zip.namelist())
        self.main = self._main_part()
        self._targets = self._relationships(self.main)

    @property
    def names(self) -> frozenset[str]:
        """The names of all members."""
        return frozenset(self._names)

    def related(self, kind: str) -> str | None:
        """The part that the main part refers to as "styles", "footnotes", "comments" ...; None without one."""
        return self._targets.get(kind)

    def read(self, name: str) -> bytes:
        """The bytes of a member. Raises UnreadableError where it is too large or damaged."""
        if name not in self._names:
            raise UnreadableError("not-docx", f"The file lacks its part {name}.", _SAVE)
        try:
            info = self._zip.getinfo(name)
            grown = info.file_size > _MOST_GROWN and info.file_size > _MOST_GROWTH * max(info.compress_size, 1)
            if info.file_size > MOST_OF_A_PART or grown:
                raise _too_large(name)
            with self._zip.open(info) as member:
                data = member.read(MOST_OF_A_PART + 1)
        except _FAULTS as error:
            raise _broken(f"its part {name} cannot be unpacked") from error
        if len(data) > MOST_OF_A_PART:
            raise _too_large(name)
        return data

    def xml(self, name: str) -> Element:
        """The root of an XML part."""
        return parse(self.read(name), name)

    def rewritten(self, parts: Mapping[str, bytes]) -> bytes:
        """The package with these parts in place of its own, or put in behind; all else as it is, in the same order."""
        out = io.BytesIO()
        try:
            with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as written:
                written.comment = self._zip.comment
                for info in self._zip.infolist():
                    content = parts[info.filename] if info.filename in parts else self._zip.read(info)
                    written.writestr(copy(info), content)
                for name in parts.keys() - self._names:
                    written.writestr(zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0)), parts[name], zipfile.ZIP_DEFLATED)
        except _FAULTS as error:
            raise _broken("one of its members cannot be unpacked") from error
        return out.getvalue()

    def _main_part(self) -> str:
        """The part with the body. Raises UnreadableError where there is none, with what the file is instead."""
        if "mimetype" in self._names and "content.xml" in self._names:
            raise UnreadableError("not-docx", "The file is an OpenDocument file (.odt or the like), not .docx.", _SAVE)
        main = self._relationships("").get("officeDocument", "word/document.xml")
        folder = main.partition("/")[0]
        other = {"xl": "an Excel workbook", "ppt": "a PowerPoint presentation", "visio": "a Visio drawing"}.get(folder)
        if other:
            raise UnreadableError("not-docx", f"The file is {other}, not a manuscript.", "Give the manuscript itself.")
        if main not in self._names and "[Content_Types].xml" in self._names:
            raise UnreadableError("not-docx", "The Word file is incomplete: the part with its text is missing.", _SAVE)
        if main not in self._names:
            raise UnreadableError(
                "not-docx", "The file is a zip archive, but no Word document.", "Unpack it, or " + _SAVE
            )
        return main

    def _relationships(self, part: str) -> dict[str, str]:
        """The parts that a part ("" for the package) refers to, by the last word of the relationship's type."""
        name = relationships_of(part)
        found: dict[str, str] = {}
        if name in self._names:
            for relation in self.xml(name).iterchildren("{*}Relationship"):
                kind, target = relation.get("Type", ""), relation.get("Target", "")
                if target and relation.get("TargetMode") != "External":
                    found.setdefault(kind.rpartition("/")[2], resolved(part, target))
        return found


def package_of(path_or_bytes: Path | bytes) -> Package:
    """The package of a file or of its bytes."""
    return Package(path_or_bytes if isinstance(path_or_bytes, bytes) else path_or_bytes.read_bytes())


def relationships_of(part: str) -> str:
    """The name of the part that holds a part's relationships."""
    path = PurePosixPath(part)
    return str(path.parent / "_rels" / f"{path.name}.rels")


def resolved(part: str, target: str) -> str:
    """The name of the member that a relationship of `part` points to."""
    steps = [] if target.startswith("/") else list(PurePosixPath(part).parent.parts)
    for step in target.split("/"):
        if step == "..":
            del steps[-1:]
        elif step not in ("", "."):
            steps.append(step)
    return "/".join(steps)


def _opened(data: bytes) -> zipfile.ZipFile:
    if data[:4] == _OLE:
        raise _ole(data)
    start = data[:1024].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if start.startswith(b"{\\rtf"):
        raise UnreadableError("not-docx", "The file is named .docx but is an RTF file.", _SAVE)
    if start.startswith((b"<!doctype html", b"<html")):
        raise UnreadableError("not-docx", "The file is named .docx but is a web page (HTML).", _SAVE)
    if start.startswith(b"<?xml") and b"word/2003/wordml" in data[:4096].lower():
        raise UnreadableError("not-docx", "The file is a Word 2003 XML document, not .docx.", _SAVE)
    if start.startswith(b"%pdf"):
        raise UnreadableError("not-docx", "The file is named .docx but is a PDF file.", "Name it .pdf.")
    if not data.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        raise UnreadableError("not-docx", "The file is named .docx but is no Word document.", _SAVE)
    try:
        opened = zipfile.ZipFile(io.BytesIO(data))
    except _FAULTS as error:
        raise _broken("its zip archive is cut short or broken") from error
    infos = opened.infolist()
    if sum(info.file_size for info in infos) > MOST_OF_A_FILE or len(infos) > _MOST_MEMBERS:
        raise _too_large("all of its parts together")
    if any(info.flag_bits & 1 for info in infos):
        raise UnreadableError(
            "encrypted", "The zip archive is protected by a password.", "Save the document without a password."
        )
    return opened


def _ole(data: bytes) -> UnreadableError:
    """What an OLE container is: an encrypted .docx, an old .doc, or something else of Office."""
    remedy = "Open it in Word and save it as .docx without a password."
    if "EncryptedPackage".encode("utf-16-le") in data:
        return UnreadableError("encrypted", "The Word file is protected by a password.", remedy)
    if "WordDocument".encode("utf-16-le") in data:
        return UnreadableError("old-doc", "The file is an old Word file (.doc), which cannot be read.", remedy)
    return UnreadableError("old-doc", "The file is protected by a password or an old .doc file.", remedy)


def _broken(what: str) -> UnreadableError:
    return UnreadableError(
        "broken-zip", f"The Word file is damaged: {what}.", "Send or download it again, or let Word repair and save it."
    )


def _too_large(what: str) -> UnreadableError:
    return UnreadableError(
        "too-large",
        f"The file is built to unpack to far more than a manuscript holds ({what}).",
        "Copy its text into a new Word document and save that.",
    )
