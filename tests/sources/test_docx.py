from __future__ import annotations

import io
import zipfile
from pathlib import Path

import pytest

from lang_audit.errors import UnreadableError
from lang_audit.model import Paper
from lang_audit.sources import docx_package
from lang_audit.sources.docx import READER, paragraph_places, read, recognises
from lang_audit.sources.docx_text import paragraph_characters, read_part
from lang_audit.sources.docx_xml import parse
from tests.sources.docx_files import W, docx, field, mark, note_mark, notes, p, r, zipped
from tests.sources.paper_shape import check_laws, kinds, passages

RAISED = '<w:vertAlign w:val="superscript"/>'
OTHERS = 'w:id="3" w:author="Awa" w:date="2026-01-01T00:00:00Z"'


def one(tmp_path: Path, data: bytes) -> Paper:
    path = tmp_path / "paper.docx"
    path.write_bytes(data)
    (paper,) = read(path)
    check_laws(paper)
    with zipfile.ZipFile(path) as package:
        parts = {
            stem: [found.text for found in read_part(parse(package.read(f"word/{stem}.xml"), stem))]
            for stem in ("document", "footnotes", "endnotes")
            if f"word/{stem}.xml" in package.namelist()
        }
    for origin in paper.origins:  # every word stands in the file where the reader says
        stem, _, number = (origin.part or "").partition(":p")
        held = parts[stem][int(number) - 1][origin.at : origin.upto]
        assert held.split() == paper.text[origin.start : origin.end].split()
    return paper


def words(tmp_path: Path, *body: str, **parts: str) -> list[str]:
    return [text for _, _, text in passages(one(tmp_path, docx(*body, **parts)))]


def shapes(tmp_path: Path, *body: str, **parts: str) -> list[tuple[str, str]]:
    return [(kind, text) for _, kind, text in passages(one(tmp_path, docx(*body, **parts)))]


def refusal(tmp_path: Path, data: bytes) -> UnreadableError:
    path = tmp_path / "paper.docx"
    path.write_bytes(data)
    with pytest.raises(UnreadableError) as caught:
        list(read(path))
    assert caught.value.message.endswith(".") and caught.value.remedy.endswith(".")
    return caught.value


def with_members(data: bytes, **members: str | None) -> bytes:
    """A file with members replaced (`document`: word/document.xml) or taken out."""
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        held = {name: package.read(name).decode() for name in package.namelist()}
    for name, xml in members.items():
        if xml is None:
            del held[f"word/{name}.xml"]
        else:
            held[f"word/{name}.xml"] = xml
    return zipped(held)


def test_a_manuscript_with_styles(tmp_path: Path) -> None:
    paper = one(
        tmp_path,
        docx(
            p("Peer work with people who inject drugs", style="Titel"),
            p("Awa Ndiaye"),
            p("Abstract", style="berschrift1"),
            p("We asked why."),
            p("Introduction", style="Ours"),
            p("Why we did it."),
            p("Methods", style="Ours"),
            p("How we did it."),
            p("Who took part", style="H2"),
            p("Forty people."),
            p("They laughed.", style="Quote"),
            p("One thing", style="ListBullet"),
            p("Figure 1. Who took part"),
            p("Set in everywhere", properties='<w:ind w:left="720" w:end="720"/>'),
            p("Results", properties='<w:outlineLvl w:val="0"/>'),
            p("What we found."),
            p("References", style="berschrift1"),
            p("Lind J. Peer roles. 2004;1:3-9."),
        ),
    )
    assert passages(paper) == [
        ("title", "heading", "Peer work with people who inject drugs"),
        ("other", "paragraph", "Awa Ndiaye"),
        ("abstract", "heading", "Abstract"),
        ("abstract", "paragraph", "We asked why."),
        ("introduction", "heading", "Introduction"),
        ("introduction", "paragraph", "Why we did it."),
        ("methods", "heading", "Methods"),
        ("methods", "paragraph", "How we did it."),
        ("methods", "heading", "Who took part"),
        ("methods", "paragraph", "Forty people."),
        ("methods", "block-quote", "They laughed."),
        ("methods", "list-item", "One thing"),
        ("caption", "caption", "Figure 1. Who took part"),
        ("methods", "block-quote", "Set in everywhere"),
        ("results", "heading", "Results"),
        ("results", "paragraph", "What we found."),
        ("references", "heading", "References"),
        ("references", "reference", "Lind J. Peer roles. 2004;1:3-9."),
    ]
    assert paper.metadata.title == "Peer work with people who inject drugs"
    assert (paper.id, paper.origins[0].part) == ("paper", "document:p1")


def test_headings_without_styles(tmp_path: Path) -> None:
    paper = one(
        tmp_path,
        docx(
            p(r("Trust among people in treatment", "<w:b/>")),
            p(r("Awa Ndiaye and Jo Lind", "<w:b/>")),
            p("Abstract"),
            p("We asked."),
            p(r("INTRODUCTION", "<w:b/>")),
            p(r("Nobody knows.", "<w:b/>")),
            p(r("Something bold", "<w:b/>")),
            p(r("2.1 Talks with people", "<w:b/>")),
            p("They talked."),
            p(r("References", '<w:u w:val="single"/>')),
            p("Lind J. Peer roles. 2004;1:3-9."),
        ),
    )
    assert paper.metadata.title == "Trust among people in treatment"
    assert kinds(paper) == [
        ("title", None),
        ("other", None),
        ("abstract", "Abstract"),
        ("introduction", "INTRODUCTION"),
        ("introduction", "2.1 Talks with people"),
        ("references", "References"),
    ]
    assert ("introduction", "paragraph", "Something bold") in passages(paper)


def test_a_heading_on_the_first_line_of_its_paragraph(tmp_path: Path) -> None:
    line = "<w:r><w:br/></w:r>"
    assert shapes(
        tmp_path,
        p(r("Methods", "<w:b/>"), line, "We asked.", line, "And asked."),
        p("Methods", line, "of theirs and of ours"),
    ) == [("heading", "Methods"), ("paragraph", "We asked. And asked."), ("paragraph", "Methods of theirs and of ours")]


def test_sections_one_level_below_the_title(tmp_path: Path) -> None:
    paper = one(
        tmp_path,
        docx(
            p("What peers told us", style="berschrift1"),
            p("Abstract", style="H2"),
            p("We asked."),
            p("Introduction", style="H2"),
            p("Why."),
            p("Methods", style="H2"),
            p("How."),
        ),
    )
    assert [kind for kind, _ in kinds(paper)] == ["title", "abstract", "introduction", "methods"]


def test_what_the_file_says_of_itself_is_taken_where_the_text_bears_it_out(tmp_path: Path) -> None:
    body = (p("What peers told us"), p("Awa Ndiaye, Jo Lind"), p("Methods", style="Ours"), p("How."))
    core = "<dc:title>{}</dc:title><dc:creator>{}</dc:creator>"
    paper = one(tmp_path, docx(*body, core=core.format("What peers told us", "Awa Ndiaye;Office User;Jo")))
    assert (paper.metadata.title, paper.metadata.authors) == ("What peers told us", ("Awa Ndiaye",))
    paper = one(tmp_path, docx(*body, core=core.format("Microsoft Word - draft3.docx", "user")))
    assert (paper.metadata.title, paper.metadata.authors) == (None, ())


def test_fields(tmp_path: Path) -> None:
    citation = field("ADDIN ZOTERO_ITEM CSL_CITATION {&quot;title&quot;: &quot;Addicts&quot;}", "(Lind 2004)")
    endnote = (
        mark("begin") + "<w:r><w:instrText>ADDIN EN.CITE</w:instrText></w:r>" + field("ADDIN EN.CITE.DATA", "hidden")
        + mark("separate") + r("(3)") + mark("end")
    )  # fmt: skip
    simple = f'<w:fldSimple w:instr=" SEQ Table ">{r("1")}</w:fldSimple>'
    assert words(
        tmp_path,
        p("Seen ", citation, " and ", endnote, " in ", simple, " and ", field(' HYPERLINK "u" ', "here"), "."),
        p("Lost ", mark("begin"), "<w:r><w:instrText>PAGE</w:instrText></w:r>", mark("separate"), "mark"),
        p("Words go on.", mark("end"), mark("end")),
    ) == ["Seen (Lind 2004) and (3) in 1 and here.", "Lost mark", "Words go on."]


def test_citations_in_bookmarks_are_not_edited() -> None:
    start, end = '<w:bookmarkStart w:id="5" w:name="ZOTERO_BREF_a1"/>', '<w:bookmarkEnd w:id="5"/>'
    root = parse(f'<w:p xmlns:w="{W}">{r("ab")}{start}{r("[1]")}{end}{r(".")}</w:p>'.encode(), "x")
    assert [c.char for c in paragraph_characters(root) if c.editable] == ["a", "b", "."]


def test_bibliographies_and_contents_made_by_fields(tmp_path: Path) -> None:
    begin = mark("begin") + "<w:r><w:instrText>{}</w:instrText></w:r>" + mark("separate")
    gallery = "<w:sdt><w:sdtPr><w:docPartObj><w:docPartGallery w:val='{}'/></w:docPartObj></w:sdtPr><w:sdtContent>{}"
    paper = one(
        tmp_path,
        docx(
            p(begin.format("TOC \\o"), "Methods 3"), p("Results 4"), p(mark("end")),
            gallery.format("Table of Contents", p("Contents") + "</w:sdtContent></w:sdt>"),
            p("Methods", style="Ours"), p("How."),
            p(begin.format("ADDIN ZOTERO_BIBL {}"), "Lind, Peer roles."), p("Ndiaye, Trust."), p(mark("end")),
            p("Results", style="Ours"), p("What."),
            gallery.format("Bibliographies", p("References", style="Ours") + p("Diop, Words.") + "</w:sdtContent></w:sdt>"),
        ),
    )  # fmt: skip
    assert [(section, text) for section, kind, text in passages(paper) if kind != "heading"] == [
        ("methods", "How."),
        ("references", "Lind, Peer roles."),
        ("references", "Ndiaye, Trust."),
        ("results", "What."),
        ("references", "Diop, Words."),
    ]


def test_notes_follow_what_refers_to_them(tmp_path: Path) -> None:
    assert shapes(
        tmp_path,
        p("One", note_mark("endnote", 1), " two", note_mark("footnote", 2), "."),
        f"<w:tbl><w:tr><w:tc>{p('a', note_mark('footnote', 1))}</w:tc><w:tc>{p('b')}</w:tc></w:tr></w:tbl>",
        p("Three", note_mark("footnote", 2), f"<w:del {OTHERS}>{note_mark('footnote', 3)}</w:del>"),
        footnotes=notes("footnote", p("First."), p("Second.") + p("Its end."), p("Gone.")),
        endnotes=notes("endnote", p("At the end.")),
    ) == [
        ("paragraph", "One two."),
        ("footnote", "Second."),
        ("footnote", "Its end."),
        ("table", "a"),
        ("table", "b"),
        ("footnote", "First."),
        ("paragraph", "Three"),
        ("footnote", "At the end."),
    ]


def test_tracked_changes_read_as_accepted_and_hidden_words_are_not(tmp_path: Path) -> None:
    assert words(
        tmp_path,
        p(
            "We ",
            f"<w:ins {OTHERS}>{r('met')}</w:ins><w:del {OTHERS}><w:r><w:delText>saw</w:delText></w:r></w:del>",
            " her",
        ),
        p(f"<w:moveFrom {OTHERS}>{r('moved')}</w:moveFrom>"),
        p(f"<w:moveTo {OTHERS}>{r('moved')}</w:moveTo>", r(" secret", "<w:vanish/>")),
        f"<w:p><w:pPr><w:rPr><w:del {OTHERS}/></w:rPr></w:pPr>{r('joined')}</w:p>",
        p("shown", r(" too", '<w:vanish w:val="0"/>'), "<m:oMath><m:r><m:t>x=1</m:t></m:r></m:oMath>"),
        f"<w:tbl><w:tr><w:trPr><w:del {OTHERS}/></w:trPr><w:tc>{p('row')}</w:tc></w:tr></w:tbl>",
    ) == ["We met her", "moved", "joined", "shown too"]


def test_signs(tmp_path: Path) -> None:
    runs = (
        '<w:r><w:t xml:space="preserve">non</w:t><w:noBreakHyphen/><w:t>ad</w:t><w:softHyphen/><w:t>herent</w:t><w:tab/>'
        '<w:t>a\u2011b</w:t><w:br/><w:t>c\u00a0d</w:t><w:sym w:font="Symbol" w:char="F061"/>'
        '<w:sym w:char="zz"/><w:t>e\u200bf</w:t></w:r>'
    )
    assert words(tmp_path, p(runs)) == ["non-adherent a-b c dα ef"]
    assert words(tmp_path, "<w:p><w:r><w:t> not shown </w:t></w:r><w:r><w:t>, here</w:t></w:r></w:p>") == [
        "not shown, here"
    ]


def test_raised_numbers_of_citations_do_not_hang_on_words(tmp_path: Path) -> None:
    body = p(
        "addicts", r("1,2", RAISED), " on 5 m", r("2", RAISED), " the 1", r("st", RAISED), ".", r("3", RAISED), " End"
    )
    paper = one(tmp_path, docx(body))
    assert paper.text == "addicts on 5 m2 the 1st. End"
    (origin, *_) = paper.origins_of(8, 10)
    assert (origin.at, origin.upto) == (11, 13)


def test_tables_boxes_and_controls(tmp_path: Path) -> None:
    def table(*rows: tuple[str, ...]) -> str:
        written = "".join(f"<w:tr>{''.join(f'<w:tc>{cell}</w:tc>' for cell in row)}</w:tr>" for row in rows)
        return f"<w:tbl>{written}</w:tbl>"

    def box(content: str) -> str:
        inside = f"<w:txbxContent>{content}</w:txbxContent>"
        return (
            f'<w:r><mc:AlternateContent><mc:Choice Requires="wps"><w:drawing>{inside}</w:drawing></mc:Choice>'
            f"<mc:Fallback><w:pict>{inside}</w:pict></mc:Fallback></mc:AlternateContent></w:r>"
        )

    control = "<w:sdt><w:sdtPr>{}</w:sdtPr><w:sdtContent>{}</w:sdtContent></w:sdt>"
    assert shapes(
        tmp_path,
        table((p("Group"), p("n")), (p("People") + table((p("in"), p("side"))) + p(), p("12"))),
        table((p("Framed.", style="Quote") + p("More."),)),
        p("Hung", box(p("Methods") + p("Outer", box(p("Inner")))), " on."),
        control.format("", p("Held.")),
        p("Type: ", control.format("<w:showingPlcHdr/>", r("Click here"))),
        control.format("", control.format("", table((p("x"), p("y"))))),
    ) == [
        ("table", "Group"), ("table", "n"), ("table", "People"), ("table", "in"), ("table", "side"), ("table", "12"),
        ("block-quote", "Framed."), ("paragraph", "More."),
        ("paragraph", "Hung on."), ("paragraph", "Methods"), ("paragraph", "Outer"), ("paragraph", "Inner"),
        ("paragraph", "Held."), ("paragraph", "Type:"), ("table", "x"), ("table", "y"),
    ]  # fmt: skip


def test_most_of_a_text_set_in_is_no_quotation(tmp_path: Path) -> None:
    set_in = '<w:ind w:left="400" w:right="400"/>'
    assert {kind for kind, _ in shapes(tmp_path, *(p("Words.", properties=set_in),) * 3, p("Words."))} == {"paragraph"}


def test_the_strict_dialect(tmp_path: Path) -> None:
    body = (p("Methods", style="Ours"), p("How", note_mark("footnote", 1), "."))
    both = [passages(one(tmp_path, docx(*body, strict=s, footnotes=notes("footnote", p("N."))))) for s in (False, True)]
    assert both[0] == both[1] and len(both[0]) == 3


def test_places() -> None:
    data = docx(
        p("Peer work with people", style="Titel"),
        p(),
        p("Methods", style="Ours"),
        '<w:p w14:paraId="0A1B2C3D"><w:r><w:t>How</w:t></w:r>' + note_mark("footnote", 1) + "</w:p>",
        p("Last."),
        footnotes=notes("footnote", p("A note.")),
    )
    places = paragraph_places(data)
    assert list(places) == ["document:p1", "document:p3", "document:p4", "footnotes:p3", "document:p5"]
    assert places["document:p4"] == ("Methods", 3, "0A1B2C3D", "paragraph")
    assert places["footnotes:p3"] == ("Methods", 3, "footnotes:p3", "footnote")
    assert places["document:p1"][:2] == (None, 1)


def test_characters_of_a_paragraph() -> None:
    root = parse(zipfile.ZipFile(io.BytesIO(docx(p("ab", field("ADDIN EN.CITE", "1"))))).read("word/document.xml"), "x")
    (paragraph,) = root.iter("{*}p")
    assert [(c.char, c.offset, c.editable) for c in paragraph_characters(paragraph)] == [
        ("a", 0, True),
        ("b", 1, True),
        ("1", 0, False),
    ]


def test_recognition() -> None:
    assert recognises(docx(p("x"))[:4096])
    assert not recognises(b"%PDF-1.4") and not recognises(zipped({"mimetype": "x"})[:4096])
    assert READER.name == "docx" and ".docm" in READER.suffixes


@pytest.mark.parametrize(
    ("data", "code", "says"),
    [
        (b"\xd0\xcf\x11\xe0" + bytes(600) + "EncryptedPackage".encode("utf-16-le"), "encrypted", "password"),
        (b"\xd0\xcf\x11\xe0" + bytes(600) + "WordDocument".encode("utf-16-le"), "old-doc", ".doc"),
        (b"\xd0\xcf\x11\xe0" + bytes(600), "old-doc", "password or an old .doc"),
        (b"{\\rtf1\\ansi words}", "not-docx", "RTF"),
        (b"\n<html><body>words</body></html>", "not-docx", "HTML"),
        (b"just words", "not-docx", "no Word document"),
        (docx(p("one"))[:-40], "broken-zip", "damaged"),
        (zipped({"a.txt": "words"}), "not-docx", "zip archive"),
        (zipped({"mimetype": "application/vnd.oasis.opendocument.text", "content.xml": "<x/>"}), "not-docx", "OpenDocument"),
        (with_members(docx(p("one")), document=None), "not-docx", "missing"),
        (with_members(docx(p("one")), document="<w:document><w:p>"), "malformed-xml", "word/document.xml"),
        (with_members(docx(p("one")), document='<!DOCTYPE x [<!ENTITY a "b">]><x>&a;</x>'), "unsafe-xml", "type"),
        (with_members(docx(p("one")), styles="<"), "malformed-xml", "word/styles.xml"),
        (docx(p()), "no-text", "no words"),
    ],
)  # fmt: skip
def test_files_that_cannot_be_read(tmp_path: Path, data: bytes, code: str, says: str) -> None:
    refused = refusal(tmp_path, data)
    assert refused.code == code and says in refused.message


def test_a_workbook_is_called_one(tmp_path: Path) -> None:
    data = docx(p("x")).replace(b"word/document.xml", b"xl/workbookxx.xml")
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        members = {name: package.read(name).decode() for name in package.namelist()}
    members["_rels/.rels"] = members["_rels/.rels"].replace("word/document.xml", "xl/workbookxx.xml")
    assert "Excel" in refusal(tmp_path, zipped(members)).message


def test_bombs_are_not_unpacked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(docx_package, "MOST_OF_A_PART", 50_000)
    assert refusal(tmp_path, docx(p("a" * 60_000))).code == "too-large"
    monkeypatch.setattr(docx_package, "MOST_OF_A_FILE", 10_000)
    assert refusal(tmp_path, docx(p("a" * 20_000))).code == "too-large"


def test_a_part_that_lies_about_its_size(tmp_path: Path) -> None:
    data = bytearray(docx(p("a" * 5000)))
    place = data.rindex(b"PK\x01\x02", 0, data.rindex(b"word/document.xml"))
    data[place + 24 : place + 28] = (100).to_bytes(4, "little")
    assert refusal(tmp_path, bytes(data)).code in ("broken-zip", "malformed-xml")


def test_deep_nesting_is_survived(tmp_path: Path) -> None:
    deep = p("deep")
    for _ in range(60):
        deep = f"<w:tbl><w:tr><w:tc>{deep}</w:tc><w:tc>{p()}</w:tc></w:tr></w:tbl>"
    assert words(tmp_path, deep) == ["deep"]
    assert (
        refusal(tmp_path, docx("<w:sdt><w:sdtContent>" * 400 + "</w:sdtContent></w:sdt>" * 400)).code == "malformed-xml"
    )


def test_an_embedded_document_is_a_problem(tmp_path: Path) -> None:
    paper = one(tmp_path, docx(p("one"), '<w:altChunk r:id="rId7"/>'))
    assert [problem.code for problem in paper.problems] == ["embedded-document"]
