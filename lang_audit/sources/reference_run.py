"""Reference lists that nothing announces: the cited titles that run together in the text dumps of some corpora.

Such dumps print a whole paper on one line, without headings, and of each reference only its title, without a stop
between one title and the next: "... advise daily. Do no harm Peer support models for services: a review A war on people
...". What tells them from prose is what they lack. Prose has a finite verb or a pronoun in every few words and ends its
sentences; a run of titles has hardly any, but a capital after a small letter wherever a title begins.
"""

from __future__ import annotations

import re
from itertools import pairwise

LEAST_WORDS = 150
"""A run shorter than this is left alone: an abstract's list of centres can look the same."""

_MOST_AFTER = 4000  # characters after the list: thanks, contributions, declarations

_WORD = re.compile(r"\S+")
_PROSE = frozenset(
    {
        "am", "is", "are", "was", "were", "be", "been", "being", "has", "have", "had", "do", "does", "did",
        "can", "could", "may", "might", "must", "shall", "should", "will", "would", "cannot", "we", "our", "us",
        "they", "their", "them", "he", "she", "his", "her", "it", "its", "this", "that", "these", "those",
        "there", "which", "who", "whom", "whose", "not", "also", "however", "therefore", "although", "while",
        "because", "when", "where", "if", "then", "than", "such", "both", "either", "more", "most", "less",
        "thus", "further", "moreover", "additionally", "finally", "only", "often", "found", "showed",
        "reported", "suggest", "suggests",
    }
)  # fmt: skip
_TITLE_WORDS = re.compile(
    r"\b(?:review|trial|study|studies|evaluation|analysis|analyses|effects?|effectiveness|efficacy|impact|evidence|"
    r"role|among|implications|factors|prevalence|incidence|randomi[sz]ed|qualitative|systematic|meta-analysis|"
    r"guidelines?|guidance|report|handbook|framework|approach|perspectives?|experiences?|associated|towards?|"
    r"World Health)\b",
    re.IGNORECASE,
)
_SENTENCE_END = re.compile(r"[.!?][)\]”\"’']?(?:\s*\[[\d,–\s-]+\]\s*\.?)?\s+(?=[A-Z“\"‘'])")
_CITATION = re.compile(r"\[\d+(?:\s*[,–-]\s*\d+)*\]?,?\.?|\d+\],?\.?")
_AFTERWARDS = re.compile(
    r"\b(?:Springer Nature remains neutral|Publisher[’']s [Nn]ote|All authors|Not applicable|"
    r"The authors? (?:would|wish|thanks?|declares?|are|have|gratefully)|"
    r"We (?:would|wish|thank|are|gratefully|acknowledge)|"
    r"(?:This|The) (?:work|study|review|research|project|article|manuscript) (?:was|is|has|received)|"
    r"(?:Acknowledge?ments?|Competing interests?|Conflicts? of interest|Authors?[’']? contributions?|Funding)\b)"
)
_HEADED = re.compile(r"(?:^|(?<=[.\])”]\s))(?:References|REFERENCES|Bibliography|BIBLIOGRAPHY)\b:?\s+(?=[\[(\dA-Z])")
_FIRST_NUMBER = re.compile(r"[\[(]?1[\].)]?\s")
_YEAR = re.compile(r"\b(?:19|20)\d\d\b")


def find(text: str, start: int, end: int) -> tuple[int, int] | None:
    """Where in the paragraph `text[start:end]` a list of references runs, or None; prose is never taken."""
    headed = [m for m in _HEADED.finditer(text, start, end) if _opens_list(text, m.end(), end)]
    if headed and headed[-1].start() > start:
        return headed[-1].start(), _closed(text, headed[-1].end(), end)
    words = list(_WORD.finditer(text, start, end))
    if len(words) < LEAST_WORDS:
        return None
    best = _best_run(text, words)
    if best is None:
        return None
    begin = _to_sentence_start(text, best[0], end)
    finish = min(_closed(text, begin, min(end, best[1] + 40)), best[1])
    at_end = begin > 0.15 * len(text) and len(text) - finish < max(_MOST_AFTER, 0.1 * len(text))
    return (begin, finish) if at_end and _is_list(text[begin:finish]) else None


def _best_run(text: str, words: list[re.Match[str]]) -> tuple[int, int] | None:
    """The stretch of words whose weights sum highest (Kadane's method)."""
    total, since, best, found = 0.0, 0, 0.0, None
    for k, word in enumerate(words):
        total += _weight(word.group(), words[k - 1].group() if k else "")
        if total <= 0:
            total, since = 0.0, k + 1
        elif total > best:
            best, found = total, (words[since].start(), word.end())
    return found


def _weight(word: str, before: str) -> float:
    bare = word.strip(".,;:()[]“”\"'‘’?!").lower()
    if bare in _PROSE or _CITATION.fullmatch(word):
        return -1.6
    if bare[:1].isdigit():
        return -0.3
    begins = word[:1].isupper() and word[1:2].islower()
    if begins and before[-1:] in ".?!":
        return -0.8
    if begins and before[-1:].islower():
        return 0.5
    return 0.1


def _to_sentence_start(text: str, position: int, end: int) -> int:
    """The run's true beginning: the sentence start just before the place where the weights turned, else the next."""
    before = [m.end() for m in _SENTENCE_END.finditer(text, max(0, position - 300), position + 1)]
    if before and _prose_words(text[before[-1] : position]) <= 2:
        return before[-1]
    after = _SENTENCE_END.search(text, position, min(end, position + 600))
    return after.end() if after else position


def _opens_list(text: str, start: int, end: int) -> bool:
    """Whether what follows the word "References" has the numbers and years of a list."""
    ahead = text[start : min(end, start + 800)]
    return bool(_FIRST_NUMBER.match(ahead)) or len(_YEAR.findall(ahead)) >= 3


def _prose_words(run: str) -> int:
    return sum(word.strip(".,;:()“”\"'").lower() in _PROSE for word in run.split())


def _closed(text: str, start: int, end: int) -> int:
    """Where the list ends: before the thanks, contributions and declarations that such dumps append."""
    match = _AFTERWARDS.search(text, start, end)
    return len(text[: match.start()].rstrip()) if match else end


def _is_list(run: str) -> bool:
    words = run.split()
    if len(words) < LEAST_WORDS:
        return False
    pairs = list(pairwise(words))
    prose = _prose_words(run) / len(words)
    numbers = sum(any(c.isdigit() for c in word) for word in words) / len(words)
    fresh = sum(a[-1].islower() and b[0].isupper() and b[1:2].islower() for a, b in pairs) / len(words)
    stops = sum(a[-1] in ".?!" and b[0].isupper() for a, b in pairs) / len(words)
    titles = len(_TITLE_WORDS.findall(run)) / len(words)
    return prose < 0.05 and numbers < 0.1 and fresh > 0.045 and stops < 0.03 and titles > 0.014
