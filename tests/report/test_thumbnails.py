"""Pictures of printed lines in the report. All papers are fabricated."""

from __future__ import annotations

import base64
import io
from pathlib import Path

import pikepdf
import pytest
from lxml import html
from PIL import Image, ImageChops
from reportlab.pdfgen.canvas import Canvas

from lang_audit.audit import audit_file
from lang_audit.config import template_folder
from lang_audit.errors import UnreadableError
from lang_audit.model import Record
from lang_audit.report.evidence import evidence_of
from lang_audit.report.renderer import _environment
from lang_audit.report.thumbnails import LARGEST, line_image, pictures_of

SAMPLES = Path(__file__).parents[2] / "corpus_samples"
SAMPLE = SAMPLES / "prison-release-1997.pdf"


@pytest.fixture(scope="module")
def sample() -> Record:
    (record,) = audit_file(SAMPLE)
    return record


def _ink(image: Image.Image) -> float:
    grey = image.convert("L").tobytes()
    return sum(value < 128 for value in grey) / len(grey)


def test_a_line_as_printed(sample: Record) -> None:
    assert sample.appraisal
    line = sample.appraisal.paper.pages[0].lines[0]
    data = line_image(SAMPLE, 1, line.bbox)
    image = Image.open(io.BytesIO(data))
    assert image.format == "PNG" and len(data) <= LARGEST
    assert abs(image.width - 1.5 * (line.bbox[2] - line.bbox[0] + 4)) <= 2
    assert 0.02 < _ink(image) < 0.5
    x0, y0, x1, y1 = line.bbox
    assert line_image(SAMPLE, 1, line.bbox, marked=((x0, y0, x1, y1),)) != data
    assert line_image(SAMPLE, 1, line.bbox) == data


def test_every_finding_has_a_small_picture(sample: Record) -> None:
    assert sample.appraisal
    with pictures_of(sample) as picture:
        for finding in sample.appraisal.findings:
            made = picture(finding)
            assert (made is None) == (finding.decision == "exempt")
            if made:
                kind, _, data = made.href.partition(",")
                raw = base64.b64decode(data)
                assert kind == "data:image/png;base64" and len(raw) <= LARGEST
                image = Image.open(io.BytesIO(raw))
                assert image.size == (made.width, made.height) and _ink(image) > 0.01
                assert finding.text in made.alt and f"page {finding.page}" in made.alt


def test_what_cannot_be_drawn_is_left_out(record: Record, plain: Record, failed: Record, tmp_path: Path) -> None:
    for lacking in (record, plain, failed):  # no such file, no pages, no appraisal
        with pictures_of(lacking) as picture:
            assert record.appraisal and picture(record.appraisal.findings[0]) is None
    broken = tmp_path / "broken.pdf"
    broken.write_bytes(b"%PDF-1.4")
    with pytest.raises(UnreadableError):
        line_image(broken, 1, (0, 0, 10, 10))
    with pytest.raises(UnreadableError):
        line_image(SAMPLE, 99, (0, 0, 10, 10))
    with pytest.raises(UnreadableError):
        line_image(SAMPLE, 1, (9000, 0, 9010, 10))


def test_pictures_in_the_page(sample: Record) -> None:
    assert sample.appraisal
    flagged = [finding for finding in sample.appraisal.findings if finding.decision == "flag"]
    with pictures_of(sample) as picture:
        items = evidence_of(flagged, lambda page: None, picture)
    blocks = _environment([template_folder()]).from_string(
        '{% from "_blocks.html.j2" import evidence %}{{ evidence(items) }}'
    )
    page = html.fromstring(blocks.render(items=items))
    images = page.findall(".//img")
    assert len(images) == len(items)
    for image in images:
        assert image.get("loading") == "lazy" and image.get("alt") and image.get("width") and image.get("height")
    bare = html.fromstring(blocks.render(items=evidence_of(flagged, lambda page: None)))
    assert not bare.findall(".//img")


@pytest.mark.parametrize("turn", [90, 180, 270, "sideways"])
def test_pictures_are_upright_whatever_way_the_page_lies(turn: int | str, tmp_path: Path) -> None:
    upright, other = _lines(tmp_path / "upright.pdf", 0), _lines(tmp_path / "turned.pdf", turn)
    assert upright.size == other.size
    difference = ImageChops.difference(upright, other).tobytes()
    assert sum(difference) / len(difference) < 12
    assert sum(ImageChops.difference(upright, other.rotate(180)).tobytes()) / len(difference) > 20


def _lines(path: Path, turn: int | str) -> Image.Image:
    """The picture of a finding on a page that lies in that way."""
    canvas = Canvas(str(path), pagesize=(600, 600))
    for k in range(8):
        canvas.drawString(60, 500 - 14 * k, "Most addicts in the county were asked to name Miss Illingworth.")
    canvas.save()
    with pikepdf.open(path, allow_overwriting_input=True) as pdf:
        if turn == "sideways":
            pdf.pages[0].contents_add(b"q 0 1 -1 0 600 0 cm", prepend=True)
            pdf.pages[0].contents_add(b"Q")
        else:
            pdf.pages[0].obj.Rotate = int(turn)
        pdf.save(path)
    (record,) = audit_file(path)
    assert record.appraisal
    with pictures_of(record) as picture:
        made = picture(next(f for f in record.appraisal.findings if f.decision == "flag"))
    assert made
    return Image.open(io.BytesIO(base64.b64decode(made.href.partition(",")[2]))).convert("L")
