"""What stands in front of a Markdown text: YAML or TOML between rules, or Pandoc's title lines, with places for its prose."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

import yaml

from lang_audit.model import Metadata, SectionKind
from lang_audit.sources.blocks import Block, Piece
from lang_audit.sources.markdown_blocks import blocks_of_lines
from lang_audit.sources.markdown_inline import Line, words_of
from lang_audit.sources.markdown_lines import lines_of

_YAML = re.compile(r"\s*---[ \t]*(?:\r\n|\r|\n)(?P<inside>.*?)^(?:---|\.\.\.)[ \t]*(?:\r\n|\r|\n|\Z)", re.S | re.M)
_TOML = re.compile(r"\s*\+\+\+[ \t]*(?:\r\n|\r|\n)(?P<inside>.*?)^\+\+\+[ \t]*(?:\r\n|\r|\n|\Z)", re.S | re.M)
_PERCENT = re.compile(r"%(?P<line>[^\r\n]*(?:\r?\n[ \t]+[^\r\n]*)*)(?:\r?\n|\Z)")
_KEY_LINE = re.compile(r"^(?P<key>[\w-]+)[ \t]*[:=][ \t]*(?P<value>[^\r\n]*)", re.MULTILINE)
_TOML_VALUE = re.compile(
    r'^(?P<key>[\w-]+)\s*=\s*(?:"""(?P<long>.*?)"""|"(?P<short>[^"\r\n]*)"|(?P<other>[^\r\n]*))', re.M | re.S
)
_YEAR = re.compile(r"\b(?:1[89]|20)\d\d\b")
_ITEM_MARK = re.compile(r"(?:[|>][-+\d]*\s*$|-\s+|)[\"']?")
_BLOCK_SCALAR = re.compile(r"[|>][-+\d]*[^\r\n]*(?:\r\n|\r|\n)")
_LONGEST = 200_000  # characters that are read as YAML


class Front(NamedTuple):
    """Front matter: where it ends, its values by key as the lines that they stand in, and its names of authors."""

    end: int = 0
    values: tuple[tuple[str, tuple[Line, ...]], ...] = ()
    authors: tuple[str, ...] = ()

    def lines(self, *keys: str) -> list[Line]:
        """The lines of the first of these keys that has some."""
        return next((list(lines) for key in keys for name, lines in self.values if name == key and lines), [])

    def words(self, *keys: str) -> str:
        """The words of the first of these keys that has some, in one line."""
        return " ".join(" ".join(piece.text for piece in words_of([line]).pieces) for line in self.lines(*keys)).strip()

    @property
    def metadata(self) -> Metadata:
        """What the front matter says of the paper."""
        year = _YEAR.search(self.words("date", "year"))
        doi = re.search(r"10\.\d{4,9}/\S+", "".join(line.text for line in self.lines("doi")))
        return Metadata(
            title=" ".join(self.words("title").split()) or None,
            year=int(year[0]) if year else None,
            doi=doi[0] if doi else None,
            journal=self.words("journal") or None,
            authors=self.authors,
        )

    def blocks(self, with_title: bool) -> Iterator[Block]:
        """Its prose: the title and subtitle, the abstract, the keywords."""
        for key in ("title", "subtitle") if with_title else ():
            if lines := self.lines(key):
                yield Block("heading", words_of(lines).pieces, section="title")
        yield from blocks_of_lines(self.lines("abstract", "summary", "description"), "abstract")
        if keywords := self.lines("keywords", "tags"):
            yield Block("paragraph", tuple(_listed(keywords)), section="keywords")
        named: tuple[tuple[SectionKind, str], ...] = (("acknowledgements", "thanks"), ("funding", "funding"))
        for section, key in named:
            for block in blocks_of_lines(self.lines(key), section):
                yield block._replace(kind="footnote")


def front_of(text: str) -> Front:
    """The front matter of a text; an empty one that ends at 0 where it has none."""
    if matter := _YAML.match(text):
        start, end = matter.span("inside")
        if not _KEY_LINE.search(text, start, end):
            return Front()  # a rule, and a rule
        return _from_yaml(text, start, end)._replace(end=matter.end())
    if matter := _TOML.match(text):
        start, end = matter.span("inside")
        values = []
        for entry in _TOML_VALUE.finditer(text, start, end):
            group = str(entry.lastgroup)
            values.append((entry["key"].lower(), tuple(lines_of(text, entry.start(group), entry.end(group)))))
        front = Front(matter.end(), tuple(values))
        names = re.findall(r'"([^"]+)"', front.words("authors", "author")) or [front.words("authors", "author")]
        return front._replace(authors=tuple(filter(None, names)))
    return _percent_lines(text)


def _listed(lines: list[Line]) -> Iterator[Piece]:
    for k, line in enumerate(lines):
        if k:
            yield Piece("; ", line.at, line.at)
        yield from words_of([line]).pieces


def _percent_lines(text: str) -> Front:
    """Pandoc's title lines: % title, % authors, % date."""
    values, end = [], 0
    for key in ("title", "author", "date"):
        if not (line := _PERCENT.match(text, end)):
            break
        values.append((key, tuple(_stripped(lines_of(text, *line.span("line"))))))
        end = line.end()
    front = Front(end, tuple(values))
    authors = re.split(r"\s*;\s*", front.words("author"))
    return front._replace(authors=tuple(filter(None, (name.strip() for name in authors))))


def _from_yaml(text: str, start: int, end: int) -> Front:
    try:
        root = yaml.compose(text[start:end], Loader=yaml.SafeLoader) if end - start < _LONGEST else None
    except (yaml.YAMLError, RecursionError):
        root = None
    if not isinstance(root, yaml.MappingNode):
        return _from_broken_yaml(text, start, end)
    values: list[tuple[str, tuple[Line, ...]]] = []
    authors: tuple[str, ...] = ()
    for key, value in root.value:
        name = str(key.value).lower() if isinstance(key, yaml.ScalarNode) else ""
        values.append((name, tuple(_value(text, start, value))))
        if name in ("author", "authors"):
            authors = tuple(_names(value))
    return Front(values=tuple(values), authors=authors)


def _from_broken_yaml(text: str, start: int, end: int) -> Front:
    """Values by the keys at the beginning of lines: a colon in a title is no YAML, but it is common."""
    values = []
    keys = list(_KEY_LINE.finditer(text, start, end))
    for entry, stop in zip(keys, [*(key.start() for key in keys[1:]), end], strict=True):
        lines: list[Line] = []
        for line in _stripped(lines_of(text, entry.start("value"), stop)):
            lead = _ITEM_MARK.match(line.text)
            at, words = (lead.end(), line.text[lead.end() :].rstrip("\"'")) if lead else (0, line.text)
            if words or lines:
                lines.append(Line(words, line.at + at))
        values.append((entry["key"].lower(), tuple(lines)))
    front = Front(values=tuple(values))
    return front._replace(authors=tuple(line.text for line in front.lines("author", "authors") if line.text))


def _value(text: str, start: int, node: yaml.Node) -> Iterator[Line]:
    """The lines of a value, or of the values of a list."""
    if isinstance(node, yaml.SequenceNode):
        for item in node.value:
            if isinstance(item, yaml.ScalarNode):
                yield from _value(text, start, item)
    elif isinstance(node, yaml.ScalarNode):
        first, last = start + node.start_mark.index, start + node.end_mark.index
        if node.style in ("|", ">"):
            header = _BLOCK_SCALAR.match(text, first)
            yield from _stripped(lines_of(text, header.end() if header else first, last))
        else:
            quoted = node.style in ("'", '"')
            yield from _stripped(lines_of(text, first + quoted, last - quoted))


def _stripped(lines: list[Line]) -> Iterator[Line]:
    """Lines without the white space that they are set in by; blank ones stay, as they part paragraphs."""
    for line in lines:
        words = line.text.strip()
        yield Line(words, line.at + len(line.text) - len(line.text.lstrip()))


def _names(node: yaml.Node) -> Iterator[str]:
    """Names of authors: strings, or mappings with a name, which may be in parts."""
    if isinstance(node, yaml.ScalarNode):
        yield str(node.value).strip()
    elif isinstance(node, yaml.SequenceNode):
        for item in node.value:
            yield from _names(item) if not isinstance(item, yaml.SequenceNode) else ()
    elif isinstance(node, yaml.MappingNode):
        own = {str(key.value): value for key, value in node.value}
        if "name" in own:
            yield from _names(own["name"])
        elif parts := [own[part].value for part in ("given", "family", "literal") if part in own]:
            yield " ".join(str(part) for part in parts)
