from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from lang_audit.corpus.reading import streams, tagged
from lang_audit.corpus.reading.records import CorpusRecord, Rejected
from lang_audit.corpus.reading.sources import find_sources, read_source
from tests.corpus.samples import RECORDS, TEXTS, nbib, ris, written

_FIELDS = ("title", "abstract", "keywords", "pmid", "doi", "year", "journal", "language", "types")


def read(folder: Path, name: str, data: bytes | str, start: int = 0) -> list[CorpusRecord | Rejected]:
    path = written(folder, name, data.encode() if isinstance(data, str) else data)
    (source,) = find_sources([path])
    found = list(read_source(source, start=start))
    assert [item.position for item in found] == list(range(start, start + len(found)))
    return found


def one(folder: Path, name: str, data: bytes | str) -> CorpusRecord:
    (found,) = read(folder, name, data)
    assert isinstance(found, CorpusRecord), found
    return found


@pytest.mark.parametrize("name", TEXTS)
def test_each_format_gives_what_was_written(tmp_path: Path, name: str) -> None:
    found = read(tmp_path, name, TEXTS[name]())
    told = [tuple(getattr(item, field, item) for field in _FIELDS) for item in found]
    assert told == [tuple(getattr(record, field) for field in _FIELDS) for record in RECORDS]
    for start in (1, 5, 11, 12, 20):
        assert read(tmp_path, name, TEXTS[name](), start) == found[start:]


@pytest.mark.parametrize("name", TEXTS)
@pytest.mark.parametrize("ends", [b"\r\n", b"\r"])
def test_line_ends_of_other_systems(tmp_path: Path, name: str, ends: bytes) -> None:
    found = read(tmp_path, name, b"\xef\xbb\xbf" + TEXTS[name]().replace(b"\r\n", b"\n").replace(b"\n", ends))
    assert [getattr(item, "title", item) for item in found] == [record.title for record in RECORDS]


@pytest.mark.parametrize("name", [name for name in TEXTS if name != "a.xml"])
def test_utf_16_and_windows_1252(tmp_path: Path, name: str) -> None:
    text = TEXTS[name]().decode()
    for encoding in ("utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-le", "cp1252"):
        found = read(tmp_path, name, text.encode(encoding))
        assert [getattr(item, "abstract", item) for item in found] == [record.abstract for record in RECORDS], encoding
        assert [getattr(item, "year", item) for item in found] == [record.year for record in RECORDS], encoding


def test_what_a_file_holds_counts_more_than_its_name(tmp_path: Path) -> None:
    for make in TEXTS.values():
        data = make()
        if data.startswith((b"PMID,", b'{"')):
            continue
        assert len(read(tmp_path, "export.txt", data)) == len(RECORDS)


def test_the_dialects_of_ris(tmp_path: Path) -> None:
    old = "TY  - JOUR\nT1  - Old title\nN2  - An old abstract.\nY1  - 2003/04//\nJO  - J Made Up\n"
    old += "L2  - http://dx.doi.org/10.5555/X.1\nER  -\n"
    told = one(tmp_path, "a.ris", old)
    assert (told.title, told.abstract, told.year, told.journal) == ("Old title", "An old abstract.", 2003, "J Made Up")
    assert told.doi == "10.5555/x.1" and told.pmid is None
    narrow = "TY - JOUR\nTI - Narrow\nAB - Ratios were\nCI - 95% and\nHR  of 2\nPY - 1999\nER - \n"
    assert one(tmp_path, "b.ris", narrow).abstract == "Ratios were CI - 95% and HR of 2"
    words = "TY  - JOUR\nTI  - Words\nKW  - first\nsecond\nKW  - third; fourth\nER  - \n"
    assert one(tmp_path, "c.ris", words).keywords == ("first", "second", "third", "fourth")
    twice = "TY  - JOUR\nTI  - Twice\nAB  - The same.\nAB  - The same.\nER  - \n"
    assert one(tmp_path, "d.ris", twice).abstract == "The same."


@pytest.mark.parametrize(
    ("lines", "pmid"),
    [
        ("AN  - 12345\nDP  - NLM", "12345"),
        ("ID  - 12345\nL2  - http://ovidsp.ovid.com/ovidweb.cgi?T=JS&D=med10&AN=12345", "12345"),
        ("UR  - https://pubmed.ncbi.nlm.nih.gov/12345/", "12345"),
        ("UR  - http://www.ncbi.nlm.nih.gov/pubmed/12345", "12345"),
        ("DB  - Scopus\nC2  - 12345", "12345"),
        ("N1  - PMID: 12345", "12345"),
        ("ID  - 12345\nDB  - Embase", None),
        ("AN  - WOS:000444108200009", None),
        ("ID  - 2019-65183-001\nL2  - http://ovidsp.ovid.com/ovidweb.cgi?D=psyc16&AN=2019-65183-001", None),
    ],
)
def test_a_number_is_a_pmid_only_where_the_record_says_so(tmp_path: Path, lines: str, pmid: str | None) -> None:
    assert one(tmp_path, "a.ris", f"TY  - JOUR\nTI  - Made up\n{lines}\nER  - \n").pmid == pmid


def test_what_stands_between_records_belongs_to_none(tmp_path: Path) -> None:
    between = "1. \nTY  - JOUR\nTI  - One\nER  - \nNL  - J Made Up\n\nLink to the text: http://example.org/\n\n2. \n"
    found = read(tmp_path, "a.ris", between + "TY  - JOUR\nTI  - Two\nER  - \nProvider: nobody\n")
    assert [getattr(item, "title", item) for item in found] == ["One", "Two"]


def test_records_without_end_or_beginning(tmp_path: Path) -> None:
    text = "TY  - JOUR\nTI  - No end\nTY  - JOUR\nTI  - Whole\nER  - \nTX  - JOUR\nTI  - No beginning\nER  - \n"
    text += "TY  - JOUR\nPY  - 1999\nER  - \n"
    found = read(tmp_path, "a.ris", text)
    assert [getattr(item, "title", "") for item in found] == ["No end", "Whole", "No beginning", ""]
    assert isinstance(found[3], Rejected) and found[3].code == "no-text"


def test_ris_in_which_no_record_has_an_end(tmp_path: Path) -> None:
    data = ris().replace(b"ER  - \n", b"")
    assert [getattr(item, "abstract", item) for item in read(tmp_path, "a.ris", data)] == [r.abstract for r in RECORDS]
    (nothing,) = read(tmp_path, "b.ris", b"TY  - JOUR\nPY  - 1999\n")
    assert isinstance(nothing, Rejected) and nothing.code == "broken-file"


@pytest.mark.parametrize("name", TEXTS)
def test_a_file_that_breaks_off_within_a_record_says_so(tmp_path: Path, name: str) -> None:
    data = TEXTS[name]()
    found = read(tmp_path, name, data[: data.rindex(b"BACKGROUND") + 12])
    assert len(found) == len(RECORDS)
    assert isinstance(found[-1], Rejected) and found[-1].code == "broken-file"


@pytest.mark.parametrize("make", [ris, nbib])
def test_a_record_that_is_too_large_is_passed_over(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, make: Callable[..., bytes]
) -> None:
    monkeypatch.setattr(tagged, "LARGEST_RECORD", 100_000)
    monkeypatch.setattr(streams, "LARGEST_RECORD", 500_000)
    for long in (b"word " * 40_000, b"word\n      " * 40_000, b"word " * 400_000):
        data = make().replace(b"BACKGROUND: 3 ", long)
        found = read(tmp_path, "a.txt", data)
        assert [getattr(item, "code", "ok") for item in found] == ["ok"] * 3 + ["too-large"] + ["ok"] * 8


def test_bibtex_in_its_ways(tmp_path: Path) -> None:
    text = (
        '@string{jmu = "Journal of Made-up Studies"}\n@comment{nothing}\nfree text\n'
        '@Article{one, title = "Caf{\\\'e} {HIV} \\& more", journal = jmu, year = 2001}\n'
        "@article{two, title = {Broken\n"
        "@book{three, title={A Book}, date={2002-03-04}, url={https://doi.org/10.5555/b.1}}\n"
    )
    one_, two, three = read(tmp_path, "a.bib", text)
    assert isinstance(one_, CorpusRecord) and isinstance(two, Rejected) and isinstance(three, CorpusRecord)
    assert (one_.title, one_.journal, one_.year) == ("Café HIV & more", "Journal of Made-up Studies", 2001)
    assert two.code == "malformed-entry"
    assert (three.title, three.year, three.doi, three.types) == ("A Book", 2002, "10.5555/b.1", ("Book",))
