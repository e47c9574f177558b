"""What the words on a journal page give away: captions, numbered and run-in headings, addresses, licences.

Only words are looked at here; `typography` looks at type and `roles` at both.
"""

from __future__ import annotations

import re

from lang_audit.model import SectionKind
from lang_audit.sources.headings import section_kind

SENTENCE_END = re.compile(
    r"(?:[.!?:;][\"”’'»)\]]*(?:\s?(?!\((?:19|20)\d\d\))[\[(]?\d[\d,;–−\s-]*[\])]?)?"
    r"|(?<!\bal)[.!?…”\"]\s?[–—-]?\s?[\[(](?![^()]*\b(?:19|20)\d\d)(?=[^()]*[^\W\d_]{2})[^()\[\]]{2,60}[\])]"
    r"|\((?![^()]*\b(?:19|20)\d\d)(?:[A-Z]\w*\s?\d*|(?:fe)?male|(?:wo)?man), [^()]{1,40}\))$"
)
"""The end of a sentence, closing quotes, citation numbers and the speaker of a quotation included: "(Woman, 61)"."""

END_MATTER = re.compile(
    r"contribut|interests?\b|disclos|declarations|availability|author (?:information|details)", re.IGNORECASE
)
"""Words of the headings that stand after a paper's text, whatever its sections were called."""

CAPTION = re.compile(
    r"(?P<what>(?:supplement(?:al|ary) |additional |extended data )?"
    r"(?:ta ?b ?l ?e|fig(?:ure|s)?|scheme|chart|box|panel|exhibit|plate)s?)\.?\s*"
    r"(?P<number>[A-Z]?\d{1,2}[A-Za-z]?|[IVX]{1,5})\b\s*(?P<mark>[.:|–—-]|$)?",
    re.IGNORECASE,
)
"""How a caption begins. "Table 1 shows ..." fits too: the caller looks at what follows."""

TABLE_CAPTION = re.compile(r"(?:supplement(?:al|ary) )?ta ?b ?l ?e ?(?:[A-Z]?\d{1,2}|[IVX]{1,5})\b", re.IGNORECASE)
"""The number of a table, letters spread by hand included."""

LATE_CAPTION = re.compile(r"^.{0,80}\b(?:Table|Figure) \d{1,2}(?: [A-Z]|$)")
"""A caption whose title was drawn before its number."""

MAIN_HEADING = re.compile(
    r"introduction|background|(?:patients |subjects |participants |materials? )?(?:and )?methods?|materials and methods|"
    r"methodology|experimental(?: section| procedures)?|results?|findings|results and discussion|discussion|comment|"
    r"conclusions?|references|literature cited|bibliography",
    re.IGNORECASE,
)
"""Headings of the main sections of a report, in words that no subsection uses."""

NUMBERED = re.compile(r"(?P<number>(?:\d{1,2}\.)*\d{1,2}|[IVX]{1,4})[.)]?\s+(?=[^\W\d_])")
"""The number of a heading."""

ABSTRACT_PART = re.compile(
    r"(?:study )?(?:background|context|introduction|rationale|aims?|objectives?|purpose|goals?|hypothesis|methods?|design|"
    r"setting|participants?|patients?|subjects|population|interventions?|measure(?:ment|s)?|(?:main )?outcomes?(?: measures?)?|"
    r"data sources?|data extraction|study selection|data synthesis|results?|(?:principal |main |key )?findings|discussion|"
    r"limitations?|conclusions?|interpretation|significance|implications|funding|(?:clinical )?trial registration(?: number)?|"
    r"registration|methodology|recommendations?|review methods|strengths and limitations.*|lay summary|clinical relevance|"
    r"importance|exposures?)(?:(?:,|/| and|,? &) .{3,40})?",
    re.IGNORECASE,
)
"""Headings inside a structured abstract."""

AFFILIATION = re.compile(
    r"universit|department|hospital|institut|school of|faculty|correspond|e-?mail|@|college of|address|received|accepted|"
    r"published|©|copyright|licen[sc]e|doi[: ]|https?://|editor",
    re.IGNORECASE,
)
"""Words of bylines, addresses and notices; many of them in few words make a block front matter."""

NOTICE = re.compile(
    r"©|\bcopyright\b|creative commons|open access article|licensee|all rights reserved|correspond(?:ence|ing author)|e-?mail|"
    r"^\W*(?:\d{4} the authors?|received|accepted|published|edited by|reviewed by|citation|academic editor|cite this article|"
    r"how to cite|to cite this|specialty section|article history|full list of author)\b|equal contribut|contributed equally|"
    r"pre-publication history|submit your (?:next )?manuscript|publish with|peer review",
    re.IGNORECASE,
)
"""Licences, dates, addresses for correspondence and publishers' advertisements."""

JOURNAL_NAME = re.compile(
    r"\b(?:journal|archives?|annals|proceedings|bulletin|acta|BMC|transactions|gazette|open access)\b", re.IGNORECASE
)
"""Words of journals' names, which first pages print as large as titles."""

FRONT_RUN_IN = re.compile(r"(?:abstract|summary|key ?words?|index terms)\s*[:.—–-]", re.IGNORECASE)
"""A run-in heading that a first page may set in small type."""

BULLET = re.compile(r"[•▪■●◦‣➢►▶◆◇○✓*\ufffd-]\s+\S|\(?(?:[ivx]{1,4}|[a-h]|\d{1,2})\)\s+\S")
"""The beginning of a list item."""

COUNT = re.compile(r"\bn ?= ?\d", re.IGNORECASE)
"""How many people: what the boxes of a flow chart end with."""

YEAR = re.compile(r"\b(?:1[89]\d\d|20[0-4]\d)[a-z]?\b")
"""A year as references give it."""

_RUN_IN = re.compile(
    r"(?P<head>abstract|summary|key ?words?(?: and phrases)?|index terms|introduction|background|aims?|objectives?|purpose|"
    r"(?:patients|materials|subjects)? ?(?:and )?methods?|results?|findings|conclusions?|acknowledge?ments?|funding|"
    r"financial support|(?:competing|conflicts? of|declaration of) interests?|conflict of interest statement|"
    r"authors?['’]? contributions?|data availability(?: statement)?|ethics(?: statement| approval)?)"
    r"\s*(?P<mark>[:—–]|\.(?=\s+[A-Z])|-\s)",
    re.IGNORECASE,
)


def plain(text: str) -> str:
    """Letters and digits alone, case folded: for comparing titles."""
    return re.sub(r"[\W_]+", "", text.casefold())


def ends_sentence(text: str) -> bool:
    """Whether a text ends as sentences do. Most lines end in a letter, as none of these ends: the pattern need not be asked."""
    return not text[-1:].isalpha() and SENTENCE_END.search(text) is not None


def bare_heading(text: str) -> str:
    """A heading without its number and closing mark."""
    return NUMBERED.sub("", text, count=1).strip(" .:")


def run_in_heading(text: str, lead: int) -> tuple[str, SectionKind] | None:
    """The heading at the start of a paragraph ("Results. We ...") and its kind, or None.

    `lead` is the number of characters at the start that are set in another face, 0 where there are none.
    """
    head = text[:lead].strip(" .:—–-")
    if head and (kind := section_kind(head)):
        return head, kind
    if (found := _RUN_IN.match(text)) and found.end() < len(text) and (kind := section_kind(found["head"])):
        return found["head"], kind
    return None
