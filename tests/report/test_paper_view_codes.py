"""What a paper's report says of codes, configurations and the study. All papers are fabricated (conftest.py)."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest
from conftest import AIM, BESIDE, GAVE, STATED, STUDY, Draft

from lang_audit.codebook import Codebook
from lang_audit.lexicon import Lexicon
from lang_audit.model import Characteristics, CodeMention, Configuration, Record
from lang_audit.report.evidence import Evidence
from lang_audit.report.page_evidence import Shown
from lang_audit.report.paper_view import PaperView, paper_view
from lang_audit.report.renderer import Renderer
from lang_audit.report.wording import country_name, design_name

Books = tuple[Codebook, ...]


def _page(number: int | None) -> str | None:
    return None if number is None else f"paper.pdf#page={number}"


@pytest.fixture
def view(record: Record, lexicon: Lexicon, codebooks: Books) -> PaperView:
    return paper_view(record, lexicon, Shown(_page), codebooks)


def _marks(evidence: Evidence) -> list[str]:
    return [piece.text for piece in evidence.pieces if piece.marked]


def _whole(evidence: Evidence) -> str:
    return "".join(piece.text for piece in evidence.pieces)


# --- codes


def test_codes_come_in_the_order_of_the_codebook_and_missing_ones_are_told(view: PaperView) -> None:
    peers = view.codings[0]
    assert [d.name for d in peers.dimensions] == ["Roles", "Mechanisms", "Contexts", "Outcomes", "Settings"]
    roles, *_, settings = peers.dimensions
    assert [code.name for code in roles.found] == ["Peer support", "Advisory"]
    assert roles.missing == ("Direct services", "Management", "Research assistance")
    assert not settings.found
    assert settings.missing == ("Hospital ward", "Street outreach")


def test_codes_outside_the_analysis_are_shown_and_not_counted(view: PaperView) -> None:
    peers = view.codings[0]
    advisory = peers.dimensions[0].found[-1]
    assert advisory.outside == "The fabricated review leaves it to others."
    assert (peers.held, peers.asked) == (7, 12)


def test_reported_evidence_comes_first(view: PaperView) -> None:
    support = view.codings[0].dimensions[0].found[0]
    assert support.strengths == (("reported", "Reported", 7), ("aimed", "Aimed at", 1))
    assert [item.strength for item in support.shown] == ["reported"] * 3
    assert _whole(support.folded[-1]) == AIM
    assert support.folded[-1].strength_name == "Aimed at"


def test_one_line_a_sentence_with_all_its_marks_and_what_decided_it(view: PaperView) -> None:
    first = view.codings[0].dimensions[0].found[0].shown[0]
    assert _whole(first) == GAVE
    assert _marks(first) == ["visited clients", "supported them"]
    assert first.cues == ("Peer workers",)
    assert (first.section, first.href) == ("Results", "paper.pdf#page=1")


def _mention(draft: Draft, words: str, sentence: str, strength: str = "reported") -> CodeMention:
    return draft.code(words, sentence, "role/peer-support", strength)


def test_overlapping_words_are_one_mark(lexicon: Lexicon) -> None:
    sentence = "Support: peers gave support at home, support that lasted."
    draft = Draft([("results", sentence)])
    mentions = (_mention(draft, "peers gave support", sentence), _mention(draft, "gave support at home", sentence))
    (coding,) = paper_view(draft.record(codes=mentions), lexicon, Shown(_page)).codings
    (line,) = coding.dimensions[0].found[0].shown
    assert _whole(line) == sentence
    assert _marks(line) == ["peers gave support at home"]


def test_a_sentence_has_its_strongest_strength(lexicon: Lexicon) -> None:
    sentence = "Peers listened, and they plan to visit."
    draft = Draft([("results", sentence)])
    mentions = (_mention(draft, "visit", sentence, "aimed"), _mention(draft, "listened", sentence))
    (coding,) = paper_view(draft.record(codes=mentions), lexicon, Shown(_page)).codings
    assert coding.dimensions[0].found[0].strengths == (("reported", "Reported", 1),)


def test_codes_of_an_unknown_codebook_still_show(record: Record, lexicon: Lexicon) -> None:
    (peers,) = paper_view(record, lexicon, Shown(_page)).codings
    assert peers.title == "Fabricated peers"
    assert (peers.held, peers.asked) == (8, None)
    roles = next(dimension for dimension in peers.dimensions if dimension.name == "Role")
    assert [code.name for code in roles.found] == ["Advisory", "Peer support"]
    assert roles.missing == ()


def test_a_code_that_the_codebook_lacks_still_shows(codebooks: Books, lexicon: Lexicon) -> None:
    sentence = "Peers sang."
    draft = Draft([("results", sentence)])
    record = draft.record(codes=(draft.code("sang", sentence, "role/song-leading"),))
    roles = paper_view(record, lexicon, Shown(_page), codebooks).codings[0].dimensions[0]
    assert [code.name for code in roles.found] == ["Song leading"]
    assert len(roles.missing) == 5


def test_a_codebook_that_found_nothing_is_one_line(
    record: Record, lexicon: Lexicon, codebooks: Books, tmp_path: Path
) -> None:
    Renderer(lexicon, codebooks=codebooks).write_paper(record, tmp_path)
    page = (tmp_path / "fabricated.html").read_text(encoding="utf-8")
    assert page.count("Plants") == 1
    assert "Plants: no evidence for any of its 2 codes was found." in page


def test_a_paper_off_topic_is_quiet(plain: Record, lexicon: Lexicon, codebooks: Books, tmp_path: Path) -> None:
    Renderer(lexicon, codebooks=codebooks).write_paper(plain, tmp_path)
    page = (tmp_path / "notes.html").read_text(encoding="utf-8")
    assert "Fabricated peer work: no evidence for any of its 12 codes was found." in page
    assert "Not said in the text: country, " in page
    assert 'class="coding"' not in page


def test_without_codebooks_the_report_is_about_language_only(plain: Record, lexicon: Lexicon, tmp_path: Path) -> None:
    Renderer(lexicon).write_paper(plain, tmp_path)
    page = (tmp_path / "notes.html").read_text(encoding="utf-8")
    assert "The study" not in page
    assert "How this paper speaks of people</p>" in page


# --- configurations


def test_configurations_tell_their_parts_and_lead_to_the_codes(view: PaperView) -> None:
    (chain,) = view.codings[0].stated
    assert [(part.letter, [name for name, _ in part.codes]) for part in chain.parts] == [
        ("I", ["Peer support"]),
        ("C", ["Criminalisation"]),
        ("M", ["Trust"]),
        ("O", ["Access, acceptability and quality"]),
    ]
    anchors = {code.anchor for dimension in view.codings[0].dimensions for code in dimension.found}
    assert {anchor for part in chain.parts for _, anchor in part.codes} <= anchors
    (passage,) = chain.shown
    assert _whole(passage) == STATED
    assert [(piece.text, piece.part) for piece in passage.pieces if piece.marked] == [
        ("Police raids", "C"),
        ("walking with them", "I"),
        ("won their trust", "M"),
        ("kept their appointments", "O"),
    ]
    assert passage.cues == ("by … so that",)
    assert passage.strength == "reported"


def test_a_configuration_is_as_strong_as_its_weakest_part(view: PaperView) -> None:
    (chain,) = view.codings[0].beside
    assert not chain.stated
    assert _whole(chain.shown[0]) == BESIDE
    assert chain.strength == "background"


def test_passages_with_the_same_parts_are_one_line(lexicon: Lexicon) -> None:
    sentences = [f"In year {k} stigma fell as peers won trust." for k in range(5)]
    draft = Draft([("results", sentence) for sentence in sentences])
    chains = []
    for sentence in sentences:
        start = draft.text.index(sentence)
        trust = draft.code("won trust", sentence, "mechanism/trust")
        for _ in range(2):  # the same passage twice is told once
            chains.append(
                Configuration(
                    codebook="fabricated-peers",
                    mechanism=(trust,),
                    link="stated",
                    start=start,
                    end=start + len(sentence),
                    passage=sentence,
                )
            )
    record = draft.record(codes=tuple(draft.codes), configurations=tuple(chains))
    (coding,) = paper_view(record, lexicon, Shown(_page)).codings
    (chain,) = coding.stated
    assert len(chain.shown + chain.folded) == 5
    assert [(part.name, len(part.codes)) for part in chain.parts] == [("Context", 0), ("Mechanism", 1), ("Outcome", 0)]


def test_the_order_of_mentions_makes_no_other_configuration(codebooks: Books, lexicon: Lexicon) -> None:
    sentences = ["Risk fell and access grew with trust.", "Trust let access grow and risk fell."]
    draft = Draft([("results", sentence) for sentence in sentences])
    chains = []
    for sentence in sentences:
        outcomes = [draft.code("isk", sentence, "outcome/risk"), draft.code("access", sentence, "outcome/access")]
        start = draft.text.index(sentence)
        chains.append(
            Configuration(
                codebook="fabricated-peers",
                outcome=tuple(sorted(outcomes, key=lambda m: m.start)),
                link="stated",
                start=start,
                end=start + len(sentence),
                passage=sentence,
            )
        )
    record = draft.record(codes=tuple(draft.codes), configurations=tuple(chains))
    (chain,) = paper_view(record, lexicon, Shown(_page), codebooks).codings[0].stated
    assert [name for name, _ in chain.parts[-1].codes] == ["Access, acceptability and quality", "Risk behaviours"]


def test_words_of_two_parts_are_marked_once_for_both(lexicon: Lexicon) -> None:
    sentence = "Trust in peers grew."
    draft = Draft([("results", sentence)])
    outcome = draft.code("Trust in peers grew", sentence, "outcome/risk")
    mechanism = draft.code("Trust in peers", sentence, "mechanism/trust")
    chain = Configuration(
        codebook="fabricated-peers",
        mechanism=(mechanism,),
        outcome=(outcome,),
        link="co-occurring",
        start=0,
        end=len(sentence),
        passage=sentence,
    )
    (coding,) = paper_view(draft.record(configurations=(chain,)), lexicon, Shown(_page)).codings
    (piece,) = [piece for piece in coding.beside[0].shown[0].pieces if piece.marked]
    assert (piece.text, piece.part) == ("Trust in peers grew", "M, O")
    assert coding.beside[0].parts[1].codes == (("Trust", None),)  # no evidence on the page to lead to


# --- the study


def test_each_characteristic_has_its_sentence_or_says_nothing(view: PaperView) -> None:
    rows = {row.name: row for row in view.study}
    assert rows["Country"].values == ("Vietnam", "Tanzania")
    (line,) = rows["Country"].shown
    assert (_whole(line), _marks(line), line.href) == (STUDY, ["Viet Nam", "Tanzania"], "paper.pdf#page=1")
    assert rows["Design"].values == ("Quasi-experimental",)
    assert rows["Sample size"].values == ("1,240",)
    assert rows["Years of data"].values == ("1996–1997",)
    assert rows["Income group"].note
    assert (rows["Population"].values, rows["Population"].shown) == ((), ())


def test_the_word_is_marked_where_it_was_read(lexicon: Lexicon) -> None:
    sentence = "Of 45 asked, 45 people came."
    draft = Draft([("methods", sentence)])
    reading = draft.reading("sample-size", "45", "45", sentence)
    reading = reading.model_copy(update={"start": sentence.rindex("45"), "end": sentence.rindex("45") + 2})
    about = Characteristics(sample_size=45, years=(2015, 2015), evidence=(reading,))
    rows = {row.name: row for row in paper_view(draft.record(characteristics=about), lexicon, Shown(_page)).study}
    assert [piece.text for piece in rows["Sample size"].shown[0].pieces] == ["Of 45 asked, ", "45", " people came."]
    assert rows["Years of data"].values == ("2015",)


@pytest.mark.parametrize(
    ("code", "name"),
    [
        ("VN", "Vietnam"),
        ("CD", "The Democratic Republic of the Congo"),
        ("PS", "State of Palestine"),
        ("TW", "Taiwan"),
        ("CI", "Côte d'Ivoire"),
        ("XK", "Kosovo"),
        ("ZZ", "ZZ"),
    ],
)
def test_country_names(code: str, name: str) -> None:
    assert country_name(code) == name


@pytest.mark.parametrize(
    ("design", "name"),
    [
        ("rct", "RCT"),
        ("cluster-rct", "cluster RCT"),
        ("quasi-experimental", "quasi-experimental"),
        ("cross-sectional", "cross-sectional"),
        ("pre-post", "pre-post"),
        ("case-control", "case-control"),
        ("case-study", "case study"),
        ("mixed-methods", "mixed methods"),
    ],
)
def test_design_names(design: str, name: str) -> None:
    assert design_name(design) == name


# --- in a browser, with the codebooks (test_browser.py has the pages without)

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")


LOST_LINKS = """
[...document.links].filter((a) => a.getAttribute("href")[0] === "#" && !document.getElementById(a.hash.slice(1))).length
"""


@pytest.mark.slow
@pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine")
def test_the_coded_page_in_a_browser(record: Record, lexicon: Lexicon, codebooks: Books, tmp_path: Path) -> None:
    playwright: Any = pytest.importorskip("playwright.sync_api")
    axe: Any = pytest.importorskip("axe_playwright_python.sync_playwright")
    Renderer(lexicon, codebooks=codebooks).write_paper(record, tmp_path)
    with playwright.sync_playwright() as play:
        browser = play.chromium.launch(
            executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu", "--disable-quic"]
        )
        for scheme in ("light", "dark"):
            for width in (360, 1200):
                page = browser.new_page(color_scheme=scheme, viewport={"width": width, "height": 900})
                page.goto((tmp_path / "fabricated.html").as_uri())
                page.evaluate("document.querySelectorAll('details').forEach((d) => { d.open = true; })")
                assert page.evaluate("document.documentElement.scrollWidth") <= width
                found = axe.Axe().run(page)
                assert found.violations_count == 0, found.generate_report()
                assert page.evaluate(LOST_LINKS) == 0
                page.close()
        browser.close()
