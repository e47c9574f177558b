"""What the report files say, and what they never do. All papers are fabricated (conftest.py)."""

from __future__ import annotations

import os
import re
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import html

from lang_audit.codebook import Codebook
from lang_audit.errors import ConfigError
from lang_audit.lexicon import Lexicon
from lang_audit.model import Problem, Record
from lang_audit.report.renderer import PageNames, Renderer

GOLDEN = Path(__file__).parent / "golden"


def _rendered(lexicon: Lexicon, folder: Path, records: list[Record], **options: object) -> Renderer:
    renderer = Renderer(lexicon, version="0.0", **options)  # type: ignore[arg-type]
    for record in records:
        renderer.write_paper(record, folder)
    renderer.write_index(folder)
    return renderer


def _words(page: html.HtmlElement) -> str:
    return re.sub(r"\s+", " ", page.text_content())


@pytest.mark.parametrize("name", ["fabricated.html", "fabricated.md", "scan.html", "index.html", "index.md"])
def test_golden(
    name: str,
    lexicon: Lexicon,
    codebooks: tuple[Codebook, ...],
    record: Record,
    failed: Record,
    plain: Record,
    working_folder: Path,
) -> None:
    """LANG_AUDIT_REFRESH=1 writes the golden files anew; the style sheet and hashes are left out of them."""
    out = working_folder / "out"
    _rendered(lexicon, out, [record, failed, plain], formats=("html", "md"), codebooks=codebooks)
    text = (out / name).read_text(encoding="utf-8")
    text = re.sub(r"<(style|script)>.*?</\1>", r"<\1></\1>", text, flags=re.DOTALL)
    text = re.sub(r"sha256-[\w+/=]+", "sha256-…", text)
    golden = GOLDEN / name
    if os.environ.get("LANG_AUDIT_REFRESH") == "1":
        golden.parent.mkdir(exist_ok=True)
        golden.write_text(text, encoding="utf-8", newline="\n")
    assert text == golden.read_text(encoding="utf-8"), "run with LANG_AUDIT_REFRESH=1 if the change is wanted"


def test_the_verdict_and_why_stand_at_the_top(lexicon: Lexicon, record: Record, working_folder: Path) -> None:
    _rendered(lexicon, working_folder, [record])
    page = html.parse(working_folder / "fabricated.html").getroot()
    panel = _words(page.xpath("//section")[0])
    assert "Verdict Not person-first" in panel
    assert "18% of references to people are person-first" in panel
    assert "2 person-first 9 flagged labels of people" in panel
    assert all(reason in panel for reason in record.appraisal.verdict.reasons)  # type: ignore[union-attr]


def test_a_sentence_with_the_term_twice_is_shown_once(lexicon: Lexicon, record: Record, working_folder: Path) -> None:
    _rendered(lexicon, working_folder, [record])
    page = html.parse(working_folder / "fabricated.html").getroot()
    quotes = [quote for quote in page.iter("blockquote") if "two clinics" in quote.text_content()]
    assert [[mark.text for mark in quote.iter("mark")] for quote in quotes] == [["addicts", "addicts"]]


def test_more_than_five_sentences_are_folded(lexicon: Lexicon, record: Record, working_folder: Path) -> None:
    _rendered(lexicon, working_folder, [record])
    page = html.parse(working_folder / "fabricated.html").getroot()
    (term,) = page.xpath("//article[contains(., 'whole person')]")
    assert len(term.xpath("./ul/li")) == 5
    assert len(term.xpath("./details/ul/li")) == 2


def test_page_links_lead_to_the_pdf(lexicon: Lexicon, draft: object, working_folder: Path) -> None:
    record = draft.record(path="papers/ä 1#2.pdf")  # type: ignore[attr-defined]
    out = working_folder / "deep" / "out"
    Renderer(lexicon).write_paper(record, out)
    page = html.parse(next(out.glob("*.html"))).getroot()
    targets = {link.get("href") for link in page.xpath("//p[@class='place']/a")}
    assert {urlsplit(target).fragment for target in targets} == {"page=1", "page=2"}
    (path,) = {unquote(urlsplit(target).path) for target in targets}
    assert (out / path).resolve() == (working_folder / "papers/ä 1#2.pdf").resolve()


def test_no_page_links_for_other_formats(lexicon: Lexicon, draft: object, working_folder: Path) -> None:
    Renderer(lexicon).write_paper(draft.record(path="paper.xml"), working_folder)  # type: ignore[attr-defined]
    page = html.parse(working_folder / "paper.html").getroot()
    assert not page.xpath("//p[@class='place']/a")


def test_guidelines_are_linked_and_marked(lexicon: Lexicon, record: Record, working_folder: Path) -> None:
    _rendered(lexicon, working_folder, [record])
    page = html.parse(working_folder / "fabricated.html").getroot()
    assert page.xpath("//a[@href='https://doi.org/10.9999/words.2004']/cite[text()='Words & People']")
    assert "A Guide. Fabricated Society, 2015. ISBN 0000000000. (known guidance" in _words(page)


def test_a_failed_paper_says_how_to_mend_it(lexicon: Lexicon, failed: Record, working_folder: Path) -> None:
    _rendered(lexicon, working_folder, [failed])
    for name in ("scan.html", "index.html"):
        words = _words(html.parse(working_folder / name).getroot())
        assert "The PDF holds pictures only." in words
        assert "Run OCR on it." in words


def test_a_finding_of_an_unknown_entry_still_shows(lexicon: Lexicon, record: Record, working_folder: Path) -> None:
    _rendered(Lexicon({}, lexicon.sources, {}), working_folder, [record])
    words = _words(html.parse(working_folder / "fabricated.html").getroot())
    assert re.search(r"Write instead ?people with an addiction", words)


def test_a_run_of_nothing_has_an_index(lexicon: Lexicon, working_folder: Path) -> None:
    _rendered(lexicon, working_folder, [], formats=("html", "md"))
    assert "No paper was given." in (working_folder / "index.html").read_text(encoding="utf-8")


# --- safety


def test_nothing_in_a_paper_becomes_markup(lexicon: Lexicon, hostile: Record, working_folder: Path) -> None:
    out = working_folder / "out"
    _rendered(lexicon, out, [hostile], formats=("html", "md"))
    for path in out.glob("*.html"):
        page = html.parse(path).getroot()
        own = 1 if path.name == "index.html" else 0
        assert len(page.xpath("//script")) == own
        assert not page.xpath("//img | //b[not(ancestor::*[@class='measure' or @class='meta'])]")
        assert not page.xpath("//@onload | //@onerror | //@style")
        assert "49" not in re.sub(r"<style>.*?</style>", "", path.read_text(encoding="utf-8"), flags=re.DOTALL)
        assert all(urlsplit(href).scheme in ("", "https") for href in page.xpath("//@href"))
    for path in out.glob("*.md"):
        text = path.read_text(encoding="utf-8")
        assert "\\<script\\>" in text
        assert not re.search(r"(?<!\\)<(?!https://|\.\./)|(?<!\\)`|^# h", text, re.MULTILINE)


def test_pages_load_nothing(lexicon: Lexicon, record: Record, failed: Record, working_folder: Path) -> None:
    _rendered(lexicon, working_folder, [record, failed])
    for path in working_folder.glob("*.html"):
        page = html.parse(path).getroot()
        assert not page.xpath("//@src | //@srcset | //@poster | //@data | //@background | //@action | //@ping")
        assert not page.xpath("//link | //iframe | //object | //embed | //base | //form | //img | //use")
        assert not re.search(r"url\(|@import", "".join(page.xpath("//style/text()")))
        (policy,) = page.xpath("//meta[@http-equiv='Content-Security-Policy']/@content")
        assert policy.startswith("default-src 'none'; style-src 'sha256-")
        assert "unsafe" not in policy
        assert page.get("lang") == "en"


def test_broken_characters_stop_nothing(lexicon: Lexicon, working_folder: Path) -> None:
    problem = Problem(code="x", message="A lone \ud800 surrogate, a \x00 and a \x1b.")
    record = Record(path="odd\udcff.pdf", status="failed", problems=(problem,))
    name = Renderer(lexicon).write_paper(record, working_folder)
    assert name == "odd.html"
    assert "A lone ? surrogate, a  and a ." in (working_folder / name).read_text(encoding="utf-8")


def test_a_stopped_write_leaves_what_was_there(
    lexicon: Lexicon, failed: Record, working_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (working_folder / "scan.html").write_text("before")

    def stop(self: Path, target: Path) -> None:
        raise OSError("disk full")

    monkeypatch.setattr(Path, "replace", stop)
    with pytest.raises(OSError, match="disk full"):
        Renderer(lexicon).write_paper(failed, working_folder)
    assert [path.name for path in working_folder.iterdir()] == ["scan.html"]
    assert (working_folder / "scan.html").read_text() == "before"


def test_the_same_records_give_the_same_bytes(lexicon: Lexicon, record: Record, working_folder: Path) -> None:
    _rendered(lexicon, working_folder / "a", [record])
    _rendered(lexicon, working_folder / "b", [record])
    for path in (working_folder / "a").iterdir():
        assert path.read_bytes() == (working_folder / "b" / path.name).read_bytes()


def test_no_text_is_kept(lexicon: Lexicon, record: Record, working_folder: Path) -> None:
    renderer = _rendered(lexicon, working_folder, [record])
    assert "two clinics" not in repr(vars(renderer)["_rows"])


# --- names


@given(st.lists(st.text(max_size=90), max_size=30))
def test_page_names_are_safe_and_unique(paths: list[str]) -> None:
    names = PageNames()
    given_names = [names.claim(path) for path in paths]
    assert len({name.casefold() for name in given_names}) == len(paths)
    for name in given_names:
        assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", name)
        assert len(name) <= 70
        assert name not in ("index", "con", "nul", "com1")


def test_page_names_are_recognisable() -> None:
    names = PageNames()
    paths = ["a/Chang 2021.pdf", "b/chang_2021.xml", "index.pdf", r"C:\x\CON.pdf", "论文.pdf", "../../etc/passwd", ""]
    expected = ["chang-2021", "chang-2021-2", "paper-index", "paper-con", "paper", "passwd", "paper-2"]
    assert [names.claim(path) for path in paths] == expected


def test_many_papers_of_one_file_are_named_quickly() -> None:
    names = PageNames()
    assert len({names.claim("pubmed24n0001.xml") for _ in range(30_000)}) == 30_000


# --- templates


def test_a_new_format_is_one_template(lexicon: Lexicon, record: Record, tmp_path: Path) -> None:
    templates = tmp_path / "templates"
    templates.mkdir()
    (templates / "index.csv.j2").write_text("{% for row in index.rows %}{{ row.name }},{{ row.flagged }}\n{% endfor %}")
    renderer = Renderer(lexicon, templates=templates, formats=("csv",))
    assert renderer.write_paper(record, tmp_path) is None
    assert renderer.write_index(tmp_path) == tmp_path / "index.csv"
    assert (tmp_path / "index.csv").read_text() == "Okafor et al. 1998,9\n"


def test_an_unknown_format_lists_the_known_ones(lexicon: Lexicon) -> None:
    with pytest.raises(ConfigError, match=r"unknown report format 'pdf': there is html, md\."):
        Renderer(lexicon, formats=("pdf",))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a\n{% if %}", r"paper\.html\.j2:2: Expected an expression"),
        ("a\nb\n{% endfor %}", r"paper\.html\.j2:3: "),
        ("{% include 'gone.j2' %}", r"paper\.html\.j2:1: there is no template gone\.j2"),
        ("a\n{{ paper.colour }}", r"paper\.html\.j2:2: .*has no attribute 'colour'"),
        ("a\n\n{{ 1 / 0 }}", r"paper\.html\.j2:3: division by zero"),
    ],
)
def test_a_broken_template_names_its_line(
    text: str, message: str, lexicon: Lexicon, failed: Record, tmp_path: Path
) -> None:
    (tmp_path / "paper.html.j2").write_text(text)
    with pytest.raises(ConfigError, match=message):
        Renderer(lexicon, templates=tmp_path).write_paper(failed, tmp_path)


def test_a_template_that_is_no_text(lexicon: Lexicon, tmp_path: Path) -> None:
    (tmp_path / "paper.html.j2").write_bytes(b"\xff\xfe")
    with pytest.raises(ConfigError, match=r"paper\.html\.j2: .*decode"):
        Renderer(lexicon, templates=tmp_path)


def test_a_missing_template_folder(lexicon: Lexicon, tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="is no folder"):
        Renderer(lexicon, templates=tmp_path / "gone")
