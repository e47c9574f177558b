"""The spaCy component `code_grammar`: who does what to whom, for evidence that words alone leave open.

Asked only of sentences in which a rival of the peers is named ("nurses", "doctors") or something is denied. Needs a tagger
and a parser.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from spacy.language import Language
from spacy.tokens import Doc, Span, Token

from lang_audit.detection import extensions
from lang_audit.detection.head_noun import load_trained
from lang_audit.inflection import word_forms


def _forms(words: str) -> frozenset[str]:
    return frozenset().union(*(word_forms(word) for word in words.split()))


_SUBJECTS = frozenset({"nsubj", "csubj"})
# Verbs whose object, not subject, does what follows: "we trained peers to teach".
_HANDS_ON = _forms(
    "train recruit hire employ enable allow ask help encourage teach empower use engage involve invite select appoint pay "
    "equip get let expect require support assist send"
)
_TAKES = _forms("receive get obtain seek accept want need access gain experience find have")
_DENIES = _forms("lack absence insufficient inadequate fail failure unable neither nor without loss absent missing")
_LITTLE = frozenset(
    (
        "no",
        "little",
        "few",
        "neither",
        "nor",
        "insufficient",
        "inadequate",
        "hardly",
        "never",
        "not",
        "n't",
        "n’t",
        "cannot",
    )
)
_CLAUSES = frozenset({"ROOT", "ccomp", "advcl", "relcl", "parataxis", "csubj"})


def giver(anchor: Token) -> Token | None:
    """The one who does or gives what `anchor` names: subject, agent, possessor, or the noun behind "by" or "from".

    None: not said.
    """
    token: Token | None = anchor
    seen = set()
    while token is not None and token.i not in seen:
        seen.add(token.i)
        if _is_verb(token):
            found = _doer(token)
            if found is not None or _closed(token):
                return found
        else:
            found = _owner(token)
            if found is not None:
                return found
        token = token.head if token.head.i != token.i else None
    return None


def parties(anchor: Token) -> list[Token]:
    """All that are named as sides of what `anchor` names: its giver, and the nouns that hang on it by "in", "with",
    "between", "of"."""
    found = [side for side in (giver(anchor),) if side is not None]
    for start in {anchor.i: anchor, anchor.head.i: anchor.head}.values():
        if start is not anchor and start.tag_[:2] not in ("VB", "MD", "NN", "JJ"):
            continue
        for child in start.children:
            if (
                child.dep_ in ("dobj", "obj", "nsubj", "nsubjpass", "attr", "poss", "pobj", "compound", "nmod")
                and child.i != anchor.i
            ):
                found += [child, *child.conjuncts]
            elif child.dep_ in ("prep", "agent") and child.lower_ != "than":
                found += [noun for pobj in child.children if pobj.dep_ == "pobj" for noun in (pobj, *pobj.conjuncts)]
    return found


def denied(span: Span) -> bool:
    """Whether the sentence denies what `span` says: "did not", "no difference in", "lack of", "without", "failed to"."""
    for token in span:
        if token.lower_ in _LITTLE and token.dep_ in ("det", "amod", "neg", "advmod"):
            return True
    head: Token = span.root
    while True:
        if head.lower_ in _DENIES or any(_denying(child) for child in head.children):
            return True
        if _own_clause(head):
            # "No one dropped out, and adherence improved": only the clause's own subject may still deny
            subjects = (child for child in head.children if child.dep_ in ("nsubj", "nsubjpass"))
            return any(_names_none(subject) for subject in subjects)
        head = head.head


def _names_none(subject: Token) -> bool:
    determiners = {child.lower_ for child in subject.children if child.dep_ == "det"}
    return subject.lower_ in ("nobody", "none", "nothing") or bool(determiners & _LITTLE)


def _denying(token: Token) -> bool:
    if token.dep_ == "neg" or (token.lower_ in _LITTLE and token.dep_ in ("det", "amod", "advmod", "preconj")):
        following = token.doc[token.i + 1].lower_ if token.i + 1 < len(token.doc) else ""
        return following not in ("only", "just", "merely")
    return token.dep_ == "acomp" and token.lower_ in _DENIES


def _own_clause(token: Token) -> bool:
    """Whether what is denied further up leaves this word alone: "did not stop but helped" (but "did not stop or help")."""
    if token.dep_ in ("ROOT", "relcl", "advcl", "parataxis"):
        return True
    joints = {child.lower_ for child in token.head.children if child.dep_ == "cc"} if token.dep_ == "conj" else set()
    if "but" in joints:
        return True
    return token.dep_ in ("conj", "ccomp") and _is_verb(token) and not joints & {"or", "nor"}


def _is_verb(token: Token) -> bool:
    return token.tag_.startswith(("VB", "MD"))


def _closed(verb: Token) -> bool:
    """Whether the search for a subject ends at this verb."""
    return verb.dep_ in _CLAUSES and not (verb.dep_ == "advcl" and verb.tag_ == "VBG")


def _doer(verb: Token) -> Token | None:
    agent = next((p for c in verb.children if c.dep_ == "agent" for p in c.children if p.dep_ == "pobj"), None)
    if agent is not None:
        return agent
    passive = any(c.dep_ in ("nsubjpass", "auxpass") for c in verb.children)
    for child in verb.children:
        if child.dep_ in _SUBJECTS:
            if child.tag_ in ("WDT", "WP") and verb.dep_ == "relcl":
                return verb.head
            return _source(verb) if verb.lower_ in _TAKES else child
    if passive:
        return None
    if verb.dep_ == "relcl":
        return verb.head
    if verb.dep_ == "acl":
        return verb.head if verb.tag_ == "VBG" else None
    if verb.dep_ in ("xcomp", "ccomp", "advcl") and verb.head.lower_ in _HANDS_ON:
        handed = next((c for c in verb.head.children if c.dep_ in ("dobj", "nsubjpass")), None)
        if handed is not None:
            return handed
    return None


def _source(verb: Token) -> Token | None:
    return next(
        (p for c in verb.children if c.dep_ == "prep" and c.lower_ == "from" for p in c.children if p.dep_ == "pobj"),
        None,
    )


def _owner(noun: Token) -> Token | None:
    # "counselling and training provided by nurses": what follows the last of joined nouns is said of all
    for child in (c for joined in (noun, *noun.conjuncts) for c in joined.children):
        if child.dep_ == "poss" and not child.tag_.startswith("PRP"):
            return child
        if child.dep_ in ("prep", "agent") and child.lower_ in ("by", "from"):
            return next((p for p in child.children if p.dep_ == "pobj"), None)
        if child.dep_ in ("acl", "relcl"):
            by = _doer(child)
            if by is not None and by.i != noun.i:
                return by
    return None


class CodeGrammar:
    """Drops the evidence that grammar tells is none: given by others, between others, or denied."""

    def __call__(self, doc: Doc) -> Doc:
        """Keep in `doc.spans["codes"]` what holds; `doc.spans["peers"]`, `["rivals"]` and `["clients"]` say who is who."""
        doc.spans["codes"] = [span for span in doc.spans.get("codes", ()) if self.holds(span, doc)]
        return doc

    def holds(self, span: Span, doc: Doc) -> bool:
        """Whether grammar leaves the evidence standing; what was not asked is not judged."""
        rivals = {t.i for s in doc.spans["rivals"] for t in s}
        others = rivals | {t.i for s in doc.spans["clients"] for t in s}
        peers = {t.i for s in doc.spans["peers"] for t in s}
        questions = span.id_.split()
        if "giver" in questions:
            by = giver(span.root)
            if by is not None and _is(by, others if not peers else rivals) and not _is(by, peers):
                return False
        if "party" in questions:
            sides = parties(span.root)
            if any(_is(side, rivals) for side in sides) and not any(_is(side, peers) for side in sides):
                return False
        return not ("denied" in questions and denied(span))


def _is(token: Token, who: set[int]) -> bool:
    return any(t.i in who for t in _with_names(token))


def _with_names(token: Token) -> Iterator[Token]:
    yield token
    yield from (c for c in token.children if c.dep_ in ("compound", "amod", "nmod", "appos"))
    yield from (c for c in token.conjuncts)


def settle_codes(docs: list[Doc], model: str | None = None) -> None:
    """Decide the open questions of `codebook_matcher` with the trained model, on their sentences only.

    Removes spans from `doc.spans["codes"]` that do not hold. Without a model nothing is removed.
    """
    asked: dict[tuple[int, int], Span] = {}
    for k, doc in enumerate(docs):
        for span in doc.spans.get("codes", ()):
            if span.id_:
                asked.setdefault((k, span.sent.start_char), span.sent)
    nlp = load_trained(model, exclude=("ner", "lemmatizer", "attribute_ruler")) if asked else None
    if nlp is None:
        for doc in docs:
            doc.spans["codes"] = first_of_each(doc.spans.get("codes", ()))
        return
    sentences = [_sentence(docs[k], bounds, nlp) for (k, _), bounds in asked.items()]
    grammar = CodeGrammar()
    held: set[tuple[int, str, int]] = set()
    for (k, first), parsed in zip(asked, nlp.pipe(sentences), strict=True):
        held.update((k, span.label_, span.start_char + first) for span in grammar(parsed).spans["codes"])
    for k, doc in enumerate(docs):
        codes = doc.spans.get("codes", ())
        doc.spans["codes"] = first_of_each(s for s in codes if not s.id_ or (k, s.label_, s.start_char) in held)


def first_of_each(spans: Iterable[Span]) -> list[Span]:
    """Of the spans for one code in one sentence, the first."""
    kept: dict[tuple[str, int], Span] = {}
    for span in spans:
        kept.setdefault((span.label_, span.sent.start_char), span)
    return list(kept.values())


def _sentence(doc: Doc, sentence: Span, nlp: Language) -> Doc:
    """A doc of its own for one sentence, with the spans of `doc` that lie in it."""
    alone = nlp.make_doc(sentence.text)
    for name in ("codes", "peers", "rivals", "clients"):
        moved = []
        for span in doc.spans.get(name, ()):
            start, end = span.start_char - sentence.start_char, span.end_char - sentence.start_char
            if start >= 0 and end <= len(sentence.text):
                again = alone.char_span(start, end, label=span.label_, span_id=span.id_, alignment_mode="expand")
                if again is not None:
                    moved.append(again)
        alone.spans[name] = moved
    return alone


@Language.factory("code_grammar", requires=["token.dep", "doc.spans"], assigns=["doc.spans"])
def make_code_grammar(nlp: Language, name: str) -> CodeGrammar:
    """Create the component."""
    extensions.register()
    return CodeGrammar()
