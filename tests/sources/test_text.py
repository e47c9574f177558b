import codecs
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lang_audit.errors import UnreadableError
from lang_audit.model import Paper
from lang_audit.sources.text import READER, decode, read, recognises
from tests.sources.paper_shape import check_laws, kinds, passages

SENTENCE = "Peer workers who use drugs were trained and paid, and we asked them how trust grew at each of the sites."


def one(tmp_path: Path, text: str | bytes, name: str = "paper.txt") -> Paper:
    path = tmp_path / name
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    (paper,) = read(path)
    check_laws(paper)
    return paper


def kind_of(paper: Paper, words: str) -> str:
    section = paper.section_at(paper.text.index(words))
    assert section is not None
    return section.kind


@pytest.mark.parametrize("text", ["one\r\n\r\ntwo\r", "  one\n\n\ttwo\n\n", "one\u2028two\x0cthree"])
def test_text_is_the_file_to_the_character(tmp_path: Path, text: str) -> None:
    assert one(tmp_path, text).text == text


@pytest.mark.parametrize(
    ("data", "text", "problems"),
    [
        ("naïve “words”".encode(), "naïve “words”", []),
        (codecs.BOM_UTF8 + "naïve".encode(), "naïve", []),
        (codecs.BOM_UTF16_LE + "naïve".encode("utf-16-le"), "naïve", []),
        (codecs.BOM_UTF16_BE + "naïve".encode("utf-16-be"), "naïve", []),
        ("naïve “words”".encode("cp1252"), "naïve “words”", ["not-utf8"]),
        (b"na\xefve \x81", "naïve \x81", ["not-utf8"]),
    ],
)
def test_encodings(data: bytes, text: str, problems: list[str]) -> None:
    decoded, found = decode(data)
    assert decoded == text
    assert [p.code for p in found] == problems
    assert all(p.remedy for p in found)


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "empty-file"),
        (b" \n\t ", "empty-file"),
        (b"words\0words", "binary-file"),
        (bytes(range(1, 32)), "binary-file"),
    ],
)
def test_what_cannot_be_read(tmp_path: Path, data: bytes, code: str) -> None:
    path = tmp_path / "x.txt"
    path.write_bytes(data)
    with pytest.raises(UnreadableError) as caught:
        list(read(path))
    assert caught.value.code == code
    assert caught.value.remedy


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(data=st.binary(max_size=400))
def test_any_bytes_give_a_paper_or_a_reason(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "any.txt"
    path.write_bytes(data)
    try:
        (paper,) = read(path)
    except UnreadableError as error:
        assert error.code in ("empty-file", "binary-file")
    else:
        assert paper.text == decode(data)[0]
        check_laws(paper)


LINES = st.sampled_from(
    [
        "", "", "Abstract", "## Methods", "1. Results", "2.1 Setting", "References", "Funding", "Keywords: trust",
        "> I was asked.", "    They know me.", "• one", "2) two", "P4: Yes.", "Table 1. Who took part", "Women\t4",
        "Figure 2", "-----", "1. Okoro B. Trust. J Made-up 2011;3:7-9.", "METHODS: We asked.", "title: Peers at work",
        "Background The aim was clear.", SENTENCE, "short\x0cwords",
    ]
)  # fmt: skip


@settings(max_examples=100, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(lines=st.lists(LINES, min_size=1, max_size=25), end=st.sampled_from(["\n", "\r\n", "\r"]))
def test_any_run_of_lines_keeps_the_laws(tmp_path: Path, lines: list[str], end: str) -> None:
    text = end.join([*lines, "words"])
    paper = one(tmp_path, text)
    assert paper.text == text
    covered = "".join(paper.text[p.start : p.end] for p in paper.passages)
    assert "words" in covered


def test_a_small_text_is_one_section(tmp_path: Path) -> None:
    assert passages(one(tmp_path, SENTENCE)) == [("other", "paragraph", SENTENCE)]


def test_headings_open_sections(tmp_path: Path) -> None:
    paper = one(
        tmp_path,
        "Abstract\n\nWhat we did.\n\n1. Introduction\nWhy we asked\nthem all.\n\nMETHODS:\nWe asked.\n\n"
        "## Results\n\nThey said.\n\n"
        "### Trust among peers\n\nIt grew.\n\n3.2 Findings about pay\n\nIt was late.\n\nAcknowledgements\n\nTo all.",
    )
    assert kinds(paper) == [
        ("abstract", "Abstract"),
        ("introduction", "1. Introduction"),
        ("methods", "METHODS"),
        ("results", "Results"),
        ("results", "Trust among peers"),
        ("results", "3.2 Findings about pay"),
        ("acknowledgements", "Acknowledgements"),
    ]
    assert ("introduction", "paragraph", "Why we asked\nthem all.") in passages(paper)


@pytest.mark.parametrize(
    ("text", "section"),
    [
        ("METHODS: We asked.", ("methods", "METHODS")),
        ("Abstract: We asked.", ("abstract", "Abstract")),
        ("Background The aim was to ask.", ("introduction", "Background")),
        ("Conclusions. Trust matters.", ("conclusion", "Conclusions")),
        ("Results were mixed.", ("other", None)),
        ("Methods for asking are many.", ("other", None)),
        ("We asked. METHODS: none.", ("other", None)),
    ],
)
def test_run_in_headings(tmp_path: Path, text: str, section: tuple[str, str | None]) -> None:
    assert kinds(one(tmp_path, text)) == [section]


def test_last_words_of_wrapped_lines_are_no_headings(tmp_path: Path) -> None:
    text = "They told us why they had joined the\nstudy\nand what they made of its\nResults\nso far."
    assert passages(one(tmp_path, text)) == [("other", "paragraph", text)]


def test_structured_abstract_stays_one_section(tmp_path: Path) -> None:
    paper = one(
        tmp_path,
        "Abstract\n\nBackground\n\nWhy.\n\nMethods\n\nHow.\n\nConclusions\n\nSo.\n\nBackground\n\n"
        "The long story.\n\nMethods\n\nMore.",
    )
    assert kinds(paper) == [("abstract", "Abstract"), ("introduction", "Background"), ("methods", "Methods")]
    run_in = one(
        tmp_path,
        "Abstract\n\nObjective To ask.\n\nResults: Trust.\n\nConclusion: Ask.\n\nIntroduction\n\nThe long story.",
    )
    assert kinds(run_in) == [("abstract", "Abstract"), ("introduction", "Introduction")]


def test_keywords_reach_to_the_end_of_their_line(tmp_path: Path) -> None:
    paper = one(tmp_path, "Abstract\nWe asked.\nKey words: peers; trust\n\nNobody had asked before.")
    assert kinds(paper) == [("abstract", "Abstract"), ("keywords", "Key words"), ("other", None)]
    headed = one(tmp_path, "Keywords\n\npeers; trust\n\nNobody had asked before.")
    assert kinds(headed) == [("keywords", "Keywords"), ("other", None)]


def test_quotations_lists_and_turns(tmp_path: Path) -> None:
    paper = one(
        tmp_path,
        f"{SENTENCE}\n\n    They know me\n    by name.\n\n> I was asked.\n> At last.\n\n• one\n  more of it\n• two\n\n"
        "I: Who came?\nR: My sister,\nand her friend.\n",
    )
    assert [(kind, words) for _, kind, words in passages(paper)][1:] == [
        ("block-quote", "They know me\n    by name."),
        ("block-quote", "> I was asked.\n> At last."),
        ("list-item", "• one\n  more of it"),
        ("list-item", "• two"),
        ("paragraph", "I: Who came?"),
        ("paragraph", "R: My sister,\nand her friend."),
    ]


def test_a_text_set_in_throughout_is_no_quotation(tmp_path: Path) -> None:
    paper = one(tmp_path, "    One.\n\n    Two.\n\n    Three.")
    assert {p.kind for p in paper.passages} == {"paragraph"}


def test_captions_and_tables_stand_apart_from_the_section_around(tmp_path: Path) -> None:
    paper = one(
        tmp_path,
        "Results\n\nTable 1 shows who came.\n\nTable 1. Who came\nWomen 4\nMen 3\n\nFig. 2 Trust over time\nby site\n\n"
        "Figure 3\n\nPay over time.\n\nTrust grew.",
    )
    assert passages(paper)[1:] == [
        ("results", "paragraph", "Table 1 shows who came."),
        ("caption", "caption", "Table 1. Who came"),
        ("table", "table", "Women 4\nMen 3"),
        ("caption", "caption", "Fig. 2 Trust over time\nby site"),
        ("caption", "caption", "Figure 3"),
        ("caption", "caption", "Pay over time."),
        ("results", "paragraph", "Trust grew."),
    ]


def test_long_lines_are_paragraphs_of_their_own(tmp_path: Path) -> None:
    long = f"{SENTENCE} {SENTENCE}"
    assert [words for *_, words in passages(one(tmp_path, f"{long}\n{long}\n"))] == [long, long]


def test_references_under_a_heading(tmp_path: Path) -> None:
    paper = one(
        tmp_path,
        "Conclusion\n\nTrust.\n\nReferences\n\n"
        "1. Okoro B. Trust among\nPeers. J Made-up 2011;3:7.\n2. Ndiaye A. Pay. 2012.\n\n"
        "Funding\n\nA fund.",
    )
    assert passages(paper)[2:] == [
        ("references", "heading", "References"),
        ("references", "reference", "1. Okoro B. Trust among\nPeers. J Made-up 2011;3:7."),
        ("references", "reference", "2. Ndiaye A. Pay. 2012."),
        ("funding", "heading", "Funding"),
        ("funding", "paragraph", "A fund."),
    ]


def test_references_without_a_heading(tmp_path: Path) -> None:
    paper = one(
        tmp_path,
        f"{SENTENCE}\n\nOkoro B, Ndiaye A. Trust. J Made-up 2011;3:7.\n\n"
        "Lee C. Pay and peers. J Made-up 2012;4(2):8.\n\n"
        "van Dijk D, Roy E. Bridges. J Made-up 2013;5:9-12.",
    )
    assert kinds(paper) == [("other", None), ("references", None)]
    assert [p.kind for p in paper.passages] == ["paragraph", "reference", "reference", "reference"]
    excerpt = one(
        tmp_path, "22. Okoro B. Trust. Town: Made-up Press; 1983.\n23. Lee C. Pay. Town: Made-up Press; 1990."
    )
    assert kinds(excerpt) == [("references", None)]


TOPICS = ("peer outreach", "needle services", "overdose prevention", "paid peer work", "drop-in centres", "HIV testing")
PLACES = ("northern towns", "six prisons", "rural clinics", "two port cities", "island communities")
TITLES = [
    f"{start} {topic} in {place}{end}"
    for topic, place in zip(TOPICS * 5, PLACES * 6, strict=True)
    for start, end in [("Effects of", ": a systematic review"), ("Experiences with", " among women")]
]
BODY = " ".join(f"{SENTENCE} This was also reported by others [{n}, {n + 1}]." for n in range(1, 40))


def test_a_run_of_cited_titles_is_told_from_the_prose_around_it(tmp_path: Path) -> None:
    run = " ".join(title[0].upper() + title[1:] for title in TITLES)
    thanks = "The authors would like to thank everyone who took part. Not applicable."
    paper = one(tmp_path, f"{BODY} Peers need to be paid. {run} {thanks}")
    assert kind_of(paper, "Peers need to be paid.") == "other"
    assert kind_of(paper, TITLES[0]) == "references"
    assert kind_of(paper, TITLES[-1]) == "references"
    assert kind_of(paper, thanks) == "other"
    assert sum(section.kind == "references" for section in paper.sections) == 1


def test_references_announced_in_running_text(tmp_path: Path) -> None:
    paper = one(tmp_path, f"{BODY} References 1. Okoro B. Trust. 2011. 2. Ndiaye A. Pay. 2012.")
    assert kind_of(paper, "Okoro B.") == "references"
    assert kind_of(paper, SENTENCE) == "other"


@pytest.mark.parametrize("text", [BODY, SENTENCE * 3, " ".join(f"Women {n} Men {n} Age {n}" for n in range(100))])
def test_prose_and_tables_are_no_references(tmp_path: Path, text: str) -> None:
    assert "references" not in {section.kind for section in one(tmp_path, text).sections}


def test_a_gap_of_any_width_stays_outside_the_passages(tmp_path: Path) -> None:
    paper = one(tmp_path, f"{SENTENCE}{' ' * 5000}{SENTENCE}")
    assert [words for *_, words in passages(paper)] == [SENTENCE, SENTENCE]


LABELLED = (
    "INTRODUCTION: Peers are rarely asked. METHODS: We asked them in 2019. RESULTS: Trust grew in both towns. "
    "CONCLUSION: Ask peers. Pay them too."
)


def test_labels_on_one_line_make_an_abstract(tmp_path: Path) -> None:
    assert kinds(one(tmp_path, LABELLED)) == [("abstract", "INTRODUCTION")]
    bare = "Background Peers are rarely asked. Methods We asked them. Results Trust grew. Conclusions Ask both."
    assert kinds(one(tmp_path, bare)) == [("abstract", "Background")]


def test_dump_on_one_line(tmp_path: Path) -> None:
    paper = one(
        tmp_path,
        "key: made-up-1 authors: Okoro, Bola; Ndiaye, Awa title: Do peers know? A review of reviews date: 2019-05-02 "
        f"journal: J Made-up DOI: 10.5555/12345678 {LABELLED} {BODY}",
    )
    meta = paper.metadata
    assert (meta.title, meta.year, meta.journal) == ("Do peers know? A review of reviews", 2019, "J Made-up")
    assert meta.doi == "10.5555/12345678"
    assert meta.authors == ("Bola Okoro", "Awa Ndiaye")
    assert kind_of(paper, "Do peers know?") == "title"
    assert kind_of(paper, "INTRODUCTION:") == kind_of(paper, "Pay them too.") == "abstract"
    assert kind_of(paper, "This was also reported by others [1, 2]") == "other"
    assert max(p.end - p.start for p in paper.passages) <= 2000


def test_header_lines(tmp_path: Path) -> None:
    paper = one(tmp_path, f"Title: Peers at work\nAuthors: Awa Ndiaye; Bola Okoro\nYear: 2018\n\nAbstract: {SENTENCE}")
    assert (paper.metadata.title, paper.metadata.year) == ("Peers at work", 2018)
    assert paper.metadata.authors == ("Awa Ndiaye", "Bola Okoro")
    assert kind_of(paper, SENTENCE) == "abstract"


def test_title_on_the_first_line(tmp_path: Path) -> None:
    paper = one(tmp_path, f"Do peers know each other?\nAwa Ndiaye, Bola Okoro\n\nAbstract\n\n{SENTENCE}")
    assert paper.metadata.title == "Do peers know each other?"
    assert kinds(paper)[:2] == [("title", None), ("other", None)]
    markdown = one(tmp_path, f"# Peers at work\n\n## Introduction\n\n{SENTENCE}")
    assert markdown.metadata.title == "Peers at work"
    assert kinds(markdown) == [("title", None), ("introduction", "Introduction")]


def test_what_is_not_shown_is_not_guessed(tmp_path: Path) -> None:
    paper = one(
        tmp_path, f"Peers at work in 2018\n\n{SENTENCE}\n\nReferences\n\n1. Okoro B. 2011. doi:10.5555/12345678"
    )
    assert paper.metadata.model_dump() == {"title": None, "year": None, "doi": None, "journal": None, "authors": ()}


def test_supplement_links_between_paragraphs_open_nothing(tmp_path: Path) -> None:
    paper = one(
        tmp_path,
        f"Methods\n\n{SENTENCE}\n\nSupplemental material\n\nWe asked again.\n\nDiscussion\n\nSo.\n\nAppendix\n\nGuide.",
    )
    assert [kind for kind, _ in kinds(paper)] == ["methods", "discussion", "appendix"]


def test_reader() -> None:
    assert READER.suffixes == (".txt", ".text")
    assert not recognises(b"any words at all")
