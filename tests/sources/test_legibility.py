"""Garbage is told from text, and text of no kind is taken for garbage."""

from __future__ import annotations

import random
from pathlib import Path
from string import ascii_lowercase, printable

import pytest

from lang_audit.errors import UnreadableError
from lang_audit.sources.legibility import legible, means_something, pages_named
from lang_audit.sources.pdf import placed_document
from lang_audit.sources.placed import PlacedDocument, PlacedPage, Run

SAMPLES = sorted((Path(__file__).parents[2] / "corpus_samples").rglob("*.pdf"))
PROSE = (
    "Peer workers met participants at the drop-in centre and asked them about health, housing and services. People who use "
    "drugs said that trust came first; information about treatment followed. Of 45 people, 31 (69%) stayed in contact.\n"
)
TELLING = {
    "French": "Les personnes qui consomment des drogues ont été rencontrées par des pairs dans le centre d'accueil de la ville. ",
    "Polish": "Osoby używające narkotyków spotykały się z rówieśnikami w ośrodku, aby rozmawiać o zdrowiu i mieszkaniu. ",
    "Vietnamese": "Những người tiêm chích ma túy đã gặp gỡ các đồng đẳng viên tại trung tâm để trao đổi về sức khỏe của họ. ",
    "Finnish": "Huumeita käyttävät ihmiset tapasivat vertaistukijoita keskuksessa ja keskustelivat terveydestä ja asumisesta. ",
    "Swahili": "Watu wanaotumia dawa za kulevya walikutana na waelimishaji rika katika kituo na kuzungumza kuhusu afya zao. ",
    "Greek": "Οι άνθρωποι που κάνουν χρήση ναρκωτικών συνάντησαν ομότιμους εργαζόμενους στο κέντρο και μίλησαν για την υγεία. ",
    "Russian": "Люди, употребляющие наркотики, встречались с равными консультантами в центре и говорили о здоровье и жилье. ",
    "Chinese": "使用毒品的人在中心与同伴工作者会面，谈论健康、住房和服务。" * 3,
    "names": "Krzyżanowski W, Nguyễn TH, Szczepański P, Mkhize NX, Hlongwane Z, O'Connor J, Müller-Lüdenscheidt F, Żółć A. ",
    "genes": "BRCA1 TP53 OPRM1 DRD2 COMT KRAS NRAS PTEN MAPK14 CXCR4 SOX2 JUN FOXP3 ZNF804A GABRA2 HLA-DQB1 CHRNA5 ",
    "genome": "ACGTTGCAAGCTTACGGATCCATTGCAACGTTAGCCATGGACTTACG acgttgcaagcttacggatccattgcaacgttagc ",
    "protein": "MKTAYIAKQR QISFVKSHFS RQLEERLGLI EVQAPILSRV GDGTQDNLSG AEKAVQVKVK ALPDAQFEVV HSLAKWKRQT ",
    "figures": "0.42* [0.12; 1.44] 0.03 (<0.001) 12/45 +0.5 = 3.1 ± 0.2 † ‡ -0.31* [-0.6; 0.1] 1,234 67.8% ",
    "formulas": "β0 + β1 x i + ε i = Σ j w ij ( y j − μ j ) 2 ≤ α ∀ i { x | x > 0 } ",
    "code": 'fit <- lm(y ~ x$age + factor(z["sex"]), data = df[!is.na(df$y) & df$t > 0, ]); print(summary(fit)) # done ',
    "search": '("drug user*"[tiab] OR "inject*"[tiab]) AND (peer*[tw] OR "Community Health Workers"[Mesh]) NOT rat* ',
    "addresses": "https://doi.org/10.1186/qzxkvwjb-zzq www.example.org/qqkxzv xqzkvj@example.org ",
}


def page(text: str, number: int = 1) -> PlacedPage:
    """A page of such lines."""
    lines = text.splitlines()
    return PlacedPage(
        number, 612, 792, tuple(Run(line, 50, 500, 50.0 + k, 10, "F", False) for k, line in enumerate(lines))
    )


def ciphered(text: str, key: str) -> str:
    """Text in which each letter stands for another."""
    return text.translate(str.maketrans(ascii_lowercase + ascii_lowercase.upper(), key + key.upper()))


def numbered(text: str, first: int) -> str:
    """Text in whose font the glyphs are numbered as they come, the space keeping its place."""
    codes = {" ": " ", "\n": "\n"}
    for character in text:
        codes.setdefault(character, chr(first + len(codes) - 2))
    return text.translate(str.maketrans(codes))


@pytest.mark.parametrize("kind", TELLING)
def test_no_text_is_taken_for_garbage(kind: str) -> None:
    assert means_something(page(f"{TELLING[kind]}\n" * 30)) is not False


def test_the_samples_are_text_and_any_other_letters_are_not() -> None:
    draw = random.Random(7)
    pages = [page for path in SAMPLES for page in placed_document(path).pages]
    texts = ["\n".join(run.text for run in page.runs) for page in pages]
    assert len(texts) > 3 and all(means_something(page) is not False for page in pages)
    for text in [text for text in texts if len(text) > 1500][:4]:
        for shift in range(1, 26):
            assert means_something(page(ciphered(text, ascii_lowercase[shift:] + ascii_lowercase[:shift]))) is False
        for _ in range(10):
            key = "".join(draw.sample(ascii_lowercase, 26))
            assert means_something(page(ciphered(text, key))) is False


def test_moved_codes_and_numbers_of_glyphs_are_garbage() -> None:
    text = PROSE * 8
    codes = [c for c in printable if c > " "]
    for shift in range(1, 94):
        moved = text.translate({ord(c): chr(33 + (ord(c) - 33 + shift) % 94) for c in codes})
        assert means_something(page(moved)) is False, shift
    below = text.translate({ord(c): chr(ord(c) - 29) if ord(c) > 60 else "\ufffd" for c in [*codes, " "]})
    assert means_something(page(below)) is False
    assert means_something(page(numbered(text, ord("!")))) is False
    assert means_something(page("".join(chr(0xF000 + ord(c)) if c > " " else c for c in text))) is False
    assert means_something(page("".join(f"(cid:{ord(c)})" if c > " " else c for c in text))) is False


def test_little_text_is_not_judged() -> None:
    assert means_something(page("")) is None
    assert means_something(page("Wjhvs qkz bnrtlpg dfx")) is None


def test_pages_of_garbage_are_left_out_and_named() -> None:
    garbage = ciphered(PROSE * 8, "qhzjxkvwnbgytcmrpfdoeslaui")
    pages = [page(PROSE * 8, 1), page(garbage, 2), page("", 3), page(garbage, 4), page(garbage, 5), page(garbage, 6)]
    document = PlacedDocument(tuple(pages))
    read = legible(document)
    assert [bool(page.runs) for page in read.pages] == [True, False, False, False, False, False]
    (problem,) = read.problems
    assert problem.code == "garbled-pages" and "pages 2, 4-6 " in problem.message and "--ocr" in problem.remedy
    with pytest.raises(UnreadableError) as refused:
        legible(PlacedDocument((page(garbage, 1), page("", 2))))
    assert refused.value.code == "garbled-text"
    whole = PlacedDocument((page(PROSE * 8),))
    assert legible(whole) is whole


def test_page_numbers_are_written_as_people_write_them() -> None:
    assert pages_named([3]) == "page 3"
    assert pages_named([1, 2, 4, 5, 6, 9]) == "pages 1, 2, 4-6, 9"
