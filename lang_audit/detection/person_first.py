"""The spaCy component `person_first_matcher`: person-first references such as "people who inject drugs", by `person_first.yaml`.

Writes `doc.spans["person_first"]`. A reference counts where it stands in the authors' own voice: not in a quotation, and not
inside a lexicon term.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cache
from operator import itemgetter
from pathlib import Path

from ahocorasick_rs import AhoCorasick, Implementation
from pydantic import BaseModel, ConfigDict, Field
from spacy.language import Language
from spacy.tokens import Doc

from lang_audit import yaml_source
from lang_audit.config import lexicon_folder
from lang_audit.detection import extensions
from lang_audit.detection.abbreviations import may_define
from lang_audit.detection.cues import load_usage_rules
from lang_audit.detection.phrase_scan import lower_case, replaced
from lang_audit.detection.proper_names import capitalised_name
from lang_audit.detection.surroundings import PaperWords, Surroundings

GROUP = "person_first"
# The words behind "with": up to eight, with brackets and lists, as far as the noun phrase goes.
_COMPLEMENT = re.compile(r"(?: ?[\w'’/%=<>.+-]+| ?\((?:[^()]{1,40})\)|,(?= [\w'’-]+,? (?:and|or) ))*")
# "sickle" goes on to "cell disease", "opioid use" to "disorder", "hepatitis" to "C virus infection".
_KIND = (
    r"(?:(?: (?:cell|use|spectrum|personality|health|depressive|affective))? (?:disease|disorders?|syndromes?|infections?"
    r"|illness(?:es)?|virus|problems?|conditions?|difficult(?:y|ies)|symptoms?|episodes?|nephropathy|neuropathy|retinopathy)\b"
    r"| (?-i:[A-E])\b){0,3}"
)
_OTHER_SPACES = "\n\t\r\u00a0\u2009\u202f"
_LINE_BREAKS = dict.fromkeys(map(ord, _OTHER_SPACES), " ")
_MOST_WORDS = 8
_MOST_KEPT = 5_000  # long forms: a literature has millions
_END = re.compile(
    r"\b(?:who|which|that|were|was|are|is|have|has|had|in|on|at|by|from|to|for|as|than|versus|vs|when|while|during|after|"
    r"before|between|among|using|receiving|treated|undergoing|showed|may|can|could|should|would|will|did|do|does|reported|"
    r"responded|but|because|since|whose|where|if)\b|[.;:](?=\s|$)",
    re.IGNORECASE,
)
_SHORT_FORM = re.compile(r"(?<![\w-])[A-Z][A-Za-z]*[A-Z]\w?(?![\w-])")


class PersonFirstWords(BaseModel):
    """The file `lexicons/usage/person_first.yaml`."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    nouns: list[str]
    between: str
    substance: str
    who_sure: list[str]
    who_open: list[str]
    with_: list[str] = Field(alias="with")
    alone: list[str]
    condition_stems: list[str]
    not_conditions: list[str]
    generic_stems: list[str]
    condition_acronyms: list[str]
    acronyms: list[str]


class PersonFirst:
    """Finds person-first references in plain text."""

    def __init__(self, words: PersonFirstWords) -> None:
        who = r"who(?:, [^,.;:()]{2,24},)? (?:\w+(?:ly)? ){0,2}?"
        behind = (
            rf"{words.between} (?:"
            rf"(?P<sure>{who}(?:{'|'.join(words.who_sure)})|{'|'.join(words.alone)})"
            rf"|(?P<open>{who}(?:{'|'.join(words.who_open)})|(?:{'|'.join(words.with_)})(?=[ ,]))"
            r")"
        )
        self._nouns = AhoCorasick(words.nouns, implementation=Implementation.DFA)
        self._behind = re.compile(behind.replace("<substance>", words.substance), re.IGNORECASE)
        self._condition = re.compile(rf"\b(?:non-)?(?:{'|'.join(words.condition_stems)})[\w'’-]*{_KIND}", re.IGNORECASE)
        self._other_condition = re.compile(rf"\b(?:{'|'.join(words.not_conditions)})", re.IGNORECASE)
        self._generic = tuple(words.generic_stems)
        self._condition_acronym = re.compile(rf"(?<![\w-])(?:{'|'.join(words.condition_acronyms)})(?![\w-])")
        self._of_people: dict[str, bool] = {}
        self._acronyms = AhoCorasick(words.acronyms, implementation=Implementation.DFA)
        self._acronym_heads = tuple({acronym[:2] for acronym in words.acronyms})

    def find(self, text: str, paper: PaperWords | None = None) -> list[tuple[int, int]]:
        """The offsets of each reference, in order; `paper` says what acronyms stand for (None: nobody does)."""
        text = plain_spaces(text)
        paper = paper or PaperWords(text, known={})
        found = sorted({*self._phrases(text, paper), *self._short_forms(text, paper)})
        kept: list[tuple[int, int]] = []
        for start, end in found:
            if not kept or start >= kept[-1][1]:
                kept.append((start, end))
        return kept

    def _openings(self, text: str, *, loose: bool = False) -> Iterator[tuple[int, re.Match[str]]]:
        """Where a noun for people begins, and the match of what follows it: as a regular expression of both would find them.

        The nouns are found by an automaton, which is many times as fast. `loose` takes nouns behind a hyphen too.
        """
        position = 0
        hits = sorted(self._nouns.find_matches_as_indexes(lower_case(text), overlapping=True), key=itemgetter(1))
        for _, start, end in hits:
            before = text[start - 1] if start else " "
            if start < position or before.isalnum() or before == "_" or (before == "-" and not loose):
                continue
            if (behind := self._behind.match(text, end)) is not None:
                yield start, behind
                position = behind.end()

    def _phrases(self, text: str, paper: PaperWords) -> Iterator[tuple[int, int]]:
        for start, behind in self._openings(text):
            end = behind.end()
            length = self._condition_end(text, end, paper)
            if length:
                yield start, _with_bracket(text, end + length)
            elif behind["sure"]:
                yield start, end

    def _condition_end(self, text: str, start: int, paper: PaperWords) -> int:
        """How far behind `start` the last word of a condition ends; 0 where none follows in the noun phrase."""
        behind = _COMPLEMENT.match(text, start, start + 160)
        complement = " ".join((behind[0] if behind else "").split(" ")[: _MOST_WORDS + 1])
        stop = _END.search(complement)
        if stop:
            complement = complement[: stop.start()]
        ends = [m.end() for m in self._condition.finditer(complement) if self._is_ours(m[0], complement)]
        if any(letter.isupper() for letter in complement):  # then what the paper's acronyms stand for is looked up
            known = paper.definitions
            ends += [m.end() for m in self._condition_acronym.finditer(complement) if m[0] not in known]
            for m in _SHORT_FORM.finditer(complement):
                if self._names_condition(known.get(m[0], "")):
                    ends.append(m.end())
        return max(ends, default=0)

    def _names_condition(self, long_form: str) -> bool:
        return any(self._is_ours(m[0], long_form) for m in self._condition.finditer(long_form)) and not any(
            start == 0 for start, _ in self._openings(long_form)
        )

    def _is_person_first(self, long_form: str) -> bool:
        """Whether an acronym stands for a person-first reference; asked once a long form, not once a passage."""
        if long_form not in self._of_people:
            if len(self._of_people) >= _MOST_KEPT:
                self._of_people.clear()
            alone = PaperWords(long_form, known={})
            self._of_people[long_form] = any(start <= 2 for start, _ in self._phrases(long_form, alone))
        return self._of_people[long_form]

    def _may_define(self, paper: PaperWords) -> bool:
        """Whether some acronym may stand for a person-first reference: whether one is explained near its words. Cheap."""
        if paper.may_name_people is None:
            if (known := paper.explained) is not None:
                paper.may_name_people = bool(known)
            else:
                text = " ".join(paper.text.split())
                spread = len(paper.text) - len(text)  # by so much the words may stand further apart in the text
                paper.may_name_people = any(
                    may_define(text, start - spread, start + spread) for start, _ in self._openings(text, loose=True)
                )
        return paper.may_name_people

    def _is_ours(self, condition: str, complement: str) -> bool:
        """Whether a condition is one that the lexicon is about: not "cancer-related", nor the disorder of "kidney disorder"."""
        lower = condition.lower()
        if lower.endswith(("-related", "-associated", "-like", "-free")):
            return False
        return not (lower.startswith(self._generic) and self._other_condition.search(complement))

    def _short_forms(self, text: str, paper: PaperWords) -> Iterator[tuple[int, int]]:
        may_hold = any(head in text for head in self._acronym_heads)
        for _, start, end in self._acronyms.find_matches_as_indexes(text, overlapping=True) if may_hold else ():
            if _stands_alone(text, start, end):
                yield start, end
        if not self._may_define(paper):
            return
        for short, long in paper.definitions.items():
            if short in text and self._is_person_first(long):
                for match in re.finditer(rf"(?<![\w-]){re.escape(short)}s?(?![\w-])", text):
                    yield match.span()


def plain_spaces(text: str) -> str:
    """`text` with every kind of white space that stands for one space replaced by it; offsets stay."""
    return replaced(text, _LINE_BREAKS)


def _stands_alone(text: str, start: int, end: int) -> bool:
    """Whether no letter, digit, underscore or hyphen touches `start:end`."""
    around = text[max(start - 1, 0) : start] + text[end : end + 1]
    return not any(mark.isalnum() or mark in "_-" for mark in around)


def _with_bracket(text: str, end: int) -> int:
    """`end` moved behind a bracket that was opened before it, as in "(MS)"."""
    return (
        end + 1
        if text[end : end + 1] == ")" and text.rfind("(", max(0, end - 40), end) > text.rfind(")", 0, end)
        else end
    )


@cache
def load_person_first(folder: Path | None = None) -> PersonFirst:
    """Read `lexicons/usage/person_first.yaml`. Raises LexiconError with file:line."""
    path = (folder or lexicon_folder()) / "usage" / "person_first.yaml"
    return PersonFirst(yaml_source.load(path, PersonFirstWords, "usage/person_first.yaml")[0])


class PersonFirstMatcher:
    """Writes person-first references in the authors' own voice.

    Reads `doc._.definitions` and, where it is there, `doc.spans["lexicon"]`.
    """

    def __init__(self, finder: PersonFirst, name_heads: frozenset[str] = frozenset()) -> None:
        """`name_heads` are words that make a capitalised run a name: "International Network of People who Use Drugs"."""
        self._finder = finder
        self._name_heads = name_heads

    def __call__(self, doc: Doc) -> Doc:
        """Find and write; the doc's text is not changed."""
        return self.set_annotations(doc, self.match(doc))

    def match(self, doc: Doc) -> list[tuple[int, int]]:
        """The references in the authors' voice, as character offsets."""
        terms = [span._.place for span in doc.spans.get("lexicon", ()) if span._.place]
        return self.references(Surroundings.of(doc), terms)

    def references(self, around: Surroundings, terms: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
        """The references in the authors' voice in a passage whose lexicon terms stand at `terms`."""
        text = around.text
        found = []
        for start, end in self._finder.find(text, around.paper):
            if any(a <= start and end <= b for a, b in terms) or any(
                q.start < start and end <= q.end for q in around.quotations
            ):
                continue
            first_word = start + len(text[start:end].split()[0])
            if text[start].isupper() and capitalised_name(text, start, first_word, self._name_heads):
                continue
            found.append((start, end))
        return found

    def set_annotations(self, doc: Doc, found: list[tuple[int, int]]) -> Doc:
        """Write the spans."""
        spans = []
        for start, end in found:
            span = doc.char_span(start, end, label="PERSON_FIRST", alignment_mode="expand")
            if span is not None:
                span._.place = (start, end)
                spans.append(span)
        doc.spans[GROUP] = spans
        return doc


@Language.factory("person_first_matcher", assigns=["doc.spans"], default_config={"folder": None})
def make_person_first_matcher(nlp: Language, name: str, folder: str | None) -> PersonFirstMatcher:
    """Create the component; `folder` is a lexicons folder, None for the shipped one."""
    extensions.register()
    path = Path(folder) if folder else None
    heads = frozenset(head for file in load_usage_rules(path).files for head in file.heads)
    return PersonFirstMatcher(load_person_first(path), heads)
