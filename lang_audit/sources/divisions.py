"""Where a marked-off division of a manuscript ends, and what follows has no heading of its own: it is not of the division."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from lang_audit.model import SectionKind
from lang_audit.sources.blocks import Block

_KEYWORDS = re.compile(r"\W{0,3}key ?-?words?\b", re.IGNORECASE)


def after_divisions(blocks: Iterable[Block]) -> Iterator[Block]:
    """The blocks; the first without a section after one whose format gave it a section is of the section "other"."""
    before: SectionKind | None = None
    for block in blocks:
        if block.kind == "footnote" or not block.text.strip():
            pass
        elif block.section is None and block.kind != "heading" and before not in (None, "title"):
            if not _KEYWORDS.match(block.text):  # these find their place by themselves
                block = block._replace(section="other")
                before = None
        else:
            before = block.section
        yield block
