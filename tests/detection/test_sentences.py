from __future__ import annotations

import pytest
import spacy
from hypothesis import given
from hypothesis import strategies as st

from lang_audit.detection.sentences import PaperSentences, bounds_around, sentence_bounds, sentence_starts, text_bounds

BLANK = spacy.blank("en")


@pytest.mark.parametrize(
    ("text", "sentences"),
    [
        ("One came. Two left.", ["One came. ", "Two left."]),
        ("Shown by Smith et al. in Fig. 2 and Dr. Jones.", ["Shown by Smith et al. in Fig. 2 and Dr. Jones."]),
        ("The rate fell, i.e. Most stayed. It rose.", ["The rate fell, i.e. Most stayed. ", "It rose."]),
        ("So found Lee et al. The trial was small.", ["So found Lee et al. ", "The trial was small."]),
        ("It fell [3]. “Why?” she asked.", ["It fell [3]. ", "“Why?” she asked."]),
        ("Of 12.5 mg given, 3 were kept.", ["Of 12.5 mg given, 3 were kept."]),
    ],
)
def test_where_sentences_begin(text: str, sentences: list[str]) -> None:
    starts = sentence_starts(text)
    assert [text[a:b] for a, b in zip(starts, [*starts[1:], len(text)], strict=True)] == sentences


@given(st.text(alphabet="Ab. ?!\n(“”)1", max_size=80))
def test_starts_rise_and_lie_inside(text: str) -> None:
    starts = sentence_starts(text)
    assert starts == sorted(set(starts))
    assert all(0 <= start <= len(text) for start in starts)


def test_a_term_that_runs_over_a_bound_widens_the_sentence() -> None:
    assert bounds_around([(0, 10), (11, 30)], 8, 14) == (0, 14)
    assert bounds_around([(0, 10), (11, 30)], 12, 14) == (11, 30)


PIECES = ["One came", ".", ". ", " ", "  ", "\n", "\n\n", "\t", "Two", "et al", "(3)", "“Why?”", "• ", "\u00a0", "e.g."]


@given(st.lists(st.sampled_from(PIECES), min_size=1, max_size=12).map("".join))
def test_bounds_without_tokens_are_those_of_the_tokens(text: str) -> None:
    doc = PaperSentences()(BLANK.make_doc(text))
    assert text_bounds(text) == sentence_bounds(doc)
