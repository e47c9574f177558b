"""Whether the text of a page is made of words, or of letters that mean nothing because a font does not tell which it shows.

Such a font has no map to Unicode, or a wrong one: people see the right letters, programs see "qfpqmf xip vtf esvht", "SHRSOH",
'!"#!$"' or characters that no font knows. It is told from text by its letter pairs (whatever the language, in Latin script), by
its signs, and by common English syllables that appear once every character is moved equally far. Other scripts are never called
garbage for their letters. What cannot be decided, for want of letters, passes for text.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from functools import cache
from itertools import pairwise
from string import ascii_lowercase, digits

from lang_audit.errors import UnreadableError
from lang_audit.model import Problem
from lang_audit.sources.placed import UNKNOWN_CHARACTER, PlacedDocument, PlacedPage

_REMEDY = (
    "Find another PDF or the publisher's XML, or have the pages read as pictures: with `--ocr`, or by "
    "`ocrmypdf --force-ocr in.pdf out.pdf`."
)
_FEWEST_MARKS = 100  # characters of a page, without spaces: fewer tell nothing
_FEWEST_PAIRS = 250  # of letters: then the mean of every language that was tried stays far from that of ciphers
_LEAST_LIKELY = -6.9  # mean logarithm of the pairs' shares: real pages -5.6 to -6.3 (Sorbian -6.6), ciphers -7.0 to -11
_UNKNOWN = 0.5  # of the characters
_WORDS_EACH = 120  # characters: English text has a small word much more often, and then nothing else is looked at
_SAMPLE = 6000  # characters in which moved syllables are looked for
_MOVED = 0.015  # of the sample's characters begin one of the syllables; by chance 0.0007
_KINDS = 4  # of syllables, each twice at least
_TIMES = 3  # as many as without moving
_SIGNS = 6  # kinds of signs, each a hundredth of the characters; papers have three at most
_ODD = 3  # of those: no signs of formulas
_SIGNS_SHARE = 0.15  # of the characters, all kinds together
_FIGURES = 0.3  # of the characters: more is a table
_IN_WORDS = 0.15  # of the characters stand in words of small letters; program code, which has signs too, has many more
_FEWEST_LETTERS = 12  # of the alphabet; a genome has four

_NO_LETTER = re.compile(rf"\(cid:\d+\)|[{UNKNOWN_CHARACTER}\ue000-\uf8ff\x00-\x01\x03-\x08\x0e-\x1e]")
_SMALL_WORD = re.compile(r"\b(?:the|of|and|in|to)\b")
_WORD = re.compile(r"(?<![\w@/])[^\W\d_]{4,}(?![\w@/])")  # no part of an address
_CAPITALS = re.compile(r"(?=.*[BJOUXZ]).{8,24}")  # capitals alone: no gene symbols, which are short, and no proteins
_FORMULA_SIGNS = "*+<=>[]^{|}"
_ODD_SIGNS = "!\"#$&';?@\\`~"
_SYLLABLES = ("the", "and", "ing", "ion", "ent", "tio", "ati", "for", "her", "ter", "con", "res")
_FOLDED = str.maketrans({"ß": "ss", "ø": "o", "đ": "d", "ł": "l", "æ": "ae", "œ": "oe", "ı": "i", "þ": "t", "ð": "d"})
# How likely each pair of letters is within words, aa to zz: "a" stands for a share of e^-3, each further letter for 0.4 less.
# Mixed from 31 languages in Latin script without their accents, English 0.3 of it, the others alike: counts of pairs in
# Wikipedia's abstracts that langdetect 1.0.9 (Apache-2.0) comes with.
_PAIRS = (
    "ijihllijikiegdmjqeffijmnjk",
    "hpsthyyyjsvkyrjyyjptjxsyky",
    "hyoxhyyghqkmuphyxlojlywyno",
    "grvletqmgqqnpmiuyklpjppynn",
    "ikigilimiljfhelkqefgljmmll",
    "kyyukmvxjtwnytiyyjrnmyvyqy",
    "htwqhwnljpqlqmjtyjnokupymv",
    "hyysfxyxirqoqnivsmtlkrpyny",
    "glgiglinkkigidhkqhfgljppmk",
    "iywsiyyykyrvtpkyyyosksyywy",
    "guruiyxoitomnniyyllljrpymy",
    "fnqkfpnqfnmhlnhpyukkjoqyjt",
    "fjusgspshpqplpikyqmpjypyou",
    "fpigfnfmgmlnpkhvvphgkoqxkn",
    "mkjimhjmllkhhfjjufhjiikrol",
    "hytyhuuljsvkwshmyhnmkwuusx",
    "qyyvqyyyryyyyysyyyyykyyyvy",
    "fmljfoknfpklkjgntliiimpxkn",
    "hpjrgrqigpilmnhjvpjejnpymm",
    "foqxetrffqpmpoguyhjjinnykr",
    "kllkjploknlijgnkthhimnqqqm",
    "hyuuhyyyitupynkxyppunwyyns",
    "hxtukywmjyxsvmlyyopyryyynx",
    "nyvupyyvoyyywytryyyqryxyxy",
    "jqmmlpqrnronmklpynlnpqpyts",
    "jrspkyssjurqqnmsysqpoqryps",
)
_LIKELY = {
    (first, second): -3 - 0.4 * (ord(mark) - ord("a"))
    for first, row in zip(ascii_lowercase, _PAIRS, strict=True)
    for second, mark in zip(ascii_lowercase, row, strict=True)
}


def legible(document: PlacedDocument) -> PlacedDocument:
    """The document without the text of pages that hold garbage, and with a problem that names them.

    Raises UnreadableError "garbled-text" where some pages hold garbage and none text.
    """
    means = [means_something(page) for page in document.pages]
    if False not in means:
        return document
    if True not in means:
        raise UnreadableError(
            "garbled-text",
            "The PDF's fonts do not tell which letters they show, so its text comes out as letters that make no words.",
            _REMEDY,
        )
    garbage = [page.number for page, meant in zip(document.pages, means, strict=True) if meant is False]
    problem = Problem(
        code="garbled-pages",
        message=f"The text of {pages_named(garbage)} comes out as letters that make no words, because fonts do not tell which "
        "letters they show. It was left out.",
        remedy=_REMEDY,
    )
    pages = tuple(
        PlacedPage(page.number, page.width, page.height) if meant is False else page
        for page, meant in zip(document.pages, means, strict=True)
    )
    return replace(document, pages=pages, problems=(*document.problems, problem))


def garbled_pages(document: PlacedDocument) -> list[int]:
    """The numbers of the pages whose text is garbage."""
    return [page.number for page in document.pages if means_something(page) is False]


def means_something(page: PlacedPage) -> bool | None:
    """Whether a page's text has a meaning: False for garbage, None where too little stands on the page to tell."""
    text = " ".join(run.text for run in page.runs)
    if len(_SMALL_WORD.findall(text)) * _WORDS_EACH > len(text) > _FEWEST_MARKS:
        return True
    marks = "".join(text.split())
    if len(marks) < _FEWEST_MARKS:
        return None
    if len("".join(_NO_LETTER.findall(text))) > _UNKNOWN * len(marks) or _is_moved(marks[:_SAMPLE]):
        return False
    words = _WORD.findall(text)
    if _is_signs(marks, words):
        return False
    if sum(len(word) for word in words if word[0] > "\u024f") > _UNKNOWN * len(marks):
        return True  # Greek, Cyrillic, Arabic, Chinese and so on
    likely, count = _likelihood(words)
    return None if count < _FEWEST_PAIRS else likely > _LEAST_LIKELY


def _likelihood(words: Sequence[str]) -> tuple[float, int]:
    """The mean likelihood of the letter pairs within words, and how many there are."""
    told = " ".join(word for word in words if not word.isupper() or _CAPITALS.fullmatch(word)).casefold()
    if not told.isascii():
        parted = unicodedata.normalize("NFD", told.translate(_FOLDED))
        told = "".join(character for character in parted if not unicodedata.combining(character))
    total, count = 0.0, 0
    for pair, times in Counter(pairwise(told)).items():
        if pair in _LIKELY:
            total += _LIKELY[pair] * times
            count += times
    enough = count and sum(letter in told for letter in ascii_lowercase) >= _FEWEST_LETTERS
    return (total / count, count) if enough else (0.0, 0)


def _is_signs(marks: str, words: Sequence[str]) -> bool:
    """Whether the text is made of signs as words are of letters: glyphs numbered from "!" on, say."""
    odd = [count for sign in _ODD_SIGNS if (count := marks.count(sign)) * 100 >= len(marks)]
    signs = odd + [count for sign in _FORMULA_SIGNS if (count := marks.count(sign)) * 100 >= len(marks)]
    return (
        len(odd) >= _ODD
        and len(signs) >= _SIGNS
        and sum(signs) > _SIGNS_SHARE * len(marks)
        and sum(marks.count(figure) for figure in digits) < _FIGURES * len(marks)
        and sum(len(word) for word in words if not word.isupper()) < _IN_WORDS * len(marks)
    )


def _is_moved(sample: str) -> bool:
    """Whether English syllables appear once every character is moved equally far among the printable ones."""
    triples = Counter(zip(sample, sample[1:], sample[2:], strict=False))
    own = sum(triples[syllable] for syllable in _moved_syllables()[0])
    enough = max(_MOVED * len(sample), _TIMES * own)
    for syllables in _moved_syllables()[1:]:
        found = [times for syllable in syllables if (times := triples.get(syllable, 0)) > 1]
        if len(found) >= _KINDS and sum(found) > enough:
            return True
    return False


@cache
def _moved_syllables() -> tuple[tuple[tuple[str, str, str], ...], ...]:
    """The syllables moved by 0 to 93 places among the 94 printable characters of ASCII."""

    def moved(syllable: str, places: int) -> tuple[str, str, str]:
        first, second, third = (chr(33 + (ord(character) - 33 + places) % 94) for character in syllable)
        return first, second, third

    return tuple(tuple(moved(syllable, places) for syllable in _SYLLABLES) for places in range(94))


def pages_named(numbers: Sequence[int]) -> str:
    """Page numbers as people write them: "page 3", "pages 1, 4-6"."""
    spans: list[list[int]] = []
    for number in numbers:
        if spans and number == spans[-1][1] + 1:
            spans[-1][1] = number
        else:
            spans.append([number, number])
    named = [f"{a}" if a == b else f"{a}, {b}" if b == a + 1 else f"{a}-{b}" for a, b in spans]
    return f"page{'s' if len(numbers) > 1 else ''} {', '.join(named)}"
