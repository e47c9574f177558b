"""Signs that Word writes by their number in a symbol font (`w:sym`), as the characters that they look like."""

from __future__ import annotations

_LATIN = "ABCDEFGHIKLMNOPQRSTUWXYZabcdefghiklmnopqrstuwxyz"
_GREEK = "ΑΒΧΔΕΦΓΗΙΚΛΜΝΟΠΘΡΣΤΥΩΞΨΖαβχδεφγηικλμνοπθρστυωξψζ"
_SYMBOL = {
    **dict(zip(map(ord, _LATIN), _GREEK, strict=True)),
    **{0x2D: "−", 0xA2: "′", 0xA3: "≤", 0xA5: "∞", 0xAE: "→", 0xB0: "°", 0xB1: "±", 0xB2: "″", 0xB3: "≥"},
    **{0xB4: "×", 0xB7: "•", 0xB9: "≠", 0xBB: "≈", 0xBC: "…", 0xD2: "®", 0xD3: "©", 0xD4: "™", 0xE5: "∑"},
}
_PRIVATE = range(0xF000, 0xF100)  # where Word puts the 256 signs of a symbol font


def symbol(font: str | None, number: str | None) -> str:
    """The one character that a sign of a font is read as; a space where nobody knows what it looks like."""
    try:
        code = int(number or "", 16)
    except ValueError:
        return " "
    if code in _PRIVATE or code < 0x100:
        low = code & 0xFF
        if (font or "").lower() == "symbol":
            return _SYMBOL.get(low, chr(low) if 0x20 <= low < 0x7F else " ")
        return " " if code in _PRIVATE or code < 0x20 else chr(code)
    return chr(code) if code < 0xD800 or 0xF900 <= code <= 0xFFFD else " "
