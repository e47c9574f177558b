"""Laws of detection: what may change in a text without changing what is found."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lang_audit.config import lexicon_folder
from lang_audit.detection import detect
from lang_audit.lexicon import load_lexicon
from tests.conftest import paper_of

FLAGGED = [
    "Most addicts in the town were seen by one nurse.",
    "We enrolled HIV-infected women and their partners.",
    "Substance abusers were left out of the count.",
    "Injecting drug users (IDUs) were seen weekly, and IDUs were paid.",
    "Two of the prisoners had committed suicide.",
    "The schizophrenic patients were asked twice.",
    "Half of the alcoholics' wives came along.",
]


def found(text: str) -> list[tuple[str, str]]:
    return [(mention.entry, mention.usage) for mention in detect(paper_of(text)).mentions]


@pytest.mark.parametrize(
    "change",
    [
        lambda text: text.replace(" ", "\u00a0"),
        lambda text: text.replace(" ", "\n"),
        lambda text: text.replace(" ", "  "),
        lambda text: text.replace("-", "\u2011"),
        lambda text: text.replace("-", "\u2013"),
        lambda text: text.replace("-", "-\n"),
        lambda text: text.replace("'", "\u2019"),
        lambda text: text.replace("abusers", "abus\u00aders"),
        lambda text: text.replace("abusers", "abus-\ners"),
        lambda text: text.replace("addicts", "ad-\ndicts"),
    ],
    ids=["no-break space", "line breaks", "double spaces", "non-breaking hyphen", "en dash", "hyphen at line end",
         "curly apostrophe", "soft hyphen", "broken word", "another broken word"],
)  # fmt: skip
@pytest.mark.parametrize("text", FLAGGED)
def test_print_does_not_change_what_is_found(text: str, change) -> None:
    assert found(change(text)) == found(text)


@pytest.mark.parametrize("text", FLAGGED)
def test_capitals_lose_no_term(text: str) -> None:
    assert [entry for entry, _ in found(text.upper())] == [entry for entry, _ in found(text)]


@settings(max_examples=25, deadline=None)
@given(st.lists(st.sampled_from(FLAGGED), min_size=1, max_size=4), st.sampled_from(["\n", " ", "  ", "\n "]))
def test_the_space_between_sentences_does_not_count(sentences: list[str], space: str) -> None:
    assert found(space.join(sentences)) == found(" ".join(sentences))


def test_a_new_entry_changes_nothing_but_where_it_is_the_longest_match(tmp_path: Path) -> None:
    folder = tmp_path / "lexicons"
    shutil.copytree(lexicon_folder(), folder)
    (folder / "stigma" / "zz_extra.yaml").write_text(
        "lexicon: extra\nlanguage: en\ntitle: Extra\nentries:\n"
        "  - id: town-addict\n    match: [town addict, weekly]\n    category: person-label\n    severity: outdated\n"
        "    prefer: {guidance: Say what is meant.}\n    why: A test.\n    since: 2020\n    sources: [ap-2017]\n"
        "    examples: {flag: [A town addict came.], pass: [A person came.]}\n",
        encoding="utf-8",
    )
    text = " ".join(FLAGGED) + " One town addict came."
    before = {(m.start, m.entry, m.usage) for m in detect(paper_of(text)).mentions}
    after = {(m.start, m.entry, m.usage) for m in detect(paper_of(text), folder).mentions}
    new = {m for m in after if m[1] == "extra/town-addict"}
    assert len(new) == 2
    covered = {m for m in before if m[0] == text.index("town addict") + len("town ")}
    assert after - new == before - covered
    assert len(load_lexicon(folder)) == len(load_lexicon()) + 1
