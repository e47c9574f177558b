import json
from pathlib import Path

import pytest

from lang_audit.errors import LangAuditError
from lang_audit.evaluate import GoldMention, GoldPaper, Ratio, evaluate, fold, format_scores, load_gold
from lang_audit.model import Appraisal, Finding, Paper, PersonFirstMention, Problem, Record, Verdict

GOLD = {
    "source": "a.txt",
    "verdict": "mixed",
    "mentions": [{"surface": "addicts", "usage": "author", "decision": "flag"}],
    "person_first": ["people who use drugs"],
}


def finding(text, decision="flag", usage="author"):
    return Finding(
        start=0,
        end=len(text),
        text=text,
        entry="substance-use/addict",
        usage=usage,
        section="results",
        sentence=f"Here {text} stand.",
        sentence_start=0,
        decision=decision,
        reason="",
        severity="stigmatising",
        category="person-label",
        person_label=True,
        sources=("ap-2017",),
    )


def record(findings, person_first=(), label="mixed", path="folder/a.txt"):
    return Record(
        path=path,
        status="ok",
        appraisal=Appraisal(
            paper=Paper(id="a", source=path, text=""),
            findings=tuple(findings),
            person_first=tuple(
                PersonFirstMention(start=0, end=len(text), text=text, section="results") for text in person_first
            ),
            verdict=Verdict(label=label, rule="majority", person_first=0, flagged_people=0, share=None, reasons=()),
        ),
    )


def gold(*mentions, person_first=(), verdict="mixed"):
    made = tuple(GoldMention(surface=s, usage=u, decision=d) for s, u, d in mentions)
    return GoldPaper(source="a.txt", verdict=verdict, mentions=made, person_first=person_first)


def test_known_figures():
    paper = gold(
        ("addicts", "author", "flag"),
        ("junkies", "quoted", "exempt"),
        ("IDUs", "author", "flag"),
        ("relapse", "author", "query"),
        ("Drug Abuse", "name", "exempt"),
        person_first=("people who use drugs", "women living with HIV"),
    )
    found = record(
        [
            finding("addicts"),
            finding("junkies", "flag", "author"),
            finding("relapse", "query", "author"),
            finding("Drug Abuse", "exempt", "mentioned"),
            finding("users"),
        ],
        ["people who use drugs", "people with cirrhosis"],
        label="not person-first",
    )
    scores = evaluate([paper], [found])
    assert scores.flag_precision == Ratio(1, 2)
    assert scores.flag_recall == Ratio(1, 2)
    assert scores.raise_recall == Ratio(2, 3)
    assert scores.calm == Ratio(1, 2)
    assert scores.usage_accuracy == Ratio(2, 4)
    assert scores.unlabelled == 1
    assert scores.person_first_precision == Ratio(1, 2)
    assert scores.person_first_recall == Ratio(1, 2)
    assert scores.verdicts == Ratio(0, 1)
    assert {(d.surface, d.gold, d.found) for d in scores.disagreements} == {
        ("junkies", "exempt, quoted", "flag, author"),
        ("IDUs", "flag, author", "-"),
        ("Drug Abuse", "exempt, name", "exempt, mentioned"),
        ("users", "-", "flag, author"),
        ("women living with HIV", "person-first", "-"),
        ("people with cirrhosis", "-", "person-first"),
        ("(verdict)", "mixed", "not person-first"),
    }


def test_full_agreement_says_so():
    paper = gold(("addicts", "author", "flag"), person_first=("people who use drugs",))
    scores = evaluate([paper], [record([finding("addicts")], ["people who use drugs"])])
    assert scores.disagreements == ()
    assert scores.flag_precision.value == scores.flag_recall.value == scores.person_first_recall.value == 1.0
    assert scores.calm.value is None
    text = format_scores(scores)
    assert "100.0%  (1 of 1)" in text
    assert "Disagreements: none" in text


def test_the_same_word_twice_is_aligned_in_order():
    paper = gold(("addict", "quoted", "exempt"), ("addict", "author", "flag"), ("addict", "name", "exempt"))
    found = [finding("addict", "exempt", "quoted"), finding("addict"), finding("addict", "exempt", "name")]
    assert evaluate([paper], [record(found)]).usage_accuracy == Ratio(3, 3)


def test_a_longer_or_broken_stretch_is_the_same_mention():
    paper = gold(("substance abusers", "author", "flag"), ("alcoholics", "author", "flag"))
    scores = evaluate([paper], [record([finding("sub-\nstance abusers"), finding("chronic\nalcoholics")])])
    assert scores.flag_recall == Ratio(2, 2)
    assert scores.unlabelled == 0


def test_order_does_not_matter_where_a_table_is_printed_elsewhere():
    paper = gold(("junkies", "author", "flag"), ("addicts", "author", "flag"), ("IDUs", "author", "flag"))
    scores = evaluate([paper], [record([finding("IDUs"), finding("junkies"), finding("addicts")])])
    assert scores.flag_recall == Ratio(3, 3)


def test_a_flag_on_a_labelled_query_counts_neither_way():
    scores = evaluate([gold(("relapse", "author", "query"))], [record([finding("relapse")])])
    assert scores.flag_precision == Ratio(0, 0)
    assert scores.raise_recall == Ratio(1, 1)


def test_a_paper_without_result_is_missed_in_full_and_named():
    failed = Record(path="a.txt", status="failed", problems=(Problem(code="encrypted", message="It is encrypted."),))
    for records in ([], [failed]):
        paper = gold(("addicts", "author", "flag"), person_first=("people who use drugs",))
        scores = evaluate([paper], records)
        assert [source for source, _ in scores.unread] == ["a.txt"]
        assert scores.flag_recall == Ratio(0, 1)
        assert scores.person_first_recall == Ratio(0, 1)
        assert scores.verdicts == Ratio(0, 1)
    assert "no result for a.txt: It is encrypted." in format_scores(scores)


def test_papers_outside_the_gold_file_are_left_out():
    scores = evaluate([gold()], [record([]), record([finding("addicts")], path="b.txt")])
    assert scores.papers == 1
    assert scores.unlabelled == 0


def test_format_shows_no_more_disagreements_than_asked_for():
    scores = evaluate([gold()], [record([finding("addicts"), finding("junkies")])])
    text = format_scores(scores, most=1)
    assert "addicts: gold -; found flag, author" in text
    assert "junkies" not in text
    assert "and 1 more" in text


def test_fold():
    assert fold("HIV-\ninfected") == fold("HIV\u2011infected") == fold("hiv infected") == "hivinfected"
    assert fold("dif\ufb01cult") == "difficult"


def write(folder: Path, *lines: str) -> Path:
    path = folder / "gold.jsonl"
    path.write_text("\n".join(lines), encoding="utf-8")
    return path


def test_load_gold(tmp_path):
    (paper,) = load_gold(write(tmp_path, json.dumps(GOLD), ""))
    assert paper.mentions[0].surface == "addicts"
    assert paper.verdict == "mixed"


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("{", "gold.jsonl:2: is not JSON"),
        (json.dumps({**GOLD, "verdict": "bad"}), "gold.jsonl:2: verdict: "),
        (json.dumps({**GOLD, "extra": 1}), "gold.jsonl:2: extra: "),
        (json.dumps({**GOLD, "mentions": [{**GOLD["mentions"][0], "usage": "x"}]}), "gold.jsonl:2: mentions.0.usage: "),
        (json.dumps(GOLD), "gold.jsonl:2: source: 'a.txt' has a line already"),
        ("[]", "gold.jsonl:2: "),
    ],
)
def test_every_mistake_has_its_line(tmp_path, line, message):
    with pytest.raises(LangAuditError) as caught:
        load_gold(write(tmp_path, json.dumps(GOLD), line))
    assert message in str(caught.value)


def test_a_gold_file_that_cannot_be_used(tmp_path):
    with pytest.raises(LangAuditError, match="cannot be read"):
        load_gold(tmp_path / "none.jsonl")
    with pytest.raises(LangAuditError, match="holds no paper"):
        load_gold(write(tmp_path, ""))
    (tmp_path / "gold.jsonl").write_bytes(b"\xff\xfe{")
    with pytest.raises(LangAuditError, match="not UTF-8"):
        load_gold(tmp_path / "gold.jsonl")
