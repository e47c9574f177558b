from __future__ import annotations

from pathlib import Path

import pytest

from lang_audit.errors import LexiconError
from lang_audit.manuscript.acronyms import instead_of, load_acronyms, longest_at_end, mixed_acronyms, short_form
from lang_audit.manuscript.checked import Remark
from lang_audit.manuscript.places import Locator
from tests.manuscript.test_fixes import appraised, settings


def mixed(text: str) -> list[tuple[int, Remark]]:
    appraisal = appraised(text)
    told = [finding for finding in appraisal.findings if finding.decision != "exempt"]
    locator = Locator(appraisal.paper, Path("x.txt"))
    return mixed_acronyms(told, appraisal.person_first, settings().lexicon, locator)


def test_a_mix_is_told_once_where_both_have_been_met() -> None:
    text = (
        "Injecting drug users (IDUs) came. People who inject drugs (PWID) slept. Most IDUs ate. PWID left, as IDUs did."
    )
    ((at, remark),) = mixed(text)
    assert text[at:].startswith("IDUs ate")
    assert (remark.rule, remark.level, remark.suggestion) == ("acronyms/mixed", "query", "PWID")
    assert "“PWID” (twice)" in remark.message or "“PWID” (2 times)" in remark.message
    assert "“IDU” (3 times)" in remark.message


def test_the_last_of_the_old_acronyms_stands_for_the_mix_where_none_comes_after() -> None:
    text = "Injecting drug users (IDUs) came, and IDUs ate. Then PWID slept."
    ((at, _),) = mixed(text)
    assert text[at:].startswith("IDUs ate")


@pytest.mark.parametrize(
    "text",
    [
        "Injecting drug users (IDUs) came. Most IDUs slept.",
        "People who inject drugs (PWID) came. Most PWID slept.",
        "People living with HIV (PLHIV) came. Injecting drug users (IDUs) slept.",  # other people
        "Injection drug use (IDU) fell among PWID.",  # the act
    ],
)
def test_no_mix_is_told_where_there_is_none(text: str) -> None:
    assert mixed(text) == []


def test_the_shipped_acronyms_fit_the_lexicon() -> None:
    known = load_acronyms()
    idu = settings().lexicon.entries["substance-use/idu"]
    pwid = instead_of(idu, known)
    assert pwid is not None and pwid.acronym == "PWID"
    assert longest_at_end("We met young people who inject drugs", known) == pwid
    assert longest_at_end("a female sex worker", known) != longest_at_end("a sex worker", known)
    assert longest_at_end("people who smoke", known) is None
    assert [short_form(idu, words) for words in ("IDU", "IDUs", "IDUS", "drug user")] == ["IDU", "IDU", "IDU", None]
    assert short_form(settings().lexicon.entries["alcohol/alcoholic"], "alcoholics") is None


def test_a_mistake_is_told_with_its_file_and_line(tmp_path: Path) -> None:
    file = tmp_path / "acronyms.yaml"
    file.write_text("acronyms:\n  - {long: people who walk, acronym: PWW}\n  - {long: people who walk, acronym: PW}\n")
    with pytest.raises(LexiconError, match=r"acronyms\.yaml:3: acronyms\.1\.long: 'people who walk' is given twice"):
        load_acronyms(tmp_path)
    load_acronyms.cache_clear()
    file.write_text("acronyms:\n  - {long: people who walk, short: PWW}\n")
    with pytest.raises(LexiconError, match=r"acronyms\.yaml:2"):
        load_acronyms(tmp_path)


def test_a_lexicon_of_ones_own_needs_no_acronyms(tmp_path: Path) -> None:
    assert load_acronyms(tmp_path) == ()
