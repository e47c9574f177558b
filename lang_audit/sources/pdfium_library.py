"""PDFium's functions, called without the cost of ctypes' type checks. With `pdfium`, the only module that knows pypdfium2.

A page has thousands of characters and each is asked for three things, so what one call costs decides the engine's speed.
Functions taken here keep Python's lock and pass handles as plain integers; `each` calls one for many handles or indices from C.
"""

from __future__ import annotations

import ctypes
from array import array
from collections import deque
from collections.abc import Callable, Iterable
from itertools import repeat
from typing import Any

import pypdfium2.raw as raw

_PLAIN = {
    ctypes.c_int, ctypes.c_uint, ctypes.c_long, ctypes.c_ulong, ctypes.c_size_t, ctypes.c_float, ctypes.c_double,
    ctypes.c_char_p,
}  # fmt: skip
_FLOAT = 4  # bytes

PASSWORD, SECURITY = int(raw.FPDF_ERR_PASSWORD), int(raw.FPDF_ERR_SECURITY)
TEXT, IMAGE, FORM = int(raw.FPDF_PAGEOBJ_TEXT), int(raw.FPDF_PAGEOBJ_IMAGE), int(raw.FPDF_PAGEOBJ_FORM)


def _plain(kind: Any) -> Any:
    """The type itself for numbers; for handles and pointers an address."""
    return kind if kind is None or kind in _PLAIN else ctypes.c_void_p


def _fast(name: str) -> Callable[..., Any]:
    function = getattr(raw, name)
    prototype = ctypes.PYFUNCTYPE(_plain(function.restype), *(_plain(kind) for kind in function.argtypes))
    return prototype(ctypes.cast(function, ctypes.c_void_p).value or 0)


load_document = _fast("FPDF_LoadMemDocument64")
close_document = _fast("FPDF_CloseDocument")
last_error = _fast("FPDF_GetLastError")
meta_text = _fast("FPDF_GetMetaText")
page_count = _fast("FPDF_GetPageCount")
load_page = _fast("FPDF_LoadPage")
close_page = _fast("FPDF_ClosePage")
page_box = _fast("FPDF_GetPageBoundingBox")
page_rotation = _fast("FPDFPage_GetRotation")
page_objects = _fast("FPDFPage_CountObjects")
page_object = _fast("FPDFPage_GetObject")
form_objects = _fast("FPDFFormObj_CountObjects")
form_object = _fast("FPDFFormObj_GetObject")
object_type = _fast("FPDFPageObj_GetType")
object_matrix = _fast("FPDFPageObj_GetMatrix")
object_bounds = _fast("FPDFPageObj_GetBounds")
object_clip = _fast("FPDFPageObj_GetClipPath")
clip_paths = _fast("FPDFClipPath_CountPaths")
clip_segments = _fast("FPDFClipPath_CountPathSegments")
clip_segment = _fast("FPDFClipPath_GetPathSegment")
segment_point = _fast("FPDFPathSegment_GetPoint")
text_size = _fast("FPDFTextObj_GetFontSize")
text_font = _fast("FPDFTextObj_GetFont")
text_mode = _fast("FPDFTextObj_GetTextRenderMode")
font_base_name = _fast("FPDFFont_GetBaseFontName")
font_flags = _fast("FPDFFont_GetFlags")
glyph_width = _fast("FPDFFont_GetGlyphWidth")
load_text = _fast("FPDFText_LoadPage")
close_text = _fast("FPDFText_ClosePage")
count_characters = _fast("FPDFText_CountChars")
character = _fast("FPDFText_GetUnicode")
character_object = _fast("FPDFText_GetTextObject")
character_box = _fast("FPDFText_GetLooseCharBox")
character_origin = _fast("FPDFText_GetCharOrigin")
is_generated = _fast("FPDFText_IsGenerated")
is_unmapped = _fast("FPDFText_HasUnicodeMapError")


def floats(function: Callable[..., Any], handles: list[int], count: int) -> list[float]:
    """The `count` floats that a function writes for each handle, one after the other; zeros where it fails."""
    values = array("f", bytes(_FLOAT * count * len(handles)))
    step = _FLOAT * count
    start, _ = values.buffer_info()
    _exhaust(map(function, handles, range(start, start + step * len(handles), step)))
    return values.tolist()


def bounds(handles: list[int]) -> list[float]:
    """Left, bottom, right, top of every object, in the space that it is drawn in."""
    values = array("f", bytes(16 * len(handles)))
    start, _ = values.buffer_info()
    stop = start + 16 * len(handles)
    places = (range(start + 4 * k, stop, 16) for k in range(4))
    _exhaust(map(object_bounds, handles, *places))
    return values.tolist()


def boxes(text_page: int, count: int) -> list[float]:
    """Left, top, right, bottom of every character of a page: from where the pen stood to where it then stands."""
    values = array("f", bytes(_FLOAT * 4 * count))
    start, _ = values.buffer_info()
    _exhaust(map(character_box, repeat(text_page), range(count), range(start, start + 16 * count, 16)))
    return values.tolist()


def origin(text_page: int, index: int) -> tuple[float, float]:
    """Where the pen stood for one character."""
    place = (ctypes.c_double * 2)()
    start = ctypes.addressof(place)
    character_origin(text_page, index, start, start + 8)
    return place[0], place[1]


def advance(font: int, letter: str) -> float | None:
    """How far a letter of size 1 moves the pen, None where the font does not tell."""
    width = ctypes.c_float()
    return width.value if glyph_width(font, ord(letter), 1.0, ctypes.addressof(width)) and width.value > 0 else None


def utf16(function: Callable[[int | None, int], int]) -> str:
    """A text that a function writes as UTF-16 into a buffer, or measures when given none."""
    size = function(None, 0)
    if size <= 2:
        return ""
    buffer = ctypes.create_string_buffer(size)
    function(ctypes.addressof(buffer), size)
    return buffer.raw[: size - 2].decode("utf-16-le", "replace")


def latin(function: Callable[[int | None, int], int]) -> str:
    """A text that a function writes as bytes into a buffer, or measures when given none."""
    size = function(None, 0)
    if size <= 1:
        return ""
    buffer = ctypes.create_string_buffer(size)
    function(ctypes.addressof(buffer), size)
    return buffer.raw[: size - 1].decode("latin-1")


def _exhaust(calls: Iterable[Any]) -> None:
    deque(calls, maxlen=0)
