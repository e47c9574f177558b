"""Runs of a Word document: cut where a change begins or ends, made anew, put in their place."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from copy import deepcopy
from typing import cast

from lxml import etree

from lang_audit.sources.docx_text import Character
from lang_audit.sources.docx_xml import XML_SPACE, Element, child, every, name_of

_INSERTED = ("w:ins", "w:moveTo")
_PARTS = re.compile(r"\t|\r\n|\n|[^\t\r\n]+")


def namespaced(like: Element, name: str) -> str:
    """The tag of that local name in the namespace of an element."""
    return f"{str(like.tag).rpartition('}')[0]}}}{name}"


def made(like: Element, name: str, **attributes: str) -> Element:
    """A new element in the namespace of another, with attributes in it too."""
    element: Element = etree.Element(namespaced(like, name), nsmap=_namespaces(like))
    for key, value in attributes.items():
        element.set(namespaced(like, key), value)
    return element


def run_of(like: Element, words: str, properties: Element | None) -> Element:
    """A run with these words and a copy of these properties; tabs and line ends become Word's own."""
    run = made(like, "r")
    if properties is not None:
        kept = deepcopy(properties)
        kept.tail = None
        for change in list(every(kept, "w:rPrChange")):
            kept.remove(change)
        if len(kept):
            run.append(kept)
    for part in _PARTS.findall(words):
        if part == "\t":
            run.append(made(like, "tab"))
        elif part[0] in "\r\n":
            run.append(made(like, "br"))
        else:
            text = made(like, "t")
            _write(text, part)
            run.append(text)
    return run


def carve(characters: Sequence[Character], new_id: Callable[[], str]) -> list[Element]:
    """Runs that hold these characters, which follow one another in one run, and nothing else.

    What stands to the left of the characters stays in the elements that it stands in.
    """
    run = characters[0].run
    spans: dict[Element, tuple[int, int]] = {}
    for character in characters:
        start = spans.get(character.node, (character.offset, 0))[0]
        spans[character.node] = start, character.offset + 1
    groups: list[tuple[bool, list[Element]]] = []
    for node in list(run):
        if name_of(node) == "w:rPr":
            continue
        for wanted, part in _cut_out(node, spans.get(node)):
            if groups and groups[-1][0] == wanted:
                groups[-1][1].append(part)
            else:
                groups.append((wanted, [part]))
    carved: list[Element] = []
    last = run
    for number, (wanted, nodes) in enumerate(groups):
        if number:
            last = _run_after(last, nodes, new_id)
        if wanted:
            carved.append(last)
    return carved


def cut(character: Character, new_id: Callable[[], str]) -> Element:
    """Cut a character's run before it; gives the new run, which begins with it."""
    node = character.node
    while name_of(run := parent_of(node)) != "w:r":
        node = run
    if character.offset and node is character.node:
        words = node.text or ""
        right = _like(node)
        _write(node, words[: character.offset])
        _write(right, words[character.offset :])
        node.addnext(right)
        node = right
    return _run_after(run, [node, *node.itersiblings()], new_id)


def parent_of(element: Element) -> Element:
    """What an element that is no root stands in."""
    above = element.getparent()
    assert above is not None
    return above


def put_after(new: Element, place: Element, new_id: Callable[[], str]) -> None:
    """Put an insertion behind `place`; an insertion of someone else that holds `place` is parted there."""
    place, above = _undeleted(place)
    if name_of(above) not in _INSERTED:
        place.addnext(new)
        return
    following = list(place.itersiblings())
    if following:
        rest = _like(above)
        rest.set(namespaced(above, "id"), new_id())
        rest.extend(following)
        above.addnext(rest)
    above.addnext(new)


def put_before(new: Element, place: Element, new_id: Callable[[], str]) -> None:
    """Put an insertion in front of `place`, outside of someone else's insertion."""
    place, above = _undeleted(place)
    if name_of(above) not in _INSERTED:
        place.addprevious(new)
        return
    preceding = list(place.itersiblings(preceding=True))
    if preceding:
        put_after(new, preceding[0], new_id)
    else:
        above.addprevious(new)


def _undeleted(place: Element) -> tuple[Element, Element]:
    """An element, or the deletion that holds it, and what that stands in."""
    above = parent_of(place)
    while name_of(above) == "w:del":
        place, above = above, parent_of(above)
    return place, above


def _cut_out(node: Element, span: tuple[int, int] | None) -> list[tuple[bool, Element]]:
    """A child of a run in up to three parts: what stands before the span, the span, what stands behind it."""
    if span is None:
        return [(False, node)]
    if name_of(node) != "w:t":
        return [(True, node)]
    words, (start, end) = node.text or "", span
    texts = [(False, words[:start]), (True, words[start:end]), (False, words[end:])]
    parts: list[tuple[bool, Element]] = []
    for wanted, text in texts:
        if text:
            part = _like(node) if parts else node
            _write(part, text)
            parts.append((wanted, part))
    return parts


def _run_after(run: Element, nodes: Sequence[Element], new_id: Callable[[], str]) -> Element:
    """A new run behind another, formatted like it, with these children."""
    new = _like(run)
    properties = child(run, "w:rPr")
    if properties is not None:
        kept = deepcopy(properties)
        for change in every(kept, "w:rPrChange"):
            change.set(namespaced(change, "id"), new_id())
        new.append(kept)
    new.extend(nodes)
    run.addnext(new)
    return new


def _like(element: Element) -> Element:
    """An empty element with the same name and attributes."""
    new: Element = etree.Element(element.tag, nsmap=_namespaces(element))
    for key, value in element.attrib.items():
        new.set(key, value)
    return new


def _namespaces(element: Element) -> dict[str, str]:
    """The prefixes that hold at an element, so that what is put there brings none of its own."""
    return cast(dict[str, str], element.nsmap)


def _write(text: Element, words: str) -> None:
    text.text = words
    if words != words.strip():
        text.set(XML_SPACE, "preserve")
