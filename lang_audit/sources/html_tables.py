"""A table of HTML while it is read, and its words: cells parted by a bar, rows by a line end."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from lang_audit.sources.blocks import Piece

_RUN = re.compile(r"\S+|[^\S\r\n]+")


@dataclass(slots=True)
class Table:
    """The rows of a table, each with its cells; `layout` where it holds no table but sets out the page."""

    layout: bool = False
    rows: list[list[list[Piece]]] = field(default_factory=list)

    def put(self, cell: list[Piece]) -> None:
        """A cell has ended."""
        if not self.rows:
            self.rows.append([])
        self.rows[-1].append(cell)

    @property
    def filled(self) -> list[list[Piece]]:
        """The cells that hold words."""
        return [cell for row in self.rows for cell in row if any(piece.text.strip() for piece in cell)]

    def words(self) -> tuple[Piece, ...]:
        """All words of the table; rows without any are left out."""
        pieces: list[Piece] = []
        at = 0
        for row in self.rows:
            if not any(piece.text.strip() for cell in row for piece in cell):
                continue
            for k, cell in enumerate(row):
                if k or pieces:
                    pieces.append(Piece(" | " if k else "\n", at, at))
                pieces += _one_line(cell)
                at = pieces[-1].upto if pieces else at
        return tuple(pieces)


def _one_line(cell: list[Piece]) -> list[Piece]:
    """A cell's pieces without white space about them, and without line ends, which part rows."""
    found: list[Piece] = []
    for piece in cell:
        if len(piece.text) != piece.upto - piece.at:
            found.append(piece._replace(text=" ".join(piece.text.split()) or " "))
            continue
        last = piece.at
        for run in _RUN.finditer(piece.text):
            at = piece.at + run.start()
            if at > last:  # line ends
                found.append(Piece(" ", last, last))
            last = piece.at + run.end()
            found.append(Piece(run[0], at, last))
        if last < piece.upto:
            found.append(Piece(" ", last, last))
    while found and not found[-1].text.strip():
        found.pop()
    while found and not found[0].text.strip():
        found.pop(0)
    return found
