from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import pytest
from docx import Document
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from lang_audit.manuscript.docx_edits import (
    PartComment,
    PartEdit,
    WordText,
    editable,
    with_comments,
    with_tracked_changes,
)
from lang_audit.sources.docx import read
from lang_audit.sources.docx_text import read_part
from tests.sources.docx_files import STRICT, W, docx, field, note_mark, notes, p, r

Q = f"{{{W}}}"
WHEN = datetime(2026, 3, 1, 12, 30, tzinfo=UTC)
OTHERS = 'w:author="Awa" w:date="2026-01-01T00:00:00Z"'


def body(data: bytes, name: str = "word/document.xml") -> etree._Element:
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        return etree.fromstring(package.read(name))


def texts(data: bytes, name: str = "word/document.xml") -> list[str]:
    """Each paragraph with the changes accepted, as the reader counts its characters."""
    return [paragraph.text for paragraph in read_part(body(data, name))]


def xml_of(data: bytes, name: str = "word/document.xml") -> str:
    """The content of a part without namespaces, ids and dates, to look at."""
    shown = etree.tostring(body(data, name)).decode()
    shown = re.sub(r' xmlns:?\w*="[^"]*"| mc:Ignorable="[^"]*"| xml:space="preserve"| w:(?:id|date)="[^"]*"', "", shown)
    return re.sub(r"^.*?<w:body>|<w:sectPr/>.*$", "", shown)


def edited(data: bytes, *edits: tuple[int, int, str], part: str = "document:p1") -> bytes:
    return with_tracked_changes(data, [PartEdit(part, *edit) for edit in edits], date=WHEN)


def at(data: bytes, words: str, new: str, part: str = "document:p1") -> bytes:
    """`data` with the first occurrence of words replaced."""
    text = "".join(c.char for c in WordText(data).characters(part))
    start = text.index(words)
    return edited(data, (start, start + len(words), new), part=part)


def rejected(root: etree._Element, author: str = "lang-audit") -> etree._Element:
    """A part with an author's changes rejected, as Word does it."""
    for change in list(root.iter(f"{Q}ins")):
        if change.get(f"{Q}author") == author:
            change.getparent().remove(change)
    for change in list(root.iter(f"{Q}del")):
        if change.get(f"{Q}author") == author:
            for text in list(change.iter(f"{Q}delText")):
                text.tag = f"{Q}t"
            for run in reversed(list(change)):
                change.addnext(run)
            change.getparent().remove(change)
    return root


def formatted(root: etree._Element) -> list[list[tuple[str, str, str]]]:
    """Each paragraph's characters, with what they stand in and how they are formatted."""
    found = []
    for paragraph in read_part(root):
        characters = []
        for c in paragraph.characters:
            properties = c.run.find(f"{Q}rPr")
            above = [a.tag for a in c.run.iterancestors()]
            form = etree.tostring(properties).decode() if properties is not None else ""
            characters.append((c.char, form, " ".join(above)))
        found.append(characters)
    return found


def other_marks(root: etree._Element) -> list[str]:
    """Everything that is neither words nor formatting, in order."""
    passed = ("t", "delText", "r", "rPr", "p", "ins", "del", "b", "i", "hyperlink", "tab")
    return [str(node.tag) for node in root.iter(etree.Element) if str(node.tag).rpartition("}")[2] not in passed]


def test_a_change_splits_the_run_and_keeps_its_formatting() -> None:
    data = docx(p("We asked ", r("some addicts here", "<w:b/>"), "."))
    assert xml_of(at(data, "addicts", "people with addiction")) == (
        "<w:p><w:r><w:t>We asked </w:t></w:r><w:r><w:rPr><w:b/></w:rPr><w:t>some </w:t></w:r>"
        '<w:del w:author="lang-audit"><w:r><w:rPr><w:b/></w:rPr><w:delText>addicts</w:delText></w:r></w:del>'
        '<w:ins w:author="lang-audit"><w:r><w:rPr><w:b/></w:rPr><w:t>people with addiction</w:t></w:r></w:ins>'
        "<w:r><w:rPr><w:b/></w:rPr><w:t> here</w:t></w:r><w:r><w:t>.</w:t></w:r></w:p>"
    )


def test_spaces_at_the_edges_are_kept_and_the_change_is_dated() -> None:
    changed = edited(docx(p("one two three")), (4, 7, "2"))
    assert [t.get("{http://www.w3.org/XML/1998/namespace}space") for t in body(changed).iter(f"{Q}t")] == [
        "preserve",
        None,
        "preserve",
    ]
    assert {change.get(f"{Q}date") for change in body(changed).iter(f"{Q}ins", f"{Q}del")} == {"2026-03-01T12:30:00Z"}


def test_a_change_over_several_runs_takes_the_first_ones_formatting() -> None:
    data = docx(p("a drug ", r("abu", "<w:i/>"), r("ser", "<w:b/>"), " came"))
    changed = at(data, "drug abuser", "person who uses drugs")
    assert texts(changed) == ["a person who uses drugs came"]
    assert xml_of(changed).count("<w:del ") == 1
    assert "<w:ins " in xml_of(changed) and "<w:i/></w:rPr><w:t>person" not in xml_of(changed)


def test_insertions_and_deletions_alone() -> None:
    data = docx(p("one three", " five"), p(), p("six"))
    assert texts(edited(data, (4, 4, "two "), (9, 9, " four"), (0, 0, "zero "), (14, 14, "."))) == [
        "zero one two three four five.",
        "",
        "six",
    ]
    assert texts(edited(data, (3, 9, "")))[0] == "one five"
    assert texts(edited(data, (0, 0, "new"), part="document:p2"))[1] == "new"
    assert texts(edited(data, (0, 3, "six\tor\nseven"), part="document:p3"))[2] == "six\tor\nseven"


def test_edits_that_touch_each_other() -> None:
    data = docx(p("abcdef"))
    changed = edited(data, (0, 0, "1"), (0, 3, "2"), (3, 3, "3"), (3, 5, "4"), (5, 5, "5"), (5, 6, ""))
    assert texts(changed) == ["12345"]
    assert "".join(c for c, *_ in formatted(rejected(body(changed)))[0]) == "abcdef"
    assert "<w:t/>" not in xml_of(changed) and "<w:t></w:t>" not in xml_of(changed)


def test_inside_an_insertion_of_someone_else() -> None:
    data = docx(p("We ", f'<w:ins w:id="7" {OTHERS}>{r("asked all addicts")}</w:ins>', " here"))
    shown = xml_of(at(data, "all", "some"))
    assert re.sub(r' w:author="(\w).*?"', r" \1", shown) == (
        "<w:p><w:r><w:t>We </w:t></w:r><w:ins A><w:r><w:t>asked </w:t></w:r>"
        "<w:del l><w:r><w:delText>all</w:delText></w:r></w:del></w:ins><w:ins l><w:r><w:t>some</w:t></w:r></w:ins>"
        "<w:ins A><w:r><w:t> addicts</w:t></w:r></w:ins><w:r><w:t> here</w:t></w:r></w:p>"
    )
    inserted = edited(data, (8, 8, "!"), (3, 3, "?"))
    assert texts(inserted) == ["We ?asked! all addicts here"]
    assert not [i for i in body(inserted).iter(f"{Q}ins") if i.getparent().tag == f"{Q}ins"]


def test_in_links_controls_tables_boxes_and_notes() -> None:
    link = f'<w:hyperlink r:id="rId9">{r("for addicts")}</w:hyperlink>'
    control = f"<w:sdt><w:sdtPr/><w:sdtContent>{r('of addicts')}</w:sdtContent></w:sdt>"
    box = f"<w:r><w:pict><v:textbox><w:txbxContent>{p('boxed addicts')}</w:txbxContent></v:textbox></w:pict></w:r>"
    table = f"<w:tbl><w:tr><w:tc>{p('addicts')}</w:tc></w:tr></w:tbl>"
    note = notes("footnote", p("These addicts."))
    data = docx(p(link, " and ", control, note_mark("footnote", 1)), p(box), table, footnotes=note)
    for part in ("document:p1", "document:p3", "document:p4", "footnotes:p3"):
        name = "word/footnotes.xml" if part.startswith("foot") else "word/document.xml"
        changed = at(data, "addicts", "people", part)
        assert sum("people" in text for text in texts(changed, name)) == 1
        other = "word/document.xml" if part.startswith("foot") else "word/footnotes.xml"
        assert texts(changed, other) == texts(data, other)
    assert "<w:hyperlink" in xml_of(at(data, "addicts", "people")).split("<w:del")[0]


def test_marks_inside_the_range_stay() -> None:
    inside = (
        '<w:bookmarkStart w:id="4" w:name="here"/>' + r("ad") + '<w:proofErr w:type="spellStart"/>' + r("dic")
        + '<w:r><w:footnoteReference w:id="1"/><w:t>t</w:t></w:r><w:bookmarkEnd w:id="4"/>' + r("s!")
    )  # fmt: skip
    data = docx(p("the ", inside), footnotes=notes("footnote", p("Note.")))
    changed = at(data, "addicts", "people")
    assert texts(changed) == ["the people!"]
    assert other_marks(body(changed)) == other_marks(body(data))
    assert formatted(rejected(body(changed))) == formatted(body(data))


def test_raised_numbers_of_citations_stay() -> None:
    data = docx(p("addicts", r("1,2", '<w:vertAlign w:val="superscript"/>'), " who"))
    assert editable(data, "document:p1", 0, 14)
    assert not editable(data, "document:p1", 7, 10)
    assert texts(edited(data, (0, 14, "people who")))[0] == "people who1,2"


def test_what_is_not_to_be_edited() -> None:
    cited = p("Seen ", field("ADDIN ZOTERO_ITEM CSL_CITATION {}", "[addicts 3]"), " once")
    locked = f'<w:sdt><w:sdtPr><w:lock w:val="sdtContentLocked"/></w:sdtPr><w:sdtContent>{p("locked")}</w:sdtContent></w:sdt>'
    data = docx(cited, locked, p(field(' HYPERLINK "https://example.org" ', "linked")))
    asked = WordText(data)
    assert [asked.editable("document:p1", *span) for span in ((0, 5), (4, 6), (6, 8), (7, 7), (5, 5), (16, 16))] == [
        True, False, False, False, True, True,
    ]  # fmt: skip
    assert not asked.editable("document:p2", 0, 3)
    assert asked.editable("document:p3", 0, 6)
    assert not asked.editable("document:p1", 3, 99) and not asked.editable("document:p9", 0, 1)
    with pytest.raises(ValueError, match="citation"):
        edited(data, (4, 6, "x"))


def test_wrong_edits_are_refused() -> None:
    data = docx(p("one two"))
    with pytest.raises(ValueError, match="overlap"):
        edited(data, (0, 4, "a"), (3, 5, "b"))
    with pytest.raises(ValueError, match="outside"):
        edited(data, (5, 9, "a"))
    for part in ("document:p2", "footnotes:p1", "header:p1", "p1"):
        with pytest.raises(ValueError):
            edited(data, (0, 1, "a"), part=part)


def test_nothing_else_in_the_file_changes() -> None:
    data = docx(p("one two"), p("three"), core="<dc:title>T</dc:title>", footnotes=notes("footnote", p("n")))
    for changed in (edited(data, (0, 3, "1")), with_comments(data, [PartComment("document:p1", 0, 3, "Why?")])):
        with zipfile.ZipFile(io.BytesIO(data)) as before, zipfile.ZipFile(io.BytesIO(changed)) as after:
            assert after.namelist()[: len(before.namelist())] == before.namelist()
            touched = ("word/document.xml", "[Content_Types].xml", "word/_rels/document.xml.rels")
            assert all(before.read(name) == after.read(name) for name in before.namelist() if name not in touched)
            was, now = before.read("word/document.xml"), after.read("word/document.xml")
        assert was.split(b"<w:body>")[0] == now.split(b"<w:body>")[0]
        assert was.split(b"two")[1] == now.split(b"two")[1]
    assert with_tracked_changes(data, []) is data and with_comments(data, []) is data
    assert edited(data, (0, 3, "one")) and "w:ins" not in xml_of(edited(data, (0, 3, "one")))


def test_ids_are_above_all_others() -> None:
    data = docx(p('<w:bookmarkStart w:id="41" w:name="x"/>', "one two", '<w:bookmarkEnd w:id="41"/>'))
    ids = [int(c.get(f"{Q}id", "")) for c in body(edited(data, (0, 3, "1"), (4, 7, "2"))).iter(f"{Q}ins", f"{Q}del")]
    assert len(set(ids)) == 4 and min(ids) == 42


def test_the_strict_dialect_keeps_its_names() -> None:
    data = docx(p("one two"), strict=True)
    changed = with_comments(edited(data, (0, 3, "1")), [PartComment("document:p1", 0, 1, "Why?")])
    assert [str(c.tag) for c in body(changed).iter(f"{{{STRICT}}}ins")] == [f"{{{STRICT}}}ins"]
    assert W not in etree.tostring(body(changed)).decode()
    assert body(changed, "word/comments.xml").tag == f"{{{STRICT}}}comments"


def comment_spans(data: bytes) -> list[tuple[str, str]]:
    """(the words that a comment is on, what it says), told from the marks in the text."""
    said = {
        c.get(f"{Q}id"): "\n".join("".join(para.itertext()) for para in c.iter(f"{Q}p"))
        for c in body(data, "word/comments.xml")
    }
    open_: dict[str, str] = {}
    found = []
    for node in body(data).iter(f"{Q}commentRangeStart", f"{Q}commentRangeEnd", f"{Q}commentReference", f"{Q}t"):
        number = node.get(f"{Q}id") or ""
        if node.tag == f"{Q}commentRangeStart":
            open_[number] = ""
        elif node.tag == f"{Q}t":
            open_ = {key: words + (node.text or "") for key, words in open_.items()}
        elif node.tag == f"{Q}commentRangeEnd":
            found.append((open_.pop(number), said[number]))
    assert not open_
    return found


def test_comments_stand_on_their_words() -> None:
    data = docx(p("We asked ", r("some addicts", "<w:b/>"), " here."), p())
    comments = [
        PartComment("document:p1", 14, 21, "Say people first.\nThey are more than this."),
        PartComment("document:p1", 9, 21, "Who?"),
        PartComment("document:p1", 14, 21, "Again."),
        PartComment("document:p1", 27, 27, "At the end."),
        PartComment("document:p2", 0, 0, "Empty."),
    ]
    changed = with_comments(data, comments, author="Ana & co", initials="A", date=WHEN)
    assert sorted(comment_spans(changed)) == [
        ("", "Empty."),
        (".", "At the end."),
        ("addicts", "Again."),
        ("addicts", "Say people first.\nThey are more than this."),
        ("some addicts", "Who?"),
    ]
    assert texts(changed) == texts(data)
    assert 'w:rStyle w:val="Kommentarzeichen"' in xml_of(changed)
    (first, *_) = body(changed, "word/comments.xml")
    assert (first.get(f"{Q}author"), first.get(f"{Q}initials")) == ("Ana & co", "A")
    package = zipfile.ZipFile(io.BytesIO(changed))
    assert b'PartName="/word/comments.xml"' in package.read("[Content_Types].xml")
    assert b'Target="comments.xml"' in package.read("word/_rels/document.xml.rels")
    twice = with_comments(changed, [PartComment("document:p1", 0, 2, "We?")])
    assert sorted(comment_spans(twice))[2:3] == [("We", "We?")] and len(comment_spans(twice)) == 6
    assert package.namelist() == zipfile.ZipFile(io.BytesIO(twice)).namelist()


def test_comments_on_notes_and_boxes_stand_in_the_body() -> None:
    box = f"<w:r><w:pict><v:textbox><w:txbxContent>{p('boxed')}</w:txbxContent></v:textbox></w:pict></w:r>"
    data = docx(p("Word", note_mark("footnote", 1), box), footnotes=notes("footnote", p("A note."), p("Lost.")))
    changed = with_comments(data, [PartComment("footnotes:p3", 2, 6, "Note"), PartComment("document:p2", 0, 2, "Box")])
    shown = re.sub(r"<w:rPr>.*?</w:rPr>", "", xml_of(changed))
    start, end, reference = "<w:commentRangeStart/>", "<w:commentRangeEnd/>", "<w:r><w:commentReference/></w:r>"
    assert f"<w:r><w:footnoteReference/></w:r>{start}<w:r><w:pict>" in shown
    assert shown.endswith(f"</w:pict></w:r>{end}{reference}{start}{end}{reference}</w:p>")
    assert "comment" not in etree.tostring(body(changed, "word/footnotes.xml")).decode()
    with pytest.raises(ValueError, match="refers"):
        with_comments(data, [PartComment("footnotes:p4", 0, 2, "Lost")])


def test_comments_and_changes_together() -> None:
    data = docx(p("We asked addicts."))
    commented = with_comments(data, [PartComment("document:p1", 9, 16, "Why?")])
    changed = edited(commented, (9, 16, "people"))
    assert texts(changed) == ["We asked people."]
    assert re.sub(r"</?w:r>|<w:rPr>.*?</w:rPr>", "", xml_of(changed)) == (
        '<w:p><w:t>We asked </w:t><w:commentRangeStart/><w:del w:author="lang-audit"><w:delText>addicts</w:delText></w:del>'
        '<w:ins w:author="lang-audit"><w:t>people</w:t></w:ins><w:commentRangeEnd/><w:commentReference/><w:t>.</w:t></w:p>'
    )


def test_comments_on_words_that_were_put_in_before() -> None:
    changed = edited(docx(p("We asked addicts.")), (9, 16, "people with addiction"))
    commented = with_comments(
        changed, [PartComment("document:p1", 9, 30, "Whom?"), PartComment("document:p1", 9, 15, "Who?")]
    )
    assert comment_spans(commented) == [("people", "Who?"), ("people with addiction", "Whom?")]
    assert texts(commented) == texts(changed)
    assert formatted(rejected(body(commented))) == formatted(rejected(body(changed)))


def test_python_docx_opens_what_was_written(tmp_path: Path) -> None:
    document = Document()
    document.add_heading("Methods", 1)
    paragraph = document.add_paragraph("We asked ")
    paragraph.add_run("addicts").bold = True
    paragraph.add_run(" why.")
    path = tmp_path / "paper.docx"
    document.save(str(path))
    data = with_comments(path.read_bytes(), [PartComment("document:p2", 9, 16, "Why?")])
    path.write_bytes(at(data, "addicts", "people", "document:p2"))
    opened = Document(str(path))
    assert [c.text for c in opened.comments] == ["Why?"]
    opened.save(str(path))
    (paper,) = read(path)
    assert "We asked people why." in paper.text


WORDS = st.text(alphabet="abc é\u00a0", min_size=1, max_size=6)
PIECES = st.one_of(
    WORDS.map(r),
    WORDS.map(lambda words: r(words, "<w:b/>")),
    WORDS.map(lambda words: f"<w:r><w:rPr><w:i/></w:rPr><w:t> {words}</w:t><w:tab/><w:t>{words} </w:t></w:r>"),
    WORDS.map(lambda words: f'<w:ins w:id="3" {OTHERS}>{r(words)}{r(words, "<w:i/>")}</w:ins>'),
    WORDS.map(lambda words: f'<w:del w:id="4" {OTHERS}><w:r><w:delText>{words}</w:delText></w:r></w:del>'),
    WORDS.map(lambda words: f'<w:hyperlink r:id="rId9">{r(words)}</w:hyperlink>'),
    WORDS.map(lambda words: f"<w:sdt><w:sdtPr/><w:sdtContent>{r(words)}</w:sdtContent></w:sdt>"),
    WORDS.map(lambda words: f'<w:smartTag w:element="x">{r(words)}</w:smartTag>'),
    WORDS.map(lambda words: field("ADDIN EN.CITE", words)),
    st.sampled_from([
        note_mark("footnote", 1), '<w:bookmarkStart w:id="9" w:name="b"/>', '<w:proofErr w:type="gramStart"/>',
        '<w:r><w:t>x</w:t><w:footnoteReference w:id="1"/><w:t>y</w:t><w:lastRenderedPageBreak/><w:t>z</w:t></w:r>',
        "<w:r><w:noBreakHyphen/><w:t>n</w:t><w:softHyphen/></w:r>",
    ]),
)  # fmt: skip


@st.composite
def edits_of(draw: st.DrawFn) -> tuple[bytes, list[PartEdit]]:
    """A paragraph of all kinds of things, and edits of it that are possible and do not overlap."""
    data = docx("<w:p>" + "".join(draw(st.lists(PIECES, min_size=1, max_size=6))) + "</w:p>")
    asked = WordText(data)
    length = len(asked.characters("document:p1"))
    bounds = sorted(draw(st.lists(st.integers(0, length), min_size=2, max_size=8)))
    spans = sorted(set(zip(bounds[::2], bounds[1::2], strict=False)))
    new = st.sampled_from(["", "N", " new words ", "é\t"])
    edits = [PartEdit("document:p1", *span, draw(new)) for span in spans if asked.editable("document:p1", *span)]
    return data, edits


@settings(max_examples=120)
@given(edits_of())
def test_accepting_gives_the_new_words_and_rejecting_the_old_ones(case: tuple[bytes, Sequence[PartEdit]]) -> None:
    data, edits = case
    changed = with_tracked_changes(data, edits)
    expected = texts(data)[0]
    for edit in reversed(edits):
        expected = expected[: edit.at] + edit.new + expected[edit.upto :]
    assert texts(changed) == [expected]
    assert other_marks(rejected(body(changed))) == other_marks(body(data))
    assert formatted(rejected(body(changed))) == formatted(body(data))
    changes = [c for c in body(changed).iter(f"{Q}ins", f"{Q}del") if c.get(f"{Q}author") == "lang-audit"]
    ids = [c.get(f"{Q}id") for c in changes]
    assert len(set(ids)) == len(ids) and not {node.get(f"{Q}id") for node in body(data).iter()} & set(ids)
    assert all(node.getparent().tag != f"{Q}del" for node in changes)
    for run in body(changed).iter(f"{Q}r"):
        assert [node.tag for node in run].index(f"{Q}rPr") == 0 if run.find(f"{Q}rPr") is not None else True
        assert len(run)


@settings(max_examples=60)
@given(st.lists(PIECES, min_size=1, max_size=6), st.data())
def test_comments_move_no_character(pieces: list[str], drawn: st.DataObject) -> None:
    data = docx("<w:p>" + "".join(pieces) + "</w:p>")
    length = len(texts(data)[0])
    spans = drawn.draw(st.lists(st.tuples(st.integers(0, length), st.integers(0, length)).map(sorted), max_size=4))
    changed = with_comments(data, [PartComment("document:p1", *span, "Why?") for span in spans])
    assert formatted(body(changed)) == formatted(body(data))
    for kind in ("commentRangeStart", "commentRangeEnd", "commentReference"):
        assert len(list(body(changed).iter(f"{Q}{kind}"))) == len(spans)
