"""The XML of a Word document: safe parsing, and names that are the same in both dialects of the format.

Word writes "transitional" OOXML and, on demand, "strict", with other namespaces for the same elements. Elements are asked for
by a short name ("w:p") that fits both.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

from lxml import etree

from lang_audit.errors import UnreadableError

Element = etree._Element

XML_SPACE = "{http://www.w3.org/XML/1998/namespace}space"
W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_STRICT = "http://purl.oclc.org/ooxml/"
_PREFIXES = {
    W: "w",
    f"{_STRICT}wordprocessingml/main": "w",
    "http://schemas.openxmlformats.org/officeDocument/2006/math": "m",
    f"{_STRICT}officeDocument/math": "m",
    "http://schemas.openxmlformats.org/markup-compatibility/2006": "mc",
    "http://schemas.microsoft.com/office/word/2010/wordml": "w14",
    "http://schemas.microsoft.com/office/word/2012/wordml": "w15",
}
_NAMESPACES: dict[str, tuple[str, ...]] = {}
for _uri, _prefix in _PREFIXES.items():
    _NAMESPACES[_prefix] = (*_NAMESPACES.get(_prefix, ()), _uri)


def parse(data: bytes, part: str) -> Element:
    """The root of an XML part. Raises UnreadableError where it is no XML, or declares a document type, which Word never does."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        root: Element = etree.fromstring(data, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise UnreadableError(
            "malformed-xml",
            f"The file is damaged: its part {part} is not well-formed XML.",
            "Open it in Word, let Word repair it, and save it again.",
        ) from error
    if root.getroottree().docinfo.internalDTD is not None:
        raise UnreadableError(
            "unsafe-xml",
            f"The part {part} declares a document type, which no word processor writes and which could be an attack.",
            "Open the file in Word and save it as a new .docx file.",
        )
    return root


@lru_cache(maxsize=4096)
def _short(tag: str) -> str:
    uri, _, local = tag[1:].rpartition("}")
    prefix = _PREFIXES.get(uri)
    return f"{prefix}:{local}" if prefix else local


@lru_cache(maxsize=512)
def _tags(name: str) -> tuple[str, ...]:
    prefix, _, local = name.partition(":")
    return tuple(f"{{{uri}}}{local}" for uri in _NAMESPACES[prefix])


def name_of(element: Element) -> str:
    """The short name of an element, "w:p"; without prefix where the namespace is another; "" of a comment."""
    return _short(element.tag) if isinstance(element.tag, str) else ""


def every(root: Element, *names: str) -> Iterator[Element]:
    """`root` and all below it that have one of the names, in document order."""
    return root.iter(*(tag for name in names for tag in _tags(name)))


def child(element: Element | None, name: str) -> Element | None:
    """The first child of that name."""
    return next(element.iterchildren(*_tags(name)), None) if element is not None else None


def attribute(element: Element | None, name: str) -> str | None:
    """The value of an attribute in the element's own namespace (`w:val` of a `w:pStyle`)."""
    if element is None:
        return None
    namespace = str(element.tag).rpartition("}")[0]
    return element.get(f"{namespace}}}{name}") if namespace else element.get(name)


def value(element: Element | None, name: str) -> str | None:
    """The `w:val` of a child of that name."""
    return attribute(child(element, name), "val")


def switched_on(properties: Element | None, name: str) -> bool | None:
    """Whether a switch such as `w:b` is on or off among properties; None where it is not set."""
    switch = child(properties, name)
    if switch is None:
        return None
    return attribute(switch, "val") not in ("0", "false", "off", "none")


def chosen(alternates: Element) -> Element | None:
    """The branch of `mc:AlternateContent` that is read: the first choice, or the fallback where no choice holds words."""
    branches = [branch for branch in alternates if name_of(branch) in ("mc:Choice", "mc:Fallback")]
    for branch in branches:
        if next(every(branch, "w:t", "w:p", "w:tab", "w:br"), None) is not None:
            return branch
    return branches[0] if branches else None
