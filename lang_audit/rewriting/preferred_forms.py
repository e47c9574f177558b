"""The words of an entry for the words of a text: in the same number and form, and as specific as they are."""

from __future__ import annotations

import re

from lang_audit.inflection import clause_in, form_of, plural_phrase, verb_form
from lang_audit.lexicon import Entry, Prefer
from lang_audit.rewriting import noun_phrases as phrases

# What goes by the name of its class where the text does not say which: "cocaine dependence" is no longer so vague.
_MEMBERS = {
    "stimulant": ("methamphetamine", "amphetamine", "cocaine"),
    "opioid": ("heroin", "opium", "oxycodone", "hydrocodone", "morphine", "fentanyl", "codeine"),
    "sedative": ("benzodiazepine",),
}
_KEPT = " …"
# Words kept from a term that other entries advise against; a test of all forms tells which.
_STILL_A_TERM = re.compile(r"narcotic|/\s?aids|alcoholic", re.IGNORECASE)
_WITHOUT_SUFFERING = {"suffer": "have", "suffers": "has", "suffered": "had", "suffering": "living with"}


def is_acronym(entry: Entry, surface: str) -> bool:
    """Whether a term is an acronym of the entry, with a plural s or without."""
    bare = surface.removesuffix("s")
    if " " in bare or not bare[:2].isupper():
        return False
    # Some entries hold theirs in small letters; a word in capitals ("PRISONERS") has vowels.
    spelled_out = re.search(r"[AEIOU]", bare)
    return any(phrase.removesuffix("s") in (bare, "" if spelled_out else bare.lower()) for phrase in entry.phrases)


def is_plural(entry: Entry, surface: str) -> bool:
    """Whether a term stands in the plural; mass nouns, which have none, do not."""
    bare = re.sub(r"['’]s?$", "", surface)
    bare = re.split(r" (?:of|on|to|in|from) ", bare)[0]
    if is_acronym(entry, bare) and bare.isupper():
        return False
    head = bare.lower()
    if head.startswith("the "):
        return True
    if entry.number_of(surface) != "plural":
        return False
    return bool(
        (re.search(r"s$", head) and not re.search(r"(?:ss|us|is)$", head))
        or re.search(r"\b(?:people|m[ae]n|women|children|youth|population|folk|poor|ill)$", head)
        or not entry.prefer.term
    )


def is_label(entry: Entry, surface: str) -> bool:
    """Whether a term is a noun for people, though its entry may be for an adjective: "cirrhotics", "alcoholic patient"."""
    if entry.category != "person-adjective":
        return True
    if not entry.prefer.person_after and not entry.prefer.term:
        return bool(entry.prefer.person)
    words = surface.split()
    noun = phrases.people_behind(" " + words[-1]) if len(words) > 1 else None
    return bool(noun) or words[0].lower() == "the" or bool(re.search(r"(?:ics|ed?ers|eds|ives|nts)$", words[-1]))


def term_for(entry: Entry, surface: str) -> str | None:
    """The entry's term in the form of the words that it replaces; "condomless …" keeps the words behind the first.

    An entry without a term may still be for suffering from something, which is put in plain verbs.
    """
    words = surface.split()
    term, base = entry.prefer.term, _base(entry)
    keeps = term is not None and term.endswith(_KEPT)
    if term is None:
        verb = _WITHOUT_SUFFERING.get(words[0].lower()) if len(words) > 2 else None
        return _keeping(verb, words[2:]) if verb else None
    if keeps:
        kept = _keeping(term.removesuffix(_KEPT), words[1:]) if words[0].lower().startswith(base) else None
        if kept is None:
            return None
        term = kept
    if is_verb_entry(entry):
        first = words[0].lower()
        if not first.startswith(base) and first not in (verb_form(base, "past"), verb_form(base, "ing")):
            return None  # "deaths from" among the forms of "die from"
        verb, _, rest = term.partition(" ")
        return f"{verb_form(verb, form_of(first, base))} {rest}".strip()
    if entry.inflect == "noun" and is_plural(entry, surface) and not keeps:
        return plural_phrase(specific(term, surface))
    return specific(term, surface)


def _keeping(new: str, kept: list[str]) -> str | None:
    words = " ".join(kept)
    return None if _STILL_A_TERM.search(words) else f"{new} {words}"


def _base(entry: Entry) -> str:
    return min((phrase.split()[0] for phrase in entry.phrases), key=len, default="")


def is_verb_entry(entry: Entry) -> bool:
    """Whether an entry is for a verb, by its `inflect` or by listing the verb's forms ("commit suicide", "committed suicide").

    Its term is a verb too, put in the form of the one that it replaces.
    """
    if entry.inflect == "verb":
        return True
    base = _base(entry)
    first = {phrase.split()[0] for phrase in entry.phrases}
    past = any(word == verb_form(base, "past") or (word.startswith(base) and word.endswith("ed")) for word in first)
    return entry.inflect == "none" and past and verb_form(base, "third") in first


def specific(words: str, surface: str) -> str:
    """The words with the substance that the term names: "with addiction" for heroin-addicted is "with heroin addiction"."""
    lower = surface.lower()
    if words.endswith("with addiction") and (found := re.match(r"([a-z][a-z ]*[a-z])[\s\-‐-–]+addict", lower)):
        vague = found[1].endswith(("ly", "severe", "chronic", "non")) or _STILL_A_TERM.search(found[1])
        return words if vague else f"{words.removesuffix('addiction')}{found[1]} addiction"
    for general, members in _MEMBERS.items():
        named = next((member for member in members if member in lower), None)
        if named and not (general == "opioid" and "disorder" in words):
            return re.sub(rf"\b(?:a )?{general}s?\b", named, words)
    return words


def people_first(prefer: Prefer, people: phrases.People) -> str:
    """The noun with the words that follow it: "mothers living with HIV", "a population of people who use drugs"."""
    tail = prefer.person_after or ""
    if people.group:
        return f"{people.phrase} of people {tail}"
    if tail.startswith("who ") and not people.plural:
        clause = clause_in(tail, "third")
        tail = f"who {clause}" if clause else tail
    return f"{people.phrase} {tail}"


def head_and_rest(new: str) -> tuple[str, str]:
    """A phrase for people as its noun and what follows it ("people", "who use drugs"); "sex workers" has nothing behind it."""
    found = re.fullmatch(
        r"(?P<head>(?:[\w\-,]+ )*?\w+)"
        r" (?P<rest>(?:who|with|without|in|on|of|at|living|experiencing|sleeping|staying|receiving|taking|not|from|convicted"
        r"|involved|sentenced|awaiting|affected|orphaned|exposed|working|trafficked|born|impaired|prescribed|placed|to|pushed"
        r"|outside|whose) .+|rough)",
        new,
    )
    return (found["head"], found["rest"]) if found else (new, "")
