"""The blocks of Markdown prose: markdown-it tells them apart by the rules of CommonMark; here they get their words."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from functools import cache

from markdown_it import MarkdownIt
from markdown_it.token import Token

from lang_audit.model import PassageKind, SectionKind
from lang_audit.sources.blocks import Block, Piece
from lang_audit.sources.headings import section_kind
from lang_audit.sources.markdown_inline import Line, label_key, words_of
from lang_audit.sources.markdown_lines import Prose
from lang_audit.sources.text_lines import caption_of

_DEEPEST = 60  # blocks inside one another: what is deeper is not read
_BOLD = re.compile(r"\s*(\*\*|__)(?P<words>[^*_]{3,80}?):?\1:?\s*")
_CAPTION_MARK = re.compile(r"\s*(?:[Tt]able)?:\s")
_GRID = re.compile(r"\+(?:[-=:]+\+)+")
_CELL_END = re.compile(r"\\.|`[^`]*`|\|")
_ROW_START = re.compile(r"[\s>]*\|?")
_ODD_SPACE = re.compile(r"[^\S \t]")
_LOWEST_HEADING = 6


def blocks_of(prose: Prose) -> Iterator[Block]:
    """Every block in order of reading, then the notes."""
    tokens, labels = _parse(prose.lines)
    plain = not any(token.type == "heading_open" for token in tokens)
    bold_level = 1 if plain else _LOWEST_HEADING
    yield from _blocks(tokens, prose.lines, prose.sections, labels, bold_level)
    for note in prose.notes:
        tokens, own = _parse(note)
        for block in _blocks(tokens, note, [None] * len(note), labels | own, _LOWEST_HEADING):
            yield block._replace(kind="footnote")


def blocks_of_lines(lines: list[Line], section: SectionKind) -> Iterator[Block]:
    """The blocks of some lines of one section (an abstract in the front matter)."""
    yield from blocks_of(Prose(lines, [section] * len(lines), []))


@cache
def _markdown() -> MarkdownIt:
    parser = MarkdownIt("commonmark", {"maxNesting": _DEEPEST}).enable("table").disable("html_block")
    return parser.disable([rule for rule in parser.get_active_rules()["core"] if rule not in ("normalize", "block")])


def _parse(lines: list[Line]) -> tuple[list[Token], set[str]]:
    """The tokens of the blocks, and the labels of the link definitions."""
    found: dict[str, dict[str, object]] = {}
    tokens = _markdown().parse("\n".join(_parsed(line) for line in lines), found)
    return tokens, {label_key(label) for label in found.get("references", {})}


def _parsed(line: Line) -> str:
    """A line as markdown-it reads it: it strips spaces of every kind, and lines with them, which would shift the places."""
    return _ODD_SPACE.sub("\ufdd1", line.text)


def _blocks(
    tokens: list[Token],
    lines: list[Line],
    sections: list[SectionKind | None],
    labels: Collection[str],
    bold_level: int,
) -> Iterator[Block]:
    around: list[PassageKind] = []
    in_table = False
    level = 0
    for token in tokens:
        kind = token.type
        if kind == "blockquote_open":
            around.append("block-quote")
        elif kind == "list_item_open":
            around.append("block-quote" if around and around[-1] == "block-quote" else "list-item")
        elif kind in ("blockquote_close", "list_item_close"):
            around.pop()
        elif kind == "heading_open":
            level = int(token.tag[1])
        elif kind == "heading_close":
            level = 0
        elif kind == "table_open" and token.map:
            in_table = True
            first, end = token.map
            yield _table([lines[first], *lines[first + 2 : end]], sections[first], labels)
        elif kind == "table_close":
            in_table = False
        elif kind == "inline" and token.map and not in_table:
            own = _own_lines(token, lines)
            section = sections[token.map[0]]
            yield from _paragraph(own, section, labels, level, bold_level, around[-1] if around else "paragraph")


def _own_lines(token: Token, lines: list[Line]) -> list[Line]:
    """The lines of a paragraph or heading without the marks of the blocks that it stands in."""
    assert token.map is not None
    found = []
    for number, shown in enumerate(token.content.split("\n"), start=token.map[0]):
        line, words = lines[number], shown.strip()
        at = _parsed(line).rfind(words) if words else 0
        found.append(Line(line.text[at : at + len(words)], line.at + at))
    return found


def _paragraph(
    lines: list[Line],
    section: SectionKind | None,
    labels: Collection[str],
    level: int,
    bold_level: int,
    kind: PassageKind,
) -> Iterator[Block]:
    if not level and _GRID.fullmatch(lines[0].text):
        yield _table([line for line in lines if not line.text.startswith("+")], section, labels)
        return
    words = words_of(lines, labels)
    if not level and kind == "paragraph":
        bold = _BOLD.fullmatch(lines[0].text) if len(lines) == 1 else None
        if bold and section_kind(bold["words"]):
            level = bold_level
        elif _CAPTION_MARK.match(lines[0].text) or caption_of("".join(piece.text for piece in words.pieces)[:200]):
            kind = "caption"
            if mark := _CAPTION_MARK.match(lines[0].text):
                words = words_of([Line(lines[0].text[mark.end() :], lines[0].at + mark.end()), *lines[1:]], labels)
    if level:
        yield Block("heading", words.pieces, level=level, section=section)
    else:
        yield Block(kind, words.pieces, section=section)
    for aside in words.asides:
        yield Block(aside.kind, aside.pieces, section=section)


def _table(lines: list[Line], section: SectionKind | None, labels: Collection[str]) -> Block:
    """A table's words from the lines of its rows: cells parted by a bar, rows by a line end."""
    pieces: list[Piece] = []
    for line in lines:
        for k, cell in enumerate(_cells(line)):
            if k or pieces:
                pieces.append(Piece(" | " if k else "\n", cell.at, cell.at))
            pieces += words_of([cell], labels).pieces
    return Block("table", tuple(pieces), section=section)


def _cells(line: Line) -> Iterator[Line]:
    lead = _ROW_START.match(line.text)
    start = lead.end() if lead else 0
    end = len(line.text.rstrip())
    for bar in _CELL_END.finditer(line.text, start, end):
        if bar[0] == "|":
            yield _stripped(line, start, bar.start())
            start = bar.end()
    if start < end:
        yield _stripped(line, start, end)


def _stripped(line: Line, start: int, end: int) -> Line:
    words = line.text[start:end]
    return Line(words.strip(), line.at + start + len(words) - len(words.lstrip()))
