"""Files that fight back: one record each, with a problem that says what is wrong, in bounded time and memory."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from lang_audit.audit import Input
from lang_audit.settings import default_settings
from lang_audit.workers import audit_in_workers
from tests.fuzz import hostile
from tests.fuzz.raw_pdf import MEBI
from tests.fuzz.run import malformed, peak

SECONDS = 2.0
MEMORY = 1 << 30


def test_files_that_fight_back(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    inputs = [Input(path) for path in hostile.write(tmp_path)]
    assert sum(path.stat().st_size for path, _ in inputs) < 200 * MEBI
    began = time.monotonic()
    records = list(audit_in_workers(inputs, default_settings(), jobs=2, timeout=SECONDS, memory=MEMORY, start="fork"))
    assert time.monotonic() - began < len(inputs) * SECONDS
    assert [record.path for record in records] == [str(path) for path, _ in inputs]
    wrong = []
    for item, record in zip(hostile.HOSTILE, records, strict=True):
        codes = {problem.code for problem in record.problems}
        fits = bool(codes & item.expected) if item.expected else record.status != "failed"
        if not fits or codes & {"defect", "worker-died"} or malformed(record):
            wrong.append((item.name, record.status, record.problems))
    assert not wrong
    assert peak() * MEBI < MEMORY
    said = capfd.readouterr()
    assert (said.out, said.err) == ("", "")
