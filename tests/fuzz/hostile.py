"""Files that fight back, made here: small on disk, and meant to break, stall or fill up whatever reads them."""

from __future__ import annotations

import zlib
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import NamedTuple

from tests.fuzz import garbled
from tests.fuzz.raw_pdf import MEBI, PROSE, bomb, one_page, page_text, pdf, stream

JATS = "<article><front><article-meta><title-group><article-title>{title}</article-title></title-group></article-meta></front>"


class Hostile(NamedTuple):
    """A file: its name, how its bytes are made, and the codes of problems of which its record must show one.

    Without such codes the file must be read.
    """

    name: str
    make: Callable[[], bytes]
    expected: frozenset[str]


def _self_page_tree() -> bytes:
    return pdf({1: b"<</Type/Catalog/Pages 2 0 R>>", 2: b"<</Type/Pages/Kids[2 0 R 2 0 R]/Parent 2 0 R/Count 2>>"})


def _self_forms() -> bytes:
    page = b"/XObject<</X 6 0 R/Y 7 0 R>>"
    form = b"/Type/XObject/Subtype/Form/BBox[0 0 612 792]/Resources<</XObject<</X 6 0 R/Y 7 0 R>>>>"
    draws = stream(b"/Y Do /Y Do /X Do /X Do " * 8, form)
    return one_page(stream(page_text(PROSE) + b" /X Do /Y Do"), {6: draws, 7: draws}, page)


def _deep_forms() -> bytes:
    """Thirty forms, each of which draws the next one twice: a billion drawings."""
    forms = {}
    for k in range(6, 36):
        inside = b"/Resources<</XObject<</X %d 0 R>>/Font<</F1 5 0 R>>>>" % (k + 1)
        forms[k] = stream(b"/X Do /X Do", b"/Type/XObject/Subtype/Form/BBox[0 0 612 792]" + inside)
    forms[36] = stream(
        page_text(PROSE, 1), b"/Type/XObject/Subtype/Form/BBox[0 0 612 792]/Resources<</Font<</F1 5 0 R>>>>"
    )
    return one_page(stream(page_text(PROSE) + b" /X Do"), forms, b"/XObject<</X 6 0 R>>")


def _self_references() -> bytes:
    return one_page(
        b"4 0 R", {6: b"7 0 R", 7: b"6 0 R"}, b"/XObject 6 0 R/ExtGState 7 0 R", font=b"<</Type/Font/Subtype 6 0 R>>"
    )


def _self_length() -> bytes:
    body = page_text(PROSE)
    return one_page(b"<</Length 6 0 R>>\nstream\n%s\nendstream" % body, {6: b"6 0 R"})


def _length_of_itself() -> bytes:
    return one_page(b"<</Length 4 0 R>>\nstream\n%s\nendstream" % page_text(PROSE))


def _damaged_content() -> bytes:
    packed = zlib.compress(page_text(PROSE), 9)
    return one_page(stream(packed[:30] + b"\xff\xff" + packed[32:], b"/Filter/FlateDecode"))


def _self_outlines() -> bytes:
    return pdf(
        {
            1: b"<</Type/Catalog/Pages 2 0 R/Outlines 6 0 R/Metadata 6 0 R/Names 6 0 R>>",
            2: b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
            3: b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 612 792]/Contents 4 0 R/Resources<</Font<</F1 5 0 R>>>>>>",
            4: stream(page_text(PROSE)),
            5: b"<</Type/Font/Subtype/Type1/BaseFont/Times-Roman>>",
            6: b"<</First 6 0 R/Last 6 0 R/Next 6 0 R/Prev 6 0 R/Parent 6 0 R/Kids[6 0 R]/Count 9>>",
        },
        b"/Prev 0/Info 6 0 R",
    )


def _self_object_stream() -> bytes:
    """An object stream that is said to lie in itself, with a cross-reference stream."""
    rows = b"".join(
        bytes(row)
        for row in ((0, 0, 0, 255), (2, 0, 6, 0), (2, 0, 6, 1), (2, 0, 6, 2), (2, 0, 6, 3), (2, 0, 6, 4), (2, 0, 6, 5))
    )
    held = stream(b"1 0 2 40 <</Type/Catalog/Pages 2 0 R>>", b"/Type/ObjStm/N 2/First 9/Extends 6 0 R")
    out = b"%PDF-1.7\n6 0 obj\n" + held + b"\nendobj\n"
    table = stream(rows, b"/Type/XRef/Size 7/W[1 2 1]/Index[0 7]/Root 1 0 R")
    return out + b"7 0 obj\n" + table + b"\nendobj\nstartxref\n%d\n%%%%EOF\n" % len(out)


def _xref_circle() -> bytes:
    body = one_page(stream(page_text(PROSE)))
    start = body.rindex(b"xref\n0")
    return body.replace(b"/Root 1 0 R", b"/Root 1 0 R/Prev %d" % start)


def _bomb() -> bytes:
    return one_page(stream(bomb(3), b"/Filter/FlateDecode"))


def _nested_bomb() -> bytes:
    return one_page(stream(bomb(4, 3), b"/Filter[/FlateDecode/FlateDecode/FlateDecode]"))


def _bomb_in_object_stream() -> bytes:
    rows = b"".join(bytes(row) for row in ((0, 0, 0, 255), (2, 0, 6, 0), (2, 0, 6, 1), (1, 0, 9, 0)))
    held = stream(bomb(3), b"/Type/ObjStm/N 2/First 9/Filter/FlateDecode")
    out = b"%PDF-1.7\n6 0 obj\n" + held + b"\nendobj\n"
    table = stream(rows, b"/Type/XRef/Size 7/W[1 2 1]/Index[0 3 6 1]/Root 1 0 R")
    return out + b"7 0 obj\n" + table + b"\nendobj\nstartxref\n%d\n%%%%EOF\n" % len(out)


def _bomb_run_length() -> bytes:
    """Run-length data of a few bytes a run, packed: sixteen million runs."""
    return one_page(stream(zlib.compress(b"\x81 " * (16 * MEBI), 9), b"/Filter[/FlateDecode/RunLengthDecode]"))


def _image_bomb() -> bytes:
    image = stream(
        bomb(2), b"/Type/XObject/Subtype/Image/Width 60000/Height 60000/BitsPerComponent 8/Filter/FlateDecode"
    )
    return one_page(stream(page_text(PROSE) + b" /X Do"), {6: image}, b"/XObject<</X 6 0 R>>")


def _predictor() -> bytes:
    parameters = b"/DecodeParms<</Predictor 15/Columns 2000000000/Colors 255/BitsPerComponent 16>>/Filter/FlateDecode"
    return one_page(stream(zlib.compress(b"\2" * MEBI), parameters))


def many_pages(count: int) -> bytes:
    """So many pages that all show the same text."""
    kids = b" ".join(b"%d 0 R" % (k + 5) for k in range(count))
    page = b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 612 792]/Contents 3 0 R/Resources<</Font<</F1 4 0 R>>>>>>"
    return pdf(
        {
            1: b"<</Type/Catalog/Pages 2 0 R>>",
            2: b"<</Type/Pages/Kids[%s]/Count %d>>" % (kids, count),
            3: stream(page_text(PROSE, 4)),
            4: b"<</Type/Font/Subtype/Type1/BaseFont/Times-Roman>>",
            **dict.fromkeys(range(5, 5 + count), page),
        }
    )


def _page_count_lie() -> bytes:
    """A page tree whose kids are all the same page, a million times, in three nested lists."""
    objects = {1: b"<</Type/Catalog/Pages 10 0 R>>"}
    for level in range(10, 16):
        objects[level] = b"<</Type/Pages/Kids[%s]/Count 9>>" % (b"%d 0 R " % (level + 1) * 10)
    objects[16] = b"<</Type/Page/MediaBox[0 0 612 792]/Contents 4 0 R/Resources<</Font<</F1 5 0 R>>>>>>"
    objects[4], objects[5] = stream(page_text(PROSE, 2)), b"<</Type/Font/Subtype/Type1/BaseFont/Times-Roman>>"
    return pdf(objects)


def _many_objects() -> bytes:
    """A million objects of one byte after a page, and no table that says where they are."""
    body = one_page(stream(page_text(PROSE)))
    body = body[: body.rindex(b"xref\n0")]
    return body + b"".join(b"%d 0 obj\n0\nendobj\n" % k for k in range(6, 1_000_006)) + b"trailer\n<</Root 1 0 R>>\n"


def _huge_xref() -> bytes:
    body = one_page(stream(page_text(PROSE)))
    start = body.rindex(b"xref\n0")
    return body[:start] + b"xref\n0 2000000000\n" + b"0000000000 65535 f \n" * 1000 + body[start + 9 :]


def _huge_xref_stream() -> bytes:
    """A cross-reference stream of a hundred million packed rows."""
    table = stream(bomb(0.5), b"/Type/XRef/Size 100000000/W[1 2 2]/Root 1 0 R/Filter/FlateDecode")
    head = b"%PDF-1.7\n"
    return head + b"7 0 obj\n" + table + b"\nendobj\nstartxref\n%d\n%%%%EOF\n" % len(head)


def _huge_string() -> bytes:
    return one_page(stream(b"BT /F1 10 Tf 40 700 Td (" + b"a(" * 8 * MEBI + b") Tj ET", packed=True))


def _open_arrays() -> bytes:
    return one_page(b"[" * 200_000 + b"<<" * 200_000)


def _deep_content() -> bytes:
    return one_page(stream(b"[" * 4 * MEBI + b"q " * 4 * MEBI, packed=True))


def _huge_numbers() -> bytes:
    return one_page(
        stream(b"BT /F1 " + b"9" * 5000 + b" Tf " + b"9" * 400 + b" 0 0 1e9 -1 0 Tm " + page_text(PROSE)[3:]),
        page=b"/Rotate " + b"9" * 5000,
    )


def _locked(user: str) -> bytes:
    from reportlab.lib.pdfencrypt import StandardEncryption
    from reportlab.pdfgen.canvas import Canvas

    out = BytesIO()
    canvas = Canvas(out, encrypt=StandardEncryption(user, "owner", strength=128))
    for line in range(20):
        canvas.drawString(40, 700 - 14 * line, PROSE[:90])
    canvas.save()
    return out.getvalue()


def _jats(body: str, head: str = "") -> bytes:
    return f"<?xml version='1.0'?>{head}{JATS.format(title='A title of words')}<body>{body}</body></article>".encode()


def _billion_laughs() -> bytes:
    entities = '<!ENTITY a0 "ha ha ha ha">' + "".join(f'<!ENTITY a{k} "{f"&a{k - 1};" * 10}">' for k in range(1, 10))
    return _jats(f"<p>{PROSE}&a9;</p>", f"<!DOCTYPE article [{entities}]>")


def _quadratic() -> bytes:
    entity = f'<!ENTITY a "{"word " * 20_000}">'
    return _jats(f"<p>{PROSE}{'&a;' * 20_000}</p>", f"<!DOCTYPE article [{entity}]>")


def _outside_entity() -> bytes:
    entity = '<!ENTITY a SYSTEM "file:///etc/passwd"><!ENTITY % b SYSTEM "http://127.0.0.1:9/x.dtd">%b;'
    return _jats(f"<p>{PROSE}&a;</p>", f"<!DOCTYPE article [{entity}]>")


def _deep_inline() -> bytes:
    return _jats("<p>" + "<bold>" * 10_000 + "word" + "</bold>" * 10_000 + "</p>")


def _text(words: int) -> bytes:
    return (PROSE * (words // 16)).encode()


def _page() -> bytes:
    return one_page(stream(page_text(PROSE)))


_BROKEN_OR_ODD = frozenset({"broken-pdf", "unreadable-pages", "no-text-layer", "no-references", "pages-without-text"})
_LIMITS = frozenset({"too-large", "timeout"})


def _is(*codes: str) -> frozenset[str]:
    return frozenset(codes)


HOSTILE = (
    Hostile("empty.pdf", lambda: b"", _is("empty-file")),
    Hostile("empty.xml", lambda: b"", _is("empty-file")),
    Hostile("zeros.pdf", lambda: bytes(100_000), _is("empty-file", "not-a-pdf")),
    Hostile("zeros.txt", lambda: bytes(100_000), _is("empty-file", "binary-file")),
    Hostile("page.pdf", lambda: b"<html><body>Sign in to read</body></html>", _is("not-a-pdf")),
    Hostile("pdf-as.txt", _page, _BROKEN_OR_ODD),
    Hostile("zip.pdf", lambda: b"PK\3\4" + bytes(5000), _is("not-a-pdf")),
    Hostile("zip.xml", lambda: b"PK\3\4" + bytes(5000), _is("malformed-xml", "not-jats")),
    Hostile("unknown.xyz", lambda: b"\1\2\3" * 500, _is("unknown-format")),
    Hostile("locked.pdf", lambda: _locked("secret"), _is("encrypted")),
    Hostile("owner-locked.pdf", lambda: _locked(""), _BROKEN_OR_ODD),
    Hostile("truncated.pdf", lambda: _page()[:600], _BROKEN_OR_ODD),
    Hostile("head-only.pdf", lambda: b"%PDF-1.7\n", _is("broken-pdf")),
    Hostile("self-page-tree.pdf", _self_page_tree, _is("broken-pdf")),
    Hostile("self-forms.pdf", _self_forms, _is("endless-drawing") | _LIMITS),
    Hostile("deep-forms.pdf", _deep_forms, _is("endless-drawing") | _LIMITS),
    Hostile("self-references.pdf", _self_references, _BROKEN_OR_ODD | _LIMITS),
    Hostile("self-length.pdf", _self_length, _is("no-references")),
    Hostile("length-of-itself.pdf", _length_of_itself, _is("no-references")),
    Hostile("damaged-content.pdf", _damaged_content, _is("broken-pdf")),
    Hostile("self-outlines.pdf", _self_outlines, _BROKEN_OR_ODD),
    Hostile("self-object-stream.pdf", _self_object_stream, _BROKEN_OR_ODD),
    Hostile("xref-circle.pdf", _xref_circle, _BROKEN_OR_ODD),
    Hostile("bomb.pdf", _bomb, _LIMITS),
    Hostile("nested-bomb.pdf", _nested_bomb, _LIMITS),
    Hostile("bomb-in-object-stream.pdf", _bomb_in_object_stream, _BROKEN_OR_ODD | _LIMITS),
    Hostile("run-length-bomb.pdf", _bomb_run_length, _BROKEN_OR_ODD | _LIMITS),
    Hostile("image-bomb.pdf", _image_bomb, _BROKEN_OR_ODD),
    Hostile("predictor.pdf", _predictor, _BROKEN_OR_ODD | _LIMITS),
    Hostile("5000-pages.pdf", lambda: many_pages(5000), _BROKEN_OR_ODD | _LIMITS),
    Hostile("page-tree-bomb.pdf", _page_count_lie, _BROKEN_OR_ODD | _LIMITS),
    Hostile("million-objects.pdf", _many_objects, _BROKEN_OR_ODD | _LIMITS),
    Hostile("huge-xref.pdf", _huge_xref, _BROKEN_OR_ODD | _LIMITS),
    Hostile("huge-xref-stream.pdf", _huge_xref_stream, _BROKEN_OR_ODD | _LIMITS),
    Hostile("huge-string.pdf", _huge_string, _BROKEN_OR_ODD | _LIMITS),
    Hostile("open-arrays.pdf", _open_arrays, _BROKEN_OR_ODD | _LIMITS),
    Hostile("deep-content.pdf", _deep_content, _BROKEN_OR_ODD | _LIMITS),
    Hostile("huge-numbers.pdf", _huge_numbers, _BROKEN_OR_ODD),
    Hostile("no-unicode.pdf", garbled.no_unicode, _is("garbled-text")),
    Hostile("unnamed.pdf", garbled.unnamed_glyphs, _is("garbled-text")),
    Hostile("shifted.pdf", garbled.shifted_text, _is("garbled-text")),
    Hostile("glyph-numbers.pdf", lambda: garbled.in_letters(garbled.glyph_numbers), _is("garbled-text")),
    Hostile("cipher.pdf", lambda: garbled.in_letters(garbled.ciphered), _is("garbled-text")),
    Hostile("some-garbled.pdf", garbled.some_garbled, _is("garbled-pages")),
    Hostile("laughs.xml", _billion_laughs, _is()),
    Hostile("quadratic.xml", _quadratic, _is()),
    Hostile("outside.xml", _outside_entity, _is()),
    Hostile("deep.xml", lambda: _jats("<sec>" * 10_000 + "<p>words</p>" + "</sec>" * 10_000), _is("malformed-xml")),
    Hostile("deep-inline.xml", _deep_inline, _is("malformed-xml")),
    Hostile("250-deep.xml", lambda: _jats("<sec>" * 240 + f"<p>{PROSE}</p>" + "</sec>" * 240), _is()),
    Hostile("wide.xml", lambda: _jats("<p/>" * 1_000_000), _is("no-body", *_LIMITS)),
    Hostile("not-jats.xml", lambda: b"<html><body><p>words</p></body></html>", _is("not-jats")),
    Hostile("utf-16.xml", lambda: _jats(f"<p>{PROSE}</p>").decode().encode("utf-16"), _is()),
    Hostile("one-line.txt", lambda: _text(8_000_000), _LIMITS),
    Hostile("one-word.txt", lambda: b"a" * 50 * MEBI, _LIMITS | _is("no-references")),
    Hostile("nul.txt", lambda: PROSE.encode() + b"\0" + PROSE.encode(), _is("binary-file")),
    Hostile("utf-16.txt", lambda: PROSE.encode("utf-16"), _is()),
    Hostile("utf-16-no-mark.txt", lambda: PROSE.encode("utf-16-le"), _is("binary-file")),
    Hostile("latin.txt", lambda: (PROSE + "café").encode("latin-1"), _is("not-utf8")),
    Hostile("blank-lines.txt", lambda: b"\n" * 100_000 + PROSE.encode(), _is()),
    Hostile("blank-head.pdf", lambda: b"\n" * 5000 + _page(), _BROKEN_OR_ODD),
    Hostile("blanks.txt", lambda: b" \r\n" * 10_000, _is("empty-file")),
)  # fmt: skip


def write(folder: Path) -> list[Path]:
    """Write every file; the paths in order."""
    paths = []
    for item in HOSTILE:
        path = folder / item.name
        path.write_bytes(item.make())
        paths.append(path)
    return paths
