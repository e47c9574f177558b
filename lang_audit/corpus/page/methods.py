"""The methods section of a corpus run in sentences that a paper can use: `METHODS.md`. Its figures are those of the page."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from lang_audit.corpus.manifest import Identity, Manifest
from lang_audit.corpus.page.code_view import codes_views
from lang_audit.corpus.page.counts import Counts
from lang_audit.corpus.page.page_view import ADHERES, JUDGED, number, percent, told
from lang_audit.corpus.proportions import Share
from lang_audit.report import wording
from lang_audit.report.english import listed
from lang_audit.settings import Settings

SAMPLE: Final = 200
"""Findings to be read by hand before figures are published."""
_SOURCES: Final[dict[str, str]] = {
    "pubmed-xml": "PubMed XML", "medline": "MEDLINE (nbib)", "ris": "RIS", "bibtex": "BibTeX",
    "web-of-science": "Web of Science", "endnote": "EndNote", "table": "CSV or TSV", "spreadsheet": "spreadsheets",
    "jsonl": "JSON Lines", "parquet": "Parquet", "paper": "papers in full text", "archive": "archives",
}  # fmt: skip


_REASONS: Final[dict[str, str]] = {
    "no-text": "held neither title nor abstract",
    "too-large": "too large to be read",
    "broken-file": "in files that break off or are damaged",
    "broken-member": "in archives, and damaged",
    "no-access": "in files that could not be opened",
    "no-records": "files without a record",
    "empty-file": "empty files",
    "unknown-format": "files of an unknown format",
    "unknown-columns": "with columns that are not known",
    "malformed-row": "broken rows of a table",
    "malformed-xml": "broken XML",
    "malformed-json": "broken JSON",
    "malformed-entry": "broken BibTeX",
    "nested-archive": "archives within archives",
    "timeout": "not done in time",
    "worker-died": "ended the program",
    "defect": "met a defect of the program",
}


def methods(counts: Counts, manifest: Manifest, settings: Settings) -> list[tuple[str, list[str]]]:
    """The paragraphs under their headings."""
    return [
        ("Records", list(_records(counts, manifest))),
        ("Terms and how they were found", list(_terms(counts, manifest, settings))),
        ("How uses were decided", list(_usage(counts))),
        ("Outcome and analysis", list(_analysis(counts))),
        ("Limits", list(_limits(counts, settings))),
        ("Before you publish", list(_validation())),
    ]


def program(identity: Identity) -> str:
    """The program and its parts with their versions."""
    model = f", with the trained pipeline {identity.model}" if identity.model else ", without a trained pipeline"
    return f"lang-audit {identity.version} (spaCy {identity.spacy}{model})"


def _records(counts: Counts, manifest: Manifest) -> Iterator[str]:
    kinds = listed(list(dict.fromkeys(_SOURCES.get(source.kind, source.kind) for source in manifest.inputs)))
    yield (
        f"We read {number(counts.records, 'record')} from {number(len(manifest.inputs), 'file')}"
        f"{f' ({kinds})' if kinds else ''}. [Say here which databases were searched, when, and how.]"
    )
    gone = counts.states
    if gone["rejected"]:
        yield f"Of all records, {gone['rejected']:,} {_were(gone['rejected'])} rejected: {_reasons(counts, 'rejected')}."
    if n := gone["left-out"]:
        yield f"Of all records, {n:,} did not meet the criteria of the run ({asked(manifest.identity)}) and {_were(n)} left out."
    if n := gone["duplicate"]:
        yield (
            f"Of all records, {n:,} {'was a duplicate' if n == 1 else 'were duplicates'} by PMID, DOI, or normalised title "
            "(30 letters or more) with year, unless PMIDs or, without these, DOIs differed; each work was counted once."
        )
    if gone["failed"]:
        yield f"Of all records, {gone['failed']:,} failed: {_reasons(counts, 'failed')}."
    yield f"{number(counts.states['audited'], 'paper was', 'papers were')} audited."
    short = counts.all.audited - counts.full_text
    if counts.all.audited:
        ways = [(counts.full_text, "in full text"), (short, "by title and abstract only")]
        read = [f"{n:,} {way}" for n, way in ways if n]
        said = f"{listed(read)} were read" if len(read) > 1 else f"all were read {next(way for n, way in ways if n)}"
        yield (
            f"Of these, {said}. Keywords were not read, because they are the terms of a thesaurus and not the authors' words."
        )


def _reasons(counts: Counts, state: str) -> str:
    """Why records were rejected or failed, with how many: "118 held neither title nor abstract"."""
    why: dict[str, int] = {}
    for item in counts.unread:
        if item.state == state:
            words = _REASONS.get(item.problem, f"for another reason ({item.problem})")
            why[words] = why.get(words, 0) + item.records
    ordered = sorted(why.items(), key=lambda item: (-item[1], item[0]))
    return listed([f"{n:,} {words}" for words, n in ordered]) or "for reasons that are not recorded"


def _were(n: int) -> str:
    return "was" if n == 1 else "were"


def asked(identity: Identity) -> str:
    """What --years and --where asked for, in words."""
    said = []
    if identity.years is not None:
        first, last = identity.years
        said.append(
            f"years {first} to {last}" if first and last else f"years from {first}" if first else f"years up to {last}"
        )
    said += identity.where
    return "; ".join(said) or "all records"


def _terms(counts: Counts, manifest: Manifest, settings: Settings) -> Iterator[str]:
    identity, profile = manifest.identity, settings.profile
    raised = sum(profile.decision(key, entry) is not None for key, entry in settings.lexicon.entries.items())
    own = f", with terms of our own ({listed(list(identity.lexicons))})" if identity.lexicons else ""
    yield (
        f"Terms were found with {program(identity)} and its lexicon of {len(settings.lexicon):,} entries{own}, each of which "
        f"cites the guidance that it rests on (SHA-256 of the lexicon, cues and profile: {identity.lexicon})."
    )
    yield (
        f"We used the profile “{identity.profile}” ({profile.title}), which raises {raised:,} of these entries. In its own "
        f"words: “{profile.about.strip()}”"
    )
    if profile.study:
        yield f"The profile repeats the audit by {profile.study.citation} ({profile.study.identifier})."
    if identity.off:
        yield f"Switched off: {listed(list(identity.off))}."
    if identity.codebooks:
        books = dict(zip(settings.codebook_names, settings.codebooks, strict=False))
        named = [
            f"{name} ({books[name].review.citation.rstrip('.')})" if name in books else name
            for name in identity.codebooks
        ]
        yield (
            f"Papers were also coded with the codebook{'s' if len(named) > 1 else ''} {listed(named)}: a code is given where a "
            "sentence holds the evidence that its codebook asks for."
        )
        for view in codes_views(counts.codes, counts.coded, counts.all.audited, settings.codebooks):
            yield f"{view.title}: {view.intro}"


def _usage(counts: Counts) -> Iterator[str]:
    yield (
        "A term counts where the authors use it in their own voice. Each use was read in its sentence by rules: uses in "
        "quotations, in titles of cited works, in names of organisations, journals and instruments, in diagnostic categories and "
        "search strings, discussions of the word itself, and other meanings of the same letters are exempt."
    )
    names = {str(usage): name for usage, (name, _) in wording.USAGES.items()}
    most = [f"{names.get(item.usage, item.usage).lower()} ({item.uses:,})" for item in counts.exempt]
    if most:
        uses = number(sum(item.uses for item in counts.exempt), "use was", "uses were")
        yield f"{uses} exempt: {'; '.join(most)}."
    flagged, queried = sum(term.flagged for term in counts.terms), sum(term.queried for term in counts.terms)
    yield f"{number(flagged, 'use was', 'uses were')} flagged."
    if queried:
        yield (
            f"{number(queried, 'use')} of terms on which guidance is divided, or of everyday words of research, were noted as "
            "questions and not held against their papers."
        )


def _analysis(counts: Counts) -> Iterator[str]:
    adherent, raising = counts.all.adherence, counts.all.raising
    more = " The published audits count so." if counts.rule == "any-term" else f" {wording.RULES[counts.rule]}"
    yield f"{ADHERES[counts.rule]} (Rule “{counts.rule}”.{more})"
    if counts.rule != "any-term" and counts.all.audited:
        silent = counts.all.audited - counts.all.counted
        yield (
            f"{number(silent, 'audited paper', 'audited papers')} ({percent(Share(silent, counts.all.audited))}) referred to "
            "nobody by a label or in person-first words; they are not judged."
        )
    yield f"Of {adherent.total:,} {JUDGED[counts.rule]}, {adherent.hits:,} adhered: {told(adherent)}."
    if counts.rule != "any-term":  # by that rule, they are those that do not adhere
        yield f"Of {raising.total:,} audited papers, {raising.hits:,} held a flagged term: {told(raising)}."
    yield (
        "Intervals are 95% score intervals (Wilson EB. Probable inference, the law of succession, and statistical inference. "
        "J Am Stat Assoc 1927;22:209-212). They tell how far chance alone would move a share if the papers were a random sample; "
        "they do not cover wrong decisions of the program."
    )


def _limits(counts: Counts, settings: Settings) -> Iterator[str]:
    yield (
        "The program reads words, not intentions: a paper can be respectful and hold a flagged term, or harm people without one. "
        "It finds only terms that its lexicon lists, and only English ones. How a word is used is decided by rules from the "
        "words nearby, and some uses will be misjudged."
    )
    if counts.full_text < counts.all.audited:
        yield "Papers that were read by title and abstract only may use other words in their text."
    if settings.profile.limits:
        yield "What this profile does not repeat of the published audit:"
        yield from settings.profile.limits


def _validation() -> Iterator[str]:
    yield (
        f"Check the precision of the findings by hand: lang-audit sample DIR -n {SAMPLE} draws {SAMPLE} findings into a "
        "spreadsheet, and lang-audit evaluate reads your judgements back and gives precision with its interval. Report it here: "
        "[Of N findings that two reviewers read independently, N were right (precision N%, 95% interval N to N).]"
    )


def markdown(sentence: str) -> str:
    """`sentence` as a line of Markdown that shows it as it is, and that can be read in a text editor too: escaped is only what
    Markdown would take for a sign of its own where it stands."""
    line = " ".join(sentence.split())
    line = re.sub(r"[\\`*<]|&(?=#?\w+;)|(?<![^\W_])_|_(?![^\W_])", r"\\\g<0>", line)
    if re.search(r"\][(\[:]", line):  # else no bracket makes a link
        line = re.sub(r"[\[\]]", r"\\\g<0>", line)
    if line.count("~") > 1:
        line = line.replace("~", "\\~")
    return re.sub(r"^(\d{1,9}(?=[.)](?:\s|$))|(?=[-+=>#|]))", r"\1\\", line)


def citation(version: str) -> str:
    """How lang-audit is cited, as in CITATION.cff."""
    return (
        "The lang-audit founders. lang-audit: an auditor of language and terminology in health research papers. "
        f"Version {version}. Software, MIT licence."
    )
