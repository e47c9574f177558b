"""The report's plain words for the model's codes, and how a paper, a term or a guideline is named to a reader.

Every sentence that a template shares with another template stands here once. Pure: strings and records in, strings out.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from pathlib import PurePath
from typing import Final

from lang_audit.codebook import Part
from lang_audit.model import Metadata, SectionKind, Severity, Strength, Usage, VerdictLabel, VerdictRule
from lang_audit.report.citing import short_names
from lang_audit.verdict import MIXED_FROM, PERSON_FIRST_FROM

SECTIONS: Final[dict[SectionKind, str]] = {
    "title": "Title",
    "abstract": "Abstract",
    "keywords": "Keywords",
    "introduction": "Introduction",
    "methods": "Methods",
    "results": "Results",
    "discussion": "Discussion",
    "conclusion": "Conclusion",
    "table": "Table",
    "caption": "Caption",
    "funding": "Funding",
    "acknowledgements": "Acknowledgements",
    "references": "Reference list",
    "appendix": "Appendix",
    "other": "Other text",
}

SEVERITIES: Final[dict[Severity, tuple[str, str]]] = {
    "pejorative": ("Pejorative", "insults or demeans people"),
    "stigmatising": ("Stigmatising", "ties people to blame, or to a condition as if that were all they are"),
    "outdated": ("Outdated", "once accepted; current guidance asks for other words"),
}

USAGES: Final[dict[Usage, tuple[str, str]]] = {
    "author": ("The authors’ own words", "The authors use the term in their own voice."),
    "quoted": ("Quoted words", "The words are someone else’s, quoted: a participant’s, or those of another text."),
    "cited-title": ("Titles of cited works", "The term stands in the title of a work that the paper cites."),
    "name": (
        "Names",
        "The term is part of a name: an organisation, journal, law, programme, cohort, scale or index term.",
    ),
    "mentioned": (
        "The word under discussion",
        "The authors talk about the word itself; they do not call anybody by it.",
    ),
    "diagnosis": ("Diagnostic categories", "The term names a category of a diagnostic manual, and is given as such."),
    "search": ("Search terms and keywords", "The term is part of a search string or a list of keywords."),
    "other-sense": ("Another meaning", "The same letters mean something else here."),
    "behaviour": ("The act, not the person", "The phrase or acronym names what is done, not who does it."),
    "self-named": ("People’s own name for themselves", "People chose this name for themselves or their movement."),
}

VERDICTS: Final[dict[VerdictLabel, tuple[str, str]]] = {
    "person-first": ("Person-first", "The authors name people first, before a condition or a behaviour."),
    "mixed": ("Mixed", "Person-first wording and labels of people stand side by side."),
    "not person-first": ("Not person-first", "The authors mostly name people by a label."),
    "no person reference": (
        "No person reference",
        "Neither person-first wording nor a flagged label of people was found.",
    ),
}

# The strict rule needs one label only, so "mostly" would be untrue of it.
ANY_TERM_HELD: Final = "The authors use at least one term of the profile."
ANY_TERM_FREE: Final = "The authors use no term of the profile."
STRICT_NOT_PERSON_FIRST: Final = "The authors name people by a label at least once."

_FROM, _MIXED = round(PERSON_FIRST_FROM * 100), round(MIXED_FROM * 100)

RULES: Final[dict[VerdictRule, str]] = {
    "majority": (
        "The person-first share is the number of person-first mentions divided by person-first mentions plus flagged "
        f"labels of people. From {_FROM}% up, with no pejorative term, the paper is person-first; under {_MIXED}% it "
        "is not person-first; between the two it is mixed. With neither kind of mention there is nothing to judge: no "
        "person reference."
    ),
    "strict": (
        "Any flagged label of people, even one, makes the paper not person-first. This is the rule of the published "
        "audits. With neither a flagged label nor a person-first mention there is nothing to judge: no person "
        "reference."
    ),
    "any-term": (
        "Any flagged term of the profile, even one, makes the paper not adherent, whether it names people or not. A paper "
        "without one adheres. This is how the published audits count."
    ),
}

# Where the rule changes its verdict, in per cent of the share: the marks on the bar.
THRESHOLDS: Final[dict[VerdictRule, tuple[int, ...]]] = {"majority": (_MIXED, _FROM), "strict": (), "any-term": ()}

LIMITS: Final[tuple[str, ...]] = (
    "It reads words, not intentions. A paper can be respectful and hold a flagged term, or harm people without one.",
    "It finds only terms that its lexicon lists, and only English ones. Silence about a word is no approval of it.",
    "How a word is used is decided by rules, from the words nearby. Some quotations, names and other meanings will be "
    "misjudged; the words that decided are shown so that you can check.",
    "The text comes from the file as it is. Figures, scanned pages and broken text layers are not read, and page "
    "numbers are those of the file, which may differ from the printed ones.",
    "Communities do not all agree about words. Where they are known not to, the term is listed for you to decide.",
    "A suggested wording is made by rule for one sentence. Read it in place before you use it.",
)

# Strongest first: the order in which evidence is shown.
STRENGTHS: Final[dict[Strength, tuple[str, str]]] = {
    "reported": ("Reported", "found or done in this study"),
    "aimed": ("Aimed at", "hoped for or planned"),
    "background": ("Background", "told of other work"),
}

PARTS: Final[dict[Part, tuple[str, str]]] = {
    "intervention": ("I", "Intervention"),
    "context": ("C", "Context"),
    "mechanism": ("M", "Mechanism"),
    "outcome": ("O", "Outcome"),
}

CODING: Final[tuple[tuple[str, str], ...]] = (
    (
        "Codes",
        "A code is given where a sentence holds the evidence that the codebook asks for. The words that gave it are "
        "marked, and those that decided it are told, so that each line can be kept or struck out by hand.",
    ),
    (
        "Strength",
        "Reported: found or done in this study. Aimed at: hoped for or planned. Background: told of other work. A sentence "
        "with several marks has the strength of its strongest.",
    ),
    (
        "Configurations",
        "Stated: the text itself links the parts, in a sentence or its neighbour. Side by side: the parts stand in one "
        "passage and no link is stated; that is a place to read, not a finding. A configuration is as strong as its "
        "weakest part.",
    ),
    (
        "Not found",
        "The evidence was looked for and no sentence held it. The paper may still say it in words that the codebook lacks, "
        "or in a figure.",
    ),
    (
        "Study",
        "What the text says of itself, with the sentence. Where it does not say, nothing is guessed. Regions and income "
        "groups are the World Bank’s, by country.",
    ),
)


def verdict_words(label: VerdictLabel, rule: VerdictRule) -> tuple[str, str]:
    """The verdict as (label, one plain sentence); the sentence is true under `rule`."""
    name, sentence = VERDICTS[label]
    if rule == "strict" and label == "not person-first":
        sentence = STRICT_NOT_PERSON_FIRST
    if rule == "any-term":
        sentence = ANY_TERM_HELD if label == "not person-first" else ANY_TERM_FREE
    return name, sentence


def percent(part: int, whole: int) -> str:
    """`part` of `whole` in whole per cent, rounded down: 79.9% must not look like the 80% that it does not reach."""
    return f"{100 * part // whole}%"


def squeeze(text: str) -> str:
    """`text` with line breaks and runs of blanks as one blank, as a reader sees it on the page."""
    return re.sub(r"\s+", " ", text)


def surface(forms: Iterable[str]) -> list[tuple[str, int]]:
    """Surface forms with their counts, most frequent first. Forms that differ by case only count as one, in lower case
    where that occurs, so that a word at the start of a sentence adds nothing new."""
    counts: Counter[str] = Counter()
    shown: dict[str, str] = {}
    for form in forms:
        text = squeeze(form).strip()
        key = text.casefold()
        counts[key] += 1
        shown[key] = max(shown.get(key, text), text)  # lower case sorts after upper case
    return [(shown[key], n) for key, n in sorted(counts.items(), key=lambda item: (-item[1], item[0]))]


def spoken(identifier: str) -> str:
    """An identifier as words: "role-model" becomes "role model"."""
    return re.sub(r"[-_]+", " ", identifier)


_ACRONYMS: Final = {"rct": "RCT", "rcts": "RCTs", "rds": "RDS", "cbpr": "CBPR", "nrsi": "NRSI"}
_KEPT_HYPHEN = re.compile(r"\b(quasi|cross|non|pre|semi|meta|case(?=-c))-")
_NAMES_BEYOND_ISO: Final = {"XK": "Kosovo"}


def design_name(identifier: str) -> str:
    """A study design by its id, for a reader: "cluster-rct" becomes "cluster RCT", "cross-sectional" stays."""
    words = _KEPT_HYPHEN.sub("\\1\0", identifier).replace("-", " ").replace("\0", "-").split()
    return " ".join(_ACRONYMS.get(word, word) for word in words)


def country_name(code: str) -> str:
    """The everyday English name of an ISO 3166 country; the code itself where there is none."""
    import pycountry  # slow to import, and needed for papers with a country only

    country = pycountry.countries.get(alpha_2=code)
    if country is None:
        return _NAMES_BEYOND_ISO.get(code, code)
    # "Congo, The Democratic Republic of the" is an order for lists.
    last, _, first = getattr(country, "common_name", country.name).partition(", ")
    return f"{first} {last}".strip()


def sentence_case(text: str) -> str:
    """`text` with a capital at its start, and the rest as it is."""
    return text[:1].upper() + text[1:]


def short_name(metadata: Metadata | None, path: str) -> str:
    """What a reader calls the paper: author and year where known, else its title, else the name of its file."""
    if metadata and (names := short_names(metadata)):
        return f"{names} {metadata.year}" if metadata.year else names
    if metadata and metadata.title:
        return squeeze(metadata.title).strip()
    return PurePath(path).name or path or "unnamed input"


def web_address(identifier: str) -> str | None:
    """The address that an identifier holds: its DOI as a link, else its first http(s) URL, else None."""
    doi = re.search(r"(?:doi:\s*|doi\.org/)(10\.\d{4,9}/[^\s;,]+)", identifier, re.IGNORECASE)
    if doi:
        return f"https://doi.org/{doi[1].rstrip('.')}"
    url = re.search(r"https?://[^\s;,<>\"']+", identifier)
    return url[0].rstrip(".") if url else None
