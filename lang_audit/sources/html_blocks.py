"""The blocks of a page of HTML: a walk through its tags that keeps account of what is open, as browsers do."""

from __future__ import annotations

import html
import re
from dataclasses import dataclass
from typing import NamedTuple

from lang_audit.model import PassageKind, SectionKind
from lang_audit.sources.blocks import Block, Piece
from lang_audit.sources.html_elements import (
    BLOCKS,
    ENDED_BY,
    HEADINGS,
    KEEPS_IN,
    VOID,
    is_left_out,
    is_main,
    is_title,
    kind_of,
    section_of,
)
from lang_audit.sources.html_marks import Quotes, is_citation
from lang_audit.sources.html_tables import Table
from lang_audit.sources.html_tokens import Token, tokens_of

_ENTITY = re.compile(
    r"&(?:#\d{1,7};?|#[xX][\da-fA-F]{1,6};?|[A-Za-z][A-Za-z\d]{1,31};?)|[\u00ad\u200b\u2060\ufeff]+|\]\]>"
)
_DROPPED = "\u00ad\u200b\u2060\ufeff"
_CELLS = frozenset({"td", "th", "caption"})
_OF_TABLES = frozenset({"table", "thead", "tbody", "tfoot", "tr", "td", "th", "caption"})
_PAGE_PARTS = frozenset({"header", "footer"})
_BACK_LINK = re.compile(r"#_?(?:ftnref|ednref|ftnt_ref|cmnt_ref|msocom)")
_HEAD_OF_PAPER = 20_000  # characters of a header in which its title is looked for
_FEWEST_WORDS = 3  # of a picture's description: fewer name a logo


class Zoned(NamedTuple):
    """A block, and whether it stands in the page's main part."""

    block: Block
    main: bool
    first_rank: bool = False  # an h1


@dataclass(slots=True)
class _Open:
    """An open element, with what it has of those about it."""

    name: str
    kind: PassageKind = "paragraph"
    section: SectionKind | None = None
    level: int = 0
    title: bool = False
    main: bool = False
    in_cell: bool = False
    from_piece: int = 0  # of a superscript: where it begins
    linked: bool = False


class Page:
    """What a page of HTML holds: `blocks` in order of reading, the `title` in its head, and `meta` data by name."""

    def __init__(self, text: str) -> None:
        self.blocks: list[Zoned] = []
        self.title: tuple[Piece, ...] = ()
        self.meta: dict[str, list[str]] = {}
        self._text = text
        self._xhtml = text.lstrip()[:5] == "<?xml"
        self._stack: list[_Open] = [_Open("")]
        self._where: dict[str, list[int]] = {}  # the places in the stack of each name that is open
        self._block_places: list[int] = [0]
        self._left_out = 0  # where in the stack that begins which is left out; 0: nothing is
        self._pieces: list[Piece] = []
        self._tables: list[Table] = []
        self._pictures: list[Piece] = []
        self._note: PassageKind | None = None
        self._dropped = False
        self._quotes = Quotes()
        for token in tokens_of(text):
            if token.kind == "text":
                self._words(token)
            elif token.kind == "start":
                self._start(token)
            else:
                self._end(token)
        self._pop_to(1, len(text))
        self._flush()

    def _words(self, token: Token) -> None:
        if self._left_out:
            return
        text, position = self._text, token.start
        while entity := _ENTITY.search(text, position, token.end):
            self._put(position, entity.start())
            position = entity.end()
            if entity[0][0] == "&":
                told = html.unescape(entity[0])
                if told == entity[0]:
                    self._put(entity.start(), position)
                elif told not in _DROPPED:
                    self._pieces.append(Piece(told, entity.start(), position))
        self._put(position, token.end)

    def _put(self, start: int, end: int) -> None:
        if start < end:
            self._pieces.append(Piece(self._text[start:end], start, end))

    def _start(self, token: Token) -> None:
        name = token.name
        if name in VOID:
            self._void(token)
            return
        if name in BLOCKS:
            self._imply_ends(name, token.start)
        attributes = token.attributes() if token.inside.strip() else {}
        if name in BLOCKS and not self._left_out:
            self._flush()
        self._push(token, attributes)
        if token.inside.endswith("/") and (self._xhtml or ":" in name):
            self._pop(token.end)

    def _push(self, token: Token, attributes: dict[str, str]) -> None:
        name, around, place = token.name, self._stack[-1], len(self._stack)
        kind = kind_of(name, attributes) or around.kind
        if around.kind == "footnote" or (around.kind == "block-quote" and kind == "list-item"):
            kind = around.kind
        opened = _Open(
            name,
            kind,
            section_of(name, attributes) or around.section,
            HEADINGS.get(name, around.level),
            around.title or is_title(name, attributes),
            around.main or is_main(name, attributes),
            name in ("td", "th") or (around.in_cell and name not in ("table", "caption")),
            len(self._pieces),
        )
        self._stack.append(opened)
        self._where.setdefault(name, []).append(place)
        if name in BLOCKS:
            self._block_places.append(place)
        if self._left_out:
            return
        if is_left_out(name, attributes) or (name in _PAGE_PARTS and self._is_of_the_page(token, attributes)):
            self._left_out = place
            if name == "a" and not any(piece.text.strip() for piece in self._pieces):
                link = _BACK_LINK.match(attributes.get("href", ""))
                self._note, self._dropped = ("footnote" if link else None), bool(link and "c" in link[0][:3])
        elif name == "table":
            self._tables.append(Table(layout=attributes.get("role") == "presentation"))
            if len(self._tables) > 1:
                self._make_layout(self._tables[-2])
        elif name == "tr" and self._tables:
            self._tables[-1].rows.append([])
        elif name in HEADINGS and opened.in_cell and self._tables:
            self._make_layout(self._tables[-1])
        elif name == "q":
            self._quotes.open(self._pieces, token.end)
        elif name == "a" and (raised := self._last("sup")):
            self._stack[raised].linked = True

    def _is_of_the_page(self, token: Token, attributes: dict[str, str]) -> bool:
        """Whether a header or footer is the web page's, and not one that holds the paper's title."""
        if self._stack[-1].main or any(map(self._last, ("section", "blockquote", "figure"))):
            return False
        if token.name == "footer":
            return True
        if "title" in attributes.get("id", "") + attributes.get("class", ""):
            return False
        inside = self._text[token.end : token.end + _HEAD_OF_PAPER].lower()
        inside = inside.partition("</header")[0]
        return "<h1" not in inside or "<nav" in inside

    def _void(self, token: Token) -> None:
        if token.name == "meta":
            attributes = token.attributes()
            if named := attributes.get("name") or attributes.get("property"):
                self.meta.setdefault(named.lower(), []).append(attributes.get("content", ""))
        elif self._left_out:
            return
        elif token.name == "br":
            self._pieces.append(Piece(" ", token.start, token.start))
        elif token.name == "hr":
            self._flush()
        elif token.name == "img" and (place := token.place_of("alt")):
            words = self._text[slice(*place)]
            if len(words.split()) >= _FEWEST_WORDS and not is_left_out("img", token.attributes()):
                told = html.unescape(words)
                self._pictures.append(Piece(told, *place))

    def _imply_ends(self, name: str, at: int) -> None:
        """End what the start of `name` ends by itself: a paragraph, a cell, an item, a heading."""
        if name in ENDED_BY:
            limit = max(map(self._last, KEEPS_IN.get(name, ())), default=0)
            self._imply_end(min((place for n in ENDED_BY[name] if (place := self._last(n)) > limit), default=0), at)
        cell = max(map(self._last, _CELLS))
        for inner in ("p", *HEADINGS) if name in HEADINGS else ("p",):
            if self._last(inner) > cell:
                self._imply_end(self._last(inner), at)

    def _last(self, name: str) -> int:
        """Where in the stack the innermost open element of a name stands; 0: none is open."""
        places = self._where.get(name)
        return places[-1] if places else 0

    def _imply_end(self, place: int, at: int) -> None:
        """End an element whose end tag was left out, unless something is left out inside it (a picture's own title)."""
        if place >= self._left_out:
            self._pop_to(place, at)

    def _pop_to(self, place: int, at: int) -> None:
        """Close the element at a place of the stack, and what is open in it."""
        while place and len(self._stack) > place:
            self._pop(at)

    def _end(self, token: Token) -> None:
        name = token.name
        place = self._last(name)
        if not place:
            if name == "br" and not self._left_out:
                self._pieces.append(Piece(" ", token.start, token.start))
            return
        if place != self._left_out:
            cell = max(map(self._last, ("td", "th", "table")))
            if place < cell and name not in _OF_TABLES and name not in ("body", "html"):
                return
            if name not in BLOCKS and place < self._block_places[-1]:
                return  # <b><p>...</b>: the paragraph goes on
        self._pop_to(place, token.start)

    def _pop(self, at: int) -> None:
        """Close the innermost element."""
        place = len(self._stack) - 1
        closed = self._stack[-1]
        name = closed.name
        if not self._left_out:
            self._closing(closed, at)
        if self._left_out == place:
            self._left_out = 0
        self._stack.pop()
        self._where[name].pop()
        if name in BLOCKS:
            self._block_places.pop()

    def _closing(self, closed: _Open, at: int) -> None:
        name = closed.name
        if name == "q":
            self._quotes.close(self._pieces, closed.from_piece, at)
        elif name == "sup":
            if is_citation(self._pieces, closed.from_piece, closed.linked):
                del self._pieces[closed.from_piece :]
        elif name == "title" and not self._tables:
            self.title = self.title or tuple(self._pieces)
            self._pieces.clear()
        elif name in ("td", "th") and self._tables and not self._tables[-1].layout:
            self._tables[-1].put(self._pieces)
            self._pieces = []
        elif name in BLOCKS:
            self._flush()
            if name == "table" and self._tables:
                self._table(self._tables.pop())
                self._flush_pictures()

    def _flush(self) -> None:
        """End the block that is being read; in a table's cell its words stay together."""
        around = self._stack[-1]
        if around.in_cell and self._tables and not self._tables[-1].layout:
            if self._pieces:
                self._pieces.append(Piece(" ", self._pieces[-1].upto, self._pieces[-1].upto))
            return
        pieces, self._pieces = tuple(self._pieces), []
        if any(piece.text.strip() for piece in pieces):
            kind = self._note or around.kind
            if not self._dropped:
                self._emit("heading" if around.level or around.title else kind, pieces)
            self._note, self._dropped = None, False
        self._flush_pictures()

    def _flush_pictures(self) -> None:
        pictures, self._pictures = self._pictures, []
        for words in pictures:
            self._emit("caption", (words,), plain=True)

    def _emit(self, kind: PassageKind, pieces: tuple[Piece, ...], plain: bool = False) -> None:
        around = self._stack[-1]
        section: SectionKind | None = "title" if around.title and not plain else around.section
        block = Block(kind, pieces, level=around.level or 1, section=section)
        self.blocks.append(Zoned(block, around.main, around.level == 1 and kind == "heading"))

    def _make_layout(self, table: Table) -> None:
        """A table that holds headings or tables only sets out the page: what was read of it are blocks of their own."""
        if table.layout:
            return
        table.layout = True
        for cell in table.filled:
            self._emit("paragraph", tuple(cell))
        table.rows = []

    def _table(self, table: Table) -> None:
        words = table.words()
        if len(table.filled) == 1:  # a box about some text
            self._emit(self._stack[-1].kind, tuple(table.filled[0]))
        elif words:
            self._emit("table", words)
