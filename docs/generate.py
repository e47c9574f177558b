"""Writes the generated pages: docs/lexicon/*.md from the lexicon, docs/command-line.md from the help of the commands.

Run it with `make docs`. The same data give the same pages, byte for byte; tests/test_docs.py fails where a committed page is
not what this gives.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import click

from lang_audit.cli import cli
from lang_audit.explain import Line, describe, title
from lang_audit.lexicon import Lexicon, load_lexicon
from lang_audit.lexicon_export import write_file

DOCS = Path(__file__).resolve().parent
_MADE = "<!-- Written by `make docs`. Change {source}, not this page. -->\n"
_HELP_WIDTH = 96
_MARKUP = re.compile(r"([\\`*_\[\]<>|#~])")


def main() -> None:
    """Write every page, and remove pages of domains that are gone."""
    written = pages(load_lexicon())
    for name, text in written.items():
        write_file(DOCS / name, text)
    for path in (DOCS / "lexicon").glob("*.md"):
        if f"lexicon/{path.name}" not in written:
            path.unlink()
    print(f"{len(written)} pages written to {DOCS}")


def pages(lexicon: Lexicon) -> dict[str, str]:
    """Every generated page: its name inside docs/, and its text."""
    made = {"lexicon/index.md": _index(lexicon)}
    made |= {f"lexicon/{domain}.md": _domain(lexicon, domain) for domain in lexicon.domains}
    return made | {"command-line.md": _command_line()}


def _index(lexicon: Lexicon) -> str:
    text = _MADE.format(source="lexicons/stigma/")
    text += "\n# The lexicon\n\n"
    text += (
        f"{len(lexicon)} entries in {len(lexicon.domains)} domains. Each says what is wrong with a term, which guidelines say "
        "so, and what to write instead. `lang-audit explain TERM` prints an entry; "
        "[lexicon-format.md](../lexicon-format.md) tells how they are written.\n\n"
        "Terms in *italics* are put to you as a question, because guidance is divided or because they are everyday words.\n"
    )
    for domain, name in sorted(lexicon.domains.items(), key=lambda item: item[1].casefold()):
        terms = [
            f"{mark}[{_plain(title(lexicon.entries[key]))}]({domain}.md#{lexicon.entries[key].id}){mark}"
            for key in _keys(lexicon, domain)
            for mark in ["*" if lexicon.entries[key].decision == "query" else ""]
        ]
        text += f"\n## [{name}]({domain}.md)\n\n" + " ·\n".join(terms) + "\n"
    return text


def _domain(lexicon: Lexicon, domain: str) -> str:
    keys = _keys(lexicon, domain)
    text = _MADE.format(source="lexicons/stigma/")
    text += f"\n# {lexicon.domains[domain]}\n\n[All domains](index.md) · {len(keys)} entries\n"
    for key in keys:
        text += "\n" + "\n".join(_entry(lexicon, key))
    return text


def _entry(lexicon: Lexicon, key: str) -> Iterator[str]:
    entry = lexicon.entries[key]
    yield f'<a id="{entry.id}"></a>\n'
    yield f"## {_plain(title(entry))}\n"
    yield f"`{key}`\n"
    for part in describe(lexicon, key):
        if part.bullets:
            yield f"**{part.heading}**\n"
            yield from (f"- {_linked(line)}" for line in part.lines)
            yield ""
        else:
            yield f"**{part.heading}.** {' '.join(_linked(line) for line in part.lines)}\n"


def _keys(lexicon: Lexicon, domain: str) -> list[str]:
    return [key for key in lexicon.entries if key.split("/")[0] == domain]


def _linked(line: Line) -> str:
    words = _plain(line.words)
    if not line.links:
        return words
    first, *others = line.links
    return f"[{words}]({_address(first)})" + "".join(f" ([also]({_address(link)}))" for link in others)


def _address(link: str) -> str:
    return link.replace("(", "%28").replace(")", "%29")


def _plain(words: str) -> str:
    """Words so that Markdown prints them as they are."""
    return _MARKUP.sub(r"\\\1", words)


def _command_line() -> str:
    text = _MADE.format(source="the help of the commands in lang_audit/")
    text += "\n# Command line\n"
    for words, command in _commands("lang-audit", cli):
        heading = "#" * min(1 + len(words.split()), 4)
        text += f"\n{heading} {words}\n\n```text\n{_help(words, command)}\n```\n"
    return text


def _commands(words: str, command: click.Command) -> Iterator[tuple[str, click.Command]]:
    yield words, command
    if isinstance(command, click.Group):
        for name in sorted(command.commands):
            yield from _commands(f"{words} {name}", command.commands[name])


def _help(words: str, command: click.Command) -> str:
    context = click.Context(
        command, info_name=words, terminal_width=_HELP_WIDTH, help_option_names=["-h", "--help"]
    )  # fmt: skip
    return command.get_help(context)


if __name__ == "__main__":
    main()
