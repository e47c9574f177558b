"""Word classes that codebooks share: who is a peer, who is a client, verbs of giving, verbs of change.

The files of `lexicons/vocabulary/` and the `words` of a codebook hold them; docs/codebooks.md describes the format.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from lang_audit import yaml_source
from lang_audit.config import lexicon_folder
from lang_audit.errors import LexiconError

_Text = Annotated[str, Field(min_length=1)]
_CLASS = re.compile(r"<([^<>\s|]+)>")


class _Strict(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class WordClass(_Strict):
    """Words and phrases of one kind; `<name>` stands for the words of another class.

    `any` are found in all their forms; `but_not` are longer phrases that hold such a word in another sense.
    """

    about: _Text | None = None
    any: Annotated[list[_Text], Field(min_length=1)]
    but_not: list[_Text] = []


class _File(_Strict):
    vocabulary: _Text
    about: _Text
    words: dict[Annotated[str, Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$")], WordClass]


@cache
def load_vocabulary(folder: Path | None = None) -> Mapping[str, WordClass]:
    """The word classes of a lexicons folder (None: the shipped one), by name.

    Raises LexiconError, with file and line, for a mistake, a class given twice and a `<name>` that there is not.
    """
    found: dict[str, WordClass] = {}
    mistakes: list[str] = []
    for path in sorted(((folder or lexicon_folder()) / "vocabulary").glob("*.yaml")):
        file, lines = yaml_source.load(path, _File, f"vocabulary/{path.name}")
        for name, words in file.words.items():
            if name in found:
                mistakes.append(f"{lines.where(('words', name))}: is given twice")
            found[name] = words
    mistakes += [
        f"vocabulary: {name}: {problem}" for name in found for problem in [_unknown(found, name)] if problem is not None
    ]
    if mistakes:
        raise LexiconError(mistakes)
    return found


def own_words(book: str, words: Mapping[str, list[str]]) -> dict[str, WordClass]:
    """The word classes of a codebook's own, each under a name that holds the book's, so that books do not disturb each other."""
    return {
        f"{book}--{name}": WordClass(any=[own_names(book, words, item) for item in items])
        for name, items in words.items()
    }


def own_names(book: str, words: Mapping[str, list[str]], text: str) -> str:
    """`text` with the names of a codebook's own classes as `own_words` has them."""
    return _CLASS.sub(lambda name: f"<{book}--{name[1]}>" if name[1] in words else name[0], text)


def members(classes: Mapping[str, WordClass], name: str) -> tuple[str, ...]:
    """The words of a class, those of the classes that it names included, each once. Raises KeyError for an unknown class."""
    found: dict[str, None] = {}
    _collect(classes, name, found, ())
    return tuple(found)


def excluded(classes: Mapping[str, WordClass], name: str) -> tuple[str, ...]:
    """The phrases in which the words of a class have another sense, those of the classes that it names included."""
    found: dict[str, None] = {}
    pending, seen = [name], {name}
    while pending:
        entry = classes[pending.pop()]
        found.update(dict.fromkeys(entry.but_not))
        inner = {match[1] for item in entry.any for match in _CLASS.finditer(item)} - seen
        seen |= inner
        pending += sorted(inner)
    return tuple(found)


def _collect(classes: Mapping[str, WordClass], name: str, found: dict[str, None], above: tuple[str, ...]) -> None:
    if name in above:
        raise KeyError(name)
    for item in classes[name].any:
        inner = _CLASS.fullmatch(item)
        if inner:
            _collect(classes, inner[1], found, (*above, name))
            continue
        slots = _CLASS.findall(item)
        if not slots:
            found[item] = None
            continue
        # "<peer> network": each word of the class in the place of its name
        for word in members(classes, slots[0]):
            found[item.replace(f"<{slots[0]}>", word, 1)] = None


def _unknown(classes: Mapping[str, WordClass], name: str) -> str | None:
    try:
        members(classes, name)
    except KeyError as error:
        return f"names a class that there is not, or itself: {error.args[0]}"
    return None
