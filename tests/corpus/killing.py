"""Kills corpus runs at random moments until one comes to its end, and tells how: a program, for a fork wants a single thread.

python -m tests.corpus.killing SOURCE FOLDER SEED
"""

from __future__ import annotations

import json
import os
import random
import signal
import sys
import time
from collections.abc import Sequence
from contextlib import suppress
from importlib import import_module
from pathlib import Path

from lang_audit.characteristics.places import place_names
from lang_audit.corpus import auditing
from lang_audit.corpus.reading.records import CorpusRecord
from lang_audit.corpus.running import pool, run
from lang_audit.corpus.running.identity import SettingsSource, identity_of
from lang_audit.corpus.running.selection import Selection
from lang_audit.corpus.running.tasks import Work
from lang_audit.model import Record
from lang_audit.settings import Settings
from tests.corpus.runs import do


def main(source: Path, folder: Path, dice: random.Random) -> dict[str, int]:
    """Run it in a process of its own, kill that (its workers with it every other time), and so on until it is done."""
    real = auditing.audit_records

    def slowly(records: Sequence[CorpusRecord], settings: Settings) -> list[Record]:
        time.sleep(0.008 * len(records))
        return real(records, settings)

    auditing.audit_records = slowly
    run.write_pages = lambda folder, settings: None
    os.fsync = lambda descriptor: None  # what a kill leaves, the system keeps
    for name in ("duckdb", "pyarrow.dataset"):  # what takes time is loaded once, before the forks
        import_module(name)
    pool._load(Work(folder))
    list(place_names("In London"))
    identity_of(SettingsSource().load(), Selection())
    killed = late = 0
    while True:
        child = os.fork()
        if not child:
            os.setpgid(0, 0)
            try:
                do(source, folder, jobs=1 + killed % 3)
            except BaseException as error:
                print(repr(error), file=sys.stderr)
                os._exit(1)
            os._exit(0)
        with suppress(OSError):  # whoever comes first
            os.setpgid(child, child)
        deadline = time.monotonic() + dice.uniform(0.1, 0.5) * (1 + killed / 2)
        done = 0
        while not done and time.monotonic() < deadline:
            done, status = os.waitpid(child, os.WNOHANG)
            time.sleep(0.002)
        if done:
            return {"killed": killed, "status": status, "late": late}
        late += (folder / ".work" / "final").exists()
        (os.kill if killed % 2 else os.killpg)(child, signal.SIGKILL)
        os.waitpid(child, 0)
        killed += 1


if __name__ == "__main__":
    told = main(Path(sys.argv[1]), Path(sys.argv[2]), random.Random(int(sys.argv[3])))
    print(json.dumps(told))
