from __future__ import annotations

import gzip
from pathlib import Path

from benchmarks.pubmed_sample import FIRST_PMID, write_baseline
from lang_audit.corpus.reading.records import CorpusRecord
from lang_audit.corpus.reading.sources import find_sources, read_source
from tests.corpus.samples import RECORDS


def test_the_sample_files_give_back_what_went_in(tmp_path: Path) -> None:
    paths = write_baseline(RECORDS, tmp_path, files=2, per_file=10)
    found = [item for source in find_sources(paths) for item in read_source(source)]
    records = [item for item in found if isinstance(item, CorpusRecord)]
    assert len(records) == len(found) == 20
    for field in ("title", "abstract", "year", "doi", "journal", "country", "keywords", "language"):
        assert [getattr(item, field) for item in records[:12]] == [getattr(record, field) for record in RECORDS]
    assert [item.pmid for item in records] == [str(FIRST_PMID + k) for k in range(20)]
    keys = [key for keys in map(CorpusRecord.keys, records) for key in keys]
    assert len(keys) == len(set(keys))
    assert records[12].abstract == RECORDS[0].abstract and records[12].title == f"{RECORDS[0].title} (2)"


def test_the_same_records_give_the_same_files(tmp_path: Path) -> None:
    (one,) = write_baseline(RECORDS, tmp_path / "one", per_file=5)
    (two,) = write_baseline(RECORDS, tmp_path / "two", per_file=5)
    assert one.read_bytes() == two.read_bytes()
    (plain,) = write_baseline(RECORDS, tmp_path / "plain", per_file=5, bulk=False)
    assert len(gzip.decompress(plain.read_bytes())) < len(gzip.decompress(one.read_bytes())) / 2
