"""What to write instead, fitted to the sentence: number, possessive, article, and what the term modifies. Pure text in, text out.

A wrong rewrite is worse than none. So each shape of sentence has its own small rule; whatever fits none is left to the writer.
`wording` chooses the words, `sentence_shapes` puts them in, `noun_phrases` looks at what stands around.
"""

from __future__ import annotations

import re

from lang_audit.lexicon import Entry, Prefer
from lang_audit.rewriting import noun_phrases as phrases
from lang_audit.rewriting import preferred_forms as forms
from lang_audit.rewriting import sentence_shapes as shapes

_COMPARATIVES = ("older", "younger", "poorer", "heavier")
# "few of the homeless" keeps its article.
_PART_OF = re.compile(
    r"\b(?:few|some|many|most|all|half|none|one|two|three|any|each|both|several|\d+ ?%?)\s+of\s+$", re.IGNORECASE
)
_BECOME = phrases.words("become becomes became becoming remain remains remained remaining been")
_SUBSTANCE_AND = re.compile(
    r"\b(?:substance|drug|alcohol|opioid|opiate|heroin|cocaine|tobacco|marijuana|cannabis)s?,? (?:and|or|and/or)\s+$",
    re.IGNORECASE,
)
# Where a term has words behind its noun, and where it wants words behind itself.
_IS_LONG = re.compile(r" (?:to|of|with|where|as|by|in|when) ")
_PREPOSITION_LAST = re.compile(r"(?:\b(?:with|to|of|from)|^(?:has|have|had))$")


def suggestion(entry: Entry, surface: str, after: str) -> str | None:
    """The words to put for `surface`, in the number that it has; None where the entry gives guidance only.

    `after` is the rest of the sentence behind the term.
    """
    prefer = entry.prefer
    people = phrases.people_behind(after) if prefer.person_after or entry.category == "person-adjective" else None
    if entry.category == "person-adjective" and prefer.term and (people or not prefer.people):
        return prefer.term
    if people and prefer.person_after:
        return forms.specific(forms.people_first(prefer, people), surface)
    plural = (
        forms.is_plural(entry, surface)
        or forms.is_acronym(entry, surface)
        or (entry.category == "person-adjective" and not forms.is_label(entry, surface))
    )
    label = (prefer.people or prefer.person) if plural else (prefer.person or prefer.people)
    if label is None and prefer.person_after and not prefer.term:
        label = f"people {prefer.person_after}"
    return forms.specific(label, surface) if label else forms.term_for(entry, surface)


_AS_DIAGNOSIS = re.compile(
    r"\b(?:histor(?:y|ies) of|current|lifetime|past|co-?morbid|concurrent|co-?occurring|diagnos\w+ (?:of|with)|criteria for|"
    r"recover(?:y|ing) from)\s+$",
    re.IGNORECASE,
)
# "HIV-infected men, women and children": the adjective is of all of them.
_LIST_OF_PEOPLE = re.compile(r",(?:\s+[\w-]+){1,3},?(?:\s+[\w-]+,)*\s+(?:and|or)\s")
_AT_RISK = re.compile(
    r"\b(?:risks?|odds|likelihood|probability|chances?) (?:of|for) (?:being |becoming )?$", re.IGNORECASE
)
_OF_THE_BODY = r"\s+(?:and|or) (?:withdrawal|tolerance)|\s+(?:on|scale|scales|score|scores|severity|questionnaire)\b"


def rewrite(entry: Entry, sentence: str, start: int, end: int) -> str | None:
    """The sentence with the suggestion put in at `start:end`, or None where that would not read well.

    Left to the writer: definitions, terms in quotation marks, compounds that "of people ..." does not undo, words that the
    new phrase would leave dangling, and entries with guidance only. What stands before and after is kept, save an article,
    a possessive, "to be" and the noun that an adjective moves behind.
    """
    before, surface, after = sentence[:start], sentence[start:end], sentence[end:]
    if _is_out_of_reach(entry, before, surface, after):
        return None
    prefer = entry.prefer
    if entry.category == "person-adjective" and not forms.is_label(entry, surface):
        done = _adjective(prefer, before, after)
    elif prefer.person or prefer.people or prefer.person_after:
        done = _label(entry, before, surface, after)
    else:
        done = _plain(entry, before, surface, after)
    if done is None:
        return None
    before, new, after = done
    return shapes.joined(before, forms.specific(new, surface), after, sentence=sentence, start=start, surface=surface)


def _is_out_of_reach(entry: Entry, before: str, surface: str, after: str) -> bool:
    """Whether the term is part of a longer word, is being defined, or is held up for show by quotation marks."""
    if re.search(r"(?:[-‐-–]\s?|\w\+|\b(?:non|ex|so-called)\s+)$", before) or re.match(
        r"[-‐-–](?=\w)|\w|\*|\s*=", after
    ):
        return True
    if " " in (entry.prefer.person or entry.prefer.term or " ") and (before.endswith("/") or after.startswith("/")):
        return True
    if re.search(r"[-‐-–]\s*(?:,[^,]*)?\s*(?:and|or|/)\s+$", before):
        return True
    if _asks_for_more(entry, before, after):
        return True
    if before[-1:] in "'‘\"“" and before and after[:1] in "'’\"”" and after:
        return True
    if re.match(r"\s*\(\s*[“\"']?(?:[A-Z][\w/\-]*[A-Z+]s?|[A-Z]{2,})\b(?!\s*\d)", after):
        return True  # "injecting drug users (IDUs)"
    is_acronym = forms.is_acronym(entry, surface)
    return is_acronym and bool(
        re.match(r"\s*:", after) or (re.search(r"[(\[]\s*$", before) and re.match(r"\s*[)\],;=]", after))
    )


def _asks_for_more(entry: Entry, before: str, after: str) -> bool:
    """Whether the ready phrase would say something else here: a disorder become a use, a risk become a life."""
    prefer = entry.prefer
    if entry.sense == "substance-here":
        return True  # what "users" use is named elsewhere in the sentence
    if (prefer.term or "").endswith(" use") and _AS_DIAGNOSIS.search(before):
        return True
    if (prefer.person_after or prefer.term or "").startswith("living with") and _AT_RISK.search(before):
        return True
    return entry.category == "condition" and re.match(_OF_THE_BODY, after) is not None


def _adjective(prefer: Prefer, before: str, after: str) -> shapes.Done:
    if prefer.term and phrases.next_word(after) and not phrases.ends_phrase(after, plural=False):
        return before, prefer.term, after
    tail = prefer.person_after
    if tail is None:
        # One adjective for another fits wherever it is no noun ("one Caucasian").
        fits = prefer.term and prefer.term not in _COMPARATIVES and not shapes.has_singular_article(before)
        return (before, prefer.term or "", after) if fits else None
    if people := phrases.people_behind(after):
        return _before_people(prefer, people, before, after)
    return shapes.predicate(tail, before, after)


def _before_people(prefer: Prefer, people: phrases.People, before: str, after: str) -> shapes.Done:
    """An adjective with its noun: "HIV-infected women" -> "women living with HIV"."""
    rest = after[people.length :]
    if phrases.is_list_of_adjectives(before) or _is_adverb(before) or re.match(r"[/\-‐-–]", rest):
        return None
    new = forms.people_first(prefer, people)
    if (sign := phrases.is_possessive("", rest, before)) is not None:
        return shapes.of_possessor(before, new, rest[len(sign) :])
    if not phrases.ends_phrase(rest, people.plural) or phrases.is_joined(rest) or _LIST_OF_PEOPLE.match(rest):
        return None
    return shapes.followed(before, new, rest)


def _is_adverb(before: str) -> bool:
    word = phrases.last_word(before).lower()
    return (word.endswith("ly") or word in ("more", "very", "most", "less", "chronic", "acute", "too", "so")) and word not in (
        "only", "especially", "particularly", "mainly", "mostly", "early", "elderly", "specifically", "namely", "potentially",
    )  # fmt: skip


def _label(entry: Entry, before: str, surface: str, after: str) -> shapes.Done:
    prefer = entry.prefer
    tail = prefer.person_after
    if tail and not forms.is_plural(entry, surface) and (people := phrases.people_behind(after)):
        return _before_people(prefer, people, before, after)
    plural, new = _numbered(entry, before, surface, after)
    if new is None or not shapes.agrees(before, plural, new):
        return None
    if surface[:4].lower() == "the " and _PART_OF.search(before):
        new = f"the {new}"
    head, follows = forms.head_and_rest(new)
    if surface[:4].lower() == "the " and (phrases.people_behind(after) or not phrases.ends_phrase(after, plural)):
        return None  # "the homeless man" is no crowd
    possessor = phrases.is_possessive(surface, after, before)
    if not follows:
        if entry.names_people and not plural:
            # "gay person youth", "were gay person"
            modifies = not possessor and not phrases.ends_phrase(after, plural)
            has_article = surface.split()[0].lower() in phrases.DETERMINERS or shapes.has_article(before)
            if re.search(r"(?:person|man|woman|adult)$", new) if modifies else not has_article:
                return None
        if plural and not new.endswith("s") and possessor in ("'", "’"):
            return before, new, possessor + "s" + after[1:]
        return before, new, after
    if surface.endswith(("'", "’", "s'", "s’", "'s", "’s")):
        return shapes.of_possessor(before, new, after)
    if possessor:
        return shapes.of_possessor(before, new, after[len(possessor) :])
    if after[:1] in "'’" and after:
        return None
    word = phrases.next_word(after)
    if not phrases.ends_phrase(after, plural):
        return shapes.of_compound(prefer.people, before, word, after)
    if not plural and not shapes.has_article(before):
        return None
    if done := shapes.nominal_predicate(forms.head_and_rest(prefer.people or new)[1] or follows, before, after):
        return done
    if shapes.PREDICATE.search(before) and (
        follows.startswith("who ") and not re.match(r"who (?:use|inject)", follows)
    ):
        return None
    if phrases.last_word(re.sub(r"\ban?\s+$", "", before)).lower() in _BECOME | {"such"} or (
        before.rstrip().endswith(",") and phrases.is_list_of_adjectives(before)
    ):
        return None
    if re.match(r"\s+of\b", after) or phrases.is_joined(after):
        return None
    return shapes.with_what_stands_before(before, new, head, follows, plural, after)


def _numbered(entry: Entry, before: str, surface: str, after: str) -> tuple[bool, str | None]:
    """Whether the label means several people here, and the words for that. Acronyms show their number by the article only."""
    prefer = entry.prefer
    plural = forms.is_plural(entry, surface)
    if not plural and forms.is_acronym(entry, surface) and not shapes.has_singular_article(before):
        plural = phrases.ends_phrase(after, plural=False) or phrases.next_word(after) in ("report", "use", "have")
    if not prefer.person:
        plural = True
    new = prefer.people if plural else prefer.person
    return plural, new or (
        None
        if plural and prefer.person
        else f"people {prefer.person_after}"
        if plural and prefer.person_after
        else None
    )


def _plain(entry: Entry, before: str, surface: str, after: str) -> shapes.Done:
    """A term for a condition, an act or a thing, put in its place; one with words behind its noun may not modify another."""
    new = forms.term_for(entry, surface)
    if new is None or surface.endswith("suicides"):
        return None
    if forms.is_verb_entry(entry) or _PREPOSITION_LAST.search(new) or entry.prefer.term is None:
        return before, new, after
    if not shapes.agrees(before, forms.is_plural(entry, surface), new):
        return None
    modifies = not phrases.ends_phrase(after, forms.is_plural(entry, surface))
    if modifies and _is_people(phrases.next_word(after)):
        return None
    if modifies and _IS_LONG.search(new) and (turned := shapes.turned(before, new, after)):
        return turned
    if _IS_LONG.search(new) and (modifies or phrases.is_joined(after) or re.match(r"\s+(?:to|into|of|with)\b", after)):
        return None
    if _SUBSTANCE_AND.search(before + "and ") and new.startswith(("substance ", "drug ")):
        return None  # "opioid substance dependence"
    if _SUBSTANCE_AND.search(before) and new.split()[0].lower() != surface.split()[0].lower():
        return None  # "substance or alcohol abuse": the words share a noun
    if _IS_LONG.search(new) and re.search(r"\b(?:and|or)\s+other\s+$", before):
        return None
    if _IS_LONG.search(new) and entry.inflect == "noun" and not phrases.may_precede_people(before):
        return None
    if after[:1] in ("'", "’") and " " in new:
        return None
    return shapes.followed(before, new, after)


def _is_people(word: str) -> bool:
    return phrases.people_behind(" " + word) is not None
