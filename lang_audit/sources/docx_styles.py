"""What a paragraph of a Word document is by its style and its own formatting: heading, title, caption, quotation, list item."""

from __future__ import annotations

import re
from functools import cached_property
from typing import NamedTuple

from lang_audit.sources.docx_text import ReadParagraph
from lang_audit.sources.docx_xml import Element, attribute, child, every, switched_on, value

_HEADING = re.compile(
    r"(?:heading|header|überschrift|ueberschrift|titre|título|titulo|titolo|kop|rubrik|overskrift|otsikko|nagłówek|nadpis|"
    r"başlık|заголовок|标题|標題|見出し|제목) ?([1-9])\b.{0,30}",
    re.IGNORECASE,
)
_TITLE = re.compile(
    r"(?:article |paper |main |document |manuscript )?title|titel|titre|título|titulo|titolo", re.IGNORECASE
)
_CAPTION = re.compile(
    r"caption|(?:table|figure) (?:caption|legend|title)|beschriftung|légende|leyenda|didascalia", re.IGNORECASE
)
_QUOTE = re.compile(r"(?:intense |block ?|long )?quot(?:e|ation)s?|block text|zitat|citation intense", re.IGNORECASE)
_REFERENCE = re.compile(r"(?:endnote )?bibliography(?: \d)?|literaturverzeichnis|references?(?: list)?", re.IGNORECASE)
_CONTENTS = re.compile(r"(?:toc|index) (?:\d|heading)|table of figures|contents \d", re.IGNORECASE)
_SET_IN = 200  # twentieths of a point on both sides that make a quotation of a paragraph
_BODY_LEVEL = 9  # the outline level of text that is no heading


class Style(NamedTuple):
    """A style: its name as Word shows it in English, what it is based on, its paragraph and run properties."""

    name: str
    based_on: str | None
    paragraph: Element | None
    run: Element | None


class Styles:
    """The styles of a document (`None`: it has none)."""

    def __init__(self, root: Element | None) -> None:
        self._styles: dict[str, Style] = {}
        self._default: str | None = None
        for style in every(root, "w:style") if root is not None else ():
            key = attribute(style, "styleId")
            if not key:
                continue
            self._styles[key] = Style(
                (value(style, "w:name") or key).strip(),
                value(style, "w:basedOn"),
                child(style, "w:pPr"),
                child(style, "w:rPr"),
            )
            if attribute(style, "type") == "paragraph" and attribute(style, "default") in ("1", "true", "on"):
                self._default = key

    def chain(self, key: str | None) -> list[Style]:
        """A style and those that it is based on, nearest first; the document's default where none is named."""
        found: list[Style] = []
        key = key if key in self._styles else self._default
        seen: set[str] = set()
        while key in self._styles and key not in seen:
            seen.add(key)
            found.append(self._styles[key])
            key = self._styles[key].based_on
        return found


class Look:
    """How a paragraph looks, asked lazily."""

    def __init__(self, paragraph: ReadParagraph, styles: Styles) -> None:
        self._paragraph = paragraph
        self._styles = styles
        self._properties = child(paragraph.element, "w:pPr")

    @cached_property
    def _chain(self) -> list[Style]:
        return self._styles.chain(value(self._properties, "w:pStyle"))

    def _named(self, pattern: re.Pattern[str]) -> re.Match[str] | None:
        return next(filter(None, (pattern.fullmatch(style.name) for style in self._chain)), None)

    def _layers(self) -> list[Element]:
        """The paragraph's own properties, then those of its styles."""
        return [p for p in (self._properties, *(style.paragraph for style in self._chain)) if p is not None]

    @cached_property
    def heading_level(self) -> int | None:
        """The level of a heading, 1 for the highest; None for a paragraph that its style or outline makes no heading."""
        for layer in self._layers():
            level = value(layer, "w:outlineLvl")
            if level is not None and re.fullmatch(r"\d{1,3}", level):
                return int(level) + 1 if int(level) < _BODY_LEVEL else None
        named = self._named(_HEADING)
        return int(named.group(1)) if named else None

    @property
    def is_title(self) -> bool:
        """Whether its style is that of a document's title."""
        return self._named(_TITLE) is not None

    @property
    def is_caption(self) -> bool:
        """Whether its style is that of captions."""
        return self._named(_CAPTION) is not None

    @property
    def is_reference(self) -> bool:
        """Whether its style is that of an entry of the reference list."""
        return self._named(_REFERENCE) is not None

    @property
    def is_contents(self) -> bool:
        """Whether its style is that of a table of contents."""
        return self._named(_CONTENTS) is not None

    @property
    def is_quote(self) -> bool:
        """Whether its style is that of quotations."""
        return self._named(_QUOTE) is not None

    @property
    def is_set_in(self) -> bool:
        """Whether it stands further in than other text on both sides."""
        return all(self._indent(*sides) >= _SET_IN for sides in (("left", "start"), ("right", "end")))

    def _indent(self, *names: str) -> int:
        for layer in self._layers():
            indent = child(layer, "w:ind")
            for name in names:
                written = attribute(indent, name)
                if written is not None:
                    return int(written) if re.fullmatch(r"-?\d{1,6}", written) else 0
        return 0

    @property
    def is_item(self) -> bool:
        """Whether it has a bullet or number."""
        for layer in self._layers():
            numbering = child(layer, "w:numPr")
            if numbering is not None:
                return value(numbering, "w:numId") not in (None, "0")
        return False

    @property
    def is_centred(self) -> bool:
        """Whether its lines stand in the middle."""
        return next(filter(None, (value(layer, "w:jc") for layer in self._layers())), "") == "center"

    @property
    def is_bold(self) -> bool:
        """Whether all its words are bold."""
        return self._all("w:b")

    @property
    def is_marked(self) -> bool:
        """Whether all its words are bold, slanted, underlined or in capitals."""
        return any(map(self._all, ("w:b", "w:i", "w:u", "w:caps", "w:smallCaps")))

    def _all(self, switch: str) -> bool:
        worded = [stretch.run for stretch in self._paragraph.stretches if stretch.text.strip()]
        return bool(worded) and all(self._has(run, switch) for run in worded)

    def _has(self, run: Element, switch: str) -> bool:
        properties = child(run, "w:rPr")
        layers = [properties]
        style = value(properties, "w:rStyle")
        if style is not None:
            layers += [s.run for s in self._styles.chain(style)]
        layers += [s.run for s in self._chain]
        return next((on for layer in layers if (on := switched_on(layer, switch)) is not None), False)
