"""Reference lists that no heading announces: told by their entries, which follow each other near the paper's end."""

from __future__ import annotations

import re
from collections.abc import Sequence

from lang_audit.sources.paragraphs import Block
from lang_audit.sources.wording import YEAR

_FEWEST = 6  # entries: fewer may be notes
_FIRST_PART = 0.2  # of the blocks: what stands earlier is no reference list
_WORDS_PER_YEAR = 45  # every entry has its year, and entries are shorter
_MOST_BETWEEN = 6  # blocks that do not look like entries: parts of one that a page's end or a wide indent broke
_WORDS_PER_VERB = 30  # titles hold fewer verbs than prose
_OTHER_SIZE = 0.5  # points: entries differ by less in type size

_NUMBER = re.compile(r"^\s*[\[(]?(\d{1,3})[\]).]?\s+(?=[^\W\d_a-z])")
_AUTHOR = re.compile(
    r"^(?:[\[(]?\d{1,3}[\]).]?\s*)?(?:[^\W\d_]['’]|(?:de|van|von|der|la|le|du|di|el|al)[ -])*[^\W\d_a-z][\w'’-]+"
    r"(?: [^\W\d_a-z][\w'’-]+)?(?:,? (?:[^\W\d_a-z]\.?[ -]?){1,4}[,.;:( ]|,? (?:et al|&|and)\b)"
)
"""The first author of an entry, by the surname and initials: "Author A,", "12. Author, A. B."."""
_PLACE = re.compile(
    r"\d{1,4}\s*(?:\(\d[^()]{0,12}\))?\s*[:,;]\s*[A-Z]?\d{1,6}(?:\s?[-–—]\s?[A-Z]?\d{1,6})?|\bpp?\. ?\d|"
    r"\bdoi\b|https?://|\bpress\b",
    re.IGNORECASE,
)
"""The volume and pages of an entry, or what stands for them."""
_PROSE = re.compile(r"\b(?:we|our|were|was|has|have|had|this study|these)\b", re.IGNORECASE)


def unheaded_references(blocks: Sequence[Block]) -> range:
    """The blocks of a reference list that nothing announces, empty where there is none to be seen."""
    best = range(0)
    most = 0
    k = int(_FIRST_PART * len(blocks))
    while k < len(blocks):
        if not _looks_so(blocks[k]):
            k += 1
            continue
        first = last = k
        while k < len(blocks) and (k - last <= _MOST_BETWEEN or _looks_so(blocks[k])):
            if _looks_so(blocks[k]):
                last = k
            elif not _may_be_part(blocks[k], blocks[first]):
                break
            k += 1
        first = _start(blocks, first)
        entries = _entries(blocks[first : last + 1])
        if entries > most:
            best, most = range(first, last + 1), entries
        k = last + 1
    return range(_back_to_one(blocks, best.start), best.stop) if most >= _FEWEST else range(0)


def _back_to_one(blocks: Sequence[Block], first: int) -> int:
    """Where a numbered list whose entry `first` is, say, the seventh has its first one: numbers count down to it."""
    counted = _NUMBER.match(blocks[first].text)
    number = int(counted[1]) if counted else 1
    start = first
    for k in range(first - 1, int(_FIRST_PART * len(blocks)), -1):
        if number == 1:
            break
        numbers = [int(found[1]) for line in blocks[k].lines if (found := _NUMBER.match(line.text))]
        if abs(blocks[k].size - blocks[first].size) < _OTHER_SIZE and number - 1 in numbers:
            start, number = k, min(numbers)
        elif start - k > _MOST_BETWEEN:
            break
    return start if number == 1 else first


def _may_be_part(block: Block, entry: Block) -> bool:
    """Whether a block that does not look like entries may be one, or part of one, all the same: by its type and words."""
    alike = abs(block.size - entry.size) < _OTHER_SIZE
    return alike and block.words > 1 and len(_PROSE.findall(block.text)) * _WORDS_PER_VERB < block.words


def _start(blocks: Sequence[Block], first: int) -> int:
    """Where the first entry begins: an entry can be broken into a block a line."""
    for k in range(max(first - _MOST_BETWEEN, 0), first):
        parts = all(_may_be_part(block, blocks[first]) for block in blocks[k:first])
        if parts and _AUTHOR.match(blocks[k].text):
            return k
    return first


def _looks_so(block: Block) -> bool:
    """Whether a block reads as entries of a reference list do: years and pages, authors before them, no finite verbs."""
    text = block.text
    years = len(YEAR.findall(text))
    if not years or block.words > _WORDS_PER_YEAR * years or not _PLACE.search(text):
        return False
    if not any(_AUTHOR.match(line.text) for line in block.lines):
        return False
    return len(_PROSE.findall(text)) * _WORDS_PER_VERB < block.words


def _entries(blocks: Sequence[Block]) -> int:
    """How many entries begin in the blocks: lines that count on, or that begin with an author."""
    found = number = 0
    for line in (line for block in blocks for line in block.lines):
        counted = _NUMBER.match(line.text)
        if counted and (not number or number < int(counted[1]) <= number + 2):
            number = int(counted[1])
            found += 1
        elif not counted and _AUTHOR.match(line.text):
            found += 1
    return found
