"""What reviewers decided, in the appraisal, the reports and another run."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path

import pytest

from lang_audit.audit import audit_paper
from lang_audit.lexicon import Lexicon
from lang_audit.model import Appraisal, CodeMention, Configuration, Finding, Paper, Record, Section
from lang_audit.report.jsonlines import record_object
from lang_audit.report.page_evidence import PageEvidence
from lang_audit.report.renderer import Renderer
from lang_audit.review.applied import reviewed
from lang_audit.review.carried_over import read_unmatched
from lang_audit.review.comparison import OVERALL, compare
from lang_audit.review.decisions import final
from lang_audit.review.events import CONSENSUS, Event, Value, replay
from lang_audit.review.in_run import kappa_of, open_review
from lang_audit.review.kept import DATABASE, FOLDER, finish, keep, kept_papers
from lang_audit.review.proposals import Proposal, nearby_words, paper_key, proposal_id, proposals
from lang_audit.review.store import Store
from lang_audit.settings import Settings, load_settings
from tests.review.made_up import NO, YES, event, numbered, proposal, release

TEXT = (
    "Most addicts came to the clinic. The abusers were told to stay away from junkies. "
    "Two women said that people who inject drugs came with friends to the old harbour."
)
KEY = paper_key(TEXT.encode())


@cache
def _settings() -> Settings:
    return load_settings(codebooks=["none"])


@cache
def _record() -> Record:
    paper = Paper(id="one", source="one.txt", text=TEXT, sections=(Section(start=0, end=len(TEXT), kind="results"),))
    return audit_paper(paper, settings=_settings())


def _code(text: str, code: str, dimension: str = "context") -> CodeMention:
    start = TEXT.index(text)
    return CodeMention(
        codebook="book", dimension=dimension, code=code, text=text, start=start, end=start + len(text), section="results",
        sentence=TEXT, sentence_start=0, strength="reported",
    )  # fmt: skip


@cache
def _coded() -> Record:
    codes = _code("friends", "company"), _code("came", "attendance", "outcome"), _code("clinic", "place")
    chain = Configuration(
        codebook="book", context=codes[:1], outcome=codes[1:2], link="stated", start=0, end=len(TEXT), passage=TEXT
    )
    appraisal = _appraisal(_record()).model_copy(update={"codes": codes, "configurations": (chain,)})
    return _record().model_copy(update={"appraisal": appraisal})


def _appraisal(record: Record) -> Appraisal:
    assert record.appraisal is not None
    return record.appraisal


def _after(decisions: list[Event], record: Record | None = None, added: tuple[Proposal, ...] = ()) -> Appraisal:
    record = record or _record()
    mine = proposals(_appraisal(record), KEY)
    ends = final([*mine, *added], replay(numbered(decisions)))
    return _appraisal(reviewed(record, ends, settings=_settings(), kappa=0.874))


def _id(text: str, record: Record | None = None) -> str:
    return next(one.id for one in proposals(_appraisal(record or _record()), KEY) if one.text == text)


def _finding(appraisal: Appraisal, text: str) -> Finding:
    return next(finding for finding in appraisal.findings if finding.text == text)


def _own(text: str, label: str, kind: str = "finding") -> Proposal:
    start = TEXT.index(text)
    nearby = nearby_words(TEXT, start, start + len(text))
    return Proposal.model_validate(
        {
            "id": proposal_id(KEY, kind, label, text, nearby, 0),  # type: ignore[arg-type]
            "paper": KEY, "kind": kind, "label": label, "text": text, "start": start, "end": start + len(text),
            "section": "results", "sentence": TEXT, "sentence_start": 0, "nearby": nearby,
        }
    )  # fmt: skip


def test_the_sample_has_what_these_tests_decide_on() -> None:
    appraisal = _appraisal(_record())
    assert {f.text: f.decision for f in appraisal.findings} == {"addicts": "flag", "abusers": "flag", "junkies": "flag"}
    assert (appraisal.verdict.label, appraisal.verdict.share) == ("not person-first", 0.25)


def test_without_decisions_nothing_changes() -> None:
    ends = final(proposals(_appraisal(_record()), KEY), replay([]))
    assert reviewed(_record(), ends) is _record()
    assert reviewed(_record(), {}) is _record()


def test_what_is_rejected_no_longer_counts() -> None:
    ids = [_id(text) for text in ("addicts", "abusers", "junkies")]
    after = _after([event("A. Reviewer", id_, NO) for id_ in ids])
    assert {f.decision for f in after.findings} == {"exempt"}
    finding = _finding(after, "addicts")
    assert finding.reason == "Rejected by A. Reviewer: another sense."
    assert finding.rewrite is None
    assert (after.verdict.label, after.verdict.share) == ("person-first", 1.0)
    assert after.verdict.reasons[0] == "After review by one reviewer (3 of 3 proposals decided)."


def test_two_reviewers_and_what_they_left_open() -> None:
    first, second, third = (_id(text) for text in ("addicts", "abusers", "junkies"))
    given = [event("A", first), event("B", first), event("A", second), event("B", second, NO), event("A", third)]
    after = _after(given)
    assert after.verdict.reasons[:4] == (
        "After review by two reviewers (kappa .87; 2 of 3 proposals decided).",
        "Of lang-audit’s proposals and the reviewers’ own: 2 accepted.",
        "The reviewers disagree on 1 proposal and have not settled it; lang-audit’s own counts there.",
        "1 proposal was decided by one reviewer only.",
    )
    words = [finding.review.words for finding in after.findings if finding.review]
    assert words == ["Accepted by A and B", "Not settled between A and B", "Accepted by A"]
    assert _finding(after, "abusers").decision == "flag"
    settled = event(CONSENSUS, second, NO).model_copy(update={"by": "C"})
    assert _finding(_after([*given, settled]), "abusers").reason == "Rejected by C in consensus: another sense."
    together = event(CONSENSUS, second, NO).model_copy(update={"by": "A"})
    assert _finding(_after([*given, together]), "abusers").reason == "Rejected by A and B in consensus: another sense."


def test_a_changed_usage_is_judged_anew() -> None:
    after = _after([event("A", _id("addicts"), Value(choice="accepted", usage="quoted"))])
    finding = _finding(after, "addicts")
    assert (finding.usage, finding.decision) == ("quoted", "exempt")
    assert "words that the authors quote" in finding.reason
    assert finding.review is not None and finding.review.words == "Changed by A (lang-audit: author)"
    assert after.verdict.flagged_people == 2


def test_a_changed_severity_counts_in_the_verdict() -> None:
    rejected = [event("A", _id(text), NO) for text in ("addicts", "abusers")]
    milder = Value(choice="accepted", severity="outdated")
    after = _after([*rejected, event("A", _id("junkies"), milder)])
    assert _finding(after, "junkies").severity == "outdated"
    assert not any("pejorative" in reason for reason in after.verdict.reasons)


def test_a_changed_entry_brings_what_the_lexicon_says_of_it() -> None:
    other = _finding(_appraisal(_record()), "junkies")
    after = _after([event("A", _id("addicts"), Value(choice="accepted", label=other.entry))])
    finding = _finding(after, "addicts")
    assert (finding.entry, finding.severity, finding.sources) == (other.entry, other.severity, other.sources)


def test_an_entry_that_the_lexicon_lacks_is_told() -> None:
    ends = final(
        proposals(_appraisal(_record()), KEY),
        replay(numbered([event("A", _id("addicts"), Value(choice="accepted", label="gone/away"))])),
    )
    after = reviewed(_record(), ends, settings=_settings())
    assert [problem.code for problem in after.problems] == ["review-entry"]
    assert _finding(_appraisal(after), "addicts").entry == _finding(_appraisal(_record()), "addicts").entry


def test_a_question_that_reviewers_answered_is_one_no_more() -> None:
    asked = _appraisal(_record())
    queries = tuple(finding.model_copy(update={"decision": "query"}) for finding in asked.findings)
    record = _record().model_copy(update={"appraisal": asked.model_copy(update={"findings": queries})})
    after = _after([event("A", _id("addicts")), event("A", _id("abusers"), NO)], record)
    assert [finding.decision for finding in after.findings] == ["flag", "exempt", "query"]


def test_what_reviewers_added_stands_with_the_rest() -> None:
    entry = _finding(_appraisal(_record()), "addicts").entry
    own, code = _own("women", entry), _own("friends", "book/context/company", "code")
    given = [event("A", one.id, action="add").model_copy(update={"added": one}) for one in (own, code)]
    after = _after(given, added=(own, code))
    finding = _finding(after, "women")
    assert (finding.decision, finding.section, finding.sentence) == ("flag", "results", TEXT)
    assert finding.review is not None and finding.review.words == "Added by A"
    assert [f.start for f in after.findings] == sorted(f.start for f in after.findings)
    assert [(c.codebook, c.dimension, c.code, c.text) for c in after.codes] == [
        ("book", "context", "company", "friends")
    ]
    assert after.verdict.flagged_people == 4
    assert after.review is not None and (after.review.added, after.review.proposals) == (2, 5)


def test_a_rejected_code_goes_and_what_it_linked() -> None:
    after = _after([event("A", _id("friends", _coded()), NO)], _coded())
    assert [code.code for code in after.codes] == ["attendance", "place"]
    assert after.configurations == ()


def test_a_changed_code_is_the_other_one_in_configurations_too() -> None:
    other = Value(choice="accepted", label="book/context/friendship")
    after = _after([event("A", _id("friends", _coded()), other)], _coded())
    assert [code.code for code in after.codes] == ["friendship", "attendance", "place"]
    assert after.codes[0].review is not None and after.codes[0].review.was == "book/context/company"
    assert [code.code for code in after.configurations[0].context] == ["friendship"]


def test_the_json_names_decisions_only_where_there_are_any() -> None:
    def keys(found: object) -> set[str]:
        if isinstance(found, dict):
            return set(found).union(*map(keys, found.values()))
        return set().union(*map(keys, found)) if isinstance(found, list | tuple) else set()

    assert "review" not in keys(record_object(_coded()))
    after = _after([event("A", _id("friends", _coded()))], _coded())
    found = record_object(_coded().model_copy(update={"appraisal": after}))
    assert found["review"]["reviewers"] == ("A",)
    assert found["codes"][0]["review"]["choice"] == "accepted" and "review" not in found["codes"][1]
    assert "review" in found["configurations"][0]["context"][0]
    assert "review" not in found["configurations"][0]["outcome"][0]


def test_the_report_shows_who_decided_what(tmp_path: Path) -> None:
    given = [event("A <b>", _id("addicts")), event("A <b>", _id("junkies"), NO)]
    record = _record().model_copy(update={"appraisal": _after(given)})
    lexicon: Lexicon = _settings().lexicon
    renderer = Renderer(lexicon, formats=("html", "md"), version="0", evidence=PageEvidence(lexicon))
    renderer.write_paper(record, tmp_path)
    page = (tmp_path / "one.html").read_text()
    assert "Verdict after review" in page
    assert '<p class="reviewed">Accepted by A &lt;b&gt;</p>' in page
    assert "Rejected by reviewers" in page and "Rejected by A &lt;b&gt;: another sense" in page
    assert "After review by one reviewer (2 of 3 proposals decided)." in page
    assert "Accepted by A \\<b\\>" in (tmp_path / "one.md").read_text()


def test_kappa_over_what_both_decided() -> None:
    given = [event(who, what) for who in "AB" for what in ("p", "q")]
    given += [event("A", "r", NO), event("B", "r", NO), event("A", "s", NO), event("B", "s"), event("A", "t")]
    about = {what: proposal().model_copy(update={"id": what}) for what in "pqrst"}
    assert kappa_of(replay(numbered(given)), about) == pytest.approx(0.5)
    assert kappa_of(replay(numbered(given[:2])), about) is None
    # what A alone added counts as in the workspace, once B has released the paper
    own = proposal("harbour", label="x/y")
    given += [event("A", own.id, action="add").model_copy(update={"added": own}), release("A"), release("B")]
    state = replay(numbered(given))
    (found, *_) = compare(about.values(), state, ["A", "B"], machine=False)
    kappa = kappa_of(state, about | {own.id: own})
    assert (found.dimension, found.agreement.units) == (OVERALL, 5)
    assert kappa == found.agreement.kappa.value != pytest.approx(0.5)


def test_another_run_with_another_lexicon_keeps_the_decisions(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("one.txt").write_text(TEXT)
    folder = Path("reports")
    keep(folder, _record(), "one.html")
    finish(folder)
    (row,) = kept_papers(folder)
    assert row.key == KEY
    with Store.open(folder / DATABASE) as store:
        store.append(event("A", _id("addicts"), NO, paper=KEY))
        store.append(event("B", _id("abusers"), paper=KEY))
        store.append_all([release("A", KEY), release("B", KEY)])
    review = open_review(None, folder, _settings())
    assert review is not None
    with review:  # what was decided on is now in the log
        assert _finding(_appraisal(review.apply(_record())), "addicts").decision == "exempt"
        assert review.finish(folder) == [
            f"Review: decisions of A and B applied, 2 of 3 proposals decided ({folder / DATABASE})."
        ]
    # a new lexicon: one entry has another name, and one word is in none
    old = _appraisal(_record())
    findings = tuple(
        finding.model_copy(update={"entry": "substance-use/renamed"}) if finding.text == "addicts" else finding
        for finding in old.findings
        if finding.text != "abusers"
    )
    new = _record().model_copy(update={"appraisal": old.model_copy(update={"findings": findings})})
    for carried in (1, 0):  # another time nothing is left to do
        review = open_review(None, folder, _settings())
        assert review is not None
        with review:
            finding = _finding(_appraisal(review.apply(new)), "addicts")
            assert (finding.decision, finding.entry) == ("exempt", "substance-use/renamed")
            told = review.finish(folder)
        assert any("1 carried over" in line for line in told) == bool(carried)
        (left,) = read_unmatched(folder / FOLDER)
        assert (left.who, left.value) == ("B", YES)
        assert left.about is not None and left.about.text == "abusers"
        with Store.open(folder / DATABASE) as store:
            assert [one.number for one in store.events()] == [1, 2, 3, 4, 5]
    # back to the old one: all are there again
    review = open_review(None, folder, _settings())
    assert review is not None
    with review:
        assert _finding(_appraisal(review.apply(_record())), "addicts").decision == "exempt"
        review.finish(folder)
    assert read_unmatched(folder / FOLDER) == []


def test_a_log_named_by_hand_is_read_and_not_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("one.txt").write_text(TEXT)
    with Store.open("theirs.sqlite") as store:
        store.append(event("A", _id("addicts"), NO, paper=KEY))
    assert open_review(None, Path("reports"), _settings()) is None
    assert open_review("none", Path(), _settings()) is None
    review = open_review("theirs.sqlite", None, _settings())
    assert review is not None
    with review:
        assert _finding(_appraisal(review.apply(_record())), "addicts").decision == "exempt"
        again = review.apply(_record().model_copy(update={"path": str(tmp_path / "one.txt")}))
        assert _finding(_appraisal(again), "addicts").decision == "exempt"  # a copy of the same file
        assert len(review.finish(None)) == 1
    with Store.open("theirs.sqlite") as store:
        assert len(store.events()) == 1


def test_what_is_not_released_is_told_to_nobody(tmp_path: Path) -> None:
    with Store.open(tmp_path / DATABASE) as store:
        store.append(event("Ana", _id("addicts"), NO, paper=KEY))
        store.append(event("Ana", _id("abusers"), paper=KEY))
        store.append(release("Cy", KEY))  # looked on, decided nothing

    def told() -> tuple[str, list[str]]:
        review = open_review(None, tmp_path, _settings())
        assert review is not None
        with review:
            return json.dumps(record_object(review.apply(_record()))), review.finish(None)

    place = tmp_path / DATABASE
    report, lines = told()
    assert "Rejected by Ana" in report
    assert lines == [f"Review: decisions of Ana applied, 2 of 3 proposals decided ({place})."]
    with Store.open(place) as store:
        store.append(event("Ben", _id("junkies"), paper=KEY))
    report, lines = told()
    assert "Ana" not in report and "Ben" not in report
    assert lines == [
        f"Review: no decisions applied, 0 of 3 proposals decided ({place}).",
        "  3 decisions not yet released are left out.",
    ]
    with Store.open(place) as store:
        store.append(release("Ana", KEY))
    report, lines = told()
    assert "Rejected by Ana" in report and "Ben" not in report
    assert lines == [
        f"Review: decisions of Ana applied, 2 of 3 proposals decided ({place}).",
        "  1 decision not yet released is left out.",
    ]


def test_the_same_addition_of_two_is_once_in_the_report(tmp_path: Path) -> None:
    first = _own("old harbour", "substance-use/addict")
    again = first.model_copy(update={"id": "again"})
    with Store.open(tmp_path / DATABASE) as store:
        for who, own in (("Ana", first), ("Ben", again)):
            added = event(who, own.id, action="add", paper=KEY)
            store.append(added.model_copy(update={"added": own}))
            store.append(release(who, KEY))
    review = open_review(None, tmp_path, _settings())
    assert review is not None
    with review:
        found = _appraisal(review.apply(_record()))
        assert [f.review.words for f in found.findings if f.review] == ["Added by Ana and Ben"]
        assert found.review is not None and (found.review.proposals, found.review.decided) == (4, 1)


def test_a_review_that_nobody_has_begun_changes_nothing(tmp_path: Path) -> None:
    Store.open(tmp_path / DATABASE).close()
    review = open_review(None, tmp_path, _settings())
    assert review is not None
    with review:
        assert review.apply(_record()) is _record()
        assert review.finish(tmp_path) == []


def test_appraise_applies_the_review_in_its_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from click.testing import CliRunner

    from lang_audit.cli import cli

    monkeypatch.chdir(tmp_path)
    Path("one.txt").write_text(TEXT)
    with Store.open("theirs.sqlite") as store:
        for who in ("A", "B"):
            store.append(event(who, _id("addicts"), NO, paper=KEY))
            store.append(release(who, KEY))
    told = CliRunner().invoke(
        cli,
        ["appraise", "one.txt", "-o", "out", "--codebook", "none", "--decisions", "theirs.sqlite", "--format", "json",
         "-j", "1", "--no-config"],
    )  # fmt: skip
    assert told.exit_code == 0, told.output
    found = json.loads(told.stdout.splitlines()[0])
    assert found["review"]["reviewers"] == ["A", "B"]
    assert [f["decision"] for f in found["findings"]] == ["exempt", "flag", "flag"]
    assert "After review by two reviewers" in (Path("out") / "index.html").read_text()
    (row,) = kept_papers(Path("out"))
    assert (row.key, row.flagged) == (KEY, 3)  # as the program found it
