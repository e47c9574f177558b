"""What a term is judged by: its passage, where that stands in the paper, and what the paper says elsewhere.

Everything is worked out when it is first asked for, and once: most passages hold nothing to judge.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cached_property

from spacy.tokens import Doc

from lang_audit.detection.abbreviations import definitions
from lang_audit.detection.extensions import text_of
from lang_audit.detection.phrase_scan import Hit, PhraseScanner
from lang_audit.detection.quotations import Quotation, quotations
from lang_audit.detection.required_words import WordFilter
from lang_audit.detection.sentences import sentence_bounds, text_bounds
from lang_audit.model import Paper, SectionKind

_WORD = re.compile(r"[^\W\d_]{3,}")


class PaperWords:
    """What a paper says of its acronyms, and which words it uses; both can be given where they are known."""

    def __init__(
        self, text: str, known: Mapping[str, str] | None = None, vocabulary: frozenset[str] | None = None
    ) -> None:
        self.text = text
        self._known = known
        self._vocabulary = vocabulary
        self.may_name_people: bool | None = (
            None  # whether an acronym may stand for people, as person_first.py has found
        )

    @classmethod
    def of(cls, paper: Paper) -> PaperWords:
        """Those of a paper; other people's titles in its references are not its words."""
        own = "\n".join(paper.text[s.start : s.end] for s in paper.sections if s.kind != "references")
        return cls(own or paper.text)

    @cached_property
    def definitions(self) -> Mapping[str, str]:
        """Short form -> long form for each acronym that the paper explains."""
        return definitions(self.text) if self._known is None else self._known

    @property
    def explained(self) -> Mapping[str, str] | None:
        """The definitions where they are known without looking, else None."""
        return self.__dict__.get("definitions", self._known)

    @cached_property
    def vocabulary(self) -> frozenset[str]:
        """The lower-case words, by which acronyms that are not explained are judged."""
        return frozenset(_WORD.findall(self.text.lower())) if self._vocabulary is None else self._vocabulary


class Surroundings:
    """A passage: its text, the kinds of section and passage, the words of its paper. Offsets are into `text`."""

    def __init__(self, text: str, section: SectionKind, passage: str, paper: PaperWords) -> None:
        self.text, self.section, self.passage, self.paper = text, section, passage, paper
        self._matches: dict[tuple[re.Pattern[str], int, int | None], list[re.Match[str]]] = {}
        self._hits: dict[PhraseScanner, list[Hit]] = {}
        self._may_match: dict[WordFilter, set[int]] = {}

    @classmethod
    def of(cls, doc: Doc) -> Surroundings:
        """Those of a doc, with the sentence bounds that it has."""
        text = text_of(doc)
        found = cls(text, doc._.section, doc._.passage, PaperWords(text, doc._.definitions, doc._.paper_words))
        found.__dict__["sentences"] = sentence_bounds(doc)
        return found

    @cached_property
    def sentences(self) -> list[tuple[int, int]]:
        """The bounds of each sentence."""
        return text_bounds(self.text)

    @cached_property
    def quotations(self) -> list[Quotation]:
        """The quotations, in order."""
        return quotations(self.text)

    def matches(self, pattern: re.Pattern[str], start: int = 0, end: int | None = None) -> list[re.Match[str]]:
        """Every match of `pattern` in the text (or in `start:end` of it, as offsets into that); looked for once."""
        found = self._matches.get((pattern, start, end))
        if found is None:
            found = self._matches[pattern, start, end] = list(pattern.finditer(self.text[start:end]))
        return found

    def hits(self, scanner: PhraseScanner) -> list[Hit]:
        """Every phrase of `scanner` in the text; looked for once."""
        found = self._hits.get(scanner)
        if found is None:
            found = self._hits[scanner] = scanner.find(self.text)
        return found

    def may_match(self, words: WordFilter) -> set[int]:
        """The expressions of a filter that may match in the text; asked once."""
        found = self._may_match.get(words)
        if found is None:
            found = self._may_match[words] = words.may_match(self.text)
        return found
