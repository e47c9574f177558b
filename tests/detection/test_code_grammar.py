"""Who gives, who the sides are, what is denied: by the parse of the small English model."""

from __future__ import annotations

import pytest
from spacy.tokens import Span

from lang_audit.detection.code_grammar import denied, giver, parties
from lang_audit.detection.head_noun import load_trained

NLP = load_trained(None, exclude=("ner", "lemmatizer", "attribute_ruler"))


def span_of(text: str, words: str) -> Span:
    assert NLP is not None
    start = text.index(words)
    span = NLP(text).char_span(start, start + len(words), alignment_mode="expand")
    assert span is not None
    return span


@pytest.mark.parametrize(
    ("text", "words", "by"),
    [
        ("Nurses offered counselling to peer workers.", "counselling", "Nurses"),
        ("Counselling was provided by nurses.", "Counselling", "nurses"),
        ("Peer workers were trained to provide counselling to patients seen by nurses.", "counselling", "workers"),
        ("We trained peer educators to distribute condoms.", "distribute condoms", "educators"),
        ("Clients received counselling from peers.", "counselling", "peers"),
        ("Advice from nurses and referral by peers were common.", "referral", "peers"),
        ("Nurses' counselling was valued, while peers gave out condoms.", "gave out condoms", "peers"),
        ("Staff described how peer workers supported clients.", "supported clients", "workers"),
        ("Peers, supported by nurses, distributed naloxone.", "distributed naloxone", "Peers"),
    ],
)
def test_giver(text: str, words: str, by: str) -> None:
    found = giver(span_of(text, words).root)
    assert found is not None
    assert found.text == by


@pytest.mark.parametrize(
    ("text", "words", "side"),
    [
        ("Patients trusted their doctors.", "trusted", "doctors"),
        ("Trust between peer workers and clients grew.", "Trust", "workers"),
        ("Empathy of nurses mattered most.", "Empathy", "nurses"),
        ("They have rapport with clinic staff.", "rapport", "staff"),
    ],
)
def test_parties(text: str, words: str, side: str) -> None:
    assert side in {token.text for token in parties(span_of(text, words).root)}


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Peer support did not improve adherence.", "improve adherence"),
        ("There was no significant difference in adherence between the arms.", "adherence"),
        ("The intervention failed to increase retention.", "increase retention"),
        ("Lack of trust between peers and clients was common.", "trust"),
        ("Without trust, peers could not work.", "trust"),
        ("The programme did not confer a reduction in incidence or increase adherence.", "increase adherence"),
        ("We found no evidence that peer navigation improved retention.", "improved retention"),
        ("Trust was absent between peers and clients.", "Trust"),
    ],
)
def test_denied(text: str, words: str) -> None:
    assert denied(span_of(text, words))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Peers did not judge clients but improved adherence.", "improved adherence"),
        ("Peer support not only improved adherence but also hope.", "improved adherence"),
        ("Peer support improved adherence, although it did not change viral load.", "improved adherence"),
        ("No participant dropped out, and adherence improved.", "adherence improved"),
        ("Peers never trusted the police, yet clients trusted them.", "clients trusted them"),
        ("Peers could increase uptake without costs.", "increase uptake"),
    ],
)
def test_not_denied(text: str, words: str) -> None:
    assert not denied(span_of(text, words))
