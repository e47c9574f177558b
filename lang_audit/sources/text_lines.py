"""The lines of a plain text, and what each looks like by itself: heading, caption, list item, quotation ..."""

from __future__ import annotations

import re
from typing import Literal, NamedTuple

from lang_audit.model import SectionKind
from lang_audit.sources.headings import section_kind

Look = Literal["heading", "label", "keywords", "caption", "quote", "item", "turn", "reference", "rule", "text"]

LONG = 160
"""A line longer than this was not wrapped by hand: it is a paragraph of its own."""

_LINE = re.compile(r"([^\r\n]*)(\r\n|\r|\n|\Z)")
_RULE = re.compile(r"[-=_*~#\s]{3,}")
_KEYWORDS = re.compile(r"\W{0,3}(key ?-?words?|index terms)\b[^\w\n]{0,4}[:.—–-]", re.IGNORECASE)
_CAPTION = re.compile(
    r"(?:supplementa(?:l|ry) )?(table|figure|fig\.?|box|chart|scheme)\s+([A-Z]?\d{1,3}[a-z]?|[IVX]{1,5})"
    r"(?:\s*[.:|—–]|\s+(?=(?-i:[A-Z])[^.]))",
    re.IGNORECASE,
)
_CAPTION_ALONE = re.compile(r"(table|figure|fig\.?)\s+([A-Z]?\d{1,3}[a-z]?|[IVX]{1,5})\s*[.:]?", re.IGNORECASE)
_BULLET = re.compile(r"[•◦▪‣·○●–+-]\s")
_ITEM = re.compile(r"(?:[•◦▪‣·○●–*+-]|\(?(?:\d{1,2}|[a-z]|[ivx]{1,4})[.)])\s+\S")
_TURN = re.compile(
    r"(?:[A-Z]{1,3} ?-?\d{0,3}|interviewer|interviewee|moderator|facilitator|"
    r"(?:participant|respondent|patient|speaker)(?: \w{1,4})?)(?: \([^)]{1,40}\))?:\s",
    re.IGNORECASE,
)
_NUMBERED_HEADING = re.compile(r"(\d(?:\.\d{1,2}){0,3}|\d\d(?:\.\d{1,2}){1,3})\.?\s+[A-Z][^.;:]{2,90}")
_LABEL = re.compile(
    r"[*_]{0,2}([A-Z][A-Za-z ,&/’'-]{2,60}?)[*_]{0,2}(?:\s*:|\s+[—–-]\s|\.(?=\s+[A-Z0-9“\"]))[*_]{0,2}\s*(?=\S)"
)
_BARE_LABEL = re.compile(
    r"(Abstract|Background|Introduction|Objectives?|Aims?|Purpose|Design|Settings?|Methods?|Participants|Patients|"
    r"Results|Findings|Interpretation|Discussion|Conclusions?|Funding)\s+"
    r"(?=(?:[A-Z][\w’'-]*|\d[\d,.]*)\s+[a-z(\d])"
)
_REFERENCE_START = re.compile(r"(?:\[?(\d{1,3})[\].)]?\s+)?(?:[A-Z“\"'‘]|(?:van|de|der|von|la|le|du|di|dos|da) )")
_AUTHOR = re.compile(
    r"(?:\[?\d{1,3}[\].)]?\s+)?(?:(?:van|de|der|von|la|le|du|di|dos|da) )*"
    r"[A-Z][\w’'-]+(?: [A-Z][\w’'-]+)?,? (?:[A-Z]\.?[ -]?){1,3}(?:[,.:;&(]|$| and )"
)
_YEAR = re.compile(r"\b(?:1[89]|20)\d\d[a-z]?\b")
_IMPRINT = re.compile(
    r"\d{4}[a-z]?\s?(?:[A-Z][a-z]{2} ?\d{0,2})?;\s?\d|\d\(\d+\)|\bpp?\. ?\d|\bdoi\b|\b10\.\d{4}/|\bet al\b|"
    r": ?\d+[-–]\d+|;\s(?:1[89]|20)\d\d\.",
    re.IGNORECASE,
)
_OPENERS = frozenset({"heading", "label", "keywords", "caption"})


class Line(NamedTuple):
    """A line with words on it: offsets without white space around, indentation, the block (paragraph) it stands in."""

    start: int
    end: int
    words: str
    indent: int
    block: int


def lines_of(text: str, start: int = 0) -> list[Line]:
    """The lines of `text` from `start` that are not blank. Blank lines and page breaks part one block from the next."""
    found, block, position = [], 0, start
    while position < len(text):
        match = _LINE.match(text, position)
        assert match is not None
        position = match.end()
        raw = match.group(1)
        words = raw.strip()
        block += not words or "\f" in raw
        if words:
            lead = len(raw) - len(raw.lstrip())
            begin = match.start() + lead
            indent = len(raw) - len(raw.lstrip(" ")) if raw[lead - 1 : lead] in ("", " ") else 0
            found.append(Line(begin, begin + len(words), words, indent, block))
    return found


def heading_words(words: str) -> str:
    """A heading without Markdown's marks."""
    return words.strip("#*_ \t")


def heading_level(words: str) -> int | None:
    """How deep a marked heading stands (`##` is 2, "3.1" is 2), None for a heading without mark or number."""
    if words.startswith("#"):
        return len(words) - len(words.lstrip("#"))
    number = _NUMBERED_HEADING.fullmatch(words)
    return number.group(1).count(".") + 1 if number else None


def caption_of(words: str) -> tuple[str, str] | None:
    """(What it is called, "table" or "figure") where a caption begins: ("Table 1", "table"); else None."""
    match = _CAPTION.match(words) or _CAPTION_ALONE.fullmatch(words)
    if match is None:
        return None
    return words[: match.end(2)], "table" if match.group(1).lower() == "table" else "figure"


def label_of(words: str, bare: bool = True) -> tuple[str, SectionKind] | None:
    """The run-in heading at the start of a paragraph ("METHODS: We ...", "Background The ...") and its kind, or None.

    With `bare` a heading without any stop after it counts too, where a sentence clearly begins after it.
    """
    for pattern in (_LABEL, _BARE_LABEL) if bare else (_LABEL,):
        match = pattern.match(words)
        if match and (kind := section_kind(match.group(1))) and not words[: match.end(1)].islower():
            return match.group(1), kind
    return None


def is_reference(words: str) -> bool:
    """Whether a line or paragraph reads as the start of one entry of a reference list."""
    start = _REFERENCE_START.match(words)
    if start is None or not _YEAR.search(words):
        return False
    cues = bool(_AUTHOR.match(words)) + bool(_IMPRINT.search(words))
    return cues >= (1 if start.group(1) else 2)


def looks(lines: list[Line]) -> list[Look]:
    """What each line looks like, told from itself and the line before it. Most are "text"."""
    blocks: dict[int, list[Line]] = {}
    for line in lines:
        blocks.setdefault(line.block, []).append(line)
    indented = {number for number, block in blocks.items() if all(line.indent >= 4 for line in block)}
    if len(indented) > 0.5 * len(blocks):
        indented = set()  # the whole text is set in
    found: list[Look] = []
    before: Look | None = None  # the last line of the block that looked like something
    for k, line in enumerate(lines):
        first = not k or lines[k - 1].block != line.block
        last = lines[k - 1].words
        before = None if first else found[-1] if found[-1] != "text" else before
        fresh = first or found[-1] in _OPENERS or last[-1] in '.:;?!)”"’' or len(last) > LONG
        if first and k and found[-1] == "item" and lines[k - 1].indent < line.indent:
            indented.discard(line.block)  # the second paragraph of a list item
        set_in, alone = line.block in indented, len(blocks[line.block]) == 1
        found.append(_look(line, fresh, alone, before, set_in))
    return found


def _look(line: Line, fresh: bool, alone: bool, before: Look | None, set_in: bool) -> Look:
    words = line.words
    if _RULE.fullmatch(words):
        return "rule"
    if words.startswith(">"):
        return "quote"
    if _KEYWORDS.match(words):
        return "keywords"
    if fresh and is_heading(words, alone):
        return "heading"
    if fresh and caption_of(words):
        return "caption"
    if set_in:
        return "quote"
    if is_reference(words):
        return "reference"
    if fresh and label_of(words):
        return "label"
    if _TURN.match(words) and (fresh or before == "turn"):
        return "turn"
    if _ITEM.match(words) and (fresh or before == "item" or words[0] == "•"):
        return "item"
    return "text"


def is_heading(words: str, alone: bool = True) -> bool:
    """Whether a line is a heading by itself; a number only makes a heading of a line that stands `alone`."""
    bare = heading_words(words)
    if not bare or len(bare) > 100 or bare[0].islower() or _BULLET.match(words):
        return False
    if words.startswith("#"):
        return True
    if bare.isupper() and label_of(bare, bare=False):  # "DISCUSSION: WHAT PEERS MADE OF IT"
        return True
    sentence = ": " in bare or (bare.endswith(".") and len(bare.split()) > 3)
    if not sentence and section_kind(bare) is not None:
        return True
    numbered = _NUMBERED_HEADING.fullmatch(words)
    return bool(alone and numbered and len(bare.split()) <= 12 and not _YEAR.search(words))
