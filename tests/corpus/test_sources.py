from __future__ import annotations

import gzip
import random
import subprocess
import sys
from pathlib import Path

import pytest

from lang_audit.corpus.reading.codes import country_code, language_code
from lang_audit.corpus.reading.records import CorpusRecord, Rejected
from lang_audit.corpus.reading.sources import KINDS, find_sources, read_source
from tests.corpus.samples import PACKED, RECORDS, TEXTS, jats, jats_set, pubmed_xml, ris, tar_gz, written, zipped


def all_of(path: Path, start: int = 0) -> list[CorpusRecord | Rejected]:
    (source,) = find_sources([path])
    found = list(read_source(source, start=start))
    assert [item.position for item in found] == list(range(start, start + len(found)))
    return found


def test_folders_are_searched_in_order_of_name(tmp_path: Path) -> None:
    (tmp_path / "b").mkdir()
    (tmp_path / ".hidden").mkdir()
    for name, make in {**TEXTS, **PACKED}.items():
        written(tmp_path / "b", name, make())
    written(tmp_path, "z.ris", ris())
    written(tmp_path, "a.ris.gz", gzip.compress(ris()))
    written(tmp_path, "a.xml.gz.md5", b"MD5 = 0")
    written(tmp_path, "figure.jpg", b"no text")
    written(tmp_path, "README.md", b"# read me")
    written(tmp_path / ".hidden", "h.ris", ris())
    (tmp_path / "PMC1").mkdir()
    for name in ("a.nxml", "a.pdf", "a.docx", "records.ris"):
        written(tmp_path / "PMC1", name, jats(RECORDS[0]) if name.endswith("xml") else ris())
    skipped: list[Path] = []
    found = find_sources([tmp_path, tmp_path / "z.ris", tmp_path / "b"], skipped.append)
    names = [source.path.relative_to(tmp_path).as_posix() for source in found]
    packages = ["PMC1/a.nxml", "PMC1/records.ris"]
    assert names == ["a.ris.gz", "z.ris", *packages, *sorted(f"b/{name}" for name in (*TEXTS, *PACKED))]
    passed_over = ["README.md", "a.xml.gz.md5", "figure.jpg", "a.docx", "a.pdf"]
    assert [path.name for path in skipped][:5] == passed_over
    assert {source.kind for source in found} <= set(KINDS)
    assert all(source.size == source.path.stat().st_size for source in found)
    assert len(list(read_source(found[0]))) == len(RECORDS)


def test_what_cannot_be_read_is_one_rejected(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    named = [
        written(tmp_path, "a.jpg", b"no text"), written(tmp_path, "a.xls", b"\xd0\xcf\x11\xe0"), tmp_path / "missing.ris",
        tmp_path / "empty", written(tmp_path, "none.csv", b""), written(tmp_path, "heads.csv", b"title,abstract\n"),
    ]  # fmt: skip
    found = [list(read_source(source)) for source in find_sources(named)]
    codes = [item.code for (item,) in found if isinstance(item, Rejected)]
    assert codes == ["unknown-format", "unknown-format", "no-access", "nothing-to-read", "empty-file", "no-records"]
    (gone,) = find_sources([written(tmp_path, "gone.ris", ris())])
    gone.path.unlink()
    assert [getattr(item, "code", "") for item in read_source(gone)] == ["no-access"]


def test_papers_are_records_with_their_text(tmp_path: Path) -> None:
    for name, data in (("a.nxml", jats(RECORDS[3])), ("a.xml.gz", gzip.compress(jats(RECORDS[3])))):
        (found,) = all_of(written(tmp_path, name, data))
        assert isinstance(found, CorpusRecord) and found.paper is not None
        assert "people who inject drugs" in found.paper.text and found.paper.source == found.source
        assert (found.title, found.pmid, found.doi) == (RECORDS[3].title, RECORDS[3].pmid, RECORDS[3].doi)
        assert (found.year, found.language) == (RECORDS[3].year, "en")
        assert all_of(tmp_path / name, 1) == []
    several = all_of(written(tmp_path, "set.xml", jats_set()))
    assert [item.position for item in several] == list(range(12))
    assert all_of(tmp_path / "set.xml", 7) == several[7:]
    (broken,) = all_of(written(tmp_path, "broken.pdf", b"%PDF-1.4 broken"))
    assert isinstance(broken, Rejected)


@pytest.mark.parametrize(("name", "data"), [("a.tar.gz", tar_gz()), ("a.zip", zipped())])
def test_archives_are_read_member_by_member(tmp_path: Path, name: str, data: bytes) -> None:
    path = written(tmp_path, name, data)
    found = all_of(path)
    members = [item.source.partition("!")[2] for item in found]
    assert members == [
        "PMC1/first.nxml",
        "more/second.xml",
        "more/broken.pdf",
        *["more/set.xml"] * 3,
        *["more/records.ris"] * 3,
    ]
    assert [item.title for item in found if isinstance(item, CorpusRecord)] == [record.title for record in RECORDS[:8]]
    assert all(item.paper.source == item.source for item in found if isinstance(item, CorpusRecord) and item.paper)
    for start in range(11):
        assert all_of(path, start) == found[start:]


def test_an_archive_that_breaks_off(tmp_path: Path) -> None:
    data = tar_gz()
    found = all_of(written(tmp_path, "a.tar.gz", data[: len(data) // 2]))
    assert isinstance(found[-1], Rejected) and found[-1].code == "broken-file"
    nothing = all_of(written(tmp_path, "b.zip", b"PK\x05\x06" + b"\0" * 18))
    assert [getattr(item, "code", "") for item in nothing] == ["nothing-to-read"]


@pytest.mark.parametrize("name", [*TEXTS, *PACKED])
def test_damaged_files_give_records_and_reasons_but_no_exception(tmp_path: Path, name: str) -> None:
    whole = {**TEXTS, **PACKED}[name]()
    dice = random.Random(name)
    marks = [b'"', b"<", b"{", b"}", b"\n", b"\0", b"\xff", b"</PubmedArticle>", b"TY  - ", b"ER  - ", b"\n\n", b"<!--"]
    for _ in range(12):
        data = bytearray(whole[: dice.randrange(len(whole))] if dice.random() < 0.4 else whole)
        for _ in range(dice.choice((0, 1, 3, 20))):
            place = dice.randrange(len(data) + 1)
            if dice.random() < 0.5:
                data[place : place + 1] = bytes([dice.randrange(256)])
            else:
                data[place:place] = dice.choice(marks)
        path = written(tmp_path, name, bytes(data))
        found = all_of(path)
        assert found and not [item for item in found if isinstance(item, Rejected) and item.code == "defect"]
        start = dice.randrange(len(found) + 1)
        assert all_of(path, start) == found[start:]


def test_memory_is_bounded_by_the_record_not_by_the_file(tmp_path: Path) -> None:
    import tracemalloc

    path = tmp_path / "a.xml.gz"
    records = pubmed_xml()[pubmed_xml().index(b"<PubmedArticle>") : -len(b"</PubmedArticleSet>\n")]
    with gzip.open(path, "wb", 1) as file:
        file.write(b"<PubmedArticleSet>" + records * 200 + b"</PubmedArticleSet>")
    tracemalloc.start()
    try:
        (source,) = find_sources([path])
        assert sum(1 for _ in read_source(source)) == 2_400
        assert tracemalloc.get_traced_memory()[1] < 12 << 20
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("England", "GB"), ("Scotland", "GB"), ("United States", "US"), ("UNITED STATES", "US"), ("Korea (South)", "KR"),
        ("China (Republic : 1949- )", "TW"), ("Russia (Federation)", "RU"), ("Iran", "IR"), ("Netherlands", "NL"),
        ("Côte d'Ivoire", "CI"), ("Germany", "DE"), ("Bosnia and Herzegovina", "BA"), ("Turkey", "TR"), ("China", "CN"),
        ("Hong Kong", "HK"), ("Venezuela", "VE"), ("New York", None), ("", None), (None, None), ("international", None),
    ],
)  # fmt: skip
def test_countries(name: str | None, code: str | None) -> None:
    assert country_code(name) == code


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("eng", "en"),
        ("English", "en"),
        ("en", "en"),
        ("ger", "de"),
        ("chi", "zh"),
        ("und", None),
        ("mul", None),
        ("", None),
    ],
)
def test_languages(name: str, code: str | None) -> None:
    assert language_code(name) == code


def test_spacy_is_not_imported() -> None:
    program = "import sys, lang_audit.corpus.reading.sources; sys.exit('spacy' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0
