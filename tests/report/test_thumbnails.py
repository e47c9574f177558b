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
from lang_audit.model import Record
from lang_audit.report.evidence import Picture, evidence_of, picture_key
from lang_audit.report.renderer import _environment
from lang_audit.report.thumbnails import LARGEST, pictures_of

SAMPLES = Path(__file__).parents[2] / "corpus_samples"
SAMPLE = SAMPLES / "prison-release-1997.pdf"


@pytest.fixture(scope="module")
def sample() -> Record:
    (record,) = audit_file(SAMPLE)
    return record


def _ink(image: Image.Image) -> float:
    grey = image.convert("L").tobytes()
    return sum(value < 128 for value in grey) / len(grey)


def _image(picture: Picture) -> Image.Image:
    kind, _, data = picture.href.partition(",")
    assert kind == "data:image/png;base64"
    return Image.open(io.BytesIO(base64.b64decode(data))).convert("L")


def test_every_finding_has_a_small_picture(sample: Record) -> None:
    assert sample.appraisal
    made = pictures_of(sample)
    drawn = [finding for finding in sample.appraisal.findings if picture_key(finding) in made]
    assert {f.entry for f in drawn} == {f.entry for f in sample.appraisal.findings if f.decision != "exempt"}
    assert len(drawn) == len(made) and all(finding.decision != "exempt" for finding in drawn)
    for finding in drawn:
        picture = made[picture_key(finding)]
        image = _image(picture)
        assert len(base64.b64decode(picture.href.partition(",")[2])) <= LARGEST
        assert image.size == (picture.width, picture.height) and _ink(image) > 0.01
        assert finding.text in picture.alt and f"page {finding.page}" in picture.alt


def test_of_too_many_each_terms_first_lines_are_drawn(sample: Record) -> None:
    assert sample.appraisal
    raised = [finding for finding in sample.appraisal.findings if finding.decision != "exempt"]
    terms = {(finding.decision, finding.entry) for finding in raised}
    made = pictures_of(sample, most=len(terms))
    drawn = [finding for finding in raised if picture_key(finding) in made]
    assert sorted((finding.decision, finding.entry) for finding in drawn) == sorted(terms)
    assert len(pictures_of(sample, most=2)) == 2 and len(pictures_of(sample)) > len(terms)


def test_no_word_is_cut_out_of_a_long_line(tmp_path: Path) -> None:
    path = tmp_path / "long.pdf"
    canvas = Canvas(str(path), pagesize=(1400, 500))
    for k, shift in enumerate((0, 3, 7, 13)):
        words = "The lll will of Miss Illingworth was that addicts in the county should be asked of their winnings. "
        canvas.drawString(40 + shift, 400 - 20 * k, words * 2 + "Nobody was.")
    canvas.save()
    (record,) = audit_file(path)
    made = list(pictures_of(record).values())
    assert len(made) >= 2
    for picture in made:
        image = _image(picture)
        assert 300 < image.width <= 620
        # Paper, or the shade of a word at the edge.
        assert all(min(image.crop((x, 0, x + 1, image.height)).tobytes()) > 200 for x in (0, image.width - 1))


def test_what_cannot_be_drawn_is_left_out(
    sample: Record, record: Record, plain: Record, failed: Record, tmp_path: Path
) -> None:
    for lacking in (record, plain, failed):  # no such file, no pages, no appraisal
        assert pictures_of(lacking) == {}
    broken = tmp_path / "broken.pdf"
    broken.write_bytes(b"%PDF-1.4")
    assert pictures_of(sample.model_copy(update={"path": str(broken)})) == {}


def test_pictures_in_the_page(sample: Record) -> None:
    assert sample.appraisal
    flagged = [finding for finding in sample.appraisal.findings if finding.decision == "flag"]
    made = pictures_of(sample)
    items = evidence_of(flagged, lambda page: None, lambda finding: made[picture_key(finding)])
    blocks = _environment([template_folder()]).from_string(
        '{% from "_blocks.html.j2" import evidence %}{{ evidence(items) }}'
    )
    page = html.fromstring(blocks.render(items=items))
    images = page.findall(".//img")
    assert len(images) == len(items)
    for image in images:
        assert image.get("loading") is None and image.get("alt") and image.get("width") and image.get("height")
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
    return _image(pictures_of(record)[picture_key(next(f for f in record.appraisal.findings if f.decision == "flag"))])
