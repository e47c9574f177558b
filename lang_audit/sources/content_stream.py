"""The operators of a PDF content stream: what a page draws, as (operator, operands), with everything but text left out.

A page is mostly paths and colours; one regular expression passes over those at the speed of `re`, which makes reading several
times faster than a general PostScript tokeniser. No PDF library is needed here: bytes in, operators out.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

Operand = float | bytes | str | list["Operand"]
"""A number, a string (bytes), a name (str, without its slash), or an array; dictionaries come as arrays of their parts."""

# Only single characters are repeated possessively: up to Python 3.11.4 a possessive group that fails half way has eaten its half
# (CPython issue 106052).
_STRING = rb"\((?:[^()\\]++|\\.|\((?:[^()\\]++|\\.|\((?:[^()\\]++|\\.)*\))*\))*\)"
_NUMBER = rb"[-+]?(?:\d++\.?\d*+|\.\d++)"
_PIECE = re.compile(rb"(%s)|<([0-9A-Fa-f\s]*+)>|(%s)" % (_STRING, _NUMBER), re.DOTALL)
_TOKEN = re.compile(
    rb"(?P<clip>((?:%(number)s\s++){4})re\s++W\*?\s++n\b)"
    rb"|(?P<path>(?:(?:%(number)s\s++){2,6}(?:re|[mlcvy])\s++(?:(?:h|n|S|s|f\*?|F|B\*?|b\*?)\s++)*)+)"
    rb"|(?P<show>\[((?:[^\[\]()]++|%(string)s)*)\]\s*+TJ\b)"
    rb"|(?P<number>%(number)s)"
    rb"|(?P<operator>[A-Za-z'\"][A-Za-z0-9*]*+)"
    rb"|(?P<string>%(string)s)"
    rb"|(?P<hex><(?!<)[0-9A-Fa-f\s]*+>)"
    rb"|(?P<name>/[^\s()<>\[\]{}/%%]*+)"
    rb"|(?P<open>\[|<<)"
    rb"|(?P<close>\]|>>)"
    rb"|(?P<comment>%%[^\r\n]*+)" % {b"number": _NUMBER, b"string": _STRING},
    re.DOTALL,
)
_ESCAPE = re.compile(rb"\\(?:([0-7]{1,3})|(\r\n|\r|\n)|(.))", re.DOTALL)
_ESCAPED = {b"n": b"\n", b"r": b"\r", b"t": b"\t", b"b": b"\b", b"f": b"\f"}
_INLINE_IMAGE_END = re.compile(rb"\sEI(?=[\s/]|$)")
_MOST_OPERANDS = 40  # broken streams pile up operands without an operator; none needs more than a few


def _unescaped(match: re.Match[bytes]) -> bytes:
    octal, line_break, character = match.groups()
    if octal:
        return bytes((int(octal, 8) & 255,))
    return b"" if line_break else _ESCAPED.get(character, character)


def _string(literal: bytes) -> bytes:
    inner = literal[1:-1]
    return _ESCAPE.sub(_unescaped, inner) if b"\\" in inner else inner


def _hex(digits: bytes) -> bytes:
    compact = b"".join(digits.split())
    return bytes.fromhex((compact + b"0" * (len(compact) % 2)).decode("ascii"))


def _pieces(array: bytes) -> list[Operand]:
    """The strings and numbers of a TJ array."""
    return [
        _string(literal) if literal else float(number) if number else _hex(digits)
        for literal, digits, number in _PIECE.findall(array)
    ]


def operators(data: bytes) -> Iterator[tuple[str, list[Operand]]]:
    """Every operator of a content stream with its operands, in order; path construction and inline images are passed over.

    Broken parts are skipped: this never raises. `TJ` has one operand, the array of strings and numbers. A rectangle that clips
    all that follows (`re W n`) comes as the operator "clip" with the rectangle's x, y, width, height.
    """
    position = 0
    operands: list[Operand] = []
    outer: list[list[Operand]] = []
    while position < len(data):
        for token in _TOKEN.finditer(data, position):
            kind = token.lastgroup
            text = token[0]
            if kind == "number":
                operands.append(float(text))
            elif kind == "operator":
                if text == b"ID":
                    end = _INLINE_IMAGE_END.search(data, token.end())
                    position = end.end() if end else len(data)
                    operands, outer = [], []
                    yield "EI", []
                    break
                while outer:  # an array that was never closed
                    outer.pop()
                yield text.decode("ascii"), operands
                operands = []
            elif kind == "show":
                yield "TJ", [_pieces(token[5])]
                operands = []
            elif kind == "clip":
                yield "clip", [float(number) for number in token[2].split()]
                operands = []
            elif kind == "path":
                operands = []
            elif kind == "string":
                operands.append(_string(text))
            elif kind == "hex":
                operands.append(_hex(text[1:-1]))
            elif kind == "name":
                operands.append(text[1:].decode("latin-1"))
            elif kind == "open":
                outer.append(operands)
                operands = []
            elif kind == "close" and outer:
                enclosing = outer.pop()
                enclosing.append(operands)
                operands = enclosing
            if len(operands) > _MOST_OPERANDS and not outer:
                del operands[:-_MOST_OPERANDS]
        else:
            return
