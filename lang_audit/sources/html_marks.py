"""Two inline marks of HTML that change the words: quotation marks that `<q>` stands for, and raised numbers that cite."""

from __future__ import annotations

import re

from lang_audit.sources.blocks import Piece

_NUMBERS = re.compile(r"[\s\[(]*\d{1,3}[a-z]?(?:\s*[,;–—−-]\s*\d{1,3}[a-z]?|\s+\d{1,3})*[\s\]),;]*")
_SIGN = re.compile(r"\s*(?:\[?[a-z]{1,2}\]?|[*†‡§¶#]+)\s*")
_WORD_BEFORE = re.compile(r"(?:[^\W\d_]{3}|[.,;:!?)\]”’\"'%])\s*\Z")
_OPENING, _CLOSING = "“‘\"'«„", "”’\"'»“"


class Quotes:
    """Puts quotation marks where `<q>` stands, double ones outside and single ones inside, unless the text has its own."""

    def __init__(self) -> None:
        self._depth = 0

    def open(self, pieces: list[Piece], at: int) -> None:
        """A quotation begins behind the pieces."""
        pieces.append(Piece("‘" if self._depth % 2 else "“", at, at))
        self._depth += 1

    def close(self, pieces: list[Piece], since: int, at: int) -> None:
        """A quotation ends whose first piece is `since`, the mark that was put there."""
        self._depth -= 1
        inside = "".join(piece.text for piece in pieces[since + 1 :]).strip()
        mark = "’" if self._depth % 2 else "”"
        if not inside or since >= len(pieces):
            return
        before = pieces[since - 1].text[-1:] if since else ""
        if before in tuple(_OPENING) or (inside[0] in _OPENING and inside[-1] in _CLOSING):
            del pieces[since]
        else:
            pieces.append(Piece(mark, at, at))


def is_citation(pieces: list[Piece], since: int, linked: bool) -> bool:
    """Whether the raised words from piece `since` are numbers of references or signs of notes, and no part of a word.

    A number that links is one; without a link it is one behind a word ("addicts³") but not behind a unit ("cm³").
    """
    raised = "".join(piece.text for piece in pieces[since:])
    if len(raised) > 60:
        return False
    if _NUMBERS.fullmatch(raised):
        before = "".join(piece.text for piece in pieces[max(since - 3, 0) : since])[-8:]
        return linked or _WORD_BEFORE.search(before) is not None
    return linked and _SIGN.fullmatch(raised) is not None
