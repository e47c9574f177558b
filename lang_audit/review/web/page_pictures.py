"""Printed pages as pictures, and where on them the proposals stand. pdfium is not safe in threads, so one lock is around it."""

from __future__ import annotations

import io
from collections import OrderedDict
from collections.abc import Callable, Iterable
from contextlib import suppress
from pathlib import Path
from threading import Lock
from typing import Final

import pypdfium2 as pdfium
from PIL import Image

from lang_audit.errors import UnreadableError
from lang_audit.model import Box, Paper
from lang_audit.report.on_page import Document, open_document
from lang_audit.review.proposals import Proposal

_SCALE: Final = 2.0  # pixels a point: 144 an inch, so that small print can be read on a sharp screen
_LARGEST: Final = 2400  # pixels: posters and plans are drawn smaller
_KEPT_BYTES: Final = 64 * 1024 * 1024
_KEPT_PLACES: Final = 400  # pages
_COLOURS: Final = 64
_BROKEN = (pdfium.PdfiumError, UnreadableError, OSError, ValueError, MemoryError)

Places = dict[str, list[Box]]


class PagePictures:
    """Draws pages of the papers' own files. `source` gives the file of a paper by its key, None where it is gone or another.

    Highlights on other words would be worse than none, so a file that has changed is not drawn.
    """

    def __init__(self, source: Callable[[str], Path | None]) -> None:
        self._source = source
        self._lock = Lock()
        self._pictures: OrderedDict[tuple[str, int], bytes] = OrderedDict()
        self._places: OrderedDict[tuple[str, int, frozenset[str]], Places] = OrderedDict()
        self._known: dict[str, tuple[Path | None, tuple[int, int] | None]] = {}

    def drawable(self, key: str) -> bool:
        """Whether there is a file whose pages can be drawn."""
        return self._file(key) is not None

    def picture(self, key: str, paper: Paper, number: int) -> bytes | None:
        """The page as PNG; None where it cannot be drawn."""
        with self._lock:
            if kept := self._pictures.get((key, number)):
                self._pictures.move_to_end((key, number))
                return kept
            drawn = None
            file = self._file(key)
            with suppress(*_BROKEN):
                if file:
                    with open_document(file, paper) as document:
                        drawn = _drawn(document, number)
            if drawn:
                self._pictures[key, number] = drawn
                while sum(map(len, self._pictures.values())) > _KEPT_BYTES:
                    self._pictures.popitem(last=False)
            return drawn

    def places(self, key: str, paper: Paper, number: int, proposals: Iterable[Proposal]) -> Places:
        """The boxes on page `number`, by proposal: in points from its top left corner, to the glyph where the file is there."""
        wanted = list(proposals)
        kept_as = key, number, frozenset(one.id for one in wanted)
        with self._lock:
            if kept_as not in self._places:
                self._places[kept_as] = self._found(key, paper, number, wanted)
                if len(self._places) > _KEPT_PLACES:
                    self._places.popitem(last=False)
            return self._places[kept_as]

    def _found(self, key: str, paper: Paper, number: int, proposals: list[Proposal]) -> Places:
        file = self._file(key)
        with suppress(*_BROKEN):
            if file:
                with open_document(file, paper) as document:
                    return {
                        one.id: [place.box for place in document.places(one.start, one.end) if place.page == number]
                        for one in proposals
                    }
        return {one.id: [box for page, box in paper.boxes(one.start, one.end) if page == number] for one in proposals}

    def _file(self, key: str) -> Path | None:
        """The paper's own file. Whether it is still the same is asked again where its size or time has changed."""
        file, stamp = self._known.get(key, (None, None))
        if key not in self._known or (file and _stamp(file) != stamp):
            file = self._source(key)
            self._known[key] = file, _stamp(file) if file else None
        return file


def _stamp(file: Path) -> tuple[int, int] | None:
    with suppress(OSError):
        now = file.stat()
        return now.st_mtime_ns, now.st_size
    return None


def _drawn(document: Document, number: int) -> bytes:
    page = document.page(number)
    scale = min(_SCALE, _LARGEST / max(page.pdf_page.get_size()))
    bitmap = page.pdf_page.render(
        scale=scale, rotation=page.extra_turn * 90, may_draw_forms=False, draw_annots=False, rev_byteorder=True
    )
    try:
        out = io.BytesIO()
        # Few colours, no search for the smallest file: the picture travels within one machine.
        bitmap.to_pil().convert("RGB").quantize(_COLOURS, Image.Quantize.FASTOCTREE).save(out, "PNG", compress_level=1)
        return out.getvalue()
    finally:
        bitmap.close()
