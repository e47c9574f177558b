"""From blocks in reading order to the parts of a paper: which section each belongs to, and as what kind of passage.

One walk from the first block to the last. Headings open sections; tables, captions and notes are held back until the text
under their heading ends, so that they cut no paragraph in two.
"""

from __future__ import annotations

import re

from lang_audit.model import PassageKind, SectionKind
from lang_audit.sources.abstract import AbstractSoFar
from lang_audit.sources.asides import PULL_QUOTE
from lang_audit.sources.headings import section_kind
from lang_audit.sources.joining import Vocabulary, running_text
from lang_audit.sources.paragraphs import Block
from lang_audit.sources.parts import Part, front_matter_last
from lang_audit.sources.reference_list import ReferenceList
from lang_audit.sources.roles import TITLE_PAGES, Role, Roles
from lang_audit.sources.typography import LARGER, style_of
from lang_audit.sources.wording import (
    ABSTRACT_PART,
    BULLET,
    END_MATTER,
    FRONT_RUN_IN,
    MAIN_HEADING,
    NUMBERED,
    YEAR,
    bare_heading,
    ends_sentence,
    run_in_heading,
)

_SAME_SIZE = 0.4  # points: blocks of one text differ by less in type size
_FULL = 0.25  # of its length: a line that ends further from the column's edge closes its paragraph
_PROSE = 25  # words: a block this long is running text, no label or byline
_MUCH_LARGER = 1.4  # points over the abstract's size: a heading of the paper, not of the abstract
_QUOTE_INDENT = 0.8  # of the type size: all lines of a block quotation stand at least this far in
_FLOATS: dict[Role, tuple[PassageKind, SectionKind]] = {
    "caption": ("caption", "caption"),
    "more caption": ("caption", "caption"),
    "figure": ("caption", "caption"),
    "table": ("table", "table"),
    "note": ("footnote", "other"),
}

_BODY: frozenset[SectionKind | None] = frozenset({"introduction", "methods", "results", "discussion", "conclusion"})
_END_MATTER: frozenset[SectionKind | None] = frozenset(
    {"funding", "acknowledgements", "references", "appendix", "other", "keywords"}
)
_LASTING: frozenset[SectionKind | None] = frozenset({"methods", "results"})
"""Kinds that hold on through main headings whose words tell nothing: "Trial procedures" after "Methods" is methods."""


class Structure:
    """Walks through the blocks of a paper and makes its parts."""

    def __init__(self, roles: Roles, vocabulary: Vocabulary) -> None:
        self._roles = roles
        self._body = roles.body
        self._vocabulary = vocabulary
        self._edges = {id(line): block.right for block in roles.blocks for line in block.lines}
        self._parts: list[Part] = []
        self._held: list[Part] = []  # floats and notes met in the text under one heading
        self._lettering: Part | None = None  # the last one met
        self._kind: SectionKind | None = None
        self._heading: str | None = None
        self._main: SectionKind | None = None  # the kind that the last main heading opened
        self._abstract = AbstractSoFar()
        self._references = ReferenceList()
        self._seen: set[SectionKind] = set()
        self._past_body = False  # among acknowledgements, contributions, references
        self._fresh = False  # no text yet under the last main heading

    def parts(self) -> list[Part]:
        """Every block as a part of the paper, in the order in which a person would read it; front matter comes last."""
        for k, block in enumerate(self._roles.blocks):
            self._take(k, block, self._roles.of[k])
        self._release()
        return front_matter_last(self._parts)

    def _take(self, k: int, block: Block, role: Role) -> None:
        if role == "title":
            if k == self._roles.title[0]:
                self._enter("title", None)
                lines = [line for n in self._roles.title for line in self._roles.blocks[n].lines]
                self._parts.append(Part(lines, "heading", "title"))
                self._kind = self._main = None
            return
        if (
            self._kind == "references"
            and role not in ("heading", "caption", "more caption")
            and self._references.holds(block)
        ):
            self._release()
            self._entries(block)
            return
        if role == "box":
            self._box(block, self._roles.box_titles[k])
            return
        if k in self._roles.references:
            if self._kind != "references":
                self._enter("references", None)
            self._entries(block)
            return
        if k in self._roles.abstract:
            self._release()
            if self._kind != "abstract":
                self._enter("abstract", None)
            self._abstract.add(block)
            self._add(block, "paragraph", "abstract")
            return
        if self._kind == "abstract" and self._abstract.stands_beside(block) and section_kind(block.text) != "keywords":
            self._add(block, "footnote", "other")
            return
        role = self._here(block, role)
        if role in _FLOATS:
            kind, section = _FLOATS[role]
            if role == "more caption" and self._held and self._held[-1].kind == "caption":
                self._held[-1].lines += block.lines
            elif role == "figure":
                self._letter(block)
            else:
                self._held.append(Part(list(block.lines), kind, section))
            return
        if role == "text" and self._continues(block):
            self._parts[-1].lines += block.lines
            return
        if self._kind is None or role == "heading":
            self._release()
        if (
            self._kind == "abstract"
            and self._heading is None
            and self._roles.abstract
            and k > max(self._roles.abstract)
        ):
            self._release()
            self._kind, self._main = None, None
        if role != "heading" or not self._take_heading(block):
            self._take_text(block)

    def _box(self, block: Block, title: str) -> None:
        """Hold back a block of a box; the lines of a pull quote are one passage."""
        last = self._held[-1] if self._held else None
        if title == PULL_QUOTE:
            if last is not None and last.heading == title:
                last.lines += block.lines
            else:
                self._held.append(Part(list(block.lines), "block-quote", "other", title, aside=True))
        else:
            kind: PassageKind = "list-item" if BULLET.match(block.text) else "paragraph"
            opens = last is None or last.heading != title
            self._held.append(Part(list(block.lines), "heading" if opens else kind, "other", title, aside=True))

    def _letter(self, block: Block) -> None:
        """Take the lettering of a figure: one passage for all of it, without the bare figures along an axis."""
        lines = [line for line in block.lines if re.search(r"[^\W\d_]{2}", line.text)]
        if lines and self._held and self._held[-1] is self._lettering:
            self._lettering.lines += lines
        elif lines:
            self._lettering = Part(lines, "caption", "caption")
            self._held.append(self._lettering)

    def _here(self, block: Block, role: Role) -> Role:
        """A block's role where it stands: what is set small is no note inside the abstract or among the end matter."""
        if role != "note":
            return role
        early = block.page <= TITLE_PAGES
        in_abstract = self._kind == "abstract" and self._abstract.takes(block)
        if self._kind == "keywords" and self._fresh:
            return "text"
        if in_abstract or (early and FRONT_RUN_IN.match(block.text)) or (self._past_body and not early):
            return "text"
        return role

    # Sections

    def _enter(self, kind: SectionKind, heading: str | None) -> None:
        """Begin a main section; what was held back ends the one before."""
        self._release()
        self._kind = self._main = kind
        self._heading = heading
        self._fresh = True
        if kind in _END_MATTER and kind != "other":
            self._past_body = bool(self._seen & (_BODY - {"introduction"}))
        elif kind in _BODY:
            self._past_body = False
        self._seen.add(kind)

    def _release(self) -> None:
        self._parts += self._held
        self._held = []

    def _add(self, block: Block, kind: PassageKind, section: SectionKind) -> None:
        self._parts.append(Part(list(block.lines), kind, section, self._heading if section == self._kind else None))

    def _text_of(self, block: Block) -> str:
        return running_text([line.text for line in block.lines], self._vocabulary)

    # Headings

    def _take_heading(self, block: Block) -> bool:
        """Take the block as a heading and enter its section; False where it turns out to be none here."""
        text = self._text_of(block)
        kind = section_kind(text)
        if kind is None and run_in_heading(text, 0):
            return False
        early = block.page <= TITLE_PAGES and "title" not in self._seen and self._roles.title
        if (early and kind in (None, "other")) or (self._kind is None and kind is None):
            self._add(block, "heading" if early else "paragraph", "other")
            return True
        if self._kind == "abstract" and self._inside_abstract(block, text, kind):
            self._add(block, "heading", "abstract")
            return True
        numbered = NUMBERED.match(text)
        deep = numbered is not None and "." in numbered["number"].rstrip(".")
        main = style_of(block) == (self._roles.headings.main or self._abstract.style) and not deep
        if self._kind == "references":
            larger = block.size > max(self._body.size, self._references.size or 0) + LARGER
            if not main and not larger and (kind not in _END_MATTER or YEAR.search(text)):
                return False  # a line of an entry that happens to be bold or italic
            kind = kind or "other"
        if self._opens(kind, main, deep, numbered is not None, bare_heading(text)):
            self._enter(kind or "other", text)
            if kind == "abstract":
                self._abstract.style = style_of(block)
            after_text = bool(self._seen & (_BODY - {"introduction"})) or END_MATTER.search(text) is not None
            self._past_body = self._past_body or (kind == "other" and after_text and block.page > TITLE_PAGES)
        self._add(block, "heading", self._kind or "other")
        return True

    def _opens(self, kind: SectionKind | None, main: bool, deep: bool, numbered: bool, bare: str) -> bool:
        """Whether a heading opens a main section, rather than a subsection that keeps its parent's kind."""
        if self._main == "appendix" and "references" in self._seen and kind != "references":
            return False  # supplements after the reference list have methods and results of their own
        if kind is None:
            holds_on = self._main in _LASTING and not self._past_body
            tells = self._roles.headings.tells or self._roles.headings.main is None  # set as the abstract's heading is
            return main and (tells or numbered) and not holds_on
        if deep and kind not in ("references", "abstract") and self._main in _BODY:
            return False
        alone = self._main is None or self._main in _END_MATTER
        return main or alone or kind == "abstract" or kind in _END_MATTER or MAIN_HEADING.fullmatch(bare) is not None

    def _inside_abstract(self, block: Block, text: str, kind: SectionKind | None) -> bool:
        """Whether a heading under the abstract is one of its own (Background, Methods ...) and not the paper's next."""
        bare = bare_heading(text).casefold()
        if kind in ("abstract", "keywords", "references") or not (kind is None or ABSTRACT_PART.fullmatch(bare)):
            return False
        heads = self._abstract.heads
        late = kind == "introduction" and not heads.isdisjoint({"results", "conclusion", "conclusions", "findings"})
        size = self._abstract.size
        larger = size is not None and block.size > size + _MUCH_LARGER
        ends = bare == "introduction" or larger or NUMBERED.match(text) is not None
        unlike = kind is None and not ABSTRACT_PART.fullmatch(bare) and style_of(block) == self._abstract.style
        if bare in heads or late or (self._abstract.begun and (ends or (unlike and not heads))):
            return False
        heads.add(bare)
        return True

    # Text

    def _take_text(self, block: Block) -> None:
        found = run_in_heading(block.text, block.first.lead)
        head, kind = found or ("", None)
        early = block.page <= TITLE_PAGES
        own = not (
            kind == "introduction" and self._abstract.begun and not self._abstract.heads
        )  # of a structured abstract
        if (
            self._kind == "abstract"
            and kind not in (None, "keywords", "abstract")
            and own
            and not self._ends_abstract(block)
        ):
            self._abstract.heads.add(head.casefold())
            kind = None
        if kind in _BODY and self._past_body:
            kind = None
        if kind == "other" and early and not self._past_body:
            self._add(block, "footnote", "other")  # abbreviations and interests at the first page's foot
            return
        set_off = block.first.lead_bold or head.isupper() or self._leans(block, head)
        if kind in _END_MATTER or kind == "abstract":
            self._enter(kind or "other", head)
        elif kind and set_off and self._kind != "references":
            if self._main in (None, "other", "keywords", "abstract") or MAIN_HEADING.fullmatch(head):
                self._enter(kind, head)
        elif self._kind == "references":
            if self._references.holds(block):
                self._entries(block)
            else:
                self._add(block, "footnote", "other")  # an advertisement, a licence
            return
        elif not self._goes_on(block):
            return
        if self._kind == "abstract":
            self._abstract.add(block)
        self._fresh = False
        self._add(block, self._passage(block), self._kind or "other")

    def _leans(self, block: Block, head: str) -> bool:
        """Whether a run-in heading is in italics, in a paper whose main sections have no headings of their own line."""
        return not self._roles.headings.heads_body and block.text[: block.first.lead].strip(" .:—–-") == head

    def _goes_on(self, block: Block) -> bool:
        """Find the section of text under no heading of its own; False where it was no text of the paper and is dealt with."""
        prose = self._is_body(block) and not self._roles.is_front(block)
        if self._kind == "keywords" and (block.words > _PROSE or not self._fresh):
            self._enter("introduction" if self._is_body(block) else "other", None)
        elif self._kind == "abstract" and (not self._abstract.takes(block) or self._ends_abstract(block)):
            if not prose or block.size < (self._abstract.size or 0):
                self._add(block, "footnote", "other")
                return False
            self._enter("introduction", None)
        elif self._kind is None:
            if not prose or block.words <= _PROSE or "abstract" not in self._seen:
                self._add(block, "paragraph" if prose else "footnote", "other")
                return False
            self._enter("introduction", None)
        return True

    def _is_body(self, block: Block) -> bool:
        return abs(block.size - self._body.size) <= _SAME_SIZE and block.words >= 8

    def _ends_abstract(self, block: Block) -> bool:
        """Whether running text begins that is set otherwise than the abstract so far."""
        return self._abstract.begun and not self._abstract.takes(block) and self._is_body(block)

    def _continues(self, block: Block) -> bool:
        """Whether the block goes on with the paragraph that a column's or page's end, or a float, cut off."""
        last = self._parts[-1] if self._parts else None
        if last is None or self._kind is None or last.kind not in ("paragraph", "list-item", "reference"):
            return False
        above = last.lines[-1]
        edge = self._edges[id(above)]
        full = above.x1 >= edge - _FULL * (edge - above.x0)
        if not full or abs(above.size - block.size) > _SAME_SIZE or ends_sentence(above.text):
            return False
        return block.tops_column or bool(self._held) or not block.text[:1].isupper()

    def _passage(self, block: Block) -> PassageKind:
        if BULLET.match(block.text):
            return "list-item"
        inset = all(line.x0 > block.left + _QUOTE_INDENT * line.size for line in block.lines)
        if inset and len(block.lines) > 1 and self._kind in _BODY and re.search(r"[a-z]{3} [a-z]{2}", block.text):
            return "block-quote"
        return "paragraph"

    def _entries(self, block: Block) -> None:
        """Divide a block of the reference list into its entries."""
        for line, starts in zip(block.lines, self._references.starts(block, self._continues(block)), strict=True):
            if starts or self._parts[-1].kind != "reference":
                self._parts.append(Part([line], "reference", "references", self._heading))
            else:
                self._parts[-1].lines.append(line)
