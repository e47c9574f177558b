import html
import time
import urllib.request

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lang_audit.errors import UnreadableError
from lang_audit.sources.html import READER, decode, read
from tests.sources.paper_shape import check_laws, kinds, passages
from tests.sources.places import check_places, source_of

LONG = "Peers walked with people to the clinic and waited there with them. " * 8


@pytest.fixture
def paper_of(tmp_path):
    def make(text):
        path = tmp_path / "paper.html"
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        (paper,) = read(path)
        check_laws(paper)
        check_places(paper, decode(path.read_bytes())[0])
        return paper

    return make


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("<b>addict</b>s, <i>ad</i>dicts", "addicts, addicts"),
        ("caf&eacute; caf&#233; caf&#xE9; &copy &nosuch; R&D", "café café café © &nosuch; R&D"),
        ("one&nbsp;two\n  three<br>four<br/>five", "one two three four five"),
        ("ad&shy;dict ad\u00addict ad<wbr>dict ad&#8203;dict", "addict addict addict addict"),
        ("a<!-- addict -->b <!-- > -- c --> d <![if !x]>e<![endif]>", "ab d e"),
        ("a <code>x</code> b <svg><title>addict</title></svg>c <math><mi>x</mi></math>", "a b c"),
        ("a <span hidden>addict</span><i style='display: none'>x</i><b aria-hidden=true>y</b>b", "a b"),
        ("x <script>if (a<b) '<p>'</script>y<style>p{}</style> z<template>t</template>", "x y z"),
        ("a <button>Share</button><select><option>one<option>two</select>b", "a b"),
        ("p < 0.05 and a <b>c</b> </ d", "p < 0.05 and a c </ d"),
        ("addicts<sup>1,2</sup>. Men<sup><a href='#r3'>3</a>–<a href='#r5'>5</a></sup>,", "addicts. Men,"),
        ("10<sup>6</sup> cm<sup>2</sup> H<sub>2</sub>O CD4<sup>+</sup>", "106 cm2 H2O CD4+"),
        ("a<sup><a href='#n'>[a]</a></sup> b<a href='#_ftn1'>[1]</a>", "a b"),
        ("<q>one <q>two</q></q> and “<q>three</q>” and <q>“four”</q>", "“one ‘two’” and “three” and “four”"),
        ("<del>addicts</del><ins>people</ins> and <mark>more</mark>", "people and more"),
        ("<a href='x.org/addict' title='addict'>link</a> <img src=x alt='a logo'>", "link"),
        ("<span class=\"math inline\">\\(x\\)</span>a <span class='sr-only'>Opens in</span>", "a"),
        ("one <a title='x > y'>two</a> <a title=\"don't\">three</a>", "one two three"),
    ],
)
def test_what_is_said_in_a_paragraph(paper_of, source, words):
    assert paper_of(f"<p>{source}</p>").text == words


def test_a_word_under_marks_is_found_at_its_place(paper_of):
    source = "\r\n<p>The <b>addict</b>s of\r\n caf&eacute;s"
    paper = paper_of(source)
    assert source_of(paper, source, "addicts") == ["addict", "s"]
    assert source_of(paper, source, "cafés") == ["caf", "&eacute;", "s"]


def test_blocks_and_their_kinds(paper_of):
    paper = paper_of(
        "<!DOCTYPE html><html><head><title>Not this</title></head><body><h1>People who came <i>back</i></h1>"
        "<div>Lead<p>One<p>Two</div>tail<h2>Methods</h2><ul><li>a<li>b<ul><li>c</ul></ul>"
        "<blockquote>said<ul><li>so</ul></blockquote>"
        "<table><caption>Table 1. What</caption><tr><th>h<th>i<tr><td>j\nk<td><p>l</p><p>m</p></table>"
        "<figure><img alt='A picture of it'><figcaption>Figure 1. That</figcaption></figure><dl><dt>t<dd>d</dl>"
    )
    assert passages(paper) == [
        ("title", "heading", "People who came back"),
        ("other", "paragraph", "Lead"),
        ("other", "paragraph", "One"),
        ("other", "paragraph", "Two"),
        ("other", "paragraph", "tail"),
        ("methods", "heading", "Methods"),
        ("methods", "list-item", "a"),
        ("methods", "list-item", "b"),
        ("methods", "list-item", "c"),
        ("methods", "block-quote", "said"),
        ("methods", "block-quote", "so"),
        ("caption", "caption", "Table 1. What"),
        ("table", "table", "h | i\nj k | l m"),
        ("caption", "caption", "A picture of it"),
        ("caption", "caption", "Figure 1. That"),
        ("methods", "paragraph", "t"),
        ("methods", "paragraph", "d"),
    ]


def test_a_journals_page_gives_the_article_only(paper_of):
    paper = paper_of(
        "<html><head><title>Peers | Journal</title><meta name=citation_author content='Bo, Ann'>"
        "<meta name=citation_title content='What peers do'><meta name=citation_doi content=10.5555/made.up>"
        "<meta name=citation_publication_date content=2021/03><meta name=citation_journal_title content='Invent J'></head>"
        "<body><header><p>Buy addict books</p></header><nav><h1>Menu</h1></nav><div role=search>Search</div><main>"
        f"<article><header><h1>What peers do</h1></header><section class=abstract><h2>Abstract</h2><h3>Methods</h3><p>{LONG}</p>"
        "</section><h2>Introduction</h2><p>Body.</p><section id=references><h2>References</h2><ol><li>Lark J. 2010.</ol>"
        "</section><p>Open access.</p></article></main><aside>Related: addicts</aside><footer>Terms</footer></body></html>"
    )
    assert [(section, words) for section, _, words in passages(paper)] == [
        ("title", "What peers do"),
        ("abstract", "Abstract"),
        ("abstract", "Methods"),
        ("abstract", LONG.strip()),
        ("introduction", "Introduction"),
        ("introduction", "Body."),
        ("references", "References"),
        ("references", "Lark J. 2010."),
        ("other", "Open access."),
    ]
    assert paper.metadata.model_dump() == {
        "title": "What peers do", "year": 2021, "doi": "10.5555/made.up", "journal": "Invent J", "authors": ("Ann Bo",),
    }  # fmt: skip


def test_an_export_from_word(paper_of):
    paper = paper_of(
        b"<html><head><meta http-equiv=Content-Type content='text/html; charset=windows-1252'><title>Draft</title>"
        b"<!--[if gte mso 9]><xml><o:Author>x</o:Author></xml><![endif]--></head><body><div class=WordSection1>"
        b"<p class=MsoTitle>What peers do<o:p></o:p></p><h1>Methods<o:p></o:p></h1>"
        b"<p class=MsoNormal>We asked <span style='mso-spacerun:yes'>\xa0</span>peers.<a href='#_ftn1'><span>[1]</span></a></p>"
        b"<p class=MsoListParagraphCxSpFirst><![if !supportLists]><span style='mso-list:Ignore'>\xb7</span><![endif]>An item</p>"
        b"<p class=MsoQuote>Said so.</p><p class=MsoCaption>Table 1. This</p></div><div style='mso-element:footnote-list'>"
        b"<div style='mso-element:footnote' id=ftn1><p class=MsoFootnoteText><a href='#_ftnref1'>[1]</a> It\x92s a note.</p>"
        b"</div></div></body></html>"
    )
    assert paper.problems == ()
    assert passages(paper) == [
        ("title", "heading", "What peers do"),
        ("methods", "heading", "Methods"),
        ("methods", "paragraph", "We asked peers."),
        ("methods", "list-item", "An item"),
        ("methods", "block-quote", "Said so."),
        ("caption", "caption", "Table 1. This"),
        ("methods", "footnote", "It’s a note."),
    ]


def test_an_export_from_google_docs(paper_of):
    paper = paper_of(
        '<html><head><style>.c1{color:#000}</style></head><body class="c2"><p class="c1 title"><span>What peers do</span></p>'
        '<h1 class="c3" id="h.a"><span>Results</span></h1><p class="c1"><span class="c4">They </span><span>said</span><sup>'
        '<a href="#ftnt1">[1]</a></sup><sup><a href="#cmnt1">[a]</a></sup><span>.</span></p><hr><div><p>'
        '<a href="#ftnt_ref1">[1]</a><span>&nbsp;A note.</span></p></div><div><p>'
        '<a href="#cmnt_ref1">[a]</a><span>A comment.</span></p></div></body></html>'
    )
    assert passages(paper) == [
        ("title", "heading", "What peers do"),
        ("results", "heading", "Results"),
        ("results", "paragraph", "They said."),
        ("results", "footnote", "A note."),
    ]


def test_an_export_from_pandoc(paper_of):
    paper = paper_of(
        '<body><header id="title-block-header"><h1 class="title">What peers do</h1><p class="author">Ann Bo</p>'
        '<div class="abstract"><div class="abstract-title">Abstract</div><p>Short.</p></div></header>'
        '<nav id="TOC" role="doc-toc"><ul><li>Results</li></ul></nav><h1 id="results">Results</h1>'
        '<p>Found<a href="#fn1" class="footnote-ref" role="doc-noteref"><sup>1</sup></a>.</p>'
        '<div id="refs" class="references csl-bib-body" role="list"><div class="csl-entry">Lark J. 2010.</div></div>'
        '<section id="footnotes" class="footnotes" role="doc-endnotes"><hr /><ol><li id="fn1"><p>A note.<a href="#fnref1"'
        ' class="footnote-back" role="doc-backlink">↩︎</a></p></li></ol></section></body>'
    )
    assert passages(paper) == [
        ("title", "heading", "What peers do"),
        ("other", "paragraph", "Ann Bo"),
        ("abstract", "paragraph", "Abstract"),
        ("abstract", "paragraph", "Short."),
        ("results", "heading", "Results"),
        ("results", "paragraph", "Found."),
        ("references", "reference", "Lark J. 2010."),
        ("other", "footnote", "A note."),
    ]


def test_tables_that_set_out_the_page_are_no_tables(paper_of):
    paper = paper_of(
        "<table><tr><td>Side<td><h1>What peers do here</h1><p>Text.</p><table><tr><td>a<td>b</table></table>"
    )
    assert [(kind, words) for _, kind, words in passages(paper)] == [
        ("paragraph", "Side"),
        ("heading", "What peers do here"),
        ("paragraph", "Text."),
        ("table", "a | b"),
    ]


def test_without_a_heading_the_head_gives_the_title(paper_of):
    paper = paper_of("<title>What peers &amp; others do</title><h2>Methods</h2><p>We asked.")
    assert passages(paper)[0] == ("title", "heading", "What peers & others do")
    assert paper.metadata.title == "What peers & others do"


def test_a_title_in_a_box_is_not_the_papers(paper_of):
    paper = paper_of(
        "<h1>What peers do here</h1><p>Text.</p><p class=title>Related: what addicts do</p><h2>Methods</h2><p>We."
    )
    assert passages(paper)[0] == ("title", "heading", "What peers do here")
    assert passages(paper)[2] == ("other", "paragraph", "Related: what addicts do")


def test_references_under_a_heading(paper_of):
    paper = paper_of("<h2>References</h2><ol><li>Lark J. The addict. 2010.</ol><h2>Funding</h2><p>None.")
    assert kinds(paper) == [("references", "References"), ("funding", "Funding")]
    assert paper.passages[1].kind == "reference"


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("<p>a<p>b<div>c", ["a", "b", "c"]),
        ("<b><p>a</b> b</p><p>c", ["a b", "c"]),
        ("<p>a</div></span></p>b", ["a", "b"]),
        ("<table><tr><td>a</div></p><td>b</table>c", ["a | b", "c"]),
        ("<h2>a<h2>b<p>c", ["a", "b", "c"]),
        ("a<p>b<a href='x>y", ["a", "by"]),
        ("<p>a<!-- b", ["a"]),
        ("<nav>x<p>y</nav><p>a", ["a"]),
        ("<p hidden>x<p>a<nav><ul><li>y</ul></nav>b", ["a", "b"]),
        ("<title>never closed <p>a", ["never closed", "a"]),
        ("<svg><style>x</style><path d='1'/></svg>a", ["a"]),
        ("<?xml version='1.0'?><html><p/>a<script src='x'/><p><![CDATA[b]]></p></html>", ["a", "b"]),
    ],
)
def test_broken_pages_are_read(paper_of, source, words):
    assert [w for _, _, w in passages(paper_of(source))] == words


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "empty-file"),
        (b" \n", "empty-file"),
        (b"<p>\0\1\2\3" * 20, "binary-file"),
        (b"<html><body><div id=root></div><script>render('addict')</script>", "no-text"),
        (b"<!-- addicts -->", "no-text"),
    ],
)
def test_pages_without_words_say_so(tmp_path, data, code):
    path = tmp_path / "paper.html"
    path.write_bytes(data)
    with pytest.raises(UnreadableError) as error:
        list(read(path))
    assert error.value.code == code and error.value.remedy


@pytest.mark.parametrize(
    ("data", "problem"),
    [
        ("\ufeff<p>“Café”".encode(), None),
        ("<p>“Café”".encode("utf-16"), None),
        ("<meta charset='utf-8'><p>“Café”".encode(), None),
        ("<meta charset=iso-8859-1><p>“Café”".encode("cp1252"), None),
        ("<?xml version='1.0' encoding='windows-1252'?><p>“Café”</p>".encode("cp1252"), None),
        ("<meta charset=macintosh><p>“Café”".encode("mac-roman"), None),
        ("<meta charset=iso-8859-1><p>“Café”".encode(), None),
        ("<meta charset=rot13><p>“Café”".encode(), None),
        ("<meta charset=utf-8><p>“Café”".encode("cp1252"), "not-utf8"),
    ],
)
def test_encodings(paper_of, data, problem):
    paper = paper_of(data)
    assert paper.text == "“Café”"
    assert [p.code for p in paper.problems] == ([problem] if problem else [])


@pytest.mark.parametrize(
    "head", [b"<!doctype HTML>", b"\xef\xbb\xbf\n<html lang=en>", b"<?xml?><!-- <article> --><html>"]
)
def test_pages_are_recognised(head):
    assert READER.recognises(head)


@pytest.mark.parametrize(
    "head", [b"<?xml version='1.0'?><article>", b"<!DOCTYPE article><article>", b"Text <html>", b"<htmlx>"]
)
def test_other_files_are_not(head):
    assert not READER.recognises(head)


def test_nothing_is_fetched(paper_of, monkeypatch):
    monkeypatch.setattr(urllib.request, "urlopen", None)
    monkeypatch.setattr("socket.socket.connect", None)
    assert (
        paper_of("<!DOCTYPE html SYSTEM 'http://x.org/x'><link href='http://x.org'><img src='http://x.org/a'><p>a").text
        == "a"
    )


@pytest.mark.parametrize(
    "text",
    [
        "<div>" * 6000, "<span>" * 6000, "<p>" + "<b>" * 3000 + "<div>" * 3000, "<table><tr><td>" * 1500, "<ul><li>" * 3000,
        "<b>" + "<span>" * 3000 + "</b>" * 3000, "<!--" * 6000, "<a " * 6000, "<a \"" * 6000 + ">", "&a" * 6000,
        "<script>" * 4000, "<q>" * 4000, "<header>" * 3000, "<sup>1</sup>" * 3000, "<title>" * 3000,
        "<!" * 6000, "</" * 6000, "<textarea>" * 3000,
        "<p a" + "=" * 9000 + ">", "<table><tr><td>x" * 1000 + "</table>" * 1000, "<table><tr><td>" + "a\n" * 6000 + "<td>b",
    ],
)  # fmt: skip
def test_hostile_pages_are_read_in_time(paper_of, text):
    start = time.process_time()
    paper_of("<p>words first</p>" + text + "a")
    assert time.process_time() - start < 3


_WORDS = (
    "word <p> </p> <b> </b> <div> </div> <li> <ul> </ul> <table> <tr>"
    " <td> <th> </table> <caption> <h1> </h1> <h2> <q> </q> <sup> 1"
    " </sup> &amp; &eacute; &shy; &#8203; &nosuch é 𝒳 \u00a0 <br> <br/> <!-- --> <script> </script> <title> </title> <nav>"
    " </nav> <span\u00a0hidden> <br>"
    " <img\u00a0alt='a&amp;b\u00a0c\u00a0d'> <blockquote> <article> <header> < > <a <![CDATA[ ]]> <o:p/> \" ' “ ” </"
)
_FRAGMENTS = st.sampled_from([word.replace("\u00a0", " ") for word in _WORDS.split(" ")])
_SPACES = st.sampled_from([" ", "", "\n", "\r\n", "\r", "\t", "\x0c"])


@settings(max_examples=60)
@given(st.lists(st.tuples(_FRAGMENTS, _SPACES), max_size=40))
def test_every_character_stands_where_the_paper_says(tmp_path_factory, parts):
    source = "word " + "".join(word + space for word, space in parts)
    path = tmp_path_factory.getbasetemp() / "law.html"
    path.write_bytes(source.encode())
    try:
        (paper,) = read(path)
    except UnreadableError:
        return
    check_laws(paper)
    check_places(paper, source)


@settings(max_examples=30)
@given(st.lists(st.text("ab<>&\"' é“\n", max_size=12).filter(str.strip), min_size=1, max_size=5))
def test_escaped_text_comes_back(tmp_path_factory, paragraphs):
    path = tmp_path_factory.getbasetemp() / "escaped.html"
    path.write_bytes(("<p>x " + "</p>\n<p>x ".join(map(html.escape, paragraphs)) + "</p>").encode())
    (paper,) = read(path)
    assert paper.text.split("\n\n") == [" ".join(["x", *words.split()]) for words in paragraphs]
