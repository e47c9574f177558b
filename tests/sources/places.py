"""The law of places: what a paper says, the file says at the place that the paper gives for it."""

from __future__ import annotations

from lang_audit.model import Paper


def check_places(paper: Paper, source: str) -> None:
    """Every character of the text that has a place of its own is that of the source, white space aside."""
    placed = 0
    for origin in paper.origins:
        assert origin.start >= placed and origin.start < origin.end, origin
        assert 0 <= origin.at <= origin.upto <= len(source)
        placed = origin.end
        if origin.end - origin.start == origin.upto - origin.at:
            words, there = paper.text[origin.start : origin.end], source[origin.at : origin.upto]
            assert all(a == b or (a.isspace() and b.isspace()) for a, b in zip(words, there, strict=True)), (
                words,
                there,
            )
    for passage in paper.passages:
        covered = sum(o.end - o.start for o in paper.origins_of(passage.start, passage.end))
        assert covered == passage.end - passage.start


def source_of(paper: Paper, source: str, words: str) -> list[str]:
    """What the source holds where the paper has these words."""
    start = paper.text.index(words)
    return [source[o.at : o.upto] for o in paper.origins_of(start, start + len(words))]
