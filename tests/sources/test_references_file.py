"""References as programs export them. Every reference here is made up."""

from __future__ import annotations

from pathlib import Path

import pytest

from lang_audit.errors import ConfigError
from lang_audit.model import Metadata
from lang_audit.sources.reference_fields import authors_of, plain_doi, year_of
from lang_audit.sources.references_file import read_references

WANTED = Metadata(
    title="Peers at the clinic",
    year=2018,
    doi="10.1234/fab.18",
    journal="Journal of Fabricated Results",
    authors=("Ayón, Sylvia", "Booth, R."),
)
RIS = """\
1.
TY  - JOUR
AU  - Ayón, Sylvia
AU  - Booth, R.
TI  - Peers at the clinic
JO  - Journal of Fabricated Results
PY  - 2018/03//
DO  - https://doi.org/10.1234/FAB.18
ER  -

TY  - RPRT
A1  - World Health Organization,
T1  - Second
Y1  - 2019
ER  -
"""
BIB = r"""
% exported
@article{ayon2018,
  title = {{Peers} at the {Clinic}},
  author = {Ay{\'o}n, Sylvia and Booth, R. and others},
  journaltitle = "Journal of Fabricated Results",
  date = {2018-03-01},
  doi = {10.1234/FAB.18},
}
@misc{ayon2018, title = {Second}, year = 2019}
"""
ZOTERO = (
    '"Key","Item Type","Publication Year","Author","Title","Publication Title","DOI"\r\n'
    '"A","journalArticle","2018","Ayón, Sylvia; Booth, R.","Peers at the clinic",'
    '"Journal of Fabricated Results","10.1234/FAB.18"\r\n'
    '"B","report","2019","","Second","",""\r\n'
)
COVIDENCE = (
    "Title,Authors,Abstract,Published Year,Journal,DOI,Covidence #,Study\n"
    'Peers at the clinic,"Ayón, Sylvia; Booth, R.","Two\nlines",2018,Journal of Fabricated Results,10.1234/fab.18,#1,Ayón 2018\n'
    "Second,,,2019,,,#2,\n"
)
RAYYAN = (
    "key,title,year,month,journal,authors,url,doi\n"
    '1,Peers at the clinic,2018,3,Journal of Fabricated Results,"Ayón, Sylvia and Booth, R.",,10.1234/fab.18\n'
    "2,Second,2019,,,,,\n"
)
ENDNOTE = (
    "Author\tYear\tTitle\tJournal Name\tDOI\nAyón, Sylvia; Booth, R.\t2018\tPeers at the clinic\tJournal of Fabricated Results\t"
    "10.1234/fab.18\n\t2019\tSecond\t\t\n"
)
SEMICOLONS = (
    "title;doi;year;author;journal\n"
    'Peers at the clinic;10.1234/fab.18;2018;"Ayón, Sylvia; Booth, R.";Journal of Fabricated Results\nSecond;;2019;;\n'
)
FILES = {
    "a.ris": RIS, "a.txt": RIS, "a.bib": BIB, "zotero.csv": ZOTERO, "covidence.csv": COVIDENCE, "rayyan.csv": RAYYAN,
    "endnote.tsv": ENDNOTE, "semicolons.csv": SEMICOLONS,
}  # fmt: skip


def write(path: Path, text: str, encoding: str = "utf-8") -> Path:
    path.write_text(text, encoding=encoding, newline="")
    return path


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
@pytest.mark.parametrize("name", FILES)
def test_every_format_says_the_same(name: str, encoding: str, tmp_path: Path) -> None:
    first, second = read_references(write(tmp_path / name, FILES[name], encoding))
    assert first.metadata.model_copy(update={"title": "Peers at the clinic"}) == WANTED
    assert (first.metadata.title or "").casefold() == "peers at the clinic"
    assert (second.metadata.title, second.metadata.year) == ("Second", 2019)


@pytest.mark.parametrize(("name", "lines"), [("a.ris", [2, 11]), ("a.bib", [3, 10]), ("covidence.csv", [2, 4])])
def test_a_reference_knows_its_line(name: str, lines: list[int], tmp_path: Path) -> None:
    assert [reference.line for reference in read_references(write(tmp_path / name, FILES[name]))] == lines


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("a.ris", "", "a.ris:1: is empty"),
        ("a.ris", "hello\n", "a.ris:1: is no RIS: no line begins with 'TY  - '"),
        ("a.bib", "hello\n", "a.bib:1: is no BibTeX"),
        ("a.xml", "<a/>", "a.xml: is no file of references"),
        ("a.nbib", "PMID- 1\nTI  - X\n", "a.nbib: is no file of references"),
        ("a.ris", RIS.replace("ER  -\n\n", "\n"), "a.ris:2: the reference that begins here does not end"),
        ("a.bib", "@article{a, title = {One}}\n\n@article{b, title = {Two}\n", "a.bib:3: the entry that begins here is broken"),
        ("a.csv", "name,when\nx,1\n", "a.csv:1: the first row names neither a title nor a doi column (it has 'name', 'when')"),
        ("a.csv", "\n\ntitle\n", "a.csv:1: holds no reference"),
        ("a.csv", "year\x00", "a.csv:1: is no text file"),
    ],
)  # fmt: skip
def test_a_wrong_file_is_told_with_its_line_and_a_remedy(name: str, text: str, message: str, tmp_path: Path) -> None:
    with pytest.raises(ConfigError) as caught:
        read_references(write(tmp_path / name, text))
    assert message in str(caught.value)
    assert any(word in str(caught.value) for word in ("Save", "Mend", "Name the columns"))


def test_a_missing_file(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"gone\.ris: cannot be read: No such file or directory"):
        read_references(tmp_path / "gone.ris")


@pytest.mark.parametrize(
    ("cell", "authors"),
    [
        ("Ayon, Sylvia; Ndimbii, James", ("Ayon, Sylvia", "Ndimbii, James")),
        ("Ayon, Sylvia and Ndimbii, James", ("Ayon, Sylvia", "Ndimbii, James")),
        ("Ayon S, Ndimbii J.", ("Ayon S", "Ndimbii J.")),
        ("Ayon, Sylvia", ("Ayon, Sylvia",)),
        ("Ayon, S., Ndimbii, J.", ("Ayon, S.", "Ndimbii, J.")),
        ("Sylvia Ayon, James Ndimbii and Ann Booth", ("Sylvia Ayon", "James Ndimbii", "Ann Booth")),
        ("van der Berg A, Booth R & Li X", ("van der Berg A", "Booth R", "Li X")),
        ("Ayon S., et al.", ("Ayon S.",)),
        ("WHO", ("WHO",)),
        ("", ()),
    ],
)
def test_authors_in_one_cell(cell: str, authors: tuple[str, ...]) -> None:
    assert authors_of(cell) == authors


def test_dois_and_years() -> None:
    assert plain_doi("http://dx.doi.org/10.1234%2FAbC(1)x.") == "10.1234/abc(1)x"
    assert plain_doi("PMID 1") is None
    assert [year_of(value) for value in ("2019//", "12 March 2018", 2017, "", None, "99")] == [
        2019,
        2018,
        2017,
        None,
        None,
        None,
    ]
