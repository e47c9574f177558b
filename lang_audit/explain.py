"""An entry of the lexicon in words for people: what is wrong with a term, who says so, and what to write instead.

`describe` turns an entry into headed parts. The terminal (`as_text`) and the generated documentation pages print the same parts.
"""

from __future__ import annotations

import re
import textwrap
from collections.abc import Callable, Iterator
from typing import NamedTuple

from lang_audit.lexicon import Entry, Lexicon, Source, plain_form
from lang_audit.report.wording import SEVERITIES, USAGES

_SENSES = {
    "any": "",
    "noun": "Raised only where it is a noun that names people.",
    "person": "Raised only where it is said of people.",
    "substance": "Raised only where a drug, alcohol or tobacco is named in the same paragraph.",
    "substance-here": "Raised only where a psychoactive drug is named in the same sentence.",
    "human": "Raised only where it is said of humans, not of animals, cells or materials.",
    "people-subject": "Raised only where people are the subject, not studies, methods or plants.",
}
_LET_PASS = (
    "Quoted words, names, titles of cited works, named diagnoses, search terms, and places where the word itself is discussed "
    "are let pass, as for every term."
)
_STANDINGS = {
    "recommended": "recommended",
    "accepted": "accepted",
    "contested": "contested",
    "discouraged": "advised against",
}
_LINK = re.compile(r"https?://[^\s;,]+")
_DOI = re.compile(r"\bdoi:\s*(10\.\d{4,9}/\S+)", re.IGNORECASE)


class Line(NamedTuple):
    """One thing said in a part: the words, and the addresses where they can be read up."""

    words: str
    links: tuple[str, ...] = ()


class Part(NamedTuple):
    """A headed part of an explanation: `bullets` are printed as a list, the lines otherwise as paragraphs."""

    heading: str
    lines: tuple[Line, ...]
    bullets: bool = False


def describe(lexicon: Lexicon, key: str) -> list[Part]:
    """Everything that the lexicon says of the entry `key`, in the order in which a reader asks. Raises KeyError if unknown."""
    entry = lexicon.entries[key]
    parts = [
        _part("What is wrong", entry.why),
        _part("How serious", "{}: {}.".format(*SEVERITIES[entry.severity])),
        _part("What lang-audit does", *_decision(entry)),
        _part("Contested", entry.contested),
        Part("What to write instead", tuple(Line(words) for words in _instead(entry)), bullets=True),
        _part("Guidance", entry.prefer.guidance),
        Part("Guidelines", tuple(_guidelines(lexicon, entry)), bullets=True),
        Part("How guidance changed", tuple(_history(lexicon, entry)), bullets=True),
        Part("Words that it matches", tuple(Line(words) for words in _matches(entry))),
        Part("When it is let pass", tuple(Line(words) for words in _exceptions(entry)), bullets=True),
        _part("Known problems", entry.known_problems),
        Part("Raised", tuple(Line(sentence) for sentence in entry.examples.flag), bullets=True),
        Part("Let pass", tuple(Line(sentence) for sentence in entry.examples.pass_), bullets=True),
    ]
    return [part for part in parts if part.lines]


def title(entry: Entry) -> str:
    """The term as a heading: the entry's first phrase, or its id in words where it has token patterns only."""
    return entry.phrases[0] if entry.phrases else entry.id.replace("-", " ")


def brief(lexicon: Lexicon, key: str) -> str:
    """An entry in one line: the term, its key, how serious it is, and the first thing to write instead."""
    entry = lexicon.entries[key]
    prefer = entry.prefer
    instead = prefer.people or prefer.person or prefer.term or (prefer.person_after and f"people {prefer.person_after}")
    ask = ", a question" if entry.decision == "query" else ""
    return f"{title(entry)} ({key}): {entry.severity}{ask}" + (f"; rather “{instead}”" if instead else "")


def suggested_for(lexicon: Lexicon, words: str, most: int = 3) -> list[str]:
    """The terms instead of which the lexicon suggests exactly `words`: what to say to a person who asks about a good phrase."""
    wanted = plain_form(words)
    return [
        title(entry)
        for entry in lexicon.entries.values()
        for written in (entry.prefer.person, entry.prefer.people, entry.prefer.term)
        if written and plain_form(written) == wanted
    ][:most]


def as_text(lexicon: Lexicon, key: str, width: int, heading: Callable[[str], str] = str) -> str:
    """The explanation of an entry as plain text of `width` columns; `heading` may mark headings (bold on a terminal)."""
    entry = lexicon.entries[key]
    domain = lexicon.domains[key.split("/")[0]]
    written = [heading(title(entry)), _wrapped(f"{domain} · {key}", width, "")]
    for part in describe(lexicon, key):
        written += ["", heading(part.heading)]
        for line in part.lines:
            written.append(_wrapped(line.words, width, "  - " if part.bullets else "  "))
    return "\n".join(written) + "\n"


def links(source: Source) -> tuple[str, ...]:
    """The web addresses in a source's identifier, a DOI as an address of doi.org."""
    found = _LINK.findall(source.identifier)
    found += [f"https://doi.org/{doi.rstrip('.,;')}" for doi in _DOI.findall(source.identifier)]
    return tuple(dict.fromkeys(found))


def _wrapped(words: str, width: int, lead: str) -> str:
    return textwrap.fill(
        words, max(width, 30), initial_indent=lead, subsequent_indent=" " * len(lead), break_on_hyphens=False,
        break_long_words=False,
    )  # fmt: skip


def _part(heading: str, *words: str | None) -> Part:
    return Part(heading, tuple(Line(text) for text in words if text))


def _decision(entry: Entry) -> Iterator[str]:
    if entry.everyday:
        yield (
            "An everyday word of research papers. It is put to you as a question, and a profile can flag it or leave it alone."
        )
    elif entry.decision == "query":
        yield "Puts it to you as a question, because guidance is divided. By default it does not count against a paper."
    else:
        yield "Raises it as a finding where the authors use it in their own voice."
    if entry.names_people and entry.decision == "flag":
        yield "It is a label of people, so it counts in the verdict on a paper."
    if _SENSES[entry.sense]:
        yield _SENSES[entry.sense]
    if entry.acronym:
        yield (
            f"An acronym: read as this term where the paper explains it as {_quoted(entry.acronym.expands)}, or, in a paper that "
            f"explains nothing, where two of these stand in it: {_quoted(entry.acronym.domain)}."
        )
        if entry.acronym.behaviour:
            yield f"Let pass where it is explained as {_quoted(entry.acronym.behaviour)}: that names the act, not the person."


def _instead(entry: Entry) -> Iterator[str]:
    prefer = entry.prefer
    if prefer.person:
        yield f"for one person: {prefer.person}"
    if prefer.people:
        yield f"for several: {prefer.people}"
    if prefer.person_after:
        yield f"after a noun: women {prefer.person_after}"
    if prefer.term:
        condition = entry.category in ("condition", "behaviour", "treatment")
        yield f"for the {entry.category if condition else 'phrase'}: {prefer.term}"
    if not any((prefer.person, prefer.people, prefer.person_after, prefer.term)):
        yield "No ready phrase fits every sentence."


def _guidelines(lexicon: Lexicon, entry: Entry) -> Iterator[Line]:
    for field, unread in ((entry.sources, False), (entry.known_sources, True)):
        for name in field:
            source = lexicon.sources[name]
            known = " (known, not read)" if unread or source.evidence == "known" else ""
            yield Line(
                f"{source.issuer}, {source.title}, {source.year or source.years or 'no year'}{known}", links(source)
            )
    yield Line(f"First said in {entry.since}; an older paper gets a caveat, not another verdict.")


def _history(lexicon: Lexicon, entry: Entry) -> Iterator[Line]:
    for interval in entry.history:
        source = lexicon.sources[interval.source]
        years = f"{interval.from_} to {interval.to}" if interval.to else f"since {interval.from_}"
        yield Line(f"{years}: {_STANDINGS[interval.status]} ({source.issuer}, {source.title})", links(source))


def _matches(entry: Entry) -> Iterator[str]:
    others = entry.phrases[1:]
    if others:
        yield ", ".join(others)
    if entry.inflect == "noun" and not entry.acronym:
        yield "Plurals, capitals, hyphens for spaces and the possessive are matched too."
    elif entry.inflect == "verb":
        yield "The other forms of the verb, capitals and hyphens for spaces are matched too."


def _exceptions(entry: Entry) -> Iterator[str]:
    yield _LET_PASS
    for usage, phrases in entry.exceptions.items():
        yield f"{USAGES[usage][0]}: {', '.join(phrases)}"


def _quoted(phrases: list[str]) -> str:
    return ", ".join(f"“{phrase}”" for phrase in phrases)
