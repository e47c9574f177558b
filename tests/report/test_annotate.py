"""Annotated copies: the marks sit on the words, and what the file held stays. All papers are fabricated."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pikepdf
import pypdfium2 as pdfium
import pytest
from pikepdf import Array, Dictionary, Name, String
from reportlab.lib.pagesizes import A4
from reportlab.pdfgen.canvas import Canvas

from lang_audit.audit import audit_file
from lang_audit.errors import UnreadableError
from lang_audit.lexicon import Lexicon, load_lexicon
from lang_audit.model import Record
from lang_audit.report.annotate import AUTHOR, annotate, note
from lang_audit.report.on_page import folded, open_document

SAMPLES = Path(__file__).parents[2] / "corpus_samples"
LEFT = [
    "Most addicts in the will of Miss Illingworth",  # narrow and wide letters: proportion alone misses the word
    "were ill. WWWWW addicts lit little. The drug ab-",
    "users of the town were asked, and junkies too.",
    "Each of them was a heroin addict in those days.",
]
RIGHT = [
    "Peer workers met the participants each week.",
    "Illicit wills filled it; addicts fell ill.",
    "They walked with them to the clinic in town.",
    "Nobody was asked to leave, and nobody left it.",
]


@pytest.fixture(scope="module")
def shipped() -> Lexicon:
    return load_lexicon()


def _drawn(path: Path, *, columns: int = 2, pages: int = 1, **options: object) -> Path:
    canvas = Canvas(str(path), pagesize=A4, invariant=1, **options)  # type: ignore[arg-type]
    for _ in range(pages):
        for x, texts in ((60, LEFT), (320, RIGHT))[:columns]:
            canvas.setFont("Times-Roman", 10)
            for k, text in enumerate(texts):
                canvas.drawString(x, 700 - 12 * k, text)
        canvas.showPage()
    canvas.save()
    return path


def _changed(path: Path, change: Callable[[pikepdf.Pdf], None], **options: object) -> Path:
    with pikepdf.open(path, allow_overwriting_input=True) as pdf:
        change(pdf)
        pdf.save(path, **options)  # type: ignore[arg-type]
    return path


def _record(path: Path) -> Record:
    (record,) = audit_file(path)
    assert record.appraisal is not None, record.problems
    return record


class Mark(NamedTuple):
    """One of our annotations, as plain values."""

    page: int
    kind: str
    name: str
    subject: str
    contents: str
    points: list[float]
    colour: tuple[float, ...]
    form: str
    note_of: str


def _marks(path: Path) -> list[Mark]:
    with pikepdf.open(path) as pdf:
        return [
            Mark(
                page=number,
                kind=str(made.Subtype),
                name=str(made.NM),
                subject=str(made.Subj),
                contents=str(made.Contents),
                points=[float(value) for value in made.QuadPoints],  # type: ignore[attr-defined]
                colour=tuple(float(value) for value in made.C),  # type: ignore[attr-defined]
                form=str(made.AP.N.Subtype),
                note_of=str(made.Popup.Parent.NM),
            )
            for number, page in enumerate(pdf.pages, start=1)
            for made in page.obj.get(Name.Annots, Array())
            if str(made.get(Name.T, "")) == AUTHOR
        ]


def _words_under(path: Path) -> list[str]:
    """The letters on the page under the middle of each mark's lines, as another program reads them."""
    pdf, found = pdfium.PdfDocument(path), []
    for mark in _marks(path):
        text = pdf[mark.page - 1].get_textpage()
        points = mark.points
        under = ""
        for k in range(0, len(points), 8):
            (ax, ay), (bx, by), (cx, cy), _ = zip(points[k : k + 8 : 2], points[k + 1 : k + 8 : 2], strict=True)
            # From just inside the left edge to just inside the right edge, at the height of small letters.
            across, down = ((bx - ax), (by - ay)), ((cx - ax), (cy - ay))
            corners = [
                (ax + s * across[0] + t * down[0], ay + s * across[1] + t * down[1])
                for s, t in ((0.02, 0.5), (0.98, 0.7))
            ]
            xs, ys = sorted(x for x, _ in corners), sorted(y for _, y in corners)
            under += text.get_text_bounded(xs[0], ys[0], xs[1], ys[1])
        found.append(folded(under))
    pdf.close()
    return found


def _terms(record: Record) -> list[str]:
    assert record.appraisal is not None
    return [folded(finding.text) for finding in record.appraisal.findings if finding.decision != "exempt"]


def _turned(degrees: int) -> Callable[[pikepdf.Pdf], None]:
    def change(pdf: pikepdf.Pdf) -> None:
        for page in pdf.pages:
            page.obj.Rotate = degrees

    return change


def _cropped(pdf: pikepdf.Pdf) -> None:
    for page in pdf.pages:
        page.obj.MediaBox = Array([-30, -20, 620, 860])
        page.obj.CropBox = Array([40, 100, 570, 800])


def _cropped_and_turned(pdf: pikepdf.Pdf) -> None:
    _cropped(pdf)
    _turned(270)(pdf)


def _sideways(pdf: pikepdf.Pdf) -> None:
    """The text runs up an upright page, as in a table printed sideways."""
    for page in pdf.pages:
        page.contents_add(b"q 0 1 -1 0 700 0 cm", prepend=True)
        page.contents_add(b"Q")


@pytest.mark.parametrize(
    "change",
    [_turned(0), _turned(90), _turned(180), _turned(270), _cropped, _cropped_and_turned, _sideways],
    ids=["upright", "90", "180", "270", "cropped", "cropped-turned", "sideways"],
)
def test_marks_sit_on_the_words(change: Callable[[pikepdf.Pdf], None], shipped: Lexicon, tmp_path: Path) -> None:
    path = _changed(_drawn(tmp_path / "paper.pdf"), change)
    record = _record(path)
    made = annotate(record, shipped, tmp_path / "out" / "marked.pdf")
    assert made == tmp_path / "out" / "marked.pdf"
    assert len(_terms(record)) >= 5
    assert sorted(_words_under(made)) == sorted(_terms(record))


@pytest.mark.parametrize("sample", sorted(path.name for path in SAMPLES.glob("*.pdf")))
def test_marks_sit_on_the_words_of_the_samples(sample: str, shipped: Lexicon, tmp_path: Path) -> None:
    record = _record(SAMPLES / sample)
    made = annotate(record, shipped, tmp_path / sample)
    terms = _terms(record)
    assert (made is None) == (not terms)
    if made:
        assert sorted(_words_under(made)) == sorted(terms)


def test_a_term_over_a_line_end_has_a_quad_a_line(shipped: Lexicon, tmp_path: Path) -> None:
    record = _record(_drawn(tmp_path / "paper.pdf"))
    made = annotate(record, shipped, tmp_path / "marked.pdf")
    assert made
    (broken,) = [mark for mark in _marks(made) if "drug ab" in mark.contents]
    assert len(broken.points) == 16


def test_what_a_mark_says(shipped: Lexicon, tmp_path: Path) -> None:
    record = _record(SAMPLES / "prison-release-1997.pdf")
    made = annotate(record, shipped, tmp_path / "marked.pdf")
    assert made and record.appraisal
    marks = _marks(made)
    assert {mark.kind for mark in marks} == {"/Highlight", "/Underline"}
    for mark in marks:
        assert mark.form == "/Form" and mark.note_of == mark.name
        assert (mark.subject == "For you to decide") == (mark.kind == "/Underline")
    colours = {mark.subject: mark.colour for mark in marks}
    assert len(set(colours.values())) == len(colours) >= 3


def test_the_note_holds_term_advice_reason_and_guideline(record: Record, lexicon: Lexicon) -> None:
    assert record.appraisal
    flagged = record.appraisal.findings[0]
    assert note(flagged, lexicon) == (
        "“addicts”: stigmatising\n"
        "Write instead: people with an addiction\n"
        "Why: Makes a condition the whole person.\n"
        "Guideline: Fabricated Council, 2004\n"
        "In fairness: published 1998, guidance from 2004"
    )
    query = next(finding for finding in record.appraisal.findings if finding.decision == "query")
    assert "for you to decide" in note(query, lexicon) and "Contested: Many people use it" in note(query, lexicon)
    odd = flagged.model_copy(update={"text": "ad\x00dicts \ud800", "entry": "gone/entry", "sources": ("gone",)})
    assert note(odd, lexicon).isprintable() or "\n" in note(odd, lexicon)
    assert "\x00" not in note(odd, lexicon)


def test_the_same_record_gives_the_same_bytes_and_marks_do_not_double(shipped: Lexicon, tmp_path: Path) -> None:
    path = _drawn(tmp_path / "paper.pdf")
    record = _record(path)
    first, second = tmp_path / "1" / "paper.pdf", tmp_path / "2" / "paper.pdf"
    assert annotate(record, shipped, first) and annotate(record, shipped, second)
    assert first.read_bytes() == second.read_bytes()
    again = tmp_path / "3" / "paper.pdf"
    assert annotate(_record(first), shipped, again)
    assert [mark.name for mark in _marks(again)] == [mark.name for mark in _marks(first)]
    assert annotate(record, shipped, first), "a copy of an earlier run may be written over"
    assert first.read_bytes() == second.read_bytes()


def test_other_peoples_annotations_stay(shipped: Lexicon, tmp_path: Path) -> None:
    def add(pdf: pikepdf.Pdf) -> None:
        remark = Dictionary(Type=Name.Annot, Subtype=Name.Text, Rect=[10, 10, 30, 30], Contents=String("A remark"))
        shared = pdf.make_indirect(Array([pdf.make_indirect(remark)]))
        for page in pdf.pages:
            page.obj.Annots = shared  # one array for both pages

    path = _changed(_drawn(tmp_path / "paper.pdf", pages=2), add)
    made = annotate(_record(path), shipped, tmp_path / "marked.pdf")
    assert made
    with pikepdf.open(made) as pdf:
        for page in pdf.pages:
            said = [str(annotation.get(Name.Contents, "")) for annotation in page.obj.Annots]
            assert said.count("A remark") == 1
    assert {mark.page for mark in _marks(made)} == {1, 2}


@pytest.mark.parametrize("level", [3, 4, 6])
def test_a_protected_file_stays_protected(level: int, shipped: Lexicon, tmp_path: Path) -> None:
    protection = pikepdf.Encryption(owner="secret", user="", R=level, aes=level > 3, metadata=level > 3)  # type: ignore[arg-type]
    path = _changed(_drawn(tmp_path / "paper.pdf"), lambda pdf: None, encryption=protection)
    record = _record(path)
    made = annotate(record, shipped, tmp_path / "marked.pdf")
    assert made
    with pikepdf.open(made) as pdf:
        assert pdf.is_encrypted
    assert sorted(_words_under(made)) == sorted(_terms(record))


def test_nothing_to_mark_makes_no_file(failed: Record, plain: Record, lexicon: Lexicon, tmp_path: Path) -> None:
    target = tmp_path / "marked.pdf"
    assert annotate(failed, lexicon, target) is None
    assert annotate(plain, lexicon, target) is None
    assert not target.exists()


def test_the_paper_itself_is_never_written_over(shipped: Lexicon, tmp_path: Path) -> None:
    path = _drawn(tmp_path / "paper.pdf")
    before = path.read_bytes()
    with pytest.raises(UnreadableError, match="another folder"):
        annotate(_record(path), shipped, path)
    assert path.read_bytes() == before


@pytest.mark.parametrize("damage", [lambda data: b"%PDF-1.4 nothing", lambda data: b"", lambda data: data[:300]])
def test_a_file_that_breaks_after_reading_is_a_clear_problem(
    damage: Callable[[bytes], bytes], shipped: Lexicon, tmp_path: Path
) -> None:
    path = _drawn(tmp_path / "paper.pdf")
    record = _record(path)
    path.write_bytes(damage(path.read_bytes()))
    with pytest.raises(UnreadableError) as caught:
        annotate(record, shipped, tmp_path / "out" / "marked.pdf")
    assert caught.value.code == "not-annotated"
    assert not list(tmp_path.glob("out/*"))


def test_another_file_in_its_place_is_not_marked_at_random(shipped: Lexicon, tmp_path: Path) -> None:
    path = _drawn(tmp_path / "paper.pdf")
    record = _record(path)
    other = Canvas(str(path), pagesize=(300, 300))
    other.drawString(10, 10, "Something else")
    other.save()
    made = annotate(record, shipped, tmp_path / "marked.pdf")
    assert made and _marks(made) == []


def test_very_many_marks(shipped: Lexicon, tmp_path: Path) -> None:
    record = _record(_drawn(tmp_path / "paper.pdf"))
    assert record.appraisal
    many = tuple(record.appraisal.findings) * 300
    appraisal = record.appraisal.model_copy(update={"findings": many})
    made = annotate(record.model_copy(update={"appraisal": appraisal}), shipped, tmp_path / "marked.pdf")
    assert made and len(_marks(made)) == sum(finding.decision != "exempt" for finding in many)


def test_places_are_exact_where_proportion_is_not(tmp_path: Path) -> None:
    path = _drawn(tmp_path / "paper.pdf")
    record = _record(path)
    assert record.appraisal
    paper = record.appraisal.paper
    start = paper.text.index("addicts lit")
    with open_document(path, paper) as document:
        (place,) = document.places(start, start + 7)
    ((_, rough),) = paper.boxes(start, start + 7)
    assert place.exact and abs(place.box[0] - rough[0]) > 5
