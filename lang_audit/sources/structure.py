"""What each block of a paper is: title, abstract, heading, paragraph, table, caption, reference, note; and its section."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from lang_audit.model import PassageKind, SectionKind
from lang_audit.sources.headings import section_kind
from lang_audit.sources.lines import PlacedLine
from lang_audit.sources.metadata import usable_title
from lang_audit.sources.paragraphs import SENTENCE_END, Block

_SMALLER = 0.75  # points under the body's size: type of notes, tables, captions
_LARGER = 0.7  # points over the body's size: type of headings
_LONGEST_HEADING = 130  # characters
_PROSE = 25  # words: a block this long is running text, no label or byline
_ABSTRACT = 40  # words: the shortest text before the introduction that is taken for an abstract without its heading
_FULL = 0.25  # of its length: a line that ends further from the column's edge closes its paragraph
_TITLE_PAGES = 2  # the title stands on one of the first pages, after a cover sheet at most
_CELLS = 1.6  # parts in a row on average: a table's rows, not text

_CAPTION = re.compile(
    r"(?P<what>(?:supplement(?:al|ary) |additional |extended data )?(?:table|fig(?:ure|s)?|scheme|chart|box|panel|exhibit|plate)s?)\.?\s*"
    r"(?P<number>[A-Z]?\d{1,2}[A-Za-z]?|[IVX]{1,5})\b\s*(?P<mark>[.:|–—-]|$)?",
    re.IGNORECASE,
)
_LATE_CAPTION = re.compile(r"^.{0,60}\b(?:Table|Figure) \d{1,2} [A-Z]")
_MAIN = re.compile(
    r"(?:introduction|background|(?:patients |subjects |participants |materials? )?(?:and )?methods?|materials and methods|methodology|"
    r"experimental(?: section| procedures)?|results?|findings|results and discussion|discussion|comment|conclusions?|references|literature cited|"
    r"bibliography)",
    re.IGNORECASE,
)
_NUMBERED = re.compile(r"(?P<number>(?:\d{1,2}\.)*\d{1,2}|[IVX]{1,4})[.)]?\s+(?=[^\W\d_])")
_RUN_IN = re.compile(
    r"(?P<head>abstract|summary|key ?words?(?: and phrases)?|index terms|introduction|background|aims?|objectives?|purpose|"
    r"(?:patients|materials|subjects)? ?(?:and )?methods?|results?|findings|conclusions?|acknowledge?ments?|funding|financial support|"
    r"(?:competing|conflicts? of|declaration of) interests?|conflict of interest statement|authors?['’]? contributions?|"
    r"data availability(?: statement)?|ethics(?: statement| approval)?)\s*(?P<mark>[:—–]|\.(?=\s+[A-Z])|-\s)",
    re.IGNORECASE,
)
_ABSTRACT_PARTS = re.compile(
    r"(?:study )?(?:background|context|introduction|rationale|aims?|objectives?|purpose|goals?|hypothesis|methods?|design|setting|participants?|patients?|"
    r"subjects|population|interventions?|measure(?:ment|s)?|(?:main )?outcomes?(?: measures?)?|data sources?|data extraction|study selection|"
    r"data synthesis|results?|(?:principal |main |key )?findings|discussion|limitations?|conclusions?|interpretation|significance|implications|"
    r"funding|(?:clinical )?trial registration(?: number)?|registration|methodology|recommendations?|review methods|"
    r"strengths and limitations.*|lay summary|clinical relevance|importance|exposures?)(?:(?:,|/| and|,? &) .{3,40})?",
    re.IGNORECASE,
)
_END_MATTER: frozenset[SectionKind] = frozenset({"funding", "acknowledgements", "references", "appendix", "other", "keywords"})
_BODY: frozenset[SectionKind | None] = frozenset({"introduction", "methods", "results", "discussion", "conclusion"})
_LASTING: frozenset[SectionKind | None] = frozenset({"methods", "results"})  # until the next known one: "Trial procedures" is methods
_AFFILIATION = re.compile(
    r"universit|department|hospital|institut|school of|faculty|correspond|e-?mail|@|college of|address|received|accepted|published|©|copyright|licen[sc]e|"
    r"doi[: ]|https?://|editor",
    re.IGNORECASE,
)
_JOURNAL_NAME = re.compile(r"\b(?:journal|archives?|annals|proceedings|bulletin|acta|BMC|transactions|gazette|open access)\b", re.IGNORECASE)
_BOILERPLATE = re.compile(
    r"©|\bcopyright\b|creative commons|open access article|licensee|all rights reserved|correspond(?:ence|ing author)|e-?mail|"
    r"^\W*(?:received|accepted|published|edited by|reviewed by|citation|academic editor|cite this article|how to cite|to cite this|"
    r"specialty section|article history|full list of author)\b|equal contribut|contributed equally|pre-publication history|"
    r"submit your (?:next )?manuscript|publish with|peer review",
    re.IGNORECASE,
)
_ENTRY = re.compile(r"\[?\(?(\d{1,3})[\]).]?\s*(?=[^\W\d_“\"‘(])|\[?\(?(\d{1,3})[\]).]\s*$")
_YEAR = re.compile(r"\b(?:1[89]\d\d|20[0-4]\d)[a-z]?\b")


Style = tuple[str, float, bool]
"""What headings of one level share: font, size in points, capitals or not."""


@dataclass(slots=True)
class Part:
    """Lines with what they are (`kind`) and where they belong (`section` and its `heading`)."""

    lines: list[PlacedLine]
    kind: PassageKind
    section: SectionKind
    heading: str | None = None


@dataclass(frozen=True, slots=True)
class Body:
    """The type of the running text."""

    size: float
    fonts: frozenset[str]

    @classmethod
    def of(cls, lines: Sequence[PlacedLine]) -> Body:
        """Find the size, then the fonts, that hold most characters of long lines."""
        sizes: Counter[float] = Counter()
        for line in lines:
            sizes[round(line.size * 2) / 2] += len(line.text) if len(line.text) > _PROSE else 0
        rounded = sizes.most_common(1)[0][0] if sizes else 10.0
        exact = Counter(round(line.size, 2) for line in lines if round(line.size * 2) / 2 == rounded)
        size = exact.most_common(1)[0][0] if exact else rounded
        fonts: Counter[str] = Counter()
        for line in lines:
            if abs(line.size - size) <= 0.5:
                fonts[line.font] += len(line.text)
        most = max(fonts.values(), default=0)
        return cls(size, frozenset(font for font, n in fonts.items() if n > 0.5 * most))


def _plain(text: str) -> str:
    return re.sub(r"[\W_]+", "", text.casefold())


def _words(block: Block) -> int:
    return len(block.text.split())


class Structure:
    """Walks through the blocks of a paper in reading order and says what each is."""

    def __init__(self, blocks: Sequence[Block], body: Body, stated_title: str = "", margins: str = "") -> None:
        """`stated_title` is the file's own, `margins` the running heads that were taken off, of any use or none."""
        self.margins = _plain(margins)
        self.blocks = list(blocks)
        self.body = body
        self.stated_title = stated_title
        self.main_style: Style | None = None
        self.main_tells = False
        self.title_blocks: list[int] = []
        self.edges = {id(line): block.right for block in self.blocks for line in block.lines}
        self.byline = ""

    def parts(self) -> list[Part]:
        """Every block as a part, in reading order; floats and notes that cut a paragraph in two stand after it."""
        self.title_blocks = self._title()
        self._learn_styles()
        roles = self._roles()
        abstract = self._unheaded_abstract(roles)
        walked = self._walk(roles, abstract)
        return walked

    # -- the title

    def _title(self) -> list[int]:
        """Indices of the blocks that hold the title."""
        early = [k for k, b in enumerate(self.blocks) if b.page <= _TITLE_PAGES][:60]
        wanted = _plain(self.stated_title) if usable_title(self.stated_title) else ""
        if wanted:
            for k in early:
                text = ""
                for n in range(k, min(k + 4, len(self.blocks))):
                    text += _plain(self.blocks[n].text)
                    if len(text) > 12 and (text == wanted or (len(text) > 0.75 * len(wanted) and wanted.startswith(text[: len(wanted)]))):
                        return list(range(k, n + 1))
                    if not wanted.startswith(text):
                        break
        best, best_size = None, self.body.size + _LARGER
        for k in early:
            block = self.blocks[k]
            if 3 <= _words(block) <= 50 and block.size > best_size + 0.3 and re.search(r"[a-zA-Z]{3}", block.text) and not _BOILERPLATE.search(block.text) and not self._names_journal(block.text):
                if best is not None and self.blocks[best].page < block.page:
                    continue
                best, best_size = k, block.size
        if best is None:
            return []
        indices = [best]
        while indices[-1] + 1 < len(self.blocks):
            block = self.blocks[indices[-1] + 1]
            near = block.page == self.blocks[best].page and abs(block.size - best_size) < 0.3 and block.bold == self.blocks[best].bold
            if not near or block.first.baseline < self.blocks[indices[-1]].lines[-1].baseline:
                break
            indices.append(indices[-1] + 1)
        return indices

    def _names_journal(self, text: str) -> bool:
        """Whether a large line is the journal's name: running heads repeat it, or its words say so."""
        return _plain(text) in self.margins or bool(len(text.split()) <= 9 and _JOURNAL_NAME.search(text))

    # -- headings

    def _style(self, block: Block) -> Style:
        letters = [c for c in block.text if c.isalpha()]
        capitals = bool(letters) and sum(c.isupper() for c in letters) > 0.8 * len(letters)
        return block.font, round(block.size, 1), capitals

    def _learn_styles(self) -> None:
        """The style of main headings is that of the ones whose words tell: Methods, Results, Discussion ..."""
        telling: Counter[Style] = Counter()
        names: set[str] = set()
        for k, block in enumerate(self.blocks):
            bare = _NUMBERED.sub("", block.text).strip(" .:")
            if k not in self.title_blocks and len(block.lines) == 1 and _MAIN.fullmatch(bare) and self._is_heading(block):
                telling[self._style(block)] += 1
                names.add(bare.casefold()[:6])
        if not telling:
            return
        self.main_style = telling.most_common(1)[0][0]
        same = sum(1 for b in self.blocks if self._style(b) == self.main_style and self._is_heading(b))
        reports_a_study = any(name.startswith("result") for name in names) and any("method" in name or name.startswith("materi") for name in names)
        self.main_tells = not reports_a_study or same <= 2 * telling[self.main_style] + 2

    def _set_apart(self, block: Block) -> bool:
        """Whether the block's type tells it from the running text."""
        line = block.first
        size = block.size
        if size > self.body.size + _LARGER:
            return True
        letters = [c for c in block.text if c.isalpha()]
        capitals = len(letters) > 3 and all(c.isupper() for c in letters)
        return bool(block.bold or capitals or block.font not in self.body.fonts or line.italic)

    def _is_heading(self, block: Block) -> bool:
        text, size = block.text, block.size
        if len(text) > _LONGEST_HEADING or len(block.lines) > 3 or not re.search(r"[^\W\d_]{2}", text):
            return False
        known = section_kind(text) is not None
        if known and (self._set_apart(block) or _NUMBERED.match(text) or (_MAIN.fullmatch(text.strip(" .:")) and text[:1].isupper())):
            return True
        if known and self._style(block) == self.main_style:
            return True
        if text[:1].islower() or re.search(r"[,;]$", text) or _words(block) > 16 or block.cells > _CELLS:
            return False
        if text[-1] in ".:;" and _words(block) > 8:
            return False
        if text.endswith(".") and not (block.bold or block.first.italic or _NUMBERED.match(text)):
            return False
        if re.search(r"[.!?] +[A-Z]", _NUMBERED.sub("", text)) and not block.bold:
            return False
        if size < self.body.size - _SMALLER and not block.bold:
            return False
        if _NUMBERED.match(text) and self._set_apart(block):
            return True
        return self._set_apart(block) and text[:1].isalnum() and size >= self.body.size - 2

    # -- what blocks are

    def _roles(self) -> list[str]:
        """For each block: title, caption, table, figure, heading, note or text."""
        roles: list[str] = []
        table: int | None = None  # the page that the table being read has reached
        for k, block in enumerate(self.blocks):
            role = self._role(k, block, table, roles[-1] if roles else "")
            if role == "caption":
                table = block.page if re.search(r"\btables?\b", block.text[:40], re.IGNORECASE) else None
            elif role == "table" and table is not None:
                table = block.page
            elif role not in ("table", "figure", "note"):
                table = None
            roles.append(role)
        self._mark_footnotes(roles)
        return roles

    def _mark_footnotes(self, roles: list[str]) -> None:
        """Small type at the foot of a column of running text is notes, up to the text itself."""
        foot: list[int] = []
        for k in range(len(self.blocks) - 1, -1, -1):
            block = self.blocks[k]
            if block.ends_column:
                foot = []
            small = block.size < self.body.size - _SMALLER
            if (foot or block.ends_column) and small and roles[k] in ("text", "figure", "note"):
                foot.append(k)
            else:
                if roles[k] == "text" and not small:
                    for index in foot:
                        roles[index] = "note"
                foot = []

    def _is_caption(self, block: Block) -> bool:
        found = _CAPTION.match(block.text)
        if not found:
            return block.font not in self.body.fonts and not block.bold and bool(_LATE_CAPTION.search(block.first.text))
        rest = block.text[found.end() :].lstrip()
        plain = abs(block.size - self.body.size) <= 0.3 and not block.first.lead and not block.bold
        if found["what"].islower():
            return False
        if rest[:1].islower() and not found["mark"]:
            return False  # "Table 1 shows ..."
        return bool(not plain or found["mark"] or len(block.lines) == 1)

    def _role(self, k: int, block: Block, table: int | None, previous: str) -> str:
        if k in self.title_blocks:
            return "title"
        if self._is_caption(block):
            return "caption"
        small = block.size < self.body.size - _SMALLER
        known = section_kind(block.text) is not None
        rows = block.cells > _CELLS
        short = sum(len(line.text.split()) for line in block.lines) / len(block.lines) < 4
        if table is not None and block.page <= table + 1 and (small or rows or (short and not known and previous != "caption")):
            return "table"
        if table is not None and previous == "caption" and short and not known:
            return "table"
        if rows and len(block.lines) > 2:
            return "table"
        if previous in ("caption", "more caption") and table is None and abs(block.size - self.blocks[k - 1].size) < 0.3 and (small or block.font not in self.body.fonts) and not block.tops_column and not block.bold:
            return "more caption"
        if block.page <= _TITLE_PAGES and block.size < self.body.size - 0.3 and not known and self._is_front(block):
            return "note"
        if self._is_heading(block):
            return "heading"
        if small and short and not known:
            return "figure"
        if small and _words(block) < 12 and previous in ("figure", "caption"):
            return "figure"
        if small and (block.ends_column or previous == "note" or (block.page <= _TITLE_PAGES and self._is_front(block))) and block.page > 0 and _words(block) > 3:
            return "note"
        return "text"

    def _unheaded_abstract(self, roles: list[str]) -> set[int]:
        """Blocks that are the abstract of a paper that prints no such heading."""
        after = self.title_blocks[-1] + 1 if self.title_blocks else 0
        candidates: list[int] = []
        for k in range(after, len(self.blocks)):
            block = self.blocks[k]
            if block.page > _TITLE_PAGES:
                break
            kind = section_kind(block.text)
            head = _RUN_IN.match(block.text)
            lead = section_kind(block.text[: block.first.lead]) if block.first.lead else None
            if kind == "abstract" or lead == "abstract" or (head and section_kind(head["head"]) == "abstract"):
                return set()
            stop = (kind == "introduction" and roles[k] == "heading") or kind == "keywords" or lead == "keywords"
            if stop or (head and section_kind(head["head"]) == "keywords"):
                return set(candidates)
            if roles[k] in ("text", "note") and _words(block) >= _ABSTRACT and not self._is_front(block):
                candidates.append(k)
        first_text = [k for k in candidates if self.blocks[k].bold or self.blocks[k].font not in self.body.fonts]
        return set(first_text[:1]) if first_text and first_text[0] == candidates[0] else set()

    def _is_front(self, block: Block) -> bool:
        """Whether the block is a byline, an address, a date or a licence."""
        hits = len(_AFFILIATION.findall(block.text))
        return hits * 25 > _words(block) or bool(_BOILERPLATE.search(block.text[:200]) and block.size < self.body.size - 0.3)

    # -- the walk

    def _walk(self, roles: list[str], abstract: set[int]) -> list[Part]:
        parts: list[Part] = []
        state = _State()
        pending: list[Part] = []  # floats and notes met while a paragraph was open
        for k, block in enumerate(self.blocks):
            role = roles[k]
            if role == "title":
                state.seen_title = True
                if k == self.title_blocks[0]:
                    lines = [line for n in self.title_blocks for line in self.blocks[n].lines]
                    parts.append(Part(lines, "heading", "title", None))
                continue
            if state.kind == "references" and role in ("figure", "note", "text", "table") and self._is_entry(block, state):
                parts += pending
                pending = []
                self._references(block, state, parts)
                continue
            if k in abstract:
                parts += pending
                pending = []
                state.enter("abstract", None)
                parts.append(Part(list(block.lines), "paragraph", "abstract", None))
                state.abstract_words += _words(block)
                continue
            if role == "note" and state.past_body and block.page > _TITLE_PAGES:
                role = "text"  # funding, contributions ... are often set small
            if role in ("caption", "more caption", "table", "figure", "note"):
                part = self._float(block, role, state)
                if role == "more caption" and pending and pending[-1].kind == "caption":
                    pending[-1].lines += block.lines
                elif state.kind == "abstract" and role == "note" and self._fits_abstract(block, state):
                    self._paragraph(block, state, parts)
                    continue
                else:
                    pending.append(part)
                continue
            if role == "text" and self._continues(parts, block, state, bool(pending)):
                parts[-1].lines += block.lines
                continue
            parts += pending
            pending = []
            if state.kind == "abstract" and state.heading is None and abstract and k > max(abstract):
                state.enter("other", None)
            if role == "heading" and self._heading(block, state, parts):
                continue
            self._paragraph(block, state, parts)
        return parts + pending

    def _is_entry(self, block: Block, state: _State) -> bool:
        """Whether a block under the references heading is part of the list, by its type."""
        return state.entry_size is None or abs(block.size - state.entry_size) <= 0.5

    def _float(self, block: Block, role: str, state: _State) -> Part:
        if role in ("caption", "more caption"):
            return Part(list(block.lines), "caption", "caption", None)
        if role == "table":
            return Part(list(block.lines), "table", "table", None)
        if role == "figure":
            return Part(list(block.lines), "caption", "caption", None)
        return Part(list(block.lines), "footnote", "other", None)

    def _fits_abstract(self, block: Block, state: _State) -> bool:
        return state.abstract_size is None or abs(block.size - state.abstract_size) < 0.4

    def _continues(self, parts: list[Part], block: Block, state: _State, interrupted: bool) -> bool:
        """Whether the block goes on with the paragraph that a column's or page's end, or a float, cut off."""
        if not parts or parts[-1].kind not in ("paragraph", "list-item", "reference"):
            return False
        above = parts[-1].lines[-1]
        if abs(above.size - block.size) > 0.4:
            return False
        open_end = not SENTENCE_END.search(above.text)
        if state.kind is None or above.x1 < self.edges[id(above)] - _FULL * (self.edges[id(above)] - above.x0):
            return False
        return open_end and (block.text[:1].islower() or block.tops_column or interrupted or not block.text[:1].isupper())

    def _heading(self, block: Block, state: _State, parts: list[Part]) -> bool:
        """Take the block as a heading and enter its section; False where it turns out to be none here."""
        text = " ".join(block.text.split())
        kind = section_kind(text)
        run_in = _RUN_IN.match(text)
        if kind is None and run_in and run_in.end() < len(text):
            return False
        numbered = _NUMBERED.match(text)
        bare = _NUMBERED.sub("", text, count=1).strip(" .:")
        deep = bool(numbered and "." in numbered["number"].rstrip("."))
        style = self._style(block)
        main = style == self.main_style and not deep
        if not state.seen_title and kind is None and block.page <= _TITLE_PAGES:
            parts.append(Part(list(block.lines), "heading", "other", None))
            return True
        if state.kind is None and kind is None:
            parts.append(Part(list(block.lines), "paragraph", "other", None))
            self.byline = self.byline or block.text
            return True
        if state.kind == "abstract" and kind not in ("abstract", "keywords", "references"):
            part_of = bool(_ABSTRACT_PARTS.fullmatch(bare)) or kind is None
            again = bare.casefold() in state.abstract_heads
            opens = bool(re.fullmatch(r"introduction", bare, re.IGNORECASE)) and (state.abstract_words > 30)
            late = kind == "introduction" and (state.abstract_heads & {"results", "conclusion", "conclusions", "findings"})
            bigger = state.abstract_size is not None and block.size > state.abstract_size + 1.4 and state.abstract_words > 30
            if part_of and not (again or opens or late or bigger or (numbered and state.abstract_words > 30)):
                state.abstract_heads.add(bare.casefold())
                parts.append(Part(list(block.lines), "heading", "abstract", text))
                state.heading = text
                return True
        if kind is None and state.kind == "references":
            if not main and block.size <= max(self.body.size, state.entry_size or 0) + _LARGER:
                return False
            kind = "other"
        if kind is None:
            if main and (self.main_tells or numbered) and not (state.parent in _LASTING and not state.past_body):
                state.enter("other", text)
            else:
                state.sub(text)
        elif kind in _END_MATTER or kind in ("abstract",) or main or _MAIN.fullmatch(bare) or state.parent in (None, "other", *_END_MATTER):
            state.enter(kind, text)
            state.past_body = state.past_body or (kind == "other" and state.seen_body)
        else:
            state.sub(text)
        parts.append(Part(list(block.lines), "heading", state.kind or "other", state.heading))
        return True

    def _paragraph(self, block: Block, state: _State, parts: list[Part]) -> None:
        first = block.first
        lead = block.lines[0].text[: first.lead].strip(" .:—–-") if first.lead else ""
        run_in = _RUN_IN.match(block.text)
        head = lead if lead and section_kind(lead) else run_in["head"] if run_in else ""
        kind = section_kind(head) if head else None
        if kind and state.kind == "abstract" and kind not in ("keywords", "abstract") and not self._ends_abstract(block, state, kind):
            state.abstract_heads.add(head.casefold())
            kind = None
        if kind in _BODY and state.past_body:
            kind = None
        if kind in ("funding", "acknowledgements", "other", "keywords", "abstract", "appendix") or (
            kind and (first.lead or head.isupper()) and state.kind != "references" and (first.lead_bold or head.isupper())
        ):
            if kind in ("abstract", *_END_MATTER) or state.parent in (None, "other", "keywords", "abstract") or _MAIN.fullmatch(head):
                state.enter(kind, head)
        elif state.kind == "references":
            self._references(block, state, parts)
            return
        elif state.kind == "keywords" and (_words(block) > _PROSE or not state.just_entered):
            state.enter("introduction" if self._is_body(block) else "other", None)
        elif state.kind == "abstract":
            if self._fits_abstract(block, state) is False or self._ends_abstract(block, state, None):
                if block.size < (state.abstract_size or 0) or self._is_front(block) or not self._is_body(block):
                    parts.append(Part(list(block.lines), "footnote", "other", None))
                    return
                state.enter("introduction", None)
        elif state.kind is None:
            if state.seen_title and not self.byline:
                self.byline = block.text
            front = self._is_front(block) or not self._is_body(block)
            if state.seen_title and state.had_abstract and not front and _words(block) > _PROSE:
                state.enter("introduction", None)
            else:
                parts.append(Part(list(block.lines), "footnote" if front else "paragraph", "other", None))
                return
        if state.kind == "abstract":
            if _words(block) >= 8 and state.abstract_size is None:
                state.abstract_size = block.size
            state.abstract_words += _words(block)
        state.just_entered = False
        parts.append(Part(list(block.lines), "paragraph", state.kind or "other", state.heading))

    def _is_body(self, block: Block) -> bool:
        return abs(block.size - self.body.size) <= 0.4 and _words(block) >= 8

    def _ends_abstract(self, block: Block, state: _State, kind: SectionKind | None) -> bool:
        """Whether running text begins that is set otherwise than the abstract so far."""
        if state.abstract_size is None or state.abstract_words < 30:
            return False
        return self._is_body(block) and abs(block.size - state.abstract_size) >= 0.4

    def _references(self, block: Block, state: _State, parts: list[Part]) -> None:
        """Divide a block of the reference list into its entries; what is none (adverts, licences) goes to `other`."""
        if state.entry_size is None:
            state.entry_size = block.size
        foreign = abs(block.size - state.entry_size) > 0.5 or (_BOILERPLATE.match(block.text) and not _ENTRY.match(block.text))
        if foreign:
            parts.append(Part(list(block.lines), "footnote", "other", None))
            return
        for line in block.lines:
            number = _ENTRY.match(line.text)
            value = int(number[1] or number[2]) if number else None
            if value is not None and (value == state.entry + 1 or (state.entry == 0 and value < 3)):
                state.entry = value
                starts = True
            elif state.entry:
                starts = False
            else:
                starts = line is block.first and not self._continues(parts, block, state, False)
                hanging = line.x0 < block.left + 0.4 * line.size and block.right - block.left > 0
                if line is not block.first:
                    above = parts[-1].lines[-1]
                    starts = hanging and block.lines[1:2] != [] and bool(SENTENCE_END.search(above.text)) and bool(re.match(r"[A-ZÀ-Þ]", line.text)) and any(
                        other.x0 > block.left + 0.6 * other.size for other in block.lines
                    )  # fmt: skip
            if starts or parts[-1].kind != "reference":
                parts.append(Part([line], "reference", "references", state.heading))
            else:
                parts[-1].lines.append(line)


@dataclass(slots=True)
class _State:
    """Where the walk stands."""

    kind: SectionKind | None = None
    heading: str | None = None
    parent: SectionKind | None = None
    seen_title: bool = False
    had_abstract: bool = False
    just_entered: bool = False
    seen_body: bool = False
    past_body: bool = False
    abstract_size: float | None = None
    abstract_words: int = 0
    abstract_heads: set[str] = None  # type: ignore[assignment]
    entry: int = 0
    entry_size: float | None = None

    def __post_init__(self) -> None:
        self.abstract_heads = set()

    def enter(self, kind: SectionKind, heading: str | None) -> None:
        """Begin a main section."""
        self.kind = self.parent = kind
        self.heading = heading
        self.just_entered = True
        self.had_abstract = self.had_abstract or kind == "abstract"
        if kind in _END_MATTER - {"other"}:
            self.past_body = self.seen_body
        elif kind in _BODY:
            self.past_body = False
            self.seen_body = self.seen_body or kind != "introduction"

    def sub(self, heading: str) -> None:
        """Begin a subsection: the parent's kind, a heading of its own."""
        self.heading = heading
