"""What a paper says, made safe for a table: nothing that a spreadsheet would run, nothing that a file format cannot carry."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

_UNPRINTABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]")
_FORMULA: Final = ("=", "+", "-", "@")


def printable(text: str) -> str:
    """`text` on one line, without the characters that XML cannot carry (text layers of PDFs hold them)."""
    return re.sub(r"\s+", " ", _UNPRINTABLE.sub("", text)).strip()


def harmless(text: str) -> str:
    """`text` as a spreadsheet may show it: where it begins like a formula, an apostrophe keeps it text (OWASP, CSV injection).

    Tabs, line breaks and invisible characters before the sign do not hide it, nor do its full-width and small forms. Numbers
    never come this way: they stay numbers.
    """
    line = printable(text)
    first = next((letter for letter in line if unicodedata.category(letter)[0] not in "ZC"), "")
    return f"'{line}" if unicodedata.normalize("NFKC", first).startswith(_FORMULA) else line
