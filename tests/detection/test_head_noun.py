"""What a term modifies, by the parse: with docs made by hand, so that no trained model is needed."""

from __future__ import annotations

import pytest
from spacy.tokens import Doc, Span
from spacy.vocab import Vocab

from lang_audit.detection.cues import load_usage_rules
from lang_audit.detection.head_noun import HeadNoun, load_grammar
from lang_audit.detection.usage_context import senses_of
from lang_audit.errors import ConfigError
from lang_audit.lexicon import load_lexicon

HEAD_NOUN = HeadNoun(senses_of(load_lexicon(), load_usage_rules()))


def parsed(words: str, tags: str, heads: list[int], deps: str) -> Doc:
    return Doc(Vocab(), words=words.split(), tags=tags.split(), heads=heads, deps=deps.split())


@pytest.mark.parametrize(
    ("doc", "start", "end", "people"),
    [
        (parsed("The poor contribute", "DT JJ VBP", [1, 2, 2], "det nsubj ROOT"), 0, 2, True),
        (parsed("The poor outcome", "DT JJ NN", [2, 2, 2], "det amod ROOT"), 0, 2, False),
        (parsed("HIV-positive clinic patients", "JJ NN NNS", [2, 2, 2], "amod compound ROOT"), 0, 1, True),
        (parsed("alcoholic tincture", "JJ NN", [1, 1], "amod ROOT"), 0, 1, False),
        (parsed("They were addicted", "PRP VBD JJ", [1, 1, 1], "nsubj ROOT acomp"), 2, 3, True),
        (parsed("Wells were infected", "NNS VBD JJ", [1, 1, 1], "nsubj ROOT acomp"), 2, 3, False),
        (parsed("young and poor women", "JJ CC JJ NNS", [3, 0, 0, 3], "amod cc conj ROOT"), 2, 3, True),
    ],
)
def test_of_people(doc: Doc, start: int, end: int, people: bool) -> None:
    assert HEAD_NOUN.of_people(Span(doc, start, end)) is people


def test_only_unsure_terms_are_settled() -> None:
    doc = parsed("The poor contribute", "DT JJ VBP", [1, 2, 2], "det nsubj ROOT")
    sure, unsure = Span(doc, 1, 2), Span(doc, 0, 2)
    for span in (sure, unsure):
        span._.usage, span._.cue = "other-sense", "contribute"
    unsure._.unsure = True
    doc.spans["lexicon"] = [sure, unsure]
    HEAD_NOUN(doc)
    assert [(s._.usage, s._.cue) for s in doc.spans["lexicon"]] == [("other-sense", "contribute"), ("author", None)]


def test_a_model_that_is_not_there_is_named() -> None:
    with pytest.raises(ConfigError, match="no_such_model: is not installed"):
        load_grammar("no_such_model")
