"""YAML files read against a schema, with the file and line of every mistake."""

from __future__ import annotations

from pathlib import Path
from typing import Any, TypeVar

import yaml
from pydantic import BaseModel, ValidationError

from lang_audit.errors import LexiconError

_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_TEXT = "tag:yaml.org,2002:str"
_Schema = TypeVar("_Schema", bound=BaseModel)
Place = tuple[str | int, ...]


class SourceLines:
    """The line (from 1) on which each key or item of a YAML file stands; looked up when a message needs it."""

    def __init__(self, name: str, root: Any = None) -> None:
        self.name = name
        self.root = root

    def where(self, place: Place) -> str:
        """`file:line: dotted.place`, by the nearest enclosing place that the file really has."""
        node, line = self.root, 1
        if node is not None:
            line = node.start_mark.line + 1
        for part in place:
            found = _inside(node, part)
            if found is None:
                break
            node, line = found
        dotted = ".".join(str(part) for part in place)
        return f"{self.name}:{line}" + (f": {dotted}" if dotted else "")


def _inside(node: Any, part: str | int) -> tuple[Any, int] | None:
    """The value of a key, or an item of a list, and the line of the key or item; None where there is none."""
    if isinstance(node, yaml.MappingNode):
        pairs = [(key, value) for key, value in node.value if key.value == part]
        return (pairs[-1][1], pairs[-1][0].start_mark.line + 1) if pairs else None
    if isinstance(node, yaml.SequenceNode) and isinstance(part, int) and part < len(node.value):
        return node.value[part], node.value[part].start_mark.line + 1
    return None


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
    lines.root = node
    repeated: list[Place] = []
    data = _construct(node, [], repeated)
    if repeated:
        raise LexiconError([f"{lines.where(place)}: is given twice" for place in repeated])
    try:
        return schema.model_validate(data), lines
    except ValidationError as error:
        raise LexiconError([_plain(mistake, lines) for mistake in error.errors()]) from error


_scalars = yaml.constructor.SafeConstructor()


def _construct(node: Any, place: list[str | int], repeated: list[Place]) -> Any:
    """The plain values of a node; `place` is where it stands, `repeated` takes the keys that are given twice."""
    if isinstance(node, yaml.MappingNode):
        mapping: dict[Any, Any] = {}
        for key_node, value_node in node.value:
            key = key_node.value
            place.append(key)
            if key in mapping:
                repeated.append(tuple(place))
            mapping[key] = _construct(value_node, place, repeated)
            place.pop()
        return mapping
    if isinstance(node, yaml.SequenceNode):
        items = []
        for k, item in enumerate(node.value):
            place.append(k)
            items.append(_construct(item, place, repeated))
            place.pop()
        return items
    if node.tag == _TEXT:
        return node.value
    constructor_of = _scalars.yaml_constructors.get(node.tag)
    return constructor_of(_scalars, node) if constructor_of else node.value


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
