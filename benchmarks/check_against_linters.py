"""`lang-audit check` against the prose linters alex, write-good and proselint: how much each says, and how long it takes.

    python benchmarks/check_against_linters.py FOLDER [--sources SOURCES.tsv] [--node DIR] [--proselint COMMAND]

FOLDER holds papers as JATS XML. The first 20 by name (with --sources, of those whose `relevance` there is 2 or 3) are
written as Markdown into a temporary folder, and each tool checks all of them as one whole process, the tools in turn, for
several rounds; the best round is what counts. The linters are installed into the temporary folder where no others are named.

--keep writes the Markdown and all findings, as JSON Lines, into a folder outside this project, for judging them.
"""

from __future__ import annotations

import argparse
import csv
import json
import os
import re
import subprocess
import sys
import tempfile
import time
import venv
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import unquote, urlsplit

from lang_audit.model import Paper
from lang_audit.sources import read

PROJECT = Path(__file__).resolve().parent.parent
NODE_PACKAGES = ("alex@11.0.1", "write-good@1.0.8", "vfile-reporter-json@4.0.0")
PROSELINT = "proselint==0.16.0"
RELEVANT = {"2", "3"}
MARKUP = re.compile(r"[\\`*_\[\]]|<(?=[A-Za-z/!?])")

# Which rules are about how people are called; all others are about style, typing or rude words that name no person.
# Of alex: all of retext-equality save hosts and masters of other kinds and what talks down to readers ("simply"), and of
# retext-profanities the words for people that a guideline discourages ("addict"), not "HIV", "women" or "period". Of
# lang-audit: all save those about a manuscript as a whole ("acronyms/mixed"). write-good has none.
NOT_OF_PEOPLE = {
    "alex": re.compile(
        r"retext-equality:(blacklist-whitelist|masters?|master-slave|primary-(slave|replica)|host-hostess|hostesses-hosts"
        r"|actually|basically|clearly|easy|everyone|just|obvious|of-course|simple|so)$"
    ),
    "lang-audit": re.compile(r"(acronyms|ignore)/"),
}
OF_PEOPLE = {
    "alex": re.compile(
        r"retext-equality:|retext-profanities:("
        r"addicts?|coloured|crackwhore|criminals?|cripple|disturbed|dyke|fags?|gypsy|homo|homosexual|hookers?|illegal|junky"
        r"|lunatic|minority|negro(es)?|prostitutes?|queers?|retard(ed)?|sluts?|tranny|trans?sexual|transvestite|whores?)$"
    ),
    "lang-audit": re.compile(""),
    "proselint": re.compile(r"social_awareness\.|terms\.denizen_labels"),
    "write-good": re.compile(r"(?!)"),
}


class Finding(NamedTuple):
    """One remark of a tool; `people` tells whether its rule is about how people are called."""

    tool: str
    file: str
    line: int
    column: int
    rule: str
    words: str
    message: str
    people: bool


class Tool(NamedTuple):
    """A linter: its command without the files, where it runs, and how its output is read."""

    name: str
    command: tuple[str, ...]
    folder: Path
    read: Callable[[str, str], Iterator[Finding]]


def about_people(tool: str, rule: str) -> bool:
    """Whether a rule of a tool is about how people are called."""
    not_so = NOT_OF_PEOPLE.get(tool)
    return bool(OF_PEOPLE[tool].match(rule)) and not (not_so and not_so.match(rule))


def finding(tool: str, file: str, line: int, column: int, rule: str, words: str, message: str) -> Finding:
    """A finding, of which the file's name is kept without its folder."""
    return Finding(tool, Path(file).name, line, column, rule, words, message, about_people(tool, rule))


def of_lang_audit(out: str, err: str) -> Iterator[Finding]:
    """What `lang-audit check --format json` remarked on."""
    document: dict[str, Any] = json.loads(out)
    for file in document["files"]:
        for remark in file["remarks"]:
            place, said = remark["place"], f"[{remark['level']}] {remark['message']} -> {remark['suggestion']}"
            line, column = place["line"] or 1, place["column"] or 1
            yield finding("lang-audit", place["file"], line, column, remark["rule"], remark["text"], said)


def of_alex(out: str, err: str) -> Iterator[Finding]:
    """What alex said by vfile-reporter-json, which goes to stderr."""
    for file in json.loads(err):
        for said in file["messages"]:
            rule = f"{said.get('source')}:{said.get('ruleId')}"
            line, column = said.get("line") or 1, said.get("column") or 1
            yield finding("alex", file["path"], line, column, rule, said.get("actual") or "", said["reason"])


def of_write_good(out: str, err: str) -> Iterator[Finding]:
    """What `write-good --parse` said; its columns count from 0, and the end of its message is the rule."""
    for line in out.splitlines():
        if match := re.match(r'(.+?\.md):(\d+):(\d+):("(.+?)" (.+))', line):
            file, row, column, message, words, rule = match.groups()
            yield finding("write-good", file, int(row), int(column) + 1, rule, words, message)


def of_proselint(out: str, err: str) -> Iterator[Finding]:
    """What `proselint check --output-format json` said."""
    for address, file in json.loads(out)["result"].items():
        for said in file["diagnostics"]:
            path = unquote(urlsplit(address).path)
            line, column = said["pos"]
            yield finding("proselint", path, line, column, said["check_path"], "", said["message"])


def markdown(paper: Paper) -> str:
    """A paper as Markdown, a line a paragraph."""
    blocks: list[tuple[str, str]] = []  # what it is, and its text
    for passage in paper.passages:
        text = paper.text[passage.start : passage.end].strip()
        section = paper.section_at(passage.start)
        kind = section.kind if section else "other"
        told = {words for what, words in blocks if what == "heading"}
        if kind == "abstract" and "## Abstract" not in told:
            blocks.append(("heading", "## Abstract"))
        if kind == "references" and passage.kind == "reference" and "## References" not in told:
            blocks.append(("heading", "## References"))
        if text:
            blocks.append((passage.kind, block(passage.kind, kind, text)))
    parts, before = [], ""
    for what, words in blocks:
        parts.append("\n" if what == before and what in ("list-item", "reference") else "\n\n")
        parts.append(words)
        before = what
    return "".join(parts).strip() + "\n"


def block(what: str, section: str, text: str) -> str:
    """One passage as Markdown."""
    if what == "table":
        return "\n".join(table_rows(text))
    words = MARKUP.sub(r"\\\g<0>", " ".join(text.split()))
    if what == "heading":
        return {"title": "# ", "abstract": "### "}.get(section, "## ") + words
    words = re.sub(r"^(\d+)([.)]\s)", r"\1\\\2", re.sub(r"^([#>+-])", r"\\\1", words))
    return {"list-item": "- ", "block-quote": "> ", "reference": "- "}.get(what, "") + words


def table_rows(text: str) -> Iterator[str]:
    """A table with a rule below its first row, all rows equally long."""
    rows = [[MARKUP.sub(r"\\\g<0>", cell) for cell in row.split(" | ")] for row in text.splitlines()]
    width = max(len(row) for row in rows)
    for n, row in enumerate(rows):
        yield "| " + " | ".join(row + [""] * (width - len(row))) + " |"
        if n == 0:
            yield "|" + " --- |" * width


def chosen(folder: Path, sources: Path | None, most: int) -> list[Path]:
    """The first papers by name, of those that SOURCES.tsv calls relevant where it is given."""
    papers = sorted(folder.glob("*.xml"))
    if sources:
        with sources.open(encoding="utf-8", newline="") as file:
            rows = csv.DictReader(file, delimiter="\t")
            relevant = {Path(row["file"]).name for row in rows if row["relevance"] in RELEVANT}
        papers = [path for path in papers if path.name in relevant]
    return papers[:most]


def tools(node: Path, proselint: str) -> list[Tool]:
    """The four linters. alex looks for its reporter in the folder where it runs."""
    programs = node / "node_modules" / ".bin"
    return [
        Tool(
            "lang-audit",
            (sys.executable, "-m", "lang_audit", "check", "--no-config", "--format", "json"),
            node,
            of_lang_audit,
        ),
        Tool("alex", (str(programs / "alex"), "--why", "--reporter=vfile-reporter-json"), node, of_alex),
        Tool("write-good", (str(programs / "write-good"), "--parse"), node, of_write_good),
        Tool("proselint", (proselint, "check", "--output-format", "json"), node, of_proselint),
    ]


def installed(scratch: Path, node: Path | None, proselint: str | None) -> tuple[Path, str]:
    """The folder with the linters from npm, and proselint's command: those named, else newly installed ones."""
    if node is None:
        node = scratch / "node"
        node.mkdir()
        (node / "package.json").write_text("{}", encoding="utf-8")
        subprocess.run(["npm", "install", "--silent", *NODE_PACKAGES], cwd=node, check=True, stdout=subprocess.DEVNULL)
    if proselint is None:
        venv.create(scratch / "venv", with_pip=True)
        command = scratch / "venv" / "bin" / "pip"
        subprocess.run([command, "install", "--quiet", PROSELINT], check=True, stdout=subprocess.DEVNULL)
        proselint = str(command.with_name("proselint"))
    return node.resolve(), proselint


def run(tool: Tool, files: list[str]) -> tuple[float, list[Finding]]:
    """The wall-clock time of one run over all files, and what it found. A linter's exit status tells only that it found some."""
    start = time.perf_counter()
    done = subprocess.run(
        [*tool.command, *files],
        cwd=tool.folder,
        capture_output=True,
        text=True,
        env={**os.environ, "NO_UPDATE_NOTIFIER": "1", "NO_COLOR": "1"},
    )
    seconds = time.perf_counter() - start
    try:
        return seconds, list(tool.read(done.stdout, done.stderr))
    except (ValueError, KeyError, TypeError) as error:
        raise SystemExit(f"{tool.name} ended with {done.returncode}: {done.stderr[-2000:]}") from error


def table(times: dict[str, list[float]], found: dict[str, list[Finding]], words: int) -> Iterator[str]:
    """A row a tool: findings, those about people (a place counts once), on how many papers, and seconds."""
    yield "tool         findings  about people  papers  per 1,000 words   best s   all rounds s"
    for name, findings in found.items():
        places = {(one.file, one.line, one.column) for one in findings if one.people}
        papers = len({file for file, _, _ in places})
        rounds = " ".join(f"{seconds:.1f}" for seconds in times[name])
        rate = 1000 * len(places) / words
        yield f"{name:<12} {len(findings):>8} {len(places):>13} {papers:>7} {rate:>16.2f} {min(times[name]):>8.2f}   {rounds}"


def main() -> None:
    """Print the table, and the rules about people by how often they spoke."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, help="papers as JATS XML")
    parser.add_argument("--sources", type=Path, help="a table with the columns file and relevance")
    parser.add_argument("--most", type=int, default=20)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--node", type=Path, help="a folder in which the linters are installed from npm")
    parser.add_argument("--proselint", help="proselint's command")
    parser.add_argument("--keep", type=Path, help="where to write the Markdown and findings.jsonl")
    options = parser.parse_args()
    if options.keep and options.keep.resolve().is_relative_to(PROJECT):
        parser.error("--keep: texts of papers stay out of this project; name a folder outside it.")
    with tempfile.TemporaryDirectory(prefix="check-against-linters-") as folder:
        scratch = Path(folder)
        node, proselint = installed(scratch, options.node, options.proselint)
        papers = (options.keep or scratch).resolve() / "papers"
        papers.mkdir(parents=True, exist_ok=True)
        files: list[str] = []
        words = 0
        for path in chosen(options.folder, options.sources, options.most):
            text = markdown(next(iter(read(path))))
            words += len(text.split())
            files.append(str(papers / f"{path.stem}.md"))
            Path(files[-1]).write_text(text, encoding="utf-8")
        times: dict[str, list[float]] = {}
        found: dict[str, list[Finding]] = {}
        for _ in range(options.rounds):
            for tool in tools(node, proselint):
                seconds, found[tool.name] = run(tool, files)
                times.setdefault(tool.name, []).append(seconds)
    print(f"{len(files)} papers, {words} words, {options.rounds} rounds")
    print("\n".join(table(times, found, words)))
    for name, findings in found.items():
        rules = Counter(one.rule for one in findings if one.people).most_common(12)
        print(f"\n{name}, about people: " + (", ".join(f"{rule} {n}" for rule, n in rules) or "none"))
    if options.keep:
        lines = [json.dumps(one._asdict(), ensure_ascii=False) for findings in found.values() for one in findings]
        (options.keep / "findings.jsonl").write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
