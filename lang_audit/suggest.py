"""What to write instead, fitted to the sentence: number, article and what the term modifies. Pure text in, text out."""

from __future__ import annotations

import re

from lang_audit.lexicon import Entry

_PERSON_NOUN = re.compile(
    r"\s+(?P<noun>(?:(?:pregnant|young|older|adult|female|male|adolescent|elderly|black|white|african|hospitali[sz]ed|homeless)\s+)?"
    r"(?:people|persons?|individuals?|men|man|women|woman|child(?:ren)?|adults?|adolescents?|youths?|infants?|mothers?|fathers?|parents?|"
    r"partners?|patients?|clients?|participants?|volunteers?|veterans?|students?|workers?|residents?|outpatients?|inpatients?|"
    r"couples?|families|respondents?|groups?|populations?|cohorts?))\b(?!\s+(?:group|care|population|family|families|sample|cohort)s?\b|['’])",
    re.IGNORECASE,
)
_MODIFIES_NOUN = re.compile(r"(?:['’]s?\s|['’]\s|\s+(?!who|whom|and|or|in|of|on|at|by|from|to|for|with|without|than|as|is|are|was|were|be|been|has|have|had|do|does|did|may|can|could|might|will|would|should|that|which|were|during|after|before|when|while|but|not|if|because|since|among|between|receiving|using|aged|living|attending|recruited|seeking|under|over|into|through|about|per|versus|vs|also|often|only|still|never|always|most|more|less|reported|showed|said|had)[A-Za-z])")


def suggestion(entry: Entry, surface: str, after: str) -> str | None:
    """The words to put for `surface`, in the number that it has; None where the entry gives guidance only.

    `after` is the rest of the sentence behind the term.
    """
    prefer = entry.prefer
    if prefer.person_after and (noun := _PERSON_NOUN.match(after)):
        return f"{noun['noun']} {prefer.person_after}"
    plural = entry.number_of(surface) == "plural"
    label = (prefer.people or prefer.person) if plural else (prefer.person or prefer.people)
    return label or prefer.term or (f"people {prefer.person_after}" if prefer.person_after else None)


def rewrite(entry: Entry, sentence: str, start: int, end: int) -> str | None:
    """The sentence with the suggestion put in at `start:end`, or None where that would not read well.

    Left to the writer: terms that modify another noun ("addicts' families", "IDU status"), predicates, and entries with
    guidance only.
    """
    prefer = entry.prefer
    before, surface, after = sentence[:start], sentence[start:end], sentence[end:]
    if surface.endswith(("'", "’")):
        return None
    if prefer.person_after:
        noun = _PERSON_NOUN.match(after)
        if noun is None:
            return None
        return _joined(before, f"{noun['noun']} {prefer.person_after}", after[noun.end() :], surface)
    replacement = suggestion(entry, surface, after)
    if replacement is None:
        return None
    if (prefer.person or prefer.people) and _MODIFIES_NOUN.match(after):
        return None
    if (prefer.person or prefer.people) and before.rstrip().endswith(("-", "/")):
        return None
    return _joined(before, replacement, after, surface)


def _joined(before: str, new: str, after: str, old: str) -> str:
    if old.isupper() and len(old) > 6 and before.upper() == before:
        new = new.upper()
    elif old[:1].isupper() and not old[1:2].isupper() and not before.strip():
        new = new[:1].upper() + new[1:]
    if article := re.search(r"\b([Aa])(n?)\s+$", before):
        vowel = new[:1].lower() in "aeiou" and not new.lower().startswith(("us", "uni", "one"))
        before = before[: article.start()] + article[1] + ("n" if vowel else "") + " "
    return before + new + after
