"""Papers put together from sentences of our own."""

from __future__ import annotations

from lang_audit.model import Paper, Passage, PassageKind, Section, SectionKind


def paper_with(**parts: str) -> Paper:
    """A paper whose sections are named by the keywords ("title", "abstract", "methods" ...).

    A line that begins with "# " is a heading. Lines are paragraphs.
    """
    text, sections, passages = "", [], []
    for kind, content in parts.items():
        start = len(text)
        for line in content.strip().splitlines():
            is_heading = line.startswith("# ") or kind == "title"
            line = line.removeprefix("# ")
            passage_kind: PassageKind = "heading" if is_heading else "paragraph"
            passages.append(Passage(start=len(text), end=len(text) + len(line), kind=passage_kind))
            text += line + "\n\n"
        section_kind: SectionKind = kind  # type: ignore[assignment]
        sections.append(Section(start=start, end=len(text) - 2, kind=section_kind))
    return Paper(id="made-up", source="made-up.txt", text=text, sections=tuple(sections), passages=tuple(passages))
