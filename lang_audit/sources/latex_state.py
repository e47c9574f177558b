"""What a walk through LaTeX stands in at any moment: stretches still to walk, flows that take words, open environments."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import partial
from typing import NamedTuple, get_args

from lang_audit.model import PassageKind, SectionKind
from lang_audit.sources.latex_commands import Slot, environment
from lang_audit.sources.latex_files import IncludedFiles
from lang_audit.sources.latex_flow import GAP, Flow
from lang_audit.sources.latex_macros import Definitions
from lang_audit.sources.latex_source import Argument, Faults, LatexSource

_NAME = re.compile(r"[ \t]*\{[ \t]*([^{}\\\r\n]{1,80}?)[ \t]*\}")
_SECTIONS = frozenset(get_args(SectionKind))
_DEEPEST_NOTE = 40
_CLOSES = {"quote": "“”", "inner": "‘’"}


class Environment(NamedTuple):
    """An environment that is open: where it began, and what its end must put back."""

    name: str
    at: int
    flows: int
    kind: PassageKind
    section: SectionKind | None
    effect: str


class Frame:
    """A stretch of a file that is being walked, and what to do at its end."""

    def __init__(self, source: LatexSource, start: int, end: int) -> None:
        self.source = source
        self.position = start
        self.end = end
        self.enter: Callable[[], None] | None = None
        self.leave: Callable[[], None] | None = None
        self.preamble = False
        self.environments = 0  # how many were open when it began
        self.is_file = False


class WalkState:
    """The stacks of a walk, and what opens and closes what is on them."""

    def __init__(self, definitions: Definitions, files: IncludedFiles | None) -> None:
        self.definitions = definitions
        self.files = files
        self.faults = Faults()
        self.flows = [Flow()]
        self.metadata: dict[str, list[str]] = {}
        self.frames: list[Frame] = []
        self.open: list[Environment] = []
        self._quotes = 0

    @property
    def flow(self) -> Flow:
        """Where words go now."""
        return self.flows[-1]

    def push(self, frame: Frame) -> None:
        """Walk a stretch before what is left of the present one."""
        frame.environments = len(self.open)
        self.frames.append(frame)

    def leave(self, frame: Frame) -> None:
        """A stretch is over: end what was opened in it and is still open."""
        self.frames.pop()
        while len(self.open) > frame.environments:
            left = self.open[-1]
            self.faults.add(frame.source, left.at, f"\\begin{{{left.name}}} has no \\end")
            self._end_environment()
        if frame.leave:
            frame.leave()
        if frame.is_file and self.frames and self.files:
            self.files.leave()

    def paragraph(self, at: int, upto: int, part: str | None) -> None:
        """A paragraph ends, save in a table or an author's name."""
        if self.flow.kind == "table" or self.flow.raw:
            self.flow.put(" ", at, upto, part)
        else:
            self.flow.flush()

    def gap(self, frame: Frame, at: int, end: int) -> None:
        """Pass over characters that hold no words, and keep the words around them apart."""
        frame.position = end
        self.flow.put(GAP, at, end, frame.source.part)

    def broken(self, source: LatexSource) -> Callable[[int, str], None]:
        """What takes note of faults in a file."""
        return lambda at, what: self.faults.add(source, at, what)

    def walk_arguments(self, frame: Frame, kept: list[Argument]) -> None:
        """Walk the words of arguments, the first one first, before what comes after the command."""
        for k in range(len(kept) - 1, -1, -1):
            argument = kept[k]
            inner = Frame(frame.source, argument.start, argument.end)
            if argument.use != "+" or k:
                inner.enter = partial(self._begin_argument, inner, argument, bool(k))
            self.push(inner)

    def unknown(self, frame: Frame, after: int, apart: bool = False) -> None:
        """What nobody told us of: square brackets go, the words in braces stay, each apart from the next."""
        source, text = frame.source, frame.source.text
        kept: list[Argument] = []
        while after < frame.end and text[after] in "[{*":
            found, end = source.arguments(after, frame.end, (Slot("*", ""), Slot("[", "-")), self.broken(source))
            if end == after:
                if text[after] != "{" or after not in source.closing:
                    break
                found, end = source.arguments(after, frame.end, (Slot("{", "+"),), self.broken(source))
                if not found:
                    break
                kept += found
            after = end
        frame.position = after
        self.walk_arguments(frame, kept)
        if apart and kept:  # from what follows, too
            last = self.frames[-len(kept)]
            last.leave = lambda: self.flow.put(GAP, last.end - 1, last.end + 1, last.source.part)

    def _begin_argument(self, inner: Frame, argument: Argument, apart: bool) -> None:
        """What is to be done before the words of an argument are walked."""
        part, start, end, use = inner.source.part, argument.start, argument.end, argument.use
        if use == "+":
            if apart:
                self.flow.put(GAP, start - 1, start + 1, part)
        elif use == "quote":
            self._quotes += 1
            marks = _CLOSES["quote" if self._quotes % 2 else "inner"]
            self.flow.put(marks[0], start - 1, start, part)

            def unquote() -> None:
                self._quotes -= 1
                self.flow.put(marks[1], end, end + 1, part)

            inner.leave = unquote
        elif use == "note" and len(self.flows) > _DEEPEST_NOTE:
            return
        else:
            if use == "note":
                self.flow.put(GAP, start - 1, start + 1, part)
            self._open_flow(use)
            inner.leave = (
                (lambda: self._close_metadata(use)) if use in ("author", "date", "journal") else self._close_flow
            )

    def _open_flow(self, use: str) -> None:
        outer = self.flow
        if use == "note":
            flow = Flow("footnote", section=outer.section, aside=True)
        elif use in ("author", "date", "journal"):
            flow = Flow(raw=True)
        else:
            outer.flush()
            flow = Flow(section=outer.section)
            if re.fullmatch(r"h\d", use):
                flow.kind, flow.level = "heading", int(use[1])
            elif use == "title":
                flow.kind, flow.section = "heading", "title"
            elif use == "caption":
                flow.kind, flow.section = "caption", None
            elif use == "block":
                flow.kind = "block-quote"
            elif use in _SECTIONS:
                flow.section = use  # type: ignore[assignment]
        self.flows.append(flow)

    def _close_flow(self) -> None:
        flow = self.flows.pop()
        self.flow.take(flow)

    def _close_metadata(self, use: str) -> None:
        self.metadata.setdefault(use, []).append(self.flows.pop().words())

    def item(self, frame: Frame) -> None:
        """A list item begins, perhaps with a label."""
        if self.flow.kind not in ("table", "footnote", "caption"):
            self.flow.flush()
            self.flow.kind = "list-item"
        elif self.flow.kind == "footnote":
            self.flow.flush()
        found, frame.position = frame.source.arguments(
            frame.position, frame.end, (Slot("[", "+"),), self.broken(frame.source)
        )
        if found:
            label, end = found[0], frame.position
            inner = Frame(frame.source, label.start, label.end)
            inner.leave = lambda: self.flow.put(" ", label.end, max(end, label.end + 1), frame.source.part)
            self.push(inner)

    def begin_or_end(self, frame: Frame, which: str, at: int) -> None:
        r"""A \begin or \end."""
        source = frame.source
        if which == "begin" and at in source.raw_ends:
            self.gap(frame, at, source.raw_ends[at])
            return
        named = _NAME.match(source.text, frame.position, frame.end)
        if not named:
            self.faults.add(source, at, f"\\{which} without the name of an environment")
            return
        name, frame.position = named[1], named.end()
        if which == "end":
            self._end(frame, name, at)
            return
        spec = environment(name)
        if spec and spec.effect == "drop":
            end = source.find(f"\\end{{{name}}}", frame.position)
            if 0 <= end <= frame.end:
                self.gap(frame, at, end + len(name) + 6)
                return
            self.faults.add(source, at, f"\\begin{{{name}}} has no \\end")
            return
        if name == "document":
            return
        if spec:
            _, frame.position = source.arguments(frame.position, frame.end, spec.slots, self.broken(source))
        self._begin_environment(name, spec.effect if spec else "apart", at)
        if not spec:
            self.unknown(frame, frame.position, apart=True)

    def _end(self, frame: Frame, name: str, at: int) -> None:
        if name == "document":
            held = next(f for f in reversed(self.frames) if f.is_file)
            for ended in self.frames:
                if held.source.document is None or ended.source is held.source:
                    ended.position = ended.end
            return
        floor = max(frame.environments, len(self.open) - 200)
        k = next((k for k in range(len(self.open) - 1, floor - 1, -1) if self.open[k].name == name), None)
        if k is None:
            self.faults.add(frame.source, at, f"\\end{{{name}}} has no \\begin")
            return
        while len(self.open) > k:
            if len(self.open) - 1 > k:
                left = self.open[-1]
                self.faults.add(frame.source, left.at, f"\\begin{{{left.name}}} has no \\end")
            self._end_environment()

    def _begin_environment(self, name: str, effect: str, at: int) -> None:
        flow = self.flow
        flow_kind, section, flows = flow.kind, flow.section, len(self.flows)
        in_table = flow.kind == "table"
        if effect in ("figure", "float"):
            self.flows.append(Flow("footnote", hidden=effect == "figure", aside=True))
        elif effect == "table" and not in_table:
            flow.flush()
            self.flows.append(Flow("table", hidden=flow.hidden))
        elif effect != "inline" and not in_table:
            flow.flush()
            if effect == "block":
                flow.kind = "block-quote"
            elif effect == "appendix":
                flow.appendix = True
            elif effect in _SECTIONS:
                flow.section = effect  # type: ignore[assignment]
                if effect == "references":
                    flow.kind = "reference"
        self.open.append(Environment(name, at, flows, flow_kind, section, effect))

    def _end_environment(self) -> None:
        ended = self.open.pop()
        while len(self.flows) > ended.flows:
            self._close_flow()
        if ended.effect not in ("inline", "figure", "float", "table") and self.flow.kind != "table":
            self.flow.flush()
            self.flow.kind, self.flow.section = ended.kind, ended.section
