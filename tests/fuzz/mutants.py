"""Mutants of our own sample papers: the same seed and number give the same bytes."""

from __future__ import annotations

import re
import zlib
from collections.abc import Callable
from functools import cache
from pathlib import Path
from random import Random
from typing import NamedTuple

from tests.fuzz.raw_pdf import pdf, stream

SAMPLES = Path(__file__).parents[2] / "corpus_samples"
Mutation = Callable[[bytearray, Random], None]

_OBJECT = re.compile(rb"(?m)^(\d+) 0 obj\s*(.*?)\s*endobj", re.DOTALL)
_STREAM = re.compile(rb"<<(.*?)>>\s*stream\r?\n(.*)\r?\nendstream", re.DOTALL)
_VALUE = re.compile(rb"(/[A-Za-z]+)\s*(\d+ 0 R|/[A-Za-z]+|-?\d+(?:\.\d+)?|\[[^\[\]]*\])")
_ELEMENT = re.compile(rb"<(\w[\w-]*)[^<>]*>[^<>]*</\1>")
_TAG = re.compile(rb"</?\w[\w-]*")
_ODD_VALUES = (
    b"0", b"-1", b"1", b"255", b"65536", b"2147483648", b"-9999999999", b"1e400", b"99999999999999999999", b"null", b"true",
    b"(text)", b"<00ff>", b"/Name", b"[]", b"[0 0 0 0]", b"<<>>", b"1 0 R", b"2 0 R", b"3 0 R", b"99999 0 R", b"[[[[[[]]]]]]",
)  # fmt: skip
_ODD_TAGS = (
    b"<body",
    b"</body",
    b"<article",
    b"<sec",
    b"</sec",
    b"<ref",
    b"<table",
    b"<xref",
    b"<p",
    b"<!--",
    b"<![CDATA[",
)
_ODD_BYTES = (
    b"\0", b"\xff\xfe", b"\xef\xbb\xbf", b"\xed\xa0\x80", b"\xc0\x80", b"\r", b"\x0c", b"\x1a", b"\x85", b"\xe2\x80\xae",
    b"\xf4\x8f\xbf\xbf", b"(" * 50, b"&amp;", b"&x;", b"References\n", b"\n\n\n", b"\x05", b"\x06",
)  # fmt: skip


class Mutant(NamedTuple):
    """A mutant: its number, the sample it was made from, what was done to it, and its bytes."""

    number: int
    sample: str
    done: tuple[str, ...]
    data: bytes

    @property
    def name(self) -> str:
        """A file name that says which one it is."""
        return f"{self.number:05}-{self.sample}"


def mutant(number: int, seed: int = 0) -> Mutant:
    """One mutant."""
    chance = Random(f"{seed}:{number}")
    names = sorted(samples())
    name = names[chance.randrange(len(names))]
    data = bytearray(samples()[name])
    kinds = {**_ANY, **(_PDF if name.endswith(".pdf") else _XML if name.endswith(".xml") else {})}
    done = []
    for _ in range(chance.choice((1, 1, 1, 2, 3))):
        kind = chance.choice(sorted(kinds))
        kinds[kind](data, chance)
        done.append(kind)
    return Mutant(number, name, tuple(done), bytes(data))


@cache
def samples() -> dict[str, bytes]:
    """The samples by name; PDFs twice, as they are and with packed streams."""
    found = {path.name: path.read_bytes() for path in SAMPLES.iterdir() if path.suffix in (".pdf", ".xml", ".txt")}
    return {**found, **{f"packed-{n}": packed(data) for n, data in found.items() if n.endswith(".pdf")}}


def packed(data: bytes) -> bytes:
    """A PDF of ours with every stream flate-coded, as most printed papers are."""
    objects = {}
    root = re.search(rb"/Root (\d+) 0 R", data)
    numbers = {int(number): body for number, body in _OBJECT.findall(data)}
    for number, body in numbers.items():
        held = _STREAM.fullmatch(body)
        if held and b"/Filter" not in held[1]:
            body = stream(held[2], re.sub(rb"/Length \d+", b"", held[1]), packed=True)
        objects[number] = body
    catalogue = int(root[1]) if root else 1
    whole = pdf(objects)
    return whole.replace(b"/Root 1 0 R", b"/Root %d 0 R" % catalogue)


def _place(data: bytearray, chance: Random, most: int) -> slice:
    start = chance.randrange(len(data) or 1)
    return slice(start, start + chance.randrange(1, most))


def _flip(data: bytearray, chance: Random) -> None:
    for _ in range(chance.choice((1, 4, 30, 200))):
        if data:
            data[chance.randrange(len(data))] ^= 1 << chance.randrange(8)


def _cut_end(data: bytearray, chance: Random) -> None:
    del data[chance.randrange(len(data) or 1) :]


def _cut_out(data: bytearray, chance: Random) -> None:
    del data[_place(data, chance, 3000)]


def _splice(data: bytearray, chance: Random) -> None:
    other = samples()[chance.choice(sorted(samples()))]
    start = chance.randrange(len(other))
    data[_place(data, chance, 2000)] = other[start : start + chance.randrange(1, 4000)]


def _repeat(data: bytearray, chance: Random) -> None:
    place = _place(data, chance, 2000)
    data[place.stop : place.stop] = data[place] * chance.choice((1, 2, 10))


def _odd_bytes(data: bytearray, chance: Random) -> None:
    for _ in range(chance.choice((1, 5, 40))):
        start = chance.randrange(len(data) or 1)
        data[start:start] = chance.choice(_ODD_BYTES)


def _exchange(data: bytearray, chance: Random, pattern: re.Pattern[bytes], group: int) -> None:
    found = list(pattern.finditer(data))
    if len(found) > 1:
        one, two = sorted(chance.sample(found, 2), key=lambda match: match.start())
        first, second = one[group], two[group]
        data[two.start(group) : two.end(group)] = first
        data[one.start(group) : one.end(group)] = second


def _swap_objects(data: bytearray, chance: Random) -> None:
    _exchange(data, chance, _OBJECT, 2)


def _odd_value(data: bytearray, chance: Random) -> None:
    for _ in range(chance.choice((1, 1, 5))):
        found = list(_VALUE.finditer(data))
        if found:
            match = chance.choice(found)
            data[match.start(2) : match.end(2)] = chance.choice(_ODD_VALUES)


def _cut_stream(data: bytearray, chance: Random) -> None:
    found = list(re.finditer(rb"stream\r?\n(.*?)\r?\nendstream", bytes(data), re.DOTALL))
    if found:
        match = chance.choice(found)
        del data[match.start(1) + chance.randrange(len(match[1]) or 1) : match.end(1)]


def _spoil_packed(data: bytearray, chance: Random) -> None:
    """Change what a packed stream holds, so that the change is met behind the unpacking."""
    found = list(re.finditer(rb"stream\r?\n(.*?)\r?\nendstream", bytes(data), re.DOTALL))
    if not found:
        return
    match = chance.choice(found)
    try:
        inside, is_packed = bytearray(zlib.decompress(match[1])), True
    except zlib.error:
        inside, is_packed = bytearray(match[1]), False
    for mutation in chance.sample([_flip, _cut_out, _repeat, _odd_bytes, _splice], 2):
        mutation(inside, chance)
    data[match.start(1) : match.end(1)] = zlib.compress(inside) if is_packed else inside


def _swap_elements(data: bytearray, chance: Random) -> None:
    _exchange(data, chance, _ELEMENT, 0)


def _odd_tag(data: bytearray, chance: Random) -> None:
    for _ in range(chance.choice((1, 3, 10))):
        found = list(_TAG.finditer(data))
        if found:
            match = chance.choice(found)
            data[match.start() : match.end()] = chance.choice(_ODD_TAGS)


_ANY: dict[str, Mutation] = {
    "cut end": _cut_end, "cut out": _cut_out, "flip": _flip, "odd bytes": _odd_bytes, "repeat": _repeat, "splice": _splice,
}  # fmt: skip
_PDF: dict[str, Mutation] = {
    "cut stream": _cut_stream, "odd value": _odd_value, "spoil stream": _spoil_packed, "swap objects": _swap_objects,
}  # fmt: skip
_XML: dict[str, Mutation] = {"odd tag": _odd_tag, "swap elements": _swap_elements}
