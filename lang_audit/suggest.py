"""What to write instead, fitted to the sentence: number, article and what the term modifies. Pure text in, text out."""

from __future__ import annotations

import re

from lang_audit.lexicon import Entry, plural_of

_PERSON_NOUN = re.compile(
    r"\s+(?P<noun>(?:(?!and\b|or\b|than\b|but\b|who\b|in\b|of\b|are\b|were\b|was\b|is\b|to\b|for\b|with\b|from\b|by\b|as\b|at\b|on\b|among\b)"
    r"[\w-]+\s+){0,2}?"
    r"(?:people|persons?|individuals?|m[ae]n|wom[ae]n|child(?:ren)?|adults?|adolescents?|youths?|infants?|mothers?|fathers?|"
    r"parents?|partners?|(?:in|out)?patients?|clients?|participants?|volunteers?|veterans?|students?|workers?|residents?|"
    r"couples?|families|respondents?|groups?|populations?|cohorts?|males?|females?|boys?|girls?|teenagers?|members?))\b"
    r"(?!\s+(?:group|care|population|famil|sample|cohort|status)|['’])",
    re.IGNORECASE,
)
# Words that end a noun phrase: behind a label, they show that it does not modify another noun.
_ENDS_PHRASE = frozenset(
    ["who", "whom", "whose", "and", "or", "nor", "in", "of", "on", "at", "by", "from", "to", "for", "with", "without", "than", "as", "is", "are", "was", "were", "be", "been", "being", "has", "have", "had", "do", "does", "did", "may", "can", "could", "might", "will", "would", "should", "must", "that", "which", "during", "after", "before", "when", "while", "but", "not", "if", "because", "since", "among", "between", "receiving", "using", "aged", "living", "attending", "recruited", "seeking", "under", "over", "into", "through", "about", "per", "versus", "vs", "also", "often", "only", "still", "never", "always", "most", "more", "less", "reported", "showed", "said", "came", "went", "took", "made", "became", "received", "entered", "attended", "died", "completed", "did"]
)
_PREDICATE = re.compile(r"\b(?:is|are|was|were|be|been|being|am)(?: (?:not|also|all|both|already|newly|\w+ly))?\s+$", re.IGNORECASE)
_NEXT_WORD = re.compile(r"\s+([^\W\d_]+)")
_DEFINES = re.compile(r"\s*[:=(\[]")


def suggestion(entry: Entry, surface: str, after: str) -> str | None:
    """The words to put for `surface`, in the number that it has; None where the entry gives guidance only.

    `after` is the rest of the sentence behind the term.
    """
    prefer = entry.prefer
    if prefer.person_after and (noun := _PERSON_NOUN.match(after)):
        return f"{noun['noun']} {prefer.person_after}"
    if entry.category == "person-adjective":
        return prefer.people or prefer.person or prefer.term or (f"people {prefer.person_after}" if prefer.person_after else None)
    plural = entry.number_of(surface) == "plural"
    label = (prefer.people or prefer.person) if plural else (prefer.person or prefer.people)
    term = plural_of(prefer.term) if prefer.term and plural and entry.inflect == "noun" else prefer.term
    return label or term or (f"people {prefer.person_after}" if prefer.person_after else None)


def rewrite(entry: Entry, sentence: str, start: int, end: int) -> str | None:
    """The sentence with the suggestion put in at `start:end`, or None where that would not read well.

    Left to the writer: terms that modify another noun ("addicts' families", "IDU status"), most predicates, and entries
    with guidance only.
    """
    prefer = entry.prefer
    before, surface, after = sentence[:start], sentence[start:end], sentence[end:]
    if surface.endswith(("'", "’")) or before.endswith("-") or _DEFINES.match(after):
        return None
    if prefer.person_after:
        if noun := _PERSON_NOUN.match(after):
            return _joined(before, f"{noun['noun']} {prefer.person_after}", after[noun.end() :], surface)
        if entry.category != "person-label":
            after_noun = prefer.person_after
            predicate = after_noun.startswith("living with") and _PREDICATE.search(before)
            return _joined(before, after_noun, after, surface) if predicate else None
    replacement = suggestion(entry, surface, after)
    if replacement is None:
        return None
    if (prefer.person or prefer.people) and _modifies_noun(after):
        return None
    if (prefer.person or prefer.people) and before.rstrip().endswith("/"):
        return None
    return _joined(before, replacement, after, surface)


def _modifies_noun(after: str) -> bool:
    if after.startswith(("'", "’", "-")):
        return True
    following = _NEXT_WORD.match(after)
    return (
        following is not None and following[1].lower() not in _ENDS_PHRASE and not following[1].endswith(("ed", "ly"))
    )


def _joined(before: str, new: str, after: str, old: str) -> str:
    if old.isupper() and len(old) > 6 and before.upper() == before:
        new = new.upper()
    elif old[:1].isupper() and not before.strip():
        new = new[:1].upper() + new[1:]
    if article := re.search(r"\b([Aa])(n?)\s+$", before):
        vowel = new[:1].lower() in "aeiou" and not new.lower().startswith(("us", "uni", "one"))
        before = before[: article.start()] + article[1] + ("n" if vowel else "") + " "
    return before + new + after
