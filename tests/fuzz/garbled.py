"""PDFs whose fonts do not tell which letters they show, so that their text comes out as garbage."""

from __future__ import annotations

from collections.abc import Callable

from tests.fuzz.raw_pdf import PROSE, one_page, page_text, pdf, stream


def no_unicode() -> bytes:
    """A composite font without a map to Unicode: its codes are numbers of glyphs, and nothing tells which letters those show."""
    codes = "".join(f"{ord(c) - 29:04x}" for c in PROSE).encode()
    shown = b"".join(b"<%s> Tj T*\n" % codes for _ in range(20))
    font = b"<</Type/Font/Subtype/Type0/BaseFont/ABCDEF+Own/Encoding/Identity-H/DescendantFonts[6 0 R]>>"
    system = b"/CIDSystemInfo<</Registry(Adobe)/Ordering(Identity)/Supplement 0>>/FontDescriptor 7 0 R/DW 500"
    described = b"<</Type/FontDescriptor/FontName/ABCDEF+Own/Flags 4/FontBBox[0 0 1 1]/Ascent 800/Descent -200>>"
    own = {6: b"<</Type/Font/Subtype/CIDFontType2/BaseFont/ABCDEF+Own%s>>" % system, 7: described}
    return one_page(stream(b"BT /F1 10 Tf 14 TL 40 700 Td\n" + shown + b"ET"), own, font=font)


def unnamed_glyphs() -> bytes:
    """A font whose codes stand for glyphs with names of their own, in an order of their own."""
    names = b" ".join(b"/unnamed%c%c" % (97 + code // 26, 97 + code % 26) for code in range(32, 127))
    font = b"<</Type/Font/Subtype/Type3/FontBBox[0 0 1 1]/FontMatrix[.001 0 0 .001 0 0]/FirstChar 32/LastChar 126/CharProcs<<>>"
    font += b"/Widths[%s]/Encoding<</Type/Encoding/Differences[32 %s]>>>>" % (b"500 " * 95, names)
    return one_page(stream(page_text(_shifted(), 30)), font=font)


def _shifted() -> str:
    return "".join(chr(33 + (ord(c) - 32 + 29) % 90) for c in PROSE)


def shifted_text() -> bytes:
    """Text whose codes were shifted by a subset font: letters, but no words."""
    return one_page(stream(page_text(_shifted(), 40)))


def glyph_numbers(text: str) -> str:
    """Text as the numbers of its glyphs, which in most fonts are the codes of the letters less 29."""
    return "".join(chr(ord(c) - 29) if c > " " else c for c in text)


def ciphered(text: str) -> str:
    """Text in which each letter stands for another."""
    key = "qhzjxkvwnbgytcmrpfdoeslaui"
    letters = "abcdefghijklmnopqrstuvwxyz"
    return text.translate(str.maketrans(letters + letters.upper(), key + key.upper()))


def in_letters(change: Callable[[str], str]) -> bytes:
    """A page whose font shows other letters than it should."""
    return one_page(stream(page_text(change(PROSE), 40)))


def some_garbled() -> bytes:
    """Three pages, the second of them in letters that make no words."""
    pages = {
        k: b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 612 792]/Contents %d 0 R/Resources<</Font<</F1 10 0 R>>>>>>"
        % (k + 3)
        for k in (3, 4, 5)
    }
    contents = {
        6: stream(page_text(PROSE, 30)),
        7: stream(page_text(ciphered(PROSE), 30)),
        8: stream(page_text(PROSE, 30)),
    }
    tree = b"<</Type/Pages/Kids[3 0 R 4 0 R 5 0 R]/Count 3>>"
    font = b"<</Type/Font/Subtype/Type1/BaseFont/Times-Roman>>"
    return pdf({1: b"<</Type/Catalog/Pages 2 0 R>>", 2: tree, **pages, **contents, 10: font})
