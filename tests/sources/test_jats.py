from pathlib import Path

import pytest

from lang_audit.errors import UnreadableError
from lang_audit.model import Paper
from lang_audit.sources.jats import READER, read, recognises
from tests.sources.paper_shape import check_laws, kinds, passages

FRONT = """<front><journal-meta><journal-title-group><journal-title>Journal of Made-up Studies</journal-title>
</journal-title-group></journal-meta><article-meta><article-id pub-id-type="doi">10.5555/12345678</article-id>
<title-group><article-title>Peer work with people who use <italic>opioids</italic><xref ref-type="fn">*</xref>
</article-title></title-group><contrib-group><contrib contrib-type="author"><name><surname>Ndiaye</surname>
<given-names>Awa</given-names></name></contrib><contrib contrib-type="author"><collab>The Bridge Group
<contrib-group><contrib><name>
<surname>Hidden</surname></name></contrib></contrib-group></collab></contrib><contrib contrib-type="editor"><name>
<surname>Editor</surname><given-names>An</given-names></name></contrib></contrib-group>
<author-notes><fn fn-type="conflict"><p>None declared.</p></fn></author-notes>
<pub-date pub-type="collection"><year>2013</year></pub-date><pub-date pub-type="epub"><year>2012</year></pub-date>
<pub-date pub-type="pmc-release"><year>2001</year></pub-date>
<abstract><sec><title>Background</title><p>Why.</p></sec><sec><title>Methods</title><p>How.</p></sec></abstract>
<trans-abstract xml:lang="fr"><p>Pourquoi.</p></trans-abstract>
<kwd-group><title>Keywords</title><kwd>peers</kwd><kwd>trust</kwd></kwd-group>
<funding-group><award-group><funding-source>Made-up Fund</funding-source><award-id>A1</award-id></award-group>
</funding-group></article-meta></front>"""


def one(tmp_path: Path, xml: str | bytes, name: str = "paper.xml") -> Paper:
    path = tmp_path / name
    path.write_bytes(xml.encode() if isinstance(xml, str) else xml)
    (paper,) = read(path)
    check_laws(paper)
    return paper


def body(tmp_path: Path, inside: str, after: str = "") -> Paper:
    return one(tmp_path, f"<article><body>{inside}</body>{after}</article>")


def test_front_matter_comes_in_reading_order(tmp_path: Path) -> None:
    paper = one(tmp_path, f"<article>{FRONT}<body><p>Text.</p></body></article>")
    assert passages(paper) == [
        ("title", "heading", "Peer work with people who use opioids"),
        ("abstract", "heading", "Background"),
        ("abstract", "paragraph", "Why."),
        ("abstract", "heading", "Methods"),
        ("abstract", "paragraph", "How."),
        ("abstract", "paragraph", "Pourquoi."),
        ("keywords", "heading", "Keywords"),
        ("keywords", "paragraph", "peers; trust"),
        ("other", "paragraph", "Text."),
        ("other", "footnote", "None declared."),
        ("funding", "paragraph", "Made-up Fund A1"),
    ]
    assert paper.problems == ()


def test_metadata(tmp_path: Path) -> None:
    paper = one(tmp_path, f"<article>{FRONT}<body><p>Text.</p></body></article>", "PMC1.nxml")
    meta = paper.metadata
    assert (paper.id, paper.source) == ("PMC1", str(tmp_path / "PMC1.nxml"))
    assert meta.title == "Peer work with people who use opioids"
    assert (meta.year, meta.doi, meta.journal) == (2012, "10.5555/12345678", "Journal of Made-up Studies")
    assert meta.authors == ("Awa Ndiaye", "The Bridge Group")


def test_sections_take_their_kind_from_heading_type_or_parent(tmp_path: Path) -> None:
    paper = body(
        tmp_path,
        "<p>Lead.</p>"
        "<sec sec-type='materials|methods'><title>What we did</title><p>a</p>"
        "<sec><title>Results of the pilot</title><p>b</p></sec></sec>"
        "<sec sec-type='conclusions'><title>Discussion</title><p>c</p><sec><title>Conclusions</title><p>d"
        "</p></sec></sec>"
        "<sec><title>Peers as bridges</title><p>e</p></sec>",
    )
    assert kinds(paper) == [
        ("introduction", None),
        ("methods", "What we did"),
        ("discussion", "Discussion"),
        ("conclusion", "Conclusions"),
        ("other", "Peers as bridges"),
    ]


def test_main_sections_that_tell_nothing_go_on_with_the_methods_or_results(tmp_path: Path) -> None:
    paper = body(
        tmp_path,
        "<sec><title>Methods</title><p>a</p><sec><title>Setting up</title><p>b</p></sec></sec>"
        "<sec><title>Keeping watch</title><p>c</p></sec>"
        "<sec><title>Discussion</title><p>d</p></sec><sec><title>What next</title><p>e</p></sec>",
    )
    assert kinds(paper) == [
        ("methods", "Methods"),
        ("methods", "Keeping watch"),
        ("discussion", "Discussion"),
        ("other", "What next"),
    ]
    headings = [paper.text[p.start : p.end] for p in paper.passages if p.kind == "heading"]
    assert "Setting up" in headings


@pytest.mark.parametrize(
    ("inside", "words"),
    [
        ("peers<sup><xref ref-type='bibr' rid='b'>12</xref></sup> said", "peers said"),
        ("peers.<sup><xref>1</xref>,<xref>2</xref></sup> They", "peers. 1,2 They"),
        ("peers<xref ref-type='bibr'><sup>3</sup></xref>", "peers"),
        ("peers<xref ref-type='bibr'>4</xref> and [<xref ref-type='bibr'>5</xref>]", "peers and"),
        ("characteristics<sup>a</sup>", "characteristics a"),
        ("CO<sub>2</sub>, cm<sup>2</sup>, the 4<sup>th</sup>", "CO2, cm2, the 4th"),
        ("un<italic>met</italic> need", "unmet need"),
        (
            "rate <inline-formula><mml:math xmlns:mml='m'><mml:mi>x</mml:mi></mml:math></inline-formula> fell",
            "rate fell",
        ),
        ("one<!-- no --> and<?pi no?> two", "one and two"),
        ("one<break/>two", "one two"),
        ("people&nbsp;who use &ldquo;speed&rdquo; &amp; &unknown;more", "people who use “speed” & more"),
        ("see\n   <xref ref-type='fig'>Fig. 1</xref>", "see Fig. 1"),
    ],
)
def test_words_of_inline_markup(tmp_path: Path, inside: str, words: str) -> None:
    paper = one(tmp_path, f"<!DOCTYPE article SYSTEM 'none.dtd'><article><body><p>{inside}</p></body></article>")
    assert paper.text == words


def test_blocks_do_not_break_a_sentence(tmp_path: Path) -> None:
    paper = body(
        tmp_path,
        "<sec><title>Results</title><p>Trust grew <fig><label>Figure 1</label><caption><title>Flow</title>"
        "<p>All sites.</p>"
        "</caption></fig>over time<fn><p>At two sites.</p></fn>, as one said:<disp-quote><p>They know me.</p>"
        "<attrib>P4</attrib></disp-quote>and others agreed.</p></sec>",
    )
    assert passages(paper) == [
        ("results", "heading", "Results"),
        ("results", "paragraph", "Trust grew over time, as one said:"),
        ("results", "block-quote", "They know me."),
        ("results", "block-quote", "P4"),
        ("results", "paragraph", "and others agreed."),
        ("caption", "caption", "Figure 1. Flow. All sites."),
        ("results", "footnote", "At two sites."),
    ]


def test_lists_speech_boxes_and_definitions(tmp_path: Path) -> None:
    paper = body(
        tmp_path,
        "<list><list-item><label>1.</label><p>One</p><list><list-item><p>One a</p></list-item></list>"
        "</list-item></list>"
        "<speech><speaker>P3</speaker><p>I was asked.</p></speech>"
        "<boxed-text><caption><title>Key points</title></caption><p>Ask first.</p></boxed-text>",
        "<back><glossary><title>Abbreviations</title><def-list><def-item><term>PWID</term><def>"
        "<p>people who inject drugs</p>"
        "</def></def-item></def-list></glossary></back>",
    )
    assert passages(paper) == [
        ("other", "list-item", "1. One"),
        ("other", "list-item", "One a"),
        ("other", "block-quote", "P3: I was asked."),
        ("other", "heading", "Key points"),
        ("other", "paragraph", "Ask first."),
        ("other", "heading", "Abbreviations"),
        ("other", "list-item", "PWID: people who inject drugs"),
    ]


def test_table_rows_cells_and_notes(tmp_path: Path) -> None:
    paper = body(
        tmp_path,
        "<table-wrap><label>Table 1</label><caption><p>Who took part</p></caption><alternatives><graphic/>"
        "<table><tr><th/>"
        "<th>n</th></tr><tr><td><p>Women</p><p>under 30</p></td><td>4</td></tr></table></alternatives>"
        "<table-wrap-foot><p>n: number.</p><fn><label>a</label><p>One left.</p></fn></table-wrap-foot></table-wrap>",
    )
    assert passages(paper) == [
        ("caption", "caption", "Table 1. Who took part"),
        ("table", "table", " | n\nWomen under 30 | 4"),
        ("table", "footnote", "n: number."),
        ("table", "footnote", "a One left."),
    ]


@pytest.mark.parametrize(
    ("citation", "words"),
    [
        (
            "<label>7</label><element-citation><person-group><name><surname>Okoro</surname><given-names>B"
            "</given-names></name>"
            "</person-group><article-title>Trust in <italic>peer</italic>s</article-title><source>J Made-up</source>"
            "<year>2011</year></element-citation>",
            "7 Okoro B Trust in peers J Made-up 2011",
        ),
        (
            "<mixed-citation><string-name><surname>Okoro</surname> <given-names>B</given-names></string-name>. "
            "<article-title>Trust.</article-title><source>J Made-up</source> <year>2011</year>;<volume>3"
            "</volume>:<fpage>7</fpage>."
            "</mixed-citation>",
            "Okoro B. Trust. J Made-up 2011;3:7.",
        ),
        ("<citation><collab>Bridge Group</collab><year>2009</year></citation>", "Bridge Group 2009"),
        (
            "<citation-alternatives><mixed-citation>Okoro 2011</mixed-citation><element-citation><year>2011</year>"
            "</element-citation></citation-alternatives>",
            "Okoro 2011",
        ),
    ],
)
def test_references(tmp_path: Path, citation: str, words: str) -> None:
    paper = body(
        tmp_path, "<p>x</p>", f"<back><ref-list><title>References</title><ref>{citation}</ref></ref-list></back>"
    )
    assert passages(paper)[1:] == [("references", "heading", "References"), ("references", "reference", words)]


def test_back_matter(tmp_path: Path) -> None:
    paper = body(
        tmp_path,
        "<sec><title>Results</title><p>r</p></sec>",
        "<back><ack><title>Thanks</title><p>We thank the peers.</p></ack><sec><title>Competing interests"
        "</title><p>None.</p>"
        "</sec><fn-group><fn fn-type='supported-by'><p>Paid by a fund.</p></fn></fn-group><app-group><app>"
        "<title>Appendix A"
        "</title><p>Guide.</p></app></app-group><notes><title>Funding</title><p>A fund.</p></notes></back>"
        "<floats-group><fig><label>Fig 1</label><caption><p>Late.</p></caption></fig></floats-group>"
        "<sub-article><front-stub><title-group><article-title>Reply</article-title></title-group></front-stub>"
        "<body><p>We agree.</p></body></sub-article>",
    )
    assert kinds(paper) == [
        ("results", "Results"),
        ("acknowledgements", "Thanks"),
        ("other", "Competing interests"),
        ("funding", None),
        ("appendix", "Appendix A"),
        ("funding", "Funding"),
        ("caption", "Fig 1"),
        ("other", "Reply"),
    ]


def test_collection_gives_a_paper_an_article(tmp_path: Path) -> None:
    path = tmp_path / "set.xml"
    article = "<article><body><p>{}</p></body></article>"
    path.write_text(f"<pmc-articleset>{article.format('one')}{article.format('two')}</pmc-articleset>")
    assert [(p.id, p.text) for p in read(path)] == [("set", "one"), ("set-2", "two")]


def test_namespaces_are_looked_through(tmp_path: Path) -> None:
    inside = "<j:body><j:sec><j:title>Methods</j:title><j:p>m</j:p></j:sec></j:body>"
    xml = f"<j:article xmlns:j='http://jats.nlm.nih.gov'>{inside}</j:article>"
    assert kinds(one(tmp_path, xml)) == [("methods", "Methods")]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "iso-8859-1"])
def test_encodings(tmp_path: Path, encoding: str) -> None:
    name = encoding.removesuffix("-sig").removesuffix("-le").upper()
    data = f'<?xml version="1.0" encoding="{name}"?>\n<article><body><p>José said so</p></body></article>'.encode(
        encoding
    )
    assert recognises(data[:4096])
    paper = one(tmp_path, data)
    assert paper.text == "José said so"
    assert [p.code for p in paper.problems] == []


def test_abstract_only_says_so(tmp_path: Path) -> None:
    paper = one(tmp_path, f"<article>{FRONT}</article>")
    assert [p.code for p in paper.problems] == ["no-body"]
    assert paper.problems[0].remedy


def test_broken_xml_keeps_what_can_be_read(tmp_path: Path) -> None:
    paper = one(tmp_path, "<article><body>\n<p>First.</p>\n<p>Sec<b>ond.</p>\n<p>Third.</p></body></article>")
    assert [p.code for p in paper.problems] == ["malformed-xml"]
    assert "line 3" in paper.problems[0].message
    assert "First." in paper.text and "ond." in paper.text


@pytest.mark.parametrize(
    ("xml", "code"),
    [
        ("<TEI xmlns='http://www.tei-c.org/ns/1.0'><text/></TEI>", "not-jats"),
        ("<article><para>DocBook</para></article>", "not-jats"),
        ("<article><body/></article>", "no-text"),
        ("<html><p>no", "malformed-xml"),
        ("no xml at all", "malformed-xml"),
        ("<article><body><p></article>", "malformed-xml"),
    ],
)
def test_what_cannot_be_read(tmp_path: Path, xml: str, code: str) -> None:
    path = tmp_path / "x.xml"
    path.write_text(xml)
    with pytest.raises(UnreadableError) as caught:
        list(read(path))
    assert caught.value.code == code
    assert caught.value.remedy


def test_not_jats_names_the_root(tmp_path: Path) -> None:
    path = tmp_path / "x.xml"
    path.write_text("<PubmedArticleSet><PubmedArticle/></PubmedArticleSet>")
    with pytest.raises(UnreadableError, match="<PubmedArticleSet>"):
        list(read(path))


def test_entity_bombs_and_outside_entities_are_harmless(tmp_path: Path) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("secret")
    bomb = "".join(f"<!ENTITY b{n + 1} '{f'&b{n};' * 10}'>" for n in range(9))
    paper = one(
        tmp_path,
        f"<!DOCTYPE article [<!ENTITY b0 'boom'>{bomb}<!ENTITY out SYSTEM '{secret.as_uri()}'>]>"
        "<article><body><p>safe &b9;&out; text</p></body></article>",
    )
    assert paper.text == "safe text"
    assert paper.problems == ()


def test_words_that_a_file_names_as_entities_are_put_in(tmp_path: Path) -> None:
    xml = "<!DOCTYPE article [<!ENTITY site 'Made-up Town'>]><article><body><p>in &site; (&site;)</p></body></article>"
    assert one(tmp_path, xml).text == "in Made-up Town (Made-up Town)"


@pytest.mark.parametrize(
    ("head", "answer"),
    [
        (b"<?xml version='1.0'?><!-- <html> --><!DOCTYPE article [<!ENTITY a 'b'>]><article>", True),
        (b"\n<pmc-articleset>", True),
        (b"<ns:article xmlns:ns='x'>", True),
        (b"<html><article>", False),
        (b"<articleset>", False),
        (b"The <article> element", False),
        (b"", False),
    ],
)
def test_recognises_by_the_root_element(head: bytes, answer: bool) -> None:
    assert recognises(head) is answer


def test_reader_takes_every_xml_suffix() -> None:
    assert READER.suffixes == (".xml", ".nxml", ".jats")


def test_broken_names_of_elements_are_no_defect(tmp_path: Path) -> None:
    path = tmp_path / "a.xml"
    path.write_text("<article><body><p:>Words.</p:><::>More</::><p>People came.</p></body></article>")
    (paper,) = read(path)
    assert "People came." in paper.text
