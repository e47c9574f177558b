"""The reference list: where one entry ends and the next begins."""

from __future__ import annotations

import re
from dataclasses import dataclass

from lang_audit.sources.lines import PlacedLine
from lang_audit.sources.paragraphs import Block
from lang_audit.sources.wording import NOTICE, ends_sentence

_SAME_SIZE = 0.5  # points: entries differ by less in type size
_HANGS = 0.6  # of the type size: how far the further lines of an entry stand to the right of its first
_NUMBER = re.compile(r"\[?\(?(\d{1,3})[\]).]?\s*(?=[^\W\d_“\"‘(])|\[?\(?(\d{1,3})[\]).]\s*$")


@dataclass(slots=True)
class ReferenceList:
    """Reads a reference list block by block; numbered lists are followed by their numbers, others by their indents."""

    number: int = 0
    size: float | None = None

    def holds(self, block: Block) -> bool:
        """Whether a block has the type of the list's entries (any, before the first) and is no notice."""
        if self.size is not None and abs(block.size - self.size) > _SAME_SIZE:
            return False
        return not NOTICE.match(block.text) or _NUMBER.match(block.text) is not None

    def starts(self, block: Block, continues: bool) -> list[bool]:
        """For each line of the block whether it begins an entry; `continues` where the block goes on with the last one."""
        self.size = self.size if self.size is not None else block.size
        hanging = any(line.x0 > block.left + _HANGS * line.size for line in block.lines)
        found = []
        for k, line in enumerate(block.lines):
            match = _NUMBER.match(line.text)
            value = int(match[1] or match[2]) if match else None
            if value is not None and (value == self.number + 1 or (self.number == 0 and value < 3)):
                self.number = value
                found.append(True)
            elif self.number:
                found.append(False)
            elif k == 0:
                found.append(not continues)
            else:
                found.append(hanging and _begins(line, block.lines[k - 1], block.left))
        return found


def _begins(line: PlacedLine, above: PlacedLine, left: float) -> bool:
    """Whether a line of a list with hanging indents stands out to the left as an entry's first does."""
    out = line.x0 < left + 0.4 * line.size and line.text[:1].isupper()
    return out and ends_sentence(above.text)
