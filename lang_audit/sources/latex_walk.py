"""The walk through a LaTeX manuscript, from its first character to its last, that says which words are read as what.

No call of ours goes deeper for what stands inside something else: a stack of frames holds the stretches that are still to be
walked, so that depth of nesting costs nothing and time grows with length.
"""

from __future__ import annotations

import re
import unicodedata

from lang_audit.sources.blocks import Block
from lang_audit.sources.latex_commands import ACCENTS, ESCAPED, INCLUDES, LIGATURES, Slot, Spec, command, repeated
from lang_audit.sources.latex_define import define
from lang_audit.sources.latex_flow import GAP
from lang_audit.sources.latex_macros import ACRONYM_DEFINERS, ACRONYM_USE, DEFINERS, uses_acronym
from lang_audit.sources.latex_source import NEWLINE, LatexSource
from lang_audit.sources.latex_state import Frame, WalkState

_TOKEN = re.compile(
    rf"(?P<text>[^\\%{{}}$~&\r\n`'?!-]+)|\\(?P<command>[A-Za-z]+)|\\(?P<symbol>[\s\S])|(?P<break>{NEWLINE}\s*)|"
    rf"(?P<comment>%[^\r\n]*(?:{NEWLINE}[ \t]*)?)|(?P<open>\{{)|(?P<close>\}})|(?P<maths>\$\$?)|(?P<amp>&)|"
    r"(?P<ligature>---?|``|''|[?!]`|`|~)|(?P<other>[\s\S])"
)
_PREAMBLE = re.compile(r"%[^\r\n]*|\\(?P<command>[A-Za-z@]+)|\\[\s\S]|(?P<open>\{)")
_FILE = re.compile(r"[ \t]*([^\s{}\\%]+)")
_ACCENTED = re.compile(
    r"[ \t]*(?:\{[ \t]*(?:\\([ij])(?![A-Za-z])|([^\W\d_]))?[ \t]*\}|\\([ij])(?![A-Za-z])[ \t]?|([^\W\d_]))"
)
_IN_PREAMBLE = INCLUDES | DEFINERS | {"includeonly", "iffalse"}
_SWALLOWED = re.compile(rf"[ \t]*(?:{NEWLINE}[ \t]*(?!{NEWLINE}|[ \t]))?")
_MARKS = re.compile(r"[\d,;\s*†‡§¶–-]*|[a-z](?:,[a-z])*")  # of notes and affiliations, where they are set high
_FRONT = frozenset(
    ["title", "subtitle", "author", "date", "journal", "abstract", "keywords", "acknowledgements", "funding"]
)
_MATHS_ENDS = {"(": r"\)", "[": r"\]"}


class Walk(WalkState):
    """One walk: give it a source, `run`, and take the blocks, metadata and faults."""

    def run(self, source: LatexSource) -> list[Block]:
        """The blocks of a main file or of a fragment."""
        self._enter(source)
        while self.frames:
            frame = self.frames[-1]
            if frame.enter:
                begin, frame.enter = frame.enter, None
                begin()
            if frame.position >= frame.end:
                self.leave(frame)
            elif frame.preamble:
                self._preamble_step(frame)
            else:
                self._step(frame)
        while len(self.flows) > 1:
            self._close_flow()
        self.flow.flush()
        return self.flow.done

    def _enter(self, source: LatexSource) -> None:
        frame = Frame(source, 0, len(source.text))
        frame.is_file = True
        frame.preamble = source.document is not None or (bool(self.frames) and self.frames[-1].preamble)
        self.push(frame)

    # --- the preamble: definitions and what is printed at the front

    def _preamble_step(self, frame: Frame) -> None:
        source = frame.source
        found = _PREAMBLE.search(source.text, frame.position, frame.end)
        if not found:
            frame.position = frame.end
            return
        frame.position = found.end()
        if found["open"]:
            frame.position = source.closing.get(found.start(), found.start()) + 1
            return
        name = found["command"]
        if not name:
            return
        if source.document and found.end() + len("{document}") == source.document[0] and name == "begin":
            frame.position, frame.preamble = source.document[0], False
            return
        spec = command(name)
        front = spec is not None and any(slot.use in _FRONT for slot in spec.slots)
        if front or name in _IN_PREAMBLE or name in ACRONYM_DEFINERS:
            self._command(frame, name, found.start())
        elif spec:
            _, frame.position = source.arguments(found.end(), frame.end, spec.slots, lambda at, what: None)

    # --- the body

    def _step(self, frame: Frame) -> None:
        source, at = frame.source, frame.position
        found = _TOKEN.match(source.text, at, frame.end)
        if not found:  # a stroke at the very end
            frame.position = frame.end
            return
        frame.position = found.end()
        kind = found.lastgroup
        if kind == "text" or kind == "other":
            if found[0] != "\\":
                self.flow.add(found[0], at, source.part)
        elif kind == "command":
            self._command(frame, found[0][1:], at)
        elif kind == "break":
            lines = found[0].replace("\r\n", "\n")
            if lines.count("\n") + lines.count("\r") > 1:
                self.paragraph(at, found.end(), source.part)
            else:
                self.flow.add(found[0], at, source.part)
        elif kind == "comment":
            if found.end() < frame.end and found[0][-1:] in "\r\n \t" and source.text[found.end()] in "\r\n":
                self.paragraph(at, found.end(), source.part)
        elif kind == "ligature":
            self.flow.put(LIGATURES[found[0]], at, found.end(), source.part)
        elif kind == "symbol":
            self._symbol(frame, found[0][1], at)
        elif kind == "maths":
            self._maths(frame, source.maths_end(found.end(), found[0]), at, found[0])
        elif kind == "amp":
            if self.flow.kind == "table":
                self.flow.cell(" | ", at, found.end(), source.part)
            else:
                self.flow.add("&", at, source.part)
        elif kind == "open":
            if at not in source.closing:
                self.faults.add(source, at, "a brace is never closed")
        elif at not in source.closed:
            self.faults.add(source, at, "a closing brace without an opening one")

    def _maths(self, frame: Frame, end: int, at: int, what: str) -> None:
        if end < 0 or end > frame.end:
            self.faults.add(frame.source, at, f"the maths that {what} opens is never closed")
            return
        self.gap(frame, at, end)

    def _symbol(self, frame: Frame, symbol: str, at: int) -> None:
        source, part = frame.source, frame.source.part
        if symbol in _MATHS_ENDS:
            end = source.find(_MATHS_ENDS[symbol], at + 2)
            self._maths(frame, end + 2 if 0 <= end < source.paragraph_end(at) else -1, at, f"\\{symbol}")
        elif symbol == "\\":
            _, frame.position = source.arguments(at + 2, frame.end, (Slot("*", ""),), lambda *_: None)
            if source.text[frame.position : frame.position + 1] == "[":
                _, frame.position = source.arguments(frame.position, frame.end, (Slot("[", "-"),), lambda *_: None)
            if self.flow.kind == "table":
                self.flow.cell("\n", at, at + 2, part)
            else:
                self.flow.put("\v" if self.flow.raw else " ", at, at + 2, part)
        elif symbol in ACCENTS:
            self._accent(frame, symbol, at)
        elif symbol in ESCAPED:
            self.flow.put(ESCAPED[symbol] or symbol, at, at + 2, part)
        elif symbol not in "-/!@)]<*+'" and symbol.isprintable() and not symbol.isascii():
            self.flow.put(symbol, at, at + 2, part)

    def _accent(self, frame: Frame, accent: str, at: int) -> bool:
        found = _ACCENTED.match(frame.source.text, frame.position, frame.end)
        if not found:
            return False
        letter = next(filter(None, found.groups()), "")
        frame.position = found.end()
        if letter:
            made = unicodedata.normalize("NFC", letter + ACCENTS[accent])
            self.flow.put(made, at, found.end(), frame.source.part)
        return True

    # --- commands

    def _command(self, frame: Frame, name: str, at: int) -> None:
        source, after = frame.source, at + 1 + len(name)
        frame.position = after
        if name == "begin" or name == "end":
            self.begin_or_end(frame, name, at)
            return
        if name in ("verb", "lstinline", "mintinline") and at in source.raw_ends:
            self.gap(frame, at, source.raw_ends[at])
            return
        if name == "iffalse":
            end = source.condition_end(after)
            if end < 0:
                self.faults.add(source, at, "\\iffalse has no \\fi")
            else:
                frame.position = end
            return
        if name in INCLUDES or name == "includeonly":
            self._include(frame, name, at)
            return
        if name in DEFINERS:
            frame.position = define(self.definitions, source, name, after, frame.end) if self.files else after
            return
        if name in ACRONYM_DEFINERS:
            found, frame.position = source.arguments(after, frame.end, ACRONYM_DEFINERS[name], self.broken(source))
            self.definitions.define_acronym(name, [source.text[a.start : a.end] for a in found])
            return
        if uses_acronym(name):
            found, end = source.arguments(after, frame.end, ACRONYM_USE, self.broken(source))
            key = next((source.text[a.start : a.end] for a in found if a.bracket == "{"), "")
            insert = [a for a in found if a.use == "+"]
            frame.position = end
            self.flow.put(self.definitions.acronym(name, key), at, insert[0].start - 1 if insert else end, source.part)
            self.walk_arguments(frame, insert)
            return
        if name == "item":
            self.item(frame)
            return
        words = self.definitions.words(name)
        if words is not None:
            self.flow.put(words, at, after, source.part)
            return
        if name in ACCENTS and self._accent(frame, name, at):
            return
        spec = self.definitions.spec(name) or command(name)
        if spec is None:
            self.unknown(frame, after)
        else:
            self._known(frame, name, spec, at)

    def _known(self, frame: Frame, name: str, spec: Spec, at: int) -> None:
        source, after = frame.source, frame.position
        effect = spec.effect
        if effect[:1] in ("'", '"') and effect:
            frame.position = self._after_name(frame, after)
            self.flow.put(effect[1:-1], at, after, source.part)
            return
        if not spec.slots:
            frame.position = self._after_name(frame, after)
        found, end = source.arguments(after, frame.end, spec.slots, self.broken(source))
        if found or end > after:
            frame.position = end
        more = repeated(name)
        while more and frame.position < frame.end and source.text[frame.position] in "[{":
            extra, end = source.arguments(frame.position, frame.end, more.slots, self.broken(source))
            if end <= frame.position or not extra:
                break
            frame.position = end
        kept = [a for a in found if a.use != "-"]
        if name == "textsuperscript" and kept and _MARKS.fullmatch(source.text[kept[0].start : kept[0].end]):
            kept, effect = [], "gap"
        if effect == "gap":
            self.flow.put(GAP, at, max(frame.position, at + 2), source.part)
        elif effect == "space":
            self.flow.put(" ", at, frame.position, source.part)
        elif effect == "par":
            self.paragraph(at, frame.position, source.part)
        elif effect == "sep":
            if self.flow.begun:
                self.flow.cell("\f" if self.flow.raw else "; ", at, after, source.part)
        elif effect == "row" and self.flow.kind == "table":
            self.flow.cell("\n", at, frame.position, source.part)
        elif effect == "head":  # the head of a long table once more
            again = source.find("\\endhead", after)
            if 0 <= again < frame.end and source.text.find("\\end{", after, again) < 0:
                frame.position = again
        if name == "appendix":
            self.flow.flush()
            self.flow.appendix = True
        self.walk_arguments(frame, kept)

    def _after_name(self, frame: Frame, after: int) -> int:
        """The place after the blanks that TeX swallows behind a command's name; the end of a paragraph stays."""
        blanks = _SWALLOWED.match(frame.source.text, after, frame.end)
        return blanks.end() if blanks else after

    def _include(self, frame: Frame, name: str, at: int) -> None:
        source, after = frame.source, frame.position
        two = name.endswith("from") or name in ("import", "subimport")
        slots = (Slot("*", ""), Slot("{", "-"), Slot("{", "-")) if two else (Slot("*", ""), Slot("{", "-"))
        found, frame.position = source.arguments(after, frame.end, slots, self.broken(source))
        named = [source.text[a.start : a.end] for a in found]
        if not named and name == "input" and (bare := _FILE.match(source.text, after, frame.end)):
            named, frame.position = [bare[1]], bare.end()
        if not self.files or len(named) != (2 if two else 1):
            return
        named = [re.sub(r"\\([A-Za-z]+)[ \t]*", lambda m: self.definitions.words(m[1]) or m[0], n) for n in named]
        if name == "includeonly":
            self.files.include_only(named[0])
            return
        held = self.files.enter(name, named[0] if two else "", named[-1], source, at)
        if held:
            self._enter(held)
