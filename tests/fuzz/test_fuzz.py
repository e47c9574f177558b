"""Two hundred mutants of our samples; `make fuzz` runs two thousand."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from tests.fuzz.mutants import mutant, samples


def test_two_hundred_mutants() -> None:
    run = subprocess.run(  # a process of one thread, so that workers are forked, and with no children but them
        [sys.executable, "-m", "tests.fuzz.run", "--count", "200"],
        cwd=Path(__file__).parents[2],
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert (run.returncode, run.stderr) == (0, ""), run.stdout + run.stderr
    assert "200 mutants" in run.stdout


def test_mutants_can_be_made_again() -> None:
    assert mutant(7, 3) == mutant(7, 3) != mutant(7, 4)
    assert any(name.startswith("packed-") for name in samples())
