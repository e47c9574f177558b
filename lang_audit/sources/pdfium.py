"""The PDF engine "pdfium": places the text of PDF files with pypdfium2, several times as fast as pdfminer.six.

What the text means is for `layout`, as with every engine.
"""

from __future__ import annotations

import ctypes
import re
import zlib
from collections.abc import Iterator
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import BinaryIO
from xml.etree import ElementTree

from lang_audit.sources import pdfium_library as lib
from lang_audit.sources.inflating import check_streams
from lang_audit.sources.page_runs import LETTER, PageRuns, turn_of, turned
from lang_audit.sources.pdf_files import broken, locked, property_name, protected, with_pdf, xmp_properties
from lang_audit.sources.pdfium_page import Face, FontKey, PageReader
from lang_audit.sources.placed import PlacedDocument, PlacedPage

_INFO = ("Title", "Author", "Subject", "doi", "DOI", "Identifier", "Journal", "Date")
"""Entries of the info dictionary: PDFium must be asked for each by name."""
_CATALOG = re.compile(rb"/Type\s*/Catalog\b")
_METADATA = re.compile(rb"/Metadata\s+(\d+)\s+\d+\s+R\b")
_XML = re.compile(rb"/Subtype\s*/XML\b")
_OBJECT = re.compile(rb"\b(\d+)\s+\d+\s+obj\b")
_STREAM = re.compile(rb"\bstream\r?\n")
_DICTIONARY = 400  # bytes: the dictionary of such a stream is no longer on either side of that entry
_MOST_XMP = 1 << 20  # bytes of a record: more is none of a paper


def placed_document(path: Path) -> PlacedDocument:
    """Take the text off every page of a PDF. Raises UnreadableError as the reader of PDF files says."""
    return with_pdf(path, _placed)


def _placed(file: BinaryIO) -> PlacedDocument:
    data = file.read()
    check_streams(data)  # PDFium knows no limit, and ends the process where memory runs out
    buffer = ctypes.create_string_buffer(data, len(data))  # kept: PDFium reads from it until the document is closed
    document = lib.load_document(ctypes.addressof(buffer), len(data), None)
    if not document:
        reason = lib.last_error()
        raise locked() if reason == lib.PASSWORD else protected() if reason == lib.SECURITY else broken()
    try:
        faces: dict[FontKey, Face] = {}
        pages = tuple(_page(document, index, faces) for index in range(lib.page_count(document)))
        if not pages or all(page.failed for page in pages):
            raise broken("no page can be read")
        return PlacedDocument(pages, _properties(document, data))
    finally:
        lib.close_document(document)


def _page(document: int, index: int, faces: dict[FontKey, Face]) -> PlacedPage:
    page = lib.load_page(document, index)
    if not page:
        return PlacedPage(index + 1, *LETTER, failed="PDFium cannot load it")
    text_page = lib.load_text(page)
    try:
        turn = turn_of(90 * lib.page_rotation(page))
        left, top, right, bottom = lib.floats(lib.page_box, [page], 4)
        runs = PageRuns(turned((left, bottom, right, top), turn))
        if text_page:
            PageReader(page, text_page, turn, runs, faces).read()
        return runs.page(index + 1)
    finally:
        if text_page:
            lib.close_text(text_page)
        lib.close_page(page)


def _properties(document: int, data: bytes) -> dict[str, str]:
    """What the file says of itself: its XMP record, then its info dictionary; the first to speak of something holds."""
    found: dict[str, str] = {}
    for packet in _xmp(data):
        with suppress(ElementTree.ParseError, ValueError):
            found = xmp_properties(packet)
            break
    for name in _INFO:
        tag = name.encode("ascii")
        text = lib.utf16(partial(lib.meta_text, document, tag)).strip()
        if text:
            found.setdefault(property_name(name), text)
    return found


def _xmp(data: bytes) -> Iterator[bytes]:
    """The XMP records in a file, which PDFium does not give: first that of the whole file, where its catalog names it."""
    streams: dict[int, tuple[bytes, int]] = {}  # the dictionary, and where the data begins
    for entry in _XML.finditer(data):
        before = list(_OBJECT.finditer(data, max(entry.start() - _DICTIONARY, 0), entry.start()))
        begins = _STREAM.search(data, entry.end(), entry.end() + _DICTIONARY)
        if before and begins:
            streams[int(before[-1][1])] = data[before[-1].end() : begins.start()], begins.end()
    named: list[int] = []
    for catalog in _CATALOG.finditer(data):
        start = data.rfind(b"obj", 0, catalog.start())
        reference = _METADATA.search(data, max(start, 0), data.find(b"endobj", catalog.end()))
        if reference:
            named.insert(0, int(reference[1]))
    for number in dict.fromkeys((*named, *reversed(streams))):
        if number not in streams:
            continue
        dictionary, begin = streams[number]
        end = data.find(b"endstream", begin)
        packet = data[begin : end if end >= 0 else len(data)]
        if b"/FlateDecode" in dictionary:
            with suppress(zlib.error):
                yield zlib.decompressobj().decompress(packet, _MOST_XMP)
        else:
            yield packet[:_MOST_XMP].rstrip(b"\r\n")
