"""Audit mutants of our samples in workers and count what became of them: `python -m tests.fuzz.run --count 2000`.

Ends with status 1 where one gave no record, a malformed one or a defect, or where a worker was left behind or grew too large.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import sys
import tempfile
import time
import traceback
from collections import Counter, defaultdict
from pathlib import Path

from lang_audit.audit import Input, audit_paper
from lang_audit.model import Record
from lang_audit.report.jsonlines import record_line
from lang_audit.settings import Settings, load_settings
from lang_audit.sources import read
from lang_audit.workers import audit_in_workers
from tests.fuzz.mutants import Mutant, mutant

MEMORY = 2 << 30
MOST_RESIDENT = 700  # MiB: the pipelines take about 200, a sample next to nothing


def malformed(record: Record) -> list[str]:
    """What is wrong with a record, whatever its file was."""
    wrong = []
    json.loads(record_line(record, with_text=True))
    if (record.status == "failed") != (record.appraisal is None):
        wrong.append("status and appraisal do not fit")
    if (record.status == "ok") == bool(record.problems):
        wrong.append("status and problems do not fit")
    for problem in record.problems:
        if not (problem.code and problem.message.strip() and problem.remedy.strip()):
            wrong.append(f"an empty problem: {problem}")
        if "Traceback" in problem.message or "\n" in problem.message.strip():
            wrong.append(f"a message of several lines: {problem.message}")
    if record.appraisal is not None:
        text = record.appraisal.paper.text
        places = [(f.start, f.end, f.text) for f in record.appraisal.findings]
        places += [(f.start, f.end, f.text) for f in record.appraisal.person_first]
        places += [(f.start, f.end, f.text) for f in record.appraisal.codes]
        wrong += [f"offsets do not fit: {words!r}" for start, end, words in places if text[start:end] != words]
    return wrong


def origin(path: Path, settings: Settings) -> str:
    """Where in our code a defect comes from: the file again, in this process."""
    try:
        for paper in read(path):
            audit_paper(paper, settings=settings)
    except Exception:
        return traceback.format_exc(limit=-6)
    return "not met again"


def peak() -> float:
    """The largest resident size, in MiB, that a child which has ended ever had."""
    import resource

    return resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / (1 << 20 if sys.platform == "darwin" else 1 << 10)


def main() -> int:
    """Run; the exit status."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=200)
    parser.add_argument("--first", type=int, default=0, help="number of the first mutant")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--timeout", type=float, default=30)
    parser.add_argument("--keep", type=Path, help="folder for the mutants with which something was wrong")
    options = parser.parse_args()
    settings = load_settings()
    began = time.monotonic()
    outcomes: Counter[str] = Counter()
    wrong: list[str] = []
    records: defaultdict[str, int] = defaultdict(int)
    with tempfile.TemporaryDirectory() as folder:
        made: dict[str, Mutant] = {}
        for number in range(options.first, options.first + options.count):
            one = mutant(number, options.seed)
            path = Path(folder) / one.name
            path.write_bytes(one.data)
            made[str(path)] = one
        inputs = [Input(Path(path)) for path in made]
        for record in audit_in_workers(inputs, settings, jobs=options.jobs, timeout=options.timeout, memory=MEMORY):
            one = made[record.path]
            records[record.path] += 1
            codes = {problem.code for problem in record.problems}
            outcomes[f"{record.status:8}{', '.join(sorted(codes))}"] += 1
            faults = malformed(record)
            if codes & {"defect", "worker-died", "timeout", "too-large"}:
                where = origin(Path(record.path), settings) if "defect" in codes else ""
                faults.append(f"{record.problems[0].message}\n{where}".strip())
            for fault in faults:
                wrong.append(f"{one.name} ({', '.join(one.done)}): {fault}")
            if faults and options.keep:
                options.keep.mkdir(parents=True, exist_ok=True)
                (options.keep / one.name).write_bytes(one.data)
        wrong += [f"{made[path].name}: no record" for path in made if not records[path]]
    left = multiprocessing.active_children()
    if left:
        wrong.append(f"workers left behind: {left}")
    if peak() > MOST_RESIDENT:
        wrong.append(f"a worker held {peak():.0f} MiB")
    for outcome, count in outcomes.most_common():
        print(f"{count:6}  {outcome}")
    seconds = time.monotonic() - began
    print(f"{options.count} mutants, {sum(records.values())} records, {seconds:.0f} s, workers up to {peak():.0f} MiB")
    for line in wrong:
        print(line, file=sys.stderr)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
