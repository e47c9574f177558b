"""The generated pages are those that the data and the commands give now; `make docs` writes them again."""

from __future__ import annotations

import importlib.util
import re
from pathlib import Path
from types import ModuleType

import pytest

from lang_audit.lexicon import load_lexicon

DOCS = Path(__file__).parent.parent / "docs"


@pytest.fixture(scope="module")
def generator() -> ModuleType:
    spec = importlib.util.spec_from_file_location("docs_generate", DOCS / "generate.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def pages(generator: ModuleType) -> dict[str, str]:
    made: dict[str, str] = generator.pages(load_lexicon())
    return made


def test_the_committed_pages_are_what_the_generator_gives(pages: dict[str, str]) -> None:
    stale = [name for name, text in pages.items() if not _same(DOCS / name, text)]
    assert stale == [], "run `make docs`"
    assert {f"lexicon/{path.name}" for path in (DOCS / "lexicon").glob("*")} == {
        p for p in pages if p.startswith("lexicon/")
    }


def _same(path: Path, text: str) -> bool:
    return path.is_file() and path.read_text(encoding="utf-8") == text


def test_the_generator_gives_the_same_twice(generator: ModuleType, pages: dict[str, str]) -> None:
    assert generator.pages(load_lexicon()) == pages


def test_every_link_of_the_index_has_its_target(pages: dict[str, str]) -> None:
    found = re.findall(r"\]\(([\w-]+\.md)(?:#([\w-]+))?\)", pages["lexicon/index.md"])
    assert len(found) > len(load_lexicon())
    for page, anchor in found:
        assert not anchor or f'<a id="{anchor}"></a>' in pages[f"lexicon/{page}"]


def test_markup_in_the_data_is_printed_as_it_is(generator: ModuleType) -> None:
    assert generator._plain("a *b* [c] <d> `e`") == r"a \*b\* \[c\] \<d\> \`e\`"
    assert generator._linked(generator.Line("A guide", ("https://a.org/x(1)", "https://b.org"))) == (
        "[A guide](https://a.org/x%281%29) ([also](https://b.org))"
    )


def test_every_command_has_its_help(pages: dict[str, str]) -> None:
    for command in ("appraise", "explain", "lexicon check", "lexicon export", "lexicon list"):
        assert f"# lang-audit {command}\n" in pages["command-line.md"]
