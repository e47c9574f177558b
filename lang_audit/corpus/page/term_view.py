"""The terms that a corpus page shows: how many papers hold each, and sentences with it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from lang_audit.corpus.page.counts import MOST_TERMS, Counts, Example, Term
from lang_audit.corpus.page.page_view import PageTable, ends, number, percent
from lang_audit.corpus.proportions import Share
from lang_audit.lexicon import Entry, Lexicon
from lang_audit.report import wording
from lang_audit.report.evidence import Piece

_CONTEXT: Final = 220  # characters shown on either side of the term


@dataclass(frozen=True, slots=True)
class Shown:
    """An example as shown: the sentence with its term marked, where it stands, and an address of the paper."""

    pieces: tuple[Piece, ...]
    where: str
    href: str | None


@dataclass(frozen=True, slots=True)
class TermView:
    """A term with examples."""

    name: str
    entry: str
    severity: str
    told: str
    why: str
    instead: str
    examples: tuple[Shown, ...]


def term_table(terms: Sequence[Term], counts: Counts, lexicon: Lexicon, flagged: bool) -> PageTable:
    """The most frequent terms that were flagged, or those that a person is asked about."""
    rows = []
    for term in terms[: 2 * MOST_TERMS]:
        papers, uses = (term.flagged_papers, term.flagged) if flagged else (term.queried_papers, term.queried)
        share = Share(papers, counts.all.audited)
        rows.append(
            (
                term_name(term.entry, counts, lexicon),
                term.entry,
                f"{papers:,}",
                percent(share),
                ends(share),
                f"{uses:,}",
                f"{term.exempt:,}",
            )
        )
    return PageTable(
        "flagged" if flagged else "queried",
        "Flagged terms, by the number of papers" if flagged else "Terms for you to decide, by the number of papers",
        ("Term", "Lexicon entry", "Papers", "Share of audited", "95% interval", "Uses", "Exempt uses"),
        (False, False, True, True, True, True, True),
        tuple(rows),
        "by_term.csv",
    )


def term_views(terms: Sequence[Term], counts: Counts, lexicon: Lexicon, flagged: bool) -> tuple[TermView, ...]:
    """The terms that have examples, with them."""
    found = []
    for term in terms[:MOST_TERMS]:
        entry = lexicon.entries.get(term.entry)
        papers, uses = (term.flagged_papers, term.flagged) if flagged else (term.queried_papers, term.queried)
        found.append(
            TermView(
                name=term_name(term.entry, counts, lexicon),
                entry=term.entry,
                severity=wording.SEVERITIES[entry.severity][0] if entry else "",
                told=f"{number(uses, 'use')} in {number(papers, 'paper')}",
                why=(entry.why if flagged else entry.contested or entry.why) if entry else "",
                instead=_instead(entry) if entry else "",
                examples=tuple(_shown(example) for example in counts.examples.get(term.entry, ())),
            )
        )
    return tuple(found)


def term_name(key: str, counts: Counts, lexicon: Lexicon) -> str:
    """What a reader calls an entry: the form that stands most often, else its first phrase."""
    entry = lexicon.entries.get(key)
    return counts.printed.get(key) or (
        entry.phrases[0] if entry and entry.phrases else key.partition("/")[2].replace("-", " ")
    )


def _instead(entry: Entry) -> str:
    prefer = entry.prefer
    return prefer.people or prefer.person or prefer.person_after or prefer.term or prefer.guidance or ""


def _shown(example: Example) -> Shown:
    before, term, after = (
        example.sentence[: example.start],
        example.sentence[example.start : example.end],
        example.sentence[example.end :],
    )
    cut_before = "… " + before[-_CONTEXT:].partition(" ")[2] if len(before) > _CONTEXT else before
    cut_after = after[:_CONTEXT].rpartition(" ")[0] + " …" if len(after) > _CONTEXT else after
    words = [" ".join(part.split()) for part in (cut_before, term, cut_after)]
    spaces = (" " if cut_before[-1:].isspace() else "", " " if cut_after[:1].isspace() else "")
    pieces = (Piece(words[0] + spaces[0]), Piece(words[1], marked=True), Piece(spaces[1] + words[2]))
    title = " ".join((example.title or "").split()).rstrip(".")
    title = f"{title[:117].rstrip()}… " if len(title) > 118 else f"{title}. " if title else ""
    printed = ", ".join(part for part in (example.journal, str(example.year or "year not known")) if part)
    href = None
    if example.doi:
        href = wording.web_address(f"doi:{example.doi}")
    if href is None and example.pmid and example.pmid.isdigit():
        href = f"https://pubmed.ncbi.nlm.nih.gov/{example.pmid}/"
    return Shown(pieces, f"{title}{printed}", href)
