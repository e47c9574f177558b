"""Streams unpack no further than they may, and references that run in circles end."""

from __future__ import annotations

import random
import zlib
from io import BytesIO
from pathlib import Path

import pytest
from pdfminer.pdftypes import PDFStream

from lang_audit.errors import UnreadableError
from lang_audit.sources import inflating, unpacking
from lang_audit.sources.inflating import check_streams, inflated
from lang_audit.sources.pdf import placed_document
from tests.fuzz.raw_pdf import one_page, page_text, stream

LINE = "Peer workers met participants at the centre. "


def unpacked(body: bytes) -> bytes:
    """What object 4 of a page unpacks to."""
    found = unpacking.Document(unpacking.Parser(BytesIO(one_page(body)))).getobj(4)
    assert isinstance(found, PDFStream)
    return found.get_data()


@pytest.mark.parametrize(
    ("packed", "said"),
    [
        (zlib.compress(b"a" * 5000), b"/Filter/FlateDecode"),
        (zlib.compress(zlib.compress(b"a" * 5000)), b"/Filter[/FlateDecode/FlateDecode]"),
        (b"\x81a" * 40, b"/Filter/RunLengthDecode"),
        (zlib.compress(b"\2" + b"a" * 5000), b"/Filter/FlateDecode/DecodeParms<</Predictor 15/Columns 5000>>"),
        (b"\x80" + b"\x0b\x60\x50\x22\x0c\x0c\x85\x01" * 40, b"/Filter/LZWDecode"),
        (b"a" * 5000, b""),
    ],
)
def test_no_stream_unpacks_to_more_than_it_may(packed: bytes, said: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    body = stream(packed, said)
    size = len(unpacked(body))
    monkeypatch.setattr(unpacking, "MOST_OF_A_STREAM", size)
    if b"Predictor" not in said:  # whose row is a byte longer before
        unpacked(body)
    monkeypatch.setattr(unpacking, "MOST_OF_A_STREAM", size - 1)
    with pytest.raises(UnreadableError) as refused:
        unpacked(body)
    assert refused.value.code == "too-large"


def test_all_streams_together_have_a_limit(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    path = tmp_path / "two.pdf"
    content = stream(page_text(LINE, 4), packed=True)
    path.write_bytes(one_page(b"[6 0 R 7 0 R]", {6: content, 7: content}))
    assert placed_document(path).pages[0].runs
    monkeypatch.setattr(unpacking, "MOST_OF_A_FILE", 300)
    with pytest.raises(UnreadableError) as refused:
        placed_document(path)
    assert refused.value.code == "too-large"


def test_streams_unpack_as_pdfminer_unpacks_them() -> None:
    draw = random.Random(3)
    plain = bytes(draw.choices(b"abcdef \n", k=3000))
    packed = zlib.compress(plain)
    rows = b"".join(b"\2" + plain[k : k + 30] for k in range(0, 3000, 30))
    changed = [packed[:k] + bytes((packed[k] ^ 255,)) + packed[k + 1 :] for k in (0, 1, 400, len(packed) - 2)]
    for data in (packed, packed[:-4], packed[: len(packed) // 2], packed + b"\r\nmore", b"", b"x", *changed):
        attributes = {"Filter": unpacking.LITERALS_FLATE_DECODE[0]}
        assert inflated(data) == PDFStream(attributes, data).get_data()
    parameters = b"/Filter/FlateDecode/DecodeParms<</Predictor 12/Columns 30>>"
    theirs = {"Filter": unpacking.LITERALS_FLATE_DECODE[0], "DecodeParms": {"Predictor": 12, "Columns": 30}}
    assert unpacked(stream(zlib.compress(rows), parameters)) == PDFStream(theirs, zlib.compress(rows)).get_data()


def test_a_whole_file_is_looked_through(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(inflating, "MOST_OF_A_STREAM", 4000)
    bomb = zlib.compress(b"a" * 5000)
    check_streams(one_page(stream(zlib.compress(b"a" * 3000), b"/Filter/FlateDecode")))
    check_streams(one_page(stream(bomb, b"/Subtype/Image/Filter/FlateDecode")))
    check_streams(one_page(stream(bomb)))
    monkeypatch.setattr(inflating.inflated, "__defaults__", (4000,))
    for packed, said in ((bomb, b"/Filter/FlateDecode"), (zlib.compress(bomb), b"/Filter[/Fl/Fl]")):
        with pytest.raises(UnreadableError):
            check_streams(one_page(stream(packed, said)))


@pytest.mark.parametrize("length", [b"6 0 R", b"4 0 R", b"99 0 R", b"/None", b"null"])
def test_a_stream_that_does_not_tell_its_length_is_read_to_its_end(length: bytes, tmp_path: Path) -> None:
    path = tmp_path / "length.pdf"
    path.write_bytes(one_page(b"<</Length %s>>\nstream\n%s\nendstream" % (length, page_text(LINE)), {6: b"6 0 R"}))
    assert len(placed_document(path).pages[0].runs) == 12


def test_drawings_that_draw_each_other_end_and_are_told(tmp_path: Path) -> None:
    form = b"/Type/XObject/Subtype/Form/BBox[0 0 612 792]/Resources<</XObject<</X 6 0 R>>/Font<</F1 5 0 R>>>>"
    path = tmp_path / "forms.pdf"
    path.write_bytes(
        one_page(stream(page_text(LINE) + b" /X Do"), {6: stream(b"/X Do /X Do", form)}, b"/XObject<</X 6 0 R>>")
    )
    document = placed_document(path)
    assert len(document.pages[0].runs) == 12
    assert [problem.code for problem in document.problems] == ["endless-drawing"]
    harmless = stream(b"0 0 m 1 1 l S", form)
    path.write_bytes(one_page(stream(page_text(LINE) + b" /X Do" * 9000), {6: harmless}, b"/XObject<</X 6 0 R>>"))
    assert placed_document(path).problems == ()


def test_damaged_parts_of_a_page_are_told(tmp_path: Path) -> None:
    packed = zlib.compress(page_text(LINE), 9)
    damaged = stream(packed[:30] + b"\xff\xff" + packed[32:], b"/Filter/FlateDecode")
    path = tmp_path / "damaged.pdf"
    path.write_bytes(one_page(b"[6 0 R 7 0 R]", {6: stream(page_text(LINE, 3)), 7: damaged}))
    document = placed_document(path)
    assert len(document.pages[0].runs) == 3
    assert [problem.code for problem in document.problems] == ["unreadable-pages"]
    path.write_bytes(one_page(damaged))
    with pytest.raises(UnreadableError) as refused:
        placed_document(path)
    assert refused.value.code == "broken-pdf"
