"""Who is a peer in a text: job titles, what the paper's own acronyms stand for, and bare "peers" where they are no classmates."""

from __future__ import annotations

import re
from collections.abc import Mapping

from lang_audit.detection.evidence_patterns import (
    Found,
    Pattern,
    PatternScanner,
    Sentence,
    compile_pattern,
    matches,
)
from lang_audit.vocabulary import WordClass

PEER, PERHAPS, BARE, AGE_MATES = "<peer>", "<perhaps-peer>", "<bare-peer>", "<age-mate>"
_OWNED = re.compile(
    r"\b(?:their|his|her|your|whose|same[- ]age|same[- ]sex|deviant|school|non-?\w*ing)\s+$", re.IGNORECASE
)
_BEFORE = 16
# A helper of whom the text tells a life like the clients', and clients who are taken on as helpers.
# Then those who do it for others of their own kind, and those chosen from among the served.
_DESCRIBED = (
    "<helper> ...7 <lived-status>",
    "<own-people> ...4 <taken-on>",
    "<taken-on> ...3 <own-people>",
    "<ordinary-people> ...2 <hired-as>",
    "<helper> ...2 who|whose|whom ...8 themselves|herself|himself",
    "<helper> ...10 <from-among>",
    "<from-among> ...6 <taken-on>",
    "<taken-on> ...4 <from-among>",
    "<own-people> ...6 <helps-own> ...1 <own-kind>",
    "<own-people> ...12 as ...3 <helper>",
    "<gathering> ...1 <own-people>",
    "<own-people>|<helper> ...2 each_of_whom|all_of_whom|most_of_whom|both_of_whom ...8 <lived-status>|been_through|lived",
    "someone|somebody|man|woman|mother|others ...1 who ...2 been_through|gone_through|lived_through|come_through",
)
# Acronyms of which the text tells no more than that they are people who visit and accompany ("CMMs made home visits").
_WORKERS = re.compile(
    r"\b(?P<short>[a-z]?[A-Z]{2,5})s\b(?=(?:\s+(?:who|that|also|then|will|would|can|could|to|and))*\s+"
    r"(?:ma[dk]e|conduct(?:ed)?|d(?:o|id))?\s*(?:home visits|(?:visit|accompan|escort|befriend)\w*))"
    r"|\bhome visits (?:by|from|with) (?:the |a |an )?(?P<visitor>[a-z]?[A-Z]{2,5})s?\b"
)
# Professions and those served; read from a string, as a list would be long
_PROFESSIONS = frozenset(
    re.findall(r"\w+", "GP NP RN MD HCW HCP PCP RA MSM PWID PWUD PLHIV PLWH NGO CBO PHN CNM SW OT PT PI RCT DO PA FSW")
)


# One of these words stands in each of the descriptions above.
_TELLING = (
    "<lived-status>",
    "<taken-on>",
    "<from-among>",
    "<helps-own>",
    "<hired-as>",
    "<gathering>",
    "themselves|herself|himself",
    "been_through|gone_through|lived_through|come_through",
)


class Actors:
    """Adds to the class `peer` what only the text at hand can tell."""

    def __init__(self, classes: Mapping[str, WordClass]) -> None:
        self._described: tuple[Pattern, ...] = tuple(compile_pattern(text, classes) for text in _DESCRIBED)
        self.keys = frozenset({PEER, PERHAPS, BARE, AGE_MATES}).union(*(p.keys for p in self._described))
        self._titles = PatternScanner((), classes, (PEER,))

    def acronyms(self, definitions: Mapping[str, str]) -> frozenset[str]:
        """The short forms that stand for peers, of a paper's `definitions` (short form -> long form)."""
        return frozenset(short for short, long in definitions.items() if self._titles.find(long))

    def settle(
        self, text: str, found: Mapping[str, list[Found]], acronyms: frozenset[str], about_peers: bool | None
    ) -> dict[str, list[Found]]:
        """`found` with every peer of `text` under the class `peer`.

        `acronyms` are short forms for peers; `about_peers` says whether the paper is about them (None: only `text` is known).
        """
        peers = list(found.get(PEER, ()))
        visitors = {m["short"] or m["visitor"] for m in _WORKERS.finditer(text)} - _PROFESSIONS
        for short in acronyms | visitors:
            peers += [Found(m.start(), m.end()) for m in re.finditer(rf"\b{re.escape(short)}s?\b", text)]
        if any(key in found for key in _TELLING):
            whole = Sentence(text, 0, len(text), found)
            peers += [Found(p.start, p.end) for pattern in self._described for p in matches(pattern, whole)]
        known = bool(peers) or bool(about_peers)
        if known:
            peers += found.get(PERHAPS, ())
        if known or AGE_MATES not in found:
            peers += [
                place
                for place in found.get(BARE, ())
                if not _OWNED.search(text[max(0, place.start - _BEFORE) : place.start])
            ]
        settled = dict(found)
        if peers:
            settled[PEER] = _apart(peers)
        return settled


def _apart(places: list[Found]) -> list[Found]:
    """The places in order, a longer one in the place of those inside it."""
    kept: list[Found] = []
    for place in sorted(places, key=lambda p: (p.start, -p.end)):
        if not kept or place.end > kept[-1].end:
            kept.append(place)
    return kept
