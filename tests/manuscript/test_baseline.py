from __future__ import annotations

import json
from pathlib import Path

import pytest

from lang_audit.errors import ConfigError
from lang_audit.manuscript.baseline import read_baseline
from lang_audit.manuscript.checked import fingerprint


def test_a_document_and_lines_say_the_same(tmp_path: Path) -> None:
    files = [{"remarks": [{"fingerprint": "a"}, {"fingerprint": "a"}]}, {"remarks": [{"fingerprint": "b"}]}]
    document, lines = tmp_path / "a.json", tmp_path / "a.jsonl"
    document.write_text(json.dumps({"schema_version": 1, "files": files}))
    lines.write_text("".join(json.dumps(file) + "\n" for file in files))
    assert read_baseline(document) == read_baseline(lines) == {"a": 2, "b": 1}
    lines.write_text(json.dumps(files[0]))
    assert read_baseline(lines) == {"a": 2}


@pytest.mark.parametrize("text", ["", "{", "[]", '{"files": [{}]}', '{"files": [{"remarks": [{}]}]}', "3"])
def test_what_is_no_output_of_ours_is_told(tmp_path: Path, text: str) -> None:
    path = tmp_path / "baseline.json"
    path.write_text(text)
    with pytest.raises(ConfigError, match="Write one with"):
        read_baseline(path)


def test_a_fingerprint_outlives_a_new_line_end_but_not_other_words() -> None:
    one = fingerprint("substance-use/addict", "addicts", "Most  addicts\ncame.")
    assert one == fingerprint("substance-use/addict", "Addicts", "Most addicts came.")
    assert one != fingerprint("substance-use/addict", "addicts", "All addicts came.")
