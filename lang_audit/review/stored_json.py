"""Records as JSON bytes and back, with all that texts of PDFs hold: lone surrogates too, which UTF-8 cannot carry."""

from __future__ import annotations

import json
from typing import TypeVar

from pydantic_core import PydanticSerializationError, ValidationError

from lang_audit.model import Frozen

_Record = TypeVar("_Record", bound=Frozen)


def to_json(record: Frozen) -> str:
    """The record as JSON; the same record always gives the same text."""
    try:
        return record.model_dump_json()
    except PydanticSerializationError:
        return json.dumps(record.model_dump())


def from_json(kind: type[_Record], text: str | bytes) -> _Record:
    """The record that `to_json` wrote. Raises ValueError for what is none."""
    try:
        return kind.model_validate_json(text)
    except ValidationError:
        return kind.model_validate(json.loads(text))
