"""The spaCy component `paper_sentences`: sentence bounds in scientific prose, where "et al." and "Fig. 2" end nothing."""

from __future__ import annotations

import re
from bisect import bisect_right

import numpy as np
from spacy.language import Language
from spacy.tokens import Doc

from lang_audit.detection.extensions import text_of

_ABBREVIATED = re.compile(
    r"(?:\b(?:et al|e\.g|i\.e|cf|vs|viz|ca|approx|resp|incl|excl|no|nos|fig|figs|tab|eq|eqs|ref|refs|vol|pp|ch|sec|dr|mr|mrs|ms|"
    r"prof|st|jr|sr|inc|ltd|co|corp|dept|univ|gov|sp|spp|var|al)|(?<![A-Za-z])[A-Z])\.$",
    re.IGNORECASE,
)
_ALWAYS = re.compile(r"\b(?:et al|etc|inc|ltd|co|no)\.$", re.IGNORECASE)
# A full stop, with closing marks and citation numbers behind it, then space, then what opens a sentence.
_END = re.compile(
    r"[.!?\n](?:(?<!\n)[.!?]*(?:[\"”’')\]]+)?(?:\s?\[[\d,\s–-]+\])?(?=\s+[\"“‘'(\[]?[A-Z0-9\"“‘\[(])"
    r"|(?<=\n)(?:\s*\n|(?=\s*[•▪◦-]\s)))"
)
_SOLID = re.compile(r"\S")
_OPENER = re.compile(r"\s*(?:The|This|These|In|We|It|However|Our|A)\b")


def sentence_starts(text: str) -> list[int]:
    """The offset of each sentence's first character, the first sentence's included."""
    starts = [len(text) - len(text.lstrip())]
    for end in _END.finditer(text):
        if "\n" not in end[0] and _is_abbreviation(text, end):
            continue
        following = _SOLID.search(text, end.end())
        if following and following.start() > starts[-1]:
            starts.append(following.start())
    return starts


def _is_abbreviation(text: str, end: re.Match[str]) -> bool:
    if not end[0].startswith("."):
        return False
    before = text[max(0, end.start() - 12) : end.start() + 1]
    if not _ABBREVIATED.search(before):
        return False
    return not (_ALWAYS.search(before) and _OPENER.match(text, end.end()))


class PaperSentences:
    """Sets `token.is_sent_start`."""

    def __call__(self, doc: Doc) -> Doc:
        """Mark the sentence starts; the doc's text is not changed."""
        if not len(doc):
            return doc
        # At once: a token's own setter goes through the whole doc each time.
        place = doc.to_array(["IDX", "LENGTH"]).astype(np.int64)
        opening = np.searchsorted(place.sum(axis=1), sentence_starts(text_of(doc)), side="right")
        bounds = np.full(len(doc), -1, dtype=np.int64)
        bounds[0] = 1
        bounds[opening[opening < len(doc)]] = 1
        doc.from_array(["SENT_START"], bounds.astype(np.uint64))  # type: ignore[arg-type]
        return doc


def sentence_bounds(doc: Doc) -> list[tuple[int, int]]:
    """The character offsets of each sentence of `doc`, in order; the whole doc where no bounds are set."""
    if not doc.has_annotation("SENT_START"):
        return [(0, len(text_of(doc)))]
    return [(sentence.start_char, sentence.end_char) for sentence in doc.sents]


def text_bounds(text: str) -> list[tuple[int, int]]:
    """The bounds of each sentence as `sentence_bounds` gives them of a doc, without its tokens.

    White space in front of a sentence belongs to the one before, but for the single space that parts two words; in front of the
    first it stands alone.
    """
    starts = sentence_starts(text)
    if starts[0]:
        starts = [0, *starts] if starts[0] < len(text) else [0]
    return [
        (start, _without_space(text, start, end)) for start, end in zip(starts, [*starts[1:], len(text)], strict=True)
    ]


def _without_space(text: str, start: int, end: int) -> int:
    single = end - 1 > start and text[end - 1] == " " and not text[end - 2].isspace()
    return end - 1 if single else end


def bounds_around(bounds: list[tuple[int, int]], start: int, end: int) -> tuple[int, int]:
    """The bounds of the sentence in which `start:end` begins, widened where the term runs on behind it."""
    k = max(bisect_right(bounds, (start, 1 << 60)) - 1, 0)
    return min(bounds[k][0], start), max(bounds[k][1], end)


@Language.factory("paper_sentences", assigns=["token.is_sent_start", "doc.sents"])
def make_paper_sentences(nlp: Language, name: str) -> PaperSentences:
    """Create the component."""
    return PaperSentences()
