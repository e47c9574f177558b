"""What every PDF engine does with the file itself: look whether it is one, say what is wrong with it, read its XMP record.

Knows no PDF library.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO, TypeVar
from xml.etree import ElementTree

from lang_audit.errors import UnreadableError
from lang_audit.sources import first_bytes

_BOLD_NAME = re.compile(r"bold|black|heavy|demi(?!ng)|[-.,]B(?:$|[IO])|\bMedi\b|-Medium|poly-b", re.IGNORECASE)
_FORCE_BOLD = 1 << 18  # font flag of PDF 32000-1, 9.8.2
_SUBSET = re.compile(r"^[A-Z]{6}\+")
REPAIR = "Download it again; if that does not help, repair it with `qpdf in.pdf out.pdf` or print it to a new PDF."
"""How to mend a PDF whose structure is at fault."""
_PRISM = "{http://prismstandard.org/namespaces/basic/2.0/}"
_XMP = {
    "{http://purl.org/dc/elements/1.1/}title": "title",
    "{http://purl.org/dc/elements/1.1/}creator": "authors",
    "{http://purl.org/dc/elements/1.1/}identifier": "identifier",
    f"{_PRISM}doi": "doi",
    f"{_PRISM}publicationName": "journal",
    f"{_PRISM}coverDate": "date",
    f"{_PRISM}coverDisplayDate": "date",
    "{http://ns.adobe.com/pdfx/1.3/}doi": "doi",
    "{http://crossref.org/crossmark/1.0/}DOI": "doi",
}

Taken = TypeVar("Taken")


def recognises(head: bytes) -> bool:
    """Whether a file's first bytes are those of a PDF (some carry a few stray bytes before the mark)."""
    return b"%PDF-" in head[:1024]


def with_pdf(path: Path, take: Callable[[BinaryIO], Taken]) -> Taken:
    """What `take` makes of the open file, after a look at its first bytes.

    Raises UnreadableError: "no-access", "empty-file", "not-a-pdf".
    """
    try:
        with path.open("rb") as file:
            head = first_bytes(file)
            if not recognises(head):
                raise UnreadableError(
                    "not-a-pdf",
                    "The file is named as a PDF but is none.",
                    "Look what it is: often a web page was saved in place of the PDF. Download the PDF itself.",
                )
            file.seek(0)
            return take(file)
    except OSError as error:
        raise UnreadableError(
            "no-access", f"The file cannot be opened: {error.strerror}.", "Check its name and rights."
        ) from error


def locked() -> UnreadableError:
    """What to raise where only a password opens the file."""
    return UnreadableError(
        "encrypted",
        "The PDF is locked with a password.",
        "Open it with its password and save a copy without one, or find an open copy.",
    )


def protected() -> UnreadableError:
    """What to raise where the engine does not know the file's protection."""
    return UnreadableError(
        "encrypted",
        "The PDF is protected in a way that cannot be read.",
        "Save a copy without protection (print it to a new PDF), or find an open copy.",
    )


def broken(why: str = "") -> UnreadableError:
    """What to raise where the file's structure cannot be followed."""
    return UnreadableError("broken-pdf", f"The PDF is damaged or cut short{why and ': '}{why}.", REPAIR)


def font_name(name: str) -> str:
    """A font's name without the mark of a subset."""
    return _SUBSET.sub("", name)


def is_bold(name: str, flags: int) -> bool:
    """Whether a font is bold, by its name and the flags of its descriptor."""
    return bool(flags & _FORCE_BOLD) or _BOLD_NAME.search(name) is not None


def xmp_properties(packet: bytes) -> dict[str, str]:
    """What an XMP record says of the paper, the first to speak of something holds. Raises ParseError where it is no XML."""
    found: dict[str, str] = {}
    for element in ElementTree.fromstring(packet.strip(b"\0 \t\r\n")).iter():
        text = "; ".join(part.strip() for part in element.itertext() if part.strip())
        for name, value in ((element.tag, text), *element.items()):
            if name in _XMP and value.strip():
                found.setdefault(_XMP[name], value.strip())
    return found


def property_name(name: str) -> str:
    """Our name for an entry of the info dictionary."""
    return {"author": "authors"}.get(name.lower(), name.lower())
