"""Made-up records, and how each format that databases export writes them."""

from __future__ import annotations

import csv
import gzip
import io
import json
import tarfile
import zipfile
from pathlib import Path

from benchmarks.pubmed_sample import article_xml
from lang_audit.corpus.reading.records import CorpusRecord


def made_up(number: int) -> CorpusRecord:
    """A made-up record; numbers make it like no other."""
    return CorpusRecord(
        "made-up",
        number,
        title=f"Made-up trial number {number} of peer support for people who inject drugs",
        abstract=f"BACKGROUND: {number} people who inject drugs were asked. METHODS: Café “visits”, p <0.05 and >2 & more.",
        keywords=("peer support", "harm reduction"),
        pmid=str(90_000_000 + number),
        doi=f"10.5555/made-up.{number}",
        year=1990 + number % 30,
        journal="Journal of Made-up Studies",
        country="GB",
        language="en",
        types=("Journal Article",),
    )


RECORDS = tuple(made_up(number) for number in range(12))


def pubmed_xml(records: tuple[CorpusRecord, ...] = RECORDS) -> bytes:
    head = '<?xml version="1.0" encoding="utf-8"?>\n<!DOCTYPE PubmedArticleSet PUBLIC "-//NLM//DTD" "https://example.org/none.dtd">\n'
    inside = "".join(article_xml(record, int(record.pmid or 0)) for record in records)
    return f"{head}<PubmedArticleSet>\n{inside}</PubmedArticleSet>\n".encode()


def ris(records: tuple[CorpusRecord, ...] = RECORDS) -> bytes:
    return "".join(
        f"TY  - JOUR\nAN  - {r.pmid}\nDP  - NLM\nTI  - {r.title}\nPY  - {r.year}\n"
        f"AB  - {r.abstract.replace(' METHODS', chr(10) + 'METHODS')}\n"
        f"DO  - {r.doi}\nJF  - {r.journal}\nCY  - England\nLA  - eng\n"
        f"{''.join(f'KW  - {k}{chr(10)}' for k in r.keywords)}ER  - \n\n"
        for r in records
    ).encode()


def nbib(records: tuple[CorpusRecord, ...] = RECORDS) -> bytes:
    return "\n".join(
        f"PMID- {r.pmid}\nOWN - NLM\nDP  - {r.year} Mar\nTI  - {r.title[:20]}\n      {r.title[20:].lstrip()}\n"
        f"LID - {r.doi} [doi]\n"
        f"AB  - {r.abstract}\nLA  - eng\nPT  - Journal Article\nPL  - England\nJT  - {r.journal}\n"
        f"{''.join(f'OT  - {k}{chr(10)}' for k in r.keywords)}SO  - J Made Up. {r.year}\n"
        for r in records
    ).encode()


def bibtex(records: tuple[CorpusRecord, ...] = RECORDS) -> bytes:
    return "".join(
        f"@article{{key{r.position},\n  title = {{{r.title}}},\n  abstract = {{{r.abstract.replace('&', chr(92) + '&')}}},\n"
        f"  year = {r.year},\n  doi = {{{r.doi}}},\n  pmid = {{{r.pmid}}},\n  journal = {{{r.journal}}},\n"
        f"  country = {{England}},\n"
        f"  language = {{eng}},\n  keywords = {{{'; '.join(r.keywords)}}}\n}}\n\n"
        for r in records
    ).encode()


_HEADS = (
    "PMID", "Article Title", "Abstract Note", "Publication Year", "DOI", "Source Title", "Country", "Language", "Keywords",
    "Document Type",
)  # fmt: skip


def rows(records: tuple[CorpusRecord, ...] = RECORDS) -> list[list[str]]:
    return [
        [
            str(told)
            for told in (r.pmid, r.title, r.abstract, r.year, r.doi, r.journal, "England", "eng", "; ".join(r.keywords))
        ]
        + ["Journal Article"]
        for r in records
    ]


def table(records: tuple[CorpusRecord, ...] = RECORDS, mark: str = ",") -> bytes:
    text = io.StringIO(newline="")
    csv.writer(text, delimiter=mark).writerows([list(_HEADS), *rows(records)])
    return text.getvalue().encode()


def jsonl(records: tuple[CorpusRecord, ...] = RECORDS) -> bytes:
    heads = [head.replace(" ", "_").lower() for head in _HEADS]
    return "".join(json.dumps(dict(zip(heads, row, strict=True))) + "\n" for row in rows(records)).encode()


def xlsx(records: tuple[CorpusRecord, ...] = RECORDS) -> bytes:
    import xlsxwriter

    held = io.BytesIO()
    with xlsxwriter.Workbook(held) as book:
        book.add_worksheet("About").write(0, 0, "made up")
        sheet = book.add_worksheet("Records")
        for k, row in enumerate([list(_HEADS), *rows(records)]):
            sheet.write_row(k, 0, row)
    return held.getvalue()


def parquet(records: tuple[CorpusRecord, ...] = RECORDS, group: int = 5) -> bytes:
    import pyarrow
    import pyarrow.parquet

    held = io.BytesIO()
    columns = {head: [row[k] for row in rows(records)] for k, head in enumerate(_HEADS)}
    pyarrow.parquet.write_table(pyarrow.table(columns), held, row_group_size=group)
    return held.getvalue()


def web_of_science(records: tuple[CorpusRecord, ...] = RECORDS) -> bytes:
    return (
        "FN Clarivate Analytics Web of Science\nVR 1.0\n"
        + "".join(
            f"PT J\nAU Made, U\nTI {r.title[:20]}\n   {r.title[20:].lstrip()}\nSO {r.journal}\nLA English\nDT Journal Article\n"
            f"DE {'; '.join(r.keywords)}\nAB {r.abstract}\nPY {r.year}\nDI {r.doi}\nPM {r.pmid}\nER\n\n"
            for r in records
        )
        + "EF"
    ).encode()


def endnote(records: tuple[CorpusRecord, ...] = RECORDS) -> bytes:
    return "\n".join(
        f"%0 Journal Article\n%A Made, Up\n%T {r.title}\n%J {r.journal}\n%D {r.year}\n%X {r.abstract}\n%R {r.doi}\n%G eng\n"
        f"{''.join(f'%K {k}{chr(10)}' for k in r.keywords)}%U https://pubmed.ncbi.nlm.nih.gov/{r.pmid}/\n"
        for r in records
    ).encode()


def jats(record: CorpusRecord) -> bytes:
    return (
        f'<article article-type="research-article" xml:lang="en"><front><article-meta><article-id pub-id-type="pmid">'
        f'{record.pmid}</article-id><article-id pub-id-type="doi">{record.doi}</article-id>'
        f"<title-group><article-title>{record.title}"
        f"</article-title></title-group><pub-date><year>{record.year}</year></pub-date></article-meta></front>"
        "<body><sec><title>Methods</title><p>We asked people who inject drugs.</p></sec></body></article>"
    ).encode()


def jats_set(records: tuple[CorpusRecord, ...] = RECORDS) -> bytes:
    return b"<pmc-articleset>" + b"".join(jats(record) for record in records) + b"</pmc-articleset>"


def members() -> dict[str, bytes]:
    """The files of an archive as PMC and people pack them, in order."""
    return {
        "PMC1/first.nxml": jats(RECORDS[0]),
        "PMC1/first.pdf": b"%PDF-1.4 its copy, not read",
        "PMC1/figure.jpg": b"no text",
        "PMC1/supplement.csv": b"a,b\n1,2\n",
        "more/second.xml": jats(RECORDS[1]),
        "more/broken.pdf": b"%PDF-1.4 broken",
        "more/set.xml": jats_set(RECORDS[2:5]),
        "more/records.ris": ris(RECORDS[5:8]),
        "README.md": b"# nothing",
    }


def tar_gz() -> bytes:
    held = io.BytesIO()
    with tarfile.open(fileobj=held, mode="w:gz") as tar:
        for name, data in members().items():
            told = tarfile.TarInfo(name)
            told.size = len(data)
            tar.addfile(told, io.BytesIO(data))
    return held.getvalue()


def zipped() -> bytes:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members().items():
            archive.writestr(name, data)
    return held.getvalue()


TEXTS = {
    "a.xml": pubmed_xml, "a.ris": ris, "a.nbib": nbib, "a.bib": bibtex, "a.csv": table, "a.jsonl": jsonl,
    "a.ciw": web_of_science, "a.enw": endnote,
}  # fmt: skip
"""How each format of text writes the records, by the name of its file."""

PACKED = {
    "a.xml.gz": lambda: gzip.compress(pubmed_xml(), mtime=0), "a.xlsx": xlsx, "a.parquet": parquet, "a.tar.gz": tar_gz,
    "a.zip": zipped,
}  # fmt: skip
"""The same for formats that are packed."""


def written(folder: Path, name: str, data: bytes) -> Path:
    path = folder / name
    path.write_bytes(data)
    return path
