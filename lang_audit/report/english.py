"""Numbers, lists and counts of papers in plain English. Pure strings.

Numbers under ten are words, larger ones figures; a sentence never begins with a figure under a thousand.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

_SMALL: Final = [
    "no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve", "thirteen",
    "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen",
]  # fmt: skip
_TENS: Final = ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"]


def words(n: int) -> str:
    """`n` in words, where it is under a thousand: 29 is "twenty-nine"; 0 is "no"."""
    if n < 20:
        return _SMALL[n]
    if n < 100:
        return _TENS[n // 10 - 2] + (f"-{_SMALL[n % 10]}" if n % 10 else "")
    if n < 1000:
        return f"{_SMALL[n // 100]} hundred" + (f" and {words(n % 100)}" if n % 100 else "")
    return f"{n:,}"


def number(n: int) -> str:
    """`n` inside a sentence."""
    return words(n) if n < 10 else f"{n:,}"


def capital(text: str) -> str:
    """`text` as a sentence begins."""
    return text[:1].upper() + text[1:]


def papers(n: int, adjective: str = "") -> str:
    """ "one further paper", "12 papers"."""
    return f"{number(n)} {adjective + ' ' if adjective else ''}{'paper' if n == 1 else 'papers'}"


def listed(items: Sequence[str], last: str = "and") -> str:
    """ "a, b and c"; with semicolons where an item holds a comma."""
    if len(items) < 2:
        return "".join(items)
    if any("," in item for item in items):
        return f"{'; '.join(items[:-1])}; {last} {items[-1]}"
    return f"{', '.join(items[:-1])} {last} {items[-1]}"


def inside(name: str) -> str:
    """A name as it stands inside a sentence: a capital that only opens it goes, an acronym stays."""
    first = name.split(" ")[0].strip(",")
    return name if any(letter.isupper() or letter.isdigit() for letter in first[1:]) else name[:1].lower() + name[1:]
