"""Who speaks in a quotation: textacy on the passages that hold a quoted term."""

from __future__ import annotations

import pytest

from lang_audit.detection import build_nlp, detect
from lang_audit.detection.speakers import name_speakers
from lang_audit.errors import ConfigError
from tests.conftest import paper_of


@pytest.mark.parametrize(
    ("text", "cue"),
    [
        ("“They call us junkies here,” said one woman from the hostel.", "one woman said"),
        ("One young nurse told us that “every addict lies about the dose” and left.", "One young nurse told"),
    ],
)
def test_speaker_and_verb_become_the_cue(text: str, cue: str) -> None:
    pytest.importorskip("textacy")
    (mention,) = detect(paper_of(text), speakers=True).mentions
    assert (mention.usage, mention.cue) == ("quoted", cue)


def test_marks_that_do_not_pair_change_nothing() -> None:
    pytest.importorskip("textacy")
    doc = build_nlp()("“They call us junkies and worse, said one woman.")
    before = [(span._.usage, span._.cue) for span in doc.spans["lexicon"]]
    name_speakers([doc])
    assert [(span._.usage, span._.cue) for span in doc.spans["lexicon"]] == before


def test_without_textacy_the_message_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    with pytest.raises(ConfigError, match=r"lang-audit\[speakers\]"):
        name_speakers([])
