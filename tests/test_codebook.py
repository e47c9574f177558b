"""The codebooks: what their files promise, and what the loader says of a mistake."""

from __future__ import annotations

from pathlib import Path

import pytest

from lang_audit.audit import audit_paper
from lang_audit.codebook import Codebook, codebook_names, load_codebook
from lang_audit.detection.coding import code_paper
from lang_audit.errors import ConfigError, LexiconError
from lang_audit.settings import load_settings
from tests.conftest import paper_of

BOOKS = [load_codebook(name) for name in codebook_names()]
OWN = Path(__file__).parent / "data" / "befriending.yaml"
CHANG = {
    "role": "harm-reduction-education direct-services peer-support management advocacy research-assistance advisory",
    "mechanism": "trust community-knowledge bridge role-model",
    "context": "criminalisation service-environment stigma",
    "outcome": "health-status risk-behaviours access-quality stigma-reduction",
}
HAN = {
    "support": "informational instrumental emotional affiliational appraisal",
    "outcome": "physiological psychological behavioural cognitive social",
    "effectiveness-mechanism": "adequate-training tailored-service continuous-support bridge information-translation "
    "reciprocal-support role-model acceptance-empathy",
    "sustainability-mechanism": "sense-of-achievement sense-of-belonging emotional-burnout privacy-worries confidentiality "
    "perceived-benefits financial-support safe-place staff-communication continuous-training",
}


def codes_of(text: str, book: str) -> set[str]:
    codes, _ = code_paper(paper_of(text), (book,), {})
    return {f"{code.dimension}/{code.code}" for code in codes}


def examples(kind: str) -> list[tuple[str, str, str]]:
    return [
        (name, f"{dimension.id}/{code.id}", text)
        for name, book in [*((b.codebook, b) for b in BOOKS), (str(OWN), load_codebook(str(OWN)))]
        for dimension in book.dimensions
        for code in dimension.codes
        for text in getattr(code.examples, kind)
    ]


@pytest.mark.parametrize(("book", "code", "text"), examples("coded"))
def test_an_example_gets_its_code(book: str, code: str, text: str) -> None:
    assert code in codes_of(text, book)


@pytest.mark.parametrize(("book", "code", "text"), examples("not_coded"))
def test_a_look_alike_does_not(book: str, code: str, text: str) -> None:
    assert code not in codes_of(text, book)


@pytest.mark.parametrize(("name", "dimensions"), [("chang-2021", CHANG), ("han-2023", HAN)])
def test_both_reviews_are_there_in_full(name: str, dimensions: dict[str, str]) -> None:
    book = load_codebook(name)
    assert {d.id: " ".join(c.id for c in d.codes) for d in book.dimensions} == dimensions


def test_what_the_review_left_out_of_its_analysis_says_so() -> None:
    chang = load_codebook("chang-2021")
    assert {c.id for d in chang.dimensions for c in d.codes if c.outside} == {"research-assistance", "advisory"}


@pytest.mark.parametrize("book", BOOKS, ids=lambda book: book.codebook)
def test_each_code_has_look_alikes(book: Codebook) -> None:
    assert [c.id for d in book.dimensions for c in d.codes if not c.examples.not_coded] == []


def test_a_third_codebook_is_one_file_and_nothing_else() -> None:
    text = "Because the snow kept people indoors, peer volunteers came and laughed with them, so that residents went out more."
    record = audit_paper(paper_of(text), settings=load_settings(codebooks=[str(OWN)]))
    assert record.appraisal is not None
    assert {code.code for code in record.appraisal.codes} == {"winter", "laughter", "outings"}
    assert [(c.codebook, c.link) for c in record.appraisal.configurations] == [("befriending", "stated")]


def broken(tmp_path: Path, old: str, new: str) -> str:
    path = tmp_path / "own.yaml"
    text = OWN.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(LexiconError) as caught:
        load_codebook(str(path))
    return str(caught.value)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("<elder> ...4", "<elders> ...4", "own.yaml:43: dimensions.2.codes.0.evidence.0.say.0: "),
        ("between: peer", "between: pear", r"'pear' is no word class; did you mean peer"),
        ("say: [laugh|laughter|joke]", 'say: ["...3"]', "each part of a pattern begins and ends with words"),
        ("part: mechanism", "part: engine", "must be 'intervention', 'context', 'mechanism' or 'outcome'"),
        ("id: winter", "id: Winter", "own.yaml:14"),
        ("id: spark", "id: setting", "dimension given twice: setting"),
        ("definition: Befrienders", "definitions: Befrienders", "is no key of this format"),
    ],
)
def test_a_mistake_is_told_with_its_place(tmp_path: Path, old: str, new: str, said: str) -> None:
    assert said.replace("'", "") in broken(tmp_path, old, new).replace("'", "")


def test_an_unknown_codebook_names_those_that_there_are() -> None:
    with pytest.raises(ConfigError, match="there is chang-2021, han-2023; did you mean chang-2021"):
        load_codebook("chang-2012")
