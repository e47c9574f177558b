"""YAML files read against a schema, with the file and line of every mistake."""

from __future__ import annotations

from pathlib import Path
from typing import Any, TypeVar

import yaml
from pydantic import BaseModel, ValidationError

from lang_audit.errors import LexiconError

_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_Schema = TypeVar("_Schema", bound=BaseModel)
Place = tuple[str | int, ...]


class SourceLines:
    """The line (from 1) on which each key or item of a YAML file stands."""

    def __init__(self, name: str) -> None:
        self.name = name
        self._lines: dict[Place, int] = {}

    def note(self, place: Place, line: int) -> None:
        """Remember that `place` stands on `line`."""
        self._lines[place] = line

    def where(self, place: Place) -> str:
        """`file:line: dotted.place`, by the nearest enclosing place that the file really has."""
        known = place
        while known and known not in self._lines:
            known = known[:-1]
        dotted = ".".join(str(part) for part in place)
        return f"{self.name}:{self._lines.get(known, 1)}" + (f": {dotted}" if dotted else "")


def load(path: Path, schema: type[_Schema], name: str | None = None) -> tuple[_Schema, SourceLines]:
    """Read one YAML file as `schema`.

    `name` is what messages call the file (default: its path). Returns the validated object and where its parts stand.
    Raises LexiconError with one line a mistake: unreadable file, YAML syntax, duplicate or unknown key, wrong value.
    """
    lines = SourceLines(name or str(path))
    try:
        node = yaml.compose(path.read_text(encoding="utf-8"), Loader=_Loader)
    except OSError as error:
        raise LexiconError([f"{lines.name}: cannot be read: {error.strerror}"]) from error
    except UnicodeDecodeError as error:
        raise LexiconError([f"{lines.name}: is not UTF-8 (byte {error.start}); save it as UTF-8"]) from error
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = mark.line + 1 if mark else 1
        problem = getattr(error, "problem", None) or str(error)
        raise LexiconError([f"{lines.name}:{line}: not valid YAML: {problem}"]) from error
    if node is None:
        raise LexiconError([f"{lines.name}: is empty"])
    repeated: list[str] = []
    data = _construct(node, (), lines, repeated)
    if repeated:
        raise LexiconError(repeated)
    try:
        return schema.model_validate(data), lines
    except ValidationError as error:
        raise LexiconError([_plain(mistake, lines) for mistake in error.errors()]) from error


def _construct(node: Any, place: Place, lines: SourceLines, repeated: list[str]) -> Any:
    lines.note(place, node.start_mark.line + 1)
    if isinstance(node, yaml.MappingNode):
        mapping: dict[Any, Any] = {}
        for key_node, value_node in node.value:
            key = key_node.value
            inner = (*place, key)
            value = _construct(value_node, inner, lines, repeated)
            lines.note(inner, key_node.start_mark.line + 1)
            if key in mapping:
                repeated.append(f"{lines.where(inner)}: is given twice")
            mapping[key] = value
        return mapping
    if isinstance(node, yaml.SequenceNode):
        return [_construct(item, (*place, k), lines, repeated) for k, item in enumerate(node.value)]
    constructor = yaml.constructor.SafeConstructor()
    constructor_of = constructor.yaml_constructors.get(node.tag)
    return constructor_of(constructor, node) if constructor_of else node.value


def _plain(mistake: Any, lines: SourceLines) -> str:
    place = tuple(
        part for part in mistake["loc"] if not (isinstance(part, str) and part.startswith(("function-", "list[")))
    )
    where = lines.where(place)
    kind, context = mistake["type"], mistake.get("ctx", {})
    if kind == "extra_forbidden":
        return f"{where}: is no key of this format"
    if kind == "missing":
        return f"{where}: is missing"
    if kind == "literal_error":
        allowed = str(context["expected"]).replace("'", "")
        return f"{where}: must be {allowed}, not {mistake['input']!r}"
    if kind == "value_error":
        return f"{where}: {context['error']}"
    return f"{where}: {mistake['msg'][:1].lower()}{mistake['msg'][1:]}"
