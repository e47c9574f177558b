from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from lang_audit.corpus.reading import pubmed_xml
from lang_audit.corpus.reading.records import CorpusRecord, Rejected
from tests.corpus.samples import RECORDS, written
from tests.corpus.samples import pubmed_xml as baseline

_FULL = """<PubmedArticle><MedlineCitation Status="MEDLINE" Owner="NLM"><PMID Version="1">123</PMID>
<Article PubModel="Print"><Journal><ISSN>0000-0000</ISSN><JournalIssue CitedMedium="Print"><PubDate>
<MedlineDate>1998 Dec-1999 Jan</MedlineDate></PubDate></JournalIssue><Title>Journal of Made-up
 Studies</Title></Journal><ArticleTitle>[Use of CO<sub>2</sub> by <i>people</i> who smoke.]</ArticleTitle>
<ELocationID EIdType="doi" ValidYN="N">10.5555/withdrawn</ELocationID><ELocationID EIdType="pii">S1</ELocationID>
<Abstract><AbstractText Label="AIM" NlmCategory="OBJECTIVE">To learn about H<sub>2</sub>O.</AbstractText>
<AbstractText Label="UNLABELLED">No label &lt;5 &amp; more.</AbstractText><AbstractText/>
<CopyrightInformation>(c) Nobody</CopyrightInformation></Abstract>
<AuthorList><Author><LastName>Made</LastName></Author></AuthorList><Language>fre</Language><Language>eng</Language>
<PublicationTypeList><PublicationType UI="D1">Journal Article</PublicationType><PublicationType>Review</PublicationType>
</PublicationTypeList><ArticleDate><Year>1997</Year></ArticleDate></Article>
<MedlineJournalInfo><Country>Korea (South)</Country><MedlineTA>J Made Up</MedlineTA></MedlineJournalInfo>
<MeshHeadingList><MeshHeading><DescriptorName>Left Out</DescriptorName></MeshHeading></MeshHeadingList>
<OtherAbstract Type="Publisher"><AbstractText>Left out.</AbstractText></OtherAbstract>
<KeywordList Owner="NOTNLM"><Keyword>peer <i>work</i></Keyword><Keyword/></KeywordList>
<KeywordList Owner="PIP"><Keyword>naloxone</Keyword></KeywordList></MedlineCitation>
<PubmedData><ReferenceList><Reference><ArticleIdList><ArticleId IdType="doi">10.5555/cited</ArticleId></ArticleIdList></Reference>
<ReferenceList><Reference/></ReferenceList></ReferenceList><ArticleIdList><ArticleId IdType="pubmed">123</ArticleId>
<ArticleId IdType="doi">10.5555/ABC.1</ArticleId></ArticleIdList></PubmedData></PubmedArticle>"""

_BOOK = """<PubmedBookArticle><BookDocument><PMID>77</PMID><ArticleIdList><ArticleId IdType="bookaccession">NBK1</ArticleId>
</ArticleIdList><Book><Publisher><PublisherName>P</PublisherName><PublisherLocation>London, England</PublisherLocation>
</Publisher><BookTitle>A made-up book</BookTitle><PubDate><Year>2011</Year></PubDate></Book>
<ArticleTitle>Its first chapter</ArticleTitle>
<Language>eng</Language><PublicationType UI="D1">Review</PublicationType><Abstract><AbstractText>Words.</AbstractText></Abstract>
</BookDocument><PubmedBookData/></PubmedBookArticle>"""


def read(folder: Path, data: bytes | str, start: int = 0) -> list[CorpusRecord | Rejected]:
    path = written(folder, "a.xml", data.encode() if isinstance(data, str) else data)
    found = list(pubmed_xml.read(path, "a.xml", start))
    assert [item.position for item in found] == list(range(start, start + len(found)))
    return found


def of_set(*records: str) -> str:
    return f"<PubmedArticleSet>{''.join(records)}<DeleteCitation><PMID>9</PMID></DeleteCitation></PubmedArticleSet>"


def one(folder: Path, record: str) -> CorpusRecord:
    (found,) = read(folder, of_set(record))
    assert isinstance(found, CorpusRecord), found
    return found


def test_everything_that_a_record_tells(tmp_path: Path) -> None:
    assert one(tmp_path, _FULL) == CorpusRecord(
        "a.xml",
        0,
        title="Use of CO2 by people who smoke.",
        abstract="AIM: To learn about H2O. No label <5 & more.",
        keywords=("peer work", "naloxone"),
        pmid="123",
        doi="10.5555/abc.1",
        year=1998,
        journal="Journal of Made-up Studies",
        country="KR",
        language="fr",
        types=("Journal Article", "Review"),
    )


def test_a_chapter_of_a_book_has_the_book_as_its_journal(tmp_path: Path) -> None:
    found = one(tmp_path, _BOOK)
    assert (found.title, found.journal, found.year, found.country) == (
        "Its first chapter",
        "A made-up book",
        2011,
        "GB",
    )
    assert (found.pmid, found.types, found.abstract) == ("77", ("Review",), "Words.")
    both = read(tmp_path, of_set(_FULL, _BOOK, _FULL))
    assert [getattr(item, "pmid", None) for item in both] == ["123", "77", "123"]


@pytest.mark.parametrize(
    ("written_as", "year"),
    [
        ("<PubDate><Year>2004</Year></PubDate>", 2004),
        ("<PubDate><MedlineDate>Winter 1998-1999</MedlineDate></PubDate>", 1998),
        ("<PubDate><Season>Spring</Season></PubDate>", 1997),
    ],
)
def test_the_year_is_that_of_the_issue_else_of_the_article(tmp_path: Path, written_as: str, year: int) -> None:
    text = _FULL.replace("<PubDate>\n<MedlineDate>1998 Dec-1999 Jan</MedlineDate></PubDate>", written_as)
    assert one(tmp_path, text).year == year


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("[Café: a survey].", "Café: a survey."),
        ("[One?]", "One?"),
        ("[One] or [two].", "[One] or [two]."),
        ("[Not Available].", ""),
        ("Brackets [inside].", "Brackets [inside]."),
        ("Fresh words. [In Process Citation]", "Fresh words."),
    ],
)
def test_brackets_of_translations_go(tmp_path: Path, title: str, expected: str) -> None:
    text = _FULL.replace("[Use of CO<sub>2</sub> by <i>people</i> who smoke.]", title)
    assert one(tmp_path, text).title == expected


def test_what_looks_like_a_cut_part_in_a_comment_or_cdata_cuts_nothing(tmp_path: Path) -> None:
    text = _FULL.replace("To learn about", "<!-- <AuthorList> --><![CDATA[<History> </AuthorList> &]]> about")
    assert one(tmp_path, text).abstract.startswith("AIM: <History> </AuthorList> & about H2O.")
    assert one(tmp_path, _FULL.replace("<AuthorList>", "<AuthorList/><AuthorList>")).language == "fr"


def test_a_broken_record_breaks_none_but_itself(tmp_path: Path) -> None:
    no_end = _FULL.replace("</PubmedArticle>", "")
    unclosed = _FULL.replace("</Abstract>", "")
    empty = "<PubmedArticle><MedlineCitation><PMID>5</PMID></MedlineCitation></PubmedArticle>"
    found = read(tmp_path, of_set(_FULL, unclosed, _FULL, no_end, _FULL, "</PubmedArticle>", empty, _FULL))
    codes = [getattr(item, "code", "ok") for item in found]
    assert codes == ["ok", "malformed-xml", "ok", "malformed-xml", "ok", "malformed-xml", "no-text", "ok"]
    for start in range(10):
        assert read(tmp_path, (tmp_path / "a.xml").read_bytes(), start) == found[start:]


def test_a_record_without_a_set_around_it(tmp_path: Path) -> None:
    (found,) = read(tmp_path, _FULL)
    assert isinstance(found, CorpusRecord)


def test_no_entity_is_expanded_and_no_file_read(tmp_path: Path) -> None:
    secret = written(tmp_path, "secret.txt", b"SECRET")
    head = f"<!DOCTYPE PubmedArticleSet [<!ENTITY x 'boom'><!ENTITY y SYSTEM '{secret.as_uri()}'>]>"
    found = read(tmp_path, head + of_set(_FULL.replace("To learn", "&x;&y;"), _FULL))
    assert isinstance(found[0], Rejected) and found[0].code == "malformed-xml"
    assert isinstance(found[1], CorpusRecord)


@pytest.mark.parametrize("encoding", ["utf-16", "iso-8859-1", "utf-8-sig"])
def test_other_encodings(tmp_path: Path, encoding: str) -> None:
    text = (
        f'<?xml version="1.0" encoding="{encoding.removesuffix("-sig")}"?>{of_set(_FULL.replace("To learn", "Café"))}'
    )
    (found,) = read(tmp_path, text.encode(encoding))
    assert isinstance(found, CorpusRecord) and found.abstract.startswith("AIM: Café")


@pytest.mark.parametrize("packed", [False, True])
def test_a_file_that_breaks_off_gives_what_came_before(tmp_path: Path, packed: bool) -> None:
    whole = baseline()
    data = gzip.compress(whole)[:-20] if packed else whole[: whole.rindex(b"<ArticleTitle>")]
    found = read(tmp_path, data)
    assert isinstance(found[-1], Rejected) and found[-1].code == "broken-file"
    assert [item.title for item in found[:-1] if isinstance(item, CorpusRecord)] == [
        record.title for record in RECORDS[: len(found) - 1]
    ]
    assert len(found) >= 11
    assert read(tmp_path, data, len(found)) == []


def test_several_packed_files_in_one(tmp_path: Path) -> None:
    whole = baseline()
    assert len(read(tmp_path, gzip.compress(whole[:5000]) + gzip.compress(whole[5000:]))) == len(RECORDS)


def test_a_record_that_is_too_large_is_passed_over(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pubmed_xml, "LARGEST_RECORD", 1 << 20)
    large = _FULL.replace("To learn", "long " * 900_000)
    found = read(tmp_path, of_set(_FULL, large, _FULL))
    assert [getattr(item, "code", "ok") for item in found] == ["ok", "too-large", "ok"]
