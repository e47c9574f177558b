"""Acronyms put right together with their definition: "injecting drug users (IDUs)" and every "IDU" that follows.

Only what the manuscript itself says of an acronym tells whom it stands for. So a definition and all its uses belong together:
where one definition cannot be put right, or says that the letters name an act, none of them is touched.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from lang_audit.inflection import article
from lang_audit.lexicon import Entry, Lexicon
from lang_audit.manuscript.acronyms import Acronym, instead_of, load_acronyms, longest_at_end, short_form
from lang_audit.manuscript.changes import Change, Edit, differing
from lang_audit.model import Appraisal, Finding
from lang_audit.rewriting.noun_phrases import ends_phrase
from lang_audit.rewriting.sentence_shapes import has_singular_article
from lang_audit.rewriting.suggest import rewrite

_OPENS = re.compile(r"\s*[(\[](?:hereafter:?\s+|henceforth:?\s+|or\s+)?[“\"'‘]?$")
_CLOSES = re.compile(r"[”\"'’]?(?:[)\]]|[,;][^()\[\]]{0,80}[)\]])")
_THEN_LONG = re.compile(r"\s*[(\[][“\"'‘]?")
_ARTICLE = re.compile(r"\b(?P<a>[Aa])n?(?P<gap>\s+)$")
_LISTS = re.compile(r"\s*[:=]\s*")


class _Definition(NamedTuple):
    """An acronym and the words that it is explained by, one of them in brackets, which are `opens:closes`."""

    short: Finding
    long: Finding | None  # None: words that need no change ("people who inject drugs (IDUs)")
    opens: int
    closes: int

    @property
    def short_last(self) -> bool:
        """Whether the acronym is what stands in the brackets."""
        return self.opens < self.short.start


class _Done(NamedTuple):
    """How a definition is put right; `in_place` where nothing but the two moved."""

    edits: tuple[Edit, ...]
    pair: Acronym | None
    in_place: bool


class _Paper(NamedTuple):
    """What all steps look at. `wanted` are places and entries of the findings that may be mended."""

    appraisal: Appraisal
    lexicon: Lexicon
    known: tuple[Acronym, ...]
    wanted: frozenset[tuple[int, str]]

    def may_mend(self, findings: Iterable[Finding | None]) -> bool:
        """Whether none of the findings is quoted, ignored or let pass for another reason."""
        return all((f.start, f.entry) in self.wanted for f in findings if f is not None)


def acronym_changes(
    appraisal: Appraisal, lexicon: Lexicon, todo: Sequence[Finding]
) -> tuple[list[Change], set[tuple[int, str]]]:
    """A change for each definition of an acronym that can be put right, and for each use of that acronym.

    With the findings (their places and entries) that nothing else may change: all that stand for an acronym that the
    manuscript defines.
    """
    wanted = frozenset((finding.start, finding.entry) for finding in todo)
    paper = _Paper(appraisal, lexicon, load_acronyms(lexicon.folder), wanted)
    uses: dict[tuple[str, str], list[Finding]] = {}
    for finding in appraisal.findings:
        entry = lexicon.entries[finding.entry]
        if short := short_form(entry, finding.text):
            uses.setdefault((finding.entry, short), []).append(finding)
    found: list[Change] = []
    held: set[tuple[int, str]] = set()
    for (key, short), findings in uses.items():
        entry = lexicon.entries[key]
        definitions = [d for f in findings if (d := _definition(appraisal, f)) is not None]
        own = [f for f in findings if paper.may_mend((f,))]
        names_act = _names_act(appraisal.paper.text, entry, short)
        if own and definitions and not names_act:
            found += _group(paper, entry, short, definitions, own)
        if definitions or names_act:
            held |= {(f.start, f.entry) for f in (*own, *(d.long for d in definitions)) if f is not None}
    return found, held


def _definition(appraisal: Appraisal, short: Finding) -> _Definition | None:
    text = appraisal.paper.text
    opens = _OPENS.search(text[max(0, short.start - 40) : short.start])
    closes = _CLOSES.match(text, short.end)
    if opens and closes:
        bracket = short.start - len(opens[0])
        long = next((f for f in appraisal.findings if f.end == bracket and f.start != short.start), None)
        return _Definition(short, long, bracket, closes.end())
    behind = _THEN_LONG.match(text, short.end)
    if behind is None:
        return None
    long = next((f for f in appraisal.findings if f.start == behind.end()), None)
    end = _CLOSES.match(text, long.end) if long else None
    return _Definition(short, long, short.end, end.end()) if end else None


def _names_act(text: str, entry: Entry, short: str) -> bool:
    """Whether the manuscript explains the letters as an act somewhere: then nobody but its author can tell the uses apart."""
    acts = entry.acronym.behaviour if entry.acronym else []
    brackets = re.finditer(rf"\s*[(\[]\s*[“\"'‘]?{re.escape(short)}s?\b", text)
    return any(text[max(0, found.start() - 80) : found.start()].lower().endswith(tuple(acts)) for found in brackets)


def _group(
    paper: _Paper, entry: Entry, short: str, definitions: Sequence[_Definition], uses: Sequence[Finding]
) -> list[Change]:
    """The changes of one acronym, none where a definition has to stay."""
    done: list[tuple[_Definition, _Done]] = []
    for definition in definitions:
        one = _defined(paper, entry, definition) if paper.may_mend((definition.short, definition.long)) else None
        if one is None or (done and one.pair != done[0][1].pair):
            return []
        done.append((definition, one))
    pair = done[0][1].pair
    in_definitions = {definition.short.start for definition in definitions}
    later = [(f, _used(paper, f, entry, pair)) for f in uses if f.start not in in_definitions]
    if pair is None and not all(edits for _, edits in later):
        return []  # with no acronym to put, one that is left alone would stand for nothing
    safe = pair is not None and all(one.in_place for _, one in done)
    changes = []
    for definition, one in done:
        findings = tuple(f for f in (definition.long, definition.short) if f is not None)
        changes.append(Change(one.edits, safe and _flagged(findings), findings, short, defines=True))
    changes += (Change(edits, safe and _flagged((f,)), (f,), short) for f, edits in later if edits)
    # What is not safe for a definition is not safe for its uses.
    return changes if all(c.safe for c in changes if c.defines) else [c._replace(safe=False) for c in changes]


def _flagged(findings: Iterable[Finding]) -> bool:
    return all(finding.decision == "flag" for finding in findings)


def _defined(paper: _Paper, entry: Entry, definition: _Definition) -> _Done | None:
    """How a definition is put right, with the acronym that it then has; None where its words have to stay."""
    short, long = definition.short, definition.long
    text = paper.appraisal.paper.text
    if long is None or not definition.short_last:
        pair = instead_of(entry, paper.known)
        if pair is None:
            return None
        replaced = Edit(short.start, short.end, _form(pair, short.text))
        if long is None:
            return _Done((replaced,), pair, True) if longest_at_end(text[: definition.opens], (pair,)) else None
        if paper.lexicon.entries[long.entry].prefer.people != pair.long:
            return None
        return _Done((replaced, Edit(long.start, long.end, _long_form(pair, long.text))), pair, True)
    base, sentence = long.sentence_start, long.sentence
    start, end, closes = long.start - base, long.end - base, definition.closes - base
    rest = sentence[closes:]
    if closes > len(sentence) or not rest.strip():
        rest = sentence[closes:] or "."
    done = rewrite(paper.lexicon.entries[long.entry], sentence[:end] + rest, start, end)
    if done is None:
        return None
    words = differing(sentence[:end] + rest, done)
    if words is None:
        return None
    lead = sentence[words.start : start]
    in_place = done.endswith(rest) and words.start + len(lead) <= end and (not lead or bool(_ARTICLE.fullmatch(lead)))
    if in_place:
        new = done[words.start : len(done) - len(rest)]
        pair = longest_at_end(sentence[: words.start] + new, paper.known)
        replaced = Edit(base + words.start, long.end, new)
        if pair is None and text[short.end : definition.closes].strip("”\"'’") not in (")", "]"):
            return None  # more than the acronym stands in the brackets
        edit = (
            Edit(definition.opens, definition.closes, "")
            if pair is None
            else Edit(short.start, short.end, _form(pair, short.text))
        )
        return _Done((replaced, edit), pair, True)
    moved = next((p for p in paper.known if p.long in words.new), None)
    if moved is None:
        return None
    bracket = sentence[definition.opens - base : short.start - base] + _form(moved, "s")
    bracket += sentence[short.end - base : closes]
    whole = done.replace(moved.long, moved.long + bracket, 1)
    change = differing(sentence, whole if sentence[closes:] else whole.removesuffix("."))
    if change is None:
        return None
    return _Done((Edit(base + change.start, base + change.end, change.new),), moved, False)


def _form(pair: Acronym, surface: str) -> str:
    """The acronym in the number of the one that it replaces."""
    return (pair.plural or pair.acronym) if surface[-1:] in "sS" else pair.acronym


def _long_form(pair: Acronym, surface: str) -> str:
    words = pair.long if pair.singular is None or surface[-1:] in "sS" else pair.singular
    return words[:1].upper() + words[1:] if surface[:1].isupper() else words


def _used(paper: _Paper, finding: Finding, entry: Entry, pair: Acronym | None) -> tuple[Edit, ...]:
    """The edits for a use of an acronym that the manuscript explains; none where it has to stay."""
    listed = _LISTS.match(paper.appraisal.paper.text, finding.end)
    if listed:  # an entry in a list of abbreviations, "IDU: injecting drug user"
        long = next((f for f in paper.appraisal.findings if f.start == listed.end() and paper.may_mend((f,))), None)
        if long is None or pair is None:
            return ()
        own = Edit(finding.start, finding.end, _form(pair, finding.text))
        return own, Edit(long.start, long.end, _long_form(pair, long.text))
    base = finding.sentence_start
    before, after = finding.sentence[: finding.start - base], finding.sentence[finding.end - base :]
    in_plural = finding.text[-1:] in "sS"
    is_one = has_singular_article(before) and not in_plural and ends_phrase(after, plural=False)
    if pair is None or (is_one and pair.plural is None and entry.prefer.person):
        words = differing(finding.sentence, finding.rewrite) if finding.rewrite else None
        return (Edit(base + words.start, base + words.end, words.new),) if words else ()
    new = _form(pair, finding.text)
    if re.match(r"['’]\s+\w", after) and not new.endswith("s"):
        return (Edit(finding.start, finding.end + 1, f"{new}{after[0]}s"),)
    lead = _ARTICLE.search(before)
    if lead and not in_plural:
        fitted = f"{lead['a']}{article(new)[1:]}{lead['gap']}{new}"
        return (Edit(base + lead.start(), finding.end, fitted),)
    return (Edit(finding.start, finding.end, new),)
