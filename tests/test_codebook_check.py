"""`lang-audit lexicon check` on a codebook of one's own."""

from __future__ import annotations

from pathlib import Path

from lang_audit.codebook_check import check_codebook, is_codebook
from tests.test_cli import run
from tests.test_codebook import OWN


def test_a_good_book_has_no_warnings() -> None:
    assert is_codebook(OWN)
    assert list(check_codebook(str(OWN))) == []
    assert run("lexicon", "check", str(OWN)).stdout == "1 file, 0 entries, 1 codebook, no mistakes, 0 warnings.\n"


def test_examples_that_do_not_hold_are_named(tmp_path: Path) -> None:
    path = tmp_path / "own.yaml"
    text = OWN.read_text(encoding="utf-8")
    path.write_text(
        text.replace("The snow kept many", "The rain kept many").replace("Nobody laughed", "Everybody laughed")
    )
    done = run("lexicon", "check", str(path))
    assert "setting/winter: examples.coded: does not get the code: 'The rain kept many" in done.stderr
    assert "spark/laughter: examples.not_coded: gets the code: 'Everybody laughed" in done.stderr
    assert done.returncode == 0


def test_a_mistake_is_named_with_its_line(tmp_path: Path) -> None:
    path = tmp_path / "own.yaml"
    path.write_text(OWN.read_text(encoding="utf-8").replace("between: peer", "between: pear"))
    done = run("lexicon", "check", str(path))
    assert done.returncode == 2
    assert "'pear' is no word class" in done.stderr
