"""The shapes that a sentence takes when words for people are put into it: possessors, compounds, predicates, headings.

Each function takes what stands before a term, the new words, and what stands after, and gives the three of them as they
should be; or None where the sentence has another shape, or would not read well.
"""

from __future__ import annotations

import re

from lang_audit.inflection import VerbForm, article, clause_in, verb_form
from lang_audit.rewriting import noun_phrases as phrases

BE = r"(?P<be>is|are|was|were|be|being)"
PREDICATE = re.compile(
    rf"\b{BE}\s+(?P<not>not\s+)?(?P<also>(?:also|already|still|all|both)\s+)?(?P<article>an?\s+)?$", re.IGNORECASE
)
_ENDS_CLAUSE = re.compile(
    r"\s*(?:$|[.;:?!)\]—]|[\[(]|,\s+(?:and|but|while|whereas|which|although|as|compared|with)\b)"
    r"|\s+(?:at|in|on|when|while|whereas|during|but|because|before|after|compared|than|by|who|as|if|since|per|according"
    r"|should|would|may|can|could|might|will|must|were|are|was|is|had|have|has|did|do)\b"
)
_RUNS_ON = re.compile(r"\s+(?:and|or)\b")
_PARTICIPLES = ("living", "experiencing", "sleeping", "staying", "receiving", "taking", "working", "using")
# Words that say what a group of people has or does, which "of people who ..." may follow.
_OF_PEOPLE = phrases.words(
    "needs experiences experience perspectives perspective views perceptions attitudes rights characteristics "
    "behaviour behaviours behavior behaviors voices lives numbers deaths accounts narratives representatives"
)
_TENSE: dict[str, VerbForm] = {
    "is": "third",
    "are": "base",
    "was": "past",
    "were": "past",
    "be": "base",
    "being": "ing",
}
_SINGULAR_ONLY = phrases.words("a an each every one another this that per")
_PLURAL_ONLY = phrases.words("these those many few several both all two three four five six seven eight nine ten most")
_OF_CONDITIONS = phrases.words("chronic acute severe moderate mild advanced")
_OF_TERMS = phrases.words("rate rates risk risks prevention management knowledge uptake")
_FOR_TERMS = phrases.words("services programmes programs interventions guidelines protocols clinics regimens")
_RELATIVE = re.compile(r"\s+(?:who|that)\b")
_SMALL_WORDS = phrases.words("a an and as at by for from in of on or the to who with")
# A replacement: what stands before, the new words, what stands after.
Done = tuple[str, str, str] | None


def has_singular_article(before: str) -> bool:
    """Whether what stands before a noun, an adjective at most between, says that there is one of it."""
    return bool(re.search(rf"\b(?:{'|'.join(_SINGULAR_ONLY)})\s+(?:[\w\-]+\s+)?$", before, re.IGNORECASE))


def has_article(before: str) -> bool:
    """Whether a singular noun has the article or other word that it needs, with adjectives between at most."""
    for word in reversed(re.split(r"[.,;:()]", before)[-1].lower().split()[-4:]):
        if word in phrases.DETERMINERS or word in _SINGULAR_ONLY or word.endswith(("'s", "’s")):
            return True
        if word in phrases.CLOSED:
            return False
    return False


def agrees(before: str, plural: bool, new: str) -> bool:
    """Whether the word before allows the number of the new words."""
    word = phrases.last_word(before).lower()
    return not (plural and word in _SINGULAR_ONLY - {"that", "per"}) and not (not plural and word in _PLURAL_ONLY)


def of_possessor(before: str, new: str, after: str) -> Done:
    """A possessor put last: "the addicts' families" -> "the families of the people with addiction"."""
    owned = phrases.possessed(after)
    if owned is None:
        return None
    found = re.search(
        r"\b(?P<det>the|an?|these|those|some|many|most|all|each|every|one|two|three|other)\s+$", before, re.IGNORECASE
    )
    det = f"{found['det'].lower()} " if found else ""
    if det in ("a ", "an "):
        det = article(new) + " "
    before = before[: found.start()] if found else before
    word = phrases.last_word(before).lower().strip("(“\"'")
    if word and word[-1] not in ",;:." and word not in phrases.CLOSED - {"other"}:
        return None
    rest = after[owned.end() :]
    return before, f"the {' '.join(owned[0].split())} of {det}{new}", rest


def of_compound(people: str | None, before: str, noun: str, after: str) -> Done:
    """A label before a noun that it modifies: "drug user population" -> "population of people who use drugs"."""
    if people is None or not (noun in phrases.GROUPS or noun in _OF_PEOPLE):
        return None
    word = phrases.last_word(before).lower()
    if word and word[-1] not in ",;:.(" and word not in phrases.CLOSED:
        return None
    found = re.match(rf"\s+{noun}(?![\w\-])", after, re.IGNORECASE)
    rest = after[found.end() :] if found else ""
    if (
        found is None
        or not phrases.ends_phrase(rest, noun.endswith("s"))
        or phrases.is_joined(rest)
        or re.match(r"['’/\-]|\s+of\b", rest)
    ):
        return None
    the = "" if word in phrases.DETERMINERS or word in ("one", "two", "three") or noun in phrases.GROUPS else "the "
    return before, f"{the}{noun} of {people}", rest


def nominal_predicate(tail: str, before: str, after: str) -> Done:
    """A label after "to be", turned into what it says: "were smokers" -> "smoked", "was a prisoner" -> "was in prison"."""
    if not tail.startswith(
        ("who ", "with ", "in ", "living ", "experiencing ", "on ", "without ", "awaiting ", "receiving ")
    ):
        return None
    return predicate(tail, before, after)


def predicate(tail: str, before: str, after: str) -> Done:
    """What follows a noun, said of the subject: "were obese" -> "had obesity", "are HIV-positive" -> "are living with HIV"."""
    found = PREDICATE.search(before)
    if found is None:
        return None
    lead, be, negated, also = before[: found.start()], found["be"], bool(found["not"]), found["also"] or ""
    ends, runs_on = _ENDS_CLAUSE.match(after), _RUNS_ON.match(after)
    if tail.startswith(_PARTICIPLES) or tail.startswith(("in ", "on ", "of ", "not ", "awaiting ")):
        if not (ends or runs_on) or (tail.startswith("in ") and re.match(r"\s+in\b", after)):
            return None
        if be.lower() == "being" and tail.startswith(_PARTICIPLES):
            return lead, f"{also}{tail}", after
        return lead, f"{be} {'not ' if negated else ''}{also}{tail}", after
    if not ends or re.match(r"\s+(?:who|with)\b", after):
        return None
    form = _TENSE[be.lower()]
    if tail.startswith("without "):
        if negated:
            return None
        tail, negated = "with " + tail.removeprefix("without "), True
    clause = "have " + tail.removeprefix("with ") if tail.startswith("with ") else tail
    if not clause.startswith(("have ", "who ")):
        return None
    if be.lower() == "be" and not re.search(r"\b(?:to|may|might|can|could|will|would|should|must)\s+$", lead):
        return None
    if be.lower() == "be" and (negated or clause.startswith("who do not")):
        return None
    if negated:
        if form == "ing" or re.match(r"who (?:used|do|cannot|have|are|died)", clause):
            return None
        new = clause_in(clause, "base")
        return (lead, f"{verb_form('do', form)} not {also}{new}", after) if new else None
    new = clause_in(clause, form)
    return (lead, f"{also}{new}", after) if new else None


def with_what_stands_before(before: str, new: str, head: str, follows: str, plural: bool, after: str) -> Done:
    """Put a label's words in, taking in a word for sex or age: "male smokers" -> "men who smoke"."""
    word = phrases.last_word(before)
    pair = phrases.HEADS_BEFORE.get(word.lower().lstrip('(“"'))
    if pair and head in ("people", "person") and not re.search(r"(?:\band|\bor|&|/|,|\bvs\.?)\s+\S+\s+$", before):
        lead = before[: before.rstrip().rfind(word) + len(word) - len(word.lstrip('(“"'))]
        noun = pair[plural]
        if not phrases.may_precede_people(lead):
            return None
        return followed(
            lead, f"{noun.capitalize() if word[0].isupper() and not lead.strip() else noun} {follows}", after
        )
    if word.lower() in _OF_CONDITIONS and (condition := re.fullmatch(r"((?:living )?with) (?!an? |the )(.+)", follows)):
        lead = before[: before.rstrip().rfind(word)]
        changed = f"{head} {condition[1]} {word.lower()} {condition[2]}"
        return followed(lead, changed, after) if phrases.may_precede_people(lead) else None
    if pair or not phrases.may_precede_people(before):
        return None
    return followed(before, new, after)


def followed(before: str, new: str, after: str) -> Done:
    """Join a second clause with "and"; refuse a second "with", and a word said twice ("people in prison in prison")."""
    if (" who " in new and _RELATIVE.match(after)) or (" living with " in new and re.match(r"\s+living\b", after)):
        new += " and"
    if re.search(r" (?:with|who) ", new) and re.match(r"\s+with\b", after):
        return None
    last = re.sub(r"[^\w]", "", new.split()[-1]).lower()
    near = [re.sub(r"[^\w]", "", w).lower() for w in after.split()[:3]]
    if len(last) > 3 and any(w[:5] == last[:5] for w in near):
        return None
    return before, new, after


def turned(before: str, new: str, after: str) -> Done:
    """A long term behind the noun that it would modify: "relapse rates" -> "rates of return to use"."""
    noun = phrases.next_word(after)
    link = "of" if noun in _OF_TERMS else "for" if noun in _FOR_TERMS else None
    rest = after[len(after) - len(after.lstrip()) + len(noun) :]
    before_it = phrases.last_word(before).lower()
    if link is None or (before_it and before_it not in phrases.CLOSED and before_it[-1] not in ".,;:"):
        return None
    if (
        not phrases.ends_phrase(rest, noun.endswith("s"))
        or phrases.is_joined(rest)
        or re.match(r"['’/\-]|\s+of\b", rest)
    ):
        return None
    if before_it in ("and", "or"):
        return None
    return before, f"{noun} {link} {new}", rest


def joined(before: str, new: str, after: str, *, sentence: str, start: int, surface: str) -> str:
    """The sentence put together, the new words in its case and the article fitted to them."""
    new = _in_the_case_of(new, sentence, len(before) if len(before) <= start else start, surface, before)
    if found := re.search(r"\b([Aa])(n?)(\s+)$", before):
        before = before[: found.start()] + found[1] + article(new)[1:] + found[3]
    return before + new + after


def _in_the_case_of(new: str, sentence: str, place: int, surface: str, before: str) -> str:
    """The new words in capitals, or as in a title, or with a capital to begin, as the sentence has it."""
    letters = [w for w in re.findall(r"[^\W\d_]+", sentence) if len(w) > 3]
    capitals = sum(w[0].isupper() for w in letters)
    if surface.isupper() and len(letters) > 1 and all(w.isupper() for w in letters):
        return new.upper()
    if len(letters) > 2 and capitals >= 0.8 * len(letters) and re.search(r"\b[A-Z][a-z]", surface):
        return re.sub(
            r"(?<![\w-])[a-z][\w’']*", lambda w: w[0] if w[0] in _SMALL_WORDS else w[0][0].upper() + w[0][1:], new
        )
    begins = (
        not before.strip()
        or re.search(r"(?<!\b[ei]\.[ge])(?<!\bvs)(?<!\bal)(?<!\bcf)[.!?]\s+$", before)
        or (re.search(r"[^a-z,’'\s]\s*$", before) and surface[1:2].islower())
    )
    first = sentence[place : place + 1]
    return new[:1].upper() + new[1:] if begins and (first.isupper() or surface[:1].isupper()) else new
