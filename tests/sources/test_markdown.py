import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lang_audit.errors import UnreadableError
from lang_audit.sources.markdown import READER, read
from lang_audit.sources.text import decode
from tests.sources.paper_shape import check_laws, kinds, passages
from tests.sources.places import check_places, source_of


@pytest.fixture
def paper_of(tmp_path):
    def make(text):
        path = tmp_path / "paper.md"
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        (paper,) = read(path)
        check_laws(paper)
        check_places(paper, decode(path.read_bytes())[0])
        return paper

    return make


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("**addict**s and *ad*dicts", "addicts and addicts"),
        ("__addict__ snake_case_word _x_", "addict snake_case_word x"),
        ("***both*** 2 * 3 * 4 and 5*6*7", "both 2 * 3 * 4 and 567"),
        ("*open **closed** end", "*open closed end"),
        ("“*quoted*” and *“quoted”*", "“quoted” and “quoted”"),
        ("~~gone~~ stays, H~2~O, x~ y", "gone stays, H2O, x~ y"),
        ("a `code` b ``x ` y`` c ` d", "a b c ` d"),
        ("caf&eacute; &#38; &nosuch; R&D", "café & &nosuch; R&D"),
        (r"\*star\* \[1\] 5\%", "*star* [1] 5%"),
        ('[link *text*](http://x.org/a_b_c "t") on', "link text on"),
        ("[text](<a b>) [more](a(b)c) [none](a b)", "text more [none](a b)"),
        ("[full][ref], [ref][], [REF] and [other][no]\n\n[ref]: http://x", "full, ref, REF and [other][no]"),
        ("said [@a1; see @b, p. 3], and [-@c].", "said, and."),
        ("as @smith2020 [p. 3] says, mail a@b.org", "as says, mail a@b.org"),
        ("addicts^1,2^ and addicts[^n].\n\n[^n]: Note.", "addicts and addicts."),
        ("addicts[1](#r1) and [12](#r12)", "addicts and"),
        ("costs $20 and $30, $a_b$ and $$c$$ d", "costs $20 and $30, and d"),
        (r"sum \(a_b\) and \(as they said\)", "sum and (as they said)"),
        ("a <b>bold</b>er <http://x.org> <br> b<!-- c\nd -->e", "a bolder b e"),
        ("a < b and c > d", "a < b and c > d"),
        ("[span]{.smallcaps}s {#id .class}x {plain}", "spans x {plain}"),
        ("one\\\ntwo  \nthree\nfour", "one two three four"),
        ("soft\u00adly zero\u200bwidth", "softly zerowidth"),
        ("see \\@ref(fig:x) and \\cite{a}", "see and"),
        ("one\r\ntwo\r\n", "one two"),
    ],
)
def test_what_is_said_of_a_paragraph(paper_of, source, words):
    paper = paper_of(source)
    assert paper.text[: paper.passages[0].end] == words


def test_a_word_under_marks_is_found_at_its_place(paper_of):
    source = "> The **addict**s\n> of caf&eacute;s\n"
    paper = paper_of(source)
    assert source_of(paper, source, "addicts") == ["addict", "s"]
    assert source_of(paper, source, "cafés") == ["caf", "&eacute;", "s"]


def test_blocks_and_their_kinds(paper_of):
    paper = paper_of(
        "# People who came back {#top}\n\nLead.\n\nMethods\n-------\n\n> said\n> **so**\nlazily\n\n- one\n  more\n    - inner\n\n"
        "1. first\n\n   second\n\n| a | b |\n|---|---|\n| c \\| d | *e* |\n\n: What was counted {#tbl-1}\n\n"
        "Figure 1. A plain caption.\n\n![A *described* picture](x.png)\n\n```r\naddicts\n```\n\n    addicts in code\n"
    )
    assert passages(paper) == [
        ("title", "heading", "People who came back"),
        ("other", "paragraph", "Lead."),
        ("methods", "heading", "Methods"),
        ("methods", "block-quote", "said so lazily"),
        ("methods", "list-item", "one more"),
        ("methods", "list-item", "inner"),
        ("methods", "list-item", "first"),
        ("methods", "list-item", "second"),
        ("table", "table", "a | b\nc | d | e"),
        ("caption", "caption", "What was counted"),
        ("caption", "caption", "Figure 1. A plain caption."),
        ("caption", "caption", "A described picture"),
    ]


def test_what_is_no_prose_is_left_out(paper_of):
    paper = paper_of(
        "A.\n\n<!-- lang-audit: ignore addict -->\n\n$$\nx\n=\ny\n$$\n\n<style>\np { addict }\n</style>\n\n"
        "```{r}\n# <!-- addict\n```\n\n~~~\n$$ addict\n~~~\n\n::: {.content-hidden}\naddict\n:::\n\nB `<!--` c.\n\n"
        "<div>\n\nD.\n\n</div>\n"
    )
    assert [words for _, _, words in passages(paper)] == ["A.", "B c.", "D."]


def test_notes_stand_at_the_end(paper_of):
    paper = paper_of(
        "Text[^1] and^[an *inline* one] more.\n\n[^1]: A note\n    goes on.\n\n    And on.\n[^2]: Two.\n\nAfter.\n"
    )
    assert [(kind, words) for _, kind, words in passages(paper)] == [
        ("paragraph", "Text and more."),
        ("footnote", "an inline one"),
        ("paragraph", "After."),
        ("footnote", "A note goes on."),
        ("footnote", "And on."),
        ("footnote", "Two."),
    ]


@pytest.mark.parametrize("list_mark", ["1. ", "- ", "[@a]: ", ""])
def test_references_stay_references(paper_of, list_mark):
    listed = f"{list_mark}Lark J. The addict. 2010.\n\n{list_mark}Farthing N. 2012.\n"
    paper = paper_of(f"# Discussion\n\nText.\n\n# References\n\n{listed}")
    assert kinds(paper)[-1] == ("references", "References")
    assert {p.kind for p in paper.passages[3:]} == {"reference"}


def test_front_matter_in_yaml(paper_of):
    source = (
        '---\ntitle: "What *peers* do: a study"\nsubtitle: Made up\nauthor:\n  - name: {given: Ann, family: Bo}\n  - Cy Do\n'
        "date: 2021-03-02\ndoi: 10.5555/made.up\nabstract: |\n  First **addict**s.\n\n  Then more.\nkeywords: [one, two]\n"
        "bibliography: addicts.bib\n---\n\n## Introduction\n\nText.\n"
    )
    paper = paper_of(source)
    assert passages(paper) == [
        ("title", "heading", "What peers do: a study"),
        ("title", "heading", "Made up"),
        ("abstract", "paragraph", "First addicts."),
        ("abstract", "paragraph", "Then more."),
        ("keywords", "paragraph", "one; two"),
        ("introduction", "heading", "Introduction"),
        ("introduction", "paragraph", "Text."),
    ]
    assert paper.metadata.title == "What peers do: a study"
    assert paper.metadata.authors == ("Ann Bo", "Cy Do")
    assert (paper.metadata.year, paper.metadata.doi) == (2021, "10.5555/made.up")
    assert source_of(paper, source, "addicts") == ["addict", "s"]


@pytest.mark.parametrize(
    "front",
    [
        "---\ntitle: Peers: a 'study'\nabstract: >\n  Folded\n  words.\n---\n",  # a colon that YAML refuses
        "---\ntitle: 'Peers: a ''study'''\nabstract: Folded words.\n...\n",
        '+++\ntitle = "Peers: a study"\nabstract = """\nFolded\nwords."""\n+++\n',
        "% Peers: a study\n% Ann Bo; Cy Do\n% 2021\n\n::: {.abstract}\nFolded words.\n:::\n",
        "---\ntitle: Peers\nabstract: Folded words.\nbad: " + "[" * 500 + "\n---\n",
    ],
)
def test_front_matter_of_every_kind(paper_of, front):
    paper = paper_of(front + "\nText.\n")
    assert paper.metadata.title.startswith("Peers")
    assert ("abstract", "Folded words.") in [(section, words) for section, _, words in passages(paper)]
    assert passages(paper)[-1][::2] == ("other", "Text.")


def test_grid_tables(paper_of):
    paper = paper_of("+---+---+\n| a | b |\n+===+===+\n| c | *d* |\n+---+---+\n")
    assert passages(paper) == [("table", "table", "a | b\nc | d")]


def test_a_title_that_stands_twice_is_read_once(paper_of):
    paper = paper_of("---\ntitle: What peers do\n---\n\n# What *peers* do\n\nText.\n")
    assert [words for _, _, words in passages(paper)] == ["What peers do", "Text."]


def test_two_rules_are_no_front_matter(paper_of):
    assert [words for _, _, words in passages(paper_of("---\n\nSome words.\n\n---\n\nMore.\n"))] == [
        "Some words.",
        "More.",
    ]


def test_divisions_name_sections(paper_of):
    paper = paper_of(
        "# A title of mine\n\n::: {.abstract}\nShort.\n:::\n\nBody.\n\n## Results\n\n::: callout-note\nNote.\n:::\n"
    )
    assert passages(paper)[1:3] == [("abstract", "paragraph", "Short."), ("other", "paragraph", "Body.")]
    assert passages(paper)[-1] == ("results", "paragraph", "Note.")


def test_bold_lines_are_headings_where_they_name_a_section(paper_of):
    paper = paper_of("**Methods**\n\nWe asked.\n\n**Results:**\n\nThey said.\n")
    assert kinds(paper) == [("methods", "Methods"), ("results", "Results")]


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "empty-file"),
        (b" \n\t\n", "empty-file"),
        (b"a\0b\1\2" * 20, "binary-file"),
        (b"```\ncode\n", "no-text"),
        (b"<!-- addicts -->\n", "no-text"),
    ],
)
def test_files_without_words_say_so(tmp_path, data, code):
    path = tmp_path / "paper.md"
    path.write_bytes(data)
    with pytest.raises(UnreadableError) as error:
        list(read(path))
    assert error.value.code == code and error.value.remedy


def test_other_encodings(paper_of):
    assert paper_of("\ufeffCafé.".encode()).text == "Café."
    old = paper_of("Caf\xe9.".encode("cp1252"))
    assert old.text == "Café." and [p.code for p in old.problems] == ["not-utf8"]
    assert paper_of("Café.".encode("utf-16")).text == "Café."


def test_only_names_tell():
    assert not READER.recognises(b"# Title\n\nText")
    assert {".md", ".markdown", ".mdown", ".qmd", ".rmd"} == set(READER.suffixes)


@pytest.mark.parametrize(
    "text",
    [
        "> " * 3000 + "a", "- " * 3000 + "a", "[" * 5000 + "a", "[a](" * 4000, "*a **b" * 3000, "`" * 5000 + "a", "`a``" * 3000,
        "$a " * 4000, "<!-- " * 3000, "<a \"" * 4000, "![" * 5000 + "a", "^[" * 5000 + "a", "\\(" * 4000 + "a",
        "::: {.abstract}\n" * 1000 + "a", "|a|b|\n|-|-|\n" + "|c|d|\n" * 2000, "[^1]: a\n" * 2000,
        "```a\n~~~b\n" * 2000 + "\n\na", "---\nx: " + "{a: " * 1000 + "\n---\na",
    ],
)  # fmt: skip
def test_hostile_files_are_read_in_time(paper_of, text):
    start = time.process_time()
    paper_of("words first\n\n" + text)
    assert time.process_time() - start < 3


_WORDS = (
    "word addict *a* **b** _c_ `d` [e](f) [g] ![h](i) $j$ \\* &amp; <b> </b> <br> <!-- --> [@k] @l [^1] ^[m] {#n} > - 1. #"
    " ``` ~~~ $$ | --- ::: === “q” ^2^ ~3~ \\( \\) é 𝒳 \u00a0 \u00ad \ufdd0 : [^1]:"
)
_FRAGMENTS = st.sampled_from(_WORDS.split(" "))
_SPACES = st.sampled_from([" ", "", "\n", "\n\n", "\r\n", "\r", "\t", "    ", "\x0c"])


@settings(max_examples=60)
@given(
    front=st.sampled_from(["", "---\ntitle: a *b*\nabstract: |\n  c &amp; d\n---\n", "% e\n% f\n"]),
    parts=st.lists(st.tuples(_FRAGMENTS, _SPACES), max_size=40),
)
def test_every_character_stands_where_the_paper_says(tmp_path_factory, front, parts):
    source = front + "word " + "".join(word + space for word, space in parts)
    path = tmp_path_factory.getbasetemp() / "law.md"
    path.write_bytes(source.encode())
    try:
        (paper,) = read(path)
    except UnreadableError:
        return
    check_laws(paper)
    check_places(paper, source)
