"""Where a ready phrase would say something else: leave out a substance or who the people are, make a use of a disorder."""

from __future__ import annotations

import re

from lang_audit.lexicon import Entry
from lang_audit.model import Finding
from lang_audit.rewriting.sentence_shapes import has_article

_SUBSTANCE = re.compile(
    r"alcohol|amphetamine|benzodiazepine|cannabi|cocaine|codeine|crack|ecstasy|fentanyl|hallucinogen|heroin|inhalant|ketamine|"
    r"marijuana|methadone|morphine|nicotine|poly|opi(?:oid|ate)|opium|oxycodone|sedative|steroid|stimulant|tobacco|tranquil"
)
_WHO = re.compile(
    r"(?<![a-z])(?:adolescent|adult|black|boy|child|elder|female|girl|juvenile|male|man|men|native|old|older|pregnant|rural|state|"
    r"teen|urban|veteran|white|woman|women|young|youth)"
)
_WHICH = re.compile(r"inpatient|outpatient|\b(?:i{1,3}|[1-9])\b")  # "bipolar II patients"
_SAME = {
    "opiate": "opioid",
    "female": "wom",
    "male": "m",
    "juvenile": "young",
    "crack": "cocaine",
    "marijuana": "cannabi",
    "alcohol": "drink",
    "tobacco": "smok",
}
# "a history of alcohol or other drug abuse", "drug abuse and dependence": more than use.
_MORE_THAN_USE = re.compile(
    r"\b(?:with|histor(?:y|ies)(?: or \w+)? of|lifetime|current|past|past-\w+|co-?morbid|diagnos\w+|recover\w+ from|"
    r"(?:symptom|episode|problem|prevalence|criteria|evidence|suspicion)s? (?:of|for))\s+(?:(?!and\b)[\w'’-]+[\s,/]+){0,4}$",
    re.IGNORECASE,
)
_WORSE = re.compile(
    r"\s*(?:,|/|and|or|and/or)?\s+(?:\w+\s+)?(?:dependen|addict|withdrawal|depress|psychos|pregnan|remission|diagnos)",
    re.IGNORECASE,
)
_OF_SERVICES = re.compile(
    r"\s+(?:treatment|service|clinic|care|counsel|program|prevention|research|education|intervention|therapy|cent(?:er|re)|"
    r"agenc|facilit|provider|professional)",
    re.IGNORECASE,
)
_DEGREE = re.compile(r"severe|regularly|chronic")
# Phrases that no longer stand where a noun without an article stood.
_OTHER_GRAMMAR = re.compile(r"(?:not|having|being|taking|to)\s|.*\buses$")
_ONE_OF_MANY = re.compile(r"\b(?:test|result|sample|attempt|event|episode|person|man|woman)$")
# "is not a drug of abuse": what something is called is not said by the plainer words.
_SAID_TO_BE = re.compile(r"\b(?:is|are|was|were|as)\s+(?:not\s+)?(?:an?\s+)?$", re.IGNORECASE)
_CODED = re.compile(r"\b(?:ICD|DSM)\b|\bcoded?s?\b")
_NAME_BEHIND = re.compile(
    r"(?:\s+(?:of|and|on|for|in))*\s+[A-Z][a-z]{3,}\b(?:\s+(?:of|and|on|for|in))*\s+[A-Z][a-z]{2,}\b"
)
_JOINED = re.compile(r"\s*(?:and|or|and/or|/)\s+([\w-]+)")
# "(crack-) users", "Caucasian/White", "chronically psychotic patients", "the psychiatric or normal controls".
_RUNS_ON_BEFORE = re.compile(
    r"[-‐-–/]\)?\s*$|\b(?!(?:on|ear|fami|month|week|dai|year|eld)(?:er)?ly)[a-z]{3,}ly\s+$", re.IGNORECASE
)
_SHARED = re.compile(r"\b(?:and|or|nor|and/or|versus|vs\.?)\s+$")
_PASSES = re.compile(
    r"\s+(?:[\w-]+\s+){0,3}(?:acute|post-?operative|ischaemi|ischemi)", re.IGNORECASE
)  # not lived with
_SHARES_VERB = re.compile(r"[^.;]*(?:,|\band|\bor)\s+(?:\w+\s+){0,2}from\b")


def says_other(entry: Entry, finding: Finding, new: str, *, in_title: bool = False) -> bool:
    """Whether the words `new` say something else in this place than the term, besides what is wrong with it."""
    old, folded = finding.text.casefold(), new.casefold()
    start = finding.start - finding.sentence_start
    before, after = finding.sentence[:start], finding.sentence[start + len(finding.text) :]
    return (
        (finding.text[:1].isupper() and new[:1].islower())  # "Treatment for Substance abuse", as a programme is called
        or _leaves_out_words(entry, old, folded)
        or (not in_title and (_in_a_name(before) or _NAME_BEHIND.match(after) is not None))
        or _CODED.search(finding.sentence) is not None
        or f"non-{old}" in finding.sentence.casefold()
        or _reads_badly(old, folded, before, after)
        or (bool(entry.prefer.term) and not entry.names_people and _SAID_TO_BE.search(before) is not None)
        or _makes_use_of_abuse(old, folded, before, after)
    )


def _reads_badly(old: str, new: str, before: str, after: str) -> bool:
    """Whether the words around the term were chosen for it, and do not go with the new ones."""
    if _OTHER_GRAMMAR.match(new) or _RUNS_ON_BEFORE.search(before) or after.startswith("/"):
        return True
    if " " in old and (_SHARED.search(before) or before.rstrip().endswith(",")):  # "elderly, psychotic patients"
        return True
    if _ONE_OF_MANY.search(new) and not (has_article(before) or old.startswith(("a ", "an ", "the "))):
        return True
    joined = _JOINED.match(after)
    if joined and new.endswith(joined[1].casefold()):
        return True  # "a suicide gesture or attempt"
    if "risk" in old and "risk" not in new and re.match(r"\s+(?:for|of)\b", after):
        return True
    return old.endswith(" from") and (_SHARES_VERB.match(after) or _PASSES.match(after)) is not None


def _makes_use_of_abuse(old: str, new: str, before: str, after: str) -> bool:
    """Whether "use" would take the place of "abuse" where more than use is meant; services are for use, whatever it is."""
    if "abuse" not in old or not re.search(r"\buse$", new):
        return False
    if (before.rstrip().endswith(",") and after.startswith(",")) or _WORSE.match(after):
        return True
    if _MORE_THAN_USE.search(before):
        return True
    return not (old.startswith("substance") or _OF_SERVICES.match(after))


def _in_a_name(before: str) -> bool:
    """Whether the longer words right before a term are capitalised, as in the name of a programme."""
    last = re.split(r"[,;:.()]", before)[-1]
    words = [word for word in re.findall(r"[^\W\d_][\w'’-]*", last)[-4:] if len(word) > 3][-2:]
    return len(words) > 1 and all(word[0].isupper() for word in words)


def _leaves_out_words(entry: Entry, old: str, new: str) -> bool:
    """Whether the new words leave out a substance, whom the term is of or another word of it, or add a degree."""
    if any(word not in old for word in _DEGREE.findall(new)) or (
        "aids" in old and "hiv" not in old and "aids" not in new
    ):
        return True
    if set(_WHICH.findall(old)) - set(_WHICH.findall(new)):
        return True
    for pattern in (_SUBSTANCE, _WHO):
        if any(word not in new and _SAME.get(word, word) not in new for word in pattern.findall(old)):
            return True
    words = old.split()
    shortest = min((phrase.split() for phrase in entry.phrases), key=len, default=[])
    if not shortest or len(words) <= len(shortest):
        return False
    own = {_stem(word) for word in shortest}
    kept = {_stem(word) for word in re.findall(r"[\w-]+", new)}
    return any(_stem(word) not in own | kept for word in words if len(word) > 3)


def _stem(word: str) -> str:
    return re.sub(r"(?:ies|es|s|y)$", "", word.strip("'’"))[:6]
