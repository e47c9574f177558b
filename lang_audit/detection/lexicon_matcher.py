"""The spaCy component `lexicon_matcher`: every lexicon term in a text, the longest match winning.

Writes `doc.spans["lexicon"]`: `span.label_` is the entry's category, `span.id_` its key ("substance-use/addict").
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

from spacy.language import Language
from spacy.matcher import Matcher
from spacy.tokens import Doc, Span

from lang_audit.detection import extensions
from lang_audit.detection.extensions import text_of
from lang_audit.detection.phrase_scan import Hit, PhraseScanner, longest_wins
from lang_audit.lexicon import Lexicon, load_lexicon, pattern_words

GROUP = "lexicon"
_TELLING_LETTERS = 4


class TermScanner:
    """Finds lexicon terms in raw text: the phrases of all entries in one automaton. `Hit.phrase` is the entry's key."""

    def __init__(self, lexicon: Lexicon) -> None:
        self._owner: dict[str, list[str]] = {}
        for key, entry in lexicon.entries.items():
            for form in entry.forms():
                self._owner.setdefault(form, []).append(key)
        self._acronyms = {
            key: frozenset(case for form in entry.forms() for case in (form, form.upper()))
            for key, entry in lexicon.entries.items()
            if entry.acronym
        }
        self._scanner = PhraseScanner(self._owner)
        self._openers = PhraseScanner(
            word for entry in lexicon.entries.values() for pattern in entry.patterns for word in pattern_words(pattern)
        )

    def may_hold_pattern(self, text: str) -> bool:
        """Whether a word stands in `text` that one of the token patterns cannot do without."""
        return bool(self._openers.find(text))

    def find(self, text: str) -> list[Hit]:
        """Every term in `text`, overlapping ones too."""
        found = []
        for hit in self._scanner.find(text):
            for key in self._owner[hit.phrase]:
                if self._case_fits(key, hit.phrase, text[hit.start : hit.end]):
                    found.append(Hit(hit.start, hit.end, key))
        return found

    def _case_fits(self, key: str, form: str, surface: str) -> bool:
        """Whether capitals stand where they tell: an acronym in its own case, so that MAT is not mat and AIDS not aids.

        In capitals an acronym's plural s may be one too. Short capitals in a phrase ("IV drug user") do not tell.
        """
        if key in self._acronyms:
            return surface.rstrip("'’") in self._acronyms[key]
        telling = (word for word in form.split() if word.isupper() and len(word) >= _TELLING_LETTERS)
        return all(word in surface for word in telling)


@cache
def term_scanner(folder: Path | None = None, extra: tuple[Path, ...] = ()) -> TermScanner:
    """The scanner for a lexicon folder (None: the shipped one) and further lexicon files, built once."""
    return TermScanner(load_lexicon(folder, extra))


class LexiconMatcher:
    """Finds terms by phrase (automaton) and by token pattern (spaCy Matcher)."""

    def __init__(self, nlp: Language, lexicon: Lexicon, scanner: TermScanner) -> None:
        self._lexicon = lexicon
        self._scanner = scanner
        self._matcher = Matcher(nlp.vocab)
        for key, entry in lexicon.entries.items():
            if entry.patterns:
                self._matcher.add(key, entry.patterns)

    def __call__(self, doc: Doc) -> Doc:
        """Find and write; the doc's text is not changed."""
        return self.set_annotations(doc, self.match(doc))

    def needs_tokens(self, text: str) -> bool:
        """Whether a term of `text` may be one that is given as a token pattern."""
        return self._scanner.may_hold_pattern(text)

    def terms(self, text: str) -> list[Hit]:
        """The terms of `text` that are given as phrases, the longest of overlapping ones."""
        return longest_wins(self._scanner.find(text))

    def match(self, doc: Doc) -> list[Hit]:
        """The terms of `doc` as character offsets, the longest of overlapping ones."""
        hits = self._scanner.find(text_of(doc))
        for match_id, start, end in self._matcher(doc) if len(self._matcher) else ():
            span = doc[start:end]
            hits.append(Hit(span.start_char, span.end_char, doc.vocab.strings[match_id]))
        return longest_wins(hits)

    def set_annotations(self, doc: Doc, hits: list[Hit]) -> Doc:
        """Write one span a hit; where the tokenizer joins the term to other characters, the whole token is taken."""
        spans = []
        for hit in hits:
            category = self._lexicon.entries[hit.phrase].category
            span = doc.char_span(hit.start, hit.end, label=category, span_id=hit.phrase, alignment_mode="expand")
            if isinstance(span, Span):
                span._.place = (hit.start, hit.end)
                spans.append(span)
        doc.spans[GROUP] = spans
        return doc


@Language.factory("lexicon_matcher", assigns=["doc.spans"], default_config={"folder": None, "extra": []})
def make_lexicon_matcher(nlp: Language, name: str, folder: str | None, extra: list[str]) -> LexiconMatcher:
    """Create the component; `folder` is a lexicons folder (None: the shipped one), `extra` are further lexicon files."""
    extensions.register()
    place = Path(folder) if folder else None, tuple(map(Path, extra))
    return LexiconMatcher(nlp, load_lexicon(*place), term_scanner(*place))
