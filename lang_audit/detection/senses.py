"""Whether a term is used of people: by the words beside it and the company it keeps in its sentence."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cached_property
from typing import NamedTuple

from lang_audit.detection.cues import PeopleWords
from lang_audit.lexicon import Acronym, Entry, plain_form, plural_of

_WORD = re.compile(r"[^\W\d_][\w'’+/.-]*[\w+]|[^\W\d_]")
_REACH = 6
_BESIDE = 3
_SUBJECT_WITHIN = 15
_PRONOUNS = frozenset(
    {"who", "he", "she", "they", "we", "i", "his", "her", "their", "them", "one", "someone", "anyone"}
)
PREDICATE = re.compile(
    r"\b(?:is|are|was|were|be|been|being|am|become|became)(?: (?:also|both|all|not|still|\w+ly))?\s+$", re.IGNORECASE
)
_LISTED = re.compile(r",? (?:and|or) \w+|, \w+,? (?:and|or) ")
_TELLING_LETTERS = 4
# Behind an adjective these join to more adjectives of the same noun: "HIV-infected and HIV-exposed women".
_JOINING = frozenset({"and", "or", "non", "un", "nor"})


class OtherSense(NamedTuple):
    """The words that show another sense than the flagged one; not `sure` where only grammar could tell."""

    words: str
    sure: bool = True


class Senses:
    """Tells the flagged sense of a term from other senses, by `lexicons/usage/people.yaml`."""

    def __init__(self, words: PeopleWords, labels: frozenset[str] = frozenset()) -> None:
        """`labels` are the lexicon's own nouns for people: "HIV-infected IDUs" is said of people too."""
        self._words = words
        self._labels = labels

    @cached_property
    def _person_nouns(self) -> frozenset[str]:
        nouns = self._words.person_nouns
        return self._labels.union(nouns, (plural_of(noun) for noun in nouns))

    @cached_property
    def _stops(self) -> frozenset[str]:
        return frozenset(self._words.stops)

    @cached_property
    def _not_people(self) -> frozenset[str]:
        return self._animal_words.union(self._words.materials, self._words.not_people)

    @cached_property
    def _animal_words(self) -> frozenset[str]:
        return frozenset(self._words.animals)

    @cached_property
    def _drugs(self) -> frozenset[str]:
        return frozenset(self._words.drugs)

    @cached_property
    def _substances(self) -> frozenset[str]:
        return self._drugs.union(self._words.substances)

    @cached_property
    def _any_substances(self) -> frozenset[str]:
        return self._substances.union(self._words.weak_substances)

    def other_sense(
        self, entry: Entry, sentence: str, start: int, end: int, near: str, paper: Callable[[], frozenset[str]]
    ) -> OtherSense | None:
        """What shows another sense than the flagged one, or None where the term is used as the entry means it.

        `start:end` is the term in `sentence`; `near` is the passage and `paper` gives the words of the whole paper, where
        a substance may be named.
        """
        if entry.sense == "any":
            return None
        if entry.sense == "person":
            return self._not_of_people(sentence, start, end)
        if entry.sense == "noun":
            return self._not_a_label(sentence, start, end)
        if entry.sense == "human":
            return self._not_human(sentence, start, end)
        if entry.sense == "people-subject":
            return self._not_said_of_people(sentence[:start])
        if entry.category == "person-label" and (used := self._object_of(sentence, end)) is not None:
            return None if self._substances.intersection(used) else OtherSense(" ".join(used[:3]))
        if entry.sense == "substance-here":
            return self._none_of(self._drugs, sentence)
        if self._none_of(self._any_substances, sentence[start:end]) is None:
            return None
        names_one = not self._substances.isdisjoint(paper())
        return self._none_of(self._any_substances if names_one else self._substances, near)

    def names_people(self, noun: str) -> bool:
        """Whether a noun, singular or plural, names people."""
        return noun.lower().rsplit("-", 1)[-1] in self._person_nouns

    def _next_words(self, sentence: str, end: int) -> list[str]:
        """The words behind a term up to where its noun phrase must end."""
        behind = re.split(r"[.,;:!?()\[\]“”\"]", sentence[end:], maxsplit=1)[0]
        words = []
        for word in _WORD.findall(behind)[:_REACH]:
            lower = word.lower()
            if lower in self._stops:
                break
            words.append(re.sub(r"['’]s?$", "", lower))
        return words

    def _not_of_people(self, sentence: str, start: int, end: int) -> OtherSense | None:
        own = _WORD.findall(sentence[start:end])
        if own and self.names_people(own[-1]):
            return None
        if PREDICATE.search(sentence[:start]):
            return self._subject_is_no_person(sentence[:start])
        following = self._next_words(sentence, end)
        for k, word in enumerate(following):
            if self.names_people(word):
                return None
            last = word.rsplit("-", 1)[-1]
            if last in self._not_people and not (k + 1 < len(following) and self.names_people(following[k + 1])):
                return OtherSense(word)
        heads = [word for word in following if word not in _JOINING]
        return OtherSense(heads[-1], sure=False) if heads else self._subject_is_no_person(sentence[:start])

    def _subject_is_no_person(self, before: str) -> OtherSense | None:
        """A predicate ("were HIV-infected") is of what is named last before it: people, or cells and animals."""
        for word in reversed(_WORD.findall(before)):
            lower = word.lower()
            if lower in self._person_nouns:
                return None
            if lower in self._not_people:
                return OtherSense(word)
        return None

    def _not_a_label(self, sentence: str, start: int, end: int) -> OtherSense | None:
        if sentence[start:end].endswith("s"):
            return None
        following = self._next_words(sentence, end)
        if following:
            if self._may_follow_a_label(following[0]):
                return None
            return OtherSense(following[0], sure=following[0] in self._not_people)
        if _LISTED.match(sentence[end:]):  # "aqueous, alcoholic and phenolic extracts"
            words = _WORD.findall(sentence[end:].lower())[:_REACH]
            return next((OtherSense(word) for word in words if word in self._not_people), None)
        return None

    def _may_follow_a_label(self, word: str) -> bool:
        """Whether a word behind a label leaves it a label: people, verbs and adverbs do; "extract", "liver" and "wipe" do not."""
        if word in self._person_nouns or word in _JOINING:
            return True
        return word.endswith(("s", "ed", "ly", "ing")) and word not in self._not_people

    def _not_human(self, sentence: str, start: int, end: int) -> OtherSense | None:
        """An animal in a sentence that names no human, or cells and materials right beside the term."""
        around = _WORD.findall((sentence[:start] + sentence[end:]).lower())
        if "human" in around or "humans" in around:
            return None
        beside = _WORD.findall(sentence[:start].lower())[-_BESIDE:] + _WORD.findall(sentence[end:].lower())[:_BESIDE]
        found = next((word for word in around if word in self._animal_words), None)
        found = found or next((word for word in beside if word in self._words.materials), None)
        return OtherSense(found) if found else None

    def _not_said_of_people(self, before: str) -> OtherSense | None:
        """A verb whose subject must be people: none is named in front of it in its sentence."""
        words = _WORD.findall(before)
        if not words or any(self.names_people(word) or word.lower() in _PRONOUNS for word in words[-_SUBJECT_WITHIN:]):
            return None
        return OtherSense(words[-1])

    @staticmethod
    def _object_of(sentence: str, end: int) -> list[str] | None:
        """The words of what is used, as in "users of the pharmacy"; None where the text does not say."""
        if not re.match(r"\s+of\s", sentence[end:]):
            return None
        return _WORD.findall(re.split(r"[.,;:()]", sentence[end:].lower(), maxsplit=1)[0])[1:_REACH] or None

    @staticmethod
    def _none_of(substances: frozenset[str], text: str) -> OtherSense | None:
        words: list[str] = _WORD.findall(text.lower().replace("-", " ").replace("/", " "))
        return None if substances.intersection(words) else OtherSense("no substance is named nearby")


def acronym_sense(
    acronym: Acronym, surface: str, long_form: str | None, paper_words: Callable[[], frozenset[str]]
) -> tuple[str, str | None]:
    """How an acronym is used: ("author" | "behaviour" | "other-sense", the words that decided).

    `long_form` is what the paper says it stands for, if it does; otherwise two of the entry's domain words must stand in the
    paper (one, for an acronym so long that it hardly has another sense). A plural names people even where the paper
    defines the singular as the act. Where neither tells, it is another sense: an unexplained acronym is not evidence.
    """
    if long_form is not None:
        plain = plain_form(long_form)
        of_people = any(plain.startswith(form) or plain.endswith(form) for form in map(plain_form, acronym.expands))
        of_the_act = not of_people and any(plain.startswith(form) for form in map(plain_form, acronym.behaviour))
        if of_people or (of_the_act and surface.endswith("s")):
            return "author", long_form
        return ("behaviour" if of_the_act else "other-sense"), long_form
    vocabulary = paper_words()
    company = [word for word in acronym.domain if any(w.startswith(word) for w in vocabulary)]
    if len(company) >= (1 if len(surface.rstrip("s")) >= _TELLING_LETTERS else 2):
        return "author", None
    return "other-sense", "not explained in the paper"
