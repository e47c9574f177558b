"""PDFs written by hand, object by object, so that any of them can be wrong."""

from __future__ import annotations

import re
import zlib
from io import BytesIO

MEBI = 1 << 20
PROSE = "Peer workers met participants at the drop-in centre and asked them about health, housing and services. "


def stream(data: bytes, extra: bytes = b"", packed: bool = False) -> bytes:
    """A PDF stream object; `packed` ones are flate-coded, by us or (with /Filter in `extra`) already."""
    if packed:
        data, extra = zlib.compress(data, 9), extra + b"/Filter/FlateDecode"
    return b"<<%s/Length %d>>\nstream\n%s\nendstream" % (extra, len(data), data)


def page_text(text: str, lines: int = 12) -> bytes:
    """A content stream that sets a text in several lines."""
    shown = b"".join(b"(%s) Tj T*\n" % re.sub(rb"([()\\])", rb"\\\1", text.encode("latin-1")) for _ in range(lines))
    return b"BT /F1 10 Tf 14 TL 40 700 Td\n" + shown + b"ET"


def pdf(objects: dict[int, bytes], trailer: bytes = b"") -> bytes:
    """A PDF of numbered objects, 1 being the catalogue; the cross-reference table is right."""
    out = BytesIO()
    out.write(b"%PDF-1.7\n")
    places = {}
    for number, body in sorted(objects.items()):
        places[number] = out.tell()
        out.write(b"%d 0 obj\n%s\nendobj\n" % (number, body))
    start = out.tell()
    size = max(objects) + 1
    out.write(b"xref\n0 %d\n0000000000 65535 f \n" % size)
    for number in range(1, size):
        out.write(b"%010d 00000 %s \n" % (places.get(number, 0), b"n" if number in places else b"f"))
    out.write(b"trailer\n<</Size %d/Root 1 0 R%s>>\nstartxref\n%d\n%%%%EOF\n" % (size, trailer, start))
    return out.getvalue()


def one_page(content: bytes, more: dict[int, bytes] | None = None, page: bytes = b"", font: bytes = b"") -> bytes:
    """A PDF of one page; `content` is object 4, `page` what its dictionary holds besides, `more` further objects."""
    return pdf(
        {
            1: b"<</Type/Catalog/Pages 2 0 R>>",
            2: b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
            3: b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 612 792]/Contents 4 0 R"
            b"/Resources<</Font<</F1 5 0 R>>%s>>>>" % page,
            4: content,
            5: font or b"<</Type/Font/Subtype/Type1/BaseFont/Times-Roman>>",
            **(more or {}),
        }
    )


def bomb(gibi: float, rounds: int = 1) -> bytes:
    """Flate data that unpack to so many GiB of spaces, packed again `rounds - 1` times.

    A block after a full flush stands on its own, so one packed block is repeated, which makes the file in no time.
    """
    block = b" " * MEBI
    packer = zlib.compressobj(9)
    head = packer.compress(block) + packer.flush(zlib.Z_FULL_FLUSH)
    again = packer.compress(block) + packer.flush(zlib.Z_FULL_FLUSH)
    data = head + again * (int(gibi * 1024) - 1) + packer.flush(zlib.Z_FINISH)[:-4]
    for _ in range(rounds - 1):
        data = zlib.compress(data, 9)
    return data  # without its checksum, which readers reach last, if ever
