"""How far the packed data of a PDF may grow. Knows no PDF library; a few kilobytes can unpack to gigabytes."""

from __future__ import annotations

import re
import zlib

from lang_audit.errors import UnreadableError

MOST_OF_A_STREAM = 256 << 20
"""Bytes that one stream may unpack to. The largest that a paper has, a font of all Chinese characters, has some 20 million."""

_GROWTH = 1032  # bytes that one byte of flate data can become at most
_PIECE = 1 << 20  # bytes that are unpacked at a time
_CHECKSUM = 3  # bytes at the end of packed data in which faults are forgiven, as pdfminer does
_DICTIONARY = 400  # bytes in which what is said of a stream stands before it
_STREAM = re.compile(rb"stream\r?\n")
_FLATE = re.compile(rb"/(?:FlateDecode|Fl)\b")


def inflated(data: bytes, most: int = MOST_OF_A_STREAM) -> bytes:
    """Flate data unpacked; nothing where they are damaged before their end. Raises UnreadableError "too-large"."""
    unpacker = zlib.decompressobj()
    pieces: list[bytes] = []
    size, rest = 0, data
    try:
        while rest and not unpacker.eof:
            pieces.append(unpacker.decompress(rest, _PIECE))
            size += len(pieces[-1])
            check_size(size, most)
            rest = unpacker.unconsumed_tail
    except zlib.error:
        return _salvaged(data, most)
    return b"".join(pieces)


def _salvaged(data: bytes, most: int) -> bytes:
    """What of faulty data can be unpacked, where the fault lies in the checksum at their end."""
    unpacker = zlib.decompressobj()
    pieces: list[bytes] = []
    size = 0
    for index in range(len(data)):
        try:
            piece = unpacker.decompress(data[index : index + 1])
        except zlib.error:
            return b"".join(pieces) if index >= len(data) - _CHECKSUM else b""
        if piece:
            pieces.append(piece)
            size += len(piece)
            check_size(size, most)
    return b"".join(pieces)


def check_streams(data: bytes) -> None:
    """Look through a whole file, for engines that unpack by themselves. Raises UnreadableError "too-large".

    Pictures are passed over, which nobody unpacks for their text, and so is what is too small to grow beyond the limit.
    """
    for start in _STREAM.finditer(data):
        said = data[max(start.start() - _DICTIONARY, 0) : start.start()]
        said = said[said.rfind(b"obj") + 1 :]
        rounds = len(_FLATE.findall(said))
        if not rounds or b"/Image" in said or said.endswith(b"end"):
            continue
        end = data.find(b"endstream", start.end())
        end = end if end >= 0 else len(data)
        if rounds == 1 and (end - start.end()) * _GROWTH <= MOST_OF_A_STREAM:
            continue
        packed = data[start.end() : end]
        for _ in range(rounds):
            packed = inflated(packed)


def check_size(size: int, most: int) -> None:
    """Raise UnreadableError "too-large" where so many bytes are too many."""
    if size > most:
        raise UnreadableError(
            "too-large",
            f"Data packed in the PDF unpack to more than {most >> 20} MiB, far more than a paper holds.",
            "Download it again. If it is a real paper, print it to a new PDF, or split it.",
        )
