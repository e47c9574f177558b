"""pdfminer's parser and document with limits that it does not know: how far streams unpack, where references run in circles.

A few kilobytes can unpack to gigabytes, and an object can refer to itself. pdfminer follows both without end.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Iterator
from io import BytesIO
from typing import Any, BinaryIO

from pdfminer.lzw import LZWDecoder
from pdfminer.pdfdocument import PDFDocument
from pdfminer.pdfexceptions import PDFObjectNotFound
from pdfminer.pdfparser import PDFParser
from pdfminer.pdftypes import (
    LITERALS_FLATE_DECODE,
    LITERALS_LZW_DECODE,
    LITERALS_RUNLENGTH_DECODE,
    PDFObjRef,
    PDFStream,
    int_value,
)
from pdfminer.psparser import PSKeyword

from lang_audit.sources.inflating import MOST_OF_A_STREAM, check_size, inflated

MOST_OF_A_FILE = 1 << 30
"""Bytes that all streams that are asked for may unpack to: fonts and what pages draw. Pictures are never unpacked."""

_LZW_GROWTH, _RUN_GROWTH = 2731, 64  # bytes that one packed byte can become at most
_LONGEST_ROW = 1 << 24  # bytes of a predictor's row, a line of a picture
_LONGEST_CHAIN = 32  # references to references; real files have one


class Parser(PDFParser):
    """A parser whose streams unpack no further than they may; it finds the end of those that do not tell their length."""

    def __init__(self, file: BinaryIO) -> None:
        super().__init__(file)
        self._budget = _Budget()
        self._begun: set[int] = set()  # where the streams start whose length is being looked up

    def do_keyword(self, pos: int, token: PSKeyword) -> None:
        """Take in a keyword; a stream comes as one with limits."""
        if token is not self.KEYWORD_STREAM:
            super().do_keyword(pos, token)
            return
        if pos in self._begun:
            self._read_to_its_end(pos, token)
        else:
            self._begun.add(pos)
            try:
                super().do_keyword(pos, token)
            finally:
                self._begun.discard(pos)
            stream = self._last_stream()
            if stream is not None and not stream.rawdata and stream.get("Length") != 0:
                self.curstack[-1] = pos, stream.attrs
                self._read_to_its_end(pos, token)
        stream = self._last_stream()
        if stream is not None:
            self.curstack[-1] = self.curstack[-1][0], _Stream(stream, self._budget)

    def _read_to_its_end(self, pos: int, token: PSKeyword) -> None:
        before, self.fallback = self.fallback, True  # then pdfminer looks for "endstream"
        try:
            super().do_keyword(pos, token)
        finally:
            self.fallback = before

    def _last_stream(self) -> PDFStream | None:
        last = self.curstack[-1][1] if self.curstack else None
        return last if isinstance(last, PDFStream) else None


class Document(PDFDocument):
    """A document in which references to references end."""

    def getobj(self, objid: int) -> object:
        """The object of that number. Raises PDFObjectNotFound where there is none, or only a circle of references."""
        found = super().getobj(objid)
        for _ in range(_LONGEST_CHAIN):
            if not isinstance(found, PDFObjRef):
                return found
            found = super().getobj(found.objid)
        raise PDFObjectNotFound(objid)


class _Budget:
    """How many bytes the streams of a file may still unpack to."""

    def __init__(self) -> None:
        self.left = MOST_OF_A_FILE


class _Stream(PDFStream):
    """A stream that raises UnreadableError "too-large" where it would unpack to more than it may."""

    def __init__(self, stream: PDFStream, budget: _Budget) -> None:
        super().__init__(stream.attrs, stream.rawdata or b"", stream.decipher)
        self._budget = budget

    def decode(self) -> None:
        """Unpack: one filter after the other, as pdfminer does, each within the limit."""
        data = self.rawdata or b""
        if self.decipher is not None:
            assert self.objid is not None and self.genno is not None
            data = self.decipher(self.objid, self.genno, data, self.attrs)
        most = min(MOST_OF_A_STREAM, self._budget.left)
        for name, parameters in self.get_filters():
            data = _unpacked(name, parameters, data, most)
        check_size(len(data), most)
        self._budget.left -= len(data)
        self.data, self.rawdata = data, None


def _unpacked(name: Any, parameters: Any, data: bytes, most: int) -> bytes:
    """What one filter makes of the data."""
    predicted = isinstance(parameters, dict) and "Predictor" in parameters
    if name in LITERALS_FLATE_DECODE:
        data = inflated(data, most)
        if not predicted:
            return data
        data = zlib.compress(data, 0)  # pdfminer undoes a predictor only behind its filter
    elif name in LITERALS_LZW_DECODE and len(data) * _LZW_GROWTH > most:
        _check_all((len(piece) for piece in LZWDecoder(BytesIO(data)).run()), most)
    elif name in LITERALS_RUNLENGTH_DECODE and len(data) * _RUN_GROWTH > most:
        _check_all(_run_lengths(data), most)
    if predicted:
        columns, colors, bits = (int_value(parameters.get(key, 1)) for key in ("Columns", "Colors", "BitsPerComponent"))
        check_size(max(columns, columns * colors * bits // 8), _LONGEST_ROW)
    return PDFStream({"Filter": name, "DecodeParms": parameters}, data).get_data()


def _run_lengths(data: bytes) -> Iterator[int]:
    """How many bytes each run of run-length data becomes."""
    index = 0
    while index < len(data) and data[index] != 128:
        copied = data[index] < 128
        yield data[index] + 1 if copied else 257 - data[index]
        index += data[index] + 2 if copied else 2


def _check_all(sizes: Iterable[int], most: int) -> None:
    total = 0
    for size in sizes:
        total += size
        check_size(total, most)
