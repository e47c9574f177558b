"""The abstract of a printed paper while it is read: what belongs to it, what stands beside it, whether it can end."""

from __future__ import annotations

from dataclasses import dataclass, field

from lang_audit.sources.paragraphs import Block
from lang_audit.sources.typography import Style

_SAME_SIZE = 0.4  # points: blocks of one text differ by less in type size
_ABSTRACT_BEGUN = 30  # words: an abstract that holds as many can end
_NARROW = 0.6  # of the abstract's width: a column beside it that holds notes on the article


@dataclass(slots=True)
class AbstractSoFar:
    """What the abstract has been so far: its type size, the page and column it began in, words, and headings inside it."""

    size: float | None = None
    page: int = 0
    left: float = 0.0
    right: float = 0.0
    bottom: float = 0.0
    words: int = 0
    style: Style | None = None
    """Of its heading."""
    heads: set[str] = field(default_factory=set)

    def takes(self, block: Block) -> bool:
        """Whether the block has the abstract's type."""
        return self.size is None or abs(block.size - self.size) < _SAME_SIZE

    def add(self, block: Block) -> None:
        """Take a block in."""
        if self.size is None and block.words >= 8:
            self.size = block.size
            self.page, self.left, self.right = block.page, block.left, block.right
        self.words += block.words
        if block.page == self.page:
            self.bottom = max(self.bottom, block.lines[-1].baseline)

    def stands_beside(self, block: Block) -> bool:
        """Whether the block stands in a narrow column to the left: keywords, dates and other notes on the article."""
        narrow = block.right - block.left < _NARROW * (self.right - self.left)
        beside = block.page == self.page and block.right < self.left and block.first.baseline <= self.bottom
        return self.begun and beside and narrow

    @property
    def begun(self) -> bool:
        """Whether it holds enough to be whole."""
        return self.words > _ABSTRACT_BEGUN
