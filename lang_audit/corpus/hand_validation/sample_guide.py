"""What the sheet of a sample tells the people who judge it: what to do, and what the codes mean."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from lang_audit.corpus.hand_validation.sample import Key
from lang_audit.model import USAGES, Decision
from lang_audit.report.wording import USAGES as USAGE_WORDS

DECISIONS: Final[dict[Decision, str]] = {
    "flag": "The authors use the term in their own voice, and guidance asks for other words.",
    "query": "A person has to look: guidance is divided, or the text leaves it open.",
    "exempt": "The term is rightly let pass: a name, a quotation, another meaning ... (see usage).",
}


def guide(key: Key) -> Iterator[tuple[str, str]]:
    """Headings and what stands behind them, in order."""
    yield (
        "What this is",
        (
            f"{len(key.rows)} of the {key.findings:,} findings of a corpus run, drawn at random for people to judge. Each row "
            "is one use of a term; the term is marked in its sentence."
        ),
    )
    yield (
        "What to do",
        (
            "Judge each row by its sentence, in the yellow columns. Leave a cell empty where you have not judged yet: "
            "a sheet that is half filled can be read too, and the rows stand in random order. Sort, filter and widen as you "
            "like; do not change the column id, and do not delete rows."
        ),
    )
    if key.blind:
        yield (
            "right decision",
            "What should become of this use of the term? Judge without knowing what the program decided.",
        )
        for decision, words in DECISIONS.items():
            yield f"    {decision}", words
        yield "    unclear", "The sentence does not tell."
        yield "right usage", "How the term is used here; one of the codes below."
    else:
        yield "correct", "Is the program's decision right for this use of the term?"
        yield "    yes", "The decision is right."
        yield "    no", "It is wrong. Say in the note what would be right."
        yield "    unclear", "The sentence does not tell."
        yield (
            "right usage",
            "Only where the program's usage is wrong: the right one, of the codes below. Empty: it is right.",
        )
    yield "note", "Anything that you want to keep."
    if key.raters > 1:
        yield (
            "Two raters",
            (
                "The first fills in the columns without a number, the second those with (2), each without looking at the "
                "other's. Where they differ, settle it together in the columns (agreed); empty there: not settled."
            ),
        )
    if not key.blind:
        yield "", ""
        yield "The program's decisions", ""
        for decision, words in DECISIONS.items():
            yield f"    {decision}", words
    yield "", ""
    yield "Codes of usage", ""
    for usage in USAGES:
        yield f"    {usage}", f"{USAGE_WORDS[usage][0]}. {USAGE_WORDS[usage][1]}"
    yield "", ""
    yield "How it was drawn", (
        f"At random, stratified by {', '.join(key.stratify)}: in proportion, one at least of each stratum"
        if key.stratify else "At random, each finding with the same chance"
    ) + f". Decisions asked for: {key.decision}. Seed {key.seed}. lang-audit {key.version}."  # fmt: skip
    if not key.blind:
        yield (
            "weight",
            "How many findings of the run a row stands for: findings in its stratum by findings drawn of it.",
        )
    yield (
        "When you are done",
        "lang-audit evaluate, with this file's name behind it, gives precision and agreement with intervals.",
    )
