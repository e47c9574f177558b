"""Writes PubMed baseline files of any number and size from records that one has: for tests, and to measure with.

    python benchmarks/pubmed_sample.py RECORDS... -o FOLDER [--files 2] [--per-file 30000]

RECORDS is whatever `lang-audit corpus` reads. Records are repeated as often as it takes, each with a PMID of its own; the
copies have numbers in their titles and DOIs, so that they are no duplicates. Around the words stands what a real record holds
besides (authors, headings, references), made up, so that a file is as large and as slow to read as a real one.
"""

from __future__ import annotations

import argparse
import gzip
import random
import re
from collections.abc import Iterable, Iterator
from itertools import count
from pathlib import Path
from xml.sax.saxutils import escape, quoteattr

from lang_audit.corpus.reading.records import CorpusRecord

FIRST_PMID = 90_000_000
_LABEL = re.compile(r"(?:^|(?<=[.;)?%] ))([A-Z][A-Z &/,'-]{4,50}): ")
_COUNTRIES = {
    "GB": "England",
    "US": "United States",
    "KR": "Korea (South)",
    "RU": "Russia (Federation)",
    "TW": "China (Republic : 1949- )",
}
_HEAD = """<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE PubmedArticleSet PUBLIC "-//NLM//DTD PubMedArticle, 1st January 2025//EN" \
"https://dtd.nlm.nih.gov/ncbi/pubmed/out/pubmed_250101.dtd">
<PubmedArticleSet>
"""
_SYLLABLES = ("ba", "ce", "di", "fo", "gu", "ha", "le", "mi", "no", "pu", "ra", "se", "ti", "vo", "wu", "ka")


def write_baseline(
    records: Iterable[CorpusRecord],
    folder: Path,
    files: int = 1,
    per_file: int = 30_000,
    *,
    bulk: bool = True,
    seed: int = 1,
) -> list[Path]:
    """Write `files` baseline files of `per_file` records each into `folder` and return their paths.

    The first round of records keeps titles, abstracts, years, DOIs, journals, countries and keywords; all get new PMIDs, from
    `FIRST_PMID` on. `bulk=False` leaves out what is not read. The same arguments give the same files.
    """
    some = list(records)
    if not some:
        raise ValueError("no records to write")
    folder.mkdir(parents=True, exist_ok=True)
    dice = random.Random(seed)
    padding = [_padding(dice) for _ in range(200)] if bulk else [("", "", "")]
    endless = _repeated(some)
    paths = []
    for number in range(1, files + 1):
        path = folder / f"pubmed25n{number:04d}.xml.gz"
        with path.open("wb") as raw, gzip.GzipFile("", "wb", compresslevel=6, fileobj=raw, mtime=0) as packed:
            packed.write(_HEAD.encode())
            for _ in range(per_file):
                pmid, record, copy = next(endless)
                packed.write(article_xml(record, pmid, copy, dice.choice(padding)).encode())
            packed.write(b"</PubmedArticleSet>\n")
        paths.append(path)
    return paths


def article_xml(record: CorpusRecord, pmid: int, copy: int = 0, padding: tuple[str, str, str] = ("", "", "")) -> str:
    """A record as a PubmedArticle; `copy` numbers its repetitions, `padding` is what stands after abstract, journal, record."""
    title = f"{record.title} ({copy + 1})" if copy else record.title
    doi = f"{record.doi}.{copy + 1}" if copy and record.doi else record.doi
    country = _COUNTRIES.get(record.country or "", record.country or "")
    abstract = "".join(_abstract(record.abstract))
    kinds = "".join(
        f'<PublicationType UI="D000000">{escape(kind)}</PublicationType>'
        for kind in record.types or ("Journal Article",)
    )
    keywords = "".join(f'<Keyword MajorTopicYN="N">{escape(word)}</Keyword>' for word in record.keywords)
    parts = (
        f'<PubmedArticle>\n<MedlineCitation Status="MEDLINE" Owner="NLM"><PMID Version="1">{pmid}</PMID>',
        "<DateRevised><Year>2024</Year><Month>01</Month><Day>01</Day></DateRevised>",
        '<Article PubModel="Print"><Journal><ISSN IssnType="Print">0000-0000</ISSN><JournalIssue CitedMedium="Print">',
        "<Volume>1</Volume><Issue>1</Issue><PubDate>",
        f"<Year>{record.year}</Year><Month>Jan</Month>" if record.year else "",
        f"</PubDate></JournalIssue><Title>{escape(record.journal or '')}</Title></Journal>",
        f"<ArticleTitle>{escape(title)}</ArticleTitle><Pagination><MedlinePgn>1-9</MedlinePgn></Pagination>",
        f'<ELocationID EIdType="doi" ValidYN="Y">{escape(doi)}</ELocationID>' if doi else "",
        f"<Abstract>{abstract}</Abstract>" if abstract else "",
        padding[0],
        f"<Language>{record.language or 'eng'}</Language><PublicationTypeList>{kinds}</PublicationTypeList></Article>",
        f"<MedlineJournalInfo><Country>{escape(country)}</Country><MedlineTA>{escape(record.journal or '')}</MedlineTA>",
        f"<NlmUniqueID>0000000</NlmUniqueID></MedlineJournalInfo>{padding[1]}",
        f'<KeywordList Owner="NOTNLM">{keywords}</KeywordList>' if keywords else "",
        "</MedlineCitation>\n<PubmedData><PublicationStatus>ppublish</PublicationStatus><ArticleIdList>",
        f'<ArticleId IdType="pubmed">{pmid}</ArticleId>',
        f'<ArticleId IdType="doi">{escape(doi)}</ArticleId>' if doi else "",
        f"</ArticleIdList>{padding[2]}</PubmedData>\n</PubmedArticle>\n",
    )
    return "".join(parts)


def _repeated(records: list[CorpusRecord]) -> Iterator[tuple[int, CorpusRecord, int]]:
    """Every record again and again, with its PMID and the number of the round."""
    for number in count():
        yield FIRST_PMID + number, records[number % len(records)], number // len(records)


def _abstract(text: str) -> Iterator[str]:
    """The parts of an abstract; "METHODS: ..." becomes a part with a label."""
    pieces = _LABEL.split(text)
    if pieces[0].strip():
        yield f"<AbstractText>{escape(pieces[0].strip())}</AbstractText>"
    for label, words in zip(pieces[1::2], pieces[2::2], strict=True):
        yield f"<AbstractText Label={quoteattr(label)} NlmCategory={quoteattr(label)}>{escape(words.strip())}</AbstractText>"


def _padding(dice: random.Random) -> tuple[str, str, str]:
    """Authors; headings; history and references: about as much as stands in a record of the last years."""

    def word() -> str:
        return "".join(dice.choices(_SYLLABLES, k=dice.randint(2, 4)))

    def words(some: int) -> str:
        return " ".join(word() for _ in range(some))

    authors = "".join(
        f'<Author ValidYN="Y"><LastName>{word().title()}</LastName><ForeName>{word().title()}</ForeName><Initials>A</Initials>'
        f"<AffiliationInfo><Affiliation>{words(14)}.</Affiliation></AffiliationInfo></Author>"
        for _ in range(dice.randint(1, 9))
    )
    headings = "".join(
        f'<MeshHeading><DescriptorName UI="D{dice.randrange(10**6):06d}" MajorTopicYN="N">{words(2)}</DescriptorName>'
        "</MeshHeading>"
        for _ in range(dice.randint(4, 16))
    )
    references = "".join(
        f"<Reference><Citation>{words(16)}. 2001;1(1):1-9.</Citation><ArticleIdList>"
        f'<ArticleId IdType="doi">10.5555/{word()}</ArticleId><ArticleId IdType="pubmed">{dice.randrange(10**7)}</ArticleId>'
        "</ArticleIdList></Reference>"
        for _ in range(dice.choice((0, 0, 0, 20, 40)))
    )
    history = "".join(
        f'<PubMedPubDate PubStatus="{status}"><Year>2001</Year><Month>1</Month><Day>1</Day></PubMedPubDate>'
        for status in ("received", "accepted", "pubmed", "medline", "entrez")
    )
    return (
        f'<AuthorList CompleteYN="Y">{authors}</AuthorList>',
        f"<CitationSubset>IM</CitationSubset><MeshHeadingList>{headings}</MeshHeadingList>",
        f"<History>{history}</History>" + (f"<ReferenceList>{references}</ReferenceList>" if references else ""),
    )


def main() -> None:
    """The command line."""
    from lang_audit.corpus.reading.sources import find_sources, read_source

    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("records", nargs="+", type=Path)
    parser.add_argument("-o", "--output", type=Path, required=True)
    parser.add_argument("--files", type=int, default=1)
    parser.add_argument("--per-file", type=int, default=30_000)
    told = parser.parse_args()
    found = (item for source in find_sources(told.records) for item in read_source(source))
    records = [item for item in found if isinstance(item, CorpusRecord) and item.paper is None]
    for path in write_baseline(records, told.output, told.files, told.per_file):
        print(path)


if __name__ == "__main__":
    main()
