"""The pattern language of codebooks: what fits, what does not, and that places slice to the words."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lang_audit.detection.evidence_patterns import PatternScanner, Sentence, compile_pattern, in_bounds, matches
from lang_audit.vocabulary import WordClass

CLASSES = {
    "goods": WordClass(any=["needle", "naloxone kit", "MAT"], but_not=["needle biopsy"]),
    "helper": WordClass(any=["peer worker", "<lay>"]),
    "lay": WordClass(any=["lay counsellor"]),
}


def found(pattern: str, text: str) -> list[str]:
    compiled = compile_pattern(pattern, CLASSES)
    places = PatternScanner([compiled], CLASSES).find(text)
    sentence = Sentence(text, 0, len(text), places)
    return [text[place.start : place.end] for place in matches(compiled, sentence)]


@pytest.mark.parametrize(
    ("pattern", "text", "words"),
    [
        ("distribute", "They distributed it.", ["distributed"]),
        ("hand_out <goods>", "Kits? Handing out the needles was easy.", ["Handing out the needles"]),
        ("distribute|give <goods>", "They gave their clients needles.", []),
        ("distribute|give ...2 <goods>", "They gave their clients needles.", ["gave their clients needles"]),
        ("give ...1 <goods>", "They gave all three new clients needles.", []),
        ("<goods>", "A needle biopsy was taken.", []),
        ("<goods>", "They met on a mat; MAT was given.", ["MAT"]),
        ("<helper>", "Lay counselors and peer-workers met.", ["Lay counselors", "peer-workers"]),
        ("organise", "It was organized by them.", ["organized"]),
        ("behaviour", "Risk behaviors fell.", ["behaviors"]),
        ("teach", "She taught them.", ["taught"]),
        ("=trust", "They trusted us.", []),
        ("trust & nurse", "The nurse was someone to trust.", ["nurse was someone to trust"]),
        ("trust & nurse", "Trust grew; a nurse came.", []),
        ("give ... needle", "They gave up; needles were gone.", []),
        ("support_group", "A support\ngroup met.", ["support\ngroup"]),
    ],
)
def test_what_fits(pattern: str, text: str, words: list[str]) -> None:
    assert found(pattern, text) == words


@pytest.mark.parametrize("pattern", ["", "& trust", "... trust", "trust ...", "<nobody>", "trust &"])
def test_a_pattern_that_is_none_is_refused(pattern: str) -> None:
    with pytest.raises(ValueError, match=r"each part of a pattern|no word class"):
        compile_pattern(pattern, CLASSES)


@given(
    st.lists(
        st.sampled_from(["give", "gave", "needles", "the", "Peer workers", ".", ";", "naloxone  kits", "x"]),
        max_size=30,
    )
)
def test_places_lie_in_order_and_hold_their_words(words: list[str]) -> None:
    text = " ".join(words)
    compiled = compile_pattern("give ...3 <goods>", CLASSES)
    places = PatternScanner([compiled], CLASSES).find(text)
    (split,) = in_bounds(places, [(0, len(text))])
    assert split == places
    for place in matches(compiled, Sentence(text, 0, len(text), places)):
        assert text[place.start : place.end].lower().startswith(("give", "gave"))
        assert [text[s:e] for s, e in place.pieces][-1].split()[0].lower() in ("needles", "naloxone")
