"""Records of lines that begin with a tag, as RIS, MEDLINE and Web of Science write them: cut from the stream, then told apart."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from lang_audit.corpus.reading.fields import one_line
from lang_audit.corpus.reading.streams import LARGEST_RECORD, BrokenFileError, Fault, excerpt, too_large

Tag = Callable[[str], tuple[str, str] | None]
"""What tells the tag of a line and the text behind it; None for a line that goes on with the one before."""


@dataclass(frozen=True, slots=True)
class Layout:
    """How a format sets its records apart.

    `begins` are tags with which a record begins even where the one before did not end, `opens` those with which one may begin
    outside of records (its first line is lost). `ends` tells the line that ends a record. `must_end`: a record without that
    line at the end of the file is broken off; but in a file in which no record has it, one is whole with one of the `titles`.
    """

    tag: Tag
    begins: frozenset[str]
    opens: frozenset[str]
    ends: Callable[[str], bool]
    must_end: bool
    titles: frozenset[str] = frozenset()


def pieces(lines: Iterable[str], layout: Layout) -> Iterator[list[str] | Fault]:
    """The lines of each record. What stands between records (numbers, links, notices) belongs to none."""
    record: list[str] = []
    size, too_long, with_ends = 0, False, False
    for line in lines:
        told = layout.tag(line)
        ends = layout.ends(line)
        if record and told and told[0] in layout.begins:
            if not too_long:
                yield record
            record, size, too_long = [], 0, False
        if record:
            if ends:
                with_ends = True
                if not too_long:
                    yield record
                record, size, too_long = [], 0, False
                continue
            size += len(line)
            if size > LARGEST_RECORD:
                if not too_long:
                    yield too_large(record[0])
                record, too_long = record[:1], True
            else:
                record.append(line)
        elif told and not ends and (told[0] in layout.begins or told[0] in layout.opens):
            record, size = [line], len(line)
            if size > LARGEST_RECORD:
                yield too_large(line)
                record, too_long = [line[:80]], True
    if not record or too_long:
        return
    if layout.must_end:
        whole = not with_ends and any(told and told[0] in layout.titles for told in map(layout.tag, record))
    else:
        whole = record[-1].endswith(("\n", "\r"))
    if not whole:
        raise BrokenFileError(f"it ends within a record, which begins with {excerpt(' '.join(record[:8]))!r}")
    yield record


def fields(record: Iterable[str], tag: Tag, of_lines: frozenset[str] = frozenset()) -> dict[str, list[str]]:
    """The values of each tag in order. A line without one goes on with the value before, or with `of_lines` is one more."""
    found: dict[str, list[list[str]]] = {}
    last: list[list[str]] | None = None
    last_tag = ""
    for line in record:
        if told := tag(line):
            last_tag = told[0]
            last = found.setdefault(last_tag, [])
            last.append([told[1]])
        elif last is not None and (text := line.strip()):
            if last_tag in of_lines:
                last.append([text])
            else:
                last[-1].append(text)
    return {name: [text for value in values if (text := one_line(" ".join(value)))] for name, values in found.items()}


def first(found: dict[str, list[str]], *tags: str) -> str:
    """The first value under the first of these tags that has one."""
    return next((found[tag][0] for tag in tags if found.get(tag)), "")


def pattern(expression: str) -> Tag:
    """A Tag from an expression with two groups, the tag and the text."""
    compiled = re.compile(expression, re.DOTALL)

    def tag(line: str) -> tuple[str, str] | None:
        found = compiled.match(line)
        return (found[1], found[2]) if found else None

    return tag
