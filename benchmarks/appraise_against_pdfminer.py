"""How long `lang-audit appraise` takes on some PDFs against bare pdfminer.six text extraction of the same files.

    python benchmarks/appraise_against_pdfminer.py FOLDER [--most 5] [--rounds 3]

Both run as whole processes, start-up included, in turn in one run; the ratio of the best rounds is what counts.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
import time
from pathlib import Path

BARE = "import sys\nfrom pdfminer.high_level import extract_text\nfor name in sys.argv[1:]: extract_text(name)"
OURS = "from lang_audit.cli import main; main()"


def seconds(command: list[str]) -> float:
    """The wall-clock time of one run of a command."""
    start = time.perf_counter()
    subprocess.run(command, check=True, capture_output=True)
    return time.perf_counter() - start


def main() -> None:
    """Print a table of both, and the ratio."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--most", type=int, default=5)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    names = [str(path) for path in sorted(options.folder.glob("*.pdf"))[: options.most]]
    bare, ours = [], []
    with tempfile.TemporaryDirectory() as folder:
        for _ in range(options.rounds):
            bare.append(seconds([sys.executable, "-c", BARE, *names]))
            ours.append(seconds([sys.executable, "-c", OURS, "appraise", *names, "-o", folder, "--quiet"]))
    print(f"{len(names)} PDFs, best of {options.rounds}")
    print(f"bare pdfminer.six extract_text   {min(bare):6.2f} s")
    print(f"lang-audit appraise, reports too {min(ours):6.2f} s")
    print(f"ratio                            {min(ours) / min(bare):6.2f}")


if __name__ == "__main__":
    main()
