"""The spaCy component `person_first_matcher`: person-first references such as "people who inject drugs", by `person_first.yaml`.

Writes `doc.spans["person_first"]`. Words of participants, titles and reference lists are left to the caller, by section.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path

from pydantic import BaseModel, ConfigDict
from spacy.language import Language
from spacy.tokens import Doc, Span

from lang_audit import yaml_source
from lang_audit.config import lexicon_folder

_COMPLEMENT = re.compile(r"(?:\s*[\w'’/%=<>.+-]+|\s*\((?:[^()]{1,25})\)|\s*,(?=\s*[\w'’-]+,?\s+(?:and|or)\s)){1,8}")
_END = re.compile(
    r"\b(?:who|which|that|were|was|are|is|have|has|had|in|on|at|by|from|to|for|as|than|versus|vs|when|while|during|after|before|"
    r"between|among|using|receiving|treated|undergoing|showed|may|can|could|should|would|will|did|do|does)\b|[.;:](?:\s|$)"
)
_ACRONYM = re.compile(r"(?<![\w-])[A-Z][A-Za-z]?[A-Z]{1,5}s?(?![\w-])")


class PersonFirstWords(BaseModel):
    """The file `lexicons/usage/person_first.yaml`."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    nouns: list[str]
    who: list[str]
    with_: list[str]
    alone: list[str]
    condition_stems: list[str]
    condition_endings: list[str]
    acronyms: list[str]

    def __init__(self, **data: object) -> None:
        super().__init__(**{"with_" if key == "with" else key: value for key, value in data.items()})


class PersonFirst:
    """Finds person-first references in plain text."""

    def __init__(self, words: PersonFirstWords) -> None:
        nouns = "|".join(words.nouns)
        self._opening = re.compile(
            rf"\b(?:{nouns})\b(?:,? \([^()]{{1,20}}\))?,? (?:"
            rf"(?P<who>who (?:\w+(?:ly)? ){{0,3}}?(?:{'|'.join(words.who)}))"
            rf"|(?P<alone>{'|'.join(words.alone)})"
            rf"|(?P<with>{'|'.join(sorted(words.with_, key=len, reverse=True))})\b)",
            re.IGNORECASE,
        )
        stems = "|".join(words.condition_stems)
        endings = "|".join(words.condition_endings)
        self._condition = re.compile(rf"\b(?:non-)?(?:{stems})[\w-]*|\b[\w-]+(?:{endings})\b", re.IGNORECASE)
        self._known = re.compile(rf"(?<![\w-])(?:{'|'.join(words.acronyms)})(?![\w-])")

    def find(self, text: str, definitions: Mapping[str, str] | None = None) -> list[tuple[int, int]]:
        """The offsets of each reference, in order. `definitions` are the paper's own acronyms with their long forms."""
        found = sorted({*self._phrases(text), *self._acronyms(text, definitions or {})})
        kept: list[tuple[int, int]] = []
        for start, end in found:
            if not kept or start >= kept[-1][1]:
                kept.append((start, end))
        return kept

    def is_person_first(self, phrase: str) -> bool:
        """Whether the whole of a phrase (a long form, say) is a person-first reference."""
        return any(start <= 2 for start, _ in self._phrases(phrase))

    def _phrases(self, text: str) -> Iterator[tuple[int, int]]:
        for match in self._opening.finditer(text):
            if match["alone"]:
                yield match.span()
                continue
            behind = _COMPLEMENT.match(text, match.end())
            complement = behind[0] if behind else ""
            stop = _END.search(complement)
            complement = complement[: stop.start()] if stop else complement
            condition = None
            for condition in self._condition.finditer(complement):
                pass
            acronym = _ACRONYM.search(complement)
            if condition or (acronym and match["with"]):
                last = max(m.end() for m in (condition, acronym) if m)
                yield match.start(), match.end() + last
            elif match["who"] and not re.search(r"\b(?:have|has|had|experienced?s?|developed?|met|meet|showed|acquired?|suffered|used?|take|took|shared?|consumed?)$", match["who"]):
                yield match.span()

    def _acronyms(self, text: str, definitions: Mapping[str, str]) -> Iterator[tuple[int, int]]:
        for match in self._known.finditer(text):
            yield match.span()
        for short, long in definitions.items():
            if self.is_person_first(long):
                for match in re.finditer(rf"(?<![\w-]){re.escape(short)}s?(?![\w-])", text):
                    yield match.span()


@cache
def load_person_first(folder: Path | None = None) -> PersonFirst:
    """Read `lexicons/usage/person_first.yaml`. Raises LexiconError with file:line."""
    path = (folder or lexicon_folder()) / "usage" / "person_first.yaml"
    return PersonFirst(yaml_source.load(path, PersonFirstWords, "usage/person_first.yaml")[0])


class PersonFirstMatcher:
    """Writes person-first references to `doc.spans["person_first"]`; reads `doc._.definitions` where it is set."""

    def __init__(self, finder: PersonFirst) -> None:
        self._finder = finder

    def __call__(self, doc: Doc) -> Doc:
        """Find and write; the doc's text is not changed."""
        return self.set_annotations(doc, self.match(doc))

    def match(self, doc: Doc) -> list[Span]:
        """The references as spans."""
        spans = (
            doc.char_span(start, end, label="PERSON_FIRST", alignment_mode="expand")
            for start, end in self._finder.find(doc.text, doc._.definitions)
        )
        return [span for span in spans if span is not None]

    def set_annotations(self, doc: Doc, spans: list[Span]) -> Doc:
        """Write the spans."""
        doc.spans["person_first"] = spans
        return doc


@Language.factory("person_first_matcher", assigns=["doc.spans"], default_config={"folder": None})
def make_person_first_matcher(nlp: Language, name: str, folder: str | None) -> PersonFirstMatcher:
    """Create the component; `folder` is a lexicons folder, None for the shipped one."""
    return PersonFirstMatcher(load_person_first(Path(folder) if folder else None))
