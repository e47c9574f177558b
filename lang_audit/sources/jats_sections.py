"""The text of a JATS article with its passages and sections: what stands where, from the title to the last footnote."""

from __future__ import annotations

from typing import Any

from lang_audit.model import Citation, Passage, PassageKind, SectionKind
from lang_audit.sources.citations import OPEN, Lifted, lift_marked
from lang_audit.sources.headings import section_kind
from lang_audit.sources.jats_words import BLOCKS, LEFT_OUT, Element, citation, flat, fold, name_of, pieces
from lang_audit.sources.section_places import Place

_SEC_TYPES: dict[str, SectionKind] = {
    "intro": "introduction",
    "introduction": "introduction",
    "background": "introduction",
    "objective": "introduction",
    "materials": "methods",
    "methods": "methods",
    "subjects": "methods",
    "results": "results",
    "discussion": "discussion",
    "conclusions": "conclusion",
    "conclusion": "conclusion",
    "supplementary-material": "appendix",
}
_NOTE_TYPES: dict[str, SectionKind] = {
    "financial-disclosure": "funding",
    "funding-information": "funding",
    "supported-by": "funding",
}
_BACK: dict[str, SectionKind] = {
    "ack": "acknowledgements",
    "app": "appendix",
    "app-group": "appendix",
    "ref-list": "references",
}
# A subsection is of its parent's kind, whatever its heading, unless the heading opens one of these.
_OF_THEIR_OWN = frozenset({"conclusion", "acknowledgements", "funding", "references", "appendix"})
_BACK_MATTER = frozenset({"acknowledgements", "funding", "references", "appendix", "other"})
_MAIN = frozenset({"methods", "results", "discussion"})
_NOT_HERE = LEFT_OUT | {"label", "title", "ref", "attrib", "contrib-group", "aff", "author-notes", "related-article"}


class ArticleText:
    """The text of one article, put together passage by passage.

    After construction `text` is the whole text, and `placed` holds each passage with its place, `lines` the line of the XML that
    its block begins on, `citations` the numeric citation markers that were lifted out. Passages are parted by an empty line;
    white space inside a passage is one space, save that the rows of a table stand on lines of their own.
    """

    def __init__(self, article: Element) -> None:
        self.placed: list[tuple[Passage, Place]] = []
        self.citations: list[Citation] = []
        self.lines: list[int] = []
        self._line: Any = article.sourceline or 1  # Any: the stubs have no type for it
        self._written: list[str] = []
        self._length = 0
        self._article(article, Place("title"), Place("other"))
        for response in article:
            if name_of(response) in ("sub-article", "response"):
                title = flat(next(response.iter("article-title"), None)) or None
                self._article(response, Place("other", title), Place("other", title))
        self.text = "\n\n".join(self._written)

    def _put(self, words: str, kind: PassageKind, place: Place) -> None:
        """Write a passage; `words` may hold marked citations, which are lifted out."""
        lifted = lift_marked(words) if OPEN in words else Lifted(words)
        words = lifted.text
        if words:
            start = self._length + 2 if self._written else 0
            self.citations += (Citation(offset=start + c.offset, text=c.text) for c in lifted.citations)
            self._length = start + len(words)
            self._written.append(words)
            self.placed.append((Passage(start=start, end=self._length, kind=kind), place))
            self.lines.append(self._line)

    def _article(self, article: Element, title: Place, rest: Place) -> None:
        parts = {name_of(child): child for child in reversed(article) if name_of(child)}
        front = parts.get("front", parts.get("front-stub"))
        meta = front
        if front is not None:
            meta = next((child for child in front if name_of(child) == "article-meta"), front)
        if meta is not None:
            self._front(meta, title)
        if (body := parts.get("body")) is not None:
            kinds = {_kind_of(sec, rest) for sec in body if name_of(sec) == "sec"}
            lead = Place("introduction") if rest.heading is None and kinds & _MAIN else rest
            self._blocks(body, lead, rest)
        for name in ("back", "floats-group", "floats-wrap"):
            if (part := parts.get(name)) is not None:
                self._blocks(part, rest)
        if meta is not None:
            for notes in meta:
                if name_of(notes) in ("author-notes", "funding-group"):
                    self._closing(notes, rest)

    def _front(self, meta: Element, title: Place) -> None:
        for group in meta:
            if name_of(group) == "title-group":
                self._line = group.sourceline or self._line
                for child in group:
                    if name_of(child) in ("article-title", "subtitle", "trans-title", "trans-title-group"):
                        self._put(title_words(child), "heading", title)
        for group in meta:
            if name_of(group) in ("abstract", "trans-abstract"):
                self._section(group, Place("abstract"))
        for group in meta:
            if name_of(group) == "kwd-group":
                self._keywords(group)

    def _keywords(self, group: Element) -> None:
        self._line = group.sourceline or self._line
        heading = flat(_child(group, "title")) or None
        place = Place("keywords", heading)
        self._put(heading or "", "heading", place)
        words = [flat(child) for child in group if name_of(child) not in ("", "title", "label")]
        self._put("; ".join(filter(None, words)), "paragraph", place)

    def _closing(self, notes: Element, rest: Place) -> None:
        """Footnotes to the authors and statements of funding: XML holds them in front, print at the end."""
        for child in notes:
            name = name_of(child)
            if name == "fn":
                self._block(child, rest)
            elif name in ("funding-statement", "open-access", "award-group"):
                self._put(flat(child, parts=name == "award-group"), "paragraph", Place("funding"))

    def _section(self, element: Element, place: Place) -> None:
        """An element with a heading of its own (or none) and blocks inside."""
        self._line = element.sourceline or self._line
        heading = _heading(element)
        inside = place if place.heading else Place(place.kind, heading or None)
        if place.kind == "abstract" and name_of(element) == "sec":
            inside = place  # the parts of a structured abstract stay one section
        self._put(heading, "heading", inside)
        self._blocks(element, inside)

    def _blocks(self, parent: Element, place: Place, rest: Place | None = None) -> None:
        """The blocks in `parent`; with `rest`, what follows a headed section no longer stands at `place`.

        A main section whose heading tells nothing is of the kind of the methods or results before it, as in print.
        """
        lasting: SectionKind | None = None
        for child in parent:
            if name_of(child) != "sec" or rest is None:
                self._block(child, place)
                continue
            place = rest
            kind = _kind_of(child, rest)
            if kind == "other" and lasting and section_kind(flat(_child(child, "title"))) is None:
                kind = lasting
            lasting = kind if kind in ("methods", "results") else None
            self._section(child, rest if kind == rest.kind else Place(kind))

    def _block(self, element: Element, place: Place) -> None:
        name = name_of(element)
        if not name or name in _NOT_HERE:
            return
        self._line = element.sourceline or self._line
        if name == "sec":
            kind = _kind_of(element, place)
            self._section(element, place if kind == place.kind else Place(kind))
        elif name == "ref-list":
            self._references(element)
        elif name in ("p", "verse-line"):
            self._paragraph(element, "paragraph", place)
        elif name == "list":
            self._list(element, place)
        elif name == "def-list":
            self._definitions(element, place)
        elif name in ("disp-quote", "speech", "verse-group"):
            self._quote(element, place)
        elif name in ("fig", "table-wrap", "media", "supplementary-material", "fig-group", "table-wrap-group"):
            self._float(element, place)
        elif name == "table":
            self._table(element, Place("table", place.heading))
        elif name == "fn":
            self._note(element, place)
        elif name in ("boxed-text", "statement"):
            self._box(element, place)
        elif name in ("ack", "app", "glossary", "notes", "bio", "fn-group", "app-group"):
            by_heading = section_kind(_heading(element)) if name != "fn-group" else None
            own = by_heading if by_heading and by_heading in _BACK_MATTER else _BACK.get(name, place.kind)
            self._section(element, place if own == place.kind else Place(own))
        elif any(name_of(child) in BLOCKS or name_of(child) in ("p", "sec", "title", "fn-group") for child in element):
            self._section(element, place)
        else:
            self._paragraph(element, "paragraph", place)

    def _paragraph(self, element: Element, kind: PassageKind, place: Place, lead: str = "") -> None:
        """A paragraph, parted where a list or quotation stands in it; what floats (figures, notes) comes after it."""
        run, floating = lead, []
        for piece in pieces(element):
            if isinstance(piece, str):
                run += piece
            elif name_of(piece) in ("list", "def-list", "disp-quote", "speech", "verse-group", "statement"):
                self._put(fold(run), kind, place)
                self._block(piece, place)
                run = ""
            else:
                floating.append(piece)
        self._put(fold(run), kind, place)
        for piece in floating:
            self._block(piece, place)

    def _list(self, element: Element, place: Place) -> None:
        self._put(_heading(element), "heading", place)
        for item in element:
            if name_of(item) != "list-item":
                continue
            lead = flat(_child(item, "label"))
            for child in item:
                name = name_of(child)
                if name == "p":
                    self._paragraph(child, "list-item", place, f"{lead} " if lead else "")
                    lead = ""
                elif name == "title":
                    self._put(flat(child), "list-item", place)
                else:
                    self._block(child, place)

    def _definitions(self, element: Element, place: Place) -> None:
        self._put(_heading(element), "heading", place)
        for item in element:
            if name_of(item) == "def-item":
                terms = " ".join(flat(child) for child in item if name_of(child) == "term").rstrip(":")
                meaning = " ".join(flat(child) for child in item if name_of(child) == "def")
                self._put(": ".join(filter(None, (terms, meaning))), "list-item", place)
            elif name_of(item) == "def-list":
                self._definitions(item, place)

    def _quote(self, element: Element, place: Place) -> None:
        lead = flat(_child(element, "speaker"))
        for child in element:
            name = name_of(child)
            if name in ("p", "verse-line", "attrib", "title"):
                self._paragraph(child, "block-quote", place, f"{lead.rstrip(':')}: " if lead else "")
                lead = ""
            elif name != "speaker":
                self._block(child, place)

    def _float(self, element: Element, place: Place) -> None:
        """A figure, table or file: label and caption as one passage, then what is in it."""
        label, caption = flat(_child(element, "label")), _child(element, "caption")
        under = Place("caption", label or None)
        words, blocks = [label], []
        for child in caption if caption is not None else ():
            if name_of(child) in BLOCKS:
                blocks.append(child)
            elif name_of(child) not in LEFT_OUT:
                words.append(flat(child))
        self._put(_sentences(words), "caption", under)
        for child in (*blocks, *element):
            name = name_of(child)
            if name == "table-wrap-foot":
                for note in child:
                    if name_of(note) == "p":
                        self._paragraph(note, "footnote", Place("table", under.heading))
                    else:
                        self._block(note, Place("table", under.heading))
            elif name not in ("label", "caption"):
                self._block(child, under)

    def _table(self, table: Element, place: Place) -> None:
        rows = []
        for row in table.iter("tr", "row"):
            cells = [flat(cell) for cell in row if name_of(cell) in ("td", "th", "entry")]
            if any(cells):
                rows.append(" | ".join(cells).rstrip(" |"))
        self._put("\n".join(rows), "table", place)

    def _note(self, note: Element, place: Place) -> None:
        kind = _NOTE_TYPES.get(note.get("fn-type", ""), place.kind)
        here = Place(kind, place.heading)
        lead = flat(_child(note, "label"))
        for child in note:
            if name_of(child) == "p":
                self._paragraph(child, "footnote", here, f"{lead} " if lead else "")
                lead = ""
            else:
                self._block(child, here)

    def _box(self, box: Element, place: Place) -> None:
        label, caption = flat(_child(box, "label")), _child(box, "caption")
        heading = _sentences([label, flat(caption), flat(_child(box, "title"))])
        kind = section_kind(heading)
        inside = Place(kind, heading) if kind and kind != place.kind else place
        self._put(heading, "heading", inside)
        for child in box:
            if name_of(child) != "caption":
                self._block(child, inside)

    def _references(self, element: Element) -> None:
        heading = _heading(element)
        place = Place("references", heading or None)
        self._put(heading, "heading", place)
        for child in element:
            if name_of(child) == "ref":
                self._line = child.sourceline or self._line
                self._put(citation(child), "reference", place)
            else:
                self._block(child, place)


def title_words(element: Element) -> str:
    """The words of a title without the footnote signs that hang on it."""
    return flat(element).rstrip(" *†‡§¶#")


def _child(element: Element, name: str) -> Element | None:
    return next((child for child in element if name_of(child) == name), None)


def _heading(element: Element) -> str:
    """Label and title of an element in one line, "" where it has none."""
    title = flat(_child(element, "title"))
    return f"{flat(_child(element, 'label'))} {title}".strip() if title else ""


def _kind_of(sec: Element, parent: Place) -> SectionKind:
    by_heading = section_kind(flat(_child(sec, "title")))
    if parent.kind != "other":
        return by_heading if by_heading in _OF_THEIR_OWN and parent.kind != "abstract" and by_heading else parent.kind
    types = (sec.get("sec-type") or "").lower().replace(" and ", "|").split("|")
    by_type = next((_SEC_TYPES[t.strip()] for t in types if t.strip() in _SEC_TYPES), None)
    return by_heading or by_type or "other"


def _sentences(parts: list[str]) -> str:
    """Label, title and text of a caption in one line, with a full stop where print only changes its type."""
    line = ""
    for part in filter(None, parts):
        if line:
            line += " " if line[-1] in ".:;?!—–" else ". "
        line += part
    return line
