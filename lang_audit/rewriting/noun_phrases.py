"""What stands around a term: whether it modifies another noun, which people an adjective goes with, what is possessed.

There is no parser here. Closed-class words and endings decide, so that the answer is the same for a sentence from a
table, a heading or a PDF with broken lines; where they leave doubt, the answer is no.
"""

from __future__ import annotations

import re
from dataclasses import dataclass


def words(text: str) -> frozenset[str]:
    """A list of words, written as one text."""
    return frozenset(text.split())


DETERMINERS = words(
    "a an the this that these those each every any some no another either neither both all most many few "
    "several such other my your his her its our their whose which what"
)
_PREPOSITIONS = words(
    "in of on at by from to for with without than as during after before among amongst between into through "
    "about per versus vs under over within against across toward towards until since despite regarding "
    "concerning like unlike including upon via around throughout following compared because if when while "
    "whilst whereas where though although unless whether"
)
_PRONOUNS = words("who whom they them we us he she it i you themselves himself herself there here")
_AUXILIARIES = words(
    "is are was were be been being am has have had do does did may can could might will would should must shall cannot"
)
_NUMBERS = words(
    "one two three four five six seven eight nine ten eleven twelve fifteen twenty thirty forty fifty hundred "
    "thousand million half third quarter majority minority number numbers total more fewer less least"
)
_ADVERBS = words(
    "not also often only still never always just even very too well then now however therefore thus "
    "respectively together alone ever once again yet already especially particularly mainly mostly first later "
    "earlier sometimes soon almost nearly"
)
_CONJUNCTIONS = words("and or nor but & so")
CLOSED = DETERMINERS | _PREPOSITIONS | _PRONOUNS | _AUXILIARIES | _NUMBERS | _ADVERBS | _CONJUNCTIONS

# Verbs that stand before or behind people in papers; their third person and past follow from these forms.
_VERBS = words(
    "ask help treat recruit include exclude compare identify see reach engage support teach train encourage "
    "serve link test screen interview follow show tell give make let allow enable need want require involve "
    "affect represent describe define report say come go take become receive enter attend die complete lack "
    "tend live seek use inject smoke drink feel think know find get keep suffer experience remain continue "
    "differ prefer refuse fail visit leave stay start stop quit return work believe cite choose perceive view "
    "mention account constitute comprise enrol enroll reflect offer provide target stigmatise stigmatize "
    "criminalise criminalize understand face access share begin try consider appear seem agree know meet"
)
_PAST = words(
    "grew rose fell wore ran drew lost paid taught wrote led held sat stood sold bought brought caught fought "
    "sought spoke ate drove slept won hid put set sent spent built threw shrank came went took made became "
    "said told gave saw left felt thought knew found got kept met chose began"
)
# Nouns that a label before them modifies even where it stands in the plural, and that look like verbs.
_COMPOUND_HEADS = words(
    "group groups population populations status sample samples cohort cohorts community communities network "
    "networks service services clinic clinics programme programmes program programs care care-givers "
    "caregivers family families household households organisation organization organisations organizations "
    "union unions data health research arm arms condition subgroup subgroups category categories effect "
    "effects analysis design"
)
_NOT_PARTICIPLES = words("related based specific bed need speed seed centred centered oriented feed breed")
_TOKEN = r"[^\W_][\w'’\-‐-–/]*"
_NEXT = re.compile(rf"\s+({_TOKEN})")
_LAST = re.compile(r"(\S+)\s+$")

_SINGULAR_PEOPLE = words(
    "person individual man woman child adult adolescent youth infant baby newborn mother father parent partner "
    "spouse husband wife patient inpatient outpatient in-patient out-patient client participant volunteer "
    "veteran student pupil worker resident respondent male female boy girl teenager member donor carer "
    "caregiver survivor recipient sibling migrant refugee immigrant employee soldier nurse user smoker drinker "
    "prisoner inmate offender driver peer customer"
)
_PLURAL_PEOPLE = words(
    "people persons individuals men women children adults adolescents youth youths infants babies newborns "
    "mothers fathers parents partners spouses husbands wives patients inpatients outpatients in-patients "
    "out-patients clients participants volunteers veterans students pupils workers residents respondents males "
    "females boys girls teenagers members donors carers caregivers survivors recipients siblings relatives "
    "migrants refugees immigrants employees soldiers nurses users smokers drinkers prisoners inmates offenders "
    "drivers peers customers subjects addicts MSM PWID PWUD FSW FSWs CSWs MSW MSWs IDUs couples families "
    "seniors elders"
)
GROUPS = words(
    "population populations group groups cohort cohorts community communities subgroup subgroups sample "
    "samples network networks"
)
_ALL_PEOPLE = "|".join(sorted(_SINGULAR_PEOPLE | _PLURAL_PEOPLE | GROUPS, key=len, reverse=True))
_PEOPLE = re.compile(rf"\s+(?P<words>(?:{_TOKEN}\s+){{0,3}}?)(?P<noun>{_ALL_PEOPLE})(?![\w\-‐-–/])", re.IGNORECASE)
_POSSESSED = re.compile(rf"\s+(?P<first>{_TOKEN})(?:(?P<gap>\s+)(?P<second>{_TOKEN}))?")
_NOUN_ENDING = re.compile(r"(?:tion|sion|ment|ness|ity|ance|ence|ship|hood|ism|cy|ure|age|al|or|er|th|our|ior)$")
_VERB_ENDING = re.compile(r"(?:[^s]ed|ly)$")


def next_word(after: str) -> str:
    """The word right behind a term, in lower case; empty where a sign or nothing follows."""
    found = _NEXT.match(after)
    return found[1].lower() if found else ""


def last_word(before: str) -> str:
    """What stands right before a term, with its punctuation; empty at the start."""
    found = _LAST.search(before)
    return found[1] if found else ""


def _is_verb(word: str) -> bool:
    stems = {
        word,
        word.removesuffix("s"),
        word.removesuffix("es"),
        word.removesuffix("ing"),
        word.removesuffix("ing") + "e",
    }
    return bool(stems & _VERBS) or word in _PAST


def ends_phrase(after: str, plural: bool) -> bool:
    """Whether a noun phrase is complete at the place before `after`: it does not modify a noun behind it.

    A plural rarely modifies a noun, so that an unknown word behind it is a verb ("smokers tend"); behind a singular it is a noun.
    """
    word = next_word(after)
    if not word or word in CLOSED:
        return not after[:1].isalnum()
    if word in _COMPOUND_HEADS:
        return False
    if plural:
        return True
    return (
        (bool(_VERB_ENDING.search(word)) or _is_verb(word))
        and word not in _NOT_PARTICIPLES
        and not word.endswith("-based")
    )


def is_possessive(surface: str, after: str, before: str) -> str | None:
    """The apostrophe that makes the term a possessor, or None: "addicts' " and "addict's", but no closing quotation mark."""
    if surface.endswith(("'", "’", "'s", "’s")):
        return ""
    sign = re.match(r"['’]s?(?=\s+\w)", after)
    if sign is None:
        return None
    quoted = sign[0] in "'’" and re.search(r"['‘][^'‘’]*$", before)
    return None if quoted else sign[0]


@dataclass(frozen=True)
class People:
    """The people that an adjective goes with: their noun with what stands before it, and where the noun phrase ends."""

    phrase: str
    noun: str
    length: int

    @property
    def group(self) -> bool:
        """Whether the noun is a word for a body of people."""
        return self.noun.lower() in GROUPS

    @property
    def plural(self) -> bool:
        """Whether the noun stands for several people."""
        return self.noun in _PLURAL_PEOPLE or self.noun.lower() in _PLURAL_PEOPLE


def people_behind(after: str) -> People | None:
    """The people whom an adjective before `after` describes ("Kenyan mothers"), or None where no such noun follows it."""
    found = _PEOPLE.match(after)
    while found:
        before_it = found["words"].split()
        if any(word.lower() in CLOSED or word.endswith(("'", "’")) or re.search(r"['’]s$", word) for word in before_it):
            return None
        people = People(" ".join([*before_it, found["noun"]]), found["noun"], found.end())
        rest = after[found.end() :]
        longer = _PEOPLE.match(rest)
        # "HIV-infected patient population": the last noun is the head.
        if longer and not longer["words"] and not people.plural and not people.group:
            return People(f"{people.phrase} {longer['noun']}", longer["noun"], found.end() + longer.end())
        return people
    return None


def possessed(after: str) -> re.Match[str] | None:
    """What belongs to a possessor before `after`, as far as its end is sure: "families", "drug use"; group 0 is its extent."""
    found = _POSSESSED.match(after)
    if found is None or found["first"].lower() in CLOSED or _VERB_ENDING.search(found["first"]):
        return None
    one = re.compile(rf"\s+{re.escape(found['first'])}(?![\w\-])").match(after)
    found_both = re.compile(rf"\s+{re.escape(found['first'])}\s+{re.escape(found['second'] or '')}(?![\w\-])").match(
        after
    )
    second = (found["second"] or "").lower()
    is_plural = re.search(r"[^s]s$", found["first"]) and not found["first"].endswith(("ous", "us", "is"))
    if not second or second in CLOSED or is_plural or _is_verb(second) or _VERB_ENDING.search(second):
        end = one
    elif re.search(r"[^s]s$", second):
        # "the user's risk peaks in": a verb as likely as a plural, unless a verb follows.
        rest = next_word(after[found.end() :])
        sure = not rest or rest in _AUXILIARIES or _is_verb(rest) or _VERB_ENDING.search(rest)
        end = found_both if sure else None
    elif _NOUN_ENDING.search(second):
        end = found_both
    else:
        return None
    if end is None:
        return None
    rest = after[end.end() :]
    return None if next_word(rest) == "of" or is_joined(rest) or (rest[:1] in "'’-/" and rest) else end


def is_joined(after: str) -> bool:
    """Whether "and" or "or" joins another noun on, so that words put behind the first would seem to govern the second too."""
    found = re.match(rf"\s*(?:and|or|&|and/or|versus|vs\.?|nor)\s+({_TOKEN})", after, re.IGNORECASE)
    if found is None:
        return False
    word = found[1].lower()
    if (word.startswith(("non", "un-", "un")) and not word.startswith(("uni", "until"))) or re.match(
        r"(people|persons?|those|who)$", word
    ):
        return False
    return not (word in CLOSED or _VERB_ENDING.search(word) or word in _PAST or word.endswith("ing"))


# Words before a label that describe the person, so that they may stand before "people who ..." as well.
_OF_PERSONS = words(
    "young younger old older middle-aged pregnant homeless incarcerated Black White Asian Latino Latina "
    "Hispanic Indigenous local rural urban poor rich unemployed employed married single gay bisexual lesbian "
    "transgender eligible potential healthy ill sick deceased dead dying living alive disabled Thai Māori "
    "Maori Arab Scottish foreign vulnerable"
)
_OF_THE_ACT = words(
    "daily weekly monthly yearly hourly early self-reported confirmed dedicated experienced registered "
    "established convicted hardened so-called "
    "supposed admitted reported recovering using injecting practising practicing existing continuing "
    "persisting aspiring ageing smoking drinking hospitalised hospitalized diagnosed detoxified sentenced "
    "seasoned advanced mixed matched unmatched sustained dependent"
)
HEADS_BEFORE = {
    "male": ("man", "men"),
    "female": ("woman", "women"),
    "adult": ("adult", "adults"),
    "adolescent": ("adolescent", "adolescents"),
    "teenage": ("teenager", "teenagers"),
    "women": ("woman", "women"),
    "men": ("man", "men"),
}


def may_precede_people(before: str) -> bool:
    """Whether what stands before a label may stand before "people who ..." as well.

    Determiners, prepositions, verbs and words for what a person is may; words for how the act is done ("recent") may not.
    """
    word = last_word(before)
    if not word or word[-1] in ',;:)]”"(—–.|•=<>':
        return True
    bare = word.strip("“”\"'‘’([").rstrip("’'")
    lower = bare.lower()
    if word.endswith("%") or word.endswith(("'s", "’s")):
        return False
    if lower in ("and", "or", "&", "and/or", "versus", "vs", "vs."):
        return _joins_phrases(before)
    if lower in CLOSED or bare in _OF_PERSONS or lower in _OF_PERSONS or re.fullmatch(r"[\d,.]+", bare):
        return True
    if lower in _OF_THE_ACT:
        return False
    return bool(
        _is_verb(lower)
        or re.search(r"(?:[^s]ed|ly|ing)$", lower)
        or re.search(
            r"-(?:positive|negative|infected|uninfected|old|aged|born|na[iï]ve|income|affected|treated)$", lower
        )
        or (bare[:1].isupper() and re.search(r"(?:an|ese|ish)$", bare))
    )


def _joins_phrases(before: str) -> bool:
    """Whether "and" before a label joins a noun phrase to it ("prisoners and addicts"), not a modifier ("heroin and")."""
    first = re.search(r"(\S+)\s+\S+\s+$", before)
    if first is None:
        return True
    word = first[1].strip("“”\"'()").lower()
    return bool(
        re.search(r"[,;)]$", first[1])
        or re.search(r"[^s]s$", word)
        or word in ("people", "men", "women", "children", "youth")
    )


def is_list_of_adjectives(before: str) -> bool:
    """Whether the words before an adjective run on to it by comma or "and", so that it cannot leave its place alone."""
    word = last_word(before)
    lower = word.strip("“”\"'()").lower()
    if lower in ("and", "or", "&", "and/or", "vs", "vs.", "versus", "nor", "but"):
        return True
    if word.endswith(","):
        if re.search(r"\ban?\s+(?:[\w\-]+,?\s+){1,4}$", before):
            return True  # "an underrepresented, diverse, ..."
        return bool(re.search(r"(?:al|ive|ous|ic|less|ful|ant|ent|ed|ing|na[iï]ve|poor|young|old|able|-\w+),$", lower))
    return False
