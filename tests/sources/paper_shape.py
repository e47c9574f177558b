"""What a paper looks like to a test, and the laws that every reader keeps."""

from __future__ import annotations

from itertools import pairwise

from lang_audit.model import Paper


def check_laws(paper: Paper) -> None:
    for spans in (paper.passages, paper.sections):
        assert all(a.end <= b.start for a, b in pairwise(spans))
        assert all(0 <= span.start < span.end <= len(paper.text) for span in spans)
    for passage in paper.passages:
        section = paper.section_at(passage.start)
        assert section is not None and passage.end <= section.end


def passages(paper: Paper) -> list[tuple[str, str, str]]:
    """(section kind, passage kind, words) of each passage."""
    found = []
    for p in paper.passages:
        section = paper.section_at(p.start)
        assert section is not None
        found.append((section.kind, p.kind, paper.text[p.start : p.end]))
    return found


def kinds(paper: Paper) -> list[tuple[str, str | None]]:
    return [(s.kind, s.heading) for s in paper.sections]
