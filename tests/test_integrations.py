"""What other programs start: the hook of pre-commit (`.ci/run` installs it from the repository too), the action of GitHub."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parent.parent
BIN = Path(sys.executable).parent
DRAFT = "# Peers\n\nMost drug addicts came.\n"


def run(command: list[str], folder: Path, **more: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PATH": f"{BIN}{os.pathsep}{os.environ['PATH']}", **more}
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, timeout=120)


@pytest.mark.skipif(shutil.which("git") is None, reason="needs git")
def test_the_hook_checks_the_manuscripts_of_a_commit(tmp_path: Path) -> None:
    (hook,) = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text())
    local = {key: value for key, value in hook.items() if key != "minimum_pre_commit_version"} | {"language": "system"}
    (tmp_path / ".pre-commit-config.yaml").write_text(yaml.safe_dump({"repos": [{"repo": "local", "hooks": [local]}]}))
    for name, text in {
        "draft.md": DRAFT,
        "fine.tex": "People came.\n",
        "code.py": 'addicts = "drug addicts"\n',
    }.items():
        (tmp_path / name).write_text(text)
    for command in (["git", "init", "-q"], ["git", "add", "-A"]):
        assert run(command, tmp_path).returncode == 0
    done = run([str(BIN / "pre-commit"), "run", "--all-files"], tmp_path, PRE_COMMIT_HOME=str(tmp_path / "home"))
    assert done.returncode == 1
    assert "draft.md" in done.stdout
    assert "3:6  stigmatising" in done.stdout
    assert "in 1 of 2 files" in done.stdout
    (tmp_path / "draft.md").write_text("People came.\n")
    done = run([str(BIN / "pre-commit"), "run", "--all-files"], tmp_path, PRE_COMMIT_HOME=str(tmp_path / "home"))
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize(("fail_on", "status"), [("", 1), ("pejorative", 0)])
def test_the_action_annotates_and_writes_sarif(tmp_path: Path, fail_on: str, status: int) -> None:
    action = yaml.safe_load((ROOT / "action.yml").read_text())
    step = action["runs"]["steps"][-1]
    assert {value.strip("${} ").removeprefix("inputs.") for value in step["env"].values()} <= set(action["inputs"])
    (tmp_path / "draft.md").write_text(DRAFT)
    (tmp_path / "$(touch hacked).md").write_text("People came.\n")
    done = run(
        ["bash", "-eo", "pipefail", "-c", step["run"]],
        tmp_path,
        PATHS=". $(touch${IFS}hacked)" if not fail_on else ".",
        FAIL_ON=fail_on,
        NEW_SINCE="",
        SARIF="found.sarif",
    )
    assert done.returncode == (3 if not fail_on else status), done.stderr
    assert "file=draft.md,line=3,endLine=3,col=6,endColumn=17" in done.stdout
    assert (tmp_path / "found.sarif").is_file()
    assert not (tmp_path / "hacked").exists()
