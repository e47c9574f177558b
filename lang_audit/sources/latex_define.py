r"""Reading the definition of a command: \newcommand and its kin, \def, \let."""

from __future__ import annotations

import re

from lang_audit.sources.latex_commands import Slot
from lang_audit.sources.latex_macros import Definitions
from lang_audit.sources.latex_source import LatexSource

_NAMED = re.compile(r"\*?\s*(?:\{\s*\\([A-Za-z@]+|[^\r\n])\s*\}|\\([A-Za-z@]+|[^\r\n]))")
_LET = re.compile(r"\s*\\(?:[A-Za-z@]+|.)\s*=?\s*(?:\\(?:[A-Za-z@]+|.)|\S)?")
_PARAMETERS = re.compile(r"[^{}\r\n]{0,80}")
_DOCUMENT_ARGUMENT = re.compile(r"[+!>]*(?:([mvr])|([oOdD])|(s))(?:\{[^{}]*\})?")


def define(definitions: Definitions, source: LatexSource, command: str, at: int, end: int) -> int:
    """Take in the definition that stands behind `command` at a place, and say where it ends."""
    text = source.text
    if command == "let":
        skipped = _LET.match(text, at, end)
        return skipped.end() if skipped else at
    named = _NAMED.match(text, at, end)
    if not named:
        return at
    name, after = named[1] or named[2], named.end()
    slots: tuple[str, ...] = ()
    if command.endswith("def"):
        parameters = _PARAMETERS.match(text, after, end)
        if parameters:
            after = parameters.end()
            slots = ("{",) * parameters[0].count("#")
        found, after = source.arguments(after, end, (Slot("{", "-"),), _silent)
    elif command.endswith("DocumentCommand"):
        found, after = source.arguments(after, end, (Slot("{", "-"), Slot("{", "-")), _silent)
        if len(found) == 2:
            letters = text[found[0].start : found[0].end]
            slots = tuple("{" if m[1] else "[" if m[2] else "*" for m in _DOCUMENT_ARGUMENT.finditer(letters))
    else:
        found, after = source.arguments(after, end, (Slot("[", "-"), Slot("[", "-"), Slot("{", "-")), _silent)
        options = [text[a.start : a.end].strip() for a in found if a.bracket == "["]
        if options and options[0].isdecimal() and int(options[0]) < 10:
            slots = tuple("[" if len(options) > 1 and not k else "{" for k in range(int(options[0])))
    if found and found[-1].bracket == "{":
        body = found[-1]
        definitions.define(name, slots, text[body.start : body.end])
    return after


def _silent(at: int, what: str) -> None:
    """What is broken inside a definition is not the text's fault."""
