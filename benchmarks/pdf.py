"""How long PDFs take, side by side in one run over the same papers: bare engines, our reader, the whole of `appraise`.

    python benchmarks/pdf.py FOLDER [--most 20] [--rounds 3] [--codebooks none]

Every row is a process of its own, start-up included; all rows take turns in each round, and the best round of each counts, so
that other work on the machine hits all alike. Compiled bytecode is kept, as on any machine that is not set up otherwise.
"""

from __future__ import annotations

import argparse
import os
import platform
import subprocess
import sys
import tempfile
import time
from pathlib import Path

_BARE_PDFMINER = (
    "import sys\nfrom pdfminer.high_level import extract_text\nfor name in sys.argv[1:]: extract_text(name)"
)
_BARE_PDFIUM = """
import sys, pypdfium2
for name in sys.argv[1:]:
    document = pypdfium2.PdfDocument(name)
    for page in document:
        page.get_textpage().get_text_range()
"""
_READER = """
import sys
from pathlib import Path
from lang_audit.sources import read
for name in sys.argv[1:]: list(read(Path(name), pdf_engine={engine!r}))
"""
_APPRAISE = "from lang_audit.cli import main; main()"


def seconds(command: list[str]) -> float:
    """The wall-clock time of one run of a command."""
    start = time.perf_counter()
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    done = subprocess.run(command, capture_output=True, text=True, env=kept)
    if done.returncode:
        raise SystemExit(f"{done.stderr}\nThe command failed: {' '.join(command)[:300]}")
    return time.perf_counter() - start


def rows(names: list[str], folder: str, codebooks: str | None) -> dict[str, list[str]]:
    """What is measured: the command of each row."""
    options = ["-o", folder, "--quiet", *(["--codebook", codebooks] if codebooks else [])]
    python = [sys.executable, "-c"]
    found = {
        "bare pdfminer.six extract_text": [*python, _BARE_PDFMINER, *names],
        "bare pypdfium2 text": [*python, _BARE_PDFIUM, *names],
    }
    for engine in ("pdfminer", "pdfium"):
        found[f"our reader, {engine}"] = [*python, _READER.format(engine=engine), *names]
    for engine in ("pdfminer", "pdfium"):
        for jobs in (1, os.cpu_count() or 1):
            found[f"lang-audit appraise, {engine}, {jobs} at once"] = [
                *python,
                _APPRAISE,
                "appraise",
                *names,
                *options,
                "--pdf-engine",
                engine,
                "--jobs",
                str(jobs),
            ]
    return found


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--most", type=int, default=20)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--codebooks", help="passed on to appraise: 'none' leaves the coding of papers out")
    given = parser.parse_args()
    names = [str(path) for path in sorted(given.folder.glob("*.pdf"))[: given.most]]
    with tempfile.TemporaryDirectory() as folder:
        commands = rows(names, folder, given.codebooks)
        best = dict.fromkeys(commands, float("inf"))
        for _ in range(given.rounds):
            for name, command in commands.items():
                best[name] = min(best[name], seconds(command))
    bare = best["bare pdfminer.six extract_text"]
    machine = f"{os.cpu_count()} cores, {platform.machine()}, Python {platform.python_version()}"
    print(f"{len(names)} papers, best of {given.rounds}; {machine}\n")
    print(f"{'':40}{'seconds':>9}{'of bare pdfminer':>18}{'times as fast':>15}")
    for name, time_ in best.items():
        print(f"{name:40}{time_:>9.2f}{time_ / bare:>18.2f}{bare / time_:>15.1f}")


if __name__ == "__main__":
    main()
