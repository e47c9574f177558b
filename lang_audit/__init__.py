"""lang-audit: which words in a paper stigmatise people, how each is used, and what to write instead."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"

if TYPE_CHECKING:
    from lang_audit.audit import audit_file as audit_file
    from lang_audit.audit import audit_files as audit_files
    from lang_audit.audit import audit_paper as audit_paper
    from lang_audit.detection import build_nlp as build_nlp
    from lang_audit.detection import detect as detect
    from lang_audit.lexicon import load_lexicon as load_lexicon
    from lang_audit.settings import Settings as Settings
    from lang_audit.settings import load_settings as load_settings
    from lang_audit.sources import read as read

# Imported when first asked for, so that `import lang_audit` and `lang-audit --help` cost nothing.
_HOMES = {
    "Settings": "lang_audit.settings",
    "audit_file": "lang_audit.audit",
    "audit_files": "lang_audit.audit",
    "audit_paper": "lang_audit.audit",
    "build_nlp": "lang_audit.detection",
    "detect": "lang_audit.detection",
    "load_lexicon": "lang_audit.lexicon",
    "load_settings": "lang_audit.settings",
    "read": "lang_audit.sources",
}
__all__ = [
    "Settings",
    "audit_file",
    "audit_files",
    "audit_paper",
    "build_nlp",
    "detect",
    "load_lexicon",
    "load_settings",
    "read",
]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'lang_audit' has no attribute {name!r}")
    return getattr(import_module(_HOMES[name]), name)
