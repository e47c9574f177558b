"""Which kind of section a heading opens: the one table that every reader shares."""

from __future__ import annotations

import re

from lang_audit.model import SectionKind

# Whole headings after numbering is stripped; order matters only where one heading could fit two rows.
_HEADINGS: tuple[tuple[SectionKind, str], ...] = (
    ("abstract", r"(structured |author |executive )?(abstract|summary)|synopsis|précis"),
    ("keywords", r"(key ?-?words?|index terms|mesh( terms)?|subject headings)( and phrases)?"),
    ("references",
     r"(references?|bibliography|literature( cited)?|works cited|cited literature|reference list|"
     r"notes and references)( and notes)?"),
    ("acknowledgements", r"acknowledge?ments?|thanks"),
    ("funding",
     r"(sources? of )?(funding|financial support|grant support)( (statement|information|sources?|disclosure))?|"
     r"role of the funding source|support"),
    ("appendix",
     r"((online|web)[ -]?)?(appendix|appendices|annex|supplements?|"
     r"supplement(al|ary)( (online )?(materials?|information|data|files?|appendix))?|"
     r"supporting information|additional files?)( [a-z0-9]{1,3})?([.:—–-]+ ?.{3,70})?"),
    ("conclusion",
     r"(summary and |discussion and )?(conclusions?|concluding remarks|conclusions? and .{3,60}|"
     r"implications( for .{3,60})?)"),
    ("methods",
     r"(materials?|patients?|subjects?|participants?|methods?|methodology|experimental|study)( and |, | & | |"
     r"/)?(materials?|methods?|methodology|design|procedures?|section|participants?|patients?|population|"
     r"setting)?( and analysis)?|methods?\b.{0,40}|.{0,30}\bmethods|statistical analys[ie]s|data (analysis|collection)|"
     r"data sources?|search strategy|ethics( approval)?|study (design|population|setting|selection)|(research |"
     r"trial )?(design|settings?)|interventions?|(main |primary )?outcome measures?"),
    ("results", r"(main |key )?(results?|findings)( and (discussion|interpretation|findings|analysis))?"),
    ("discussion",
     r"(general |results and )?(discussion|comment|comments|interpretation)( and .{3,40})?|strengths and limitations|"
     r"(study )?limitations( and .{3,40})?"),
    ("introduction",
     r"introduction|background|(background|introduction) and .{3,60}|objectives?|aims?( and .{3,40})?|"
     r"purpose( of (the |this )?(study|review))?|rationale"),
    ("other",
     r"(competing|conflicts? of|declaration of( competing)?) interests?( statement)?|conflict of interest.{0,20}|"
     r"authors?['’]? contributions?|contributors?|author details|author information|abbreviations( used)?|disclosures?|"
     r"declarations|data availability( statement)?|availability of data.{0,30}|consent for publication|consent|"
     r"ethical? (statement|considerations)|publisher['’]s note|open access|pre-publication history|"
     r"provenance and peer review|(box|panel|key points?|what is known|what this (study|paper) adds)\b.{0,60}"),
)  # fmt: skip
_COMPILED = tuple((kind, re.compile(rf"(?:{pattern})", re.IGNORECASE)) for kind, pattern in _HEADINGS)
_NUMBERING = re.compile(r"^\s*(?:(?:\d{1,2}(?:\.\d{1,2}){0,3}|[IVX]{1,4}|[A-H])[.)]?\s+|[•■▪◆►]\s*)?")


def section_kind(heading: str) -> SectionKind | None:
    """The kind of section that `heading` opens, or None where the words alone do not tell.

    Numbering ("2.", "II.", "3.1") and a closing colon or full stop are ignored; the whole heading must fit.
    """
    if re.fullmatch(r"(?:[A-Z] ){3,}[A-Z]", heading.strip()):  # letter-spaced capitals: "A B S T R A C T"
        heading = heading.replace(" ", "")
    bare = _NUMBERING.sub("", heading, count=1).strip().rstrip(".:— ").strip()
    bare = re.sub(r"\s+", " ", bare)
    if not bare or len(bare) > 90:
        return None
    for kind, pattern in _COMPILED:
        if pattern.fullmatch(bare):
            return kind
    return None
