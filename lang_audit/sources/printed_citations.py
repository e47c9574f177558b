"""Finds numeric citation markers in printed text: raised numbers, "[12]", and "(12)" in papers that cite that way."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from itertools import pairwise

from lang_audit.sources.citations import LIST, Span

_RAISED = re.compile(rf"[\[(]?\s*{LIST}\s*[\])]?")
_BRACKETED = re.compile(r"\[\s*\d{1,3}(?:\s*[,;–—−-]\s*\d{1,3})*\s*\]")
_NUMBER = re.compile(r"\d+")
_PAIR = re.compile(r"\[\s*\d+\s*[,;–—−-]\s*\d+\s*\]")

_PARENTHESES = re.compile(r"\(\s*\d{1,3}(?:\s*[,;–—−-]\s*\d{1,3})*\s*\)")
_FEWEST_CITED = 6  # references: a paper that cites fewer in parentheses may be counting something else
_CITED = 0.7  # of the numbers up to the highest: as many are cited, where it is a list of references that is numbered
_RISING = 0.75  # of the first citations: references are numbered in the order in which they are cited

# What may stand before a raised citation: a word, a stop or a closing mark; and words after which a number is a power.
_WORD_BEFORE = re.compile(
    r"(?:[^\W\d_]{3,}|[A-Z]{2}|\b(?:al|it|is|of|to|so|by|as|or|on|us|up)|[.,;:!?)\]”\"’'%]|\b(?:19|20)\d\d)$"
)
_POWER_BEFORE = re.compile(
    r"(?:\b(?:chi|log|exp|sin|cos|tan|eta|inch|inches|feet|pixels?|met(?:er|re)s?)|\([^()]*[-+−×=/*][^()]*\))$"
)

# What stands before an interval or a number that is no citation.
_MEASURE_BEFORE = re.compile(
    r"(?:[=<>≤≥±∈×]\s*|\d|\b(?:CI|IQR|SD|range|interval|median|between)[:,]?\s+)$", re.IGNORECASE
)
_AMOUNT_BEFORE = re.compile(r"(?:^|[^\w.])(?!(?:19|20)\d\d$)\d[\d.,·]*\s?(?:%|[a-zμ]{1,4})?$")
_EQUATION_BEFORE = re.compile(
    r"\b(?:eqs?|equations?|formulae?|formulas|steps?|items?|figs?|tables?)\.?\s*$", re.IGNORECASE
)
_INDEXED = re.compile(r"(?<![^\W\d_])[^\W\d_]{1,2}$")  # "the component t[1]"
_NAME_GOES_ON = re.compile(r"[-–]?\w")  # "[6]-gingerol"


def follows_word(before: str) -> bool:
    """Whether a raised number after this text is a citation, not a power or a part of a unit."""
    return _WORD_BEFORE.search(before) is not None and not _POWER_BEFORE.search(before)


def highest_in_parentheses(texts: Sequence[str]) -> int:
    """The highest number that a paper cites in parentheses, "(12)"; 0 where it cites otherwise.

    Such citations count on as the paper goes on and leave few numbers out; counts, ages and items of lists do not.
    """
    first: list[int] = []
    for text in texts:
        for match in _PARENTHESES.finditer(text):
            if not _is_amount(text, match):
                first += (number for number in _numbers(match.group()) if number not in first)
    highest = max(first, default=0)
    while highest and sum(number <= highest for number in first) < _CITED * highest:
        highest -= 1
    cited = [number for number in first if number <= highest]
    rising = sum(one < other for one, other in pairwise(cited))
    if len(cited) < _FEWEST_CITED or rising < _RISING * (len(cited) - 1):
        return 0
    return 0 if any(len(_BRACKETED.findall(text)) > 1 for text in texts) else highest


def _numbers(marker: str) -> list[int]:
    """The numbers of a marker, those inside its ranges included."""
    found: list[int] = []
    for part in re.split(r"[,;]", marker.strip("()[] ")):
        ends = [int(number) for number in _NUMBER.findall(part)]
        found += range(ends[0], ends[-1] + 1) if len(ends) == 2 and ends[0] < ends[1] < ends[0] + 30 else ends
    return found


def _is_amount(text: str, match: re.Match[str]) -> bool:
    """Whether a number in parentheses is a count, the number of an equation, an item of a list, or part of a name."""
    before = text[max(match.start() - 40, 0) : match.start()]
    item = re.search(r"(?:^|[:;,]|\b(?:and|or|are|of))\s*$", before) and re.match(r"\s+[a-z]", text[match.end() :])
    glued = text[match.end() : match.end() + 1].isalnum() or before[-1:].isdigit()
    amount = _AMOUNT_BEFORE.search(before.rstrip()) is not None
    return bool(item) or glued or amount or _EQUATION_BEFORE.search(before) is not None or 0 in _numbers(match.group())


def citation_markers(text: str, raised: Iterable[Span], in_parentheses: int) -> list[Span]:
    """The citation markers of a printed paragraph, in order.

    `raised` tells where small raised numbers stand in it, `in_parentheses` the highest number that the paper cites in
    parentheses.
    """
    found = []
    for start, end in raised:
        numbers = _RAISED.match(text, start, end)
        before = text[:start].rstrip()
        if numbers and before and not text[end : end + 1].isalnum() and follows_word(before):
            found.append(numbers.span())
    for bracket in _BRACKETED.finditer(text):
        part_of_name = _INDEXED.search(text, max(bracket.start() - 8, 0), bracket.start()) or _NAME_GOES_ON.match(
            text, bracket.end()
        )
        if not part_of_name and not _is_interval(text[max(bracket.start() - 60, 0) : bracket.start()], bracket.group()):
            found.append(bracket.span())
    for match in _PARENTHESES.finditer(text) if in_parentheses else ():
        if not _is_amount(text, match) and max(_numbers(match.group())) <= in_parentheses:
            found.append(match.span())
    return sorted(span for span in found if span[0] > 0)


def _is_interval(before: str, bracket: str) -> bool:
    """Whether numbers in brackets are an interval or a measure: "[0, 1]", "= [3, 5]", "12 [8-15]", "range [2-9]"."""
    if any(int(number) == 0 for number in _NUMBER.findall(bracket)):
        return True
    pair = _PAIR.fullmatch(bracket) is not None
    if before[-1:].isdigit() or before.rstrip()[-1:] in tuple("=<>≤≥±∈×"):
        return True
    return pair and bool(_MEASURE_BEFORE.search(before) or _AMOUNT_BEFORE.search(before.rstrip()))
