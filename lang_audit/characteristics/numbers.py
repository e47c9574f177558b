"""Numbers as papers print them: "1,436", "48 014", "forty-five", "Three-hundred seventy-three"."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

_ONES = (
    "one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen "
    "eighteen nineteen"
)
_SMALL = {word: k for k, word in enumerate(_ONES.split(), 1)}
_TENS = {
    word: 10 * k
    for k, word in enumerate(["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"], 2)
}
_SCALE = {"hundred": 100, "thousand": 1000}
_WORD = "|".join((*_SMALL, *_TENS, *_SCALE, "fourty"))
_GAP = r"[   ]"
_DIGITS = re.compile(
    rf"(?<![\w.,/])(?<!\w[–‐-])(?<!\d )(\d{{1,3}}(?:(?:,|{_GAP})\d{{3}})+|\d+)"
    r"(?![\w/]|[.,:–‐-]\d|-(?:year|month|week|day|item|point|hour|min))"
)
_NAMED = re.compile(
    rf"\b(?:{_WORD})(?:(?:[\s-]|\sand\s)+(?:{_WORD}))*\b(?!-(?:year|month|week|day|item|point|arm|site|way))",
    re.IGNORECASE,
)
_MAYBE_NAMED = re.compile(
    r"(?:ty|teen|hundred|thousand|[Tt]wo|[Tt]hree|[Ff]our|[Ff]ive|[Ss]ix|[Ss]even|[Ee]ight|[Nn]ine|[Tt]en|[Ee]leven|[Tt]welve|[Oo]ne)\b"
)


@dataclass(frozen=True, slots=True)
class Number:
    """A whole number and where it stands."""

    value: int
    start: int
    end: int


def numbers(text: str) -> Iterator[Number]:
    """The whole numbers of `text`, in digits and in words; no decimals, ranges, dates or parts of names."""
    found = [Number(int(re.sub(r"\D", "", m[1])), m.start(1), m.end(1)) for m in _DIGITS.finditer(text)]
    for named in _NAMED.finditer(text) if _MAYBE_NAMED.search(text) else ():
        value = spelled(named[0])
        if value:
            found.append(Number(value, named.start(), named.end()))
    yield from sorted(found, key=lambda number: number.start)


def spelled(words: str) -> int | None:
    """The value of a number in words ("two hundred and six"); None where the words make no number."""
    total, current = 0, 0
    for word in re.findall(r"[a-z]+", words.lower().replace("fourty", "forty")):
        if word == "and":
            continue
        if word in _SCALE:
            if _SCALE[word] == 100:
                current = (current or 1) * 100
            else:
                total, current = total + (current or 1) * 1000, 0
        else:
            value = _SMALL.get(word) or _TENS[word]
            # "twenty thirty" and "five six" are two numbers, not one.
            if (value >= 10 and current % 100) or (value < 10 and (current % 10 or 10 <= current % 100 < 20)):
                return None
            current += value
    return total + current or None
