from __future__ import annotations

import io
import json
from pathlib import Path

import pytest

from lang_audit.corpus.reading import delimited, jsonl, streams
from lang_audit.corpus.reading.columns import ColumnMap, parse_column_map, places
from lang_audit.corpus.reading.records import CorpusRecord, Rejected
from lang_audit.corpus.reading.sources import find_sources, read_source
from lang_audit.errors import ConfigError
from tests.corpus.samples import RECORDS, parquet, table, written, xlsx


def read(
    folder: Path, name: str, data: bytes | str, start: int = 0, columns: ColumnMap | None = None
) -> list[CorpusRecord | Rejected]:
    path = written(folder, name, data.encode() if isinstance(data, str) else data)
    (source,) = find_sources([path])
    found = list(read_source(source, columns, start))
    assert [item.position for item in found] == list(range(start, start + len(found)))
    return found


def codes(found: list[CorpusRecord | Rejected]) -> list[str]:
    return [item.code if isinstance(item, Rejected) else item.title for item in found]


@pytest.mark.parametrize(
    "heads",
    [
        ["Title", "Abstract", "Year", "DOI", "PMID"],
        ["record_id", "pubmedID", "title", "authors", "abstract", "year"],
        ["Article Title", "Source Title", "Abstract", "Publication Year", "Pubmed Id", "DOI Link", "DOI"],
        ["Key", "Item Type", "Publication Year", "Publication Title", "Abstract Note", "DOI", "TITLE"],
        ["cord_uid", "title", "doi", "pubmed_id", "abstract", "publish_time", "journal"],
    ],
)
def test_columns_are_told_by_the_names_that_databases_use(heads: list[str]) -> None:
    found = places(heads)
    assert "title" in heads[found["title"]].lower() and "abstract" in heads[found["abstract"]].lower()
    assert {"title", "abstract", "year"} <= set(found)
    assert heads[found.get("doi", 0)] != "DOI Link"


def test_columns_that_the_user_names_win() -> None:
    heads = ["Title", "Abstract", "Résumé (en)"]
    assert places(heads, ColumnMap(abstract="Résumé (en)")) == {"title": 0, "abstract": 2}
    with pytest.raises(ConfigError, match=r"no column 'Summary'; there are: 'Title', 'Abstract'"):
        places(heads, ColumnMap(abstract="Summary"))
    with pytest.raises(ConfigError, match=r"titles or abstracts; there are: 'a', 'b'"):
        places(["a", "b"])


def test_the_column_map_of_the_command_line() -> None:
    assert parse_column_map(["abstract=Abstract Note", "Title = T=1"]) == ColumnMap(
        title="T=1", abstract="Abstract Note"
    )
    for pairs, message in (
        (["abstract"], "names no column"),
        (["abstract="], "names no column"),
        (["authors=Author"], "no field 'authors'. Fields: title, abstract"),
        (["title=a", "title=b"], "given already, as 'a'"),
    ):
        with pytest.raises(ConfigError, match=message):
            parse_column_map(pairs)


@pytest.mark.parametrize("mark", [",", ";", "\t", "|"])
def test_marks(tmp_path: Path, mark: str) -> None:
    found = read(tmp_path, "a.csv", table(mark=mark))
    assert codes(found) == [record.title for record in RECORDS]
    assert read(tmp_path, "a.csv", b"sep=" + mark.encode() + b"\n" + table(mark=mark)) == found


def test_unknown_columns_are_listed(tmp_path: Path) -> None:
    (found,) = read(tmp_path, "a.csv", "id,words\n1,two\n")
    assert isinstance(found, Rejected) and found.code == "unknown-columns" and "'id', 'words'" in found.message
    (told,) = read(tmp_path, "a.csv", "id,words\n1,two\n", columns=ColumnMap(abstract="Words"))
    assert isinstance(told, CorpusRecord) and told.abstract == "two"


def test_broken_rows(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(delimited, "LARGEST_CELL", 2_000)
    text = (
        'title,abstract\nOne,"a ""b""\nc"\nTwo,"open\n'
        + "".join(f"Row {k},words\n" for k in range(200))
        + "Much,too,many\n\nLast,z\n"
    )
    found = read(tmp_path, "a.csv", text)
    assert codes(found) == ["One", "malformed-row", *(f"Row {k}" for k in range(200)), "malformed-row", "Last"]
    assert isinstance(found[0], CorpusRecord) and found[0].abstract == 'a "b" c'
    for start in (1, 2, 100, 203):
        assert read(tmp_path, "a.csv", text, start) == found[start:]
    wide = read(tmp_path, "b.csv", f"title,abstract\nOne,{'x' * 5_000}\nTwo,y\n")
    assert codes(wide) == ["too-large", "Two"]


def test_a_quotation_that_is_open_at_the_end_is_told(tmp_path: Path) -> None:
    *rows, last = read(tmp_path, "a.csv", 'title,abstract\nOne,a\n"Two,b\nThree,c\nFour,d\n')
    assert codes(rows) == ["One"] and isinstance(last, Rejected) and last.code == "broken-file"
    assert "a quotation mark never closes in the row, 3 lines before the end" in last.message
    assert "begins with '\"Two,b'" in last.message


def test_values_are_made_plain(tmp_path: Path) -> None:
    text = 'title,abstract,year,pmid,doi\n"[A <i>made-up</i>&nbsp;title].","<p>One.</p><p>Two, p <0.05 and >3, a <b and c> d</p>",2018.0,123.0,https://doi.org/10.5555/X\n'
    (found,) = read(tmp_path, "a.csv", text)
    assert isinstance(found, CorpusRecord)
    assert (found.title, found.abstract) == ("A made-up title.", "One. Two, p <0.05 and >3, a <b and c> d")
    assert (found.year, found.pmid, found.doi) == (2018, "123", "10.5555/x")
    (nothing,) = read(tmp_path, "b.csv", "title,abstract\nnan,No abstract available.\n")
    assert isinstance(nothing, Rejected) and nothing.code == "no-text"


def test_json_of_several_databases(tmp_path: Path) -> None:
    open_alex = {
        "id": "W1", "doi": "https://doi.org/10.5555/oa", "display_name": "Open", "publication_year": 2019, "language": "en",
        "ids": {"pmid": "https://pubmed.ncbi.nlm.nih.gov/321"},
        "abstract_inverted_index": {"words": [1], "Two": [0], "twice": [2, 3]},
        "primary_location": {"source": {"display_name": "J Open"}}, "keywords": [{"display_name": "peers"}],
    }  # fmt: skip
    scholar = {
        "title": "Scholar",
        "abstract": None,
        "year": 2001,
        "externalIds": {"DOI": "10.5555/s", "PubMed": 9},
        "journal": {"name": "J S"},
    }
    crossref = {"title": ["Cross"], "abstract": "<jats:p>One.</jats:p>", "DOI": "10.5555/c", "container-title": ["J C"]}
    found = read(tmp_path, "a.jsonl", "\n".join(json.dumps(each) for each in (open_alex, scholar, crossref)))
    a, b, c = (item for item in found if isinstance(item, CorpusRecord))
    assert (a.title, a.abstract, a.pmid, a.doi) == ("Open", "Two words twice twice", "321", "10.5555/oa")
    assert (a.year, a.journal, a.keywords) == (2019, "J Open", ("peers",))
    assert (b.title, b.abstract, b.pmid, b.doi, b.journal) == ("Scholar", "", "9", "10.5555/s", "J S")
    assert (c.title, c.abstract, c.journal) == ("Cross", "One.", "J C")


def test_json_that_is_none(tmp_path: Path) -> None:
    found = read(
        tmp_path, "a.jsonl", '{"title": "One"}\n{"title": \n\n[1, 2]\n"x"\n{"a": 1}\n{"title": "\\ud800 Two"}\n'
    )
    assert codes(found) == ["One", "malformed-json", "malformed-json", "malformed-json", "unknown-columns", "Two"]
    array = read(tmp_path, "b.json", '[{"title": "One"},\n{"title": "Two"},\n{"title": "Three"}]\n')
    assert codes(array) == ["One", "Two", "Three"]
    (pretty,) = read(tmp_path, "c.json", '[\n  {\n    "title": "One"\n  }\n]\n')
    assert isinstance(pretty, Rejected) and pretty.code == "unknown-format" and "one object a line" in pretty.message


def test_a_line_that_is_too_long(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (streams, jsonl):
        monkeypatch.setattr(module, "LARGEST_RECORD", 10_000)
    text = '{"title": "One"}\n{"title": "' + "é" * 1_500_000 + '"}\n{"title": "Two"}\n'
    assert codes(read(tmp_path, "a.jsonl", text)) == ["One", "too-large", "Two"]


def test_a_workbook_gives_the_rows_of_every_sheet_that_is_a_table(tmp_path: Path) -> None:
    found = read(tmp_path, "a.xlsx", xlsx())
    assert codes(found) == [record.title for record in RECORDS]
    assert read(tmp_path, "a.xlsx", xlsx(), 5) == found[5:]
    (wrong,) = read(tmp_path, "a.xlsx", xlsx(), columns=ColumnMap(abstract="Summary"))
    assert isinstance(wrong, Rejected) and wrong.code == "unknown-columns" and "'Summary'" in wrong.message


def test_parquet_reads_from_any_row_on(tmp_path: Path) -> None:
    found = read(tmp_path, "a.parquet", parquet())
    assert codes(found) == [record.title for record in RECORDS]
    for start in range(14):
        assert read(tmp_path, "a.parquet", parquet(), start) == found[start:]


def test_parquet_with_bytes_that_are_no_text(tmp_path: Path) -> None:
    import pyarrow
    import pyarrow.parquet

    column = pyarrow.array([b"caf\xe9", b"plain"], pyarrow.binary())
    held = io.BytesIO()
    titles = pyarrow.StringArray.from_buffers(2, column.buffers()[1], column.buffers()[2])
    pyarrow.parquet.write_table(pyarrow.table({"title": titles}), held)
    assert codes(read(tmp_path, "a.parquet", held.getvalue())) == ["caf\ufffd", "plain"]
