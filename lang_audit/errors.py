"""The error family: every message says where, what, which values are allowed, and how to mend it.

Only `cli.py` prints. A problem with one input paper is not an error of the run: it becomes a `Problem` in that paper's record.
"""

from __future__ import annotations


class LangAuditError(Exception):
    """Base of every error that lang-audit raises on purpose."""


class UnreadableError(LangAuditError):
    """An input file cannot be turned into a paper.

    `code` is a stable slug ("encrypted", "no-text-layer"), `message` says what is wrong, `remedy` how to mend it.
    """

    def __init__(self, code: str, message: str, remedy: str) -> None:
        super().__init__(f"{message} {remedy}")
        self.code = code
        self.message = message
        self.remedy = remedy


class LexiconError(LangAuditError):
    """One or more mistakes in lexicon, cue or source files; `problems` holds one "file:line: where: what" line each."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


class ConfigError(LangAuditError):
    """A setting, folder or template that cannot be used."""
