"""English forms by rule: plurals, verb forms and articles, as far as a suggestion needs them to fit its sentence."""

from __future__ import annotations

import re
from typing import Literal

from lang_audit.lexicon import plural_of

VerbForm = Literal["base", "third", "past", "ing"]

# Verbs that suggestions begin with and whose forms no rule gives: third person, past, -ing.
_IRREGULAR: dict[str, tuple[str, str, str]] = {
    "are": ("is", "were", "being"),
    "have": ("has", "had", "having"),
    "do": ("does", "did", "doing"),
    "drink": ("drinks", "drank", "drinking"),
    "die": ("dies", "died", "dying"),
    "take": ("takes", "took", "taking"),
    "leave": ("leaves", "left", "leaving"),
    "beg": ("begs", "begged", "begging"),
    "sell": ("sells", "sold", "selling"),
    "fall": ("falls", "fell", "falling"),
    "see": ("sees", "saw", "seeing"),
    "cannot": ("cannot", "could not", "being unable to"),
}
# Adverbs that stand between "who" and its verb, and the first half of "binge drink".
_BEFORE_VERB = frozenset(("also", "currently", "usually", "binge", "often", "never"))
# What ends the head of a noun phrase: behind it comes what says more about the head.
_HEAD = re.compile(r"(?P<head>.+?)(?P<rest> (?:of|to|for|in|on|with|without|from|by|related|where|who|whose|at) .*)?$")


def plural_phrase(phrase: str) -> str:
    """The plural of a noun phrase, by its head: "place where people meet" -> "places where people meet"."""
    head, rest = _HEAD.fullmatch(phrase).group("head", "rest")  # type: ignore[union-attr]
    return plural_of(head) + (rest or "")


def verb_form(verb: str, form: VerbForm) -> str:
    """A form of a verb that is given in its base form."""
    if form == "base":
        return verb
    if verb in _IRREGULAR:
        return _IRREGULAR[verb][("third", "past", "ing").index(form)]
    if form == "third":
        if re.search(r"[^aeiou]y$", verb):
            return verb[:-1] + "ies"
        return verb + ("es" if re.search(r"(s|sh|ch|x|z|o)$", verb) else "s")
    stem = verb[:-1] if re.search(r"[^e]e$", verb) else verb
    if form == "ing":
        return stem + "ing"
    return (verb[:-1] + "i" if re.search(r"[^aeiou]y$", verb) else stem) + "ed"


def form_of(word: str, base: str) -> VerbForm:
    """Which form of the verb `base` a word is: "committed" of "commit" is its past."""
    lower = word.lower()
    if lower == base:
        return "base"
    if lower.endswith("ing"):
        return "ing"
    return "third" if lower.endswith("s") and not lower.endswith("ss") else "past"


def clause_in(clause: str, form: VerbForm) -> str | None:
    """The verb phrase of "who ..." in another form: "who do not smoke" in the past is "did not smoke".

    `clause` is written of several people now, or tells of the past, which no form changes. None where the verb has no such form.
    """
    words = clause.removeprefix("who ").split(" ")
    at = 1 if words[0] in _BEFORE_VERB and len(words) > 1 else 0
    verb = words[at]
    if (
        verb == "has"
        or verb in ("used", "had", "was", "were", "did")
        or (verb.endswith("ed") and not verb.endswith("eed"))
    ):
        # "used to smoke", "died by suicide"
        return None if form == "ing" else " ".join(words)
    return " ".join([*words[:at], verb_form(verb, form), *words[at + 1 :]])


def article(word: str) -> Literal["a", "an"]:
    """The article that a word takes, by its first sound: an HIV test, a user, an hour."""
    first = re.match(r"[^\W_]*", word)
    start = first[0] if first else ""
    if len(start) > 1 and start.isupper():
        return "an" if start[0] in "AEFHILMNORSX" else "a"
    lower = start.lower()
    if lower.startswith(("hour", "honest", "heir")):
        return "an"
    return "an" if lower[:1] in tuple("aeiou") and not re.match(r"us[aeu]|uni|one\b|once|eu", lower) else "a"
