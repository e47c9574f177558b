"""Where a ready phrase would say something else: leave out a substance or who the people are, make a use of a disorder."""

from __future__ import annotations

import re

from lang_audit.lexicon import Entry
from lang_audit.model import Finding
from lang_audit.rewriting.sentence_shapes import has_article

_SUBSTANCE = re.compile(
    r"alcohol|amphetamine|benzodiazepine|cannabi|cocaine|codeine|crack|ecstasy|fentanyl|hallucinogen|heroin|inhalant|ketamine|"
    r"marijuana|methadone|morphine|nicotine|opi(?:oid|ate)|opium|oxycodone|sedative|steroid|stimulant|tobacco"
)
_WHO = re.compile(
    r"(?<![a-z])(?:adolescent|adult|black|boy|child|elder|female|girl|juvenile|male|man|men|native|old|older|pregnant|rural|state|"
    r"teen|urban|veteran|white|woman|women|young|youth)"
)
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
    r"\b(?:with|histor(?:y|ies) of|lifetime|current|past|past-\w+|co-?morbid|diagnos\w+|recover\w+ from|"
    r"(?:symptom|episode|problem|prevalence|criteria|evidence|suspicion)s? (?:of|for))\s+(?:(?!and\b)[\w'’-]+[\s,/]+){0,4}$",
    re.IGNORECASE,
)
_OR_WORSE = re.compile(
    r"\s*(?:,|/|and|or|and/or)\s+(?:\w+\s+)?(?:dependen|addict|withdrawal|depress|psychos|pregnan)", re.IGNORECASE
)
_DEGREE = re.compile(r"severe|regularly|chronic")
# Phrases that no longer stand where a noun without an article stood.
_OTHER_GRAMMAR = re.compile(r"(?:not|having|being|taking|to)\s|.*\buses$")
_ONE_OF_MANY = re.compile(r"\b(?:test|result|sample|attempt|event|episode|person|man|woman)$")
# "is not a drug of abuse": what something is called is not said by the plainer words.
_SAID_TO_BE = re.compile(r"\b(?:is|are|was|were|as)\s+(?:not\s+)?(?:an?\s+)?$", re.IGNORECASE)
_JOINED = re.compile(r"\s*(?:and|or|and/or|/)\s+([\w-]+)")
_OPEN_WORD = re.compile(r"[-‐-–/]\)\s*$")


def says_other(entry: Entry, finding: Finding, new: str, *, in_title: bool = False) -> bool:
    """Whether the words `new` say something else in this place than the term, besides what is wrong with it."""
    old, folded = finding.text.casefold(), new.casefold()
    start = finding.start - finding.sentence_start
    before, after = finding.sentence[:start], finding.sentence[start + len(finding.text) :]
    if _leaves_out_words(entry, old, folded) or _OPEN_WORD.search(before) or (not in_title and _in_a_name(before)):
        return True
    if any(word not in old for word in _DEGREE.findall(folded)) or _OTHER_GRAMMAR.match(folded):
        return True
    if _ONE_OF_MANY.search(folded) and not (has_article(before) or old.startswith(("a ", "an ", "the "))):
        return True
    joined = _JOINED.match(after)
    if joined and folded.endswith(joined[1].casefold()):
        return True  # "a suicide gesture or attempt"
    if "aids" in old and "hiv" not in old and "aids" not in folded:
        return True
    if entry.prefer.term and not entry.names_people and _SAID_TO_BE.search(before):
        return True
    if "abuse" not in old or not re.search(r"\buse$", folded):
        return False
    listed = before.rstrip().endswith(",") and after.startswith(",")
    return listed or bool(_MORE_THAN_USE.search(before) or _OR_WORSE.match(after))


def _in_a_name(before: str) -> bool:
    """Whether the longer words right before a term are capitalised, as in the name of a programme."""
    words = [word for word in re.findall(r"[^\W\d_][\w'’-]*", before)[1:][-4:] if len(word) > 3]
    return len(words) > 1 and all(word[0].isupper() for word in words)


def _leaves_out_words(entry: Entry, old: str, new: str) -> bool:
    """Whether the new words leave out a substance, whom the term is of, or a word that its entry does not need."""
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
