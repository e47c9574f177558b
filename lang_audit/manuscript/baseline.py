"""What an earlier run said, so that `check --new-since` tells only what is new."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

from lang_audit.errors import ConfigError

_WRITE_ONE = "Write one with: lang-audit check PATH... --format json > baseline.json"


def read_baseline(path: Path) -> Counter[str]:
    """How often each remark stood in the output of an earlier `check --format json` or `jsonl`.

    Raises ConfigError where the file is none of these.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise ConfigError(f"{path}: cannot be read: {error.strerror}. {_WRITE_ONE}") from error
    except UnicodeDecodeError as error:
        raise ConfigError(f"{path}: is not UTF-8 (byte {error.start}). {_WRITE_ONE}") from error
    try:
        files = _files(text)
        return Counter(str(remark["fingerprint"]) for file in files for remark in file["remarks"])
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise ConfigError(f"{path}: is no output of `lang-audit check --format json`. {_WRITE_ONE}") from error


def _files(text: str) -> list[dict[str, Any]]:
    """The objects of the files: those of one document, or one a line."""
    if not text.strip():
        raise ValueError("empty")
    try:
        document = json.loads(text)
    except ValueError:
        return [json.loads(line) for line in text.splitlines() if line.strip()]
    files: list[dict[str, Any]] = document.get("files", [document])
    return files
