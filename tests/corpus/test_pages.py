from __future__ import annotations

import csv
import re
import time
from html.parser import HTMLParser
from pathlib import Path

import pyarrow as pa
import pytest
from hypothesis import example, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from lxml import etree
from markdown_it import MarkdownIt

from lang_audit.corpus.manifest import Input
from lang_audit.corpus.page import plot, time_chart
from lang_audit.corpus.page.data_files import FOLDER
from lang_audit.corpus.page.guidelines import Mark
from lang_audit.corpus.page.methods import markdown
from lang_audit.corpus.page.pages import write_pages
from lang_audit.corpus.proportions import Share
from lang_audit.corpus.tables import SCHEMAS
from lang_audit.errors import ConfigError
from lang_audit.settings import Settings, load_settings
from tests.corpus.datasets import Row, evidence, finding, literature, paper, publish, reference, unread

DOCS = Path(__file__).parents[2] / "docs" / "corpus.md"


@pytest.fixture(scope="module")
def settings() -> Settings:
    return load_settings(codebooks=["none"])


class _Text(HTMLParser):
    """The text of a page as a reader sees it, and its tags; raises where a tag is not closed as it must be."""

    VOID = frozenset({"meta", "link", "br", "img", "hr", "input"})

    def __init__(self) -> None:
        super().__init__()
        self.text = ""
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self._open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in self.VOID:
            self._open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self._open and self._open.pop() == tag, f"</{tag}> closes another tag"

    def handle_data(self, data: str) -> None:
        if not {"style", "script"} & set(self._open):
            self.text += data


class Page:
    def __init__(self, path: Path) -> None:
        self.html = path.read_text(encoding="utf-8")
        parser = _Text()
        parser.feed(self.html)
        self.text = " ".join(parser.text.split())
        self.tags = parser.tags
        self.methods = (path.parent / "METHODS.md").read_text(encoding="utf-8")

    def __contains__(self, words: str) -> bool:
        return words in self.text


def page_of(folder: Path, settings: Settings, papers: list[Row], *rows: list[Row], **more: str) -> Page:
    return Page(write_pages(publish(folder / "out", papers, *rows, **more), settings))


def cells(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory, settings: Settings) -> Path:
    papers, findings, references = literature()
    papers += [unread(900), unread(901), paper(902) | {"state": "duplicate", "verdict": None}]
    findings += [finding(papers[3], "substance-use/addict", "addicts", decision="exempt", usage="quoted")]
    made = publish(tmp_path_factory.mktemp("run") / "out", papers, findings, references)
    (made / "rejects.csv").write_text("source,position\n")
    assert write_pages(made, settings) == made / "index.html"
    return made


@pytest.fixture(scope="module")
def page(folder: Path) -> Page:
    return Page(folder / "index.html")


def test_the_head_tells_share_interval_and_denominators(page: Page) -> None:
    assert "Audit of 300 papers" in page
    assert "45.0%95% interval 39.5–50.7" in page
    assert "135 of 300 papers that refer to people adhere to the rule of this run." in page
    assert "at least 80 in 100 of its references to people are person-first and no pejorative term" in page
    assert (
        "165 papers of all 300 audited hold at least one flagged term" in page
        and "55.0% (95% interval 49.3–60.5)" in page
    )


def test_the_records_add_up(page: Page) -> None:
    assert "These add up: 300 audited + 1 duplicates + 2 rejected + 0 failed + 0 left out = 303" in page
    assert "There is no text.no-text" in page and "made-up.jsonl#900, made-up.jsonl#901" in page
    assert ("a", {"href": "rejects.csv"}) in page.tags


def test_records_that_do_not_add_up_are_told(tmp_path: Path, settings: Settings) -> None:
    made = publish(tmp_path / "out", [paper(1)])
    manifest = made / "manifest.json"
    manifest.write_text(manifest.read_text().replace('"records": 1', '"records": 5'))
    assert "These do not add up" in Page(write_pages(made, settings))


def test_charts_are_svg_with_titles_and_text_and_nothing_from_elsewhere(page: Page) -> None:
    drawn = re.findall(r"<svg.*?</svg>", page.html, re.DOTALL)
    charts = [etree.fromstring(svg) for svg in drawn if "aria-labelledby" in svg]
    assert len(charts) == 2 * 3  # by year, people who inject drugs, by journal; one country makes no chart
    space = {"s": "http://www.w3.org/2000/svg"}
    for chart in charts[:4]:
        assert chart.get("role") == "img"
        ids = (chart.get("aria-labelledby") or "").split()
        assert all(chart.xpath(f"//*[@id='{name}']") for name in ids) and len(ids) == 2
        assert any((text.text or "").endswith("%") for text in chart.findall(".//s:text", space))
    assert not re.search(r'(?:src|xlink:href)="(?!data:|#)', page.html)
    assert "http-equiv" in page.html and not re.search(r"\sstyle=", page.html)
    ids = [attributes["id"] for _, attributes in page.tags if "id" in attributes]
    assert len(ids) == len(set(ids))


def test_the_crossing_lines_of_a_population(page: Page, folder: Path) -> None:
    assert "300 papers: 135 with person-first words (45.0%; 95% interval 39.5–50.7), 165 with a label" in page
    lines = ("people who inject drugs", "injecting drug users", "IDU")
    svg = page.html[page.html.index('id="people-who-inject-drugs"') :]
    for line in lines:
        assert re.search(rf"<text[^>]*>{line}</text>", svg[: svg.index("</svg>")])
    rows = {(r["form"], r["year"]): r for r in cells(folder / FOLDER / "populations.csv") if r["kind"]}
    assert rows["people who inject drugs", "2014"]["papers"] == "24" and rows["any", "2014"]["of"] == "30"
    assert float(rows["injecting drug users", "2014"]["share"]) == 0.2
    assert ("people who inject drugs", "2006") not in rows


def test_guidelines_are_marked_and_explained(page: Page) -> None:
    assert "UNAIDS 2011" in page and "2011: UNAIDS, Terminology Guidelines" in page


def test_tables_hold_what_the_files_hold(page: Page, folder: Path) -> None:
    (row,) = [row for row in cells(folder / FOLDER / "by_year.csv") if row["year"] == "2010"]
    assert (row["audited"], row["judged"], row["adherent"], float(row["adherent_share"])) == ("30", "30", "12", 0.4)
    assert "201030301240.0%24.6–57.7" in page.text.replace(" ", "")
    journals = cells(folder / FOLDER / "by_journal.csv")
    assert len(journals) == 12 and sum(int(row["audited"]) for row in journals) == 300
    assert "12 of 12 journals with 20 papers that refer to people or more" in page
    states = {row["state"]: row["records"] for row in cells(folder / FOLDER / "states.csv")}
    assert states == {"audited": "300", "duplicate": "1", "rejected": "2", "failed": "0", "left-out": "0"}
    for name in ("by_country", "by_term", "exempt", "not_read"):
        assert cells(folder / FOLDER / f"{name}.csv")
        assert ("a", {"href": f"{FOLDER}/{name}.csv"}) in page.tags


def test_examples_mark_the_term_and_name_the_paper(page: Page) -> None:
    assert (
        len(
            re.findall(
                r"<blockquote>In study \d+ most <mark>injecting drug users</mark> lived alone\.</blockquote>", page.html
            )
        )
        == 3
    )
    assert 'href="https://pubmed.ncbi.nlm.nih.gov/700' in page.html
    assert "substance-use/injecting-drug-user" in page


def test_the_methods_hold_the_figures_of_the_page(page: Page) -> None:
    told = page.methods.replace("\\", "")
    for words in (
        "We read 303 records from 1 file (JSON Lines)",
        "2 were rejected: 2 held neither title nor abstract.",
        "1 was a duplicate by PMID",
        "300 papers were audited",
        "all were read by title and abstract only",
        "lang-audit 9.9 (spaCy 3.8, with the trained pipeline a_model 1.2)",
        "Of 300 papers that refer to people, 135 adhered: 45.0% (95% interval 39.5–50.7)",
        "Of 300 audited papers, 165 held a flagged term: 55.0% (95% interval 49.3–60.5)",
        "J Am Stat Assoc 1927;22:209-212",
        "lang-audit sample DIR -n 200",
        "The lang-audit founders. lang-audit:",
    ):
        assert words in told, words
    shares = set(re.findall(r"\d+\.\d%", told))
    assert shares <= set(re.findall(r"\d+\.\d%", page.text))


def test_a_published_audit_is_cited_with_its_limits(tmp_path: Path) -> None:
    repeated = load_settings(profile="hartwell-2020", codebooks=["none"])
    papers = [paper(number, "person-first", rule="any-term") for number in range(12)]
    page = page_of(
        tmp_path, repeated, papers, rule="any-term", profile="hartwell-2020", years=[1990, None], where=["journal=X"]
    )  # type: ignore[arg-type]
    told = page.methods.replace("\\", "")
    assert "Hartwell et al. 2020, Drug and Alcohol Dependence 216:108209" in told
    for limit in repeated.profile.limits:
        assert limit in told
    assert "100.0%95% interval 75.8–100.0" in page and "12 of 12 audited papers adhere" in page
    assert "years from 1990; journal=X" in page
    assert "(Rule “any-term”. The published audits count so.)" in page.methods
    assert "[Say here" in page.methods and "\\[" not in page.methods and "a_model 1.2" in page.methods
    assert "hold at least one flagged term" not in page
    assert "raises none of their labels: People living with HIV" in page


def test_the_same_tables_give_the_same_bytes(folder: Path, settings: Settings) -> None:
    before = {path.relative_to(folder): path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    write_pages(folder, settings)
    assert {path.relative_to(folder): path.read_bytes() for path in folder.rglob("*") if path.is_file()} == before


def test_a_run_of_no_records(tmp_path: Path, settings: Settings) -> None:
    page = page_of(tmp_path, settings, [])
    assert "Audit of 0 papers" in page and "No paper was audited, so there is nothing to count" in page
    assert "<svg" not in page.html and "No record was rejected, and none failed." in page
    assert "0 papers were audited" in page.methods


def test_papers_that_tell_nothing(tmp_path: Path, settings: Settings) -> None:
    page = page_of(
        tmp_path,
        settings,
        [paper(1, "no person reference", year=None, journal=None, country=None, country_of=None, title=None)],
    )
    for words in (
        "none of the 1 paper that was audited refers to people",
        "No paper tells its year",
        "No audited paper tells its journal.",
        "No audited paper tells a country.",
        "No term was flagged in any paper.",
        "No term was found on which guidance is divided.",
        "No use of a term was exempt.",
        "No audited paper names one of the populations",
    ):
        assert words in page, words
    assert 'class="wide"' not in page.html


def test_one_year_is_a_table_and_no_line(tmp_path: Path, settings: Settings) -> None:
    papers = [paper(number) for number in range(40)]
    page = page_of(tmp_path, settings, papers, [], [reference(row, "people with dementia") for row in papers])
    assert "No chart over time" in page and "2015404040100.0%" in page.text.replace(" ", "")
    assert "None is named in 50 papers or more in enough years" in page


ODD = (
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "{{ 7 * 7 }} & $x^2$",
    "=HYPERLINK(\"x\")",
    "日本の雑誌 العربية 🧠",
    "A\x01\x0b\udcffB",
    "Annals of the " + "very " * 60 + "long names",
    "Unbrokenname" * 900,
)  # fmt: skip


def test_two_hundred_journals_with_odd_names(
    tmp_path: Path, settings: Settings, recwarn: pytest.WarningsRecorder
) -> None:
    names = [f"{ODD[k % len(ODD)]} {k}" for k in range(200)]
    papers = [
        paper(
            200 * k + n,
            journal=name.encode("utf-8", "replace").decode(),
            title=name.encode("utf-8", "replace").decode(),
        )
        for n, name in enumerate(names)
        for k in range(10)
    ]
    entry = "substance-use/drug-user"
    findings = [finding(row, entry, "drug users", sentence=f"The {ODD[0]} drug users {ODD[1]}") for row in papers[:3]]
    page = page_of(tmp_path, settings, papers, findings)
    tags = {tag for tag, _ in page.tags}
    assert "img" not in tags and sum(tag == "script" for tag, _ in page.tags) == 1
    assert "<script>alert(1)</script> 0" in page and "{{ 7 * 7 }} & $x^2$" in page
    assert "200 of 200 journals" in page and "the 20 journals with the most papers" in page
    assert "Unbrokenname" * 16 in page.html and "Unbrokenname" * 17 not in page.html
    assert not [warning for warning in recwarn if "Glyph" in str(warning.message)]
    stored = cells(tmp_path / "out" / FOLDER / "by_journal.csv")
    assert len(stored) == 200 and any(row["journal"].startswith("'=HYPERLINK") for row in stored)


def test_labels_that_the_profile_does_not_raise_are_told(tmp_path: Path) -> None:
    repeated = load_settings(profile="hartwell-2020", codebooks=["none"])
    rows = [paper(number, year=2000 + number % 10) for number in range(200)]
    findings = [finding(row, "substance-use/addict", "addicts") for row in rows]
    page = page_of(tmp_path, repeated, rows, findings, rule="any-term", profile="hartwell-2020")
    assert "The profile of this run raises only some of the labels of: People with substance use disorder" in page
    assert "does not look for opioid-dependent, cocaine-dependent and so on" in page


def test_papers_in_other_languages_are_told(tmp_path: Path, settings: Settings) -> None:
    page = page_of(tmp_path, settings, [paper(1, language="pt"), paper(2, language="en"), paper(3)])
    assert "1 paper of those audited is in another language than English" in page


def test_an_unfinished_run_has_no_page(tmp_path: Path, settings: Settings) -> None:
    with pytest.raises(ConfigError, match="holds no corpus run"):
        write_pages(tmp_path, settings)
    made = publish(tmp_path / "out", [paper(1)])
    (made / "manifest.json").write_text((made / "manifest.json").read_text().replace("finished", "running"))
    with pytest.raises(ConfigError, match="was interrupted"):
        write_pages(made, settings)


def test_the_codes_of_a_codebook(tmp_path: Path, page: Page, folder: Path) -> None:
    coded = load_settings(codebooks=["chang-2021"])
    papers = [paper(number) for number in range(20)]
    rows = [evidence(of, "role", "peer-support") for of in papers[:3]]
    rows += [
        evidence(papers[0], "role", "peer-support", "aimed"),
        evidence(papers[4], "role", "peer-support", "background"),
    ]
    rows += [evidence(papers[0], "context", "stigma", "aimed")]
    publish(tmp_path / "out", papers, codes=rows, codebooks=["chang-2021"])
    coded_page = Page(write_pages(tmp_path / "out", coded))
    assert "Peer involvement of people who use drugs" in coded_page
    assert "4 papers of 20 audited hold evidence for at least one code: 20.0% (95% interval 8.1–41.6)." in coded_page
    assert "Peer support, counselling and referral420.0%8.1–41.635" in coded_page.text
    told = cells(tmp_path / "out" / FOLDER / "codes.csv")
    assert len(told) == sum(len(part.codes) for part in coded.codebooks[0].dimensions)
    (row,) = [row for row in told if row["code"] == "peer-support"]
    figures = [
        row[name] for name in ("papers", "of", "reported_papers", "aimed_papers", "background_papers", "mentions")
    ]
    assert figures == ["4", "20", "3", "0", "1", "5"] and float(row["share"]) == 0.2
    assert next(row for row in told if row["code"] == "advocacy")["papers"] == "0"
    assert "coded with the codebook chang-2021 (Chang J, Shelly S" in coded_page.methods
    assert "20.0%" in coded_page.methods
    assert 'id="codes"' not in page.html and not (folder / FOLDER / "codes.csv").exists()


def test_a_name_of_ten_thousand_characters_is_cut_before_it_is_measured() -> None:
    begun = time.monotonic()
    (first, second) = plot.clipped("Unbrokenname" * 900, 216, 2)
    assert first.startswith("Unbrokenname") and second.endswith("…")
    assert plot.clipped("a " * 900, 5000, 2) == [("a " * 100).rstrip() + "…"]
    assert time.monotonic() - begun < 5  # it took minutes


def _labels(svg: str) -> dict[str, tuple[float, str]]:
    """The texts of a chart with the place and side that they are held at."""
    found = {}
    for text in etree.fromstring(svg).iter("{http://www.w3.org/2000/svg}text"):
        place = re.search(r"translate\(([-\d.]+)", text.get("transform") or "")
        x = float(place.group(1)) if place else float((text.get("x") or "0").split()[0])
        found["".join(text.itertext())] = (x, text.get("text-anchor") or "start")
    return found


def test_the_label_of_a_guideline_stands_at_its_own_line_and_keeps_its_year() -> None:
    marked = [
        Mark(2007, "ama-2007", "AMA", "t", 9),
        Mark(2013, "long-2013", "The very long name of a society that no chart has room for at all", "t", 9),
        Mark(2015, "isaje-2015", "International Society of Addiction Journal Editors", "t", 9, "ISAJE"),
        Mark(2019, "last-2019", "A society of some length", "t", 9),
    ]
    years = range(2000, 2021)
    line = time_chart.Line("adherent", tuple(time_chart.Point(year, Share(5, 10)) for year in years))
    bars = [time_chart.Bar(year, 1, 10) for year in years]
    for width, left, right in ((plot.WIDE, 34.0, 128.0), (plot.NARROW, 34.0, 10.0)):
        svg = time_chart.over_time("c", [line], bars, marked, width=width, title="t", description="d", share_of="s")
        found = {words: place for words, place in _labels(svg).items() if re.search(r"\D 20(07|13|15|19)$", words)}
        assert len(found) == 4 and "ISAJE 2015" in found and any("…" in words for words in found)
        for words, (x, side) in found.items():
            rule = left + (int(words[-4:]) - 1999.5) * (width - left - right) / 21
            assert x == pytest.approx(rule + (-2 if side == "end" else 2), abs=0.2), words


def test_what_the_bars_and_the_forms_are_is_said_under_their_charts(page: Page) -> None:
    assert "the line of adherent papers is a share of these; the one of flagged terms is of all audited papers" in page
    assert "A form is a family of wordings" in page and "lang-audit corpus --trend counts one phrase" in page


def test_wide_tables_show_that_they_go_on(page: Page) -> None:
    assert re.search(r"\.corpus \.scroll \{[^}]*\blocal\b[^}]*\bscroll\b", page.html)


def test_why_records_were_not_audited(tmp_path: Path, settings: Settings) -> None:
    papers = [unread(1), unread(2), unread(3, problem="malformed-xml"), unread(4, problem="new-kind"),
              unread(5, "failed", "timeout"), unread(6, "failed", "defect")]  # fmt: skip
    page = page_of(tmp_path, settings, papers)
    reasons = "2 held neither title nor abstract, 1 broken XML and 1 for another reason (new-kind)"
    assert f"Of all records, 4 were rejected: {reasons}." in page.methods
    assert "Of all records, 2 failed: 1 met a defect of the program and 1 not done in time." in page.methods
    assert "Failed2not done in time, or the program broke down on it" in page.text
    assert "could not be read" not in page.text + page.methods


@given(st.text(alphabet="a1 _*[]()<>&;#~`\\:.-+=!|x", max_size=40).map(lambda text: " ".join(text.split())))
@example("en_core_web_sm, [say here]")
@example("[a](b) &amp; __x__ ~~y~~")
@hypothesis_settings(max_examples=150)
def test_markdown_shows_a_sentence_as_it_is(sentence: str) -> None:
    shown = MarkdownIt("commonmark").enable(["strikethrough", "table"]).parse(markdown(sentence))
    assert [token.type for token in shown] == (["paragraph_open", "inline", "paragraph_close"] if sentence else [])
    inline = (shown[1].children or []) if sentence else []
    assert {token.type for token in inline} <= {"text", "text_special"}
    assert "".join(token.content for token in inline) == sentence
    if sentence == "en_core_web_sm, [say here]":
        assert markdown(sentence) == sentence


def test_the_documentation_tells_every_column_of_the_tables() -> None:
    section = DOCS.read_text(encoding="utf-8").partition("## The columns of the tables\n")[2].partition("\n## ")[0]
    told = {
        name: dict(re.findall(r"^\| `(\w+)` \| ([\w ]+) \|", part, re.MULTILINE))
        for name, part in re.findall(r"^### `(\w+)`\n(.*?)(?=^### |\Z)", section, re.MULTILINE | re.DOTALL)
    }
    plain = {"string": "text", "bool": "true or false", "double": "number", "list<element: string>": "list of text"}

    def kind(type_: pa.DataType) -> str:
        bare = type_.value_type if pa.types.is_dictionary(type_) else type_
        if pa.types.is_list(bare):
            return "list of text"
        return "whole number" if pa.types.is_integer(bare) else plain[str(bare)]

    runs = {
        name: "whole number" if "int" in str(field.annotation) else "text"
        for name, field in Input.model_fields.items()
        if name != "modified"
    }
    assert told.pop("runs") == runs
    assert told == {name: {field.name: kind(field.type) for field in schema} for name, schema in SCHEMAS.items()}


@pytest.mark.skipif(not DOCS.exists(), reason="docs/corpus.md is not written yet")
def test_the_questions_of_the_documentation(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import duckdb

    papers, findings, references = literature(80)
    both = papers[-80]  # of 2015, with a person-first reference
    findings += [
        finding(both, "substance-use/idu", "IDUs"),
        finding(both, "substance-use/idu", "IDU", "exempt", "behaviour"),
    ]
    codes = [evidence(papers[0], "role", "peer-support")]
    publish(tmp_path / "lang-audit-corpus", papers, findings, references, codes, codebooks=["chang-2021"])
    monkeypatch.chdir(tmp_path)
    section = DOCS.read_text(encoding="utf-8").partition("## Asking questions with DuckDB\n")[2].partition("\n## ")[0]
    queries = re.findall(r"```sql\n(.*?)```", section, re.DOTALL)
    assert len(queries) >= 8 and any("FROM codes" in query for query in queries)
    with duckdb.connect() as connection:
        for query in queries:
            rows = connection.execute(query).fetchall()
            assert rows or query.startswith("CREATE"), f"no answer: {query}"
    (program,) = re.findall(r"```python\n(.*?)```", section, re.DOTALL)
    exec(compile(program, "docs/corpus.md", "exec"), {})
