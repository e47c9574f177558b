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


# Verbs and nouns whose forms no rule gives; a word stands with all its other forms.
_IRREGULAR_FORMS: dict[str, str] = {
    "be": "am is are was were been being", "become": "became", "begin": "began begun", "bear": "bore borne",
    "break": "broke broken", "bring": "brought", "build": "built", "buy": "bought", "catch": "caught",
    "choose": "chose chosen", "come": "came", "deal": "dealt", "do": "does did done", "draw": "drew drawn",
    "drive": "drove driven", "fall": "fell fallen", "feel": "felt", "fight": "fought", "find": "found",
    "get": "got gotten", "give": "gave given", "go": "goes went gone", "grow": "grew grown", "have": "has had",
    "hear": "heard", "hide": "hid hidden", "hold": "held", "keep": "kept", "know": "knew known", "lead": "led",
    "learn": "learnt", "leave": "left", "lend": "lent", "let": "lets letting", "lose": "lost", "make": "made",
    "mean": "meant", "meet": "met", "pay": "paid", "read": "reads reading", "rise": "rose risen", "run": "ran",
    "say": "said", "see": "saw seen", "seek": "sought", "sell": "sold", "send": "sent", "show": "shown",
    "sit": "sat", "speak": "spoke spoken", "spend": "spent", "stand": "stood", "take": "took taken",
    "teach": "taught", "tell": "told", "think": "thought", "understand": "understood",
    "undergo": "undergoes underwent undergone", "wear": "wore worn", "win": "won", "write": "wrote written",
    "overcome": "overcame", "set": "sets setting", "put": "puts putting", "cut": "cuts cutting",
    "good": "better best", "bad": "worse worst", "low": "lower lowest", "high": "higher highest",
    "person": "people persons", "man": "men", "woman": "women", "child": "children", "wife": "wives",
    "life": "lives", "half": "halves",
}  # fmt: skip
# One letter after one short vowel, where the stress lies on the end: the letter is doubled.
_DOUBLING = frozenset((
    "stop", "plan", "chat", "drop", "ship", "map", "refer", "prefer", "occur", "admit", "commit", "permit", "submit",
    "transmit", "equip", "rob", "beg", "jog", "pat", "wrap", "step", "swap", "cut", "set", "put", "sit", "get",
    "let", "run", "win", "begin", "forget", "shun", "ban", "bar", "fit", "rid", "transfer",
))  # fmt: skip
_SPELLINGS = (
    (re.compile(r"is(e|es|ed|ing|ation|ations|er|ers)$"), r"iz\1"),
    (re.compile(r"iz(e|es|ed|ing|ation|ations|er|ers)$"), r"is\1"),
    (
        re.compile(
            r"(behavi|neighb|lab|col|fav|hon|harb|rum|tum|hum|endeav|vap|od|flav|vig)our(s|ed|ing|al|ally|able|hood|hoods)?$"
        ),
        r"\1or\2",
    ),
    (re.compile(r"(behavi|neighb|lab|col|hon|fav)or(s|ed|ing|al|able|hood|hoods)?$"), r"\1our\2"),
    (re.compile(r"(counsel|travel|model|label|signal|enrol|fulfil|cancel)l(ed|ing|or|ors|er|ers)$"), r"\1\2"),
    (re.compile(r"(counsel|travel|model|label|signal|enrol|fulfil|cancel)(ed|ing|or|ors|er|ers)$"), r"\1l\2"),
    (re.compile(r"^program(s)?$"), r"programme\1"),
    (re.compile(r"^programme(s)?$"), r"program\1"),
    (re.compile(r"^cent(?:re)(s)?$"), r"center\1"),
    (re.compile(r"^center(s)?$"), r"centre\1"),
    (re.compile(r"^judgement(s|al)?$"), r"judgment\1"),
    (re.compile(r"^judgment(s|al)?$"), r"judgement\1"),
    (re.compile(r"^(fulfil|enrol)(s|ment|ments)?$"), r"\1l\2"),
)
# What a form must hold for one of them to apply, so that most words are told at once.
_SPELT_TWICE = re.compile(
    r"is[eai]|iz[eai]|our|or|counsel|travel|model|label|signal|enrol|fulfil|cancel|program|cent|judg"
)


def word_forms(word: str) -> frozenset[str]:
    """Every form in which a word may be printed, whatever its part of speech: "counsel" -> counsels, counselled, counseling ...

    British and American spellings both. A form that no one writes does no harm: it is only looked for, never printed.
    """
    forms = {word}
    lower = word.lower()
    if lower.isalpha() and len(lower) > 1 and lower == word:
        forms |= {plural_of(word), verb_form(word, "third"), verb_form(word, "past"), verb_form(word, "ing")}
        forms.update(_IRREGULAR_FORMS.get(lower, "").split())
        if lower in _DOUBLING:
            forms |= {word + word[-1] + ending for ending in ("ed", "ing")}
        if lower.endswith("ie"):
            forms.add(word[:-2] + "ying")
    elif word.isupper() and len(word) > 1:
        forms.add(word + "s")
    return frozenset(spelt for form in forms for spelt in _spellings(form))


def _spellings(form: str) -> set[str]:
    if not _SPELT_TWICE.search(form):
        return {form}
    return {form, *(pattern.sub(spelt, form) for pattern, spelt in _SPELLINGS if pattern.search(form))}


def last_forms(word: str) -> frozenset[str]:
    """The forms of the last word of a phrase: both numbers, both spellings ("support group", "drop-in centre")."""
    forms = {word, plural_of(word), word + "s"} if word.isalpha() else {word}
    return frozenset(spelt for form in forms for spelt in _spellings(form))
