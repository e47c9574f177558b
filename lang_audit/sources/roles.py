"""What each block of a paper is by itself and beside its neighbours: title, heading, caption, table, note, text."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Literal

from lang_audit.sources.asides import asides
from lang_audit.sources.headings import section_kind
from lang_audit.sources.metadata import usable_title
from lang_audit.sources.paragraphs import Block
from lang_audit.sources.typography import CELLS, LARGER, Body, HeadingStyle, set_as_heading
from lang_audit.sources.unheaded_references import unheaded_references
from lang_audit.sources.wording import (
    AFFILIATION,
    CAPTION,
    COUNT,
    JOURNAL_NAME,
    LATE_CAPTION,
    NOTICE,
    NUMBERED,
    plain,
    run_in_heading,
)

Role = Literal["title", "heading", "text", "caption", "more caption", "table", "figure", "note", "box"]
"""What a block is; "figure" is lettering inside a figure, "more caption" a further block of a caption, "box" a pull quote too."""

TITLE_PAGES = 2  # the title stands on one of the first pages, after a cover sheet at most
_TITLE_WORDS = range(3, 51)
_LONGEST_NOTICE = 150  # words: licences and addresses are shorter
_ABSTRACT = 40  # words: the shortest text before the introduction that is taken for an abstract without its heading
_LABELLED = frozenset({"introduction", "methods", "results", "discussion", "conclusion"})
_LABELS = 3  # "Objectives: ... Methods: ... Results: ..." one after the other
_LONGEST_ABSTRACT = 500  # words: labels over more text are a short paper's headings
_WORD = re.compile(r"[^\W\d_]{3}|[.!?]$")  # a picture's letters and figures hold no word and end no sentence
_PROSE = 25  # words: a block this long is running text, no label
_MARGIN = 0.3  # of the width that a page's text takes: narrower columns stand in the margin
_FIRST_BLOCKS = 6  # of the paper, among which its title stands
_LABEL = 4  # words in a line on average: the lettering of figures and the cells of tables have fewer
_FEW_WORDS = 12  # a small block beside a figure with no more is lettering
_WORDS_TO_ADDRESS = 25  # words of text for each word of an address or notice: fewer make a block front matter


class Roles:
    """The roles of a paper's blocks. `title` holds the indices of the title's blocks, `abstract` those of one without heading."""

    def __init__(self, blocks: Sequence[Block], body: Body, stated_title: str, margins: str) -> None:
        """`stated_title` is the file's own, `margins` the running heads that were taken off, of any use or none."""
        self.blocks = blocks
        self.body = body
        self._margins = plain(margins)
        self.title = self._stated(plain(stated_title)) if usable_title(stated_title) else []
        self.title = self.title or self._largest()
        self.headings = HeadingStyle.of([block for k, block in enumerate(blocks) if k not in self.title], body)
        self.of = self._all()
        self.box_titles = asides(blocks, body, self.of, TITLE_PAGES)
        for k in self.box_titles:
            self.of[k] = "box"
        self.abstract = self._unheaded_abstract()
        self.references = range(0) if self._heads_references() else unheaded_references(blocks)

    def _heads_references(self) -> bool:
        """Whether some line of the paper's later part announces the reference list."""
        later = self.blocks[len(self.blocks) // 5 :]
        return any(block.words < _FEW_WORDS and section_kind(block.text) == "references" for block in later)

    def bylines(self) -> list[str]:
        """The texts that follow the title, one of which names the authors."""
        after = self.title[-1] + 1 if self.title else 0
        return [block.text for block in self.blocks[after : after + 8]]

    def is_front(self, block: Block) -> bool:
        """Whether the block is a byline, an address, a date or a licence."""
        if len(AFFILIATION.findall(block.text)) * _WORDS_TO_ADDRESS > block.words:
            return True
        return block.size < self.body.size - 0.3 and NOTICE.search(block.text[:200]) is not None

    # The title

    def _early(self) -> list[int]:
        return [k for k, block in enumerate(self.blocks) if block.page <= TITLE_PAGES][:60]

    def _stated(self, wanted: str) -> list[int]:
        """Where the first pages print the title that the file states."""
        for k in self._early():
            text = ""
            for n in range(k, min(k + 4, len(self.blocks))):
                text += plain(self.blocks[n].text)
                most = len(text) > 0.75 * len(wanted) and wanted.startswith(text)
                if len(text) > 12 and (text == wanted or most):
                    return list(range(k, n + 1))
                if not wanted.startswith(text):
                    break
        return []

    def _largest(self) -> list[int]:
        """The largest type of the first pages that is no journal's name or notice."""
        best, best_size = None, self.body.size + LARGER
        for k in self._early():
            block = self.blocks[k]
            if best is not None and self.blocks[best].page < block.page:
                break
            if (
                block.words not in _TITLE_WORDS
                or block.size <= best_size + 0.3
                or not re.search(r"[a-zA-Z]{3}", block.text)
            ):
                continue
            if not NOTICE.search(block.text) and not self._names_journal(block):
                best, best_size = k, block.size
        if best is None:
            return self._set_off()
        found = [best]
        for k in range(best + 1, len(self.blocks)):
            block, above = self.blocks[k], self.blocks[k - 1]
            same = abs(block.size - best_size) < 0.3 and block.bold == above.bold and block.page == above.page
            if not same or block.first.baseline < above.lines[-1].baseline:
                break
            found.append(k)
        return found

    def _set_off(self) -> list[int]:
        """The title of a manuscript that is typed in one size: bold or in capitals at the top of its first page."""
        for k, block in enumerate(self.blocks[:_FIRST_BLOCKS]):
            if block.page > 1 or section_kind(block.text) or run_in_heading(block.text, block.first.lead):
                break
            if NOTICE.search(block.text) or self._names_journal(block) or block.words not in _TITLE_WORDS:
                continue
            return [k] if self.body.sets_apart(block) and not block.first.italic else []
        return []

    def _names_journal(self, block: Block) -> bool:
        """Whether a large line is the journal's name: running heads repeat it, or its words say so."""
        if block.words <= 6 and plain(block.text) in self._margins:
            return True
        return block.words <= 9 and JOURNAL_NAME.search(block.text) is not None

    # What blocks are

    def _all(self) -> list[Role]:
        roles: list[Role] = []
        self._captioned = {block.page for block in self.blocks if self._is_caption(block)}
        table: int | None = None  # the page that the table being read has reached
        self._table_font = ""
        for k, block in enumerate(self.blocks):
            role = self._role(k, table, roles[-1] if roles else None)
            if role == "caption":
                self._table_font = "" if block.font in self.body.fonts else block.font
                table = block.page if re.search(r"\bta ?b ?l ?es?\b", block.text[:40], re.IGNORECASE) else None
            elif role == "table" and table is not None:
                table = block.page
            elif role not in ("table", "figure", "note"):
                table = None
            roles.append(role)
        self._mark_lettering(roles)
        self._mark_footnotes(roles)
        self._mark_lists(roles)
        self._mark_margins(roles)
        return roles

    def _role(self, k: int, table: int | None, previous: Role | None) -> Role:
        block = self.blocks[k]
        if k in self.title:
            return "title"
        if self._is_caption(block):
            return "caption"
        small = self.body.is_small(block)
        known = section_kind(block.text) is not None
        rows = block.cells > CELLS
        labels = block.words < _LABEL * len(block.lines) and not known
        if (
            table is not None
            and block.page <= table + 1
            and (small or rows or labels or block.font == self._table_font)
        ):
            return "table"
        if rows and len(block.lines) > 2:
            return "table"
        if previous in ("caption", "more caption") and self._goes_on(self.blocks[k - 1], block):
            return "more caption"
        early = block.page <= TITLE_PAGES
        if early and not known and block.words < _LONGEST_NOTICE:
            notice = NOTICE.search(block.text[:30]) is not None
            if notice or (block.size < self.body.size - 0.3 and self.is_front(block)):
                return "note"
        if block.words <= _FEW_WORDS and COUNT.search(block.text) and block.font not in self.body.fonts:
            return "figure"
        if set_as_heading(block, self.body, self.headings.main):
            return "heading"
        beside_picture = block.words < _FEW_WORDS and previous in ("figure", "caption")
        if small and (labels or beside_picture or (rows and block.font not in self.body.fonts)):
            return "note" if early and block.page not in self._captioned else "figure"
        if block.page in self._captioned and block.words <= _FEW_WORDS and not _WORD.search(block.text) and not known:
            return "figure"
        if small and block.words > 3 and (block.ends_column or previous == "note" or (early and self.is_front(block))):
            return "note"
        return "text"

    def _is_caption(self, block: Block) -> bool:
        found = CAPTION.match(block.text)
        if not found:
            return block.font not in self.body.fonts and not block.bold and bool(LATE_CAPTION.search(block.first.text))
        rest = block.text[found.end() :].lstrip()
        if found["what"].islower() or (rest[:1].islower() and not found["mark"]):
            return False  # "Table 1 shows ..."
        as_text = abs(block.size - self.body.size) <= 0.3 and not block.first.lead and not block.bold
        return not as_text or bool(found["mark"]) or len(block.lines) == 1

    def _goes_on(self, caption: Block, block: Block) -> bool:
        """Whether a block under a caption is more of it: the legend under a figure's title."""
        as_caption = abs(block.size - caption.size) < 0.3 and not block.tops_column and not block.bold
        return as_caption and (self.body.is_small(block) or block.font not in self.body.fonts)

    def _mark_lettering(self, roles: list[Role]) -> None:
        """A few words each in a font that the text has no use for, above the caption of a figure, are its lettering."""
        prose = self.body.fonts | {block.font for block in self.blocks if block.words > _PROSE}
        for k, block in enumerate(self.blocks):
            if roles[k] != "caption" or not block.text[:3].casefold().startswith("fig"):
                continue
            above = []
            for n in range(k - 1, -1, -1):
                label = self.blocks[n]
                plain_label = label.page == block.page and label.font not in prose and label.words <= _PROSE
                if not plain_label or roles[n] not in ("text", "heading", "note", "figure"):
                    break
                above.append(n)
            if len(above) >= _LABELS:
                for n in above:
                    roles[n] = "figure"

    def _mark_footnotes(self, roles: list[Role]) -> None:
        """Small type at the foot of a column of running text is notes, up to the text itself."""
        foot: list[int] = []
        for k in range(len(self.blocks) - 1, -1, -1):
            block = self.blocks[k]
            if block.ends_column:
                foot = []
            small = self.body.is_small(block)
            if small and (foot or block.ends_column) and roles[k] in ("text", "figure", "note"):
                foot.append(k)
                continue
            if roles[k] == "text" and not small:
                for index in foot:
                    roles[index] = "note"
            foot = []

    def _mark_margins(self, roles: list[Role]) -> None:
        """Small type in a narrow column that is read after a first page's text is notes on the article, headings and all."""
        for page in range(1, TITLE_PAGES + 1):
            on_page = [k for k, block in enumerate(self.blocks) if block.page == page]
            text = [k for k in on_page if roles[k] == "text" and not self.body.is_small(self.blocks[k])]
            if not text:
                continue
            left, right = (min(self.blocks[k].left for k in on_page), max(self.blocks[k].right for k in on_page))
            edge = max(self.blocks[k].right for k in text)
            for k in on_page:
                block = self.blocks[k]
                narrow = block.left > edge and block.right - block.left < _MARGIN * (right - left)
                if narrow and k > text[-1] and self.body.is_small(block) and roles[k] in ("text", "heading"):
                    roles[k] = "note"

    def _mark_lists(self, roles: list[Role]) -> None:
        """Numbered lines that follow each other without any text between them are a list, not headings."""
        counted = []
        for role, block in zip(roles, self.blocks, strict=True):
            found = NUMBERED.match(block.text) if role == "heading" else None
            counted.append(int(found["number"]) if found and found["number"].isdigit() else 0)
        for k in range(len(counted) - 1):
            if counted[k] and counted[k + 1] == counted[k] + 1:
                roles[k] = roles[k + 1] = "text"

    def _unheaded_abstract(self) -> frozenset[int]:
        """Blocks that are the abstract of a paper that prints no such heading: the text before the introduction."""
        after = self.title[-1] + 1 if self.title else 0
        candidates: list[int] = []
        labelled: list[int] = []
        for k in range(after, len(self.blocks)):
            block = self.blocks[k]
            if block.page > TITLE_PAGES:
                break
            run_in = run_in_heading(block.text, block.first.lead)
            kinds = {section_kind(block.text), run_in[1] if run_in else None}
            if "abstract" in kinds:
                return frozenset()
            if ("introduction" in kinds and self.of[k] == "heading") or ("keywords" in kinds and candidates):
                return frozenset(candidates)
            if run_in and run_in[1] in _LABELLED and (not labelled or labelled[-1] == k - 1):
                labelled.append(k)
            if self.of[k] in ("text", "note") and block.words >= _ABSTRACT and not self.is_front(block):
                candidates.append(k)
        if len(labelled) >= _LABELS and sum(self.blocks[k].words for k in labelled) < _LONGEST_ABSTRACT:
            return frozenset(labelled)
        first = candidates[0] if candidates else None
        if first is not None and (self.blocks[first].bold or self.blocks[first].font not in self.body.fonts):
            return frozenset({first})
        return frozenset()
