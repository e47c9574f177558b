"""Every custom attribute on spaCy objects, in one place."""

from __future__ import annotations

from typing import Any

from spacy.tokens import Doc, Span

DOC: dict[str, Any] = {
    "section": "other",  # kind of section that the text stands in
    "passage": "paragraph",  # kind of passage
    "definitions": None,  # the paper's own acronyms: short form -> long form; None: take them from this doc
    "subject": None,  # what the whole paper is about (codebook_matcher.Subject); None: not known
    "evidence": None,  # evidence for codes, where it was looked for in the raw text already
    "paper_words": None,  # lower-case words of the whole paper; None: those of this doc
}
_TEXT = "lang_audit.text"
SPAN: dict[str, Any] = {
    "place": None,  # exact character offsets of the term, where its tokens are wider
    "usage": "author",
    "cue": None,  # the words that decided the usage
    "strength": "reported",  # of the evidence for a code
    "unsure": False,  # only grammar can tell whether the term has its flagged sense
}


def register() -> None:
    """Make the attributes known to spaCy; calling it again changes nothing."""
    for owner, attributes in ((Doc, DOC), (Span, SPAN)):
        for name, default in attributes.items():
            if not owner.has_extension(name):
                owner.set_extension(name, default=default)


def text_of(doc: Doc) -> str:
    """`doc.text`, which spaCy puts together from the tokens anew each time; kept with the doc, whose words never change."""
    kept: str | None = doc.user_data.get(_TEXT)
    if kept is None:
        kept = doc.user_data[_TEXT] = doc.text
    return kept


register()
