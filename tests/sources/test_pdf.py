"""Reading PDF files: small ones are drawn here with reportlab, and broken in the ways that files are."""

from __future__ import annotations

import ast
import random
from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import pytest
from reportlab.lib.pagesizes import A4
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas

import lang_audit
from lang_audit.errors import UnreadableError
from lang_audit.model import Paper
from lang_audit.sources.content_stream import operators
from lang_audit.sources.pdf import READER, read

WIDTH, HEIGHT = A4
Draw = Callable[[Canvas], None]
PROSE = (
    "Peer workers met participants at the drop-in centre and asked them about their health, their housing and their use of "
    "services in the past year. Most of them said that staff had treated them with respect. Some had been turned away. "
)


def pdf_of(path: Path, *pages: Draw, **options: object) -> Path:
    """Write a PDF with one page for each drawing function."""
    canvas = Canvas(str(path), pagesize=A4, **options)  # type: ignore[arg-type]
    for draw in pages:
        draw(canvas)
        canvas.showPage()
    canvas.save()
    return path


def paper_of(path: Path) -> Paper:
    (paper,) = read(path)
    return paper


def lines(canvas: Canvas, texts: list[str], x: float, y: float, font: str = "Times-Roman", size: float = 10) -> float:
    canvas.setFont(font, size)
    for text in texts:
        canvas.drawString(x, y, text)
        y -= 1.2 * size
    return y


def wrapped(text: str, characters: int) -> list[str]:
    found = [""]
    for word in text.split():
        if len(found[-1]) + len(word) >= characters:
            found.append("")
        found[-1] = f"{found[-1]} {word}".strip()
    return found


def prose_page(canvas: Canvas) -> None:
    lines(canvas, wrapped(PROSE * 4, 90), 70, 700)


def two_columns(canvas: Canvas) -> None:
    if canvas.getPageNumber() == 1:
        canvas.setFont("Times-Bold", 18)
        canvas.drawString(60, 780, "Peer support for people who inject drugs")
    for x, heading, word in ((60, "Introduction", "Leftmost"), (310, "Methods", "Rightmost")):
        y = lines(canvas, [heading], x, 730, "Times-Bold", 12)
        lines(canvas, wrapped(f"{word} text. " + PROSE * 4, 50), x, y - 4)
    lines(canvas, ["Running head of the journal"], 60, 815, size=8)
    lines(canvas, [f"Page {canvas.getPageNumber()} of 3"], 280, 30, size=8)


def image_page(canvas: Canvas) -> None:
    pixels = ImageReader(BytesIO(bitmap()))
    canvas.drawImage(pixels, 0, 0, WIDTH, HEIGHT)


def bitmap() -> bytes:
    from PIL import Image

    buffer = BytesIO()
    Image.new("L", (20, 30), 128).save(buffer, "PNG")
    return buffer.getvalue()


def refusal(path: Path) -> UnreadableError:
    with pytest.raises(UnreadableError) as refused:
        list(read(path))
    assert refused.value.remedy
    return refused.value


def test_two_columns_are_read_one_after_the_other(tmp_path: Path) -> None:
    paper = paper_of(pdf_of(tmp_path / "two.pdf", two_columns, two_columns, two_columns))
    assert (paper.id, paper.source) == ("two", str(tmp_path / "two.pdf"))
    assert paper.metadata.title == "Peer support for people who inject drugs"
    assert paper.text.index("Leftmost") < paper.text.index("Rightmost")
    assert [s.kind for s in paper.sections][:3] == ["title", "introduction", "methods"]
    assert "Running head" not in paper.text
    assert "of 3" not in paper.text
    assert "drop-in centre" in paper.text


def test_boxes_point_at_the_words_on_the_page(tmp_path: Path) -> None:
    paper = paper_of(pdf_of(tmp_path / "two.pdf", two_columns))
    start = paper.text.index("Rightmost")
    ((page, (x0, y0, x1, y1)),) = paper.boxes(start, start + len("Rightmost"))
    assert page == 1
    assert 309 < x0 < x1 < 360
    assert HEIGHT - 730 < y0 < HEIGHT - 700 < y1 + 12
    assert (paper.pages[0].width, paper.pages[0].height) == pytest.approx(A4)


def test_kerned_words_get_their_spaces_and_superscripts_stand_apart(tmp_path: Path) -> None:
    def draw(canvas: Canvas) -> None:
        prose_page(canvas)
        text = canvas.beginText(70, 400)
        text.setFont("Times-Roman", 10)
        text.textOut("Many people who use drugs")
        text.setFont("Times-Roman", 6.5)
        text.setRise(4)
        text.textOut("12")
        text.setRise(0)
        text.setFont("Times-Roman", 10)
        text.textOut(" were never asked.")
        canvas.drawText(text)
        canvas.drawString(70, 380, "Two")
        canvas.drawString(70 + canvas.stringWidth("Two ", "Times-Roman", 10), 380, "words")

    text = paper_of(pdf_of(tmp_path / "kerned.pdf", draw)).text
    assert "people who use drugs 12 were never asked" in text
    assert "Two words" in text


def test_words_broken_at_line_ends_are_whole(tmp_path: Path) -> None:
    def draw(canvas: Canvas) -> None:
        lines(
            canvas,
            [*wrapped(PROSE * 2, 80), "They spoke of HIV-", "infected people and of treat-", "ment as they saw it."],
            70,
            700,
        )

    text = paper_of(pdf_of(tmp_path / "hyphens.pdf", draw)).text
    assert "HIV-infected people and of treatment" in text


def test_fake_bold_invisible_clipped_and_slanting_text(tmp_path: Path) -> None:
    def draw(canvas: Canvas) -> None:
        prose_page(canvas)
        for shift in (0, 0.4):
            canvas.drawString(70 + shift, 400, "Printed twice")
        hidden = canvas.beginText(70, 380)
        hidden.setTextRenderMode(3)
        hidden.textOut("Hidden words")
        canvas.drawText(hidden)
        canvas.saveState()
        window = canvas.beginPath()
        window.rect(0, 0, 50, 50)
        canvas.clipPath(window, stroke=0, fill=0)
        canvas.drawString(300, 360, "Clipped words")
        canvas.restoreState()
        canvas.saveState()
        canvas.rotate(45)
        canvas.drawString(500, 100, "CONFIDENTIAL")
        canvas.restoreState()
        canvas.saveState()
        canvas.rotate(90)
        canvas.drawString(300, -580, "Downloaded at some place")
        canvas.restoreState()

    text = paper_of(pdf_of(tmp_path / "odd.pdf", draw)).text
    assert text.count("Printed twice") == 1
    for word in ("Hidden", "Clipped", "CONFIDENTIAL", "Downloaded"):
        assert word not in text


def test_sideways_pages_are_turned(tmp_path: Path) -> None:
    def draw(canvas: Canvas) -> None:
        canvas.rotate(90)
        lines(canvas, wrapped("Sideways table. " + PROSE * 3, 90), 70, -100)

    paper = paper_of(pdf_of(tmp_path / "sideways.pdf", prose_page, draw))
    assert "Sideways table. Peer workers met participants" in paper.text
    assert paper.pages[1].width == pytest.approx(HEIGHT)


def test_text_in_forms_is_read(tmp_path: Path) -> None:
    def draw(canvas: Canvas) -> None:
        prose_page(canvas)
        canvas.beginForm("stamp")
        canvas.setFont("Times-Roman", 10)
        canvas.drawString(70, 300, "Words inside a form")
        canvas.endForm()
        canvas.doForm("stamp")

    assert "Words inside a form" in paper_of(pdf_of(tmp_path / "form.pdf", draw)).text


def test_a_scan_is_refused_and_a_scanned_page_reported(tmp_path: Path) -> None:
    scan = refusal(pdf_of(tmp_path / "scan.pdf", image_page, image_page))
    assert scan.code == "no-text-layer"
    assert "ocrmypdf" in scan.remedy
    paper = paper_of(pdf_of(tmp_path / "partly.pdf", prose_page, image_page))
    assert "pages-without-text" in [problem.code for problem in paper.problems]


def test_a_password_is_asked_for_and_an_owner_lock_is_not_in_the_way(tmp_path: Path) -> None:
    from reportlab.lib.pdfencrypt import StandardEncryption

    locked = pdf_of(tmp_path / "locked.pdf", prose_page, encrypt=StandardEncryption("secret", "owner"))
    assert refusal(locked).code == "encrypted"
    owned = pdf_of(tmp_path / "owned.pdf", prose_page, encrypt=StandardEncryption("", "owner"))
    assert "Peer workers met" in paper_of(owned).text


def test_files_that_are_no_pdf(tmp_path: Path) -> None:
    for name, data, code in (
        ("empty.pdf", b"", "empty-file"),
        ("blank.pdf", b"\0\0\n", "empty-file"),
        ("page.pdf", b"<html><body>Sign in to read</body></html>", "not-a-pdf"),
        ("head.pdf", b"%PDF-1.4\n", "broken-pdf"),
    ):
        path = tmp_path / name
        path.write_bytes(data)
        assert refusal(path).code == code
    assert refusal(tmp_path / "missing.pdf").code == "no-access"


def test_broken_files_never_end_in_a_traceback(tmp_path: Path) -> None:
    whole = pdf_of(tmp_path / "whole.pdf", prose_page, two_columns, image_page).read_bytes()
    chance = random.Random(7)
    broken = [whole[: len(whole) * part // 10] for part in range(1, 10)]
    for _ in range(60):
        data = bytearray(whole)
        for _ in range(chance.randrange(1, 40)):
            data[chance.randrange(len(data))] = chance.randrange(256)
        broken.append(bytes(data))
    for data in broken:
        path = tmp_path / "broken.pdf"
        path.write_bytes(data)
        try:
            (paper,) = read(path)
        except UnreadableError as error:
            assert error.code in {"broken-pdf", "not-a-pdf", "no-text-layer", "encrypted", "garbled-text"}
        else:
            assert all(paper.text[p.start : p.end] for p in paper.passages)


def test_one_broken_page_does_not_lose_the_others(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from lang_audit.sources.page_text import PageText

    follow = PageText.follow
    calls = []

    def failing(self: PageText, *args: object, **kwargs: object) -> None:
        calls.append(self)
        if len(calls) == 2:
            raise KeyError("Resources")
        follow(self, *args, **kwargs)  # type: ignore[arg-type]

    monkeypatch.setattr(PageText, "follow", failing)
    paper = paper_of(pdf_of(tmp_path / "three.pdf", prose_page, prose_page, prose_page))
    assert [problem.code for problem in paper.problems] == ["unreadable-pages", "no-references"]
    assert {paper.page_at(p.start) for p in paper.passages} == {1, 3}


def test_titles_from_the_file_must_be_titles(tmp_path: Path) -> None:
    def titled(title: str) -> Draw:
        def draw(canvas: Canvas) -> None:
            canvas.setTitle(title)
            canvas.setAuthor("Ann Author")
            prose_page(canvas)

        return draw

    good = paper_of(pdf_of(tmp_path / "good.pdf", titled("Peer support in three cities")))
    assert good.metadata.title == "Peer support in three cities"
    assert good.metadata.authors == ()  # the page does not show her
    assert paper_of(pdf_of(tmp_path / "bad.pdf", titled("Microsoft Word - final.docx"))).metadata.title is None


def test_the_reader_knows_its_files() -> None:
    assert READER.name == "pdf"
    assert READER.suffixes == (".pdf",)
    assert READER.recognises(b"junk before\n%PDF-1.7")
    assert not READER.recognises(b"PK\x03\x04")


def test_only_one_module_knows_pdfminer() -> None:
    package = Path(lang_audit.__file__).parent
    knowing = set()
    for path in package.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            names = [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            names += [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            if any(name.split(".")[0] == "pdfminer" for name in names):
                knowing.add(path.relative_to(package).as_posix())
    assert knowing == {"sources/pdf.py", "sources/unpacking.py"}


def test_content_streams_are_read_as_operators() -> None:
    data = (
        rb"q 1 0 0 1 5 5 cm 0 0 9 9 re W n /F1 12 Tf [(He\(l)-20<41 4>(lo (x) y)]TJ (a\101\n)Tj "
        rb"1 2 m 3 4 l S BI /W 3 ID x EI Q"
    )
    assert list(operators(data)) == [
        ("q", []),
        ("cm", [1.0, 0.0, 0.0, 1.0, 5.0, 5.0]),
        ("clip", [0.0, 0.0, 9.0, 9.0]),
        ("Tf", ["F1", 12.0]),
        ("TJ", [[b"He(l", -20.0, b"A@", b"lo (x) y"]]),
        ("Tj", [b"aA\n"]),
        ("BI", []),
        ("EI", []),
        ("Q", []),
    ]
